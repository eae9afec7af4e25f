"""The words a segmenter knows: jieba's own, changed by a lexicon, and named by a hash."""

import csv
import hashlib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

import pandas as pd

from helpers.paths import LEXICON
from helpers.reading.segment.letters import BLOCK
from helpers.reading.words import stock
from helpers.tables import require_columns

_ONE_BLOCK = re.compile(f"[{BLOCK}]+")


@dataclass(frozen=True)
class Dictionary:
    """Words with their frequencies, and how they differ from jieba's own.

    `frequencies` holds every beginning of every word, with 0 where that is no word itself;
    `total` is the sum jieba divides by. `changes` is what was set on top of jieba's own words:
    the recipe by which another process makes the same dictionary. `hash` is 12 hex digits of
    a SHA-256 over words and frequencies.
    """

    total: int
    changes: tuple[tuple[str, int], ...]
    n_added: int
    hash: str

    @cached_property
    def frequencies(self) -> dict[str, int]:
        """Made at first use: who only asks what was kept of a corpus needs no words."""
        own = stock().frequencies
        # Half a million words are not copied where none differs.
        return {**own, **dict(self.changes)} if self.changes else own


def make_dictionary(lexicon: pd.DataFrame | None) -> Dictionary:
    """jieba's own words, or those with the words of a lexicon kept whole and some split."""
    if lexicon is None:
        return _dictionary((), stock().total, 0)
    require_columns(lexicon, "lexicon", ["term", "variants", "word"])
    keep, split = _segmentation_patch()
    added = sorted({*_lexicon_words(lexicon), *keep}, key=lambda word: (len(word), word))
    changes, total = _changes_for(tuple(added), split)
    return _dictionary(changes, total, len(added))


# Some thousand words are looked up for it, each time anew.
@lru_cache(maxsize=3)
def _changes_for(
    added: tuple[str, ...], split: tuple[str, ...]
) -> tuple[tuple[tuple[str, int], ...], int]:
    """The frequencies that keep some words whole and split others, and the sum they come to."""
    total = stock().total
    changed = _Changed(dict.fromkeys(split, 0))
    for word in added:
        total += _keep_whole(word, changed, total)
    return tuple(changed.items()), total


def remake_dictionary(
    changes: tuple[tuple[str, int], ...], total: int, n_added: int, expected: str
) -> Dictionary:
    """The dictionary of a recipe.

    Raises ValueError when it is not the one expected: then jieba's own dictionary differs.
    """
    made = _dictionary(changes, total, n_added)
    if made.hash != expected:
        raise ValueError(
            f"this process makes the dictionary {made.hash} of a segmenter that was made as "
            f"{expected}; install the same version of jieba in both"
        )
    return made


class _Changed(dict[str, int]):
    """Frequencies set on top of jieba's own, which stay as they are."""

    def frequency(self, word: str) -> int | None:
        """The frequency of the word, None when neither layer holds it."""
        return self[word] if word in self else stock().frequency(word)


# A few are kept: the rooms ask for the same ones again.
@lru_cache(maxsize=3)
def _dictionary(changes: tuple[tuple[str, int], ...], total: int, n_added: int) -> Dictionary:
    return Dictionary(total, changes, n_added, _hash_with(dict(changes)))


def forget_dictionaries() -> None:
    """Make every dictionary anew when it is asked for again."""
    stock.cache_clear()
    _changes_for.cache_clear()
    _dictionary.cache_clear()


@cache
def _segmentation_patch() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words to keep whole and the entries to split, from data/lexicon/segmentation.csv."""
    path = LEXICON / "segmentation.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    unknown = {row["action"] for row in rows} - {"keep", "split"}
    if unknown:
        raise ValueError(f"{path.name} has the action {unknown.pop()!r}; write keep or split")
    return tuple(
        tuple(row["word"] for row in rows if row["action"] == action)
        for action in ("keep", "split")
    )  # type: ignore[return-value]


def _lexicon_words(lexicon: pd.DataFrame) -> list[str]:
    """The terms marked `word`, and those of their variants that hold no such term inside.

    A variant that does (经济社会发展工作) would hide the word it holds.
    """
    is_word = pd.to_numeric(lexicon["word"], errors="coerce")
    strange = lexicon[~is_word.isin([0, 1])]
    if len(strange):
        raise ValueError(
            f"the lexicon has word = {strange['word'].iloc[0]!r} for {strange['term'].iloc[0]!r}; "
            "write 1 where the term is to be kept whole, else 0"
        )
    chosen = lexicon[is_word == 1]
    terms = chosen["term"].tolist()
    variants = [
        variant
        for listed in chosen["variants"]
        for variant in str(listed).split("/")
        if variant and not any(term in variant for term in terms)
    ]
    return [word for word in terms + variants if _ONE_BLOCK.fullmatch(word)]


def _keep_whole(word: str, frequencies: _Changed, total: int) -> int:
    """Give the word a frequency that beats its best split; return what that adds to the sum.

    jieba prefers the segmentation with the largest product of relative frequencies. The
    frequency is the smallest whole number above that product for the word's best split, so
    longer words of a lexicon go in after the shorter ones that they contain.
    """
    best = _best_split(word, frequencies, total)
    needed = int(math.exp(best) * total) + 1
    before = frequencies.frequency(word) or 0
    if before >= needed:
        return 0
    frequencies[word] = needed
    for length in range(1, len(word)):
        if frequencies.frequency(word[:length]) is None:
            frequencies[word[:length]] = 0  # jieba walks words by their beginnings
    return needed - before


def _best_split(word: str, frequencies: _Changed, total: int) -> float:
    """Largest log product of relative frequencies over the ways to split the word."""
    log_total = math.log(total)
    best = [0.0] + [-math.inf] * len(word)
    for start in range(len(word)):
        for end in range(start + 1, min(start + len(word), len(word) + 1)):
            frequency = frequencies.frequency(word[start:end])
            if frequency or end == start + 1:
                # jieba counts a piece it does not know as seen once.
                score = math.log(frequency or 1) - log_total
                best[end] = max(best[end], best[start] + score)
            if frequency is None:  # then it begins no longer word either
                break
    return best[-1]


def _hash_with(changes: Mapping[str, int]) -> str:
    """12 hex digits over a line "word frequency" for each word, sorted, after these changes.

    Only the lines that change are written anew; all others are those of jieba's own words.
    """
    own = stock()
    lines = memoryview(own.lines)
    digest = hashlib.sha256()
    done = 0
    for head, frequency in sorted((f"{word} ".encode(), n) for word, n in changes.items()):
        begin, end = own.line_of(head)
        digest.update(lines[done:begin])
        digest.update(b"%b%d\n" % (head, frequency))
        done = end
    digest.update(lines[done:])
    return digest.hexdigest()[:12]
