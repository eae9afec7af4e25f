"""Documents and a term, a pattern or hits -> KWIC lines; sorted, and traced to the file."""

from bisect import bisect_right
from collections.abc import Collection, Iterable
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.counting.context.checks import (
    require_lines,
    require_of_these_documents,
    require_text,
    require_width,
    texts_of,
)
from helpers.counting.context.patterns import find_pattern
from helpers.counting.context.terms import find_characters, never_found
from helpers.reading import segment
from helpers.reading.clean import clean_text, follow_repairs
from helpers.tables import COLUMNS, require_columns

ORDERS = ("left", "right", "node", "text")

LINE_BREAKS = dict.fromkeys(map(ord, "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"), " ")


def kwic(
    documents: pd.DataFrame, term: str, *, pattern: bool = False, width: int = 20
) -> pd.DataFrame:
    """One row per match in reading order: doc_id, sentence_id, start, end, left, node, right.

    The term is found as characters, as lexicon.find_terms finds it: quotation marks and
    brackets inside a phrase are passed over. With `pattern=True` it is a regular expression of
    the package regex, which passes over nothing and may not match empty text. `left` and `right`
    hold up to `width` characters of the same document, those of line breaks shown as spaces;
    offsets are into documents.text. A match between two sentences belongs to the one before.
    ValueError for a term that never occurs (with a near form, if one does) and for a pattern
    that is not valid, matches empty text, or runs away.

    >>> documents = pd.DataFrame({"doc_id": ["d"], "text": ["打开“大门”，守好“小门”。"]})
    >>> kwic(documents, "打开大门", width=3)[["start", "end", "node", "right"]].values.tolist()
    [[0, 5, '打开“大门', '”，守']]
    >>> kwic(documents, "[大小]门", pattern=True, width=3)["left"].tolist()
    ['打开“', '守好“']
    """
    texts = texts_of(documents)
    width = require_width(width)
    require_text(term, "term", "for several terms use lexicon.find_terms and kwic_of_hits")
    spans = find_pattern(texts, term) if pattern else find_characters(texts, term)
    if not any(spans.values()):
        raise ValueError(never_found(texts, term, pattern))
    sentence_ids = _sentence_ids(documents, spans)
    places = [
        (doc_id, sentence_id, start, end)
        for doc_id, found in spans.items()
        for sentence_id, (start, end) in zip(sentence_ids.get(doc_id, []), found, strict=True)
    ]
    return lines_at(texts, places, width)


def kwic_of_hits(documents: pd.DataFrame, hits: pd.DataFrame, *, width: int = 20) -> pd.DataFrame:
    """One row per hit, in the order of the hits: the columns of `kwic`.

    `hits` are rows of lexicon.find_terms, however chosen: one category, one term, the free
    mentions only. ValueError when none are left, or when they come from other documents.

    >>> documents = pd.DataFrame({"doc_id": ["d"], "text": ["加强防控，复工复产。"]})
    >>> hits = pd.DataFrame({"doc_id": ["d"], "sentence_id": [1], "surface": ["防控"],
    ...     "start": [2], "end": [4]})
    >>> kwic_of_hits(documents, hits)[["left", "node", "right"]].values.tolist()
    [['加强', '防控', '，复工复产。']]
    """
    texts = texts_of(documents)
    width = require_width(width)
    columns = ["doc_id", "sentence_id", "start", "end", "surface"]
    require_columns(hits, "hits", columns)
    if hits.empty:
        raise ValueError(
            "there are no hits to show; check how they were chosen (hits['category'] == "
            "'prevention', say), or look at all rows of lexicon.find_terms"
        )
    require_of_these_documents(texts, hits, "hits", "surface", "lexicon.find_terms")
    return lines_at(texts, hits[columns[:4]].itertuples(index=False, name=None), width)


def sort_kwic(lines: pd.DataFrame, *, by: str) -> pd.DataFrame:
    """The same lines, by their left or right context, their node, or their place in the text.

    `by="left"` reads the left context backwards: the characters nearest to the node count
    first. Characters sort as in a dictionary by pinyin (letters, then tone, then code point;
    of several readings the commonest); before them come blanks and marks, then digits and
    other letters, by code point. `by="text"` sorts by doc_id, then place. Equal lines keep
    their order: sorting by "right" and then by "node" gives each node's lines by right context.

    >>> lines = pd.DataFrame({"doc_id": "d", "sentence_id": 1, "start": [0, 4], "end": [1, 5],
    ...     "left": ["坚决", "加强"], "node": ["防", "防"], "right": ["治", "控"]})
    >>> sort_kwic(lines, by="left")["left"].tolist(), sort_kwic(lines, by="right")["right"].tolist()
    (['坚决', '加强'], ['控', '治'])
    """
    require_lines(lines)
    if not isinstance(by, str) or by not in ORDERS:
        raise ValueError(f"lines cannot be sorted by {by!r}; choose one of {', '.join(ORDERS)}")
    if by == "text":
        return lines.sort_values(["doc_id", "start", "end"], kind="stable", ignore_index=True)
    keys = lines[by].str[::-1].tolist() if by == "left" else lines[by].tolist()
    characters = sorted(set().union(*keys), key=_dictionary_order)
    rank_of = {ord(character): chr(rank) for rank, character in enumerate(characters)}
    keys = [key.translate(rank_of) for key in keys]
    return lines.iloc[sorted(range(len(keys)), key=keys.__getitem__)].reset_index(drop=True)


