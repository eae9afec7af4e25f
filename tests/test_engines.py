"""Every engine gives jieba's tokens, and the segmenter says so when one does not."""

import itertools
import multiprocessing
import pickle
import random
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import jieba
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import clean, segment
from helpers.reading import words
from helpers.reading.machine_code import CannotCompileError
from helpers.reading.segment import batched
from helpers.reading.segment import segmenter as room
from helpers.reading.segment.ids import are_words, number_tokens

HAS_NUMBA = not room.numba_problem()
FAST = pytest.param(
    "numba", marks=pytest.mark.skipif(not HAS_NUMBA, reason="the extra fast is not installed")
)
ENGINES = ["exact", "numpy", FAST]
NAMES = ["exact", "numpy", *["numba"] * HAS_NUMBA]
HMM = [False, True]

# Words of the dictionary and of ours, single characters, and what stands between them.
PIECES = [
    "疫情防控", "复工复产", "认真落实", "内防扩散", "钟南山", "习近平总书记", "新型冠状病毒", "落实",
    "要", "的", "龘", "㐀", "𠀀", "𪜀", "〇", "々", "\ue000", "臺灣", "龥", "鿕", "鿖",
    "A股", "T恤", "C++", "c++", "AT&T", "K歌", "4S店", "e", "Z", "0", "2020", "3.14%", "3.", ".5", "-19", "a_b",
    "%", "+", "#", "&", ".", "_", "-", "--", "１２", "Ａ", "é", "ü", "я", "カ", "한",
    "，", "。", "、", "“", "”", "（", " ", "\u3000", "\t", "\n", "\r", "\r\n", "\x00", "\ud800", "\udfff", "\x1c", "\u2028", "\x85",
]  # fmt: skip


@pytest.fixture(scope="module")
def made(lexicon_table):
    """Segmenters by dictionary, HMM and engine; built once, for that is most of the work."""
    cut_by = {}
    for hmm, name in itertools.product(HMM, ["jieba", *NAMES]):
        cut_by[False, hmm, name] = segment.make_segmenter(hmm=hmm, engine=name)
        cut_by[True, hmm, name] = segment.make_segmenter(lexicon_table, hmm=hmm, engine=name)
    return cut_by


def differences(made, texts, *, ours, hmm, engine):
    """The texts that the engine cuts otherwise than jieba does, with both answers."""
    reference = made[ours, hmm, "jieba"]
    # Straight from the engine: the segmenter's own comparison would hide a difference.
    found = room.token_lists(made[ours, hmm, engine]._run(engine).cut_ids(texts))
    pairs = zip(texts, found, map(reference.cut, texts), strict=True)
    return [(text, tokens, expected) for text, tokens, expected in pairs if tokens != expected]


every_way = pytest.mark.parametrize(
    ("ours", "hmm", "engine"),
    [
        pytest.param(
            ours, hmm, *getattr(engine, "values", [engine]), marks=getattr(engine, "marks", ())
        )
        for ours, hmm, engine in itertools.product([False, True], HMM, ENGINES)
    ],
)


@every_way
def test_odd_texts(made, ours, hmm, engine):
    texts = [
        "", " ", "\r\n", "\r\r\n\n", "\r", "a\r\nb", *PIECES,
        "认真落实疫情防控，2020年增长3.14%\r\n", "COVID-19疫情", "x=3.5%+2", "3.%", "a.b.c", "1.2.3", "5%%",
        "%5", "..5", "一二三四五六七八九十百千万亿", "甲乙丙丁", "小明硕士毕业于中国科学院计算所", "他来到了网易杭研大厦",
        "A" * 300, "龘" * 300, "的" * 3000, "a.5" * 100, "\ud800疫情\udc00", "疫\x00情", "\ufeff疫情",
        # Two texts are never joined: 疫情 here is no word, and \r\n is none.
        "疫", "情", "\r", "\n",
    ]  # fmt: skip
    assert differences(made, texts, ours=ours, hmm=hmm, engine=engine) == []


