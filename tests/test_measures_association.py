import itertools
import math

import numpy as np
import pytest
from scipy import optimize, stats

from helpers.counting import measures

WITH_N = [
    measures.mutual_information, measures.mi3, measures.npmi, measures.t_score, measures.z_score,
    measures.phi_square,
]  # fmt: skip


def test_the_coupling_of_the_sample_as_collocation():
    # methods.md 2.4: 疫情防控 in 9 of 61 clauses, 经济社会发展 in 7, both in 6.
    assert measures.mutual_information(6, 9, 7, 61) == pytest.approx(2.54, abs=0.005)
    assert measures.log_dice(6, 9, 7) == pytest.approx(13.58, abs=0.005)
    assert measures.delta_p(6, 9, 7, 61) == pytest.approx((0.65, 0.80), abs=0.005)
    assert measures.fisher_exact_p(6, 7 - 6, 9, 61 - 9) < 2e-5


def test_log_dice_doubles_with_the_dice_and_ignores_the_corpus():
    assert measures.log_dice(8, 40, 24) - measures.log_dice(4, 40, 24) == pytest.approx(1)
    assert measures.log_dice([0, 2], [3, 3], 3).tolist() == pytest.approx(
        [math.nan, 14 + math.log2(2 / 3)], nan_ok=True
    )


def test_a_pair_never_seen_has_no_score():
    for measure in WITH_N:
        assert math.isnan(measure(0, 5, 4, 100))
    assert math.isnan(measures.log_dice(0, 5, 4))
    assert math.isnan(measures.dice(0, 5, 4))
    assert np.isnan(measures.delta_p(0, 5, 4, 100)).all()
    # A word in every unit leaves no units without it to compare with.
    forward, backward = measures.delta_p([4, 2], [9, 5], 4, 9)
    assert np.isnan(forward).tolist() == [True, False]
    assert not np.isnan(backward).any()
    assert np.isnan(measures.phi_square([4, 2], [9, 5], 4, 9)).tolist() == [True, False]
    # A pair in every unit has no rarity to divide by.
    assert math.isnan(measures.npmi(9, 9, 9, 9))


def test_arrays_give_what_numbers_give_one_by_one():
    f, f1, f2 = np.array([6, 2, 1]), np.array([9, 8, 3]), np.array([7, 2, 3])
    for measure in WITH_N:
        one_by_one = [measure(*pair, 61) for pair in zip(f, f1, f2, strict=True)]
        assert measure(f, f1, f2, 61).tolist() == one_by_one
        assert type(measure(6, 9, 7, 61)) is float


def test_formulas_by_hand():
    # Observed 6, expected 9 x 7 / 63 = 1.
    assert measures.mutual_information(6, 9, 7, 63) == pytest.approx(math.log2(6))
    assert measures.mi3(6, 9, 7, 63) == pytest.approx(math.log2(216))
    assert measures.npmi(6, 9, 7, 63) == pytest.approx(math.log(6) / math.log(63 / 6))
    assert measures.t_score(6, 9, 7, 63) == pytest.approx(5 / math.sqrt(6))
    assert measures.z_score(6, 9, 7, 63) == pytest.approx(5)
    assert measures.dice(6, 9, 7) == pytest.approx(12 / 16)


def test_phi_square_is_chi_square_per_unit():
    assert measures.phi_square(6, 9, 7, 61) == pytest.approx(
        measures.chi_square(6, 7 - 6, 9, 61 - 9) / 61
    )
    assert measures.phi_square(6, 9, 7, 61) == pytest.approx(
        stats.contingency.association([[6, 1], [3, 51]], method="cramer") ** 2
    )
    assert measures.phi_square(5, 5, 5, 60) == pytest.approx(1)


# --- expressions of K words ----------------------------------------------------------------


