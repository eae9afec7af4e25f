import itertools

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.text import Text

from helpers import draw, style, tables

pytestmark = pytest.mark.usefixtures("theme")

GLOSSARY = pd.DataFrame(
    {
        "term": ["工作", "落实", "疫情防控", "经济社会发展", "复工复产", "隔离"],
        "gloss_en": [
            "work", "implement", "epidemic prevention and control",
            "economic and social development", "resume work and production", "isolation",
        ],
    }
)  # fmt: skip

COUNTS = pd.DataFrame(
    {
        "feature": ["措施", "落实", "工作", "统筹", "疫情防控", "坚决", "复工复产", "推进"],
        "n": [5, 10, 13, 5, 9, 5, 3, 5],
        "per_million": [5e3, 1e4, 1.3e4, 5e3, 9e3, 5e3, 3e3, 5e3],
    }
)
CATEGORY_OF = {"疫情防控": "prevention", "复工复产": "reopening"}

HITS = pd.DataFrame(
    {
        "doc_id": "seed",
        "term": ["疫情防控", "疫情防控", "疫情防控", "复工复产"],
        "category": ["prevention", "prevention", "prevention", "reopening"],
        "start": [20, 130, 510, 400],
        "end": [24, 134, 514, 404],
        "free": [False, False, True, False],
    }
)
PARTS = pd.DataFrame(
    {
        "part": ["title", "lead", "preamble", "directive 1", "directive 2"],
        "start": [0, 40, 55, 70, 300],
        "end": [40, 55, 70, 300, 600],
    }
)

LABELS = pd.DataFrame(
    {
        "doc_id": "seed",
        "part": ["title", "title", "directive 1", "directive 1", "directive 1"],
        "clause_id": [1, 2, 3, 4, 5],
        "start": [0, 21, 40, 61, 90],
        "end": [20, 39, 60, 89, 94],
        "label": ["governance", "coupling", "prevention", "reopening", "unlabelled"],
    }
)

RATES = pd.DataFrame(
    {
        "term": ["疫情防控", "隔离", "经济社会发展", "复工复产", "六稳"],
        "category": ["prevention", "prevention", "reopening", "reopening", "reopening"],
        "n": [9, 1, 7, 3, 1],
        "n_free": [2, 1, 0, 0, 1],
        "rate": [8.3, 0.9, 6.5, 2.8, 0.9],
        "low": [3.9, 0.0, 2.7, 0.0, np.nan],
        "high": [13.3, 2.7, 10.9, 6.4, np.nan],
    }
)

SHARES = pd.DataFrame(
    {
        "unit": ["clauses resampled", "sentences resampled"],
        "share": [0.70, 0.70],
        "low": [0.48, 0.28],
        "high": [0.89, 1.00],
        "n_target": 14,
        "n_reference": 6,
        "n_units": [61, 16],
    }
)

LABEL_COUNTS = pd.DataFrame(
    {
        "label": ["governance", "prevention", "coupling", "unlabelled", "reopening"],
        "n": [26, 14, 8, 7, 6],
        "share": [26 / 61, 14 / 61, 8 / 61, 7 / 61, 6 / 61],
    }
)

KEYNESS = pd.DataFrame(
    {
        "feature": ["措施", "防控", "工作", "目标", "双区"],
        "n_target": [4, 12, 7, 0, 0],
        "n_reference": [0, 0, 5, 3, 1],
        "log_likelihood": [3.5, 16.0, 0.2, -6.3, -2.0],
        "q_value": [0.4, 0.01, 0.9, 0.2, np.nan],
        "log_ratio": [2.4, 3.9, 0.3, -3.6, -2.2],
        "log_ratio_low": [-1.8, 0.5, -1.2, -7.9, -7.0],
        "log_ratio_high": [6.5, 7.3, 1.8, 0.6, 2.4],
    }
)

DISPERSION = pd.DataFrame(
    {
        "feature": ["隔离", "疫情防控", "落实", "更加"],
        "n": [1, 9, 9, 3],
        "range": [1, 3, 4, 1],
        "dp": [0.61, 0.22, 0.37, 0.61],
    }
)

COMPARISON = pd.DataFrame(
    {
        "term": ["疫情防控", "落实", "隔离"],
        "plain jieba": [0, 6, 1],
        "our dictionary": [9, 10, 1],
        "as string": [9, 10, 1],
    }
)

