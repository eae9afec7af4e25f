"""Words in context: lines, neighbours, collocations, networks, and what they refuse."""

import html.parser
import math
import random
import re
import time
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2_contingency

from helpers import clean, lexicon, segment
from helpers.counting import context
from helpers.counting.context import lines as kwic_lines
from helpers.counting.context import patterns
from helpers.tables import COLUMNS


def documents_of(*texts: str) -> pd.DataFrame:
    return pd.DataFrame({"doc_id": [f"d{i}" for i in range(1, len(texts) + 1)], "text": texts})


def tokens_of(*sentences: str) -> pd.DataFrame:
    """Tokens of sentences written with blanks between words; all in one document, one text."""
    rows, start = [], 0
    for number, sentence in enumerate(sentences, start=1):
        for token in sentence.split():
            rows.append(("d1", number, len(rows) + 1, token, start, start + len(token)))
            start += len(token)
    return pd.DataFrame(
        rows, columns=["doc_id", "sentence_id", "position", "token", "start", "end"]
    )


def one_term_lexicon(term: str) -> pd.DataFrame:
    return pd.DataFrame({"term": [term], "variants": "", "category": "", "subcategory": ""})


@pytest.fixture(scope="session")
def placed(tokens, clauses) -> pd.DataFrame:
    return segment.place_tokens(tokens, clauses)


# --- kwic ---------------------------------------------------------------------------------


def test_the_lines_of_the_sample(documents, sentences):
    lines = context.kwic(documents, "疫情防控", width=6)
    text = documents["text"].iloc[0]
    assert list(lines.columns) == COLUMNS["kwic"]
    assert len(lines) == text.count("疫情防控") == 9
    assert lines["start"].is_monotonic_increasing
    for line in lines.itertuples():
        assert text[line.start : line.end] == line.node == "疫情防控"
        assert line.left == text[line.start - 6 : line.start].replace("\n", " ")
        assert line.right == text[line.end : line.end + 6].replace("\n", " ")
        sentence = sentences.set_index("sentence_id").loc[line.sentence_id]
        assert sentence["start"] <= line.start < sentence["end"]
    assert lines["right"].tolist()[:2] == ["和经济社会发", "和经济社会发"]
    assert lines["left"].iloc[0] == "高效有序统筹推进"[-6:]


def test_the_two_objects_of_a_verb(documents):
    """methods.md section 7 no. 5: epidemic control; three tough battles."""
    rights = context.kwic(documents, "打赢", width=6)["right"].tolist()
    assert rights == ["疫情防控的人", "打好精准脱贫"]


@pytest.mark.parametrize("term", ["疫情防控", "大门", "六稳", "四个意识", "指挥部", "落实", "，"])
def test_the_lines_are_the_mentions_that_find_terms_finds(documents, sentences, term):
    hits = lexicon.find_terms(sentences, one_term_lexicon(term))
    lines = context.kwic(documents, term)
    columns = ["doc_id", "sentence_id", "start", "end"]
    assert lines[columns].values.tolist() == hits[columns].values.tolist()
    assert lines["node"].tolist() == hits["surface"].tolist()


@given(
    st.lists(st.text("防控疫“”(）。\n，a", min_size=1), min_size=1, max_size=3),
    st.text("防控疫“)", min_size=1, max_size=3).filter(lambda term: set(term) - set("“)")),
)
def test_any_term_is_found_as_find_terms_finds_it(texts, term):
    documents = documents_of(*(f"始{text}" for text in texts))
    hits = lexicon.find_terms(segment.split_sentences(documents), one_term_lexicon(term))
    columns = ["doc_id", "sentence_id", "start", "end"]
    if hits.empty:
        with pytest.raises(ValueError, match="does not occur"):
            context.kwic(documents, term)
    else:
        found = context.kwic(documents, term)[columns].values.tolist()
        assert found == hits[columns].values.tolist()


@pytest.mark.parametrize(
    ("text", "term", "nodes"),
    [
        ("打开“大门”", "打开大门", ["打开“大门"]),
        ("打开大门", "打开“大门”", ["打开大门"]),
        ("企业(项目)复工", "企业项目复工", ["企业(项目)复工"]),
        ("一一一", "一一", ["一一", "一一"]),
        ("GDP(万元)增长.*", "GDP", ["GDP"]),
        ("增长.*倍", ".*", [".*"]),
        ("𠮷祥𠮷", "𠮷", ["𠮷", "𠮷"]),
        ("疫情\0防控", "\0防", ["\0防"]),
    ],
)
def test_a_term_is_found_as_characters(text, term, nodes):
    assert context.kwic(documents_of(text), term)["node"].tolist() == nodes


@pytest.mark.parametrize(
    ("text", "pattern", "nodes"),
    [
        ("复工复产复学", "复[工学]", ["复工", "复学"]),
        ("打开“大门”，大门", "打开大门|，大门", ["，大门"]),
        ("疫情联防联控，疫情防控", "疫情.{0,2}防", ["疫情联防", "疫情防"]),
        ("第1条第22条", r"第\d+条", ["第1条", "第22条"]),
        ("防控abc", r"\p{Han}+", ["防控"]),
        ("一二三", "(?r)[一二三]", ["一", "二", "三"]),
    ],
)
def test_a_pattern_is_a_regular_expression(text, pattern, nodes):
    assert context.kwic(documents_of(text), pattern, pattern=True)["node"].tolist() == nodes


def test_context_ends_with_the_document_and_line_breaks_become_spaces():
    lines = context.kwic(documents_of("前\n\n防控", "防控\r\n后", "防控"), "防控", width=10**30)
    assert lines["left"].tolist() == ["前  ", "", ""]
    assert lines["right"].tolist() == ["", "  后", ""]
    assert lines["start"].tolist() == [3, 0, 0]
    assert lines["doc_id"].tolist() == ["d1", "d2", "d3"]


@pytest.mark.parametrize(
    ("text", "sentence_ids"),
    [
        ("防控。防控！\n防控", [1, 2, 3]),
        ("，防控", [1]),
        ("\n  防控", [1]),
    ],
)
def test_each_line_knows_its_sentence(text, sentence_ids):
    lines = context.kwic(documents_of(text), "防控")
    assert lines["sentence_id"].tolist() == sentence_ids


def test_a_match_between_sentences_belongs_to_the_one_before_and_without_any_to_0():
    lines = context.kwic(documents_of("\n会议。\n\n防控。", "……"), "\n|…+", pattern=True)
    assert lines["sentence_id"].tolist() == [1, 1, 1, 0]


def test_nothing_given_is_changed(documents, tokens):
    before, tokens_before = documents.copy(), tokens.copy()
    lines = context.kwic(documents, "防控")
    lines_before = lines.copy()
    context.trace_kwic(context.sort_kwic(lines, by="left"), documents)
    context.show_kwic(lines)
    context.collocations(tokens, "防控" if "防控" in set(tokens["token"]) else "疫情防控")
    pd.testing.assert_frame_equal(documents, before)
    pd.testing.assert_frame_equal(tokens, tokens_before)
    pd.testing.assert_frame_equal(lines, lines_before)


