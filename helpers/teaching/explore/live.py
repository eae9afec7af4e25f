"""The living explorer: controls, clickable pictures, two tables; it only wires the views.

Every event gets a number. The views of an event are computed one after another, and between them
later events may come in; what an overtaken event still had to say is dropped.
"""

import asyncio
import html
from collections.abc import Iterator
from pathlib import Path

import anywidget
import ipywidgets
import pandas as pd
import traitlets
from IPython.display import HTML, display
from itables.widget import ITable

from helpers.counting.context.glossing import GLOSSES
from helpers.drawing import style
from helpers.tables import CATEGORIES, COLUMNS
from helpers.teaching.explore import panels, twins, views
from helpers.teaching.explore.corpus import (
    FIELD_NAMES,
    Corpus,
    NothingToShow,
    Selection,
    check_selection,
)

_HERE = Path(__file__).parent
# A list that a browser can still show; of more documents the id is typed, or a row clicked.
_MOST_LISTED = 500
_CACHED = 64
_RANKED = [
    "feature", "n", "n_free", "document_frequency", "per_thousand_han", "category", "gloss_en",
]  # fmt: skip
_LINES = ["date", "doc_id", "left", "node", "right"]


def open_explorer(
    corpus: Corpus, selection: Selection | None = None, *, twin: bool = True
) -> "Explorer":
    """An explorer of the corpus; as the last line of a cell it is shown.

    Beside it stand still pictures and lines of the same selection (`twin`), which show where no
    kernel runs: on a page, in a committed notebook. Where one runs, they are folded.
    """
    chosen = Selection() if selection is None else selection
    check_selection(corpus, chosen)
    return Explorer(corpus, chosen, twin=twin)


class Pictures(anywidget.AnyWidget):
    """The four clickable pictures; pictures.js draws what panels.py gives."""

    _esm = _HERE / "pictures.js"
    _css = _HERE / "pictures.css"
    panels = traitlets.Dict().tag(sync=True)
    words = traitlets.Dict().tag(sync=True)
    colours = traitlets.Dict().tag(sync=True)
    chosen = traitlets.Dict().tag(sync=True)
    answered = traitlets.Int(0).tag(sync=True)


