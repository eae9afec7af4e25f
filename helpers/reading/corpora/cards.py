"""Which corpora there are: their cards (data/corpora/cards.csv) and the hashes of their files."""

from functools import cache
from typing import NamedTuple

import pandas as pd

from helpers.paths import CORPORA
from helpers.tables import COLUMNS


class CorpusError(ValueError):
    """A corpus that cannot be had; the message names the file or server, and the cure."""


class PinnedFile(NamedTuple):
    """A file of a corpus, known by its length in bytes and its sha256 before it is fetched."""

    file: str
    n_bytes: int
    sha256: str


def list_corpora() -> pd.DataFrame:
    """One row per corpus that fetch can give: tables.COLUMNS["corpora"], n_fetched and folder.

    `kind` says what fetch returns: documents or series. `n_rows` counts the rows of the source
    that are read, `n_fetched` those of the table that fetch returns; where they differ, `defects`
    says why. `licence` is that of the repository, `rights` whose the words are: a licence for a
    program that collects texts gives no right in the texts. `folder` names the corpus's folder in
    a mirror.

    >>> list_corpora()["name"].tolist()
    ['cctv_weibo_2020', 'xinwen_lianbo_2022', 'work_reports', 'oxcgrt', 'cases']
    """
    return _cards()[[*COLUMNS["corpora"], "n_fetched", "folder"]]


def read_card(name: str) -> pd.Series:
    """The row of list_corpora for one corpus; CorpusError lists the names for an unknown one.

    >>> read_card("work_reports")["kind"]
    'documents'
    """
    cards = list_corpora().set_index("name", drop=False)
    if not isinstance(name, str) or name not in cards.index:
        raise CorpusError(f"unknown corpus {name!r}; the corpora are {', '.join(cards.index)}")
    return cards.loc[name]


def read_files(name: str) -> list[PinnedFile]:
    """The files of a corpus in their order, with length in bytes and sha256.

    >>> [file.n_bytes for file in read_files("work_reports")]
    [3344288]
    """
    read_card(name)
    files = pd.read_csv(CORPORA / name / "files.csv", encoding="utf-8", dtype={"sha256": str})
    return [PinnedFile(*row) for row in files.itertuples(index=False)]


@cache
def _cards() -> pd.DataFrame:
    cards = pd.read_csv(CORPORA / "cards.csv", encoding="utf-8", keep_default_na=False)
    files = [pd.read_csv(CORPORA / name / "files.csv", encoding="utf-8") for name in cards["name"]]
    return cards.assign(
        first_day=pd.to_datetime(cards["first_day"]),
        last_day=pd.to_datetime(cards["last_day"]),
        n_files=[len(table) for table in files],
        n_bytes=[int(table["n_bytes"].sum()) for table in files],
    )
