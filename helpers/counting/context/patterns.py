"""Texts and a reader's own pattern -> where it matches, in bounded time and memory."""

import re
import time
from math import prod

import regex

# A pattern gets this long, and longer in a large corpus, before it counts as running away.
_SECONDS = 5.0
_SECONDS_PER_MILLION = 2.0
# The package regex writes counted repeats out, so that three of {1000} inside each other fill
# the memory; and a pattern that calls itself fills it before the time is up.
_MOST_WRITTEN_OUT = 10_000
# A count; blanks may stand in it and before it, under (?x).
_COUNT = r"\{\s*(\d+)\s*(?:,\s*\d*\s*)?\}"
# A count, a bracket, or what a count can follow.
_PIECE = re.compile(rf"{_COUNT}|[^?*+\s]")
# Flags under which what looks like a bracket may be part of a comment or of a set.
_UNSURE = re.compile(r"\(\?[a-zA-Z0-9-]*[xV]")
_COMMENT = re.compile(r"\(\?#[^)]*\)")
# A sign that is meant as such, or stands in a set, repeats nothing and calls nothing.
_ESCAPED = re.compile(r"\\.", re.DOTALL)
_SET = re.compile(r"\[\^?\]?[^\]]*\]")
_CALLS_ITSELF = re.compile(r"\(\?(?:R|[+-]?\d+|&|P>)")


def find_pattern(texts: dict[str, str], pattern: str) -> dict[str, list[tuple[int, int]]]:
    """Per document the start and end of each match, in reading order.

    ValueError for a pattern that is not valid, matches empty text, or runs away.
    """
    compiled = _compiled(pattern)
    n_millions = sum(map(len, texts.values())) / 1e6
    deadline = time.monotonic() + _SECONDS + _SECONDS_PER_MILLION * n_millions
    spans = {}
    for doc_id, text in texts.items():
        left = max(deadline - time.monotonic(), 0.001)
        try:
            # Sorted, because the flag (?r) searches backwards.
            spans[doc_id] = sorted(m.span() for m in compiled.finditer(text, timeout=left))
        except (TimeoutError, MemoryError):
            raise ValueError(
                f"the pattern {pattern!r} ran away in document {doc_id!r}: it tries too many ways "
                "to match. Do not repeat what is itself repeated ((a+)+), and bound what is "
                "between two words (.{0,20} for .*)"
            ) from None
        if any(start == end for start, end in spans[doc_id]):
            raise ValueError(
                f"the pattern {pattern!r} matches empty text, so it would be found everywhere; "
                "make it need a character, such as + for *"
            )
    return spans


def _compiled(pattern: str) -> regex.Pattern:
    active = _COMMENT.sub("", _ESCAPED.sub("x", pattern))
    if _UNSURE.search(active):
        n_written = prod(max(int(count), 1) for count in re.findall(_COUNT, active))
    else:
        active = _SET.sub("x", active)
        n_written = _written_out(active)
    if n_written > _MOST_WRITTEN_OUT or _CALLS_ITSELF.search(active):
        raise ValueError(
            f"the pattern {pattern!r} would run away: it calls itself, as (?R) does, or its "
            f"repeats in braces come to more than {_MOST_WRITTEN_OUT:,} (inside each other they "
            "multiply); write it with + or smaller numbers"
        )
    try:
        return regex.compile(pattern)
    except MemoryError:
        raise ValueError(
            f"the pattern {pattern!r} fills the memory: write its repeats with + or smaller numbers"
        ) from None
    except (regex.error, ValueError, RecursionError) as error:
        raise ValueError(
            f"the pattern {pattern!r} is not a valid regular expression ({error}); put a "
            "backslash before a bracket or sign that is meant as such, or leave pattern=True out"
        ) from None


def _written_out(active: str) -> int:
    """What the least numbers in braces come to: side by side added, inside each other multiplied.

    >>> _written_out("a{30}b{40}"), _written_out("(?:a{30}){40}")
    (70, 1200)
    """
    open_groups, last = [0], 0
    for piece in _PIECE.finditer(active):
        if piece[1]:
            repeated = max(last, 1) * max(int(piece[1]), 1)
            open_groups[-1] += repeated - last
            last = repeated
        elif piece[0] == "(":
            open_groups.append(0)
        elif piece[0] == ")" and len(open_groups) > 1:
            last = open_groups.pop()
            open_groups[-1] += last
        else:
            last = 0
    return sum(open_groups)
