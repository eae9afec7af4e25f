"""Dots on a line: shares with their interval, how evenly terms are spread, ways of counting."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from helpers.drawing import style
from helpers.drawing.draw.checks import at_least_one, rank, require_numbers, require_rows
from helpers.drawing.draw.pieces import (
    count_in_whole_steps,
    legend_below,
    line_with_uprights,
    name_rows,
    print_right,
    row_names,
    rows_for,
    say_number,
)

# An interval narrower than this, on the scale from 0 to 1, lies under its dot.
_HIDDEN_SHARE = 0.03
_MOST_WAYS = 3


def plot_share_intervals(
    shares: pd.DataFrame,
    *,
    by: str = "unit",
    of: str | None = None,
    units: str | None = None,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Axes with one dot and one interval per row, between 0 and 1, the balance at 0.5 marked.

    `shares` has the columns `by` (the row's name), share, low, high, n_target, n_reference and
    n_units; to the right stand the share, its interval, how many of how many it is, and how
    many units were resampled, which `units` names ("posts"). `of` names the share under the axis,
    by default "prevention / (prevention + reopening)".

    >>> from matplotlib.figure import Figure
    >>> style.set_theme()
    >>> shares = pd.DataFrame({"unit": ["sentences"], "share": [0.7], "low": [0.28],
    ...     "high": [1.0], "n_target": [14], "n_reference": [6], "n_units": [16]})
    >>> plot_share_intervals(shares, ax=Figure().subplots()).texts[1].get_text()
    '0.70  (0.28 to 1.00)  14 of 20; 16 resampled'
    """
    numbers = ["share", "n_target", "n_reference", "n_units"]
    require_rows(shares, "shares", [by, "low", "high", *numbers])
    require_numbers(shares, "shares", numbers, key=by)
    ax = style.axes_for(ax, rows=len(shares) * 1.3 + 1, title=title)
    rows = range(len(shares))
    ax.axvline(0.5, color=style.QUIET, linewidth=1, linestyle=(0, (4, 3)), zorder=1)
    ax.text(
        0.5, 1.0, style.say("balance"), transform=ax.get_xaxis_transform(), ha="center",
        va="bottom", color=style.QUIET, fontsize="small",
    )  # fmt: skip
    ax.hlines(rows, shares["low"], shares["high"], color=style.INK, linewidth=2.2)
    ax.plot(shares["share"], rows, "o", color=style.INK, markersize=8)
    _show_hidden_intervals(ax, shares["low"], shares["high"])
    name_rows(ax, [style.drawable(str(name)) for name in shares[by]])
    ax.set_xlim(-0.02, 1.02)
    print_right(
        ax, [_share_note(row, units or style.say("resampled")) for row in shares.itertuples()]
    )
    of = of or style.say("prevention / (prevention + reopening)")
    ax.set_xlabel(style.say("share: {of}", of=of))
    style.set_title(ax, title or style.say("The share and how sure of it we are"), pad=22)
    return ax


