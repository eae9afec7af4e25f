"""Word clouds as exact as a cloud can be: finished counts in, Axes out.

A cloud shows at a glance what a text is full of, and hides everything else: place and
neighbours mean nothing, and areas cannot be compared by eye. So it does not stand alone:
`plot_cloud_with_bars` draws it beside its twin, the same words with the same counts.
"""

import warnings
from functools import lru_cache, partial
from itertools import combinations
from math import ceil, sqrt
from pathlib import Path
from random import Random

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.font_manager import FontProperties
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline
from matplotlib.textpath import TextPath
from matplotlib.transforms import Affine2D, Bbox
from wordcloud import WordCloud

from helpers.drawing import draw, style

# The layout's unit is a hundredth of an inch, so 11 of them are letters of 8 points.
UNITS_PER_INCH = 100
SMALLEST_LETTER = 11
_GAP_BETWEEN_WORDS = 6
_WIDTH, _HEIGHT = 900, 560
_FILL = 0.62
_SHRINK = 0.94
_TRIES = 4
# Places are looked for on a grid of this many units, which takes a third of the time.
_COARSE = 2


class WordsLeftOutWarning(UserWarning):
    """Words of the table found no room in the cloud; the message names them all."""


def plot_word_cloud(
    counts: pd.DataFrame,
    *,
    glossary: pd.DataFrame | None = None,
    max_words: int = 60,
    seed: int = 2020,
    category_of: draw.Categories | None = None,
    width: int | None = None,
    height: int | None = None,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Axes with a cloud of the `max_words` most frequent features, each with area as its n.

    `counts` has one row per feature: feature, n. The letters of a word are as high as
    sqrt(n / its number of letters), so that its area grows with n: long words do not look
    bigger for being long. All words lie flat. `width` and `height` give the shape, in
    hundredths of an inch (without them the room `ax` has, or 900 by 560): letters are never
    smaller than 8 points. The same table, shape and `seed` give the same cloud. The line
    below says how many words were placed and, with a glossary, what the most frequent mean;
    words that found no room are named in a WordsLeftOutWarning.

    >>> from matplotlib.figure import Figure
    >>> style.set_theme()
    >>> counts = pd.DataFrame({"feature": ["落实", "工作"], "n": [10, 13]})
    >>> ax = plot_word_cloud(counts, ax=Figure().subplots())
    >>> [patch.get_gid() for patch in ax.patches]
    ['工作', '落实']
    """
    shown = _most_frequent(counts, max_words)
    ax = _new_cloud_axes(width or _WIDTH, height or _HEIGHT) if ax is None else ax
    dress = partial(
        _dress, ax, shown, n_features=len(counts), glossary=glossary, category_of=category_of,
        title=title,
    )  # fmt: skip
    dress(len(shown))
    found_width, found_height = _room_in(ax)
    shape = (width or found_width, height or found_height)
    placed = _draw_words(ax, shown, category_of, shape, seed)
    if placed < len(shown):
        dress(placed)
        _warn_of_words_left_out(shown, placed)
    return ax


def plot_cloud_with_bars(
    counts: pd.DataFrame,
    *,
    glossary: pd.DataFrame | None = None,
    max_words: int = 25,
    seed: int = 2020,
    category_of: draw.Categories | None = None,
    title: str | None = None,
) -> tuple[Axes, Axes]:
    """Two Axes in one figure: the cloud, and bars of the same words with their counts.

    Takes what `plot_word_cloud` and `draw.plot_ranked_terms` take.

    >>> style.set_theme()
    >>> counts = pd.DataFrame({"feature": ["落实", "工作"], "n": [10, 13]})
    >>> cloud, bars = plot_cloud_with_bars(counts)
    >>> [len(cloud.patches), len(bars.patches)]
    [2, 2]
    >>> plt.close(cloud.figure)
    """
    shown = _most_frequent(counts, max_words)
    names = draw.row_names(shown["feature"], glossary)
    width, height = style.new_size(rows=0.8 * draw.rows_for(names))
    figure, (cloud, bars) = plt.subplots(
        1, 2, figsize=(1.45 * width, height), width_ratios=(0.9, 1)
    )
    draw.plot_ranked_terms(
        counts, glossary=glossary, top=max_words, category_of=category_of, ax=bars,
        title="The same words, to be compared",
    )  # fmt: skip
    # The bars' names decide how much room the cloud has, so they are drawn first.
    dress = partial(
        _dress, cloud, shown, n_features=len(counts), glossary=None, category_of=None, title=title
    )
    dress(len(shown))
    width, height = _room_in(cloud)
    cloud.set_anchor("N")
    placed = _draw_words(cloud, shown, category_of, (width, min(height, 2 * width)), seed)
    if placed < len(shown):
        dress(placed)
        _warn_of_words_left_out(shown, placed)
    return cloud, bars


def _most_frequent(counts: pd.DataFrame, max_words: int) -> pd.DataFrame:
    if max_words < 1:
        raise ValueError(f"max_words is {max_words}; it must be 1 or more")
    ranked = draw.rank(counts, "counts", key="feature", value="n")
    nothing = ranked.loc[(ranked["n"] <= 0) | (ranked["feature"].str.strip() == "")]
    if len(nothing):
        raise ValueError(
            f"the counts table has {nothing['feature'].iloc[0]!r} with n = "
            f"{nothing['n'].iloc[0]}; a cloud can only show words that occur"
        )
    return ranked.head(max_words)


def _draw_words(
    ax: Axes,
    shown: pd.DataFrame,
    category_of: draw.Categories | None,
    shape: tuple[int, int],
    seed: int,
) -> int:
    """Draw the words into `ax`; return how many found a place, counted from the first."""
    path = style.font_path()
    # A line break inside a word cannot be laid out; a blank stands for it.
    words = [" ".join(style.drawable(word, path).split()) for word in shown["feature"]]
    heights = [sqrt(n / len(word)) for word, n in zip(words, shown["n"], strict=True)]
    places = _lay_out(dict(zip(words, heights, strict=True)), shape, seed)
    categories = draw.categories_for(shown["feature"], category_of)
    for word, feature, category in zip(words, shown["feature"], categories, strict=True):
        colour = style.PLAIN if category_of is None else style.colour_of(category)
        if word in places:
            patch = _word_patch(word, *places[word], shape[1])
            ax.add_patch(patch).set(facecolor=colour, gid=feature)
    ax.set(xlim=(0, shape[0]), ylim=(0, shape[1]), aspect="equal")
    return len(places)


def _lay_out(
    heights: dict[str, float], shape: tuple[int, int], seed: int
) -> dict[str, tuple[float, int, int]]:
    """One letter size, left and top per placed word, all sizes in true proportion.

    `heights` has the most frequent word first. Where not all words can be shown in letters
    large enough to read, the least frequent are left out, a tenth at a time.
    """
    words = dict(heights)
    while words:
        places = _fit_all(words, shape, seed)
        if places:
            return places
        words = dict(list(words.items())[: int(0.9 * len(words))])
    raise ValueError(
        f"a cloud of {shape[0]} by {shape[1]} hundredths of an inch has no room for "
        f"{next(iter(heights))!r} in readable letters; make width and height larger"
    )


def _fit_all(
    heights: dict[str, float], shape: tuple[int, int], seed: int
) -> dict[str, tuple[float, int, int]]:
    """All words with letter size, left and top; or nothing, when they do not all fit.

    wordcloud shrinks a word that does not fit, and every later word with it, so that its
    sizes no longer say anything; and it puts small words between the strokes of large ones.
    Here a layout with either is thrown away, and after a few the whole cloud made smaller.
    """
    chance = Random(seed)
    scale = _first_scale(heights, shape)
    while scale * min(heights.values()) >= SMALLEST_LETTER:
        sizes = {word: scale * height for word, height in heights.items()}
        for _ in range(_TRIES):
            places = _try_to_place(sizes, shape, chance)
            if len(places) < len(sizes):
                break
            if not _any_touch(places, sizes):
                return {word: (sizes[word], *places[word]) for word in sizes}
        scale *= _SHRINK
    return {}


def _any_touch(places: dict[str, tuple[int, int]], sizes: dict[str, float]) -> bool:
    file = style.font_path()
    boxes = [
        (left, top, left + box.width * sizes[word], top + box.height * sizes[word])
        for word, (left, top) in places.items()
        for _, box in [_outline(word, file)]
    ]
    return any(
        a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
        for a, b in combinations(boxes, 2)
    )


def _first_scale(heights: dict[str, float], shape: tuple[int, int]) -> float:
    """Return the scale that would fill the shape, with the longest word inside it."""
    width, height = (side - 2 * _GAP_BETWEEN_WORDS for side in shape)
    ink = sum(len(word) * high**2 for word, high in heights.items())
    longest = max(len(word) * high for word, high in heights.items())
    return min(sqrt(_FILL * width * height / ink), width / longest)


def _try_to_place(
    sizes: dict[str, float], shape: tuple[int, int], chance: Random
) -> dict[str, tuple[int, int]]:
    """Left and top of each word, up to the first that does not fit at its size."""
    # Whole letter sizes, given as frequencies: the ratio of two neighbours then gives each
    # size back exactly, and a step larger than any letter makes wordcloud stop, not shrink.
    whole = {word: ceil(size / _COARSE) for word, size in sizes.items()}
    largest = max(whole.values())
    cloud = WordCloud(
        font_path=str(style.font_path()), width=shape[0] // _COARSE, height=shape[1] // _COARSE,
        max_words=len(whole), max_font_size=largest, min_font_size=1, font_step=largest,
        relative_scaling=1, prefer_horizontal=1, margin=_GAP_BETWEEN_WORDS // _COARSE,
        repeat=False, random_state=chance, color_func=lambda *_, **__: "black",
    )  # fmt: skip
    cloud.generate_from_frequencies(whole)
    return {
        word: (left * _COARSE, top * _COARSE) for (word, _), _, (top, left), _, _ in cloud.layout_
    }


def _word_patch(word: str, size: float, left: int, top: int, height: int) -> PathPatch:
    # Outlines in the layout's own units: they stay in place and sharp at every size.
    outline, box = _outline(word, style.font_path())
    place = Affine2D().translate(-box.x0, -box.y1).scale(size).translate(left, height - top)
    return PathPatch(place.transform_path(outline), linewidth=0)


@lru_cache(maxsize=1024)
def _outline(word: str, file: Path) -> tuple[Outline, Bbox]:
    """Return the word's outline and its box, in letters of size 1."""
    letters = TextPath((0, 0), word, size=100, prop=FontProperties(fname=file))
    outline = Affine2D().scale(0.01).transform_path(letters)
    return outline, outline.get_extents()


def _new_cloud_axes(width: int, height: int) -> Axes:
    # Room for the title above, and the notes and the legend below.
    lines = 9 * plt.rcParams["font.size"] * 1.3 / 72
    inches = (max(width / UNITS_PER_INCH, 4), height / UNITS_PER_INCH + lines)
    return plt.subplots(figsize=inches)[1]


def _dress(
    ax: Axes,
    shown: pd.DataFrame,
    placed: int,
    *,
    n_features: int,
    glossary: pd.DataFrame | None,
    category_of: draw.Categories | None,
    title: str | None,
) -> None:
    """Write all that stands around the cloud, so that the room left for it is known."""
    ax.set(xticks=[], yticks=[])
    ax.grid(False)
    ax.spines[:].set_visible(False)
    notes = [_placed_note(shown, placed, n_features), _gloss_note(shown, glossary)]
    n_lines = _write_below(ax, "\n".join(filter(None, notes)))
    if category_of is not None:
        categories = draw.categories_for(shown["feature"], category_of)
        draw.category_legend(ax, categories, below=n_lines + 0.7)
    style.set_title(ax, title or f"The {placed} most frequent words")


def _room_in(ax: Axes) -> tuple[int, int]:
    """Return the width and height `ax` has on paper, in the layout's units."""
    figure = ax.get_figure(root=True)
    figure.draw_without_rendering()
    inches = ax.get_window_extent().transformed(figure.dpi_scale_trans.inverted())
    return round(inches.width * UNITS_PER_INCH), round(inches.height * UNITS_PER_INCH)


def _write_below(ax: Axes, note: str) -> int:
    """Write `note` below the cloud, broken to its width; return how many lines it takes."""
    room = _room_in(ax)[0] / UNITS_PER_INCH * 72
    size = plt.rcParams["font.size"]
    lines = style.wrap_text(style.drawable(note), room, size=size)
    ax.set_xlabel(lines, loc="left", size=size)
    return lines.count("\n") + 1


def _placed_note(shown: pd.DataFrame, placed: int, n_features: int) -> str:
    note = f"{placed} of {len(shown)} words placed"
    homeless = shown["feature"].tolist()[placed:]
    if homeless:
        note += f" (no room for {'、'.join(homeless[:5])}{' …' if homeless[5:] else ''})"
    return f"{note}; the table has {n_features:,}" if n_features > len(shown) else note


def _warn_of_words_left_out(shown: pd.DataFrame, placed: int) -> None:
    warnings.warn(
        f"{placed} of {len(shown)} words placed, no room for "
        f"{'、'.join(shown['feature'].tolist()[placed:])}; ask for fewer words (max_words) or "
        "give the cloud more room (width, height, a larger figure)",
        WordsLeftOutWarning,
        stacklevel=3,
    )


def _gloss_note(shown: pd.DataFrame, glossary: pd.DataFrame | None) -> str:
    if glossary is None:
        return ""
    most_frequent = style.gloss_labels(shown["feature"].head(5), glossary)
    return "most frequent: " + "; ".join(most_frequent)
