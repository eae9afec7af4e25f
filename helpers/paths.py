"""Where data and figures are, from any working directory; and how a file is put there."""

import os
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


def write_whole(file: Path, content: bytes) -> None:
    """Write a file whole or not at all; its folder is made where it is missing.

    A run that is cut off leaves the old file, not half a new one, and two processes that write
    the same file leave the one or the other.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f"{file.name}.{os.getpid()}.unfinished")
    unfinished.write_bytes(content)
    unfinished.replace(file)
