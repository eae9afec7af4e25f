import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import lexicon, paths
from helpers.counting.lexicon import matching

HEADER = "term,variants,category,subcategory,gloss_en,strength,ambiguous\n"


@pytest.fixture
def write_lexicon(tmp_path):
    def write_file(content: str):
        path = tmp_path / "own.csv"
        path.write_text(content, encoding="utf-8")
        return path

    return write_file


def make_lexicon(**category_of: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "term": list(category_of),
            "variants": "",
            "category": list(category_of.values()),
            "subcategory": "",
        }
    )


def make_sentences(*sentences: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "doc_id": "d",
            "sentence_id": range(1, len(sentences) + 1),
            "start": 0,
            "sentence": sentences,
        }
    )


def test_the_suite_s_lexicon_is_whole(lexicon_table):
    assert len(lexicon_table) == 925
    assert lexicon_table["category"].value_counts().to_dict() == {
        "prevention": 344, "reopening": 263, "governance": 114,
        "place_institution": 101, "coupling": 50, "decoy": 53,
    }  # fmt: skip


def test_every_term_has_an_id_of_its_category_a_day_and_a_reason(lexicon_table):
    assert lexicon_table["id"].is_unique
    letter = lexicon_table["category"].map(
        {"prevention": "P", "reopening": "R", "coupling": "C", "governance": "G",
         "place_institution": "I", "decoy": "D"}
    )  # fmt: skip
    assert (lexicon_table["id"].str[0] == letter).all()
    assert lexicon_table["id"].str.fullmatch(r"[A-Z]\d{3}").all()
    assert lexicon_table["date_added"].str.fullmatch(r"2026-\d\d-\d\d").all()
    assert (lexicon_table["reason"] != "").all()
    assert (lexicon_table["gloss_en"] != "").all() and (lexicon_table["pinyin"] != "").all()


def test_every_subcategory_is_defined_in_the_codebook(lexicon_table):
    codebook = pd.read_csv(paths.LEXICON / "codebook.csv", encoding="utf-8")
    keys = ["category", "subcategory"]
    counted = lexicon_table.groupby(keys).size()
    defined = codebook.set_index(keys)["n_terms"]
    assert counted.sort_index().to_dict() == defined.sort_index().to_dict()
    assert (codebook["definition"].str.len() > 5).all()


@pytest.mark.parametrize(
    ("sentence", "free"),
    [
        ("污染防治和防范化解重大风险", ["污染防治", "防范化解重大风险"]),
        ("境外来人防控", ["防控"]),
        ("节后复工", ["复工"]),
        ("疫情输入风险防控", ["疫情输入", "防控"]),
        ("在疫情防控期间", ["疫情防控期间"]),
        ("医务工作者", ["医务工作者"]),
        ("早发现、早报告、早隔离、早治疗", ["四早"]),
    ],
)
def test_decoys_and_long_forms_take_what_is_theirs_and_no_more(lexicon_table, sentence, free):
    hits = lexicon.find_terms(make_sentences(sentence), lexicon_table)
    assert hits.loc[hits["free"], "term"].tolist() == free


@pytest.mark.parametrize(
    ("term", "n", "n_free"),
    # Check by hand: search the cleaned report for the term, and look at what surrounds it.
    [
        ("疫情防控", 9, 2),
        ("复工复产", 3, 0),
        ("经济社会发展", 7, 0),
        ("外防输入", 1, 0),
        ("隔离", 1, 1),
    ],
)
def test_mentions_on_the_sample(hits, documents, term, n, n_free):
    of_term = hits[hits["term"] == term]
    assert (len(of_term), of_term["free"].sum()) == (n, n_free)
    assert documents["text"].iloc[0].count(term) == n
    assert (of_term["inside"] == "").sum() == n_free


