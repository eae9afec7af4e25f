"""What a document says of itself: its date, number, title, issuer, place and source.

Only where such things stand is looked at: the file's name, the lines above the body, the
lines below it. A date or a year in running text is never taken for the document's own.
All functions expect simplified text, as clean.clean_text gives it.
"""

import re
from datetime import date
from typing import NamedTuple

_EARLIEST, _LATEST = 1949, 2100
_LONGEST_TITLE = 60
_MOST_HEADER_LINES = 15
_MOST_SIGNATURE_LINES = 8


class DateFound(NamedTuple):
    """A date, and whether its year was not written but supplied."""

    date: date
    inferred: bool


# --- dates --------------------------------------------------------------------------------

_DIGITS = {numeral: str(value) for value, numeral in enumerate("〇一二三四五六七八九")}
_DIGITS |= {"零": "0", "○": "0", "Ｏ": "0", "О": "0", "O": "0"}
_NUMERAL = "〇零○ＯОO一二三四五六七八九"
_TIME = r"(?:[T日 \u3000]*\d{1,2}[:：]\d{2}(?:[:：]\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
_WEEKDAY = r"(?:\s*[（(]?(?:星期|周)[一二三四五六日天][）)]?)?"
_FORMS = (
    re.compile(rf"(?P<y>\d{{4}})[-/.](?P<m>\d{{1,2}})[-/.](?P<d>\d{{1,2}}){_TIME}"),
    re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})"),
    re.compile(
        r"(?:(?P<y>\d{4}) *年 *)?(?P<m>\d{1,2}) *月 *(?P<d>\d{1,2}) *[日号]?"
        rf"{_WEEKDAY}{_TIME}"
    ),
    re.compile(
        rf"(?:(?P<y>[{_NUMERAL}]{{4}}) *年 *)?(?P<m>[一二三四五六七八九十]{{1,2}}) *月 *"
        rf"(?P<d>[一二三四五六七八九十]{{1,3}}) *[日号]{_WEEKDAY}{_TIME}"
    ),
)
_EDITED = re.compile(r"\s+已编辑\s*$")  # what Weibo puts behind the time of a changed post
_DATE_IN_NAME = re.compile(
    r"(?<!\d)(?P<y>\d{4})(?:[-_.年]?(?P<m>\d{2})[-_.月]?(?P<d>\d{2})|"
    r"[-_.年](?P<m1>\d{1,2})[-_.月](?P<d1>\d{1,2}))(?!\d)"
)
_YEAR_IN_NAME = re.compile(r"(?<!\d)(?P<y>(?:19|20)\d{2})(?!\d)")


def parse_date(written: str, *, year: int | None = None) -> DateFound | None:
    """The date that the words are, or None; a date without its year gets `year`.

    Arabic and Chinese numerals, with or without a time of day, which is left aside; a date
    that no calendar has (2月30日), or of a year before 1949 or after 2100, is None.

    >>> parse_date("二〇二〇年二月二十六日")
    DateFound(date=datetime.date(2020, 2, 26), inferred=False)
    >>> parse_date("5月31日 23:54", year=2020)
    DateFound(date=datetime.date(2020, 5, 31), inferred=True)
    """
    stripped = _EDITED.sub("", written).strip().strip("()（）[]【】")
    for form in _FORMS:
        match = form.fullmatch(stripped)
        if match:
            named = match["y"]
            if named is None and year is None:
                return None
            day = _calendar_day(_number(named) if named else year, match["m"], match["d"])
            return None if day is None else DateFound(day, named is None)
    return None


def date_in_name(name: str) -> date | None:
    """The first full date in a file's name that the calendar knows, or None.

    >>> date_in_name("guangzhou-2020-02-26"), date_in_name("120200226")
    (datetime.date(2020, 2, 26), None)
    """
    for match in _DATE_IN_NAME.finditer(name):
        found = _calendar_day(int(match["y"]), match["m"] or match["m1"], match["d"] or match["d1"])
        if found:
            return found
    return None


def year_in_name(name: str) -> int | None:
    """The one year that a file's name holds, or None where it holds none or several.

    >>> year_in_name("weibo_2020_part3"), year_in_name("2019-2021")
    (2020, None)
    """
    years = {int(match["y"]) for match in _YEAR_IN_NAME.finditer(name)}
    years = {year for year in years if _EARLIEST <= year <= _LATEST}
    full = date_in_name(name)
    if full:
        return full.year
    return years.pop() if len(years) == 1 else None


