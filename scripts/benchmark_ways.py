"""What is measured: our ways and those of others, each in a process of its own.

    python -m scripts.benchmark_ways path WAY FOLDER
    python -m scripts.benchmark_ways contest NAME FOLDER ROUNDS
    python -m scripts.benchmark_ways contest stages FOLDER
    python -m scripts.benchmark_ways ready dictionaries FOLDER

scripts.benchmark calls this. A path goes from files to a picture once, imports included. A
contest prepares the same texts for several ways and lets them take turns. The answer is one
line of JSON. What others keep on disk, and our cache, lies in the folder that COVID_POLICY_CACHE
names.
"""

import gc
import importlib.util
import json
import multiprocessing
import os
import re
import statistics
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

# What tutorials delete: a bracket that holds Latin letters with or without tone marks.
BRACKET = re.compile(r"[(（][a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüêńňǹ]+[)）]")
WIDTH, HEIGHT, N_WORDS = 1600, 800, 200
# How many documents each contest takes: those of slow ways take seconds each round.
N_SEGMENT, N_COUNT, N_PHRASES, N_LINES, N_STAGES = 400, 2000, 500, 2000, 1000
# Seconds between two looks at the memory. A look takes 4 ms for each process, in which it stands
# still: five looks a second cost a twentieth of the time.
PAUSE = 1.0
COMMON, RARE = "疫情防控", "红外线测温仪"


class Contest(NamedTuple):
    """Ways to do the same, ours first; `check` says of each answer how it differs from ours."""

    size: str
    ways: dict[str, Callable[[], Any]]
    check: Callable[[Any, Any], str]


def timed(work: Callable[[], object]) -> tuple[float, object]:
    """Seconds, and what came out."""
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


# --- whole paths --------------------------------------------------------------------------


def tutorial(folder: Path) -> dict[str, int]:
    """The words with their counts, as tutorials have it."""
    import jieba
    import opencc
    from wordcloud import WordCloud

    jieba.dt.tmp_dir = str(cache_folder())
    converter = opencc.OpenCC("t2s")
    words: list[str] = []
    for path in sorted(folder.rglob("*.txt")):
        with open(path, encoding="utf-8") as file:  # noqa: PTH123 (as tutorials have it)
            text = file.read()
        words.extend(jieba.lcut(converter.convert(BRACKET.sub("", text))))
    counts = Counter(words)
    cloud = WordCloud(font_path=font(), width=WIDTH, height=HEIGHT).generate(" ".join(words))
    cloud.to_file(str(cache_folder() / "cloud.png"))
    return counts


def pandas_pipeline(folder: Path) -> dict[str, int]:
    """The words with their counts, by apply, explode and groupby."""
    import jieba
    import opencc
    import pandas as pd
    from wordcloud import WordCloud

    jieba.dt.tmp_dir = str(cache_folder())
    converter = opencc.OpenCC("t2s")
    documents = pd.DataFrame({"path": sorted(folder.rglob("*.txt"))})
    documents["text"] = documents["path"].apply(lambda path: path.read_text(encoding="utf-8"))
    documents["text"] = documents["text"].str.replace(BRACKET, "", regex=True)
    documents["text"] = documents["text"].apply(converter.convert)
    documents["word"] = documents["text"].apply(jieba.lcut)
    counts = documents.explode("word").groupby("word").size().to_dict()
    # WordCloud cannot draw a line break.
    drawn = {word: n for word, n in counts.items() if word.strip()}
    cloud = WordCloud(font_path=font(), width=WIDTH, height=HEIGHT)
    cloud.generate_from_frequencies(drawn).to_file(str(cache_folder() / "cloud.png"))
    return counts


def our_path(folder: Path, engine: str, by: str = "all", **how: object) -> dict[str, int]:
    """The words with their counts, by this project, which also finds the terms of its lexicon."""
    import matplotlib.pyplot as plt

    from helpers import bulk, clouds, lexicon, segment, style

    made = bulk.count_corpus(
        folder, lexicon=lexicon.read_lexicon(), by=by,
        segmenter=segment.make_segmenter(hmm=True, engine=engine), **how,
    )  # fmt: skip
    style.set_theme()
    words = made.features
    if by != "all":
        words = words.groupby("feature", as_index=False)["n"].sum()
    ax = clouds.plot_word_cloud(words, max_words=N_WORDS, width=WIDTH, height=HEIGHT)
    ax.figure.savefig(cache_folder() / "cloud.png", dpi=100)
    plt.close(ax.figure)
    return dict(zip(words["feature"], words["n"].tolist(), strict=True))


