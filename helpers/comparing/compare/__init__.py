"""Counts and hits -> keyness, labels and shares, each with its uncertainty.

Sentences are resampled for inference, because the clauses of one sentence are not independent
observations. One document describes itself and nothing else: `describe_scope` says so in
words that fit a caption.
"""

from helpers.comparing.compare.balance import (
    compare_groups,
    leave_one_term_out,
    measure_coverage,
    permutation_test,
    report_balance,
    vary_lexicon,
)
from helpers.comparing.compare.contrast import contrast_rates
from helpers.comparing.compare.intervals import bootstrap_rates, bootstrap_share, estimate_share
from helpers.comparing.compare.keyness import keyness, permute_keyness, placebo_keyness
from helpers.comparing.compare.labels import (
    CannotCompare,
    count_labels,
    describe_scope,
    label_units,
    mark_relation,
)
from helpers.comparing.compare.routes import (
    compare_routes,
    drop_definers,
    label_by_structure,
    list_definers,
    list_dropped,
    list_heads,
    read_labels,
    route_agreement,
    split_halves,
)

__all__ = [
    "CannotCompare", "bootstrap_rates", "bootstrap_share", "compare_groups", "compare_routes",
    "contrast_rates", "count_labels", "describe_scope", "drop_definers", "estimate_share",
    "keyness", "label_by_structure", "label_units", "leave_one_term_out", "list_definers",
    "list_dropped", "list_heads", "mark_relation", "measure_coverage", "permutation_test",
    "permute_keyness", "placebo_keyness", "read_labels", "report_balance", "route_agreement",
    "split_halves", "vary_lexicon",
]  # fmt: skip
