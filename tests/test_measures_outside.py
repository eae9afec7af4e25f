"""What jieba, OpenCC and wordcloud are published to do, through our rooms where we have one.

A new version of one of them that does something else changes every count made with it: these
tests say so before a reader finds out. Sources stand beside the cases.
"""

import random

import numpy as np
import pytest
import wordcloud

from helpers.reading import clean, segment

# --- jieba 0.42.1 --------------------------------------------------------------------------

# jieba's README; yanyiwu/cppjieba test/unittest/segments_test.cpp; messense/jieba-rs
# src/lib.rs. One text where HMM changes nothing, two where it does.
ALIKE = [
    "我/来到/北京/清华大学",
    "南京市/长江大桥",
    "永和/服装/饰品/有限公司",
    "湖南长沙市/天心区",
    "B超/ /T恤",
    "天气/很/好/，/🙋/ /我们/去/郊游/。",
    # JasonKessler/scattertext scattertext/test/test_asiannlp.py
    "总理/主持/召开/的/这场/座谈会/，/旨在/听取/专家学者/和/企业界/人士/对/《/政府/工作/报告/（/征求意见/稿/）/》/的/意见建议/。",
]
GUESSED = [
    "他/来到/了/网易/杭研/大厦",
    "我们/中出/了/一个/叛徒",
    "我/来自/北京邮电大学/。/。/。/学号/123456/，/用/AK47",
]
NOT_GUESSED = ["他/来到/了/网易/杭/研/大厦", "我们/中/出/了/一个/叛徒"]


@pytest.fixture(scope="module", params=[False, True], ids=["no HMM", "HMM"])
def stock_segmenter(request):
    return segment.make_segmenter(hmm=request.param)


@pytest.mark.parametrize("published", ALIKE, ids=lambda text: text[:12])
def test_jieba_cuts_as_published(stock_segmenter, published):
    assert "/".join(stock_segmenter.cut(published.replace("/", ""))) == published


@pytest.mark.parametrize(
    ("published", "hmm"),
    [*((text, True) for text in GUESSED), *((text, False) for text in NOT_GUESSED)],
)
def test_jieba_guesses_as_published(published, hmm):
    tokens = segment.make_segmenter(hmm=hmm).cut(published.replace("/", ""))
    assert "/".join(tokens) == published


def test_jieba_places_its_tokens_as_published():
    placed = segment.make_segmenter().tokenizer.tokenize("永和服装饰品有限公司")
    assert [(start, end) for _, start, end in placed] == [(0, 2), (2, 4), (4, 6), (6, 10)]


def test_jieba_in_full_mode_as_published():
    tokenizer = segment.make_segmenter().tokenizer
    assert "/".join(tokenizer.cut("我来到北京清华大学", cut_all=True)) == (
        "我/来到/北京/清华/清华大学/华大/大学"
    )


def test_jieba_suggests_frequencies_as_published():
    tokenizer = segment.make_segmenter().tokenizer
    assert tokenizer.suggest_freq(("中", "将")) == 494
    assert tokenizer.suggest_freq("台中") == 69


# --- OpenCC --------------------------------------------------------------------------------


# BYVoid/OpenCC test/testcases/testcases.json; the last is issue #555, why `tw2s` is ours.
@pytest.mark.parametrize(
    ("traditional", "t2s", "tw2s"),
    [
        ("楊聯陞", "杨联陞", "杨联陞"),
        ("步步高陞", "步步高升", "步步高升"),
        ("賽後復盤 覆盤難照", "赛后复盘 覆盘难照", "赛后复盘 覆盘难照"),
        ("這週複習", "这周复习", "这周复习"),
        ("想像力", "想像力", "想像力"),
        ("看著 著急 著數", "看著 著急 著数", "看着 着急 着数"),
    ],
)
def test_opencc_converts_as_published(traditional, t2s, tw2s):
    assert clean.convert_script(traditional, "t2s") == t2s
    assert clean.convert_script(traditional, "tw2s") == tw2s
    assert clean.convert_script(traditional) == tw2s  # what the suite does by itself


# --- wordcloud -----------------------------------------------------------------------------


def test_wordcloud_draws_the_same_from_the_same_seed():
    # amueller/word_cloud test/test_wordcloud.py, test_random_state
    frequencies = {"alpha": 5, "beta": 3, "gamma": 2}
    clouds = [
        wordcloud.WordCloud(random_state=seed).generate_from_frequencies(frequencies).to_array()
        for seed in (42, 42, 43)
    ]
    assert np.array_equal(clouds[0], clouds[1])
    assert not np.array_equal(clouds[0], clouds[2])


def test_wordcloud_colours_as_published():
    # amueller/word_cloud test/test_wordcloud.py: drawn one after the other from one Random(42).
    one_after_the_other = random.Random(42)
    red, blue = (wordcloud.get_single_color_func(colour) for colour in ("red", "#00b4d2"))
    assert red(random_state=one_after_the_other) == "rgb(181, 0, 0)"
    assert blue(random_state=one_after_the_other) == "rgb(0, 48, 56)"
    assert blue(random_state=random.Random(42)) == "rgb(0, 156, 181)"
