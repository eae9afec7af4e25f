"""Shares by period -> the periods in which the level of a share changes, with uncertainty."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import ruptures
from numpy.typing import NDArray
from scipy.special import xlog1py, xlogy

from helpers.comparing.compare.checks import require_number, require_seed
from helpers.comparing.timeline.checks import (
    are_counts,
    require_counts,
    require_days,
    require_once,
    require_resamples,
)
from helpers.counting.lexicon.checks import require_cells
from helpers.progress import progress_bar
from helpers.tables import COLUMNS

MIN_SIZE = 2
# Cost of one more change on the scale of -2 log likelihood, per log(periods): the leading term of
# the modified BIC of Zhang & Siegmund (2007), which counts the place of a change as well as its
# level. In simulations without a change it finds one in at most 5 percent of series of 22 periods
# or more and 10 percent of 12; Schwarz's own 2 (Yao 1988) in up to 24 percent.
PENALTY_FACTOR = 3
_TAILS = (0.025, 0.975)


class BinomialCost(ruptures.base.BaseCost):
    """-2 log likelihood of one share for all periods of a segment, less that of the whole series.

    Rows of the signal are (n_with, n). Taking the same constant (`whole`) off every segment and
    adding it to the penalty changes no sum; but Pelt then drops no candidate. Its pruning rule
    holds for stretches of any size only: with a smallest size it missed the optimum in 3 percent
    of series (tests), and series of periods are short enough to try all.
    """

    model = "binomial"
    min_size = MIN_SIZE

    def fit(self, signal: NDArray[np.float64]) -> "BinomialCost":
        """Compute the cost of every segment at once."""
        self.signal = signal
        sums = np.vstack([np.zeros(2), np.cumsum(signal, axis=0)])
        n_with, n = (column[None, :] - column[:, None] for column in sums.T)
        share = np.divide(n_with, n, out=np.zeros_like(n), where=n > 0)
        costs = -2 * (xlogy(n_with, share) + xlog1py(n - n_with, -share))
        self.whole = float(costs[0, -1])
        # Lists, because a cell of a list is read ten times faster than one of an array.
        self.costs = (costs - self.whole).tolist()
        return self

    def error(self, start: int, end: int) -> float:
        """The cost of the periods start to end (not included)."""
        return self.costs[start][end]


def find_change_points(
    shares: pd.DataFrame,
    *,
    group: str,
    penalty: float | None = None,
    n_resamples: int = 500,
    seed: int = 2020,
) -> pd.DataFrame:
    """One row per change of level: tables.COLUMNS["change points"], n_periods, dispersion, penalty.

    The share of documents of `group` is taken as constant between changes. `period` and `start`
    are the first period of the new level, share_before and share_after the pooled shares of the
    stretch before and after it. No change found: no row. Periods without documents are passed
    over; a stretch has at least 2 periods.

    Changes are those of least -2 log likelihood (binomial) plus `penalty` for each (ruptures.Pelt;
    Killick, Fearnhead & Eckley 2012). By default the penalty is 3 log(periods) (after Zhang &
    Siegmund 2007) times `dispersion`. Documents of one period are not independent (series of posts
    on one event), so their shares vary more than the binomial says; `dispersion` is that factor,
    estimated within the stretches (Pearson's X2 over its degrees of freedom, at least 1).

    The uncertainty is from `n_resamples` series drawn from the fitted stretches with the same
    dispersion (beta-binomial), each searched anew. `support` is the share of them with a change
    at most one period away from this one. early and late are the starts of the periods between
    which 95 percent of the nearest changes lie, of draws with one nearer to this change than to
    its neighbours; missing where no draw has one. All is on condition that levels are constant
    between changes: a slow slope is cut into steps, and a change says nothing about its cause.
    500 resamples of 22 periods take half a second, of 66 periods 7 seconds; a progress bar shows
    after three.

    >>> weeks = pd.date_range("2020-01-06", periods=8, freq="7D")
    >>> shares = pd.DataFrame({"period": weeks.strftime("%Y-%m-%d"), "start": weeks, "group": "a",
    ...     "n_documents": 100, "n_with": [5, 6, 4, 5, 50, 52, 49, 51]})
    >>> find_change_points(shares, group="a")[["period", "support"]].values.tolist()
    [['2020-02-03', 1.0]]
    """
    _require_options(penalty, n_resamples, seed)
    cells = _require_cells(shares, group)
    counts = cells[["n_with", "n_documents"]].to_numpy(dtype=float)
    found, dispersion, cost = fit_changes(counts, penalty)
    columns = [*COLUMNS["change points"], "n_periods", "dispersion", "penalty"]
    if not found:
        return pd.DataFrame(columns=columns)
    levels = _levels(counts, found)
    nearest, support = _resample(counts, found, dispersion, cost, n_resamples, seed)
    starts = cells["start"].to_numpy()
    ends = [_ends(places, starts) for places in nearest]
    return pd.DataFrame(
        {
            "period": cells["period"].to_numpy()[found], "start": starts[found],
            "early": pd.to_datetime([early for early, _ in ends]),
            "late": pd.to_datetime([late for _, late in ends]),
            "support": support, "share_before": levels[:-1], "share_after": levels[1:],
            "n_resamples": n_resamples, "n_periods": len(cells), "dispersion": dispersion,
            "penalty": cost,
        }
    )[columns]  # fmt: skip


def fit_changes(
    counts: NDArray[np.float64], penalty: float | None = None
) -> tuple[list[int], float, float]:
    """Row numbers of the changes, the dispersion within the stretches, and the penalty used.

    The dispersion needs the changes and the changes need the dispersion: it begins with the
    median of the steps from period to period, which a few changes hardly move, and is then taken
    within the stretches found, if larger.
    """
    dispersion = max(1.0, _dispersion_of_steps(counts))
    unit = PENALTY_FACTOR * np.log(len(counts))
    for _ in range(10):
        cost = dispersion * unit if penalty is None else penalty
        found = search(counts, cost)
        within = max(dispersion, _dispersion_within(counts, found))
        if penalty is not None or within == dispersion:
            break
        dispersion = within
    return found, max(dispersion, within), float(cost)


def search(counts: NDArray[np.float64], penalty: float) -> list[int]:
    """Row numbers at which a new level begins, for a penalty per change."""
    cost = BinomialCost()
    pelt = ruptures.Pelt(custom_cost=cost, min_size=MIN_SIZE, jump=1).fit(counts)
    return [int(end) for end in pelt.predict(pen=penalty + cost.whole)[:-1]]


def _require_options(penalty: object, n_resamples: object, seed: object) -> None:
    cure = "it is a number above 0, such as 10"
    if penalty is not None:
        require_number(penalty, "penalty", cure)
        if not penalty > 0:
            raise ValueError(f"penalty is {penalty!r}; {cure}")
    require_resamples(n_resamples)
    require_seed(seed)


def _require_cells(shares: pd.DataFrame, group: str) -> pd.DataFrame:
    """The periods of the group that have documents, in order of time."""
    name = "shares by period"
    require_once(shares, name, ["period", "start", "group", "n_documents", "n_with"])
    require_cells(shares, name, ["period", "group"])
    require_days(shares, name, ["start"])
    chosen = shares[[isinstance(group, str) and known == group for known in shares["group"]]]
    chosen = chosen.reset_index(drop=True).sort_values("start")
    if chosen.empty:
        raise ValueError(
            f"there is no group {group!r} in the shares table; there are "
            f"{', '.join(map(str, shares['group'].unique()[:12]))}"
        )
    twice = chosen["period"].duplicated() | chosen["start"].duplicated()
    if twice.any():
        raise ValueError(
            f"the period {chosen.loc[twice, 'period'].iloc[0]} of {group!r} is in the shares table "
            "twice; keep one frequency and one corpus at a time"
        )
    require_counts(chosen, name, ["n_documents"])
    cells = chosen[chosen["n_documents"] > 0]
    if len(cells) < 4 * MIN_SIZE:
        raise ValueError(
            f"{len(cells)} periods of {group!r} have documents; a change needs at least "
            f"{4 * MIN_SIZE}, so that a level stands on both sides. Take a finer freq, or more "
            "documents"
        )
    wrong = ~are_counts(cells["n_with"])
    if not wrong.any():
        wrong = (cells["n_with"] > cells["n_documents"]).to_numpy(dtype=bool)
    if wrong.any():
        row = cells[wrong].iloc[0]
        raise ValueError(
            f"period {row['period']} has n_with {row['n_with']} of {row['n_documents']} "
            "documents; make the table with timeline.share_by_period"
        )
    return cells


def _dispersion_of_steps(counts: NDArray[np.float64]) -> float:
    """Squared standardised steps from period to period, by their median (1 for binomial draws)."""
    n_with, n = counts.T
    pooled = (n_with[1:] + n_with[:-1]) / (n[1:] + n[:-1])
    variance = pooled * (1 - pooled) * (1 / n[1:] + 1 / n[:-1])
    steps = np.diff(n_with / n)[variance > 0] ** 2 / variance[variance > 0]
    # 0.4549 is the median of chi-square with one degree of freedom.
    return float(np.median(steps) / 0.4549) if len(steps) else 1.0


def _dispersion_within(counts: NDArray[np.float64], found: Sequence[int]) -> float:
    """Pearson's X2 within the stretches over its degrees of freedom (places counted as well)."""
    n_with, n = counts.T
    expected = np.repeat(_levels(counts, found), np.diff([0, *found, len(counts)]))
    variance = n * expected * (1 - expected)
    usable = variance > 0
    freedom = usable.sum() - 1 - 2 * len(found)
    if freedom < 1:
        return 1.0
    x2 = ((n_with - n * expected)[usable] ** 2 / variance[usable]).sum()
    return float(x2 / freedom)


def _levels(counts: NDArray[np.float64], found: Sequence[int]) -> NDArray[np.float64]:
    """The pooled share of every stretch."""
    sums = np.add.reduceat(counts, [0, *found], axis=0)
    return sums[:, 0] / sums[:, 1]


def _resample(
    counts: NDArray[np.float64],
    found: list[int],
    dispersion: float,
    penalty: float,
    n_resamples: int,
    seed: int,
) -> tuple[list[list[int]], NDArray[np.float64]]:
    """For each change the nearest changes of the draws, and the share of draws within one period.

    A draw's change belongs to the change it is nearest to.
    """
    generator = np.random.default_rng(seed)
    n = counts[:, 1]
    expected = np.repeat(_levels(counts, found), np.diff([0, *found, len(counts)]))
    places = np.array(found)
    nearest: list[list[int]] = [[] for _ in found]
    close = np.zeros(len(found))
    for _ in progress_bar(range(n_resamples), desc="resampling"):
        drawn = np.column_stack([draw_counts(expected, n, dispersion, generator), n])
        again = np.array(search(drawn, penalty), dtype=int)
        if not len(again):
            continue
        distance = np.abs(places[:, None] - again[None, :])
        close += (distance <= 1).any(axis=1)
        owner = distance.argmin(axis=0)
        for number in range(len(found)):
            own = again[owner == number]
            if len(own):
                nearest[number].append(int(own[np.abs(own - places[number]).argmin()]))
    return nearest, close / n_resamples


def draw_counts(
    share: NDArray[np.float64],
    n: NDArray[np.float64],
    dispersion: float,
    generator: np.random.Generator,
) -> NDArray[np.int64]:
    """Counts of n with mean n share and `dispersion` times the binomial variance.

    Beta-binomial with intraclass correlation (dispersion - 1) / (n - 1) in every period.
    """
    rho = np.divide(dispersion - 1, n - 1, out=np.zeros_like(n), where=n > 1).clip(0, 0.99)
    inner = (rho > 0) & (share > 0) & (share < 1)
    k = np.where(inner, 1 / np.where(inner, rho, 1) - 1, 1)
    a, b = np.where(inner, share * k, 1), np.where(inner, (1 - share) * k, 1)
    own = np.where(inner, generator.beta(a, b), share)
    return generator.binomial(n.astype("int64"), own)


def _ends(places: list[int], starts: NDArray[np.datetime64]) -> tuple[object, object]:
    if not places:
        return pd.NaT, pd.NaT
    early, late = np.quantile(places, _TAILS, method="inverted_cdf")
    return starts[int(early)], starts[int(late)]
