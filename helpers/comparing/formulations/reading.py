"""csv of dated set phrases -> checked table; sentences -> sightings of them."""

import re
from collections import Counter
from pathlib import Path

import pandas as pd

from helpers.comparing.timeline.checks import require_once
from helpers.counting.lexicon import TRANSPARENT, LexiconError, find_terms, read_table
from helpers.counting.lexicon.checks import require_cells, require_distinct
from helpers.counting.lexicon.reading import as_path
from helpers.paths import LEXICON
from helpers.reading.clean import convert_script
from helpers.tables import COLUMNS, require_text

REQUIRED_COLUMNS = ("form", "gloss_en")
SCOPES = ("nation", "Guangdong", "Guangzhou", "Wuhan")
CONFIDENCE = ("low", "medium", "high")

_DEFAULTS = {
    "id": "", "variants": "", "family": "", "pinyin": "", "not_before": "", "not_after": "",
    "scope": "nation", "basis": "", "confidence": "low", "note": "", "end_confidence": "",
    "unless": "", "hides": "0",
}  # fmt: skip
_DATES = ("not_before", "not_after")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")

# Between the halves of a phrase, texts write either mark or, with quotation marks, none.
_MARKS = ("、", "，", "")
_MARK = re.compile("[、，,]")


def read_formulations(path: str | Path | None = None) -> pd.DataFrame:
    """One row per set phrase: tables.COLUMNS["formulations"].

    not_before is the day of the first public use, not_after the last day before the phrase was
    replaced; both belong to the interval, and a missing one (NaT) says that no day is known.
    `confidence` is that of the row's beginning, `end_confidence` that of its end: a phrase
    cannot stand in a text before it was coined, but it may linger after it was replaced. Where
    `unless` names other forms (separated by /), not_after holds only in a document without
    them: an old name beside its successor looks back. `hides` is 1 for a phrase that means
    something else than the shorter ones inside it (see find_sightings), else 0.

    Without a path, the suite's own table (data/lexicon/formulations.csv). A csv of one's own
    needs form and gloss_en; the others have defaults. Raises LexiconError (a ValueError) for a
    missing field, an unknown value, a day that is none, dates out of order, a form that stands
    twice or holds a slash, which separates forms, and for traditional or invisible characters
    (which cleaned text never holds).

    >>> forms = read_formulations().set_index("form")
    >>> forms.loc["外防输入、内防反弹", ["not_before", "scope"]].tolist()
    [Timestamp('2020-03-23 00:00:00'), 'nation']
    """
    path = LEXICON / "formulations.csv" if path is None else as_path(path)
    forms = read_table(path, REQUIRED_COLUMNS)
    for column, default in _DEFAULTS.items():
        if column not in forms.columns:
            forms[column] = default
    if (forms["id"] == "").all():
        forms["id"] = [f"F{number:03}" for number in range(1, len(forms) + 1)]
    for column in (*REQUIRED_COLUMNS, "id"):
        _refuse(forms, forms[column] == "", path, f"has no {column}; fill it in")
    _refuse(forms, forms["id"].duplicated(), path, "has the id of an earlier row; give it its own")
    for column, allowed in (("scope", SCOPES), ("confidence", CONFIDENCE), ("hides", ("0", "1"))):
        _require_allowed(forms, column, allowed, path)
    for column in _DATES:
        forms[column] = _parse_days(forms, column, path)
    _refuse(
        forms, forms["not_before"] > forms["not_after"], path,
        "has a not_before after its not_after; one of the two is wrong",
    )  # fmt: skip
    _check_ends(forms, path)
    _require_distinct_and_simplified(forms, path)
    forms["hides"] = forms["hides"].astype("int64")
    return forms[COLUMNS["formulations"]]


def list_spellings(form: str, variants: str = "") -> list[str]:
    """The strings a phrase is looked for by: itself, its variants, each with other marks.

    >>> list_spellings("外防输入、内防反弹")
    ['外防输入、内防反弹', '外防输入，内防反弹', '外防输入内防反弹']
    """
    for name, written in (("form", form), ("variants", variants)):
        if not isinstance(written, str):
            raise LexiconError(
                f"{name} is {written!r}; write text, several variants with / between"
            )
    spellings = []
    for written in (form, *filter(None, map(str.strip, variants.split("/")))):
        parts = _MARK.split(written)
        # One kind of mark throughout: mixtures are slips, and their number grows fast.
        spellings += [written, *(mark.join(parts) for mark in _MARKS if len(parts) > 1)]
    return list(dict.fromkeys(spellings))


