"""The colours of each mode: ground, ink and the one palette of labels and categories."""

from collections.abc import Mapping
from dataclasses import dataclass

from helpers.drawing.style import settings


@dataclass(frozen=True)
class Look:
    """The colours of one mode; every chart reads them through `look()` or `style.INK` and so on."""

    ground: str  # behind everything, and letters on a coloured mark
    ink: str  # titles, names, values
    quiet: str  # axis names, headings, notes
    plain: str  # marks without a category
    grid: str
    band: str  # behind ties, parts, phases
    faint: str  # lines that lead from a name to its mark
    shade: str  # behind the days an answer allows
    palette: Mapping[str, str]


# Light: dark enough to be read as text, and each a visible step lighter than the one before,
# so that the order survives a black-and-white printer and every common colour blindness.
# Dark: the same hues and the same order from most to least contrast, so that the steps run
# the other way. `decoy` is under 3:1 on white: it
# only fills bars whose axis and numbers say the same.
LOOKS = {
    "light": Look(
        ground="white",
        ink="#222222",
        quiet="#595959",
        plain="#3f4f63",
        grid="#e2e2e2",
        band="#eeeeee",
        faint="#b5b5b5",
        shade="#dde4ec",
        palette={
            "coupling": "#3d0a45",
            "prevention": "#0a3f78",
            "place_institution": "#6e4a12",
            "governance": "#2f6b62",
            "reopening": "#c5530c",
            "unlabelled": "#8f8f8f",
            "other": "#757575",
            "decoy": "#b8b8b8",
        },
    ),
    "dark": Look(
        ground="#14171c",
        ink="#e8eaed",
        quiet="#aab2bc",
        plain="#a3b8d1",
        grid="#2f353d",
        band="#20252c",
        faint="#646b75",
        shade="#2a3848",
        palette={
            "coupling": "#f0dcf5",
            "prevention": "#94c0ff",
            "place_institution": "#c2a27c",
            "governance": "#5cb5a0",
            "reopening": "#e8651a",
            "unlabelled": "#787878",
            "other": "#9a9a9a",
            "decoy": "#686868",
        },
    ),
}
# How modules outside name them: style.INK and so on.
NAMES = {
    "GROUND": "ground",
    "INK": "ink",
    "QUIET": "quiet",
    "PLAIN": "plain",
    "GRID": "grid",
    "BAND": "band",
    "FAINT": "faint",
    "SHADE": "shade",
    "PALETTE": "palette",
}


def look() -> Look:
    """Return the colours of the mode in force."""
    return LOOKS[settings.in_force().mode]


def colour_of(category: str) -> str:
    """Return the colour of a label or category, in the mode in force.

    >>> colour_of("prevention")
    '#0a3f78'
    """
    palette = look().palette
    if category not in palette:
        raise ValueError(
            f"there is no colour for {category!r}; the labels and categories are "
            f"{', '.join(palette)}"
        )
    return palette[category]
