import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.counting import measures
from helpers.counting.measures import checks

DISPERSIONS = [
    measures.dp, measures.dp_norm, measures.juilland_d, measures.carroll_d2, measures.rosengren_s,
    measures.kl_divergence,
]  # fmt: skip


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
    ("counts", "sizes", "expected"),
    [
        # dp, dp_norm, juilland_d, carroll_d2, rosengren_s, kl_divergence
        ([1, 2, 3], [10, 20, 30], [0, 0, 1, 1, 1, 0]),  # spread like the sizes
        ([4, 0, 0], [10, 20, 30], [5 / 6, 1, 0, 0, 1 / 6, math.log2(6)]),  # in the smallest part
        ([0, 0, 4], [10, 20, 30], [1 / 2, 3 / 5, 0, 0, 1 / 2, 1]),  # all in the largest
    ],
)
def test_dispersion_at_its_ends(counts, sizes, expected):
    ours = [measure(counts, sizes) for measure in DISPERSIONS]
    assert ours == pytest.approx(expected, abs=1e-12)


@given(st.lists(st.integers(0, 20), min_size=2, max_size=6), st.integers(1, 50))
def test_dispersion_stays_within_0_and_1_and_ignores_the_unit_of_size(counts, unit):
    sizes = np.arange(1, len(counts) + 1)
    for measure in DISPERSIONS:
        value = measure(counts, sizes)
        assert math.isnan(value) == (sum(counts) == 0)
        if sum(counts):
            most = math.log2(sizes.sum()) if measure is measures.kl_divergence else 1
            assert -1e-9 <= value <= most + 1e-9
            assert value == pytest.approx(measure(counts, sizes * unit))


@pytest.mark.parametrize("measure", DISPERSIONS, ids=lambda measure: measure.__name__)
def test_a_vocabulary_goes_through_in_blocks(measure, monkeypatch):
    generator = np.random.default_rng(1)
    counts = generator.integers(0, 3, (50, 4, 7))
    sizes = generator.integers(5, 20, 7)
    whole = measure(counts, sizes)
    monkeypatch.setattr(checks, "_CELLS_AT_ONCE", 21)  # three rows of seven parts
    assert measure(counts, sizes).shape == (50, 4)
    assert np.array_equal(measure(counts, sizes), whole, equal_nan=True)
    one_by_one = [[measure(row, sizes) for row in rows] for rows in counts]
    assert whole == pytest.approx(np.array(one_by_one), nan_ok=True)
    with pytest.raises(ValueError, match="cannot be negative"):
        measure(np.concatenate([counts, counts - 5]), sizes)


@pytest.mark.parametrize("measure", DISPERSIONS, ids=lambda measure: measure.__name__)
def test_dispersion_holds_little_beside_its_input(measure):
    counts = np.ones((100_000, 60), dtype=np.int64)  # 46 MB
    tracemalloc.start()
    measure(counts)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < counts.nbytes


def test_range_counts_parts():
    assert measures.dispersion_range([3, 0, 1]) == 2
    assert measures.dispersion_range([0, 0, 0]) == 0  # in no part: a number, unlike the others
    assert measures.dispersion_range([7]) == 1
    assert type(measures.dispersion_range([3, 0, 1])) is int
    ranges = measures.dispersion_range([[[3, 0], [0, 0]], [[1, 1], [0, 2]]])
    assert ranges.tolist() == [[1, 0], [2, 1]]
    assert ranges.dtype == np.int64
    with pytest.raises(ValueError, match="cannot be negative"):
        measures.dispersion_range([1, -1])


def test_the_sample_over_its_directives():
    # methods.md 2.3, over 154, 300, 171 and 148 Chinese characters.
    counts = [[2, 2, 0, 1], [1, 1, 2, 5], [0, 4, 0, 5], [0, 0, 3, 2], [0, 3, 0, 0]]
    ours = measures.dp(counts, [154, 300, 171, 148])
    assert ours == pytest.approx([0.22, 0.37, 0.42, 0.59, 0.61], abs=0.005)


def test_kl_divergence_by_hand():
    # Shares 3/4 and 1/4 against 1/2 and 1/2: .75 log2 1.5 + .25 log2 .5
    assert measures.kl_divergence([3, 1]) == pytest.approx(0.75 * math.log2(1.5) - 0.25)


# --- average reduced frequency -------------------------------------------------------------


def arf_by_shifting(positions, n_tokens):
    """Savicky & Hlavacova's definition: cut the ring into f equal segments, count those that
    hold the word, average over every place where the first cut can be."""
    f = len(positions)
    length = n_tokens / f
    assert length == int(length)
    cuts = range(int(length))
    return np.mean([len({(p - cut) % n_tokens // int(length) for p in positions}) for cut in cuts])


@pytest.mark.parametrize(
    ("positions", "n_tokens"),
    [([0, 25, 50, 75], 100), ([10, 11, 12, 13], 100), ([3, 4, 40, 99], 100), ([7], 50),
     ([0, 1, 8, 9, 10], 20)],
)  # fmt: skip
def test_arf_is_the_mean_number_of_segments_with_the_word(positions, n_tokens):
    ours = measures.average_reduced_frequency(positions, n_tokens)
    assert ours == pytest.approx(arf_by_shifting(positions, n_tokens))


def test_arf_at_its_ends():
    assert measures.average_reduced_frequency([], 100) == 0
    assert measures.average_reduced_frequency([99], 100) == 1
    assert measures.average_reduced_frequency(range(100), 100) == 100
    # The order of the positions and where counting begins do not matter.
    assert measures.average_reduced_frequency([75, 0, 30], 100) == pytest.approx(
        measures.average_reduced_frequency([1, 31, 76], 100)
    )


@pytest.mark.parametrize("positions", [[3, 3], [0.5, 2], [0, 100], [-1, 99]])
def test_arf_names_impossible_positions(positions):
    with pytest.raises(ValueError, match="different whole numbers within 100 tokens; number the"):
        measures.average_reduced_frequency(positions, 100)


def test_arf_of_no_text():
    with pytest.raises(ValueError, match="size above 0"):
        measures.average_reduced_frequency([], 0)
