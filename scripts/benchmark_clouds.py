"""How fast is a cloud laid out at print size, against wordcloud used as tutorials use it?

    python -m scripts.benchmark_clouds [N …]      numbers of words, by default 100 300 1000

Words are those of the glossary, then pairs of their characters; counts fall as
Zipf-Mandelbrot's, C / (rank + 30). "wordcloud" is
WordCloud(width=1600, height=800).generate_from_frequencies, told only the font, the seed and
to take all the words; "ours" is the layout of helpers.drawing.clouds in 16 by 8 inches, with
the letters measured anew in each round. Ours keeps areas in proportion and letters at 8 points
or more, so it leaves words out where wordcloud draws them smaller: the column "placed" counts
both, and "same words" is the ratio when wordcloud is given only the words ours placed. Both
run in turns; the ratio is the result, the seconds belong to this machine.
"""

import random
import statistics
import sys
from math import exp, log

import pandas as pd
from wordcloud import WordCloud

from helpers import paths, style
from helpers.drawing.clouds import layout, letters, rooms
from scripts.benchmark import SEED, timed

ROUNDS = 3
WIDTH, HEIGHT = 1600, 800
OFFSET = 30
POINTS_PER_UNIT = 72 / layout.UNITS_PER_INCH


def make_counts(n: int) -> dict[str, int]:
    """Return n words with their counts, the most frequent first."""
    terms = pd.read_csv(paths.PROJECT / "data/lexicon/glossary.csv", encoding="utf-8")["term"]
    words = dict.fromkeys(term for term in terms if 2 <= len(term) <= 4)
    characters = sorted(set("".join(words)))
    chooser = random.Random(SEED)
    while len(words) < n:
        words["".join(chooser.sample(characters, 2))] = None
    return {word: 100_000 // (rank + OFFSET) for rank, word in enumerate(list(words)[:n], 1)}


def ours(counts: dict[str, int]) -> dict[str, float]:
    """The placed words with their letter size in units."""
    letters._outline.cache_clear()
    words = letters.measure_words(list(counts), counts.values())
    places = layout.lay_out(words, rooms.plain_room(WIDTH, HEIGHT), SEED)
    return {words[number].text: place.size for number, place in places.items()}


def theirs(counts: dict[str, int]) -> dict[str, float]:
    """The placed words with their letter size in pixels, one of which is one of our units."""
    cloud = WordCloud(
        font_path=str(style.font_path()), width=WIDTH, height=HEIGHT, max_words=len(counts),
        random_state=SEED,
    )  # fmt: skip
    cloud.generate_from_frequencies(counts)
    return {word: size for (word, _), size, *_ in cloud.layout_}


def drift(sizes: dict[str, float], counts: dict[str, int]) -> float:
    """Return how many times larger one word's area per count is than another's, at most."""
    per_count = [log(len(word) * size**2 / counts[word]) for word, size in sizes.items()]
    return exp(max(per_count) - min(per_count))


def measure(n: int) -> list[str]:
    """One row of the table: medians over the rounds, as cells."""
    counts = make_counts(n)
    same = {word: counts[word] for word in ours(counts)}
    ways = {"ours": (ours, counts), "theirs": (theirs, counts), "same": (theirs, same)}
    seconds: dict[str, list[float]] = {way: [] for way in ways}
    found: dict[str, dict[str, float]] = {}
    for _ in range(ROUNDS):
        for way, (work, given) in ways.items():
            spent, found[way] = timed(lambda work=work, given=given: work(given))
            seconds[way].append(spent)
    ratio = {
        way: statistics.median(
            b / a for a, b in zip(seconds["ours"], seconds[way], strict=True)
        )
        for way in ("theirs", "same")
    }  # fmt: skip
    smallest = {way: min(sizes.values()) * POINTS_PER_UNIT for way, sizes in found.items()}
    return [
        str(n),
        f"{len(found['ours'])} : {len(found['theirs'])}",
        f"{smallest['ours']:.1f} : {smallest['theirs']:.1f}",
        f"{drift(found['ours'], counts):.2f} : {drift(found['theirs'], counts):.2f}",
        f"{statistics.median(seconds['ours']):.2f} : {statistics.median(seconds['theirs']):.2f}",
        f"{ratio['theirs']:.1f}",
        f"{ratio['same']:.1f} ({len(found['same'])} of {len(same)} placed)",
    ]


def main(numbers: list[int]) -> None:
    """Print the table."""
    style.set_theme()
    heads = ["words", "placed", "smallest letters, pt", "area per count, largest/smallest",
             "seconds", "ratio", "ratio, same words"]  # fmt: skip
    print("ours : wordcloud, where two numbers stand in a cell\n")
    print(f"| {' | '.join(heads)} |")
    print(f"|{'---|' * len(heads)}")
    for n in numbers:
        print(f"| {' | '.join(measure(n))} |", flush=True)


if __name__ == "__main__":
    main([int(number) for number in sys.argv[1:]] or [100, 300, 1000])
