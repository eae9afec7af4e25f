"""Chinese characters: which they are, how they are read, and in which script they stand."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

import numpy as np
import opencc

from helpers.reading.clean.rules import KEPT, NORMALIZED, PHRASES, known_changes
from helpers.reading.pinyin import read_pinyin

# Unified ideographs with extension A, compatibility forms, and the supplementary planes.
HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
HAN_CHARACTER = re.compile(f"[{HAN}]")

SCRIPT_CONFIGS = ("tw2s", "t2s", "hk2s", "tw2sp", "s2t", "s2tw")

# What the repairs of line ends, invisible characters, width and compatibility look for; most
# texts have none of it.
ODD = (
    "\0-\x08\x0b-\x1f\x7f-\xa0\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef０-９Ａ-Ｚａ-ｚ．｡｢｣､"
    "\u2e9f\u2ef3\u2f00-\u2fd5\uf900-\ufaff\U0002f800-\U0002fa1f"
)

# So many characters are looked up at a time: memory stays near the size of the text.
_AT_A_TIME = 1 << 16
# OpenCC stops at a NUL and would lose what follows; half a surrogate pair it cannot encode.
_NOT_FOR_OPENCC = re.compile("([\0\ud800-\udfff]+)")
# Answers kept, so that a hostile text cannot fill the memory with them.
_MEMORY = 1 << 15
# tw2s changes these, yet simplified text has them by right (显著, 什么, 乾坤, 拚命, 瞭望 …).
IN_BOTH_SCRIPTS = frozenset("么乾吒夥徵拚捱摺於榘菸著薹袷醣麴麽")
# 著 stays 著 behind these (原著, 土著, 卓著), also where OpenCC does not list the word.
_BEFORE_ZHU = frozenset("原名土卓昭专编译遗巨拙撰知")
# Words that traditional text writes with another character, and s2t makes of 想象 and 坐标.
_WORD_FORMS = {"想像": "想象", "座标": "坐标"}
_WORDS = re.compile("|".join(_WORD_FORMS))
_PREPOSITION = re.compile("(?<=[位关对由处至属基鉴归源等])於")
# Variants that s2tw and s2hk make and no configuration takes back.
_VARIANTS = {"揹": "背", "暱": "昵"}
_PHRASE = re.compile("|".join(" ".join(PHRASES.values()).split()))
# A minority of telling characters above this share makes a text mixed.
_MINORITY = 0.1


class Look(NamedTuple):
    """How many characters of a text are of each kind, told by one look at it.

    `n_odd` counts those of ODD, `n_traditional` and `n_simplified` those that speak for a script
    (see `count_telling`), `n_converted` those that `to_simplified` changes when they stand
    alone, and `n_in_phrases` those that are keys of PHRASES.
    """

    n_odd: int
    n_han: int
    n_traditional: int
    n_simplified: int
    n_converted: int
    n_in_phrases: int


# The text a repair leaves alone is the next one's, so it is looked at once for both.
@lru_cache(2)
def look_at(text: str) -> Look:
    """What kinds of characters the text has, and how many of each.

    >>> look_at("強化担当")[:4]
    (0, 4, 1, 2)
    """
    return Look(*count_kinds(text, _kinds_table(), len(Look._fields)))


def count_kinds(text: str, kinds: np.ndarray, n_kinds: int) -> list[int]:
    """How many characters are of each kind, by a table of uint8 with a bit for each kind."""
    n_of = np.zeros(1 << n_kinds, np.int64)
    for start in range(0, len(text), _AT_A_TIME):
        piece = text[start : start + _AT_A_TIME]
        n_of += np.bincount(kinds.take(code_points(piece)), minlength=1 << n_kinds)
    return (n_of @ _bits(n_kinds)).tolist()


@cache
def _bits(n_kinds: int) -> np.ndarray:
    """Number by number, whether it has each of the bits."""
    return np.arange(1 << n_kinds)[:, None] >> np.arange(n_kinds) & 1


def count_han(text: str) -> int:
    """Number of Chinese characters in the text (ideographs of every plane, no punctuation).

    >>> count_han("2月26日,廣州市(GZ)")
    5
    """
    return count_members(text, _han_table())


def count_han_each(texts: Sequence[str]) -> np.ndarray:
    """int64: the number of Chinese characters in each of many short texts."""
    ends = np.fromiter(accumulate(map(len, texts), initial=0), np.int64, len(texts) + 1)
    n_before = np.cumsum(_han_table()[code_points("".join(texts))], dtype=np.int64)
    return np.diff(np.concatenate([[0], n_before])[ends])


def count_members(text: str, table: np.ndarray) -> int:
    """How many characters of the text a table of `table_of` marks."""
    return sum(
        int(np.count_nonzero(table.take(code_points(text[start : start + _AT_A_TIME]))))
        for start in range(0, len(text), _AT_A_TIME)
    )


def code_points(text: str) -> np.ndarray:
    """The Unicode numbers of the text's characters, half surrogate pairs included."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def table_of(characters: Iterable[str]) -> np.ndarray:
    """A table with True for each of the characters, to be asked with their Unicode numbers."""
    table = np.zeros(0x110000, dtype=bool)
    table[[ord(character) for character in characters]] = True
    return table


