"""Comparison cloud and commonality cloud, each alone or beside its dots.

Both take the finished table of `compare.contrast_rates`; nothing is computed here but places.
"""

from collections.abc import Sequence
from functools import partial

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes

from helpers import tables
from helpers.drawing import draw, style
from helpers.drawing.clouds.dots import TITLE_PAD, plot_rates_by_group
from helpers.drawing.clouds.dress import (
    dress,
    gloss_note,
    new_axes,
    placed_note,
    require_features,
    room_in,
    short,
    warn_of_words_left_out,
)
from helpers.drawing.clouds.layout import UNITS_PER_INCH, lay_out
from helpers.drawing.clouds.letters import measure_words, paint_words
from helpers.drawing.clouds.plain import HEIGHT, WIDTH, twin_axes, twin_shape
from helpers.drawing.clouds.rooms import SectorRoom, plain_room, sector_room
from helpers.drawing.draw.charts import _require_numbers

COLUMNS = [
    "feature", "group", "n", "rate", "deviation", "group_of_largest", "largest", "smallest_rate",
]  # fmt: skip
MOST_GROUPS = 6
_COMPARISON = style.saying("area: the rate in that group above the average rate of the groups")
_COMMONALITY = style.saying("area: the smallest of the rates in the groups")


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
    deviations; at its edge stand the group and n, its number of words. Colour: the category,
    or the group's own where the group is a label such as prevention, or one for all. Words
    that say most in no group (all rates equal) are not drawn. Sizes, seed, glossary and
    words without room are as in `plot_word_cloud`.

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
    shown, groups = _comparison_words(contrast, max_words)
    ax = new_axes(width or WIDTH, height or HEIGHT) if ax is None else ax
    surround = partial(
        _surround, ax, shown, n_features=contrast["feature"].nunique(), area=_COMPARISON,
        glossary=glossary, category_of=category_of,
        title=title or style.say("The words that set the groups apart"),
    )  # fmt: skip
    surround([])
    found_width, found_height = room_in(ax)
    homeless = _draw_sectors(
        ax, shown, groups, (width or found_width, height or found_height), category_of, seed
    )
    if homeless:
        surround(homeless)
        warn_of_words_left_out(len(shown), homeless)
    return ax


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
    shown, groups = _comparison_words(contrast, max_words)
    cloud, dots = _twin(shown, glossary, more_rows=shown["group_of_largest"].nunique())
    plot_rates_by_group(
        contrast, shown, groups, glossary=glossary, ax=dots, with_headings=True,
        title=style.say("The same words, to be compared"),
    )  # fmt: skip
    surround = partial(
        _surround, cloud, shown, n_features=contrast["feature"].nunique(), area=_COMPARISON,
        glossary=None, category_of=category_of,
        title=title or style.say("The words that set the groups apart"), pad=TITLE_PAD,
    )  # fmt: skip
    surround([])
    homeless = _draw_sectors(cloud, shown, groups, twin_shape(cloud), category_of, seed)
    if homeless:
        surround(homeless)
        warn_of_words_left_out(len(shown), homeless)
    return cloud, dots


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
    shown = _common_words(contrast, max_words)
    ax = new_axes(width or WIDTH, height or HEIGHT) if ax is None else ax
    surround = partial(
        _surround, ax, shown, n_features=contrast["feature"].nunique(), area=_COMMONALITY,
        glossary=glossary, category_of=category_of,
        title=title or style.say("What all groups have in common"),
    )  # fmt: skip
    surround([])
    found_width, found_height = room_in(ax)
    shape = (width or found_width, height or found_height)
    homeless = _draw_common(ax, shown, shape, category_of, seed)
    if homeless:
        surround(homeless)
        warn_of_words_left_out(len(shown), homeless)
    return ax


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
    shown, groups = _common_words(contrast, max_words), _groups(contrast)
    _require_few(groups)
    cloud, dots = _twin(shown, glossary)
    plot_rates_by_group(
        contrast, shown, groups, glossary=glossary, ax=dots,
        title=style.say("The same words, to be compared"),
    )  # fmt: skip
    surround = partial(
        _surround, cloud, shown, n_features=contrast["feature"].nunique(), area=_COMMONALITY,
        glossary=None, category_of=category_of,
        title=title or style.say("What all groups have in common"),
        pad=TITLE_PAD,
    )  # fmt: skip
    surround([])
    homeless = _draw_common(cloud, shown, twin_shape(cloud), category_of, seed)
    if homeless:
        surround(homeless)
        warn_of_words_left_out(len(shown), homeless)
    return cloud, dots


# ---------------------------------------------------------------- what the table must hold


