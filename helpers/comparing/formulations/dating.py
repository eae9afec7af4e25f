"""Sentences -> evidence of their date from set phrases -> the interval in which they coexist."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from helpers.comparing.formulations.reading import CONFIDENCE, SCOPES, find_sightings
from helpers.comparing.timeline.checks import require_days, require_once
from helpers.counting.lexicon.checks import require_cells, require_distinct
from helpers.reading.clean import convert_script
from helpers.tables import COLUMNS, require_text

_CITIES_OF_GUANGDONG = (
    "Guangzhou 广州 Shenzhen 深圳 Zhuhai 珠海 Shantou 汕头 Foshan 佛山 Shaoguan 韶关 Heyuan 河源 "
    "Meizhou 梅州 Huizhou 惠州 Shanwei 汕尾 Dongguan 东莞 Zhongshan 中山 Jiangmen 江门 "
    "Yangjiang 阳江 Zhanjiang 湛江 Maoming 茂名 Zhaoqing 肇庆 Qingyuan 清远 Chaozhou 潮州 "
    "Jieyang 揭阳 Yunfu 云浮"
).split()
_SIDES = ("not_before", "not_after")
_CONFIDENCES = ("confidence", "end_confidence")
_NAMES_OF_SCOPE = {
    "Guangdong": ("guangdong", "广东", *map(str.lower, _CITIES_OF_GUANGDONG)),
    "Guangzhou": ("guangzhou", "广州"),
    "Wuhan": ("wuhan", "武汉"),
}


def list_evidence(
    sentences: pd.DataFrame, formulations: pd.DataFrame, *, place: str | Mapping[str, str] = ""
) -> pd.DataFrame:
    """One row per document and dated form found: tables.COLUMNS["evidence"].

    not_before and not_after are the days of the form (both belong to the interval, NaT is open),
    confidence and end_confidence how sure each is, basis the source. n counts the mentions that
    are the form's own (n_own of find_sightings). Where the end of a form rests on the absence of
    others (`unless`), the column `without` names them; where one of them is there, the end is
    open. Forms without a day that holds here give no evidence, and documents without evidence
    have no row.

    `place` says what the documents are about, one place for all or a mapping from doc_id
    (documents.set_index("doc_id")["place"]), in which a place that is not known is "" or missing.
    A form of Guangdong is evidence only for Guangdong
    and its cities, one of Guangzhou or Wuhan only for that city; without a place, only forms of
    the nation count.

    >>> forms = pd.DataFrame({"id": "F1", "form": ["二级响应"], "variants": "", "family": "level",
    ...     "not_before": pd.to_datetime(["2020-02-24"]), "not_after": pd.NaT,
    ...     "scope": "Guangdong", "basis": "notice", "confidence": "high", "end_confidence": "",
    ...     "unless": "", "hides": 0})
    >>> sentences = pd.DataFrame({"doc_id": ["d"], "sentence_id": [1], "start": [0],
    ...     "sentence": ["落实二级响应要求。"]})
    >>> len(list_evidence(sentences, forms)), len(list_evidence(sentences, forms, place="深圳"))
    (0, 1)
    """
    columns = ["form", "not_before", "not_after", "scope", "basis", *_CONFIDENCES, "unless"]
    require_once(formulations, "formulations", columns)
    sightings = find_sightings(sentences, formulations)
    _require_intervals(formulations, "formulations", "unless")
    _require_one_of(formulations, "formulations", "scope", SCOPES)
    own = sightings[sightings["n_own"] > 0]
    described = own[["doc_id", "form", "n_own"]].merge(formulations[columns], on="form")
    places = _places_of(described["doc_id"], place)
    in_scope = np.array(
        [
            scope in _scopes_of(where)
            for scope, where in zip(described["scope"], places, strict=True)
        ],
        dtype=bool,
    )
    evidence = _limit_ends(described[in_scope], own)
    evidence = evidence.dropna(subset=["not_before", "not_after"], how="all")
    columns = COLUMNS["evidence"]
    return evidence.rename(columns={"n_own": "n"})[columns].reset_index(drop=True)


def date_by_wording(evidence: pd.DataFrame, *, least: str = "low") -> pd.DataFrame:
    """One row per document with evidence: tables.COLUMNS["dates"].

    The interval runs from the latest not_before to the earliest not_after, both days included;
    n_days is its length, missing where a side is open (NaT). first_form and last_form name the
    lines that set its ends. Where the latest beginning lies after the earliest end, the evidence
    contradicts itself: there is no interval, and `problem` names the two lines. Days that are
    less sure than `least` (low, medium, high) are left out; a beginning is as sure as
    confidence, an end as end_confidence. n_evidence counts the lines that are left.

    The interval says when these phrases were current together. It is no proof: a later text may
    quote, look back, or keep an old phrase; an earlier one may have had the phrase first.

    >>> evidence = pd.DataFrame({"doc_id": "d", "form": ["二级响应", "内防扩散"], "n": 1,
    ...     "not_before": pd.to_datetime(["2020-02-24", "2020-01-20"]),
    ...     "not_after": pd.to_datetime([None, "2020-03-23"]), "scope": "nation", "basis": "",
    ...     "confidence": "high", "end_confidence": ["", "medium"]})
    >>> date_by_wording(evidence)[["not_before", "not_after", "n_days"]].astype(str).values
    array([['2020-02-24', '2020-03-23', '29']], dtype=object)
    """
    require_once(evidence, "evidence", COLUMNS["evidence"][:-1])
    if least not in CONFIDENCE:
        raise ValueError(f"least is {least!r}; it is one of {', '.join(CONFIDENCE)}")
    require_cells(evidence, "evidence", ["doc_id", "form"])
    if len(evidence):
        _require_intervals(evidence, "evidence")
        require_distinct(evidence, "evidence", ["doc_id", "form"])
    evidence = evidence.reset_index(drop=True)
    sure = CONFIDENCE[CONFIDENCE.index(least) :]
    begin, end = (pd.to_datetime(evidence[side]).dt.normalize() for side in _SIDES)
    bound = evidence.assign(
        not_before=begin.where(evidence["confidence"].isin(sure)),
        not_after=end.where(evidence["end_confidence"].isin(sure)),
    ).dropna(subset=["not_before", "not_after"], how="all")
    rows = [
        _intersect(doc_id, lines)
        for doc_id, lines in bound.groupby("doc_id", sort=False, observed=True)
    ]
    dates = pd.DataFrame(rows, columns=COLUMNS["dates"])
    dates[["not_before", "not_after"]] = dates[["not_before", "not_after"]].astype("datetime64[us]")
    return dates.astype({"n_days": "Int64", "n_evidence": "int64"})


def _places_of(doc_ids: pd.Series, place: str | Mapping[str, str]) -> list[str]:
    """The place of each document, "" where it is not known."""
    if isinstance(place, str):
        return [place] * len(doc_ids)
    if isinstance(place, pd.Series) and place.index.is_unique:
        place = place.to_dict()
    if not isinstance(place, Mapping):
        raise ValueError(
            f"place is {type(place).__name__}; give one place as text, or a mapping from each "
            'doc_id to its place: documents.set_index("doc_id")["place"]'
        )
    if len(doc_ids) and place and not any(doc_id in place for doc_id in doc_ids):
        raise ValueError(
            f"place names none of the documents with set phrases, such as {doc_ids.iloc[0]!r}; its "
            'keys are the ids of documents: documents.set_index("doc_id")["place"]'
        )
    places = [place.get(doc_id, "") for doc_id in doc_ids]
    wrong = [where for where in places if not isinstance(where, str) and not pd.isna(where)]
    if wrong:
        raise ValueError(f"place holds {wrong[0]!r}; a place is text, such as 'Guangzhou'")
    return ["" if pd.isna(where) else where for where in places]


def _require_intervals(table: pd.DataFrame, name: str, *texts: str) -> None:
    """Raise a ValueError where days are none or have no known confidence, or a text is none."""
    require_days(table, name, _SIDES, open_ended=True)
    for side, confidence in zip(_SIDES, _CONFIDENCES, strict=True):
        _require_one_of(table[table[side].notna().to_numpy()], name, confidence, CONFIDENCE)
    for column in texts:
        require_text(table, name, column)


def _require_one_of(table: pd.DataFrame, name: str, column: str, allowed: tuple[str, ...]) -> None:
    wrong = table[~table[column].isin(allowed)]
    if len(wrong):
        row = wrong.iloc[0]
        raise ValueError(
            f"the form {row['form']!r} of the {name} table has the {column} {row[column]!r}; it is "
            f"one of {', '.join(allowed)}"
        )


def _scopes_of(place: str) -> set[str]:
    """The scopes whose phrases speak of a place: Guangzhou lies in Guangdong, in the nation."""
    lowered = convert_script(place).lower()
    found = {
        scope for scope, names in _NAMES_OF_SCOPE.items() if any(name in lowered for name in names)
    }
    return {"nation", *found}


def _limit_ends(described: pd.DataFrame, own: pd.DataFrame) -> pd.DataFrame:
    """Each end dropped where a form named under `unless` stands in the same document."""
    forms_of = own.groupby("doc_id")["form"].agg(set)
    cancelled = pd.Series(
        [
            bool(row.unless) and not forms_of[row.doc_id].isdisjoint(row.unless.split("/"))
            for row in described.itertuples(index=False)
        ],
        index=described.index,
        dtype=bool,
    )
    return described.assign(
        not_after=described["not_after"].mask(cancelled),
        end_confidence=described["end_confidence"].mask(cancelled, ""),
        without=described["unless"].mask(cancelled, ""),
    )


def _intersect(doc_id: str, lines: pd.DataFrame) -> tuple:
    begin, end = lines["not_before"].max(), lines["not_after"].min()
    first = "" if pd.isna(begin) else lines.loc[lines["not_before"].idxmax(), "form"]
    last = "" if pd.isna(end) else lines.loc[lines["not_after"].idxmin(), "form"]
    if first and last and begin > end:
        problem = f"{first} (from {begin:%Y-%m-%d}) against {last} (until {end:%Y-%m-%d})"
        return doc_id, pd.NaT, pd.NaT, pd.NA, len(lines), problem, first, last
    n_days = (end - begin).days + 1 if first and last else pd.NA
    return doc_id, begin, end, n_days, len(lines), "", first, last
