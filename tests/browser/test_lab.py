"""Notebooks in a real JupyterLab in a real browser: opened, run, no error in sight."""

import pytest

# One notebook with pictures, one with tables of its own making; the others run in
# tests/test_notebooks.py, without a browser.
NOTEBOOKS = ("00_start_here", "06_words_in_context")


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_runs_from_top_to_bottom(lab, name: str) -> None:
    lab.open(f"notebooks/{name}.ipynb")
    lab.run_all()
    assert lab.errors() == []
    n_pictures = lab.browser.execute_script(
        "return document.querySelectorAll('.jp-RenderedImage img').length"
    )
    assert n_pictures > 0
    assert lab.browser.execute_script(
        "return [...document.querySelectorAll('.jp-RenderedImage img')]"
        ".every(i => i.naturalWidth > 0)"
    )


def test_no_page_of_the_lab_asks_another_machine(lab, requests) -> None:
    lab.open("notebooks/00_start_here.ipynb")
    assert [url for url in requests() if not url.startswith((lab.address, "ws://127.0.0.1"))] == []


def test_the_lab_itself_speaks_chinese_where_it_is_told_to(start_lab) -> None:
    lab = start_lab(**{"@jupyterlab/translation-extension:plugin": {"locale": "zh_CN"}})
    lab.open("notebooks/00_start_here.ipynb")
    menu = lab.browser.execute_script("return document.querySelector('#jp-MainMenu').innerText")
    assert "文件" in menu and "内核" in menu
    assert "Kernel" not in menu
