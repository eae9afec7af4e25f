"""What a whole corpus came to, kept: a second run over the same files only hashes them."""

import hashlib
import json
import math
from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.counting.bulk.entries import as_bytes, from_bytes
from helpers.counting.bulk.facts import DOCUMENT_COLUMNS
from helpers.counting.bulk.keys import NO_KEY, key_of_file, keys_of
from helpers.counting.bulk.merging import Found, Totals
from helpers.counting.bulk.recipe import Recipe
from helpers.reading import cache
from helpers.reading.load.batches import list_pieces, may_be_in_pieces
from helpers.reading.load.files import FileList

# More is not kept twice: of cells by document there can be more than of anything else.
MOST_BYTES = 400_000_000

Arrays = dict[str, NDArray[np.generic]]


class Keeper:
    """The totals of one call: `find` them, or tell the keys of what is counted and `keep` them.

    They are named by the call (its files by path, its options) and by the keys of the files; of
    each call only the last totals are kept.
    """

    def __init__(self, recipe: Recipe, files: FileList, size: int, *how: object) -> None:
        """Nothing is read yet; `how` is what else decides the tables."""
        self._shelf = recipe.totals if files else None
        self._recipe, self._files, self._size = recipe, files, size
        self._call = _name_call(files, size, *how) if self._shelf else b""
        self._digest = hashlib.sha256(self._call)
        self._is_sure = True

    def find(self, notes: list[str]) -> Totals | None:
        """The totals, where these files have been counted in this way; None for others.

        The files are hashed only where this call has been made before.
        """
        if self._shelf is None:
            return None
        places, problems = self._shelf.find()
        notes += problems
        if self._call not in places:
            return None
        digest = self._digest.copy()
        for key in self._list_keys():
            digest.update(key)
        place = places.get(digest.digest())
        if place is None:
            return None
        try:
            kept = self._shelf.read(place.entry, {place.number: digest.digest()})
            return _unpack(kept, 0 if self._recipe.lexicon is None else len(self._recipe.lexicon))
        except cache.CacheTrouble as trouble:
            notes.append(f"{trouble}; the batches were put together again")
            return None

    def _list_keys(self) -> Iterator[bytes]:
        """The keys of all files in order; `add` is told the same ones batch by batch."""
        for number, name in enumerate(self._files.names):
            if may_be_in_pieces(name):
                for piece in list_pieces([self._files[number]], size=self._size):
                    yield from keys_of(piece, self._recipe)
            else:
                yield key_of_file(name, self._recipe)

    def add(self, keys: Iterable[bytes]) -> None:
        """Tell the keys of the files counted next; none where they are not sure."""
        known = tuple(keys)
        self._is_sure = self._is_sure and bool(known) and NO_KEY not in known
        self._digest.update(b"".join(known))

    def keep(self, totals: Totals, notes: list[str]) -> None:
        """Keep the totals in the place of those that the same call had before."""
        if self._shelf is None or not self._is_sure:
            return
        arrays = _pack(totals)
        if arrays is None or sum(array.nbytes for array in arrays.values()) > MOST_BYTES:
            return
        before = self._shelf.find()[0].get(self._call)
        try:
            name = self._shelf.write([self._call, self._digest.digest()], arrays)
        except cache.CacheTrouble as trouble:
            notes.append(str(trouble))
            return
        if before is not None and before.entry != name:
            self._shelf.discard(before.entry)


def _name_call(files: FileList, size: int, *how: object) -> bytes:
    named = json.dumps(files.names).encode()
    return cache.file_key(named, "call", str(size), *map(str, how))


# --- totals <-> arrays --------------------------------------------------------------------


def _pack(totals: Totals) -> Arrays | None:
    """The totals as arrays without objects; None for a column that cannot be written so."""
    columns = {f"document {name}": column for name, column in totals.documents.items()}
    columns["group name"] = totals.names
    written: Arrays = {}
    for name, column in columns.items():
        array = _pack_column(column)
        if array is None:
            return None
        written[name] = array
    cells = {name: _small(getattr(totals, name)) for name in _CELLS}
    found = {f"found {name}": array for name, array in totals.found._asdict().items()}
    said = {"words": as_bytes(totals.words), "problems": as_bytes(totals.problems)}
    return {**written, **cells, **found, **said}


def _unpack(arrays: Arrays, n_terms: int) -> Totals:
    """The totals of an entry; CacheTrouble where its parts do not fit together."""
    try:
        documents = {name: _unpack_column(arrays[f"document {name}"]) for name in DOCUMENT_COLUMNS}
        if len(set(map(len, documents.values()))) > 1:
            raise ValueError("its columns are of different lengths")
        totals = Totals(
            words=from_bytes(arrays["words"]),
            **{name: _as_counts(arrays[name]) for name in _CELLS},
            names=_unpack_column(arrays["group name"]),
            documents=pd.DataFrame(documents),
            found=Found(*(arrays[f"found {name}"] for name in Found._fields)),
            problems=[(path, problem) for path, problem in from_bytes(arrays["problems"])],
        )
        _require_whole(totals, n_terms)
    except (TypeError, ValueError, KeyError, AttributeError, IndexError, RecursionError) as error:
        raise cache.CacheTrouble(f"a cache entry of totals is of another form ({error})") from None
    return totals


def _require_whole(totals: Totals, n_terms: int) -> None:
    n_places, *found = totals.found
    cells = [getattr(totals, name) for name in _CELLS]
    kinds = totals.documents.dtypes
    is_whole = (
        set(map(type, totals.words)) <= {str}
        and {one.shape for one in cells} == {(len(totals.n),)}
        and all(kinds[name] == np.int64 for name in ("n_han", "n_tokens", "n_sentences"))
        and kinds["date"].kind == "M"
        and totals.names.dtype.kind in "OM"
        and {one.shape for one in found} == {(int(n_places.sum()),)}
        and n_places.shape == (len(totals.documents),)
        and all(one.dtype.kind == "u" for one in totals.found)
        and all(_lie_below(one, math.inf) for one in (*cells, *totals.found))
        and _lie_below(totals.word, len(totals.words))
        and _lie_below(totals.group, len(totals.names))
        and _lie_below(totals.found.term, n_terms)
    )
    if not is_whole:
        raise ValueError("its numbers do not fit together")


def _as_counts(array: NDArray[np.generic]) -> NDArray[np.int64]:
    if array.dtype.kind != "u":
        raise ValueError("its numbers are of another kind")
    return array.astype(np.int64)


def _lie_below(numbers: NDArray[np.integer], most: float) -> bool:
    return not len(numbers) or bool(numbers.min() >= 0 and numbers.max() < most)


_CELLS = ("group", "word", "n", "n_documents")


def _small(numbers: NDArray[np.int64]) -> NDArray[np.unsignedinteger]:
    return numbers.astype(np.min_scalar_type(numbers.max(initial=0)))


def _pack_column(column: pd.Series) -> NDArray[np.generic] | None:
    """Numbers and days as they are, text as one line of json; None for anything else."""
    if column.dtype.kind in "iM" and isinstance(column.dtype, np.dtype):
        return column.to_numpy()
    if column.dtype == "str" and not column.isna().any():
        return as_bytes(column.tolist())
    return None


def _unpack_column(array: NDArray[np.generic]) -> pd.Series:
    is_text = array.dtype == np.uint8
    return pd.Series(from_bytes(array), dtype="str") if is_text else pd.Series(array)
