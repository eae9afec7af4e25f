"""csv files of language data -> checked tables: the lexicon, glossary and word lists."""

import re
from functools import cache
from pathlib import Path

import pandas as pd

from helpers.counting.lexicon.checks import require_cells, require_list
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
# Said of a word that no table of ours knows, or that is no word.
NO_GLOSS = "(no gloss)"
_NUMBERS = ["strength", "polarity", "ambiguous", "word"]

# NUL, and halves of characters but those that stand for bytes of a name that is no UTF-8.
_IN_NO_PATH = re.compile("[\0\ud800-\udc7f\udd00-\udfff]")

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
    path = _path(path, "lexicon.csv")
    lexicon = read_table(path, REQUIRED_COLUMNS)
    for column, default in _DEFAULTS.items():
        if column not in lexicon.columns:
            lexicon[column] = default
    for column in [*REQUIRED_COLUMNS, *_NUMBERS]:
        _require_filled(lexicon, column, path)
    for column, allowed in _ALLOWED.items():
        _require_allowed(lexicon, column, allowed, path)
    surfaces = list_surfaces(lexicon)
    require_distinct_forms(surfaces, path.name)
    _require_simplified(surfaces, path)
    lexicon[_NUMBERS] = lexicon[_NUMBERS].astype("int64")
    return lexicon[COLUMNS["lexicon"]]


def list_surfaces(lexicon: pd.DataFrame) -> pd.DataFrame:
    """One row per surface form: surface, term, category, subcategory (a term and its variants)."""
    columns = ["term", "variants", "category", "subcategory"]
    require_cells(lexicon, "lexicon", columns)
    return pd.DataFrame(
        [
            (surface, term, category, subcategory)
            for term, variants, category, subcategory in zip(
                *(lexicon[column].tolist() for column in columns), strict=True
            )
            for surface in (term, *filter(None, map(str.strip, variants.split("/"))))
        ],
        columns=["surface", "term", "category", "subcategory"],
    )


def read_glossary(
    lexicon: pd.DataFrame | None = None, path: str | Path | None = None
) -> pd.DataFrame:
    """One row per word: term, pinyin, gloss_en; the lexicon's terms first, if one is given.

    Without a path, the suite's glossary of plain words (data/lexicon/glossary.csv), then its
    function words and kept words. Of two glosses for a word the first counts; an empty one is
    none.
    """
    columns = ["term", "pinyin", "gloss_en"]
    found = _path(path, "glossary.csv")
    words = read_table(found, tuple(columns))[columns]
    for column in ("term", "gloss_en"):
        _require_filled(words, column, found)
    tables = [words]
    if path is None:
        others = (read_function_words(), read_kept_words())
        tables += [table.rename(columns={"word": "term"})[columns] for table in others]
    if lexicon is not None:
        require_cells(lexicon, "lexicon", columns)
        # A term that the lexicon leaves without a gloss does not hide one that is known.
        known = lexicon["gloss_en"].astype(str).str.strip() != ""
        tables = [lexicon.loc[known, columns], *tables, lexicon.loc[~known, columns]]
    return pd.concat(tables).drop_duplicates("term", ignore_index=True)


def add_glosses(
    table: pd.DataFrame, glossary: pd.DataFrame, *, column: str = "feature"
) -> pd.DataFrame:
    """The same rows with a column gloss_en after `column`; a word without one is marked.

    An empty cell, or a gap, is no word: its gloss is empty too.

    >>> glossary = pd.DataFrame({"term": ["防控"], "gloss_en": ["control"]})
    >>> counts = pd.DataFrame({"feature": ["防控", "某"], "n": [2, 1]})
    >>> add_glosses(counts, glossary).values.tolist()
    [['防控', 'control', 2], ['某', '(no gloss)', 1]]
    """
    require_columns(table, "counts", [])
    there = list(table.columns)
    if there.count(column) != 1:
        raise ValueError(f"the table has no column {column!r}; it has {', '.join(map(str, there))}")
    if "gloss_en" in there:
        raise ValueError("the table has a column 'gloss_en' already; drop it to gloss it anew")
    require_cells(glossary, "lexicon", ["term", "gloss_en"])
    is_said = glossary["gloss_en"].astype(str).str.strip() != ""
    glossed_words = glossary[is_said].drop_duplicates("term")
    gloss_of = dict(zip(glossed_words["term"], glossed_words["gloss_en"], strict=True)) | {"": ""}
    glossed = table.copy()
    cells = table[column].astype(object).where(table[column].notna(), "")
    # What is no text, and may not even be looked up, has no gloss.
    glosses = [gloss_of.get(word if isinstance(word, str) else None, NO_GLOSS) for word in cells]
    glossed.insert(there.index(column) + 1, "gloss_en", glosses)
    return glossed


def read_function_words(path: str | Path | None = None) -> pd.DataFrame:
    """One row per function word: word, word_class, pinyin, gloss_en.

    From data/lexicon/function_words.csv. Modals (必须, 要) and negators (不) are not on the list:
    in policy text they carry meaning.
    """
    words = read_table(_path(path, "function_words.csv"), ("word", "word_class", "gloss_en"))
    # A list of one's own need not say how its words are read.
    return words if "pinyin" in words else words.assign(pinyin="")


def read_kept_words(path: str | Path | None = None) -> pd.DataFrame:
    """One row per word that only looks like a stop word: word, kind, pinyin, gloss_en, reason.

    `kind` is negator or modal (data/lexicon/kept_words.csv). A stop list that deletes these
    deletes what a policy text forbids and orders.
    """
    path = _path(path, "kept_words.csv")
    return read_table(path, ("word", "kind", "pinyin", "gloss_en", "reason"))


def read_table(path: str | Path, required: tuple[str, ...]) -> pd.DataFrame:
    """The csv as stripped text cells; LexiconError names what is wrong with it and the cure."""
    path, required = as_path(path), require_list(required, "required", "columns, such as ('term',)")
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


def as_path(path: str | Path) -> Path:
    """The path of a file; a LexiconError for what can name none."""
    if not isinstance(path, str | Path):
        raise LexiconError(f"the path of a csv file must be text or a Path; it is {path!r}")
    if _IN_NO_PATH.search(str(path)):
        raise LexiconError(f"{str(path)!r} names no file; check the spelling of the path")
    return Path(path)


def _path(path: str | Path | None, own: str) -> Path:
    """The path of a csv, the suite's `own` where none is given."""
    return LEXICON / own if path is None else as_path(path)


def require_distinct_forms(surfaces: pd.DataFrame, source: str) -> None:
    """Raise a LexiconError where two rows own one form, or a form is of marks only or empty."""
    owners: dict[str, str] = {}
    for surface in surfaces.itertuples(index=False):
        name = TRANSPARENT.sub("", surface.surface)
        if not name:
            raise LexiconError(
                f"{source} has the form {surface.surface!r}, which is empty or made of quotation "
                "marks and brackets only; these are passed over in a text, so write a word"
            )
        if name in owners:
            raise LexiconError(
                f"{source} has the form {surface.surface!r} twice (terms {owners[name]!r} and "
                f"{surface.term!r}); keep it in one row"
            )
        owners[name] = surface.term


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


def _require_simplified(surfaces: pd.DataFrame, path: Path) -> None:
    for surface in surfaces["surface"]:
        name = TRANSPARENT.sub("", surface)
        if _simplified(name) != name:
            raise LexiconError(
                f"{path.name} has the form {surface!r} in traditional characters, which "
                f"cleaned text never holds; write {_simplified(name)!r}"
            )


@cache
def _simplified(text: str) -> str:
    return convert_script(text)
