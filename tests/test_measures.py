import math
import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from helpers.counting import measures

# Benjamini & Hochberg (1995), section 3.2.
BH_P = [.0001, .0004, .0019, .0095, .0201, .0278, .0298, .0344, .0459, .3240, .4262, .5719,
        .6528, .7590, 1.0]  # fmt: skip


def log_odds_scattertext(**options):
    return measures.log_odds_dirichlet([1, 5, 1, 9], [100, 510, 100, 199], 16, 909, **options)


# --- second oracles: scipy computes the same quantity another way -------------------------

TABLES = [(8, 5, 32, 31745), (20, 5, 400, 300), (3, 0, 137, 75), (0, 3, 137, 75), (50, 60, 99, 77)]


@pytest.mark.parametrize(("a", "b", "c", "d"), TABLES)
def test_log_likelihood_and_its_p_against_scipy(a, b, c, d):
    oracle = stats.chi2_contingency(
        [[a, b], [c - a, d - b]], correction=False, lambda_="log-likelihood"
    )
    ours = measures.log_likelihood(a, b, c, d)
    assert abs(ours) == pytest.approx(oracle.statistic)
    assert np.sign(ours) == np.sign(a / c - b / d)
    assert measures.chi2_p(ours) == pytest.approx(oracle.pvalue)
    assert measures.smallest_expected(a, b, c, d) == pytest.approx(oracle.expected_freq.min())


@pytest.mark.parametrize(("a", "b", "c", "d"), TABLES)
def test_fisher_and_odds_ratio_against_scipy(a, b, c, d):
    table = [[a, b], [c - a, d - b]]
    assert measures.fisher_exact_p(a, b, c, d) == pytest.approx(stats.fisher_exact(table).pvalue)
    if min(a, b) > 0:
        sample = stats.contingency.odds_ratio(table, kind="sample").statistic
        assert measures.odds_ratio(a, b, c, d) == pytest.approx(sample)


@pytest.mark.parametrize("confidence", [0.9, 0.95])
@pytest.mark.parametrize(("a", "b", "c", "d"), [case for case in TABLES if min(case[:2]) > 0])
def test_log_ratio_and_interval_against_scipy(a, b, c, d, confidence):
    oracle = stats.contingency.relative_risk(a, c, b, d)
    ends = oracle.confidence_interval(confidence)
    assert measures.log_ratio(a, b, c, d, smoothing=0) == pytest.approx(
        math.log2(oracle.relative_risk)
    )
    ours = measures.log_ratio_interval(a, b, c, d, smoothing=0, confidence=confidence)
    assert ours == pytest.approx((math.log2(ends.low), math.log2(ends.high)))


def test_arrays_give_what_numbers_give_one_by_one():
    a, b, c, d = (np.array(column) for column in zip(*TABLES, strict=True))
    for measure in (measures.log_likelihood, measures.fisher_exact_p, measures.log_ratio,
                    measures.odds_ratio, measures.smallest_possible_p,
                    measures.smallest_expected, measures.chi_square,
                    measures.conservative_log_ratio, measures.difference_coefficient,
                    measures.simple_maths):  # fmt: skip
        assert measure(a, b, c, d).tolist() == [measure(*table) for table in TABLES]
        assert type(measure(*TABLES[0])) is float
    assert measures.log_ratio([[1], [2]], 3, [10, 20], 10).shape == (2, 2)


# --- conventions and numbers worked by hand ----------------------------------------------


def test_four_cells_and_two():
    assert measures.log_likelihood(20, 5, 400, 300) == pytest.approx(6.03, abs=0.005)
    assert measures.log_likelihood(20, 5, 400, 300, cells=2) == pytest.approx(5.84, abs=0.005)
    assert measures.log_likelihood(5, 20, 300, 400, cells=2) == pytest.approx(-5.84, abs=0.005)
    with pytest.raises(ValueError, match="cells must be 2 or 4, not 3"):
        measures.log_likelihood(20, 5, 400, 300, cells=3)


def test_the_best_word_of_the_sample_is_bare_mention():
    # methods.md 2.1: 目标, 0 of 137 tokens against 3 of 75.
    g2 = measures.log_likelihood(0, 3, 137, 75)
    assert g2 == pytest.approx(-6.31, abs=0.005)
    assert measures.bayes_factor_bic(g2, 137 + 75) == pytest.approx(0.95, abs=0.01)


