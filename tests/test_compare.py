import math
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from helpers import compare, count
from helpers.counting import measures
from helpers.tables import COLUMNS, LABELS

GOLD = Path(__file__).parent / "gold"


@pytest.fixture(scope="module")
def worked() -> pd.DataFrame:
    """The 61 clauses of the sample, labelled by hand search before the rooms existed."""
    clauses = pd.read_csv(GOLD / "seed_clauses.csv", encoding="utf-8")
    return clauses.rename(columns={"lexicon_label": "label"}).assign(doc_id="seed")


@pytest.fixture(scope="module")
def labels(clauses, hits) -> pd.DataFrame:
    return compare.label_units(clauses, hits)


# --- keyness ------------------------------------------------------------------------------


def make_counts(**groups: dict[str, int]) -> pd.DataFrame:
    return pd.DataFrame(
        [(part, feature, n) for part, words in groups.items() for feature, n in words.items()],
        columns=["part", "feature", "n"],
    )


COUNTS = make_counts(
    D2={"防控": 20, "工作": 5, "一次": 1, "其他": 374},
    D3={"复工": 8, "工作": 5, "防控": 5, "其他": 282},
    D4={"防控": 50, "作风": 3},
)


def keyness_of(counts=COUNTS, target="D2", reference="D3") -> pd.DataFrame:
    return compare.keyness(counts, target=target, reference=reference).set_index("feature")


def test_keyness_table_and_order():
    found = compare.keyness(COUNTS, target="D2", reference="D3")
    assert list(found.columns) == [*COLUMNS["keyness"], "test"]
    assert set(found["feature"]) == {"防控", "工作", "一次", "其他", "复工"}  # no 作风 of D4
    assert found["log_likelihood"].abs().is_monotonic_decreasing
    assert found["feature"].iloc[0] == "复工"
    assert found[["n_target", "n_reference"]].sum().tolist() == [400, 300]
    assert found[["n_target", "n_reference"]].dtypes.tolist() == ["int64", "int64"]


def test_keyness_of_one_word_by_hand():
    row = keyness_of().loc["防控"]
    # methods.md 2.1: 20 of 400 against 5 of 300, four cells 6.03.
    assert row["log_likelihood"] == pytest.approx(6.03, abs=0.005)
    assert row["test"] == "chi2"  # smallest expected cell 25 x 300 / 700 = 10.7
    assert row["p_value"] == pytest.approx(stats.chi2.sf(row["log_likelihood"], 1))
    assert row["bic"] == pytest.approx(row["log_likelihood"] - math.log(700))
    assert row["log_ratio"] == pytest.approx(math.log2((20.5 / 400.5) / (5.5 / 300.5)))
    assert (row["log_ratio_low"], row["log_ratio_high"]) == pytest.approx((0.14, 2.82), abs=0.005)
    assert row["percent_diff"] == pytest.approx(200)
    assert row["odds_ratio"] == pytest.approx((20 / 380) / (5 / 295))


def test_fisher_where_an_expected_cell_is_small():
    found = keyness_of()
    assert found["test"].to_dict() == {
        "防控": "chi2", "复工": "fisher", "工作": "fisher", "一次": "fisher", "其他": "chi2",
    }  # fmt: skip
    oracle = stats.fisher_exact([[0, 8], [400, 292]]).pvalue
    assert found.loc["复工", "p_value"] == pytest.approx(oracle)
    assert found.loc["复工", "log_likelihood"] < 0
    assert (found["test"] == "fisher").tolist() == [
        min(n, 700 - n) * 300 / 700 < 5 for n in found["n_target"] + found["n_reference"]
    ]


def test_q_values_leave_out_what_could_not_be_significant():
    found = keyness_of()
    # One mention, wherever it falls, has p = 1 or 300/700; it is no test.
    assert found.index[found["q_value"].isna()].tolist() == ["一次"]
    tested = found.drop(index="一次")
    assert tested["q_value"].tolist() == pytest.approx(
        stats.false_discovery_control(tested["p_value"]).tolist()
    )


def test_the_prior_of_log_odds_comes_from_all_groups():
    without = keyness_of(COUNTS[COUNTS["part"] != "D4"])
    with_other = keyness_of()
    unchanged = [column for column in without.columns if column != "log_odds_z"]
    pd.testing.assert_frame_equal(without[unchanged], with_other[unchanged])
    words = without.index
    background = COUNTS.groupby("feature")["n"].sum()[words].to_numpy()
    expected = measures.log_odds_dirichlet(
        with_other["n_target"], with_other["n_reference"], 400, 300,
        prior=100 * background / background.sum(),
    ).z  # fmt: skip
    assert with_other["log_odds_z"].tolist() == pytest.approx(expected.tolist())
    assert without.loc["防控", "log_odds_z"] != pytest.approx(with_other.loc["防控", "log_odds_z"])


def test_keyness_of_the_directives_of_the_sample(tokens, sentences):
    counts = count.count_features(
        tokens.merge(sentences[["doc_id", "sentence_id", "part"]]), by="part"
    )
    found = compare.keyness(counts, target="directive 2", reference="directive 3")
    sizes = counts.groupby("part")["n"].sum()
    assert found["n_target"].sum() == sizes["directive 2"]
    assert found["n_reference"].sum() == sizes["directive 3"]
    # methods.md 0.5: some words above 3.84, none that survives the correction.
    assert (found["log_likelihood"].abs() > 3.84).sum() > 0
    assert (found["q_value"] < 0.05).sum() == 0
    assert 0 < found["q_value"].notna().sum() < len(found) / 2
    assert set(found["test"]) == {"fisher"}


