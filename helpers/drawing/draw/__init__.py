"""Charts: a finished table in, matplotlib Axes out; nothing is counted here.

Every `plot_*` takes its table first and the rest by name, draws into `ax` or into new Axes,
and returns the Axes. A title says the finding; without one the chart names its table.
Before the first picture: `style.set_theme()`.
"""

from helpers.drawing.draw.audit import plot_before_after, plot_segmenters, plot_stop_list
from helpers.drawing.draw.balance import plot_balance, plot_evaluation, plot_placebo
from helpers.drawing.draw.bars import plot_label_shares, plot_ranked_terms
from helpers.drawing.draw.calendar import plot_calendar
from helpers.drawing.draw.checks import Categories, categories_for, rank, require_rows
from helpers.drawing.draw.clause_strip import plot_clause_strip
from helpers.drawing.draw.corpus_xray import plot_corpus_xray
from helpers.drawing.draw.coupling import plot_coupling
from helpers.drawing.draw.dots import plot_dispersion, plot_dumbbells, plot_share_intervals
from helpers.drawing.draw.formulations import plot_dating, plot_replacement, plot_spans
from helpers.drawing.draw.keyness import plot_keyness
from helpers.drawing.draw.network import plot_network
from helpers.drawing.draw.page import draw_summary_page
from helpers.drawing.draw.pieces import category_legend, row_names, rows_for
from helpers.drawing.draw.profile import plot_obligations
from helpers.drawing.draw.repairs import plot_repairs
from helpers.drawing.draw.scatter import plot_scatter
from helpers.drawing.draw.simulation import plot_coverage, plot_false_positives, plot_power
from helpers.drawing.draw.timeline import plot_change_points, plot_lags, plot_shares_over_time
from helpers.drawing.draw.two_languages import plot_two_languages
from helpers.drawing.draw.xray import plot_xray

__all__ = [
    "Categories", "categories_for", "category_legend", "draw_summary_page", "plot_balance",
    "plot_before_after", "plot_calendar", "plot_change_points", "plot_clause_strip",
    "plot_corpus_xray", "plot_coupling", "plot_coverage", "plot_dating", "plot_dispersion",
    "plot_dumbbells", "plot_evaluation", "plot_false_positives", "plot_keyness",
    "plot_label_shares", "plot_lags", "plot_network", "plot_obligations", "plot_placebo",
    "plot_power", "plot_ranked_terms", "plot_repairs", "plot_replacement", "plot_scatter",
    "plot_segmenters", "plot_share_intervals", "plot_shares_over_time", "plot_spans",
    "plot_stop_list", "plot_two_languages", "plot_xray", "rank", "require_rows", "row_names",
    "rows_for",
]  # fmt: skip
