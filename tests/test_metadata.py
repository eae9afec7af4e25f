"""Every header here was made up for these tests."""

import json
import re
import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import clean
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
        "２０２０年２月２６日", "二〇二〇年2月26日", "2020年二月二十六日", "二 〇 二 〇 年 二 月 二 十 六 日", "2020-02-26 星期三",
        "2020年2月26日15时30分", "2020年2月26日 下午3时", "2020-02-26T08:00:00.123456+0800", "2020-02-26 08:00:00 +08:00",
        "2020／2／26", "2020年2月26日 15:04" + " " * 90 + "\t 已编辑",
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
     "2020年2月26日召开", "tomorrow", "2020-02", "防控", "二月", "26日", "十月十月十日", "十十月一日", "一二月三日", "二〇二〇年一月二十十日",
     "十月一", "2020-2.26", "2020-02-26 99:99", "26.02.2020", "2月29日 2020", "2019年2月29日", "1948-12-31", "2101-01-01"],
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
        ("索引号：国发〔2020〕1号", "国发〔2020〕1号"), ("穗府函﹝2020﹞5号", "穗府函〔2020〕5号"), ("和政发〔2020〕6号", "和政发〔2020〕6号"),
        ("粤疾控〔２０２０〕3 号", "粤疾控〔2020〕3号"), ("中华人民共和国主席令第三十九号", "中华人民共和国主席令第三十九号"),
        ("2020年第1号", "2020年第1号"), ("文号：第12号", "第12号"),
        ("根据国发〔2020〕1号", ""), ("详见国发〔2020〕1号", ""), ("国发〔1020〕1号", ""), ("国发〔2020〕1号。", ""),
        ("文号：无", ""), ("字号：大 中 小", ""), ("索引号：000014349/2020-00012", ""), ("根据国务院令第714号", ""),
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
        ("恩施土家族苗族自治州人民政府", "恩施土家族苗族自治州"), ("示例省教育厅", "示例省"), ("国家卫生健康委员会", ""), ("社区居民委员会", ""),
        ("国家市场监督管理总局", ""), ("中国城市规划协会", ""), ("超大城市工作组", ""), ("城市管理局", ""), ("全市工作组", ""),
        ("中国证券市场委员会", ""), ("全国各省联络办公室", ""), ("住房和城乡建设部", ""),
        ("示例市市场监督管理局", "示例市"), ("示例市民政局", "示例市"), ("广东省市场监督管理局", "广东省"), ("盐城市城市管理局", "盐城市"),
        ("宣城市人民政府", "宣城市"), ("本溪市人民政府", "本溪市"), ("房山区人民政府", "房山区"), ("蔚县人民政府", "蔚县"),
        ("广州市白云区卫生健康局", "广州市白云区"), ("锡林郭勒盟教育局", "锡林郭勒盟"), ("喀什地区卫生健康委", "喀什地区"),
        ("内蒙古自治区呼伦贝尔市人民政府", "内蒙古自治区呼伦贝尔市"), ("浦东新区人民政府", "浦东新区"),
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
    assert found["source"] == "示例日报"
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


CLOSING = f"{BODY}特此通知。\n"
OFFICE = "示例市人民政府办公厅"
CITY = "示例市"
H = {"date": DAY, "date_basis": "header"}
S = {"date": DAY, "date_basis": "signature"}
NOTICE = "关于做好防控工作的通知"
N = {"title": NOTICE}
BY = {"issuer": OFFICE, "place": CITY}

