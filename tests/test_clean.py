import hashlib
import json
import random
import re
import time

import numpy as np
import opencc
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pypinyin import Style, pinyin

from helpers import clean, load, paths, segment
from helpers.reading import words
from helpers.reading.clean import characters, cleaning, repairs, rules
from helpers.reading.clean.edits import rewrite
from scripts import list_rules

# Radicals are other code points for characters that look the same; cleaning writes the character.
RADICAL = re.compile("[\u2e9f\u2ef3\u2f00-\u2fd5]")
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
        ("強(qia\u0301ng)", "强"),  # the tone mark as a character of its own
        ("社會 (huì)發 (fā)展", "社会发展"),
        ("社會(huì )發( fā )展", "社会发展"),
        ("擔（dān）當（dāng）", "担当"),
        ("强(qiáng)化担(dān)当(dāng)，发(fā)展", "强化担当，发展"),  # simplified again by somebody
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
        "强(qiang2)", "强(qiáng,jiàng)", "", "媵（yìng）", "他强(qiáng)调",
        "强(qiáng)、担(dān)、当(dāng)、发(fā)",  # words to learn
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
    # The first words show that the text is spun: without them a group may be a lone gloss.
    text = "强化担当，发展经济。" + "".join(words)
    raw = "強(qiáng)化擔(dān)當(dāng)，發(fā)展經(jīng)濟(jì)。" + spin("".join(words), annotate)
    documents = pd.DataFrame({"doc_id": ["d"], "title": [""], "raw_text": [raw]})
    cleaned = clean.clean_documents(documents)
    assert cleaned["text"].iloc[0] == clean.clean_text(text)
    tokens = segment.tokenize(segment.split_sentences(cleaned), segmenter=STOCK)
    for token in tokens.itertuples():
        start, end = clean.trace(raw, token.start, token.end)
        piece = clean.strip_pinyin(raw[start:end] + "強(qiáng)化擔(dān)當(dāng)")[:-4]
        assert clean.clean_text(piece) == token.token


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


@pytest.mark.parametrize("odd", ["\ud800", "强化\0後面\udfff著眼", "發展\0"])
def test_characters_the_converter_cannot_take_cost_nothing(odd):
    """OpenCC ends a text at the first NUL and refuses half a surrogate pair."""
    kept = clean.clean_text(odd, without=["invisible"])
    assert kept == odd.replace("後", "后").replace("著", "着").replace("發", "发")
    assert clean.trace(odd, 0, len(odd), without=["invisible"]) == (0, len(odd))
    assert clean.clean_text(odd) == kept.replace("\0", "")


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.characters(), max_size=30))
@example("⺟")
def test_any_text_at_all_keeps_its_chinese_characters(raw):
    text = clean.clean_text(raw)
    assert clean.count_han(text) == clean.count_han(raw) + len(RADICAL.findall(raw))
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
        characters, "convert_script", lambda text, config="tw2s": text.replace("發", "AB")
    )
    assert clean.clean_text("一發二") == "一AB二"
    assert [clean.trace("一發二", i, i + 1) for i in (0, 3)] == [(0, 1), (2, 3)]


def test_clean_documents_keeps_the_raw_text_and_changes_nothing_in_place():
    documents = load.read_documents(paths.SEED)
    before = documents.copy()
    cleaned = clean.clean_documents(documents)
    pd.testing.assert_frame_equal(documents, before)
    assert cleaned["raw_text"].iloc[0] == before["raw_text"].iloc[0]


# --- one kind of repair at a time ---------------------------------------------------------

