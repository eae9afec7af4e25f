"""Documents -> groups of reprints, so that one notice on five sites counts once.

Two documents are alike when most stretches of five characters in the one stand in the other.
Candidates come from MinHash and locality-sensitive hashing (datasketch; Broder 1997), which
never compares all pairs; each candidate pair is then measured exactly.
"""

import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd
from datasketch import MinHash, MinHashLSH
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from helpers.progress import progress_bar
from helpers.tables import COLUMNS, require_columns

_NO_WORD = re.compile(r"[\W_]+")
_PERMUTATIONS = 128
_SEED = 1
# Candidates are looked for a little below the similarity asked for, so that few are missed.
_MARGIN = 0.15
# Shorter texts are reprints only if they are the same: ten characters are alike by chance.
_LEAST_SHINGLES = 20
_NEARLY_SAME = 0.95


def find_reprints(
    documents: pd.DataFrame, *, least_similar: float = 0.8, shingle: int = 5
) -> pd.DataFrame:
    """One row per document, in their order: its group, and the document that stands for it.

    Columns: doc_id, group (1, 2, … by first appearance), n_in_group, canonical (the doc_id
    that stands for the group), similarity (to the canonical document: the share of stretches
    of `shingle` characters that both have, among all that either has; Jaccard), kind ("exact":
    the same characters in the same order; "near"; "only": in no group of two), reason (why
    this document is the canonical one).

    Compared are the Chinese characters, letters and digits of the cleaned text; marks and
    layout count for nothing. Digits count, or every day's case numbers would be one notice.
    Pairs at or above `least_similar` are joined, and so are chains of them. The canonical
    document is the earliest dated, then the longest, then the first of the table. Nothing is
    deleted; see keep_canonical.

    >>> notice = "各区要落实外防输入内防扩散措施，有序推动企业复工复产和学校复学，保障群众生活"
    >>> documents = pd.DataFrame({"doc_id": ["a", "b"], "date": pd.NaT,
    ...     "text": [notice, "转载：" + notice + "。"]})
    >>> find_reprints(documents)[["group", "canonical", "kind"]].values.tolist()
    [[1, 'b', 'near'], [1, 'b', 'near']]
    """
    require_columns(documents, "documents", ["doc_id", "date", "text"])
    _require_comparable(documents, least_similar, shingle)
    texts = [_NO_WORD.sub("", text) for text in documents["text"]]
    hashes, sets = _number_shingles(texts, shingle)
    pairs = [*_exact_pairs(texts), *_near_pairs(hashes, sets, least_similar)]
    groups = _group_numbers(pairs, len(texts))
    return _describe_groups(documents, texts, sets, groups)


def keep_canonical(documents: pd.DataFrame, reprints: pd.DataFrame) -> pd.DataFrame:
    """The documents that stand for their group: one row per notice, in their order.

    The table given is not changed; the rows left out are those of `reprints` whose canonical
    document is another.
    """
    require_columns(documents, "documents", ["doc_id"])
    require_columns(reprints, "reprints", ["doc_id", "canonical"])
    _require_same_documents(documents, reprints)
    standing = set(reprints.loc[reprints["doc_id"] == reprints["canonical"], "doc_id"])
    return documents[documents["doc_id"].isin(standing)].reset_index(drop=True)


def list_groups(documents: pd.DataFrame, reprints: pd.DataFrame) -> pd.DataFrame:
    """One row per group of two or more, largest first, for reading.

    Columns: group, n, canonical, title (of the canonical document), first_date, last_date,
    least_similarity, doc_ids (all of them, by "; ").
    """
    require_columns(documents, "documents", ["doc_id", "title", "date"])
    require_columns(reprints, "reprints")
    _require_same_documents(documents, reprints)
    several = reprints[reprints["n_in_group"] > 1].merge(
        documents[["doc_id", "title", "date"]], on="doc_id", how="left"
    )
    titles = several.set_index("doc_id")["title"]
    found = several.groupby("group", as_index=False).agg(
        n=("doc_id", "size"),
        canonical=("canonical", "first"),
        first_date=("date", "min"),
        last_date=("date", "max"),
        least_similarity=("similarity", "min"),
        doc_ids=("doc_id", "; ".join),
    )
    found.insert(3, "title", found["canonical"].map(titles))
    return found.sort_values(["n", "group"], ascending=[False, True], ignore_index=True)


