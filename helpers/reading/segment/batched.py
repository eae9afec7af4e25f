"""jieba's algorithm over many texts at once, with numpy: for much text where numba is missing.

Blocks know nothing of one another, so each step is taken in all of them together: the words
longer by a character, the sums one place nearer to the start, the next token, the next state of
the model. The numbers are those of exact.py, added in the same order, and ties go the same way.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import accumulate, groupby, pairwise

import numpy as np
from numpy.typing import NDArray

from helpers.reading.segment.arrays import (
    FIRST_HAN,
    HAN,
    LETTER,
    OUTSIDE,
    jieba_model,
    list_characters,
    list_kinds,
    score_words,
)
from helpers.reading.segment.dictionary import Dictionary
from helpers.reading.segment.exact import ExactEngine, split_numbers
from helpers.reading.segment.ids import Numbers, TokenIds

Places = NDArray[np.int64]
Marks = NDArray[np.bool_]
Characters = NDArray[np.uint32]
Kinds = NDArray[np.uint8]

# About so many characters are cut at a time, at some 100 bytes each.
_AT_A_TIME = 100_000
# Stands behind each text while it is cut, and in no block.
_APART = " "
# A longer block is cut by itself: a step takes as long for one block as for a hundred.
_LONGEST = 300
# Two states lead to each of B (0), M (1), E (2) and S (3); the later one's way is taken where
# both are equal.
_EARLIER, _LATER = np.array([2, 0, 0, 2]), np.array([3, 1, 1, 3])

_N_CHARACTERS = 0x110000
_CHARACTER_BITS = 21
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_FREE = -1


class BatchedEngine(ExactEngine):
    """Cuts as jieba.Tokenizer.cut does: many texts together, one text as ExactEngine does."""

    name = "numpy"

    def __init__(self, dictionary: Dictionary, *, hmm: bool) -> None:
        """An engine for one dictionary; its table of words takes a fraction of a second."""
        super().__init__(dictionary, hmm=hmm)
        self._words = _Words(dictionary)
        self._kinds = list_kinds(_N_CHARACTERS)
        self._hmm = hmm

    def cut_ids(self, texts: Sequence[str]) -> TokenIds:
        """The tokens of the texts, as numbers."""
        numbers = Numbers()
        ids, n_tokens = [np.zeros(0, np.int32)], [np.zeros(1, np.int64)]
        for batch in _batches(texts):
            joined = "".join([text + _APART for text in batch])
            starts = np.flatnonzero(self._find_begins(joined))
            # What stands behind a text is a token by itself, and none of the text's.
            aparts = np.searchsorted(starts, np.cumsum(list(map(len, batch))) + range(len(batch)))
            spans = np.stack([starts, np.append(starts[1:], len(joined))])
            spans = np.delete(spans, aparts, axis=1).tolist()
            tokens = [numbers[joined[start:end]] for start, end in zip(*spans, strict=True)]
            ids.append(np.array(tokens, np.int32))
            n_tokens.append(np.diff(aparts, prepend=-1) - 1)
        return TokenIds(np.concatenate(ids), np.cumsum(np.concatenate(n_tokens)), tuple(numbers))

    def _find_begins(self, joined: str) -> Marks:
        """Whether a token begins at each place of the text."""
        characters = list_characters(joined)
        kinds = self._kinds[characters]
        begins = kinds == OUTSIDE
        # The one thing of two characters that jieba keeps together outside a block.
        begins[1:] &= (characters[:-1] != ord("\r")) | (characters[1:] != ord("\n"))
        blocks = _rows(kinds != OUTSIDE)
        is_long = np.diff(blocks)[:, 0] > _LONGEST
        for start, end in blocks[is_long].tolist():
            tokens: list[str] = []
            self._cut_block(joined[start:end], tokens)
            _mark_tokens(start, tokens, begins)
            kinds[start:end] = OUTSIDE
        alone = self._follow_best_ways(characters, kinds, blocks[~is_long], begins)
        if self._hmm:
            self._join_guesses(joined, characters, kinds, alone, begins)
        else:
            # Single letters and digits in a row become one token.
            alone &= kinds == LETTER
            begins[1:] &= ~(alone[1:] & alone[:-1])
        return begins

    def _follow_best_ways(
        self, characters: Characters, kinds: Kinds, blocks: Places, begins: Marks
    ) -> Marks:
        """Mark where the words of the blocks begin; return which are single characters."""
        inside = kinds != OUTSIDE
        ends = self._best_ends_of_all(characters, inside, blocks)
        alone = np.zeros(len(inside), bool)
        at = blocks[:, 0]
        while len(at):
            begins[at] = True
            after = ends[at]
            alone[at] = after - at == 1
            at = after[inside[after]]
        return alone

    def _best_ends_of_all(self, characters: Characters, inside: Marks, blocks: Places) -> Places:
        """What _best_ends finds in each block: where the word that begins at a place ends."""
        start, end, score = self._words.find(characters, inside, self._unknown)
        to_end = np.zeros(len(inside), np.int16)
        to_end[inside] = np.repeat(blocks[:, 1], np.diff(blocks)[:, 0]) - np.flatnonzero(inside)
        # From the ends backwards; a shorter word stays before a longer one.
        order = np.argsort(to_end[start], kind="stable")
        start, end, score = start[order], end[order], score[order]
        differ = (np.diff(to_end[start]) != 0) | (np.diff(end - start) != 0)
        steps = [0, *(np.flatnonzero(differ) + 1).tolist(), len(start)]
        sums = np.where(inside, -np.inf, 0.0)
        ends = np.zeros(len(inside), np.int64)
        # A step is one word from each of many places, all as far from the end of their block.
        for first, last in pairwise(steps):
            here, there = start[first:last], end[first:last]
            candidate = score[first:last] + sums[there]
            better = candidate >= sums[here]
            here = here[better]
            sums[here], ends[here] = candidate[better], there[better]
        return ends

    def _join_guesses(
        self, joined: str, characters: Characters, kinds: Kinds, alone: Marks, begins: Marks
    ) -> None:
        """Take back marks of single characters in a row that make a word unknown so far."""
        for start, end in _rows(alone).tolist():
            # A row that is itself a word was cut because its characters together are likelier.
            if end - start > 1 and self._frequencies.get(joined[start:end]):
                alone[start:end] = False
        is_han = kinds == HAN
        for start, end in _rows(alone & ~is_han).tolist():
            begins[start:end] = False
            _mark_tokens(start, split_numbers(joined[start:end]), begins)
        _guess_words(characters, _rows(alone & is_han), begins)


def _batches(texts: Sequence[str]) -> Iterator[list[str]]:
    behind = accumulate(map(len, texts))
    for _, batch in groupby(zip(texts, behind, strict=True), lambda pair: pair[1] // _AT_A_TIME):
        yield [text for text, _ in batch]


def _rows(marks: Marks) -> Places:
    """Start and end of each row of marks; the last place of all has none.

    >>> _rows(np.array([True, True, False, True, False])).tolist()
    [[0, 2], [3, 4]]
    """
    return np.flatnonzero(np.diff(marks, prepend=False)).reshape(-1, 2)


def _mark_tokens(start: int, tokens: Sequence[str], begins: Marks) -> None:
    begins[list(accumulate(map(len, tokens[:-1]), initial=start))] = True


def _guess_words(characters: Characters, rows: Places, begins: Marks) -> None:
    """Mark where the words of rows of Han begin, by Viterbi's path: behind each E and S."""
    order = np.argsort(-np.diff(rows)[:, 0], kind="stable")
    start, lengths = rows[order, 0], np.diff(rows)[order, 0]
    # How many rows, the longest of all first, have a character at each place.
    n_rows = np.searchsorted(-lengths, -np.arange(lengths.max(initial=0))).tolist()
    first, across, seen = jieba_model()
    from_earlier, from_later = across[_EARLIER, range(4)], across[_LATER, range(4)]
    sums = first + seen[characters[start] - FIRST_HAN]
    came_from = []
    for place, n in enumerate(n_rows[1:], start=1):
        emitted = seen[characters[start[:n] + place] - FIRST_HAN]
        earlier = sums[:n, _EARLIER] + from_earlier + emitted
        later = sums[:n, _LATER] + from_later + emitted
        came_from.append(np.where(later >= earlier, _LATER, _EARLIER))
        sums[:n] = np.maximum(later, earlier)
    state = np.where(sums[:, 3] >= sums[:, 2], 3, 2)
    for place in range(len(n_rows) - 1, 0, -1):
        n = n_rows[place]
        state[:n] = came_from[place - 1][np.arange(n), state[:n]]
        begins[start[:n] + place] = state[:n] >= 2


