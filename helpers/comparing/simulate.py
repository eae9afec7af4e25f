"""Known truth in, coverage and power out: how large must a corpus be?

Documents are drawn from a model whose share of prevention is known, and the numbers of
`compare` are computed from them. So it can be counted how often an interval holds the truth,
how often a difference is found, and how often key words are found where there is nothing.

The model. A document has 1 + Poisson sentences. A sentence is unlabelled or coupling with
fixed probabilities (coupling is the overlap of the two languages), else prevention with the
document's own share, which is drawn from a Beta distribution with mean `share` and intraclass
correlation `rho`: with rho 0 all documents are alike, with rho 1 each is of one subject only.
"""

from collections.abc import Sequence
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from helpers.comparing.compare.balance import permutation_p
from helpers.comparing.compare.checks import require_number, require_seed, require_whole
from helpers.comparing.compare.intervals import logit_t_interval, percentiles, resample_sums
from helpers.comparing.compare.keyness import largest_t_p
from helpers.counting import measures
from helpers.counting.lexicon.checks import is_number, require_list
from helpers.progress import progress_bar

CONFIDENCE = 0.95
INTERVALS = ("sentences, percentile", "documents, percentile", "documents, logit t")
_N_RESAMPLES = 500
_MOST_SENTENCES = 100_000


# --- the model ----------------------------------------------------------------------------


def draw_labels(
    n_documents: int,
    *,
    share: float = 0.7,
    rho: float = 0.1,
    coupling: float = 0.1,
    unlabelled: float = 0.4,
    sentences: float = 12,
    seed: int = 2020,
) -> pd.DataFrame:
    """One row per sentence of the drawn documents: doc_id, sentence_id, label.

    `sentences` is the mean number of sentences of a document.

    >>> draw_labels(2, sentences=3, seed=1).columns.tolist()
    ['doc_id', 'sentence_id', 'label']
    """
    require_seed(seed)
    cells = draw_cells(
        n_documents, share=share, rho=rho, coupling=coupling, unlabelled=unlabelled,
        sentences=sentences, generator=np.random.default_rng(seed),
    )  # fmt: skip
    labels = np.array(["prevention", "reopening", "coupling", "unlabelled"])
    rows = [
        (f"{number:05}", place, label)
        for number, cell in enumerate(cells)
        for place, label in enumerate(np.repeat(labels, cell), start=1)
    ]
    return pd.DataFrame(rows, columns=["doc_id", "sentence_id", "label"])


def draw_cells(
    n_documents: int,
    *,
    share: float,
    rho: float,
    coupling: float,
    unlabelled: float,
    sentences: float,
    generator: np.random.Generator,
) -> NDArray[np.int64]:
    """Documents x (prevention, reopening, coupling, unlabelled): sentences drawn from the model.

    Beta(share k, (1 - share) k) with k = 1 / rho - 1 has mean `share` and intraclass correlation
    `rho` (the beta-binomial model; Williams 1975).
    """
    _require_model(n_documents, share, rho, coupling, unlabelled, sentences)
    if not isinstance(generator, np.random.Generator):
        raise ValueError(f"generator is {generator!r}; make it with numpy.random.default_rng(2020)")
    n = 1 + generator.poisson(sentences - 1, n_documents)
    own = np.full(n_documents, share)
    if rho > 0:
        k = 1 / rho - 1
        own = generator.beta(share * k, (1 - share) * k, n_documents)
    subject = 1 - coupling - unlabelled
    chances = np.column_stack([own * subject, (1 - own) * subject, np.full(n_documents, coupling)])
    chances = np.column_stack([chances, 1 - chances.sum(axis=1)]).clip(0)
    return generator.multinomial(n, chances)


