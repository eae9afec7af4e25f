"""How well wording dates a text: true dates inside the interval, and its width, by corpus.

    python -m scripts.evaluate_dating FOLDER

FOLDER holds copies of the corpora. The dated posts of CCTV News (January to May 2020) and the
items of Xinwen Lianbo (January 2022 to March 2023) are dated by their set phrases alone and
compared with their true days. The table of phrases was read against the odd days of the month;
no day in it was changed by what the even days showed, and those are the ones to quote (they are
not wholly apart: the news of one day goes on in the next). Three
rules are scored: all days, without those of low confidence, and high confidence only. Writes
data/labels/dating_scores.csv: a summary by corpus, half and rule, and per form how often it stood
outside its own days.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from helpers import clean, corpora, formulations, paths, segment

OUTPUT = paths.DATA / "labels" / "dating_scores.csv"
CORPORA = ("cctv_weibo_2020", "xinwen_lianbo_2022")
HALVES = ("odd days", "even days")
# A month: intervals as wide as a whole policy hold the true day without saying much.
NARROW = 31
COLUMNS = (
    "section", "corpus", "half", "least", "form", "n_documents", "n_evidence", "n_closed",
    "n_from_only", "n_until_only", "n_contradictory", "n_inside", "share_inside", "low", "high",
    "share_by_chance",
    "n_closed_inside", "n_narrow", "n_narrow_inside", "median_days", "quartile_low",
    "quartile_high", "n_before", "n_after",
)  # fmt: skip


def read_evidence(folder: Path, name: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The dated documents of one corpus, and the evidence of their date by wording."""
    documents = clean.clean_documents(corpora.fetch(name, mirror=folder))
    sentences = segment.split_sentences(documents)
    evidence = formulations.list_evidence(sentences, formulations.read_formulations())
    half = np.where(documents["date"].dt.day % 2 == 1, *HALVES)
    return documents.assign(half=half)[["doc_id", "date", "half"]], evidence


def score_dates(documents: pd.DataFrame, evidence: pd.DataFrame, least: str) -> dict[str, object]:
    """One row of the summary: how many intervals of which kind, how many hold the true day.

    An interval open to one side holds the day if the day lies on the right side of its end. A
    contradictory one holds nothing and counts among the misses, not among those left out.
    share_by_chance is the share that would hold the day of a document drawn at random.
    """
    own = evidence[evidence["doc_id"].isin(documents["doc_id"])]
    dated = formulations.date_by_wording(own, least=least).merge(documents, on="doc_id")
    begin, end, contradictory = dated["not_before"], dated["not_after"], dated["problem"] != ""
    inside = ~contradictory & ~(dated["date"] < begin) & ~(dated["date"] > end)
    closed = begin.notna() & end.notna()
    days = np.sort(documents["date"].to_numpy())
    first, last = (
        np.searchsorted(days, side.fillna(day).to_numpy(days.dtype), side=where)
        for side, day, where in ((begin, days[0], "left"), (end, days[-1], "right"))
    )
    by_chance = np.where(contradictory, 0, np.clip(last - first, 0, None) / len(days))
    interval = binomtest(int(inside.sum()), len(dated)).proportion_ci(method="wilson")
    n_days = dated["n_days"].astype(float)
    narrow = n_days <= NARROW
    quartiles = n_days[closed].quantile([0.5, 0.25, 0.75]).tolist()
    return {
        "section": "summary",
        "least": least,
        "n_documents": len(documents),
        "n_evidence": len(dated),
        "n_closed": int(closed.sum()),
        "n_from_only": int((begin.notna() & end.isna()).sum()),
        "n_until_only": int((begin.isna() & end.notna()).sum()),
        "n_contradictory": int(contradictory.sum()),
        "n_inside": int(inside.sum()),
        "share_inside": inside.mean(),
        "low": interval.low,
        "high": interval.high,
        "share_by_chance": by_chance.mean(),
        "n_closed_inside": int((inside & closed).sum()),
        "n_narrow": int(narrow.sum()),
        "n_narrow_inside": int((inside & narrow).sum()),
        **dict(zip(("median_days", "quartile_low", "quartile_high"), quartiles, strict=True)),
    }


def score_forms(documents: pd.DataFrame, evidence: pd.DataFrame) -> pd.DataFrame:
    """One row per form: documents with it as evidence, and those before and after its days."""
    dated = evidence.merge(documents, on="doc_id")
    counted = dated.assign(
        n_before=dated["date"] < dated["not_before"], n_after=dated["date"] > dated["not_after"]
    )
    rows = counted.groupby("form").agg(
        n_documents=("doc_id", "size"), n_before=("n_before", "sum"), n_after=("n_after", "sum")
    )
    return rows.reset_index().assign(section="form")


def main(folder: Path) -> None:
    """Score both corpora by halves and write the table."""
    tables = []
    for name in CORPORA:
        documents, evidence = read_evidence(folder, name)
        for half, days in documents.groupby("half", sort=True):
            mark = {"corpus": name, "half": half}
            rows = [score_dates(days, evidence, least) for least in ("low", "medium", "high")]
            tables.append(pd.DataFrame(rows).assign(**mark))
            tables.append(score_forms(days, evidence).assign(**mark))
    table = pd.concat(tables, ignore_index=True).reindex(columns=list(COLUMNS))
    counts = [column for column in COLUMNS if column.startswith("n_")]
    table[counts] = table[counts].astype("Int64")
    table.to_csv(OUTPUT, index=False, encoding="utf-8", lineterminator="\n", float_format="%.4f")
    print(table[table["section"] == "summary"].dropna(axis=1, how="all").to_string(index=False))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    main(Path(sys.argv[1]))