def _require_comparable(documents: pd.DataFrame, least_similar: float, shingle: int) -> None:
    if not isinstance(least_similar, (int, float)) or not 0.3 <= least_similar <= 1:
        raise ValueError(f"least_similar is {least_similar!r}; give a share from 0.3 to 1")
    if not isinstance(shingle, int) or shingle < 1:
        raise ValueError(f"shingle is {shingle!r}; give a number of characters from 1 on")
    repeated = documents.loc[documents["doc_id"].duplicated(), "doc_id"]
    if len(repeated):
        raise ValueError(f"the document id {repeated.iloc[0]!r} stands twice; give each its own")
    is_text = documents["text"].map(lambda text: isinstance(text, str) and bool(text.strip()))
    without = documents.loc[~is_text.astype(bool), "doc_id"]
    if len(without):
        raise ValueError(
            f"document {without.iloc[0]!r} has no cleaned text; run "
            "clean.clean_documents(documents) first"
        )


def _require_same_documents(documents: pd.DataFrame, reprints: pd.DataFrame) -> None:
    # Without its canonical document a group would vanish, and its notice count for nothing.
    apart = sorted(set(documents["doc_id"]) ^ set(reprints["doc_id"]), key=str)
    if apart:
        raise ValueError(
            f"document {apart[0]!r} is in only one of the documents and reprints tables; make "
            "the reprints anew with group.find_reprints(documents)"
        )


# --- pairs --------------------------------------------------------------------------------


def _shingles(text: str, length: int) -> np.ndarray:
    """The distinct stretches of so many characters, as numbers that are the same everywhere."""
    starts = range(max(len(text) - length + 1, min(len(text), 1)))
    hashes = [zlib.crc32(text[start : start + length].encode("utf-8")) for start in starts]
    return np.unique(np.array(hashes, dtype=np.uint32))


def _number_shingles(texts: list[str], length: int) -> tuple[np.ndarray, list[np.ndarray]]:
    """The hashes of all shingles, and for each text the places of its own among them."""
    hashed = [_shingles(text, length) for text in texts]
    joined = np.concatenate([np.empty(0, dtype=np.uint32), *hashed])
    hashes, places = np.unique(joined, return_inverse=True)
    ends = np.cumsum([len(shingles) for shingles in hashed], dtype=np.int64)
    return hashes, np.split(places.astype(np.int32), ends[:-1])[: len(texts)]


def _exact_pairs(texts: list[str]) -> Iterable[tuple[int, int]]:
    first: dict[str, int] = {}
    for number, text in enumerate(texts):
        if text and first.setdefault(text, number) != number:
            yield first[text], number


def _near_pairs(
    hashes: np.ndarray, sets: list[np.ndarray], least: float
) -> Iterator[tuple[int, int]]:
    """Pairs of documents whose shingles are alike enough, each measured exactly.

    Candidates are measured many at once: notices made from one form are candidates of each
    other by the thousand without being reprints. One candidate of each group comes first, the
    others only where it does not join; and a document that is nearly the same as another needs
    no entry of its own. So many copies stay cheap.
    """
    index = MinHashLSH(threshold=max(least - _MARGIN, 0.1), num_perm=_PERMUTATIONS)
    present = np.zeros(len(hashes), dtype=bool)
    group_of = np.arange(len(sets))
    for number, shingles in enumerate(progress_bar(sets, desc="comparing", unit="document")):
        if len(shingles) < _LEAST_SHINGLES:
            continue
        signature = MinHash(num_perm=_PERMUTATIONS, seed=_SEED, hashfunc=int)
        signature.update_batch(hashes[shingles].tolist())
        candidates = np.array(sorted(index.query(signature)), dtype=np.int64)
        first = np.unique(group_of[candidates], return_index=True)[1]
        joined, most_similar = set(), 0.0
        present[shingles] = True
        for some in (candidates[first], np.delete(candidates, first)):
            apart = some[~np.isin(group_of[some], list(joined))]
            similar = _jaccard_with(present, len(shingles), [sets[one] for one in apart])
            most_similar = max(most_similar, similar.max(initial=0.0))
            for candidate in apart[similar >= least].tolist():
                if group_of[candidate] not in joined:
                    joined.add(group_of[candidate])
                    yield candidate, number
        present[shingles] = False
        group_of[number] = min(joined, default=number)
        if most_similar < _NEARLY_SAME:
            index.insert(number, signature, check_duplication=False)


