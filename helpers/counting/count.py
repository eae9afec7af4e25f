"""Tokens and hits -> counts, document-feature matrix, dispersion."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from scipy import sparse

from helpers.counting import measures
from helpers.reading.clean import count_han
from helpers.tables import require_columns


def count_features(tokens: pd.DataFrame, *, by: str = "doc_id") -> pd.DataFrame:
    """One row per group and feature: <by>, feature, n, document_frequency, per_million.

    `by` names a column of the tokens (join others first, for example part from the
    sentences). `n` counts tokens of the feature in the group, `document_frequency` the
    documents of the group that hold it, `per_million` is n per million tokens of the group.
    Within each group, in the order of the text's groups, the most frequent come first.

    >>> tokens = pd.DataFrame({"doc_id": ["d", "d", "d"], "token": ["防控", "复工", "防控"]})
    >>> count_features(tokens)[["feature", "n"]].values.tolist()
    [['防控', 2], ['复工', 1]]
    """
    require_columns(tokens, "tokens", ["doc_id", "token"])
    _require_group_column(tokens, by, "tokens")
    _require_no_gap(tokens, "token", "tokens")
    counts = (
        tokens.groupby([by, "token"], sort=False)["doc_id"]
        .agg(n="size", document_frequency="nunique")
        .reset_index()
        .rename(columns={"token": "feature"})
    )
    counts["per_million"] = counts["n"] / counts.groupby(by)["n"].transform("sum") * 1e6
    order = {group: place for place, group in enumerate(counts[by].unique())}
    return counts.sort_values(
        [by, "n", "feature"],
        ascending=[True, False, True],
        key=lambda column: column.map(order) if column.name == by else column,
        ignore_index=True,
    )


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
    """The counts without the named features; n and per_million of the others stay as they were."""
    require_columns(counts, "counts", ["feature"])
    return counts[~counts["feature"].isin(set(features))].reset_index(drop=True)


def document_feature_matrix(counts: pd.DataFrame) -> pd.DataFrame:
    """One row per group, one sparse column per feature, cells n.

    The group is the counts table's first column; groups and features keep their order.
    """
    require_columns(counts, "counts", ["feature", "n"])
    group = counts.columns[0]
    rows, groups = pd.factorize(counts[group])
    columns, features = pd.factorize(counts["feature"])
    cells = sparse.coo_matrix(
        (counts["n"].to_numpy(), (rows, columns)), shape=(len(groups), len(features))
    )
    return pd.DataFrame.sparse.from_spmatrix(
        cells.tocsr(), index=pd.Index(groups, name=group), columns=pd.Index(features)
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
    """One row per feature: feature, n, range, dp, dp_norm, juilland_d; most frequent first.

    `by` names the column of the parts. `sizes` gives the size of each part, indexed by part
    (Chinese characters, say), and with its index chooses the parts; without it a part's size
    is its number of tokens. With fewer than about five mentions DP is large by arithmetic
    alone (the mentions cannot fill the parts), so read it beside n.
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
    within = tokens[tokens[by].isin(sizes.index)]
    if within.empty:
        raise ValueError(
            f"none of the parts in sizes ({', '.join(map(str, sizes.index[:4]))}) stands in the "
            f"column {by!r}; make sizes with count.measure_parts of the same sentences"
        )
    cells = count_by_part(within, by=by, feature=feature).reindex(columns=sizes.index, fill_value=0)
    n_by_part, part_sizes = cells.to_numpy(), sizes.to_numpy(dtype=float)
    dispersion = pd.DataFrame(
        {
            "feature": cells.index,
            "n": n_by_part.sum(axis=1),
            "range": (n_by_part > 0).sum(axis=1),
            "dp": measures.dp(n_by_part, part_sizes),
            "dp_norm": measures.dp_norm(n_by_part, part_sizes),
            "juilland_d": measures.juilland_d(n_by_part, part_sizes),
        }
    )
    return dispersion.sort_values(["n", "feature"], ascending=[False, True], ignore_index=True)


def measure_parts(sentences: pd.DataFrame) -> pd.Series:
    """Chinese characters per part, in the order of the text, indexed by part."""
    require_columns(sentences, "sentences", ["part", "sentence"])
    n_han = sentences["sentence"].map(count_han)
    return n_han.groupby(sentences["part"], sort=False).sum().rename("n_han").astype(np.int64)


def _require_group_column(table: pd.DataFrame, column: str, name: str) -> None:
    if not isinstance(column, str) or column not in table.columns:
        raise ValueError(
            f"the {name} table has no column {column!r} to group by; its columns are "
            f"{', '.join(table.columns)}. Join it first, for example with "
            "tokens.merge(sentences[['doc_id', 'sentence_id', 'part']])"
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
