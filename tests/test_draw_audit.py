"""The pictures of what segmenters and stop lists do to the counts."""

import itertools

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from test_draw import outside, overlapping

from helpers import style
from helpers.drawing.draw.audit import plot_before_after, plot_segmenters, plot_stop_list


@pytest.fixture(autouse=True)
def themed(theme):
    """Every picture here is drawn in the suite's theme."""


WAYS = ("jieba", "jieba_no_hmm", "search", "ours")


def segmenters_of(*rows):
    """Rows of term, strings and the tokens of the four ways."""
    table = pd.DataFrame(rows, columns=["term", "n_string", *(f"n_{way}" for way in WAYS)])
    for way in WAYS:
        table[f"ratio_{way}"] = table[f"n_{way}"] / table["n_string"].where(table["n_string"] > 0)
    return table


SEGMENTERS = segmenters_of(
    ("疫情防控", 9, 0, 0, 0, 9), ("落实", 10, 6, 6, 10, 10), ("隔离", 4, 4, 4, 4, 4),
    ("防控", 20, 10, 11, 19, 1), ("动态清零", 0, 0, 0, 0, 0), ("社会", 5, 5, 5, 6, 2),
)  # fmt: skip
GLOSSARY = pd.DataFrame(
    {
        "term": ["疫情防控", "落实", "隔离", "防控", "动态清零"],
        "gloss_en": [
            "epidemic prevention and control (the master term)", "carry out", "isolation",
            "prevention and control", "dynamic zero-COVID",
        ],
    }
)  # fmt: skip
AUDIT = pd.DataFrame(
    [
        ("的", "attributive particle", "function word", 24, 0.08),
        ("和", "and", "function word", 1300, 0.10),
        ("不", "not", "negator", 3, 0.01),
        ("没有", "not have; there is not", "negator", 0, 0.0),
        ("必须", "must", "modal", 7, 0.02),
        ("可以", "may", "modal", 9, 0.03),
        ("加强", "strengthen", "policy term", 5, 0.015),
        ("人民", "the people", "other content", 12, 0.04),
        ("大家", "", "other content", 1, 0.003),
    ],
    columns=["word", "gloss_en", "kind", "n", "share"],
)
BEFORE = pd.DataFrame(
    {"feature": ["的", "和", "落实", "疫情防控", "工作", "企业"], "n": [24, 18, 10, 9, 8, 3]}
)
AFTER = pd.DataFrame(
    {"feature": ["落实", "疫情防控", "企业", "防控", "工作"], "n": [10, 9, 3, 2, 1]}
)
LONG = "epidemic prevention and treatment (a bracket)"
HAN = "防控疫情复工复产企业发展经济社会统筹推进落实坚决措施健康"


def many_terms(n):
    return [HAN[i % len(HAN)] + HAN[(5 * i + 2) % len(HAN)] + str(i) for i in range(n)]


def glossary_of(terms):
    return pd.DataFrame({"term": list(terms), "gloss_en": LONG})


def row_names(ax):
    return [label.get_text() for label in ax.get_yticklabels()]


def written(ax):
    return [text.get_text() for text in ax.texts]


def one_line(ax):
    return ax.get_xlabel().replace("\n", " ")