def find_sightings(sentences: pd.DataFrame, formulations: pd.DataFrame) -> pd.DataFrame:
    """One row per document and form found: tables.COLUMNS["sightings"].

    n counts all mentions, n_free those that no longer form holds, `inside` names the longer
    forms that hold the others, joined by "/", and n_inside says how many each holds, in the
    same order. n_own leaves out the mentions inside a form that hides what it holds: the
    characters 新型冠状病毒感染 inside 新型冠状病毒感染的肺炎 are the old name, not the new one,
    but 新冠肺炎 inside 统筹推进新冠肺炎疫情防控和经济社会发展 is still the name. Spellings of one
    form that overlap are one mention.

    Matching is leftmost-longest, as in lexicon.find_terms; quotation marks and brackets are
    passed over, and 、 between the halves of a phrase may be ， or nothing. A form of digits
    (7+3) inside a longer number (17+3) is no mention. Documents without any form have no row.

    >>> forms = pd.DataFrame({"id": ["F1", "F2"], "form": ["内防扩散", "外防输入、内防扩散"],
    ...     "variants": "", "family": "strategy", "hides": 0})
    >>> sentences = pd.DataFrame({"doc_id": ["d"], "sentence_id": [1], "start": [0],
    ...     "sentence": ["“外防输入”“内防扩散”，重在内防扩散。"]})
    >>> found = find_sightings(sentences, forms)
    >>> found[["form", "n", "n_free", "inside", "n_own"]].values.tolist()
    [['内防扩散', 2, 1, '外防输入、内防扩散', 2], ['外防输入、内防扩散', 1, 1, '', 1]]
    """
    require_forms(formulations)
    hits = find_terms(sentences, _as_lexicon(formulations))
    hits = _drop_parts_of_numbers(hits[hits["inside"] != hits["term"]], sentences)
    hiding = set(formulations.loc[formulations["hides"] == 1, "form"])
    hits = hits.assign(own=~hits["inside"].isin(hiding))
    found = hits.groupby(["doc_id", "term"], sort=False).agg(
        family=("subcategory", "first"), n=("free", "size"), n_free=("free", "sum"),
        inside=("inside", _join_names), n_inside=("inside", _join_counts), n_own=("own", "sum"),
    )  # fmt: skip
    found = found.reset_index().rename(columns={"term": "form"})
    found["id"] = found["form"].map(
        dict(zip(formulations["form"], formulations["id"], strict=True))
    )
    order = {doc_id: place for place, doc_id in enumerate(sentences["doc_id"].unique())}
    found = found.assign(place=found["doc_id"].map(order)).sort_values(["place", "id"])
    found = found[COLUMNS["sightings"]].reset_index(drop=True)
    return found.astype({"n": "int64", "n_free": "int64", "n_own": "int64"})


def require_forms(formulations: pd.DataFrame) -> None:
    """Raise a ValueError where the forms to look for cannot be told apart, or are no text."""
    name, columns = "formulations", ["id", "form", "variants", "family", "hides"]
    require_once(formulations, name, columns)
    require_cells(formulations, name, columns)
    for column in ("form", "variants"):
        require_text(formulations, name, column)
    for column in ("id", "form"):
        require_distinct(formulations, name, [column])
    kinds = {type(cell) for cell in formulations["id"]}
    if len(kinds) > 1:
        raise ValueError("the column 'id' of the formulations table mixes text and numbers")
    split = formulations["form"].astype(str).str.contains("/", regex=False)
    unsure = ~formulations["hides"].isin([0, 1])
    for wrong, what in (
        (split, "holds a slash, which separates forms; write it without"),
        (unsure, "has a hides that is neither 1 nor 0; read the table with read_formulations"),
    ):
        if wrong.any():
            form = formulations.loc[wrong.to_numpy(), "form"].iloc[0]
            raise ValueError(f"the form {form!r} of the formulations table {what}")


def _as_lexicon(formulations: pd.DataFrame) -> pd.DataFrame:
    """The forms shaped as lexicon.find_terms takes them: the family as subcategory.

    The category says nothing here; lexicon.find_terms asks for one of its own.
    """
    spelled = [
        "/".join(list_spellings(row.form, row.variants)[1:])
        for row in formulations.itertuples(index=False)
    ]
    return pd.DataFrame(
        {
            "term": formulations["form"],
            "variants": spelled,
            "category": "governance",
            "subcategory": formulations["family"],
        }
    )


