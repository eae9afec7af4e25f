"""Fisher's exact test without a loop over tables: tails of the hypergeometric distribution.

With the margins of a table fixed, the count a of a word in the target can be anything from
max(0, a + b - d) to min(a + b, c). Its probabilities rise to the mean and fall behind it, so a
tail is summed outwards from its first term, each term from the one before, until the terms no
longer count; and where the other tail begins is found by halving. The first term comes from
logarithms of factorials, so p is right to about 1e-8 of itself in a million words, 1e-6 in a
hundred million.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]

# Two tables are equally likely when their probabilities differ by rounding only (R has 1e-7).
_TIE = 1e-7
_NEGLIGIBLE = 1e-17


def p_of_tables(a: Floats, b: Floats, c: Floats, d: Floats, alternative: str) -> Floats:
    """One p-value per table; a and b are counts of the word, c and d the group sizes."""
    if alternative == "greater":
        return _at_least(a, b, c, d)
    if alternative == "less":
        return _at_least(b, a, d, c)
    # The test does not change when the groups change places: let a be at or above its mean.
    swap = _below_mean(a, b, c, d)
    a, b, c, d = np.where(swap, (b, a, d, c), (a, b, c, d))
    return np.minimum(_tail(a, b, c, d) + _other_tail(a, b, c, d), 1)


def _below_mean(a: Floats, b: Floats, c: Floats, d: Floats) -> NDArray[np.bool_]:
    return a * d < b * c


def _at_least(a: Floats, b: Floats, c: Floats, d: Floats) -> Floats:
    """Probability of a or more; below the mean it is 1 minus that of fewer."""
    below = _below_mean(a, b, c, d)
    start, rest, own, other = np.where(below, (b + 1, a - 1, d, c), (a, b, c, d))
    tail = _tail(start, rest, own, other)
    return np.clip(np.where(below, 1 - tail, tail), 0, 1)


def _log_p(a: Floats, b: Floats, c: Floats, d: Floats) -> Floats:
    """Log of the probability of the table; -inf for a table that cannot be."""
    return _log_choose(c, a) + _log_choose(d, b) - _log_choose(c + d, a + b)


def _log_choose(n: Floats, k: Floats) -> Floats:
    possible = (k >= 0) & (k <= n)
    inside = np.where(possible, k, 0)
    return np.where(possible, -np.log1p(n) - special.betaln(n - inside + 1, inside + 1), -np.inf)


def _tail(a: Floats, b: Floats, c: Floats, d: Floats) -> Floats:
    """Summed probability of a, a + 1, ... for an a at or above the mean."""
    sums = np.exp(_log_p(a, b, c, d))
    going = np.arange(len(sums))
    term = sums.copy()
    while len(going):
        term = term * (c - a) * b / ((a + 1) * (d - b + 1))
        a, b = a + 1, b - 1
        sums[going] += term
        still = term > _NEGLIGIBLE * sums[going]
        going, term = going[still], term[still]
        a, b, c, d = a[still], b[still], c[still], d[still]
    return sums


def _other_tail(a: Floats, b: Floats, c: Floats, d: Floats) -> Floats:
    """Summed probability of the tables below the mean that are no likelier than a's."""
    word, likelihood = a + b, _log_p(a, b, c, d)
    lowest = np.maximum(word - d, 0)
    mode = np.floor((word + 1) * (c + 1) / (c + d + 2))
    start = _last_true(
        lambda x: _log_p(x, word - x, c, d) <= likelihood + _TIE,
        lowest - 1,
        np.maximum(np.minimum(mode, a - 1), lowest - 1),
    )
    return _tail(word - start, start, d, c)


def _last_true(holds: Callable[[Floats], NDArray[np.bool_]], low: Floats, high: Floats) -> Floats:
    """The last whole number from low to high for which it holds; it holds for low."""
    while np.any(low < high):
        middle = np.ceil((low + high) / 2)
        true = holds(middle)
        low, high = np.where(true, middle, low), np.where(true, high, middle - 1)
    return low