def legend_names(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


# --- segmenters -------------------------------------------------------------------------------


def marks(ax):
    """(row, share, mark, colour) of each mark, rows counted from 0."""
    return [
        (round(line.get_ydata()[0]), line.get_xdata()[0], line.get_marker())
        for line in ax.lines
        if line.get_linestyle() == "None"
    ]


MANY_SEGMENTERS = segmenters_of(
    *((term, 9000 + i, 0, i % 3, 9000 + i, 8000) for i, term in enumerate(many_terms(40)))
)


@pytest.mark.parametrize("size", style.SIZES)
@pytest.mark.parametrize(
    ("table", "glossary"),
    [
        (SEGMENTERS, GLOSSARY), (SEGMENTERS, None), (SEGMENTERS.head(1), GLOSSARY),
        (SEGMENTERS.iloc[[4]], GLOSSARY), (MANY_SEGMENTERS, glossary_of(many_terms(40))),
    ],
    ids=["six", "no glossary", "one", "never", "forty"],
)  # fmt: skip
def test_segmenter_texts_and_marks_stand_apart(table, glossary, size):
    style.set_theme(size=size)
    title = (
        "jieba sees 疫情防控 nowhere, a finding long enough to need two lines of this narrow chart"
    )
    ax = plot_segmenters(table, glossary=glossary, title=title)
    assert overlapping(ax.figure) == []
    assert outside(ax.figure) == []
    spans = [line.get_window_extent() for line in ax.lines if line.get_linestyle() == "None"]
    hidden = [
        (a, b)
        for a, b in itertools.combinations(spans, 2)
        if min(a.x1, b.x1) - max(a.x0, b.x0) > 2 and min(a.y1, b.y1) - max(a.y0, b.y0) > 2
    ]
    assert hidden == []


def test_a_mark_per_way_stands_at_its_share():
    ax = plot_segmenters(SEGMENTERS)
    assert sorted(marks(ax)) == sorted(
        (row, share, mark)
        for row, shares in enumerate(
            [
                (0, 0, 0, 1),
                (0.6, 0.6, 1, 1),
                (1, 1, 1, 1),
                (0.5, 0.55, 0.95, 0.05),
                (),
                (1, 1, 1.2, 0.4),
            ]
        )
        for share, mark in zip(shares, "sD^o", strict=False)
    )


def test_marks_are_told_apart_without_colour():
    ax = plot_segmenters(SEGMENTERS)
    assert len({mark for _, _, mark in marks(ax)}) == 4
    assert legend_names(ax) == [
        "jieba as it comes", "jieba without guessing (no HMM)", "jieba's search mode",
        "our dictionary",
    ]  # fmt: skip


def test_the_counts_stand_right_under_their_heads():
    ax = plot_segmenters(SEGMENTERS)
    where = [(text.xyann[0], text.xy[1], text.get_text()) for text in ax.texts]
    places = sorted({x for x, _, _ in where})
    columns = [[text for x, _, text in where if x == place] for place in places]
    assert columns == [
        ["9", "10", "4", "20", "0", "5", "strings"], ["0", "6", "4", "10", "0", "5", "jieba"],
        ["0", "6", "4", "11", "0", "5", "no HMM"], ["0", "10", "4", "19", "0", "6", "search"],
        ["9", "10", "4", "1", "0", "2", "ours"],
    ]  # fmt: skip


def test_every_term_is_named_with_its_gloss_or_marked():
    names = row_names(plot_segmenters(SEGMENTERS, glossary=GLOSSARY))
    assert names[:2] == ["疫情防控\nepidemic prevention and control", "落实 carry out"]
    assert names[-1] == "社会 (no gloss)"


def test_the_default_title_counts_the_blind_spots():
    title = plot_segmenters(SEGMENTERS).get_title(loc="left")
    assert title == "Plain jieba sees no mention of 1 of 6 terms"


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (SEGMENTERS.drop(columns="ratio_search"), "no column 'ratio_search'"),
        (SEGMENTERS.drop(columns="term"), "segmenters table has no column 'term'"),
        (SEGMENTERS.head(0), "segmenters table is empty, there is nothing to draw"),
        (SEGMENTERS.assign(ratio_ours=np.nan), "'ratio_ours' .*no finite number for '疫情防控'"),
        (SEGMENTERS.assign(n_jieba="0"), "'n_jieba' .*holds no numbers"),
        ({}, "must be a pandas table, not dict"),
    ],
)
def test_segmenters_refuse(table, message):
    with pytest.raises(ValueError, match=message):
        plot_segmenters(table)
    assert plt.get_fignums() == []


# --- stop list --------------------------------------------------------------------------------

MANY_AUDIT = pd.DataFrame(
    {
        "word": many_terms(80),
        "gloss_en": LONG,
        "kind": ["negator", "modal", "policy term", "other content"] * 20,
        "n": range(80),
        "share": [i / 4000 for i in range(80)],
    }
)


