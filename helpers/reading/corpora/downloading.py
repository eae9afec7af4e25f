"""Pinned files from a server into a folder: checked, continued after a cut, whole or not at all.

pooch decides what has to be fetched and puts a file in its place; the way over the network is
ours, because pooch's own downloader begins anew after every cut.
"""

import errno
import hashlib
import os
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import pooch
import requests

from helpers.progress import progress_bar
from helpers.reading.corpora.cards import CorpusError, PinnedFile

# Seconds to connect, and seconds without a byte, before a server is taken for silent.
_TIMEOUT = (10, 30)
# Small, because of a chunk that a cut leaves unfinished nothing is handed on.
_CHUNK = 4096
# Seconds without a byte, after which a part belongs to no running process: many times what it
# takes to call a server silent.
_ABANDONED = 600
_NO_SPACE = {errno.ENOSPC, errno.EDQUOT} if hasattr(errno, "EDQUOT") else {errno.ENOSPC}
_OR_MIRROR = "or give mirror=, a folder with copies of the files"


def require_address(address: str) -> str:
    """The address without its last slash; CorpusError where it is no http address."""
    if not isinstance(address, str) or not address.startswith(("http://", "https://")):
        raise CorpusError(
            f"address is {address!r}; give a server's folder, such as 'https://example.org/files', "
            f"{_OR_MIRROR}"
        )
    return address.rstrip("/")


def download_files(files: Sequence[PinnedFile], address: str, folder: Path) -> None:
    """Fetch what the folder does not hold yet, or holds damaged, each file whole or not at all.

    A file on its way is called like it with .part behind it, and is continued from there (HTTP
    Range) by the next call. Several processes may fetch into one folder at once: each writes a
    part of its own, which takes the file's place only where its hash is right. Raises CorpusError,
    with the cure, where the network, the server or the disk fails; whatever was fetched before
    stays.
    """
    pooch.get_logger().setLevel("WARNING")
    n_bytes = 0
    try:
        folder.mkdir(parents=True, exist_ok=True)
        missing = [file for file in files if not _is_whole(folder / file.file, file)]
        n_bytes = sum(file.n_bytes for file in missing)
        registry = {file.file: f"sha256:{file.sha256}" for file in missing}
        shelf = pooch.Pooch(path=folder, base_url=f"{address}/", registry=registry)
        with requests.Session() as session, _progress(n_bytes) as bar:
            # Compressed on the way, a file could not be continued at a byte of its own.
            session.headers["Accept-Encoding"] = "identity"
            for file in missing:
                part = folder / f"{file.file}.part"
                way = partial(_download, file=file, part=part, session=session, bar=bar)
                shelf.fetch(file.file, downloader=way)
    except OSError as error:
        raise _disk_problem(error, folder, n_bytes) from None


def _is_whole(path: Path, file: PinnedFile) -> bool:
    # A folder in the file's place is left to the writing, which names it.
    if not path.is_file() or path.stat().st_size != file.n_bytes:
        return False
    return hashlib.sha256(path.read_bytes()).hexdigest() == file.sha256


def _progress(n_bytes: int) -> Any:
    return progress_bar(total=n_bytes, unit="B", unit_scale=True, desc="downloading")


def _download(
    url: str, output: str, _shelf: pooch.Pooch, *, file: PinnedFile, part: Path,
    session: requests.Session, bar: Any,
) -> None:  # fmt: skip
    """pooch's downloader: bring `file` to `output`, by way of `part`."""
    with _own_part(part) as own:
        _complete(url, file, own, session=session, bar=bar)
        own.replace(output)


@contextmanager
def _own_part(part: Path) -> Iterator[Path]:
    """A name under which no other process writes, with what was left of `part` under it.

    What is left there at the end goes back to `part`, for the next call, unless more lies there.
    """
    own = part.with_name(f"{part.name}-{os.getpid()}-{secrets.token_hex(4)}")
    for left in _parts_left(part):
        # A file can be renamed by one process only: the others find it gone and look further. Made
        # fresh first, so that under its new name nobody takes it for abandoned.
        with suppress(FileNotFoundError, PermissionError):
            os.utime(left)
            left.replace(own)
            break
    try:
        yield own
    finally:
        if _size(own) > _size(part):
            own.replace(part)
        else:
            own.unlink(missing_ok=True)


def _parts_left(part: Path) -> list[Path]:
    """The part, and those of processes that were ended before they could put theirs back."""
    found = [part] if part.exists() else []
    long_ago = time.time() - _ABANDONED
    for path in part.parent.iterdir():
        with suppress(FileNotFoundError):
            if path.name.startswith(f"{part.name}-") and path.stat().st_mtime < long_ago:
                found.append(path)
    return found


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else -1


