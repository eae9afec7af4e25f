"""Saving a figure with all that belongs to it, and the record of where it comes from."""

import hashlib
import json
import os
import re
from collections.abc import Mapping
from importlib.metadata import version
from importlib.util import find_spec
from numbers import Integral
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.text import Text

from helpers import paths
from helpers.drawing import style
from helpers.drawing.figures.numbers import check_table_names, write_tables
from helpers.drawing.figures.pictures import KINDS, render

FOLDER_VARIABLE = "COVID_POLICY_FIGURES"
MANIFEST = "manifest.json"
# Figures of a reader's own documents (notebook 08) are named so; git leaves them out, and
# their entries must not stand in a file that it keeps.
OWN = "own_"
OWN_MANIFEST = "own_manifest.json"
PICTURES = KINDS
_PACKAGES = ("matplotlib", "pandas", "wordcloud")
_LANGUAGE_DATA = (
    "lexicon.csv", "segmentation.csv", "function_words.csv", "formulations.csv", "glossary.csv",
)  # fmt: skip
_DICTIONARY = "jieba/dict.txt"
# https://www.w3.org/TR/xml/#charsets
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Files of this project that a figure may depend on, as they are called in the manifest.
INPUTS = ("data/raw/guangzhou-2020-02-26.txt", *(f"data/lexicon/{file}" for file in _LANGUAGE_DATA))


def save_figure(
    figure: Figure,
    name: str,
    *,
    tables: Mapping[str, pd.DataFrame],
    alt: str = "",
    seed: int | None = None,
) -> Path:
    """Write a figure as PNG, SVG and PDF with its tables as csv; return the PNG's path.

    They go, with an entry in manifest.json (in own_manifest.json where `name` begins with
    own_), to the project's figures folder, or to the one the environment variable
    COVID_POLICY_FIGURES names. `tables` are the tables the figure was
    drawn from, by name: one becomes `name`.csv, several `name`.<table>.csv, of more than 5,000
    rows the first 5,000 as `name`.first_5000.csv (see csv_form). `alt` says in a sentence or
    two what a reader who cannot see it should know; without it the title, which says the
    finding, stands in. `seed` is the number that chance was begun with, where it had a part.

    The same figure gives the same bytes: no date, no version, no random name inside the files.
    The entry holds title, alt text and seed, the sha256 of every file, of the font and of the
    language data the figure may depend on, the rows of each table, and package versions;
    `run.py` adds the notebook and cell that made it. Files of the figure's former entry that
    are no longer written are deleted. Refuses, with a ValueError and before anything is
    written, a figure without title or with a character that no font can draw, and a table
    that csv cannot hold.
    """
    _check_request(figure, name, tables, alt, seed)
    title = _title_of(figure)
    alt = " ".join(alt.split()) or title
    _check_glyphs(figure)
    numbers, records = write_tables(name, tables)
    files = render(figure, name, title=title, alt=alt) | numbers
    entry = {
        "title": title,
        "alt": alt,
        "seed": None if seed is None else int(seed),
        "files": {file: _sha256(content) for file, content in files.items()},
        "tables": records,
        "inputs": fingerprint_inputs(),
        "font": {"file": style.font_path().name, "sha256": _sha256(style.font_path().read_bytes())},
        "versions": {package: version(package) for package in _PACKAGES},
    }
    own = name.startswith(OWN)
    folder, manifest = figures_folder(), read_manifest(own=own)
    record = _as_json({**manifest, name: entry})
    for file, content in files.items():
        paths.write_whole(folder / file, content)
    paths.write_whole(folder / _manifest_name(own), record)
    for file in set(manifest.get(name, {}).get("files", ())) - set(files):
        # A manifest is a file like others: only what is named as this figure's is deleted.
        if Path(file).name == file and file.startswith(f"{name}."):
            (folder / file).unlink(missing_ok=True)
    return folder / f"{name}.png"


def figures_folder() -> Path:
    """Return the folder figures are written to, made if it was not there."""
    folder = Path(os.environ.get(FOLDER_VARIABLE) or paths.FIGURES)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ValueError(
            f"figures cannot be written to {folder} ({error.strerror}); let the environment "
            f"variable {FOLDER_VARIABLE} name a folder, or unset it"
        ) from error
    return folder