def test_keyness_does_not_change_its_input():
    before = COUNTS.copy()
    compare.keyness(COUNTS, target="D2", reference="D3")
    pd.testing.assert_frame_equal(COUNTS, before)


@pytest.mark.parametrize(
    ("counts", "target", "reference", "message"),
    [
        (COUNTS, "D9", "D3", "no group 'D9' in the column 'part'; there are 'D2', 'D3', 'D4'"),
        (COUNTS, "D2", "D9", "no group 'D9' in the column 'part'"),
        (COUNTS, "D2", "D2", "target and reference are both 'D2'; choose two groups"),
        (make_counts(D2={"防控": 2}, D3={"防控": 0}), "D2", "D3", "the group 'D3' .* is empty"),
        (COUNTS.drop(columns="n"), "D2", "D3", "no column 'n'; make it with count.count_features"),
        (COUNTS[["feature", "n", "part"]], "D2", "D3", "first column .* 'feature'.*name the group"),
        (COUNTS.iloc[:0], "D2", "D3", "the counts table has no rows; count with"),
        (
            make_counts(D2={"防控": -1}, D3={"防控": 2}),
            "D2",
            "D3",
            "n = .*-1.* '防控' of group 'D2'",
        ),
        (make_counts(D2={"防控": 0.5}, D3={"防控": 2}), "D2", "D3", "n = .*0.5.*a whole number"),
        (make_counts(D2={"防控": None}, D3={"防控": 2}), "D2", "D3", "n = .*nan.*'防控'"),
        ("D2", "D2", "D3", "counts must be a pandas table, not str"),
    ],
)
def test_keyness_names_what_is_wrong(counts, target, reference, message):
    with pytest.raises(ValueError, match=message):
        compare.keyness(counts, target=target, reference=reference)


def test_keyness_of_a_single_shared_word():
    found = keyness_of(make_counts(D2={"防控": 3}, D3={"防控": 2}))
    assert found.loc["防控", ["log_likelihood", "p_value"]].tolist() == [0, 1]
    assert np.isnan(found.loc["防控", "log_odds_z"])


@st.composite
def two_groups(draw) -> pd.DataFrame:
    words = st.dictionaries(st.sampled_from("防控复工作用力量"), st.integers(0, 30), min_size=1)
    counts = make_counts(A=draw(words), B=draw(words), C=draw(words))
    assume((counts.groupby("part")["n"].sum() > 0).all())
    return counts


@settings(deadline=None, max_examples=50)
@given(two_groups(), st.randoms(use_true_random=False))
def test_swapping_the_groups_flips_the_signs_and_rows_may_be_shuffled(counts, random):
    forth = keyness_of(counts, "A", "B")
    back = keyness_of(counts, "B", "A").loc[forth.index]
    for column in ("log_likelihood", "log_ratio", "log_odds_z"):
        assert forth[column].tolist() == pytest.approx(
            (-back[column]).tolist(), abs=1e-9, nan_ok=True
        )
    for column in ("p_value", "q_value", "bic"):
        assert forth[column].tolist() == pytest.approx(back[column].tolist(), nan_ok=True)
    assert forth["log_ratio_low"].tolist() == pytest.approx((-back["log_ratio_high"]).tolist())
    assert forth["p_value"].between(0, 1).all()
    assert (forth["q_value"].dropna() >= forth["p_value"][forth["q_value"].notna()] - 1e-12).all()

    shuffled = counts.iloc[random.sample(range(len(counts)), len(counts))]
    pd.testing.assert_frame_equal(forth, keyness_of(shuffled, "A", "B"))


# --- labels -------------------------------------------------------------------------------


def make_hits(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["doc_id", "category", "start", "end", "free"])


UNITS = pd.DataFrame(
    {
        "doc_id": ["d", "d", "e"], "sentence_id": [1, 2, 1], "part": "body",
        "start": [0, 10, 0], "end": [8, 20, 30], "sentence": ["一", "二", "三"],
    }
)  # fmt: skip


@pytest.mark.parametrize(
    ("categories", "label", "kind"),
    [
        ([], "unlabelled", ""),
        (["place_institution", "decoy"], "unlabelled", ""),
        (["governance", "decoy"], "governance", ""),
        (["governance", "reopening"], "reopening", ""),
        (["governance", "prevention", "prevention"], "prevention", ""),
        (["prevention", "reopening"], "coupling", "co-mention"),
        (["coupling"], "coupling", "formula"),
        (["coupling", "prevention", "reopening"], "coupling", "formula"),
        (["coupling", "governance"], "coupling", "formula"),
    ],
)
def test_the_label_of_a_unit(categories, label, kind):
    hits = make_hits(*[("d", category, 2, 4, True) for category in categories])
    first, second, other = compare.label_units(UNITS, hits).itertuples()
    assert (first.label, first.coupling_kind) == (label, kind)
    assert first.n_prevention == categories.count("prevention")
    assert first.n_governance == categories.count("governance")
    assert second.label == other.label == "unlabelled"


