"""A Python that has every package: the active environment's, or that of .venv.

This runs before anything is installed, so it uses the standard library only.
"""

import errno
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import venv
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import monotonic

PROJECT = Path(__file__).resolve().parent.parent
LOCK = "requirements.lock"
STAMP = "set-up-by-run.py"
LOG = Path(".cache", "set-up.log")
SUPPORTED = ((3, 11), (3, 15))
PIP_INSTALL = ("-m", "pip", "--disable-pip-version-check", "install", "--no-input")

# A person's pip may be told to install beside, not inside, an environment.
INSTALLING = {"PYTHONUTF8": "1", "PIP_USER": "0"}

# Of the caller's settings these would change what a notebook shows, or where kernels are found.
DROPPED_SETTINGS = ("MPLBACKEND", "JUPYTER_PATH", "JUPYTER_CONFIG_PATH")

NO_SPACE = ("No space left on device", "Errno 28", "os error 28", "not enough space")
NO_NETWORK = (
    "Failed to establish a new connection", "NewConnectionError", "ConnectTimeoutError",
    "ProxyError", "Temporary failure in name resolution", "getaddrinfo failed",
    "Name or service not known", "nodename nor servname", "Network is unreachable",
    "Connection refused", "Read timed out", "ssl certificate", "CERTIFICATE_VERIFY_FAILED",
)  # fmt: skip

PROBE = """
import json, sys
from importlib.metadata import PackageNotFoundError, version
found = {}
for name in sys.argv[1:]:
    try:
        found[name] = version(name)
    except PackageNotFoundError:
        found[name] = None
print(json.dumps([sys.version_info[:2], found]))
"""


class SetupError(Exception):
    """One sentence: what kept the environment from being made, and the cure."""


class StepError(Exception):
    """A command of the set-up ended badly; the text is what it printed."""


def find_python(project: Path, *, packages: str) -> Path:
    """Return the Python to run with, making .venv when no active environment serves.

    `packages` is "runtime" (what notebooks need) or "everything" (tests as well).
    Raises SetupError with one sentence when there is no way.
    """
    active = active_environment()
    if active is None or _same_folder(active, project / ".venv"):
        return prepare_venv(project)
    lacking = unmet_requirements(active, read_requirements(project, packages=packages))
    if not lacking:
        _say(f"Using the active environment {active.name}.")
        return _python_in(active)
    _say(f"The active environment {active.name} lacks {_enumerate(lacking)}; using .venv instead.")
    return prepare_venv(project)


def active_environment() -> Path | None:
    """Return the folder of the active virtual or conda environment, if there is one."""
    if sys.prefix != sys.base_prefix:
        return Path(sys.prefix)
    for variable in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        folder = os.environ.get(variable)
        if folder and _python_in(Path(folder)):
            return Path(folder)
    return None


def read_requirements(project: Path, *, packages: str) -> dict[str, str]:
    """Return package -> version bounds, as pyproject.toml declares them."""
    declared = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))
    lines = declared["project"]["dependencies"]
    # A suite that reads other people's folders needs every reader, here as in the lock.
    lines = lines + declared["project"]["optional-dependencies"]["readers"]
    if packages == "everything":
        lines = lines + declared["dependency-groups"]["dev"]
    parts = [re.fullmatch(r"([\w.-]+)\s*(.*)", line) for line in lines]
    return {part[1]: part[2] for part in parts}


def unmet_requirements(folder: Path, requirements: Mapping[str, str]) -> list[str]:
    """Return what the environment in `folder` lacks; an empty list when it serves."""
    command = [_python_in(folder), "-I", "-c", PROBE, *requirements]
    probe = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    version, found = json.loads(probe.stdout) if probe.returncode == 0 else ((0, 0), {})
    if not SUPPORTED[0] <= tuple(version) < SUPPORTED[1]:
        return ["a Python from 3.11 to 3.14"]
    return [
        f"{name}{bounds}" + (f" (it has {found[name]})" if found[name] else "")
        for name, bounds in requirements.items()
        if not (found[name] and satisfies(found[name], bounds))
    ]


def satisfies(version: str, bounds: str) -> bool:
    """Say whether `version` lies inside `bounds` such as ">=3.0" or ">=2,<4".

    Only the numbers count: packaging, which knows the whole rules, may not be installed.
    """
    compare = {">=": tuple.__ge__, "==": tuple.__eq__, "<": tuple.__lt__}
    wanted = re.findall(r"(>=|==|<)\s*([\d.]+)", bounds)
    return all(compare[sign](_numbers(version), _numbers(bound)) for sign, bound in wanted)


