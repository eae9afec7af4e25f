"""Write copies of notebooks 00 to 09 for a class: no outputs, no solutions.

    python -m scripts.build_student_copies FOLDER [--language zh] [--solutions]

FOLDER must be new or empty. Put it into the project's folder (as class/, say), or zip it and
let students unzip it there: the notebooks look for helpers/ one folder up, and draw their
pictures into a folder figures/ of their own. With --solutions the solutions stay: the teacher's
copy, which nbgrader takes as the source of an assignment.
"""

import argparse
import re
import sys
from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path

from nbformat import NotebookNode

from scripts.environment import PROJECT
from scripts.execute_notebooks import (
    NOTEBOOKS,
    NotebookError,
    as_bytes,
    choose_notebooks,
    normal_form,
    read_notebook,
    replace_if_changed,
)
from scripts.translate_notebooks import read_chinese

LESSONS = [f"{number:02d}_" for number in range(10)]
OF_THE_PROJECT = (
    "notebooks", "data", "docs", "figures", "helpers", "scripts", "tests",
    ".git", ".venv", ".cache",
)  # fmt: skip
SOLUTION, EXERCISE, CHECK = "solution", "exercise", "check"
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
SOLVED = re.compile(rf"^[ \t]*{BEGIN}.*?^[ \t]*{END}[^\n]*$\n?", flags=re.DOTALL | re.MULTILINE)
CHECKED = re.compile(r"classroom\.check\(\"(0[0-8]-[1-9])\"")
YOUR_CODE = {"en": "# your code here", "zh": "# 在这里写代码"}
WHERE = {
    "en": "*A copy for class. Its folder belongs into the project's folder, beside `helpers`.*",
    "zh": "*课堂用副本。请把它所在的文件夹放进项目文件夹，与 `helpers` 并列。*",
}
OWN_FIGURES = (
    'import os\nimport sys\n\nos.environ.setdefault("COVID_POLICY_FIGURES", "figures")  # {}\n'
)
BESIDE = {"en": "pictures go beside this notebook", "zh": "图保存在本笔记本旁边"}
HIDDEN_TEST = """### BEGIN HIDDEN TESTS
assert classroom.check("{}", answer).right
### END HIDDEN TESTS"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Return 0 when all copies are written; 1, with nothing written, when one cannot be made."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, help="new or empty; for example class")
    parser.add_argument("--language", choices=sorted(YOUR_CODE), default="en")
    parser.add_argument("--solutions", action="store_true", help="keep them: the teacher's copy")
    options = parser.parse_args(arguments)
    try:
        require_empty(options.folder)
        copies = {
            path.name: build_copy(path, language=options.language, solutions=options.solutions)
            for path in choose_notebooks(NOTEBOOKS, LESSONS)
        }
    except (ValueError, NotebookError) as error:
        print(error, file=sys.stderr)
        return 1
    except (OSError, RuntimeError) as error:  # a link that leads to itself, a name too long
        print(f"{options.folder} is no folder that can be made ({error})", file=sys.stderr)
        return 1
    try:
        for name, copy in copies.items():
            replace_if_changed(options.folder / name, as_bytes(normal_form(copy)))
    except OSError as error:
        print(
            f"{options.folder} cannot be written: {error.strerror}; name another", file=sys.stderr
        )
        return 1
    print(f"{len(copies)} notebooks in {options.folder}")
    return 0


def require_empty(folder: Path) -> None:
    """Raise a ValueError unless `folder` is new or empty, and none that the project uses."""
    used = {(PROJECT / name).resolve() for name in OF_THE_PROJECT}
    inside = {folder.resolve(), *folder.resolve().parents} & used
    if inside:
        raise ValueError(f"{folder} is a folder of the project's own; name another, such as class")
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"{folder} is a file; name a new folder")
    if folder.exists() and any(folder.iterdir()):
        raise ValueError(
            f"{folder} holds files already, perhaps somebody's answers; name a new or empty folder"
        )


def build_copy(path: Path, *, language: str = "en", solutions: bool = False) -> NotebookNode:
    """Return a copy of one notebook for a class, without outputs.

    Cells tagged `solution` go, except answer cells, which keep their markers' place for the
    student's own code. nbgrader's metadata says which cells are answers and which are checks.
    """
    notebook = read_chinese(path) if language == "zh" else read_notebook(path)
    notebook.cells[0].source += f"\n\n{WHERE[language]}"
    _draw_beside(notebook, language)
    cells = notebook.cells if solutions else _without_solutions(notebook.cells, language)
    notebook.cells = _for_nbgrader(cells, tests=solutions)
    return notebook


def clear_solution(source: str, language: str = "en") -> str:
    """Return an answer cell's code with the student's place where the solution stood.

    >>> print(clear_solution("### BEGIN SOLUTION\\nanswer = 22\\n### END SOLUTION"))
    # your code here
    answer = None
    """
    place = f"{YOUR_CODE[language]}\nanswer = None\n"
    cleared, n_places = SOLVED.subn(lambda _: place, source)
    # A marker without its partner would leave a solution in the copy.
    if BEGIN in cleared or END in cleared or n_places != 1:
        raise ValueError(
            f"this cell needs {BEGIN!r} once, and {END!r} below it: {source.strip()[:80]!r}"
        )
    return cleared.rstrip("\n")


def _without_solutions(cells: Sequence[NotebookNode], language: str) -> list[NotebookNode]:
    kept = []
    for cell in map(deepcopy, cells):
        tags = cell.metadata.get("tags", [])
        if BEGIN in cell.source or END in cell.source:
            cell.source = clear_solution(cell.source, language)
            cell.metadata.tags = sorted({*tags, EXERCISE} - {SOLUTION})
        elif SOLUTION in tags:
            continue
        elif cell.cell_type == "code" and cell.source.strip() == YOUR_CODE["en"]:
            cell.source = YOUR_CODE[language]
        kept.append(cell)
    return kept


def _draw_beside(notebook: NotebookNode, language: str) -> None:
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.source.startswith("import sys\n"):
            own = OWN_FIGURES.format(BESIDE[language])
            cell.source = cell.source.replace("import sys\n", own, 1)
            return
    raise ValueError("no cell begins with import sys, so the pictures would go to the project's")


def _for_nbgrader(cells: Sequence[NotebookNode], *, tests: bool) -> list[NotebookNode]:
    """Return the cells with nbgrader's metadata; with `tests`, a graded test after each check."""
    marked = []
    for place, cell in enumerate(cells):
        number = _exercise_after(cells, place) if _is_answer(cell) else None
        if number:
            cell.metadata.nbgrader = _nbgrader(f"answer-{number}", solution=True)
        elif SOLUTION in cell.metadata.get("tags", []):
            _mark_as_solution(cell)
        marked.append(cell)
        if CHECK in cell.metadata.get("tags", []):
            number = _checked_exercise(cell)
            cell.metadata.nbgrader = _nbgrader(f"check-{number}", locked=True)
            marked += [_hidden_test(number)] * tests
    return marked


