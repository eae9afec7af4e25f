"""One reader per format: the bytes of a file -> its documents as the file gives them.

text      txt, md
pages     html, htm, xhtml
office    docx, pdf
tables    csv, tsv, xlsx, json, jsonl, ndjson: one document per row
"""

from collections.abc import Callable

import pandas as pd

from helpers.reading.load.drafts import Reading
from helpers.reading.load.formats.columns import TEXT_COLUMN_NAMES
from helpers.reading.load.formats.containers import kind_of
from helpers.reading.load.formats.office import read_docx, read_pdf
from helpers.reading.load.formats.pages import read_html
from helpers.reading.load.formats.tables import (
    list_records,
    read_delimited,
    read_json,
    read_jsonl,
    read_xlsx,
)
from helpers.reading.load.formats.text import read_md, read_txt

_READERS: dict[str, Callable[[bytes], Reading]] = {
    ".txt": read_txt,
    ".md": read_md,
    ".markdown": read_md,
    ".html": read_html,
    ".htm": read_html,
    ".xhtml": read_html,
    ".docx": read_docx,
    ".pdf": read_pdf,
}
_TABLE_READERS: dict[str, Callable[[bytes, str], Reading]] = {
    ".csv": read_delimited,
    ".tsv": read_delimited,
    ".xlsx": read_xlsx,
    ".json": read_json,
    ".jsonl": read_jsonl,
    ".ndjson": read_jsonl,
}
FORMATS = (*_READERS, *_TABLE_READERS)

_OLD = {".doc": ".docx", ".wps": ".docx", ".rtf": ".docx", ".odt": ".docx", ".xls": ".xlsx",
        ".et": ".xlsx", ".ods": ".xlsx", ".mht": ".html", ".mhtml": ".html"}  # fmt: skip

__all__ = ["FORMATS", "TEXT_COLUMN_NAMES", "read", "read_table", "require_format"]


def read(suffix: str, content: bytes, *, text_column: str = "") -> Reading:
    """The documents in the bytes of a file with this suffix (".docx"), and how they were read.

    Raises a ValueError that goes on after the file's name: "has no text layer; …".
    """
    suffix = require_format(suffix)
    _require_kind(suffix, content)
    if suffix in _TABLE_READERS:
        return _TABLE_READERS[suffix](content, text_column)
    return _READERS[suffix](content)


def read_table(suffix: str, content: bytes) -> pd.DataFrame:
    """A table of text from a csv, tsv, xlsx, json or jsonl file, for metadata."""
    suffix = require_format(suffix)
    if suffix not in _TABLE_READERS:
        raise ValueError(f"is no table; save it as one of {', '.join(_TABLE_READERS)}")
    _require_kind(suffix, content)
    return pd.DataFrame(list_records(suffix, content), dtype=str).fillna("")


def _require_kind(suffix: str, content: bytes) -> None:
    """Raise a ValueError if the bytes begin like another kind of file than the name says."""
    kind = kind_of(content)
    is_known = kind in (".pdf", ".docx", ".xlsx", ".html")
    # A text may quote a page from its first line on; only a packed file that is one is named.
    is_quoted = kind == ".html" and suffix not in (".docx", ".xlsx", ".pdf")
    is_same = kind == suffix or (kind == ".zip" and suffix in (".docx", ".xlsx"))
    if not kind or is_same or is_quoted:
        return
    cure = f"give it the suffix {kind}" if is_known else f"open it and save it as {suffix}"
    raise ValueError(
        f"is no {suffix[1:]} file, whatever its name says, but begins like {kind}; {cure}"
    )


def require_format(suffix: str) -> str:
    """The suffix in lower case; a ValueError says what to do with a format not read here."""
    known = suffix.lower()
    if known in _OLD:
        raise ValueError(f"is of an old or foreign format; save it as {_OLD[known]}")
    if known not in FORMATS:
        raise ValueError(
            f"is of a format not read here; save it as one of {', '.join(FORMATS)}, or leave it out"
        )
    return known