REPAIRED = [
    ("html", "<p>疫情防控</p><p style='color:red'>复工<b>复产</b></p>", "\n疫情防控\n\n复工复产\n"),
    ("html", "甲<!-- 编者：乙 -->丙<script>var 丁=1<2;</script>戊<STYLE>p{}</STYLE>己", "甲丙戊己"),
    ("html", "<td>确诊</td><td>3</td>", "确诊\t3\t"),
    ("html", "防控&nbsp;&#24037;作&amp;lt;一&amp;gt;&hellip;", "防控 工作<一>…"),
    ("line ending", "一。\r\n二。\r三。\x0c四。\u2028五", "一。\n二。\n三。\n四。\n五"),
    ("invisible", "疫\u200b情\ufeff防\xad控\x07复\u202e工", "疫情防控复工"),
    ("width", "２０２０年，ＧＤＰ增长３．５％", "2020年，GDP增长3.5％"),
    ("width", "疫情｡复工､复产｢双胜利｣", "疫情。复工、复产「双胜利」"),
    ("compatibility", "⼯作⼈员⻳", "工作人员龟"),
    (
        "doubled mark",
        "劉峰梅,、李慶華,、指出,,成效,。共123,。",
        "刘峰梅、李庆华、指出，成效。共123。",
    ),
    ("doubled mark", "会议指出，，要落实。。", "会议指出，要落实。"),
    ("line break", "政府工作报\n告", "政府工作报告"),
    ("line break", "做好疫\n情防\n控工作", "做好疫情防控工作"),
]


@pytest.mark.parametrize(("kind", "raw", "cleaned"), REPAIRED)
def test_each_repair_is_made_counted_traced_and_can_be_switched_off(kind, raw, cleaned):
    assert clean.clean_text(raw) == cleaned
    assert kind in clean.list_repairs(raw)["kind"].tolist()
    assert kind not in clean.list_repairs(raw, without=[kind])["kind"].tolist()
    assert clean.clean_text(raw, without=kind) != cleaned
    documents = pd.DataFrame({"doc_id": ["d"], "raw_text": [raw]})
    (column,) = (column for column, of in clean.COUNTED.items() if of == kind)
    assert clean.repair_report(documents)[column].iloc[0] >= 1
    assert clean.repair_report(documents, without=[kind])[column].iloc[0] == 0
    assert clean.trace(raw, 0, len(cleaned)) == (0, len(raw))


@pytest.mark.parametrize(
    "kept",
    [
        "若 x < y，且 <一> 成立，则 a<b>c 仍是 AT&T 的事",  # no html tags, no entities
        "甲<!-- 没有结尾的注释，不能吞掉全文",
        "<script>没有结尾",
        "等等……。。。",
        "　　第一段\n　　第二段，共３％。",
        "关于做好防控工作的通知\n各区人民政府",
        "一要\n落实责任",
        "坚持\n　　报告",  # an indented line begins a paragraph
        "甲\t乙\n\n丙",
    ],
)
def test_what_only_looks_like_damage_is_kept(kept):
    assert clean.clean_text(kept).replace("3％", "３％").replace("<b>", "").replace(
        "\n丙", "\n丙"
    ) == kept.replace("<b>", "")


def test_a_text_set_in_lines_is_joined_at_the_margin_only():
    text = (
        "各区各部门要提高政治站位，压紧压实责任，统筹推进疫情防控和经济社会发展工作，"
        "坚决打赢疫情防控阻击战。要加强社区网格化管理，做好返程人员健康监测，落实四早要求。"
        "要分区分级精准施策，有序推动复工复产，帮助企业解决用工、资金、原材料供应等困难，"
        "努力完成全年目标任务。"
    )
    lines = [text[i : i + 20] for i in range(0, len(text), 20)]
    raw = "关于做好当前工作的通知\n各区人民政府\n" + "\n".join(lines) + "\n特此通知"
    cleaned = clean.clean_text(raw)
    assert cleaned == f"关于做好当前工作的通知\n各区人民政府\n{text}\n特此通知"
    assert clean.clean_text(cleaned) == cleaned


def test_an_authors_gloss_is_kept_and_reported_also_in_a_spun_text():
    raw = "強(qiáng)化擔(dān)當(dāng)，發(fā)展經(jīng)濟(jì)，媵（yìng）是生僻字"
    documents = pd.DataFrame({"doc_id": ["d"], "raw_text": [raw]})
    report = clean.repair_report(documents).iloc[0]
    assert report["pinyin_removed"] == 6
    assert report["glosses_kept"] == "媵（yìng）"
    assert report["suspected"] == ""
    assert clean.clean_text(raw) == "强化担当，发展经济，媵（yìng）是生僻字"


