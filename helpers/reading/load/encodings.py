"""Bytes -> text: which encoding a file is in, how that is known, and what was lost before.

What a file claims is a hint; what decides is whether the bytes fit strictly and give Chinese
characters that are common ones. Text that somebody decoded wrongly and saved again is turned
back only where that can be proved; elsewhere it is left as it is and reported.
"""

import codecs
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from helpers.reading.clean import count_han

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LEGACY = ("gb18030", "big5hkscs")
_WIDE = ("utf-16-le", "utf-16-be")
# What pages and programs write -> the standard that contains it.
_CALLED = {"gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "cp936": "gb18030",
           "big5": "big5hkscs", "big5-hkscs": "big5hkscs", "cp950": "big5hkscs",
           "utf-8": "utf-8", "utf8": "utf-8"}  # fmt: skip

# Common characters make up nearly all of real text and a fifth to two thirds of a wrong one.
_LEAST_COMMON = 0.85
# Large files are judged by samples of so many bytes: at the start, the middle and the end.
_SAMPLE = 1 << 16
_LARGE = 1 << 22

# With fewer Chinese characters than this an encoding without a mark may be another's.
_LEAST_SURE = 4

# A misreading is proved only by so many Chinese characters that come out of it.
_LEAST_PROOF = {"utf-8": 2, "gb18030": 6, "big5hkscs": 6}
_MISREADINGS = (
    ("utf-8", "latin-1"), ("utf-8", "cp1252"), ("gb18030", "latin-1"), ("gb18030", "cp1252"),
    ("big5hkscs", "latin-1"), ("utf-8", "gb18030"), ("utf-8", "big5hkscs"),
    ("big5hkscs", "gb18030"), ("gb18030", "big5hkscs"),
)  # fmt: skip
# U+FFFD twice in UTF-8, read as GBK, is 锟斤拷; fresh memory read as GBK is 烫 and 屯.
_CHINESE_MARK = re.compile("[\u3000-\u303f\uff01-\uff65“”‘’—…·]")
_LOST = re.compile("\ufffd+|(?:锟斤拷)+锟?|烫{3,}|屯{3,}|[\ue000-\uf8ff]+")


class Decoding(NamedTuple):
    """A text, the encoding it was in, how that is known, and what is lost.

    `n_damaged` counts the places where characters are gone for good; `note` says so in words.
    """

    text: str
    encoding: str
    reason: str
    n_damaged: int = 0
    note: str = ""


def decode(content: bytes, *, declared: str = "") -> Decoding:
    """The text of the bytes, their encoding and how it is known.

    A byte-order mark decides; else strict UTF-8; else, among GB18030, Big5-HKSCS and UTF-16
    without a mark, the one whose Chinese characters are common ones. What the file itself
    declares is believed first, if its bytes fit. A ValueError says what stood in the way.

    >>> decode("疫情防控".encode("gb18030"))[:2]
    ('疫情防控', 'gb18030')
    >>> decode("疫情防控".encode().decode("latin-1").encode())[:2]
    ('疫情防控', 'utf-8, misread as latin-1')
    """
    text, encoding, reason = _decode_once(content, declared)
    righted = _turn_back(text)
    if righted:
        text, truth, wrong, share = righted
        reason = f"{reason}; {share} was {truth} read as {wrong}, and the way back is exact"
        encoding = f"{truth}, misread as {wrong}"
    lost = _LOST.findall(text)
    return Decoding(text, encoding, reason, len(lost), _note_on(text, encoding, lost))


def _note_on(text: str, encoding: str, lost: list[str]) -> str:
    """What a reader must know of the text's state, or ""."""
    notes = []
    if lost:
        shown = lost[0][:3] if lost[0].isprintable() else f"U+{ord(lost[0][0]):04X}"
        notes.append(
            f"characters are lost in {len(lost)} place{'s' * (len(lost) > 1)} (such as {shown}): "
            "no repair brings them back, look for another copy"
        )
    if "misread" not in encoding and not text.isascii() and _looks_misread(text):
        notes.append(
            "its characters are not those of Chinese prose: perhaps it was decoded wrongly once, "
            "but that cannot be proved, so nothing was changed"
        )
    if encoding in (*_LEGACY, *_WIDE) and count_han(text) < _LEAST_SURE:
        notes.append("too short for its encoding to be sure")
    return "; ".join(notes)


# --- the bytes ----------------------------------------------------------------------------


