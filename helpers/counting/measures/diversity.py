"""Diversity: how much of a text is new words. In Chinese each depends on the segmenter."""

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np


def type_token_ratio(tokens: Sequence[str]) -> float:
    """Share of distinct tokens; falls as a text grows, so never compare two lengths.

    No tokens give nan.

    >>> type_token_ratio("防控 复工 防控 复产".split())
    0.75
    """
    tokens = _listed(tokens)
    return len(set(tokens)) / len(tokens) if tokens else float("nan")


def mattr(tokens: Sequence[str], *, window: int) -> float:
    """Mean share of distinct tokens over all windows of `window` running tokens.

    Covington & McFall (2010). A text shorter than the window is nan: a shorter window would
    give another measure. In Chinese it depends on the segmenter; name it beside the number.

    >>> round(mattr("one one two one one two one".split(), window=3), 4)
    0.6667
    """
    tokens = _listed(tokens)
    if window < 1:
        raise ValueError(f"window must be at least 1 token, not {window!r}")
    if len(tokens) < window:
        return float("nan")
    inside = Counter(tokens[:window])
    types = [len(inside)]
    for leaving, entering in zip(tokens, tokens[window:], strict=False):
        inside[entering] += 1
        inside[leaving] -= 1
        if not inside[leaving]:
            del inside[leaving]
        types.append(len(inside))
    return sum(types) / len(types) / window


def mtld(tokens: Sequence[str], *, threshold: float = 0.72) -> float:
    """Mean length of stretches that keep a type-token ratio of `threshold`, read both ways.

    McCarthy & Jarvis (2010). A stretch ends with the token that brings its ratio below the
    threshold (below, not down to: LexicalRichness ends it at the threshold too); the rest at
    the end counts as the part of a stretch it has used up. The mean of forwards and backwards.
    No stretch has a minimum length (the lexical-diversity package asks for 10). A text in which
    no token repeats, or without tokens, has no stretch: nan. Below 100 tokens do not show it.

    >>> round(mtld("This is a sentence .".split() * 20), 3)
    7.143
    """
    if not 0 < threshold < 1:
        raise ValueError(f"threshold must lie between 0 and 1, such as 0.72; it is {threshold!r}")
    tokens = _listed(tokens)
    stretches = [_count_stretches(way, threshold) for way in (tokens, reversed(tokens))]
    if not all(stretches):
        return float("nan")
    return sum(len(tokens) / n for n in stretches) / 2


def _count_stretches(tokens: Iterable[str], threshold: float) -> float:
    full, types, length = 0, set(), 0
    for token in tokens:
        types.add(token)
        length += 1
        if len(types) / length < threshold:
            full, types, length = full + 1, set(), 0
    rest = (1 - len(types) / length) / (1 - threshold) if length else 0
    return full + rest


def yule_k(tokens: Sequence[str]) -> float:
    """Yule's K: 10,000 times the chance of drawing one word twice, as two different tokens.

    Yule (1944): 10^4 (sum of squared frequencies - N) / N^2, drawn with replacement, so that a
    text in which nothing repeats has 0. Larger is less diverse. (Simpson's D divides by
    N (N - 1) instead.) No tokens give nan.

    >>> yule_k("This is a sentence .".split() * 20)
    1900.0
    """
    frequencies = np.array(list(Counter(_listed(tokens)).values()), dtype=float)
    n = frequencies.sum()
    return float(1e4 * (np.square(frequencies).sum() - n) / n**2) if n else float("nan")


def _listed(tokens: Sequence[str]) -> list[str]:
    if isinstance(tokens, str):
        raise ValueError("tokens must be a list of tokens, not one string; see segment.tokenize")
    return list(tokens)
