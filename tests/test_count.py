from collections import Counter

import pandas as pd
import pytest

from helpers import count, measures
from helpers.tables import COLUMNS


def make_tokens(**words_of: str) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"doc_id": doc_id, "sentence_id": 1, "token": token, "part": f"part {i % 2}"}
            for doc_id, words in words_of.items()
            for i, token in enumerate(words.split())
        ]
    )


TOKENS = make_tokens(d1="防控 复工 防控 措施", d2="防控 措施")


def test_counts_by_document():
    counts = count.count_features(TOKENS)
    assert list(counts.columns) == ["doc_id", *COLUMNS["counts"]]
    assert counts.values.tolist() == [
        ["d1", "防控", 2, 1, 500000.0, 250.0, ""], ["d1", "复工", 1, 1, 250000.0, 125.0, ""],
        ["d1", "措施", 1, 1, 250000.0, 125.0, ""], ["d2", "措施", 1, 1, 500000.0, 250.0, ""],
        ["d2", "防控", 1, 1, 500000.0, 250.0, ""],
    ]  # fmt: skip


def test_counts_by_another_column_and_document_frequency():
    counts = count.count_features(TOKENS.assign(all="corpus"), by="all").set_index("feature")
    assert counts.loc["防控", ["n", "document_frequency"]].tolist() == [3, 2]
    assert counts.loc["复工", ["n", "document_frequency"]].tolist() == [1, 1]


def test_counts_on_the_sample_are_those_of_a_counter(tokens):
    counts = count.count_features(tokens).set_index("feature")["n"]
    assert counts.to_dict() == Counter(tokens["token"])
    # Check by hand: search the cleaned report for 工作 (13), 和 (18), 的 (14).
    assert counts[["和", "的", "工作", "落实", "疫情防控"]].tolist() == [18, 14, 13, 10, 9]


def test_groups_keep_the_order_of_the_text(tokens, sentences):
    placed = tokens.merge(sentences[["doc_id", "sentence_id", "part"]])
    counts = count.count_features(placed, by="part")
    assert counts["part"].unique().tolist() == sentences["part"].unique().tolist()
    assert counts["n"].sum() == len(tokens)


def test_a_missing_group_column_says_how_to_join_it():
    with pytest.raises(ValueError, match=r"no column 'period'.*segment.place_tokens"):
        count.count_features(TOKENS, by="period")


def test_terms_all_and_free(hits, documents):
    terms = count.count_terms(hits, documents).set_index("term")
    assert terms.loc["疫情防控", ["n", "n_free", "document_frequency"]].tolist() == [9, 2, 1]
    assert terms.loc["疫情防控", "per_thousand_han"] == pytest.approx(9 / 1080 * 1000)
    assert terms["n"].sum() == len(hits) and terms["n_free"].sum() == hits["free"].sum()


def test_dropping_features_leaves_the_rest_as_counted():
    counts = count.count_features(TOKENS)
    kept = count.drop_features(counts, ["防控"])
    assert kept["feature"].tolist() == ["复工", "措施", "措施"]
    assert kept["per_million"].tolist() == [250000.0, 250000.0, 500000.0]


def test_the_matrix_holds_every_count_once():
    matrix = count.document_feature_matrix(count.count_features(TOKENS))
    assert matrix.index.tolist() == ["d1", "d2"]
    assert matrix.columns.tolist() == ["防控", "复工", "措施"]
    assert matrix.to_numpy().tolist() == [[2, 1, 1], [1, 0, 1]]


