"""The picture of how strictly each part of a text speaks."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from test_draw import outside, overlapping

from helpers import style
from helpers.drawing.draw.profile import plot_obligations


@pytest.fixture(autouse=True)
def themed(theme):
    """Every picture here is drawn in the suite's theme."""


EXAMPLES = {
    "prohibition": "严禁", "obligation": "必须", "expectation": "应当", "encouragement": "鼓励",
    "permission": "可以", "discretion": "原则上",
}  # fmt: skip
COUNTS = pd.DataFrame(
    [
        ("preamble", "obligation", 2, 11.0), ("preamble", "prohibition", 0, 0.0),
        ("directive 1", "permission", 1, 4.0), ("directive 1", "obligation", 12, 48.0),
        ("directive 2", "prohibition", 3, 9.5), ("directive 2", "obligation", 6, 19.0),
        ("title", "obligation", 0, 0.0),
    ],
    columns=["part", "kind", "n", "per_thousand_han"],
)  # fmt: skip


def grid(n_parts, kinds, n=1):
    return pd.DataFrame(
        [
            (f"directive {part}", kind, n * (part + 1), 3.0)
            for part in range(n_parts)
            for kind in kinds
        ],
        columns=["part", "kind", "n", "per_thousand_han"],
    )


def row_names(ax):
    return [label.get_text() for label in ax.get_yticklabels()]


def cells(ax):
    """{(part, column): number printed}, from the notes that stand in the axes."""
    parts = row_names(ax)
    return {
        (parts[text.xy[1]], int(text.xy[0])): text.get_text()
        for text in ax.texts
        if text.xycoords == "data"
    }


def right_columns(ax):
    notes = [text for text in ax.texts if text.get_ha() == "right"]
    places = sorted({text.xyann[0] for text in notes})
    return [[text.get_text() for text in notes if text.xyann[0] == x] for x in places]


@pytest.mark.parametrize("size", style.SIZES)
@pytest.mark.parametrize(
    ("counts", "examples"),
    [
        (COUNTS, EXAMPLES), (COUNTS, None), (COUNTS.head(1), EXAMPLES), (COUNTS.tail(1), EXAMPLES),
        (grid(40, EXAMPLES), EXAMPLES), (grid(9, EXAMPLES, n=123_456), EXAMPLES),
        (grid(3, EXAMPLES), {kind: "不得以任何理由" for kind in EXAMPLES}),
        (grid(3, [f"encouragement {i}" for i in range(9)]), None),
        (grid(2, ["encouragement"]).assign(part="a part with a name of some length, 第一部分 总体要求"
                                           ).head(1), {"encouragement": "鼓励"}),
    ],
    ids=["three", "no examples", "one", "zero", "forty", "large", "long", "nine kinds", "name"],
)  # fmt: skip
def test_texts_stand_apart(counts, examples, size):
    style.set_theme(size=size)
    title = "Directive 1 gives orders, 原则上 little is left open, and this title needs two lines or three"
    ax = plot_obligations(counts, examples=examples, title=title)
    assert overlapping(ax.figure) == []
    assert outside(ax.figure) == []


def test_every_number_stands_in_its_cell_and_empty_cells_stay_empty():
    ax = plot_obligations(COUNTS, examples=EXAMPLES)
    assert row_names(ax) == ["preamble", "directive 1", "directive 2", "title"]
    assert cells(ax) == {
        ("preamble", 1): "2", ("directive 1", 1): "12", ("directive 1", 4): "1",
        ("directive 2", 0): "3", ("directive 2", 1): "6",
    }  # fmt: skip


def test_bars_are_as_long_as_their_number_and_keep_to_their_column():
    ax = plot_obligations(COUNTS, examples=EXAMPLES)
    lengths = {(round(bar.get_y() + 0.31), int(bar.get_x())): bar.get_width() for bar in ax.patches}
    longest = lengths[1, 1]
    assert longest < 0.8
    assert lengths == pytest.approx(
        {(0, 1): longest / 6, (1, 1): longest, (1, 4): longest / 12, (2, 0): longest / 4,
         (2, 1): longest / 2}
    )  # fmt: skip