@pytest.mark.parametrize(
    ("term", "options", "message"),
    [
        ("動態清零", {}, "'動態清零' does not occur in the 1 document searched; check its"),
        ("強化", {}, "the cleaned text is simplified: search '强化'"),
        ("強(qiáng)化", {}, "the cleaned text is simplified: search '强化'"),
        ("外防投入", {}, "a near form does: '外防输入' "),
        ("疫情 防控", {}, "a near form does: '疫情防控' "),
        ("疫情防控领导某组", {}, "a near form does: '疫情防控' "),
        ("", {}, "the term must be text with a character in it, not ''"),
        (" ", {}, "the term must be text"),
        (None, {}, "the term must be text"),
        (["防控"], {}, "for several terms use lexicon.find_terms and kwic_of_hits"),
        ("“”", {}, "made of quotation marks and brackets only"),
        ("防控", {"width": 0}, "width is 0, not a whole number of 1 or more"),
        ("防控", {"width": -3}, "width is -3"),
        ("防控", {"width": 2.5}, "width is 2.5"),
        ("防控", {"width": True}, "width is True"),
        ("(", {"pattern": True}, r"'\(' is not a valid regular expression .missing \)"),
        ("[", {"pattern": True}, "is not a valid regular expression"),
        ("(?V0)(?V1)防", {"pattern": True}, "is not a valid regular expression"),
        ("(" * 5000, {"pattern": True}, "is not a valid regular expression"),
        ("", {"pattern": True}, "the term must be text with a character"),
        ("防*", {"pattern": True}, "matches empty text"),
        ("(?=防)", {"pattern": True}, "matches empty text"),
        (r"\b", {"pattern": True}, "matches empty text"),
        ("防(?R)", {"pattern": True}, r"would run away: it calls itself"),
        ("(防|(?-1))", {"pattern": True}, r"would run away: it calls itself"),
        (r"(?:(?:防{300})(?#x){300})(?#x){300}", {"pattern": True}, r"would run away"),
        ("(?V1)(?:(?:防{300}[[a](]){300}[[a](]){300}", {"pattern": True}, r"would run away"),
        ("(?x)(?:防{1000} # )\n ){1000}", {"pattern": True}, r"would run away"),
        (r"(?x)(?: 防 { 3000 } ) { 3000 }", {"pattern": True}, r"would run away"),
        (
            "(防{200}){200}",
            {"pattern": True},
            "repeats in braces come to more than 10,000",
        ),
        ("强化龘", {"pattern": True}, "the pattern '强化龘' does not occur in the 1 document"),
        ("強化", {"pattern": True}, "the pattern '強化' does not occur.* search '强化'"),
    ],
)
def test_a_term_that_cannot_be_shown_is_refused(documents, term, options, message):
    with pytest.raises(ValueError, match=message):
        context.kwic(documents, term, **options)


def test_a_near_form_may_differ_in_case():
    with pytest.raises(ValueError, match="a near form does: 'GDP' \\(2×\\)"):
        context.kwic(documents_of("GDP增长，GDP"), "gdp")


@pytest.mark.parametrize("pattern", [r"(\w{1,9}){1,30}[龘鼎]", r"(?:\w|\w\w)+[龘鼎]"])
def test_a_pattern_that_runs_away_is_stopped(documents, monkeypatch, pattern):
    monkeypatch.setattr(patterns, "_SECONDS", 0.3)
    begun = time.monotonic()
    with pytest.raises(ValueError, match=r"ran away in document 'guangzhou.*bound what is between"):
        context.kwic(documents, pattern, pattern=True)
    assert time.monotonic() - begun < 4


@pytest.mark.parametrize(
    "pattern",
    [
        "((防{100}){100}){2}",
        "(?:防{100}x{100}){100}",
        "(?:防{200}){200}{2}",
        "(?x)(防{200}) {200}",
        r"([\])]防{200}){200}",
        "(?:防|控{5001}){2}",
        "防{6000}控{6000}",
    ],
)
def test_repeats_that_come_to_too_many_are_refused(pattern):
    with pytest.raises(ValueError, match="come to more than 10,000 .inside each other they mult"):
        context.kwic(documents_of("防控"), pattern, pattern=True)


def test_repeats_side_by_side_add_up_and_do_not_multiply():
    day = r"\d{4}年\d{2}月\d{2}日"
    text = "至".join(["2020年02月26日"] * 12)
    searched = "至".join([day] * 12)
    assert context.kwic(documents_of(text), searched, pattern=True)["node"].tolist() == [text]
    text = "防" * 200 + "控" * 200
    searched = "防{200}(?:控{100}){2}"
    assert context.kwic(documents_of(text), searched, pattern=True)["node"].tolist() == [text]


def test_running_away_is_measured_over_all_documents_together(monkeypatch):
    """Each document alone would be done in time; together they are not."""
    monkeypatch.setattr(patterns, "_SECONDS", 0.0)
    monkeypatch.setattr(patterns, "_SECONDS_PER_MILLION", 0.0)
    slow = documents_of(*["防控" * 9 + "。"] * 50)
    with pytest.raises(ValueError, match="ran away"):
        context.kwic(slow, r"(?:\w|\w\w)+[龘鼎]", pattern=True)


@pytest.mark.parametrize(
    ("documents", "message"),
    [
        (documents_of(), "the documents table has no row; read files with load.read_documents"),
        (pd.DataFrame({"doc_id": ["d"]}), "no column 'text'"),
        (["防控"], "documents must be a pandas table, not list"),
        (
            pd.DataFrame({"doc_id": ["d"], "text": [""]}),
            "'d' has no cleaned text; run clean.clean_doc",
        ),
        (pd.DataFrame({"doc_id": ["d"], "text": [np.nan]}), "'d' has no cleaned text"),
        (
            pd.DataFrame({"doc_id": ["d", "d"], "text": ["防控", "防控"]}),
            "two documents are called 'd'",
        ),
        (
            pd.DataFrame({"doc_id": [None, "d"], "text": ["防控", "防控"]}),
            "1 rows .* have no doc_id",
        ),
    ],
)
def test_documents_that_cannot_be_searched_are_refused(documents, message):
    with pytest.raises(ValueError, match=message):
        context.kwic(documents, "防控")


# --- lines of hits ------------------------------------------------------------------------


def test_any_selection_of_hits_has_lines(documents, hits):
    decoys = hits[hits["category"] == "decoy"]
    lines = context.kwic_of_hits(documents, decoys, width=4)
    assert list(lines.columns) == COLUMNS["kwic"]
    assert lines["node"].tolist() == decoys["surface"].tolist()
    assert lines[["start", "end"]].values.tolist() == decoys[["start", "end"]].values.tolist()
    of_term = context.kwic_of_hits(documents, hits[hits["term"] == "疫情防控"])
    pd.testing.assert_frame_equal(of_term, context.kwic(documents, "疫情防控"))


def test_free_mentions_of_the_sample(documents, hits):
    chosen = hits[(hits["term"] == "疫情防控") & hits["free"]]
    assert len(context.kwic_of_hits(documents, chosen)) == 2


def test_hits_of_other_documents_are_refused(documents, hits):
    with pytest.raises(ValueError, match="there are no hits to show"):
        context.kwic_of_hits(documents, hits.iloc[:0])
    with pytest.raises(ValueError, match="where these documents have it not"):
        context.kwic_of_hits(documents_of("别的文件"), hits)
    with pytest.raises(ValueError, match="where these documents have it not"):
        context.kwic_of_hits(documents, hits.assign(start=hits["start"] + 1, end=hits["end"] + 1))
    backwards = pd.DataFrame(
        {"doc_id": ["d1"], "sentence_id": 1, "surface": "防", "start": -2, "end": -1}
    )
    with pytest.raises(ValueError, match="where these documents have it not"):
        context.kwic_of_hits(documents_of("防控"), backwards)
    with pytest.raises(ValueError, match="column start of the hits table holds float64"):
        context.kwic_of_hits(documents, hits.astype({"start": float}))
    with pytest.raises(ValueError, match="no column 'surface'"):
        context.kwic_of_hits(documents, hits.drop(columns="surface"))


# --- order --------------------------------------------------------------------------------


def lines_of(*rows: tuple[str, str, str]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["left", "node", "right"])
    table["start"] = range(len(table))
    table["end"] = table["start"] + 1
    return table.assign(doc_id="d1", sentence_id=1)[COLUMNS["kwic"]]


