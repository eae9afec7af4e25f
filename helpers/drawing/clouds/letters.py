"""The letters of a cloud: a word's outline, its size on paper, and the patch that is drawn."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from math import sqrt
from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.font_manager import FontProperties
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline
from matplotlib.textpath import text_to_path
from matplotlib.transforms import Affine2D, Bbox

from helpers.drawing import style
from helpers.drawing.clouds.layout import Place, Room, Word


def measure_words(
    features: Sequence[str], weights: Iterable[float], regions: Iterable[int] | None = None
) -> list[Word]:
    """One Word per feature whose area grows with its weight, whatever its length."""
    path = style.font_path()
    # A line break inside a word cannot be laid out; a blank stands for it.
    texts = [style.drawable(" ".join(feature.split()), path) for feature in features]
    found = []
    for text, feature, weight, region in zip(
        texts, features, weights, regions or [0] * len(texts), strict=True
    ):
        box = _outline(text, path)[1]
        if not (box.width > 0 and box.height > 0):
            raise ValueError(
                f"the feature {feature!r} has no letter that can be seen; drop it, or see how it "
                "was counted"
            )
        found.append(Word(text, sqrt(weight / len(text)), box.width, box.height, region))
    return found


def paint_words(
    ax: Axes,
    features: pd.Series,
    words: Sequence[Word],
    places: dict[int, Place],
    colours: Sequence[str | tuple[float, ...]],
    room: Room,
) -> list[str]:
    """Draw the placed words, named by their gid; return the features that have no place."""
    font = style.font_path()
    for number, feature in enumerate(features):
        if number in places:
            patch = _patch(words[number].text, font, places[number], room.height)
            # Not add_patch, which measures every curve of every letter to widen the axes.
            ax.add_artist(patch).set(facecolor=colours[number], gid=feature)
    ax.set(xlim=(0, room.width), ylim=(0, room.height), aspect="equal")
    return [feature for number, feature in enumerate(features) if number not in places]


def _patch(text: str, font: Path, place: Place, height: int) -> PathPatch:
    # Outlines in the layout's own units: they stay in place and sharp at every size.
    outline, box = _outline(text, font)
    move = Affine2D().translate(-box.x0, -box.y1).scale(place.size)
    move.translate(place.left, height - place.top)
    return PathPatch(move.transform_path(outline), linewidth=0)


@lru_cache(maxsize=4096)
def _outline(text: str, file: Path) -> tuple[Outline, Bbox]:
    """Return the word's outline and its box, in letters of size 1."""
    # Not TextPath, which would read what stands between two dollar signs as a formula.
    font = FontProperties(fname=str(file), size=text_to_path.FONT_SCALE)
    points, codes = text_to_path.get_text_path(font, text)
    if not len(points):
        return Outline.make_compound_path(), Bbox.null()
    outline = Affine2D().scale(1 / text_to_path.FONT_SCALE).transform_path(Outline(points, codes))
    # The points the curves are made of: their box holds the letters, and is found at once.
    corners = outline.vertices[outline.codes != Outline.CLOSEPOLY]
    return outline, Bbox([corners.min(axis=0), corners.max(axis=0)])
