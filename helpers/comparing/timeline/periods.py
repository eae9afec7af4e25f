"""Days -> periods: days, weeks (from Monday), months, years, phases."""

import pandas as pd

from helpers.comparing.timeline.phases import label_phases, read_phases

FREQUENCIES = ("day", "week", "month", "year", "phase")
_PANDAS_CODE = {"day": "D", "week": "W-SUN", "month": "M", "year": "Y"}


def list_periods(documents: pd.DataFrame, freq: str) -> pd.DataFrame:
    """One row per period from the first document to the last: period, start, end.

    Periods without a document are there too. A week is called by its Monday. Phases that are
    open to one side end there with the first or last document.
    """
    dates = documents["date"].dt.normalize()
    if freq == "phase":
        return _list_phases(documents, dates)
    code = _PANDAS_CODE[freq]
    run = pd.period_range(dates.min(), dates.max(), freq=code)
    start = run.start_time
    label = {"year": "%Y", "month": "%Y-%m"}.get(freq, "%Y-%m-%d")
    return pd.DataFrame(
        {"period": start.strftime(label), "start": start, "end": run.end_time.normalize()}
    )


def place_in_periods(documents: pd.DataFrame, periods: pd.DataFrame) -> pd.Series:
    """The row number of the period each document's date lies in."""
    days = documents["date"].dt.normalize()
    place = periods["start"].searchsorted(days, side="right") - 1
    return pd.Series(place, index=documents.index)


def require_frequency(documents: pd.DataFrame, freq: str) -> None:
    """Raise a ValueError for an unknown frequency, and for one finer than the dates carry."""
    if not isinstance(freq, str) or freq not in FREQUENCIES:
        raise ValueError(f"freq is {freq!r}; it is one of {', '.join(FREQUENCIES)}")
    _require_known_days(documents, freq)
    if freq in ("year", "phase"):
        return
    if _share_empty(documents, freq) <= 0.5:
        return
    coarser = list(_PANDAS_CODE)[list(_PANDAS_CODE).index(freq) + 1 :]
    fit = next((name for name in coarser if _share_empty(documents, name) <= 0.5), "year")
    n_days = documents["date"].dt.normalize().nunique()
    raise ValueError(
        f"freq {freq!r} is finer than the documents: {_share_empty(documents, freq):.0%} of its "
        f"periods would be empty ({len(documents)} documents on {n_days} days); use freq={fit!r}"
    )


def _require_known_days(documents: pd.DataFrame, freq: str) -> None:
    """Raise where dates are known to the month or the year only, and freq asks for more.

    Known to the year: date_basis says "year only", or all dates are 1 January. Known to the
    month: all dates are the first of a month. One day alone does not show it.
    """
    dates = documents["date"]
    several = dates.dt.normalize().nunique() > 1
    by_note = 0
    if "date_basis" in documents.columns:
        by_note = int(documents["date_basis"].astype(str).str.contains("year only").sum())
    first_of_month = several and bool((dates.dt.day == 1).all())
    first_of_year = first_of_month and bool((dates.dt.month == 1).all())
    if freq != "year" and (by_note or first_of_year):
        how = f"{by_note} of {len(dates)} documents" if by_note else "all documents"
        raise ValueError(
            f"{how} are dated by their year only (1 January stands for the year), so freq {freq!r} "
            "would place them in a period nobody stated; use freq='year', or leave them out "
            "yourself"
        )
    if first_of_month and freq not in ("month", "year"):
        raise ValueError(
            f"all {len(dates)} documents are dated the first of a month, so only the month seems "
            f"known and freq {freq!r} is finer than the dates; use freq='month' or 'year'"
        )


def _share_empty(documents: pd.DataFrame, freq: str) -> float:
    """How many of the periods between the first and the last document have none."""
    periods = documents["date"].dt.to_period(_PANDAS_CODE[freq])
    run = (periods.max() - periods.min()).n + 1
    return 1 - periods.nunique() / run


def _list_phases(documents: pd.DataFrame, dates: pd.Series) -> pd.DataFrame:
    found = set(label_phases(documents)["phase"])
    phases = read_phases()
    rows = [row for row, code in enumerate(phases["code"]) if code in found]
    between = phases.iloc[rows[0] : rows[-1] + 1]
    return pd.DataFrame(
        {
            "period": between["code"].to_numpy(),
            "start": between["start"].fillna(dates.min()).to_numpy(),
            "end": between["end"].fillna(dates.max()).to_numpy(),
        }
    )
