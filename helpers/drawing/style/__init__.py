"""The look of every picture: a font that holds Chinese, one palette, two languages.

Nothing happens at import. `set_theme()` is called once, in the first cell of a notebook.

    theme      set_theme                           size, mode, language, labels
    settings   in_force                            what was set, read when a chart is drawn
    colours    look, colour_of, pale; INK ...      the colours of the mode in force
    furniture  say, saying                         English or Chinese words of the charts
    labels     label_name, gloss_labels            names of categories and of Chinese terms
    fonts      font_path, missing_glyphs, drawable no character is drawn as a square
    layout     set_title, caption, wrap_text ...   text broken to the room it has
"""

from helpers.drawing.style import colours
from helpers.drawing.style.colours import LOOKS, colour_of, contrast, look, mix, pale
from helpers.drawing.style.fonts import (
    FALLBACK_FONT,
    FONT_VARIABLE,
    RARE_FONTS,
    SYSTEM_FONTS,
    FontNotFoundError,
    MissingGlyphWarning,
    ThemeNotSetError,
    drawable,
    font_path,
    missing_glyphs,
)
from helpers.drawing.style.furniture import list_names, name_value, read_furniture, say, saying
from helpers.drawing.style.labels import LABEL_CODES, LABEL_NAMES, gloss_labels, label_name
from helpers.drawing.style.layout import (
    axes_for,
    caption,
    new_axes,
    new_size,
    require_axes,
    set_title,
    text_width,
    unwrap_text,
    wrap_text,
)
from helpers.drawing.style.settings import LABELS, LANGUAGES, MODES, in_force
from helpers.drawing.style.theme import SIZES, set_theme

__all__ = [
    "FALLBACK_FONT", "FONT_VARIABLE", "LABELS", "LABEL_CODES", "LABEL_NAMES", "LANGUAGES", "LOOKS",
    "MODES", "RARE_FONTS", "SIZES", "SYSTEM_FONTS", "FontNotFoundError", "MissingGlyphWarning",
    "ThemeNotSetError", "axes_for", "caption", "colour_of", "contrast", "drawable", "font_path",
    "gloss_labels", "in_force", "label_name", "list_names", "look", "missing_glyphs", "mix",
    "name_value", "new_axes", "new_size", "pale", "read_furniture", "require_axes", "say",
    "saying", "set_theme", "set_title", "text_width", "unwrap_text", "wrap_text",
]  # fmt: skip


def __getattr__(name: str) -> object:
    """Return `INK`, `PALETTE` and the other colours as they are in the mode in force.

    A plain constant would be the light colour for ever; this is read when a chart is drawn.
    """
    if name not in colours.NAMES:
        raise AttributeError(f"style has no {name!r}")
    return getattr(look(), colours.NAMES[name])
