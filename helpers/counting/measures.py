"""Formulas only: numbers or arrays in, a number or an array out; no tables, no text.

Evidence and effect sizes take a word's counts `a` in the target and `b` in the reference, and
the sizes `c` and `d` of the two groups in running words. Arrays broadcast; a scalar in gives a
float out. An empty group (c = 0 or d = 0) gives nan. Dispersion takes the counts per part
along the last axis; association takes f, the co-occurrences, their marginals f1 and f2, and
the number n of units. tests/gold holds the published numbers these are tested against.
"""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

Numbers = float | NDArray[np.float64]


class Interval(NamedTuple):
    """The two ends of a confidence interval."""

    low: Numbers
    high: Numbers


class LogOdds(NamedTuple):
    """Difference of two log-odds, and that difference in standard errors."""

    delta: Numbers
    z: Numbers


class DeltaP(NamedTuple):
    """How much the one makes the other likelier: 2 given 1 (forward), 1 given 2 (backward)."""

    forward: Numbers
    backward: Numbers


# --- evidence -----------------------------------------------------------------------------


def log_likelihood(
    a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike, *, cells: int = 4
) -> Numbers:
    """Signed G2: positive when the word is relatively more frequent in the target.

    Four cells by default (Dunning 1993): the word and all other words, in both groups.
    `cells=2` leaves the other words out (Rayson & Garside 2000, the "LL wizard") and comes out
    a little smaller. No continuity correction; a zero cell adds 0. Without sign it is compared
    with chi-square, 1 df: 3.84, 6.63, 10.83.

    >>> round(log_likelihood(20, 5, 400, 300), 2)
    6.03
    >>> round(log_likelihood(20, 5, 400, 300, cells=2), 2)
    5.84
    """
    if cells not in (2, 4):
        raise ValueError(f"cells must be 2 or 4, not {cells!r}")
    a, b, c, d = _checked_counts(a, b, c, d)
    word, total = a + b, c + d
    half = special.rel_entr(a, c * word / total) + special.rel_entr(b, d * word / total)
    if cells == 4:
        others = total - word
        half += special.rel_entr(c - a, c * others / total)
        half += special.rel_entr(d - b, d * others / total)
    # Where two large groups have nearly equal shares, rounding can leave a sum below 0.
    return _as_given(np.maximum(2 * half, 0) * np.sign(a * d - b * c))


def chi2_p(log_likelihood: ArrayLike) -> Numbers:
    """p-value of G2 (its sign is ignored) from chi-square with 1 degree of freedom.

    Too small when an expected cell is below about 5; there use fisher_exact_p.

    >>> round(chi2_p(-3.841459), 4)
    0.05
    """
    return _as_given(stats.chi2.sf(np.abs(np.asarray(log_likelihood, dtype=float)), 1))


def fisher_exact_p(a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike) -> Numbers:
    """Two-sided p-value of Fisher's exact test on [[a, b], [c - a, d - b]].

    Two-sided as scipy and R have it: the summed probability of all tables with these margins
    that are no likelier than the one observed. A word in neither group has p = 1.

    >>> round(fisher_exact_p(8, 2, 9, 7), 6)
    0.034965
    """
    counts = np.stack(np.broadcast_arrays(*_checked_counts(a, b, c, d)), axis=-1)
    if np.any(counts % 1 > 0):
        raise ValueError("Fisher's test needs whole numbers; pass counts, not rates")
    # Most words of a text share their counts with many others: test each pair of counts once.
    tables, which = np.unique(counts.reshape(-1, 4), axis=0, return_inverse=True)
    p = np.array([_fisher_of_one(*table) for table in tables])
    return _as_given(p[which.reshape(-1)].reshape(counts.shape[:-1]))


def smallest_possible_p(a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike) -> Numbers:
    """The smallest Fisher p-value that a word this frequent could have in these two groups.

    Tarone (1990): a word whose a + b mentions, however they fell, could not reach the level of
    the test is no test at all and is left out of the correction for many tests.

    >>> round(smallest_possible_p(1, 1, 10, 10), 3)
    0.474
    """
    a, b, c, d = _checked_counts(a, b, c, d)
    word = a + b
    most, least = np.minimum(word, c), np.maximum(word - d, 0)
    return _as_given(
        np.minimum(
            fisher_exact_p(most, word - most, c, d), fisher_exact_p(least, word - least, c, d)
        )
    )


