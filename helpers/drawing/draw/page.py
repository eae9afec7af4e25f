"""One page on a collection: what it holds, what it leans on, how its two languages stand."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from helpers.drawing import style
from helpers.drawing.draw.charts import (
    plot_label_shares,
    plot_ranked_terms,
    plot_share_intervals,
    plot_two_languages,
)

_TOP_TERMS = 10
_TOP_EACH_SIDE = 6


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
    plot_share_intervals. A table that is None or empty leaves a line that says so.
    """
    heights = [0.5 + 0.2 * len(facts), 4.6, 4.4, 3.2, 2.8]
    figure = plt.figure(figsize=(plt.rcParams["figure.figsize"][0], sum(heights) + 0.6))
    # Each chart is laid out by itself: their row names are of different widths.
    axes = [part.subplots() for part in figure.subfigures(len(heights), 1, height_ratios=heights)]
    figure.suptitle(style.drawable(title), x=0.02, ha="left", fontsize="x-large")
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
    plot_label_shares(label_counts, ax=axes[3], title=style.say("What the clauses speak of"))
    if shares is None or shares.empty:
        _say(
            axes[4],
            style.say("Balance: no clause speaks of one subject alone, so no share is drawn"),
        )
    else:
        plot_share_intervals(
            shares, ax=axes[4], title=style.say("Share of prevention among both, and how sure")
        )
    return figure


def _print_facts(ax: plt.Axes, facts: Mapping[str, str]) -> None:
    ax.set_axis_off()
    size = plt.rcParams["font.size"]
    width = 0.92 * 72 * plt.rcParams["figure.figsize"][0]
    lines = [style.wrap_text(style.drawable(f"{name}: {value}"), width, size=size)
             for name, value in facts.items()]  # fmt: skip
    ax.text(
        0, 1, "\n".join(lines), transform=ax.transAxes, va="top", linespacing=1.5, parse_math=False
    )


def _say(ax: plt.Axes, what: str) -> None:
    ax.set_axis_off()
    ax.text(0, 0.5, what, transform=ax.transAxes, color=style.QUIET, parse_math=False)