@every_way
def test_all_pairs_and_many_rows_of_odd_pieces(made, ours, hmm, engine):
    chooser = random.Random(7)
    texts = [first + second for first, second in itertools.product(PIECES, repeat=2)]
    texts += ["".join(chooser.choices(PIECES, k=chooser.randint(3, 40))) for _ in range(3_000)]
    assert differences(made, texts, ours=ours, hmm=hmm, engine=engine) == []


@every_way
def test_words_that_no_dictionary_holds(made, ours, hmm, engine):
    """Random Han in rows: nearly all of it is guessed, so ties and sums are put to the test."""
    chooser = random.Random(11)
    common = [word for word in words.stock_dictionary()[0] if len(word) == 1]
    texts = ["".join(chooser.choices(common, k=chooser.randint(2, 60))) for _ in range(1_500)]
    assert differences(made, texts, ours=ours, hmm=hmm, engine=engine) == []


@every_way
def test_texts_cut_in_several_batches_and_by_themselves(made, monkeypatch, ours, hmm, engine):
    """The engine numpy cuts batch after batch, and a long block or row of guesses alone."""
    monkeypatch.setattr(batched, "_AT_A_TIME", 50)
    monkeypatch.setattr(batched, "_LONGEST", 12)
    chooser = random.Random(5)
    texts = ["".join(chooser.choices(PIECES, k=chooser.randint(0, 15))) for _ in range(800)]
    assert differences(made, ["", *texts, "", ""], ours=ours, hmm=hmm, engine=engine) == []


@settings(max_examples=300)
@given(text=st.text() | st.text(st.sampled_from("".join(PIECES))))
def test_any_text(made, text):
    for ours, hmm, engine in itertools.product([False, True], HMM, NAMES):
        assert differences(made, [text], ours=ours, hmm=hmm, engine=engine) == []


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("hmm", HMM)
def test_of_two_ways_with_equal_sums_the_longer_word_is_taken(engine, hmm):
    # log(2/4) twice is log(1/4) to the last bit, so one word and two are equally likely.
    words = {"甲": 2, "乙": 2, "甲乙": 1, "丙": 0}
    even = SimpleNamespace(frequencies=words, total=4, hash="equal sums")
    for text in ("甲乙", "乙甲乙", "丙甲乙甲", "甲乙丙"):
        expected = room.JiebaEngine(even, hmm=hmm).cut(text)
        assert "甲乙" in expected
        assert room._ENGINES[engine](even, hmm=hmm).cut(text) == expected


