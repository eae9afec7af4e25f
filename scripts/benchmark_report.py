"""The report of scripts.benchmark: docs/performance.md and its chart, from results alone."""

import statistics
from collections.abc import Iterator, Sequence
from itertools import product
from math import ceil, floor, log10
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter

from helpers import paths, style
from helpers.drawing.figures import pictures

REPORT = paths.PROJECT / "docs" / "performance.md"
CHART = "performance_growth"
TITLE = "Time and memory by the size of the corpus"

NAMES = {
    "ours": "this project, first run",
    "ours without fast": "this project, first run, without the extra `fast`",
    "ours alone": "this project, first run in one process",
    "ours again": "this project, second run",
    "ours reopened": "this project, second run in an open notebook",
    "ours otherwise": "this project, second run, counted by script",
    "tutorial": "tutorial",
    "pandas": "pandas",
    "pool": "own pool",
    "dask": "Dask",
}
GROWTH = ("tutorial", "pandas", "ours without fast", "ours", "ours again", "ours reopened")
LISTED = (*GROWTH, "ours otherwise", "ours alone")
STEPS = {
    "segment": "text to words, one thread",
    "count": "counts by document and word",
    "phrases": "terms in sentences",
    "cloud": "cloud, 1600 by 800",
    "lines, common": "a frequent term in context",
    "lines, rare": "a rare term in context",
}

ABOUT = (
    "# Speed and memory\n\n"
    "How long the whole path takes, and each step of it, against what one would write "
    "otherwise. Written by `python -m scripts.benchmark`; every number on this page is of one "
    "call of it.\n\n"
    "**The corpus is constructed**: sentences of the sample report, and patterns filled with "
    "terms of the lexicon, words of the glossary, invented names, days and numbers, drawn with "
    "a fixed seed; about 2,000 characters a document, three documents in ten in traditional "
    "characters with readings inserted, as a clone site serves them. It says nothing and is "
    "deleted afterwards. Sentences of the report recur, which flatters whoever remembers what "
    "was cut before; real text has more different words.\n\n"
    "**How to read it.** Ways take turns, round by round. A ratio is the median of the others' "
    "times over the median of ours; in brackets stand the lowest and the highest ratio within "
    'one round. "Computing" counts the processor\'s seconds of all processes, which other work '
    "on the machine disturbs less. Each whole path runs in a process of its own, imports "
    "included, with nothing kept of the corpus unless it is a second run; only in the row *in an "
    "open notebook* the packages, the dictionary and the fonts are there already, as when cells "
    "are run again. A second run of the same call finds what the corpus came to, and only hashes "
    "the files; *counted by script* asks another question, for which the kept tokens are read and "
    "counted again. Memory is the most that the process held, plus as much for each worker as the "
    "largest of them held; pages that processes share count more than once. What they held *at one "
    "time* was looked up once a second, so a short peak can be missed; pages count once for all "
    "processes that share them, the one that measures among them, so a single process has less "
    "there too. What is projected lies on the line through a way's two largest sizes."
)

WAYS_TEXT = (
    "The tutorial opens each file, deletes brackets with Latin letters (`re.sub`), converts "
    "with OpenCC's t2s, cuts with `jieba.lcut`, counts with `Counter` and gives "
    "`WordCloud.generate` the joined words. The pandas way is `apply`, `explode` and `groupby`, "
    "and gives its counts to `generate_from_frequencies`. Ours is `bulk.count_corpus` with the "
    "lexicon, then `clouds.plot_word_cloud`: it also finds the terms, looks for encodings and "
    "dates, and keeps what it made. All draw up to 200 words at 1600 by 800. All cut with "
    "jieba's own dictionary and its guessing of words, so the words differ only where the "
    "repaired texts do. What jieba and this project keep of the dictionary alone, the compiled "
    "code of the extra `fast` and Python's bytecode of all modules lie ready, as after a first "
    "use on a machine, which takes some seconds more."
)


