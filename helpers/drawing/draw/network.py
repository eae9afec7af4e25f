"""Who keeps company with whom: search terms, their collocates, and the lines between them.

Laid out in columns, not by forces: no label can cover another, and the same table always
gives the same picture. All lengths in this file are points.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from helpers.drawing import style
from helpers.drawing.draw.checks import (
    Categories,
    at_least_one,
    categories_for,
    require_numbers,
    require_rows,
)
from helpers.drawing.draw.pieces import category_legend, say_number

_WEIGHT_NAMES = {
    "log_dice": style.saying("logDice"),
    "log_likelihood": style.saying("log-likelihood G²"),
    "n": style.saying("n"),
}
_WIDEST_LINE = 6.0
# Between a number and its line, between a word and its gloss beside it.
_GAP = 5.0


def plot_network(
    edges: pd.DataFrame,
    *,
    glossary: pd.DataFrame | None = None,
    category_of: Categories | None = None,
    weight: str = "log_dice",
    top: int = 8,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Axes with each search term in a filled box, a line to each of its `top` collocates.

    `edges` has one row per pair: node (the search term), collocate, n (co-occurrences) and
    the column `weight`, which chooses the collocates and puts the strongest first. A line is
    as wide as its n, which stands at its end. Collocates of one term stand to the left (to
    the right when no two terms share any), those of several to the right, where a bracket
    holds their lines together. `category_of` gives boxes and circles their colour.

    >>> from matplotlib.figure import Figure
    >>> style.set_theme()
    >>> edges = pd.DataFrame({"node": ["防控"], "collocate": ["疫情"], "n": [9],
    ...     "log_dice": [13.1]})
    >>> [text.get_text() for text in plot_network(edges, ax=Figure().subplots()).texts]
    ['防控', '疫情', '9']
    """
    shown = _strongest(edges, weight, at_least_one(top, "top"))
    words = list(dict.fromkeys([*shown["node"], *shown["collocate"]]))
    categories = dict(zip(words, categories_for(words, category_of), strict=True))
    style.require_axes(ax, title)
    plan = _plan(shown, words, glossary, _width(ax))
    ax = style.new_axes(rows=plan.height / (1.95 * _font()) + 2) if ax is None else ax
    _clear(ax, plan)
    _draw_lines(ax, plan)
    marks = _marks(categories, known=category_of is not None)
    for term in plan.terms:
        _draw_box(ax, plan, term, *marks[term])
    for word, side in plan.side.items():
        _draw_collocate(ax, plan, word, side, *marks[word])
    note = _note(plan, weight, len(edges) - len(shown))
    ax.set_xlabel(note, loc="left", fontsize="small", linespacing=1.3, parse_math=False)
    if category_of is not None:
        category_legend(ax, list(categories.values()), below=1.2 * (note.count("\n") + 1) + 0.4)
    style.set_title(ax, title or _default_title(plan))
    return ax


# ---------------------------------------------------------------- what is drawn


def _strongest(edges: pd.DataFrame, weight: str, top: int) -> pd.DataFrame:
    """One row per pair drawn: terms in the order of the table, the strongest pair first."""
    require_rows(edges, "edges", ["node", "collocate", "n", weight])
    require_numbers(edges, "edges", ["n", weight], key="collocate")
    _require_each_pair_once(edges)
    place = {term: number for number, term in enumerate(dict.fromkeys(edges["node"]))}
    ranked = edges.assign(place=edges["node"].map(place)).sort_values(
        ["place", weight, "n", "collocate"], ascending=[True, False, False, True]
    )
    return ranked.groupby("place").head(top).reset_index(drop=True)


def _require_each_pair_once(edges: pd.DataFrame) -> None:
    repeated = edges.loc[edges.duplicated(["node", "collocate"])]
    if len(repeated):
        pair = f"{repeated['node'].iloc[0]!r} with {repeated['collocate'].iloc[0]!r}"
        raise ValueError(
            f"the edges table has more than one row for {pair}; keep one group, or add the "
            "groups up before drawing"
        )
    apart = edges.loc[edges["n"] <= 0]
    if len(apart):
        raise ValueError(
            f"{apart['node'].iloc[0]!r} and {apart['collocate'].iloc[0]!r} never occur together "
            "(n is 0), so no line can join them; keep edges[edges['n'] > 0]"
        )