PLOTS = {
    "ranked terms": (draw.plot_ranked_terms, COUNTS, {"category_of": CATEGORY_OF}),
    "x-ray": (
        lambda hits, **options: draw.plot_xray(hits, PARTS, **options),
        HITS, {"terms": ["疫情防控", "复工复产", "动态清零"]},
    ),
    "clause strip": (draw.plot_clause_strip, LABELS, {}),
    "two languages": (draw.plot_two_languages, RATES, {}),
    "share intervals": (draw.plot_share_intervals, SHARES, {}),
    "label shares": (draw.plot_label_shares, LABEL_COUNTS, {}),
    "keyness": (draw.plot_keyness, KEYNESS, {}),
    "dispersion": (draw.plot_dispersion, DISPERSION, {}),
    "dumbbells": (draw.plot_dumbbells, COMPARISON, {}),
}  # fmt: skip
WITH_GLOSSARY = ("ranked terms", "x-ray", "two languages", "keyness", "dispersion", "dumbbells")


def row_names(ax):
    return [label.get_text() for label in ax.get_yticklabels()]


def written(ax):
    return [text.get_text() for text in ax.texts]


def legend_names(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def visible_texts(figure):
    figure.draw_without_rendering()
    texts = (text for text in figure.findobj(Text) if text.get_visible() and text.get_text())
    ticks = {
        label
        for ax in figure.axes
        for axis in (ax.xaxis, ax.yaxis)
        for tick, place in zip(axis.get_major_ticks(), axis.get_majorticklocs(), strict=False)
        for label in (tick.label1, tick.label2)
        if not min(axis.get_view_interval()) <= place <= max(axis.get_view_interval())
    }
    return [text for text in texts if text not in ticks]


def overlapping(figure):
    """Pairs of texts whose boxes share more than a hair."""
    # Text.get_window_extent: an annotation's own would take in its leader line.
    boxes = [(text.get_text(), Text.get_window_extent(text)) for text in visible_texts(figure)]
    return [
        (one, other)
        for (one, a), (other, b) in itertools.combinations(boxes, 2)
        if min(a.x1, b.x1) - max(a.x0, b.x0) > 1 and min(a.y1, b.y1) - max(a.y0, b.y0) > 1.5
    ]


def outside(figure):
    """Texts that reach beyond the figure."""
    page = figure.bbox.padded(1)
    return [
        text.get_text()
        for text in visible_texts(figure)
        if not (
            page.contains(text.get_window_extent().x0, text.get_window_extent().y0)
            and page.contains(text.get_window_extent().x1, text.get_window_extent().y1)
        )
    ]


# --- what every chart keeps -------------------------------------------------------------------


@pytest.mark.parametrize("name", PLOTS)
@pytest.mark.parametrize("size", style.SIZES)
def test_texts_neither_overlap_nor_leave_the_page(name, size):
    style.set_theme(size=size)
    plot, table, options = PLOTS[name]
    if name in WITH_GLOSSARY:
        options = {**options, "glossary": GLOSSARY}
    ax = plot(
        table,
        title="统筹推进 both at once, a finding of such a length that it may take a second line or not",
        **options,
    )
    style.caption(ax, "Source: Guangzhou Standing Committee, 26 February 2020; n = 1,080 Han. " * 2)
    assert overlapping(ax.figure) == []
    assert outside(ax.figure) == []


@pytest.mark.parametrize("name", PLOTS)
def test_draws_into_the_given_axes_and_leaves_the_table_alone(name):
    plot, table, options = PLOTS[name]
    before = table.copy(deep=True)
    figure, (left, right) = plt.subplots(1, 2, figsize=(18, 6))
    ax = plot(table, ax=right, title="a finding", **options)
    assert ax is right
    assert not left.has_data()
    assert plt.get_fignums() == [figure.number]
    assert ax.get_title(loc="left") == "a finding"
    pd.testing.assert_frame_equal(table, before)


@pytest.mark.parametrize("name", PLOTS)
def test_makes_new_axes_with_a_title_of_its_own(name):
    plot, table, options = PLOTS[name]
    ax = plot(table, **options)
    assert ax.figure.number in plt.get_fignums()
    assert ax.get_title(loc="left")
    assert ax.get_xlabel()


@pytest.mark.parametrize("name", PLOTS)
def test_an_empty_table_is_an_error(name):
    plot, table, options = PLOTS[name]
    if name == "dumbbells":
        options = {**options, "columns": ["plain jieba", "as string"]}
    with pytest.raises(ValueError, match="table is empty, there is nothing to draw; look at"):
        plot(table.head(0), **options)
    assert plt.get_fignums() == []


REQUIRED = [
    (name, column)
    for name, (_, table, _) in PLOTS.items()
    for column in table.columns
    if column not in ("doc_id", "per_million", "plain jieba", "our dictionary", "as string")
]


@pytest.mark.parametrize(("name", "column"), REQUIRED)
def test_a_missing_column_is_named_with_its_maker(name, column):
    plot, table, options = PLOTS[name]
    with pytest.raises(ValueError, match=f"has no column '{column}'; (make it with|it comes from)"):
        plot(table.drop(columns=column), **options)


@pytest.mark.parametrize("name", PLOTS)
def test_something_else_than_a_table_is_refused(name):
    plot, _, options = PLOTS[name]
    with pytest.raises(ValueError, match="must be a pandas table, not list"):
        plot([1, 2], **options)


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("ranked terms", "n"), ("two languages", "rate"), ("share intervals", "share"),
        ("label shares", "n"), ("keyness", "log_ratio"), ("dispersion", "dp"),
        ("dumbbells", "as string"),
    ],
)  # fmt: skip
def test_a_value_that_is_no_number_is_named_by_its_row(name, column):
    plot, table, options = PLOTS[name]
    key = {"two languages": "term", "dumbbells": "term", "share intervals": "unit",
           "label shares": "label"}.get(name, "feature")  # fmt: skip
    broken = table.astype({column: float})
    broken.loc[1, column] = np.nan
    with pytest.raises(ValueError, match=f"no finite number for '{broken.loc[1, key]}'"):
        plot(broken, **options)
    with pytest.raises(ValueError, match=f"column '{column}' of the .* holds no numbers"):
        plot(table.assign(**{column: "many"}), **{**options, **({"columns": ["plain jieba", column]}
             if name == "dumbbells" else {})})  # fmt: skip


