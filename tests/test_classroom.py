"""The checks of exercises: kind, in two languages, and silent about the answer."""

import json
import re
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import classroom, paths, style
from helpers.teaching import answers
from scripts import build_exercises

SAYS = {
    "right_en": "That is right.",
    "right_zh": "对了。",
    "hint_en": "Look at the table.",
    "hint_zh": "看表。",
}


def plain(answer, kind, *wrong, tolerance=0):
    known = [
        {"answer": value, "en": f"Misconception {place}.", "zh": f"误解{place}。"}
        for place, value in zip("abc", wrong, strict=False)
    ]
    return SAYS | {"answer": answer, "kind": kind, "tolerance": tolerance, "wrong": known}


PLAIN = {
    "00-1": plain(22, "number", 14, 8),
    "01-1": plain(0.2212, "number", 0.5, 0.9, tolerance=0.01),
    "01-2": plain(37.5, "number", 14, 50, tolerance=0.5),
    "02-1": plain("疫情防控", "text", "疫情", "防控"),
    "03-1": plain([6, 10, 10], "list", [10, 10, 10], [6, 6, 10]),
    "04-1": plain(["复工", "复产", "复学"], "set", ["复工"], ["停工", "停产", "停学"]),
    "05-1": plain({"prevention": 0.23, "coupling": 0.38}, "mapping", {"prevention": 0.5, "coupling": 0.1}, {"prevention": 0.23}, tolerance=0.01),
    "07-3": plain(["2020-03-23", "2020-04-17"], "list", ["2020-02-24", "2020-03-23"], ["2020-03-23"]),
    "06-1": plain([["把", 2], ["打赢", 2]], "set", [["把", 1], ["打赢", 2]], [["把", 2]]),
}  # fmt: skip


@pytest.fixture
def exercises(monkeypatch, tmp_path):
    """Exercises of our own in place of the project's."""
    file = tmp_path / "exercises.json"
    file.write_bytes(build_exercises.as_bytes(build_exercises.build_exercises([PLAIN])))
    monkeypatch.setattr(classroom, "EXERCISES", file)
    return file


class Hostile:
    """An answer that refuses to be looked at."""

    def __repr__(self):
        raise RuntimeError("no")

    __str__ = __eq__ = __len__ = __iter__ = __bool__ = __hash__ = __repr__


