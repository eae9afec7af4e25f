"""Tokens -> the company of one node after another: counts, and the scores of measures."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.counting.context.checks import require_whole, require_window
from helpers.counting.context.words import read_words
from helpers.tables import COLUMNS

# Below three meetings a score says more about chance than about the words: read the lines.
LEAST_SCORED = 3


class CompanyCounter:
    """Counts the company of one node after another; the tokens are read once."""

    def __init__(
        self, tokens: pd.DataFrame, within: str, window: int, at_least: int, n_units: int | None
    ) -> None:
        """Read the tokens, and check what company is to mean: the options of `collocations`."""
        require_window(window)
        require_whole(
            at_least, "at_least", LEAST_SCORED,
            "it can be raised, not lowered: of a pair met once or twice a score says more about "
            "chance than about the words. See its lines with context.collocate_lines",
        )  # fmt: skip
        self.words = read_words(tokens, within)
        self.window = window if within == "window" else None
        self.at_least = at_least
        self.n_units = self._all_units(within, n_units)
        if self.window is None:
            n_types = len(self.words.types)
            pairs = pd.unique(self.words.unit * n_types + self.words.codes)
            self.units, self.unit_codes = np.divmod(pairs, n_types)

    def collocations(self, node: str) -> pd.DataFrame:
        """One row per token that meets the node: tables.COLUMNS["collocations"]."""
        code = self.words.code_of(node)
        n, n_collocate, near, total, n_node = self._counts(code)
        n[code] = 0
        met = np.flatnonzero(n)
        table = pd.DataFrame(
            {
                "collocate": self.words.types[met],
                "n": n[met],
                "n_collocate": n_collocate[met],
                "expected": near * n_collocate[met] / max(total, 1),
            }
        )
        scores = _scores(table["n"], table["n_collocate"], near, total, n_node)
        scored = (table["n"] >= self.at_least).to_numpy()
        for name, values in scores.items():
            table[name] = np.where(scored, values, np.nan)
        return table[COLUMNS["collocations"]].sort_values(
            ["log_likelihood", "n", "collocate"], ascending=[False, False, True], ignore_index=True
        )

    def _counts(self, code: int) -> tuple[NDArray[np.int64], NDArray[np.int64], int, int, int]:
        """For each type f and f2; then f1, N, and what log_dice takes for f1."""
        words, n_types = self.words, len(self.words.types)
        is_node = words.codes == code
        if self.window is not None:
            near = words.near(is_node, self.window) & ~is_node
            n = np.bincount(words.codes[near], minlength=n_types)
            n_node = int(is_node.sum())
            n_collocate = np.bincount(words.codes, minlength=n_types)
            return n, n_collocate, int(near.sum()), len(words.codes) - n_node, n_node
        has_node = np.zeros(words.unit.max() + 1, dtype=bool)
        has_node[words.unit[is_node]] = True
        n = np.bincount(self.unit_codes[has_node[self.units]], minlength=n_types)
        n_node = int(has_node.sum())
        n_collocate = np.bincount(self.unit_codes, minlength=n_types)
        return n, n_collocate, n_node, self.n_units, n_node

    def _all_units(self, within: str, n_units: int | None) -> int:
        n_seen = int(self.words.unit.max()) + 1
        if n_units is None:
            return n_seen
        if within == "window":
            raise ValueError("a window is no unit; give n_units with within='clause' or 'sentence'")
        require_whole(
            n_units, "n_units", n_seen,
            f"so many {within}s hold a token; give the number of all, such as len({within}s)",
        )  # fmt: skip
        return int(n_units)


def _scores(
    n: pd.Series, n_collocate: pd.Series, near: int, total: int, n_node: int
) -> dict[str, NDArray[np.float64]]:
    f, f2 = n.to_numpy(dtype=float), n_collocate.to_numpy(dtype=float)
    # Loaded here: the measures take longer to load than lines to be found.
    from helpers.counting import measures

    delta = measures.delta_p(f, near, f2, total)
    return {
        "log_likelihood": measures.log_likelihood(f, f2 - f, near, total - near),
        "log_dice": measures.log_dice(np.minimum(f, n_node), n_node, f2),
        "mi": measures.mutual_information(f, near, f2, total),
        "mi3": measures.mi3(f, near, f2, total),
        "t_score": measures.t_score(f, near, f2, total),
        "z_score": measures.z_score(f, near, f2, total),
        "delta_p_forward": delta.forward,
        "delta_p_backward": delta.backward,
    }