def table_of_ranges(ranges: str) -> np.ndarray:
    """The same of characters and ranges of them, written as in a class of `re`, without escapes."""
    table = np.zeros(0x110000, dtype=bool)
    for first, last, single in re.findall("(.)-(.)|(.)", ranges, flags=re.DOTALL):
        table[ord(first or single) : ord(last or single) + 1] = True
    return table


def convert_script(text: str, config: str = "tw2s") -> str:
    """Text in simplified characters, by OpenCC with the named configuration.

    `tw2s` is the suite's choice: `t2s` leaves 著眼, and `tw2sp` rewrites set phrases
    (核心 -> 内核), which would corrupt every count of them.

    >>> convert_script("著眼"), convert_script("著眼", "t2s")
    ('着眼', '著眼')
    """
    if config not in SCRIPT_CONFIGS:
        raise ValueError(f"script configuration {config!r} is not one of {SCRIPT_CONFIGS}")
    if _is_for_opencc(text):
        return _converter(config).convert(text)
    pieces = _NOT_FOR_OPENCC.split(text)
    pieces[::2] = [_converter(config).convert(piece) for piece in pieces[::2]]
    return "".join(pieces)


def _is_for_opencc(text: str) -> bool:
    """Whether _NOT_FOR_OPENCC finds nothing, told faster than by a search."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return "\0" not in text


def to_simplified(text: str) -> str:
    """The text by `tw2s`, and what that leaves of Hong Kong's and other variants by `hk2s`.

    >>> to_simplified("衞生健康，著眼"), convert_script("衞生健康，著眼")
    ('卫生健康，着眼', '衞生健康，着眼')
    """
    if not is_convertible(text):
        return text
    converted = convert_script(text)
    if "於" in converted:
        # OpenCC takes 於 before some characters for a surname, as in 位於伦敦.
        converted = _PREPOSITION.sub("于", converted)
    if count_members(converted, _variant_table()):
        converted = converted.translate(_other_variants())
    return converted


def is_convertible(text: str) -> bool:
    """Whether there is anything in the text that `to_simplified` might change.

    Where other dictionaries are installed than those that are known, there always may be.

    >>> is_convertible("答覆")
    True
    """
    look = look_at(text)
    return bool(look.n_converted or (look.n_in_phrases and _PHRASE.search(text)))


def simplify(text: str, *, script: str) -> str:
    """Text in simplified characters, given the script it stands in (see `name_script`).

    In a traditional or mixed text, `tw2s` converts. In a simplified one it converts only
    characters that simplified text never has: 著 is a traditional form of 着, but stands by
    right in 显著 and 著作.

    >>> simplify("成效显著，建設", script="simplified")
    '成效显著，建设'
    >>> simplify("成效顯著，著眼土著", script="traditional")
    '成效显著，着眼土著'
    """
    converted = to_simplified(text)
    if script != "simplified":
        converted = _WORDS.sub(lambda match: _WORD_FORMS[match[0]], converted)
    if converted == text or len(converted) != len(text):
        return converted
    codes = code_points(text)
    changed = _in_both_table()[codes] & (codes != code_points(converted))
    doubtful = np.flatnonzero(changed).tolist()
    kept = doubtful if script == "simplified" else _in_simplified_words(text, converted, doubtful)
    if not kept:
        return converted
    characters = list(converted)
    for position in kept:
        characters[position] = text[position]
    return "".join(characters)


def _in_simplified_words(text: str, converted: str, doubtful: list[int]) -> list[int]:
    """The positions where a traditional or mixed text has a word of simplified text: 显著, 原著."""
    return [
        position
        for position in doubtful
        if (text[position] == "著" and converted[position - 1 : position] in _BEFORE_ZHU)
        or _stands_in_kept_word(text, position)
    ]


def _stands_in_kept_word(text: str, position: int) -> bool:
    """Whether the character is part of one of the words of KEPT."""
    character = text[position]
    return any(
        text.startswith(word, position - before)
        for word in KEPT.get(character, "").split()
        if (before := word.index(character)) <= position
    )


def count_telling(text: str) -> tuple[int, int]:
    """How many characters speak for traditional script, and how many for simplified.

    The first are those that `to_simplified` changes and simplified text never has (in a text
    that shows no script otherwise also 著 and its like), the second those that `s2tw` changes
    and Big5 does not have: 后 and 里 stand in either.

    >>> count_telling("強化担当，皇后"), count_telling("著眼")
    ((1, 2), (1, 0))
    """
    look = look_at(text)
    if look.n_traditional or look.n_simplified:
        return look.n_traditional, look.n_simplified
    return sum(a != b for a, b in zip(text, to_simplified(text), strict=False)), 0


def count_traditional(text: str) -> int:
    """How many characters simplified text never has (see `is_traditional`)."""
    return look_at(text).n_traditional


def name_script(n_traditional: int, n_simplified: int) -> str:
    """'traditional', 'simplified', 'mixed' or 'none', from the two counts of `count_telling`."""
    n_telling = n_traditional + n_simplified
    if not n_telling:
        return "none"
    if min(n_traditional, n_simplified) > n_telling * _MINORITY:
        return "mixed"
    return "traditional" if n_traditional > n_simplified else "simplified"


def is_traditional(character: str) -> bool:
    """Whether the character, standing alone, is one that simplified text never has."""
    return character in _traditional()


@lru_cache(_MEMORY)
def is_common(character: str) -> bool:
    """Whether its simplified form is among the 3,755 characters of level 1 of GB 2312."""
    return to_simplified(character) in _level_one()


@lru_cache(_MEMORY)
def readings(character: str) -> frozenset[str]:
    """Every reading of the character in plain letters, from pypinyin's table.

    The readings of its simplified form count too: a clone site took the pinyin from the
    simplified original, before it converted the character.
    """
    # s2tw makes 瞭 of 了 in places, and its reading is then that of 了.
    forms = (character, *convert_script(character), *("了" if character == "瞭" else ""))
    listed = [read_pinyin().get(ord(form), "") for form in forms]
    return frozenset(plain_letters(reading) for reading in ",".join(listed).split(",") if reading)


@lru_cache(_MEMORY)
def plain_letters(pinyin: str) -> str:
    """Pinyin without tone marks, ü written v, as keyboards do: lǜ -> lv."""
    decomposed = unicodedata.normalize("NFD", pinyin).replace("u\u0308", "v")
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


@lru_cache(_MEMORY)
def has_tone_mark(pinyin: str) -> bool:
    """Whether a tone stands over one of the letters (the dots of ü are no tone)."""
    decomposed = unicodedata.normalize("NFD", pinyin).replace("u\u0308", "v")
    return any(unicodedata.combining(letter) for letter in decomposed)


@cache
def _converter(config: str) -> opencc.OpenCC:
    return opencc.OpenCC(config)


@cache
def _traditional() -> frozenset[str]:
    return frozenset(changed_alone("tw2s")) - IN_BOTH_SCRIPTS | {*map(chr, _other_variants())}


@cache
def _simplified() -> frozenset[str]:
    changed = changed_alone("s2tw")
    return frozenset(c for c in changed if not c.encode("big5", errors="ignore"))


@cache
def _kinds_table() -> np.ndarray:
    """For each character the kinds of Look that it is of, a bit for each."""
    tables = (
        table_of_ranges(ODD), _han_table(), table_of(_traditional()), table_of(_simplified()),
        _converted_table(), table_of(PHRASES),
    )  # fmt: skip
    kinds = np.zeros(0x110000, np.uint8)
    for bit, table in enumerate(tables):
        kinds |= table.view(np.uint8) << bit
    return kinds


@cache
def _converted_table() -> np.ndarray:
    """The characters that `to_simplified` changes alone; all there are where that is not known."""
    if known_changes(config_file("tw2s")) is None:
        return np.ones(0x110000, dtype=bool)
    variants = map(chr, _other_variants())
    return table_of((*changed_alone("tw2s"), *variants)) | table_of_ranges(NORMALIZED)


@cache
def _in_both_table() -> np.ndarray:
    return table_of(IN_BOTH_SCRIPTS)


@cache
def _variant_table() -> np.ndarray:
    return table_of(map(chr, _other_variants()))


@cache
def _han_table() -> np.ndarray:
    return table_of_ranges(HAN)


@cache
def _other_variants() -> dict[int, str]:
    """Characters that `hk2s` or `t2s` simplifies and `tw2s` does not know: 衞 -> 卫."""
    by_tw2s = set(changed_alone("tw2s")) | IN_BOTH_SCRIPTS
    return {ord(variant): simplified for variant, simplified in _VARIANTS.items()} | {
        ord(character): convert_script(character, config)
        for config in ("t2s", "hk2s")
        for character in changed_alone(config)
        if character not in by_tw2s and not character.encode("gb2312", errors="ignore")
    }


@cache
def changed_alone(config: str) -> tuple[str, ...]:
    """The ideographs that the configuration changes when they stand alone."""
    known = known_changes(config_file(config))
    return find_changed(config) if known is None else tuple(known)


def config_file(config: str) -> Path:
    """Where OpenCC keeps the configuration; that of another version may lie elsewhere."""
    return Path(opencc.__file__).parent / "clib" / "share" / "opencc" / f"{config}.json"


def find_changed(config: str) -> tuple[str, ...]:
    """The same as `changed_alone`, by asking OpenCC about each of 90,000 ideographs."""
    ideographs = [chr(code) for code in (*range(0x3400, 0xA000), *range(0x20000, 0x2EBE1))]
    # A converter of its own, gone afterwards: that of s2tw takes 40 MB and is hardly asked again.
    converted = opencc.OpenCC(config).convert("\n".join(ideographs)).split("\n")
    return tuple(old for old, new in zip(ideographs, converted, strict=True) if old != new)


@cache
def _level_one() -> frozenset[str]:
    """The common characters of GB 2312: its level 1, the lead bytes 0xB0 to 0xD7."""
    pairs = (bytes((lead, trail)) for lead in range(0xB0, 0xD8) for trail in range(0xA1, 0xFF))
    return frozenset("".join(pair.decode("gb2312", errors="ignore") for pair in pairs))
