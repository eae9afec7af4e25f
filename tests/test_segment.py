import re

import jieba
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from helpers import lexicon, segment
from helpers.reading.segment import dictionary, units

OVERLONG = [
    "认真落实", "狠抓落实", "努力完成", "进一步提高", "提高效率", "各项措施", "广大党员", "坚定信心",
]  # fmt: skip


def make_documents(*texts: str) -> pd.DataFrame:
    return pd.DataFrame({"doc_id": [f"d{i}" for i in range(len(texts))], "text": list(texts)})


def test_the_sample_has_5_lines_16_sentences_61_clauses_4_directives(documents, sentences, clauses):
    lines = [line for line in documents["text"].iloc[0].split("\n") if line.strip()]
    assert len(lines) == 5
    assert len(sentences) == 16
    assert len(clauses) == 61
    assert list(sentences["part"].value_counts(sort=False).items()) == [
        ("title", 3), ("lead", 2), ("preamble", 1),
        ("directive 1", 2), ("directive 2", 4), ("directive 3", 2), ("directive 4", 2),
    ]  # fmt: skip


def test_the_clauses_are_those_of_the_worked_example(clauses):
    worked = pd.read_csv("tests/gold/seed_clauses.csv", encoding="utf-8")
    assert clauses["clause"].tolist() == worked["clause"].tolist()
    assert clauses["sentence_id"].tolist() == worked["sentence_id"].tolist()
    assert clauses["clause_id"].tolist() == worked["clause_id"].tolist()


@pytest.mark.parametrize("table", ["sentences", "clauses", "tokens", "hits"])
def test_offsets_give_the_text_back(documents, table, request):
    text = documents["text"].iloc[0]
    rows = request.getfixturevalue(table)
    column = {"sentences": "sentence", "clauses": "clause", "tokens": "token", "hits": "surface"}
    for row in rows.to_dict("records"):
        assert text[row["start"] : row["end"]] == row[column[table]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("防控。复工！好吗？是", ["防控。", "复工！", "好吗？", "是"]),
        ("他说：“抓好。”随后", ["他说：“抓好。”", "随后"]),
        ("标题\n正文。", ["标题", "正文。"]),
        ("一要防控；二要复工。", ["一要防控；", "二要复工。"]),
        ("“四个意识”“四个自信”、落实", ["“四个意识”“四个自信”、落实"]),
        ("防控。。。\n\n 复工 ", ["防控。。。", "复工"]),
        ("…………\n好。", ["好。"]),
    ],
)
def test_sentences(text, expected):
    assert segment.split_sentences(make_documents(text))["sentence"].tolist() == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("外防输入、内防扩散，落实。", ["外防输入、内防扩散", "落实"]),
        ("1,000人,到岗；3，500人。", ["1,000人", "到岗", "3，500人"]),
        ("“六稳”，“六保”。", ["“六稳”", "“六保”"]),
        ("好。”", ["好"]),
        ("2020,工作", ["2020", "工作"]),
    ],
)
def test_clauses(sentence, expected):
    sentences = segment.split_sentences(make_documents(sentence))
    assert segment.split_clauses(sentences)["clause"].tolist() == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("标题\n会议强调。一要甲。说明。二要乙。", ["title", "preamble", "directive 1", "directive 1", "directive 2"]),
        ("标题\n导语。\n一是甲。\n二是乙。", ["title", "lead", "directive 1", "directive 2"]),
        ("统一要求落实。要求。", ["body", "body"]),
        ("一要甲。一是内。二是内。二要乙。", ["directive 1", "directive 1", "directive 1", "directive 2"]),
        ("三要甲。", ["body"]),
        ("甲乙\n丙丁", ["body", "body"]),
        ("".join(f"{n}要甲。" for n in "一 二 三 四 五 六 七 八 九 十 十一 十二".split()),
         [f"directive {n}" for n in range(1, 13)]),
    ],
)  # fmt: skip
def test_parts(text, expected):
    assert segment.split_sentences(make_documents(text))["part"].tolist() == expected