def count_only(folder: Path, **how: object) -> dict[str, int]:
    """The words with their counts, nothing kept: for our pool and Dask on the same work."""
    from helpers import bulk, lexicon, segment

    made = bulk.count_corpus(
        folder, lexicon=lexicon.read_lexicon(), by="all", cache=False, workers=n_cores(),
        segmenter=segment.make_segmenter(hmm=True), **how,
    )  # fmt: skip
    return dict(zip(made.features["feature"], made.features["n"].tolist(), strict=True))


PATHS: dict[str, Callable[[Path], dict[str, int]]] = {
    "ours": lambda folder: our_path(folder, "auto"),
    "ours without fast": lambda folder: our_path(folder, "numpy"),
    "ours alone": lambda folder: our_path(folder, "auto", workers=1),
    "ours again": lambda folder: our_path(folder, "auto"),
    "ours reopened": lambda folder: our_path(folder, "auto"),
    "ours otherwise": lambda folder: our_path(folder, "auto", by="script"),
    "tutorial": tutorial,
    "pandas": pandas_pipeline,
    "pool": count_only,
    "dask": lambda folder: count_only(folder, cluster=True),
}


# Paths that are walked once before the clock starts, as in a notebook whose cells run again.
OPEN = frozenset({"ours reopened"})


def run_path(way: str, folder: Path) -> dict[str, object]:
    """Seconds, seconds of computing, MB at most, number of words and of different ones.

    "memory" adds up what each process held at most, "memory at once" is the most at one time.
    """
    before = 0.0
    if way in OPEN:
        PATHS[way](folder)
        await_workers()
        before = cpu_seconds()
    with memory_watched() as looks:
        seconds, counts = timed(lambda: PATHS[way](folder))
    await_workers()
    words = {word: n for word, n in counts.items() if re.search(r"\w", word)}
    return {
        "seconds": seconds,
        "cpu": cpu_seconds() - before,
        # Dask counts in its workers only; of our pool this process is one, or all.
        "memory": peak_memory({"dask": n_cores(), "ours alone": 0}.get(way, n_cores() - 1)),
        "memory at once": max(looks, default=None),
        "n_words": sum(words.values()),
        "n_types": len(words),
    }


# --- contests -----------------------------------------------------------------------------


def segment_contest(folder: Path) -> Contest:
    """Clean texts to tokens, or to their numbers, by one thread."""
    import jieba

    from helpers import segment

    jieba.dt.tmp_dir = str(cache_folder())
    texts = read_clean(folder, N_SEGMENT)["text"].tolist()
    ways: dict[str, Callable[[], Any]] = {}
    for engine in ("numba", "numpy", "exact"):
        if engine != "numba" or is_there("numba"):
            segmenter = segment.make_segmenter(hmm=True, engine=engine)
            ways[f"ours, {engine}"] = lambda segmenter=segmenter: segmenter.cut_ids(texts)
    ways["jieba.lcut"] = lambda: [jieba.lcut(text) for text in texts]
    if is_there("rjieba"):
        import rjieba

        ways["rjieba"] = lambda: [rjieba.cut(text) for text in texts]
    return Contest(said_size(texts), ways, tell_tokens)


def tell_tokens(ours: Any, theirs: Any) -> str:
    """In how many texts the tokens differ."""
    pairs = zip(as_lists(ours), as_lists(theirs), strict=True)
    n_different = sum(one != list(other) for one, other in pairs)
    if not n_different:
        return "same tokens"
    return f"not the same: tokens differ in {n_different} of {len(as_lists(ours)):,} texts"


def as_lists(tokens: Any) -> list[list[str]]:
    """Token lists, whether they come as such or as numbers."""
    from helpers.reading.segment.segmenter import token_lists

    return token_lists(tokens) if hasattr(tokens, "vocabulary") else tokens


