"""The engine of the extra `fast`: jieba's algorithm compiled by numba, the same tokens.

The compiler takes several seconds at the first use on a machine, and its tables half a second
at the first use of a dictionary; afterwards both come from .cache/code.
"""

import hashlib
import math
import platform
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from itertools import accumulate
from pathlib import Path

import numpy as np

from helpers import paths
from helpers.reading.cache import CacheTrouble, Shelf, hash_code, name_way
from helpers.reading.machine_code import MachineCode
from helpers.reading.segment import kernel
from helpers.reading.segment.arrays import (
    END_OF_HAN,
    jieba_model,
    list_characters,
    list_kinds,
    score_words,
    size_of_table,
)
from helpers.reading.segment.dictionary import Dictionary
from helpers.reading.segment.ids import TokenIds

_MOST_BUCKETS = 2**18
# Tables of 13 MB each: those that were made last stay.
_MOST_KEPT = 4


class CompiledEngine:
    """Cuts as jieba.Tokenizer.cut does, straight to numbers; threads may share it."""

    name = "numba"

    def __init__(self, dictionary: Dictionary, *, hmm: bool) -> None:
        """An engine for one dictionary; the kernel is compiled or loaded here.

        Raises CannotCompileError where that cannot be done.
        """
        self._words = _words(dictionary)
        self._model = jieba_model()
        self._hmm = hmm
        # Which types were seen: taken by one call at a time and given back clean.
        self._spare: list[np.ndarray] = []
        self._cut_texts = _compiled_cut_texts()

    def cut(self, text: str) -> list[str]:
        """The tokens of the text; they join to it."""
        made = self.cut_ids([text])
        return [made.vocabulary[number] for number in made.ids.tolist()]

    def cut_ids(self, texts: Sequence[str]) -> TokenIds:
        """The tokens of the texts, as numbers.

        All texts are held at once, at about 30 bytes per character; give a large corpus in
        batches. Raises ValueError beyond 2 billion characters.
        """
        joined = "".join(texts)
        if len(joined) >= 2**31:
            raise ValueError(
                f"the texts have {len(joined):,} characters, more than can be cut at once; "
                "give them in batches"
            )
        offsets = np.fromiter(accumulate(map(len, texts), initial=0), np.int64, len(texts) + 1)
        token_offsets = np.zeros(len(texts) + 1, np.int64)
        book = self._open_book(len(joined))
        desk = _desk(int(np.diff(offsets).max(initial=0)))
        self._cut_texts(
            list_characters(joined), offsets, self._words, self._model, int(self._hmm), book, desk,
            token_offsets,
        )  # fmt: skip
        n_tokens, n_types = book.n.tolist()
        types = book.types[:n_types]
        spans = zip(types[:, kernel.START].tolist(), types[:, kernel.LENGTH].tolist(), strict=True)
        vocabulary = tuple([joined[start : start + length] for start, length in spans])
        book.known[types[:, kernel.PLACE]] = 0
        self._spare.append(book.known)
        return TokenIds(book.ids[:n_tokens].copy(), token_offsets, vocabulary)

    def _open_book(self, n: int) -> kernel.Book:
        """Room for n characters, of which each might be a token and a type of its own."""
        try:
            known = self._spare.pop()
        except IndexError:
            known = np.zeros(kernel.N_CHARACTERS + len(self._words.scores), np.int32)
        return _book(n, known, min(_MOST_BUCKETS, 2 ** (n + 1).bit_length()))


def _words(dictionary: Dictionary) -> kernel.Words:
    """The kernel's tables: those kept in .cache/code, or made and then kept there."""
    # Beside the machine code that trusts them, where nobody else can put others.
    # Another system's logarithms may differ in the last bit; platform.platform starts a process.
    system = sys.platform, platform.machine(), platform.libc_ver()
    way = name_way("words", hash_code(Path(__file__).parent), system)
    shelf = Shelf("code", way, paths.CACHE)
    key = hashlib.sha256(f"{dictionary.hash} {dictionary.total}".encode()).digest()
    places = shelf.find()[0]
    if key in places:
        with suppress(CacheTrouble):
            return _unpack_words(shelf.read(places[key].entry, {places[key].number: key}))
    made = _make_words(dictionary)
    # Where nothing can be written, each process makes its own.
    with suppress(CacheTrouble):
        arrays = {name: np.asarray(part) for name, part in made._asdict().items()}
        shelf.keep_newest(_MOST_KEPT, latest=shelf.write([key], arrays))
    return made


def _unpack_words(arrays: Mapping[str, np.ndarray]) -> kernel.Words:
    shift, unknown = np.uint64(arrays["shift"]), float(arrays["unknown"])
    return kernel.Words(**{**arrays, "shift": shift, "unknown": unknown})


def _make_words(dictionary: Dictionary) -> kernel.Words:
    """The kernel's tables; frequent words first among those of one length, to lie together."""
    words = list(dictionary.frequencies)
    lengths = np.fromiter(map(len, words), np.int64, len(words))
    frequencies = np.fromiter(dictionary.frequencies.values(), np.int64, len(words))
    if len(words) >= kernel.MOST_STATES:
        raise ValueError(
            f"the dictionary has {len(words):,} words and beginnings of words; the engine numba "
            f"holds {kernel.MOST_STATES:,}; use engine='exact'"
        )
    order = np.lexsort((-frequencies, lengths))
    log_total = math.log(dictionary.total)
    tables = _empty_words(
        len(words), score_words(frequencies[order], log_total), math.log(1) - log_total
    )
    _compiled_add_words()(list_characters("".join(words)), np.cumsum(lengths), order, tables)
    return tables


def _empty_words(n: int, scores: np.ndarray, unknown: float) -> kernel.Words:
    """Tables with room for n words, and none of them in yet."""
    n_slots, shift = size_of_table(n)
    return kernel.Words(
        kinds=list_kinds(END_OF_HAN),
        roots=np.zeros(END_OF_HAN, np.int32),
        slots=np.zeros(n_slots, np.uint64),
        shift=shift,
        scores=np.concatenate([[-np.inf], scores]),
        unknown=unknown,
    )


def _book(n: int, known: np.ndarray, n_buckets: int) -> kernel.Book:
    """Room for n tokens and as many types."""
    return kernel.Book(
        n=np.zeros(2, np.int64),
        ids=np.empty(n, np.int32),
        types=np.empty((n, 4), np.int32),
        known=known,
        buckets=np.zeros(n_buckets, np.int32),
    )


def _desk(longest: int) -> kernel.Desk:
    """Room for blocks up to this length."""
    return kernel.Desk(
        sums=np.empty(longest + 1),
        ways=np.empty((longest + 1, 2), np.int32),
        cuts=np.empty((longest + 1, 2), np.int32),
        back=np.empty((longest + 1, 4), np.int8),
    )


@cache
def _compiled_add_words() -> MachineCode:
    return MachineCode(
        kernel.add_words, list_characters(""), np.zeros(0, np.int64), np.zeros(0, np.int64),
        _empty_words(0, np.zeros(0), 0.0),
    )  # fmt: skip


@cache
def _compiled_cut_texts() -> MachineCode:
    offsets = np.zeros(1, np.int64)
    return MachineCode(
        kernel.cut_texts, list_characters(""), offsets, _empty_words(0, np.zeros(0), 0.0),
        jieba_model(), 0, _book(0, np.zeros(0, np.int32), 0), _desk(0), offsets,
    )  # fmt: skip
