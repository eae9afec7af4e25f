import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.counting import measures

GOLD = Path(__file__).parent / "gold"


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


@pytest.mark.parametrize(
    "measure", [measures.type_token_ratio, measures.mtld, measures.yule_k],
    ids=lambda measure: measure.__name__,
)  # fmt: skip
def test_no_tokens_have_no_diversity(measure):
    assert math.isnan(measure([]))
    assert math.isnan(measure(iter([])))
    with pytest.raises(ValueError, match="a list of tokens, not one string"):
        measure("疫情防控")


# --- MTLD ----------------------------------------------------------------------------------


def test_mtld_by_hand():
    # a b a a: 1, 1, .67 < .72 (one stretch), a: rest of ratio 1. Backwards a a: .5 (one), b a:
    # rest of ratio 1. Both 4 tokens / 1.
    assert measures.mtld(list("abaa")) == 4
    # a b c a: never below .72 (3/4), so part of a stretch: .25 / .28 of one, both ways.
    assert measures.mtld(list("abca")) == pytest.approx(4 / (0.25 / 0.28))
    # Forwards a b b: .67, one stretch, c b: none. Backwards b c b: one, b a: none.
    assert measures.mtld(list("abbcb")) == pytest.approx(5)
    # Forwards a a, b c b and nothing left: 2. Backwards b c b, a a: 2.
    assert measures.mtld(list("aabcb")) == pytest.approx(2.5)


def test_mtld_reads_both_ways():
    # Forwards a b b | c d e f: 7 / 1. Backwards f e d c b b a: 6/7 at the end: .142857 / .28.
    tokens = list("abbcdef")
    assert measures.mtld(tokens) == pytest.approx((7 + 7 / ((1 / 7) / 0.28)) / 2)
    assert measures.mtld(tokens[::-1]) == pytest.approx(measures.mtld(tokens))


def test_mtld_ends_a_stretch_below_the_threshold_and_not_at_it():
    # a b c a is exactly .75: with that threshold it goes on, one hair above it ends.
    tokens = list("abca")
    assert measures.mtld(tokens, threshold=0.75) == pytest.approx(4 / (0.25 / 0.25))
    at, above = (measures.mtld([*tokens, "d"], threshold=t) for t in (0.75, 0.7500001))
    assert at == pytest.approx((5 / (0.2 / 0.25) * 2) / 2)
    assert above == pytest.approx((5 / 1 + 5 / (0.2 / 0.2499999)) / 2, rel=1e-5)


def test_mtld_of_a_text_that_repeats_nothing():
    # LexicalRichness gives such a text its length; here there is no stretch to measure.
    assert math.isnan(measures.mtld("only unique terms in this little string".split()))


def test_mtld_names_a_threshold_out_of_range():
    for threshold in (0, 1, 72):
        with pytest.raises(ValueError, match=f"between 0 and 1, such as 0.72; it is {threshold}"):
            measures.mtld(["防控"], threshold=threshold)


# --- Yule's K ------------------------------------------------------------------------------

# Goethe's Erlkoenig: frequencies of its 124 word forms, 225 tokens (Popescu 2009, p. 26; taken
# from BLKSerene/Wordless@14062b7 tests/tests_measures/test_measures_lexical_density_diversity.py).
ERLKOENIG = [11, 9, 9, 7, 6, 6, 5, 5, *[4] * 7, *[3] * 6, *[2] * 18, *[1] * 85]


def test_yule_k_through_the_published_repeat_rate():
    # Popescu (2009, p. 170): the sum of squared shares is .0153; K is 10,000 (that - 1 / N).
    tokens = [f"type {number}" for number, n in enumerate(ERLKOENIG) for _ in range(n)]
    assert (len(tokens), len(ERLKOENIG)) == (225, 124)
    repeat_rate = measures.yule_k(tokens) / 1e4 + 1 / 225
    assert repeat_rate == pytest.approx(0.0153, abs=0.00005)


def test_yule_k_by_hand():
    assert measures.yule_k(list("abc")) == 0
    # a twice, b twice, c once: (4 + 4 + 1 - 5) / 25.
    assert measures.yule_k(list("aabbc")) == pytest.approx(1e4 * 4 / 25)


def test_type_token_ratio_by_hand():
    assert measures.type_token_ratio("防控 复工 防控".split()) == pytest.approx(2 / 3)
    assert measures.type_token_ratio(["防控"] * 4) == 0.25
