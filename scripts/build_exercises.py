"""Write data/teaching/exercises.json from plain answers that stay outside the project.

    python -m scripts.build_exercises FILE [FILE ...] [--check]

FILE is a JSON object: exercise number -> answer, kind (number, text, list, set, mapping),
tolerance (numbers only; 0 by default), right_en, right_zh, hint_en, hint_zh, and wrong: a list
of {answer, en, zh}. The project's file keeps fingerprints in place of the answers. Exercises
named in no FILE stay as they are. With --check the files are read and judged, nothing written.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path

from helpers.teaching import answers, classroom
from scripts.execute_notebooks import replace_if_changed

NUMBER = re.compile(r"0[0-8]-[1-9]")
NEEDED = ("answer", "kind", "right_en", "right_zh", "wrong", "hint_en", "hint_zh")


def main(arguments: Sequence[str] | None = None) -> int:
    """Return 0 when the file is written, 1 when the plain answers have a fault."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("files", nargs="+", type=Path, help="plain answers, outside the project")
    parser.add_argument("--check", action="store_true", help="judge the files, write nothing")
    options = parser.parse_args(arguments)
    try:
        built = build_exercises([read_plain(path) for path in options.files])
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    if not options.check:
        former = _read_former(classroom.EXERCISES)
        replace_if_changed(classroom.EXERCISES, as_bytes(former | built))
    print(f"{len(built)} exercises: {', '.join(sorted(built))}")
    return 0


def read_plain(path: Path) -> dict[str, dict[str, object]]:
    """Return the plain exercises of a file; ValueError where it is no JSON object of them."""
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} cannot be read as JSON in UTF-8: {error}") from error
    if not isinstance(rows, dict) or not all(isinstance(row, dict) for row in rows.values()):
        raise ValueError(f"{path} must hold an object of exercises, as in {{'03-2': {{...}}}}")
    return rows


def build_exercises(files: Iterable[Mapping[str, dict[str, object]]]) -> dict[str, object]:
    """Return the rows of exercises.json; a ValueError lists every fault of every exercise."""
    rows = [(number, row) for file in files for number, row in file.items()]
    faults = [fault for number, row in rows for fault in find_faults(number, row)]
    if faults:
        raise ValueError("\n".join(faults))
    return {number: build_exercise(number, row) for number, row in rows}


def build_exercise(number: str, row: Mapping[str, object]) -> dict[str, object]:
    """Return one row of exercises.json: the plain row with fingerprints for answers."""
    kind, tolerance = row["kind"], str(row.get("tolerance", 0))

    def outcome(answer: object, en: str, zh: str) -> dict[str, object]:
        entries = _accepted(answer, kind, tolerance)
        marks = [
            sorted(answers.fingerprint(number, place, value) for value in values)
            for place, values in entries
        ]
        return {"entries": marks, "en": en, "zh": zh}

    built = {
        "salt": number,
        "kind": kind,
        "step": str(answers.step_of(tolerance)),
        "right": outcome(row["answer"], row["right_en"], row["right_zh"]),
        "wrong": [outcome(wrong["answer"], wrong["en"], wrong["zh"]) for wrong in row["wrong"]],
        "hint": {"en": row["hint_en"], "zh": row["hint_zh"]},
    }
    if kind == "list":
        values = {value for _, near in _accepted(row["answer"], kind, tolerance) for value in near}
        built["anywhere"] = sorted(answers.fingerprint(number, "*", value) for value in values)
    return built


def find_faults(number: str, row: Mapping[str, object]) -> list[str]:
    """Return what is wrong with a plain exercise, each with its number and the cure."""
    if not NUMBER.fullmatch(number):
        return [f"{number!r} is no exercise; write notebook and exercise, as in 03-2"]
    missing = [name for name in NEEDED if name not in row]
    if missing:
        return [f"{number} has no {', '.join(missing)}; add it"]
    if row["kind"] not in answers.KINDS:
        return [f"{number}: kind is {row['kind']!r}; it must be one of {', '.join(answers.KINDS)}"]
    return [f"{number}: {fault}" for fault in (*_answer_faults(row), *_message_faults(row))]