NEXT = (
    "The next factor of two takes both parts. Of what does not grow, half is the import of "
    "pandas, matplotlib and this project with its patterns, and a worker computes two seconds "
    "before its first document, half of them imports: a smaller core that counts without them "
    "would be needed, or processes that stay from one call to the next. Of a document, reading "
    "and repairing is two thirds: OpenCC, the search for readings in the texts that have them, "
    "the looks at what kinds of characters there are and the look for a header take most of it, "
    "and no function more than a tenth of the whole. So it would take a second set of repairs, "
    "compiled, beside the one that can be read, and OpenCC's rules written once more. Cutting, "
    "counting and finding terms are no longer worth a change."
)


class Ratio(NamedTuple):
    """The others' median over ours, and the extremes of single rounds."""

    median: float
    lowest: float
    highest: float

    def __str__(self) -> str:
        """The ratio with its spread; a single round has none."""
        if self.lowest == self.highest:
            return in_words(self.median)
        return f"{in_words(self.median)} ({in_words(self.lowest)} to {in_words(self.highest)})"


class Goal(NamedTuple):
    """What was asked for and what was measured, in seconds and in seconds of computing.

    None stands for what was not run, or does not apply.
    """

    name: str
    asked: float
    measured: float | None
    computing: float | None = None
    more_is_better: bool = True
    unit: str = "×"

    @property
    def verdict(self) -> str:
        """yes, no or not run."""
        if self.measured is None:
            return "not run"
        reached = (
            self.measured >= self.asked if self.more_is_better else self.measured <= self.asked
        )
        return "yes" if reached else "no"


def write_report(results: dict[str, Any], report: Path = REPORT) -> None:
    """Write the report and, beside it, the chart as PNG and SVG."""
    style.set_theme()
    figure = draw_growth(results)
    drawn = pictures.render(figure, CHART, title=find_title(results), alt=describe_growth(results))
    plt.close(figure)
    report.parent.mkdir(exist_ok=True)
    for name, content in drawn.items():
        if not name.endswith(".pdf"):
            (report.parent / name).write_bytes(content)
    report.write_text("\n".join(list_lines(results)) + "\n", encoding="utf-8", newline="\n")


def list_lines(results: dict[str, Any]) -> list[str]:
    """The lines of the report."""
    return [
        ABOUT, "", *list_machine(results), "",
        "## What was asked for", "", *list_goals(results), "",
        "## The whole path: read, repair, cut, count, find terms, draw", "", WAYS_TEXT, "",
        *list_paths(results), "",
        f"![{describe_growth(results)}]({CHART}.png)", "",
        "## Single steps", "", *list_contests(results), "",
        "## Where the time goes", "", *list_stages(results), "", *list_growth(results), "",
        "## More than one machine", "", *list_cluster(results),
    ]  # fmt: skip


def list_machine(results: dict[str, Any]) -> list[str]:
    """A sentence on the machine, one on the versions, one on what is missing."""
    machine = results["machine"]
    versions = machine["versions"]
    said = ", ".join(f"{name} {number}" for name, number in versions.items() if number)
    lacking = [name for name, number in versions.items() if not number]
    busy = [f"{number:.1f}" for number in results["load"] if number is not None]
    lines = [
        f"**The machine**: {machine['cores']} cores ({machine['processor']}), "
        f"{machine['system']}, Python {machine['python']}; {said}.",
    ]
    if busy:
        lines.append(
            f"Processes that wanted to compute when the run began and when it ended: "
            f"{' and '.join(busy)}. More than the cores means that other work ran as well."
        )
    if lacking:
        lines.append(f"Not installed, and therefore left out: {', '.join(lacking)}.")
    return lines


def list_goals(results: dict[str, Any]) -> list[str]:
    """A table: goal, asked, measured, reached."""
    rows = [
        [goal.name, said_limit(goal), said(goal.measured, goal.unit),
         said(goal.computing, goal.unit), goal.verdict]
        for goal in find_goals(results)
    ]  # fmt: skip
    return as_table(["goal", "asked", "measured", "computing alone", "reached"], rows)


def said_limit(goal: Goal) -> str:
    """The limit in words."""
    return f"{'at least' if goal.more_is_better else 'at most'} {goal.asked:g}{goal.unit}"


