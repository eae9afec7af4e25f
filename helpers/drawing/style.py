"""The look of every picture: a font that holds Chinese, one palette, labels in two languages.

Nothing happens at import. `set_theme()` is called once, in the first cell of a notebook.
"""

import os
import re
import warnings
from collections.abc import Iterable
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import pandas as pd
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ft2font import FaceFlags, FT2Font
from matplotlib.text import Text
from matplotlib.textpath import text_to_path

from helpers import tables

FONT_VARIABLE = "COVID_POLICY_FONT"
SYSTEM_FONTS = (
    "Microsoft YaHei", "SimHei", "PingFang SC", "Hiragino Sans GB", "Heiti SC", "Songti SC",
    "Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei",
    "Droid Sans Fallback",
)  # fmt: skip
FALLBACK_FONT = "DejaVu Sans"
_SAMPLE_HAN = "疫情防控复工复产"
_CURE = (
    "install the packages of this project again (zhplot==1.0.0 brings one), or set the "
    f"environment variable {FONT_VARIABLE} to the .ttf file of a Chinese font"
)

INK = "#222222"
QUIET = "#595959"
PLAIN = "#3f4f63"
GRID = "#e2e2e2"
BAND = "#eeeeee"

# Dark enough to be read as text, and each a visible step lighter than the one before, so
# that the order survives a black-and-white printer and every common colour blindness.
PALETTE = {
    "coupling": "#3d0a45",
    "prevention": "#0a3f78",
    "place_institution": "#6e4a12",
    "governance": "#2f6b62",
    "reopening": "#c5530c",
    "unlabelled": "#8f8f8f",
    "other": "#757575",
    "decoy": "#b8b8b8",
}

LABEL_NAMES = {
    "prevention": ("prevention", "疫情防控"),
    "reopening": ("reopening", "复工复产"),
    "coupling": ("coupling", "统筹兼顾"),
    "governance": ("governance", "党政治理"),
    "unlabelled": ("unlabelled", "未归类"),
    "place_institution": ("place or institution", "地名机构"),
    "decoy": ("decoy", "排除词"),
    "other": ("not in the lexicon", "词表之外"),
}

LABEL_CODES = {
    "prevention": "P",
    "reopening": "R",
    "coupling": "C",
    "governance": "G",
    "unlabelled": "·",
    "place_institution": "L",
    "decoy": "D",
    "other": "",
}

SIZES = {
    "notebook": {"font.size": 11, "figure.figsize": (9.0, 5.0)},
    "page": {"font.size": 9, "figure.figsize": (6.7, 4.0)},
    "slide": {"font.size": 16, "figure.figsize": (13.0, 7.0)},
}

LANGUAGES = ("both", "zh", "en")

_MARGIN = "figure.constrained_layout.w_pad"

# What a shortened gloss must not end in: "guard against importation and…".
_LOOSE_END = re.compile(
    r"([\s,;:]|\s(a|an|and|as|at|by|for|from|in|of|on|or|the|to|with|without))+$"
)


class FontNotFoundError(ValueError):
    """No usable Chinese font; the message says how to get one."""


class ThemeNotSetError(ValueError):
    """Chinese was about to be drawn with a font that has none."""


class MissingGlyphWarning(UserWarning):
    """Characters were drawn as their code because no font in use holds them."""


def font_path() -> Path:
    """Return the font file every picture uses: the override, the packaged one, the system's.

    Packaged before system, because every layout depends on the widths of one font: with it
    the same table gives the same bytes on every machine. The package is never imported (it
    changes matplotlib's settings when it is).

    >>> font_path().suffix in {".ttf", ".otf", ".ttc"}
    True
    """
    override = os.environ.get(FONT_VARIABLE)
    if override:
        return _checked_font(Path(override).expanduser())
    found = _packaged_font() or _system_font()
    if found is None:
        raise FontNotFoundError(f"no Chinese font found on this machine: {_CURE}")
    return found


