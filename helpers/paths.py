"""Where data and figures are, from any working directory."""

from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
DATA = PROJECT / "data"
RAW = DATA / "raw"
LEXICON = DATA / "lexicon"
CORPORA = DATA / "corpora"
SERIES = DATA / "series"
CACHE = PROJECT / ".cache"
FIGURES = PROJECT / "figures"
NOTEBOOKS = PROJECT / "notebooks"

SEED = RAW / "guangzhou-2020-02-26.txt"
