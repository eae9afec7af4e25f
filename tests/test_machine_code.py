"""Functions as machine code: kept in the project, checked at each call, done without the compiler.

That the segmentation engine's code gives jieba's tokens is in test_engines.py.
"""

import os
import subprocess
import sys
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np
import pytest

from helpers import paths
from helpers.reading import cache, machine_code
from helpers.reading.machine_code import CannotCompileError, MachineCode
from helpers.reading.segment import compiled, kernel, segmenter
from helpers.reading.segment.dictionary import make_dictionary

pytestmark = pytest.mark.skipif(
    bool(segmenter.numba_problem()), reason="the extra fast is not installed"
)

ENVIRONMENT = dict(os.environ)
FACTOR = 3


class Scales(NamedTuple):
    """What a sum is weighed by."""

    weights: np.ndarray
    whole: float


def weigh(numbers, scales, table, mask, out):
    """Not called as Python by the tests: numba reads it."""
    total = 0.0
    for i in range(len(numbers)):
        total += _weighed(numbers[i], scales.weights[i])
    out[0] = total * scales.whole + table[1, 2]
    out[1] = np.float64(mask >> np.uint64(60))


def _weighed(number, weight):
    return number * weight * FACTOR


def reaches_out(numbers):
    print(numbers[0])


def is_no_numba(numbers):
    numbers[0] = {"a": "b", **{}}.popitem()


