"""The balance in one picture, the placebo panel, and how well labels do."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from helpers import tables
from helpers.drawing import style
from helpers.drawing.draw.checks import require_rows
from helpers.drawing.draw.pieces import legend_below, name_rows, print_right, rows_for

_HEADINGS = {
    "labels": style.saying("All units, by label"),
    "share": style.saying("Prevention / (prevention + reopening)"),
    "lexicon": style.saying("… with another reading of the lexicon"),
    "term": style.saying("… without one term"),
    "group": style.saying("… by part"),
    "coverage": style.saying("Characters the lexicon covers"),
    "outside": style.saying("… in other kinds of text"),
}
_UNITS = {
    "sentences": style.saying("sentences"),
    "clauses": style.saying("clauses"),
    "documents": style.saying("documents"),
    "posts": style.saying("posts"),
}
# The rows of compare.report_balance in words that need no manual.
_ROWS = {
    "clauses, clauses resampled": style.saying("clauses labelled, clauses drawn again"),
    "clauses, sentences resampled": style.saying("clauses labelled, sentences drawn again"),
    "sentences, sentences resampled": style.saying("sentences labelled, sentences drawn again"),
    "clauses, documents resampled": style.saying("clauses labelled, documents drawn again"),
    "clauses, documents, logit t": style.saying("clauses labelled, t interval of documents"),
    "all terms": style.saying("all terms"),
    "strength 2 or 3": style.saying("weak terms left out"),
    "and not ambiguous": style.saying("weak and ambiguous terms left out"),
    "with secondary categories": style.saying("second categories counted too"),
    "without cancelled": style.saying("cancelled mentions left out"),
}
_NOT_SHARES = ("heading", "labels", "coverage", "outside")
_PANEL = {
    "largest": style.saying("marked by random words,\nthese tested too"),
    "largest_guarded": style.saying("marked by random words,\nthese left out"),
    "largest_shuffled": style.saying("marked by chance"),
}
_WAYS = {
    "lexicon": (style.saying("our lexicon"), "o"),
    "substrings": (style.saying("plain substrings"), "s"),
    "supervised": (style.saying("learnt from half"), "^"),
}


def plot_balance(
    report: pd.DataFrame,
    *,
    sections: Sequence[str] = ("labels", "share", "lexicon", "term"),
    glossary: pd.DataFrame | None = None,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Axes with the whole balance: labels as bars of 100 percent, shares as dots with intervals.

    `report` comes from compare.report_balance; `sections` chooses its blocks. Every row has its
    number to the right; a share that was refused says so instead of a dot.

    >>> from matplotlib.figure import Figure
    >>> style.set_theme()
    >>> row = {"section": "share", "name": "sentences", "value": 0.7, "low": 0.3, "high": 1.0,
    ...     "n_target": 14, "n_reference": 6, "note": ""}
    >>> ax = plot_balance(pd.DataFrame([row]), sections=["share"], ax=Figure().subplots())
    >>> ax.texts[-1].get_text()
    '0.70  (0.30 to 1.00)  14 : 6'
    """
    wanted = ["section", "name", "value", "low", "high", "n_target", "n_reference", "note"]
    require_rows(report, "balance", wanted)
    missing = [section for section in sections if section not in set(report["section"])]
    if missing:
        there = ", ".join(report["section"].unique())
        raise ValueError(f"the report has no section {missing[0]!r}; it has {there}")
    rows = _rows_of(report, sections)
    names = [_row_name(kind, row, glossary) for kind, row in rows]
    ax = style.new_axes(rows=rows_for(names) + 1) if ax is None else ax
    name_rows(ax, names)
    for tick, (kind, _) in zip(ax.get_yticklabels(), rows, strict=True):
        if kind == "heading":
            tick.set_color(style.QUIET)
    for place, (kind, row) in enumerate(rows):
        if kind == "labels":
            _draw_labels(ax, place, row)
        elif kind in ("coverage", "outside"):
            ax.barh(place, row["value"], height=0.6, color=style.PLAIN)
        elif kind != "heading":
            _draw_share(ax, place, row)
    ax.set_xlim(0, 1)
    for first, last in _runs([kind not in _NOT_SHARES for kind, _ in rows]):
        ax.plot([0.5, 0.5], [first - 0.45, last + 0.45], color=style.QUIET, linewidth=1,
                linestyle=(0, (4, 3)), zorder=0)  # fmt: skip
    print_right(ax, [_number_of(kind, row) for kind, row in rows])
    ax.set_xlabel(style.say("share"))
    if "labels" in sections:
        patches = [Patch(color=style.colour_of(label)) for label in tables.LABELS]
        legend_below(ax, patches, [style.label_name(label) for label in tables.LABELS], ncols=3)
    default = style.say("The balance, what it leaves out and how sure it is")
    style.set_title(ax, title or default)
    return ax


