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
from helpers.tables import COLUMNS, require_columns, require_text

# From the strictest to the freest, each with the strength a table of one's own gets by default:
# the four degrees of engineering standards, argued in data/lexicon/README.md.
_USUAL_STRENGTH = {
    "prohibition": 3, "obligation": 3, "requirement": 3, "encouragement": 2, "permission": 1,
    "discretion": 1,
}  # fmt: skip
OBLIGATION_KINDS = tuple(_USUAL_STRENGTH)
UNKNOWN = "(not in the glossary)"

_NUMERAL = "零〇一二两三四五六七八九十百千万几数"
# 1+1+9, and quoted strings that begin with a numeral and end soon (“五个一”). 一 begins many
# idioms (“一刀切”), so there a second numeral must follow (“一断三不断”).
_SHAPE = re.compile(
    r"(?<![\d+.])\d{1,2}(?:\+\d{1,2})+(?![\d+.])"
    r"|(?<=[“‘「])(?:[二两三四五六七八九十双][\u4e00-\u9fff]{1,7}"
    r"|一[\u4e00-\u9fff]{0,3}[一二两三四五六七八九十][\u4e00-\u9fff]{0,4})(?=[”’」])"
)
# Readings of 应 and 要 that are no order: at the invitation or demand of a state (应…邀请), the
# formula 应检尽检, and a condition (要发展，就必须…; 一要 … 四要 never is one).
_NO_ORDER = re.compile(
    r"应(?:(?=[^，。；\n]{2,40}?(?:邀请|之邀|请求))|(?=(.)尽\1)"
    r"|(?=[^，。；\n]{0,12}(?:国|方|府|部|代表团)等?的?(?:要求|需求)))"
    rf"|(?<![{_NUMERAL}])要(?=[^，。；：、\n要]{{1,18}}，"
    r"(?:就(?:必须|要|应|需|得|只|不)|必须|需要|首先|关键|离不开|只有|最根本))"
)


# --- obligation ---------------------------------------------------------------------------


def read_obligations(path: str | Path | None = None) -> pd.DataFrame:
    """One row per expression: tables.COLUMNS["obligations"]; `strength` is a whole number.

    Without a path, the suite's own table. Raises LexiconError for an unknown kind, a strength
    that is no whole number, an expression that stands twice or is not in simplified characters,
    and a decoy that does not hold one of the forms it is to guard. An empty strength is the
    usual one of the kind.
    """
    path = LEXICON / "obligation.csv" if path is None else Path(path)
    obligations = read_table(path, ("expression", "kind", "gloss_en"))
    for column, default in {"variants": "", "strength": "", "pinyin": "", "decoys": "",
                            "note": ""}.items():  # fmt: skip
        if column not in obligations.columns:
            obligations[column] = default
    _require_kinds(obligations, path)
    _require_own_forms(obligations, "expression", path)
    _require_decoys(obligations, path)
    obligations["strength"] = _strengths(obligations, path)
    return obligations[COLUMNS["obligations"]]