class Explorer:
    """Linked views of one corpus: `choose` changes the selection, and all of them follow."""

    def __init__(self, corpus: Corpus, selection: Selection, *, twin: bool = True) -> None:
        """Build the widgets and show the selection in them."""
        self.corpus, self.selection, self._twin = corpus, selection, twin
        self._turn = 0
        self._trouble = ""  # why the last choice could not be followed
        self._follows = False  # whether the widgets are being set by us, not by a reader
        self._known: dict[tuple[str, Selection], object] = {}
        self._lines = pd.DataFrame(columns=[*COLUMNS["kwic"], "date"])
        self._build()
        self._run(self._steps(self._next_turn(), answer=0))

    def choose(self, **change: str) -> None:
        """Change the selection (term, category, doc_id, period; "" for none): the views follow.

        ValueError for what cannot be chosen; the selection stays as it was.
        """
        selection = self.selection.but(**change)
        check_selection(self.corpus, selection)
        self.selection, self._trouble = selection, ""
        self._run(self._steps(self._next_turn(), answer=self.pictures.answered))

    def choose_line(self, row: int) -> None:
        """Show the whole sentence of a line (counted from 0), and the same as the file has it."""
        self.sentence.value = self._sentence_page(row)

    def _ipython_display_(self) -> None:
        """Show the explorer, and its twin."""
        display(self.page)
        if self._twin:
            display(HTML(twins.show_twin(self.corpus, self.selection)))

    # --- events ---------------------------------------------------------------------------

    def _next_turn(self) -> int:
        self._turn += 1
        return self._turn

    def _on_click(self, _: object, message: object, __: object) -> None:
        """A click in the pictures: {turn, field, value}, from a browser, so not believed."""
        known = isinstance(message, dict) and message.get("field") in list(FIELD_NAMES)
        if known and isinstance(message.get("value"), str):
            answer = message.get("turn")
            answer = answer if type(answer) is int else self.pictures.answered
            self._follow({message["field"]: message["value"]}, answer)

    def _on_control(self, change: dict) -> None:
        if not self._follows:
            field = next(f for f, control in self.controls.items() if control is change["owner"])
            self._follow({field: (change["new"] or "").strip()}, self.pictures.answered)

    def _on_ranked(self, change: dict) -> None:
        if self._follows or not change["new"]:
            return
        row = change["new"][0]
        # A table of before may still be on the page, with more rows than this one has.
        if type(row) is int and 0 <= row < len(self.ranking.df):
            term = str(self.ranking.df.iloc[row, 0])
            self._follow({"term": term}, self.pictures.answered)

    def _on_line(self, change: dict) -> None:
        if not self._follows and change["new"]:
            self.choose_line(change["new"][0])

    def _on_clear(self, _: object) -> None:
        self._follow(dict.fromkeys(FIELD_NAMES, ""), self.pictures.answered)

    def _follow(self, change: dict[str, str], answer: int) -> None:
        """What a reader did: the views follow when the kernel comes to it."""
        try:
            selection = self.selection.but(**change)
            check_selection(self.corpus, selection)
        except ValueError as error:
            # No turn is taken: what was chosen before is still to be shown.
            self._trouble = str(error)
            self._say(self._trouble)
            self.pictures.answered = answer
            return
        self.selection, self._trouble = selection, ""
        steps = self._steps(self._next_turn(), answer)
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # outside a kernel, as in a test
            self._run(steps)
            return
        # Kept, because the loop alone would let go of it.
        self._task = loop.create_task(self._run_slowly(steps))

    # --- what follows ---------------------------------------------------------------------

    def _run(self, steps: Iterator[None]) -> None:
        for _ in steps:
            pass

    async def _run_slowly(self, steps: Iterator[None]) -> None:
        """Run the steps, and let the kernel hear of later events between two of them."""
        try:
            for _ in steps:
                await asyncio.sleep(0.001)
        except ValueError as error:  # in a task it would be told to nobody
            self._say(str(error))

    def _steps(self, turn: int, answer: int) -> Iterator[None]:
        """Compute one view after another; stop as soon as a later event has come in."""
        selection = self.selection
        drawn = {}
        for name, panel in panels.PANELS.items():
            drawn[name] = self._view(name, panel, selection)
            yield
            if turn != self._turn:
                return
        ranked = self._table(views.rank_terms, selection)
        yield
        if turn != self._turn:
            return
        lines = self._table(views.read_lines, selection)
        yield
        if turn != self._turn:
            return
        self._show(selection, drawn, ranked, lines)
        self.pictures.answered = answer

    def _view(self, name: str, panel, selection: Selection) -> dict:
        # The trend is that of the whole corpus: a click on a document leaves it as it is.
        key = selection.but(doc_id="", period="") if name == "trend" else selection
        if name in ("bars", "cloud"):
            key = selection.but(term="")
        return self._remember(name, key, lambda: panels.or_reason(panel, self.corpus, selection))

    def _table(self, view, selection: Selection) -> pd.DataFrame | str:
        key = selection.but(term="") if view is views.rank_terms else selection

        def compute() -> pd.DataFrame | str:
            try:
                return view(self.corpus, selection)
            except NothingToShow as error:
                return str(error)

        return self._remember(view.__name__, key, compute)

    def _remember(self, name: str, selection: Selection, compute):
        key = name, selection
        if key not in self._known:
            if len(self._known) >= _CACHED:
                del self._known[next(iter(self._known))]
            self._known[key] = compute()
        return self._known[key]

    def _show(
        self,
        selection: Selection,
        drawn: dict,
        ranked: pd.DataFrame | str,
        lines: pd.DataFrame | str,
    ) -> None:
        self._follows = True
        try:
            for field, control in self.controls.items():
                control.value = getattr(selection, field)
            chosen = {field: getattr(selection, field) for field in FIELD_NAMES}
            with self.pictures.hold_sync():
                self.pictures.chosen = chosen
                self.pictures.panels = drawn
            self._show_ranking(ranked, selection)
            self._show_lines(lines, selection)
        finally:
            self._follows = False
        self._say(self._trouble or self._description(selection))

    def _show_ranking(self, ranked: pd.DataFrame | str, selection: Selection) -> None:
        table = _nothing(_RANKED) if isinstance(ranked, str) else ranked[_RANKED]
        names = [style.say(_COLUMN_NAMES[name]) for name in _RANKED]
        terms = table["feature"].tolist()
        row = [terms.index(selection.term)] if selection.term in terms else []
        named = table.assign(category=[style.label_name(name) for name in table["category"]])
        self.ranking.update(named.round(2).set_axis(names, axis=1), selected_rows=row)

    def _show_lines(self, lines: pd.DataFrame | str, selection: Selection) -> None:
        self._lines = _nothing(_LINES) if isinstance(lines, str) else lines
        table = self._lines[_LINES].astype(str).replace("NaT", "")
        names = [style.say(_COLUMN_NAMES[name]) for name in _LINES]
        self.lines.update(table.set_axis(names, axis=1), selected_rows=[])
        if isinstance(lines, str):
            self.lines_note.value = _paragraph(lines)
            self.sentence.value = ""
            return
        self.lines_note.value = _paragraph(panels.lines_note(self.corpus, selection))
        self.sentence.value = self._sentence_page(0)

    def _description(self, selection: Selection) -> str:
        try:
            return views.describe(self.corpus, selection)
        except NothingToShow as error:
            return str(error)

    def _say(self, text: str) -> None:
        self.status.value = f'<div role="status">{html.escape(text)}</div>'

    def _sentence_page(self, row: int) -> str:
        """The sentence, its words glossed, and as the file has it; all of it escaped."""
        try:
            found = views.read_sentence(self.corpus, self._lines, row)
        except ValueError as error:
            return _paragraph(str(error))
        line = found.iloc[0]
        place = style.say(
            "{doc_id}, {date}, sentence {sentence}; the file's characters {start} to {end}",
            doc_id=line["doc_id"], sentence=line["sentence_id"], start=line["raw_start"],
            end=line["raw_end"], date=_say_date(line["date"]),
        )  # fmt: skip
        clean = _marked(line["left"], line["node"], line["right"])
        raw = _marked(line["raw_left"], line["raw_node"], line["raw_right"])
        return (
            f'{_paragraph(place)}<p lang="zh-Hans" style="font-size:1.15em">{clean}</p>'
            + self._word_by_word(found)
            + f'{_paragraph(style.say("In the file:"))}<p lang="zh">{raw}</p>'
        )

    def _word_by_word(self, found: pd.DataFrame) -> str:
        """The glosses of the sentence, or why there are none: a lexicon may be one's own."""
        try:
            line = views.gloss_lines(self.corpus, found).iloc[0]
        except ValueError as error:
            return _paragraph(str(error))
        glosses = [line[part] and f" {line[part]} " for part in GLOSSES]
        said = _paragraph(style.say("Word by word, no translation:"))
        return f'{said}<p lang="en">{_marked(*glosses)}</p>'

    # --- widgets --------------------------------------------------------------------------

    def _build(self) -> None:
        self.controls = self._make_controls()
        self.pictures = Pictures(words=_page_words(), colours=_colours())
        self.pictures.on_msg(self._on_click)
        self.ranking = _make_table(_nothing(_RANKED), rows=8)
        self.lines = _make_table(
            _nothing(_LINES), rows=10, columnDefs=[{"className": "dt-right", "targets": [2]}]
        )
        self.ranking.observe(self._on_ranked, "selected_rows")
        self.lines.observe(self._on_line, "selected_rows")
        self.status, self.sentence, self.lines_note = (ipywidgets.HTML() for _ in range(3))
        clear = ipywidgets.Button(description=style.say("Choose nothing"))
        clear.on_click(self._on_clear)
        row = ipywidgets.HBox([*self.controls.values(), clear],
                              layout={"flex_flow": "row wrap"})  # fmt: skip
        self.page = ipywidgets.VBox(
            [row, self.status, self.pictures, _heading(style.say("Sentences")), self.lines_note,
             self.lines, self.sentence, _heading(style.say("All terms, ranked")), self.ranking]
        )  # fmt: skip

    def _make_controls(self) -> dict[str, ipywidgets.Widget]:
        corpus, chosen = self.corpus, self.selection
        nothing = style.say("any")
        categories = [(style.label_name(name), name) for name in CATEGORIES]
        doc_ids = corpus.documents["doc_id"].tolist()
        controls = {
            "term": ipywidgets.Combobox(
                options=tuple(corpus.lexicon["term"].drop_duplicates()), value=chosen.term,
                continuous_update=False, placeholder=style.say("a term, or any characters"),
            ),
            "category": ipywidgets.Dropdown(
                options=[(nothing, ""), *categories], value=chosen.category
            ),
            "doc_id": ipywidgets.Combobox(
                options=tuple(doc_ids[:_MOST_LISTED]), value=chosen.doc_id,
                continuous_update=False, placeholder=style.say("any, or an id"),
            ),
            "period": ipywidgets.Dropdown(
                options=[(nothing, ""), *((name, name) for name in corpus.periods["period"])],
                value=chosen.period,
            ),
        }  # fmt: skip
        for field, control in controls.items():
            control.description = style.say(FIELD_NAMES[field])
            control.observe(self._on_control, "value")
        return controls


