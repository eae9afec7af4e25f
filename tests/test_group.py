"""Reprints, on notices made up here and spoiled in known ways."""

import random
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import clean, group, load, paths
from helpers.tables import COLUMNS

WORDS = (
    "各区 各部门 要 落实 疫情防控 措施 坚持 外防输入 内防扩散 社区 健康监测 返程人员 报告 有序 推动 企业 复工复产 "
    "帮助 解决 用工 资金 原材料 供应 困难 加强 重点场所 管理 保障 物资 学校 分批 开学 校园 消毒 市民 减少 外出 佩戴 口罩 "
    "交通 恢复 旅客 测量 体温 商场 预约 限流 医务人员 保护 定点医院 隔离 治疗 口岸 检疫 严防 责任 督查 通报 热线"
).split()


def notice(seed: int, n_words: int = 80) -> str:
    chooser = random.Random(seed)
    return "，".join("".join(chooser.choices(WORDS, k=8)) for _ in range(n_words // 8)) + "。"


def spoil(text: str, share: float, seed: int = 0) -> str:
    """The text with this share of its characters replaced."""
    chooser = random.Random(seed)
    return "".join(
        chr(0x4E00 + chooser.randrange(5000)) if chooser.random() < share else c for c in text
    )


def table(*texts: str, dates: list | None = None) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "doc_id": [f"d{i}" for i in range(len(texts))],
            "title": "",
            "date": pd.to_datetime(pd.Series(dates or [None] * len(texts))),
            "text": list(texts),
        }
    )


def brute_force(texts: list[str], least: float) -> set[tuple[int, int]]:
    """Every pair at or above the similarity, by comparing all pairs; written apart from group."""
    sets = []
    for text in texts:
        kept = [c for c in text if c.isalnum()]
        sets.append({tuple(kept[i : i + 5]) for i in range(len(kept) - 4)})
    return {
        (i, j)
        for i in range(len(sets))
        for j in range(i + 1, len(sets))
        if len(sets[i] & sets[j]) >= least * len(sets[i] | sets[j])
    }


def test_a_reprint_with_other_layout_is_exact():
    text = notice(1)
    reprints = group.find_reprints(table(text, notice(2), text.replace("，", ",\n")))
    assert list(reprints.columns) == COLUMNS["reprints"]
    assert reprints["group"].tolist() == [1, 2, 1]
    assert reprints["kind"].tolist() == ["exact", "only", "exact"]
    assert reprints["similarity"].tolist() == [1.0, 1.0, 1.0]


def test_groups_agree_with_comparing_all_pairs():
    texts = []
    for seed in range(60):
        text = notice(seed)
        texts += [text, *(spoil(text, share, seed) for share in (0.01, 0.02, 0.03, 0.05, 0.2, 0.4))]
    reprints = group.find_reprints(table(*texts))
    wanted = brute_force(texts, 0.8)
    assert len(wanted) > 100
    together = reprints["group"].tolist()
    missed = [pair for pair in wanted if together[pair[0]] != together[pair[1]]]
    assert len(missed) <= 0.02 * len(wanted)
    # No group without a chain of real pairs: its number of pairs is at least its size less one.
    for numbers in reprints.groupby("group").indices.values():
        members = set(numbers)
        links = [pair for pair in wanted if set(pair) <= members]
        assert len(links) >= len(members) - 1


def test_case_numbers_of_two_days_are_two_notices():
    bulletin = "示例市新增确诊病例{}例，累计确诊{}例，治愈出院{}例，死亡{}例，现有疑似{}例，密切接触者{}人，解除观察{}人。"
    one = bulletin.format(12, 345, 67, 8, 90, 1234, 567)
    other = bulletin.format(98, 765, 43, 2, 10, 9876, 543)
    assert group.find_reprints(table(one, other))["group"].tolist() == [1, 2]


def test_short_texts_are_not_glued_together_by_chance():
    assert group.find_reprints(table("疫情防控", "疫情防控工作", "疫情防控"))["group"].tolist() == [
        1,
        2,
        1,
    ]


@pytest.mark.parametrize(
    ("dates", "lengths", "canonical", "reason"),
    [
        (["2020-02-03", "2020-02-01", None], (0, 0, 9), "d1", "earliest date"),
        ([None, None, None], (0, 0, 9), "d2", "longest"),
        ([None, None, None], (0, 0, 0), "d0", "first in the table"),
        (["2020-02-01", "2020-02-01", None], (0, 5, 9), "d1", "longest"),
    ],
)
def test_what_stands_for_a_group_and_why(dates, lengths, canonical, reason):
    text = notice(3)
    reprints = group.find_reprints(table(*(text + "补" * n for n in lengths), dates=dates))
    assert set(reprints["canonical"]) == {canonical}
    assert set(reprints["reason"]) == {reason}


def test_nothing_is_deleted_and_one_of_each_is_kept():
    documents = table(notice(1), notice(1), notice(2))
    before = documents.copy()
    reprints = group.find_reprints(documents)
    kept = group.keep_canonical(documents, reprints)
    pd.testing.assert_frame_equal(documents, before)
    assert kept["doc_id"].tolist() == ["d0", "d2"]
    groups = group.list_groups(documents, reprints)
    assert groups[["n", "canonical", "doc_ids"]].values.tolist() == [[2, "d0", "d0; d1"]]