def _drop_parts_of_numbers(hits: pd.DataFrame, sentences: pd.DataFrame) -> pd.DataFrame:
    """The hits without those whose first or last digit goes on in the text (7+3 in 17+3)."""
    numeric = hits["surface"].str.contains(r"^\d|\d$", regex=True)
    if not numeric.any():
        return hits
    keys = ["doc_id", "sentence_id"]
    sentences = sentences[[*keys, "start", "sentence"]].reset_index(drop=True)
    sentences = sentences.astype({"start": "int64"})
    beside = hits.loc[numeric, [*keys, "surface", "start", "end"]].merge(
        sentences, on=keys, suffixes=("", "_sentence")
    )
    part = [
        bool(re.match(r"\d", row.surface) and re.search(r"[\d.+]$", before))
        or bool(re.search(r"\d$", row.surface) and re.match(r"[\d.+]", after))
        for row in beside.itertuples(index=False)
        for before, after in [
            (
                row.sentence[: row.start - row.start_sentence],
                row.sentence[row.end - row.start_sentence :],
            )
        ]
    ]
    return hits.drop(index=hits.index[numeric][part]).reset_index(drop=True)


def _join_names(names: pd.Series) -> str:
    return "/".join(Counter(filter(None, names)))


def _join_counts(names: pd.Series) -> str:
    return "/".join(map(str, Counter(filter(None, names)).values()))


def _parse_days(forms: pd.DataFrame, column: str, path: Path) -> pd.Series:
    written = forms[column]
    days = pd.to_datetime(written.where(written != ""), format="%Y-%m-%d", errors="coerce")
    wrong = (written != "") & (days.isna() | ~written.map(lambda day: bool(_DAY.fullmatch(day))))
    _refuse(forms, wrong, path, f"has a {column} that is no day; write it as 2020-02-24")
    return days


def _check_ends(forms: pd.DataFrame, path: Path) -> None:
    """Fill end_confidence and refuse ends that cannot be read."""
    has_end = forms["not_after"].notna()
    given = forms["end_confidence"] != ""
    _refuse(
        forms, given & ~has_end, path, "has an end_confidence but no not_after; give both or none"
    )
    forms["end_confidence"] = forms["end_confidence"].where(
        given, forms["confidence"].where(has_end, "")
    )
    _require_allowed(forms[has_end], "end_confidence", CONFIDENCE, path)
    unless, known = forms["unless"], set(forms["form"])
    _refuse(
        forms, (unless != "") & ~unless.map(lambda names: set(names.split("/")) <= known), path,
        "names a form under unless that is not in the table; add that form",
    )  # fmt: skip
    _refuse(
        forms, (unless != "") & ~has_end, path,
        "names a form under unless but has no not_after for it to limit; give the day",
    )  # fmt: skip


def _require_allowed(
    forms: pd.DataFrame, column: str, allowed: tuple[str, ...], path: Path
) -> None:
    _refuse(
        forms, ~forms[column].isin(allowed), path,
        f"has an unknown {column}; write one of {', '.join(allowed)}",
    )  # fmt: skip


def _refuse(forms: pd.DataFrame, wrong: pd.Series, path: Path, what: str) -> None:
    if wrong.any():
        line = wrong[wrong].index[0]
        raise LexiconError(f"{path.name} line {line + 2} (form {forms['form'][line]!r}) {what}")


def _require_distinct_and_simplified(forms: pd.DataFrame, path: Path) -> None:
    owners: dict[str, str] = {}
    for row in forms.itertuples(index=False):
        names = {TRANSPARENT.sub("", written) for written in list_spellings(row.form, row.variants)}
        for name in sorted(names):
            if not name or name in owners:
                raise LexiconError(
                    f"{path.name}: the form {row.form!r} has the spelling {name!r}, which "
                    f"{f'{owners[name]!r} has too' if name else 'is made of marks only'}; "
                    "keep each spelling in one row"
                )
            if "/" in row.form or not name.isprintable():
                raise LexiconError(
                    f"{path.name} has the form {name!r} with a slash, which separates forms, or "
                    "with an invisible character, which cleaned text never holds; write it without"
                )
            if convert_script(name) != name:
                raise LexiconError(
                    f"{path.name} has the form {name!r} in traditional characters, which cleaned "
                    f"text never holds; write {convert_script(name)!r}"
                )
        owners |= dict.fromkeys(names, row.form)
