"""The font every picture uses, and what happens to a character it does not hold."""

import os
import unicodedata
import warnings
from collections.abc import Iterable
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import matplotlib.pyplot as plt
from matplotlib import font_manager
from matplotlib.ft2font import FaceFlags, FT2Font

FONT_VARIABLE = "COVID_POLICY_FONT"
SYSTEM_FONTS = (
    "Microsoft YaHei", "SimHei", "PingFang SC", "Hiragino Sans GB", "Heiti SC", "Songti SC",
    "Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei",
    "Droid Sans Fallback",
)  # fmt: skip
# Asked, in this order, for a character the fonts in use lack: first Chinese, then rare
# characters (extension B and beyond), then signs.
RARE_FONTS = (
    *SYSTEM_FONTS, "SimSun-ExtB", "SimSun-ExtG", "MingLiU-ExtB", "MingLiU_HKSCS-ExtB",
    "Noto Sans CJK HK", "Noto Serif CJK SC", "HanaMinB", "Plangothic P1", "BabelStone Han",
    "Noto Emoji", "Segoe UI Symbol", "Apple Symbols", "Symbola", "Noto Sans Symbols 2",
)  # fmt: skip
FALLBACK_FONT = "DejaVu Sans"
# Control characters, marks without a shape, halves of characters: not the font's fault.
_UNSEEN = ("Cc", "Cf", "Cs")
_SAMPLE_HAN = "疫情防控复工复产"
_CURE = (
    "install the packages of this project again (zhplot==1.0.0 brings one), or set the "
    f"environment variable {FONT_VARIABLE} to the .ttf file of a Chinese font"
)


class FontNotFoundError(ValueError):
    """No usable Chinese font; the message says how to get one."""


class ThemeNotSetError(ValueError):
    """Chinese was about to be drawn with a font that has none."""


class MissingGlyphWarning(UserWarning):
    """Characters no font in use holds, and how each was drawn instead."""


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


@lru_cache(maxsize=16)
def _characters_of_all(paths: tuple[Path, ...]) -> frozenset[int]:
    return frozenset().union(*map(_characters_of, paths))


def register(path: Path) -> str:
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


# ---------------------------------------------------------------- characters without a glyph


def missing_glyphs(text: str, path: Path | None = None) -> list[str]:
    """One entry per character of `text` that cannot be drawn, in order of appearance.

    Asks the font file `path`; with None, all fonts matplotlib now draws with.

    >>> missing_glyphs("疫情防控 yì qíng", font_path())
    []
    """
    held = _characters_of_all(tuple(_fonts_in_use()) if path is None else (Path(path),))
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
    """Return `text` with nothing in it that would be drawn as an empty square.

    A character the fonts in use lack is drawn with the next font of RARE_FONTS this machine
    has (not where one font file, `path`, is asked); else it is written as its pinyin, `[hē]`;
    else as its code, `[U+E000]`. Warns with every such character and the cure
    (MissingGlyphWarning). Without a theme there is no Chinese at all, which is an error, as is
    what is no text.
    """
    if not isinstance(text, str):
        raise ValueError(f"{text!r} is no text and cannot be written on a picture; give a string")
    lacking = missing_glyphs(text, path)
    if not lacking:
        return text
    if path is None and missing_glyphs(_SAMPLE_HAN):
        raise ThemeNotSetError(
            f"the font in use has no glyph for {lacking[0]!r} and no Chinese at all; "
            "call style.set_theme() first"
        )
    helpers = {} if path is not None else _draw_also_with(lacking)
    written = {c: _in_words(c) for c in lacking if c not in helpers}
    warnings.warn(_say_how(lacking, helpers, written), MissingGlyphWarning, stacklevel=3)
    return "".join(written.get(c, c) for c in text)


def _draw_also_with(lacking: Iterable[str]) -> dict[str, str]:
    """Put the fonts that hold these characters behind those in use; return which holds which."""
    installed = _installed_families()
    found: dict[str, str] = {}
    for family in (name for name in RARE_FONTS if name in installed):
        held = [
            c for c in lacking if c not in found and ord(c) in _characters_of(installed[family])
        ]
        if held:
            found |= dict.fromkeys(held, family)
            _add_family(family, installed[family])
    return found


def _add_family(family: str, path: Path) -> None:
    known = font_manager.fontManager
    if not any(Path(font.fname) == path for font in known.ttflist):
        known.addfont(path)
        known._findfont_cached.cache_clear()
    in_use = plt.rcParams["font.family"]
    if family not in in_use:
        plt.rcParams["font.family"] = [*in_use, family]


def _in_words(character: str) -> str:
    """The pinyin of a character in brackets; its code where it has none."""
    # Imported here: the dictionary is large, and hardly any text needs it.
    from pypinyin import lazy_pinyin
    from pypinyin.constants import Style

    reading = lazy_pinyin(character, style=Style.TONE, errors="ignore")
    # A letter with its tone as one character, which the font has; pypinyin writes two.
    plain = unicodedata.normalize("NFC", "".join(reading))
    if not plain or missing_glyphs(plain, font_path()):
        return f"[U+{ord(character):04X}]"
    return f"[{plain}]"


def _say_how(lacking: Iterable[str], helpers: dict[str, str], written: dict[str, str]) -> str:
    ways = {
        c: f"{_shown(c)} (U+{ord(c):04X}) "
        + (f"with {helpers[c]}" if c in helpers else f"as {written[c]}")
        for c in lacking
    }
    unseen = [way for c, way in ways.items() if unicodedata.category(c) in _UNSEEN]
    lacked = [way for way in ways.values() if way not in unseen]
    said = []
    if lacked:
        said.append(
            f"the font has no glyph for {len(lacked)} of the characters; drawn instead: "
            f"{', '.join(lacked)}. Set the environment variable {FONT_VARIABLE} to the .ttf file "
            "of a font that holds them"
        )
    if unseen:
        said.append(
            f"the text holds {len(unseen)} signs that no font draws (control characters, marks of "
            f"direction, halves of characters): {', '.join(unseen)}. Take them out of the text"
        )
    return "; ".join(said)


def _shown(character: str) -> str:
    """The character, or its name where printing it would do something (a line, a direction)."""
    if unicodedata.category(character)[0] in "CZ":
        return unicodedata.name(character, "unnamed character")
    return character