def smallest_expected(a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike) -> Numbers:
    """The smallest of the four cells expected if the word were equally frequent in both.

    >>> smallest_expected(6, 2, 60, 20)
    2.0
    """
    a, b, c, d = _checked_counts(a, b, c, d)
    word, total = a + b, c + d
    return _as_given(np.minimum(word, total - word) * np.minimum(c, d) / total)


def benjamini_hochberg(p: ArrayLike) -> Numbers:
    """The q-value of each p-value: smallest false discovery rate at which it is kept.

    Benjamini & Hochberg (1995), over all values given together. A nan is no test: it stays nan
    and does not count among the tests.

    >>> benjamini_hochberg([0.01, np.nan, 0.04]).tolist()
    [0.02, nan, 0.04]
    """
    p = np.asarray(p, dtype=float)
    q = p.copy()
    tested = ~np.isnan(p)
    if tested.any():
        q[tested] = stats.false_discovery_control(p[tested], method="bh")
    return _as_given(q)


def bayes_factor_bic(log_likelihood: ArrayLike, n_tokens: ArrayLike) -> Numbers:
    """Evidence against "no difference": |G2| - ln(n_tokens), both groups' words together.

    Wilson (2013). Below 0 it speaks for no difference; 0 to 2 bare mention, 2 to 6 positive,
    6 to 10 strong, above 10 very strong. No words gives nan.

    >>> round(bayes_factor_bic(22.22, 9611 + 144925), 2)
    10.27
    """
    n_tokens = _positive_or_nan(n_tokens)
    return _as_given(np.abs(np.asarray(log_likelihood, dtype=float)) - np.log(n_tokens))


# --- effect size --------------------------------------------------------------------------


def log_ratio(
    a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike, *, smoothing: float = 0.5
) -> Numbers:
    """How many times the relative frequency doubles from reference to target.

    log2 of the ratio of the two relative frequencies (Hardie 2014): +1 is twice as frequent in
    the target, -1 half. `smoothing` is added to all counts and sizes (0.5: Walter 1975), so
    that a word of one group only gets a number, and no jump lies between 0 and 1. With
    `smoothing=0`, the raw ratio, such a word is inf or -inf. A word in neither group is nan.

    >>> round(log_ratio(6, 2, 10_000, 10_000, smoothing=0), 3)
    1.585
    >>> round(log_ratio(3, 0, 100, 100), 3)
    2.807
    """
    a, b, c, d = _smoothed(a, b, c, d, smoothing)
    with np.errstate(divide="ignore"):
        return _as_given(np.log2(a * d / (b * c)))


def log_ratio_interval(
    a: ArrayLike,
    b: ArrayLike,
    c: ArrayLike,
    d: ArrayLike,
    *,
    smoothing: float = 0.5,
    confidence: float = 0.95,
) -> Interval:
    """Low and high end of the log ratio's confidence interval.

    Normal approximation for the log of a risk ratio (Katz et al. 1978): its variance is
    1/a - 1/c + 1/b - 1/d, smoothed as in log_ratio (Walter 1975). It treats running words as
    independent draws, which they are not, so it is rather too narrow. With `smoothing=0` a
    word of one group only has nan for both ends.

    >>> [round(float(end), 2) for end in log_ratio_interval(20, 5, 400, 300)]
    [0.14, 2.82]
    """
    middle = np.asarray(log_ratio(a, b, c, d, smoothing=smoothing))
    a, b, c, d = _smoothed(a, b, c, d, smoothing)
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.sqrt(1 / a - 1 / c + 1 / b - 1 / d) / np.log(2)
    error = np.where(np.isfinite(error), error, np.nan)
    reach = stats.norm.ppf(0.5 + _checked_share(confidence, "confidence") / 2) * error
    return Interval(_as_given(middle - reach), _as_given(middle + reach))


def percent_diff(a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike) -> Numbers:
    """Difference of the relative frequencies in percent of the reference's.

    %DIFF of Gabrielatos & Marchi (2011): 100 is twice as frequent, -100 absent from the target.
    A word only in the target is inf (their stand-in of 1e-18 is not used), in neither nan.

    >>> round(percent_diff(206523, 178174, 959641, 1562358), 1)
    88.7
    """
    a, b, c, d = _smoothed(a, b, c, d, 0)
    with np.errstate(divide="ignore"):
        return _as_given(100 * (a * d / (b * c) - 1))


