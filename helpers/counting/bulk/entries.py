"""What the cache's entries hold: tokens and mentions as arrays, and back, checked."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from helpers.counting.bulk.numbers import Mentions, offsets_of
from helpers.counting.bulk.recipe import Recipe
from helpers.counting.bulk.tokens import FACTS, BatchTokens, Facts, FileFacts
from helpers.reading import cache


def pack_tokens(tokens: BatchTokens) -> dict[str, NDArray[np.generic]]:
    """The arrays of an entry."""
    return {
        "files": as_bytes([file._asdict() for file in tokens.files]),
        "vocabulary": as_bytes(list(tokens.vocabulary)),
        **{name: getattr(tokens, name) for name in ("n_han", "n_sentences", "n_tokens", "ids")},
    }


def unpack_tokens(arrays: dict[str, NDArray[np.generic]]) -> BatchTokens:
    """The tokens of an entry; CacheTrouble where its parts do not fit together."""
    try:
        tokens = BatchTokens(
            files=[FileFacts(**file) for file in from_bytes(arrays.pop("files"))],
            vocabulary=from_bytes(arrays.pop("vocabulary")),
            **arrays,
        )
        _require_whole(tokens)
    except (TypeError, ValueError, KeyError, AttributeError, IndexError, RecursionError) as error:
        raise cache.CacheTrouble(f"a cache entry is of another form ({error})") from None
    return tokens


def _require_whole(tokens: BatchTokens) -> None:
    kinds = {"n_han": np.int64, "n_sentences": np.int32, "n_tokens": np.int32, "ids": np.int32}
    numbers = [getattr(tokens, name) for name in kinds]
    n_documents = sum(len(file.rows) for file in tokens.files)
    is_whole = (
        all(one.ndim == 1 and (one >= 0).all() for one in numbers)
        and [one.dtype for one in numbers] == list(kinds.values())
        and set(map(type, tokens.vocabulary)) <= {str}
        and all(_are_facts(row) for file in tokens.files for row in file.rows)
        and len(tokens.n_han) == len(tokens.n_sentences) == n_documents
        and tokens.n_sentences.sum() == len(tokens.n_tokens)
        and tokens.n_tokens.sum() == len(tokens.ids)
        and tokens.ids.max(initial=-1) < len(tokens.vocabulary)
    )
    if not is_whole:
        raise ValueError("its numbers do not fit together")


def _are_facts(row: Facts) -> bool:
    said = {name: type(value) for name, value in row.items()}
    return said == dict.fromkeys(FACTS, str) | {"has_own_id": bool}


def as_mentions(
    arrays: dict[str, NDArray[np.generic]], n_documents: int, recipe: Recipe
) -> Mentions:
    """The mentions of an entry; CacheTrouble where they belong to other tokens or terms."""
    is_whole = (
        set(arrays) == set(Mentions._fields)
        and len({arrays[name].shape for name in Mentions._fields}) == 1
        and all(arrays[name].dtype == np.int32 for name in Mentions._fields)
        and all(arrays[name].min(initial=0) >= 0 for name in Mentions._fields)
        and arrays["document"].max(initial=-1) < n_documents
        and (np.diff(arrays["document"]) >= 0).all()
        and arrays["term"].max(initial=-1) < len(recipe.lexicon)
    )
    if not is_whole:
        raise cache.CacheTrouble("a cache entry of terms is of another form")
    return Mentions(*(arrays[name] for name in Mentions._fields))


def select_files(
    tokens: BatchTokens, mentions: Mentions, numbers: Sequence[int]
) -> tuple[BatchTokens, Mentions]:
    """The part of an entry that belongs to some of its files, in the order of the numbers."""
    if list(numbers) == list(range(len(tokens.files))):
        return tokens, mentions
    of_file = offsets_of(np.array([len(file.rows) for file in tokens.files]))
    chosen = _ranges(of_file, np.array(numbers))
    of_document = offsets_of(tokens.n_sentences)
    sentences = _ranges(of_document, chosen)
    of_sentence = offsets_of(tokens.n_tokens)
    n_places = np.bincount(mentions.document, minlength=len(tokens.n_han))
    # Files with the same content and name are one in the entry, and are chosen several times.
    places = _ranges(offsets_of(n_places), chosen)
    document = np.repeat(np.arange(len(chosen), dtype=np.int32), n_places[chosen])
    return BatchTokens(
        files=[tokens.files[number] for number in numbers],
        n_han=tokens.n_han[chosen],
        n_sentences=tokens.n_sentences[chosen],
        n_tokens=tokens.n_tokens[sentences],
        ids=tokens.ids[_ranges(of_sentence, sentences)],
        vocabulary=tokens.vocabulary,
    ), Mentions(document, mentions.term[places], mentions.n[places], mentions.n_free[places])


def _ranges(offsets: NDArray[np.int64], chosen: NDArray[np.integer]) -> NDArray[np.int64]:
    """All places from offsets[i] to offsets[i + 1], for each i chosen, one after another.

    >>> _ranges(np.array([0, 2, 2, 5]), np.array([2, 0])).tolist()
    [2, 3, 4, 0, 1]
    """
    lengths = offsets[chosen + 1] - offsets[chosen] if len(chosen) else np.zeros(0, np.int64)
    before = np.repeat(offsets_of(lengths)[:-1], lengths)
    firsts = np.repeat(offsets[chosen] if len(chosen) else lengths, lengths)
    return firsts + np.arange(lengths.sum()) - before


def as_bytes(value: object) -> NDArray[np.uint8]:
    """A value as json in an array; characters are not written out, which is read much faster."""
    written = json.dumps(value, ensure_ascii=False)
    return np.frombuffer(written.encode("utf-8", "surrogatepass"), np.uint8)


def from_bytes(array: NDArray[np.generic]) -> Any:
    """The value that `as_bytes` wrote."""
    return json.loads(array.tobytes().decode("utf-8", "surrogatepass"))
