import math
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from helpers.counting import measures

GOLD = Path(__file__).parent / "gold"
PUBLISHED = pd.read_csv(GOLD / "published_numbers.csv", dtype=str, encoding="utf-8")

# Gries (2019): five parts of 9, 10, 10, 10 and 11 tokens.
GRIES_PARTS = [
    "b a m n i b e u p", "b a s a t b e w q n", "b c a g a b e s t a", "b a g h a b e a a t",
    "b a h a a b e a x a t",
]  # fmt: skip

# Benjamini & Hochberg (1995), section 3.2.
BH_P = [.0001, .0004, .0019, .0095, .0201, .0278, .0298, .0344, .0459, .3240, .4262, .5719,
        .6528, .7590, 1.0]  # fmt: skip

# Krippendorff (2011) p. 8, and the worked example on Wikipedia; a dot or star is "not coded".
KRIPPENDORFF_2011 = """1 2 3 3 2 1 4 1 2 . . .
                       1 2 3 3 2 2 4 1 2 5 . 3
                       . 3 3 3 2 3 4 2 2 5 1 .
                       1 2 3 3 2 4 4 1 2 5 1 ."""
KRIPPENDORFF_WIKIPEDIA = """. . . . . 3 4 1 2 1 1 3 3 . 3
                            1 . 2 1 3 3 4 3 . . . . . . .
                            . . 2 1 3 4 4 . 2 1 1 3 3 . 4"""


def read_ratings(text: str) -> list[list[str | None]]:
    return [[None if code == "." else code for code in row.split()] for row in text.splitlines()]


def from_table(measure, o11, o12, o21, o22, **options):
    """Call a measure of a, b, c, d on the four cells of a table."""
    return measure(o11, o12, o11 + o21, o12 + o22, **options)


def from_marginals(measure, f, f1, f2, n, **options):
    """Call a measure of a, b, c, d on a frequency, its two marginals and the total."""
    return measure(f, f2 - f, f1, n - f1, **options)


def gries(term):
    parts = [part.split() for part in GRIES_PARTS]
    counts, sizes = [part.count(term) for part in parts], [len(part) for part in parts]
    return [m(counts, sizes) for m in (measures.dp, measures.dp_norm, measures.juilland_d)]


def log_odds_scattertext(**options):
    return measures.log_odds_dirichlet([1, 5, 1, 9], [100, 510, 100, 199], 16, 909, **options)


def in_base_10(mutual_information):
    return mutual_information / math.log2(10)


ONE_TWO = "one one two one one two one".split()
TEN_TOKENS = "test text with some text numbers hyphenhere and text punctuations".split()
UCS_1, UCS_7 = (1, 15334, 2, 191998), (7, 15334, 120, 191998)

