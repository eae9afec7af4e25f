"""Raw text -> readable simplified text, with every character traceable to the file.

A repair is an edit: a span of the text and what stands there afterwards. The repairs run
one after another, and their edits are all that is needed to find the way back.

1. line endings      \\r\\n and \\r become \\n
2. pinyin            強(qiáng) -> 強: a bracket that spells a reading of the character before it
3. script            traditional -> simplified, OpenCC `tw2s`
4. commas            an ASCII comma beside Chinese is a Chinese comma
"""

import re
import unicodedata
from collections.abc import Callable
from difflib import SequenceMatcher
from functools import cache
from typing import NamedTuple

import opencc
import pandas as pd
from pypinyin.pinyin_dict import pinyin_dict

from helpers.tables import require_columns

# Unified ideographs with extension A, compatibility forms, and the supplementary planes.
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_HAN_CHARACTER = re.compile(f"[{_HAN}]")

# One or more bracket groups of lower-case Latin letters right after a Chinese character.
_LATIN_LOWER = "a-zà-öø-ÿāēěīōūńňǎǐǒǔǖǘǚǜǹḿ\u0300-\u036f"
_BRACKET_GROUP = re.compile(rf"[(（]\s*([{_LATIN_LOWER}]{{1,12}})\s*[)）]")
_HAN_THEN_BRACKETS = re.compile(rf"(?<=[{_HAN}])(?:{_BRACKET_GROUP.pattern})+")
_ANY_BRACKET = re.compile(r"[(（]([^()（）\n]*)[)）]")

_CHINESE_PUNCTUATION = "“”‘’「」『』《》〈〉【】（）、。；：！？…"
_COMMA_BESIDE_CHINESE = re.compile(
    f"(?<=[{_HAN}{_CHINESE_PUNCTUATION})]),|,(?=[{_HAN}{_CHINESE_PUNCTUATION}])"
)
_LINE_END = re.compile(r"\r\n|\r")
# OpenCC stops at a NUL and would lose what follows; half a surrogate pair it cannot encode.
_NOT_FOR_OPENCC = re.compile("([\0\ud800-\udfff]+)")


class Edit(NamedTuple):
    """One repair: text[start:end] is replaced by `after`."""

    start: int
    end: int
    after: str


def clean_text(raw: str) -> str:
    """Text as a reader of simplified Chinese would expect it.

    >>> clean_text("強(qiáng)化擔(dān)當(dāng),領(lǐng)導(dǎo)小組(指揮部)著眼(WHO)")
    '强化担当，领导小组(指挥部)着眼(WHO)'
    """
    text = _require_text(raw)
    for find_edits in _REPAIRS.values():
        text, _ = _apply(text, find_edits(text))
    return text


def clean_documents(documents: pd.DataFrame) -> pd.DataFrame:
    """The same documents with `text`, `title`, `script` and `n_han` filled from `raw_text`.

    `script` names the script of the raw text (see `script_of`); `n_han` counts Chinese
    characters in the cleaned text.
    """
    require_columns(documents, "documents", ["doc_id", "title", "raw_text"])
    text = documents["raw_text"].map(clean_text)
    return documents.assign(
        text=text,
        title=documents["title"].map(clean_text),
        script=documents["raw_text"].map(script_of),
        n_han=text.map(count_han).astype("int64"),
    )


def trace(raw: str, start: int, end: int) -> tuple[int, int]:
    """Span (raw_start, raw_end) in the raw text of the cleaned characters start to end.

    What a repair deleted belongs to the character before it, so the span of 强 in the raw
    text is 強(qiáng). The alignment is computed anew at each call.

    >>> raw = "強(qiáng)化"
    >>> trace(raw, 0, 1), raw[slice(*trace(raw, 0, 1))]
    ((0, 8), '強(qiáng)')
    """
    origins = _origins(_require_text(raw))
    n_clean = len(origins) - 1
    if not 0 <= start <= end <= n_clean:
        raise ValueError(
            f"start {start} and end {end} must lie in order within the {n_clean} characters of "
            "the cleaned text; take them from a sentences, tokens or hits table"
        )
    return origins[start], origins[end]


