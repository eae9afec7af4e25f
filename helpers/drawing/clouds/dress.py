"""The frame of every cloud: what stands around it, and the order in which it is made."""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes

from helpers.drawing import draw, style
from helpers.drawing.clouds.layout import UNITS_PER_INCH

WIDTH, HEIGHT = 900, 560
_LONG = 14
# Below this contrast with the ground (WCAG 2.1, for graphics) letters are hard to read.
_LEAST_CONTRAST = 3.0
Colour = str | tuple[float, ...]
# Draws the words into a room of width and height; returns those that found no place.
DrawWords = Callable[[tuple[int, int]], list[str]]


class WordsLeftOutWarning(UserWarning):
    """Words of the table found no room in the cloud; the message names them all."""


@dataclass(frozen=True)
class Frame:
    """What stands around a cloud: title, notes, legend.

    `title` says the finding; it is given the words that found no place. `of` names what the
    gloss note lists, `area` what the sizes stand for; `pad` is that of the title, in points.
    """

    shown: pd.DataFrame
    n_features: int
    title: Callable[[list[str]], str]
    of: str
    area: str = ""
    glossary: pd.DataFrame | None = None
    category_of: draw.Categories | None = None
    pad: float | None = None

    def write(self, ax: Axes, homeless: list[str]) -> None:
        """Write it all, so that the room left for the words is known."""
        ax.set(xticks=[], yticks=[])
        ax.grid(False)
        ax.spines[:].set_visible(False)
        n_lines = _write_below(ax, "\n".join(filter(None, self._notes(homeless))))
        if self.category_of is not None:
            categories = draw.categories_for(self.shown["feature"], self.category_of)
            draw.category_legend(ax, categories, below=n_lines + 0.7)
        style.set_title(ax, self.title(homeless), pad=self.pad)

    def _notes(self, homeless: list[str]) -> list[str]:
        return [
            self.area,
            placed_note(len(self.shown), homeless, self.n_features),
            gloss_note(self.shown["feature"], self.glossary, self.of),
        ]


def draw_cloud(
    ax: Axes, frame: Frame, draw_words: DrawWords, room_of: Callable[[Axes], tuple[int, int]]
) -> Axes:
    """Return `ax` with the frame, and inside it the words; warn of those that found no place.

    The frame comes first, because it decides how much room the words have, and once more
    where its notes have to say that words are missing.
    """
    frame.write(ax, [])
    homeless = draw_words(room_of(ax))
    if homeless:
        frame.write(ax, homeless)
        _warn_of_words_left_out(len(frame.shown), homeless)
    return ax


def new_axes(width: int | None, height: int | None) -> Axes:
    """Return Axes with that much room, in units, and some for title, notes and legend."""
    lines = 9 * plt.rcParams["font.size"] * 1.3 / 72
    inches = (
        max((width or WIDTH) / UNITS_PER_INCH, 4),
        (height or HEIGHT) / UNITS_PER_INCH + lines,
    )
    return plt.subplots(figsize=inches)[1]


def room_in(ax: Axes, *, width: int | None = None, height: int | None = None) -> tuple[int, int]:
    """Return the width and height asked for; without them those `ax` has, in units."""
    ax.get_figure(root=True).draw_without_rendering()
    found_width, found_height = paper_of(ax)
    return width or found_width, height or found_height


def paper_of(ax: Axes) -> tuple[int, int]:
    """Return the width and height `ax` had when it was laid out last, in units on paper."""
    figure = ax.get_figure(root=True)
    inches = ax.get_window_extent().transformed(figure.dpi_scale_trans.inverted())
    return round(inches.width * UNITS_PER_INCH), round(inches.height * UNITS_PER_INCH)


def readable(colour: str) -> Colour:
    """Return the colour, or, where letters in it would be too pale, one nearer to the ink.

    >>> readable("#0a3f78")
    '#0a3f78'
    """
    if style.contrast(colour, style.GROUND) >= _LEAST_CONTRAST:
        return colour
    steps = (style.mix(colour, style.INK, share / 50) for share in range(1, 51))
    return next(c for c in steps if style.contrast(c, style.GROUND) >= _LEAST_CONTRAST)


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
        named = "、".join(short_names(homeless[:5]))
        more = " …" if homeless[5:] else ""
        note += style.say(" (no room for {words})", words=named + more)
    if n_features <= n_shown:
        return note
    return style.say("{note}; the table has {n}", note=note, n=f"{n_features:,}")


def short_names(names: Sequence[object]) -> list[str]:
    """The names on one line, long ones cut, and no two of them equal.

    Where long names begin alike, the ends are kept too; where they end alike as well, or differ
    only in what cannot be seen, all get their place in the list.

    >>> short_names(["防控", "防" * 40])
    ['防控', '防防防防防防防防防防防防…']
    >>> short_names(["国务院联防联控机制综合组第一组", "国务院联防联控机制综合组第二组"])
    ['国务院联防联…综合组第一组', '国务院联防联…综合组第二组']
    >>> short_names([1, "1"])
    ['1. 1', '2. 1']
    """
    lines = [" ".join(str(name).split()) for name in names]
    for cut in (_beginning, _both_ends):
        found = [cut(line) if len(line) > _LONG else line for line in lines]
        if len(set(found)) == len(found):
            return found
    return [f"{place}. {name}" for place, name in enumerate(found, start=1)]


def _beginning(line: str) -> str:
    return f"{line[: _LONG - 2]}…"


def _both_ends(line: str) -> str:
    return f"{line[:6]}…{line[-6:]}"


def _warn_of_words_left_out(n_shown: int, homeless: Sequence[str]) -> None:
    """Name every word that found no room, and what would give it one."""
    warnings.warn(
        f"{n_shown - len(homeless)} of {n_shown} words placed, no room for "
        f"{'、'.join(homeless)}; ask for fewer words (max_words) or "
        "give the cloud more room (width, height, a larger figure)",
        WordsLeftOutWarning,
        # The caller of plot_…, which called draw_cloud, which called this.
        stacklevel=4,
    )


def gloss_note(features: pd.Series, glossary: pd.DataFrame | None, of: str) -> str:
    """Say what the five largest words mean."""
    if glossary is None:
        return ""
    named = style.gloss_labels(features.head(5), glossary)
    gap = "；" if style.in_force().language == "zh" else "; "
    return style.say("{of}: {words}", of=of, words=gap.join(named))
