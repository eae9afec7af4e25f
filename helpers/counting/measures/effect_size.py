"""Effect size: how large the difference between two groups is, however sure it is."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from helpers.counting.measures.checks import (
    Floats,
    Interval,
    Numbers,
    as_given,
    checked_counts,
    positive_or_nan,
    require_not_negative,
    require_whole,
    smoothed,
    z_of,
)


class LogOdds(NamedTuple):
    """Difference of two log-odds, and that difference in standard errors."""

    delta: Numbers
    z: Numbers


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
    a, b, c, d = smoothed(a, b, c, d, smoothing)
    with np.errstate(divide="ignore"):
        return as_given(np.log2(a * d / (b * c)))


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
    a, b, c, d = smoothed(a, b, c, d, smoothing)
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.sqrt(1 / a - 1 / c + 1 / b - 1 / d) / np.log(2)
    error = np.where(np.isfinite(error), error, np.nan)
    reach = z_of(confidence) * error
    return Interval(as_given(middle - reach), as_given(middle + reach))


def conservative_log_ratio(
    a: ArrayLike,
    b: ArrayLike,
    c: ArrayLike,
    d: ArrayLike,
    *,
    confidence: float = 0.95,
    n_tests: int = 1,
) -> Numbers:
    """The end of an exact interval of the log ratio that lies nearer to 0; 0 if it holds 0.

    LRC of Evert (2022): Clopper-Pearson interval of a among a + b, two-sided, read as a ratio
    of two Poisson rates. It sorts words by size and evidence at once. Nothing is smoothed: a
    word of one group only has a number all the same. Evert divides 1 - confidence by the number
    of words compared (Bonferroni); here `n_tests` does, and by default nothing is corrected.
    Not the end of log_ratio_interval, which is approximate and smoothed. A word in neither
    group is nan.

    >>> round(conservative_log_ratio(20, 5, 400, 300), 2)
    0.13
    >>> conservative_log_ratio(20, 5, 400, 300, n_tests=164)
    0.0
    """
    z_of(confidence)
    if n_tests < 1:
        raise ValueError(f"n_tests must be at least 1, not {n_tests!r}")
    a, b, c, d = smoothed(a, b, c, d, 0)
    require_whole(np.stack(np.broadcast_arrays(a, b)), "the exact interval")
    alpha = (1 - confidence) / 2 / n_tests
    more = a * d >= b * c
    # Of the word's mentions, the share of the group that has more of it than its size would give.
    own, other = np.where(more, a, b), np.where(more, b, a)
    # Loaded here: scipy.stats takes a second, and counting words never needs it.
    from scipy import stats

    share = stats.beta.ppf(alpha, own, other + 1)
    size_ratio = np.log2(np.where(more, d / c, c / d))
    bound = np.maximum(special.logit(share) / np.log(2) + size_ratio, 0)
    return as_given(np.where(more, bound, 0 - bound))


def percent_diff(a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike) -> Numbers:
    """Difference of the relative frequencies in percent of the reference's.

    %DIFF of Gabrielatos & Marchi (2011): 100 is twice as frequent, -100 absent from the target.
    A word only in the target is inf (their stand-in of 1e-18 is not used), in neither nan.

    >>> round(percent_diff(206523, 178174, 959641, 1562358), 1)
    88.7
    """
    a, b, c, d = smoothed(a, b, c, d, 0)
    with np.errstate(divide="ignore"):
        return as_given(100 * (a * d / (b * c) - 1))


def difference_coefficient(a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike) -> Numbers:
    """Difference of the relative frequencies over their sum: from -1 to 1, 0 for equal.

    Hofland & Johansson (1982). 1 is only in the target, -1 only in the reference, 1/3 twice as
    frequent in the target; a word in neither group is nan.

    >>> round(difference_coefficient(18, 35, 1_000_000, 1_000_000), 2)
    -0.32
    """
    a, b, c, d = smoothed(a, b, c, d, 0)
    return as_given((a * d - b * c) / (a * d + b * c))


def simple_maths(
    a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike, *, added: float = 1
) -> Numbers:
    """Ratio of the frequencies per million, `added` to both first.

    Kilgarriff (2009), the keyness score of Sketch Engine, which also adds 1. A larger number,
    100 or 1000, brings common words to the top. A word in neither group is nan.

    >>> round(simple_maths(35, 263, 112_289_776, 1_559_716_979), 4)
    1.1224
    """
    if added <= 0:
        raise ValueError(f"added must be above 0, such as 1 or 100; it is {added!r}")
    a, b, c, d = smoothed(a, b, c, d, 0)
    return as_given((a / c * 1e6 + added) / (b / d * 1e6 + added))


def odds_ratio(a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike) -> Numbers:
    """Odds of the word in the target over its odds in the reference (the sample odds ratio).

    When one of the four cells is 0, all four get 0.5 more (Haldane-Anscombe). A word in neither
    group is nan.

    >>> odds_ratio(8, 2, 9, 7)
    20.0
    """
    in_target, in_reference, not_target, not_reference = _cells_above_zero(a, b, c, d)
    return as_given(in_target * not_reference / (in_reference * not_target))


def odds_ratio_interval(
    a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike, *, confidence: float = 0.95
) -> Interval:
    """Low and high end of the odds ratio's confidence interval.

    Normal approximation for its log (Woolf 1955), whose variance is the sum of 1 over each
    cell; zero cells as in odds_ratio. It treats running words as independent draws, which they
    are not, so it is rather too narrow.

    >>> [round(float(end), 2) for end in odds_ratio_interval(20, 5, 400, 300)]
    [1.15, 8.37]
    """
    cells = _cells_above_zero(a, b, c, d)
    middle = np.log(odds_ratio(a, b, c, d))
    reach = z_of(confidence) * np.sqrt((1 / cells).sum(axis=0))
    return Interval(as_given(np.exp(middle - reach)), as_given(np.exp(middle + reach)))


def _cells_above_zero(a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike) -> Floats:
    a, b, c, d = smoothed(a, b, c, d, 0)
    cells = np.stack(np.broadcast_arrays(a, b, c - a, d - b))
    return cells + 0.5 * (cells == 0).any(axis=0)


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
    a, b, c, d = checked_counts(a, b, c, d)
    prior = np.broadcast_to(np.asarray(prior, dtype=float), np.broadcast(a, b).shape)
    if np.any(prior <= 0):
        raise ValueError("the prior must be above 0 for every word; use a small one such as 0.01")
    prior_of_others = prior.sum() - prior
    in_target, in_reference = a + prior, b + prior
    not_target = positive_or_nan(c - a + prior_of_others)
    not_reference = positive_or_nan(d - b + prior_of_others)
    delta = np.log(in_target / not_target) - np.log(in_reference / not_reference)
    variance = 1 / in_target + 1 / in_reference
    if variance_terms == 4:
        variance = variance + 1 / not_target + 1 / not_reference
    return LogOdds(as_given(delta), as_given(delta / np.sqrt(variance)))


def scaled_f_score(a: ArrayLike, b: ArrayLike, *, beta: float) -> Numbers:
    """Place of each word of a vocabulary from 0 (reference) through 0.5 to 1 (target).

    Kessler (2017), as scattertext computes it: the share of the word's mentions that the target
    has, and the word's share of the target, each turned into its normal probability over the
    vocabulary (population sd), then their F-score with `beta`; the same from the reference's
    side; the larger of the two, stretched on its side to fill 0 to 0.5 or 0.5 to 1. `beta` must
    be given: scattertext's documentation says 1, its code 2. When all words have the same share
    their ranks stand in. It depends on the whole vocabulary, so scores of two texts cannot be
    compared; for plots only. A word in neither group is nan and left out of the means; when a
    group is empty all are nan.

    >>> scaled_f_score([90, 60, 40, 10], [10, 40, 60, 90], beta=1).round(2).tolist()
    [1.0, 0.5, 0.5, 0.0]
    """
    if not beta > 0:
        raise ValueError(f"beta must be above 0, such as 1; it is {beta!r}")
    a, b = np.broadcast_arrays(np.asarray(a, dtype=float), np.asarray(b, dtype=float))
    require_not_negative(a, b)
    scores = np.full(a.shape, np.nan)
    if a.sum() == 0 or b.sum() == 0:
        return as_given(scores)
    found = a + b > 0
    of_target = _f_of_scaled(a[found], b[found], beta)
    of_reference = _f_of_scaled(b[found], a[found], beta)
    scores[found] = 0.5 + (
        _stretched(of_target, of_target > of_reference)
        - _stretched(of_reference, of_reference > of_target)
    )
    return as_given(scores)


def _f_of_scaled(own: Floats, other: Floats, beta: float) -> Floats:
    precision, recall = _normal_probability(own / (own + other)), _normal_probability(own)
    below = beta**2 * precision + recall
    # The factor 1 + beta^2 of an F-score is the same for all and cancels when they are stretched.
    return precision * recall / np.where(below > 0, below, 1)


def _normal_probability(shares: Floats) -> Floats:
    spread = shares.std()
    if spread == 0:
        # All are equal, and so is their mean rank.
        return np.full(shares.shape, (shares.size + 1) / 2 / shares.size)
    return special.ndtr((shares - shares.mean()) / spread)


def _stretched(scores: Floats, chosen: NDArray[np.bool_]) -> Floats:
    """Half the place of each chosen score between the smallest and largest; 0 elsewhere."""
    places = np.zeros(scores.shape)
    if chosen.any():
        low, high = scores[chosen].min(), scores[chosen].max()
        places[chosen] = (scores[chosen] - low) / (high - low) / 2 if high > low else 0.25
    return places
