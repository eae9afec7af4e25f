"""jieba's own words: made of its file dict.txt, or taken from the cache where they are known.

Making them takes longer than anything else at a start, so the cache keeps them. Nobody who can
write there can change a word by it: what is taken must have the SHA-256 that stands below, and
else the words are made of dict.txt again. They are the same either way.
"""

import hashlib
from bisect import bisect_left
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from helpers.reading.cache import CacheTrouble, Shelf, name_way

# The SHA-256 of the dict.txt of jieba 0.42.1, and that of the parts made of it. The words of
# another file, such as one that somebody has edited, are made anew in every process.
_FILE = "7197c3211ddd98962b036cdf40324d1ea2bfaa12bd028e68faa70111a88e12a8"
_PARTS = "9a1f8fb15c0f6cf2ed014a3fc8b1b9bfd24b386de40a0ce7b5a476cf8d6a1aba"
# The form of what is kept; a new one makes every older entry a stranger.
_FORM = 2
# So many bytes, those of a Chinese character, name the group in which a line is looked for.
_N_GROUPED = 3


@dataclass(frozen=True)
class Stock:
    """jieba's words, and every beginning of a word that is none itself, with frequency 0.

    `lines` has a line "word frequency" for each, sorted by word: what their hash is taken of.
    `total` is the sum that jieba divides by.
    """

    total: int
    lines: bytes

    @cached_property
    def frequencies(self) -> dict[str, int]:
        """All of them, as jieba.Tokenizer.gen_pfdict has them; shared, so copy before changing.

        Half a million words take half a second, so who wants few asks `frequency`.
        """
        cells = self.lines.decode().replace("\n", " ").split(" ")
        return dict(zip(cells[:-1:2], map(int, cells[1::2]), strict=True))

    def frequency(self, word: str) -> int | None:
        r"""The frequency of one word; None where it is not even the beginning of one.

        >>> Stock(3, "疫 0\n疫情 3\n".encode()).frequency("疫情")
        3
        """
        if "frequencies" in vars(self):
            return self.frequencies.get(word)
        head = f"{word} ".encode("utf-8", "surrogatepass")
        begin, end = self.line_of(head)
        return int(self.lines[begin + len(head) : end]) if end > begin else None

    def line_of(self, head: bytes) -> tuple[int, int]:
        """Where the line stands that begins with the word and a blank, or would stand."""
        starts, groups = self._starts
        n = len(head)
        first, last = groups.get(head[:_N_GROUPED], (0, len(starts) - 1))
        place = bisect_left(starts, head, first, last, key=lambda at: self.lines[at : at + n])
        begin = starts[place]
        is_there = self.lines.startswith(head, begin)
        return begin, self.lines.index(b"\n", begin) + 1 if is_there else begin

    @cached_property
    def _starts(self) -> tuple[memoryview, dict[bytes, tuple[int, int]]]:
        """Where each line starts, and the end; and by its first bytes which lines to look among."""
        letters = np.frombuffer(self.lines, np.uint8)
        starts = np.append(0, np.flatnonzero(letters == ord("\n")) + 1).astype(np.int32)
        group = sum(
            letters[starts[:-1] + i].astype(np.int32) << 8 * (_N_GROUPED - 1 - i)
            for i in range(_N_GROUPED)
        )
        firsts = np.flatnonzero(np.diff(group, prepend=-1)).tolist()
        names = [self.lines[at : at + _N_GROUPED] for at in starts[firsts].tolist()]
        spans = zip(firsts, [*firsts[1:], len(group)], strict=True)
        return memoryview(starts), dict(zip(names, spans, strict=True))


def read_stock(content: bytes, version: str) -> Stock:
    """The words of a dict.txt, given as bytes; `version` is that of jieba.

    They are taken from the cache or else made, and then kept; where nothing can be written,
    they are made. Raises ValueError for a file that is no dictionary of jieba's.
    """
    key = hashlib.sha256(content)
    if key.hexdigest() != _FILE:
        return _make(content)
    shelf = Shelf("dictionary", name_way("dictionary", _FORM, version, _FILE, _PARTS))
    parts = _find(shelf, key.digest())
    if parts is not None:
        return _unpack(parts)
    made = _make(content)
    # On a full disk, or one that is read-only, the next process makes the same words again.
    with suppress(CacheTrouble):
        kept = {name: np.frombuffer(part, np.uint8) for name, part in _parts_of(made).items()}
        shelf.write([key.digest()], kept)
    return made


def _find(shelf: Shelf, key: bytes) -> dict[str, bytes] | None:
    """What the shelf holds under this key; None where that is not what is known."""
    place = shelf.find()[0].get(key)
    if place is None:
        return None
    try:
        arrays = shelf.read(place.entry, {place.number: key})
    except CacheTrouble:
        return None
    parts = {name: array.tobytes() for name, array in arrays.items()}
    if hash_parts(parts) == _PARTS:
        return parts
    shelf.discard(place.entry)
    return None


def hash_parts(parts: Mapping[str, bytes]) -> str:
    """SHA-256 of the parts by name, in hex digits.

    >>> hash_parts({"a": b"bc"}) == hash_parts({"ab": b"c"})
    False
    """
    digest = hashlib.sha256()
    for name, part in sorted(parts.items()):
        for piece in (name.encode(), part):
            digest.update(len(piece).to_bytes(8, "big"))
            digest.update(piece)
    return digest.hexdigest()


def _parts_of(stock: Stock) -> dict[str, bytes]:
    return {"total": str(stock.total).encode(), "lines": stock.lines}


def _unpack(parts: Mapping[str, bytes]) -> Stock:
    return Stock(int(parts["total"]), parts["lines"])


def _make(content: bytes) -> Stock:
    words: list[str] = []
    numbers: list[int] = []
    try:
        for line in content.decode("utf-8").strip().split("\n"):
            word, number = line.split(" ", 2)[:2]
            numbers.append(int(number))
            words.append(word)
    except ValueError as error:
        raise ValueError(
            f"jieba's dict.txt is damaged after {len(words):,} good lines ({error}); a line must "
            "hold a word and its frequency. Install jieba again"
        ) from None
    frequencies = dict(zip(words, numbers, strict=True))
    last = ""
    for word in words:
        # Neighbours often share all but their last character.
        if word[:-1] != last:
            last = word[:-1]
            for length in range(1, len(word)):
                frequencies.setdefault(word[:length], 0)
    return Stock(sum(numbers), _write_lines(frequencies))


def _write_lines(frequencies: Mapping[str, int]) -> bytes:
    # Few frequencies are distinct. No character of a word is below the blank, so that lines
    # sort as words do.
    ends = {n: f" {n}\n" for n in set(frequencies.values())}
    return "".join(sorted([word + ends[n] for word, n in frequencies.items()])).encode()
