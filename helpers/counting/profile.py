"""How a policy text speaks: what it forbids, orders, encourages and leaves open, and in what code.

Expressions of obligation and numeral abbreviations are matched as strings, the longest first,
on tables that a reader can open (data/lexicon/obligation.csv, abbreviations.csv).
"""

import re
from pathlib import Path

import ahocorasick_rs
import pandas as pd

from helpers.counting.lexicon import LexiconError, read_table
from helpers.paths import LEXICON
from helpers.reading.clean import convert_script, count_han
from helpers.reading.segment import list_directive_marks
from helpers.reading.words import stock_tokenizer
from helpers.tables import COLUMNS, require_columns

# From the strictest to the freest; our own scale, argued in data/lexicon/README.md.
OBLIGATION_KINDS = (
    "prohibition", "obligation", "requirement", "encouragement", "permission", "discretion",
)  # fmt: skip
UNKNOWN = "(not in the glossary)"

# 1+1+9, and quoted strings that begin with a numeral and end soon: “五个一”.
_NUMERAL_SHAPE = re.compile(
    r"(?<![\d+.])\d{1,2}(?:\+\d{1,2})+(?![\d+.])|(?<=[“‘「])[一二三四五六七八九十两双\d][^“”‘’「」，。；、\d]{1,5}(?=[”’」])"
)
# 应…邀请 is "at the invitation of", no duty.
_AT_REQUEST = re.compile(r"应(?=[^，。；\n]{2,40}?(?:邀请|之邀|请求))")


# --- obligation ---------------------------------------------------------------------------


def read_obligations(path: str | Path | None = None) -> pd.DataFrame:
    """One row per expression: tables.COLUMNS["obligations"]; `strength` is a whole number.

    Without a path, the suite's own table. Raises LexiconError for an unknown kind, an
    expression that stands twice or is not in simplified characters, and a decoy that does not
    hold one of the forms it is to guard.
    """
    path = LEXICON / "obligation.csv" if path is None else Path(path)
    obligations = read_table(path, ("expression", "kind", "gloss_en"))
    for column, default in {"variants": "", "strength": "", "pinyin": "", "decoys": "",
                            "note": ""}.items():  # fmt: skip
        if column not in obligations.columns:
            obligations[column] = default
    _require_kinds(obligations, path)
    _require_forms(obligations, path)
    rank = {kind: len(OBLIGATION_KINDS) - i for i, kind in enumerate(OBLIGATION_KINDS)}
    given = pd.to_numeric(obligations["strength"], errors="coerce")
    obligations["strength"] = given.fillna(obligations["kind"].map(rank)).astype("int64")
    return obligations[COLUMNS["obligations"]]


def find_obligations(sentences: pd.DataFrame, obligations: pd.DataFrame) -> pd.DataFrame:
    """One row per mention: tables.COLUMNS["obligation hits"], in reading order.

    Leftmost-longest over all expressions and their decoys, so the 要 of 需要 or 重要 is none.
    An expression of one character counts only where stock jieba cuts it as a word of its own
    (the 应 of 供应 is none; nor is that of 应…邀请, at the invitation of). `numbering` marks the
    要 that number the directives (一要 … 四要): they order, but counting them as force would
    count the layout. Negation is not weighed.

    >>> sentences = pd.DataFrame({"doc_id": ["d"], "sentence_id": [1], "part": ["body"],
    ...     "start": [0], "sentence": ["必须重视主要问题，可以适当放宽。"]})
    >>> find_obligations(sentences, read_obligations())[["expression", "kind"]].values.tolist()
    [['必须', 'obligation'], ['可以', 'permission'], ['适当', 'discretion']]
    """
    require_columns(sentences, "sentences", ["doc_id", "sentence_id", "part", "start", "sentence"])
    require_columns(obligations, "obligations", ["expression", "variants", "kind", "strength"])
    forms = _forms(obligations)
    matcher = ahocorasick_rs.AhoCorasick(
        [form for form, _ in forms], matchkind=ahocorasick_rs.MatchKind.LeftmostLongest
    )
    rows = []
    for row in sentences.itertuples(index=False):
        numbering = {mark + row.start for mark in list_directive_marks(row.sentence)}
        words = _word_spans(row.sentence) - {
            match.span() for match in _AT_REQUEST.finditer(row.sentence)
        }
        for index, start, end in matcher.find_matches_as_indexes(row.sentence):
            form, owner = forms[index]
            if owner is None or (end - start == 1 and (start, end) not in words):
                continue
            rows.append(
                (row.doc_id, row.sentence_id, row.part, owner.expression, form, owner.kind,
                 owner.strength, row.start + start, row.start + end,
                 row.start + start in numbering)
            )  # fmt: skip
    hits = pd.DataFrame(rows, columns=COLUMNS["obligation hits"])
    return hits.astype({"strength": "int64", "start": "int64", "end": "int64", "numbering": bool})


