"""Documents -> sentences, clauses -> tokens.

Units come from punctuation and layout alone, before any word is looked at, so that groups
built on them are not circular. Tokens come from jieba 0.42.1, always from a Tokenizer of our
own: nothing here changes what `jieba.lcut` answers elsewhere.
"""

import csv
import hashlib
import math
import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any

import pandas as pd

from helpers.paths import LEXICON
from helpers.reading.words import make_tokenizer, stock_dictionary
from helpers.tables import COLUMNS, require_columns, require_text

# A sentence ends after 。！？ and the closing marks that follow, or with its line.
_SENTENCE_END = r"[。！？!?]+[”’」』）)》】]*"
# A directive may also begin after ；, so that each sentence belongs to one directive only.
_DIRECTIVE_MARK = r"[一二三四五六七八九十]{1,3}(?:要|是)"
_SENTENCE = re.compile(rf"[^\n]+?(?:{_SENTENCE_END}|[；;](?={_DIRECTIVE_MARK})|(?=\n)|\Z)")
_DIRECTIVE = re.compile(r"([一二三四五六七八九十]{1,3})(要|是)")
_CLAUSE_BREAK = re.compile(r"(?<!\d)[，,；;]|[，,；;](?!\d)|[。！？!?]+")
_WORD_CHARACTER = re.compile(r"\w")
_LONGEST_TITLE_LINE = 60
# What jieba can hold as one word: it cuts at every other character (、 and “” among them).
_ONE_BLOCK = re.compile(r"[\u4e00-\u9fd5a-zA-Z0-9+#&._%-]+")


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
    rows = []
    for doc_id, text in zip(documents["doc_id"], documents["text"], strict=True):
        spans = _sentence_spans(_require_cleaned(doc_id, text))
        parts = _parts([text[start:end] for start, end in spans], _line_numbers(text, spans))
        rows += [
            (doc_id, number, part, start, end, text[start:end])
            for number, (part, (start, end)) in enumerate(zip(parts, spans, strict=True), start=1)
        ]
    return pd.DataFrame(rows, columns=COLUMNS["sentences"])


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


@dataclass(frozen=True)
class Segmenter:
    """A jieba Tokenizer of our own, with the settings that decide its answers.

    `dictionary_hash` names the dictionary (12 hex digits of a SHA-256 over its words and
    frequencies); two segmenters with the same hash and `hmm` give the same tokens.
    """

    tokenizer: Any
    hmm: bool
    dictionary_hash: str
    n_added: int

    @property
    def name(self) -> str:
        """What decides the answers, in words: dictionary hash, and whether HMM guesses words."""
        return f"{self.dictionary_hash} {'HMM' if self.hmm else 'no HMM'}"

    def cut(self, text: str) -> list[str]:
        """The tokens of the text, punctuation and blanks included, so that they join to it."""
        return self.tokenizer.lcut(text, HMM=self.hmm)

    def cut_for_search(self, text: str) -> list[str]:
        """jieba's search mode: the tokens, each after the shorter words that it contains.

        The words overlap, so they do not join to the text and are no running words.
        """
        return self.tokenizer.lcut_for_search(text, HMM=self.hmm)


def make_segmenter(lexicon: pd.DataFrame | None = None, *, hmm: bool = False) -> Segmenter:
    """A segmenter with jieba's stock dictionary, or with that and the words of a lexicon.

    With a lexicon, three things change: its terms (and variants) marked `word` 1 are kept
    whole; so are the few names in data/lexicon/segmentation.csv; and the over-long entries
    listed there (认真落实, 狠抓落实 …) are split, because they hide the word counted. `hmm`
    lets jieba guess words that no dictionary holds.

    >>> make_segmenter().cut("疫情防控")
    ['疫情', '防控']
    """
    frequencies, total = stock_dictionary()
    frequencies = dict(frequencies)
    added: list[str] = []
    if lexicon is not None:
        require_columns(lexicon, "lexicon", ["term", "variants", "word"])
        keep, split = _segmentation_patch()
        for word in split:
            frequencies[word] = 0
        added = sorted({*_lexicon_words(lexicon), *keep}, key=lambda word: (len(word), word))
        for word in added:
            total += _keep_whole(word, frequencies, total)
    tokenizer = make_tokenizer(frequencies, total)
    return Segmenter(tokenizer, hmm, _hash_of(frequencies), len(added))


