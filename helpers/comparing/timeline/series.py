"""data/series/*.csv -> daily series of what was decided and what happened."""

import numpy as np
import pandas as pd

from helpers.comparing.timeline.checks import (
    require_days,
    require_once,
    require_one_series,
    require_series,
)
from helpers.counting.lexicon.checks import require_distinct
from helpers.paths import SERIES
from helpers.tables import COLUMNS

NAMES = {
    "stringency": "stringency.csv",
    "confirmed": "confirmed.csv",
}


def read_series(name: str) -> pd.DataFrame:
    """One row per place and day: tables.COLUMNS["series"]; days a source leaves out are absent.

    "stringency": OxCGRT stringency index, 0 to 100, of "Guangdong" and of "China, strictest
    place" (the national index is that of the strictest place, not a mean, and stops on
    2022-12-31). "confirmed": confirmed cases since the beginning (cumulative; see new_cases) of
    "Guangzhou", "Guangdong" and "China", to 2020-12-08. data/series/README.md names the sources
    and what they warn of.

    >>> stringency = read_series("stringency").set_index(["place", "date"])["value"]
    >>> float(stringency[("Guangdong", pd.Timestamp("2020-02-26"))])
    71.3
    """
    if not isinstance(name, str) or name not in NAMES:
        raise ValueError(f"there is no series {name!r}; the series are {', '.join(NAMES)}")
    path = SERIES / NAMES[name]
    if not path.exists():
        raise ValueError(
            f"{path} does not exist; fetch the project anew, or build it with "
            "python -m scripts.build_series FOLDER"
        )
    series = pd.read_csv(path, encoding="utf-8", dtype={"series": str, "place": str})
    series["date"] = pd.to_datetime(series["date"], format="%Y-%m-%d")
    series["value"] = series["value"].astype(float)
    return series[COLUMNS["series"]]


def new_cases(series: pd.DataFrame) -> pd.DataFrame:
    """The daily differences of a cumulative series: tables.COLUMNS["series"] and correction.

    The first day of a place has no day before it, so its value is missing. Where the source
    corrected its count downward the difference is negative; it is kept, and `correction` is
    True. The table is of one series, of one place or several. Raises ValueError where a day is
    missing or double, because a difference over several days is no daily number.

    >>> new_cases(pd.DataFrame({"series": "confirmed", "place": "Guangzhou",
    ...     "date": pd.date_range("2020-02-01", periods=3), "value": [175.0, 180.0, 178.0]})
    ...     )[["value", "correction"]].values.tolist()
    [[nan, False], [5.0, False], [-2.0, True]]
    """
    require_series(series)
    if not series["series"].astype(str).str.startswith("confirmed").all():
        raise ValueError(
            f"the series {series['series'].iloc[0]!r} is not cumulative, so it has no new cases; "
            "take timeline.read_series('confirmed')"
        )
    ordered = series.reset_index(drop=True).sort_values(["place", "date"], ignore_index=True)
    by_place = ordered.groupby("place", sort=False, observed=True)
    steps = by_place["date"].diff().dt.days
    broken = steps.notna() & (steps != 1)
    if broken.any():
        row = ordered[broken].iloc[0]
        raise ValueError(
            f"{row['place']} has a day missing or double before {row['date']:%Y-%m-%d}; new cases "
            "need every day once"
        )
    require_one_series(ordered, ["series"])
    value = by_place["value"].diff()
    return ordered.assign(series="new cases", value=value, correction=value < 0)


def average_by_period(series: pd.DataFrame, shares: pd.DataFrame) -> pd.DataFrame:
    """One row per period of the shares table: the mean of the daily values in it.

    Columns series, place, period, start, end, value, n_days (days with a value). The series must
    be of one place. A period without a day has no value (missing); a series that has none of the
    periods is refused.

    >>> series = pd.DataFrame({"series": "stringency", "place": "Guangdong",
    ...     "date": pd.date_range("2020-02-24", periods=2), "value": [70.0, 72.0]})
    >>> shares = pd.DataFrame({"period": ["2020-02-24"], "start": [pd.Timestamp("2020-02-24")],
    ...     "end": [pd.Timestamp("2020-03-01")]})
    >>> average_by_period(series, shares)[["value", "n_days"]].values.tolist()
    [[71.0, 2.0]]
    """
    require_series(series)
    require_one_series(series, ["series", "place"])
    periods = _list_periods(shares)
    known = series.dropna(subset="value").sort_values("date")
    days, values = known["date"].to_numpy(), known["value"].to_numpy()
    first = np.searchsorted(days, periods["start"].to_numpy(), side="left")
    last = np.searchsorted(days, periods["end"].dt.normalize().to_numpy(), side="right")
    n_days = last - first
    if n_days.sum() == 0:
        raise ValueError(
            f"the series {series['series'].iloc[0]!r} of {series['place'].iloc[0]} runs from "
            f"{series['date'].min():%Y-%m-%d} to {series['date'].max():%Y-%m-%d} and the shares "
            f"from {periods['start'].min():%Y-%m-%d} to {periods['end'].max():%Y-%m-%d}; they have "
            "no day in common"
        )
    sums = np.concatenate([[0.0], np.cumsum(values)])
    total = sums[last] - sums[first]
    means = np.divide(total, n_days, out=np.full(len(periods), np.nan), where=n_days > 0)
    return pd.DataFrame(
        {
            "series": series["series"].iloc[0], "place": series["place"].iloc[0],
            "period": periods["period"].to_numpy(), "start": periods["start"].to_numpy(),
            "end": periods["end"].to_numpy(), "value": means, "n_days": n_days,
        }
    )  # fmt: skip


def _list_periods(shares: pd.DataFrame) -> pd.DataFrame:
    """The periods of a shares table, each once, in order of time: period, start, end."""
    name, columns = "shares by period", ["period", "start", "end"]
    require_once(shares, name, columns)
    require_days(shares, name, ["start", "end"])
    periods = shares[columns].drop_duplicates().reset_index(drop=True)
    for column in ("period", "start"):
        require_distinct(periods, name, [column])
    backward = periods["end"] < periods["start"]
    if backward.any():
        raise ValueError(
            f"the period {periods.loc[backward, 'period'].iloc[0]!r} of the {name} table ends "
            "before it starts; make it with timeline.share_by_period"
        )
    return periods.sort_values("start")
