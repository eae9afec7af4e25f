"""Comparison cloud and commonality cloud, each alone or beside its dots.

Both take the finished table of `compare.contrast_rates`; nothing is computed here but places.
"""

from functools import partial

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes

from helpers.drawing import draw, style
from helpers.drawing.clouds.checks import checked_contrast, require_options
from helpers.drawing.clouds.dots import TITLE_PAD, plot_rates_by_group
from helpers.drawing.clouds.dress import (
    Colour,
    Frame,
    draw_cloud,
    new_axes,
    paper_of,
    readable,
    room_in,
    short_names,
)
from helpers.drawing.clouds.layout import GAP_BETWEEN_WORDS, UNITS_PER_INCH, lay_out
from helpers.drawing.clouds.letters import measure_words, paint_words
from helpers.drawing.clouds.plain import twin_axes, twin_shape
from helpers.drawing.clouds.rooms import SectorRoom, plain_room, reserve, sector_room

MOST_GROUPS = 6
# How wide the lines of a group's name may be, as shares of the name on one line.
_WIDTHS = (1, 0.6, 0.4, 0.3)


def plot_comparison_cloud(
    contrast: pd.DataFrame,
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
    """Axes with the words that set two to six groups apart, each in the sector of its group.

    `contrast` is the table of compare.contrast_rates: one row per feature and group. For each
    word the rate in each group minus the average of its rates over the groups is its
    deviation; its area here is the largest of them, and it stands in the sector of the group
    that has it (Ian Fellows' comparison.cloud, R package wordcloud, where letters, not areas,
    grow with the deviation). The `max_words` largest over all groups are taken. A sector is
    as wide as its words need, between equal parts and parts in proportion to their
    deviations; inside it, at its edge, stand the group and its number of words. Colour: the
    category, or the group's own where the group is a label such as prevention, or one for
    all. Words that say most in no group (all rates equal) are not drawn. Sizes, seed,
    glossary and words without room are as in `plot_word_cloud`.

    >>> from matplotlib.figure import Figure
    >>> style.set_theme()
    >>> contrast = pd.DataFrame({"feature": ["防控", "防控", "复工", "复工"],
    ...     "group": ["D2", "D3"] * 2, "n": [8, 0, 0, 6], "rate": [800.0, 0.0, 0.0, 600.0],
    ...     "deviation": [400.0, -400.0, -300.0, 300.0],
    ...     "group_of_largest": ["D2", "D2", "D3", "D3"],
    ...     "largest": [400.0, 400.0, 300.0, 300.0], "smallest_rate": 0.0})
    >>> ax = plot_comparison_cloud(contrast, ax=Figure().subplots())
    >>> [text.get_text() for text in ax.texts]
    ['D2 (1 word)', 'D3 (1 word)']
    """
    require_options(
        max_words=max_words, seed=seed, width=width, height=height, title=title, ax=ax,
        glossary=glossary,
    )  # fmt: skip
    contrast = checked_contrast(contrast)
    shown = _words_apart(contrast, max_words)
    colours = _colours(shown, category_of)
    frame = _frame_apart(contrast, shown, title, glossary=glossary, category_of=category_of)
    ax = new_axes(width, height) if ax is None else ax
    words = partial(_draw_sectors, ax, shown, _groups(contrast), colours, seed)
    return draw_cloud(ax, frame, words, partial(room_in, width=width, height=height))


def plot_comparison_cloud_with_dots(
    contrast: pd.DataFrame,
    *,
    glossary: pd.DataFrame | None = None,
    max_words: int = 25,
    seed: int = 2020,
    category_of: draw.Categories | None = None,
    title: str | None = None,
) -> tuple[Axes, Axes]:
    """Two Axes in one figure: the comparison cloud, and the same words' rates as dots.

    Takes what `plot_comparison_cloud` takes; to the right of the dots stand the counts.
    """
    require_options(max_words=max_words, seed=seed, title=title, glossary=glossary)
    contrast = checked_contrast(contrast)
    shown, groups = _words_apart(contrast, max_words), _groups(contrast)
    colours = _colours(shown, category_of)
    frame = _frame_apart(contrast, shown, title, category_of=category_of, pad=TITLE_PAD)
    cloud, dots = _twin(shown, glossary, more_rows=shown["group_of_largest"].nunique())
    plot_rates_by_group(
        contrast, shown, groups, glossary=glossary, ax=dots, with_headings=True,
        title=style.say("The same words, to be compared"),
    )  # fmt: skip
    words = partial(_draw_sectors, cloud, shown, groups, colours, seed)
    return draw_cloud(cloud, frame, words, twin_shape), dots


def plot_commonality_cloud(
    contrast: pd.DataFrame,
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
    """Axes with a cloud of what all groups share: a word's area is its smallest rate.

    `contrast` is the table of compare.contrast_rates. A word's size is the smallest of its
    rates over the groups (Ian Fellows' commonality.cloud, R package wordcloud, with its
    measure min), so a word that one group lacks is not there. Takes what
    `plot_comparison_cloud` takes.
    """
    require_options(
        max_words=max_words, seed=seed, width=width, height=height, title=title, ax=ax,
        glossary=glossary,
    )  # fmt: skip
    contrast = checked_contrast(contrast)
    shown = _words_in_common(contrast, max_words)
    colours = _colours(shown.assign(group_of_largest=None), category_of)
    frame = _frame_in_common(contrast, shown, title, glossary=glossary, category_of=category_of)
    ax = new_axes(width, height) if ax is None else ax
    words = partial(_draw_common, ax, shown, colours, seed)
    return draw_cloud(ax, frame, words, partial(room_in, width=width, height=height))


def plot_commonality_cloud_with_dots(
    contrast: pd.DataFrame,
    *,
    glossary: pd.DataFrame | None = None,
    max_words: int = 25,
    seed: int = 2020,
    category_of: draw.Categories | None = None,
    title: str | None = None,
) -> tuple[Axes, Axes]:
    """Two Axes in one figure: the commonality cloud, and the same words' rates as dots.

    Takes what `plot_commonality_cloud` takes; to the right of the dots stand the counts.
    """
    require_options(max_words=max_words, seed=seed, title=title, glossary=glossary)
    contrast = checked_contrast(contrast)
    shown, groups = _words_in_common(contrast, max_words), _groups(contrast)
    _require_few(groups)
    colours = _colours(shown.assign(group_of_largest=None), category_of)
    frame = _frame_in_common(contrast, shown, title, category_of=category_of, pad=TITLE_PAD)
    cloud, dots = _twin(shown, glossary)
    plot_rates_by_group(
        contrast, shown, groups, glossary=glossary, ax=dots,
        title=style.say("The same words, to be compared"),
    )  # fmt: skip
    words = partial(_draw_common, cloud, shown, colours, seed)
    return draw_cloud(cloud, frame, words, twin_shape), dots


# ---------------------------------------------------------------- the words and their frame


def _words_apart(contrast: pd.DataFrame, max_words: int) -> pd.DataFrame:
    """One row per word to be shown, the largest deviation first."""
    _require_few(_groups(contrast))
    apart = _ranked(contrast, "largest").head(max_words)
    if apart.empty:
        raise ValueError(
            "every feature of the contrast table has the same rate in all groups (largest is 0), "
            "so nothing sets them apart; plot_commonality_cloud shows what they share"
        )
    return apart


def _words_in_common(contrast: pd.DataFrame, max_words: int) -> pd.DataFrame:
    """One row per word to be shown, the largest smallest rate first."""
    common = _ranked(contrast, "smallest_rate").head(max_words)
    if common.empty:
        raise ValueError(
            "no feature of the contrast table occurs in every group (smallest_rate is 0 "
            "everywhere), so they share nothing; plot_comparison_cloud shows what sets them apart"
        )
    return common


def _require_few(groups: list) -> None:
    if len(groups) > MOST_GROUPS:
        raise ValueError(
            f"the contrast table has {len(groups)} groups; sectors and dots tell up to "
            f"{MOST_GROUPS} apart: put some together, or draw pairs"
        )


def _ranked(contrast: pd.DataFrame, value: str) -> pd.DataFrame:
    words = contrast.drop_duplicates("feature")
    words = words.loc[words[value] > 0]
    words = words.assign(weight=words[value])
    return words.sort_values(["weight", "feature"], ascending=[False, True], ignore_index=True)


def _groups(contrast: pd.DataFrame) -> list:
    return contrast["group"].drop_duplicates().tolist()


def _frame_apart(
    contrast: pd.DataFrame, shown: pd.DataFrame, title: str | None, **how: object
) -> Frame:
    default = style.say("The words that set the groups apart")
    area = style.say("area: the rate in that group above the average rate of the groups")
    return _frame(contrast, shown, title or default, area, **how)


def _frame_in_common(
    contrast: pd.DataFrame, shown: pd.DataFrame, title: str | None, **how: object
) -> Frame:
    default = style.say("What all groups have in common")
    area = style.say("area: the smallest of the rates in the groups")
    return _frame(contrast, shown, title or default, area, **how)


def _frame(
    contrast: pd.DataFrame, shown: pd.DataFrame, title: str, area: str, **how: object
) -> Frame:
    n_features = contrast["feature"].nunique()
    return Frame(shown, n_features, lambda _: title, style.say("largest"), area, **how)


# ---------------------------------------------------------------- pieces of the clouds


def _twin(
    shown: pd.DataFrame, glossary: pd.DataFrame | None, *, more_rows: int = 0
) -> tuple[Axes, Axes]:
    names = draw.row_names([" ".join(word.split()) for word in shown["feature"]], glossary)
    return twin_axes(draw.rows_for(names) + 1.5 * more_rows)


def _draw_sectors(
    ax: Axes,
    shown: pd.DataFrame,
    groups: list,
    colours: list[Colour],
    seed: int,
    shape: tuple[int, int],
) -> list[str]:
    """Draw each word into the sector of its group; return those that found no place."""
    of_word = shown["group_of_largest"].map(groups.index).tolist()
    point = _units_per_point(ax, shape)
    sectors, names = _with_names(
        sector_room(*shape, _shares(shown, groups)), _sector_names(groups, of_word), point
    )  # fmt: skip
    words = measure_words(shown["feature"].tolist(), shown["weight"], of_word)
    places = lay_out(words, sectors.room, seed)
    homeless = paint_words(ax, shown["feature"], words, places, colours, sectors.room)
    _draw_borders(ax, sectors)
    placed = _sector_names(groups, [of_word[number] for number in places])
    for group, name, (width, middle) in zip(groups, placed, names, strict=True):
        _write_name(ax, _wrapped(name, width), middle, _colour_of_group(group))
    return homeless


def _draw_common(
    ax: Axes,
    shown: pd.DataFrame,
    colours: list[Colour],
    seed: int,
    shape: tuple[int, int],
) -> list[str]:
    room = plain_room(*shape)
    words = measure_words(shown["feature"].tolist(), shown["weight"])
    places = lay_out(words, room, seed)
    return paint_words(ax, shown["feature"], words, places, colours, room)


def _shares(shown: pd.DataFrame, groups: list) -> list[float]:
    """Each group's share of the room: half of it in equal parts, half as its words need."""
    weights = shown.groupby("group_of_largest")["weight"].sum().reindex(groups).fillna(0)
    return [0.5 / len(groups) + 0.5 * weight / weights.sum() for weight in weights]


def _sector_names(groups: list, of_word: list[int]) -> list[str]:
    """One name per group, with its number of words."""
    names = []
    for number, name in enumerate(short_names(groups)):
        n = of_word.count(number)
        words = style.say("1 word") if n == 1 else style.say("{n} words", n=n)
        names.append(style.drawable(style.say("{name} ({n})", name=name, n=words)))
    return names


def _units_per_point(ax: Axes, shape: tuple[int, int]) -> float:
    """How many units of a cloud of that shape a point takes in `ax`, which may be smaller."""
    scale = min(paper / side for paper, side in zip(paper_of(ax), shape, strict=True))
    return UNITS_PER_INCH / 72 / scale


def _with_names(
    sectors: SectorRoom, names: list[str], point: float
) -> tuple[SectorRoom, list[tuple[float, tuple[float, float]]]]:
    """The room without those of the names; width in points and middle of each name's."""
    size, found = plt.rcParams["font.size"], []
    for number, name in enumerate(names):
        for share in _WIDTHS:
            width = 1.01 * share * style.text_width(name, size=size)
            lines = _wrapped(name, width).split("\n")
            widest = max(style.text_width(line, size=size) for line in lines)
            # The letters, half of one more on each side for the band, and a gap around it.
            box = [
                points * point + GAP_BETWEEN_WORDS
                for points in (widest + size, (1.3 * len(lines) + 0.4) * size)
            ]
            reserved = reserve(sectors, number, *box)
            if reserved is not None:
                break
        else:
            raise ValueError(
                f"a cloud of {sectors.room.width} by {sectors.room.height} hundredths of an inch "
                f"has no room beside the words for the name of the group {name!r}; "
                f"{sectors.room.cure}"
            )
        sectors = reserved[0]
        found.append((width, reserved[1]))
    return sectors, found


def _wrapped(name: str, width: float) -> str:
    return style.wrap_text(name, width, size=plt.rcParams["font.size"])


def _draw_borders(ax: Axes, sectors: SectorRoom) -> None:
    x, y = sectors.centre
    for end_x, end_y in sectors.ends[:1] if len(sectors.ends) == 2 else sectors.ends:
        ax.plot([x, end_x], [y, end_y], color=style.FAINT, linewidth=1, zorder=0)


def _write_name(ax: Axes, name: str, middle: tuple[float, float], colour: Colour) -> None:
    """Write the name of a group on a band, so that nobody takes it for one of the words."""
    band = {"facecolor": style.BAND, "linewidth": 0, "boxstyle": "square,pad=0.25"}
    ax.text(
        *middle, name, ha="center", va="center", color=colour, linespacing=1.15, bbox=band,
        parse_math=False,
    )  # fmt: skip


def _colour_of_group(group: object) -> Colour:
    known = isinstance(group, str) and group in style.PALETTE
    return readable(style.colour_of(group)) if known else style.PLAIN


def _colours(shown: pd.DataFrame, category_of: draw.Categories | None) -> list[Colour]:
    if category_of is not None:
        categories = draw.categories_for(shown["feature"], category_of)
        return [readable(style.colour_of(category)) for category in categories]
    return [_colour_of_group(group) for group in shown["group_of_largest"]]
