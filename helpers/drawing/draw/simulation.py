"""How large must a corpus be: coverage, power and false positives from simulate."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, NullLocator, PercentFormatter

from helpers.drawing import style
from helpers.drawing.draw.checks import require_rows
from helpers.drawing.draw.pieces import legend_below, name_rows, print_right

_INTERVALS = {
    "sentences, percentile": (style.saying("sentences drawn again"), "s"),
    "documents, percentile": (style.saying("documents drawn again"), "o"),
    "documents, logit t": (style.saying("t interval of documents"), "^"),
}
# The values simulate writes, as a reader sees them.
_WORDS = {
    "tokens": style.saying("tokens counted"),
    "documents": style.saying("documents shuffled"),
    "bursty": style.saying("words in bursts"),
    "independent": style.saying("independent words"),
    "outside rule": style.saying("groups by an outside rule"),
    "lexicon, all words": style.saying("groups by ten words, these tested too"),
    "lexicon, definers out": style.saying("groups by ten words, these left out"),
}
_MARKERS = ("o", "s", "^", "D", "v", "P", "X")


def plot_coverage(
    coverage: pd.DataFrame,
    *,
    rho: float,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Axes with one line per interval: how often it holds the truth, against documents.

    `coverage` comes from simulate.interval_coverage; `rho` chooses how much documents differ.
    The band is 93 to 97 percent, vertical lines Wilson's interval of the simulation itself.

    >>> from matplotlib.figure import Figure
    >>> style.set_theme()
    >>> coverage = pd.DataFrame({"n_documents": [5, 10], "rho": 0.1, "coverage": [0.8, 0.9],
    ...     "interval": "documents, percentile", "low": [0.7, 0.8], "high": [0.9, 0.95]})
    >>> len(plot_coverage(coverage, rho=0.1, ax=Figure().subplots()).lines) > 1
    True
    """
    wanted = ["n_documents", "rho", "interval", "coverage", "low", "high"]
    require_rows(coverage, "coverage", wanted)
    rows = coverage[np.isclose(coverage["rho"], rho)]
    if rows.empty:
        known = ", ".join(map(str, sorted(coverage["rho"].unique())))
        raise ValueError(f"the coverage table has no rho {rho}; it has {known}")
    ax = style.new_axes(rows=9) if ax is None else ax
    ax.axhspan(0.93, 0.97, color=style.BAND, zorder=0)
    ax.axhline(0.95, color=style.QUIET, linewidth=1, linestyle=(0, (4, 3)), zorder=1)
    shown = [name for name in _INTERVALS if name in set(rows["interval"])]
    for name in shown:
        marker, colour = _INTERVALS[name][1], _colour_of_interval(name)
        _line(ax, rows[rows["interval"] == name], "coverage", marker, colour)
    _documents_axis(ax, rows["n_documents"])
    ax.set_ylim(min(0.7, rows["low"].min() - 0.02), 1.0)
    ax.set_ylabel(style.say("intervals that hold the truth"))
    handles = [
        ax.plot([], [], marker=_INTERVALS[name][1], color=_colour_of_interval(name))[0]
        for name in shown
    ]
    legend_below(ax, handles, [style.say(_INTERVALS[name][0]) for name in shown], ncols=3)
    default = style.say("How often a 95 % interval holds the truth (rho {rho})", rho=rho)
    style.set_title(ax, title or default)
    return ax


def plot_power(power: pd.DataFrame, *, title: str | None = None, ax: Axes | None = None) -> Axes:
    """Axes with one line per true difference: how often it is found, against documents.

    `power` comes from simulate.power. Names stand to the right, joined to the ends of their
    lines; the lowest, of no difference at all, should lie at 5 percent.

    >>> from matplotlib.figure import Figure
    >>> style.set_theme()
    >>> power = pd.DataFrame({"n_documents": [10, 20], "difference": 0.1, "power": [0.1, 0.2],
    ...     "low": [0.0, 0.1], "high": [0.2, 0.3]})
    >>> plot_power(power, ax=Figure().subplots()).texts[0].get_text()
    'differ by 0.10'
    """
    require_rows(power, "power", ["n_documents", "difference", "power", "low", "high"])
    ax = style.new_axes(rows=9) if ax is None else ax
    ax.axhline(0.8, color=style.QUIET, linewidth=1, linestyle=(0, (4, 3)), zorder=1)
    ends = []
    for place, (difference, rows) in enumerate(power.groupby("difference")):
        colour = style.INK if difference else style.PLAIN
        _line(ax, rows, "power", _MARKERS[place % len(_MARKERS)], colour)
        by = f"{difference:.2f}"
        name = style.say("differ by {n}", n=by) if difference else style.say("no difference")
        last = rows.sort_values("n_documents").iloc[-1]
        ends.append((last["n_documents"], last["power"], name, colour))
    for (x, y, name, colour), beside in zip(ends, _apart([end[1] for end in ends]), strict=True):
        ax.annotate(
            name, (x, y), xytext=(1.05, beside), textcoords=ax.get_yaxis_transform(), va="center",
            color=colour, annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": colour, "linewidth": 0.8, "shrinkA": 2,
                        "shrinkB": 5, "relpos": (0, 0.5)},
        )  # fmt: skip
    _documents_axis(ax, power["n_documents"], style.say("documents in each of the two groups"))
    ax.set_ylim(0, 1.02)
    ax.set_ylabel(style.say("pairs of corpora with p < .05"))
    style.set_title(ax, title or style.say("How many documents a difference needs"), pad=22)
    return ax


