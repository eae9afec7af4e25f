# Thin aliases of run.py, which works without make as well.
PYTHON ?= python3

.PHONY: notebooks test lab site clean-cache lock help

notebooks:  ## execute every notebook, write figures/ (the default)
	$(PYTHON) run.py

test:       ## run the whole test suite
	$(PYTHON) run.py test

lab:        ## open the notebooks in JupyterLab
	$(PYTHON) run.py lab

site:       ## write everything as pages for a browser, to site/
	$(PYTHON) run.py site

clean-cache: ## delete what .cache keeps: corpora, dictionary, compiled code
	$(PYTHON) run.py clean-cache

lock:       ## write requirements.lock from pyproject.toml
	$(PYTHON) run.py lock

help:       ## show this list
	@sed -n 's/^\([a-z-]*\): *## /make \1\t/p' $(MAKEFILE_LIST)
