"""Checks and hints for the exercises of the notebooks, in English or Chinese.

`check` answers whatever it is given and never prints the answer: data/teaching/exercises.json
holds fingerprints of right answers and of known wrong ones, each with what it points to.
`python -m scripts.build_exercises` writes that file.
"""

import csv
import html
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

from helpers import paths
from helpers.drawing.style.settings import LANGUAGES, in_force, require_known
from helpers.reading import clean
from helpers.teaching import answers
from helpers.teaching.answers import AnswerError

FOLDER = paths.DATA / "teaching"
EXERCISES = FOLDER / "exercises.json"
MESSAGES = FOLDER / "messages.csv"

_BORDERS = {True: "#2a8c7f", False: "#b8791a"}


@dataclass(frozen=True, repr=False)
class Hint:
    """What to try next in an exercise; a notebook shows it as a paragraph."""

    exercise: str
    message: str
    language: str

    def __repr__(self) -> str:
        """Return the message after the exercise's number, for a console."""
        return f"{self.exercise}: {self.message}"

    def _repr_html_(self) -> str:
        return _as_html(self, colour=_BORDERS[False])


@dataclass(frozen=True, repr=False)
class Verdict(Hint):
    """What an answer was worth: `right`, and a message that does not tell the answer."""

    right: bool

    def _repr_html_(self) -> str:
        return _as_html(self, colour=_BORDERS[self.right])


@dataclass(frozen=True)
class Outcome:
    """Answers that count as one: for each entry its accepted fingerprints; and what is said."""

    entries: tuple[frozenset[str], ...]
    said: Mapping[str, str]


@dataclass(frozen=True)
class Exercise:
    """One row of exercises.json, read."""

    number: str
    salt: str
    kind: str
    step: Fraction
    right: Outcome
    wrong: tuple[Outcome, ...]
    anywhere: frozenset[str]
    hint: Mapping[str, str]


def check(exercise: str, answer: object, *, language: str | None = None) -> Verdict:
    """Return whether `answer` solves the exercise, and a message, whatever the answer is.

    `exercise` is the notebook's number and the exercise's, such as "03-2"; an unknown one is a
    ValueError that names the known ones. `language` is "en" or "zh", by default that of the
    charts (`style.set_theme`).

    >>> check("03-2", None).right
    False
    """
    language = _choose_language(language)
    known = _find_exercise(exercise)
    try:
        given = answers.entries_of(answer, known.kind, step=known.step)
    except AnswerError as error:
        message = _say(error.message, language, exercise=exercise, **error.values)
        return Verdict(exercise, message, language, right=False)
    if _fits(known.right, _marks(known, given)):
        return Verdict(exercise, known.right.said[language], language, right=True)
    return Verdict(exercise, _explain(known, answer, given, language), language, right=False)


def hint(exercise: str, *, language: str | None = None) -> Hint:
    """Return what to try next in the exercise, without its answer.

    >>> hint("03-2", language="en").exercise
    '03-2'
    """
    language = _choose_language(language)
    return Hint(exercise, _find_exercise(exercise).hint[language], language)


def list_exercises() -> list[str]:
    """Return the numbers of all exercises that can be checked.

    >>> "03-2" in list_exercises()
    True
    """
    return sorted(_known_exercises())


def _explain(known: Exercise, answer: object, given: Sequence[answers.Entry], language: str) -> str:
    """Say what a wrong answer points to: a known misconception first, then its form."""
    marks = _marks(known, given)
    for wrong in known.wrong:
        if _fits(wrong, marks):
            return _say("known wrong", language, said=wrong.said[language])
    if known.kind == "list" and _in_another_order(known, given):
        return _say("order", language, exercise=known.number)
    for message, other in _other_spellings(known, answer, given):
        if _fits(known.right, _marks(known, other)):
            return _say(message, language, exercise=known.number)
    if known.kind == "text":
        return _say("other text", language, exercise=known.number)
    if known.kind == "number":
        name = "rounded" if _is_rounded(known, answer) else "other value"
        return _say(name, language, exercise=known.number)
    return _count_right(known, marks, language)


def _count_right(known: Exercise, marks: Sequence[str], language: str) -> str:
    n_right = sum(bool(accepted & set(marks)) for accepted in known.right.entries)
    name = "entries"
    if n_right == len(marks):
        name = "entries missing"
    elif n_right == len(known.right.entries):
        name = "entries too many"
    return _say(name, language, exercise=known.number, n_given=len(marks), n_right=n_right)


def _is_rounded(known: Exercise, answer: object) -> bool:
    near = answers.unrounded(answers.read_number(answer), known.step)
    return any(_fits(known.right, _marks(known, [("", value)])) for value in near)


