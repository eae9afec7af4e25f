"""Sentences -> tokens, each with its place in the text, its clause and its part."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from helpers.reading.segment.ids import TokenIds, are_words
from helpers.reading.segment.segmenter import Segmenter, make_segmenter
from helpers.tables import require_columns, require_text


def cut_ids(texts: Sequence[str] | pd.Series, *, segmenter: Segmenter | None = None) -> TokenIds:
    """All tokens of the texts as numbers: ids, offsets and vocabulary (see TokenIds).

    For counting without a row per token, and for keeping tokens: 4 bytes each, and the
    vocabulary once. Without a segmenter, jieba's stock dictionary is used. Raises ValueError
    for a text that is none.

    >>> made = cut_ids(["疫情防控，防控疫情。"])
    >>> made.vocabulary, made.ids.tolist()
    (('疫情', '防控', '，', '。'), [0, 1, 2, 1, 0, 3])
    """
    if isinstance(texts, str):
        raise ValueError("texts must be a list of texts, not one text; write cut_ids([text])")
    listed = list(texts)
    for number, text in enumerate(listed):
        if not isinstance(text, str):
            raise ValueError(
                f"text {number} is {type(text).__name__} ({text!r}), not text; give texts that "
                "clean.clean_documents has made"
            )
    return _require_segmenter(segmenter).cut_ids(listed)


def tokenize(sentences: pd.DataFrame, *, segmenter: Segmenter | None = None) -> pd.DataFrame:
    """One row per running word: doc_id, sentence_id, position, token, start, end, segmenter.

    Punctuation and blanks are no tokens; `position` counts the words of a document from 1,
    offsets are into documents.text. `segmenter` names the dictionary and its setting, so that
    words of two segmenters are never counted together. Without a segmenter, jieba's stock
    dictionary is used.
    """
    require_columns(sentences, "sentences", ["doc_id", "sentence_id", "start", "sentence"])
    texts = sentences["sentence"].tolist()
    if not all(isinstance(text, str) for text in texts):
        require_text(sentences, "sentences", "sentence")
    starts = _whole_numbers(sentences["start"])
    segmenter = _require_segmenter(segmenter)
    made = segmenter.cut_ids(texts)
    sentence = np.repeat(np.arange(len(sentences)), np.diff(made.offsets))
    is_word = are_words(made.vocabulary)[made.ids]
    ids, sentence = made.ids[is_word], sentence[is_word]
    vocabulary = np.array(made.vocabulary, dtype=object)
    lengths = np.array([len(word) for word in made.vocabulary], dtype=np.int64)
    start = starts[sentence] + made.starts()[is_word]
    columns = {
        "doc_id": _plain(sentences["doc_id"], sentence),
        "sentence_id": _plain(sentences["sentence_id"], sentence),
        "position": _count_from_one(sentences["doc_id"], sentence),
        "token": pd.array(vocabulary, dtype="str").take(ids),
        "start": start,
        "end": start + lengths[ids],
        "segmenter": pd.Categorical.from_codes(np.zeros(len(ids), np.int8), [segmenter.name]),
    }
    return pd.DataFrame(columns)


def place_tokens(tokens: pd.DataFrame, clauses: pd.DataFrame) -> pd.DataFrame:
    """The tokens with the clause and the part each begins in: columns clause_id and part.

    Raises ValueError for a token that begins in none of the clauses: then the clauses are a
    selection, or belong to other documents.

    >>> from helpers.reading.segment import split_clauses, split_sentences
    >>> documents = pd.DataFrame({"doc_id": ["d"], "text": ["疫情防控，复工。"]})
    >>> sentences = split_sentences(documents)
    >>> placed = place_tokens(tokenize(sentences), split_clauses(sentences))
    >>> placed[["token", "clause_id"]].values.tolist()
    [['疫情', 1], ['防控', 1], ['复工', 2]]
    """
    require_columns(tokens, "tokens", ["doc_id", "token", "start"])
    require_columns(clauses, "clauses", ["doc_id", "clause_id", "part", "start", "end"])
    for table, name in ((tokens, "tokens"), (clauses, "clauses")):
        require_text(table, name, "doc_id")
        if not pd.api.types.is_integer_dtype(table["start"]):
            raise ValueError(
                f"the column start of the {name} table holds {table['start'].dtype}, not whole "
                "numbers; it is a place in documents.text"
            )
    ordered = clauses.sort_values("start", kind="stable")[
        ["doc_id", "clause_id", "part", "start", "end"]
    ].rename(columns={"end": "clause_end"})
    # merge_asof wants its left side sorted too; the tokens' own order comes back afterwards.
    bare = tokens.drop(columns=["clause_id", "part"], errors="ignore").reset_index(drop=True)
    sorted_tokens = bare.sort_values("start", kind="stable")
    placed = pd.merge_asof(sorted_tokens, ordered, on="start", by="doc_id")
    placed.index = sorted_tokens.index
    placed = placed.sort_index()
    homeless = ~(placed["start"] < placed["clause_end"])
    if homeless.any():
        token = placed[homeless].iloc[0]
        raise ValueError(
            f"{int(homeless.sum())} tokens begin in none of the clauses, the first "
            f"{token['token']!r} at {token['start']} of document {token['doc_id']!r}; make the "
            "clauses of the same sentences with segment.split_clauses(sentences)"
        )
    return placed.drop(columns="clause_end").astype({"clause_id": "int64"})


def _require_segmenter(segmenter: Segmenter | None) -> Segmenter:
    if segmenter is None:
        return make_segmenter()
    if not isinstance(segmenter, Segmenter):
        raise ValueError(
            f"segmenter must be made with segment.make_segmenter, not {type(segmenter).__name__}"
        )
    return segmenter


def _whole_numbers(starts: pd.Series) -> np.ndarray:
    """The places as int64, whatever the column calls them."""
    if not len(starts):
        return np.zeros(0, np.int64)
    places = np.array(starts.tolist())
    if places.dtype.kind not in "iu":
        raise ValueError(
            f"the column start of the sentences table holds {starts.dtype}, not whole numbers; "
            "make it with segment.split_sentences"
        )
    return places.astype(np.int64)


def _plain(column: pd.Series, rows: np.ndarray) -> pd.Series:
    """The cells of these rows, in the type that pandas finds for a list of them."""
    return pd.Series(column.tolist()).take(rows).reset_index(drop=True)


def _count_from_one(doc_ids: pd.Series, sentence: np.ndarray) -> np.ndarray:
    """The number of each word in its document, sentence by sentence in the table's order."""
    try:
        document, _ = pd.factorize(doc_ids, use_na_sentinel=False)
    except TypeError as error:  # a list or a dict in a cell
        raise ValueError(
            "the column doc_id of the sentences table holds what names no document; write each "
            "document's id there, as text"
        ) from error
    of_word = document[sentence]
    order = np.argsort(of_word, kind="stable")
    n_words = np.bincount(of_word, minlength=1)
    before = np.repeat(np.cumsum(n_words) - n_words, n_words)
    position = np.empty(len(sentence), np.int64)
    position[order] = np.arange(len(sentence)) - before + 1
    return position