@pytest.mark.parametrize("name", ["ranked terms", "two languages", "keyness", "dispersion"])
@pytest.mark.parametrize("top", [0, -1, None, "5", 2.5, True])
def test_top_must_be_a_whole_number_of_at_least_one(name, top):
    plot, table, options = PLOTS[name]
    with pytest.raises(ValueError, match=f"top is {top!r}; it must be 1 or more, a whole number"):
        plot(table, **{**options, "top": top})


@pytest.mark.parametrize("name", PLOTS)
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"ax": "here"}, "ax is 'here'; it must be the Axes of one chart"),
        ({"ax": [1]}, "ax is of type list; it must be the Axes"),
        ({"title": "  "}, "title is '  '; it must be text that says the finding"),
        ({"title": 5}, "title is 5; it must be text"),
    ],
)
def test_a_wrong_ax_or_title_is_refused_before_anything_is_drawn(name, options, message):
    plot, table, own = PLOTS[name]
    with pytest.raises(ValueError, match=message):
        plot(table, **own, **options)
    assert plt.get_fignums() == []


def test_a_column_that_stands_twice_is_named():
    twice = pd.concat([RATES, RATES[["rate"]]], axis=1)
    with pytest.raises(ValueError, match="rates table has the column 'rate' twice; keep one"):
        draw.plot_two_languages(twice)


def test_a_list_is_no_name_of_a_column():
    with pytest.raises(ValueError, match=r"\['n'\] cannot name a column of the counts table"):
        draw.plot_ranked_terms(COUNTS, value=["n"])


@pytest.mark.parametrize("values", [pd.array([1, None] * 4, dtype="Int64"), [True] * 8, [1j] * 8])
def test_gaps_truths_and_complex_numbers_are_no_counts(values):
    with pytest.raises(ValueError, match="column 'n' of the counts table"):
        draw.plot_ranked_terms(COUNTS.assign(n=values))


def test_legends_without_the_theme_are_an_error_not_squares():
    with plt.rc_context({"font.family": ["DejaVu Sans"]}), pytest.raises(style.ThemeNotSetError):
        draw.category_legend(plt.figure().subplots(), ["prevention"])


def test_a_character_without_a_glyph_is_drawn_as_its_pinyin():
    counts = pd.DataFrame({"feature": ["防\U00020000"], "n": [1]})
    with pytest.warns(style.MissingGlyphWarning, match=r"U\+20000"):
        ax = draw.plot_ranked_terms(counts)
    # Its pinyin, or itself on a machine with a font for it.
    assert row_names(ax)[0] in {"防[hē]", "防\U00020000"}


def test_without_the_theme_nothing_is_drawn_as_squares():
    with plt.rc_context({"font.family": ["DejaVu Sans"]}), pytest.raises(style.ThemeNotSetError):
        draw.plot_ranked_terms(COUNTS)


# --- ranked terms -----------------------------------------------------------------------------


def test_ranked_terms_are_ordered_labelled_and_counted():
    ax = draw.plot_ranked_terms(COUNTS, glossary=GLOSSARY, top=4)
    assert row_names(ax) == [
        "工作 work", "落实 implement", "疫情防控 epidemic prevention and control", "坚决 (no gloss)",
    ]  # fmt: skip
    assert [bar.get_width() for bar in ax.containers[0]] == [13, 10, 9, 5]
    assert written(ax) == ["13", "10", "9", "5"]
    assert ax.get_ylim()[0] > ax.get_ylim()[1]


