"""Word documents and pdf files."""

import io
import logging
import warnings
from zipfile import BadZipFile, ZipFile

from helpers.reading.load.drafts import Draft, Reading
from helpers.reading.load.formats.packages import require_package

# Beyond this a packed file is refused before it is unpacked: an office file of 500 MB of
# XML does not exist, and a small one that swells to it was made to fill a memory.
MOST_UNPACKED = 500_000_000
MOST_SWOLLEN = 200  # times its packed size, once it is larger than 20 MB
_SMALL = 20_000_000
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"


def read_docx(content: bytes) -> Reading:
    """One document: paragraphs and tables in their order, a line each, cells parted by tabs."""
    require_zip(content, "docx")
    docx = require_package("docx")
    try:
        document = docx.Document(io.BytesIO(content))
    except (KeyError, ValueError, SyntaxError, BadZipFile, NotImplementedError) as error:
        raise ValueError(
            f"is no readable Word document ({_short(error)}); open it and save it again as docx"
        ) from None
    except docx.opc.exceptions.OpcError as error:
        raise ValueError(
            f"is no readable Word document ({_short(error)}); open it and save it again as docx"
        ) from None
    lines = []
    for block in document.iter_inner_content():
        if hasattr(block, "rows"):
            lines += ["\t".join(_cells_of(row)) for row in block.rows]
        else:
            lines.append(block.text)
    title = (document.core_properties.title or "").strip()
    said = {"title": title} if title else {}
    return Reading(
        [Draft("\n".join(lines), said, "document properties" if said else "")],
        reason="docx, by python-docx",
    )


def _cells_of(row: object) -> list[str]:
    """The texts of a row's cells, a merged cell once."""
    texts, seen = [], set()
    for cell in row.cells:  # type: ignore[attr-defined]
        if cell._tc not in seen:
            seen.add(cell._tc)
            texts.append(cell.text)
    return texts


def read_pdf(content: bytes) -> Reading:
    """One document: the text layer, page after page; nothing is recognised from images."""
    pypdf = require_package("pypdf")
    if not content.lstrip()[:5] == b"%PDF-":
        raise ValueError("does not begin like a pdf; give it the suffix of what it is")
    pages = _pages_of(pypdf, content)
    if not any(page.strip() for page in pages):
        raise ValueError(
            f"has no text layer on its {len(pages)} pages (a scan?); run a text recognition "
            "over it, and save the result as pdf with text, or as txt"
        )
    empty = [number for number, page in enumerate(pages, start=1) if not page.strip()]
    note = f"no text on pages {', '.join(map(str, empty[:10]))} of {len(pages)}" if empty else ""
    text = "\n".join(page.strip("\n") for page in pages if page.strip())
    return Reading([Draft(text)], reason="pdf text layer, by pypdf", note=note)


def _pages_of(pypdf: object, content: bytes) -> list[str]:
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it reports every repair it makes
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            reader = pypdf.PdfReader(io.BytesIO(content))  # type: ignore[attr-defined]
            # Many pdf files forbid copying but open with an empty password.
            if reader.is_encrypted and not reader.decrypt(""):
                raise ValueError("is encrypted; save it again without a password")
            return [page.extract_text() for page in reader.pages]
    except pypdf.errors.DependencyError:  # type: ignore[attr-defined]
        raise ValueError("is encrypted; save it again without a password") from None
    except (pypdf.errors.PyPdfError, *_BROKEN) as error:  # type: ignore[attr-defined]
        if str(error).startswith("is encrypted"):
            raise
        raise ValueError(
            f"is no readable pdf ({_short(error)}); open it and print it to a new pdf"
        ) from None


# What pypdf raises, beside its own errors, on files whose inside is not what it says.
_BROKEN = (
    ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError, OverflowError,
    AssertionError, NotImplementedError, UnicodeDecodeError,
)  # fmt: skip


def require_zip(content: bytes, kind: str) -> None:
    """Raise a ValueError unless the bytes are a zip that unpacks to a sensible size."""
    if content.startswith(_OLE):
        raise ValueError(f"is an old or an encrypted office file, not {kind}; save it as {kind}")
    if not content.startswith(_ZIP):
        raise ValueError(f"is no {kind} file, whatever its name says; save it as {kind}")
    try:
        with ZipFile(io.BytesIO(content)) as packed:
            n_unpacked = sum(member.file_size for member in packed.infolist())
    except (BadZipFile, ValueError, EOFError, UnicodeDecodeError) as error:
        raise ValueError(f"is a damaged {kind} file ({_short(error)}); save it again") from None
    swollen = n_unpacked > _SMALL and n_unpacked > MOST_SWOLLEN * len(content)
    if n_unpacked > MOST_UNPACKED or swollen:
        raise ValueError(
            f"would unpack from {len(content):,} to {n_unpacked:,} bytes; no {kind} of this kind "
            "is opened: take out what swells it, or save its text as txt"
        )


def _short(error: BaseException) -> str:
    """What the error says, in one short line."""
    said = " ".join(str(error).split()) or type(error).__name__
    return said if len(said) <= 80 else said[:79] + "…"
