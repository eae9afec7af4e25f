"""csv files of language data -> checked tables: the lexicon, glossary and word lists."""

import re
from functools import cache
from pathlib import Path

import pandas as pd

from helpers.paths import LEXICON
from helpers.reading.clean import convert_script
from helpers.tables import CATEGORIES, COLUMNS, require_columns

REQUIRED_COLUMNS = ("term", "category", "gloss_en")
_DEFAULTS = {
    "id": "", "date_added": "", "reason": "",
    "variants": "", "subcategory": "", "secondary_category": "", "pinyin": "",
    "phase_first_seen": "", "strength": "2", "polarity": "0", "ambiguous": "0",
    "word": "1", "note": "",
}  # fmt: skip
_ALLOWED = {
    "category": set(CATEGORIES),
    "secondary_category": {"", *CATEGORIES},
    "strength": {"1", "2", "3"},
    "polarity": {"-1", "0", "1"},
    "ambiguous": {"0", "1"},
    "word": {"0", "1"},
}
_NUMBERS = ["strength", "polarity", "ambiguous", "word"]

# Marks that stand inside a set phrase without breaking it: 打开“大门”, 企业(项目)复工复产.
TRANSPARENT = re.compile(r"[“”‘’「」『』\"'()（）《》〈〉【】\[\]]")


class LexiconError(ValueError):
    """A lexicon that cannot be used; the message names the row, the field and the cure."""


def read_lexicon(path: str | Path | None = None) -> pd.DataFrame:
    """One row per term, with the columns of tables.COLUMNS["lexicon"].

    Without a path, the suite's own lexicon (data/lexicon/lexicon.csv). A csv of one's own
    needs the columns term, category and gloss_en; the others have defaults. Raises
    LexiconError for a missing field, an unknown value, a surface form owned twice, or a term
    in traditional characters (which cleaned text never holds).
    """
    path = LEXICON / "lexicon.csv" if path is None else Path(path)
    lexicon = read_table(path, REQUIRED_COLUMNS)
    for column, default in _DEFAULTS.items():
        if column not in lexicon.columns:
            lexicon[column] = default
    for column in [*REQUIRED_COLUMNS, *_NUMBERS]:
        _require_filled(lexicon, column, path)
    for column, allowed in _ALLOWED.items():
        _require_allowed(lexicon, column, allowed, path)
    _require_distinct_and_simplified(lexicon, path)
    lexicon[_NUMBERS] = lexicon[_NUMBERS].astype("int64")
    return lexicon[COLUMNS["lexicon"]]


def list_surfaces(lexicon: pd.DataFrame) -> pd.DataFrame:
    """One row per surface form: surface, term, category, subcategory (a term and its variants)."""
    require_columns(lexicon, "lexicon", ["term", "variants", "category", "subcategory"])
    return pd.DataFrame(
        [
            (surface, row.term, row.category, row.subcategory)
            for row in lexicon.itertuples(index=False)
            for surface in (row.term, *filter(None, map(str.strip, row.variants.split("/"))))
        ],
        columns=["surface", "term", "category", "subcategory"],
    )


def read_glossary(
    lexicon: pd.DataFrame | None = None, path: str | Path | None = None
) -> pd.DataFrame:
    """One row per word: term, pinyin, gloss_en; the lexicon's terms first, if one is given.

    Without a path, the suite's glossary of plain words (data/lexicon/glossary.csv).
    """
    path = LEXICON / "glossary.csv" if path is None else Path(path)
    words = read_table(path, ("term", "pinyin", "gloss_en"))[["term", "pinyin", "gloss_en"]]
    _require_filled(words, "gloss_en", path)
    terms = words.iloc[:0] if lexicon is None else lexicon[["term", "pinyin", "gloss_en"]]
    return pd.concat([terms, words]).drop_duplicates("term", ignore_index=True)


