"""Explore a corpus: choose once, and table, lines, x-ray, trend and cloud follow.

    corpus   prepare, prepare_features, Selection   the tables, and what is chosen in them
    views    rank_terms, read_lines ...             tables and a selection in, a table out
    twins    plot_ranking, show_lines ...           the same as still pictures
    panels   (for the page)                         the same as plain data
    live     open_explorer                          widgets, which only wire the views

Every view is a plain function of (corpus, selection) and works without a widget. What a view cannot
show of a selection is raised as NothingToShow, a ValueError that says what to do.
"""

from helpers.teaching.explore.corpus import (
    Corpus,
    NothingToShow,
    Selection,
    check_selection,
    prepare,
    prepare_features,
)
from helpers.teaching.explore.live import Explorer, open_explorer
from helpers.teaching.explore.twins import (
    plot_cloud,
    plot_places,
    plot_ranking,
    plot_trend,
    show_lines,
    show_twin,
)
from helpers.teaching.explore.views import (
    choose_documents,
    describe,
    find_mentions,
    follow_trend,
    list_rows,
    place_mentions,
    rank_terms,
    read_lines,
    read_sentence,
)

__all__ = [
    "Corpus", "Explorer", "NothingToShow", "Selection", "check_selection", "choose_documents",
    "describe", "find_mentions", "follow_trend", "list_rows", "open_explorer", "place_mentions",
    "plot_cloud", "plot_places", "plot_ranking", "plot_trend", "prepare", "prepare_features",
    "rank_terms", "read_lines", "read_sentence", "show_lines", "show_twin",
]  # fmt: skip
