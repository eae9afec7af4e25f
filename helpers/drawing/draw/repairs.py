"""What was done to each document, as a grid."""

import math

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from helpers.drawing import style
from helpers.drawing.draw.charts import require_rows

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
_MOST_DOCUMENTS = 30
_COLOUR = "#0b5d8e"


def plot_repairs(report: pd.DataFrame, *, title: str | None = None, ax: Axes | None = None) -> Axes:
    """Axes with one row per document, one column per kind of repair, a count in each cell.

    `report` comes from clean.repair_report. A cell is the darker the more places were repaired
    per 1,000 characters of the file; an empty cell means none. Kinds that no document needed
    are left out and named below. Of more than 30 documents the 30 most repaired are shown.

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
    ax = style.new_axes(rows=len(shown) + 3) if ax is None else ax
    for row, document in enumerate(shown.to_dict("records")):
        for column, kind in enumerate(kinds):
            _draw_cell(ax, row, column, document[kind], 1000 * document[kind] / document["n_raw"])
    _name_grid(ax, shown, kinds)
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


def _draw_cell(ax: Axes, row: int, column: int, n: int, per_thousand: float) -> None:
    # From one place in 10,000 characters (light) to one in ten (dark), by powers of ten.
    depth = min(max((math.log10(per_thousand) + 1.5) / 3.5, 0.08), 1.0) if n else 0.0
    ax.add_patch(
        Rectangle(
            (column - 0.48, row - 0.46), 0.96, 0.92, facecolor=(*_rgb(), 0.9 * depth),
            edgecolor="#dddddd" if style.in_force().mode == "light" else style.GRID, linewidth=0.6,
        )
    )  # fmt: skip
    if n:
        dark = depth > 0.5
        on_light = "black" if style.in_force().mode == "light" else style.INK
        ax.text(
            column, row, f"{n:,}", ha="center", va="center", color="white" if dark else on_light
        )  # fmt: skip


def _rgb() -> tuple[float, ...]:
    return tuple(int(_COLOUR[i : i + 2], 16) / 255 for i in (1, 3, 5))


def _name_grid(ax: Axes, shown: pd.DataFrame, kinds: list[str]) -> None:
    room = 0.3 * 72 * plt.rcParams["figure.figsize"][0]
    size = plt.rcParams["font.size"]
    names = [_shorten(style.drawable(str(doc_id)), room, size) for doc_id in shown["doc_id"]]
    ax.set_yticks(range(len(names)), names)
    ax.set_xticks(range(len(kinds)), [style.say(_NAMES[kind]) for kind in kinds], fontsize="small")
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    ax.set_xlim(-0.55, max(len(kinds), 1) - 0.45)
    ax.set_ylim(len(shown) - 0.4, -0.6)
    ax.grid(False)
    for side in ax.spines.values():
        side.set_visible(False)
    gap = "" if style.in_force().language == "zh" else " "
    unused = [style.say(_NAMES[kind]).replace("\n", gap) for kind in _NAMES if kind not in kinds]
    below = style.say(
        "places repaired; darker = more per 1,000 characters of the file"
        if style.in_force().mode == "light"
        else "places repaired; brighter = more per 1,000 characters of the file"
    )
    if unused:
        none = style.say("none: {kinds}", kinds=style.list_names(unused))
        below += style.wrap_text(f"\n{none}", 9 * room / 4, size=size)
    ax.set_xlabel(below, fontsize="small")


def _shorten(name: str, room: float, size: float) -> str:
    """The name, its middle left out where it would take more than its room."""
    kept = len(name)
    while (
        kept > 8
        and style.text_width(name if kept == len(name) else "…" + name[:kept], size=size) > room
    ):
        kept -= 1
    return name if kept == len(name) else f"{name[: kept // 2]}…{name[-(kept - kept // 2) :]}"