def _require_model(
    n_documents: int,
    share: float,
    rho: float,
    coupling: float,
    unlabelled: float,
    sentences: float,
) -> None:
    require_whole(
        n_documents, "n_documents", 2, "one document is descriptive only, draw at least 2"
    )
    if not is_number(share) or not 0 < share < 1:
        raise ValueError(f"share is {share!r}; it must lie between 0 and 1, such as 0.7")
    if not is_number(rho) or not 0 <= rho < 1:
        raise ValueError(f"rho is {rho!r}; it must be at least 0 and below 1, such as 0.1")
    require_number(coupling, "coupling", "it is a share of the sentences, such as 0.1")
    require_number(unlabelled, "unlabelled", "it is a share of the sentences, such as 0.4")
    if coupling < 0 or unlabelled < 0 or coupling + unlabelled >= 1:
        raise ValueError(
            f"coupling {coupling} and unlabelled {unlabelled} leave no sentence for the two "
            "subjects; their sum must be below 1"
        )
    if not is_number(sentences) or not 1 <= sentences <= _MOST_SENTENCES:
        raise ValueError(
            f"sentences is {sentences!r}; a document has at least one and at most "
            f"{_MOST_SENTENCES:,}"
        )


def estimate_rho(cells: NDArray[np.int64]) -> float:
    """The intraclass correlation of documents x (prevention, reopening), by analysis of variance.

    For the sizes of one's own corpus: draw with this rho. Documents without either are left out.
    (Fleiss 1981; Ridout, Demétrio & Firth 1999, their estimator "ANOVA".)

    >>> round(estimate_rho(np.array([[4, 0], [0, 4], [4, 0], [0, 4]])), 2)
    1.0
    """
    cells = _subject_cells(cells)
    cells = cells[cells.sum(axis=1) > 0].astype(float)
    m, n_documents = cells.sum(axis=1), len(cells)
    if n_documents < 2 or m.sum() <= n_documents:
        raise ValueError(
            f"{n_documents} documents with {m.sum():.0f} subject sentences cannot tell how alike "
            "the sentences of a document are; give more documents, some with several sentences"
        )
    shares, share = cells[:, 0] / m, cells[:, 0].sum() / m.sum()
    between = (m * (shares - share) ** 2).sum() / (n_documents - 1)
    within = (m * shares * (1 - shares)).sum() / (m.sum() - n_documents)
    size = (m.sum() - (m**2).sum() / m.sum()) / (n_documents - 1)
    total = between + (size - 1) * within
    return float((between - within) / total) if total > 0 else 0.0


def _subject_cells(cells: NDArray[np.int64]) -> NDArray[np.int64]:
    """The first two columns; a ValueError for what are no counts of documents."""
    cells = np.asarray(cells, dtype=object)
    if cells.ndim != 2 or cells.shape[1] < 2:
        raise ValueError(
            "cells must have one row per document and the columns prevention and reopening; "
            f"the shape is {cells.shape}"
        )
    for number in cells[:, :2].ravel():
        if not is_number(number) or number < 0 or number % 1:
            raise ValueError(f"cells holds {number!r}; it counts sentences, in whole numbers")
    return cells[:, :2].astype("int64")


# --- intervals ----------------------------------------------------------------------------


