"""Plain text and markdown."""

import html
import re
from collections.abc import Iterator
from typing import Any

from helpers.reading.load.drafts import Draft, Reading
from helpers.reading.load.encodings import decode
from helpers.reading.load.formats.columns import document_fields, plain_name, read_fields
from helpers.reading.load.formats.packages import require_package
from helpers.reading.load.formats.pages import visible_lines

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.S)
_FIELD = re.compile(r"([\w\u4e00-\u9fff-]+)[ \t]*[:：][ \t]*(.*)")
_LINE_BREAK = re.compile(r"<br\s*/?>", re.I)


def read_txt(content: bytes) -> Reading:
    """One document: the text as it stands."""
    decoded = decode(content)
    return Reading([Draft(decoded.text)], decoded.encoding, decoded.reason, decoded.note)


def read_md(content: bytes) -> Reading:
    """One document: the words without their markup, a line per paragraph, heading and item.

    What a front matter between --- lines says (date: 2020-02-26) is what the file says; a
    title that it does not give is the first heading.
    """
    decoded = decode(content)
    text = decoded.text.replace("\r\n", "\n")
    front = _FRONT_MATTER.match(text)
    said = _fields_of(front[1]) if front else {}
    said_by = "front matter" if said else ""
    body = text[front.end() :] if front else text
    tokens = _parse("".join(_without_comments(body)))
    heading = " ".join(next((_lines_in(token) for token in tokens if _is_heading(token)), []))
    if heading:
        said = {"title": heading} | said
    return Reading(
        [Draft("\n".join(line for token in tokens for line in _lines_in(token)), said,
               said_by or ("heading" if said else ""))],
        decoded.encoding,
        f"{decoded.reason}; markdown",
        decoded.note,
    )  # fmt: skip


def _fields_of(front_matter: str) -> dict[str, str]:
    """Its simple lines `key: value`, by the names that columns have too; nothing is evaluated."""
    written = {
        plain_name(match[1]): match[2].strip().strip("\"'")
        for line in front_matter.split("\n")
        if (match := _FIELD.fullmatch(line.strip()))
    }
    return read_fields(written, document_fields(written))


def _without_comments(text: str) -> Iterator[str]:
    """The text between html comments; one that never ends is text."""
    at = 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        yield text[at:start]
        at = end + 3
    yield text[at:]


def _parse(markdown: str) -> list[dict[str, Any]]:
    mistune = require_package("mistune")
    try:
        return mistune.create_markdown(renderer=None, plugins=["table"])(markdown)
    except RecursionError:
        raise ValueError("is nested too deep to be markdown; save its text as txt") from None


def _is_heading(token: dict[str, Any]) -> bool:
    return token["type"] == "heading"


def _lines_in(token: dict[str, Any]) -> list[str]:
    """The lines of a block; blocks inside it (a list's items) have lines of their own."""
    children = token.get("children", [])
    if token["type"] in ("paragraph", "heading", "block_text", "table_cell"):
        text = "".join(_words_in(child) for child in children).strip()
        return text.split("\n") if text else []
    if token["type"] in ("table_head", "table_row"):
        return ["\t".join("".join(_lines_in(cell)) for cell in children)]
    if token["type"] == "block_code":
        return token["raw"].strip().split("\n")
    if token["type"] == "block_html":
        return visible_lines(token["raw"])
    return [line for child in children for line in _lines_in(child)]


def _words_in(token: dict[str, Any]) -> str:
    if token["type"] in ("softbreak", "linebreak"):
        return "\n"
    if token["type"] == "image":
        return ""
    if token["type"] == "inline_html":
        return "\n" if _LINE_BREAK.fullmatch(token["raw"]) else ""
    if token["type"] == "text":
        return html.unescape(token["raw"])
    return token.get("raw", "") or "".join(_words_in(child) for child in token.get("children", []))
