"""Answers to exercises in one canonical form, and the fingerprints they are compared by.

An answer becomes a few entries: a number or a word is one entry, a list has one for every
place, a mapping one for every key. An entry's fingerprint is a salted SHA-256, so that nobody
reads an answer in the file of exercises. It keeps a reader from seeing it by accident; it is
no lock, because whoever tries all numbers up to a thousand finds the right one.

    number     counted in steps of a tenth of the tolerance; with tolerance 0, of 1e-9
    text       full-width forms become usual ones; spaces and capitals make no difference
    day        the text 2020-02-26, a month 2020-02, also where it was written 2020/2/26
"""

import datetime
import hashlib
import math
import re
import unicodedata
from collections.abc import Iterable, KeysView, Mapping, Sequence, Set, ValuesView
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd

KINDS = ("number", "text", "list", "set", "mapping")
DEEPEST = 3
FINEST_STEP = Fraction(1, 10**9)
STEPS_PER_TOLERANCE = 10
DIGITS = 16
MOST_ENTRIES = 1000
LONGEST_TEXT = 10_000
LARGEST_NUMBER = 10**15

_DAY = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})(?:月|[-/.月]([0-9]{1,2})日?)?")
_QUOTED_NUMBER = re.compile(r"t(-?[0-9]{1,15}(?:\.[0-9]{1,15})?)")

_COLUMNS = pd.Series | pd.Index | np.ndarray | pd.api.extensions.ExtensionArray

Entry = tuple[str, str]
"""Where a value stands ("" if that does not matter) and its canonical text."""


class AnswerError(Exception):
    """Why an answer cannot be compared: the name of a message, and what it says."""

    def __init__(self, message: str, **values: object) -> None:
        """Keep the message's name and the values of its placeholders."""
        super().__init__(message)
        self.message = message
        self.values = values


def entries_of(answer: object, kind: str, *, step: Fraction = FINEST_STEP) -> list[Entry]:
    """Return the entries of an answer of the `kind`; AnswerError where it is of another.

    Sets come without doubles and sorted, lists and mappings in their order.

    >>> entries_of("疫情 防控", "text")
    [('', 't疫情防控')]
    >>> entries_of({"复工": 3}, "mapping", step=Fraction(1))
    [('复工', 'n3')]
    """
    if is_unanswered(answer):
        raise AnswerError("unanswered")
    if kind in ("number", "text"):
        return [("", _canonical_single(answer, kind, step))]
    if kind == "mapping":
        return _entries_of_mapping(answer, step)
    values = [_canonical(value, number, step) for number, value in _values_of(answer, kind)]
    if kind == "set":
        return [("", value) for value in sorted(set(values))]
    return [(str(place), value) for place, value in enumerate(values)]


def is_unanswered(answer: object) -> bool:
    """Return True for what stands in an answer cell before anybody wrote into it.

    >>> is_unanswered(...), is_unanswered(" "), is_unanswered(0)
    (True, True, False)
    """
    return answer is None or answer is Ellipsis or (isinstance(answer, str) and not answer.strip())


def step_of(tolerance: float | str) -> Fraction:
    """Return the step numbers are counted in, for answers that may be off by `tolerance`.

    >>> step_of("0.01")
    Fraction(1, 1000)
    """
    exact = Fraction(str(tolerance))
    return exact / STEPS_PER_TOLERANCE if exact else FINEST_STEP


def number_near(value: float, tolerance: float | str) -> list[str]:
    """Return the canonical texts of all numbers that are within `tolerance` of `value`.

    >>> number_near(14, 0) == [canonical_number(Fraction(14), FINEST_STEP)]
    True
    >>> len(number_near(0.7, "0.01"))
    21
    """
    step, exact, margin = step_of(tolerance), Fraction(str(value)), Fraction(str(tolerance))
    first, last = math.ceil((exact - margin) / step), math.floor((exact + margin) / step)
    steps = {round(exact / step), *range(first, last + 1)}
    return [f"n{count:x}" for count in sorted(steps)]


def canonical_number(value: Fraction, step: Fraction) -> str:
    """Return a number as its count of steps, in hexadecimal digits.

    >>> canonical_number(read_number(0.1 + 0.2), FINEST_STEP)
    'n11e1a300'
    """
    return f"n{round(value / step):x}"


def read_number(answer: object) -> Fraction:
    """Return a single number exactly; AnswerError where it is none, or not finite.

    What is larger than any exercise's answer becomes the largest number, 10**15: to write out
    10**10_000_000 would take long, and it is wrong in any case.

    >>> read_number(np.float64(0.5))
    Fraction(1, 2)
    """
    value = _as_plain_value(answer)
    if _is_missing(value):
        raise AnswerError("no value")
    if not _is_number(value):
        raise AnswerError("expected number", type=_type_name(answer))
    if abs(value) >= LARGEST_NUMBER:
        return Fraction(LARGEST_NUMBER if value > 0 else -LARGEST_NUMBER)
    return Fraction(value) if isinstance(value, int | Fraction) else Fraction(float(value))


def canonical_text(text: str) -> str:
    """Return a text without differences that do not count: width, spaces, capitals, forms of days.

    >>> canonical_text(" ２０２０ 年 "), canonical_text("2020年3月5日")
    ('t2020年', 't2020-03-05')
    """
    plain = "".join(unicodedata.normalize("NFKC", text[:LONGEST_TEXT]).split()).casefold()
    day = _DAY.fullmatch(plain)
    if day:
        plain = "-".join(part.zfill(2) for part in day.groups() if part)
    return "t" + plain


