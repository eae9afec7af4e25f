"""Folders as they come: odd names, links, locked and vanishing files, one bad among many."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from helpers import clean, load, paths
from helpers.reading.load import documents as documents_module
from helpers.reading.load import files

TEXT = "示例市部署疫情防控和复工复产。"
WINDOWS = sys.platform == "win32"


def write(path: Path, text: str = TEXT) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_one_bad_file_in_a_thousand_costs_the_others_nothing(tmp_path):
    for number in range(999):
        write(tmp_path / f"{number:03}.txt", f"{TEXT}第{number}号")
    (tmp_path / "500b.txt").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(load.UnreadableFileError, match=r"1 of 1000 files(?s:.*)500b.txt"):
        load.read_documents(tmp_path)
    assert len(load.read_documents(tmp_path, skip_bad=True)) == 999
    audit = load.audit_files(tmp_path)
    assert audit.loc[audit["problem"] != "", "path"].str.endswith("500b.txt").tolist() == [True]


@pytest.mark.skipif(WINDOWS, reason="Windows refuses such names itself")
@pytest.mark.parametrize(
    ("name", "doc_id"),
    [
        ("<script>alert(1)<\x7f.txt", r"<script>alert(1)<\x7f"),
        ("two\nlines.txt", r"two\nlines"),
        ("..txt", None),  # hidden, and passed over as such
        ("..　..txt", None),
        ("=cmd|x.txt", "=cmd|x"),
        ("长" * 80 + ".txt", "长" * 80),
    ],
)
def test_odd_names_are_read_and_shown_safely(tmp_path, name, doc_id):
    write(tmp_path / "ok.txt")
    write(tmp_path / name)
    found = load.read_documents(tmp_path)["doc_id"].tolist()
    assert set(found) == {"ok", doc_id} - {None}
    assert all(one.isprintable() for one in found)
    assert all(path.isprintable() for path in load.audit_files(tmp_path)["path"])


@pytest.mark.skipif(sys.platform != "linux", reason="other systems keep names in Unicode")
def test_a_name_that_is_no_utf8_is_read_and_spelled_in_bytes(tmp_path):
    name = os.fsdecode(b"gbk-\xb1\xa8\xb8\xe6.txt")
    write(tmp_path / name)
    documents = load.read_documents(tmp_path)
    assert documents["doc_id"].tolist() == [r"gbk-\xb1\xa8\xb8\xe6"]
    assert documents["doc_id"].iloc[0].encode("utf-8")
    assert load.audit_files(tmp_path)["problem"].tolist() == [""]


def test_a_name_of_300_characters_is_named_as_the_problem():
    with pytest.raises(load.UnreadableFileError, match="cannot be opened|does not exist"):
        load.read_documents("a" * 300 + ".txt")


def test_a_script_in_a_name_is_escaped_where_a_notebook_shows_it(tmp_path):
    write(tmp_path / "a&lt;b.txt")
    table = load.audit_files(tmp_path).assign(path="<script>alert(1)</script>")
    assert "<script>" not in table.to_html()


@pytest.mark.skipif(WINDOWS, reason="links need rights there")
def test_loops_of_links_end_and_dead_links_are_named(tmp_path):
    write(tmp_path / "a" / "doc.txt")
    (tmp_path / "a" / "back").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "self.txt").symlink_to(tmp_path / "self.txt")
    (tmp_path / "dead.txt").symlink_to(tmp_path / "nowhere.txt")
    audit = load.audit_files(tmp_path)
    assert sorted(Path(path).name for path in audit["path"]) == ["dead.txt", "doc.txt", "self.txt"]
    assert audit["problem"].str.startswith("is a link that leads nowhere").sum() == 2
    assert load.read_documents(tmp_path, skip_bad=True)["doc_id"].tolist() == ["doc"]


def test_a_folder_linked_twice_is_read_once(tmp_path):
    write(tmp_path / "a" / "doc.txt")
    try:
        (tmp_path / "b").symlink_to(tmp_path / "a", target_is_directory=True)
    except OSError:
        pytest.skip("links need rights here")
    assert load.read_documents(tmp_path)["doc_id"].tolist() == ["doc"]


def test_a_folder_that_cannot_be_opened_is_named(tmp_path, monkeypatch):
    write(tmp_path / "open.txt")
    write(tmp_path / "locked" / "secret.txt")
    scandir = os.scandir

    def refuse(path):
        if Path(path).name == "locked":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(load.UnreadableFileError, match="locked is a folder that cannot be opened"):
        load.read_documents(tmp_path)
    assert load.read_documents(tmp_path, skip_bad=True)["doc_id"].tolist() == ["open"]


def test_a_file_that_disappears_between_audit_and_read_is_named(tmp_path, monkeypatch):
    write(tmp_path / "a.txt")
    gone = write(tmp_path / "b.txt")
    assert load.audit_files(tmp_path)["problem"].tolist() == ["", ""]
    found = files.find_files(tmp_path)
    gone.unlink()
    monkeypatch.setattr(documents_module, "find_files", lambda _: found)
    with pytest.raises(load.UnreadableFileError, match="b.txt does not exist"):
        load.read_documents(tmp_path)
    assert load.read_documents(tmp_path, skip_bad=True)["doc_id"].tolist() == ["a"]


@pytest.mark.skipif(WINDOWS, reason="Windows has no such pipes")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.txt")
    write(tmp_path / "a.txt")
    assert load.read_documents(tmp_path, skip_bad=True)["doc_id"].tolist() == ["a"]
    assert "is no file but a pipe" in "".join(load.audit_files(tmp_path)["problem"])


def test_folders_nested_deeper_than_python_recurses_are_read(tmp_path):
    deep = tmp_path
    for _ in range(300):
        deep = deep / "d"
    try:
        write(deep / "doc.txt")
    except OSError:
        pytest.skip("this system allows no such depth")
    old = sys.getrecursionlimit()
    sys.setrecursionlimit(250)
    try:
        assert [found.path.name for found in files.find_files(tmp_path)] == ["doc.txt"]
    finally:
        sys.setrecursionlimit(old)


def test_files_kept_as_names_are_the_files(tmp_path):
    for name in ("b.txt", "a b.txt", "折/报告.txt"):
        write(tmp_path / name)
    found = list(files.find_files(tmp_path))
    assert found == [files.FoundFile(path) for path in sorted(tmp_path.rglob("*.txt"))]
    locked = str(tmp_path / "locked")
    kept = files.FileList([*((str(file.path), "") for file in found), (locked, "is locked")])
    assert list(kept) == [*found, files.FoundFile(Path(locked), "is locked")] and len(kept) == 4
    assert list(files.FileList()) == []


@pytest.mark.skipif(WINDOWS, reason="links need rights there")
def test_what_is_said_first_of_a_file_stands(tmp_path):
    (tmp_path / "dead.txt").symlink_to(tmp_path / "nowhere.txt")
    (by_folder,) = files.find_files(tmp_path)
    (by_name,) = files.find_files([tmp_path / "dead.txt", tmp_path])
    assert by_folder.problem.startswith("is a link") and by_name.problem == ""


def test_files_of_this_folder_are_named_without_a_dot(tmp_path, monkeypatch):
    write(tmp_path / "a.txt")
    write(tmp_path / "b" / "c.txt")
    monkeypatch.chdir(tmp_path)
    for folder in (".", Path()):
        assert files.find_files(folder).names == ["a.txt", str(Path("b", "c.txt"))]


def test_a_file_is_found_without_being_asked_what_it_is(tmp_path, monkeypatch):
    names = [str(write(tmp_path / name)) for name in ("a.txt", "b.txt", "c/d.txt")]
    asked = []
    isdir = os.path.isdir
    monkeypatch.setattr(os.path, "isdir", lambda path: asked.append(str(path)) or isdir(path))
    assert files.find_files(tmp_path).names == names
    assert asked == [str(tmp_path)] * 2 + [str(tmp_path / "c")]


@pytest.mark.skipif(sys.platform != "linux", reason="systems bound their paths differently")
def test_a_path_longer_than_any_may_be_is_a_problem_of_its_own(tmp_path, monkeypatch):
    write(tmp_path / "ok.txt")
    monkeypatch.chdir(tmp_path)
    for _ in range(17):
        Path("d" * 250).mkdir()
        os.chdir("d" * 250)
    Path("far.txt").write_text(TEXT, encoding="utf-8")
    assert load.read_documents(tmp_path, skip_bad=True)["doc_id"].tolist() == ["ok"]
    assert "cannot be opened" in "".join(load.audit_files(tmp_path)["problem"])


def test_a_file_whose_stem_is_the_name_of_others_is_told_from_them(tmp_path):
    for name in ("1/a.txt", "2/a.txt", "3/a.txt.md", "4/b.txt"):
        write(tmp_path / name)
    read = load.read_documents(tmp_path)
    assert read["doc_id"].tolist() == ["1/a.txt", "2/a.txt", "3/a.txt.md", "b"]
    (batch,) = load.read_batches(tmp_path)
    assert batch["doc_id"].tolist() == read["doc_id"].tolist()


def test_the_same_file_named_twice_is_one_document(tmp_path):
    path = write(tmp_path / "a.txt")
    assert len(load.read_documents([path, str(path), tmp_path])) == 1


def test_a_text_is_read_as_it_stands_byte_for_byte(tmp_path):
    raw = "\ufeff标题\r\n　　正文\u200b。\r"
    (tmp_path / "a.txt").write_bytes(raw.encode("utf-8"))
    assert load.read_documents(tmp_path)["raw_text"].iloc[0] == raw[1:]


HUGE = """
import resource, sys
from helpers import clean, load
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
documents = load.read_documents(sys.argv[1])
read = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print((read - before) * 1024, len(documents["raw_text"].iloc[0]))
"""


@pytest.mark.skipif(WINDOWS, reason="memory is measured with resource")
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_file_of_200_megabytes_is_read_in_bounded_memory(tmp_path, encoding):
    line = (TEXT * 30 + "\n").encode(encoding)
    path = tmp_path / "huge.txt"
    with path.open("wb") as file:
        for _ in range(200_000_000 // len(line)):
            file.write(line)
    command = [sys.executable, "-c", HUGE, str(path)]
    done = subprocess.run(command, cwd=paths.PROJECT, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    used, n_characters = map(int, done.stdout.split())
    assert n_characters >= 199_000_000 // len(TEXT.encode(encoding)) * len(TEXT)
    # The bytes and the text itself (two bytes a character), and a fixed share for the rest.
    if sys.platform == "linux":
        assert used < 200_000_000 + 3 * 2 * n_characters + 100_000_000


def test_cleaning_in_pieces_gives_what_cleaning_at_once_gives(monkeypatch):
    from helpers.reading.clean import edits, repairs

    raw = paths.SEED.read_text(encoding="utf-8") * 3
    at_once = clean.clean_text(raw)
    monkeypatch.setattr(edits, "_PIECES_AT_A_TIME", 8)
    monkeypatch.setattr(repairs, "_BLOCK", 500)
    assert clean.clean_text(raw) == at_once
