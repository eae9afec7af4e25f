"""Bars: the most frequent terms, and how many units have each label."""

from collections.abc import Iterable, Sequence

import pandas as pd
from matplotlib.axes import Axes

from helpers import tables
from helpers.drawing import style
from helpers.drawing.draw.checks import (
    Categories,
    at_least_one,
    categories_for,
    rank,
    require_known,
    require_numbers,
    require_rows,
)
from helpers.drawing.draw.pieces import (
    category_legend,
    colours_of,
    count_in_whole_steps,
    name_rows,
    ranked_axis_name,
    row_names,
    rows_for,
    say_number,
    shade_ties,
)


def plot_ranked_terms(
    counts: pd.DataFrame,
    *,
    glossary: pd.DataFrame | None = None,
    top: int = 20,
    value: str = "n",
    category_of: Categories | None = None,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Axes with one horizontal bar per term, longest first, its value printed at the end.

    `counts` has one row per feature with columns feature and `value`. Terms with the same
    value stand on one grey band, in the order of their characters, and the line below says
    so; when `top` cuts through such a tie, it says how many terms were left out. `category_of`
    maps terms to categories (colour and letter); terms it lacks are "not in the lexicon".

    >>> from matplotlib.figure import Figure
    >>> style.set_theme()
    >>> counts = pd.DataFrame({"feature": ["落实", "工作"], "n": [10, 13]})
    >>> ax = plot_ranked_terms(counts, ax=Figure().subplots())
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['工作', '落实']
    """
    ranked = rank(counts, "counts", key="feature", value=value)
    shown = ranked.head(at_least_one(top, "top"))
    names = row_names(shown["feature"], glossary)
    ax = style.axes_for(ax, rows=rows_for(names), title=title)
    categories = categories_for(shown["feature"], category_of)
    colours = style.PLAIN if category_of is None else colours_of(categories)
    ax.barh(range(len(shown)), shown[value], height=0.74, color=colours)
    _print_values(ax, shown[value], [say_number(n) for n in shown[value]])
    shade_ties(ax, shown[value])
    name_rows(ax, names)
    if category_of is not None:
        _print_codes(ax, shown[value], categories)
        category_legend(ax, categories)
    count_in_whole_steps(ax, shown[value])
    ax.set_xlabel(ranked_axis_name(ranked, shown, value))
    default = style.say("The {n} most frequent of {total} terms", n=len(shown), total=len(ranked))
    style.set_title(ax, title or default)
    return ax


def plot_label_shares(
    label_counts: pd.DataFrame,
    *,
    units: str | None = None,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Axes with one bar per label, in the order of tables.LABELS, with its n and percent.

    `label_counts` has the columns label, n, share (0 to 1 of all units). All five labels
    must be there, unlabelled too: a share without it would be a share of something else.
    `units` names what is labelled ("clauses") under the axis.

    >>> from matplotlib.figure import Figure
    >>> style.set_theme()
    >>> label_counts = pd.DataFrame({"label": tables.LABELS, "n": [14, 6, 8, 26, 7]})
    >>> label_counts["share"] = label_counts["n"] / 61
    >>> plot_label_shares(label_counts, ax=Figure().subplots()).texts[4].get_text()
    '7  (11%)'
    """
    require_rows(label_counts, "label counts", ["label", "n", "share"])
    require_known(label_counts["label"], tables.LABELS, "label")
    _require_all_labels(label_counts["label"])
    require_numbers(label_counts, "label counts", ["n", "share"], key="label")
    ordered = label_counts.set_index("label").loc[list(tables.LABELS)]
    ax = style.axes_for(ax, rows=len(ordered) * 1.2, title=title)
    ax.barh(range(len(ordered)), ordered["n"], height=0.74, color=colours_of(ordered.index))
    notes = [
        style.say("{n}  ({share})", n=say_number(row.n), share=f"{row.share:.0%}")
        for row in ordered.itertuples()
    ]
    _print_values(ax, ordered["n"], notes, room=1.22)
    _print_codes(ax, ordered["n"], ordered.index)
    name_rows(ax, [style.label_name(label) for label in ordered.index])
    count_in_whole_steps(ax, ordered["n"])
    units = style.say("units") if units is None else style.drawable(units)
    ax.set_xlabel(style.say("{units} (percentages are rounded)", units=units))
    n = say_number(ordered["n"].sum())
    style.set_title(ax, title or style.say("Labels of {n} {units}", n=n, units=units))
    return ax


def _require_all_labels(found: pd.Series) -> None:
    missing = [label for label in tables.LABELS if label not in set(found)]
    if missing or found.duplicated().any():
        raise ValueError(
            "the label counts table must have one row for each label (n = 0 where there is "
            f"none); missing: {', '.join(missing) or 'none, but one is there twice'}"
        )


def _print_values(
    ax: Axes, values: Iterable[float], notes: Sequence[str], *, room: float = 1.12
) -> None:
    for row, (value, note) in enumerate(zip(values, notes, strict=True)):
        ax.annotate(
            note, (value, row), xytext=(5, 0), textcoords="offset points",
            va="center", annotation_clip=False,
        )  # fmt: skip
    ax.set_xlim(0, max(max(values), 1e-9) * room)


def _print_codes(ax: Axes, lengths: Iterable[float], categories: Iterable[str]) -> None:
    """Write each category's letter into its bar, where the bar is long enough."""
    longest = ax.get_xlim()[1]
    for row, (length, category) in enumerate(zip(lengths, categories, strict=True)):
        if length > 0.04 * longest:
            ax.text(
                0.008 * longest, row, style.LABEL_CODES[category], color=style.GROUND, va="center",
                fontsize="small",
            )  # fmt: skip
