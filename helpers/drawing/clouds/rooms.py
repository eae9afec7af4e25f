"""The shapes a cloud can have: a rectangle, a mask, or sectors, one for each group."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import ceil, cos, pi, sin
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from helpers.drawing.clouds.layout import (
    GAP_BETWEEN_WORDS,
    SMALLEST_LETTER,
    Room,
    cells_for,
    free_cells,
)

Mask = NDArray[np.bool_] | str | Path

SMALLEST_MASK = 20
# What PIL raises for a file of another kind, a damaged one, an odd format and a huge one.
_NO_PICTURE = (
    UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError,
)  # fmt: skip
_DARK = 128


def plain_room(width: int, height: int) -> Room:
    """Return a rectangle of `width` by `height` units (hundredths of an inch)."""
    rows, columns, cell = cells_for(width, height)
    return Room((np.ones((rows, columns), dtype=bool),), cell)


def masked_room(width: int, height: int, mask: Mask) -> Room:
    """Return the mask, with its proportions kept, as large as `width` by `height` allow."""
    shape = read_mask(mask)
    scale = min(width / shape.shape[1], height / shape.shape[0])
    wide, high = round(shape.shape[1] * scale), round(shape.shape[0] * scale)
    if min(wide, high) < SMALLEST_LETTER + GAP_BETWEEN_WORDS:
        raise ValueError(
            f"the mask is {shape.shape[1]} by {shape.shape[0]} pixels; with these proportions it "
            f"is {wide} by {high} hundredths of an inch in a cloud of {width} by {height}, too "
            f"{'low' if high < wide else 'narrow'} for a readable word: give a mask that is less "
            f"{'wide' if high < wide else 'high'}"
        )
    rows, columns, cell = cells_for(wide, high)
    # The middle of each cell decides whether the cell belongs to the shape.
    down = ((np.arange(rows) + 0.5) / rows * shape.shape[0]).astype(int)
    right = ((np.arange(columns) + 0.5) / columns * shape.shape[1]).astype(int)
    return Room((shape[np.ix_(down, right)],), cell, "give a mask with wider parts for words")


def read_mask(mask: Mask) -> NDArray[np.bool_]:
    """True where words may stand: the array itself, or what is dark in a picture file.

    Raises ValueError for a file that is no picture, an array that is not two-dimensional or
    not True and False, a mask without a place for words, and one under 20 pixels a side.

    >>> read_mask(np.ones((30, 40), dtype=bool)).shape
    (30, 40)
    """
    if isinstance(mask, (str, Path)):
        shape, what = _dark_parts(Path(mask)), f"the mask {mask}"
        empty = "is white all over: paint dark where words may stand"
    else:
        shape, what = _checked_array(mask), "the mask"
        empty = "is False all over: set it True where words may stand"
    if min(shape.shape) < SMALLEST_MASK:
        raise ValueError(
            f"{what} is {shape.shape[1]} by {shape.shape[0]} pixels; give one of at least "
            f"{SMALLEST_MASK} by {SMALLEST_MASK}"
        )
    if not shape.any():
        raise ValueError(f"{what} {empty}")
    return shape


def _dark_parts(file: Path) -> NDArray[np.bool_]:
    if not file.is_file():
        raise ValueError(f"there is no mask {file}; give the path of a picture, or an array")
    try:
        with Image.open(file) as picture:
            layers = picture.convert("RGBA")
    except _NO_PICTURE as error:
        raise ValueError(
            f"the mask {file} cannot be read as a picture ({error}); save it as PNG"
        ) from error
    # What is transparent counts as paper.
    paper = Image.new("RGBA", layers.size, "white")
    return np.asarray(Image.alpha_composite(paper, layers).convert("L")) < _DARK


def _checked_array(mask: object) -> NDArray[np.bool_]:
    if not isinstance(mask, np.ndarray):
        raise ValueError(
            f"mask is {type(mask).__name__}; give an array of True (words may stand here) and "
            "False, or the path of a picture"
        )
    if mask.ndim != 2 or mask.dtype != bool:
        raise ValueError(
            f"the mask has {mask.ndim} dimensions of {mask.dtype}; give two of True and False, "
            "such as grey < 128"
        )
    return mask


@dataclass(frozen=True)
class SectorRoom:
    """A room with one region per group; all points are in units, y upward.

    `anchors` are where the sectors meet the edge in their middle, `ends` where a sector and
    the next one do; `centre` is where all meet (two: below the border between them).
    """

    room: Room
    anchors: tuple[tuple[float, float], ...]
    ends: tuple[tuple[float, float], ...]
    centre: tuple[float, float]


def sector_room(width: int, height: int, shares: Sequence[float]) -> SectorRoom:
    """Return a room with one region per share; a region has that share of the room.

    `shares` add up to 1. Two regions stand side by side; more are sectors around the middle,
    clockwise from the top (four: from the left, so that each has a corner).
    """
    rows, columns, cell = cells_for(width, height)
    edge = _Edge(columns * cell, rows * cell)
    down = edge.height - (np.arange(rows)[:, None] + 0.5) * cell
    turns = edge.turns((np.arange(columns)[None, :] + 0.5) * cell, down, len(shares))
    limits = np.quantile(turns, np.cumsum(shares)[:-1]).tolist()
    region = np.searchsorted(limits, turns)
    bounds = [0.0, *limits, 1.0]
    ends = tuple(edge.point(turn, len(shares)) for turn in bounds[1:])
    return SectorRoom(
        Room(tuple(_shrunk(region == n, cell) for n in range(len(shares))), cell),
        anchors=tuple(edge.point((a + b) / 2, len(shares)) for a, b in pairwise(bounds)),
        ends=ends,
        centre=(ends[0][0], 0) if len(shares) == 2 else (edge.width / 2, edge.height / 2),
    )


def reserve(
    sectors: SectorRoom, number: int, width: float, height: float
) -> tuple[SectorRoom, tuple[float, float]] | None:
    """The room without a box of that size in one region, and the middle of the box.

    The box stands where the region's own edge is met in its middle, or as near to it as it
    fits into the region whole; None where it fits nowhere.
    """
    room = sectors.room
    high, wide = ceil(height / room.cell), ceil(width / room.cell)
    taken = free_cells(room.regions[number]).astype(np.int64)
    if high >= taken.shape[0] or wide >= taken.shape[1]:
        return None
    inside = taken[high:, wide:] - taken[:-high, wide:] - taken[high:, :-wide]
    inside += taken[:-high, :-wide]
    x = (np.arange(inside.shape[1])[None, :] + wide / 2) * room.cell
    y = room.height - (np.arange(inside.shape[0])[:, None] + high / 2) * room.cell
    goal_x, goal_y = sectors.anchors[number]
    # Rounded: the last bit must not choose between two places that are equally near.
    far = np.where(inside == 0, np.round((x - goal_x) ** 2 + (y - goal_y) ** 2, 3), np.inf)
    top, left = (int(place) for place in np.unravel_index(far.argmin(), far.shape))
    if not np.isfinite(far[top, left]):
        return None
    region = room.regions[number].copy()
    region[top : top + high, left : left + wide] = False
    regions = tuple(region if n == number else old for n, old in enumerate(room.regions))
    return (
        replace(sectors, room=replace(room, regions=regions)),
        (float(x[0, left]), float(y[top, 0])),
    )


def _shrunk(region: NDArray[np.bool_], cell: int) -> NDArray[np.bool_]:
    """The region without its outermost cells, so that no word leans on a border."""
    for _ in range(ceil(GAP_BETWEEN_WORDS / cell)):
        wider = np.pad(region, 1, mode="edge")
        region = region & wider[:-2, 1:-1] & wider[2:, 1:-1] & wider[1:-1, :-2] & wider[1:-1, 2:]
    return region


@dataclass(frozen=True)
class _Edge:
    """The rectangle the words stand in, and the way round it: 0 to 1, clockwise."""

    width: float
    height: float

    def turns(
        self, x: NDArray[np.float64], y: NDArray[np.float64], n_sectors: int
    ) -> NDArray[np.float64]:
        """How far round each point stands; from left to right where there are two sectors."""
        across, up = 2 * x / self.width - 1, 2 * y / self.height - 1
        if n_sectors == 2:
            return np.broadcast_to((across + 1) / 2, (len(y), x.shape[1]))
        return ((pi - np.arctan2(up, across)) / (2 * pi) - _start(n_sectors)) % 1

    def point(self, turn: float, n_sectors: int) -> tuple[float, float]:
        """Return where the edge is met at that turn."""
        if n_sectors == 2:
            return self.width * turn, self.height
        angle = pi - 2 * pi * (turn + _start(n_sectors))
        reach = 1 / max(abs(cos(angle)), abs(sin(angle)))
        return (
            self.width * (1 + reach * cos(angle)) / 2,
            self.height * (1 + reach * sin(angle)) / 2,
        )


def _start(n_sectors: int) -> float:
    """Return where the first sector begins, in turns clockwise from the left."""
    return 0.0 if n_sectors == 4 else 0.25 - 0.5 / n_sectors