def test_a_cut_inside_a_tie_is_said():
    # Four terms have n = 5; the fifth row is the second of them.
    ax = draw.plot_ranked_terms(COUNTS, top=5)
    assert ax.get_xlabel() == "mentions  (grey band: equal; cut inside a tie: 2 more at 5)"
    alone = draw.plot_ranked_terms(COUNTS, top=4)
    assert alone.get_xlabel() == "mentions  (cut inside a tie: 3 more at 5)"


def test_a_grey_band_is_explained_where_there_is_one():
    assert draw.plot_ranked_terms(COUNTS, top=7).get_xlabel() == "mentions  (grey band: equal)"
    assert draw.plot_ranked_terms(COUNTS, top=3).get_xlabel() == "mentions"


def test_ties_stand_on_one_band():
    ax = draw.plot_ranked_terms(COUNTS)
    bands = [patch for patch in ax.patches if to_hex(patch.get_facecolor()) == style.BAND]
    assert [(band.get_y(), band.get_height()) for band in bands] == [
        pytest.approx((3 - 0.43, 3 + 2 * 0.43))
    ]


def test_categories_give_colour_letter_and_legend():
    ax = draw.plot_ranked_terms(COUNTS, category_of=pd.Series(CATEGORY_OF))
    colours = [to_hex(bar.get_facecolor()) for bar in ax.containers[0]]
    assert colours[:3] == [style.PALETTE["other"]] * 2 + [style.PALETTE["prevention"]]
    assert [text for text in written(ax) if text in "PRCG" and text] == ["P", "R"]
    assert legend_names(ax) == [
        "P  prevention 疫情防控 (1)", "R  reopening 复工复产 (1)", "not in the lexicon 词表之外 (6)",
    ]  # fmt: skip


def test_per_million_is_named_and_has_thousands():
    ax = draw.plot_ranked_terms(COUNTS, value="per_million", top=1)
    assert written(ax) == ["13,000"]
    assert ax.get_xlabel() == "per million tokens"


def test_counts_have_no_half_ticks():
    ax = draw.plot_ranked_terms(COUNTS.assign(n=[1, 2, 3, 1, 1, 1, 1, 2]))
    assert all(float(place).is_integer() for place in ax.get_xticks())
    shares = draw.plot_ranked_terms(COUNTS.assign(n=[0.1] * 8))
    assert not all(float(place).is_integer() for place in shares.get_xticks())


def test_one_term_is_a_chart_too():
    ax = draw.plot_ranked_terms(COUNTS.head(1))
    assert row_names(ax) == ["措施"]
    assert outside(ax.figure) == []


def test_a_long_name_goes_on_two_lines():
    term = "高效有序统筹推进疫情防控和经济社会发展"
    glossary = pd.DataFrame({"term": [term], "gloss_en": ["advance both efficiently, in order"]})
    counts = pd.DataFrame({"feature": [term, "工作"], "n": [2, 2]})
    ax = draw.plot_ranked_terms(counts, glossary=glossary)
    assert f"{term}\nadvance both efficiently, in order" in row_names(ax)
    assert overlapping(ax.figure) == []


@pytest.mark.parametrize(
    ("counts", "options", "message"),
    [
        (pd.concat([COUNTS, COUNTS.head(1)]), {}, "more than one row for '措施'; keep one group"),
        (COUNTS, {"category_of": {"工作": "labour"}}, "category 'labour' cannot be drawn here"),
    ],
)
def test_ranked_terms_refuse(counts, options, message):
    with pytest.raises(ValueError, match=message):
        draw.plot_ranked_terms(counts, **options)


# --- x-ray ------------------------------------------------------------------------------------


def ticks_of(ax):
    """(x, height, colour) of each tick."""
    return [
        (line[0, 0], round(line[1, 1] - line[0, 1], 2), to_hex(lines.get_colors()[0]))
        for lines in ax.collections
        for line in lines.get_segments()
    ]


def test_xray_has_a_tick_per_mention_tall_when_free():
    ax = draw.plot_xray(HITS, PARTS, terms=["疫情防控", "复工复产"])
    ticks = ticks_of(ax)
    assert sorted(x for x, _, _ in ticks) == [22, 132, 402, 512]
    height = {x: tall for x, tall, _ in ticks}
    colour = {x: shade for x, _, shade in ticks}
    assert height[512] == 0.76
    assert height[22] == height[132] == height[402] == 0.34
    assert colour[512] == style.PALETTE["prevention"]
    assert colour[22] != style.PALETTE["prevention"]