def count_contest(folder: Path) -> Contest:
    """Counts of each word in each document: ours from the cache, the others from token lists."""
    import numpy as np
    import pandas as pd

    from helpers import bulk, segment
    from helpers.counting.bulk.numbers import count_cells

    paths = sorted(folder.rglob("*.txt"))[:N_COUNT]
    segmenter = segment.make_segmenter(hmm=True)
    bulk.count_corpus(paths, segmenter=segmenter, by="all")
    sentences = segment.split_sentences(read_clean(folder, N_COUNT))
    tokens = segment.tokenize(sentences, segmenter=segmenter)
    words = [of.tolist() for _, of in tokens.groupby("doc_id", sort=True)["token"]]
    lengths = list(map(len, words))
    numbers = np.repeat(np.arange(len(words)), lengths)
    ids, vocabulary = pd.factorize(tokens.sort_values("doc_id", kind="stable")["token"])
    ids, offsets = ids.astype(np.int32), np.cumsum([0, *lengths])
    long = pd.DataFrame({"document": numbers, "word": [word for of in words for word in of]})
    ways: dict[str, Callable[[], Any]] = {
        "ours, from the cache": lambda: bulk.count_corpus(paths, segmenter=segmenter).features,
        "ours, token numbers alone": lambda: NumberedCells(
            *count_cells(ids, offsets, len(vocabulary)), vocabulary
        ),
        "Counter": lambda: [Counter(of) for of in words],
        "pandas, explode and groupby": lambda: count_with_pandas(words),
        **_counting_peers(words, long),
    }
    return Contest(said_size(words, "words"), ways, tell_counts)


class NumberedCells(NamedTuple):
    """Counts by document and word, both as numbers, and the words themselves."""

    document: Any
    word: Any
    n: Any
    vocabulary: Any


def count_with_pandas(words: list[list[str]]) -> Any:
    """A Series of counts by document and word."""
    import pandas as pd

    table = pd.DataFrame({"document": range(len(words)), "word": words})
    return table.explode("word").groupby(["document", "word"]).size()


def _counting_peers(words: list[list[str]], long: Any) -> dict[str, Callable[[], Any]]:
    """The ways of those packages that are installed; tables are made beforehand."""
    peers: dict[str, Callable[[], Any]] = {}
    if is_there("sklearn"):
        from sklearn.feature_extraction.text import CountVectorizer

        def vectorize() -> Any:
            maker = CountVectorizer(analyzer=lambda of: of)
            return maker.fit_transform(words), maker.get_feature_names_out()

        peers["CountVectorizer, jieba's tokens"] = vectorize
    if is_there("duckdb"):
        import duckdb

        database = duckdb.connect(config={"threads": n_cores()})
        database.execute("create table tokens as select * from long")
        query = "select document, word, count(*) as n from tokens group by document, word"
        peers["DuckDB, from its own table"] = lambda: database.execute(query).fetchnumpy()
    if is_there("polars"):
        import polars

        table = polars.DataFrame(
            {"document": long["document"].to_numpy(), "word": long["word"].tolist()}
        )
        peers["polars, from its own table"] = lambda: table.group_by("document", "word").len("n")
    return peers


def tell_counts(ours: Any, theirs: Any) -> str:
    """Whether each word occurs as often, and in as many documents."""
    return "same counts" if word_totals(ours) == word_totals(theirs) else "not the same counts"


def word_totals(cells: Any) -> dict[str, tuple[int, int]]:
    """Of each word how often it occurs and in how many documents, of any way's answer."""
    import pandas as pd

    if isinstance(cells, list):
        total, documents = Counter(), Counter()
        for one in cells:
            total.update(one)
            documents.update(one.keys())
        return {word: (n, documents[word]) for word, n in total.items()}
    if isinstance(cells, NumberedCells):
        cells = {"word": cells.vocabulary[cells.word], "n": cells.n}
    if isinstance(cells, tuple):
        matrix, names = cells
        total, documents = matrix.sum(axis=0).A1.tolist(), matrix.getnnz(axis=0).tolist()
        return dict(zip(names.tolist(), zip(total, documents, strict=True), strict=True))
    if isinstance(cells, pd.Series):
        cells = cells.rename("n").reset_index()
    words = cells["feature"] if "feature" in cells else cells["word"]
    by_word = pd.DataFrame({"word": list(words), "n": list(cells["n"])}).groupby("word")["n"]
    sums = by_word.agg(["sum", "size"])
    return dict(zip(sums.index, sums.itertuples(index=False, name=None), strict=True))