def test_one_gloss_in_a_long_traditional_text_is_no_insertion():
    raw = "廣州市強化擔當，發展經濟，統籌推進疫情防控與復工復產。" * 5 + "鬱（yù）"
    assert clean.clean_text(raw).endswith("郁（yù）")


@pytest.mark.parametrize(
    "text", ["成效显著", "显著著作", "什么", "拚命实干", "瞭望", "乾坤", "名著", "于丹", "皇后"]
)
def test_characters_of_simplified_text_stay(text):
    surrounded = f"强化担当，{text}，发展经济"
    assert clean.clean_text(surrounded) == surrounded


def test_traditional_characters_in_simplified_text_are_converted():
    assert (
        clean.clean_text("完成国家计划，国務院发布计劃，成效显著")
        == "完成国家计划，国务院发布计划，成效显著"
    )


def test_lost_characters_are_counted_not_guessed():
    documents = pd.DataFrame(
        {"doc_id": ["d"], "raw_text": ["防控锟斤拷工作\ufffd，\ue000烫烫烫烫"]}
    )
    assert clean.repair_report(documents)["damaged"].iloc[0] == 4
    assert clean.clean_text("防控锟斤拷工作\ufffd") == "防控锟斤拷工作\ufffd"


def test_an_unknown_repair_is_refused_with_the_names_of_the_known():
    with pytest.raises(ValueError, match="no repair is called 'pinyn'; the repairs are html"):
        clean.clean_text("强", without=["pinyn"])


def is_clean_simplified(text: str) -> bool:
    """By rules written here, not taken from clean: what a careful editor would call clean."""
    no_traditional = re.sub("[拚著么瞭乾]", "", text)
    return (
        opencc.OpenCC("t2s").convert(no_traditional) == no_traditional
        and not re.search("[\u200b-\u200f\u2028\u2029\ufeff\xa0\x00-\x08\r]", text)
        and not re.search("[０-９Ａ-Ｚａ-ｚ．]|[\u4e00-\u9fff],|，，|工作报\n告", text)
    )


def test_clean_work_reports_stay_character_for_character(corpora):
    path = corpora / "work_reports" / "government_work_reports.jsonl"
    reports = [
        json.loads(line)["content"] for line in path.read_text(encoding="utf-8").splitlines()
    ]
    chosen = [report for report in reports if is_clean_simplified(report)]
    assert len(chosen) >= 45
    assert [clean.clean_text(report) == report for report in chosen] == [True] * len(chosen)


# --- any text at all ----------------------------------------------------------------------

RESIDUE = st.lists(
    st.sampled_from(
        [*"強强後化媵着著里", "(qiáng)", "（hòu）", "(de)", " (", ")", ",", "，", "、", "。", "\n", "\r", "\u200b",
         "<p>", "</p>", "<!--", "-->", "<script>", "</script>", "&nbsp;", "&amp;", "lt;", "&lt;", "br&gt;",
         "２", "．", "３", "⼯", "\xa0", "报", "告", "a", "<b", ">", "\ud800", "\0"]
    ),
    max_size=25,
).map("".join)  # fmt: skip


@settings(max_examples=500, deadline=None)
@given(RESIDUE)
def test_any_mixture_of_residue_is_cleaned_once_and_for_all(raw):
    text = clean.clean_text(raw)
    assert clean.clean_text(text) == text
    spans = [clean.trace(raw, i, i + 1) for i in range(len(text))]
    assert all(before[1] == after[0] for before, after in zip(spans, spans[1:], strict=False))
    if "<" not in raw and "lt;" not in raw:  # without markup no Chinese character may go
        assert clean.count_han(text) == clean.count_han(raw) + raw.count("⼯")


@settings(max_examples=500, deadline=None)
@given(RESIDUE)
@example("成效顯著，著眼,土著,(a,b)")
def test_a_repair_at_one_stroke_leaves_what_its_edits_leave(raw):
    for name, apply in repairs.AT_ONE_STROKE.items():
        assert apply(raw) == rewrite(raw, repairs.REPAIRS[name](raw))[0], name


