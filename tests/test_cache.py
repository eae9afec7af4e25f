"""The cache: whole or not at all, never believed where it is not what was written."""

import io
import os
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest

from helpers import paths
from helpers.reading import cache
from scripts import clean_cache

KEYS = [bytes([number]) * 32 for number in range(3)]
ARRAYS = {"ids": np.arange(5, dtype=np.int32), "n": np.zeros(0, np.int64)}


@pytest.fixture
def shelf(tmp_path: Path) -> cache.Shelf:
    return cache.Shelf("tokens", "0123456789abcdef", tmp_path)


@pytest.fixture
def entry(shelf: cache.Shelf) -> Path:
    return shelf.path / shelf.write(KEYS, ARRAYS)


def test_what_is_written_comes_back(shelf: cache.Shelf, entry: Path) -> None:
    found, problems = shelf.find()
    assert problems == []
    assert found == {key: cache.Place(entry.name, number) for number, key in enumerate(KEYS)}
    arrays = shelf.read(entry.name)
    assert set(arrays) == set(ARRAYS)
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(arrays[name], array, strict=True)
    assert list(shelf.path.iterdir()) == [entry]


def test_a_shelf_that_is_not_there_is_empty(shelf: cache.Shelf) -> None:
    assert shelf.find() == ({}, [])
    with pytest.raises(cache.CacheTrouble, match="cannot be used"):
        shelf.read("0" * 64 + ".npz")


def pickled() -> bytes:
    """An array of objects, whose reading would run code."""

    class Planted:
        def __reduce__(self) -> tuple[object, ...]:
            return os.mkdir, ("planted",)

    content = io.BytesIO()
    np.savez(content, keys=np.array([Planted()], dtype=object))
    return content.getvalue()


def of_another_way() -> bytes:
    content = io.BytesIO()
    way = np.frombuffer(b"f" * 16, np.uint8)
    np.savez(content, keys=np.zeros((1, 32), np.uint8), way=way, **ARRAYS)
    return content.getvalue()


def bare() -> bytes:
    content = io.BytesIO()
    np.save(content, np.zeros((1, 32), np.uint8))
    return content.getvalue()


def compressed() -> bytes:
    content = io.BytesIO()
    way = np.frombuffer(b"0123456789abcdef", np.uint8)
    np.savez_compressed(content, keys=np.zeros((1, 32), np.uint8), way=way, **ARRAYS)
    return content.getvalue()