def _packaged_font() -> Path | None:
    spec = find_spec("zhplot")
    folders = spec.submodule_search_locations or [] if spec else []
    files = (Path(folder) / "fonts" / "NotoSansSC-Regular.ttf" for folder in folders)
    return next((file for file in files if file.is_file()), None)


def _system_font() -> Path | None:
    installed = _installed_families()
    return next((installed[name] for name in SYSTEM_FONTS if name in installed), None)


@lru_cache(maxsize=1)
def _installed_families() -> dict[str, Path]:
    # The files are looked at afresh: matplotlib's own list is cached between sessions and
    # misses a font that was installed after it was made.
    families: dict[str, Path] = {}
    for file in sorted(font_manager.findSystemFonts()):
        try:
            family, usable = FT2Font(file).family_name, not _is_variable(Path(file))
        except (RuntimeError, OSError):
            continue  # a broken font file of the system is not this project's to report
        if usable:
            families.setdefault(family, Path(file))
    return families


def _checked_font(path: Path) -> Path:
    """Return `path`, or say what is wrong with the font file somebody chose."""
    where = f"{FONT_VARIABLE} is {path}"
    if not path.is_file():
        raise FontNotFoundError(f"{where}, but there is no such file: {_CURE}")
    try:
        lacking = missing_glyphs(_SAMPLE_HAN, path)
    except RuntimeError as error:
        raise FontNotFoundError(f"{where}, which is not a font file: {_CURE}") from error
    if lacking:
        raise FontNotFoundError(f"{where}, a font without Chinese characters: {_CURE}")
    if _is_variable(path):
        raise FontNotFoundError(
            f"{where}, a variable font, which is drawn hair-thin: give a static one "
            "(its file name often ends in -Regular)"
        )
    return path


def _is_variable(path: Path) -> bool:
    return bool(FT2Font(str(path)).face_flags & FaceFlags.MULTIPLE_MASTERS)


@lru_cache(maxsize=16)
def _characters_of(path: Path) -> frozenset[int]:
    return frozenset(FT2Font(str(path)).get_charmap())


def set_theme(*, size: str = "notebook") -> None:
    """Register the font and set every setting the pictures depend on; call it once.

    `size` is "notebook", "page" (a printed column) or "slide". Starts from matplotlib's own
    defaults, so that a personal settings file does not change the pictures.
    """
    if size not in SIZES:
        raise ValueError(f"size is {size!r}; it must be one of {', '.join(SIZES)}")
    path = font_path()
    family = _register(path)
    matplotlib.rcdefaults()
    plt.rcParams.update(_settings(family, has_minus=not missing_glyphs("−", path)))
    plt.rcParams.update(SIZES[size])


def _register(path: Path) -> str:
    """Make `path` the first font matplotlib finds under its family name; return that name."""
    known = font_manager.fontManager
    others = [font for font in known.ttflist if Path(font.fname) != path]
    known.ttflist = [font for font in known.ttflist if Path(font.fname) == path]
    if not known.ttflist:
        known.addfont(path)
    # In front: of two fonts of one name matplotlib takes the first, and a machine may have
    # another cut of the same family.
    known.ttflist += others
    known._findfont_cached.cache_clear()
    return known.ttflist[0].name


