"""Sentences and lexicon -> hits: leftmost-longest, all categories together."""

import re
from typing import NamedTuple

import ahocorasick_rs
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.counting.lexicon.checks import require_cells, require_distinct
from helpers.counting.lexicon.reading import (
    TRANSPARENT,
    LexiconError,
    list_surfaces,
    require_distinct_forms,
)
from helpers.tables import COLUMNS

# The same marks, seen from the other side: what is left between them.
_OPAQUE = re.compile(TRANSPARENT.pattern.replace("[", "[^", 1) + "+")


def find_terms(sentences: pd.DataFrame, lexicon: pd.DataFrame) -> pd.DataFrame:
    """One row per mention of a term: tables.COLUMNS["hits"], in reading order.

    A mention is `free` when leftmost-longest matching over all categories picks it. A mention
    whose characters a longer (or earlier) term takes is not free, and `inside` names that
    term; so the rows of 疫情防控 are all its mentions, and its free rows those that stand
    alone. Of the variants of one term only the longest at a place counts. Quotation marks and
    brackets inside a phrase are passed over; the offsets are into documents.text all the same.

    >>> lexicon = pd.DataFrame({"term": ["防治", "污染防治"], "variants": ["", ""],
    ...     "category": ["prevention", "decoy"], "subcategory": ["", ""]})
    >>> sentences = pd.DataFrame({"doc_id": ["d"], "sentence_id": [1], "start": [0],
    ...     "sentence": ["污染“防治”，防治。"]})
    >>> find_terms(sentences, lexicon)[["term", "start", "end", "inside", "free"]].values.tolist()
    [['污染防治', 0, 5, '', True], ['防治', 3, 5, '污染防治', False], ['防治', 7, 9, '', True]]
    """
    require_cells(sentences, "sentences", ["doc_id", "sentence_id", "start", "sentence"])
    require_distinct(sentences, "sentences", ["doc_id", "sentence_id"])
    surfaces = list_surfaces(lexicon)
    require_distinct_forms(surfaces, "the lexicon")
    text, starts = _join(sentences["sentence"].tolist(), surfaces["surface"])
    mentions = _find_mentions(text, surfaces)
    row = np.searchsorted(starts, mentions.start, side="right") - 1
    offset = sentences["start"].to_numpy(dtype="int64")[row] - starts[row]
    inside = surfaces["term"].array.take(mentions.holder).astype(object)
    inside[mentions.free] = ""
    spans = zip(mentions.start.tolist(), mentions.end.tolist(), strict=True)
    hits = pd.DataFrame(
        {
            # As in a table made row by row: a category's name, not its code.
            "doc_id": pd.Series(sentences["doc_id"].to_numpy(dtype=object)[row], dtype=str),
            "sentence_id": sentences["sentence_id"].to_numpy(dtype="int64")[row],
            "term": surfaces["term"].array.take(mentions.surface),
            "surface": pd.Series([text[start:end] for start, end in spans], dtype=str),
            "category": surfaces["category"].array.take(mentions.surface),
            "subcategory": surfaces["subcategory"].array.take(mentions.surface),
            "start": mentions.start + offset,
            "end": mentions.end + offset,
            "inside": pd.Series(inside, dtype=str),
            "free": mentions.free,
        }
    )
    return hits[COLUMNS["hits"]]


def count_mentions(hits: pd.DataFrame) -> pd.DataFrame:
    """One row per document and term: tables.COLUMNS["mentions"], in the order of the hits.

    `n` counts all mentions, `n_free` those not inside a longer term. A document without a hit
    has no row.

    >>> hits = pd.DataFrame({"doc_id": "d", "term": ["防治", "污染防治", "防治"],
    ...     "category": ["prevention", "decoy", "prevention"], "subcategory": "",
    ...     "free": [False, True, True]})
    >>> count_mentions(hits)[["term", "n", "n_free"]].values.tolist()
    [['防治', 2, 1], ['污染防治', 1, 1]]
    """
    keys = ["doc_id", "term", "category", "subcategory"]
    require_cells(hits, "hits", [*keys, "free"])
    by_term = hits.groupby(keys, sort=False, observed=True)["free"]
    mentions = by_term.agg(n="size", n_free="sum").reset_index()
    return mentions.astype({"n": "int64", "n_free": "int64"})[COLUMNS["mentions"]]


class _Mentions(NamedTuple):
    """Mentions in reading order, the longer first where two begin together.

    `surface` and `holder` are rows of the surfaces: what was found, and what leftmost-longest
    matching picks at that place; `start` and `end` are places in the text.
    """

    surface: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    holder: NDArray[np.int64]
    free: NDArray[np.bool_]


def _join(sentences: list[str], surfaces: pd.Series) -> tuple[str, NDArray[np.int64]]:
    """All sentences as one text, kept apart by what no surface holds, and where each begins."""
    used = set("".join(surfaces))
    apart = next(mark for mark in map(chr, range(1, 0x110000)) if mark not in used)
    lengths = np.fromiter(map(len, sentences), dtype="int64", count=len(sentences))
    return apart.join(sentences), np.cumsum(lengths + 1) - lengths - 1


def _find_mentions(text: str, surfaces: pd.DataFrame) -> _Mentions:
    if surfaces.empty:
        raise LexiconError("the lexicon has no term; read one with lexicon.read_lexicon")
    patterns = [TRANSPARENT.sub("", surface) for surface in surfaces["surface"]]
    shadow, places = _without_transparent(text)
    longest = ahocorasick_rs.AhoCorasick(
        patterns, matchkind=ahocorasick_rs.MatchKind.LeftmostLongest
    )
    every = ahocorasick_rs.AhoCorasick(patterns)
    free, free_start, free_end = _as_columns(longest.find_matches_as_indexes(shadow))
    found, start, end = _as_columns(every.find_matches_as_indexes(shadow, overlapping=True))
    order = np.lexsort((-end, start))
    found, start, end = found[order], start[order], end[order]
    # A shorter variant inside a mention of the same term is no mention of its own.
    term = pd.factorize(surfaces["term"])[0][found]
    before = pd.Series(end).groupby(term).cummax().groupby(term).shift(fill_value=0)
    kept = end > before.to_numpy()
    found, start, end = found[kept], start[kept], end[kept]
    # The free matches do not overlap, so the first that ends behind `start` holds it.
    at = np.searchsorted(free_end, start, side="right")
    is_free = (free[at] == found) & (free_start[at] == start) & (free_end[at] == end)
    return _Mentions(found, places[start], places[end - 1] + 1, free[at], is_free)


def _without_transparent(text: str) -> tuple[str, NDArray[np.int64]]:
    """The text without quotation marks and brackets, and where each character left stood."""
    kept = [match.span() for match in _OPAQUE.finditer(text)]
    if len(kept) == 1 and kept[0] == (0, len(text)):
        return text, np.arange(len(text))
    pieces = [np.arange(start, end) for start, end in kept]
    places = np.concatenate(pieces) if pieces else np.empty(0, dtype="int64")
    return "".join(text[start:end] for start, end in kept), places


def _as_columns(matches: list[tuple[int, int, int]]) -> tuple[NDArray[np.int64], ...]:
    table = np.array(matches, dtype="int64").reshape(-1, 3)
    return table[:, 0], table[:, 1], table[:, 2]