def test_hits_inside_longer_terms_do_not_label():
    hits = make_hits(("d", "prevention", 0, 4, False), ("d", "coupling", 10, 18, True))
    labels = compare.label_units(UNITS, hits)
    assert labels["label"].tolist() == ["unlabelled", "coupling", "unlabelled"]


@pytest.mark.parametrize(
    ("start", "end", "label_of"),
    [
        (0, 8, ["prevention", "unlabelled"]),  # fills the unit
        (7, 9, ["prevention", "unlabelled"]),  # runs out of it
        (6, 12, ["prevention", "unlabelled"]),  # runs into the next: counts once, where it begins
        (8, 9, ["unlabelled", "unlabelled"]),  # begins between the two
        (10, 11, ["unlabelled", "prevention"]),
        (20, 22, ["unlabelled", "unlabelled"]),  # begins after the last
    ],
)
def test_a_hit_counts_for_the_unit_it_begins_in(start, end, label_of):
    labels = compare.label_units(UNITS, make_hits(("d", "prevention", start, end, True)))
    assert labels["label"].tolist() == [*label_of, "unlabelled"]  # and never in document e
    assert labels["n_prevention"].sum() == ("prevention" in label_of)


def test_labelling_keeps_rows_columns_and_order():
    shuffled = UNITS.iloc[[2, 0, 1]].set_axis([7, 5, 9])
    hits = make_hits(("d", "reopening", 11, 13, True), ("e", "prevention", 29, 33, True))
    labels = compare.label_units(shuffled, hits)
    assert labels["label"].tolist() == ["prevention", "unlabelled", "reopening"]
    added = ["n_prevention", "n_reopening", "n_coupling", "n_governance", "label", "coupling_kind"]
    assert list(labels.columns) == [*UNITS.columns, *added]
    assert labels["doc_id"].tolist() == ["e", "d", "d"]
    assert "label" not in shuffled.columns


def test_labels_of_the_sample(labels, worked, hits):
    assert labels["label"].tolist() == worked["label"].tolist()
    assert compare.count_labels(labels)["n"].tolist() == [14, 6, 8, 26, 7]
    free = hits.loc[hits["free"], "category"].value_counts()
    for category in ("prevention", "reopening", "coupling", "governance"):
        assert labels[f"n_{category}"].sum() == free[category]


def test_sentences_are_labelled_like_clauses(sentences, hits, labels):
    by_sentence = compare.label_units(sentences, hits)
    assert len(by_sentence) == 16
    assert by_sentence["n_prevention"].sum() == labels["n_prevention"].sum()


def test_a_text_without_terms_is_unlabelled(clauses, hits):
    for nothing in (hits.iloc[:0], pd.DataFrame([], columns=COLUMNS["hits"])):
        assert set(compare.label_units(clauses, nothing)["label"]) == {"unlabelled"}


@pytest.mark.parametrize(
    ("units", "hits", "message"),
    [
        (UNITS.drop(columns="end"), make_hits(), "sentences table has no column 'end'.*split_sent"),
        (
            UNITS.drop(columns="end").assign(clause_id=1, clause="一"),
            make_hits(),
            "clauses table has no column 'end'.*segment.split_clauses",
        ),
        (UNITS, make_hits().drop(columns="free"), "hits table has no column 'free'.*find_terms"),
        (UNITS.iloc[:0], make_hits(), "the sentences table has no rows"),
        (UNITS, make_hits(("x", "decoy", 0, 1, True)), "no document in common .*hits of 'x'.*'d'"),
        (None, make_hits(), "sentences must be a pandas table, not NoneType"),
    ],
)
def test_labelling_names_what_is_wrong(units, hits, message):
    with pytest.raises(ValueError, match=message):
        compare.label_units(units, hits)


def test_counting_labels():
    labels = pd.DataFrame(
        {"label": ["governance", "prevention", "prevention", "unlabelled"], "part": list("zzaa")}
    )
    counts = compare.count_labels(labels)
    assert counts["label"].tolist() == list(LABELS)
    assert counts["n"].tolist() == [2, 0, 0, 1, 1]
    assert counts["share"].tolist() == [0.5, 0, 0, 0.25, 0.25]

    by_part = compare.count_labels(labels, by="part")
    assert list(by_part.columns) == ["part", "label", "n", "share"]
    assert by_part["part"].tolist() == ["z"] * 5 + ["a"] * 5
    assert by_part["label"].tolist() == [*LABELS, *LABELS]
    assert by_part["n"].tolist() == [1, 0, 0, 1, 0, 1, 0, 0, 0, 1]
    assert by_part["share"].tolist() == [0.5, 0, 0, 0.5, 0, 0.5, 0, 0, 0, 0.5]


@pytest.mark.parametrize(
    ("labels", "by", "message"),
    [
        (pd.DataFrame({"part": ["a"]}), None, "labels table has no column 'label'.*label_units"),
        (pd.DataFrame({"label": ["decoy"]}), None, "unknown label 'decoy'; the labels are prev"),
        (pd.DataFrame({"label": []}), None, "the labels table has no rows"),
        (pd.DataFrame({"label": ["coupling"]}), "part", "no column 'part'; it has label"),
        (
            pd.DataFrame({"label": ["coupling"] * 2, "part": ["a", None]}),
            "part",
            "column 'part' of the labels table is empty in 1 rows",
        ),
    ],
)
def test_counting_labels_names_what_is_wrong(labels, by, message):
    with pytest.raises(ValueError, match=message):
        compare.count_labels(labels, by=by)


