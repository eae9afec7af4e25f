"""How well the labels do: precision, recall and F1 against a coder, on public sentences.

    python -m scripts.evaluate_labels FOLDER

FOLDER holds copies of the corpora. data/labels/evaluation.csv names the sentences by corpus,
document and offset, with the labels of two coders; the second, who had not seen the lexicon,
is taken for the truth. The sentences are cut out of the copies again and checked by their
hash. Three ways of labelling are scored: our lexicon; a plain count of substrings; and a
supervised baseline (logistic regression on character n-grams, learnt from the half used for
tuning). Writes data/labels/evaluation_scores.csv and evaluation_confusion.csv. Needs the extra
`evaluation` (pip install ".[evaluation]").
"""

import hashlib
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from helpers import compare, lexicon, paths
from helpers.tables import LABELS
from scripts.draw_evaluation import read_sentences

LABELS_FOLDER = paths.DATA / "labels"
# What a first look would count (the families of words in common use for the two subjects).
SUBSTRINGS = {
    "prevention": ["疫情", "防控", "隔离", "核酸", "动态清零", "病例", "联防联控"],
    "reopening": ["复工", "复产", "复学", "复市", "经济社会发展", "助企纾困", "稳经济", "恢复"],
    "governance": ["会议", "学习", "落实", "党", "领导", "责任"],
}
SUBJECTS = ("prevention", "reopening")


def fingerprint(sentence: str) -> str:
    """Twelve hex digits that tell whether a sentence is the one that was labelled."""
    return hashlib.sha256(sentence.encode("utf-8")).hexdigest()[:12]


def find_sentences(units: pd.DataFrame, folder: Path) -> pd.DataFrame:
    """The units with their sentences, cut out of the corpora and checked."""
    keys = ["doc_id", "start", "end"]
    found = [
        units[units["corpus"] == corpus].merge(read_sentences(folder, corpus), on=keys, how="left")
        for corpus in units["corpus"].unique()
    ]
    table = pd.concat(found, ignore_index=True).sort_values("unit_id", ignore_index=True)
    wrong = table[table["sentence"].fillna("").map(fingerprint) != table["check"]]
    if len(wrong):
        raise SystemExit(
            f"{len(wrong)} sentences are not those that were labelled (first: "
            f"{wrong['unit_id'].iloc[0]} in {wrong['doc_id'].iloc[0]}); use the pinned corpora"
        )
    return table


def label_by_lexicon(table: pd.DataFrame) -> list[str]:
    """The label our lexicon gives each sentence."""
    sentences = table.assign(sentence_id=range(len(table)))
    hits = lexicon.find_terms(sentences, lexicon.read_lexicon())
    return compare.label_units(sentences, hits)["label"].tolist()


def label_by_substrings(table: pd.DataFrame) -> list[str]:
    """The label of a plain count of substrings: both subjects are coupling."""
    n = {
        label: table["sentence"].map(lambda s, words=words: sum(s.count(word) for word in words))
        for label, words in SUBSTRINGS.items()
    }
    both = (n["prevention"] > 0) & (n["reopening"] > 0)
    rules = {"coupling": both} | {label: n[label] > 0 for label in (*SUBJECTS, "governance")}
    return np.select(list(rules.values()), list(rules), "unlabelled").tolist()


def label_by_learning(learn: pd.DataFrame, table: pd.DataFrame) -> list[str]:
    """The label of logistic regression on character 1- to 3-grams, learnt from `learn`."""
    try:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
    except ImportError:
        raise SystemExit(
            'the supervised baseline needs scikit-learn: pip install ".[evaluation]"'
        ) from None
    model = make_pipeline(
        TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True),
        LogisticRegression(max_iter=2000, C=10, class_weight="balanced"),
    )
    return model.fit(learn["sentence"], learn["label"]).predict(table["sentence"]).tolist()


def score(truth: pd.Series, guess: pd.Series) -> pd.DataFrame:
    """One row per label and one for their mean: precision and recall with Wilson's interval."""
    rows = []
    for label in LABELS:
        n, n_guessed = int((truth == label).sum()), int((guess == label).sum())
        right = int(((truth == label) & (guess == label)).sum())
        row = {"label": label, "n": n, "n_guessed": n_guessed}
        for name, of in (("precision", n_guessed), ("recall", n)):
            interval = binomtest(right, of).proportion_ci(method="wilson") if of else None
            row[name] = right / of if of else 0.0
            row[f"{name}_low"] = interval.low if interval else np.nan
            row[f"{name}_high"] = interval.high if interval else np.nan
        rows.append(row | {"f1": 2 * right / (n + n_guessed) if right else 0.0})
    table = pd.DataFrame(rows)
    mean = {"label": "mean", "n": len(truth), "n_guessed": len(truth)}
    mean |= {name: table[name].mean() for name in ("precision", "recall", "f1")}
    mean["share_right"] = float((truth == guess).mean())
    return pd.concat([table, pd.DataFrame([mean])], ignore_index=True)


def main(folder: Path) -> None:
    """Score the three ways and write the tables."""
    units = pd.read_csv(LABELS_FOLDER / "evaluation.csv", keep_default_na=False, encoding="utf-8")
    # The second coder had not seen the lexicon; the first wrote it.
    table = find_sentences(units, folder).assign(label=lambda rows: rows["coder_2"])
    tune, test = table[table["half"] == "tune"], table[table["half"] == "test"]
    hard = pd.read_csv(LABELS_FOLDER / "hard_cases.csv", encoding="utf-8")
    hard = hard.assign(doc_id="hard", part="body", start=np.arange(len(hard)) * 1000)
    hard["end"] = hard["start"] + 999
    scores, confusions = [], []
    for half, units in (("tune", tune), ("test", test), ("hard cases", hard)):
        ways = {"lexicon": label_by_lexicon(units), "substrings": label_by_substrings(units)}
        if half != "tune":
            ways["supervised"] = label_by_learning(tune, units)
        for way, guess in ways.items():
            guess = pd.Series(guess, index=units.index)
            groups = [("all", units)]
            if "period" in units.columns:
                groups += list(units.groupby(units["period"].astype(str)))
            for period, rows in groups:
                found = score(rows["label"], guess[rows.index])
                scores.append(found.assign(way=way, half=half, period=period))
            crossed = pd.crosstab(units["label"], guess).reindex(
                index=LABELS, columns=LABELS, fill_value=0
            )
            long = crossed.rename_axis(index="label", columns="guess").stack().rename("n")
            confusions.append(long.reset_index().assign(way=way, half=half))
    keys = ["way", "half", "period"]
    scores = pd.concat(scores)
    scores = scores[[*keys, *(column for column in scores.columns if column not in keys)]]
    for name, found in (("scores", scores), ("confusion", pd.concat(confusions))):
        found.to_csv(
            LABELS_FOLDER / f"evaluation_{name}.csv", index=False, float_format="%.4f",
            lineterminator="\n", encoding="utf-8",
        )  # fmt: skip
    shown = scores[scores["period"] == "all"].pivot_table(
        index=["half", "label"], columns="way", values=["precision", "recall", "f1"], sort=False
    )
    print(shown.round(2).to_string())


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    main(Path(sys.argv[1]))
