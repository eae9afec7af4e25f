"""Evidence: how surely two groups differ in a word, whatever the size of the difference."""

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from helpers.counting.measures.checks import (
    Numbers,
    as_given,
    checked_counts,
    positive_or_nan,
    require_whole,
)
from helpers.counting.measures.fisher import p_of_tables

ALTERNATIVES = ("two-sided", "greater", "less")


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
    a, b, c, d = checked_counts(a, b, c, d)
    word, total = a + b, c + d
    half = special.rel_entr(a, c * word / total) + special.rel_entr(b, d * word / total)
    if cells == 4:
        others = total - word
        half += special.rel_entr(c - a, c * others / total)
        half += special.rel_entr(d - b, d * others / total)
    # Where two large groups have nearly equal shares, rounding can leave a sum below 0.
    return as_given(np.maximum(2 * half, 0) * np.sign(a * d - b * c))


def chi_square(
    a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike, *, yates: bool = False
) -> Numbers:
    """Signed Pearson chi-square of the four cells; the sign as in log_likelihood.

    No correction by default. `yates=True` moves each cell 0.5 towards what is expected, and
    never past it, as scipy and R do (Yates 1934); UCS goes past it, so its corrected value is
    larger where a cell is less than 0.5 from expected. A word in neither group, or one that
    makes up all of both, is no evidence: 0. Expected cells below 5: see fisher_exact_p.

    >>> chi_square(3, 1, 4, 4), chi_square(3, 1, 4, 4, yates=True)
    (2.0, 0.5)
    """
    a, b, c, d = checked_counts(a, b, c, d)
    word, total = a + b, c + d
    distance = np.abs(a - c * word / total)  # the same in all four cells
    if yates:
        distance = np.maximum(distance - 0.5, 0)
    # Dividing in steps keeps the four margins from overflowing in a large corpus.
    spread = (word / total) * ((total - word) / total) * (c / total) * (d / total)
    varies = (word > 0) & (word < total)
    squared = (distance / total) ** 2 * total / np.where(varies, spread, 1)
    return as_given(np.where(varies, squared, 0) * np.sign(a * d - b * c))


def chi2_p(log_likelihood: ArrayLike) -> Numbers:
    """p-value of G2 or chi-square (the sign is ignored), chi-square with 1 degree of freedom.

    Too small when an expected cell is below about 5; there use fisher_exact_p.

    >>> round(chi2_p(-3.841459), 4)
    0.05
    """
    return as_given(special.chdtrc(1, np.abs(np.asarray(log_likelihood, dtype=float))))


def fisher_exact_p(
    a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike, *, alternative: str = "two-sided"
) -> Numbers:
    """p-value of Fisher's exact test on [[a, b], [c - a, d - b]].

    Two-sided as scipy and R have it: the summed probability of all tables with these margins
    that are no likelier than the one observed (to 7 digits, as in R). "greater" asks for a
    word this much more frequent in the target or more so, "less" for the opposite. A word in
    neither group has p = 1.

    >>> round(fisher_exact_p(8, 2, 9, 7), 6)
    0.034965
    >>> round(fisher_exact_p(3, 0, 10, 10, alternative="greater"), 4)
    0.1053
    """
    if alternative not in ALTERNATIVES:
        raise ValueError(f"alternative must be one of {ALTERNATIVES}, not {alternative!r}")
    counts = np.stack(np.broadcast_arrays(*checked_counts(a, b, c, d)), axis=-1)
    require_whole(counts, "Fisher's test")
    # Most words of a text share their counts with many others: test each pair of counts once.
    tables, which = np.unique(counts.reshape(-1, 4), axis=0, return_inverse=True)
    usable = ~np.isnan(tables).any(axis=1)
    p = np.full(len(tables), np.nan)
    p[usable] = p_of_tables(*tables[usable].T, alternative)
    return as_given(p[which.reshape(-1)].reshape(counts.shape[:-1]))


def smallest_possible_p(a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike) -> Numbers:
    """The smallest Fisher p-value that a word this frequent could have in these two groups.

    Tarone (1990): a word whose a + b mentions, however they fell, could not reach the level of
    the test is no test at all and is left out of the correction for many tests. Two-sided.

    >>> round(smallest_possible_p(1, 1, 10, 10), 3)
    0.474
    """
    a, b, c, d = checked_counts(a, b, c, d)
    word = a + b
    most, least = np.minimum(word, c), np.maximum(word - d, 0)
    return as_given(
        np.minimum(
            fisher_exact_p(most, word - most, c, d), fisher_exact_p(least, word - least, c, d)
        )
    )


def smallest_expected(a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike) -> Numbers:
    """The smallest of the four cells expected if the word were equally frequent in both.

    >>> smallest_expected(6, 2, 60, 20)
    2.0
    """
    a, b, c, d = checked_counts(a, b, c, d)
    word, total = a + b, c + d
    return as_given(np.minimum(word, total - word) * np.minimum(c, d) / total)


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
        # Loaded here: scipy.stats takes a second, and counting words never needs it.
        from scipy import stats

        q[tested] = stats.false_discovery_control(p[tested], method="bh")
    return as_given(q)


def bayes_factor_bic(log_likelihood: ArrayLike, n_tokens: ArrayLike) -> Numbers:
    """Evidence against "no difference": |G2| - ln(n_tokens), both groups' words together.

    Wilson (2013). Below 0 it speaks for no difference; 0 to 2 bare mention, 2 to 6 positive,
    6 to 10 strong, above 10 very strong. No words gives nan.

    >>> round(bayes_factor_bic(22.22, 9611 + 144925), 2)
    10.27
    """
    n_tokens = positive_or_nan(n_tokens)
    return as_given(np.abs(np.asarray(log_likelihood, dtype=float)) - np.log(n_tokens))