def test_xray_counts_all_and_free_mentions_and_keeps_silent_terms():
    ax = draw.plot_xray(HITS, PARTS, terms=["疫情防控", "动态清零", "复工复产"])
    assert row_names(ax) == ["疫情防控", "动态清零", "复工复产"]
    assert written(ax)[:3] == ["3  (1 free)", "0", "1  (0 free)"]
    assert legend_names(ax) == [
        "free mention", "inside a longer term", "prevention 疫情防控", "reopening 复工复产",
    ]  # fmt: skip
    one_kind = draw.plot_xray(HITS, PARTS, terms=["疫情防控", "动态清零"])
    assert legend_names(one_kind) == ["free mention", "inside a longer term"]


def test_xray_ticks_get_thinner_when_there_are_very_many():
    many = pd.DataFrame(
        {
            "term": "防",
            "category": "prevention",
            "start": range(90),
            "end": range(1, 91),
            "free": True,
        }
    )
    widths = [
        draw.plot_xray(hits, PARTS, terms=["防"]).collections[-1].get_linewidths()[0]
        for hits in (many.head(60), many)
    ]
    assert widths[0] > 2 * widths[1]


def test_xray_of_free_mentions_only_needs_no_legend():
    ax = draw.plot_xray(HITS.assign(free=True), PARTS, terms=["疫情防控"])
    assert ax.get_legend() is None
    assert written(ax)[0] == "3"


def test_xray_names_every_part_and_narrow_neighbours_are_staggered():
    narrow = PARTS.assign(start=[0, 20, 35, 50, 300], end=[20, 35, 50, 300, 600])
    ax = draw.plot_xray(HITS, narrow, terms=["疫情防控"])
    names = {text.get_text(): text for text in ax.texts if text.get_text() in set(PARTS["part"])}
    assert list(names) == list(narrow["part"])
    heights = [names[part].get_position()[1] for part in ("title", "lead", "preamble")]
    assert len(set(heights)) == 3
    assert overlapping(ax.figure) == []
    assert ax.get_xlim() == (0, 600)


@pytest.mark.parametrize(
    ("hits", "parts", "terms", "message"),
    [
        (HITS, PARTS, [], "at least one term, each once"),
        (HITS, PARTS, None, "at least one term, each once"),
        (HITS, PARTS, [["隔离"]], "at least one term, each once"),
        (HITS.assign(end=HITS["start"] - 1), PARTS, ["疫情防控"], "from 20 to 19, .* no character"),
        (HITS, PARTS, ["隔离", "隔离"], "at least one term, each once"),
        (HITS.assign(doc_id=list("aabb")), PARTS, ["疫情防控"], "holds 2 documents; draw one"),
        (HITS, PARTS.head(2), ["疫情防控"], "'疫情防控' at 130 lies outside the parts"),
        (HITS, PARTS.head(0), ["疫情防控"], "the parts table is empty"),
        (HITS, PARTS.drop(columns="part"), ["疫情防控"], "parts table has no column 'part'"),
        (HITS.assign(free="False"), PARTS, ["疫情防控"], "'free' .* True or False"),
    ],
)
def test_xray_refuses(hits, parts, terms, message):
    with pytest.raises(ValueError, match=message):
        draw.plot_xray(hits, parts, terms=terms)


# --- clause strip -----------------------------------------------------------------------------


def test_strip_has_a_row_per_part_and_a_box_per_clause():
    ax = draw.plot_clause_strip(LABELS)
    assert row_names(ax) == ["title\n1–2", "directive 1\n3–5"]
    boxes = [(box.get_x(), box.get_width(), round(box.get_y() + 0.4)) for box in ax.patches]
    assert boxes == [(0, 20, 0), (20, 18, 0), (0, 20, 1), (20, 28, 1), (48, 4, 1)]
    assert [to_hex(box.get_facecolor()) for box in ax.patches] == [
        style.PALETTE[label] for label in LABELS["label"]
    ]


def test_strip_reads_without_colour():
    ax = draw.plot_clause_strip(LABELS)
    assert written(ax) == ["G\n1", "C\n2", "P\n3", "R\n4", "·\n5"]


def test_a_box_too_narrow_for_its_number_keeps_its_letter_and_a_narrower_one_nothing():
    wide = LABELS.assign(end=[20, 39, 1060, 1075, 1077], start=[0, 21, 40, 1061, 1076])
    ax = draw.plot_clause_strip(wide)
    assert written(ax) == ["G\n1", "C", "P\n3", "R"] or written(ax) == ["G", "C", "P\n3", "R"]


def test_strip_legend_counts_every_label():
    ax = draw.plot_clause_strip(LABELS[LABELS["label"] != "reopening"])
    assert legend_names(ax) == [
        "P  prevention 疫情防控 (1)", "R  reopening 复工复产 (0)", "C  coupling 统筹兼顾 (1)",
        "G  governance 党政治理 (1)", "·  unlabelled 未归类 (1)",
    ]  # fmt: skip


