"""Files -> documents in batches, so that a corpus larger than the memory can be read.

What is read at once is a piece: some whole files, or some rows of one large table. Of a piece
only the part that is needed stays: `read_batches` gives tables of documents, and the room
`bulk` counts the rows and keeps no text.
"""

import codecs
import csv
import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, TextIO

import pandas as pd

from helpers.reading.load import documents, formats
from helpers.reading.load.drafts import Reading
from helpers.reading.load.files import (
    FileList,
    FoundFile,
    PathLike,
    UnreadableFileError,
    show_name,
)
from helpers.reading.load.formats.containers import kind_of
from helpers.reading.load.formats.tables import END, cells_of, rows_to_end, separator_of
from helpers.tables import COLUMNS

Row = dict[str, Any]

# A table is read in pieces of rows from here on; smaller files are read whole.
LARGE_BYTES = 8_000_000
# A piece of whole files ends with the file that fills it.
_PIECE_BYTES = 4_000_000
# Formats that can be read row by row, and those in which a file may name its documents itself.
_BY_LINES = (".csv", ".tsv", ".jsonl", ".ndjson")
_PARQUET = ".parquet"
_IN_PIECES = (*_BY_LINES, _PARQUET)
READABLE = (*formats.FORMATS, _PARQUET)
_NAMES_NOTHING = (".txt", ".pdf")
_ONE_DOCUMENT = {".txt", ".md", ".markdown", ".html", ".htm", ".xhtml", ".docx", ".pdf"}
_NUMBERED = re.compile(r"(row|line) (\d+)(?=[ -]|\Z)")


class Piece(NamedTuple):
    """What is read at once: whole files, or (with `content`) some rows of one large table.

    `content` is a small table: a first row without text that has all columns of the large one,
    so that it is judged by these, and then some rows. `suffix` says of what kind it is, and
    `n_before` how many rows stand before them. `n_bytes` is what there is to read.
    """

    files: tuple[FoundFile, ...]
    content: bytes = b""
    suffix: str = ""
    n_before: int = 0
    n_bytes: int = 0


class PieceRows(NamedTuple):
    """What was read of a piece: one row per document, and a sentence per file that failed."""

    rows: list[Row]
    problems: list[tuple[Path, str]]


class Batches:
    """The tables of a corpus, one after another, as often as they are asked for."""

    def __init__(self, files: FileList, *, size: int, **options: Any) -> None:
        """The batches of these files; read_batches checks what is given here."""
        self._files, self._size, self._options = files, size, options

    def __iter__(self) -> Iterator[pd.DataFrame]:
        """Read the files from the first on."""
        return _batches(self._files, self._size, **self._options)


