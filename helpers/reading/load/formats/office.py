"""Word documents and pdf files."""

import io
import logging
import warnings
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from helpers.reading.load.drafts import Draft, Reading
from helpers.reading.load.formats.containers import BROKEN, require_zip, short, whole
from helpers.reading.load.formats.packages import require_package

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PARAGRAPH, _ROW, _CELL = f"{_WORD}p", f"{_WORD}tr", f"{_WORD}tc"
_TEXT_BOX = f"{_WORD}txbxContent"
# What is not the text as it stands: settings, what was struck out or moved away, the readings
# set above characters, and the second copy of a drawing, for old programs.
_NOT_THE_TEXT = frozenset(
    {f"{_WORD}{name}" for name in ("pPr", "rPr", "tblPr", "sectPr", "del", "moveFrom", "rt")}
    | {"{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"}
)
_WRITTEN_AS = {
    f"{_WORD}tab": "\t", f"{_WORD}cr": "\n", f"{_WORD}br": "\n", f"{_WORD}noBreakHyphen": "-",
}  # fmt: skip
_TEXTS = (f"{_WORD}t", "{http://schemas.openxmlformats.org/officeDocument/2006/math}t")
# Titles that programs set by themselves, in lower case.
_NO_TITLES = ("word document", "microsoft word 文档", "untitled", "无标题", "文档1", "document1")


def read_docx(content: bytes) -> Reading:
    """One document: paragraphs and tables in their order, a line each, cells parted by tabs.

    What a change-tracked file shows as inserted is read, what it shows as deleted is not.
    """
    require_zip(content, "docx")
    docx = require_package("docx")
    try:
        document = docx.Document(io.BytesIO(content))
        body = document.element.body
        text = "\n".join(_lines_in(body))
        title = (document.core_properties.title or "").strip()
    except (*BROKEN, docx.opc.exceptions.OpcError) as error:
        raise ValueError(
            f"is no readable Word document ({short(error)}); open it and save it again as docx"
        ) from None
    said = {"title": title} if title and title.lower() not in _NO_TITLES else {}
    return Reading(
        [Draft(text, said, "document properties" if said else "")],
        reason="docx, by python-docx",
        note=_left_out(body),
    )


# python-docx's own .text passes over smart tags (in which Word wraps dates), content controls
# and tracked insertions, and follows a cell's declared width however large; so the text is
# taken from the XML. Its parser refuses more than 256 levels, which bounds the recursion.
def _lines_in(element: Any) -> Iterator[str]:
    """A line per paragraph and per row of a table."""
    for child in element:
        if child.tag == _PARAGRAPH:
            yield "".join(_pieces_of(child))
            for box in child.iter(_TEXT_BOX):
                if not any(parent.tag in _NOT_THE_TEXT for parent in box.iterancestors()):
                    yield from _lines_in(box)
        elif child.tag == _ROW:
            yield "\t".join("\n".join(_lines_in(cell)) for cell in _cells_in(child))
        elif child.tag not in _NOT_THE_TEXT:
            yield from _lines_in(child)


def _cells_in(row: Any) -> Iterator[Any]:
    for child in row:
        if child.tag == _CELL:
            yield child
        elif child.tag not in _NOT_THE_TEXT:
            yield from _cells_in(child)


def _pieces_of(element: Any) -> Iterator[str]:
    for child in element:
        if child.tag in _TEXTS:
            yield child.text or ""
        elif child.tag in _WRITTEN_AS:
            is_page_break = child.get(f"{_WORD}type") in ("page", "column")
            yield "" if is_page_break else _WRITTEN_AS[child.tag]
        elif child.tag not in _NOT_THE_TEXT and child.tag != _TEXT_BOX:
            yield from _pieces_of(child)


def _left_out(body: Any) -> str:
    """What the file shows that is not in its text: footnotes, and numbers Word sets itself."""
    counts = {
        "footnotes and endnotes are not read": ("footnoteReference", "endnoteReference"),
        "list numbers set by Word are not part of the text": ("numPr",),
    }
    numbers = {what: sum(1 for _ in body.iter(*(f"{_WORD}{name}" for name in names)))
               for what, names in counts.items()}  # fmt: skip
    return "; ".join(f"{n} {what}" for what, n in numbers.items() if n)


def read_pdf(content: bytes) -> Reading:
    """One document: the text layer, page after page; nothing is recognised from images."""
    pypdf = require_package("pypdf")
    # Readers look for the mark in the first 1,024 bytes; some programs write before it.
    if b"%PDF-" not in content[:1024]:
        raise ValueError("does not begin like a pdf; give it the suffix of what it is")
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it reports every repair it makes
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pages = _pages_of(pypdf, content)
    except pypdf.errors.DependencyError:
        raise ValueError(
            "is encrypted in a way that needs the package cryptography; install it with "
            "`python -m pip install cryptography`, or save the file again without a password"
        ) from None
    except (pypdf.errors.PyPdfError, *BROKEN) as error:
        raise ValueError(
            f"is no readable pdf ({short(error)}); open it and print it to a new pdf"
        ) from None
    if pages is None:
        raise ValueError("is encrypted; save it again without a password")
    return _reading_of(pages)


def _pages_of(pypdf: ModuleType, content: bytes) -> list[str] | None:
    """The text of each page; None if it opens with a password only."""
    reader = pypdf.PdfReader(io.BytesIO(content))
    # Many pdf files forbid copying but open with an empty password.
    if reader.is_encrypted and not reader.decrypt(""):
        return None
    return [whole(page.extract_text()) for page in reader.pages]


def _reading_of(pages: list[str]) -> Reading:
    if not pages:
        raise ValueError("has no pages; open it and print it to a new pdf")
    if not any(page.strip() for page in pages):
        raise ValueError(
            f"has no text layer on any page (pages: {len(pages)}; a scan?); run a text recognition "
            "over it, and save the result as pdf with text, or as txt"
        )
    empty = [number for number, page in enumerate(pages, start=1) if not page.strip()]
    note = f"no text on pages {', '.join(map(str, empty[:10]))} of {len(pages)}" if empty else ""
    text = "\n".join(page.strip("\n") for page in pages if page.strip())
    return Reading([Draft(text)], reason="pdf text layer, by pypdf", note=note)
