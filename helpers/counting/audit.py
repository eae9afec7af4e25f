"""What the tools decide for the reader: words that a segmenter or a stop list takes away."""

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.counting.lexicon import NO_GLOSS, read_function_words, read_kept_words
from helpers.progress import progress_bar
from helpers.reading import load, segment
from helpers.tables import COLUMNS, require_columns, require_one_segmenter, require_text

KINDS = ("negator", "modal", "policy term", "other content", "function word")


def compare_segmenters(
    sentences: pd.DataFrame, terms: Iterable[str], *, lexicon: pd.DataFrame
) -> pd.DataFrame:
    """One row per term: tables.COLUMNS["segmenters"], in the order given.

    How many mentions of the term each way of cutting lets a reader count: `n_string` as a
    string (not overlapping), and as a token of stock jieba (`n_jieba`, HMM on, its default),
    without HMM, in jieba's search mode (HMM on; it adds the shorter words inside longer ones,
    so it may count what is no running word) and of our own (`n_ours`: the lexicon's words kept
    whole, no HMM). The ratios divide by n_string: 0 is blind, 1 sees all. A term that never
    occurs is refused.

    >>> from helpers import lexicon
    >>> sentences = pd.DataFrame({"doc_id": ["d"], "sentence_id": [1], "start": [0],
    ...     "sentence": ["统筹推进疫情防控。"]})
    >>> compare_segmenters(sentences, ["疫情防控"], lexicon=lexicon.read_lexicon())[
    ...     ["n_string", "n_jieba", "n_ours"]].values.tolist()
    [[1, 0, 1]]
    """
    require_columns(sentences, "sentences", ["doc_id", "sentence"])
    require_text(sentences, "sentences", "sentence")
    require_columns(lexicon, "lexicon", ["term", "variants", "word"])
    wanted = _checked_terms(terms)
    n_string = {
        term: int(sentences["sentence"].str.count(re.escape(term)).sum()) for term in wanted
    }
    never = [term for term in wanted if not n_string[term]]
    if never:
        raise ValueError(
            f"{', '.join(never)} never occurs in these {len(sentences)} sentences; the cleaned "
            "text is in simplified characters, so check the spelling or leave the term out"
        )
    stock, ours = segment.make_segmenter(hmm=True), segment.make_segmenter(lexicon)
    ways = {
        "n_jieba": stock.cut,
        "n_jieba_no_hmm": segment.make_segmenter().cut,
        "n_search": stock.cut_for_search,
        "n_ours": ours.cut,
    }
    n_of: dict[str, Counter[str]] = {way: Counter() for way in ways}
    for sentence in progress_bar(sentences["sentence"], desc="cutting"):
        for way, cut in ways.items():
            n_of[way].update(token for token in cut(sentence) if token in n_string)
    compared = pd.DataFrame({"term": wanted, "n_string": [n_string[term] for term in wanted]})
    for way, n in n_of.items():
        compared[way] = [n[term] for term in wanted]
        compared[way.replace("n_", "ratio_", 1)] = compared[way] / compared["n_string"]
    return compared[COLUMNS["segmenters"]]