# ---------------------------------------------------------------- where it is drawn


@dataclass(frozen=True)
class _Label:
    """A word and its gloss, broken into lines; the gloss beside the word or below it."""

    word: str
    gloss: str
    beside: bool
    width: float
    height: float


@dataclass(frozen=True)
class _Line:
    """A pair: where its line leaves the box, and where it ends at the collocate."""

    collocate: str
    side: int
    n: float
    at_term: float
    at_collocate: float


@dataclass(frozen=True)
class _Plan:
    terms: Sequence[str]
    side: Mapping[str, int]  # collocate -> -1 left, 1 right
    boxes: Mapping[str, _Label]
    labels: Mapping[str, _Label]
    y_of_term: Mapping[str, float]
    y_of: Mapping[str, float]
    lines: Sequence[_Line]
    x_of_dots: Mapping[int, float]
    x_of_box: tuple[float, float]
    number_width: float
    width: float
    height: float


def _plan(
    shown: pd.DataFrame, words: Sequence[str], glossary: pd.DataFrame | None, width: float
) -> _Plan:
    terms = list(dict.fromkeys(shown["node"]))
    left, right = _columns(shown)
    two_sided = bool(left)
    box_room, room = (0.19, 0.23) if two_sided else (0.25, 0.4)
    boxes = _labels(terms, glossary, box_room * width, beside=False)
    labels = _labels([*left, *right], glossary, room * width)
    n_lines = shown["collocate"].value_counts()
    tall = {word: max(labels[word].height, _ports_height(n_lines[word])) for word in labels}
    group = dict(zip(shown["collocate"], shown["place"], strict=True))
    columns = {
        -1: _stack(left, tall, group),
        1: _stack(right, tall, {} if n_lines.max() > 1 else group),
    }
    box_height = sum(box.height + _font() for box in boxes.values())
    height = max(box_height, *(bottom for _, bottom in columns.values()))
    y_of = {
        word: y
        for ys, bottom in columns.values()
        for word, y in _centred(ys, bottom, height).items()
    }
    y_of_term = _spread(
        _wanted(shown, y_of, left, height), {t: boxes[t].height for t in terms}, height
    )
    side = {word: -1 for word in left} | {word: 1 for word in right}
    number_width = max(style.text_width(say_number(n), size=_small()) for n in shown["n"])
    x_of_dots, x_of_box = _across(labels, side, boxes, width)
    return _Plan(
        terms, side, boxes, labels, y_of_term, y_of,
        _lines(shown, side, y_of_term, y_of, {t: boxes[t].height for t in terms}),
        x_of_dots, x_of_box, number_width, width, height,
    )  # fmt: skip


def _ports_height(n_lines: int) -> float:
    # The last half line is air: the brackets of two words must not look like one.
    return (n_lines + (0.6 if n_lines > 1 else 0)) * 1.1 * _small()


def _columns(shown: pd.DataFrame) -> tuple[list[str], list[str]]:
    """The collocates to the left and to the right, from top to bottom."""
    of_word = shown.groupby("collocate", sort=False)["place"].agg(["size", "mean"])
    single = [word for word in shown["collocate"] if of_word["size"][word] == 1]
    # Near the terms they belong to, so that few lines cross.
    shared = of_word.loc[of_word["size"] > 1].sort_values("mean", kind="stable").index.tolist()
    return (single, shared) if shared else ([], single)


def _labels(
    words: Iterable[str], glossary: pd.DataFrame | None, room: float, *, beside: bool = True
) -> dict[str, _Label]:
    words = list(words)
    texts = style.gloss_labels(words, glossary, two_lines=True)
    return {
        word: _label(style.drawable(text), room, beside)
        for word, text in zip(words, texts, strict=True)
    }


