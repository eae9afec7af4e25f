"""Figures on disk: PNG and SVG with the same bytes every time, and a manifest of them all."""

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from io import BytesIO
from pathlib import Path

import pandas as pd
from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.text import Text

from helpers import paths
from helpers.drawing import style

FOLDER_VARIABLE = "COVID_POLICY_FIGURES"
MANIFEST = "manifest.json"
DOTS_PER_INCH = 200
_PACKAGES = ("matplotlib", "pandas", "wordcloud")


def save_figure(
    figure: Figure, name: str, *, tables: Mapping[str, pd.DataFrame], alt: str = ""
) -> Path:
    """Write `name`.png, `name`.svg and their entry in manifest.json; return the PNG's path.

    They go to the project's figures folder, or to the one the environment variable
    COVID_POLICY_FIGURES names. `tables` are the tables the figure was drawn from, by name;
    `alt` says in a sentence or two what a reader who cannot see it should know; without it the
    title, which says the finding, stands in. The same figure gives the same bytes: no date,
    no version, no random name inside the files. The manifest holds title, alt text, the
    sha256 of both files and of the font, and for each table its rows and the sha256 of its
    csv form (numbers to 12 digits). Refuses a figure without a title, and one with a
    character that no font can draw.
    """
    _check_request(figure, name, tables)
    title = _title_of(figure)
    alt = alt.strip() or title
    _check_glyphs(figure)
    folder = figures_folder()
    with _layout_frozen(figure):
        pictures = {
            f"{name}.{kind}": _render(figure, name, kind, title, alt) for kind in ("png", "svg")
        }
    entry = {
        "title": title,
        "alt": alt,
        "files": {file: _sha256(content) for file, content in pictures.items()},
        "tables": {table_name: _fingerprint(tables[table_name]) for table_name in tables},
        "font": {"file": style.font_path().name, "sha256": _sha256(style.font_path().read_bytes())},
        "versions": {package: version(package) for package in _PACKAGES},
    }
    manifest = read_manifest()
    for file, content in pictures.items():
        _replace(folder / file, content)
    _replace(folder / MANIFEST, _as_json({**manifest, name: entry}))
    return folder / f"{name}.png"


def figures_folder() -> Path:
    """Return the folder figures are written to, made if it was not there."""
    folder = Path(os.environ.get(FOLDER_VARIABLE) or paths.FIGURES)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def read_manifest() -> dict[str, dict]:
    """One entry per saved figure, by name; empty when nothing was saved yet."""
    file = figures_folder() / MANIFEST
    if not file.exists():
        return {}
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise ValueError(
            f"{file} is not readable as JSON (line {error.lineno}); delete it and run the "
            "notebooks again, they write it anew"
        ) from error


def _check_request(figure: Figure, name: str, tables: Mapping[str, pd.DataFrame]) -> None:
    if not isinstance(figure, Figure):
        raise ValueError(
            f"save_figure takes the figure, not {type(figure).__name__}; give ax.figure"
        )
    if not re.fullmatch(r"[a-z0-9_]+", name):
        raise ValueError(f"the name {name!r} may only hold a-z, 0-9 and _, without an ending")
    if not tables:
        raise ValueError(f"figure {name!r} names no table; give tables={{'counts': counts}}")
    for table_name, table in tables.items():
        if not isinstance(table, pd.DataFrame):
            raise ValueError(
                f"tables[{table_name!r}] of figure {name!r} is {type(table).__name__}, "
                "not a pandas table"
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


_CLIP_PATH = re.compile(rb"(?<=[\"#])p[0-9a-f]{10}(?=[\")])")


@contextmanager
def _layout_frozen(figure: Figure) -> Iterator[None]:
    """Lay the figure out once, for both files."""
    # Each kind of file would lay it out anew, a hair differently, and that hair (the last
    # bit of a position) is enough to change the names inside an SVG from one saving to the next.
    figure.draw_without_rendering()
    engine = figure.get_layout_engine()
    figure.set_layout_engine("none")
    try:
        yield
    finally:
        figure.set_layout_engine(engine or "none")


def _render(figure: Figure, name: str, kind: str, title: str, alt: str) -> bytes:
    # Without these, a file carries today's date, the library's version, random names.
    unnamed = {"png": {"Software": None}, "svg": {"Date": None, "Creator": None}}
    metadata = {**unnamed[kind], "Title": title, "Description": alt}
    content = BytesIO()
    with rc_context({"svg.hashsalt": name}):
        figure.savefig(
            content, format=kind, dpi=DOTS_PER_INCH, bbox_inches="tight", metadata=metadata
        )
    return content.getvalue() if kind == "png" else _number_clip_paths(content.getvalue())


def _number_clip_paths(drawing: bytes) -> bytes:
    """The SVG with its clip paths numbered: their names hang on the last bit of a position."""
    numbers: dict[bytes, bytes] = {}
    return _CLIP_PATH.sub(
        lambda match: numbers.setdefault(match[0], b"clip%d" % (len(numbers) + 1)), drawing
    )


def _fingerprint(table: pd.DataFrame) -> dict[str, int | str]:
    # Twelve digits: the last bits of a float differ between processors.
    text = table.to_csv(index=False, lineterminator="\n", float_format="%.12g")
    return {"rows": len(table), "sha256": _sha256(text.encode("utf-8"))}


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _as_json(manifest: Mapping[str, dict]) -> bytes:
    text = json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    return text.encode("utf-8")


def _replace(file: Path, content: bytes) -> None:
    # Whole or not at all: a run that is cut off leaves the old file, not half a new one.
    unfinished = file.with_name(file.name + ".unfinished")
    unfinished.write_bytes(content)
    unfinished.replace(file)
