"""One batch: documents -> tokens as numbers -> counts, with the cache between the two."""

import json
import os
import stat
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.counting.bulk.lines import is_cleaned
from helpers.counting.bulk.recipe import Recipe
from helpers.counting.lexicon.matching import argsort_stably
from helpers.reading import cache, segment
from helpers.reading.clean import clean_documents, clean_each, clean_text
from helpers.reading.clean.cleaning import Cleaned
from helpers.reading.load.batches import READABLE, Piece, Row, read_piece
from helpers.reading.load.files import PathLike
from helpers.reading.segment.ids import are_words
from helpers.tables import COLUMNS, require_columns, require_text

# What is known of a document besides its numbers; the rest follows from its file's name.
_FACTS = (
    "doc_id", "has_own_id", "part", "where", "date", "date_basis", "issuer", "place", "title",
    "source", "document_number", "script",
)  # fmt: skip

# Some files have more bytes than they say: those in /proc say that they have none.
_LEAST_AT_ONCE = 1 << 12
# What is larger is read in one piece, or not at all where the memory is too small for it.
_MOST_AT_ONCE = 1 << 30

# Stands for a file that cannot be read, and is never looked for.
NO_KEY = bytes(cache.N_KEY_BYTES)

Facts = dict[str, Any]
Ints = NDArray[np.int32]


class Task(NamedTuple):
    """Something to count: files or rows to read, or a table of documents.

    `place` and `numbers` say where tokens of them are kept, in which entry and as which of its
    files, and `terms` in which entry the terms found in those tokens; `keys` name the files in
    the cache, where they are known already.
    """

    source: Piece | pd.DataFrame
    keys: tuple[bytes, ...] = ()
    place: str = ""
    numbers: tuple[int, ...] = ()
    terms: str = ""
    n_bytes: int = 0

    @property
    def paths(self) -> list[Path | None]:
        """The files, or one None for a table of documents."""
        is_table = isinstance(self.source, pd.DataFrame)
        return [None] if is_table else [file.path for file in self.source.files]


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


class Mentions(NamedTuple):
    """One place per document and term found, in the order of the hits; `term` is a lexicon row.

    So the places of a document stand together, and documents in their order.
    """

    document: Ints
    term: Ints
    n: Ints
    n_free: Ints


class BatchCounts(NamedTuple):
    """The numbers of some files: cells of documents and words, and mentions of terms.

    `word[i]` of the cells is a place in `vocabulary`; `notes` says what the cache could not do,
    and `keys` name the files in it, where what was counted is surely theirs.
    """

    files: list[FileFacts]
    n_han: NDArray[np.int64]
    n_sentences: Ints
    document: Ints
    word: Ints
    n: Ints
    vocabulary: list[str]
    mentions: Mentions
    notes: list[str]
    keys: tuple[bytes, ...]


def count_task(task: Task, recipe: Recipe) -> BatchCounts:
    """The numbers of a task, from the cache where they are kept there."""
    notes: list[str] = []
    # What is kept here is out of reach of a worker whose machine lacks the cache's folder.
    has_cache = recipe.tokens is not None and recipe.terms is not None
    if task.place and has_cache:
        try:
            kept = recipe.tokens.read(task.place, dict(zip(task.numbers, task.keys, strict=True)))
            tokens = _unpack(kept)
        except cache.CacheTrouble as trouble:
            notes.append(f"{trouble}; its files were read again")
        else:
            mentions = _mentions_of(tokens, task.place, task.terms, recipe, notes)
            return _count(*_select(tokens, mentions, task.numbers), notes, task.keys)
    source, keys = _read_ahead(task, recipe) if has_cache else (task.source, ())
    tokens = make_tokens(source, recipe)
    place = _keep_tokens(source, keys, tokens, recipe, notes) if has_cache else ""
    mentions = _mentions_of(tokens, place, "", recipe, notes)
    return _count(tokens, mentions, notes, keys if place else ())


def key_of_file(path: PathLike, recipe: Recipe) -> bytes:
    """What names a file in the cache: bytes, name (which dates and titles hang on), options."""
    return _key_of_content(path, _content_of(path), recipe)


def _content_of(path: PathLike) -> bytes | None:
    """The bytes of a file, None where they cannot be read; of a format that is not read, none."""
    try:
        # A pipe or a device never ends, and who waits at a pipe would notice its opening.
        about = os.stat(path)  # noqa: PTH116 (names as well)
        if not stat.S_ISREG(about.st_mode):
            return None
        # Its name says all that is said of it, and a film may not fit in memory.
        is_read = str(path).lower().endswith(READABLE)
        return _read_all(path, about.st_size) if is_read else b""
    except (OSError, ValueError, MemoryError):  # whoever reads it says which
        return None


