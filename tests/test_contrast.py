import numpy as np
import pandas as pd
import pytest

from helpers.comparing.compare.contrast import CONTRAST_COLUMNS, contrast_rates

# Three groups of 10, 20 and 40 running words, worked out by hand below.
COUNTS = pd.DataFrame(
    [
        ("A", "防控", 5), ("A", "工作", 3), ("A", "复工", 2),
        ("B", "防控", 4), ("B", "工作", 6), ("B", "复工", 10),
        ("C", "防控", 4), ("C", "工作", 12), ("C", "经济", 24),
    ],
    columns=["part", "feature", "n"],
)  # fmt: skip
# Rates per 1,000 in A, B, C; their average; hence the deviations.
RATES = {
    "防控": (500, 200, 100),  # average 800/3
    "工作": (300, 300, 300),  # the same everywhere
    "复工": (200, 500, 0),  # average 700/3
    "经济": (0, 0, 600),  # average 200
}


def of(found, feature, column):
    return found.loc[found["feature"] == feature, column].tolist()


def test_the_columns_and_one_row_per_feature_and_group_in_the_tables_order():
    found = contrast_rates(COUNTS)
    assert list(found.columns) == CONTRAST_COLUMNS
    assert found["group"].tolist() == ["A", "B", "C"] * 4
    assert found["feature"].unique().tolist() == ["经济", "复工", "防控", "工作"]
    assert contrast_rates(COUNTS.iloc[::-1])["group"].tolist() == ["C", "B", "A"] * 4


@pytest.mark.parametrize("feature", RATES)
def test_rates_and_deviations_are_those_worked_out_by_hand(feature):
    found = contrast_rates(COUNTS)
    rates = RATES[feature]
    assert of(found, feature, "rate") == pytest.approx(rates)
    average = sum(rates) / 3
    assert of(found, feature, "deviation") == pytest.approx([rate - average for rate in rates])
    assert of(found, feature, "largest") == pytest.approx([max(rates) - average] * 3)
    assert of(found, feature, "smallest_rate") == pytest.approx([min(rates)] * 3)


def test_numbers_to_the_digit():
    found = contrast_rates(COUNTS)
    assert of(found, "防控", "largest")[0] == pytest.approx(700 / 3)
    assert of(found, "复工", "largest")[0] == pytest.approx(800 / 3)
    assert of(found, "经济", "n") == [0, 0, 24]


def test_the_group_of_the_largest_deviation():
    found = contrast_rates(COUNTS).drop_duplicates("feature").set_index("feature")
    group = found["group_of_largest"]
    assert group.drop("工作").to_dict() == {"经济": "C", "复工": "B", "防控": "A"}
    assert pd.isna(group["工作"])


def test_equal_rates_are_exactly_zero_whatever_rounding_says():
    # 1/3, 2/6 and 7/21 are one rate, but their sum divided by three need not be.
    rows = [
        (g, f, n) for g, k in (("x", 1), ("y", 2), ("z", 7)) for f, n in (("同", k), ("余", 2 * k))
    ]
    found = contrast_rates(pd.DataFrame(rows, columns=["doc_id", "feature", "n"]))
    assert (found["deviation"] == 0).all()
    assert (found["largest"] == 0).all()
    assert found["group_of_largest"].isna().all()


def test_of_two_equal_largest_deviations_the_first_group_is_named():
    counts = pd.DataFrame(
        [("a", "余", 9), ("b", "余", 6), ("b", "同", 3), ("c", "余", 14), ("c", "同", 7)],
        columns=["part", "feature", "n"],
    )
    found = contrast_rates(counts).set_index(["feature", "group"])
    assert found.loc[("同", "a"), "group_of_largest"] == "b"


def test_deviations_of_a_feature_sum_to_zero_and_rates_of_a_group_to_a_thousand():
    chance = np.random.default_rng(4)
    n = chance.integers(0, 50, size=(30, 4))
    counts = pd.DataFrame(
        [(f"g{j}", f"w{i}", n[i, j]) for i in range(30) for j in range(4)],
        columns=["doc_id", "feature", "n"],
    )
    found = contrast_rates(counts)
    assert found.groupby("feature")["deviation"].sum().abs().max() < 1e-9
    assert found.groupby("group")["rate"].sum().tolist() == pytest.approx([1000] * 4)


def test_a_feature_with_no_mention_at_all_has_no_row_and_the_table_is_left_alone():
    counts = pd.concat([COUNTS, pd.DataFrame([("A", "无", 0)], columns=COUNTS.columns)])
    before = counts.copy(deep=True)
    assert "无" not in contrast_rates(counts)["feature"].tolist()
    pd.testing.assert_frame_equal(counts, before)


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        (COUNTS.drop(columns="n"), "no column 'n'"),
        (COUNTS.drop(columns="part"), "first column of the counts table is 'feature'"),
        (COUNTS.head(0), "has no rows"),
        (COUNTS.head(3), "holds one group, 'A'; a contrast needs two or more"),
        (pd.concat([COUNTS, COUNTS.head(1)]), "more than one row for '防控' in the group 'A'"),
        (COUNTS.assign(n=COUNTS["n"].where(COUNTS["part"] != "B", 0)), "group 'B' .* is empty"),
        (COUNTS.assign(n=COUNTS["n"] / 8), "n = .* every row needs a feature and a whole number"),
        (COUNTS.assign(n=np.nan), "n = .*nan"),
        (COUNTS.assign(n=-1), "n = .*-1"),
        (COUNTS.assign(feature=None), "for feature None"),
        (COUNTS.assign(segmenter=["s1"] * 8 + ["s2"]), "mixes 2 segmenters"),
        ([1, 2], "must be a pandas table"),
        (COUNTS.assign(part=[None, *COUNTS["part"][1:]]), "1 rows .* no value in 'part'"),
        (COUNTS.assign(n=COUNTS["n"] + 0j), "n = .*0j"),
        (COUNTS.assign(n=True), "n = .*True"),
        (COUNTS.assign(feature=[["防"]] * 9), "no value in 'feature' .*row 0"),
        (pd.concat([COUNTS, COUNTS[["n"]]], axis=1), "the column 'n' twice; keep one"),
        (pd.concat([COUNTS[["part"]], COUNTS], axis=1), "the column 'part' twice; keep one"),
    ],
)
def test_a_contrast_refuses(counts, message):
    with pytest.raises(ValueError, match=message):
        contrast_rates(counts)


@pytest.mark.parametrize("groups", [(True, False), (2020, 2021), ("1", 1), (("x", 1), ("x", 2))])
def test_groups_may_have_any_name(groups):
    counts = pd.DataFrame({"label": [groups[0], groups[0], groups[1]], "feature": list("甲乙乙"),
                           "n": [8, 2, 4]})  # fmt: skip
    found = contrast_rates(counts)
    assert found["group"].tolist() == list(groups) * 2
    assert of(found, "甲", "n") == [8, 0]
    assert of(found, "乙", "n") == [2, 4]