# Everything that read_header answers, nothing less and nothing more.
WHOLE = {
    "index table of a government site": (
        f"标　　题： {OFFICE}{NOTICE}\n索 引 号： 000014349/2020-00012 主题分类： 卫生\n发文机关： {OFFICE} 成文日期： 2020年02月26日\n"
        f"发文字号： 示办发〔2020〕3号 发布日期： 2020年02月27日\n{BODY}",
        {"title": f"{OFFICE}{NOTICE}", "document_number": "示办发〔2020〕3号", **H, **BY},
    ),
    "labels in brackets": (
        f"【标题】{NOTICE}\n【发布单位】{OFFICE}\n【发文字号】示办发〔2020〕3号\n【发布日期】2020-02-26\n【实施日期】2020-03-01\n{BODY}",
        {**N, "document_number": "示办发〔2020〕3号", **H, **BY},
    ),
    "label and value on two lines": (f"{NOTICE}\n发布日期：\n2020-02-26\n来源：\n示例网\n{BODY}", {**N, **H, "source": "示例网"}),
    "date before the source": (f"有序复工\n2020-02-26 18:40 来源：示例日报 作者：某某\n{BODY}", {"title": "有序复工", **H, "source": "示例日报"}),
    "date behind the source": (f"有序复工\n来源：示例日报 2020-02-26 18:40\n{BODY}", {"title": "有序复工", **H, "source": "示例日报"}),
    "no blank between fields": (f"有序复工\n发布时间：2020-02-26 09:28信息来源：示例市教育局\n{BODY}", {"title": "有序复工", **H, "source": "示例市教育局"}),
    "views before the time": (f"有序复工\n浏览量：  时间：2020-02-26 23:45:19\n{BODY}", {"title": "有序复工", **H}),
    "made goes before put up": (f"{NOTICE}\n发布日期：2020-02-28\n成文日期：2020-02-26\n{BODY}", {**N, **H}),
    "signed goes before put up": (f"{NOTICE}\n发布时间：2023-05-01 来源：某网\n{CLOSING}{OFFICE}\n2020年2月26日", {**N, **S, **BY, "source": "某网"}),
    "put up goes before a date nobody signed": (f"{NOTICE}\n发布时间：2020-02-26\n{CLOSING}2020年2月20日", {**N, **H}),
    "delivered goes before put up": (
        f"政府工作报告\n——2020年2月26日在示例市第十五届人民代表大会第六次会议上\n发布时间：2020-03-01\n{BODY}", {"title": "政府工作报告", **H},
    ),
    "adopted": (f"示例市防控条例\n（2020年2月26日市人大常委会会议通过）\n{BODY}", {"title": "示例市防控条例", **H}),
    "organ and date on one line": (f"{NOTICE}\n{CLOSING}{OFFICE}　2020年2月26日", {**N, **S, **BY}),
    "Chinese numerals": (f"{NOTICE}\n{CLOSING}{OFFICE}\n二〇二〇年二月二十六日", {**N, **S, **BY}),
    "circles for zeros": (f"{NOTICE}\n{CLOSING}{OFFICE}\n二○二○年二月二十六日", {**N, **S, **BY}),
    "signed by two": (
        f"{NOTICE}\n{CLOSING}示例市教育局\n示例市财政局\n2020年2月26日\n（此件公开发布）", {**N, **S, "issuer": "示例市教育局、示例市财政局", "place": CITY},
    ),
    "organ set on two lines": (
        f"{NOTICE}\n{CLOSING}示例市新型冠状病毒感染肺炎疫情\n防控指挥部\n2020年2月26日",
        {**N, **S, "issuer": "示例市新型冠状病毒感染肺炎疫情防控指挥部", "place": CITY},
    ),
    "printed below": (f"有序复工\n{CLOSING}{OFFICE}\n2020年2月26日\n抄送：各有关单位。\n{OFFICE} 2020年2月28日印发", {"title": "有序复工", **S, **BY}),
    "page's own lines below": (f"{NOTICE}\n{CLOSING}{OFFICE}\n2020年2月26日\n责任编辑：某某\n返回顶部\n版权所有 2020", {**N, **S, **BY}),
    "annex below": (f"{NOTICE}\n{CLOSING}{OFFICE}\n2020年2月26日\n示例市防控方案\n一、总则。\n要落实责任。\n", {**N, **S, **BY}),
    "masthead": (f"{OFFICE}文件\n示办发〔2020〕3号\n{NOTICE}\n{BODY}", {**N, "document_number": "示办发〔2020〕3号", **BY}),
    "signer beside the number": (f"示办发〔2020〕3号 签发人：某某\n{NOTICE}\n{BODY}", {**N, "document_number": "示办发〔2020〕3号"}),
    "number between organ and title": (
        f"{OFFICE}\n示办发〔2020〕3号\n{NOTICE}\n{BODY}", {"title": f"{OFFICE}{NOTICE}", "document_number": "示办发〔2020〕3号", **BY},
    ),
    "title on two lines": (
        f"{OFFICE}关于印发支持企业\n复工复产若干措施的通知\n{BODY}", {"title": f"{OFFICE}关于印发支持企业复工复产若干措施的通知", **BY},
    ),
    "site's lines above the title": (f"加盟电话：133\n精确检索\n{OFFICE}{NOTICE}\n{BODY}", {"title": f"{OFFICE}{NOTICE}", **BY}),
    "bread crumbs": (f"logo 首页 > 快讯 > 正文\n有序复工\n2020-02-26\n{BODY}", {"title": "有序复工", **H}),
    "announcement with its number": (
        f"示例市防控指挥部公告\n第12号\n{BODY}", {"title": "示例市防控指挥部公告", "document_number": "第12号", "issuer": "示例市防控指挥部", "place": CITY},
    ),
    "order of an organ": (f"示例市防控指挥部6号令\n{BODY}", {"title": "示例市防控指挥部6号令", "issuer": "示例市防控指挥部", "place": CITY}),
    "decree": (f"国务院令第714号\n{NOTICE}\n{BODY}", {**N, "document_number": "国务院令第714号"}),
    "organs joined in the title": (f"教育部、财政部{NOTICE}\n{BODY}", {"title": f"教育部、财政部{NOTICE}", "issuer": "教育部、财政部"}),
    "passed on": (f"国务院办公厅转发教育部{NOTICE}\n{BODY}", {"title": f"国务院办公厅转发教育部{NOTICE}", "issuer": "国务院办公厅"}),
    "a congress decides": (
        f"第九届全国人民代表大会第一次会议关于工作报告的决议\n{BODY}",
        {"title": "第九届全国人民代表大会第一次会议关于工作报告的决议", "issuer": "第九届全国人民代表大会第一次会议"},
    ),
    "short form as the label": (f"发布机构：政府办\n{OFFICE}{NOTICE}\n{BODY}", {"title": f"{OFFICE}{NOTICE}", **BY}),
    "province in a document's title": (f"湖北省防控方案\n{BODY}", {"title": "湖北省防控方案", "place": "湖北省"}),
    "place before a colon": (f"示例市：有序复工\n{BODY}", {"title": "示例市：有序复工", "place": CITY}),
    # Traps: what stands there is about something else.
    "time of a meeting": (f"{NOTICE}\n会议时间：2020年3月5日\n{BODY}", N),
    "time of a meeting, spread out": (f"{NOTICE}\n会议 时间：2020年3月5日\n{BODY}", N),
    "time and place of an event": (f"{NOTICE}\n时间：2020年3月5日\n地点：示例会议室\n{BODY}", N),
    "closing date": (f"{NOTICE}\n截止日期：2020年3月5日\n{BODY}", N),
    "day it takes effect": (f"{NOTICE}\n生效日期：2020-03-01\n（2020年3月1日起施行）\n{BODY}", N),
    "day of an update": (f"{NOTICE}\n更新时间：2023-03-01\n{BODY}", N),
    "profile of a forum's user": (f"注册时间2015-3-31\n- 最后登录\n- 2025-4-30\n来源：示例网\n{BODY}", {"title": "注册时间2015-3-31", "source": "示例网"}),
    "two dates alone": (f"{NOTICE}\n2020年2月26日\n2020年2月27日\n{BODY}", N),
    "chronology": ("防控大事记\n2020年1月20日\n甲地新增3例。\n2020年2月26日\n乙地新增1例。", {"title": "防控大事记"}),
    "chronology that ends with a date": ("防控大事记\n甲地新增3例。\n2020年1月20日\n乙地新增1例。\n2020年2月26日\n丙地", {"title": "防控大事记"}),
    "table of dates": ("疫情统计\n" + "".join(f"2020年1月{day}日\n{day}例\n" for day in range(1, 15)), {"title": "疫情统计"}),
    "list of short lines": ("疫情统计\n2020年1月20日\n" + "某区3例\n" * 20, {"title": "疫情统计"}),
    "table at the end": (f"{NOTICE}\n{CLOSING}日期\n2020年1月20日\n3例\n2020年1月21日\n5例", N),
    "signatures of two documents": (f"{NOTICE}\n{CLOSING}教育部\n2020年1月2日\n附录。\n财政部\n2020年1月9日\n完。", N),
    "first sentence": ("防控经验\n2003年非典的教训不能忘。\n会议于2020年2月26日召开。\n完。", {"title": "防控经验"}),
    "date inside a headline": (f"2020年2月26日新闻发布会\n{BODY}", {"title": "2020年2月26日新闻发布会"}),
    "copyright": (f"{NOTICE}\n{BODY}版权所有 2020", N),
    "foot of a page is no issuer": (f"{NOTICE}\n{BODY}新闻中心\n返回顶部\n阅读全部", N),
    "an organ without a date has not signed": (f"{NOTICE}\n{BODY}{OFFICE}", N),
    "number cited": (f"{NOTICE}\n根据国发〔2020〕1号\n{BODY}", N),
    "no number": (f"{NOTICE}\n文号：无\n{BODY}", N),
    "headline about an organ": (f"深入学习贯彻国务院办公厅{NOTICE}\n{BODY}", {"title": f"深入学习贯彻国务院办公厅{NOTICE}"}),
    "passing on begins the title": (f"关于转发教育部{NOTICE}\n{BODY}", {"title": f"关于转发教育部{NOTICE}"}),
    "running text behind a label": (f"{NOTICE}\n来源：{'防控' * 30}。\n{BODY}", N),
    "a name too long for a source": (f"{NOTICE}\n来源：{'防控' * 30}\n{BODY}", N),
    "a line too long for fields": (f"{NOTICE}\n来源：{'防控' * 150}\n2020年2月26日\n{BODY}", N),
    "far below the top": ("有序复工\n" + "导航\n" * 20 + f"发布时间：2020-02-26\n{BODY}", {"title": "有序复工"}),
    "number of what": (f"{NOTICE}\n第12号\n{BODY}", N),
    "two headlines": (f"有序复工\n部署开学\n{BODY}", {"title": "有序复工"}),
    "date without a title": (f"2020年2月26日\n{BODY}", {}),
    "page number": (f"- 1 -\n{NOTICE}\n{BODY}", N),
    "nothing": ("", {}),
    "blanks": (" \n\u3000\n", {}),
}  # fmt: skip


