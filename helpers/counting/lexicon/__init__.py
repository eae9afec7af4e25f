"""Lexicon, and leftmost-longest matching of its terms -> hits.

Terms are matched as strings, not as tokens: jieba splits 疫情防控 and 复工复产, so that
counting its tokens would find none of them. All categories are matched together, so a decoy
(污染防治) takes its characters before a shorter prevention term (防治) can.
"""

from helpers.counting.lexicon.direction import mark_direction, read_cues
from helpers.counting.lexicon.matching import count_mentions, find_terms
from helpers.counting.lexicon.reading import (
    NO_GLOSS,
    REQUIRED_COLUMNS,
    TRANSPARENT,
    LexiconError,
    add_glosses,
    list_surfaces,
    read_function_words,
    read_glossary,
    read_kept_words,
    read_lexicon,
    read_table,
)

__all__ = [
    "NO_GLOSS", "REQUIRED_COLUMNS", "TRANSPARENT", "LexiconError", "add_glosses",
    "count_mentions", "find_terms", "list_surfaces", "mark_direction", "read_cues",
    "read_function_words", "read_glossary", "read_kept_words", "read_lexicon", "read_table",
]  # fmt: skip
