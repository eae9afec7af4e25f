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
     ("原则上可由各地决定，鼓励居家。", ["原则上", "可按", "鼓励"]), ("绝不能松懈。", ["决不能"]),
     ("不应聚集，不应该出行，不应当拖延。", ["不应", "不应", "不应"]), ("增长不应低估，应重视。", ["不应", "应"]),
     ("应俄方要求举行会议。", []), ("应判尽判、应设尽设。", []), ("供不应求。", []),
     ("网信事业要发展，必须创新。", ["必须"]), ("必然要触动利益，就要到来。", []),
     ("决不会动摇，绝不是小事。", []), ("决不手软。", ["决不"]), ("令行禁止。", []),
     ("这样就可以增加收入。", []), ("可持续发展。", []), ("企业可以根据规定办理。", ["可以按照"]),
     ("加强舆论引导，落实支持政策。", []), ("引导企业，支持就业。", ["引导", "支持"]),
     ("坚持目标不能变。", ["决不能"]), ("公式不能变成口号。", []), ("非必要不出省。", ["非必要不"])],
)  # fmt: skip
def test_expressions_and_their_decoys(obligations, text, found):
    hits = profile.find_obligations(sentences_of(text), obligations)
    assert hits["expression"].tolist() == found
    assert all(text[hit.start : hit.end] == hit.surface for hit in hits.itertuples())


def test_the_sample_by_hand(sentences, obligations, documents):
    """Search the cleaned report for 要: 4 number directives, 4 order; the rest are 要求 and 重要.

    One 不能变 forbids. 引导 stands in it once, as a noun: 舆论引导 (guidance of opinion).
    """
    hits = profile.find_obligations(sentences, obligations)
    assert list(hits.columns) == COLUMNS["obligation hits"]
    assert hits["expression"].value_counts().to_dict() == {"要": 8, "决不能": 1}
    assert hits.loc[hits["numbering"], "part"].tolist() == [f"directive {i}" for i in range(1, 5)]
    counts = profile.count_obligations(hits, sentences)
    assert list(counts.columns) == ["part", *COLUMNS["obligation counts"]]
    assert counts["n"].sum() == 5 and len(counts) == 7 * 6
    third = counts[(counts["part"] == "directive 3") & (counts["kind"] == "requirement")].iloc[0]
    assert (third["n"], third["n_sentences"], third["n_numbering"]) == (2, 1, 1)
    assert counts["n_numbering"].sum() == 4
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
    with pytest.raises(ValueError, match="hold the kind 'force'; the kinds are prohibition"):
        profile.count_obligations(hits.assign(kind="force"), sentences)
    with pytest.raises(ValueError, match="has a sentence twice"):
        profile.count_obligations(hits, pd.concat([sentences, sentences]))
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


@pytest.mark.parametrize("strength", ["strong", "2.5", "-1"])
def test_a_strength_is_a_whole_number(tmp_path, strength):
    path = tmp_path / "own.csv"
    path.write_text(
        f"expression,kind,gloss_en,strength\n必须,obligation,must,\n狠狠,obligation,hard,{strength}\n",
        encoding="utf-8",
    )
    with pytest.raises(LexiconError, match=rf"line 3 .'狠狠'. has the strength '{strength}'"):
        profile.read_obligations(path)


def test_the_table_keeps_the_degrees_of_its_source(obligations):
    """Wording of engineering standards: 必须 and 严禁 4, 应 and 不得 3, 宜 and 不宜 2, 可 1."""
    strength = obligations.set_index("expression")["strength"]
    told = {"必须": 4, "严禁": 4, "应": 3, "不得": 3, "不宜": 2, "可按": 1}
    assert strength[list(told)].to_dict() == told
    assert set(strength) == {1, 2, 3, 4}
    kinds = list(dict.fromkeys(obligations["kind"]))
    assert kinds == list(profile.OBLIGATION_KINDS)
    assert 50 <= len(obligations) <= 80


def test_no_decoy_of_ours_is_an_expression_of_its_own(obligations):
    """It would win as an expression, so listing it as a decoy would mislead."""
    split = [set("/".join(obligations[c]).split("/")) - {""} for c in ("variants", "decoys")]
    assert not split[1] & (split[0] | set(obligations["expression"]))


def test_a_table_of_ones_own_needs_three_columns(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("expression,kind,gloss_en\n狠狠,obligation,hard\n", encoding="utf-8")
    own = profile.read_obligations(path)
    assert own["strength"].tolist() == [3] and list(own.columns) == COLUMNS["obligations"]
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
     ("“三个坚持，四个不”", []), ("抓六保六稳", ["六保", "六稳"]), ("依照第二十条办理", []),
     ("“五个一百”工程", ["五个一百"]), ("改“一刀切”为“一放三管”", ["一放三管"]),
     ("到2035年2+26城市", ["2+26"]), ("8+1+1+9", ["8+1+1+9"])],
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


@pytest.mark.parametrize(
    ("rows", "message"),
    [("六稳,,a,b,c\n稳稳,六稳,a,b,c", "'六稳' twice"), ("兩個維護,,a,b,c", "write '两个维护'")],
)
def test_forms_of_abbreviations_are_checked(tmp_path, rows, message):
    path = tmp_path / "own.csv"
    header = "abbreviation,variants,gloss_en,expansion_zh,expansion_en\n"
    path.write_text(header + rows + "\n", encoding="utf-8")
    with pytest.raises(LexiconError, match=message):
        profile.read_abbreviations(path)


def test_our_abbreviations_say_what_they_stand_for_and_how_we_know():
    table = profile.read_abbreviations()
    assert len(table) >= 100
    filled = table[["expansion_en", "scope", "source", "gloss_en"]]
    assert (filled != "").all(axis=None)
    # Two names whose items nobody here could verify; the English text says so.
    unverified = table[table["expansion_zh"] == ""]
    assert unverified["abbreviation"].tolist() == ["五个一", "1+1+4"]
    assert unverified["expansion_en"].str.contains("not verified").all()


def test_sentences_that_are_no_text_are_named(obligations):
    sentences = sentences_of("必须落实。").assign(sentence=float("nan"))
    with pytest.raises(ValueError, match="1 rows of the sentences table have no text in sentence"):
        profile.find_obligations(sentences, obligations)
    with pytest.raises(ValueError, match="no text in sentence"):
        profile.find_abbreviations(sentences, profile.read_abbreviations())