_COLUMN_NAMES = {
    "feature": style.saying("term"),
    "gloss_en": style.saying("gloss"),
    "category": style.saying("category"),
    "n": style.saying("n"),
    "n_free": style.saying("free"),
    "document_frequency": style.saying("documents"),
    "per_thousand_han": style.saying("per 1,000 characters"),
    "date": style.saying("date"),
    "doc_id": style.saying("document"),
    "left": style.saying("before"),
    "node": style.saying("found"),
    "right": style.saying("after"),
}


def _make_table(table: pd.DataFrame, *, rows: int, **options: object) -> ITable:
    """A table whose rows can be chosen; everything in it is text, whatever it looks like."""
    # DataTables' own words; {placeholders} of ours become its own.
    shown = {"start": "_START_", "end": "_END_", "total": "_TOTAL_"}
    words = {
        "search": style.say("Search:"),
        "emptyTable": style.say("nothing to show"),
        "zeroRecords": style.say("nothing found"),
        "info": style.say("{start} to {end} of {total}", **shown),
        "infoEmpty": "",
        "lengthMenu": style.say("{menu} rows", menu="_MENU_"),
        "select": {"rows": {"_": "", "0": "", "1": ""}},
    }
    return ITable(
        table, select="single", selected_rows=[], allow_html=False, maxBytes=0, showIndex=False,
        pageLength=rows, lengthMenu=[rows, 5 * rows], language=words, scrollX=True, **options,
    )  # fmt: skip