def test_scope(labels, documents):
    one = "1 document, 16 sentences, 61 clauses: descriptive only"
    assert compare.describe_scope(labels) == one
    assert compare.describe_scope(documents) == "1 document: descriptive only"
    two = pd.concat([UNITS, UNITS.assign(doc_id="f")]).assign(clause_id=1)
    assert compare.describe_scope(two) == "3 documents, 5 sentences, 3 clauses"
    with pytest.raises(ValueError, match="no column 'doc_id'"):
        compare.describe_scope(labels.drop(columns="doc_id"))


# --- share --------------------------------------------------------------------------------

SHARE_COLUMNS = [
    "target", "reference", "n_target", "n_reference", "share", "low", "high", "resampled_by",
    "n_units", "n_resamples", "n_skipped", "n_unlabelled", "n_total",
]  # fmt: skip


@pytest.mark.parametrize(
    ("resample", "n_units", "low", "high"),
    # methods.md 2.6. The draws are few enough apart (k of about 20) that ends differ by a step.
    [("clause_id", 61, 0.48, 0.89), ("sentence_id", 16, 0.28, 1.00)],
)
def test_share_of_the_sample(worked, resample, n_units, low, high):
    shares = compare.bootstrap_share(worked, resample=resample)
    assert list(shares.columns) == SHARE_COLUMNS
    row = shares.iloc[0]
    assert row[["n_target", "n_reference", "n_unlabelled", "n_total"]].tolist() == [14, 6, 7, 61]
    assert row["share"] == pytest.approx(0.70)
    assert (row["low"], row["high"]) == pytest.approx((low, high), abs=0.025)
    assert row[["resampled_by", "n_units", "n_resamples"]].tolist() == [resample, n_units, 10_000]


def test_labels_of_the_rooms_and_of_the_hand_give_one_share(labels, worked):
    pd.testing.assert_frame_equal(
        compare.bootstrap_share(labels), compare.bootstrap_share(worked), check_exact=True
    )


@pytest.mark.parametrize("confidence", [0.8, 0.95])
def test_share_against_scipy_s_bootstrap(worked, confidence):
    by_sentence = pd.crosstab(worked["sentence_id"], worked["label"])

    def share(prevention, reopening, axis=-1):
        prevention, reopening = prevention.sum(axis=axis), reopening.sum(axis=axis)
        return prevention / np.maximum(prevention + reopening, 1)

    oracle = stats.bootstrap(
        (by_sentence["prevention"], by_sentence["reopening"]), share, paired=True, vectorized=True,
        n_resamples=20_000, confidence_level=confidence, method="percentile",
        rng=np.random.default_rng(7),
    ).confidence_interval  # fmt: skip
    row = compare.bootstrap_share(worked, n_resamples=20_000, confidence=confidence).iloc[0]
    assert (row["low"], row["high"]) == pytest.approx((oracle.low, oracle.high), abs=0.02)


def make_labels(*units: str) -> pd.DataFrame:
    """One sentence per string; p, r, c, g and u are its clauses."""
    names = dict(zip("prcgu", LABELS, strict=True))
    return pd.DataFrame(
        [
            {"doc_id": "d", "sentence_id": i, "clause_id": f"{i}.{j}", "label": names[letter]}
            for i, unit in enumerate(units)
            for j, letter in enumerate(unit)
        ]
    )


def test_draws_without_either_label_are_skipped_and_counted():
    # Two sentences: one with both labels (share 1/2 whenever drawn), one with neither.
    row = compare.bootstrap_share(make_labels("pr", "g"), n_resamples=4000).iloc[0]
    assert (row["share"], row["low"], row["high"]) == (0.5, 0.5, 0.5)
    assert row["n_skipped"] == pytest.approx(1000, abs=100)  # (1/2)^2 of the draws


def test_whole_sentences_are_drawn():
    # pp and rr: a draw holds both, or one of them twice; a clause draw has shares between.
    labels = make_labels("pp", "rr")
    by_sentence = compare.bootstrap_share(labels, confidence=0.4).iloc[0]
    assert (by_sentence["low"], by_sentence["high"], by_sentence["n_units"]) == (0.5, 0.5, 2)
    assert compare.bootstrap_share(labels).iloc[0]["low"] == 0
    by_clause = compare.bootstrap_share(labels, resample="clause_id", confidence=0.6).iloc[0]
    assert (by_clause["low"], by_clause["high"], by_clause["n_units"]) == (0.25, 0.75, 4)


def test_sentences_of_two_documents_are_not_mixed_up():
    both = pd.concat([make_labels("p", "r"), make_labels("p", "r").assign(doc_id="e")])
    assert compare.bootstrap_share(both).loc[0, "n_units"] == 4
    assert compare.bootstrap_share(both, resample="doc_id").loc[0, "n_units"] == 2
    # Both documents have the same share, so resampling them shows no uncertainty.
    assert compare.bootstrap_share(both, resample="doc_id").loc[0, ["low", "high"]].tolist() == [
        0.5, 0.5,
    ]  # fmt: skip


