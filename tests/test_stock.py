"""jieba's own words: the same whether made or kept, and a start that loads nothing for nothing."""

import hashlib
import importlib.util
import io
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import jieba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import clean, paths, segment
from helpers.reading import cache, pinyin, stock, words
from helpers.reading.segment import dictionary

SMALL = "疫 3 n\n疫情 50 n\n防控工作 7 vn\n新型冠状病毒 2 nz\nA股 4 n\n疫情 60 n\n".encode()


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> stock.Stock:
    """A dict.txt of a few words, known as jieba's own is."""
    made = stock._make(SMALL)
    monkeypatch.setattr(stock, "_FILE", hashlib.sha256(SMALL).hexdigest())
    monkeypatch.setattr(stock, "_PARTS", stock.hash_parts(stock._parts_of(made)))
    return made


@pytest.fixture
def own_file() -> bytes:
    with jieba.Tokenizer().get_dict_file() as file:
        return file.read()


def forbid(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(content: bytes) -> stock.Stock:
        raise AssertionError("made again")

    monkeypatch.setattr(stock, "_make", never)


def test_the_words_are_those_jieba_makes(small):
    frequencies, total = jieba.Tokenizer.gen_pfdict(io.BytesIO(SMALL))
    assert (small.frequencies, small.total) == (frequencies, total)
    assert small.lines.decode() == "".join(f"{w} {frequencies[w]}\n" for w in sorted(frequencies))


def test_one_word_is_asked_as_all_are(small):
    asked = [
        *small.frequencies,
        "",
        "龘",
        "防控工作者",
        "疫情 5",
        "\ud800",
        "A股票",
        " ",
        "疫\n",
        "\0",
    ]
    anew = replace(small)
    assert [anew.frequency(word) for word in asked] == list(map(small.frequencies.get, asked))
    assert "frequencies" not in vars(anew)


@given(st.lists(st.text("ab疫情\0\x01", min_size=1, max_size=3), min_size=1))
def test_one_of_any_words_is_asked_as_all_are(listed):
    made = stock._make("".join(f"{word} 3 n\n" for word in listed).encode())
    asked = {word[:end] for word in [*listed, "ba", "情疫", "\0\0"] for end in range(4)}
    found = {word: replace(made).frequency(word) for word in asked}
    assert found == {word: made.frequencies.get(word) for word in asked}


def test_one_word_of_jieba_is_asked_as_all_are():
    anew = replace(words.stock())
    frequencies, _ = words.stock_dictionary()
    asked = list(frequencies)[::997]
    asked += [word + "的" for word in asked] + [word[1:] for word in asked]
    assert list(map(anew.frequency, asked)) == list(map(frequencies.get, asked))
    assert "frequencies" not in vars(anew)


def test_a_tokenizer_that_is_asked_little_cuts_the_same(lexicon_table, seed_raw, monkeypatch):
    own = segment.make_segmenter(lexicon_table, hmm=True)._dictionary
    whole = words.make_tokenizer(own.frequencies, own.total)
    few = words.FewFrequencies(own.changes)
    text = clean.clean_text(seed_raw)
    for hmm in (True, False):
        tokenizer = words.make_tokenizer(few, own.total)
        assert tokenizer.lcut(text, HMM=hmm) == whole.lcut(text, HMM=hmm)
    # It does not grow without end.
    monkeypatch.setattr(words, "_MANY_ASKED", len(few))
    assert [few.get(word) for word in ("龘龘", "防", "防疫")] == [
        own.frequencies.get(word) for word in ("龘龘", "防", "防疫")
    ]
    assert "龘龘龘" not in few
    assert len(few) == words._MANY_ASKED


def test_a_lexicon_s_words_are_looked_up_once(lexicon_table, monkeypatch):
    first = segment.make_segmenter(lexicon_table).name
    monkeypatch.setattr(stock.Stock, "frequency", lambda own, word: pytest.fail("looked up again"))
    assert segment.make_segmenter(lexicon_table.copy()).name == first


def test_a_segmenter_that_cuts_nothing_lists_no_words(own_cache):
    """A second run asks only for the dictionary's hash."""
    code = (
        "from helpers import lexicon, segment; from helpers.reading import words;"
        "segment.make_segmenter(lexicon.read_lexicon()).name;"
        "print('frequencies' in vars(words.stock()))"
    )
    assert run(code).stdout.strip() == "False"


def test_the_known_hashes_are_those_of_jieba(own_file):
    if hashlib.sha256(own_file).hexdigest() != stock._FILE:
        pytest.skip("another version of jieba, whose words are not kept")
    made = stock._make(own_file)
    assert stock.hash_parts(stock._parts_of(made)) == stock._PARTS
    assert hashlib.sha256(made.lines).hexdigest()[:12] == "23865db9cf7f"
    assert words.stock() == made


def test_what_is_kept_comes_back(small, own_cache, monkeypatch):
    assert stock.read_stock(SMALL, "0.42.1") == small
    forbid(monkeypatch)
    assert stock.read_stock(SMALL, "0.42.1") == small
    assert len(list(cache.list_entries(own_cache))) == 1
    assert cache.clean_cache(own_cache)[0] == 1
    assert list(own_cache.iterdir()) == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: b"",
        lambda content: content[: len(content) // 2],
        lambda content: content[:-1],
        lambda content: content.replace("疫情".encode(), "防情".encode(), 1),
        lambda content: b"no archive at all",
    ],
)
def test_a_damaged_entry_is_made_again_and_replaced(spoil, small, own_cache, monkeypatch):
    stock.read_stock(SMALL, "0.42.1")
    (entry,) = cache.list_entries(own_cache)
    entry.write_bytes(spoil(entry.read_bytes()))
    assert stock.read_stock(SMALL, "0.42.1") == small
    forbid(monkeypatch)
    assert stock.read_stock(SMALL, "0.42.1") == small