def test_a_document_that_was_not_cleaned_names_the_cure():
    with pytest.raises(ValueError, match="'d0' has no cleaned text; run clean.clean_documents"):
        segment.split_sentences(make_documents(""))


def test_two_documents_count_from_one_each():
    sentences = segment.split_sentences(make_documents("甲，乙。丙。", "丁，戊。"))
    clauses = segment.split_clauses(sentences)
    assert sentences["sentence_id"].tolist() == [1, 2, 1]
    assert clauses["clause_id"].tolist() == [1, 2, 3, 1, 2]
    tokens = segment.tokenize(sentences)
    assert tokens.groupby("doc_id")["position"].min().tolist() == [1, 1]


def test_plain_jieba_on_the_sample(plain_tokens):
    assert (len(plain_tokens), plain_tokens["token"].nunique()) == (521, 299)
    assert (plain_tokens["token"] == "疫情防控").sum() == 0
    assert (plain_tokens["token"] == "落实").sum() == 6


@pytest.fixture
def stock_jieba(tmp_path):
    """jieba as it comes, with its cache file in a folder of this test's own."""
    tokenizer = jieba.Tokenizer()
    tokenizer.tmp_dir = str(tmp_path)
    return tokenizer


def test_our_segmenter_is_plain_jieba_when_it_has_no_lexicon(sentences, plain_tokens, stock_jieba):
    by_jieba = [
        word
        for sentence in sentences["sentence"]
        for word in stock_jieba.lcut(sentence)
        if any(map(str.isalnum, word))
    ]
    assert plain_tokens["token"].tolist() == by_jieba


def test_our_dictionary_keeps_set_phrases_and_splits_over_long_entries(tokens):
    counted = tokens["token"].value_counts()
    assert counted["疫情防控"] == 9
    assert counted["复工复产"] == 3
    assert counted["落实"] == 10
    assert counted["内防扩散"] == 1  # plain jieba sets a boundary inside it: 内 / 防扩散
    assert not set(OVERLONG) & set(counted.index)


@pytest.mark.parametrize("word", OVERLONG)
def test_over_long_entries_are_words_of_plain_jieba_and_not_of_ours(word, lexicon_table):
    assert segment.make_segmenter(hmm=True).cut(word) == [word]
    assert len(segment.make_segmenter(lexicon_table).cut(word)) > 1


def test_every_word_of_the_lexicon_alone_is_one_token(lexicon_table):
    segmenter = segment.make_segmenter(lexicon_table)
    words = lexicon_table.loc[lexicon_table["word"] == 1, "term"]
    assert len(words) > 400
    assert [word for word in words if segmenter.cut(word) != [word]] == []


def test_jieba_learns_nothing_globally(lexicon_table, stock_jieba, tmp_path, monkeypatch):
    monkeypatch.setattr(jieba.dt, "tmp_dir", str(tmp_path))
    text = "认真落实疫情防控和复工复产，坚定信心抓好内防扩散。"
    stock = stock_jieba.lcut(text)
    before = jieba.lcut(text)
    first = segment.make_segmenter(lexicon_table, hmm=True)
    other = lexicon_table.iloc[:1].assign(term="抓好内防扩散", word=1)
    second = segment.make_segmenter(other, hmm=True)
    assert "抓好内防扩散" in second.cut(text) and "抓好内防扩散" not in first.cut(text)
    assert jieba.lcut(text) == before == stock


def test_the_hash_names_the_dictionary(lexicon_table):
    same = segment.make_segmenter(lexicon_table.sample(frac=1, random_state=1))
    assert segment.make_segmenter(lexicon_table).dictionary_hash == same.dictionary_hash
    assert same.dictionary_hash != segment.make_segmenter().dictionary_hash


def test_a_lexicon_without_its_columns_is_refused():
    with pytest.raises(ValueError, match="lexicon.read_lexicon"):
        segment.make_segmenter(pd.DataFrame({"term": ["防控"]}))


