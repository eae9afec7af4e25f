"""Tokens and a node -> neighbours, collocations, the lines of a pair, networks."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from helpers.counting.context.checks import (
    require_of_these_documents,
    require_whole,
    require_width,
    require_window,
    texts_of,
)
from helpers.counting.context.counter import LEAST_SCORED, CompanyCounter
from helpers.counting.context.lines import lines_at
from helpers.counting.context.words import read_words
from helpers.tables import COLUMNS, require_columns


def count_neighbours(tokens: pd.DataFrame, node: str, *, within: str = "sentence") -> pd.DataFrame:
    """One row per side and token that stands directly before or after the node: side, neighbour, n.

    Directly means the next running word of the same sentence, so a comma may stand between;
    with `within="clause"` (tokens placed by segment.place_tokens) none can. A node at the
    edge has no neighbour there, so the n of a side may sum to less than the node's mentions.

    >>> tokens = pd.DataFrame({"doc_id": "d", "sentence_id": [1, 1, 2, 2], "position": [1, 2, 3, 4],
    ...     "token": ["坚决", "打赢", "坚决", "守好"]})
    >>> count_neighbours(tokens, "打赢").values.tolist()
    [['before', '坚决', 1]]
    """
    if not isinstance(within, str) or within not in ("sentence", "clause"):
        raise ValueError(
            f"within is {within!r}: neighbours stand within a 'sentence' or a 'clause'; for more, "
            "see context.collocations"
        )
    words = read_words(tokens, within)
    places = np.flatnonzero(words.codes == words.code_of(node))
    sides = []
    for side, step in (("before", -1), ("after", 1)):
        beside = places + step
        inside = (beside >= 0) & (beside < len(words.codes))
        here, there = places[inside], beside[inside]
        joined = (words.unit[here] == words.unit[there]) & (
            words.position[there] - words.position[here] == step
        )
        n = np.bincount(words.codes[there[joined]], minlength=len(words.types))
        found = np.flatnonzero(n)
        sides.append(
            pd.DataFrame({"side": side, "neighbour": words.types[found], "n": n[found]})
            .sort_values(["n", "neighbour"], ascending=[False, True])
            .astype({"n": "int64"})
        )
    return pd.concat(sides, ignore_index=True)


def collocations(
    tokens: pd.DataFrame,
    node: str,
    *,
    within: str = "window",
    window: int = 5,
    at_least: int = LEAST_SCORED,
    n_units: int | None = None,
) -> pd.DataFrame:
    """One row per token that occurs together with the node, the surest company first.

    Columns: tables.COLUMNS["collocations"]. Together means, by `within`:

    "window": up to `window` running words away, in the same sentence (Evert 2008, surface
    co-occurrence). A place near two mentions of the node counts once, and the node's own places
    do not count. So f = n = mentions of the collocate near the node, f1 = places near the node
    (the node's mentions times the span, 2 x window, less what sentence ends and overlaps take),
    f2 = n_collocate = mentions of the collocate, N = tokens other than the node.

    "clause", "sentence": in the same unit. f = n = units with both, f1 = units with the node,
    f2 = n_collocate = units with the collocate, N = units. A clause needs the column clause_id
    (segment.place_tokens). Units that hold no token are unknown here; give the number of all
    with `n_units` (such as len(clauses)).

    Either way expected = f1 f2 / N, and log_likelihood (signed: below 0 is avoidance), mi, mi3,
    t_score, z_score, delta_p_forward (the collocate's probability near the node, less that
    elsewhere) and delta_p_backward come from one table of four cells, a part of N each, so that
    all are defined while some place is not near the node. Only log_dice takes the node's
    mentions (or units) for f1, as Rychly (2008) does, and counts no more meetings than those:
    it stays at 14 or below, and does not fall only because the window widens.

    A collocate met fewer than `at_least` times has no scores (nan); collocate_lines shows its
    lines. `at_least` can be raised, not lowered below 3.

    >>> tokens = pd.DataFrame({"doc_id": "d", "sentence_id": [1, 1, 2, 2, 3, 3, 4],
    ...     "position": range(1, 8), "token": "统筹 推进 统筹 推进 统筹 推进 会议".split()})
    >>> collocations(tokens, "统筹")[["collocate", "n", "expected", "log_dice"]].values.tolist()
    [['推进', 3, 2.25, 14.0]]
    """
    counter = CompanyCounter(tokens, within, window, at_least, n_units)
    return counter.collocations(node)


def collocate_lines(
    documents: pd.DataFrame,
    tokens: pd.DataFrame,
    node: str,
    collocate: str,
    *,
    within: str = "window",
    window: int = 5,
    width: int = 20,
) -> pd.DataFrame:
    """One row per mention of the node with the collocate near it: the columns of `kwic`.

    Near is what it is in `collocations` with the same `within` and `window`; lines count
    mentions of the node, so one with the collocate on both sides is one line. For rare pairs
    these lines say more than a score. ValueError when the two never meet.
    """
    texts = texts_of(documents)
    width = require_width(width)
    require_window(window)
    require_columns(tokens, "tokens", COLUMNS["tokens"][:-1])  # segmenter may be missing
    words = read_words(tokens, within)
    is_node = words.codes == words.code_of(node)
    is_collocate = words.codes == words.code_of(collocate)
    if node == collocate:
        raise ValueError(f"{node!r} is node and collocate; for all its lines use context.kwic")
    if within == "window":
        together = is_node & words.near(is_collocate, window)
    else:
        together = is_node & words.in_units_of(is_collocate)
    if not together.any():
        raise ValueError(
            f"{node!r} and {collocate!r} never occur together within the same {within}; widen "
            "it, or see context.collocations for the company the node keeps"
        )
    chosen = tokens.iloc[words.rows[together]]
    require_of_these_documents(texts, chosen, "tokens", "token", "segment.tokenize")
    columns = ["doc_id", "sentence_id", "start", "end"]
    return lines_at(texts, chosen[columns].itertuples(index=False, name=None), width)


def collocation_network(
    tokens: pd.DataFrame,
    nodes: Iterable[str],
    *,
    within: str = "window",
    window: int = 5,
    top: int = 8,
    at_least: int = LEAST_SCORED,
    n_units: int | None = None,
    leave_out: Iterable[str] = (),
) -> pd.DataFrame:
    """One row per edge: node, collocate, n, log_dice, log_likelihood; the table of a picture.

    For each node its `top` collocates by log_likelihood, among those met at least `at_least`
    times and more often than expected. `leave_out` names tokens that are not to be collocates
    (the words of lexicon.read_function_words, say); they are counted all the same. Two nodes
    that are each other's collocates have an edge from either side. ValueError names a node that
    would stand without any edge. The other options are those of `collocations`.

    >>> tokens = pd.DataFrame({"doc_id": "d", "sentence_id": [1, 1, 2, 2, 3, 3, 4],
    ...     "position": range(1, 8), "token": "统筹 推进 统筹 推进 统筹 推进 会议".split()})
    >>> collocation_network(tokens, ["统筹"])[["node", "collocate", "n"]].values.tolist()
    [['统筹', '推进', 3]]
    """
    require_whole(top, "top", 1, "it is the number of collocates of each node, such as 8")
    counter = CompanyCounter(tokens, within, window, at_least, n_units)
    left_out = set(_several(leave_out, "leave_out"))
    edges = []
    for node in dict.fromkeys(_several(nodes, "nodes")):
        company = counter.collocations(node)
        attracted = company["log_likelihood"] > 0
        chosen = company[attracted & ~company["collocate"].isin(left_out)].head(top)
        if chosen.empty:
            raise ValueError(
                f"{node!r} meets nothing at least {at_least} times and more often than expected, "
                "so it has no edge; leave it out of the nodes, widen the window, or show its lines"
            )
        edges.append(chosen.assign(node=node))
    if not edges:
        raise ValueError("there is no node; name one or more, such as ['疫情防控', '统筹']")
    columns = ["node", "collocate", "n", "log_dice", "log_likelihood"]
    return pd.concat(edges, ignore_index=True)[columns]


def _several(names: Iterable[str], option: str) -> list[str]:
    if isinstance(names, str):
        raise ValueError(f"{option} is the text {names!r}; give a list, such as [{names!r}]")
    if not isinstance(names, Iterable):
        raise ValueError(f"{option} is {names!r}; give a list, such as ['疫情防控', '统筹']")
    listed = list(names)
    for name in listed:
        if not isinstance(name, str):
            raise ValueError(
                f"{option} holds {name!r}, which is no text; give a list of tokens, such as "
                "['疫情防控', '统筹']"
            )
    return listed