def _label(text: str, room: float, beside: bool) -> _Label:
    word, _, gloss = text.partition("\n")
    long = _text_width(word, _font()) + _GAP + _text_width(gloss, _small())
    if beside and long <= room:
        return _Label(word, gloss, True, long, 1.55 * _font())
    word = style.wrap_text(word, room, size=_font())
    gloss = style.wrap_text(gloss, room, size=_small()) if gloss else ""
    height = 1.3 * _font() * _n_lines(word) + 1.3 * _small() * _n_lines(gloss) + 0.4 * _font()
    wide = max(_text_width(word, _font()), _text_width(gloss, _small()))
    return _Label(word, gloss, False, wide, height)


def _stack(
    words: Sequence[str], tall: Mapping[str, float], group: Mapping[str, int]
) -> tuple[dict[str, float], float]:
    """The middle of each word below the one before, and the bottom; a gap between groups."""
    ys, bottom, before = {}, 0.0, None
    for word in words:
        if before is not None and group.get(word) != group.get(before):
            bottom += 0.9 * _font()
        ys[word], bottom, before = bottom + tall[word] / 2, bottom + tall[word], word
    return ys, bottom


def _centred(ys: Mapping[str, float], bottom: float, height: float) -> dict[str, float]:
    """A column in the middle of the height, a short one loosened up to double."""
    looser = min(2.0, height / bottom) if bottom else 1.0
    return {word: looser * y + (height - looser * bottom) / 2 for word, y in ys.items()}


def _wanted(
    shown: pd.DataFrame, y_of: Mapping[str, float], left: Sequence[str], height: float
) -> dict[str, float]:
    """The height each term would like: the middle of its own collocates, or its share of all."""
    n_terms = shown["place"].nunique()
    has_shared = shown["collocate"].duplicated().any()
    wanted = {}
    for number, (term, pairs) in enumerate(shown.groupby("node", sort=False)):
        own = [word for word in pairs["collocate"] if word in left or not has_shared]
        even = (number + 0.5) / n_terms * height
        wanted[term] = float(np.mean([y_of[word] for word in own])) if own else even
    return wanted


def _spread(
    wanted: Mapping[str, float], tall: Mapping[str, float], height: float
) -> dict[str, float]:
    """The heights nearest to the wanted ones at which no box touches the one before."""
    terms, ys = list(wanted), {}
    top = 0.0
    for term in terms:
        ys[term] = max(wanted[term], top + tall[term] / 2)
        top = ys[term] + tall[term] / 2 + 0.6 * _font()
    bottom = height
    for term in reversed(terms):
        ys[term] = min(ys[term], bottom - tall[term] / 2)
        bottom = ys[term] - tall[term] / 2 - 0.6 * _font()
    return ys


def _across(
    labels: Mapping[str, _Label], side: Mapping[str, int], boxes: Mapping[str, _Label], width: float
) -> tuple[dict[int, float], tuple[float, float]]:
    """Where the dots of each side stand, and the left and right edge of the boxes."""
    half = max(box.width for box in boxes.values()) / 2 + _font()
    widest = {
        place: max((labels[word].width for word in side if side[word] == place), default=0)
        for place in (-1, 1)
    }
    if not widest[-1]:
        return {1: min(width - widest[1] - _dot() - 4, 2 * half + 0.35 * width)}, (0, 2 * half)
    dots = {-1: widest[-1] + _dot() + 4, 1: width - widest[1] - _dot() - 4}
    middle = (dots[-1] + dots[1]) / 2
    return dots, (middle - half, middle + half)


def _lines(
    shown: pd.DataFrame,
    side: Mapping[str, int],
    y_of_term: Mapping[str, float],
    y_of: Mapping[str, float],
    tall: Mapping[str, float],
) -> list[_Line]:
    ends = shown.assign(side=shown["collocate"].map(side), at_collocate=_ports(shown, y_of))
    ordered = ends.sort_values(["place", "side", "at_collocate"], ignore_index=True)
    number = ordered.groupby(["place", "side"]).cumcount()
    n_lines = ordered.groupby(["place", "side"])["n"].transform("size")
    along_edge = ((number + 0.5) / n_lines - 0.5) * 0.8
    at_term = ordered["node"].map(y_of_term) + along_edge * ordered["node"].map(tall)
    return [
        _Line(row.collocate, row.side, row.n, y, row.at_collocate)
        for row, y in zip(ordered.itertuples(), at_term, strict=True)
    ]