def test_equal_shares_are_no_evidence():
    assert measures.log_likelihood(3, 1, 30, 10) == 0
    assert measures.log_ratio(3, 1, 30, 10, smoothing=0) == 0
    assert measures.percent_diff(3, 1, 30, 10) == 0
    assert measures.odds_ratio(3, 1, 30, 10) == 1
    # Nearly equal in large groups: rounding must not turn the sign against the shares.
    a, b, c, d = 1944599, 2906278, 5239999, 7831380
    assert measures.log_likelihood(a, b, c, d) * (a * d - b * c) >= 0


def test_smoothing_adds_to_counts_and_sizes():
    # (3.5 / 100.5) / (0.5 / 100.5) = 7
    assert measures.log_ratio(3, 0, 100, 100) == pytest.approx(math.log2(7))
    assert measures.log_ratio(3, 1, 100, 50, smoothing=1) == pytest.approx(
        math.log2((4 / 101) / (2 / 51))
    )
    # 1/20.5 - 1/400.5 + 1/5.5 - 1/300.5 = 0.224773
    middle, reach = math.log2(20.5 / 400.5 / (5.5 / 300.5)), 1.959964 * math.sqrt(0.224773)
    assert measures.log_ratio_interval(20, 5, 400, 300) == pytest.approx(
        (middle - reach / math.log(2), middle + reach / math.log(2)), abs=1e-5
    )


@pytest.mark.parametrize(
    ("measure", "only_target", "only_reference"),
    [
        (lambda *counts: measures.log_ratio(*counts, smoothing=0), math.inf, -math.inf),
        (measures.percent_diff, math.inf, -100),
        (measures.difference_coefficient, 1, -1),
        (measures.simple_maths, 200_001, 1 / 200_001),
        # All of two mentions, exactly: 0.025^(1/2) of them at least; log2(.158114 / .841886) < 0.
        (measures.conservative_log_ratio, 0, 0),
        # Haldane-Anscombe: (2.5 x 10.5) / (0.5 x 8.5)
        (measures.odds_ratio, 2.5 * 10.5 / (0.5 * 8.5), 0.5 * 8.5 / (2.5 * 10.5)),
    ],
)
def test_a_word_of_one_group_only(measure, only_target, only_reference):
    assert measure(2, 0, 10, 10) == pytest.approx(only_target)
    assert measure(0, 2, 10, 10) == pytest.approx(only_reference)


def test_no_interval_for_a_raw_ratio_of_one_group_only():
    assert np.isnan(measures.log_ratio_interval(2, 0, 10, 10, smoothing=0)).all()
    assert np.isfinite(measures.log_ratio_interval(2, 0, 10, 10)).all()


FOUR_COUNTS = [
    measures.log_likelihood, measures.fisher_exact_p, measures.smallest_possible_p,
    measures.smallest_expected, measures.log_ratio, measures.log_ratio_interval,
    measures.percent_diff, measures.odds_ratio, measures.log_odds_dirichlet, measures.chi_square,
    measures.conservative_log_ratio, measures.difference_coefficient, measures.simple_maths,
    measures.odds_ratio_interval,
]  # fmt: skip


@pytest.mark.parametrize("measure", FOUR_COUNTS, ids=lambda measure: measure.__name__)
def test_an_empty_group_is_nan(measure):
    assert np.isnan(measure(0, [3, 0], 0, 10)).all()
    assert np.isnan(measure([3, 0], 0, 10, 0)).all()
    assert np.isnan(measure([3], [0], [10], [0])).all()


@pytest.mark.parametrize("measure", FOUR_COUNTS, ids=lambda measure: measure.__name__)
def test_impossible_counts_are_named(measure):
    with pytest.raises(ValueError, match="larger than the size of its group"):
        measure(11, 3, 10, 10)
    with pytest.raises(ValueError, match="larger than the size of its group"):
        measure(1, 13, 10, 10)
    with pytest.raises(ValueError, match="cannot be negative"):
        measure([-1, 2], 3, 10, 10)