def sample_of(folder: Path, n: int) -> list[str]:
    """Texts of the public corpora as they come and cleaned, evenly chosen, at most n of them."""
    texts = []
    for path in sorted(folder.rglob("*")):
        if path.suffix in {".md", ".txt", ".csv"}:
            texts += path.read_text(encoding="utf-8", errors="surrogateescape").split("\n")
    texts = [text for text in texts if len(text) > 1]
    chosen = texts[:: max(1, len(texts) // n)]
    return chosen + [clean.clean_text(text) for text in chosen[::3]]


@pytest.fixture(scope="module")
def corpus_texts(corpora):
    return sample_of(corpora, 3_000)


@every_way
def test_the_public_corpora(made, corpus_texts, ours, hmm, engine):
    assert differences(made, corpus_texts, ours=ours, hmm=hmm, engine=engine) == []


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_gives_the_same_numbers(made, engine, sentences):
    texts = ["", *sentences["sentence"], "", "龘靐，龘靐"]
    reference = segment.cut_ids(texts, segmenter=made[True, True, "jieba"])
    found = segment.cut_ids(texts, segmenter=made[True, True, engine])
    again = segment.cut_ids(texts, segmenter=made[True, True, engine])
    for numbers in (found, again):
        assert numbers.vocabulary == reference.vocabulary
        assert numbers.ids.tolist() == reference.ids.tolist()
        assert numbers.offsets.tolist() == reference.offsets.tolist()
    assert (found.ids.dtype, found.offsets.dtype) == (np.int32, np.int64)


def test_numbers_join_to_the_texts_and_know_their_places(sentences):
    texts = ["", *sentences["sentence"], "，，", ""]
    made = segment.cut_ids(texts)
    starts = made.starts()
    for number, text in enumerate(texts):
        span = slice(made.offsets[number], made.offsets[number + 1])
        tokens = [made.vocabulary[i] for i in made.ids[span]]
        assert "".join(tokens) == text
        assert [
            text[start:].startswith(token)
            for start, token in zip(starts[span], tokens, strict=True)
        ] == [True] * len(tokens)
    assert (
        dict(zip(made.vocabulary, are_words(made.vocabulary).tolist(), strict=True))["，"] is False
    )
    assert len(segment.cut_ids([]).ids) == 0


def tokens_one_by_one(sentences, segmenter):
    """The table of tokens as a reader would write it: one row after the other."""
    rows = []
    for row in sentences.itertuples(index=False):
        start = row.start
        for token in segmenter.cut(row.sentence):
            if any(map(str.isalnum, token)) or "_" in token:
                rows.append((row.doc_id, row.sentence_id, token, start, start + len(token)))
            start += len(token)
    table = pd.DataFrame(rows, columns=["doc_id", "sentence_id", "token", "start", "end"])
    table.insert(2, "position", table.groupby("doc_id").cumcount() + 1)
    return table.assign(segmenter=pd.Categorical([segmenter.name] * len(table)))


@pytest.mark.parametrize(
    "doc_ids",
    [
        ["d1", "d1", "d2", "d2", "d1"],  # a document that comes back counts on
        [3, 1, 1, 2, 3],
        pd.Categorical(["b", "a", "a", "b", "c"]),
    ],
)
@pytest.mark.parametrize("engine", ["jieba", *ENGINES])
def test_the_table_of_tokens_is_the_one_made_row_by_row(made, engine, doc_ids):
    sentences = pd.DataFrame(
        {
            "doc_id": doc_ids,
            "sentence_id": [1, 2, 1, 2, 3],
            "start": [0, 20, 0, 9, 44],
            "sentence": ["疫情防控，要落实。", "，。", "a_b 3.5%", "", "𠀀复工复产（二）"],
        },
        index=[9, 9, 4, 2, 7],
    )
    segmenter = made[True, False, engine]
    found = segment.tokenize(sentences, segmenter=segmenter)
    pd.testing.assert_frame_equal(found, tokens_one_by_one(sentences, segmenter))


def test_no_sentences_make_no_tokens(sentences):
    tokens = segment.tokenize(sentences.iloc[:0])
    assert len(tokens) == 0 and tokens["start"].dtype == np.int64
    assert list(tokens.columns) == [
        "doc_id", "sentence_id", "position", "token", "start", "end", "segmenter",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda s: segment.cut_ids("疫情"), r"one text; write cut_ids\(\[text\]\)"),
        (lambda s: segment.cut_ids(["疫情", 1.5]), "text 1 is float"),
        (lambda s: segment.cut_ids(["疫情"], segmenter=jieba), "made with segment.make_segmenter"),
        (lambda s: segment.tokenize(s.assign(start=0.5)), "start of the sentences table holds float64"),
        (lambda s: segment.tokenize(s.assign(sentence=None)), "no text in sentence"),
        (lambda s: segment.make_segmenter(engine="fast"), "engine must be auto, jieba, exact, numpy, numba"),
    ],
)  # fmt: skip
def test_bad_input_names_the_cure(call, message, sentences):
    with pytest.raises(ValueError, match=message):
        call(sentences)


# --- which engine -------------------------------------------------------------------------