ANSWERED_RIGHT = [
    ("00-1", 22), ("00-1", 22.0), ("00-1", np.int64(22)), ("00-1", np.array(22)), ("00-1", Fraction(22)),
    ("00-1", Decimal("22")), ("00-1", 21.9999999999), ("00-1", np.longdouble(22)),
    ("01-1", 0.2212), ("01-1", 0.22), ("01-1", 0.2305), ("01-1", np.float32(0.2150)),
    ("02-1", "疫情防控"), ("02-1", " 疫情 防控\n"), ("02-1", np.str_("疫情防控")),
    ("03-1", [6, 10, 10]), ("03-1", (6, 10.0, np.int32(10))), ("03-1", pd.Series([6, 10, 10])), ("03-1", np.array([6, 10, 10])),
    ("04-1", {"复工", "复学", "复产"}), ("04-1", ["复学", "复工", "复产", "复产"]), ("04-1", pd.Series(["复工", "复产", "复学"]).unique()),
    ("04-1", pd.Index(["复工", "复产", "复学"])), ("04-1", {"复工": 1, "复产": 1, "复学": 1}.keys()),
    ("05-1", {"coupling": 0.375, "prevention": 0.2295}), ("05-1", pd.Series({"prevention": 0.23, "coupling": 0.38})),
    ("06-1", [("打赢", 2), ("把", 2)]),
    ("07-3", pd.to_datetime(["2020-03-23", "2020-04-17"])), ("07-3", [date(2020, 3, 23), pd.Timestamp("2020-04-17")]),
    ("07-3", np.array(["2020-03-23", "2020-04-17"], dtype="datetime64[ns]")), ("07-3", [pd.Period("2020-03-23", "D"), "2020-04-17"]),
    ("07-3", ["2020/3/23", "2020年4月17日"]), ("07-3", ["2020-3-23", " 2020.04.17"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("number", "answer"), ANSWERED_RIGHT, ids=lambda value: type(value).__name__
)
def test_a_right_answer_is_right_in_every_usual_form(exercises, number, answer):
    verdict = classroom.check(number, answer)
    assert verdict.right, verdict
    assert verdict.message == "That is right."
    assert classroom.check(number, answer, language="zh").message == "对了。"


ANSWERED_WRONG = [
    ("00-1", 14, "Misconception a."), ("00-1", 8.0, "Misconception b."), ("00-1", 23, "another value"),
    ("00-1", None, "Not answered yet"), ("00-1", ..., "Not answered yet"), ("00-1", "  ", "Not answered yet"),
    ("00-1", "22", "A number is expected here, without quotation marks"), ("00-1", "２２", "of type str"), ("00-1", True, "of type bool"),
    ("00-1", 22 + 0j, "of type complex"), ("00-1", [22], "wrapped in a list"), ("00-1", pd.Series([22]), "wrapped in a Series"),
    ("00-1", [22, 22], "of type list"), ("00-1", pd.DataFrame({"n": [22]}), "of type DataFrame"), ("00-1", Hostile(), "of type Hostile"),
    ("00-1", float("nan"), "not a number"), ("00-1", pd.NA, "not a number"), ("00-1", np.inf, "not a number"), ("00-1", Decimal("sNaN"), "not a number"),
    ("00-1", 10**100_000, "another value"), ("00-1", Decimal("1e999999"), "another value"), ("00-1", -(10**400), "another value"),
    ("00-1", 2200, "another value"), ("00-1", 0.22, "another value"), ("00-1", Hostile, "of type type"),
    ("01-1", 0.2333, "another value"), ("01-1", 22.12, "hundred times too large"), ("01-1", 0.2, "rounded too far"), ("01-1", 0, "another value"),
    ("01-2", 0.375, "hundred times too small"), ("01-2", 3750, "another value"), ("01-2", 0.3, "another value"),
    ("02-1", "疫情", "Misconception a."), ("02-1", "疫情防護", "not what the question asks for"), ("02-1", 3, "in quotation marks"), ("02-1", ["疫情防控"], "wrapped in a list"),
    ("02-1", "<script>alert(1)</script>", "just as it stands"), ("02-1", "\ud800", "just as it stands"), ("02-1", "控" * 10**6, "just as it stands"),
    ("03-1", [10, 10, 10], "Misconception a."), ("03-1", [10, 6, 10], "in another order"), ("03-1", {6, 10}, "The order counts"),
    ("03-1", [6, 10], "What you have is right (2)"), ("03-1", [6, 10, 11], "2 of your 3 fit"), ("03-1", "6, 10, 10", "of type str"),
    ("03-1", [6, None, 10], "Entry 2 of your answer is of type NoneType"), ("03-1", [], "no entries"), ("03-1", range(10**9), "1000000000 entries"),
    ("03-1", ["6", "10", "10"], "a number in quotation marks"), ("03-1", [6, 10, 10, 6], "among your 4 entries"), ("03-1", ["9" * 5000], "0 of your 1 fit"),
    ("03-1", pd.DataFrame({"n": [6]}), "of type DataFrame"), ("03-1", np.zeros((2, 2)), "of type ndarray"), ("03-1", (n for n in (6, 10, 10)), "of type generator"),
    ("04-1", ["复工"], "Misconception a."), ("04-1", {"復工", "復產", "復學"}, "traditional characters"), ("04-1", "复工", "of type str"),
    ("04-1", ["复工", "复产", "复学", "停工"], "among your 4 entries"), ("04-1", [float("nan")], "Entry 1"), ("04-1", Hostile(), "of type Hostile"),
    ("05-1", {"prevention": 0.23}, "Misconception b."), ("05-1", [0.23, 0.38], "A dict is expected"), ("05-1", {"prevention": "0.23", "coupling": 0.38}, "a number in quotation marks"),
    ("07-3", [pd.NaT, pd.Timestamp("2020-04-17")], "Entry 1"), ("07-3", ["2020-04-17", "2020-03-23"], "in another order"), ("00-1", date(2020, 3, 23), "of type date"),
    ("05-1", {}, "no entries"), ("05-1", {"prevention": 0.38, "coupling": 0.23}, "0 of your 2 fit"), ("05-1", {None: 1}, "Entry 1"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("number", "answer", "says"), ANSWERED_WRONG, ids=lambda value: type(value).__name__
)
def test_a_wrong_answer_is_told_kindly_what_it_points_to(exercises, number, answer, says):
    verdict = classroom.check(number, answer)
    assert not verdict.right
    assert says in verdict.message, verdict.message


@pytest.mark.parametrize(
    ("number", "answer", "_says"), ANSWERED_WRONG, ids=lambda value: type(value).__name__
)
def test_no_message_tells_the_answer(exercises, number, answer, _says):
    for language in ("en", "zh"):
        verdict = classroom.check(number, answer, language=language)
        shown = repr(verdict) + verdict._repr_html_()
        assert not build_exercises.tells_answer(verdict.message, PLAIN[number]["answer"]), shown
        assert "<script>" not in shown


@given(
    place=st.integers(min_value=0, max_value=1000),
    answer=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.complex_numbers() | st.decimals() | st.dates(),
        lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text() | st.integers(), inner),
        max_leaves=5,
    ),
)  # fmt: skip
def test_whatever_is_given_is_answered(place, answer):
    known = classroom.list_exercises()
    number = known[place % len(known)]
    verdict = classroom.check(number, answer)
    assert verdict.message and verdict.exercise == number


def test_what_reaches_html_is_escaped(exercises):
    Evil = type("<b>x</b>", (), {})
    shown = classroom.check("00-1", Evil())._repr_html_()
    assert "<b>" not in shown and "&lt;b&gt;" in shown
    assert 'lang="en"' in shown
    assert 'lang="zh-Hans"' in classroom.hint("00-1", language="zh")._repr_html_()


@pytest.mark.parametrize("number", ["09-1", "", None, 3.2, "00-9", ["00-1"]])
def test_an_unknown_exercise_names_those_that_are_known(exercises, number):
    for ask in (lambda: classroom.check(number, 1), lambda: classroom.hint(number)):
        with pytest.raises(ValueError, match=r"there is no exercise .* Known are 00-1, 01-1"):
            ask()


def test_the_language_is_that_of_the_charts_unless_one_is_named(exercises, theme):
    style.set_theme(language="zh")
    assert classroom.check("00-1", 22).message == "对了。"
    assert classroom.check("00-1", 22, language="en").message == "That is right."
    assert classroom.hint("00-1").message == "看表。"
    style.set_theme()
    assert classroom.hint("00-1").message == "Look at the table."
    with pytest.raises(ValueError, match="language is 'fr'; it must be one of en, zh"):
        classroom.check("00-1", 22, language="fr")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, r"there is no exercises.json in .*; fetch it"),
        (b"[", "exercises.json is no JSON in UTF-8"),
        (b"\xff", "exercises.json is no JSON in UTF-8"),
        (b'{"00-1": {"salt": "x"}}', "exercise 00-1 has no 'kind'; write it with"),
    ],
)
def test_a_file_of_exercises_that_is_none_is_named_with_its_cure(exercises, content, says):
    exercises.unlink() if content is None else exercises.write_bytes(content)
    with pytest.raises(ValueError, match=says):
        classroom.check("00-1", 22)


