"""Which files are meant: folders, patterns and lists -> files, and names fit to be shown."""

import os
from collections.abc import Iterable, Iterator, Sequence
from glob import glob, has_magic
from pathlib import Path
from typing import NamedTuple

PathLike = str | Path

_SYSTEM_CLUTTER = {"thumbs.db", "desktop.ini"}
_LONGEST_SHOWN = 120


class UnreadableFileError(ValueError):
    """A file that cannot become documents; the message names it and the cure."""


class FoundFile(NamedTuple):
    """A file to read, or with a `problem` a folder or link that cannot be entered.

    `content` holds its bytes where they have been read already.
    """

    path: Path
    problem: str = ""
    content: bytes | None = None


class FileList(Sequence[FoundFile]):
    """Files kept as their names: each takes a hundred bytes, where a Path takes six times more."""

    def __init__(self, files: Iterable[FoundFile]) -> None:
        """The same files; bytes that were read already are read again."""
        self._names: list[str] = []
        self._problems: dict[str, str] = {}
        for file in files:
            self._names.append(str(file.path))
            if file.problem:
                self._problems[self._names[-1]] = file.problem

    def __len__(self) -> int:
        """Return the number of files."""
        return len(self._names)

    def __getitem__(self, number: int) -> FoundFile:
        """Return the file, made anew."""
        name = self._names[number]
        return FoundFile(Path(name), self._problems.get(name, ""))


def find_files(paths: PathLike | Iterable[PathLike]) -> list[FoundFile]:
    """Every file named, in the order given; folders in the order of their names; no repeats.

    Folders are entered with all their subfolders, each once, whatever links lead there.
    Hidden files and what systems leave behind (.DS_Store, Thumbs.db) are passed over. A folder
    that may not be opened, or a link that leads nowhere, comes with its problem.
    """
    named = list(paths) if isinstance(paths, Iterable) and not isinstance(paths, str) else [paths]
    if not named:
        raise UnreadableFileError("no file named: give a file, a folder, a pattern or a list")
    for one in named:
        if not isinstance(one, (str, Path)):
            raise UnreadableFileError(
                f"{one!r} is {type(one).__name__}, not the name of a file; give a string or a "
                "Path, or a list of them"
            )
        if str(one) == "":
            raise UnreadableFileError("no file named: '' names nothing; write '.' for this folder")
    found: dict[Path, FoundFile] = {}
    for one in named:
        for file in _files_of(one):
            found.setdefault(file.path, file)
    return list(found.values())


def show_name(name: str) -> str:
    """The name with what cannot be shown written out: line ends, controls, undecodable bytes.

    >>> show_name("报告\\n2020"), show_name(os.fsdecode(b"gbk-\\xb1\\xa8.txt"))
    ('报告\\\\n2020', 'gbk-\\\\xb1\\\\xa8.txt')
    """
    if name.isprintable():
        return name
    try:
        decoded = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:  # half a surrogate pair that stands for no byte (Windows)
        decoded = name.encode("utf-8", "backslashreplace").decode("utf-8")
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in decoded
    )


def show_path(path: Path) -> str:
    """The file with its folder's name: enough to tell two of one name apart."""
    name = show_name(path.name)
    if len(name) > _LONGEST_SHOWN:
        name = f"{name[: _LONGEST_SHOWN // 2]}…{name[-_LONGEST_SHOWN // 2 :]}"
    return f"{show_name(path.parent.name)}/{name}" if path.parent.name else name


def _files_of(named: PathLike) -> Iterator[FoundFile]:
    path = Path(named)
    if _is_folder(path):
        yield from _files_below(path)
    elif not has_magic(str(named)) or _exists(path):
        yield FoundFile(path)
    else:
        matches = sorted(glob(str(named), recursive=True))  # noqa: PTH207 (absolute too)
        if not matches:
            raise UnreadableFileError(f"no file matches the pattern {str(named)!r}")
        for match in matches:
            yield from _files_of(Path(match))


def _files_below(folder: Path) -> Iterator[FoundFile]:
    """The files of a folder and its subfolders, without recursion: they may be very deep."""
    pending = [folder]
    entered: set[str] = set()
    while pending:
        path = pending.pop()
        if not _is_folder(path):
            yield FoundFile(path, _problem_of(path))
            continue
        real = os.path.realpath(path)
        if real in entered:  # a link back: its files are read where they stand
            continue
        entered.add(real)
        try:
            names = sorted(os.listdir(path), reverse=True)  # noqa: PTH208 (names, not paths)
        except OSError as error:
            reason = f"is a folder that cannot be opened ({error.strerror}); check its permissions"
            yield FoundFile(path, reason)
            continue
        pending += [path / name for name in names if not _is_clutter(name)]


def _is_clutter(name: str) -> bool:
    return name.startswith(".") or name.lower() in _SYSTEM_CLUTTER


def _problem_of(path: Path) -> str:
    if path.is_symlink() and not _exists(path):
        return "is a link that leads nowhere or to itself; remove or mend it"
    return ""


def _is_folder(path: Path) -> bool:
    return os.path.isdir(path)  # noqa: PTH112 (Path.is_dir raises for names that are too long)


def _exists(path: Path) -> bool:
    return os.path.exists(path)  # noqa: PTH110 (the same)
