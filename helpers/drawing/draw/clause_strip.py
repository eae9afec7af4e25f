"""One document as a strip: a box per clause, coloured by its label."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch, Rectangle

from helpers import tables
from helpers.drawing import style
from helpers.drawing.draw.checks import require_known, require_one_document, require_rows
from helpers.drawing.draw.pieces import colours_of, legend_below, name_rows, with_number


def plot_clause_strip(
    labels: pd.DataFrame, *, title: str | None = None, ax: Axes | None = None
) -> Axes:
    """Axes with the report as a strip: a row per part, a box per clause, coloured by label.

    `labels` has one row per clause of one document: part, clause_id, start, end, label. A
    box is as wide as its clause has characters and carries the label's letter, so that the
    strip reads without colour; its clause number stands below the letter where there is
    room. The legend counts the clauses of every label, also of those that do not occur.

    >>> from matplotlib.figure import Figure
    >>> style.set_theme()
    >>> labels = pd.DataFrame({"part": ["title"], "clause_id": [1], "start": [0], "end": [19],
    ...     "label": ["coupling"]})
    >>> [text.get_text() for text in plot_clause_strip(labels, ax=Figure().subplots()).texts]
    ['C\\n1']
    """
    columns = ["part", "clause_id", "start", "end", "label"]
    require_rows(labels, "clause labels", columns)
    require_one_document(labels, "clause labels")
    require_known(labels["label"], tables.LABELS, "label")
    ordered = labels.sort_values("start", kind="stable")
    parts = list(dict.fromkeys(ordered["part"]))
    ax = style.axes_for(ax, rows=len(parts) * 1.7 + 3, title=title)
    boxes = _strip_boxes(ordered, parts)
    for box in boxes.itertuples():
        ax.add_patch(_clause_box(box))
    ax.set_xlim(0, boxes["right"].max())
    name_rows(ax, [_part_name(ordered.loc[ordered["part"] == part]) for part in parts])
    ax.grid(False)
    ax.spines["left"].set_visible(False)
    ax.set_xlabel(style.say("characters of the part"))
    _strip_legend(ax, ordered["label"])
    _write_in_boxes(ax, boxes)
    default = style.say("{n} clauses, each with its label", n=len(ordered))
    style.set_title(ax, title or default)
    return ax


def _strip_boxes(ordered: pd.DataFrame, parts: Sequence[str]) -> pd.DataFrame:
    """One row per clause: its label, row and place, side by side within its part."""
    width = ordered["end"] - ordered["start"]
    right = width.groupby(ordered["part"]).cumsum()
    return ordered.assign(
        row=ordered["part"].map(parts.index), left=right - width, right=right, width=width
    )


def _clause_box(box) -> Rectangle:
    return Rectangle(
        (box.left, box.row - 0.4), box.width, 0.8, facecolor=style.colour_of(box.label),
        edgecolor=style.GROUND, linewidth=1.2,
    )  # fmt: skip


def _part_name(clauses: pd.DataFrame) -> str:
    first, last = clauses["clause_id"].iloc[0], clauses["clause_id"].iloc[-1]
    part = style.name_value(str(clauses["part"].iloc[0]))
    return f"{part}\n{first}" + (f"–{last}" if last != first else "")


def _write_in_boxes(ax: Axes, boxes: pd.DataFrame) -> None:
    """Write the label's letter into each box, and the clause number where there is room."""
    ax.get_figure(root=True).draw_without_rendering()
    points = ax.get_window_extent().width * 72 / ax.get_figure(root=True).dpi
    points_per_character = points / boxes["right"].max()
    size = plt.rcParams["font.size"]
    for box in boxes.itertuples():
        room = box.width * points_per_character
        number = str(box.clause_id) if room > size * (0.6 * len(str(box.clause_id)) + 0.4) else ""
        if room > 0.6 * size:
            ax.text(
                box.left + box.width / 2, box.row,
                "\n".join(filter(None, [style.LABEL_CODES[box.label], number])),
                ha="center", va="center", color=style.GROUND, fontsize=0.82 * size,
                linespacing=1.15,
            )  # fmt: skip


def _strip_legend(ax: Axes, labels: pd.Series) -> None:
    names = [
        f"{style.LABEL_CODES[label]}  " + with_number(label, int((labels == label).sum()))
        for label in tables.LABELS
    ]
    legend_below(ax, [Patch(color=colour) for colour in colours_of(tables.LABELS)], names, ncols=3)
