import codecs
import json

import opencc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import load
from helpers.reading.load import encodings

SIMPLIFIED = "广州市召开会议，部署疫情防控和复工复产。要坚持外防输入、内防扩散，落实隔离措施。\n"
TRADITIONAL = opencc.OpenCC("s2t").convert(SIMPLIFIED)
MARKED = ("utf-8-sig", "utf-16", "utf-32")
LEGACY = ("gb18030", "gbk")


@pytest.mark.parametrize("text", [SIMPLIFIED, TRADITIONAL])
@pytest.mark.parametrize("encoding", ["utf-8", *MARKED, *LEGACY, "utf-16-le", "utf-16-be"])
def test_every_encoding_gives_the_text_and_a_reason(text, encoding):
    decoded = load.decode(text.encode(encoding))
    assert decoded.text == text
    assert decoded.reason and not decoded.note and decoded.n_damaged == 0


def test_big5_with_the_characters_of_hong_kong():
    text = "港府公布防疫措施，嘅、咗、啲都是香港常用字，繼續加強檢疫和隔離，維持社會秩序。"
    assert load.decode(text.encode("big5hkscs"))[:2] == (text, "big5hkscs")
    assert load.decode(TRADITIONAL.encode("big5"))[:2] == (TRADITIONAL, "big5hkscs")


@pytest.mark.parametrize(
    ("content", "encoding", "reason"),
    [
        (codecs.BOM_UTF8 + "防控".encode(), "utf-8", "byte-order mark"),
        ("防控".encode(), "utf-8", "strict UTF-8"),
        (b"ascii", "utf-8", "ASCII"),
        (
            SIMPLIFIED.encode("gbk"),
            "gb18030",
            "not UTF-8; common Chinese characters as gb18030 100%",
        ),
        ("一些".encode("gbk"), "gb18030", "fits UTF-8 too, but is Chinese as GB18030"),
    ],
)
def test_the_reason_says_how_the_encoding_is_known(content, encoding, reason):
    decoded = load.decode(content)
    assert decoded.encoding == encoding
    assert decoded.reason.startswith(reason)


def test_what_a_page_declares_is_believed_only_if_it_fits():
    gbk = "防控".encode("gbk")
    assert load.decode(gbk, declared="gb2312").reason == "declared as gb2312, and it fits"
    assert load.decode(SIMPLIFIED.encode(), declared="gb2312")[:2] == (SIMPLIFIED, "utf-8")
    assert load.decode(SIMPLIFIED.encode("gbk"), declared="utf-8")[:2] == (SIMPLIFIED, "gb18030")
    assert load.decode(SIMPLIFIED.encode("gbk"), declared="klingon").encoding == "gb18030"


EXACT = [("utf-8", "latin-1"), ("utf-8", "cp1252"), ("gb18030", "latin-1"), ("gb18030", "cp1252"),
         ("big5hkscs", "latin-1"), ("gb18030", "big5hkscs")]  # fmt: skip


@pytest.mark.parametrize(("truth", "wrong"), EXACT)
def test_a_misreading_that_can_be_proved_is_turned_back(truth, wrong):
    text = TRADITIONAL if "big5" in truth else SIMPLIFIED
    content = text.encode(truth)
    misread = encodings._read_as(content, wrong)
    if "\ufffd" in misread:
        pytest.skip("this text loses bytes on the way")
    decoded = load.decode(misread.encode("utf-8"))
    assert decoded.text == text
    # Where no byte tells the two apart, Windows' own Western encoding passes for Latin-1.
    assert decoded.encoding in (f"{truth}, misread as {wrong}", f"{truth}, misread as latin-1")
    assert "the way back is exact" in decoded.reason