def _calendar_day(year: int | None, month: str, day: str) -> date | None:
    if year is None or not _EARLIEST <= year <= _LATEST:
        return None
    try:
        return date(year, _number(month), _number(day))
    except ValueError:  # the calendar has no such day
        return None


def _number(numeral: str) -> int:
    """The value of Arabic digits, of Chinese digits (二〇二〇) or of a numeral up to 九十九."""
    if numeral.isdecimal():
        return int(numeral)
    if "十" in numeral:
        tens, _, ones = numeral.partition("十")
        return 10 * int(_DIGITS.get(tens, "1")) + int(_DIGITS.get(ones, "0"))
    return int("".join(_DIGITS[character] for character in numeral))


# --- document numbers ---------------------------------------------------------------------

_ORGAN_CODE = r"[\u4e00-\u9fff]{1,12}"
_OPENING, _CLOSING = r"[〔\[［（(【﹝]", r"[〕\]］）)】﹞]"
_NUMBER = re.compile(
    rf"(?P<organ>{_ORGAN_CODE}) *{_OPENING} *(?P<year>\d{{4}}) *{_CLOSING} *"
    r"(?:第 *)?(?P<n>\d{1,5}) *号"
)
_ORDER_NUMBER = re.compile(
    r"(?:(?P<organ>[\u4e00-\u9fff]{0,20}(?:令|公告|通告)) *)?"
    r"(?:(?P<year>\d{4}) *年 *)?第 *(?P<n>\d{1,5}) *号"
)
_NUMBER_LABEL = re.compile(r"(?:发文字号|文 *号|发文号|文件编号|字 *号) *[:：] *(.+)")


def document_number(line: str) -> str:
    """The document number that the line is, or labels (文号：…), its brackets made 〔〕; or "".

    A number cited in running text (根据国发〔2020〕1号文件) is not the document's own.

    >>> document_number("国办发[2020] 3 号"), document_number("根据国发〔2020〕1号文件要求")
    ('国办发〔2020〕3号', '')
    """
    labelled = _NUMBER_LABEL.fullmatch(line.strip())
    written = (labelled[1] if labelled else line).strip().strip("()（）")
    match = _NUMBER.fullmatch(written)
    if match:
        return f"{match['organ']}〔{match['year']}〕{match['n']}号"
    order = _ORDER_NUMBER.fullmatch(written)
    if order and (order["organ"] or order["year"] or labelled):
        year = f"{order['year']}年" if order["year"] else ""
        return f"{order['organ'] or ''}{year}第{order['n']}号"
    return ""


# --- header and signature -----------------------------------------------------------------