def count_obligations(
    hits: pd.DataFrame, sentences: pd.DataFrame, *, by: str = "part"
) -> pd.DataFrame:
    """One row per group and kind, none left out: <by>, kind, n, per_thousand_han, n_sentences.

    `by` is a column of the sentences (part, doc_id); groups keep their order, kinds run from
    the strictest to the freest. `n_sentences` counts sentences that hold the kind. Marks that
    only number the directives are not counted.
    """
    require_columns(hits, "obligation hits", ["doc_id", "sentence_id", "kind", "numbering"])
    require_columns(sentences, "sentences", ["doc_id", "sentence_id", "sentence"])
    if by not in sentences.columns:
        raise ValueError(
            f"the sentences table has no column {by!r} to group by; its columns are "
            f"{', '.join(sentences.columns)}"
        )
    n_han = sentences["sentence"].map(count_han).groupby(sentences[by], sort=False).sum()
    counted = hits[~hits["numbering"]].drop(columns=by, errors="ignore") if by not in (
        "doc_id", "sentence_id") else hits[~hits["numbering"]]  # fmt: skip
    keys = list(dict.fromkeys(["doc_id", "sentence_id", by]))
    placed = counted.merge(sentences[keys], on=["doc_id", "sentence_id"], how="inner")
    if len(placed) < len(counted):
        raise ValueError(
            f"{len(counted) - len(placed)} obligation hits stand in none of the sentences; find "
            "them in the same sentences with profile.find_obligations"
        )
    cells = pd.MultiIndex.from_product([n_han.index, OBLIGATION_KINDS], names=[by, "kind"])
    of_group = placed.groupby([by, "kind"])
    n = of_group.size().reindex(cells, fill_value=0).rename("n")
    one_per_sentence = placed.drop_duplicates(["doc_id", "sentence_id", "kind"])
    n_sentences = one_per_sentence.groupby([by, "kind"]).size().reindex(cells, fill_value=0)
    counts = n.reset_index()
    size = counts[by].map(n_han).where(lambda han: han > 0)
    counts["per_thousand_han"] = counts["n"] / size * 1e3
    counts["n_sentences"] = n_sentences.to_numpy()
    counts["kind"] = pd.Categorical(counts["kind"], OBLIGATION_KINDS, ordered=True)
    return counts


# --- numeral abbreviations ----------------------------------------------------------------


def read_abbreviations(path: str | Path | None = None) -> pd.DataFrame:
    """One row per numeral abbreviation: tables.COLUMNS["abbreviations"].

    Without a path, the suite's own table; a source marked [known] is from memory.
    """
    path = LEXICON / "abbreviations.csv" if path is None else Path(path)
    abbreviations = read_table(path, ("abbreviation", "gloss_en", "expansion_zh", "expansion_en"))
    for column in COLUMNS["abbreviations"]:
        if column not in abbreviations.columns:
            abbreviations[column] = ""
    doubled = abbreviations.loc[abbreviations["abbreviation"].duplicated(), "abbreviation"]
    if len(doubled):
        raise LexiconError(f"{path.name} has {doubled.iloc[0]!r} twice; keep it in one row")
    return abbreviations[COLUMNS["abbreviations"]]


