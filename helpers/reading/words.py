"""jieba's own dictionary, imported in one place and quietly.

It is read from the package, never from jieba's cache file: that lies in a folder which other
users of the machine share, and jieba trusts whatever stands there.
"""

import logging
import warnings
from functools import cache
from typing import Any

with warnings.catch_warnings():
    # jieba 0.42.1 (2020) has escapes and an import that newer Pythons warn about.
    warnings.simplefilter("ignore")
    import jieba

jieba.setLogLevel(logging.WARNING)  # it tells stderr about its dictionary at first use


class FixedTokenizer(jieba.Tokenizer):
    """A jieba Tokenizer whose words cannot be changed: tables made with it name its words."""

    def add_word(self, word: str, freq: int | None = None, tag: str | None = None) -> None:
        """Refuse with a ValueError; del_word, load_userdict and suggest_freq come here too."""
        raise ValueError(
            f"{word!r} cannot be added to this tokenizer, whose dictionary hash stands in the "
            "tables made with it; put the word into a lexicon (column word = 1) and make a new "
            "segmenter with segment.make_segmenter(lexicon)"
        )


@cache
def stock_dictionary() -> tuple[dict[str, int], int]:
    """jieba's own words and frequencies, and their sum; shared, so copy before changing.

    As jieba.Tokenizer.gen_pfdict makes it (every beginning of a word is there, with frequency
    0 where it is none itself), in a third of its time.
    """
    with jieba.Tokenizer().get_dict_file() as file:
        lines = file.read().decode("utf-8").strip().split("\n")
    fields = [line.split(" ", 2) for line in lines]
    words = [field[0] for field in fields]
    numbers = [int(field[1]) for field in fields]
    frequencies = dict(zip(words, numbers, strict=True))
    for word in words:
        for length in range(1, len(word)):
            frequencies.setdefault(word[:length], 0)
    return frequencies, sum(numbers)


def make_tokenizer(frequencies: dict[str, int], total: int) -> Any:
    """A jieba Tokenizer with these frequencies; jieba's global one is never touched."""
    tokenizer = FixedTokenizer()
    tokenizer.FREQ, tokenizer.total, tokenizer.initialized = frequencies, total, True
    return tokenizer


@cache
def stock_tokenizer() -> Any:
    """The tokenizer of the stock dictionary, for those who only cut with it."""
    return make_tokenizer(*stock_dictionary())


def forced_splits() -> set[str]:
    """The words that `jieba.del_word` has made jieba's HMM split, in every tokenizer.

    jieba keeps them in one list for the whole process, which is why our own engines do not
    read it.
    """
    return jieba.finalseg.Force_Split_Words
