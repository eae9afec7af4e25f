"""Documents and tokens -> words in context: KWIC lines, neighbours, collocations, networks.

Lines come from characters (`kwic`), from the mentions of a lexicon (`kwic_of_hits`) or from two
tokens that meet (`collocate_lines`); all are one table, so that each can be sorted, traced to
the file and shown. Counts of company come from tokens, and their scores from measures.
"""

import html
import re
import time
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from numbers import Integral

import numpy as np
import pandas as pd
import regex
from numpy.typing import NDArray

from helpers.counting.lexicon import TRANSPARENT
from helpers.reading import segment
from helpers.reading.clean import clean_text, convert_script, follow_repairs
from helpers.tables import COLUMNS, require_columns, require_one_segmenter

ORDERS = ("left", "right", "node", "text")
WITHIN = ("window", "clause", "sentence")
# Below three meetings a score says more about chance than about the words: read the lines.
LEAST_SCORED = 3

# A pattern gets this long, and longer in a large corpus, before it counts as running away.
_SECONDS = 5.0
_SECONDS_PER_MILLION = 2.0
# The package regex writes counted repeats out, so that three of {1000} inside each other fill
# the memory; and a pattern that calls itself fills it before the time is up.
_MOST_WRITTEN_OUT = 10_000
_COUNTED = re.compile(r"\{(\d+)(?:,\d*)?\}")
_CALLS_ITSELF = re.compile(r"\(\?(?:R|\d+|&|P>)")
# Longer terms are not taken apart in search of a near form.
_LONGEST_TAKEN_APART = 40

