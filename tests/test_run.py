"""run.py: its sentence for old Pythons, its commands, and the environment it makes or takes."""

import ast
import errno
import os
import shutil
import signal
import subprocess
import sys
import time
import venv
from functools import partial
from pathlib import Path

import pytest

from scripts import commands, environment
from scripts.environment import PROJECT, SetupError, StepError

OFFLINE = "WARNING: Retrying ... Failed to establish a new connection: [Errno -2]\nERROR: no uv"
FULL = "error: failed to write: No space left on device (os error 28)"
POSIX_ONLY = pytest.mark.skipif(os.name == "nt", reason="signals and links as POSIX has them")


# --- the door: an old Python gets one sentence -------------------------------------------------


def start_as(version: tuple[int, ...], *arguments: str) -> subprocess.CompletedProcess:
    code = (
        f"import runpy, sys; sys.version_info = {(*version, 0, 'final', 0)}; "
        "sys.argv[0] = sys.path[0] = ''; sys.path.insert(0, '.'); "
        "runpy.run_path('run.py', run_name='__main__')"
    )
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, encoding="utf-8", check=False)


@pytest.mark.parametrize("version", [(2, 7), (3, 6), (3, 10), (3, 15), (4, 0)])
def test_an_unsupported_python_gets_one_sentence(version: tuple[int, ...]) -> None:
    done = start_as(version, "--help")
    assert done.returncode == 1
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert "needs Python 3.11, 3.12, 3.13 or 3.14" in line
    assert "this is Python {}.{}: install".format(*version) in line


@pytest.mark.parametrize("version", [(3, 11), (3, 14)])
def test_a_supported_python_gets_help(version: tuple[int, ...]) -> None:
    done = start_as(version, "--help")
    assert done.returncode == 0, done.stderr
    for command in commands.COMMANDS:
        assert f"run.py {command if command != 'notebooks' else ''}".rstrip() in done.stdout


def test_run_py_holds_nothing_an_old_python_cannot_parse() -> None:
    source = (PROJECT / "run.py").read_bytes()
    assert source.isascii()  # Python 2 refuses anything else without a declaration
    old = (
        ast.Module | ast.Expr | ast.Constant | ast.Import | ast.ImportFrom | ast.alias | ast.If
        | ast.UnaryOp | ast.Not | ast.Compare | ast.Tuple | ast.Attribute | ast.Name | ast.Call
        | ast.Subscript | ast.Slice | ast.Starred | ast.expr_context | ast.cmpop
    )  # fmt: skip
    new = [type(node).__name__ for node in ast.walk(ast.parse(source)) if not isinstance(node, old)]
    assert new == []


def test_real_old_pythons_say_the_same() -> None:
    found = [shutil.which(name) for name in ("python2", "python2.7", "python3.6", "python3.8")]
    found += (Path.home() / ".pyenv" / "versions").glob("*/bin/python")
    said = []
    for python in filter(None, found):
        asked = [python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
        version = subprocess.run(asked, capture_output=True, encoding="utf-8", check=False).stdout
        if version and tuple(map(int, version.split("."))) < (3, 11):
            done = subprocess.run([python, PROJECT / "run.py"], capture_output=True, check=False)
            said.append(done.stderr.decode())
            assert done.returncode == 1
            assert f"this is Python {version.strip()}: install" in said[-1]
            assert "Traceback" not in said[-1]
    if not said:
        pytest.skip("no Python older than 3.11 on this machine")


# --- commands ----------------------------------------------------------------------------------


def test_without_words_the_notebooks_run(monkeypatch: pytest.MonkeyPatch) -> None:
    given = []
    only = {"notebooks": lambda rest: given.append(rest) or 7}
    monkeypatch.setattr(commands, "COMMANDS", only)
    assert commands.main([], "help") == 7
    assert commands.main(["notebooks", "03", "05"], "help") == 7
    assert given == [[], ["03", "05"]]


def test_an_unknown_command_is_told_the_known_ones(capsys: pytest.CaptureFixture) -> None:
    assert commands.main(["tests"], "help") == 2
    assert (
        "no command 'tests'; it knows notebooks, test, lab, site, clean-cache, lock"
        in capsys.readouterr().err
    )


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (SetupError("Connect to a network."), 1, "Connect to a network."),
        (KeyboardInterrupt(), 130, "Stopped."),
        (PermissionError(errno.EACCES, "Permission denied", "/x/.venv"), 1, "/x/.venv cannot be"),
        (OSError(errno.EROFS, "Read-only file system", "/x/y"), 1, "/x/y cannot be written"),
        (OSError(errno.ENOSPC, "No space left on device"), 1, "The disk is full: .venv needs"),
        (OSError(errno.EMFILE, "Too many open files"), 1, "Too many open files"),
    ],
)
def test_what_stops_a_command_is_one_sentence(
    error: BaseException, code: int, words: str,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture,
) -> None:  # fmt: skip
    def fail(rest: list[str]) -> int:
        raise error

    monkeypatch.setitem(commands.COMMANDS, "test", fail)
    assert commands.main(["test"], "help") == code
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert words in line