def list_repairs(raw: str) -> pd.DataFrame:
    """One row per repair, in reading order: kind, start, end (in the raw text), before, after.

    For inserted pinyin, `before` is the bracket group and `after` is empty; repeated groups
    are one row each.
    """
    text = _require_text(raw)
    origins = list(range(len(text) + 1))
    rows = []
    for kind, find_edits in _REPAIRS.items():
        edits = find_edits(text)
        rows += [
            {
                "kind": kind,
                "start": origins[edit.start],
                "end": origins[edit.end],
                "before": text[edit.start : edit.end],
                "after": edit.after,
            }
            for edit in edits
        ]
        text, step = _apply(text, edits)
        origins = [origins[position] for position in step]
    repairs = pd.DataFrame(rows, columns=["kind", "start", "end", "before", "after"])
    return repairs.sort_values(["start", "end"], kind="stable", ignore_index=True)


def repair_report(documents: pd.DataFrame) -> pd.DataFrame:
    """One row per document: what was removed, converted, kept and suspected.

    Columns: doc_id, n_raw and n_clean (characters), line_endings, pinyin_removed,
    pinyin_characters (distinct characters that carried one), script_converted (characters),
    commas_converted, brackets_kept (as they stand in the cleaned text), suspected (Latin
    brackets after a Chinese character that spell no reading of it; kept, to be looked at).
    """
    require_columns(documents, "documents", ["doc_id", "raw_text"])
    return pd.DataFrame(
        [
            {"doc_id": doc_id, **_report_on(raw)}
            for doc_id, raw in zip(documents["doc_id"], documents["raw_text"], strict=True)
        ],
        columns=["doc_id", *_REPORT_COLUMNS],
    )


def strip_pinyin(text: str) -> str:
    """Text without the pinyin that a clone site put after characters.

    A bracket group is removed only when its letters are those of a reading of the character
    before it; tone marks are optional, and repeated groups go together.

    >>> strip_pinyin("好(hǎo)(hǎo)的(de)社會(huì )強（qiáng）")
    '好的社會強'
    >>> strip_pinyin("世衛組織(WHO)附件(a)呼吸机(ecmo)")
    '世衛組織(WHO)附件(a)呼吸机(ecmo)'
    """
    return _apply(text, _pinyin_edits(text))[0]


def convert_script(text: str, config: str = "tw2s") -> str:
    """Text in simplified characters, by OpenCC with the named configuration.

    `tw2s` is the suite's choice: `t2s` leaves 著眼, and `tw2sp` rewrites set phrases
    (核心 -> 内核), which would corrupt every count of them.

    >>> convert_script("著眼"), convert_script("著眼", "t2s")
    ('着眼', '著眼')
    """
    if config not in SCRIPT_CONFIGS:
        raise ValueError(f"script configuration {config!r} is not one of {SCRIPT_CONFIGS}")
    pieces = _NOT_FOR_OPENCC.split(text)
    pieces[::2] = [_converter(config).convert(piece) for piece in pieces[::2]]
    return "".join(pieces)


SCRIPT_CONFIGS = ("tw2s", "t2s", "hk2s", "tw2sp", "s2t", "s2tw")


def script_of(raw: str) -> str:
    """'traditional', 'simplified', 'mixed' or 'none', by the characters that differ.

    Characters that `tw2s` would change speak for traditional, those that `s2tw` would change
    for simplified; a minority above a tenth of them makes a text mixed.

    >>> script_of("強化擔當"), script_of("强化担当"), script_of("工作")
    ('traditional', 'simplified', 'none')
    """
    text = strip_pinyin(raw)
    n_traditional = _n_changed(text, "tw2s")
    n_simplified = _n_changed(text, "s2tw")
    n_telling = n_traditional + n_simplified
    if not n_telling:
        return "none"
    if min(n_traditional, n_simplified) > n_telling / 10:
        return "mixed"
    return "traditional" if n_traditional > n_simplified else "simplified"


def count_han(text: str) -> int:
    """Number of Chinese characters in the text (ideographs of every plane, no punctuation).

    >>> count_han("2月26日,廣州市(GZ)")
    5
    """
    return len(_HAN_CHARACTER.findall(text))


# --- the repairs: each finds the edits it would make -------------------------------------


def _line_ending_edits(text: str) -> list[Edit]:
    return [Edit(*match.span(), "\n") for match in _LINE_END.finditer(text)]


def _pinyin_edits(text: str) -> list[Edit]:
    edits = []
    for run in _HAN_THEN_BRACKETS.finditer(text):
        readings = _readings(text[run.start() - 1])
        for group in _BRACKET_GROUP.finditer(text, *run.span()):
            # A real gloss ends the run: what follows it no longer stands after a character.
            if _letters(group[1]) not in readings:
                break
            edits.append(Edit(*group.span(), ""))
    return edits