def _answer_faults(row: Mapping[str, object]) -> Iterable[str]:
    try:
        if Fraction(str(row.get("tolerance", 0))) < 0:
            yield "tolerance is below 0; give how far off a right number may be, or 0"
            return
        right = _accepted(row["answer"], row["kind"], str(row.get("tolerance", 0)))
        known = [right]
        for place, wrong in enumerate(row["wrong"], start=1):
            accepted = _accepted(wrong["answer"], row["kind"], str(row.get("tolerance", 0)))
            if any(_overlap(accepted, other) for other in known):
                yield f"wrong answer {place} is also the right one or an earlier one; take it out"
            known.append(accepted)
    except answers.AnswerError as error:
        yield f"an answer does not fit kind {row['kind']} ({error.message} {error.values})"
    if len(row["wrong"]) < 2:
        yield "fewer than two known wrong answers; name the misconceptions they point to"


def _message_faults(row: Mapping[str, object]) -> Iterable[str]:
    said = {name: row[name] for name in NEEDED if name.endswith(("_en", "_zh"))}
    for place, wrong in enumerate(row["wrong"], start=1):
        said |= {f"wrong {place} {language}": wrong[language] for language in ("en", "zh")}
    for name, text in said.items():
        if not text.strip():
            yield f"{name} is empty; write the message"
        if tells_answer(text, row["answer"]):
            yield f"{name} tells the answer; say what to look at instead"


def tells_answer(text: str, answer: object) -> bool:
    """Return True where a message holds the whole answer, as somebody would read it.

    >>> tells_answer("Not 6 but 10", 10), tells_answer("in 2010", 10), tells_answer("和平", "和")
    (True, False, False)
    """
    if isinstance(answer, Mapping):
        return bool(answer) and all(tells_answer(text, value) for value in answer.values())
    if isinstance(answer, list):
        return bool(answer) and all(tells_answer(text, value) for value in answer)
    if isinstance(answer, str) and not answer.isascii() and len(answer) > 1:
        return answer in text
    # A bare character such as 和 also stands inside other words, a digit inside other numbers.
    return re.search(rf"(?<![\w.]){re.escape(str(answer))}(?![\w]|\.\d)", text) is not None


def as_bytes(rows: Mapping[str, object]) -> bytes:
    """Return the file's content: sorted exercises, UTF-8, a newline at the end."""
    ordered = {number: rows[number] for number in sorted(rows)}
    return (json.dumps(ordered, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _accepted(answer: object, kind: str, tolerance: str) -> list[tuple[str, list[str]]]:
    """Return for each entry its place and the canonical texts of all values it may have."""
    step = answers.step_of(tolerance)
    entries = answers.entries_of(answer, kind, step=step)
    if not Fraction(tolerance):
        return [(place, [value]) for place, value in entries]
    if kind == "number":
        return [("", answers.number_near(answer, tolerance))]
    values = answer.values() if kind == "mapping" else answer
    if kind == "set":
        values = sorted(values, key=lambda value: answers.entries_of([value], kind, step=step))
    return [
        (place, answers.number_near(value, tolerance) if _is_number(value) else [canonical])
        for (place, canonical), value in zip(entries, values, strict=True)
    ]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _overlap(first: list[tuple[str, list[str]]], second: list[tuple[str, list[str]]]) -> bool:
    if len(first) != len(second):
        return False
    other = dict(second) if len({place for place, _ in second}) == len(second) else None
    if other is None:
        return {tuple(values) for _, values in first} == {tuple(values) for _, values in second}
    return all(set(values) & set(other.get(place, ())) for place, values in first)


def _read_former(path: Path) -> dict[str, object]:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


if __name__ == "__main__":
    sys.exit(main())