@pytest.mark.parametrize(
    ("by", "column", "expected"),
    [
        ("left", "left", ["", "甲，", "甲2", "乙阿", "三把", "一把", "二中"]),
        ("right", "right", ["", "，甲", "2甲", "阿乙", "把三", "把一", "中二"]),
    ],
)
def test_the_nearest_characters_sort_first_by_pinyin(by, column, expected):
    shuffled = random.Random(1).sample(expected, len(expected))
    lines = lines_of(*((text, "防", text) for text in shuffled))
    assert context.sort_kwic(lines, by=by)[column].tolist() == expected


def test_tones_then_code_points_break_ties():
    """妈 mā, 麻 má, 马 mǎ, 骂 mà, 吗 ma; 丑 and 瞅 are both chǒu; man comes after ma."""
    expected = ["丑", "瞅", "妈", "麻", "马", "骂", "吗", "满"]
    lines = lines_of(*(("", "防", text) for text in sorted(expected)))
    assert context.sort_kwic(lines, by="right")["right"].tolist() == expected


def test_equal_lines_keep_their_order_so_that_sorts_combine():
    lines = lines_of(("", "防", "中"), ("", "安", "中"), ("", "防", "八"), ("", "安", "八"))
    by_right = context.sort_kwic(lines, by="right")
    assert by_right["node"].tolist() == ["防", "安", "防", "安"]
    both = context.sort_kwic(by_right, by="node")
    assert both[["node", "right"]].values.tolist() == [
        ["安", "八"], ["安", "中"], ["防", "八"], ["防", "中"],
    ]  # fmt: skip


def test_text_order_comes_back(documents):
    lines = context.kwic(documents, "防控")
    sorted_away = context.sort_kwic(lines, by="right")
    assert sorted_away["start"].tolist() != lines["start"].tolist()
    pd.testing.assert_frame_equal(context.sort_kwic(sorted_away, by="text"), lines)


def test_what_cannot_be_sorted_is_refused():
    lines = lines_of(("", "防", "控"))
    with pytest.raises(ValueError, match="sorted by 'size'; choose one of left, right, node, text"):
        context.sort_kwic(lines, by="size")
    with pytest.raises(ValueError, match="the kwic table has no column 'left'"):
        context.sort_kwic(lines.drop(columns="left"), by="left")
    with pytest.raises(ValueError, match="1 rows of the kwic table have no left"):
        context.sort_kwic(lines.assign(left=None), by="left")
    assert context.sort_kwic(lines.iloc[:0], by="left").empty


# --- showing ------------------------------------------------------------------------------


def test_nodes_stand_in_one_column_by_another_count_of_widths():
    wcwidth = pytest.importorskip("wcwidth")
    text = "ＡＢ，加强GDP防控。e\u0301ｶﾅ防控“中”防控🙂防控，각 防控 \u200b防控"
    lines = context.kwic(documents_of(text), "防控", width=9)
    columns = {
        wcwidth.wcswidth(line[: line.index("  防控  " if "防控  " in line else "防控")])
        for line in (f"{row}  " for row in context.format_kwic(lines).split("\n"))
    }
    assert len(lines) == 6
    assert len(columns) == 1


def test_text_has_place_and_contexts_of_the_wished_width(documents):
    lines = context.kwic(documents, "打赢")
    assert context.format_kwic(lines, width=3).split("\n") == [
        "guangzhou-2020-02-26 9:530    ，坚决  打赢  疫情防",
        "guangzhou-2020-02-26 14:1030  ，坚决  打赢  打好精",
    ]


def test_what_cannot_be_shown_is_marked_and_breaks_no_line():
    text = "前\0防控\u202e后\x1b[31m\n次\t行\ud800"
    shown = context.format_kwic(context.kwic(documents_of(text), "控\u202e", width=20))
    assert shown == "d1 1:3  前\ufffd防  控\ufffd  后\ufffd[31m 次 行\ufffd"
    page = context.show_kwic(context.kwic(documents_of(text), "后")).page
    assert not re.search("[\0\x1b\u202e\ud800]", page)
    page.encode("utf-8")


