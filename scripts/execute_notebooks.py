"""Execute notebooks, each in its own kernel, and write them back in one normal form.

    python -m scripts.execute_notebooks [--copies FOLDER] [PREFIX ...]

`run.py` calls this with the environment's Python. A notebook is written, and its figures
are moved to figures/, only when all its cells ran and its outputs are clean; otherwise both
stay as they were, the trouble is told with its cell, and the others still run.
"""

import argparse
import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from time import monotonic

import nbformat
from jupyter_client.kernelspec import NoSuchKernel
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.reader import NotJSONError
from tqdm.auto import tqdm

from helpers.cores import usable_cores
from helpers.paths import write_whole
from scripts.environment import PROJECT, child_settings

NOTEBOOKS = PROJECT / "notebooks"
FIGURES_VARIABLE = "COVID_POLICY_FIGURES"
# The second is that of a reader's own documents (notebook 08), which git leaves out.
MANIFESTS = ("manifest.json", "own_manifest.json")
SECONDS_PER_CELL = 300
# A kernel that draws takes half a GB.
MOST_AT_ONCE = 4
PUBLISHING = Lock()
INTERRUPTED = 130

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
# No record of what was typed, and no word about its own connection on the screen.
KERNEL_OPTIONS = ["--HistoryManager.enabled=False", "--IPKernelApp.log_level=CRITICAL"]
# A progress bar shows up only on a slow machine; as text, or as a widget, which tqdm draws
# whatever the environment says, and which is an empty frame once its kernel has ended.
QUIET = {"TQDM_DISABLE": "1"}
WIDGET = "application/vnd.jupyter.widget-view+json"
# What editors and kernels leave behind, different at every run.
RESTLESS_METADATA = ("execution", "ExecuteTime", "collapsed", "scrolled")
COLOUR_CODE = re.compile(r"\x1b\[[0-9;]*m")
FRAME = re.compile(r"^ *((?:File .+:\d+|Cell In\s*\[\d+\], line \d+).*)$", flags=re.MULTILINE)
MEMORY_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]{6,}")


class NotebookError(Exception):
    """What went wrong in a notebook: its cell, that cell's first line, the error."""


@dataclass(frozen=True)
class Outcome:
    """One notebook's run: how long it took, and its trouble ("" when it went well)."""

    path: Path
    seconds: float
    trouble: str


def main(arguments: Sequence[str] | None = None) -> int:
    """Return 0 when every chosen notebook ran and is clean, otherwise 1."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("prefixes", nargs="*", help="how the names begin; by default all")
    parser.add_argument("--copies", type=Path, help="write the notebooks to this folder instead")
    options = parser.parse_args(arguments)
    # jupyter_client reads some of these in this process, not in the kernel's.
    os.environ.update(child_settings(PROJECT))
    try:
        paths = choose_notebooks(NOTEBOOKS, options.prefixes)
        outcomes = list(run_all(paths, options.copies or NOTEBOOKS))
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped; the notebooks not named above are as they were.", flush=True)
        # At once: the threads would wait for their kernels, which end when this process does.
        os._exit(INTERRUPTED)
    failed = [outcome.path.stem for outcome in outcomes if outcome.trouble]
    if failed:
        print(f"{len(failed)} of {len(outcomes)} notebooks failed: {', '.join(failed)}")
    else:
        print("All pictures are in figures/. To read the notebooks: python3 run.py lab")
    return 1 if failed else 0


def choose_notebooks(folder: Path, prefixes: Sequence[str] = ()) -> list[Path]:
    """Return the notebooks in `folder` whose names begin with a prefix, by default all."""
    known = sorted(folder.glob("*.ipynb"))
    if not known:
        raise ValueError(f"there is no notebook (*.ipynb) in {folder}")
    for prefix in prefixes:
        if not any(path.name.startswith(prefix) for path in known):
            names = ", ".join(path.stem for path in known)
            raise ValueError(f"no notebook begins with {prefix!r}; there are {names}")
    return [path for path in known if path.name.startswith(tuple(prefixes) or "")]


def run_all(paths: Sequence[Path], target: Path) -> Iterator[Outcome]:
    """Yield each notebook's outcome, telling it on the screen; a few run at the same time."""
    n_cells = sum(map(_count_code_cells, paths))
    on_screen = sys.stdout.isatty()
    pool = ThreadPoolExecutor(max_workers=usable_cores(MOST_AT_ONCE))
    with tqdm(total=n_cells, unit=" cells", leave=False, disable=not on_screen) as bar:
        runs = [pool.submit(run_notebook, path, target, bar.update) for path in paths]
        for run in as_completed(runs):
            bar.write(_describe(run.result()))
            sys.stdout.flush()
            yield run.result()


