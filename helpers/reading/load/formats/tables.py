"""Tables: csv, tsv, xlsx, json and jsonl, one document per row."""

import csv
import io
import json
import re
import warnings
from collections.abc import Iterable, Iterator
from zipfile import BadZipFile

import pandas as pd

from helpers.reading.clean import count_han
from helpers.reading.load.drafts import Draft, Reading
from helpers.reading.load.encodings import Decoding, decode
from helpers.reading.load.formats.office import require_zip
from helpers.reading.load.formats.packages import require_package

TEXT_COLUMN_NAMES = (
    "text", "raw_text", "content", "body", "article", "full_text", "fulltext", "weibo_content",
    "正文", "内容", "全文", "文本", "正文内容", "文章内容", "政策内容", "微博内容",
)  # fmt: skip
DOCUMENT_COLUMN_NAMES = {
    "doc_id": ("doc_id", "id", "编号"),
    "date": (
        "date", "pub_time", "pubtime", "pubdate", "pub_date", "publish_date", "published",
        "publish_time", "time", "日期", "发布日期", "发布时间", "成文日期", "时间",
    ),
    "issuer": ("issuer", "发文机关", "发布机构", "发文单位", "单位", "机构"),
    "place": ("place", "地点", "地区", "城市", "省份"),
    "title": ("title", "headline", "标题", "题目", "名称"),
    "source": ("source", "url", "link", "来源", "链接", "网址", "weibo_url"),
    "document_number": ("document_number", "文号", "发文字号", "发文号"),
}  # fmt: skip

Record = dict[str, str]

# What openpyxl raises on a file whose inside is not what it says.
_BROKEN = (KeyError, ValueError, TypeError, IndexError, AttributeError, SyntaxError, BadZipFile,
           EOFError)  # fmt: skip

# xlsx writes what XML cannot hold as _xHHHH_: _x000D_ is a carriage return.
_XLSX_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


def read_delimited(content: bytes, text_column: str = "") -> Reading:
    """One document per row of a csv or tsv; each cell as it stands, no guessing of types."""
    decoded = decode(content)
    table = _parse_delimited(decoded.text)
    return _reading_of([("", table.to_dict("records"))], text_column, decoded)


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
    if suffix in (".csv", ".tsv"):
        return _parse_delimited(text).to_dict("records")
    records, problems = _records_of_lines(text)
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
        drafts += [_draft_of(row, column, f"{where} {n}") for n, row in numbered.items()]
    if not drafts and without:
        raise ValueError(without[0][1])
    skipped = ", ".join(repr(name) for name, _ in without)
    note = "; ".join(
        part
        for part in (decoded.note, f"sheets without texts: {skipped}" if skipped else "")
        if part
    )
    return Reading(drafts, decoded.encoding, decoded.reason, note, tuple(problems))


def _text_column_of(records: dict[int, Record], named: str) -> str:
    columns = list(dict.fromkeys(column for record in records.values() for column in record))
    if not columns:
        raise ValueError("has a header but no rows; add one row per document")
    shown = ", ".join(map(repr, columns[:20]))
    if named:
        if named not in columns:
            raise ValueError(f"has no column {named!r}: its columns are {shown}")
        candidates = [named]
    else:
        candidates = [name for name in columns if name.strip().lower() in TEXT_COLUMN_NAMES]
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


def _draft_of(record: Record, text_column: str, where: str) -> Draft:
    spelled = {name.strip().lower(): name for name in record if name != text_column}
    said = {
        column: record[spelled[known]].strip()
        for column, names in DOCUMENT_COLUMN_NAMES.items()
        if (known := next((n for n in names if record.get(spelled.get(n, ""), "").strip()), ""))
    }
    return Draft(record.get(text_column, ""), said, "column", where)


# --- csv and tsv --------------------------------------------------------------------------


def _parse_delimited(text: str) -> pd.DataFrame:
    header = text.split("\n", 1)[0]
    separator = max(",\t;", key=header.count)
    try:
        table = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False, sep=separator)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, csv.Error) as error:
        raise ValueError(f"is not a well-formed csv ({error}); save it again as csv") from None
    if table.empty:
        raise ValueError("has a header but no rows; add one row per document")
    if not isinstance(table.index, pd.RangeIndex):
        raise ValueError("has rows with more cells than its header; put quotes around commas")
    return table.fillna("")  # a row shorter than the header


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
    except (*_BROKEN, openpyxl.utils.exceptions.InvalidFileException) as error:
        said = " ".join(str(error).split())[:80] or type(error).__name__
        raise ValueError(
            f"is no readable workbook ({said}); open it and save it again as xlsx"
        ) from None
    yield from sheets


def _records_of_sheet(sheet: object) -> list[Record]:
    if not hasattr(sheet, "iter_rows"):  # a sheet that is one chart
        return []
    rows = ([_cell(value) for value in row] for row in sheet.iter_rows(values_only=True))
    filled = (row for row in rows if any(row))
    header = next(filled, [])
    names = [name or f"column {number}" for number, name in enumerate(header, start=1)]
    return [dict(zip(names, row, strict=False)) for row in filled]


def _cell(value: object) -> str:
    if value is None:
        return ""
    if hasattr(value, "isoformat"):
        return value.isoformat()
    text = str(value)
    return _XLSX_ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)


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
        except ValueError as error:
            said = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
            problems.append(f"line {number} is not well-formed json ({said})")
            continue
        if isinstance(one, dict):
            records[number] = _record_of(one)
        else:
            problems.append(f"line {number} is no object; write one object per document")
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
    return {
        name: "" if value is None
        else value if isinstance(value, str)
        else json.dumps(value, ensure_ascii=False)
        for name, value in one.items()
    }  # fmt: skip
