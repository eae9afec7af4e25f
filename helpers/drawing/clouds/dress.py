"""What stands around a cloud: its title, the words without room, glosses, the legend."""

import warnings
from collections.abc import Sequence

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes

from helpers import tables
from helpers.drawing import draw, style
from helpers.drawing.clouds.layout import UNITS_PER_INCH


class WordsLeftOutWarning(UserWarning):
    """Words of the table found no room in the cloud; the message names them all."""


def require_features(table: pd.DataFrame, name: str) -> None:
    """Raise a ValueError where a feature is no text, or a text without a letter."""
    tables.require_text(table, name, "feature")
    blank = table.loc[table["feature"].str.strip() == "", "feature"]
    if len(blank):
        raise ValueError(
            f"the {name} table has the feature {blank.iloc[0]!r}, which cannot be seen in a "
            "cloud; drop that row"
        )


def new_axes(width: int, height: int) -> Axes:
    """Return Axes with that much room, in units, and some for title, notes and legend."""
    lines = 9 * plt.rcParams["font.size"] * 1.3 / 72
    inches = (max(width / UNITS_PER_INCH, 4), height / UNITS_PER_INCH + lines)
    return plt.subplots(figsize=inches)[1]


def dress(
    ax: Axes,
    notes: Sequence[str],
    *,
    title: str,
    categories: Sequence[str] | None = None,
    pad: float | None = None,
) -> None:
    """Write all that stands around the cloud, so that the room left for it is known."""
    ax.set(xticks=[], yticks=[])
    ax.grid(False)
    ax.spines[:].set_visible(False)
    n_lines = _write_below(ax, "\n".join(filter(None, notes)))
    if categories is not None:
        draw.category_legend(ax, categories, below=n_lines + 0.7)
    style.set_title(ax, title, pad=pad)


def room_in(ax: Axes) -> tuple[int, int]:
    """Return the width and height `ax` has on paper, in the layout's units."""
    figure = ax.get_figure(root=True)
    figure.draw_without_rendering()
    inches = ax.get_window_extent().transformed(figure.dpi_scale_trans.inverted())
    return round(inches.width * UNITS_PER_INCH), round(inches.height * UNITS_PER_INCH)


def _write_below(ax: Axes, note: str) -> int:
    """Write `note` below the cloud, broken to its width; return how many lines it takes."""
    room = room_in(ax)[0] / UNITS_PER_INCH * 72
    size = plt.rcParams["font.size"]
    lines = style.wrap_text(style.drawable(note), room, size=size)
    ax.set_xlabel(lines, loc="left", size=size, parse_math=False)
    return lines.count("\n") + 1


def placed_note(n_shown: int, homeless: Sequence[str], n_features: int) -> str:
    """Say how many words were placed, of how many, and the first that were not."""
    note = style.say("{n} of {total} words placed", n=n_shown - len(homeless), total=n_shown)
    if homeless:
        named = "、".join(short(word) for word in homeless[:5])
        more = " …" if homeless[5:] else ""
        note += style.say(" (no room for {words})", words=named + more)
    if n_features <= n_shown:
        return note
    return style.say("{note}; the table has {n}", note=note, n=f"{n_features:,}")


def short(word: str) -> str:
    """Return the word on one line, or the beginning of a very long one.

    >>> short("防控"), short("防" * 40)
    ('防控', '防防防防防防防防防防防防…')
    """
    one_line = " ".join(word.split())
    return one_line if len(one_line) <= 14 else f"{one_line[:12]}…"


def warn_of_words_left_out(n_shown: int, homeless: Sequence[str]) -> None:
    """Name every word that found no room, and what would give it one."""
    warnings.warn(
        f"{n_shown - len(homeless)} of {n_shown} words placed, no room for "
        f"{'、'.join(homeless)}; ask for fewer words (max_words) or "
        "give the cloud more room (width, height, a larger figure)",
        WordsLeftOutWarning,
        stacklevel=4,
    )


def gloss_note(features: pd.Series, glossary: pd.DataFrame | None, of: str) -> str:
    """Say what the five largest words mean."""
    if glossary is None:
        return ""
    named = style.gloss_labels(features.head(5), glossary)
    gap = "；" if style.in_force().language == "zh" else "; "
    return style.say("{of}: {words}", of=of, words=gap.join(named))
