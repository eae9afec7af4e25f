import numpy as np
import pandas as pd
import pytest
from scipy import stats

from helpers import clean, compare, lexicon, load, paths, segment, tables


@pytest.fixture(scope="module")
def seed():
    documents = clean.clean_documents(load.read_documents(paths.SEED))
    sentences = segment.split_sentences(documents)
    return sentences, segment.split_clauses(sentences), lexicon.read_lexicon()


@pytest.fixture(scope="module")
def report(seed):
    return compare.report_balance(*seed, by="part", n_resamples=2000)


def make_labels(**labels_of_document: str) -> pd.DataFrame:
    """p, r, u: one letter a sentence."""
    names = {"p": "prevention", "r": "reopening", "u": "unlabelled", "g": "governance"}
    return pd.DataFrame(
        [
            (document, number, names[letter], document[0])
            for document, letters in labels_of_document.items()
            for number, letter in enumerate(letters, start=1)
        ],
        columns=["doc_id", "sentence_id", "label", "place"],
    )


def value(report: pd.DataFrame, section: str, name: str) -> float:
    return report.set_index(["section", "name"]).loc[(section, name), "value"]


def test_the_report_repeats_the_worked_example(report):
    """methods.md 2.7: shares .70 .72 .69 .65; labels 14, 6, 8, 26, 7 of 61."""
    assert list(report.columns) == tables.COLUMNS["balance"]
    labels = report[report["section"] == "labels"].head(5)
    assert (labels["value"] * 61).round().tolist() == [14, 6, 8, 26, 7]
    shares = report[report["section"] == "lexicon"].head(4)["value"].round(2)
    assert shares.tolist() == pytest.approx([0.70, 0.72, 0.69, 0.65], abs=0.02)


def test_the_report_shows_clause_and_sentence_intervals_and_hides_p_of_one_document(report):
    shares = report[report["section"] == "share"].set_index("name")
    by_clause = shares.loc["clauses, clauses resampled"]
    by_sentence = shares.loc["clauses, sentences resampled"]
    assert by_sentence["high"] - by_sentence["low"] > by_clause["high"] - by_clause["low"]
    assert "clauses, documents resampled" not in shares.index
    assert report["p_value"].isna().all()
    assert report["scope"].str.endswith("descriptive only").all()


def test_the_same_seed_gives_the_same_report(seed, report):
    pd.testing.assert_frame_equal(
        report, compare.report_balance(*seed, by="part", n_resamples=2000)
    )


def test_a_share_that_cannot_be_had_is_refused_in_its_row(seed):
    sentences, clauses, terms = seed
    only = terms[terms["category"].isin(["prevention", "governance"])]
    report = compare.report_balance(sentences, clauses, only, n_resamples=200)
    shares = report[report["section"] == "share"]
    assert shares["value"].isna().all()
    assert shares["note"].str.contains("no unit is labelled 'reopening'").all()


def test_coverage_elsewhere_stands_in_the_report(seed):
    outside = pd.DataFrame({"name": ["broadcasts"], "value": [0.25]})
    report = compare.report_balance(*seed, outside=outside, n_resamples=200)
    assert value(report, "outside", "broadcasts") == 0.25


def test_coverage_counts_the_characters_of_free_hits_once():
    sentences = pd.DataFrame(
        {"doc_id": "d", "sentence_id": [1], "start": [0], "sentence": ["疫情防控要好"]}
    )
    terms = pd.DataFrame(
        {"term": ["疫情防控", "防控"], "variants": "", "category": "prevention", "subcategory": ""}
    )
    covered = compare.measure_coverage(sentences, lexicon.find_terms(sentences, terms))
    assert covered.values.tolist() == [["prevention", 4, 4 / 6], ["all", 4, 4 / 6]]
    with pytest.raises(ValueError, match="hold no Chinese character"):
        compare.measure_coverage(
            sentences.assign(sentence="abc"), lexicon.find_terms(sentences, terms)
        )


def test_leaving_a_term_out_frees_what_it_held():
    sentences = pd.DataFrame(
        {"doc_id": "d", "sentence_id": [1, 2, 3], "part": "body", "start": [0, 10, 20],
         "end": [9, 19, 29], "sentence": ["疫情防控工作", "复工复产", "复工"]}
    )  # fmt: skip
    terms = pd.DataFrame(
        {"term": ["疫情防控工作", "防控", "复工复产", "复工"], "variants": "",
         "category": ["governance", "prevention", "reopening", "reopening"], "subcategory": ""}
    )  # fmt: skip
    left_out = compare.leave_one_term_out(sentences, sentences, terms).set_index("term")
    # without 复工复产 its sentence still holds 复工, so the label stays
    assert left_out.loc["复工复产", "n_free"] == 1
    assert np.isclose(left_out.loc["复工复产", "share"], 0)
    assert left_out.loc["复工", "change"] == 0


def test_leaving_out_equals_matching_the_whole_text_again(seed):
    sentences, clauses, terms = seed
    left_out = compare.leave_one_term_out(sentences, clauses, terms)
    for row in left_out.itertuples():
        hits = lexicon.find_terms(sentences, terms[terms["term"] != row.term])
        n = compare.count_labels(compare.label_units(clauses, hits)).set_index("label")["n"]
        assert row.share == pytest.approx(n["prevention"] / (n["prevention"] + n["reopening"]))


