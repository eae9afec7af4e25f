"""Segmenters: a dictionary, whether words are guessed, and the engine that cuts.

Every engine gives the tokens of jieba 0.42.1. `jieba` is that package itself, `exact` its
algorithm in plain Python, `numpy` the same for many texts at once, `numba` the same compiled
(extra `fast`). What a user's own texts show to differ is cut by jieba, and said.
"""

import warnings
from collections.abc import Callable, Sequence
from functools import cache, cached_property
from importlib.util import find_spec
from itertools import pairwise
from typing import Any, Protocol

import pandas as pd

from helpers.reading.machine_code import CannotCompileError
from helpers.reading.segment.batched import BatchedEngine
from helpers.reading.segment.compiled import CompiledEngine
from helpers.reading.segment.dictionary import (
    Dictionary,
    make_dictionary,
    remake_dictionary,
)
from helpers.reading.segment.exact import ExactEngine
from helpers.reading.segment.ids import TokenIds, number_tokens
from helpers.reading.words import FewFrequencies, forced_splits, make_tokenizer

# What engine="auto" has cut before it starts an engine for much text: up to here, making that
# ready takes longer than cutting without it.
MANY_CHARACTERS = 150_000

# How many texts are compared with jieba, and how much of each: about 50 milliseconds.
_N_CHECKED = 200
_LENGTH_CHECKED = 100


class Engine(Protocol):
    """What cuts: one text to words, or many texts to numbers."""

    name: str

    def cut(self, text: str) -> list[str]:
        """The tokens of the text; they join to it."""

    def cut_ids(self, texts: Sequence[str]) -> TokenIds:
        """The tokens of the texts, as numbers."""


class JiebaEngine:
    """jieba itself: the reference."""

    name = "jieba"

    def __init__(
        self, dictionary: Dictionary, *, hmm: bool, frequencies: FewFrequencies | None = None
    ) -> None:
        """An engine for one dictionary; for few texts it need not be listed."""
        listed = dictionary.frequencies if frequencies is None else frequencies
        self._tokenizer = make_tokenizer(listed, dictionary.total)
        self._hmm = hmm

    def cut_ids(self, texts: Sequence[str]) -> TokenIds:
        """The tokens of the texts, as numbers."""
        return number_tokens(map(self.cut, texts))

    def cut(self, text: str) -> list[str]:
        """The tokens of the text; they join to it.

        Raises ValueError when words are guessed while jieba.del_word has changed the guessing
        of the whole process: the tokens would not be those of this dictionary.
        """
        if self._hmm and forced_splits():
            raise ValueError(
                f"jieba.del_word has changed how jieba guesses in this process "
                f"({', '.join(sorted(forced_splits())[:3])}); restart the kernel, or use "
                "engine='exact', which does not read what del_word leaves behind"
            )
        return self._tokenizer.lcut(text, HMM=self._hmm)


_ENGINES: dict[str, Callable[..., Engine]] = {
    "jieba": JiebaEngine,
    "exact": ExactEngine,
    "numpy": BatchedEngine,
    "numba": CompiledEngine,
}


