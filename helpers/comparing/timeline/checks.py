"""What the functions of timeline and formulations ask of their tables before they start."""

from collections.abc import Iterable
from numbers import Real

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.counting.lexicon.checks import is_whole, require_cells, require_distinct
from helpers.tables import ROOM_THAT_MAKES, require_columns

_MOST_RESAMPLES = 1_000_000
# Above this, sums over a corpus would leave whole numbers of 64 bits.
_MOST_COUNTED = 2**31
_LARGEST = 1e300


def as_numbers(cells: pd.Series) -> NDArray[np.float64]:
    """The cells as floats; nan for what is no finite number: text, True, None, inf."""
    if cells.dtype.kind in "iuf":
        numbers = cells.to_numpy(dtype=float, na_value=np.nan)
        return np.where(np.isfinite(numbers), numbers, np.nan)
    return np.array(
        [
            float(cell)
            if isinstance(cell, Real) and not isinstance(cell, bool) and abs(cell) < _LARGEST
            else np.nan
            for cell in cells
        ],
        dtype=float,
    )


def are_counts(cells: pd.Series) -> NDArray[np.bool_]:
    """Which cells are whole numbers from 0 to two billion."""
    numbers = as_numbers(cells)
    return (numbers >= 0) & (numbers <= _MOST_COUNTED) & (numbers % 1 == 0)


def require_once(table: pd.DataFrame, name: str, columns: Iterable[str]) -> None:
    """Raise a ValueError where a column is missing or there are two of that name."""
    columns = list(columns)
    require_columns(table, name, columns)
    for column in columns:
        if list(table.columns).count(column) > 1:
            raise ValueError(f"the {name} table has the column {column!r} twice; keep one of them")


def require_counts(table: pd.DataFrame, name: str, columns: Iterable[str]) -> None:
    """Raise a ValueError where a cell is no count; it names the first such row."""
    for column in columns:
        _refuse(table, name, column, ~are_counts(table[column]), "whole number of at least 0")


def require_numbers(table: pd.DataFrame, name: str, columns: Iterable[str]) -> None:
    """Raise a ValueError where a cell is neither a finite number nor missing."""
    for column in columns:
        wrong = np.isnan(as_numbers(table[column])) & table[column].notna().to_numpy()
        _refuse(table, name, column, wrong, "finite number")


def require_days(
    table: pd.DataFrame, name: str, columns: Iterable[str], *, open_ended: bool = False
) -> None:
    """Raise a ValueError where a column holds no days, has a time zone, or gaps it may not have."""
    for column in columns:
        days = table[column]
        if not pd.api.types.is_datetime64_any_dtype(days):
            raise ValueError(
                f"the column {column!r} of the {name} table holds {days.dtype}, not days; convert "
                f"it with pd.to_datetime(table[{column!r}])"
            )
        if isinstance(days.dtype, pd.DatetimeTZDtype):
            raise ValueError(
                f"the column {column!r} of the {name} table has the time zone {days.dt.tz}; a day "
                f"needs none: table[{column!r}].dt.tz_localize(None)"
            )
        if not open_ended:
            _refuse(table, name, column, days.isna().to_numpy(), "day")


def require_dates(documents: pd.DataFrame, *, undated: str = "refuse") -> None:
    """Raise a ValueError where the column date holds no days, or (unless "keep") has gaps."""
    require_days(documents, "documents", ["date"], open_ended=True)
    dates = documents["date"]
    if undated == "refuse" and dates.isna().any():
        first = documents.loc[dates.isna().to_numpy(), "doc_id"].iloc[0]
        raise ValueError(
            f"{dates.isna().sum()} of {len(dates)} documents have no date (the first is "
            f"{first!r}); date them in the metadata table (load.read_documents(..., metadata=)), "
            "or leave them out yourself: documents[documents['date'].notna()]"
        )


def require_dated(documents: pd.DataFrame) -> None:
    """Raise a ValueError where documents are missing, double, undated or without an id."""
    require_once(documents, "documents", ["doc_id", "date"])
    if documents.empty:
        raise ValueError("the documents table has no rows, so there is no time to look at")
    require_cells(documents, "documents", ["doc_id"])
    twice = documents["doc_id"].duplicated()
    if twice.any():
        raise ValueError(
            f"the document {documents.loc[twice, 'doc_id'].iloc[0]!r} is in the documents table "
            f"more than once ({twice.sum()} rows too many); keep each once"
        )
    require_dates(documents)


def require_documents(documents: pd.DataFrame) -> None:
    """Raise a ValueError where documents are missing, double, undated or without their length."""
    require_once(documents, "documents", ["doc_id", "date", "n_han"])
    require_dated(documents)
    unusable = ~are_counts(documents["n_han"])
    if unusable.any():
        row = documents[unusable].iloc[0]
        raise ValueError(
            f"{unusable.sum()} documents have no n_han (the first is {row['doc_id']!r}, with "
            f"{row['n_han']}), a whole number of characters; clean them with "
            "clean.clean_documents, which counts it"
        )


def require_series(series: pd.DataFrame) -> None:
    """Raise a ValueError where a series is empty or has no series, place, day or number."""
    require_once(series, "series", ["series", "place", "date", "value"])
    if series.empty:
        raise ValueError("the series table has no rows; read one with timeline.read_series")
    require_cells(series, "series", ["series", "place"])
    require_days(series, "series", ["date"])
    require_numbers(series, "series", ["value"])


def require_one_series(series: pd.DataFrame, columns: Iterable[str]) -> None:
    """Raise a ValueError where one of the columns names more than one thing, or a day is double."""
    for column in columns:
        found = series[column].unique()
        if len(found) != 1:
            raise ValueError(
                f"the series table holds {len(found)} values of {column!r} "
                f"({', '.join(map(str, found))}); choose one, such as "
                f"series[series['{column}'] == {str(found[0])!r}]"
            )
    days = series.assign(date=series["date"].dt.normalize())
    require_distinct(days, "series", ["series", "place", "date"])


def require_resamples(n_resamples: object) -> None:
    """Raise a ValueError for a number of resamples too small for percentiles, or no number."""
    if not is_whole(n_resamples, 100) or n_resamples > _MOST_RESAMPLES:
        raise ValueError(
            f"percentiles need at least 100 resamples; n_resamples is {n_resamples!r}, and must be "
            f"a whole number up to {_MOST_RESAMPLES:,}"
        )


def _refuse(
    table: pd.DataFrame, name: str, column: str, wrong: NDArray[np.bool_], kind: str
) -> None:
    if wrong.any():
        first = int(wrong.argmax())
        raise ValueError(
            f"{wrong.sum()} rows of the {name} table have no {kind} in {column!r} (the first is "
            f"row {first} and holds {table[column].iloc[first]!r}); correct it, or make the table "
            f"with {ROOM_THAT_MAKES.get(name, 'the room of that name')}"
        )
