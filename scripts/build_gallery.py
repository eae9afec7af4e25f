"""A page of all figures, and a picture of all of them, from figures/manifest.json.

    python -m scripts.build_gallery

Writes figures/README.md and figures/contact_sheet.png. First it holds the manifest against
what is there; where the two differ it says so and writes nothing. Figures of a reader's own
documents (own_*, which git leaves out) are not shown.
"""

import hashlib
import json
import re
import sys
from collections.abc import Iterator, Mapping
from html import escape
from io import BytesIO
from itertools import groupby
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from PIL.PngImagePlugin import PngInfo

from helpers import figures, style
from scripts.execute_notebooks import NOTEBOOKS, figures_folder, replace_if_changed

PAGE = "README.md"
CONTACT_SHEET = "contact_sheet.png"
# What stands in figures/ though no notebook draws it.
NOT_DRAWN = frozenset({PAGE, CONTACT_SHEET})
OWN = "own_"
COLUMNS = 6
CELL = (340, 270)
NAME_HEIGHT = 30
N_COLOURS = 128

INTRODUCTION = f"""\
# Figures

The {{n}} figures that the notebooks draw, each with its finding, a description, the cell that \
made it and the numbers behind it. This page is written by \
`python -m scripts.build_gallery`; changes made by hand are lost.

![All figures, small, each with its name below]({CONTACT_SHEET})

| file | for |
|---|---|
| png | screens: 200 dots per inch |
| svg | the web: letters as outlines, so no font is needed; title and description for \
screen readers |
| pdf | print: its Chinese can be searched and copied (the words inside a cloud are outlines) |
| csv | the tables a figure was drawn from |
| [manifest.json]({figures.MANIFEST}) | of each figure: title, alt text, notebook and cell, seed, \
sha256 of every file, of the font and of the language data it may depend on, package versions |

The csv files are UTF-8 with a header, commas and decimal points, numbers to 12 digits; in a \
spreadsheet import them as text in UTF-8. A text cell that a spreadsheet would run as a formula \
(it begins with =, +, -, @, one of these in full width, a tab or a line end) has an apostrophe \
before it that is not in the table: a program that reads the file takes one apostrophe away from \
such cells. Of a table of more than {figures.MOST_ROWS:,} rows only the first \
{figures.MOST_ROWS:,} are kept, in a file called `first_{figures.MOST_ROWS}`.

Figures and tables stand under CC BY 4.0 (LICENSE); CITATION.cff says how to cite them.
"""


def main() -> int:
    """Return 0 when page and contact sheet say what is there, otherwise 1."""
    folder = figures_folder()
    try:
        manifest = figures.read_manifest()
        faults = find_faults(folder, manifest, notebooks=NOTEBOOKS)
    except ValueError as error:
        faults = [str(error)]
    if faults:
        print("\n".join([*faults, "The gallery was not written."]), file=sys.stderr)
        return 1
    replace_if_changed(folder / PAGE, write_page(manifest).encode())
    replace_if_changed(folder / CONTACT_SHEET, draw_contact_sheet(folder, manifest))
    print(f"{len(_shown(manifest))} figures in {PAGE} and {CONTACT_SHEET}")
    return 0


def find_faults(
    folder: Path, manifest: Mapping[str, dict], *, notebooks: Path = NOTEBOOKS
) -> list[str]:
    """One sentence per thing the manifest says that is not so, or that is there and unsaid."""
    if not manifest:
        return [f"there is no figure in {folder}: python3 run.py"]
    shown, sources = _shown(manifest), _sources_of_cells(notebooks)
    faults = [fault for name in shown for fault in _file_faults(folder, name, shown[name])]
    faults += [fault for name in shown for fault in _origin_faults(name, shown[name], sources)]
    faults += _input_faults(shown)
    listed = {file for entry in manifest.values() for file in entry["files"]}
    for path in sorted(folder.iterdir()):
        expected = path.name in listed | NOT_DRAWN | {figures.MANIFEST}
        if not expected and not path.name.startswith((OWN, ".")):
            faults.append(f"{path.name} belongs to no figure of {figures.MANIFEST}: delete it")
    return faults


def write_page(manifest: Mapping[str, dict]) -> str:
    """Return figures/README.md: an introduction, then each notebook's figures by name."""
    shown = _shown(manifest)
    lines = [INTRODUCTION.format(n=len(shown))]
    by_notebook = sorted(shown, key=lambda name: (_notebook_of(shown[name]), name))
    for notebook, names in groupby(by_notebook, key=lambda name: _notebook_of(shown[name])):
        lines.append(f"## [{_text(Path(notebook).stem)}](../notebooks/{notebook})\n")
        lines += [_section(name, shown[name]) for name in names]
    return "\n".join(lines)