def fit_log_linear(counts):
    """The K-way interaction of a saturated Poisson model and its z, by maximum likelihood."""
    n_words = int(math.log2(len(counts)))
    places = np.array(list(itertools.product([0, 1], repeat=n_words)))
    design = np.array([
        [np.prod(place[list(term)]) for size in range(n_words + 1)
         for term in itertools.combinations(range(n_words), size)]
        for place in places
    ])  # fmt: skip

    def loss(beta):
        return np.exp(design @ beta).sum() - counts @ design @ beta

    def slope(beta):
        return design.T @ (np.exp(design @ beta) - counts)

    def curvature(beta):
        return design.T @ (design * np.exp(design @ beta)[:, None])

    start = np.linalg.lstsq(design, np.log(counts + 1), rcond=None)[0]
    fit = optimize.minimize(
        loss, start, jac=slope, hess=curvature, method="trust-exact", options={"gtol": 1e-9}
    )
    error = math.sqrt(np.linalg.inv(curvature(fit.x))[-1, -1])
    return fit.x[-1], fit.x[-1] / error


@pytest.mark.parametrize(
    "patterns",
    [[7, 0, 0, 2], [900, 20, 30, 5], [500, 12, 9, 3, 14, 2, 6, 4],
     [800, 9, 7, 2, 11, 3, 1, 0, 13, 2, 4, 1, 5, 0, 2, 3]],
)  # fmt: skip
@pytest.mark.parametrize("smoothing", [0.5, 1])
def test_lambda_against_a_fitted_log_linear_model(patterns, smoothing):
    ours = measures.ngram_lambda(patterns, smoothing=smoothing)
    assert ours == pytest.approx(fit_log_linear(np.array(patterns) + smoothing), rel=1e-5)


def test_lambda_of_two_words_is_the_log_odds_ratio():
    strength, z = measures.ngram_lambda([[900, 20, 30, 5], [7, 0, 0, 2]])
    by_hand = math.log(900.5 * 5.5 / (20.5 * 30.5))
    assert strength[0] == pytest.approx(by_hand)
    assert z[0] == pytest.approx(by_hand / math.sqrt(1 / 900.5 + 1 / 5.5 + 1 / 20.5 + 1 / 30.5))
    unsmoothed = measures.ngram_lambda([900, 20, 30, 5], smoothing=0).strength
    assert unsmoothed == pytest.approx(math.log(measures.odds_ratio(5, 20, 35, 920)))


def test_lambda_counts_each_pattern_by_its_places():
    # Two of three words together explain the three: strength falls as "first two only" grows.
    rare, common = measures.ngram_lambda(
        [[500, 9, 9, 9, 9, 9, 5, 4], [500, 9, 9, 9, 9, 9, 50, 4]]
    ).strength
    assert rare > common
    # and rises with "first only", as there the sign of one word is plus.
    few, many = measures.ngram_lambda(
        [[500, 9, 9, 9, 9, 9, 5, 4], [500, 9, 9, 9, 90, 9, 5, 4]]
    ).strength
    assert many > few


def test_lambda_without_an_answer():
    assert np.isnan(measures.ngram_lambda([10, 1, 1, 0])).all()  # never seen
    assert np.isnan(measures.ngram_lambda([10, 0, 1, 2], smoothing=0)).all()  # a pattern missing
    assert np.isfinite(measures.ngram_lambda([10, 0, 1, 2])).all()


@pytest.mark.parametrize("patterns", [[5, 3], [1, 2, 3], [1, 2, 3, 4, 5, 6]])
def test_lambda_needs_all_patterns(patterns):
    with pytest.raises(ValueError, match=rf"2\^K counts \(4, 8, 16 ...\), not {len(patterns)}"):
        measures.ngram_lambda(patterns)


def test_lambda_names_impossible_input():
    with pytest.raises(ValueError, match="cannot be negative"):
        measures.ngram_lambda([10, -1, 1, 2])
    with pytest.raises(ValueError, match="smoothing cannot be negative; it is -1"):
        measures.ngram_lambda([10, 1, 1, 2], smoothing=-1)
