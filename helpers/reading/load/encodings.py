"""Bytes -> text: which encoding a file is in, how that is known, and what was lost before.

What a file claims is a hint; what decides is whether its bytes fit and give Chinese characters
that are common ones. Text that was once decoded wrongly and saved again is turned back only
where that can be proved; elsewhere it is left as it is and reported.

Proof, for a stretch of text between line ends, commas and tags: it is not Chinese prose as it
stands; the bytes it came from follow from it in one way only; they are strictly valid in the
true encoding; the characters they give are common Chinese ones, and enough of them; and those
bytes, read wrongly again, give the stretch as it stands.
"""

import codecs
import importlib.util
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from io import StringIO
from itertools import compress
from math import log10
from pathlib import Path
from typing import NamedTuple

import numpy as np

from helpers.reading.clean import convert_script, count_han
from helpers.reading.clean.characters import (
    count_han_each,
    count_kinds,
    table_of,
    table_of_ranges,
)

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LEGACY = ("gb18030", "big5hkscs")
_WIDE = ("utf-16-le", "utf-16-be")
_NAMES = {"utf-8": "UTF-8", "gb18030": "GB18030", "big5hkscs": "Big5",
          "utf-16-le": "UTF-16 LE", "utf-16-be": "UTF-16 BE"}  # fmt: skip
# What pages and programs write -> the standard that contains it.
_CALLED = {"gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "cp936": "gb18030",
           "big5": "big5hkscs", "big5-hkscs": "big5hkscs", "cp950": "big5hkscs",
           "utf-8": "utf-8", "utf8": "utf-8"}  # fmt: skip

# Three marks that the Hong Kong table has otherwise than Windows and the web: ‧ ﹑ ～.
_BIG5_MARKS = (("\u2022", "\u2027"), ("\uff64", "\ufe51"), ("\u223c", "\uff5e"))

# Common characters make up nearly all of real text and a fifth to two thirds of a wrong one.
_LEAST_COMMON = 0.85
# Large files are judged by three samples of so many bytes: start, middle and end.
_SAMPLE = 1 << 16
_LARGE = 1 << 20
# Below so many characters common ones are not evidence enough, and how common they are counts.
_FEW = 40
# With fewer Chinese characters than this an encoding without a mark may be another's.
_LEAST_SURE = 4
# Only so few bytes can be UTF-8 by chance, and only familiar characters outweigh that.
_SHORT, _LEAST_FAMILIAR = 200, 4.5
# Of two texts the one is clearly likelier whose characters are so much more familiar.
_CLEAR = 0.5
# So many question marks are no questions, if they are a third of all characters.
_MANY_ASKED = 20
# So many characters that come out right settle which misreading it was.
_ENOUGH = 1000
_MOST_WAYS = 16
# Characters that are in any text: ASCII, blanks, arrows and symbols, emoji.
_NEUTRAL = (
    "\t-\r\x1a\x1b\x20-\x7e\xa0\u200b-\u200f\u2028\u2029\u2100-\u214f\u2190-\u24ff\u25a0-\u2bff"
    "\ufe0f\ufeff\U0001f000-\U0001faff"
)
_IS_NEUTRAL = re.compile(f"[{_NEUTRAL}]")
# Readings in brackets, as in 強(qiáng): their letters are no sign of a wrong decoding.
_PINYIN_GROUP = re.compile("[(（] ?[a-zà-üāēěīńňōūǎǐǒǔǖǘǚǜǹ]{1,7} ?[)）]")
_CONTROL = re.compile("[\x01-\x08\x0b\x0e-\x19\x1c-\x1f\x7f]")
_MARKS = "，。、；：？！“”‘’（）《》〈〉【】〔〕「」『』…—·％　～＋－／．′″•〇"
# Forms that OpenCC and careful writers prefer and no standard counts among the common ones.
_VARIANTS = "爲衆羣裏啓峯牀麪産僞衞説枱敍閲鋭藴醖鈎"
# Windows has other characters than Latin-1 for 27 bytes, and leaves five bytes open: programs
# read these as Latin-1 does.
_WINDOWS_FOR_LATIN = {
    byte: ord(shown)
    for byte in range(0x80, 0xA0)
    if (shown := bytes((byte,)).decode("cp1252", "ignore"))
}
_LATIN_FOR_WINDOWS = {shown: byte for byte, shown in _WINDOWS_FOR_LATIN.items()}