class CountedBatches(Batches):
    """Batches whose number the files tell: one document each, and none may be left out."""

    def __len__(self) -> int:
        """Return the number of batches."""
        return -(-len(self._files) // self._size)


def read_batches(
    paths: PathLike | Iterable[PathLike],
    *,
    size: int = 200,
    metadata: PathLike | pd.DataFrame | None = None,
    text_column: str = "",
    year: int | None = None,
    skip_bad: bool = False,
) -> Batches:
    """Tables of at most `size` documents, in the order of the files; never all of them at once.

    Together they are the table of load.read_documents with the same options, row by row; clean
    each with clean.clean_documents. Besides its formats, parquet is read where pyarrow is
    installed. Large csv, tsv, jsonl and parquet files are read in pieces, if they are UTF-8;
    other files are read whole, one at a time. What names documents is looked up before the
    first batch: files that may name their documents themselves are read twice for that, if
    there are several. `len` gives the number of batches where the files tell it: one document
    each, and none to be left out.

    Raises UnreadableFileError for the first file that cannot be read; with `skip_bad=True` it
    is left out, and load.audit_files names it.
    """
    documents.require_options(text_column, year)
    if isinstance(size, bool) or not isinstance(size, int) or size < 1:
        raise ValueError(f"size is {size!r}; give the number of documents of a batch, such as 200")
    files = require_files(paths)
    suffixes = {file.path.suffix.lower() for file in files}
    is_counted = not skip_bad and suffixes <= _ONE_DOCUMENT
    kind = CountedBatches if is_counted else Batches
    return kind(
        files, size=size, metadata=metadata, text_column=text_column, year=year, skip_bad=skip_bad
    )


def require_files(paths: PathLike | Iterable[PathLike]) -> FileList:
    """The files that are meant; UnreadableFileError where there is none."""
    return documents.require_files(paths, READABLE)


def list_pieces(files: Iterable[FoundFile], *, size: int) -> Iterator[Piece]:
    """The files in pieces of at most `size` files or rows, in order."""
    together: list[FoundFile] = []
    n_bytes = 0
    for file in files:
        weight = _size_of(file)
        cut = is_in_pieces(file, weight)
        if together and (cut or len(together) == size or n_bytes >= _PIECE_BYTES):
            yield Piece(tuple(together), n_bytes=n_bytes)
            together, n_bytes = [], 0
        if cut:
            yield from (one._replace(n_bytes=len(one.content) or weight)
                        for one in pieces_of_table(file, size))  # fmt: skip
        else:
            together.append(file)
            n_bytes += weight
    if together:
        yield Piece(tuple(together), n_bytes=n_bytes)


def may_be_in_pieces(name: str) -> bool:
    """Whether a file of this name can be a table that is read some rows at a time."""
    return name.lower().endswith(_IN_PIECES)


def is_in_pieces(file: FoundFile, n_bytes: int) -> bool:
    """Whether the file is a table that is read some rows at a time."""
    suffix = file.path.suffix.lower()
    return not file.problem and (
        suffix == _PARQUET or (suffix in _BY_LINES and n_bytes > LARGE_BYTES)
    )


def read_piece(piece: Piece, *, text_column: str = "", year: int | None = None) -> PieceRows:
    """The documents of a piece as rows without a doc_id yet, and what could not be read."""
    readings = _readings_of(piece, text_column)
    return PieceRows(
        [row for one in readings for row in documents.rows_of(one, year)],
        [(one.path, one.problem) for one in readings if one.problem],
    )


def _readings_of(piece: Piece, text_column: str) -> list[documents.FileReading]:
    """What the files of a piece, or its rows, turned out to be."""
    if piece.suffix:
        return [_read_content(piece, text_column)]
    return [documents.read_file(file, text_column) for file in piece.files]


# --- batches ------------------------------------------------------------------------------


def _batches(
    files: FileList,
    size: int,
    *,
    metadata: PathLike | pd.DataFrame | None,
    text_column: str,
    year: int | None,
    skip_bad: bool,
) -> Iterator[pd.DataFrame]:
    names = _survey(files, size, text_column, skip_bad)
    said = None if metadata is None else documents.read_metadata(metadata)
    described: set[str] = set()
    seen: dict[str, str] = {}
    waiting: list[Row] = []
    for piece in list_pieces(files, size=size):
        read = read_piece(piece, text_column=text_column, year=year)
        if read.problems and not skip_bad:
            path, problem = read.problems[0]
            raise UnreadableFileError(
                f"{path} {problem}\nPass skip_bad=True to read the others; load.audit_files lists "
                "every file that cannot be read."
            )
        waiting += names.name(read.rows)
        while len(waiting) >= size:
            yield _as_batch(waiting[:size], said, year, described, seen)
            waiting = waiting[size:]
    if waiting:
        yield _as_batch(waiting, said, year, described, seen)
    if not seen:
        raise UnreadableFileError(
            "none of the files can be read; load.audit_files says of each what is in the way"
        )
    if said is not None:
        documents.require_described(said, described)


def _as_batch(
    rows: list[Row], said: pd.DataFrame | None, year: int | None,
    described: set[str], seen: dict[str, str],
) -> pd.DataFrame:  # fmt: skip
    batch = join_said(documents.as_documents(rows), said, year)
    described.update(batch["file"])
    require_new_ids(batch, seen)
    return batch[COLUMNS["documents"]]


def join_said(batch: pd.DataFrame, said: pd.DataFrame | None, year: int | None) -> pd.DataFrame:
    """The documents of a batch with what a metadata table says of their files."""
    if said is None:
        return batch
    return documents.join_metadata(batch, said[said["file"].isin(set(batch["file"]))], year)


def require_new_ids(batch: pd.DataFrame, seen: dict[str, str]) -> None:
    """Put the ids of the batch into `seen`; UnreadableFileError for one that stands there."""
    for doc_id, shown in zip(batch["doc_id"], batch["shown"], strict=True):
        if doc_id in seen:
            raise UnreadableFileError(
                f"the document id {doc_id!r} is used again ({seen[doc_id]}; {shown}); rename a "
                "file, or give each document its own doc_id"
            )
        seen[doc_id] = shown


# --- names --------------------------------------------------------------------------------


def _survey(files: FileList, size: int, text_column: str, skip_bad: bool) -> documents.Names:
    """The names of all files; files are read for it only where their content decides."""
    telling = [file for file in files if file.path.suffix.lower() not in _NAMES_NOTHING]
    own = (
        (draft.said["doc_id"], one.path)
        for piece in (list_pieces(telling, size=size) if len(telling) > 1 else ())
        for one in _readings_of(piece, text_column)
        for draft in one.reading.drafts
        if draft.said.get("doc_id", "").strip()
    )
    repeated = documents.list_repeated(own)
    named = {file.path: file for file in files}
    if skip_bad:
        # A file that cannot be read takes no name from another.
        n_files = Counter(show_name(path.stem) for path in named)
        shared = [file for file in files if n_files[show_name(file.path.stem)] > 1]
        for piece in list_pieces(shared, size=size):
            read = {one.path for one in _readings_of(piece, text_column) if one.reading.drafts}
            for file in piece.files if not piece.suffix else ():
                if file.path not in read:
                    del named[file.path]
    of_file = dict(zip(named, documents.name_files(list(named)), strict=True))
    return documents.Names(of_file, repeated)


# --- pieces of a table --------------------------------------------------------------------


def pieces_of_table(file: FoundFile, size: int) -> Iterator[Piece]:
    """The rows of a large table in pieces; one that must be judged as a whole is one piece.

    That is a table that is not UTF-8, or whose rows cannot be told apart: read whole, it has
    the encoding, or the problem, that it has for load.read_documents.
    """
    suffix = file.path.suffix.lower()
    if suffix == _PARQUET:
        yield from _pieces_of_parquet(file, size)
        return
    cut = _pieces_of_lines if suffix in (".jsonl", ".ndjson") else _pieces_of_csv
    n_pieces = 0
    for piece in cut(file, suffix, size) if _is_utf8(file.path) else ():
        n_pieces += 1
        yield piece
    if not n_pieces:
        yield Piece((file,))


def _pieces_of_lines(file: FoundFile, suffix: str, size: int) -> Iterator[Piece]:
    """The lines with an object that has all keys of the file before them; none without a key."""
    with _open_text(file.path, newline="\n") as lines:
        names = dict.fromkeys(name for line in lines for name in _keys_in(line))
    if not names:
        return
    head = _line_of(names)
    n_before = 0
    with _open_text(file.path, newline="\n") as lines:
        while taken := list(islice(lines, size)):
            if any(map(str.strip, taken)):
                yield Piece((file,), _as_content(head + "".join(taken)), suffix, n_before)
            n_before += len(taken)


def _keys_in(line: str) -> Iterable[str]:
    """The keys of the object in a line; what is none is named when its piece is read."""
    try:
        # An integer of more digits than Python converts is a value as good as another.
        found = json.loads(line, parse_int=str)
    except (ValueError, RecursionError):
        return ()
    return found if isinstance(found, dict) else ()


def _line_of(names: Iterable[str]) -> str:
    """The line of json that comes before the rows of a piece: all columns, and no text."""
    return json.dumps(dict.fromkeys(names, "")) + "\n"


def _pieces_of_csv(file: FoundFile, suffix: str, size: int) -> Iterator[Piece]:
    """The rows, each piece with the lines of the header; csv knows where a row ends.

    None where there is no row that can be read, or a quote is never closed.
    """
    separator, is_said = _separator_of(file.path)
    most = _size_of(file) + 1000
    n_columns = _count_columns(file.path, separator, is_said, most)
    if not n_columns:
        return
    with _open_text(file.path, newline="") as stream:
        lines = _Remembering(islice(stream, int(is_said), None))
        rows = filter(None, csv.reader(lines, delimiter=separator))
        with cells_of(most):
            next(rows)
        header = lines.take()
        # All cells empty, in quotes: a line with nothing in it would be no row.
        empty = separator.join(['""'] * n_columns)
        head = f"sep={separator}\n{header}{empty}\n"
        n_before = 0
        while True:
            with cells_of(most):
                n_rows = sum(1 for _ in islice(rows, size))
            if not n_rows:
                return
            yield Piece((file,), _as_content(head + lines.take()), suffix, n_before)
            n_before += n_rows


def _separator_of(path: Path) -> tuple[str, bool]:
    """What parts the cells of a csv, and whether its first line says so (sep=;), as Excel does."""
    with _open_text(path, newline="") as lines:
        first = next(lines, "")
    separator, left = separator_of(first)
    return separator, left != first


def _count_columns(path: Path, separator: str, is_said: bool, most: int) -> int:
    """How many columns of the header the rows reach; 0 where the rows cannot be told apart.

    Columns that no row reaches are none of the table's, wherever in it the longest row is.
    """
    with _open_text(path, newline="") as stream, cells_of(most):
        rows = rows_to_end(islice(stream, int(is_said), None), separator)
        n_columns = 0
        try:
            header, row = next(rows), []
            for following in rows:
                if not any(row[len(header) :]):  # a row with more cells is a problem, no row
                    n_columns = max(n_columns, min(len(row), len(header)))
                row = following
        except csv.Error:
            return 0
    return n_columns if row == END else 0


class _Remembering:
    """Lines of a text, and what has been taken of them since the last time one asked."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines, self._taken = lines, []

    def __iter__(self) -> "_Remembering":
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self._taken.append(line)
        return line

    def take(self) -> str:
        """Everything taken since the last call."""
        taken = "".join(self._taken)
        self._taken.clear()
        return taken


def _open_text(path: Path, *, newline: str) -> TextIO:
    return path.open(encoding="utf-8-sig", newline=newline)


def _as_content(text: str) -> bytes:
    """The text in UTF-8, marked as such: a few rows alone could be taken for something else."""
    return codecs.BOM_UTF8 + text.encode()


def _pieces_of_parquet(file: FoundFile, size: int) -> Iterator[Piece]:
    """The rows as lines of json; a missing cell is an empty one."""
    parquet = _parquet()
    if parquet is None:
        yield Piece((FoundFile(file.path, "needs the package pyarrow; install it (pip install "
                                          "pyarrow), or save the table as csv"),))  # fmt: skip
        return
    import pyarrow

    try:
        with parquet.ParquetFile(file.path) as table:
            n_before = 0
            for batch in table.iter_batches(batch_size=size):
                lines = [json.dumps(row, default=str) for row in batch.to_pylist()]
                content = _as_content(_line_of(batch.schema.names) + "\n".join(lines))
                yield Piece((file,), content, ".jsonl", n_before)
                n_before += len(lines)
        if not n_before:
            problem = "has a header but no rows; add one row per document"
            yield Piece((FoundFile(file.path, problem),))
    except (pyarrow.ArrowException, OSError) as error:
        reason = str(error).split("\n")[0]
        yield Piece((FoundFile(file.path, f"is no readable parquet file ({reason}); save it as "
                                          "csv"),))  # fmt: skip


@cache
def _parquet() -> Any:
    """The module that reads parquet, or None where it is not installed."""
    try:
        import pyarrow.parquet
    except ImportError:
        return None
    return pyarrow.parquet


def _read_content(piece: Piece, text_column: str) -> "documents.FileReading":
    """As documents.read_file, for the rows of one piece, numbered as in the whole table."""
    path = piece.files[0].path
    n_shifted = piece.n_before - 1  # the first row only names the columns
    try:
        reading = formats.read(piece.suffix, piece.content, text_column=text_column)
    except ValueError as error:
        after = f"after row {piece.n_before} " if piece.n_before else ""
        return documents.FileReading(path, 0, Reading(drafts=[]), f"{after}{error}")
    drafts = [replace(draft, where=_shift(draft.where, n_shifted)) for draft in reading.drafts[1:]]
    problems = [_shift(problem, n_shifted) for problem in reading.problems]
    sound = []
    for draft in drafts:
        problem = documents.problem_of(draft)
        if problem:
            problems.append(problem)
        else:
            sound.append(draft)
    shown = problems[:3] + ([f"and {len(problems) - 3} more"] if len(problems) > 3 else [])
    return documents.FileReading(path, 0, reading._replace(drafts=sound), "; ".join(shown))


def _shift(where: str, n_rows: int) -> str:
    return _NUMBERED.sub(lambda found: f"{found[1]} {int(found[2]) + n_rows}", where, count=1)


def _is_utf8(path: Path) -> bool:
    """Whether the file is UTF-8 throughout, and text by its first bytes and without a NUL."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            if kind_of(file.read(1024)) not in ("", ".html"):  # a table may quote a page
                return False
            file.seek(0)
            while block := file.read(1 << 20):
                decoder.decode(block)
                if b"\0" in block:
                    return False
        decoder.decode(b"", final=True)
    except (UnicodeDecodeError, OSError):  # reading the file whole will name the problem
        return False
    return True


def _size_of(file: FoundFile) -> int:
    """The number of bytes; 0 for what cannot be asked, which reading will name."""
    try:
        return os.stat(file.path).st_size  # noqa: PTH116 (one call for all names)
    except (OSError, ValueError):
        return 0
