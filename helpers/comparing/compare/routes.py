"""Three routes to the groups that are compared, so that no word tests the group it made.

    structure   the layout of a document (label_by_structure): no word list is involved
    people      labels from readers (read_labels)
    lexicon     labels from definers (list_definers), which are then taken out of the words that
                are tested (drop_definers)

`compare_routes` and `route_agreement` hold two of them against each other.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from helpers.comparing.compare.checks import require_seed
from helpers.comparing.compare.labels import CannotCompare
from helpers.counting import measures
from helpers.counting.lexicon import TRANSPARENT, LexiconError, list_surfaces, read_table
from helpers.counting.lexicon.checks import (
    is_whole,
    require_cells,
    require_distinct,
    require_list,
    require_same_kind,
)
from helpers.counting.lexicon.reading import as_path
from helpers.tables import LABELS, require_columns, require_text

# What a reader may write beside the five labels: neither subject.
OTHER = "other"
_OTHERS = {"governance": OTHER, "unlabelled": OTHER}


# --- route A: structure -------------------------------------------------------------------


def list_heads(sentences: pd.DataFrame) -> pd.DataFrame:
    """One row per directive: doc_id, part, sentence_id, sentence, the first of the directive.

    Read these and say what each directive is about; label_by_structure then labels the rest.
    """
    require_columns(sentences, "sentences")
    _require_parts(sentences)
    directives = sentences[sentences["part"].str.startswith("directive")]
    if directives.empty:
        raise CannotCompare(
            "no sentence stands in a numbered directive (一要 … 二要 …), so this text has no "
            "structure to group by; use labels from readers or from a lexicon"
        )
    first = directives.groupby(["doc_id", "part"], observed=True)["sentence_id"].transform("min")
    heads = directives[directives["sentence_id"] == first].drop_duplicates(["doc_id", "part"])
    return heads[["doc_id", "part", "sentence_id", "sentence"]].reset_index(drop=True)


def label_by_structure(units: pd.DataFrame, label_of_part: Mapping[str, str]) -> pd.DataFrame:
    """The units of the named parts with the label of their part, without its first sentence.

    The first sentence is what a reader labels the part by, so it must not be tested. Raises
    ValueError for an unknown label, and CannotCompare where nothing but first sentences is left.

    >>> units = pd.DataFrame({"doc_id": "d", "sentence_id": [1, 2], "part": "directive 2",
    ...     "start": [0, 5], "end": [4, 9], "sentence": ["二要防控", "守好小门"]})
    >>> labelled = label_by_structure(units, {"directive 2": "prevention"})
    >>> labelled[["sentence", "label"]].values.tolist()
    [['守好小门', 'prevention']]
    """
    _require_parts(units)
    if not isinstance(label_of_part, Mapping) or not label_of_part:
        raise ValueError(
            "label_of_part must be a dict from part to label, such as {'directive 2': "
            f"'prevention'}}; it is {label_of_part!r}"
        )
    _require_known(label_of_part.values(), LABELS)
    missing = [part for part in label_of_part if part not in set(units["part"])]
    if missing:
        raise ValueError(
            f"no unit stands in {missing[0]!r}; the parts are {', '.join(units['part'].unique())}"
        )
    chosen = units[units["part"].isin(list(label_of_part))]
    first = chosen.groupby(["doc_id", "part"], observed=True)["sentence_id"].transform("min")
    rest = chosen[chosen["sentence_id"] > first].reset_index(drop=True)
    if rest.empty:
        raise CannotCompare(
            "these parts have one sentence each, by which they are labelled, so nothing is left to "
            "compare; use labels from readers"
        )
    return rest.assign(label=[label_of_part[part] for part in rest["part"]])


def _require_parts(units: pd.DataFrame) -> None:
    """Raise a ValueError where the first sentence of a part cannot be told."""
    require_cells(units, "sentences", ["doc_id", "sentence_id", "part"])
    require_text(units, "sentences", "part")
    wrong = [number for number in units["sentence_id"].unique() if not is_whole(number)]
    if wrong:
        raise ValueError(
            f"the sentences table has the sentence_id {wrong[0]!r}; number them 1, 2, 3 … (int), "
            "so that the first sentence of a part can be told"
        )


# --- route B: people ----------------------------------------------------------------------


def read_labels(path: str | Path, units: pd.DataFrame, *, column: str = "label") -> pd.DataFrame:
    """The units with the labels that a reader gave them, from a csv.

    The csv names each unit by doc_id and clause_id (or sentence_id) and has the label in
    `column`: one of tables.LABELS or "other". Raises ValueError for an unknown label, a label
    whose document or unit is not in `units`, a unit labelled twice, and units that have no label.
    """
    key = "clause_id" if "clause_id" in getattr(units, "columns", ()) else "sentence_id"
    keys, kind = ["doc_id", key], "clauses" if key == "clause_id" else "sentences"
    require_cells(units, kind, keys)
    require_distinct(units, kind, keys)
    path = as_path(path)
    if not isinstance(column, str) or column in keys:
        raise ValueError(f"column must name the column of labels in the csv; it is {column!r}")
    coded = read_table(path, ("doc_id", key, column))[["doc_id", key, column]]
    _require_known(coded[column], (*LABELS, OTHER))
    coded[key] = pd.to_numeric(coded[key], errors="coerce")
    if coded[key].isna().any():
        raise ValueError(f"{path.name} has a {key} that is no number; copy it from the table")
    require_same_kind(coded, units, (path.name, kind), keys)
    if coded.duplicated(keys).any():
        twice = coded[coded.duplicated(keys)].iloc[0]
        raise ValueError(f"{path.name} labels {key} {twice[key]} of {twice['doc_id']!r} twice")
    label_of = coded.set_index(keys)[column]
    named = pd.MultiIndex.from_frame(units[keys])
    for lost, what in (
        (label_of.index.difference(named), "labelled but not in the table of units; load the "
         "documents these labels were made for"),
        (named.difference(label_of.index), "without a label in the csv; label them, or select the "
         "units that are"),
    ):  # fmt: skip
        if len(lost):
            doc_id, number = lost[0]
            raise ValueError(
                f"{path.name}: {len(lost)} units are {what} (first: {key} {number} of {doc_id!r})"
            )
    return units.assign(label=label_of.loc[named].to_numpy())


# --- route C: lexicon ---------------------------------------------------------------------


def list_definers(
    lexicon: pd.DataFrame, *, categories: tuple[str, ...] = ("prevention", "reopening")
) -> pd.DataFrame:
    """The rows of the lexicon that may define a group: strength 3 and not ambiguous.

    Raises LexiconError where a category has no such term.
    """
    categories = require_list(categories, "categories", "names, such as ('prevention',)")
    require_cells(lexicon, "lexicon", ["term", "category", "strength", "ambiguous"])
    sure = (lexicon["strength"] == 3) & (lexicon["ambiguous"] == 0)
    definers = lexicon[sure & lexicon["category"].isin(categories)]
    for category in categories:
        if category not in set(definers["category"]):
            raise LexiconError(
                f"the lexicon has no term of strength 3 without ambiguity in {category!r}, so "
                "nothing defines that group; mark the terms that surely speak of it"
            )
    return definers.reset_index(drop=True)


def list_dropped(counts: pd.DataFrame, definers: pd.DataFrame) -> pd.DataFrame:
    """One row per feature that a definer touches: feature, definer.

    A feature is touched when it is a form of a definer, a piece of one of two characters or more
    (疫情 of 疫情防控; single characters such as 的 are pieces of too many) or
    holds one: a group made by such a word cannot be tested with it.

    >>> counts = pd.DataFrame({"part": ["a", "a"], "feature": ["疫情", "工作"], "n": [2, 3]})
    >>> definers = pd.DataFrame({"term": ["疫情防控"], "variants": [""], "category": ["prevention"],
    ...     "subcategory": [""]})
    >>> list_dropped(counts, definers).values.tolist()
    [['疫情', '疫情防控']]
    """
    require_cells(counts, "counts", ["feature", "n"])
    require_text(counts, "counts", "feature")
    forms = {
        TRANSPARENT.sub("", surface): surface for surface in list_surfaces(definers)["surface"]
    }
    if not forms or "" in forms:
        raise LexiconError("the definers have no term; choose them with compare.list_definers")
    rows = []
    for feature in counts["feature"].unique():
        for form, surface in forms.items():
            if form in feature or (len(feature) > 1 and feature in form):
                rows.append((feature, surface))
                break
    return pd.DataFrame(rows, columns=["feature", "definer"])


def drop_definers(counts: pd.DataFrame, definers: pd.DataFrame) -> pd.DataFrame:
    """The counts without the features that a definer touches (list_dropped shows them).

    Raises CannotCompare where no feature is left.
    """
    dropped = list_dropped(counts, definers)["feature"]
    if counts.empty:
        raise ValueError("the counts table has no rows; count with count.count_features(tokens)")
    kept = counts[~counts["feature"].isin(dropped)]
    if kept.empty:
        raise CannotCompare("every word belongs to a definer, so no word is left to test")
    return kept.reset_index(drop=True)


def split_halves(units: pd.DataFrame, *, seed: int = 2020) -> pd.DataFrame:
    """The units with half, "choose" or "test": definers from one, keyness from the other.

    Whole documents are drawn; of one document, whole sentences. Raises CannotCompare for one
    document of one sentence.
    """
    require_cells(units, "sentences", ["doc_id", "sentence_id"])
    require_seed(seed)
    if "half" in units.columns:
        raise ValueError("the units have a column 'half' already; drop it to split them anew")
    keys = ["doc_id"] if units["doc_id"].nunique() > 1 else ["doc_id", "sentence_id"]
    wholes = units[keys].drop_duplicates()
    if len(wholes) < 2:
        raise CannotCompare("one sentence cannot be split into two halves; load more text")
    order = np.random.default_rng(seed).permutation(len(wholes))
    halves = wholes.assign(half=np.where(order < len(wholes) / 2, "choose", "test"))
    return units.merge(halves, on=keys)


# --- the routes against each other --------------------------------------------------------


def compare_routes(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """Crosstab: labels of the first route in rows, of the second in columns, units in cells.

    Only the units that both routes label are counted. governance and unlabelled are "other" when
    either route says "other".
    """
    pairs = _pair_labels(first, second)
    return pd.crosstab(pairs["first"], pairs["second"])


def route_agreement(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """One row: n_units, n_agree, share with its 95 percent Wilson interval low and high, alpha.

    alpha is Krippendorff's for nominal labels; missing where all units have one label. Wilson's
    interval takes the units as independent, which clauses of one sentence are not.
    """
    pairs = _pair_labels(first, second)
    n_agree = int((pairs["first"] == pairs["second"]).sum())
    interval = binomtest(n_agree, len(pairs)).proportion_ci(method="wilson")
    names = sorted(set(pairs["first"]) | set(pairs["second"]))
    codes = pairs[["first", "second"]].apply(lambda labels: labels.map(names.index))
    row = {
        "n_units": len(pairs), "n_agree": n_agree, "share": n_agree / len(pairs),
        "low": interval.low, "high": interval.high,
        "alpha": measures.krippendorff_alpha(codes.T.to_numpy()) if len(names) > 1 else np.nan,
    }  # fmt: skip
    return pd.DataFrame([row])


def _pair_labels(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    for labels in (first, second):
        require_cells(labels, "labels", ["doc_id", "label"])
        _require_known(labels["label"], (*LABELS, OTHER))
    both = [c for c in ("clause_id", "sentence_id") if c in first.columns and c in second.columns]
    if not both:
        raise ValueError("the two tables name no common unit; both need clause_id or sentence_id")
    keys = ["doc_id", both[0]]
    for labels in (first, second):
        require_cells(labels, "labels", keys)
        require_distinct(labels, "labels", keys)
    require_same_kind(first, second, ("first", "second"), keys)
    first, second = (labels.astype({"label": object}) for labels in (first, second))
    pairs = first[[*keys, "label"]].merge(second[[*keys, "label"]], on=keys)
    if pairs.empty:
        raise CannotCompare(
            "the two routes label no common unit; make both from the same documents and units"
        )
    pairs = pairs.rename(columns={"label_x": "first", "label_y": "second"})
    if OTHER in {*pairs["first"], *pairs["second"]}:
        pairs = pairs.assign(
            first=pairs["first"].replace(_OTHERS), second=pairs["second"].replace(_OTHERS)
        )
    return pairs


def _require_known(labels: object, known: tuple[str, ...]) -> None:
    unknown = [label for label in labels if label not in known]
    if unknown:
        raise ValueError(f"unknown label {unknown[0]!r}; the labels are {', '.join(known)}")
