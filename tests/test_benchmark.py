"""The benchmark: its corpus, the answers of those it compares, its report. Nothing is timed."""

import json
import platform
import re
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import jieba
import pandas as pd
import pytest

from helpers import clean, paths
from scripts import benchmark, benchmark_corpus, benchmark_report, benchmark_ways
from scripts.benchmark_ways import CONTESTS

CLONED = (0, 3, 7)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """Twelve documents of the corpus."""
    folder = tmp_path_factory.mktemp("benchmark") / "corpus"
    benchmark_corpus.write_corpus(folder, 12)
    return folder


@pytest.fixture
def measuring(tmp_path, monkeypatch):
    """The settings of a measurement: everything is kept in a folder of its own."""
    monkeypatch.setenv("COVID_POLICY_CACHE", str(tmp_path))
    monkeypatch.setattr(jieba.dt, "tmp_dir", str(tmp_path))
    monkeypatch.setattr(benchmark_ways, "WIDTH", 400)
    monkeypatch.setattr(benchmark_ways, "HEIGHT", 200)
    monkeypatch.setattr(benchmark_ways, "N_WORDS", 20)


# --- the corpus ---------------------------------------------------------------------------


def texts_of(folder):
    return [path.read_bytes() for path in sorted(folder.rglob("*.txt"))]


def test_the_corpus_is_the_same_each_time_and_a_small_one_begins_a_larger(corpus, tmp_path):
    n_characters = benchmark_corpus.write_corpus(tmp_path / "again", 5)
    again = texts_of(tmp_path / "again")
    assert again == texts_of(corpus)[:5]
    assert n_characters == sum(len(text.decode("utf-8")) for text in again)
    assert b"\r" not in b"".join(again)


def test_documents_differ(corpus):
    assert len(set(texts_of(corpus))) == 12


def test_three_documents_in_ten_are_as_a_clone_site_serves_them(corpus):
    for number, content in enumerate(texts_of(corpus)):
        text = content.decode("utf-8")
        n_readings = len(re.findall(r"[\u4e00-\u9fff]\([a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ]+\)", text))
        assert (n_readings > 100) == (number % 10 in CLONED), number


def test_cleaning_gives_back_what_was_spun():
    plain = "示例市召开会议，研究防控和复工。后续工作由指挥部负责。"
    spun = benchmark_corpus.spin(plain)
    assert spun != plain
    assert clean.clean_text(spun) == plain


def test_documents_are_about_two_thousand_characters_long():
    lengths = [len(benchmark_corpus.make_document(number)) for number in range(100)]
    assert 1800 < sum(lengths) / 100 < 2300


def test_invented_sentences_name_nobody():
    words = "".join(benchmark_corpus._words().things)
    assert "习近平" not in words
    assert "书记" not in words
    assert "防控" in "".join(benchmark_corpus._terms().things)


@pytest.mark.parametrize("n", [0, -1, 2.5, "10", True, None])
def test_a_number_of_documents_that_is_none_is_refused_before_anything_is_written(n, tmp_path):
    with pytest.raises(ValueError, match="give a whole number from 1 on"):
        benchmark_corpus.write_corpus(tmp_path / "new", n)
    assert not (tmp_path / "new").exists()


def test_a_folder_that_is_there_is_not_written_into(corpus):
    before = texts_of(corpus)
    with pytest.raises(ValueError, match="corpus is there already"):
        benchmark_corpus.write_corpus(corpus, 3)
    assert texts_of(corpus) == before


# --- the answers of those compared --------------------------------------------------------


@pytest.mark.parametrize("name", ["segment", "count", "phrases", "cloud", "lines, rare"])
def test_those_who_compete_give_the_same_answer(name, corpus, measuring):
    contest = CONTESTS[name](corpus)
    ours, *others = contest.ways
    found = {way: work() for way, work in contest.ways.items()}
    assert others
    for way in others:
        # Another program: what it cuts is reported, not claimed.
        if way != "rjieba":
            assert contest.check(found[ours], found[way]).startswith(("same", "1 lines")), way


