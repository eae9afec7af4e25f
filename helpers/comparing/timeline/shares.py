"""Mentions and dated documents -> shares and rates by period, with intervals and gaps."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.comparing.compare.checks import require_seed
from helpers.comparing.compare.intervals import percentiles, resample_sums
from helpers.comparing.timeline.checks import (
    are_counts,
    require_documents,
    require_once,
    require_resamples,
)
from helpers.comparing.timeline.periods import list_periods, place_in_periods, require_frequency
from helpers.counting.lexicon import count_mentions
from helpers.counting.lexicon.checks import require_cells
from helpers.tables import CATEGORIES, COLUMNS

BOTH = "prevention and reopening"
_PAIR = ("prevention", "reopening")
# What counts as a mention: subjects by free mentions, single terms by all of them.
_COUNTED = {"category": "n_free", "subcategory": "n_free", "term": "n"}
_CONFIDENCE = 0.95


def share_by_period(
    mentions: pd.DataFrame,
    documents: pd.DataFrame,
    *,
    freq: str = "week",
    by: str = "category",
    groups: Sequence[str] | None = None,
    n_resamples: int = 2000,
    seed: int = 2020,
) -> pd.DataFrame:
    """One row per period and group: tables.COLUMNS["shares by period"], in order of time.

    `mentions` is the table of lexicon.count_mentions, or hits of lexicon.find_terms, which are
    counted. `documents` holds every document looked at, with date and n_han, also those without
    a mention. `freq` is day, week (from Monday), month, year or phase; a period between the first
    and the last document without any is kept as a gap (n_documents 0, the numbers missing). The
    first and the last period may be covered in part only.

    `by` names the groups: "category" and "subcategory" by free mentions (not inside a longer
    term), "term" by all mentions. By category the group "prevention and reopening" is added: the
    documents that hold both, and the free mentions of both in these. `groups` chooses.

    share is n_with / n_documents with the 95 percent Wilson interval, which takes documents as
    independent draws; reprints and series of posts on one event make it too narrow. rate is
    mentions per 1,000 Chinese characters with the percentile interval from resampling whole
    documents within the period; missing where the group is not mentioned (no draw could find it)
    and for a single document, which describes itself.

    >>> documents = pd.DataFrame({"doc_id": ["a", "b"], "n_han": [100, 300],
    ...     "date": pd.to_datetime(["2020-02-24", "2020-03-01"])})
    >>> mentions = pd.DataFrame({"doc_id": ["a"], "term": ["隔离"], "category": ["prevention"],
    ...     "subcategory": ["isolation_quarantine"], "n": [2], "n_free": [2]})
    >>> shares = share_by_period(mentions, documents, groups=["prevention"])
    >>> shares[["period", "n_documents", "n_with", "share", "rate"]].values.tolist()
    [['2020-02-24', 2, 1, 0.5, 5.0]]
    """
    if not isinstance(by, str) or by not in _COUNTED:
        raise ValueError(f"by is {by!r}; it is one of {', '.join(_COUNTED)}")
    require_resamples(n_resamples)
    require_seed(seed)
    require_documents(documents)
    documents = documents.reset_index(drop=True)
    require_frequency(documents, freq)
    mentions = _as_mentions(mentions).reset_index(drop=True)
    _require_mentions(mentions, documents, by)
    cells = _count_by_document(mentions, documents, by)
    cells = _choose_groups(cells, by, groups)
    periods = list_periods(documents, freq)
    place = place_in_periods(documents, periods).to_numpy()
    n_han = documents["n_han"].to_numpy(dtype=float)
    rows = [
        _one_period(cells.to_numpy(), n_han, place == number, n_resamples, seed + number)
        for number in range(len(periods))
    ]
    numbers = pd.DataFrame({name: np.concatenate([row[name] for row in rows]) for name in rows[0]})
    described = periods.loc[periods.index.repeat(cells.shape[1])].reset_index(drop=True)
    described["group"] = list(cells.columns) * len(periods)
    whole = {name: "int64" for name in ("n_documents", "n_with", "n", "n_han")}
    return pd.concat([described, numbers.astype(whole)], axis=1)[COLUMNS["shares by period"]]


def wilson_interval(
    n_with: NDArray[np.float64], n: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """low and high of n_with / n (Wilson 1927, no continuity correction), missing for n 0."""
    z = 1.959963984540054
    n = np.where(n > 0, n, np.nan)
    share = n_with / n
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    reach = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    # At 0 and n the formula ends exactly at 0 and 1; rounding may step over.
    return np.clip(middle - reach, 0, 1), np.clip(middle + reach, 0, 1)


def _as_mentions(mentions: pd.DataFrame) -> pd.DataFrame:
    """Mentions per document and term; hits are counted first."""
    hits_columns = {"free", "start", "surface"}
    if isinstance(mentions, pd.DataFrame) and hits_columns <= set(mentions.columns):
        return count_mentions(mentions)
    require_once(mentions, "mentions", COLUMNS["mentions"])
    return mentions


def _require_mentions(mentions: pd.DataFrame, documents: pd.DataFrame, by: str) -> None:
    if mentions.empty:
        raise ValueError(
            "the mentions table has no rows, so every share would be 0; check that the documents "
            "are cleaned and that the lexicon is the one meant (lexicon.find_terms)"
        )
    require_cells(mentions, "mentions", ["doc_id", "term"])
    twice = mentions.duplicated(["doc_id", "term"])
    if twice.any():
        row = mentions[twice].iloc[0]
        raise ValueError(
            f"the mentions table has {row['term']!r} of document {row['doc_id']!r} twice "
            f"({twice.sum()} rows too many); count with lexicon.count_mentions"
        )
    if mentions[by].isna().any():
        raise ValueError(
            f"{mentions[by].isna().sum()} rows of the mentions table have no {by}; fill it, or "
            "leave them out yourself"
        )
    require_cells(mentions, "mentions", [by])
    strangers = ~mentions["doc_id"].isin(documents["doc_id"])
    if strangers.any():
        raise ValueError(
            f"{mentions.loc[strangers, 'doc_id'].nunique()} documents with mentions are not in the "
            f"documents table (the first is {mentions.loc[strangers, 'doc_id'].iloc[0]!r}); make "
            "both from the same documents, or select mentions and documents alike"
        )
    unusable = ~(are_counts(mentions["n"]) & are_counts(mentions["n_free"]))
    if not unusable.any():
        unusable = (mentions["n"] < mentions["n_free"]).to_numpy(dtype=bool)
    if unusable.any():
        row = mentions[unusable].iloc[0]
        raise ValueError(
            f"the mentions table has n {row['n']} and n_free {row['n_free']} for "
            f"{row['term']!r} of {row['doc_id']!r}; both are whole numbers, n_free "
            "between 0 and n"
        )


def _count_by_document(mentions: pd.DataFrame, documents: pd.DataFrame, by: str) -> pd.DataFrame:
    """Documents x groups: the mentions that count, a row for every document in its order."""
    counted = mentions.groupby(["doc_id", by])[_COUNTED[by]].sum().unstack(by, fill_value=0)
    cells = counted.reindex(documents["doc_id"], fill_value=0)
    if by != "category":
        return cells[sorted(cells.columns)]
    cells = cells.reindex(columns=[c for c in CATEGORIES if c in cells.columns], fill_value=0)
    return cells


def _choose_groups(cells: pd.DataFrame, by: str, groups: Sequence[str] | None) -> pd.DataFrame:
    """The chosen columns in the order given; by category the pair of both subjects is made."""
    if groups is not None:
        listed = isinstance(groups, Iterable) and not isinstance(groups, str)
        names = list(groups) if listed else []
        if not names or not all(pd.api.types.is_scalar(name) for name in names):
            raise ValueError(f"groups is {groups!r}; give a list of groups, such as ['prevention']")
        groups = names
    if by == "category":
        asked = set(CATEGORIES) if groups is None else set(groups)
        known = [c for c in CATEGORIES if c in cells.columns or (groups is not None and c in asked)]
        pair = cells.reindex(columns=list(_PAIR), fill_value=0)
        together = pair.sum(axis=1).where((pair > 0).all(axis=1), 0)
        cells = cells.reindex(columns=known, fill_value=0).assign(**{BOTH: together})
    if groups is None:
        return cells
    unknown = [group for group in groups if group not in cells.columns]
    if unknown:
        raise ValueError(
            f"no {by} {unknown[0]!r} is mentioned in these documents; there are "
            f"{', '.join(map(str, cells.columns[:12]))}"
            f"{' and more' if cells.shape[1] > 12 else ''}"
        )
    return cells[list(dict.fromkeys(groups))]


def _one_period(
    cells: NDArray[np.int64],
    n_han: NDArray[np.float64],
    inside: NDArray[np.bool_],
    n_resamples: int,
    seed: int,
) -> dict[str, NDArray[np.float64]]:
    """The numbers of every group in one period."""
    here, length = cells[inside], n_han[inside]
    n_documents, n_groups = here.shape
    n_with, n = (here > 0).sum(axis=0), here.sum(axis=0)
    per_han = 1000 / length.sum() if length.sum() > 0 else np.nan
    rate_low = rate_high = np.full(n_groups, np.nan)
    if n_documents > 1 and length.sum() > 0:
        draws = resample_sums(np.column_stack([here, length]), n_resamples, seed)
        draws = draws[draws[:, -1] > 0]
        ends = percentiles(draws[:, :-1] / draws[:, -1:] * 1000, _CONFIDENCE)
        rate_low, rate_high = np.where(n > 0, ends, np.nan)
    sizes = np.full(n_groups, n_documents, dtype=float)
    low, high = wilson_interval(n_with, sizes)
    return {
        "n_documents": sizes, "n_with": n_with, "n": n,
        "share": n_with / np.where(sizes > 0, sizes, np.nan), "low": low, "high": high,
        "n_han": np.full(n_groups, length.sum()), "rate": n * per_han,
        "rate_low": rate_low, "rate_high": rate_high,
    }  # fmt: skip
