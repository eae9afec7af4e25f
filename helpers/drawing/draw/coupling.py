"""Where the two languages meet: free and coupled mentions, sentence by sentence."""

from itertools import compress

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from helpers import tables
from helpers.drawing import style
from helpers.drawing.draw.checks import (
    require_known,
    require_numbers,
    require_one_document,
    require_rows,
    require_spans,
)
from helpers.drawing.draw.pieces import legend_below, print_right, shorten

LANGUAGES = ("prevention", "reopening")
_MOST_UNITS = 60
# Down from the middle of the row: prevention above, reopening below.
_LANES = {"prevention": -0.26, "reopening": 0.26}
_BLOCK, _BRIDGE = 0.26, 0.09


def plot_coupling(
    hits: pd.DataFrame,
    labels: pd.DataFrame,
    *,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Axes with a row per sentence: prevention above, reopening below, bridges where coupled.

    `labels` has one row per sentence (or clause) of one document: sentence_id (or clause_id),
    start, end, coupling_kind, and part where it is known, from compare.label_units; `hits` are
    the document's mentions (term, category, start, end, free). All places are characters.

    A block is a mention, as long as its characters: filled when it is free, hollow when it stands
    inside a coupling formula, which is the dark bar between the lanes that joins it to the other
    language; pale and flat inside a longer term of another category (an institution's name). A
    mention inside a longer one of its own language is part of that block. A dashed line joins the
    two nearest free mentions of a sentence that couples without a formula (co-mention). To the
    right the blocks of each language: free + coupled, or a dash where there is neither. Without
    colour, place and filling say the same. Mentions outside the rows of `labels` are counted
    below the axis, and so are those that run over the end of their row, where they are cut.

    >>> from matplotlib.figure import Figure
    >>> style.set_theme()
    >>> labels = pd.DataFrame({"sentence_id": [1], "start": [0], "end": [9],
    ...     "coupling_kind": ["formula"]})
    >>> hits = pd.DataFrame({"term": ["疫情防控和复工复产", "疫情防控", "复工复产"],
    ...     "category": ["coupling", "prevention", "reopening"], "start": [0, 0, 5],
    ...     "end": [9, 4, 9], "free": [True, False, False]})
    >>> plot_coupling(hits, labels, ax=Figure().subplots()).texts[0].get_text()
    '0+1 : 0+1'
    """
    unit = _checked_labels(labels)
    rows = labels.sort_values("start", kind="stable").reset_index(drop=True)
    checked = _checked_hits(hits, labels)
    mentions, n_outside = _place(checked, rows)
    _require_agreement(rows, mentions, unit)
    mentions, n_cut = _cut_at_row_end(mentions, rows)
    blocks = _blocks(mentions)
    ax = style.axes_for(ax, rows=1.2 * len(rows) + 5, title=title)
    _draw_rows(ax, rows)
    for block in blocks.itertuples():
        ax.add_patch(_block(block))
    formulas = mentions.loc[mentions["free"] & (mentions["category"] == "coupling")]
    for formula in formulas.itertuples():
        _draw_bridge(ax, formula, blocks)
    _join_co_mentions(ax, rows, blocks)
    _name_units(ax, rows, unit)
    print_right(
        ax, [_note(blocks.loc[blocks["row"] == row]) for row in range(len(rows))],
        heading=style.say("free + coupled, prevention : reopening"),
    )  # fmt: skip
    kind = unit.removesuffix("_id")
    ax.set_xlabel(_axis_name(kind, n_outside, n_cut))
    _legend(ax, rows, blocks)
    style.set_title(ax, title or _finding(rows, kind), pad=22)
    return ax


# ---------------------------------------------------------------- what the tables must hold


def _checked_labels(labels: pd.DataFrame) -> str:
    """The column that numbers the units, or a ValueError that says what is wrong."""
    columns = getattr(labels, "columns", ())
    unit = "clause_id" if "clause_id" in columns else "sentence_id"
    require_rows(labels, "coupling units", [unit, "start", "end", "coupling_kind"])
    require_one_document(labels, "coupling units")
    require_numbers(labels, "coupling units", ["start", "end"], key=unit)
    require_spans(labels, "coupling units", key=unit)
    if len(labels) > _MOST_UNITS:
        raise ValueError(
            f"{len(labels)} rows of the coupling units table in one chart cannot be read; draw at "
            f"most {_MOST_UNITS}: keep one part, or labels[labels['label'] == 'coupling']"
        )
    _require_rows_apart(labels, unit)
    strange = labels.loc[~labels["coupling_kind"].isin(["", "formula", "co-mention"])]
    if len(strange):
        raise ValueError(
            f"coupling_kind {strange['coupling_kind'].iloc[0]!r} cannot be drawn here; it is "
            "'formula', 'co-mention' or '' (read files with keep_default_na=False)"
        )
    return unit


def _require_rows_apart(labels: pd.DataFrame, unit: str) -> None:
    """Raise a ValueError where a row stands twice, lies on another or has no part."""
    twice = labels.loc[labels[unit].duplicated() | labels[unit].isna(), unit]
    if len(twice):
        raise ValueError(
            f"the coupling units table has {unit} {twice.iloc[0]} twice, or without a number; "
            "keep one row for each"
        )
    ordered = labels.sort_values("start", kind="stable")
    over = (ordered["start"] < ordered["end"].shift()).to_numpy()
    if over.any():
        raise ValueError(
            f"{unit} {ordered[unit].iloc[int(over.argmax())]} begins before the one above it has "
            "ended; keep the sentences or the clauses of one document, not both"
        )
    if "part" in labels.columns and labels["part"].isna().any():
        nameless = labels.loc[labels["part"].isna(), unit].iloc[0]
        raise ValueError(
            f"column 'part' of the coupling units table is empty for {unit} {nameless}; fill it, "
            "or drop the column"
        )


def _checked_hits(hits: pd.DataFrame, labels: pd.DataFrame) -> pd.DataFrame:
    columns = ["term", "category", "start", "end", "free"]
    require_rows(hits, "hits", columns)
    require_one_document(hits, "hits")
    require_numbers(hits, "hits", ["start", "end"], key="term")
    require_spans(hits, "hits", key="term")
    # A term of no category is matched and counted, and labels nothing.
    require_known(hits.loc[hits["category"] != "", "category"], tables.CATEGORIES, "category")
    _require_same_document(hits, labels)
    if hits["free"].dtype != bool:
        raise ValueError("column 'free' of the hits table must be True or False (dtype bool)")
    return hits[columns]


def _require_same_document(hits: pd.DataFrame, labels: pd.DataFrame) -> None:
    if "doc_id" not in hits.columns or "doc_id" not in labels.columns:
        return
    one, other = hits["doc_id"].iloc[0], labels["doc_id"].iloc[0]
    if one != other:
        raise ValueError(
            f"the hits are of document {one!r} and the coupling units of {other!r}; keep the rows "
            "of one doc_id in both"
        )


def _require_agreement(rows: pd.DataFrame, mentions: pd.DataFrame, unit: str) -> None:
    """Raise a ValueError where a row says of itself what its free mentions do not."""
    free = mentions.loc[mentions["free"]]
    holds = {name: rows.index.isin(free.loc[free["category"] == name, "row"])
             for name in ("coupling", *LANGUAGES)}  # fmt: skip
    kind, both = rows["coupling_kind"], holds["prevention"] & holds["reopening"]
    wrong = rows.loc[((kind == "formula") != holds["coupling"]) | ((kind == "co-mention") & ~both)]
    if len(wrong):
        first = wrong.iloc[0]
        raise ValueError(
            f"{unit} {first[unit]} has the coupling_kind {first['coupling_kind']!r}, which its "
            "free hits do not bear out; give all hits that compare.label_units made the labels from"
        )


def _cut_at_row_end(mentions: pd.DataFrame, rows: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """The mentions, none longer than its row; how many of those drawn are cut."""
    length = (rows["end"] - rows["start"]).to_numpy()[mentions["row"]]
    drawn = mentions["free"] & mentions["category"].isin([*LANGUAGES, "coupling"])
    cut = mentions["right"] > length
    return mentions.assign(right=mentions["right"].clip(upper=length)), int((cut & drawn).sum())


def _place(hits: pd.DataFrame, rows: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """The hits with their row and their place in it; how many of the languages lie outside."""
    row = np.searchsorted(rows["start"], hits["start"], side="right") - 1
    inside = (row >= 0) & (hits["start"] < rows["end"].to_numpy()[row])
    drawn = hits["category"].isin([*LANGUAGES, "coupling"])
    if not inside.any():
        raise ValueError(
            "none of the hits lies in a row of the coupling units table; make both from the same "
            "document"
        )
    placed = hits.assign(row=row, left=hits["start"] - rows["start"].to_numpy()[row])
    placed["right"] = placed["left"] + hits["end"] - hits["start"]
    return placed.loc[inside], int((~inside & drawn & hits["free"]).sum())


# ---------------------------------------------------------------- blocks


def _blocks(mentions: pd.DataFrame) -> pd.DataFrame:
    """One row per block to draw: row, category, left, right, kind (free, coupled, inside)."""
    spoken = mentions.loc[mentions["category"].isin(LANGUAGES)]
    ordered = spoken.sort_values(["row", "left", "right"], ascending=[True, True, False])
    holders = mentions.loc[mentions["free"]]
    found, reach = [], {}
    for mention in ordered.itertuples():
        lane = (mention.row, mention.category)
        if mention.right <= reach.get(lane, -1):
            continue  # its characters are drawn already, as part of a longer block of its lane
        kind = "free" if mention.free else _kind_inside(mention, holders)
        reach[lane] = mention.right
        found.append((mention.row, mention.category, mention.left, mention.right, kind))
    return pd.DataFrame(found, columns=["row", "category", "left", "right", "kind"])


def _kind_inside(mention, holders: pd.DataFrame) -> str:
    around = holders.loc[
        (holders["start"] < mention.end) & (holders["end"] > mention.start), "category"
    ]
    return "coupled" if "coupling" in set(around) else "inside"


def _block(block) -> Rectangle:
    colour = style.colour_of(block.category)
    height = _BLOCK if block.kind != "inside" else 0.4 * _BLOCK
    look = {
        "free": {"facecolor": colour, "edgecolor": style.GROUND, "linewidth": 0.6, "zorder": 3},
        "coupled": {"facecolor": style.GROUND, "edgecolor": colour, "linewidth": 1.5, "zorder": 3},
        "inside": {"facecolor": style.pale(colour, 0.45), "linewidth": 0, "zorder": 2.5},
    }[block.kind]
    middle = block.row + _LANES[block.category]
    return Rectangle((block.left, middle - height / 2), block.right - block.left, height, **look)


def _draw_rows(ax: Axes, rows: pd.DataFrame) -> None:
    for row, length in enumerate(rows["end"] - rows["start"]):
        ax.add_patch(Rectangle((0, row - 0.44), length, 0.88, color=style.BAND, linewidth=0,
                               zorder=0))  # fmt: skip
    ax.set_xlim(0, (rows["end"] - rows["start"]).max() * 1.01)
    ax.grid(False)
    ax.spines["left"].set_visible(False)


def _draw_bridge(ax: Axes, formula, blocks: pd.DataFrame) -> None:
    """The bar of the formula, and a pier to each block it holds."""
    colour = style.colour_of("coupling")
    ax.add_patch(
        Rectangle((formula.left, formula.row - _BRIDGE / 2), formula.right - formula.left, _BRIDGE,
                  color=colour, linewidth=0, zorder=2)
    )  # fmt: skip
    held = blocks.loc[
        (blocks["row"] == formula.row) & (blocks["kind"] == "coupled")
        & (blocks["left"] < formula.right) & (blocks["right"] > formula.left)
    ]  # fmt: skip
    for block in held.itertuples():
        centre = (block.left + block.right) / 2
        ax.plot([centre, centre], [block.row, block.row + _LANES[block.category]], color=colour,
                linewidth=2, zorder=2, solid_capstyle="butt")  # fmt: skip


def _join_co_mentions(ax: Axes, rows: pd.DataFrame, blocks: pd.DataFrame) -> None:
    for row in rows.index[rows["coupling_kind"] == "co-mention"]:
        free = blocks.loc[(blocks["row"] == row) & (blocks["kind"] == "free")]
        above, below = (
            ((lane["left"] + lane["right"]) / 2).to_numpy()
            for lane in (free.loc[free["category"] == language] for language in LANGUAGES)
        )
        if len(above) and len(below):
            apart = np.abs(above[:, None] - below)
            first, second = np.unravel_index(apart.argmin(), apart.shape)
            edges = [row + _LANES[language] for language in LANGUAGES]
            ax.plot([above[first], below[second]], edges, color=style.INK, linewidth=1.2,
                    linestyle=(0, (2.5, 1.5)), zorder=2)  # fmt: skip


# ---------------------------------------------------------------- names


def _name_units(ax: Axes, rows: pd.DataFrame, unit: str) -> None:
    """Name each row by its number, and by its part where a part begins."""
    parts = rows["part"].astype(str) if "part" in rows.columns else pd.Series("", rows.index)
    begins = parts.ne(parts.shift())
    room, size = 0.3 * 72 * plt.rcParams["figure.figsize"][0], plt.rcParams["font.size"]
    shown = {
        part: shorten(_one_line(style.name_value(part)), room, size) for part in parts.unique()
    }
    names = [
        f"{shown[part]}   {number}" if first and part else str(number)
        for part, number, first in zip(parts, rows[unit], begins, strict=True)
    ]
    ax.set_yticks(range(len(names)), names, parse_math=False)
    ax.set_ylim(len(names) - 0.4, -0.6)
    ax.tick_params(axis="y", length=0)


def _one_line(part: str) -> str:
    return style.drawable(" ".join(part.split()))


def _note(blocks: pd.DataFrame) -> str:
    if not (blocks["kind"] != "inside").any():
        return "–"
    n = {
        language: [int(((blocks["category"] == language) & (blocks["kind"] == kind)).sum())
                   for kind in ("free", "coupled")]
        for language in LANGUAGES
    }  # fmt: skip
    return " : ".join(f"{free}+{coupled}" for free, coupled in n.values())


def _legend(ax: Axes, rows: pd.DataFrame, blocks: pd.DataFrame) -> None:
    """Name the marks that are drawn; the two languages always."""
    blue = style.colour_of("prevention")
    dark = style.colour_of("coupling")
    handles = [
        Patch(color=blue),
        Patch(color=style.colour_of("reopening")),
        Patch(facecolor=style.GROUND, edgecolor=style.QUIET, linewidth=1.5),
        Line2D([], [], color=dark, linewidth=3),
        Line2D([], [], color=style.INK, linewidth=1.2, linestyle=(0, (2.5, 1.5))),
        Line2D([], [], color=style.pale(style.INK, 0.45), linewidth=4),
    ]
    names = [
        style.say("above: {label}, free", label=style.label_name("prevention")),
        style.say("below: {label}, free", label=style.label_name("reopening")),
        style.say("hollow: inside a formula"),
        style.say("coupling formula {name}", name=style.LABEL_NAMES["coupling"][1]),
        style.say("both, without a formula"),
        style.say("inside another name"),
    ]
    couples, inside = blocks["kind"] == "coupled", blocks["kind"] == "inside"
    by_formula, by_none = (rows["coupling_kind"] == kind for kind in ("formula", "co-mention"))
    drawn = [True, True, couples.any(), by_formula.any(), by_none.any(), inside.any()]
    legend_below(ax, list(compress(handles, drawn)), list(compress(names, drawn)), ncols=2)


def _finding(rows: pd.DataFrame, kind: str) -> str:
    n_formula = int((rows["coupling_kind"] == "formula").sum())
    n_other = int((rows["coupling_kind"] == "co-mention").sum())
    return style.say(
        "Of {total} {units}, {n} couple by a formula, {n_other} without one",
        total=len(rows),
        units=style.say(_UNITS[kind][1]),
        n=n_formula or style.say("none"),
        n_other=n_other or style.say("none"),
    )


def _axis_name(kind: str, n_outside: int, n_cut: int) -> str:
    one, many = map(style.say, _UNITS[kind])
    name = style.say("characters from the start of the {unit}", unit=one)
    if n_cut:
        name += style.say("  ({n} mentions cut at the end of their {unit})", n=n_cut, unit=one)
    if n_outside:
        name += style.say(
            "  ({n} mentions outside these {units} not drawn)", n=n_outside, units=many
        )
    return name


_UNITS = {
    "sentence": (style.saying("sentence"), style.saying("sentences")),
    "clause": (style.saying("clause"), style.saying("clauses")),
}
