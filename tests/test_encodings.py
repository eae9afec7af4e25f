import codecs
import random

import opencc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import load
from helpers.reading.load import encodings
from scripts import measure_encodings

SIMPLIFIED = "广州市召开会议，部署疫情防控和复工复产。要坚持外防输入、内防扩散，落实隔离措施。\n"
TO_TRADITIONAL = opencc.OpenCC("s2tw")
TRADITIONAL = TO_TRADITIONAL.convert(SIMPLIFIED)
MARKED = ("utf-8-sig", "utf-16", "utf-32")
WIDE = ("utf-16-le", "utf-16-be")
SHORT = ("复工", "防控", "疫情防控", "联通", "一些", "的", "稳中求进，落实好", "第三章")


# --- encodings ------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [SIMPLIFIED, TRADITIONAL], ids=["simplified", "traditional"])
@pytest.mark.parametrize("encoding", ["utf-8", *MARKED, *WIDE, "gb18030", "gbk"])
def test_every_encoding_gives_the_text_and_a_reason(text, encoding):
    decoded = load.decode(text.encode(encoding))
    assert decoded.text == text
    assert decoded.reason and not decoded.note and decoded.n_damaged == 0


@pytest.mark.parametrize("text", SHORT)
@pytest.mark.parametrize("encoding", ["utf-8", *MARKED, "gb18030"])
def test_a_few_characters_are_read_too(text, encoding):
    assert load.decode(text.encode(encoding)).text == text


def test_text_too_short_to_be_sure_says_so():
    assert "too short" in load.decode("防控".encode("gb18030")).note
    assert not load.decode("防控工作".encode("gb18030")).note


def test_big5_with_the_characters_of_hong_kong():
    text = "港府公布防疫措施，嘅、咗、啲都係香港字，㗎喎，繼續加強檢疫同埋隔離。"
    assert load.decode(text.encode("big5hkscs"))[:2] == (text, "big5hkscs")
    assert load.decode(TRADITIONAL.encode("big5"))[:2] == (TRADITIONAL, "big5hkscs")


def test_big5_has_the_marks_of_windows_and_the_web():
    text = "繼續加強檢疫～譚德塞‧阿達諾姆﹑隔離措施"
    assert load.decode(text.encode("cp950"))[:2] == (text, "big5hkscs")


@pytest.mark.parametrize(
    ("content", "encoding", "reason"),
    [
        (codecs.BOM_UTF8 + "防控".encode(), "utf-8", "byte-order mark"),
        ("防控".encode("utf-16"), "utf-16-le", "byte-order mark"),
        ("防控".encode(), "utf-8", "strict UTF-8"),
        (b"ascii", "utf-8", "ASCII"),
        (
            SIMPLIFIED.encode("gbk"),
            "gb18030",
            "not UTF-8; common Chinese characters as gb18030 100%, big5hkscs",
        ),
        ("一些".encode("gbk"), "gb18030", "fits UTF-8 too, but is Chinese as GB18030"),
        (
            SIMPLIFIED.encode("utf-16-be"),
            "utf-16-be",
            "no byte-order mark; as utf-16-be 100% common",
        ),
        (
            "疫情防控，落实隔离措施".encode("utf-16-le"),
            "utf-16-le",
            "not UTF-8; common Chinese characters as utf-16-le 100%",
        ),
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
    assert load.decode(SIMPLIFIED.encode("gbk"), declared="big5")[:2] == (SIMPLIFIED, "gb18030")
    assert load.decode(SIMPLIFIED.encode("gbk"), declared="klingon").encoding == "gb18030"
    marked = SIMPLIFIED.encode("utf-8-sig")
    assert load.decode(marked, declared="gb2312").reason == "byte-order mark"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\0\1\2\3" * 50, r"is not text \(it holds NUL bytes\); export its text as UTF-8"),
        (b"abc\x80\xffdef", "cannot be decoded: byte 0x80 at offset 3 is not UTF-8, and the whole"),
        (SIMPLIFIED.encode() * 20 + b"\xff", f"byte 0xff at offset {20 * len(SIMPLIFIED.encode())} is not UTF-8"),
        (SIMPLIFIED.encode("gbk") * 9 + b"\xff\n" + SIMPLIFIED.encode("gbk"), "byte 0xff at offset 729 is not GB18030, which the rest of it is; mend that byte"),
        (TRADITIONAL.encode("big5") * 9 + b"\xff\n" + TRADITIONAL.encode("big5"), "byte 0xff at offset 729 is not Big5, which the rest of it is"),
        (codecs.BOM_UTF16_LE + b"\x4e", "begins like utf-16-le but byte 0 does not fit"),
    ],
)  # fmt: skip
def test_what_cannot_be_decoded_names_the_byte(content, message):
    with pytest.raises(ValueError, match=message):
        load.decode(content)


