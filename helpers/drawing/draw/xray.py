"""The x-ray of one document: where in its text the terms stand."""

from collections.abc import Iterable, Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.text import Text

from helpers.drawing import style
from helpers.drawing.draw.checks import (
    require_numbers,
    require_one_document,
    require_rows,
    require_spans,
)
from helpers.drawing.draw.pieces import (
    legend_below,
    line_height,
    name_rows,
    print_right,
    row_names,
    rows_for,
    say_number,
)


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


def _checked_terms(terms: Sequence[str]) -> list[str]:
    listed = isinstance(terms, Iterable) and not isinstance(terms, str)
    rows = list(terms) if listed else [terms]
    if not all(isinstance(term, str) for term in rows) or not rows or len(set(rows)) < len(rows):
        raise ValueError(f"terms must name at least one term, each once; got {rows!r}")
    return rows


def _require_inside(hits: pd.DataFrame, parts: pd.DataFrame) -> None:
    outside = hits.loc[(hits["start"] < parts["start"].min()) | (hits["end"] > parts["end"].max())]
    if len(outside):
        first = outside.iloc[0]
        raise ValueError(
            f"the mention {first['term']!r} at {first['start']} lies outside the parts; hits and "
            "parts must come from the same document"
        )


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