@pytest.mark.parametrize(
    "change",
    [
        lambda arrays: arrays.update(lines=arrays["lines"][::-1]),
        lambda arrays: arrays.update(lines=arrays["lines"] + np.uint8(1)),
        lambda arrays: arrays.update(lines=arrays["lines"][1:]),
        lambda arrays: arrays.update(total=np.frombuffer(b"9", np.uint8)),
        lambda arrays: arrays.pop("total"),
        lambda arrays: arrays.update(more=np.zeros(3)),
        lambda arrays: arrays.update(lines=arrays["lines"].astype(np.int64)),
        lambda arrays: arrays.clear(),
    ],
)
def test_a_planted_entry_with_its_right_name_is_not_believed(change, small, own_cache, monkeypatch):
    """Others may write into a shared cache, and name their entry as its content asks."""
    stock.read_stock(SMALL, "0.42.1")
    (entry,) = cache.list_entries(own_cache)
    shelf = cache.Shelf("dictionary", entry.parent.name)
    (key,) = shelf.find()[0]
    arrays = shelf.read(entry.name)
    entry.unlink()
    change(arrays)
    shelf.write([key], arrays)
    assert stock.read_stock(SMALL, "0.42.1") == small
    assert [path.name for path in cache.list_entries(own_cache)] == [entry.name]
    forbid(monkeypatch)
    assert stock.read_stock(SMALL, "0.42.1") == small


def test_another_version_and_another_file_are_other_words(small, own_cache, monkeypatch):
    stock.read_stock(SMALL, "0.42.1")
    edited = SMALL + "龘 9 n\n".encode()
    assert "龘" in stock.read_stock(edited, "0.42.1").frequencies
    assert len(list(cache.list_entries(own_cache))) == 1  # what is not known is not kept
    stock.read_stock(SMALL, "0.43")
    assert len(list(cache.list_entries(own_cache))) == 2


def test_without_room_for_a_cache_the_words_are_the_same(small, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "file"))
    assert stock.read_stock(SMALL, "0.42.1") == small


@pytest.mark.skipif(os.name == "nt" or not hasattr(os, "geteuid") or os.geteuid() == 0,
                    reason="a folder cannot be locked here")  # fmt: skip
def test_a_locked_folder_changes_nothing(small, own_cache):
    own_cache.mkdir()
    own_cache.chmod(0o500)
    assert stock.read_stock(SMALL, "0.42.1") == small
    own_cache.chmod(0o700)


def test_a_full_disk_changes_nothing(small, own_cache, monkeypatch):
    def fill(path: Path, content: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", fill)
    assert stock.read_stock(SMALL, "0.42.1") == small


@pytest.mark.parametrize(
    "content",
    [b"", "疫情\n".encode(), "疫情 n 5\n".encode(), "疫情 5 n\n防控 x n".encode(), b"\xff 1 n"],
)
def test_a_damaged_dictionary_of_jieba_is_named(content):
    with pytest.raises(
        ValueError, match=r"dict\.txt is damaged after [01] good lines .* Install jieba again"
    ):
        stock.read_stock(content, "0.42.1")


@pytest.mark.parametrize(
    "content",
    [
        "疫情 5\n防控 3\n新 1",
        "疫情 5 n\n防控 3\n",
        "疫情 5 n\r\n防控 3 v\r\n",
        "疫情 5 n v\n防控 3\n",
    ],
)
def test_lines_that_jieba_reads_are_read_as_jieba_does(content):
    made = stock.read_stock(content.encode(), "0.42.1")
    assert (made.frequencies, made.total) == jieba.Tokenizer.gen_pfdict(
        io.BytesIO(content.encode())
    )


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"疫情": 0},
        {"#": 1, "龢龢": 2, "疫情防控": 3, "疫": 4, "\U0002a700": 5},
        {"1号": 7, "1": 8, "1号店": 0, "1号店铺": 9},
        {"阿阿": 1, "阿": 1, "阿阿阿": 1},
    ],
)
def test_the_hash_is_that_of_all_lines(changes):
    changed = {**words.stock_dictionary()[0], **changes}
    lines = "".join(f"{word} {changed[word]}\n" for word in sorted(changed))
    assert dictionary._hash_with(changes) == hashlib.sha256(lines.encode()).hexdigest()[:12]