def find_obligations(sentences: pd.DataFrame, obligations: pd.DataFrame) -> pd.DataFrame:
    """One row per mention: tables.COLUMNS["obligation hits"], in reading order.

    Leftmost-longest over all expressions and their decoys, so the 要 of 需要 or 重要 is none.
    An expression of one character counts only where stock jieba cuts it as a word of its own
    (the 应 of 供应 is none), and not where it is no order: 应…邀请 (at the invitation of),
    应检尽检, 要发展，就必须 (a condition). `numbering` marks the 要 that number the directives
    (一要 … 四要). A negated form is its own expression (不应) or a decoy, never the positive one,
    as far as the table lists it.

    >>> sentences = pd.DataFrame({"doc_id": ["d"], "sentence_id": [1], "part": ["body"],
    ...     "start": [0], "sentence": ["必须重视主要问题，不应适当放宽。"]})
    >>> find_obligations(sentences, read_obligations())[["expression", "kind"]].values.tolist()
    [['必须', 'obligation'], ['不应', 'prohibition'], ['适当', 'discretion']]
    """
    require_columns(sentences, "sentences", ["doc_id", "sentence_id", "part", "start", "sentence"])
    require_text(sentences, "sentences", "sentence")
    require_columns(obligations, "obligations", ["expression", "variants", "kind", "strength"])
    forms = _forms(obligations)
    matcher = ahocorasick_rs.AhoCorasick(
        [form for form, _ in forms], matchkind=ahocorasick_rs.MatchKind.LeftmostLongest
    )
    rows = []
    for row in sentences.itertuples(index=False):
        numbering = {mark + row.start for mark in list_directive_marks(row.sentence)}
        words = _word_spans(row.sentence) - {
            match.span() for match in _NO_ORDER.finditer(row.sentence)
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
    """One row per group and kind: <by>, kind, n, per_thousand_han, n_sentences, n_numbering.

    `by` is a column of the sentences (part, doc_id); groups keep their order, kinds run from
    the strictest to the freest, and a kind that a group lacks has its row, with n 0.
    `n_sentences` counts sentences that hold the kind. The 要 that number the directives stand
    in `n_numbering`, not in n: add them where a directive's number is read as its order.

    >>> sentences = pd.DataFrame({"doc_id": ["d"], "sentence_id": [1], "part": ["directive 1"],
    ...     "start": [0], "sentence": ["一要落实，严禁聚集。"]})
    >>> hits = find_obligations(sentences, read_obligations())
    >>> counts = count_obligations(hits, sentences)
    >>> counts[["kind", "n", "n_numbering"]].head(3).values.tolist()
    [['prohibition', 1, 0], ['obligation', 0, 0], ['requirement', 0, 1]]
    """
    require_columns(hits, "obligation hits", ["doc_id", "sentence_id", "kind", "numbering"])
    require_columns(sentences, "sentences", ["doc_id", "sentence_id", "sentence"])
    if by not in sentences.columns:
        raise ValueError(
            f"the sentences table has no column {by!r} to group by; its columns are "
            f"{', '.join(sentences.columns)}"
        )
    n_han = sentences["sentence"].map(count_han).groupby(sentences[by], sort=False).sum()
    placed = _place_hits(hits, sentences, by)
    ordered = placed[~placed["numbering"]]
    cells = pd.MultiIndex.from_product([n_han.index, OBLIGATION_KINDS], names=[by, "kind"])
    counts = _count_cells(ordered, cells).rename("n").reset_index()
    size = counts[by].map(n_han).where(lambda han: han > 0)
    counts["per_thousand_han"] = counts["n"] / size * 1e3
    one_each = ordered.drop_duplicates(["doc_id", "sentence_id", "kind"])
    counts["n_sentences"] = _count_cells(one_each, cells).to_numpy()
    counts["n_numbering"] = _count_cells(placed[placed["numbering"]], cells).to_numpy()
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
    _require_own_forms(abbreviations, "abbreviation", path)
    return abbreviations[COLUMNS["abbreviations"]]


def find_abbreviations(sentences: pd.DataFrame, abbreviations: pd.DataFrame) -> pd.DataFrame:
    """One row per mention: tables.COLUMNS["abbreviation hits"], in reading order.

    Those of the table, the longest first, with their English expansion; and strings of the
    same shape that it lacks (1+1+9, a short quotation that begins with a numeral), with
    `known` False and the expansion "(not in the glossary)": to be looked up, never guessed. A
    string that goes on as a numeral is another one: the 二十条 of 第二十条 (article 20) is none,
    nor is the 五个一 of 五个一百.

    >>> sentences = pd.DataFrame({"doc_id": ["d"], "sentence_id": [1], "part": ["body"],
    ...     "start": [0], "sentence": ["增强“四个意识”，落实2+3+4任务。"]})
    >>> find_abbreviations(sentences, read_abbreviations())[["surface", "known"]].values.tolist()
    [['四个意识', True], ['2+3+4', False]]
    """
    require_columns(sentences, "sentences", ["doc_id", "sentence_id", "part", "start", "sentence"])
    require_text(sentences, "sentences", "sentence")
    require_columns(abbreviations, "abbreviations", ["abbreviation", "variants", "expansion_en"])
    if abbreviations.empty:
        raise ValueError("the abbreviations table has no rows; read one with read_abbreviations")
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
            if _stands_alone(row.sentence, start, end)
        }
        for match in _SHAPE.finditer(row.sentence):
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


