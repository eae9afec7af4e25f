"""Feature tables of the public corpora: numbers, never sentences.

    python -m scripts.build_corpora FOLDER [NAME …] [--to OUTPUT]

FOLDER holds copies of the corpora, each file of which is checked against its pinned hash. For
each corpus of texts, or those named, it writes below data/corpora/<name>/ (or OUTPUT/<name>/):

    documents.csv   doc_id, date, n_han, n_sentences
    mentions.csv    doc_id, id of a lexicon term, n, n_free
    sightings.csv   doc_id, id of a formulation, n, n_free, inside, n_own, n_inside
    weeks.csv       week, feature, n, document_frequency: the frequent words, and the rest as
                    "(other words)", so that a week's n add up to its size
    manifest.json   address, commit, hashes of what went in and of what came out

and the tables that the notebooks on comparison and context show (balance_tables.py,
corpus_tables.py). The same files, lexicon and formulations give the same bytes.
"""

import argparse
import hashlib
import json
import sys
from pathlib import Path

import pandas as pd

from helpers import clean, corpora, formulations, lexicon, paths, segment, timeline
from scripts import balance_tables, corpus_tables

# A word is frequent if it is said this often in the corpus.
AT_LEAST = {"cctv_weibo_2020": 30, "xinwen_lianbo_2022": 200}
OTHER = timeline.OTHER_WORDS


def make_texts(name: str, folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """documents and sentences of the corpus, repaired."""
    documents = clean.clean_documents(corpora.fetch(name, mirror=folder))
    return documents, segment.split_sentences(documents)


def describe_documents(documents: pd.DataFrame, sentences: pd.DataFrame) -> pd.DataFrame:
    """doc_id, date, n_han, n_sentences."""
    n_sentences = sentences.groupby("doc_id").size()
    described = documents[["doc_id", "date", "n_han"]].assign(
        date=documents["date"].dt.strftime("%Y-%m-%d"),
        n_sentences=documents["doc_id"].map(n_sentences).fillna(0).astype("int64"),
    )
    return described.sort_values("doc_id", ignore_index=True)


def count_by_id(hits: pd.DataFrame, terms: pd.DataFrame) -> pd.DataFrame:
    """doc_id, id, n, n_free of the lexicon's terms."""
    mentions = lexicon.count_mentions(hits).merge(terms[["term", "id"]], on="term")
    return mentions[["doc_id", "id", "n", "n_free"]].sort_values(
        ["doc_id", "id"], ignore_index=True
    )


def count_by_week(
    sentences: pd.DataFrame, documents: pd.DataFrame, terms: pd.DataFrame, at_least: int
) -> pd.DataFrame:
    """week, feature, n, document_frequency: words said at least so often, and the others."""
    tokens = segment.tokenize(sentences, segmenter=segment.make_segmenter(terms))
    monday = documents["date"].dt.to_period("W-SUN").dt.start_time
    week_of = pd.Series(monday.dt.strftime("%Y-%m-%d").to_numpy(), index=documents["doc_id"])
    words = tokens[["doc_id", "token"]].assign(week=tokens["doc_id"].map(week_of))
    frequent = words["token"].value_counts()
    frequent = frequent.index[frequent >= at_least]
    words["feature"] = words["token"].where(words["token"].isin(frequent), OTHER)
    counted = words.groupby(["week", "feature"]).agg(
        n=("token", "size"), document_frequency=("doc_id", "nunique")
    )
    return counted.reset_index()


def build(name: str, folder: Path, output: Path) -> dict:
    """Write the tables of one corpus; return its manifest."""
    terms, forms = lexicon.read_lexicon(), formulations.read_formulations()
    documents, sentences = make_texts(name, folder)
    hits = lexicon.find_terms(sentences, terms)
    written = {
        "documents": describe_documents(documents, sentences),
        "mentions": count_by_id(hits, terms),
        "sightings": formulations.find_sightings(sentences, forms)[
            ["doc_id", "id", "n", "n_free", "inside", "n_own", "n_inside"]
        ],
        "weeks": pd.DataFrame(columns=["week", "feature", "n", "document_frequency"]),
    }
    if name in AT_LEAST:
        written["weeks"] = count_by_week(sentences, documents, terms, AT_LEAST[name])
        written |= balance_tables.make_tables(sentences, hits, documents, terms)
    written |= corpus_tables.make_tables(name, sentences, documents, terms)
    card = corpora.read_card(name)
    manifest = {
        "name": name,
        "address": card["address"],
        "commit": card["commit"],
        "files": _hash((paths.CORPORA / name / "files.csv").read_bytes().replace(b"\r\n", b"\n")),
        "lexicon": corpora.fingerprint(terms),
        "formulations": corpora.fingerprint(forms),
        "segmenter": segment.make_segmenter(terms).name,
        "documents_in": int(card["n_rows"]),
        "documents_out": len(documents),
        "sentences": len(sentences),
        "characters": int(documents["text"].str.len().sum()),
        "tables": {},
    }
    target = output / name
    target.mkdir(parents=True, exist_ok=True)
    for table, rows in written.items():
        content = rows.to_csv(index=False, lineterminator="\n", float_format="%.5g").encode("utf-8")
        (target / f"{table}.csv").write_bytes(content)
        manifest["tables"][f"{table}.csv"] = {"rows": len(rows), "sha256": _hash(content)}
    text = json.dumps(manifest, ensure_ascii=False, indent=2) + "\n"
    (target / "manifest.json").write_text(text, encoding="utf-8", newline="\n")
    return manifest


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def main(arguments: list[str]) -> None:
    """Build the corpora named, or all of them."""
    cards = corpora.list_corpora()
    names = cards.loc[cards["kind"] == "documents", "name"].tolist()
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--to", type=Path, default=paths.CORPORA)
    asked = parser.parse_args(arguments)
    unknown = sorted(set(asked.names) - set(names))
    if unknown:
        parser.error(f"no corpus of texts is called {unknown[0]!r}; there are {', '.join(names)}")
    for name in asked.names or names:
        manifest = build(name, asked.folder, asked.to)
        size = sum(file.stat().st_size for file in (asked.to / name).iterdir())
        print(f"{name}: {manifest['documents_out']:,} documents, {size / 1e6:.2f} MB", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
