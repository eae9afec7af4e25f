"""count_corpus: files or tables in, the tables of a corpus out."""

import warnings
from collections.abc import Collection, Iterable, Iterator
from itertools import groupby

import pandas as pd

from helpers.counting.bulk.batch import Task
from helpers.counting.bulk.facts import DOCUMENT_COLUMNS
from helpers.counting.bulk.keeping import Keeper
from helpers.counting.bulk.keys import NO_KEY, key_of_table, keys_of
from helpers.counting.bulk.lines import Corpus, open_corpus
from helpers.counting.bulk.merging import (
    ALL,
    Collector,
    CorpusCounts,
    Totals,
    make_tables,
)
from helpers.counting.bulk.numbers import BatchCounts
from helpers.counting.bulk.recipe import Recipe
from helpers.counting.bulk.tokens import require_table
from helpers.counting.bulk.workers import run_tasks
from helpers.counting.lexicon import list_surfaces
from helpers.counting.lexicon.reading import require_distinct_forms
from helpers.progress import progress_bar
from helpers.reading import cache as shelves
from helpers.reading import segment
from helpers.reading.clean.cleaning import choose_repairs
from helpers.reading.load import documents as loading
from helpers.reading.load.batches import Piece, list_pieces, require_files
from helpers.reading.load.files import FileList, PathLike, UnreadableFileError

_NO_GROUPS = {"n_han", "n_tokens", "n_sentences", "title"}


def count_corpus(
    corpus: Corpus,
    *,
    lexicon: pd.DataFrame | None = None,
    segmenter: segment.Segmenter | None = None,
    by: str = "doc_id",
    metadata: PathLike | pd.DataFrame | None = None,
    text_column: str = "",
    year: int | None = None,
    without: Collection[str] = (),
    size: int = 200,
    workers: int | None = None,
    cache: bool = True,
    cluster: bool | str = False,
) -> CorpusCounts:
    """Words and terms counted of a corpus that need not fit in memory: see CorpusCounts.

    `corpus` names files as in load.read_documents, or is made of tables of documents, as
    load.read_batches gives them; `metadata`, `text_column` and `year` are those of
    load.read_documents, `without` that of clean.clean_documents. The tables are those that the
    rooms load, clean, segment, lexicon and count make of the same files in memory. Files that
    cannot be read are listed in `problems`, and a RuntimeWarning says how many.

    `by` is "doc_id", "all" (one group, in the column all) or a column of the documents, such
    as issuer. Words are cut by `segmenter`; without one, by a segmenter that keeps the terms
    of the lexicon whole, or by jieba's own words where there is no lexicon; without a lexicon
    no terms are counted.

    `size` documents are worked on at once by each of `workers` processes (as many as this one
    may use cores); this process is one of them, and a small corpus it counts alone. With
    `cache`, tokens and terms are kept in the project (.cache, or COVID_POLICY_CACHE), so that
    an interrupted count goes on where it stopped and a second one neither cleans nor segments;
    what a corpus came to is kept too, and of files that have not changed it is only read.
    With `cluster` the work goes to Dask (extra `cluster`): True starts workers on this machine,
    "tcp://…" names a scheduler, whose workers must see the same files. A script that is run as
    a file needs the line
    `if __name__ == "__main__":` before it calls this.
    """
    _require_options(by, size, workers, cluster)
    if lexicon is not None and not isinstance(lexicon, pd.DataFrame):
        raise ValueError(
            f"lexicon is of type {type(lexicon).__name__}; give a table, as lexicon.read_lexicon "
            "makes it"
        )
    loading.require_options(text_column, year)
    choose_repairs(without)
    recipe = Recipe(
        segmenter=_segmenter(segmenter, lexicon),
        lexicon=lexicon if lexicon is None else lexicon.reset_index(drop=True),
        surfaces=_surfaces(lexicon),
        without=(without,) if isinstance(without, str) else tuple(without),
        text_column=text_column,
        year=year,
        folder=shelves.cache_folder() if cache else None,
        is_remote=isinstance(cluster, str),
    )
    said = None if metadata is None else loading.read_metadata(metadata)
    named, tables = open_corpus(corpus)
    files = require_files(named) if tables is None else FileList()
    notes: list[str] = []
    keeper = Keeper(recipe, files, size, by, _name_said(said))
    totals = keeper.find(notes)
    if totals is None:
        totals = _count(files, tables, recipe, keeper, notes, by=by, said=said, size=size,
                        workers=workers, cluster=cluster)  # fmt: skip
    _tell(totals, notes)
    return make_tables(totals, recipe, by=by)


def _count(
    files: FileList, tables: Iterator[pd.DataFrame] | None, recipe: Recipe,
    keeper: Keeper, notes: list[str], *, by: str, said: pd.DataFrame | None, size: int,
    workers: int | None, cluster: bool | str,
) -> Totals:  # fmt: skip
    """What the corpus comes to, batch by batch; it is kept for the next time."""
    collector = Collector(recipe, by=by, said=said)
    tasks = _plan(files, tables, size, recipe, notes)
    with progress_bar(total=len(files) or None, desc="counting", unit="file") as bar:
        for task, counts in run_tasks(tasks, recipe, workers=workers, cluster=cluster):
            if recipe.is_remote:
                _require_seen(task, counts)
            collector.add(counts, task.paths)
            keeper.add(counts.keys)
            notes += counts.notes
            bar.update(len(task.paths) if files else 1)
    totals = collector.finish()
    del collector  # it holds as much again
    keeper.keep(totals, notes)
    return totals