ARGUMENTS = (
    np.array([1, 2, 3], np.int32), Scales(np.array([0.5, 1.0, 2.0]), 2.0),
    np.arange(6.0).reshape(2, 3), np.uint64(2**63), np.zeros(2),
)  # fmt: skip


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project whose cache is empty."""
    monkeypatch.setattr(paths, "CACHE", tmp_path / "cache")
    return tmp_path / "cache"


def run(code):
    out = np.zeros(2)
    code(*ARGUMENTS[:-1], out)
    return out.tolist()


def entries(project):
    return sorted((project / "code").rglob("*.npz"))


def test_code_gives_what_python_gives(project):
    out = np.zeros(2)
    weigh(*ARGUMENTS[:-1], out)
    # By hand: (1*0.5 + 2*1 + 3*2) * 3 * 2 + 5, and 2**63 shifted by 60.
    assert run(MachineCode(weigh, *ARGUMENTS)) == out.tolist() == [56.0, 8.0]


def test_code_is_kept_and_used_without_the_compiler(project, monkeypatch):
    MachineCode(weigh, *ARGUMENTS)
    (entry,) = entries(project)
    before = entry.read_bytes()
    monkeypatch.setattr(machine_code, "_compile", lambda *given: pytest.fail("compiled again"))
    assert run(MachineCode(weigh, *ARGUMENTS)) == [56.0, 8.0]
    assert entry.read_bytes() == before


def test_the_engine_that_is_kept_starts_without_numba():
    segmenter.make_segmenter(engine="numba").cut("防控")
    program = (
        "import sys\nfrom helpers import segment\n"
        "print(segment.make_segmenter(engine='numba').cut('疫情防控'), 'numba' in sys.modules)"
    )
    made = subprocess.run([sys.executable, "-c", program], cwd=paths.PROJECT, capture_output=True,
                          encoding="utf-8", env={**ENVIRONMENT, "PYTHONUTF8": "1"}, check=True)  # fmt: skip
    assert made.stdout.strip() == "['疫情', '防控'] False"


def test_code_lies_in_the_project_wherever_the_cache_is(project, monkeypatch, tmp_path):
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "shared by a class"))
    MachineCode(weigh, *ARGUMENTS)
    assert len(entries(project)) == 1
    assert not (tmp_path / "shared by a class").exists()


@pytest.mark.parametrize(
    "spoil",
    [lambda entry: entry.write_bytes(entry.read_bytes()[:-50]),
     lambda entry: entry.write_bytes(entry.read_bytes().replace(b"\xc3", b"\xcc")),
     lambda entry: entry.write_bytes(b""),
     lambda entry: entry.unlink()],
)  # fmt: skip
def test_damaged_code_is_made_again(project, spoil):
    MachineCode(weigh, *ARGUMENTS)
    spoil(entries(project)[0])
    assert run(MachineCode(weigh, *ARGUMENTS)) == [56.0, 8.0]
    assert len(entries(project)) == 1


def test_other_numbers_in_the_source_make_other_code(project, monkeypatch):
    MachineCode(weigh, *ARGUMENTS)
    monkeypatch.setattr(sys.modules[__name__], "FACTOR", 30)
    assert run(MachineCode(weigh, *ARGUMENTS)) == [515.0, 8.0]
    assert len(entries(project)) == 2


def test_a_project_that_cannot_be_written_keeps_no_code(tmp_path, monkeypatch):
    (tmp_path / "cache").write_text("a file, so no folder can be made here", encoding="utf-8")
    monkeypatch.setattr(paths, "CACHE", tmp_path / "cache")
    assert run(MachineCode(weigh, *ARGUMENTS)) == [56.0, 8.0]


@pytest.mark.parametrize(
    ("place", "given"),
    [(0, np.array([1, 2, 3], np.int64)), (0, np.zeros((3, 1), np.int32)),
     (0, np.zeros(6, np.int32)[::2]), (1, Scales(np.zeros(3, np.float32), 2.0)), (3, 5),
     (3, 2.0)],
)  # fmt: skip
def test_arguments_of_other_kinds_are_refused(project, place, given):
    code = MachineCode(weigh, *ARGUMENTS)
    arguments = [*ARGUMENTS[:place], given, *ARGUMENTS[place + 1 :]]
    with pytest.raises(TypeError, match="the code was made for"):
        code(*arguments)
    with pytest.raises(TypeError, match="the code was made for"):
        code(*ARGUMENTS[:-1])


def test_functions_that_are_none_for_the_compiler_are_named(project):
    with pytest.raises(CannotCompileError, match="Failed in nopython mode.*[A-Z]"):
        MachineCode(is_no_numba, np.zeros(1))
    with pytest.raises(CannotCompileError, match="the code of reaches_out calls"):
        MachineCode(reaches_out, np.zeros(1))
    assert not entries(project)


def test_a_missing_compiler_is_named(project, monkeypatch):
    monkeypatch.setitem(sys.modules, "numba", None)
    with pytest.raises(CannotCompileError, match="numba"):
        MachineCode(weigh, *ARGUMENTS)
    monkeypatch.setitem(sys.modules, "llvmlite.binding", None)
    with pytest.raises(CannotCompileError, match="llvmlite"):
        MachineCode(weigh, *ARGUMENTS)


def test_the_kernel_is_plain_python_too():
    slots = np.zeros(4, np.uint64)
    words = kernel.Words(np.ones(100, np.uint8), np.zeros(100, np.int32), slots, np.uint64(62),
                         np.zeros(3), 0.0)  # fmt: skip
    with np.errstate(over="ignore"):
        kernel.add_words(np.array([7, 8, 7]), np.array([2, 3]), np.array([1, 0]), words)
        assert kernel._state_of(np.array([7, 8]), 0, 2, words) == 2
        assert kernel._state_of(np.array([7, 9]), 0, 2, words) == 0


@pytest.mark.parametrize("broken", [AttributeError("no types"), SystemError("no start")])
def test_a_compiler_that_is_broken_is_named_like_one_that_is_missing(project, monkeypatch, broken):
    def fail(*given):
        raise broken

    monkeypatch.setattr(machine_code, "_compile", fail)
    with pytest.raises(CannotCompileError, match=f"{type(broken).__name__}: {broken}"):
        MachineCode(weigh, *ARGUMENTS)


def test_a_processor_that_cannot_tell_what_it_can_do_runs_plain_code(project, monkeypatch):
    import llvmlite.binding

    def silent():
        raise RuntimeError("failed to get host cpu features.")

    monkeypatch.setattr(llvmlite.binding, "get_host_cpu_features", silent)
    assert run(MachineCode(weigh, *ARGUMENTS)) == [56.0, 8.0]


def test_settings_of_the_compiler_and_changed_functions_make_other_code(project, monkeypatch):
    MachineCode(weigh, *ARGUMENTS)
    monkeypatch.setenv("NUMBA_BOUNDSCHECK", "1")
    MachineCode(weigh, *ARGUMENTS)
    assert len(entries(project)) == 2
    # Whatever stands in the file by now.
    monkeypatch.setattr(sys.modules[__name__], "_weighed", lambda number, weight: 0.0)
    monkeypatch.setattr(sys.modules[__name__]._weighed, "__module__", __name__)
    assert run(MachineCode(weigh, *ARGUMENTS)) == [5.0, 8.0]
    assert len(entries(project)) == 3


def test_code_of_another_function_is_not_taken(project, monkeypatch):
    MachineCode(weigh, *ARGUMENTS)
    shelf = cache.Shelf("code", entries(project)[0].parent.name, paths.CACHE)
    kept = shelf.find()[0]
    (key,) = kept
    arrays = shelf.read(kept[key].entry)
    shelf.discard(kept[key].entry)
    for changed in ({"name": np.zeros(0, np.uint8)}, {"code": np.zeros(0, np.uint8)}):
        shelf.write([key], arrays | changed)
        assert run(MachineCode(weigh, *ARGUMENTS)) == [56.0, 8.0]
        for path in entries(project):
            path.unlink()


def test_an_engine_that_was_asked_for_by_name_says_what_to_do(monkeypatch):
    def fail(dictionary, *, hmm):
        raise CannotCompileError("no library")

    monkeypatch.setitem(segmenter._ENGINES, "numba", fail)
    with pytest.raises(ValueError, match=r"engine='numba' cannot .*no library.*engine='auto'"):
        segmenter.make_segmenter(engine="numba").cut("防控")


# --- the engine's tables ------------------------------------------------------------------


@pytest.fixture
def own_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "CACHE", tmp_path)
    return tmp_path


@pytest.fixture
def small_dictionary():
    made = make_dictionary(None)
    few = dict(list(made.frequencies.items())[::100])
    frequencies = {word[:end]: few.get(word[:end], 0) for word in few for end in
                   range(1, len(word) + 1)}  # fmt: skip
    return SimpleNamespace(frequencies=frequencies, total=made.total, hash="0123456789ab")


def same_words(found, expected):
    return all(
        type(a) is type(b) and np.array_equal(a, b) and getattr(a, "dtype", 0) == getattr(b, "dtype", 0)
        for a, b in zip(found, expected, strict=True)
    )  # fmt: skip


def test_tables_that_were_kept_are_those_that_were_made(own_folder, small_dictionary, monkeypatch):
    made = compiled._words(small_dictionary)
    monkeypatch.setattr(compiled, "_make_words", lambda dictionary: pytest.fail("made again"))
    assert same_words(compiled._words(small_dictionary), made)


@pytest.mark.parametrize(
    "spoil", [lambda b: b[:-9], lambda b: b"", lambda b: b[:5000] + b"x" + b[5001:]]
)
def test_damaged_tables_are_made_again(own_folder, small_dictionary, spoil):
    made = compiled._words(small_dictionary)
    (entry,) = [path for path in cache.list_entries(own_folder) if path.stat().st_size > 50_000]
    entry.write_bytes(spoil(entry.read_bytes()))
    assert same_words(compiled._words(small_dictionary), made)


def test_another_sum_is_another_dictionary(own_folder, small_dictionary):
    made = compiled._words(small_dictionary)
    small_dictionary.total += 1
    assert compiled._words(small_dictionary).unknown != made.unknown


def test_the_tables_that_were_made_last_stay(own_folder, small_dictionary):
    for number in range(compiled._MOST_KEPT + 2):
        small_dictionary.hash = f"{number:012}"
        compiled._words(small_dictionary)
    kept = [path for path in cache.list_entries(own_folder) if path.stat().st_size > 50_000]
    assert len(kept) == compiled._MOST_KEPT
    size = sum(path.stat().st_size for path in kept)
    compiled._words(small_dictionary)
    assert sum(path.stat().st_size for path in kept) == size


def test_tables_that_cannot_be_kept_are_made(tmp_path, small_dictionary, monkeypatch):
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    monkeypatch.setattr(paths, "CACHE", tmp_path / "file")
    assert same_words(compiled._words(small_dictionary), compiled._make_words(small_dictionary))


def test_an_engine_whose_tables_are_kept_is_checked_and_lists_no_words():
    code = (
        "from helpers import segment; from helpers.reading import words;"
        "made = segment.make_segmenter(engine='numba');"
        "segment.cut_ids(['疫情防控', '1+1'], segmenter=made);"
        "print('frequencies' in vars(words.stock()))"
    )
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", code], cwd=paths.PROJECT, env=ENVIRONMENT,
            capture_output=True, encoding="utf-8", check=True, timeout=300,
        )  # fmt: skip
    assert done.stdout.strip() == "False"


def test_tuples_of_other_fields_are_other_arguments():
    class Turned(NamedTuple):
        whole: float
        weights: np.ndarray

    class Scaled(NamedTuple):
        weights: np.ndarray
        whole: float

    weights = np.zeros(1)
    kinds = [machine_code._kinds_of([one]) for one in (
        Scales(weights, 1.0), Scaled(weights, 1.0), Turned(1.0, weights), (weights, 1.0))]  # fmt: skip
    assert len({tuple(kind) for kind in kinds}) == 4