def interval_coverage(
    *,
    n_documents: Sequence[int] = (5, 10, 20, 40, 80, 160, 320),
    rho: Sequence[float] = (0.0, 0.1, 0.3),
    share: float = 0.7,
    coupling: float = 0.1,
    unlabelled: float = 0.4,
    sentences: float = 12,
    n_simulations: int = 2000,
    seed: int = 2020,
) -> pd.DataFrame:
    """One row per corpus size, rho and interval: how often the 95 percent interval is right.

    Columns n_documents, rho, interval, n_simulations, coverage, low, high, width, undefined. low
    and high are Wilson's interval of coverage itself; `width` is the mean width of the intervals,
    `undefined` the share of corpora without one (no subject, or one only), which count as missed.
    """
    _require_simulations(n_simulations, seed)
    n_documents = require_list(n_documents, "n_documents", "numbers, such as (10, 20)")
    rho = require_list(rho, "rho", "numbers, such as (0.0, 0.1)")
    for size, correlation in product(n_documents, rho):
        _require_model(size, share, correlation, coupling, unlabelled, sentences)
    rows = []
    progress = progress_bar(total=len(n_documents) * len(rho) * n_simulations)
    for size in n_documents:
        for correlation in rho:
            generator = np.random.default_rng([seed, size, int(correlation * 1000)])
            ends = np.full((n_simulations, len(INTERVALS), 2), np.nan)
            for run in range(n_simulations):
                cells = draw_cells(
                    size, share=share, rho=correlation, coupling=coupling,
                    unlabelled=unlabelled, sentences=sentences, generator=generator,
                )  # fmt: skip
                ends[run] = _three_intervals(cells, generator)
                progress.update()
            rows += _coverage_rows(ends, share, {"n_documents": size, "rho": correlation})
    progress.close()
    return pd.DataFrame(rows)


def _three_intervals(
    cells: NDArray[np.int64], generator: np.random.Generator
) -> list[tuple[float, float]]:
    """The ends of INTERVALS, as compare.bootstrap_share and logit_t_interval give them."""
    subjects = cells[:, :2]
    if (subjects.sum(axis=0) == 0).any():
        return [(np.nan, np.nan)] * len(INTERVALS)
    # Drawing sentences one by one only moves counts between three boxes: a multinomial draw.
    total = cells.sum()
    chances = np.array([*subjects.sum(axis=0), total - subjects.sum()]) / total
    by_sentence = generator.multinomial(total, chances, _N_RESAMPLES)[:, :2]
    by_document = resample_sums(subjects, _N_RESAMPLES, int(generator.integers(2**32)))
    return [
        _percentile_interval(by_sentence), _percentile_interval(by_document),
        logit_t_interval(subjects),
    ]  # fmt: skip


def _percentile_interval(draws: NDArray) -> tuple[float, float]:
    draws = draws[draws.sum(axis=1) > 0]
    low, high = percentiles(draws[:, 0] / draws.sum(axis=1), CONFIDENCE)
    return float(low), float(high)


def _coverage_rows(ends: NDArray[np.float64], share: float, setting: dict) -> list[dict]:
    rows = []
    for place, interval in enumerate(INTERVALS):
        low, high = ends[:, place, 0], ends[:, place, 1]
        held = int(((low <= share) & (share <= high)).sum())
        rows.append(
            {**setting, "interval": interval, "n_simulations": len(ends),
             **_share_with_interval(held, len(ends), "coverage"),
             "width": float(np.nanmean(high - low)) if (low == low).any() else np.nan,
             "undefined": float(np.isnan(low).mean())}
        )  # fmt: skip
    return rows


# --- power --------------------------------------------------------------------------------


def power(
    *,
    n_documents: Sequence[int] = (10, 20, 40, 80, 160),
    differences: Sequence[float] = (0.0, 0.05, 0.1, 0.2, 0.3),
    rho: float = 0.1,
    share: float = 0.7,
    coupling: float = 0.1,
    unlabelled: float = 0.4,
    sentences: float = 12,
    n_simulations: int = 1000,
    n_permutations: int = 199,
    seed: int = 2020,
) -> pd.DataFrame:
    """One row per documents in each of two groups and true difference: how often p < .05.

    Columns n_documents, difference, rho, n_simulations, power, low, high (Wilson). The groups
    have the shares share - difference / 2 and share + difference / 2; the test is the document
    permutation of compare.permutation_test. At difference 0, power is the false-positive rate.
    """
    _require_simulations(n_simulations, seed)
    _require_permutations(n_permutations)
    n_documents = require_list(n_documents, "n_documents", "numbers, such as (10, 20)")
    differences = _require_differences(differences, share)
    for size in n_documents:
        _require_model(size, share, rho, coupling, unlabelled, sentences)
    rows = []
    progress = progress_bar(total=len(n_documents) * len(differences) * n_simulations)
    for size in n_documents:
        for difference in differences:
            generator = np.random.default_rng([seed, size, int(difference * 1000)])
            found = 0
            for _ in range(n_simulations):
                first, second = (
                    draw_cells(
                        size, share=share + sign * difference / 2, rho=rho, coupling=coupling,
                        unlabelled=unlabelled, sentences=sentences, generator=generator,
                    )[:, :2]
                    for sign in (-1, 1)
                )  # fmt: skip
                if first.sum() and second.sum():
                    found += permutation_p(first, second, n_permutations, generator) < 0.05
                progress.update()
            rows.append(
                {"n_documents": size, "difference": difference, "rho": rho,
                 "n_simulations": n_simulations,
                 **_share_with_interval(int(found), n_simulations, "power")}
            )  # fmt: skip
    progress.close()
    return pd.DataFrame(rows)