# U+FFFD twice in UTF-8, read as GBK, is 锟斤拷; fresh memory read as GBK is 烫 and 屯.
_LOST = re.compile("\ufffd+|(?:锟斤拷)+锟?|烫{3,}|屯{3,}")
_LOST_OR_ASKED = re.compile(_LOST.pattern + r"|\?{2,}")
# 、。，“ in UTF-8, read as GBK or Latin-1: characters that meet nowhere else.
_TELLTALE = re.compile("锛(?![子凿刨])|銆|鈥|ï¼|ã€|â€|ã\x80|â\x80")
_PRIVATE = re.compile("[\ue000-\uf8ff]")
# Characters that a reader may have to be told of; most texts have none of them.
_WORTH_A_NOTE = "\ufffd锟烫屯锛銆鈥ïãâ\ue000-\uf8ff"
# No double-byte encoding uses these as the second byte, so a stretch ends at them.
_STRETCH = re.compile('[^\\n\\r\\t",<>]+|[\\n\\r\\t",<>]+')
_MARK_OF_LOSS = re.compile("([\ufffd?€])")


# Kinds of characters, a bit each, in the order of _Looks.
_COMMON, _UNCOMMON, _NOTEWORTHY = 1, 2, 4


class Decoding(NamedTuple):
    """A text, the encoding it was in, how that is known, and what is lost.

    `n_damaged` counts the places where characters are gone for good: U+FFFD, 锟斤拷 (two
    of them, read as GBK), 烫烫烫 and 屯屯屯, each run once; runs of question marks only where a
    third of the text is question marks. `note` says what a reader must know.
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
    declares is believed first, if its bytes fit and its characters are common. A ValueError
    names the byte that does not fit; its message goes on after the name of a file.

    >>> decode("疫情防控".encode("gb18030"))[:2]
    ('疫情防控', 'gb18030')
    >>> decode("疫情防控".encode().decode("latin-1").encode())[:2]
    ('疫情防控', 'utf-8, misread as latin-1')
    """
    text, encoding, reason = _decode_once(content, declared)
    looks = _look_at(text)
    # A misreading shows by uncommon characters that stand close together, outside of readings.
    may_be_misread = looks.n_uncommon > 1 and not _is_all_common(text)
    righted = _turn_back(text) if may_be_misread else None
    if righted:
        text, encoding = righted.text, str(righted.misreading)
        reason = f"{reason}; {righted.share} {righted.misreading.truth} read as "
        reason += f"{righted.misreading.wrong}, and the way back is exact"
        looks = _look_at(text)
    has_signs = bool(looks.n_noteworthy)
    lost = _list_lost(text, has_signs)
    notes = [
        _note_on_loss(lost),
        _note_on_misreading(text, righted, looks),
        _note_on_private(text) if has_signs else "",
        "too short for its encoding to be sure"
        if encoding in (*_LEGACY, *_WIDE) and len(text) < 20 and count_han(text) < _LEAST_SURE
        else "",
    ]
    return Decoding(text, encoding, reason, len(lost), "; ".join(filter(None, notes)))


# --- the bytes ----------------------------------------------------------------------------