def unquote_number(value: str, step: Fraction) -> str:
    """Return the canonical text of a number that was written as a text; others as they are.

    >>> unquote_number("t6", FINEST_STEP) == canonical_number(Fraction(6), FINEST_STEP)
    True
    >>> unquote_number("t复工", FINEST_STEP)
    't复工'
    """
    quoted = _QUOTED_NUMBER.fullmatch(value)
    return canonical_number(Fraction(quoted[1]), step) if quoted else value


def unrounded(value: Fraction, step: Fraction) -> list[str]:
    """Return the canonical texts of all numbers that become `value` with one or two decimals.

    Empty where `value` has more decimals, and where these numbers are no narrow choice.

    >>> len(unrounded(Fraction("0.22"), Fraction("0.001")))
    11
    >>> unrounded(Fraction("0.222"), Fraction("0.001"))
    []
    """
    for n_decimals in (1, 2):
        half = Fraction(1, 2 * 10**n_decimals)
        if round(float(value), n_decimals) == float(value) and half / step <= MOST_ENTRIES:
            first, last = math.ceil((value - half) / step), math.floor((value + half) / step)
            return [f"n{count:x}" for count in range(first, last + 1)]
    return []


def fingerprint(salt: str, place: str, value: str) -> str:
    """Return the first 16 hexadecimal digits of the salted SHA-256 of an entry.

    >>> fingerprint("03-2", "", "t和") == fingerprint("03-3", "", "t和")
    False
    """
    # Lone surrogates can stand in a Python string, though in no file.
    content = "\x1f".join((salt, place, value)).encode("utf-8", errors="surrogatepass")
    return hashlib.sha256(content).hexdigest()[:DIGITS]


def _canonical_single(answer: object, kind: str, step: Fraction) -> str:
    several = isinstance(answer, list | tuple | Set | _COLUMNS)
    if several and not (isinstance(answer, np.ndarray) and answer.ndim == 0):
        message = "single" if len(answer) == 1 else f"expected {kind}"
        raise AnswerError(message, type=_type_name(answer))
    if kind == "number":
        return canonical_number(read_number(answer), step)
    text = _as_plain_value(answer)
    if not isinstance(text, str):
        raise AnswerError("expected text", type=_type_name(answer))
    return canonical_text(text)


def _entries_of_mapping(answer: object, step: Fraction) -> list[Entry]:
    if isinstance(answer, pd.Series):
        pairs = zip(answer.index, answer, strict=True)
    elif isinstance(answer, Mapping):
        pairs = answer.items()
    else:
        raise AnswerError("expected mapping", type=_type_name(answer))
    _require_some(len(answer))
    numbered = enumerate(pairs, start=1)
    return [(_key_of(key, n), _canonical(value, n, step)) for n, (key, value) in numbered]


def _values_of(answer: object, kind: str) -> Iterable[tuple[int, object]]:
    several = Sequence | Set | KeysView | ValuesView | _COLUMNS
    # Text is a sequence of characters to Python, and to nobody who answers an exercise.
    fits = isinstance(answer, several) and not isinstance(answer, str | bytes | bytearray)
    if not fits or (isinstance(answer, np.ndarray) and answer.ndim != 1):
        raise AnswerError(f"expected {kind}", type=_type_name(answer))
    if kind == "list" and isinstance(answer, Set):
        raise AnswerError("order expected", type=_type_name(answer))
    _require_some(len(answer))
    return enumerate(answer, start=1)


def _canonical(value: object, number: int, step: Fraction, depth: int = 0) -> str:
    value = _as_plain_value(value)
    # A list in a list in a list is no entry, and one that holds itself has no end.
    if depth > DEEPEST:
        raise AnswerError("entry", n=number, type=_type_name(value))
    if isinstance(value, str):
        return canonical_text(value)
    if isinstance(value, list | tuple):
        return "(" + "|".join(_canonical(part, number, step, depth + 1) for part in value) + ")"
    if not _is_number(value) or _is_missing(value):
        raise AnswerError("entry", n=number, type=_type_name(value))
    return canonical_number(read_number(value), step)


def _key_of(key: object, number: int) -> str:
    key = _as_plain_value(key)
    if not _is_number(key) or _is_missing(key):
        return _canonical(key, number, FINEST_STEP).removeprefix("t")
    # Keys of a JSON object are texts: 3, 3.0 and "3" are one key.
    exact = read_number(key)
    return str(exact.numerator if exact.denominator == 1 else float(exact))


def _as_plain_value(value: object) -> object:
    """Return numpy's scalars as Python's, days and months as their text."""
    if isinstance(value, np.datetime64):
        value = pd.Timestamp(value)
    if isinstance(value, datetime.date) and value is not pd.NaT:
        return value.isoformat()[: len("2020-02-26")]
    if isinstance(value, pd.Period):
        return str(value)
    if isinstance(value, np.floating):
        return float(value)
    if isinstance(value, np.generic) or (isinstance(value, np.ndarray) and value.ndim == 0):
        return value.item()
    return value


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | Fraction | Decimal) and not isinstance(value, bool)


def _is_missing(value: object) -> bool:
    if value is pd.NA or value is pd.NaT:
        return True
    if isinstance(value, Decimal):
        return not value.is_finite()
    # An int may be too large for a float, and is always finite.
    return isinstance(value, float) and not math.isfinite(value)


def _require_some(n_entries: int) -> None:
    if n_entries == 0:
        raise AnswerError("empty")
    if n_entries > MOST_ENTRIES:
        raise AnswerError("too many", n=n_entries)


def _type_name(value: object) -> str:
    return type(value).__name__[:40]