def test_the_quick_look_knows_every_character_that_is_repaired():
    everything = "".join(map(chr, range(0x110000)))
    repaired = set("".join(repairs._LINE_END.findall(everything)))
    for pattern in (repairs._INVISIBLE, repairs._WIDTH, repairs._COMPATIBILITY):
        repaired |= set("".join(pattern.findall(everything)))
    assert len(repaired) > 1_500
    assert all(characters.look_at(one).n_odd for one in repaired | {"．"})


@settings(max_examples=500, deadline=None)
@given(RESIDUE)
@example("好,！")
@example("好,？")
@example("好,；")
@example("好：：")
def test_a_repair_that_is_skipped_after_a_quick_look_had_nothing_to_do(raw):
    def slow(text, pattern, after):
        return pattern.sub(after, text)

    assert rewrite(raw, repairs.find_line_endings(raw))[0] == slow(raw, repairs._LINE_END, "\n")
    assert rewrite(raw, repairs.find_invisible(raw))[0] == slow(raw, repairs._INVISIBLE, "")
    usual = slow(raw, repairs._WIDTH, lambda match: repairs._in_usual_width(match[0]))
    assert rewrite(raw, repairs.find_width(raw))[0] == usual
    second = slow(raw, repairs._DOUBLED, lambda match: match[match.lastindex])
    assert rewrite(raw, repairs.find_doubled(raw))[0] == second


SPUN = "強(qiáng)化擔(dān)當(dāng)，發(fā)展，復(fù)甦 (sū)，媵(yìng)妾(qiè)，行(xíng)(xíng)，好(de)的(de)，復 （a）(b)"
GLOSSED = "媵（yìng）妾，世卫组织(WHO)，呼吸机(ecmo)，(qiáng)强 (qiáng)强(qiáng)强\u3000(hòu)(hòu)"
LEARNED = "强化(huà)作风(fēng)，疫情(qíng)防控(kòng)，媵(yìng)从"


@pytest.mark.parametrize("text", [SPUN, GLOSSED, LEARNED, SPUN + GLOSSED, "", "(qiáng)"])
@pytest.mark.parametrize("very_long", [0, 5_000_000])
def test_pinyin_goes_in_one_stroke_as_edit_by_edit(monkeypatch, text, very_long):
    monkeypatch.setattr(repairs, "_VERY_LONG", very_long)
    found = list(repairs.find_pinyin(text))
    assert repairs.remove_pinyin(text) == rewrite(text, found)[0]
    assert len(found) == {SPUN: 9, LEARNED: 4}.get(text, len(found))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(["强", "強", "甦", "復", "媵", "化", "的", "(qiáng)", "(huà)", "(fù)",
                                 "(sū)", "(yìng)", "(de)", " ", "\u3000", "，", "a", "("])).map("".join))  # fmt: skip
def test_any_mixture_of_brackets_goes_in_one_stroke_as_edit_by_edit(raw):
    assert repairs.remove_pinyin(raw) == rewrite(raw, repairs.find_pinyin(raw))[0]


def test_long_runs_of_brackets_are_not_kept():
    run = "(qiáng)" * 100
    assert clean.strip_pinyin(f"強{run}化(huà)擔(dān)當(dāng)") == "強化擔當"
    kept = [brackets for known in repairs._LEFT_OF_RUNS for _, brackets in known]
    assert kept
    assert max(map(len, kept)) <= repairs._LONGEST_KEPT


def test_jieba_is_asked_of_a_break_only_where_it_might_find_a_word(seed_raw):
    def slow(before, after):
        end = 0
        for word in words.stock_tokenizer().lcut(before + after, HMM=False):
            start, end = end, end + len(word)
            if start < len(before) < end:
                return repairs._is_torn(word[: len(before) - start], word[len(before) - start :])
        return False

    han = re.sub("[^\u4e00-\u9fff]", "", clean.clean_text(seed_raw))
    places = [(han[max(i - 8, 0) : i], han[i : i + 8]) for i in range(1, 600)]
    torn = [repairs._is_torn_apart.__wrapped__(*place) for place in places]
    assert torn == [slow(*place) for place in places]
    assert 100 < sum(torn) < 500


