import pandas as pd
import pytest

from helpers import lexicon

TERMS = pd.DataFrame(
    {
        "term": ["隔离", "核酸检测", "密切接触者", "复工", "疫情防控", "放开管控"],
        "variants": "",
        "category": ["prevention", "prevention", "prevention", "reopening", "prevention"] * 1
        + ["prevention"],
        "subcategory": "",
        "polarity": [1, 1, 0, -1, 1, -1],
    }
)


def mark(sentence: str) -> pd.DataFrame:
    sentences = pd.DataFrame(
        {"doc_id": ["d"], "sentence_id": [1], "start": [10], "sentence": [sentence]}
    )
    return lexicon.mark_direction(lexicon.find_terms(sentences, TERMS), sentences, TERMS)


@pytest.mark.parametrize(
    ("sentence", "cancelled", "direction"),
    [
        ("对来访人员实行隔离", "", "control"),
        ("取消隔离", "ended", "opening"),
        ("不再隔离", "ended", "opening"),
        ("停止全员核酸检测", "ended", "opening"),
        ("今天解除隔离", "ended", "opening"),
        ("隔离已解除", "ended", "opening"),
        ("隔离解除后回家", "ended", "opening"),
        ("未隔离", "negated", "opening"),
        ("无需重复核酸检测", "negated", "opening"),
        ("不得擅自复工", "negated", "control"),
        ("推迟复工", "ended", "control"),
        ("有序复工", "", "opening"),
        ("停止放开管控", "ended", "control"),
        ("取消临时隔离", "ended", "opening"),
        ("解除时隔离三天", "", "control"),
        # not cancelled
        ("不得解除隔离", "", "control"),
        ("不放松疫情防控", "", "control"),
        ("不得不隔离", "", "control"),
        ("不断加强疫情防控", "", "control"),
        ("不得以疫情防控为由", "", "control"),
        ("因疫情防控暂停开放", "", "control"),
        ("取消航班，集中隔离", "", "control"),
        ("取消了当天从北京出发前往当地的航班并隔离", "", "control"),
        ("解除医学观察的密切接触者", "", ""),
        ("坚定不移抓疫情防控", "", "control"),
        ("要不先隔离", "", "control"),
        ("今天解除密切接触者", "", ""),
    ],
)
def test_a_cue_cancels_what_it_names_and_nothing_else(sentence, cancelled, direction):
    row = mark(sentence).iloc[-1]
    assert (row["cancelled"], row["direction"]) == (cancelled, direction)


def test_the_cue_is_named_and_the_rest_of_the_hit_is_unchanged():
    marked = mark("即日起取消隔离。")
    assert marked["cue"].tolist() == ["取消"]
    assert marked["category"].tolist() == ["prevention"]
    assert marked["start"].tolist() == [15]


def test_text_without_hits_gives_an_empty_table():
    marked = mark("天气晴。")
    assert marked.empty
    assert {"cancelled", "cue", "direction"} <= set(marked.columns)


def test_hits_of_another_text_are_refused():
    hits = mark("取消隔离").drop(columns=["cancelled", "cue", "direction"])
    other = pd.DataFrame({"doc_id": ["x"], "sentence_id": [1], "start": [0], "sentence": ["甲"]})
    with pytest.raises(ValueError, match="of document 'd' has hits but is not in the sentences"):
        lexicon.mark_direction(hits, other, TERMS)


def test_hits_of_another_lexicon_are_refused():
    hits = mark("取消隔离").drop(columns=["cancelled", "cue", "direction"])
    sentences = pd.DataFrame(
        {"doc_id": ["d"], "sentence_id": [1], "start": [10], "sentence": ["取消隔离"]}
    )
    with pytest.raises(lexicon.LexiconError, match="term '隔离', which this lexicon lacks"):
        lexicon.mark_direction(hits, sentences, TERMS[TERMS["term"] != "隔离"])


def test_a_cue_with_an_unknown_use_is_refused(tmp_path):
    path = tmp_path / "cues.csv"
    path.write_text("cue,use,kind,position,gloss_en\n取消,stop,ended,both,cancel\n", "utf-8")
    with pytest.raises(lexicon.LexiconError, match="line 2 has the use 'stop'"):
        lexicon.read_cues(path)


def test_every_cue_of_ours_has_a_gloss_and_stands_there_once_per_use():
    cues = lexicon.read_cues()
    assert (cues["gloss_en"] != "").all()
    assert not cues.duplicated(["cue", "use"]).any()
    cancelling = cues[cues["use"] == "cancellation"]
    assert set(cancelling["kind"]) == {"ended", "negated"}
    assert set(cancelling["position"]) == {"before", "after", "both"}