def test_the_scan_for_lines_misses_some_and_the_answer_says_how_many(corpus, measuring):
    contest = CONTESTS["lines, common"](corpus)
    ours, theirs = (work() for work in contest.ways.values())
    n_missed = len(ours) - len(theirs)
    assert n_missed > 0
    assert f"misses {n_missed}" in contest.check(ours, theirs)
    places = set(zip(ours["doc_id"], ours["start"], strict=True))
    assert {line[:2] for line in theirs} <= places


def test_the_whole_paths_count_the_same_words(corpus, measuring):
    ours = benchmark_ways.our_path(corpus, "exact")
    tutorial = benchmark_ways.tutorial(corpus)
    pandas = benchmark_ways.pandas_pipeline(corpus)
    assert pandas == tutorial
    words = {word: n for word, n in tutorial.items() if re.search(r"\w", word)}
    different = Counter(words)
    different.subtract(ours)
    # Repairs that the tutorial does not know, such as 着 for 著, may change a few.
    assert sum(map(abs, different.values())) <= sum(words.values()) / 100
    assert (benchmark_ways.cache_folder() / "cloud.png").stat().st_size > 1000


@pytest.mark.parametrize(
    ("check", "ours", "theirs", "said"),
    [
        (benchmark_ways.tell_tokens, [["疫情"], ["防", "控"]], [["疫情"], ["防控"]], "not the same: tokens differ in 1 of 2 texts"),
        (benchmark_ways.tell_counts, [Counter("ab")], [Counter("abb")], "not the same counts"),
        (benchmark_ways.tell_counts, [Counter("ab")], [Counter("a"), Counter("b")], "same counts"),
        (benchmark_ways.tell_counts, [Counter("ab"), Counter()], [Counter("a"), Counter("ab")], "not the same counts"),
        (benchmark_ways.tell_words, {"疫情": 1.0}, {"防控": 1.0}, "not the same: 1 words placed against 1"),
        (benchmark_ways.tell_mentions, pd.DataFrame({"start": [0], "end": [2], "free": [True]}), [(0, 3)], "not the same: 1 free mentions against 1"),
    ],
)  # fmt: skip
def test_answers_that_differ_are_said_to(check, ours, theirs, said):
    assert check(ours, theirs) == said


def test_a_contest_takes_turns_and_keeps_every_round():
    turns = []
    contest = benchmark_ways.Contest(
        "1 text",
        {"ours": lambda: turns.append("ours"), "other": lambda: turns.append("other")},
        lambda ours, theirs: "same",
    )
    measured = benchmark_ways.run_contest(contest, 2)
    assert turns == ["ours", "other"] * 3
    assert {way: len(seconds) for way, seconds in measured["seconds"].items()} == {
        "ours": 2,
        "other": 2,
    }
    assert measured["answers"] == {"other": "same"}
    assert json.loads(json.dumps(measured)) == measured


# --- the command --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--documents", "0"], "'0' is no whole number from 1 on"),
        (["--documents", "-5"], "'-5' is no whole number from 1 on"),
        (["--documents", "many"], "'many' is no whole number from 1 on"),
        (["--documents", "1e3"], "'1e3' is no whole number from 1 on"),
        (["--documents", "²"], "'²' is no whole number from 1 on"),
        (["--documents"], "expected at least one argument"),
        (["--rounds", "0"], "'0' is no whole number from 1 on"),
        (["--fast"], "unrecognized arguments"),
        (["100"], "unrecognized arguments"),
    ],
)
def test_bad_arguments_are_refused(arguments, said, capsys):
    with pytest.raises(SystemExit) as refused:
        benchmark.read_arguments(arguments)
    assert refused.value.code == 2
    assert said in capsys.readouterr().err


def test_sizes_are_measured_once_each_the_smallest_first():
    assert benchmark.read_arguments(["--documents", "500", "20", "500"]).documents == [20, 500]