def test_utf8_read_as_gbk_is_turned_back_where_no_byte_was_lost():
    text = "疫情防控和复工复产工作"  # 11 characters, 33 bytes: an odd one is left at the end
    for whole in (text[:10], text[:8]):
        misread = whole.encode().decode("gb18030", errors="replace")
        decoded = load.decode(misread.encode())
        if "\ufffd" not in misread:
            assert decoded.text == whole
    lost = text.encode().decode("gb18030", errors="replace")
    assert "\ufffd" in lost
    decoded = load.decode(lost.encode())
    assert decoded.text == text[:-1] + "\ufffd"  # the last character is gone, and stays so
    assert "1 of 1 pieces" in decoded.reason and "lost in 1 place" in decoded.note


def test_a_misreading_that_cannot_be_proved_is_left_and_reported():
    lost = "疫情防控和复工复产工作".encode().decode("big5hkscs", errors="replace")
    decoded = load.decode(lost.encode())
    assert decoded.text == lost
    assert "cannot be proved" in decoded.note


def test_a_damaged_line_among_good_ones_is_turned_back_alone():
    bad = "落实隔离措施，加强社区管理".encode().decode("latin-1")
    decoded = load.decode(f"{bad}\n{bad}\n{bad}\n会议指出。".encode())
    assert decoded.text == "落实隔离措施，加强社区管理\n" * 3 + "会议指出。"
    assert "3 of 4 pieces" in decoded.reason


def test_what_is_lost_for_good_is_counted_and_left():
    text = "隔离锟斤拷锟斤拷措施\ufffd\ufffd和烫烫烫烫" + SIMPLIFIED
    decoded = load.decode(text.encode())
    assert decoded.text == text
    assert decoded.n_damaged == 3
    assert "lost in 3 places (such as 锟斤拷)" in decoded.note


@pytest.mark.parametrize(
    "text",
    ["Beijing — façade, naïve, Zürich: 疫情防控和复工复产工作会议", "ÄÖÜ", "Müller", "饕餮魑魅魍魉",
     "鼙鼓齉齾", "αβγδ", "кириллица", "日本の政策", "한국"],
)  # fmt: skip
def test_unusual_text_is_not_turned_into_something_else(text):
    assert load.decode(text.encode()).text == text


def test_clean_corpora_are_never_turned_back(corpora):
    """False repairs: whole reports, and 2,000 snippets of 5 to 20 characters."""
    path = corpora / "work_reports" / "government_work_reports.jsonl"
    reports = [json.loads(line)["content"] for line in path.read_text("utf-8").splitlines()[:30]]
    snippets = [report[start : start + 5 + start % 16] for report in reports
                for start in range(0, 6700, 100)]  # fmt: skip
    assert len(snippets) >= 2000
    for text in [*reports, *filter(None, snippets)]:
        assert load.decode(text.encode()).text == text


WORDS = st.lists(
    st.sampled_from(["疫情防控", "复工复产", "隔离", "，", "落实", "2020年", "\n"]), min_size=4
)


@settings(max_examples=200, deadline=None)
@given(WORDS, st.sampled_from(["utf-8", "gb18030", "utf-16", "utf-8-sig"]))
def test_policy_words_come_back_from_any_encoding(words, encoding):
    text = "".join(words)
    if len(text.strip()) < 8:
        return
    assert load.decode(text.encode(encoding)).text == text


def test_a_large_file_is_judged_by_samples(monkeypatch):
    monkeypatch.setattr(encodings, "_LARGE", 1000)
    monkeypatch.setattr(encodings, "_SAMPLE", 300)
    for text, encoding in ((SIMPLIFIED * 50, "gb18030"), (TRADITIONAL * 50, "big5hkscs")):
        assert load.decode(text.encode(encoding))[:2] == (text, encoding)


def test_bytes_that_are_no_text_are_refused():
    with pytest.raises(ValueError, match="NUL bytes"):
        load.decode(b"\0\1\2\3" * 50)
    with pytest.raises(ValueError, match="byte 0x80 at offset 3 is not UTF-8"):
        load.decode(b"abc\x80\xffdef")