_ENDS_SENTENCE = re.compile(r"[。！？；!?]”?$")
_OPENS_BODY = re.compile(r"^[\u4e00-\u9fff、，（）()《》“”\d]+[:：]$")
_FIELD = re.compile(r"^([\u4e00-\u9fff 　]{2,8}?)[ 　]*[:：][ 　]*(.+)$")
_LABELS = {
    "date": (
        "发布时间", "发布日期", "时间", "日期", "成文日期", "印发日期", "发文日期", "公开日期",
        "生成日期",
    ),
    "issuer": ("发布机构", "发文机关", "发文单位", "发布单位", "制发机关", "公开机构", "发文机构"),
    "source": ("来源", "信息来源", "稿件来源", "文章来源", "转自"),
    "title": ("标题", "名称", "文件名称"),
    "document_number": ("文号", "发文字号", "发文号", "字号"),
}  # fmt: skip
_LABEL_OF = {label: key for key, labels in _LABELS.items() for label in labels}
# Several fields on one line: 发布时间：2020-02-26 来源：广州日报
_FIELD_STARTS = re.compile(rf"(?=(?:{'|'.join(sorted(_LABEL_OF, key=len, reverse=True))})[:：])")
_OTHER_LABELS = re.compile(
    r"^(?:索引号|分类|主题词|主题分类|浏览次数|点击数|阅读次数|字体|打印|编辑|责任编辑|作者|记者|"
    r"当前位置|关键词|摘要|备注|有效性|实施日期)[ 　]*[:：]|^【.*】$|^(?:首页|分享|打印|关闭)"
)
_KIND_OF_DOCUMENT = (
    "通知|意见|公告|通告|决定|决议|报告|方案|办法|通报|批复|函|条例|规定|纲要|讲话|预案|细则|"
    "措施|指南|规划|命令|议案|纪要|倡议书|公报|说明"
)
_ENDS_TITLE = re.compile(rf"(?:{_KIND_OF_DOCUMENT})(?:[（(].{{1,12}}[）)])?$")
_ORGAN = (
    r"(?:中共|中国共产党)?(?:[\u4e00-\u9fff、]{2,30}?)"
    r"(?:人民政府办公厅|人民政府办公室|人民政府|办公厅|办公室|委员会|指挥部|"
    r"领导小组|国务院|部|局|厅|委|中心|法院|检察院|总署|银行|协会|工作组)"
)
_ORGAN_ALONE = re.compile(rf"(?:{_ORGAN}|国务院)(?:[ 　、]+{_ORGAN})*")
_ORGAN_BEFORE_ABOUT = re.compile(rf"^((?:{_ORGAN}|国务院)(?:[ 　、]+{_ORGAN})*)(?:关于|印发|转发)")
_PROVINCES = (
    "北京市 天津市 上海市 重庆市 河北省 山西省 辽宁省 吉林省 黑龙江省 江苏省 浙江省 安徽省 "
    "福建省 江西省 山东省 河南省 湖北省 湖南省 广东省 海南省 四川省 贵州省 云南省 陕西省 "
    "甘肃省 青海省 台湾省 内蒙古自治区 "
    "广西壮族自治区 西藏自治区 宁夏回族自治区 新疆维吾尔自治区 香港特别行政区 澳门特别行政区"
).split()
_PROVINCE = rf"(?:{'|'.join(_PROVINCES)}|[\u4e00-\u9fff]{{2,3}}省)"
_CITY = r"[\u4e00-\u9fff]{2,5}?(?:自治州|地区|市|盟)"
# 社区 and 校区 end like a district; one counts only before what a district has.
_COUNTY = r"[\u4e00-\u9fff]{1,5}?(?:自治县|县|区|旗)(?=人民政府|委|政府|疫情|新冠|新型)"
_PLACE = re.compile(rf"(?:中共)?((?:{_PROVINCE})?(?:{_CITY})?(?:{_COUNTY})?)")
_PLACE_BEFORE_COLON = re.compile(rf"((?:{_PROVINCE})?(?:{_CITY})?)[：:]")


_EVENT = re.compile(
    r"(\d{4} ?年 ?\d{1,2} ?月 ?\d{1,2} ?日)"
    r"(?:[^\d。]{0,40}(?:通过|公布|发布|印发|施行|修订)|在[^。]{2,40}(?:会议|大会|会)上)"
)


def read_header(text: str, *, name: str = "", year: int | None = None) -> dict[str, object]:
    """What header and signature say: title, date, date_basis, issuer, place, and so on.

    Only what was found is in the answer. The header is what stands above the body: the first
    lines, 15 at most, up to the first that ends like a sentence, addresses somebody (各区：)
    or is too long for a title. The signature is the last 8 lines, from the end up to such a
    line. A date without its year gets `year`, else the year of the file's `name`, else that
    of the document number, and `date_basis` says so.
    """
    lines = [line.strip(" \t\u3000") for line in text.split("\n")]
    lines = [line for line in lines if line]
    header = _header_lines(lines)
    found: dict[str, object] = {}
    for line in header:
        _take_fields(line, found)
    title = _title_of(header)
    if title:
        found.setdefault("title", title)
    signature = _signature_lines(lines[len(header) :])
    _take_date(header, signature, found, name=name, year=year)
    _take_issuer(signature, found)
    place = place_of(str(found.get("issuer", "")))
    if not place:
        before_colon = _PLACE_BEFORE_COLON.match(str(found.get("title", "")))
        place = before_colon[1] if before_colon else ""
    if place:
        found["place"] = place
    found.pop("written_date", None)
    return found


