"""The word cloud, and the word cloud beside its bars."""

from functools import partial

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes

from helpers.drawing import draw, style
from helpers.drawing.clouds.dress import (
    dress,
    gloss_note,
    new_axes,
    placed_note,
    require_features,
    room_in,
    warn_of_words_left_out,
)
from helpers.drawing.clouds.layout import Room, lay_out
from helpers.drawing.clouds.letters import measure_words, paint_words
from helpers.drawing.clouds.rooms import Mask, masked_room, plain_room, read_mask

WIDTH, HEIGHT = 900, 560


def plot_word_cloud(
    counts: pd.DataFrame,
    *,
    glossary: pd.DataFrame | None = None,
    max_words: int = 60,
    seed: int = 2020,
    category_of: draw.Categories | None = None,
    mask: Mask | None = None,
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
    smaller than 8 points. `mask` gives another outline: an array that is True where words
    may stand, or a picture file, where they may stand on what is dark; it keeps its
    proportions. The same table, shape and `seed` give the same cloud. The line below says how
    many words were placed and, with a glossary, what the most frequent mean; words that
    found no room, the least frequent or too long to be read, are named in a
    WordsLeftOutWarning.

    >>> from matplotlib.figure import Figure
    >>> style.set_theme()
    >>> counts = pd.DataFrame({"feature": ["落实", "工作"], "n": [10, 13]})
    >>> ax = plot_word_cloud(counts, ax=Figure().subplots())
    >>> [patch.get_gid() for patch in ax.patches]
    ['工作', '落实']
    """
    shown = _most_frequent(counts, max_words)
    checked = None if mask is None else read_mask(mask)
    ax = new_axes(width or WIDTH, height or HEIGHT) if ax is None else ax
    categories = None if category_of is None else draw.categories_for(shown["feature"], category_of)
    surround = partial(
        _surround, ax, shown, glossary=glossary, n_features=len(counts), categories=categories,
        title=title,
    )  # fmt: skip
    surround([])
    found_width, found_height = room_in(ax)
    shape = (width or found_width, height or found_height)
    room = plain_room(*shape) if checked is None else masked_room(*shape, checked)
    homeless = _draw_words(ax, shown, category_of, room, seed)
    if homeless:
        surround(homeless)
        warn_of_words_left_out(len(shown), homeless)
    return ax


def plot_cloud_with_bars(
    counts: pd.DataFrame,
    *,
    glossary: pd.DataFrame | None = None,
    max_words: int = 25,
    seed: int = 2020,
    category_of: draw.Categories | None = None,
    mask: Mask | None = None,
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
    checked = None if mask is None else read_mask(mask)
    cloud, bars = twin_axes(draw.rows_for(draw.row_names(shown["feature"], glossary)))
    # The bars' names decide how much room the cloud has, so they are drawn first.
    draw.plot_ranked_terms(
        counts, glossary=glossary, top=max_words, category_of=category_of, ax=bars,
        title=style.say("The same words, to be compared"),
    )  # fmt: skip
    surround = partial(
        _surround, cloud, shown, glossary=None, n_features=len(counts), categories=None,
        title=title,
    )  # fmt: skip
    surround([])
    shape = twin_shape(cloud)
    room = plain_room(*shape) if checked is None else masked_room(*shape, checked)
    homeless = _draw_words(cloud, shown, category_of, room, seed)
    if homeless:
        surround(homeless)
        warn_of_words_left_out(len(shown), homeless)
    return cloud, bars


def twin_axes(rows: float) -> tuple[Axes, Axes]:
    """Return Axes for a cloud and, to its right, for a chart with `rows` lines of text."""
    width, height = style.new_size(rows=0.8 * rows)
    figure, (cloud, chart) = plt.subplots(
        1, 2, figsize=(1.45 * width, height), width_ratios=(0.9, 1), layout="constrained"
    )
    # Without it, the title of the cloud may run up to the title of the chart.
    figure.get_layout_engine().set(wspace=0.08)
    return cloud, chart


def twin_shape(cloud: Axes) -> tuple[int, int]:
    """Return the room for the words beside a chart: never more than twice as high as wide."""
    width, height = room_in(cloud)
    cloud.set_anchor("N")
    return width, min(height, 2 * width)


def _most_frequent(counts: pd.DataFrame, max_words: int) -> pd.DataFrame:
    if max_words < 1:
        raise ValueError(f"max_words is {max_words}; it must be 1 or more")
    draw.require_rows(counts, "counts", ["feature", "n"])
    require_features(counts, "counts")
    ranked = draw.rank(counts, "counts", key="feature", value="n")
    nothing = ranked.loc[ranked["n"] <= 0]
    if len(nothing):
        raise ValueError(
            f"the counts table has {nothing['feature'].iloc[0]!r} with n = "
            f"{nothing['n'].iloc[0]}; a cloud can only show words that occur: keep "
            "counts[counts['n'] > 0]"
        )
    return ranked.head(max_words)


def _draw_words(
    ax: Axes, shown: pd.DataFrame, category_of: draw.Categories | None, room: Room, seed: int
) -> list[str]:
    """Draw the words into `ax`; return those that found no place."""
    words = measure_words(shown["feature"].tolist(), shown["n"])
    categories = draw.categories_for(shown["feature"], category_of)
    colours = [
        style.PLAIN if category_of is None else style.colour_of(category)
        for category in categories
    ]  # fmt: skip
    places = lay_out(words, room, seed)
    return paint_words(ax, shown["feature"], words, places, colours, room)


def _surround(
    ax: Axes,
    shown: pd.DataFrame,
    homeless: list[str],
    *,
    glossary: pd.DataFrame | None,
    n_features: int,
    categories: list[str] | None,
    title: str | None,
) -> None:
    notes = [
        placed_note(len(shown), homeless, n_features),
        gloss_note(shown["feature"], glossary, style.say("most frequent")),
    ]
    dress(ax, notes, title=title or _title(shown["feature"].tolist(), homeless),
          categories=categories)  # fmt: skip


def _title(features: list[str], homeless: list[str]) -> str:
    n_placed = len(features) - len(homeless)
    if homeless == features[n_placed:]:
        return style.say("The {n} most frequent words", n=n_placed)
    return style.say("{n} of the {total} most frequent words", n=n_placed, total=len(features))