def _other_spellings(
    known: Exercise, answer: object, given: Sequence[answers.Entry]
) -> list[tuple[str, list[answers.Entry]]]:
    """Return the answer as it would be in another unit or form, with the message for it."""
    if known.kind == "number":
        return _other_units(known, answers.read_number(answer))
    unquoted = [(place, answers.unquote_number(value, known.step)) for place, value in given]
    simplified = [(_simplify(place), _simplify(value)) for place, value in given]
    return [("quoted numbers", unquoted), ("traditional", simplified)]


def _other_units(known: Exercise, exact: Fraction) -> list[tuple[str, list[answers.Entry]]]:
    # An exact number is a count: to say that it asks for a share or for percent would be untrue.
    if known.step == answers.FINEST_STEP:
        return []
    units = {"percent": exact * 100}
    if abs(exact) <= 100:
        units["share"] = exact / 100
    return [
        (name, answers.entries_of(value, "number", step=known.step))
        for name, value in units.items()
    ]


def _simplify(text: str) -> str:
    # Half a surrogate pair is no character a converter knows.
    if any("\ud800" <= character <= "\udfff" for character in text):
        return text
    return clean.convert_script(text)


def _marks(known: Exercise, given: Sequence[answers.Entry]) -> list[str]:
    return [answers.fingerprint(known.salt, place, value) for place, value in given]


def _fits(outcome: Outcome, marks: Sequence[str]) -> bool:
    """Return True where every entry of the outcome is given, and nothing else."""
    if len(marks) != len(outcome.entries):
        return False
    return all(accepted.intersection(marks) for accepted in outcome.entries)


def _in_another_order(known: Exercise, given: Sequence[answers.Entry]) -> bool:
    marks = [answers.fingerprint(known.salt, "*", value) for _, value in given]
    return len(marks) == len(known.right.entries) and known.anywhere.issuperset(marks)


def _find_exercise(number: object) -> Exercise:
    known = _known_exercises()
    if not isinstance(number, str) or number not in known:
        raise ValueError(
            f"there is no exercise {number!r} to check; write its number in quotation marks, as in "
            f'classroom.check("{min(known)}", answer). Known are {", ".join(sorted(known))}'
        )
    return known[number]


def _known_exercises() -> dict[str, Exercise]:
    if not EXERCISES.exists():
        raise ValueError(
            f"there is no {EXERCISES.name} in {EXERCISES.parent}; fetch it from the project again"
        )
    # Read again when the file changes, so that a teacher who mends it need not start anew.
    return _read_exercises(EXERCISES, EXERCISES.stat().st_mtime_ns)


@lru_cache(maxsize=1)
def _read_exercises(path: Path, _changed_at: int) -> dict[str, Exercise]:
    cure = "write it with python -m scripts.build_exercises"
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path.name} is no JSON in UTF-8: {error}; {cure}") from error
    if not isinstance(rows, dict):
        raise ValueError(f"{path.name} holds no exercise by its number; {cure}")
    exercises = {}
    for number, row in rows.items():
        try:
            exercises[number] = _read_exercise(number, row)
        except KeyError as error:
            raise ValueError(f"{path.name}: exercise {number} has no {error}; {cure}") from error
        except (AttributeError, TypeError, ValueError) as error:
            raise ValueError(f"{path.name}: exercise {number} cannot be read; {cure}") from error
    return exercises


def _read_exercise(number: str, row: Mapping[str, object]) -> Exercise:
    return Exercise(
        number,
        salt=row["salt"],
        kind=row["kind"],
        step=Fraction(row["step"]),
        right=_read_outcome(row["right"]),
        wrong=tuple(map(_read_outcome, row["wrong"])),
        anywhere=frozenset(row.get("anywhere", ())),
        hint={language: row["hint"][language] for language in LANGUAGES},
    )


def _read_outcome(row: Mapping[str, object]) -> Outcome:
    said = {language: row[language] for language in LANGUAGES}
    return Outcome(tuple(map(frozenset, row["entries"])), said)


@lru_cache(maxsize=1)
def _read_messages() -> dict[str, dict[str, str]]:
    with MESSAGES.open(encoding="utf-8", newline="") as file:
        return {row["name"]: row for row in csv.DictReader(file)}


def _say(name: str, language: str, **values: object) -> str:
    return _read_messages()[name][language].format(**values)


def _choose_language(language: str | None) -> str:
    if language is None:
        return in_force().language
    require_known("language", language, LANGUAGES)
    return language


def _as_html(hint: Hint, *, colour: str) -> str:
    lang = {"en": "en", "zh": "zh-Hans"}[hint.language]
    number, message = html.escape(hint.exercise), html.escape(hint.message)
    return (
        f'<div role="note" lang="{lang}" style="border-left: 4px solid {colour}; '
        f'padding-left: 0.7em"><strong>{number}</strong>&ensp;{message}</div>'
    )