def test_large_corpora_are_measured_without_slow_peers():
    assert "tutorial" in benchmark.ways_at(10_000)
    assert benchmark.ways_at(100_000) == ("ours", "ours again", "ours alone")


@pytest.mark.parametrize(
    ("sizes", "at"), [([100, 1000, 5000, 10_000], 5000), ([20], 20), ([20_000, 100_000], 20_000)]
)
def test_steps_are_measured_with_the_largest_corpus_that_is_measured_often(sizes, at):
    assert benchmark.size_of_steps(sizes, 5000) == at


def test_ways_take_turns_large_corpora_are_measured_once_and_the_second_run_finds_the_first(
    tmp_path, tmp_path_factory, monkeypatch
):
    asked = []

    def pretend(cache, kind, name, folder, *more):
        is_new = not any(cache.iterdir())
        (cache / "kept").touch()
        asked.append((int(folder.name), name, is_new, *more))
        return {}

    # The dictionary, should it be read here for the first time, is kept elsewhere.
    monkeypatch.setenv("COVID_POLICY_CACHE", str(tmp_path_factory.mktemp("cache")))
    monkeypatch.setattr(benchmark.paths, "CACHE", tmp_path)
    monkeypatch.setattr(benchmark, "RESULTS", tmp_path / "benchmark.json")
    monkeypatch.setattr(benchmark, "make_ready", Path.mkdir)
    monkeypatch.setattr(benchmark, "run_way", pretend)
    results = benchmark.measure([2, 3], 2, 2)
    second = {"ours again", "ours reopened", "ours otherwise"}
    ways = [(way, way not in second) for way in benchmark.WAYS]
    steps = [(2, step, True, "2") for step in CONTESTS] + [(2, "stages", True)]
    cluster = [(3, way, True) for way in benchmark.CLUSTER_WAYS]
    assert asked == [(2, *way) for way in ways * 2] + steps + [(3, *way) for way in ways] + cluster
    assert json.loads((tmp_path / "benchmark.json").read_text("utf-8")) == results
    assert [path.name for path in tmp_path.iterdir()] == ["benchmark.json"]


def test_stages_measured_again_stand_in_the_results_and_the_report(tmp_path, monkeypatch):
    monkeypatch.setattr(benchmark, "RESULTS", tmp_path / "benchmark.json")
    monkeypatch.setattr(benchmark.paths, "CACHE", tmp_path)
    monkeypatch.setattr(benchmark, "N_STAGES", 2)
    asked = []

    def pretend(cache, kind, name, folder, *more):
        asked.append((kind, name, len(list(folder.rglob("*.txt")))))
        return {"imports": 2.0, "cloud": 1.0}

    monkeypatch.setattr(benchmark, "run_way", pretend)
    before = made_up()
    benchmark.keep(before)
    benchmark.measure_stages_again()
    results = json.loads((tmp_path / "benchmark.json").read_text("utf-8"))
    assert asked == [("ready", "dictionaries", 0), ("contest", "stages", 2)]
    assert results == before | {
        "stages": {"imports": 2.0, "cloud": 1.0}, "stages are later": True,
    }  # fmt: skip
    text = "\n".join(benchmark_report.list_stages(results))
    assert "1,000 documents, measured after the run." in text
    assert "after the run" not in "\n".join(benchmark_report.list_stages(before))


