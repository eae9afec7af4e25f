"""Edits, and the way back: which span of the file each character of a cleaned text came from."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

# So many pieces are joined at a time: memory stays near the size of the text.
_PIECES_AT_A_TIME = 1 << 16


class Edit(NamedTuple):
    """One repair: text[start:end] is replaced by `after`."""

    start: int
    end: int
    after: str


def rewrite(
    text: str, edits: Iterable[Edit], tick: Callable[[int], object] = lambda n: None
) -> tuple[str, int]:
    """The edited text and the number of edits; `tick` is told how many characters are done."""
    joined: list[str] = []
    pieces: list[str] = []
    position = told = n_edits = 0
    for start, end, after in edits:
        pieces += (text[position:start], after)
        position = end
        n_edits += 1
        if len(pieces) >= _PIECES_AT_A_TIME:
            joined.append("".join(pieces))
            pieces.clear()
            tick(position - told)
            told = position
    tick(len(text) - told)
    if not n_edits:
        return text, 0
    return "".join((*joined, *pieces, text[position:])), n_edits


def list_origins(edits: Iterable[Edit], n_characters: int) -> list[int]:
    """For each character of the edited text, and for its end, where it begins in the text.

    Deleted characters belong to the one before them; at the very start, to the first.
    """
    origins: list[int] = []
    position = 0
    for start, end, after in edits:
        origins += range(position, start)
        # A replacement longer than its span: the extra characters share its last position.
        origins += [min(start + k, end - 1) for k in range(len(after))]
        position = end
    origins += range(position, n_characters + 1)
    origins[0] = 0
    return origins