def test_jieba_writes_no_cache_where_others_could_plant_one(tmp_path, monkeypatch, lexicon_table):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    dictionary.forget_dictionaries()
    segment.make_segmenter(lexicon_table).cut("疫情防控")
    assert list(tmp_path.iterdir()) == []


def test_a_planted_cache_file_is_not_believed(tmp_path, monkeypatch):
    import marshal

    planted = ({"疫": 1, "情": 1, "疫情防": 9}, 11)
    (tmp_path / "jieba.cache").write_bytes(marshal.dumps(planted))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    dictionary.forget_dictionaries()
    assert segment.make_segmenter().cut("疫情防控") == ["疫情", "防控"]


def test_a_lexicon_of_ones_own_is_enough(tmp_path):
    own = tmp_path / "own.csv"
    own.write_text(
        "term,category,gloss_en\n五个下足功夫,governance,five matters\n", encoding="utf-8"
    )
    segmenter = segment.make_segmenter(lexicon.read_lexicon(own))
    assert segmenter.cut("落实五个下足功夫") == ["落实", "五个下足功夫"]


def test_a_segmenter_is_made_by_its_room(sentences):
    with pytest.raises(ValueError, match="made with segment.make_segmenter, not str"):
        segment.tokenize(sentences, segmenter="jieba")


def test_tokens_are_placed_in_the_clauses_of_their_own_document():
    documents = pd.DataFrame(
        {"doc_id": ["b", "a"], "text": ["防控，复工复产。", "落实要求。防控，隔离。"]}
    )
    sentences = segment.split_sentences(documents)
    clauses = segment.split_clauses(sentences)
    tokens = segment.tokenize(sentences, segmenter=segment.make_segmenter())
    placed = segment.place_tokens(tokens, clauses)
    assert placed[tokens.columns].values.tolist() == tokens.values.tolist()
    texts = clauses.set_index(["doc_id", "clause_id"])["clause"]
    assert all(row.token in texts[row.doc_id, row.clause_id] for row in placed.itertuples())
    assert placed.groupby("doc_id")["clause_id"].max().to_dict() == {"a": 3, "b": 2}


def test_tokens_outside_the_clauses_given_are_named(sentences, clauses, tokens):
    with pytest.raises(ValueError, match=r"tokens begin in none of the clauses, the first"):
        segment.place_tokens(tokens, clauses.iloc[5:])
    with pytest.raises(ValueError, match=r"tokens begin in none of the clauses"):
        segment.place_tokens(tokens, clauses.drop(index=20))


def test_places_that_are_no_whole_numbers_and_names_that_are_no_text(tokens, clauses):
    with pytest.raises(ValueError, match="start of the tokens table holds float64"):
        segment.place_tokens(tokens.assign(start=1.5), clauses)
    with pytest.raises(ValueError, match="457 rows of the tokens table have no text in doc_id"):
        segment.place_tokens(tokens.assign(doc_id=1), clauses)


# --- sentences of any text ------------------------------------------------------------------

MARKS = [*"会议强调要，、。！？!?；;”」）)\n 一二十是\u3000a.…", "一要", "；二是", "。。"]


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from(MARKS), max_size=30).map("".join))
@example("。会议。。」二是；；二是落实")
def test_sentences_end_at_the_first_place_that_can_be_an_end(text):
    first = rf"[^\n]+?(?:{units._SENTENCE_END}|[；;](?={units._DIRECTIVE_MARK})|(?=\n)|\Z)"
    found = [match for match in re.finditer(first, text) if re.search(r"\w", match[0])]
    starts = [match.start() + match[0].index(match[0].strip()) for match in found]
    sentences = [match[0].strip() for match in found]
    spans = units.list_sentences(text)
    assert [(start, sentence) for start, _, sentence in spans] == list(
        zip(starts, sentences, strict=True)
    )
    assert all(text[start:end] == sentence for start, end, sentence in spans)


def test_documents_without_a_sentence_have_an_empty_table():
    assert (
        list(segment.split_sentences(make_documents("。。")).columns) == units.COLUMNS["sentences"]
    )
    assert len(segment.split_sentences(make_documents())) == 0