# --- the script --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "change", "says"),
    [
        ("9-1", {}, "'9-1' is no exercise"),
        ("00-1", {"kind": "bool"}, "kind is 'bool'; it must be one of number"),
        ("00-1", {"answer": "22"}, "does not fit kind number"),
        ("00-1", {"answer": []}, "does not fit kind number"),
        ("00-1", {"tolerance": -1}, "tolerance is below 0"),
        ("00-1", {"right_en": "22 it is."}, "right_en tells the answer"),
        ("00-1", {"hint_zh": " "}, "hint_zh is empty"),
        ("00-1", {"wrong": [{"answer": 14, "en": "a", "zh": "b"}]}, "fewer than two known wrong"),
        ("00-1", {"wrong": [{"answer": 14, "en": "Not 22?", "zh": "b"}] * 2}, "wrong 1 en tells the answer"),
        ("00-1", {"wrong": [{"answer": value, "en": "a", "zh": "b"} for value in (14, 14)]}, "wrong answer 2 is also"),
        ("00-1", {"wrong": [{"answer": value, "en": "a", "zh": "b"} for value in (22.05, 3)], "tolerance": 0.1}, "wrong answer 1 is also"),
    ],
)  # fmt: skip
def test_a_fault_in_the_plain_answers_is_named_with_its_exercise(number, change, says):
    with pytest.raises(ValueError, match=says):
        build_exercises.build_exercises([{number: PLAIN["00-1"] | change}])


