import numpy as np
import pandas as pd
import pytest

from helpers import clean, compare, count, lexicon, load, paths, segment


@pytest.fixture(scope="module")
def seed():
    documents = clean.clean_documents(load.read_documents(paths.SEED))
    sentences = segment.split_sentences(documents)
    clauses = segment.split_clauses(sentences)
    terms = lexicon.read_lexicon()
    labels = compare.label_units(clauses, lexicon.find_terms(sentences, terms))
    return sentences, clauses, terms, labels


def make_units(n: int = 4) -> pd.DataFrame:
    return pd.DataFrame(
        {"doc_id": "d", "sentence_id": range(1, n + 1), "part": "directive 1", "start": 0,
         "end": 1, "sentence": "句"}
    )  # fmt: skip


def test_heads_are_the_first_sentences_of_the_directives(seed):
    heads = compare.list_heads(seed[0])
    assert heads["part"].tolist() == [f"directive {n}" for n in (1, 2, 3, 4)]
    assert heads["sentence"].iloc[1].startswith("二要以一级响应措施")


def test_a_text_without_directives_has_no_structure_to_group_by(seed):
    with pytest.raises(compare.CannotCompare, match="no sentence stands in a numbered directive"):
        compare.list_heads(seed[0].assign(part="body"))


def test_structure_labels_all_but_the_first_sentence(seed):
    labelled = compare.label_by_structure(
        seed[1], {"directive 2": "prevention", "directive 3": "reopening"}
    )
    assert labelled["label"].value_counts().to_dict() == {"prevention": 15, "reopening": 10}
    assert not labelled["clause"].str.contains("全力推进经济社会发展").any()


def test_structure_refuses_what_it_cannot_label(seed):
    with pytest.raises(ValueError, match="unknown label 'control'; the labels are prevention"):
        compare.label_by_structure(seed[1], {"directive 2": "control"})
    with pytest.raises(ValueError, match="no unit stands in 'directive 9'; the parts are title"):
        compare.label_by_structure(seed[1], {"directive 9": "prevention"})
    with pytest.raises(compare.CannotCompare, match="have one sentence each"):
        compare.label_by_structure(make_units(1), {"directive 1": "prevention"})


def test_definers_are_sure_terms_and_each_group_has_some(seed):
    definers = compare.list_definers(seed[2])
    assert set(definers["strength"]) == {3}
    assert set(definers["ambiguous"]) == {0}
    assert set(definers["category"]) == {"prevention", "reopening"}
    weak = seed[2].assign(strength=seed[2]["strength"].where(seed[2]["category"] != "reopening", 2))
    with pytest.raises(lexicon.LexiconError, match="in 'reopening', so nothing defines"):
        compare.list_definers(weak)


def test_no_tested_word_touches_a_definer(seed):
    sentences, _, terms, labels = seed
    tokens = segment.tokenize(sentences, segmenter=segment.make_segmenter(terms))
    counts = count.count_features(
        pd.merge_asof(tokens, labels[["start", "label"]], on="start"), by="label"
    )
    definers = compare.list_definers(terms)
    kept = compare.drop_definers(counts, definers)
    surfaces = set(lexicon.list_surfaces(definers)["surface"])
    assert "疫情防控" in set(counts["feature"])
    for feature in kept["feature"].unique():
        pieces = any(feature in surface for surface in surfaces) and len(feature) > 1
        assert not pieces and not any(surface in feature for surface in surfaces)
    dropped = compare.list_dropped(counts, definers)
    assert set(dropped["feature"]) | set(kept["feature"]) == set(counts["feature"])
    assert set(dropped["definer"]) <= surfaces


def test_nothing_left_to_test_is_said():
    counts = pd.DataFrame({"part": ["a"], "feature": ["疫情"], "n": [2]})
    definers = pd.DataFrame(
        {"term": ["疫情防控"], "variants": [""], "category": ["prevention"], "subcategory": [""]}
    )
    with pytest.raises(compare.CannotCompare, match="no word is left to test"):
        compare.drop_definers(counts, definers)


