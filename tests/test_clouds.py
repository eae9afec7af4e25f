import itertools
import warnings

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from PIL import Image

from helpers import clouds, draw, style
from helpers.comparing.compare.contrast import contrast_rates
from helpers.drawing.clouds import dress, layout, letters, rooms

pytestmark = pytest.mark.usefixtures("theme")

WORDS = (
    "工作 落实 疫情防控 经济社会发展 抓落实 措施 坚决 统筹 推进 要求 目标 复工复产 强化 更加 精准 防控 会议 精神 "
    "部署 责任 担当 机制 物资 企业 城市 广州 省委 市委 决心 信心 基层 效率"
).split()
COUNTS = pd.DataFrame({"feature": WORDS, "n": [13, 10, 9, 7, 6, 5, 5, 5, 5, 4, 4] + [3] * 21})
CATEGORY_OF = {"疫情防控": "prevention", "复工复产": "reopening"}
GLOSSARY = pd.DataFrame({"term": ["工作", "落实"], "gloss_en": ["work", "implement"]})


def boxes(ax):
    """The extent of each word, by word, in the layout's units."""
    return {word.get_gid(): word.get_path().get_extents() for word in ax.patches}


def shapes(ax):
    return {word: tuple(box.extents.round(6)) for word, box in boxes(ax).items()}


# With the seeds other than 2020, wordcloud puts a word between the strokes of another.
@pytest.mark.parametrize(("max_words", "seed"), [(32, 2020), (12, 1), (12, 2), (12, 7), (32, 8)])
def test_every_word_is_placed_inside_and_none_touches_another(max_words, seed):
    ax = clouds.plot_word_cloud(COUNTS, max_words=max_words, seed=seed)
    placed = boxes(ax)
    assert len(placed) == max_words
    for one, other in itertools.combinations(placed.values(), 2):
        across = min(one.x1, other.x1) - max(one.x0, other.x0)
        down = min(one.y1, other.y1) - max(one.y0, other.y0)
        assert min(across, down) <= 0
    for box in placed.values():
        assert 0 <= box.x0 < box.x1 <= ax.get_xlim()[1]
        assert 0 <= box.y0 < box.y1 <= ax.get_ylim()[1]


def test_area_is_proportional_to_the_count_whatever_the_length():
    # One character, so that its ink is known: n per character decides how high it stands.
    counts = pd.DataFrame({"feature": ["国", "国国", "国国国国"], "n": [4, 8, 4]})
    height = {word: box.height for word, box in boxes(clouds.plot_word_cloud(counts)).items()}
    assert height["国国"] == pytest.approx(height["国"], rel=1e-6)
    assert height["国国国国"] == pytest.approx(height["国"] / 2, rel=1e-6)


def test_proportions_hold_down_to_the_last_of_many_words():
    # wordcloud alone would shrink what does not fit and let the sizes drift from the counts.
    ax = clouds.plot_word_cloud(pd.DataFrame({"feature": WORDS, "n": range(64, 32, -1)}))
    width = {word: box.width for word, box in boxes(ax).items()}
    reference = ax.patches[0].get_path().get_extents().width
    for word, n in zip(WORDS, range(64, 32, -1), strict=True):
        # Side bearings differ from one character to the next, so within a tenth.
        expected = reference * (n / 64 * len(word) / 2) ** 0.5
        assert width[word] == pytest.approx(expected, rel=0.12)


def test_no_letter_is_smaller_than_can_be_read():
    figure, ax = plt.subplots(figsize=(4, 3))
    clouds.plot_word_cloud(COUNTS, max_words=25, ax=ax)
    inch = ax.get_window_extent().width / figure.dpi / ax.get_xlim()[1]
    # A Han character fills most of its square, so 8-point letters are over 6 points high.
    lowest = min(box.height for word, box in boxes(ax).items() if word != "一")
    assert lowest * inch * 72 > 6


def test_the_same_seed_gives_the_same_cloud_and_another_seed_another():
    first = shapes(clouds.plot_word_cloud(COUNTS))
    assert shapes(clouds.plot_word_cloud(COUNTS)) == first
    assert shapes(clouds.plot_word_cloud(COUNTS.iloc[::-1])) == first
    assert shapes(clouds.plot_word_cloud(COUNTS, seed=1)) != first


def test_max_words_takes_the_most_frequent():
    ax = clouds.plot_word_cloud(COUNTS.sample(frac=1, random_state=3), max_words=4)
    assert list(boxes(ax)) == WORDS[:4]
    assert ax.get_xlabel() == "4 of 4 words placed; the table has 32"


def test_words_without_room_are_named_and_are_the_least_frequent():
    with pytest.warns(
        clouds.WordsLeftOutWarning, match=r"of 32 words placed, .*max_words"
    ) as caught:
        ax = clouds.plot_word_cloud(COUNTS, width=260, height=130)
    placed = list(boxes(ax))
    ranked = draw.rank(COUNTS, "counts", key="feature", value="n")["feature"].tolist()
    assert 0 < len(placed) < 32
    assert placed == ranked[: len(placed)]
    message = str(caught[0].message)
    assert all(word in message for word in ranked[len(placed) :])
    assert ax.get_xlabel().startswith(f"{len(placed)} of 32 words placed (no room for")
    assert ax.get_title(loc="left") == f"The {len(placed)} most frequent words"


def test_a_cloud_without_room_for_one_word_is_an_error():
    with pytest.raises(ValueError, match="cloud of 26 by 26 .* no room for '工作'"):
        clouds.plot_word_cloud(COUNTS.head(1), width=26, height=26)


def test_one_word_is_a_cloud_too():
    ax = clouds.plot_word_cloud(COUNTS.head(1))
    assert list(boxes(ax)) == ["工作"]