@pytest.mark.parametrize("case", WHOLE)
def test_all_that_a_header_says_and_no_more(case):
    text, expected = WHOLE[case]
    assert read_header(text) == expected


@pytest.mark.parametrize(
    "line",
    [
        "标题：" + "局、" * 60 + "x", "标题：" + "示例市教育局 " * 300 + "x", "教育局、" * 15, "发布时间：" * 4000,
        "：" * 50_000, "文号：" + "\u3000" * 50_000 + "x", "时" + " " * 50_000 + "间", "2020年" + " " * 50_000 + "x",
        "（" * 50_000, "局" * 60, "2020年1月1日" + "会" * 60, "市" * 50_000, "标" + "　" * 150 + "题",
    ],
)  # fmt: skip
def test_no_line_makes_a_pattern_run_away(line):
    began = time.process_time()
    read_header(f"{line}\n{BODY}{line}", name=line)
    place_of(line), document_number(line), parse_date(line, year=2020)
    assert time.process_time() - began < 2


# Days up to the 9th stand where no document says its date; those from the 20th on where it may.
RUNNING = [
    "会议于2020年2月{}日召开，部署工作。", "2020年2月{}日，各地有序复工，要求落实责任", "会议时间：2020年2月{}日", "截止日期：2020-02-{:02}",
    "（2020年2月{}日起施行）", "- 2020-2-{}", "示例日报2020年2月{}日第3版", "关于2020年2月{}日疫情的说明会", "更新时间：2020-02-{:02} 08:00",
]  # fmt: skip
OWN = [
    "发布时间：2020-02-{} 18:40", "成文日期：2020年2月{}日", "（2020年2月{}日）", "2020/2/{}", "示例市教育局\n2020年2月{}日", "示例市教育局 2020年2月{}日",
    "2020-02-{} 来源：示例日报", "（2020年2月{}日常委会会议通过）", "2月{}日",
]  # fmt: skip
OTHER = [
    "标题行",
    NOTICE,
    "各区、各部门：",
    "要落实责任。",
    "示办发〔2020〕3号",
    "来源：示例网",
    "返回顶部",
    "示例市教育局",
    "",
    "附件",
]
LINES = st.one_of(
    st.builds(str.format, st.sampled_from(RUNNING), st.integers(1, 9)),
    st.builds(str.format, st.sampled_from(OWN), st.integers(20, 28)),
    st.sampled_from(OTHER),
)


