"""What the explorer looks at: the tables of one corpus, and what a reader has chosen in them."""

from collections.abc import Collection
from dataclasses import dataclass, fields, replace
from typing import NamedTuple

import pandas as pd

from helpers.comparing.timeline.checks import require_dates
from helpers.comparing.timeline.periods import (
    FREQUENCIES,
    list_periods,
    place_in_periods,
    require_frequency,
)
from helpers.counting.context.glossing import list_glosses
from helpers.counting.lexicon import count_mentions, find_terms, read_glossary
from helpers.counting.lexicon.checks import require_cells, require_distinct
from helpers.drawing import style
from helpers.reading import segment
from helpers.reading.corpora import Features
from helpers.tables import CATEGORIES, require_columns, require_text

# As many periods as stand side by side in a picture and can still be clicked.
MOST_PERIODS = 30
_CALENDAR = tuple(freq for freq in FREQUENCIES if freq != "phase")


class NothingToShow(ValueError):
    """A view has nothing to show of this selection; the message says why, and what to do."""


class Corpus(NamedTuple):
    """The tables of one corpus, each as the rooms before made it.

    documents  doc_id, date, n_han, period ("" without a date), and text, raw_text where known
    sentences  one row per sentence; None where the corpus came as numbers
    hits       one row per mention; None where the corpus came as numbers
    mentions   one row per document and term
    periods    period, start, end; without rows where no document has a date
    without    the repairs that were left out when the documents were cleaned
    """

    name: str
    documents: pd.DataFrame
    sentences: pd.DataFrame | None
    hits: pd.DataFrame | None
    mentions: pd.DataFrame
    lexicon: pd.DataFrame
    glossary: pd.DataFrame
    periods: pd.DataFrame
    without: tuple[str, ...]


@dataclass(frozen=True)
class Selection:
    """What a reader has chosen; "" is no choice.

    >>> Selection(term="复工复产").but(period="2020-02")
    Selection(term='复工复产', category='', doc_id='', period='2020-02')
    """

    term: str = ""
    category: str = ""
    doc_id: str = ""
    period: str = ""

    def __post_init__(self) -> None:
        """Refuse a choice that is no text, or none that can be shown; keep it as plain text."""
        for field in fields(self):
            value = getattr(self, field.name)
            if not isinstance(value, str):
                raise ValueError(
                    f"{field.name} is of type {type(value).__name__}; it must be text, and '' "
                    "where nothing is chosen"
                )
            if any("\ud800" <= letter <= "\udfff" for letter in value):
                raise ValueError(f"{field.name} holds half a character; type it again")
            object.__setattr__(self, field.name, str(value))

    def but(self, **change: str) -> "Selection":
        """The same selection with one choice changed, or several."""
        names = [field.name for field in fields(self)]
        unknown = [name for name in change if name not in names]
        if unknown:
            raise ValueError(f"{unknown[0]!r} cannot be chosen; choose {', '.join(names)}")
        return replace(self, **change)


def prepare(
    documents: pd.DataFrame,
    *,
    lexicon: pd.DataFrame,
    glossary: pd.DataFrame | None = None,
    name: str = "",
    freq: str | None = None,
    without: Collection[str] = (),
) -> Corpus:
    """The tables an explorer needs, from cleaned documents: sentences, mentions, periods.

    The documents stand in order of time, those without a date last. `freq` is "day", "week",
    "month" or "year", by default the finest that the dates carry and that gives at most 30
    periods. `without` names the repairs that were left out in cleaning.

    >>> documents = pd.DataFrame({"doc_id": ["d"], "date": pd.to_datetime(["2020-02-26"]),
    ...     "n_han": [4], "raw_text": ["復工复产"], "text": ["复工复产"]})
    >>> lexicon = pd.DataFrame({"term": ["复工复产"], "variants": [""], "category": ["reopening"],
    ...     "subcategory": [""], "gloss_en": ["resume work and production"]})
    >>> corpus = prepare(documents, lexicon=lexicon, glossary=lexicon)
    >>> len(corpus.sentences), corpus.mentions["term"].tolist(), corpus.periods["period"].tolist()
    (1, ['复工复产'], ['2020-02-26'])
    """
    if isinstance(without, str) or not isinstance(without, Collection):
        raise ValueError("without is a list of the repairs left out, such as ['pinyin'], or ()")
    require_columns(documents, "documents", ["doc_id", "date", "raw_text", "text", "n_han"])
    require_dates(documents, undated="keep")
    documents = documents.sort_values("date", kind="stable", ignore_index=True)
    sentences = segment.split_sentences(documents)
    hits = find_terms(sentences, lexicon)
    mentions = count_mentions(hits)
    tables = sentences, hits, mentions
    return _assemble(name, documents, tables, lexicon, glossary, freq, tuple(without))


