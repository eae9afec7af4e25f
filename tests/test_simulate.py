import numpy as np
import pandas as pd
import pytest
from scipy import stats

from helpers import compare, paths, simulate
from helpers.comparing.compare.intervals import logit_t_interval

MODEL = {"share": 0.7, "rho": 0.1, "coupling": 0.1, "unlabelled": 0.4, "sentences": 12}


def draw(n_documents: int, seed: int = 1, **more: float) -> np.ndarray:
    generator = np.random.default_rng(seed)
    return simulate.draw_cells(n_documents, **(MODEL | more), generator=generator)


def test_the_drawn_mix_is_the_mix_that_was_asked_for():
    cells = draw(20_000)
    total = cells.sum(axis=0)
    assert total[0] / total[:2].sum() == pytest.approx(0.7, abs=0.01)
    assert total[2] / total.sum() == pytest.approx(0.1, abs=0.01)
    assert total[3] / total.sum() == pytest.approx(0.4, abs=0.01)
    assert cells.sum(axis=1).mean() == pytest.approx(12, abs=0.1)
    assert (draw(2000, sentences=1).sum(axis=1) == 1).all()


@pytest.mark.parametrize("rho", [0.0, 0.1, 0.3])
def test_the_drawn_documents_are_as_alike_as_asked_for(rho):
    assert simulate.estimate_rho(draw(20_000, rho=rho)) == pytest.approx(rho, abs=0.01)


def test_labels_are_the_cells_one_row_a_sentence():
    labels = simulate.draw_labels(50, seed=3)
    cells = draw(50, seed=3)
    assert len(labels) == cells.sum()
    n = labels["label"].value_counts()
    assert n["prevention"] == cells[:, 0].sum()
    assert n["unlabelled"] == cells[:, 3].sum()
    assert labels.groupby("doc_id")["sentence_id"].is_monotonic_increasing.all()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"n_documents": 1}, "n_documents is 1; one document is descriptive only"),
        ({"share": 1.2}, "share is 1.2; it must lie between 0 and 1"),
        ({"rho": 1.0}, "rho is 1.0; it must be at least 0 and below 1"),
        ({"coupling": 0.6, "unlabelled": 0.5}, "leave no sentence for the two"),
        ({"sentences": 0.5}, "sentences is 0.5; a document has at least one"),
    ],
)
def test_a_senseless_model_is_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        simulate.draw_labels(wrong.pop("n_documents", 5), **wrong)


def test_no_simulations_are_refused():
    with pytest.raises(ValueError, match="n_simulations is 0"):
        simulate.interval_coverage(n_simulations=0)
    with pytest.raises(ValueError, match="make no comparison"):
        simulate.keyness_false_positives(n_definers=300, n_types=300)


def test_rho_of_two_single_sentences_cannot_be_told():
    with pytest.raises(ValueError, match="cannot tell how alike"):
        simulate.estimate_rho(np.array([[1, 0], [0, 1]]))


def test_the_logit_interval_is_the_delta_method_by_hand():
    cells = np.array([[3, 1], [4, 2], [5, 5], [2, 0]])
    t, m = cells[:, 0], cells.sum(axis=1)
    share = t.sum() / m.sum()
    error = np.sqrt(4 / 3 * ((t - share * m) ** 2).sum()) / m.sum()
    # On the logit scale the delta method divides by p (1 - p).
    reach = stats.t.ppf(0.975, 3) * error / (share * (1 - share))
    expected = 1 / (1 + np.exp(-(np.log(share / (1 - share)) + np.array([-reach, reach]))))
    assert logit_t_interval(cells) == pytest.approx(expected)
    assert np.isnan(logit_t_interval(np.array([[1, 0], [2, 0]]))).all()


def test_the_intervals_tested_are_those_that_compare_gives():
    labels = simulate.draw_labels(40, rho=0.2, seed=5)
    cells = draw(40, seed=5, rho=0.2)
    tested = simulate._three_intervals(cells, np.random.default_rng(1))
    for place, resample in ((0, "sentence_id"), (1, "doc_id")):
        given = compare.bootstrap_share(labels, resample=resample).iloc[0]
        assert tested[place] == pytest.approx((given["low"], given["high"]), abs=0.025)
    given = compare.estimate_share(labels).iloc[0]
    assert tested[2] == pytest.approx((given["low"], given["high"]))