def test_free_mentions_by_category_on_the_sample(hits):
    """The longest-match counts of the lexicon's design notes."""
    assert hits[hits["free"]]["category"].value_counts().to_dict() == {
        "governance": 72, "place_institution": 27, "prevention": 23,
        "coupling": 8, "reopening": 7, "decoy": 3,
    }  # fmt: skip


def test_quotation_marks_and_brackets_do_not_break_a_phrase(hits):
    doors = hits[hits["term"] == "打开大门守好小门"].iloc[0]
    assert doors["surface"] == "分区分级打开“大门”、坚决守好“小门"
    group = hits[hits["term"] == "复工复产工作领导小组"].iloc[0]
    assert group["surface"] == "市推进企业(项目)复工复产工作领导小组"


def test_decoys_take_their_characters_first(hits):
    decoys = hits[(hits["category"] == "decoy") & hits["free"]]
    assert decoys["term"].tolist() == ["精准扶贫", "污染防治", "防范化解重大风险"]
    assert not hits[(hits["term"] == "防治") & hits["free"]]["free"].any()


def test_free_mentions_are_leftmost_longest_as_a_regular_expression_finds_them(
    sentences, lexicon_table, hits
):
    """A second way to the same answer: an alternation sorted by length is leftmost-longest."""
    marks = re.compile(r"[“”()]")
    surfaces = lexicon.list_surfaces(lexicon_table)
    term_of = {marks.sub("", s.surface): s.term for s in surfaces.itertuples()}
    alternation = re.compile("|".join(map(re.escape, sorted(term_of, key=len, reverse=True))))
    expected = [
        term_of[match]
        for sentence in sentences["sentence"]
        for match in alternation.findall(marks.sub("", sentence))
    ]
    assert hits.loc[hits["free"], "term"].tolist() == expected


def test_a_shorter_variant_inside_the_same_term_is_not_counted_twice(write_lexicon):
    own = lexicon.read_lexicon(write_lexicon(HEADER + "复工复产,复工,reopening,,resumption,3,0\n"))
    found = lexicon.find_terms(make_sentences("复工复产，复工"), own)
    assert found["surface"].tolist() == ["复工复产", "复工"]
    assert found["free"].all()


def test_a_mention_that_straddles_the_chosen_one_is_kept_and_not_free():
    found = lexicon.find_terms(
        make_sentences("防控措施"), make_lexicon(防控措="prevention", 措施="governance")
    )
    assert found[["term", "inside", "free"]].values.tolist() == [
        ["防控措", "", True], ["措施", "防控措", False],
    ]  # fmt: skip


def test_no_hit_gives_an_empty_table_with_all_columns():
    found = lexicon.find_terms(make_sentences("无"), make_lexicon(防控="prevention"))
    assert found.empty and "inside" in found.columns and found["free"].dtype == bool


@given(st.text(alphabet="防控疫情“”和", max_size=30))
def test_every_mention_of_a_string_is_found(text):
    found = lexicon.find_terms(
        make_sentences(text), make_lexicon(防控="prevention", 疫情防控="prevention", 控疫="decoy")
    )
    bare = text.replace("“", "").replace("”", "")
    for term in ("防控", "疫情防控", "控疫"):
        assert (found["term"] == term).sum() == bare.count(term)
    free = found[found["free"]]
    assert (free["start"].iloc[1:].to_numpy() >= free["end"].iloc[:-1].to_numpy()).all()


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 9)), unique=True, max_size=40))
def test_a_search_goes_on_behind_each_match_it_has_found(spans):
    """Chains of matches that overlap, which no word list has for long."""
    matches = sorted((start, start - n) for start, n in spans)
    start, end = (np.array([], np.int64),) * 2
    if matches:
        start, end = np.array([(one, 2 * one - other) for one, other in matches]).T
    expected, at = [], 0
    for number, (begins, ends) in enumerate(zip(start.tolist(), end.tolist(), strict=True)):
        if begins >= at:
            expected.append(number)
            at = ends
    assert matching._leftmost_longest(start, end).tolist() == expected