def _ports(shown: pd.DataFrame, y_of: Mapping[str, float]) -> pd.Series:
    """The height at which each line ends: one below the other where several meet."""
    of_word = shown.groupby("collocate")["place"]
    step = of_word.rank(method="first") - (of_word.transform("size") + 1) / 2
    return shown["collocate"].map(y_of) + step * 1.1 * _small()


# ---------------------------------------------------------------- drawing it


def _clear(ax: Axes, plan: _Plan) -> None:
    ax.set_xticks([])
    ax.set_yticks([])
    ax.grid(False)
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.set_xlim(0, plan.width)
    ax.set_ylim(plan.height, 0)


def _width(ax: Axes | None) -> float:
    if ax is None:
        return 72 * plt.rcParams["figure.figsize"][0] - 10
    figure = ax.get_figure(root=True)
    ax.set_xticks([])
    ax.set_yticks([])
    figure.draw_without_rendering()
    return ax.get_window_extent().width * 72 / figure.dpi


def _draw_lines(ax: Axes, plan: _Plan) -> None:
    most = max(line.n for line in plan.lines)
    for line in sorted(plan.lines, key=lambda line: -line.n):
        start = plan.x_of_box[(line.side + 1) // 2]
        end = plan.x_of_dots[line.side] - line.side * (0.6 * _dot() + 2 + _GAP + plan.number_width)
        bend = (start + end) / 2
        corners = [(start, line.at_term), (bend, line.at_term), (bend, line.at_collocate),
                   (end, line.at_collocate)]  # fmt: skip
        curve = Path(corners, [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4])
        wide = max(0.8, _WIDEST_LINE * line.n / most)
        ax.add_patch(
            PathPatch(
                curve, facecolor="none", edgecolor=style.pale(style.PLAIN, 0.45), linewidth=wide,
                capstyle="butt", zorder=1,
            )
        )  # fmt: skip


def _draw_box(ax: Axes, plan: _Plan, term: str, colour: str, code: str) -> None:
    left, right = plan.x_of_box
    label, y = plan.boxes[term], plan.y_of_term[term]
    ax.add_patch(
        Rectangle(
            (left, y - label.height / 2), right - left, label.height, facecolor=colour,
            edgecolor=style.GROUND, linewidth=1.5, zorder=3,
        )
    )  # fmt: skip
    dark, light = sorted((style.INK, style.GROUND), key=_is_light)
    ink = dark if _is_light(colour) else light
    _write(ax, label, ((left + right) / 2, y), 0, "center", ink, ink)
    _write_code(ax, code, (left + 0.7 * _font(), y + label.height / 2 - 0.6 * _font()), ink)


def _draw_collocate(ax: Axes, plan: _Plan, word: str, side: int, colour: str, code: str) -> None:
    x, y = plan.x_of_dots[side], plan.y_of[word]
    ends = [line for line in plan.lines if line.collocate == word]
    heights = [line.at_collocate for line in ends]
    if len(ends) > 1:
        ax.vlines(x, min(heights) - 3, max(heights) + 3, color=colour, linewidth=1.4, zorder=2)
    face = colour if word in plan.terms else style.GROUND
    ax.plot(
        x, y, "o", markersize=_dot(), markeredgewidth=1.5, markeredgecolor=colour, zorder=4,
        markerfacecolor=face,
    )  # fmt: skip
    if code:
        _write_code(ax, code, (x, y), style.GROUND if face == colour else colour)
    align = {-1: "right", 1: "left"}[side]
    _write(ax, plan.labels[word], (x, y), side * (0.6 * _dot() + 3), align, style.INK, style.QUIET)
    for line in ends:
        ax.annotate(
            say_number(line.n), (x, line.at_collocate), xytext=(-side * (0.6 * _dot() + 2), 0),
            textcoords="offset points", ha={-1: "left", 1: "right"}[side], va="center_baseline",
            fontsize=_small(), zorder=5, annotation_clip=False,
        )  # fmt: skip


def _write_code(ax: Axes, code: str, place: tuple[float, float], colour: str) -> None:
    if code:
        ax.text(
            *place, code, ha="center", va="center_baseline", fontsize=0.62 * _font(), zorder=6,
            color=colour,
        )  # fmt: skip


def _write(
    ax: Axes,
    label: _Label,
    place: tuple[float, float],
    away: float,
    align: str,
    ink: str,
    quiet: str,
) -> None:
    """Write word and gloss, moved sideways from `place` by `away`."""
    rise = 0.0 if label.beside else 0.65 * _small() * _n_lines(label.gloss)
    drop = 0.0 if label.beside else 0.65 * _font() * _n_lines(label.word)
    further = _text_width(label.word, _font()) + _GAP if label.beside else 0.0
    options = {
        "textcoords": "offset points", "ha": align, "va": "center", "zorder": 6,
        "annotation_clip": False, "parse_math": False, "multialignment": align,
    }  # fmt: skip
    ax.annotate(label.word, place, xytext=(away, rise), color=ink, **options)
    if label.gloss:
        towards = {"left": 1, "right": -1, "center": 0}[align]
        ax.annotate(
            label.gloss, place, xytext=(away + towards * further, -drop), color=quiet,
            fontsize=_small(), **options,
        )  # fmt: skip


def _marks(categories: Mapping[str, str], *, known: bool) -> dict[str, tuple[str, str]]:
    """The colour and the letter of each word."""
    return {
        word: (style.colour_of(category), style.LABEL_CODES[category])
        if known
        else (style.PLAIN, "")
        for word, category in categories.items()
    }


def _note(plan: _Plan, weight: str, left_out: int) -> str:
    """What width, number, order and place mean, and what they do not."""
    name = style.say(_WEIGHT_NAMES[weight]) if weight in _WEIGHT_NAMES else weight
    sentences = [
        style.say("Number at a line, and its width: how often the two words occur together.")
    ]
    if -1 in plan.side.values():
        sentences += [
            style.say(
                "Left: collocates of one term, strongest {weight} first. "
                "Right: collocates they share.",
                weight=name,
            )
        ]
    elif _n_shared(plan):
        sentences += [style.say("All collocates are shared.")]
    else:
        sentences += [style.say("Collocates of each term: strongest {weight} first.", weight=name)]
    sentences += [style.say("Distances mean nothing.")]
    if set(plan.terms) & set(plan.side):
        sentences += [style.say("A filled circle is itself a search term.")]
    if left_out:
        sentences += [style.say("Left out: {n} weaker pairs.", n=f"{left_out:,}")]
    gap = "" if style.in_force().language == "zh" else " "
    return style.wrap_text(style.drawable(gap.join(sentences)), plan.width, size=_small())


def _default_title(plan: _Plan) -> str:
    few = len(plan.terms) <= 3
    named = style.list_names(plan.terms) if few else style.say("{n} terms", n=len(plan.terms))
    title = style.say("The company of {terms}: {n} words", terms=named, n=len(plan.side))
    if len(plan.terms) == 1:
        return title
    shared = _n_shared(plan) or style.say("none")
    return title + style.say(", {n} of them shared", n=shared)


def _n_shared(plan: _Plan) -> int:
    ends = [line.collocate for line in plan.lines]
    return sum(ends.count(word) > 1 for word in plan.side)


def _is_light(colour: str) -> bool:
    red, green, blue = to_rgb(colour)
    return 0.299 * red + 0.587 * green + 0.114 * blue > 0.5


def _n_lines(text: str) -> int:
    return text.count("\n") + 1 if text else 0


def _text_width(text: str, size: float) -> float:
    return max((style.text_width(line, size=size) for line in text.split("\n") if line), default=0)


def _font() -> float:
    return plt.rcParams["font.size"]


def _small() -> float:
    return 0.833 * plt.rcParams["font.size"]


def _dot() -> float:
    return 0.95 * plt.rcParams["font.size"]