def test_sentences_cover_too_little_where_documents_differ():
    found = simulate.interval_coverage(n_documents=(40,), rho=(0.3,), n_simulations=300)
    coverage = found.set_index("interval")["coverage"]
    assert coverage["sentences, percentile"] < 0.85
    assert coverage["documents, logit t"] > 0.92
    assert (found["low"] < found["coverage"]).all()


def test_the_placebo_panel_falls_back_to_chance_with_the_guard():
    """300 units of one language: the own words lead, and without them nothing is left."""
    generator = np.random.default_rng(4)
    words = generator.choice([f"w{i}" for i in range(60)], 3000)
    tokens = pd.DataFrame(
        {"doc_id": "d", "clause_id": np.repeat(np.arange(300), 10), "token": words}
    )
    placebo = compare.placebo_keyness(tokens, n_lexicons=60, n_words=3)
    assert (placebo["largest"] > placebo["largest_guarded"]).mean() > 0.9
    assert placebo["largest"].median() > 3 * placebo["largest_shuffled"].median()
    assert placebo["largest_guarded"].median() < 1.6 * placebo["largest_shuffled"].median()


def test_power_grows_with_documents_and_is_five_percent_without_a_difference():
    found = simulate.power(n_documents=(10, 40), differences=(0.0, 0.3), n_simulations=200)
    power = found.set_index(["n_documents", "difference"])["power"]
    assert power[(40, 0.3)] > power[(10, 0.3)] > power[(10, 0.0)]
    assert power[(40, 0.0)] < 0.12


def test_the_guard_takes_away_what_circularity_gave():
    found = simulate.keyness_false_positives(n_simulations=150, n_permutations=99)
    share = found.set_index(["groups", "words", "test"])["any_found"]
    independent = share.xs("independent", level="words")
    assert independent[("lexicon, all words", "tokens")] > 0.15
    assert independent[("lexicon, definers out", "tokens")] < 0.1
    bursty = share.xs("bursty", level="words")
    assert bursty[("outside rule", "tokens")] > 0.7
    assert bursty[("outside rule", "documents")] < 0.12


def test_the_stored_tables_hold_what_the_notebook_claims():
    """2,000 simulations each; the interval that is claimed holds 93 to 97 percent everywhere."""
    coverage = pd.read_csv(paths.DATA / "simulation" / "coverage.csv", encoding="utf-8")
    assert (coverage["n_simulations"] >= 2000).all()
    claimed = coverage[coverage["interval"] == "documents, logit t"]
    assert claimed["coverage"].between(0.93, 0.97).all()
    percentile = coverage[coverage["interval"] == "documents, percentile"]
    assert percentile.loc[percentile["n_documents"] >= 40, "coverage"].between(0.93, 0.97).all()
    power = pd.read_csv(paths.DATA / "simulation" / "power.csv", encoding="utf-8")
    none = power[power["difference"] == 0]
    assert (none["low"] < 0.05).all()
    assert (none["power"] < 0.07).all()


def test_the_largest_t_agrees_with_scipy_and_orders_the_words():
    generator = np.random.default_rng(0)
    rows = [
        (f"{i}", word, int(n))
        for i in range(20)
        for word, n in zip("甲乙丙", generator.poisson([20 if i < 10 else 4, 6, 30]), strict=True)
    ]
    counts = pd.DataFrame(rows, columns=["doc_id", "feature", "n"])
    group_of = {f"{i}": "a" if i < 10 else "b" for i in range(20)}
    found = compare.permute_keyness(counts, group_of, target="a", reference="b", n_permutations=199)
    assert found["feature"].iloc[0] == "甲"
    assert found["p_value"].iloc[0] == pytest.approx(1 / 200)
    cells = counts.pivot(index="doc_id", columns="feature", values="n")
    rates = cells.div(cells.sum(axis=1), axis=0)["甲"]
    marked = [group_of[name] == "a" for name in rates.index]
    # Ours divides by n - 1 after a population variance: the same as scipy's Welch.
    welch = stats.ttest_ind(rates[marked], rates[[not m for m in marked]], equal_var=False)
    assert found["t"].iloc[0] == pytest.approx(welch.statistic)


def test_permuting_documents_needs_documents():
    counts = pd.DataFrame({"doc_id": ["a", "b"], "feature": ["甲", "甲"], "n": [1, 2]})
    with pytest.raises(ValueError, match="the group 'x' has 1 documents"):
        compare.permute_keyness(counts, {"a": "x", "b": "y"}, target="x", reference="y")
    with pytest.raises(ValueError, match="no group for the document 'b'"):
        compare.permute_keyness(counts, {"a": "x"}, target="x", reference="y")


