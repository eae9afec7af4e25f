"""The committed notebooks: their form, and that a new execution says the same."""

import hashlib
import os
import platform
import re
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from packaging.requirements import Requirement

from scripts.build_gallery import NOT_DRAWN
from scripts.environment import PROJECT
from scripts.execute_notebooks import (
    FIGURES_VARIABLE,
    NOTEBOOKS,
    as_bytes,
    find_fault,
    normal_form,
    texts_of,
)

PATHS = sorted(NOTEBOOKS.glob("*.ipynb"))
LONGEST_CODE_CELL = 12
FORM = ("**You will do**", "**You will learn**", "**You will need**")

each_notebook = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)


@cache
def read(path: Path) -> NotebookNode:
    return nbformat.read(path, as_version=4)


def code_cells(path: Path) -> list[NotebookNode]:
    return [cell for cell in read(path).cells if cell.cell_type == "code" and cell.source.strip()]


def markdown_cells(path: Path) -> list[NotebookNode]:
    return [cell for cell in read(path).cells if cell.cell_type == "markdown"]


# --- form --------------------------------------------------------------------------------------


def test_there_are_notebooks_numbered_from_zero() -> None:
    assert PATHS, "a suite of notebooks without notebooks"
    numbers = [path.name[:3] for path in PATHS]
    assert numbers == [f"{n:02d}_" for n in range(10)]


@each_notebook
def test_committed_as_run_py_writes_it(path: Path) -> None:
    # On Windows git may have laid the file down with its own line ends.
    assert path.read_bytes().replace(b"\r\n", b"\n") == as_bytes(normal_form(read(path)))


@each_notebook
def test_committed_executed_and_clean(path: Path) -> None:
    cells = code_cells(path)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    outputs = [(cell, output) for cell in cells for output in cell.outputs]
    assert any("image/png" in output.get("data", {}) for _, output in outputs), "no picture"
    for cell, output in outputs:
        assert not find_fault(output), f"{cell.source}\n{find_fault(output)}"


@each_notebook
def test_opens_with_title_and_what_you_will_do_learn_and_need(path: Path) -> None:
    first, *_ = read(path).cells
    assert first.cell_type == "markdown"
    assert first.source.startswith("# ")
    opening = "\n".join(cell.source for cell in markdown_cells(path)[:4])
    places = [opening.find(words) for words in FORM]
    assert -1 not in places, f"one of {FORM} is missing"
    assert places == sorted(places)


@each_notebook
def test_ends_with_what_we_saw_and_what_comes_next(path: Path) -> None:
    last = read(path).cells[-1]
    assert last.cell_type == "markdown"
    assert re.search(r"^#+ .*what we saw", last.source, re.IGNORECASE | re.MULTILINE)
    assert re.search(r"^\W*Next\b", last.source, re.MULTILINE), "it does not say what comes next"


@each_notebook
def test_each_exercise_has_its_solution(path: Path) -> None:
    exercises: list[list[NotebookNode]] = []
    inside = False
    for cell in read(path).cells:
        heading = cell.cell_type == "markdown" and cell.source.startswith("#")
        if heading:
            inside = bool(re.match(r"#+ Exercise \d", cell.source))
            exercises += [[]] * inside
        if inside:
            exercises[-1] = [*exercises[-1], cell]
    # 08 and 09 are tools, not lessons.
    fewest = 3 if path.name < "08" else 2
    assert len(exercises) >= fewest, f"only {len(exercises)} exercises"
    for cells in exercises:
        solved = any("solution" in cell.metadata.get("tags", []) for cell in cells)
        assert solved, f"no cell tagged solution: {cells[0].source}"


@each_notebook
def test_code_cells_are_short(path: Path) -> None:
    for cell in code_cells(path):
        lines = [line for line in cell.source.splitlines() if line.strip()]
        assert len(lines) <= LONGEST_CODE_CELL, cell.source


@each_notebook
def test_each_image_in_the_prose_has_alt_text(path: Path) -> None:
    for cell in markdown_cells(path):
        alts = re.findall(r"!\[(.*?)\]\(", cell.source, flags=re.DOTALL)
        alts += [
            (re.search(r'\balt="([^"]*)"', tag) or [None, ""])[1]
            for tag in re.findall(r"<img\b[^>]*>", cell.source)
        ]
        assert all(alt.strip() for alt in alts), cell.source