def _strengths(obligations: pd.DataFrame, path: Path) -> pd.Series:
    """The strength of each row as a whole number; the usual one of its kind where it is empty."""
    given = obligations["strength"].where(
        obligations["strength"] != "", obligations["kind"].map(_USUAL_STRENGTH).astype(str)
    )
    wrong = obligations[~given.str.fullmatch("[0-9]{1,3}")]
    if len(wrong):
        raise LexiconError(
            f"{path.name} line {wrong.index[0] + 2} ({wrong['expression'].iloc[0]!r}) has the "
            f"strength {wrong['strength'].iloc[0]!r}; write a whole number, higher for stronger"
        )
    return given.astype("int64")


def _require_own_forms(table: pd.DataFrame, column: str, path: Path) -> None:
    """Raise where a form is empty, stands twice, or is in traditional characters."""
    seen: set[str] = set()
    for row in table.itertuples(index=False):
        for form in (getattr(row, column), *filter(None, row.variants.split("/"))):
            if not form or form in seen:
                raise LexiconError(
                    f"{path.name} has the {column} {form!r} twice or empty; keep it in one row"
                )
            if convert_script(form) != form:
                raise LexiconError(
                    f"{path.name} has {form!r} in traditional characters, which cleaned text "
                    f"never holds; write {convert_script(form)!r}"
                )
            seen.add(form)


def _require_decoys(obligations: pd.DataFrame, path: Path) -> None:
    for row in obligations.itertuples(index=False):
        forms = [row.expression, *filter(None, row.variants.split("/"))]
        for decoy in filter(None, row.decoys.split("/")):
            if not any(form in decoy for form in forms):
                raise LexiconError(
                    f"{path.name} gives {row.expression!r} the decoy {decoy!r}, which does not "
                    "hold it; remove the decoy"
                )


def _place_hits(hits: pd.DataFrame, sentences: pd.DataFrame, by: str) -> pd.DataFrame:
    """The hits with the group of the sentence each stands in."""
    strange = hits[~hits["kind"].isin(OBLIGATION_KINDS)]
    if len(strange):
        raise ValueError(
            f"the obligation hits hold the kind {strange['kind'].iloc[0]!r}; the kinds are "
            f"{', '.join(OBLIGATION_KINDS)}"
        )
    keys = list(dict.fromkeys(["doc_id", "sentence_id", by]))
    if sentences.duplicated(["doc_id", "sentence_id"]).any():
        raise ValueError(
            "the sentences table has a sentence twice (doc_id and sentence_id), so its hits would "
            "count double; keep each document once"
        )
    bare = hits[["doc_id", "sentence_id", "kind", "numbering"]]
    placed = bare.merge(sentences[keys], on=["doc_id", "sentence_id"], how="inner")
    if len(placed) < len(hits):
        raise ValueError(
            f"{len(hits) - len(placed)} obligation hits stand in none of the sentences; find "
            "them in the same sentences with profile.find_obligations"
        )
    return placed


def _count_cells(placed: pd.DataFrame, cells: pd.MultiIndex) -> pd.Series:
    return placed.groupby(list(cells.names)).size().reindex(cells, fill_value=0)


def _stands_alone(sentence: str, start: int, end: int) -> bool:
    """Whether the numeral of an abbreviation neither continues one nor goes on after it."""
    numerals = f"{_NUMERAL}0123456789.+"
    before, after = sentence[start - 1 : start] if start else "", sentence[end : end + 1]
    continues = before != "" and before in f"第{numerals}" and sentence[start] in numerals
    goes_on = after != "" and after in numerals and sentence[end - 1] in numerals
    return not (continues or goes_on)
