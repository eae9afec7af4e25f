"""The explorer in a real JupyterLab: click, choose or select, and the sentences follow."""

import time
from collections.abc import Callable

import pytest

# The first explorer of the notebook shows the report; the second has numbers and no sentences.
OUTPUT = "#explorer"
LINES, RANKING = "document", "term"
TABLE = (
    "const table = [...page.querySelectorAll('table.dataTable')].find(t => t.tBodies[0]"
    "&& t.tBodies[0].rows.length && t.innerText.includes(arguments[0] + '\\n'));"
)


class Page:
    """The first explorer, asked and handled as a reader does it."""

    def __init__(self, browser) -> None:
        self.browser = browser

    def ask(self, script: str, *arguments: object) -> object:
        """Return what a script answers in which `page` is the explorer's output."""
        find = f"const page = document.querySelector('{OUTPUT}');"
        return self.browser.execute_script(find + script, *arguments)

    def wait(self, script: str, *arguments: object, seconds: float = 30) -> None:
        """Wait until the script answers true."""
        deadline = time.monotonic() + seconds
        while not self.ask(script, *arguments):
            assert time.monotonic() < deadline, f"never came true: {script}\n{self.state()}"
            time.sleep(0.1)

    def state(self) -> str:
        """What the page says, has chosen and draws, for whoever must find out why."""
        said = self.ask(
            "const texts = (css) => [...page.querySelectorAll(css)].map(e => e.title || e.value"
            "|| e.innerText); return [texts('[role=status]'), texts('select, input'),"
            "texts('.explore-bar')]"
        )
        return f"it says, has chosen and draws: {said}"

    def click(self, css: str, name: str) -> None:
        """Click the button of the pictures whose name begins with `name`."""
        clicked = self.ask(
            "const button = [...page.querySelectorAll(arguments[0])]"
            ".find(b => b.title.startsWith(arguments[1]));"
            "if (button) button.click(); return !!button",
            css, name,
        )  # fmt: skip
        assert clicked, f"no {css} begins with {name}"

    def choose(self, field: str, option: str) -> None:
        """Choose an option of a list, or type a text into a field, named by its label."""
        chosen = self.ask(
            "const label = [...page.querySelectorAll('.widget-label')]"
            ".find(l => l.textContent === arguments[0]);"
            "const control = document.getElementById(label.htmlFor);"
            "const found = [...(control.options || [])].find(o => o.text.startsWith(arguments[1]));"
            "control.value = found ? found.value : arguments[1];"
            "control.dispatchEvent(new Event('input', {bubbles: true}));"
            "control.dispatchEvent(new Event('change', {bubbles: true})); return !!control",
            field, option,
        )  # fmt: skip
        assert chosen

    def select_row(self, table: str, place: int) -> None:
        """Click a row (counted from 0) of the table that has a column of this name."""
        self.ask(f"{TABLE} table.tBodies[0].rows[arguments[1]].cells[0].click()", table, place)

    def wait_for_sentence_of(self, word: str) -> None:
        """Wait until the sentence marks the word: in the clean text, glossed, and as it stands."""
        self.wait(
            "const marks = [...page.querySelectorAll('mark')];"
            "const languages = marks.map(m => m.parentElement.lang).join();"
            "return languages === 'zh-Hans,en,zh' && marks[0].textContent === arguments[0]"
            "&& marks.every(m => m.textContent.trim())",
            word,
        )

    def wait_until_pressed(self, css: str, name: str) -> None:
        """Wait until the button whose name begins with `name` is the chosen one."""
        self.wait(
            "const pressed = [...page.querySelectorAll(arguments[0] + '[aria-pressed=true]')];"
            "return pressed.length === 1 && pressed[0].title.startsWith(arguments[1])",
            css, name,
        )  # fmt: skip


