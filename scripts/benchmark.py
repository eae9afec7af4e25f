"""How fast is reading, and cleaning, against what one would write otherwise?

    python -m scripts.benchmark [N …]      numbers of documents, by default 100 1000 10000

The documents are made from the sample report: half as it came (traditional, with pinyin), half
cleaned, each shuffled by sentences. "Naive" is the usual script: open, decode as UTF-8, delete
every bracket with Latin letters, convert with OpenCC. Both run in turns in one process, on the
same files; the ratio is the result, the seconds belong to this machine.
"""

import random
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import opencc

from helpers import check, clean, group, load, paths

SEED = 20200226
ROUNDS = 3
_BRACKET = re.compile(r"[(（][^()（）]*[a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ][^()（）]*[)）]")


def make_files(folder: Path, n: int) -> int:
    """Write n documents into the folder; return their number of characters."""
    raw = paths.SEED.read_text(encoding="utf-8")
    sources = [text.split("。") for text in (raw, clean.clean_text(raw))]
    chooser = random.Random(SEED)
    n_characters = 0
    for number in range(n):
        sentences = sources[number % 2].copy()
        chooser.shuffle(sentences)
        text = f"{number}。" + "。".join(sentences)
        n_characters += len(text)
        (folder / f"{number:06}.txt").write_text(text, encoding="utf-8")
    return n_characters


def read_naively(folder: Path) -> list[str]:
    """The texts, cleaned as tutorials do it."""
    converter = opencc.OpenCC("t2s")
    return [
        converter.convert(_BRACKET.sub("", path.read_text(encoding="utf-8")))
        for path in sorted(folder.glob("*.txt"))
    ]


def timed(work: Callable[[], object]) -> tuple[float, object]:
    """Seconds, and what came out."""
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def measure(n: int) -> list[str]:
    """One row of the table: medians over the rounds, as cells."""
    with tempfile.TemporaryDirectory(dir=paths.PROJECT) as name:
        folder = Path(name)
        n_characters = make_files(folder, n)
        seconds: dict[str, list[float]] = {step: [] for step in STEPS}
        for _ in range(ROUNDS if n <= 1000 else 1):
            seconds["naive"].append(timed(lambda: read_naively(folder))[0])
            spent, documents = timed(lambda: load.read_documents(folder))
            seconds["read"].append(spent)
            spent, documents = timed(lambda: clean.clean_documents(documents))  # noqa: B023
            seconds["clean"].append(spent)
            seconds["check"].append(timed(lambda: check.score_suspicion(documents))[0])  # noqa: B023
            seconds["group"].append(timed(lambda: group.find_reprints(documents))[0])  # noqa: B023
    median = {step: statistics.median(spent) for step, spent in seconds.items()}
    ours = median["read"] + median["clean"]
    return [
        f"{n:,}", f"{n_characters:,}", *(f"{median[step]:.2f}" for step in STEPS),
        f"{n / ours:,.0f}", f"{n_characters / ours / 1e6:.2f}", f"{ours / median['naive']:.1f}",
    ]  # fmt: skip


STEPS = ("naive", "read", "clean", "check", "group")


def main(sizes: list[int]) -> None:
    """Print the table as markdown."""
    clean.clean_text(paths.SEED.read_text(encoding="utf-8"))  # dictionaries are loaded once
    heads = [
        "documents", "characters", *(f"{step} s" for step in STEPS),
        "documents/s, read and clean", "million characters/s", "read and clean : naive",
    ]  # fmt: skip
    print(f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}")
    for n in sizes:
        print(f"| {' | '.join(measure(n))} |", flush=True)


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]] or [100, 1000, 10_000])
