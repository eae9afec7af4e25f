"""One page on a collection: what it holds, what it leans on, how its two languages stand."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from helpers.drawing import style
from helpers.drawing.draw.bars import plot_label_shares, plot_ranked_terms
from helpers.drawing.draw.dots import plot_share_intervals
from helpers.drawing.draw.two_languages import plot_two_languages

_TOP_TERMS = 10
_TOP_EACH_SIDE = 6
_TITLE_INCHES, _CAPTION_INCHES, _GAP_INCHES = 0.5, 0.6, 0.1
_EDGE = 0.02


def draw_summary_page(
    facts: Mapping[str, str],
    *,
    terms: pd.DataFrame,
    rates: pd.DataFrame | None,
    label_counts: pd.DataFrame,
    shares: pd.DataFrame | None,
    glossary: pd.DataFrame | None = None,
    category_of: Mapping[str, str] | pd.Series | None = None,
    title: str,
) -> Figure:
    """A figure of one page: the facts in words, then up to four charts below each other.

    `facts` are printed as lines "name: value". `terms` goes to plot_ranked_terms (feature, n),
    `rates` to plot_two_languages, `label_counts` to plot_label_shares and `shares` to
    plot_share_intervals. A table that is None or empty leaves a line that says so. The
    last three lines are left free for style.caption.
    """
    heights = [0.5 + 0.2 * len(facts), 4.6, 4.4, 3.2, 2.8]
    whole = _TITLE_INCHES + sum(heights) + _CAPTION_INCHES
    figure = plt.figure(figsize=(plt.rcParams["figure.figsize"][0], whole))
    # No layout engine: the last digits of its solver differ from run to run, and so would files.
    # Turned off here, not by plt.figure(layout="none"): then savefig would turn it on again.
    figure.set_layout_engine("none")
    slots = _slots(heights, whole)
    axes = [figure.add_axes(slot.bounds) for slot in slots]
    figure.suptitle(
        style.drawable(title), x=_EDGE, y=1 - 0.12 / whole, ha="left", fontsize="x-large"
    )
    _print_facts(axes[0], facts)
    plot_ranked_terms(
        terms, glossary=glossary, top=_TOP_TERMS, category_of=category_of, ax=axes[1],
        title=style.say("Policy terms by mentions, also inside longer terms"),
    )  # fmt: skip
    if rates is None or rates.empty:
        _say(
            axes[2],
            style.say("Two languages: no term of either side occurs often enough to draw"),
        )
    else:
        plot_two_languages(
            rates, glossary=glossary, top=_TOP_EACH_SIDE, ax=axes[2],
            title=style.say("Prevention and reopening, mentions per 1,000 characters"),
        )  # fmt: skip
    plot_label_shares(
        label_counts, units=style.say("clauses"), ax=axes[3],
        title=style.say("What the clauses speak of"),
    )  # fmt: skip
    if shares is None or shares.empty:
        _say(
            axes[4],
            style.say("Balance: no clause speaks of one subject alone, so no share is drawn"),
        )
    else:
        plot_share_intervals(
            shares, ax=axes[4], title=style.say("Share of prevention among both, and how sure")
        )
    # Twice: with its new width an axis may choose other ticks.
    for _ in range(2):
        figure.draw_without_rendering()
        for ax, slot in zip(axes[1:], slots[1:], strict=True):
            _fit(ax, slot)
    for ax, slot in zip(axes[1:], slots[1:], strict=True):
        _move_title(ax, slot)
    return figure


def _slots(heights: Sequence[float], whole: float) -> list[Bbox]:
    """The place of each part on the page, in fractions of it, from the top down."""
    slots, top = [], whole - _TITLE_INCHES
    for height in heights:
        bottom = top - height
        slots.append(
            Bbox.from_extents(
                _EDGE, (bottom + _GAP_INCHES) / whole, 1 - _EDGE, (top - _GAP_INCHES) / whole
            )
        )
        top = bottom
    return slots


def _fit(ax: Axes, slot: Bbox) -> None:
    """Place the axes so that they fill the slot with their title, names and notes.

    Each chart is laid out by itself: their row names are of different widths.
    """
    to_page = ax.figure.transFigure.inverted()
    inner = to_page.transform_bbox(ax.get_window_extent())
    outer = to_page.transform_bbox(ax.get_tightbbox())
    ax.set_position(
        Bbox.from_extents(
            slot.x0 + inner.x0 - outer.x0, slot.y0 + inner.y0 - outer.y0,
            slot.x1 + inner.x1 - outer.x1, slot.y1 + inner.y1 - outer.y1,
        )
    )  # fmt: skip


def _move_title(ax: Axes, slot: Bbox) -> None:
    """Move the title to the left edge of the slot; it was set when the axes were wider."""
    inner, text = ax.get_position(), ax.get_title(loc="left")
    for title in ax.findobj(lambda artist: isinstance(artist, Text) and artist.get_text() == text):
        if text:
            title.set_x((slot.x0 - inner.x0) / inner.width)


def _print_facts(ax: Axes, facts: Mapping[str, str]) -> None:
    ax.set_axis_off()
    size = plt.rcParams["font.size"]
    width = 0.92 * 72 * plt.rcParams["figure.figsize"][0]
    said = [style.say("{name}: {value}", name=name, value=value) for name, value in facts.items()]
    lines = [style.wrap_text(style.drawable(line), width, size=size) for line in said]
    ax.text(
        0, 1, "\n".join(lines), transform=ax.transAxes, va="top", linespacing=1.5, parse_math=False
    )


def _say(ax: Axes, what: str) -> None:
    ax.set_axis_off()
    ax.text(0, 0.5, what, transform=ax.transAxes, color=style.QUIET, parse_math=False)