class Cells(html.parser.HTMLParser):
    """The tags of a page, and the text of its cells."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags, self.attributes, self.cells = Counter(), set(), []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags[tag] += 1
        self.attributes |= {name for name, _ in attrs}
        if tag in ("th", "td"):
            self.cells.append("")

    def handle_data(self, data):
        self.cells[-1] += data


def test_the_page_holds_the_lines_and_nothing_of_the_text_becomes_markup():
    evil = "</td><script>alert(1)</script>&amp;\"' onclick=x"
    documents = pd.DataFrame({"doc_id": ["<b>名</b>&"], "text": [f"{evil}防控{evil}"]})
    glossary = pd.DataFrame({"term": ["防控", "防控"], "gloss_en": ["<i>control</i>", "later"]})
    lines = context.kwic(documents, "防控", width=99)
    shown = context.show_kwic(lines, glossary=glossary)
    page = Cells(shown._repr_html_())
    assert page.tags == Counter(div=1, table=1, thead=1, tbody=1, tr=2, th=5, td=5)
    assert page.attributes == {"style", "lang", "dir"}
    assert page.cells[5:] == [
        "<b>名</b>& 1:" + str(len(evil)),
        evil,
        "防控",
        evil,
        "<i>control</i>",
    ]
    assert repr(shown) == context.format_kwic(lines)


def test_the_page_takes_its_colours_from_the_notebook(documents):
    page = context.show_kwic(context.kwic(documents, "防控")).page
    assert "text-align:right" in page and "text-align:center;font-weight:bold" in page
    assert set(re.findall(r"color:(\w+)", page)) == {"inherit"}
    assert "background" not in page and "<style" not in page and "class=" not in page


def test_a_node_without_a_gloss_is_marked_and_marks_inside_do_not_hide_one():
    glossary = pd.DataFrame({"term": ["打开大门"], "gloss_en": ["open the gates"]})
    documents = documents_of("打开“大门”，守好小门")
    lines = pd.concat([context.kwic(documents, "打开大门"), context.kwic(documents, "小门")])
    cells = Cells(context.show_kwic(lines, glossary=glossary).page).cells
    assert cells[4::5] == ["gloss_en", "open the gates", "(no gloss)"]


@pytest.mark.parametrize("show", [context.format_kwic, context.show_kwic])
def test_what_cannot_be_laid_out_is_refused(show):
    lines = lines_of(("", "防", "控"))
    with pytest.raises(ValueError, match="the kwic table has no line to show"):
        show(lines.iloc[:0])
    with pytest.raises(ValueError, match="make them with context.trace_kwic"):
        show(lines, original=True)
    with pytest.raises(ValueError, match="no column 'node'"):
        show(lines.drop(columns="node"))
    with pytest.raises(ValueError, match="1 rows of the kwic table have no right"):
        show(lines.assign(right=np.nan))


def test_widths_and_glossaries_are_checked():
    lines = lines_of(("", "防", "控"))
    with pytest.raises(ValueError, match="width is 0"):
        context.format_kwic(lines, width=0)
    with pytest.raises(ValueError, match="no column 'gloss_en'"):
        context.show_kwic(lines, glossary=pd.DataFrame({"term": ["防"]}))


# --- word by word -------------------------------------------------------------------------


def test_the_words_of_a_line_of_the_sample_are_glossed_in_their_order(
    documents, tokens, lexicon_table
):
    lines = context.kwic(documents, "疫情防控", width=14)
    glossed = context.gloss_kwic(lines, tokens, lexicon.read_glossary(lexicon_table))
    pd.testing.assert_frame_equal(glossed[lines.columns], lines)
    # The line begins inside 效率 (efficiency), of which the mark is left.
    assert glossed.iloc[0][["left_en", "node_en", "right_en"]].tolist() == [
        "… · grasp hard · carry out · efficient · orderly · coordinate as a whole · advance",
        "epidemic prevention and control",
        "and · economic and social development · Zhang Shuofu · preside over",
    ]
    assert not glossed["right_en"].str.contains("(no gloss)", regex=False).any()


@pytest.mark.parametrize(
    ("node", "left", "right", "expected"),
    [
        # What is cut is marked, at the ends of the line and of the node.
        ("决打", "坚", "赢防", ("…", "… · …", "… · …")),
        # A node that the glossary holds is glossed whole, though it is two words.
        ("打赢防控", "坚决", "", ("resolutely", "win control", "")),
        ("防控", "打赢", "", ("win", "control", "")),
        # One that it lacks is glossed by its words.
        ("坚决打赢", "", "防控", ("", "resolutely · win", "control")),
        ("坚决", "", "打赢防控某", ("", "resolutely", "win · control · 某 (no gloss)")),
    ],
)
def test_words_are_cut_known_or_without_a_gloss(node, left, right, expected):
    tokens = tokens_of("坚决 打赢 防控 某")
    glossary = pd.DataFrame(
        [("坚决", "resolutely"), ("打赢", "win (a battle)"), ("防控", "control"),
         ("打赢防控", "win control"), ("某", None)],
        columns=["term", "gloss_en"],
    )  # fmt: skip
    lines = lines_of((left, node, right))
    start = "坚决打赢防控某".index(f"{left}{node}{right}") + len(left)
    lines = lines.assign(start=start, end=start + len(node))
    glossed = context.gloss_kwic(lines, tokens, glossary)
    assert tuple(glossed[["left_en", "node_en", "right_en"]].iloc[0]) == expected


def test_a_gloss_that_is_a_remark_alone_stays():
    glossary = pd.DataFrame({"term": ["把"], "gloss_en": ["(object marker)"]})
    lines = lines_of(("", "把", ""))
    glossed = context.gloss_kwic(lines, tokens_of("把"), glossary)
    assert glossed["node_en"].tolist() == ["(object marker)"]


def test_a_remark_inside_a_remark_is_left_out_with_it():
    glossary = pd.DataFrame(
        {"term": ["防控"], "gloss_en": ["control (of what (or whom) one likes)"]}
    )
    segmenter = segment.make_segmenter()
    assert context.gloss_texts(["防控"], glossary, segmenter=segmenter) == ["control"]


def test_a_line_of_marks_alone_has_nothing_to_gloss():
    lines = lines_of(("，", "。", "！"))
    glossed = context.gloss_kwic(
        lines.assign(start=1, end=2),
        tokens_of("")[:0].astype({"start": int, "end": int}),
        pd.DataFrame({"term": [], "gloss_en": []}),
    )
    assert glossed[["left_en", "node_en", "right_en"]].values.tolist() == [["", "", ""]]


def test_tokens_that_are_no_words_have_no_gloss():
    tokens = pd.DataFrame(
        [("坚决", 0, 2), ("，", 2, 3), ("防控", 3, 5), ("", 5, 5), ("。", 5, 6), ("打赢", 6, 8)],
        columns=["token", "start", "end"],
    ).assign(doc_id="d")
    lines = lines_of(("坚决，", "防控", "。打赢")).assign(doc_id="d", start=3, end=5)
    glossary = pd.DataFrame(
        {"term": ["坚决", "防控", "打赢"], "gloss_en": ["firm", "guard", "win"]}
    )
    glossed = context.gloss_kwic(lines, tokens, glossary)
    assert glossed[["left_en", "node_en", "right_en"]].values.tolist() == [
        ["firm", "guard", "‖ win"]
    ]


def test_tokens_of_other_texts_gloss_nothing(documents, tokens, lexicon_table):
    lines = context.kwic(documents, "疫情防控")
    for foreign in (tokens.assign(doc_id="other"), tokens[:0]):
        with pytest.raises(ValueError, match="the tokens have no word for '直' at 7 of document"):
            context.gloss_kwic(lines, foreign, lexicon_table)
    moved = tokens.assign(start=tokens["start"] + 1, end=tokens["end"] + 1)
    with pytest.raises(ValueError, match="where the line has it not"):
        context.gloss_kwic(lines, moved, lexicon_table)
    with pytest.raises(ValueError, match="column end of the tokens table holds float64"):
        context.gloss_kwic(lines, tokens.astype({"end": float}), lexicon_table)


@pytest.mark.parametrize(
    ("text", "node", "expected"),
    [
        # 国家 (state) is no word there: 中国 (China) and 家庭 (family) are.
        ("帮助中国家庭防控", "国家", ("help · …", "… · …", "… · control")),
        ("帮助人民币", "人民", ("help", "part of renminbi", "…")),
    ],
)
def test_a_node_that_is_no_word_of_its_own_is_not_glossed_as_one(text, node, expected):
    words = ["帮助", "人民币"] if "币" in text else ["帮助", "中国", "家庭", "防控"]
    glosses = {"帮助": "help", "国家": "state", "人民": "the people", "人民币": "renminbi",
               "中国": "China", "家庭": "family", "防控": "control"}  # fmt: skip
    glossary = pd.DataFrame({"term": glosses.keys(), "gloss_en": glosses.values()})
    lines = context.kwic(documents_of(text), node)
    glossed = context.gloss_kwic(
        lines.assign(doc_id="d"), tokens_of(" ".join(words)).assign(doc_id="d"), glossary
    )
    assert tuple(glossed[["left_en", "node_en", "right_en"]].iloc[0]) == expected


def test_no_word_is_left_out_and_none_is_there_twice(documents, tokens, lexicon_table):
    lines = context.kwic(documents, "疫情防控")
    place = lines["start"].iloc[0] + 4
    for fewer in (
        tokens[tokens["start"] != place],
        tokens.assign(doc_id=tokens["doc_id"].astype(object).where(tokens["start"] > 100)),
    ):
        with pytest.raises(ValueError, match="no word for '和' at 31 of|have no doc_id"):
            context.gloss_kwic(lines, fewer, lexicon_table)
    with pytest.raises(ValueError, match="overlap at 1 of document 'guangzhou-2020-02-26'; give"):
        context.gloss_kwic(lines, pd.concat([tokens, tokens]), lexicon_table)
    longer = tokens.assign(end=tokens["end"].where(tokens["end"] < 1234, 9999))
    last = context.kwic(documents, tokens["token"].iloc[-1])
    with pytest.raises(ValueError, match="where the line has it not"):
        context.gloss_kwic(last, longer, lexicon_table)


@pytest.mark.parametrize(
    ("left", "node", "right", "expected"),
    [
        ("坚决。", "防控", "！打赢", ("resolutely ‖", "control", "‖ win")),
        ("坚决！！防控", "打赢", "，防控", ("resolutely ‖ control", "win", "control")),
        # A node of two sentences, and one that a sentence's end cuts out of a word.
        ("", "坚决。打赢", "防控", ("", "resolutely ‖ win", "control")),
        ("坚", "决。打", "赢", ("…", "… ‖ …", "…")),
        ("？", "防控", "。", ("", "control", "")),
        ("坚决!", "防控?打赢", "。防控", ("resolutely ‖", "control ‖ win", "‖ control")),
        # Marks with no word between them end one sentence.
        ("坚决！”。", "防控", "。……！打赢（。）", ("resolutely ‖", "control", "‖ win ‖")),
        ("！”。坚决", "防控。” ？打赢", "", ("‖ resolutely", "control ‖ win", "")),
    ],
)
def test_a_double_bar_stands_where_a_sentence_ends(left, node, right, expected):
    text = f"{left}{node}{right}"
    words = [(found.start(), found[0]) for found in re.finditer("坚决|打赢|防控", text)]
    tokens = pd.DataFrame(
        [("d", word, start, start + len(word)) for start, word in words],
        columns=["doc_id", "token", "start", "end"],
    )
    glossary = pd.DataFrame(
        {"term": ["坚决", "打赢", "防控"], "gloss_en": ["resolutely", "win", "control"]}
    )
    lines = lines_of((left, node, right))
    lines = lines.assign(doc_id="d", start=len(left), end=len(left) + len(node))
    glossed = context.gloss_kwic(lines, tokens, glossary)
    assert tuple(glossed[["left_en", "node_en", "right_en"]].iloc[0]) == expected


def test_titles_are_glossed_word_by_word(lexicon_table):
    segmenter = segment.make_segmenter(lexicon_table)
    glossary = lexicon.read_glossary(lexicon_table)
    titles = pd.Series(
        ["示例市疫情防控指挥部", "", "但是！没有媵", "《》", "坚决 2月", "5G和2031年"]
    )
    assert context.gloss_texts(titles, glossary, segmenter=segmenter) == [
        "example · city · epidemic prevention and control · headquarters, command",
        "",
        "but ‖ not have, not yet · 媵 (no gloss)",
        "",
        "resolutely · 2 · month",
        "5G · and · 2031 · year",
    ]


def test_what_is_no_list_of_texts_is_not_glossed(lexicon_table):
    segmenter = segment.make_segmenter()
    for odd in ("疫情", "疫情".encode(), 7, {"疫情"}, {"疫情": 1}, np.array("疫情"),
                np.array([["疫情"]]), pd.DataFrame({"title": ["疫情"]})):  # fmt: skip
        with pytest.raises(ValueError, match="of type .*; it must be a list of texts, such as"):
            context.gloss_texts(odd, lexicon_table, segmenter=segmenter)
    with pytest.raises(ValueError, match="text 1 is None, no text; where there is none"):
        context.gloss_texts(["疫", None], lexicon_table, segmenter=segmenter)
    with pytest.raises(ValueError, match="no column 'gloss_en'"):
        context.gloss_texts(["疫情"], pd.DataFrame({"term": ["疫情"]}), segmenter=segmenter)


def test_cells_that_hold_no_text_are_refused_by_name():
    lines = lines_of(("", "防", "控"))
    for odd in (3, ["a"]):
        with pytest.raises(ValueError, match="rows of the kwic table have no text in left"):
            context.show_kwic(lines.assign(left=[odd]))
        with pytest.raises(ValueError, match="rows of the kwic table have no text in left_en"):
            context.show_kwic(lines.assign(left_en=[odd], node_en="", right_en=""))
        traced = lines.assign(raw_left=[odd], raw_node="", raw_right="")
        with pytest.raises(ValueError, match="rows of the kwic table have no text in raw_left"):
            context.show_kwic(traced, original=True)
    tokens = tokens_of("防 控")
    glossary = pd.DataFrame({"term": [["防"]], "gloss_en": ["guard"]})
    with pytest.raises(ValueError, match="rows of the glossary table have no text in term"):
        context.gloss_kwic(lines, tokens, glossary)
    for odd in (["guard"], {"guard": 1}, b"guard"):
        glossary = pd.DataFrame({"term": ["防"], "gloss_en": [odd]})
        with pytest.raises(ValueError, match="rows of the glossary table have no text in gloss_en"):
            context.gloss_kwic(lines, tokens, glossary)
    with pytest.raises(ValueError, match="rows of the tokens table have no text in token"):
        context.gloss_kwic(lines, tokens.assign(token=[["防"], "控"]), glossary)


def test_what_names_no_document_or_no_place_is_refused(documents, tokens, lexicon_table):
    lines = context.kwic(documents, "疫情防控").head(1)
    # Else the words of the right context would be those that stand further on.
    with pytest.raises(ValueError, match="node '疫情防控' at 27 to 33, which is not its length"):
        context.gloss_kwic(lines.assign(end=33), tokens, lexicon_table)
    with pytest.raises(ValueError, match="kwic table have no value in 'doc_id'"):
        context.gloss_kwic(lines.assign(doc_id=[["d"]]), tokens, lexicon_table)
    listed = tokens.assign(doc_id=[["d"]] * len(tokens))
    with pytest.raises(ValueError, match="tokens table have no value in 'doc_id'"):
        context.gloss_kwic(lines, listed, lexicon_table)


def test_of_two_glosses_the_first_that_says_something_is_taken():
    glossary = pd.DataFrame({"term": ["防"] * 4, "gloss_en": [None, " ", 7, "guard"]})
    lines = lines_of(("", "防", ""))
    assert context.gloss_kwic(lines, tokens_of("防"), glossary)["node_en"].tolist() == ["7"]


def test_glosses_stand_below_their_line_and_are_escaped():
    documents = documents_of("坚决防控")
    glossary = pd.DataFrame({"term": ["坚决", "防控"], "gloss_en": ["<i>firmly</i>", "control"]})
    lines = context.kwic(documents, "防控")
    glossed = context.gloss_kwic(lines, tokens_of("坚决 防控"), glossary)
    shown = context.show_kwic(glossed)
    page = Cells(shown.page)
    assert page.tags == Counter(div=1, table=1, thead=1, tbody=1, tr=3, th=4, td=8)
    assert page.cells[8:] == ["", "<i>firmly</i>", "control", ""]
    assert '<tr lang="en"><td' in shown.page
    assert repr(shown) == "d1 1:2  坚决  防控\n    <i>firmly</i> | control | "
    assert context.format_kwic(glossed, width=1) == "d1 1:2  决  防控"
    with pytest.raises(ValueError, match="1 rows of the kwic table have no left_en"):
        context.show_kwic(glossed.assign(left_en=None))


# --- back to the file ---------------------------------------------------------------------


def test_each_line_of_the_sample_is_traced_as_clean_traces_it(documents):
    raw = documents["raw_text"].iloc[0]
    traced = context.trace_kwic(context.kwic(documents, "强化", width=5), documents)
    assert len(traced) == 4
    for line in traced.itertuples():
        span = clean.trace(raw, line.start, line.end)
        assert (line.raw_start, line.raw_end) == span
        assert raw[slice(*span)] == line.raw_node
        left = clean.trace(raw, line.start - len(line.left), line.start)
        right = clean.trace(raw, line.end, line.end + len(line.right))
        assert line.raw_left == raw[slice(*left)].replace("\n", " ")
        assert line.raw_right == raw[slice(*right)].replace("\n", " ")
    assert traced["raw_node"].iloc[0] == "強(qiáng)化"
    assert "強(qiáng)化" in context.format_kwic(traced, original=True)
    assert "強(qiáng)化" in context.show_kwic(traced, original=True).page
    assert "強" not in context.format_kwic(traced)


def test_a_document_is_aligned_once_however_many_lines_it_has(documents, monkeypatch):
    calls = []
    follow = kwic_lines.follow_repairs
    monkeypatch.setattr(
        kwic_lines, "follow_repairs", lambda raw, without: calls.append(raw) or follow(raw, without)
    )
    other = pd.DataFrame({"doc_id": ["b"], "title": [""], "raw_text": ["防控，防控"]})
    both = pd.concat([documents, clean.clean_documents(other)], ignore_index=True)
    traced = context.trace_kwic(context.sort_kwic(context.kwic(both, "防控"), by="left"), both)
    assert len(calls) == 2 < len(traced)
    assert traced.query("doc_id == 'b'")["raw_start"].tolist() == [0, 3]


def test_repairs_left_out_are_named():
    raw = pd.DataFrame({"doc_id": ["d"], "title": [""], "raw_text": ["好(hǎo)強化,強化"]})
    documents = clean.clean_documents(raw, without=["script", "pinyin"])
    lines = context.kwic(documents, "強化")
    traced = context.trace_kwic(lines, documents, without=["script", "pinyin"])
    assert traced["raw_start"].tolist() == [6, 9]
    with pytest.raises(ValueError, match="text of document 'd' is not what cleaning makes of its"):
        context.trace_kwic(lines, documents)
    with pytest.raises(ValueError, match="no repair is called 'pinyn'"):
        context.trace_kwic(lines, documents, without=["pinyn"])


def test_lines_that_do_not_belong_are_not_traced(documents):
    lines = context.kwic(documents, "强化", width=5)
    with pytest.raises(ValueError, match="no column 'raw_text'"):
        context.trace_kwic(lines, documents.drop(columns="raw_text"))
    with pytest.raises(ValueError, match="'强化' at .* where these documents have it not"):
        context.trace_kwic(lines.assign(start=lines["start"] - 1), documents)
    with pytest.raises(ValueError, match="contexts of '强化' at .* are not as the text has them"):
        context.trace_kwic(lines.assign(left="甲" * 3000), documents)
    with pytest.raises(ValueError, match="is not what cleaning makes of its raw_text"):
        context.trace_kwic(lines, documents.assign(raw_text=np.nan))
    empty = context.trace_kwic(lines.iloc[:0], documents)
    assert empty.columns.tolist()[-5:] == [
        "raw_start",
        "raw_end",
        "raw_left",
        "raw_node",
        "raw_right",
    ]


# --- neighbours ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("node", "side", "expected"),
    [
        ("坚决", "after", [["打赢", 2], ["把", 2], ["守好", 1]]),
        ("统筹", "after", [["推进", 4], ["做好", 1]]),
        ("防治", "before", [["污染", 1]]),
    ],
)
def test_neighbours_in_the_sample(plain_tokens, node, side, expected):
    """methods.md section 7 no. 5; 守好 is a word that jieba's HMM guesses."""
    neighbours = context.count_neighbours(plain_tokens, node)
    assert neighbours.columns.tolist() == ["side", "neighbour", "n"]
    found = neighbours[neighbours["side"] == side]
    assert found[["neighbour", "n"]].values.tolist() == expected


