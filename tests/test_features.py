"""Bundled feature tables: what they hold, that they are true, and what is refused."""

import hashlib
import json
import shutil

import pandas as pd
import pytest

from helpers import corpora, formulations, lexicon, paths, timeline
from helpers.tables import COLUMNS
from scripts import build_corpora

NAMES = ("cctv_weibo_2020", "xinwen_lianbo_2022", "work_reports")
# Documents that hold the exact string, by month (counted by another program, design notes).
POSTS = {"疫情防控": [96, 298, 175, 128, 67], "复工复产": [0, 31, 30, 19, 12]}
NEWS = {
    "疫情防控": [41, 22, 53, 73, 74, 33, 26, 33, 13, 13, 33, 42],
    "复工复产": [0, 2, 5, 9, 30, 12, 2, 2, 0, 0, 1, 3],
}


@pytest.fixture(scope="module")
def forms():
    return formulations.read_formulations()


@pytest.fixture(scope="module")
def read(lexicon_table, forms):
    kept = {
        name: corpora.read_features(name, lexicon=lexicon_table, formulations=forms)
        for name in NAMES
    }
    return kept.__getitem__


@pytest.mark.parametrize("name", NAMES)
def test_the_tables_have_their_columns_and_agree_with_each_other(read, name):
    features = read(name)
    assert list(features.mentions.columns) == COLUMNS["mentions"]
    assert list(features.sightings.columns) == COLUMNS["sightings"]
    documents = features.documents
    assert documents["doc_id"].is_unique and (documents["n_han"] >= 0).all()
    assert len(documents) == features.manifest["documents_out"] == len(documents)
    assert documents["n_sentences"].sum() == features.manifest["sentences"]
    for table in (features.mentions, features.sightings):
        assert set(table["doc_id"]) <= set(documents["doc_id"])
        assert ((table["n"] >= table["n_free"]) & (table["n"] > 0)).all()
    assert not features.mentions.isna().any(axis=None)


def test_no_sentence_of_others_is_in_the_bundle(read):
    """The longest Chinese string in the tables is a term, a form or a frequent word."""
    for name in NAMES:
        for file in (paths.CORPORA / name).glob("*.csv"):
            table = pd.read_csv(file, dtype=str, keep_default_na=False, encoding="utf-8")
            longest = max(map(len, table.to_numpy().ravel()), default=0)
            assert longest <= 64, (name, file.name, longest)


@pytest.mark.parametrize(
    ("name", "year", "known"),
    [("cctv_weibo_2020", 2020, POSTS), ("xinwen_lianbo_2022", 2022, NEWS)],
)
def test_documents_with_a_term_are_as_many_as_others_counted(read, name, year, known):
    features = read(name)
    dated = features.documents[features.documents["date"].dt.year == year].set_index("doc_id")
    found = {
        # The term 复工复产 counts 复产复工 as well; the formulation is the string itself.
        "疫情防控": features.mentions.loc[features.mentions["term"] == "疫情防控", "doc_id"],
        "复工复产": features.sightings.loc[features.sightings["form"] == "复工复产", "doc_id"],
    }
    for term, n in known.items():
        months = dated.loc[found[term][found[term].isin(dated.index)], "date"].dt.month
        assert [int((months == month).sum()) for month in range(1, len(n) + 1)] == n, term


def test_the_whole_bundle_is_small():
    folders = [paths.CORPORA / name for name in NAMES]
    assert sum(f.stat().st_size for folder in folders for f in folder.iterdir()) < 8_000_000


def test_weeks_add_up_to_all_words_and_hold_the_others(read):
    weeks = read("cctv_weibo_2020").weeks
    assert weeks["week"].nunique() == 22
    assert set(weeks.loc[weeks["feature"] == build_corpora.OTHER, "week"]) == set(weeks["week"])
    assert build_corpora.OTHER == timeline.OTHER_WORDS
    assert pd.to_datetime(weeks["week"]).dt.day_name().unique().tolist() == ["Monday"]
    frequent = weeks[weeks["feature"] != build_corpora.OTHER].groupby("feature")["n"].sum()
    assert frequent.min() == build_corpora.AT_LEAST["cctv_weibo_2020"]


def test_another_lexicon_is_refused_with_the_cure(lexicon_table, forms):
    other = lexicon_table[lexicon_table["term"] != "隔离"]
    with pytest.raises(corpora.CorpusError, match=r"counted with the lexicon .* build the tables"):
        corpora.read_features("cctv_weibo_2020", lexicon=other, formulations=forms)
    with pytest.raises(corpora.CorpusError, match="counted with the formulations"):
        corpora.read_features("cctv_weibo_2020", lexicon=lexicon_table, formulations=forms.iloc[1:])


def test_a_mended_gloss_is_no_other_lexicon(lexicon_table, forms):
    glossed = lexicon_table.assign(gloss_en="x")
    assert corpora.fingerprint(glossed) == corpora.fingerprint(lexicon_table)
    moved = lexicon_table.assign(category=lexicon_table["category"].iloc[::-1].to_numpy())
    assert corpora.fingerprint(moved) != corpora.fingerprint(lexicon_table)