def test_the_right_holds_all_and_the_rate_of_the_part():
    assert right_columns(plot_obligations(COUNTS, examples=EXAMPLES)) == [
        ["2", "13", "9", "0", "all"],
        ["11.0", "52.0", "28.5", "0.0", "per 1,000\ncharacters"],
    ]


def heads(ax):
    names = [text for text in ax.texts if text.get_va() == "bottom" and text.get_ha() == "left"]
    return [text.get_text() for text in sorted(names, key=lambda text: text.xy[0])]


def test_kinds_stand_in_the_order_of_the_examples_each_with_its_expression():
    ax = plot_obligations(COUNTS, examples=EXAMPLES)
    assert heads(ax) == [f"{kind}\n{expression}" for kind, expression in EXAMPLES.items()]


def test_without_examples_the_categories_of_the_column_decide_then_the_table():
    ordered = pd.Categorical(COUNTS["kind"], categories=list(EXAMPLES), ordered=True)
    assert heads(plot_obligations(COUNTS.assign(kind=ordered))) == list(EXAMPLES)
    assert heads(plot_obligations(COUNTS)) == ["obligation", "prohibition", "permission"]


def test_the_stricter_the_darker_in_one_hue():
    ax = plot_obligations(grid(1, EXAMPLES), examples=EXAMPLES)
    colours = np.array([bar.get_facecolor()[:3] for bar in ax.patches])
    assert (np.diff(colours.mean(axis=1)) > 0.04).all()
    assert (np.diff(colours, axis=1) > 0).all()  # red < green < blue: always the same blue


def test_the_same_table_gives_the_same_picture(tmp_path):
    files = [tmp_path / "one.png", tmp_path / "two.png"]
    for file in files:
        plot_obligations(COUNTS, examples=EXAMPLES).figure.savefig(file)
    assert files[0].read_bytes() == files[1].read_bytes()


def test_it_draws_into_given_axes_and_leaves_the_table_alone():
    before = COUNTS.copy(deep=True)
    figure, (left, right) = plt.subplots(1, 2, figsize=(18, 6))
    ax = plot_obligations(COUNTS, ax=right, title="a finding")
    assert ax is right
    assert not left.has_data()
    assert plt.get_fignums() == [figure.number]
    assert ax.get_title(loc="left") == "a finding"
    pd.testing.assert_frame_equal(COUNTS, before)


@pytest.mark.parametrize(
    ("counts", "examples", "message"),
    [
        (
            COUNTS.drop(columns="kind"),
            None,
            "obligation counts table has no column 'kind'; make it with profile.count_obligations",
        ),
        (COUNTS.head(0), None, "obligation counts table is empty"),
        (COUNTS.assign(n=np.nan), None, "no finite number for 'preamble'"),
        (pd.concat([COUNTS, COUNTS]), None, "more than one row for 'obligation' in 'preamble'"),
        (COUNTS, {"prohibition": "严禁"}, "examples has no kind 'obligation'"),
        ("text", None, "must be a pandas table, not str"),
    ],
)
def test_it_refuses(counts, examples, message):
    with pytest.raises(ValueError, match=message):
        plot_obligations(counts, examples=examples)
    assert plt.get_fignums() == []


def test_examples_carry_their_glosses():
    glossary = pd.DataFrame({"term": ["严禁", "必须"], "gloss_en": ["strictly forbid", "must"]})
    ax = plot_obligations(COUNTS, examples=EXAMPLES, glossary=glossary)
    heads = [text.get_text().replace("\n", " ") for text in ax.texts if text.get_ha() == "left"]
    assert "prohibition 严禁 strictly forbid" in heads
    assert "expectation 应当 (no gloss)" in heads
    style.set_theme(labels="zh")
    ax = plot_obligations(COUNTS, examples=EXAMPLES, glossary=glossary)
    assert not any("forbid" in text.get_text() for text in ax.texts)