def _read_all(path: PathLike, n_bytes: int) -> bytes:
    """The bytes of a file of about so many, however many there are.

    A file object is not made of it: that takes as long as to open and read a small file.
    """
    if n_bytes > _MOST_AT_ONCE:
        return Path(path).read_bytes()
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        blocks = []
        while block := os.read(handle, max(n_bytes, _LEAST_AT_ONCE)):
            blocks.append(block)
        return b"".join(blocks)
    finally:
        os.close(handle)


def _key_of_content(path: PathLike, content: bytes | None, recipe: Recipe) -> bytes:
    if content is None:
        return NO_KEY
    name = os.path.basename(path)  # noqa: PTH119 (names as well)
    return cache.file_key(content, "file", name, recipe.text_column, str(recipe.year))


def key_of_rows(piece: Piece, recipe: Recipe) -> bytes:
    """What names some rows of a large table in the cache."""
    said = ("rows", piece.files[0].path.name, piece.suffix, str(piece.n_before))
    return cache.file_key(piece.content, *said, recipe.text_column, str(recipe.year))


def key_of_table(documents: pd.DataFrame) -> bytes:
    """What names a table of documents in the cache: every cell of it."""
    cells = documents.astype(str).to_numpy().tolist()
    return cache.file_key(json.dumps(cells).encode(), "table", *map(str, documents.columns))


# --- documents -> tokens ------------------------------------------------------------------