def test_what_is_counted_piece_by_piece_is_counted_once(monkeypatch):
    text = "强化，a𠮷\ud800" * 50
    whole = characters.look_at(text)
    monkeypatch.setattr(characters, "_AT_A_TIME", 7)
    assert clean.count_han(text) == 150
    assert clean.count_han("") == 0
    assert characters.look_at.__wrapped__(text) == whole
    assert whole[:4] == (0, 150, 0, 50)
    assert characters.look_at("") == (0, 0, 0, 0, 0, 0)


# --- what OpenCC need not be asked --------------------------------------------------------


@pytest.fixture(scope="module")
def steps():
    if not (list_rules.PROGRAM.exists() and rules.known_changes(list_rules.CONFIG)):
        pytest.skip("the rules are known of the dictionaries of OpenCC 1.4.2 only")
    return list_rules.read_steps(list_rules.CONFIG)


def test_the_phrases_are_those_of_the_installed_dictionaries(steps):
    assert list_rules.list_phrases(steps) == rules.PHRASES


@pytest.mark.usefixtures("steps")
def test_the_words_kept_are_those_that_opencc_keeps_on_the_way_there_and_back():
    assert list_rules.list_kept(list_rules.read_words()) == rules.KEPT


@pytest.mark.parametrize(
    ("mixed", "cleaned"),
    [
        # By OpenCC's way there and back: 显著 is 顯著, which it knows.
        ("建設成效显著，看著", "建设成效显著，看着"),
        ("著名專家合著，盯著他", "著名专家合著，盯着他"),
        ("乾坤，乾燥，晾乾；魏徵，特徵", "乾坤，干燥，晾干；魏徵，特征"),
        ("什么條件，哪吒鬧海", "什么条件，哪吒闹海"),
        ("徵", "征"),
        ("徵收，乾", "征收，干"),
    ],
)
def test_a_mixed_text_keeps_the_words_of_simplified_text(mixed, cleaned):
    assert characters.simplify(mixed, script="mixed") == cleaned


def test_every_rule_that_changes_anything_is_seen(steps):
    found = [key for step in steps for of in step for key in of]
    changed = [key for key in found if clean.convert_script(key) != key]
    assert len(found) > 7_000 and len(changed) > 5_000
    assert all(map(characters.is_convertible, changed))
    assert all(map(characters.is_convertible, list_rules.list_needs(steps)))


def test_a_text_in_which_nothing_is_seen_comes_back_from_opencc_as_it_was(steps):
    """Every character, and every phrase of the dictionaries, in many surroundings."""
    alone = np.flatnonzero(~characters._converted_table()).tolist()
    pieces = [chr(code) for code in alone if code and not 0xD800 <= code < 0xE000]
    found = [key for step in steps for of in step for key in of]
    pieces += 20 * [one for one in found if not characters.is_convertible(one)]
    assert len(pieces) > 1_000_000
    random.Random(1).shuffle(pieces)
    # A border between two pieces may make a phrase, so that some of the texts are not meant.
    texts = ["".join(pieces[i : i + 80]) for i in range(0, len(pieces), 80)]
    texts = [text for text in texts if not characters.is_convertible(text)]
    assert len(texts) > 10_000
    assert clean.convert_script("\n".join(texts)) == "\n".join(texts)


def test_a_text_of_common_characters_is_not_converted(steps):
    assert not characters.is_convertible("群众在核酸检测点，秘书吃床边的面，沈阳全覆盖")


@pytest.mark.usefixtures("steps")
def test_of_other_dictionaries_nothing_is_taken_for_known(tmp_path, monkeypatch):
    named = rules.list_dictionaries(list_rules.CONFIG.read_text(encoding="utf-8"))
    assert "TSPhrases.ocd2" in named and len(named) == 6
    for name in ("tw2s.json", *named):
        content = list_rules.CONFIG.with_name(name).read_bytes()
        (tmp_path / name).write_bytes(
            content.replace(b"\n", b"\r\n") if "json" in name else content
        )
    config = tmp_path / "tw2s.json"
    assert rules.known_changes(config) == rules.known_changes(list_rules.CONFIG)
    (tmp_path / "TSPhrases.ocd2").write_bytes(b"other")
    assert rules.known_changes(config) is None
    (tmp_path / "TSPhrases.ocd2").unlink()
    assert rules.known_changes(config) is None
    expected = characters.changed_alone("t2s")
    monkeypatch.setattr(characters, "known_changes", lambda config: None)
    assert characters._converted_table.__wrapped__().all()
    assert characters.changed_alone.__wrapped__("t2s") == expected


