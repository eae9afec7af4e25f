"""Tokens and hits -> counts, n-grams, document-feature matrix, dispersion."""

from collections.abc import Iterable, Sequence
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from helpers.counting import measures
from helpers.reading.clean import count_han
from helpers.tables import COLUMNS, require_columns, require_one_segmenter, require_text

# Cells of one batch of features by parts: bounds the memory of dispersion to some 50 MB.
_BATCH_CELLS = 5_000_000
_LONGEST_NGRAM = 6


def count_features(tokens: pd.DataFrame, *, by: str | Sequence[str] = "doc_id") -> pd.DataFrame:
    """One row per group and feature: <by>, feature, n, document_frequency, rates, segmenter.

    `by` names a column of the tokens, or several (segment.place_tokens adds part and
    clause_id). `n` counts tokens of the feature in the group, `document_frequency` the
    documents of the group that hold it, `per_million` is n per million tokens of the group and
    `per_thousand_han` n per 1,000 Chinese characters of its tokens, a rate that does not hang
    on where the segmenter cuts other words (nan for a group without Chinese characters).
    `segmenter` is that of the tokens, "" if they do not say. Groups keep the order of the
    text; within each, the most frequent come first.

    >>> tokens = pd.DataFrame({"doc_id": ["d", "d", "d"], "token": ["防控", "复工", "防控"]})
    >>> count_features(tokens)[["feature", "n", "per_thousand_han"]].round(1).values.tolist()
    [['防控', 2, 333.3], ['复工', 1, 166.7]]
    """
    groups = _require_tokens(tokens, by)
    return _count(tokens.assign(feature=tokens["token"]), groups, tokens)


def count_ngrams(
    tokens: pd.DataFrame, *, size: int = 2, by: str | Sequence[str] = "doc_id"
) -> pd.DataFrame:
    """One row per group and n-gram, columns as in count_features; the words joined by blanks.

    Words form an n-gram only where they touch in the text: never across a punctuation or
    quotation mark, a blank or a line's end, and never across a token that was left out.
    `per_million` is per million n-grams of the group, and the group is that of the first word.

    >>> tokens = pd.DataFrame({"doc_id": "d", "token": ["疫情", "防控", "复工"],
    ...     "start": [0, 2, 5], "end": [2, 4, 7]})  # a comma stands at 4
    >>> count_ngrams(tokens)["feature"].tolist()
    ['疫情 防控']
    """
    groups = _require_tokens(tokens, by)
    return _count(_find_ngrams(tokens, size), groups, tokens)


def score_ngrams(tokens: pd.DataFrame, *, size: int = 2, at_least: int = 3) -> pd.DataFrame:
    """One row per n-gram: feature, n, document_frequency, lambda, z; the largest z first.

    lambda (Blaheta & Johnson 2001, as measures.ngram_lambda has it) says how much oftener the
    words stand together than their parts would have them, z how sure that is; both over all
    n-grams of the tokens, found as in count_ngrams. An n-gram seen fewer than `at_least` times
    keeps its row without a score; three is the least that can be asked for.

    >>> tokens = pd.DataFrame({"doc_id": "d", "token": list("防控防控防控工作"),
    ...     "start": range(8), "end": range(1, 9)})
    >>> score_ngrams(tokens)[["feature", "n"]].values.tolist()[0]
    ['防 控', 3]
    """
    if not isinstance(at_least, int) or at_least < 3:
        raise ValueError(
            f"at_least is {at_least!r}; nothing is scored below three occurrences, look at the "
            "lines instead with context.kwic"
        )
    _require_tokens(tokens, "doc_id")
    ngrams = _find_ngrams(tokens, size)
    words = [f"word {place}" for place in range(size)]
    kinds = (
        ngrams.groupby(["feature", *words], sort=False)["doc_id"]
        .agg(n="size", document_frequency="nunique")
        .reset_index()
    )
    frequent = (kinds["n"] >= at_least).to_numpy()
    scores = np.full((2, len(kinds)), np.nan)
    if frequent.any():
        scores[:, frequent] = measures.ngram_lambda(
            _match_patterns(ngrams[words], kinds.loc[frequent, words])
        )
    kinds["lambda"], kinds["z"] = scores
    return kinds.sort_values(["z", "n", "feature"], ascending=[False, False, True],
                             ignore_index=True)[COLUMNS["ngrams"]]  # fmt: skip


