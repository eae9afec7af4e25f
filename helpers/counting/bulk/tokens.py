"""Files, rows or tables of documents -> tokens as numbers, and what is known of each document."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.counting.bulk.lines import is_cleaned
from helpers.counting.bulk.recipe import Recipe
from helpers.reading import segment
from helpers.reading.clean import clean_documents, clean_each, clean_text
from helpers.reading.clean.cleaning import Cleaned
from helpers.reading.load.batches import Piece, Row, read_piece
from helpers.tables import COLUMNS, require_columns, require_text

# What is known of a document besides its numbers; the rest follows from its file's name.
FACTS = (
    "doc_id", "has_own_id", "part", "where", "date", "date_basis", "issuer", "place", "title",
    "source", "document_number", "script",
)  # fmt: skip

Facts = dict[str, Any]
Ints = NDArray[np.int32]


class FileFacts(NamedTuple):
    """What is known of a file (or of the rows read of it): its documents, and what failed."""

    rows: list[Facts]
    problem: str


class BatchTokens(NamedTuple):
    """The tokens of some files; this is what the cache keeps.

    Document d has `n_sentences[d]` sentences; sentence s has `n_tokens[s]` tokens, which stand
    in `ids` one after another and join to the sentence.
    """

    files: list[FileFacts]
    n_han: NDArray[np.int64]
    n_sentences: Ints
    n_tokens: Ints
    ids: Ints
    vocabulary: Sequence[str]


def make_tokens(source: Piece | pd.DataFrame, recipe: Recipe) -> BatchTokens:
    """The tokens of files, rows or documents, made anew."""
    if isinstance(source, pd.DataFrame):
        files = [FileFacts(_facts_of_table(source), "")]
        titles, texts = _clean_table(source, recipe)
    else:
        rows, files = _read(source, recipe)
        titles = [clean_text(str(row.get("title", "")), without=recipe.without) for row in rows]
        texts = clean_each([row["raw_text"] for row in rows], without=recipe.without)
    if not texts:
        none = np.zeros(0, np.int32)
        return BatchTokens(files, none.astype(np.int64), none, none, none, ())
    return _cut(titles, texts, files, recipe)


def _clean_table(documents: pd.DataFrame, recipe: Recipe) -> tuple[list[str], list[Cleaned]]:
    """Titles and texts of a table, cleaned where that has not been done."""
    if not len(documents):
        return [], []
    if not is_cleaned(documents):
        documents = clean_documents(documents, without=recipe.without, progress=False)
    written = _as_texts(documents[["title", "script"]])
    cells = documents["text"].tolist(), written["script"].tolist(), documents["n_han"].tolist()
    return written["title"].tolist(), list(map(Cleaned, *cells))


def _read(piece: Piece, recipe: Recipe) -> tuple[list[Row], list[FileFacts]]:
    """The rows of a piece, file by file, and what is known of each file."""
    read = read_piece(piece, text_column=recipe.text_column, year=recipe.year)
    problem_of = dict(read.problems)
    rows_of: dict[Path, list[Row]] = {file.path: [] for file in piece.files}
    for row in read.rows:
        rows_of[row["path"]].append(row)
    return [row for rows in rows_of.values() for row in rows], [
        FileFacts([_facts_of_row(row) for row in rows], problem_of.get(path, ""))
        for path, rows in rows_of.items()
    ]


def _facts_of_row(row: Facts) -> Facts:
    day = row["date"]
    written = {name: str(row.get(name, "")) for name in FACTS}
    return written | {
        "has_own_id": bool(row["has_own_id"]),
        "date": day.isoformat() if day else "",
    }


def _facts_of_table(documents: pd.DataFrame) -> list[Facts]:
    columns = documents.reindex(columns=["date", *COLUMNS["documents"][2:6], "script",
                                         "document_number", "date_basis"])  # fmt: skip
    days = pd.to_datetime(columns["date"])
    written = _as_texts(columns.drop(columns="date"))
    return [
        dict.fromkeys(FACTS, "") | facts | {
            "doc_id": doc_id, "has_own_id": True, "date": "" if pd.isna(day) else day.isoformat(),
        }
        for doc_id, day, facts in zip(
            documents["doc_id"], days, written.to_dict("records"), strict=True
        )
    ]  # fmt: skip


def _as_texts(cells: pd.DataFrame) -> pd.DataFrame:
    """Every cell as text, a gap as ""."""
    return cells.astype(object).where(cells.notna(), "").astype(str)


def _cut(
    titles: list[str], texts: list[Cleaned], files: list[FileFacts], recipe: Recipe
) -> BatchTokens:
    facts = [row for file in files for row in file.rows]
    for row, title, one in zip(facts, titles, texts, strict=True):
        row.update(title=title, script=one.script)
    is_empty = np.array([not one.text.strip() for one in texts])
    if is_empty.any():
        files = _without_empty(files, is_empty)
    left = [one for one, is_gone in zip(texts, is_empty, strict=True) if not is_gone]
    of_text = [segment.list_sentences(one.text) for one in left]
    sentences = [sentence for spans in of_text for _, _, sentence in spans]
    made = segment.cut_ids(sentences, segmenter=recipe.segmenter)
    return BatchTokens(
        files=files,
        n_han=np.array([one.n_han for one in left], np.int64),
        n_sentences=np.array(list(map(len, of_text)), np.int32),
        n_tokens=np.diff(made.offsets).astype(np.int32),
        ids=made.ids,
        vocabulary=made.vocabulary,
    )


def _without_empty(files: list[FileFacts], is_empty: NDArray[np.bool_]) -> list[FileFacts]:
    """The files without the documents of which cleaning leaves nothing, which is a problem."""
    left = []
    first = 0
    for file in files:
        gone = is_empty[first : first + len(file.rows)]
        first += len(file.rows)
        n_gone = int(gone.sum())
        said = f"{n_gone} documents have no text left after cleaning" if n_gone else ""
        rows = [row for row, is_gone in zip(file.rows, gone, strict=True) if not is_gone]
        left.append(FileFacts(rows, "; ".join(filter(None, [file.problem, said]))))
    return left


def require_table(documents: pd.DataFrame) -> None:
    """Raise a ValueError for a table of documents that lacks a column or holds other cells."""
    require_columns(documents, "documents")
    for column in ("doc_id", "raw_text", *(["text"] if "text" in documents else [])):
        require_text(documents, "documents", column)
    days = documents["date"] if "date" in documents else pd.Series(dtype="datetime64[ns]")
    if not pd.api.types.is_datetime64_any_dtype(days) and days.notna().any():
        raise ValueError(
            f"the column date of the documents table holds {days[days.notna()].iloc[0]!r}, no "
            "date; convert it with pd.to_datetime, or make the table with load.read_documents"
        )
    if days.notna().any():
        _require_days(days)
    if "n_han" in documents:
        _require_n_han(documents["n_han"])


def _require_days(days: pd.Series) -> None:
    strange = days[(days.dt.year < date.min.year) | (days.dt.year > date.max.year)]
    if len(strange):
        raise ValueError(
            f"the column date of the documents table holds {strange.iloc[0]}; dates are of the "
            "years 1 to 9999"
        )


def _require_n_han(n_han: pd.Series) -> None:
    strange = ""
    if not pd.api.types.is_integer_dtype(n_han):
        strange = f"{n_han.dtype}, not whole numbers"
    elif n_han.isna().any():
        strange = "a gap"
    elif (n_han < 0).any():
        strange = str(n_han.min())
    if strange:
        raise ValueError(
            f"the column n_han of the documents table holds {strange}; make the table with "
            "load.read_documents and clean.clean_documents"
        )