def _script_edits(text: str) -> list[Edit]:
    converted = convert_script(text)
    if len(converted) == len(text):
        return [
            Edit(position, position + 1, after)
            for position, (before, after) in enumerate(zip(text, converted, strict=True))
            if before != after
        ]
    # A phrase rule changed the length: align what stayed, and edit the stretches between.
    matcher = SequenceMatcher(None, text, converted, autojunk=False)
    return [
        Edit(start, end, converted[new_start:new_end])
        for tag, start, end, new_start, new_end in matcher.get_opcodes()
        if tag != "equal"
    ]


def _comma_edits(text: str) -> list[Edit]:
    return [Edit(*match.span(), "，") for match in _COMMA_BESIDE_CHINESE.finditer(text)]


_REPAIRS: dict[str, Callable[[str], list[Edit]]] = {
    "line ending": _line_ending_edits,
    "pinyin": _pinyin_edits,
    "script": _script_edits,
    "comma": _comma_edits,
}


# --- edits and alignment ------------------------------------------------------------------


def _apply(text: str, edits: list[Edit]) -> tuple[str, list[int]]:
    """The edited text, and for each of its characters (and its end) where that begins in text."""
    pieces: list[str] = []
    origins: list[int] = []
    position = 0
    for edit in edits:
        pieces += (text[position : edit.start], edit.after)
        origins += range(position, edit.start)
        # Longer replacements than their span: the extra characters share its last position.
        origins += [min(edit.start + k, edit.end - 1) for k in range(len(edit.after))]
        position = edit.end
    pieces.append(text[position:])
    origins += range(position, len(text) + 1)
    # Deleted characters belong to the one before them; at the very start, to the first.
    origins[0] = 0
    return "".join(pieces), origins


def _origins(raw: str) -> list[int]:
    """For each cleaned character, and for the end, where it begins in the raw text."""
    text, origins = raw, list(range(len(raw) + 1))
    for find_edits in _REPAIRS.values():
        text, step = _apply(text, find_edits(text))
        origins = [origins[position] for position in step]
    return origins


# --- readings, scripts, reports -----------------------------------------------------------


@cache
def _readings(character: str) -> frozenset[str]:
    """Every reading of the character in plain letters, from pypinyin's table.

    The readings of its simplified form count too: a clone site took the pinyin from the
    simplified original, before it converted the character.
    """
    listed = [pinyin_dict.get(ord(form), "") for form in (character, *convert_script(character))]
    return frozenset(_letters(reading) for reading in ",".join(listed).split(",") if reading)


def _letters(pinyin: str) -> str:
    """Pinyin without tone marks, ü written v, as keyboards do: lǜ -> lv."""
    decomposed = unicodedata.normalize("NFD", pinyin).replace("u\u0308", "v")
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


@cache
def _converter(config: str) -> opencc.OpenCC:
    return opencc.OpenCC(config)


def _n_changed(text: str, config: str) -> int:
    converted = convert_script(text, config)
    return sum(before != after for before, after in zip(text, converted, strict=False))


_REPORT_COLUMNS = [
    "n_raw", "n_clean", "line_endings", "pinyin_removed", "pinyin_characters",
    "script_converted", "commas_converted", "brackets_kept", "suspected",
]  # fmt: skip


def _report_on(raw: str) -> dict[str, object]:
    repairs = list_repairs(raw)
    of_kind = repairs["kind"].value_counts()
    text = clean_text(raw)
    insertions = repairs.loc[repairs["kind"] == "pinyin", "start"]
    brackets = [match[0] for match in _ANY_BRACKET.finditer(text)]
    suspected = [match[0] for match in re.finditer(rf"[{_HAN}]{_BRACKET_GROUP.pattern}", text)]
    return {
        "n_raw": len(raw),
        "n_clean": len(text),
        "line_endings": int(of_kind.get("line ending", 0)),
        "pinyin_removed": int(of_kind.get("pinyin", 0)),
        "pinyin_characters": len({_character_before(raw, start) for start in insertions}),
        "script_converted": int(of_kind.get("script", 0)),
        "commas_converted": int(of_kind.get("comma", 0)),
        "brackets_kept": " ".join(brackets),
        "suspected": " ".join(suspected),
    }


def _character_before(raw: str, start: int) -> str:
    """The Chinese character that a (possibly repeated) insertion at `start` stands behind."""
    return next(character for character in reversed(raw[:start]) if _HAN_CHARACTER.match(character))


def _require_text(raw: object) -> str:
    if not isinstance(raw, str):
        raise ValueError(
            f"cleaning needs text, not {type(raw).__name__}; read files with load.read_documents"
        )
    return raw