def add_glosses(
    table: pd.DataFrame, glossary: pd.DataFrame, *, column: str = "feature"
) -> pd.DataFrame:
    """The same rows with a column gloss_en after `column`; a word without one is marked.

    >>> glossary = pd.DataFrame({"term": ["防控"], "gloss_en": ["control"]})
    >>> counts = pd.DataFrame({"feature": ["防控", "某"], "n": [2, 1]})
    >>> add_glosses(counts, glossary).values.tolist()
    [['防控', 'control', 2], ['某', '(no gloss)', 1]]
    """
    if column not in table.columns:
        raise ValueError(f"the table has no column {column!r}; it has {', '.join(table.columns)}")
    require_columns(glossary, "lexicon", ["term", "gloss_en"])
    gloss_of = glossary.drop_duplicates("term").set_index("term")["gloss_en"]
    glossed = table.copy()
    place = glossed.columns.get_loc(column) + 1
    glossed.insert(place, "gloss_en", table[column].map(gloss_of).fillna("(no gloss)"))
    return glossed


def read_function_words(path: str | Path | None = None) -> pd.DataFrame:
    """One row per function word: word, word_class, gloss_en (data/lexicon/function_words.csv).

    Modals (必须, 要) and negators (不) are not on the list: in policy text they carry meaning.
    """
    path = LEXICON / "function_words.csv" if path is None else Path(path)
    return read_table(path, ("word", "word_class", "gloss_en"))


def read_kept_words(path: str | Path | None = None) -> pd.DataFrame:
    """One row per word that only looks like a stop word: word, kind, pinyin, gloss_en, reason.

    `kind` is negator or modal (data/lexicon/kept_words.csv). A stop list that deletes these
    deletes what a policy text forbids and orders.
    """
    path = LEXICON / "kept_words.csv" if path is None else Path(path)
    return read_table(path, ("word", "kind", "pinyin", "gloss_en", "reason"))


def read_table(path: Path, required: tuple[str, ...]) -> pd.DataFrame:
    """The csv as stripped text cells; LexiconError names what is wrong with it and the cure."""
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except FileNotFoundError:
        raise LexiconError(f"{path} does not exist; check the spelling of the path") from None
    except OSError as error:
        raise LexiconError(f"{path} cannot be opened ({error.strerror}); name a csv file") from None
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise LexiconError(
            f"{path.name} is not a well-formed csv in UTF-8 ({error}); save it again as UTF-8 csv"
        ) from None
    missing = [column for column in required if column not in table.columns]
    if missing:
        raise LexiconError(
            f"{path.name} has no column {', '.join(map(repr, missing))}; it needs "
            f"{', '.join(required)} (data/lexicon/README.md describes every column)"
        )
    if not isinstance(table.index, pd.RangeIndex):
        raise LexiconError(
            f"{path.name} has rows with more cells than its header; put quotes around commas"
        )
    if table.empty:
        raise LexiconError(f"{path.name} has a header but no rows; add one row per entry")
    return table.apply(lambda column: column.str.strip())


def _require_filled(table: pd.DataFrame, column: str, path: Path) -> None:
    empty = table.index[table[column].str.strip() == ""]
    if len(empty):
        term = table["term"].iloc[empty[0]] or "?"
        raise LexiconError(
            f"{path.name} line {empty[0] + 2} (term {term!r}) has no {column}; fill it in, or "
            "remove the row"
        )


def _require_allowed(table: pd.DataFrame, column: str, allowed: set[str], path: Path) -> None:
    unknown = table.index[~table[column].isin(allowed)]
    if len(unknown):
        row = table.iloc[unknown[0]]
        raise LexiconError(
            f"{path.name} line {unknown[0] + 2} (term {row['term']!r}) has the {column} "
            f"{row[column]!r}; write one of {', '.join(sorted(filter(None, allowed)))}"
        )


def _require_distinct_and_simplified(lexicon: pd.DataFrame, path: Path) -> None:
    owners: dict[str, str] = {}
    for surface in list_surfaces(lexicon).itertuples(index=False):
        name = TRANSPARENT.sub("", surface.surface)
        if not name:
            raise LexiconError(
                f"{path.name} has the form {surface.surface!r}, which is made of quotation marks "
                "and brackets only; these are passed over in a text, so write a word"
            )
        if name in owners:
            raise LexiconError(
                f"{path.name} has the form {surface.surface!r} twice (terms {owners[name]!r} and "
                f"{surface.term!r}); keep it in one row"
            )
        owners[name] = surface.term
        if _simplified(name) != name:
            raise LexiconError(
                f"{path.name} has the form {surface.surface!r} in traditional characters, which "
                f"cleaned text never holds; write {_simplified(name)!r}"
            )


@cache
def _simplified(text: str) -> str:
    return convert_script(text)
