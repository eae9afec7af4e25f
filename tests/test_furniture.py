"""The words of the charts: each with its Chinese, and none written past the setting."""

import ast
import csv
import doctest
import re
import string
import sys
from pathlib import Path

import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Text

from helpers import clouds, draw, paths, style

DRAWING = paths.PROJECT / "helpers" / "drawing"
TEACHING = paths.PROJECT / "helpers" / "teaching"
FILES = sorted([*DRAWING.rglob("*.py"), *TEACHING.rglob("*.py")])
# Calls whose texts a reader sees, and the keywords under which other calls take such texts.
SINKS = {
    "annotate", "caption", "legend", "name_above", "set_title", "set_xlabel", "set_ylabel",
    "set_text", "supxlabel", "supylabel", "suptitle", "text", "title", "legend_below",
    "print_right", "_print_line", "_say", "_note_right",
}  # fmt: skip
KEYWORDS = {"heading", "label", "names", "title", "titles"}
# The same in both languages.
NO_WORDS = {"G²", "G", "n", "q", "DP", "HMM"}


def called(node: ast.Call) -> str:
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def literals(node: ast.AST) -> list[str]:
    """The strings `node` may come to: a literal, or either side of a choice between two."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return literals(node.body) + literals(node.orelse)
    return []


def said(file: Path) -> list[str]:
    """Every string handed to say() or saying() in the file."""
    return [
        text
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and called(node) in {"say", "saying"} and node.args
        for text in literals(node.args[0])
    ]


def placeholders(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


def rows() -> list[dict[str, str]]:
    with style.furniture.FURNITURE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


CHARTS = {
    name: getattr(room, name)
    for room in (draw, clouds)
    for name in room.__all__
    if name.startswith("plot_")
}
EXAMPLES = {name: doctest.DocTestFinder().find(chart)[0].examples for name, chart in CHARTS.items()}
# What the examples' own tables hold, which no setting translates.
DATA_WORDS = {
    "Guangdong", "lead", "duty", "seed", "strategy", "title", "plain", "jieba", "string", "alone",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _english_again():
    yield
    style.set_theme()


@pytest.fixture
def run_example(monkeypatch, theme):
    """Run the example in a chart's docstring in a theme of ours; return the figures it drew."""

    def run(name, **choices):
        style.set_theme(**choices)
        figures = []
        begin = Figure.__init__
        monkeypatch.setattr(
            Figure,
            "__init__",
            lambda self, *a, **k: (begin(self, *a, **k), figures.append(self))[0],
        )
        monkeypatch.setattr(style, "set_theme", lambda **_: None)
        names = dict(vars(sys.modules[CHARTS[name].__module__]))
        for example in EXAMPLES[name]:
            exec(compile(example.source, name, "single"), names)
        monkeypatch.undo()
        return figures

    return run


def texts_of(figures):
    for figure in figures:
        figure.draw_without_rendering()
    found = [text for figure in figures for text in figure.findobj(Text)]
    return [text for text in found if text.get_visible() and text.get_text().strip()]


ALL_SAID = sorted({text for file in FILES for text in said(file)})


# --- the table --------------------------------------------------------------------------------


def test_every_string_that_charts_say_has_its_chinese():
    known = {row["en"] for row in rows()}
    assert [text for text in ALL_SAID if text not in known] == []


def test_no_row_is_left_that_no_chart_says():
    assert [row["en"] for row in rows() if row["en"] not in ALL_SAID] == []


def test_each_english_string_stands_once():
    english = [row["en"] for row in rows()]
    assert len(english) == len(set(english))


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["en"][:40])
def test_both_languages_of_a_row_fit_each_other(row):
    assert placeholders(row["en"]) == placeholders(row["zh"])
    assert row["zh"] == row["zh"].strip() or row["en"] != row["en"].strip()
    assert not re.search("[,;:?!()]", row["zh"]), "Chinese takes marks of full width"
    words = re.findall("[A-Za-z]{3,}", re.sub("{.*?}", "", row["zh"]))
    assert set(words) <= {"HMM", "jieba", "logDice", "logit", "ASCII"}
    same = row["en"] == row["zh"] or row["zh"] == "0" or "{" in row["zh"]
    assert same or re.search("[\u4e00-\u9fff]", row["zh"])


# --- the charts -------------------------------------------------------------------------------


def bare_strings(node: ast.AST) -> list[str]:
    """Strings with a word in them that do not go through say(), below `node`."""
    if isinstance(node, ast.Call):
        if called(node) in {"say", "saying", "label_name", "startswith", "replace", "join"}:
            return []
        children = [node.func, *node.args, *(k.value for k in node.keywords if k.arg in KEYWORDS)]
    elif isinstance(node, ast.Subscript):
        children = [node.value]
    elif isinstance(node, ast.Compare):
        return []
    else:
        children = list(ast.iter_child_nodes(node))
    own = [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []
    found = [text for text in own if set(re.findall("[A-Za-z\u4e00-\u9fff]+", text)) - NO_WORDS]
    return found + [text for child in children for text in bare_strings(child)]


DRAWERS = [file for file in FILES if file.parent != TEACHING]  # classroom.py draws nothing


@pytest.mark.parametrize("file", DRAWERS, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_no_chart_writes_a_word_past_the_setting(file):
    past = []
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or file.parent.name in {"style", "figures"}:
            continue
        texts = [k.value for k in node.keywords if k.arg in KEYWORDS]
        texts += node.args if called(node) in SINKS else []
        past += [(node.lineno, text) for value in texts for text in bare_strings(value)]
    assert past == []


with_example = pytest.mark.parametrize("name", [name for name in CHARTS if EXAMPLES[name]])


def test_only_twins_of_other_charts_have_no_example():
    assert {name for name in CHARTS if not EXAMPLES[name]} <= {
        "plot_comparison_cloud_with_dots",
        "plot_commonality_cloud",
        "plot_commonality_cloud_with_dots",
    }


@with_example
def test_in_chinese_a_chart_says_nothing_in_english(name, run_example):
    written = [text.get_text() for text in texts_of(run_example(name, language="zh", labels="zh"))]
    assert any(re.search("[\u4e00-\u9fff]", text) for text in written)
    words = {word for text in written for word in re.findall("[A-Za-z]{3,}", text)}
    own = {"sentences"} if name == "plot_share_intervals" else set()  # a row the caller names
    assert words - DATA_WORDS - own - {"HMM", "logit", "logDice", "ASCII"} == set()


@with_example
def test_in_the_dark_every_text_is_read_and_every_ground_is_dark(name, run_example):
    figures = run_example(name, mode="dark")
    dark = style.LOOKS["dark"]
    for figure in figures:
        assert to_hex(figure.get_facecolor()) == dark.ground
        assert all(to_hex(ax.get_facecolor()) == dark.ground for ax in figure.axes)
    unread = {"#000000", style.LOOKS["light"].ink, style.LOOKS["light"].quiet}
    colours = {to_hex(text.get_color()) for text in texts_of(figures)}
    assert colours & unread == set()


# --- say --------------------------------------------------------------------------------------


@pytest.mark.usefixtures("theme")
def test_say_follows_the_setting():
    assert style.say("{n} terms", n=3) == "3 terms"
    style.set_theme(language="zh")
    assert style.say("{n} terms", n=3) == "3个词语"


@pytest.mark.usefixtures("theme")
def test_a_string_without_its_chinese_is_named_with_the_cure():
    style.set_theme(language="zh")
    with pytest.raises(ValueError, match=r"furniture\.csv has no Chinese for 'tea'; add a row"):
        style.say("tea")
