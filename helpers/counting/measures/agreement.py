"""Agreement: do two or more readers see the same?"""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike


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