@pytest.fixture
def copy(tmp_path):
    shutil.copytree(paths.CORPORA / "work_reports", tmp_path / "work_reports")
    return tmp_path


def edit(file, old, new):
    file.write_text(
        file.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8", newline="\n"
    )


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda f: (f / "manifest.json").unlink(), "has no feature tables"),
        (lambda f: (f / "mentions.csv").unlink(), "has no mentions.csv"),
        (lambda f: edit(f / "documents.csv", "1954", "1955"), "is not the table its manifest"),
        (lambda f: (f / "manifest.json").write_text("{", encoding="utf-8"), "is damaged"),
        (lambda f: (f / "manifest.json").write_text("{}", encoding="utf-8"), "counted with"),
    ],
)
def test_damaged_tables_are_refused(copy, lexicon_table, forms, damage, message):
    damage(copy / "work_reports")
    with pytest.raises(corpora.CorpusError, match=message):
        corpora.read_features(
            "work_reports", lexicon=lexicon_table, formulations=forms, folder=copy
        )


@pytest.mark.parametrize("name", ["oxcgrt", "cases"])
def test_a_series_has_no_feature_tables(lexicon_table, forms, name):
    with pytest.raises(corpora.CorpusError, match="timeline.read_series"):
        corpora.read_features(name, lexicon=lexicon_table, formulations=forms)


def test_corpora_are_joined_or_refused(read):
    posts, news = read("cctv_weibo_2020"), read("xinwen_lianbo_2022")
    joined = corpora.join_features(posts, news)
    assert len(joined.documents) == len(posts.documents) + len(news.documents)
    assert joined.documents["corpus"].value_counts()["cctv_weibo_2020"] == 7951
    assert len(joined.weeks) == len(posts.weeks) + len(news.weeks)
    other = news._replace(manifest=news.manifest | {"lexicon": "0" * 12})
    with pytest.raises(corpora.CorpusError, match="two lexicon versions"):
        corpora.join_features(posts, other)
    with pytest.raises(corpora.CorpusError, match="stands in two"):
        corpora.join_features(posts, posts)
    with pytest.raises(corpora.CorpusError, match="two corpora or more"):
        corpora.join_features(posts)


def test_the_manifests_are_true_of_the_files():
    for name in NAMES:
        manifest = json.loads((paths.CORPORA / name / "manifest.json").read_text(encoding="utf-8"))
        card = corpora.read_card(name)
        assert manifest["commit"] == card["commit"] and manifest["address"] == card["address"]
        assert manifest["lexicon"] == corpora.fingerprint(lexicon.read_lexicon())
        assert manifest["documents_out"] == card["n_fetched"]
        listed = {file.name for file in (paths.CORPORA / name).glob("*.csv")} - {"files.csv"}
        assert listed == set(manifest["tables"])


@pytest.fixture
def corpora_folder(request):
    return request.getfixturevalue("corpora")  # here the name is the room's


@pytest.mark.parametrize("name", NAMES)
def test_the_tables_are_rebuilt_identically(corpora_folder, tmp_path, name):
    build_corpora.build(name, corpora_folder, tmp_path)
    for file in sorted((tmp_path / name).iterdir()):
        kept = (paths.CORPORA / name / file.name).read_bytes().replace(b"\r\n", b"\n")
        assert file.read_bytes() == kept, file.name


# --- hostile input ------------------------------------------------------------------------


def test_a_fingerprint_goes_by_strings_not_by_how_they_are_kept(lexicon_table, forms):
    for table in (lexicon_table, forms):
        known = corpora.fingerprint(table)
        shuffled = table.sample(frac=1, random_state=1).set_axis([0] * len(table))
        assert corpora.fingerprint(shuffled) == known
        assert corpora.fingerprint(table.astype({"id": "category"})) == known
    assert corpora.fingerprint(forms.astype({"hides": float})) == corpora.fingerprint(forms)
    assert corpora.fingerprint(forms.assign(hides=1 - forms["hides"])) != corpora.fingerprint(forms)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda table: None, "pandas table"), (lambda table: "lexicon", "pandas table"),
        (lambda table: table.iloc[:, :0], "no column 'id'"),
        (lambda table: table.assign(id=None), "no text in id"),
        (lambda table: table.assign(id=[1, *table["id"][1:]]), "no text in id"),
        (lambda table: pd.concat([table, table[["id"]]], axis=1), "has the column 'id' twice"),
    ],
)  # fmt: skip
def test_what_is_no_lexicon_is_refused(lexicon_table, change, message):
    with pytest.raises(ValueError, match=message):
        corpora.fingerprint(change(lexicon_table))