@pytest.fixture(scope="module")
def page(lab) -> Page:
    """The notebook, run from the top, and the explorer of the report in it."""
    lab.browser.set_window_size(1300, 2400)
    lab.open("notebooks/09_explore.ipynb")
    lab.run_all()
    assert lab.errors() == []
    page = Page(lab.browser)
    # A name for the output, which a test can also give to the auditor.
    lab.browser.execute_script(
        "document.querySelector('.jp-OutputArea:has(.explore)').id = arguments[0]", OUTPUT[1:]
    )
    page.wait("return page.querySelectorAll('.explore-bar').length === 15")
    page.wait_for_sentence_of("疫情防控")
    return page


def test_what_the_cell_names_is_chosen_and_the_twin_is_folded(page: Page) -> None:
    page.wait_until_pressed(".explore-bar", "疫情防控")
    assert page.ask("return page.querySelector('details.explore-twin').open") is False
    assert page.ask("return page.querySelector('.explore-warning').textContent") == ""


@pytest.mark.parametrize(
    ("css", "word"),
    [(".explore-bar", "复工复产"), (".explore-word", "经济社会发展"), (".explore-bar", "疫情防控")],
)
def test_a_click_in_a_picture_brings_its_sentences(page: Page, css: str, word: str) -> None:
    page.click(css, word)
    page.wait_for_sentence_of(word)
    page.wait_until_pressed(css, word)
    rows = page.ask(f"{TABLE} return [...table.tBodies[0].rows].map(r => r.cells[3].innerText)",
                    LINES)  # fmt: skip
    # A term is found in its longer variants too.
    assert rows and all(row.startswith(word) for row in rows)


def test_a_second_click_takes_the_choice_back(page: Page) -> None:
    page.choose("term", "防控")
    page.wait_until_pressed(".explore-bar", "防控")
    page.click(".explore-bar", "防控")
    page.wait("return !page.querySelector('[aria-pressed=true]')")
    page.wait("return page.innerText.includes('Nothing is chosen yet')")


def test_characters_that_are_no_term_are_typed_and_searched(page: Page) -> None:
    page.choose("term", "落实")
    page.wait_for_sentence_of("落实")
    assert "10 of 10 lines" in page.ask("return page.innerText")


def test_markup_typed_as_a_term_stays_text(page: Page) -> None:
    page.choose("term", "<img src=x onerror=window.broken=1>")
    page.wait("return page.innerText.includes('<img src=x onerror=window.broken=1>')")
    assert page.ask("return [window.broken || 0, page.querySelectorAll('img[src=x]').length]") == [
        0, 0,
    ]  # fmt: skip


def test_a_category_moves_bars_and_lines(page: Page) -> None:
    page.choose("term", "")
    page.wait("return page.innerText.includes('Nothing is chosen yet')")
    page.choose("category", "reopening")
    page.wait("return [...page.querySelectorAll('.explore-bars .explore-length')]"
              ".every(b => b.style.getPropertyValue('--colour').includes('reopening'))")  # fmt: skip
    page.wait("return page.innerText.includes('7 of 7 lines')")
    page.choose("category", "any")
    page.wait("return page.innerText.includes('Nothing is chosen yet')")


def test_a_row_of_the_ranking_is_a_choice_and_a_row_of_the_lines_a_sentence(page: Page) -> None:
    page.choose("term", "疫情防控")
    page.wait_for_sentence_of("疫情防控")
    before = page.ask("return page.querySelector('mark').closest('p').innerText")
    page.select_row(LINES, 3)
    page.wait("return page.querySelector('mark').closest('p').innerText !== arguments[0]", before)
    page.wait_for_sentence_of("疫情防控")
    page.select_row(RANKING, 0)
    page.wait_for_sentence_of("疫情")


def test_axe_core_has_no_serious_finding(page: Page, audit: Callable[..., list[str]]) -> None:
    assert audit(OUTPUT) == []


def test_after_a_restart_a_click_is_told_that_nobody_answers(page: Page) -> None:
    page.browser.execute_async_script(
        "const done = arguments[0];"
        "[...jupyterapp.shell.widgets('main')].find(w => w.sessionContext)"
        ".context.sessionContext.session.kernel.restart().then(() => done(1), e => done(e))"
    )
    page.click(".explore-bar", "复工")
    page.wait("return page.querySelector('.explore-warning').textContent.includes('restarted')")
