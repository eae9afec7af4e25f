"""Names in two languages: of labels and categories, and of Chinese terms."""

import re
from collections.abc import Iterable

import pandas as pd

from helpers.drawing.style import settings
from helpers.drawing.style.colours import colour_of

LABEL_NAMES = {
    "prevention": ("prevention", "疫情防控"),
    "reopening": ("reopening", "复工复产"),
    "coupling": ("coupling", "统筹兼顾"),
    "governance": ("governance", "党政治理"),
    "unlabelled": ("unlabelled", "未归类"),
    "place_institution": ("place or institution", "地名机构"),
    "decoy": ("decoy", "排除词"),
    "other": ("not in the lexicon", "词表之外"),
}

LABEL_CODES = {
    "prevention": "P",
    "reopening": "R",
    "coupling": "C",
    "governance": "G",
    "unlabelled": "·",
    "place_institution": "L",
    "decoy": "D",
    "other": "",
}

# What a shortened gloss must not end in: "guard against importation and…".
_LOOSE_END = re.compile(
    r"([\s,;:]|\s(a|an|and|as|at|by|for|from|in|of|on|or|the|to|with|without))+$"
)


_NO_GLOSS = {"en": "(no gloss)", "zh": "（无释义）"}


def label_name(label: str, *, language: str | None = None, two_lines: bool = False) -> str:
    """Return the name of a label or category as a reader sees it.

    `language` is "both", "en" or "zh"; by default what set_theme() says: Chinese alone in
    Chinese furniture, English alone where labels="en", otherwise both.

    >>> label_name("reopening", language="both"), label_name("reopening", language="zh")
    ('reopening 复工复产', '复工复产')
    """
    colour_of(label)  # refuses a label nobody knows
    chosen = _language_of_names() if language is None else language
    settings.require_known("language", chosen, ("both", "en", "zh"))
    english, chinese = LABEL_NAMES[label]
    gap = "\n" if two_lines else " "
    return {"both": f"{english}{gap}{chinese}", "en": english, "zh": chinese}[chosen]


def _language_of_names() -> str:
    now = settings.in_force()
    if now.language == "zh":
        return "zh"
    return "en" if now.labels == "en" else "both"


def gloss_labels(
    terms: Iterable[str],
    glossary: pd.DataFrame | None,
    *,
    language: str | None = None,
    two_lines: bool = False,
) -> list[str]:
    """One label per term: the term, its English gloss, both, or both and the pinyin between.

    `language` is "zh", "en", "both" or "pinyin"; by default what set_theme(labels=...) says.
    `glossary` has one row per term with columns term and gloss_en, and for "pinyin" pinyin (a
    lexicon is one); with None the terms stay as they are. A gloss is shortened: brackets
    dropped, then cut at a word near 34 characters. A term without a gloss says so; nothing
    is guessed, and a reading the glossary lacks is left out. A term that is its own gloss (a
    number) is written once.

    >>> glossary = pd.DataFrame({"term": ["隔离"], "pinyin": ["gélí"],
    ...     "gloss_en": ["isolation (of persons)"]})
    >>> gloss_labels(["隔离", "疫情"], glossary, language="both")
    ['隔离 isolation', '疫情 (no gloss)']
    >>> gloss_labels(["隔离"], glossary, language="pinyin")
    ['隔离 gélí isolation']
    """
    chosen = settings.in_force().labels if language is None else language
    settings.require_known("language", chosen, settings.LABELS)
    terms = _checked_terms(terms)
    if glossary is not None:
        _require_glossary(glossary)
    if glossary is None or chosen == "zh":
        return [str(term) for term in terms]
    gloss_of = _short_glosses(glossary)
    reading_of = _readings(glossary) if chosen == "pinyin" else {}
    gap = "\n" if two_lines else " "
    return [
        _gloss_label(str(term), reading_of.get(term, ""), gloss_of.get(term, ""), chosen, gap)
        for term in terms
    ]


def _gloss_label(term: str, reading: str, gloss: str, language: str, gap: str) -> str:
    named = f"{term} {reading}" if reading else term
    if not gloss:
        return f"{named}{gap}{_NO_GLOSS[settings.in_force().language]}"
    if gloss == term:
        return named
    return gloss if language == "en" else f"{named}{gap}{gloss}"


def _readings(glossary: pd.DataFrame) -> dict[str, str]:
    if "pinyin" not in glossary.columns:
        raise ValueError(
            "the glossary has no column 'pinyin', which labels='pinyin' needs; "
            "data/lexicon/glossary.csv has one, or ask for labels='both'"
        )
    readings = glossary["pinyin"].fillna("").astype(str)
    return dict(zip(glossary["term"], readings, strict=True))


def _checked_terms(terms: Iterable[str]) -> list[str]:
    if isinstance(terms, str) or not isinstance(terms, Iterable):
        raise ValueError(f"terms is {terms!r}; it must be a list of terms, such as ['隔离']")
    listed = list(terms)
    strange = [term for term in listed if not pd.api.types.is_hashable(term)]
    if strange:
        raise ValueError(f"{strange[0]!r} is no term and has no gloss; give text")
    return listed


def _require_glossary(glossary: pd.DataFrame) -> None:
    cure = "make it with lexicon.read_glossary (columns term and gloss_en)"
    if not isinstance(glossary, pd.DataFrame):
        raise ValueError(f"glossary must be a pandas table, not {type(glossary).__name__}; {cure}")
    for column in ("term", "gloss_en"):
        if list(glossary.columns).count(column) != 1:
            n = "no column" if column not in glossary.columns else "more than one column"
            raise ValueError(f"the glossary has {n} {column!r}; {cure}")


def _short_glosses(glossary: pd.DataFrame) -> dict[str, str]:
    repeated = glossary.loc[glossary["term"].duplicated(), "term"]
    if len(repeated):
        raise ValueError(
            f"the glossary has more than one row for {', '.join(map(str, repeated[:5]))}; "
            "keep one gloss per term: glossary.drop_duplicates('term')"
        )
    glosses = glossary["gloss_en"].fillna("").astype(str)
    return {term: _short(gloss) for term, gloss in zip(glossary["term"], glosses, strict=True)}


def _short(gloss: str, width: int = 34) -> str:
    plain = re.sub(r"\s*\([^()]*\)", "", gloss).strip()
    if len(plain) <= width:
        return plain
    cut = plain[:width].rpartition(" ")[0] or plain[: width - 1]
    return _LOOSE_END.sub("", cut) + "…"
