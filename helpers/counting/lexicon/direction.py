"""Hits -> the direction each speaks in, where a cue beside it cancels what it names.

The rule. A cue of cancellation (取消, 不再, 不得 …; data/lexicon/cues.csv) counts for a mention
in the same clause, at most `_GAP` characters before it (a bare 不 or 未 must touch it), or
`_GAP_AFTER` behind it for the cues that may follow (隔离已解除). What stands between may hold
no word that starts another phrase (的, 以, 等 …). A longer exception (不放松, 不得不) takes the
characters of a cue. Of several cues the nearest counts; a negated one before an ended one
(不得解除) cancels nothing. Only terms with a polarity can be cancelled: 解除隔离的
密切接触者 lifts the isolation, not the contacts.

It is a rule of surfaces: it does not parse, and MEASURED.md says how often it errs.
"""

import re
from bisect import bisect_left, bisect_right
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from helpers.counting.lexicon.checks import (
    require_cells,
    require_distinct,
    require_same_kind,
)
from helpers.counting.lexicon.reading import LEXICON, LexiconError, as_path, read_table

USES = ("cancellation", "exception", "relation")
DIRECTIONS = {1: "control", 0: "", -1: "opening"}

_GAP = {"ended": 8, "negated": 2}
_GAP_AFTER = 2
_TOUCHING = {"不", "未"}
_ANOTHER_PHRASE = re.compile(r"[的以因为把将等是在他她（(]|(?<![临小暂及])时")
_END_OF_PHRASE = re.compile(r"[的了后前之]|[^\u4e00-\u9fff]|$")
# Two cues this close belong together: 不得 解除.
_GAP_BETWEEN_CUES = 4
# A cue further from a mention than this can neither reach it nor undo a cue that does.
_NEAR = 32
_CLAUSE_MARK = re.compile(r"[，,。；;！？!?：:\n]")
_NOT_THERE = (
    "sentence {!r} of document {!r} has hits but is not in the sentences table, or ends before "
    "the hit at {} to {}; give the sentences that lexicon.find_terms was given"
)


class _Cue(NamedTuple):
    start: int
    end: int
    cue: str
    kind: str
    position: str


def read_cues(path: str | Path | None = None) -> pd.DataFrame:
    """One row per cue: cue, use (cancellation, exception, relation), kind, position, gloss_en.

    Without a path, the suite's own list (data/lexicon/cues.csv).
    """
    path = LEXICON / "cues.csv" if path is None else as_path(path)
    cues = read_table(path, ("cue", "use", "kind", "position", "gloss_en"))
    unknown = cues.loc[~cues["use"].isin(USES)]
    if len(unknown):
        raise LexiconError(
            f"{path.name} line {unknown.index[0] + 2} has the use {unknown['use'].iloc[0]!r}; "
            f"write one of {', '.join(USES)}"
        )
    return cues


def mark_direction(
    hits: pd.DataFrame, sentences: pd.DataFrame, lexicon: pd.DataFrame
) -> pd.DataFrame:
    """The same hits with cancelled, cue and direction.

    cancelled is "ended" (取消隔离), "negated" (不得复工) or ""; cue is the word that says so.
    direction is "control", "opening" or "": the polarity of the term, turned round where the
    mention is cancelled. So 取消隔离 speaks of prevention (its category stays) and points to
    opening. Raises ValueError where a hit's sentence is not in `sentences`.

    >>> from helpers import lexicon
    >>> terms = lexicon.read_lexicon()
    >>> sentences = pd.DataFrame({"doc_id": ["d"], "sentence_id": [1], "start": [0],
    ...     "sentence": ["取消集中隔离，不得擅自复工。"]})
    >>> marked = mark_direction(lexicon.find_terms(sentences, terms), sentences, terms)
    >>> marked.loc[marked["free"], ["surface", "cancelled", "direction"]].values.tolist()
    [['集中隔离', 'ended', 'opening'], ['复工', 'negated', 'control']]
    """
    keys = ["doc_id", "sentence_id"]
    require_cells(hits, "hits", [*keys, "term", "start", "end"])
    require_cells(sentences, "sentences", [*keys, "start", "sentence"])
    require_cells(lexicon, "lexicon", ["term", "polarity"])
    require_distinct(sentences, "sentences", keys)
    require_distinct(lexicon, "lexicon", ["term"])
    require_same_kind(hits, sentences, ("hits", "sentences"), keys)
    polarity_of = lexicon.set_index("term")["polarity"]
    unknown = hits.loc[~hits["term"].isin(polarity_of.index), "term"]
    if len(unknown):
        raise LexiconError(
            f"the hits hold the term {unknown.iloc[0]!r}, which this lexicon lacks; give the "
            "lexicon that lexicon.find_terms was given"
        )
    polarity = hits["term"].map(polarity_of).astype("int64")
    found = _cues_beside(hits, sentences)
    found = [cue if sign else None for cue, sign in zip(found, polarity, strict=True)]
    turned = polarity.where([cue is None for cue in found], -polarity)
    return hits.assign(
        cancelled=["" if cue is None else cue.kind for cue in found],
        cue=["" if cue is None else cue.cue for cue in found],
        direction=turned.map(DIRECTIONS),
    )


