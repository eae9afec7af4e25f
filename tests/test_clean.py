import hashlib
import re

import opencc
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypinyin import Style, pinyin

from helpers import clean, load, paths, segment

INSERTION = re.compile(r"\([^()]*[āáǎàōóǒòēéěèīíǐìūúǔùǖǘǚǜa-z][^()]*\)")


def test_the_sample_report_is_the_file_as_given():
    content = paths.SEED.read_bytes()
    assert len(content) == 4991
    assert (
        hashlib.sha256(content).hexdigest()
        == "d6bc54a8205f15cac7ad349c758f95442c9e7e14fa47067687d5863b07ab9534"
    )


def test_the_sample_loses_230_insertions_on_70_characters_and_keeps_its_real_brackets(documents):
    report = clean.repair_report(documents).iloc[0]
    assert report["pinyin_removed"] == 230
    assert report["pinyin_characters"] == 70
    assert report["brackets_kept"] == "(指挥部) (项目)"
    assert report["suspected"] == ""
    assert (report["n_raw"], report["n_clean"]) == (2427, 1235)


def test_the_sample_reads_as_simplified_chinese(documents):
    text = documents["text"].iloc[0]
    assert not re.search("[A-Za-z]", text)
    assert "着眼提升社会治理能力" in text and "著" not in text
    assert documents["n_han"].iloc[0] == 1080
    assert documents["script"].iloc[0] == "traditional"
    assert documents["title"].iloc[0] == "强化担当勇往直前 提高效率狠抓落实"


def test_t2s_leaves_the_character_that_tw2s_converts(seed_raw):
    stripped = clean.strip_pinyin(seed_raw)
    by_tw2s = clean.convert_script(stripped)
    by_t2s = clean.convert_script(stripped, "t2s")
    assert [pair for pair in zip(by_t2s, by_tw2s, strict=True) if len(set(pair)) > 1] == [
        ("著", "着")
    ]


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("強(qiáng)化", "强化"),
        ("好(hǎo)(hǎo)", "好"),
        ("的(de)", "的"),
        ("麼(me)", "么"),
        ("社會(huì )", "社会"),
        ("社會( huì)", "社会"),
        ("強（qiáng）化", "强化"),
        ("女(nǚ)性綠(lǜ)色", "女性绿色"),
        ("强(qia\u0301ng)", "强"),  # the tone mark as a character of its own
        ("(項(xiàng)目)", "(项目)"),
        ("后(hòu)會(huì)", "后会"),
    ],
)
def test_pinyin_of_the_character_before_is_removed(raw, cleaned):
    assert clean.clean_text(raw) == cleaned


@pytest.mark.parametrize(
    "kept",
    [
        "世卫组织(WHO)", "国内(GDP)", "检测(PCR)", "病毒(COVID)", "方案(一)", "附件(a)",
        "广州(穗)", "呼吸机(ecmo)", "长三角(yangtze)", "领导小组(指挥部)", "(qiáng)", "x(qiáng)",
        "强(qiang2)", "强(qiáng,jiàng)", "",
    ],
)  # fmt: skip
def test_real_brackets_are_kept(kept):
    assert clean.clean_text(kept) == kept


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("2月26日,广州", "2月26日，广州"),
        ("“外防输入”,高效", "“外防输入”，高效"),
        ("1,000人", "1,000人"),
        ("GDP,人口", "GDP，人口"),
        ("a,b", "a,b"),
        ("一,二,三", "一，二，三"),
    ],
)
def test_an_ascii_comma_beside_chinese_is_a_chinese_comma(raw, cleaned):
    assert clean.clean_text(raw) == cleaned


def test_line_endings_become_one_kind():
    assert clean.clean_text("标题\r\n正文\r尾") == "标题\n正文\n尾"


def test_text_that_is_clean_already_stays_as_it_is(documents):
    text = documents["text"].iloc[0]
    assert clean.clean_text(text) == text
    assert clean.list_repairs(text).empty


def test_something_else_than_text_names_the_room_that_reads_files():
    with pytest.raises(ValueError, match="load.read_documents"):
        clean.clean_text(None)


@pytest.mark.parametrize("segmenter_of", ["tokens", "plain_tokens"])
def test_cleaning_the_traced_span_of_a_token_gives_the_token(seed_raw, request, segmenter_of):
    tokens = request.getfixturevalue(segmenter_of)
    for token in tokens.itertuples():
        start, end = clean.trace(seed_raw, token.start, token.end)
        assert clean.clean_text(seed_raw[start:end]) == token.token


def test_spans_of_neighbours_meet_so_no_character_of_the_file_is_lost(seed_raw, documents):
    n_clean = len(documents["text"].iloc[0])
    spans = [clean.trace(seed_raw, i, i + 1) for i in range(0, n_clean, 37)]
    assert clean.trace(seed_raw, 0, n_clean) == (0, len(seed_raw))
    for start, end in spans:
        assert clean.trace(seed_raw, 0, n_clean)[0] <= start < end <= len(seed_raw)
    assert seed_raw[slice(*clean.trace(seed_raw, 1, 2))] == "強(qiáng)"


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (3, 2), (0, 99)])
def test_a_span_outside_the_text_is_refused(start, end):
    with pytest.raises(ValueError, match="2 characters of the cleaned text"):
        clean.trace("強(qiáng)化", start, end)


