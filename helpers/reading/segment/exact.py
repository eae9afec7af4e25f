"""jieba's algorithm in plain Python, with nothing computed twice: the same tokens, sooner.

The sums run in jieba's order and ties go jieba's way, so the floating-point numbers are those
of jieba, and with them every choice between two ways to cut.
"""

import math
import re
from collections.abc import Sequence
from functools import cache

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
# jieba's logarithm of the probability of what the model has never seen.
NEVER = -3.14e100


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
        if number % 2:
            words.extend(_cut_by_states(piece))
        else:
            words.extend(part for part in _NUMBERS.split(piece) if part)
    return words


def _cut_by_states(han: str) -> list[str]:
    """The words of a run of Han by the likeliest states: B and E begin and end one, S is one."""
    words, begin = [], 0
    for place, state in enumerate(_likeliest_states(han)):
        if state == "B":
            begin = place
        elif state == "E":
            words.append(han[begin : place + 1])
        elif state == "S":
            words.append(han[place])
    return words


def _likeliest_states(han: str) -> list[str]:
    """Viterbi's path through the states B, M, E and S; of equal ways the later letter's."""
    start, across, seen = hidden_markov_model()
    emitted = [seen[state].get(han[0], NEVER) for state in "BMES"]
    sums = [start[state] + emission for state, emission in zip("BMES", emitted, strict=True)]
    came_from = []
    for character in han[1:]:
        b, m, e, s = sums
        ways = (
            ((e, "E", "EB"), (s, "S", "SB")),
            ((b, "B", "BM"), (m, "M", "MM")),
            ((b, "B", "BE"), (m, "M", "ME")),
            ((e, "E", "ES"), (s, "S", "SS")),
        )
        best = [
            max(
                (before + across[step] + seen[state].get(character, NEVER), origin)
                for before, origin, step in way
            )
            for state, way in zip("BMES", ways, strict=True)
        ]
        sums = [total for total, _ in best]
        came_from.append(dict(zip("BMES", (origin for _, origin in best), strict=True)))
    state = max((sums[2], "E"), (sums[3], "S"))[1]
    states = [state]
    for origins in reversed(came_from):
        state = origins[state]
        states.append(state)
    return states[::-1]


@cache
def hidden_markov_model() -> tuple[dict[str, float], dict[str, float], dict[str, dict[str, float]]]:
    """jieba's model, in logarithms: a state at the start, from state to state, a character.

    The states are B, M, E and S: a character begins a word, stands inside it, ends it, or is
    a word by itself.
    """
    from jieba.finalseg import prob_emit, prob_start, prob_trans

    across = {
        origin + state: prob_trans.P[origin].get(state, NEVER)
        for origin in "BMES"
        for state in "BMES"
    }
    return prob_start.P, across, prob_emit.P
