"""KWIC lines or short texts, their words and a glossary -> the gloss of each word."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Iterable, Mapping, Set
from itertools import pairwise
from numbers import Number
from typing import NamedTuple

import pandas as pd

from helpers.counting.context.checks import require_lines, require_no_gap, require_whole_numbers
from helpers.counting.context.lines import LINE_BREAKS
from helpers.counting.lexicon import NO_GLOSS, TRANSPARENT
from helpers.counting.lexicon.checks import require_cells
from helpers.reading.clean import count_han
from helpers.reading.segment import Segmenter, tokenize
from helpers.reading.segment.letters import WORD_CHARACTER
from helpers.tables import require_columns, require_text

GLOSSES = ["left_en", "node_en", "right_en"]
# A word whose other half lies outside.
_CUT = "…"
_BETWEEN_WORDS, _BETWEEN_SENTENCES = " · ", " ‖ "
_SENTENCE_END = re.compile("[。！？!?]")
_REMARK = re.compile(r" ?\([^()]*\)")
_CURE = "cut the documents that the lines are from with segment.tokenize, and leave no word out"


class _Word(NamedTuple):
    """A token and its place in the document."""

    start: int
    end: int
    token: str


def gloss_kwic(lines: pd.DataFrame, tokens: pd.DataFrame, glossary: pd.DataFrame) -> pd.DataFrame:
    """The same lines with left_en, node_en, right_en: their words glossed one by one.

    The glosses stand in the order of the Chinese words and are no translation; a double bar
    stands where a sentence ends with a mark, and remarks in brackets are left out. `tokens` are
    all words of the same documents (segment.tokenize). A node of whole words that the glossary
    holds is glossed as a whole, one inside a longer word as part of that word. A word without a
    gloss is written with (no gloss), one cut by the end of a context or of the node as an
    ellipsis. ValueError for tokens of other documents, that overlap, or that lack a word of a
    line, and for a node of another length than from start to end.

    >>> lines = pd.DataFrame({"doc_id": ["d"], "sentence_id": 1, "start": [4], "end": [6],
    ...     "left": ["决打赢"], "node": ["疫情"], "right": ["防控"]})
    >>> tokens = pd.DataFrame({"doc_id": "d", "token": ["坚决", "打赢", "疫情", "防控"],
    ...     "start": [0, 2, 4, 6], "end": [2, 4, 6, 8]})
    >>> glossary = pd.DataFrame({"term": ["打赢", "疫情"], "gloss_en": ["win (a war)", "epidemic"]})
    >>> gloss_kwic(lines, tokens, glossary)[["left_en", "node_en", "right_en"]].values.tolist()
    [['… · win', 'epidemic', '防控 (no gloss)']]
    """
    require_lines(lines)
    require_columns(tokens, "tokens", ["doc_id", "token", "start", "end"])
    for place in ("start", "end"):
        require_whole_numbers(lines, "kwic", place)
        require_whole_numbers(tokens, "tokens", place)
    require_no_gap(tokens, "tokens", "doc_id")
    for table, name in ((lines, "kwic"), (tokens, "tokens")):
        require_cells(table, name, ["doc_id"])
    require_text(tokens, "tokens", "token")
    gloss_of = _plain_glosses(glossary)
    words_of = _list_words(tokens)
    rows = [
        _gloss_line(line, words_of.get(line.doc_id, []), gloss_of)
        for line in lines.itertuples(index=False)
    ]
    return lines.assign(**pd.DataFrame(rows, columns=GLOSSES, index=lines.index, dtype=str))


def gloss_texts(
    texts: Iterable[str], glossary: pd.DataFrame, *, segmenter: Segmenter | None = None
) -> list[str]:
    """The glosses of the words of each text, in their order: for titles and other short texts.

    As gloss_kwic writes them, for words as segment.tokenize cuts them: without the segmenter of
    a lexicon, set phrases are cut up. The glossary, of lexicon.read_glossary(terms), holds
    simplified characters, as clean.clean_documents gives them. Text without a word, and empty
    text, is glossed as "". ValueError for what is no text.

    >>> glossary = pd.DataFrame({"term": ["疫情", "通报"], "gloss_en": ["epidemic", "circular"]})
    >>> gloss_texts(["疫情通报", ""], glossary)
    ['epidemic · circular', '']
    """
    # Of a table the names of its columns would be glossed, of a set the texts in any order.
    no_list = isinstance(texts, str | bytes | Mapping | Set) or not isinstance(texts, Iterable)
    if no_list or getattr(texts, "ndim", 1) != 1:
        raise ValueError(
            f"texts is of type {type(texts).__name__}; it must be a list of texts, such as "
            "['疫情通报'], or a column of them"
        )
    listed = list(texts)
    for number, text in enumerate(listed):
        if not isinstance(text, str):
            raise ValueError(
                f"text {number} is {text!r}, no text; where there is none, write an empty text"
            )
    gloss_of = _plain_glosses(glossary)
    titles = pd.DataFrame({"doc_id": range(len(listed)), "sentence_id": 1, "start": 0,
                           "sentence": pd.Series(listed, dtype=object)})  # fmt: skip
    words_of = _list_words(tokenize(titles, segmenter=segmenter))
    return [
        _gloss_words(words_of.get(number, []), 0, text, gloss_of)
        for number, text in enumerate(listed)
    ]


def _plain_glosses(glossary: pd.DataFrame) -> dict[str, str]:
    return {term: _plain(gloss) for term, gloss in list_glosses(glossary).items()}


def list_glosses(glossary: pd.DataFrame) -> dict[str, str]:
    """The gloss of each term that has one; of two, the first."""
    require_columns(glossary, "glossary", ["term", "gloss_en"])
    known = glossary[glossary["gloss_en"].notna()]
    cells = [str(gloss) if isinstance(gloss, Number) else gloss for gloss in known["gloss_en"]]
    known = known.assign(gloss_en=cells)
    for column in ("term", "gloss_en"):
        require_text(known, "glossary", column)
    gloss_of: dict[str, str] = {}
    for term, gloss in zip(known["term"], known["gloss_en"], strict=True):
        if gloss.strip():
            gloss_of.setdefault(term, gloss.strip())
    return gloss_of


def _list_words(tokens: pd.DataFrame) -> dict[Hashable, list[_Word]]:
    """The words of each document in order; ValueError for two that overlap."""
    words_of: dict[Hashable, list[_Word]] = {}
    columns = (tokens[name].tolist() for name in ("doc_id", "start", "end", "token"))
    for doc_id, start, end, token in zip(*columns, strict=True):
        if WORD_CHARACTER.search(token):  # others keep their punctuation as tokens
            words_of.setdefault(doc_id, []).append(_Word(start, end, token))
    for doc_id, words in words_of.items():
        words.sort()
        for word, following in pairwise(words):
            if following.start < word.end:
                raise ValueError(
                    f"the tokens {word.token!r} and {following.token!r} overlap at "
                    f"{following.start} of document {doc_id!r}; give each word once, as "
                    "segment.tokenize does"
                )
    return words_of


def _gloss_line(line, words: list[_Word], gloss_of: Mapping[str, str]) -> tuple[str, str, str]:
    if line.end - line.start != len(line.node):
        raise ValueError(
            f"a line of document {line.doc_id!r} has the node {line.node!r} at {line.start} to "
            f"{line.end}, which is not its length; make the lines with context.kwic"
        )
    first, last = line.start - len(line.left), line.end + len(line.right)
    # The words of which at least one character stands in the line.
    begin = bisect_right(words, first, key=lambda word: word.end)
    near = words[begin : bisect_left(words, last, key=lambda word: word.start)]
    _require_words_of(line, near, first)
    return (
        _gloss_words(near, first, line.left, gloss_of),
        _gloss_node(line, near, gloss_of),
        _gloss_words(near, line.end, line.right, gloss_of),
    )


def _gloss_node(line, near: list[_Word], gloss_of: Mapping[str, str]) -> str:
    cut = [word for word in near if _is_cut(word, line.start) or _is_cut(word, line.end)]
    if not cut:
        whole = gloss_of.get(TRANSPARENT.sub("", line.node))
        return whole or _gloss_words(near, line.start, line.node, gloss_of)
    holder = cut[0]
    if holder.start <= line.start and line.end <= holder.end:
        return f"part of {_gloss(holder.token, gloss_of)}"
    return _gloss_words(near, line.start, line.node, gloss_of)


def _is_cut(word: _Word, place: int) -> bool:
    return word.start < place < word.end


def _gloss_words(near: list[_Word], begin: int, text: str, gloss_of: Mapping[str, str]) -> str:
    """The glosses of the words of a part of the line, which begins there in the document."""
    end = begin + len(text)
    ends = [begin + found.start() for found in _SENTENCE_END.finditer(text)]
    sentences: list[list[str]] = [[] for _ in range(len(ends) + 1)]
    for word in near:
        if word.end > begin and word.start < end:
            is_whole = begin <= word.start and word.end <= end
            gloss = _gloss(word.token, gloss_of) if is_whole else _CUT
            sentences[bisect_left(ends, word.start)].append(gloss)
    if not any(sentences):
        return ""
    # Marks with no word between them end one sentence: 。” 。 or ！）。
    said = [words for place, words in enumerate(sentences) if words or place in (0, len(ends))]
    return _BETWEEN_SENTENCES.join(map(_BETWEEN_WORDS.join, said)).strip()


def _gloss(token: str, gloss_of: Mapping[str, str]) -> str:
    # What holds no Chinese character, such as 2020 or 5G, reads the same in English.
    return gloss_of.get(token) or (f"{token} {NO_GLOSS}" if count_han(token) else token)


def _require_words_of(line, near: list[_Word], first: int) -> None:
    """Raise where the tokens are not those of the line, or not all of them."""
    text = f"{line.left}{line.node}{line.right}".translate(LINE_BREAKS)
    is_word = bytearray(len(text))
    for start, end, token in near:
        begin, stop = max(start, first), min(end, first + len(text))
        seen = token.translate(LINE_BREAKS)[begin - start : stop - start]
        if len(token) != end - start or text[begin - first : stop - first] != seen:
            raise ValueError(
                f"the tokens have {token!r} at {start} of document {line.doc_id!r}, where the line "
                f"has it not; {_CURE}"
            )
        is_word[begin - first : stop - first] = b"\1" * (stop - begin)
    for found in WORD_CHARACTER.finditer(text):
        if not is_word[found.start()]:
            raise ValueError(
                f"the tokens have no word for {found[0]!r} at {first + found.start()} of document "
                f"{line.doc_id!r}; {_CURE}"
            )


def _plain(gloss: str) -> str:
    """The gloss without its remarks in brackets, unless it is nothing else."""
    plain, n_left_out = gloss, 1
    while n_left_out:  # a remark may hold another one
        plain, n_left_out = _REMARK.subn("", plain)
    return plain.strip() or gloss
