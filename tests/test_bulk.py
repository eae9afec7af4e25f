"""Corpora in batches: the same tables as in memory, whoever does the work and however often."""

import csv
import json
import multiprocessing
import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers import bulk, clean, context, count, lexicon, load, paths, segment
from helpers.counting.bulk import batch as batches
from helpers.counting.bulk import cluster, corpus, entries, keeping, keys, merging, numbers, workers
from helpers.counting.bulk.recipe import Recipe
from helpers.counting.bulk.tokens import BatchTokens, FileFacts
from helpers.reading import cache
from helpers.reading.load import batches as reading
from helpers.reading.segment import segmenter as segmenters

MIXED = paths.DATA / "constructed" / "mixed"
SENTENCES = (
    "要统筹推进疫情防控和经济社会发展。", "坚持外防输入、内防扩散，落实“四早”。", "推动企业复工复产！",
    "一要加强领导。二要压实责任。", "強(qiáng)化擔(dān)當(dāng)，嚴防境外疫情輸入。", "共3.5%，GDP增长。",
    "污染“防治”和防治。", "有序恢复正常生产生活秩序；",
)  # fmt: skip

pytestmark = pytest.mark.filterwarnings("ignore:.*files could not be read:RuntimeWarning")


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv(cache.VARIABLE, str(folder))
    return folder


@pytest.fixture(scope="module")
def words() -> pd.DataFrame:
    return lexicon.read_lexicon()


@pytest.fixture(scope="module")
def segmenter(words: pd.DataFrame) -> segment.Segmenter:
    return segment.make_segmenter(words, engine="exact")


def write_corpus(folder: Path, n: int = 30) -> Path:
    """Generated documents in three folders, in txt, csv and jsonl, some with a name of their own."""
    chooser = np.random.default_rng(20200226)
    for number in range(n):
        text = f"标题{number}\n" + "".join(chooser.choice(SENTENCES, size=5))
        path = folder / f"{2020 + number % 3}" / f"{number % 7}-2020-0{1 + number % 9}-11.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    rows = [{"id": str(i), "text": SENTENCES[i % 8], "发文机关": f"机关{i % 2}"} for i in range(8)]
    pd.DataFrame(rows).to_csv(folder / "rows.csv", index=False, encoding="utf-8")
    lines = "\n".join(json.dumps(row | {"date": "2020-03-01"}) for row in rows[:3])
    (folder / "lines.jsonl").write_text(lines, encoding="utf-8")
    return folder


class Tables(NamedTuple):
    """The tables that bulk.CorpusCounts has as well."""

    features: pd.DataFrame
    terms: pd.DataFrame
    mentions: pd.DataFrame
    documents: pd.DataFrame
    problems: pd.DataFrame


def count_in_memory(
    documents: pd.DataFrame, words: pd.DataFrame, segmenter: segment.Segmenter, by: str = "doc_id"
) -> Tables:
    """What the rooms make of the whole corpus at once."""
    documents = clean.clean_documents(documents)
    sentences = segment.split_sentences(documents)
    tokens = segment.tokenize(sentences, segmenter=segmenter)
    hits = lexicon.find_terms(sentences, words)
    if by not in tokens:
        said = documents[["doc_id", "issuer", "place", "script"]].assign(all="all")
        tokens = tokens.merge(said, on="doc_id")
    sizes = {
        "n_tokens": tokens.groupby("doc_id").size(),
        "n_sentences": sentences.groupby("doc_id").size(),
    }
    counted = documents.assign(
        **{name: documents["doc_id"].map(size).astype("int64") for name, size in sizes.items()}
    )
    return Tables(
        count.count_features(tokens, by=by),
        count.count_terms(hits, documents),
        lexicon.count_mentions(hits),
        counted[corpus.DOCUMENT_COLUMNS],
        pd.DataFrame(columns=["path", "problem"]),
    )


def assert_same(found: bulk.CorpusCounts, expected: Tables | bulk.CorpusCounts) -> None:
    for name in ("features", "terms", "mentions", "documents"):
        pd.testing.assert_frame_equal(
            getattr(found, name), getattr(expected, name), check_exact=True, obj=name
        )


# --- the same tables ----------------------------------------------------------------------


@pytest.mark.parametrize("by", ["doc_id", "all", "issuer", "script"])
def test_a_mixed_folder_counts_as_in_memory(by: str, words, segmenter) -> None:
    documents = load.read_documents(MIXED, skip_bad=True)
    expected = count_in_memory(documents, words, segmenter, by)
    for size in (1, 4, 200):
        found = bulk.count_corpus(MIXED, lexicon=words, segmenter=segmenter, by=by, size=size)
        assert_same(found, expected)
        assert found.problems["path"].tolist() == [str(MIXED / "scan.pdf")]


def test_the_seed_counts_as_in_memory(words) -> None:
    segmenter = segment.make_segmenter(words)
    documents = load.read_documents(paths.SEED)
    expected = count_in_memory(documents, words, segmenter)
    found = bulk.count_corpus(paths.SEED, lexicon=words)
    assert_same(found, expected)
    assert repr(found) == (
        f"<CorpusCounts, rows: features {len(found.features)}, terms {len(found.terms)}, "
        f"mentions {len(found.mentions)}, documents 1, problems 0>"
    )


@pytest.mark.parametrize("hmm", [False, True])
def test_generated_files_count_as_in_memory(hmm: bool, tmp_path: Path, words) -> None:
    folder = write_corpus(tmp_path)
    segmenter = segment.make_segmenter(hmm=hmm, engine="exact")
    expected = count_in_memory(load.read_documents(folder), words, segmenter)
    for size in (1, 7, 1000):
        found = bulk.count_corpus(folder, lexicon=words, segmenter=segmenter, size=size)
        assert_same(found, expected)


def test_tables_count_as_files_do(tmp_path: Path, words, segmenter) -> None:
    folder = write_corpus(tmp_path)
    expected = bulk.count_corpus(folder, lexicon=words, segmenter=segmenter)
    raw = load.read_batches(folder, size=5)
    cleaned = (clean.clean_documents(table) for table in raw)
    for tables in (raw, cleaned, raw):
        assert_same(bulk.count_corpus(tables, lexicon=words, segmenter=segmenter), expected)


def test_metadata_and_options_do_as_in_memory(tmp_path: Path, words, segmenter) -> None:
    for number in range(3):
        (tmp_path / f"{number}.txt").write_text("（3月1日）要防控。", encoding="utf-8")
    said = pd.DataFrame({"file": ["0.txt", "2.txt"], "issuer": ["甲", "乙"],
                         "title": ["強化", ""], "date": ["2020-05-01", ""]})  # fmt: skip
    documents = load.read_documents(tmp_path, metadata=said, year=2020)
    for by in ("doc_id", "issuer"):
        expected = count_in_memory(documents, words, segmenter, by)
        found = bulk.count_corpus(
            tmp_path, lexicon=words, segmenter=segmenter, by=by, metadata=said, year=2020, size=1
        )
        assert_same(found, expected)
    with pytest.raises(ValueError, match="describes 'no.txt', which was not read"):
        bulk.count_corpus(tmp_path, metadata=pd.DataFrame({"file": ["no.txt"]}), year=2020)


def test_without_a_lexicon_words_alone_are_counted(segmenter) -> None:
    found = bulk.count_corpus(paths.SEED, segmenter=segmenter)
    assert found.features["n"].sum() > 0
    assert found.terms.empty and found.mentions.empty


def test_nothing_given_is_changed(words, segmenter) -> None:
    before = words.copy(deep=True)
    bulk.count_corpus(paths.SEED, lexicon=words, segmenter=segmenter)
    pd.testing.assert_frame_equal(words, before)


# --- batches ------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 3, 200])
@pytest.mark.parametrize("make", [write_corpus, lambda folder: MIXED])
def test_batches_join_to_the_table_of_read_documents(make, size: int, tmp_path: Path) -> None:
    folder = make(tmp_path)
    expected = load.read_documents(folder, skip_bad=True)
    tables = list(load.read_batches(folder, size=size, skip_bad=True))
    assert max(map(len, tables)) <= size
    pd.testing.assert_frame_equal(pd.concat(tables, ignore_index=True), expected)


def test_the_number_of_batches_is_known_where_files_tell_it(tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / f"{number}.txt").write_text("防控", encoding="utf-8")
    tables = load.read_batches(tmp_path, size=2)
    assert len(tables) == len(list(tables)) == len(list(tables)) == 3
    with pytest.raises(TypeError):
        len(load.read_batches(tmp_path, skip_bad=True))


def large_csv(rows: list[dict[str, str]], path: Path) -> None:
    pd.DataFrame(rows).to_csv(path, index=False, encoding="utf-8-sig")
    with path.open("a", encoding="utf-8") as file:
        file.write("\n" * 9)


def large_with_separator(rows: list[dict[str, str]], path: Path) -> None:
    text = pd.DataFrame(rows).to_csv(None, index=False, sep=";")
    path.write_text(f"sep=;\n{text}", encoding="utf-8", newline="")


