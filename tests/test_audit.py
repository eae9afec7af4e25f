import pandas as pd
import pytest

from helpers import audit, clean, paths, segment
from helpers.tables import COLUMNS


def test_the_sample_seen_by_five_segmenters(sentences, lexicon_table):
    """By hand: search the cleaned report; methods.md, section 7 no. 2, gives 0 and 9, 6 and 10."""
    compared = audit.compare_segmenters(
        sentences, ["疫情防控", "落实", "工作"], lexicon=lexicon_table
    )
    assert list(compared.columns) == COLUMNS["segmenters"]
    assert compared.set_index("term")[["n_string", "n_jieba", "n_search", "n_ours"]].values.tolist() == [
        [9, 0, 0, 9], [10, 6, 10, 10], [13, 13, 13, 13],
    ]  # fmt: skip
    assert compared["ratio_jieba"].tolist() == [0, 0.6, 1]


@pytest.mark.parametrize(
    ("terms", "message"),
    [(["疫情防控", "无此词"], "^无此词 never occurs in these 16 sentences"), ("工作", r"pass a list such as"),
     ([], "terms is empty"), ([""], "every term must be a string"), (["a+"], "never occurs")],
)  # fmt: skip
def test_terms_that_cannot_be_compared(sentences, lexicon_table, terms, message):
    with pytest.raises(ValueError, match=message):
        audit.compare_segmenters(sentences, terms, lexicon=lexicon_table)


def test_pattern_characters_in_a_term_stand_for_themselves(sentences, lexicon_table):
    compared = audit.compare_segmenters(sentences, ["1+1+9"], lexicon=lexicon_table)
    assert compared["n_string"].tolist() == [1]


def test_the_table_of_work_reports_says_what_stock_jieba_misses():
    """tests/test_features.py builds it again."""
    kept = pd.read_csv(paths.DATA / "corpora/work_reports/segmenters.csv", encoding="utf-8")
    same = kept.set_index("term").loc[["社会", "疫情防控"]]
    assert same["ratio_jieba"].round(2).tolist() == [0.37, 0]


def test_an_audit_names_what_each_word_is(tokens, lexicon_table):
    found = audit.audit_stop_list(
        tokens, ["不能", "要", "疫情防控", "工作", "的", "无此词"], lexicon=lexicon_table
    )
    assert list(found.columns) == COLUMNS["stop list audit"]
    assert found[["word", "kind", "n"]].values.tolist() == [
        ["不能", "negator", 1], ["要", "modal", 8], ["疫情防控", "policy term", 9],
        ["工作", "other content", 13], ["的", "function word", 14],
    ]  # fmt: skip
    assert found["share"].tolist() == [n / 457 for n in (1, 8, 9, 13, 14)]
    assert found["gloss_en"].tolist()[0] == "cannot, must not"


def test_our_own_list_deletes_neither_modals_nor_negators(tokens, lexicon_table):
    from helpers import lexicon

    ours = lexicon.read_function_words()["word"]
    found = audit.audit_stop_list(tokens, ours, lexicon=lexicon_table)
    assert set(found["kind"]) == {"function word"} and found["n"].sum() == 68


@pytest.mark.parametrize(
    ("words", "message"), [("的", "stop_words is '的'; pass a list"), ([], "list is empty")]
)
def test_stop_lists_that_are_none(tokens, lexicon_table, words, message):
    with pytest.raises(ValueError, match=message):
        audit.audit_stop_list(tokens, words, lexicon=lexicon_table)


def test_tokens_of_two_segmenters_are_refused(tokens, plain_tokens, lexicon_table):
    with pytest.raises(ValueError, match="mixes 2 segmenters"):
        audit.audit_stop_list(pd.concat([tokens, plain_tokens]), ["的"], lexicon=lexicon_table)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_stop_list_is_read_in_any_encoding(tmp_path, encoding):
    path = tmp_path / "words.txt"
    words = "的 和 与 在 是 等 把 也 对 为 就 从 到 要 不 没有 必须 应当".split()
    path.write_bytes(("# a note\n" + "\n".join(words) + "\n\n的\n").encode(encoding))
    assert audit.read_stop_list(path) == words


def test_stop_lists_that_cannot_be_read_are_named(tmp_path):
    with pytest.raises(ValueError, match="cannot be opened"):
        audit.read_stop_list(tmp_path)
    with pytest.raises(ValueError, match="none.txt cannot be opened"):
        audit.read_stop_list(tmp_path / "none.txt")
    (tmp_path / "empty.txt").write_text("# nothing\n\n", encoding="utf-8")
    with pytest.raises(ValueError, match="empty.txt holds no word"):
        audit.read_stop_list(tmp_path / "empty.txt")


def test_words_of_many_sentences_make_a_poor_stop_list(tokens, lexicon_table):
    candidates = audit.list_candidates(tokens, least_share=0.3)
    assert {"和", "疫情防控", "要"} <= set(candidates)
    with pytest.raises(ValueError, match="least_share"):
        audit.list_candidates(tokens, least_share=0)


def test_every_shorter_word_of_search_mode_stands_in_the_text():
    words = segment.make_segmenter(hmm=True).cut_for_search("国务院新闻办公室")
    assert "新闻" in words and all(word in "国务院新闻办公室" for word in words)
    assert clean.count_han("".join(words)) > 8


def test_a_kept_word_is_named_as_such_even_where_another_table_holds_it(tokens, lexicon_table):
    from helpers import lexicon

    own = lexicon_table.iloc[:1].assign(term="要", variants="")
    found = audit.audit_stop_list(tokens, ["要"], lexicon=own)
    assert found["kind"].tolist() == ["modal"]
    assert "要" in set(lexicon.read_kept_words()["word"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [({"terms": 7}, "terms is 7; pass a list"), ({"sentence": 1.5}, "16 rows of the sentences"),
     ({"lexicon": 7}, "lexicon must be a pandas table")],
)  # fmt: skip
def test_tables_and_options_of_the_wrong_kind(sentences, lexicon_table, arguments, message):
    table = sentences.assign(sentence=arguments.get("sentence", sentences["sentence"]))
    with pytest.raises(ValueError, match=message):
        audit.compare_segmenters(
            table, arguments.get("terms", ["工作"]), lexicon=arguments.get("lexicon", lexicon_table)
        )


def test_tokens_that_are_no_text_are_refused_not_passed_over(tokens, lexicon_table):
    with pytest.raises(ValueError, match="457 rows of the tokens table have no text in token"):
        audit.audit_stop_list(tokens.assign(token=1), ["的"], lexicon=lexicon_table)
    with pytest.raises(ValueError, match="stop_words is None; pass a list"):
        audit.audit_stop_list(tokens, None, lexicon=lexicon_table)
