import itertools

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from helpers import clouds, draw, style

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
    with pytest.raises(ValueError, match="cloud of 30 by 30 .* no room for '工作'"):
        clouds.plot_word_cloud(COUNTS.head(1), width=30, height=30)


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
        (COUNTS.assign(feature=" "), {}, "more than one row for ' '"),
        (pd.DataFrame({"feature": [" "], "n": [1]}), {}, "has ' ' with n = 1"),
        (pd.concat([COUNTS, COUNTS]), {}, "more than one row for '工作'"),
        (COUNTS, {"max_words": 0}, "max_words is 0; it must be 1 or more"),
        (COUNTS, {"category_of": {"工作": "labour"}}, "category 'labour'"),
    ],
)
def test_a_cloud_refuses(counts, options, message):
    with pytest.raises(ValueError, match=message):
        clouds.plot_word_cloud(counts, **options)


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
