"""The word cloud, and the word cloud beside its bars."""

from functools import partial

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from helpers.drawing import draw, style
from helpers.drawing.clouds.checks import require_features, require_options, require_real
from helpers.drawing.clouds.dress import Colour, Frame, draw_cloud, new_axes, readable, room_in
from helpers.drawing.clouds.layout import lay_out
from helpers.drawing.clouds.letters import measure_words, paint_words
from helpers.drawing.clouds.rooms import Mask, masked_room, plain_room, read_mask


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
    require_options(
        max_words=max_words, seed=seed, width=width, height=height, title=title, ax=ax,
        glossary=glossary,
    )  # fmt: skip
    shown = _most_frequent(counts, max_words)
    outline = None if mask is None else read_mask(mask)
    colours = _colours(shown, category_of)
    frame = _frame(counts, shown, title, glossary=glossary, category_of=category_of)
    ax = new_axes(width, height) if ax is None else ax
    words = partial(_draw_words, ax, shown, colours, outline, seed)
    return draw_cloud(ax, frame, words, partial(room_in, width=width, height=height))


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
    require_options(max_words=max_words, seed=seed, title=title, glossary=glossary)
    shown = _most_frequent(counts, max_words)
    outline = None if mask is None else read_mask(mask)
    colours = _colours(shown, category_of)
    frame = _frame(counts, shown, title)
    cloud, bars = twin_axes(draw.rows_for(draw.row_names(shown["feature"], glossary)))
    # The bars' names decide how much room the cloud has, so they are drawn first.
    draw.plot_ranked_terms(
        counts, glossary=glossary, top=max_words, category_of=category_of, ax=bars,
        title=style.say("The same words, to be compared"),
    )  # fmt: skip
    words = partial(_draw_words, cloud, shown, colours, outline, seed)
    return draw_cloud(cloud, frame, words, twin_shape), bars


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
    draw.require_rows(counts, "counts", ["feature", "n"])
    require_features(counts, "counts")
    require_real(counts, "counts", ["n"])
    ranked = draw.rank(counts, "counts", key="feature", value="n", top=max_words)
    nothing = counts.loc[counts["n"] <= 0]
    if len(nothing):
        raise ValueError(
            f"the counts table has {nothing['feature'].iloc[0]!r} with n = "
            f"{nothing['n'].iloc[0]}; a cloud can only show words that occur: keep "
            "counts[counts['n'] > 0]"
        )
    return ranked


def _draw_words(
    ax: Axes,
    shown: pd.DataFrame,
    colours: list[Colour],
    outline: NDArray[np.bool_] | None,
    seed: int,
    shape: tuple[int, int],
) -> list[str]:
    """Draw the words into `ax`; return those that found no place."""
    room = plain_room(*shape) if outline is None else masked_room(*shape, outline)
    words = measure_words(shown["feature"].tolist(), shown["n"])
    places = lay_out(words, room, seed)
    return paint_words(ax, shown["feature"], words, places, colours, room)


def _colours(shown: pd.DataFrame, category_of: draw.Categories | None) -> list[Colour]:
    if category_of is None:
        return [style.PLAIN] * len(shown)
    categories = draw.categories_for(shown["feature"], category_of)
    return [readable(style.colour_of(category)) for category in categories]


def _frame(counts: pd.DataFrame, shown: pd.DataFrame, title: str | None, **how: object) -> Frame:
    features = shown["feature"].tolist()
    finding = partial(_title, features) if title is None or title == "" else lambda _: title
    return Frame(shown, len(counts), finding, style.say("most frequent"), **how)


def _title(features: list[str], homeless: list[str]) -> str:
    n_placed = len(features) - len(homeless)
    if homeless == features[n_placed:]:
        return style.say("The {n} most frequent words", n=n_placed)
    return style.say("{n} of the {total} most frequent words", n=n_placed, total=len(features))