_LINE_BREAKS = dict.fromkeys(map(ord, "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"), " ")
# Controls, marks that turn the direction of a line, halves of characters: none can be shown.
_UNSHOWABLE = re.compile(
    "[\0-\x08\x0e-\x1b\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


# --- KWIC lines ---------------------------------------------------------------------------


def kwic(
    documents: pd.DataFrame, term: str, *, pattern: bool = False, width: int = 20
) -> pd.DataFrame:
    """One row per match in reading order: doc_id, sentence_id, start, end, left, node, right.

    The term is found as characters, as lexicon.find_terms finds it: quotation marks and
    brackets inside a phrase are passed over. With `pattern=True` it is a regular expression of
    the package regex, which passes over nothing and may not match empty text. `left` and `right`
    hold up to `width` characters of the same document, each line break shown as one space;
    offsets are into documents.text. A match between two sentences belongs to the one before.
    ValueError for a term that never occurs (with a near form, if one does) and for a pattern
    that is not valid, matches empty text, or runs away.

    >>> documents = pd.DataFrame({"doc_id": ["d"], "text": ["打开“大门”，守好“小门”。"]})
    >>> kwic(documents, "打开大门", width=3)[["start", "end", "node", "right"]].values.tolist()
    [[0, 5, '打开“大门', '”，守']]
    >>> kwic(documents, "[大小]门", pattern=True, width=3)["left"].tolist()
    ['打开“', '守好“']
    """
    texts = _texts(documents)
    _require_whole(width, "width", 1, "it is the number of characters on each side, such as 20")
    _require_text(term, "term", "for several terms use lexicon.find_terms and kwic_of_hits")
    spans = _find_pattern(texts, term) if pattern else _find_characters(texts, term)
    if not any(spans.values()):
        raise ValueError(_never_found(texts, term, pattern))
    sentence_ids = _sentence_ids(documents, spans)
    places = [
        (doc_id, sentence_id, start, end)
        for doc_id, found in spans.items()
        for sentence_id, (start, end) in zip(sentence_ids.get(doc_id, []), found, strict=True)
    ]
    return _lines(texts, places, width)


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
    texts = _texts(documents)
    _require_whole(width, "width", 1, "it is the number of characters on each side, such as 20")
    columns = ["doc_id", "sentence_id", "start", "end", "surface"]
    require_columns(hits, "hits", columns)
    if hits.empty:
        raise ValueError(
            "there are no hits to show; check how they were chosen (hits['category'] == "
            "'prevention', say), or look at all rows of lexicon.find_terms"
        )
    _require_of_these_documents(texts, hits, "hits", "surface", "lexicon.find_terms")
    return _lines(texts, hits[columns[:4]].itertuples(index=False, name=None), width)


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
    _require_lines(lines)
    if by not in ORDERS:
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
    _require_lines(lines)
    texts = _texts(documents)
    require_columns(documents, "documents", ["doc_id", "raw_text"])
    _require_of_these_documents(texts, lines, "kwic", "node", "context.kwic")
    raw_of = dict(zip(documents["doc_id"], documents["raw_text"], strict=True))
    edges = _edges(lines, texts)
    raw_edges = np.zeros_like(edges)
    for doc_id, rows in lines.groupby("doc_id", sort=False).indices.items():
        origins = _origins(doc_id, raw_of[doc_id], texts[doc_id], without)
        raw_edges[rows] = origins[edges[rows]]
    raws = [
        (raw_of[doc_id][a:b].translate(_LINE_BREAKS), raw_of[doc_id][b:c],
         raw_of[doc_id][c:d].translate(_LINE_BREAKS))
        for doc_id, (a, b, c, d) in zip(lines["doc_id"], raw_edges.tolist(), strict=True)
    ]  # fmt: skip
    columns = ["raw_left", "raw_node", "raw_right"]
    original = pd.DataFrame(raws, columns=columns, index=lines.index, dtype=str)
    return lines.assign(raw_start=raw_edges[:, 1], raw_end=raw_edges[:, 2], **original)


# --- showing lines ------------------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class KwicView:
    """Lines as a notebook shows them (`page`, html) and as a terminal does (`text`)."""

    page: str
    text: str

    def _repr_html_(self) -> str:
        return self.page

    def __repr__(self) -> str:
        """The lines as text, which is what a terminal shows."""
        return self.text


def format_kwic(lines: pd.DataFrame, *, width: int | None = None, original: bool = False) -> str:
    """The lines as text, one each: place, left context, node, right context, nodes aligned.

    The place is doc_id, sentence_id and the character the node starts at. Chinese characters
    and full-width marks take two columns, combining marks none, all others one (curly
    quotation marks too, as in most terminals). `width` shortens the contexts to so many
    characters; `original=True` shows the spelling of the file (lines from trace_kwic). What
    cannot be shown, such as a control character, stands as \\ufffd.

    >>> documents = pd.DataFrame({"doc_id": ["d"], "text": ["防控，加强GDP防控。"]})
    >>> print(format_kwic(kwic(documents, "防控", width=5)))
    d 1:0           防控  ，加强GD
    d 1:8  加强GDP  防控  。
    """
    rows = _showable(lines, width, original)
    widest = [max(_columns(row[i]) for row in rows) for i in range(3)]
    return "\n".join(
        "  ".join(
            (
                _padded(place, widest[0]),
                _padded(left, widest[1], before=True),
                _padded(node, widest[2]),
                right,
            )
        ).rstrip()
        for place, left, node, right in rows
    )


def show_kwic(
    lines: pd.DataFrame, *, glossary: pd.DataFrame | None = None, original: bool = False
) -> KwicView:
    """The lines as a table for a notebook, the node in the middle; in a terminal, as text.

    With a glossary (lexicon.read_glossary) a last column holds the gloss of each node.
    `original=True` shows the spelling of the file (lines from trace_kwic). All text is
    escaped; colours are the page's own, so that it reads in light and dark.
    """
    rows = _showable(lines, None, original)
    header = ["doc_id sentence:character", "left", "node", "right"]
    if glossary is not None:
        header.append("gloss_en")
        rows = [(*row, gloss) for row, gloss in zip(rows, _glosses(lines, glossary), strict=True)]
    head = "".join(_cell("th", *pair) for pair in zip(header, _STYLES, strict=False))
    body = "".join(
        "<tr>" + "".join(_cell("td", *pair) for pair in zip(row, _STYLES, strict=False)) + "</tr>"
        for row in rows
    )
    page = (
        '<div style="overflow-x:auto"><table lang="zh-Hans" dir="ltr" '
        'style="border-collapse:collapse;color:inherit;margin:0">'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
    return KwicView(page, format_kwic(lines, original=original))


# --- company ------------------------------------------------------------------------------


def count_neighbours(tokens: pd.DataFrame, node: str, *, within: str = "sentence") -> pd.DataFrame:
    """One row per side and token that stands directly before or after the node: side, neighbour, n.

    Directly means the next running word of the same sentence, so a comma may stand between;
    with `within="clause"` (tokens placed by segment.place_tokens) none can. A node at the
    edge has no neighbour there, so the n of a side may sum to less than the node's mentions.

    >>> tokens = pd.DataFrame({"doc_id": "d", "sentence_id": [1, 1, 2, 2], "position": [1, 2, 3, 4],
    ...     "token": ["坚决", "打赢", "坚决", "守好"]})
    >>> count_neighbours(tokens, "打赢").values.tolist()
    [['before', '坚决', 1]]
    """
    if within == "window":
        raise ValueError("neighbours stand within a 'sentence' or a 'clause'; for more, see "
                         "context.collocations")  # fmt: skip
    words = _read_words(tokens, within)
    places = np.flatnonzero(words.codes == words.code_of(node))
    sides = []
    for side, step in (("before", -1), ("after", 1)):
        beside = places + step
        inside = (beside >= 0) & (beside < len(words.codes))
        here, there = places[inside], beside[inside]
        joined = (words.unit[here] == words.unit[there]) & (
            words.position[there] - words.position[here] == step
        )
        n = np.bincount(words.codes[there[joined]], minlength=len(words.types))
        found = np.flatnonzero(n)
        sides.append(
            pd.DataFrame({"side": side, "neighbour": words.types[found], "n": n[found]})
            .sort_values(["n", "neighbour"], ascending=[False, True])
            .astype({"n": "int64"})
        )
    return pd.concat(sides, ignore_index=True)


def collocations(
    tokens: pd.DataFrame,
    node: str,
    *,
    within: str = "window",
    window: int = 5,
    at_least: int = LEAST_SCORED,
    n_units: int | None = None,
) -> pd.DataFrame:
    """One row per token that occurs together with the node, the surest company first.

    Columns: tables.COLUMNS["collocations"]. Together means, by `within`:

    "window": up to `window` running words away, in the same sentence (Evert 2008, surface
    co-occurrence). A place near two mentions of the node counts once, and the node's own places
    do not count. So f = n = mentions of the collocate near the node, f1 = places near the node
    (the node's mentions times the span, 2 x window, less what sentence ends and overlaps take),
    f2 = n_collocate = mentions of the collocate, N = tokens other than the node.

    "clause", "sentence": in the same unit. f = n = units with both, f1 = units with the node,
    f2 = n_collocate = units with the collocate, N = units. A clause needs the column clause_id
    (segment.place_tokens). Units that hold no token are unknown here; give the number of all
    with `n_units` (such as len(clauses)).

    Either way expected = f1 f2 / N, and log_likelihood (signed: below 0 is avoidance), mi, mi3,
    t_score, z_score, delta_p_forward (the collocate's probability near the node, less that
    elsewhere) and delta_p_backward come from one table of four cells, a part of N each, so that
    all are defined while some place is not near the node. Only log_dice takes the node's
    mentions (or units) for f1, as Rychly (2008) does, and counts no more meetings than those:
    it stays at 14 or below, and does not fall only because the window widens.

    A collocate met fewer than `at_least` times has no scores (nan); collocate_lines shows its
    lines. `at_least` can be raised, not lowered below 3.

    >>> tokens = pd.DataFrame({"doc_id": "d", "sentence_id": [1, 1, 2, 2, 3, 3, 4],
    ...     "position": range(1, 8), "token": "统筹 推进 统筹 推进 统筹 推进 会议".split()})
    >>> collocations(tokens, "统筹")[["collocate", "n", "expected", "log_dice"]].values.tolist()
    [['推进', 3, 2.25, 14.0]]
    """
    counter = _Counter(tokens, within, window, at_least, n_units)
    return counter.collocations(node)


def collocate_lines(
    documents: pd.DataFrame,
    tokens: pd.DataFrame,
    node: str,
    collocate: str,
    *,
    within: str = "window",
    window: int = 5,
    width: int = 20,
) -> pd.DataFrame:
    """One row per mention of the node with the collocate near it: the columns of `kwic`.

    Near is what it is in `collocations` with the same `within` and `window`; lines count
    mentions of the node, so one with the collocate on both sides is one line. For rare pairs
    these lines say more than a score. ValueError when the two never meet.
    """
    texts = _texts(documents)
    _require_whole(width, "width", 1, "it is the number of characters on each side, such as 20")
    require_columns(tokens, "tokens", COLUMNS["tokens"][:-1])  # segmenter may be missing
    words = _read_words(tokens, within)
    is_node = words.codes == words.code_of(node)
    is_collocate = words.codes == words.code_of(collocate)
    if node == collocate:
        raise ValueError(f"{node!r} is node and collocate; for all its lines use context.kwic")
    if within == "window":
        _require_window(window)
        together = is_node & words.near(is_collocate, window)
    else:
        together = is_node & words.in_units_of(is_collocate)
    if not together.any():
        raise ValueError(
            f"{node!r} and {collocate!r} never occur together within the same "
            f"{'window' if within == 'window' else within}; widen it, or see "
            "context.collocations for the company the node keeps"
        )
    chosen = tokens.iloc[words.rows[together]]
    _require_of_these_documents(texts, chosen, "tokens", "token", "segment.tokenize")
    columns = ["doc_id", "sentence_id", "start", "end"]
    return _lines(texts, chosen[columns].itertuples(index=False, name=None), width)


def collocation_network(
    tokens: pd.DataFrame,
    nodes: Iterable[str],
    *,
    within: str = "window",
    window: int = 5,
    top: int = 8,
    at_least: int = LEAST_SCORED,
    n_units: int | None = None,
    leave_out: Iterable[str] = (),
) -> pd.DataFrame:
    """One row per edge: node, collocate, n, log_dice, log_likelihood; the table of a picture.

    For each node its `top` collocates by log_likelihood, among those met at least `at_least`
    times and more often than expected. `leave_out` names tokens that are not to be collocates
    (the words of lexicon.read_function_words, say); they are counted all the same. Two nodes
    that are each other's collocates have an edge from either side. ValueError names a node that
    would stand without any edge. The other options are those of `collocations`.

    >>> tokens = pd.DataFrame({"doc_id": "d", "sentence_id": [1, 1, 2, 2, 3, 3, 4],
    ...     "position": range(1, 8), "token": "统筹 推进 统筹 推进 统筹 推进 会议".split()})
    >>> collocation_network(tokens, ["统筹"])[["node", "collocate", "n"]].values.tolist()
    [['统筹', '推进', 3]]
    """
    _require_whole(top, "top", 1, "it is the number of collocates of each node, such as 8")
    counter = _Counter(tokens, within, window, at_least, n_units)
    left_out = set(_several(leave_out, "leave_out"))
    edges = []
    for node in dict.fromkeys(_several(nodes, "nodes")):
        company = counter.collocations(node)
        attracted = company["log_likelihood"] > 0
        chosen = company[attracted & ~company["collocate"].isin(left_out)].head(top)
        if chosen.empty:
            raise ValueError(
                f"{node!r} meets nothing at least {at_least} times and more often than expected, "
                "so it has no edge; leave it out of the nodes, widen the window, or show its lines"
            )
        edges.append(chosen.assign(node=node))
    if not edges:
        raise ValueError("there is no node; name one or more, such as ['疫情防控', '统筹']")
    columns = ["node", "collocate", "n", "log_dice", "log_likelihood"]
    return pd.concat(edges, ignore_index=True)[columns]


# --- finding ------------------------------------------------------------------------------


def _find_characters(texts: dict[str, str], term: str) -> dict[str, list[tuple[int, int]]]:
    bare = TRANSPARENT.sub("", term)
    if not bare.strip():
        raise ValueError(
            f"the term {term!r} is made of quotation marks and brackets only, which are passed "
            "over; search them with pattern=True, such as '[“”]'"
        )
    searched = re.compile(f"{TRANSPARENT.pattern}*".join(map(re.escape, bare)))
    return {doc_id: list(_overlapping(searched, text)) for doc_id, text in texts.items()}


def _overlapping(searched: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    """Every match, as lexicon.find_terms has them: 一一一 holds 一一 twice."""
    match = searched.search(text)
    while match:
        yield match.span()
        match = searched.search(text, match.start() + 1)


def _find_pattern(texts: dict[str, str], pattern: str) -> dict[str, list[tuple[int, int]]]:
    compiled = _compiled(pattern)
    n_millions = sum(map(len, texts.values())) / 1e6
    deadline = time.monotonic() + _SECONDS + _SECONDS_PER_MILLION * n_millions
    spans = {}
    for doc_id, text in texts.items():
        left = max(deadline - time.monotonic(), 0.001)
        try:
            # Sorted, because the flag (?r) searches backwards.
            spans[doc_id] = sorted(m.span() for m in compiled.finditer(text, timeout=left))
        except (TimeoutError, MemoryError):
            raise ValueError(
                f"the pattern {pattern!r} ran away in document {doc_id!r}: it tries too many ways "
                "to match. Do not repeat what is itself repeated ((a+)+), and bound what is "
                "between two words (.{0,20} for .*)"
            ) from None
        if any(start == end for start, end in spans[doc_id]):
            raise ValueError(
                f"the pattern {pattern!r} matches empty text, so it would be found everywhere; "
                "make it need a character, such as + for *"
            )
    return spans


def _compiled(pattern: str) -> regex.Pattern:
    written_out = 1
    for count in _COUNTED.findall(pattern):
        written_out *= max(int(count), 1)
    if written_out > _MOST_WRITTEN_OUT or _CALLS_ITSELF.search(pattern):
        raise ValueError(
            f"the pattern {pattern!r} would run away: it calls itself, as (?R) does, or its "
            f"repeats in braces come to more than {_MOST_WRITTEN_OUT:,}; write it with + or "
            "smaller numbers"
        )
    try:
        return regex.compile(pattern)
    except (regex.error, ValueError, RecursionError, MemoryError) as error:
        raise ValueError(
            f"the pattern {pattern!r} is not a valid regular expression ({error}); put a "
            "backslash before a bracket or sign that is meant as such, or leave pattern=True out"
        ) from None


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


def _lines(
    texts: dict[str, str], places: Iterable[tuple[str, int, int, int]], width: int
) -> pd.DataFrame:
    rows = [
        (doc_id, sentence_id, start, end,
         texts[doc_id][max(start - width, 0) : start].translate(_LINE_BREAKS),
         texts[doc_id][start:end],
         texts[doc_id][end : end + width].translate(_LINE_BREAKS))
        for doc_id, sentence_id, start, end in places
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS["kwic"]).astype({"start": "int64", "end": "int64"})


def _never_found(texts: dict[str, str], term: str, pattern: bool) -> str:
    n = len(texts)
    searched = f"the {'pattern' if pattern else 'term'} {term!r} does not occur in the "
    searched += f"{n} document{'s' if n > 1 else ''} searched"
    simplified = convert_script(term) if pattern else clean_text(term).strip()
    if simplified != term and (pattern or any(_find_characters(texts, simplified).values())):
        return f"{searched}; the cleaned text is simplified: search {simplified!r}"
    if pattern:
        return f"{searched}; try a part of it, or the characters without pattern=True"
    form, n = _near_form(texts, TRANSPARENT.sub("", simplified))
    if form:
        return f"{searched}; a near form does: {form!r} ({n}×)"
    return f"{searched}; check its characters, or search a shorter part of it"


def _near_form(texts: dict[str, str], term: str) -> tuple[str, int]:
    """The form most like the term that occurs, and how often; ("", 0) without one."""
    if not 1 < len(term) <= _LONGEST_TAKEN_APART:
        return "", 0
    spaced = r"\s*".join(map(re.escape, "".join(term.split())))
    one_other = "|".join(
        re.escape(term[:i]) + r"\w" + re.escape(term[i + 1 :]) for i in range(len(term))
    )
    for near in (spaced, one_other) if len(term) > 2 else (spaced,):
        found = Counter(
            match[0] for text in texts.values() for match in re.finditer(near, text, re.IGNORECASE)
        )
        if found:
            return found.most_common(1)[0]
    for length in range(len(term) - 1, 1, -1):
        parts = {term[i : i + length] for i in range(len(term) - length + 1)}
        found = Counter({part: sum(text.count(part) for text in texts.values()) for part in parts})
        part, n = max(found.items(), key=lambda item: (item[1], item[0]))
        if n:
            return part, n
    return "", 0


def _edges(lines: pd.DataFrame, texts: dict[str, str]) -> NDArray[np.int64]:
    """Where the left context, the node and the right context of each line begin, and the end."""
    n_left, n_right = lines["left"].map(len), lines["right"].map(len)
    edges = np.column_stack(
        [lines["start"] - n_left, lines["start"], lines["end"], lines["end"] + n_right]
    ).astype(np.int64)
    for row, (a, b, c, d) in zip(lines.itertuples(index=False), edges.tolist(), strict=True):
        text = texts[row.doc_id]
        context = text[max(a, 0) : b].translate(_LINE_BREAKS), text[c:d].translate(_LINE_BREAKS)
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


# --- layout -------------------------------------------------------------------------------

_LEFT = "padding:.1em .6em;white-space:pre;unicode-bidi:isolate;text-align:left"
_STYLES = (
    f"{_LEFT};opacity:.7;font-size:85%",
    _LEFT.replace("text-align:left", "text-align:right"),
    _LEFT.replace("text-align:left", "text-align:center") + ";font-weight:bold",
    _LEFT,
    f"{_LEFT};font-style:italic",
)


def _cell(tag: str, content: str, style: str) -> str:
    return f'<{tag} style="{style}">{html.escape(content)}</{tag}>'


def _showable(
    lines: pd.DataFrame, width: int | None, original: bool
) -> list[tuple[str, str, str, str]]:
    """Place, left, node and right of each line, on one line and without what cannot be shown."""
    _require_lines(lines)
    if width is not None:
        _require_whole(width, "width", 1, "it is the number of characters on each side, or None")
    if lines.empty:
        raise ValueError("the kwic table has no line to show; check how its lines were chosen")
    columns = ["left", "node", "right"]
    if original:
        columns = [f"raw_{column}" for column in columns]
        if not set(columns) <= set(lines.columns):
            raise ValueError(
                "these lines have no original spelling; make them with "
                "context.trace_kwic(lines, documents)"
            )
    places = lines[["doc_id", "sentence_id", "start"]].itertuples(index=False, name=None)
    contexts = lines[columns].itertuples(index=False, name=None)
    reach = slice(None if width is None else -width, None), slice(width)
    return [
        tuple(
            map(
                _shown, (f"{place[0]} {place[1]}:{place[2]}", left[reach[0]], node, right[reach[1]])
            )
        )
        for place, (left, node, right) in zip(places, contexts, strict=True)
    ]


def _shown(text: str) -> str:
    return _UNSHOWABLE.sub("\ufffd", text.translate(_LINE_BREAKS).replace("\t", " "))


def _glosses(lines: pd.DataFrame, glossary: pd.DataFrame) -> list[str]:
    require_columns(glossary, "lexicon", ["term", "gloss_en"])
    gloss_of = dict(zip(glossary["term"][::-1], glossary["gloss_en"][::-1], strict=True))
    nodes = (TRANSPARENT.sub("", node) for node in lines["node"])
    return [_shown(str(gloss_of.get(node, "(no gloss)"))) for node in nodes]


def _columns(text: str) -> int:
    return sum(map(_columns_of, text))


@cache
def _columns_of(character: str) -> int:
    """How many columns of a terminal the character takes."""
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _padded(text: str, width: int, *, before: bool = False) -> str:
    blank = " " * (width - _columns(text))
    return blank + text if before else text + blank


# --- counting company ---------------------------------------------------------------------


@dataclass(frozen=True)
class _Words:
    """Tokens in reading order, as numbers: linear to count in, whatever the node."""

    codes: NDArray[np.int64]
    types: NDArray[np.object_]
    unit: NDArray[np.int64]
    position: NDArray[np.int64]
    rows: NDArray[np.int64]

    def code_of(self, token: str) -> int:
        _require_text(token, "node or collocate", "name one token")
        found = np.flatnonzero(self.types == token)
        if not len(found):
            raise ValueError(self._no_token(token))
        return int(found[0])

    def near(self, chosen: NDArray[np.bool_], window: int) -> NDArray[np.bool_]:
        """Whether a chosen word stands up to `window` words away in the unit, or is the word."""
        places = np.arange(len(chosen))
        before = np.maximum.accumulate(np.where(chosen, places, 0))
        after = np.minimum.accumulate(np.where(chosen, places, len(chosen) - 1)[::-1])[::-1]
        return np.logical_or.reduce(
            [
                chosen[nearest]
                & (self.unit[nearest] == self.unit)
                & (np.abs(self.position[nearest] - self.position) <= window)
                for nearest in (before, after)
            ]
        )

    def in_units_of(self, chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Whether a chosen word stands in the same unit."""
        return np.bincount(self.unit, weights=chosen)[self.unit] > 0

    def _no_token(self, token: str) -> str:
        """What to say of a node that the segmenter did not keep whole."""
        cut, n = self._commonest_cut(token)
        if cut:
            return (
                f"{token!r} is no token here: this segmenter cuts it into {cut} ({n}×). Make "
                "tokens with segment.make_segmenter(lexicon), which keeps the terms of a lexicon "
                "whole, or look for it as characters with context.kwic"
            )
        n_of = Counter(dict(zip(self.types, np.bincount(self.codes), strict=True)))
        holders = [(longer, n) for longer, n in n_of.most_common() if token in longer]
        if holders:
            named = ", ".join(f"{longer} ({n}×)" for longer, n in holders[:3])
            return (
                f"{token!r} is no token here: it stands inside {named}. Name that token, or look "
                "for it as characters with context.kwic"
            )
        cleaned = clean_text(token).strip()
        if cleaned in self.types:
            return f"{token!r} is no token here; the cleaned text is simplified: name {cleaned!r}"
        return (
            f"{token!r} is no token here, nor part of one; check its characters, or look for it "
            "with context.kwic"
        )

    def _commonest_cut(self, token: str) -> tuple[str, int]:
        begins = np.array([token.startswith(piece) for piece in self.types])
        cuts: Counter[str] = Counter()
        for place in np.flatnonzero(begins[self.codes]):
            pieces: list[str] = []
            for code, unit in zip(
                self.codes[place : place + len(token)],
                self.unit[place : place + len(token)],
                strict=True,
            ):
                pieces.append(self.types[code])
                if unit != self.unit[place] or not token.startswith("".join(pieces)):
                    break
                if "".join(pieces) == token:
                    cuts[" / ".join(pieces)] += 1
                    break
        return cuts.most_common(1)[0] if cuts else ("", 0)


class _Counter:
    """Counts the company of one node after another; the tokens are read once."""

    def __init__(
        self, tokens: pd.DataFrame, within: str, window: int, at_least: int, n_units: int | None
    ) -> None:
        _require_window(window)
        _require_whole(
            at_least, "at_least", LEAST_SCORED,
            "it can be raised, not lowered: of a pair met once or twice a score says more about "
            "chance than about the words. See its lines with context.collocate_lines",
        )  # fmt: skip
        self.words = _read_words(tokens, within)
        self.window = window if within == "window" else None
        self.at_least = at_least
        self.n_units = self._all_units(within, n_units)
        if self.window is None:
            n_types = len(self.words.types)
            pairs = pd.unique(self.words.unit * n_types + self.words.codes)
            self.units, self.unit_codes = np.divmod(pairs, n_types)

    def collocations(self, node: str) -> pd.DataFrame:
        code = self.words.code_of(node)
        n, n_collocate, near, total, n_node = self._counts(code)
        n[code] = 0
        met = np.flatnonzero(n)
        table = pd.DataFrame(
            {
                "collocate": self.words.types[met],
                "n": n[met],
                "n_collocate": n_collocate[met],
                "expected": near * n_collocate[met] / max(total, 1),
            }
        )
        scores = _scores(table["n"], table["n_collocate"], near, total, n_node)
        scored = (table["n"] >= self.at_least).to_numpy()
        for name, values in scores.items():
            table[name] = np.where(scored, values, np.nan)
        return table[COLUMNS["collocations"]].sort_values(
            ["log_likelihood", "n", "collocate"], ascending=[False, False, True], ignore_index=True
        )

    def _counts(self, code: int) -> tuple[NDArray[np.int64], NDArray[np.int64], int, int, int]:
        """For each type f and f2; then f1, N, and what log_dice takes for f1."""
        words, n_types = self.words, len(self.words.types)
        is_node = words.codes == code
        if self.window is not None:
            near = words.near(is_node, self.window) & ~is_node
            n = np.bincount(words.codes[near], minlength=n_types)
            n_node = int(is_node.sum())
            n_collocate = np.bincount(words.codes, minlength=n_types)
            return n, n_collocate, int(near.sum()), len(words.codes) - n_node, n_node
        has_node = np.zeros(words.unit.max() + 1, dtype=bool)
        has_node[words.unit[is_node]] = True
        n = np.bincount(self.unit_codes[has_node[self.units]], minlength=n_types)
        n_node = int(has_node.sum())
        n_collocate = np.bincount(self.unit_codes, minlength=n_types)
        return n, n_collocate, n_node, self.n_units, n_node

    def _all_units(self, within: str, n_units: int | None) -> int:
        n_seen = int(self.words.unit.max()) + 1
        if n_units is None:
            return n_seen
        if within == "window":
            raise ValueError("a window is no unit; give n_units with within='clause' or 'sentence'")
        _require_whole(
            n_units, "n_units", n_seen,
            f"so many {within}s hold a token; give the number of all, such as len({within}s)",
        )  # fmt: skip
        return int(n_units)


def _scores(
    n: pd.Series, n_collocate: pd.Series, near: int, total: int, n_node: int
) -> dict[str, NDArray[np.float64]]:
    f, f2 = n.to_numpy(dtype=float), n_collocate.to_numpy(dtype=float)
    # Loaded here: the measures take longer to load than lines to be found.
    from helpers.counting import measures

    delta = measures.delta_p(f, near, f2, total)
    return {
        "log_likelihood": measures.log_likelihood(f, f2 - f, near, total - near),
        "log_dice": measures.log_dice(np.minimum(f, n_node), n_node, f2),
        "mi": measures.mutual_information(f, near, f2, total),
        "mi3": measures.mi3(f, near, f2, total),
        "t_score": measures.t_score(f, near, f2, total),
        "z_score": measures.z_score(f, near, f2, total),
        "delta_p_forward": delta.forward,
        "delta_p_backward": delta.backward,
    }


def _read_words(tokens: pd.DataFrame, within: str) -> _Words:
    if within not in WITHIN:
        raise ValueError(f"within is {within!r}; choose one of {', '.join(WITHIN)}")
    columns = ["doc_id", "sentence_id", "position", "token"]
    require_columns(tokens, "tokens", columns)
    require_one_segmenter(tokens, "tokens")
    unit = "clause_id" if within == "clause" else "sentence_id"
    if unit not in tokens.columns:
        raise ValueError(
            "the tokens table has no column 'clause_id'; place them first with "
            "segment.place_tokens(tokens, clauses)"
        )
    if tokens.empty:
        raise ValueError("the tokens table has no row; make it with segment.tokenize(sentences)")
    for column in dict.fromkeys((*columns, unit)):
        _require_no_gap(tokens, "tokens", column)
    documents = pd.factorize(tokens["doc_id"])[0]
    _require_whole_numbers(tokens, "tokens", "position")
    position = tokens["position"].to_numpy(dtype=np.int64)
    rows = _reading_order(tokens, documents, position)
    codes, types = pd.factorize(tokens["token"].to_numpy(dtype=object)[rows])
    for token in types:
        _require_text(token, "token", "make the tokens table with segment.tokenize")
    units = tokens.groupby(["doc_id", unit], sort=False).ngroup().to_numpy()
    return _Words(codes, types, units[rows], position[rows], rows)


def _reading_order(
    tokens: pd.DataFrame, documents: NDArray[np.int64], position: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Row numbers in reading order; two tokens at one place are two tables stacked."""
    rows = np.lexsort((position, documents))
    same = (np.diff(documents[rows]) == 0) & (np.diff(position[rows]) == 0)
    if same.any():
        twice = tokens.iloc[rows[np.flatnonzero(same)[0]]]
        raise ValueError(
            f"document {twice['doc_id']!r} has two tokens at position {twice['position']}, as when "
            "the tables of two segmenters are stacked; count each on its own"
        )
    return rows


# --- checks -------------------------------------------------------------------------------


def _texts(documents: pd.DataFrame) -> dict[str, str]:
    """The cleaned text of each document, in the order of the table."""
    require_columns(documents, "documents", ["doc_id", "text"])
    if documents.empty:
        raise ValueError("the documents table has no row; read files with load.read_documents")
    _require_no_gap(documents, "documents", "doc_id")
    texts = dict(zip(documents["doc_id"], documents["text"], strict=True))
    for doc_id, text in texts.items():
        if not isinstance(text, str) or not text.strip():
            raise ValueError(
                f"document {doc_id!r} has no cleaned text; run clean.clean_documents(documents) "
                "first"
            )
    if len(texts) < len(documents):
        twice = documents["doc_id"][documents["doc_id"].duplicated()].iloc[0]
        raise ValueError(f"two documents are called {twice!r}; give each a doc_id of its own")
    return texts


def _require_lines(lines: pd.DataFrame) -> None:
    require_columns(lines, "kwic")
    for column in ("doc_id", "start", "end", "left", "node", "right"):
        _require_no_gap(lines, "kwic", column)


def _require_of_these_documents(
    texts: dict[str, str], table: pd.DataFrame, name: str, column: str, room: str
) -> None:
    """Raise for a row whose characters do not stand in the documents where it says."""
    for place in ("start", "end"):
        _require_whole_numbers(table, name, place)
    for doc_id, start, end, characters in zip(
        table["doc_id"], table["start"], table["end"], table[column], strict=True
    ):
        if doc_id not in texts or start < 0 or texts[doc_id][start:end] != characters:
            raise ValueError(
                f"the {name} table has {characters!r} at {start} to {end} of document "
                f"{doc_id!r}, where these documents have it not; make it with {room} from the "
                "same documents"
            )


def _require_no_gap(table: pd.DataFrame, name: str, column: str) -> None:
    gaps = int(table[column].isna().sum())
    if gaps:
        raise ValueError(
            f"{gaps} rows of the {name} table have no {column}; fill the column, or leave those "
            "rows out first"
        )


def _require_whole_numbers(table: pd.DataFrame, name: str, column: str) -> None:
    if not pd.api.types.is_integer_dtype(table[column]):
        raise ValueError(
            f"the column {column} of the {name} table holds {table[column].dtype}, not whole "
            "numbers; keep its types when it is saved and read, and leave out rows without one"
        )
    _require_no_gap(table, name, column)


def _require_whole(number: object, name: str, least: int, cure: str) -> None:
    if isinstance(number, bool) or not isinstance(number, Integral) or number < least:
        raise ValueError(f"{name} is {number!r}, not a whole number of {least} or more; {cure}")


def _require_window(window: object) -> None:
    _require_whole(window, "window", 1, "it is the number of running words on each side, such as 5")


def _require_text(text: object, name: str, cure: str) -> None:
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f"the {name} must be text with a character in it, not {text!r}; {cure}")


def _several(names: Iterable[str], option: str) -> list[str]:
    if isinstance(names, str):
        raise ValueError(f"{option} is the text {names!r}; give a list, such as [{names!r}]")
    return list(names)