class _Words:
    """The words of a dictionary, found one character after another.

    Words and beginnings of words are numbered from 1, the shorter first. A step is such a
    number and one more character, as one number; it stands in a hash table at the place that
    multiplication gives, or the next free one. Where it leads to is kept times two, plus one
    where words go on from there.
    """

    def __init__(self, dictionary: Dictionary) -> None:
        words = list(dictionary.frequencies)
        lengths = np.fromiter(map(len, words), np.int64, len(words))
        frequencies = np.fromiter(dictionary.frequencies.values(), np.int64, len(words))
        order = np.argsort(lengths, kind="stable")
        scores = score_words(frequencies[order], math.log(dictionary.total))
        self._scores = np.append(-np.inf, scores)
        self._firsts = np.zeros(_N_CHARACTERS, np.int64)
        n_bits = (2 * len(words)).bit_length()
        self._shift = np.uint64(64 - n_bits)
        self._steps = np.full(2**n_bits, _FREE)
        self._after = np.zeros(2**n_bits, np.int64)
        starts = np.cumsum(lengths) - lengths
        self._add(list_characters("".join(words)), starts[order], lengths[order])

    def _add(self, characters: Characters, starts: Places, lengths: Places) -> None:
        """Add words of growing length, a character of all longer ones at a time."""
        n_shorter = np.searchsorted(lengths, np.arange(1, lengths[-1] + 2))
        numbers = np.arange(1, len(lengths) + 1)
        goes_on = np.zeros(len(lengths) + 1, bool)
        self._firsts[characters[starts[: n_shorter[1]]]] = numbers[: n_shorter[1]]
        reached = self._firsts[characters[starts]]
        for place in range(1, lengths[-1]):
            first, last = n_shorter[place], n_shorter[place + 1]
            goes_on[reached[first:last]] = True
            steps = _steps(reached[first:], characters[starts[first:] + place])
            self._keep(steps[: last - first], numbers[first:last])
            reached[last:] = self._find_after(steps[last - first :])
        for table in (self._firsts, self._after):
            table[:] = table * 2 + goes_on[table]

    def _keep(self, steps: Places, after: Places) -> None:
        places = self._first_places(steps)
        while len(steps):
            free = self._steps[places] == _FREE
            # Of several that want one place the last gets it; the others look on.
            self._steps[places[free]] = steps[free]
            there = self._steps[places] == steps
            self._after[places[there]] = after[there]
            steps, after = steps[~there], after[~there]
            places = self._next_places(places[~there])

    def _find_after(self, steps: Places) -> Places:
        """Where the steps lead to, 0 for those that are not in the table."""
        places = self._first_places(steps)
        found = self._steps[places]
        left = np.flatnonzero((found != steps) & (found != _FREE))
        while len(left):
            places[left] = self._next_places(places[left])
            found[left] = self._steps[places[left]]
            left = left[(found[left] != steps[left]) & (found[left] != _FREE)]
        return np.where(found == steps, self._after[places], 0)

    def _first_places(self, steps: Places) -> Places:
        return (steps.view(np.uint64) * _SPREAD >> self._shift).view(np.int64)

    def _next_places(self, places: Places) -> Places:
        return (places + 1) % len(self._steps)

    def find(
        self, characters: Characters, inside: Marks, unknown: float
    ) -> tuple[Places, Places, NDArray[np.float64]]:
        """Start, end and score of all words inside blocks, the shorter before the longer.

        A single character is always there: as no word, it has minus infinity, or the score
        `unknown` where no longer word begins either.
        """
        start = np.flatnonzero(inside)
        reached = self._firsts[characters[start]]
        starts, scores = [start], [self._scores[reached >> 1]]
        is_lost = np.ones(len(inside), bool)
        while len(start):
            length = len(starts)
            on = np.flatnonzero((reached & 1 == 1) & inside[start + length])
            start = start[on]
            reached = self._find_after(_steps(reached[on] >> 1, characters[start + length]))
            on = np.flatnonzero(reached)
            start, reached = start[on], reached[on]
            score = self._scores[reached >> 1]
            is_word = score > -np.inf
            starts.append(start[is_word])
            scores.append(score[is_word])
            is_lost[starts[-1]] = False
        scores[0][(scores[0] == -np.inf) & is_lost[starts[0]]] = unknown
        lengths = np.repeat(np.arange(len(starts)) + 1, list(map(len, starts)))
        start = np.concatenate(starts)
        return start, start + lengths, np.concatenate(scores)


def _steps(before: Places, characters: Characters) -> Places:
    return before << _CHARACTER_BITS | characters
