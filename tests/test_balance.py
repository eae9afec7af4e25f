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


# --- what is refused ----------------------------------------------------------------------

HAND = pd.DataFrame(
    {"term": ["疫情防控", "复工复产"], "variants": "", "category": ["prevention", "reopening"],
     "subcategory": "", "secondary_category": "", "strength": [2, 3], "polarity": [1, -1],
     "ambiguous": 0}
)  # fmt: skip


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        (None, "lexicon must be a pandas table, not NoneType"),
        (
            HAND[["term", "variants", "category", "subcategory"]],
            "no column 'secondary_category', 'st",
        ),
        (HAND.drop(columns="strength"), "no column 'strength'.*lexicon.read_lexicon"),
        (HAND.drop(columns="ambiguous"), "no column 'ambiguous'"),
        (HAND.assign(strength="2"), "no number 1, 2 or 3 in 'strength' .*holds '2'"),
        (HAND.assign(strength=None), "no number 1, 2 or 3 in 'strength'"),
        (HAND.assign(ambiguous=3), "no number 0 or 1 in 'ambiguous'"),
        (HAND.assign(polarity="up"), "no number -1, 0 or 1 in 'polarity'"),
        (HAND.assign(secondary_category=None), "no category .* in 'secondary_category'"),
        (HAND.assign(secondary_category="x"), "no category .* in 'secondary_category' .*holds 'x'"),
        (pd.concat([HAND, HAND]), "form '疫情防控' twice"),
    ],
)
def test_a_hand_made_lexicon_that_cannot_be_varied_is_refused(seed, terms, message):
    with pytest.raises(ValueError, match=message):
        compare.vary_lexicon(seed[0], seed[1], terms)
    with pytest.raises(ValueError, match=message):
        compare.report_balance(seed[0], seed[1], terms, n_resamples=200)


def test_a_reading_without_terms_is_shown_with_none(seed):
    varied = compare.vary_lexicon(seed[0], seed[1], HAND.assign(strength=1)).set_index("lexicon")
    assert varied.loc["strength 2 or 3", ["n_terms", "prevention", "reopening"]].tolist() == [0] * 3
    assert np.isnan(varied.loc["strength 2 or 3", "share"])
    assert varied.loc["all terms", "share"] == varied.loc["with secondary categories", "share"]


def test_the_only_term_left_out_leaves_no_share(seed):
    left_out = compare.leave_one_term_out(seed[0], seed[1], HAND.iloc[:1])
    assert left_out["term"].tolist() == ["疫情防控"]
    assert left_out["share"].isna().all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"outside": pd.DataFrame({"corpus": ["a"]})}, "outside must be a table .* name and value"),
        ({"outside": [0.2]}, "outside must be a table .* name and value"),
        ({"outside": {"name": "a", "value": 0.2}}, "outside must be a table .* name and value"),
        ({"outside": pd.DataFrame({"name": ["a"], "value": [None]})}, "value None for 'a'"),
        ({"outside": pd.DataFrame({"name": ["a"], "value": ["25 %"]})}, "value '25 %' for 'a'"),
        ({"outside": pd.DataFrame({"name": ["a"], "value": [25]})}, "is a share from 0 to 1"),
        ({"by": ["part"]}, r"by must be the name of one column.*\['part'\]"),
        ({"by": "label"}, "by is 'label', a column that the answer has itself"),
        ({"by": "week"}, "no column 'week'"),
        ({"n_resamples": None}, "at least 100 resamples; n_resamples is None"),
        ({"n_resamples": 10**12}, "n_resamples is 1000000000000, .* up to 1,000,000"),
        ({"seed": -1}, "seed is -1; write a whole number"),
    ],
)
def test_options_of_the_report_that_cannot_be_used_are_named(seed, options, message):
    with pytest.raises(ValueError, match=message):
        compare.report_balance(seed[0], seed[1], HAND, **({"n_resamples": 200} | options))


ONE_SENTENCE = pd.DataFrame(
    {"doc_id": "d", "sentence_id": [1], "start": [0], "sentence": ["疫情防控要好"]}
)


@pytest.mark.parametrize(
    ("sentences", "change", "message"),
    [
        (ONE_SENTENCE, None, "hits must be a pandas table, not NoneType"),
        (ONE_SENTENCE, {"free": "True"}, "'free' of the hits table holds .*not True and False"),
        (ONE_SENTENCE, {"free": 1}, "'free' of the hits table holds int64"),
        (ONE_SENTENCE, {"surface": None}, "no well-formed text in 'surface'"),
        (ONE_SENTENCE, {"category": "x"}, "no category .*holds 'x'"),
        (ONE_SENTENCE, {"doc_id": "z"}, "hits and sentences have no document in common"),
        (ONE_SENTENCE, {"sentence_id": "1"}, "sentence_id holds '1' in the hits table and 1 in"),
        (ONE_SENTENCE.assign(sentence=None), {}, "no well-formed text in 'sentence'"),
        (pd.concat([ONE_SENTENCE] * 2), {}, "sentence_id 1 of doc_id 'd' twice"),
        (None, {}, "sentences must be a pandas table, not NoneType"),
    ],
)
def test_coverage_names_what_is_wrong(sentences, change, message):
    hits = lexicon.find_terms(ONE_SENTENCE, HAND)
    with pytest.raises(ValueError, match=message):
        compare.measure_coverage(sentences, None if change is None else hits.assign(**change))


