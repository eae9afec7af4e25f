"""Files -> documents, one row per document, with a clear word about every file that fails."""

from helpers.reading.load.documents import (
    UnreadableFileError,
    audit_files,
    read_documents,
)
from helpers.reading.load.encodings import decode

__all__ = ["UnreadableFileError", "audit_files", "decode", "read_documents"]