def test_a_word_of_neither_group():
    assert measures.log_likelihood(0, 0, 10, 10) == 0
    for yates in (False, True):
        assert measures.chi_square([0, 10], [0, 10], 10, 10, yates=yates).tolist() == [0, 0]
    for side in measures.ALTERNATIVES:
        assert measures.fisher_exact_p(0, 0, 10, 10, alternative=side) == 1
    assert measures.smallest_possible_p(0, 0, 10, 10) == 1
    for measure in (measures.log_ratio, measures.log_ratio_interval, measures.percent_diff,
                    measures.odds_ratio, measures.odds_ratio_interval, measures.simple_maths,
                    measures.difference_coefficient, measures.conservative_log_ratio):  # fmt: skip
        assert np.isnan(measure(0, 0, 10, 10)).all()


def test_fisher_refuses_rates():
    with pytest.raises(ValueError, match="needs whole numbers; pass counts, not rates"):
        measures.fisher_exact_p(0.5, 3, 10, 10)


def test_options_out_of_range():
    with pytest.raises(ValueError, match="smoothing cannot be negative; it is -1"):
        measures.log_ratio(1, 2, 10, 10, smoothing=-1)
    with pytest.raises(ValueError, match="confidence must lie between 0 and 1.*95"):
        measures.log_ratio_interval(1, 2, 10, 10, confidence=95)
    with pytest.raises(ValueError, match="variance_terms must be 2 or 4, not 3"):
        measures.log_odds_dirichlet([1, 2], [2, 1], 3, 3, variance_terms=3)
    with pytest.raises(ValueError, match="alternative must be one of .*not 'larger'"):
        measures.fisher_exact_p(1, 2, 10, 10, alternative="larger")
    with pytest.raises(ValueError, match="n_tests must be at least 1, not 0"):
        measures.conservative_log_ratio(1, 2, 10, 10, n_tests=0)
    with pytest.raises(ValueError, match="confidence must lie between 0 and 1.*95"):
        measures.conservative_log_ratio(1, 2, 10, 10, confidence=95)
    with pytest.raises(ValueError, match="the exact interval needs whole numbers"):
        measures.conservative_log_ratio(1.5, 2, 10, 10)
    with pytest.raises(ValueError, match="added must be above 0, such as 1 or 100; it is 0"):
        measures.simple_maths(1, 2, 10, 10, added=0)
    with pytest.raises(ValueError, match="beta must be above 0, such as 1; it is 0"):
        measures.scaled_f_score([1, 2], [2, 1], beta=0)
    with pytest.raises(ValueError, match="cannot be negative"):
        measures.scaled_f_score([1, -2], [2, 1], beta=1)
    with pytest.raises(ValueError, match="prior must be above 0"):
        measures.log_odds_dirichlet([1, 2], [2, 1], 3, 3, prior=[0.5, 0])


@given(st.integers(1, 12), st.integers(0, 12), st.integers(1, 15), st.integers(1, 15))
def test_smallest_possible_p_is_the_smallest_of_all_tables(a, b, c, d):
    a, b = min(a, c), min(b, d)
    word = a + b
    possible = [
        measures.fisher_exact_p(in_target, word - in_target, c, d)
        for in_target in range(max(0, word - d), min(word, c) + 1)
    ]
    assert measures.smallest_possible_p(a, b, c, d) == pytest.approx(min(possible))


def test_benjamini_hochberg_leaves_nan_where_it_was():
    holed = np.array([np.nan, *BH_P[:5], np.nan, *BH_P[5:]])
    q = measures.benjamini_hochberg(holed)
    assert np.isnan(q[[0, 6]]).all()
    assert q[~np.isnan(q)].tolist() == measures.benjamini_hochberg(BH_P).tolist()
    assert (q < 0.05).sum() == 4  # the paper rejects four
    assert np.isnan(measures.benjamini_hochberg([np.nan, np.nan])).all()
    assert measures.benjamini_hochberg(0.2) == 0.2


def test_two_term_variance():
    # Monroe et al. eq. 18 and 20 on scattertext's counts; the sign follows the target.
    z = log_odds_scattertext(variance_terms=2).z
    assert z == pytest.approx([-0.609502, -2.304405, -0.609502, 4.462925], abs=5e-7)