def read_stop_list(path: str | Path) -> list[str]:
    """The words of a stop list, one per line, in any encoding that load reads; no doubles.

    Lines that begin with # and blank lines are passed over. Raises ValueError for a file that
    is not there, cannot be decoded or holds no word.
    """
    path = Path(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ValueError(
            f"the stop list {path} cannot be opened ({error.strerror}); name a text file with "
            "one word per line"
        ) from None
    try:
        lines = load.decode(content).text.splitlines()
    except ValueError as error:
        raise ValueError(f"the stop list {path.name} {error}") from None
    words = [line.strip() for line in lines]
    words = [word for word in dict.fromkeys(words) if word and not word.startswith("#")]
    if not words:
        raise ValueError(f"the stop list {path.name} holds no word; write one per line")
    return words


def audit_stop_list(
    tokens: pd.DataFrame,
    stop_words: Iterable[str],
    *,
    lexicon: pd.DataFrame,
    glossary: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """One row per token type the list would delete: tables.COLUMNS["stop list audit"].

    `kind` says what would be lost: a negator or a modal (data/lexicon/kept_words.csv), a policy
    term (a form of the lexicon), a function word (our own default list), or other content.
    `n` is how often the word stands in the tokens, `share` its share of them all. In the order
    of KINDS, most frequent first; words of the list that never occur have no row.

    >>> from helpers import lexicon
    >>> tokens = pd.DataFrame({"doc_id": "d", "token": ["不", "放松", "的", "疫情防控"]})
    >>> audit_stop_list(tokens, ["不", "的"], lexicon=lexicon.read_lexicon())[
    ...     ["word", "kind", "share"]].values.tolist()
    [['不', 'negator', 0.25], ['的', 'function word', 0.25]]
    """
    require_columns(tokens, "tokens", ["token"])
    require_text(tokens, "tokens", "token")
    require_one_segmenter(tokens, "tokens")
    if isinstance(stop_words, str) or not isinstance(stop_words, Iterable):
        raise ValueError(
            f"stop_words is {stop_words!r}; pass a list of words, or audit.read_stop_list(path)"
        )
    listed = set(stop_words)
    if not listed:
        raise ValueError("the stop list is empty, so there is nothing to audit")
    n = tokens.loc[tokens["token"].isin(listed), "token"].value_counts(sort=False)
    kind_of = _kinds(lexicon)
    found = pd.DataFrame({"word": n.index.astype(str), "n": n.to_numpy(dtype="int64")})
    found["kind"] = [kind_of.get(word, "other content") for word in found["word"]]
    found["share"] = found["n"] / max(len(tokens), 1)
    found["gloss_en"] = found["word"].map(_gloss_of(glossary)).fillna(NO_GLOSS)
    found["_place"] = found["kind"].map(KINDS.index)
    ordered = found.sort_values(["_place", "n", "word"], ascending=[True, False, True])
    return ordered.reset_index(drop=True)[COLUMNS["stop list audit"]]


def list_candidates(tokens: pd.DataFrame, *, least_share: float = 0.5) -> list[str]:
    """The words that stand in at least this share of the sentences: a naive stop list.

    "Delete what is everywhere" is how many lists came about. Audited, it shows what such a
    rule would take away.
    """
    require_columns(tokens, "tokens", ["doc_id", "sentence_id", "token"])
    if not 0 < least_share <= 1:
        raise ValueError(f"least_share must lie between 0 and 1, not {least_share!r}")
    units = tokens[["doc_id", "sentence_id"]].drop_duplicates()
    held = tokens.drop_duplicates(["doc_id", "sentence_id", "token"])["token"].value_counts()
    return sorted(held.index[held >= np.ceil(least_share * len(units))])


# --- shared -------------------------------------------------------------------------------


def _checked_terms(terms: Iterable[str]) -> list[str]:
    if isinstance(terms, str) or not isinstance(terms, Iterable):
        raise ValueError(f"terms is {terms!r}; pass a list such as ['疫情防控']")
    wanted = list(dict.fromkeys(terms))
    if not wanted:
        raise ValueError("terms is empty; name at least one term to look for")
    for term in wanted:
        if not isinstance(term, str) or not term.strip():
            raise ValueError(f"{term!r} is no term; every term must be a string of characters")
    return wanted


def _kinds(lexicon: pd.DataFrame) -> dict[str, str]:
    """The kind of every word that one of our tables knows; kept words come before all others."""
    require_columns(lexicon, "lexicon", ["term", "variants"])
    kinds = dict.fromkeys(read_function_words()["word"], "function word")
    for row in lexicon.itertuples(index=False):
        for form in filter(None, (row.term, *str(row.variants).split("/"))):
            kinds[form.strip()] = "policy term"
    kept = read_kept_words()
    return kinds | dict(zip(kept["word"], kept["kind"], strict=True))


def _gloss_of(glossary: pd.DataFrame | None) -> dict[str, str]:
    """Glosses of our stop and kept words, and of the glossary given."""
    tables = [read_function_words()[["word", "gloss_en"]], read_kept_words()[["word", "gloss_en"]]]
    if glossary is not None:
        require_columns(glossary, "lexicon", ["term", "gloss_en"])
        tables.append(glossary.rename(columns={"term": "word"})[["word", "gloss_en"]])
    glosses = pd.concat(tables).drop_duplicates("word", keep="last")
    return dict(zip(glosses["word"], glosses["gloss_en"], strict=True))
