"""The ranked twin of the comparison and the commonality cloud: rates as dots, counts printed."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes

from helpers.drawing import draw, style
from helpers.drawing.clouds.dress import short_names
from helpers.drawing.draw.pieces import legend_below, print_right, say_number

# Room above the rows for the heading of the counts, in points.
TITLE_PAD = 22
# Told apart without colour, and nested, so that equal rates stay visible.
_MARKS = (
    {"marker": "o", "markersize": 5.5, "markerfacecolor": "ink"},
    {"marker": "o", "markersize": 9.5, "markerfacecolor": "ground"},
    {"marker": "s", "markersize": 12, "markerfacecolor": "pale"},
    {"marker": "^", "markersize": 7, "markerfacecolor": "grey"},
    {"marker": "D", "markersize": 13, "markerfacecolor": "ground"},
    {"marker": "v", "markersize": 8, "markerfacecolor": "ground"},
)
# Between ground and ink, and far enough from the ink for a dot of ink to be seen on it.
_FACES = {
    "light": {"pale": "#d5d5d5", "grey": "#8f8f8f"}, "dark": {"pale": "#3b424c", "grey": "#5d6671"},
}  # fmt: skip


def plot_rates_by_group(
    contrast: pd.DataFrame,
    shown: pd.DataFrame,
    groups: Sequence,
    *,
    glossary: pd.DataFrame | None,
    with_headings: bool = False,
    title: str,
    ax: Axes,
) -> Axes:
    """Axes with one row per word of `shown`, its rate in each group a dot, its counts printed.

    With headings, the words stand under the group that has their largest deviation, and a
    bar across each line marks the average the deviation is counted from.
    """
    names = short_names(groups)
    rows = _rows(shown, dict(zip(groups, names, strict=True)), with_headings)
    cells = contrast.set_index(["feature", "group"])
    for y, (feature, _) in enumerate(rows):
        if feature is not None:
            _draw_row(ax, y, cells.loc[feature].loc[list(groups)], with_average=with_headings)
    _name_rows(ax, rows, glossary)
    notes = [_counts(cells, feature, groups) for feature, _ in rows]
    print_right(
        ax,
        notes,
        heading=style.say("n in {groups}", groups=" : ".join(names)),
    )
    ax.set_xlim(left=min(0.0, -0.03 * ax.get_xlim()[1]))
    ax.set_xlabel(style.say("mentions per 1,000 running words of the group"))
    handles = [
        ax.plot([], [], **_mark(number), label=style.drawable(name))[0]
        for number, name in enumerate(names)
    ]
    if with_headings:
        handles += ax.plot([], [], **_average_mark(), label=style.say("average of the groups"))
    legend_below(
        ax, handles, [handle.get_label() for handle in handles], ncols=min(len(handles), 4)
    )
    style.set_title(ax, title, pad=TITLE_PAD)
    return ax


def _average_mark() -> dict:
    return {
        "marker": "|", "linestyle": "none", "markersize": 13, "markeredgewidth": 1.4,
        "markeredgecolor": style.QUIET,
    }  # fmt: skip


def _rows(
    shown: pd.DataFrame, name_of: dict[object, str], with_headings: bool
) -> list[tuple[str | None, str]]:
    """One pair per row: a word and "", or nothing and the heading of a group."""
    if not with_headings:
        return [(feature, "") for feature in shown["feature"]]
    rows: list[tuple[str | None, str]] = []
    for group, name in name_of.items():
        words = shown.loc[shown["group_of_largest"] == group, "feature"]
        if len(words):
            rows += [
                (None, style.say("more in {group}:", group=name)),
                *((word, "") for word in words),
            ]
    return rows


def _mark(number: int) -> dict:
    mark = _MARKS[number]
    faces = {"ink": style.INK, "ground": style.GROUND, **_FACES[style.in_force().mode]}
    return {
        "linestyle": "none", "markeredgecolor": style.INK, "markeredgewidth": 1.4, **mark,
        "markerfacecolor": faces[mark["markerfacecolor"]],
    }  # fmt: skip


def _draw_row(ax: Axes, y: int, cells: pd.DataFrame, *, with_average: bool) -> None:
    rates = cells["rate"]
    ax.hlines(y, rates.min(), rates.max(), color=style.FAINT, linewidth=2, zorder=1)
    if with_average:
        average = rates.iloc[0] - cells["deviation"].iloc[0]
        ax.plot([average], [y], **_average_mark(), zorder=2)
    for number, rate in enumerate(rates):
        mark = _mark(number)
        ax.plot([rate], [y], **mark, zorder=3 + 1 / mark["markersize"])


def _name_rows(
    ax: Axes, rows: Sequence[tuple[str | None, str]], glossary: pd.DataFrame | None
) -> None:
    words = [" ".join(word.split()) for word, _ in rows if word is not None]
    names = iter(draw.row_names(words, glossary))
    labels = [style.drawable(heading) if word is None else next(names) for word, heading in rows]
    ax.set_yticks(range(len(labels)), labels, parse_math=False)
    ax.set_ylim(len(labels) - 0.4, -0.6)
    ax.tick_params(axis="y", length=0)
    for (word, _), label in zip(rows, ax.get_yticklabels(), strict=True):
        if word is None:
            label.set_color(style.QUIET)


def _counts(cells: pd.DataFrame, feature: str | None, groups: Sequence) -> str:
    if feature is None:
        return ""
    return " : ".join(say_number(cells.loc[(feature, group), "n"]) for group in groups)
