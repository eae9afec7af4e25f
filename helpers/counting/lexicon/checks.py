"""What the cells of a table must be, by the name of their column, and whether rows fit together."""

import re
from collections.abc import Callable, Iterable, Sequence
from math import isfinite
from numbers import Integral, Rational, Real

import numpy as np
import pandas as pd

from helpers.tables import CATEGORIES, ROOM_THAT_MAKES, require_columns

# Half of a character beyond the basic plane; no UTF-8 text can hold one.
SURROGATE = re.compile("[\ud800-\udfff]")


def is_number(value: object) -> bool:
    """Whether it is a finite number; True and False are none.

    >>> is_number(2**70), is_number(10**400), is_number(float("inf")), is_number(True)
    (True, True, False, False)
    """
    # Whole numbers and fractions are finite however long; a float of them may not be.
    finite = isinstance(value, Rational) or (isinstance(value, Real) and isfinite(value))
    return finite and not isinstance(value, bool)


def is_whole(value: object, least: int = 0) -> bool:
    """Whether it is a whole number of at least `least` and at most 2**53, and no float."""
    return isinstance(value, Integral) and is_number(value) and least <= value <= 2**53


def _filled(cells: pd.Series) -> pd.Series:
    if cells.dtype == object:
        cells = cells.where(cells.map(pd.api.types.is_hashable))
    return cells.notna()


def _text(cells: pd.Series) -> pd.Series:
    listed = cells.tolist()
    # Looked at together first, which is many times faster, and one by one where that fails.
    if all(isinstance(cell, str) for cell in listed) and not SURROGATE.search("".join(listed)):
        return pd.Series(True, cells.index, dtype=bool)
    usable = [isinstance(cell, str) and not SURROGATE.search(cell) for cell in listed]
    return pd.Series(usable, cells.index, dtype=bool)


def _positions(cells: pd.Series) -> pd.Series:
    if cells.dtype.kind not in "iuf":
        cells = cells.map(lambda cell: cell if is_number(cell) else np.nan).astype(float)
    return (cells >= 0) & (cells % 1 == 0)


def _one_of(*allowed: object) -> Callable[[pd.Series], pd.Series]:
    return lambda cells: cells.isin(allowed)


_TEXT = (_text, "well-formed text")
_POSITION = (_positions, "whole number of at least 0")
# A term of no category is matched and counted, and labels nothing.
_CATEGORY = (_one_of("", *CATEGORIES), f"category ({', '.join(CATEGORIES)}, or '' for none)")
_KINDS = {
    **dict.fromkeys(
        ("term", "variants", "surface", "sentence", "clause", "cue", "use", "kind", "pinyin",
         "gloss_en"), _TEXT
    ),
    "start": _POSITION, "end": _POSITION,
    "category": _CATEGORY, "secondary_category": _CATEGORY,
    "strength": (_one_of(1, 2, 3), "number 1, 2 or 3"),
    "polarity": (_one_of(-1, 0, 1), "number -1, 0 or 1"),
    "ambiguous": (_one_of(0, 1), "number 0 or 1"),
    "direction": (_one_of("control", "opening", ""), "control, opening or ''"),
    "cancelled": (_one_of("ended", "negated", ""), "ended, negated or ''"),
}  # fmt: skip


def require_cells(table: pd.DataFrame, name: str, columns: Iterable[str]) -> None:
    """Raise a ValueError where a column is missing, stands twice or has a cell of the wrong kind.

    The kind goes by the name of the column: `sentence` holds text, `start` whole numbers, `free`
    True and False; a column that is not listed above only has to be filled.
    """
    columns = list(columns)
    require_columns(table, name, columns)
    for column in columns:
        if list(table.columns).count(column) > 1:
            raise ValueError(f"the {name} table has the column {column!r} twice; keep one of them")
        if column == "free" and len(table) and table[column].dtype != bool:
            raise ValueError(
                f"the column 'free' of the {name} table holds {table[column].dtype}, not True and "
                "False; make hits with lexicon.find_terms, or convert the column to bool"
            )
        usable, kind = _KINDS.get(column, (_filled, "value"))
        wrong = ~usable(table[column]).to_numpy(dtype=bool)
        if wrong.any():
            first = int(wrong.argmax())
            cell = table[column].iloc[first : first + 1].tolist()[0]
            raise ValueError(
                f"{wrong.sum()} rows of the {name} table have no {kind} in {column!r} (the first "
                f"is row {first} and holds {cell!r}); correct it, or make the table with "
                f"{ROOM_THAT_MAKES.get(name, 'the room of that name')}"
            )


def require_distinct(table: pd.DataFrame, name: str, keys: Sequence[str]) -> None:
    """Raise a ValueError that names the first key which stands in two rows."""
    twice = table.duplicated(list(keys))
    if twice.any():
        first = table.loc[twice, list(keys)].head(1).to_dict("records")[0]
        which = " of ".join(f"{key} {cell!r}" for key, cell in reversed(first.items()))
        raise ValueError(
            f"the {name} table has {which} twice, so it would count twice; keep it once"
        )


def require_same_kind(
    first: pd.DataFrame, second: pd.DataFrame, names: tuple[str, str], columns: Sequence[str]
) -> None:
    """Raise a ValueError where a key holds numbers in one table and text in the other."""
    for column in columns:
        kinds = [
            {isinstance(cell, Real) for cell in table[column].unique()} for table in (first, second)
        ]
        if all(kinds) and kinds[0].isdisjoint(kinds[1]):
            one, other = (table[column].head(1).tolist()[0] for table in (first, second))
            raise ValueError(
                f"{column} holds {one!r} in the {names[0]} table and {other!r} in the {names[1]} "
                "table: numbers never equal text; convert one of them with astype"
            )


def require_list(values: object, name: str, what: str) -> list:
    """The values as a list; a ValueError for a bare word or number, and for nothing at all."""
    no_list = isinstance(values, str) or not isinstance(values, Iterable)
    listed = [] if no_list else list(values)
    if not listed:
        raise ValueError(f"{name} must be a list of {what}; it is {values!r}")
    return listed
