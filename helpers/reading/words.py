"""jieba's own dictionary, imported in one place and quietly.

It is read from the package, never from jieba's cache file: that lies in a folder which other
users of the machine share, and jieba trusts whatever stands there.
"""

import logging
import sys
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from helpers.reading.stock import Stock, read_stock

# From so many different questions on, all words are listed.
_MANY_ASKED = 50_000


class FewFrequencies(dict[str, int | None]):
    """Frequencies for a tokenizer that is asked little: each is looked up when it is asked for.

    To list all words takes half a second and 60 MB.
    """

    def __init__(self, changes: Iterable[tuple[str, int]] = ()) -> None:
        """Only what differs from jieba's own words is there yet."""
        super().__init__(changes)

    def __missing__(self, word: str) -> int | None:
        """The frequency in jieba's own words; None for what is not among them."""
        if len(self) >= _MANY_ASKED:
            return stock().frequencies.get(word)
        found = self[word] = stock().frequency(word)
        return found

    def __contains__(self, word: object) -> bool:
        """Whether it is a word, or the beginning of one."""
        return self[word] is not None

    def get(self, word: str, default: int | None = None) -> int | None:
        """The frequency of the word, or the default."""
        found = self[word]
        return default if found is None else found


@contextmanager
def _unimportable(name: str) -> Iterator[None]:
    """Let imports of a module fail inside, unless it is loaded already."""
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        if sys.modules.get(name, name) is None:
            del sys.modules[name]


# jieba opens its files with pkg_resources, which takes a tenth of a second to load, or with
# open where that is missing.
with warnings.catch_warnings(), _unimportable("pkg_resources"):
    # jieba 0.42.1 (2020) has escapes that newer Pythons warn about.
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
def stock() -> Stock:
    """jieba's own words, shared by all who ask."""
    with jieba.Tokenizer().get_dict_file() as file:
        return read_stock(file.read(), jieba.__version__)


def stock_dictionary() -> tuple[dict[str, int], int]:
    """jieba's own words and frequencies, and their sum; shared, so copy before changing.

    As jieba.Tokenizer.gen_pfdict makes it: every beginning of a word is there, with frequency
    0 where it is none itself.
    """
    own = stock()
    return own.frequencies, own.total


def make_tokenizer(frequencies: dict[str, int], total: int) -> Any:
    """A jieba Tokenizer with these frequencies; jieba's global one is never touched."""
    tokenizer = FixedTokenizer()
    tokenizer.FREQ, tokenizer.total, tokenizer.initialized = frequencies, total, True
    return tokenizer


@cache
def few_words_tokenizer() -> Any:
    """The tokenizer of the stock dictionary, for those who cut a few characters now and then."""
    return make_tokenizer(FewFrequencies(), stock().total)


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
