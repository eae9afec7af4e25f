"""Tables: csv, tsv, xlsx, json and jsonl, one document per row."""

import csv
import io
import json
import re
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from typing import Any

from helpers.reading.clean import count_han
from helpers.reading.load.drafts import Draft, Reading
from helpers.reading.load.encodings import Decoding, decode
from helpers.reading.load.formats.columns import (
    TEXT_COLUMN_NAMES,
    document_fields,
    plain_name,
    read_fields,
    unique_names,
)
from helpers.reading.load.formats.containers import BROKEN, require_zip, short, whole
from helpers.reading.load.formats.packages import require_package

Record = dict[str, str]

_SEPARATOR_LINE = re.compile(r"sep=([,;\t|])(?:\r\n|\r|\n)", re.I)
# Lines end in \r alone where an old Mac wrote them.
_LINE_END = re.compile(r"[\r\n]")
# A sheet may claim, by one cell far out, to be a million rows of sixteen thousand columns.
MOST_CELLS = 50_000_000
# xlsx writes what XML cannot hold as _xHHHH_: _x000D_ is a carriage return.
_XLSX_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


def read_delimited(content: bytes, text_column: str = "") -> Reading:
    """One document per row of a csv or tsv; each cell as it stands, no guessing of types."""
    decoded = decode(content)
    records, problems = _parse_delimited(decoded.text)
    return _reading_of([("", records)], text_column, decoded, problems)


def read_xlsx(content: bytes, text_column: str = "") -> Reading:
    """One document per row of every sheet that has a text column."""
    sheets = list(_sheets_of(content))
    return _reading_of(sheets, text_column, Decoding("", "", "xlsx, by openpyxl"))


def read_json(content: bytes, text_column: str = "") -> Reading:
    """One document per object: of a list, of the one list in an object, or the object itself."""
    decoded = decode(content)
    return _reading_of([("", _records_of_json(decoded.text))], text_column, decoded)


def read_jsonl(content: bytes, text_column: str = "") -> Reading:
    """One document per line; a line that is no object costs the others nothing."""
    decoded = decode(content)
    records, problems = _records_of_lines(decoded.text)
    return _reading_of([("", records)], text_column, decoded, problems)


def list_records(suffix: str, content: bytes) -> list[Record]:
    """The rows of a table as they stand, for a metadata table; broken lines are an error."""
    if suffix == ".xlsx":
        return [record for _, records in _sheets_of(content) for record in records]
    text = decode(content).text
    if suffix == ".json":
        return _records_of_json(text)
    is_delimited = suffix in (".csv", ".tsv")
    records, problems = _parse_delimited(text) if is_delimited else _records_of_lines(text)
    if problems:
        raise ValueError(problems[0])
    return list(records.values())


def _reading_of(
    sheets: list[tuple[str, list[Record] | dict[int, Record]]],
    text_column: str,
    decoded: Decoding,
    problems: Iterable[str] = (),
) -> Reading:
    """The documents of the sheets that have a text column; the others are named in the note."""
    drafts: list[Draft] = []
    without: list[tuple[str, str]] = []
    for name, records in sheets:
        numbered = records if isinstance(records, dict) else dict(enumerate(records, start=1))
        try:
            column = _text_column_of(numbered, text_column)
        except ValueError as error:
            without.append((name, str(error)))
            continue
        where = f"sheet {name} row" if len(sheets) > 1 else "row"
        fields = document_fields(name for name in _columns_of(numbered) if name != column)
        drafts += [
            Draft(row.get(column, ""), read_fields(row, fields), "column", f"{where} {n}")
            for n, row in numbered.items()
        ]
    if not drafts and without:
        raise ValueError(without[0][1])
    skipped = ", ".join(repr(name) for name, _ in without)
    notes = [decoded.note or _note_on_halves(drafts)]
    notes += [f"sheets without texts: {skipped}"] if skipped else []
    note = "; ".join(filter(None, notes))
    return Reading(drafts, decoded.encoding, decoded.reason, note, tuple(problems))