def large_jsonl(rows: list[dict[str, str]], path: Path) -> None:
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("\n\n".join([*lines, "\n" * 9]), encoding="utf-8", newline="")


@pytest.mark.parametrize(
    ("suffix", "write"),
    [(".csv", large_csv), (".csv", large_with_separator), (".jsonl", large_jsonl)],
)
def test_a_large_table_is_read_in_pieces(
    suffix: str, write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words, segmenter
) -> None:
    rows = [
        {"title": f"题,{i}", "text": f'第{i}行："防控"，\n{SENTENCES[i % 8]}', "date": "2020-02-01"}
        for i in range(40)
    ]
    rows[17]["text"] = "no Chinese"
    rows[23]["text"] = ""
    write(rows, tmp_path / f"large{suffix}")
    expected = load.read_documents(tmp_path, skip_bad=True)
    problem = load.audit_files(tmp_path)["problem"][0]
    monkeypatch.setattr(reading, "LARGE_BYTES", 100)
    pieces = list(reading.list_pieces(reading.require_files(tmp_path), size=6))
    assert len(pieces) > 5
    tables = list(load.read_batches(tmp_path, size=6, skip_bad=True))
    pd.testing.assert_frame_equal(pd.concat(tables, ignore_index=True), expected)
    in_memory = count_in_memory(expected, words, segmenter)
    for _ in range(2):
        found = bulk.count_corpus(tmp_path, lexicon=words, segmenter=segmenter, size=6)
        assert_same(found, in_memory)
    told = "; ".join(found.problems["problem"])
    assert sorted(told.split("; "))[:2] == sorted(problem.split("; "))[:2]


def test_a_large_table_in_another_encoding_is_read_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "text\n" + "\n".join(f"第{i}号通知，做好防控工作" for i in range(20))
    (tmp_path / "old.csv").write_bytes(text.encode("gb18030"))
    monkeypatch.setattr(reading, "LARGE_BYTES", 100)
    found = pd.concat(load.read_batches(tmp_path, size=3), ignore_index=True)
    pd.testing.assert_frame_equal(found, load.read_documents(tmp_path))


def join_batches(path: Path, **options: object) -> pd.DataFrame:
    return pd.concat(load.read_batches(path, **options), ignore_index=True)


TEN_LINES = "".join(f"第{i}号通知，做好防控工作\n" for i in range(10))
TEN_OBJECTS = "".join(f'{{"text": "第{i}号通知，做好防控工作"}}\n' for i in range(10))


LARGE_TABLES = {
    "blank first line.csv": f"\ntext\n{TEN_LINES}",
    "blank after sep.csv": f"sep=,\n\ntext\n{TEN_LINES}",
    "old Mac.csv": "title;text\r" + "一;疫情,防控,\t复工\r" * 9,
    "old Mac, quotes.csv": "title;text\r" + '"一;二";"疫情,防控\r复工,复产"\r' * 9,
    "old Mac, tabs.tsv": "title\ttext\r" + '一\t"疫情,防控,\r复工"\r' * 9,
    "old Mac, said.csv": "sep=;\rtitle;text\r" + "一;疫情,防控\r" * 9,
    "blank after header.csv": "text\n" + "\n" * 7 + TEN_LINES,
    "blank first line.jsonl": "\n" * 7 + TEN_OBJECTS,
    "wide blanks.jsonl": TEN_OBJECTS + "\u3000\n" * 7,
    "short rows first.csv": "title,text\n" + "一\n" * 3 + "二,疫情防控\n" * 3,
    # Alone, a row of these letters is taken for 要要 in GB18030.
    "few letters.csv": f"text\n{TEN_LINES}\u04aa\u04aa\n",
    "another kind.jsonl": TEN_OBJECTS + "%PDF-1.7\n" + TEN_OBJECTS,
}