def test_an_informative_prior_pulls_towards_no_difference():
    background = np.array([0.1, 0.5, 0.1, 0.3])
    weak, strong = (log_odds_scattertext(prior=weight * background) for weight in (10, 1000))
    assert (abs(strong.delta) < abs(weak.delta)).all()
    # By hand for the last word, weight 10: 12/14 against 202/717.
    assert weak.delta[3] == pytest.approx(math.log(12 / 14) - math.log(202 / 717))


def test_log_odds_of_a_vocabulary_of_one_word():
    assert np.isnan(measures.log_odds_dirichlet([5], [3], 5, 3)).all()


def test_a_missing_count_has_no_p_value():
    assert np.isnan(measures.fisher_exact_p(np.nan, 2, 10, 10))


# --- Fisher's test without a loop ----------------------------------------------------------


def random_tables(n, seed=20200226):
    """Half rare words, many zero cells; margins of every size up to 3,000."""
    generator = np.random.default_rng(seed)
    c, d = generator.integers(1, 3000, (2, n))
    rare = generator.random(n) < 0.5
    a, b = (generator.integers(0, np.where(rare, np.minimum(8, s), s) + 1) for s in (c, d))
    return a, b, c, d


@pytest.mark.parametrize("alternative", measures.ALTERNATIVES)
def test_fisher_against_scipy_on_random_tables(alternative):
    tables = random_tables(400)
    ours = measures.fisher_exact_p(*tables, alternative=alternative)
    theirs = [
        stats.fisher_exact([[a, b], [c - a, d - b]], alternative=alternative).pvalue
        for a, b, c, d in zip(*tables, strict=True)
    ]
    assert ours == pytest.approx(theirs, rel=1e-9, abs=1e-290)


@given(st.integers(0, 6), st.integers(0, 6), st.integers(1, 7), st.integers(1, 7))
def test_fisher_adds_up_over_all_tables_with_the_same_margins(a, b, c, d):
    a, b = min(a, c), min(b, d)
    possible = np.arange(max(0, a + b - d), min(a + b, c) + 1)
    weight = [math.comb(c, x) * math.comb(d, a + b - x) for x in possible]
    p = dict(zip(possible, np.array(weight) / math.comb(c + d, a + b), strict=True))
    observed = p[a]
    by_hand = {
        "two-sided": sum(value for value in p.values() if value <= observed * (1 + 1e-9)),
        "greater": sum(value for x, value in p.items() if x >= a),
        "less": sum(value for x, value in p.items() if x <= a),
    }
    for alternative, expected in by_hand.items():
        ours = measures.fisher_exact_p(a, b, c, d, alternative=alternative)
        assert ours == pytest.approx(expected, rel=1e-9)


def test_fisher_in_a_large_corpus():
    # Expected 1,000 of 2,000: scipy's value; and a p-value far below what a sum of 1 - ... keeps.
    table = [[1100, 900], [4_998_900, 4_999_100]]
    for alternative in measures.ALTERNATIVES:
        assert measures.fisher_exact_p(
            1100, 900, 5_000_000, 5_000_000, alternative=alternative
        ) == pytest.approx(stats.fisher_exact(table, alternative=alternative).pvalue, rel=1e-6)
    assert 0 < measures.fisher_exact_p(900, 100, 5_000_000, 5_000_000) < 1e-150


def test_equally_likely_tables_belong_to_the_two_sided_p():
    # 3 and 0 of 3 mentions in equal groups are each other's mirror: twice the one tail.
    two, one = (
        measures.fisher_exact_p(3, 0, 50, 50, alternative=side) for side in ("two-sided", "greater")
    )
    assert two == pytest.approx(2 * one)


# --- chi-square ----------------------------------------------------------------------------


@pytest.mark.parametrize("yates", [False, True])
def test_chi_square_against_scipy_and_its_sign(yates):
    a, b, c, d = random_tables(200, seed=7)
    usable = (a + b > 0) & (a + b < c + d)
    a, b, c, d = (values[usable] for values in (a, b, c, d))
    ours = measures.chi_square(a, b, c, d, yates=yates)
    theirs = [
        stats.chi2_contingency([[a, b], [c - a, d - b]], correction=yates).statistic
        for a, b, c, d in zip(a, b, c, d, strict=True)
    ]
    assert np.abs(ours) == pytest.approx(theirs, rel=1e-9, abs=1e-12)
    apart = ours != 0
    assert (np.sign(ours) == np.sign(a * d - b * c))[apart].all()