# methods.md 2.3: mentions in the four directives, sized by their Chinese characters.
@pytest.mark.parametrize(
    ("string", "n_by_directive", "dp"),
    [("疫情防控", [2, 2, 0, 1], 0.22), ("落实", [1, 1, 2, 5], 0.37), ("抓", [0, 4, 0, 5], 0.42),
     ("目标", [0, 0, 3, 2], 0.59), ("更加", [0, 3, 0, 0], 0.61)],
)  # fmt: skip
def test_dispersion_over_the_directives_of_the_sample(sentences, string, n_by_directive, dp):
    directives = [f"directive {i}" for i in range(1, 5)]
    sizes = count.measure_parts(sentences)[directives]
    assert sizes.tolist() == [154, 300, 171, 148]
    mentions = pd.DataFrame(
        [
            {"feature": string, "part": row.part}
            for row in sentences.itertuples()
            for _ in range(row.sentence.count(string))
        ]
    )
    cells = count.count_by_part(mentions, by="part", feature="feature")
    assert cells.reindex(columns=directives, fill_value=0).iloc[0].tolist() == n_by_directive
    measured = count.measure_dispersion(mentions, by="part", feature="feature", sizes=sizes).iloc[0]
    assert measured["dp"] == pytest.approx(dp, abs=0.005)
    assert measured["n"] == sum(n_by_directive)
    assert measured["range"] == sum(n > 0 for n in n_by_directive)


def test_dispersion_columns_and_order(tokens, sentences):
    placed = tokens.merge(sentences[["doc_id", "sentence_id", "part"]])
    dispersion = count.measure_dispersion(placed, by="part")
    assert list(dispersion.columns) == COLUMNS["dispersion"]
    assert dispersion["feature"].iloc[0] == "和"
    assert dispersion["range"].max() <= 7


def test_one_part_has_no_dispersion():
    with pytest.raises(ValueError, match="needs at least two parts"):
        count.measure_dispersion(TOKENS.assign(part="all"), by="part")


def test_an_unknown_part_names_the_known_ones():
    with pytest.raises(ValueError, match="no part 'nope' .* part 0, part 1"):
        count.count_by_part(TOKENS, by="part", feature="token", parts=["nope"])


@pytest.mark.parametrize("column", ["token", "doc_id"])
def test_rows_without_a_word_or_a_group_are_refused_not_dropped(column):
    gap = TOKENS.assign(**{column: TOKENS[column].where(TOKENS.index > 0)})
    with pytest.raises(ValueError, match=f"1 rows of the tokens table have no {column}"):
        count.count_features(gap)


def test_counts_by_several_columns():
    counts = count.count_features(TOKENS, by=["doc_id", "part"])
    assert counts[["doc_id", "part", "feature", "n"]].values.tolist() == [
        ["d1", "part 0", "防控", 2], ["d1", "part 1", "复工", 1], ["d1", "part 1", "措施", 1],
        ["d2", "part 0", "防控", 1], ["d2", "part 1", "措施", 1],
    ]  # fmt: skip
    assert counts["per_million"].tolist() == [1e6, 5e5, 5e5, 1e6, 1e6]
    assert counts["per_thousand_han"].tolist() == [500, 250, 250, 500, 500]
    matrix = count.document_feature_matrix(counts)
    assert matrix.index.tolist()[0] == ("d1", "part 0")
    assert matrix.loc[("d1", "part 1"), "措施"] == 1


@pytest.mark.parametrize(
    ("by", "message"),
    [([], "by names no column"), ("feature", "rename that column"), (["doc_id", "x"], "no column 'x'"),
     (7, "no column 7")],
)  # fmt: skip
def test_groupings_that_cannot_be_are_named(by, message):
    with pytest.raises(ValueError, match=message):
        count.count_features(TOKENS.assign(feature=1), by=[by] if by == 7 else by)


def test_an_empty_table_is_refused():
    with pytest.raises(ValueError, match="tokens table has no rows"):
        count.count_features(TOKENS.iloc[:0])


def test_a_group_without_chinese_characters_has_no_rate_per_han():
    counts = count.count_features(make_tokens(d="GDP 1+1+9"))
    assert counts["per_thousand_han"].isna().all() and counts["n"].tolist() == [1, 1]


