"""Tokens -> numbers: cells of documents and words, and mentions of terms."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from helpers.counting.bulk.recipe import Recipe
from helpers.counting.bulk.tokens import BatchTokens, FileFacts, Ints
from helpers.counting.lexicon.matching import argsort_stably
from helpers.reading.segment.ids import are_words


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


def count_batch(
    tokens: BatchTokens, mentions: Mentions, notes: list[str], keys: tuple[bytes, ...]
) -> BatchCounts:
    """The numbers of some files."""
    offsets = offsets_of(tokens.n_tokens)[offsets_of(tokens.n_sentences)]
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


def find_mentions(tokens: BatchTokens, recipe: Recipe) -> Mentions:
    """The terms found in the sentences, which are the tokens one after another."""
    matcher = recipe.matcher
    pieces = np.array([*tokens.vocabulary, matcher.apart], dtype=object)
    # Behind each sentence stands what keeps it apart from the next.
    ends = np.cumsum(tokens.n_tokens, dtype=np.int64)
    ids = np.insert(tokens.ids, ends, len(tokens.vocabulary))
    found = matcher.find("".join(pieces[ids].tolist()))
    lengths = np.fromiter(map(len, pieces.tolist()), np.int64, len(pieces))
    of_sentence = offsets_of(lengths[ids])[offsets_of(tokens.n_tokens + 1)]
    of_document = of_sentence[offsets_of(tokens.n_sentences)]
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
    n_free_before = offsets_of(free[order])[np.append(firsts, len(order))]
    columns = (document[firsts], term[firsts], np.diff(firsts, append=len(order)),
               np.diff(n_free_before))  # fmt: skip
    in_reading_order = np.argsort(order[firsts])
    return Mentions(*(column[in_reading_order].astype(np.int32) for column in columns))


def offsets_of(lengths: NDArray[np.integer]) -> NDArray[np.int64]:
    """Where each of some pieces begins, and where the last one ends."""
    return np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])
