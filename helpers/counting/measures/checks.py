"""What the formulas share: the forms of numbers, and the checks of what comes in."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

Floats = NDArray[np.float64]
Numbers = float | Floats

_CELLS_AT_ONCE = 1_000_000


class Interval(NamedTuple):
    """The two ends of a confidence interval."""

    low: Numbers
    high: Numbers


def as_given(values: ArrayLike) -> Numbers:
    """A float for a scalar, the array itself otherwise."""
    values = np.asarray(values, dtype=float)
    return float(values) if values.ndim == 0 else values


def positive_or_nan(values: ArrayLike) -> Floats:
    """The values as floats, nan in place of 0 and below."""
    values = np.asarray(values, dtype=float)
    return np.where(values > 0, values, np.nan)


def checked_counts(a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike) -> tuple[Floats, ...]:
    """The four as floats, with nan for the size of an empty group, so that nan comes out."""
    a, b, c, d = (np.asarray(values, dtype=float) for values in (a, b, c, d))
    require_not_negative(a, b, c, d)
    if np.any(a > c) or np.any(b > d):
        raise ValueError(
            "a count is larger than the size of its group; c and d are the running words of "
            "the target and of the reference"
        )
    return a, b, np.where(c > 0, c, np.nan), np.where(d > 0, d, np.nan)


def smoothed(
    a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike, smoothing: float
) -> tuple[Floats, ...]:
    """The four plus `smoothing`; a word in neither group has no ratio, so its a and b are nan."""
    require_smoothing(smoothing)
    a, b, c, d = checked_counts(a, b, c, d)
    nowhere = a + b == 0
    a, b = np.where(nowhere, np.nan, a), np.where(nowhere, np.nan, b)
    return a + smoothing, b + smoothing, c + smoothing, d + smoothing


def require_not_negative(*counts: Floats) -> None:
    """Raise for a count or a size below 0."""
    if any(np.any(values < 0) for values in counts):
        raise ValueError("counts and sizes cannot be negative")


def require_smoothing(smoothing: float) -> None:
    """Raise for a smoothing below 0."""
    if smoothing < 0:
        raise ValueError(f"smoothing cannot be negative; it is {smoothing!r}")


def require_whole(counts: Floats, name: str) -> None:
    """Raise for counts with a fraction; `name` says what needs whole numbers."""
    if np.any(counts % 1 > 0):
        raise ValueError(f"{name} needs whole numbers; pass counts, not rates")


def z_of(confidence: float) -> float:
    """How many standard errors an interval of this confidence reaches to each side."""
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, such as 0.95; it is {confidence!r}")
    return float(special.ndtri(0.5 + confidence / 2))


def by_rows(
    formula: Callable[[Floats, Floats], Floats], counts: ArrayLike, sizes: ArrayLike | None
) -> Numbers:
    """The formula of counts per part (last axis) and sizes, nan where dispersion is undefined.

    Rows go through in blocks, so that beside the counts only a block of floats is held.
    """
    counts = np.atleast_1d(np.asarray(counts))
    n_parts = counts.shape[-1]
    sizes = checked_sizes(n_parts, sizes)
    rows = counts.reshape(-1, n_parts)
    values = np.full(len(rows), np.nan)
    step = max(1, _CELLS_AT_ONCE // max(1, n_parts))
    for start in range(0, len(rows), step):
        block = rows[start : start + step].astype(float)
        require_not_negative(block)
        defined = (block.sum(axis=1) > 0) & (n_parts > 1)
        values[start : start + step][defined] = formula(block[defined], sizes)
    return as_given(values.reshape(counts.shape[:-1]))


def checked_sizes(n_parts: int, sizes: ArrayLike | None) -> Floats:
    """One size above 0 per part; all 1 when none are given."""
    sizes = np.ones(n_parts) if sizes is None else np.asarray(sizes, dtype=float)
    if sizes.shape != (n_parts,):
        raise ValueError(f"{n_parts} parts need {n_parts} sizes; sizes has shape {sizes.shape}")
    if not np.all(sizes > 0):
        raise ValueError("every part must have a size above 0")
    return sizes


def observed_and_expected(
    f: ArrayLike, f1: ArrayLike, f2: ArrayLike, n: ArrayLike
) -> tuple[Floats, Floats]:
    """Co-occurrences seen, and expected if the two were independent; nan in place of 0."""
    expected = positive_or_nan(f1) * positive_or_nan(f2) / positive_or_nan(n)
    return positive_or_nan(f), expected