def phrase_contest(folder: Path) -> Contest:
    """Terms of the lexicon in sentences; quotation marks inside phrases are out of the way."""
    import ahocorasick_rs

    from helpers import lexicon, segment
    from helpers.counting.lexicon.matching import Matcher

    sentences = segment.split_sentences(read_clean(folder, N_PHRASES))
    sentences["sentence"] = sentences["sentence"].str.replace(lexicon.TRANSPARENT, "", regex=True)
    terms = lexicon.read_lexicon()
    surfaces = lexicon.list_surfaces(terms)["surface"].tolist()
    forms = sorted({lexicon.TRANSPARENT.sub("", one) for one in surfaces}, key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, forms)))
    automaton = ahocorasick_rs.AhoCorasick(
        forms, matchkind=ahocorasick_rs.MatchKind.LeftmostLongest
    )
    texts = sentences["sentence"].tolist()
    matcher = Matcher(lexicon.list_surfaces(terms))
    matcher.expect_much()
    joined = matcher.apart.join(texts)
    ways = {
        "ours, find_terms": lambda: lexicon.find_terms(sentences, terms),
        "ours, in bulk": lambda: matcher.find(joined),
        "ours, the library alone": lambda: automaton.find_matches_as_indexes(joined),
        "re, alternation, the longer first": lambda: [
            (match.start(), match.end()) for text in texts for match in pattern.finditer(text)
        ],
    }
    return Contest(said_size(texts, unit="sentences"), ways, tell_mentions)


def tell_mentions(ours: Any, theirs: Any) -> str:
    """Whether the free mentions are as many and as long; our ways give the others too."""
    own, other = map(Counter, map(_lengths_of_free, (ours, theirs)))
    if own == other:
        n_free, n_inside = own.total(), len(ours) - own.total()
        return f"same {n_free:,} free mentions (find_terms: {n_inside:,} inside them as well)"
    return f"not the same: {own.total():,} free mentions against {other.total():,}"


def _lengths_of_free(mentions: Any) -> list[int]:
    """How long each mention is that is not inside another, of any way's answer."""
    if isinstance(mentions, list):
        return [place[-1] - place[-2] for place in mentions]
    # A table of hits and the matcher's own answer name them alike.
    return (mentions.end - mentions.start)[mentions.free].tolist()


def cloud_contest(_folder: Path) -> Contest:
    """Layout of 200 words at 1600 by 800, letters measured anew each time."""
    from helpers import style
    from scripts import benchmark_clouds

    style.set_theme()
    counts = benchmark_clouds.make_counts(N_WORDS)
    ways = {
        "ours, layout": lambda: benchmark_clouds.ours(counts),
        "WordCloud.generate_from_frequencies": lambda: benchmark_clouds.theirs(counts),
    }
    return Contest(f"{N_WORDS} words", ways, tell_words)


def tell_words(ours: Any, theirs: Any) -> str:
    """Whether the same words were placed."""
    if ours.keys() == theirs.keys():
        return f"same {len(ours)} words placed"
    return f"not the same: {len(ours)} words placed against {len(theirs)}"


def line_contest(folder: Path, term: str) -> Contest:
    """Lines of a term with twenty characters on each side."""
    from helpers import context

    documents = read_clean(folder, N_LINES)
    pairs = list(zip(documents["doc_id"], documents["text"], strict=True))
    pattern = re.compile(f"(.{{0,20}})({re.escape(term)})(.{{0,20}})", re.DOTALL)
    ways = {
        "ours, context.kwic": lambda: context.kwic(documents, term),
        "re, scan with context": lambda: [
            (doc_id, match.start(2), *match.groups())
            for doc_id, text in pairs
            for match in pattern.finditer(text)
        ],
    }
    return Contest(said_size(documents["text"].tolist()), ways, tell_lines)


def tell_lines(ours: Any, theirs: Any) -> str:
    """How many lines the scan misses: it cannot see a term in the context of another."""
    n_missed = len(ours) - len(theirs)
    if n_missed:
        return f"{len(ours):,} lines; the scan misses {n_missed:,} inside another's context"
    return f"same {len(ours):,} lines"


