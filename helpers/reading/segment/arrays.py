"""Texts, words and jieba's model as numbers: what the engines read."""

import math
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from helpers.reading.segment.letters import LETTERS, SIGNS

# Characters after this one stand in no block, and so in no word of two characters.
END_OF_HAN = 0x9FD6
FIRST_HAN = 0x4E00

OUTSIDE, HAN, LETTER, SIGN = 0, 1, 2, 3  # kinds of characters

# jieba's logarithm of the probability of what its model has never seen.
_NEVER = -3.14e100


class Model(NamedTuple):
    """A hidden Markov model, in logarithms: states at the start, from state to state, by character.

    The states are B, M, E and S, in this order: a character begins a word, stands inside it,
    ends it, or is a word by itself. `seen` has a row for each Han character from FIRST_HAN on.
    """

    start: NDArray[np.float64]
    across: NDArray[np.float64]
    seen: NDArray[np.float64]


@cache
def jieba_model() -> Model:
    """The model by which jieba guesses words."""
    from jieba.finalseg import prob_emit, prob_start, prob_trans

    seen = np.full((END_OF_HAN - FIRST_HAN, 4), _NEVER)
    for column, state in enumerate("BMES"):
        for character, probability in prob_emit.P[state].items():
            if FIRST_HAN <= ord(character) < END_OF_HAN:
                seen[ord(character) - FIRST_HAN, column] = probability
    return Model(
        start=np.array([prob_start.P[state] for state in "BMES"]),
        across=np.array([[prob_trans.P[a].get(b, _NEVER) for b in "BMES"] for a in "BMES"]),
        seen=seen,
    )


def list_characters(text: str) -> NDArray[np.uint32]:
    """The numbers of the text's characters, half surrogate pairs included."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def size_of_table(n: int) -> tuple[int, np.uint64]:
    """Places for n keys that are found by multiplication, and how far right the product is shifted.

    >>> tuple(map(int, size_of_table(3)))
    (8, 61)
    """
    bits = max(1, math.ceil(math.log2(2 * n + 2)))
    return 2**bits, np.uint64(64 - bits)


def list_kinds(n_characters: int) -> NDArray[np.uint8]:
    """The kind of each of the first characters of Unicode."""
    kinds = np.full(n_characters, OUTSIDE, np.uint8)
    kinds[FIRST_HAN:END_OF_HAN] = HAN
    kinds[[ord(letter) for letter in LETTERS]] = LETTER
    kinds[[ord(sign) for sign in SIGNS]] = SIGN
    return kinds


def score_words(frequencies: NDArray[np.int64], log_total: float) -> NDArray[np.float64]:
    """Logarithms of relative frequencies; minus infinity for a beginning that is no word.

    They are taken by math.log, as jieba does: numpy's may differ in the last bit.
    """
    distinct, where = np.unique(frequencies, return_inverse=True)
    logarithms = [math.log(n) - log_total if n else -math.inf for n in distinct.tolist()]
    return np.array(logarithms)[where]
