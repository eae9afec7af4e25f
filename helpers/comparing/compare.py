"""Counts and hits -> keyness, labels and shares, each with its uncertainty.

Sentences are resampled for inference, because the clauses of one sentence are not independent
observations. One document describes itself and nothing else: `describe_scope` says so in
words that fit a caption.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.counting import measures
from helpers.reading.clean import count_han
from helpers.tables import COLUMNS, LABELS, require_columns, require_one_segmenter

# Below this expected count chi-square is a poor approximation, and Fisher's test takes over.
_SMALLEST_EXPECTED = 5
_TESTABLE_AT = 0.05
# Weight of the prior of log_odds_z, in running words.
_PRIOR_WORDS = 100
# Cells of one batch of resampling: bounds its memory to about 50 MB.
_BATCH_CELLS = 2_000_000


# --- keyness ------------------------------------------------------------------------------


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
    group = _require_counts(counts)
    for name in (target, reference):
        _require_group(counts, group, name)
    if target == reference:
        raise ValueError(f"target and reference are both {target!r}; choose two groups")
    found = _side_by_side(counts, group, target, reference)
    return _with_measures(found, counts).sort_values(
        ["log_likelihood", "feature"],
        ascending=[False, True],
        key=lambda column: column.abs() if column.name == "log_likelihood" else column,
        ignore_index=True,
    )[[*COLUMNS["keyness"], "test"]]


def _require_counts(counts: pd.DataFrame) -> str:
    """The name of the group column of a usable counts table."""
    require_columns(counts, "counts", ["feature", "n"])
    require_one_segmenter(counts, "counts")
    group = counts.columns[0]
    if group in COLUMNS["counts"]:
        raise ValueError(
            f"the first column of the counts table is {group!r}; it must name the groups, such "
            "as doc_id or part, as count.count_features(tokens, by=...) leaves it"
        )
    if counts.empty:
        raise ValueError("the counts table has no rows; count with count.count_features(tokens)")
    n = pd.to_numeric(counts["n"], errors="coerce")
    unusable = counts["feature"].isna() | ~((n >= 0) & (n % 1 == 0))
    if unusable.any():
        row = counts[unusable].iloc[0]
        raise ValueError(
            f"the counts table has n = {row['n']!r} for feature {row['feature']!r} of group "
            f"{row[group]!r}; every row needs a feature and a whole number n"
        )
    return group


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


def placebo_keyness(
    tokens: pd.DataFrame,
    *,
    unit: str = "clause_id",
    n_lexicons: int = 1000,
    n_words: int = 20,
    top: int = 5,
    seed: int = 2020,
) -> pd.DataFrame:
    """One row per placebo lexicon: n_units_marked, n_own (of its words in the top), share_own.

    Shows circularity. Each placebo is `n_words` words of the text drawn at random; the units
    that hold one are the target, the others the reference; `share_own` is the part of the
    `top` key words (largest signed G2) that are the placebo's own. By chance it would be
    n_words over the number of types. A draw that marks every unit cannot be compared: it is
    left out, so the table may have fewer than `n_lexicons` rows. `tokens` needs a column that
    names the unit.

    >>> tokens = pd.DataFrame({"doc_id": "d", "clause_id": [1, 1, 2, 2], "token": list("甲乙丙丁")})
    >>> placebo_keyness(tokens, n_lexicons=1, n_words=1, top=2).values.tolist()
    [[1.0, 1.0, 0.5]]
    """
    require_columns(tokens, "tokens", ["doc_id", "token"])
    require_one_segmenter(tokens, "tokens")
    if unit not in tokens.columns:
        raise ValueError(
            f"the tokens table has no column {unit!r}; join the units to it first, for example "
            "pd.merge_asof(tokens, clauses[['clause_id', 'start']], on='start')"
        )
    cells = pd.crosstab([tokens["doc_id"], tokens[unit]], tokens["token"]).to_numpy()
    if not 0 < n_words < cells.shape[1]:
        raise ValueError(f"n_words is {n_words}; the text has {cells.shape[1]} types to draw from")
    if n_lexicons < 1:
        raise ValueError(f"n_lexicons is {n_lexicons}; draw at least 1")
    generator = np.random.default_rng(seed)
    rows = []
    for _ in range(n_lexicons):
        own = generator.choice(cells.shape[1], n_words, replace=False)
        marked = cells[:, own].any(axis=1)
        if marked.any() and not marked.all():
            a, b = cells[marked].sum(axis=0), cells[~marked].sum(axis=0)
            evidence = measures.log_likelihood(a, b, a.sum(), b.sum())
            n_own = int(np.isin(np.argsort(-evidence, kind="stable")[:top], own).sum())
            rows.append((int(marked.sum()), n_own, n_own / top))
    return pd.DataFrame(rows, columns=["n_units_marked", "n_own", "share_own"])


# --- labels -------------------------------------------------------------------------------


def label_units(units: pd.DataFrame, hits: pd.DataFrame) -> pd.DataFrame:
    """The units (sentences or clauses) with what was found in each, and the label it gets.

    Adds n_prevention, n_reopening, n_coupling and n_governance, the free hits of each category
    that begin in the unit; `label`, one of tables.LABELS; and `coupling_kind`. A unit is
    coupling when a coupling formula stands in it ("formula") or both a prevention and a
    reopening hit ("co-mention"); else prevention, else reopening, else governance, else
    unlabelled. Names of institutions and decoys give no label.

    A hit that runs over the end of its unit counts once, for the unit it begins in. Hits that
    begin in none of the units, which may be a selection, are not counted.

    >>> units = pd.DataFrame({"doc_id": ["d", "d"], "sentence_id": [1, 2], "part": ["body"] * 2,
    ...     "start": [0, 5], "end": [4, 9], "sentence": ["疫情防控", "复工复产"]})
    >>> hits = pd.DataFrame({"doc_id": ["d"], "category": ["prevention"], "start": [0],
    ...     "free": [True]})
    >>> label_units(units, hits)["label"].tolist()
    ['prevention', 'unlabelled']
    """
    kind = "clauses" if "clause_id" in getattr(units, "columns", ()) else "sentences"
    require_columns(units, kind)
    require_columns(hits, "hits", ["doc_id", "category", "start", "free"])
    if len(hits) and hits["free"].dtype != bool:
        raise ValueError(
            f"the column 'free' of the hits table holds {hits['free'].dtype}, not True and False; "
            "make hits with lexicon.find_terms, or convert the column to bool"
        )
    if units.empty:
        raise ValueError(f"the {kind} table has no rows, so there is nothing to label")
    _require_same_documents(hits, units, kind)
    n_of = _count_hits(units.reset_index(drop=True), hits)
    co_mention = (n_of["prevention"] > 0) & (n_of["reopening"] > 0)
    formula = n_of["coupling"] > 0
    rules = {"coupling": formula | co_mention} | {
        label: n_of[label] > 0 for label in ("prevention", "reopening", "governance")
    }
    return units.reset_index(drop=True).assign(
        **{f"n_{label}": n_of[label] for label in n_of},
        label=np.select(list(rules.values()), list(rules), "unlabelled"),
        coupling_kind=np.select([formula, co_mention], ["formula", "co-mention"], ""),
    )


def count_labels(labels: pd.DataFrame, *, by: str | None = None) -> pd.DataFrame:
    """One row per label, all five in the order of tables.LABELS: label, n, share.

    `share` is of all units, the unlabelled among them. With `by`, a column such as part, one
    row per value of it (in the order of the table) and label, and shares within that value.

    >>> count_labels(pd.DataFrame({"label": ["prevention", "prevention", "unlabelled"]}))[
    ...     ["label", "n"]].values.tolist()
    [['prevention', 2], ['reopening', 0], ['coupling', 0], ['governance', 0], ['unlabelled', 1]]
    """
    _require_labels(labels, [] if by is None else [by])
    if by is None:
        n = labels["label"].value_counts().reindex(LABELS, fill_value=0).rename_axis("label")
        return n.rename("n").reset_index().assign(share=lambda row: row["n"] / len(labels))
    cells = pd.crosstab(labels[by], labels["label"])
    cells = cells.reindex(index=labels[by].unique(), columns=LABELS, fill_value=0)
    n = cells.rename_axis(index=by, columns="label").stack().rename("n").reset_index()
    return n.assign(share=n["n"] / n.groupby(by)["n"].transform("sum"))


def describe_scope(documents_or_labels: pd.DataFrame) -> str:
    """How much text a table speaks of, in one line for a caption.

    >>> describe_scope(pd.DataFrame({"doc_id": ["d", "d"], "sentence_id": [1, 2]}))
    '1 document, 2 sentences: descriptive only'
    """
    require_columns(documents_or_labels, "documents", ["doc_id"])
    keys = {"document": ["doc_id"], "sentence": ["doc_id", "sentence_id"],
            "clause": ["doc_id", "clause_id"]}  # fmt: skip
    sizes = {
        unit: len(documents_or_labels[columns].drop_duplicates())
        for unit, columns in keys.items()
        if columns[-1] in documents_or_labels.columns
    }
    scope = ", ".join(f"{n:,} {unit}{'' if n == 1 else 's'}" for unit, n in sizes.items())
    return f"{scope}: descriptive only" if sizes["document"] == 1 else scope


def _require_same_documents(hits: pd.DataFrame, units: pd.DataFrame, kind: str) -> None:
    if len(hits) and not hits["doc_id"].isin(units["doc_id"]).any():
        raise ValueError(
            f"hits and {kind} have no document in common (hits of {hits['doc_id'].iloc[0]!r}, "
            f"{kind} of {units['doc_id'].iloc[0]!r}); make both from the same documents"
        )


def _count_hits(units: pd.DataFrame, hits: pd.DataFrame) -> pd.DataFrame:
    """One row per unit in its order, one column per category that labels, cells free hits."""
    spans = units[["doc_id", "start", "end"]].rename(columns={"start": "unit_start"})
    free = hits.loc[hits["free"].astype(bool), ["doc_id", "category", "start"]]
    placed = pd.merge_asof(
        free.astype(units.dtypes[["doc_id", "start"]].to_dict()).sort_values("start"),
        spans.rename_axis("unit").reset_index().sort_values("unit_start"),
        left_on="start",
        right_on="unit_start",
        by="doc_id",
    )
    placed = placed[placed["start"] < placed["end"]]
    n_of = pd.crosstab(placed["unit"], placed["category"])
    categories = [label for label in LABELS if label != "unlabelled"]
    return n_of.reindex(index=units.index, columns=categories, fill_value=0)


def _require_labels(labels: pd.DataFrame, columns: Sequence[str]) -> None:
    require_columns(labels, "labels", ["label"])
    missing = [column for column in columns if column not in labels.columns]
    if missing:
        raise ValueError(
            f"the labels table has no column {missing[0]!r}; it has "
            f"{', '.join(labels.columns)}. compare.label_units keeps all columns of the "
            "sentences or clauses it is given"
        )
    if labels.empty:
        raise ValueError("the labels table has no rows; label with compare.label_units")
    unknown = labels.loc[~labels["label"].isin(LABELS), "label"]
    if len(unknown):
        raise ValueError(f"unknown label {unknown.iloc[0]!r}; the labels are {', '.join(LABELS)}")
    for column in columns:
        if labels[column].isna().any():
            raise ValueError(
                f"the column {column!r} of the labels table is empty in "
                f"{labels[column].isna().sum()} rows; fill it, or drop those rows yourself"
            )


# --- intervals ----------------------------------------------------------------------------


def bootstrap_share(
    labels: pd.DataFrame,
    *,
    resample: str = "sentence_id",
    n_resamples: int = 10_000,
    seed: int = 2020,
    target: str = "prevention",
    reference: str = "reopening",
    confidence: float = 0.95,
) -> pd.DataFrame:
    """One row: the share target / (target + reference) with a bootstrap interval.

    Columns target, reference, n_target, n_reference, share, low, high, resampled_by, n_units,
    n_resamples, n_skipped, n_unlabelled, n_total. `resample` names what is drawn whole, with
    replacement: sentences (sentence_id), clauses (clause_id) or documents (doc_id). Clauses of
    one sentence are alike, so resampling them gives too narrow an interval; with many
    documents, resample those. The interval is the percentile interval. A draw with neither
    label has no share; it is skipped and counted in n_skipped. The same units and seed give
    the same row, whatever the order of the rows.

    >>> labels = pd.DataFrame({"doc_id": "d", "sentence_id": [1, 1, 2, 3],
    ...     "label": ["prevention", "prevention", "reopening", "governance"]})
    >>> bootstrap_share(labels).loc[0, ["n_target", "n_reference", "n_units"]].tolist()
    [2, 1, 3]
    """
    keys = list(dict.fromkeys(["doc_id", resample]))
    _require_labels(labels, keys)
    n = {label: int((labels["label"] == label).sum()) for label in LABELS}
    _require_two_labels(n, target, reference)
    totals = _totals_by_unit(labels, keys, target, reference)
    _require_units(len(totals), resample)
    draws = _resample_sums(totals, n_resamples, seed)
    usable = draws[draws.sum(axis=1) > 0]
    low, high = _percentiles(usable[:, 0] / usable.sum(axis=1), confidence)
    row = {
        "target": target,
        "reference": reference,
        "n_target": n[target],
        "n_reference": n[reference],
        "share": n[target] / (n[target] + n[reference]),
        "low": low,
        "high": high,
        "resampled_by": resample,
        "n_units": len(totals),
        "n_resamples": n_resamples,
        "n_skipped": n_resamples - len(usable),
        "n_unlabelled": n["unlabelled"],
        "n_total": len(labels),
    }
    return pd.DataFrame([row])


def bootstrap_rates(
    hits: pd.DataFrame,
    sentences: pd.DataFrame,
    *,
    terms: Sequence[str],
    per: int = 1000,
    n_resamples: int = 10_000,
    seed: int = 2020,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """One row per term, in the order given: term, category, n, n_free, rate, low, high.

    `n` counts all mentions in the sentences, `n_free` those not inside a longer term; `rate`
    is n per 1,000 (`per`) Chinese characters of the sentences. low and high are the percentile
    interval from resampling whole sentences (a draw without any Chinese character has no rate
    and is left out). Hits outside the sentences, which may be a selection, are not counted.

    A term that is never mentioned has n 0, rate 0, category "" where no hit names one, and no
    interval (missing): drawing sentences without it again and again can only give 0, which
    would claim a certainty that the text does not carry. If mentions came independently, a
    rate up to 3 / characters could have been missed (rule of three).

    >>> sentences = pd.DataFrame({"doc_id": "d", "sentence_id": [1, 2],
    ...     "sentence": ["抓好疫情防控。", "推动复工复产。"]})
    >>> hits = pd.DataFrame({"doc_id": ["d"], "sentence_id": [1], "term": ["疫情防控"],
    ...     "category": ["prevention"], "free": [True]})
    >>> bootstrap_rates(hits, sentences, terms=["疫情防控"])[["n", "rate"]].values.tolist()
    [[1.0, 83.33333333333333]]
    """
    require_columns(hits, "hits", ["doc_id", "sentence_id", "term", "category", "free"])
    require_columns(sentences, "sentences", ["doc_id", "sentence_id", "sentence"])
    if isinstance(terms, str) or not len(terms):
        raise ValueError(f"terms must be a list of terms, such as ['疫情防控']; it is {terms!r}")
    _require_units(len(sentences), "sentence_id")
    _require_same_documents(hits, sentences, "sentences")
    terms = list(terms)
    cells, n_han = _mentions_by_sentence(hits, sentences, terms)
    draws = _resample_sums(np.column_stack([cells, n_han]), n_resamples, seed)
    rates = draws[:, :-1] / np.where(draws[:, -1:] > 0, draws[:, -1:], np.nan) * per
    n = cells.sum(axis=0)
    low, high = np.where(n > 0, _percentiles(rates, confidence), np.nan)
    here = hits.merge(sentences[["doc_id", "sentence_id"]])
    category_of = hits.drop_duplicates("term").set_index("term")["category"]
    return pd.DataFrame(
        {
            "term": terms,
            "category": [category_of.get(term, "") for term in terms],
            "n": n,
            "n_free": [int((here["free"] & (here["term"] == term)).sum()) for term in terms],
            "rate": n / n_han.sum() * per,
            "low": low,
            "high": high,
        }
    )


def _require_two_labels(n: dict[str, int], target: str, reference: str) -> None:
    for label in (target, reference):
        if label not in LABELS:
            raise ValueError(f"unknown label {label!r}; the labels are {', '.join(LABELS)}")
    if target == reference:
        raise ValueError(f"target and reference are both {target!r}; choose two labels")
    if n["unlabelled"] == sum(n.values()):
        raise ValueError(
            "all units are unlabelled: no term of the lexicon was found in them; check that the "
            "text is cleaned (clean.clean_documents), or use a lexicon of its own words"
        )
    for label in (target, reference):
        if n[label] == 0:
            raise ValueError(
                f"no unit is labelled {label!r}, so every draw would give the same share and the "
                "interval would have no width; report the counts (compare.count_labels) instead"
            )


def _require_units(n_units: int, resample: str) -> None:
    if n_units >= 2:
        return
    if resample == "doc_id":
        raise ValueError("one document: descriptive only; resample sentences instead")
    raise ValueError(
        f"{n_units} unit of {resample!r} to resample; an interval needs at least 2, and more to "
        "mean anything"
    )


def _totals_by_unit(
    labels: pd.DataFrame, keys: list[str], target: str, reference: str
) -> NDArray[np.int64]:
    """One row per resampled unit, in the order of its id: its n of target and of reference."""
    counted = labels[keys].assign(
        n_target=labels["label"] == target, n_reference=labels["label"] == reference
    )
    return counted.groupby(keys)[["n_target", "n_reference"]].sum().to_numpy()


def _mentions_by_sentence(
    hits: pd.DataFrame, sentences: pd.DataFrame, terms: list[str]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Sentences x terms with all mentions, and each sentence's Chinese characters."""
    keys = ["doc_id", "sentence_id"]
    n_han = sentences.set_index(keys)["sentence"].map(count_han).sort_index()
    if n_han.index.has_duplicates:
        twice = n_han.index[n_han.index.duplicated()][0]
        raise ValueError(f"the sentence {twice} is in the sentences table twice; keep it once")
    if n_han.sum() == 0:
        raise ValueError("the sentences hold no Chinese character, so there is no rate to give")
    mentions = hits[hits["term"].isin(terms)].groupby([*keys, "term"]).size()
    cells = mentions.unstack("term", fill_value=0).reindex(
        index=n_han.index, columns=terms, fill_value=0
    )
    return cells.to_numpy(dtype="int64"), n_han.to_numpy(dtype="int64")


def _resample_sums(cells: NDArray[np.int64], n_resamples: int, seed: int) -> NDArray[np.float64]:
    """Resamples x columns: the column sums over as many rows, drawn with replacement."""
    if n_resamples < 100:
        raise ValueError(f"percentiles need at least 100 resamples; n_resamples is {n_resamples!r}")
    generator = np.random.default_rng(seed)
    n_rows = len(cells)
    step = max(1, _BATCH_CELLS // n_rows)
    sums = []
    for done in range(0, n_resamples, step):
        size = min(step, n_resamples - done)
        drawn = generator.integers(n_rows, size=(size, n_rows))
        drawn += n_rows * np.arange(size)[:, None]
        times_drawn = np.bincount(drawn.ravel(), minlength=size * n_rows)
        sums.append(times_drawn.reshape(size, n_rows).astype(float) @ cells)
    return np.concatenate(sums)


def _percentiles(draws: NDArray[np.float64], confidence: float) -> NDArray[np.float64]:
    """The low and the high end that hold the middle `confidence` of the draws."""
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, such as 0.95; it is {confidence}")
    tail = (1 - confidence) / 2
    return np.nanquantile(draws, [tail, 1 - tail], axis=0)
