"""What decisions about words do to the counts: how text is cut, what a stop list deletes."""

from collections.abc import Iterable, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Patch
from matplotlib.ticker import PercentFormatter

from helpers.drawing import style
from helpers.drawing.draw.checks import (
    at_least_one,
    rank,
    require_known,
    require_numbers,
    require_rows,
)
from helpers.drawing.draw.pieces import (
    count_in_whole_steps,
    legend_below,
    name_rows,
    ranked_axis_name,
    say_number,
    shade_ties,
)

# Ending of the column -> its name, and a mark that is told from the others without colour.
# The faces are colours of the mode in force (_face).
_WAYS = {
    "jieba": (style.saying("jieba"), "s"),
    "jieba_no_hmm": (style.saying("no HMM"), "D"),
    "search": (style.saying("search"), "^"),
    "ours": (style.saying("ours"), "o"),
}
_MEANINGS = {
    "jieba": style.saying("jieba as it comes"),
    "jieba_no_hmm": style.saying("jieba without guessing (no HMM)"),
    "search": style.saying("jieba's search mode"),
    "ours": style.saying("our dictionary"),
}
# Marks nearer than this share of the axis would hide one another.
_TOO_NEAR = 0.035

# Kind of the audit -> the category whose colour it takes.
_KINDS = {
    style.saying("negator"): "reopening",
    style.saying("modal"): "prevention",
    style.saying("policy term"): "governance",
    style.saying("other content"): "unlabelled",
}
_EMPTY_KIND = "function word"
_LEAVES = style.saying("deleted")
_ENTERS = style.saying("new")
_SINKS = style.saying("lower")


