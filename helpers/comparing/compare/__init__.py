"""Counts and hits -> keyness, labels and shares, each with its uncertainty.

Sentences are resampled for inference, because the clauses of one sentence are not independent
observations. One document describes itself and nothing else: `describe_scope` says so in
words that fit a caption.
"""

from helpers.comparing.compare.intervals import bootstrap_rates, bootstrap_share
from helpers.comparing.compare.keyness import keyness, placebo_keyness
from helpers.comparing.compare.labels import count_labels, describe_scope, label_units

__all__ = [
    "bootstrap_rates", "bootstrap_share", "count_labels", "describe_scope", "keyness",
    "label_units", "placebo_keyness",
]  # fmt: skip