def _note_on_halves(drafts: list[Draft]) -> str:
    n_lost = sum(draft.raw_text.count("\ufffd") for draft in drafts)
    return f"{n_lost} characters are lost (written as half a character)" if n_lost else ""


def _columns_of(records: dict[int, Record]) -> list[str]:
    return list(dict.fromkeys(column for record in records.values() for column in record))


def _text_column_of(records: dict[int, Record], named: str) -> str:
    columns = _columns_of(records)
    if not columns:
        raise ValueError("has a header but no rows; add one row per document")
    shown = ", ".join(map(repr, columns[:20]))
    if named:
        if named not in columns:
            raise ValueError(f"has no column {named!r}: its columns are {shown}")
        candidates = [named]
    else:
        candidates = [name for name in columns if plain_name(name) in TEXT_COLUMN_NAMES]
    if len(candidates) > 1:
        raise ValueError(
            f"has {len(candidates)} columns that may hold the text "
            f"({', '.join(map(repr, candidates))}); rename all but one, or name it in text_column"
        )
    if not candidates:
        raise ValueError(
            f"has no text column: its columns are {shown}; rename the one that holds the text to "
            f"{TEXT_COLUMN_NAMES[0]!r}, or name it in text_column"
        )
    cells = [record.get(candidates[0], "") for record in records.values()]
    written = [cell for cell in cells if cell.strip()]
    if len(written) > 1 and not any(map(count_han, written)):
        raise ValueError(
            f"has no Chinese character in its text column {candidates[0]!r} (its first cell is "
            f"{written[0][:40]!r}); name the column that holds the text in text_column"
        )
    return candidates[0]


# --- csv and tsv --------------------------------------------------------------------------


def _parse_delimited(text: str) -> tuple[dict[int, Record], list[str]]:
    """The rows by number, and a sentence for each that has more cells than the header."""
    separator, text = separator_of(text)
    header, *rows = _rows_in(text, separator)
    names = unique_names(name.strip() for name in header)
    records, problems = {}, []
    for number, row in enumerate(rows, start=1):
        if any(row[len(names) :]):
            problems.append(
                f"row {number} has {len(row)} cells and the header {len(names)}; put quotes "
                "around its commas"
            )
        else:  # a row may be shorter than the header, or end in empty cells
            records[number] = dict(zip(names, row, strict=False))
    if not rows:
        raise ValueError("has a header but no rows; add one row per document")
    if not records:
        raise ValueError("has rows with more cells than its header; put quotes around commas")
    return records, problems


def separator_of(text: str) -> tuple[str, str]:
    """What parts the cells, and the text without the line in which Excel says so (sep=;)."""
    said = _SEPARATOR_LINE.match(text)
    if said:
        return said[1], text[said.end() :]
    # Blank lines before the header are passed over.
    header = _LINE_END.split(text.lstrip("\r\n"), maxsplit=1)[0]
    return max(",\t;", key=header.count), text


# What comes back behind the last row, unless a quote before it is open.
END = ["end of the table"]


def rows_to_end(lines: Iterable[str], separator: str) -> Iterator[list[str]]:
    """The rows that are not empty, and then END, where no quote is left open."""
    return filter(None, csv.reader(chain(lines, ["\n", *END]), delimiter=separator))


@contextmanager
def cells_of(most: int) -> Iterator[None]:
    """Let csv read cells of so many characters: its 131,072 are below a long report.

    The limit is the whole module's: it is put back before anything else may read a csv, so
    never hold it over a yield.
    """
    limit = csv.field_size_limit(most)
    try:
        yield
    finally:
        csv.field_size_limit(limit)


