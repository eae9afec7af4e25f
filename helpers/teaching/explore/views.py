"""The views: a corpus and a selection in, a finished table out; nothing is drawn here.

Ranked terms and the cloud follow category, document and period. The lines and the x-ray follow
the term too. The trend is that of the whole corpus, so that one document has it as its ground.
"""

import numpy as np
import pandas as pd

from helpers.comparing.timeline.shares import wilson_interval
from helpers.counting import context
from helpers.counting.lexicon import TRANSPARENT
from helpers.drawing import style
from helpers.reading import segment
from helpers.reading.clean import clean_text
from helpers.tables import COLUMNS, require_columns
from helpers.teaching.explore.corpus import Corpus, NothingToShow, Selection, check_selection

# The two languages the project is about, and what joins them: shown where nothing is chosen.
PAIR = ("prevention", "reopening")
LANES = ("prevention", "coupling", "reopening")
MOST_ROWS = 30
MOST_TERMS = 8
MOST_LINES = 200
RANKED = ["feature", "category", "gloss_en", "n", "n_free", "document_frequency",
          "per_thousand_han"]  # fmt: skip
PLACES = ["row", "doc_id", "term", "category", "start", "end", "place", "free"]
TREND = ["period", "start", "end", "group", "n_documents", "n_with", "share", "low", "high"]


def choose_documents(corpus: Corpus, selection: Selection) -> pd.DataFrame:
    """The documents of the selection: one document, those of one period, or all."""
    check_selection(corpus, selection)
    chosen = pd.Series(True, index=corpus.documents.index)
    for field in ("doc_id", "period"):
        if getattr(selection, field):
            chosen &= corpus.documents[field] == getattr(selection, field)
    if not chosen.any():
        raise NothingToShow(
            style.say(
                "The document {doc_id} is not of the period {period}. Leave one of them empty.",
                doc_id=selection.doc_id, period=selection.period,
            )
        )  # fmt: skip
    return corpus.documents.loc[chosen]


def rank_terms(corpus: Corpus, selection: Selection) -> pd.DataFrame:
    """One row per term of the lexicon found in the chosen documents, the most frequent first.

    Columns feature, category, gloss_en, n (all mentions), n_free (not inside a longer term),
    document_frequency, per_thousand_han (mentions per 1,000 Chinese characters of the chosen
    documents). Follows category, document and period, and not the term, which stands among them.
    """
    documents = choose_documents(corpus, selection)
    mentions = _of_documents(corpus.mentions, documents, corpus)
    if selection.category:
        mentions = mentions.loc[mentions["category"] == selection.category]
    if mentions.empty:
        raise NothingToShow(_nowhere(selection.but(term="")))
    ranked = (
        mentions.groupby(["term", "category"], sort=False, observed=True)
        .agg(n=("n", "sum"), n_free=("n_free", "sum"), document_frequency=("doc_id", "nunique"))
        .reset_index()
        .rename(columns={"term": "feature"})
        .sort_values(["n", "feature"], ascending=[False, True], ignore_index=True)
    )
    gloss_of = corpus.lexicon.drop_duplicates("term").set_index("term")["gloss_en"]
    ranked["gloss_en"] = ranked["feature"].map(gloss_of).fillna("")
    n_han = documents["n_han"].sum()
    ranked["per_thousand_han"] = ranked["n"] / n_han * 1e3 if n_han else np.nan
    return ranked[RANKED]


def find_mentions(corpus: Corpus, selection: Selection) -> pd.DataFrame:
    """The mentions of the selection, with the columns of lexicon.find_terms, in reading order.

    Of a term all mentions; of a category, or where no term is chosen, the free ones. Characters
    that are no term of the lexicon are searched in the text, and their category is "other".
    Raises NothingToShow where there is none, and where the corpus has no text.
    """
    mentions = _all_mentions(corpus, selection)
    if not selection.term:
        mentions = mentions.loc[mentions["free"].to_numpy(dtype=bool)]
    if mentions.empty:
        raise NothingToShow(_nowhere(selection))
    return mentions


