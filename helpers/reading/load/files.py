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
    """Files kept as their names: each takes a hundred bytes, where a Path takes six times more.

    `names` are what the paths are as text, and cost nothing to walk through; a Path takes longer
    to make than a file takes to be found.
    """

    def __init__(self, named: Iterable[tuple[str, str]] = ()) -> None:
        """The files of these names, each with its problem or ""; one named again is left out."""
        self._problems: dict[str, str] = {}
        found: dict[str, str] = {}
        for name, problem in named:
            # As Path compares: on Windows A.txt and a.txt are one file.
            same = os.path.normcase(name)
            if same in found:
                continue
            found[same] = name
            if problem:
                self._problems[name] = problem
        self.names = list(found.values())

    def __len__(self) -> int:
        """Return the number of files."""
        return len(self.names)

    def __getitem__(self, number: int) -> FoundFile:
        """Return the file, made anew."""
        name = self.names[number]
        return FoundFile(Path(name), self._problems.get(name, ""))


def find_files(paths: PathLike | Iterable[PathLike]) -> FileList:
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
    return FileList(file for one in named for file in _files_of(one))


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


def _files_of(named: PathLike) -> Iterator[tuple[str, str]]:
    """The name of each file that is meant, as Path spells it, and its problem or ""."""
    name = str(Path(named))
    if _is_folder(name):
        yield from _files_below(name)
    elif not has_magic(str(named)) or _exists(name):
        yield name, ""
    else:
        matches = sorted(glob(str(named), recursive=True))  # noqa: PTH207 (absolute too)
        if not matches:
            raise UnreadableFileError(f"no file matches the pattern {str(named)!r}")
        for match in matches:
            yield from _files_of(Path(match))


def _files_below(folder: str) -> Iterator[tuple[str, str]]:
    """The files of a folder and its subfolders, without recursion: they may be very deep."""
    pending = [(folder, False)]
    entered: set[str] = set()
    while pending:
        name, is_file = pending.pop()
        if is_file:
            yield name, ""
            continue
        if not _is_folder(name):
            yield name, _problem_of(name)
            continue
        real = os.path.realpath(name)
        if real in entered:  # a link back: its files are read where they stand
            continue
        entered.add(real)
        try:
            listed = sorted(_list_folder(name), reverse=True)
        except OSError as error:
            reason = f"is a folder that cannot be opened ({error.strerror}); check its permissions"
            yield name, reason
            continue
        # As Path joins: what stands in this folder has no ./ before it.
        before = "" if name == os.curdir else os.path.join(name, "")  # noqa: PTH118 (names)
        pending += [(before + one, is_file) for one, is_file in listed]


def _list_folder(folder: str) -> Iterator[tuple[str, bool]]:
    """What stands in a folder, and whether the listing itself says that it is a file.

    It does of nearly all, which so need not be asked; what else there is (folders, links,
    pipes, Windows' junctions) has to be.
    """
    with os.scandir(folder) as entries:
        for entry in entries:
            if not _is_clutter(entry.name):
                yield entry.name, entry.is_file(follow_symlinks=False)


def _is_clutter(name: str) -> bool:
    return name.startswith(".") or name.lower() in _SYSTEM_CLUTTER


def _problem_of(name: str) -> str:
    if os.path.islink(name) and not _exists(name):  # noqa: PTH114 (Path raises for long names)
        return "is a link that leads nowhere or to itself; remove or mend it"
    return ""


def _is_folder(name: str) -> bool:
    return os.path.isdir(name)  # noqa: PTH112 (Path.is_dir raises for names that are too long)


def _exists(name: str) -> bool:
    return os.path.exists(name)  # noqa: PTH110 (the same)
