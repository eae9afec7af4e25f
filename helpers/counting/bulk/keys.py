"""What names files, rows and tables in the cache: content, and what decides how it is read."""

import json
import os
import stat
from pathlib import Path

import pandas as pd

from helpers.counting.bulk.recipe import Recipe
from helpers.reading import cache
from helpers.reading.load.batches import READABLE, Piece
from helpers.reading.load.files import PathLike

# Some files have more bytes than they say: those in /proc say that they have none.
_LEAST_AT_ONCE = 1 << 12
# What is larger is read in one piece, or not at all where the memory is too small for it.
_MOST_AT_ONCE = 1 << 30

# Stands for a file that cannot be read, and is never looked for.
NO_KEY = bytes(cache.N_KEY_BYTES)


def keys_of(source: Piece | pd.DataFrame, recipe: Recipe) -> tuple[bytes, ...]:
    """What names each file of a task in the cache; NO_KEY for one that cannot be read."""
    if isinstance(source, pd.DataFrame):
        return (key_of_table(source),)
    if source.suffix:
        return (key_of_rows(source, recipe),)
    return tuple(key_of_file(file.path, recipe) for file in source.files)


def key_of_file(path: PathLike, recipe: Recipe) -> bytes:
    """What names a file in the cache: bytes, name (which dates and titles hang on), options."""
    return key_of_content(path, content_of(path), recipe)


def content_of(path: PathLike) -> bytes | None:
    """The bytes of a file, None where they cannot be read; of a format that is not read, none."""
    try:
        # A pipe or a device never ends, and who waits at a pipe would notice its opening.
        about = os.stat(path)  # noqa: PTH116 (names as well)
        if not stat.S_ISREG(about.st_mode):
            return None
        # Its name says all that is said of it, and a film may not fit in memory.
        is_read = str(path).lower().endswith(READABLE)
        return _read_all(path, about.st_size) if is_read else b""
    except (OSError, ValueError, MemoryError):  # whoever reads it says which
        return None


def _read_all(path: PathLike, n_bytes: int) -> bytes:
    """The bytes of a file of about so many, however many there are.

    A file object is not made of it: that takes as long as to open and read a small file.
    """
    if n_bytes > _MOST_AT_ONCE:
        return Path(path).read_bytes()
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        blocks = []
        while block := os.read(handle, max(n_bytes, _LEAST_AT_ONCE)):
            blocks.append(block)
        return b"".join(blocks)
    finally:
        os.close(handle)


def key_of_content(path: PathLike, content: bytes | None, recipe: Recipe) -> bytes:
    """The same of a file whose bytes are known; None stands for what cannot be read."""
    if content is None:
        return NO_KEY
    name = os.path.basename(path)  # noqa: PTH119 (names as well)
    return cache.file_key(content, "file", name, recipe.text_column, str(recipe.year))


def key_of_rows(piece: Piece, recipe: Recipe) -> bytes:
    """What names some rows of a large table in the cache."""
    said = ("rows", piece.files[0].path.name, piece.suffix, str(piece.n_before))
    return cache.file_key(piece.content, *said, recipe.text_column, str(recipe.year))


def key_of_table(documents: pd.DataFrame) -> bytes:
    """What names a table of documents in the cache: every cell of it."""
    cells = documents.astype(str).to_numpy().tolist()
    return cache.file_key(json.dumps(cells).encode(), "table", *map(str, documents.columns))
