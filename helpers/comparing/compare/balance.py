"""One table for the whole question: the balance of prevention and reopening, and how sure it is.

Every row says what it rests on: n of both sides, the unlabelled, the interval and what was
resampled. With one document no p is given: it describes itself and nothing else.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from helpers.comparing.compare.checks import require_group_column, require_seed
from helpers.comparing.compare.intervals import (
    bootstrap_share,
    estimate_share,
    keys_of,
    percentiles,
    require_pair,
    require_two_labels,
    require_units,
    resample_sums,
    totals_by_unit,
)
from helpers.comparing.compare.labels import (
    CannotCompare,
    count_labels,
    describe_scope,
    label_units,
    require_labels,
    require_same_documents,
)
from helpers.counting import measures
from helpers.counting.lexicon import find_terms, mark_direction
from helpers.counting.lexicon.checks import (
    is_number,
    require_cells,
    require_distinct,
    require_list,
    require_same_kind,
)
from helpers.reading.clean import count_han
from helpers.tables import COLUMNS, LABELS

SUBJECTS = ("prevention", "reopening")
_TOP_TERMS = 5
_GROUP_COLUMNS = (
    "n_target", "n_reference", "n_unlabelled", "n_total", "share", "p_value", "q_value", "scope",
)  # fmt: skip
# Cells of one batch of permutations: bounds its memory to about 50 MB.
_BATCH_CELLS = 1_000_000


# --- two groups ---------------------------------------------------------------------------


def compare_groups(
    labels: pd.DataFrame,
    *,
    by: str,
    target: str = "prevention",
    reference: str = "reopening",
) -> pd.DataFrame:
    """One row per value of `by`: its share of target, and Fisher's test against the rest.

    Columns <by>, n_target, n_reference, n_unlabelled, n_total, share, p_value, q_value, scope.
    The test takes the units as independent; `q_value` is Benjamini-Hochberg over the groups.
    For one document p_value and q_value are missing: it is descriptive only.
    """
    require_group_column(by, _GROUP_COLUMNS)
    require_labels(labels, ["doc_id", by])
    totals = {label: int((labels["label"] == label).sum()) for label in LABELS}
    require_two_labels(totals, target, reference)
    n = pd.crosstab(labels[by], labels["label"]).reindex(
        index=labels[by].unique(), columns=LABELS, fill_value=0
    )
    a, b = n[target].to_numpy(), n[reference].to_numpy()
    both = totals[target] + totals[reference]
    groups = pd.DataFrame(
        {
            by: n.index, "n_target": a, "n_reference": b,
            "n_unlabelled": n["unlabelled"].to_numpy(), "n_total": n.sum(axis=1).to_numpy(),
            "share": np.divide(a, a + b, out=np.full(len(a), np.nan), where=a + b > 0),
        }
    )  # fmt: skip
    p = np.full(len(groups), np.nan)
    if labels["doc_id"].nunique() > 1:
        for row, (mine, others) in enumerate(zip(a, b, strict=True)):
            size = mine + others
            if 0 < size < both:
                rest = totals[target] - mine
                p[row] = measures.fisher_exact_p(mine, rest, size, both - size)
    return groups.assign(
        p_value=p, q_value=measures.benjamini_hochberg(p), scope=describe_scope(labels)
    )


def permutation_test(
    labels: pd.DataFrame,
    *,
    by: str,
    groups: tuple[object, object],
    resample: str = "doc_id",
    target: str = "prevention",
    reference: str = "reopening",
    n_permutations: int = 10_000,
    seed: int = 2020,
) -> pd.DataFrame:
    """One row: the difference of the share between two groups, with interval and p.

    Columns by, group_a, group_b, n_units_a, n_units_b, share_a, share_b, difference (a - b), low,
    high, p_value, n_permutations, scope. Whole documents (or, with `resample`, sentences) are
    drawn for the interval (percentile bootstrap within each group) and shuffled between the
    groups for p = (1 + as large) / (1 + drawn), two-sided (Phipson & Smyth 2010). For one
    document p_value is missing.

    >>> labels = pd.DataFrame({"doc_id": list("abcdefgh"), "sentence_id": 1,
    ...     "year": [1] * 4 + [2] * 4,
    ...     "label": ["prevention"] * 3 + ["reopening"] * 4 + ["prevention"]})
    >>> permutation_test(labels, by="year", groups=(1, 2)).loc[0, "difference"].item()
    0.5
    """
    keys = keys_of(resample)
    require_group_column(by, [])
    require_labels(labels, [*keys, by])
    require_pair(target, reference)
    require_seed(seed)
    groups = _require_two_values(groups)
    _require_whole_units(labels[labels[by].isin(groups)], keys, by)
    cells = [
        _cells_of_group(labels, keys, by, group, target, reference, resample) for group in groups
    ]
    difference = _share(cells[0].sum(axis=0)) - _share(cells[1].sum(axis=0))
    draws = [_share(resample_sums(cell, n_permutations, seed + i)) for i, cell in enumerate(cells)]
    low, high = percentiles(draws[0] - draws[1], 0.95)
    one_document = labels["doc_id"].nunique() == 1
    row = {
        "by": by, "group_a": groups[0], "group_b": groups[1],
        "n_units_a": len(cells[0]), "n_units_b": len(cells[1]),
        "share_a": _share(cells[0].sum(axis=0)), "share_b": _share(cells[1].sum(axis=0)),
        "difference": difference, "low": low, "high": high,
        "p_value": np.nan if one_document else permutation_p(
            *cells, n_permutations, np.random.default_rng(seed)
        ),
        "n_permutations": n_permutations,
        "scope": describe_scope(labels[labels[by].isin(groups)]),
    }  # fmt: skip
    return pd.DataFrame([row])


def _require_two_values(groups: object) -> list:
    groups = require_list(groups, "groups", "two values, such as ('2020-02', '2020-04')")
    scalar = all(pd.api.types.is_scalar(group) for group in groups)
    if len(groups) != 2 or not scalar or groups[0] == groups[1]:
        raise ValueError(f"groups must be two different values of the column; it is {groups!r}")
    return groups


def _require_whole_units(labels: pd.DataFrame, keys: list[str], by: str) -> None:
    """Raise CannotCompare where a unit stands in both groups, so that it cannot change sides."""
    n_groups = labels.groupby(keys, observed=True)[by].nunique()
    if (n_groups > 1).any():
        raise CannotCompare(
            f"{' and '.join(keys)} {n_groups.index[n_groups > 1][0]!r} stands in both groups of "
            f"{by!r}, so it cannot be shuffled between them; resample smaller units (sentence_id)"
        )


def _cells_of_group(
    labels: pd.DataFrame,
    keys: list[str],
    by: str,
    group: object,
    target: str,
    reference: str,
    resample: str,
) -> np.ndarray:
    rows = labels[labels[by] == group]
    if rows.empty:
        there = ", ".join(map(repr, labels[by].unique()))
        raise ValueError(f"no unit has {by} = {group!r}; there are {there}")
    if not rows["label"].isin([target, reference]).any():
        raise CannotCompare(
            f"the group {group!r} has no unit labelled {target!r} or {reference!r}, so it has no "
            "share; report its counts (compare.count_labels)"
        )
    cells = totals_by_unit(rows, keys, target, reference)
    require_units(len(cells), resample)
    return cells


def _share(sums: np.ndarray) -> np.ndarray:
    """target / (target + reference), missing where both are 0."""
    sums = np.asarray(sums, dtype=float)
    total = sums.sum(axis=-1)
    return sums[..., 0] / np.where(total > 0, total, np.nan)


def permutation_p(
    first: np.ndarray, second: np.ndarray, n_permutations: int, generator: np.random.Generator
) -> float:
    """(1 + permutations with a difference of shares as large) / (1 + permutations), two-sided.

    `first` and `second` have one row per unit: its n of target and of reference. A permutation
    that leaves one side without either has no difference and does not count as large.
    """
    pooled = np.concatenate([first, second]).astype(float)
    total, as_large = pooled.sum(axis=0), 0
    observed = abs(_share(first.sum(axis=0)) - _share(second.sum(axis=0)))
    step = max(1, _BATCH_CELLS // len(pooled))
    for done in range(0, n_permutations, step):
        size = min(step, n_permutations - done)
        order = np.argsort(generator.random((size, len(pooled))), axis=1)[:, : len(first)]
        sums = pooled[order].sum(axis=1)
        apart = abs(_share(sums) - _share(total - sums))
        as_large += int((apart >= observed - 1e-12).sum())
    return (1 + as_large) / (1 + n_permutations)


# --- what the number depends on -----------------------------------------------------------


def vary_lexicon(
    sentences: pd.DataFrame, units: pd.DataFrame, lexicon: pd.DataFrame
) -> pd.DataFrame:
    """One row per reading of the lexicon: lexicon, n_terms, n of each label, share.

    all terms; strength 2 or 3; and not ambiguous; with secondary categories (a term that has one
    of the two subjects as its second reading counts for it); without cancelled (mentions that a
    cue cancels do not count). `share` is prevention / (prevention + reopening), missing at 0 + 0.
    A reading with no term left has n_terms 0 and labels nothing.
    """
    require_cells(
        lexicon, "lexicon",
        ["term", "category", "secondary_category", "strength", "polarity", "ambiguous"],
    )  # fmt: skip
    strong, clear = lexicon["strength"] >= 2, lexicon["ambiguous"] == 0
    hits = find_terms(sentences, lexicon)
    second = lexicon.set_index("term")["secondary_category"].astype(object)
    secondary = hits["term"].map(second)
    marked = mark_direction(hits, sentences, lexicon)
    readings = {
        "all terms": (len(lexicon), hits),
        "strength 2 or 3": _match_again(sentences, lexicon[strong]),
        "and not ambiguous": _match_again(sentences, lexicon[strong & clear]),
        "with secondary categories": (
            len(lexicon), hits.assign(
                category=secondary.where(secondary.isin(SUBJECTS), hits["category"])
            ),
        ),
        "without cancelled": (len(lexicon), marked[marked["cancelled"] == ""]),
    }  # fmt: skip
    return pd.DataFrame(
        [
            {"lexicon": name, "n_terms": n_terms, **_label_counts(units, found)}
            for name, (n_terms, found) in readings.items()
        ]
    )


def leave_one_term_out(
    sentences: pd.DataFrame, units: pd.DataFrame, lexicon: pd.DataFrame
) -> pd.DataFrame:
    """One row per term found free: term, category, n_free, share (without it), change.

    The text is matched again without the term, so that what it held becomes free. Terms of the
    two subjects and of coupling, the most influential first; `change` is share minus the share with
    all terms.
    """
    hits = find_terms(sentences, lexicon)
    whole = _label_counts(units, hits)["share"]
    free = hits[hits["free"] & hits["category"].isin([*SUBJECTS, "coupling"])]
    keys = ["doc_id", "sentence_id"]
    rows = []
    for (term, category), own in free.groupby(["term", "category"]):
        touched = own[keys].drop_duplicates()
        _, again = _match_again(sentences.merge(touched, on=keys), lexicon[lexicon["term"] != term])
        others = hits.merge(touched, on=keys, how="left", indicator="here")
        others = others[others["here"] == "left_only"].drop(columns="here")
        share = _label_counts(units, pd.concat([others, again]))["share"]
        rows.append((term, category, len(own), share, share - whole))
    table = pd.DataFrame(rows, columns=["term", "category", "n_free", "share", "change"])
    return table.sort_values(
        ["change", "term"],
        key=lambda column: -column.abs() if column.name == "change" else column,
        ignore_index=True,
    )


def measure_coverage(sentences: pd.DataFrame, hits: pd.DataFrame) -> pd.DataFrame:
    """One row per category and one for all: category, n_han (inside its free hits), coverage.

    coverage is the part of the sentences' Chinese characters that a free hit covers. A lexicon
    fitted to one text covers it better than others: quote the coverage of texts it has not seen.
    Hits outside the sentences, which may be a selection, are not counted.
    """
    keys = ["doc_id", "sentence_id"]
    require_cells(sentences, "sentences", [*keys, "sentence"])
    require_distinct(sentences, "sentences", keys)
    require_cells(hits, "hits", [*keys, "surface", "category", "free"])
    require_same_documents(hits, sentences, "sentences")
    require_same_kind(hits, sentences, ("hits", "sentences"), keys)
    n_han = int(sentences["sentence"].map(count_han).sum())
    if n_han == 0:
        raise ValueError("the sentences hold no Chinese character, so nothing can be covered")
    free = hits[hits["free"].astype(bool)].merge(sentences[keys], on=keys)
    covered = free["surface"].map(count_han).astype("int64").groupby(free["category"]).sum()
    covered.loc["all"] = covered.sum()
    table = covered.astype("int64").rename("n_han").rename_axis("category").reset_index()
    return table.assign(coverage=table["n_han"] / n_han)


def _match_again(sentences: pd.DataFrame, lexicon: pd.DataFrame) -> tuple[int, pd.DataFrame]:
    """The number of terms and their hits, which are none where no term is left."""
    if lexicon.empty:
        return 0, pd.DataFrame(columns=COLUMNS["hits"]).astype({"free": bool})
    return len(lexicon), find_terms(sentences, lexicon)


def _label_counts(units: pd.DataFrame, hits: pd.DataFrame) -> dict[str, float]:
    n = count_labels(label_units(units, hits)).set_index("label")["n"].to_dict()
    both = n["prevention"] + n["reopening"]
    return n | {"share": n["prevention"] / both if both else np.nan}


# --- the report ---------------------------------------------------------------------------


def report_balance(
    sentences: pd.DataFrame,
    clauses: pd.DataFrame,
    lexicon: pd.DataFrame,
    *,
    by: str | None = None,
    outside: pd.DataFrame | None = None,
    n_resamples: int = 10_000,
    seed: int = 2020,
) -> pd.DataFrame:
    """One row per statement about the balance: tables.COLUMNS["balance"].

    section  what is said                        value
    labels   each label, by clause and sentence  its share of all units
    share    prevention / (prevention + reopening), clauses, sentences and documents resampled
    lexicon  the same with other readings        share
    term     the same without one term, the five that move it most
    coverage characters covered, by category     share of the Chinese characters
    outside  rows of `outside` (name, value): coverage of texts the lexicon has not seen
    group    the share in each value of `by`     share, with Fisher's p and q

    `note` says what was resampled, or why a number is refused. `scope` says "descriptive only"
    for one document, which also has no p.
    """
    outside = _require_outside(outside)
    hits = find_terms(sentences, lexicon)
    labelled = {"clause": label_units(clauses, hits), "sentence": label_units(sentences, hits)}
    scope = describe_scope(labelled["clause"])
    rows = [*_label_rows(labelled)]
    rows += [*_share_rows(labelled, n_resamples, seed)]
    for row in vary_lexicon(sentences, clauses, lexicon).to_dict("records"):
        rows.append(_row("lexicon", row["lexicon"], row["share"], row))
    for row in leave_one_term_out(sentences, clauses, lexicon).head(_TOP_TERMS).itertuples():
        rows.append(_row("term", f"without {row.term}", row.share, note=f"{row.n_free} free"))
    for row in measure_coverage(sentences, hits).itertuples():
        rows.append(_row("coverage", row.category, row.coverage, note="Chinese characters"))
    for row in outside.itertuples(index=False):
        rows.append(_row("outside", row.name, row.value, note="coverage elsewhere"))
    if by is not None:
        rows += [*_group_rows(labelled["clause"], by)]
    report = pd.DataFrame(rows).assign(scope=scope)
    return report.reindex(columns=COLUMNS["balance"])


def _require_outside(outside: pd.DataFrame | None) -> pd.DataFrame:
    """name and value of the coverage elsewhere, no rows where none is given."""
    if outside is None:
        return pd.DataFrame(columns=["name", "value"])
    if not isinstance(outside, pd.DataFrame) or not {"name", "value"} <= set(outside.columns):
        raise ValueError(
            "outside must be a table with the columns name and value: the name of a corpus, and "
            "the coverage that compare.measure_coverage gives for it"
        )
    for name, value in outside[["name", "value"]].itertuples(index=False):
        if not is_number(value) or not 0 <= value <= 1:
            raise ValueError(
                f"outside has the value {value!r} for {name!r}; coverage is a share from 0 to 1"
            )
    return outside[["name", "value"]]


def _row(section: str, name: str, value: float, n: dict | None = None, **more: object) -> dict:
    """A row of the report; n_* are taken from a row that counts labels, where there is one."""
    n = n or {}
    counted = {
        "n_target": n.get("prevention", np.nan), "n_reference": n.get("reopening", np.nan),
        "n_unlabelled": n.get("unlabelled", np.nan),
        "n_total": sum(n[label] for label in LABELS) if n else np.nan,
    }  # fmt: skip
    empty = {"low": np.nan, "high": np.nan, "p_value": np.nan, "q_value": np.nan, "note": ""}
    return {"section": section, "name": name, "value": value, **counted, **empty, **more}


def _label_rows(labelled: dict[str, pd.DataFrame]) -> Iterable[dict]:
    for unit, labels in labelled.items():
        counts = count_labels(labels).set_index("label")
        for label in LABELS:
            note = f"{counts.loc[label, 'n']} of {len(labels)}"
            yield _row("labels", f"{label} ({unit})", counts.loc[label, "share"],
                       counts["n"].to_dict(), note=note)  # fmt: skip


def _share_rows(labelled: dict[str, pd.DataFrame], n_resamples: int, seed: int) -> Iterable[dict]:
    choices = [("clause", "clause_id"), ("clause", "sentence_id"), ("sentence", "sentence_id")]
    if labelled["clause"]["doc_id"].nunique() > 1:
        choices.append(("clause", "doc_id"))
    for unit, resample in choices:
        counts = count_labels(labelled[unit]).set_index("label")["n"].to_dict()
        whole = resample.removesuffix("_id").replace("doc", "document")
        name = f"{unit}s, {whole}s resampled"
        try:
            found = bootstrap_share(
                labelled[unit], resample=resample, n_resamples=n_resamples, seed=seed
            ).iloc[0]
        except CannotCompare as refusal:
            yield _row("share", name, np.nan, counts, note=str(refusal))
        else:
            note = f"{found['n_units']} {whole}s resampled {n_resamples:,} times"
            yield _row("share", name, found["share"], counts, low=found["low"],
                       high=found["high"], note=note)  # fmt: skip
            if whole == "document":
                found = estimate_share(labelled[unit]).iloc[0]
                yield _row("share", "clauses, documents, logit t", found["share"], counts,
                           low=found["low"], high=found["high"],
                           note=f"t of {found['n_units']} documents, logit scale")  # fmt: skip


def _group_rows(labels: pd.DataFrame, by: str) -> Iterable[dict]:
    try:
        groups = compare_groups(labels, by=by)
    except CannotCompare as refusal:
        yield _row("group", by, np.nan, note=str(refusal))
        return
    for row in groups.to_dict("records"):
        yield _row("group", f"{by} {row[by]}", row["share"], p_value=row["p_value"],
                   q_value=row["q_value"]) | {
            name: row[name] for name in ("n_target", "n_reference", "n_unlabelled", "n_total")
        }  # fmt: skip
