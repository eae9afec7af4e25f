"""Counts -> keyness, and the placebo that shows when a comparison is circular."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.comparing.compare.checks import require_counts, require_seed, require_whole
from helpers.comparing.compare.labels import CannotCompare
from helpers.counting import measures
from helpers.counting.lexicon.checks import is_whole, require_cells
from helpers.tables import COLUMNS, require_one_segmenter, require_text

# Below this expected count chi-square is a poor approximation, and Fisher's test takes over.
_SMALLEST_EXPECTED = 5
_TESTABLE_AT = 0.05
# Weight of the prior of log_odds_z, in running words.
_PRIOR_WORDS = 100
PLACEBO_COLUMNS = [
    "n_units_marked", "n_own", "share_own", "largest", "largest_shuffled", "largest_guarded",
]  # fmt: skip


def keyness(counts: pd.DataFrame, *, target: object, reference: object) -> pd.DataFrame:
    """One row per feature of the two groups: tables.COLUMNS["keyness"] and test.

    `counts` names its groups in the first column, as count.count_features leaves it, and holds
    all features of each group, because the sizes of the groups are the sums of n. The features
    with most evidence, |log_likelihood|, come first.

    log_likelihood is the four-cell G2, positive for the target. p_value is Fisher's exact test
    where an expected cell is below 5, else chi-square of G2; `test` says which. q_value is
    Benjamini-Hochberg over the features frequent enough to reach p = .05 at all (Tarone); for
    the others it is missing, so `q_value.notna().sum()` features were tested. log_ratio and
    its 95 percent interval have 0.5 added (Walter), which can turn its sign against that of
    log_likelihood where the two frequencies are nearly equal. percent_diff is inf for a feature
    of the target only. log_odds_z has a prior worth 100 words, shared out by the frequencies of
    all groups in `counts` (Monroe et al., four-term variance). Conventions and sources are in
    measures.

    >>> counts = pd.DataFrame({"part": ["D2", "D2", "D3", "D3"],
    ...     "feature": ["防控", "工作", "复工", "工作"], "n": [8, 2, 6, 4]})
    >>> found = keyness(counts, target="D2", reference="D3")
    >>> found[["feature", "n_target", "n_reference", "test"]].values.tolist()
    [['防控', 8, 0, 'fisher'], ['复工', 0, 6, 'fisher'], ['工作', 2, 4, 'fisher']]
    """
    group = require_counts(counts)
    _require_two_groups(target, reference)
    for name in (target, reference):
        _require_group(counts, group, name)
    found = _side_by_side(counts, group, target, reference)
    return _with_measures(found, counts).sort_values(
        ["log_likelihood", "feature"],
        ascending=[False, True],
        key=lambda column: column.abs() if column.name == "log_likelihood" else column,
        ignore_index=True,
    )[[*COLUMNS["keyness"], "test"]]


def _require_two_groups(target: object, reference: object) -> None:
    for name in (target, reference):
        if not pd.api.types.is_scalar(name) or pd.isna(name):
            raise ValueError(f"target and reference name one group each; {name!r} names none")
    if target == reference:
        raise ValueError(f"target and reference are both {target!r}; choose two groups")


def _require_group(counts: pd.DataFrame, group: str, name: object) -> None:
    rows = counts[counts[group] == name]
    if rows.empty:
        there = ", ".join(repr(known) for known in counts[group].unique())
        raise ValueError(f"no group {name!r} in the column {group!r}; there are {there}")
    if rows["n"].sum() == 0:
        raise ValueError(
            f"the group {name!r} of the column {group!r} is empty (its n sum to 0), so nothing "
            "can be compared with it; choose another group"
        )


def _side_by_side(
    counts: pd.DataFrame, group: str, target: object, reference: object
) -> pd.DataFrame:
    """One row per feature found in either group: feature, n_target, n_reference."""
    n_of = {
        column: counts[counts[group] == name].groupby("feature")["n"].sum()
        for column, name in {"n_target": target, "n_reference": reference}.items()
    }
    found = pd.DataFrame(n_of).fillna(0).astype("int64")
    return found[found.sum(axis=1) > 0].rename_axis("feature").reset_index()


def _with_measures(found: pd.DataFrame, counts: pd.DataFrame) -> pd.DataFrame:
    a, b = found["n_target"].to_numpy(), found["n_reference"].to_numpy()
    c, d = a.sum(), b.sum()
    g2 = measures.log_likelihood(a, b, c, d)
    exact = measures.smallest_expected(a, b, c, d) < _SMALLEST_EXPECTED
    p = measures.chi2_p(g2)
    p[exact] = measures.fisher_exact_p(a[exact], b[exact], c, d)
    testable = measures.smallest_possible_p(a, b, c, d) <= _TESTABLE_AT
    low, high = measures.log_ratio_interval(a, b, c, d)
    background = counts.groupby("feature")["n"].sum().loc[found["feature"]].to_numpy()
    prior = _PRIOR_WORDS * background / background.sum()
    return found.assign(
        log_likelihood=g2,
        p_value=p,
        q_value=measures.benjamini_hochberg(np.where(testable, p, np.nan)),
        bic=measures.bayes_factor_bic(g2, c + d),
        log_ratio=measures.log_ratio(a, b, c, d),
        log_ratio_low=low,
        log_ratio_high=high,
        percent_diff=measures.percent_diff(a, b, c, d),
        odds_ratio=measures.odds_ratio(a, b, c, d),
        log_odds_z=measures.log_odds_dirichlet(a, b, c, d, prior=prior).z,
        test=np.where(exact, "fisher", "chi2"),
    )


def permute_keyness(
    counts: pd.DataFrame,
    group_of: Mapping[object, object],
    *,
    target: object,
    reference: object,
    n_permutations: int = 999,
    seed: int = 2020,
) -> pd.DataFrame:
    """One row per feature: does its rate differ between documents of two groups?

    Columns feature, n_target, n_reference, n_documents (that hold it), t, p_value. `counts` has
    one group per document (count.count_features(tokens)); `group_of` names the group of each.
    `t` is Welch's t of the documents' rates, positive for the target. p_value is that of the
    largest |t| of all features when whole documents are shuffled between the groups (Westfall &
    Young 1993), so it holds for all features together and needs no q. Words come in bursts: a test
    that counts tokens as independent finds differences that are not there (notebook 05).

    Raises ValueError for a document without a group or without words, and for groups of fewer
    than 2 documents.
    """
    document = require_counts(counts)
    _require_two_groups(target, reference)
    require_whole(n_permutations, "n_permutations", 1, "permute at least once, 999 times for a p")
    require_seed(seed)
    groups = _groups_of_documents(counts, document, group_of)
    chosen = groups[groups.isin([target, reference])]
    for name in (target, reference):
        if (chosen == name).sum() < 2:
            raise ValueError(
                f"the group {name!r} has {(chosen == name).sum()} documents; permuting documents "
                "needs at least 2 in each, and about 10 to find anything"
            )
    cells = counts[counts[document].isin(chosen.index)].pivot_table(
        index=document, columns="feature", values="n", aggfunc="sum", fill_value=0, observed=True
    )
    wordless = cells.index[cells.sum(axis=1) == 0]
    if len(wordless):
        raise ValueError(
            f"the document {wordless[0]!r} has no words (its n sum to 0), so it has no rates; "
            "leave it out of the counts"
        )
    marked = (chosen.loc[cells.index] == target).to_numpy()
    numbers = cells.to_numpy()
    t, p = largest_t_p(numbers, marked, n_permutations, np.random.default_rng(seed))
    table = pd.DataFrame(
        {
            "feature": cells.columns,
            "n_target": numbers[marked].sum(axis=0), "n_reference": numbers[~marked].sum(axis=0),
            "n_documents": (numbers > 0).sum(axis=0), "t": t, "p_value": p,
        }
    )  # fmt: skip
    order = table["t"].abs().sort_values(ascending=False, kind="stable").index
    return table.loc[order].reset_index(drop=True)


def _groups_of_documents(
    counts: pd.DataFrame, document: str, group_of: Mapping[object, object]
) -> pd.Series:
    """The group of each document of the counts."""
    if not isinstance(group_of, Mapping | pd.Series):
        raise ValueError(
            f"group_of must be a dict from document to group, not {type(group_of).__name__}; make "
            "it with dict(zip(documents['doc_id'], documents['place']))"
        )
    names = counts[document].unique()
    groups = pd.Series({name: group_of.get(name) for name in names}, dtype=object)
    homeless = groups.index[groups.isna()]
    if len(homeless):
        raise ValueError(f"group_of names no group for the document {homeless[0]!r}")
    return groups


def largest_t_p(
    cells: NDArray[np.int64],
    marked: NDArray[np.bool_],
    n_permutations: int,
    generator: np.random.Generator,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Welch's t of every column's rates, and p of the largest |t| under permutation of rows."""
    rates = cells / cells.sum(axis=1, keepdims=True)
    t = _t_between(rates, marked[None])[0]
    as_large = np.zeros(len(t))
    for _ in range(n_permutations):
        largest = abs(_t_between(rates, generator.permutation(marked)[None])).max()
        as_large += largest >= abs(t) - 1e-12
    return t, (1 + as_large) / (1 + n_permutations)


