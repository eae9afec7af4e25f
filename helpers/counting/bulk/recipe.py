"""How a corpus is counted: what every worker must know, and what names the ways in the cache."""

import pickle
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from helpers import paths
from helpers.counting.lexicon.matching import Matcher
from helpers.reading import cache
from helpers.reading.load.formats.packages import READERS
from helpers.reading.segment import Segmenter

# The form of what is kept; a new one makes every older entry a stranger.
_FORM = 2
# With the readers of foreign formats: what is kept as unreadable for want of one must not stay.
_READING_PACKAGES = ("numpy", "opencc", "jieba", "pypinyin", *READERS, "pyarrow")
_MATCHING_PACKAGES = ("ahocorasick-rs",)


@dataclass(frozen=True, eq=False)
class Recipe:
    """The settings of one count; a worker process gets them as they are and makes the rest.

    `surfaces` are the forms to be found (lexicon.list_surfaces) and `lexicon` the table they
    come from, or None. `folder` is that of the cache, or None for a count without one; with
    `is_remote` the folder must exist, because it may be another machine's.
    """

    segmenter: Segmenter
    lexicon: pd.DataFrame | None
    surfaces: pd.DataFrame | None
    without: Sequence[str]
    text_column: str
    year: int | None
    folder: Path | None
    is_remote: bool = False

    @cached_property
    def token_way(self) -> str:
        """Names how tokens are made: program, cleaning, dictionary, and what versions differ in."""
        reading = paths.PROJECT / "helpers" / "reading"
        return cache.name_way(
            "tokens", _FORM, cache.hash_code(reading), cache.versions_of(*_READING_PACKAGES),
            sys.version_info[:2], sorted(self.without), self.segmenter.name,
        )  # fmt: skip

    @cached_property
    def term_way(self) -> str:
        """Names how terms are found in those tokens: the program, and the lexicon's forms."""
        matching = paths.PROJECT / "helpers" / "counting" / "lexicon"
        forms = [] if self.surfaces is None else self.surfaces.astype(str).to_numpy().tolist()
        return cache.name_way(
            "terms", self.token_way, cache.hash_code(matching),
            cache.versions_of(*_MATCHING_PACKAGES), forms,
        )  # fmt: skip

    @cached_property
    def matcher(self) -> Matcher:
        """What finds the terms."""
        return Matcher(self.surfaces)

    def expect_much(self) -> None:
        """Let what cuts and what finds terms start at their fastest: much text is to come."""
        self.segmenter.expect_much()
        # Who chose an engine that is not compiled has a reason, such as no room for a compiler.
        if self.surfaces is not None and self.segmenter.engine in ("auto", "numba"):
            self.matcher.expect_much()

    @cached_property
    def tokens(self) -> cache.Shelf | None:
        """The shelf of tokens."""
        return self._shelf("tokens", self.token_way)

    @cached_property
    def terms(self) -> cache.Shelf | None:
        """The shelf of terms found."""
        return self._shelf("terms", self.term_way)

    @cached_property
    def totals(self) -> cache.Shelf | None:
        """The shelf of what whole corpora came to."""
        counting = paths.PROJECT / "helpers" / "counting"
        way = cache.name_way(
            "totals", _FORM, self.term_way, cache.hash_code(counting), cache.versions_of("pandas")
        )
        return self._shelf("totals", way)

    def _shelf(self, kind: str, way: str) -> cache.Shelf | None:
        if self.folder is None or (self.is_remote and not self.folder.is_dir()):
            return None
        return cache.Shelf(kind, way, self.folder)

    @cached_property
    def packed(self) -> bytes:
        """The recipe as it travels to workers."""
        return pickle.dumps(self)

    @cached_property
    def name(self) -> str:
        """Names all that decides the answers of a task made by this recipe."""
        return cache.name_way(
            self.term_way, self.segmenter.engine, self.text_column, self.year, self.folder
        )

    def __getstate__(self) -> dict[str, object]:
        """What travels: the fields alone, without what was made of them."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}