def test_neighbours_stop_at_sentences_clauses_and_gaps():
    tokens = tokens_of("防控 复工 防控", "防控 复产").assign(clause_id=[1, 2, 2, 3, 3])
    assert context.count_neighbours(tokens, "防控").values.tolist() == [
        ["before", "复工", 1], ["after", "复产", 1], ["after", "复工", 1],
    ]  # fmt: skip
    assert context.count_neighbours(tokens, "防控", within="clause").values.tolist() == [
        ["before", "复工", 1], ["after", "复产", 1],
    ]  # fmt: skip
    without = tokens[tokens["token"] != "复工"]
    assert context.count_neighbours(without, "防控").values.tolist() == [["after", "复产", 1]]
    assert context.count_neighbours(tokens_of("防控"), "防控").empty


def test_neighbours_in_a_window_are_collocations(tokens):
    with pytest.raises(ValueError, match="'sentence' or a 'clause'; for more, see context.colloc"):
        context.count_neighbours(tokens, "统筹", within="window")


# --- collocations -------------------------------------------------------------------------


def test_coupling_as_collocation_in_the_sample(placed, clauses):
    """methods.md section 2.4: 疫情防控 in 9 clauses, 经济社会发展 in 7, both in 6 of 61."""
    company = context.collocations(placed, "疫情防控", within="clause", n_units=len(clauses))
    assert company.columns.tolist() == COLUMNS["collocations"]
    pair = company.set_index("collocate").loc["经济社会发展"]
    assert pair[["n", "n_collocate"]].tolist() == [6, 7]
    assert pair["expected"] == pytest.approx(9 * 7 / 61)
    assert pair["mi"] == pytest.approx(2.54, abs=0.005)
    assert pair["mi3"] == pytest.approx(math.log2(6**3 / (9 * 7 / 61)))
    assert pair["log_dice"] == pytest.approx(13.58, abs=0.005)
    assert pair["delta_p_forward"] == pytest.approx(0.65, abs=0.005)
    assert pair["delta_p_backward"] == pytest.approx(0.80, abs=0.005)
    assert pair["t_score"] == pytest.approx((6 - 63 / 61) / math.sqrt(6))
    assert pair["z_score"] == pytest.approx((6 - 63 / 61) / math.sqrt(63 / 61))
    g2 = chi2_contingency([[6, 3], [1, 51]], correction=False, lambda_="log-likelihood")
    assert pair["log_likelihood"] == pytest.approx(g2.statistic)