def test_colours_are_the_categories_and_the_legend_counts_them():
    ax = clouds.plot_word_cloud(COUNTS, category_of=CATEGORY_OF)
    colours = {word.get_gid(): to_hex(word.get_facecolor()) for word in ax.patches}
    assert colours["疫情防控"] == style.PALETTE["prevention"]
    assert colours["复工复产"] == style.PALETTE["reopening"]
    assert colours["工作"] == style.PALETTE["other"]
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    assert names == [
        "P  prevention 疫情防控 (1)", "R  reopening 复工复产 (1)", "not in the lexicon 词表之外 (30)",
    ]  # fmt: skip


def test_without_categories_all_words_have_one_dark_colour():
    ax = clouds.plot_word_cloud(COUNTS)
    assert {to_hex(word.get_facecolor()) for word in ax.patches} == {style.PLAIN}
    assert ax.get_legend() is None


def test_a_glossary_tells_what_the_most_frequent_words_mean():
    ax = clouds.plot_word_cloud(COUNTS.head(3), glossary=GLOSSARY)
    assert ax.get_xlabel().split("\n")[1] == (
        "most frequent: 工作 work; 落实 implement; 疫情防控 (no gloss)"
    )


def test_draws_into_the_given_axes_and_leaves_the_table_alone():
    before = COUNTS.copy(deep=True)
    figure, (left, right) = plt.subplots(1, 2)
    assert clouds.plot_word_cloud(COUNTS, max_words=9, ax=right) is right
    assert len(right.patches) == 9
    assert not left.patches
    assert plt.get_fignums() == [figure.number]
    pd.testing.assert_frame_equal(COUNTS, before)


def test_a_character_without_a_glyph_is_drawn_as_its_code():
    counts = pd.DataFrame({"feature": ["防\U00020000"], "n": [1]})
    with pytest.warns(style.MissingGlyphWarning, match=r"U\+20000"):
        ax = clouds.plot_word_cloud(counts)
    assert ax.patches[0].get_gid() == "防\U00020000"


@pytest.mark.parametrize(
    ("counts", "options", "message"),
    [
        (COUNTS.head(0), {}, "counts table is empty"),
        (COUNTS.drop(columns="n"), {}, "no column 'n'; make it with count.count_features"),
        (COUNTS.assign(n=0), {}, "with n = 0; a cloud can only show words that occur"),
        (COUNTS.assign(n=-1), {}, "with n = -1"),
        (pd.DataFrame({"feature": ["", "防"], "n": 1}), {}, "the feature '', which cannot be seen"),
        (pd.DataFrame({"feature": [" "], "n": [1]}), {}, "the feature ' ', which cannot be seen"),
        (pd.DataFrame({"feature": ["防", None], "n": 1}), {}, "no text in feature"),
        (pd.DataFrame({"feature": ["防", 7], "n": 1}), {}, "no text in feature .*holds 7"),
        (
            pd.DataFrame({"feature": ["防", "控"], "n": [1, 0]}),
            {},
            "'控' with n = 0; .*counts\\['n'\\] > 0",
        ),
        (
            pd.DataFrame({"feature": ["防", "控"], "n": [1, np.nan]}),
            {},
            "no finite number for '控'",
        ),
        (
            pd.DataFrame({"feature": ["防", "控"], "n": [1, np.inf]}),
            {},
            "no finite number for '控'",
        ),
        (COUNTS.assign(n="x"), {}, "'n' of the counts table holds no numbers"),
        ([1], {}, "counts must be a pandas table"),
        (pd.concat([COUNTS, COUNTS]), {}, "more than one row for '工作'"),
        (COUNTS, {"category_of": {"工作": "labour"}}, "category 'labour'"),
        (COUNTS, {"glossary": {"工作": "work"}}, "glossary must be a pandas table, not dict"),
        (COUNTS.assign(n=COUNTS["n"] + 0j), {}, "'n' of the counts table holds complex128"),
        (COUNTS.assign(n=True), {}, "'n' of the counts table holds bool"),
        (COUNTS.assign(n=1e300), {}, r"a number above 2\*\*53 for '工作'"),
        (pd.concat([COUNTS, COUNTS[["n"]]], axis=1), {}, "has the column 'n' twice; keep one"),
    ],
)
def test_a_cloud_refuses(counts, options, message):
    for plot in (clouds.plot_word_cloud, clouds.plot_cloud_with_bars):
        with pytest.raises(ValueError, match=message):
            plot(counts, **options)
    assert not plt.get_fignums()


ODD_NUMBERS = [
    ("seed", [None, [], 1.5, True, "2020", -1], "give a whole number of 0 or more"),
    ("max_words", [None, [], 2.0, True, "9", 0, -3], "give a whole number of 1 or more"),
    ("width", [0, -1, 10, "9", 9.5, np.nan, True, [], 10**9], "of 11 or more, up to 10000"),
    ("height", [0, -1, 10, "9", 9.5, np.nan, True, [], 10**9], "of 11 or more, up to 10000"),
    ("ax", [3, "left"], "it must be the Axes of one chart"),
    ("title", [3, " "], "it must be text that says the finding"),
]


@pytest.mark.parametrize(("name", "values", "cure"), ODD_NUMBERS)
def test_every_cloud_refuses_odd_options_before_a_figure_is_open(name, values, cure):
    table = contrast(3)
    alone = [
        (clouds.plot_word_cloud, COUNTS), (clouds.plot_comparison_cloud, table),
        (clouds.plot_commonality_cloud, table),
    ]  # fmt: skip
    beside = [
        (clouds.plot_cloud_with_bars, COUNTS), (clouds.plot_comparison_cloud_with_dots, table),
        (clouds.plot_commonality_cloud_with_dots, table),
    ]  # fmt: skip
    plots = alone if name in ("width", "height", "ax") else alone + beside
    for (plot, data), value in itertools.product(plots, values):
        with pytest.raises(ValueError, match=f"{name} is .*{cure}"):
            plot(data, **{name: value})
    assert not plt.get_fignums()