def test_words_of_two_segmenters_are_not_counted_together(sentences, tokens, plain_tokens):
    with pytest.raises(ValueError, match="mixes 2 segmenters .* HMM; .* no HMM"):
        count.count_features(pd.concat([plain_tokens, tokens]))
    counts = pd.concat([count.count_features(tokens), count.count_features(plain_tokens)])
    with pytest.raises(ValueError, match="counts table mixes 2 segmenters"):
        count.document_feature_matrix(counts)


# --- n-grams --------------------------------------------------------------------------------


def test_bigrams_of_the_sample_touch_in_the_text(tokens, documents):
    counts = count.count_ngrams(tokens)
    text = documents["text"].iloc[0]
    for row in counts.itertuples():
        assert text.count(row.feature.replace(" ", "")) >= row.n
    # By hand: search the cleaned report for 统筹推进 (4), each before a different word.
    assert counts.set_index("feature").loc["统筹 推进", "n"] == 4
    # 外防输入、内防扩散 is two words across a mark.
    assert "外防输入 内防扩散" not in set(counts["feature"])


def test_trigrams_are_those_of_a_plain_loop(tokens):
    rows = tokens[["token", "start", "end"]].values.tolist()
    found = Counter(
        f"{a[0]} {b[0]} {c[0]}"
        for a, b, c in zip(rows, rows[1:], rows[2:], strict=False)
        if a[2] == b[1] and b[2] == c[1]
    )
    counts = count.count_ngrams(tokens, size=3)
    assert dict(zip(counts["feature"], counts["n"], strict=True)) == found
    assert counts["per_million"].sum() == pytest.approx(1e6)


def test_a_word_left_out_joins_nothing(tokens):
    without = tokens[tokens["token"] != "推进"]
    assert not count.count_ngrams(without)["feature"].str.startswith("统筹 疫情").any()


@pytest.mark.parametrize("size", [1, 7, 2.0, "2"])
def test_ngram_sizes_that_make_no_sense(size, tokens):
    with pytest.raises(ValueError, match="whole number from 2 to 6"):
        count.count_ngrams(tokens, size=size)


def test_words_that_never_touch_are_named():
    apart = pd.DataFrame({"doc_id": "d", "token": ["防控", "复工"], "start": [0, 3], "end": [2, 5]})
    with pytest.raises(ValueError, match="no 2 words of the tokens table touch"):
        count.count_ngrams(apart)


@pytest.mark.parametrize("size", [2, 3])
def test_ngram_scores_come_from_the_patterns_of_a_plain_loop(tokens, size):
    ngrams = [
        tuple(row["token"] for row in rows)
        for rows in zip(*(tokens.to_dict("records")[i:] for i in range(size)), strict=False)
        if all(a["end"] == b["start"] for a, b in zip(rows, rows[1:], strict=False))
    ]
    scores = count.score_ngrams(tokens, size=size).set_index("feature")
    for feature, row in scores[scores["lambda"].notna()].iterrows():
        words = feature.split(" ")
        patterns = [0] * 2**size
        for ngram in ngrams:
            same = [int(a == b) for a, b in zip(ngram, words, strict=True)]
            patterns[int("".join(map(str, same)), 2)] += 1
        assert patterns[-1] == row["n"]
        strength, z = measures.ngram_lambda(patterns)
        assert (row["lambda"], row["z"]) == (pytest.approx(strength), pytest.approx(z))
    assert scores["lambda"].notna().sum() >= 2
    assert scores.loc[scores["n"] < 3, ["lambda", "z"]].isna().all().all()


def test_nothing_is_scored_below_three(tokens):
    with pytest.raises(ValueError, match="at_least is 2; nothing is scored below three"):
        count.score_ngrams(tokens, at_least=2)