def _complete(
    url: str, file: PinnedFile, part: Path, *, session: requests.Session, bar: Any
) -> None:
    """Append to `part` what it lacks; it is removed where it is not the pinned file then."""
    n_before = part.stat().st_size if part.exists() else 0
    if n_before > file.n_bytes:
        part.unlink()
        n_before = 0
    bar.update(n_before)
    if n_before < file.n_bytes:
        _continue(url, file, part, n_before, session=session, bar=bar)
    found = hashlib.sha256(part.read_bytes()).hexdigest()
    if found != file.sha256:
        n_bytes = part.stat().st_size
        part.unlink()
        raise CorpusError(
            f"{url} gave another file than the pinned one: its sha256 is {found} ({n_bytes:,} "
            f"bytes read), and should be {file.sha256} ({file.n_bytes:,} bytes). It was removed. "
            "Run it again; if the same comes again, the server holds another version, or a page "
            f"that asks to log in: give address=, another server, {_OR_MIRROR}"
        )


def _continue(
    url: str, file: PinnedFile, part: Path, n_before: int, *, session: requests.Session, bar: Any
) -> None:
    """Append to `part` what it lacks; a server that knows no ranges is read from the start."""
    with _ask(session, url, n_before) as answer:
        _require_success(answer, url)
        continues = answer.headers.get("Content-Range", "").startswith(f"bytes {n_before}-")
        if n_before and not (answer.status_code == 206 and continues):
            bar.update(-n_before)
            n_before = 0
        n_now, problem = _append(answer, part, n_before, file.n_bytes, bar)
        says_length = "Content-Length" in answer.headers
    if problem or (n_now < file.n_bytes and not says_length):
        raise CorpusError(
            f"the connection was cut after {n_now:,} of {file.n_bytes:,} bytes of {file.file}; "
            f"run it again: it continues there, {_OR_MIRROR}"
        )


def _ask(session: requests.Session, url: str, n_before: int) -> requests.Response:
    """The server's answer, from byte `n_before` on; from the start where it ends before that."""
    wanted = {"Range": f"bytes={n_before}-"} if n_before else {}
    try:
        answer = session.get(url, headers=wanted, stream=True, timeout=_TIMEOUT)
    except (requests.RequestException, ValueError) as error:
        # An address that cannot be taken apart is a ValueError of urllib3's own.
        raise _network_problem(error, url) from None
    if answer.status_code == requests.codes.requested_range_not_satisfiable and n_before:
        answer.close()
        return _ask(session, url, 0)
    return answer


def _append(
    answer: requests.Response, part: Path, n_before: int, n_bytes: int, bar: Any
) -> tuple[int, requests.RequestException | None]:
    """How many bytes `part` holds now, and what cut the connection, if anything did."""
    n_now = n_before
    with part.open("ab" if n_before else "wb") as stream:
        try:
            for chunk in answer.iter_content(_CHUNK):
                stream.write(chunk)
                n_now += len(chunk)
                bar.update(len(chunk))
                if n_now > n_bytes:  # another file; and a server may go on for ever
                    break
        except requests.RequestException as error:
            return n_now, error
    return n_now, None


def _require_success(answer: requests.Response, url: str) -> None:
    if answer.ok:
        return
    if answer.status_code in (404, 410):
        raise CorpusError(
            f"the server has no file at {url} (HTTP {answer.status_code}); if it was moved, "
            f"give address=, another server with the same files, {_OR_MIRROR}"
        )
    raise CorpusError(
        f"the server refused {url} (HTTP {answer.status_code} {answer.reason}); try again later, "
        f"give address=, another server with the same files, {_OR_MIRROR}"
    )


def _network_problem(error: Exception, url: str) -> CorpusError:
    if isinstance(error, requests.exceptions.SSLError):
        return CorpusError(
            f"the certificate of {url} is not believed; check the clock of this computer and the "
            f"network's proxy, {_OR_MIRROR}"
        )
    if isinstance(error, (requests.ConnectionError, requests.Timeout)):
        return CorpusError(
            f"{url} cannot be reached; connect to the internet and run it again (what was fetched "
            f"stays), {_OR_MIRROR}"
        )
    return CorpusError(
        f"{url} cannot be fetched ({type(error).__name__}); check the address, {_OR_MIRROR}"
    )


def _disk_problem(error: OSError, folder: Path, n_bytes: int) -> CorpusError:
    if error.errno in _NO_SPACE:
        return CorpusError(
            f"the disk with {folder} is full: up to {n_bytes:,} bytes are needed; make room and "
            f"run it again (what was fetched stays), {_OR_MIRROR}"
        )
    return CorpusError(
        f"{error.filename or folder} cannot be used ({error.strerror or error}); make {folder} "
        f"a folder that can be read and written, {_OR_MIRROR}"
    )