def test_the_order_is_evidence_then_count_then_the_unscored(placed):
    company = context.collocations(placed, "疫情防控", within="clause")
    scored = company["n"] >= 3
    assert scored.sum() == 6 and not scored.all()
    assert company["log_likelihood"][scored].is_monotonic_decreasing
    assert company["n"][~scored].is_monotonic_decreasing
    assert scored.tolist() == sorted(scored, reverse=True)
    scores = COLUMNS["collocations"][4:]
    assert company.loc[~scored, scores].isna().all(axis=None)
    assert company.loc[scored, scores].notna().all(axis=None)
    assert company["expected"].notna().all()
    assert "疫情防控" not in set(company["collocate"])


def test_a_higher_threshold_only_takes_scores_away(placed):
    low = context.collocations(placed, "疫情防控", within="clause").set_index("collocate")
    high = context.collocations(placed, "疫情防控", within="clause", at_least=5).set_index(
        "collocate"
    )
    high = high.loc[low.index]
    assert low[["n", "expected"]].equals(high[["n", "expected"]])
    assert high["mi"].notna().tolist() == (low["n"] >= 5).tolist()


def test_units_that_hold_no_token_count(placed):
    company = context.collocations(placed, "疫情防控", within="clause", n_units=100)
    pair = company.set_index("collocate").loc["经济社会发展"]
    assert pair["expected"] == pytest.approx(9 * 7 / 100)
    assert pair["delta_p_forward"] == pytest.approx(6 / 9 - 1 / 91)


def brute_force_window(tokens: pd.DataFrame, node: str, window: int) -> tuple[dict, dict, int, int]:
    """f and f2 per word, places near the node, words other than the node; every pair looked at."""
    words = list(tokens.itertuples())
    near = [
        word
        for word in words
        if word.token != node
        and any(
            other.token == node
            and (other.doc_id, other.sentence_id) == (word.doc_id, word.sentence_id)
            and abs(other.position - word.position) <= window
            for other in words
        )
    ]
    others = [word.token for word in words if word.token != node]
    return Counter(word.token for word in near), Counter(others), len(near), len(others)


def random_tokens(codes: list[int], cuts: list[int]) -> pd.DataFrame:
    """Words a to e in sentences and documents that begin at random places."""
    sentence = np.cumsum([cut == 0 for cut in cuts])
    table = pd.DataFrame({"sentence_id": sentence, "token": [*map("abcde".__getitem__, codes)]})
    table["doc_id"] = np.where(np.arange(len(codes)) < len(codes) // 3, "x", "y")
    table["position"] = table.groupby("doc_id").cumcount() + 1
    return table


some_tokens = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 5)), min_size=1, max_size=60
).map(lambda pairs: random_tokens(*map(list, zip(*pairs, strict=True))))


@given(some_tokens, st.integers(1, 4))
def test_windows_agree_with_looking_at_every_pair(tokens, window):
    node = tokens["token"].iloc[0]
    n, n_collocate, n_near, n_other = brute_force_window(tokens, node, window)
    company = context.collocations(tokens, node, window=window)
    assert dict(zip(company["collocate"], company["n"], strict=True)) == n
    n_node = int((tokens["token"] == node).sum())
    for row in company.itertuples():
        f, f2 = n[row.collocate], n_collocate[row.collocate]
        assert row.n_collocate == f2
        assert row.expected == pytest.approx(n_near * f2 / n_other)
        if f < 3:
            assert math.isnan(row.mi)
            continue
        assert row.mi == pytest.approx(math.log2(f / row.expected))
        assert row.log_dice == pytest.approx(14 + math.log2(2 * min(f, n_node) / (n_node + f2)))
        assert row.log_dice <= 14
        cells = [[f, n_near - f], [f2 - f, n_other - n_near - f2 + f]]
        if n_near < n_other and f2 < n_other:
            g2 = chi2_contingency(cells, correction=False, lambda_="log-likelihood").statistic
            assert abs(row.log_likelihood) == pytest.approx(g2, abs=1e-9)
            assert row.log_likelihood * (f - row.expected) >= -1e-9
            forward = cells[0][0] / n_near - cells[1][0] / (n_other - n_near)
            assert row.delta_p_forward == pytest.approx(forward)