# --- tf-idf ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("n_holding", "idf"), [(18_165, 1.65), (6_723, 2.08), (19_241, 1.62), (25_235, 1.5)]
)
def test_idf_as_published(n_holding, idf):
    """Manning, Raghavan & Schuetze (2008), table 6.8: 806,791 documents of Reuters."""
    counts = pd.DataFrame({"doc_id": range(806_791), "feature": "other", "n": 1})
    counts.loc[: n_holding - 1, "feature"] = "word"
    word = count.weight_tf_idf(counts).query("feature == 'word'")
    assert word["tf_idf"].iloc[0] == pytest.approx(idf, abs=0.005)


def test_tf_idf_is_zero_for_what_all_groups_hold_and_needs_two_groups():
    counts = count.count_features(TOKENS)
    weighted = count.weight_tf_idf(counts)
    assert weighted.loc[weighted["feature"] == "防控", "tf_idf"].tolist() == [0, 0]
    assert weighted.iloc[0][["doc_id", "feature"]].tolist() == ["d1", "复工"]
    with pytest.raises(ValueError, match="tf-idf compares groups, and the counts table has 1"):
        count.weight_tf_idf(counts[counts["doc_id"] == "d1"])


def test_reduced_frequency_of_the_sample_lies_between_1_and_n(tokens):
    reduced = count.measure_reduced_frequency(tokens)
    assert (reduced["arf"] >= 1 - 1e-9).all() and (reduced["arf"] <= reduced["n"] + 1e-9).all()
    assert reduced["n"].sum() == len(tokens)


def test_dispersion_in_batches_is_dispersion_at_once(tokens, monkeypatch):
    whole = count.measure_dispersion(tokens, by="sentence_id")
    monkeypatch.setattr(count, "_BATCH_CELLS", 40)
    pd.testing.assert_frame_equal(count.measure_dispersion(tokens, by="sentence_id"), whole)


def test_a_rate_needs_cleaned_documents(hits, documents):
    with pytest.raises(ValueError, match="run clean.clean_documents first"):
        count.count_terms(hits, documents.assign(n_han=0))


def test_sizes_of_other_parts_are_refused():
    with pytest.raises(ValueError, match="none of the parts in sizes .x, y. stands in"):
        count.measure_dispersion(TOKENS, by="part", sizes=pd.Series({"x": 1, "y": 2}))


def test_ngrams_do_not_run_from_one_document_into_the_next():
    two = pd.DataFrame({"doc_id": ["d1", "d1", "d2", "d2"], "token": ["防控", "复工", "防控", "复工"],
                        "start": [0, 2, 4, 6], "end": [2, 4, 6, 8]})  # fmt: skip
    counts = count.count_ngrams(two.assign(all="corpus"), by="all")
    assert counts[["feature", "n", "document_frequency"]].values.tolist() == [["防控 复工", 2, 2]]
    scores = count.score_ngrams(pd.concat([two, two.assign(doc_id=["d3", "d3", "d3", "d3"])]))
    assert scores.set_index("feature").loc["防控 复工", ["n", "document_frequency"]].tolist() == [
        4,
        3,
    ]


def test_reduced_frequency_by_hand():
    """Gries' b at every second place: gaps of 2 in 8 words, so each adds 2 over 8/4."""
    tokens = pd.DataFrame({"doc_id": "d", "token": list("防工防工防控防控")})
    reduced = count.measure_reduced_frequency(tokens).set_index("feature")
    assert reduced.loc["防", ["n", "arf"]].tolist() == [4, 4]
    # 控 stands at 6 and 8: gaps 2 and 6 against a mean of 4, so (2 + 4) / 4.
    assert reduced.loc["控", "arf"] == 1.5


def test_options_and_cells_of_the_wrong_kind_are_named(tokens):
    with pytest.raises(ValueError, match="by must be a column's name or a list of them, not None"):
        count.count_features(tokens, by=None)
    with pytest.raises(ValueError, match="457 rows of the tokens table have no text in token"):
        count.count_features(tokens.assign(token=1))
    with pytest.raises(ValueError, match="at_least is '3'"):
        count.score_ngrams(tokens, at_least="3")