@each_notebook
def test_each_picture_a_cell_shows_has_alt_text(path: Path) -> None:
    for cell in code_cells(path):
        for output in cell.outputs:
            if "image/png" in output.get("data", {}):
                of_output = output.metadata.get("image/png", {}).get("alt", "")
                alt = of_output or cell.metadata.get("alt", "")
                assert alt.strip(), f"cell {cell.id} saves no figure: describe it in its metadata"


# --- a new execution ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Execution:
    """Where a new execution put its notebooks and figures, and what it printed."""

    notebooks: Path
    figures: Path
    printed: str


@pytest.fixture(scope="session")
def execution(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Execution:
    """Execute the notebooks that the chosen tests ask for, once; the project stays as it is."""
    tests = [item for item in request.session.items if "execution" in item.fixturenames]
    asked = {item.callspec.params["path"].stem for item in tests if hasattr(item, "callspec")}
    stems = sorted(asked) if len(asked) == len(tests) else [path.stem for path in PATHS]
    folder = tmp_path_factory.mktemp("execution")
    figures = folder / "figures"
    command = [sys.executable, "-m", "scripts.execute_notebooks", "--copies", folder, *stems]
    run = subprocess.run(
        command, cwd=PROJECT, env=os.environ | {FIGURES_VARIABLE: str(figures)},
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    return Execution(folder, figures, run.stdout + run.stderr)


@pytest.mark.notebooks
@each_notebook
def test_a_new_execution_gives_the_committed_outputs(path: Path, execution: Execution) -> None:
    copy = execution.notebooks / path.name
    assert copy.exists(), execution.printed
    committed, executed = read(path), read(copy)
    assert [cell.id for cell in executed.cells] == [cell.id for cell in committed.cells]
    for old, new in zip(committed.cells, executed.cells, strict=True):
        assert outputs_of(new) == outputs_of(old), f"in cell {old.id}: {old.source}"


@pytest.mark.notebooks
def test_the_committed_figures_are_those_the_notebooks_draw(execution: Execution) -> None:
    drawn = {file.name for file in execution.figures.iterdir()}
    # Not those of somebody's own documents, which git leaves out.
    folder = PROJECT / "figures"
    committed = {file.name for file in folder.iterdir() if not file.name.startswith("own_")}
    # The page and the contact sheet are made of the figures; tests/test_gallery.py holds them.
    assert committed - NOT_DRAWN == drawn, execution.printed
    if pictures_must_be_identical():
        folders = (execution.figures, PROJECT / "figures")
        differing = [name for name in sorted(drawn) if len(_contents(name, folders)) > 1]
        assert differing == [], "run `python3 run.py` and commit figures/"


def _contents(name: str, folders: tuple[Path, Path]) -> set[bytes]:
    return {(folder / name).read_bytes() for folder in folders}


def outputs_of(cell: NotebookNode) -> list[tuple[str, dict[str, str]]]:
    """Return what is compared of each output: its texts, and its images or that it has them."""
    return [
        (output.output_type, {**texts_of(output), **_images_of(output)})
        for output in cell.get("outputs", [])
    ]


def _images_of(output: NotebookNode) -> dict[str, str]:
    images = {kind: text for kind, text in output.get("data", {}).items() if "image/" in kind}
    if not pictures_must_be_identical():
        return dict.fromkeys(images, "an image")
    return {kind: hashlib.sha256(text.encode()).hexdigest() for kind, text in images.items()}


@cache
def pictures_must_be_identical() -> bool:
    """Say whether this is the kind of machine the pictures were made on, with the lock's versions.

    Other versions draw other pixels, and other processors compress them to other bytes.
    """
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        return False
    text = (PROJECT / "requirements.lock").read_text(encoding="utf-8")
    pins = [Requirement(line.partition("#")[0]) for line in text.splitlines() if line[0] != "#"]
    wanted = [pin for pin in pins if pin.marker is None or pin.marker.evaluate()]
    return all(pin.specifier.contains(_installed_version(pin.name)) for pin in wanted)


def _installed_version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "0"
