"""Every header here was made up for these tests."""

import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.reading.load.metadata import (
    date_in_name,
    document_number,
    parse_date,
    place_of,
    read_header,
    year_in_name,
)

DAY = date(2020, 2, 26)
BODY = "各区、各部门：\n为做好防控工作，2003年非典以来的经验要用好。会议于2月20日召开，根据国发〔2019〕9号文件执行。\n"


@pytest.mark.parametrize(
    "written",
    [
        "2020-02-26", "2020/2/26", "2020.2.26", "20200226", "2020年2月26日", "2020年02月26日 15:04",
        "2020 年 2 月 26 日", "2020-02-26T08:00:00+08:00", "2020-02-26 18:40:05", "2020-02-26T00:30:00Z",
        "二〇二〇年二月二十六日", "二○二○年二月二十六日", "二零二零年二月二十六日", "（2020年2月26日）",
        "2020年2月26日星期三", "2020年2月26日（星期三）", "2020年2月26号", "[2020-02-26]",
    ],
)  # fmt: skip
def test_a_full_date_is_read_in_every_spelling(written):
    assert parse_date(written) == (DAY, False)


@pytest.mark.parametrize(
    "written", ["2月26日", "02月26日", "二月二十六日", "2月26日 23:54", "2月26日 05:06  \t 已编辑"]
)
def test_a_date_without_its_year_needs_one_and_is_marked(written):
    assert parse_date(written) is None
    assert parse_date(written, year=2020) == (DAY, True)


@pytest.mark.parametrize(
    "written",
    ["", "2020", "2020年", "2020-13-45", "2月30日", "2020年2月30日", "20-02-26", "1899-01-01", "3020-01-01",
     "2020年2月26日召开", "tomorrow", "2020-02", "防控", "二月", "26日", "十月十月十日"],
)  # fmt: skip
def test_what_is_no_date_is_none(written):
    assert parse_date(written, year=2020) is None


@pytest.mark.parametrize(
    ("numeral", "day"), [("十", 10), ("十一", 11), ("二十", 20), ("三十一", 31), ("九", 9)]
)
def test_chinese_numerals_of_days(numeral, day):
    assert parse_date(f"二〇二〇年一月{numeral}日").date == date(2020, 1, day)


@pytest.mark.parametrize(
    ("name", "day", "year"),
    [
        ("guangzhou-2020-02-26", DAY, 2020), ("20200226_notice", DAY, 2020), ("2020年2月26日", DAY, 2020),
        ("2020.02.26", DAY, 2020), ("notice_2020_2_26", DAY, 2020), ("120200226", None, None),
        ("2020-13-45", None, 2020), ("news_2020", None, 2020), ("2020年通知", None, 2020),
        ("2019-2021", None, None), ("1949-10-01", date(1949, 10, 1), 1949), ("report", None, None),
        ("no 3020 yes", None, None), ("a1234567890", None, None),
    ],
)  # fmt: skip
def test_dates_and_years_in_file_names(name, day, year):
    assert (date_in_name(name), year_in_name(name)) == (day, year)


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("国发〔2020〕1号", "国发〔2020〕1号"), ("国办发[2020] 3 号", "国办发〔2020〕3号"),
        ("穗府办函（2020）12号", "穗府办函〔2020〕12号"), ("(粤疾控［2020］第 7 号)", "粤疾控〔2020〕7号"),
        ("国务院令第714号", "国务院令第714号"), ("公告2020年第1号", "公告2020年第1号"),
        ("文号：穗府〔2020〕5号", "穗府〔2020〕5号"), ("发文字号: 粤府【2020】9号", "粤府〔2020〕9号"),
        ("根据国发〔2020〕1号文件要求", ""), ("国发〔2020〕1号、2号", ""), ("第12号", ""), ("第3号院", ""),
        ("2020年", ""), ("", ""),
    ],
)  # fmt: skip
def test_a_document_number_counts_only_as_the_documents_own(line, number):
    assert document_number(line) == number


@pytest.mark.parametrize(
    ("organ", "place"),
    [
        ("广州市人民政府", "广州市"), ("广东省广州市人民政府", "广东省广州市"), ("国务院办公厅", ""),
        ("中共广州市委员会", "广州市"), ("广州市白云区人民政府", "广州市白云区"), ("内蒙古自治区卫生健康委", "内蒙古自治区"),
        ("恩施土家族苗族自治州人民政府", ""), ("示例省教育厅", "示例省"), ("国家卫生健康委员会", ""), ("社区居民委员会", ""),
    ],
)  # fmt: skip
def test_the_place_is_what_the_organs_name_begins_with(organ, place):
    assert place_of(organ) == place


def test_a_government_notice_with_signature():
    text = f"示例市人民政府关于做好防控工作的通知\n示府〔2020〕3号\n{BODY}特此通知。\n示例市人民政府\n2020年2月26日\n"
    assert read_header(text) == {
        "title": "示例市人民政府关于做好防控工作的通知",
        "document_number": "示府〔2020〕3号",
        "date": DAY,
        "date_basis": "signature",
        "issuer": "示例市人民政府",
        "place": "示例市",
    }


