"""Sentences and lexicon -> hits: leftmost-longest, all categories together."""

from bisect import bisect_right
from typing import NamedTuple

import ahocorasick_rs
import pandas as pd

from helpers.counting.lexicon.checks import require_cells, require_distinct
from helpers.counting.lexicon.reading import (
    TRANSPARENT,
    LexiconError,
    list_surfaces,
    require_distinct_forms,
)
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
    require_distinct_forms(surfaces, "the lexicon")
    matcher = _Matcher(surfaces)
    rows = []
    for sentence in sentences.itertuples(index=False):
        for mention, surface in matcher.find(sentence.sentence):
            rows.append(
                (sentence.doc_id, sentence.sentence_id, surface.term,
                 sentence.sentence[mention.start : mention.end],
                 surface.category, surface.subcategory,
                 sentence.start + mention.start, sentence.start + mention.end,
                 mention.inside, mention.inside == "")
            )  # fmt: skip
    hits = pd.DataFrame(rows, columns=COLUMNS["hits"])
    return hits.astype({"start": "int64", "end": "int64", "free": bool})


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


class _Mention(NamedTuple):
    start: int
    end: int
    inside: str


class _Matcher:
    """Finds every mention of the surfaces in one pass over a text, free or inside another."""

    def __init__(self, surfaces: pd.DataFrame) -> None:
        if surfaces.empty:
            raise LexiconError("the lexicon has no term; read one with lexicon.read_lexicon")
        self.surfaces = list(surfaces.itertuples(index=False))
        patterns = [TRANSPARENT.sub("", surface.surface) for surface in self.surfaces]
        self.longest = ahocorasick_rs.AhoCorasick(
            patterns, matchkind=ahocorasick_rs.MatchKind.LeftmostLongest
        )
        self.every = ahocorasick_rs.AhoCorasick(patterns)

    def find(self, text: str) -> list[tuple[_Mention, tuple]]:
        """Every mention in reading order, the longer first where two begin together."""
        places = [i for i, character in enumerate(text) if not TRANSPARENT.match(character)]
        shadow = "".join(text[i] for i in places)
        free = self.longest.find_matches_as_indexes(shadow)
        free_ends = [end for _, _, end in free]
        found = []
        last_end_of_term: dict[str, int] = {}
        for index, start, end in sorted(
            self.every.find_matches_as_indexes(shadow, overlapping=True),
            key=lambda match: (match[1], -match[2]),
        ):
            surface = self.surfaces[index]
            if end <= last_end_of_term.get(surface.term, 0):
                continue  # a shorter variant inside a mention of the same term
            last_end_of_term[surface.term] = end
            # The free matches do not overlap, so the first that ends behind `start` holds it.
            holder = free[bisect_right(free_ends, start)]
            inside = "" if holder == (index, start, end) else self.surfaces[holder[0]].term
            found.append((_Mention(places[start], places[end - 1] + 1, inside), surface))
        return found
