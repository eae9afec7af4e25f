"""Where the words of a cloud stand: boxes in a room, all in one scale, none touching another.

All lengths are in hundredths of an inch, so 11 of them are letters of 8 points.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, isqrt, sqrt
from random import Random

import numpy as np
from numpy.typing import NDArray
from wordcloud.query_integral_image import query_integral_image

UNITS_PER_INCH = 100
SMALLEST_LETTER = 11
GAP_BETWEEN_WORDS = 6
# Boxes set down by chance, the large ones first, never fill more of their room than this.
_MOST_FILL = 0.75
_SHRINK = 0.97
# The room is searched in cells, not in units: as fine as this number of them allows.
_CELLS = 150_000
_FINEST_CELL = 2


@dataclass(frozen=True)
class Word:
    """A word to be placed: letters `high` times as large as those of a word with high = 1.

    `width` and `height` are those of its outline in letters of size 1; `region` is the part
    of the room it has to stand in.
    """

    text: str
    high: float
    width: float
    height: float
    region: int = 0

    @property
    def ink(self) -> float:
        """Its share of the room, in the scale of `high`."""
        return self.width * self.height * self.high**2


@dataclass(frozen=True)
class Place:
    """Letter size, left and top (down from the room's upper edge) of a word."""

    size: float
    left: float
    top: float


@dataclass(frozen=True)
class Room:
    """Where words may stand: a rectangle of cells, one True-and-False array per region.

    `cure` is what to do where not even one word fits.
    """

    regions: tuple[NDArray[np.bool_], ...]
    cell: int
    cure: str = "make the cloud larger (width, height, a larger figure)"

    @property
    def width(self) -> int:
        """In units."""
        return self.regions[0].shape[1] * self.cell

    @property
    def height(self) -> int:
        """In units."""
        return self.regions[0].shape[0] * self.cell

    def area(self, region: int) -> float:
        """Of one region, in square units."""
        return float(self.regions[region].sum()) * self.cell**2


def cells_for(width: int, height: int) -> tuple[int, int, int]:
    """Rows, columns and cell size of the grid that stands for `width` by `height` units.

    >>> cells_for(900, 560), cells_for(1600, 800)
    ((280, 450, 2), (266, 533, 3))
    """
    cell = max(_FINEST_CELL, isqrt(max(width * height, 1) // _CELLS) + 1)
    if width * height <= _CELLS * _FINEST_CELL**2:
        cell = _FINEST_CELL
    return height // cell, width // cell, cell


def lay_out(words: Sequence[Word], room: Room, seed: int) -> dict[int, Place]:
    """One place per word that fits, by the word's number; sizes in true proportion.

    `words` has the most important first. Those that could not be read (letters under 8 points)
    even if they were the last to be shown are left out; then, while not all can be
    shown, the least important, a tenth at a time.
    """
    kept = _readable(words, room)
    while kept:
        places = _fit_all({number: words[number] for number in kept}, room, seed)
        if places:
            return places
        kept = kept[: int(0.9 * len(kept))]
    raise ValueError(
        f"a cloud of {room.width} by {room.height} hundredths of an inch has no room for "
        f"{words[0].text!r} in readable letters; {room.cure}"
    )


def _readable(words: Sequence[Word], room: Room) -> list[int]:
    """The numbers of the words that can be read beside all that are more important."""
    ink = [0.0] * len(room.regions)
    kept, scale = [], float("inf")
    for number, word in enumerate(words):
        more = ink[word.region] + word.ink
        with_it = min(
            scale,
            sqrt(_MOST_FILL * room.area(word.region) / more),
            room.width / (word.width * word.high),
        )
        if with_it * word.high >= SMALLEST_LETTER:
            kept.append(number)
            ink[word.region], scale = more, with_it
    return kept


def _fit_all(words: dict[int, Word], room: Room, seed: int) -> dict[int, Place]:
    """A place for every word, in the largest letters that chance allows; or nothing."""
    # Random itself takes no whole number of numpy's.
    chance = Random(int(seed))
    # Large boxes first, or the small ones stand in their way.
    order = sorted(words, key=lambda number: (-words[number].ink, number))
    free = [free_cells(region) for region in room.regions]
    scale = _largest_scale(list(words.values()), room)
    smallest = min(word.high for word in words.values())
    while scale * smallest >= SMALLEST_LETTER:
        places = _try_to_place({n: words[n] for n in order}, scale, free, room.cell, chance)
        if len(places) == len(words):
            return places
        scale *= _SHRINK
    return {}


def _largest_scale(words: Sequence[Word], room: Room) -> float:
    """Return the scale at which the boxes with their gaps would fill what boxes can fill."""
    scales = [room.width / (word.width * word.high) for word in words]
    for region in {word.region for word in words}:
        here = [word for word in words if word.region == region]
        square = sum(word.ink for word in here)
        edges = GAP_BETWEEN_WORDS * sum((word.width + word.height) * word.high for word in here)
        rest = len(here) * GAP_BETWEEN_WORDS**2 - _MOST_FILL * room.area(region)
        # The positive root of square * scale**2 + edges * scale + rest = 0.
        scales.append((sqrt(max(edges**2 - 4 * square * rest, 0)) - edges) / (2 * square))
    return min(scales)


def free_cells(region: NDArray[np.bool_]) -> NDArray[np.uint32]:
    """How many cells above and left of each corner are taken: 0 between corners is free."""
    taken = np.zeros((region.shape[0] + 1, region.shape[1] + 1), dtype=np.uint32)
    taken[1:, 1:] = np.cumsum(np.cumsum(~region, axis=0, dtype=np.uint32), axis=1, dtype=np.uint32)
    return taken


def _try_to_place(
    words: dict[int, Word],
    scale: float,
    free: Sequence[NDArray[np.uint32]],
    cell: int,
    chance: Random,
) -> dict[int, Place]:
    """The words' places, up to the first that finds none."""
    taken = [region.copy() for region in free]
    places: dict[int, Place] = {}
    for number, word in words.items():
        size = scale * word.high
        # Rounded first: the last bit of a width differs between processors.
        rows = ceil(round((word.height * size + GAP_BETWEEN_WORDS) / cell, 6))
        columns = ceil(round((word.width * size + GAP_BETWEEN_WORDS) / cell, 6))
        corner = query_integral_image(taken[word.region], rows, columns, chance)
        if corner is None:
            break
        _take(taken[word.region], *corner, rows, columns)
        top, left = (edge * cell + GAP_BETWEEN_WORDS / 2 for edge in corner)
        places[number] = Place(size, left, top)
    return places


def _take(taken: NDArray[np.uint32], top: int, left: int, rows: int, columns: int) -> None:
    """Mark a box of cells as taken; adding is quicker than summing everything anew."""
    below = np.arange(1, taken.shape[0] - top, dtype=np.uint32).clip(max=rows)
    right = np.arange(1, taken.shape[1] - left, dtype=np.uint32).clip(max=columns)
    taken[top + 1 :, left + 1 :] += np.outer(below, right)