def odds_ratio(a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike) -> Numbers:
    """Odds of the word in the target over its odds in the reference (the sample odds ratio).

    When one of the four cells is 0, all four get 0.5 more (Haldane-Anscombe). A word in neither
    group is nan.

    >>> odds_ratio(8, 2, 9, 7)
    20.0
    """
    a, b, c, d = _smoothed(a, b, c, d, 0)
    cells = np.stack(np.broadcast_arrays(a, b, c - a, d - b))
    in_target, in_reference, not_target, not_reference = cells + 0.5 * (cells == 0).any(axis=0)
    return _as_given(in_target * not_reference / (in_reference * not_target))


def log_odds_dirichlet(
    a: ArrayLike,
    b: ArrayLike,
    c: ArrayLike,
    d: ArrayLike,
    *,
    prior: ArrayLike = 0.01,
    variance_terms: int = 4,
) -> LogOdds:
    """Log-odds difference of each word of a vocabulary, shrunk by a prior; delta and z.

    Monroe, Colaresi & Quinn (2008). `a` and `b` hold the whole vocabulary, because the prior's
    total is summed over it. `prior` is what each word is worth before counting: one number for
    all (uninformative), or one per word (informative: its share in a background times the
    weight of the prior in words). The variance has four terms, as in scattertext; with
    `variance_terms=2` the two of the paper's approximation. Zero counts need no repair; a
    vocabulary of one word gives nan.

    >>> log_odds_dirichlet([1, 5, 1, 9], [100, 510, 100, 199], 16, 909).delta.round(4).tolist()
    [-0.6095, -1.0346, -0.6095, 1.5201]
    """
    if variance_terms not in (2, 4):
        raise ValueError(f"variance_terms must be 2 or 4, not {variance_terms!r}")
    a, b, c, d = _checked_counts(a, b, c, d)
    prior = np.broadcast_to(np.asarray(prior, dtype=float), np.broadcast(a, b).shape)
    if np.any(prior <= 0):
        raise ValueError("the prior must be above 0 for every word; use a small one such as 0.01")
    prior_of_others = prior.sum() - prior
    in_target, in_reference = a + prior, b + prior
    not_target = _positive_or_nan(c - a + prior_of_others)
    not_reference = _positive_or_nan(d - b + prior_of_others)
    delta = np.log(in_target / not_target) - np.log(in_reference / not_reference)
    variance = 1 / in_target + 1 / in_reference
    if variance_terms == 4:
        variance = variance + 1 / not_target + 1 / not_reference
    return LogOdds(_as_given(delta), _as_given(delta / np.sqrt(variance)))


# --- dispersion ---------------------------------------------------------------------------


def dp(counts: ArrayLike, sizes: ArrayLike | None = None) -> Numbers:
    """Deviation of proportions: 0 spread like the parts' sizes, near 1 all in a small part.

    Gries (2008). `counts` has one number per part along its last axis, `sizes` the parts'
    sizes (equal by default). A word never seen, or a single part, gives nan. With fewer
    mentions than parts DP is large by arithmetic alone.

    >>> dp([3, 3, 3]), round(dp([2, 2, 0, 1], [154, 300, 171, 148]), 2)
    (0.0, 0.22)
    """
    counts, sizes = _checked_parts(counts, sizes)
    observed = counts / counts.sum(axis=-1, keepdims=True)
    return _as_given(np.abs(observed - sizes / sizes.sum()).sum(axis=-1) / 2)


def dp_norm(counts: ArrayLike, sizes: ArrayLike | None = None) -> Numbers:
    """DP divided by the largest value it can take, so that it ends at 1.

    Lijffijt & Gries (2012): DP / (1 - the smallest part's share of the size). Arguments and
    undefined cases as in dp.

    >>> round(dp_norm([2, 1, 0]), 3)
    0.5
    """
    _, checked = _checked_parts(counts, sizes)
    if len(checked) == 1:
        return dp(counts, sizes)
    return _as_given(np.asarray(dp(counts, sizes)) / (1 - checked.min() / checked.sum()))


def juilland_d(counts: ArrayLike, sizes: ArrayLike | None = None) -> Numbers:
    """Juilland's D: 1 for the same rate in every part, 0 for a word of one part only.

    1 - (sd / mean) / sqrt(parts - 1) of the rates per part, with the population sd (as in
    Carroll 1970). Arguments and undefined cases as in dp.

    >>> round(juilland_d([0, 4, 3, 2, 1]), 4)
    0.6464
    """
    counts, sizes = _checked_parts(counts, sizes)
    rates = counts / sizes
    with np.errstate(invalid="ignore"):
        variation = rates.std(axis=-1) / rates.mean(axis=-1)
        return _as_given(1 - variation / np.sqrt(len(sizes) - 1))


