"""Files -> documents, one row per document, with a clear word about every file that fails."""

from helpers.reading.load.batches import Batches, read_batches
from helpers.reading.load.documents import METADATA_COLUMNS, audit_files, read_documents
from helpers.reading.load.encodings import Decoding, decode
from helpers.reading.load.files import UnreadableFileError
from helpers.reading.load.formats import FORMATS, TEXT_COLUMN_NAMES

__all__ = [
    "FORMATS", "METADATA_COLUMNS", "TEXT_COLUMN_NAMES", "Decoding", "UnreadableFileError",
    "Batches", "audit_files", "decode", "read_batches", "read_documents",
]  # fmt: skip
