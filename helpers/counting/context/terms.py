"""Texts and a term -> where its characters stand, or what to say of one that is not there."""

import re
from collections import Counter
from collections.abc import Iterator

from helpers.counting.lexicon import TRANSPARENT
from helpers.reading.clean import clean_text, convert_script

# Longer terms are not taken apart in search of a near form.
_LONGEST_TAKEN_APART = 40


def find_characters(texts: dict[str, str], term: str) -> dict[str, list[tuple[int, int]]]:
    """Per document the start and end of each place where the term stands, in reading order.

    Quotation marks and brackets are passed over, in the term and in the texts.
    """
    bare = TRANSPARENT.sub("", term)
    if not bare.strip():
        raise ValueError(
            f"the term {term!r} is made of quotation marks and brackets only, which are passed "
            "over; search them with pattern=True, such as '[“”]'"
        )
    searched = re.compile(f"{TRANSPARENT.pattern}*".join(map(re.escape, bare)))
    return {doc_id: list(_overlapping(searched, text)) for doc_id, text in texts.items()}


def _overlapping(searched: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    """Every match, as lexicon.find_terms has them: 一一一 holds 一一 twice."""
    match = searched.search(text)
    while match:
        yield match.span()
        match = searched.search(text, match.start() + 1)


def never_found(texts: dict[str, str], term: str, pattern: bool) -> str:
    """What to say of a term or pattern that no text holds, with a form that may be meant."""
    n = len(texts)
    searched = f"the {'pattern' if pattern else 'term'} {term!r} does not occur in the "
    searched += f"{n} document{'s' if n > 1 else ''} searched"
    simplified = convert_script(term) if pattern else clean_text(term).strip()
    if not simplified:
        return f"{searched}; cleaning leaves nothing of it, so no cleaned text holds it"
    if simplified != term and (pattern or any(find_characters(texts, simplified).values())):
        return f"{searched}; the cleaned text is simplified: search {simplified!r}"
    if pattern:
        return f"{searched}; try a part of it, or the characters without pattern=True"
    form, n = _near_form(texts, TRANSPARENT.sub("", simplified))
    if form:
        return f"{searched}; a near form does: {form!r} ({n}×)"
    return f"{searched}; check its characters, or search a shorter part of it"


def _near_form(texts: dict[str, str], term: str) -> tuple[str, int]:
    """The form most like the term that occurs, and how often; ("", 0) without one."""
    if not 1 < len(term) <= _LONGEST_TAKEN_APART:
        return "", 0
    spaced = r"\s*".join(map(re.escape, "".join(term.split())))
    one_other = "|".join(
        re.escape(term[:i]) + r"\w" + re.escape(term[i + 1 :]) for i in range(len(term))
    )
    for near in (spaced, one_other) if len(term) > 2 else (spaced,):
        found = Counter(
            match[0] for text in texts.values() for match in re.finditer(near, text, re.IGNORECASE)
        )
        if found:
            return found.most_common(1)[0]
    for length in range(len(term) - 1, 1, -1):
        parts = {term[i : i + length] for i in range(len(term) - length + 1)}
        found = Counter({part: sum(text.count(part) for text in texts.values()) for part in parts})
        part, n = max(found.items(), key=lambda item: (item[1], item[0]))
        if n:
            return part, n
    return "", 0
