"""Documents -> sentences, clauses -> tokens.

Units come from punctuation and layout alone, before any word is looked at, so that groups
built on them are not circular. Tokens are those of jieba 0.42.1, whichever engine cuts, and
nothing here changes what `jieba.lcut` answers elsewhere.
"""

from helpers.reading.segment.ids import TokenIds
from helpers.reading.segment.segmenter import Segmenter, make_segmenter
from helpers.reading.segment.tokens import cut_ids, place_tokens, tokenize
from helpers.reading.segment.units import (
    list_directive_marks,
    list_parts,
    list_sentences,
    split_clauses,
    split_sentences,
)

__all__ = [
    "Segmenter",
    "TokenIds",
    "cut_ids",
    "list_directive_marks",
    "list_parts",
    "list_sentences",
    "make_segmenter",
    "place_tokens",
    "split_clauses",
    "split_sentences",
    "tokenize",
]