def _t_between(rates: NDArray[np.float64], groups: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Groupings x columns: Welch's t, 0 where neither group varies."""
    means, errors = [], []
    for group in (groups, ~groups):
        size = group.sum(axis=1, keepdims=True)
        mean = group @ rates / size
        variance = (group @ rates**2 / size - mean**2).clip(0) / (size - 1)
        means.append(mean)
        errors.append(variance)
    error = np.sqrt(errors[0] + errors[1])
    # A word in one document of each group only: rounding leaves an error of nearly 0.
    return np.divide(means[0] - means[1], error, out=np.zeros_like(error), where=error > 1e-12)


def placebo_keyness(
    tokens: pd.DataFrame,
    *,
    unit: str = "clause_id",
    n_lexicons: int = 1000,
    n_words: int = 20,
    top: int = 5,
    seed: int = 2020,
) -> pd.DataFrame:
    """One row per placebo lexicon: what its key words would be, with and without a guard.

    Columns n_units_marked, n_own, share_own, largest, largest_shuffled, largest_guarded.
    Shows circularity. Each placebo is `n_words` words of the text drawn at random; the units
    that hold one are the target, the others the reference; `share_own` is the part of the
    `top` key words (largest signed G2) that are the placebo's own. By chance it would be
    n_words over the number of types. `largest` is the largest signed G2 of all words,
    `largest_shuffled` the same when as many units are marked at random, and `largest_guarded`
    that of the words outside the placebo: with the guard, the evidence falls back to what
    chance alone gives. A draw that marks every unit cannot be compared: it is left out, so
    the table may have fewer than `n_lexicons` rows. `tokens` needs a column that names the
    unit.

    >>> tokens = pd.DataFrame({"doc_id": "d", "clause_id": [1, 1, 2, 2], "token": list("甲乙丙丁")})
    >>> placebo = placebo_keyness(tokens, n_lexicons=1, n_words=1, top=2)
    >>> placebo[["n_units_marked", "n_own", "share_own"]].values.tolist()
    [[1.0, 1.0, 0.5]]
    """
    require_cells(tokens, "tokens", ["doc_id", "token"])
    require_text(tokens, "tokens", "token")
    require_one_segmenter(tokens, "tokens")
    if not isinstance(unit, str) or unit not in tokens.columns:
        raise ValueError(
            f"the tokens table has no column {unit!r}; join the units to it first, for example "
            "pd.merge_asof(tokens, clauses[['clause_id', 'start']], on='start')"
        )
    require_cells(tokens, "tokens", [unit])
    cells = pd.crosstab([tokens["doc_id"], tokens[unit]], tokens["token"]).to_numpy()
    if not is_whole(n_words, 1) or n_words >= cells.shape[1]:
        raise ValueError(
            f"n_words is {n_words!r}; the text has {cells.shape[1]} types to draw from, so draw a "
            "whole number below that"
        )
    if len(cells) < 2:
        raise CannotCompare(f"the tokens stand in one {unit!r}; a comparison needs at least 2")
    require_whole(n_lexicons, "n_lexicons", 1, "draw at least 1")
    require_whole(top, "top", 1, "look at the first 5 key words, for example")
    require_seed(seed)
    generator, shuffler = np.random.default_rng(seed), np.random.default_rng([seed, 1])
    rows = []
    for _ in range(n_lexicons):
        own = generator.choice(cells.shape[1], n_words, replace=False)
        marked = cells[:, own].any(axis=1)
        if marked.any() and not marked.all():
            evidence = _signed_g2(cells, marked)
            n_own = int(np.isin(np.argsort(-evidence, kind="stable")[:top], own).sum())
            shuffled = _signed_g2(cells, shuffler.permutation(marked))
            largest = (evidence.max(), shuffled.max(), np.delete(evidence, own).max())
            rows.append((int(marked.sum()), n_own, n_own / top, *largest))
    return pd.DataFrame(rows, columns=PLACEBO_COLUMNS)


def _signed_g2(cells: NDArray[np.int64], marked: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Signed G2 of every word, the marked units against the others."""
    a, b = cells[marked].sum(axis=0), cells[~marked].sum(axis=0)
    return measures.log_likelihood(a, b, a.sum(), b.sum())