def engine_after(segmenter, *lengths):
    for length in lengths:
        segmenter.cut_ids(["疫情。" * (length // 3)])
    return segmenter._engine_for(0).name


@pytest.mark.skipif(not HAS_NUMBA, reason="the extra fast is not installed")
def test_little_text_is_cut_without_the_compiler_and_much_with_it(monkeypatch):
    monkeypatch.setattr(room, "MANY_CHARACTERS", 900)
    assert engine_after(segment.make_segmenter(), 300) == "exact"
    assert engine_after(segment.make_segmenter(), 300, 300, 300) == "numba"
    assert engine_after(segment.make_segmenter(engine="exact"), 3_000) == "exact"


def test_without_numba_much_text_is_cut_all_the_same(monkeypatch):
    monkeypatch.setattr(room, "MANY_CHARACTERS", 900)
    monkeypatch.setattr(room, "numba_problem", lambda: "No module named 'numba'")
    assert engine_after(segment.make_segmenter(), 300) == "exact"
    assert engine_after(segment.make_segmenter(), 3_000) == "numpy"
    with pytest.raises(ValueError, match="No module named 'numba'.*install the extra fast"):
        segment.make_segmenter(engine="numba")


@pytest.mark.skipif(not HAS_NUMBA, reason="the extra fast is not installed")
def test_a_compiler_that_fails_is_named_once_and_done_without(monkeypatch):
    def failing(dictionary, *, hmm):
        raise CannotCompileError("no such type")

    monkeypatch.setattr(room, "MANY_CHARACTERS", 900)
    monkeypatch.setitem(room._ENGINES, "numba", failing)
    segmenter = segment.make_segmenter()
    with pytest.warns(RuntimeWarning, match=r"cannot compile .*no such type\); the engine numpy"):
        segmenter.cut_ids(["疫情。" * 1_000])
    assert engine_after(segmenter, 3_000) == "numpy"


class WrongEngine:
    """Finds no words of more than one character."""

    name = "exact"

    def __init__(self, dictionary, *, hmm):
        pass

    def cut(self, text):
        return list(text)

    def cut_ids(self, texts):
        return number_tokens(map(self.cut, texts))


def test_an_engine_that_differs_from_jieba_is_left_and_named(monkeypatch, sentences):
    monkeypatch.setitem(room._ENGINES, "exact", WrongEngine)
    segmenter = segment.make_segmenter()
    with pytest.warns(
        RuntimeWarning, match="exact cut '强化担当.*uses jieba from now on"
    ) as caught:
        tokens = segment.tokenize(sentences, segmenter=segmenter)
    assert caught[0].filename == __file__
    by_jieba = segment.tokenize(sentences, segmenter=segment.make_segmenter(engine="jieba"))
    pd.testing.assert_frame_equal(tokens, by_jieba)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # said once
        assert segmenter.cut("疫情防控") == ["疫情", "防控"]
        segment.tokenize(sentences, segmenter=segmenter)


def test_the_comparison_reaches_the_whole_corpus_and_stays_small(monkeypatch):
    compared = []
    monkeypatch.setattr(room.JiebaEngine, "cut", lambda self, text: compared.append(text) or [text])
    texts = [f"{number}" for number in range(10_000)]
    segment.make_segmenter().cut_ids(texts)
    assert 200 <= len(compared) <= 400 and int(compared[-1]) > 9_900
    compared.clear()
    segment.make_segmenter().cut_ids(["1" * 1_000_000])
    assert max(map(len, compared)) <= 100


# --- other processes, threads and jieba's own state ----------------------------------------


def in_worker(pickled: bytes) -> tuple[str, list[str]]:
    segmenter = pickle.loads(pickled)
    return segmenter.name, segmenter.cut("认真落实内防扩散和疫情防控")


def test_a_spawned_worker_makes_the_same_segmenter(lexicon_table):
    segmenter = segment.make_segmenter(lexicon_table, hmm=True)
    pickled = pickle.dumps(segmenter)
    assert len(pickled) < 100_000  # the recipe, not the dictionary
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        name, tokens = pool.apply(in_worker, [pickled])
    assert name == segmenter.name
    assert tokens == segmenter.cut("认真落实内防扩散和疫情防控")
    assert "内防扩散" in tokens and "疫情防控" in tokens


def test_a_worker_with_another_dictionary_is_refused():
    remake, (recipe, hmm, engine) = segment.make_segmenter().__reduce__()
    with pytest.raises(ValueError, match="made as 0123456789ab; install the same version of jieba"):
        remake((*recipe[:-1], "0123456789ab"), hmm, engine)


def test_the_tokenizer_of_a_segmenter_takes_no_words(lexicon_table):
    tokenizer = segment.make_segmenter(lexicon_table).tokenizer
    for change in (
        lambda: tokenizer.add_word("五个下足功夫"),
        lambda: tokenizer.del_word("落实"),
        lambda: tokenizer.suggest_freq(("落", "实"), tune=True),
    ):
        with pytest.raises(ValueError, match=r"a new segmenter with segment.make_segmenter"):
            change()


def test_what_del_word_leaves_behind_changes_nothing(monkeypatch):
    text = "他来到了网易杭研大厦"  # 杭研 is guessed
    expected = segment.make_segmenter(hmm=True).cut(text)
    assert "杭研" in expected
    monkeypatch.setattr(jieba.finalseg, "Force_Split_Words", {"杭研"})
    segmenter = segment.make_segmenter(hmm=True)
    assert segmenter.cut(text) == expected
    assert segment.cut_ids([text], segmenter=segmenter).vocabulary == tuple(expected)
    with pytest.raises(ValueError, match=r"jieba.del_word has changed .*杭研"):
        segment.make_segmenter(hmm=True, engine="jieba").cut(text)


def test_threads_may_share_a_segmenter(made, sentences):
    texts = sentences["sentence"].tolist()
    for engine in NAMES:
        segmenter = made[True, True, engine]
        expected = [segmenter.cut(text) for text in texts]
        with ThreadPoolExecutor(4) as pool:
            for found in pool.map(
                lambda _, s=segmenter: room.token_lists(s.cut_ids(texts)), range(40)
            ):
                assert found == expected


def test_the_stock_dictionary_is_the_one_jieba_makes():
    file = jieba.Tokenizer().get_dict_file()
    assert words.stock_dictionary() == jieba.Tokenizer.gen_pfdict(file)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (None, "of type NoneType"), (3, "of type int"), ("疫情", "of type str; write a list"),
        (b"x", "hold one of type int"), (["疫情", None], "hold one of type NoneType"),
        ([["疫情"]], "hold one of type list"), ({"疫情"}, "of type set"),
    ],
)  # fmt: skip
def test_what_are_no_texts_is_not_cut_into_numbers(given, says):
    for engine in ("jieba", *NAMES):
        with pytest.raises(ValueError, match=says):
            segment.make_segmenter(engine=engine).cut_ids(given)


@pytest.mark.parametrize("given", [None, 3, b"x", ["疫情"], float("nan")])
def test_what_is_no_text_is_not_cut(given):
    made = segment.make_segmenter(engine="exact")
    for cut in (made.cut, made.cut_for_search):
        with pytest.raises(ValueError, match="text to cut is of type"):
            cut(given)


@pytest.mark.parametrize("engine", [None, ["auto"], {}, 3])
def test_an_engine_has_a_name(engine):
    with pytest.raises(ValueError, match="engine is of type"):
        segment.make_segmenter(engine=engine)


def test_a_list_names_no_document(sentences):
    with pytest.raises(ValueError, match="doc_id of the sentences table holds what names no"):
        segment.tokenize(sentences.head(1).assign(doc_id=[["d"]]))