@given(some_tokens, st.sampled_from(["clause", "sentence"]))
def test_units_agree_with_looking_at_every_unit(tokens, within):
    tokens = tokens.assign(clause_id=tokens["sentence_id"] * 10 + tokens["position"] % 2)
    node = tokens["token"].iloc[0]
    units = [set(words) for _, words in tokens.groupby(["doc_id", f"{within}_id"])["token"]]
    company = context.collocations(tokens, node, within=within, n_units=len(units) + 1)
    both = Counter(word for unit in units if node in unit for word in unit - {node})
    assert dict(zip(company["collocate"], company["n"], strict=True)) == both
    f1 = sum(node in unit for unit in units)
    for row in company.itertuples():
        f2 = sum(row.collocate in unit for unit in units)
        assert row.n_collocate == f2
        assert row.expected == pytest.approx(f1 * f2 / (len(units) + 1))
        if row.n >= 3:
            assert row.log_dice == pytest.approx(14 + math.log2(2 * row.n / (f1 + f2)))
            forward = row.n / f1 - (f2 - row.n) / (len(units) + 1 - f1)
            assert row.delta_p_forward == pytest.approx(forward)


@given(some_tokens, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(tokens, randomness):
    node = tokens["token"].iloc[0]
    rows = list(range(len(tokens)))
    randomness.shuffle(rows)
    pd.testing.assert_frame_equal(
        context.collocations(tokens.iloc[rows], node, window=2),
        context.collocations(tokens, node, window=2),
    )
    pd.testing.assert_frame_equal(
        context.count_neighbours(tokens.iloc[rows], node), context.count_neighbours(tokens, node)
    )


def test_a_window_is_of_running_words_also_when_some_were_left_out():
    tokens = tokens_of("防控 和 和 复工")
    without = tokens[tokens["token"] != "和"]
    assert context.collocations(without, "防控", window=2).empty
    assert context.collocations(without, "防控", window=3)["collocate"].tolist() == ["复工"]
    assert context.collocations(tokens, "防控", window=10**30)["n"].tolist() == [2, 1]


def test_a_place_between_two_nodes_counts_once():
    company = context.collocations(tokens_of("防控 和 防控"), "防控", window=1)
    assert company[["collocate", "n", "n_collocate"]].values.tolist() == [["和", 1, 1]]


def test_a_node_that_is_everywhere_leaves_nothing_to_compare():
    company = context.collocations(tokens_of(*["防控 复工"] * 4), "防控", within="sentence")
    assert company[["n", "mi", "log_dice"]].values.tolist() == [[4, 0.0, 14.0]]
    assert company[["log_likelihood", "delta_p_forward"]].isna().all(axis=None)
    assert context.collocations(tokens_of("防控", "复工"), "防控").empty


@pytest.mark.parametrize(
    ("node", "message"),
    [
        (
            "疫情防控",
            "no token here: this segmenter cuts it into 疫情 / 防控 .9×.*make_segmenter.lexicon",
        ),
        ("落", r"no token here: it stands inside 落实 \(6×\)"),
        ("強化", "the cleaned text is simplified: name '强化'"),
        ("动态清零", "no token here, nor part of one"),
        ("", "must be text with a character in it"),
        (None, "must be text with a character in it"),
    ],
)
@pytest.mark.parametrize("count", [context.collocations, context.count_neighbours])
def test_a_node_that_is_no_token_is_explained(plain_tokens, count, node, message):
    with pytest.raises(ValueError, match=message):
        count(plain_tokens, node)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"window": 0}, "window is 0, not a whole number of 1 or more"),
        ({"window": -5}, "window is -5"),
        ({"window": 1.5}, "window is 1.5"),
        ({"within": "paragraph"}, "within is 'paragraph'; choose one of window, clause, sentence"),
        ({"at_least": 2}, "at_least is 2, .* can be raised, not lowered"),
        ({"within": "clause"}, "no column 'clause_id'; place them first with segment.place_tokens"),
        ({"n_units": 61}, "a window is no unit"),
        ({"within": "sentence", "n_units": 3}, "n_units is 3, .* so many sentences hold a token"),
    ],
)
def test_options_that_make_no_sense_are_refused(tokens, options, message):
    with pytest.raises(ValueError, match=message):
        context.collocations(tokens, "疫情防控", **options)


@pytest.mark.parametrize(
    ("tokens", "message"),
    [
        (tokens_of(), "the tokens table has no row; make it with segment.tokenize"),
        (tokens_of("防控").drop(columns="position"), "no column 'position'"),
        (
            tokens_of("防控 复工").assign(token=["防控", None]),
            "1 rows of the tokens table have no token",
        ),
        (
            tokens_of("防控 复工").assign(token=["防控", 7]),
            "the token must be text with a character in it, not 7",
        ),
        (
            tokens_of("防控").assign(position="1"),
            "column position of the tokens table holds .*, not whole",
        ),
        (
            tokens_of("防控").assign(sentence_id=np.nan),
            "1 rows of the tokens table have no sentence_id",
        ),
        (
            pd.concat([tokens_of("防控 复工")] * 2),
            "'d1' has two tokens at position 1, as when the tables of two",
        ),
    ],
)
@pytest.mark.parametrize("count", [context.collocations, context.count_neighbours])
def test_tokens_that_cannot_be_counted_are_refused(count, tokens, message):
    with pytest.raises(ValueError, match=message):
        count(tokens, "防控")


def test_tokens_of_two_segmenters_are_refused():
    mixed = tokens_of("防控 复工").assign(segmenter=["3f2a no HMM", "91bc HMM"])
    for count in (context.collocations, context.count_neighbours):
        with pytest.raises(ValueError, match="segmenter"):
            count(mixed, "防控")
    with pytest.raises(ValueError, match="segmenter"):
        context.collocation_network(mixed, ["防控"])
    with pytest.raises(ValueError, match="segmenter"):
        context.collocate_lines(documents_of("防控复工"), mixed, "防控", "复工")


# --- lines of a pair ----------------------------------------------------------------------


def test_lines_of_a_pair_in_the_sample(documents, tokens, placed):
    lines = context.collocate_lines(documents, tokens, "疫情防控", "经济社会发展", width=12)
    assert list(lines.columns) == COLUMNS["kwic"]
    assert len(lines) == 6
    assert (lines["node"] == "疫情防控").all()
    assert lines["right"].str.contains("经济社会发展").all()
    in_clause = context.collocate_lines(
        documents, placed, "疫情防控", "经济社会发展", within="clause", width=12
    )
    pd.testing.assert_frame_equal(in_clause, lines)
    every = context.kwic(documents, "疫情防控", width=12)
    merged = lines.merge(every, how="left", indicator=True)
    assert (merged["_merge"] == "both").all()


def test_lines_count_mentions_of_the_node():
    sentences = ["防控 复工 防控 会议 会议 防控", "复工"]
    documents = documents_of("".join(sentences).replace(" ", ""))
    tokens = tokens_of(*sentences)
    near = context.collocate_lines(documents, tokens, "防控", "复工", window=1)
    assert near["start"].tolist() == [0, 4]
    in_sentence = context.collocate_lines(documents, tokens, "防控", "复工", within="sentence")
    assert in_sentence["start"].tolist() == [0, 4, 10]