def read_lines(
    corpus: Corpus, selection: Selection, *, most: int = MOST_LINES, width: int = 20
) -> pd.DataFrame:
    """The mentions as KWIC lines: tables.COLUMNS["kwic"], term, category and date.

    At most `most` lines, the first in reading order; `find_mentions` has them all.
    """
    if selection == Selection():
        raise NothingToShow(
            style.say(
                "Nothing is chosen yet. Click a term, or choose a category, a document or a "
                "period, and its sentences stand here."
            )
        )
    mentions = find_mentions(corpus, selection).head(most)
    documents = corpus.documents.loc[corpus.documents["doc_id"].isin(mentions["doc_id"])]
    lines = context.kwic_of_hits(documents, mentions, width=width)
    date_of = documents.set_index("doc_id")["date"]
    return lines.assign(
        term=mentions["term"].to_numpy(),
        category=mentions["category"].to_numpy(),
        date=lines["doc_id"].map(date_of),
    )


def read_sentence(corpus: Corpus, lines: pd.DataFrame, row: int) -> pd.DataFrame:
    """One line with its whole sentence around it, and the same as the file has it.

    `lines` comes from read_lines, `row` counts from 0. One row: the columns of
    context.trace_kwic, left and right reaching to the ends of the sentence, and date.
    """
    require_columns(lines, "kwic")
    if not isinstance(row, int | np.integer) or isinstance(row, bool):
        raise ValueError(f"row is of type {type(row).__name__}; it is a whole number from 0")
    if not 0 <= row < len(lines):
        raise ValueError(f"there is no line {row}; the table has {len(lines)}, counted from 0")
    sentences = _require_sentences(corpus)
    line = lines.iloc[[row]]
    doc_id, number, start, end = line.iloc[0][["doc_id", "sentence_id", "start", "end"]]
    document = corpus.documents.loc[corpus.documents["doc_id"] == doc_id]
    of_line = (sentences["doc_id"] == doc_id) & (sentences["sentence_id"] == number)
    first = min(sentences.loc[of_line, "start"].min(), start) if of_line.any() else start
    last = max(sentences.loc[of_line, "end"].max(), end) if of_line.any() else end
    mention = pd.DataFrame(
        {"doc_id": [doc_id], "sentence_id": [number], "start": [int(start)], "end": [int(end)],
         "surface": line["node"].to_list()}
    )  # fmt: skip
    reach = max(int(start - first), int(last - end), 1)
    whole = context.kwic_of_hits(document, mention, width=reach)
    whole["left"] = [text[len(text) - int(start - first) :] for text in whole["left"]]
    whole["right"] = [text[: int(last - end)] for text in whole["right"]]
    traced = context.trace_kwic(whole, document, without=corpus.without)
    return traced.assign(date=document["date"].to_list())


def gloss_lines(corpus: Corpus, lines: pd.DataFrame) -> pd.DataFrame:
    """Lines of the corpus with the glosses of their words: see context.gloss_kwic."""
    return context.gloss_kwic(lines, _words_near(lines, corpus), corpus.glossary)


def _words_near(lines: pd.DataFrame, corpus: Corpus) -> pd.DataFrame:
    """The tokens of the sentences that the lines reach into."""
    sentences = _require_sentences(corpus).sort_values("start")
    near = []
    for doc_id, of_document in lines.groupby("doc_id", sort=False):
        there = sentences[sentences["doc_id"] == doc_id]
        first = of_document["start"] - of_document["left"].str.len()
        last = of_document["end"] + of_document["right"].str.len()
        is_near = np.zeros(len(there), bool)
        for begin, end in zip(
            there["end"].searchsorted(first, "right"), there["start"].searchsorted(last, "left"),
            strict=True,
        ):  # fmt: skip
            is_near[begin:end] = True
        near.append(there[is_near])
    # A lexicon of one's own need not say which of its terms are words.
    known = corpus.lexicon if {"variants", "word"} <= set(corpus.lexicon.columns) else None
    return segment.tokenize(pd.concat(near), segmenter=segment.make_segmenter(known))