def archive(keys: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        file.writestr("keys.npy", keys)
        file.writestr("way.npy", keys)
    return content.getvalue()


def headed(shape: str, kind: str = "'|u1'") -> bytes:
    """An entry whose arrays have a shape and kind of one's own, and nothing in them."""
    return written(f"{{'descr': {kind}, 'fortran_order': False, 'shape': {shape}}}\n".encode())


def written(header: bytes) -> bytes:
    """An entry whose arrays have a header of one's own, and nothing in them."""
    return archive(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header)


def locked() -> bytes:
    """An entry that says it is encrypted."""
    content = archive(bare())
    return content[:6] + b"\x01" + content[7:].replace(b"\x14\x00\x00\x00", b"\x14\x00\x01\x00", 1)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: b"",
        lambda content: content[: len(content) // 2],
        lambda content: content[:-1],
        lambda content: content[:200] + bytes([content[200] ^ 1]) + content[201:],
        lambda content: content + b"more",
        lambda content: b"no archive at all",
        lambda content: pickled(),
        lambda content: of_another_way(),
        lambda content: bare(),
        lambda content: compressed(),
        lambda content: locked(),
    ],
)
def test_what_was_not_written_here_is_never_believed(
    spoil, shelf: cache.Shelf, entry: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    entry.write_bytes(spoil(entry.read_bytes()))
    shelf.find()  # may find keys or problems, and raises nothing
    with pytest.raises(cache.CacheTrouble, match="cannot be used"):
        shelf.read(entry.name)
    assert not (tmp_path / "planted").exists()


@pytest.mark.parametrize(
    "make",
    [
        pickled, of_another_way, bare, compressed, locked,
        lambda: archive(b"no array"),
        lambda: written(b"if x:\n    a\n  b\n"),
        lambda: headed("(10000000000000, 32)"),
        lambda: headed(f"({9 ** 40}, 32)"),
        lambda: headed("('a', 32)"),
        lambda: headed("(1.5, 32)"),
        lambda: headed("(((", "'|u1'"),
        lambda: headed("(1, 32)", "()"),
    ],
)  # fmt: skip
def test_a_planted_entry_with_its_right_name_is_not_believed_either(
    make, shelf: cache.Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    content = make()
    name = f"{cache.hashlib.sha256(content).hexdigest()}.npz"
    shelf.path.mkdir(parents=True)
    (shelf.path / name).write_bytes(content)
    shelf.find()
    with pytest.raises(cache.CacheTrouble):
        shelf.read(name)
    assert not (tmp_path / "planted").exists()


def test_a_damaged_entry_is_named_and_the_others_found(shelf: cache.Shelf, entry: Path) -> None:
    other = shelf.write([b"x" * 32], ARRAYS)
    entry.write_bytes(b"damaged")
    found, problems = shelf.find()
    assert list(found) == [b"x" * 32]
    assert found[b"x" * 32].entry == other
    assert len(problems) == 1
    assert entry.name[:12] in problems[0]


def test_an_entry_holds_the_files_that_it_is_read_for(shelf: cache.Shelf, entry: Path) -> None:
    assert shelf.read(entry.name, {1: KEYS[1]}).keys() == ARRAYS.keys()


@pytest.mark.parametrize("keys", [{0: KEYS[1]}, {0: b"x" * 32}, {9: KEYS[0]}])
def test_an_entry_of_other_files_is_refused_and_deleted(
    keys: dict[int, bytes], shelf: cache.Shelf, entry: Path
) -> None:
    with pytest.raises(cache.CacheTrouble, match="cannot be used"):
        shelf.read(entry.name, keys)
    assert not entry.exists()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no named pipes")
def test_a_pipe_with_the_name_of_an_entry_is_not_waited_for(
    shelf: cache.Shelf, entry: Path
) -> None:
    os.mkfifo(entry.with_name("0" * 64 + ".npz"))
    (entry.parent / ("1" * 64 + ".npz")).mkdir()
    found, problems = shelf.find()
    assert {place.entry for place in found.values()} == {entry.name}
    assert problems == []


@pytest.mark.skipif(os.name == "nt", reason="links need a right on Windows")
def test_a_cache_folder_that_leads_to_itself_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = tmp_path / "link"
    link.symlink_to(link)
    monkeypatch.setenv(cache.VARIABLE, str(link))
    try:
        folder = cache.cache_folder()
    except ValueError as error:
        assert "COVID_POLICY_CACHE is" in str(error)
    else:  # newer Pythons leave the loop as it is; then nothing can be kept there
        with pytest.raises(cache.CacheTrouble, match="cannot be written"):
            cache.Shelf("tokens", "0" * 16, folder).write(KEYS, ARRAYS)


def test_what_was_damaged_is_replaced_when_it_is_made_again(
    shelf: cache.Shelf, entry: Path
) -> None:
    content = entry.read_bytes()
    entry.write_bytes(content[:-1] + b"x")
    assert shelf.write(KEYS, ARRAYS) == entry.name
    assert entry.read_bytes() == content
    assert list(shelf.path.iterdir()) == [entry]


@pytest.mark.parametrize("arrays", [{"keys": ARRAYS["ids"]}, {"o": np.array([{}], dtype=object)}])
def test_arrays_that_cannot_be_kept_are_refused(arrays, shelf: cache.Shelf) -> None:
    with pytest.raises(ValueError, match="holds objects, or has a name that is taken"):
        shelf.write(KEYS, arrays)
    assert not shelf.path.exists()


def test_a_full_disk_leaves_nothing_behind(
    shelf: cache.Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill(file: BinaryIO, **arrays: object) -> None:
        file.write(b"PK" * 50)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(cache.np, "savez", fill)
    with pytest.raises(cache.CacheTrouble, match="No space left on device.*COVID_POLICY_CACHE"):
        shelf.write(KEYS, ARRAYS)
    assert list(shelf.path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    shelf = cache.Shelf("tokens", "0" * 16, tmp_path / "taken")
    with pytest.raises(cache.CacheTrouble, match="cannot be written"):
        shelf.write(KEYS, ARRAYS)
    assert shelf.find() == ({}, [])


def test_an_interrupted_write_is_no_entry(
    shelf: cache.Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*paths: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cache.os, "replace", stop)
    with pytest.raises(KeyboardInterrupt):
        shelf.write(KEYS, ARRAYS)
    assert shelf.find() == ({}, [])
    assert list(shelf.path.iterdir()) == []


def test_many_may_write_the_same_entry_at_once(shelf: cache.Shelf) -> None:
    with ThreadPoolExecutor(8) as pool:
        names = set(pool.map(lambda _: shelf.write(KEYS, ARRAYS), range(40)))
    assert [path.name for path in shelf.path.iterdir()] == list(names)
    np.testing.assert_array_equal(shelf.read(names.pop())["ids"], ARRAYS["ids"])


def test_the_newest_entries_stay(shelf: cache.Shelf) -> None:
    names = [shelf.write([bytes([n]) * 32], {"n": np.array([n])}) for n in range(4)]
    for age, name in enumerate(reversed(names)):
        os.utime(shelf.path / name, ns=(0, 10**18 - age * 10**9))
    (shelf.path / "notes.txt").write_text("not ours", encoding="utf-8")
    shelf.keep_newest(2, names[3])
    assert sorted(path.name for path in shelf.path.iterdir()) == sorted([*names[2:], "notes.txt"])
    shelf.keep_newest(2, names[3])
    assert len(shelf.find()[0]) == 2
    # What was written just now stays, whatever the clock says of it.
    shelf.keep_newest(1, names[2])
    assert [place.entry for place in shelf.find()[0].values()] == [names[2]]


def test_names_hang_on_every_part() -> None:
    keys = {
        cache.file_key(b"a", "b"), cache.file_key(b"", "ab"), cache.file_key(b"ab"),
        cache.file_key(b"", "a", "b"), cache.file_key(b"b", "a"), cache.file_key(b"", "b", "a"),
        cache.file_key(b"", "\ud800"),
    }  # fmt: skip
    assert len(keys) == 7
    assert cache.name_way("a", 1) != cache.name_way("a", 2)


def test_another_program_makes_another_thing(tmp_path: Path) -> None:
    for name, code in (("one", "x = 1\n"), ("two", "x = 2\n"), ("windows", "x = 1\r\n")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "code.py").write_bytes(code.encode())
    one, two, windows = (cache.hash_code(tmp_path / name) for name in ("one", "two", "windows"))
    assert one == windows != two


def test_the_cache_is_in_the_project_or_where_one_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv(cache.VARIABLE, raising=False)
    assert cache.cache_folder() == paths.CACHE
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path))
    assert cache.cache_folder() == tmp_path.resolve()


def test_cleaning_deletes_what_shelves_wrote_and_nothing_else(
    shelf: cache.Shelf, entry: Path, tmp_path: Path
) -> None:
    (shelf.path / f"{'0' * 16}.part").write_bytes(b"cut short")
    for kind in ("terms", "code"):
        cache.Shelf(kind, "f" * 16, tmp_path).write(KEYS, ARRAYS)
    kept = [
        tmp_path / "tokens" / "thesis.txt", tmp_path / "numba" / "code.npz",
        shelf.path / "notes.npz", tmp_path / f"{'0' * 64}.npz",
        tmp_path / "tokens" / "mine" / f"{'0' * 64}.npz",
    ]  # fmt: skip
    for path in kept:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"mine")
    n_files, n_bytes = cache.clean_cache(tmp_path)
    assert n_files == 4
    assert n_bytes > 0
    assert all(path.exists() for path in kept)
    assert not (tmp_path / "terms").exists()
    assert cache.clean_cache(tmp_path) == (0, 0)


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
def test_cleaning_follows_no_link(shelf: cache.Shelf, entry: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "tokens").symlink_to(tmp_path / "tokens")
    assert cache.clean_cache(elsewhere) == (0, 0)
    assert entry.exists()


def test_the_command_says_what_it_deleted(
    entry: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path))
    assert clean_cache.main() == 0
    assert capsys.readouterr().out.startswith("Deleted 1 files (0.0 MB)")
    assert not entry.exists()


def test_two_processes_write_at_once(shelf: cache.Shelf) -> None:
    code = (
        "import sys, numpy as np; from pathlib import Path; from helpers.reading import cache\n"
        "shelf = cache.Shelf('tokens', '0123456789abcdef', Path(sys.argv[1]))\n"
        "for n in range(30): shelf.write([bytes([n]) * 32], {'n': np.arange(n + 1)})"
    )
    command = [sys.executable, "-c", code, str(shelf.path.parent.parent)]
    running = [subprocess.Popen(command, cwd=paths.PROJECT) for _ in range(2)]
    assert [process.wait(60) for process in running] == [0, 0]
    found, problems = shelf.find()
    assert len(found) == 30
    assert problems == []
    for place in found.values():
        shelf.read(place.entry)
