"""How fast are terms found, against a regular expression and against token look-up?

    python -m scripts.benchmark_matcher [N …]      numbers of sentences, by default 1000 10000

Sentences are the sample report's, repeated. "regex" is one alternation of all forms, the longer
first, which finds the free mentions only; "substrings" asks `count` for each form; "tokens" cuts
with our segmenter and looks each token up (and misses every term that is cut otherwise).
"""

import re
import statistics
import sys

import pandas as pd

from helpers import clean, lexicon, load, paths, segment
from scripts.benchmark import timed

ROUNDS = 3
WAYS = ("find_terms", "regex", "substrings", "tokens")


def measure(n: int) -> list[str]:
    """One row of the table: medians over the rounds, as cells."""
    documents = clean.clean_documents(load.read_documents(paths.SEED))
    report = segment.split_sentences(documents)
    sentences = pd.concat([report] * (n // len(report) + 1)).head(n)
    sentences = sentences.assign(sentence_id=range(1, n + 1))
    terms = lexicon.read_lexicon()
    forms = sorted(lexicon.list_surfaces(terms)["surface"], key=len, reverse=True)
    pattern, known = re.compile("|".join(map(re.escape, forms))), set(forms)
    segmenter = segment.make_segmenter(terms)
    texts = sentences["sentence"].tolist()
    ways = {
        "find_terms": lambda: lexicon.find_terms(sentences, terms),
        "regex": lambda: [pattern.findall(text) for text in texts],
        "substrings": lambda: [[text.count(form) for form in forms] for text in texts],
        "tokens": lambda: [[t for t in segmenter.cut(text) if t in known] for text in texts],
    }
    seconds = {
        way: statistics.median(timed(work)[0] for _ in range(ROUNDS)) for way, work in ways.items()
    }
    ours = seconds["find_terms"]
    n_characters = sum(map(len, texts))
    return [
        f"{n:,}", f"{n_characters:,}", *(f"{seconds[way]:.2f}" for way in WAYS),
        *(f"{seconds[way] / ours:.2f}" for way in WAYS[1:]),
    ]  # fmt: skip


def main(sizes: list[int]) -> None:
    """Print the table as markdown."""
    heads = ["sentences", "characters", *(f"{way} s" for way in WAYS),
             *(f"{way} : find_terms" for way in WAYS[1:])]  # fmt: skip
    print(f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}")
    for n in sizes:
        print(f"| {' | '.join(measure(n))} |", flush=True)


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]] or [1000, 10_000])
