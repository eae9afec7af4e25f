"""What is known of the documents of a corpus besides their words, until all have been seen."""

import zlib
from collections.abc import Iterator
from datetime import date
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.counting.bulk.entries import as_bytes, from_bytes
from helpers.counting.bulk.recipe import Recipe
from helpers.counting.bulk.tokens import FileFacts
from helpers.reading.clean import clean_text
from helpers.reading.load import documents as loading
from helpers.reading.load.batches import join_said
from helpers.reading.load.files import show_path

DOCUMENT_COLUMNS = [
    "doc_id", "date", "issuer", "place", "title", "source", "script", "n_han",
    "n_tokens", "n_sentences", "document_number", "date_basis",
]  # fmt: skip
# Texts that the table needs as they are; those that recur are held once.
_WRITTEN = ("issuer", "place", "title", "source", "script", "document_number", "date_basis")
_RECURRING = {"issuer", "place", "script", "document_number", "date_basis"}
# What documents are named by, and found again by.
_NAMING = ("path", "doc_id", "own", "part")
_COUNTED = ("n_han", "n_tokens", "n_sentences")


class DocumentFacts:
    """What is known of each document; `add` those of each batch in order, then `make_table`.

    A corpus may have hundreds of thousands of documents, and a text of 20 characters takes 100
    bytes as it stands in Python. So texts are kept packed, a column of a batch together, and
    are unpacked a column at a time.
    """

    def __init__(self) -> None:
        """No document yet."""
        self._packed: dict[str, list[bytes]] = {}
        self._packed |= {name: [] for name in (*_WRITTEN, *_NAMING, "date", "where")}
        self._numbers = {name: [np.zeros(0, np.int64)] for name in _COUNTED}

    def add(self, files: list[FileFacts], paths: list[Path | None], **numbers: np.ndarray) -> None:
        """The documents of the next files, and their n_han, n_tokens and n_sentences."""
        rows = [(row, path) for path, file in zip(paths, files, strict=True) for row in file.rows]
        as_they_are = (*_WRITTEN, "date", "where", "doc_id", "part")
        columns = {name: [row[name] for row, _ in rows] for name in as_they_are}
        columns["path"] = [str(path) if path else "" for _, path in rows]
        columns["own"] = ["own" if row["has_own_id"] else "" for row, _ in rows]
        for name, texts in columns.items():
            self._packed[name].append(_pack(texts))
        for name in _COUNTED:
            self._numbers[name].append(numbers[name])

    def make_table(self, said: pd.DataFrame | None, recipe: Recipe) -> pd.DataFrame:
        """One row per document, DOCUMENT_COLUMNS, with what a metadata table says of its file.

        UnreadableFileError where two documents have one name.
        """
        written = {"doc_id": self._name_documents()} | {
            name: self._held_once(name) if name in _RECURRING else list(self._texts(name))
            for name in _WRITTEN
        }
        days = [date.fromisoformat(day[:10]) if day else None for day in self._texts("date")]
        table = loading.join_columns(written, days)
        for name, parts in self._numbers.items():
            table[name] = np.concatenate(parts).astype(np.int64)
        if said is not None:
            table = self._join(table, said, recipe)
        if table["doc_id"].duplicated().any():
            loading.require_unique_ids(table.assign(shown=self._list_shown()))
        return table[DOCUMENT_COLUMNS]

    def _texts(self, name: str) -> Iterator[str]:
        for part in self._packed[name]:
            yield from from_bytes(np.frombuffer(zlib.decompress(part), np.uint8))

    def _held_once(self, name: str) -> list[str]:
        held: dict[str, str] = {}
        return [held.setdefault(text, text) for text in self._texts(name)]

    def _name_documents(self) -> list[str]:
        # Documents of one file stand together.
        names = loading.name_files([path for path, _ in groupby(self._texts("path"))])
        own = ((doc_id, path) for path, doc_id, is_own, _ in self._naming() if is_own)
        repeated = loading.list_repeated(own)
        return [
            loading.name_document(
                {"doc_id": doc_id, "has_own_id": bool(is_own), "part": part}, name, repeated
            )
            for name, (_, together) in zip(
                names, groupby(self._naming(), itemgetter(0)), strict=True
            )
            for _, doc_id, is_own, part in together
        ]

    def _naming(self) -> Iterator[tuple[str, ...]]:
        return zip(*map(self._texts, _NAMING), strict=True)

    def _join(self, table: pd.DataFrame, said: pd.DataFrame, recipe: Recipe) -> pd.DataFrame:
        """The table with what is said of the files, whose titles have to be cleaned."""
        files = [Path(path).name for path in self._texts("path")]
        loading.require_described(said, set(files))
        joined = join_said(table.assign(file=files), said, recipe.year)
        new = joined["title"] != table["title"]
        joined.loc[new, "title"] = joined.loc[new, "title"].map(
            lambda title: clean_text(title, without=recipe.without)
        )
        return joined

    def _list_shown(self) -> list[str]:
        """Where each document stands, for a reader who looks for it."""
        columns = map(self._texts, ("path", "where", "doc_id"))
        return [
            f"{show_path(Path(path))}{where}" if path else doc_id
            for path, where, doc_id in zip(*columns, strict=True)
        ]


def _pack(texts: list[str]) -> bytes:
    # Neighbours are much alike, so the least effort makes them small.
    return zlib.compress(as_bytes(texts), level=1)