@pytest.mark.parametrize("size", style.SIZES)
@pytest.mark.parametrize(
    "table",
    [AUDIT, MANY_AUDIT, AUDIT.iloc[[2]], AUDIT.head(2), AUDIT.assign(n=0, share=0.0)],
    ids=["nine", "eighty", "one", "function words only", "none found"],
)
def test_stop_list_texts_stand_apart(table, size):
    style.set_theme(size=size)
    ax = plot_stop_list(table, title="What goes with the stop list 停用词 " * 4)
    assert overlapping(ax.figure) == []
    assert outside(ax.figure) == []


def test_bars_stand_in_the_order_of_kind_and_number():
    ax = plot_stop_list(AUDIT)
    assert row_names(ax) == [
        "不 not", "没有 not have; there is not", "可以 may", "必须 must", "加强 strengthen",
        "人民 the people", "大家 (no gloss)",
    ]  # fmt: skip
    assert [bar.get_width() for bar in ax.patches] == [3, 0, 9, 7, 5, 12, 1]
    assert written(ax) == [
        "3  (1.0%)", "0  (0.0%)", "9  (3.0%)", "7  (2.0%)", "5  (1.5%)", "12  (4.0%)", "1  (0.3%)",
    ]  # fmt: skip
    colours = [to_hex(bar.get_facecolor()) for bar in ax.patches]
    assert [len(list(same)) for _, same in itertools.groupby(colours)] == [2, 2, 1, 2]
    assert len(set(colours)) == 4


def test_kinds_are_parted_by_a_gap_and_named_with_their_sums():
    ax = plot_stop_list(AUDIT)
    steps = np.diff([bar.get_y() for bar in ax.patches])
    assert steps == pytest.approx([1, 1.7, 1, 1.7, 1.7, 1])
    assert legend_names(ax) == [
        "negator: 2 words, 3 tokens", "modal: 2 words, 16 tokens", "policy term: 1 word, 5 tokens",
        "other content: 2 words, 13 tokens",
    ]  # fmt: skip


def test_function_words_are_one_line_not_bars():
    ax = plot_stop_list(AUDIT)
    assert "also deleted, not drawn: 2 function words, 1,324 tokens (18.0%)" in one_line(ax)
    assert "的" not in "".join(row_names(ax))


def test_what_the_top_leaves_out_is_said():
    ax = plot_stop_list(AUDIT, top=4)
    assert row_names(ax)[-1] == "必须 must"
    assert "not drawn: 1 word (policy term), 2 words (other content) also" in one_line(ax)
    assert "other content: 2 words, 13 tokens" in legend_names(ax)


def test_a_glossary_replaces_the_glosses_of_the_table():
    ax = plot_stop_list(AUDIT, glossary=pd.DataFrame({"term": ["不"], "gloss_en": ["no"]}))
    assert row_names(ax)[:2] == ["不 no", "没有 (no gloss)"]


@pytest.mark.parametrize(
    ("table", "options", "message"),
    [
        (AUDIT.drop(columns="kind"), {}, "stop list audit table has no column 'kind'"),
        (AUDIT.head(0), {}, "stop list audit table is empty"),
        (
            AUDIT.assign(kind="verb"),
            {},
            "kind 'verb' cannot be drawn here; keep only negator, modal",
        ),
        (AUDIT.assign(n=np.nan), {}, "no finite number for '的'"),
        (AUDIT, {"top": 0}, "top is 0"),
    ],
)
def test_stop_list_refuses(table, options, message):
    with pytest.raises(ValueError, match=message):
        plot_stop_list(table, **options)
    assert plt.get_fignums() == []


# --- before and after -------------------------------------------------------------------------


@pytest.mark.parametrize("size", style.SIZES)
@pytest.mark.parametrize("long", [False, True])
def test_both_columns_of_labels_can_be_read(long, size):
    style.set_theme(size=size)
    words = many_terms(60)
    before = pd.DataFrame({"feature": words, "n": [200_000 - i for i in range(60)]})
    after = before.iloc[range(0, 60, 2)]
    titles = (
        "Every word of the report is counted here",
        "Without the words on the stop list 停用词表",
    )
    figure = (
        plot_before_after(before, after, glossary=glossary_of(words), titles=titles)
        if long
        else plot_before_after(BEFORE, AFTER, glossary=GLOSSARY, titles=titles)
    )
    assert overlapping(figure) == []
    assert outside(figure) == []


