"""Charts: a finished table in, matplotlib Axes out; nothing is counted here.

Every `plot_*` takes its table first and the rest by name, draws into `ax` or into new Axes,
and returns the Axes. A title says the finding; without one the chart names its table.
Before the first picture: `style.set_theme()`.
"""

from helpers.drawing.draw.audit import plot_before_after, plot_segmenters, plot_stop_list
from helpers.drawing.draw.balance import plot_balance, plot_evaluation, plot_placebo
from helpers.drawing.draw.charts import (
    Categories,
    categories_for,
    category_legend,
    plot_clause_strip,
    plot_dispersion,
    plot_dumbbells,
    plot_keyness,
    plot_label_shares,
    plot_ranked_terms,
    plot_share_intervals,
    plot_two_languages,
    plot_xray,
    rank,
    require_rows,
    row_names,
    rows_for,
)
from helpers.drawing.draw.network import plot_network
from helpers.drawing.draw.page import draw_summary_page
from helpers.drawing.draw.profile import plot_obligations
from helpers.drawing.draw.repairs import plot_repairs
from helpers.drawing.draw.simulation import plot_coverage, plot_false_positives, plot_power

__all__ = [
    "Categories", "categories_for", "category_legend", "draw_summary_page", "plot_balance",
    "plot_before_after", "plot_clause_strip", "plot_coverage", "plot_dispersion", "plot_dumbbells",
    "plot_evaluation", "plot_false_positives", "plot_keyness", "plot_label_shares",
    "plot_network", "plot_obligations", "plot_placebo", "plot_power", "plot_ranked_terms",
    "plot_repairs", "plot_segmenters", "plot_share_intervals",
    "plot_stop_list", "plot_two_languages",
    "plot_xray", "rank", "require_rows", "row_names", "rows_for",
]  # fmt: skip