def _settings(family: str, *, has_minus: bool) -> dict:
    return {
        "font.family": [family, FALLBACK_FONT],
        "axes.unicode_minus": has_minus,
        "axes.titlelocation": "left",
        "axes.titlesize": "large",
        "axes.titlepad": 10,
        "axes.labelsize": "medium",
        "axes.labelcolor": QUIET,
        "axes.edgecolor": "#8c8c8c",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.axisbelow": True,
        "axes.grid": True,
        "axes.grid.axis": "x",
        "grid.color": GRID,
        "grid.linewidth": 0.8,
        "text.color": INK,
        # Unhinted letters are as wide at 200 dots per inch as at 100: one layout for both.
        "text.hinting": "no_hinting",
        "xtick.color": QUIET,
        "ytick.color": INK,
        "legend.frameon": False,
        "legend.fontsize": "small",
        "axes.prop_cycle": plt.cycler(color=[PALETTE[label] for label in tables.LABELS]),
        "figure.constrained_layout.use": True,
        "figure.constrained_layout.h_pad": 0.07,
        "figure.facecolor": "white",
        "figure.dpi": 100,
        "savefig.dpi": 200,
        "savefig.bbox": "tight",
        "savefig.pad_inches": 0.15,
        "svg.hashsalt": "covid-policy-language",
        # Outlines: a browser without a Chinese font still shows every character.
        "svg.fonttype": "path",
        "pdf.fonttype": 42,
    }


def colour_of(category: str) -> str:
    """Return the palette's colour for a label or category.

    >>> colour_of("prevention")
    '#0a3f78'
    """
    if category not in PALETTE:
        raise ValueError(
            f"there is no colour for {category!r}; the labels and categories are "
            f"{', '.join(PALETTE)}"
        )
    return PALETTE[category]


def label_name(label: str, *, language: str = "both") -> str:
    """Return the name of a label or category as a reader sees it.

    >>> label_name("reopening"), label_name("reopening", language="zh")
    ('reopening 复工复产', '复工复产')
    """
    _check_language(language)
    colour_of(label)
    english, chinese = LABEL_NAMES[label]
    return {"both": f"{english} {chinese}", "en": english, "zh": chinese}[language]


def gloss_labels(
    terms: Iterable[str],
    glossary: pd.DataFrame | None,
    *,
    language: str = "both",
    two_lines: bool = False,
) -> list[str]:
    """One label per term: the term, its English gloss, or both.

    `glossary` has one row per term with columns term and gloss_en (a lexicon is one); with
    None the terms stay as they are. A gloss is shortened: brackets dropped, then cut at a
    word near 34 characters. A term without a gloss says so; nothing is guessed.

    >>> glossary = pd.DataFrame({"term": ["隔离"], "gloss_en": ["isolation (of persons)"]})
    >>> gloss_labels(["隔离", "疫情"], glossary)
    ['隔离 isolation', '疫情 (no gloss)']
    """
    _check_language(language)
    if glossary is None or language == "zh":
        return [str(term) for term in terms]
    gloss_of = _glosses(glossary)
    gap = "\n" if two_lines else " "
    return [_gloss_label(str(term), gloss_of.get(term, ""), language, gap) for term in terms]


def _gloss_label(term: str, gloss: str, language: str, gap: str) -> str:
    if not gloss:
        return f"{term}{gap}(no gloss)"
    return gloss if language == "en" else f"{term}{gap}{gloss}"


def _glosses(glossary: pd.DataFrame) -> dict[str, str]:
    tables.require_columns(glossary, "lexicon", ["term", "gloss_en"])
    repeated = glossary.loc[glossary["term"].duplicated(), "term"]
    if len(repeated):
        raise ValueError(
            f"the glossary has more than one row for {', '.join(map(str, repeated[:5]))}; "
            "keep one gloss per term: glossary.drop_duplicates('term')"
        )
    glosses = glossary["gloss_en"].fillna("").astype(str)
    return {term: _short(gloss) for term, gloss in zip(glossary["term"], glosses, strict=True)}


def _short(gloss: str, width: int = 34) -> str:
    plain = re.sub(r"\s*\([^()]*\)", "", gloss).strip()
    if len(plain) <= width:
        return plain
    cut = plain[:width].rpartition(" ")[0] or plain[: width - 1]
    return _LOOSE_END.sub("", cut) + "…"


def _check_language(language: str) -> None:
    if language not in LANGUAGES:
        raise ValueError(f"language is {language!r}; it must be one of {', '.join(LANGUAGES)}")


