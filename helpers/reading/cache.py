"""What was made once, kept in the project, so that a second run need not make it again.

A shelf is a folder of entries that were made in one way; its name is a hash of that way. An
entry holds the arrays of some files together, of a corpus or of jieba's dictionary, and its
name is the SHA-256 of its own bytes: what is damaged, cut short or of another shelf is noticed
and made again, never believed. Entries are numpy arrays without objects, so that reading one
cannot run code. They are written under another name and then put in their place, whole or not
at all; one that is damaged is deleted and made again.
"""

import hashlib
import os
import re
import secrets
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tokenize import TokenError
from typing import BinaryIO, NamedTuple

import numpy as np
from numpy.lib.npyio import NpzFile
from numpy.typing import NDArray

from helpers import paths

# Another folder than the project's own .cache, on a larger or faster disk.
VARIABLE = "COVID_POLICY_CACHE"
SHELVES = ("tokens", "terms", "totals", "dictionary", "code")
N_KEY_BYTES = 32

_ENTRY = re.compile(r"[0-9a-f]{64}\.npz")
_UNFINISHED = re.compile(r"[0-9a-f]{16}\.part")
_WAY = re.compile(r"[0-9a-f]{16}")
_OURS = ("keys", "way")

Arrays = Mapping[str, NDArray[np.generic]]


class Place(NamedTuple):
    """Where one file's arrays are: in which entry, and as which of its files."""

    entry: str
    number: int


class CacheTrouble(Exception):
    """The cache cannot be written, or holds what cannot be believed; the message says which."""


def cache_folder() -> Path:
    """The folder of the cache: that of COVID_POLICY_CACHE, or .cache in the project."""
    named = os.environ.get(VARIABLE, "")
    try:
        return Path(named).resolve() if named else paths.CACHE
    except (OSError, RuntimeError, ValueError) as error:  # a link to itself, a NUL
        raise ValueError(
            f"{VARIABLE} is {named!r}, which names no folder ({error}); name another, or unset it"
        ) from None


def file_key(content: bytes, *said: str) -> bytes:
    """32 bytes that name a file: by its content, and by what else decides how it is read.

    >>> file_key(b"text", "a.txt") == file_key(b"text", "b.txt")
    False
    """
    head = b""
    for word in said:
        written = word.encode("utf-8", "surrogatepass")
        head += len(written).to_bytes(8, "big") + written
    digest = hashlib.sha256(head)
    digest.update(content)
    return digest.digest()


def name_way(*decisive: object) -> str:
    """16 hex digits that name a way of making: what it is made of, in words.

    >>> name_way("tokens", 1) == name_way("tokens", 2)
    False
    """
    words = "\n".join(map(str, decisive))
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:16]


