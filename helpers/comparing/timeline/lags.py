"""Two series by period -> correlation at each lag, with what autocorrelation leaves of its n."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from helpers.comparing.timeline.checks import require_days, require_numbers, require_once
from helpers.counting.lexicon.checks import is_whole, require_cells
from helpers.tables import COLUMNS

ON = ("levels", "changes")
_FEWEST_PAIRS = 8
# Variance of Fisher's z of a rank correlation over that of a product-moment one (Fieller,
# Hartley & Pearson 1957).
_RANK_FACTOR = 1.06
# Months and years differ in days; a gap or a phase differs by more.
_SPACING = 1.15


def compare_lagged(
    first: pd.DataFrame,
    second: pd.DataFrame,
    *,
    max_lag: int = 6,
    on: Sequence[str] = ON,
) -> pd.DataFrame:
    """One row per kind of comparison and lag: tables.COLUMNS["lags"].

    `first` is the shares table of one group, `second` the outside series by the same periods
    (timeline.average_by_period); each has period, start, and share or value. At lag k the first
    stands k periods after the second, so a positive lag asks whether the words follow. "levels"
    compares the values, "changes" their differences from period to period. `n` is the pairs of
    periods with both; periods without documents have none.

    correlation is Spearman's. Neighbouring periods are alike, so n pairs hold less than n
    observations: n_effective is 1 / n_effective = 1 / n + 2 / n sum_j (n - j) / n r1(j) r2(j),
    with the autocorrelations r1, r2 of the ranks to lag n / 5 (Bartlett 1946; Pyper & Peterman
    1998), at most n. low and high are Fisher's z interval with n_effective (variance 1.06 /
    (n_effective - 3)); -1 to 1 where n_effective is 3 or less, because then nothing is excluded.

    What it cannot show. Two series that each rise or fall correlate whatever they are. Between
    independent random walks of 22 (60) periods an interval with the plain n excludes 0 in 44 (64)
    percent of pairs, this one in 6 (5); but between unrelated series with a steady trend it still
    does in 6 of 10, for nothing but the trend is seen. The changes are the harder test (3 to 5
    percent in all these cases). Of 13 lags one is apt to exclude 0 by chance. A lag is no cause:
    the epidemic stands behind both series. See describe_lags.

    >>> weeks = pd.date_range("2020-01-06", periods=9, freq="7D")
    >>> first = pd.DataFrame({"period": weeks.strftime("%Y-%m-%d"), "start": weeks,
    ...     "value": [1, 3, 2, 5, 4, 7, 6, 9, 8]})
    >>> compare_lagged(first, first, max_lag=0, on=["levels"])[["lag", "n", "correlation"]
    ...     ].values.tolist()
    [[0.0, 9.0, 1.0]]
    """
    pairs = _align(first, second)
    kinds = list(on) if isinstance(on, Iterable) and not isinstance(on, str) else []
    if not kinds or any(kind not in ON for kind in kinds):
        raise ValueError(f"on is {on!r}; give a list of {', '.join(ON)}")
    n_periods = len(pairs)
    if not is_whole(max_lag) or n_periods - max_lag - 1 < _FEWEST_PAIRS:
        raise ValueError(
            f"max_lag is {max_lag!r} and there are {n_periods} periods; at every lag at least "
            f"{_FEWEST_PAIRS} pairs must be left, so max_lag is between 0 and "
            f"{max(0, n_periods - 1 - _FEWEST_PAIRS)}, if there are enough periods at all"
        )
    rows = []
    for kind in dict.fromkeys(kinds):
        one, other = pairs["first"].to_numpy(), pairs["second"].to_numpy()
        if kind == "changes":
            one, other = np.diff(one), np.diff(other)
        rows += [
            (kind, lag, *correlate_at(one, other, lag)) for lag in range(-max_lag, max_lag + 1)
        ]
    return pd.DataFrame(rows, columns=COLUMNS["lags"])


def describe_lags(lags: pd.DataFrame) -> str:
    """What the table shows and what it does not, in plain sentences for a caption.

    >>> lags = pd.DataFrame({"on": ["levels", "changes"], "lag": 0, "n": [20, 19],
    ...     "n_effective": [6.0, 19.0], "correlation": [0.9, 0.1], "low": [0.2, -0.4],
    ...     "high": [0.99, 0.5]})
    >>> describe_lags(lags).split(". ")[0]
    'Levels: strongest at lag 0 (correlation 0.90, 0.20 to 0.99), worth 6 of 20 observations'
    """
    require_once(lags, "lags", COLUMNS["lags"])
    if lags.empty:
        raise ValueError("the lags table has no rows; make it with timeline.compare_lagged")
    strange = [kind for kind in lags["on"] if kind not in ON]
    if strange:
        raise ValueError(
            f"the column 'on' of the lags table holds {strange[0]!r}; it is one of {', '.join(ON)}"
        )
    require_numbers(lags, "lags", COLUMNS["lags"][1:])
    lags = lags.sort_values("lag", kind="stable", ignore_index=True)
    sentences = []
    for kind in ON:
        rows = lags[lags["on"] == kind]
        if rows.empty:
            continue
        if rows["correlation"].isna().all():
            sentences.append(f"{kind.capitalize()}: one of the series does not vary.")
            continue
        best = rows.loc[rows["correlation"].abs().idxmax()]
        outside = int(((rows["low"] > 0) | (rows["high"] < 0)).sum())
        sentences.append(
            f"{kind.capitalize()}: strongest at lag {best['lag']} (correlation "
            f"{best['correlation']:.2f}, {best['low']:.2f} to {best['high']:.2f}), worth "
            f"{best['n_effective']:.0f} of {best['n']} observations. At {outside} of {len(rows)} "
            f"lags the interval excludes 0; about {0.05 * len(rows):.1f} would by chance."
        )
    sentences.append(
        "Two series that each rise or fall correlate whatever they are, so a correlation of levels "
        "says little; one of changes is the harder test. A positive lag says that the words stand "
        "later, not that they follow from it: no lag shows a cause."
    )
    return " ".join(sentences)


def correlate_at(
    first: NDArray[np.float64], second: NDArray[np.float64], lag: int
) -> tuple[int, float, float, float, float]:
    """n, n_effective, Spearman's correlation, low and high; first `lag` periods after second."""
    one = first[lag:] if lag >= 0 else first[:lag]
    other = second[: len(second) - lag] if lag >= 0 else second[-lag:]
    both = ~(np.isnan(one) | np.isnan(other))
    n = int(both.sum())
    if n < 3 or np.ptp(one[both]) == 0 or np.ptp(other[both]) == 0:
        return n, np.nan, np.nan, np.nan, np.nan
    # Pairs that are missing stay where they are, so that neighbours remain neighbours.
    ranks = [
        np.where(both, stats.rankdata(np.where(both, x, np.inf)), np.nan) for x in (one, other)
    ]
    correlation = float(np.corrcoef(ranks[0][both], ranks[1][both])[0, 1])
    n_effective = effective_n(*ranks)
    low, high = fisher_interval(correlation, n_effective)
    return n, n_effective, correlation, low, high