def draw_contact_sheet(folder: Path, manifest: Mapping[str, dict]) -> bytes:
    """Return a PNG with every figure small above its name, six in a row.

    Its field `Source` holds what `hash_of_pictures` says, so that a test on any machine sees
    whether the sheet shows the pictures that are there.
    """
    names = sorted(_shown(manifest))
    width, height = CELL
    sheet = Image.new("RGB", (COLUMNS * width, -(-len(names) // COLUMNS) * height), "white")
    brush = ImageDraw.Draw(sheet)
    font = ImageFont.truetype(style.font_path(), 17, layout_engine=ImageFont.Layout.BASIC)
    for number, name in enumerate(names):
        left, top = number % COLUMNS * width, number // COLUMNS * height
        frame = (left + 4, top + 4, left + width - 5, top + height - 5)
        brush.rectangle(frame, outline=style.GRID)
        picture = _shrink(folder / f"{name}.png", (width - 24, height - NAME_HEIGHT - 20))
        room = height - NAME_HEIGHT - picture.height
        sheet.paste(picture, (left + (width - picture.width) // 2, top + 4 + room // 2))
        place = (left + width // 2, top + height - NAME_HEIGHT // 2 - 4)
        brush.text(place, name, fill=style.INK, font=font, anchor="mm")
    return _as_png(sheet, hash_of_pictures(manifest))


def hash_of_pictures(manifest: Mapping[str, dict]) -> str:
    """Return one sha256 of the names and hashes of all pictures shown."""
    shown = _shown(manifest)
    lines = [f"{shown[name]['files'][f'{name}.png']} {name}\n" for name in sorted(shown)]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _shown(manifest: Mapping[str, dict]) -> dict[str, dict]:
    return {name: entry for name, entry in manifest.items() if not name.startswith(OWN)}


def _notebook_of(entry: Mapping) -> str:
    return entry["made_by"]["notebook"]


def _section(name: str, entry: Mapping) -> str:
    alt, title = _text(entry["alt"]), _text(entry["title"])
    description = alt if alt.endswith((".", "!", "?", "。")) else f"{alt}."
    drawings = [f"[{kind}]({name}.{kind})" for kind in figures.PICTURES if kind != "png"]
    links = " · ".join([*drawings, *map(_table_link, entry["tables"].values())])
    seed = "" if entry["seed"] is None else f", seed {entry['seed']}"
    return (
        f"### {_text(name)}\n\n![{alt}]({name}.png)\n\n**{title}**\n\n{description}\n\n"
        f"Cell `{entry['made_by']['cell']}`{seed} · {links}\n"
    )


def _table_link(record: Mapping) -> str:
    rows = f"{record['rows']:,} row{'' if record['rows'] == 1 else 's'}"
    if record["rows_in_file"] < record["rows"]:
        rows = f"the first {record['rows_in_file']:,} of {rows}"
    return f"[{record['file'].partition('.')[2]}]({record['file']}) ({rows})"


def _text(text: str) -> str:
    """Return Markdown that shows `text` letter by letter, on one line.

    >>> print(_text("a_b <b> $x$ [疫情|防控]"))
    a\\_b &lt;b&gt; &#36;x&#36; \\[疫情\\|防控\\]
    """
    plain = escape(" ".join(text.split()), quote=False)
    return re.sub(r"([\\`*_\[\]|~])", r"\\\1", plain).replace("$", "&#36;")


def _sources_of_cells(notebooks: Path) -> dict[tuple[str, str], str]:
    cells = {}
    for path in sorted(notebooks.glob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            cells[path.name, cell.get("id", "")] = "".join(cell["source"])
    return cells


def _file_faults(folder: Path, name: str, entry: Mapping) -> Iterator[str]:
    wanted = {f"{name}.{kind}" for kind in figures.PICTURES}
    wanted |= {record.get("file", f"{name}.csv") for record in entry["tables"].values()}
    for file in sorted(wanted - set(entry["files"])):
        yield f"{name} should have a file {file}, and has none: {_cure(entry)}"
    for file, sha256 in entry["files"].items():
        if not (folder / file).is_file():
            yield f"{name} names a file {file} that is not there: {_cure(entry)}"
        elif hashlib.sha256((folder / file).read_bytes()).hexdigest() != sha256:
            yield f"{file} is not the file that was saved: {_cure(entry)}"


def _origin_faults(
    name: str, entry: Mapping, sources: Mapping[tuple[str, str], str]
) -> Iterator[str]:
    made_by = entry.get("made_by")
    if made_by is None:
        yield f"{name} names no cell; only a run by run.py writes it: {_cure(entry)}"
    elif "save_figure" not in sources.get((made_by["notebook"], made_by["cell"]), ""):
        yield (
            f"{name} says that cell {made_by['cell']} of {made_by['notebook']} made it, which "
            f"saves no figure: {_cure(entry)}"
        )


def _input_faults(shown: Mapping[str, dict]) -> Iterator[str]:
    now = figures.fingerprint_inputs()
    for file in now:
        stale = [name for name in shown if shown[name].get("inputs", {}).get(file) != now[file]]
        if stale:
            yield f"{file} is not the one these were drawn with: {', '.join(stale)}: python3 run.py"


def _cure(entry: Mapping) -> str:
    notebook = entry.get("made_by", {}).get("notebook", "")
    return f"python3 run.py notebooks {Path(notebook).stem}" if notebook else "python3 run.py"


def _shrink(file: Path, room: tuple[int, int]) -> Image.Image:
    with Image.open(file) as picture:
        small = picture.convert("RGB")
    small.thumbnail(room, Image.Resampling.LANCZOS)
    return small


def _as_png(sheet: Image.Image, source: str) -> bytes:
    # Few colours: charts have few, and the file is a third as large.
    few = sheet.quantize(N_COLOURS, dither=Image.Dither.NONE)
    fields = PngInfo()
    fields.add_text("Source", source)
    content = BytesIO()
    few.save(content, format="PNG", optimize=True, pnginfo=fields)
    return content.getvalue()


if __name__ == "__main__":
    sys.exit(main())