def plot_placebo(
    placebo: pd.DataFrame, *, title: str | None = None, ax: Axes | None = None
) -> Axes:
    """Axes with three boxes: the largest signed G2 of a meaningless comparison.

    `placebo` comes from compare.placebo_keyness. The first box tests all words, the second
    leaves the placebo's own words out, the third marks the units at random. Boxes hold the
    middle half, lines the middle 95 percent; the dashed line is 3.84, p = .05 for one word.

    >>> from matplotlib.figure import Figure
    >>> style.set_theme()
    >>> placebo = pd.DataFrame({"largest": [9.0, 8], "largest_guarded": [5.0, 6],
    ...     "largest_shuffled": [5.0, 4], "share_own": [0.4, 0.6]})
    >>> ax = plot_placebo(placebo, ax=Figure().subplots())
    >>> ax.get_yticklabels()[2].get_text()
    'marked by chance'
    """
    require_rows(placebo, "placebo", [*_PANEL, "share_own"])
    ax = style.new_axes(rows=7) if ax is None else ax
    for place, column in enumerate(_PANEL):
        low, first, middle, third, high = np.quantile(
            placebo[column], [0.025, 0.25, 0.5, 0.75, 0.975]
        )
        ax.hlines(place, low, high, color=style.QUIET, linewidth=2)
        ax.barh(place, third - first, left=first, height=0.5, color=style.QUIET)
        ax.plot([middle, middle], [place - 0.25, place + 0.25], color=style.GROUND, linewidth=2)
    name_rows(ax, [style.say(name) for name in _PANEL.values()])
    ax.axvline(3.84, color=style.INK, linewidth=1, linestyle=(0, (4, 3)), zorder=0)
    ax.text(
        3.84, 1.0, style.say("3.84: the 5 % limit for one word"),
        transform=ax.get_xaxis_transform(),
        ha="center", va="bottom", color=style.QUIET, fontsize="small",
    )  # fmt: skip
    ax.set_xlim(0, None)
    print_right(
        ax, [style.say("median {n}", n=f"{placebo[column].median():.1f}") for column in _PANEL]
    )
    ax.set_xlabel(style.say("evidence for the strongest key word (signed G²)"))
    style.set_title(
        ax,
        title
        or style.say("A list of random words ranks its own words first, unless they are taken out"),
        pad=22,
    )  # fmt: skip
    return ax


def plot_evaluation(
    scores: pd.DataFrame, *, title: str | None = None, ax: Axes | None = None
) -> Axes:
    """Axes with one row per label: F1 of each way of labelling, against two coders.

    `scores` has the columns way, label, n, f1 (scripts/evaluate_labels.py writes them); give
    the rows of one half and one period. To the right the F1 of each way and n. Where the table
    has f1_low and f1_high too, they are drawn as lines.

    >>> from matplotlib.figure import Figure
    >>> style.set_theme()
    >>> scores = pd.DataFrame({"way": ["lexicon"], "label": ["prevention"], "n": [30], "f1": [0.8]})
    >>> plot_evaluation(scores, ax=Figure().subplots()).texts[0].get_text()
    '.80   n = 30'
    """
    require_rows(scores, "evaluation scores", ["way", "label", "n", "f1"])
    labels = [label for label in (*tables.LABELS, "mean") if label in set(scores["label"])]
    ways = [way for way in _WAYS if way in set(scores["way"])]
    if scores.duplicated(["way", "label"]).any() or not ways:
        raise ValueError(
            "the scores hold a label twice for one way, or no way that is known "
            f"({', '.join(_WAYS)}); choose the rows of one half and one period"
        )
    cells = scores.pivot(index="label", columns="way", values="f1").loc[labels, ways]
    ax = style.new_axes(rows=1.3 * len(labels) + 2) if ax is None else ax
    for offset, way in zip(np.linspace(-0.25, 0.25, len(ways)), ways, strict=True):
        marker, colour = _WAYS[way][1], _colour_of_way(way)
        rows = np.arange(len(labels)) + offset
        ax.plot(cells[way], rows, marker, color=colour, markersize=8)
        if {"f1_low", "f1_high"} <= set(scores.columns):
            own = scores[scores["way"] == way].set_index("label").loc[labels]
            ax.hlines(rows, own["f1_low"], own["f1_high"], color=colour, linewidth=1.8)
    for edge in range(1, len(labels)):
        ax.axhline(edge - 0.5, color=style.GRID, linewidth=0.8, zorder=0)
    name_rows(ax, [_label_or_mean(label) for label in labels])
    ax.set_xlim(0, 1)
    n_of = scores.drop_duplicates("label").set_index("label")["n"]
    print_right(
        ax,
        ["  ".join(_two_digits(f) for f in row) + f"   n = {n_of[label]}"
         for label, row in zip(labels, cells.to_numpy(), strict=True)],
    )  # fmt: skip
    ax.set_xlabel(style.say("F1, the harmonic mean of precision and recall"))
    handles = [
        plt.Line2D(
            [], [], marker=_WAYS[way][1], color=_colour_of_way(way), linestyle="", markersize=8,
        )
        for way in ways
    ]  # fmt: skip
    legend_below(ax, handles, [style.say(_WAYS[way][0]) for way in ways], ncols=3)
    style.set_title(ax, title or style.say("How well the labels agree with two coders"))
    return ax


