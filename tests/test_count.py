from collections import Counter

import pandas as pd
import pytest

from helpers import count
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
        ["d1", "防控", 2, 1, 500000.0], ["d1", "复工", 1, 1, 250000.0],
        ["d1", "措施", 1, 1, 250000.0], ["d2", "措施", 1, 1, 500000.0],
        ["d2", "防控", 1, 1, 500000.0],
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
    with pytest.raises(ValueError, match=r"no column 'period'.*tokens.merge"):
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


def test_grouping_by_a_list_of_columns_is_refused():
    with pytest.raises(ValueError, match=r"no column \['doc_id'\] to group by"):
        count.count_features(TOKENS, by=["doc_id"])


def test_a_rate_needs_cleaned_documents(hits, documents):
    with pytest.raises(ValueError, match="run clean.clean_documents first"):
        count.count_terms(hits, documents.assign(n_han=0))


def test_sizes_of_other_parts_are_refused():
    with pytest.raises(ValueError, match="none of the parts in sizes .x, y. stands in"):
        count.measure_dispersion(TOKENS, by="part", sizes=pd.Series({"x": 1, "y": 2}))
