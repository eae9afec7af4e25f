"""A small copy of the pictures' font, from which a PDF takes its letters several times faster."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from importlib.metadata import version
from io import BytesIO
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTLibError
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font
from matplotlib.text import Text

from helpers import paths
from helpers.drawing import style
from helpers.drawing.style.fonts import register

FOLDER = paths.CACHE / "fonts"
# Latin with the tones of pinyin, signs, and the 6,763 characters and 682 signs of GB 2312.
_COMMON = frozenset(
    [*map(chr, (*range(0x20, 0x7F), *range(0xA0, 0x250), *range(0x2000, 0x2100)))]
    + [
        character
        for row in range(0xA1, 0xF8)
        for cell in range(0xA1, 0xFF)
        for character in bytes([row, cell]).decode("gb2312", errors="ignore")
    ]
)


@contextmanager
def small_font_in_use(figure: Figure) -> Iterator[None]:
    """Let matplotlib find the small copy of the font, where it holds all that the figure writes.

    matplotlib reads the whole font, 10 MB, for every 256 characters that a PDF embeds. The
    letters of the small copy, their widths and their kerning are those of the font, and so is
    what is embedded; only the six letters before the font's name, made of the glyphs' numbers,
    differ. A figure with a rarer character takes the font itself.
    """
    whole = style.font_path()
    written = "".join(text.get_text() for text in figure.findobj(Text) if text.get_visible())
    small = small_font(whole)
    if small is None or style.missing_glyphs(written, small) != style.missing_glyphs(
        written, whole
    ):
        yield
        return
    register(small)
    try:
        yield
    finally:
        register(whole)


def small_font(whole: Path) -> Path | None:
    """Return the file of the font's small copy, made at the first call; None without one.

    It stands in the project's .cache under a name made of the hashes of the font and of the
    characters chosen. There is none where .cache cannot be written and where fontTools cannot
    read the font.
    """
    return _small_font(whole, whole.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _small_font(whole: Path, _changed: int) -> Path | None:
    state = [whole.read_bytes(), "".join(sorted(_COMMON)).encode(), version("fonttools").encode()]
    key = hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in state)).hexdigest()
    small = FOLDER / f"{whole.stem}-{key[:16]}.ttf"
    if _opens(small):
        return small
    try:
        # Two kernels may make it at the same time.
        paths.write_whole(small, _cut(whole))
    except (OSError, TTLibError):
        return small if _opens(small) else None
    return small


def _cut(whole: Path) -> bytes:
    """Return the font with the common characters only."""
    options = subset.Options(
        font_number=0,
        # What matplotlib's own cut of the cut leaves is then what it leaves of the whole font.
        prune_unicode_ranges=False,
        prune_codepage_ranges=False,
        layout_features="*",
        name_IDs="*",
    )
    numbers = FT2Font(str(whole)).get_charmap()
    cutter = subset.Subsetter(options)
    # By glyph, not by character: some glyphs serve two, 工 and the radical it looks like.
    cutter.populate(gids={numbers[ord(sign)] for sign in _COMMON if ord(sign) in numbers})
    content = BytesIO()
    with subset.load_font(str(whole), options) as font:
        cutter.subset(font)
        font.save(content, reorderTables=False)
    return content.getvalue()


def _opens(file: Path) -> bool:
    try:
        FT2Font(str(file))
    except (OSError, RuntimeError):
        return False
    return True