def tokenize(sentences: pd.DataFrame, *, segmenter: Segmenter | None = None) -> pd.DataFrame:
    """One row per running word: doc_id, sentence_id, position, token, start, end, segmenter.

    Punctuation and blanks are no tokens; `position` counts the words of a document from 1,
    offsets are into documents.text. `segmenter` names the dictionary and its setting, so that
    words of two segmenters are never counted together. Without a segmenter, jieba's stock
    dictionary is used.
    """
    require_columns(sentences, "sentences", ["doc_id", "sentence_id", "start", "sentence"])
    if segmenter is None:
        segmenter = make_segmenter()
    if not isinstance(segmenter, Segmenter):
        raise ValueError(
            f"segmenter must be made with segment.make_segmenter, not {type(segmenter).__name__}"
        )
    rows = []
    for row in sentences.itertuples(index=False):
        start = row.start
        for token in segmenter.cut(row.sentence):
            end = start + len(token)
            if _WORD_CHARACTER.search(token):
                rows.append((row.doc_id, row.sentence_id, token, start, end))
            start = end
    tokens = pd.DataFrame(rows, columns=["doc_id", "sentence_id", "token", "start", "end"])
    tokens.insert(2, "position", tokens.groupby("doc_id").cumcount() + 1)
    return tokens.assign(segmenter=pd.Categorical([segmenter.name] * len(tokens)))


def place_tokens(tokens: pd.DataFrame, clauses: pd.DataFrame) -> pd.DataFrame:
    """The tokens with the clause and the part each begins in: columns clause_id and part.

    Raises ValueError for a token that begins in none of the clauses: then the clauses are a
    selection, or belong to other documents.

    >>> documents = pd.DataFrame({"doc_id": ["d"], "text": ["疫情防控，复工。"]})
    >>> sentences = split_sentences(documents)
    >>> placed = place_tokens(tokenize(sentences), split_clauses(sentences))
    >>> placed[["token", "clause_id"]].values.tolist()
    [['疫情', 1], ['防控', 1], ['复工', 2]]
    """
    require_columns(tokens, "tokens", ["doc_id", "token", "start"])
    require_columns(clauses, "clauses", ["doc_id", "clause_id", "part", "start", "end"])
    for table, name in ((tokens, "tokens"), (clauses, "clauses")):
        require_text(table, name, "doc_id")
        if not pd.api.types.is_integer_dtype(table["start"]):
            raise ValueError(
                f"the column start of the {name} table holds {table['start'].dtype}, not whole "
                "numbers; it is a place in documents.text"
            )
    ordered = clauses.sort_values("start", kind="stable")[
        ["doc_id", "clause_id", "part", "start", "end"]
    ].rename(columns={"end": "clause_end"})
    # merge_asof wants its left side sorted too; the tokens' own order comes back afterwards.
    bare = tokens.drop(columns=["clause_id", "part"], errors="ignore").reset_index(drop=True)
    sorted_tokens = bare.sort_values("start", kind="stable")
    placed = pd.merge_asof(sorted_tokens, ordered, on="start", by="doc_id")
    placed.index = sorted_tokens.index
    placed = placed.sort_index()
    homeless = ~(placed["start"] < placed["clause_end"])
    if homeless.any():
        token = placed[homeless].iloc[0]
        raise ValueError(
            f"{int(homeless.sum())} tokens begin in none of the clauses, the first "
            f"{token['token']!r} at {token['start']} of document {token['doc_id']!r}; make the "
            "clauses of the same sentences with segment.split_clauses(sentences)"
        )
    return placed.drop(columns="clause_end").astype({"clause_id": "int64"})


# --- units --------------------------------------------------------------------------------


def _require_cleaned(doc_id: str, text: object) -> str:
    if not isinstance(text, str) or not text.strip():
        raise ValueError(
            f"document {doc_id!r} has no cleaned text; run clean.clean_documents(documents) first"
        )
    return text