@pytest.mark.parametrize("name", LARGE_TABLES)
@pytest.mark.parametrize("size", [1, 3])
def test_a_large_table_is_the_same_in_pieces(
    name: str, size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / name
    path.write_text(LARGE_TABLES[name], encoding="utf-8", newline="")
    expected = load.read_documents(path, skip_bad=True)
    assert len(expected) > 2
    problem = load.audit_files(path)["problem"][0]
    monkeypatch.setattr(reading, "LARGE_BYTES", 50)
    pieces = list(reading.list_pieces(reading.require_files(path), size=size))
    assert len(pieces) > 1
    told = [problem for piece in pieces for _, problem in reading.read_piece(piece).problems]
    assert "; ".join(told) == problem
    found = join_batches(path, size=size, skip_bad=True)
    pd.testing.assert_frame_equal(found, expected)


@pytest.mark.parametrize("spelled", [("date", "date"), ("Date", "date"), ("发布日期", "date")])
def test_keys_of_a_large_jsonl_are_those_of_all_its_lines(
    spelled: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "large.jsonl"
    rows = [{"text": "疫情防控", spelled[i > 5]: f"2020-02-{i + 1:02}"} for i in range(12)]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    expected = load.read_documents(path)
    monkeypatch.setattr(reading, "LARGE_BYTES", 50)
    pd.testing.assert_frame_equal(join_batches(path, size=4), expected)


BAD_TABLES = {
    "header.csv": ("text," + "很长的题目" * 20, "has a header but no rows"),
    "header and blanks.csv": ("text," + "题目" * 20 + "\n" * 9, "has a header but no rows"),
    "blank.jsonl": ("\n" * 99, "is empty"),
    "wide blanks.jsonl": ("\u3000\n" * 99, "has no line"),
    "no keys.jsonl": ("{}\n" * 99, "has a header but no rows"),
    "long rows.csv": ("text\n" + "疫情,防控\n" * 9, "has rows with more cells"),
    "quote.csv": (f'text\n{TEN_LINES}"{TEN_LINES}', "a quote in row 11 is never closed"),
    "kind.csv": (f"%PDF-1.7\n{TEN_LINES}", "begins like .pdf"),
    "nul.csv": (f"text\n{TEN_LINES}\0", "is not text"),
    "two texts.jsonl": (TEN_OBJECTS + '{"content": "防控"}', "2 columns that may hold the text"),
}


@pytest.mark.parametrize("name", BAD_TABLES)
@pytest.mark.parametrize("size", [1, 3])
def test_a_large_table_that_cannot_be_read_is_told_like_a_small_one(
    name: str, size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, segmenter
) -> None:
    content, problem = BAD_TABLES[name]
    path, other = tmp_path / name, tmp_path / "other.txt"
    path.write_text(content, encoding="utf-8", newline="")
    other.write_text("疫情防控", encoding="utf-8")
    with pytest.raises(load.UnreadableFileError, match=problem):
        load.read_documents(path)
    monkeypatch.setattr(reading, "LARGE_BYTES", 50)
    with pytest.raises(load.UnreadableFileError, match=problem):
        join_batches(path, size=size)
    with pytest.raises(load.UnreadableFileError, match=problem):
        bulk.count_corpus(path, segmenter=segmenter, size=size)
    assert join_batches([path, other], size=size, skip_bad=True)["doc_id"].tolist() == ["other"]
    found = bulk.count_corpus([path, other], segmenter=segmenter, size=size)
    assert problem in found.problems["problem"][0]


def test_two_large_tables_are_read_side_by_side(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    longest = "疫情防控" * 40_000  # a cell longer than csv reads unless told to
    for name, texts in [("a", ["防控"] * 9), ("b", [*["防控"] * 9, *[longest] * 4])]:
        pd.DataFrame({"text": texts}).to_csv(tmp_path / f"{name}.csv", index=False)
    monkeypatch.setattr(reading, "LARGE_BYTES", 10)
    limit = csv.field_size_limit()
    tables = [iter(load.read_batches(tmp_path / f"{name}.csv", size=3)) for name in "ab"]
    lengths = []
    for pair in zip_longest(*tables):
        assert csv.field_size_limit() == limit
        lengths.append([0 if table is None else len(table) for table in pair])
    assert lengths == [[3, 3], [3, 3], [3, 3], [0, 3], [0, 1]]


def test_parquet_is_read_or_the_package_named(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    if reading._parquet() is None:
        path.write_bytes(b"PAR1")
        with pytest.raises(load.UnreadableFileError, match="pip install pyarrow"):
            list(load.read_batches(path))
        return
    rows = pd.DataFrame({"text": [*SENTENCES], "issuer": [None, *"甲乙丙丁戊己庚"]})
    rows.to_parquet(path)
    found = pd.concat(load.read_batches(path, size=3), ignore_index=True)
    assert found["raw_text"].tolist() == list(SENTENCES)
    assert found["issuer"].tolist() == ["", *"甲乙丙丁戊己庚"]
    path.write_bytes(b"PAR1 and no more")
    with pytest.raises(load.UnreadableFileError, match="no readable parquet"):
        list(load.read_batches(path))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"size": 0}, "size is 0"), ({"size": True}, "size is True"), ({"size": "9"}, "size is '9'"),
        ({"year": "x"}, "year is 'x'"), ({"text_column": 3}, "text_column is 3"),
    ],
)  # fmt: skip
def test_bad_options_of_batches_are_named(options: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        load.read_batches(MIXED, **options)


def test_a_bad_file_ends_batches_unless_it_may_be_left_out() -> None:
    with pytest.raises(load.UnreadableFileError, match="scan.pdf has no text layer(?s:.)*skip_bad"):
        list(load.read_batches(MIXED, size=3))


# --- lines --------------------------------------------------------------------------------


def test_lines_are_those_of_context(tmp_path: Path) -> None:
    folder = write_corpus(tmp_path)
    documents = clean.clean_documents(load.read_documents(folder))
    for term in ("防控", "污染防治"):
        expected = context.kwic(documents, term, width=8)
        pd.testing.assert_frame_equal(bulk.kwic(folder, term, width=8), expected)
        found = bulk.kwic(load.read_batches(folder, size=4), term, width=8, limit=5)
        pd.testing.assert_frame_equal(found, expected.head(5))


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((MIXED, "没有这个词"), {}, "never occurs in the 17 documents"),
        ((MIXED, ""), {}, "term must be a word"),
        ((MIXED, None), {}, "term must be a word"),
        ((MIXED, "防控"), {"limit": 0}, "limit is 0"),
        ((MIXED, "防控"), {"width": 0}, "width"),
        ((pd.DataFrame(), "防控"), {}, "in memory already"),
        (([pd.DataFrame({"a": [1]})], "防控"), {}, "no column 'doc_id'"),
    ],
)
def test_lines_that_cannot_be_had_are_explained(arguments, options: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        bulk.kwic(*arguments, skip_bad=True, **options)


# --- bad input ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (MIXED, {"by": "colour"}, "by is 'colour'; count by one of all, doc_id"),
        (MIXED, {"by": ["doc_id"]}, "by is"),
        (MIXED, {"by": "n_han"}, "by is 'n_han'"),
        (MIXED, {"size": 0}, "size is 0"),
        (MIXED, {"workers": 0}, "workers is 0"),
        (MIXED, {"workers": 1.5}, "workers is 1.5"),
        (MIXED, {"cluster": 3}, "cluster is 3"),
        (MIXED, {"cluster": ""}, "cluster is ''"),
        (MIXED, {"without": ["polish"]}, "no repair is called 'polish'"),
        (MIXED, {"segmenter": "jieba"}, "segment.make_segmenter"),
        (MIXED, {"lexicon": pd.DataFrame()}, "lexicon table has no column"),
        (MIXED, {"year": "x"}, "year is 'x'"),
        (MIXED, {"by": "date"}, "has no date"),
        (pd.DataFrame(), {}, "in memory already"),
        ([pd.DataFrame({"a": [1]})], {}, "documents table has no column"),
        ("nowhere.txt", {}, "does not exist"),
        ([], {}, "no file named"),
        (3, {}, "not the name of a file"),
    ],
)
def test_bad_input_is_named(arguments, options: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        bulk.count_corpus(arguments, **options)


def test_one_id_in_two_tables_is_refused() -> None:
    table = load.read_documents(paths.SEED)
    with pytest.raises(ValueError, match="is used 2 times"):
        bulk.count_corpus([table, table])


@pytest.mark.filterwarnings("error::RuntimeWarning")
def test_files_that_cannot_be_read_are_told(segmenter) -> None:
    with pytest.warns(RuntimeWarning, match="1 files could not be read.*problems"):
        bulk.count_corpus(MIXED, segmenter=segmenter)


def test_a_document_of_which_cleaning_leaves_nothing_is_a_problem(tmp_path, segmenter) -> None:
    (tmp_path / "a.txt").write_text("<!-- 防控 -->", encoding="utf-8")
    (tmp_path / "b.txt").write_text("要防控。", encoding="utf-8")
    for _ in range(2):
        found = bulk.count_corpus(tmp_path, segmenter=segmenter)
        assert found.documents["doc_id"].tolist() == ["b"]
        assert found.problems["problem"].tolist() == [
            "1 documents have no text left after cleaning"
        ]


# --- the cache ----------------------------------------------------------------------------


class Stopped(Exception):
    """Raised where work would be done that should have been kept."""


@pytest.fixture
def no_work(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    def stop(*arguments: object) -> None:
        raise Stopped

    with monkeypatch.context() as patch:
        patch.setattr(batches, "make_tokens", stop)
        yield patch


def test_a_second_run_neither_cleans_nor_cuts(tmp_path, words, segmenter, no_work) -> None:
    folder = write_corpus(tmp_path)
    with pytest.raises(Stopped):
        bulk.count_corpus(folder, lexicon=words, segmenter=segmenter)
    no_work.undo()
    first = bulk.count_corpus(folder, lexicon=words, segmenter=segmenter, size=9)
    no_work.setattr(batches, "make_tokens", None)
    no_work.setattr(batches, "find_mentions", None)
    no_work.setenv(cache.VARIABLE, str(cache.cache_folder()))
    for size in (9, 4, 100):
        again = bulk.count_corpus(folder, lexicon=words, segmenter=segmenter, size=size)
        assert_same(again, first)


def spy(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """How many documents were cut, and how many batches searched for terms, since."""
    done = {"cut": 0, "searched": 0}
    make, find = batches.make_tokens, batches.find_mentions

    def making(source, recipe):
        made = make(source, recipe)
        done["cut"] += len(made.n_han)
        return made

    def finding(*arguments):
        done["searched"] += 1
        return find(*arguments)

    monkeypatch.setattr(batches, "make_tokens", making)
    monkeypatch.setattr(batches, "find_mentions", finding)
    return done


def test_a_file_is_read_once_and_kept_under_the_name_of_what_was_read(
    tmp_path: Path, words, segmenter, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "corpus"
    folder.mkdir()
    file = folder / "a.txt"
    file.write_text("要防控。", encoding="utf-8")
    read = batches.content_of

    def read_and_change(path: Path) -> bytes | None:
        content = read(path)
        file.write_text("要复工，要防控。", encoding="utf-8")
        return content

    def count() -> int:
        return int(
            bulk.count_corpus(folder, lexicon=words, segmenter=segmenter).documents["n_han"].sum()
        )

    with monkeypatch.context() as changing:
        changing.setattr(batches, "content_of", read_and_change)
        assert count() == 3
    assert count() == 6
    file.write_text("要防控。", encoding="utf-8")
    monkeypatch.setattr(batches, "make_tokens", None)
    assert count() == 3


@given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from([0, 1, 299, 65_537]), st.booleans())))
def test_mentions_of_a_batch_are_those_of_a_table_of_hits(
    hits: list[tuple[int, int, bool]],
) -> None:
    hits = sorted(hits, key=lambda hit: hit[0])
    document, term, free = (np.array([hit[i] for hit in hits], int) for i in range(3))
    found = numbers._count_mentions(document, term, free.astype(bool))
    table = pd.DataFrame(
        {
            "doc_id": document,
            "term": term,
            "category": "",
            "subcategory": "",
            "free": free.astype(bool),
        }
    )
    expected: dict[tuple[int, int], list[int]] = {}
    for one in table.itertuples():
        n = expected.setdefault((one.doc_id, one.term), [0, 0])
        n[0] += 1
        n[1] += one.free
    rows = zip(*(column.tolist() for column in found), strict=True)
    assert list(rows) == [(*cell, *n) for cell, n in expected.items()]
    assert {column.dtype for column in found} == {np.dtype(np.int32)}


def test_the_bytes_of_a_file_are_all_of_it_and_those_of_a_pipe_none(tmp_path: Path) -> None:
    for n_bytes in (0, 1, keys._LEAST_AT_ONCE, 3 * keys._LEAST_AT_ONCE + 1):
        file = tmp_path / "a.txt"
        file.write_bytes(b"\r\n\x1a\0"[:n_bytes] + bytes(n_bytes - min(n_bytes, 4)))
        assert keys.content_of(file) == keys.content_of(str(file)) == file.read_bytes()
        # A file that grows between the question and the answer is read to its end.
        assert keys._read_all(file, 0) == file.read_bytes()
    assert keys.content_of(tmp_path) is keys.content_of(tmp_path / "b.txt") is None
    assert keys.content_of("a\0.txt") is None
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.txt")
        assert keys.content_of(tmp_path / "pipe.txt") is None


def test_kept_totals_are_found_by_the_keys_that_were_counted(
    tmp_path: Path, words, segmenter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files and tables in pieces, mixed; a name that only looks like a table's is read whole."""
    monkeypatch.setattr(reading, "LARGE_BYTES", 100)
    folder = tmp_path / "corpus"
    (folder / "b").mkdir(parents=True)
    for name in ("a.txt", "b/a.txt", "z.TXT"):
        (folder / name).write_text("要防控。", encoding="utf-8")
    rows = "\n".join(f"第{number}号要复工。" for number in range(40))
    for name in ("b/c.csv", "d.CSV"):
        (folder / name).write_text(f"text\n{rows}\n", encoding="utf-8")
    first = bulk.count_corpus(folder, lexicon=words, segmenter=segmenter, size=7)
    with monkeypatch.context() as changing:
        changing.setattr(corpus, "_count", None)
        again = bulk.count_corpus(folder, lexicon=words, segmenter=segmenter, size=7)
    assert_same(again, first)
    (folder / "d.CSV").write_text(f"text\n{rows}\n要防控。\n", encoding="utf-8")
    changed = bulk.count_corpus(folder, lexicon=words, segmenter=segmenter, size=7)
    assert len(changed.documents) == len(first.documents) + 1


def test_what_changes_is_made_again_and_nothing_else(
    tmp_path: Path, words, segmenter, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_corpus(tmp_path)
    first = bulk.count_corpus(folder, lexicon=words, segmenter=segmenter, size=100)
    done = spy(monkeypatch)

    def recount(lexicon_table=words, **options):
        done.update(cut=0, searched=0)
        options = {"segmenter": segmenter, "size": 100} | options
        return bulk.count_corpus(folder, lexicon=lexicon_table, **options)

    # A gloss decides nothing.
    assert_same(recount(words.assign(gloss_en="another gloss")), first)
    assert done == {"cut": 0, "searched": 0}
    # A form decides what is found, but not how words are cut by the same segmenter.
    shorter = words[words["term"] != "复工复产"]
    found = recount(shorter)
    assert done == {"cut": 0, "searched": 1}
    assert "复工复产" not in set(found.terms["term"])
    pd.testing.assert_frame_equal(found.features, first.features)
    # Other words, another setting and other repairs change the tokens.
    recount(shorter, segmenter=None)
    assert done["cut"] == len(first.documents)
    recount(without=["script"])
    assert done["cut"] == len(first.documents)
    # An edited file is read again, and the other files of its entry are not.
    edited = folder / "2020" / "3-2020-04-11.txt"
    edited.write_text("要防控。", encoding="utf-8")
    documents = load.read_documents(folder)
    assert_same(recount(), count_in_memory(documents, words, segmenter))
    assert done["cut"] == 1
    # So is one that has another name, because dates and titles hang on it.
    edited.rename(edited.with_name("z.txt"))
    documents = load.read_documents(folder)
    assert_same(recount(), count_in_memory(documents, words, segmenter))
    assert done["cut"] == 1
    # Another program may make other tokens.
    monkeypatch.setattr(cache, "hash_code", lambda *folders: "another")
    recount()
    assert done["cut"] == len(documents)


def entries_of(kind: str, own_cache: Path) -> list[Path]:
    return [path for path in cache.list_entries(own_cache) if path.parts[-3] == kind]


def change_entry(kind: str, folder: Path, change: Callable[[dict], object]) -> None:
    """Write the only entry of a kind anew with other arrays, under the name that they have."""
    (entry,) = entries_of(kind, folder)
    shelf = cache.Shelf(kind, entry.parent.name, folder)
    keys = list(shelf.find()[0])
    arrays = shelf.read(entry.name)
    change(arrays)
    entry.unlink()
    shelf.write(keys, arrays)


def forget_totals(own_cache: Path) -> None:
    """Leave only what is kept of files, so that it is asked for."""
    for entry in entries_of("totals", own_cache):
        entry.unlink()


@pytest.mark.parametrize("kind", ["tokens", "terms", "totals"])
@pytest.mark.parametrize("spoil", [b"", b"no archive", None])
def test_a_damaged_entry_is_made_again_and_told(
    kind: str, spoil: bytes | None, tmp_path, words, segmenter, own_cache: Path
) -> None:
    folder = write_corpus(tmp_path)
    first = bulk.count_corpus(folder, lexicon=words, segmenter=segmenter, size=9)
    if kind != "totals":
        forget_totals(own_cache)
    entries = entries_of(kind, own_cache)
    content = entries[0].read_bytes()
    flipped = content[:-200] + bytes([content[-200] ^ 1]) + content[-199:]
    entries[0].write_bytes(flipped if spoil is None else spoil)
    with pytest.warns(RuntimeWarning, match="cache entry .* cannot be used"):
        assert_same(bulk.count_corpus(folder, lexicon=words, segmenter=segmenter, size=9), first)


@pytest.mark.parametrize(
    "change",
    [
        lambda arrays: arrays.update(ids=arrays["ids"] + 10**6),
        lambda arrays: arrays.update(ids=arrays["ids"][:-1]),
        lambda arrays: arrays.update(n_tokens=-arrays["n_tokens"]),
        lambda arrays: arrays.update(ids=arrays["ids"].astype(float)),
        lambda arrays: arrays.pop("n_han"),
        lambda arrays: arrays.update(files=np.frombuffer(b"[{}]", np.uint8)),
        lambda arrays: arrays.update(vocabulary=np.frombuffer(b"[1]", np.uint8)),
        lambda arrays: arrays.update(vocabulary=np.frombuffer(b"[[[", np.uint8)),
    ],
)
def test_an_entry_that_does_not_fit_together_is_not_believed(change, segmenter, own_cache) -> None:
    first = bulk.count_corpus(paths.SEED, segmenter=segmenter)
    forget_totals(own_cache)
    change_entry("tokens", own_cache, change)
    with pytest.warns(RuntimeWarning, match="another form"):
        assert_same(bulk.count_corpus(paths.SEED, segmenter=segmenter), first)


@pytest.mark.parametrize(
    "change",
    [
        lambda arrays: arrays.update(word=arrays["word"].astype(int) + 10**6),
        lambda arrays: arrays.update(n=arrays["n"][:-1]),
        lambda arrays: arrays.update(group=arrays["group"] + 1),
        lambda arrays: arrays.pop("found n"),
        lambda arrays: arrays.update(group=arrays["group"].astype(bool)),
        lambda arrays: arrays.update(
            {"document n_tokens": arrays["document n_tokens"].view("M8[s]")}
        ),
        lambda arrays: arrays.update({"document n_han": arrays["document n_han"].astype(">i8")}),
        lambda arrays: arrays.update({"group name": np.zeros(1, np.int64)}),
        lambda arrays: arrays.update({"found term": arrays["found term"] + np.int16(900)}),
        lambda arrays: arrays.update({"found n_places": arrays["found n_places"] + np.uint8(1)}),
        lambda arrays: arrays.update({"found n_places": arrays["found n_places"][:-1]}),
        lambda arrays: arrays.update({"found n_places": arrays["found n_places"].astype(float)}),
        lambda arrays: arrays.update({"found term": arrays["found term"][:-1]}),
        lambda arrays: arrays.update({"document doc_id": np.frombuffer(b"{", np.uint8)}),
        lambda arrays: arrays.update({"document n_han": arrays["document n_han"][:0]}),
        lambda arrays: arrays.update(words=np.frombuffer(b"[1]", np.uint8)),
        lambda arrays: arrays.update(problems=np.frombuffer(b"[1]", np.uint8)),
    ],
)
def test_totals_that_do_not_fit_together_are_not_believed(
    change, words, segmenter, own_cache
) -> None:
    first = bulk.count_corpus(paths.SEED, lexicon=words, segmenter=segmenter)
    change_entry("totals", own_cache, change)
    with pytest.warns(RuntimeWarning, match="totals is of another form"):
        again = bulk.count_corpus(paths.SEED, lexicon=words, segmenter=segmenter)
    assert_same(again, first)


@pytest.mark.parametrize(
    "change",
    [
        lambda arrays: arrays.update(document=arrays["document"][::-1]),
        lambda arrays: arrays.update(document=arrays["document"] + np.int32(1000)),
        lambda arrays: arrays.update(term=arrays["term"] + np.int32(1000)),
        lambda arrays: arrays.update(n=arrays["n"].astype(float)),
        lambda arrays: arrays.pop("n_free"),
    ],
)
def test_terms_that_do_not_fit_the_tokens_are_found_again(
    change, words, segmenter, own_cache: Path, tmp_path: Path
) -> None:
    folder = write_corpus(tmp_path)
    first = bulk.count_corpus(folder, lexicon=words, segmenter=segmenter)
    forget_totals(own_cache)
    change_entry("terms", own_cache, change)
    with pytest.warns(RuntimeWarning, match="terms is of another form; its terms were found again"):
        assert_same(bulk.count_corpus(folder, lexicon=words, segmenter=segmenter), first)


def test_numbers_that_grow_too_large_for_their_kind_stay_what_they_are() -> None:
    chooser = np.random.default_rng(1)
    parts = [chooser.integers(0, most, n) for most, n in
             ((2, 0), (200, 7), (300, 1), (2, 90), (3_000_000, 3), (5, 4))]  # fmt: skip
    for number in range(len(parts) + 1):
        growing = merging._Growing()
        for part in parts[:number]:
            growing.add(part)
        taken = growing.take()
        assert taken.tolist() == [one for part in parts[:number] for one in part.tolist()]
        assert len(growing.take()) == 0
    assert taken.dtype == np.uint32


@pytest.mark.parametrize("by", ["doc_id", "all", "issuer", "script", "date"])
@pytest.mark.parametrize("said", [None, "metadata"])
def test_an_unchanged_corpus_is_only_read(
    by: str, said: str | None, words, segmenter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_corpus(tmp_path)
    metadata = said and pd.DataFrame(
        {"file": sorted({path.name for path in folder.rglob("*.*")}), "issuer": "某委",
         "date": "2020-02-26"}
    )  # fmt: skip
    options = {"lexicon": words, "segmenter": segmenter, "by": by, "metadata": metadata}
    if by == "date" and metadata is None:
        pytest.skip("documents without a date have no group by date")
    first = bulk.count_corpus(folder, **options)

    def refuse(*given: object, **more: object) -> None:
        raise AssertionError("the corpus was counted again")

    monkeypatch.setattr(corpus, "run_tasks", refuse)
    again = bulk.count_corpus(folder, **options)
    assert_same(again, first)
    assert repr(again) == repr(first)
    again.documents["doc_id"] = "x"
    assert_same(bulk.count_corpus(folder, **options), first)


def test_problems_of_an_unchanged_corpus_are_told_again(
    tmp_path: Path, words, segmenter, own_cache: Path
) -> None:
    folder = write_corpus(tmp_path)
    (folder / "empty.txt").write_text("", encoding="utf-8")
    told = []
    for _ in range(2):
        with pytest.warns(RuntimeWarning, match="1 files could not be read"):
            told.append(bulk.count_corpus(folder, lexicon=words, segmenter=segmenter))
    assert len(entries_of("totals", own_cache)) == 1
    assert_same(told[1], told[0])
    pd.testing.assert_frame_equal(told[1].problems, told[0].problems)


def test_of_a_call_the_last_totals_are_kept(tmp_path: Path, segmenter, own_cache: Path) -> None:
    folder = write_corpus(tmp_path)
    one = next(folder.rglob("*.txt"))
    before = one.read_bytes()

    def recount() -> bulk.CorpusCounts:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return bulk.count_corpus(folder, segmenter=segmenter, by="all")

    first = recount()
    for content in (before + "复工复产".encode(), before):
        one.write_bytes(content)
        found = recount()
        fresh = bulk.count_corpus(folder, segmenter=segmenter, by="all", cache=False)
        assert_same(found, fresh)
        assert len(entries_of("totals", own_cache)) == 1
    assert_same(found, first)
    # Another file, another name, another way of counting: none of them finds these totals.
    one.rename(one.with_name(f"neu{one.name}"))
    assert "neu" in " ".join(recount().documents["doc_id"])
    (folder / "more.txt").write_text("疫情防控", encoding="utf-8")
    assert "more" in recount().documents["doc_id"].tolist()
    by_document = bulk.count_corpus(folder, segmenter=segmenter)
    assert "doc_id" in by_document.features


def test_totals_without_a_sure_file_are_not_kept(
    tmp_path: Path, segmenter, own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_corpus(tmp_path)
    (folder / "gone.txt").symlink_to(folder / "nowhere")
    with pytest.warns(RuntimeWarning, match="1 files could not be read"):
        bulk.count_corpus(folder, segmenter=segmenter)
    assert not entries_of("totals", own_cache)
    (folder / "gone.txt").unlink()
    # A file that changes while it is read.
    cache.clean_cache(own_cache)
    with monkeypatch.context() as patch:
        patch.setattr(batches, "_keep_tokens", lambda *given: "")
        bulk.count_corpus(folder, segmenter=segmenter)
    assert not entries_of("totals", own_cache)
    with monkeypatch.context() as patch:
        patch.setattr(keeping, "MOST_BYTES", 10)
        bulk.count_corpus(folder, segmenter=segmenter)
    assert not entries_of("totals", own_cache)
    bulk.count_corpus(folder, segmenter=segmenter)
    assert entries_of("totals", own_cache)


def test_without_room_for_a_cache_the_counts_are_right_and_one_warning_says_so(
    tmp_path: Path, words, segmenter, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_corpus(tmp_path / "corpus")
    first = bulk.count_corpus(folder, lexicon=words, segmenter=segmenter, size=3)
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "file"))
    with pytest.warns(RuntimeWarning, match="cannot be written.*COVID_POLICY_CACHE") as told:
        found = bulk.count_corpus(folder, lexicon=words, segmenter=segmenter, size=3)
    assert len(told) == 1
    assert_same(found, first)


def test_a_count_without_cache_writes_nothing(own_cache: Path, segmenter) -> None:
    bulk.count_corpus(paths.SEED, segmenter=segmenter, cache=False)
    assert list(own_cache.iterdir()) == []


def test_an_interrupted_count_goes_on_where_it_stopped(
    tmp_path: Path, words, segmenter, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_corpus(tmp_path)
    done = spy(monkeypatch)
    add = corpus.Collector.add
    added: list[int] = []

    def interrupt(self, counts, *arguments) -> None:
        add(self, counts, *arguments)
        added.append(len(counts.n_han))
        if sum(added) >= 10:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(corpus.Collector, "add", interrupt)
        with pytest.raises(KeyboardInterrupt):
            bulk.count_corpus(folder, lexicon=words, segmenter=segmenter, size=5)
    n_done = done["cut"]
    assert n_done >= 10
    found = bulk.count_corpus(folder, lexicon=words, segmenter=segmenter, size=5)
    assert done["cut"] == len(found.documents)


# --- numbers ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ids", "offsets", "n_types", "cells"),
    [
        ([], [0], 0, []),
        ([], [0, 0, 0], 0, []),
        ([1, 0, 1], [0, 0, 3], 2, [(1, 0, 1), (1, 1, 2)]),
        # Documents by types is more than 32 bits hold.
        ([2**30 - 1, 0, 2**30 - 1], [0, 1, 2, 3], 2**30,
         [(0, 2**30 - 1, 1), (1, 0, 1), (2, 2**30 - 1, 1)]),
    ],
)  # fmt: skip
def test_cells_are_counted_by_document_and_word(ids, offsets, n_types, cells) -> None:
    found = numbers.count_cells(np.array(ids, np.int32), np.array(offsets), n_types)
    assert list(zip(*(one.tolist() for one in found), strict=True)) == cells


PIECES = [
    "复工复产",
    "复工",
    "复产",
    "防控",
    "“",
    "”",
    "（",
    "打开大门",
    "大门",
    "。",
    "a",
    " ",
    "\n",
]


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.lists(st.sampled_from(PIECES), max_size=12).map("".join), min_size=1, max_size=4)
)
def test_mentions_of_any_text_are_those_of_the_rooms(segmenter, texts) -> None:
    table = pd.DataFrame(
        [("复工复产", "复产复工/复产", "reopening", ""), ("复工", "", "reopening", ""),
         ("打开“大门”", "大门", "", ""), ("控", "防控", "prevention", "")],
        columns=["term", "variants", "category", "subcategory"],
    )  # fmt: skip
    texts = [f"头{text}尾" for text in texts]
    documents = pd.DataFrame({"doc_id": list(map(str, range(len(texts)))), "text": texts})
    sentences = segment.split_sentences(documents)
    expected = lexicon.count_mentions(lexicon.find_terms(sentences, table))
    made = segmenter.cut_ids(sentences["sentence"].tolist())
    n_sentences = sentences.groupby("doc_id", sort=False).size().to_numpy(np.int32)
    tokens = BatchTokens(
        [], np.zeros(len(texts), np.int64), n_sentences,
        np.diff(made.offsets).astype(np.int32), made.ids, made.vocabulary,
    )  # fmt: skip
    recipe = Recipe(segmenter, table, lexicon.list_surfaces(table), (), "", None, None)
    found = numbers.find_mentions(tokens, recipe)
    rows = [(documents["doc_id"][d], table["term"][t], n, free)
            for d, t, n, free in zip(*(one.tolist() for one in found), strict=True)]  # fmt: skip
    columns = ["doc_id", "term", "n", "n_free"]
    assert rows == list(expected[columns].itertuples(index=False, name=None))


def test_a_table_of_documents_may_be_changed_before_mentions_are_asked_for(
    tmp_path: Path, words, segmenter
) -> None:
    folder = write_corpus(tmp_path)
    expected = bulk.count_corpus(folder, lexicon=words, segmenter=segmenter).mentions
    found = bulk.count_corpus(folder, lexicon=words, segmenter=segmenter)
    found.documents["doc_id"] = found.documents["doc_id"].to_numpy()[::-1]
    found.documents.loc[0, "doc_id"] = "another"
    pd.testing.assert_frame_equal(found.mentions, expected)


def test_entries_that_changed_places_are_made_again(tmp_path: Path, own_cache: Path, words) -> None:
    segmenter = segment.make_segmenter()
    (tmp_path / "a.txt").write_text("疫情防控", encoding="utf-8")
    (tmp_path / "b.txt").write_text("复工复产", encoding="utf-8")
    options = {"lexicon": words, "segmenter": segmenter, "size": 1, "workers": 1}
    expected = bulk.count_corpus(tmp_path, **options)
    for kind in ("tokens", "terms"):
        forget_totals(own_cache)
        one, other = entries_of(kind, own_cache)
        contents = one.read_bytes(), other.read_bytes()
        one.write_bytes(contents[1])
        other.write_bytes(contents[0])
        with pytest.warns(RuntimeWarning, match="cannot be used"):
            assert_same(bulk.count_corpus(tmp_path, **options), expected)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert_same(bulk.count_corpus(tmp_path, **options), expected)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"raw_text": 3}, "have no text in raw_text"),
        ({"text": np.nan}, "have no text in text"),
        ({"doc_id": np.nan}, "have no text in doc_id"),
        ({"date": "soon"}, "holds 'soon', no date"),
        ({"n_han": np.nan}, "not whole numbers"),
    ],
)
def test_a_table_with_cells_of_another_kind_is_refused(change, said, segmenter) -> None:
    table = clean.clean_documents(load.read_documents(paths.SEED)).assign(**change)
    with pytest.raises(ValueError, match=said):
        bulk.count_corpus([table], segmenter=segmenter)