def test_another_pair_of_labels(worked):
    row = compare.bootstrap_share(worked, target="coupling", reference="governance").iloc[0]
    assert row[["target", "reference", "n_target", "n_reference"]].tolist() == [
        "coupling", "governance", 8, 26,
    ]  # fmt: skip
    assert row["share"] == pytest.approx(8 / 34)


def test_the_same_seed_gives_the_same_row_in_any_order(worked):
    first = compare.bootstrap_share(worked)
    again = compare.bootstrap_share(worked.sample(frac=1, random_state=3))
    pd.testing.assert_frame_equal(first, again, check_exact=True)
    few_draws = {"n_resamples": 200, "confidence": 0.5}
    lows = {
        compare.bootstrap_share(worked, seed=seed, **few_draws).loc[0, "low"] for seed in range(9)
    }
    assert len(lows) > 1


def test_memory_is_bounded_without_changing_the_draws(worked, monkeypatch):
    whole = compare.bootstrap_share(worked)
    monkeypatch.setattr(compare.intervals, "_BATCH_CELLS", 16 * 512)
    pd.testing.assert_frame_equal(whole, compare.bootstrap_share(worked), check_exact=True)


@settings(deadline=None)
@given(
    st.lists(st.text("prcgu", min_size=1, max_size=4), min_size=2, max_size=6),
    st.sampled_from(["sentence_id", "clause_id"]),
)
def test_shares_stay_between_0_and_1_and_swap_sides(units, resample):
    text = "".join(units)
    assume("p" in text and "r" in text)
    options = {"resample": resample, "n_resamples": 300}
    row = compare.bootstrap_share(make_labels(*units), **options).iloc[0]
    assert 0 <= row["low"] <= row["high"] <= 1
    assert row["share"] == text.count("p") / (text.count("p") + text.count("r"))
    assert row["n_total"] == len(text) and row["n_unlabelled"] == text.count("u")
    swapped = compare.bootstrap_share(
        make_labels(*units), target="reopening", reference="prevention", **options
    ).iloc[0]
    assert swapped["n_skipped"] == row["n_skipped"]
    assert (swapped["low"], swapped["high"]) == pytest.approx((1 - row["high"], 1 - row["low"]))


@pytest.mark.parametrize(
    ("labels", "options", "message"),
    [
        (make_labels("p", "g"), {}, "no unit is labelled 'reopening'.*compare.count_labels"),
        (make_labels("r", "g"), {}, "no unit is labelled 'prevention'"),
        (make_labels("u", "uu"), {}, "all units are unlabelled: no term of the lexicon"),
        (make_labels("pr"), {}, "1 unit of 'sentence_id' to resample"),
        (
            make_labels("p", "r"),
            {"resample": "doc_id"},
            "^one document: descriptive only; resample sentences instead$",
        ),
        (make_labels("p", "r"), {"resample": "paragraph"}, "no column 'paragraph'; it has doc_id"),
        (make_labels("p", "r").drop(columns="doc_id"), {}, "no column 'doc_id'"),
        (make_labels("p", "r").drop(columns="label"), {}, "no column 'label'.*label_units"),
        (make_labels("p", "r").iloc[:0], {}, "the labels table has no rows"),
        (make_labels("p", "r"), {"target": "防控"}, "unknown label '防控'; the labels are prevention"),
        (make_labels("p", "r"), {"reference": "prevention"}, "both 'prevention'; choose two labels"),
        (make_labels("p", "r"), {"n_resamples": 10}, "at least 100 resamples; n_resamples is 10"),
        (make_labels("p", "r"), {"confidence": 95}, "confidence must lie between 0 and 1.*95"),
        (
            make_labels("p", "r").assign(sentence_id=[1, None]),
            {},
            "column 'sentence_id' of the labels table is empty in 1 rows",
        ),
    ],
)  # fmt: skip
def test_share_names_what_is_wrong(labels, options, message):
    with pytest.raises(ValueError, match=message):
        compare.bootstrap_share(labels, **options)


# --- rates --------------------------------------------------------------------------------

RATE_COLUMNS = ["term", "category", "n", "n_free", "rate", "low", "high"]


def make_term_hits(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["doc_id", "sentence_id", "term", "category", "free"])


TEN_HAN = pd.DataFrame(
    {"doc_id": "d", "sentence_id": [1, 2], "sentence": ["疫情防控ABC", "推动复工复产。"]}
)
TEN_HITS = make_term_hits(
    ("d", 1, "防控", "prevention", False), ("d", 1, "疫情防控", "prevention", True),
    ("d", 2, "复工复产", "reopening", True),
)  # fmt: skip


def test_rates_by_hand():
    rates = compare.bootstrap_rates(TEN_HITS, TEN_HAN, terms=["复工复产", "防控", "动态清零"])
    assert list(rates.columns) == RATE_COLUMNS
    # 10 Chinese characters: letters and marks do not count.
    assert rates[["term", "category", "n", "n_free", "rate"]].values.tolist() == [
        ["复工复产", "reopening", 1, 1, 100.0], ["防控", "prevention", 1, 0, 100.0],
        ["动态清零", "", 0, 0, 0.0],
    ]  # fmt: skip
    # A draw holds each sentence twice, or both: 0, 1/10 or 1/6 per character (1/4 for 防控).
    assert rates["low"].tolist() == pytest.approx([0, 0, math.nan], nan_ok=True)
    assert rates["high"].tolist() == pytest.approx([1000 / 6, 250, math.nan], nan_ok=True)
    per_hundred = compare.bootstrap_rates(TEN_HITS, TEN_HAN, terms=["复工复产"], per=100)
    assert per_hundred[["rate", "high"]].values.tolist() == [[10.0, pytest.approx(100 / 6)]]