def carroll_d2(counts: ArrayLike, sizes: ArrayLike | None = None) -> Numbers:
    """Carroll's D2: entropy of the rates over the parts, in shares of its maximum.

    Carroll (1970); 1 is even, 0 all in one part. Arguments and undefined cases as in dp.

    >>> round(carroll_d2([2, 1, 1, 1, 0]), 4)
    0.8277
    """
    counts, sizes = _checked_parts(counts, sizes)
    rates = counts / sizes
    entropy = special.entr(rates / rates.sum(axis=-1, keepdims=True)).sum(axis=-1)
    with np.errstate(invalid="ignore"):
        return _as_given(entropy / np.log(len(sizes)))


# --- association --------------------------------------------------------------------------


def mutual_information(f: ArrayLike, f1: ArrayLike, f2: ArrayLike, n: ArrayLike) -> Numbers:
    """log2 of observed over expected co-occurrence, expected being f1 f2 / n.

    Church & Hanks (1990). Base 2; UCS prints base 10 (1 there is 3.3219 here). It favours rare
    pairs. A pair never seen is nan: absent is not the same as avoided.

    >>> round(mutual_information(20, 42, 20, 14_307_668), 2)
    18.38
    """
    f, expected = _observed_and_expected(f, f1, f2, n)
    return _as_given(np.log2(f / expected))


def t_score(f: ArrayLike, f1: ArrayLike, f2: ArrayLike, n: ArrayLike) -> Numbers:
    """(observed - expected) / sqrt(observed), which favours frequent pairs; nan for f = 0.

    As in Manning & Schuetze (1999, 5.3): the observed count stands in for its variance.

    >>> round(t_score(8, 15828, 4675, 14_307_668), 6)
    0.999932
    """
    f, expected = _observed_and_expected(f, f1, f2, n)
    return _as_given((f - expected) / np.sqrt(f))


def log_dice(f: ArrayLike, f1: ArrayLike, f2: ArrayLike) -> Numbers:
    """14 + log2 of the Dice coefficient; at most 14, and free of the corpus size.

    Rychly (2008): +1 is twice as often together, 0 about once in 16,000. nan for f = 0.

    >>> log_dice(5, 5, 5), log_dice(1, 16384, 16384)
    (14.0, 0.0)
    """
    f, f1, f2 = _positive_or_nan(f), _positive_or_nan(f1), _positive_or_nan(f2)
    return _as_given(14 + np.log2(2 * f / (f1 + f2)))


def delta_p(f: ArrayLike, f1: ArrayLike, f2: ArrayLike, n: ArrayLike) -> DeltaP:
    """How much likelier the second is with the first than without it, and the reverse.

    Gries (2013). Forward is P(2|1) - P(2|not 1), backward P(1|2) - P(1|not 2), from -1 to 1.
    nan for f = 0, and where one of the two is everywhere.

    >>> [round(way, 2) for way in delta_p(6, 9, 7, 61)]
    [0.65, 0.8]
    """
    f, f1, f2 = _positive_or_nan(f), _positive_or_nan(f1), _positive_or_nan(f2)
    n = np.asarray(n, dtype=float)
    forward = f / f1 - (f2 - f) / _positive_or_nan(n - f1)
    backward = f / f2 - (f1 - f) / _positive_or_nan(n - f2)
    return DeltaP(_as_given(forward), _as_given(backward))


# --- diversity and agreement --------------------------------------------------------------


def mattr(tokens: Sequence[str], *, window: int) -> float:
    """Mean share of distinct tokens over all windows of `window` running tokens.

    Covington & McFall (2010). A text shorter than the window is nan: a shorter window would
    give another measure. In Chinese it depends on the segmenter; name it beside the number.

    >>> round(mattr("one one two one one two one".split(), window=3), 4)
    0.6667
    """
    if isinstance(tokens, str):
        raise ValueError("tokens must be a list of tokens, not one string; see segment.tokenize")
    if window < 1:
        raise ValueError(f"window must be at least 1 token, not {window!r}")
    tokens = list(tokens)
    if len(tokens) < window:
        return float("nan")
    inside = Counter(tokens[:window])
    types = [len(inside)]
    for leaving, entering in zip(tokens, tokens[window:], strict=False):
        inside[entering] += 1
        inside[leaving] -= 1
        if not inside[leaving]:
            del inside[leaving]
        types.append(len(inside))
    return sum(types) / len(types) / window


