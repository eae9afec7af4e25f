"""Documents and tokens -> words in context: KWIC lines, neighbours, collocations, networks.

Lines come from characters (`kwic`), from the mentions of a lexicon (`kwic_of_hits`) or from two
tokens that meet (`collocate_lines`); all are one table, so that each can be sorted, traced to
the file, glossed word by word and shown. Counts of company come from tokens, and their scores
from measures.
"""

from helpers.counting.context.company import (
    collocate_lines,
    collocation_network,
    collocations,
    count_neighbours,
)
from helpers.counting.context.counter import LEAST_SCORED
from helpers.counting.context.glossing import gloss_kwic, gloss_texts
from helpers.counting.context.lines import ORDERS, kwic, kwic_of_hits, sort_kwic, trace_kwic
from helpers.counting.context.showing import KwicView, format_kwic, show_kwic
from helpers.counting.context.words import WITHIN

__all__ = [
    "LEAST_SCORED", "ORDERS", "WITHIN", "KwicView", "collocate_lines", "collocation_network",
    "collocations", "count_neighbours", "format_kwic", "gloss_kwic", "gloss_texts", "kwic",
    "kwic_of_hits", "show_kwic", "sort_kwic", "trace_kwic",
]  # fmt: skip