def test_rates_of_the_sample(hits, sentences, documents):
    rates = compare.bootstrap_rates(hits, sentences, terms=["疫情防控", "复工复产"])
    assert rates[["n", "n_free"]].values.tolist() == [[9, 2], [3, 0]]
    assert rates["rate"].tolist() == pytest.approx([9 / 1080 * 1000, 3 / 1080 * 1000])
    assert (rates["low"] < rates["rate"]).all() and (rates["rate"] < rates["high"]).all()
    terms = count.count_terms(hits, documents).set_index("term")["per_thousand_han"]
    assert rates["rate"].tolist() == pytest.approx(terms[rates["term"]].tolist())


def test_rates_against_scipy_s_bootstrap(hits, sentences):
    n = np.array([sentence.count("疫情防控") for sentence in sentences["sentence"]])
    n_han = sentences["sentence"].map(lambda text: len(re.findall("[一-鿿]", text))).to_numpy()
    oracle = stats.bootstrap(
        (n, n_han), lambda n, n_han, axis=-1: n.sum(axis=axis) / n_han.sum(axis=axis) * 1000,
        paired=True, vectorized=True, n_resamples=20_000, method="percentile",
        rng=np.random.default_rng(7),
    ).confidence_interval  # fmt: skip
    row = compare.bootstrap_rates(hits, sentences, terms=["疫情防控"], n_resamples=20_000).iloc[0]
    assert (row["low"], row["high"]) == pytest.approx((oracle.low, oracle.high), abs=0.3)


def test_a_term_s_interval_does_not_depend_on_the_others_or_on_row_order(hits, sentences):
    alone = compare.bootstrap_rates(hits, sentences, terms=["复工复产"])
    among = compare.bootstrap_rates(
        hits.iloc[::-1], sentences.iloc[::-1], terms=["疫情防控", "复工复产", "落实"]
    )
    pd.testing.assert_series_equal(alone.iloc[0], among.iloc[1], check_names=False)


def test_rates_of_a_selection_of_sentences(hits, sentences):
    rows = [
        compare.bootstrap_rates(hits, sentences[sentences["part"] == part], terms=["疫情防控"])
        for part in ("directive 1", "directive 2")
    ]
    # Both mentions that stand alone are in directive 2; the two parts have 154 and 300 Han.
    assert pd.concat(rows)[["n", "n_free"]].values.tolist() == [[2, 0], [2, 2]]
    assert [row.loc[0, "rate"] for row in rows] == pytest.approx([2000 / 154, 2000 / 300])


@pytest.mark.parametrize(
    ("hits", "sentences", "terms", "message"),
    [
        (TEN_HITS, TEN_HAN, "防控", r"terms must be a list of terms.*it is '防控'"),
        (TEN_HITS, TEN_HAN, [], "terms must be a list of terms"),
        (TEN_HITS, TEN_HAN.iloc[:1], ["防控"], "1 unit of 'sentence_id' to resample"),
        (TEN_HITS, TEN_HAN.drop(columns="sentence"), ["防控"], "no column 'sentence'.*split_sent"),
        (TEN_HITS.drop(columns="free"), TEN_HAN, ["防控"], "no column 'free'.*find_terms"),
        (TEN_HITS.assign(doc_id="x"), TEN_HAN, ["防控"], "no document in common"),
        (TEN_HITS, TEN_HAN.assign(sentence="ABC"), ["防控"], "hold no Chinese character"),
        (TEN_HITS, TEN_HAN.assign(sentence_id=1), ["防控"], "in the sentences table twice"),
    ],
)
def test_rates_name_what_is_wrong(hits, sentences, terms, message):
    with pytest.raises(ValueError, match=message):
        compare.bootstrap_rates(hits, sentences, terms=terms)


# --- placebo lexicons ---------------------------------------------------------------------


def test_a_meaningless_lexicon_finds_its_own_words_again(tokens, clauses):
    """methods.md, section 3: about 45 % of the top five on this report, 7 % by chance."""
    in_clause = pd.merge_asof(tokens, clauses[["clause_id", "start"]], on="start")
    placebo = compare.placebo_keyness(in_clause)
    assert len(placebo) == 1000
    assert placebo["share_own"].mean() == pytest.approx(0.45, abs=0.04)
    assert 20 / tokens["token"].nunique() == pytest.approx(0.07, abs=0.01)
    pd.testing.assert_frame_equal(placebo, compare.placebo_keyness(in_clause))
    assert not placebo.equals(compare.placebo_keyness(in_clause, seed=1))


def test_a_placebo_that_marks_every_unit_is_left_out():
    tokens = pd.DataFrame({"doc_id": "d", "clause_id": [1, 1, 2, 2], "token": list("甲乙甲丙")})
    placebo = compare.placebo_keyness(tokens, n_lexicons=300, n_words=1, top=1)
    assert 150 < len(placebo) < 250  # 甲 stands in both units and is drawn a third of the time
    assert set(placebo["n_units_marked"]) == {1}


