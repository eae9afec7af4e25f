"""The views as plain data for the page: what pictures.js draws, each with its reason if empty."""

from collections.abc import Callable, Iterable

import pandas as pd

from helpers.drawing import style
from helpers.teaching.explore.corpus import Corpus, NothingToShow, Selection
from helpers.teaching.explore.views import (
    LANES,
    MOST_LINES,
    find_mentions,
    follow_trend,
    list_rows,
    place_mentions,
    rank_terms,
)

TOP = 15
IN_CLOUD = 40
# Ticks nearer than this are one tick: a row is some 300 pixels wide.
_STEPS = 400
# A cloud's letters, in em: the largest, and the smallest that can be read.
_LARGEST, _SMALLEST = 2.6, 0.7


def bars(corpus: Corpus, selection: Selection) -> dict:
    """The ranked terms: one row per bar, its length from 0 to 1."""
    ranked = rank_terms(corpus, selection)
    shown = ranked.head(TOP)
    names = name_terms(corpus, shown["feature"])
    rows = [
        {"value": row.feature, "label": name, "code": _code(row.category), "n": f"{row.n:,}",
         "category": row.category, "length": row.n / shown["n"].iloc[0]}
        for row, name in zip(shown.itertuples(index=False), names, strict=True)
    ]  # fmt: skip
    note = style.say("{shown} of {total} terms; n: all mentions", shown=len(shown),
                     total=len(ranked))  # fmt: skip
    found = [name for name in style.LABEL_NAMES if name in set(shown["category"])]
    groups = [{"label": f"{_code(name)} {style.label_name(name)}", "category": name}
              for name in found]  # fmt: skip
    return {"rows": rows, "groups": groups, "note": note}


def cloud(corpus: Corpus, selection: Selection) -> dict:
    """The same terms as a cloud in reading order of rank: letters as high as sqrt(n / letters)."""
    shown = rank_terms(corpus, selection).head(IN_CLOUD)
    heights = (shown["n"] / shown["feature"].str.len()) ** 0.5
    sizes = (heights / heights.max() * _LARGEST).clip(lower=_SMALLEST).round(2)
    rows = [
        {"value": row.feature, "category": row.category, "size": size, "n": f"{row.n:,}"}
        for row, size in zip(shown.itertuples(index=False), sizes, strict=True)
    ]
    return {"rows": rows, "note": style.say("The same terms as a cloud, by rank, in one line")}


def trend(corpus: Corpus, selection: Selection) -> dict:
    """The share of documents by period: one column per period, heights from 0 to 1."""
    table = follow_trend(corpus, selection)
    highest = table["high"].max()
    top = min(1.0, highest * 1.1) if highest else 1.0
    looks = {name: _look(corpus, name) for name in dict.fromkeys(table["group"])}
    columns = {}
    for row in table.itertuples(index=False):
        column = {"value": row.period, "n": f"{row.n_documents:,}", "marks": []}
        columns.setdefault(row.period, column)["marks"].append(
            looks[row.group] | _heights(row, top)
        )
    note = style.say(
        "Share of the documents of each period that hold it, whole corpus, with 95 % intervals"
    )
    return {
        "columns": list(columns.values()), "groups": list(looks.values()), "top": f"{top:.1%}",
        "note": note,
    }  # fmt: skip


def places(corpus: Corpus, selection: Selection) -> dict:
    """The x-ray: rows with their ticks, each a whole number from 0 to 400."""
    table = place_mentions(corpus, selection)
    names = list_rows(corpus, selection, table)
    kind = _kind_of_rows(corpus, table)
    labels = name_terms(corpus, names) if kind == "term" else names
    lanes = [name for name in (*LANES, *style.LABEL_NAMES) if name in set(table["category"])]
    lanes = list(dict.fromkeys(lanes)) if kind != "term" else [""]
    lanes_of = _lanes(table, lanes)
    n_of = table["row"].value_counts()
    rows = [
        {"value": name, "label": label, "n": f"{n_of.get(name, 0):,}",
         "lanes": lanes_of.get(name, [])}
        for name, label in zip(names, labels, strict=True)
    ]  # fmt: skip
    note = style.say(
        "Where they stand, from the first character of a document to its last; pale: inside a "
        "longer term"
    )
    # No name beside the lanes where rows are terms: each has the colour of its own category.
    groups = [{"label": style.label_name(name), "category": name} for name in lanes if name]
    return {"rows": rows, "field": kind, "steps": _STEPS, "groups": groups, "note": note}


def lines_note(corpus: Corpus, selection: Selection) -> str:
    """How many of the lines are shown."""
    total = len(find_mentions(corpus, selection))
    shown = min(total, MOST_LINES)
    return style.say("{shown} of {total} lines", shown=f"{shown:,}", total=f"{total:,}")


def or_reason(view: Callable[[Corpus, Selection], dict], corpus: Corpus, selection: Selection):
    """What the view returns, or {"reason": why it has nothing to show}."""
    try:
        return view(corpus, selection)
    except NothingToShow as error:
        return {"reason": str(error)}


PANELS = {"bars": bars, "trend": trend, "places": places, "cloud": cloud}


def name_terms(corpus: Corpus, terms: Iterable[str]) -> list[str]:
    """The terms with their glosses; only their rows of the glossary are looked at."""
    terms = list(terms)
    return style.gloss_labels(terms, corpus.glossary.loc[corpus.glossary["term"].isin(terms)])


def _look(corpus: Corpus, group: str) -> dict[str, str]:
    """The name and the category of a term or a category."""
    if group in style.LABEL_NAMES:
        return {"label": style.label_name(group), "category": group}
    found = corpus.lexicon.loc[corpus.lexicon["term"] == group, "category"]
    if found.empty:
        return {"label": group, "category": "other"}
    return {"label": name_terms(corpus, [group])[0], "category": found.iloc[0]}


def _heights(row: tuple, top: float) -> dict:
    """One bar of the trend; nothing where the period has no document."""
    if pd.isna(row.share):
        return {}
    return {
        "share": row.share / top, "low": row.low / top, "high": min(row.high / top, 1.0),
        "said": f"{row.share:.1%}", "n": f"{row.n_with:,}",
    }  # fmt: skip


def _lanes(places: pd.DataFrame, lanes: list[str]) -> dict[str, list[dict]]:
    """The ticks of each row, by lane and by whether they stand inside a longer term."""
    steps = (places["place"] * _STEPS).round().astype(int)
    keys = [places["row"], places["category"], places["free"]]
    pieces: dict[str, list[dict]] = {}
    for (name, category, free), ticks in steps.groupby(keys, sort=False):
        lane = lanes.index(category) if len(lanes) > 1 else 0
        pieces.setdefault(name, []).append(
            {"lane": lane, "of": len(lanes), "free": bool(free), "category": category,
             "ticks": sorted(set(ticks.tolist()))}
        )  # fmt: skip
    return pieces


def _kind_of_rows(corpus: Corpus, places: pd.DataFrame) -> str:
    if (places["row"] == places["term"]).all():
        return "term"
    return "doc_id" if (places["row"] == places["doc_id"]).all() else "period"


def _code(category: str) -> str:
    return style.LABEL_CODES.get(category, "")
