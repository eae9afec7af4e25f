"""The two languages face to face: prevention terms to the left, reopening terms to the right."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from helpers.drawing import style
from helpers.drawing.draw.checks import at_least_one, rank, require_known, require_rows
from helpers.drawing.draw.pieces import say_number, whole_glosses


def plot_two_languages(
    rates: pd.DataFrame,
    *,
    glossary: pd.DataFrame | None = None,
    top: int = 12,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Axes with prevention terms to the left and reopening terms to the right of one zero.

    `rates` has one row per term: term, category (prevention or reopening), n, n_free, rate,
    low, high; the last three in mentions per 1,000 Han characters. A bar and a dot are the
    rate, the line its interval (none is drawn where low or high is missing), the numbers
    beside the term its n and how many of them are free. Both sides have one scale. At most
    `top` terms a side; how many are left out stands below the axis.

    >>> from matplotlib.figure import Figure
    >>> style.set_theme()
    >>> rates = pd.DataFrame({"term": ["隔离", "六稳"], "category": ["prevention", "reopening"],
    ...     "n": 1, "n_free": 1, "rate": 0.9, "low": 0.0, "high": 2.7})
    >>> ax = plot_two_languages(rates, ax=Figure().subplots())
    >>> [round(float(bar.get_width()), 1) for bar in ax.patches]
    [-0.9, 0.9]
    """
    columns = ["term", "category", "n", "n_free", "rate", "low", "high"]
    require_rows(rates, "rates", columns)
    _require_two_languages(rates)
    ranked = rank(rates, "rates", key="term", value="rate")
    sides = {
        label: ranked.loc[ranked["category"] == label] for label in ("prevention", "reopening")
    }
    shown = {label: side.head(at_least_one(top, "top")) for label, side in sides.items()}
    height = max(map(len, shown.values()))
    names = [_side_names(side, glossary) for side in shown.values()]
    n_lines = max(name.count("\n") + 1 for side in names for name in side)
    ax = style.axes_for(ax, rows=height * (0.4 + 0.6 * n_lines) + 1, title=title)
    for label, side in shown.items():
        _draw_side(ax, label, side)
    _frame_sides(ax, shown, height)
    _name_sides(ax, names)
    ax.set_xlabel(_sides_axis_name(sides, top))
    default = style.say("Prevention terms and reopening terms, each with its interval")
    style.set_title(ax, title or default)
    return ax


def _require_two_languages(rates: pd.DataFrame) -> None:
    silent = rates.loc[rates["category"].isin([""]) | rates["category"].isna(), "term"]
    if len(silent):
        raise ValueError(
            f"{silent.iloc[0]!r} has no category (a term that is never mentioned has none); give "
            "it prevention or reopening, or keep rates[rates['n'] > 0]"
        )
    require_known(rates["category"], ("prevention", "reopening"), "category")


def _draw_side(ax: Axes, label: str, side: pd.DataFrame) -> None:
    sign = -1 if label == "prevention" else 1
    rows, colour = range(len(side)), style.colour_of(label)
    ax.barh(rows, sign * side["rate"], height=0.5, color=style.pale(colour, 0.35), zorder=2)
    ax.hlines(rows, sign * side["low"], sign * side["high"], color=colour, linewidth=2, zorder=4)
    ax.plot(sign * side["rate"], rows, "o", color=colour, markersize=7, zorder=5)


def _frame_sides(ax: Axes, sides: Mapping[str, pd.DataFrame], height: int) -> None:
    reach = max(np.nanmax(side[["rate", "high"]].to_numpy(), initial=0) for side in sides.values())
    ax.set_xlim(-1.05 * reach, 1.05 * reach)
    ax.set_ylim(height - 0.4, -1.1)
    ax.axvline(0, color=style.INK, linewidth=1, zorder=3)
    ax.xaxis.set_major_formatter(lambda x, _: f"{abs(x):g}")
    for (label, side), place in zip(sides.items(), (-0.52 * reach, 0.52 * reach), strict=True):
        options = {"ha": "center", "va": "center", "color": style.colour_of(label)}
        ax.text(place, -0.8, style.label_name(label), **options)
        if side.empty:
            ax.text(place, 0, style.say("no mention"), **options)


def _name_sides(ax: Axes, names: Sequence[list[str]]) -> None:
    left, right = names
    ax.set_yticks(range(len(left)), left)
    ax.tick_params(axis="y", length=0)
    opposite = ax.secondary_yaxis("right")
    opposite.set_yticks(range(len(right)), right)
    opposite.tick_params(axis="y", length=0)
    opposite.spines["right"].set_visible(False)


def _side_names(side: pd.DataFrame, glossary: pd.DataFrame | None) -> list[str]:
    """One label per term: the term with its counts, the whole gloss on the lines below."""
    room, size = 0.3 * 72 * plt.rcParams["figure.figsize"][0], plt.rcParams["font.size"]
    labels = whole_glosses(side["term"], glossary)
    counts = [
        "   " + style.say("{n} ({n_free} free)", n=say_number(row.n), n_free=say_number(row.n_free))
        for row in side.itertuples()
    ]
    split = [style.drawable(label).partition("\n") for label in labels]
    return [
        style.drawable(term + count) + gap + style.wrap_text(gloss, room, size=size)
        for (term, gap, gloss), count in zip(split, counts, strict=True)
    ]


def _sides_axis_name(sides: Mapping[str, pd.DataFrame], top: int) -> str:
    left_out = [
        style.say("{n} more {label} terms", n=len(side) - top, label=_plain_name(label))
        for label, side in sides.items()
        if len(side) > top
    ]
    name = style.say("mentions per 1,000 Chinese characters; line: interval")
    if not left_out:
        return name
    return name + style.say("  (not shown: {terms})", terms=style.list_names(left_out))


def _plain_name(label: str) -> str:
    return style.label_name(label, language="zh" if style.in_force().language == "zh" else "en")
