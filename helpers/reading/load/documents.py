"""Files -> the documents table, and the audit of what each file was taken for."""

import os
import stat
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from helpers.progress import progress_bar
from helpers.reading.clean import HAN_CHARACTER, clean_ahead, clean_text
from helpers.reading.load import formats
from helpers.reading.load.drafts import Draft, Reading
from helpers.reading.load.files import (
    FileList,
    FoundFile,
    PathLike,
    UnreadableFileError,
    find_files,
    show_name,
    show_path,
)
from helpers.reading.load.metadata import date_in_name, parse_date, read_header, year_in_name
from helpers.tables import COLUMNS

METADATA_COLUMNS = (
    "doc_id", "date", "issuer", "place", "title", "source", "document_number",
)  # fmt: skip

# Of a long text only so much is searched for a header, and for a signature.
_HEADER_CHARACTERS = 1200
_SIGNATURE_CHARACTERS = 300
# A text up to this length is cleaned once, for its header and for clean_documents; of a
# longer one the two pieces are cleaned alone.
_CLEANED_WHOLE = 20_000


Row = dict[str, Any]


@dataclass
class FileReading:
    """What one file turned out to be: what was read of it, or the problem that kept it away."""

    path: Path
    n_bytes: int
    reading: Reading
    problem: str


def read_documents(
    paths: PathLike | Iterable[PathLike],
    *,
    metadata: PathLike | pd.DataFrame | None = None,
    text_column: str = "",
    year: int | None = None,
    skip_bad: bool = False,
) -> pd.DataFrame:
    """One row per document, in the order of the files; `text` waits for clean.clean_documents.

    `paths` is a file, a folder (with its subfolders), a glob pattern, or a list of them, in
    any mixture of formats.FORMATS. Tables (csv, tsv, xlsx, json, jsonl) give one document per
    row; their text column is `text_column`, or one of formats.TEXT_COLUMN_NAMES.

    What a document is called and when it is from comes, in this order, from `metadata` (a
    table, or a csv or xlsx file, with a column `file` and any of METADATA_COLUMNS), from the
    columns or front matter of the file, from its name, from html meta, and from the header or
    signature of its text; never from a year in running text. `date_basis` says which it was.
    Dates without a year get `year`, or the year of the file's name, and are marked as inferred.

    Raises UnreadableFileError (a ValueError) that lists everything that cannot be read; with
    `skip_bad=True` that is left out, and audit_files names it.
    """
    require_options(text_column, year)
    files = require_files(paths, formats.FORMATS)
    readings = [
        read_file(file, text_column) for file in progress_bar(files, desc="reading", unit="file")
    ]
    bad = [reading for reading in readings if reading.problem]
    n_documents = sum(len(reading.reading.drafts) for reading in readings)
    if bad and (not skip_bad or not n_documents):
        raise UnreadableFileError(_list_problems(bad, n_files=len(files), n_documents=n_documents))
    rows = name_apart([row for reading in readings for row in rows_of(reading, year)])
    documents = join_metadata(as_documents(rows), metadata, year)
    require_unique_ids(documents)
    return documents[COLUMNS["documents"]]


def audit_files(paths: PathLike | Iterable[PathLike], *, text_column: str = "") -> pd.DataFrame:
    """One row per file seen: what it was taken for, and why, and what stood in the way.

    Columns: path, format, n_bytes, encoding, reason (how format and encoding are known),
    n_documents, note (what a reader should know: damage, pages without text), problem ("" when
    all of it can be read).
    """
    require_options(text_column, None)
    rows = []
    for file in progress_bar(find_files(paths), desc="auditing", unit="file"):
        one = read_file(file, text_column)
        rows.append(
            {
                "path": show_name(str(one.path)),
                "format": one.path.suffix.lower().lstrip("."),
                "n_bytes": one.n_bytes,
                "encoding": one.reading.encoding,
                "reason": one.reading.reason,
                "n_documents": len(one.reading.drafts),
                "note": one.reading.note,
                "problem": one.problem,
            }
        )
    return pd.DataFrame(rows, columns=COLUMNS["files"])


def require_files(paths: PathLike | Iterable[PathLike], kinds: Iterable[str]) -> FileList:
    """The files that are meant; UnreadableFileError names the `kinds` read where there is none."""
    files = find_files(paths)
    if not files:
        named = [paths] if isinstance(paths, (str, Path)) else paths
        raise UnreadableFileError(
            f"no readable file in {', '.join(show_name(str(one)) for one in named)}: "
            f"this suite reads {', '.join(kinds)}"
        )
    return files