def test_halves_split_whole_documents_and_of_one_document_whole_sentences(seed):
    units = pd.concat([make_units().assign(doc_id=name) for name in "abcd"])
    halves = compare.split_halves(units)
    assert halves.groupby("doc_id")["half"].nunique().eq(1).all()
    assert halves.drop_duplicates("doc_id")["half"].value_counts().to_dict() == {
        "choose": 2, "test": 2,
    }  # fmt: skip
    clauses = compare.split_halves(seed[1])
    assert clauses.groupby("sentence_id")["half"].nunique().eq(1).all()
    assert clauses.drop_duplicates("sentence_id")["half"].value_counts().min() == 8
    with pytest.raises(compare.CannotCompare, match="one sentence cannot be split"):
        compare.split_halves(make_units(1))


def test_routes_cross_tabulated_and_alpha_of_a_published_table():
    """57 of 61 clauses agree, alpha .90 (checks/seed_clauses.csv as methods.md reports it)."""
    reader = pd.read_csv(paths.DATA / "labels" / "guangzhou-2020-02-26.csv", encoding="utf-8")
    second = reader.rename(columns={"reader_label": "label"})
    documents = clean.clean_documents(load.read_documents(paths.SEED))
    sentences = segment.split_sentences(documents)
    hits = lexicon.find_terms(sentences, lexicon.read_lexicon())
    first = compare.label_units(segment.split_clauses(sentences), hits)
    agreement = compare.route_agreement(first, second).iloc[0]
    assert (agreement["n_units"], agreement["n_agree"]) == (61, 57)
    assert round(agreement["alpha"], 2) == 0.90
    # Wilson's interval by hand, z = 1.959964
    z2, n, p = 1.959963984540054**2, 61, 57 / 61
    half = np.sqrt(z2 * (p * (1 - p) / n + z2 / (4 * n * n)))
    assert agreement["low"] == pytest.approx((p + z2 / (2 * n) - half) / (1 + z2 / n))
    table = compare.compare_routes(first, second)
    assert table.loc["other"].sum() == 33
    assert np.trace(table.to_numpy()) == 57


def test_one_label_everywhere_has_no_alpha():
    same = make_units().assign(label="prevention")
    assert np.isnan(compare.route_agreement(same, same)["alpha"].iloc[0])


def test_routes_without_common_units_are_refused():
    first = make_units().assign(label="prevention")
    with pytest.raises(compare.CannotCompare, match="label no common unit"):
        compare.compare_routes(first, first.assign(doc_id="x"))
    with pytest.raises(ValueError, match="name no common unit"):
        compare.compare_routes(first, first.drop(columns="sentence_id"))


@pytest.fixture
def write_labels(tmp_path):
    def write(*rows: str):
        path = tmp_path / "labels.csv"
        path.write_text("\n".join(["doc_id,sentence_id,label", *rows]) + "\n", "utf-8")
        return path

    return write


def test_labels_of_readers_are_joined_to_their_units(write_labels):
    path = write_labels("d,2,other", "d,1,prevention")
    assert compare.read_labels(path, make_units(2))["label"].tolist() == ["prevention", "other"]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["d,1,prevention", "d,2,control"], "unknown label 'control'"),
        (["d,1,prevention", "x,2,other"], "labelled but not in the table of units"),
        (["d,1,prevention"], "without a label in the csv"),
        (["d,1,prevention", "d,1,other"], "labels sentence_id 1.* of 'd' twice"),
        (["d,1,prevention", "d,two,other"], "has a sentence_id that is no number"),
    ],
)
def test_labels_that_do_not_fit_are_refused(write_labels, rows, message):
    with pytest.raises(ValueError, match=message):
        compare.read_labels(write_labels(*rows), make_units(2))


# --- what is refused ----------------------------------------------------------------------

PARTS = make_units().assign(part=["directive 1"] * 2 + ["directive 2"] * 2)


