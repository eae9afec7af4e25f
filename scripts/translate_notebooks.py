"""Build notebooks whose text is Chinese from the English ones and data/teaching/zh/.

    python -m scripts.translate_notebooks --check      list what is missing or out of date
    python -m scripts.translate_notebooks --skeletons  add the sections that are missing
    python -m scripts.translate_notebooks --to FOLDER  write the Chinese notebooks there

There is no second notebook to keep: data/teaching/zh/<notebook>.md holds one section for each
Markdown cell, below a line that names the cell and the English it was translated from,

    <!-- cell-20 1a2b3c4d5e6f -->

the cell's id and the first 12 hexadecimal digits of the SHA-256 of its English source. When the
English changes, the section is out of date, and the cell is English until the section is read
again and its line is given the new digits. A comment `<!-- en ...` holds the English for the
translator, and is not part of the translation.

A code cell whose strings or comments a reader sees may have a section too: pairs of lines, the
first with `- ` and a piece of the source that stands in it once, the second with `+ ` and the
Chinese that takes its place.

    - title="Function words lead"
    + title="虚词领先"
"""

import argparse
import ast
import hashlib
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from helpers import paths
from scripts.execute_notebooks import (
    NOTEBOOKS,
    NotebookError,
    as_bytes,
    choose_notebooks,
    normal_form,
    read_notebook,
    replace_if_changed,
)

TRANSLATIONS = paths.DATA / "teaching" / "zh"
MARKER = re.compile(r"<!-- ([A-Za-z0-9_-]{1,64}) ([0-9a-f]{12}) -->")
ENGLISH_COMMENT = re.compile(r"<!-- en\b.*?-->\n?", flags=re.DOTALL)
ENGLISH_BEGINS, COMMENT_ENDS = "<!-- en", "-->"
HEADING = re.compile(r"^#{1,6} ", flags=re.MULTILINE)
FRAME = ("**You will do**", "**You will learn**", "**You will need**")
SET_THEME = "style.set_theme()"
SET_THEME_CHINESE = 'style.set_theme(language="zh", labels="zh")'
STILL_ENGLISH = "*本笔记本另有 {n} 个文字单元尚未译成中文，以英文显示。*"
DIGITS = 12


@dataclass(frozen=True)
class Section:
    """A translated cell: the digits of the English it was made from, and the Chinese."""

    mark: str
    text: str


@dataclass(frozen=True)
class Gap:
    """A cell without a translation that may be shown, and why."""

    notebook: str
    cell: str
    why: str
    required: bool

    def __str__(self) -> str:
        """Return the gap as a line of a list."""
        needed = "required" if self.required else "optional"
        return f"{self.notebook}  {self.cell}  {self.why} ({needed})"


