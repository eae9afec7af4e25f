"""Copies for a class in a real JupyterLab: an answer is typed and checked; Chinese shows."""

import time

import pytest

from scripts.build_student_copies import main as build_student_copies

CELL = (
    "const panel = [...jupyterapp.shell.widgets('main')].find(w => w.sessionContext);"
    "const place = panel.content.widgets.findIndex(w => w.model.sharedModel.getSource()"
    ".includes(arguments[0]));"
)
CHECK = 'classroom.check("03-1", answer)'
VERDICT = ".jp-OutputArea [role=note]"
# What a student finds by running the notebook; the project's data holds only its fingerprint.
ANSWER = (
    'word = content_counts["feature"].iloc[0]\n'
    'answer = [word, int(((placed["token"] == word) & (placed["part"] == "title")).sum())]'
)


@pytest.fixture(scope="module")
def class_lab(lab):
    """The lab, with the class's copies in folders of their own beside the helpers."""
    for language in ("en", "zh"):
        folder = lab.folder / f"class_{language}"
        assert build_student_copies([str(folder), "--language", language]) == 0
    return lab


def verdict_of(lab, check: str) -> str:
    """Return what the check cell says."""
    return lab.browser.execute_script(
        f"{CELL} const note = panel.content.widgets[place].node.querySelector(arguments[1]);"
        "return note ? note.innerText : ''",
        check, VERDICT,
    )  # fmt: skip


def run_cells(lab, cell: str, check: str) -> None:
    """Run the cell that holds a text, and the check below it, as Shift and Enter do."""
    for text in (cell, check):
        lab.browser.execute_async_script(
            f"{CELL} const done = arguments[1]; panel.content.activeCellIndex = place;"
            "jupyterapp.commands.execute('notebook:run-cell').then(() => done(1), e => done(e))",
            text,
        )


def wait_for_verdict(lab, check: str, text: str, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while text not in verdict_of(lab, check):
        assert time.monotonic() < deadline, f"the check says {verdict_of(lab, check)!r}"
        time.sleep(0.1)


def answer_cell(lab, check: str, source: str) -> None:
    """Write `source` into the answer cell, the code cell before the check."""
    lab.browser.execute_script(
        f"{CELL} panel.content.widgets[place - 1].model.sharedModel.setSource(arguments[1])",
        check, source,
    )  # fmt: skip


def test_a_student_answers_and_is_told(class_lab) -> None:
    class_lab.open("class_en/03_term_frequencies.ipynb")
    class_lab.run_all(seconds=240)
    assert class_lab.errors() == []
    assert "Not answered yet" in verdict_of(class_lab, CHECK)
    assert "BEGIN SOLUTION" not in class_lab.text()
    answer_cell(class_lab, CHECK, 'answer = ["<b>work</b>", 1]')
    run_cells(class_lab, 'answer = ["<b>work</b>", 1]', CHECK)
    wait_for_verdict(class_lab, CHECK, "0 of your 2")
    answer_cell(class_lab, CHECK, ANSWER)
    run_cells(class_lab, ANSWER, CHECK)
    wait_for_verdict(class_lab, CHECK, "Right")
    assert class_lab.errors() == []
    # The pictures of a class go beside its notebooks, never over the project's.
    assert list((class_lab.folder / "class_en" / "figures").glob("03_*.png"))
    assert not list((class_lab.folder / "figures").glob("03_*.png"))


def test_the_chinese_copy_reads_chinese_in_an_english_lab(class_lab) -> None:
    browser = class_lab.browser
    class_lab.open("class_zh/00_start_here.ipynb")
    class_lab.run_all()
    assert class_lab.errors() == []
    headings = browser.execute_script(
        "return [...document.querySelectorAll('.jp-Notebook .jp-RenderedHTMLCommon')]"
        ".flatMap(c => [...c.querySelectorAll('h1, h2, h3')]).map(h => h.innerText)"
    )
    assert len(headings) > 4
    assert [h for h in headings if not any("一" <= letter <= "龥" for letter in h)] == []
    charts = browser.execute_script(
        "return [...document.querySelectorAll('.jp-Notebook .jp-RenderedImage img')]"
        ".map(i => i.naturalWidth)"
    )
    assert len(charts) >= 3 and min(charts) > 300
    assert "还没有作答" in class_lab.text()
    menu = browser.execute_script("return document.querySelector('#jp-MainMenu').innerText")
    assert "File" in menu and "Kernel" in menu