def _decode_once(content: bytes, declared: str) -> tuple[str, str, str]:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return _decode_strictly(content[len(mark) :], encoding), encoding, "byte-order mark"
    named = _CALLED.get(declared.strip().lower(), "")
    if named and _is_plausible(content, named):
        text = _decode_or_none(content, named)
        if text is not None:
            return text, named, f"declared as {declared}, and it fits"
    if b"\0" in content[:_LARGE]:
        return _decode_wide(content)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        return _decode_legacy(content, error)
    if _is_short_gbk(content, text):
        return content.decode("gb18030"), "gb18030", "fits UTF-8 too, but is Chinese as GB18030"
    return text, "utf-8", "strict UTF-8" if not text.isascii() else "ASCII"


def _decode_wide(content: bytes) -> tuple[str, str, str]:
    """UTF-16 without a byte-order mark, which shows by its NUL bytes."""
    shares = {encoding: _share_common(_sample(content, encoding)) for encoding in _WIDE}
    best = max(_WIDE, key=lambda encoding: shares[encoding])
    text = _decode_or_none(content, best) if shares[best] >= _LEAST_COMMON else None
    if text is None or "\0" in text:
        raise ValueError("is not text (it holds NUL bytes); export its text as UTF-8 first")
    return text, best, f"no byte-order mark; as {best} {shares[best]:.0%} common characters"


def _decode_legacy(content: bytes, utf8_error: UnicodeDecodeError) -> tuple[str, str, str]:
    shares = {
        encoding: _share_common(_sample(content, encoding)) for encoding in (*_LEGACY, *_WIDE)
    }
    for encoding in sorted(shares, key=lambda encoding: -shares[encoding]):
        if shares[encoding] < _LEAST_COMMON:
            break
        text = _decode_or_none(content, encoding)
        if text is not None and (encoding in _LEGACY or count_han(text) >= _LEAST_SURE):
            said = ", ".join(f"{name} {shares[name]:.0%}" for name in _LEGACY)
            return text, encoding, f"not UTF-8; common Chinese characters as {said}"
    raise ValueError(
        f"cannot be decoded: byte 0x{content[utf8_error.start]:02x} at offset "
        f"{utf8_error.start} is not UTF-8, and the whole is neither GB18030 nor Big5; "
        "mend that byte or save the file again as UTF-8"
    )


def _is_short_gbk(content: bytes, text: str) -> bool:
    """Whether UTF-8 fits by chance: a few GBK characters can look like Cyrillic or Arabic."""
    foreign = [character for character in text if character > "\x7f"]
    if len(content) > 200 or not all("\u0100" <= character < "\u0800" for character in foreign):
        return False
    if len(foreign) > 3 and len({ord(character) >> 8 for character in foreign}) == 1:
        return False  # letters of one alphabet: a word in Greek or Russian
    as_gbk = _decode_or_none(content, "gb18030") if foreign else None
    return as_gbk is not None and count_han(as_gbk) > 0 and _share_common(as_gbk) > 0.95


def _is_plausible(content: bytes, encoding: str) -> bool:
    sample = _sample(content, encoding)
    return sample.isascii() or _share_common(sample) >= _LEAST_COMMON