def test_placebo_without_units_or_with_too_many_words_is_refused(tokens):
    with pytest.raises(ValueError, match="no column 'clause_id'; join the units"):
        compare.placebo_keyness(tokens)
    with pytest.raises(ValueError, match="n_words is 999; the text has 264 types"):
        compare.placebo_keyness(tokens, unit="sentence_id", n_words=999)


def test_free_as_text_is_refused_because_the_word_false_counts_as_true(clauses, hits):
    as_text = hits.assign(free=hits["free"].map({True: "True", False: "False"}))
    with pytest.raises(ValueError, match="column 'free' of the hits table holds"):
        compare.label_units(clauses, as_text)


def test_counts_of_two_segmenters_are_not_compared(tokens, plain_tokens):
    counts = pd.concat(
        [
            count.count_features(tokens.assign(half="ours"), by="half"),
            count.count_features(plain_tokens.assign(half="plain"), by="half"),
        ]
    )
    with pytest.raises(ValueError, match="counts table mixes 2 segmenters"):
        compare.keyness(counts, target="ours", reference="plain")


# --- what is refused ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "target", "message"),
    [
        (COUNTS, ["D2"], r"name one group each; \['D2'\] names none"),
        (COUNTS, pd.NA, "name one group each; <NA> names none"),
        (COUNTS.assign(part=None), "D2", "no value in 'part'"),
        (COUNTS.assign(n="5"), "D2", "n = '5' for feature '防控' of group 'D2'"),
        (COUNTS.assign(n=True), "D2", "n = .*True.*a whole number n"),
        (COUNTS.assign(n=np.inf), "D2", "n = .*inf.*a whole number n"),
        (COUNTS.assign(n=2**62), "D2", "sum to more than 2..53"),
        (pd.concat([COUNTS, COUNTS[["n"]]], axis=1), "D2", "has the column 'n' twice"),
        (pd.concat([COUNTS[["part"]], COUNTS], axis=1), "D2", "has the column 'part' twice"),
    ],
)
def test_keyness_refuses_what_would_give_a_wrong_number(counts, target, message):
    with pytest.raises(ValueError, match=message):
        compare.keyness(counts, target=target, reference="D3")


def test_keyness_of_categories():
    as_categories = COUNTS.astype({"part": "category", "feature": "category"}).set_axis(
        [0] * len(COUNTS)
    )
    found, expected = keyness_of(as_categories), keyness_of()
    assert found.index.tolist() == expected.index.tolist()
    numbers = [table.drop(columns="test").to_numpy(float) for table in (found, expected)]
    np.testing.assert_array_equal(*numbers)


@pytest.mark.parametrize(
    ("units", "hits", "message"),
    [
        (UNITS.assign(start=None), {}, "no whole number of at least 0 in 'start'"),
        (UNITS.assign(end="x"), {}, "whole number of at least 0 in 'end' .*holds 'x'"),
        (UNITS.assign(sentence_id=None), {}, "no value in 'sentence_id'"),
        (pd.concat([UNITS, UNITS]), {}, "sentence_id 1 of doc_id 'd' twice"),
        (
            UNITS.assign(doc_id=[1, 1, 2]),
            {},
            "doc_id holds 'd' in the hits table and 1 in the sentences",
        ),
        (UNITS, {"start": None}, "no whole number of at least 0 in 'start'"),
        (UNITS, {"start": 0.5}, "whole number of at least 0 in 'start' .*0.5"),
        (UNITS, {"category": None}, "no category .* in 'category'"),
        (UNITS, {"category": "防疫"}, "no category .*holds '防疫'"),
        (UNITS, {"free": 1}, "'free' of the hits table holds int64"),
        (UNITS, {"free": None}, "'free' of the hits table holds object"),
        (UNITS, {"direction": "control"}, "hits table has no column 'cancelled'"),
        (UNITS, {"direction": "up", "cancelled": ""}, "no control, opening or '' in 'direction'"),
        (UNITS, {"direction": "", "cancelled": None}, "no ended, negated or '' in 'cancelled'"),
    ],
)
def test_labelling_refuses_what_would_give_a_wrong_label(units, hits, message):
    with pytest.raises(ValueError, match=message):
        compare.label_units(units, make_hits(("d", "prevention", 2, 4, True)).assign(**hits))


def test_labels_do_not_depend_on_index_order_or_dtype(clauses, hits, labels):
    odd_units = clauses.sample(frac=1, random_state=1).set_axis([0] * len(clauses))
    odd_hits = hits.sample(frac=1, random_state=2).set_axis([0] * len(hits))
    odd_units = odd_units.astype({"doc_id": "category", "start": object})
    found = compare.label_units(odd_units, odd_hits.astype({"category": "category"}))
    assert found.sort_values("clause_id")["label"].tolist() == labels["label"].tolist()