@pytest.mark.usefixtures("steps")
def test_the_characters_that_change_alone_are_those_that_opencc_changes():
    assert rules.CHANGED_ALONE.read_text(encoding="utf-8") == list_rules.write_changed()
    assert rules.known_changes(list_rules.CONFIG.with_name("tw2sp.json")) is None


# --- texts cleaned ahead ------------------------------------------------------------------


@pytest.fixture
def waiting(monkeypatch):
    fresh = cleaning._Waiting()
    monkeypatch.setattr(cleaning, "_WAITING", fresh)
    return fresh


def as_documents(*raw: str) -> pd.DataFrame:
    return pd.DataFrame(
        {"doc_id": [f"d{i}" for i in range(len(raw))], "title": "", "raw_text": raw}
    )


def test_a_text_cleaned_ahead_is_not_cleaned_again_and_nothing_stays(waiting, monkeypatch):
    raw = ["強(qiáng)化", "著眼", "強(qiáng)化"]
    for one in raw:
        assert clean.clean_ahead(one) == clean.clean_text(one)
    assert waiting._n_characters == len(raw[0]) + 2 + 2 + 2
    cleaned = []
    slow = cleaning._clean
    monkeypatch.setattr(
        cleaning, "_clean", lambda text, *rest: cleaned.append(text) or slow(text, *rest)
    )
    documents = clean.clean_documents(as_documents(*raw), progress=False)
    assert documents["text"].tolist() == ["强化", "着眼", "强化"]
    assert [one for one in cleaned if one] == raw[2:]  # the second of two alike
    assert (waiting._texts, waiting._n_characters) == ({}, 0)


def test_a_text_cleaned_ahead_is_not_taken_for_one_cleaned_otherwise(waiting):
    clean.clean_ahead("著眼,工作")
    documents = clean.clean_documents(as_documents("著眼,工作"), without=["script"], progress=False)
    assert documents["text"].tolist() == ["著眼，工作"]


def test_of_texts_cleaned_ahead_the_oldest_make_room(waiting, monkeypatch):
    monkeypatch.setattr(cleaning, "_MOST_WAITING", 30)
    for one in ("一" * 8, "二" * 8, "一" * 8, "三" * 20):
        clean.clean_ahead(one)
    assert not waiting._texts and waiting._n_characters == 0
    for one in ("一" * 7, "二" * 7, "三" * 7):
        clean.clean_ahead(one)
    assert list(waiting._texts) == ["二" * 7, "三" * 7]
    assert waiting._n_characters == 28


HOSTILE = [
    ",", "，，", "<p ", "<!--", "<script>", "&amp;", "&lt;p&gt;", "(", "强(", "强(qiáng", "强(qiáng)", "(qiáng)",
    "强(qq)(qq)", "强\n", "强 \n ", "著", "於", "２．", "強化擔當", 'a="',
]  # fmt: skip


@pytest.mark.parametrize("pattern", HOSTILE)
def test_a_text_made_to_be_slow_is_cleaned_in_step_with_its_length(pattern):
    """40,000 characters of one pattern; what grows with the square takes minutes here."""
    text = (pattern * 40_000)[:40_000]
    start = time.process_time()
    cleaned = clean.clean_text(text)
    assert time.process_time() - start < 20
    assert clean.clean_text(cleaned) == cleaned


@pytest.mark.parametrize("without", [None, 5])
def test_what_is_no_list_of_repairs_is_refused(without):
    with pytest.raises(ValueError, match="give a list of repairs"):
        clean.clean_text("强", without=without)