def find_abbreviations(sentences: pd.DataFrame, abbreviations: pd.DataFrame) -> pd.DataFrame:
    """One row per mention: tables.COLUMNS["abbreviation hits"], in reading order.

    Those of the table, the longest first, with their English expansion; and strings of the
    same shape that it lacks (1+1+9, a short quotation that begins with a numeral), with
    `known` False and the expansion "(not in the glossary)": to be looked up, never guessed.

    >>> sentences = pd.DataFrame({"doc_id": ["d"], "sentence_id": [1], "part": ["body"],
    ...     "start": [0], "sentence": ["增强“四个意识”，落实2+3+4任务。"]})
    >>> find_abbreviations(sentences, read_abbreviations())[["surface", "known"]].values.tolist()
    [['四个意识', True], ['2+3+4', False]]
    """
    require_columns(sentences, "sentences", ["doc_id", "sentence_id", "part", "start", "sentence"])
    require_columns(abbreviations, "abbreviations", ["abbreviation", "variants", "expansion_en"])
    forms = [
        (form, row)
        for row in abbreviations.itertuples(index=False)
        for form in filter(None, (row.abbreviation, *str(row.variants).split("/")))
    ]
    matcher = ahocorasick_rs.AhoCorasick(
        [form for form, _ in forms], matchkind=ahocorasick_rs.MatchKind.LeftmostLongest
    )
    rows = []
    for row in sentences.itertuples(index=False):
        found = {
            (start, end): (forms[index][1].abbreviation, forms[index][1].expansion_en, True)
            for index, start, end in matcher.find_matches_as_indexes(row.sentence)
        }
        for match in _NUMERAL_SHAPE.finditer(row.sentence):
            if not any(start < match.end() and match.start() < end for start, end in found):
                found[match.span()] = (match[0], UNKNOWN, False)
        for (start, end), (abbreviation, expansion, known) in sorted(found.items()):
            rows.append(
                (row.doc_id, row.sentence_id, row.part, abbreviation, row.sentence[start:end],
                 row.start + start, row.start + end, expansion, known)
            )  # fmt: skip
    hits = pd.DataFrame(rows, columns=COLUMNS["abbreviation hits"])
    return hits.astype({"start": "int64", "end": "int64", "known": bool})


# --- shared -------------------------------------------------------------------------------


def _forms(obligations: pd.DataFrame) -> list[tuple[str, tuple | None]]:
    """Every form with the row it belongs to, None for a decoy; a form owned twice is a form."""
    if obligations.empty:
        raise ValueError("the obligations table has no rows; read one with read_obligations")
    owners: dict[str, tuple | None] = {}
    for row in obligations.itertuples(index=False):
        for decoy in filter(None, str(getattr(row, "decoys", "")).split("/")):
            owners.setdefault(decoy, None)
    for row in obligations.itertuples(index=False):
        for form in filter(None, (row.expression, *str(row.variants).split("/"))):
            owners[form] = row
    return list(owners.items())


def _word_spans(sentence: str) -> set[tuple[int, int]]:
    """Where the words of one character stand, as stock jieba cuts without guessing."""
    spans, start = set(), 0
    for token in stock_tokenizer().lcut(sentence, HMM=False):
        if len(token) == 1:
            spans.add((start, start + 1))
        start += len(token)
    return spans


def _require_kinds(obligations: pd.DataFrame, path: Path) -> None:
    wrong = obligations[~obligations["kind"].isin(OBLIGATION_KINDS)]
    if len(wrong):
        raise LexiconError(
            f"{path.name} line {wrong.index[0] + 2} ({wrong['expression'].iloc[0]!r}) has the "
            f"kind {wrong['kind'].iloc[0]!r}; write one of {', '.join(OBLIGATION_KINDS)}"
        )


def _require_forms(obligations: pd.DataFrame, path: Path) -> None:
    seen: set[str] = set()
    for row in obligations.itertuples(index=False):
        forms = [row.expression, *filter(None, row.variants.split("/"))]
        for form in forms:
            if not form or form in seen:
                raise LexiconError(
                    f"{path.name} has the expression {form!r} twice or empty; keep it in one row"
                )
            if convert_script(form) != form:
                raise LexiconError(
                    f"{path.name} has {form!r} in traditional characters, which cleaned text "
                    f"never holds; write {convert_script(form)!r}"
                )
            seen.add(form)
        for decoy in filter(None, row.decoys.split("/")):
            if not any(form in decoy for form in forms):
                raise LexiconError(
                    f"{path.name} gives {row.expression!r} the decoy {decoy!r}, which does not "
                    "hold it; remove the decoy"
                )
