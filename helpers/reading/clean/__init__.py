"""Raw text -> readable simplified text, with every character traceable to the file.

A repair is an edit: a span of the text and what stands there afterwards. The repairs run one
after another, and their edits are all that is needed to find the way back.

    html            tags, comments, scripts and entities that a page left behind
    line ending     \\r\\n, \\r, form feeds become \\n
    invisible       zero-width, direction and control characters
    width           ２０２０ -> 2020, ｡ -> 。
    compatibility   ⼯ (a radical's code point) -> 工
    pinyin          強(qiáng) -> 強: a bracket that spells a reading of the character before it
    script          traditional -> simplified, OpenCC `tw2s`
    doubled mark    指出,, -> 指出，
    comma           an ASCII comma beside Chinese is a Chinese comma
    line break      工作报\\n告 -> 工作报告
"""

from helpers.reading.clean.characters import (
    HAN_CHARACTER,
    SCRIPT_CONFIGS,
    convert_script,
    count_han,
)
from helpers.reading.clean.cleaning import (
    clean_ahead,
    clean_documents,
    clean_each,
    clean_text,
    follow_repairs,
    script_of,
    strip_pinyin,
    trace,
)
from helpers.reading.clean.repairs import REPAIRS
from helpers.reading.clean.report import COUNTED, list_repairs, repair_report

__all__ = [
    "COUNTED", "HAN_CHARACTER", "REPAIRS", "SCRIPT_CONFIGS", "clean_ahead", "clean_documents",
    "clean_each", "clean_text", "convert_script", "count_han", "follow_repairs", "list_repairs",
    "repair_report", "script_of", "strip_pinyin", "trace",
]  # fmt: skip