def test_a_text_without_marks_keeps_its_places_and_one_with_them_leaves_theirs_out():
    for text, shadow, places in (
        ("", "", []), ("防\ud83d控", "防\ud83d控", [0, 1, 2]), ("“防”𠀀(", "防𠀀", [1, 3])
    ):  # fmt: skip
        found, at = matching._without_transparent(text)
        assert (found, at.tolist()) == (shadow, places)


BAD_LEXICONS = {
    "missing gloss": (
        "防控,,prevention,,,2,0\n",
        r"own.csv line 2 \(term '防控'\) has no gloss_en",
    ),
    "missing term": (",,prevention,,control,2,0\n", r"own.csv line 2 \(term '\?'\) has no term"),
    "missing strength": ("防控,,prevention,,control,,0\n", "line 2 .* has no strength"),
    "unknown category": ("防控,,防疫,,control,2,0\n", "the category '防疫'; write one of coupling"),
    "strength out of range": (
        "防控,,prevention,,control,7,0\n",
        "the strength '7'; write one of 1, 2, 3",
    ),
    "duplicate term": (
        "防控,,prevention,,control,2,0\n防控,,reopening,,control,2,0\n",
        "has the form '防控' twice",
    ),
    "variant owned twice": (
        "防控,防疫,prevention,,control,2,0\n防疫,,prevention,,control,2,0\n",
        r"has the form '防疫' twice \(terms '防控' and '防疫'\)",
    ),
    "marks only": (
        "（“”）,,prevention,,control,2,0\n",
        "made of quotation marks and brackets only",
    ),
    "ragged": ("防控,,prevention,,control,2,0,1,2\n", "more cells than its header"),
    "no rows": ("", "has a header but no rows"),
    "traditional": (
        "疫情擴散,,prevention,,spread,2,0\n",
        "in traditional characters.*write '疫情扩散'",
    ),
}


@pytest.mark.parametrize("name", BAD_LEXICONS)
def test_a_bad_row_is_named_with_its_cure(write_lexicon, name):
    rows, message = BAD_LEXICONS[name]
    with pytest.raises(lexicon.LexiconError, match=message):
        lexicon.read_lexicon(write_lexicon(HEADER + rows))


def test_a_lexicon_without_a_column_and_one_that_is_not_there(write_lexicon, tmp_path):
    with pytest.raises(ValueError, match="has no column 'category', 'gloss_en'"):
        lexicon.read_lexicon(write_lexicon("term\n防控\n"))
    with pytest.raises(ValueError, match="nope.csv does not exist"):
        lexicon.read_lexicon(tmp_path / "nope.csv")
    binary = tmp_path / "binary.csv"
    binary.write_bytes(b"\xff\xfe\x00\x01\xd8")
    with pytest.raises(ValueError, match="not a well-formed csv in UTF-8"):
        lexicon.read_lexicon(binary)


def test_a_folder_is_no_lexicon(tmp_path):
    with pytest.raises(ValueError, match="cannot be opened"):
        lexicon.read_lexicon(tmp_path)


def test_blanks_around_a_term_do_not_hide_it(write_lexicon):
    own = lexicon.read_lexicon(write_lexicon(HEADER + " 防控 ,,prevention,,control,2,0\n"))
    assert lexicon.find_terms(make_sentences("防控"), own)["term"].tolist() == ["防控"]


def test_an_empty_lexicon_finds_nothing_to_look_for():
    with pytest.raises(ValueError, match="the lexicon has no term"):
        lexicon.find_terms(make_sentences("防控"), make_lexicon())


def test_defaults_of_a_lexicon_of_ones_own(write_lexicon):
    own = lexicon.read_lexicon(write_lexicon("term,category,gloss_en\n防控,prevention,control\n"))
    assert own.loc[0, ["strength", "word", "ambiguous", "polarity"]].tolist() == [2, 1, 0, 0]