CONTESTS: dict[str, Callable[[Path], Contest]] = {
    "segment": segment_contest,
    "count": count_contest,
    "phrases": phrase_contest,
    "cloud": cloud_contest,
    "lines, common": lambda folder: line_contest(folder, COMMON),
    "lines, rare": lambda folder: line_contest(folder, RARE),
}


class Clock:
    """Seconds of computing by step, since the process began; a step within another is apart."""

    def __init__(self, first: str) -> None:
        """The first step has run since the process began."""
        self.spent: Counter[str] = Counter()
        self._running, self._since = [first], 0.0

    def _note(self) -> None:
        now = time.process_time()
        self.spent[self._running[-1]] += now - self._since
        self._since = now

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """What is done inside counts for this step."""
        self._note()
        self._running.append(name)
        try:
            yield
        finally:
            self._note()
            self._running.pop()

    def watch(self, owner: Any, function: str, name: str) -> None:
        """From now on the function of a module or a class counts for this step."""
        watched = getattr(owner, function)

        def timed_step(*given: Any, **named: Any) -> Any:
            with self.step(name):
                return watched(*given, **named)

        setattr(owner, function, timed_step)


def measure_stages(folder: Path) -> dict[str, float]:
    """Seconds of computing of each step of our first run, in one process."""
    clock = Clock("imports")
    import matplotlib.pyplot as plt

    from helpers import bulk, clouds, lexicon, segment, style
    from helpers.counting.bulk import batch, merging, tokens
    from helpers.reading import cache
    from helpers.reading.segment import compiled, segmenter

    style.set_theme()
    for owner, function, name in (
        # A header is read from the repaired text, so both are one step.
        (tokens, "_read", "reading and repairing"),
        (tokens, "clean_text", "reading and repairing"),
        (tokens, "clean_each", "reading and repairing"),
        (segment, "list_sentences", "sentences"),
        (segment, "cut_ids", "cutting into words"),
        (compiled.CompiledEngine, "__init__", "starting the engine"),
        (segmenter.Segmenter, "_compare_with_jieba", "comparing the engine with jieba"),
        (batch, "find_mentions", "finding terms"),
        (batch, "count_batch", "counting"),
        (merging.Collector, "add", "counting"),
        (cache.Shelf, "write", "keeping"),
    ):
        clock.watch(owner, function, name)
    with clock.step("dictionary"):
        cuts = segment.make_segmenter(hmm=True)
    with clock.step("planning, tables and the rest"):
        made = bulk.count_corpus(
            sorted(folder.rglob("*.txt"))[:N_STAGES], by="all", workers=1, segmenter=cuts,
            lexicon=lexicon.read_lexicon(),
        )  # fmt: skip
    with clock.step("cloud"):
        ax = clouds.plot_word_cloud(made.features, max_words=N_WORDS, width=WIDTH, height=HEIGHT)
    with clock.step("picture file"):
        ax.figure.savefig(cache_folder() / "cloud.png", dpi=100)
    plt.close(ax.figure)
    return dict(clock.spent)


def run_contest(contest: Contest, rounds: int) -> dict[str, Any]:
    """Seconds and seconds of computing of each round by way, and what the answers have in common.

    Each way answers once before the rounds: what is loaded or compiled once is not counted.
    """
    ours, *_ = contest.ways
    found = {way: work() for way, work in contest.ways.items()}
    answers = {way: contest.check(found[ours], found[way])
               for way in contest.ways if way != ours}  # fmt: skip
    del found
    # What is there now, token lists above all, is not searched by the collector in every round.
    gc.collect()
    gc.freeze()
    seconds: dict[str, list[float]] = {way: [] for way in contest.ways}
    cpu: dict[str, list[float]] = {way: [] for way in contest.ways}
    for _ in range(rounds):
        for way, work in contest.ways.items():
            before = time.process_time()
            seconds[way].append(timed(work)[0])
            cpu[way].append(time.process_time() - before)
    return {"size": contest.size, "seconds": seconds, "cpu": cpu, "answers": answers}