@pytest.mark.parametrize(
    ("change", "by", "message"),
    [
        ({}, ["part"], "by must be the name of one column"),
        ({}, 5, "by must be the name of one column"),
        ({}, "label", "by is 'label', a column that the answer has itself"),
        ({"n": 1}, "n", "by is 'n', a column that the answer has itself"),
        ({"part": [["a"], ["b"]]}, "part", "no value in 'part'"),
        ({"label": [["coupling"]] * 2}, None, "no value in 'label'"),
        ({"label": None}, None, "no value in 'label'"),
    ],
)
def test_counting_labels_refuses_what_cannot_be_counted(change, by, message):
    labels = pd.DataFrame({"label": ["coupling"] * 2, "part": ["a", "b"], 0: 1}).assign(**change)
    with pytest.raises(ValueError, match=message):
        compare.count_labels(labels, by=by)


@pytest.mark.parametrize("cell", [None, ["d"]])
def test_a_scope_without_documents_is_refused(cell):
    with pytest.raises(ValueError, match="3 rows of the documents table have no value in 'doc_id'"):
        compare.describe_scope(UNITS.assign(doc_id=[cell] * 3))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_resamples": None}, "at least 100 resamples; n_resamples is None"),
        ({"n_resamples": "1000"}, "n_resamples is '1000'"),
        ({"n_resamples": 1000.5}, "n_resamples is 1000.5"),
        ({"n_resamples": float("nan")}, "n_resamples is nan"),
        ({"n_resamples": 10**12}, "a whole number up to 1,000,000"),
        ({"confidence": "0.95"}, "confidence must lie between 0 and 1.*'0.95'"),
        ({"confidence": None}, "confidence must lie between 0 and 1.*None"),
        ({"confidence": True}, "confidence must lie between 0 and 1.*True"),
        ({"seed": -1}, "seed is -1; write a whole number of at least 0"),
        ({"seed": None}, "seed is None"),
        ({"seed": "2020"}, "seed is '2020'"),
        ({"seed": False}, "seed is False"),
        ({"resample": ["doc_id"]}, "resample must name the column"),
        ({"resample": "label"}, "resample must name the column.*'label'"),
        ({"target": ["prevention"]}, r"unknown label \['prevention'\]"),
        ({"target": None}, "unknown label None"),
    ],
)
def test_options_of_a_share_that_cannot_be_used_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        compare.bootstrap_share(make_labels("p", "r"), **options)


@pytest.mark.parametrize(
    ("hits", "sentences", "options", "message"),
    [
        ({}, {}, {"terms": None}, "terms must be a list of terms.*None"),
        ({}, {}, {"terms": 5}, "terms must be a list of terms.*5"),
        ({}, {}, {"terms": [None]}, "terms must be a list of terms; it holds None"),
        ({}, {}, {"terms": [["防控"]]}, r"terms must be a list of terms; it holds \['防控'\]"),
        ({}, {}, {"per": 0}, "per is 0; write how many characters"),
        ({}, {}, {"per": -1}, "per is -1"),
        ({}, {}, {"per": "1000"}, "per is '1000'"),
        ({}, {}, {"per": float("nan")}, "per is nan"),
        ({}, {}, {"per": True}, "per is True"),
        ({"free": "True"}, {}, {}, "'free' of the hits table holds .*not True and False"),
        ({"sentence_id": "1"}, {}, {}, "sentence_id holds '1' in the hits table and 1 in the sent"),
        ({"term": None}, {}, {}, "no well-formed text in 'term'"),
        ({}, {"sentence": None}, {}, "no well-formed text in 'sentence'"),
        ({}, {"sentence_id": None}, {}, "no value in 'sentence_id'"),
    ],
)
def test_rates_refuse_what_would_give_a_wrong_number(hits, sentences, options, message):
    options = {"terms": ["防控"], "n_resamples": 200} | options
    with pytest.raises(ValueError, match=message):
        compare.bootstrap_rates(TEN_HITS.assign(**hits), TEN_HAN.assign(**sentences), **options)


PLACEBO_TOKENS = pd.DataFrame({"doc_id": "d", "clause_id": [1, 1, 2, 2], "token": list("甲乙丙丁")})


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        ({"token": None}, {}, "no value in 'token'"),
        ({"token": ["甲", "乙", "丙", 5]}, {}, "no text in token"),
        ({"clause_id": [1, None, 2, 2]}, {}, "1 rows .* no value in 'clause_id'"),
        ({"clause_id": 1}, {}, "the tokens stand in one 'clause_id'; a comparison needs"),
        ({}, {"unit": None}, "no column None"),
        ({}, {"unit": ["clause_id"]}, r"no column \['clause_id'\]"),
        ({}, {"unit": "doc_id"}, "the tokens stand in one 'doc_id'"),
        ({}, {"n_words": 1.5}, "n_words is 1.5; the text has 4 types"),
        ({}, {"n_words": True}, "n_words is True"),
        ({}, {"n_words": "1"}, "n_words is '1'"),
        ({}, {"n_words": 4}, "n_words is 4; the text has 4 types"),
        ({}, {"n_lexicons": 1.5}, "n_lexicons is 1.5; draw at least 1"),
        ({}, {"n_lexicons": None}, "n_lexicons is None"),
        ({}, {"top": 0}, "top is 0; look at"),
        ({}, {"top": -1}, "top is -1"),
        ({}, {"seed": "1"}, "seed is '1'"),
    ],
)
def test_a_placebo_names_what_is_wrong(change, options, message):
    options = {"n_lexicons": 2, "n_words": 1} | options
    with pytest.raises(ValueError, match=message):
        compare.placebo_keyness(PLACEBO_TOKENS.assign(**change), **options)