def test_the_glossary_holds_the_lexicon_s_terms_first(lexicon_table):
    glossary = lexicon.read_glossary(lexicon_table)
    assert glossary["term"].is_unique
    assert glossary.set_index("term").loc["疫情防控", "gloss_en"].startswith("epidemic prevention")
    assert len(glossary) > len(lexicon_table)


def test_function_words_leave_modals_and_negators_alone():
    words = set(lexicon.read_function_words()["word"])
    assert {"的", "和"} <= words
    assert not words & set("必须 应当 要 不得 可以 不 不再 没有".split())


def test_function_words_of_ones_own_need_no_pinyin(write_lexicon):
    path = write_lexicon("word,word_class,gloss_en\n的,particle,of\n")
    assert lexicon.read_function_words(path)["pinyin"].tolist() == [""]


def test_glosses_stand_beside_the_word_and_the_unknown_is_marked(lexicon_table):
    glossary = lexicon.read_glossary(lexicon_table)
    counts = pd.DataFrame({"feature": ["疫情防控", "无此词"], "n": [9, 1]})
    glossed = lexicon.add_glosses(counts, glossary)
    assert list(glossed.columns) == ["feature", "gloss_en", "n"]
    assert glossed["gloss_en"].tolist()[0].startswith("epidemic prevention and control")
    assert glossed["gloss_en"].tolist()[1] == "(no gloss)"
    odd = pd.DataFrame({"feature": [["疫情防控"], 7, ""]})
    assert lexicon.add_glosses(odd, glossary)["gloss_en"].tolist() == ["(no gloss)"] * 2 + [""]
    with pytest.raises(ValueError, match="no column 'term'; it has feature, n"):
        lexicon.add_glosses(counts, glossary, column="term")


def test_a_gloss_that_says_nothing_is_none():
    blank = pd.DataFrame({"feature": ["防控", ""]})
    glossary = pd.DataFrame({"term": ["防控", ""], "gloss_en": [" ", "x"]})
    assert lexicon.add_glosses(blank, glossary)["gloss_en"].tolist() == ["(no gloss)", ""]
    # Nor does it hide the one that our own table has, in a lexicon of one's own.
    own = pd.DataFrame({"term": ["但", "某病"], "pinyin": "", "gloss_en": [" ", ""]})
    found = lexicon.read_glossary(own)
    assert found["term"].is_unique
    assert found.set_index("term").loc[["但", "某病"], "gloss_en"].tolist() == ["but", ""]
    assert lexicon.read_glossary(own[:0])["term"].is_unique


def test_a_row_of_a_glossary_without_a_word_is_refused(write_lexicon):
    path = write_lexicon("term,pinyin,gloss_en\n防控,,control\n,,guard\n")
    with pytest.raises(lexicon.LexiconError, match="line 3 .term '.'. has no term; fill it in"):
        lexicon.read_glossary(path=path)


def test_mentions_count_what_the_hits_hold_by_document_and_term(hits):
    mentions = lexicon.count_mentions(pd.concat([hits, hits.assign(doc_id="twin")]))
    assert mentions.columns.tolist() == ["doc_id", "term", "category", "subcategory", "n", "n_free"]
    assert mentions["n"].sum() == 2 * len(hits)
    assert mentions["n_free"].sum() == 2 * hits["free"].sum()
    found = mentions[mentions["term"] == "疫情防控"]
    assert found[["category", "n", "n_free"]].values.tolist() == [["prevention", 9, 2]] * 2


def test_no_hits_give_no_mentions_and_hits_that_are_none_are_refused(hits):
    assert lexicon.count_mentions(hits.iloc[:0]).empty
    with pytest.raises(ValueError, match="'free' of the hits table holds int64"):
        lexicon.count_mentions(hits.assign(free=1))
    with pytest.raises(ValueError, match="no column 'term'"):
        lexicon.count_mentions(hits.drop(columns="term"))