def test_what_leaves_sinks_and_enters_is_marked():
    left, right = plot_before_after(BEFORE, AFTER, top=5).axes
    assert row_names(left) == ["的", "和", "落实", "疫情防控", "工作"]
    assert written(left) == ["24  deleted", "18  deleted", "10", "9", "8"]
    assert row_names(right) == ["落实", "疫情防控", "企业", "防控", "工作"]
    assert written(right) == ["10", "9", "3  new", "2  new", "1"]
    left, right = plot_before_after(BEFORE, AFTER, top=3).axes
    assert written(left) == ["24  deleted", "18  deleted", "10"]
    left, _ = plot_before_after(BEFORE.tail(3), AFTER, top=2).axes
    assert written(left) == ["9", "8  lower"]


def test_the_marks_show_without_colour():
    left, right = plot_before_after(BEFORE, AFTER, top=5).axes
    assert [bool(bar.get_hatch()) for bar in left.patches if bar.get_height() < 0.8] == [
        True, True, False, False, False,
    ]  # fmt: skip
    assert not any(bar.get_hatch() for bar in right.patches)


def test_bars_are_the_tables_numbers_on_one_scale():
    left, right = plot_before_after(BEFORE, AFTER, titles=("with", "without")).axes
    assert [bar.get_width() for bar in left.patches] == BEFORE["n"].tolist()
    assert [bar.get_width() for bar in right.patches] == AFTER["n"].tolist()
    assert left.get_xlim() == right.get_xlim()
    assert left.get_ylim() == right.get_ylim()
    assert [ax.get_title(loc="left") for ax in (left, right)] == ["with", "without"]


@pytest.mark.parametrize(
    ("top", "title", "shown"),
    [
        (5, None, "2 of the 5 leading words are deleted"),
        (1, None, "1 of the 1 leading words are deleted"),
        (5, "Two words go", "Two words go"),
    ],
)
def test_both_stand_under_one_title(top, title, shown):
    figure = plot_before_after(BEFORE, AFTER, top=top, title=title)
    assert figure.get_suptitle() == shown


def test_a_long_title_of_both_is_wrapped_inside_the_figure():
    figure = plot_before_after(BEFORE, AFTER, title="The other list deletes leading words " * 5)
    assert "\n" in figure.get_suptitle()
    assert outside(figure) == []
    assert overlapping(figure) == []


def test_a_cut_inside_a_tie_is_said_on_its_side():
    tied = BEFORE.assign(n=[24, 18, 9, 9, 9, 3])
    left, right = plot_before_after(tied, AFTER, top=4).axes
    assert "cut inside a tie: 1 more at 9" in left.get_xlabel()
    assert "tie" not in right.get_xlabel()


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        (BEFORE.drop(columns="n"), AFTER, "counts table has no column 'n'"),
        (BEFORE, AFTER.head(0), "counts table is empty"),
        (BEFORE, pd.concat([AFTER, AFTER]), "more than one row for '落实'"),
    ],
)
def test_before_after_refuses(before, after, message):
    with pytest.raises(ValueError, match=message):
        plot_before_after(before, after)
    assert plt.get_fignums() == []


# --- all --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("plot", "table"), [(plot_segmenters, SEGMENTERS), (plot_stop_list, AUDIT)]
)
def test_they_draw_into_given_axes_and_leave_the_table_alone(plot, table):
    before = table.copy(deep=True)
    figure, (left, right) = plt.subplots(1, 2, figsize=(18, 6))
    ax = plot(table, ax=right, title="a finding")
    assert ax is right
    assert not left.has_data()
    assert plt.get_fignums() == [figure.number]
    assert ax.get_title(loc="left") == "a finding"
    pd.testing.assert_frame_equal(table, before)


@pytest.mark.parametrize(
    "draw",
    [
        lambda: plot_segmenters(SEGMENTERS, glossary=GLOSSARY).figure,
        lambda: plot_stop_list(AUDIT).figure,
        lambda: plot_before_after(BEFORE, AFTER, glossary=GLOSSARY),
    ],
)
def test_the_same_table_gives_the_same_picture(draw, tmp_path):
    files = [tmp_path / "one.png", tmp_path / "two.png"]
    for file in files:
        draw().savefig(file)
    assert files[0].read_bytes() == files[1].read_bytes()