def test_the_constructed_folder_has_six_notices_more_than_once():
    folder = paths.DATA / "constructed" / "mixed"
    documents = clean.clean_documents(load.read_documents(folder, skip_bad=True))
    reprints = group.find_reprints(documents)
    assert len(group.list_groups(documents, reprints)) == 6
    assert len(group.keep_canonical(documents, reprints)) == 9


def test_repeated_posts_of_the_corpus_are_found(corpora):
    documents = clean.clean_documents(
        load.read_documents(corpora / "cctv_weibo_2020" / "sina_cctv_list_1.csv", year=2020)
    )
    reprints = group.find_reprints(documents)
    by_hand = documents["text"].str.replace(r"[\W_]+", "", regex=True)
    # What a person finds by sorting a spreadsheet: rows whose words are the same.
    assert (reprints["kind"] == "exact").sum() == by_hand.duplicated(keep=False).sum()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"doc_id": ["a", "a"]}, "'a' stands twice"),
        ({"text": ["字", " "]}, "'d1' has no cleaned text; run clean.clean_documents"),
        ({"text": ["字", None]}, "'d1' has no cleaned text; run clean.clean_documents"),
        ({"text": [1, 2]}, "'d0' has no cleaned text; run clean.clean_documents"),
    ],
)
def test_tables_that_cannot_be_compared(change, message):
    with pytest.raises(ValueError, match=message):
        group.find_reprints(table("字", "句").assign(**change))


def test_options_and_foreign_tables_are_refused():
    documents = table(notice(1), notice(2))
    with pytest.raises(ValueError, match="share from 0.3 to 1"):
        group.find_reprints(documents, least_similar=80)
    with pytest.raises(ValueError, match="share from 0.3 to 1"):
        group.find_reprints(documents, least_similar="x")
    with pytest.raises(ValueError, match="from 1 on"):
        group.find_reprints(documents, shingle=0)
    with pytest.raises(ValueError, match="'d1' is in only one of the documents and reprints"):
        group.keep_canonical(documents, group.find_reprints(documents.head(1)))
    with pytest.raises(ValueError, match="make it with load.read_documents"):
        group.find_reprints(pd.DataFrame({"text": ["字"]}))


@pytest.mark.parametrize("use", [group.keep_canonical, group.list_groups])
def test_a_group_does_not_vanish_with_its_canonical_document(use):
    documents = table(notice(1), notice(1), notice(2))
    reprints = group.find_reprints(documents)
    with pytest.raises(ValueError, match="'d0' is in only one"):
        use(documents.iloc[1:], reprints)


def test_similarity_is_measured_against_the_canonical_document():
    texts = [notice(5, 160), spoil(notice(5, 160), 0.005, 1)]
    ours, spoiled = (
        {kept[i : i + 5] for i in range(len(kept) - 4)}
        for kept in (re.sub(r"\W", "", t) for t in texts)
    )
    reprints = group.find_reprints(table(*texts, dates=["2020-02-01", "2020-02-02"]))
    wanted = len(ours & spoiled) / len(ours | spoiled)
    assert 0.8 < wanted < 1
    assert reprints["similarity"].tolist() == pytest.approx([1.0, wanted])


def test_headings_that_share_most_of_their_characters_stay_apart():
    texts = ["关于做好疫情防控工作的第三号通知", "关于做好疫情防控工作的第三号通知书"]
    assert group.find_reprints(table(*texts))["group"].tolist() == [1, 2]


def test_groups_are_listed_largest_first_with_their_first_and_last_date():
    days = ["2020-02-03", "2020-02-01", "2020-02-05", "2020-02-04", "2020-02-02"]
    documents = table(notice(1), notice(1), notice(2), notice(2), notice(2), dates=days)
    groups = group.list_groups(documents, group.find_reprints(documents))
    assert groups["n"].tolist() == [3, 2]
    assert groups["canonical"].tolist() == ["d4", "d1"]
    assert groups["first_date"].dt.strftime("%d").tolist() == ["02", "01"]
    assert groups["last_date"].dt.strftime("%d").tolist() == ["05", "03"]


def test_the_hash_of_a_shingle_is_the_same_on_every_machine():
    # The check value that the definition of CRC-32 gives for these nine characters.
    assert group._shingles("123456789", 9).tolist() == [0xCBF43926]


def test_many_sets_are_measured_at_once_as_one_by_one():
    present = np.array([True, True, True, False, False, False])
    sets = [np.array(one) for one in ([0, 1, 2], [2, 3], [3, 4, 5], [0])]
    assert group._jaccard_with(present, 3, sets).tolist() == [1.0, 1 / 4, 0.0, 1 / 3]


def test_an_empty_table_has_no_groups():
    assert group.find_reprints(table()).empty


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.sampled_from([notice(1, 24), notice(2, 24), "防控", "复工复产"]), min_size=1, max_size=8
    )
)
def test_copies_share_a_group_and_groups_are_numbered_as_they_appear(texts):
    reprints = group.find_reprints(table(*texts))
    firsts = reprints["group"].drop_duplicates().tolist()
    assert firsts == list(range(1, len(firsts) + 1))
    assert len(firsts) == len(set(texts))
    assert (reprints.groupby("group")["canonical"].nunique() == 1).all()