def effective_n(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """How many independent pairs the pairs of two autocorrelated series are worth, at most n."""
    n = int((~np.isnan(first)).sum())
    lags = range(1, max(1, n // 5) + 1)
    product = [autocorrelation(first, j) * autocorrelation(second, j) for j in lags]
    weights = [(n - j) / n for j in lags]
    inverse = 1 / n + 2 / n * float(np.dot(weights, product))
    return float(min(n, 1 / inverse)) if inverse > 1 / n else float(n)


def autocorrelation(values: NDArray[np.float64], lag: int) -> float:
    """The autocorrelation at a lag, over the pairs that are there: mean product over variance."""
    centred = values - np.nanmean(values)
    products = centred[lag:] * centred[:-lag]
    there = ~np.isnan(products)
    if not there.any():
        return 0.0
    return float(products[there].mean() / np.nanmean(centred**2))


def fisher_interval(correlation: float, n_effective: float) -> tuple[float, float]:
    """low and high of a rank correlation, 95 percent, by Fisher's z."""
    if n_effective <= 3:
        return -1.0, 1.0
    z = np.arctanh(np.clip(correlation, -0.999999, 0.999999))
    reach = stats.norm.ppf(0.975) * np.sqrt(_RANK_FACTOR / (n_effective - 3))
    return float(np.tanh(z - reach)), float(np.tanh(z + reach))


def _align(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """Both series by period, in order of time and without a period left out: first, second."""
    one, other = _as_series(first, "first"), _as_series(second, "second")
    if not one["period"].isin(other["period"]).any():
        raise ValueError(
            f"the two series have no period in common ({one['period'].iloc[0]!r} and "
            f"{other['period'].iloc[0]!r}); make the second with "
            "timeline.average_by_period(series, first)"
        )
    # A period that only one series has at the edge is no pair; between, it stays as a gap.
    pairs = one.merge(other, on="period", how="outer", suffixes=("", "_other"))
    both = pairs[["start", "start_other"]].notna().all(axis=1)
    apart = pairs[both & (pairs["start"] != pairs["start_other"])]
    if len(apart):
        row = apart.iloc[0]
        raise ValueError(
            f"the period {row['period']!r} starts on {row['start']:%Y-%m-%d} in the first series "
            f"and on {row['start_other']:%Y-%m-%d} in the second; make the second with "
            "timeline.average_by_period(series, first)"
        )
    pairs["start"] = pairs["start"].fillna(pairs["start_other"])
    pairs = pairs.sort_values("start", ignore_index=True)
    pairs = pairs.rename(columns={"value": "first", "value_other": "second"})
    both = pairs[["first", "second"]].notna().all(axis=1)
    if not both.any():
        raise ValueError("the two series have no period in which both have a value")
    pairs = pairs.loc[both.idxmax() : both[::-1].idxmax()]
    steps = pairs["start"].diff().dropna().dt.days
    if len(steps) and steps.max() > _SPACING * steps.min():
        raise ValueError(
            f"the periods are not equally spaced ({steps.min()} to {steps.max()} days from one to "
            "the next), so a lag has no length; use freq='day', 'week', 'month' or 'year' of "
            "timeline.share_by_period, which keeps empty periods as gaps"
        )
    return pairs


def _as_series(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """period, start, value of a table with one row per period."""
    if not isinstance(table, pd.DataFrame):
        raise ValueError(f"{name} must be a pandas table with period, start, and share or value")
    column = "value" if "value" in table.columns else "share"
    columns = ["period", "start", column]
    require_once(table, f"{name} series", columns)
    require_cells(table, f"{name} series", ["period"])
    require_days(table, f"{name} series", ["start"])
    require_numbers(table, f"{name} series", [column])
    series = table[columns].reset_index(drop=True).rename(columns={column: "value"})
    twice = series.loc[series["period"].duplicated() | series["start"].duplicated(), "period"]
    if len(twice):
        raise ValueError(
            f"the {name} series has the period {twice.iloc[0]!r} "
            "more than once; choose one group (shares[shares['group'] == 'prevention']) or place"
        )
    if series["value"].notna().sum() == 0:
        raise ValueError(f"the {name} series has no value")
    return series.astype({"value": float})