def plot_false_positives(
    found: pd.DataFrame, *, title: str | None = None, ax: Axes | None = None
) -> Axes:
    """Axes with one bar per comparison: how often a key word is found where there is none.

    `found` comes from simulate.keyness_false_positives: groups, words, test, any_found.

    >>> from matplotlib.figure import Figure
    >>> style.set_theme()
    >>> found = pd.DataFrame({"groups": ["outside rule"], "words": ["bursty"], "test": ["tokens"],
    ...     "any_found": [0.9], "low": [0.88], "high": [0.92]})
    >>> plot_false_positives(found, ax=Figure().subplots()).texts[0].get_text()
    '90%'
    """
    require_rows(found, "false positives", ["groups", "words", "test", "any_found", "low", "high"])
    # The same order in both halves, the test that keeps its 5 percent last.
    ordered = found.sort_values(["words", "test", "groups"], ascending=[False, False, True])
    ax = style.new_axes(rows=len(ordered) * 1.2 + 1) if ax is None else ax
    for place, row in enumerate(ordered.itertuples()):
        ax.barh(place, row.any_found, height=0.6, color=style.PLAIN)
        ax.hlines(place, row.low, row.high, color=style.INK, linewidth=1.5)
    names = [
        style.say(
            "{words}, {test};\n{groups}",
            words=_in_words(row.words), groups=_in_words(row.groups), test=_in_words(row.test),
        )
        for row in ordered.itertuples()
    ]  # fmt: skip
    name_rows(ax, names)
    ax.axvline(0.05, color=style.QUIET, linewidth=1, linestyle=(0, (4, 3)), zorder=2)
    ax.set_xlim(0, 1)
    ax.xaxis.set_major_formatter(PercentFormatter(1.0))
    print_right(ax, [f"{share:.0%}" for share in ordered["any_found"]])
    ax.set_xlabel(style.say("corpora with at least one false key word (dashed: 5 %)"))
    style.set_title(ax, title or style.say("Key words where there is nothing to find"))
    return ax


def _colour_of_interval(name: str) -> str:
    # The colours of the categories would say that an interval belongs to one of them.
    return style.INK if name == "documents, logit t" else style.PLAIN


def _in_words(value: str) -> str:
    return style.say(_WORDS[value]) if value in _WORDS else value


def _line(ax: Axes, rows: pd.DataFrame, column: str, marker: str, colour: str) -> None:
    rows = rows.sort_values("n_documents")
    ax.plot(rows["n_documents"], rows[column], marker=marker, color=colour, markersize=7)
    ax.vlines(rows["n_documents"], rows["low"], rows["high"], color=colour, linewidth=1.5)


def _documents_axis(ax: Axes, sizes: pd.Series, name: str = "") -> None:
    ax.set_xscale("log")
    ax.xaxis.set_major_locator(FixedLocator(sorted(sizes.unique())))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.set_xticks(sorted(sizes.unique()), [str(size) for size in sorted(sizes.unique())])
    ax.set_xlabel(name or style.say("documents"))


def _apart(heights: list[float], least: float = 0.07, highest: float = 1.07) -> list[float]:
    """The heights moved so that no two names overlap, in their order."""
    placed: dict[int, float] = {}
    below = -np.inf
    for place in np.argsort(heights, kind="stable"):
        placed[int(place)] = below = max(heights[place], below + least)
    top = highest + least
    for place in sorted(placed, key=placed.get, reverse=True):
        placed[place] = top = min(placed[place], top - least)
    return [placed[place] for place in range(len(heights))]