# (measure, beginning of inputs) of a row of published_numbers.csv -> what we compute for it.
COMPUTED = {
    ("G2 (4 cells)", "O=[110,"): lambda: from_table(measures.log_likelihood, 110, 2442, 111, 29114),
    ("G2 (4 cells)", "O=[8,"): lambda: from_table(measures.log_likelihood, 8, 5, 24, 31740),
    ("G2 (4 cells, zero cell)", "O=[10,"): lambda: from_table(
        measures.log_likelihood, 10, 0, 3, 31764
    ),
    ("G2 signed", "f=1"): lambda: from_marginals(measures.log_likelihood, *UCS_1),
    ("G2 signed (O<E gives minus)", "f=7"): lambda: from_marginals(measures.log_likelihood, *UCS_7),
    ("MI base 10", "f=1"): lambda: in_base_10(measures.mutual_information(*UCS_1)),
    ("t-score", "f=7"): lambda: measures.t_score(*UCS_7),
    ("t-score", "f=8"): lambda: measures.t_score(8, 15828, 4675, 14307668),
    ("MI base 2", "f=20 f1=42"): lambda: measures.mutual_information(20, 42, 20, 14307668),
    ("MI base 2", "f=20 f1=15019"): lambda: measures.mutual_information(20, 15019, 15629, 14307668),
    ("MI base 2", "f=8"): lambda: measures.mutual_information(8, 1105, 44, 15e6),
    ("Delta P both ways", "a=5610"): lambda: measures.delta_p(
        5610, 5610 + 168938, 5610 + 2257, 5610 + 168938 + 2257 + 10233063
    ),
    ("Odds ratio", "a=16217"): lambda: measures.odds_ratio(16217, 735, 2796938, 2087946),
    ("%DIFF", "a=206523"): lambda: measures.percent_diff(206523, 178174, 959641, 1562358),
    ("Log Ratio", "f=1189"): lambda: from_marginals(
        measures.log_ratio, 1189, 168329, 2157, 19720567, smoothing=0
    ),
    ("Log Ratio", "rel. freq"): lambda: [
        form(measures.log_ratio(6, 2, 10_000, 10_000, smoothing=0)) for form in (np.exp2, float)
    ],
    ("BIC", "G2=22.22"): lambda: measures.bayes_factor_bic(22.22, 9611 + 144925),
    ("log-odds delta, uninformative prior 0.01", "y_i"): lambda: log_odds_scattertext().delta,
    ("2*Phi(zeta)-1, 4-term variance, prior 0.01", "y_i"): lambda: (
        2 * stats.norm.cdf(log_odds_scattertext().z) - 1
    ),
    ("Fisher two-sided", "[[1,3]"): lambda: from_table(measures.fisher_exact_p, 1, 3, 3, 1),
    ("Fisher two-sided", "[[8,2]"): lambda: (
        from_table(measures.odds_ratio, 8, 2, 1, 5), from_table(measures.fisher_exact_p, 8, 2, 1, 5)
    ),
    ("Fisher two-sided", "[[6,2]"): lambda: from_table(measures.fisher_exact_p, 6, 2, 1, 4),
    ("Benjamini-Hochberg", "15"): lambda: measures.benjamini_hochberg(BH_P),
    ("DP, DPnorm, D, S, KL (term b)", "Gries"): lambda: gries("b"),
    ("DP, DPnorm, D, S, KL (term i)", "same"): lambda: gries("i"),
    ("DP", "[3,3,3]"): lambda: measures.dp([3, 3, 3]),
    ("DPnorm", "[2,1,0]"): lambda: measures.dp_norm([2, 1, 0]),
    ("Juilland's D", "[0,4"): lambda: measures.juilland_d([0, 4, 3, 2, 1]),
    ("Carroll's D2", "[2,1"): lambda: measures.carroll_d2([2, 1, 1, 1, 0]),
    ("MATTR", "one"): lambda: [measures.mattr(ONE_TWO, window=window) for window in (2, 3, 4)],
    ("MATTR window 5", "test"): lambda: measures.mattr(TEN_TOKENS, window=5),
    ("Krippendorff alpha nominal", "4 coders"): lambda: measures.krippendorff_alpha(
        read_ratings(KRIPPENDORFF_2011)
    ),
    ("Krippendorff alpha nominal", "3 coders"): lambda: measures.krippendorff_alpha(
        read_ratings(KRIPPENDORFF_WIKIPEDIA)
    ),
    ("logDice maximum", "f=f1"): lambda: measures.log_dice(5, 5, 5),
    ("logDice zero point", "f=1"): lambda: measures.log_dice(1, 16384, 16384),
}  # fmt: skip
NOT_IN_THE_SUITE = {"MI3 base 10", "Scaled F-score beta=1 normcdf", "MTLD 0.72"}


def published_row(measure: str, inputs: str) -> pd.Series:
    rows = PUBLISHED[(PUBLISHED["measure"] == measure) & PUBLISHED["inputs"].str.startswith(inputs)]
    assert len(rows) == 1, (measure, inputs)
    return rows.iloc[0]


