"""Plain text and markdown."""

import re

from helpers.reading.load.drafts import Draft, Reading
from helpers.reading.load.encodings import decode
from helpers.reading.load.formats.packages import require_package

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.S)
_FIELD = re.compile(r"([\w\u4e00-\u9fff-]+)[ \t]*[:：][ \t]*(.*)")
_COMMENT = re.compile(r"<!--.*?-->", re.S)


def read_txt(content: bytes) -> Reading:
    """One document: the text as it stands."""
    decoded = decode(content)
    return Reading([Draft(decoded.text)], decoded.encoding, decoded.reason, decoded.note)


def read_md(content: bytes) -> Reading:
    """One document: the words without their markup, a line per paragraph, heading and item.

    What a front matter between --- lines says (date: 2020-02-26) is what the file says.
    """
    decoded = decode(content)
    text = decoded.text.replace("\r\n", "\n")
    front = _FRONT_MATTER.match(text)
    said = _fields_of(front[1]) if front else {}
    body = text[front.end() :] if front else text
    lines = _lines_of(body)
    return Reading(
        [Draft("\n".join(lines), said, "front matter" if said else "")],
        decoded.encoding,
        f"{decoded.reason}; markdown",
        decoded.note,
    )


def _fields_of(front_matter: str) -> dict[str, str]:
    """Its simple lines `key: value`, by the names that columns have too; nothing is evaluated."""
    from helpers.reading.load.formats.tables import DOCUMENT_COLUMN_NAMES

    written = {
        match[1].lower(): match[2].strip().strip("\"'")
        for line in front_matter.split("\n")
        if (match := _FIELD.fullmatch(line.strip()))
    }
    return {
        column: written[name]
        for column, names in DOCUMENT_COLUMN_NAMES.items()
        for name in names
        if written.get(name)
    }


def _lines_of(markdown: str) -> list[str]:
    mistune = require_package("mistune")
    tokens = mistune.create_markdown(renderer=None, plugins=["table"])(_COMMENT.sub("", markdown))
    return [line for token in tokens for line in _lines_in(token)]


def _lines_in(token: dict) -> list[str]:
    """The lines of a block; blocks inside it (a list's items) have lines of their own."""
    children = token.get("children", [])
    if token["type"] in ("paragraph", "heading", "block_text", "table_cell"):
        text = "".join(_words_in(child) for child in children).strip()
        return text.split("\n") if text else []
    if token["type"] in ("table_head", "table_row"):
        return ["\t".join("".join(_lines_in(cell)) for cell in children)]
    if token["type"] in ("block_code", "block_html"):
        return token["raw"].strip().split("\n")
    return [line for child in children for line in _lines_in(child)]


def _words_in(token: dict) -> str:
    if token["type"] in ("softbreak", "linebreak"):
        return "\n"
    if token["type"] == "image":
        return ""
    return token.get("raw", "") or "".join(_words_in(child) for child in token.get("children", []))