def test_strip_puts_clauses_in_the_order_of_the_text():
    ax = draw.plot_clause_strip(LABELS.iloc[::-1])
    assert row_names(ax) == ["title\n1–2", "directive 1\n3–5"]


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (LABELS.assign(label="prevent"), "label 'prevent' cannot be drawn here"),
        (LABELS.assign(doc_id=list("aaaab")), "holds 2 documents"),
    ],
)
def test_strip_refuses(labels, message):
    with pytest.raises(ValueError, match=message):
        draw.plot_clause_strip(labels)


# --- two languages ----------------------------------------------------------------------------


def opposite_names(ax):
    (opposite,) = ax.child_axes
    return [label.get_text() for label in opposite.get_yticklabels()]


def test_two_languages_stand_back_to_back_on_one_scale():
    ax = draw.plot_two_languages(RATES, glossary=GLOSSARY)
    assert row_names(ax) == [
        "疫情防控   9 (2 free)\nepidemic prevention and control", "隔离   1 (1 free)\nisolation",
    ]  # fmt: skip
    assert opposite_names(ax)[0] == "经济社会发展   7 (0 free)\neconomic and social development"
    left, right = ([bar.get_width() for bar in bars] for bars in ax.containers)
    assert left == [-8.3, -0.9]
    assert right == [6.5, 2.8, 0.9]
    low, high = ax.get_xlim()
    assert low == -high < -13.3


def test_two_languages_draw_the_intervals_as_given_down_to_zero():
    ax = draw.plot_two_languages(RATES)
    left, right = (
        [tuple(line[:, 0]) for line in lines.get_segments() if len(line)]
        for lines in ax.collections
    )
    assert left == [(-3.9, -13.3), (0.0, -2.7)]
    # 六稳 has no interval: nothing is drawn in its place.
    assert [pair for pair in right if not np.isnan(pair).any()] == [(2.7, 10.9), (0.0, 6.4)]


def test_two_languages_write_glosses_whole():
    gloss = "advance epidemic control and development together (formula of 23 Feb 2020)"
    rates = RATES.assign(term=["统筹", *RATES["term"].iloc[1:]])
    glossary = pd.concat([GLOSSARY, pd.DataFrame({"term": ["统筹"], "gloss_en": [gloss]})])
    name = row_names(draw.plot_two_languages(rates, glossary=glossary))[0]
    assert name.startswith("统筹   9 (2 free)\n")
    assert name.partition("\n")[2].replace("\n", " ") == gloss.partition(" (")[0]


def test_two_languages_label_the_axis_without_minus():
    ax = draw.plot_two_languages(RATES)
    ax.figure.draw_without_rendering()
    assert [tick.get_text() for tick in ax.get_xticklabels() if "−" in tick.get_text()] == []


def test_two_languages_say_what_is_left_out():
    ax = draw.plot_two_languages(RATES, top=1)
    assert "not shown: 1 more prevention terms, 2 more reopening terms" in ax.get_xlabel()
    assert "not shown" not in draw.plot_two_languages(RATES).get_xlabel()


def test_a_silent_language_is_said_to_be_silent():
    ax = draw.plot_two_languages(RATES[RATES["category"] == "prevention"])
    assert "no mention" in written(ax)
    assert opposite_names(ax) == []


@pytest.mark.parametrize(
    ("category", "message"),
    [
        ("coupling", "category 'coupling' cannot be drawn here; keep only prevention, reopening"),
        ("", "'疫情防控' has no category .*never mentioned"),
        (None, "'疫情防控' has no category"),
    ],
)
def test_two_languages_refuse_other_categories(category, message):
    rates = RATES.assign(category=[category, *RATES["category"].iloc[1:]])
    with pytest.raises(ValueError, match=message):
        draw.plot_two_languages(rates)


# --- shares -----------------------------------------------------------------------------------


def test_share_intervals():
    ax = draw.plot_share_intervals(SHARES)
    assert row_names(ax) == ["clauses resampled", "sentences resampled"]
    assert [tuple(line[:, 0]) for line in ax.collections[0].get_segments()] == [
        (0.48, 0.89), (0.28, 1.0),
    ]  # fmt: skip
    balance, dots, *_ = ax.lines
    assert list(balance.get_xdata()) == [0.5, 0.5]
    assert list(dots.get_xdata()) == [0.70, 0.70]
    assert written(ax) == [
        "balance", "0.70  (0.48 to 0.89)  14 of 20; 61 resampled", "0.70  (0.28 to 1.00)  14 of 20; 16 resampled",
    ]  # fmt: skip