def test_one_bad_byte_is_never_passed_over():
    for encoding in ("utf-8", "gb18030"):
        content = bytearray((SIMPLIFIED * 3).encode(encoding))
        content[40:40] = b"\xff"
        with pytest.raises(ValueError, match="byte 0x.. at offset"):
            load.decode(bytes(content))


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "big5hkscs", "utf-16-le"])
def test_a_large_file_is_judged_by_samples(monkeypatch, encoding):
    seen = []
    share = encodings._share_common
    monkeypatch.setattr(
        encodings, "_share_common", lambda text: seen.append(len(text)) or share(text)
    )
    monkeypatch.setattr(encodings, "_LARGE", 1000)
    monkeypatch.setattr(encodings, "_SAMPLE", 301)
    text = (SIMPLIFIED if encoding == "gb18030" else TRADITIONAL) * 50
    assert load.decode(text.encode(encoding))[:2] == (text, encoding)
    assert all(n < 1000 for n in seen)


# --- misreadings that can be proved ---------------------------------------------------------

PLAIN = SIMPLIFIED.replace("。", "")
EXACT = [
    ("utf-8", "latin-1", SIMPLIFIED), ("utf-8", "cp1252", SIMPLIFIED),
    ("gb18030", "latin-1", SIMPLIFIED), ("gb18030", "cp1252", "勠力同心，落实隔离措施"),
    ("big5hkscs", "latin-1", TRADITIONAL), ("big5hkscs", "gb18030", TRADITIONAL),
    ("gb18030", "big5hkscs", "落实隔离措施，加强社区管理"), ("utf-8", "gb18030", "疫情防控和复工复产工"),
]  # fmt: skip


@pytest.mark.parametrize(("truth", "wrong", "text"), EXACT)
def test_a_misreading_that_can_be_proved_is_turned_back(truth, wrong, text):
    misread = measure_encodings.misread(text.encode(truth), wrong)
    assert "\ufffd" not in misread and misread != text
    decoded = load.decode(misread.encode("utf-8"))
    assert decoded.text == text
    assert decoded.encoding == f"{truth}, misread as {wrong}"
    assert "the way back is exact" in decoded.reason and decoded.n_damaged == 0


@pytest.mark.parametrize("program", ["gb18030", "gbk of browsers", "gbk of Windows"])
def test_utf8_read_as_gbk_comes_back_but_for_what_is_lost(program):
    """GBK cannot read the byte 0x80 (一 has it), nor an odd byte before ASCII: that is lost."""
    text = "疫情防控，一些工作一一落实。\n外防输入、内防扩散2020年\n会议说：“落实”"
    misread = measure_encodings.misread(text.encode(), program)
    assert any(mark in misread for mark in "\ufffd€")
    decoded = load.decode(misread.encode())
    assert measure_encodings.is_same_but_lost(text, decoded.text)
    assert decoded.n_damaged == decoded.text.count("\ufffd") == 4
    assert "lost in 4 places" in decoded.note and "U+FFFD" in decoded.note
    assert "一些工作一一落实" in decoded.text


def test_a_damaged_line_among_good_ones_is_turned_back_alone():
    bad = "落实隔离措施，加强社区管理".encode().decode("latin-1")
    decoded = load.decode(f"{bad}\n{bad}\n{bad}\n会议指出。".encode())
    assert decoded.text == "落实隔离措施，加强社区管理\n" * 3 + "会议指出。"
    assert "3 of 4 pieces were utf-8 read as latin-1" in decoded.reason and not decoded.note