# --- what is refused ----------------------------------------------------------------------

TWO = make_lexicon(防控="prevention", 复工="reopening")


@pytest.mark.parametrize(
    ("sentences", "terms", "message"),
    [
        (None, TWO, "sentences must be a pandas table, not NoneType"),
        (make_sentences("防控", None), TWO, "1 rows .* no well-formed text in 'sentence' .*row 1"),
        (make_sentences("防控", 5), TWO, "no well-formed text in 'sentence' .*holds 5"),
        (make_sentences("防控\ud800"), TWO, "no well-formed text in 'sentence'"),
        (make_sentences("防控").assign(start=None), TWO, "whole number of at least 0 in 'start'"),
        (
            make_sentences("防控").assign(start=0.5),
            TWO,
            "whole number of at least 0 in 'start'.*0.5",
        ),
        (make_sentences("防控").assign(start=-1), TWO, "whole number of at least 0 in 'start'.*-1"),
        (make_sentences("防控").assign(start=True), TWO, "whole number of at least 0 in 'start'"),
        (make_sentences("防控").assign(doc_id=None), TWO, "no value in 'doc_id'"),
        (
            make_sentences("防控", "甲").assign(sentence_id=1),
            TWO,
            "sentence_id 1 of doc_id 'd' twice",
        ),
        (make_sentences("防控"), [1], "lexicon must be a pandas table, not list"),
        (make_sentences("防控"), TWO.assign(term=["防控", None]), "no well-formed text in 'term'"),
        (make_sentences("防控"), TWO.assign(term=["防控", 5]), "no well-formed text in 'term'"),
        (make_sentences("防控"), TWO.assign(term=["防控", "\ud800"]), "well-formed text in 'term'"),
        (
            make_sentences("防控"),
            TWO.assign(term=["防控", ""]),
            "lexicon has the form '', which is",
        ),
        (
            make_sentences("防控"),
            TWO.assign(term=["防控", "“”"]),
            "made of quotation marks and brack",
        ),
        (make_sentences("防控"), TWO.assign(variants=None), "no well-formed text in 'variants'"),
        (make_sentences("防控"), TWO.assign(category="防疫"), "no category .*holds '防疫'"),
        (make_sentences("防控"), TWO.assign(category=None), "no category .* in 'category'"),
        (make_sentences("防控"), pd.concat([TWO, TWO]), "form '防控' twice .*keep it in one row"),
        (
            make_sentences("防控"),
            TWO.assign(variants=["复工", ""]),
            "'复工' twice .terms '防控' and",
        ),
        (
            pd.concat([make_sentences("防控"), make_sentences("防控")[["sentence"]]], axis=1),
            TWO,
            "the sentences table has the column 'sentence' twice",
        ),
    ],
)
def test_finding_terms_names_what_is_wrong(sentences, terms, message):
    with pytest.raises(ValueError, match=message):
        lexicon.find_terms(sentences, terms)


@pytest.mark.parametrize(
    ("text", "start"),
    [("😷防控", 1), ("\0防控", 1), ("\u202e防控", 1), ("مكافحة 防控", 7), ("\u200b防控", 1)],
)
def test_offsets_count_characters_whatever_stands_before(text, start):
    found = lexicon.find_terms(make_sentences(text), TWO)
    assert found[["start", "end"]].values.tolist() == [[start, start + 2]]


def test_hits_do_not_depend_on_index_order_or_dtype():
    sentences = make_sentences("防控和复工", "复工")
    expected = lexicon.find_terms(sentences, TWO)
    odd = sentences.set_axis([7, 7]).astype({"doc_id": "category", "sentence": "category"})
    odd = odd.assign(start=odd["start"].astype(object), note="an extra column")
    terms = TWO.iloc[::-1].astype({"term": "category", "category": "category"})
    pd.testing.assert_frame_equal(lexicon.find_terms(odd, terms), expected)


