"""What readers of foreign files share: kinds by first bytes, sizes before opening, errors."""

import io
import zlib
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

# Beyond this a packed file is refused before it is unpacked: an office file of 500 MB of
# XML does not exist, and a small one that swells to it was made to fill a memory.
MOST_UNPACKED = 500_000_000
MOST_SWOLLEN = 200  # times its packed size, once it is larger than 20 MB
_SMALL = 20_000_000
_CHUNK = 1 << 16
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"

# What the readers of packed files raise, beside their own errors, on a file whose inside is
# not what it says.
BROKEN = (
    ArithmeticError, AssertionError, AttributeError, BadZipFile, EOFError, LookupError,
    OSError, RuntimeError, SyntaxError, TypeError, ValueError, zlib.error,
)  # fmt: skip


def kind_of(content: bytes) -> str:
    """The suffix that the first bytes ask for (".pdf"), or "" where they ask for none."""
    start = content[:1024].lstrip()
    if start.startswith(b"%PDF-"):
        return ".pdf"
    if start.startswith(b"{\\rtf"):
        return ".rtf"
    if start.startswith(_ZIP):
        return _packed_kind_of(content)
    if start[:15].lower().startswith((b"<!doctype html", b"<html")):
        return ".html"
    return ""


def _packed_kind_of(content: bytes) -> str:
    # Each member stands under its name in the file, whether or not the file is whole.
    for member, suffix in ((b"word/document.xml", ".docx"), (b"xl/workbook.xml", ".xlsx")):
        if member in content:
            return suffix
    return ".zip"


def require_zip(content: bytes, kind: str) -> None:
    """Raise a ValueError unless the bytes are a zip that unpacks to a sensible size."""
    if content.startswith(_OLE):
        raise ValueError(f"is an old or an encrypted office file, not {kind}; save it as {kind}")
    if not content.startswith(_ZIP):
        raise ValueError(f"is no {kind} file, whatever its name says; save it as {kind}")
    try:
        with ZipFile(io.BytesIO(content)) as packed:
            _require_size(sum(one.file_size for one in packed.infolist()), content, kind)
            _require_size(_unpacked_size(packed), content, kind)
    except BROKEN as error:
        if str(error).startswith("would unpack"):
            raise
        raise ValueError(f"is a damaged {kind} file ({short(error)}); save it again") from None


def _require_size(n_unpacked: int, content: bytes, kind: str) -> None:
    swollen = n_unpacked > _SMALL and n_unpacked > MOST_SWOLLEN * len(content)
    if n_unpacked > MOST_UNPACKED or swollen:
        raise ValueError(
            f"would unpack from {len(content):,} to {n_unpacked:,} bytes or more; no {kind} of "
            "this kind is opened: take out what swells it, or save its text as txt"
        )


def _unpacked_size(packed: ZipFile) -> int:
    """What the members truly hold; a ValueError if one holds more than it declares."""
    n_unpacked = 0
    for member in packed.infolist():
        if member.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise ValueError(f"its part {member.filename!r} is packed in a way not read here")
        declared = member.file_size
        # zipfile stops at the declared size, but unpacks beyond it first, at one go: one byte
        # more is asked for, in small pieces, to see whether there is more.
        member.file_size += 1
        with packed.open(member) as part:
            while piece := part.read(_CHUNK):
                declared -= len(piece)
                n_unpacked += len(piece)
        if declared < 0:
            raise ValueError(f"its part {member.filename!r} holds more than it declares")
    return n_unpacked


def whole(text: str) -> str:
    """The text with halves of characters (surrogates) joined; a half alone becomes U+FFFD."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def short(error: BaseException) -> str:
    """What the error says, in one short line."""
    said = " ".join(str(error).split()) or type(error).__name__
    return said if len(said) <= 80 else said[:79] + "…"
