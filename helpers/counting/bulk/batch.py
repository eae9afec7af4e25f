"""One batch: documents -> tokens as numbers -> counts, with the cache between the two."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.counting.bulk.entries import as_mentions, pack_tokens, select_files, unpack_tokens
from helpers.counting.bulk.keys import content_of, key_of_content, keys_of
from helpers.counting.bulk.numbers import BatchCounts, Mentions, count_batch, find_mentions
from helpers.counting.bulk.recipe import Recipe
from helpers.counting.bulk.tokens import BatchTokens, make_tokens
from helpers.reading import cache
from helpers.reading.load.batches import Piece


class Task(NamedTuple):
    """Something to count: files or rows to read, or a table of documents.

    `place` and `numbers` say where tokens of them are kept, in which entry and as which of its
    files, and `terms` in which entry the terms found in those tokens; `keys` name the files in
    the cache, where they are known already.
    """

    source: Piece | pd.DataFrame
    keys: tuple[bytes, ...] = ()
    place: str = ""
    numbers: tuple[int, ...] = ()
    terms: str = ""
    n_bytes: int = 0

    @property
    def paths(self) -> list[Path | None]:
        """The files, or one None for a table of documents."""
        is_table = isinstance(self.source, pd.DataFrame)
        return [None] if is_table else [file.path for file in self.source.files]


def count_task(task: Task, recipe: Recipe) -> BatchCounts:
    """The numbers of a task, from the cache where they are kept there."""
    notes: list[str] = []
    # What is kept here is out of reach of a worker whose machine lacks the cache's folder.
    has_cache = recipe.tokens is not None and recipe.terms is not None
    if task.place and has_cache:
        try:
            kept = recipe.tokens.read(task.place, dict(zip(task.numbers, task.keys, strict=True)))
            tokens = unpack_tokens(kept)
        except cache.CacheTrouble as trouble:
            notes.append(f"{trouble}; its files were read again")
        else:
            mentions = _mentions_of(tokens, task.place, task.terms, recipe, notes)
            return count_batch(*select_files(tokens, mentions, task.numbers), notes, task.keys)
    source, keys = _read_ahead(task, recipe) if has_cache else (task.source, ())
    tokens = make_tokens(source, recipe)
    place = _keep_tokens(source, keys, tokens, recipe, notes) if has_cache else ""
    mentions = _mentions_of(tokens, place, "", recipe, notes)
    return count_batch(tokens, mentions, notes, keys if place else ())


def _read_ahead(task: Task, recipe: Recipe) -> tuple[Piece | pd.DataFrame, tuple[bytes, ...]]:
    """What a task is made of, with the bytes of its files, and what names each in the cache.

    A file is read once, for its name and its text: so no other text can be kept under that
    name, whoever changes the file meanwhile.
    """
    source = task.source
    if isinstance(source, pd.DataFrame) or source.suffix:
        return source, task.keys or keys_of(source, recipe)
    files = tuple(file._replace(content=content_of(file.path)) for file in source.files)
    keys = tuple(key_of_content(file.path, file.content, recipe) for file in files)
    return source._replace(files=files), keys


def _mentions_of(
    tokens: BatchTokens, place: str, terms: str, recipe: Recipe, notes: list[str]
) -> Mentions:
    """The terms in the tokens of the entry `place`: those kept as `terms`, or found anew."""
    if recipe.lexicon is None:
        return Mentions(*np.zeros((4, 0), np.int32))
    if terms:
        try:
            kept = recipe.terms.read(terms, {0: bytes.fromhex(place[:64])})
            return as_mentions(kept, len(tokens.n_sentences), recipe)
        except cache.CacheTrouble as trouble:
            notes.append(f"{trouble}; its terms were found again")
    mentions = find_mentions(tokens, recipe)
    if place:
        try:
            recipe.terms.write([bytes.fromhex(place[:64])], mentions._asdict())
        except cache.CacheTrouble as trouble:
            notes.append(str(trouble))
    return mentions


def _keep_tokens(
    source: Piece | pd.DataFrame,
    keys: tuple[bytes, ...],
    tokens: BatchTokens,
    recipe: Recipe,
    notes: list[str],
) -> str:
    """Write the tokens to their shelf; return the entry's name, "" where there is none."""
    # A table that was changed while it was counted would be kept under the name of another.
    is_table = isinstance(source, pd.DataFrame)
    if is_table and keys_of(source, recipe) != keys:
        return ""
    try:
        return recipe.tokens.write(keys, pack_tokens(tokens))
    except cache.CacheTrouble as trouble:
        notes.append(str(trouble))
    return ""