def prepare_venv(project: Path) -> Path:
    """Return the Python of .venv, made or brought up to date where requirements.lock asks it."""
    folder = project / ".venv"
    wanted, found = _stamp(project), _read_stamp(folder)
    if found == wanted and _is_alive(folder):
        return _python_in(folder)
    log = _new_log(project)
    _make_venv(folder, found)
    _install(_python_in(folder), project, log)
    # Last, so that a set-up that was cut off is never taken for a finished one.
    (folder / STAMP).write_text(wanted, encoding="utf-8")
    _say("The environment is ready.")
    return _python_in(folder)


def child_settings(project: Path) -> dict[str, str]:
    """Return the environment variables for everything that is started from here.

    Settings and caches stay in the project's .cache, so nothing in a shared home folder
    changes a run, or is changed by it. Text is UTF-8 on every system.
    """
    cache = project / ".cache"
    cache.mkdir(exist_ok=True)
    kept = {name: text for name, text in os.environ.items() if name not in DROPPED_SETTINGS}
    return kept | {
        "PYTHONUTF8": "1",
        "PYTHONNOUSERSITE": "1",
        "JUPYTER_CONFIG_DIR": str(cache / "jupyter" / "config"),
        "JUPYTER_DATA_DIR": str(cache / "jupyter" / "data"),
        "JUPYTER_RUNTIME_DIR": str(cache / "jupyter" / "runtime"),
        "IPYTHONDIR": str(cache / "ipython"),
        "MPLCONFIGDIR": str(cache / "matplotlib"),
    }


def explain_os_error(error: OSError, project: Path) -> str:
    """Return one sentence on a file or folder that could not be written, with the cure."""
    if error.errno == errno.ENOSPC:
        return _no_space()
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return (
            f"{error.filename or project} cannot be written: give yourself the right to write "
            "in the project's folder, or copy it to a folder of yours; on Windows also close "
            "what still uses .venv (JupyterLab, an activated prompt)."
        )
    return f"The command could not go on: {error}."


def _make_venv(folder: Path, found: str) -> None:
    """Leave a working virtual environment in `folder`, without a stamp."""
    this_python = _python_version()
    if found.endswith(this_python) and _is_alive(folder):
        _say(f"Bringing .venv up to {LOCK}, which has changed.")
        (folder / STAMP).unlink()
        return
    _check_venv_modules()
    _say(f"Making .venv with Python {this_python}{_reason(folder, found)}.")
    if folder.exists() or folder.is_symlink():
        (folder / STAMP).unlink(missing_ok=True)
        shutil.rmtree(folder)
    try:
        venv.EnvBuilder(symlinks=os.name != "nt", with_pip=True).create(folder)
    except subprocess.CalledProcessError as error:
        raise _step_failure("Making .venv", str(error.output)) from error


def _reason(folder: Path, found: str) -> str:
    if not folder.exists():
        return "; this first run takes a minute or two, later ones start at once"
    if not found:
        return " again, because run.py had not finished it"
    if not _is_alive(folder):
        return " again, because its Python is gone"
    return f" again, because it was made with Python {found.split()[-1]}"


def _check_venv_modules() -> None:
    missing = [name for name in ("venv", "ensurepip") if not importlib.util.find_spec(name)]
    if missing:
        raise SetupError(
            f"This Python cannot make virtual environments (it has no module {missing[0]}): "
            f"on Debian and Ubuntu run `apt install python{_python_version()}-venv` as "
            "administrator, then the same command again."
        )


def _install(python: Path, project: Path, log: Path) -> None:
    """Install requirements.lock with uv, which is fast, or with pip where uv does not work."""
    label, lock = f"installing {LOCK}", project / LOCK
    if _fetch_uv(python, log):
        uv = [python, "-m", "uv", "pip", "install", "--python", python, "-r", lock]
        try:
            return _run_step(label, uv, log, _uv_settings(python))
        except StepError as failure:
            _give_up_if(NO_SPACE, failure)
    _say("  uv could not be used; pip does the same, and takes a minute longer")
    try:
        return _run_step(label, [python, *PIP_INSTALL, "-r", lock], log)
    except StepError as failure:
        raise _step_failure("Installing the packages", str(failure)) from failure


def _fetch_uv(python: Path, log: Path) -> bool:
    """Say whether uv could be installed; where it has no wheel, compiling it would take longer."""
    command = [python, *PIP_INSTALL, "--retries=2", "--only-binary=:all:", "uv"]
    try:
        _run_step("installing uv, a fast installer", command, log)
    except StepError as failure:
        _give_up_if((*NO_SPACE, *NO_NETWORK), failure)
        return False
    return True