def run_notebook(path: Path, target: Path, on_cell: Callable[[], object]) -> Outcome:
    """Return the outcome of one notebook, which is written to `target` if it went well."""
    start = monotonic()
    # Figures wait here until the notebook is done: one that fails changes nothing, and two
    # that run at the same time do not write one manifest.
    with TemporaryDirectory(dir=PROJECT / ".cache", prefix=f"{path.stem}-") as drawn:
        try:
            notebook = normal_form(execute(path, figures=Path(drawn), on_cell=on_cell))
            check_outputs(notebook)
        except NotebookError as error:
            return Outcome(path, monotonic() - start, str(error))
        replace_if_changed(target / path.name, as_bytes(notebook))
        with PUBLISHING:
            publish_figures(Path(drawn), figures_folder())
    return Outcome(path, monotonic() - start, "")


def execute(path: Path, *, figures: Path, on_cell: Callable[[], object]) -> NotebookNode:
    """Return the notebook with the outputs of a fresh kernel; its figures go to `figures`."""
    notebook = read_notebook(path)
    started = []

    def sign_and_tell(cell: NotebookNode, cell_index: int, **_: object) -> None:
        alts = sign_figures(figures, path.name, cell.get("id") or _new_id(cell_index))
        describe_images(cell, alts)
        on_cell()

    client = NotebookClient(
        notebook,
        kernel_name=KERNEL["name"],
        timeout=SECONDS_PER_CELL,
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,
        extra_arguments=KERNEL_OPTIONS,
        resources={"metadata": {"path": str(path.parent)}},
        on_cell_execute=lambda cell, cell_index: started.append(cell_index),
        on_cell_executed=sign_and_tell,
    )
    client.log.disabled = True
    try:
        return client.execute(
            env=child_settings(PROJECT) | QUIET | {FIGURES_VARIABLE: str(figures)}
        )
    except CellExecutionError as error:
        what = f"{error.ename}: {error.evalue}{_last_frame(error.traceback)}"
    except CellTimeoutError:
        what = f"the cell took longer than {SECONDS_PER_CELL} seconds"
    except DeadKernelError:
        what = "the kernel died: memory ran out, or compiled code crashed"
    except (NoSuchKernel, RuntimeError) as error:
        raise NotebookError(f"no kernel could be started: {error}") from error
    raise NotebookError(f"{_name_cell(notebook, started[-1])}\n{what}")


def read_notebook(path: Path) -> NotebookNode:
    """Return the notebook in `path` without any output."""
    try:
        text = path.read_text(encoding="utf-8")
        _check_form(json.loads(text))
        notebook = nbformat.reads(text, as_version=4)
    except (
        NotJSONError, nbformat.NBFormatError, nbformat.ValidationError, UnicodeDecodeError,
        json.JSONDecodeError, RecursionError,
    ) as error:  # fmt: skip
        raise NotebookError(f"the file is not a notebook: {str(error)[:200]}") from error
    for cell in _code_cells(notebook):
        cell.update(outputs=[], execution_count=None)
    return notebook


def _check_form(content: object) -> None:
    """Raise a NotebookError where what nbformat takes for granted is not so."""
    cells = content.get("cells") if isinstance(content, dict) else None
    if not isinstance(cells, list) or not cells:
        raise NotebookError("the file is not a notebook: it has no list of cells")
    seen = set()
    for place, cell in enumerate(cells, start=1):
        tags = cell.get("metadata", {}).get("tags", []) if isinstance(cell, dict) else None
        if not isinstance(tags, list) or not isinstance(cell.get("source"), str | list):
            raise NotebookError(f"cell {place} has no text, or tags that are no list")
        # nbformat would give the second of two equal names another one without a word.
        if "id" in cell and cell["id"] in seen:
            raise NotebookError(f"cell {place} has the id {cell['id']!r} of another; rename one")
        seen.add(str(cell.get("id", place)))


def normal_form(notebook: NotebookNode) -> NotebookNode:
    """Return the notebook with all that may differ from run to run taken out of its metadata."""
    notebook = deepcopy(notebook)
    notebook.nbformat_minor = max(notebook.nbformat_minor, 5)
    notebook.metadata.pop("widgets", None)
    notebook.metadata.update(kernelspec=KERNEL, language_info={"name": "python"})
    for number, cell in enumerate(notebook.cells, start=1):
        cell.setdefault("id", _new_id(number - 1))
        for name in RESTLESS_METADATA:
            cell.metadata.pop(name, None)
    executed = [cell for cell in _code_cells(notebook) if cell.source.strip()]
    for count, cell in enumerate(executed, start=1):
        cell.execution_count = count
        cell.outputs = [output for output in cell.outputs if WIDGET not in output.get("data", {})]
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = count
    return notebook


def check_outputs(notebook: NotebookNode) -> None:
    """Raise a NotebookError that names the first cell whose output must not be committed."""
    for index, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", []):
            fault = find_fault(output)
            if fault:
                raise NotebookError(f"{_name_cell(notebook, index)}\n{fault}")


def find_fault(output: NotebookNode) -> str:
    """Say what makes an output unfit to be committed: a warning, a path of this machine, ..."""
    texts = "\n".join(texts_of(output).values())
    if output.get("name") == "stderr":
        return f"the cell wrote a warning: {texts.strip()[:300]}"
    for folder in (PROJECT, Path.home()):
        if folder != folder.parent and any(form in texts for form in _spellings(folder)):
            return f"the output shows a path of this machine, {folder}: end the line with ;"
    address = MEMORY_ADDRESS.search(texts)
    if address:
        return f"the output shows a memory address,{address[0]}: end the line with ;"
    return ""


