"""Association: how strongly two or more words keep company.

f is how often two words occur together, f1 and f2 how often each occurs, and n how many units
(clauses, windows, tokens) there are. A pair never seen has no score: nan, because absent is not
the same as avoided.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from helpers.counting.measures.checks import (
    Numbers,
    as_given,
    observed_and_expected,
    positive_or_nan,
    require_not_negative,
    require_smoothing,
)


class DeltaP(NamedTuple):
    """How much the one makes the other likelier: 2 given 1 (forward), 1 given 2 (backward)."""

    forward: Numbers
    backward: Numbers


class Lambda(NamedTuple):
    """Strength of a fixed expression, and that strength in standard errors."""

    strength: Numbers
    z: Numbers


def mutual_information(f: ArrayLike, f1: ArrayLike, f2: ArrayLike, n: ArrayLike) -> Numbers:
    """log2 of observed over expected co-occurrence, expected being f1 f2 / n.

    Church & Hanks (1990). Base 2; UCS prints base 10 (1 there is 3.3219 here). It favours rare
    pairs. A pair never seen is nan: absent is not the same as avoided.

    >>> round(mutual_information(20, 42, 20, 14_307_668), 2)
    18.38
    """
    f, expected = observed_and_expected(f, f1, f2, n)
    return as_given(np.log2(f / expected))


def mi3(f: ArrayLike, f1: ArrayLike, f2: ArrayLike, n: ArrayLike) -> Numbers:
    """log2 of the cubed observed over expected co-occurrence, which favours frequent pairs.

    Daille (1994). Base 2, where UCS prints base 10. nan for f = 0.

    >>> round(mi3(7, 15334, 120, 191_998), 3)
    5.161
    """
    f, expected = observed_and_expected(f, f1, f2, n)
    return as_given(np.log2(f**3 / expected))


def npmi(f: ArrayLike, f1: ArrayLike, f2: ArrayLike, n: ArrayLike) -> Numbers:
    """Mutual information over the most it could be: 1 always together, 0 independent.

    Bouma (2009): MI / -log2(f / n). He sets a pair never seen to -1; here it is nan, as for
    every measure of this room. A pair in every unit is nan too: nothing is left to compare.

    >>> round(npmi(10, 10, 10, 100), 6), npmi(1, 10, 10, 100)
    (1.0, 0.0)
    """
    f, expected = observed_and_expected(f, f1, f2, n)
    return as_given(np.log(f / expected) / positive_or_nan(-np.log(f / np.asarray(n, float))))


def t_score(f: ArrayLike, f1: ArrayLike, f2: ArrayLike, n: ArrayLike) -> Numbers:
    """(observed - expected) / sqrt(observed), which favours frequent pairs; nan for f = 0.

    As in Manning & Schuetze (1999, 5.3): the observed count stands in for its variance.

    >>> round(t_score(8, 15828, 4675, 14_307_668), 6)
    0.999932
    """
    f, expected = observed_and_expected(f, f1, f2, n)
    return as_given((f - expected) / np.sqrt(f))


def z_score(f: ArrayLike, f1: ArrayLike, f2: ArrayLike, n: ArrayLike) -> Numbers:
    """(observed - expected) / sqrt(expected), which favours rare pairs; nan for f = 0.

    As in UCS: the expected count stands in for its variance (Berry-Rogghe 1973 multiplies it by
    1 - p). No continuity correction.

    >>> z_score(10, 10, 10, 100)
    9.0
    """
    f, expected = observed_and_expected(f, f1, f2, n)
    return as_given((f - expected) / np.sqrt(expected))


def phi_square(f: ArrayLike, f1: ArrayLike, f2: ArrayLike, n: ArrayLike) -> Numbers:
    """Chi-square of the pair's four cells over n: 0 independent, 1 always and only together.

    Church & Gale (1991). Without sign, and no correction. nan for f = 0, and where one of the
    two is everywhere.

    >>> round(phi_square(31950, 43954, 36743, 897_077), 2)
    0.62
    """
    f, expected = observed_and_expected(f, f1, f2, n)
    n = np.asarray(n, dtype=float)
    without = positive_or_nan(n - f1) / n * positive_or_nan(n - f2)
    return as_given(((f - expected) ** 2 / expected) / without)


def dice(f: ArrayLike, f1: ArrayLike, f2: ArrayLike) -> Numbers:
    """Share of the two words' mentions that are mentions together: 2 f / (f1 + f2).

    Dice (1945); 1 always together. nan for f = 0.

    >>> round(dice(130, 3121, 143), 2)
    0.08
    """
    f, f1, f2 = positive_or_nan(f), positive_or_nan(f1), positive_or_nan(f2)
    return as_given(2 * f / (f1 + f2))


def log_dice(f: ArrayLike, f1: ArrayLike, f2: ArrayLike) -> Numbers:
    """14 + log2 of the Dice coefficient; at most 14, and free of the corpus size.

    Rychly (2008): +1 is twice as often together, 0 about once in 16,000. nan for f = 0.

    >>> log_dice(5, 5, 5), log_dice(1, 16384, 16384)
    (14.0, 0.0)
    """
    return as_given(14 + np.log2(dice(f, f1, f2)))


def delta_p(f: ArrayLike, f1: ArrayLike, f2: ArrayLike, n: ArrayLike) -> DeltaP:
    """How much likelier the second is with the first than without it, and the reverse.

    Gries (2013). Forward is P(2|1) - P(2|not 1), backward P(1|2) - P(1|not 2), from -1 to 1.
    nan for f = 0, and where one of the two is everywhere.

    >>> [round(way, 2) for way in delta_p(6, 9, 7, 61)]
    [0.65, 0.8]
    """
    f, f1, f2 = positive_or_nan(f), positive_or_nan(f1), positive_or_nan(f2)
    n = np.asarray(n, dtype=float)
    forward = f / f1 - (f2 - f) / positive_or_nan(n - f1)
    backward = f / f2 - (f1 - f) / positive_or_nan(n - f2)
    return DeltaP(as_given(forward), as_given(backward))


def ngram_lambda(patterns: ArrayLike, *, smoothing: float = 0.5) -> Lambda:
    """Strength of an expression of K words beyond what its shorter parts explain, and its z.

    Blaheta & Johnson (2001), as quanteda's textstat_collocations: the K-way interaction of the
    saturated log-linear model, natural log, with 0.5 added to every count. `patterns` holds,
    along its last axis, how many windows of K tokens agree with the expression in which of its
    K places: 2^K counts, read as binary numbers from none to all, so for two words [neither,
    second only, first only, both]. For K = 2 it is the log odds ratio. nan for an expression
    never seen, and with `smoothing=0` wherever a pattern is missing.

    >>> [round(value, 3) for value in ngram_lambda([7, 0, 0, 2])]
    [4.317, 2.028]
    """
    require_smoothing(smoothing)
    counts = np.atleast_1d(np.asarray(patterns, dtype=float))
    n_patterns = counts.shape[-1]
    if n_patterns < 4 or n_patterns.bit_count() != 1:
        raise ValueError(
            f"the patterns of an expression of K words are 2^K counts (4, 8, 16 ...), not "
            f"{n_patterns}"
        )
    require_not_negative(counts)
    n_words = n_patterns.bit_length() - 1
    sign = np.array([(-1) ** (n_words - place.bit_count()) for place in range(n_patterns)])
    cells = positive_or_nan(counts + smoothing)
    cells[counts[..., -1] == 0] = np.nan
    strength = (sign * np.log(cells)).sum(axis=-1)
    return Lambda(as_given(strength), as_given(strength / np.sqrt((1 / cells).sum(axis=-1))))