@pytest.mark.parametrize(("measure", "inputs"), COMPUTED, ids=map(" ".join, COMPUTED))
def test_published_numbers(measure, inputs):
    row = published_row(measure, inputs)
    ours = np.atleast_1d(COMPUTED[measure, inputs]())
    # A row may go on with numbers of variants that we do not compute (one-sided p, S, KL).
    numbers = [float(x) for x in re.findall(r"(?<![\w.])-?\d*\.?\d+", row["expected"])]
    tolerance = float(row["tolerance"])
    if measure == "MATTR":
        tolerance = 0.00005  # printed with four decimals
    assert ours == pytest.approx(numbers[: len(ours)], abs=tolerance, rel=0)


def test_every_published_row_is_computed_or_named_as_absent():
    computed = {published_row(*key).name for key in COMPUTED}
    absent = set(PUBLISHED.index[PUBLISHED["measure"].isin(NOT_IN_THE_SUITE)])
    assert len(computed) == len(COMPUTED)
    assert computed | absent == set(PUBLISHED.index)
    assert not computed & absent


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
                    measures.smallest_expected):  # fmt: skip
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
    measures.percent_diff, measures.odds_ratio, measures.log_odds_dirichlet,
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
    assert measures.fisher_exact_p(0, 0, 10, 10) == 1
    assert measures.smallest_possible_p(0, 0, 10, 10) == 1
    for measure in (measures.log_ratio, measures.log_ratio_interval, measures.percent_diff,
                    measures.odds_ratio):  # fmt: skip
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


# --- dispersion ---------------------------------------------------------------------------

DISPERSIONS = [measures.dp, measures.dp_norm, measures.juilland_d, measures.carroll_d2]


@pytest.mark.parametrize("measure", DISPERSIONS, ids=lambda measure: measure.__name__)
def test_dispersion_is_undefined_without_mentions_or_with_one_part(measure):
    assert math.isnan(measure([0, 0, 0]))
    assert math.isnan(measure([5]))
    rows = measure([[2, 1, 0], [0, 0, 0], [1, 1, 1]], [10, 20, 30])
    assert np.isnan(rows).tolist() == [False, True, False]
    assert rows[0] == measure([2, 1, 0], [10, 20, 30])
    assert type(measure([2, 1, 0])) is float


@pytest.mark.parametrize("measure", DISPERSIONS, ids=lambda measure: measure.__name__)
def test_dispersion_names_bad_parts(measure):
    with pytest.raises(ValueError, match=r"3 parts need 3 sizes; sizes has shape \(2,\)"):
        measure([1, 2, 3], [10, 10])
    with pytest.raises(ValueError, match="size above 0"):
        measure([1, 2, 3], [10, 0, 10])
    with pytest.raises(ValueError, match="cannot be negative"):
        measure([1, -2, 3])


@pytest.mark.parametrize(
    ("counts", "sizes", "dp", "dp_norm", "juilland_d", "carroll_d2"),
    [
        ([1, 2, 3], [10, 20, 30], 0, 0, 1, 1),  # spread like the sizes
        ([4, 0, 0], [10, 20, 30], 5 / 6, 1, 0, 0),  # all in the smallest part
        ([0, 0, 4], [10, 20, 30], 1 / 2, 3 / 5, 0, 0),  # all in the largest
    ],
)
def test_dispersion_at_its_ends(counts, sizes, dp, dp_norm, juilland_d, carroll_d2):
    ours = [measure(counts, sizes) for measure in DISPERSIONS]
    assert ours == pytest.approx([dp, dp_norm, juilland_d, carroll_d2], abs=1e-12)


@given(st.lists(st.integers(0, 20), min_size=2, max_size=6), st.integers(1, 50))
def test_dispersion_stays_within_0_and_1_and_ignores_the_unit_of_size(counts, unit):
    sizes = np.arange(1, len(counts) + 1)
    for measure in DISPERSIONS:
        value = measure(counts, sizes)
        assert math.isnan(value) == (sum(counts) == 0)
        if sum(counts):
            assert -1e-9 <= value <= 1 + 1e-9
            assert value == pytest.approx(measure(counts, sizes * unit))


# --- association --------------------------------------------------------------------------