# --- keyness where there is nothing -------------------------------------------------------


def keyness_false_positives(
    *,
    n_documents: int = 60,
    tokens: int = 60,
    n_types: int = 300,
    n_definers: int = 10,
    burstiness: float = 0.02,
    n_simulations: int = 1000,
    n_permutations: int = 199,
    seed: int = 2020,
) -> pd.DataFrame:
    """One row per way of grouping, kind of words and test: how often any key word is found.

    Columns groups, words, test, n_simulations, any_found, low, high (Wilson), n_found (mean
    number of words). All documents speak the same language: whatever is found is false.
    `groups` is an outside rule, a lexicon of `n_definers` words drawn at random with all words
    tested, or the same without its own words. `words` are independent (multinomial) or bursty,
    when a document that has said a word says it again (Dirichlet-multinomial, intraclass
    correlation `burstiness`). The tests are q < .05 with tokens as units, as compare.keyness
    computes it, and for the outside rule also the permutation of whole documents with the
    largest t of all words (Westfall & Young 1993).
    """
    _require_simulations(n_simulations, seed)
    _require_permutations(n_permutations)
    require_whole(n_documents, "n_documents", 0, "draw at least 4 documents")
    require_whole(tokens, "tokens", 1, "a document has at least one word")
    require_whole(n_types, "n_types", 0, "draw from 300 types, for example")
    require_whole(n_definers, "n_definers", 0, "take fewer definers than types, such as 10")
    require_number(burstiness, "burstiness", "it must lie between 0 and 1, such as 0.02")
    if not 0 < n_definers < n_types or n_documents < 4 or not 0 < burstiness < 1:
        raise ValueError(
            f"{n_definers} definers of {n_types} types, {n_documents} documents and burstiness "
            f"{burstiness} make no comparison; take fewer definers than types, at least 4 "
            "documents, and burstiness between 0 and 1"
        )
    zipf = 1 / np.arange(1, n_types + 1)
    zipf /= zipf.sum()
    counted: dict[tuple[str, str, str], list[int]] = {}
    progress = progress_bar(total=2 * n_simulations)
    for words, spread in (("independent", 0.0), ("bursty", burstiness)):
        generator = np.random.default_rng([seed, int(spread * 1000)])
        for _ in range(n_simulations):
            cells = _draw_words(n_documents, tokens, zipf, spread, generator)
            for (groups, test), n in _count_found(cells, n_definers, n_permutations, generator):
                counted.setdefault((groups, words, test), []).append(n)
            progress.update()
    progress.close()
    return pd.DataFrame(
        [
            {"groups": groups, "words": words, "test": test, "n_simulations": len(found),
             **_share_with_interval(sum(n > 0 for n in found), len(found), "any_found"),
             "n_found": float(np.mean(found))}
            for (groups, words, test), found in counted.items()
        ]
    )  # fmt: skip


