"""What was done to each document, as a grid."""

import math
from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from helpers.drawing import style
from helpers.drawing.draw.checks import require_rows
from helpers.drawing.draw.pieces import shorten

# Column of the report -> how the grid names it.
_NAMES = {
    "html_removed": style.saying("html\nresidue"),
    "line_endings": style.saying("line\nendings"),
    "invisible_removed": style.saying("invisible\ncharacters"),
    "width_converted": style.saying("full or\nhalf width"),
    "compatibility_converted": style.saying("look-alike\ncode points"),
    "pinyin_removed": style.saying("pinyin\ninsertions"),
    "script_converted": style.saying("traditional\ncharacters"),
    "doubled_marks": style.saying("doubled\nmarks"),
    "commas_converted": style.saying("ASCII\ncommas"),
    "line_breaks_joined": style.saying("line breaks\nin words"),
    "damaged": style.saying("lost, not\nrepaired"),
}
_LOST = "damaged"
# What no repair brings back stands apart from what was put right.
_APART = 0.3
_MOST_DOCUMENTS = 30
_COLOURS = {"light": "#0b5d8e", "dark": "#7cc0ee"}
# A paler cell would be no mark (light), or too dark for the number in it (dark).
_PALEST = {"light": 0.08, "dark": 0.65}


def plot_repairs(report: pd.DataFrame, *, title: str | None = None, ax: Axes | None = None) -> Axes:
    """Axes with one row per document, one column per kind of repair, a count in each cell.

    `report` comes from clean.repair_report. A cell is the darker the more places were repaired
    per 1,000 characters of the file; an empty cell means none. Places whose characters are
    lost stand apart, to the right, in the colour of the writing. Kinds that no document needed
    are left out and named below. Of more than 30 documents the 30 most repaired are shown,
    which the line below says.

    >>> from matplotlib.figure import Figure
    >>> style.set_theme()
    >>> report = pd.DataFrame({"doc_id": ["a"], "n_raw": [9], **{name: [0] for name in _NAMES}})
    >>> ax = plot_repairs(report.assign(pinyin_removed=2), ax=Figure().subplots())
    >>> [label.get_text() for label in ax.get_xticklabels()]
    ['pinyin\\ninsertions']
    """
    require_rows(report, "repair report", ["doc_id", "n_raw", *_NAMES])
    shown = _most_repaired(report)
    kinds = [kind for kind in _NAMES if shown[kind].any()]
    ax = style.axes_for(ax, rows=len(shown) + 3, title=title)
    for row, document in enumerate(shown.to_dict("records")):
        for place, kind in zip(_places(kinds), kinds, strict=True):
            _draw_cell(ax, row, place, document[kind], _face(kind, document))
    _name_grid(ax, shown, kinds)
    _explain(ax, shown, kinds, total=len(report))
    n_repaired = int((report[[*_NAMES][:-1]].sum(axis=1) > 0).sum())
    default = style.say("{n} of {total} documents needed repair", n=n_repaired, total=len(report))
    style.set_title(ax, title or default, pad=44)
    return ax


def _most_repaired(report: pd.DataFrame) -> pd.DataFrame:
    if len(report) <= _MOST_DOCUMENTS:
        return report
    total = report[list(_NAMES)].sum(axis=1)
    chosen = total.sort_values(ascending=False, kind="stable").head(_MOST_DOCUMENTS).index
    return report.loc[[position for position in report.index if position in set(chosen)]]


def _places(kinds: Sequence[str]) -> list[float]:
    return [column + _APART * (kind == _LOST) for column, kind in enumerate(kinds)]


def _face(kind: str, document: Mapping[str, object]) -> str | tuple[float, ...]:
    """The colour of a cell, opaque, so that the number in it can be set against it."""
    if not document[kind]:
        return style.GROUND
    if kind == _LOST:
        return style.INK
    # From one place in 10,000 characters (light) to one in ten (dark), by powers of ten.
    per_thousand = 1000 * document[kind] / document["n_raw"]
    depth = min(max((math.log10(per_thousand) + 1.5) / 3.5, 0.0), 1.0)
    mode = style.in_force().mode
    return style.pale(_COLOURS[mode], _PALEST[mode] + (1 - _PALEST[mode]) * depth)


def _draw_cell(ax: Axes, row: int, place: float, n: int, face: str | tuple[float, ...]) -> None:
    ax.add_patch(
        Rectangle(
            (place - 0.48, row - 0.46), 0.96, 0.92, facecolor=face, edgecolor=style.GRID,
            linewidth=0.6,
        )
    )  # fmt: skip
    if n:
        # The mode's own ink has too little contrast on a middle blue; its extreme has 4.5:1.
        extreme = {"light": "black", "dark": "white"}[style.in_force().mode]
        ink = max((style.GROUND, extreme), key=lambda colour: style.contrast(colour, face))
        ax.text(place, row, f"{n:,}", ha="center", va="center", color=ink)


def _name_grid(ax: Axes, shown: pd.DataFrame, kinds: list[str]) -> None:
    size = plt.rcParams["font.size"]
    names = [shorten(style.drawable(str(doc_id)), _room(), size) for doc_id in shown["doc_id"]]
    places = _places(kinds)
    ax.set_yticks(range(len(names)), names)
    ax.set_xticks(places, [style.say(_NAMES[kind]) for kind in kinds], fontsize="small")
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    ax.set_xlim(-0.55, max(places, default=0) + 0.55)
    ax.set_ylim(len(shown) - 0.4, -0.6)
    ax.grid(False)
    for side in ax.spines.values():
        side.set_visible(False)


def _explain(ax: Axes, shown: pd.DataFrame, kinds: list[str], *, total: int) -> None:
    """Say below the grid what a cell counts, and what is not drawn."""
    lines = [
        style.say("places repaired; darker = more per 1,000 characters of the file")
        if style.in_force().mode == "light"
        else style.say("places repaired; brighter = more per 1,000 characters of the file")
    ]
    if _LOST in kinds:
        lines += [style.say("set apart: places where characters are lost and cannot be repaired")]
    gap = "" if style.in_force().language == "zh" else " "
    unused = [style.say(_NAMES[kind]).replace("\n", gap) for kind in _NAMES if kind not in kinds]
    if unused:
        lines += [style.say("found in no document: {kinds}", kinds=style.list_names(unused))]
    if len(shown) < total:
        lines += [
            style.say("the {n} documents with most repairs, of {total}", n=len(shown), total=total)
        ]
    below = style.wrap_text("\n".join(lines), 2.25 * _room(), size=plt.rcParams["font.size"])
    ax.set_xlabel(below, fontsize="small")


def _room() -> float:
    """The width for the names of documents, in points."""
    return 0.3 * 72 * plt.rcParams["figure.figsize"][0]
