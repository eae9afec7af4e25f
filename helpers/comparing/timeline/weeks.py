"""Words by week -> the key words of one time against another."""

from datetime import date

import numpy as np
import pandas as pd

from helpers.comparing.compare.keyness import keyness
from helpers.comparing.timeline.checks import are_counts, require_once
from helpers.comparing.timeline.phases import read_phases
from helpers.counting import measures
from helpers.counting.lexicon.checks import require_cells
from helpers.tables import COLUMNS, require_text

OTHER_WORDS = "(other words)"
_MORE = [
    "range_before", "range_after", "dp_before", "dp_after", "n_weeks_before", "n_weeks_after",
]  # fmt: skip
Side = str | tuple[object, object]


def keyness_between(weeks: pd.DataFrame, *, before: Side, after: Side) -> pd.DataFrame:
    """One row per feature: tables.COLUMNS["keyness"], test, and its spread over the weeks.

    `weeks` has week (its Monday, "2020-02-24"), feature, n and document_frequency, and in every
    week the row "(other words)" with the running words that have no row of their own, so that the
    n of a week sum to its size; that row is never listed. `before` and `after` are codes of
    timeline.read_phases ("P2") or pairs of days (first, last). The target is `after`: a positive
    log_ratio means more frequent then.

    A week belongs to the side that holds at least 4 of its 7 days, so a week that straddles the
    boundary of two adjoining phases goes to one of them whole. range_ is the weeks of a side that
    hold the feature, dp_ Gries's deviation of proportions over these weeks (missing for a side of
    one week or without the feature), n_weeks_ the weeks of a side with a row.

    Keyness takes running words as independent, which words of one event are not: read it with dp
    and range. A feature of one or two weeks is an event, not a change of language.

    >>> weeks = pd.DataFrame({"week": ["2020-02-10"] * 2 + ["2020-03-02"] * 2,
    ...     "feature": ["隔离", "(other words)"] * 2, "n": [9, 91, 3, 97], "document_frequency": 1})
    >>> keyness_between(weeks, before="P2", after="P3")[["feature", "n_target", "n_reference"]
    ...     ].values.tolist()
    [['隔离', 3, 9]]
    """
    weeks, mondays = _require_weeks(weeks)
    ranges = {"before": _days_of(before, "before"), "after": _days_of(after, "after")}
    (first, last), (start, end) = ranges["before"], ranges["after"]
    if first <= end and start <= last:
        raise ValueError(
            f"before ({first:%Y-%m-%d} to {last:%Y-%m-%d}) and after ({start:%Y-%m-%d} to "
            f"{end:%Y-%m-%d}) overlap; a week can stand on one side only"
        )
    side = pd.Series("", index=weeks.index, dtype=str)
    for name, (day, until) in ranges.items():
        side = side.mask(_days_inside(mondays, day, until) >= 4, name)
        if not (side == name).any():
            raise ValueError(
                f"no week has 4 days or more between {day:%Y-%m-%d} and {until:%Y-%m-%d} "
                f"({name}); the weeks run from {mondays.min():%Y-%m-%d} to {mondays.max():%Y-%m-%d}"
            )
    placed = weeks[side != ""]
    counts = placed.assign(side=side).groupby(["side", "feature"], sort=False)["n"].sum()
    found = keyness(counts.reset_index(), target="after", reference="before")
    found = found[found["feature"] != OTHER_WORDS].reset_index(drop=True)
    # The other words were one feature among those tested; q is taken without them.
    tested = np.where(found["q_value"].notna(), found["p_value"], np.nan)
    found["q_value"] = measures.benjamini_hochberg(tested)
    for name in ranges:
        spread = _spread(placed[side[placed.index] == name], found["feature"])
        found = found.assign(**{f"{column}_{name}": spread[column] for column in spread})
    return found[[*COLUMNS["keyness"], "test", *_MORE]]