def _segmenter(
    segmenter: segment.Segmenter | None, lexicon: pd.DataFrame | None
) -> segment.Segmenter:
    if segmenter is None:
        return segment.make_segmenter(lexicon)
    if not isinstance(segmenter, segment.Segmenter):
        raise ValueError(
            f"segmenter must be made with segment.make_segmenter, not {type(segmenter).__name__}"
        )
    return segmenter


def _name_said(said: pd.DataFrame | None) -> str:
    """All that a table of metadata can say of a document, written out."""
    if said is None:
        return ""
    known = said.loc[:, said.columns.isin(["file", *loading.METADATA_COLUMNS])]
    return repr([list(known.columns), known.astype(object).to_numpy().tolist()])


def _surfaces(lexicon: pd.DataFrame | None) -> pd.DataFrame | None:
    if lexicon is None:
        return None
    surfaces = list_surfaces(lexicon)
    require_distinct_forms(surfaces, "the lexicon")
    return surfaces


def _require_options(by: object, size: object, workers: object, cluster: object) -> None:
    groups = [ALL, *(name for name in DOCUMENT_COLUMNS if name not in _NO_GROUPS)]
    if by not in groups:
        raise ValueError(f"by is {by!r}; count by one of {', '.join(groups)}")
    for name, value in (("size", size), ("workers", workers)):
        is_whole = isinstance(value, int) and not isinstance(value, bool) and value >= 1
        if not is_whole and not (name == "workers" and value is None):
            raise ValueError(f"{name} is {value!r}; give a whole number from 1 on")
    if not isinstance(cluster, (bool, str)) or cluster == "":
        raise ValueError(
            f"cluster is {cluster!r}; give True for workers on this machine, or the address of a "
            "scheduler, such as 'tcp://10.0.0.1:8786'"
        )


def _require_seen(task: Task, counts: BatchCounts) -> None:
    """Raise a ValueError for a file that this process sees and a worker does not."""
    for path, file in zip(task.paths, counts.files, strict=True):
        if path and file.problem.startswith("does not exist") and path.exists():
            raise ValueError(
                f"a worker of the cluster does not see {path}; put the files where every worker "
                "has them under the same path, or count with workers= on this machine"
            )


def _tell(totals: Totals, notes: list[str]) -> None:
    """Warn of files that could not be read, and once of what the cache could not do."""
    if notes:
        more = f" (and {len(notes) - 1} times more)" if len(notes) > 1 else ""
        warnings.warn(f"{notes[0]}{more}", RuntimeWarning, stacklevel=3)
    problems = totals.problems
    if problems and not len(totals.documents):
        raise UnreadableFileError(
            f"none of the {len(problems)} files can be read, the first because {problems[0][0]} "
            f"{problems[0][1]}; "
            "load.audit_files lists what is in the way"
        )
    if problems:
        warnings.warn(
            f"{len(problems)} files could not be read, whole or in part; the table problems of the "
            "result says which, and why",
            RuntimeWarning,
            stacklevel=3,
        )


# --- what is to be done -------------------------------------------------------------------


def _plan(
    files: FileList,
    tables: Iterator[pd.DataFrame] | None,
    size: int,
    recipe: Recipe,
    notes: list[str],
) -> Iterator[Task]:
    """The tasks, in order; what the cache holds is looked up as they come."""
    places, problems = recipe.tokens.find() if recipe.tokens else ({}, [])
    terms, more = recipe.terms.find() if recipe.terms and recipe.lexicon is not None else ({}, [])
    notes += problems + more
    kept = _Kept(places, {key.hex(): place.entry for key, place in terms.items()})
    if tables is not None:
        yield from (_task_of_table(table, recipe, kept) for table in tables)
        return
    for piece in list_pieces(files, size=size):
        yield from _tasks_of_piece(piece, recipe, kept)


class _Kept:
    """What the cache holds: tokens by file, terms by the entry of their tokens."""

    def __init__(self, places: dict[bytes, shelves.Place], terms: dict[str, str]) -> None:
        self.places, self._terms = places, terms

    def place(self, keys: Iterable[bytes]) -> dict[str, object]:
        """The fields of a task whose files are kept in one entry, in the order of the keys."""
        found = [self.places[key] for key in keys]
        entry = found[0].entry
        return {
            "place": entry,
            "numbers": tuple(place.number for place in found),
            "terms": self._terms.get(entry.removesuffix(".npz"), ""),
        }


def _task_of_table(table: pd.DataFrame, recipe: Recipe, kept: _Kept) -> Task:
    require_table(table)
    n_bytes = int(table["raw_text"].str.len().sum()) * 3
    if recipe.tokens is None:
        return Task(table, n_bytes=n_bytes)
    key = key_of_table(table)
    if key not in kept.places:
        return Task(table, (key,), n_bytes=n_bytes)
    return Task(table, (key,), **kept.place([key]))


def _tasks_of_piece(piece: Piece, recipe: Recipe, kept: _Kept) -> Iterator[Task]:
    """The piece as one task, or in parts: what is kept in one entry, and what is not."""
    if not kept.places or recipe.tokens is None:
        # A first run: the workers read the files, and name them in the cache.
        yield Task(piece, n_bytes=piece.n_bytes)
        return
    pairs = list(zip(piece.files, keys_of(piece, recipe), strict=True))
    for entry, together in groupby(pairs, lambda pair: _entry_of(pair[1], kept)):
        part, keys = zip(*together, strict=True)
        task = Task(piece._replace(files=part), keys)
        yield task._replace(**kept.place(keys)) if entry else task._replace(n_bytes=piece.n_bytes)


def _entry_of(key: bytes, kept: _Kept) -> str:
    return "" if key == NO_KEY or key not in kept.places else kept.places[key].entry