def _comparison_words(contrast: pd.DataFrame, max_words: int) -> tuple[pd.DataFrame, list]:
    """One row per word to be shown, the largest deviation first, and all groups."""
    _require_contrast(contrast, max_words)
    groups = _groups(contrast)
    _require_few(groups)
    apart = _ranked(contrast, "largest").head(max_words)
    if apart.empty:
        raise ValueError(
            "every feature of the contrast table has the same rate in all groups (largest is 0), "
            "so nothing sets them apart; plot_commonality_cloud shows what they share"
        )
    return apart, groups


def _require_few(groups: list) -> None:
    if len(groups) > MOST_GROUPS:
        raise ValueError(
            f"the contrast table has {len(groups)} groups; sectors and dots tell up to "
            f"{MOST_GROUPS} apart: put some together, or draw pairs"
        )


def _common_words(contrast: pd.DataFrame, max_words: int) -> pd.DataFrame:
    """One row per word to be shown, the largest smallest rate first."""
    _require_contrast(contrast, max_words)
    common = _ranked(contrast, "smallest_rate").head(max_words)
    if common.empty:
        raise ValueError(
            "no feature of the contrast table occurs in every group (smallest_rate is 0 "
            "everywhere), so they share nothing; plot_comparison_cloud shows what sets them apart"
        )
    return common


def _ranked(contrast: pd.DataFrame, value: str) -> pd.DataFrame:
    words = contrast.drop_duplicates("feature")
    words = words.loc[words[value] > 0]
    words = words.assign(weight=words[value])
    return words.sort_values(["weight", "feature"], ascending=[False, True], ignore_index=True)


def _groups(contrast: pd.DataFrame) -> list:
    return contrast["group"].drop_duplicates().tolist()


def _require_contrast(contrast: pd.DataFrame, max_words: int) -> None:
    if max_words < 1:
        raise ValueError(f"max_words is {max_words}; it must be 1 or more")
    tables.require_columns(contrast, "contrast", COLUMNS)
    if contrast.empty:
        raise ValueError("the contrast table is empty; make it with compare.contrast_rates(counts)")
    require_features(contrast, "contrast")
    numbers = ["n", "rate", "deviation", "largest", "smallest_rate"]
    _require_numbers(contrast, "contrast", numbers, key="feature")
    _require_every_group(contrast)
    strange = contrast.loc[
        (contrast["largest"] > 0) & ~contrast["group_of_largest"].isin(_groups(contrast))
    ]
    if len(strange):
        raise ValueError(
            f"the contrast table has {strange['group_of_largest'].iloc[0]!r} as group_of_largest "
            f"of {strange['feature'].iloc[0]!r}, which is none of its groups; make it with "
            "compare.contrast_rates(counts)"
        )


def _require_every_group(contrast: pd.DataFrame) -> None:
    n_groups = contrast["group"].nunique()
    rows = contrast.groupby("feature", sort=False)["group"].agg(["size", "nunique"])
    wrong = rows.loc[(rows["size"] != n_groups) | (rows["nunique"] != n_groups)]
    if n_groups < 2 or len(wrong):
        first = contrast["feature"].iloc[0] if wrong.empty else wrong.index[0]
        raise ValueError(
            f"the contrast table has {rows.loc[first, 'size']} rows for {first!r} and {n_groups} "
            "groups; it needs two or more groups, and one row per feature and group, as "
            "compare.contrast_rates makes it"
        )


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
    shape: tuple[int, int],
    category_of: draw.Categories | None,
    seed: int,
) -> list[str]:
    """Draw each word into the sector of its group; return those that found no place."""
    of_word = shown["group_of_largest"].map(groups.index).tolist()
    strip = _strip(_sector_names(groups, of_word, shape[0]))
    sectors = sector_room(*shape, _shares(shown, groups), strip=strip)
    words = measure_words(shown["feature"].tolist(), shown["weight"], of_word)
    places = lay_out(words, sectors.room, seed)
    colours = _colours(shown, category_of)
    homeless = paint_words(ax, shown["feature"], words, places, colours, sectors.room)
    placed = [group for number, group in enumerate(of_word) if number in places]
    _draw_borders(ax, sectors)
    _write_names(ax, _sector_names(groups, placed, shape[0]), groups, sectors)
    return homeless


def _draw_common(
    ax: Axes,
    shown: pd.DataFrame,
    shape: tuple[int, int],
    category_of: draw.Categories | None,
    seed: int,
) -> list[str]:
    room = plain_room(*shape)
    words = measure_words(shown["feature"].tolist(), shown["weight"])
    places = lay_out(words, room, seed)
    colours = _colours(shown.assign(group_of_largest=None), category_of)
    return paint_words(ax, shown["feature"], words, places, colours, room)