def test_a_missing_issuer_is_an_empty_one(segmenter) -> None:
    table = load.read_documents(paths.SEED).assign(issuer=np.nan)
    found = bulk.count_corpus([table], segmenter=segmenter)
    assert found.documents["issuer"].tolist() == [""]


def test_names_and_tables_are_not_mixed(segmenter) -> None:
    table = load.read_documents(paths.SEED)
    with pytest.raises(ValueError, match="names of files and tables"):
        bulk.count_corpus([paths.SEED, table], segmenter=segmenter)


def test_a_cleaned_table_is_not_cleaned_again_for_one_blank_text(segmenter) -> None:
    table = load.read_documents(paths.SEED)
    table = pd.concat([table, table.assign(doc_id="other")], ignore_index=True)
    table = clean.clean_documents(table, without=["script"])
    table.loc[1, "text"] = " "
    found = bulk.count_corpus([table], segmenter=segmenter)
    assert found.documents["doc_id"].tolist() == [table["doc_id"][0]]
    assert "發" in "".join(found.features["feature"])
    assert "1 documents have no text left" in found.problems["problem"].iloc[0]


def test_a_parquet_without_rows_is_told(tmp_path: Path, segmenter) -> None:
    pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    pd.DataFrame({"text": pd.Series(dtype=str)}).to_parquet(tmp_path / "none.parquet")
    (tmp_path / "one.txt").write_text("疫情防控", encoding="utf-8")
    with pytest.warns(RuntimeWarning, match="1 files could not be read"):
        found = bulk.count_corpus(tmp_path, segmenter=segmenter)
    assert "no rows" in found.problems["problem"].iloc[0]


