"""How fast is the whole path, and each step of it, against what one would write otherwise?

    python -m scripts.benchmark [--documents N …] [--rounds R] [--once-beyond N] [--quick]
    python -m scripts.benchmark --report           the report again, of the last results
    python -m scripts.benchmark --stages           the same, with the stages of a first run anew

Writes docs/performance.md with its chart. The corpus is constructed (scripts.benchmark_corpus)
and is deleted afterwards. Ways take turns, each whole path in a process of its own with an
empty cache; the ratio is the result, the seconds belong to the machine. Peers that are not
installed (scikit-learn, DuckDB, polars, rjieba) are left out, and the report says so.
--quick runs 100 and 300 documents once and writes no report: it shows that all ways work.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from helpers import paths
from scripts import benchmark_corpus
from scripts.benchmark_corpus import SEED
from scripts.benchmark_ways import CONTESTS, N_STAGES, n_cores, timed

__all__ = ["SEED", "timed"]  # scripts.benchmark_clouds and scripts.benchmark_matcher use them

RESULTS = paths.CACHE / "benchmark.json"
DOCUMENTS = [100, 1000, 5000, 10_000]
QUICK = [100, 300]
ROUNDS = 3
# Larger corpora are measured once; beyond PEER_MOST only what takes minutes, not hours.
ONCE_BEYOND, PEER_MOST = 5000, 10_000
# In this order in every round, so that ours and theirs take turns.
WAYS = (
    "ours", "tutorial", "ours without fast", "pandas", "ours again", "ours reopened",
    "ours otherwise",
)  # fmt: skip
LARGE_WAYS = ("ours", "ours again", "ours alone")
# What finds the cache that the first run of the round has filled.
KEEPING = ("ours", "ours again", "ours reopened", "ours otherwise")
CLUSTER_WAYS = ("pool", "dask")
READY = "ready"
PACKAGES = (
    "jieba", "numba", "opencc", "pandas", "numpy", "wordcloud", "ahocorasick-rs", "dask",
    "scikit-learn", "duckdb", "polars", "rjieba",
)  # fmt: skip


def main(arguments: Sequence[str]) -> None:
    """Measure and write the report."""
    from scripts import benchmark_report

    asked = read_arguments(arguments)
    if asked.stages:
        measure_stages_again()
    if asked.report or asked.stages:
        benchmark_report.write_report(json.loads(RESULTS.read_text(encoding="utf-8")))
        return
    sizes = QUICK if asked.quick else asked.documents
    results = measure(sizes, 1 if asked.quick else asked.rounds, asked.once_beyond)
    if asked.quick:
        print("\n".join(benchmark_report.list_lines(results)))
        return
    benchmark_report.write_report(results)


def read_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """What was asked for; SystemExit with a sentence for what cannot be measured."""
    reader = argparse.ArgumentParser(
        prog="python -m scripts.benchmark",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    reader.add_argument(
        "--documents", type=whole_number, nargs="+", default=DOCUMENTS, metavar="N",
        help="sizes of the corpus, by default %(default)s",
    )  # fmt: skip
    reader.add_argument(
        "--rounds", type=whole_number, default=ROUNDS, metavar="R",
        help="how often each way is run, by default %(default)s",
    )  # fmt: skip
    reader.add_argument(
        "--once-beyond", type=whole_number, default=ONCE_BEYOND, metavar="N",
        help="larger corpora are measured once, by default beyond %(default)s",
    )  # fmt: skip
    reader.add_argument("--quick", action="store_true", help="small and once, nothing written")
    reader.add_argument("--report", action="store_true", help="the report of the last results")
    reader.add_argument("--stages", action="store_true", help="the stages anew, and the report")
    asked = reader.parse_args(arguments)
    asked.documents = sorted(set(asked.documents))
    if (asked.report or asked.stages) and not has_results():
        reader.error("there are no results that can be read; run it without --report and --stages")
    return asked


def has_results() -> bool:
    """Whether .cache/benchmark.json holds the results of a run."""
    try:
        results = json.loads(RESULTS.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(results, dict) and results.keys() >= no_results().keys()


def no_results() -> dict[str, Any]:
    """What results hold before anything is measured."""
    return {
        "machine": {}, "rounds": 0, "load": [], "characters": {}, "paths": [], "contests": {},
        "stages": {},
    }  # fmt: skip


def whole_number(written: str) -> int:
    """The number; argparse.ArgumentTypeError for what is none from 1 on."""
    if not written.isascii() or not written.isdigit() or int(written) < 1:
        raise argparse.ArgumentTypeError(f"{written!r} is no whole number from 1 on")
    return int(written)


def measure(sizes: Sequence[int], rounds: int, once_beyond: int) -> dict[str, Any]:
    """All measurements; they are kept in .cache/benchmark.json one by one as they come."""
    results = no_results() | {
        "machine": describe_machine(), "rounds": rounds, "load": [load()],
    }  # fmt: skip
    paths.CACHE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="benchmark-", dir=paths.CACHE) as name:
        make_ready(Path(name) / READY)
        for n in sizes:
            folder = Path(name) / f"{n}"
            results["characters"][str(n)] = benchmark_corpus.write_corpus(folder, n)
            n_rounds = rounds if n <= once_beyond else 1
            _measure_paths(results, folder, n, ways_at(n), n_rounds)
            if n == size_of_steps(sizes, once_beyond):
                _measure_steps(results, folder, rounds)
            if n == sizes[-1]:
                _measure_paths(results, folder, n, CLUSTER_WAYS, n_rounds)
            shutil.rmtree(folder)
    results["load"].append(load())
    keep(results)
    return results


def make_ready(folder: Path) -> None:
    """Fill the folder with what a first use on a machine leaves behind, whatever is counted.

    That is the dictionary, as this project and as jieba keep it, the compiled code of the extra
    `fast`, and the bytecode of the modules: else the first way would wait for it.
    """
    folder.mkdir()
    run_way(folder, "ready", "dictionaries", folder)


def ways_at(n: int) -> tuple[str, ...]:
    """The paths that are measured with n documents."""
    return WAYS if n <= PEER_MOST else LARGE_WAYS


def size_of_steps(sizes: Sequence[int], once_beyond: int) -> int:
    """The corpus whose texts the single steps are measured with; they take 2,000 at most."""
    return max((n for n in sizes if n <= once_beyond), default=min(sizes))


def _measure_paths(
    results: dict[str, Any], folder: Path, n: int, ways: Sequence[str], rounds: int
) -> None:
    for number in range(rounds):
        with _cache(folder.parent, "ours") as ours:
            for way in ways:
                print(f"{n:,} documents, round {number + 1}, {way} …", flush=True)
                # A second run finds what the first one kept; everyone else begins with nothing.
                if way in KEEPING:
                    measured = run_way(ours, "path", way, folder)
                else:
                    with _cache(folder.parent, "other") as cache:
                        measured = run_way(cache, "path", way, folder)
                results["paths"].append({"way": way, "documents": n, **measured})
                keep(results)


def _measure_steps(results: dict[str, Any], folder: Path, rounds: int) -> None:
    for contest in CONTESTS:
        print(f"{contest} …", flush=True)
        with _cache(folder.parent, "contest") as cache:
            results["contests"][contest] = run_way(cache, "contest", contest, folder, str(rounds))
        keep(results)
    results["stages"] = _measure_stages(folder)
    keep(results)


def measure_stages_again() -> None:
    """The stages of a first run in the last results, measured anew; the results say so."""
    results = json.loads(RESULTS.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory(prefix="benchmark-", dir=paths.CACHE) as name:
        make_ready(Path(name) / READY)
        folder = Path(name) / "stages"
        benchmark_corpus.write_corpus(folder, N_STAGES)
        results["stages"], results["stages are later"] = _measure_stages(folder), True
    keep(results)


def _measure_stages(folder: Path) -> dict[str, float]:
    with _cache(folder.parent, "stages") as cache:
        return run_way(cache, "contest", "stages", folder)


class _cache:
    """A folder for what a measurement keeps, with what lies ready; it is gone afterwards."""

    def __init__(self, parent: Path, name: str) -> None:
        self._ready = parent / READY
        self._path = parent / f"cache of {name}"

    def __enter__(self) -> Path:
        shutil.copytree(self._ready, self._path)
        return self._path

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._path)


def run_way(cache: Path, kind: str, name: str, folder: Path, *more: str) -> Any:
    """What scripts.benchmark_ways measured, in a process of its own.

    Raises RuntimeError with the last line of what the process said, where it failed.
    """
    # Forbidden to keep bytecode, each process would compile this project's modules anew, and none
    # of the packages that others use.
    kept = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        [sys.executable, "-m", "scripts.benchmark_ways", kind, name, str(folder), *more],
        cwd=paths.PROJECT,
        env=kept | {"COVID_POLICY_CACHE": str(cache), "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["nothing"]
        raise RuntimeError(f"{name} failed; the last it said was: {said[-1]}")
    return json.loads(done.stdout.splitlines()[-1])


def keep(results: dict[str, Any]) -> None:
    """Write the results so far."""
    RESULTS.write_text(
        json.dumps(results, ensure_ascii=False, indent=1), encoding="utf-8", newline="\n"
    )


def describe_machine() -> dict[str, Any]:
    """Cores, processor, system, Python and versions; no name of the machine, no path."""
    return {
        "cores": n_cores(),
        "processor": next(_processors(), platform.machine()),
        "system": platform.system(),
        "python": platform.python_version(),
        "versions": {package: _version(package) for package in PACKAGES},
    }


def _processors() -> Iterator[str]:
    listed = Path("/proc/cpuinfo")
    lines = listed.read_text(encoding="utf-8").splitlines() if listed.exists() else []
    return (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def load() -> float | None:
    """How many processes wanted to compute in the last minute; None where none can say."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else None


if __name__ == "__main__":
    main(sys.argv[1:])
