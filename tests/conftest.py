"""Tables of the sample report, made once by the real rooms and shared by the tests."""

import os
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import settings

from helpers import clean, lexicon, load, paths, segment

# Everybody who runs the tests tries the same generated texts, so a failure can be run again.
settings.register_profile("same_for_all", derandomize=True, deadline=None, database=None)
settings.load_profile("same_for_all")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files that execute notebooks first: on several cores the longest must not be last."""
    slow = {item.path for item in items if item.get_closest_marker("notebooks")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session")
def seed_raw() -> str:
    return paths.SEED.read_bytes().decode("utf-8")


@pytest.fixture(scope="session")
def documents() -> pd.DataFrame:
    return clean.clean_documents(load.read_documents(paths.SEED))


@pytest.fixture(scope="session")
def sentences(documents: pd.DataFrame) -> pd.DataFrame:
    return segment.split_sentences(documents)


@pytest.fixture(scope="session")
def clauses(sentences: pd.DataFrame) -> pd.DataFrame:
    return segment.split_clauses(sentences)


@pytest.fixture(scope="session")
def lexicon_table() -> pd.DataFrame:
    return lexicon.read_lexicon()


@pytest.fixture(scope="session")
def hits(sentences: pd.DataFrame, lexicon_table: pd.DataFrame) -> pd.DataFrame:
    return lexicon.find_terms(sentences, lexicon_table)


@pytest.fixture(scope="session")
def tokens(sentences: pd.DataFrame, lexicon_table: pd.DataFrame) -> pd.DataFrame:
    return segment.tokenize(sentences, segmenter=segment.make_segmenter(lexicon_table))


@pytest.fixture(scope="session")
def plain_tokens(sentences: pd.DataFrame) -> pd.DataFrame:
    """Tokens as jieba gives them out of the box: stock dictionary, HMM on."""
    return segment.tokenize(sentences, segmenter=segment.make_segmenter(hmm=True))


@pytest.fixture
def theme() -> Iterator[None]:
    """The pictures' theme on a canvas without a window; every figure is closed afterwards."""
    # Here, not above: tests that draw nothing need not wait for matplotlib.
    import matplotlib.pyplot as plt

    from helpers import style

    plt.switch_backend("Agg")
    style.set_theme()
    yield
    plt.close("all")


@pytest.fixture(scope="session")
def corpora() -> Path:
    """A folder with byte-exact copies of the public corpora, where somebody has put one."""
    named = os.environ.get("COVID_POLICY_CORPORA", "")
    folder = Path(named) if named else paths.PROJECT.parent / "shared" / "mirror"
    if not folder.is_dir():
        pytest.skip("no copy of the corpora here; name its folder in COVID_POLICY_CORPORA")
    return folder
