"""What a table must hold before it is drawn, in which order its rows stand, in which categories."""

from collections.abc import Iterable, Mapping, Sequence
from numbers import Integral

import numpy as np
import pandas as pd

from helpers import tables
from helpers.drawing import style

Categories = Mapping[str, str] | pd.Series

SOURCES = {
    "parts": "one row per part of one document: part, start, end",
    "clause labels": "compare.label_units on segment.split_clauses",
    "rates": "one row per term with its mentions per 1,000 Han and their interval",
    "shares": "one row per way of resampling, from compare.bootstrap_share",
    "label counts": "one row per label with its n and share",
    "comparison": "one row per term, one column per way of counting",
    "edges": "one row per pair of node and collocate, from context.collocation_network",
    "placebo": "one row per placebo lexicon, from compare.placebo_keyness",
    "evaluation scores": "one row per way and label, from scripts/evaluate_labels.py",
    "coverage": "one row per corpus size and interval, from simulate.interval_coverage",
    "power": "one row per corpus size and difference, from simulate.power",
    "false positives": "one row per comparison, from simulate.keyness_false_positives",
    "repair report": "one row per document, from clean.repair_report",
    "replacement": "one row per period, from formulations.track_replacement",
    "two rates": "one row per term and group with its n and rate, from compare.contrast_rates",
    "coupling units": "one row per sentence or clause of one document, from compare.label_units",
    "units": "one row per sentence: doc_id, start, end, from segment.split_sentences",
}


def require_rows(table: pd.DataFrame, name: str, columns: Iterable[str]) -> None:
    """Raise a ValueError when the table lacks a column, has it twice or has no row to draw."""
    columns = list(columns)
    strange = [column for column in columns if not pd.api.types.is_hashable(column)]
    if strange:
        raise ValueError(f"{strange[0]!r} cannot name a column of the {name} table; give one name")
    if name in tables.COLUMNS:
        tables.require_columns(table, name, columns)
    elif not isinstance(table, pd.DataFrame):
        raise ValueError(f"{name} must be a pandas table, not {type(table).__name__}")
    missing = [column for column in columns if column not in table.columns]
    if missing:
        raise ValueError(
            f"the {name} table has no column {', '.join(map(repr, missing))}; "
            f"it comes from: {SOURCES[name]}"
        )
    twice = [column for column in columns if list(table.columns).count(column) > 1]
    if twice:
        raise ValueError(f"the {name} table has the column {twice[0]!r} twice; keep one of them")
    if table.empty:
        raise ValueError(
            f"the {name} table is empty, there is nothing to draw; look at the step before: "
            f"{tables.ROOM_THAT_MAKES.get(name) or SOURCES[name]}"
        )


def rank(
    table: pd.DataFrame, name: str, *, key: str, value: str, top: int | None = None
) -> pd.DataFrame:
    """One row per `key`, largest `value` first, ties in the order of their characters.

    With `top`, only so many: the others are not put in order, which takes most of the time.

    >>> rank(pd.DataFrame({"feature": ["要", "和"], "n": [5, 18]}), "counts",
    ...      key="feature", value="n")["feature"].tolist()
    ['和', '要']
    """
    require_rows(table, name, [key, value])
    require_numbers(table, name, [value], key=key)
    repeated = table.loc[table[key].duplicated(), key]
    if len(repeated):
        raise ValueError(
            f"the {name} table has more than one row for {repeated.iloc[0]!r}; keep one group "
            "or one row per term before drawing"
        )
    if top is not None and len(table) > at_least_one(top, "top"):
        numbers = table[value].to_numpy(dtype=float)
        table = table[numbers >= np.partition(numbers, -top)[-top]]
    ranked = table.sort_values([value, key], ascending=[False, True], ignore_index=True)
    return ranked if top is None else ranked.head(top)


def categories_for(terms: Iterable[str], category_of: Categories | None) -> list[str]:
    """One category per term; "other" for a term that `category_of` does not know.

    >>> categories_for(["隔离", "工作"], {"隔离": "prevention"})
    ['prevention', 'other']
    """
    if not isinstance(category_of, (Mapping, pd.Series, type(None))):
        raise ValueError(
            f"category_of is {type(category_of).__name__}; it maps terms to categories, such as "
            "terms.set_index('term')['category']"
        )
    known = {} if category_of is None else dict(category_of)
    found = [known.get(term, "other") for term in terms]
    require_known(pd.Series(found), tuple(style.PALETTE), "category")
    return found


def require_numbers(table: pd.DataFrame, name: str, columns: Iterable[str], *, key: str) -> None:
    """Raise a ValueError where a column has a cell without a finite number, named by its `key`."""
    for column in columns:
        cells = table[column]
        if not _holds_numbers(cells):
            raise ValueError(f"column {column!r} of the {name} table holds no numbers")
        bad = table.loc[~np.isfinite(cells.to_numpy(dtype=float, na_value=np.nan)), key]
        if len(bad):
            raise ValueError(
                f"column {column!r} of the {name} table has no finite number for "
                f"{bad.iloc[0]!r}; drop that row, or see how it was computed"
            )


def _holds_numbers(cells: pd.Series) -> bool:
    kinds = pd.api.types
    return kinds.is_numeric_dtype(cells) and not (
        kinds.is_bool_dtype(cells) or kinds.is_complex_dtype(cells)
    )


def _named(cell: object) -> str:
    """A cell as a message names it: a number as a number, not as numpy's."""
    return repr(cell.item() if isinstance(cell, np.generic) else cell)


def require_spans(table: pd.DataFrame, name: str, *, key: str) -> None:
    """Raise a ValueError where a span ends before its first character is over."""
    wrong = table.loc[table["end"] <= table["start"]]
    if len(wrong):
        first = wrong.iloc[0]
        raise ValueError(
            f"the {name} table has {_named(first[key])} from {first['start']} to {first['end']}, "
            "which holds no character; end is the place behind the last one (is it swapped with "
            "start?)"
        )


def require_known(found: pd.Series, known: Sequence[str], kind: str) -> None:
    """Raise a ValueError for a `kind` of row that is not among those `known`."""
    strange = found.loc[~found.isin(known)]
    if len(strange):
        raise ValueError(
            f"{kind} {_named(strange.iloc[0])} cannot be drawn here; keep only {', '.join(known)}"
        )


def require_one_document(table: pd.DataFrame, name: str) -> None:
    """Raise a ValueError for rows of several documents."""
    if "doc_id" in table.columns and table["doc_id"].nunique() > 1:
        raise ValueError(
            f"the {name} table holds {table['doc_id'].nunique()} documents; draw one at a time: "
            f"keep the rows of one doc_id, such as {table['doc_id'].iloc[0]!r}"
        )


def at_least_one(number: int, name: str) -> int:
    """Return the number as an int; a ValueError for what is no whole number of 1 or more."""
    whole = isinstance(number, Integral) and not isinstance(number, bool)
    if not whole or number < 1:
        raise ValueError(f"{name} is {number!r}; it must be 1 or more, a whole number")
    return int(number)