def _nothing(columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series([], dtype=str) for name in columns})


def _page_words() -> dict[str, str]:
    return {
        "lines": style.say("Sentences"),
        "ranking": style.say("All terms, ranked"),
        "bars": style.say("Ranked terms"),
        "trend": style.say("Trend"),
        "places": style.say("X-ray"),
        "cloud": style.say("Cloud"),
        "no_answer": style.say(
            "The kernel does not answer. It is busy, or it was restarted: then run the cells of "
            "this notebook again from the top."
        ),
    }


def _colours() -> dict[str, dict[str, str]]:
    return {mode: dict(look.palette) for mode, look in style.LOOKS.items()}


def _say_date(date: pd.Timestamp) -> str:
    return style.say("no date") if pd.isna(date) else f"{date:%Y-%m-%d}"


def _marked(left: str, node: str, right: str) -> str:
    left, node, right = map(html.escape, (left, node, right))
    # A colour of its own for the letters: the page's may be white.
    return f'{left}<mark style="background:#ffe58a;color:#222">{node}</mark>{right}'


def _paragraph(text: str) -> str:
    return f'<p style="margin:0.3em 0">{html.escape(text)}</p>'


def _heading(text: str) -> ipywidgets.HTML:
    return ipywidgets.HTML(f'<h4 style="margin:0.6em 0 0.2em">{html.escape(text)}</h4>')
