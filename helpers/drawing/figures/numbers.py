"""The tables behind a figure as csv: the same bytes everywhere, and safe in a spreadsheet."""

import csv
import hashlib
import re
from collections.abc import Mapping
from datetime import date, timedelta
from numbers import Number

import pandas as pd
from pandas.api.types import (
    is_bool_dtype,
    is_complex_dtype,
    is_datetime64_any_dtype,
    is_integer_dtype,
    is_numeric_dtype,
)

# A longer table is written in part: a folder of figures is no place for a whole corpus.
MOST_ROWS = 5_000

# Twelve digits: the last bits of a float differ between processors.
_DIGITS = ".12g"
# What a spreadsheet runs as a formula when a cell begins with it, in full width too. Leading
# apostrophes belong to the match, so that taking one away always gives the cell back.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")


def csv_form(table: pd.DataFrame) -> str:
    """Return a table as csv: comma, LF, one header row, numbers to 12 digits, no formulas.

    A text cell or column name that a spreadsheet would run as a formula (it begins with
    = + - @, one of these in full width, a tab or a line end) gets an apostrophe before it, as
    https://owasp.org/www-community/attacks/CSV_Injection advises; numbers stay numbers, and a
    length of time is written after ISO 8601 (P2DT0H0M0S). An index that has a name, or is not of
    whole numbers, is written as columns. What is no table, columns of one name, several header
    rows and half characters (lone surrogates) are a ValueError.

    >>> print(csv_form(pd.DataFrame({"feature": ["防控", "=1+1"], "change": [-0.1, 0.1 + 0.2]})))
    feature,change
    防控,-0.1
    '=1+1,0.3
    <BLANKLINE>
    >>> csv_form(pd.DataFrame({"lag": [pd.Timedelta(days=-1), pd.NaT]}))
    'lag\\nP-1DT0H0M0S\\n""\\n'
    """
    if not isinstance(table, pd.DataFrame):
        raise ValueError(
            f"it must be a pandas table, not {type(table).__name__}; of a Series make one with "
            "to_frame()"
        )
    flat = _with_index(table)
    _check_columns(flat)
    written = flat.copy()
    for name in filter(lambda name: _may_hold_text(flat[name]), flat.columns):
        written[name] = flat[name].astype(object).map(_cell)
    written.columns = [_guard(str(name)) for name in flat.columns]
    text = _write(written, csv.QUOTE_MINIMAL)
    if "\r" in text:
        # Not every Python quotes a lone carriage return, and a bare one would end the row.
        text = _write(written, csv.QUOTE_ALL)
    _check_characters(text)
    return text


def write_tables(
    name: str, tables: Mapping[str, pd.DataFrame]
) -> tuple[dict[str, bytes], dict[str, dict]]:
    """Return the csv files of figure `name` by their names, and a record of each table.

    One table is `name`.csv; of several each is `name`.<table>.csv. Of a table of more than
    5,000 rows the first 5,000 are written, and the file's name says so: `name`.first_5000.csv.
    A record holds the file, the rows of the table and of the file, and the sha256 of the whole
    table's csv form.
    """
    files, records = {}, {}
    for table_name, table in tables.items():
        try:
            whole = csv_form(table).encode("utf-8")
            part = whole if len(table) <= MOST_ROWS else csv_form(table.head(MOST_ROWS)).encode()
        except ValueError as error:
            raise ValueError(f"table {table_name!r} of figure {name!r}: {error}") from error
        file = _file_name(name, table_name if len(tables) > 1 else "", len(table))
        files[file] = part
        records[table_name] = {
            "file": file,
            "rows": len(table),
            "rows_in_file": min(len(table), MOST_ROWS),
            "sha256": hashlib.sha256(whole).hexdigest(),
        }
    return files, records


def check_table_names(name: str, tables: Mapping[str, pd.DataFrame]) -> None:
    """Raise a ValueError unless every table of several can give its name to a file."""
    for table_name in tables if len(tables) > 1 else ():
        if not re.fullmatch(r"[a-z0-9_]+", str(table_name)):
            raise ValueError(
                f"figure {name!r} has several tables, so the name {table_name!r} becomes part of "
                "a file's name: it may only hold a-z, 0-9 and _"
            )


def _file_name(name: str, table_name: str, n_rows: int) -> str:
    part = f"first_{MOST_ROWS}" if n_rows > MOST_ROWS else ""
    return ".".join(filter(None, [name, table_name, part, "csv"]))


def _with_index(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with an index that says something as columns."""
    index = table.index
    if list(index.names) == [None] and is_integer_dtype(index.dtype):
        return table
    clash = [name for name in index.names if name in table.columns]
    if clash:
        raise ValueError(
            f"its index and a column are both called {clash[0]!r}; give "
            "table.reset_index(drop=True), or rename one"
        )
    return table.reset_index()


def _check_columns(flat: pd.DataFrame) -> None:
    if flat.columns.nlevels > 1:
        raise ValueError(
            f"it has {flat.columns.nlevels} header rows, and csv has one; join them into names"
        )
    names = pd.Series([str(name) for name in flat.columns], dtype=object)
    if names.duplicated().any():
        repeated = names[names.duplicated()].iloc[0]
        raise ValueError(f"it has more than one column called {repeated!r}; rename one")


def _may_hold_text(column: pd.Series) -> bool:
    kind = column.dtype
    numbers = is_numeric_dtype(kind) and not is_complex_dtype(kind)
    return not (numbers or is_bool_dtype(kind) or is_datetime64_any_dtype(kind))


def _cell(value: object) -> object:
    if isinstance(value, str):
        return _guard(value)
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, timedelta):
        # As text a negative one would begin with a minus, which a spreadsheet runs.
        return pd.Timedelta(value).isoformat()
    if isinstance(value, float):
        return format(value, _DIGITS) if value == value else None
    if isinstance(value, (Number, date)) and not isinstance(value, complex):
        return value
    return _guard(str(value))


def _guard(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) else text


def _write(table: pd.DataFrame, quoting: int) -> str:
    return table.to_csv(
        index=False, lineterminator="\n", float_format=f"%{_DIGITS}", quoting=quoting
    )


def _check_characters(text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        raise ValueError(
            f"line {line} of its csv form holds half a character, U+{ord(text[error.start]):04X}, "
            f"behind {text[max(0, error.start - 12) : error.start]!r}; repair the text before "
            "it is counted"
        ) from error