def test_whole_numbers_of_numpy_are_whole_numbers():
    first = shapes(clouds.plot_word_cloud(COUNTS, max_words=9, seed=7))
    ax = clouds.plot_word_cloud(COUNTS, max_words=np.int32(9), seed=np.int64(7))
    assert shapes(ax) == first


def test_the_warning_points_at_the_line_that_asked_for_the_cloud():
    _, axes = plt.subplots(1, 3, figsize=(16, 4), layout="none")
    table = contrast(2, 32)
    with pytest.warns(clouds.WordsLeftOutWarning) as caught:
        clouds.plot_word_cloud(COUNTS, ax=axes[0], width=260, height=130)
        clouds.plot_comparison_cloud(table, ax=axes[1], width=260, height=130)
        clouds.plot_commonality_cloud(table, ax=axes[2], width=260, height=130)
    assert [warning.filename for warning in caught] == [__file__] * 3


def test_the_twin_shows_the_same_words_with_their_counts():
    cloud, bars = clouds.plot_cloud_with_bars(
        COUNTS, glossary=GLOSSARY, max_words=12, category_of=CATEGORY_OF, title="a finding"
    )
    assert cloud.figure is bars.figure
    names = [label.get_text().split()[0] for label in bars.get_yticklabels()]
    assert names == list(boxes(cloud))
    assert [bar.get_width() for bar in bars.containers[0]] == [13, 10, 9, 7, 6, 5, 5, 5, 5, 4, 4, 3]
    assert cloud.get_title(loc="left") == "a finding"
    assert "cut inside a tie: 20 more at 3" in bars.get_xlabel()
    assert len(bars.get_legend().get_texts()) == 2
    assert cloud.get_legend() is None


def test_the_twins_stay_apart_on_the_page():
    cloud, bars = clouds.plot_cloud_with_bars(COUNTS, glossary=GLOSSARY)
    cloud.figure.draw_without_rendering()
    assert cloud.get_tightbbox().x1 <= bars.get_tightbbox().x0
    assert bars.get_tightbbox().x1 <= cloud.figure.bbox.x1 + 1


def test_a_line_break_in_a_word_is_laid_out_as_a_blank():
    ax = clouds.plot_word_cloud(pd.DataFrame({"feature": ["疫情\n防控", "工作"], "n": [2, 1]}))
    assert [patch.get_gid() for patch in ax.patches] == ["疫情\n防控", "工作"]


def assert_none_touch(ax):
    x0, y0, x1, y1 = np.array([box.extents for box in boxes(ax).values()]).T
    across = np.minimum.outer(x1, x1) - np.maximum.outer(x0, x0)
    down = np.minimum.outer(y1, y1) - np.maximum.outer(y0, y0)
    overlapping = np.minimum(across, down) > 0
    assert overlapping.sum() == len(x0)  # each with itself only


# ---------------------------------------------------------------- hostile labels


HOSTILE = [
    "防" * 40, "$x$", "$\\frac{", "a$b", "<b>工作</b>", "&amp;", "100%", "_^{}", "工作\t落实", "-", "=1+1",
    "\\alpha", "x" * 40,
]  # fmt: skip


def test_hostile_labels_are_drawn_as_they_are():
    counts = pd.DataFrame({"feature": HOSTILE, "n": 9})
    ax = clouds.plot_word_cloud(counts, width=1600, height=900)
    assert set(boxes(ax)) == set(HOSTILE)
    assert_none_touch(ax)
    ax.figure.draw_without_rendering()


def test_a_formula_is_drawn_as_its_characters():
    counts = pd.DataFrame({"feature": ["$x$", "xxx"], "n": 9})
    width = {word: box.width for word, box in boxes(clouds.plot_word_cloud(counts)).items()}
    # Two dollar signs are as wide as two letters, and a formula would have lost them.
    assert width["$x$"] > 0.9 * width["xxx"]


@pytest.mark.parametrize("word", ["\U0001f637", "مرحبا", "עברית"])
def test_emoji_and_right_to_left_words_are_drawn_as_codes(word):
    with pytest.warns(style.MissingGlyphWarning, match=r"U\+"):
        ax = clouds.plot_word_cloud(pd.DataFrame({"feature": [word, "防控"], "n": [2, 1]}))
    assert set(boxes(ax)) == {word, "防控"}


def test_a_word_without_ink_is_refused(monkeypatch):
    monkeypatch.setattr(letters.text_to_path, "get_text_path", lambda *_: (np.empty((0, 2)), []))
    with pytest.raises(ValueError, match="feature '空白' has no letter that can be seen"):
        clouds.plot_word_cloud(pd.DataFrame({"feature": ["空白"], "n": [1]}))


def test_two_features_that_look_alike_are_both_drawn():
    counts = pd.DataFrame({"feature": ["防 控", "防\n控", "防  控"], "n": [3, 2, 1]})
    assert len(boxes(clouds.plot_word_cloud(counts))) == 3


def test_500_terms_are_placed_or_named():
    counts = pd.DataFrame({"feature": [f"词{i}" for i in range(500)], "n": range(500, 0, -1)})
    with pytest.warns(clouds.WordsLeftOutWarning) as caught:
        ax = clouds.plot_word_cloud(counts, max_words=500)
    placed = set(boxes(ax))
    named = str(caught[0].message).partition("no room for ")[2].partition(";")[0].split("、")
    assert placed | set(named) == set(counts["feature"])
    assert not placed & set(named)
    assert len(placed) > 100
    assert_none_touch(ax)


