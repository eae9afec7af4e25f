"""The numbers of batches -> the tables of a corpus."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.counting.bulk.facts import DocumentFacts
from helpers.counting.bulk.numbers import BatchCounts
from helpers.counting.bulk.recipe import Recipe
from helpers.counting.bulk.tokens import Facts
from helpers.reading.clean.characters import count_han_each
from helpers.reading.load import documents as loading
from helpers.reading.load.batches import join_said
from helpers.reading.load.files import show_path
from helpers.reading.segment.ids import Numbers
from helpers.tables import COLUMNS

Ints = NDArray[np.integer]

# One group for all documents, and its name in the tables.
ALL = "all"
# Cells that wait until they are added up with the others.
_MOST_WAITING = 3_000_000
# Numbers that are added up in one go.
_AT_ONCE = 1_000_000


class Found(NamedTuple):
    """The terms found in all documents: the longest table of all, so numbers as small as they fit.

    Document d has `n_places[d]` places of the other three, one after another: the lexicon's row
    of a term found in it, how often it was found, and how often inside no longer one.
    """

    n_places: NDArray[np.unsignedinteger]
    term: NDArray[np.unsignedinteger]
    n: NDArray[np.unsignedinteger]
    n_free: NDArray[np.unsignedinteger]


@dataclass(frozen=True, repr=False)
class CorpusCounts:
    """The tables of a corpus.

    features   one row per group and word, as count.count_features makes it
    terms      one row per term found, as count.count_terms makes it
    mentions   one row per document and term, as lexicon.count_mentions makes it; the largest
               of them, so it is made when it is asked for
    documents  one row per document, without its text: DOCUMENT_COLUMNS
    problems   one row per file that could not be read, whole or in part: path, problem
    """

    features: pd.DataFrame
    terms: pd.DataFrame
    documents: pd.DataFrame
    problems: pd.DataFrame
    _found: Found
    _doc_ids: pd.api.extensions.ExtensionArray
    _lexicon: pd.DataFrame | None

    def __repr__(self) -> str:
        """The names of the tables, and how long they are."""
        sizes = {"features": self.features, "terms": self.terms, "documents": self.documents,
                 "problems": self.problems}  # fmt: skip
        said = [f"{name} {len(table):,}" for name, table in sizes.items()]
        said.insert(2, f"mentions {len(self._found.n):,}")
        return f"<CorpusCounts, rows: {', '.join(said)}>"

    @cached_property
    def mentions(self) -> pd.DataFrame:
        """One row per document and term, in reading order."""
        if self._lexicon is None:
            return pd.DataFrame(columns=COLUMNS["mentions"])
        n_places, term, n, n_free = self._found
        columns = {"doc_id": self._doc_ids.take(np.repeat(np.arange(len(n_places)), n_places))}
        for name in ("term", "category", "subcategory"):
            columns[name] = self._lexicon[name].array.take(term)
        columns |= {"n": n.astype(np.int64), "n_free": n_free.astype(np.int64)}
        return pd.DataFrame(columns, copy=False)


class Totals(NamedTuple):
    """Everything that the tables of a corpus are made of; this is what the cache keeps of it.

    `words` are in the order of their characters; each place of `group`, `word`, `n` and
    `n_documents` is one cell, by group, then from the most frequent on; `names` are the groups'.
    """

    words: list[str]
    group: NDArray[np.int64]
    word: NDArray[np.int64]
    n: NDArray[np.int64]
    n_documents: NDArray[np.int64]
    names: pd.Series
    documents: pd.DataFrame
    found: Found
    problems: list[tuple[str, str]]


def make_tables(totals: Totals, recipe: Recipe, *, by: str) -> CorpusCounts:
    """The tables of the corpus that came to these totals."""
    documents = totals.documents
    return CorpusCounts(
        features=_list_features(totals, recipe, by),
        terms=_list_terms(totals, recipe),
        documents=documents,
        problems=pd.DataFrame(totals.problems, columns=["path", "problem"], dtype=str),
        _found=totals.found,
        # The table of documents is the caller's, who may sort or cut it.
        _doc_ids=documents["doc_id"].array.copy(),
        _lexicon=recipe.lexicon,
    )


def _list_features(totals: Totals, recipe: Recipe, by: str) -> pd.DataFrame:
    _, group, word, n, n_documents, *_ = totals
    words = np.array([*totals.words, ""], dtype=object)[:-1]
    han = count_han_each(totals.words)
    n_groups = int(group.max(initial=-1)) + 1
    n_words = np.bincount(group, n, n_groups)
    n_han = np.bincount(group, n * han[word], n_groups)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.where(n_han[group] > 0, n / n_han[group], np.nan) * 1e3
    return pd.DataFrame(
        {
            by: totals.names.array.take(group),
            "feature": pd.array(words, dtype="str").take(word),
            "n": n,
            "document_frequency": n_documents,
            "per_million": n / n_words[group] * 1e6,
            "per_thousand_han": rate,
            "segmenter": pd.array([recipe.segmenter.name], dtype="str").take(
                np.zeros(len(n), np.int64)
            ),
        },
        copy=False,  # no column is anybody else's
    )


def _list_terms(totals: Totals, recipe: Recipe) -> pd.DataFrame:
    lexicon = recipe.lexicon
    if lexicon is None:
        lexicon = pd.DataFrame({"term": [], "category": []}, dtype=str)
    _, term, n, n_free = totals.found
    sums = {"n": n, "n_free": n_free, "document_frequency": None}
    terms = lexicon[["term", "category"]].assign(
        **{name: _add_up(term, weights, len(lexicon)) for name, weights in sums.items()}
    )
    terms = terms[terms["n"] > 0]
    terms["per_thousand_han"] = terms["n"] / totals.documents["n_han"].sum() * 1e3
    return terms.sort_values(["n", "term"], ascending=[False, True], ignore_index=True)


def _add_up(
    term: NDArray[np.unsignedinteger], weights: NDArray[np.unsignedinteger] | None, n_terms: int
) -> NDArray[np.int64]:
    """The sum of the weights by term, or how often each term stands."""
    sums = np.zeros(n_terms, np.int64)
    # numpy.bincount makes 16 bytes of each number, so it is given some at a time.
    for start in range(0, len(term), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        sums += np.bincount(term[part], None if weights is None else weights[part], n_terms).astype(
            np.int64
        )
    return sums


def order_cells(group: Ints, word: Ints, n: Ints) -> NDArray[np.int64]:
    """The places of the cells by group, then from the most frequent word on, then by word.

    >>> order_cells(np.array([1, 0, 0, 0]), np.array([7, 9, 7, 8]), np.array([1, 1, 1, 5]))
    array([3, 2, 1, 0])
    """
    group, word, n = (one.astype(np.int64, copy=False) for one in (group, word, n))
    n_words, most = int(word.max(initial=0)) + 1, int(n.max(initial=0))
    if (int(group.max(initial=0)) + 1) * (most + 1) * n_words >= 2**63:
        return np.lexsort((word, -n, group))
    # One number for all three is sorted in a tenth of the time.
    return np.argsort((group * (most + 1) + (most - n)) * n_words + word)


class Collector:
    """What has been counted so far; `add` the batches in order, then `finish`."""

    def __init__(self, recipe: Recipe, *, by: str, said: pd.DataFrame | None) -> None:
        """Nothing counted yet."""
        self._recipe, self._by, self._said = recipe, by, said
        self._numbers = Numbers()
        self._groups: dict[Any, int] = {}
        self._cells = _WordTotals() if by == ALL else _Cells(distinct=by == "doc_id")
        self._facts = DocumentFacts()
        self._found = [_Growing() for _ in Found._fields]
        self._problems: list[tuple[str, str]] = []
        self._n_documents = 0

    def add(self, counts: BatchCounts, paths: list[Path | None]) -> None:
        """Add the next batch, made of the files of these paths."""
        for path, file in zip(paths, counts.files, strict=True):
            if file.problem:
                self._problems.append((loading.show_name(str(path)), file.problem))
        n_documents = len(counts.n_sentences)
        self._add_cells(counts, paths)
        n_tokens = np.bincount(counts.document, counts.n, n_documents)
        self._facts.add(counts.files, paths, n_han=counts.n_han, n_tokens=n_tokens,
                        n_sentences=counts.n_sentences)  # fmt: skip
        document, *others = counts.mentions
        n_places = np.bincount(document, minlength=n_documents)
        for column, numbers in zip(self._found, (n_places, *others), strict=True):
            column.add(numbers)
        self._n_documents += n_documents

    def finish(self) -> Totals:
        """What everything added comes to."""
        cells = self._sort_cells()
        documents = self._facts.make_table(self._said, self._recipe)
        if self._by == "doc_id":
            names = documents["doc_id"]
        else:
            names = pd.Series([ALL] if self._by == ALL else list(self._groups))
        return Totals(
            *cells,
            names=names,
            documents=documents,
            found=Found(*(column.take() for column in self._found)),
            problems=self._problems,
        )

    # --- words

    def _add_cells(self, counts: BatchCounts, paths: list[Path | None]) -> None:
        numbers = self._numbers
        of_word = np.fromiter(map(numbers.__getitem__, counts.vocabulary), np.int64,
                              len(counts.vocabulary))  # fmt: skip
        groups = self._groups_of(counts, paths)
        self._cells.add(groups[counts.document], counts.word, counts.n, of_word)

    def _groups_of(self, counts: BatchCounts, paths: list[Path | None]) -> NDArray[np.int64]:
        """The number of each document's group; groups are numbered as their first word comes."""
        n_documents = len(counts.n_sentences)
        if self._by == "doc_id":
            return np.arange(n_documents) + self._n_documents
        if self._by == ALL:
            return np.zeros(n_documents, np.int64)
        batch = loading.as_documents(
            [_as_row(facts, path) for path, file in zip(paths, counts.files, strict=True)
             for facts in file.rows]
        )  # fmt: skip
        cells = join_said(batch, self._said, self._recipe.year)[self._by]
        with_words = np.unique(counts.document)
        if cells.iloc[with_words].isna().any():
            gap = batch.loc[cells.isna(), "shown"].iloc[0]
            raise ValueError(
                f"{gap} has no {self._by}; give it one with metadata=, or count by 'doc_id'"
            )
        groups = np.zeros(len(batch), np.int64)
        for document in with_words.tolist():
            value = cells.iloc[document]
            groups[document] = self._groups.setdefault(value, len(self._groups))
        return groups

    def _sort_cells(self) -> tuple[Any, ...]:
        """The words in order, and group, word, n and number of documents of each cell."""
        group, word, n, n_documents = self._cells.totals()
        words = sorted(self._numbers)
        numbers = np.fromiter(map(self._numbers.__getitem__, words), np.int64, len(words))
        self._numbers = Numbers()  # half of what the words take
        rank = np.empty(len(words), np.int64)
        rank[numbers] = np.arange(len(words))
        word = rank[word]
        order = order_cells(group, word, n)
        return words, group[order], word[order], n[order], n_documents[order]


