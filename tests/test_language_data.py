"""The lexicon, the glossary and the function words keep their promises."""

import re

import pandas as pd
import pytest
from pypinyin.pinyin_dict import pinyin_dict

from helpers import clean, lexicon, paths, segment

# Neutral tones that single characters do not have by themselves.
NEUTRAL = {
    ("功夫", "fu"), ("任务", "wu"), ("妈妈", "ma"), ("谢谢", "xie"), ("朋友", "you"), ("消息", "xi"),
    ("好消息", "xi"), ("故事", "shi"), ("丈夫", "fu"), ("护士", "shi"), ("时候", "hou"),
    ("认识", "shi"), ("知识", "shi"), ("知识分子", "shi"), ("过", "guo"), ("这个", "ge"),
}  # fmt: skip


@pytest.fixture(scope="module")
def glossary() -> pd.DataFrame:
    return pd.read_csv(
        paths.LEXICON / "glossary.csv", dtype=str, keep_default_na=False, encoding="utf-8"
    )


def test_every_word_any_segmenter_finds_in_the_sample_has_a_gloss(sentences, lexicon_table):
    glossed = set(lexicon.read_glossary(lexicon_table)["term"])
    for used in (None, lexicon_table):
        for hmm in (True, False):
            found = segment.tokenize(sentences, segmenter=segment.make_segmenter(used, hmm=hmm))
            assert sorted(set(found["token"]) - glossed) == []


def test_every_form_of_a_term_that_stands_in_the_sample_has_a_gloss(hits, lexicon_table):
    glossed = set(lexicon.read_glossary(lexicon_table)["term"])
    forms = hits["surface"].str.replace("[“”()]", "", regex=True)
    assert len(hits) > 100 and sorted(set(forms) - glossed) == []


def test_glossary_is_filled_distinct_simplified_and_apart_from_the_lexicon(glossary, lexicon_table):
    assert (glossary["gloss_en"].str.strip() != "").all()
    assert glossary["term"].is_unique
    assert glossary["term"].map(clean.convert_script).tolist() == glossary["term"].tolist()
    assert sorted(set(glossary["term"]) & set(lexicon_table["term"])) == []


def test_pinyin_is_a_reading_of_each_character_in_turn(glossary):
    wrong = []
    for row in glossary.itertuples():
        characters = re.findall("[\u4e00-\u9fff]", row.term)
        syllables = row.pinyin.split()
        wrong += [row.term] * (len(characters) != len(syllables))
        wrong += [
            (row.term, syllable)
            for character, syllable in zip(characters, syllables, strict=False)
            if syllable not in pinyin_dict[ord(character)].split(",")
            and (row.term, syllable) not in NEUTRAL
        ]
    assert wrong == []


def test_lexicon_pinyin_is_a_reading_of_each_character_in_turn(lexicon_table):
    """Which of its readings a character has in a term is for people to check."""
    wrong = []
    for row in lexicon_table.itertuples():
        # 1+1+9 is read out, digit and sign.
        characters = row.term.translate(str.maketrans("+149", "加一四九"))
        syllables = row.pinyin.split()
        wrong += [row.term] * (len(characters) != len(syllables))
        wrong += [
            (row.term, syllable)
            for character, syllable in zip(characters, syllables, strict=False)
            if syllable not in pinyin_dict[ord(character)].split(",") and syllable != "fu"
        ]
    assert wrong == []


def test_function_words_are_distinct_simplified_and_leave_what_carries_meaning():
    words = lexicon.read_function_words()
    assert words["word"].is_unique and (words.drop(columns="pinyin") != "").all(axis=None)
    assert words["word"].map(clean.convert_script).tolist() == words["word"].tolist()
    kept = "必须 应当 应 须 要 可 可以 能 不能 不得 不 不再 没有 未 无 别".split()
    assert sorted(set(kept) & set(words["word"])) == []
    # 还 is huán (return) as well, and 外防输入、内防反弹 turn on 外 and 内.
    assert sorted({"还", "内", "外"} & set(words["word"])) == []
    classes = set(words["word_class"])
    readme = (paths.LEXICON / "README.md").read_text(encoding="utf-8")
    assert sorted(name for name in classes if name not in readme) == []


