"""Files -> documents, one row per document, with a clear word about every file that fails.

Two formats for now: .txt (one document per file) and .csv (one document per row).
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from glob import glob, has_magic
from pathlib import Path

import pandas as pd

from helpers.reading.clean import count_han
from helpers.reading.load.encodings import decode
from helpers.tables import COLUMNS

PathLike = str | Path

FORMATS = (".txt", ".csv")
TEXT_COLUMN_NAMES = ("text", "raw_text", "content", "body", "正文", "内容", "全文", "文本")
DOCUMENT_COLUMN_NAMES = {
    "doc_id": ("doc_id", "id", "编号"),
    "date": ("date", "日期", "发布日期"),
    "issuer": ("issuer", "发文机关", "单位"),
    "place": ("place", "地点", "地区"),
    "title": ("title", "标题"),
    "source": ("source", "url", "来源"),
}
METADATA_COLUMNS = ("doc_id", "date", "issuer", "place", "title", "source")

_SYSTEM_CLUTTER = {"thumbs.db", "desktop.ini"}
_LONGEST_TITLE = 60
_DATE_IN_NAME = re.compile(r"(?<!\d)(\d{4})[-_.]?(\d{2})[-_.]?(\d{2})(?!\d)")


class UnreadableFileError(ValueError):
    """A file that cannot become documents; the message names it and the cure."""


@dataclass
class _FileReading:
    """What one file turned out to be: its rows, or the problem that kept it from having any."""

    path: Path
    n_bytes: int = 0
    encoding: str = ""
    rows: list[dict[str, object]] = field(default_factory=list)
    problem: str = ""


def read_documents(
    paths: PathLike | Iterable[PathLike],
    *,
    metadata: PathLike | pd.DataFrame | None = None,
    skip_bad: bool = False,
) -> pd.DataFrame:
    """One row per document, in the order of the files; `text` waits for clean.clean_documents.

    `paths` is a file, a folder (with its subfolders), a glob pattern, or a list of them.
    A csv needs a text column under one of TEXT_COLUMN_NAMES. `metadata` is a table, or a csv,
    with a column `file` (the file's name) and any of METADATA_COLUMNS; what it says wins over
    what the file says. Without one, the date comes from the file's name if it holds one, and
    the title is the first line if that is short.

    Raises UnreadableFileError (a ValueError) that lists every file that cannot be read; with
    `skip_bad=True` those are left out, and audit_files names them.
    """
    files = _find_files(paths)
    if not files:
        raise UnreadableFileError(
            f"no readable file in {_shown(paths)}: this suite reads {' and '.join(FORMATS)} files"
        )
    readings = [_read_file(path) for path in files]
    bad = [reading for reading in readings if reading.problem]
    if bad and (not skip_bad or len(bad) == len(readings)):
        raise UnreadableFileError(_list_problems(bad, n_files=len(files)))
    rows = [row for reading in readings for row in reading.rows]
    documents = _join_metadata(_as_documents(rows), metadata)
    _require_unique_ids(documents)
    return documents[COLUMNS["documents"]]


def audit_files(paths: PathLike | Iterable[PathLike]) -> pd.DataFrame:
    """One row per file seen: path, n_bytes, encoding, n_documents, problem ("" when none)."""
    return pd.DataFrame(
        [
            {
                "path": str(reading.path),
                "n_bytes": reading.n_bytes,
                "encoding": reading.encoding,
                "n_documents": len(reading.rows),
                "problem": reading.problem,
            }
            for reading in map(_read_file, _find_files(paths))
        ],
        columns=COLUMNS["files"],
    )


# --- finding files ------------------------------------------------------------------------


def _find_files(paths: PathLike | Iterable[PathLike]) -> list[Path]:
    """Every file named, in the order given; folders in the order of their names; no repeats."""
    named = list(paths) if isinstance(paths, Iterable) and not isinstance(paths, str) else [paths]
    if not named:
        raise UnreadableFileError("no file named: give a file, a folder, a pattern or a list")
    for one in named:
        if not isinstance(one, (str, Path)):
            raise UnreadableFileError(
                f"{one!r} is {type(one).__name__}, not the name of a file; give a string or a "
                "Path, or a list of them"
            )
    found: dict[Path, None] = {}
    for one in named:
        found.update(dict.fromkeys(_files_of(one)))
    return list(found)


def _files_of(named: PathLike) -> list[Path]:
    path = Path(named)
    if path.is_dir():
        return sorted(file for file in path.rglob("*") if file.is_file() and not _is_clutter(file))
    if path.exists() or not has_magic(str(named)):
        return [path]
    matches = sorted(map(Path, glob(str(named), recursive=True)))  # noqa: PTH207 (absolute too)
    if not matches:
        raise UnreadableFileError(f"no file matches the pattern {str(named)!r}")
    return [file for match in matches for file in _files_of(match)]


def _is_clutter(file: Path) -> bool:
    return file.name.startswith(".") or file.name.lower() in _SYSTEM_CLUTTER


# --- one file -----------------------------------------------------------------------------


def _read_file(path: Path) -> _FileReading:
    reading = _FileReading(path)
    try:
        content = _read_bytes(path)
        reading.n_bytes = len(content)
        text, reading.encoding = decode(content)
        read = _rows_of_txt if path.suffix.lower() == ".txt" else _rows_of_csv
        reading.rows = read(path, text)
    except ValueError as error:
        reading.problem = str(error)
    return reading


def _read_bytes(path: Path) -> bytes:
    if path.suffix.lower() not in FORMATS:
        raise ValueError(
            f"is of a format not read here; save it as {' or '.join(FORMATS)}, or leave it out"
        )
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise ValueError(
            f"does not exist (looked from {Path.cwd().name}/); check the spelling, or give the "
            "whole path, for example paths.RAW / 'name.txt'"
        ) from None
    except OSError as error:
        raise ValueError(f"cannot be opened ({error.strerror}); check its permissions") from None
    if not content.strip():
        raise ValueError("is empty; leave it out, or put the text in it")
    return content


def _rows_of_txt(path: Path, text: str) -> list[dict[str, object]]:
    _require_chinese(text)
    title = next(line.strip() for line in text.splitlines() if line.strip())
    return [
        {
            "file": path.name,
            "origin": _shown_path(path),
            "doc_id": path.stem,
            "date": _date_in(path.stem),
            "title": title if len(title) <= _LONGEST_TITLE else "",
            "source": path.name,
            "raw_text": text,
        }
    ]


def _rows_of_csv(path: Path, text: str) -> list[dict[str, object]]:
    table = _parse_csv(text)
    names = {name.strip().lower(): name for name in table.columns}
    candidates = [name for name in table.columns if name.strip().lower() in TEXT_COLUMN_NAMES]
    if len(candidates) > 1:
        raise ValueError(
            f"has {len(candidates)} columns that may hold the text "
            f"({', '.join(map(repr, candidates))}); rename all but one"
        )
    if not candidates:
        raise ValueError(
            f"has no text column: its columns are {', '.join(map(repr, table.columns))}; rename "
            f"the one that holds the text to {TEXT_COLUMN_NAMES[0]!r}"
        )
    known = {
        column: found
        for column, spellings in DOCUMENT_COLUMN_NAMES.items()
        if (found := _first_known(names, spellings)) is not None
    }
    rows = []
    for number, record in enumerate(table.to_dict("records"), start=1):
        row = {
            "file": path.name,
            "origin": f"{_shown_path(path)} row {number}",
            "source": f"{path.name} row {number}",
            "raw_text": record[candidates[0]],
        }
        row |= {column: record[found] for column, found in known.items() if record[found]}
        row.setdefault("doc_id", f"{path.stem}-{number}")
        row["date"] = _parse_date(str(row.get("date", "")), where=f"row {number}")
        _require_chinese(str(row["raw_text"]), where=f"row {number} ")
        rows.append(row)
    return rows


def _parse_csv(text: str) -> pd.DataFrame:
    # Every cell as it stands: no guessing of numbers, dates or missing values.
    try:
        table = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, csv.Error) as error:
        raise ValueError(f"is not a well-formed csv ({error}); save it again as csv") from None
    if table.empty:
        raise ValueError("has a header but no rows; add one row per document")
    if not isinstance(table.index, pd.RangeIndex):
        raise ValueError("has rows with more cells than its header; put quotes around commas")
    return table


def _first_known(names: Mapping[str, str], spellings: Iterable[str]) -> str | None:
    return next((names[spelling] for spelling in spellings if spelling in names), None)


def _require_chinese(text: str, where: str = "") -> None:
    if not text.strip():
        raise ValueError(f"{where}is empty; leave it out, or put the text in it")
    if not count_han(text):
        raise ValueError(
            f"{where}has no Chinese character in it; this suite reads Chinese text, and a wrong "
            "encoding looks like this too: save the file again as UTF-8"
        )


def _date_in(name: str) -> date | None:
    """The first full date in a file's name that the calendar knows, or None."""
    for year, month, day in _DATE_IN_NAME.findall(name):
        try:
            return date(int(year), int(month), int(day))
        except ValueError:  # 2020-13-45 is a number, not a date
            continue
    return None


def _parse_date(written: str, *, where: str) -> date | None:
    if not written.strip():
        return None
    parsed = pd.to_datetime(written.strip(), errors="coerce", format="ISO8601")
    if pd.isna(parsed):
        raise ValueError(f"{where} has the date {written!r}; write dates as 2020-02-26")
    return parsed.date()


# --- the documents table ------------------------------------------------------------------


def _as_documents(rows: list[dict[str, object]]) -> pd.DataFrame:
    columns = ["file", "origin", *COLUMNS["documents"]]
    written = {column: [str(row.get(column, "")) for row in rows] for column in columns}
    documents = pd.DataFrame(written, dtype=str)
    documents["date"] = pd.to_datetime(pd.Series([row["date"] for row in rows]))
    documents["n_han"] = 0
    return documents


def _join_metadata(
    documents: pd.DataFrame, metadata: PathLike | pd.DataFrame | None
) -> pd.DataFrame:
    if metadata is None:
        return documents
    said = _read_metadata(metadata).set_index("file")
    unknown = sorted(set(said.index) - set(documents["file"]))
    if unknown:
        raise ValueError(
            f"the metadata table describes {', '.join(map(repr, unknown[:5]))}, which was not "
            "read; correct the name in its column 'file', or remove the row"
        )
    joined = documents.copy()
    for column in [column for column in METADATA_COLUMNS if column in said.columns]:
        written = documents["file"].map(said[column])
        has_word = written.notna() & (written.astype(str) != "")
        if column == "date":
            written = pd.to_datetime(written.where(has_word), format="ISO8601")
        joined[column] = written.where(has_word, documents[column])
    return joined


def _read_metadata(metadata: PathLike | pd.DataFrame) -> pd.DataFrame:
    if isinstance(metadata, pd.DataFrame):
        table = metadata
    else:
        path = Path(metadata)
        try:
            table = _parse_csv(decode(_read_bytes(path))[0])
        except ValueError as error:
            raise UnreadableFileError(f"the metadata table {path} {error}") from None
    if "file" not in table.columns:
        raise ValueError(
            "the metadata table has no column 'file'; name in it the file each row describes"
        )
    repeated = table.loc[table["file"].duplicated(), "file"]
    if len(repeated):
        raise ValueError(f"the metadata table describes {repeated.iloc[0]!r} twice; keep one row")
    return table


def _require_unique_ids(documents: pd.DataFrame) -> None:
    repeated = documents[documents["doc_id"].duplicated(keep=False)]
    if len(repeated):
        doc_id = repeated["doc_id"].iloc[0]
        origins = repeated.loc[repeated["doc_id"] == doc_id, "origin"]
        raise UnreadableFileError(
            f"the document id {doc_id!r} is used {len(origins)} times ({'; '.join(origins[:4])}); "
            "rename a file, or give each document its own doc_id"
        )


def _list_problems(bad: list[_FileReading], *, n_files: int) -> str:
    shown = [f"{reading.path} {reading.problem}" for reading in bad[:10]]
    if len(bad) > len(shown):
        shown.append(f"and {len(bad) - len(shown)} more, listed by load.audit_files")
    if n_files == 1:
        return shown[0]
    cure = (
        "No file is left to read."
        if len(bad) == n_files
        else "Pass skip_bad=True to read the others."
    )
    return f"{len(bad)} of {n_files} files cannot be read:\n  " + "\n  ".join(shown) + f"\n{cure}"


def _shown_path(path: Path) -> str:
    """The file with its folder's name: enough to tell two of one name apart."""
    return f"{path.parent.name}/{path.name}" if path.parent.name else path.name


def _shown(paths: PathLike | Iterable[PathLike]) -> str:
    return str(paths) if isinstance(paths, (str, Path)) else ", ".join(map(str, paths))