def said(number: float | None, unit: str) -> str:
    """A measured number in words."""
    return "" if number is None else f"{in_words(number)}{unit}"


def find_goals(results: dict[str, Any]) -> list[Goal]:
    """The goals with what was measured."""
    largest = max(map(int, results["characters"]))
    steps = [
        Goal(f"{STEPS[step]}: {peer} against {ours}", asked,
             *(_step_ratio(results, step, ours, peer, what) for what in ("seconds", "cpu")))
        for step, ours, peer, asked in (
            ("segment", "ours, numba", "jieba.lcut", 40),
            ("count", "ours, token numbers alone", "CountVectorizer, jieba's tokens", 8.7),
            ("count", "ours, token numbers alone", "pandas, explode and groupby", 13),
            ("phrases", "ours, in bulk", "re, alternation, the longer first", 10),
            ("cloud", "ours, layout", "WordCloud.generate_from_frequencies", 2.5),
        )
    ]  # fmt: skip
    whole = [
        Goal(f"whole path, 5,000 documents: tutorial against {NAMES[way]}", asked,
             *_medians(results, 5000, way, "tutorial"))
        for way, asked in (("ours", 15), ("ours without fast", 3.5), ("ours again", 60),
                           ("ours reopened", 60))
    ]  # fmt: skip
    large = 100_000
    return [
        *whole,
        Goal(f"whole path, {large:,} documents: tutorial (projected) against ours, first run", 40,
             *(projected_ratio(results, large, what) for what in ("seconds", "cpu"))),
        *(Goal(f"{what}, {large:,} documents: {NAMES[way]}", 600,
               _median_of(results, way, large, measured), more_is_better=False, unit=" MB")
          for way, what, measured in (
              ("ours", "memory at one time", "memory at once"),
              ("ours", "memory, each process at its most", "memory"),
              ("ours alone", "memory", "memory"),
          )),
        *steps,
        Goal(f"Dask against our own pool, {largest:,} documents", 1.25,
             *_medians(results, largest, "pool", "dask"), more_is_better=False),
    ]  # fmt: skip


def projected_ratio(results: dict[str, Any], n: int, what: str = "seconds") -> float | None:
    """The tutorial's time at n, on the line through its two largest sizes, over ours."""
    ours = _median_of(results, "ours", n, what)
    line = find_line(results, "tutorial", what)
    if ours is None or line is None:
        return None
    fixed, of_one = line
    return (fixed + of_one * n / 1e3) / ours


def list_paths(results: dict[str, Any]) -> list[str]:
    """A table of the whole paths, by size and way."""
    heads = [
        "documents", "way", "seconds", "tutorial : this way", "computing, s",
        "tutorial : this way, computing", "memory, MB", "at one time, MB", "words",
        "different words",
    ]  # fmt: skip
    rows = []
    for n, way in product(map(int, results["characters"]), LISTED):
        runs = find_runs(results, n, way)
        if runs:
            rows.append([
                f"{n:,}", NAMES[way], in_words(_median_of(results, way, n, "seconds")),
                _said(path_ratio(results, n, way, "tutorial")),
                in_words(_median_of(results, way, n, "cpu")),
                _said(path_ratio(results, n, way, "tutorial", "cpu")),
                *_said_memory(results, way, n), f"{runs[0]['n_words']:,}",
                f"{runs[0]['n_types']:,}",
            ])  # fmt: skip
    n_once = [f"{n:,}" for n in map(int, results["characters"])
              if len(find_runs(results, n, "ours")) == 1]  # fmt: skip
    lines = as_table(heads, rows)
    if n_once:
        lines += ["", f"Measured once: {', '.join(n_once)} documents. The others: medians of "
                      f"{results['rounds']} rounds."]  # fmt: skip
    return lines