def test_an_interval_narrower_than_its_dot_is_drawn_on_it():
    narrow = SHARES.assign(low=0.699, high=0.701)
    wide, hidden = draw.plot_share_intervals(SHARES), draw.plot_share_intervals(narrow)
    dot = hidden.lines[1]
    above = [line for line in hidden.lines if line.get_zorder() > dot.get_zorder()]
    n_drawn = sum(len(line.get_xdata()) > 0 for line in above)
    assert n_drawn > sum(
        len(line.get_xdata()) > 0 for line in wide.lines if line.get_zorder() > dot.get_zorder()
    )


def test_share_intervals_name_what_was_drawn():
    ax = draw.plot_share_intervals(SHARES, units="posts")
    assert written(ax)[1] == "0.70  (0.48 to 0.89)  14 of 20; 61 posts"


def test_a_share_without_an_interval_says_so():
    shares = SHARES.assign(unit_name=["a", "b"], low=[np.nan, 0.28])
    ax = draw.plot_share_intervals(shares, by="unit_name")
    assert row_names(ax) == ["a", "b"]
    assert "0.70  (no interval)  14 of 20; 61 resampled" in written(ax)


def test_label_shares_show_all_five_in_their_order():
    ax = draw.plot_label_shares(LABEL_COUNTS)
    assert row_names(ax) == [style.label_name(label) for label in tables.LABELS]
    assert [bar.get_width() for bar in ax.containers[0]] == [14, 6, 8, 26, 7]
    assert written(ax)[:5] == ["14  (23%)", "6  (10%)", "8  (13%)", "26  (43%)", "7  (11%)"]
    assert written(ax)[5:] == ["P", "R", "C", "G", "·"]
    assert ax.get_xlabel() == "units (percentages are rounded)"
    assert "clauses" in draw.plot_label_shares(LABEL_COUNTS, units="clauses").get_xlabel()


@pytest.mark.parametrize(
    ("label_counts", "message"),
    [
        (LABEL_COUNTS.iloc[:3], "missing: reopening, unlabelled"),
        (pd.concat([LABEL_COUNTS, LABEL_COUNTS.tail(1)]), "one is there twice"),
    ],
)
def test_label_shares_refuse_to_hide_a_label(label_counts, message):
    with pytest.raises(ValueError, match=message):
        draw.plot_label_shares(label_counts)


# --- keyness, dispersion, dumbbells -----------------------------------------------------------


def test_keyness_orders_by_log_ratio_and_prints_the_counts():
    ax = draw.plot_keyness(KEYNESS, target="directive 2", reference="directive 3")
    assert row_names(ax) == ["防控", "措施", "工作", "双区", "目标"]
    assert written(ax) == [
        "12 : 0", "4 : 0", "7 : 5", "0 : 1", "0 : 3", "n in directive 2 : n in directive 3",
    ]  # fmt: skip
    assert "more in directive 3" in ax.get_xlabel()
    dots, intervals = ax.collections
    assert tuple(intervals.get_segments()[0][:, 0]) == (0.5, 7.3)
    assert [x for x, _ in dots.get_offsets()] == [3.9, 2.4, 0.3, -2.2, -3.6]


def test_keyness_dots_grow_with_the_evidence_and_are_filled_when_sure():
    ax = draw.plot_keyness(KEYNESS)
    dots = ax.collections[0]
    areas = dots.get_sizes() / dots.get_sizes()[1]
    # G² of 16, 3.5, 0.2 (drawn as 1), 2, 6.3.
    assert areas == pytest.approx(np.array([16, 3.5, 1, 2, 6.3]) / 3.5)
    filled = [to_hex(face) != "#ffffff" for face in dots.get_facecolors()]
    assert filled == [True, False, False, False, False]
    assert legend_names(ax)[-1] == "q < .05 (1 of 4 words tested)"


def test_keyness_says_how_many_of_the_words_tested_are_drawn():
    ax = draw.plot_keyness(KEYNESS, top=1)
    assert legend_names(ax)[-1] == "q < .05 (1 of 4 words tested;\n2 of these drawn)"


def test_an_interval_is_seen_around_its_dot_or_on_it():
    """No dot hides its interval: the uprights stand beyond the dot, or lie on it."""
    narrow = KEYNESS.assign(log_likelihood=[60.0, 900, 0.2, -70, -2])
    narrow[["log_ratio_low", "log_ratio_high"]] = narrow[["log_ratio"]].to_numpy() + [-0.05, 0.05]
    narrow.loc[3, ["log_ratio_low", "log_ratio_high"]] = [-7.9, 0.6]
    for table in (narrow, narrow.assign(dp=0.2), narrow.assign(dp=0.9)):
        ax = draw.plot_keyness(table)
        dots = ax.collections[0]
        over = [line for line in ax.lines if line.get_zorder() > dots.get_zorder()]
        assert {row for line in over for row in line.get_ydata()} == {0, 1}  # 防控, 措施
        faces = np.resize(dots.get_facecolors(), (5, 4))[:, :3]
        for line in over:
            face = tuple(faces[int(line.get_ydata()[0])])
            assert style.contrast(line.get_color(), face) > 4.5


