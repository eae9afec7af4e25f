"""Raw text -> readable text, and the way back to the file."""

from collections.abc import Callable, Collection, Iterable, Iterator
from threading import Lock
from typing import Any, NamedTuple

import pandas as pd

from helpers.progress import progress_bar
from helpers.reading.clean.characters import count_telling, look_at, name_script
from helpers.reading.clean.edits import Edit, list_origins, rewrite
from helpers.reading.clean.repairs import AT_ONE_STROKE, REPAIRS, remove_pinyin
from helpers.tables import require_columns

# One round repairs nearly every text; a round more shows that nothing is left. Only nested
# residue (&amp;lt;br&amp;gt;) takes more; the bound is never met, it ends what might circle.
MOST_ROUNDS = 12
# Texts cleaned for their headers wait for clean_documents; beyond so many characters the
# oldest are forgotten, and cleaned again.
_MOST_WAITING = 10_000_000
# The bar is told of shorter texts when they are done, of longer ones repair by repair.
_LONG = 1_000_000


class Cleaned(NamedTuple):
    """A text as cleaning leaves it, the script of the raw one, and its Chinese characters."""

    text: str
    script: str
    n_han: int


def clean_text(raw: str, *, without: Collection[str] = ()) -> str:
    """Text as a reader of simplified Chinese would expect it.

    `without` names repairs to leave out (see REPAIRS); trace and list_repairs then need the
    same. Cleaning a cleaned text changes nothing.

    >>> clean_text("強(qiáng)化擔(dān)當(dāng),領(lǐng)導(dǎo)小組(指揮部)著眼(WHO)")
    '强化担当，领导小组(指挥部)着眼(WHO)'
    >>> clean_text("２０２０年工作报\\n告", without=["line break"])
    '2020年工作报\\n告'
    """
    return _clean(require_text(raw), choose_repairs(without))


def clean_ahead(raw: str) -> str:
    """The text as clean_text gives it, kept for the clean_documents that will ask for it.

    What is asked for is taken out; what nobody asks for stays, up to _MOST_WAITING characters
    in all (20 to 40 MB), until newer texts push it out.
    """
    cleaned = _clean_and_count(require_text(raw), REPAIRS)
    _WAITING.put(raw, cleaned)
    return cleaned.text


def clean_documents(
    documents: pd.DataFrame, *, without: Collection[str] = (), progress: bool = True
) -> pd.DataFrame:
    """The same documents with `text`, `title`, `script` and `n_han` filled from `raw_text`.

    `script` names the script of the raw text (see `script_of`); `n_han` counts Chinese
    characters in the cleaned text. `without` names repairs to leave out. A progress bar shows
    after three seconds, unless `progress` is False.
    """
    require_columns(documents, "documents", ["doc_id", "title", "raw_text"])
    repairs = choose_repairs(without)
    n_characters = int(documents["raw_text"].map(require_text).str.len().sum())
    texts, n_done = [], 0
    with progress_bar(
        total=n_characters, unit="char", unit_scale=True, desc="cleaning", disable=not progress
    ) as bar:
        for raw in documents["raw_text"]:
            # Of each repair's way through a long text the bar hears its share of the whole.
            tick = _share_of(bar, 2 * len(repairs)) if len(raw) >= _LONG else _tell_nobody
            texts.append(_clean_or_take(raw, repairs, tick))
            n_done += len(raw)
            bar.update(n_done - bar.n)
    return documents.assign(
        text=pd.Series([one.text for one in texts], documents.index, dtype=str),
        title=documents["title"].map(lambda title: clean_text(title, without=without)),
        script=pd.Series([one.script for one in texts], documents.index, dtype=str),
        n_han=pd.Series([one.n_han for one in texts], documents.index, dtype="int64"),
    )


def clean_each(raws: Iterable[str], *, without: Collection[str] = ()) -> list[Cleaned]:
    """Each text as clean_documents cleans it, with its script and its Chinese characters.

    >>> clean_each(["強(qiáng)化"])
    [Cleaned(text='强化', script='traditional', n_han=2)]
    """
    repairs = choose_repairs(without)
    return [_clean_or_take(raw, repairs) for raw in raws]


def trace(raw: str, start: int, end: int, *, without: Collection[str] = ()) -> tuple[int, int]:
    """Span (raw_start, raw_end) in the raw text of the cleaned characters start to end.

    What a repair deleted belongs to the character before it, so the span of 强 in the raw
    text is 強(qiáng). The alignment is computed anew at each call.

    >>> raw = "強(qiáng)化"
    >>> trace(raw, 0, 1), raw[slice(*trace(raw, 0, 1))]
    ((0, 8), '強(qiáng)')
    """
    *_, (_, _, origins) = follow_repairs(require_text(raw), without)
    n_clean = len(origins) - 1
    if not 0 <= start <= end <= n_clean:
        raise ValueError(
            f"start {start} and end {end} must lie in order within the {n_clean} characters of "
            "the cleaned text; take them from a sentences, tokens or hits table"
        )
    return origins[start], origins[end]