def plot_dispersion(
    dispersion: pd.DataFrame,
    *,
    glossary: pd.DataFrame | None = None,
    top: int = 15,
    min_n: int = 5,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Axes with one dot per feature, most frequent first: spread evenly (0) or clumped (1).

    `dispersion` has one row per feature: n, range (parts it occurs in), dp (Gries 2008). A
    feature with fewer than `min_n` occurrences is grey and hollow: with so few, DP is
    large by arithmetic alone.

    >>> from matplotlib.figure import Figure
    >>> style.set_theme()
    >>> dispersion = pd.DataFrame({"feature": ["落实"], "n": [9], "range": [4], "dp": [0.37]})
    >>> plot_dispersion(dispersion, ax=Figure().subplots()).texts[0].get_text()
    '9 in 4'
    """
    require_rows(dispersion, "dispersion", ["feature", "n", "range", "dp"])
    require_numbers(dispersion, "dispersion", ["n", "range", "dp"], key="feature")
    ranked = rank(dispersion, "dispersion", key="feature", value="n")
    shown = ranked.head(at_least_one(top, "top"))
    enough = (shown["n"] >= at_least_one(min_n, "min_n")).to_numpy()
    names = row_names(shown["feature"], glossary)
    ax = style.axes_for(ax, rows=rows_for(names), title=title)
    rows = np.arange(len(shown))
    ax.hlines(rows, 0, shown["dp"], color=style.GRID, linewidth=2)
    ax.scatter(
        shown["dp"][enough], rows[enough], s=70, color=style.INK, zorder=3,
        label=style.say("n ≥ {n}", n=min_n),
    )  # fmt: skip
    ax.scatter(
        shown["dp"][~enough], rows[~enough], s=70, facecolor=style.GROUND, zorder=3,
        edgecolor=style.PALETTE["unlabelled"], linewidth=1.6,
        label=style.say("n < {n}: too few to say", n=min_n),
    )  # fmt: skip
    name_rows(ax, names)
    notes = [
        style.say("{n} in {parts}", n=say_number(row.n), parts=say_number(row.range))
        for row in shown.itertuples()
    ]
    print_right(ax, notes, heading=style.say("n in how many parts"))
    ax.set_xlim(-0.03, 1.03)
    ax.set_xlabel(
        style.say("dispersion DP:  0 = as the parts' sizes  ·  near 1 = all in one small part")
    )
    legend_below(ax, *ax.get_legend_handles_labels())
    style.set_title(ax, title or style.say("How evenly {n} terms are spread", n=len(shown)), pad=22)
    return ax


def plot_dumbbells(
    comparison: pd.DataFrame,
    *,
    glossary: pd.DataFrame | None = None,
    columns: Sequence[str] | None = None,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Axes with one row per term and one mark per way of counting, joined by a line.

    `comparison` has the column term and two or three columns of numbers (`columns`; by default
    all numeric ones), drawn in their order and printed to the right. Equal values stay
    visible: the marks nest, and the third is a bar across.

    >>> from matplotlib.figure import Figure
    >>> style.set_theme()
    >>> comparison = pd.DataFrame({"term": ["落实"], "plain jieba": [6], "as string": [10]})
    >>> plot_dumbbells(comparison, ax=Figure().subplots()).texts[0].get_text()
    '6 → 10'
    """
    require_rows(comparison, "comparison", ["term"])
    ways = _ways_of_counting(comparison, columns)
    require_numbers(comparison, "comparison", ways, key="term")
    names = row_names(comparison["term"], glossary)
    ax = style.axes_for(ax, rows=rows_for(names) * 1.1 + 1, title=title)
    rows = range(len(comparison))
    values = comparison[ways]
    ax.hlines(rows, values.min(axis=1), values.max(axis=1), color=style.FAINT, linewidth=2)
    for way, mark in zip(ways, _nested_marks(), strict=False):
        ax.plot(comparison[way], rows, linestyle="none", label=style.drawable(way), **mark)
    name_rows(ax, names)
    print_right(ax, [" → ".join(map(say_number, row)) for row in values.itertuples(index=False)])
    ax.set_xlim(left=min(0, values.min().min()) - 0.04 * values.max().max())
    count_in_whole_steps(ax, values.to_numpy())
    ax.set_xlabel(style.say("mentions"))
    legend_below(ax, *ax.get_legend_handles_labels(), ncols=3)
    default = style.say("{n} terms counted in {ways} ways", n=len(comparison), ways=len(ways))
    style.set_title(ax, title or default)
    return ax


# ---------------------------------------------------------------- shares


def _share_note(row, units: str) -> str:
    ends = {"low": f"{row.low:.2f}", "high": f"{row.high:.2f}"}
    lacking = pd.isna(row.low + row.high)
    interval = style.say("no interval") if lacking else style.say("{low} to {high}", **ends)
    return style.say(
        "{share}  ({interval})  {n} of {total}; {n_units} {units}",
        share=f"{row.share:.2f}",
        interval=interval,
        n=say_number(row.n_target),
        total=say_number(row.n_target + row.n_reference),
        n_units=say_number(row.n_units),
        units=units,
    )


def _show_hidden_intervals(ax: Axes, low: pd.Series, high: pd.Series) -> None:
    """Draw on the dot, light with two uprights, an interval that the dot hides whole."""
    hidden = (high - low < _HIDDEN_SHARE).to_numpy()
    rows = np.flatnonzero(hidden)
    line_with_uprights(ax, rows, low[hidden], high[hidden], style.GROUND, 1.1, height=5, zorder=4)


# ---------------------------------------------------------------- ways of counting


def _ways_of_counting(comparison: pd.DataFrame, columns: Sequence[str] | None) -> list[str]:
    if isinstance(columns, str):
        raise ValueError(f"columns is {columns!r}; it must be a list of two or three columns")
    ways = list(comparison.select_dtypes("number").columns) if columns is None else list(columns)
    require_rows(comparison, "comparison", ways)
    if not 2 <= len(ways) <= _MOST_WAYS:
        raise ValueError(
            f"dumbbells compare two or three columns of numbers; got {len(ways)} "
            f"({', '.join(ways)}): name them with columns=[...]"
        )
    return ways


def _nested_marks() -> tuple[dict, ...]:
    return (
        {"marker": "o", "markersize": 14, "markerfacecolor": style.GROUND,
         "markeredgecolor": style.QUIET, "markeredgewidth": 1.6},
        {"marker": "o", "markersize": 8.5, "color": style.colour_of("reopening")},
        {"marker": "|", "markersize": 17, "markeredgewidth": 2.6,
         "color": style.colour_of("prevention")},
    )  # fmt: skip