@pytest.mark.parametrize(
    ("hits", "message"),
    [
        ([1], "hits must be a pandas table, not list"),
        (TWO, "hits table has no column 'doc_id', 'free'"),
        (
            TWO.assign(doc_id="d", free="True"),
            "'free' of the hits table holds .*not True and False",
        ),
        (TWO.assign(doc_id=None, free=True), "no value in 'doc_id'"),
    ],
)
def test_counting_mentions_names_what_is_wrong(hits, message):
    with pytest.raises(ValueError, match=message):
        lexicon.count_mentions(hits)


@pytest.mark.parametrize("path", [5, True, [], "le\0xicon.csv", "\ud800.csv"])
@pytest.mark.parametrize(
    "read",
    [
        lexicon.read_lexicon,
        lexicon.read_function_words,
        lexicon.read_kept_words,
        lambda path: lexicon.read_glossary(path=path),
        lambda path: lexicon.read_table(path, ("term",)),
    ],
)
def test_what_names_no_file_is_refused(read, path):
    with pytest.raises(lexicon.LexiconError, match="must be text or a Path|names no file"):
        read(path)


def test_a_table_may_be_named_by_text_and_needs_a_list_of_columns(write_lexicon):
    path = write_lexicon("term\n防控\n")
    assert lexicon.read_table(str(path), ("term",))["term"].tolist() == ["防控"]
    for required in (None, "term", ()):
        with pytest.raises(ValueError, match="required must be a list of columns"):
            lexicon.read_table(path, required)


COUNTS = pd.DataFrame({"feature": ["防控", "某"], "n": [2, 1]})
GLOSSES = pd.DataFrame({"term": ["防控"], "pinyin": ["fángkòng"], "gloss_en": ["control"]})


@pytest.mark.parametrize(
    ("table", "glossary", "column", "message"),
    [
        (None, GLOSSES, "feature", "must be a pandas table, not NoneType"),
        (COUNTS, None, "feature", "lexicon must be a pandas table, not NoneType"),
        (COUNTS, GLOSSES.assign(gloss_en=None), "feature", "no well-formed text in 'gloss_en'"),
        (COUNTS, GLOSSES, ["feature"], r"no column \['feature'\]; it has feature, n"),
        (pd.DataFrame([[1]]), GLOSSES, "feature", "no column 'feature'; it has 0"),
        (COUNTS.assign(gloss_en=""), GLOSSES, "feature", "has a column 'gloss_en' already"),
    ],
)
def test_glossing_names_what_is_wrong(table, glossary, column, message):
    with pytest.raises(ValueError, match=message):
        lexicon.add_glosses(table, glossary, column=column)


def test_glosses_of_categories_and_of_words_with_an_empty_gloss():
    glossed = lexicon.add_glosses(COUNTS.astype({"feature": "category"}).set_axis([3, 3]), GLOSSES)
    assert glossed["gloss_en"].tolist() == ["control", "(no gloss)"]
    empty = lexicon.add_glosses(COUNTS, GLOSSES.assign(gloss_en=""))
    assert empty["gloss_en"].tolist() == ["(no gloss)", "(no gloss)"]


def test_an_empty_cell_has_no_gloss_to_lack():
    held = pd.DataFrame({"inside": ["防控", "", "某", None]})
    for kind in (object, "str", "category"):
        glossed = lexicon.add_glosses(held.astype(kind), GLOSSES, column="inside")
        assert glossed["gloss_en"].tolist() == ["control", "", "(no gloss)", ""]


@pytest.mark.parametrize("terms", [[1], "防控", TWO, TWO.assign(pinyin=None, gloss_en="control")])
def test_a_glossary_needs_a_lexicon_with_glosses(terms):
    with pytest.raises(ValueError, match="must be a pandas table|no column 'pinyin'|in 'pinyin'"):
        lexicon.read_glossary(terms)