def _mark_as_solution(cell: NotebookNode) -> None:
    """Put markers around a solution without them: nbgrader clears nothing else."""
    code = cell.cell_type == "code"
    begin, end = (BEGIN, END) if code else (f"<!-- {BEGIN[4:]} -->", f"<!-- {END[4:]} -->")
    cell.source = f"{begin}\n{cell.source}\n{end}"
    # A text counts as an answer to be read, so nbgrader wants points for it: none.
    grading = {} if code else {"points": 0}
    cell.metadata.nbgrader = _nbgrader(f"solution-{cell.id}", solution=True, grade=not code)
    cell.metadata.nbgrader.update(grading, cell_type=cell.cell_type)


def _is_answer(cell: NotebookNode) -> bool:
    tags = cell.metadata.get("tags", [])
    return cell.cell_type == "code" and (BEGIN in cell.source or EXERCISE in tags)


def _checked_exercise(cell: NotebookNode) -> str:
    found = CHECKED.search(cell.source)
    if not found:
        raise ValueError(
            f"cell {cell.id} is tagged {CHECK} and checks nothing; write "
            'classroom.check("03-2", answer) with its own number'
        )
    return found[1]


def _exercise_after(cells: Sequence[NotebookNode], place: int) -> str | None:
    for cell in cells[place:]:
        found = CHECKED.search(cell.source)
        if found and cell.cell_type == "code":
            return found[1]
    return None


def _hidden_test(number: str) -> NotebookNode:
    metadata = NotebookNode(
        nbgrader=_nbgrader(f"test-{number}", grade=True, locked=True), tags=[CHECK]
    )
    return NotebookNode(
        cell_type="code",
        id=f"test-{number}",
        metadata=metadata,
        source=HIDDEN_TEST.format(number),
        outputs=[],
        execution_count=None,
    )


def _nbgrader(
    grade_id: str, *, solution: bool = False, grade: bool = False, locked: bool = False
) -> NotebookNode:
    fields = {"schema_version": 3, "grade_id": grade_id, "cell_type": "code", "task": False}
    points = {"points": 1} if grade else {}
    return NotebookNode(fields | points, solution=solution, grade=grade, locked=locked)


if __name__ == "__main__":
    sys.exit(main())