def _sentence_spans(text: str) -> list[tuple[int, int]]:
    spans = []
    for match in _SENTENCE.finditer(text):
        stripped = match[0].strip()
        if _WORD_CHARACTER.search(stripped):
            start = match.start() + match[0].index(stripped)
            spans.append((start, start + len(stripped)))
    return spans


def _line_numbers(text: str, spans: list[tuple[int, int]]) -> list[int]:
    line_ends = [match.start() for match in re.finditer("\n", text)]
    return [bisect_left(line_ends, start) for start, _ in spans]


def _parts(sentences: list[str], lines: list[int]) -> list[str]:
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


def _count_title_lines(sentences: list[str], lines: list[int]) -> int:
    """How many sentences stand above the first line that ends like a sentence, or is long."""
    ends = re.compile(rf"{_SENTENCE_END}$")
    for i, sentence in enumerate(sentences):
        alone = lines.count(lines[i]) == 1
        if not alone or len(sentence) > _LONGEST_TITLE_LINE or ends.search(sentence):
            return i
    return 0  # no body below: a list of short lines is not a list of titles


def _directive_numbers(sentences: list[str]) -> list[int]:
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
        if _WORD_CHARACTER.search(stripped):
            offset = start + piece.index(stripped)
            spans.append((offset, offset + len(stripped)))
        start = next_start
    return spans


# --- dictionaries -------------------------------------------------------------------------


@cache
def _segmentation_patch() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words to keep whole and the entries to split, from data/lexicon/segmentation.csv."""
    path = LEXICON / "segmentation.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    unknown = {row["action"] for row in rows} - {"keep", "split"}
    if unknown:
        raise ValueError(f"{path.name} has the action {unknown.pop()!r}; write keep or split")
    return tuple(
        tuple(row["word"] for row in rows if row["action"] == action)
        for action in ("keep", "split")
    )  # type: ignore[return-value]


def _lexicon_words(lexicon: pd.DataFrame) -> list[str]:
    """The terms marked `word`, and those of their variants that hold no such term inside.

    A variant that does (经济社会发展工作) would hide the word it holds.
    """
    chosen = lexicon[lexicon["word"].astype(int) == 1]
    terms = chosen["term"].tolist()
    variants = [
        variant
        for listed in chosen["variants"]
        for variant in str(listed).split("/")
        if variant and not any(term in variant for term in terms)
    ]
    return [word for word in terms + variants if _ONE_BLOCK.fullmatch(word)]


def _keep_whole(word: str, frequencies: dict[str, int], total: int) -> int:
    """Give the word a frequency that beats its best split; return what that adds to the sum.

    jieba prefers the segmentation with the largest product of relative frequencies. The
    frequency is the smallest whole number above that product for the word's best split, so
    longer words of a lexicon go in after the shorter ones that they contain.
    """
    best = _best_split(word, frequencies, total)
    needed = int(math.exp(best) * total) + 1
    before = frequencies.get(word, 0)
    if before >= needed:
        return 0
    frequencies[word] = needed
    for length in range(1, len(word)):
        frequencies.setdefault(word[:length], 0)  # jieba walks words by their prefixes
    return needed - before


def _best_split(word: str, frequencies: dict[str, int], total: int) -> float:
    """Largest log product of relative frequencies over the ways to split the word."""
    log_total = math.log(total)
    best = [0.0] + [-math.inf] * len(word)
    for end in range(1, len(word) + 1):
        for start in range(end):
            if end - start < len(word):
                # jieba counts a piece it does not know as seen once.
                frequency = frequencies.get(word[start:end], 0)
                if frequency or end - start == 1:
                    best[end] = max(best[end], best[start] + math.log(frequency or 1) - log_total)
    return best[-1]


def _hash_of(frequencies: dict[str, int]) -> str:
    digest = hashlib.sha256()
    for word in sorted(frequencies):
        digest.update(f"{word} {frequencies[word]}\n".encode())
    return digest.hexdigest()[:12]
