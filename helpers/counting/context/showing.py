"""KWIC lines -> text for a terminal, and a page for a notebook."""

import html
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import pandas as pd

from helpers.counting.context.checks import require_lines, require_no_gap, require_width
from helpers.counting.context.glossing import GLOSSES, list_glosses
from helpers.counting.context.lines import LINE_BREAKS
from helpers.counting.lexicon import NO_GLOSS, TRANSPARENT
from helpers.tables import require_text

# Controls, marks that turn the direction of a line, halves of characters: none can be shown.
_UNSHOWABLE = re.compile(
    "[\0-\x08\x0e-\x1b\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)

_LEFT = "padding:.1em .6em;white-space:pre;unicode-bidi:isolate;text-align:left"
_STYLES = (
    f"{_LEFT};opacity:.7;font-size:85%",
    _LEFT.replace("text-align:left", "text-align:right"),
    _LEFT.replace("text-align:left", "text-align:center") + ";font-weight:bold",
    _LEFT,
    f"{_LEFT};font-style:italic",
)
# Below its line: as wide as the page lets it, and broken where that is not enough.
_GLOSS_STYLES = tuple(
    style.replace("white-space:pre;", "")
    + ";vertical-align:top;padding-bottom:.7em;font-size:85%;font-weight:normal;font-style:italic"
    for style in _STYLES[:4]
)


@dataclass(frozen=True, repr=False)
class KwicView:
    """Lines as a notebook shows them (`page`, html) and as a terminal does (`text`)."""

    page: str
    text: str

    def _repr_html_(self) -> str:
        return self.page

    def __repr__(self) -> str:
        """The lines as text, which is what a terminal shows."""
        return self.text


def format_kwic(lines: pd.DataFrame, *, width: int | None = None, original: bool = False) -> str:
    """The lines as text, one each: place, left context, node, right context, nodes aligned.

    The place is doc_id, sentence_id and the character the node starts at. Chinese characters
    and full-width marks take two columns, combining marks none, all others one (curly
    quotation marks too, as in most terminals). `width` shortens the contexts to so many
    characters; `original=True` shows the spelling of the file (lines from trace_kwic). Below a
    line from gloss_kwic stand its glosses, unless `width` shortens it. What cannot be shown,
    such as a control character, stands as \\ufffd.

    >>> from helpers.counting.context import kwic
    >>> documents = pd.DataFrame({"doc_id": ["d"], "text": ["防控，加强GDP防控。"]})
    >>> print(format_kwic(kwic(documents, "防控", width=5)))
    d 1:0           防控  ，加强GD
    d 1:8  加强GDP  防控  。
    """
    rows = _showable(lines, width, original)
    widest = [max(_columns(row[i]) for row in rows) for i in range(3)]
    below = [""] * len(rows)
    if width is None and set(GLOSSES) <= set(lines.columns):
        below = [f"\n    {' | '.join(glosses)}" for glosses in _glosses_of_words(lines)]
    return "\n".join(
        "  ".join(
            (
                _padded(place, widest[0]),
                _padded(left, widest[1], before=True),
                _padded(node, widest[2]),
                right,
            )
        ).rstrip()
        + glosses
        for (place, left, node, right), glosses in zip(rows, below, strict=True)
    )


def show_kwic(
    lines: pd.DataFrame, *, glossary: pd.DataFrame | None = None, original: bool = False
) -> KwicView:
    """The lines as a table for a notebook, the node in the middle; in a terminal, as text.

    With a glossary (lexicon.read_glossary) a last column holds the gloss of each node; below
    each line from gloss_kwic stand the glosses of its words.
    `original=True` shows the spelling of the file (lines from trace_kwic). All text is
    escaped; colours are the page's own, so that it reads in light and dark.
    """
    rows = _showable(lines, None, original)
    header = ["doc_id sentence:character", "left", "node", "right"]
    if glossary is not None:
        header.append("gloss_en")
        rows = [(*row, gloss) for row, gloss in zip(rows, _glosses(lines, glossary), strict=True)]
    body = [_row("td", row, _STYLES) for row in rows]
    if set(GLOSSES) <= set(lines.columns):
        below = [
            _row("td", ("", *words), _GLOSS_STYLES, language="en")
            for words in _glosses_of_words(lines)
        ]
        body = [line + glosses for line, glosses in zip(body, below, strict=True)]
    page = (
        '<div style="overflow-x:auto"><table lang="zh-Hans" dir="ltr" '
        'style="border-collapse:collapse;color:inherit;margin:0">'
        f"<thead>{_row('th', header, _STYLES)}</thead><tbody>{''.join(body)}</tbody></table></div>"
    )
    return KwicView(page, format_kwic(lines, original=original))


def _row(tag: str, contents: Sequence[str], styles: Sequence[str], language: str = "") -> str:
    cells = [
        f'<{tag} style="{style}">{html.escape(content)}</{tag}>'
        for content, style in zip(contents, styles, strict=False)
    ]
    spoken = f' lang="{language}"' if language else ""  # for screen readers
    return f"<tr{spoken}>{''.join(cells)}</tr>"


def _showable(
    lines: pd.DataFrame, width: int | None, original: bool
) -> list[tuple[str, str, str, str]]:
    """Place, left, node and right of each line, on one line and without what cannot be shown."""
    require_lines(lines)
    if width is not None:
        width = require_width(width)
    if lines.empty:
        raise ValueError("the kwic table has no line to show; check how its lines were chosen")
    columns = ["left", "node", "right"]
    if original:
        columns = [f"raw_{column}" for column in columns]
        if not set(columns) <= set(lines.columns):
            raise ValueError(
                "these lines have no original spelling; make them with "
                "context.trace_kwic(lines, documents)"
            )
        for column in columns:
            require_text(lines, "kwic", column)
    places = lines[["doc_id", "sentence_id", "start"]].itertuples(index=False, name=None)
    contexts = lines[columns].itertuples(index=False, name=None)
    reach = slice(None if width is None else -width, None), slice(width)
    return [
        tuple(
            map(
                _shown, (f"{place[0]} {place[1]}:{place[2]}", left[reach[0]], node, right[reach[1]])
            )
        )
        for place, (left, node, right) in zip(places, contexts, strict=True)
    ]


def _shown(text: str) -> str:
    return _UNSHOWABLE.sub("\ufffd", text.translate(LINE_BREAKS).replace("\t", " "))


def _glosses(lines: pd.DataFrame, glossary: pd.DataFrame) -> list[str]:
    gloss_of = list_glosses(glossary)
    nodes = (TRANSPARENT.sub("", node) for node in lines["node"])
    return [_shown(str(gloss_of.get(node, NO_GLOSS))) for node in nodes]


def _glosses_of_words(lines: pd.DataFrame) -> list[tuple[str, ...]]:
    for column in GLOSSES:
        require_no_gap(lines, "kwic", column)
        require_text(lines, "kwic", column)
    rows = lines[GLOSSES].itertuples(index=False, name=None)
    return [tuple(map(_shown, row)) for row in rows]


def _columns(text: str) -> int:
    return sum(map(_columns_of, text))


@cache
def _columns_of(character: str) -> int:
    """How many columns of a terminal the character takes."""
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _padded(text: str, width: int, *, before: bool = False) -> str:
    blank = " " * (width - _columns(text))
    return blank + text if before else text + blank