def list_contests(results: dict[str, Any]) -> list[str]:
    """A table with a row for each of our ways and each of the others', and what was given."""
    heads = [
        "step", "ours", "other", "ours, s", "other, s", "other : ours",
        "other : ours, computing", "answers",
    ]  # fmt: skip
    rows = []
    for step, contest in results["contests"].items():
        own = [way for way in contest["seconds"] if way.startswith("ours")]
        for ours, other in product(own, [way for way in contest["seconds"] if way not in own]):
            seconds, cpu = contest["seconds"], contest["cpu"]
            rows.append([
                STEPS[step], ours.removeprefix("ours, "), other,
                in_words(statistics.median(seconds[ours])),
                in_words(statistics.median(seconds[other])),
                str(find_ratio(seconds[ours], seconds[other])),
                str(find_ratio(cpu[ours], cpu[other])), contest["answers"][other],
            ])  # fmt: skip
    same = [f"{way.removeprefix('ours, ')}: {said}"
            for contest in results["contests"].values()
            for way, said in contest["answers"].items() if way.startswith("ours")]  # fmt: skip
    given = [f"{STEPS[step]}: {contest['size']}" for step, contest in results["contests"].items()]
    notes = (
        "Others' tables and token lists are made before the clock starts. In the second step, "
        "*from the cache* is the whole call: it hashes the files, reads and checks what was kept, "
        "and makes a table with the words; *token numbers alone* starts, as the others do, from "
        "what is in memory. "
        "rjieba is another program: its tokens need not be jieba's."
    )
    return [
        *as_table(heads, rows), "",
        f"Ours among themselves: {'; '.join(same) or 'one way for each step'}. "
        f"Given: {'; '.join(given)}. {notes}",
    ]  # fmt: skip


def list_stages(results: dict[str, Any]) -> list[str]:
    """A table of the steps of our first run, the longest first, and what follows from it."""
    stages: dict[str, float] = results["stages"]
    if not stages:
        return ["Not run."]
    whole = sum(stages.values())
    ranked = sorted(stages.items(), key=lambda stage: -stage[1])
    rows = [[name, in_words(seconds), f"{seconds / whole:.0%}"] for name, seconds in ranked]
    longest, seconds = ranked[0]
    return [
        "Seconds of computing of our first run, step by step, in one process, with up to 1,000 "
        f"documents{', measured after the run' if results.get('stages are later') else ''}.", "",
        *as_table(["step", "computing, s", "share"], rows), "",
        f"The longest step is {longest}: done twice as fast, it would make the whole "
        f"{whole / (whole - seconds / 2):.2f} times as fast; done in no time, "
        f"{whole / (whole - seconds):.2f} times. Imports, dictionary, engine and cloud do not grow "
        "with the corpus.",
    ]  # fmt: skip


def list_growth(results: dict[str, Any]) -> list[str]:
    """A table of what a document takes and what stands around them all, and what would help."""
    rows = []
    for way in LISTED:
        line = find_line(results, way)
        if line is not None:
            # Below zero is what a machine does that was faster later.
            rows.append([NAMES[way], *(in_words(max(number, 0.0)) for number in line)])
    if not rows:
        return ["How the time grows cannot be said of one size of the corpus."]
    heads = ["way", "before the first document and after the last, s", "a document, ms"]
    return [
        "How the time grows, by the two largest sizes that a way was run with.", "",
        *as_table(heads, rows), "", NEXT,
    ]  # fmt: skip


def find_line(
    results: dict[str, Any], way: str, what: str = "seconds"
) -> tuple[float, float] | None:
    """Seconds that do not grow, and milliseconds a document; None where it had one size only."""
    measured = list(_points(results, way, what))[-2:]
    if len(measured) < 2:
        return None
    (few, short), (many, long) = measured
    of_one = (long - short) / (many - few)
    return max(short - of_one * few, 0.0), of_one * 1e3


