"""The script that executes notebooks: what it writes, what it refuses, how it says so."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from scripts import execute_notebooks as script
from scripts.environment import PROJECT, child_settings

GOOD = [
    "print('疫情防控')",
    "import sys\nsys.stdout.write('a'); sys.stdout.flush(); print('b')\n3 * 7",
    (
        "import matplotlib.pyplot as plt\n"
        "from helpers import figures\n"
        "figure, ax = plt.subplots()\n"
        "ax.set_title('two points')\n"
        "ax.plot([1, 2])\n"
        "import pandas as pd\n"
        "points = pd.DataFrame({'n': [1, 2]})\n"
        "figures.save_figure(figure, 'NAME', tables={'points': points}, alt='two points');"
    ),
]

TROUBLED = {
    "10_error": (["x = 1", "\n# a comment\ncounts = {}\ncounts['tokn']"],
                 ["cell 3, In [2]: # a comment", "KeyError: 'tokn'", "Cell In[2], line 3"]),
    "11_deep": (["import json", "json.loads('{')"],
                ["cell 3, In [2]: json.loads('{')", "JSONDecodeError:", "decoder.py"]),
    "12_syntax": (["def f(:"], ["cell 2, In [1]: def f(:", "SyntaxError"]),
    "13_dead": (["import os", "os._exit(9)"], ["cell 3, In [2]: os._exit(9)", "the kernel died"]),
    "15_warning": (["import warnings\nwarnings.warn('old')"],
                   ["cell 2, In [1]: import warnings", "wrote a warning", "UserWarning: old"]),
    "16_path": (["from helpers import paths\npaths.PROJECT"],
                ["cell 2, In [1]: from helpers", "a path of this machine"]),
    "17_address": (["object()"], ["cell 2, In [1]: object()", "a memory address, at 0x"]),
    "18_error_after_figure": ([GOOD[2].replace("NAME", "from_failed"), "1 / 0"],
                              ["cell 3, In [2]: 1 / 0", "ZeroDivisionError"]),
}  # fmt: skip


@dataclass(frozen=True)
class Run:
    folder: Path
    before: dict[str, bytes]
    code: int
    printed: str

    def trouble_of(self, stem: str) -> str:
        """What was printed of one notebook: its line and the indented ones below."""
        lines = self.printed.splitlines()
        start = next(i for i, line in enumerate(lines) if line.startswith(f"{stem} ..."))
        stop = start + 1
        while lines[stop].startswith("    "):
            stop += 1
        return "\n".join(lines[start:stop])


def write_notebook(path: Path, sources: list[str]) -> None:
    cells = [new_markdown_cell("# 标题", id="title")]
    cells += [new_code_cell(source, id=f"code-{i}") for i, source in enumerate(sources)]
    path.write_text(nbformat.writes(new_notebook(cells=cells)), encoding="utf-8")


def execute_folder(
    folder: Path, *arguments: str, patience: int = 300
) -> subprocess.CompletedProcess:
    """Run the script as run.py does, on another folder."""
    code = (
        "import sys; from pathlib import Path; from scripts import execute_notebooks as script\n"
        f"script.NOTEBOOKS = Path(sys.argv[1]); script.SECONDS_PER_CELL = {patience}\n"
        "sys.exit(script.main(sys.argv[2:]))"
    )
    figures = {script.FIGURES_VARIABLE: str(folder / "figures"), "PYTHONPATH": str(PROJECT)}
    return subprocess.run(
        [sys.executable, "-c", code, str(folder), *arguments],
        cwd=PROJECT, env=child_settings(PROJECT) | figures, capture_output=True, encoding="utf-8",
        check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("notebooks")
    for name in ("00_good", "01_good"):
        write_notebook(folder / f"{name}.ipynb", [source.replace("NAME", name) for source in GOOD])
    for name, (sources, _) in TROUBLED.items():
        write_notebook(folder / f"{name}.ipynb", sources)
    (folder / "19_torn.ipynb").write_text('{"cells": [', encoding="utf-8")
    before = {path.stem: path.read_bytes() for path in folder.glob("*.ipynb")}
    done = execute_folder(folder)
    return Run(folder, before, done.returncode, done.stdout)


def test_all_notebooks_run_whatever_happens_to_one(run: Run) -> None:
    assert run.code == 1
    for stem in run.before:
        assert f"{stem} ... {'ok' if 'good' in stem else 'FAILED'} " in run.printed
    failed = run.printed.strip().splitlines()[-1]
    assert failed.startswith(f"{len(run.before) - 2} of {len(run.before)} notebooks failed: ")


@pytest.mark.parametrize(("stem", "expected"), [(s, e) for s, (_, e) in TROUBLED.items()])
def test_trouble_names_cell_first_line_error_and_frame(
    run: Run, stem: str, expected: list[str]
) -> None:
    for words in expected:
        assert words in run.trouble_of(stem)


def test_a_cell_that_does_not_end_is_named(tmp_path: Path) -> None:
    write_notebook(tmp_path / "endless.ipynb", ["while True: pass"])
    done = execute_folder(tmp_path, patience=2)
    assert done.returncode == 1
    assert "cell 2, In [1]: while True: pass" in done.stdout
    assert "the cell took longer than 2 seconds" in done.stdout


def test_a_slow_machine_leaves_no_progress_bar_in_an_output(tmp_path: Path) -> None:
    write_notebook(tmp_path / "slow.ipynb", [
        "import tqdm, tqdm.auto\n"
        "for bar in (tqdm.tqdm, tqdm.auto.tqdm): print(len(list(bar(range(2)))))",
        GOOD[2].replace("NAME", "slow"),
    ])  # fmt: skip
    done = execute_folder(tmp_path)
    assert done.returncode == 0, done.stdout
    notebook = nbformat.read(tmp_path / "slow.ipynb", as_version=4)
    (output,) = notebook.cells[1].outputs
    assert (output.name, output.text) == ("stdout", "2\n2\n")


def test_a_torn_file_is_named(run: Run) -> None:
    assert "the file is not a notebook" in run.trouble_of("19_torn")


def test_failed_notebooks_and_their_figures_stay_as_they_were(run: Run) -> None:
    for stem in [*TROUBLED, "19_torn"]:
        assert (run.folder / f"{stem}.ipynb").read_bytes() == run.before[stem], stem
    assert not list((run.folder / "figures").glob("from_failed*"))


def test_good_notebooks_hold_their_outputs_in_normal_form(run: Run) -> None:
    text = (run.folder / "00_good.ipynb").read_text(encoding="utf-8")
    notebook = nbformat.reads(text, as_version=4)
    assert [cell.get("execution_count") for cell in notebook.cells] == [None, 1, 2, 3]
    assert [cell.id for cell in notebook.cells] == ["title", "code-0", "code-1", "code-2"]
    assert notebook.cells[2].outputs[0].text == "ab\n"  # two writes, one stream
    assert notebook.cells[2].outputs[1].data["text/plain"] == "21"
    assert "image/png" in notebook.cells[3].outputs[0].data
    assert notebook.metadata.language_info == {"name": "python"}
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert "疫情防控" in text
    assert text.endswith("}\n")
    assert not text.endswith("}\n\n")
    assert '\n "cells": [' in text


def test_two_notebooks_at_once_share_one_manifest(run: Run) -> None:
    figures = run.folder / "figures"
    files = {f"{n}_good.{kind}" for n in ("00", "01") for kind in ("png", "svg", "pdf", "csv")}
    assert {path.name for path in figures.iterdir()} == files | {"manifest.json"}
    manifest = script._read_json(figures / "manifest.json")
    assert sorted(manifest) == ["00_good", "01_good"]


def test_each_figure_names_the_notebook_and_cell_that_made_it(run: Run) -> None:
    manifest = script._read_json(run.folder / "figures" / "manifest.json")
    assert {name: entry["made_by"] for name, entry in manifest.items()} == {
        name: {"notebook": f"{name}.ipynb", "cell": "code-2"} for name in ("00_good", "01_good")
    }


def test_only_figures_without_a_cell_are_signed(tmp_path: Path) -> None:
    script.sign_figures(tmp_path, "a.ipynb", "one")
    assert not list(tmp_path.iterdir())
    manifest = tmp_path / "manifest.json"
    for name in ("first", "second"):
        (tmp_path / f"{name}.png").touch()
    manifest.write_bytes(script._as_json({"first": {"alt": "bars"}}))
    script.sign_figures(tmp_path, "a.ipynb", "one")
    saved = script._read_json(manifest)
    manifest.write_bytes(script._as_json(saved | {"second": {"alt": "dots"}}))
    script.sign_figures(tmp_path, "a.ipynb", "two")
    cells = {name: entry["made_by"]["cell"] for name, entry in script._read_json(manifest).items()}
    assert cells == {"first": "one", "second": "two"}


def test_figures_are_published_one_notebook_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside, most = [], []

    def publish(drawn: Path, target: Path) -> None:
        inside.append(drawn)
        time.sleep(0.05)
        most.append(len(inside))
        inside.remove(drawn)

    (tmp_path / ".cache").mkdir()
    monkeypatch.setattr(script, "PROJECT", tmp_path)
    monkeypatch.setattr(script, "execute", lambda path, **options: script.read_notebook(path))
    monkeypatch.setattr(script, "publish_figures", publish)
    paths = [tmp_path / f"{n}.ipynb" for n in range(4)]
    for path in paths:
        write_notebook(path, ["1"])
    assert [outcome.trouble for outcome in script.run_all(paths, tmp_path)] == [""] * 4
    assert most == [1] * 4


def test_a_second_run_touches_nothing_and_other_notebooks_are_left_alone(run: Run) -> None:
    watched = [run.folder / "00_good.ipynb", *(run.folder / "figures").iterdir()]
    for path in watched:
        os.utime(path, (1, 1))
    again = execute_folder(run.folder, "00")
    assert again.returncode == 0, again.stdout + again.stderr
    # The notebook, and where its pictures are.
    ran, where = again.stdout.splitlines()
    assert ran.startswith("00_good ... ok") and "python3 run.py lab" in where
    assert [path.stat().st_mtime for path in watched] == [1] * len(watched)


def test_copies_leave_the_notebook_itself_alone(run: Run, tmp_path: Path) -> None:
    committed = run.folder / "01_good.ipynb"
    os.utime(committed, (1, 1))
    execute_folder(run.folder, "01", "--copies", str(tmp_path))
    assert committed.stat().st_mtime == 1
    assert (tmp_path / "01_good.ipynb").read_bytes() == committed.read_bytes()


def test_choose_notebooks_by_prefix(tmp_path: Path) -> None:
    for name in ("00_a", "03_b", "05_c"):
        (tmp_path / f"{name}.ipynb").touch()
    assert [p.stem for p in script.choose_notebooks(tmp_path)] == ["00_a", "03_b", "05_c"]
    assert [p.stem for p in script.choose_notebooks(tmp_path, ["05", "03"])] == ["03_b", "05_c"]
    with pytest.raises(ValueError, match="no notebook begins with '07'; there are 00_a, 03_b, 05"):
        script.choose_notebooks(tmp_path, ["03", "07"])
    with pytest.raises(ValueError, match="there is no notebook"):
        script.choose_notebooks(tmp_path / "empty")


def test_normal_form_drops_what_changes_and_keeps_the_rest() -> None:
    cell = new_code_cell("1", id="one", metadata={"tags": ["solution"], "scrolled": True})
    cell.metadata["execution"] = {"iopub.status.busy": "2026-01-01"}
    cell.execution_count = 41
    cell.outputs = [new_output("execute_result", {"text/plain": "1"}, execution_count=41)]
    notebook = new_notebook(cells=[new_code_cell("", id="empty"), cell, new_code_cell("2", id="b")])
    notebook.metadata.update(widgets={"state": {}}, title="题目")
    notebook.metadata.language_info = {"name": "python", "version": "3.11.7"}
    del notebook.cells[2]["id"]
    normal = script.normal_form(notebook)
    assert normal.metadata.language_info == {"name": "python"}
    assert "widgets" not in normal.metadata
    assert normal.metadata.title == "题目"
    assert [c.execution_count for c in normal.cells] == [None, 1, 2]
    assert normal.cells[1].outputs[0].execution_count == 1
    assert normal.cells[1].metadata == {"tags": ["solution"]}
    assert [c.id for c in normal.cells] == ["empty", "one", "cell-03"]
    assert notebook.cells[1].execution_count == 41  # the notebook given is not changed


@pytest.mark.parametrize(
    ("output", "fault"),
    [
        (new_output("stream", name="stdout", text="疫情防控 9\n"), ""),
        (new_output("stream", name="stderr", text="Building prefix dict"), "wrote a warning"),
        (new_output("stream", name="stdout", text=f"{PROJECT / 'data'}\n"), "path of this machine"),
        (new_output("stream", name="stdout", text=f"{Path.home() / 'x'}\n"), "path of this machine"),
        (new_output("display_data", {"text/html": f"<a href='{PROJECT.as_posix()}/x'>"}), "path of"),
        (new_output("display_data", {"application/json": {"at": str(PROJECT)}}), "path of this"),
        (new_output("display_data", {"image/png": f"{PROJECT}", "text/plain": "<Figure>"}), ""),
        (new_output("execute_result", {"text/plain": "<A object at 0x7f12ab34cd>"}), "memory addr"),
        (new_output("execute_result", {"text/plain": "meet at 0x10"}), ""),
        (new_output("error", ename="E", evalue="", traceback=[f"{PROJECT}"]), "path of this machine"),
    ],
)  # fmt: skip
def test_find_fault(output: nbformat.NotebookNode, fault: str) -> None:
    found = script.find_fault(output)
    assert (fault in found) if fault else found == ""


def test_a_windows_path_is_seen_in_every_spelling(monkeypatch: pytest.MonkeyPatch) -> None:
    from pathlib import PureWindowsPath

    spellings = script._spellings(PureWindowsPath(r"C:\Users\Li\suite"))
    assert spellings == {r"C:\Users\Li\suite", "C:/Users/Li/suite", r"C:\\Users\\Li\\suite"}


def test_publish_figures_joins_manifests_as_figures_writes_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, theme: None
) -> None:
    import matplotlib.pyplot as plt
    import pandas as pd

    from helpers import figures

    drawn, target = tmp_path / "drawn", tmp_path / "target"
    table = {"points": pd.DataFrame({"n": [1, 2]})}
    figure, ax = plt.subplots()
    ax.set_title("两点")
    monkeypatch.setenv(script.FIGURES_VARIABLE, str(drawn))
    figures.save_figure(figure, "b", tables=table, alt="两点")
    script.publish_figures(drawn, target)
    assert (target / "manifest.json").read_bytes() == (drawn / "manifest.json").read_bytes()
    monkeypatch.setenv(script.FIGURES_VARIABLE, str(tmp_path / "later"))
    figures.save_figure(figure, "a", tables=table, alt="两点")
    script.publish_figures(tmp_path / "later", target)
    monkeypatch.setenv(script.FIGURES_VARIABLE, str(target))
    assert list(figures.read_manifest()) == ["a", "b"]


@pytest.mark.parametrize(
    ("alts", "described"),
    [
        ([], [None, None]),
        (["a curve"], ["a curve", "a curve"]),
        (["a curve", "bars"], ["a curve", "bars"]),
        (["one", "two", "three"], [None, None]),  # which is which is not known
    ],
)
def test_pictures_are_described_as_the_figures_that_were_saved(
    alts: list[str], described: list[str | None]
) -> None:
    image, text = {"image/png": "iVBO"}, {"text/plain": "1"}
    cell = new_code_cell(
        "", outputs=[new_output("display_data", data) for data in (image, text, image)]
    )
    script.describe_images(cell, alts)
    first, between, last = (output.metadata.get("image/png", {}) for output in cell.outputs)
    assert [first.get("alt"), last.get("alt")] == described and not between


def test_the_picture_in_the_notebook_has_the_alt_text_of_its_figure(run: Run) -> None:
    notebook = nbformat.read(run.folder / "00_good.ipynb", as_version=4)
    outputs = [output for output in notebook.cells[-1].outputs if "image/png" in output.data]
    assert [output.metadata["image/png"]["alt"] for output in outputs] == ["two points"]


def test_figures_are_signed_in_the_order_they_were_saved(tmp_path: Path) -> None:
    for when, name in enumerate(("second", "first", "own_third")):
        (tmp_path / f"{name}.png").touch()
        os.utime(tmp_path / f"{name}.png", (when, when))
    entries = {"first": {"alt": "later"}, "second": {"alt": "sooner"}}
    (tmp_path / "manifest.json").write_bytes(script._as_json(entries))
    (tmp_path / "own_manifest.json").write_bytes(script._as_json({"own_third": {"alt": "mine"}}))
    assert script.sign_figures(tmp_path, "a.ipynb", "one") == ["sooner", "later", "mine"]
    assert script.sign_figures(tmp_path, "a.ipynb", "two") == []
    signed = [script._read_json(tmp_path / manifest) for manifest in script.MANIFESTS]
    made_by = {"notebook": "a.ipynb", "cell": "one"}
    assert [entry["made_by"] for part in signed for entry in part.values()] == [made_by] * 3


def test_figures_of_own_documents_stay_out_of_the_manifest_that_git_keeps(tmp_path: Path) -> None:
    drawn, target = tmp_path / "drawn", tmp_path / "target"
    for folder, listed in ((drawn, {"own_a": {"files": {}}}), (target, {"b": {"files": {}}})):
        folder.mkdir()
        manifest = script.MANIFESTS[folder == drawn]
        (folder / manifest).write_bytes(script._as_json(listed))
    script.publish_figures(drawn, target)
    assert [list(script._read_json(target / manifest)) for manifest in script.MANIFESTS] == [
        ["b"], ["own_a"],
    ]  # fmt: skip


def test_a_file_a_figure_no_longer_has_is_deleted_and_others_stay(tmp_path: Path) -> None:
    drawn, target = tmp_path / "drawn", tmp_path / "target"
    for folder, files in ((target, ["a.png", "a.old.csv", "b.csv"]), (drawn, ["a.png", "a.csv"])):
        folder.mkdir()
        for file in files:
            (folder / file).write_text("1", encoding="utf-8")
        by_name = {name: {"files": {f: "" for f in files if f[0] == name}} for name in "ab"}
        listed = {name: entry for name, entry in by_name.items() if entry["files"]}
        (folder / "manifest.json").write_bytes(script._as_json(listed))
    script.publish_figures(drawn, target)
    left = sorted(path.name for path in target.iterdir())
    assert left == ["a.csv", "a.png", "b.csv", "manifest.json"]


def test_a_write_that_is_cut_off_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.ipynb"
    path.write_bytes(b"old")

    def cut_off(self: Path, content: bytes) -> int:
        with self.open("wb") as file:
            file.write(content[:1])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", cut_off)
    with pytest.raises(OSError, match="No space"):
        script.replace_if_changed(path, b"new")
    assert path.read_bytes() == b"old"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("null", "no list of cells"),
        ("[]", "no list of cells"),
        ('{"cells": null}', "no list of cells"),
        ('{"cells": []}', "no list of cells"),
        ('{"cells": [null]}', "cell 1 has no text"),
        ('{"cells": [{"source": 1}]}', "cell 1 has no text"),
        ('{"cells": [{"source": "", "metadata": {"tags": "solution"}}]}', "tags that are no list"),
        (
            '{"cells": [{"source": "", "id": "a"}, {"source": "", "id": "a"}]}',
            "the id 'a' of another",
        ),
        ('{"cells": [{"source": ""}], "nbformat": 99, "nbformat_minor": 0}', "not a notebook"),
        ("{", "not a notebook"),
    ],
)
def test_a_file_that_is_no_notebook_is_named(tmp_path, content, says):
    path = tmp_path / "00_x.ipynb"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(script.NotebookError, match=says):
        script.read_notebook(path)