def test_equal_counts_give_equal_letters():
    counts = pd.DataFrame({"feature": ["国", "国国", "国国国"], "n": [2, 4, 6]})
    heights = [box.height for box in boxes(clouds.plot_word_cloud(counts)).values()]
    assert max(heights) == pytest.approx(min(heights), rel=1e-6)


def test_a_word_too_long_to_be_read_does_not_push_out_those_after_it():
    counts = pd.DataFrame({"feature": ["疫情", "防" * 40, *WORDS[:19]], "n": [60, 3] + [2] * 19})
    with pytest.warns(clouds.WordsLeftOutWarning, match=f"20 of 21 .* no room for {'防' * 40};"):
        ax = clouds.plot_word_cloud(counts, width=400, height=250)
    assert set(boxes(ax)) == {"疫情", *WORDS[:19]}
    assert ax.get_title(loc="left") == "20 of the 21 most frequent words"
    assert "防防防…" in ax.get_xlabel()


def test_the_twin_takes_hostile_labels_too():
    counts = pd.DataFrame({"feature": ["$x$", "<b>", "防" * 40], "n": [9, 8, 7]})
    with pytest.warns(
        clouds.WordsLeftOutWarning, match=f"2 of 3 words placed, no room for {'防' * 40};"
    ):
        cloud, bars = clouds.plot_cloud_with_bars(counts)
    assert list(boxes(cloud)) == ["$x$", "<b>"]
    cloud.figure.draw_without_rendering()
    assert bars.get_tightbbox().x1 <= cloud.figure.bbox.x1 + 1


# ---------------------------------------------------------------- masks


def ring():
    y, x = np.mgrid[-1:1:200j, -1.5:1.5:300j]
    return (x**2 + y**2 > 0.3) & (x**2 + y**2 < 1)


def test_words_stand_only_where_the_mask_is_true():
    mask = ring()
    ax = clouds.plot_word_cloud(COUNTS, max_words=20, mask=mask)
    assert len(boxes(ax)) == 20
    # The Axes keep the mask's proportions.
    width, height = ax.get_xlim()[1], ax.get_ylim()[1]
    assert width / height == pytest.approx(1.5, rel=0.02)
    for box in boxes(ax).values():
        rows = slice(*(int((1 - y / height) * 200) for y in (box.y1, box.y0)))
        columns = slice(*(int(x / width * 300) for x in (box.x0, box.x1)))
        assert mask[rows, columns].all()
    assert_none_touch(ax)


@pytest.mark.parametrize("kind", ["grey", "colour", "transparent"])
def test_a_mask_can_be_a_picture_file(tmp_path, kind):
    mask = ring()
    file = tmp_path / "形状.png"
    grey = np.where(mask, 0, 255).astype("uint8")
    if kind == "grey":
        Image.fromarray(grey).save(file)
    elif kind == "colour":
        Image.fromarray(np.stack([grey, grey, np.full_like(grey, 90)], axis=-1)).convert(
            "RGB"
        ).save(file)
    else:
        layers = np.zeros((*grey.shape, 4), dtype="uint8")
        layers[..., 3] = 255 - grey
        Image.fromarray(layers).save(file)
    found = clouds.read_mask(file)
    if kind != "colour":  # blue is not dark everywhere: see below
        assert (found == mask).all()
    drawn = shapes(clouds.plot_word_cloud(COUNTS, max_words=9, mask=str(file)))
    assert drawn == shapes(clouds.plot_word_cloud(COUNTS, max_words=9, mask=found))


def test_a_mask_changes_nothing_in_the_mask():
    mask = ring()
    before = mask.copy()
    clouds.plot_word_cloud(COUNTS, max_words=5, mask=mask)
    assert (mask == before).all()


@pytest.mark.parametrize(
    ("mask", "message"),
    [
        (np.zeros((50, 50), dtype=bool), "the mask is False all over: set it True where"),
        (np.ones((5, 50), dtype=bool), "the mask is 50 by 5 pixels; give one of at least 20 by 20"),
        (np.zeros((0, 0), dtype=bool), "is 0 by 0 pixels"),
        (
            np.ones((50, 50)),
            "2 dimensions of float64; give two of True and False, such as grey < 128",
        ),
        (np.ones((50, 50, 3), dtype=bool), "the mask has 3 dimensions of bool"),
        ([[True]], "mask is list; give an array of True"),
        (True, "mask is bool; give an array of True"),
        ("no/such.png", "there is no mask no.such.png"),
    ],
)
def test_a_mask_refuses(mask, message):
    for plot in (clouds.plot_word_cloud, clouds.plot_cloud_with_bars):
        with pytest.raises(ValueError, match=message):
            plot(COUNTS, mask=mask)
    assert not plt.get_fignums()


def test_a_mask_file_must_be_a_picture_and_have_something_dark(tmp_path):
    white, text = tmp_path / "white.png", tmp_path / "text.png"
    Image.new("L", (60, 60), 255).save(white)
    text.write_text("防控", encoding="utf-8")
    with pytest.raises(ValueError, match=r"white.png is white all over: paint dark where"):
        clouds.plot_word_cloud(COUNTS, mask=white)
    with pytest.raises(ValueError, match=r"text.png cannot be read as a picture .*save it as PNG"):
        clouds.plot_word_cloud(COUNTS, mask=text)


