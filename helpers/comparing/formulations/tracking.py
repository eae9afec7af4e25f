"""Sightings and dated documents -> spans of use, replacement of one phrase by another, nesting."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.comparing.compare.checks import require_number, require_seed
from helpers.comparing.timeline.checks import (
    require_counts,
    require_dated,
    require_once,
    require_resamples,
)
from helpers.comparing.timeline.periods import (
    list_periods,
    place_in_periods,
    require_frequency,
)
from helpers.comparing.timeline.shares import wilson_interval
from helpers.counting.lexicon.checks import is_number, require_cells, require_distinct
from helpers.tables import COLUMNS, require_text

REPLACEMENT_COLUMNS = (
    "period", "start", "end", "n_documents", "n_old", "n_new", "n_both", "n_either",
    "share_new", "low", "high",
)  # fmt: skip
KNOWN_THRESHOLDS = (2000,)

_N_TIERS = 6


def measure_spans(
    sightings: pd.DataFrame, documents: pd.DataFrame, *, formulations: pd.DataFrame | None = None
) -> pd.DataFrame:
    """One row per form: tables.COLUMNS["spans"].

    first and last are the days of the first and last document that holds the form itself (n_own
    of formulations.find_sightings), n_documents how many do; n and n_free count mentions. peak
    is the month ("2020-03") with the largest share of documents that hold it, peak_share that
    share; of equal months the first. A first sighting in a corpus is no first use: it cannot
    lie before the corpus begins. Forms that stand in the sightings only inside a longer form of
    their family have no row (see list_nested); with `formulations` every form of that table has
    one, with n_documents 0 where it was not sighted.

    per_thousand_documents is the ratio that can be compared between corpora; for the scale of
    the China Media Project, which is made for one newspaper, see heat_tier.

    Raises ValueError for documents without a date, double documents and sightings of others.

    >>> documents = pd.DataFrame({"doc_id": ["a", "b"],
    ...     "date": pd.to_datetime(["2020-03-01", "2020-04-01"])})
    >>> sightings = pd.DataFrame({"doc_id": ["b"], "id": "F", "form": "内防反弹",
    ...     "family": "strategy", "n": [2], "n_free": [2], "inside": "", "n_own": [2]})
    >>> measure_spans(sightings, documents)[["form", "n_documents", "peak", "peak_share"]].values
    array([['内防反弹', 1, '2020-04', 1.0]], dtype=object)
    """
    dated = _join_dates(sightings, documents)
    own = dated[dated["n_own"] > 0]
    month_of = documents["date"].dt.strftime("%Y-%m")
    n_of_month = month_of.value_counts()
    by_form = own.groupby("form", sort=False, observed=True)
    rows = [_span(form, seen, n_of_month) for form, seen in by_form]
    columns = COLUMNS["spans"]
    spans = pd.DataFrame(rows, columns=[column for column in columns if column != columns[-1]])
    if formulations is not None:
        require_once(formulations, "formulations", ["form", "family"])
        require_cells(formulations, "formulations", ["form", "family"])
        require_distinct(formulations, "formulations", ["form"])
        strange = own.loc[~own["form"].isin(formulations["form"]), "form"]
        if len(strange):
            raise ValueError(
                f"the form {strange.iloc[0]!r} was sighted and is not in the formulations table; "
                "give the table that the sightings were found with"
            )
        spans = formulations[["form", "family"]].merge(
            spans.drop(columns="family"), on="form", how="left"
        )
        spans["peak"] = spans["peak"].fillna("")
    whole = ["n_documents", "n", "n_free"]
    spans[whole] = spans[whole].fillna(0).astype("int64")
    spans[["first", "last"]] = spans[["first", "last"]].astype("datetime64[us]")
    spans["peak_share"] = spans["peak_share"].astype("float64")
    spans[columns[-1]] = spans["n_documents"] / len(documents) * 1000
    return spans[columns]


def heat_tier(n_articles_per_year: int, thresholds: Sequence[int] = KNOWN_THRESHOLDS) -> int | None:
    """The tier, 1 (hottest, 沸) to 6, of a phrase; None where the thresholds do not tell.

    The China Media Project's scale of discourse intensity (2016): the number of articles of the
    People's Daily that hold the phrase, for a full year. Tier 1 is 2,000 articles or more. The
    limits of the other tiers were not found in a source that we could read, so they are not
    built in: give all five, from the highest, if you know them. The scale is made for one
    newspaper of nearly constant size; for long spans its makers use ratios, and for any other
    corpus only a ratio can be compared (measure_spans: per_thousand_documents).

    >>> heat_tier(2400), heat_tier(1999)
    (1, None)
    >>> heat_tier(30, [50, 40, 20, 10, 5])
    3
    """
    listed = isinstance(thresholds, Iterable) and not isinstance(thresholds, str)
    limits = list(thresholds) if listed else []
    usable = 0 < len(limits) < _N_TIERS and all(is_number(limit) and limit > 0 for limit in limits)
    if not usable or limits != sorted(set(limits), reverse=True):
        raise ValueError(
            f"thresholds must be one to {_N_TIERS - 1} numbers of articles, from the highest "
            f"down, such as (2000,); got {thresholds!r}"
        )
    require_number(n_articles_per_year, "n_articles_per_year", "it is a number of articles")
    if n_articles_per_year < 0:
        raise ValueError(f"a number of articles cannot be negative; got {n_articles_per_year}")
    for tier, limit in enumerate(limits, start=1):
        if n_articles_per_year >= limit:
            return tier
    return _N_TIERS if len(limits) == _N_TIERS - 1 else None


def track_replacement(
    sightings: pd.DataFrame,
    documents: pd.DataFrame,
    *,
    old: str | Sequence[str],
    new: str | Sequence[str],
    freq: str = "week",
) -> pd.DataFrame:
    """One row per period: REPLACEMENT_COLUMNS, from the first document to the last.

    n_old and n_new count documents that hold an old or a new form themselves (n_own), n_both
    those that hold either kind, which are counted in all three; n_either is n_old + n_new -
    n_both. share_new is n_new / n_either, low and high Wilson's 95 percent interval, all missing
    where no document holds either. `old` and `new` are a form or a list of forms. freq: day,
    week (from Monday), month, year, phase.

    The interval is that of one period. Documents of one day repeat each other, so it is rather
    too narrow than too wide.

    >>> documents = pd.DataFrame({"doc_id": ["a", "b", "c"],
    ...     "date": pd.to_datetime(["2020-03-16", "2020-03-23", "2020-03-24"])})
    >>> sightings = pd.DataFrame({"doc_id": ["a", "b", "b"], "id": "F", "family": "strategy",
    ...     "form": ["内防扩散", "内防扩散", "内防反弹"], "n": 1, "n_free": 1, "inside": "",
    ...     "n_own": 1})
    >>> weeks = track_replacement(sightings, documents, old="内防扩散", new="内防反弹")
    >>> weeks[["period", "n_old", "n_new", "n_both", "share_new"]].values.tolist()
    [['2020-03-16', 1, 0, 0, 0.0], ['2020-03-23', 1, 1, 1, 1.0]]
    """
    either = _documents_with_either(sightings, documents, old, new)
    require_frequency(documents, freq)
    periods = list_periods(documents, freq)
    place = place_in_periods(documents, periods)
    counted = either.groupby(place_in_periods(either, periods))[["old", "new", "both"]].sum()
    counted = counted.reindex(range(len(periods)), fill_value=0).astype("int64")
    n_either = (counted["old"] + counted["new"] - counted["both"]).to_numpy()
    share = np.divide(
        counted["new"], n_either, out=np.full(len(periods), np.nan), where=n_either > 0
    )
    low, high = wilson_interval(counted["new"].to_numpy(float), n_either.astype(float))
    n_documents = place.value_counts().reindex(range(len(periods)), fill_value=0)
    return periods.assign(
        n_documents=n_documents.to_numpy(dtype="int64"), n_old=counted["old"].to_numpy(),
        n_new=counted["new"].to_numpy(), n_both=counted["both"].to_numpy(),
        n_either=n_either, share_new=share, low=low, high=high,
    )[list(REPLACEMENT_COLUMNS)]  # fmt: skip


def find_crossing(
    sightings: pd.DataFrame,
    documents: pd.DataFrame,
    *,
    old: str | Sequence[str],
    new: str | Sequence[str],
    freq: str = "week",
    n_resamples: int = 2000,
    seed: int = 2020,
) -> pd.DataFrame:
    """One row: the first period from which the new form leads for good, with its interval.

    Columns old, new, period, start, early, late, support, n_old, n_new, n_both, n_resamples. In
    that period more documents hold the new form than the old, and in no later one fewer; a later
    tie, or a period without either, does not undo the lead. Without such a period, period is ""
    and start missing. The documents that hold either form are resampled with replacement:
    early and late are the starts between which the middle 95 percent of the resampled crossings
    lie, support the share of resamples in which there is a crossing at all. Documents of one
    occasion repeat each other, so the interval is rather too narrow than too wide; and a corpus
    with a gap can place a crossing only at the edge of the gap.

    >>> documents = pd.DataFrame({"doc_id": list("abcd"),
    ...     "date": pd.to_datetime(["2020-03-16", "2020-03-18", "2020-03-24", "2020-04-01"])})
    >>> sightings = pd.DataFrame({"doc_id": list("abcd"), "id": "F", "family": "strategy",
    ...     "form": ["旧", "旧", "新", "新"], "n": 1, "n_free": 1, "inside": "", "n_own": 1})
    >>> found = find_crossing(sightings, documents, old="旧", new="新")
    >>> found[["period", "n_old", "n_new"]].values.tolist()
    [['2020-03-23', 2, 2]]
    """
    require_resamples(n_resamples)
    require_seed(seed)
    old, new = _as_list(old, "old"), _as_list(new, "new")
    either = _documents_with_either(sightings, documents, old, new)
    require_frequency(documents, freq)
    periods = list_periods(documents, freq)
    places = place_in_periods(either, periods).to_numpy()
    lead = either["new"].to_numpy(dtype="int64") - either["old"].to_numpy(dtype="int64")
    found = _crossing(places, lead, len(periods))
    drawn = _resample_crossings(places, lead, len(periods), n_resamples, seed)
    starts = periods["start"]
    early, late = (
        starts.iloc[np.quantile(drawn, [0.025, 0.975], method="nearest").astype(int)]
        if len(drawn)
        else (pd.NaT, pd.NaT)
    )
    return pd.DataFrame(
        {
            "old": ["/".join(old)],
            "new": ["/".join(new)],
            "period": ["" if found is None else periods["period"].iloc[found]],
            "start": [pd.NaT if found is None else starts.iloc[found]],
            "early": [early],
            "late": [late],
            "support": [len(drawn) / n_resamples],
            "n_old": [int(either["old"].sum())],
            "n_new": [int(either["new"].sum())],
            "n_both": [int(either["both"].sum())],
            "n_resamples": [n_resamples],
        }
    )


def list_nested(sightings: pd.DataFrame) -> pd.DataFrame:
    """One row per form and longer form that holds it: form, holder, same_family, n_documents, n.

    n counts the mentions of the form inside that holder, n_documents the documents with one,
    n_all all mentions of the form, share_held n / n_all. Sorted by n.

    >>> sightings = pd.DataFrame({"doc_id": ["d", "d"], "id": ["F1", "F2"],
    ...     "form": ["内防扩散", "外防输入、内防扩散"], "family": "strategy", "n": [3, 2],
    ...     "n_free": [1, 2], "inside": ["外防输入、内防扩散", ""], "n_inside": ["2", ""]})
    >>> list_nested(sightings)[["form", "holder", "n", "n_all"]].values.tolist()
    [['内防扩散', '外防输入、内防扩散', 2, 3]]
    """
    columns = ["form", "holder", "same_family", "n_documents", "n", "n_all", "share_held"]
    _require_nested(sightings)
    family_of = sightings.drop_duplicates("form").set_index("form")["family"]
    n_all = sightings.groupby("form", observed=True)["n"].sum()
    pairs = pd.DataFrame(
        [
            (row.doc_id, row.form, holder, int(n))
            for row in sightings[sightings["inside"] != ""].itertuples(index=False)
            for holder, n in zip(row.inside.split("/"), row.n_inside.split("/"), strict=True)
        ],
        columns=["doc_id", "form", "holder", "n"],
    )
    nested = pairs.groupby(["form", "holder"], sort=False, as_index=False).agg(
        n_documents=("doc_id", "nunique"), n=("n", "sum")
    )
    family_of, n_all = family_of.to_dict(), n_all.to_dict()
    nested["same_family"] = nested["form"].map(family_of) == nested["holder"].map(family_of)
    nested["n_all"] = nested["form"].map(n_all)
    nested["share_held"] = nested["n"] / nested["n_all"]
    return nested.sort_values("n", ascending=False, kind="stable", ignore_index=True)[columns]


def _require_nested(sightings: pd.DataFrame) -> None:
    """Raise a ValueError where the holders of a form and their numbers do not belong together."""
    require_once(sightings, "sightings", COLUMNS["sightings"][:-1])
    require_cells(sightings, "sightings", ["doc_id", "form", "family"])
    require_counts(sightings, "sightings", ["n"])
    for column in ("inside", "n_inside"):
        require_text(sightings, "sightings", column)
    for row in sightings.itertuples(index=False):
        numbers = row.n_inside.split("/") if row.inside else []
        whole = all(number.isascii() and number.isdigit() for number in numbers)
        if not whole or len(numbers) != len(list(filter(None, row.inside.split("/")))):
            raise ValueError(
                f"{row.form!r} of document {row.doc_id!r} is inside {row.inside!r} with the "
                f"numbers {row.n_inside!r}; each form has its whole number: make the table with "
                "formulations.find_sightings"
            )


def _span(form: str, seen: pd.DataFrame, n_of_month: pd.Series) -> tuple:
    by_month = seen["date"].dt.strftime("%Y-%m").value_counts().sort_index()
    shares = by_month / n_of_month.reindex(by_month.index)
    return (
        form, seen["family"].iloc[0], len(seen), seen["n"].sum(), seen["n_free"].sum(),
        seen["date"].min(), seen["date"].max(), shares.idxmax(), shares.max(),
    )  # fmt: skip


def _join_dates(sightings: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """The sightings with the date of their document; both tables are checked."""
    require_dated(documents)
    columns = [*COLUMNS["sightings"][:7], "n_own"]
    require_once(sightings, "sightings", columns)
    require_cells(sightings, "sightings", ["doc_id", "form", "family"])
    require_counts(sightings, "sightings", ["n", "n_free", "n_own"])
    strangers = sightings.loc[~sightings["doc_id"].isin(documents["doc_id"]), "doc_id"]
    if len(strangers):
        raise ValueError(
            f"{strangers.nunique()} documents with sightings are not in the documents table (the "
            f"first is {strangers.iloc[0]!r}); make both from the same documents"
        )
    repeated = sightings.duplicated(["doc_id", "form"])
    if repeated.any():
        row = sightings[repeated].iloc[0]
        raise ValueError(
            f"the sightings table has {row['form']!r} of document {row['doc_id']!r} twice "
            f"({repeated.sum()} rows too many); make it with formulations.find_sightings"
        )
    keys = documents[["doc_id", "date"]].reset_index(drop=True)
    return sightings[columns].reset_index(drop=True).merge(keys, on="doc_id")


def _documents_with_either(
    sightings: pd.DataFrame,
    documents: pd.DataFrame,
    old: str | Sequence[str],
    new: str | Sequence[str],
) -> pd.DataFrame:
    """One row per document that holds an old or a new form: date, old, new, both (0 or 1)."""
    sides = {"old": _as_list(old, "old"), "new": _as_list(new, "new")}
    common = set(sides["old"]) & set(sides["new"])
    if common:
        raise ValueError(f"{sorted(common)[0]!r} is named as old and as new; name it once")
    dated = _join_dates(sightings, documents)
    own = dated[dated["n_own"] > 0]
    for side, forms in sides.items():
        if not forms or not own["form"].isin(forms).any():
            raise ValueError(
                f"no document holds a form of {side}={'/'.join(forms)!r} itself; the forms "
                f"sighted are {', '.join(own['form'].value_counts().index[:12])} (a form that "
                "stands only inside one that hides it is counted there)"
            )
    marked = own.assign(old=own["form"].isin(sides["old"]), new=own["form"].isin(sides["new"]))
    either = marked.groupby(["doc_id", "date"], as_index=False)[["old", "new"]].any()
    either = either[either["old"] | either["new"]].reset_index(drop=True)
    either["both"] = either["old"] & either["new"]
    return either.astype({"old": "int64", "new": "int64", "both": "int64"})


def _as_list(forms: str | Sequence[str], side: str) -> list[str]:
    listed = [forms] if isinstance(forms, str) or not isinstance(forms, Iterable) else list(forms)
    if not listed or not all(isinstance(form, str) for form in listed):
        raise ValueError(f"{side} is {forms!r}; it is a form, or a list of forms, as text")
    return list(dict.fromkeys(listed))


def _crossing(places: NDArray[np.int64], lead: NDArray[np.int64], n_periods: int) -> int | None:
    """The first period led by the new form after the last one led by the old, or None."""
    total = np.bincount(places, weights=lead, minlength=n_periods)
    behind = np.flatnonzero(total < 0)
    after = behind[-1] + 1 if len(behind) else 0
    ahead = np.flatnonzero(total[after:] > 0)
    return int(after + ahead[0]) if len(ahead) else None


def _resample_crossings(
    places: NDArray[np.int64],
    lead: NDArray[np.int64],
    n_periods: int,
    n_resamples: int,
    seed: int,
) -> NDArray[np.int64]:
    """The crossings of resampled documents; a resample without one is left out."""
    generator = np.random.default_rng(seed)
    found = []
    for _ in range(n_resamples):
        drawn = generator.integers(len(places), size=len(places))
        found.append(_crossing(places[drawn], lead[drawn], n_periods))
    return np.array([place for place in found if place is not None], dtype="int64")