def trace_kwic(
    lines: pd.DataFrame, documents: pd.DataFrame, *, without: Collection[str] = ()
) -> pd.DataFrame:
    """The same lines with raw_start, raw_end, raw_left, raw_node, raw_right: as the file has them.

    Offsets are into documents.raw_text, by the rule of clean.trace: what a repair deleted
    belongs to the character before it. The contexts cover the same characters as left and
    right. `without` names the repairs that were left out when the documents were cleaned.

    >>> from helpers import clean
    >>> documents = clean.clean_documents(pd.DataFrame({"doc_id": ["d"], "title": [""],
    ...     "raw_text": ["堅決強(qiáng)化擔當"]}))
    >>> traced = trace_kwic(kwic(documents, "强化", width=1), documents)
    >>> traced[["raw_start", "raw_end", "raw_left", "raw_node", "raw_right"]].values.tolist()
    [[2, 11, '決', '強(qiáng)化', '擔']]
    """
    require_lines(lines)
    texts = texts_of(documents)
    require_columns(documents, "documents", ["doc_id", "raw_text"])
    require_of_these_documents(texts, lines, "kwic", "node", "context.kwic")
    raw_of = dict(zip(documents["doc_id"], documents["raw_text"], strict=True))
    edges = _edges(lines, texts)
    raw_edges = np.zeros_like(edges)
    for doc_id, rows in lines.groupby("doc_id", sort=False).indices.items():
        origins = _origins(doc_id, raw_of[doc_id], texts[doc_id], without)
        raw_edges[rows] = origins[edges[rows]]
    raws = [
        (raw_of[doc_id][a:b].translate(LINE_BREAKS), raw_of[doc_id][b:c],
         raw_of[doc_id][c:d].translate(LINE_BREAKS))
        for doc_id, (a, b, c, d) in zip(lines["doc_id"], raw_edges.tolist(), strict=True)
    ]  # fmt: skip
    columns = ["raw_left", "raw_node", "raw_right"]
    original = pd.DataFrame(raws, columns=columns, index=lines.index, dtype=str)
    return lines.assign(raw_start=raw_edges[:, 1], raw_end=raw_edges[:, 2], **original)


def lines_at(
    texts: dict[str, str], places: Iterable[tuple[str, int, int, int]], width: int
) -> pd.DataFrame:
    """One line per place (doc_id, sentence_id, start, end): the columns of `kwic`."""
    rows = [
        (doc_id, sentence_id, start, end,
         texts[doc_id][max(start - width, 0) : start].translate(LINE_BREAKS),
         texts[doc_id][start:end],
         texts[doc_id][end : end + width].translate(LINE_BREAKS))
        for doc_id, sentence_id, start, end in places
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS["kwic"]).astype({"start": "int64", "end": "int64"})


def _sentence_ids(
    documents: pd.DataFrame, spans: dict[str, list[tuple[int, int]]]
) -> dict[str, list[int]]:
    """For each match the sentence it starts in, else the one before it, else the first.

    A text without any sentence, of marks only, has matches in sentence 0.
    """
    texts = zip(documents["doc_id"], documents["text"], strict=True)
    return {
        doc_id: _sentences_of(text, [start for start, _ in spans[doc_id]])
        for doc_id, text in texts
        if spans[doc_id]
    }


def _sentences_of(text: str, starts: list[int]) -> list[int]:
    begun = [start for start, _, _ in segment.list_sentences(text)]
    return [max(bisect_right(begun, start), min(len(begun), 1)) for start in starts]


def _edges(lines: pd.DataFrame, texts: dict[str, str]) -> NDArray[np.int64]:
    """Where the left context, the node and the right context of each line begin, and the end."""
    n_left, n_right = lines["left"].map(len), lines["right"].map(len)
    edges = np.column_stack(
        [lines["start"] - n_left, lines["start"], lines["end"], lines["end"] + n_right]
    ).astype(np.int64)
    for row, (a, b, c, d) in zip(lines.itertuples(index=False), edges.tolist(), strict=True):
        text = texts[row.doc_id]
        context = text[max(a, 0) : b].translate(LINE_BREAKS), text[c:d].translate(LINE_BREAKS)
        if context != (row.left, row.right):
            raise ValueError(
                f"the contexts of {row.node!r} at {b} of document {row.doc_id!r} are not as the "
                "text has them; trace the lines as context.kwic made them"
            )
    return edges


def _origins(doc_id: str, raw: str, text: str, without: Collection[str]) -> NDArray[np.int64]:
    if not isinstance(raw, str) or clean_text(raw, without=without) != text:
        raise ValueError(
            f"the text of document {doc_id!r} is not what cleaning makes of its raw_text; take "
            "the documents as clean.clean_documents gave them, and name here in `without` the "
            "repairs that were left out there"
        )
    *_, (_, _, origins) = follow_repairs(raw, without)
    return np.array(origins, dtype=np.int64)


@cache
def _dictionary_order(character: str) -> tuple[str, bool, str]:
    # Loaded here: pypinyin reads its book of words, and most lines are never sorted.
    from pypinyin import Style, lazy_pinyin

    reading = lazy_pinyin(
        character, style=Style.TONE3, neutral_tone_with_five=True, errors="ignore"
    )
    return "".join(reading), character.isalnum(), character