def strip_pinyin(text: str) -> str:
    """Text without the pinyin that a clone site put after characters.

    A bracket group is removed only when its letters are those of a reading of the character
    before it, tone marks optional, and when it is no author's gloss (repairs.find_annotations).

    >>> strip_pinyin("好(hǎo)(hǎo)的(de)社會(huì )強（qiáng）")
    '好的社會強'
    >>> strip_pinyin("世衛組織(WHO)附件(a)呼吸机(ecmo)媵（yìng）")
    '世衛組織(WHO)附件(a)呼吸机(ecmo)媵（yìng）'
    """
    return remove_pinyin(text)


def script_of(raw: str) -> str:
    """'traditional', 'simplified', 'mixed' or 'none', by the characters that differ.

    Characters that only traditional text has speak for traditional, those that only simplified
    text has for simplified; a minority above a tenth of them makes a text mixed.

    >>> script_of("強化擔當"), script_of("强化担当"), script_of("工作")
    ('traditional', 'simplified', 'none')
    """
    return name_script(*count_telling(raw))


def choose_repairs(without: Collection[str]) -> dict[str, Callable[[str], Iterator[Edit]]]:
    """The repairs that remain, in their order; a ValueError names one that does not exist."""
    if not isinstance(without, (str, Collection)):
        raise ValueError(f"without is {without!r}; give a list of repairs, such as ['script']")
    left_out = {without} if isinstance(without, str) else set(without)
    unknown = sorted(left_out - set(REPAIRS))
    if unknown:
        raise ValueError(
            f"no repair is called {unknown[0]!r}; the repairs are {', '.join(REPAIRS)}"
        )
    return {name: repair for name, repair in REPAIRS.items() if name not in left_out}


def follow_repairs(
    raw: str, without: Collection[str]
) -> Iterator[tuple[str, list[tuple[int, int, str, str]], list[int]]]:
    """Kind, edits and origins after each repair, round after round, until nothing changes.

    An edit is (start, end, before, after) with start and end in the raw text; origins holds,
    for each character the text has then, and for its end, where it begins in the raw text.
    """
    repairs = choose_repairs(without)
    text, origins = raw, list(range(len(raw) + 1))
    for _ in range(MOST_ROUNDS):
        n_edits = 0
        for kind, find_edits in repairs.items():
            edits = list(find_edits(text))
            n_edits += len(edits)
            if edits:
                shown = [
                    (origins[start], origins[end], text[start:end], after)
                    for start, end, after in edits
                ]
                origins = [origins[position] for position in list_origins(edits, len(text))]
                text, _ = rewrite(text, edits)
                yield kind, shown, origins
        if not n_edits:
            break
    yield "", [], origins


def require_text(raw: object) -> str:
    """The text itself; a ValueError says where text comes from."""
    if not isinstance(raw, str):
        raise ValueError(
            f"cleaning needs text, not {type(raw).__name__}; read files with load.read_documents"
        )
    return raw


class _Waiting:
    """Raw texts and what cleaning made of them, oldest first, each until it is taken."""

    def __init__(self) -> None:
        self._texts: dict[str, Cleaned] = {}
        self._n_characters = 0
        self._lock = Lock()

    def put(self, raw: str, cleaned: Cleaned) -> None:
        """Keep a text; the oldest make room for it."""
        with self._lock:
            self._forget(raw)
            self._texts[raw] = cleaned
            self._n_characters += len(raw) + len(cleaned.text)
            while self._n_characters > _MOST_WAITING:
                self._forget(next(iter(self._texts)))

    def take(self, raw: str) -> Cleaned | None:
        """The text that was kept for the raw one, which is then forgotten; None for none."""
        with self._lock:
            return self._forget(raw)

    def _forget(self, raw: str) -> Cleaned | None:
        cleaned = self._texts.pop(raw, None)
        if cleaned is not None:
            self._n_characters -= len(raw) + len(cleaned.text)
        return cleaned


_WAITING = _Waiting()


def _tell_nobody(n: int) -> None:
    """Of a short text the bar hears when it is done."""


def _share_of(bar: Any, n_parts: int) -> Callable[[int], None]:
    return lambda n: bar.update(n / n_parts)


def _clean_or_take(
    raw: str,
    repairs: dict[str, Callable[[str], Iterator[Edit]]],
    tick: Callable[[int], object] = _tell_nobody,
) -> Cleaned:
    """The text that was cleaned ahead, where all repairs are wanted; or else cleaned now."""
    waiting = _WAITING.take(raw) if len(repairs) == len(REPAIRS) else None
    return _clean_and_count(raw, repairs, tick) if waiting is None else waiting


def _clean_and_count(
    raw: str,
    repairs: dict[str, Callable[[str], Iterator[Edit]]],
    tick: Callable[[int], object] = _tell_nobody,
) -> Cleaned:
    script = script_of(raw)  # first: the look at the raw text tells the repairs what to look for
    text = _clean(raw, repairs, tick)
    return Cleaned(text, script, look_at(text).n_han)


def _clean(
    text: str,
    repairs: dict[str, Callable[[str], Iterator[Edit]]],
    tick: Callable[[int], object] = _tell_nobody,
) -> str:
    for _ in range(MOST_ROUNDS):
        before = text
        for name, find_edits in repairs.items():
            if name in AT_ONE_STROKE:
                text = AT_ONE_STROKE[name](text)
                tick(len(text))
            else:
                text, _ = rewrite(text, find_edits(text), tick)
        if text == before:
            break
    return text