def test_segmentation_patch_names_words_of_the_stock_dictionary_to_split():
    patch = pd.read_csv(paths.LEXICON / "segmentation.csv", encoding="utf-8")
    assert set(patch["action"]) == {"keep", "split"} and patch["word"].is_unique
    stock = segment.make_segmenter()
    split = patch.loc[patch["action"] == "split", "word"]
    assert len(split) == 8 and all(stock.cut(word) == [word] for word in split)
    keep = patch.loc[patch["action"] == "keep", "word"]
    assert [word for word in keep if stock.cut(word) == [word]] == []


def test_the_readers_labels_cover_every_clause(clauses):
    labels = pd.read_csv(paths.DATA / "labels" / "guangzhou-2020-02-26.csv", encoding="utf-8")
    assert labels["clause_id"].tolist() == clauses["clause_id"].tolist()
    assert set(labels["reader_label"]) == {"prevention", "reopening", "coupling", "other"}
    assert labels["clause_en"].str.len().min() > 5


def test_the_data_readme_says_what_is_true_of_the_sample(seed_raw, documents):
    """The numbers its reader is told to find with an editor."""
    assert (seed_raw.count("("), seed_raw.count(",")) == (232, 45)
    text = documents["text"].iloc[0]
    told = {
        "疫情防控": 9,
        "经济社会发展": 7,
        "复工复产": 3,
        "落实": 10,
        "工作": 13,
        "和": 18,
        "的": 15,
    }
    assert {word: text.count(word) for word in told} == told
    readme = (paths.DATA / "README.md").read_text(encoding="utf-8")
    assert all(f"{word} {n}" in readme for word, n in told.items())


def test_the_lexicon_readme_says_what_is_true_of_the_files(lexicon_table):
    readme = (paths.LEXICON / "README.md").read_text(encoding="utf-8")
    n_of = lexicon_table["category"].value_counts()
    told = f"{len(lexicon_table)} terms by one author, not yet voted on by independent readers. "
    told += (
        f"{n_of['prevention']} prevention, {n_of['reopening']} reopening, "
        f"{n_of['governance']} governance, {n_of['place_institution']} places and institutions, "
        f"{n_of['coupling']} coupling, {n_of['decoy']} decoys."
    )
    assert told in readme
    assert [column for column in lexicon_table if f"| {column} |" not in readme] == []


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("obligation", "expression"),
        ("abbreviations", "abbreviation"),
        ("kept_words", "word"),
        ("function_words", "word"),
    ],  # fmt: skip
)
def test_other_tables_have_pinyin_for_each_character_and_no_doubles(name, word):
    table = pd.read_csv(
        paths.LEXICON / f"{name}.csv", dtype=str, keep_default_na=False, encoding="utf-8"
    )
    assert table[word].is_unique and (table["gloss_en"] != "").all()
    assert table[word].map(clean.convert_script).tolist() == table[word].tolist()
    wrong = []
    for row in table.itertuples():
        characters = re.findall("[\u4e00-\u9fff]", getattr(row, word))
        syllables = row.pinyin.split()
        wrong += [getattr(row, word)] * (len(characters) != len(syllables))
        wrong += [
            (getattr(row, word), syllable)
            for character, syllable in zip(characters, syllables, strict=False)
            if syllable not in pinyin_dict[ord(character)].split(",")
            and (getattr(row, word), syllable) not in NEUTRAL
        ]
    assert wrong == []


def test_kept_words_are_on_no_stop_list_of_ours():
    kept = lexicon.read_kept_words()
    assert set(kept["kind"]) == {"modal", "negator"}
    assert not set(kept["word"]) & set(lexicon.read_function_words()["word"])