def test_a_document_without_text_is_named(words, segmenter) -> None:
    table = load.read_documents(paths.SEED)
    table = clean.clean_documents(pd.concat([table, table.assign(doc_id="other")]))
    table["text"] = table["text"].where(table["doc_id"] != "other", None)
    with pytest.raises(ValueError, match="1 rows of the documents table have no text in text"):
        bulk.count_corpus([table], lexicon=words, segmenter=segmenter)


# --- workers ------------------------------------------------------------------------------


@pytest.fixture
def user_words(words: pd.DataFrame) -> pd.DataFrame:
    """A lexicon with a word that no dictionary holds: who loses it splits it."""
    row = words.iloc[[0]].assign(term="境外疫情输入要防控", variants="", id="x", word=1)
    return pd.concat([words, row], ignore_index=True)


def test_processes_count_the_same_and_lose_no_word(
    tmp_path: Path, user_words, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_corpus(tmp_path)
    (folder / "own.txt").write_text("严防境外疫情输入要防控。", encoding="utf-8")
    expected = bulk.count_corpus(folder, lexicon=user_words, workers=1, cache=False)
    assert "境外疫情输入要防控" in set(expected.features["feature"])
    monkeypatch.setattr(workers, "FEW_BYTES", 0)
    for size in (8, 3):
        found = bulk.count_corpus(folder, lexicon=user_words, workers=2, size=size)
        assert_same(found, expected)
    assert wait_until(lambda: not multiprocessing.active_children())
    # What processes have kept, this one reads.
    done = spy(monkeypatch)
    assert_same(bulk.count_corpus(folder, lexicon=user_words, workers=1, size=8), expected)
    assert done["cut"] == 0


def test_a_recipe_that_would_lose_words_on_its_way_is_refused(words, segmenter) -> None:
    recipe = Recipe(segmenter, None, None, (), "", None, None)
    copied = pickle.loads(recipe.packed)
    assert copied.segmenter.dictionary_hash == segmenter.dictionary_hash
    assert copied.name == recipe.name
    remake, ((changes, *rest), *options) = segmenter.__reduce__()
    with pytest.raises(ValueError, match="makes the dictionary"):
        remake((changes[1:], *rest), *options)


def test_a_worker_that_dies_is_told(tmp_path: Path, segmenter, monkeypatch) -> None:
    folder = write_corpus(tmp_path)
    monkeypatch.setattr(workers, "FEW_BYTES", 0)
    monkeypatch.setattr(workers, "work", os._exit)
    monkeypatch.setattr(workers, "_pack", lambda task, recipe: (1,))
    with pytest.raises(RuntimeError, match="a worker process ended.*__main__"):
        bulk.count_corpus(folder, segmenter=segmenter, workers=2, size=5)
    assert multiprocessing.active_children() == []


class Promised:
    """The answer of a worker that is done when the test says so."""

    def __init__(self, task: object) -> None:
        self.task, self.is_done = task, False

    def done(self) -> bool:
        return self.is_done

    def result(self) -> object:
        self.is_done = True
        return f"{self.task} by a worker"


@pytest.mark.parametrize(("ahead", "by_this_process"), [(4, ["3", "4", "5", "6"]), (0, [])])
def test_this_process_does_what_no_worker_has_and_the_order_is_kept(
    ahead: int, by_this_process: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    promised: list[Promised] = []
    drawn: list[str] = []
    done_here: list[str] = []

    def submit(task: str) -> Promised:
        assert sum(not one.is_done for one in promised) < 3
        # A task is given away as soon as it is known.
        assert len(drawn) == len(promised) + 1 or promised[0].is_done
        promised.append(Promised(task))
        return promised[-1]

    def count_here(task: str, recipe: None) -> str:
        done_here.append(task)
        if len(done_here) == len(by_this_process):
            promised[0].is_done = True
        return f"{task} here"

    def tasks() -> Iterator[str]:
        for number in range(9):
            drawn.append(str(number))
            yield drawn[-1]

    monkeypatch.setattr(workers, "_is_light", lambda task, recipe: False)
    monkeypatch.setattr(workers, "count_task", count_here)
    counted = workers._in_order(tasks(), None, submit, 3, ahead=ahead)
    first = next(counted)
    assert first == ("0", "0 by a worker")
    assert done_here == by_this_process
    assert len(drawn) == 3 + ahead + 1
    rest = list(counted)
    assert [task for task, _ in rest] == [str(number) for number in range(1, 9)]
    assert all(counts.startswith(task) for task, counts in rest)
    assert ahead or not done_here


def wait_until(is_so: Callable[[], bool], seconds: float = 90) -> bool:
    """Whether it came to be so in time."""
    end = time.monotonic() + seconds
    while not is_so() and time.monotonic() < end:
        time.sleep(0.05)
    return is_so()


def is_alive(group: int) -> bool:
    """Whether a process of the group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


SCRIPT = """
import sys
from helpers import bulk, segment
from helpers.counting.bulk import workers

if __name__ == "__main__":
    workers.FEW_BYTES = 0
    found = bulk.count_corpus(sys.argv[1], workers=2, size=1)
    print(len(found.documents))
"""


@contextmanager
def script_at_work(tmp_path: Path, own_cache: Path) -> Iterator[subprocess.Popen]:
    """A process that counts with a worker, and has done some batches of many."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    # So many that they take several seconds.
    for number in range(2000):
        text = f"标题{number}\n{SENTENCES[number % 8]}"
        (folder / f"{number}.txt").write_text(text, encoding="utf-8", newline="")
    script = tmp_path / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")
    setting = os.environ | {"PYTHONPATH": str(paths.PROJECT)}
    with subprocess.Popen(
        [sys.executable, script, folder], env=setting, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        wait_until(
            lambda: len(list(cache.list_entries(own_cache))) >= 3 or process.poll() is not None
        )
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def press_ctrl_c(process: subprocess.Popen) -> tuple[bytes, int]:
    """What the process says when it is interrupted, and how often it had to be.

    As a reader would, again if nothing happens: Python loses an interrupt that comes while it
    clears up an object.
    """
    for n_pressed, seconds in enumerate((10, 10, 60), start=1):
        os.killpg(process.pid, signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            return process.communicate(timeout=seconds)[1], n_pressed
    raise AssertionError("the process did not end")


@pytest.fixture
def hears_ctrl_c() -> Iterator[None]:
    """What a shell starts in the background ignores Ctrl-C, and so would all that it starts."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("hears_ctrl_c")
@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent in another way on Windows")
def test_ctrl_c_ends_all_processes_and_keeps_what_is_done(tmp_path: Path, own_cache: Path) -> None:
    with script_at_work(tmp_path, own_cache) as process:
        errors, n_pressed = press_ctrl_c(process)
        assert wait_until(lambda: not is_alive(process.pid))
    assert process.returncode != 0
    assert b"KeyboardInterrupt" in errors
    # One interrupted process is told of, not three; who presses again may interrupt its end.
    assert errors.count(b"Traceback") <= 1 + n_pressed
    kept = list(cache.list_entries(own_cache))
    assert len(kept) >= 3
    assert not [path for path in kept if path.suffix == ".part"]


@pytest.mark.usefixtures("hears_ctrl_c")
def test_ctrl_c_while_a_worker_is_started_waits_and_is_not_lost() -> None:
    done = []
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt), workers._deaf_to_interrupts():
        os.kill(os.getpid(), signal.SIGINT) if os.name == "posix" else signal.raise_signal(2)
        done.append("the whole block")
    assert done
    assert signal.getsignal(signal.SIGINT) is before
    with workers._deaf_to_interrupts():
        pass
    if os.name == "posix":
        assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())


@pytest.mark.skipif(os.name == "nt", reason="processes are ended in another way on Windows")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGKILL"])
def test_workers_end_with_the_process_that_started_them(
    name: str, tmp_path: Path, own_cache: Path
) -> None:
    with script_at_work(tmp_path, own_cache) as process:
        process.send_signal(signal.Signals[name])
        # The pipes end when the last process that could write into them has ended.
        process.communicate(timeout=30)
    assert process.returncode == -signal.Signals[name]


# --- a cluster ----------------------------------------------------------------------------


@pytest.mark.parametrize("is_lost_later", [False, True])
def test_a_worker_without_the_folder_of_the_cache_reads_the_files_again(
    is_lost_later: bool, tmp_path: Path, words, segmenter, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus_folder, elsewhere = write_corpus(tmp_path / "corpus"), tmp_path / "elsewhere"
    bulk.count_corpus(corpus_folder, lexicon=words, segmenter=segmenter)
    # Other forms: the tokens are kept here, the terms are not.
    options = {"lexicon": words.iloc[:-5], "segmenter": segmenter}
    expected = bulk.count_corpus(corpus_folder, cache=False, **options)

    def count_elsewhere(task: batches.Task, recipe: Recipe) -> batches.BatchCounts:
        assert task.place and not task.terms
        there = replace(recipe, folder=elsewhere, is_remote=True)
        if is_lost_later:
            elsewhere.mkdir()
            assert there.tokens
            elsewhere.rmdir()
        return batches.count_task(task, there)

    monkeypatch.setattr(workers, "count_task", count_elsewhere)
    assert_same(bulk.count_corpus(corpus_folder, **options), expected)
    assert not elsewhere.exists()


@pytest.fixture
def distributed():
    return pytest.importorskip("distributed", reason="the extra cluster is not installed")


def test_a_cluster_is_asked_for_by_name_where_dask_is_missing(monkeypatch, segmenter) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ValueError, match="needs the packages dask and distributed"):
        bulk.count_corpus(paths.SEED, segmenter=segmenter, cluster=True)


@pytest.mark.filterwarnings("ignore")
def test_a_cluster_counts_the_same_though_a_worker_is_killed(
    distributed, tmp_path: Path, user_words
) -> None:
    folder = write_corpus(tmp_path, 60)
    (folder / "own.txt").write_text("严防境外疫情输入要防控。", encoding="utf-8")
    segmenter = segment.make_segmenter(user_words, engine="exact")
    expected = bulk.count_corpus(
        folder, lexicon=user_words, segmenter=segmenter, workers=1, cache=False
    )
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None,
        silence_logs=50,
    ) as started, distributed.Client(started) as client:  # fmt: skip
        killed = []

        def kill_one(*arguments: object) -> None:
            if not killed:
                killed.extend(client.run(os.getpid).values())
                os.kill(killed[0], signal.SIGTERM if os.name == "nt" else signal.SIGKILL)

        add = corpus.Collector.add
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(corpus.Collector, "add", lambda *given: (kill_one(), add(*given))[1])
            found = bulk.count_corpus(
                folder, lexicon=user_words, segmenter=segmenter, size=2, cache=False,
                cluster=started.scheduler_address,
            )  # fmt: skip
        assert killed
    assert_same(found, expected)


@pytest.mark.filterwarnings("ignore")
def test_a_cluster_of_this_machine_counts_the_same(distributed, tmp_path, words, segmenter) -> None:
    folder = write_corpus(tmp_path)
    expected = bulk.count_corpus(folder, lexicon=words, segmenter=segmenter, cache=False)
    found = bulk.count_corpus(
        folder, lexicon=words, segmenter=segmenter, size=9, cluster=True, workers=2
    )
    assert_same(found, expected)


def test_a_cluster_without_workers_is_given_up(distributed, monkeypatch) -> None:
    class Silent:
        def result(self, timeout: float) -> None:
            raise TimeoutError

        def nthreads(self) -> dict[str, int]:
            return {}

    with pytest.raises(RuntimeError, match="lost its workers.*workers="):
        cluster._Awaited(distributed, Silent(), Silent()).result()


@pytest.mark.filterwarnings("ignore")
def test_a_scheduler_that_does_not_answer_is_given_up(distributed, monkeypatch, segmenter) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 2)
    begin = time.perf_counter()
    with pytest.raises(ValueError, match="no scheduler answers at tcp://127.0.0.1:9"):
        bulk.count_corpus(paths.SEED, segmenter=segmenter, cluster="tcp://127.0.0.1:9")
    assert time.perf_counter() - begin < 30


# --- what a hostile reader found ------------------------------------------------------------


def test_files_that_are_alike_have_their_terms_each(tmp_path: Path, words, segmenter) -> None:
    """One circular in two folders is one in the cache, and two in every table."""
    for folder, name, text in (("a", "circular", SENTENCES[0]), ("b", "other", SENTENCES[2]),
                               ("c", "circular", SENTENCES[0])):  # fmt: skip
        path = tmp_path / folder / f"{name}.txt"
        path.parent.mkdir()
        path.write_text(text, encoding="utf-8")
    options = {"lexicon": words, "segmenter": segmenter}
    bulk.count_corpus(tmp_path, **options)
    (tmp_path / "d.txt").write_text(SENTENCES[1], encoding="utf-8")
    from_cache = bulk.count_corpus(tmp_path, **options)
    assert_same(from_cache, bulk.count_corpus(tmp_path, **options, cache=False))
    n = from_cache.terms.set_index("term")["n"]
    assert n["疫情防控"] == 2
    assert len(set(from_cache.mentions["doc_id"])) == 4


@pytest.mark.parametrize("numbers", [[0], [2, 0], [1, 1], [2, 0, 2, 0, 1], []])
def test_of_an_entry_some_files_are_taken_in_any_order_and_number(numbers, segmenter) -> None:
    ids = np.array([0, 1, 2, 0, 2, 2], np.int32)
    files = [FileFacts([{"doc_id": name} for name in names], "")
             for names in (("a",), ("b", "c"), ("d",))]  # fmt: skip
    tokens = BatchTokens(
        files, np.arange(4), np.array([1, 1, 1, 1], np.int32), np.array([2, 1, 1, 2], np.int32),
        ids, ("x", "y", "z"),
    )  # fmt: skip
    found = batches.Mentions(*np.array([[0, 1, 1, 3], [7, 8, 9, 7], [1, 2, 3, 4], [1, 1, 1, 1]]))
    taken, mentions = entries.select_files(tokens, found, numbers)
    documents = [[0], [1, 2], [3]]
    chosen = [document for number in numbers for document in documents[number]]
    assert taken.n_han.tolist() == chosen
    expected = [(place, term, n) for place, document in enumerate(chosen)
                for of, term, n, _ in zip(*(column.tolist() for column in found), strict=True)
                if of == document]  # fmt: skip
    assert list(zip(*(column.tolist() for column in mentions[:3]), strict=True)) == expected


def test_a_reader_that_was_missing_once_is_asked_when_it_is_there(
    tmp_path: Path, segmenter, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("openpyxl")
    (tmp_path / "a.txt").write_text(SENTENCES[0], encoding="utf-8")
    pd.DataFrame({"text": SENTENCES[:3]}).to_excel(tmp_path / "t.xlsx", index=False)
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "openpyxl", None)
        real = cache.version
        patch.setattr(cache, "version", lambda name: real(name if name != "openpyxl" else "not-it"))
        found = bulk.count_corpus(tmp_path, segmenter=segmenter)
        assert "needs the package openpyxl" in found.problems["problem"].tolist()[0]
    assert len(bulk.count_corpus(tmp_path, segmenter=segmenter).documents) == 4


def test_metadata_may_hold_what_no_json_holds(tmp_path: Path, segmenter) -> None:
    folder = tmp_path / "corpus"
    folder.mkdir()
    for name in "ab":
        (folder / f"{name}.txt").write_text(SENTENCES[0] + name, encoding="utf-8")
    said = pd.DataFrame({"file": ["a.txt", "b.txt"], "issuer": ["甲\udcff", "乙"]}, index=[0, 0])
    said["z"] = [Path("a"), b"\xff"]
    said = pd.concat([said, said[["z"]]], axis=1)
    options = {"segmenter": segmenter, "by": "issuer"}
    first = bulk.count_corpus(folder, metadata=said, **options)
    again = bulk.count_corpus(folder, metadata=said, **options)
    assert_same(again, first)
    other = said.assign(issuer="丙")
    assert set(bulk.count_corpus(folder, metadata=other, **options).features["issuer"]) == {"丙"}
    lists = said.assign(issuer=[["甲"], "乙"])
    with pytest.raises(ValueError, match=r"has the issuer \['甲'\]; write one text or date"):
        bulk.count_corpus(folder, metadata=lists, **options)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"n_han": [-1, 3]}, "n_han of the documents table holds -1"),
        ({"n_han": pd.array([None, 3], dtype="Int64")}, "n_han of the documents table holds a gap"),
        ({"date": np.array(["12020-01-01"] * 2, "datetime64[s]")}, "dates are of the years 1 to"),
        ({"date": np.array(["-0005-01-01"] * 2, "datetime64[s]")}, "dates are of the years 1 to"),
    ],
)
def test_tables_with_strange_numbers_are_refused(change, said, tmp_path, segmenter) -> None:
    for name in "ab":
        (tmp_path / f"{name}.txt").write_text(SENTENCES[0], encoding="utf-8")
    documents = clean.clean_documents(load.read_documents(tmp_path)).assign(**change)
    with pytest.raises(ValueError, match=said):
        bulk.count_corpus([documents], segmenter=segmenter)


def test_a_table_with_gaps_is_counted_and_kept(tmp_path: Path, words, segmenter) -> None:
    for name in "ab":
        (tmp_path / f"{name}.txt").write_text(SENTENCES[0], encoding="utf-8")
    documents = clean.clean_documents(load.read_documents(tmp_path))
    strange = documents.assign(
        title=pd.Series([None, 3], dtype=object), script=[np.nan, "mixed"], date=None,
        text=["推动企业复工复产\ud800！", "坚持外防输入"],
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = [bulk.count_corpus([strange], lexicon=words, segmenter=segmenter) for _ in "12"]
    assert found[0].documents["title"].tolist() == ["", "3"]
    assert "复工复产" in set(found[0].mentions["term"])
    assert_same(found[1], found[0])
    with pytest.raises(ValueError, match="have no text in text"):
        bulk.kwic([documents.assign(text=[None, "坚持外防输入"])], "外防输入")


def test_a_lexicon_that_is_no_table_is_refused(tmp_path: Path, segmenter) -> None:
    with pytest.raises(ValueError, match="lexicon is of type str; give a table"):
        bulk.count_corpus(paths.SEED, lexicon="lexicon.csv", segmenter=segmenter)


@pytest.fixture
def silent_address() -> Iterator[str]:
    """An address where connections are accepted and nothing is said."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"tcp://127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "address",
    ["tcp://127.0.0.1:9", "tcp://127.0.0.1:abc", "tls://127.0.0.1:9", "ucx://127.0.0.1:9",
     "nothing://127.0.0.1:9", "silent"],
)  # fmt: skip
def test_a_try_in_vain_leaves_nothing_that_the_next_could_wait_for(
    distributed, address: str, silent_address: str, monkeypatch: pytest.MonkeyPatch, segmenter
) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 1)
    address = silent_address if address == "silent" else address
    before = set(threading.enumerate())
    for _ in range(2):
        with pytest.raises(ValueError, match=f"no scheduler answers at {address}"):
            bulk.count_corpus(paths.SEED, segmenter=segmenter, cluster=address)
    left = {thread.name for thread in set(threading.enumerate()) - before}
    assert "IO loop" not in left


# --- files that are none of ours, or too large ----------------------------------------------


def test_a_file_of_another_format_is_not_loaded_to_be_named(tmp_path, segmenter, monkeypatch):
    folder = write_corpus(tmp_path, 3)
    (folder / "film.mp4").write_bytes(b"a film may be larger than the memory")
    opened = []
    read_all = keys._read_all

    def watched(path, n_bytes):
        opened.append(Path(path).name)
        return read_all(path, n_bytes)

    monkeypatch.setattr(keys, "_read_all", watched)
    with pytest.warns(RuntimeWarning, match="1 files could not be read"):
        first = bulk.count_corpus(folder, segmenter=segmenter, workers=1)
    with pytest.warns(RuntimeWarning, match="1 files could not be read"):
        again = bulk.count_corpus(folder, segmenter=segmenter, workers=1)
    assert "film.mp4" not in opened
    assert len(opened) >= 6
    for made in (first, again):
        ((path, problem),) = made.problems.itertuples(index=False)
        assert path.endswith("film.mp4")
        assert "format" in problem
    pd.testing.assert_frame_equal(first.features, again.features)


def test_a_file_larger_than_the_memory_is_a_problem_of_its_own(tmp_path, segmenter, monkeypatch):
    folder = write_corpus(tmp_path, 3)
    (folder / "huge.txt").write_text("疫情防控", encoding="utf-8")
    monkeypatch.setattr(keys, "_MOST_AT_ONCE", 1)
    whole = Path.read_bytes

    def limited(path):
        if path.name == "huge.txt":
            raise MemoryError
        return whole(path)

    monkeypatch.setattr(Path, "read_bytes", limited)
    for has_cache in (True, False):
        with pytest.warns(RuntimeWarning, match="1 files could not be read"):
            made = bulk.count_corpus(folder, segmenter=segmenter, workers=1, cache=has_cache)
        assert "is larger than the memory" in made.problems["problem"].item()
        assert len(made.documents) == 14


@pytest.mark.parametrize(
    ("engine", "may_compile"), [("auto", True), ("numpy", False), ("jieba", False)]
)
def test_terms_are_found_by_compiled_code_only_where_words_may_be(
    engine, may_compile, words
) -> None:
    recipe = Recipe(segment.make_segmenter(words, engine=engine), words, lexicon.list_surfaces(words),
                    (), "", None, None)  # fmt: skip
    recipe.expect_much()
    is_compiled = recipe.matcher._search is not None
    assert is_compiled == (may_compile and not segmenters.numba_problem())


def test_an_engine_starts_no_process() -> None:
    segment.make_segmenter(engine="auto").cut_ids(["疫情防控" * 50_000])  # compiled, if it was not
    code = (
        "import os, subprocess\n"
        "def refuse(*given, **named): raise SystemExit('a process was started')\n"
        "os.fork = os.posix_spawn = subprocess.Popen = refuse\n"
        "from helpers import segment\n"
        "segment.make_segmenter(engine='auto').cut_ids(['疫情防控' * 50_000])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=paths.PROJECT, capture_output=True,
                          encoding="utf-8", timeout=300, check=False)  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("most", [9, 2**40], ids=["one number", "too large for one number"])
def test_cells_stand_by_group_then_frequency_then_word(most: int) -> None:
    chooser = np.random.default_rng(1)
    pairs = chooser.permutation(4_000)[:3_000]
    group, word, n = pairs // 100, pairs % 100, chooser.integers(1, 10, 3_000) * (most // 9)
    expected = sorted(range(3_000), key=lambda i: (group[i], -n[i], word[i]))
    scale = 1 if most == 9 else 2**20
    assert merging.order_cells(group * scale, word * scale, n).tolist() == expected


@pytest.mark.parametrize("kind", [np.uint8, np.int16, np.uint32])
def test_cells_of_small_numbers_do_not_overflow(kind: type) -> None:
    group, word, n = (np.array(one, kind) for one in ([1, 0, 0], [100, 120, 90], [3, 100, 100]))
    assert merging.order_cells(group, word, n).tolist() == [2, 1, 0]


def test_no_cells_have_no_order() -> None:
    nothing = np.zeros(0, np.int64)
    assert merging.order_cells(nothing, nothing, nothing).tolist() == []