def plot_segmenters(
    segmenters: pd.DataFrame,
    *,
    glossary: pd.DataFrame | None = None,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Axes with one row per term and one mark per way of cutting: the share of mentions it sees.

    `segmenters` comes from audit.compare_segmenters: term, n_string, and n_… and ratio_… of
    jieba, jieba_no_hmm, search and ours. Marks of equal shares stand above one another. The
    counts stand to the right, each column under the name of its way. A term that does not
    occur as a string has no share and no mark.

    >>> from matplotlib.figure import Figure
    >>> style.set_theme()
    >>> numbers = {f"n_{way}": [0] for way in _WAYS} | {f"ratio_{way}": [0.0] for way in _WAYS}
    >>> segmenters = pd.DataFrame({"term": ["疫情防控"], "n_string": [9], **numbers})
    >>> ax = plot_segmenters(segmenters, ax=Figure().subplots())
    >>> [text.get_text() for text in ax.texts if text.get_text().isdigit()]
    ['9', '0', '0', '0', '0']
    """
    _require_segmenters(segmenters)
    names = _narrow_names(segmenters["term"], glossary, share=0.3)
    ax = style.axes_for(ax, rows=_rows_for(names, least=1.5) + 1, title=title)
    ratios = segmenters[[f"ratio_{way}" for way in _WAYS]].set_axis(list(_WAYS), axis=1)
    reach = max(1.0, ratios.max().max())
    for edge in range(1, len(segmenters)):
        ax.axhline(edge - 0.5, color=style.GRID, linewidth=0.8, zorder=0)
    for row, of_term in enumerate(ratios.to_dict("records")):
        _mark_row(ax, row, {way: share for way, share in of_term.items() if share == share}, reach)
    name_rows(ax, names)
    ax.set_xlim(-0.04 * reach, 1.04 * reach)
    ax.axvline(1, color=style.QUIET, linewidth=1, linestyle=(0, (4, 3)), zorder=1)
    ax.xaxis.set_major_formatter(PercentFormatter(1.0))
    columns = {style.say("strings"): segmenters["n_string"]}
    columns |= {style.say(name): segmenters[f"n_{way}"] for way, (name, _) in _WAYS.items()}
    _print_columns(ax, columns)
    ax.set_xlabel(style.say("share of the mentions as a string"))
    legend_below(ax, [_mark(way) for way in _WAYS], [style.say(_MEANINGS[way]) for way in _WAYS])
    blind = int((segmenters["n_jieba"].eq(0) & segmenters["n_string"].gt(0)).sum())
    style.set_title(
        ax,
        title
        or style.say(
            "Plain jieba sees no mention of {n} of {total} terms", n=blind, total=len(segmenters)
        ),
        pad=24,
    )
    return ax


def plot_stop_list(
    audit: pd.DataFrame,
    *,
    glossary: pd.DataFrame | None = None,
    top: int = 30,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Axes with one bar per word with a meaning that the stop list deletes, grouped by kind.

    `audit` comes from audit.audit_stop_list: word, gloss_en, kind, n, share (of all tokens).
    Negators come first, then modals, policy terms and other content words, each kind from
    the most frequent down; at most `top` words. Function words are only summed up, below
    the axis, with what is left out. Glosses are the table's own, or the glossary's.

    >>> from matplotlib.figure import Figure
    >>> style.set_theme()
    >>> audit = pd.DataFrame({"word": ["不", "的"], "gloss_en": ["not", "of"],
    ...     "kind": ["negator", "function word"], "n": [3, 24], "share": [0.01, 0.08]})
    >>> [text.get_text() for text in plot_stop_list(audit, ax=Figure().subplots()).texts]
    ['3  (1.0%)']
    """
    require_rows(audit, "stop list audit", ["word", "gloss_en", "kind", "n", "share"])
    require_known(audit["kind"], [*_KINDS, _EMPTY_KIND], "kind")
    require_numbers(audit, "stop list audit", ["n", "share"], key="word")
    telling = _in_order_of_kind(audit)
    shown = telling.head(at_least_one(top, "top"))
    own = audit[["word", "gloss_en"]].rename(columns={"word": "term"})
    names = _narrow_names(shown["word"], own if glossary is None else glossary, share=0.4)
    places = [row + 0.7 * step for row, step in enumerate(shown["kind"].map(_steps(shown["kind"])))]
    ax = style.axes_for(ax, rows=_rows_for(names) + 2, title=title)
    _draw_deleted(ax, shown, places)
    _name_places(ax, names, places)
    ax.set_xlabel(_deleted_axis_name(audit, telling, shown), linespacing=1.4)
    if len(shown):
        _kind_legend(ax, telling)
    default = style.say("The stop list deletes {words} with a meaning", words=_words(len(telling)))
    style.set_title(ax, title or default)
    return ax


def plot_before_after(
    before: pd.DataFrame,
    after: pd.DataFrame,
    *,
    glossary: pd.DataFrame | None = None,
    top: int = 15,
    title: str | None = None,
    titles: tuple[str, str] | None = None,
) -> Figure:
    """A figure with the `top` words of two counts side by side, and what changes in words.

    `before` and `after` have one row per feature with columns feature and n; both charts have
    one scale. `title` stands above both, `titles` over each. To the left, "deleted" marks a
    word that `after` does not hold at all and "lower" one that it holds further down; to the
    right, "new" marks a word that is not among those drawn to the left.

    >>> style.set_theme()
    >>> before = pd.DataFrame({"feature": ["的", "落实"], "n": [24, 10]})
    >>> figure = plot_before_after(before, before.tail(1))
    >>> [text.get_text() for text in figure.axes[0].texts]
    ['24  deleted', '10']
    """
    ranked = [rank(counts, "counts", key="feature", value="n") for counts in (before, after)]
    shown = [counts.head(at_least_one(top, "top")) for counts in ranked]
    names = [_narrow_names(counts["feature"], glossary, share=0.19) for counts in shown]
    rows = max(_rows_for(both) for both in names)
    figure, axes = plt.subplots(1, 2, figsize=style.new_size(rows=rows + 1))
    changes = [_leaving(shown[0], shown[1], ranked[1]), _entering(shown[1], shown[0])]
    for side in (0, 1):
        _draw_side(axes[side], shown[side], changes[side])
        name_rows(axes[side], names[side])
        axes[side].set_ylim(max(map(len, shown)) - 0.4, -0.6)
        name = ranked_axis_name(ranked[side], shown[side], "n")
        axes[side].set_xlabel(name.replace("  (", "\n(").replace("（", "\n（"))
    longest = max(counts["n"].max() for counts in shown)
    for ax in axes:
        ax.set_xlim(0, longest * 1.55)
        count_in_whole_steps(ax, np.concatenate([counts["n"] for counts in shown]))
    for ax, name in zip(axes, titles or (style.say("Before"), style.say("After")), strict=True):
        style.set_title(ax, name)
    n_deleted = changes[0].count(_LEAVES)
    default = style.say("{n} of the {total} leading words are deleted", n=n_deleted,
                        total=len(shown[0]))  # fmt: skip
    _title_both(figure, title or default)
    return figure


def _title_both(figure: Figure, title: str) -> None:
    room = 0.96 * 72 * figure.get_size_inches()[0]
    size = plt.rcParams["axes.titlesize"]
    points = FontProperties(size=size).get_size_in_points()
    text = style.wrap_text(style.drawable(title), room, size=points)
    figure.suptitle(text, x=0.005, ha="left", fontsize=size)


# ---------------------------------------------------------------- names of rows


def _narrow_names(
    terms: Iterable[str], glossary: pd.DataFrame | None, *, share: float
) -> list[str]:
    """One bilingual label per term, no wider than `share` of a figure, the gloss below."""
    room, size = share * 72 * plt.rcParams["figure.figsize"][0], plt.rcParams["font.size"]
    names = []
    for label in style.gloss_labels(terms, glossary, two_lines=True):
        two = style.drawable(label)
        one = two.replace("\n", " ")
        fits = style.text_width(one, size=size) <= room
        names.append(one if fits else style.wrap_text(two, room, size=size))
    return names


def _rows_for(names: Sequence[str], *, least: float = 1.0) -> float:
    """The room the names need, in rows of one line."""
    lines = max((name.count("\n") for name in names), default=0) + 1
    return max(len(names), 1) * max(least, 0.1 + 0.62 * lines)


# ---------------------------------------------------------------- segmenters


def _require_segmenters(segmenters: pd.DataFrame) -> None:
    counts = ["n_string", *(f"n_{way}" for way in _WAYS)]
    shares = [f"ratio_{way}" for way in _WAYS]
    require_rows(segmenters, "segmenters", ["term", *counts, *shares])
    require_numbers(segmenters, "segmenters", counts, key="term")
    # Nothing divided by nothing is no share; every other gap is a mistake.
    said = segmenters.loc[segmenters["n_string"] > 0]
    require_numbers(said, "segmenters", shares, key="term")


def _mark_row(ax: Axes, row: int, shares: dict[str, float], reach: float) -> None:
    if not shares:
        return
    ax.hlines(row, min(shares.values()), max(shares.values()), color=style.FAINT, linewidth=1.6)
    for way, lift in _lifts(shares, _TOO_NEAR * reach).items():
        mark = _mark(way)
        mark.set_data([shares[way]], [row + lift])
        ax.add_line(mark)


def _lifts(shares: dict[str, float], near: float) -> dict[str, float]:
    """How far each mark moves off the line of its row, so that near ones stand apart."""
    clusters: list[list[str]] = []
    for way in sorted(shares, key=lambda way: shares[way]):
        if clusters and shares[way] - shares[clusters[-1][-1]] < near:
            clusters[-1].append(way)
        else:
            clusters.append([way])
    order = list(_WAYS)
    return {
        way: 0.23 * (place - (len(cluster) - 1) / 2)
        for cluster in clusters
        for place, way in enumerate(sorted(cluster, key=order.index))
    }


def _mark(way: str) -> plt.Line2D:
    return plt.Line2D(
        [], [], linestyle="none", markersize=0.48 * plt.rcParams["font.size"],
        markeredgecolor=style.INK, markeredgewidth=1.1, zorder=3, marker=_WAYS[way][1],
        markerfacecolor=_face(way),
    )  # fmt: skip


def _face(way: str) -> str:
    faces = {"jieba": style.GROUND, "jieba_no_hmm": "#b8b8b8"}
    return faces.get(way) or style.colour_of({"search": "reopening", "ours": "prevention"}[way])


def _print_columns(ax: Axes, columns: dict[str, pd.Series]) -> None:
    """Write columns of numbers to the right of the axes, each under its name."""
    size = plt.rcParams["font.size"]
    right = 4.0
    where = {"textcoords": "offset points", "ha": "right", "annotation_clip": False}
    for name, numbers in columns.items():
        notes = [say_number(number) for number in numbers]
        widths = [style.text_width(note, size=size) for note in notes]
        right += max(*widths, style.text_width(name, size=0.833 * size)) + 8
        for row, note in enumerate(notes):
            ax.annotate(
                note, (1, row), xycoords=ax.get_yaxis_transform(), xytext=(right, 0),
                va="center", **where,
            )  # fmt: skip
        ax.annotate(
            name, (1, 1), xycoords="axes fraction", xytext=(right, 6), color=style.QUIET,
            fontsize="small", **where,
        )  # fmt: skip


# ---------------------------------------------------------------- stop list


def _in_order_of_kind(audit: pd.DataFrame) -> pd.DataFrame:
    order = {kind: place for place, kind in enumerate(_KINDS)}
    telling = audit.loc[audit["kind"] != _EMPTY_KIND]
    return (
        telling.assign(place=telling["kind"].map(order))
        .sort_values(["place", "n", "word"], ascending=[True, False, True], ignore_index=True)
        .drop(columns="place")
    )


def _steps(kinds: pd.Series) -> dict[str, int]:
    """How many kinds stand above each kind: a gap is left between them."""
    return {kind: number for number, kind in enumerate(dict.fromkeys(kinds))}


def _draw_deleted(ax: Axes, shown: pd.DataFrame, places: Sequence[float]) -> None:
    ax.barh(
        places,
        shown["n"],
        height=0.74,
        color=[style.colour_of(_KINDS[kind]) for kind in shown["kind"]],
    )
    for row, place in zip(shown.itertuples(), places, strict=True):
        ax.annotate(
            style.say("{n}  ({share})", n=say_number(row.n), share=f"{row.share:.1%}"),
            (row.n, place), xytext=(5, 0), textcoords="offset points", va="center",
            annotation_clip=False,
        )  # fmt: skip
    ax.set_xlim(0, max(shown["n"].max() if len(shown) else 0, 1) * 1.2)
    count_in_whole_steps(ax, shown["n"])


def _name_places(ax: Axes, names: Sequence[str], places: Sequence[float]) -> None:
    ax.set_yticks(places, names)
    ax.set_ylim((places[-1] if places else 0) + 0.6, -0.6)
    ax.tick_params(axis="y", length=0)


def _deleted_axis_name(audit: pd.DataFrame, telling: pd.DataFrame, shown: pd.DataFrame) -> str:
    lines = [style.say("tokens deleted (share of all tokens)")]
    if len(telling) > len(shown):
        left = telling["kind"].iloc[len(shown) :].value_counts(sort=False)
        each = [
            style.say("{words} ({kind})", words=_words(n), kind=style.say(kind))
            for kind, n in left.items()
        ]
        lines += [style.say("not drawn: {words}", words=style.list_names(each))]
    empty = audit.loc[audit["kind"] == _EMPTY_KIND]
    if len(empty):
        lines += [
            style.say(
                "also deleted, not drawn: {words}, {tokens} ({share})",
                words=_function_words(len(empty)),
                tokens=_tokens(empty["n"].sum()),
                share=f"{empty['share'].sum():.1%}",
            )
        ]
    room = 0.52 * 72 * plt.rcParams["figure.figsize"][0]
    return style.wrap_text("\n".join(lines), room, size=plt.rcParams["font.size"])


def _kind_legend(ax: Axes, telling: pd.DataFrame) -> None:
    n_words = telling["kind"].value_counts()
    n_tokens = telling.groupby("kind")["n"].sum()
    present = [kind for kind in _KINDS if kind in n_words.index]
    names = [
        style.say(
            "{kind}: {words}, {tokens}",
            kind=style.say(kind),
            words=_words(n_words[kind]),
            tokens=_tokens(n_tokens[kind]),
        )
        for kind in present
    ]
    lines = ax.get_xlabel().count("\n")
    legend_below(
        ax,
        [Patch(color=style.colour_of(_KINDS[kind])) for kind in present],
        names,
        below=3.3 + 1.2 * lines,
    )


def _words(n: float) -> str:
    return style.say("1 word") if n == 1 else style.say("{n} words", n=say_number(n))


def _function_words(n: float) -> str:
    if n == 1:
        return style.say("1 function word")
    return style.say("{n} function words", n=say_number(n))


def _tokens(n: float) -> str:
    return style.say("1 token") if n == 1 else style.say("{n} tokens", n=say_number(n))


# ---------------------------------------------------------------- before and after


def _leaving(shown: pd.DataFrame, others: pd.DataFrame, all_others: pd.DataFrame) -> list[str]:
    kept, held = set(others["feature"]), set(all_others["feature"])
    return [
        "" if word in kept else _SINKS if word in held else _LEAVES for word in shown["feature"]
    ]


def _entering(shown: pd.DataFrame, others: pd.DataFrame) -> list[str]:
    known = set(others["feature"])
    return ["" if word in known else _ENTERS for word in shown["feature"]]


def _look_of(change: str) -> dict[str, str]:
    if change == _LEAVES:
        edge = style.colour_of("reopening")
        return {"facecolor": style.GROUND, "edgecolor": edge, "hatch": "////"}
    if change:
        return {"color": style.colour_of({_SINKS: "unlabelled", _ENTERS: "governance"}[change])}
    return {"color": style.PLAIN}


def _draw_side(ax: Axes, shown: pd.DataFrame, changes: Sequence[str]) -> None:
    shade_ties(ax, shown["n"])
    for row, (n, change) in enumerate(zip(shown["n"], changes, strict=True)):
        look = _look_of(change)
        said = style.say(change) if change else ""
        ax.barh(row, n, height=0.74, **look)
        ax.annotate(
            f"{say_number(n)}  {said}".strip(), (n, row), xytext=(5, 0),
            textcoords="offset points", va="center", annotation_clip=False,
            color=look.get("edgecolor", style.INK) if change == _LEAVES else style.INK,
        )  # fmt: skip