# --- what is refused ----------------------------------------------------------------------

NO_NUMBERS = (None, "10", float("nan"), float("inf"), True, [5])


@pytest.mark.parametrize("wrong", NO_NUMBERS)
@pytest.mark.parametrize(
    "option", ["n_documents", "share", "rho", "coupling", "unlabelled", "sentences", "seed"]
)
def test_a_model_of_no_numbers_is_refused(option, wrong):
    with pytest.raises(ValueError, match=f"{option} is "):
        simulate.draw_labels(**{"n_documents": 5, option: wrong})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_documents": 2.0}, "n_documents is 2.0; one document is descriptive only"),
        (
            {"n_documents": 10**12},
            "n_documents is 1000000000000; .* whole number from 2 to 10,000,0",
        ),
        ({"sentences": 10**12}, "at least one and at most 100,000"),
        ({"seed": -1}, "seed is -1; write a whole number of at least 0"),
        ({"seed": 1.5}, "seed is 1.5"),
    ],
)
def test_a_model_out_of_bounds_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        simulate.draw_labels(**({"n_documents": 5} | options))


@pytest.mark.parametrize("generator", [None, 2020, np.random])
def test_cells_are_drawn_with_a_generator(generator):
    with pytest.raises(ValueError, match="generator is .*; make it with numpy.random.default_rng"):
        simulate.draw_cells(5, **MODEL, generator=generator)


SMALL = {
    simulate.interval_coverage: {"n_documents": (5,), "rho": (0.1,), "n_simulations": 2},
    simulate.power: {
        "n_documents": (5,), "differences": (0.1,), "n_simulations": 2, "n_permutations": 9,
    },
    simulate.keyness_false_positives: {
        "n_documents": 10, "tokens": 9, "n_types": 30, "n_definers": 3, "n_simulations": 2,
        "n_permutations": 9,
    },
}  # fmt: skip


@pytest.mark.parametrize("run", SMALL, ids=lambda run: run.__name__)
@pytest.mark.parametrize("option", ["n_simulations", "seed"])
@pytest.mark.parametrize("wrong", [*NO_NUMBERS, -1, 1.5])
def test_a_simulation_needs_whole_numbers(run, option, wrong):
    with pytest.raises(ValueError, match=f"{option} is "):
        run(**(SMALL[run] | {option: wrong}))


@pytest.mark.parametrize(
    ("run", "options", "message"),
    [
        (
            simulate.interval_coverage,
            {"n_documents": 5},
            "n_documents must be a list of numbers.*5",
        ),
        (simulate.interval_coverage, {"n_documents": "5"}, "n_documents must be a list of numbers"),
        (simulate.interval_coverage, {"n_documents": ()}, "n_documents must be a list of numbers"),
        (simulate.interval_coverage, {"n_documents": (5, "6")}, "n_documents is '6'"),
        (simulate.interval_coverage, {"rho": 0.1}, "rho must be a list of numbers.*0.1"),
        (simulate.interval_coverage, {"rho": ()}, "rho must be a list of numbers"),
        (simulate.interval_coverage, {"rho": (0.1, None)}, "rho is None"),
        (simulate.power, {"n_documents": 5}, "n_documents must be a list of numbers"),
        (simulate.power, {"n_documents": ()}, "n_documents must be a list of numbers"),
        (simulate.power, {"differences": 0.1}, "differences must be a list of numbers"),
        (simulate.power, {"differences": (-0.1,)}, "differences holds -0.1; .* below 0.6"),
        (simulate.power, {"differences": (0.9,)}, "differences holds 0.9; around the share 0.7"),
        (simulate.power, {"differences": (None,)}, "differences holds None"),
        (simulate.power, {"share": "0.7"}, "share is '0.7'"),
        (simulate.power, {"n_permutations": 0}, "n_permutations is 0; permute at least once"),
        (simulate.power, {"n_permutations": -1}, "n_permutations is -1"),
        (simulate.keyness_false_positives, {"n_permutations": 0}, "n_permutations is 0"),
        (simulate.keyness_false_positives, {"tokens": 0}, "tokens is 0; a document has at least"),
        (simulate.keyness_false_positives, {"tokens": 1.5}, "tokens is 1.5"),
        (simulate.keyness_false_positives, {"n_types": None}, "n_types is None"),
        (simulate.keyness_false_positives, {"n_definers": True}, "n_definers is True"),
        (simulate.keyness_false_positives, {"n_documents": "10"}, "n_documents is '10'"),
        (simulate.keyness_false_positives, {"burstiness": None}, "burstiness is None"),
        (simulate.keyness_false_positives, {"burstiness": 1.5}, "make no comparison"),
    ],
)
def test_a_simulation_names_what_is_wrong(run, options, message):
    with pytest.raises(ValueError, match=message):
        run(**(SMALL[run] | options))


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (None, "one row per document and the columns prevention and reopening; the shape"),
        (np.array([1, 2]), "the shape is .2,."),
        (np.array([[1], [2]]), "the shape is .2, 1."),
        ([[1, 2], [3]], "the shape is .2,."),
        (np.array([["a", "b"], ["c", "d"]]), "cells holds 'a'; it counts sentences"),
        (np.array([[-1, 2], [3, 4]]), "cells holds -1"),
        (np.array([[0.5, 2], [3, 4]]), "cells holds 0.5"),
        (np.array([[np.nan, 2], [3, 4]]), "cells holds nan"),
        (np.zeros((0, 2)), "0 documents with 0 subject sentences cannot tell"),
    ],
)
def test_rho_of_what_are_no_counts_is_refused(cells, message):
    with pytest.raises(ValueError, match=message):
        simulate.estimate_rho(cells)