@pytest.mark.parametrize(
    ("units", "label_of_part", "message"),
    [
        ([1], {"directive 1": "prevention"}, "sentences must be a pandas table, not list"),
        (PARTS, ["directive 1"], r"label_of_part must be a dict .*\['directive 1'\]"),
        (PARTS, None, "label_of_part must be a dict from part to label"),
        (PARTS, {}, "label_of_part must be a dict from part to label"),
        (PARTS, {"directive 1": ["prevention"]}, r"unknown label \['prevention'\]"),
        (PARTS.assign(part=None), {"directive 1": "prevention"}, "no value in 'part'"),
        (PARTS.assign(part=5), {"directive 1": "prevention"}, "no text in part"),
        (
            PARTS.assign(sentence_id=["9", "10", "11", "12"]),  # as text, 10 comes before 9
            {"directive 1": "prevention"},
            "has the sentence_id '9'; number them 1, 2, 3",
        ),
        (
            PARTS.assign(sentence_id=None),
            {"directive 1": "prevention"},
            "no value in 'sentence_id'",
        ),
    ],
)
def test_structure_names_what_is_wrong(units, label_of_part, message):
    with pytest.raises(ValueError, match=message):
        compare.label_by_structure(units, label_of_part)


def test_the_first_sentence_is_the_lowest_in_any_order_of_the_rows():
    heads = compare.list_heads(PARTS.iloc[::-1].set_axis([0] * 4))
    assert heads.set_index("part")["sentence_id"].to_dict() == {"directive 1": 1, "directive 2": 3}
    labelled = compare.label_by_structure(
        PARTS.iloc[::-1].astype({"part": "category"}), {"directive 2": "reopening"}
    )
    assert labelled[["sentence_id", "label"]].values.tolist() == [[4, "reopening"]]
    for part in (None, 5):
        with pytest.raises(ValueError, match="in 'part'|in part"):
            compare.list_heads(PARTS.assign(part=part))


BY_READER = make_units().assign(label=["prevention", "other", "reopening", "prevention"])


@pytest.mark.parametrize("route", [compare.route_agreement, compare.compare_routes])
@pytest.mark.parametrize(
    ("second", "message"),
    [
        (None, "labels must be a pandas table, not NoneType"),
        (["prevention"], "labels must be a pandas table, not list"),
        (pd.DataFrame(), "labels table has no column 'doc_id', 'label'"),
        (BY_READER.drop(columns="label"), "labels table has no column 'label'.*label_units"),
        (BY_READER.iloc[:0], "label no common unit"),
        (BY_READER.assign(label=None), "no value in 'label'"),
        (BY_READER.assign(label="control"), "unknown label 'control'"),
        (BY_READER.assign(label=1), "unknown label 1"),
        (BY_READER.assign(sentence_id=1), "sentence_id 1 of doc_id 'd' twice"),
        (
            BY_READER.assign(sentence_id=list("1234")),
            "holds 1 in the first table and '1' in the sec",
        ),
    ],
)
def test_routes_name_what_is_wrong(route, second, message):
    with pytest.raises(ValueError, match=message):
        route(BY_READER, second)


def test_routes_agree_whatever_the_order_and_the_dtype():
    second = BY_READER.assign(label=["prevention", "governance", "unlabelled", "prevention"])
    odd = second.iloc[::-1].set_axis([0] * 4).astype({"label": "category", "doc_id": "category"})
    found = compare.route_agreement(BY_READER.astype({"label": "category"}), odd)
    pd.testing.assert_frame_equal(found, compare.route_agreement(BY_READER, second))
    assert found.loc[0, ["n_units", "n_agree"]].tolist() == [4, 3]


ONE_DEFINER = pd.DataFrame(
    {"term": ["疫情防控"], "variants": [""], "category": ["prevention"], "subcategory": [""]}
)


def make_features(*features: object) -> pd.DataFrame:
    return pd.DataFrame({"part": "a", "feature": features, "n": 2})


