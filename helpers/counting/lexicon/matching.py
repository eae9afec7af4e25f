"""Sentences and lexicon -> hits: leftmost-longest, all categories together."""

from contextlib import suppress
from functools import cache, cached_property
from itertools import chain
from typing import NamedTuple

import ahocorasick_rs
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.counting.lexicon.checks import SURROGATE, require_cells, require_distinct
from helpers.counting.lexicon.compiled import CompiledSearch
from helpers.counting.lexicon.reading import (
    TRANSPARENT,
    LexiconError,
    list_surfaces,
    require_distinct_forms,
)
from helpers.reading.clean.characters import code_points, table_of
from helpers.reading.machine_code import CannotCompileError
from helpers.tables import COLUMNS


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
    matcher = Matcher(surfaces)
    text, starts = _join(sentences["sentence"].tolist(), matcher.apart)
    mentions = matcher.find(text)
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


class Mentions(NamedTuple):
    """Mentions in reading order, the longer first where two begin together.

    `surface` and `holder` are rows of the surfaces: what was found, and what leftmost-longest
    matching picks at that place; `start` and `end` are places in the text.
    """

    surface: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    holder: NDArray[np.int64]
    free: NDArray[np.bool_]


# Longer forms are found by the library alone.
_LONGEST_FORM = 200


class Matcher:
    """Finds the forms of a lexicon (list_surfaces) in a text: made once, asked often.

    `terms` has for each form the number of its term, counted as the forms name them, and
    `apart` is a character that no form holds: put between two texts, it keeps them apart.
    """

    def __init__(self, surfaces: pd.DataFrame) -> None:
        """A matcher; LexiconError where there is no form, or two are the same."""
        if surfaces.empty:
            raise LexiconError("the lexicon has no term; read one with lexicon.read_lexicon")
        require_distinct_forms(surfaces, "the lexicon")
        forms = surfaces["surface"].tolist()
        self._forms = [TRANSPARENT.sub("", form) for form in forms]
        self._search: CompiledSearch | None = None
        self.terms: NDArray[np.int64] = pd.factorize(surfaces["term"])[0]
        used = set("".join(forms))
        self.apart = next(mark for mark in map(chr, range(1, 0x110000)) if mark not in used)

    def expect_much(self) -> None:
        """Find with compiled code from now on, where that can be had (extra `fast`)."""
        # It follows each form from each place on, which takes long where one is thousands of a's.
        if max(map(len, self._forms)) > _LONGEST_FORM:
            return
        # Without it the library finds the same, as it does in little text.
        with suppress(CannotCompileError):
            self._search = CompiledSearch(self._forms, self.terms, _transparent_table())

    def find(self, text: str) -> Mentions:
        """Every mention in the text; quotation marks and brackets inside one are passed over."""
        if self._search is None:
            return self._find_by_library(text)
        surface, start, end, holder, free = self._search.find(code_points(text)).T.copy()
        return Mentions(surface, start, end, holder, free.astype(bool))

    @cached_property
    def _automaton(self) -> ahocorasick_rs.AhoCorasick:
        return ahocorasick_rs.AhoCorasick(self._forms)

    def _find_by_library(self, text: str) -> Mentions:
        shadow, places = _without_transparent(text)
        matches = self._automaton.find_matches_as_indexes(_whole(shadow), overlapping=True)
        flat = np.fromiter(chain.from_iterable(matches), np.int64, 3 * len(matches))
        found, start, end = flat.reshape(-1, 3).T
        # The longer first where two begin together. They come in the order of their ends, so they
        # are nearly sorted, which a stable sort is quick with.
        order = np.argsort(start * (len(text) + 1) - end, kind="stable")
        found, start, end = found[order], start[order], end[order]
        picked = _leftmost_longest(start, end)
        free, free_start, free_end = found[picked], start[picked], end[picked]
        kept = ~_inside_earlier(self.terms[found], end)
        found, start, end = found[kept], start[kept], end[kept]
        # The free matches do not overlap, so the first that ends behind `start` holds it.
        at = np.searchsorted(free_end, start, side="right")
        is_free = (free[at] == found) & (free_start[at] == start) & (free_end[at] == end)
        return Mentions(found, places[start], places[end - 1] + 1, free[at], is_free)


def _whole(text: str) -> str:
    """The text with U+FFFD for each half of a surrogate pair, which the automaton cannot take."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return SURROGATE.sub("\ufffd", text)
    return text


def _leftmost_longest(start: NDArray[np.int64], end: NDArray[np.int64]) -> NDArray[np.int64]:
    """Which of the sorted matches a search picks that goes on behind each match it has found."""
    longest = np.flatnonzero(np.diff(start, prepend=-1))
    start, end = start[longest], end[longest]
    # What no match before reaches into is picked, whatever was picked before; so is the end.
    is_picked = np.ones(len(longest) + 1, bool)
    is_picked[1:-1] = start[1:] >= np.maximum.accumulate(end)[:-1]
    following = np.searchsorted(start, end)
    # Between two such the search has to be followed, which is seldom far.
    behind = following[is_picked[:-1]]
    for at in behind[~is_picked[behind]].tolist():
        while not is_picked[at]:
            is_picked[at] = True
            at = following[at]
    return longest[is_picked[:-1]]


def _inside_earlier(term: NDArray[np.int64], end: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether a mention of the same term that began before (or with) each one reaches its end.

    A shorter variant inside a mention of the same term is no mention of its own.
    """
    order = argsort_stably(term)
    # Terms far apart, so that one running maximum serves them all.
    far = int(end.max(initial=0)) + 1
    reached = np.maximum.accumulate(term[order] * far + end[order])
    inside = np.zeros(len(term), bool)
    inside[order[1:]] = reached[:-1] >= (term[order] * far + end[order])[1:]
    return inside


def argsort_stably(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """The order that sorts numbers from 0 on; those of 16 bits take a fifth of the time."""
    return np.argsort(numbers.astype(np.min_scalar_type(numbers.max(initial=0))), kind="stable")


def _join(sentences: list[str], apart: str) -> tuple[str, NDArray[np.int64]]:
    """All sentences as one text, kept apart, and where each begins."""
    lengths = np.fromiter(map(len, sentences), dtype="int64", count=len(sentences))
    return apart.join(sentences), np.cumsum(lengths + 1) - lengths - 1


def _without_transparent(text: str) -> tuple[str, NDArray[np.int64]]:
    """The text without quotation marks and brackets, and where each character left stood."""
    points = code_points(text)
    places = np.flatnonzero(~_transparent_table()[points])
    if len(places) == len(text):
        return text, places
    return points[places].tobytes().decode("utf-32-le", "surrogatepass"), places


@cache
def _transparent_table() -> NDArray[np.bool_]:
    return table_of(TRANSPARENT.pattern[1:-1].replace("\\", ""))
