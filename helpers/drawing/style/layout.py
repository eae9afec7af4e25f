"""Room for text: sizes of charts, titles and captions broken to their width."""

import re

import matplotlib.pyplot as plt
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure, FigureBase
from matplotlib.text import Text
from matplotlib.textpath import text_to_path

from helpers.drawing.style.colours import look
from helpers.drawing.style.fonts import drawable

_MARGIN = "figure.constrained_layout.w_pad"
# A line break, a Chinese character with the marks that cling to it, or a run of others.
_PIECES = re.compile(
    r"\n|\s*(?:[（《“‘「【]*[\u3400-\u9fff][，。、；：？！…）》”’」】％]*|[^\s\u3400-\u9fff]+)"
)


def new_size(*, rows: float) -> tuple[float, float]:
    """Return the width and height, in inches, of a chart with `rows` lines of text."""
    line = plt.rcParams["font.size"] / 72
    return plt.rcParams["figure.figsize"][0], line * (1.95 * rows + 10)


def new_axes(*, rows: float) -> Axes:
    """Return fresh Axes, tall enough for `rows` lines of text."""
    return plt.subplots(figsize=new_size(rows=rows))[1]


def axes_for(ax: Axes | None, *, rows: float, title: str | None = None) -> Axes:
    """Return `ax`, or fresh Axes for `rows` lines of text; refuse what cannot be drawn into.

    `title` is the one the chart will carry: a wrong one is refused here, before anything is drawn.

    >>> from matplotlib.figure import Figure
    >>> given = Figure().subplots()
    >>> axes_for(given, rows=3) is given
    True
    """
    require_axes(ax, title)
    return new_axes(rows=rows) if ax is None else ax


def require_axes(ax: Axes | None, title: str | None = None) -> None:
    """Raise a ValueError where `ax` is no Axes, or `title` no text that can be read."""
    if ax is not None and not isinstance(ax, Axes):
        raise ValueError(
            f"ax is {_said(ax)}; it must be the Axes of one chart, such as plt.subplots()[1], or "
            "None for a new figure"
        )
    if title is not None:
        _require_title(title)


def _require_title(title: str) -> None:
    if not isinstance(title, str) or (title and not title.strip()):
        raise ValueError(
            f"title is {title!r}; it must be text that says the finding, or None for the chart's "
            "own title"
        )


def _said(thing: object) -> str:
    plain = thing is None or isinstance(thing, (str, int, float))
    return repr(thing) if plain else f"of type {type(thing).__name__}"


def set_title(ax: Axes, text: str, *, pad: float | None = None) -> Text:
    """Return the title: flush with the row names, broken to the width of the whole chart.

    Call it last: the chart is laid out once to see how wide its row names are. `pad` is the
    room between title and axes, in points.
    """
    if not isinstance(ax, Axes):
        raise ValueError(f"ax is {_said(ax)}; a title stands above the Axes of one chart")
    _require_title(text)
    # matplotlib's own wrapping breaks after every word while a title still lies outside the
    # figure, and never breaks Chinese.
    figure = ax.get_figure(root=True)
    ax.set_title("", loc="left")
    figure.draw_without_rendering()
    chart, inner = ax.get_tightbbox(), ax.get_window_extent()
    size = font_manager.FontProperties(size=plt.rcParams["axes.titlesize"]).get_size_in_points()
    return ax.set_title(
        wrap_text(drawable(text), chart.width * 72 / figure.dpi, size=size),
        loc="left", x=(chart.x0 - inner.x0) / inner.width, pad=pad, parse_math=False,
    )  # fmt: skip


def caption(where: Axes | Figure, text: str) -> Text:
    """Return the line under the whole figure that names source, n and method.

    `where` is the figure or any Axes in it. Called again, it replaces the line.

    >>> caption(Figure(layout="constrained"), "Guangzhou, 26 Feb 2020; n = 61").get_text()
    'Guangzhou, 26 Feb 2020; n = 61'
    """
    if not isinstance(where, (Axes, FigureBase)):
        raise ValueError(
            f"where is {_said(where)}; a caption stands under a figure: give it, or any Axes in it"
        )
    if not isinstance(text, str):
        raise ValueError(f"the caption is {text!r}; it must be text that names source, n, method")
    figure = where if isinstance(where, Figure) else where.get_figure(root=True)
    size, margin = 0.833 * plt.rcParams["font.size"], plt.rcParams[_MARGIN] / figure.get_figwidth()
    lines = wrap_text(drawable(text), (1 - 2 * margin) * 72 * figure.get_figwidth(), size=size)
    return figure.supxlabel(
        lines, x=margin, ha="left", size=size, color=look().quiet, parse_math=False
    )


def text_width(text: str, *, size: float) -> float:
    """Return how wide one line of `text` is, in points, in type of `size` points."""
    font = font_manager.FontProperties(size=size)
    return text_to_path.get_text_width_height_descent(text, font, False)[0]


def wrap_text(text: str, width: float, *, size: float) -> str:
    """Return `text` broken into lines of at most `width` points, type of `size` points.

    Breaks at a space, and between Chinese characters; a line begins with no Chinese mark
    that closes, and ends with none that opens.

    >>> wrap_text("a b", 1, size=11)
    'a\\nb'
    """
    lines = [""]
    for piece in _PIECES.findall(text):
        longer = lines[-1] + piece
        if piece == "\n" or (lines[-1] and text_width(longer, size=size) > width):
            lines.append(piece.lstrip())
        else:
            lines[-1] = longer
    return "\n".join(lines)


def unwrap_text(lines: str) -> str:
    """Return what `wrap_text` was given: one line, Chinese joined without a gap.

    >>> unwrap_text("统筹推进\\n疫情防控 and\\nmore")
    '统筹推进疫情防控 and more'
    """
    return (
        re.sub(r"(?<=[\u3400-\u9fff])\n(?=[\u3400-\u9fff])", "", lines).replace("\n", " ").strip()
    )