def _rows_in(text: str, separator: str) -> list[list[str]]:
    try:
        with cells_of(max(len(text), 1000)):
            rows = list(rows_to_end(io.StringIO(text, newline=""), separator))
    except csv.Error as error:
        raise ValueError(f"is not a well-formed csv ({error}); save it again as csv") from None
    if rows.pop() != END or not rows:
        raise ValueError(
            f"is not a well-formed csv (a quote in row {len(rows)} is never closed); save it "
            "again as csv"
        )
    return rows


# --- xlsx ---------------------------------------------------------------------------------


def _sheets_of(content: bytes) -> Iterator[tuple[str, list[Record]]]:
    require_zip(content, "xlsx")
    openpyxl = require_package("openpyxl")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and validation, which are not read
            workbook = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            sheets = [(sheet.title, _records_of_sheet(sheet)) for sheet in workbook.worksheets]
            workbook.close()
    except (*BROKEN, openpyxl.utils.exceptions.InvalidFileException) as error:
        if str(error).startswith("is wider"):
            raise
        raise ValueError(
            f"is no readable workbook ({short(error)}); open it and save it again as xlsx"
        ) from None
    yield from sheets


def _records_of_sheet(sheet: Any) -> list[Record]:
    # The size a sheet declares is often far beyond its cells, and would be filled up.
    sheet.reset_dimensions()
    rows = ([_cell(value) for value in row] for row in _counted(sheet))
    filled = (row for row in rows if any(row))
    names = unique_names(name.strip() for name in next(filled, []))
    return [dict(zip(names, row, strict=False)) for row in filled]


def _counted(sheet: Any) -> Iterator[tuple[object, ...]]:
    n_cells = 0
    for row in sheet.iter_rows(values_only=True):
        n_cells += len(row) + 1
        if n_cells > MOST_CELLS:
            raise ValueError(
                f"is wider or longer than {MOST_CELLS:,} cells in its sheet {sheet.title!r}; "
                "delete the empty rows and columns up to the last cell, or save it as csv"
            )
        yield row


def _cell(value: object) -> str:
    if value is None:
        return ""
    if hasattr(value, "isoformat"):
        return value.isoformat()
    text = str(value)
    return whole(_XLSX_ESCAPE.sub(lambda match: chr(int(match[1], 16)), text))


# --- json ---------------------------------------------------------------------------------


def _records_of_json(text: str) -> list[Record]:
    try:
        found = _parse_json(text)
    except json.JSONDecodeError as error:
        raise ValueError(
            f"is not well-formed json (line {error.lineno}: {error.msg}); one object per line "
            "is jsonl"
        ) from None
    if isinstance(found, dict):
        lists = [value for value in found.values() if _is_list_of_objects(value)]
        found = lists[0] if len(lists) == 1 else [found]
    if not _is_list_of_objects(found):
        raise ValueError("holds no list of objects; write one object per document")
    return [_record_of(one) for one in found]


def _records_of_lines(text: str) -> tuple[dict[int, Record], list[str]]:
    records, problems = {}, []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            one = _parse_json(line)
            if isinstance(one, dict):
                records[number] = _record_of(one)
            else:
                problems.append(f"line {number} is no object; write one object per document")
        except json.JSONDecodeError as error:
            problems.append(f"line {number} is not well-formed json ({error.msg})")
        except ValueError as error:
            problems.append(f"line {number} {error}")
    if not records:
        raise ValueError(problems[0] if problems else "has no line; write one object per line")
    return records, problems


def _parse_json(text: str) -> object:
    try:
        # Numbers stay as written: an id of 20 digits is no float.
        return json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except RecursionError:
        raise ValueError(
            "is nested too deep to be a table; write one object per document"
        ) from None


def _is_list_of_objects(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def _record_of(one: dict[str, object]) -> Record:
    try:
        return {whole(name): whole(_written(value)) for name, value in one.items()}
    except RecursionError:
        raise ValueError(
            "is nested too deep to be a table; write one object per document"
        ) from None


def _written(value: object) -> str:
    """A value as text: a list of strings (paragraphs) a line each, other lists as json."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return "\n".join(value)
    return json.dumps(value, ensure_ascii=False)