@pytest.mark.parametrize("drop", [compare.list_dropped, compare.drop_definers])
@pytest.mark.parametrize(
    ("counts", "definers", "message"),
    [
        (None, ONE_DEFINER, "counts must be a pandas table, not NoneType"),
        (make_features("工作", None), ONE_DEFINER, "1 rows .* no value in 'feature' .*row 1"),
        (make_features("工作", float("nan")), ONE_DEFINER, "no value in 'feature'"),
        (make_features(5), ONE_DEFINER, "no text in feature"),
        (make_features("工作"), ONE_DEFINER.iloc[:0], "the definers have no term"),
        (make_features("工作"), ONE_DEFINER.assign(term=None), "no well-formed text in 'term'"),
        (make_features("工作"), "疫情防控", "lexicon must be a pandas table, not str"),
    ],
)
def test_dropping_definers_names_what_is_wrong(drop, counts, definers, message):
    with pytest.raises(ValueError, match=message):
        drop(counts, definers)


def test_counts_without_rows_are_not_said_to_belong_to_a_definer():
    with pytest.raises(ValueError, match="the counts table has no rows"):
        compare.drop_definers(make_features(), ONE_DEFINER)


def test_a_feature_touches_a_definer_through_its_marks_but_not_over_two_of_them():
    definers = pd.DataFrame(
        {"term": ["打开“大”门", "复工"], "variants": "", "category": "reopening", "subcategory": ""}
    )
    dropped = compare.list_dropped(make_features("大门", "门\n复", "“"), definers)
    assert dropped.values.tolist() == [["大门", "打开“大”门"]]


@pytest.mark.parametrize(
    ("change", "categories", "message"),
    [
        ({}, None, "categories must be a list of names"),
        ({}, "prevention", "categories must be a list of names.*'prevention'"),
        ({}, (), "categories must be a list of names"),
        ({}, ("x",), "no term of strength 3 .* in 'x'"),
        ({"strength": "3"}, ("prevention",), "no number 1, 2 or 3 in 'strength'"),
        ({"ambiguous": None}, ("prevention",), "no number 0 or 1 in 'ambiguous'"),
    ],
)
def test_definers_name_what_is_wrong(seed, change, categories, message):
    with pytest.raises(ValueError, match=message):
        compare.list_definers(seed[2].assign(**change), categories=categories)


@pytest.mark.parametrize(
    ("units", "options", "message"),
    [
        (None, {}, "sentences must be a pandas table, not NoneType"),
        (make_units().assign(doc_id=None), {}, "no value in 'doc_id'"),
        (make_units().assign(half="test"), {}, "have a column 'half' already"),
        (make_units(), {"seed": 1.5}, "seed is 1.5; write a whole number"),
        (make_units(), {"seed": "2020"}, "seed is '2020'"),
    ],
)
def test_splitting_names_what_is_wrong(units, options, message):
    with pytest.raises(ValueError, match=message):
        compare.split_halves(units, **options)


@pytest.mark.parametrize(
    ("units", "options", "message"),
    [
        ([1], {}, "sentences must be a pandas table, not list"),
        (make_units(2).assign(sentence_id=1), {}, "sentence_id 1 of doc_id 'd' twice"),
        (make_units(2).assign(sentence_id=["1", "2"]), {}, "and '1' in the sentences table"),
        (make_units(2).assign(doc_id=7), {}, "doc_id holds 'd' in the labels.csv table and 7 in"),
        (make_units(2).iloc[:0], {}, "2 units are labelled but not in the table of units"),
        (make_units(2), {"column": None}, "column must name the column of labels.*None"),
        (make_units(2), {"column": "doc_id"}, "column must name the column of labels.*'doc_id'"),
    ],
)
def test_reading_labels_names_what_is_wrong(write_labels, units, options, message):
    with pytest.raises(ValueError, match=message):
        compare.read_labels(write_labels("d,1,prevention", "d,2,other"), units, **options)


@pytest.mark.parametrize("path", [None, 5, "la\0bels.csv"])
def test_labels_without_a_path_are_refused(path):
    with pytest.raises(ValueError, match="must be text or a Path|names no file"):
        compare.read_labels(path, make_units(2))


def test_labels_of_readers_keep_the_rows_of_the_units(write_labels):
    path = write_labels("d,2,other", "d,1,prevention")
    units = make_units(2).iloc[::-1].assign(found=1, label="old")
    labelled = compare.read_labels(path, units)
    assert labelled[["sentence_id", "label"]].values.tolist() == [[2, "other"], [1, "prevention"]]
    assert labelled["found"].tolist() == [1, 1]
