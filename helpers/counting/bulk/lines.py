"""Words in context, of a corpus that does not fit in memory."""

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import pandas as pd

from helpers.counting.lexicon import TRANSPARENT
from helpers.reading.clean import clean_documents
from helpers.reading.load import read_batches
from helpers.reading.load.files import PathLike
from helpers.tables import require_columns, require_text

Corpus = PathLike | Iterable[PathLike] | Iterable[pd.DataFrame]


def kwic(
    corpus: Corpus,
    term: str,
    *,
    width: int = 20,
    limit: int = 1000,
    skip_bad: bool = False,
) -> pd.DataFrame:
    """The first `limit` lines of the term in reading order, columns as in context.kwic.

    `corpus` names files, as in load.read_documents, or is made of tables of documents, as
    load.read_batches gives them. Files are read until there are lines enough; nothing is kept,
    so a second call reads them again. ValueError for a term that never occurs.
    """
    if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
        raise ValueError(f"limit is {limit!r}; give the number of lines wanted, such as 1000")
    if not isinstance(term, str) or not TRANSPARENT.sub("", term).strip():
        raise ValueError(f"term must be a word, not {term!r}")
    # Loaded here: counting a corpus never needs it, nor does a worker process.
    from helpers.counting import context

    plain = TRANSPARENT.sub("", term)
    found: list[pd.DataFrame] = []
    n_lines = n_documents = 0
    for batch in as_batches(corpus, skip_bad=skip_bad):
        n_documents += len(batch)
        holds = [plain in TRANSPARENT.sub("", text) for text in batch["text"]]
        if any(holds):
            found.append(context.kwic(batch[holds], term, width=width))
            n_lines += len(found[-1])
        if n_lines >= limit:
            break
    if not found:
        raise ValueError(
            f"{term!r} never occurs in the {n_documents:,} documents; look for a near form in a "
            "few of them with context.kwic"
        )
    return pd.concat(found, ignore_index=True).head(limit)


def as_batches(corpus: Corpus, *, skip_bad: bool) -> Iterable[pd.DataFrame]:
    """Tables of cleaned documents, of files or of tables."""
    named, tables = open_corpus(corpus)
    for batch in tables or read_batches(named, skip_bad=skip_bad):
        require_columns(batch, "documents", ["doc_id", "title", "raw_text"])
        for column in ("raw_text", *(["text"] if "text" in batch else [])):
            require_text(batch, "documents", column)
        yield batch if is_cleaned(batch) else clean_documents(batch)


def is_cleaned(documents: pd.DataFrame) -> bool:
    """Whether the documents have been cleaned: a table that is only read has no text yet."""
    return "text" in documents and any(text.strip() for text in documents["text"].tolist())


def open_corpus(corpus: Corpus) -> tuple[list[PathLike], Iterator[pd.DataFrame] | None]:
    """The names of files, or the tables the corpus is made of; one of the two is empty.

    >>> open_corpus("folder")
    (['folder'], None)
    """
    if isinstance(corpus, pd.DataFrame):
        raise ValueError(
            "the corpus is one table, which is in memory already: use count.count_features and "
            "context.kwic, or give a list of tables"
        )
    if isinstance(corpus, (str, Path)) or not isinstance(corpus, Iterable):
        return [corpus], None
    items = iter(corpus)
    first = next(items, None)
    if isinstance(first, pd.DataFrame):
        return [], chain([first], items)
    named = [*filter(None, [first]), *items]
    if any(isinstance(one, pd.DataFrame) for one in named):
        raise ValueError(
            "the corpus holds names of files and tables; count the two apart, or give tables only"
        )
    return named, None
