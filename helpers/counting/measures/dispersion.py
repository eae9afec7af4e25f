"""Dispersion: how evenly a word is spread over the parts of a text.

`counts` has one number per part along its last axis, `sizes` the parts' sizes (equal by
default). A word never seen, or a single part, has no dispersion: nan. With fewer mentions than
parts every measure is far from even by arithmetic alone.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from helpers.counting.measures.checks import (
    Floats,
    Numbers,
    by_rows,
    checked_sizes,
    require_not_negative,
)


def dispersion_range(counts: ArrayLike) -> int | NDArray[np.int64]:
    """In how many parts the word is found: 0 for a word never seen.

    >>> dispersion_range([[2, 2, 0, 1], [0, 0, 0, 0]]).tolist()
    [3, 0]
    """
    counts = np.atleast_1d(np.asarray(counts))
    require_not_negative(counts)
    found = np.count_nonzero(counts > 0, axis=-1)
    return int(found) if np.ndim(found) == 0 else found


def dp(counts: ArrayLike, sizes: ArrayLike | None = None) -> Numbers:
    """Deviation of proportions: 0 spread like the parts' sizes, near 1 all in a small part.

    Gries (2008). `counts` has one number per part along its last axis, `sizes` the parts'
    sizes (equal by default). A word never seen, or a single part, gives nan. With fewer
    mentions than parts DP is large by arithmetic alone.

    >>> dp([3, 3, 3]), round(dp([2, 2, 0, 1], [154, 300, 171, 148]), 2)
    (0.0, 0.22)
    """
    return by_rows(_dp, counts, sizes)


def _dp(counts: Floats, sizes: Floats) -> Floats:
    return np.abs(_shares(counts) - sizes / sizes.sum()).sum(axis=-1) / 2


def dp_norm(counts: ArrayLike, sizes: ArrayLike | None = None) -> Numbers:
    """DP divided by the largest value it can take, so that it ends at 1.

    Lijffijt & Gries (2012): DP / (1 - the smallest part's share of the size). Arguments and
    undefined cases as in dp.

    >>> round(dp_norm([2, 1, 0]), 3)
    0.5
    """
    return by_rows(lambda v, s: _dp(v, s) / (1 - s.min() / s.sum()), counts, sizes)


def juilland_d(counts: ArrayLike, sizes: ArrayLike | None = None) -> Numbers:
    """Juilland's D: 1 for the same rate in every part, 0 for a word of one part only.

    1 - (sd / mean) / sqrt(parts - 1) of the rates per part, with the population sd (as in
    Carroll 1970). Arguments and undefined cases as in dp.

    >>> round(juilland_d([0, 4, 3, 2, 1]), 4)
    0.6464
    """
    return by_rows(_juilland_d, counts, sizes)


def _juilland_d(counts: Floats, sizes: Floats) -> Floats:
    rates = counts / sizes
    return 1 - rates.std(axis=-1) / rates.mean(axis=-1) / np.sqrt(len(sizes) - 1)


def carroll_d2(counts: ArrayLike, sizes: ArrayLike | None = None) -> Numbers:
    """Carroll's D2: entropy of the rates over the parts, in shares of its maximum.

    Carroll (1970); 1 is even, 0 all in one part. Arguments and undefined cases as in dp.

    >>> round(carroll_d2([2, 1, 1, 1, 0]), 4)
    0.8277
    """
    return by_rows(
        lambda v, s: special.entr(_shares(v / s)).sum(axis=-1) / np.log(len(s)), counts, sizes
    )


def rosengren_s(counts: ArrayLike, sizes: ArrayLike | None = None) -> Numbers:
    """Rosengren's S: 1 spread like the parts' sizes, the part's share when all in one part.

    Rosengren (1971) with sizes as in Gries (2008): the squared sum over parts of
    sqrt(size share x count), over the word's frequency. Arguments and undefined cases as in dp.

    >>> round(rosengren_s([1, 2, 3, 4, 5]), 3)
    0.937
    """
    return by_rows(
        lambda v, s: np.sqrt(_shares(v) * (s / s.sum())).sum(axis=-1) ** 2, counts, sizes
    )


def kl_divergence(counts: ArrayLike, sizes: ArrayLike | None = None) -> Numbers:
    """Bits by which the word's spread differs from the parts' sizes: 0 alike, no upper end.

    Kullback-Leibler divergence of the word's shares from the size shares, log base 2, as in
    Gries (2019); a part without the word adds 0. Arguments and undefined cases as in dp.

    >>> round(kl_divergence([4, 0], [10, 30]), 3)
    2.0
    """
    return by_rows(
        lambda v, s: special.rel_entr(_shares(v), s / s.sum()).sum(axis=-1) / np.log(2),
        counts,
        sizes,
    )


def average_reduced_frequency(positions: ArrayLike, n_tokens: int) -> float:
    """How often the word would have occurred had it been spread evenly: from 1 to its frequency.

    ARF of Savicky & Hlavacova (2002): the sum of the distances between one mention and the
    next, the text taken as a ring, none counted as longer than n_tokens / frequency; over that
    same length. `positions` are the word's places among the n_tokens running tokens, counted
    from anywhere. Needs no parts. A word never seen has 0, a word seen once 1.

    >>> average_reduced_frequency([0, 25, 50, 75], 100)
    4.0
    >>> round(average_reduced_frequency([10, 11, 12, 13], 100), 2)
    1.12
    """
    places = np.sort(np.asarray(positions, dtype=float).reshape(-1))
    checked_sizes(1, [n_tokens])
    if places.size == 0:
        return 0.0
    gaps = np.diff(places, append=places[0] + n_tokens)
    if np.any(places % 1 != 0) or np.any(gaps < 1):
        raise ValueError(
            f"positions must be different whole numbers within {n_tokens} tokens; number the "
            "tokens of the whole text, not of each sentence"
        )
    even = n_tokens / places.size
    return float(np.minimum(gaps, even).sum() / even)


def _shares(counts: Floats) -> Floats:
    return counts / counts.sum(axis=-1, keepdims=True)