def require_options(text_column: object, year: object) -> None:
    """Refuse a text_column that is no name and a year that is no year."""
    if not isinstance(text_column, str):
        raise ValueError(f"text_column is {text_column!r}; give the name of a column")
    if year is not None and not isinstance(year, int):
        raise ValueError(f"year is {year!r}; give a number, such as 2020")


# --- one file -----------------------------------------------------------------------------


def read_file(file: FoundFile, text_column: str) -> FileReading:
    """What one file holds, as drafts of documents, or the problem it has."""
    content = b""
    nothing = Reading(drafts=[])
    try:
        if file.problem:
            raise ValueError(file.problem)
        content = _read_bytes(file.path, file.content)
        reading = formats.read(file.path.suffix, content, text_column=text_column)
    except ValueError as error:
        return FileReading(file.path, len(content), nothing, str(error))
    drafts, problems = [], list(reading.problems)
    for draft in reading.drafts:
        problem = problem_of(draft)
        if problem:
            problems.append(problem)
        else:
            drafts.append(draft)
    shown = problems[:3] + ([f"and {len(problems) - 3} more"] if len(problems) > 3 else [])
    return FileReading(file.path, len(content), reading._replace(drafts=drafts), "; ".join(shown))


def _read_bytes(path: Path, content: bytes | None = None) -> bytes:
    """The bytes of a file that can be a document; `content` is what it holds, if that is known."""
    try:
        # A pipe or a device never ends; only what is a file has a length.
        if content is None and not stat.S_ISREG(os.stat(path).st_mode):  # noqa: PTH116 (all names)
            raise ValueError("is no file but a pipe, socket or device; leave it out")
        formats.require_format(path.suffix)
        content = path.read_bytes() if content is None else content
    except FileNotFoundError:
        raise ValueError(
            f"does not exist (looked from {Path.cwd().name}/); check the spelling, or give the "
            "whole path, for example paths.RAW / 'name.txt'"
        ) from None
    except OSError as error:
        raise ValueError(f"cannot be opened ({error.strerror}); check its permissions") from None
    except MemoryError:
        raise ValueError("is larger than the memory that is free; split it") from None
    if not content or content.isspace():
        raise ValueError("is empty; leave it out, or put the text in it")
    return content


def problem_of(draft: Draft) -> str:
    """Why this text is no document, or ""."""
    where = f"{draft.where} " if draft.where else ""
    if not draft.raw_text or draft.raw_text.isspace():
        return f"{where}is empty; leave it out, or put the text in it"
    if not HAN_CHARACTER.search(draft.raw_text):
        return (
            f"{where}has no Chinese character in it; this suite reads Chinese text, and a wrong "
            "encoding looks like this too: save the file again as UTF-8"
        )
    try:
        _said_date(draft, year=2000)
    except ValueError as error:
        return f"{where}{error}"
    return ""


# --- rows ---------------------------------------------------------------------------------


def rows_of(one: FileReading, year: int | None) -> list[Row]:
    """One row per document of a file, with what its header and name say."""
    return [_row_of(draft, number, one.path, year)
            for number, draft in enumerate(one.reading.drafts, start=1)]  # fmt: skip


def _row_of(draft: Draft, number: int, path: Path, year: int | None) -> Row:
    stem, name = show_name(path.stem), show_name(path.name)
    header = _header_of(draft, stem, year)
    day, basis = _date_of(draft, stem, header, year)
    where = f" {draft.where}" if draft.where else ""
    found = {
        "source": f"{name}{where}",
        **{key: value for key, value in header.items() if key in METADATA_COLUMNS},
        **{key: value for key, value in draft.said.items() if value.strip()},
    }
    return found | {
        "file": path.name,
        "shown": f"{show_path(path)}{where}",
        "where": where,
        "path": path,
        "part": _part_of(draft),
        "has_own_id": bool(draft.said.get("doc_id", "").strip()),
        "date": day,
        "date_basis": basis,
        "raw_text": draft.raw_text,
    }


def _header_of(draft: Draft, stem: str, year: int | None) -> dict[str, object]:
    """What header and signature say; a row of a table has its columns for that."""
    if draft.where:
        return {}
    if len(draft.raw_text) <= _CLEANED_WHOLE:
        text = _both_ends(clean_ahead(draft.raw_text))
    else:
        text = clean_text(_both_ends(draft.raw_text))
    return dict(read_header(text, name=stem, year=year))