def place_mentions(corpus: Corpus, selection: Selection) -> pd.DataFrame:
    """One row per mention and where in its document it stands, from 0 to 1.

    Columns row, doc_id, term, category, start, end, place, free. `place` is 0 at the first
    character of the document's sentences and 1 at the last; mentions inside a longer term are among
    them (`free` is False). The rows of the x-ray: in one document its eight most frequent terms, or
    the one chosen; in up to 30 the documents, in more their periods. Where neither a term nor a
    category is chosen, the mentions are those of prevention, coupling and reopening.
    """
    mentions = _all_mentions(corpus, selection)
    if not selection.term and not selection.category:
        mentions = mentions.loc[mentions["category"].isin(LANES)]
    if mentions.empty:
        raise NothingToShow(_nowhere(selection))
    documents = choose_documents(corpus, selection)
    ends = _require_sentences(corpus).groupby("doc_id", sort=False).agg(
        first=("start", "min"), last=("end", "max")
    )  # fmt: skip
    placed = mentions.merge(ends, left_on="doc_id", right_index=True, how="left")
    middle = (placed["start"] + placed["end"]) / 2
    length = (placed["last"] - placed["first"]).clip(lower=1)
    placed["place"] = ((middle - placed["first"]) / length).clip(0, 1)
    placed["row"] = _row_names(placed, documents)
    return placed.loc[placed["row"] != "", PLACES].reset_index(drop=True)


def list_rows(corpus: Corpus, selection: Selection, places: pd.DataFrame) -> list[str]:
    """The rows of the x-ray in their order, those without a mention among them."""
    documents = choose_documents(corpus, selection)
    if len(documents) == 1:
        return _most_frequent(places["row"])
    if len(documents) <= MOST_ROWS:
        return documents["doc_id"].tolist()
    found = set(documents["period"])
    return [name for name in corpus.periods["period"] if name in found]


def follow_trend(corpus: Corpus, selection: Selection) -> pd.DataFrame:
    """One row per period and group, in order of time, with share and interval.

    Columns period, start, end, group, n_documents, n_with, share, low, high.
    The share of the documents of the whole corpus that hold the term (any mention), or the
    category (a free mention), with its 95 percent Wilson interval; without a choice, prevention
    and reopening. A period without a document has no share. Documents without a date are left out.
    """
    check_selection(corpus, selection)
    if len(corpus.periods) < 2:
        raise NothingToShow(
            style.say(
                "All dates lie in one period, so there is no trend. Open several dated documents "
                "together to see one."
            )
        )
    dated = corpus.documents.loc[corpus.documents["period"] != ""]
    n_documents = _per_period(dated, corpus)
    groups = (
        [selection.term or selection.category] if selection.term or selection.category else PAIR
    )
    tables = []
    for group in groups:
        holders = _holders(corpus, selection, group)
        n_with = _per_period(dated.loc[dated["doc_id"].isin(holders)], corpus)
        low, high = wilson_interval(n_with, n_documents)
        share = n_with / np.where(n_documents > 0, n_documents, np.nan)
        tables.append(
            corpus.periods.assign(
                group=group, n_documents=n_documents.astype("int64"),
                n_with=n_with.astype("int64"), share=share, low=low, high=high,
            )
        )  # fmt: skip
    trend = pd.concat(tables, ignore_index=True)
    return trend.sort_values(["start", "group"], kind="stable", ignore_index=True)[TREND]


def describe(corpus: Corpus, selection: Selection) -> str:
    """One sentence on what is chosen and how many documents and mentions that is."""
    documents = choose_documents(corpus, selection)
    numbers = {"documents": f"{len(documents):,}", "han": f"{documents['n_han'].sum():,}"}
    if selection.term and not _is_term(corpus, selection.term):
        return style.say(
            "“{term}” is no term of the lexicon, so its characters are searched: {documents} "
            "documents, {han} Chinese characters.",
            term=selection.term, **numbers,
        )  # fmt: skip
    mentions = _of_documents(corpus.mentions, documents, corpus)
    if selection.term:
        mentions = mentions.loc[mentions["term"] == selection.term]
    elif selection.category:
        mentions = mentions.loc[mentions["category"] == selection.category]
    counted = mentions["n" if selection.term else "n_free"]
    return style.say(
        "{mentions} mentions in {holders} of {documents} documents, {han} Chinese characters.",
        mentions=f"{counted.sum():,}", holders=f"{mentions.loc[counted > 0, 'doc_id'].nunique():,}",
        **numbers,
    )  # fmt: skip


# --- pieces -------------------------------------------------------------------------------


def _all_mentions(corpus: Corpus, selection: Selection) -> pd.DataFrame:
    """The mentions of the selection, free or inside a longer term; there may be none."""
    documents = choose_documents(corpus, selection)
    hits = _require_hits(corpus)
    if selection.term and not _is_term(corpus, selection.term):
        return _search(documents, selection.term)
    hits = _of_documents(hits, documents, corpus)
    if selection.term:
        return hits.loc[hits["term"] == selection.term]
    return hits.loc[hits["category"] == selection.category] if selection.category else hits


