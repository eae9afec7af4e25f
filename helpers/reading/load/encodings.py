"""Bytes -> text: which encoding a file is in, and how that is known."""

import codecs

from helpers.reading.clean import count_han


def decode(content: bytes) -> tuple[str, str]:
    """The text of the bytes and the name of their encoding.

    A byte-order mark decides; else strict UTF-8; else the one of GB18030 and Big5-HKSCS in
    which the Chinese characters are common ones. A ValueError says what stood in the way.

    >>> decode("疫情防控".encode("gb18030"))
    ('疫情防控', 'gb18030')
    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return _decode_strictly(content[len(mark) :], encoding), encoding
    if b"\0" in content:
        raise ValueError("is not text (it holds NUL bytes); export its text as UTF-8 first")
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        utf8_error = error
    candidates = [
        (share, encoding, text)
        for encoding, common in _LEGACY_ENCODINGS.items()
        if (text := _decode_or_none(content, encoding)) is not None
        and (share := _share_common(text, common)) >= _LEAST_COMMON
    ]
    if not candidates:
        raise ValueError(
            f"cannot be decoded: byte 0x{content[utf8_error.start]:02x} at offset "
            f"{utf8_error.start} is not UTF-8, and the whole is neither GB18030 nor Big5; "
            "mend that byte or save the file again as UTF-8"
        )
    _, encoding, text = max(candidates)
    return text, encoding


_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def _level_one(encoding: str, first: int, last: int) -> frozenset[str]:
    """The common characters of a double-byte standard: its level 1, between two lead bytes."""
    pairs = (bytes((lead, trail)) for lead in range(first, last + 1) for trail in range(0x40, 0xFF))
    return frozenset("".join(pair.decode(encoding, errors="ignore") for pair in pairs))


_LEGACY_ENCODINGS = {
    "gb18030": _level_one("gb2312", 0xB0, 0xD7),
    "big5hkscs": _level_one("big5", 0xA4, 0xC6),
}
# Common characters make up nearly all of real text and a fifth to a half of a wrong decoding.
_LEAST_COMMON = 0.85


def _share_common(text: str, common: frozenset[str]) -> float:
    # Private-use characters are what a wrong decoding leaves; real text has none.
    telling = [c for c in text if count_han(c) or "\ue000" <= c <= "\uf8ff"]
    n_foreign = sum(character > "\x7f" for character in text)
    if not telling or len(telling) < n_foreign / 2:
        return 0.0
    return sum(character in common for character in telling) / len(telling)


def _decode_or_none(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def _decode_strictly(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise ValueError(
            f"begins like {encoding} but byte {error.start} does not fit; save it again as UTF-8"
        ) from None
