"""What charts say of themselves, in English or Chinese by one setting.

The English string is the key of data/lexicon/furniture.csv; both languages have the same
{placeholders}. Titles and captions that a caller gives are not touched.
"""

import csv
import re
from functools import lru_cache

from helpers import paths
from helpers.drawing.style import settings

FURNITURE = paths.LEXICON / "furniture.csv"


def say(text: str, **values: object) -> str:
    """Return `text`, or its Chinese, with the values in their {placeholders}.

    >>> say("{n} more", n=3)
    '3 more'
    """
    if settings.in_force().language == "zh":
        text = _chinese(text)
    return text.format(**values)


def saying(text: str) -> str:
    """Return `text` as it is: marks a string of a table that `say` is given later.

    >>> saying("mentions")
    'mentions'
    """
    return text


# Values of tables this project writes: parts of a report, places, kinds of obligation.
_VALUES = (
    saying("title"), saying("lead"), saying("preamble"), saying("directive {n}"),
    saying("nation"), saying("Guangdong"), saying("Guangzhou"), saying("Wuhan"),
    saying("Shanghai"), saying("Beijing"), saying("Nanjing"), saying("China, strictest place"),
    saying("prohibition"), saying("obligation"), saying("requirement"),
    saying("encouragement"), saying("permission"), saying("discretion"),
)  # fmt: skip


def name_value(value: str) -> str:
    """Return a part or place the tables name, in the language in force; others as they are.

    >>> name_value("directive 2")
    'directive 2'
    """
    without_number = re.sub(r"[0-9]+", "{n}", value)
    if without_number not in _VALUES or "{" in value:
        return value
    return say(without_number, n="".join(re.findall("[0-9]+", value)))


def _chinese(text: str) -> str:
    known = read_furniture()
    if text not in known:
        raise ValueError(
            f"{FURNITURE.name} has no Chinese for {text!r}; add a row with this English in column "
            "en and the same placeholders in column zh"
        )
    return known[text]


@lru_cache(maxsize=1)
def read_furniture() -> dict[str, str]:
    """Return the Chinese of each English string; the file is read once.

    >>> read_furniture()["mentions"]
    '提及次数'
    """
    with FURNITURE.open(encoding="utf-8", newline="") as file:
        return {row["en"]: row["zh"] for row in csv.DictReader(file)}


def list_names(names: list[str]) -> str:
    """Return the names in a row, with the comma of the language in force.

    >>> list_names(["a", "b"])
    'a, b'
    """
    return ("、" if settings.in_force().language == "zh" else ", ").join(names)