def test_a_pair_that_cannot_be_shown_is_refused(documents, tokens):
    with pytest.raises(
        ValueError, match="'疫情防控' and '监狱' never occur together within the same window"
    ):
        context.collocate_lines(documents, tokens, "疫情防控", "监狱", window=1)
    with pytest.raises(
        ValueError, match="is node and collocate; for all its lines use context.kwic"
    ):
        context.collocate_lines(documents, tokens, "统筹", "统筹")
    with pytest.raises(ValueError, match="'某某' is no token here"):
        context.collocate_lines(documents, tokens, "统筹", "某某")
    with pytest.raises(
        ValueError, match="the tokens table has .* where these documents have it not"
    ):
        context.collocate_lines(documents_of("别的"), tokens, "统筹", "推进")
    with pytest.raises(ValueError, match="window is 0"):
        context.collocate_lines(documents, tokens, "统筹", "推进", window=0)


# --- network ------------------------------------------------------------------------------


def test_the_network_holds_the_surest_company_of_each_node(placed):
    edges = context.collocation_network(placed, ["疫情防控", "统筹"], within="clause", top=2)
    assert edges.columns.tolist() == ["node", "collocate", "n", "log_dice", "log_likelihood"]
    assert edges["node"].tolist() == ["疫情防控", "疫情防控", "统筹", "统筹"]
    for node, of_node in edges.groupby("node"):
        company = context.collocations(placed, node, within="clause").head(2)
        columns = ["collocate", "n", "log_dice", "log_likelihood"]
        assert of_node[columns].values.tolist() == company[columns].values.tolist()


def test_words_left_out_are_no_collocates_but_are_counted(placed):
    whole = context.collocation_network(placed, ["疫情防控"], within="clause")
    without = context.collocation_network(
        placed, ["疫情防控"], within="clause", leave_out=["和", "的"]
    )
    assert set(whole["collocate"]) - set(without["collocate"]) == {"和", "的"}
    kept = whole[~whole["collocate"].isin(["和", "的"])].reset_index(drop=True)
    pd.testing.assert_frame_equal(without, kept)


def test_the_network_leaves_out_the_rare_and_the_repelled():
    """复工 meets 防控 three times of ten, which is less than expected; 会议 meets it twice."""
    sentences = ["防控 落实"] * 9 + ["防控 复工"] * 3 + ["复工 企业"] * 7 + ["防控 会议"] * 2
    tokens = tokens_of(*sentences)
    company = context.collocations(tokens, "防控", within="sentence").set_index("collocate")
    assert company.loc["复工", "n"] == 3 and company.loc["复工", "log_likelihood"] < 0
    edges = context.collocation_network(tokens, ["防控", "防控"], within="sentence")
    assert edges[["node", "collocate"]].values.tolist() == [["防控", "落实"]]


@pytest.mark.parametrize(
    ("nodes", "options", "message"),
    [
        ([], {}, "there is no node; name one or more"),
        ("疫情防控", {}, r"nodes is the text '疫情防控'; give a list, such as \['疫情防控'\]"),
        (["疫情防控", "某某"], {}, "'某某' is no token here"),
        (["疫情防控", "监狱"], {}, "'监狱' meets nothing at least 3 times"),
        (["疫情防控"], {"top": 0}, "top is 0"),
        (["疫情防控"], {"at_least": 1}, "can be raised, not lowered"),
        (["疫情防控"], {"window": 0}, "window is 0"),
        (["疫情防控"], {"leave_out": "和"}, "leave_out is the text '和'"),
    ],
)
def test_networks_that_cannot_be_are_refused(tokens, nodes, options, message):
    with pytest.raises(ValueError, match=message):
        context.collocation_network(tokens, nodes, **options)


# --- size ---------------------------------------------------------------------------------


def test_time_grows_with_the_tokens_not_with_their_square():
    """300,000 tokens, the commonest as node, a window wider than any sentence."""
    rng = np.random.default_rng(1)
    n = 300_000
    tokens = pd.DataFrame(
        {
            "doc_id": "d",
            "sentence_id": np.arange(n) // 1000,
            "position": np.arange(1, n + 1),
            "token": pd.Series([f"w{code}" for code in rng.zipf(1.5, n).clip(max=20_000)]),
        }
    )
    begun = time.monotonic()
    context.collocations(tokens, "w1", window=1000)
    context.collocations(tokens, "w1", within="sentence")
    assert time.monotonic() - begun < 10


# --- options and what they are told --------------------------------------------------------


def test_a_bracket_meant_as_such_does_not_make_a_pattern_call_itself():
    texts = documents_of("附件(R)。")
    assert context.kwic(texts, r"\(?R", pattern=True)["node"].tolist() == ["(R"]
    assert context.kwic(documents_of("防{9000}"), r"防\{9000\}", pattern=True)["node"].tolist()
    with pytest.raises(ValueError, match="calls itself"):
        context.kwic(texts, r"\\(?R)", pattern=True)


def test_a_term_that_cleaning_leaves_nothing_of_is_told(documents):
    with pytest.raises(ValueError, match="cleaning leaves nothing of it"):
        context.kwic(documents, "\u200b")


def test_numbers_of_numpy_are_widths_too(documents):
    assert_same = pd.testing.assert_frame_equal
    lines = context.kwic(documents, "防控", width=5)
    assert_same(context.kwic(documents, "防控", width=np.uint8(5)), lines)
    shown = context.format_kwic(lines, width=3)
    assert context.format_kwic(lines, width=np.uint8(3)) == shown
    assert lines["left"].iloc[0][-3:] in shown


def test_a_gloss_that_is_missing_is_none_and_a_glossary_is_called_so(documents):
    lines = context.kwic(documents, "防控", width=5)
    glossary = pd.DataFrame({"term": ["防控", "防控"], "gloss_en": [None, "control"]})
    assert "control" in context.show_kwic(lines, glossary=glossary).page
    assert "(no gloss)" in context.show_kwic(lines, glossary=glossary[:1]).page
    with pytest.raises(ValueError, match="the glossary table .*lexicon.read_glossary"):
        context.show_kwic(lines, glossary=glossary[["term"]])


def test_windows_and_bounds_are_judged_alike(documents):
    tokens = tokens_of("坚决 打赢 坚决 守好")
    for call in (
        lambda: context.collocations(tokens, "坚决", within="sentence", window=0),
        lambda: context.collocate_lines(
            documents, tokens, "坚决", "打赢", within="sentence", window=0
        ),
    ):
        with pytest.raises(ValueError, match="window is 0"):
            call()
    with pytest.raises(ValueError, match="within is 'x': neighbours stand within"):
        context.count_neighbours(tokens, "坚决", within="x")
    with pytest.raises(ValueError, match="nodes is None; give a list"):
        context.collocation_network(tokens, None)


@pytest.mark.parametrize("missing", [pd.NA, np.array(["window", "clause"])])
def test_what_cannot_be_compared_with_a_name_is_refused_by_name(documents, missing):
    tokens = tokens_of("坚决 打赢 坚决 守好")
    lines = context.kwic(documents, "防控", width=5)
    for argument, call in (
        ("within is", lambda: context.collocations(tokens, "坚决", within=missing)),
        ("within is", lambda: context.count_neighbours(tokens, "坚决", within=missing)),
        ("within is", lambda: context.collocation_network(tokens, ["坚决"], within=missing)),
        ("lines cannot be sorted by", lambda: context.sort_kwic(lines, by=missing)),
    ):
        with pytest.raises(ValueError, match=argument):
            call()


@pytest.mark.parametrize("name", [["坚决"], pd.NA, None, 3])
def test_nodes_and_left_out_tokens_are_texts(name):
    tokens = tokens_of("坚决 打赢 坚决 守好")
    with pytest.raises(ValueError, match="nodes holds .*, which is no text; give a list of tokens"):
        context.collocation_network(tokens, [name])
    with pytest.raises(ValueError, match="leave_out holds .*, which is no text"):
        context.collocation_network(tokens, ["坚决"], leave_out=[name])
