"""Bars, strips, x-rays, intervals and dumbbells; the room's page is helpers/drawing/draw."""

from collections.abc import Iterable, Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.patheffects import withStroke
from matplotlib.text import Text

from helpers import tables
from helpers.drawing import style
from helpers.drawing.draw.checks import (
    Categories,
    at_least_one,
    categories_for,
    rank,
    require_known,
    require_numbers,
    require_one_document,
    require_rows,
    require_spans,
)
from helpers.drawing.draw.pieces import (
    category_legend,
    colours_of,
    count_in_whole_steps,
    legend_below,
    line_height,
    line_with_uprights,
    name_rows,
    print_right,
    ranked_axis_name,
    row_names,
    rows_for,
    say_number,
    shade_ties,
    whole_glosses,
    with_number,
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


def plot_xray(
    hits: pd.DataFrame,
    parts: pd.DataFrame,
    *,
    terms: Sequence[str],
    glossary: pd.DataFrame | None = None,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Axes with one row per term and one tick per mention, placed where it stands in the text.

    `hits` are the mentions of one document (term, category, start, end, free), `parts` its
    parts (part, start, end), all in characters of the clean text. A free mention is a tall
    dark tick; one inside a longer term is short and light. A term without a mention keeps
    its empty row. The colour is the term's category, which the legend names where there is
    more than one. The numbers to the right are all mentions and, where any mention is inside
    a longer term, the free ones.

    >>> from matplotlib.figure import Figure
    >>> style.set_theme()
    >>> hits = pd.DataFrame({"term": ["隔离"], "category": ["prevention"], "start": [3],
    ...     "end": [5], "free": [True]})
    >>> parts = pd.DataFrame({"part": ["title"], "start": [0], "end": [9]})
    >>> plot_xray(hits, parts, terms=["隔离"], ax=Figure().subplots()).get_title(loc="left")
    'Where the terms stand in the text'
    """
    rows = _checked_terms(terms)
    require_rows(hits, "hits", ["term", "category", "start", "end", "free"])
    require_rows(parts, "parts", ["part", "start", "end"])
    require_numbers(hits, "hits", ["start", "end"], key="term")
    require_numbers(parts, "parts", ["start", "end"], key="part")
    require_spans(hits, "hits", key="term")
    require_one_document(hits, "hits")
    _require_inside(hits, parts)
    if hits["free"].dtype != bool:
        raise ValueError("column 'free' of the hits table must be True or False (dtype bool)")
    names = row_names(rows, glossary)
    of_term = [hits.loc[hits["term"] == term] for term in rows]
    nested = not all(mentions["free"].all() for mentions in of_term)
    categories = list(dict.fromkeys(m["category"].iloc[0] for m in of_term if len(m)))
    several = len(categories) > 1
    ax = style.axes_for(ax, rows=rows_for(names) + 2 + 2 * several, title=title)
    for row, mentions in enumerate(of_term):
        _tick_mentions(ax, row, mentions)
    name_rows(ax, names)
    ax.grid(False)
    ax.set_xlim(parts["start"].min(), parts["end"].max())
    print_right(ax, [_mention_note(mentions, nested) for mentions in of_term])
    ax.set_xlabel(style.say("position in the text, in characters"))
    _xray_legend(ax, categories if several else [], nested=nested)
    levels = _band_parts(ax, parts)
    title = title or style.say("Where the terms stand in the text")
    style.set_title(ax, title, pad=10 + levels * line_height())
    return ax


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


def plot_keyness(
    keyness: pd.DataFrame,
    *,
    glossary: pd.DataFrame | None = None,
    top: int = 10,
    target: str | None = None,
    reference: str | None = None,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Axes with one lollipop per word: how many times doubled, how sure, on which counts.

    `keyness` has one row per feature: n_target, n_reference, log_likelihood (signed), log_ratio
    with log_ratio_low and log_ratio_high, q_value. On each side the `top` words with the most
    evidence are drawn, by size of log ratio: above 0 typical of `target`, below of
    `reference`. The dot's area is the evidence (G²), filled when q < .05, the line with its two
    uprights the interval; words without a q_value, too rare to be tested, are grey; the numbers
    are the counts, target : reference. The legend says how many words were tested, and drawn of
    these.

    Where the table has a column dp (Gries's dispersion over the parts of the side the word is
    typical of, 0 to 1; missing where there is none), it is the dot's shade: dark is spread
    evenly, light is all in one place, a white dot has no DP. Then q < .05 is a ring around the
    dot, and DP stands before the counts.

    >>> from matplotlib.figure import Figure
    >>> style.set_theme()
    >>> keyness = pd.DataFrame({"feature": ["措施"], "n_target": [4], "n_reference": [0],
    ...     "log_likelihood": [3.5], "q_value": [0.4], "log_ratio": [2.4],
    ...     "log_ratio_low": [-1.8], "log_ratio_high": [6.5]})
    >>> plot_keyness(keyness, ax=Figure().subplots()).texts[0].get_text()
    '4 : 0'
    """
    target = style.say("target") if target is None else target
    reference = style.say("reference") if reference is None else reference
    columns = ["feature", "n_target", "n_reference", "log_likelihood", "q_value",
               "log_ratio", "log_ratio_low", "log_ratio_high"]  # fmt: skip
    require_rows(keyness, "keyness", columns)
    require_numbers(keyness, "keyness", ["log_likelihood", "log_ratio"], key="feature")
    shaded = "dp" in keyness.columns
    if shaded:
        _require_dispersion(keyness)
    shown = _strongest_each_side(keyness, at_least_one(top, "top"))
    names = row_names(shown["feature"], glossary)
    # The legend of the shaded dots has three lines more.
    ax = style.axes_for(ax, rows=rows_for(names) + 2 + 3 * shaded, title=title)
    ax.axvline(0, color=style.QUIET, linewidth=1)
    (_shaded_dots if shaded else _evidence_dots)(ax, shown)
    _draw_intervals(ax, shown)
    name_rows(ax, names)
    for tick, untested in zip(ax.get_yticklabels(), shown["q_value"].isna(), strict=True):
        tick.set_color(style.QUIET if untested else style.INK)
    notes = [
        f"{say_number(row.n_target)} : {say_number(row.n_reference)}" for row in shown.itertuples()
    ]
    heading = style.say("n in {target} : n in {reference}", target=target, reference=reference)
    if shaded:
        notes = [f"{_dp_note(dp)}   {note}" for note, dp in zip(notes, shown["dp"], strict=True)]
        heading = f"DP   {heading}"
    print_right(ax, notes, heading=heading)
    ax.set_xlabel(
        style.drawable(
            style.say(
                "log ratio:  ← more in {reference}  ·  more in {target} →  (+1 = twice)",
                reference=reference,
                target=target,
            )
        )
    )
    _keyness_legend(ax, keyness, shown)
    default = style.say(
        "{n} of {total} words: {target} against {reference}",
        n=len(shown), total=len(keyness), target=target, reference=reference,
    )  # fmt: skip
    style.set_title(ax, title or default, pad=22)
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


# ---------------------------------------------------------------- what a table must hold


def _require_dispersion(keyness: pd.DataFrame) -> None:
    if not pd.api.types.is_numeric_dtype(keyness["dp"]):
        raise ValueError("column 'dp' of the keyness table holds no numbers")
    wrong = keyness.loc[keyness["dp"].notna() & ~keyness["dp"].between(0, 1)]
    if len(wrong):
        raise ValueError(
            f"column 'dp' of the keyness table is {wrong['dp'].iloc[0]:g} for "
            f"{wrong['feature'].iloc[0]!r}; DP lies between 0 (even) and 1 (count."
            "measure_dispersion)"
        )


def _require_two_languages(rates: pd.DataFrame) -> None:
    silent = rates.loc[rates["category"].isin([""]) | rates["category"].isna(), "term"]
    if len(silent):
        raise ValueError(
            f"{silent.iloc[0]!r} has no category (a term that is never mentioned has none); give "
            "it prevention or reopening, or keep rates[rates['n'] > 0]"
        )
    require_known(rates["category"], ("prevention", "reopening"), "category")


def _require_all_labels(found: pd.Series) -> None:
    missing = [label for label in tables.LABELS if label not in set(found)]
    if missing or found.duplicated().any():
        raise ValueError(
            "the label counts table must have one row for each label (n = 0 where there is "
            f"none); missing: {', '.join(missing) or 'none, but one is there twice'}"
        )


def _require_inside(hits: pd.DataFrame, parts: pd.DataFrame) -> None:
    outside = hits.loc[(hits["start"] < parts["start"].min()) | (hits["end"] > parts["end"].max())]
    if len(outside):
        first = outside.iloc[0]
        raise ValueError(
            f"the mention {first['term']!r} at {first['start']} lies outside the parts; hits and "
            "parts must come from the same document"
        )


def _checked_terms(terms: Sequence[str]) -> list[str]:
    listed = isinstance(terms, Iterable) and not isinstance(terms, str)
    rows = list(terms) if listed else [terms]
    if not all(isinstance(term, str) for term in rows) or not rows or len(set(rows)) < len(rows):
        raise ValueError(f"terms must name at least one term, each once; got {rows!r}")
    return rows


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


# ---------------------------------------------------------------- pieces of charts


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


# ---------------------------------------------------------------- x-ray


def _tick_mentions(ax: Axes, row: int, mentions: pd.DataFrame) -> None:
    free = mentions["free"]
    centres = (mentions["start"] + mentions["end"]) / 2
    ax.axhline(row, color=style.GRID, linewidth=0.8, zorder=1)
    if mentions.empty:
        return
    colour = style.colour_of(mentions["category"].iloc[0])
    wide = 2 if len(mentions) <= 60 else 0.9
    ax.vlines(
        centres[~free],
        row - 0.17,
        row + 0.17,
        color=style.pale(colour, 0.65),
        linewidth=0.85 * wide,
        zorder=2,
    )
    ax.vlines(centres[free], row - 0.38, row + 0.38, color=colour, linewidth=wide, zorder=3)


def _mention_note(mentions: pd.DataFrame, nested: bool) -> str:
    n, free = len(mentions), int(mentions["free"].sum())
    if not nested or not n:
        return say_number(n)
    return style.say("{n}  ({n_free} free)", n=say_number(n), n_free=say_number(free))


def _xray_legend(ax: Axes, categories: Sequence[str], *, nested: bool) -> None:
    """Name the two heights where there are two, and the colours of the `categories`."""
    handles, names = [], []
    if nested:
        handles = [_tick(style.INK), _tick(style.pale(style.INK, 0.65), height=7)]
        names = [style.say("free mention"), style.say("inside a longer term")]
    handles += [_tick(style.colour_of(category), height=11) for category in categories]
    names += [style.label_name(category) for category in categories]
    if handles:
        legend_below(ax, handles, names, ncols=3 if nested and categories else 2)


def _tick(colour: str | tuple[float, ...], *, height: float = 15) -> Line2D:
    return Line2D([], [], marker="|", linestyle="none", color=colour,
                  markersize=height, markeredgewidth=2)  # fmt: skip


def _band_parts(ax: Axes, parts: pd.DataFrame) -> int:
    """Shade every second part, name them all above; return how many lines the names take."""
    names = []
    for number, part in enumerate(parts.itertuples()):
        if number % 2 == 0:
            ax.axvspan(part.start, part.end, color=style.BAND, zorder=0)
        names.append(
            _part_label(
                ax, style.drawable(style.name_value(str(part.part))), (part.start + part.end) / 2
            )
        )
    return _stagger(ax, names)


def _part_label(ax: Axes, name: str, centre: float):
    return ax.annotate(
        name, (centre, 1), xycoords=ax.get_xaxis_transform(), xytext=(0, 7),
        textcoords="offset points", ha="center", va="baseline", fontsize="small",
        color=style.QUIET, annotation_clip=False,
        arrowprops={"arrowstyle": "-", "color": style.FAINT, "linewidth": 0.8, "shrinkB": 0},
        bbox={"facecolor": style.GROUND, "edgecolor": "none", "pad": 0.5},
    )  # fmt: skip


def _stagger(ax: Axes, names: Sequence) -> int:
    """Lift each name to the lowest line where it touches no other; return the lines used."""
    # The widths are known only once the layout is: one pass without writing a picture.
    ax.get_figure(root=True).draw_without_rendering()
    ends: list[float] = []
    for name in names:
        box = Text.get_window_extent(name)  # of the letters, without the line to the part
        gap = 0.5 * box.height
        level = next((i for i, end in enumerate(ends) if box.x0 > end + gap), len(ends))
        ends[level : level + 1] = [box.x1]
        name.set_position((0, 7 + level * line_height()))
        name.arrow_patch.set_visible(level > 0)
        # A name lifted over its neighbour draws its line behind the neighbour's letters.
        name.set_zorder(5 - 0.1 * level)
    return len(ends)


# ---------------------------------------------------------------- clause strip


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


# ---------------------------------------------------------------- two languages


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


# An interval narrower than this, on the scale from 0 to 1, lies under its dot.
_HIDDEN_SHARE = 0.03


def _show_hidden_intervals(ax: Axes, low: pd.Series, high: pd.Series) -> None:
    """Draw on the dot, light with two uprights, an interval that the dot hides whole."""
    hidden = (high - low < _HIDDEN_SHARE).to_numpy()
    rows = np.flatnonzero(hidden)
    line_with_uprights(ax, rows, low[hidden], high[hidden], style.GROUND, 1.1, height=5, zorder=4)


def _plain_name(label: str) -> str:
    return style.label_name(label, language="zh" if style.in_force().language == "zh" else "en")


# ---------------------------------------------------------------- shares, keyness, dumbbells


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


def _strongest_each_side(keyness: pd.DataFrame, top: int) -> pd.DataFrame:
    by_evidence = keyness.assign(evidence=keyness["log_likelihood"].abs()).sort_values(
        ["evidence", "feature"], ascending=[False, True]
    )
    above = by_evidence.loc[by_evidence["log_ratio"] > 0].head(top)
    below = by_evidence.loc[by_evidence["log_ratio"] <= 0].head(top)
    return pd.concat([above, below]).sort_values(
        ["log_ratio", "feature"], ascending=[False, True], ignore_index=True
    )


# Square points per unit of G²; in a corpus G² runs into thousands, and above the limit a dot would
# hide its interval and its neighbours.
_AREA_PER_G2 = 7
_LARGEST_G2 = 16
# Air between a dot and the ring around it, both sides together, in points.
_RING = 5
# An interval below this share of the axis lies within the largest dots; a dot with a DP below the
# other is dark enough to be written on with the ground's colour.
_HIDDEN, _DARK_DP = 0.028, 0.6
# Below this share its ends lie under the ring around the largest dots.
_UNDER_RING = 0.042


def _areas_of(evidence: pd.Series) -> pd.Series:
    """Areas in square points, G² of 1 or less and of _LARGEST_G2 or more drawn as these."""
    return _AREA_PER_G2 * evidence.clip(lower=1, upper=_LARGEST_G2)


def _evidence_dots(ax: Axes, shown: pd.DataFrame) -> None:
    firm = shown["q_value"] < 0.05
    ax.scatter(
        shown["log_ratio"], range(len(shown)), s=_areas_of(shown["evidence"]),
        facecolor=[style.INK if sure else style.GROUND for sure in firm],
        edgecolor=_edges(shown), linewidth=1.2, zorder=3, clip_on=False,
    )  # fmt: skip


def _shaded_dots(ax: Axes, shown: pd.DataFrame) -> None:
    areas = _areas_of(shown["evidence"])
    firm = (shown["q_value"] < 0.05).to_numpy()
    rows = np.arange(len(shown))
    ax.scatter(
        shown["log_ratio"], rows, s=areas, facecolor=[_shade_of(dp) for dp in shown["dp"]],
        edgecolor=_edges(shown), linewidth=1.2, zorder=3, clip_on=False,
    )  # fmt: skip
    # A ring with air between, so that it is seen around a dark dot as around a light one.
    ax.scatter(
        shown["log_ratio"][firm], rows[firm], s=(areas[firm] ** 0.5 + _RING) ** 2,
        facecolor="none", edgecolor=style.INK, linewidth=1, zorder=2.4, clip_on=False,
    )  # fmt: skip


def _edges(shown: pd.DataFrame) -> list[str]:
    return [style.FAINT if pd.isna(q) else style.INK for q in shown["q_value"]]


def _draw_intervals(ax: Axes, shown: pd.DataFrame) -> None:
    """A line with two uprights behind every dot; on it where dot or ring would hide its ends."""
    rows, width = np.arange(len(shown)), shown["log_ratio_high"] - shown["log_ratio_low"]
    _draw_interval(ax, shown, rows, style.QUIET, zorder=2.5)
    whole = max(shown["log_ratio_high"].max(), 0) - min(shown["log_ratio_low"].min(), 0)
    large = (shown["evidence"] >= _LARGEST_G2).to_numpy()
    hidden = large & (width < _HIDDEN * whole).to_numpy()
    under_ring = large & ~hidden & (width < _UNDER_RING * whole).to_numpy()
    if "dp" in shown.columns:
        for row in rows[under_ring & (shown["q_value"] < 0.05).to_numpy()]:
            _draw_interval(ax, shown.iloc[[row]], [row], style.INK, zorder=4, cased=True)
    for row in rows[hidden]:
        dark = shown["q_value"].iloc[row] < 0.05
        if "dp" in shown.columns:
            dark = shown["dp"].iloc[row] < _DARK_DP
        colour = style.GROUND if dark else style.INK
        _draw_interval(ax, shown.iloc[[row]], [row], colour, zorder=4)


def _draw_interval(
    ax: Axes,
    shown: pd.DataFrame,
    rows: Sequence[int],
    colour: str,
    *,
    zorder: float,
    cased: bool = False,
) -> None:
    low, high = shown["log_ratio_low"], shown["log_ratio_high"]
    # A casing in the ground's colour keeps a dark line apart from a dark dot and its ring.
    casing = [withStroke(linewidth=4, foreground=style.GROUND)] if cased else None
    line_with_uprights(
        ax, rows, low, high, colour, 1.3, height=7, zorder=zorder, path_effects=casing
    )


def _keyness_legend(ax: Axes, keyness: pd.DataFrame, shown: pd.DataFrame) -> None:
    """What size and ring say of the evidence; beside it, where there is DP, what the shade says."""
    evidence = _evidence_legend(keyness, shown)
    if "dp" not in shown.columns:
        legend_below(ax, *evidence, ncols=2)
        return
    shades = [(style.say("DP 0: spread evenly"), _shade_of(0.0)),
              (style.say("DP 1: all in one place"), _shade_of(1.0)),
              (style.say("no DP"), style.GROUND)]  # fmt: skip
    dots = [_keyness_dot(6, face) for _, face in shades]
    _legend_in_parts(
        ax,
        {
            style.say("evidence: size and ring"): evidence,
            style.say("dispersion: shade"): (dots, [name for name, _ in shades]),
        },
    )


def _evidence_legend(keyness: pd.DataFrame, shown: pd.DataFrame) -> tuple[list[Line2D], list[str]]:
    sizes = {1: style.say("G² = 1 or less"), 3.84: "G² = 3.84"}
    # The largest dots are named where any word has so much evidence.
    if (keyness["log_likelihood"].abs() >= _LARGEST_G2).any():
        sizes[_LARGEST_G2] = style.say("G² = {most} or more", most=_LARGEST_G2)
    dots = [_keyness_dot(g2, style.GROUND) for g2 in sizes]
    grey = _keyness_dot(3.84, style.GROUND, style.FAINT)
    ringed = "dp" in shown.columns
    ring = Line2D([], [], marker="o", linestyle="none", markerfacecolor="none",
                  markeredgecolor=style.INK, markeredgewidth=1,
                  markersize=(_AREA_PER_G2 * 3.84) ** 0.5 + _RING)  # fmt: skip
    return (
        [*dots, grey, ring if ringed else _keyness_dot(3.84, style.INK)],
        [*sizes.values(), style.say("grey: too rare to be tested"), _tested_note(keyness, shown)],
    )


def _tested_note(keyness: pd.DataFrame, shown: pd.DataFrame) -> str:
    """How many of the words tested are beyond chance, and how many of them are drawn."""
    n = {"n": (keyness["q_value"] < 0.05).sum(), "total": keyness["q_value"].notna().sum(),
         "drawn": shown["q_value"].notna().sum()}  # fmt: skip
    tested = style.saying("q < .05 ({n} of {total} words tested)")
    if n["drawn"] < n["total"]:
        tested = style.saying("q < .05 ({n} of {total} words tested;\n{drawn} of these drawn)")
    name = style.say(tested, **n)
    return style.say("ring: {name}", name=name) if "dp" in shown.columns else name


def _keyness_dot(g2: float, face: str | tuple[float, ...], edge: str = "") -> Line2D:
    return Line2D([], [], marker="o", linestyle="none", markerfacecolor=face,
                  markeredgecolor=edge or style.INK, markeredgewidth=1.2,
                  markersize=(_AREA_PER_G2 * g2) ** 0.5)  # fmt: skip


def _legend_in_parts(ax: Axes, parts: Mapping[str, tuple[list[Line2D], list[str]]]) -> None:
    """A legend with a column for each part, its heading above."""
    height, nothing = max(len(names) for _, names in parts.values()), Line2D([], [], linestyle="")
    handles, written = [], []
    for heading, (dots, names) in parts.items():
        left = height - len(names)
        handles += [nothing, *dots, *[nothing] * left]
        written += [heading, *names, *[""] * left]
    legend_below(ax, handles, written, ncols=len(parts))
    for text in ax.get_legend().get_texts()[:: height + 1]:
        text.set_color(style.QUIET)


def _shade_of(dp: float) -> str | tuple[float, ...]:
    """Dark for a word spread evenly, light for one all in one place, white where DP is missing."""
    return style.GROUND if pd.isna(dp) else style.mix(style.GROUND, style.INK, 1 - 0.86 * dp)


def _dp_note(dp: float) -> str:
    return "–" if pd.isna(dp) else f"{dp:.2f}"


_MOST_WAYS = 3


def _nested_marks() -> tuple[dict, ...]:
    return (
        {"marker": "o", "markersize": 14, "markerfacecolor": style.GROUND,
         "markeredgecolor": style.QUIET, "markeredgewidth": 1.6},
        {"marker": "o", "markersize": 8.5, "color": style.colour_of("reopening")},
        {"marker": "|", "markersize": 17, "markeredgewidth": 2.6,
         "color": style.colour_of("prevention")},
    )  # fmt: skip