def test_a_mask_too_narrow_for_a_word_is_an_error():
    mask = np.zeros((100, 100), dtype=bool)
    mask[:, 50] = True
    message = "no room for '工作' in readable letters; give a mask with wider parts"
    with pytest.raises(ValueError, match=message):
        clouds.plot_word_cloud(COUNTS, mask=mask)


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((20, 9000), "the mask is 9000 by 20 pixels; .* too low .*a mask that is less wide"),
        ((9000, 20), "the mask is 20 by 9000 pixels; .* too narrow .*a mask that is less high"),
    ],
)
def test_a_mask_of_extreme_proportions_is_the_masks_fault(shape, message):
    for plot in (clouds.plot_word_cloud, clouds.plot_cloud_with_bars):
        with pytest.raises(ValueError, match=message):
            plot(COUNTS, mask=np.ones(shape, dtype=bool))


def test_a_damaged_picture_is_no_mask(tmp_path):
    file = tmp_path / "cut.png"
    Image.fromarray(np.zeros((400, 400), dtype="uint8")).save(file)
    file.write_bytes(file.read_bytes()[:90])
    with pytest.raises(ValueError, match=r"cut.png cannot be read as a picture .*save it as PNG"):
        clouds.read_mask(file)


# ---------------------------------------------------------------- comparison, commonality


def contrast(n_groups, n_words=24, seed=1):
    """A contrast of made-up counts in which each word leans to one group."""
    chance = np.random.default_rng(seed)
    rows = [
        (f"群{group}", word, int(chance.integers(1, 9)) + (12 if number % n_groups == group else 0))
        for number, word in enumerate(WORDS[:n_words]) for group in range(n_groups)
    ]  # fmt: skip
    return contrast_rates(pd.DataFrame(rows, columns=["part", "feature", "n"]))


def of_words(table, value):
    words = table.drop_duplicates("feature")
    return words.loc[words[value] > 0].set_index("feature")


def sectors_of(ax, n_groups, table):
    """A function of a point: the group whose region holds it, or None."""
    groups = table["group"].drop_duplicates().tolist()
    words = of_words(table, "largest").iloc[: len(boxes(ax))]
    weights = words.groupby("group_of_largest")["largest"].sum().reindex(groups).fillna(0)
    shares = 0.5 / n_groups + 0.5 * weights / weights.sum()
    width, height = round(ax.get_xlim()[1]), round(ax.get_ylim()[1])
    room = rooms.sector_room(width, height, shares.tolist()).room

    def group_at(x, y):
        row, column = int((height - y) / room.cell), int(x / room.cell)
        found = [n for n, region in enumerate(room.regions) if region[row, column]]
        return groups[found[0]] if found else None

    return group_at


@pytest.mark.parametrize("n_groups", [2, 3, 4, 5, 6])
def test_each_word_stands_in_the_sector_of_its_group_and_none_touch(n_groups):
    table = contrast(n_groups)
    ax = clouds.plot_comparison_cloud(table)
    words = of_words(table, "largest")
    assert set(boxes(ax)) == set(words.index)
    group_at = sectors_of(ax, n_groups, table)
    for word, box in boxes(ax).items():
        middle = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
        assert group_at(*middle) == words.loc[word, "group_of_largest"]
    assert_none_touch(ax)


@pytest.mark.parametrize("n_groups", [2, 3, 4, 5, 6])
@pytest.mark.parametrize("shape", [(900, 560), (370, 700)])
def test_each_name_stands_in_its_own_sector_at_the_edge(n_groups, shape):
    # Nearly all that sets apart is of the first group: its sector is wide, the others narrow.
    rows = [
        (f"P{group}", word, 90 if group == number % n_groups == 0 else 9 + number % (group + 2))
        for number, word in enumerate(WORDS[:24]) for group in range(n_groups)
    ]  # fmt: skip
    table = contrast_rates(pd.DataFrame(rows, columns=["phase", "feature", "n"]))
    ax = clouds.plot_comparison_cloud(table, width=shape[0], height=shape[1], max_words=12)
    ax.figure.draw_without_rendering()
    assert len(ax.texts) == n_groups
    group_at = sectors_of(ax, n_groups, table)
    for text in ax.texts:
        box = text.get_window_extent().transformed(ax.transData.inverted())
        for corner in itertools.product((box.x0, box.x1), (box.y0, box.y1)):
            assert group_at(*corner) == text.get_text().split()[0]
        # One line of it is no further from the edge than it is high.
        right, top = ax.get_xlim()[1], ax.get_ylim()[1]
        assert min(box.x0, box.y0, right - box.x1, top - box.y1) < 20


@pytest.mark.parametrize("n_groups", [2, 3, 4, 5, 6])
def test_the_groups_are_named_with_their_words_inside_the_canvas_and_apart(n_groups):
    table = contrast(n_groups)
    ax = clouds.plot_comparison_cloud(table)
    expected = of_words(table, "largest")["group_of_largest"].value_counts()
    found = {text.get_text() for text in ax.texts}
    assert found == {f"{group} ({n} word{'' if n == 1 else 's'})" for group, n in expected.items()}
    ax.figure.draw_without_rendering()
    extents = [text.get_window_extent() for text in ax.texts]
    for one, other in itertools.combinations(extents, 2):
        assert not one.overlaps(other)
    for extent in extents:
        assert extent.x0 >= 0
        assert extent.x1 <= ax.figure.bbox.x1
    pixels = [ax.transData.transform_bbox(box) for box in boxes(ax).values()]
    assert not any(extent.overlaps(box) for extent in extents for box in pixels)


def test_area_is_proportional_to_the_largest_deviation():
    rows = [("a", "国", 8), ("a", "共", 92), ("b", "国国", 4), ("b", "共", 96)]
    ax = clouds.plot_comparison_cloud(
        contrast_rates(pd.DataFrame(rows, columns=["part", "feature", "n"]))
    )
    height = {word: box.height for word, box in boxes(ax).items()}
    # Deviations 40 and 20 per 1,000, on one letter and on two: a quarter of the area a letter.
    assert height["国"] / height["国国"] == pytest.approx(2, rel=1e-6)
    assert set(height) == {"国", "国国", "共"}