def place_of(organ: str) -> str:
    """The place at the beginning of an organ's name, as written there; or "".

    >>> place_of("广东省广州市人民政府"), place_of("国务院办公厅"), place_of("中共广州市委员会")
    ('广东省广州市', '', '广州市')
    """
    match = _PLACE.match(organ)
    return match[1] if match else ""


def _header_lines(lines: list[str]) -> list[str]:
    header: list[str] = []
    for line in lines[:_MOST_HEADER_LINES]:
        is_field = bool(_FIELD_STARTS.match(line) or _OTHER_LABELS.match(line))
        if not is_field and (
            len(line) > _LONGEST_TITLE or _ENDS_SENTENCE.search(line) or _OPENS_BODY.match(line)
        ):
            break
        header.append(line)
    # A text of short lines only has no body, so nothing in it is a header but its first line.
    return header if len(header) < len(lines) else header[:1]


def _signature_lines(lines: list[str]) -> list[str]:
    signature: list[str] = []
    for line in reversed(lines[-_MOST_SIGNATURE_LINES:]):
        if len(line) > _LONGEST_TITLE or _ENDS_SENTENCE.search(line):
            break
        signature.insert(0, line)
    return signature


def _take_fields(line: str, found: dict[str, object]) -> None:
    number = document_number(line)
    if number:
        found.setdefault("document_number", number)
        return
    for piece in _FIELD_STARTS.split(line):
        field = _FIELD.match(piece.strip(" \u3000|｜"))
        key = _LABEL_OF.get(re.sub(r"[ 　]", "", field[1])) if field else None
        if key is None or field is None:
            continue
        value = field[2].strip(" \u3000|｜")
        if key == "date":
            found.setdefault("written_date", value)
        elif key == "document_number":
            found.setdefault(key, document_number(value) or value)
        else:
            found.setdefault(key, value)


def _title_of(header: list[str]) -> str:
    titles = [
        line for line in header
        if not _FIELD_STARTS.match(line) and not _OTHER_LABELS.match(line)
        and not document_number(line) and parse_date(_without_event(line), year=2000) is None
        and not line.endswith(("的", "了", "，", "、"))
    ]  # fmt: skip
    if not titles:
        return ""
    first, *others = titles
    if not _ENDS_TITLE.search(first) and others and _ENDS_TITLE.search(others[0]):
        joined = first + others[0]
        # An organ's name above the title, or a title set on two lines.
        if len(joined) <= 2 * _LONGEST_TITLE and (
            "关于" in joined or _ORGAN_ALONE.fullmatch(first)
        ):
            return joined
    return first


def _take_date(
    header: list[str],
    signature: list[str],
    found: dict[str, object],
    *,
    name: str,
    year: int | None,
) -> None:
    places = [("header", str(found.get("written_date", "")))]
    places += [("header", line) for line in header]
    places += [("signature", line) for line in reversed(signature)]
    supplied, supplied_by = _year_for(found, name, year)
    for where, line in places:
        parsed = parse_date(_without_event(line), year=supplied)
        if parsed:
            found["date"] = parsed.date
            found["date_basis"] = where + (f", {supplied_by}" if parsed.inferred else "")
            return


def _without_event(line: str) -> str:
    """The date of a line that says when a text was adopted or delivered, or the line itself.

    （2020年2月26日市委常委会会议通过） and ——2020年3月5日在第十三届人民代表大会第三次会议上.
    """
    stripped = line.strip().strip("（）()—-– ")
    event = _EVENT.fullmatch(stripped)
    return event[1] if event else stripped


def _year_for(found: dict[str, object], name: str, year: int | None) -> tuple[int | None, str]:
    if year is not None:
        return year, "year given"
    named = year_in_name(name)
    if named is not None:
        return named, "year inferred from the file name"
    numbered = re.search(r"〔(\d{4})〕", str(found.get("document_number", "")))
    if numbered:
        return int(numbered[1]), "year inferred from the document number"
    return None, ""


def _take_issuer(signature: list[str], found: dict[str, object]) -> None:
    if "issuer" in found:
        return
    for line in signature:
        if _ORGAN_ALONE.fullmatch(line):
            found["issuer"] = line
            return
    begins = _ORGAN_BEFORE_ABOUT.match(str(found.get("title", "")))
    if begins:
        found["issuer"] = begins[1]
