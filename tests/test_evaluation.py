"""The evaluation set: places and labels, no text of others; and what is claimed about it."""

import os
from pathlib import Path

import pandas as pd
import pytest

from helpers import compare, paths, tables
from scripts import evaluate_labels

LABELS = paths.DATA / "labels"
CORPORA = Path(os.environ.get("COVID_POLICY_CORPORA", paths.PROJECT.parent / "shared" / "mirror"))
needs_corpora = pytest.mark.skipif(
    not (CORPORA / "xinwen_lianbo").is_dir(), reason="no copies of the corpora on this machine"
)


@pytest.fixture(scope="module")
def units():
    return pd.read_csv(LABELS / "evaluation.csv", keep_default_na=False, encoding="utf-8")


def test_the_set_is_large_stratified_and_without_text(units):
    assert len(units) == 340 and units["unit_id"].is_unique
    n = units.groupby(["period", "stratum"]).size().unstack()
    assert n.shape == (2, 6) and (n[list(tables.LABELS)] == 30).all(axis=None)
    for column in ("coder_1", "coder_2"):
        assert set(units[column]) == set(tables.LABELS)
    cells = units.astype(str).to_numpy().ravel()
    assert not any("\u4e00" <= character <= "\u9fff" for cell in cells for character in cell)


def test_no_document_is_in_both_halves(units):
    assert units.groupby("doc_id")["half"].nunique().eq(1).all()


def test_the_coders_agree_as_measured_md_says(units):
    keys = units.assign(sentence_id=units["unit_id"])
    first, second = (
        keys.assign(label=keys[column])[["doc_id", "sentence_id", "label"]]
        for column in ("coder_1", "coder_2")
    )
    agreement = compare.route_agreement(first, second).iloc[0]
    assert (agreement["n_units"], agreement["n_agree"]) == (340, 313)
    assert round(agreement["alpha"], 2) == 0.90
    assert "313 agree (92 %, Wilson 0.89 to 0.94), alpha 0.90" in (
        paths.PROJECT / "MEASURED.md"
    ).read_text(encoding="utf-8")


def test_the_hard_cases_are_labelled_and_distinct():
    cases = pd.read_csv(LABELS / "hard_cases.csv", encoding="utf-8")
    assert cases["sentence"].is_unique and set(cases["label"]) == set(tables.LABELS)
    assert cases["sentence_en"].str.fullmatch(r"[A-Z][ -~]+\.").all()


def test_scores_by_hand():
    truth = pd.Series(["prevention", "prevention", "reopening", "unlabelled"])
    guess = pd.Series(["prevention", "reopening", "reopening", "prevention"])
    scores = evaluate_labels.score(truth, guess).set_index("label")
    assert scores.loc["prevention", ["precision", "recall", "f1"]].tolist() == [0.5, 0.5, 0.5]
    assert scores.loc["reopening", ["precision", "recall"]].tolist() == [0.5, 1.0]
    assert scores.loc["mean", "share_right"] == 0.5


@needs_corpora
def test_the_stored_scores_can_be_computed_again(units):
    table = evaluate_labels.find_sentences(units, CORPORA)
    assert len(table) == len(units)
    tested = table[table["half"] == "test"]
    guess = pd.Series(evaluate_labels.label_by_lexicon(tested), index=tested.index)
    again = evaluate_labels.score(tested["coder_2"], guess).set_index("label")
    stored = pd.read_csv(LABELS / "evaluation_scores.csv", encoding="utf-8")
    stored = stored.query("way == 'lexicon' and half == 'test' and period == 'all'")
    stored = stored.set_index("label")
    for column in ("precision", "recall", "f1"):
        assert again[column].to_dict() == pytest.approx(stored[column].to_dict(), abs=1e-4)


@needs_corpora
def test_another_text_is_refused(units):
    changed = units.head(3).assign(check="0" * 12)
    with pytest.raises(SystemExit, match="are not those that were labelled"):
        evaluate_labels.find_sentences(changed, CORPORA)