def test_keyness_greys_words_too_rare_to_be_tested():
    ax = draw.plot_keyness(KEYNESS)
    edges = [to_hex(edge) for edge in ax.collections[0].get_edgecolors()]
    assert [edge != style.INK for edge in edges] == [False, False, False, True, False]
    colours = [label.get_color() for label in ax.get_yticklabels()]
    assert colours == [style.INK] * 3 + [style.QUIET, style.INK]
    assert "grey: too rare to be tested" in legend_names(ax)


def test_keyness_takes_the_words_with_most_evidence_on_each_side():
    ax = draw.plot_keyness(KEYNESS, top=1)
    assert row_names(ax) == ["防控", "目标"]
    assert ax.get_title(loc="left").startswith("2 of 5 words")


def test_keyness_of_one_side_only():
    ax = draw.plot_keyness(KEYNESS[KEYNESS["log_ratio"] > 0])
    assert row_names(ax) == ["防控", "措施", "工作"]


def test_dispersion_greys_what_is_too_rare():
    ax = draw.plot_dispersion(DISPERSION)
    assert row_names(ax) == ["疫情防控", "落实", "更加", "隔离"]
    _, enough, few = ax.collections
    assert enough.get_offsets().tolist() == [[0.22, 0], [0.37, 1]]
    assert few.get_offsets().tolist() == [[0.61, 2], [0.61, 3]]
    assert to_hex(few.get_facecolors()[0]) == "#ffffff"
    assert legend_names(ax) == ["n ≥ 5", "n < 5: too few to say"]
    assert written(ax)[:4] == ["9 in 3", "9 in 4", "3 in 1", "1 in 1"]


def test_dispersion_keeps_its_scale_and_takes_another_limit():
    ax = draw.plot_dispersion(DISPERSION, min_n=2, top=3)
    assert ax.get_xlim() == pytest.approx((-0.03, 1.03))
    assert ax.collections[1].get_offsets().tolist() == [[0.22, 0], [0.37, 1], [0.61, 2]]


def test_dumbbells_join_the_ways_of_counting():
    ax = draw.plot_dumbbells(COMPARISON, glossary=GLOSSARY)
    assert row_names(ax)[1:] == ["落实 implement", "隔离 isolation"]
    assert [list(line.get_xdata()) for line in ax.lines] == [[0, 6, 1], [9, 10, 1], [9, 10, 1]]
    assert [tuple(line[:, 0]) for line in ax.collections[0].get_segments()] == [
        (0, 9), (6, 10), (1, 1),
    ]  # fmt: skip
    assert written(ax) == ["0 → 9 → 9", "6 → 10 → 10", "1 → 1 → 1"]
    assert legend_names(ax) == ["plain jieba", "our dictionary", "as string"]


def test_dumbbells_of_equal_values_stay_visible_because_they_nest():
    ax = draw.plot_dumbbells(COMPARISON)
    widths = [line.get_markersize() for line in ax.lines[:2]]
    assert widths[0] > widths[1]
    assert ax.lines[2].get_marker() == "|"


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (["as string"], r"two or three columns of numbers; got 1 \(as string\)"),
        (["as string", "by hand"], "no column 'by hand'"),
        ("as string", "columns is 'as string'; it must be a list"),
    ],
)
def test_dumbbells_refuse(columns, message):
    with pytest.raises(ValueError, match=message):
        draw.plot_dumbbells(COMPARISON, columns=columns)


def test_dumbbells_refuse_a_fourth_way():
    with pytest.raises(ValueError, match="got 4"):
        draw.plot_dumbbells(COMPARISON.assign(again=1))


def test_rank_breaks_ties_by_character_whatever_the_order_of_the_rows():
    forwards = draw.rank(COUNTS, "counts", key="feature", value="n")
    backwards = draw.rank(COUNTS.iloc[::-1], "counts", key="feature", value="n")
    pd.testing.assert_frame_equal(forwards, backwards)
    assert forwards["feature"].tolist()[3:7] == ["坚决", "推进", "措施", "统筹"]


@pytest.mark.parametrize("wrong", ["x1", ["prevention"], pd.DataFrame({"term": ["防控"]})])
def test_categories_of_the_wrong_kind_are_named(wrong):
    with pytest.raises(ValueError, match="it maps terms to categories"):
        draw.categories_for(["防控"], wrong)