@pytest.mark.parametrize("damaged", [None, "", "{", "[]", '{"machine": 1}'])
def test_results_that_cannot_be_read_are_told(damaged, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(benchmark, "RESULTS", tmp_path / "benchmark.json")
    if damaged is not None:
        benchmark.RESULTS.write_text(damaged, encoding="utf-8")
    for option in ("--report", "--stages"):
        with pytest.raises(SystemExit):
            benchmark.main([option])
        assert "no results that can be read; run it without" in capsys.readouterr().err


def test_a_step_within_another_is_no_part_of_it(monkeypatch):
    now = iter([1.0, 3.0, 4.0, 10.0, 10.5])
    monkeypatch.setattr(benchmark_ways.time, "process_time", lambda: next(now))
    clock = benchmark_ways.Clock("imports")
    holder = SimpleNamespace(work=lambda number: number + 1)
    clock.watch(holder, "work", "inner")
    with clock.step("outer"):
        assert holder.work(1) == 2
    clock._note()
    # imports to 1.0, outer to 3.0, inner to 4.0, outer to 10.0, and the first again to 10.5.
    assert clock.spent == {"imports": 1.5, "outer": 8.0, "inner": 1.0}


def test_every_way_that_is_planned_is_there():
    planned = {*benchmark.WAYS, *benchmark.LARGE_WAYS, *benchmark.CLUSTER_WAYS}
    assert planned == benchmark_ways.PATHS.keys()
    assert planned == benchmark_report.NAMES.keys()
    assert CONTESTS.keys() == benchmark_report.STEPS.keys()


def test_a_measurement_that_fails_says_why(tmp_path):
    with pytest.raises(RuntimeError, match="no such way failed; the last it said was: KeyError"):
        benchmark.run_way(tmp_path, "path", "no such way", tmp_path)


def test_a_way_keeps_bytecode_also_where_the_shell_forbids_it(tmp_path, monkeypatch):
    # Ours would compile all of its modules each time, others none of the packages they use.
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    given = {}

    def pretend(command, *, env, **_):
        given.update(env)
        return subprocess.CompletedProcess(command, 0, stdout="1", stderr="")

    monkeypatch.setattr(benchmark.subprocess, "run", pretend)
    benchmark.run_way(tmp_path, "path", "ours", tmp_path)
    assert "PYTHONDONTWRITEBYTECODE" not in given
    assert given["COVID_POLICY_CACHE"] == str(tmp_path)


def test_the_machine_is_described_without_its_name_or_its_folders():
    said = json.dumps(benchmark.describe_machine())
    assert platform.python_version() in said
    assert str(paths.PROJECT) not in said
    node = platform.node()
    assert len(node) < 4 or node not in said


# --- the report ---------------------------------------------------------------------------


def made_up(sizes=(100, 5000), *, peers=True):
    """Results with invented numbers: a second per 100 documents for the tutorial."""
    runs = []
    for n in sizes:
        for slower in (1.0, 1.2, 0.8):
            for way, share in (
                ("ours", 20),
                ("ours without fast", 4),
                ("ours again", 100),
                ("ours reopened", 200),
                ("tutorial", 1),
                ("pandas", 0.5),
            ):
                seconds = n / 100 / share * (slower if way == "tutorial" else 1)
                runs.append(
                    {
                        "way": way,
                        "documents": n,
                        "seconds": seconds,
                        "cpu": seconds * 2,
                        "memory": 200.0 + n / 100,
                        "memory at once": 190.0,
                        "n_words": n * 900,
                        "n_types": n,
                    }
                )
    largest = {"documents": sizes[-1], "cpu": 1.0, "memory": 500.0, "n_words": 1, "n_types": 1}
    runs += [{"way": "pool", "seconds": 4.0, **largest}, {"way": "dask", "seconds": 8.0, **largest}]
    seconds = {"ours, numba": [1.0, 1.0], "ours, exact": [10.0, 10.0], "jieba.lcut": [40.0, 44.0]}
    seconds |= {"rjieba": [2.0, 2.0]} if peers else {}
    return {
        "machine": {"cores": 2, "processor": "a processor", "system": "a system", "python": "3.11", "versions": {"jieba": "0.42.1", "polars": None}},
        "rounds": 3, "load": [0.5, 6.25], "characters": {str(n): n * 2000 for n in sizes}, "paths": runs,
        "contests": {"segment": {"size": "2 documents", "seconds": seconds, "cpu": seconds, "answers": dict.fromkeys(seconds, "same tokens")}},
        "stages": {"cleaning": 3.0, "cloud": 1.0},
    }  # fmt: skip


def rows_with(lines, *cells):
    return [line for line in lines if line.startswith("|") and all(cell in line for cell in cells)]


def test_ratios_are_medians_with_the_spread_of_the_rounds():
    lines = benchmark_report.list_lines(made_up())
    (row,) = rows_with(lines, "| 5,000 |", "first run |")
    assert "| 2.5 | 20 (16 to 24) | 5.0 | 20 (16 to 24) | 250 | 190 | 4,500,000 | 5,000 |" in row
    (row,) = rows_with(lines, "| numba | jieba.lcut |")
    assert "| 1.0 | 42 | 42 (40 to 44) | 42 (40 to 44) | same tokens |" in row


@pytest.mark.parametrize(
    ("goal", "cells"),
    [
        ("tutorial against this project, first run |", "| at least 15× | 20× | 20× | yes |"),
        ("without the extra `fast` |", "| at least 3.5× | 4.0× | 4.0× | yes |"),
        ("second run |", "| at least 60× | 100× | 100× | yes |"),
        ("jieba.lcut against ours, numba |", "| at least 40× | 42× | 42× | yes |"),
        ("100,000 documents: tutorial (projected)", "| at least 40× |  |  | not run |"),
        (
            "memory at one time, 100,000 documents: this project, first run |",
            "| at most 600 MB |  |  | not run |",
        ),
        ("cloud, 1600 by 800", "| at least 2.5× |  |  | not run |"),
        ("Dask against our own pool, 5,000 documents |", "| at most 1.25× | 2.0× | 1.0× | no |"),
    ],
)
def test_goals_are_said_to_be_reached_missed_or_not_run(goal, cells):
    (row,) = rows_with(benchmark_report.list_goals(made_up()), goal)
    assert row.endswith(cells)


def test_a_projected_ratio_counts_what_does_not_grow_once():
    results = made_up()
    for run in results["paths"]:
        if run["way"] == "tutorial":
            run["seconds"] += 20.0
    results["characters"]["100000"] = 1
    results["paths"].append({"way": "ours", "documents": 100_000, "seconds": 20.0, "cpu": 1.0, "memory": 700.0, "memory at once": 500.0, "n_words": 1, "n_types": 1})  # fmt: skip
    # 20 seconds and 10 ms a document are 1,020 seconds, not 70 seconds times 20.
    assert benchmark_report.projected_ratio(results, 100_000) == pytest.approx(51)
    (row,) = rows_with(benchmark_report.list_goals(results), "projected")
    assert row.endswith("| 51× | 2,000× | yes |")
    for said, cells in (("at one time", "500 MB |  | yes |"), ("each process", "700 MB |  | no |")):
        (row,) = rows_with(benchmark_report.list_goals(results), said)
        assert row.endswith(f"| at most 600 MB | {cells}")


def test_what_grows_and_what_does_not_are_told_apart():
    results = made_up(sizes=(100, 1000))
    for run in results["paths"]:
        run["seconds"] = 3 + run["documents"] * 0.002
    assert benchmark_report.find_line(results, "ours") == pytest.approx((3, 2))
    (row,) = rows_with(benchmark_report.list_growth(results), "| tutorial |")
    assert row == "| tutorial | 3.0 | 2.0 |"
    assert benchmark_report.find_line(made_up(sizes=(100,)), "ours") is None


def test_what_is_missing_is_said_and_leaves_no_row():
    lines = benchmark_report.list_lines(made_up(peers=False))
    assert "Not installed, and therefore left out: polars." in lines
    assert rows_with(lines, "| rjieba |") == []
    assert "0.5 and 6.2. More than the cores means" in "\n".join(lines)


def test_a_machine_that_says_neither_load_nor_memory_has_a_report():
    results = made_up()
    results["load"] = [None, None]
    results["paths"] = [run | {"memory": None} for run in results["paths"]]
    for run in results["paths"]:
        run.pop("memory at once", None)  # as in a run of an older version
    text = "\n".join(benchmark_report.list_lines(results))
    assert "wanted to compute" not in text
    assert "None" not in text


@pytest.mark.skipif(sys.platform != "linux", reason="no other system says what is shared")
def test_memory_is_that_of_all_processes_at_one_time(monkeypatch):
    monkeypatch.setattr(benchmark_ways, "PAUSE", 0.1)
    with benchmark_ways.memory_watched() as looks:
        script = "held = bytearray(150_000_000); print(flush=True); input()"
        child = subprocess.Popen(
            [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        child.stdout.readline()
        wait_for_looks(looks)
        with_child = looks[-1]
        child.communicate(b"\n")
        held = bytearray(150_000_000)
        wait_for_looks(looks)
        del held
    assert with_child > looks[0] + 140
    # The two were never there at one time.
    assert with_child < looks[0] + 220 and max(looks) < looks[0] + 220


def wait_for_looks(looks):
    n, started = len(looks), time.monotonic()
    while len(looks) < n + 2:
        assert time.monotonic() < started + 60
        time.sleep(0.05)


def test_a_look_in_vain_leaves_no_maximum_of_the_others(monkeypatch):
    answers = iter([10.0, 20.0])
    monkeypatch.setattr(benchmark_ways, "PAUSE", 0.01)
    monkeypatch.setattr(benchmark_ways, "held_together", lambda: next(answers, None))
    with benchmark_ways.memory_watched() as looks:
        started = time.monotonic()
        while looks:
            assert time.monotonic() < started + 60
            time.sleep(0.01)
    assert looks == []


def test_where_nobody_can_tell_the_memory_there_are_no_looks(monkeypatch):
    monkeypatch.setattr(benchmark_ways, "is_there", lambda name: False)
    with benchmark_ways.memory_watched() as looks:
        pass
    assert looks == []


def test_the_longest_step_is_named_with_what_halving_it_would_bring():
    text = "\n".join(benchmark_report.list_stages(made_up()))
    assert "| cleaning | 3.0 | 75% |" in text
    assert "The longest step is cleaning: done twice as fast, it would make the whole 1.60" in text
    assert "in no time, 4.00 times" in text


def test_the_report_and_its_chart_are_written_beside_each_other(tmp_path):
    report = tmp_path / "docs" / "performance.md"
    benchmark_report.write_report(made_up(), report)
    text = report.read_text(encoding="utf-8")
    (alt, name), = re.findall(r"!\[([^\]]+)\]\(([^)]+)\)", text)  # fmt: skip
    assert "tutorial 1.0 to 50 seconds, 201 to 250 MB (100 to 5,000 documents)" in alt
    assert (report.parent / name).read_bytes().startswith(b"\x89PNG")
    assert alt.split(";")[0] in (report.parent / name).with_suffix(".svg").read_text("utf-8")
    assert "<svg" not in text
    assert str(tmp_path) not in text


def test_the_chart_has_a_line_for_every_way_in_both_panels():
    from helpers import style

    style.set_theme()
    figure = benchmark_report.draw_growth(made_up())
    for ax in figure.axes:
        assert len(ax.lines) == len(benchmark_report.GROWTH)
        assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    assert "5,000 documents: 20 times as fast as the tutorial" in figure.get_suptitle()
    names = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert names == [
        benchmark_report.NAMES[way].replace("`", "") for way in benchmark_report.GROWTH
    ]
    seconds = dict(zip(names, figure.axes[0].lines, strict=True))
    assert list(seconds["tutorial"].get_ydata()) == pytest.approx([1, 50])


@pytest.mark.parametrize(
    ("number", "said"),
    [(None, ""), (0.0123, "0.012"), (0.5, "0.50"), (0.999, "1.0"), (9.94, "9.9"), (9.96, "10"), (12345.6, "12,346")],
)  # fmt: skip
def test_numbers_have_two_digits_that_count(number, said):
    assert benchmark_report.in_words(number) == said
