"""What documents, lines, numbers and words must be, said in errors that name the cure."""

from numbers import Integral

import pandas as pd

from helpers.tables import require_columns
from helpers.tables import require_text as require_text_cells


def texts_of(documents: pd.DataFrame) -> dict[str, str]:
    """The cleaned text of each document, in the order of the table."""
    require_columns(documents, "documents", ["doc_id", "text"])
    if documents.empty:
        raise ValueError("the documents table has no row; read files with load.read_documents")
    require_no_gap(documents, "documents", "doc_id")
    texts = dict(zip(documents["doc_id"], documents["text"], strict=True))
    for doc_id, text in texts.items():
        if not isinstance(text, str) or not text.strip():
            raise ValueError(
                f"document {doc_id!r} has no cleaned text; run clean.clean_documents(documents) "
                "first"
            )
    if len(texts) < len(documents):
        twice = documents["doc_id"][documents["doc_id"].duplicated()].iloc[0]
        raise ValueError(f"two documents are called {twice!r}; give each a doc_id of its own")
    return texts


def require_lines(lines: pd.DataFrame) -> None:
    """Raise a ValueError where KWIC lines lack a column, or a cell that they need."""
    require_columns(lines, "kwic")
    for column in ("doc_id", "start", "end", "left", "node", "right"):
        require_no_gap(lines, "kwic", column)
    for column in ("left", "node", "right"):
        require_text_cells(lines, "kwic", column)


def require_of_these_documents(
    texts: dict[str, str], table: pd.DataFrame, name: str, column: str, room: str
) -> None:
    """Raise for a row whose characters do not stand in the documents where it says."""
    for place in ("start", "end"):
        require_whole_numbers(table, name, place)
    for doc_id, start, end, characters in zip(
        table["doc_id"], table["start"], table["end"], table[column], strict=True
    ):
        if doc_id not in texts or start < 0 or texts[doc_id][start:end] != characters:
            raise ValueError(
                f"the {name} table has {characters!r} at {start} to {end} of document "
                f"{doc_id!r}, where these documents have it not; make it with {room} from the "
                "same documents"
            )


def require_no_gap(table: pd.DataFrame, name: str, column: str) -> None:
    """Raise a ValueError that says how many cells of the column are empty, if any."""
    gaps = int(table[column].isna().sum())
    if gaps:
        raise ValueError(
            f"{gaps} rows of the {name} table have no {column}; fill the column, or leave those "
            "rows out first"
        )


def require_whole_numbers(table: pd.DataFrame, name: str, column: str) -> None:
    """Raise a ValueError where the column does not hold whole numbers only."""
    if not pd.api.types.is_integer_dtype(table[column]):
        raise ValueError(
            f"the column {column} of the {name} table holds {table[column].dtype}, not whole "
            "numbers; keep its types when it is saved and read, and leave out rows without one"
        )
    require_no_gap(table, name, column)


def require_whole(number: object, name: str, least: int, cure: str) -> None:
    """Raise a ValueError, with the cure, for all but a whole number of at least `least`."""
    if isinstance(number, bool) or not isinstance(number, Integral) or number < least:
        raise ValueError(f"{name} is {number!r}, not a whole number of {least} or more; {cure}")


def require_width(width: object) -> int:
    """The number of characters on each side; a ValueError for all but 1 or more."""
    require_whole(width, "width", 1, "it is the number of characters on each side, such as 20")
    # A small number of numpy's would overflow when it is added to a place.
    return int(width)


def require_window(window: object) -> None:
    """Raise a ValueError for a window that is not a whole number of at least 1."""
    require_whole(window, "window", 1, "it is the number of running words on each side, such as 5")


def require_text(text: object, name: str, cure: str) -> None:
    """Raise a ValueError, with the cure, for all but text that is not blank."""
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f"the {name} must be text with a character in it, not {text!r}; {cure}")