def _is_term(corpus: Corpus, term: str) -> bool:
    return bool((corpus.lexicon["term"] == term).any())


def _of_documents(table: pd.DataFrame, documents: pd.DataFrame, corpus: Corpus) -> pd.DataFrame:
    if len(documents) == len(corpus.documents):
        return table
    return table.loc[table["doc_id"].isin(documents["doc_id"])]


def _per_period(documents: pd.DataFrame, corpus: Corpus) -> np.ndarray:
    n = documents["period"].value_counts().reindex(corpus.periods["period"]).fillna(0)
    return n.to_numpy(dtype=float)


def _holders(corpus: Corpus, selection: Selection, group: str) -> pd.Series:
    """The documents of the whole corpus that hold the term, or the category."""
    if not selection.term:
        mentions = corpus.mentions.loc[corpus.mentions["category"] == group]
        return mentions.loc[mentions["n_free"] > 0, "doc_id"]
    if _is_term(corpus, selection.term):
        return corpus.mentions.loc[corpus.mentions["term"] == group, "doc_id"]
    _require_hits(corpus)
    return _search(corpus.documents, selection.term)["doc_id"]


def _search(documents: pd.DataFrame, term: str) -> pd.DataFrame:
    """Mentions of characters that are no term, with the columns of lexicon.find_terms."""
    holders = _holding(documents, term)
    if holders.empty:
        simplified = clean_text(term).strip()
        if simplified != term and len(_holding(documents, simplified)):
            raise NothingToShow(
                style.say(
                    "The texts are in simplified characters: choose “{term}”.", term=simplified
                )
            )
        raise NothingToShow(_nowhere(Selection(term=term)))
    lines = context.kwic(holders, term, width=1)
    return lines.assign(
        term=term, surface=lines["node"], category="other", subcategory="", inside="", free=True
    )[COLUMNS["hits"]]


def _holding(documents: pd.DataFrame, term: str) -> pd.DataFrame:
    """The documents that hold the characters, quotation marks and brackets passed over."""
    bare = TRANSPARENT.sub("", term)
    if not bare.strip():
        return documents.head(0)
    # No pattern of its own: one of a pasted page of characters would take minutes to make.
    texts = documents["text"].tolist()
    return documents.loc[[bare in text or bare in TRANSPARENT.sub("", text) for text in texts]]


def _row_names(placed: pd.DataFrame, documents: pd.DataFrame) -> pd.Series:
    if len(documents) == 1:
        often = _most_frequent(placed["term"])[:MOST_TERMS]
        return placed["term"].where(placed["term"].isin(often), "")
    if len(documents) <= MOST_ROWS:
        return placed["doc_id"]
    return placed["doc_id"].map(documents.set_index("doc_id")["period"])


def _most_frequent(terms: pd.Series) -> list[str]:
    """The terms by frequency; equals in the order of their characters, as rank_terms has them."""
    n = terms.value_counts()
    return sorted(n.index, key=lambda term: (-n[term], term))


def _require_hits(corpus: Corpus) -> pd.DataFrame:
    if corpus.hits is None:
        raise NothingToShow(_no_text(corpus))
    return corpus.hits


def _require_sentences(corpus: Corpus) -> pd.DataFrame:
    if corpus.sentences is None:
        raise NothingToShow(_no_text(corpus))
    return corpus.sentences


def _no_text(corpus: Corpus) -> str:
    fetched = f'clean.clean_documents(corpora.fetch("{corpus.name}"))'
    return style.say(
        "{corpus} came as numbers, without its sentences, which belong to their authors. With a "
        "network, fetch them: {code}",
        corpus=corpus.name,
        code=f"explore.prepare({fetched}, lexicon=terms)",
    )  # fmt: skip


def _nowhere(selection: Selection) -> str:
    if selection.term:
        return style.say(
            "“{term}” stands nowhere in the chosen documents. Check its characters, or widen the "
            "selection.", term=selection.term,
        )  # fmt: skip
    return style.say(
        "No term of the lexicon stands in the chosen documents. Widen the selection: leave "
        "category, document or period empty."
    )