def test_a_group_that_is_a_label_keeps_its_colour_and_categories_come_first():
    rows = [
        ("prevention", "防控", 9),
        ("prevention", "工作", 5),
        ("reopening", "复工", 9),
        ("reopening", "工作", 4),
    ]
    table = contrast_rates(pd.DataFrame(rows, columns=["label", "feature", "n"]))
    ax = clouds.plot_comparison_cloud(table)
    colours = {patch.get_gid(): to_hex(patch.get_facecolor()) for patch in ax.patches}
    assert colours["防控"] == style.PALETTE["prevention"]
    assert colours["复工"] == style.PALETTE["reopening"]
    ax = clouds.plot_comparison_cloud(table, category_of={"防控": "coupling"})
    colours = {patch.get_gid(): to_hex(patch.get_facecolor()) for patch in ax.patches}
    assert colours["防控"] == style.PALETTE["coupling"]
    assert len(ax.get_legend().get_texts()) == 2


def test_comparison_words_without_room_are_named_and_letters_stay_readable():
    with pytest.warns(
        clouds.WordsLeftOutWarning, match="of 32 words placed, no room for"
    ) as caught:
        ax = clouds.plot_comparison_cloud(contrast(3, 32), width=300, height=260)
    placed = boxes(ax)
    named = str(caught[0].message).partition("no room for ")[2].partition(";")[0].split("、")
    assert sorted([*placed, *named]) == sorted(WORDS)
    # A Han character fills at least three quarters of its square.
    assert min(box.height for box in placed.values()) > 0.75 * clouds.SMALLEST_LETTER
    assert f"{len(placed)} of 32 words placed (no room for" in ax.get_xlabel()


def test_the_same_seed_gives_the_same_comparison_whatever_the_order_of_rows():
    table = contrast(3)
    first = shapes(clouds.plot_comparison_cloud(table))
    assert shapes(clouds.plot_comparison_cloud(table)) == first
    assert shapes(clouds.plot_comparison_cloud(table, seed=5)) != first


@pytest.mark.parametrize("n_groups", [2, 3, 6])
def test_the_comparison_twin_shows_the_same_words_with_their_rates_and_counts(n_groups):
    table = contrast(n_groups)
    before = table.copy(deep=True)
    cloud, dots = clouds.plot_comparison_cloud_with_dots(table, max_words=10, title="a finding")
    names = [label.get_text() for label in dots.get_yticklabels()]
    words = of_words(table, "largest")
    shown = [name for name in names if name in words.index]
    assert set(shown) == set(boxes(cloud)) == set(words.index[:10])
    # Under their group, the largest deviation first.
    heading = None
    for name in names:
        if name.startswith("more in "):
            heading = name.removeprefix("more in ").removesuffix(":")
        else:
            assert words.loc[name, "group_of_largest"] == heading
    cells = table.set_index(["feature", "group"])
    groups = table["group"].drop_duplicates().tolist()
    notes = [text.get_text() for text in dots.texts if " : " in text.get_text()]
    assert notes[:-1] == [
        " : ".join(str(cells.loc[(word, g), "n"]) for g in groups) for word in shown
    ]
    drawn = {
        (round(float(line.get_xdata()[0]), 6), line.get_ydata()[0])
        for line in dots.lines
        if len(line.get_xdata()) == 1
    }
    for word in shown:
        for group in groups:
            assert (round(cells.loc[(word, group), "rate"], 6), names.index(word)) in drawn
    assert cloud.get_title(loc="left") == "a finding"
    pd.testing.assert_frame_equal(table, before)


def test_the_dots_legend_tells_the_groups_and_the_average():
    _, dots = clouds.plot_comparison_cloud_with_dots(contrast(3))
    names = [text.get_text() for text in dots.get_legend().get_texts()]
    assert names == ["群0", "群1", "群2", "average of the groups"]
    _, dots = clouds.plot_commonality_cloud_with_dots(contrast(2))
    assert [text.get_text() for text in dots.get_legend().get_texts()] == ["群0", "群1"]


def test_commonality_shows_only_what_every_group_has_by_its_smallest_rate():
    rows = [
        ("a", "国", 10),
        ("a", "甲", 90),
        ("b", "国", 40),
        ("b", "民", 20),
        ("b", "乙", 40),
        ("a", "民", 60),
    ]
    table = contrast_rates(pd.DataFrame(rows, columns=["part", "feature", "n"]))
    ax = clouds.plot_commonality_cloud(table)
    # Smallest rates per 1,000: 国 10 of 160, 民 20 of 100; 甲 and 乙 are of one group.
    assert list(boxes(ax)) == ["民", "国"]
    letter = {word: box.width for word, box in boxes(ax).items()}
    assert letter["民"] / letter["国"] == pytest.approx((200 / 62.5) ** 0.5, rel=0.15)
    assert ax.get_xlabel().startswith("area: the smallest of the rates")


def test_commonality_twin_has_rows_by_the_smallest_rate():
    table = contrast(3)
    cloud, dots = clouds.plot_commonality_cloud_with_dots(table, max_words=8)
    names = [label.get_text() for label in dots.get_yticklabels()]
    assert names == list(boxes(cloud))
    smallest = of_words(table, "smallest_rate")["smallest_rate"][names]
    assert smallest.is_monotonic_decreasing


@pytest.mark.parametrize(
    "plot", [clouds.plot_comparison_cloud_with_dots, clouds.plot_commonality_cloud_with_dots]
)
def test_a_twin_keeps_apart_and_inside_the_canvas(plot):
    cloud, dots = plot(
        contrast(3),
        glossary=GLOSSARY,
        title="A finding that is so long that it has to be broken into lines",
    )
    cloud.figure.draw_without_rendering()
    assert cloud.get_tightbbox().x1 <= dots.get_tightbbox().x0
    assert dots.get_tightbbox().x1 <= cloud.figure.bbox.x1 + 1
    assert cloud.get_tightbbox().x0 >= -1


