"""Units and hits -> labels, always with the unlabelled beside them."""

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from helpers.comparing.compare.checks import require_group_column
from helpers.counting.lexicon.checks import require_cells, require_distinct, require_same_kind
from helpers.tables import LABELS, require_columns

# Names of the disease: beside a reopening term they are its background, not a second subject.
_NAMES = ("disease_name",)
# The first whose cue stands in the unit is its relation: the rarer say more.
RELATIONS = ("contrast", "ranking", "condition", "means", "balance")


class CannotCompare(ValueError):
    """The units do not carry the number asked for; the message says what is missing."""


def label_units(units: pd.DataFrame, hits: pd.DataFrame) -> pd.DataFrame:
    """The units (sentences or clauses) with what was found in each, and the label it gets.

    Adds n_prevention, n_reopening, n_coupling and n_governance, the free hits of each category
    that begin in the unit; `label`, one of tables.LABELS; and `coupling_kind`. Hits that have
    been through lexicon.mark_direction also give n_cancelled (hits that a cue cancels) and
    `direction`: "control", "opening", "both" or "", what the hits of the two subjects point to.
    A unit is coupling when a coupling formula stands in it ("formula") or both a prevention and a
    reopening hit ("co-mention"), where a mere name of the disease (疫情, 新冠肺炎) beside a
    reopening hit is its background and no second subject; else prevention, else reopening,
    else governance, else unlabelled. Names of institutions and decoys give no label.

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
    keys = ["doc_id", "clause_id" if kind == "clauses" else "sentence_id"]
    require_columns(units, kind)
    require_cells(units, kind, [*keys, "start", "end"])
    require_distinct(units, kind, keys)
    marked = ["direction", "cancelled"] if "direction" in getattr(hits, "columns", ()) else []
    require_cells(hits, "hits", ["doc_id", "category", "start", "free", *marked])
    require_same_kind(hits, units, ("hits", kind), ["doc_id"])
    if units.empty:
        raise ValueError(f"the {kind} table has no rows, so there is nothing to label")
    require_same_documents(hits, units, kind)
    units = units.reset_index(drop=True)
    placed = _place_hits(units, hits)
    n_of = _count_hits(units, placed)
    named = _count_names(units, placed)
    co_mention = (n_of["prevention"] > named) & (n_of["reopening"] > 0)
    background = (n_of["prevention"] == named) & (n_of["reopening"] > 0)
    formula = n_of["coupling"] > 0
    rules = {"coupling": formula | co_mention} | {
        "prevention": (n_of["prevention"] > 0) & ~background,
        "reopening": n_of["reopening"] > 0,
        "governance": n_of["governance"] > 0,
    }
    labels = units.assign(
        **{f"n_{label}": n_of[label] for label in n_of},
        label=np.select(list(rules.values()), list(rules), "unlabelled"),
        coupling_kind=np.select([formula, co_mention], ["formula", "co-mention"], ""),
    )
    return labels.assign(**_directions(units, placed)) if marked else labels


def mark_relation(labels: pd.DataFrame, cues: pd.DataFrame) -> pd.DataFrame:
    """The same units with relation: how a coupling unit joins its two subjects.

    contrast (但, 不误), ranking (第一位), condition (前提), means (为…提供保障) or balance (统筹,
    和), the first of these with a cue of lexicon.read_cues in the unit; "" for units that are not
    coupling, and for coupling without a cue. A rule of surfaces that a reader should check.

    >>> labels = pd.DataFrame({"clause": ["在做好疫情防控的前提下复工复产"], "label": ["coupling"]})
    >>> from helpers import lexicon
    >>> mark_relation(labels, lexicon.read_cues())["relation"].tolist()
    ['condition']
    """
    require_labels(labels, [])
    text = next((column for column in ("clause", "sentence") if column in labels.columns), None)
    if text is None:
        raise ValueError(
            "the labels table has neither a column clause nor sentence to read; "
            "compare.label_units keeps all columns of the units it is given"
        )
    require_cells(labels, "labels", [text])
    require_cells(cues, "cues", ["cue", "use", "kind"])
    relations = cues[cues["use"] == "relation"]
    unusable = relations[~relations["kind"].isin(RELATIONS) | (relations["cue"] == "")]
    if len(unusable) or relations.empty:
        raise ValueError(
            f"the cues table has {len(relations)} cues of relation, {len(unusable)} of them empty "
            f"or of a kind that is none of {', '.join(RELATIONS)}; read it with lexicon.read_cues"
        )
    tests = {
        kind: labels[text].str.contains("|".join(map(re.escape, rows["cue"])))
        for kind, rows in relations.groupby("kind")
    }
    order = [kind for kind in RELATIONS if kind in tests]
    relation = np.select([tests[kind] for kind in order], order, "")
    return labels.assign(relation=np.where(labels["label"] == "coupling", relation, ""))


def count_labels(labels: pd.DataFrame, *, by: str | None = None) -> pd.DataFrame:
    """One row per label, all five in the order of tables.LABELS: label, n, share.

    `share` is of all units, the unlabelled among them. With `by`, a column such as part, one
    row per value of it (in the order of the table) and label, and shares within that value.

    >>> count_labels(pd.DataFrame({"label": ["prevention", "prevention", "unlabelled"]}))[
    ...     ["label", "n"]].values.tolist()
    [['prevention', 2], ['reopening', 0], ['coupling', 0], ['governance', 0], ['unlabelled', 1]]
    """
    if by is not None:
        require_group_column(by, ["n", "share"])
    require_labels(labels, [] if by is None else [by])
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
    require_cells(documents_or_labels, "documents", ["doc_id"])
    keys = {"document": ["doc_id"], "sentence": ["doc_id", "sentence_id"],
            "clause": ["doc_id", "clause_id"]}  # fmt: skip
    sizes = {
        unit: len(documents_or_labels[columns].drop_duplicates())
        for unit, columns in keys.items()
        if columns[-1] in documents_or_labels.columns
    }
    scope = ", ".join(f"{n:,} {unit}{'' if n == 1 else 's'}" for unit, n in sizes.items())
    return f"{scope}: descriptive only" if sizes["document"] == 1 else scope


def require_same_documents(hits: pd.DataFrame, units: pd.DataFrame, kind: str) -> None:
    """Raise a ValueError where hits and units come from different documents."""
    if len(hits) and not hits["doc_id"].isin(units["doc_id"]).any():
        raise ValueError(
            f"hits and {kind} have no document in common (hits of {hits['doc_id'].iloc[0]!r}, "
            f"{kind} of {units['doc_id'].iloc[0]!r}); make both from the same documents"
        )


def _place_hits(units: pd.DataFrame, hits: pd.DataFrame) -> pd.DataFrame:
    """The free hits that begin in a unit, with its row number in `unit`."""
    spans = units[["doc_id", "start", "end"]].astype({"start": "int64", "end": "int64"})
    spans = spans.rename(columns={"start": "unit_start"})
    kept = [
        c
        for c in ("doc_id", "category", "subcategory", "start", "direction", "cancelled")
        if c in hits.columns
    ]
    placed = pd.merge_asof(
        hits.loc[hits["free"].astype(bool), kept]
        .astype({"doc_id": units.dtypes["doc_id"], "start": "int64"})
        .sort_values("start"),
        spans.rename_axis("unit").reset_index().sort_values("unit_start"),
        left_on="start",
        right_on="unit_start",
        by="doc_id",
    )
    return placed[placed["start"] < placed["end"]]


def _count_hits(units: pd.DataFrame, placed: pd.DataFrame) -> pd.DataFrame:
    """One row per unit in its order, one column per category that labels, cells free hits."""
    n_of = pd.crosstab(placed["unit"], placed["category"])
    categories = [label for label in LABELS if label != "unlabelled"]
    return n_of.reindex(index=units.index, columns=categories, fill_value=0)


def _count_names(units: pd.DataFrame, placed: pd.DataFrame) -> pd.Series:
    """Hits of prevention in each unit that only name the disease."""
    if "subcategory" not in placed.columns:
        return pd.Series(0, index=units.index)
    names = placed[(placed["category"] == "prevention") & placed["subcategory"].isin(_NAMES)]
    return names.groupby("unit").size().reindex(units.index, fill_value=0)


def _directions(units: pd.DataFrame, placed: pd.DataFrame) -> dict[str, pd.Series]:
    """n_cancelled and direction of each unit, from the hits of its subjects."""
    subjects = placed[placed["category"].isin(["prevention", "reopening", "coupling"])]
    said = pd.crosstab(subjects["unit"], subjects["direction"]).reindex(
        index=units.index, columns=["control", "opening"], fill_value=0
    )
    control, opening = said["control"] > 0, said["opening"] > 0
    direction = np.select([control & opening, control, opening], ["both", "control", "opening"], "")
    n_cancelled = (subjects["cancelled"] != "").groupby(subjects["unit"]).sum()
    return {
        "n_cancelled": n_cancelled.reindex(units.index, fill_value=0).astype("int64"),
        "direction": pd.Series(direction, index=units.index),
    }


def require_labels(labels: pd.DataFrame, columns: Sequence[str]) -> None:
    """Raise a ValueError where the labels table is empty, incomplete or has an unknown label."""
    require_cells(labels, "labels", ["label"])
    missing = [column for column in columns if column not in labels.columns]
    if missing:
        raise ValueError(
            f"the labels table has no column {missing[0]!r}; it has "
            f"{', '.join(map(str, labels.columns))}. compare.label_units keeps all columns of the "
            "sentences or clauses it is given"
        )
    if labels.empty:
        raise ValueError("the labels table has no rows; label with compare.label_units")
    unknown = labels.loc[~labels["label"].isin(LABELS), "label"]
    if len(unknown):
        raise ValueError(f"unknown label {unknown.iloc[0]!r}; the labels are {', '.join(LABELS)}")
    for column in columns:
        empty = int(labels[column].isna().to_numpy().sum())
        if empty:
            raise ValueError(
                f"the column {column!r} of the labels table is empty in {empty} rows; fill it, or "
                "drop those rows yourself"
            )
    require_cells(labels, "labels", columns)