# Constructed here: plain policy vocabulary, spun the way clone sites do it.
WORDS = [
    "强化担当", "统筹推进", "疫情防控", "经济社会发展", "复工复产", "领导小组", "落实", "着眼",
    "医务人员", "重点场所", "（指挥部）", "(项目)", "2020年", "1,000人", "、", "，", "。", "\n",
    "GDP", "(WHO)", "“外防输入”", "后勤", "里程", "发展", "干部", "什么",
]  # fmt: skip
TO_TRADITIONAL = opencc.OpenCC("s2t")


def spin(text: str, annotate: list[bool]) -> str:
    """Traditional characters, with pinyin behind some of them; one converted from one."""
    traditional = TO_TRADITIONAL.convert(text)
    assert len(traditional) == len(text)
    spun = []
    for i, character in enumerate(traditional):
        spun.append(character)
        if annotate[i % len(annotate)] and clean.count_han(character):
            spun.append(f"({pinyin(text[i], style=Style.TONE)[0][0]})")
    return "".join(spun)


STOCK = segment.make_segmenter()  # once: copying its dictionary would be the test's main work


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=12),
    st.lists(st.booleans(), min_size=1, max_size=7),
)
def test_generated_clone_text_is_repaired_and_every_token_traced(words, annotate):
    text = "".join(words)
    raw = spin(text, annotate)
    documents = pd.DataFrame({"doc_id": ["d"], "title": [""], "raw_text": [raw]})
    cleaned = clean.clean_documents(documents)
    assert cleaned["text"].iloc[0] == clean.clean_text(text)
    if not cleaned["text"].iloc[0].strip():
        return
    tokens = segment.tokenize(segment.split_sentences(cleaned), segmenter=STOCK)
    for token in tokens.itertuples():
        start, end = clean.trace(raw, token.start, token.end)
        assert clean.clean_text(raw[start:end]) == token.token


@settings(max_examples=300, deadline=None)
@given(
    st.text(alphabet=st.sampled_from("強强后化a(b)（qiáng） ,，\r\n1著裡WHO項(xiàng)"), max_size=40)
)
def test_cleaning_never_raises_is_idempotent_and_every_character_has_its_span(raw):
    text = clean.clean_text(raw)
    assert clean.clean_text(text) == text
    ends = [clean.trace(raw, i, i + 1) for i in range(len(text))]
    assert all(before[1] == after[0] for before, after in zip(ends, ends[1:], strict=False))
    assert not text or (ends[0][0], ends[-1][1]) == (0, len(raw))
    # Insertions hold Latin letters only, so no Chinese character may be missing.
    assert clean.count_han(text) == clean.count_han(raw)


@pytest.mark.parametrize("odd", ["\0", "\ud800", "强化\0後面\udfff著眼"])
def test_characters_the_converter_cannot_take_cost_nothing(odd):
    """OpenCC ends a text at the first NUL and refuses half a surrogate pair."""
    assert clean.clean_text(odd) == odd.replace("後", "后").replace("著", "着")
    assert clean.trace(odd, 0, len(odd)) == (0, len(odd))


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.characters(), max_size=30))
def test_any_text_at_all_keeps_its_chinese_characters(raw):
    text = clean.clean_text(raw)
    assert clean.count_han(text) == clean.count_han(raw)
    assert clean.clean_text(text) == text


def test_list_repairs_shows_where_in_the_file(seed_raw):
    repairs = clean.list_repairs(seed_raw)
    pinyin_rows = repairs[repairs["kind"] == "pinyin"]
    assert len(pinyin_rows) == 230
    assert all(seed_raw[row.start : row.end] == row.before for row in pinyin_rows.itertuples())
    assert INSERTION.fullmatch(pinyin_rows["before"].iloc[0])
    assert (repairs["kind"] == "comma").sum() == 45


def test_an_unknown_script_configuration_names_the_known_ones():
    with pytest.raises(ValueError, match="tw2s"):
        clean.convert_script("字", "s2x")


def test_a_conversion_that_changes_the_length_keeps_its_trace(monkeypatch):
    # No rule of tw2s changes the length today; should one, the alignment must survive.
    monkeypatch.setattr(
        clean, "convert_script", lambda text, config="tw2s": text.replace("甲", "AB")
    )
    assert clean.clean_text("一甲二") == "一AB二"
    assert [clean.trace("一甲二", i, i + 1) for i in (0, 3)] == [(0, 1), (2, 3)]


def test_clean_documents_keeps_the_raw_text_and_changes_nothing_in_place():
    documents = load.read_documents(paths.SEED)
    before = documents.copy()
    cleaned = clean.clean_documents(documents)
    pd.testing.assert_frame_equal(documents, before)
    assert cleaned["raw_text"].iloc[0] == before["raw_text"].iloc[0]