def make_ready() -> int:
    """Leave in the cache what a first use leaves there of dictionaries and compiled code.

    Python keeps the bytecode of what is imported beside it.
    """
    import jieba

    from helpers import bulk, clouds, lexicon, segment, style  # noqa: F401
    from helpers.counting.lexicon.matching import Matcher

    segment.make_segmenter(hmm=True, engine="numba" if is_there("numba") else "numpy").cut("防控")
    Matcher(lexicon.list_surfaces(lexicon.read_lexicon())).expect_much()
    jieba.dt.tmp_dir = str(cache_folder())
    jieba.initialize()
    return len(list(cache_folder().iterdir()))


# --- what both need -----------------------------------------------------------------------


def read_clean(folder: Path, n: int) -> Any:
    """The first n documents, cleaned."""
    from helpers import clean, load

    return clean.clean_documents(load.read_documents(sorted(folder.rglob("*.txt"))[:n]))


def said_size(texts: list[Any], unit: str = "documents") -> str:
    """How much was given, in words."""
    n = sum(map(len, texts))
    if unit == "words":
        return f"{len(texts):,} documents, {n:,} words"
    return f"{len(texts):,} {unit}, {n:,} characters"


def is_there(package: str) -> bool:
    """Whether the package can be imported."""
    return importlib.util.find_spec(package) is not None


def font() -> str:
    """The font file of this project: wordcloud's own has no Chinese."""
    from helpers.drawing.style import fonts

    return str(fonts.font_path())


def cache_folder() -> Path:
    """The folder of this measurement."""
    return Path(os.environ["COVID_POLICY_CACHE"])


def n_cores() -> int:
    """The number of cores this process may use."""
    from helpers.cores import usable_cores

    return usable_cores()


def await_workers() -> None:
    """Wait until all workers have ended: what they used is known only then."""
    while multiprocessing.active_children():
        time.sleep(0.01)


def cpu_seconds() -> float:
    """Seconds of computing of this process and of the processes it has ended."""
    return statistics.fsum(os.times()[:4])


def peak_memory(n_workers: int) -> float | None:
    """MB that this process held at most, and each of its workers as much as the largest did.

    Pages that processes share count more than once. None where the system does not say.
    """
    try:
        import resource
    except ImportError:  # Windows
        return None
    unit = 1024**2 if sys.platform == "darwin" else 1024
    workers = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return _own_peak(resource) / unit + workers / unit * n_workers


def _own_peak(resource: Any) -> float:
    """In the system's unit. Linux hands ru_maxrss on from the process that started this one."""
    status = Path("/proc/self/status")
    if status.exists():
        found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text(encoding="ascii"))
        if found:
            return float(found[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


@contextmanager
def memory_watched() -> Iterator[list[float]]:
    """A list that grows, look by look, by the MB that this process and its workers hold together.

    What is held for less than PAUSE may be missed. The list stays empty where nobody can tell.
    """
    first = held_together()
    if first is None:
        yield []
        return
    looks = [first]
    is_over = threading.Event()

    def look() -> None:
        while not is_over.wait(PAUSE):
            held = held_together()
            if held is None:  # a maximum of some looks would pass for that of all
                looks.clear()
                return
            looks.append(held)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield looks
    finally:
        is_over.set()
        thread.join()


def held_together() -> float | None:
    """MB of this process and those it started; pages that they share count once.

    None without psutil, and where the system does not say it (all but Linux).
    """
    if not is_there("psutil"):
        return None
    import psutil

    this = psutil.Process()
    n_bytes = 0
    for process in (this, *this.children(recursive=True)):
        try:
            held = process.memory_full_info()
        except psutil.NoSuchProcess:  # it has ended since it was listed
            continue
        except psutil.AccessDenied:
            return None
        if not hasattr(held, "pss"):
            return None
        n_bytes += held.pss
    return n_bytes / 1024**2


def main(kind: str, name: str, folder: str, rounds: str = "1") -> None:
    """Print the measurement as JSON."""
    if kind == "ready":
        measured: object = make_ready()
    elif kind == "path":
        measured = run_path(name, Path(folder))
    elif name == "stages":
        measured = measure_stages(Path(folder))
    else:
        measured = run_contest(CONTESTS[name](Path(folder)), int(rounds))
    print(json.dumps(measured))


if __name__ == "__main__":
    main(*sys.argv[1:])