def test_rho_is_the_same_from_a_table_in_any_order():
    cells = draw(50)
    table = pd.DataFrame(cells).sample(frac=1, random_state=1)
    assert simulate.estimate_rho(table) == pytest.approx(simulate.estimate_rho(cells))


FOUR = pd.DataFrame(
    [(name, word, n) for name in "abcd" for word, n in (("甲", 3), ("乙", ord(name) - 95))],
    columns=["doc_id", "feature", "n"],
)
GROUP_OF = {"a": "x", "b": "x", "c": "y", "d": "y"}


@pytest.mark.parametrize(
    ("counts", "group_of", "options", "message"),
    [
        (
            FOUR,
            GROUP_OF,
            {"reference": "x"},
            "target and reference are both 'x'; choose two groups",
        ),
        (FOUR, GROUP_OF, {"target": ["x"]}, r"name one group each; \['x'\] names none"),
        (FOUR, GROUP_OF, {"target": None}, "name one group each; None names none"),
        (FOUR, GROUP_OF, {"target": "z"}, "the group 'z' has 0 documents"),
        (FOUR, GROUP_OF, {"n_permutations": 0}, "n_permutations is 0; permute at least once"),
        (FOUR, GROUP_OF, {"n_permutations": -1}, "n_permutations is -1"),
        (FOUR, GROUP_OF, {"n_permutations": "99"}, "n_permutations is '99'"),
        (FOUR, GROUP_OF, {"n_permutations": True}, "n_permutations is True"),
        (FOUR, GROUP_OF, {"seed": None}, "seed is None; write a whole number"),
        (FOUR, None, {}, "group_of must be a dict from document to group, not NoneType"),
        (FOUR, ["x", "y"], {}, "group_of must be a dict from document to group, not list"),
        (FOUR, "abcd", {}, "group_of must be a dict from document to group, not str"),
        (FOUR, GROUP_OF | {"b": None}, {}, "group_of names no group for the document 'b'"),
        (FOUR, GROUP_OF | {"b": float("nan")}, {}, "names no group for the document 'b'"),
        (
            FOUR.assign(n=FOUR["n"].where(FOUR["doc_id"] != "c", 0)),
            GROUP_OF,
            {},
            "the document 'c' has no words",
        ),
        (FOUR.assign(doc_id=[None] * 2 + list("bbccdd")), GROUP_OF, {}, "no value in 'doc_id'"),
        (FOUR.assign(n="3"), GROUP_OF, {}, "n = '3' for feature '甲'"),
    ],
)
def test_permuting_documents_names_what_is_wrong(counts, group_of, options, message):
    with pytest.raises(ValueError, match=message):
        compare.permute_keyness(counts, group_of, **({"target": "x", "reference": "y"} | options))


def test_permuted_keyness_does_not_depend_on_index_order_or_dtype():
    options = {"target": "x", "reference": "y", "n_permutations": 19}
    expected = compare.permute_keyness(FOUR, GROUP_OF, **options)
    odd = FOUR.iloc[::-1].set_axis([0] * len(FOUR))
    odd = odd.assign(doc_id=pd.Categorical(odd["doc_id"], list("abcdef")), note="more")
    found = compare.permute_keyness(odd, pd.Series(GROUP_OF), **options)
    pd.testing.assert_frame_equal(found, expected)