def _require_weeks(weeks: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    """A usable table of weeks with rows numbered from 0, and the Monday of each."""
    require_once(weeks, "weeks", ["week", "feature", "n"])
    if weeks.empty:
        raise ValueError("the weeks table has no rows, so there is nothing to compare")
    require_cells(weeks, "weeks", ["week", "feature"])
    require_text(weeks, "weeks", "feature")
    weeks = weeks.reset_index(drop=True)
    written = weeks["week"].astype(object)
    mondays = pd.Series([_as_day(week) for week in written], dtype="datetime64[us]")
    wrong = mondays.dt.day_of_week != 0
    if wrong.any():
        raise ValueError(f"the week {written[wrong].iloc[0]!r} is no Monday written as 2020-02-24")
    unusable = ~are_counts(weeks["n"])
    if unusable.any():
        row = weeks[unusable].iloc[0]
        raise ValueError(
            f"{row['feature']!r} has n {row['n']} in {row['week']}; n is a whole number"
        )
    twice = weeks.duplicated(["week", "feature"])
    if twice.any():
        row = weeks[twice].iloc[0]
        raise ValueError(f"the week {row['week']} has {row['feature']!r} twice; keep it once")
    whole = set(weeks.loc[weeks["feature"] == OTHER_WORDS, "week"])
    partial = [week for week in weeks["week"].unique() if week not in whole]
    if partial:
        raise ValueError(
            f"{len(partial)} weeks (the first is {partial[0]}) have no row {OTHER_WORDS!r}, so "
            "their size is not known and frequencies would be too high; add the running words of "
            "the week that have no row of their own (0 if there are none)"
        )
    return weeks, mondays


def _days_of(side: Side, name: str) -> tuple[pd.Timestamp, pd.Timestamp]:
    """The first and the last day of a phase, or of a pair of days."""
    if isinstance(side, str):
        phases = read_phases().set_index("code")
        if side not in phases.index:
            raise ValueError(
                f"{name} is {side!r}; it is a phase ({', '.join(phases.index)}) or a pair of days "
                "such as ('2020-02-24', '2020-03-15')"
            )
        first, last = phases.loc[side, ["start", "end"]]
        open_start, open_end = pd.Timestamp("1900-01-01"), pd.Timestamp("2200-01-01")
        return (open_start if pd.isna(first) else first), (open_end if pd.isna(last) else last)
    pair = tuple(side) if isinstance(side, (tuple, list)) else ()
    days = [_as_day(day) for day in pair]
    if len(days) != 2 or any(map(pd.isna, days)) or days[0] > days[1]:
        raise ValueError(
            f"{name} is {side!r}; a pair of days is (first, last), such as "
            "('2020-02-24', '2020-03-15')"
        )
    return days[0], days[1]


def _as_day(written: object) -> pd.Timestamp:
    """The day of a date or of text such as 2020-02-24; NaT for all else and for time zones."""
    if not isinstance(written, (str, date)):
        return pd.NaT
    day = pd.to_datetime(written, format="ISO8601", errors="coerce")
    return pd.NaT if pd.isna(day) or day.tz is not None else day.normalize()


def _days_inside(mondays: pd.Series, first: pd.Timestamp, last: pd.Timestamp) -> pd.Series:
    """How many of the seven days of each week lie between two days."""
    start = mondays.clip(lower=first)
    end = (mondays + pd.Timedelta(days=6)).clip(upper=last)
    return (end - start).dt.days + 1


def _spread(rows: pd.DataFrame, features: pd.Series) -> dict[str, object]:
    """range, dp and n_weeks of the features over the weeks of one side."""
    cells = rows.pivot(index="feature", columns="week", values="n").astype(float).fillna(0)
    sizes = cells.sum(axis=0)
    empty = sizes[sizes == 0]
    if len(empty):
        raise ValueError(f"the week {empty.index[0]} has no running word; leave it out")
    counts = cells.reindex(features, fill_value=0).to_numpy()
    return {
        "range": (counts > 0).sum(axis=1),
        "dp": measures.dp(counts, sizes.to_numpy()),
        "n_weeks": cells.shape[1],
    }
