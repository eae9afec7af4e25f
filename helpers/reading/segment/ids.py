"""Tokens as numbers: what engines make, what counting needs, what a cache can hold."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from helpers.reading.segment.letters import WORD_CHARACTER


class TokenIds(NamedTuple):
    """All tokens of some texts, punctuation and blanks included, so that they join to them.

    Token i is `vocabulary[ids[i]]`; the tokens of text t are `ids[offsets[t]:offsets[t + 1]]`.
    The vocabulary holds each type once, in the order in which the texts first use them, so
    every engine gives the same numbers. `ids` is int32, `offsets` int64 with one more place
    than there are texts; where tokens start follows from their lengths and is not stored.
    """

    ids: np.ndarray
    offsets: np.ndarray
    vocabulary: tuple[str, ...]

    def starts(self) -> np.ndarray:
        """int64: the place in its own text at which each token starts."""
        lengths = np.array([len(word) for word in self.vocabulary], dtype=np.int64)[self.ids]
        ends = np.concatenate([[0], np.cumsum(lengths)])
        of_text = np.repeat(ends[self.offsets[:-1]], np.diff(self.offsets))
        return ends[:-1] - of_text


def are_words(vocabulary: Sequence[str]) -> np.ndarray:
    """One bool per type: False for punctuation and blanks.

    >>> are_words(["防控", "，", "a"]).tolist()
    [True, False, True]
    """
    # Nearly all begin with an ideograph, which is asked faster than by a pattern.
    found = [
        "\u4e00" <= word < "\ua000" or WORD_CHARACTER.search(word) is not None
        for word in vocabulary
    ]
    return np.array(found, dtype=bool)


def number_tokens(token_lists: Iterable[Sequence[str]]) -> TokenIds:
    """The token lists of some texts as TokenIds.

    >>> number_tokens([["防控", "，"], ["防控"]]).ids.tolist()
    [0, 1, 0]
    """
    numbers = Numbers()
    ids: list[int] = []
    offsets = [0]
    for tokens in token_lists:
        ids.extend(map(numbers.__getitem__, tokens))
        offsets.append(len(ids))
    return TokenIds(np.array(ids, np.int32), np.array(offsets, np.int64), tuple(numbers))


class Numbers(dict[str, int]):
    """A number for each word, counted up from 0 as words come."""

    def __missing__(self, word: str) -> int:
        """The next number, for a word that has none."""
        number = self[word] = len(self)
        return number