def missing_glyphs(text: str, path: Path | None = None) -> list[str]:
    """One entry per character of `text` that cannot be drawn, in order of appearance.

    Asks the font file `path`; with None, all fonts matplotlib now draws with.

    >>> missing_glyphs("疫情防控 yì qíng", font_path())
    []
    """
    files = _fonts_in_use() if path is None else [Path(path)]
    held = frozenset().union(*map(_characters_of, files))
    return list(dict.fromkeys(c for c in text if c != "\n" and ord(c) not in held))


def _fonts_in_use() -> list[Path]:
    files = []
    for family in plt.rcParams["font.family"]:
        try:
            properties = font_manager.FontProperties(family=[family])
            files.append(font_manager.findfont(properties, fallback_to_default=False))
        except ValueError:
            continue  # matplotlib passes over a family it does not find, too
    return [Path(file) for file in files]


def drawable(text: str, path: Path | None = None) -> str:
    """Return `text` with every character no font holds written as its code, `[U+20000]`.

    Warns with the characters' names and the cure (MissingGlyphWarning): an empty square
    would say nothing. Asks `path`, or all fonts in use. Without a theme there is no
    Chinese at all, which is an error.
    """
    lacking = missing_glyphs(text, path)
    if not lacking:
        return text
    if path is None and missing_glyphs(_SAMPLE_HAN):
        raise ThemeNotSetError(
            f"the font in use has no glyph for {lacking[0]!r} and no Chinese at all; "
            "call style.set_theme() first"
        )
    codes = {c: f"[U+{ord(c):04X}]" for c in lacking}
    warnings.warn(
        f"no glyph for {', '.join(f'{c} ({code[1:-1]})' for c, code in codes.items())} in the "
        f"font; drawn as {', '.join(codes.values())}. Set the environment variable "
        f"{FONT_VARIABLE} to the .ttf file of a font that holds them",
        MissingGlyphWarning,
        stacklevel=3,
    )
    return "".join(codes.get(c, c) for c in text)


def new_size(*, rows: float) -> tuple[float, float]:
    """Return the width and height, in inches, of a chart with `rows` lines of text."""
    line = plt.rcParams["font.size"] / 72
    return plt.rcParams["figure.figsize"][0], line * (1.95 * rows + 10)


def new_axes(*, rows: float) -> Axes:
    """Return fresh Axes, tall enough for `rows` lines of text."""
    return plt.subplots(figsize=new_size(rows=rows))[1]


def set_title(ax: Axes, text: str, *, pad: float | None = None) -> Text:
    """Return the title: flush with the row names, broken to the width of the whole chart.

    Call it last: the chart is laid out once to see how wide its row names are. `pad` is the
    room between title and axes, in points.
    """
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
    figure = where if isinstance(where, Figure) else where.get_figure(root=True)
    size, margin = 0.833 * plt.rcParams["font.size"], plt.rcParams[_MARGIN] / figure.get_figwidth()
    lines = wrap_text(drawable(text), (1 - 2 * margin) * 72 * figure.get_figwidth(), size=size)
    return figure.supxlabel(lines, x=margin, ha="left", size=size, color=QUIET, parse_math=False)


def text_width(text: str, *, size: float) -> float:
    """Return how wide one line of `text` is, in points, in type of `size` points."""
    font = font_manager.FontProperties(size=size)
    return text_to_path.get_text_width_height_descent(text, font, False)[0]


def wrap_text(text: str, width: float, *, size: float) -> str:
    """Return `text` broken into lines of at most `width` points, type of `size` points.

    Breaks at a space, and between Chinese characters.

    >>> wrap_text("a b", 1, size=11)
    'a\\nb'
    """
    lines = [""]
    for piece in re.findall(r"\n|\s*(?:[\u3400-\u9fff]|[^\s\u3400-\u9fff]+)", text):
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
