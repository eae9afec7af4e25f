"""Figures on disk: PNG, SVG, PDF and csv with the same bytes every time, and their manifest.

`save_figure` is the only function of the suite that writes a picture. The PNG is for
screens, the SVG for the web and for screen readers, the PDF for print, and the csv files are
the tables the figure was drawn from. manifest.json says of each figure what it is and what it
was made of; `python -m scripts.build_gallery` makes a page of them all.
"""

from helpers.drawing.figures.numbers import MOST_ROWS, csv_form
from helpers.drawing.figures.saving import (
    FOLDER_VARIABLE,
    INPUTS,
    MANIFEST,
    PICTURES,
    figures_folder,
    fingerprint_inputs,
    read_manifest,
    save_figure,
)

__all__ = [
    "FOLDER_VARIABLE", "INPUTS", "MANIFEST", "MOST_ROWS", "PICTURES", "csv_form",
    "figures_folder", "fingerprint_inputs", "read_manifest", "save_figure",
]  # fmt: skip
