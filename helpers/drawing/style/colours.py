"""The colours of each mode: ground, ink and the one palette of labels and categories."""

from collections.abc import Mapping
from dataclasses import dataclass

from matplotlib.colors import to_rgb

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
# How much a pale mark stands out from the dark ground at least: WCAG's limit for graphics.
_LEAST_IN_THE_DARK = 3.0
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
    if not isinstance(category, str) or category not in palette:
        raise ValueError(
            f"there is no colour for {category!r}; the labels and categories are "
            f"{', '.join(palette)}"
        )
    return palette[category]


def contrast(one: str | tuple[float, ...], other: str | tuple[float, ...]) -> float:
    """Return how much two colours stand out from each other, 1 to 21, after WCAG 2.1.

    >>> round(contrast("white", "black"))
    21
    """
    low, high = sorted(_luminance(colour) + 0.05 for colour in (one, other))
    return high / low


def _luminance(colour: str | tuple[float, ...]) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def pale(colour: str, share: float) -> tuple[float, ...]:
    """Return `colour` thinned with the ground to `share` of itself; opaque.

    On the dark ground it stays strong enough to be seen as a mark (3:1), and is less pale there.

    >>> [round(channel, 2) for channel in pale("#000000", 0.5)]
    [0.5, 0.5, 0.5]
    """
    ground = to_rgb(look().ground)
    least = _LEAST_IN_THE_DARK if settings.in_force().mode == "dark" else 1.0
    while share < 1 and contrast(mix(ground, colour, share), ground) < least:
        share += 0.02
    return mix(ground, colour, min(share, 1))


def mix(
    ground: str | tuple[float, ...], colour: str | tuple[float, ...], share: float
) -> tuple[float, ...]:
    """Return the colour that lies so far from `ground` to `colour`.

    >>> mix("white", "black", 0.25)
    (0.75, 0.75, 0.75)
    """
    pairs = zip(to_rgb(ground), to_rgb(colour), strict=True)
    return tuple(behind - share * (behind - channel) for behind, channel in pairs)