def list_cluster(results: dict[str, Any]) -> list[str]:
    """A table: our pool and Dask on the same work, and the ratio."""
    largest = max(map(int, results["characters"]))
    ratio = path_ratio(results, largest, "pool", "dask")
    rows = [
        [NAMES[way], in_words(_median_of(results, way, largest, "seconds")),
         in_words(_median_of(results, way, largest, "cpu")), *_said_memory(results, way, largest)]
        for way in ("pool", "dask")
        if find_runs(results, largest, way)
    ]  # fmt: skip
    return [
        f"{largest:,} documents counted without a cache, by our own pool and by Dask on the same "
        f"cores, its start included. Dask : own pool = {_said(ratio) or 'not run'}.", "",
        *as_table(["way", "seconds", "computing, s", "memory, MB", "at one time, MB"], rows),
    ]  # fmt: skip


# --- numbers ------------------------------------------------------------------------------


def find_ratio(ours: Sequence[float], theirs: Sequence[float]) -> Ratio:
    """Theirs over ours.

    >>> str(find_ratio([1.0, 2.0, 1.0], [10.0, 30.0, 12.0]))
    '12 (10 to 15)'
    """
    single = [their / our for our, their in zip(ours, theirs, strict=True)]
    return Ratio(statistics.median(theirs) / statistics.median(ours), min(single), max(single))


def path_ratio(
    results: dict[str, Any], n: int, ours: str, theirs: str, what: str = "seconds"
) -> Ratio | None:
    """Theirs over ours with n documents; None where one of them was not run."""
    own, other = find_runs(results, n, ours), find_runs(results, n, theirs)
    if not own or not other or ours == theirs:
        return None
    return find_ratio([run[what] for run in own], [run[what] for run in other])


def find_runs(results: dict[str, Any], n: int, way: str) -> list[dict[str, Any]]:
    """The runs of a way with n documents, in the order of the rounds."""
    return [run for run in results["paths"] if run["documents"] == n and run["way"] == way]


def in_words(number: float | None) -> str:
    """Two digits that count, more before the point where there are more.

    >>> [in_words(number) for number in (0.01234, 1.234, 12.34, 1234.5)]
    ['0.012', '1.2', '12', '1,234']
    """
    if number is None:
        return ""
    if number >= 9.95:
        return f"{number:,.0f}"
    decimals = 1 if number >= 0.995 else 2 if number >= 0.0995 else 3
    return f"{number:.{decimals}f}"


def as_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """The lines of a table in Markdown.

    >>> as_table(["a"], [["1|2"]])
    ['| a |', '|---|', '| 1\\\\|2 |']
    """
    lines = [" | ".join(cell.replace("|", "\\|") for cell in row) for row in (heads, *rows)]
    bordered = [f"| {line} |" for line in lines]
    return [bordered[0], f"|{'---|' * len(heads)}", *bordered[1:]]


def _step_ratio(
    results: dict[str, Any], step: str, ours: str, peer: str, what: str
) -> float | None:
    measured = results["contests"].get(step, {}).get(what, {})
    if ours not in measured or peer not in measured:
        return None
    return find_ratio(measured[ours], measured[peer]).median


def _medians(results: dict[str, Any], n: int, ours: str, theirs: str) -> list[float | None]:
    ratios = (path_ratio(results, n, ours, theirs, what) for what in ("seconds", "cpu"))
    return [None if ratio is None else ratio.median for ratio in ratios]


def _median_of(results: dict[str, Any], way: str, n: int, what: str) -> float | None:
    # An older run lacks what was not measured then.
    values = [run[what] for run in find_runs(results, n, way) if run.get(what) is not None]
    return statistics.median(values) if values else None


def _said(ratio: Ratio | None) -> str:
    return "" if ratio is None else str(ratio)


def _said_memory(results: dict[str, Any], way: str, n: int) -> list[str]:
    return [in_words(_median_of(results, way, n, what)) for what in ("memory", "memory at once")]


# --- the chart ----------------------------------------------------------------------------