def test_words_after_test_go_to_pytest_without_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    called = []
    monkeypatch.setattr(environment, "find_python", lambda project, packages: Path(packages))
    monkeypatch.setattr(commands, "call", lambda *words, **names: called.append((words, names)))
    monkeypatch.setenv(commands.WORKERS, "3")
    commands.run_tests(["-k", "segment"])
    commands.run_notebooks(["03"])
    (command,), settings = called[0]
    assert command[:3] == [Path("everything"), "-m", "pytest"] and command[-2:] == ["-k", "segment"]
    assert settings == {"MPLBACKEND": "agg", commands.WORKERS: "3"}
    assert called[1] == (([Path("runtime"), "-m", "scripts.execute_notebooks", "03"],), {})


def test_tests_run_on_the_cores_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = []
    monkeypatch.setattr(commands, "run_python", lambda *words, **names: settings.append(names))
    monkeypatch.delenv(commands.WORKERS, raising=False)
    for n_cores in (1, 2, 64):
        monkeypatch.setattr(
            os, "sched_getaffinity", lambda _, n=n_cores: set(range(n)), raising=False
        )
        commands.run_tests([])
    assert [names[commands.WORKERS] for names in settings] == ["1", "2", "4"]


def test_a_childs_exit_code_is_handed_on() -> None:
    assert commands.call([sys.executable, "-c", "raise SystemExit(5)"]) == 5


@POSIX_ONLY
def test_a_killed_child_gives_the_shells_code() -> None:
    kill = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    assert commands.call([sys.executable, "-c", kill]) == 128 + signal.SIGKILL


@POSIX_ONLY
@pytest.mark.parametrize(
    ("reaction", "code"), [("pass", 0), ("raise", 130), ("raise SystemExit(2)", 130)]
)
def test_ctrl_c_reaches_the_child_and_gives_130_unless_it_ended_well(
    reaction: str, code: int
) -> None:
    child = (
        "import time\n"
        "try:\n    print('ready', flush=True); time.sleep(60)\n"
        f"except KeyboardInterrupt: {reaction}\n"
    )
    # Whoever ignores SIGINT (nohup, a job in the background) hands that down; Python then never
    # raises KeyboardInterrupt.
    parent = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from scripts import commands; sys.exit(commands.call(sys.argv[1:]))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", parent, sys.executable, "-c", child], cwd=PROJECT,
        start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout.readline().strip() == b"ready"
        os.killpg(process.pid, signal.SIGINT)
        _, errors = process.communicate(timeout=20)
    assert process.returncode == code
    assert b"scripts/commands" not in errors