def test_groups_are_tested_with_fisher_against_the_rest():
    labels = make_labels(a1="pppp", a2="pppr", b1="rrrp", b2="rrru")
    groups = compare.compare_groups(labels, by="place").set_index("place")
    assert groups.loc["a", ["n_target", "n_reference"]].tolist() == [7, 1]
    expected = stats.fisher_exact([[7, 1], [1, 6]]).pvalue
    assert groups.loc["a", "p_value"] == pytest.approx(expected)
    assert groups["q_value"].tolist() == pytest.approx([expected, expected])
    assert groups["n_unlabelled"].tolist() == [0, 1]


def test_one_document_gets_no_p():
    labels = make_labels(a="pprr").assign(part=["x", "x", "y", "y"])
    groups = compare.compare_groups(labels, by="part")
    assert groups[["p_value", "q_value"]].isna().all(axis=None)
    assert groups["share"].tolist() == [1.0, 0.0]
    tested = compare.permutation_test(
        labels, by="part", groups=("x", "y"), resample="sentence_id", n_permutations=200
    ).iloc[0]
    assert np.isnan(tested["p_value"])
    assert "descriptive only" in tested["scope"]


def test_permutation_agrees_with_scipy_on_whole_documents():
    labels = make_labels(
        a1="ppp", a2="ppr", a3="pprr", a4="pp", b1="prr", b2="rrr", b3="pr", b4="rr"
    )
    found = compare.permutation_test(labels, by="place", groups=("a", "b")).iloc[0]
    cells = labels.groupby("doc_id")["label"].agg(
        target=lambda x: (x == "prevention").sum(), n="size"
    )

    def difference(first, second):
        first, second = cells.iloc[first.astype(int)], cells.iloc[second.astype(int)]
        return first["target"].sum() / first["n"].sum() - second["target"].sum() / second["n"].sum()

    exact = stats.permutation_test(
        (np.arange(4), np.arange(4, 8)), difference, vectorized=False, n_resamples=np.inf
    )
    assert found["difference"] == pytest.approx(exact.statistic)
    assert found["p_value"] == pytest.approx(exact.pvalue, abs=0.01)
    assert found["low"] <= found["difference"] <= found["high"]


def test_a_group_that_carries_no_share_is_refused():
    labels = make_labels(a1="pr", a2="pr", b1="gu", b2="u")
    with pytest.raises(compare.CannotCompare, match="the group 'b' has no unit labelled"):
        compare.permutation_test(labels, by="place", groups=("a", "b"))
    with pytest.raises(ValueError, match="no unit has place = 'c'; there are 'a', 'b'"):
        compare.permutation_test(labels, by="place", groups=("a", "c"))
    with pytest.raises(compare.CannotCompare, match="one document: descriptive only"):
        compare.permutation_test(labels[labels["doc_id"] != "a2"], by="place", groups=("a", "b"))


@pytest.mark.parametrize(
    ("clause", "relation"),
    [
        ("统筹疫情防控和经济社会发展", "balance"),
        ("在做好疫情防控的前提下复工复产", "condition"),
        ("统筹疫情和经济，在防控的前提下复工", "condition"),
        ("把疫情防控作为经济社会发展第一位任务", "ranking"),
        ("为经济社会发展提供保障", "means"),
        ("防疫不误生产", "contrast"),
        ("疫情防控经济社会发展", ""),
    ],
)
def test_the_relation_of_a_coupling_is_read_from_its_cue(clause, relation):
    labels = pd.DataFrame({"clause": [clause, clause], "label": ["coupling", "prevention"]})
    marked = compare.mark_relation(labels, lexicon.read_cues())
    assert marked["relation"].tolist() == [relation, ""]


def test_relation_needs_the_text():
    with pytest.raises(ValueError, match="neither a column clause nor sentence"):
        compare.mark_relation(pd.DataFrame({"label": ["coupling"]}), lexicon.read_cues())


def test_units_know_the_direction_of_their_hits():
    sentences = pd.DataFrame(
        {"doc_id": "d", "sentence_id": [1, 2, 3, 4], "part": "body", "start": [0, 10, 20, 30],
         "end": [9, 19, 29, 39], "sentence": ["取消隔离", "隔离", "隔离，复工", "晴"]}
    )  # fmt: skip
    terms = pd.DataFrame(
        {"term": ["隔离", "复工"], "variants": "", "category": ["prevention", "reopening"],
         "subcategory": "", "polarity": [1, -1]}
    )  # fmt: skip
    hits = lexicon.mark_direction(lexicon.find_terms(sentences, terms), sentences, terms)
    labels = compare.label_units(sentences, hits)
    assert labels["direction"].tolist() == ["opening", "control", "both", ""]
    assert labels["n_cancelled"].tolist() == [1, 0, 0, 0]
    assert labels["label"].tolist() == ["prevention", "prevention", "coupling", "unlabelled"]
