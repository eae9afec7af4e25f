"""The commands of run.py; each returns its exit code."""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from helpers.cores import usable_cores
from scripts import environment
from scripts.environment import LOCK, PROJECT, SetupError

INTERRUPTED = 130
# How many processes pytest-xdist starts; a person may set it, too.
WORKERS = "PYTEST_XDIST_AUTO_NUM_WORKERS"
MOST_WORKERS = 4


def main(arguments: Sequence[str], help_text: str) -> int:
    """Return the exit code of the command that `arguments` name; without any, `notebooks`."""
    # A folder name in a script the terminal cannot show must not end the run.
    sys.stdout.reconfigure(errors="backslashreplace")
    sys.stderr.reconfigure(errors="backslashreplace")
    name, *rest = arguments or ["notebooks"]
    if name in ("-h", "--help", "help"):
        print(help_text.strip())
        return 0
    if name not in COMMANDS:
        known = ", ".join(COMMANDS)
        print(f"run.py knows no command {name!r}; it knows {known}, --help", file=sys.stderr)
        return 2
    try:
        return COMMANDS[name](rest)
    except SetupError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"\n{environment.explain_os_error(error, PROJECT)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. The same command takes up where it was left.", file=sys.stderr)
        return INTERRUPTED


def run_notebooks(prefixes: Sequence[str]) -> int:
    """Execute the notebooks whose names begin with one of `prefixes`, by default all."""
    return run_python("runtime", "-m", "scripts.execute_notebooks", *prefixes)


def run_tests(pytest_arguments: Sequence[str]) -> int:
    """Run pytest on the whole suite, or on what `pytest_arguments` say, on several cores.

    A file's tests stay together, because they share what is made once. `-n 0` runs all in one
    process.
    """
    # As many as "auto" means here, and not a plain number, which --pdb does not go with.
    workers = os.environ.get(WORKERS) or str(usable_cores(MOST_WORKERS))
    # Not the file with the most tests first, but the one that takes longest (tests/conftest.py).
    options = ["-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder"]
    # Tests open no windows; notebooks must not have this, or their figures vanish.
    settings = {"MPLBACKEND": "agg", WORKERS: workers}
    return run_python("everything", "-m", "pytest", *options, *pytest_arguments, **settings)


def open_lab(jupyter_arguments: Sequence[str]) -> int:
    """Open JupyterLab in notebooks/, with data/ and figures/ one click away."""
    options = [
        f"--ServerApp.root_dir={PROJECT}",
        "--FileContentsManager.preferred_dir=notebooks",
        # It works without a network, so it asks nobody for news and updates.
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.news_url=None",
    ]
    return run_python("runtime", "-m", "jupyterlab", *options, *jupyter_arguments)


def build_site(arguments: Sequence[str]) -> int:
    """Write all notebooks and documents as pages that open from disk, to site/ or a folder."""
    return run_python("runtime", "-m", "scripts.build_site", *arguments)


def clean_cache(arguments: Sequence[str]) -> int:
    """Delete what .cache keeps of counted corpora, of jieba's dictionary and compiled code."""
    return run_python("runtime", "-m", "scripts.clean_cache", *arguments)


def write_lock(uv_arguments: Sequence[str]) -> int:
    """Write requirements.lock: one file for Python 3.11 to 3.14 and every system."""
    python = environment.prepare_venv(PROJECT)
    options = (
        "--group dev --extra readers --extra fast --extra cluster "
        "--universal --python-version 3.11 --quiet "
        "--annotation-style line "
        # jieba is published as source only; for all others a wheel must exist.
        "--only-binary :all: --no-binary jieba"
    )
    heading = ["--custom-compile-command", "python3 run.py lock", "--output-file", LOCK]
    command = ["-m", "uv", "pip", "compile", "pyproject.toml", *options.split(), *heading]
    return call([python, *command, *uv_arguments])


COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "notebooks": run_notebooks,
    "test": run_tests,
    "lab": open_lab,
    "site": build_site,
    "clean-cache": clean_cache,
    "lock": write_lock,
}


def run_python(packages: str, *arguments: str, **settings: str) -> int:
    """Return the exit code of a Python that has the `packages`, called with `arguments`."""
    return call([environment.find_python(PROJECT, packages=packages), *arguments], **settings)


def call(command: Sequence[str | Path], **settings: str) -> int:
    """Return the exit code of `command`, run in the project's folder with its own settings."""
    variables = {**environment.child_settings(PROJECT), **settings}
    with subprocess.Popen([*map(str, command)], cwd=PROJECT, env=variables) as process:
        interrupted = False
        while process.poll() is None:
            try:
                process.wait()
            except KeyboardInterrupt:
                # The child got the same Ctrl-C; JupyterLab asks, pytest sums up.
                interrupted = True
    if interrupted and process.returncode != 0:
        return INTERRUPTED
    return process.returncode if process.returncode >= 0 else 128 - process.returncode
