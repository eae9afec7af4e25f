"""The corpus tables of notebook 05: no word may test the groups it has made."""

import pandas as pd

from helpers import compare, lexicon
from scripts import balance_tables

# 新增确诊 (newly confirmed) is a term of prevention, but not sure enough to define a group.
SENTENCES = ["疫情防控，窗户明亮。", "复工复产，工厂明亮。", "新增确诊三例，窗户明亮。"]


def make_sentences(times: int) -> pd.DataFrame:
    """`times` documents of three sentences each."""
    rows = [
        (f"d{document:02}", number, text)
        for document in range(times)
        for number, text in enumerate(SENTENCES, start=1)
    ]
    table = pd.DataFrame(rows, columns=["doc_id", "sentence_id", "sentence"])
    start = 100 * table["sentence_id"]
    return table.assign(part="body", start=start, end=start + table["sentence"].str.len())


def test_only_definers_make_the_groups_they_are_taken_out_of():
    terms, sentences = lexicon.read_lexicon(), make_sentences(20)
    definers = compare.list_definers(terms)["term"]
    assert {"疫情防控", "复工复产"} <= set(definers) and "新增确诊" not in set(definers)
    labels = compare.label_units(sentences, lexicon.find_terms(sentences, terms))
    assert labels["label"].value_counts().to_dict() == {"prevention": 40, "reopening": 20}
    table = balance_tables.tell_apart(sentences, labels, terms)
    n = table.set_index(["comparison", "feature"])[["n_target", "n_reference"]]
    assert n.loc[("all words", "窗户")].tolist() == [40, 0]
    assert n.loc[("definers taken out", "窗户")].tolist() == [20, 0]
    assert n.loc[("definers of other documents", "窗户")].tolist() == [10, 0]
    assert ("all words", "新增确诊") in n.index
    assert ("definers taken out", "新增确诊") not in n.index


def test_first_words_say_what_the_lexicon_knows_of_them():
    terms, sentences = lexicon.read_lexicon(), make_sentences(20)
    labels = compare.label_units(sentences, lexicon.find_terms(sentences, terms))
    table = balance_tables.tell_apart(sentences, labels, terms)
    knows = table.set_index(["comparison", "feature"])[["definer", "subject_term"]]
    assert knows.loc[("all words", "疫情防控")].tolist() == [True, True]
    assert knows.loc[("all words", "新增确诊")].tolist() == [False, True]
    assert knows.loc[("all words", "工厂")].tolist() == [False, False]
    assert not knows.loc["definers taken out", "definer"].any()