def _read_ahead(task: Task, recipe: Recipe) -> tuple[Piece | pd.DataFrame, tuple[bytes, ...]]:
    """What a task is made of, with the bytes of its files, and what names each in the cache.

    A file is read once, for its name and its text: so no other text can be kept under that
    name, whoever changes the file meanwhile.
    """
    source = task.source
    if isinstance(source, pd.DataFrame) or source.suffix:
        return source, task.keys or keys_of(source, recipe)
    files = tuple(file._replace(content=_content_of(file.path)) for file in source.files)
    keys = tuple(_key_of_content(file.path, file.content, recipe) for file in files)
    return source._replace(files=files), keys


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
    written = {name: str(row.get(name, "")) for name in _FACTS}
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
        dict.fromkeys(_FACTS, "") | facts | {
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


# --- tokens -> numbers --------------------------------------------------------------------


def _count(
    tokens: BatchTokens, mentions: Mentions, notes: list[str], keys: tuple[bytes, ...]
) -> BatchCounts:
    offsets = _offsets(tokens.n_tokens)[_offsets(tokens.n_sentences)]
    document, word, n = count_cells(tokens.ids, offsets, len(tokens.vocabulary))
    kept = are_words(tokens.vocabulary)[word]
    document, word, n = document[kept], word[kept], n[kept]
    used = np.zeros(len(tokens.vocabulary), bool)
    used[word] = True
    place = np.cumsum(used, dtype=np.int32) - 1
    return BatchCounts(
        files=tokens.files,
        n_han=tokens.n_han,
        n_sentences=tokens.n_sentences,
        document=document.astype(np.int32),
        word=place[word],
        n=n.astype(np.int32),
        vocabulary=[tokens.vocabulary[i] for i in np.flatnonzero(used).tolist()],
        mentions=mentions,
        notes=notes,
        keys=keys,
    )


def count_cells(
    ids: Ints, offsets: NDArray[np.int64], n_types: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Document, word and count, one place per cell, by document and then by word.

    The tokens of document d are `ids[offsets[d]:offsets[d + 1]]`.

    >>> cells = count_cells(np.array([5, 3, 5, 3]), np.array([0, 3, 4]), 6)
    >>> list(zip(*(one.tolist() for one in cells)))
    [(0, 3, 1), (0, 5, 2), (1, 3, 1)]
    """
    n_documents = len(offsets) - 1
    # Numbers of 32 bits are sorted in half the time.
    kind = np.int32 if n_documents * n_types < 2**31 else np.int64
    document_of = np.repeat(np.arange(n_documents, dtype=kind), np.diff(offsets))
    pairs = np.sort(document_of * kind(n_types) + ids.astype(kind, copy=False))
    # Equal pairs now lie together, and each document's where its tokens were.
    is_first = np.ones(len(pairs), bool)
    np.not_equal(pairs[1:], pairs[:-1], out=is_first[1:])
    firsts = np.flatnonzero(is_first)
    document = document_of[firsts].astype(np.int64)
    return document, pairs[firsts] - document * n_types, np.diff(firsts, append=len(pairs))


def _offsets(lengths: NDArray[np.integer]) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])


# --- terms --------------------------------------------------------------------------------


def _mentions_of(
    tokens: BatchTokens, place: str, terms: str, recipe: Recipe, notes: list[str]
) -> Mentions:
    """The terms in the tokens of the entry `place`: those kept as `terms`, or found anew."""
    if recipe.lexicon is None:
        return Mentions(*np.zeros((4, 0), np.int32))
    if terms:
        try:
            kept = recipe.terms.read(terms, {0: bytes.fromhex(place[:64])})
            return _as_mentions(kept, len(tokens.n_sentences), recipe)
        except cache.CacheTrouble as trouble:
            notes.append(f"{trouble}; its terms were found again")
    mentions = find_mentions(tokens, recipe)
    if place:
        try:
            recipe.terms.write([bytes.fromhex(place[:64])], mentions._asdict())
        except cache.CacheTrouble as trouble:
            notes.append(str(trouble))
    return mentions


def find_mentions(tokens: BatchTokens, recipe: Recipe) -> Mentions:
    """The terms found in the sentences, which are the tokens one after another."""
    matcher = recipe.matcher
    pieces = np.array([*tokens.vocabulary, matcher.apart], dtype=object)
    # Behind each sentence stands what keeps it apart from the next.
    ends = np.cumsum(tokens.n_tokens, dtype=np.int64)
    ids = np.insert(tokens.ids, ends, len(tokens.vocabulary))
    found = matcher.find("".join(pieces[ids].tolist()))
    lengths = np.fromiter(map(len, pieces.tolist()), np.int64, len(pieces))
    of_sentence = _offsets(lengths[ids])[_offsets(tokens.n_tokens + 1)]
    of_document = of_sentence[_offsets(tokens.n_sentences)]
    document = np.searchsorted(of_document, found.start, side="right") - 1
    return _count_mentions(document, matcher.terms[found.surface], found.free)


def _count_mentions(
    document: NDArray[np.int64], term: NDArray[np.int64], free: NDArray[np.bool_]
) -> Mentions:
    """One place per document and term, as lexicon.count_mentions has it."""
    by_term = argsort_stably(term)
    order = by_term[argsort_stably(document[by_term])]
    document, term = document[order], term[order]
    firsts = np.flatnonzero(np.diff(document << 32 | term, prepend=-1))
    n_free_before = _offsets(free[order])[np.append(firsts, len(order))]
    columns = (document[firsts], term[firsts], np.diff(firsts, append=len(order)),
               np.diff(n_free_before))  # fmt: skip
    in_reading_order = np.argsort(order[firsts])
    return Mentions(*(column[in_reading_order].astype(np.int32) for column in columns))


# --- the cache ----------------------------------------------------------------------------


def _keep_tokens(
    source: Piece | pd.DataFrame,
    keys: tuple[bytes, ...],
    tokens: BatchTokens,
    recipe: Recipe,
    notes: list[str],
) -> str:
    """Write the tokens to their shelf; return the entry's name, "" where there is none."""
    # A table that was changed while it was counted would be kept under the name of another.
    is_table = isinstance(source, pd.DataFrame)
    if is_table and keys_of(source, recipe) != keys:
        return ""
    try:
        return recipe.tokens.write(keys, _pack(tokens))
    except cache.CacheTrouble as trouble:
        notes.append(str(trouble))
    return ""


def keys_of(source: Piece | pd.DataFrame, recipe: Recipe) -> tuple[bytes, ...]:
    """What names each file of a task in the cache; NO_KEY for one that cannot be read."""
    if isinstance(source, pd.DataFrame):
        return (key_of_table(source),)
    if source.suffix:
        return (key_of_rows(source, recipe),)
    return tuple(key_of_file(file.path, recipe) for file in source.files)


def _pack(tokens: BatchTokens) -> dict[str, NDArray[np.generic]]:
    return {
        "files": as_bytes([file._asdict() for file in tokens.files]),
        "vocabulary": as_bytes(list(tokens.vocabulary)),
        **{name: getattr(tokens, name) for name in ("n_han", "n_sentences", "n_tokens", "ids")},
    }


def _unpack(arrays: dict[str, NDArray[np.generic]]) -> BatchTokens:
    """The tokens of an entry; CacheTrouble where its parts do not fit together."""
    try:
        tokens = BatchTokens(
            files=[FileFacts(**file) for file in from_bytes(arrays.pop("files"))],
            vocabulary=from_bytes(arrays.pop("vocabulary")),
            **arrays,
        )
        _require_whole(tokens)
    except (TypeError, ValueError, KeyError, AttributeError, IndexError, RecursionError) as error:
        raise cache.CacheTrouble(f"a cache entry is of another form ({error})") from None
    return tokens


def _require_whole(tokens: BatchTokens) -> None:
    kinds = {"n_han": np.int64, "n_sentences": np.int32, "n_tokens": np.int32, "ids": np.int32}
    numbers = [getattr(tokens, name) for name in kinds]
    n_documents = sum(len(file.rows) for file in tokens.files)
    is_whole = (
        all(one.ndim == 1 and (one >= 0).all() for one in numbers)
        and [one.dtype for one in numbers] == list(kinds.values())
        and set(map(type, tokens.vocabulary)) <= {str}
        and all(_are_facts(row) for file in tokens.files for row in file.rows)
        and len(tokens.n_han) == len(tokens.n_sentences) == n_documents
        and tokens.n_sentences.sum() == len(tokens.n_tokens)
        and tokens.n_tokens.sum() == len(tokens.ids)
        and tokens.ids.max(initial=-1) < len(tokens.vocabulary)
    )
    if not is_whole:
        raise ValueError("its numbers do not fit together")


def _are_facts(row: Facts) -> bool:
    said = {name: type(value) for name, value in row.items()}
    return said == dict.fromkeys(_FACTS, str) | {"has_own_id": bool}


def _as_mentions(
    arrays: dict[str, NDArray[np.generic]], n_documents: int, recipe: Recipe
) -> Mentions:
    """The mentions of an entry; CacheTrouble where they belong to other tokens or terms."""
    is_whole = (
        set(arrays) == set(Mentions._fields)
        and len({arrays[name].shape for name in Mentions._fields}) == 1
        and all(arrays[name].dtype == np.int32 for name in Mentions._fields)
        and all(arrays[name].min(initial=0) >= 0 for name in Mentions._fields)
        and arrays["document"].max(initial=-1) < n_documents
        and (np.diff(arrays["document"]) >= 0).all()
        and arrays["term"].max(initial=-1) < len(recipe.lexicon)
    )
    if not is_whole:
        raise cache.CacheTrouble("a cache entry of terms is of another form")
    return Mentions(*(arrays[name] for name in Mentions._fields))


def _select(
    tokens: BatchTokens, mentions: Mentions, numbers: Sequence[int]
) -> tuple[BatchTokens, Mentions]:
    """The part of an entry that belongs to some of its files, in the order of the numbers."""
    if list(numbers) == list(range(len(tokens.files))):
        return tokens, mentions
    of_file = _offsets(np.array([len(file.rows) for file in tokens.files]))
    chosen = _ranges(of_file, np.array(numbers))
    of_document = _offsets(tokens.n_sentences)
    sentences = _ranges(of_document, chosen)
    of_sentence = _offsets(tokens.n_tokens)
    n_places = np.bincount(mentions.document, minlength=len(tokens.n_han))
    # Files with the same content and name are one in the entry, and are chosen several times.
    places = _ranges(_offsets(n_places), chosen)
    document = np.repeat(np.arange(len(chosen), dtype=np.int32), n_places[chosen])
    return BatchTokens(
        files=[tokens.files[number] for number in numbers],
        n_han=tokens.n_han[chosen],
        n_sentences=tokens.n_sentences[chosen],
        n_tokens=tokens.n_tokens[sentences],
        ids=tokens.ids[_ranges(of_sentence, sentences)],
        vocabulary=tokens.vocabulary,
    ), Mentions(document, mentions.term[places], mentions.n[places], mentions.n_free[places])


def _ranges(offsets: NDArray[np.int64], chosen: NDArray[np.integer]) -> NDArray[np.int64]:
    """All places from offsets[i] to offsets[i + 1], for each i chosen, one after another.

    >>> _ranges(np.array([0, 2, 2, 5]), np.array([2, 0])).tolist()
    [2, 3, 4, 0, 1]
    """
    lengths = offsets[chosen + 1] - offsets[chosen] if len(chosen) else np.zeros(0, np.int64)
    before = np.repeat(_offsets(lengths)[:-1], lengths)
    firsts = np.repeat(offsets[chosen] if len(chosen) else lengths, lengths)
    return firsts + np.arange(lengths.sum()) - before


def as_bytes(value: object) -> NDArray[np.uint8]:
    """A value as json in an array; characters are not written out, which is read much faster."""
    written = json.dumps(value, ensure_ascii=False)
    return np.frombuffer(written.encode("utf-8", "surrogatepass"), np.uint8)


def from_bytes(array: NDArray[np.generic]) -> Any:
    """The value that `as_bytes` wrote."""
    return json.loads(array.tobytes().decode("utf-8", "surrogatepass"))