def _draw_words(
    n_documents: int,
    tokens: int,
    zipf: NDArray[np.float64],
    spread: float,
    generator: np.random.Generator,
) -> NDArray[np.int64]:
    if spread == 0:
        return generator.multinomial(tokens, zipf, n_documents)
    own = generator.dirichlet(zipf * (1 / spread - 1), n_documents)
    return generator.multinomial(tokens, own)


def _count_found(
    cells: NDArray[np.int64],
    n_definers: int,
    n_permutations: int,
    generator: np.random.Generator,
) -> list[tuple[tuple[str, str], int]]:
    """((groups, test), words found) for each comparison of one drawn corpus."""
    by_rule = generator.permutation(len(cells)) < len(cells) // 2
    found = [
        (("outside rule", "tokens"), _n_by_tokens(cells, by_rule)),
        (("outside rule", "documents"), _n_by_documents(cells, by_rule, n_permutations, generator)),
    ]
    # Frequent words stand in every document and would mark them all.
    rare = np.flatnonzero(cells.any(axis=0) & ((cells > 0).mean(axis=0) < 0.2))
    if len(rare) < n_definers:
        return found
    own = generator.choice(rare, n_definers, replace=False)
    marked = cells[:, own].any(axis=1)
    if marked.any() and not marked.all():
        found.append((("lexicon, all words", "tokens"), _n_by_tokens(cells, marked)))
        rest = np.delete(cells, own, axis=1)
        found.append((("lexicon, definers out", "tokens"), _n_by_tokens(rest, marked)))
    return found


def _n_by_tokens(cells: NDArray[np.int64], marked: NDArray[np.bool_]) -> int:
    """Words with q < .05 as compare.keyness finds them."""
    a, b = cells[marked].sum(axis=0), cells[~marked].sum(axis=0)
    a, b = a[a + b > 0], b[a + b > 0]
    c, d = a.sum(), b.sum()
    p = measures.chi2_p(measures.log_likelihood(a, b, c, d))
    exact = measures.smallest_expected(a, b, c, d) < 5
    p[exact] = measures.fisher_exact_p(a[exact], b[exact], c, d)
    testable = measures.smallest_possible_p(a, b, c, d) <= 0.05
    return int((measures.benjamini_hochberg(np.where(testable, p, np.nan)) < 0.05).sum())


def _n_by_documents(
    cells: NDArray[np.int64],
    marked: NDArray[np.bool_],
    n_permutations: int,
    generator: np.random.Generator,
) -> int:
    """Words whose t between documents exceeds the largest t of 95 percent of the permutations."""
    cells = cells[:, cells.any(axis=0)]
    return int((largest_t_p(cells, marked, n_permutations, generator)[1] < 0.05).sum())


# --- helping ------------------------------------------------------------------------------


def _share_with_interval(n: int, n_simulations: int, name: str) -> dict[str, float]:
    interval = stats.binomtest(n, n_simulations).proportion_ci(method="wilson")
    return {name: n / n_simulations, "low": interval.low, "high": interval.high}


def _require_simulations(n_simulations: int, seed: int) -> None:
    require_whole(n_simulations, "n_simulations", 1, "simulate at least once")
    require_seed(seed)


def _require_permutations(n_permutations: int) -> None:
    require_whole(n_permutations, "n_permutations", 1, "permute at least once")


def _require_differences(differences: Sequence[float], share: float) -> list[float]:
    """The differences as a list; each must leave both groups a share between 0 and 1."""
    differences = require_list(differences, "differences", "numbers, such as (0.0, 0.1)")
    require_number(share, "share", "it must lie between 0 and 1, such as 0.7")
    for difference in differences:
        most = 2 * min(share, 1 - share)
        if not is_number(difference) or not 0 <= difference < most:
            raise ValueError(
                f"differences holds {difference!r}; around the share {share} it must be at least 0 "
                f"and below {most:.3g}"
            )
    return differences
