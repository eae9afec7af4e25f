"""Tokens -> words in reading order, as numbers that company is counted in."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.counting.context.checks import (
    require_no_gap,
    require_text,
    require_whole_numbers,
)
from helpers.reading.clean import clean_text
from helpers.tables import require_columns, require_one_segmenter

WITHIN = ("window", "clause", "sentence")


@dataclass(frozen=True)
class Words:
    """Tokens in reading order, as numbers: linear to count in, whatever the node."""

    codes: NDArray[np.int64]
    types: NDArray[np.object_]
    unit: NDArray[np.int64]
    position: NDArray[np.int64]
    rows: NDArray[np.int64]

    def code_of(self, token: str) -> int:
        """The number of the token; a ValueError that says why, where there is none."""
        require_text(token, "node or collocate", "name one token")
        found = np.flatnonzero(self.types == token)
        if not len(found):
            raise ValueError(self._no_token(token))
        return int(found[0])

    def near(self, chosen: NDArray[np.bool_], window: int) -> NDArray[np.bool_]:
        """Whether a chosen word stands up to `window` words away in the unit, or is the word."""
        places = np.arange(len(chosen))
        before = np.maximum.accumulate(np.where(chosen, places, 0))
        after = np.minimum.accumulate(np.where(chosen, places, len(chosen) - 1)[::-1])[::-1]
        return np.logical_or.reduce(
            [
                chosen[nearest]
                & (self.unit[nearest] == self.unit)
                & (np.abs(self.position[nearest] - self.position) <= window)
                for nearest in (before, after)
            ]
        )

    def in_units_of(self, chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Whether a chosen word stands in the same unit."""
        return np.bincount(self.unit, weights=chosen)[self.unit] > 0

    def _no_token(self, token: str) -> str:
        """What to say of a node that the segmenter did not keep whole."""
        cut, n = self._commonest_cut(token)
        if cut:
            return (
                f"{token!r} is no token here: this segmenter cuts it into {cut} ({n}×). Make "
                "tokens with segment.make_segmenter(lexicon), which keeps the terms of a lexicon "
                "whole, or look for it as characters with context.kwic"
            )
        n_of = Counter(dict(zip(self.types, np.bincount(self.codes), strict=True)))
        holders = [(longer, n) for longer, n in n_of.most_common() if token in longer]
        if holders:
            named = ", ".join(f"{longer} ({n}×)" for longer, n in holders[:3])
            return (
                f"{token!r} is no token here: it stands inside {named}. Name that token, or look "
                "for it as characters with context.kwic"
            )
        cleaned = clean_text(token).strip()
        if cleaned in self.types:
            return f"{token!r} is no token here; the cleaned text is simplified: name {cleaned!r}"
        return (
            f"{token!r} is no token here, nor part of one; check its characters, or look for it "
            "with context.kwic"
        )

    def _commonest_cut(self, token: str) -> tuple[str, int]:
        begins = np.array([token.startswith(piece) for piece in self.types])
        cuts: Counter[str] = Counter()
        for place in np.flatnonzero(begins[self.codes]):
            pieces: list[str] = []
            for code, unit in zip(
                self.codes[place : place + len(token)],
                self.unit[place : place + len(token)],
                strict=True,
            ):
                pieces.append(self.types[code])
                if unit != self.unit[place] or not token.startswith("".join(pieces)):
                    break
                if "".join(pieces) == token:
                    cuts[" / ".join(pieces)] += 1
                    break
        return cuts.most_common(1)[0] if cuts else ("", 0)


def read_words(tokens: pd.DataFrame, within: str) -> Words:
    """The tokens in reading order, in clauses or sentences; a ValueError for a bad table."""
    if not isinstance(within, str) or within not in WITHIN:
        raise ValueError(f"within is {within!r}; choose one of {', '.join(WITHIN)}")
    columns = ["doc_id", "sentence_id", "position", "token"]
    require_columns(tokens, "tokens", columns)
    require_one_segmenter(tokens, "tokens")
    unit = "clause_id" if within == "clause" else "sentence_id"
    if unit not in tokens.columns:
        raise ValueError(
            "the tokens table has no column 'clause_id'; place them first with "
            "segment.place_tokens(tokens, clauses)"
        )
    if tokens.empty:
        raise ValueError("the tokens table has no row; make it with segment.tokenize(sentences)")
    for column in dict.fromkeys((*columns, unit)):
        require_no_gap(tokens, "tokens", column)
    documents = pd.factorize(tokens["doc_id"])[0]
    require_whole_numbers(tokens, "tokens", "position")
    position = tokens["position"].to_numpy(dtype=np.int64)
    rows = _reading_order(tokens, documents, position)
    codes, types = pd.factorize(tokens["token"].to_numpy(dtype=object)[rows])
    for token in types:
        require_text(token, "token", "make the tokens table with segment.tokenize")
    units = tokens.groupby(["doc_id", unit], sort=False).ngroup().to_numpy()
    return Words(codes, types, units[rows], position[rows], rows)


def _reading_order(
    tokens: pd.DataFrame, documents: NDArray[np.int64], position: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Row numbers in reading order; two tokens at one place are two tables stacked."""
    rows = np.lexsort((position, documents))
    same = (np.diff(documents[rows]) == 0) & (np.diff(position[rows]) == 0)
    if same.any():
        twice = tokens.iloc[rows[np.flatnonzero(same)[0]]]
        raise ValueError(
            f"document {twice['doc_id']!r} has two tokens at position {twice['position']}, as when "
            "the tables of two segmenters are stacked; count each on its own"
        )
    return rows
