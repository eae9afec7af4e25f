"""A corpus by its name -> its table, from a mirror folder, the project's cache or the network."""

import hashlib
import os
from pathlib import Path

import pandas as pd

from helpers.paths import CACHE
from helpers.reading.corpora.cards import CorpusError, PinnedFile, read_card, read_files
from helpers.reading.corpora.downloading import download_files, require_address
from helpers.reading.corpora.parsing import (
    parse_broadcasts,
    parse_cases,
    parse_posts,
    parse_reports,
    parse_stringency,
)

MIRROR_VARIABLE = "COVID_POLICY_CORPORA"
CACHE_OF_CORPORA = CACHE / "corpora"


def fetch(
    name: str, *, mirror: str | Path | None = None, address: str | None = None
) -> pd.DataFrame:
    """documents (text empty, for clean.clean_documents) or series: a corpus of list_corpora.

    Documents have the columns of load.read_documents, then cut (the source does not hold the
    whole text) and n_rows (rows of the source that are this document); posts also n_forwards,
    n_comments and n_likes. Series have series, place, date, value: oxcgrt "stringency" (0 to 100)
    of the provinces and of "China, strictest place", with the province's code; cases "confirmed"
    (cumulative) of Guangzhou, Guangdong and China. Nothing else is left out than what the card
    names under defects.

    The files come from the first of these: `mirror`, a folder with copies (the folder of the
    corpus, or one that holds it under the card's `folder`; without `mirror`, the folder that the
    environment variable COVID_POLICY_CORPORA names), read where they lie; the project's .cache;
    the network, that is the card's address or `address`, another server's folder with the same
    files. Every file is checked by its sha256, whichever way it came. What was downloaded is kept
    in .cache and not fetched again, and a download that was cut continues where it stopped. Only
    this function uses the network. A progress bar shows after three seconds.

    Raises CorpusError for an unknown name, a file that is missing or not the pinned one, and
    whatever stands between here and the server or the disk, each with the cure.
    """
    card, files = read_card(name), read_files(name)
    folder = _folder_of_copies(card["folder"], mirror, address)
    if folder is None:
        folder = CACHE_OF_CORPORA / name
        source = require_address(card["address"] if address is None else address)
        download_files(files, source, folder)
    texts = {file.file: _decode(_read_checked(folder, file), file.file) for file in files}
    return _parse(name, texts)


def _parse(name: str, texts: dict[str, str]) -> pd.DataFrame:
    if name == "cctv_weibo_2020":
        return parse_posts(texts, year=2020)
    if name == "xinwen_lianbo_2022":
        return parse_broadcasts(texts)
    ((file, text),) = texts.items()
    parsers = {"work_reports": parse_reports, "oxcgrt": parse_stringency, "cases": parse_cases}
    return parsers[name](text, file)


def _folder_of_copies(folder: str, mirror: str | Path | None, address: str | None) -> Path | None:
    """Where the corpus lies in the mirror that was given or is named by the environment, if any."""
    if mirror is not None and address is not None:
        raise CorpusError("give mirror (a folder) or address (a server), not both")
    named, given_by = mirror, "mirror"
    if mirror is None and address is None:
        named = os.environ.get(MIRROR_VARIABLE) or None
        given_by = f"the environment variable {MIRROR_VARIABLE}"
    if named is None:
        return None
    whole = _as_folder(named)
    if whole is None:
        raise CorpusError(
            f"{str(named)[:200]!r}, given by {given_by}, is no folder; give the one that holds "
            f"{folder}/, or leave it out to download"
        )
    return whole / folder if (whole / folder).is_dir() else whole


def _as_folder(named: object) -> Path | None:
    """The folder of that name, or None where there is none."""
    if not isinstance(named, (str, Path)) or not str(named):
        return None
    try:
        folder = Path(named).expanduser()
        return folder if folder.is_dir() else None
    except (OSError, RuntimeError, ValueError):
        # A name too long; ~ of nobody; characters of no name.
        return None


def _read_checked(folder: Path, file: PinnedFile) -> bytes:
    path = folder / file.file
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise CorpusError(
            f"{folder} does not hold {file.file}; copy it there, or leave mirror out to download it"
        ) from None
    except OSError as error:
        raise CorpusError(
            f"{path} cannot be read ({error.strerror}); check its permissions"
        ) from None
    found = hashlib.sha256(content).hexdigest()
    if found != file.sha256:
        raise CorpusError(
            f"{path} is not the pinned file: its sha256 is {found} ({len(content):,} bytes), and "
            f"should be {file.sha256} ({file.n_bytes:,} bytes); copy it again, byte for byte, or "
            "leave mirror out to download it"
        )
    return content


def _decode(content: bytes, file: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CorpusError(f"{file} is not UTF-8 ({error}); fetch it again") from None