def test_a_damaged_cell_of_a_table_is_turned_back_alone():
    bad = "落实隔离措施，加强社区管理".encode("gb18030").decode("latin-1")
    decoded = load.decode(f"编号,正文\n甲,{bad}\n乙,疫情防控".encode())
    assert decoded.text == "编号,正文\n甲,落实隔离措施，加强社区管理\n乙,疫情防控"


def test_where_one_piece_proves_it_short_ones_come_back_too():
    text = "落实隔离措施，加强社区管理\n复工\n一、"
    misread = text.encode().decode("latin-1")
    assert load.decode(misread.encode()).text == text


def test_windows_has_other_characters_than_latin_1_for_some_bytes():
    text = "落实隔离措施，加强社区管理\n勠力同心，复工复产"  # only 勠 has such a byte
    misread = measure_encodings.misread(text.encode("gb18030"), "cp1252")
    assert load.decode(misread.encode()).text == text


@pytest.mark.parametrize(("truth", "wrong"), [pair[:2] for pair in EXACT])
def test_a_few_misread_characters_come_back_right_or_stay(truth, wrong):
    words = [*SHORT, "落实", "隔离措施", "社区", "企业复工率", "口罩", "核酸检测", "外防输入"]
    n_right = 0
    for text in words + [one + two for one in words for two in words]:
        text = TO_TRADITIONAL.convert(text) if truth == "big5hkscs" else text
        misread = measure_encodings.misread(text.encode(truth), wrong)
        decoded = load.decode(misread.encode())
        assert decoded.text == misread or measure_encodings.is_same_but_lost(text, decoded.text)
        n_right += decoded.text == text
    assert n_right > 15


# --- misreadings that cannot be proved, and losses ------------------------------------------


def test_what_cannot_be_proved_is_left_and_reported():
    misread = SIMPLIFIED.encode("gb18030").decode("big5", errors="replace")
    assert "\ufffd" in misread
    decoded = load.decode(misread.encode())
    assert decoded.text == misread
    assert "cannot be proved" in decoded.note and decoded.n_damaged


def test_a_bit_of_misread_text_in_a_good_one_is_reported():
    text = SIMPLIFIED + "锛堜竴"
    decoded = load.decode(text.encode())
    assert decoded.text == text
    assert "looks misread in 1 place (such as 锛)" in decoded.note


def test_what_is_left_beside_what_came_back_is_counted():
    good = "落实隔离措施，加强社区管理".encode().decode("latin-1")
    bad = "落实隔离".encode().decode("latin-1")[:-1]  # a byte is missing
    decoded = load.decode(f"{good}\n{bad}".encode())
    assert decoded.text == f"落实隔离措施，加强社区管理\n{bad}"
    assert "1 more piece may be misread too" in decoded.note


@pytest.mark.parametrize(
    ("text", "n_damaged", "shown"),
    [
        ("隔离锟斤拷锟斤拷措施\ufffd\ufffd和烫烫烫烫", 3, "锟斤拷"),
        ("屯屯屯屯" + SIMPLIFIED, 1, "屯屯屯"),
        ("\ufffd防\ufffd控" + SIMPLIFIED, 2, "U+FFFD"),
        ("????，????\n" * 10, 20, "???"),
        ("真的吗?? 是的???" + SIMPLIFIED, 0, ""),
        ("烫烫的屯田" + SIMPLIFIED, 0, ""),
    ],
)
def test_what_is_lost_for_good_is_counted_and_left(text, n_damaged, shown):
    decoded = load.decode(text.encode())
    assert (decoded.text, decoded.n_damaged) == (text, n_damaged)
    assert f"(such as {shown})" in decoded.note if n_damaged else not decoded.note


def test_private_characters_are_reported_not_counted_as_lost():
    decoded = load.decode((SIMPLIFIED + "\ue5d2\ue5d3").encode())
    assert decoded.n_damaged == 0
    assert "2 characters (such as U+E5D2) of private use" in decoded.note


# --- no false repairs -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["Beijing — façade, naïve, Zürich: 疫情防控和复工复产工作会议", "ÄÖÜ", "Müller", "饕餮魑魅魍魉",
     "鼙鼓齉齾", "αβγδ", "кириллица", "日本の政策", "コロナウイルスワクチン", "このたびのごれんらく", "한국", "ÀÉÈÙ àéèùâêîôûç äöüß", "José，Ángel",
     "锛子、凿子", "闫某、辘轳", "25℃，№3", "Ⅰ、Ⅱ", "🙏🙏"],
)  # fmt: skip
def test_unusual_text_is_not_turned_into_something_else(text):
    assert load.decode(text.encode())[:2] == (text, "utf-8")


