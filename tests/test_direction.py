import time

import pandas as pd
import pytest

from helpers import lexicon
from helpers.counting.lexicon.direction import _GAP, _GAP_BETWEEN_CUES, _NEAR

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


def make(**columns) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A sentence and its hits; the columns named replace those of the hits."""
    sentences = pd.DataFrame(
        {"doc_id": ["d"], "sentence_id": [1], "start": [10], "sentence": ["取消隔离"]}
    )
    return lexicon.find_terms(sentences, TERMS).assign(**columns), sentences


@pytest.mark.parametrize(
    ("hits", "sentences", "terms", "message"),
    [
        (None, make()[1], TERMS, "hits must be a pandas table, not NoneType"),
        (make()[0], [1], TERMS, "sentences must be a pandas table, not list"),
        (make()[0], make()[1], TERMS.drop(columns="polarity"), "lexicon table has no column 'pol"),
        (
            make()[0],
            make()[1],
            TERMS.assign(polarity="1"),
            "no number -1, 0 or 1 in 'polarity'.*'1'",
        ),
        (make()[0], make()[1], TERMS.assign(polarity=0.5), "number -1, 0 or 1 in 'polarity'"),
        (make()[0], make()[1], TERMS.assign(polarity=None), "no number -1, 0 or 1 in 'polarity'"),
        (make()[0], make()[1], pd.concat([TERMS, TERMS]), "lexicon table has term '隔离' twice"),
        (make(start=None)[0], make()[1], TERMS, "no whole number of at least 0 in 'start'"),
        (make(start="12")[0], make()[1], TERMS, "in 'start' .the first is row 0 and holds '12'"),
        (make(start=900, end=902)[0], make()[1], TERMS, "ends before the hit at 900 to 902"),
        (make(start=0, end=2)[0], make()[1], TERMS, "ends before the hit at 0 to 2"),
        (
            make(sentence_id="1")[0],
            make()[1],
            TERMS,
            "sentence_id holds '1' in the hits .* and 1 in",
        ),
        (make()[0], pd.concat([make()[1]] * 2), TERMS, "sentence_id 1 of doc_id 'd' twice"),
        (make()[0], make()[1].assign(sentence=None), TERMS, "no well-formed text in 'sentence'"),
    ],
)
def test_marking_names_what_is_wrong(hits, sentences, terms, message):
    with pytest.raises(ValueError, match=message):
        lexicon.mark_direction(hits, sentences, terms)


@pytest.mark.parametrize("path", [5, True, [], "cu\0es.csv", "\ud800.csv", "nowhere.csv"])
def test_a_path_of_cues_that_names_no_file_is_refused(path):
    with pytest.raises(lexicon.LexiconError, match="path|names no file|does not exist"):
        lexicon.read_cues(path)


def test_cues_reach_only_within_their_clause_however_many_clauses_there_are():
    clauses = ["取消隔离", "隔离", "取消", "隔离", "不得解除隔离", "隔离已解除"]
    marked = mark("，".join(clauses * 40))
    cancelled = marked.loc[marked["term"] == "隔离", "cancelled"].tolist()
    assert cancelled == ["ended", "", "", "", "ended"] * 40


def test_one_long_sentence_without_marks_takes_time_by_its_length():
    """Quadratic work took 11 seconds for 8,000 characters; this is ten times as long."""
    unit = "取消隔离有序复工的同时要做好疫情防控工作"
    started = time.process_time()
    marked = mark(unit * 4000)
    assert time.process_time() - started < 30
    assert marked.loc[marked["term"] == "隔离", "cancelled"].tolist() == ["ended"] * 4000


def test_no_cue_is_longer_than_what_counts_as_near():
    longest = lexicon.read_cues()["cue"].str.len().max()
    assert max(_GAP.values()) + _GAP_BETWEEN_CUES + 2 * longest < _NEAR


def test_the_order_and_the_index_of_the_rows_do_not_matter():
    sentences = pd.DataFrame(
        {"doc_id": ["a", "a", "b"], "sentence_id": [1, 2, 1], "start": [0, 5, 0],
         "sentence": ["取消隔离", "隔离", "不得复工"]}
    )  # fmt: skip
    hits = lexicon.find_terms(sentences, TERMS)
    expected = lexicon.mark_direction(hits, sentences, TERMS)
    shuffled = hits.iloc[::-1].set_axis([0] * len(hits))
    found = lexicon.mark_direction(shuffled, sentences.iloc[[2, 0, 1]], TERMS.iloc[::-1])
    assert found.iloc[::-1].reset_index(drop=True).equals(expected)
    categorical = hits.astype({"doc_id": "category", "term": "category"})
    marked = lexicon.mark_direction(categorical, sentences, TERMS.astype({"term": "category"}))
    assert marked["direction"].tolist() == expected["direction"].tolist() == [
        "opening", "control", "control",
    ]  # fmt: skip