class _Growing:
    """Whole numbers in one array that grows in place, as small as they fit.

    Joined of many parts it would for a moment be there twice.
    """

    def __init__(self) -> None:
        self._held = np.zeros(0, np.uint8)
        self._n = 0

    def add(self, numbers: NDArray[np.integer]) -> None:
        """Put these behind the others; none is below 0."""
        kind = np.promote_types(self._held.dtype, np.min_scalar_type(numbers.max(initial=0)))
        if kind != self._held.dtype:
            self._held = self._held.astype(kind)
        end = self._n + len(numbers)
        if end > len(self._held):
            self._held.resize(max(end, len(self._held) * 9 // 8), refcheck=False)
        self._held[self._n : end] = numbers
        self._n = end

    def take(self) -> NDArray[np.unsignedinteger]:
        """All of them; none is left here, because what grows in place must have one owner."""
        taken = self._held[: self._n]
        self._held, self._n = np.zeros(0, np.uint8), 0
        return taken


class _WordTotals:
    """Words and counts of one group that has all documents."""

    def __init__(self) -> None:
        self._n = np.zeros(0, np.int64)
        self._n_documents = np.zeros(0, np.int64)

    def add(self, _: Ints, word: Ints, n: Ints, of_word: Ints) -> None:
        """Cells of one document and word each; `of_word` has the numbers of the batch's words."""
        missing = int(of_word.max(initial=-1)) + 1 - len(self._n)
        if missing > 0:
            self._n = np.pad(self._n, (0, missing))
            self._n_documents = np.pad(self._n_documents, (0, missing))
        # No number stands twice. All words there are would be many more than those of a batch.
        self._n[of_word] += np.bincount(word, n, len(of_word)).astype(np.int64)
        self._n_documents[of_word] += np.bincount(word, minlength=len(of_word))

    def totals(self) -> tuple[NDArray[np.int64], ...]:
        """Group, word, sum of n and number of documents of every cell."""
        word = np.flatnonzero(self._n_documents)
        return np.zeros(len(word), np.int64), word, self._n[word], self._n_documents[word]


class _Cells:
    """Groups, words and counts, added up now and then so that they stay few.

    Where each group is one document, no cell comes twice and there is nothing to add up.
    """

    def __init__(self, *, distinct: bool) -> None:
        self._distinct = distinct
        self._sums = (np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64))
        self._waiting: list[tuple[NDArray[np.int64], NDArray[np.int32]]] = []
        self._n_waiting = 0

    def add(self, group: Ints, word: Ints, n: Ints, of_word: Ints) -> None:
        """Cells of one document and word each; `of_word` has the numbers of the batch's words."""
        self._waiting.append(((group << 32) | of_word[word], n))
        self._n_waiting += len(n)
        if not self._distinct and self._n_waiting > max(_MOST_WAITING, len(self._sums[0])):
            self._add_up()

    def totals(self) -> tuple[NDArray[np.int64], ...]:
        """Group, word, sum of n and number of documents of every cell."""
        self._add_up()
        keys, n, n_documents = self._sums
        return keys >> 32, keys & 0xFFFFFFFF, n, n_documents

    def _add_up(self) -> None:
        keys, n, n_documents = self._sums
        keys = np.concatenate([keys, *(one for one, _ in self._waiting)])
        n = np.concatenate([n, *(one for _, one in self._waiting)])
        n_documents = np.concatenate([n_documents, np.ones(self._n_waiting, np.int64)])
        self._waiting, self._n_waiting = [], 0
        if not self._distinct and len(keys):
            order = np.argsort(keys)
            keys = keys[order]
            firsts = np.flatnonzero(np.diff(keys, prepend=-1))
            keys = keys[firsts]
            n = np.add.reduceat(n[order], firsts)
            n_documents = np.add.reduceat(n_documents[order], firsts)
        self._sums = (keys, n, n_documents)


def _as_row(facts: Facts, path: Path | None) -> Facts:
    day = facts["date"]
    row = facts | {"path": path, "date": date.fromisoformat(day[:10]) if day else None}
    if path is None:
        return row | {"file": "", "shown": facts["doc_id"]}
    return row | {"file": path.name, "shown": f"{show_path(path)}{facts['where']}"}
