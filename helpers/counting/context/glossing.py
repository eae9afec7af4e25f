"""KWIC lines, tokens and a glossary -> the same lines with the gloss of each word in them."""

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

from helpers.counting.context.checks import require_lines, require_no_gap, require_whole_numbers
from helpers.counting.context.lines import LINE_BREAKS
from helpers.counting.lexicon import TRANSPARENT
from helpers.reading.clean import count_han
from helpers.tables import require_columns

GLOSSES = ["left_en", "node_en", "right_en"]
# A word whose other half lies outside.
_CUT = "…"
_BETWEEN = " · "
_REMARK = re.compile(r"\s*\([^()]*\)")


def gloss_kwic(lines: pd.DataFrame, tokens: pd.DataFrame, glossary: pd.DataFrame) -> pd.DataFrame:
    """The same lines with left_en, node_en, right_en: their words glossed one by one.

    The glosses stand in the order of the Chinese words and are no translation; remarks in
    brackets are left out. `tokens` are all words of the same documents (segment.tokenize). A
    node that the glossary holds is glossed as a whole. A word without a gloss is written with
    (no gloss), one cut by the end of a context or of the node as an ellipsis.

    >>> lines = pd.DataFrame({"doc_id": ["d"], "sentence_id": 1, "start": [3], "end": [5],
    ...     "left": ["决打赢"], "node": ["疫情"], "right": ["防控"]})
    >>> tokens = pd.DataFrame({"doc_id": "d", "token": ["打赢", "疫情", "防控"],
    ...     "start": [1, 3, 5], "end": [3, 5, 7]})
    >>> glossary = pd.DataFrame({"term": ["打赢", "疫情"], "gloss_en": ["win (a war)", "epidemic"]})
    >>> gloss_kwic(lines, tokens, glossary)[["left_en", "node_en", "right_en"]].values.tolist()
    [['win', 'epidemic', '防控 (no gloss)']]
    """
    require_lines(lines)
    require_columns(tokens, "tokens", ["doc_id", "token", "start", "end"])
    for place in ("start", "end"):
        require_whole_numbers(lines, "kwic", place)
        require_whole_numbers(tokens, "tokens", place)
    require_no_gap(tokens, "tokens", "token")
    gloss_of = {term: _plain(gloss) for term, gloss in list_glosses(glossary).items()}
    words_of = dict(list(tokens.sort_values("start").groupby("doc_id")))
    rows = [
        _gloss_line(line, words_of.get(line.doc_id, tokens[:0]), gloss_of)
        for line in lines.itertuples(index=False)
    ]
    return lines.assign(**pd.DataFrame(rows, columns=GLOSSES, index=lines.index, dtype=str))


def list_glosses(glossary: pd.DataFrame) -> dict[str, str]:
    """The gloss of each term that has one; of two, the first."""
    require_columns(glossary, "glossary", ["term", "gloss_en"])
    known = glossary[glossary["gloss_en"].notna()]
    return dict(zip(known["term"][::-1], known["gloss_en"][::-1], strict=True))


def _gloss_line(line, words: pd.DataFrame, gloss_of: Mapping[str, str]) -> tuple[str, str, str]:
    first, last = line.start - len(line.left), line.end + len(line.right)
    begins, ends = words["start"].to_numpy(), words["end"].to_numpy()
    # The words of which at least one character stands in the line.
    words = words.iloc[np.searchsorted(ends, first, "right") : np.searchsorted(begins, last)]
    _require_words_of(line, words, first)
    name = TRANSPARENT.sub("", line.node)
    return (
        _gloss_words(words, first, line.start, gloss_of),
        gloss_of.get(name) or _gloss_words(words, line.start, line.end, gloss_of),
        _gloss_words(words, line.end, last, gloss_of),
    )


def _gloss_words(words: pd.DataFrame, begin: int, end: int, gloss_of: Mapping[str, str]) -> str:
    """The glosses of the words between two places of the document."""
    inside = words[(words["end"] > begin) & (words["start"] < end)]
    return _BETWEEN.join(
        (gloss_of.get(token) or f"{token} (no gloss)") if begin <= a and b <= end else _CUT
        for token, a, b in zip(inside["token"], inside["start"], inside["end"], strict=True)
    )


def _require_words_of(line, words: pd.DataFrame, first: int) -> None:
    """Raise where the tokens are not those of the line."""
    text = f"{line.left}{line.node}{line.right}".translate(LINE_BREAKS)
    whole = words[(words["start"] >= first) & (words["end"] <= first + len(text))]
    for token, start, end in zip(whole["token"], whole["start"], whole["end"], strict=True):
        if text[start - first : end - first] != token:
            raise ValueError(
                f"the tokens have {token!r} at {start} of document {line.doc_id!r}, where the line "
                "has it not; cut the documents that the lines are from with segment.tokenize"
            )
    if words.empty and count_han(text):
        raise ValueError(
            f"the tokens have no word of the line at {line.start} of document {line.doc_id!r}; "
            "cut the documents that the lines are from with segment.tokenize"
        )


def _plain(gloss: str) -> str:
    """The gloss without its remarks in brackets, unless it is nothing else."""
    return _REMARK.sub("", gloss).strip() or gloss