def _decode_once(content: bytes, declared: str) -> tuple[str, str, str]:
    """Text, encoding and reason, as the bytes have it."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return _decode_marked(content[len(mark) :], encoding), encoding, "byte-order mark"
    named = _CALLED.get(declared.strip().lower(), "")
    text = _decode_declared(content, named) if named else None
    if text is not None:
        return text, named, f"declared as {declared}, and it fits"
    if b"\0" in content[:_LARGE]:
        return _decode_wide(content)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        return _decode_legacy(content, error)
    better = _find_better(content, text)
    if better:
        reason = f"fits UTF-8 too, but is Chinese as {_NAMES[better]}"
        return _decode_as(content, better), better, reason
    return text, "utf-8", "ASCII" if text.isascii() else "strict UTF-8"


def _decode_marked(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise ValueError(
            f"begins like {encoding} but byte {error.start} does not fit; save it again as UTF-8"
        ) from None


def _decode_declared(content: bytes, named: str) -> str | None:
    sample = _sample(content, named)
    return _decode_or_none(content, named) if sample.isascii() or _fits(sample) else None


def _decode_wide(content: bytes) -> tuple[str, str, str]:
    """UTF-16 without a byte-order mark, which shows by its NUL bytes."""
    shares = {encoding: _share_common(_sample(content, encoding)) for encoding in _WIDE}
    best = max(_WIDE, key=lambda encoding: shares[encoding])
    text = _decode_or_none(content, best) if shares[best] >= _LEAST_COMMON else None
    if text is None or "\0" in text:
        raise ValueError("is not text (it holds NUL bytes); export its text as UTF-8 first")
    return text, best, f"no byte-order mark; as {best} {shares[best]:.0%} common characters"


def _decode_legacy(content: bytes, utf8_error: UnicodeDecodeError) -> tuple[str, str, str]:
    """The text by the encoding that gives common characters; an error if one byte spoils it."""
    samples = {encoding: _sample(content, encoding) for encoding in ("utf-8", *_LEGACY, *_WIDE)}
    best = _choose({name: sample for name, sample in samples.items() if _fits(sample, name)})
    if best in ("", "utf-8"):
        raise ValueError(
            f"cannot be decoded: byte 0x{content[utf8_error.start]:02x} at offset "
            f"{utf8_error.start} is not UTF-8, and the whole is neither GB18030 nor Big5; "
            "mend that byte or save the file again as UTF-8"
        )
    try:
        text = _decode_as(content, best)
    except UnicodeDecodeError as error:
        raise ValueError(
            f"cannot be decoded: byte 0x{content[error.start]:02x} at offset {error.start} is "
            f"not {_NAMES[best]}, which the rest of it is; mend that byte or save the file "
            "again as UTF-8"
        ) from None
    compared = _LEGACY if best in _LEGACY else (best, *_LEGACY)
    said = ", ".join(f"{name} {_share_common(samples[name]):.0%}" for name in compared)
    return text, best, f"not UTF-8; common Chinese characters as {said}"


def _find_better(content: bytes, text: str) -> str:
    """The encoding of a few Chinese characters whose bytes are UTF-8 by chance, or "".

    A few characters of GBK can look like Cyrillic or Arabic, of UTF-16 like control characters.
    """
    if len(content) > _SHORT:
        return ""
    letters = [character for character in text if character > "\x7f"]
    # More than three letters of one alphabet are a word in Greek or Russian.
    is_word = len(letters) > 3 and len({ord(letter) >> 8 for letter in letters}) == 1
    if letters and "\xff" < max(letters) < "\u0800" and not is_word:
        names = _LEGACY
    elif _CONTROL.search(text):
        names = _WIDE
    else:
        return ""
    samples = {name: _decode_or_none(content, name) or "" for name in names}
    best = _choose({n: s for n, s in samples.items() if _share_common(s) > 0.95 and s.strip()})
    return best if best and _familiarity(samples[best]) > _LEAST_FAMILIAR else ""


def _choose(samples: dict[str, str]) -> str:
    """The encoding whose characters are the most familiar, or "" where there is none."""
    if len(samples) < 2:
        return next(iter(samples), "")
    return max(samples, key=lambda encoding: _familiarity(samples[encoding]))


def _sample(content: bytes, encoding: str) -> str:
    """The text, or of a large file three pieces of it; U+FFFD where a byte does not fit."""
    if len(content) <= _LARGE:
        return content.decode(encoding, errors="replace")
    pieces = []
    for start in (0, len(content) // 2 & ~3, (len(content) - _SAMPLE) & ~3):
        # A piece of a double-byte text may begin in the middle of a character.
        cuts = (start, start + 1) if start and encoding in _LEGACY else (start,)
        readings = [content[c : start + _SAMPLE].decode(encoding, errors="replace") for c in cuts]
        pieces.append(max(readings, key=_share_common))
    return "".join(pieces)


def _decode_or_none(content: bytes, encoding: str) -> str | None:
    try:
        return _decode_as(content, encoding)
    except UnicodeDecodeError:
        return None


def _decode_as(content: bytes, encoding: str) -> str:
    text = content.decode(encoding)
    if encoding == "big5hkscs":
        for hong_kong, windows in _BIG5_MARKS:
            text = text.replace(hong_kong, windows)
    return text


# --- how Chinese a text looks -------------------------------------------------------------


@cache
def _common() -> frozenset[str]:
    """Common characters of both scripts (level 1 of GB 2312 and of Big5) and usual marks."""
    level_one = _between("gb2312", 0xB0, 0xD7) | _between("big5", 0xA4, 0xC6)
    full_width = set(
        map(chr, (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B)))
    )
    return level_one | full_width | frozenset(_MARKS + _VARIANTS)


def _between(encoding: str, first: int, last: int) -> frozenset[str]:
    """The characters of a double-byte standard between two lead bytes."""
    pairs = (bytes((lead, trail)) for lead in range(first, last + 1) for trail in range(0x40, 0xFF))
    characters = "".join([pair.decode(encoding, "ignore") for pair in pairs])
    return frozenset(compress(characters, count_han_each(characters)))


class _Looks(NamedTuple):
    """How many characters of a text are common ones, uncommon ones, and worth a note."""

    n_common: int
    n_uncommon: int
    n_noteworthy: int


def _look_at(text: str) -> _Looks:
    """What kinds of characters the text has; those that are in any text are in no number."""
    return _Looks(*count_kinds(text, _kinds_table(), len(_Looks._fields)))


@cache
def _kinds_table() -> np.ndarray:
    """For each character the kinds of `_look_at` that it is of, a bit for each."""
    kinds = np.where(table_of(_common()), np.uint8(_COMMON), np.uint8(_UNCOMMON))
    kinds[table_of_ranges(_NEUTRAL)] = 0
    kinds[table_of_ranges(_WORTH_A_NOTE)] |= _NOTEWORTHY
    return kinds


@cache
def _uncommon() -> re.Pattern[str]:
    """Two characters close together that Chinese prose seldom has."""
    rare = f"[^{_NEUTRAL}{re.escape(''.join(sorted(_common())))}]"
    return re.compile(f"{rare}[^\n]{{0,2}}{rare}")


def _count_common(text: str) -> tuple[int, int]:
    """Number of common characters, and of all that can tell an encoding."""
    looks = _look_at(_PINYIN_GROUP.sub("", text))
    return looks.n_common, looks.n_common + looks.n_uncommon


def _is_all_common(text: str) -> bool:
    """Whether no character speaks for a misreading; then none of its stretches can be one."""
    n_common, n_telling = _count_common(text)
    return n_common == n_telling


def _share_common(text: str) -> float:
    n_common, n_telling = _count_common(text)
    return n_common / n_telling if n_telling else 0.0


def _fits(text: str, encoding: str = "") -> bool:
    """Whether nearly all of its characters are common; among a few, one may be rare."""
    n_common, n_telling = _count_common(text)
    least = 5 if encoding in _WIDE else 2
    n_spared = 1 if least < n_telling < _FEW and "\ufffd" not in text else 0
    enough = count_han(text) >= _LEAST_SURE if encoding in _WIDE else n_common > 0
    return enough and n_common + n_spared >= _LEAST_COMMON * n_telling


@cache
def _frequencies() -> dict[str, float]:
    """Character -> logarithm of its frequency in the words of jieba's dictionary."""
    package = importlib.util.find_spec("jieba")
    dictionary = Path(package.submodule_search_locations[0]) / "dict.txt"
    n_of: Counter[str] = Counter()
    with dictionary.open(encoding="utf-8") as lines:
        for line in lines:
            word, n, _ = line.split(" ")
            for character in word:
                n_of[character] += int(n)
    return {character: log10(n) for character, n in n_of.items() if n}