def test_children_keep_to_the_projects_cache(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MPLBACKEND", "agg")
    monkeypatch.setenv("JUPYTER_PATH", "/shared")
    monkeypatch.setenv("COVID_POLICY_FIGURES", "kept")
    settings = environment.child_settings(tmp_path)
    assert {"MPLBACKEND", "JUPYTER_PATH"}.isdisjoint(settings)
    assert settings["COVID_POLICY_FIGURES"] == "kept"
    assert settings["PYTHONUTF8"] == "1"
    folders = [name for name in settings if name.startswith(("JUPYTER_", "IPYTHON", "MPLCONFIG"))]
    assert len(folders) >= 5
    assert all(settings[name].startswith(str(tmp_path / ".cache")) for name in folders)


# --- which Python: the active environment, or .venv ---------------------------------------------


@pytest.mark.parametrize(
    ("version", "bounds", "inside"),
    [
        ("3.1.1", ">=3.0", True), ("3.0", ">=3.0.0", True), ("3.0.0", ">=3.0", True),
        ("2.9.9", ">=3.0", False), ("0.9", ">=0.10", False), ("0.53", ">=0.53", True),
        ("1.0.0", "==1.0.0", True), ("1.0", "==1.0.0", True), ("1.0.1", "==1.0.0", False),
        ("3.15.0", ">=3.11,<3.15", False), ("3.14.9", ">=3.11,<3.15", True),
        ("3.1.0rc1", ">=3.1", True), ("2026.9.1", ">=8", True), ("1.4", "", True),
        ("unknown", ">=1", False),
    ],
)  # fmt: skip
def test_satisfies(version: str, bounds: str, inside: bool) -> None:
    assert environment.satisfies(version, bounds) is inside


def test_unmet_requirements_name_what_is_missing_or_too_old() -> None:
    asked = {"pytest": ">=8", "no-such-package": ">=1.2", "numpy": ">=999"}
    missing, too_old = environment.unmet_requirements(Path(sys.prefix), asked)
    assert missing == "no-such-package>=1.2"
    assert too_old.startswith("numpy>=999 (it has 2")


def test_an_environment_whose_python_cannot_be_asked_is_not_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    too_old = subprocess.CompletedProcess([], 0, stdout='[[3, 10], {"pandas": "3.0"}]')
    broken = subprocess.CompletedProcess([], 1, stdout="")
    for answer in (too_old, broken):
        monkeypatch.setattr(environment.subprocess, "run", lambda *a, answer=answer, **k: answer)
        lacking = environment.unmet_requirements(Path(sys.prefix), {"pandas": ">=3"})
        assert lacking == ["a Python from 3.11 to 3.14"]


@pytest.fixture
def active(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An active conda environment called `class`, and a stand-in for .venv."""
    folder = tmp_path / "envs" / "class"
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").touch()
    monkeypatch.setattr(sys, "prefix", sys.base_prefix)
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    monkeypatch.setenv("CONDA_PREFIX", str(folder))
    monkeypatch.setattr(environment, "prepare_venv", lambda project: Path(".venv"))
    return folder


def test_an_active_environment_with_all_packages_is_used(
    active: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setattr(environment, "unmet_requirements", lambda folder, asked: [])
    found = environment.find_python(PROJECT, packages="runtime")
    assert found == active / "bin" / "python"
    assert capsys.readouterr().out == "Using the active environment class.\n"


def test_an_active_environment_that_lacks_packages_is_told_so(
    active: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    lacking = ["jieba>=0.42.1", "opencc>=1.1.9", "a>=1", "b>=1", "c>=1", "d>=1"]
    monkeypatch.setattr(environment, "unmet_requirements", lambda folder, asked: lacking)
    assert environment.find_python(PROJECT, packages="runtime") == Path(".venv")
    printed = capsys.readouterr().out
    assert "class lacks jieba>=0.42.1, opencc>=1.1.9, a>=1, b>=1 and 2 more; using .venv" in printed


def test_tests_ask_for_more_than_notebooks(active: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(
        environment, "unmet_requirements", lambda folder, bounds: asked.append(set(bounds)) or []
    )
    environment.find_python(PROJECT, packages="runtime")
    environment.find_python(PROJECT, packages="everything")
    assert asked[1] - asked[0] >= {"pytest", "hypothesis"}
    assert asked[0] < asked[1]


def test_a_venv_comes_before_conda_and_our_own_venv_is_looked_after(
    active: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    own = tmp_path / ".venv"
    shutil.copytree(active, own)
    monkeypatch.setenv("VIRTUAL_ENV", str(own))
    assert environment.active_environment() == own
    assert environment.find_python(tmp_path, packages="runtime") == Path(".venv")
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "deleted"))
    assert environment.active_environment() == active


def test_no_active_environment_means_venv(active: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CONDA_PREFIX")
    assert environment.active_environment() is None
    assert environment.find_python(PROJECT, packages="runtime") == Path(".venv")


# --- making .venv ------------------------------------------------------------------------------


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project folder where .venv is real, but nothing is installed into it."""
    (tmp_path / "requirements.lock").write_text("pandas==3.0\n", encoding="utf-8")
    monkeypatch.setattr(environment, "_install", lambda python, project, log: None)
    quick = partial(venv.EnvBuilder, symlinks=os.name != "nt")
    monkeypatch.setattr(environment.venv, "EnvBuilder", lambda **options: quick())
    return tmp_path


def prepare_again(project: Path) -> bool:
    """Say whether .venv was kept (True) or made anew."""
    kept = project / ".venv" / "kept"
    kept.touch()
    python = environment.prepare_venv(project)
    assert subprocess.run([python, "-c", "pass"], check=False).returncode == 0
    return kept.exists()


def test_first_run_makes_venv_and_second_starts_at_once(
    project: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment.prepare_venv(project)
    assert "this first run takes a minute" in capsys.readouterr().out
    monkeypatch.setattr(environment, "_install", None)  # calling it would be an error
    begin = time.perf_counter()
    environment.prepare_venv(project)
    assert time.perf_counter() - begin < 0.2
    assert capsys.readouterr().out == ""


def test_a_changed_lock_is_installed_into_the_same_venv(
    project: Path, capsys: pytest.CaptureFixture
) -> None:
    environment.prepare_venv(project)
    (project / "requirements.lock").write_text("pandas==3.1\n", encoding="utf-8")
    assert prepare_again(project)
    assert "requirements.lock, which has changed" in capsys.readouterr().out


def test_an_interrupted_set_up_is_repaired(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    def interrupt(python: Path, project: Path, log: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(environment, "_install", interrupt)
        environment.prepare_venv(project)
    assert not prepare_again(project)
    assert "again, because run.py had not finished it" in capsys.readouterr().out
    # Also when the interruption came while a changed lock was installed.
    (project / "requirements.lock").write_text("pandas==3.1\n", encoding="utf-8")
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(environment, "_install", interrupt)
        environment.prepare_venv(project)
    assert not prepare_again(project)


def test_a_venv_of_another_python_is_made_again(
    project: Path, capsys: pytest.CaptureFixture
) -> None:
    environment.prepare_venv(project)
    stamp = project / ".venv" / environment.STAMP
    stamp.write_text(stamp.read_text(encoding="utf-8")[:-4] + "3.10", encoding="utf-8")
    assert not prepare_again(project)
    assert "again, because it was made with Python 3.10." in capsys.readouterr().out


@POSIX_ONLY
def test_a_venv_whose_python_vanished_is_made_again(
    project: Path, capsys: pytest.CaptureFixture
) -> None:
    python = environment.prepare_venv(project)
    python.unlink()
    python.symlink_to("/nowhere/python3")
    assert not prepare_again(project)
    assert "again, because its Python is gone" in capsys.readouterr().out


def test_a_venv_whose_base_python_vanished_is_made_again(
    project: Path, capsys: pytest.CaptureFixture
) -> None:
    environment.prepare_venv(project)
    configuration = project / ".venv" / "pyvenv.cfg"
    lines = configuration.read_text(encoding="utf-8").splitlines()
    moved = ["home = /nowhere" if line.startswith("home") else line for line in lines]
    configuration.write_text("\n".join(moved), encoding="utf-8")
    assert not prepare_again(project)
    assert "again, because its Python is gone" in capsys.readouterr().out


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_missing_venv_module_names_the_package_to_install(
    module: str, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = environment.importlib.util.find_spec
    monkeypatch.setattr(
        environment.importlib.util, "find_spec", lambda name: None if name == module else real(name)
    )
    cure = "apt install python{}.{}-venv".format(*sys.version_info)
    with pytest.raises(SetupError, match=f"no module {module}.*{cure}"):
        environment.prepare_venv(project)
    assert not (project / ".venv").exists()


def test_a_missing_lock_is_named(project: Path) -> None:
    (project / "requirements.lock").unlink()
    with pytest.raises(FileNotFoundError) as caught:
        environment.prepare_venv(project)
    assert "requirements.lock" in environment.explain_os_error(caught.value, project)


# --- installing: uv first, pip when uv does not work --------------------------------------------


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What each step prints when it fails, by "fetch uv", "uv" or "pip"; `done` lists them."""
    failures = {"done": ""}

    def run_step(label: str, command: list, log: Path, settings: dict | None = None) -> None:
        words = [str(word) for word in command]
        step = "fetch uv" if words[-1] == "uv" else "uv" if words[2] == "uv" else "pip"
        failures["done"] += f"{step}, "
        if step in failures:
            raise StepError(failures[step])

    monkeypatch.setattr(environment, "_run_step", run_step)
    monkeypatch.setattr(environment, "_uv_settings", lambda python: {})
    return failures


def install() -> None:
    environment._install(Path("python"), Path("project"), Path("log"))


@pytest.mark.parametrize(
    ("failures", "done"),
    [
        ({}, "fetch uv, uv, "),
        ({"fetch uv": "ERROR: No matching distribution found for uv"}, "fetch uv, pip, "),
        ({"uv": "error: connection refused by proxy"}, "fetch uv, uv, pip, "),
    ],
)
def test_pip_does_what_uv_cannot(failures: dict, done: str, steps: dict) -> None:
    steps.update(failures)
    install()
    assert steps["done"] == done


@pytest.mark.parametrize(
    ("failures", "sentence", "done"),
    [
        ({"fetch uv": OFFLINE}, "no package index answered: connect to a network", "fetch uv, "),
        ({"fetch uv": "x", "pip": OFFLINE}, "no package index answered", "fetch uv, pip, "),
        ({"fetch uv": FULL}, "The disk is full: .venv needs 1 GB", "fetch uv, "),
        ({"uv": FULL}, "The disk is full", "fetch uv, uv, "),
        ({"fetch uv": "x", "pip": "a\nERROR: no jieba\n\nnotice\n"},
         r"Installing the packages failed: ERROR: no jieba \(details: ", "fetch uv, pip, "),
        ({"fetch uv": "x", "pip": ""}, "failed: no output", "fetch uv, pip, "),
    ],
)  # fmt: skip
def test_when_nothing_helps_one_sentence_says_why(
    failures: dict, sentence: str, done: str, steps: dict
) -> None:
    steps.update(failures)
    with pytest.raises(SetupError, match=sentence) as caught:
        install()
    assert "\n" not in str(caught.value)
    assert steps["done"] == done


def test_a_step_logs_all_and_a_failure_holds_only_its_own_words(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    log = tmp_path / "log"
    log.write_bytes(b"before\n")
    environment._run_step("first", [sys.executable, "-c", "print('fine')"], log)
    with pytest.raises(StepError) as caught:
        environment._run_step("second", [sys.executable, "-c", "raise SystemExit('壞')"], log)
    assert str(caught.value).strip() == "壞"
    assert log.read_text(encoding="utf-8").split() == ["before", "fine", "壞"]
    assert "  first ... 0 s" in capsys.readouterr().out


def test_uv_compiles_and_uses_the_index_pip_was_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = "global.timeout='60'\nglobal.index-url='https://mirror.example/simple'\n"
    answer = subprocess.CompletedProcess([], 0, stdout=listed)
    monkeypatch.setattr(environment.subprocess, "run", lambda *a, **k: answer)
    for variable in ("UV_DEFAULT_INDEX", "UV_INDEX_URL"):
        monkeypatch.delenv(variable, raising=False)
    assert environment._uv_settings(Path("python")) == {
        "UV_COMPILE_BYTECODE": "1", "UV_DEFAULT_INDEX": "https://mirror.example/simple",
    }  # fmt: skip
    answer.stdout = "global.extra-index-url='https://other.example'\n"
    assert environment._uv_settings(Path("python")) == {"UV_COMPILE_BYTECODE": "1"}
    answer.stdout = listed
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://mine.example")
    assert environment._uv_settings(Path("python")) == {"UV_COMPILE_BYTECODE": "1"}