def _both_ends(text: str) -> str:
    """The beginning and the end of a long text; of a short one, all of it."""
    if len(text) <= _HEADER_CHARACTERS + _SIGNATURE_CHARACTERS:
        return text
    head, tail = text[:_HEADER_CHARACTERS], text[-_SIGNATURE_CHARACTERS:]
    # Both pieces are cut where a line ends, so that no half line looks like a header.
    return head[: head.rfind("\n") + 1] + "\n" + tail[tail.find("\n") + 1 :]


def _date_of(
    draft: Draft, stem: str, header: dict[str, object], year: int | None
) -> tuple[date | None, str]:
    """The date by the first of: what the file states, its name, its html meta, its header."""
    said, basis = _said_date(draft, year=year or year_in_name(stem))
    if said and "year" in basis:
        basis += " given" if year else " inferred from the file name"
    named = date_in_name(stem)
    in_header, where = header.get("date"), str(header.get("date_basis", ""))
    if said and not basis.startswith("html meta"):
        return said, basis
    if not named and not said:
        return in_header, where or basis
    day, basis = (named, "file name") if named else (said, basis)
    # A name or a page may give the day of the download: a text that says otherwise is heard.
    differs = in_header is not None and in_header != day
    return day, f"{basis}; {where} says {in_header}" if differs else basis


def _said_date(draft: Draft, *, year: int | None) -> tuple[date | None, str]:
    written = draft.said.get("date", "").strip()
    if not written:
        return None, ""
    found = parse_date(written, year=year)
    if found is None:
        if parse_date(written, year=2000):
            return None, f"{draft.said_by}, but no year is known"
        if draft.said_by == "html meta":
            return None, ""  # a page's own date field may hold anything
        raise ValueError(f"has the date {written!r}; write dates as 2020-02-26")
    return found.date, f"{draft.said_by}{', year' if found.inferred else ''}"


def _part_of(draft: Draft) -> str:
    """What tells the documents of one table apart: "-3", or "-sheet-3"."""
    part = draft.where.removeprefix("row ").removeprefix("sheet ").replace(" row ", "-")
    return f"-{part}" if part else ""


class Names(NamedTuple):
    """What decides a document's name: that of its file, and which ids two files give.

    `of_file` is made by name_files; `repeated` holds the ids that two files give to documents
    of theirs.
    """

    of_file: Mapping[Path, str]
    repeated: Collection[str]

    def name(self, rows: list[Row]) -> list[Row]:
        """The rows with a doc_id each."""
        for row in rows:
            row["doc_id"] = name_document(row, self.of_file[row["path"]], self.repeated)
        return rows


def name_files(paths: Sequence[PathLike]) -> list[str]:
    """What each of these files is called: the shortest name that no other of them has.

    A name is that of the file without its ending, or with it, or with the folder's before it.

    >>> name_files(["2020/a.txt", "2020/b.txt", "2021/b.txt", "2021/b.md"])
    ['a', '2020/b.txt', '2021/b.txt', 'b.md']
    """
    names = [show_name(Path(path).stem) for path in paths]
    for longer in (lambda path: show_name(path.name), show_path):
        n_files = Counter(names)
        names = [
            name if n_files[name] == 1 else longer(Path(path))
            for path, name in zip(paths, names, strict=True)
        ]
    return names


def name_document(facts: Row, of_file: str, repeated: Collection[str]) -> str:
    """The id of a document: its own, or the name of its file with what tells its parts apart.

    `facts` are its doc_id, whether that is its own (has_own_id), and its part.
    """
    if not facts["has_own_id"]:
        return f"{of_file}{facts['part']}"
    # Two tables may both number their rows from 1.
    return f"{of_file}-{facts['doc_id']}" if facts["doc_id"] in repeated else facts["doc_id"]


def list_repeated(own: Iterable[tuple[str, PathLike]]) -> set[str]:
    """The ids that two files give, of pairs: an id that a document brought, and its file."""
    first: dict[str, PathLike] = {}
    return {doc_id for doc_id, path in own if first.setdefault(doc_id, path) != path}


def name_apart(rows: list[Row]) -> list[Row]:
    """The rows with a doc_id each, where they are all the rows there are."""
    paths = list(dict.fromkeys(row["path"] for row in rows))
    own = ((row["doc_id"], row["path"]) for row in rows if row["has_own_id"])
    of_file = dict(zip(paths, name_files(paths), strict=True))
    return Names(of_file, list_repeated(own)).name(rows)


def as_documents(rows: list[Row]) -> pd.DataFrame:
    """The rows as a documents table, without text repaired yet."""
    columns = ["file", "shown", *COLUMNS["documents"]]
    written = {column: [str(row.get(column, "")) for row in rows] for column in columns}
    return join_columns(written, [row["date"] for row in rows])