def _colour_of_way(way: str) -> str:
    # The colours of the categories would say that a way belongs to one of them.
    return style.INK if way == "lexicon" else style.PLAIN


def _label_or_mean(label: str) -> str:
    return style.say("mean of the labels") if label == "mean" else style.label_name(label)


def _two_digits(number: float) -> str:
    return f"{number:.2f}".removeprefix("0")


def _rows_of(report: pd.DataFrame, sections: Sequence[str]) -> list[tuple[str, object]]:
    """(section or "heading", what stands there), in the order they are drawn."""
    rows: list[tuple[str, object]] = []
    for section in sections:
        block = report[report["section"] == section]
        known = section in _HEADINGS
        rows.append(("heading", style.say(_HEADINGS[section]) if known else section))
        if section == "labels":
            unit = block["name"].str.extract(r"^(\w+) \((\w+)\)$")
            for name in unit[1].unique():
                share = block[unit[1] == name].set_index(unit.loc[unit[1] == name, 0])["value"]
                rows.append(("labels", (name, share)))
        else:
            rows += [(section, row) for row in block.to_dict("records")]
    return rows


def _row_name(kind: str, row: object, glossary: pd.DataFrame | None) -> str:
    if kind == "heading":
        return str(row)
    if kind == "labels":
        plural = f"{row[0]}s"
        return style.say(_UNITS[plural]) if plural in _UNITS else plural
    name = str(row["name"])
    known = _UNITS | _ROWS
    name = style.say(known[name]) if name in known else name
    if kind == "term":
        name = style.gloss_labels([name.removeprefix("without ")], glossary)[0]
    return style.wrap_text(style.drawable(name), 250, size=plt.rcParams["font.size"])


def _number_of(kind: str, row: object) -> str:
    if kind in ("heading", "labels"):
        return ""
    if row["value"] != row["value"]:
        why = str(row["note"]).partition(",")[0]
        return style.say("refused: {why}", why=why) if why else style.say("no share")
    ends = {"low": f"{row['low']:.2f}", "high": f"{row['high']:.2f}"}
    interval = "" if row["low"] != row["low"] else f"  ({style.say('{low} to {high}', **ends)})"
    counted = row["n_target"] == row["n_target"]
    n = f"  {row['n_target']:.0f} : {row['n_reference']:.0f}" if counted else ""
    return f"{row['value']:.2f}{interval}{n}"


def _runs(chosen: Sequence[bool]) -> list[tuple[int, int]]:
    """First and last place of each run of True.

    >>> _runs([False, True, True, False, True])
    [(1, 2), (4, 4)]
    """
    edges = np.diff([0, *map(int, chosen), 0])
    first, after = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    return list(zip(first.tolist(), (after - 1).tolist(), strict=True))


def _draw_labels(ax: Axes, place: int, row: tuple[str, pd.Series]) -> None:
    left = 0.0
    for label in tables.LABELS:
        share = float(row[1].get(label, 0))
        ax.barh(place, share, left=left, height=0.72, color=style.colour_of(label))
        if share > 0.05:
            ax.text(left + share / 2, place, f"{share:.0%}", color=style.GROUND, ha="center",
                    va="center", fontsize="small")  # fmt: skip
        left += share


def _draw_share(ax: Axes, place: int, row: dict) -> None:
    if row["low"] == row["low"]:
        ax.hlines(place, row["low"], row["high"], color=style.INK, linewidth=2.2)
    if row["value"] == row["value"]:
        ax.plot(row["value"], place, "o", color=style.INK, markersize=8, clip_on=False)
