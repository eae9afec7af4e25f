"""`set_theme()`: every setting the pictures depend on, made once."""

import matplotlib
import matplotlib.pyplot as plt

from helpers import tables
from helpers.drawing.style.colours import look
from helpers.drawing.style.fonts import FALLBACK_FONT, font_path, missing_glyphs, register
from helpers.drawing.style.settings import Settings, put_in_force, require_known

SIZES = {
    "notebook": {"font.size": 11, "figure.figsize": (9.0, 5.0)},
    "page": {"font.size": 9, "figure.figsize": (6.7, 4.0)},
    "slide": {"font.size": 16, "figure.figsize": (13.0, 7.0)},
}


def set_theme(
    *,
    size: str = "notebook",
    mode: str = "light",
    language: str = "en",
    labels: str = "both",
) -> None:
    """Register the font and set every setting the pictures depend on; call it once.

    `size` is "notebook", "page" (a printed column) or "slide"; `mode` "light" or "dark";
    `language` that of axis names, legends, notes and default titles, "en" or "zh"; `labels`
    how Chinese terms are named: "both" (term and gloss), "zh", "en" or "pinyin" (term, pinyin,
    gloss). Charts read all of it when they are drawn. Starts from matplotlib's own defaults,
    so that a personal settings file does not change the pictures.
    """
    require_known("size", size, tuple(SIZES))
    chosen = Settings(mode, language, labels)
    path = font_path()
    family = register(path)
    put_in_force(chosen)
    matplotlib.rcdefaults()
    plt.rcParams.update(_settings(family, has_minus=not missing_glyphs("−", path)))
    plt.rcParams.update(SIZES[size])


def _settings(family: str, *, has_minus: bool) -> dict:
    now = look()
    return {
        "font.family": [family, FALLBACK_FONT],
        "axes.unicode_minus": has_minus,
        "axes.titlelocation": "left",
        "axes.titlesize": "large",
        "axes.titlepad": 10,
        "axes.labelsize": "medium",
        "axes.labelcolor": now.quiet,
        "axes.edgecolor": "#8c8c8c",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.axisbelow": True,
        "axes.grid": True,
        "axes.grid.axis": "x",
        "grid.color": now.grid,
        "grid.linewidth": 0.8,
        "text.color": now.ink,
        # A word such as $x$ is text, and no formula.
        "text.parse_math": False,
        # Unhinted letters are as wide at 200 dots per inch as at 100: one layout for both.
        "text.hinting": "no_hinting",
        "xtick.color": now.quiet,
        "ytick.color": now.ink,
        "legend.frameon": False,
        "legend.fontsize": "small",
        "axes.prop_cycle": plt.cycler(color=[now.palette[label] for label in tables.LABELS]),
        "figure.constrained_layout.use": True,
        "figure.constrained_layout.h_pad": 0.07,
        "figure.facecolor": now.ground,
        "axes.facecolor": now.ground,
        "figure.dpi": 100,
        "savefig.dpi": 200,
        "savefig.bbox": "tight",
        "savefig.pad_inches": 0.15,
        "svg.hashsalt": "covid-policy-language",
        # Outlines: a browser without a Chinese font still shows every character.
        "svg.fonttype": "path",
        "pdf.fonttype": 42,
    }