def texts_of(output: NotebookNode) -> dict[str, str]:
    """Return the texts of an output by their kind: stdout, text/plain, text/html, ..."""
    if output.output_type == "stream":
        return {output.name: output.text}
    if output.output_type == "error":
        return {"error": COLOUR_CODE.sub("", "\n".join(output.traceback))}
    return {
        kind: content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
        for kind, content in output.data.items()
        if not kind.startswith("image/") or kind == "image/svg+xml"
    }


def as_bytes(notebook: NotebookNode) -> bytes:
    """Return the file's content: UTF-8, one space of indent, sorted keys, a newline at the end."""
    text = nbformat.writes(notebook, indent=1, ensure_ascii=False, sort_keys=True)
    return (text.rstrip("\n") + "\n").encode("utf-8")


def sign_figures(drawn: Path, notebook: str, cell: str) -> list[str]:
    """Write the notebook and the cell into the entry of every figure that names none yet.

    Returns the alt texts of these figures, in the order they were saved.
    """
    # Asked after each cell: what save_figure has written since the last one is this cell's.
    alts = {}
    for manifest in MANIFESTS:
        entries = _read_json(drawn / manifest)
        unsigned = {name: entry for name, entry in entries.items() if "made_by" not in entry}
        for name, entry in unsigned.items():
            entry["made_by"] = {"notebook": notebook, "cell": cell}
            alts[(drawn / f"{name}.png").stat().st_mtime_ns, name] = entry["alt"]
        if unsigned:
            replace_if_changed(drawn / manifest, _as_json(entries))
    return [alts[when] for when in sorted(alts)]


def describe_images(cell: NotebookNode, alts: Sequence[str]) -> None:
    """Give the cell's pictures the alt texts of the figures it saved, for screen readers.

    One figure: every picture is that figure. Several: as many pictures, in the same order.
    An image of a figure that is not saved is described in the cell's metadata, by its author.
    """
    images = [output for output in cell.outputs if "image/png" in output.get("data", {})]
    alts = list(alts) * len(images) if len(alts) == 1 else alts
    if len(alts) == len(images):
        for output, alt in zip(images, alts, strict=True):
            # Where nbconvert looks for it.
            output.metadata.setdefault("image/png", NotebookNode())["alt"] = alt


def publish_figures(drawn: Path, target: Path) -> None:
    """Copy what changed from `drawn` to `target`, and join the manifests.

    Files that belonged to a figure drawn anew, and do no longer, are deleted from `target`.
    """
    for path in sorted(drawn.iterdir()):
        if path.name not in MANIFESTS:
            replace_if_changed(target / path.name, path.read_bytes())
    for manifest in MANIFESTS:
        former, new = _read_json(target / manifest), _read_json(drawn / manifest)
        if new:
            replace_if_changed(target / manifest, _as_json(former | new))
        for name in former.keys() & new.keys():
            for file in former[name]["files"].keys() - new[name]["files"].keys():
                (target / file).unlink(missing_ok=True)


def figures_folder() -> Path:
    """Return the folder where finished figures go: figures/, unless the environment says else."""
    return Path(os.environ.get(FIGURES_VARIABLE) or PROJECT / "figures")


def replace_if_changed(path: Path, content: bytes) -> None:
    """Write `content` to `path`, whole or not at all, and only if it says something new."""
    if path.exists() and path.read_bytes() == content:
        return
    write_whole(path, content)


def _describe(outcome: Outcome) -> str:
    """Return the outcome as a person reads it: a line, and the trouble indented below."""
    word = "FAILED" if outcome.trouble else "ok"
    lines = [f"{outcome.path.stem} ... {word} {outcome.seconds:.1f} s"]
    return "\n    ".join(lines + outcome.trouble.splitlines())


def _name_cell(notebook: NotebookNode, index: int) -> str:
    cells = notebook.cells[: index + 1]
    count = sum(cell.cell_type == "code" and bool(cell.source.strip()) for cell in cells)
    first_line = cells[-1].source.strip().partition("\n")[0]
    return f"cell {index + 1}, In [{count}]: {first_line}"


def _new_id(index: int) -> str:
    return f"cell-{index + 1:02d}"


def _last_frame(traceback: str) -> str:
    frames = FRAME.findall(COLOUR_CODE.sub("", traceback))
    return f"\n{frames[-1]}" if frames else ""


def _spellings(folder: Path) -> set[str]:
    # A Windows path appears with /, with \\, and doubled inside a repr.
    return {str(folder), folder.as_posix(), str(folder).replace("\\", "\\\\")}


def _code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def _count_code_cells(path: Path) -> int:
    try:
        return sum(bool(cell.source.strip()) for cell in _code_cells(read_notebook(path)))
    except NotebookError:
        return 0


def _as_json(manifest: dict[str, object]) -> bytes:
    text = json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    return text.encode("utf-8")


def _read_json(path: Path) -> dict[str, object]:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


if __name__ == "__main__":
    sys.exit(main())