def _familiarity(text: str) -> float:
    """Mean logarithm of the characters' frequency; it is lower for what was misread."""
    simplified = convert_script(text[:1000], "t2s")
    telling = [c for c in simplified if not _IS_NEUTRAL.match(c)]
    marks = dict.fromkeys(_MARKS, 6.0)
    frequencies = _frequencies()
    return sum(marks.get(c) or frequencies.get(c, 0.0) for c in telling) / max(len(telling), 1)


# --- what is lost, and what a reader must know ---------------------------------------------


def _list_lost(text: str, has_signs: bool) -> list[str]:
    """Each place where characters are gone for good.

    A question mark may stand for a character, or for a question; no prose consists of question
    marks by a third.
    """
    n_asked = text.count("?")
    if n_asked >= _MANY_ASKED and 3 * n_asked > len(text):
        return _LOST_OR_ASKED.findall(text)
    return _LOST.findall(text) if has_signs else []


def _note_on_loss(lost: list[str]) -> str:
    if not lost:
        return ""
    shown = "U+FFFD" if lost[0].startswith("\ufffd") else lost[0][:3]
    return (
        f"characters are lost in {len(lost)} place{'s' * (len(lost) > 1)} (such as {shown}): "
        "no repair brings them back, look for another copy"
    )


def _note_on_misreading(text: str, righted: "_Righted | None", looks: _Looks) -> str:
    if righted:
        more = f"{righted.n_left} more piece{'s' * (righted.n_left > 1)} may be misread too"
        unproved = f"{more}, but that cannot be proved, so nothing was changed there"
        return unproved if righted.n_left else ""
    if text.isascii():
        return ""
    samples, seen = [text], looks
    if len(text) > _LARGE:
        starts = (0, (len(text) - _SAMPLE) // 2, len(text) - _SAMPLE)
        samples, seen = [text[start : start + _SAMPLE] for start in starts], None
    if any(_is_suspicious(sample, seen) and not _fits(sample) for sample in samples):
        return (
            "its characters are not those of Chinese prose: perhaps it was decoded wrongly once, "
            "but that cannot be proved, so nothing was changed"
        )
    places = _TELLTALE.findall(text) if looks.n_noteworthy else []
    if not places:
        return ""
    return (
        f"looks misread in {len(places)} place{'s' * (len(places) > 1)} (such as {places[0]}), "
        "but that cannot be proved, so nothing was changed"
    )


def _note_on_private(text: str) -> str:
    private = _PRIVATE.findall(text)
    if not private:
        return ""
    return (
        f"{len(private)} character{'s' * (len(private) > 1)} (such as U+{ord(private[0]):04X}) "
        "of private use: only the font they were written in shows what they are"
    )


def _is_suspicious(text: str, looks: _Looks | None = None) -> bool:
    """Whether too many of its characters are not common ones; `looks` are those of the text."""
    looks = looks or _look_at(text)
    # Readings in brackets are left aside, but what that takes of the common characters is
    # their brackets alone: mostly that is known without looking for them.
    n_brackets = text.count("（") + text.count("）")
    n_sure = looks.n_common - n_brackets
    if n_sure >= _LEAST_COMMON * (n_sure + looks.n_uncommon):
        return False
    n_common, n_telling = _count_common(text)
    return n_common < _LEAST_COMMON * n_telling


# --- the way back from a wrong reading ----------------------------------------------------


class _Misreading(NamedTuple):
    """The true encoding, the wrong one, and how many characters make a proof of it."""

    truth: str
    wrong: str
    least: int

    def __str__(self) -> str:
        return f"{self.truth}, misread as {self.wrong}"

    @property
    def twin(self) -> "_Misreading | None":
        """cp1252 for Latin-1 and the reverse: programs use one where they say the other."""
        wrong = {"latin-1": "cp1252", "cp1252": "latin-1"}.get(self.wrong)
        return self._replace(wrong=wrong) if wrong else None


class _Righted(NamedTuple):
    """The text turned back, what had happened to it, how much of it, and what is left."""

    text: str
    misreading: _Misreading
    share: str
    n_left: int


_MISREADINGS = (
    _Misreading("utf-8", "latin-1", 2), _Misreading("utf-8", "cp1252", 2),
    _Misreading("utf-8", "gb18030", 3),
    _Misreading("gb18030", "latin-1", 3), _Misreading("gb18030", "cp1252", 3),
    _Misreading("big5hkscs", "latin-1", 3),
    _Misreading("big5hkscs", "gb18030", 6), _Misreading("gb18030", "big5hkscs", 6),
)  # fmt: skip


def _turn_back(text: str) -> _Righted | None:
    """The text as it was meant, where a misreading of some of it is proved; else None."""
    misreading = None if text.isascii() else _find_misreading(text)
    if misreading is None:
        return None
    pieces, n_righted, n_left, n_all = StringIO(), 0, 0, 0
    for stretch in _stretches(text):
        righted = None
        if not stretch.isascii():
            righted = _right(stretch, misreading)
            if righted is None and misreading.twin:
                righted = _right(stretch, misreading.twin)
            n_all += 1
            n_righted += righted is not None
            n_left += righted is None and _is_suspicious(stretch) and not _fits(stretch)
        pieces.write(stretch if righted is None else righted)
    share = "all of it was" if n_righted == n_all else f"{n_righted} of {n_all} pieces were"
    return _Righted(pieces.getvalue(), misreading, share, n_left)


def _stretches(text: str) -> Iterator[str]:
    return (match[0] for match in _STRETCH.finditer(text))


def _find_misreading(text: str) -> _Misreading | None:
    """What explains most characters of the stretches that are not prose as they stand."""
    n_proved: Counter[_Misreading] = Counter()
    for line in _suspicious_lines(text):
        for stretch in filter(_is_suspicious, _stretches(line)):
            misreading, n = _prove(stretch)
            if misreading:
                n_proved[misreading] += n
        if n_proved and max(n_proved.values()) >= _ENOUGH:
            break
    return n_proved.most_common(1)[0][0] if n_proved else None


def _suspicious_lines(text: str) -> Iterator[str]:
    """The lines in which two uncommon characters stand close together."""
    match = _uncommon().search(text)
    while match:
        start = text.rfind("\n", 0, match.start()) + 1
        end = text.find("\n", match.end())
        yield text[start : end if end >= 0 else len(text)]
        match = _uncommon().search(text, end) if end >= 0 else None


def _prove(stretch: str) -> tuple[_Misreading | None, int]:
    """The misreading that explains the stretch, and how many Chinese characters it gives."""
    proofs: dict[str, tuple[_Misreading, str]] = {}
    for misreading in _MISREADINGS:
        righted = _undo(stretch, misreading)
        if righted is not None and _is_proof(stretch, righted, misreading):
            proofs.setdefault(misreading.truth, (misreading, righted))
            if misreading.truth == "utf-8":
                break
    if not proofs:
        return None, 0
    if len(proofs) == 1:
        misreading, righted = proofs.popitem()[1]
        return misreading, count_han(righted)
    ranked = sorted(proofs.values(), key=lambda proof: -_familiarity(proof[1]))
    if _familiarity(ranked[0][1]) - _familiarity(ranked[1][1]) < _CLEAR:
        return None, 0
    misreading, righted = ranked[0]
    return misreading, count_han(righted)


def _is_proof(stretch: str, righted: str, misreading: _Misreading) -> bool:
    """Whether chance cannot have made so many common Chinese characters."""
    # Nearly all bytes of GB18030 are Big5 too, and the reverse: such a proof needs more.
    between_legacy = {misreading.truth, misreading.wrong} == set(_LEGACY)
    if count_han(righted) < misreading.least or (between_legacy and not _has_han_enough(stretch)):
        return False
    before, after = _share_common(stretch), _share_common(righted.replace("\ufffd", ""))
    return after >= max(0.95 if between_legacy else _LEAST_COMMON, before + 0.1)


def _has_han_enough(stretch: str) -> bool:
    """Whether it can be misread Chinese: Russian and Japanese letters give common ones too."""
    return 3 * (count_han(stretch) + len(_PRIVATE.findall(stretch))) >= len(stretch)


def _right(stretch: str, misreading: _Misreading) -> str | None:
    """The stretch as it was meant, in a text whose misreading is proved; None to leave it."""
    righted = _undo(stretch, misreading)
    if righted is None:
        return None
    n_common, n_telling = _count_common(righted.replace("\ufffd", ""))
    after = n_common / n_telling if n_telling else 1.0
    before = _share_common(stretch)
    # Strict UTF-8 does not come about by chance; other encodings need better characters.
    if after < before or (misreading.truth != "utf-8" and after < _LEAST_COMMON):
        return None
    is_clear = misreading.truth == "utf-8" or after > before
    return righted if is_clear or _familiarity(righted) > _familiarity(stretch) + _CLEAR else None


def _undo(stretch: str, misreading: _Misreading) -> str | None:
    """What the stretch was, if the way there and back again is exact."""
    if misreading.truth == "utf-8" and misreading.wrong == "gb18030":
        return _undo_gbk(stretch)
    content = _encode_as_read(stretch, misreading.wrong)
    righted = None if content is None else _decode_or_none(content, misreading.truth)
    if righted is None or righted.isascii():
        return None
    return righted if _read_as(content, misreading.wrong) == stretch else None


def _encode_as_read(text: str, wrong: str) -> bytes | None:
    """The bytes that, read as `wrong`, gave the text."""
    if wrong == "cp1252":
        text, wrong = text.translate(_LATIN_FOR_WINDOWS), "latin-1"
    try:
        return text.encode(wrong)
    except UnicodeEncodeError:
        return None


def _read_as(content: bytes, wrong: str) -> str:
    if wrong == "cp1252":
        return content.decode("latin-1").translate(_WINDOWS_FOR_LATIN)
    return content.decode(wrong, errors="replace")


# --- UTF-8 that was read as GBK -----------------------------------------------------------
#
# GBK reads bytes in pairs, UTF-8 writes Chinese in threes. The byte 0x80 begins no pair, and
# where an odd number of bytes is followed by ASCII the last one has no partner: programs show
# both as U+FFFD or a question mark, browsers show 0x80 as a euro sign. Followed by more bytes
# above 0x7F it can only have been 0x80; before ASCII its character is lost.


class _Way(NamedTuple):
    """One way to read a stretch back, as far as it is read.

    `content` has the byte 0x80 for a lost one, `shown` has U+FFFD for what GBK cannot read.
    """

    text: str = ""
    open_bytes: bytes = b""
    content: bytes = b""
    shown: str = ""


def _undo_gbk(stretch: str) -> str | None:
    """What the stretch was, U+FFFD where a character is lost; None if there are two answers."""
    ways, settled = [_Way()], []
    pieces = _MARK_OF_LOSS.split(stretch)
    for number, piece in enumerate(pieces):
        follows = "".join(pieces[number + 1 : number + 3])[:1]
        ways = [
            longer
            for way in ways
            for longer in _lengthen(way, piece, is_mark=number % 2 == 1, follows=follows)
            if longer is not None
        ]
        if not ways or len(ways) > _MOST_WAYS:
            return None
        if len(ways) == 1 and not ways[0].open_bytes and _is_exact(ways[0]):
            settled.append(ways[0].text)
            ways = [_Way()]
    found = {way.text for way in ways if not way.open_bytes and _is_exact(way)}
    return "".join(settled) + found.pop() if len(found) == 1 else None


def _is_exact(way: _Way) -> bool:
    return way.content.decode("gb18030", errors="replace") == way.shown


def _lengthen(way: _Way, piece: str, *, is_mark: bool, follows: str) -> list[_Way | None]:
    """The way with the next piece: plain text, or a mark that stands for what was not read."""
    if is_mark:
        return _fill(way, piece, is_inside=follows > "\x7f")
    content = _encode_as_read(piece, "gb18030")
    return [] if content is None else [_extend(way, content, piece)]


def _fill(way: _Way, mark: str, *, is_inside: bool) -> list[_Way | None]:
    """What U+FFFD, a question mark or a euro sign may have been, at this place."""
    euro = _extend(way, "€".encode("gb18030"), mark)
    if mark == "€":
        return [euro, _extend(way, b"\x80", "\ufffd")] if way.open_bytes else [euro]
    if not way.open_bytes:
        return [_extend(way, b"?", mark)] if mark == "?" else []
    if is_inside:
        return [_extend(way, b"\x80", "\ufffd")]
    if len(way.open_bytes) < 2:
        return []
    return [_Way(f"{way.text}\ufffd", b"", way.content + b"\x80", f"{way.shown}\ufffd")]


def _extend(way: _Way, content: bytes, shown: str) -> _Way | None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        text = decoder.decode(way.open_bytes + content)
    except UnicodeDecodeError:
        return None
    open_bytes = decoder.getstate()[0]
    return _Way(way.text + text, open_bytes, way.content + content, way.shown + shown)