def krippendorff_alpha(ratings: ArrayLike) -> float:
    """Krippendorff's alpha for nominal codes: 1 agreement, 0 what chance would give.

    `ratings` has one row per coder and one column per unit; None or nan is "not coded". Units
    with fewer than two codes are left out, as in Krippendorff (2011). nan when no unit has
    two codes, or when only one code was ever given (there is nothing to agree against).

    >>> round(krippendorff_alpha([["防控", "复工", "复工"], ["防控", "复工", "防控"]]), 3)
    0.444
    """
    ratings = np.asarray(ratings, dtype=object)
    if ratings.ndim != 2:
        raise ValueError("ratings must have one row per coder and one column per unit")
    codes, distinct = pd.factorize(ratings.reshape(-1))  # -1 where a code is missing
    codes = codes.reshape(ratings.shape)
    n_of_code = (codes == np.arange(len(distinct))[:, None, None]).sum(axis=1)
    n_of_code = n_of_code[:, n_of_code.sum(axis=0) >= 2]
    n_in_unit, n = n_of_code.sum(axis=0), n_of_code.sum()
    expected = n**2 - (n_of_code.sum(axis=1) ** 2).sum()
    if expected == 0:
        return float("nan")
    observed = ((n_in_unit**2 - (n_of_code**2).sum(axis=0)) / (n_in_unit - 1)).sum()
    return float(1 - observed * (n - 1) / expected)


# --- shared -------------------------------------------------------------------------------


def _as_given(values: ArrayLike) -> Numbers:
    """A float for a scalar, the array itself otherwise."""
    values = np.asarray(values, dtype=float)
    return float(values) if values.ndim == 0 else values


def _positive_or_nan(values: ArrayLike) -> NDArray[np.float64]:
    values = np.asarray(values, dtype=float)
    return np.where(values > 0, values, np.nan)


def _checked_counts(
    a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike
) -> tuple[NDArray[np.float64], ...]:
    """The four as floats, with nan for the size of an empty group, so that nan comes out."""
    a, b, c, d = (np.asarray(values, dtype=float) for values in (a, b, c, d))
    if any(np.any(values < 0) for values in (a, b, c, d)):
        raise ValueError("counts and sizes cannot be negative")
    if np.any(a > c) or np.any(b > d):
        raise ValueError(
            "a count is larger than the size of its group; c and d are the running words of "
            "the target and of the reference"
        )
    return a, b, np.where(c > 0, c, np.nan), np.where(d > 0, d, np.nan)


def _smoothed(
    a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike, smoothing: float
) -> tuple[NDArray[np.float64], ...]:
    """The four plus `smoothing`; a word in neither group has no ratio, so its a and b are nan."""
    if smoothing < 0:
        raise ValueError(f"smoothing cannot be negative; it is {smoothing!r}")
    a, b, c, d = _checked_counts(a, b, c, d)
    nowhere = a + b == 0
    a, b = np.where(nowhere, np.nan, a), np.where(nowhere, np.nan, b)
    return a + smoothing, b + smoothing, c + smoothing, d + smoothing


def _checked_share(share: float, name: str) -> float:
    if not 0 < share < 1:
        raise ValueError(f"{name} must lie between 0 and 1, such as 0.95; it is {share!r}")
    return share


def _fisher_of_one(a: float, b: float, c: float, d: float) -> float:
    if np.isnan([a, b, c, d]).any():
        return np.nan
    return min(float(stats.fisher_exact([[a, b], [c - a, d - b]]).pvalue), 1.0)


def _checked_parts(
    counts: ArrayLike, sizes: ArrayLike | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Counts and sizes as floats; counts are nan where dispersion is not defined."""
    counts = np.atleast_1d(np.asarray(counts, dtype=float))
    n_parts = counts.shape[-1]
    sizes = np.ones(n_parts) if sizes is None else np.asarray(sizes, dtype=float)
    if sizes.shape != (n_parts,):
        raise ValueError(f"{n_parts} parts need {n_parts} sizes; sizes has shape {sizes.shape}")
    if np.any(counts < 0) or np.any(sizes <= 0):
        raise ValueError("every part must have a size above 0, and counts cannot be negative")
    defined = (counts.sum(axis=-1, keepdims=True) > 0) & (n_parts > 1)
    return np.where(defined, counts, np.nan), sizes


def _observed_and_expected(
    f: ArrayLike, f1: ArrayLike, f2: ArrayLike, n: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    expected = _positive_or_nan(f1) * _positive_or_nan(f2) / _positive_or_nan(n)
    return _positive_or_nan(f), expected