def test_nothing_copies_the_stock_dictionary(lexicon_table):
    own = words.stock().frequencies
    for segmenter in (segment.make_segmenter(), segment.make_segmenter(hmm=True, engine="jieba")):
        assert segmenter._dictionary.frequencies is own
        assert segmenter.tokenizer.FREQ is own
        assert segmenter._run("jieba")._tokenizer.FREQ is own
    other = segment.make_segmenter(lexicon_table)
    assert other._dictionary.frequencies is not own
    assert other._run("jieba")._tokenizer.FREQ is other._dictionary.frequencies
    assert "五个下足功夫" not in own


def run(code: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], cwd=paths.PROJECT, env=os.environ | settings,
        capture_output=True, encoding="utf-8", check=True, timeout=120,
    )  # fmt: skip


def test_two_processes_keep_the_words_at_once(own_cache):
    code = "from helpers import segment; print(segment.make_segmenter().dictionary_hash)"
    command = [sys.executable, "-W", "ignore", "-c", code]
    running = [
        subprocess.Popen(command, cwd=paths.PROJECT, stdout=subprocess.PIPE, encoding="utf-8")
        for _ in range(2)
    ]
    found = {process.communicate(timeout=120)[0].strip() for process in running}
    assert found == {segment.make_segmenter().dictionary_hash}
    assert len(list(cache.list_entries(own_cache))) == 1


def test_a_corpus_is_counted_without_what_only_others_need():
    code = "import json, sys, helpers.counting.bulk; print(json.dumps(list(sys.modules)))"
    loaded = set(json.loads(run(code).stdout))
    assert "helpers.counting.bulk.corpus" in loaded
    unwanted = {"pypinyin", "pkg_resources", "scipy.special", "scipy.stats", "matplotlib",
                "helpers.counting.context"}  # fmt: skip
    assert loaded & unwanted == set()


def test_jieba_stays_what_it_is_for_others():
    code = """
import sys
import helpers.reading.words
assert "pkg_resources" not in sys.modules
import jieba, jieba.posseg, jieba.analyse
jieba.setLogLevel(60)
with jieba.get_dict_file() as file: assert len(file.read()) > 10**6
jieba.initialize = None
assert jieba.lcut("他来到了网易杭研大厦") == "他 来到 了 网易 杭研 大厦".split()
assert jieba.posseg.lcut("疫情")[0].word == "疫情"
try: import pkg_resources
except ModuleNotFoundError as error: assert "None in sys.modules" not in str(error)
else: assert pkg_resources.resource_exists("jieba", "dict.txt")
"""
    run(code)


def test_a_module_is_missing_only_inside(monkeypatch):
    monkeypatch.delitem(sys.modules, "this", raising=False)
    with words._unimportable("this"), pytest.raises(ModuleNotFoundError):
        importlib.import_module("this")
    assert "this" not in sys.modules
    with words._unimportable("json"):
        assert importlib.import_module("json") is json
    with pytest.raises(KeyError), words._unimportable("this"):
        raise KeyError
    assert "this" not in sys.modules


def test_the_readings_are_those_of_pypinyin():
    from pypinyin.pinyin_dict import pinyin_dict

    assert pinyin.read_pinyin() == pinyin_dict


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (None, "pypinyin is not installed"),
        ({}, r"no table of readings in .*pinyin_dict\.py"),
        ({"pinyin_dict.py": "table = {}\n"}, "no table of readings .*pyproject"),
    ],
)
def test_a_pypinyin_of_another_layout_is_named(files, said, tmp_path, monkeypatch):
    (tmp_path / "pypinyin").mkdir()
    for name, code in (files or {}).items():
        (tmp_path / "pypinyin" / name).write_text(code, encoding="utf-8")
    spec = importlib.util.spec_from_loader("pypinyin", None, is_package=True)
    spec.submodule_search_locations = [str(tmp_path / "pypinyin")]
    found = None if files is None else spec
    monkeypatch.setattr(pinyin.importlib.util, "find_spec", lambda name: found)
    with pytest.raises(ImportError, match=said):
        pinyin.read_pinyin.__wrapped__()