def test_yates_stops_at_what_is_expected():
    # Expected 2.25 of 3: 0.25 off by 2, so moving 0.5 would overshoot.
    assert measures.chi_square(2, 1, 30, 10) != 0
    assert measures.chi_square(2, 1, 30, 10, yates=True) == 0


def test_chi_square_of_a_billion_words():
    a, b, c, d = 3_000_000, 2_000_000, 1_000_000_000, 1_000_000_000
    expected = 2_500_000
    by_hand = 2 * 500_000**2 / expected + 2 * 500_000**2 / (c - expected)
    assert measures.chi_square(a, b, c, d) == pytest.approx(by_hand)


# --- sizes ---------------------------------------------------------------------------------


def test_conservative_log_ratio_is_the_nearer_end_of_an_exact_interval():
    # Clopper & Pearson through scipy's binomial test: 20 of 25 mentions, groups of 400 and 300.
    share = stats.binomtest(20, 25).proportion_ci(0.95, method="exact")
    by_hand = math.log2(share.low / (1 - share.low) * 300 / 400)
    assert measures.conservative_log_ratio(20, 5, 400, 300) == pytest.approx(by_hand)
    assert measures.conservative_log_ratio(5, 20, 300, 400) == pytest.approx(-by_hand)
    # Nothing is corrected unless asked: ten tests at 95 % are one test at 99.5 %.
    assert measures.conservative_log_ratio(200, 50, 400, 300, n_tests=10) == pytest.approx(
        measures.conservative_log_ratio(200, 50, 400, 300, confidence=0.995)
    )


def test_conservative_log_ratio_of_a_word_of_one_group_only():
    # 20 of 20: at least 0.025^(1/20) of its mentions.
    share = 0.025 ** (1 / 20)
    by_hand = math.log2(share / (1 - share))
    assert measures.conservative_log_ratio([20, 0], [0, 20], 100, 100) == pytest.approx(
        [by_hand, -by_hand]
    )


@given(st.integers(0, 60), st.integers(0, 60))
def test_conservative_log_ratio_is_never_past_the_log_ratio(a, b):
    cautious = measures.conservative_log_ratio(a, b, 100, 80)
    plain = measures.log_ratio(a, b, 100, 80, smoothing=0)
    assert math.isnan(cautious) == (a + b == 0)
    if a + b:
        assert abs(cautious) <= abs(plain)
        assert cautious * plain >= 0 or cautious == 0


@pytest.mark.parametrize("confidence", [0.9, 0.95])
@pytest.mark.parametrize(("a", "b", "c", "d"), [case for case in TABLES if min(case[:2]) > 0])
def test_odds_ratio_interval_against_scipy(a, b, c, d, confidence):
    oracle = stats.contingency.odds_ratio([[a, b], [c - a, d - b]], kind="sample")
    ends = oracle.confidence_interval(confidence)
    ours = measures.odds_ratio_interval(a, b, c, d, confidence=confidence)
    assert ours == pytest.approx((ends.low, ends.high))


def test_odds_ratio_interval_with_a_zero_cell():
    # Cells 2.5, 0.5, 8.5, 10.5: the variance is .4 + 2 + .117647 + .095238.
    reach = 1.959964 * math.sqrt(0.4 + 2 + 1 / 8.5 + 1 / 10.5)
    middle = math.log(2.5 * 10.5 / (0.5 * 8.5))
    assert measures.odds_ratio_interval(2, 0, 10, 10) == pytest.approx(
        (math.exp(middle - reach), math.exp(middle + reach)), rel=1e-5
    )


def test_difference_coefficient_and_simple_maths_by_hand():
    assert measures.difference_coefficient(4, 1, 100, 50) == pytest.approx(1 / 3)  # twice
    assert measures.simple_maths(4, 1, 100, 50, added=20_000) == pytest.approx(1.5)


