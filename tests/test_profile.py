import pandas as pd
import pytest

from helpers import profile, segment
from helpers.counting.lexicon import LexiconError
from helpers.tables import COLUMNS


def sentences_of(*texts: str) -> pd.DataFrame:
    documents = pd.DataFrame({"doc_id": [f"d{i}" for i in range(len(texts))], "text": texts})
    return segment.split_sentences(documents)


@pytest.fixture(scope="module")
def obligations() -> pd.DataFrame:
    return profile.read_obligations()


@pytest.mark.parametrize(
    ("text", "found"),
    [("必须落实，不得不如此。", ["必须"]), ("重要的是主要需要，要求概要。", []), ("各地要落实。", ["要"]),
     ("供应应急物资。", []), ("各地应及时处置。", ["应"]), ("应法国总统邀请，他将访问。", []),
     ("应当尽量减少，严禁聚集。", ["应当", "尽量", "严禁"]), ("坚决不让，解决不了。", []),
     ("原则上可以，鼓励居家。", ["原则上", "可以", "鼓励"]), ("绝不能松懈。", ["决不能"])],
)  # fmt: skip
def test_expressions_and_their_decoys(obligations, text, found):
    hits = profile.find_obligations(sentences_of(text), obligations)
    assert hits["expression"].tolist() == found
    assert all(text[hit.start : hit.end] == hit.surface for hit in hits.itertuples())


def test_the_sample_by_hand(sentences, obligations, documents):
    """Search the cleaned report for 要: 4 number directives, 4 order; the rest are 要求 and 重要."""
    hits = profile.find_obligations(sentences, obligations)
    assert list(hits.columns) == COLUMNS["obligation hits"]
    assert hits["expression"].value_counts().to_dict() == {"要": 8, "引导": 1}
    assert hits.loc[hits["numbering"], "part"].tolist() == [f"directive {i}" for i in range(1, 5)]
    counts = profile.count_obligations(hits, sentences)
    assert list(counts.columns) == ["part", *COLUMNS["obligation counts"]]
    assert counts["n"].sum() == 5 and len(counts) == 7 * 6
    third = counts[(counts["part"] == "directive 3") & (counts["kind"] == "requirement")].iloc[0]
    assert (third["n"], third["n_sentences"]) == (2, 1)
    assert third["per_thousand_han"] == pytest.approx(2 / 171 * 1000)


def test_counts_by_document_and_by_part_add_up(obligations):
    sentences = sentences_of("必须落实。必须防控，必须复工。", "严禁聚集。", "没有。")
    hits = profile.find_obligations(sentences, obligations)
    counts = profile.count_obligations(hits, sentences, by="doc_id")
    must = counts[counts["kind"] == "obligation"].set_index("doc_id")
    assert must["n"].tolist() == [3, 0, 0] and must["n_sentences"].tolist() == [2, 0, 0]
    assert must.loc["d0", "per_thousand_han"] == pytest.approx(3 / 12 * 1000)
    by_part = profile.count_obligations(hits, sentences, by="part")
    assert by_part["n"].sum() == counts["n"].sum() == 4


def test_groups_and_hits_that_do_not_fit_are_named(obligations):
    sentences = sentences_of("必须落实。")
    hits = profile.find_obligations(sentences, obligations)
    with pytest.raises(ValueError, match="no column 'month'"):
        profile.count_obligations(hits, sentences, by="month")
    with pytest.raises(ValueError, match="1 obligation hits stand in none of the sentences"):
        profile.count_obligations(hits.assign(doc_id="x"), sentences)
    with pytest.raises(ValueError, match="obligations table has no rows"):
        profile.find_obligations(sentences, obligations.iloc[:0])


@pytest.mark.parametrize(
    ("rows", "message"),
    [("必须,force,must", "line 2 .'必须'. has the kind 'force'; write one of prohibition"),
     ("必须,obligation,must\n必须,obligation,must", "'必须' twice"),
     ("應當,obligation,shall", "'應當' in traditional characters.*write '应当'")],
)  # fmt: skip
def test_faulty_tables_name_the_row_and_the_cure(tmp_path, rows, message):
    path = tmp_path / "own.csv"
    path.write_text("expression,kind,gloss_en\n" + rows + "\n", encoding="utf-8")
    with pytest.raises(LexiconError, match=message):
        profile.read_obligations(path)


def test_a_decoy_must_hold_its_expression(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text(
        "expression,kind,gloss_en,decoys\n必须,obligation,must,务必\n", encoding="utf-8"
    )
    with pytest.raises(LexiconError, match="decoy '务必', which does not hold it"):
        profile.read_obligations(path)


def test_a_table_of_ones_own_needs_three_columns(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("expression,kind,gloss_en\n狠狠,obligation,hard\n", encoding="utf-8")
    own = profile.read_obligations(path)
    assert own["strength"].tolist() == [5] and list(own.columns) == COLUMNS["obligations"]
    assert len(profile.find_obligations(sentences_of("狠狠抓。"), own)) == 1


def test_abbreviations_of_the_sample(sentences):
    """By hand: look for the quoted strings and the numerals of the cleaned report."""
    hits = profile.find_abbreviations(sentences, profile.read_abbreviations())
    assert list(hits.columns) == COLUMNS["abbreviation hits"]
    assert hits["surface"].tolist() == [
        "四个意识", "四个自信", "两个维护", "四标四实", "双区", "双城联动", "五个下足功夫", "1+1+9",
        "1+1+4", "五个一", "六稳", "三大攻坚战", "双胜利",
    ]  # fmt: skip
    assert hits.loc[~hits["known"], "surface"].tolist() == ["五个下足功夫"]
    assert hits.loc[~hits["known"], "expansion_en"].tolist() == ["(not in the glossary)"]


@pytest.mark.parametrize(
    ("text", "found"),
    [("2+3+4任务", ["2+3+4"]), ("共1+1.5倍", []), ("“三个坚持”", ["三个坚持"]),
     ("“三个坚持，四个不”", []), ("抓六保六稳", ["六保", "六稳"])],
)  # fmt: skip
def test_shapes_that_look_like_abbreviations(text, found):
    hits = profile.find_abbreviations(sentences_of(text), profile.read_abbreviations())
    assert hits["surface"].tolist() == found


def test_an_abbreviation_listed_twice_is_refused(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text(
        "abbreviation,gloss_en,expansion_zh,expansion_en\n六稳,a,b,c\n六稳,a,b,c\n",
        encoding="utf-8",
    )
    with pytest.raises(LexiconError, match="'六稳' twice"):
        profile.read_abbreviations(path)