def test_coverage_without_a_hit_is_nothing_and_never_more_than_the_sentences(seed):
    sentences, _, terms = seed
    hits = lexicon.find_terms(sentences, terms)
    for nothing in (hits.iloc[:0], pd.DataFrame(columns=tables.COLUMNS["hits"])):
        assert compare.measure_coverage(sentences, nothing).values.tolist() == [["all", 0, 0.0]]
    # The hits of all sentences, held against one of them, once covered it 48 times over.
    first = compare.measure_coverage(sentences.iloc[:1], hits)
    alone = compare.measure_coverage(
        sentences.iloc[:1], lexicon.find_terms(sentences.iloc[:1], terms)
    )
    pd.testing.assert_frame_equal(first, alone)
    assert first["coverage"].max() <= 1


AB = make_labels(a1="pppr", a2="pprr", b1="rrp", b2="prr")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"groups": None}, "groups must be a list of two values.*None"),
        ({"groups": "ab"}, "groups must be a list of two values.*'ab'"),
        ({"groups": ("a",)}, "two different values of the column"),
        ({"groups": ("a", "b", "c")}, "two different values of the column"),
        ({"groups": ("a", "a")}, "two different values of the column"),
        ({"groups": (["a"], "b")}, "two different values of the column"),
        ({"by": None}, "by must be the name of one column"),
        ({"by": "label"}, "by is 'label'"),
        ({"resample": None}, "resample must name the column of what is drawn whole"),
        ({"resample": "label"}, "resample must name .* it is 'label'"),
        ({"target": "control"}, "unknown label 'control'"),
        ({"reference": "prevention"}, "both 'prevention'; choose two labels"),
        ({"n_permutations": 0}, "n_resamples is 0"),
        ({"n_permutations": "200"}, "n_resamples is '200'"),
        ({"seed": None}, "seed is None; write a whole number"),
        ({"seed": True}, "seed is True"),
        ({"seed": [1, 2]}, r"seed is \[1, 2\]"),
    ],
)
def test_a_permutation_test_names_what_is_wrong(options, message):
    with pytest.raises(ValueError, match=message):
        compare.permutation_test(AB, **({"by": "place", "groups": ("a", "b")} | options))


def test_a_document_of_both_groups_cannot_be_shuffled_between_them():
    mixed = AB.assign(part=["x", "y"] * 7)
    with pytest.raises(compare.CannotCompare, match="'a1' stands in both groups of 'part'"):
        compare.permutation_test(mixed, by="part", groups=("x", "y"))
    sentences = compare.permutation_test(
        mixed, by="part", groups=("x", "y"), resample="sentence_id", n_permutations=200
    )
    assert sentences.loc[0, ["n_units_a", "n_units_b"]].tolist() == [7, 7]


@pytest.mark.parametrize(
    ("labels", "by", "message"),
    [
        (AB, None, "by must be the name of one column"),
        (AB, ["place"], "by must be the name of one column"),
        (AB, "label", "by is 'label'"),
        (AB.assign(share="a"), "share", "by is 'share', a column that the answer has itself"),
        (AB.assign(place=[["a"]] * len(AB)), "place", "no value in 'place'"),
        (AB.assign(doc_id=None), "place", "'doc_id' of the labels table is empty in 14 rows"),
        (AB.assign(label="unlabelled"), "place", "all units are unlabelled"),
        (AB.iloc[:0], "place", "the labels table has no rows"),
    ],
)
def test_comparing_groups_names_what_is_wrong(labels, by, message):
    with pytest.raises(ValueError, match=message):
        compare.compare_groups(labels, by=by)


def test_numbers_do_not_depend_on_index_order_or_dtype(seed):
    odd = AB.sample(frac=1, random_state=3).set_axis([0] * len(AB)).astype({"place": "category"})
    options = {"by": "place", "groups": ("a", "b"), "n_permutations": 200}
    pd.testing.assert_frame_equal(
        compare.permutation_test(odd, **options), compare.permutation_test(AB, **options)
    )
    plain = compare.compare_groups(AB, by="place").set_index("place")
    of_odd = compare.compare_groups(odd, by="place").set_index("place")
    assert of_odd.loc[["a", "b"]].values.tolist() == plain.values.tolist()

    sentences, clauses, terms = seed
    shuffled = [table.sample(frac=1, random_state=3) for table in (sentences, clauses, terms)]
    for number in (compare.vary_lexicon, compare.leave_one_term_out):
        pd.testing.assert_frame_equal(number(*shuffled), number(*seed))


@pytest.mark.parametrize(
    ("labels", "cues", "message"),
    [
        ({}, None, "cues must be a pandas table, not NoneType"),
        ({}, {"kind": "other"}, "cues table has .* of a kind that is none of contrast"),
        ({}, {"use": "cancellation"}, "cues table has 0 cues of relation"),
        ({}, {"cue": ""}, "cues table has .* empty"),
        ({}, {"cue": None}, "no well-formed text in 'cue'"),
        ({"clause": None}, {}, "no well-formed text in 'clause'"),
        ({"label": "control"}, {}, "unknown label 'control'"),
    ],
)
def test_relations_name_what_is_wrong(labels, cues, message):
    labels = pd.DataFrame({"clause": ["统筹防控和复工"], "label": ["coupling"]}).assign(**labels)
    cues = None if cues is None else lexicon.read_cues().assign(**cues)
    with pytest.raises(ValueError, match=message):
        compare.mark_relation(labels, cues)
