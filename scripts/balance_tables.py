"""Prevention and reopening in two public corpora: counts of labels, never sentences.

    python -m scripts.build_balance_tables FOLDER

FOLDER holds copies of the corpora. For CCTV News posts of 2020 and Xinwen Lianbo of 2022 and
2023 it writes, below data/corpora/<name>/:

    labels.csv     sentences of each document by label (documents with a subject only, and the
                   rest of each month in one row), for shares that resample documents
    months.csv     sentences by month, label, coupling_kind, relation and direction
    keyness.csv    the first words of keyness between prevention and reopening sentences: with
                   all words, with the definers taken out, and with definers chosen on other
                   documents
    coverage.csv   the share of Chinese characters the lexicon covers
    balance.json   from which files, with which lexicon and segmenter
"""

import hashlib
import json
import sys
from pathlib import Path

import pandas as pd

from helpers import compare, count, lexicon, paths, segment
from scripts.build_corpus_tables import ADDRESS
from scripts.draw_evaluation import read_sentences

ADDRESSES = {
    "cctv_weibo_2020": ADDRESS["cctv_weibo_2020"],
    "xinwen_lianbo": "yuekcc/cctv_news@f3f07768",
}
FILES = {"cctv_weibo_2020": "*.csv", "xinwen_lianbo": "*.md"}
SUBJECTS = ["prevention", "reopening"]
TOP = 40


def months_of_posts(folder: Path) -> pd.Series:
    """doc_id -> month of each post; the files give no year, which is 2020."""
    posts = pd.concat(
        pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig").assign(
            doc_id=lambda table, name=path.stem: [f"{name}#{row}" for row in range(len(table))]
        )
        for path in sorted((folder / "cctv_weibo_2020").glob("*.csv"))
    )
    month = posts["pub_time"].str.extract(r"^(\d{1,2})月")[0].astype(int)
    return pd.Series(month.map("2020-{:02d}".format).to_numpy(), index=posts["doc_id"])


def add_month(sentences: pd.DataFrame, corpus: str, folder: Path) -> pd.DataFrame:
    """The sentences with the month of their document."""
    if corpus == "cctv_weibo_2020":
        return sentences.assign(month=sentences["doc_id"].map(months_of_posts(folder)))
    day = sentences["doc_id"].str[:8]
    return sentences.assign(month=day.str[:4] + "-" + day.str[4:6])


def count_by_document(labels: pd.DataFrame) -> pd.DataFrame:
    """doc_id, month, label, n; documents without either subject are one row a month and label."""
    topical = labels.groupby("doc_id")["label"].transform(lambda x: x.isin(SUBJECTS).any())
    named = labels.assign(doc_id=labels["doc_id"].where(topical, "(no subject)"))
    counts = named.groupby(["month", "doc_id", "label"]).size().rename("n").reset_index()
    return counts[["doc_id", "month", "label", "n"]]


def tell_apart(sentences: pd.DataFrame, labels: pd.DataFrame, terms: pd.DataFrame) -> pd.DataFrame:
    """The first words of the three comparisons: circular, guarded, and held out."""
    topical = labels[labels["label"].isin(SUBJECTS)]
    definers = compare.list_definers(terms)
    keys = ["doc_id", "sentence_id"]
    tokens = segment.tokenize(
        sentences.merge(topical[keys]), segmenter=segment.make_segmenter(terms)
    ).merge(compare.split_halves(topical)[[*keys, "label", "half"]], on=keys)
    stop = set(lexicon.read_function_words()["word"])
    tokens = tokens[~tokens["token"].isin(stop)]
    every = count.count_features(tokens, by="label")
    hits = lexicon.find_terms(sentences.merge(topical[keys]), definers)
    halves = compare.split_halves(topical)[[*keys, "half"]]
    seen = hits.merge(halves, on=keys).query("free and half == 'choose'")["term"].value_counts()
    chosen = definers[definers["term"].isin(seen[seen >= 5].index)]
    marked = hits[hits["term"].isin(chosen["term"]) & hits["free"]].merge(halves, on=keys)
    sides = marked.query("half == 'test'").groupby(keys)["category"].agg(set)
    sides = sides[sides.map(len) == 1].map(lambda side: next(iter(side))).rename("group")
    held = tokens.merge(sides.reset_index(), on=keys)
    comparisons = {
        "all words": every,
        "definers taken out": compare.drop_definers(every, definers),
        "definers of other documents": compare.drop_definers(
            count.count_features(held, by="group"), definers
        ),
    }
    tables = []
    for name, counts in comparisons.items():
        found = compare.keyness(counts, target="prevention", reference="reopening")
        own = compare.list_dropped(counts, definers)["feature"]
        tables.append(
            found.head(TOP).assign(
                comparison=name, n_types=len(found),
                n_tested=int(found["q_value"].notna().sum()),
                n_below=int((found["q_value"] < 0.05).sum()),
                definer=found["feature"].head(TOP).isin(own),
            )
        )  # fmt: skip
    return pd.concat(tables)


def main(folder: Path) -> None:
    """Write the tables of both corpora."""
    terms, cues = lexicon.read_lexicon(), lexicon.read_cues()
    for corpus, address in ADDRESSES.items():
        sentences = add_month(read_sentences(folder, corpus), corpus, folder)
        hits = lexicon.mark_direction(lexicon.find_terms(sentences, terms), sentences, terms)
        labels = compare.mark_relation(compare.label_units(sentences, hits), cues)
        keys = ["month", "label", "coupling_kind", "relation", "direction"]
        written = {
            "labels": count_by_document(labels),
            "months": labels.groupby(keys).size().rename("n").reset_index(),
            "keyness": tell_apart(sentences, labels, terms),
            "coverage": compare.measure_coverage(sentences, hits),
        }
        target = paths.DATA / "corpora" / corpus
        target.mkdir(parents=True, exist_ok=True)
        for name, table in written.items():
            table.to_csv(
                target / f"{name}.csv", index=False, lineterminator="\n", float_format="%.5g",
                encoding="utf-8",
            )  # fmt: skip
        facts = {
            "source": address,
            "files": {
                path.name: hashlib.sha256(path.read_bytes()).hexdigest()
                for path in sorted((folder / corpus).glob(FILES[corpus]))
            },
            "lexicon_sha256": hashlib.sha256(
                (paths.LEXICON / "lexicon.csv").read_bytes()
            ).hexdigest(),
            "documents": int(sentences["doc_id"].nunique()),
            "sentences": len(sentences),
        }
        (target / "balance.json").write_text(
            json.dumps(facts, ensure_ascii=False, indent=2) + "\n", encoding="utf-8", newline="\n"
        )
        print(corpus, {name: len(table) for name, table in written.items()})


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    main(Path(sys.argv[1]))