def join_columns(written: dict[str, list[str]], days: list[date | None]) -> pd.DataFrame:
    """The columns, and the dates, as a documents table without text repaired yet."""
    documents = pd.DataFrame(written, dtype=str)
    documents["date"] = pd.to_datetime(pd.Series(days))
    documents["n_han"] = 0
    return documents


def join_metadata(
    documents: pd.DataFrame, table: PathLike | pd.DataFrame | None, year: int | None
) -> pd.DataFrame:
    """The documents with what a table of metadata says of their files."""
    if table is None:
        return documents
    said = read_metadata(table)
    require_described(said, set(documents["file"]))
    said = said.set_index("file")
    joined = documents.copy()
    for column in [column for column in METADATA_COLUMNS if column in said.columns]:
        written = documents["file"].map(said[column])
        has_word = written.notna() & (written.astype(str).str.strip() != "")
        if column == "date":
            dates = [
                _date_in_table(value, year) if known else None
                for value, known in zip(written, has_word, strict=True)
            ]
            written = pd.to_datetime(pd.Series(dates, index=documents.index))
            joined["date_basis"] = joined["date_basis"].mask(has_word, "metadata table")
        joined[column] = written.where(has_word, documents[column])
    return joined


def require_described(said: pd.DataFrame, files: set[str]) -> None:
    """Raise a ValueError where the metadata table describes a file that was not read."""
    unknown = sorted(set(said["file"]) - files)
    if unknown:
        raise ValueError(
            f"the metadata table describes {', '.join(map(repr, unknown[:5]))}, which was not "
            "read; correct the name in its column 'file', or remove the row"
        )


def _date_in_table(written: object, year: int | None) -> date:
    if isinstance(written, date):  # pandas and openpyxl give dates of their own
        return date(written.year, written.month, written.day)
    found = parse_date(str(written).strip(), year=year)
    if found is None:
        raise ValueError(
            f"the metadata table has the date {str(written)!r}; write dates as 2020-02-26"
        )
    return found.date


def read_metadata(table: PathLike | pd.DataFrame) -> pd.DataFrame:
    """A table of metadata, read from a file or taken as it is, and checked."""
    if not isinstance(table, (pd.DataFrame, str, Path)):
        raise ValueError(f"metadata is {type(table).__name__}; give a table, or a file's name")
    if not isinstance(table, pd.DataFrame):
        path = Path(table)
        try:
            table = formats.read_table(path.suffix, _read_bytes(path))
        except ValueError as error:
            raise UnreadableFileError(f"the metadata table {path} {error}") from None
    if "file" not in table.columns:
        raise ValueError(
            "the metadata table has no column 'file'; name in it the file each row describes"
        )
    repeated = table.loc[table["file"].duplicated(), "file"]
    if len(repeated):
        raise ValueError(f"the metadata table describes {repeated.iloc[0]!r} twice; keep one row")
    for column in [name for name in table.columns if name in METADATA_COLUMNS]:
        lists = [cell for cell in table[column] if pd.api.types.is_list_like(cell)]
        if lists:
            raise ValueError(
                f"the metadata table has the {column} {lists[0]!r}; write one text or date in each "
                "cell"
            )
    return table


def require_unique_ids(documents: pd.DataFrame) -> None:
    """Refuse two documents of one doc_id, and name their files."""
    repeated = documents[documents["doc_id"].duplicated(keep=False)]
    if len(repeated):
        doc_id = repeated["doc_id"].iloc[0]
        origins = repeated.loc[repeated["doc_id"] == doc_id, "shown"]
        raise UnreadableFileError(
            f"the document id {doc_id!r} is used {len(origins)} times ({'; '.join(origins[:4])}); "
            "rename a file, or give each document its own doc_id"
        )


def _list_problems(bad: list[FileReading], *, n_files: int, n_documents: int) -> str:
    shown = [f"{show_name(str(one.path))} {one.problem}" for one in bad[:10]]
    if len(bad) > len(shown):
        shown.append(f"and {len(bad) - len(shown)} more, listed by load.audit_files")
    cure = "Pass skip_bad=True to read the others." if n_documents else "No file is left to read."
    if n_files == 1:
        return f"{shown[0]}\n{cure}" if n_documents else shown[0]
    return (
        f"{len(bad)} of {n_files} files cannot be read{' whole' if n_documents else ''}:\n  "
        + "\n  ".join(shown)
        + f"\n{cure}"
    )
