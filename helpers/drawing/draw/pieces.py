"""Pieces that several charts share: numbers, names of rows, notes beside them, legends."""

from collections.abc import Iterable, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.transforms import ScaledTranslation

from helpers.drawing import style


def colours_of(categories: Iterable[str]) -> list[str]:
    """The colour of each category."""
    return [style.colour_of(category) for category in categories]


def say_number(value: float) -> str:
    """The number as a chart prints it, with one decimal where it is small and not whole."""
    whole = float(value).is_integer() or abs(value) >= 100
    return f"{value:,.0f}" if whole else f"{value:,.1f}"


def line_height() -> float:
    """Return the height of a line of small text, in points."""
    return plt.rcParams["font.size"] * 1.25


# ---------------------------------------------------------------- names of rows


def row_names(terms: Iterable[str], glossary: pd.DataFrame | None) -> list[str]:
    """One bilingual label per term, on more lines where it would take half the figure.

    A gloss is written whole: what would be cut is wrapped.

    >>> row_names(["疫情"], None)
    ['疫情']
    """
    room, size = 0.45 * 72 * plt.rcParams["figure.figsize"][0], plt.rcParams["font.size"]
    names = []
    for label in whole_glosses(terms, glossary):
        two = style.drawable(label)
        one = two.replace("\n", " ")
        names.append(one if style.text_width(one, size=size) <= room else two)
    return [style.wrap_text(name, room, size=size) for name in names]


def whole_glosses(terms: Iterable[str], glossary: pd.DataFrame | None) -> list[str]:
    """One label per term, its gloss below, of which only the brackets are left out."""
    labels = style.gloss_labels(terms, glossary, two_lines=True)
    if glossary is None:
        return labels
    glosses = glossary.set_index("term")["gloss_en"].fillna("").astype(str)
    whole = glosses.str.replace(r"\s*\([^()]*\)", "", regex=True).str.strip()
    return [
        (label.rpartition("\n")[0] + f"\n{whole[term]}").strip() if label.endswith("…") else label
        for term, label in zip(terms, labels, strict=True)
    ]


def shorten(name: str, room: float, size: float) -> str:
    """The name, its middle left out where it would take more than its room."""
    kept = len(name)
    while (
        kept > 8
        and style.text_width(name if kept == len(name) else "…" + name[:kept], size=size) > room
    ):
        kept -= 1
    return name if kept == len(name) else f"{name[: kept // 2]}…{name[-(kept - kept // 2) :]}"


def rows_for(names: Sequence[str]) -> float:
    """Return the room a list of row names needs, in rows of one line.

    >>> rows_for(["疫情", "防控"]), rows_for(["疫情\\nepidemic", "防控"])
    (2.0, 2.8)
    """
    lines = max((name.count("\n") for name in names), default=0) + 1
    return len(names) * (1.0 if lines == 1 else 0.4 + 0.5 * lines)


def name_rows(ax: Axes, names: Sequence[str]) -> None:
    """Write the names beside the rows, the first row on top."""
    ax.set_yticks(range(len(names)), names)
    ax.set_ylim(len(names) - 0.4, -0.6)
    ax.tick_params(axis="y", length=0)


# ---------------------------------------------------------------- beside and behind the rows


def print_right(ax: Axes, notes: Sequence[str], *, heading: str = "") -> None:
    """Write one note per row in a column to the right of the axes."""
    where = dict(
        xycoords=ax.get_yaxis_transform(), xytext=(8, 0), textcoords="offset points",
        va="center", annotation_clip=False,
    )  # fmt: skip
    for row, note in enumerate(notes):
        ax.annotate(style.drawable(note), (1, row), **where)
    if heading:
        size = plt.rcParams["font.size"]
        widest = max(style.text_width(note, size=size) for note in notes)
        ax.annotate(
            style.drawable(heading), (1, 1), xycoords="axes fraction", xytext=(8 + widest, 6),
            textcoords="offset points", ha="right", color=style.QUIET, fontsize="small",
            annotation_clip=False,
        )  # fmt: skip


def shade_ties(ax: Axes, values: pd.Series) -> None:
    """Put one band behind each group of equal values."""
    rows = pd.Series(range(len(values)))
    for _, tied in rows.groupby(values.to_numpy()):
        if len(tied) > 1:
            ax.axhspan(tied.min() - 0.43, tied.max() + 0.43, color=style.BAND, zorder=0)


def count_in_whole_steps(ax: Axes, values: pd.Series | np.ndarray) -> None:
    """Put ticks at whole numbers only where all values are whole."""
    if (np.asarray(values) % 1 == 0).all():
        ax.xaxis.get_major_locator().set_params(integer=True)


def line_with_uprights(
    ax: Axes, rows: Sequence[int], low: pd.Series, high: pd.Series, colour: str, width: float,
    *, height: float, **how: object,
) -> None:  # fmt: skip
    """Intervals as lines `width` points wide, whose two ends are `height` points high."""
    ax.hlines(rows, low, high, color=colour, linewidth=width, **how)
    for end in (low, high):
        ax.plot(end, rows, "|", color=colour, markersize=height, markeredgewidth=width, **how)


def ranked_axis_name(ranked: pd.DataFrame, shown: pd.DataFrame, value: str) -> str:
    """The name of the axis of `value`, with what is said of ties and of a cut inside one."""
    last, banded = shown[value].iloc[-1], shown[value].duplicated().any()
    left_out = int((ranked[value] == last).sum() - (shown[value] == last).sum())
    known = {"n": style.say("mentions"), "per_million": style.say("per million tokens")}
    name = known.get(value, value)
    cut = {"n": left_out, "value": say_number(last)}
    if banded and left_out:
        name += style.say("  (grey band: equal; cut inside a tie: {n} more at {value})", **cut)
    elif left_out:
        name += style.say("  (cut inside a tie: {n} more at {value})", **cut)
    elif banded:
        name += style.say("  (grey band: equal)")
    return style.drawable(name)


# ---------------------------------------------------------------- legends


def legend_below(
    ax: Axes, handles: Sequence, names: Sequence[str], *, ncols: int = 2, below: float = 3.3
) -> None:
    """Put the legend below the axis' name, `below` lines of small text under the axes."""
    # Below the axis' name whatever the figure's height: measured in lines, not in shares.
    figure = ax.get_figure(root=True)
    drop = ScaledTranslation(0, -below * line_height() / 72, figure.dpi_scale_trans)
    ax.legend(
        handles, [style.drawable(name) for name in names], loc="upper left",
        bbox_to_anchor=(0, 0), ncols=ncols,
        bbox_transform=ax.transAxes + drop, borderaxespad=0, borderpad=0, handletextpad=0.6,
        columnspacing=1.6,
    )  # fmt: skip


def category_legend(ax: Axes, categories: Sequence[str], *, below: float = 3.3) -> None:
    """Name the categories that occur, with their letter and how many terms each has."""
    present = [category for category in style.LABEL_NAMES if category in categories]
    names = [
        f"{style.LABEL_CODES[category]}  " + with_number(category, categories.count(category))
        for category in present
    ]
    colours = [Patch(color=colour) for colour in colours_of(present)]
    legend_below(ax, colours, [name.strip() for name in names], below=below)


def with_number(label: str, n: int) -> str:
    """The name of the label with its number in brackets."""
    return style.say("{name} ({n})", name=style.label_name(label), n=n)