@settings(max_examples=400, deadline=None)
@given(st.lists(LINES, max_size=25).map("\n".join))
def test_a_date_is_one_that_stands_where_a_document_says_its_own(text):
    found = read_header(text, year=2020)
    assert bool(found.get("date")) == bool(found.get("date_basis"))
    if "date" in found:
        day = found["date"]
        assert day.day >= 20
        assert re.search(rf"0?2[-/月]{day.day}", text)


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.text(max_size=200),
        st.text("2020年月日〇十六-/ \n:：。，（）〔〕号第市政府关于通知发布时间来源", max_size=80),
    ),
    st.text(max_size=12),
)
def test_any_text_is_read_without_error(text, name):
    found = read_header(text, name=name)
    assert set(found) <= {
        "title",
        "date",
        "date_basis",
        "issuer",
        "place",
        "document_number",
        "source",
    }
    assert all(found.values())
    for key in ("title", "issuer", "source"):
        # Joined lines are the document's own characters, in its own order.
        assert all(character in text + "、" for character in found.get(key, ""))
    if "date" in found:
        assert parse_date(str(found["date"])) == (found["date"], False)
    (
        parse_date(text, year=2020),
        document_number(text),
        place_of(text),
        date_in_name(text),
        year_in_name(text),
    )


def test_reports_that_state_a_date_are_dated_right_and_others_not_at_all(corpora):
    source = corpora / "work_reports" / "government_work_reports.jsonl"
    reports = [json.loads(line) for line in source.read_text(encoding="utf-8").splitlines()]
    ends = [(report["year"], report["content"]) for report in reports]
    ends = [(year, f"{text[:1200]}\n{text[-300:]}") for year, text in ends]
    found = [(year, read_header(clean.clean_text(text))) for year, text in ends]
    dated = [(year, said["date"].year) for year, said in found if "date" in said]
    assert len(dated) == 10
    assert all(year is None or int(year) == stated for year, stated in dated)


def test_the_news_programme_states_no_date_but_in_its_files_names(corpora):
    for path in sorted((corpora / "xinwen_lianbo").glob("*.md"))[:60]:
        assert f"{date_in_name(path.stem):%Y%m%d}" == path.stem
        assert "date" not in read_header(path.read_text(encoding="utf-8")[:3000])