@pytest.fixture
def bundle(tmp_path, lexicon_table, forms):
    """Feature tables of three documents, for which the manifest is true; and how to read them."""
    tables = {
        "documents": "doc_id,date,n_han,n_sentences\na,2020-01-06,9,1\nb,,8,1\n",
        "mentions": f"doc_id,id,n,n_free\na,{lexicon_table['id'].iloc[0]},2,1\n",
        "sightings": f"doc_id,id,n,n_free,inside,n_own,n_inside\na,{forms['id'].iloc[0]},1,1,,1,\n",
        "weeks": "week,feature,n,document_frequency\n2020-01-06,(other words),9,1\n",
    }

    def read(name="work_reports", replace=None, **manifest):
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        texts = tables | (replace or {})
        described = {"name": name, "segmenter": "s", "tables": {}}
        described["lexicon"] = corpora.fingerprint(lexicon_table)
        described["formulations"] = corpora.fingerprint(forms)
        for table, text in texts.items():
            content = text if isinstance(text, bytes) else text.encode("utf-8")
            (folder / f"{table}.csv").write_bytes(content)
            digest = hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()
            described["tables"][f"{table}.csv"] = {"sha256": digest}
        written = json.dumps(described | manifest)
        (folder / "manifest.json").write_text(manifest.get("whole", written), encoding="utf-8")
        return corpora.read_features(
            name, lexicon=lexicon_table, formulations=forms, folder=tmp_path
        )

    return read


def test_the_bundle_of_the_test_is_read(bundle, lexicon_table):
    found = bundle()
    assert found.mentions["term"].tolist() == [lexicon_table["term"].iloc[0]]
    assert found.documents["date"].isna().tolist() == [False, True]
    assert len(bundle(replace={"weeks": "week,feature,n,document_frequency\r\n"}).weeks) == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"whole": "[1]"}, "is damaged"), ({"whole": "null"}, "is damaged"),
        ({"whole": "[" * 100_000}, "is damaged"), ({"name": "cases"}, "is a series"),
        ({"tables": {}}, "is not the table its manifest"), ({"tables": []}, "is not the table"),
        ({"tables": {"documents.csv": "x"}}, "is not the table"),
        ({"tables": {"documents.csv": {}}}, "is not the table"),
        ({"replace": {"mentions": "doc_id,id,n\n"}}, "mentions.csv of work_reports is damaged"),
        ({"replace": {"mentions": ""}}, "is damaged"),
        ({"replace": {"mentions": b"doc_id,id,n,n_free\n\xd6\xd8,P001,1,1\n"}}, "is damaged"),
        ({"replace": {"documents": "doc_id,date,n_han,n_sentences\na,2020-99-99,1,1\n"}}, "damaged"),
        ({"replace": {"mentions": "doc_id,id,n,n_free\na,X999,1,1\n"}}, r"unknown .*\['X999'\]"),
    ],
)  # fmt: skip
def test_a_bundle_that_cannot_be_believed_is_refused(bundle, options, message):
    with pytest.raises(corpora.CorpusError, match=message):
        bundle(**options)


def test_a_bundle_of_another_corpus_is_refused(bundle, tmp_path, lexicon_table, forms):
    bundle("cctv_weibo_2020")
    shutil.move(tmp_path / "cctv_weibo_2020", tmp_path / "work_reports")
    with pytest.raises(corpora.CorpusError, match="holds the tables of 'cctv_weibo_2020'"):
        corpora.read_features(
            "work_reports", lexicon=lexicon_table, formulations=forms, folder=tmp_path
        )


@pytest.mark.parametrize("name", ["manifest.json", "mentions.csv"])
def test_a_folder_in_the_place_of_a_file_is_named(bundle, tmp_path, lexicon_table, forms, name):
    bundle()
    (tmp_path / "work_reports" / name).unlink()
    (tmp_path / "work_reports" / name).mkdir()
    with pytest.raises(corpora.CorpusError, match=f"{name} cannot be read"):
        corpora.read_features(
            "work_reports", lexicon=lexicon_table, formulations=forms, folder=tmp_path
        )


@pytest.mark.parametrize("folder", [None, 3, b"x", "x" * 5000, "a\0b", "nowhere"])
def test_a_folder_that_is_none_is_refused(lexicon_table, forms, folder):
    with pytest.raises(corpora.CorpusError, match=r"folder is|cannot be read|damaged|no feature"):
        corpora.read_features(
            "work_reports", lexicon=lexicon_table, formulations=forms, folder=folder
        )


def test_joining_refuses_what_is_no_bundle_and_keeps_the_names_of_what_was_joined(bundle):
    one = bundle()
    others = [
        one._replace(
            documents=one.documents.assign(doc_id=name + one.documents["doc_id"]),
            manifest=one.manifest | {"name": name},
        )
        for name in ("x", "y")
    ]
    joined = corpora.join_features(corpora.join_features(one, others[0]), others[1])
    assert joined.documents["corpus"].unique().tolist() == ["work_reports", "x", "y"]
    for wrong in (None, 3, one.documents, tuple(one), one._replace(manifest={})):
        with pytest.raises(ValueError, match="join_features joins what"):
            corpora.join_features(one, wrong)
    for table in ("documents", "mentions", "weeks"):
        with pytest.raises(ValueError, match=table):
            corpora.join_features(one, others[0]._replace(**{table: None}))