def test_the_coupling_of_the_sample_as_collocation():
    # methods.md 2.4: 疫情防控 in 9 of 61 clauses, 经济社会发展 in 7, both in 6.
    assert measures.mutual_information(6, 9, 7, 61) == pytest.approx(2.54, abs=0.005)
    assert measures.log_dice(6, 9, 7) == pytest.approx(13.58, abs=0.005)
    assert measures.delta_p(6, 9, 7, 61) == pytest.approx((0.65, 0.80), abs=0.005)
    assert from_marginals(measures.fisher_exact_p, 6, 9, 7, 61) < 2e-5


def test_log_dice_doubles_with_the_dice_and_ignores_the_corpus():
    assert measures.log_dice(8, 40, 24) - measures.log_dice(4, 40, 24) == pytest.approx(1)
    assert measures.log_dice([0, 2], [3, 3], 3).tolist() == pytest.approx(
        [math.nan, 14 + math.log2(2 / 3)], nan_ok=True
    )


def test_a_pair_never_seen_has_no_score():
    assert math.isnan(measures.mutual_information(0, 5, 4, 100))
    assert math.isnan(measures.t_score(0, 5, 4, 100))
    assert math.isnan(measures.log_dice(0, 5, 4))
    assert np.isnan(measures.delta_p(0, 5, 4, 100)).all()
    # A word in every unit leaves no units without it to compare with.
    forward, backward = measures.delta_p([4, 2], [9, 5], 4, 9)
    assert np.isnan(forward).tolist() == [True, False]
    assert not np.isnan(backward).any()


# --- diversity and agreement --------------------------------------------------------------


def test_mattr_of_a_text_shorter_than_the_window_is_nan():
    assert math.isnan(measures.mattr(["防控", "复工"], window=3))
    assert measures.mattr(["防控", "防控"], window=2) == 0.5
    with pytest.raises(ValueError, match="window must be at least 1 token, not 0"):
        measures.mattr(["防控"], window=0)
    with pytest.raises(ValueError, match="a list of tokens, not one string"):
        measures.mattr("疫情防控", window=2)


@given(st.lists(st.sampled_from("防控复工"), min_size=1, max_size=30), st.integers(1, 30))
def test_mattr_is_the_mean_over_windows(tokens, window):
    windows = [tokens[i : i + window] for i in range(len(tokens) - window + 1)]
    expected = np.mean([len(set(w)) / window for w in windows]) if windows else math.nan
    assert measures.mattr(tokens, window=window) == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize(
    ("ratings", "alpha"),
    [
        ([["P", "R", "P"], ["P", "R", "P"]], 1.0),
        ([["P", "P"], ["P", "P"]], math.nan),  # one code only
        ([["P", None], [None, "R"]], math.nan),  # no unit with two codes
        ([["P", math.nan, "R"], ["P", "R", "R"]], 1.0),
        ([[], []], math.nan),
        # By hand: coincidences PP 2, PR 1, RP 1, n 4; Do 2/4, De 2(3 x 1)/(4 x 3) = 1/2.
        ([["P", "P"], ["P", "R"]], 0.0),
    ],
)
def test_alpha(ratings, alpha):
    assert measures.krippendorff_alpha(ratings) == pytest.approx(alpha, nan_ok=True)


def test_alpha_of_the_worked_clauses():
    # methods.md 2.8: 57 of 61 agree once governance and unlabelled are read as "other".
    clauses = pd.read_csv(GOLD / "seed_clauses.csv", encoding="utf-8")
    by_lexicon = clauses["lexicon_label"].replace(["governance", "unlabelled"], "other")
    assert (by_lexicon == clauses["one_coder_label"]).sum() == 57
    alpha = measures.krippendorff_alpha([by_lexicon, clauses["one_coder_label"]])
    assert alpha == pytest.approx(0.90, abs=0.005)


def test_alpha_needs_coders_by_units():
    with pytest.raises(ValueError, match="one row per coder and one column per unit"):
        measures.krippendorff_alpha(["P", "R"])


def test_a_missing_count_has_no_p_value():
    assert np.isnan(measures.fisher_exact_p(np.nan, 2, 10, 10))
