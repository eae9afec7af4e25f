"""What a reader hands on: a document's text and what its file says of it, as written."""

from dataclasses import dataclass, field
from typing import NamedTuple


@dataclass(frozen=True)
class Draft:
    """One document as its file gives it, before dates are parsed and tables are joined.

    `said` holds what the file itself states (doc_id, date, issuer, place, title, source,
    document_number), as written there; `said_by` names where it stands ("column", "html
    meta", "document properties", "front matter"), and `where` which part of the file this is
    ("row 3", or "" for the whole file).
    """

    raw_text: str
    said: dict[str, str] = field(default_factory=dict)
    said_by: str = ""
    where: str = ""


class Reading(NamedTuple):
    """What a reader made of one file: its documents, and how they were read.

    `encoding` and `reason` say what the bytes were taken for and why, `note` what the reader
    should know of it; `problems` holds one sentence per part that could not be read (a row
    without text), which costs the other parts nothing.
    """

    drafts: list[Draft]
    encoding: str = ""
    reason: str = ""
    note: str = ""
    problems: tuple[str, ...] = ()