def test_tidylo_compares_a_group_with_the_whole_that_holds_it():
    # Which is why its numbers are not those of two groups compared with each other.
    two_groups = measures.log_odds_dirichlet([12, 2, 4], [3, 10, 1], 18, 14, prior=1)
    with_whole = measures.log_odds_dirichlet([12, 2, 4], [16, 13, 6], 18, 35, prior=1)
    assert two_groups.delta[0] > with_whole.delta[0] > 0


# --- scaled F-score ------------------------------------------------------------------------


def scaled_f_score_word_by_word(a, b, beta):
    def scaled(shares):
        mean, sd = statistics.mean(shares), statistics.pstdev(shares)
        if sd == 0:
            return [(len(shares) + 1) / 2 / len(shares)] * len(shares)  # all tie at the mean rank
        return [statistics.NormalDist(mean, sd).cdf(share) for share in shares]

    def f_scores(own, other):
        precision = scaled([x / (x + y) for x, y in zip(own, other, strict=True)])
        recall = scaled([x / sum(own) for x in own])
        return [
            (1 + beta**2) * p * r / (beta**2 * p + r)
            for p, r in zip(precision, recall, strict=True)
        ]

    target, reference = f_scores(a, b), f_scores(b, a)
    pairs = list(zip(target, reference, strict=True))
    high = [t for t, r in pairs if t > r]
    low = [r for t, r in pairs if r > t]
    scores = []
    for t, r in pairs:
        own, side, sign = (t, high, 1) if t > r else (r, low, -1)
        place = (own - min(side)) / (max(side) - min(side)) if t != r else 0
        scores.append(0.5 + sign * place / 2)
    return scores


@pytest.mark.parametrize("beta", [0.5, 1, 2])
@pytest.mark.parametrize(
    ("a", "b"),
    [([90, 60, 40, 10, 3], [10, 40, 60, 90, 1]), ([1, 5, 1, 9, 30], [100, 51, 10, 19, 3]),
     ([5, 5, 5, 5], [1, 2, 50, 90])],
)  # fmt: skip
def test_scaled_f_score_word_by_word(a, b, beta):
    assert measures.scaled_f_score(a, b, beta=beta) == pytest.approx(
        scaled_f_score_word_by_word(a, b, beta)
    )


def test_scaled_f_score_turns_round_with_the_groups():
    a, b = [90, 60, 40, 10, 3], [10, 40, 60, 90, 1]
    ours = measures.scaled_f_score(a, b, beta=2)
    assert ours == pytest.approx(1 - measures.scaled_f_score(b, a, beta=2))
    assert ours.min() == 0
    assert ours.max() == 1
    assert not np.allclose(ours, measures.scaled_f_score(a, b, beta=0.5))


def test_scaled_f_score_leaves_out_words_of_neither_group():
    a, b = np.array([90, 60, 0, 40, 10]), np.array([10, 40, 0, 60, 90])
    ours = measures.scaled_f_score(a, b, beta=1)
    assert np.isnan(ours).tolist() == [False, False, True, False, False]
    found = a + b > 0
    assert ours[found].tolist() == measures.scaled_f_score(a[found], b[found], beta=1).tolist()


def test_scaled_f_score_of_a_vocabulary_without_differences():
    # All shares alike (sd = 0): ranks stand in, the two sides agree, and nothing is key.
    assert measures.scaled_f_score([5, 5], [5, 5], beta=1).tolist() == [0.5, 0.5]
    # One word on each side: half way, as scattertext has it.
    assert measures.scaled_f_score([9, 1], [1, 9], beta=1).tolist() == [0.75, 0.25]
    assert np.isnan(measures.scaled_f_score([0, 0], [1, 2], beta=1)).all()
    assert np.isnan(measures.scaled_f_score([3, 1], [0, 0], beta=1)).all()


def test_scaled_f_score_of_a_word_far_below_all_others():
    # 70 standard deviations down both probabilities are 0, and 0 of 0 counts as 0.
    a, b = np.array([1] * 5000 + [0]), np.array([0] * 5000 + [1])
    ours = measures.scaled_f_score(a, b, beta=1)
    assert ours[0] == 0.75
    assert ours[-1] == 0.25
