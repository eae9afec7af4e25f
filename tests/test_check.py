"""Near misses of set phrases; every spun sentence here was made up for these tests."""

import math

import pandas as pd
import pytest

from helpers import check, clean, lexicon
from helpers.tables import COLUMNS
from scripts.measure_tampering import read_corpora

ISSUE = ["外防投入", "公民至上", "加鼎力度", "生长改造委"]


def make_documents(*texts: str) -> pd.DataFrame:
    return pd.DataFrame({"doc_id": [f"d{i}" for i in range(len(texts))], "text": list(texts)})


@pytest.fixture(scope="module")
def near_misses() -> pd.DataFrame:
    return check.read_near_misses()


def test_the_table_is_whole_and_none_of_its_strings_is_a_real_term(near_misses):
    terms = lexicon.read_lexicon()
    surfaces = set(lexicon.list_surfaces(terms)["surface"])
    assert not surfaces & set(near_misses["near_miss"])
    assert set(ISSUE) <= set(near_misses["near_miss"])
    assert set(near_misses["evidence"]) == {"seen", "pattern"}
    assert (near_misses["gloss_en"] != "").all() and (near_misses["pinyin"] != "").all()
    assert (
        clean.clean_text("\n".join(near_misses["near_miss"])).split("\n")
        == near_misses["near_miss"].tolist()
    )


def test_a_near_miss_that_holds_another_would_hide_it(near_misses):
    names = near_misses["near_miss"].tolist()
    assert [(a, b) for a in names for b in names if a != b and a in b] == []


def test_a_spun_sentence_is_found_with_its_place_and_context():
    text = "会议指出，要坚持外防投入、内防扩散，\n坚持公民至上。"
    found = check.find_near_misses(make_documents("疫情防控。", text))
    assert list(found.columns) == COLUMNS["near misses"]
    assert found[["doc_id", "near_miss", "original"]].values.tolist() == [
        ["d1", "外防投入", "外防输入"], ["d1", "公民至上", "人民至上"],
    ]  # fmt: skip
    assert [text[row.start : row.end] for row in found.itertuples()] == ["外防投入", "公民至上"]
    assert found["left"].tolist() == ["会议指出，要坚持", "坚持外防投入、内防扩散，⏎坚持"]


def test_a_near_miss_inside_a_longer_genuine_phrase_does_not_count(near_misses):
    genuine = near_misses.head(1).assign(near_miss="防投入", original="外防投入品检验")
    assert check.find_near_misses(make_documents("做好外防投入品检验"), genuine).empty
    assert len(check.find_near_misses(make_documents("做好防投入"), genuine)) == 1


def test_the_sample_report_has_no_near_miss(documents):
    scores = check.score_suspicion(documents)
    row = scores.iloc[0]
    assert (row["n_near_misses"], row["suspicion"], row["verdict"]) == (0, 0.0, "no near miss")
    assert row["n_intact"] > 20


def test_scores_count_both_and_give_an_interval():
    scores = check.score_suspicion(
        make_documents("外防投入，公民至上，外防投入，复工复产。", "复工复产，外防投入", "天气好")
    )
    assert scores["n_near_misses"].tolist() == [3, 1, 0]
    assert scores["n_distinct"].tolist() == [2, 1, 0]
    assert scores["n_intact"].tolist() == [1, 1, 0]
    assert scores["verdict"].tolist() == [
        "suspected: 2 different near misses", "one near miss: look at it", "no set phrase to check",
    ]  # fmt: skip
    assert scores["suspicion"].tolist()[:2] == [0.75, 0.5] and math.isnan(
        scores["suspicion"].iloc[2]
    )


def test_the_interval_is_wilsons():
    """Wilson 1927 for 3 of 4, written out: centre and half width from the quadratic."""
    scores = check.score_suspicion(make_documents("外防投入，公民至上，外防投入，复工复产。"))
    z, n, p = 1.959963984540054, 4, 0.75
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    assert scores["suspicion_low"].iloc[0] == pytest.approx(centre - half)
    assert scores["suspicion_high"].iloc[0] == pytest.approx(centre + half)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("near_miss\n甲\n", "has no column 'original'"),
        ("HEADER\n,甲,,,,,0,0\n", "line 2 lacks a near_miss or an original"),
        ("HEADER\n甲,甲,,,,,0,0\n", "line 2: '甲' misses nothing"),
        ("HEADER\n甲,乙,,,,,0,0\n甲,丙,,,,,0,0\n", "lists '甲' twice"),
        ("", "is no csv"),
    ],
)
def test_a_table_that_cannot_be_used_names_the_row(tmp_path, content, message):
    path = tmp_path / "own.csv"
    header = "near_miss,original,swap,pinyin,gloss_en,evidence,n_in_clean,n_original"
    path.write_text(content.replace("HEADER", header), encoding="utf-8")
    with pytest.raises(check.NearMissTableError, match=message):
        check.read_near_misses(path)


def test_a_missing_table_is_named(tmp_path):
    with pytest.raises(check.NearMissTableError, match="no table of near misses at none.csv"):
        check.read_near_misses(tmp_path / "none.csv")


def test_documents_without_text_name_the_room():
    with pytest.raises(ValueError, match="make it with load.read_documents"):
        check.find_near_misses(pd.DataFrame({"doc_id": ["a"]}))


def test_no_document_of_the_clean_corpora_is_suspected(corpora):
    texts = [text for of_corpus in read_corpora(corpora).values() for text in of_corpus]
    assert len(texts) > 14_000
    scores = check.score_suspicion(make_documents(*texts))
    assert scores["n_near_misses"].sum() == 0


def test_a_document_without_text_is_named():
    with pytest.raises(ValueError, match="'d0' has no cleaned text; run clean.clean_documents"):
        check.score_suspicion(pd.DataFrame({"doc_id": ["d0"], "text": [None]}))