def _sample(content: bytes, encoding: str) -> str:
    """The text, or of a large file three stretches of it, whatever does not fit left out.

    A large file is cut behind line ends, so that no character is cut in two; a small one that
    does not fit as a whole gives nothing.
    """
    if len(content) <= _LARGE:
        return _decode_or_none(content, encoding) or ""
    starts = (0, len(content) // 2 & ~3, (len(content) - _SAMPLE) & ~3)
    pieces = []
    for start in starts:
        piece = content[start : start + _SAMPLE]
        if start and encoding in _LEGACY:
            piece = piece[piece.find(b"\n") + 1 :]
        pieces.append(piece.decode(encoding, errors="ignore"))
    return "".join(pieces)


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


# --- how Chinese a text looks -------------------------------------------------------------


@cache
def _common() -> frozenset[str]:
    """The common characters of both scripts: level 1 of GB 2312 and level 1 of Big5."""
    return _between("gb2312", 0xB0, 0xD7) | _between("big5", 0xA4, 0xC6)


def _between(encoding: str, first: int, last: int) -> frozenset[str]:
    """The characters of a double-byte standard between two lead bytes."""
    pairs = (bytes((lead, trail)) for lead in range(first, last + 1) for trail in range(0x40, 0xFF))
    return frozenset(filter(count_han, "".join(p.decode(encoding, "ignore") for p in pairs)))


def _share_common(text: str) -> float:
    """Share of common ones among the Chinese characters; 0 where they are not most of it."""
    n_of = Counter(text)
    # Private-use characters are what a wrong decoding leaves; real text has none.
    telling = {c: n for c, n in n_of.items() if count_han(c) or "\ue000" <= c <= "\uf8ff"}
    n_telling = sum(telling.values())
    n_foreign = sum(n for c, n in n_of.items() if c > "\x7f" and not _CHINESE_MARK.match(c))
    if not n_telling or n_telling < n_foreign / 2:
        return 0.0
    return sum(n for c, n in telling.items() if c in _common()) / n_telling


# --- the way back from a wrong reading ----------------------------------------------------


def _turn_back(text: str) -> tuple[str, str, str, str] | None:
    """Text, true and wrong encoding and how much of it, where a misreading is proved; or None."""
    if text.isascii() or not _looks_misread(text):
        return None
    for truth, wrong in _MISREADINGS:
        righted = _right(text, truth, wrong)
        if righted is not None:
            return righted, truth, wrong, "all of it"
    for truth, wrong in _MISREADINGS[:6]:
        pieces = list(_right_by_piece(text, truth, wrong))
        n_righted = sum(was_misread for _, was_misread in pieces)
        if n_righted:
            n_pieces = sum(bool(piece.strip("\n\ufffd")) for piece, _ in pieces)
            shown = f"{n_righted} of {n_pieces} pieces"
            return "".join(piece for piece, _ in pieces), truth, wrong, shown
    return None


def _looks_misread(text: str) -> bool:
    """Whether a sample has many letters of Latin-1, or Chinese characters that are rare."""
    middle, size = len(text) // 2, _SAMPLE // 4
    return any(
        _is_suspicious(sample)
        for sample in {text[:size], text[middle : middle + size], text[-size:]}
    )


def _is_suspicious(sample: str) -> bool:
    n_latin = sum("\x80" <= character <= "\xff" for character in sample)
    n_han = count_han(sample)
    return n_latin > n_han or (n_han > 0 and _share_common(sample) < _LEAST_COMMON)


def _right_by_piece(text: str, truth: str, wrong: str) -> Iterator[tuple[str, bool]]:
    """Each line, or part of a line between lost characters, and whether it was turned back."""
    pieces = re.split("(\n|\ufffd+)", text)
    for number, piece in enumerate(pieces):
        righted = None
        if not piece.isascii() and _is_suspicious(piece):
            cut = number + 1 < len(pieces) and pieces[number + 1].startswith("\ufffd")
            righted = _right(piece, truth, wrong, cut=cut)
        yield (piece, False) if righted is None else (righted, True)


def _right(text: str, truth: str, wrong: str, *, cut: bool = False) -> str | None:
    """The text as it was meant, if the way there and back again is exact; else None.

    Of a text that is `cut` (a lost character follows) the last character may be incomplete.
    """
    content = _encode_as_read(text, wrong)
    if content is None or _read_as(content, wrong) != text:
        return None
    righted = _decode_or_none(content, truth)
    if righted is None and cut:
        righted = next(filter(None, (_decode_or_none(content[:-n], truth) for n in (1, 2))), None)
    if righted is None or count_han(righted) < _LEAST_PROOF[truth] + 2 * cut:
        return None
    least = _LEAST_COMMON if truth == "utf-8" else 0.95
    return righted if _share_common(righted) >= max(least, _share_common(text) + 0.1) else None


def _encode_as_read(text: str, wrong: str) -> bytes | None:
    """The bytes that, read as `wrong`, gave the text."""
    if wrong == "cp1252":
        # Windows leaves five bytes open; programs read them as Latin-1 does.
        try:
            return b"".join(
                character.encode("latin-1" if "\x80" <= character <= "\x9f" else "cp1252")
                for character in text
            )
        except UnicodeEncodeError:
            return None
    try:
        return text.encode(wrong)
    except UnicodeEncodeError:
        return None


def _read_as(content: bytes, wrong: str) -> str:
    if wrong == "cp1252":
        return "".join(
            bytes((byte,)).decode("cp1252" if byte not in _OPEN_IN_CP1252 else "latin-1")
            for byte in content
        )
    return content.decode(wrong, errors="replace")


_OPEN_IN_CP1252 = frozenset((0x81, 0x8D, 0x8F, 0x90, 0x9D))
