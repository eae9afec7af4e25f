"""jieba's algorithm in plain Python, with nothing computed twice: the same tokens, sooner.

The sums run in jieba's order and ties go jieba's way, so the floating-point numbers are those
of jieba, and with them every choice between two ways to cut.
"""

import math
import re
from collections.abc import Sequence
from functools import cache
from operator import add

from helpers.reading.segment.arrays import FIRST_HAN, jieba_model
from helpers.reading.segment.dictionary import Dictionary
from helpers.reading.segment.ids import TokenIds, number_tokens
from helpers.reading.segment.letters import BLOCK, HAN, LETTERS

_BLOCKS = re.compile(f"([{BLOCK}]+)")
_LETTERS = frozenset(LETTERS)
_HAN_BLOCKS = re.compile(f"([{HAN}]+)")
# Between the Han of a run of single characters: 3.14% is one token, and so is +#.
_NUMBERS = re.compile(r"([a-zA-Z0-9]+(?:\.[0-9]+)?%?)")

# How many guesses are remembered; the same names and numbers come again and again.
_MOST_GUESSES = 100_000


class ExactEngine:
    """Cuts as jieba.Tokenizer.cut does, over the same frequencies."""

    name = "exact"

    def __init__(self, dictionary: Dictionary, *, hmm: bool) -> None:
        """An engine for one dictionary."""
        self._frequencies = dictionary.frequencies
        log_total = math.log(dictionary.total)
        # jieba takes the logarithm anew for every candidate; few frequencies are distinct.
        self._scores = {
            n: math.log(n) - log_total for n in set(dictionary.frequencies.values()) if n
        }
        self._unknown = math.log(1) - log_total
        self._cut_block = self._cut_guessing if hmm else self._cut_plain
        self._guesses: dict[str, list[str]] = {}

    def cut_ids(self, texts: Sequence[str]) -> TokenIds:
        """The tokens of the texts, as numbers."""
        return number_tokens(map(self.cut, texts))

    def cut(self, text: str) -> list[str]:
        """The tokens of the text; they join to it."""
        tokens: list[str] = []
        for number, piece in enumerate(_BLOCKS.split(text)):
            if number % 2:
                self._cut_block(piece, tokens)
            elif "\r\n" in piece:
                # The one thing of two characters that jieba keeps together outside a block.
                for i, line in enumerate(piece.split("\r\n")):
                    tokens.extend(["\r\n", *line] if i else line)
            else:
                tokens.extend(piece)
        return tokens

    def _best_ends(self, block: str) -> list[int]:
        """For each place in the block, where the word that begins there ends.

        Found from the end backwards: the largest sum of log probabilities to the block's end;
        of equal sums the longer word.
        """
        get, scores, unknown, length = (
            self._frequencies.get, self._scores, self._unknown, len(block)
        )  # fmt: skip
        sums = [0.0] * (length + 1)
        ends = [0] * length
        for start in range(length - 1, -1, -1):
            best, best_end, end = None, start + 1, start + 1
            frequency = get(block[start])
            while frequency is not None:
                if frequency:
                    candidate = scores[frequency] + sums[end]
                    if best is None or candidate >= best:
                        best, best_end = candidate, end
                if end == length:
                    break
                end += 1
                frequency = get(block[start:end])
            sums[start] = unknown + sums[start + 1] if best is None else best
            ends[start] = best_end
        return ends

    def _cut_plain(self, block: str, tokens: list[str]) -> None:
        """Append the block's tokens; single letters and digits in a row become one token."""
        ends = self._best_ends(block)
        start, length, letters = 0, len(block), 0
        while start < length:
            end = ends[start]
            if end - start == 1 and block[start] in _LETTERS:
                letters += 1
            else:
                if letters:
                    tokens.append(block[start - letters : start])
                    letters = 0
                tokens.append(block[start:end])
            start = end
        if letters:
            tokens.append(block[length - letters :])

    def _cut_guessing(self, block: str, tokens: list[str]) -> None:
        """Append the block's tokens; single characters in a row may be a word unknown so far."""
        ends = self._best_ends(block)
        start, length, singles = 0, len(block), 0
        while start < length:
            end = ends[start]
            if end - start == 1:
                singles += 1
            else:
                if singles:
                    tokens.extend(self._guess(block[start - singles : start]))
                    singles = 0
                tokens.append(block[start:end])
            start = end
        if singles:
            tokens.extend(self._guess(block[length - singles :]))

    def _guess(self, run: str) -> Sequence[str]:
        # A run that is itself a word was cut because its characters together are likelier.
        if len(run) == 1 or self._frequencies.get(run):
            return run
        guess = self._guesses.get(run)
        if guess is None:
            guess = _guess_words(run)
            if len(self._guesses) < _MOST_GUESSES:
                self._guesses[run] = guess
        return guess


def _guess_words(run: str) -> list[str]:
    words: list[str] = []
    for number, piece in enumerate(_HAN_BLOCKS.split(run)):
        words += _cut_by_states(piece) if number % 2 else split_numbers(piece)
    return words


def split_numbers(piece: str) -> list[str]:
    """The tokens of what stands between Han in a run of single characters.

    >>> split_numbers("3.5%+A4")
    ['3.5%', '+', 'A4']
    """
    return [part for part in _NUMBERS.split(piece) if part]


def _cut_by_states(han: str) -> list[str]:
    """The words of a run of Han by the likeliest states: each E and each S ends one."""
    words, begin = [], 0
    for end, state in enumerate(_likeliest_states(han), start=1):
        if state >= 2:
            words.append(han[begin:end])
            begin = end
    return words


def _likeliest_states(han: str) -> list[int]:
    """Viterbi's path through the states B (0), M (1), E (2) and S (3).

    Two states lead to each: E and S to B and S, B and M to M and E; the later one's way is
    taken where both are equal.
    """
    start, across, seen = _model()
    (_, bm, be, _), (_, mm, me, _), (eb, _, _, es), (sb, _, _, ss) = across
    b, m, e, s = map(add, start, seen[ord(han[0]) - FIRST_HAN])
    came_from = []
    for character in han[1:]:
        seen_b, seen_m, seen_e, seen_s = seen[ord(character) - FIRST_HAN]
        b_from_e, b_from_s = e + eb + seen_b, s + sb + seen_b
        m_from_b, m_from_m = b + bm + seen_m, m + mm + seen_m
        e_from_b, e_from_m = b + be + seen_e, m + me + seen_e
        s_from_e, s_from_s = e + es + seen_s, s + ss + seen_s
        came_from.append(
            (
                3 if b_from_s >= b_from_e else 2,
                1 if m_from_m >= m_from_b else 0,
                1 if e_from_m >= e_from_b else 0,
                3 if s_from_s >= s_from_e else 2,
            )
        )
        b, m = max(b_from_e, b_from_s), max(m_from_b, m_from_m)
        e, s = max(e_from_b, e_from_m), max(s_from_e, s_from_s)
    state = 3 if s >= e else 2
    states = [state]
    for origins in reversed(came_from):
        state = origins[state]
        states.append(state)
    return states[::-1]


@cache
def _model() -> tuple[list[float], list[list[float]], list[list[float]]]:
    """jieba's model as lists, which are read number by number in half the time of arrays."""
    start, across, seen = jieba_model()
    return start.tolist(), across.tolist(), seen.tolist()