def test_the_script_keeps_exercises_it_is_not_given(exercises, tmp_path, capsys):
    file = tmp_path / "plain.json"
    file.write_text(json.dumps({"08-1": plain(3, "number", 4, 5)}), encoding="utf-8")
    assert build_exercises.main([str(file), "--check"]) == 0
    assert "08-1" not in classroom.list_exercises()
    assert build_exercises.main([str(file)]) == 0
    assert classroom.list_exercises() == [*sorted(PLAIN), "08-1"]
    file.write_text("{", encoding="utf-8")
    assert build_exercises.main([str(file)]) == 1
    assert "cannot be read as JSON" in capsys.readouterr().err


def test_nobody_reads_an_answer_in_the_file(exercises):
    text = exercises.read_text(encoding="utf-8")
    assert "疫情防控" not in text and '"answer"' not in text and "复产" not in text


def test_messages_are_complete_in_both_languages():
    rows = pd.read_csv(classroom.MESSAGES, encoding="utf-8")
    assert list(rows.columns) == ["name", "en", "zh"]
    assert not rows.isna().any().any() and rows["name"].is_unique
    fields = [
        rows[column].str.findall(r"(?<!\{)\{(\w+)\}(?!\})").map(set) for column in ("en", "zh")
    ]
    assert (fields[0] == fields[1]).all()
    used = "".join(
        Path(module.__file__).read_text(encoding="utf-8") for module in (answers, classroom)
    )
    assert [name for name in rows["name"] if name.partition(" ")[0] not in used] == []


# --- the notebooks -----------------------------------------------------------------------------


def check_cells():
    """Return the exercise number and the outputs of every check in the committed notebooks."""
    found = []
    for path in sorted(paths.NOTEBOOKS.glob("0[0-7]_*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            called = re.search(r'classroom\.check\("([^"]+)", answer\)', cell.source)
            if cell.cell_type == "code" and called:
                found.append(pytest.param(path, called[1], cell, id=called[1]))
    return found


@pytest.mark.parametrize(("path", "number", "cell"), check_cells())
def test_each_solution_passes_its_check(path, number, cell):
    # tests/test_notebooks.py executes the notebooks anew and compares what they show.
    assert number.startswith(path.name[:2])
    shown = "".join(output.get("data", {}).get("text/plain", "") for output in cell.outputs)
    right = json.loads(classroom.EXERCISES.read_text(encoding="utf-8"))[number]["right"]["en"]
    assert shown == f"{number}: {right}"


def test_notebooks_00_to_07_have_three_exercises_each_and_no_check_is_left_over():
    numbers = [parameters.values[1] for parameters in check_cells()]
    assert len(numbers) == len(set(numbers))
    assert set(numbers) == set(classroom.list_exercises())
    for lesson in range(8):
        assert sum(number.startswith(f"{lesson:02d}-") for number in numbers) >= 3, lesson


def test_a_list_without_end_is_answered():
    endless = []
    endless.append(endless)
    for number in classroom.list_exercises():
        assert not classroom.check(number, [endless, endless]).right


@pytest.mark.parametrize("content", ["[]", "null", '{"00-1": null}', '{"00-1": {"salt": 1}}'])
def test_a_damaged_file_of_exercises_is_named(tmp_path, monkeypatch, content):
    path = tmp_path / "exercises.json"
    path.write_text(content, encoding="utf-8")
    monkeypatch.setattr(classroom, "EXERCISES", path)
    with pytest.raises(ValueError, match="exercises.json.*build_exercises"):
        classroom.check("00-1", 1)