def prepare_features(
    features: Features,
    *,
    lexicon: pd.DataFrame,
    glossary: pd.DataFrame | None = None,
    freq: str | None = None,
) -> Corpus:
    """The tables an explorer needs, from the numbers of a bundled corpus (corpora.read_features).

    There is no sentence in them: the ranked terms, the cloud and the trend can be shown, the lines
    and the x-ray say how to fetch the texts.
    """
    if not isinstance(features, Features):
        raise ValueError(
            f"features must come from corpora.read_features, not {type(features).__name__}; of "
            "documents with text make the tables with explore.prepare"
        )
    tables = None, None, features.mentions
    name = str(features.manifest.get("name", ""))
    return _assemble(name, features.documents, tables, lexicon, glossary, freq, ())


def check_selection(corpus: Corpus, selection: Selection) -> None:
    """Raise a ValueError for what is no corpus or no selection, and for a choice it lacks.

    A term need not be in the lexicon: any characters can be searched.
    """
    if not isinstance(corpus, Corpus):
        raise ValueError(
            f"the first argument is {type(corpus).__name__}, not the tables of a corpus; make them "
            "with explore.prepare(documents, lexicon=...) or explore.prepare_features"
        )
    if not isinstance(selection, Selection):
        raise ValueError(
            f"the selection is {type(selection).__name__}; write explore.Selection(term=...)"
        )
    _require_known("category", selection.category, CATEGORIES)
    _require_known("period", selection.period, corpus.periods["period"])
    _require_known("doc_id", selection.doc_id, corpus.documents["doc_id"])


def _require_known(field: str, value: str, known: Collection[str]) -> None:
    if not value or pd.Index(known).isin([value]).any():
        return
    names = list(known)
    shown = style.list_names([str(name) for name in names[:8]]) + (" …" if len(names) > 8 else "")
    raise NothingToShow(
        style.say(
            "There is no {field} {value} here; choose one of these, or leave it empty: {known}",
            field=style.say(FIELD_NAMES[field]), value=f"“{value}”", known=shown or "–",
        )
    )  # fmt: skip


FIELD_NAMES = {
    "term": style.saying("term"),
    "category": style.saying("category"),
    "doc_id": style.saying("document"),
    "period": style.saying("period"),
}


def _assemble(
    name: str,
    documents: pd.DataFrame,
    tables: tuple[pd.DataFrame | None, pd.DataFrame | None, pd.DataFrame],
    lexicon: pd.DataFrame,
    glossary: pd.DataFrame | None,
    freq: str | None,
    without: tuple[str, ...],
) -> Corpus:
    require_cells(documents, "documents", ["doc_id"])
    require_text(documents, "documents", "doc_id")
    require_distinct(documents, "documents", ["doc_id"])
    require_columns(lexicon, "lexicon", ["term", "category", "gloss_en"])
    require_dates(documents, undated="keep")
    periods, named = _name_periods(documents.reset_index(drop=True), freq)
    sentences, hits, mentions = tables
    if glossary is None:
        glossary = read_glossary(lexicon)
    else:
        list_glosses(glossary)  # raises for what is none, here and not in a view
    return Corpus(
        name or "corpus", named, sentences, hits, mentions, lexicon, glossary, periods, without
    )


def _name_periods(documents: pd.DataFrame, freq: str | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The periods, and the documents with the period of each; "" where there is no date."""
    if freq is not None and freq not in _CALENDAR:
        raise ValueError(f"freq is {freq!r}; it is one of {', '.join(_CALENDAR)}, or None")
    dated = documents.loc[documents["date"].notna()]
    if dated.empty:
        empty = pd.DataFrame({"period": [], "start": [], "end": []}).astype({"period": str})
        return empty, documents.assign(period="")
    if freq is not None:
        require_frequency(dated, freq)
    periods = list_periods(dated, freq or _choose_frequency(dated))
    place = place_in_periods(dated, periods)
    names = pd.Series(periods["period"].to_numpy()[place], index=place.index)
    return periods, documents.assign(period=names.reindex(documents.index).fillna(""))


def _choose_frequency(documents: pd.DataFrame) -> str:
    for freq in _CALENDAR[:-1]:
        try:
            require_frequency(documents, freq)
        except ValueError:  # finer than the dates carry: the next is coarser
            continue
        if len(list_periods(documents, freq)) <= MOST_PERIODS:
            return freq
    return _CALENDAR[-1]
