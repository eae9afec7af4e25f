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


@cache
def stock_dictionary() -> tuple[dict[str, int], int]:
    """jieba's own words and frequencies, and their sum; shared, so copy before changing."""
    return jieba.Tokenizer.gen_pfdict(jieba.Tokenizer().get_dict_file())


def make_tokenizer(frequencies: dict[str, int], total: int) -> Any:
    """A jieba Tokenizer with these frequencies; jieba's global one is never touched."""
    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total, tokenizer.initialized = frequencies, total, True
    return tokenizer


@cache
def stock_tokenizer() -> Any:
    """The tokenizer of the stock dictionary, for those who only cut with it."""
    return make_tokenizer(*stock_dictionary())
