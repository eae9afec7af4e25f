"""What a comparison must be given: counts it can use, and options that are numbers or names."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from helpers.counting.lexicon.checks import is_number, is_whole, require_cells
from helpers.tables import COLUMNS, require_columns, require_one_segmenter

_MOST = 10_000_000


def require_whole(value: object, name: str, least: int, cure: str) -> None:
    """Raise a ValueError for what is no whole number from `least` to ten million."""
    if not is_whole(value, least) or value > _MOST:
        raise ValueError(
            f"{name} is {value!r}; {cure} (a whole number from {least:,} to {_MOST:,})"
        )


def require_number(value: object, name: str, cure: str) -> None:
    """Raise a ValueError for what is no finite number: text, None, nan, True."""
    if not is_number(value):
        raise ValueError(f"{name} is {value!r}; {cure}")


def require_seed(seed: object) -> None:
    """Raise a ValueError for a seed that is no whole number, or gives other draws each time."""
    if not is_whole(seed):
        raise ValueError(
            f"seed is {seed!r}; write a whole number of at least 0, such as 2020, so that the "
            "same numbers can be drawn again"
        )


def require_group_column(by: object, taken: Sequence[str]) -> None:
    """Raise a ValueError where `by` is no name of a column, or one that the answer has itself."""
    if not isinstance(by, str):
        raise ValueError(f"by must be the name of one column, such as 'part'; it is {by!r}")
    if by == "label" or by in taken:
        raise ValueError(
            f"by is {by!r}, a column that the answer has itself; rename the column of the groups"
        )


def require_counts(counts: pd.DataFrame) -> str:
    """Return the name of the column of the groups; raise a ValueError for unusable counts."""
    require_columns(counts, "counts", ["feature", "n"])
    require_one_segmenter(counts, "counts")
    group = counts.columns[0]
    if group in COLUMNS["counts"]:
        raise ValueError(
            f"the first column of the counts table is {group!r}; it must name the groups, such "
            "as doc_id or part, as count.count_features(tokens, by=...) leaves it"
        )
    if counts.empty:
        raise ValueError("the counts table has no rows; count with count.count_features(tokens)")
    require_cells(counts.drop(columns=["feature", "n"]), "counts", [group])
    whole = [is_number(n) and n >= 0 and n % 1 == 0 for n in counts["n"]]
    unusable = counts["feature"].isna() | ~np.array(whole)
    if unusable.any():
        row = counts[unusable].iloc[0]
        raise ValueError(
            f"the counts table has n = {row['n']!r} for feature {row['feature']!r} of group "
            f"{row[group]!r}; every row needs a feature and a whole number n"
        )
    if counts["n"].astype(float).sum() > 2**53:
        raise ValueError("the n of the counts table sum to more than 2**53; no text is so long")
    return group
