"""Dated tables -> change over time: shares by period, change points, lags, phases.

One document shows no change, and a series of them shows change in what a source wrote, not in
what was done. Every number here keeps its n; periods without a document stay gaps.
"""

from helpers.comparing.timeline.changes import find_change_points
from helpers.comparing.timeline.lags import compare_lagged, describe_lags
from helpers.comparing.timeline.periods import FREQUENCIES
from helpers.comparing.timeline.phases import label_phases, read_phases, read_turning_points
from helpers.comparing.timeline.series import average_by_period, new_cases, read_series
from helpers.comparing.timeline.shares import BOTH, share_by_period
from helpers.comparing.timeline.weeks import OTHER_WORDS, keyness_between

__all__ = [
    "BOTH", "FREQUENCIES", "OTHER_WORDS", "average_by_period", "compare_lagged",
    "describe_lags", "find_change_points", "keyness_between", "label_phases", "new_cases",
    "read_phases", "read_series", "read_turning_points", "share_by_period",
]  # fmt: skip