def read_manifest(*, own: bool = False) -> dict[str, dict]:
    """One entry per saved figure, by name; empty when nothing was saved yet.

    With `own` the figures of a reader's own documents, whose names begin with own_; else all
    others.
    """
    file = figures_folder() / _manifest_name(own)
    if not file.exists():
        return {}
    try:
        manifest = json.loads(file.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ValueError(
            f"{file} is not readable as JSON ({error}); delete it and run the notebooks again, "
            "they write it anew"
        ) from error
    if not isinstance(manifest, dict) or not all(isinstance(e, dict) for e in manifest.values()):
        raise ValueError(
            f"{file} holds no entry per figure; delete it and run the notebooks again, they write "
            "it anew"
        )
    return manifest


def fingerprint_inputs() -> dict[str, str | None]:
    """One sha256 per file a figure may depend on: the sample, the language data, jieba's words.

    A file that is not there has None. Which of them a figure does depend on is not known: a
    changed hash says that the figure should be drawn again, not that it would change.

    >>> sorted(fingerprint_inputs())[-1]
    'jieba/dict.txt'
    """
    files = {name: paths.PROJECT / name for name in INPUTS}
    # Found, not imported: its dictionary is a file like the others.
    spec = find_spec("jieba")
    if spec and spec.origin:
        files[_DICTIONARY] = Path(spec.origin).with_name("dict.txt")
    return {
        name: _sha256(file.read_bytes()) if file.is_file() else None for name, file in files.items()
    }


def _manifest_name(own: bool) -> str:
    return OWN_MANIFEST if own else MANIFEST


def _check_request(
    figure: Figure, name: str, tables: Mapping[str, pd.DataFrame], alt: str, seed: int | None
) -> None:
    if not isinstance(figure, Figure):
        raise ValueError(
            f"save_figure takes the figure, not {type(figure).__name__}; give ax.figure"
        )
    if not isinstance(name, str) or not re.fullmatch(r"[a-z0-9_]{1,100}", name):
        raise ValueError(
            f"the name {name!r} may only hold a-z, 0-9 and _, at most 100 of them, no ending"
        )
    if not isinstance(tables, Mapping):
        raise ValueError(
            f"tables of figure {name!r} is {type(tables).__name__}; give each table its name: "
            "tables={'counts': counts}"
        )
    if not tables:
        raise ValueError(f"figure {name!r} names no table; give tables={{'counts': counts}}")
    for table_name, table in tables.items():
        if not isinstance(table_name, str) or not table_name.isprintable() or not table_name:
            raise ValueError(f"a table of figure {name!r} is called {table_name!r}; give it a word")
        if not isinstance(table, pd.DataFrame):
            raise ValueError(
                f"tables[{table_name!r}] of figure {name!r} is {type(table).__name__}, "
                "not a pandas table"
            )
    check_table_names(name, tables)
    _check_alt(name, alt)
    if seed is not None and (isinstance(seed, bool) or not isinstance(seed, Integral)):
        raise ValueError(f"the seed of figure {name!r} is {seed!r}; give the whole number used")


def _check_alt(name: str, alt: str) -> None:
    if not isinstance(alt, str):
        raise ValueError(f"the alt text of figure {name!r} is {type(alt).__name__}, not text")
    unfit = _NOT_XML.search(alt)
    if unfit:
        raise ValueError(
            f"the alt text of figure {name!r} holds U+{ord(unfit[0]):04X}, which no SVG can hold; "
            "take it out"
        )


def _title_of(figure: Figure) -> str:
    """Return the figure's own title, or its Axes' titles, as one line."""
    titles = [figure.get_suptitle()]
    for ax in figure.axes:
        titles += [ax.get_title(loc=place) for place in ("left", "center", "right")]
    found = " | ".join(style.unwrap_text(title) for title in titles if title.strip())
    if not found:
        raise ValueError("the figure has no title; let it say the finding: title=...")
    return found


def _check_glyphs(figure: Figure) -> None:
    texts = (text.get_text() for text in figure.findobj(Text) if text.get_visible())
    lacking = style.missing_glyphs("".join(texts))
    if lacking:
        named = ", ".join(f"{character} (U+{ord(character):04X})" for character in lacking)
        raise ValueError(
            f"the figure holds characters no font in use can draw: {named}; call "
            f"style.set_theme() before drawing, or set {style.FONT_VARIABLE} to a font that "
            "holds them"
        )


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _as_json(manifest: Mapping[str, dict]) -> bytes:
    text = json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    return text.encode("utf-8")