@cache
def hash_code(*folders: Path) -> str:
    """A hash of the Python files in the folders: another program may make another thing."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*.py")):
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
            digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


def versions_of(*packages: str) -> str:
    """The packages with their versions, or "missing", for name_way."""
    return " ".join(f"{package} {_version_of(package)}" for package in packages)


def _version_of(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "missing"


class Shelf:
    """The entries of one kind that were made in one way."""

    def __init__(self, kind: str, way: str, folder: Path | None = None) -> None:
        """A shelf; nothing is read or written yet."""
        self.way = way
        self.path = (folder or cache_folder()) / kind / way

    def find(self) -> tuple[dict[bytes, Place], list[str]]:
        """Which files have arrays here, and a sentence for each entry that cannot be read."""
        found: dict[bytes, Place] = {}
        problems = []
        for name in self._names():
            try:
                # Opened here, because numpy leaves a damaged file open.
                with (
                    (self.path / name).open("rb") as file,
                    np.load(file, allow_pickle=False) as entry,
                ):
                    _require_plain(entry)
                    keys = entry["keys"]
                if keys.dtype != np.uint8 or keys.ndim != 2 or keys.shape[1] != N_KEY_BYTES:
                    raise ValueError("its keys are none")
            except _UNREADABLE as error:
                problems.append(self._problem(name, error))
                self._discard_damaged(name, error)
                continue
            found.update((key.tobytes(), Place(name, number)) for number, key in enumerate(keys))
        return found, problems

    def read(
        self, name: str, keys: Mapping[int, bytes] | None = None
    ) -> dict[str, NDArray[np.generic]]:
        """The arrays of an entry; CacheTrouble where it is not what was written.

        `keys` says which files it must hold, and as which of its files: what `find` says of an
        entry is believed only when its whole content has been hashed. An entry that is none is
        deleted, because it can only be made again.
        """
        try:
            # Hashed and then read, so that a large entry is not held twice.
            with (self.path / name).open("rb") as file:
                if _entry_name(file) != name:
                    raise ValueError("its content is not what was written")
                with np.load(file, allow_pickle=False) as entry:
                    _require_plain(entry)
                    arrays = {key: entry[key] for key in entry.files}
            if not all(isinstance(array, np.ndarray) for array in arrays.values()):
                raise ValueError("it holds something else than arrays")
            if arrays.pop("way").tobytes().decode("ascii") != self.way:
                raise ValueError("it was made in another way")
            held = arrays.pop("keys")
            if any(held[number].tobytes() != key for number, key in (keys or {}).items()):
                raise ValueError("it holds other files than was said")
        except _UNREADABLE as error:
            self._discard_damaged(name, error)
            raise CacheTrouble(self._problem(name, error)) from None
        return arrays

    def write(self, keys: Sequence[bytes], arrays: Arrays) -> str:
        """Keep the arrays of these files; return the entry's name.

        Raises CacheTrouble where they cannot be kept: a full disk, a folder that is read-only.
        """
        unfit = [name for name, one in arrays.items() if name in _OURS or one.dtype == object]
        if unfit:
            raise ValueError(f"the array {unfit[0]!r} holds objects, or has a name that is taken")
        named = np.frombuffer(b"".join(keys), np.uint8).reshape(len(keys), N_KEY_BYTES)
        way = np.frombuffer(self.way.encode("ascii"), np.uint8)
        try:
            return self._put({"keys": named, "way": way, **arrays})
        except OSError as error:
            raise CacheTrouble(
                f"the cache {self.path.parent} cannot be written ({error.strerror}); the counts "
                "are right, but the next run starts from the beginning. Free some space, or name "
                f"another folder in {VARIABLE}"
            ) from None

    def discard(self, name: str) -> None:
        """Delete an entry, if that can be done."""
        with suppress(OSError):
            (self.path / name).unlink(missing_ok=True)

    def keep_newest(self, n: int, latest: str) -> None:
        """Delete all but n entries, if that can be done: the latest, and the newest others."""
        written = {}
        for name in self._names():
            with suppress(OSError):  # another process deletes as well
                written[name] = (self.path / name).stat().st_mtime_ns
        # Where the clock has jumped, the latest need not be the newest.
        written.pop(latest, None)
        for name in sorted(written, key=written.__getitem__, reverse=True)[n - 1 :]:
            self.discard(name)

    def _discard_damaged(self, name: str, error: Exception) -> None:
        # A disk or a memory that fails says nothing about the entry.
        if not isinstance(error, (OSError, MemoryError)):
            self.discard(name)

    def _put(self, arrays: Arrays) -> str:
        self.path.mkdir(parents=True, exist_ok=True)
        part = self.path / f"{secrets.token_hex(8)}.part"
        try:
            with part.open("w+b") as file:
                np.savez(file, **arrays)
                name = _entry_name(file)
            target = self.path / name
            try:
                os.replace(part, target)  # noqa: PTH105 (on Windows too, over what is there)
            except PermissionError:
                # Windows: another process reads the same entry, which therefore exists.
                if not target.exists():
                    raise
        finally:
            part.unlink(missing_ok=True)
        return name

    def _names(self) -> list[str]:
        try:
            with os.scandir(self.path) as entries:
                # A pipe would never end.
                return sorted(entry.name for entry in entries
                              if _ENTRY.fullmatch(entry.name) and entry.is_file())  # fmt: skip
        except OSError:  # not there yet, or not to be read: then nothing is kept
            return []

    def _problem(self, name: str, error: Exception) -> str:
        reason = str(error).split("\n")[0]
        return f"the cache entry {self.path.name}/{name[:12]}… cannot be used ({reason})"


def _entry_name(file: BinaryIO) -> str:
    """The name of an entry with this content; the file then stands at its beginning."""
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()
    file.seek(0)
    return f"{digest}.npz"


def _require_plain(entry: NpzFile) -> None:
    # A small file could unpack to more than the memory holds.
    if any(member.compress_type != zipfile.ZIP_STORED for member in entry.zip.infolist()):
        raise ValueError("it is compressed")


# What numpy and zipfile raise for files that are damaged, cut short or none of theirs.
_UNREADABLE = (
    AttributeError, EOFError, LookupError, MemoryError, OSError, OverflowError, RuntimeError,
    SyntaxError, TokenError, TypeError, ValueError, zipfile.BadZipFile,
)  # fmt: skip


def list_entries(folder: Path | None = None) -> Iterator[Path]:
    """The files that shelves have written into the cache, and nothing else that lies there."""
    root = folder or cache_folder()
    for kind in SHELVES:
        for shelf in _folders_in(root / kind):
            if _WAY.fullmatch(shelf.name):
                for path in sorted(shelf.iterdir()):
                    if _ENTRY.fullmatch(path.name) or _UNFINISHED.fullmatch(path.name):
                        yield path


def clean_cache(folder: Path | None = None) -> tuple[int, int]:
    """Delete what shelves have written; return how many files and bytes that were.

    Folders that are empty then go too; whatever else lies in the cache stays.
    """
    root = folder or cache_folder()
    n_files = n_bytes = 0
    for path in list(list_entries(root)):
        n_bytes += path.stat().st_size
        path.unlink()
        n_files += 1
    for kind in SHELVES:
        for shelf in [*_folders_in(root / kind), root / kind]:
            if shelf.is_dir() and not shelf.is_symlink() and not any(shelf.iterdir()):
                shelf.rmdir()
    return n_files, n_bytes


def _folders_in(folder: Path) -> list[Path]:
    """The folders of a folder, links left out: what they lead to is not ours."""
    if folder.is_symlink() or not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.is_dir() and not path.is_symlink())