def _shares(shown: pd.DataFrame, groups: list) -> list[float]:
    """Each group's share of the room: half of it in equal parts, half as its words need."""
    weights = shown.groupby("group_of_largest")["weight"].sum().reindex(groups).fillna(0)
    return [0.5 / len(groups) + 0.5 * weight / weights.sum() for weight in weights]


def _sector_names(groups: list, of_word: list[int], width: int) -> list[str]:
    """One name per group with its number of words, broken where it is long."""
    side_by_side = 2 if len(groups) <= 4 else 3
    room = 0.9 * width / UNITS_PER_INCH * 72 / side_by_side
    names = []
    for number, group in enumerate(groups):
        n = of_word.count(number)
        words = style.say("1 word") if n == 1 else style.say("{n} words", n=n)
        name = style.drawable(style.say("{name} ({n})", name=short(str(group)), n=words))
        names.append(style.wrap_text(name, room, size=plt.rcParams["font.size"]))
    return names


def _strip(names: Sequence[str]) -> int:
    """Return the height of the strip the names need, in units."""
    lines = max(name.count("\n") + 1 for name in names)
    return round(_units(plt.rcParams["font.size"]) * (1.3 * lines + 0.9))


def _units(points: float) -> float:
    return points / 72 * UNITS_PER_INCH


def _draw_borders(ax: Axes, sectors: SectorRoom) -> None:
    two = len(sectors.ends) == 2
    middle = (sectors.ends[0][0], sectors.lower) if two else sectors.centre
    for x, y in sectors.ends[:1] if two else sectors.ends:
        ax.plot([middle[0], x], [middle[1], y], color=style.FAINT, linewidth=1, zorder=0)


def _write_names(ax: Axes, names: Sequence[str], groups: Sequence, sectors: SectorRoom) -> None:
    """Write each name outside its sector's edge, above or below, none into another."""
    size = plt.rcParams["font.size"]
    widths = [
        _units(max(style.text_width(line, size=size) for line in name.split("\n")))
        for name in names
    ]  # fmt: skip
    # The upper half of them above, so that no edge has more names than it has room for.
    downward = sorted(range(len(names)), key=lambda number: -sectors.anchors[number][1])
    n_above = len(names) if len(names) == 2 else (len(names) + 1) // 2
    for side, numbers in ((True, downward[:n_above]), (False, downward[n_above:])):
        here = sorted(numbers, key=lambda number: sectors.anchors[number][0])
        lefts = _apart(
            [sectors.anchors[number][0] - widths[number] / 2 for number in here],
            [widths[number] for number in here], sectors.room.width,
        )  # fmt: skip
        y, va = (sectors.upper, "bottom") if side else (sectors.lower, "top")
        for number, left in zip(here, lefts, strict=True):
            ax.annotate(
                names[number], (left, y), xytext=(0, 4 if side else -4),
                textcoords="offset points", va=va, color=_colour_of_group(groups[number]),
                parse_math=False, annotation_clip=False,
            )  # fmt: skip


def _apart(lefts: Sequence[float], widths: Sequence[float], room: float) -> list[float]:
    """The left ends, moved so that none reaches into the next and all are in the room."""
    gap, found, end = _units(plt.rcParams["font.size"]), [], 0.0
    for left, width in zip(lefts, widths, strict=True):
        found.append(max(left, end))
        end = found[-1] + width + gap
    end = room
    for number in reversed(range(len(found))):
        found[number] = max(min(found[number], end - widths[number]), 0.0)
        end = found[number] - gap
    return found


def _colour_of_group(group: object) -> str:
    return style.PALETTE.get(group, style.PLAIN) if isinstance(group, str) else style.PLAIN


def _colours(shown: pd.DataFrame, category_of: draw.Categories | None) -> list[str]:
    if category_of is not None:
        categories = draw.categories_for(shown["feature"], category_of)
        return [style.colour_of(category) for category in categories]
    return [_colour_of_group(group) for group in shown["group_of_largest"]]


def _surround(
    ax: Axes,
    shown: pd.DataFrame,
    homeless: list[str],
    *,
    n_features: int,
    area: str,
    glossary: pd.DataFrame | None,
    category_of: draw.Categories | None,
    title: str,
    pad: float | None = None,
) -> None:
    notes = [
        style.say(area),
        placed_note(len(shown), homeless, n_features),
        gloss_note(shown["feature"], glossary, style.say("largest")),
    ]
    categories = None if category_of is None else draw.categories_for(shown["feature"], category_of)
    dress(ax, notes, title=title, categories=categories, pad=pad)
