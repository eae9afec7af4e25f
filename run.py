#!/usr/bin/env python3
"""Set everything up and run it.

    python3 run.py                  execute every notebook, write figures/
    python3 run.py notebooks 03 05  only the notebooks whose names begin so
    python3 run.py test             run the whole test suite; more words go to pytest
    python3 run.py lab              open the notebooks in JupyterLab
    python3 run.py site             write everything as pages for a browser, to site/
    python3 run.py clean-cache      delete what was kept of counts, dictionary and compiled code
    python3 run.py lock             write requirements.lock from pyproject.toml;
                                    with --upgrade, the newest versions that fit
    python3 run.py --help           show this text

On Windows write `py` for `python3`. An active conda or virtual environment is used
when it has the packages that pyproject.toml asks for; otherwise the first run installs
them into .venv inside this folder, and later runs start at once, without a network.
"""

import sys

# This file alone must be readable by any old Python, so that the sentence is seen.
if not (3, 11) <= sys.version_info[:2] < (3, 15):
    sys.exit(
        "This suite needs Python 3.11, 3.12, 3.13 or 3.14, and this is Python {}.{}: "
        "install one of them (python.org/downloads) and start it by its name, "
        "for example: python3.13 run.py".format(*sys.version_info)
    )

from scripts.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], __doc__))
