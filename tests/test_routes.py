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