def main(arguments: Sequence[str] | None = None) -> int:
    """Return 1 when a required section is missing, one is out of date, or a file has a fault."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    chosen = parser.add_mutually_exclusive_group(required=True)
    chosen.add_argument("--check", action="store_true", help="list what is missing or out of date")
    chosen.add_argument("--skeletons", action="store_true", help="add sections that are missing")
    chosen.add_argument("--to", type=Path, help="write the Chinese notebooks to this folder")
    parser.add_argument("prefixes", nargs="*", help="how the names begin; by default all")
    options = parser.parse_args(arguments)
    try:
        notebooks = {
            p.stem: read_notebook(p) for p in choose_notebooks(NOTEBOOKS, options.prefixes)
        }
        sections = {name: read_sections(TRANSLATIONS / f"{name}.md") for name in notebooks}
        if options.skeletons:
            return _write_skeletons(notebooks, sections)
        if options.to:
            return _write_chinese(notebooks, sections, options.to)
    except (ValueError, NotebookError) as error:
        print(error, file=sys.stderr)
        return 1
    gaps = [gap for name in notebooks for gap in find_gaps(name, notebooks[name], sections[name])]
    print(*gaps, sep="\n", end="\n" * bool(gaps))
    print(summarise(gaps))
    return int(any(gap.required or gap.why != "missing" for gap in gaps))


def source_mark(source: str) -> str:
    """Return the 12 digits that stand for a cell's English text.

    >>> source_mark("## What is in the file?")
    'db229f170a7c'
    """
    return hashlib.sha256(source.encode("utf-8")).hexdigest()[:DIGITS]


def read_sections(path: Path) -> dict[str, Section]:
    """Return the sections of a translation file by cell; empty where there is no file.

    A ValueError names the file, the line and the cure where a marker line is none, a cell has
    two sections, text stands before the first, or a comment with English is not closed.
    """
    if not path.exists():
        return {}
    if not path.is_file():
        raise ValueError(f"{path.name} is a folder; the translation is a file of this name")
    try:
        # Some editors put a mark of the encoding before the first line.
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path.name} is not UTF-8: {error}; save it as UTF-8") from error
    return split_sections(lines, file=path.name)


def split_sections(lines: Sequence[str], *, file: str) -> dict[str, Section]:
    """Return the sections that `lines` hold; `file` is named in errors.

    >>> split_sections(["<!-- cell-03 db229f170a7c -->", "## 文件里有什么？"], file="01.md")
    {'cell-03': Section(mark='db229f170a7c', text='## 文件里有什么？')}
    """
    marks: dict[str, str] = {}
    texts: dict[str, list[str]] = {}
    current: list[str] | None = None
    for number, line in enumerate(lines, start=1):
        marker = MARKER.fullmatch(line.strip())
        if marker:
            if marker[1] in marks:
                raise ValueError(
                    f"{file}, line {number}: {marker[1]} has a section already; join the two"
                )
            marks[marker[1]] = marker[2]
            current = texts[marker[1]] = []
        elif _looks_like_marker(line):
            raise ValueError(
                f"{file}, line {number}: {line.strip()!r} is not of the form "
                "<!-- cell-20 1a2b3c4d5e6f -->; write the cell's id and 12 digits"
            )
        elif current is not None:
            current.append(line)
        elif line.strip():
            raise ValueError(f"{file}, line {number}: text before the first section; move it")
    for cell, text in texts.items():
        _require_closed(text, cell=cell, file=file)
    return {cell: Section(marks[cell], _chinese_of(texts[cell])) for cell in marks}


def find_gaps(name: str, notebook: NotebookNode, sections: Mapping[str, Section]) -> list[Gap]:
    """Return the gaps of one notebook, in the order of its cells; unknown sections last."""
    cells = {cell.id: cell for cell in notebook.cells if _may_have_section(cell, sections)}
    gaps = []
    for cell in cells.values():
        section = sections.get(cell.id)
        if section is None or not section.text:
            gaps.append(Gap(name, cell.id, "missing", is_required(cell)))
        elif section.mark != source_mark(cell.source):
            why = f"out of date: made from {section.mark}, the cell is {source_mark(cell.source)}"
            gaps.append(Gap(name, cell.id, why, is_required(cell)))
        elif cell.cell_type == "code":
            fault = find_fault_in_pairs(cell.source, section.text)
            gaps += [Gap(name, cell.id, fault, required=True)] * bool(fault)
    unknown = [cell for cell in sections if cell not in cells]
    return gaps + [Gap(name, cell, "no such cell", required=False) for cell in unknown]


def is_required(cell: NotebookNode) -> bool:
    """Return True where a Chinese class cannot do without: headings, frame, exercises, hints.

    >>> is_required(NotebookNode(source="### Exercise 1", metadata={}))
    True
    """
    if "solution" in cell.metadata.get("tags", []):
        return False
    text = cell.source
    hint = text.lstrip().startswith("<details")
    return bool(HEADING.search(text)) or hint or any(words in text for words in FRAME)


def in_chinese(notebook: NotebookNode, sections: Mapping[str, Section]) -> NotebookNode:
    """Return the notebook with every text that has an up-to-date section in Chinese.

    The charts' own words are Chinese as well; outputs are not changed. The first cell says how
    many texts are still English. A ValueError where no cell sets the theme.
    """
    notebook = deepcopy(notebook)
    n_english = 0
    for cell in notebook.cells:
        section = sections.get(cell.id)
        is_current = section and section.text and section.mark == source_mark(cell.source)
        if cell.cell_type == "code" and is_current:
            try:
                cell.source = replace_pairs(cell.source, section.text)
            except ValueError as error:
                raise ValueError(f"the Chinese of {cell.id}: {error}") from error
        elif cell.cell_type == "markdown" and is_current:
            cell.source = section.text
        elif cell.cell_type == "markdown":
            n_english += 1
    _set_chinese_theme(notebook)
    if n_english:
        notebook.cells[0].source += "\n\n" + STILL_ENGLISH.format(n=n_english)
    return notebook


def replace_pairs(source: str, text: str) -> str:
    """Return the code with the pieces that `text` names replaced; a ValueError where it cannot.

    >>> replace_pairs('draw(title="Words")', '- "Words"\\n+ "词语"')
    'draw(title="词语")'
    """
    fault = find_fault_in_pairs(source, text)
    if fault:
        raise ValueError(fault)
    for english, chinese in _pairs_of(text):
        source = source.replace(english, chinese)
    return source


def find_fault_in_pairs(source: str, text: str) -> str:
    """Return what keeps the pairs of a code cell's section from being put in; "" if nothing.

    >>> find_fault_in_pairs('draw("Words")', '- "Word"\\n+ "词"')
    'the piece \\'"Word"\\' stands 0 times in the cell, not once'
    """
    lines = [line for line in text.split("\n") if line.strip()]
    marks = [line[:2] for line in lines]
    if len(lines) % 2 or marks != ["- ", "+ "] * (len(lines) // 2):
        return "its lines are not pairs that begin with '- ' and '+ '"
    for english, chinese in _pairs_of(text):
        if source.count(english) != 1:
            return (
                f"the piece {english!r} stands {source.count(english)} times in the cell, not once"
            )
        source = source.replace(english, chinese)
    try:
        ast.parse(source)
    except SyntaxError as error:
        return f"with its pieces put in, line {error.lineno or 1} is no Python: {error.msg}"
    except (MemoryError, RecursionError):
        return "with its pieces put in, it is nested too deeply for Python"
    return ""


def _pairs_of(text: str) -> list[tuple[str, str]]:
    lines = [line[2:] for line in text.split("\n") if line.strip()]
    return list(zip(lines[::2], lines[1::2], strict=True))


def _may_have_section(cell: NotebookNode, sections: Mapping[str, Section]) -> bool:
    return cell.cell_type == "markdown" or (cell.cell_type == "code" and cell.id in sections)


def read_chinese(path: Path) -> NotebookNode:
    """Return the notebook in `path` with Chinese text, without outputs."""
    return in_chinese(read_notebook(path), read_sections(TRANSLATIONS / f"{path.stem}.md"))


def write_skeleton(notebook: NotebookNode, sections: Mapping[str, Section]) -> str:
    """Return a translation file with a section for every Markdown cell, in their order.

    A section that is missing or out of date shows the English in a comment, which begins with
    the digits the section is to have; a missing one has them already. Sections without a cell
    come last, so that no translation is lost.
    """
    cells = [cell for cell in notebook.cells if _may_have_section(cell, sections)]
    parts = [_skeleton_section(cell, sections.get(cell.id)) for cell in cells]
    known = {cell.id for cell in cells}
    parts += [
        f"<!-- {cell} {section.mark} -->\n{section.text}\n"
        for cell, section in sections.items()
        if cell not in known
    ]
    return "\n".join(parts)


def summarise(gaps: Sequence[Gap]) -> str:
    """Return in one line how much is missing and out of date.

    >>> summarise([])
    'required: 0 missing, 0 out of date; optional: 0 missing, 0 out of date; unknown: 0'
    """
    known = [gap for gap in gaps if gap.why != "no such cell"]
    counts = [
        f"{word}: {sum(gap.why == 'missing' for gap in group)} missing, "
        f"{sum(gap.why != 'missing' for gap in group)} out of date"
        for word, group in (
            ("required", [gap for gap in known if gap.required]),
            ("optional", [gap for gap in known if not gap.required]),
        )
    ]
    return "; ".join([*counts, f"unknown: {len(gaps) - len(known)}"])


def _skeleton_section(cell: NotebookNode, section: Section | None) -> str:
    mark = source_mark(cell.source)
    if section and section.text and section.mark == mark:
        return f"<!-- {cell.id} {mark} -->\n{section.text}\n"
    kept = section if section and section.text else Section(mark, "")
    english = cell.source.replace("-->", "--&gt;")
    lines = [f"<!-- {cell.id} {kept.mark} -->", f"<!-- en {mark}", english, "-->", kept.text]
    return "\n".join(lines) + "\n" * bool(kept.text)


def _looks_like_marker(line: str) -> bool:
    # Comments begin in the first column only where they are markers of this file.
    return line.startswith("<!--") and not re.match(r"<!-- en\b", line)


def _require_closed(lines: Sequence[str], *, cell: str, file: str) -> None:
    """Raise a ValueError for an open comment: a page would hide all that follows it."""
    text = "\n".join(lines)
    last_open, last_closed = text.rfind(ENGLISH_BEGINS), text.rfind(COMMENT_ENDS)
    if last_open > last_closed:
        raise ValueError(
            f"{file}, section {cell}: a comment that begins {ENGLISH_BEGINS!r} has no end; write "
            f"{COMMENT_ENDS!r} in a line below the English"
        )


def _chinese_of(lines: Sequence[str]) -> str:
    return ENGLISH_COMMENT.sub("", "\n".join(lines)).strip()


def _set_chinese_theme(notebook: NotebookNode) -> None:
    settings = [cell for cell in _code_cells(notebook) if SET_THEME in cell.source]
    if not settings:
        raise ValueError(f"no cell says {SET_THEME}, so the charts cannot be made Chinese")
    for cell in settings:
        cell.source = cell.source.replace(SET_THEME, SET_THEME_CHINESE)


def _code_cells(notebook: NotebookNode) -> Iterator[NotebookNode]:
    return (cell for cell in notebook.cells if cell.cell_type == "code")


def _write_skeletons(
    notebooks: Mapping[str, NotebookNode], sections: Mapping[str, Mapping[str, Section]]
) -> int:
    for name, notebook in notebooks.items():
        text = write_skeleton(notebook, sections[name])
        replace_if_changed(TRANSLATIONS / f"{name}.md", text.encode("utf-8"))
        print(f"{name}.md")
    return 0


def _write_chinese(
    notebooks: Mapping[str, NotebookNode],
    sections: Mapping[str, Mapping[str, Section]],
    folder: Path,
) -> int:
    _require_scratch(folder)
    built = {name: in_chinese(notebook, sections[name]) for name, notebook in notebooks.items()}
    for name, notebook in built.items():
        replace_if_changed(folder / f"{name}.ipynb", as_bytes(normal_form(notebook)))
        print(f"{name}.ipynb")
    return 0


def _require_scratch(folder: Path) -> None:
    """Raise a ValueError for what is no folder, or is one that holds something of the project."""
    existing = next(part for part in (folder, *folder.parents) if os.path.lexists(part))
    if not existing.is_dir():
        raise ValueError(f"{existing} is a file, or a link to nothing; name a folder")
    if folder.resolve() == NOTEBOOKS.resolve():
        raise ValueError(f"{folder} holds the English notebooks; name another folder")
    # An empty name is the folder one stands in, which is easily the project's own.
    if folder.resolve() == NOTEBOOKS.resolve().parent:
        raise ValueError(f"{folder} is the project's own folder; name another, such as zh")


if __name__ == "__main__":
    sys.exit(main())