def test_a_page_with_labelled_lines():
    text = f"示例市部署复工复产\n发布时间：2020-02-26 18:40 来源：示例日报 字体：大 中 小\n{BODY}"
    found = read_header(text)
    assert (found["date"], found["date_basis"]) == (DAY, "header")
    assert found["source"].startswith("示例日报")
    assert found["title"] == "示例市部署复工复产"


HEADERS = [
    ("发布日期： 2020年2月26日\n标题行\n", DAY, "header"),
    ("标题行\n（2020年2月26日）\n", DAY, "header"),
    ("标题行\n（2020年2月26日市委常委会会议通过）\n", DAY, "header"),
    ("标题行\n二〇二〇年二月二十六日\n", DAY, "header"),
    ("标题行\n成文日期：2020.2.26 发布机构：示例市卫生健康委员会\n", DAY, "header"),
    ("标题行\n时 间：2020/02/26\n", DAY, "header"),
    ("政府工作报告\n——2020年2月26日在示例市第十五届人民代表大会第六次会议上\n", DAY, "header"),
    ("关于2020年2月26日疫情的通报\n", None, ""),
    ("标题行\n", None, ""),
    ("回望2003年的防控\n", None, ""),
    ("2019年工作总结\n", None, ""),
]


@pytest.mark.parametrize(("header", "day", "basis"), HEADERS)
def test_a_date_comes_from_the_header_and_never_from_the_body(header, day, basis):
    found = read_header(header + BODY)
    assert (found.get("date"), found.get("date_basis", "")) == (day, basis)


@pytest.mark.parametrize(
    ("name", "year", "number", "basis"),
    [
        ("", 2020, "", "signature, year given"),
        ("news_2020", None, "", "signature, year inferred from the file name"),
        ("", None, "示府〔2020〕3号\n", "signature, year inferred from the document number"),
        ("news_2019", 2020, "示府〔2018〕3号\n", "signature, year given"),
    ],
)
def test_where_an_inferred_year_comes_from_is_said(name, year, number, basis):
    text = f"关于防控的通知\n{number}{BODY}特此通知。\n示例市人民政府\n2月26日"
    found = read_header(text, name=name, year=year)
    assert (found["date"], found["date_basis"]) == (DAY, basis)


def test_a_date_whose_year_nobody_knows_is_no_date():
    assert "date" not in read_header(f"关于防控的通知\n{BODY}示例市人民政府\n2月26日")


TRAPS = [
    BODY,
    "2003年，非典来袭。\n2020年，疫情再起。\n",
    f"标题\n{BODY}版权所有 2020 示例市人民政府\n",
    "时间地点\n2019年\n2020年\n2021年\n",
    f"{BODY}联系电话：20200226。\n",
    "1月20日\n甲地新增3例。\n2月26日\n乙地新增1例。\n",
    f"标题\n{BODY}下一篇：2020年2月27日示例市新闻发布会在市政府举行，介绍全市情况。\n",
]


@pytest.mark.parametrize("text", TRAPS)
def test_no_date_is_invented(text):
    assert "date" not in read_header(text)


@pytest.mark.parametrize(
    ("header", "title"),
    [
        (
            "示例市人民政府办公厅\n关于支持企业复工的通知\n",
            "示例市人民政府办公厅关于支持企业复工的通知",
        ),
        ("强化责任担当 统筹做好各项工作\n", "强化责任担当 统筹做好各项工作"),
        ("当前位置：首页 > 新闻\n有序恢复教学\n打印 关闭\n", "有序恢复教学"),
        ("索引号：000014349\n主题分类：卫生\n示例市防控方案\n", "示例市防控方案"),
        ("发布时间：2020-02-26\n有序恢复教学\n", "有序恢复教学"),
        ("会议指出，要落实责任。\n", None),
    ],
)
def test_titles(header, title):
    assert read_header(header + BODY).get("title") == title


@pytest.mark.parametrize(
    ("text", "issuer"),
    [
        (f"发布机构：示例市教育局\n通知\n{BODY}", "示例市教育局"),
        (f"国务院办公厅关于防控的通知\n{BODY}", "国务院办公厅"),
        (
            f"关于防控的通知\n{BODY}特此通知。\n示例省疫情防控指挥部\n2020年2月26日",
            "示例省疫情防控指挥部",
        ),
        (f"关于教育部部署的报道\n{BODY}", None),
        (BODY, None),
    ],
)
def test_issuers(text, issuer):
    assert read_header(text).get("issuer") == issuer


@settings(max_examples=300, deadline=None)
@given(
    st.text(
        alphabet=st.sampled_from(
            "2020年月日二〇十六6 \n:：。，（）〔〕号第防控市人民政府关于通知发布时间来源"
        ),
        max_size=60,
    ),
    st.text(max_size=12),
)
def test_any_text_is_read_without_error_and_a_date_found_is_written_there(text, name):
    found = read_header(text, name=name)
    if "date" in found:
        assert re.search(r"[\d二〇零○一三四五六七八九十]", text)
    assert set(found) <= {
        "title",
        "date",
        "date_basis",
        "issuer",
        "place",
        "document_number",
        "source",
    }
    assert bool(found.get("date")) == bool(found.get("date_basis"))