def draw_growth(results: dict[str, Any]) -> Figure:
    """Two panels, both axes logarithmic: seconds, and MB, by the number of documents."""
    width, height = style.new_size(rows=14)
    figure, axes = plt.subplots(1, 2, figsize=(1.5 * width, height), layout="constrained")
    for ax, what in zip(axes, ("seconds", "memory"), strict=True):
        _draw_lines(ax, results, what)
        _name_axes(ax, results, is_time=what == "seconds")
    axes[0].legend(loc="upper left", frameon=False, fontsize="small")
    figure.suptitle(find_title(results), x=0.01, ha="left", size=plt.rcParams["axes.titlesize"])
    machine = results["machine"]
    style.caption(
        figure,
        f"Constructed corpus, about 2,000 characters a document; medians; both axes logarithmic. "
        f"{machine['cores']} cores, Python {machine['python']}. "
        "Numbers: docs/performance.md.",
    )
    return figure


def find_title(results: dict[str, Any]) -> str:
    """What the chart shows, at the largest size that the tutorial was run with."""
    sizes = [run["documents"] for run in results["paths"] if run["way"] == "tutorial"]
    n = max(sizes, default=0)
    first, second = (path_ratio(results, n, way, "tutorial") for way in ("ours", "ours again"))
    if first is None or second is None:
        return TITLE
    return (
        f"{n:,} documents: {in_words(first.median)} times as fast as the tutorial at the first "
        f"run, {in_words(second.median)} times at the second"
    )


def _draw_lines(ax: Axes, results: dict[str, Any], what: str) -> None:
    for way, look in _looks().items():
        points = list(_points(results, way, what))
        if points:
            sizes, values = zip(*points, strict=True)
            ax.plot(sizes, values, label=NAMES[way].replace("`", ""), **look)


def _points(results: dict[str, Any], way: str, what: str) -> Iterator[tuple[int, float]]:
    for n in map(int, results["characters"]):
        value = _median_of(results, way, n, what)
        if value is not None:
            yield n, value


def _looks() -> dict[str, dict[str, Any]]:
    """Ours in colour and full, the others grey and broken; marks tell them apart as well."""
    look = style.look()
    ours, plain = {"linewidth": 2.2}, {"color": look.quiet, "linewidth": 1.4}
    return {
        "tutorial": {**plain, "linestyle": "--", "marker": "s"},
        "pandas": {**plain, "linestyle": ":", "marker": "D"},
        "ours without fast": {**ours, "color": style.colour_of("governance"), "marker": "^"},
        "ours": {**ours, "color": style.colour_of("prevention"), "marker": "o"},
        "ours again": {**ours, "color": style.colour_of("reopening"), "marker": "v"},
        "ours reopened": {
            **ours,
            "color": style.colour_of("reopening"),
            "marker": "v",
            "linestyle": "--",
            "markerfacecolor": "none",
        },
    }


def _name_axes(ax: Axes, results: dict[str, Any], *, is_time: bool) -> None:
    sizes = list(map(int, results["characters"]))
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.set_xticks(sizes, [f"{n:,}" for n in sizes])
    ax.set_xticks([], minor=True)
    ax.yaxis.set_major_locator(LogLocator(subs=(1,) if is_time else (1, 2, 5)))
    ax.yaxis.set_major_formatter(lambda value, _: f"{value:,.6g}")
    ax.yaxis.set_minor_formatter(NullFormatter())
    ax.set_xlabel("documents")
    ax.set_ylabel("seconds" if is_time else "memory at most, MB")
    ax.grid(True, which="major", color=style.look().grid)
    low, high = ax.get_ylim()
    # Whole decades, and above the times room for the names of the lines.
    ax.set_ylim(10 ** floor(log10(low)), 10 ** (ceil(log10(high)) + is_time))


def describe_growth(results: dict[str, Any]) -> str:
    """The chart in words: each line from its first to its last point."""
    said = []
    for way in GROWTH:
        times, sizes = list(_points(results, way, "seconds")), list(_points(results, way, "memory"))
        if times:
            memory = f", {in_words(sizes[0][1])} to {in_words(sizes[-1][1])} MB" if sizes else ""
            said.append(
                f"{NAMES[way].replace('`', '')} {in_words(times[0][1])} to "
                f"{in_words(times[-1][1])} seconds{memory} ({times[0][0]:,} to {times[-1][0]:,} "
                "documents)"
            )
    return f"Two line charts, seconds and memory by number of documents: {'; '.join(said)}."