class Segmenter:
    """Cuts text into jieba's tokens; made with make_segmenter.

    `dictionary_hash` names the dictionary (12 hex digits of a SHA-256 over its words and
    frequencies); two segmenters with the same hash and `hmm` give the same tokens, whatever
    their `engine`. A segmenter is pickled as a recipe, so that a worker process makes the same
    one; the worker needs the same version of jieba, and is refused otherwise.
    """

    def __init__(self, dictionary: Dictionary, *, hmm: bool, engine: str) -> None:
        """A segmenter; make_segmenter checks what is given here."""
        self._dictionary = dictionary
        self._hmm = hmm
        self._engine = engine
        self._running: dict[str, Engine] = {}
        self._cannot_compile = False
        self._n_characters = 0
        self._checked: set[str] = set()
        self._differs = False

    def __reduce__(self) -> tuple[Any, ...]:
        """The recipe by which another process makes this segmenter."""
        made = self._dictionary
        recipe = (made.changes, made.total, made.n_added, made.hash)
        return _remake, (recipe, self._hmm, self._engine)

    def __repr__(self) -> str:
        """The segmenter's name, and the engine asked for."""
        return f"<Segmenter {self.name}, engine {self._engine}>"

    @property
    def hmm(self) -> bool:
        """Whether words that no dictionary holds are guessed."""
        return self._hmm

    @property
    def engine(self) -> str:
        """The engine asked for: auto, numba, numpy, exact or jieba."""
        return self._engine

    @property
    def dictionary_hash(self) -> str:
        """12 hex digits that name the dictionary."""
        return self._dictionary.hash

    @property
    def n_added(self) -> int:
        """How many words stand in the dictionary besides jieba's own, or with a new frequency."""
        return self._dictionary.n_added

    @property
    def name(self) -> str:
        """What decides the answers, in words: dictionary hash, and whether HMM guesses words."""
        return f"{self.dictionary_hash} {'HMM' if self.hmm else 'no HMM'}"

    @cached_property
    def tokenizer(self) -> Any:
        """A jieba Tokenizer with this dictionary, for what only jieba does; it takes no words."""
        return make_tokenizer(self._dictionary.frequencies, self._dictionary.total)

    def expect_much(self) -> None:
        """Let `auto` start the fastest engine at once, because much text is to come."""
        self._n_characters = max(self._n_characters, MANY_CHARACTERS)

    def cut(self, text: str) -> list[str]:
        """The tokens of the text, punctuation and blanks included, so that they join to it."""
        _require_text(text)
        return self._engine_for(len(text)).cut(text)

    def cut_ids(self, texts: Sequence[str]) -> TokenIds:
        """The tokens of the texts as numbers, punctuation and blanks included.

        At the first call an even sample of the texts is cut by jieba as well. Where the tokens
        differ, this segmenter uses jieba from then on, and a RuntimeWarning says so.
        """
        _require_texts(texts)
        n_characters = sum(map(len, texts))
        engine = self._engine_for(n_characters)
        if engine.name not in self._checked and n_characters:
            self._checked.add(engine.name)
            self._compare_with_jieba(engine, texts)
            engine = self._engine_for(0)
        return engine.cut_ids(texts)

    def cut_for_search(self, text: str) -> list[str]:
        """jieba's search mode: the tokens, each after the shorter words that it contains.

        The words overlap, so they do not join to the text and are no running words.
        """
        _require_text(text)
        return self.tokenizer.lcut_for_search(text, HMM=self.hmm)

    def _engine_for(self, n_characters: int) -> Engine:
        """The engine to cut this many more characters with."""
        if self._differs:
            return self._run("jieba")
        if self._engine != "auto":
            return self._run_chosen()
        self._n_characters += n_characters
        if self._n_characters < MANY_CHARACTERS:
            return self._run("exact")
        if numba_problem() or self._cannot_compile:
            return self._run("numpy")
        return self._run_compiled()

    def _run_chosen(self) -> Engine:
        try:
            return self._run(self._engine)
        except CannotCompileError as error:
            raise ValueError(
                f"engine='numba' cannot be used here ({error}); update numba and llvmlite, or use "
                "engine='auto'"
            ) from None

    def _run_compiled(self) -> Engine:
        try:
            return self._run("numba")
        except CannotCompileError as error:
            self._cannot_compile = True
            warnings.warn(
                f"numba cannot compile the engine here ({error}); the engine numpy is used "
                "instead, with the same tokens. Update numba and llvmlite, or uninstall them",
                RuntimeWarning,
                stacklevel=5,
            )
            return self._run("numpy")

    def _run(self, name: str) -> Engine:
        if name not in self._running:
            self._running[name] = _ENGINES[name](self._dictionary, hmm=self.hmm)
        return self._running[name]

    def _compare_with_jieba(self, engine: Engine, texts: Sequence[str]) -> None:
        if engine.name == "jieba" or (self.hmm and forced_splits()):
            return
        reference = self._running.get("jieba") or JiebaEngine(
            self._dictionary, hmm=self.hmm, frequencies=FewFrequencies(self._dictionary.changes)
        )
        step = max(1, len(texts) // _N_CHECKED)
        sample = [text[:_LENGTH_CHECKED] for text in texts[::step]]
        for text, tokens in zip(sample, token_lists(engine.cut_ids(sample)), strict=True):
            expected = reference.cut(text)
            if tokens != expected:
                self._differs = True
                warnings.warn(
                    f"the engine {engine.name} cut {text!r} into {' / '.join(tokens)}, jieba "
                    f"into {' / '.join(expected)}; this segmenter uses jieba from now on, which "
                    "is slower and right. Please report the text",
                    RuntimeWarning,
                    stacklevel=4,
                )
                return


def token_lists(made: TokenIds) -> list[list[str]]:
    """The tokens of each text as words again."""
    tokens = [made.vocabulary[number] for number in made.ids.tolist()]
    return [tokens[start:end] for start, end in pairwise(made.offsets.tolist())]


def make_segmenter(
    lexicon: pd.DataFrame | None = None, *, hmm: bool = False, engine: str = "auto"
) -> Segmenter:
    """A segmenter with jieba's stock dictionary, or with that and the words of a lexicon.

    With a lexicon, three things change: its terms (and variants) marked `word` 1 are kept
    whole; so are the few names in data/lexicon/segmentation.csv; and the over-long entries
    listed there (认真落实, 狠抓落实 …) are split, because they hide the word counted. `hmm`
    lets jieba guess words that no dictionary holds.

    `engine` decides the speed, never the tokens: numba (extra `fast`), numpy, exact, jieba, or
    auto, which cuts little text with exact, and much with numba or, where that is not
    installed, with numpy.

    >>> make_segmenter().cut("疫情防控")
    ['疫情', '防控']
    """
    _require_engine(engine)
    return Segmenter(make_dictionary(lexicon), hmm=bool(hmm), engine=engine)


def _remake(recipe: tuple[Any, ...], hmm: bool, engine: str) -> Segmenter:
    return Segmenter(remake_dictionary(*recipe), hmm=hmm, engine=engine)


@cache
def numba_problem() -> str:
    """Why the compiled engine cannot be used here; empty where its packages are installed."""
    # They are not imported: what was compiled before needs no compiler.
    missing = [name for name in ("numba", "llvmlite") if not find_spec(name)]
    return f"No module named {missing[0]!r}" if missing else ""


def _require_text(text: str) -> None:
    if not isinstance(text, str):
        raise ValueError(f"the text to cut is of type {type(text).__name__}, not str")


def _require_texts(texts: Sequence[str]) -> None:
    # One text alone would be taken for a list of its characters.
    if isinstance(texts, str) or not isinstance(texts, Sequence):
        raise ValueError(
            f"the texts to cut are of type {type(texts).__name__}; write a list of them, as in "
            '[text] or table["text"].tolist()'
        )
    foreign = [kind.__name__ for kind in set(map(type, texts)) if not issubclass(kind, str)]
    if foreign:
        raise ValueError(f"the texts to cut hold one of type {min(foreign)}, which is no text")


def _require_engine(engine: str) -> None:
    if not isinstance(engine, str):
        raise ValueError(f"engine is of type {type(engine).__name__}, not a name such as 'auto'")
    if engine != "auto" and engine not in _ENGINES:
        raise ValueError(f"engine must be auto, {', '.join(_ENGINES)}, not {engine!r}")
    if engine == "numba" and numba_problem():
        raise ValueError(
            f"engine='numba' cannot be used here ({numba_problem()}); install the extra fast "
            "(python3 run.py does where it exists), or use engine='auto'"
        )