def weight_tf_idf(counts: pd.DataFrame) -> pd.DataFrame:
    """The counts with a column tf_idf, the most telling features of each group first.

    n times log10(groups / groups that hold the feature): raw counts and base 10, without
    smoothing, as in Manning, Raghavan & Schuetze (2008, 6.2) and quanteda. A feature that all
    groups hold is 0, however frequent. The group is all columns before `feature`.

    >>> counts = pd.DataFrame({"part": ["D2", "D3", "D3"], "feature": ["落实", "落实", "复工"],
    ...     "n": [5, 1, 2]})
    >>> weight_tf_idf(counts)[["feature", "tf_idf"]].round(2).values.tolist()
    [['落实', 0.0], ['复工', 0.6], ['落实', 0.0]]
    """
    groups = _group_columns(counts)
    n_groups = len(counts[groups].drop_duplicates())
    if n_groups < 2:
        raise ValueError(
            f"tf-idf compares groups, and the counts table has {n_groups}; count with "
            "count.count_features(tokens, by=...) over a column that has more, such as part"
        )
    held_by = counts.groupby("feature")["n"].transform("size")
    weighted = counts.assign(tf_idf=counts["n"] * np.log10(n_groups / held_by))
    return _in_order(weighted, groups, "tf_idf")


def count_terms(hits: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """One row per term found: term, category, n, n_free, document_frequency, per_thousand_han.

    `n` counts all mentions, `n_free` those not inside a longer term; the rate is of all
    mentions per 1,000 Chinese characters of the documents together.
    """
    require_columns(hits, "hits", ["doc_id", "term", "category", "free"])
    require_columns(documents, "documents", ["doc_id", "n_han"])
    if documents["n_han"].sum() == 0:
        raise ValueError(
            "the documents have no Chinese characters counted (n_han is 0), so there is no rate; "
            "run clean.clean_documents first"
        )
    terms = (
        hits.groupby(["term", "category"], sort=False)
        .agg(n=("free", "size"), n_free=("free", "sum"), document_frequency=("doc_id", "nunique"))
        .reset_index()
    )
    terms["per_thousand_han"] = terms["n"] / documents["n_han"].sum() * 1e3
    return terms.sort_values(["n", "term"], ascending=[False, True], ignore_index=True)


def drop_features(counts: pd.DataFrame, features: Iterable[str]) -> pd.DataFrame:
    """The counts without the named features; n and rates of the others stay as they were."""
    require_columns(counts, "counts", ["feature"])
    return counts[~counts["feature"].isin(set(features))].reset_index(drop=True)


def document_feature_matrix(counts: pd.DataFrame) -> pd.DataFrame:
    """One row per group, one sparse column per feature, cells n.

    The group is all columns before `feature`; groups and features keep their order. Refuses
    counts of two segmenters.
    """
    groups = _group_columns(counts)
    key = pd.MultiIndex.from_frame(counts[groups]) if groups[1:] else counts[groups[0]]
    rows, names = pd.factorize(key)
    columns, features = pd.factorize(counts["feature"])
    cells = sparse.coo_matrix(
        (counts["n"].to_numpy(), (rows, columns)), shape=(len(names), len(features))
    )
    return pd.DataFrame.sparse.from_spmatrix(
        cells.tocsr(),
        index=pd.MultiIndex.from_tuples(names, names=groups)
        if groups[1:]
        else pd.Index(names, name=groups[0]),
        columns=pd.Index(features),
    )


def count_by_part(
    table: pd.DataFrame, *, by: str, feature: str, parts: Iterable[str] | None = None
) -> pd.DataFrame:
    """One row per feature, one column per part, cells n; tokens or hits in.

    `by` names the column of the parts and `feature` that of what is counted (token, or term).
    `parts` chooses and orders the columns; by default all, in the order of the text.
    """
    _require_group_column(table, by, "tokens or hits")
    _require_group_column(table, feature, "tokens or hits")
    require_one_segmenter(table, "tokens")
    wanted = list(dict.fromkeys(table[by])) if parts is None else list(parts)
    unknown = [part for part in wanted if part not in set(table[by])]
    if unknown:
        raise ValueError(
            f"no part {unknown[0]!r} in the column {by!r}; it holds "
            f"{', '.join(map(str, dict.fromkeys(table[by])))}"
        )
    return pd.crosstab(table[feature], table[by])[wanted]


def measure_dispersion(
    tokens: pd.DataFrame,
    *,
    by: str,
    feature: str = "token",
    sizes: pd.Series | None = None,
) -> pd.DataFrame:
    """One row per feature: tables.COLUMNS["dispersion"]; most frequent first.

    `by` names the column of the parts: part (directives), doc_id, sentence_id … `sizes` gives
    the size of each part, indexed by part (Chinese characters, say), and with its index
    chooses the parts; without it a part's size is its number of tokens. Formulas in
    measures. With fewer than about five mentions DP is large by arithmetic alone (the mentions
    cannot fill the parts), so read it beside n.
    """
    if sizes is None:
        require_columns(tokens, "tokens", [feature])
        _require_group_column(tokens, by, "tokens")
        sizes = tokens.groupby(by, sort=False).size()
    if len(sizes) < 2:
        raise ValueError(
            f"dispersion needs at least two parts, and {by!r} has {len(sizes)}; choose a column "
            "with more, such as part or sentence_id"
        )
    _require_group_column(tokens, by, "tokens")
    _require_group_column(tokens, feature, "tokens or hits")
    require_one_segmenter(tokens, "tokens")
    within = tokens[tokens[by].isin(sizes.index)]
    if within.empty:
        raise ValueError(
            f"none of the parts in sizes ({', '.join(map(str, sizes.index[:4]))}) stands in the "
            f"column {by!r}; make sizes with count.measure_parts of the same sentences"
        )
    rows, features = pd.factorize(within[feature], sort=True)
    columns = pd.Index(sizes.index).get_indexer(within[by])
    cells = sparse.coo_matrix(
        (np.ones(len(within), dtype=np.int64), (rows, columns)), shape=(len(features), len(sizes))
    ).tocsr()
    step = max(_BATCH_CELLS // len(sizes), 1)
    batches = [
        _dispersion_of(cells[begin : begin + step].toarray(), sizes.to_numpy(dtype=float))
        for begin in range(0, len(features), step)
    ]
    dispersion = pd.concat(batches, ignore_index=True)
    dispersion.insert(0, "feature", features)
    return dispersion.sort_values(["n", "feature"], ascending=[False, True], ignore_index=True)


def measure_reduced_frequency(tokens: pd.DataFrame) -> pd.DataFrame:
    """One row per token type: feature, n, arf; the largest average reduced frequency first.

    arf (measures.average_reduced_frequency) needs no parts: it is near n for a word that comes
    round evenly, near 1 for one that stands in a single heap. The documents are read one after
    another in the order of the table, which has one row per running word.

    >>> tokens = pd.DataFrame({"doc_id": "d", "token": list("防工防工防工控控")})
    >>> measure_reduced_frequency(tokens).round(2).values.tolist()
    [['工', 3, 2.5], ['防', 3, 2.5], ['控', 2, 1.25]]
    """
    _require_tokens(tokens, "doc_id")
    codes, features = pd.factorize(tokens["token"])
    order = np.argsort(codes, kind="stable")
    places = np.split(order + 1, np.cumsum(np.bincount(codes))[:-1])
    reduced = pd.DataFrame(
        {
            "feature": features,
            "n": np.bincount(codes),
            "arf": [measures.average_reduced_frequency(place, len(tokens)) for place in places],
        }
    )
    return reduced.sort_values(["arf", "feature"], ascending=[False, True], ignore_index=True)


def measure_parts(sentences: pd.DataFrame) -> pd.Series:
    """Chinese characters per part, in the order of the text, indexed by part."""
    require_columns(sentences, "sentences", ["part", "sentence"])
    n_han = sentences["sentence"].map(count_han)
    return n_han.groupby(sentences["part"], sort=False).sum().rename("n_han").astype(np.int64)


# --- shared -------------------------------------------------------------------------------


def _require_tokens(tokens: pd.DataFrame, by: str | Sequence[str]) -> list[str]:
    """The group columns of a usable tokens table; nothing in it may be dropped in silence."""
    require_columns(tokens, "tokens", ["doc_id", "token"])
    if not isinstance(by, (str, list, tuple)):
        raise ValueError(f"by must be a column's name or a list of them, not {by!r}")
    groups = [by] if isinstance(by, str) else list(by)
    if not groups:
        raise ValueError("by names no column; write by='doc_id', for example")
    taken = [column for column in groups if column in COLUMNS["counts"]]
    if taken:
        raise ValueError(f"the tokens cannot be grouped by {taken[0]!r}; rename that column")
    for column in groups:
        _require_group_column(tokens, column, "tokens")
    if tokens.empty:
        raise ValueError(
            "the tokens table has no rows; make it with segment.tokenize(sentences), and see "
            "that a selection of it has not left everything out"
        )
    _require_no_gap(tokens, "token", "tokens")
    _require_no_gap(tokens, "doc_id", "tokens")
    require_text(tokens, "tokens", "token")
    require_one_segmenter(tokens, "tokens")
    return groups


def _group_columns(counts: pd.DataFrame) -> list[str]:
    require_columns(counts, "counts", ["feature", "n"])
    require_one_segmenter(counts, "counts")
    groups = list(counts.columns[: counts.columns.get_loc("feature")])
    if not groups:
        raise ValueError(
            "the counts table names no group before its column 'feature'; make it with "
            "count.count_features(tokens, by=...)"
        )
    return groups


def _count(units: pd.DataFrame, groups: list[str], tokens: pd.DataFrame) -> pd.DataFrame:
    """Units (words or n-grams, in the column feature) counted by group, with their rates."""
    found = units.groupby([*groups, "feature"], sort=False, observed=True)["doc_id"]
    counts = found.agg(n="size", document_frequency="nunique").reset_index()
    counts["per_million"] = counts["n"] / counts.groupby(groups)["n"].transform("sum") * 1e6
    han_of = {token: count_han(token) for token in tokens["token"].unique()}
    n_han = tokens["token"].map(han_of).groupby([tokens[name] for name in groups]).sum()
    of_group = counts[groups].merge(n_han.rename("n_han").reset_index(), on=groups, how="left")
    counts["per_thousand_han"] = counts["n"] / of_group["n_han"].where(lambda n: n > 0) * 1e3
    counts["segmenter"] = str(tokens["segmenter"].iloc[0]) if "segmenter" in tokens else ""
    return _in_order(counts, groups, "n")


def _in_order(counts: pd.DataFrame, groups: list[str], value: str) -> pd.DataFrame:
    """Groups in the order of the table, the largest value first, ties by feature."""
    place = counts.groupby(groups, sort=False, observed=True).ngroup().rename("_place")
    return (
        counts.assign(_place=place)
        .sort_values(["_place", value, "feature"], ascending=[True, False, True], ignore_index=True)
        .drop(columns="_place")
    )


def _find_ngrams(tokens: pd.DataFrame, size: int) -> pd.DataFrame:
    """The first token of each n-gram, with feature and one column per word ("word 0" …)."""
    if not isinstance(size, int) or not 2 <= size <= _LONGEST_NGRAM:
        raise ValueError(f"size must be a whole number from 2 to {_LONGEST_NGRAM}, not {size!r}")
    require_columns(tokens, "tokens", ["doc_id", "token", "start", "end"])
    document, _ = pd.factorize(tokens["doc_id"])
    starts, ends = tokens["start"].to_numpy(), tokens["end"].to_numpy()
    touches = (document[1:] == document[:-1]) & (ends[:-1] == starts[1:])
    n_first = max(len(tokens) - size + 1, 0)
    whole = np.ones(n_first, dtype=bool)
    for step in range(size - 1):
        whole &= touches[step : step + n_first]
    first = np.flatnonzero(whole)
    if not len(first):
        raise ValueError(
            f"no {size} words of the tokens table touch, so there is no n-gram; its rows must be "
            "in reading order, and none left out that stand between two words"
        )
    token = tokens["token"].astype(object).to_numpy()
    words = {f"word {step}": token[first + step] for step in range(size)}
    feature = list(map(" ".join, zip(*words.values(), strict=True)))
    return tokens.iloc[first].assign(feature=feature, **words)


def _match_patterns(ngrams: pd.DataFrame, kinds: pd.DataFrame) -> NDArray[np.int64]:
    """For each kind of n-gram, how many n-grams match it in which of its places.

    One row per kind, 2 ** size columns in binary order (first word most significant): first
    those that match at least in the places of a pattern, then, place by place, only in those.
    """
    size = len(ngrams.columns)
    matching = np.empty((len(kinds), *[2] * size), dtype=np.int64)
    for pattern in product((0, 1), repeat=size):
        places = [column for column, match in zip(ngrams.columns, pattern, strict=True) if match]
        if places:
            n = ngrams.groupby(places, sort=False).size().rename("n").reset_index()
            matching[:, *pattern] = kinds[places].merge(n, on=places, how="left")["n"]
        else:
            matching[:, *pattern] = len(ngrams)
    for axis in range(1, size + 1):
        without = np.take(matching, 0, axis=axis) - np.take(matching, 1, axis=axis)
        matching = np.stack([without, np.take(matching, 1, axis=axis)], axis=axis)
    return matching.reshape(len(kinds), -1)


def _dispersion_of(n_by_part: NDArray[np.int64], sizes: NDArray[np.float64]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "n": n_by_part.sum(axis=1),
            "range": measures.dispersion_range(n_by_part),
            "dp": measures.dp(n_by_part, sizes),
            "dp_norm": measures.dp_norm(n_by_part, sizes),
            "juilland_d": measures.juilland_d(n_by_part, sizes),
            "carroll_d2": measures.carroll_d2(n_by_part, sizes),
            "rosengren_s": measures.rosengren_s(n_by_part, sizes),
            "kl_divergence": measures.kl_divergence(n_by_part, sizes),
        }
    )


def _require_group_column(table: pd.DataFrame, column: str, name: str) -> None:
    if not isinstance(column, str) or column not in table.columns:
        raise ValueError(
            f"the {name} table has no column {column!r} to group by; its columns are "
            f"{', '.join(table.columns)}. Join it first, for example with "
            "segment.place_tokens(tokens, clauses), which adds part and clause_id"
        )
    _require_no_gap(table, column, name)


def _require_no_gap(table: pd.DataFrame, column: str, name: str) -> None:
    """Raise where a row has nothing in the column: grouping would drop it without a word."""
    gaps = int(table[column].isna().sum())
    if gaps:
        raise ValueError(
            f"{gaps} rows of the {name} table have no {column}; fill the column, or leave those "
            "rows out before counting"
        )