def _jaccard_with(present: np.ndarray, n_present: int, sets: list[np.ndarray]) -> np.ndarray:
    """Of each set, none of them empty, its similarity to the one marked in `present`."""
    if not sets:
        return np.empty(0)
    sizes = np.array([len(one) for one in sets])
    starts = np.cumsum(sizes) - sizes
    n_shared = np.add.reduceat(present[np.concatenate(sets)], starts, dtype=np.int64)
    return n_shared / (n_present + sizes - n_shared)


def _jaccard(one: np.ndarray, other: np.ndarray) -> float:
    n_shared = len(np.intersect1d(one, other, assume_unique=True))
    return n_shared / (len(one) + len(other) - n_shared) if n_shared else 0.0


def _group_numbers(pairs: Iterable[tuple[int, int]], n_documents: int) -> np.ndarray:
    """For each document the number of its group, from 1, by first appearance."""
    joined = np.array(list(pairs), dtype=np.int64).reshape(-1, 2)
    graph = coo_array(
        (np.ones(len(joined)), (joined[:, 0], joined[:, 1])), shape=(n_documents, n_documents)
    )
    _, component = connected_components(graph, directed=False)
    _, first, number = np.unique(component, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(1, len(first) + 1)
    return rank[number]


# --- what stands for a group --------------------------------------------------------------


def _describe_groups(
    documents: pd.DataFrame, texts: list[str], sets: list[frozenset[int]], groups: np.ndarray
) -> pd.DataFrame:
    members: dict[int, list[int]] = defaultdict(list)
    for number, group in enumerate(groups):
        members[int(group)].append(number)
    dates = pd.to_datetime(documents["date"]).tolist()
    doc_ids = documents["doc_id"].tolist()
    standing = {group: _canonical(numbers, dates, texts) for group, numbers in members.items()}
    n_of_text = Counter(texts)
    rows = []
    for number, group in enumerate(map(int, groups)):
        canonical, reason = standing[group]
        n_in_group = len(members[group])
        kind = "only" if n_in_group == 1 else "exact" if n_of_text[texts[number]] > 1 else "near"
        similarity = 1.0 if number == canonical else _jaccard(sets[number], sets[canonical])
        rows.append(
            (doc_ids[number], group, n_in_group, doc_ids[canonical], similarity, kind, reason)
        )
    return pd.DataFrame(rows, columns=COLUMNS["reprints"])


def _canonical(numbers: list[int], dates: list, texts: list[str]) -> tuple[int, str]:
    """The document that stands for the group, and the rule that chose it."""
    if len(numbers) == 1:
        return numbers[0], "only one"
    dated = [number for number in numbers if not pd.isna(dates[number])]
    if dated:
        earliest = min(dates[number] for number in dated)
        left = [number for number in dated if dates[number] == earliest]
        if len(left) == 1:
            return left[0], "earliest date"
    else:
        left = numbers
    longest = max(len(texts[number]) for number in left)
    left = [number for number in left if len(texts[number]) == longest]
    return left[0], "longest" if len(left) == 1 else "first in the table"