def _give_up_if(marks: Sequence[str], failure: StepError) -> None:
    """Raise a SetupError when `failure` shows that pip would fail for the same reason."""
    if any(mark in str(failure) for mark in marks):
        raise _step_failure("Installing the packages", str(failure)) from failure


def _uv_settings(python: Path) -> dict[str, str]:
    """Return the settings of uv: compiled modules, and the package index pip was told of."""
    settings = {"UV_COMPILE_BYTECODE": "1"}
    if {"UV_DEFAULT_INDEX", "UV_INDEX_URL"} & os.environ.keys():
        return settings
    listed = subprocess.run(
        [python, "-m", "pip", "config", "list"], capture_output=True, encoding="utf-8", check=False
    ).stdout
    index = re.search(r"^(?:global|install|:env:)\.index-url='(.+)'$", listed, flags=re.MULTILINE)
    return settings | ({"UV_DEFAULT_INDEX": index[1]} if index else {})


def _run_step(
    label: str, command: Sequence[str | Path], log: Path, settings: Mapping[str, str] | None = None
) -> None:
    """Run `command`, its output in `log`, its time on the screen; StepError when it fails."""
    start, begin = monotonic(), log.stat().st_size
    with log.open("ab") as output:
        process = subprocess.Popen(
            [*map(str, command)], stdin=subprocess.DEVNULL, stdout=output,
            stderr=subprocess.STDOUT, env={**os.environ, **INSTALLING, **(settings or {})},
        )  # fmt: skip
    try:
        while process.poll() is None:
            _wait_a_second(process)
            _show_time(label, monotonic() - start)
    except KeyboardInterrupt:
        process.kill()
        process.wait()
        raise
    _say(f"{_line_start()}  {label} ... {monotonic() - start:.0f} s")
    if process.returncode != 0:
        raise StepError(log.read_bytes()[begin:].decode("utf-8", errors="replace"))


def _wait_a_second(process: subprocess.Popen) -> None:
    try:
        process.wait(timeout=1)
    except subprocess.TimeoutExpired:
        return


def _show_time(label: str, seconds: float) -> None:
    if _line_start():
        print(f"{_line_start()}  {label} ... {seconds:.0f} s", end="", flush=True)


def _step_failure(what: str, printed: str) -> SetupError:
    if any(mark in printed for mark in NO_SPACE):
        return SetupError(_no_space())
    if any(mark in printed for mark in NO_NETWORK):
        return SetupError(
            "The packages could not be fetched, because no package index answered: connect to "
            "a network (behind a proxy set HTTPS_PROXY, and PIP_CERT if it needs one), then "
            f"give the same command again; only the first run needs this (details: {LOG})."
        )
    lines = [line.strip() for line in printed.splitlines() if line.strip()] or ["no output"]
    errors = [line for line in lines if line.lower().startswith("error")] or lines
    return SetupError(f"{what} failed: {errors[-1]} (details: {LOG}).")


def _no_space() -> str:
    return "The disk is full: .venv needs 1 GB; free some and give the same command again."


def _new_log(project: Path) -> Path:
    log = project / LOG
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_bytes(b"")
    return log


def _stamp(project: Path) -> str:
    digest = hashlib.sha256((project / LOCK).read_bytes()).hexdigest()
    return f"{digest} {_python_version()}"


def _read_stamp(folder: Path) -> str:
    try:
        return (folder / STAMP).read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return ""


def _is_alive(folder: Path) -> bool:
    """Say whether the environment's Python, and the one it was made from, still exist."""
    configuration = folder / "pyvenv.cfg"
    if not (_python_in(folder) and configuration.exists()):
        return False
    home = re.search(r"^home\s*=\s*(.+)$", configuration.read_text(encoding="utf-8"), re.MULTILINE)
    return bool(home) and Path(home[1].strip()).exists()


def _python_in(folder: Path) -> Path | None:
    places = ("bin/python", "Scripts/python.exe", "python.exe")
    return next((folder / place for place in places if (folder / place).exists()), None)


def _python_version() -> str:
    return "{}.{}".format(*sys.version_info)


def _numbers(version: str) -> tuple[int, ...]:
    text = re.match(r"[\d.]*", version)[0].strip(".") or "0"
    return tuple(int(part) for part in re.sub(r"(\.0)+$", "", text).split("."))


def _same_folder(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()


def _enumerate(lacking: Sequence[str], shown: int = 4) -> str:
    more = f" and {len(lacking) - shown} more" if len(lacking) > shown else ""
    return ", ".join(lacking[:shown]) + more


def _line_start() -> str:
    """Return what goes back to the start of the line, where a line can be written over."""
    return "\r" if sys.stdout.isatty() else ""


def _say(text: str) -> None:
    print(text, flush=True)
