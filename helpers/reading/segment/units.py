"""Documents -> sentences, clauses.

Units come from punctuation and layout alone, before any word is looked at, so that groups
built on them are not circular.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from itertools import groupby

import pandas as pd

from helpers.reading.segment.letters import WORD_CHARACTER
from helpers.tables import COLUMNS, require_columns

# A sentence ends after 。！？ and the closing marks that follow, or with its line.
_SENTENCE_END = r"[。！？!?]+[”’」』）)》】]*"
# A directive may also begin after ；, so that each sentence belongs to one directive only.
_DIRECTIVE_MARK = r"[一二三四五六七八九十]{1,3}(?:要|是)"
_NO_END = "[^\n。！？!?；;]*"
# Sentences, and the line ends between them: together they are the whole text.
_PIECE = re.compile(
    rf"\n+|[^\n]{_NO_END}(?:[；;](?!{_DIRECTIVE_MARK}){_NO_END})*"
    rf"(?:{_SENTENCE_END}|[；;]|(?=\n)|\Z)"
)
_ENDS_SENTENCE = re.compile(rf"{_SENTENCE_END}$")
_DIRECTIVE = re.compile(r"([一二三四五六七八九十]{1,3})(要|是)")
_CLAUSE_BREAK = re.compile(r"(?<!\d)[，,；;]|[，,；;](?!\d)|[。！？!?]+")
_LONGEST_TITLE_LINE = 60


def split_sentences(documents: pd.DataFrame) -> pd.DataFrame:
    """One row per sentence: doc_id, sentence_id, part, start, end, sentence.

    A sentence ends with 。！？ or with its line; 、 and quotation marks never end one. Offsets
    are into documents.text. `part` is where the sentence stands: title, lead, preamble,
    directive 1, directive 2 … or, in a document without directives (一要…, 二要…), body.
    A directive lasts until the next one, or to the end of the document.

    >>> text = "会议强调，要落实。一要防控。二要复工。"
    >>> split_sentences(pd.DataFrame({"doc_id": ["d"], "text": [text]}))["part"].tolist()
    ['preamble', 'directive 1', 'directive 2']
    """
    require_columns(documents, "documents", ["doc_id", "text"])
    columns = [[] for _ in COLUMNS["sentences"]]
    for doc_id, text in zip(documents["doc_id"], documents["text"], strict=True):
        spans = list_sentences(_require_cleaned(doc_id, text))
        starts, ends, sentences = zip(*spans, strict=True) if spans else ((), (), ())
        parts = _parts(sentences, _line_numbers(text, starts))
        of_document = ([doc_id] * len(spans), range(1, len(spans) + 1), parts, starts, ends,
                       sentences)  # fmt: skip
        for column, cells in zip(columns, of_document, strict=True):
            column += cells
    return pd.DataFrame(dict(zip(COLUMNS["sentences"], columns, strict=True)))


def list_sentences(text: str) -> list[tuple[int, int, str]]:
    """Start, end and words of each sentence of one text, as split_sentences has them.

    >>> list_sentences("要防控。要复工。")
    [(0, 4, '要防控。'), (4, 8, '要复工。')]
    """
    spans = []
    has_words = WORD_CHARACTER.search
    start = end = 0
    for piece in _PIECE.findall(text):
        start, end = end, end + len(piece)
        # Nearly every sentence begins with a word, and a look at one character is no search.
        if piece[0].isalnum() or has_words(piece):
            sentence = piece.strip()
            if sentence is piece:
                spans.append((start, end, sentence))
            else:  # blanks around it are not part of it
                last = start + len(piece.rstrip())
                spans.append((last - len(sentence), last, sentence))
    return spans


def split_clauses(sentences: pd.DataFrame) -> pd.DataFrame:
    """One row per clause: doc_id, sentence_id, clause_id, part, start, end, clause.

    Clauses end with ，；。！？ (or their ASCII twins) that do not stand between digits; the
    mark itself is left out. `clause_id` runs through the document.

    >>> documents = pd.DataFrame({"doc_id": ["d"], "text": ["外防输入、内防扩散，落实1,000项。"]})
    >>> split_clauses(split_sentences(documents))["clause"].tolist()
    ['外防输入、内防扩散', '落实1,000项']
    """
    require_columns(sentences, "sentences")
    rows = []
    for doc_id, of_document in groupby(sentences.itertuples(index=False), lambda row: row.doc_id):
        number = 0
        for row in of_document:
            for start, end in _clause_spans(row.sentence):
                number += 1
                rows.append(
                    (doc_id, row.sentence_id, number, row.part, row.start + start,
                     row.start + end, row.sentence[start:end])
                )  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS["clauses"])


def list_parts(sentences: pd.DataFrame) -> pd.DataFrame:
    """One row per part, in reading order: doc_id, part, start, end, n_sentences."""
    require_columns(sentences, "sentences")
    return (
        sentences.groupby(["doc_id", "part"], sort=False)
        .agg(start=("start", "min"), end=("end", "max"), n_sentences=("sentence_id", "size"))
        .reset_index()
    )


def list_directive_marks(sentence: str) -> list[int]:
    """Where the verb of a directive's number stands: the 要 of 一要 at the sentence's head.

    >>> list_directive_marks("一要提高站位，二是落实要求。")
    [1]
    """
    mark = _DIRECTIVE.match(sentence)
    return [mark.start(2)] if mark else []


def _require_cleaned(doc_id: str, text: object) -> str:
    if not isinstance(text, str) or not text.strip():
        raise ValueError(
            f"document {doc_id!r} has no cleaned text; run clean.clean_documents(documents) first"
        )
    return text


def _line_numbers(text: str, starts: Sequence[int]) -> list[int]:
    line_ends = [match.start() for match in re.finditer("\n", text)]
    return [bisect_left(line_ends, start) for start in starts]


def _parts(sentences: Sequence[str], lines: list[int]) -> list[str]:
    """The part of each sentence, by layout and by the frame of numbered directives."""
    n_title = _count_title_lines(sentences, lines)
    directives = _directive_numbers(sentences)
    first = next((i for i, number in enumerate(directives) if number), None)
    parts = []
    for i, number in enumerate(directives):
        if i < n_title:
            parts.append("title")
        elif number:
            parts.append(f"directive {number}")
        elif first is None:
            parts.append("body")
        else:
            parts.append("preamble" if lines[i] == lines[first] else "lead")
    return parts


def _count_title_lines(sentences: Sequence[str], lines: list[int]) -> int:
    """How many sentences stand above the first line that ends like a sentence, or is long."""
    for i, sentence in enumerate(sentences):
        alone = lines.count(lines[i]) == 1
        if not alone or len(sentence) > _LONGEST_TITLE_LINE or _ENDS_SENTENCE.search(sentence):
            return i
    return 0  # no body below: a list of short lines is not a list of titles


def _directive_numbers(sentences: Sequence[str]) -> list[int]:
    """For each sentence the directive it belongs to, 0 before the first.

    Only the next number in the same frame (一要 … 二要) opens a directive: 一是 … 二是 inside
    it, or 一要 in passing, does not.
    """
    current, frame = 0, None
    numbers = []
    for sentence in sentences:
        mark = _DIRECTIVE.match(sentence)
        if mark and _number(mark[1]) == current + 1 and frame in (None, mark[2]):
            current, frame = current + 1, mark[2]
        numbers.append(current)
    return numbers


def _number(numeral: str) -> int:
    """Value of a Chinese numeral from 一 to 九十九: 十二 -> 12."""
    digits = {digit: value for value, digit in enumerate("一二三四五六七八九", start=1)}
    tens, ten, ones = numeral.rpartition("十")
    return 10 * digits.get(tens, 1) * bool(ten) + digits.get(ones, 0)


def _clause_spans(sentence: str) -> list[tuple[int, int]]:
    spans = []
    start = 0
    for end, next_start in [
        *(match.span() for match in _CLAUSE_BREAK.finditer(sentence)),
        (len(sentence), len(sentence)),
    ]:
        piece = sentence[start:end]
        stripped = piece.strip()
        if WORD_CHARACTER.search(stripped):
            offset = start + piece.index(stripped)
            spans.append((offset, offset + len(stripped)))
        start = next_start
    return spans