def test_hostile_words_and_groups_in_a_comparison():
    rows = [
        (g, w, 3 + 5 * (i % 2 == j))
        for i, w in enumerate(HOSTILE)
        for j, g in enumerate(["$a$", "群" * 40])
    ]
    table = contrast_rates(pd.DataFrame(rows, columns=["part", "feature", "n"]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", clouds.WordsLeftOutWarning)
        cloud, dots = clouds.plot_comparison_cloud_with_dots(table)
        ax = clouds.plot_comparison_cloud(table)
    cloud.figure.draw_without_rendering()
    assert "$a$" in ax.texts[0].get_text()
    assert not ax.texts[0].get_window_extent().overlaps(ax.texts[1].get_window_extent())
    assert any("$x$" in label.get_text() for label in dots.get_yticklabels())


def test_long_names_that_begin_alike_stay_apart():
    groups = ["国务院联防联控机制综合组第一次通知", "国务院联防联控机制综合组第二次通知"]
    rows = [(g, w, 3 + 5 * (i == j)) for i, w in enumerate("甲乙") for j, g in enumerate(groups)]
    table = contrast_rates(pd.DataFrame(rows, columns=["part", "feature", "n"]))
    cloud, dots = clouds.plot_comparison_cloud_with_dots(table)
    found = [style.unwrap_text(text.get_text()) for text in cloud.texts]
    legend = [text.get_text() for text in dots.get_legend().get_texts()[:2]]
    assert len(set(legend)) == 2
    assert [name.split(" (")[0] for name in found] == legend
    assert [label.get_text() for label in dots.get_yticklabels()][::2] == [
        f"more in {name}:" for name in legend
    ]


@pytest.mark.parametrize(
    "names",
    [
        ["防" * 20, "防" * 21], ["a" * 30 + "b" * 30, "a" * 31 + "b" * 29], [1, "1"], ["甲 乙", "甲\n乙"],
        ["甲", "2. 甲", "甲"], ["1. 1", 1, "1"],
    ],
)  # fmt: skip
def test_no_two_short_names_are_equal(names):
    found = dress.short_names(names)
    assert len(set(found)) == len(names)
    assert max(map(len, found)) <= 17


@pytest.mark.parametrize("mode", style.MODES)
def test_words_and_names_of_groups_can_be_read_in_every_mode(mode):
    style.set_theme(mode=mode)
    category_of = dict(zip(WORDS, [*style.PALETTE, "other"], strict=False))
    table = contrast(6)
    for ax in (
        clouds.plot_word_cloud(COUNTS, category_of=category_of),
        clouds.plot_comparison_cloud(table, category_of=category_of),
        clouds.plot_commonality_cloud(table, category_of=category_of),
    ):
        for word in ax.patches:
            assert style.contrast(word.get_facecolor()[:3], style.GROUND) >= 3
    for text in clouds.plot_comparison_cloud(table).texts:
        assert style.contrast(text.get_color(), text.get_bbox_patch().get_facecolor()[:3]) >= 4.5


@pytest.mark.parametrize("mode", style.MODES)
def test_a_dot_can_be_seen_on_the_marks_behind_it_in_every_mode(mode):
    style.set_theme(mode=mode)
    _, dots = clouds.plot_commonality_cloud_with_dots(contrast(6), max_words=3)
    marks = [line for line in dots.lines if len(line.get_xdata()) == 1]
    assert marks
    for mark in marks:
        assert style.contrast(mark.get_markeredgecolor(), style.GROUND) >= 3
    first = marks[0].get_markerfacecolor()
    for mark in marks[1:6]:
        assert style.contrast(first, mark.get_markerfacecolor()) >= 3


CONTRAST = contrast(3)
FIRST = CONTRAST["feature"].iloc[0]


def changed(column, value, row=0):
    table = CONTRAST.astype({column: object if "group" in column else float})
    table.iloc[row, table.columns.get_loc(column)] = value
    return table


@pytest.mark.parametrize(
    "plot", [clouds.plot_comparison_cloud, clouds.plot_commonality_cloud_with_dots]
)
@pytest.mark.parametrize(
    ("table", "options", "message"),
    [
        (CONTRAST.drop(columns="largest"), {}, "contrast table has no column 'largest'"),
        (CONTRAST.head(0), {}, "contrast table is empty; .*contrast_rates"),
        (CONTRAST.iloc[1:], {}, "2 rows for .* and 3 groups; .*one row per feature and group"),
        (pd.concat([CONTRAST, CONTRAST.head(1)]), {}, "4 rows for"),
        (CONTRAST.loc[CONTRAST["group"] == "群0"], {}, "1 groups; it needs two or more groups"),
        (CONTRAST.assign(rate=np.nan), {}, "column 'rate' of the contrast table has no finite"),
        (CONTRAST.assign(group_of_largest="无"), {}, "group_of_largest of .* is '无', .*none of its groups"),
        (CONTRAST.assign(group_of_largest="群1"), {}, f"of '{FIRST}' is '群1', but another group has"),
        (changed("group_of_largest", "群2"), {}, f"of '{FIRST}' is '群0', but another row of it names"),
        (changed("group_of_largest", None, 1), {}, f"of '{FIRST}' is None"),
        (changed("n", -1), {}, f"n = -1 .* for '{FIRST}' in the group '群0'; a count is a whole"),
        (changed("n", 1.5), {}, "n = 1.5 .*a count is a whole number"),
        (changed("n", 0), {}, "n = 0 and rate = .*a rate where it has a count"),
        (changed("rate", -1), {}, "rate = -1 .*a rate is 0 or more"),
        (changed("rate", 500), {}, f"disagrees with itself: deviation of '{FIRST}' is .*make it anew"),
        (changed("rate", np.inf), {}, f"'rate' of the contrast table has no finite number for '{FIRST}'"),
        (changed("deviation", 3, 1), {}, f"deviation of '{FIRST}' is 3, but the rate above the average is"),
        (changed("largest", 3, 2), {}, f"largest of '{FIRST}' is 3, but the largest deviation is"),
        (changed("smallest_rate", 3), {}, f"smallest_rate of '{FIRST}' is 3, but the smallest rate is"),
        (CONTRAST.round(1), {}, "disagrees with itself"),
        (changed("group", None), {}, f"None as a group of '{FIRST}', which is no name"),
        (changed("group", np.nan), {}, "nan as a group of"),
        (CONTRAST.assign(group=[["a"]] * len(CONTRAST)), {}, r"\['a'\] as a group of"),
        (CONTRAST.assign(n=CONTRAST["n"] + 1j), {}, "'n' of the contrast table holds complex128"),
        (pd.concat([CONTRAST, CONTRAST[["rate"]]], axis=1), {}, "the column 'rate' twice; keep one"),
        (CONTRAST.assign(feature=""), {}, "the feature '', which cannot be seen"),
        (CONTRAST.assign(feature=7), {}, "no text in feature"),
        (CONTRAST, {"max_words": 0}, "max_words is 0"),
        (CONTRAST, {"category_of": {"工作": "labour"}}, "category 'labour'"),
        ([1], {}, "contrast must be a pandas table"),
    ],
)  # fmt: skip
def test_contrast_clouds_refuse(plot, table, options, message):
    with pytest.raises(ValueError, match=message):
        plot(table, **options)
    assert not plt.get_fignums()


@pytest.mark.parametrize(
    "table",
    [
        CONTRAST.round(7), CONTRAST.set_axis([0] * len(CONTRAST)), CONTRAST.rename_axis("feature"),
        CONTRAST.astype({"feature": "category", "group": "category"}),
        CONTRAST.astype({"n": "Int64"}), CONTRAST.assign(more=1),
    ],
    ids=["rounded", "one label", "named rows", "categories", "Int64", "more columns"],
)  # fmt: skip
def test_what_changes_nothing_in_a_contrast_changes_nothing_in_its_cloud(table):
    expected = shapes(clouds.plot_comparison_cloud(CONTRAST, max_words=9))
    found = shapes(clouds.plot_comparison_cloud(table, max_words=9))
    assert list(found) == list(expected)
    np.testing.assert_allclose([*found.values()], [*expected.values()], atol=0.01)


def test_nothing_apart_and_nothing_in_common_say_which_cloud_to_draw():
    same = contrast_rates(
        pd.DataFrame([("a", "防", 1), ("b", "防", 2)], columns=["part", "feature", "n"])
    )
    with pytest.raises(ValueError, match="nothing sets them apart; plot_commonality_cloud"):
        clouds.plot_comparison_cloud(same)
    apart = contrast_rates(
        pd.DataFrame([("a", "防", 1), ("b", "控", 2)], columns=["part", "feature", "n"])
    )
    with pytest.raises(ValueError, match="share nothing; plot_comparison_cloud"):
        clouds.plot_commonality_cloud(apart)


@pytest.mark.parametrize(
    "plot", [clouds.plot_comparison_cloud, clouds.plot_commonality_cloud_with_dots]
)
def test_more_than_six_groups_are_refused(plot):
    with pytest.raises(ValueError, match="has 7 groups; sectors and dots tell up to 6 apart"):
        plot(contrast(7))
    assert not plt.get_fignums()


# ---------------------------------------------------------------- layout


@pytest.mark.parametrize(
    "shares", [(0.5, 0.5), (0.2, 0.8), (0.5, 0.2, 0.3), (0.1, 0.4, 0.25, 0.25)]
)
def test_a_sector_has_its_share_of_the_room(shares):
    sectors = rooms.sector_room(900, 560, shares)
    areas = [sectors.room.area(number) for number in range(len(shares))]
    assert [area / sum(areas) for area in areas] == pytest.approx(shares, abs=0.02)


@pytest.mark.parametrize("size", [{"width": 90}, {"height": 26}])
def test_a_cloud_with_no_room_for_the_names_says_so(size):
    with pytest.raises(ValueError, match=r"beside the words for the name of the group '群0 \(\d+"):
        clouds.plot_comparison_cloud(contrast(6), **size)


def test_a_box_is_reserved_as_near_to_the_edge_as_it_fits():
    sectors = rooms.sector_room(400, 400, (0.25,) * 4)
    smaller, (x, y) = rooms.reserve(sectors, 0, 100, 20)
    assert (x, y) == (50, 390)
    gone = sectors.room.regions[0] & ~smaller.room.regions[0]
    assert gone.sum() == 50 * 10
    assert gone[:10, :50].all()
    assert rooms.reserve(sectors, 0, 300, 20) is None
    assert rooms.reserve(sectors, 0, 4000, 20) is None


def test_the_letters_are_as_large_as_two_seeds_allow_each():
    words = [layout.Word(word, 1.0, 0.95 * len(word), 0.95) for word in WORDS]
    room = rooms.plain_room(900, 560)
    for seed in (1, 2):
        places = layout.lay_out(words, room, seed)
        ink = sum(w.width * w.height * places[n].size ** 2 for n, w in enumerate(words))
        # Letters fill a good part of the room: a layout that gives up early would not.
        assert ink / (room.width * room.height) > 0.35
