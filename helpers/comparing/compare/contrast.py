"""Counts of groups -> how each word's rate departs from the average, and what all share."""

import numpy as np
import pandas as pd

from helpers.comparing.compare.checks import require_counts
from helpers.counting.lexicon.checks import require_cells

# A difference of rates smaller than this share of their average is rounding, not text.
_ROUNDING = 1e-12
CONTRAST_COLUMNS = [
    "feature", "group", "n", "rate", "deviation", "group_of_largest", "largest", "smallest_rate",
]  # fmt: skip


def contrast_rates(counts: pd.DataFrame) -> pd.DataFrame:
    """One row per feature and group: rate, its deviation from the average, and the extremes.

    `counts` names its groups in the first column, as count.count_features leaves it, and holds
    all features of each group, because the sizes of the groups are the sums of n. A feature
    that a group lacks gets a row with n = 0. Columns:

    - rate: n per 1,000 running words of the group;
    - deviation: rate minus the plain average of the feature's rates over the groups, so that a
      long group weighs no more than a short one;
    - largest, group_of_largest: the largest deviation of the feature and the group that has it
      (of equal ones the first in the table; 0 and missing where all rates are equal);
    - smallest_rate: the smallest rate, which is 0 unless every group has the feature.

    Groups keep their order. Features with the largest deviation come first, then by their
    characters. These are the sizes of comparison.cloud and commonality.cloud in Ian Fellows' R
    package wordcloud; they describe, and say nothing about chance: for that there is keyness.
    A rare word of a short group has a large rate by one mention, so look at n.

    Raises ValueError for fewer than two groups, a group whose n sum to 0, a feature that
    stands twice in a group, and an n that is no whole number.

    >>> counts = pd.DataFrame({"part": ["D2", "D2", "D3", "D3"],
    ...     "feature": ["防控", "工作", "复工", "工作"], "n": [8, 2, 6, 4]})
    >>> found = contrast_rates(counts)
    >>> found[["feature", "group", "rate", "deviation", "smallest_rate"]].values.tolist()[:2]
    [['防控', 'D2', 800.0, 400.0, 0.0], ['防控', 'D3', 0.0, -400.0, 0.0]]
    """
    n = _n_by_group(counts)
    rates = 1000 * n / n.sum()
    deviations = _deviations(rates)
    largest = deviations.max(axis=1)
    # Compared with a margin: of two equal deviations, rounding must not choose the group.
    at_largest = deviations.ge(largest - _ROUNDING * rates.mean(axis=1), axis=0)
    of_feature = pd.DataFrame({
        "group_of_largest": at_largest.idxmax(axis=1).where(largest > 0),
        "largest": largest,
        "smallest_rate": rates.min(axis=1),
    })  # fmt: skip
    ranked = of_feature.reset_index().sort_values(
        ["largest", "feature"], ascending=[False, True], ignore_index=True
    )
    parts = {"n": n, "rate": rates, "deviation": deviations}
    return _one_row_each(ranked, parts)[CONTRAST_COLUMNS]


def _n_by_group(counts: pd.DataFrame) -> pd.DataFrame:
    """One row per feature, one column per group, in the order of the table."""
    group = require_counts(counts)
    require_cells(counts, "counts", ["feature"])
    groups = counts[group].unique()
    if len(groups) < 2:
        raise ValueError(
            f"the column {group!r} of the counts table holds one group, {groups[0]!r}; a contrast "
            "needs two or more: count.count_features(tokens, by=...)"
        )
    repeated = counts.loc[counts.duplicated([group, "feature"])]
    if len(repeated):
        row = repeated.iloc[0]
        raise ValueError(
            f"the counts table has more than one row for {row['feature']!r} in the group "
            f"{row[group]!r}; add them up first, or keep one way of counting"
        )
    n = counts.pivot(index="feature", columns=group, values="n").fillna(0).astype("int64")
    # By place: True and False, as names of groups, would choose columns instead of naming them.
    n = n.loc[n.sum(axis=1) > 0].iloc[:, n.columns.get_indexer(groups)]
    empty = n.columns[n.sum() == 0]
    if len(empty):
        raise ValueError(
            f"the group {empty[0]!r} of the column {group!r} is empty (its n sum to 0), so it has "
            "no rates; leave it out"
        )
    return n


def _deviations(rates: pd.DataFrame) -> pd.DataFrame:
    average = rates.mean(axis=1)
    deviations = rates.sub(average, axis=0)
    return deviations.where(deviations.abs().gt(_ROUNDING * average, axis=0), 0.0)


def _one_row_each(ranked: pd.DataFrame, parts: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Every feature's row once per group, with the group's cell of each of the `parts`."""
    groups = next(iter(parts.values())).columns
    repeated = ranked.loc[np.repeat(np.arange(len(ranked)), len(groups))].reset_index(drop=True)
    cells = {name: part.loc[ranked["feature"]].to_numpy().ravel() for name, part in parts.items()}
    return repeated.assign(group=np.tile(groups.to_numpy(), len(ranked)), **cells)
