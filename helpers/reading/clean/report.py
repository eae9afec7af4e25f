"""What was done to a text: every repair, and a count of each kind."""

import re
from collections.abc import Collection

import pandas as pd

from helpers.reading.clean.characters import HAN, HAN_CHARACTER
from helpers.reading.clean.cleaning import (
    choose_repairs,
    clean_text,
    follow_repairs,
    require_text,
)
from helpers.reading.clean.repairs import BRACKET_GROUP, find_annotations
from helpers.tables import require_columns

_ANY_BRACKET = re.compile(r"[(（]([^()（）\n]*)[)）]")
_LATIN_BRACKET = re.compile(rf"[{HAN}]{BRACKET_GROUP.pattern}")
_BREAK_BETWEEN_HAN = re.compile(f"[{HAN}]\n(?=[{HAN}])")
# Left by a decoding that lost bytes: the replacement character, and what GBK makes of two.
_DAMAGED = re.compile("\ufffd+|(?:锟斤拷)+|[\ue000-\uf8ff]+|烫{3,}|屯{3,}")

# Column of the report -> kind of repair.
COUNTED = {
    "html_removed": "html",
    "line_endings": "line ending",
    "invisible_removed": "invisible",
    "width_converted": "width",
    "compatibility_converted": "compatibility",
    "pinyin_removed": "pinyin",
    "script_converted": "script",
    "doubled_marks": "doubled mark",
    "commas_converted": "comma",
    "line_breaks_joined": "line break",
}
REPORT_COLUMNS = [
    "doc_id", "n_raw", "n_clean", *COUNTED, "pinyin_characters", "brackets_kept",
    "glosses_kept", "suspected", "breaks_kept", "damaged",
]  # fmt: skip


def list_repairs(raw: str, *, without: Collection[str] = ()) -> pd.DataFrame:
    """One row per repair, in reading order: kind, start, end (in the raw text), before, after.

    `kind` is one of REPAIRS. For inserted pinyin, `before` is the bracket group and `after` is
    empty; repeated groups are one row each.
    """
    rows = [
        (kind, *edit)
        for kind, edits, _ in follow_repairs(require_text(raw), without)
        for edit in edits
    ]
    repairs = pd.DataFrame(rows, columns=["kind", "start", "end", "before", "after"])
    return repairs.sort_values(["start", "end"], kind="stable", ignore_index=True)


def repair_report(documents: pd.DataFrame, *, without: Collection[str] = ()) -> pd.DataFrame:
    """One row per document: how much of each kind was repaired, what was kept, what is lost.

    Columns: doc_id, n_raw and n_clean (characters), one column per repair (see COUNTED; each
    counts places), pinyin_characters (distinct characters that carried an insertion),
    brackets_kept (as they stand in the cleaned text), glosses_kept (readings in brackets that
    an author wrote), suspected (Latin brackets after a Chinese character that spell no reading
    of it; kept, to be looked at), breaks_kept (line ends between two Chinese characters that
    stay), damaged (places where characters were lost before the file reached us).
    """
    require_columns(documents, "documents", ["doc_id", "raw_text"])
    choose_repairs(without)
    return pd.DataFrame(
        [
            {"doc_id": doc_id, **_report_on(raw, without)}
            for doc_id, raw in zip(documents["doc_id"], documents["raw_text"], strict=True)
        ],
        columns=REPORT_COLUMNS,
    )


def _report_on(raw: str, without: Collection[str]) -> dict[str, object]:
    repairs = list_repairs(raw, without=without)
    of_kind = repairs["kind"].value_counts()
    text = clean_text(raw, without=without)
    insertions = repairs.loc[repairs["kind"] == "pinyin", "start"]
    annotated = [text[edit.start - 1] + text[edit.start : edit.end]
                 for edit, _ in find_annotations(text)]  # fmt: skip
    latin = [match[0] for match in _LATIN_BRACKET.finditer(text)]
    return {
        "n_raw": len(raw),
        "n_clean": len(text),
        **{column: int(of_kind.get(kind, 0)) for column, kind in COUNTED.items()},
        "pinyin_characters": len({_character_before(raw, start) for start in insertions}),
        "brackets_kept": " ".join(match[0] for match in _ANY_BRACKET.finditer(text)),
        "glosses_kept": " ".join(annotated),
        "suspected": " ".join(group for group in latin if group not in annotated),
        "breaks_kept": len(_BREAK_BETWEEN_HAN.findall(text)),
        "damaged": len(_DAMAGED.findall(text)),
    }


def _character_before(raw: str, start: int) -> str:
    """The Chinese character that a (possibly repeated) insertion at `start` stands behind."""
    return next(character for character in reversed(raw[:start]) if HAN_CHARACTER.match(character))
