"""Prevention and reopening in a corpus: counts of labels, never sentences.

A part of scripts/build_corpora.py. For CCTV News posts of 2020 and Xinwen Lianbo of 2022 and
2023:

    labels.csv     sentences of each document by label (documents with a subject only, and the
                   rest of each month in one row), for shares that resample documents
    months.csv     sentences by month, label, coupling_kind, relation and direction
    keyness.csv    the first words of keyness between prevention and reopening sentences: with
                   groups made and tested by all words; with groups made by the definers, which
                   leave the test; and the same with definers chosen on other documents
    coverage.csv   the share of Chinese characters the lexicon covers
"""

import pandas as pd

from helpers import compare, count, lexicon, segment

SUBJECTS = ["prevention", "reopening"]
TOP = 40
# A definer counts as seen if the other half of the documents holds it so often.
SEEN = 5


def make_tables(
    sentences: pd.DataFrame, hits: pd.DataFrame, documents: pd.DataFrame, terms: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    """The four tables by name."""
    month_of = pd.Series(
        documents["date"].dt.strftime("%Y-%m").to_numpy(), index=documents["doc_id"]
    )
    sentences = sentences.assign(month=sentences["doc_id"].map(month_of))
    marked = lexicon.mark_direction(hits, sentences, terms)
    labels = compare.mark_relation(compare.label_units(sentences, marked), lexicon.read_cues())
    keys = ["month", "label", "coupling_kind", "relation", "direction"]
    return {
        "labels": count_by_document(labels),
        "months": labels.groupby(keys).size().rename("n").reset_index(),
        "keyness": tell_apart(sentences, labels, terms),
        "coverage": compare.measure_coverage(sentences, marked),
    }


def count_by_document(labels: pd.DataFrame) -> pd.DataFrame:
    """doc_id, month, label, n; documents without either subject are one row a month and label."""
    topical = labels.groupby("doc_id")["label"].transform(lambda x: x.isin(SUBJECTS).any())
    named = labels.assign(doc_id=labels["doc_id"].where(topical, "(no subject)"))
    counts = named.groupby(["month", "doc_id", "label"]).size().rename("n").reset_index()
    return counts[["doc_id", "month", "label", "n"]]


def tell_apart(sentences: pd.DataFrame, labels: pd.DataFrame, terms: pd.DataFrame) -> pd.DataFrame:
    """The first words of the three comparisons: circular, guarded, and held out."""
    definers = compare.list_definers(terms)
    sides = {
        "all words": labels,
        "definers taken out": compare.label_units(
            sentences, lexicon.find_terms(sentences, definers)
        ),
        "definers of other documents": label_held_out(sentences, definers),
    }
    sides = {name: units[units["label"].isin(SUBJECTS)] for name, units in sides.items()}
    keys = ["doc_id", "sentence_id"]
    named = pd.concat(sides.values())[keys].drop_duplicates()
    tokens = segment.tokenize(sentences.merge(named), segmenter=segment.make_segmenter(terms))
    tokens = tokens[~tokens["token"].isin(set(lexicon.read_function_words()["word"]))]
    tables = []
    for name, units in sides.items():
        counts = count.count_features(tokens.merge(units[[*keys, "label"]], on=keys), by="label")
        tested = counts if name == "all words" else compare.drop_definers(counts, definers)
        tables.append(first_words(tested, terms, definers).assign(comparison=name))
    return pd.concat(tables)


def label_held_out(sentences: pd.DataFrame, definers: pd.DataFrame) -> pd.DataFrame:
    """The sentences of one half of the documents, labelled by definers that the other half has."""
    halves = compare.split_halves(sentences)
    choose = halves[halves["half"] == "choose"].drop(columns="half")
    test = halves[halves["half"] == "test"].drop(columns="half")
    found = lexicon.find_terms(choose, definers).query("free")["term"].value_counts()
    chosen = definers[definers["term"].isin(found.index[found >= SEEN])]
    return compare.label_units(test, lexicon.find_terms(test, chosen))


def first_words(counts: pd.DataFrame, terms: pd.DataFrame, definers: pd.DataFrame) -> pd.DataFrame:
    """The first words of one comparison, with what the lexicon knows of each.

    definer: a definer, a piece of one, or a word that holds one; subject_term: the same with any
    term of the two subjects.
    """
    found = compare.keyness(counts, target="prevention", reference="reopening")
    top = found.head(TOP)
    subjects = terms[terms["category"].isin(SUBJECTS)]
    return top.assign(
        n_types=len(found),
        n_tested=int(found["q_value"].notna().sum()),
        n_below=int((found["q_value"] < 0.05).sum()),
        definer=top["feature"].isin(_touched(top, definers)),
        subject_term=top["feature"].isin(_touched(top, subjects)),
    )


def _touched(words: pd.DataFrame, terms: pd.DataFrame) -> pd.Series:
    return compare.list_dropped(words.assign(n=1), terms)["feature"]
