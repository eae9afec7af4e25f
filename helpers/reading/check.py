"""Documents -> near misses of set phrases: signs that somebody rewrote an official text.

Some clone sites swap words for synonyms without reading (外防投入 for 外防输入). Set phrases
(tifa) are fixed, so a swap inside one is a sign; one alone may be a slip of the pen, several
different ones are not.
"""

from pathlib import Path

import pandas as pd
from ahocorasick_rs import AhoCorasick, MatchKind
from scipy.stats import binomtest

from helpers.paths import LEXICON
from helpers.reading.clean import count_han
from helpers.tables import COLUMNS, require_columns

NEAR_MISSES = LEXICON / "near_misses.csv"
_COLUMNS = ["near_miss", "original", "swap", "pinyin", "gloss_en", "evidence", "n_in_clean",
            "n_original"]  # fmt: skip
_CONTEXT = 15
# So many different near misses make a text suspected; see data/lexicon/README.md for what
# this costs in false alarms.
_LEAST_DISTINCT = 2


class NearMissTableError(ValueError):
    """A table of near misses that cannot be used; the message names the row and the cure."""


def read_near_misses(path: str | Path | None = None) -> pd.DataFrame:
    """One row per near miss: near_miss, original, swap, pinyin, gloss_en, evidence, counts.

    `evidence` is "seen" (on a clone page) or "pattern" (the same kind of swap in another set
    phrase); n_in_clean and n_original count the two in the clean corpora named in
    data/lexicon/README.md. Without a path, the suite's own table.
    """
    path = NEAR_MISSES if path is None else Path(path)
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    except FileNotFoundError:
        raise NearMissTableError(f"there is no table of near misses at {path.name}") from None
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise NearMissTableError(f"{path.name} is no csv in UTF-8: {error}") from None
    require_near_misses(table, path.name)
    for column in ("n_in_clean", "n_original"):
        table[column] = table[column].astype("int64")
    return table


def require_near_misses(table: pd.DataFrame, name: str) -> None:
    """Raise a NearMissTableError that names the row when a table cannot be matched with."""
    missing = [column for column in _COLUMNS if column not in table.columns]
    if missing:
        raise NearMissTableError(f"{name} has no column {', '.join(map(repr, missing))}")
    for number, row in enumerate(table.itertuples(index=False), start=2):
        if not count_han(row.near_miss) or not count_han(row.original):
            raise NearMissTableError(f"{name} line {number} lacks a near_miss or an original")
        if row.near_miss == row.original:
            raise NearMissTableError(f"{name} line {number}: {row.near_miss!r} misses nothing")
    repeated = table.loc[table["near_miss"].duplicated(), "near_miss"]
    if len(repeated):
        raise NearMissTableError(f"{name} lists {repeated.iloc[0]!r} twice; keep one row")


def find_near_misses(
    documents: pd.DataFrame, near_misses: pd.DataFrame | None = None
) -> pd.DataFrame:
    """One row per near miss in the text: where it stands, in context, and what it misses.

    Columns: doc_id, near_miss, original, start, end (in documents.text), left, node, right
    (15 characters, line ends shown as ⏎), gloss_en (of the original). Matching is
    leftmost-longest, so a near miss inside a longer genuine phrase does not count.

    >>> documents = pd.DataFrame({"doc_id": ["a"], "text": ["坚持外防投入、内防扩散。"]})
    >>> find_near_misses(documents)[["near_miss", "original", "left"]].values.tolist()
    [['外防投入', '外防输入', '坚持']]
    """
    require_columns(documents, "documents", ["doc_id", "text"])
    for doc_id, text in zip(documents["doc_id"], documents["text"], strict=True):
        if not isinstance(text, str):
            raise ValueError(
                f"document {doc_id!r} has no cleaned text; run "
                "clean.clean_documents(documents) first"
            )
    near_misses = read_near_misses() if near_misses is None else near_misses
    require_columns(near_misses, "near-miss list", _COLUMNS)
    by_surface = near_misses.set_index("near_miss").to_dict("index")
    matcher = _Matcher(near_misses)
    rows = []
    for doc_id, text in zip(documents["doc_id"], documents["text"], strict=True):
        for surface, start, end in matcher.spans(text):
            if surface in by_surface:
                found = by_surface[surface]
                left, right = text[max(start - _CONTEXT, 0) : start], text[end : end + _CONTEXT]
                rows.append(
                    (doc_id, surface, found["original"], start, end, _on_one_line(left), surface,
                     _on_one_line(right), found["gloss_en"])
                )  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS["near misses"])


def score_suspicion(
    documents: pd.DataFrame, near_misses: pd.DataFrame | None = None
) -> pd.DataFrame:
    """One row per document: how many of its set phrases are missed, and what to think of it.

    Columns: doc_id, n_han, n_near_misses, n_distinct (different ones), n_intact (the same set
    phrases as they should be), suspicion (near misses among both), suspicion_low and
    suspicion_high (Wilson 95 % interval), verdict in words: "no near miss", "one near miss:
    look at it", "suspected: …". A document with none of the phrases has suspicion missing:
    nothing was there to be checked.

    >>> documents = pd.DataFrame({"doc_id": ["a"], "text": ["外防投入，公民至上，复工复产。"]})
    >>> score_suspicion(documents)[["n_distinct", "n_intact", "verdict"]].values.tolist()
    [[2, 1, 'suspected: 2 different near misses']]
    """
    found = find_near_misses(documents, near_misses)
    near_misses = read_near_misses() if near_misses is None else near_misses
    of_document = {doc_id: rows["near_miss"] for doc_id, rows in found.groupby("doc_id")}
    originals = set(near_misses["original"])
    matcher = _Matcher(near_misses)
    rows = []
    for doc_id, text in zip(documents["doc_id"], documents["text"], strict=True):
        surfaces = of_document.get(doc_id, pd.Series(dtype=str))
        n_intact = sum(surface in originals for surface, _, _ in matcher.spans(text))
        low, share, high = _share(len(surfaces), n_intact)
        rows.append(
            (doc_id, count_han(text), len(surfaces), surfaces.nunique(), n_intact, share, low,
             high, _verdict(surfaces.nunique(), n_intact))
        )  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS["suspicion"])


class _Matcher:
    """Finds near misses and originals together, so that the longer of two that overlap wins."""

    def __init__(self, near_misses: pd.DataFrame) -> None:
        self._surfaces = list(dict.fromkeys([*near_misses["near_miss"], *near_misses["original"]]))
        self._automaton = AhoCorasick(self._surfaces, matchkind=MatchKind.LeftmostLongest)

    def spans(self, text: str) -> list[tuple[str, int, int]]:
        """What was found, with its span, in the order of the text."""
        return [
            (self._surfaces[number], start, end)
            for number, start, end in self._automaton.find_matches_as_indexes(text)
        ]


def _on_one_line(context: str) -> str:
    return context.replace("\n", "⏎")


def _share(n_near_misses: int, n_intact: int) -> tuple[float, float, float]:
    """Low end, value and high end of the share of near misses; missing without any phrase."""
    n = n_near_misses + n_intact
    if not n:
        return float("nan"), float("nan"), float("nan")
    interval = binomtest(n_near_misses, n).proportion_ci(method="wilson")
    return interval.low, n_near_misses / n, interval.high


def _verdict(n_distinct: int, n_intact: int) -> str:
    if n_distinct >= _LEAST_DISTINCT:
        return f"suspected: {n_distinct} different near misses"
    if n_distinct:
        return "one near miss: look at it"
    return "no near miss" if n_intact else "no set phrase to check"