def test_clean_corpora_are_never_turned_back(corpora):
    """False repairs: whole documents, and 6,000 snippets of 5 to 20 characters."""
    texts = [text for text in measure_encodings.read_corpora(corpora) if text.strip()]
    chooser = random.Random(20200226)
    whole = "\n".join(texts)
    starts = (chooser.randrange(len(whole) - 20) for _ in range(6000))
    snippets = [whole[start : start + chooser.randint(5, 20)] for start in starts]
    spun = TO_TRADITIONAL.convert("\x1e".join(snippets[:2000])).split("\x1e")
    assert len(texts) > 9000
    for text in [*texts, *snippets, *spun]:
        if text.strip():
            assert load.decode(text.encode())[:2] == (text, "utf-8")


WORDS = st.lists(
    st.sampled_from(
        ["疫情防控", "复工复产", "隔离", "，", "落实", "2020年", "\n", "外防输入", "稳就业"]
    ),
    min_size=4,
).filter(lambda words: len("".join(words).strip()) >= 8)


@settings(max_examples=200, deadline=None)
@given(WORDS, st.sampled_from(["utf-8", "gb18030", "utf-8-sig", "utf-16", "utf-32"]))
def test_policy_words_come_back_from_any_encoding(words, encoding):
    text = "".join(words)
    assert load.decode(text.encode(encoding)).text == text


@settings(max_examples=200, deadline=None)
@given(WORDS)
def test_policy_words_in_traditional_script_come_back_from_big5(words):
    text = TO_TRADITIONAL.convert("".join(words))
    assert load.decode(text.encode("big5")).text == text


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=60))
def test_any_text_with_a_mark_comes_back_or_was_proved_misread(text):
    decoded = load.decode(codecs.BOM_UTF8 + text.encode())
    assert decoded.text == text or "the way back is exact" in decoded.reason


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=80))
def test_any_bytes_give_a_text_or_a_reason_why_not(content):
    try:
        assert load.decode(content).reason
    except ValueError as error:
        assert str(error).startswith(("cannot be decoded: byte", "is not text", "begins like"))


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16-le"])
def test_pinyin_in_brackets_is_no_sign_of_a_wrong_decoding(encoding, seed_raw):
    decoded = load.decode(seed_raw.encode(encoding))
    assert (decoded.text, decoded.note) == (seed_raw, "")


# --- quick looks ----------------------------------------------------------------------------


def test_the_quick_look_knows_every_character_worth_a_note():
    everything = "".join(chr(code) * 3 for code in range(0x110000))
    kinds = encodings._kinds_table()
    noted = {chr(code) for code in range(0x110000) if kinds[code] & encodings._NOTEWORTHY}
    begin = set("".join(encodings._PRIVATE.findall(everything))) | set("\ufffd锟烫屯锛銆鈥ïãâ")
    assert begin <= noted
    for pattern in (encodings._LOST, encodings._TELLTALE):
        assert all(set(found) & noted for found in pattern.findall(everything + "锛的锟斤拷ï¼ã€â€"))


@pytest.mark.parametrize(("truth", "wrong"), [("utf-8", "latin-1"), ("gb18030", "latin-1")])
def test_a_misreading_is_seen_beside_many_readings(truth, wrong, seed_raw):
    misread = SIMPLIFIED.encode(truth).decode(wrong)
    decoded = load.decode(f"{seed_raw}\n{misread}".encode())
    assert decoded.encoding == f"utf-8, misread as {wrong}".replace("utf-8", truth)
    assert decoded.text.endswith(SIMPLIFIED)


@settings(max_examples=500, deadline=None)
@given(st.text(st.sampled_from("防控的囍鎴锛а（）()qiáng ē\ufffd，a"), max_size=30))
def test_suspicion_does_not_hang_on_readings_in_brackets(text):
    n_common, n_telling = encodings._count_common(text)
    assert encodings._is_suspicious(text) == (n_common < encodings._LEAST_COMMON * n_telling)