def _cues_beside(hits: pd.DataFrame, sentences: pd.DataFrame) -> list[_Cue | None]:
    """For each hit the cue that cancels it, or None."""
    keys = ["doc_id", "sentence_id"]
    columns = sentences[[*keys, "start", "sentence"]]
    sentence_of = {(d, s): (start, text) for d, s, start, text in columns.itertuples(index=False)}
    read: dict[tuple, tuple[list[int], list[_Cue]]] = {}
    found = []
    for *key, start, end in hits[[*keys, "start", "end"]].itertuples(index=False):
        key = tuple(key)
        first, sentence = sentence_of.get(key, (0, ""))
        left, right = int(start - first), int(end - first)
        if not 0 <= left < right <= len(sentence):
            raise ValueError(_NOT_THERE.format(*key[::-1], start, end))
        if key not in read:
            read[key] = _read_marks_and_cues(sentence)
        found.append(_nearest(_cues_near(*read[key], left, right), sentence, left, right))
    return found


def _read_marks_and_cues(sentence: str) -> tuple[list[int], list[_Cue]]:
    """Where the clauses end, and the cues in reading order; offsets are into the sentence."""
    pattern, kinds = _cue_pattern()
    cues = [
        _Cue(match.start(), match.end(), match[0], *kinds[match[0]])
        for match in pattern.finditer(sentence)
        if match[0] in kinds
    ]
    return [match.start() for match in _CLAUSE_MARK.finditer(sentence)], cues


def _cues_near(marks: list[int], cues: list[_Cue], start: int, end: int) -> list[_Cue]:
    """The cues in the clause of the mention that are at most _NEAR from it."""
    place = bisect_left(marks, start)
    left = max(start - _NEAR, marks[place - 1] if place else 0)
    right = min([end + _NEAR, *marks[place : place + 1]])
    return cues[
        bisect_left(cues, left, key=lambda cue: cue.start) : bisect_right(
            cues, right, key=lambda cue: cue.start
        )
    ]


def _nearest(cues: list[_Cue], sentence: str, start: int, end: int) -> _Cue | None:
    """The nearest cue that reaches the mention, unless another one undoes it."""
    reach = [
        (distance, cue)
        for cue in cues
        if (distance := _distance(cue, sentence, start, end)) is not None
    ]
    if not reach:
        return None
    cue = min(reach)[1]
    undone = cue.kind == "ended" and any(
        other.kind == "negated" and 0 <= cue.start - other.end <= _GAP_BETWEEN_CUES
        for other in cues
    )
    return None if undone else cue


def _distance(cue: _Cue, sentence: str, start: int, end: int) -> int | None:
    """Characters between cue and mention, or None where the cue does not reach it."""
    before = cue.end <= start
    between = sentence[cue.end : start] if before else sentence[end : cue.start]
    most = (0 if cue.cue in _TOUCHING else _GAP[cue.kind]) if before else _GAP_AFTER
    wrong_side = cue.position == ("after" if before else "before")
    no_end = not before and (cue.start < end or not _END_OF_PHRASE.match(sentence, cue.end))
    if wrong_side or no_end or len(between) > most or _ANOTHER_PHRASE.search(between):
        return None
    return len(between)


@cache
def _cue_pattern() -> tuple[re.Pattern[str], dict[str, tuple[str, str]]]:
    """All cues and exceptions, the longer first, and (kind, position) of the cues."""
    cues = read_cues()
    cues = cues[cues["use"] != "relation"]
    longest_first = sorted(cues["cue"], key=len, reverse=True)
    cancelling = cues[cues["use"] == "cancellation"]
    return (
        re.compile("|".join(map(re.escape, longest_first))),
        {row.cue: (row.kind, row.position) for row in cancelling.itertuples(index=False)},
    )
