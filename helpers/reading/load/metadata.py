"""What a document says of itself: its date, number, title, issuer, place and source.

Only where such things stand is looked at: the file's name, the lines above the body, the
lines below it. A date or a year in running text is never taken for the document's own.
All functions expect simplified text, as clean.clean_text gives it. Where two answers are
possible there is none: a missing date shows, a wrong one does not.
"""

import re
from datetime import date
from functools import lru_cache
from typing import NamedTuple

_EARLIEST, _LATEST = 1949, 2100
_LONGEST_TITLE = 60
_LONGEST_FIELD = 200  # several fields may share a line; what is longer is running text
_LONGEST_VALUE = 40
_LONGEST_DATE = 60
_LONGEST_NUMBER = 80
_MOST_HEADER_LINES = 15
_MOST_SIGNATURE_LINES = 8
_HAN = r"\u4e00-\u9fff"


class DateFound(NamedTuple):
    """A date, and whether its year was not written but supplied."""

    date: date
    inferred: bool


# --- dates --------------------------------------------------------------------------------

_DIGITS = {numeral: str(value) for value, numeral in enumerate("〇一二三四五六七八九")}
_DIGITS |= {"零": "0", "○": "0", "Ｏ": "0", "О": "0", "O": "0"}
_NUMERAL = "〇零○ＯОO一二三四五六七八九"
_TIME = (
    r"(?:[T \u3000]*(?:(?:[01]?\d|2[0-4])[:：][0-5]\d(?:[:：][0-6]\d(?:[.,]\d+)?)?"
    r"|(?:上午|下午|晚上?)?\d{1,2}[时点](?:\d{1,2}分)?(?:\d{1,2}秒)?)"
    r" ?(?:Z|[+-]\d{2}(?::?\d{2})?)?)?"
)
_WEEKDAY = r"(?: ?[（(]?(?:星期|周)[一二三四五六日天][）)]?)?"
_FORMS = (
    re.compile(
        r"(?P<y>\d{4})(?P<between>[-/.－／．])(?P<m>\d{1,2})(?P=between)(?P<d>\d{1,2})"
        rf"{_WEEKDAY}{_TIME}"
    ),
    re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})"),
    re.compile(
        rf"(?:(?P<y>\d{{4}}|[{_NUMERAL}]{{4}})年)?"
        r"(?P<m>\d{1,2}|十[一二]?|[一二三四五六七八九])月"
        r"(?P<d>\d{1,2}(?=[日号]?)|(?:[二三]?十[一二三四五六七八九]?|[一二三四五六七八九])(?=[日号]))"
        rf"[日号]?{_WEEKDAY}{_TIME}"
    ),
)
# What every form begins with: a quick look, since most lines are asked whether they are a date.
_BEGINS_DATE = re.compile(rf"[ \t\u3000]*[\d十{_NUMERAL}]")
_BLANK_BY_HAN = re.compile(rf"(?<=[{_HAN}〇○])[ \t\u3000]+|[ \t\u3000]+(?=[{_HAN}〇○])")
_EDITED = "已编辑"  # what Weibo puts behind the time of a changed post
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
    stripped = written.strip().removesuffix(_EDITED).strip().strip("()（）[]【】")
    if len(stripped) > _LONGEST_DATE or not _BEGINS_DATE.match(stripped):
        return None
    stripped = _BLANK_BY_HAN.sub("", stripped)
    for form in _FORMS:
        match = form.fullmatch(stripped)
        if match:
            named = match["y"]
            day = _calendar_day(_number(named) if named else year, match["m"], match["d"])
            return None if day is None else DateFound(day, named is None)
    return None


# A name is asked several times, for one document.
@lru_cache(8)
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


@lru_cache(8)
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

_OPENING, _CLOSING = r"[〔\[［（(【﹝]", r"[〕\]］）)】﹞]"
_NUMBER = re.compile(
    rf"(?P<organ>[{_HAN}]{{1,12}}) *{_OPENING} *(?P<year>\d{{4}}) *{_CLOSING} *"
    r"(?:第 *)?(?P<n>\d{1,5}) *号"
)
_ORDER_NUMBER = re.compile(
    rf"(?:(?P<organ>[{_HAN}]{{0,20}}(?:令|公告|通告)) *)?(?:(?P<year>\d{{4}}) *年 *)?"
    r"第 *(?P<n>\d{1,5}|[一二三四五六七八九十百〇零]{1,7}) *号"
)
_NUMBER_LABEL = re.compile(
    r"[【\[]?(?:发文字号|文 *号|发文号|文件编号|字 *号|索 *引 *号?)[】\]]?[ 　]*[:：]?[ 　]*(.+)"
)
_CITES = re.compile(
    r"根据|按照|依据|依照|遵照|参照|参见|详见|见|贯彻|落实|执行|转发|印发|废止|关于"
)


def document_number(line: str) -> str:
    """The document number that the line is, or labels (文号：…), its brackets made 〔〕; or "".

    A number cited in running text (根据国发〔2020〕1号文件) is not the document's own.

    >>> document_number("国办发[2020] 3 号"), document_number("根据国发〔2020〕1号文件要求")
    ('国办发〔2020〕3号', '')
    """
    if len(line) > _LONGEST_NUMBER:
        return ""
    labelled = _NUMBER_LABEL.fullmatch(line.strip())
    written = (labelled[1] if labelled else line).strip().strip("()（）")
    match = _NUMBER.fullmatch(written) or _ORDER_NUMBER.fullmatch(written)
    if match is None or _CITES.match(written):
        return ""
    if match["year"] and not _EARLIEST <= int(match["year"]) <= _LATEST:
        return ""
    if match.re is _NUMBER:
        return f"{match['organ']}〔{int(match['year'])}〕{int(match['n'])}号"
    if not (match["organ"] or match["year"] or labelled):
        return ""
    year = f"{int(match['year'])}年" if match["year"] else ""
    return f"{match['organ'] or ''}{year}第{match['n']}号"


# --- organs and places --------------------------------------------------------------------

_ORGAN = re.compile(
    rf"国务院|[{_HAN}]{{2,40}}(?:政府|办公厅|办公室|委员会|常委会|指挥部|领导小组|工作组|综合组|"
    r"国务院|联防联控机制|(?<![全内外东西南北中顶底干])部|(?<![布格大开当结全])局|(?<![客餐])厅|委|"
    r"中心|法院|检察院|总署|银行|协会|联合会|总工会|管委会|办事处|海关|总队|专班|人民代表大会(?:第[一二三四五六七八九十]{1,3}次会议)?)"
)
# What a headline says of an organ (深入学习贯彻国务院关于…) is not part of its name.
_NOT_AN_ORGAN = re.compile(
    r"贯彻|学习|传达|转发|读懂|解读|支持|召开|出台|根据|按照|依据|要求|加强|做好|"
    r"^(?:落实|推动|推进|深入|全力|认真|对(?!外)|就|在|由|向(?!阳)|与|把|让(?!胡路)|请|各|我|本(?!溪)|该|全省|全市|今|昨|近|日前)"
)
_ABOUT = re.compile(r"关于|印发|转发|批转")
_PROVINCES = (
    "北京市 天津市 上海市 重庆市 河北省 山西省 辽宁省 吉林省 黑龙江省 江苏省 浙江省 安徽省 "
    "福建省 江西省 山东省 河南省 湖北省 湖南省 广东省 海南省 四川省 贵州省 云南省 陕西省 "
    "甘肃省 青海省 台湾省 内蒙古自治区 "
    "广西壮族自治区 西藏自治区 宁夏回族自治区 新疆维吾尔自治区 香港特别行政区 澳门特别行政区"
).split()
_PROVINCE = rf"(?:{'|'.join(_PROVINCES)}|[{_HAN}]{{2,3}}(?<![各全本我邻外])省)"
# 市场, 全市 and 上市 are no cities, 城市 is one only behind a single character (盐城市);
# leagues and prefectures are few enough to be named.
_CITY = (
    rf"(?:[{_HAN}]{{2,12}}?自治州|[{_HAN}]{{2,5}}?(?<![城全各本我超上夜股])市(?!场)|"
    rf"[{_HAN}](?<![大全各小新本我省都])城市|"
    r"(?:锡林郭勒|兴安|阿拉善)盟|(?:大兴安岭|阿克苏|喀什|和田|塔城|阿勒泰|阿里)地区)"
)
# 社区 and 校区 end like a district; one counts only before what a district has.
_COUNTY = (
    rf"[{_HAN}]{{1,5}}?(?:自治县|县|(?<![社校园景小地灾疫片各])区|旗)"
    r"(?=人民|委|政府|疫情|新冠|新型|卫生|教育|发展|财政|公安|民政|市场|应急|人力|住房|交通|"
    r"商务|农业|文化|科技|司法|统计|医疗)"
)
_PLACE = re.compile(rf"(?:中共)?((?:{_PROVINCE})?(?:{_CITY})?(?:{_COUNTY})?)")
_PLACE_BEFORE_COLON = re.compile(rf"((?:{_PROVINCE})?(?:{_CITY})?)[：:]")


def place_of(organ: str) -> str:
    """The place at the beginning of an organ's name, as written there; or "".

    >>> place_of("广东省广州市人民政府"), place_of("国务院办公厅"), place_of("中共广州市委员会")
    ('广东省广州市', '', '广州市')
    """
    match = _PLACE.match(organ)
    return match[1] if match else ""


def _is_organ(words: str) -> bool:
    """Whether the words are names of organs, with blanks or 、 between them, and no more."""
    names = re.split(r"[ 　、]+", words)
    return len(words) <= 2 * _LONGEST_TITLE and all(
        _ORGAN.fullmatch(name) and not _NOT_AN_ORGAN.search(name) for name in names
    )


# --- labelled lines -----------------------------------------------------------------------

# The day a text was made goes before the day a site put it up.
_LABELS = {
    "made": ("成文日期", "印发日期", "发文日期", "生成日期"),
    "put up": ("发布时间", "发布日期", "公开日期", "时间", "日期"),
    "issuer": ("发布机构", "发文机关", "发文单位", "发布单位", "制发机关", "公开机构", "发文机构",
               "发布机关", "制定机关"),
    "source": ("信息来源", "稿件来源", "文章来源", "来源", "转自"),
    "title": ("标题", "名称", "文件名称"),
    "document_number": ("文号", "发文字号", "发文号", "文件编号", "字号", "索引号", "索引"),
    "": (
        "分类", "主题词", "主题分类", "体裁分类", "浏览次数", "浏览量", "浏览", "点击数", "点击",
        "阅读次数", "阅读量", "阅读", "原标题", "字体", "打印",
        "编辑", "责任编辑", "作者", "记者", "当前位置", "关键词", "摘要", "备注", "有效性",
        "实施日期", "生效日期", "施行日期", "废止日期", "更新时间", "地点", "签发人", "主题",
    ),
}  # fmt: skip
_KEY_OF = {label: key for key, labels in _LABELS.items() for label in labels}
# 会议时间 and 商品名称 are about something else; these count only where the line begins.
_VAGUE_LABELS = {"时间", "日期", "标题", "名称", "字号", "来源", "编辑", "分类", "主题", "地点"}
# Labels are often spread out (标　　题：), and several may stand on one line.
_LABEL = re.compile(
    r"(?:^|(?<=[\s|｜\d]))("
    + "|".join(r"[ 　]*".join(label) for label in sorted(_KEY_OF, key=len, reverse=True))
    + r")[ 　]*[:：][ 　]*"
)
_BRACKETED_LABEL = re.compile(rf"^[【\[][ 　]*([{_HAN} 　]{{2,8}})[ 　]*[】\]][ 　]*[:：]?")
_ON_EVERY_PAGE = re.compile(
    r"^【.*】$|^(?:首页|分享|打印|关闭|返回|收藏|字体)(?:$|[ 　>》|｜:：-])|.{0,12}[主首]页 *[>》]|"
    r"^.{0,6}电话[:：]|[,，]自由的[图圖]书馆$"
)


class _Field(NamedTuple):
    label: str
    value: str


def _fields_of(line: str) -> tuple[str, list[_Field]]:
    """What stands before the first label of a line, and the line's fields."""
    # A quick look: nearly all lines of a text have no label.
    may_be_labelled = ":" in line or "：" in line or line.startswith(("【", "["))
    if len(line) > _LONGEST_FIELD or not may_be_labelled:
        return line, []
    bracketed = _BRACKETED_LABEL.match(line)
    if bracketed and re.sub(r"[ 　]", "", bracketed[1]) in _KEY_OF:
        line = f"{bracketed[1]}：{line[bracketed.end() :]}"
    found = list(_LABEL.finditer(line))
    if not found:
        return line, []
    before = line[: found[0].start()].strip(" \u3000|｜")
    names = [re.sub(r"[ 　]", "", match[1]) for match in found]
    if before and names[0] in _VAGUE_LABELS and not _is_date(before):
        return line, []
    ends = [match.start() for match in found[1:]] + [len(line)]
    values = [line[match.end() : end] for match, end in zip(found, ends, strict=True)]
    return before, [
        _Field(name, value.strip(" \u3000|｜")) for name, value in zip(names, values, strict=True)
    ]


def _is_date(words: str) -> bool:
    return parse_date(words, year=2000) is not None  # a leap year, for 2月29日


# --- header and signature -----------------------------------------------------------------

_ENDS_SENTENCE = re.compile(r"[。！？；!?]”?$")
_OPENS_BODY = re.compile(rf"^[{_HAN}、，（）()《》“”\d]+[:：]$")
_BELOW_SIGNATURE = re.compile(r"^(?:抄送|主送|分送|附件)[ 　]*[:：]")
_KIND_OF_DOCUMENT = (
    "通知|意见|公告|通告|布告|决定|决议|报告|方案|办法|通报|批复|函|条例|规定|纲要|讲话|预案|细则|"
    "措施|指南|规划|命令|议案|纪要|倡议书|公报|说明"
)
_ENDS_TITLE = re.compile(rf"(?:{_KIND_OF_DOCUMENT})(?: *[（(].{{1,12}}[）)]){{0,2}}$")
_ENDS_ORDER = re.compile(
    r"(?:第?\d{1,3}号)?(?:通告|公告|布告|命令|令)(?: *[（(].{1,12}[）)]){0,2}$"
)
_EVENT = re.compile(
    r"(\d{4} ?年 ?\d{1,2} ?月 ?\d{1,2} ?日)"
    r"(?:[^\d。]{0,40}(?:通过|公布|发布|印发)|在[^。]{2,40}(?:会议|大会|会)上)"
)


class _Parts(NamedTuple):
    header: list[str]
    body: list[str]
    signature: list[str]


def read_header(text: str, *, name: str = "", year: int | None = None) -> dict[str, object]:
    """What header and signature say: title, date, date_basis, issuer, place, and so on.

    Only what was found is in the answer. The header is what stands above the body: the first
    lines, 15 at most, up to the first that ends like a sentence, addresses somebody (各区：)
    or is longer than 60 characters without being labelled. Where 15 lines hold no such line,
    only the first and the labelled ones count. The signature is the last 8 lines, from the
    end up to such a line; where annexes follow, the only date right below an organ's name.

    The date is the first of: labelled as the text's own (成文日期), the day of adoption or
    delivery below the title, the one signed by an organ, labelled as put up (发布时间), alone
    on its line in the header, alone in the signature. Where several different ones stand
    alone, as in a table, none of them counts. A date without its year gets `year`, else the
    year of the file's `name`, else that of the document number; `date_basis` says so.

    >>> read_header("通知\\n来源：示例日报 2020-02-26\\n各位代表：\\n今天开会。")["source"]
    '示例日报'
    """
    parts = _parts_of(text)
    found = _labelled(parts.header)
    made, put_up = found.pop("made", ""), found.pop("put up", "")
    title = found.get("title") or _title_of(parts.header)
    number = found.get("document_number") or _number_of(parts.header)
    signed_by, signed = _signed(parts.signature) or _signed_above_annex(title, parts) or ("", "")
    issuer = _best_organ(found.get("issuer", ""), signed_by, _organ_above(parts.header, title))
    said = found | {
        "title": title,
        "document_number": number,
        "issuer": issuer,
        "place": place_of(issuer) or _place_of_title(title),
    }
    supplied, supplied_by = _year_for(number, name, year)
    in_body = _lone_dates(parts.body)
    delivered, alone = _dates_under(title, parts.header, in_body)
    # A clone site may put a notice up years after it was signed, so the signature goes first.
    dates = [("header", made), ("header", delivered), ("signature", signed if signed_by else "")]
    dates += [("header", put_up), ("header", alone)]
    if not in_body:  # the last entry of a chronology looks like a signature
        dates.append(("signature", signed))
    for where, day in dates:
        parsed = parse_date(day, year=supplied)
        if parsed:
            basis = where + (f", {supplied_by}" if parsed.inferred else "")
            return {"date": parsed.date, "date_basis": basis} | _without_blanks(said)
    return _without_blanks(said)


def _without_blanks(said: dict[str, str]) -> dict[str, object]:
    return {key: words for key, words in said.items() if words}


def _parts_of(text: str) -> _Parts:
    lines = [line.strip(" \t\r\u3000") for line in text.split("\n")]
    lines = _values_beside_labels([line for line in lines if line])
    n_header = 0
    for line in lines[:_MOST_HEADER_LINES]:
        if _is_body(line):
            break
        n_header += 1
    header, n_signature = lines[:n_header], 0
    if n_header == min(len(lines), _MOST_HEADER_LINES):
        # A text of short lines (a table, a list) has no place where its header ends.
        n_header = min(1, n_header)
        header = header[:1] + [line for line in header[1:] if _fields_of(line)[1]]
    for line in reversed(lines[n_header:][-_MOST_SIGNATURE_LINES:]):
        below = _BELOW_SIGNATURE.match(line)
        if not below and (len(line) > _LONGEST_TITLE or _ENDS_SENTENCE.search(line)):
            break
        n_signature += 1
    n_body = len(lines) - n_signature
    return _Parts(header, lines[n_header:n_body], lines[n_body:])


def _values_beside_labels(lines: list[str]) -> list[str]:
    """Where a page sets a label and its value on two lines, the two are one again."""
    joined: list[str] = []
    for line in lines:
        label = _fields_of(joined[-1])[1] if joined and joined[-1][-1] in ":：" else []
        if len(label) == 1 and not label[0].value and not _fields_of(line)[1]:
            key = _KEY_OF[label[0].label]
            if _is_date(line) if key in ("made", "put up") else _is_value(line):
                joined[-1] += line
                continue
        joined.append(line)
    return joined


def _is_body(line: str) -> bool:
    fields = _fields_of(line)[1]
    if fields:
        return line.endswith("。") and _KEY_OF[fields[-1].label] != ""
    if _ON_EVERY_PAGE.match(line):
        return False
    return bool(
        len(line) > _LONGEST_TITLE or _ENDS_SENTENCE.search(line) or _OPENS_BODY.match(line)
    )


def _is_value(words: str) -> bool:
    return 0 < len(words) <= _LONGEST_VALUE and words[-1] not in "。；，:："


def _labelled(header: list[str]) -> dict[str, str]:
    """The first usable value of each labelled field, dates as written."""
    fields = [field for line in header for field in _fields_of(line)[1]]
    is_event = any(field.label == "地点" for field in fields)
    found: dict[str, str] = {}
    for label, value in fields:
        key = _KEY_OF[label]
        if key == "source":
            value = _without_date(value)[0]
        if key in ("made", "put up"):
            usable = _is_date(value) and not (is_event and label in _VAGUE_LABELS)
        elif key == "document_number":
            value = document_number(f"文号：{value}")
            usable = bool(value)
        elif key == "title":
            usable = 0 < len(value) <= 2 * _LONGEST_TITLE
        else:
            usable = _is_value(value)
        if key and usable:
            found.setdefault(key, value)
    return found


def _without_date(words: str) -> tuple[str, str]:
    """示例日报 2020-02-26 18:40 as its two parts; the second "" where no date ends the words."""
    pieces = words.split()
    for i in range(1, len(pieces)):
        behind = " ".join(pieces[i:])
        if _is_date(behind):
            return " ".join(pieces[:i]), behind
    return words, ""


def _title_of(header: list[str]) -> str:
    titles = [i for i, line in enumerate(header) if _is_title(line)]
    if not titles:
        return ""
    first = header[titles[0]]
    if len(titles) == 1 or _ENDS_TITLE.search(first):
        return first
    between, second = header[titles[0] + 1 : titles[1]], header[titles[1]]
    # An organ's name above the title, or a title set on two lines.
    is_one = _is_organ(first) or (_ABOUT.search(first) and "关于" not in second)
    if is_one and _ENDS_TITLE.search(second) and all(map(document_number, between)):
        return first + second
    # A site's own lines may stand above a title that says it is one.
    full = [header[i] for i in titles if "关于" in header[i] and _ENDS_TITLE.search(header[i])]
    return full[0] if full else first


def _is_title(line: str) -> bool:
    return not (
        _fields_of(line)[1]
        or _ON_EVERY_PAGE.match(line)
        or document_number(line)
        or _is_date(_without_event(line))
        or _organ_of_masthead([line])
        or line.endswith(("的", "了", "，", "、"))
        or len(re.findall(rf"[{_HAN}]", line)) < 2
    )


def _number_of(header: list[str]) -> str:
    above = ""
    for line in header:
        # 第12号 alone says what it is only below 公告, 通告 or 令.
        is_order = above.endswith(("公告", "通告", "令"))
        before = _fields_of(line)[0]
        number = document_number(f"文号：{before}" if is_order else before)
        if number:
            return number
        above = line
    return ""


def _dates_under(title: str, header: list[str], in_body: list[str]) -> tuple[str, str]:
    """The one day of adoption or delivery, and the one date alone on its line, under a title.

    Each as written, and "" where there is none or several.
    """
    if not title:
        return "", ""
    events = {day for line in header if (day := _without_event(line)) != _bare(line)}
    in_header = _lone_dates(header)
    # In a chronology every entry has a date alone on its line; so the body has a say too.
    days = {parse_date(day, year=2000) for day in in_header + in_body}
    return (
        events.pop() if len(events) == 1 else "",
        in_header[0] if in_header and len(days) == 1 else "",
    )


def _lone_dates(lines: list[str]) -> list[str]:
    return [day for line in lines if (day := _lone_date(line))]


def _lone_date(line: str) -> str:
    """The date of a line that is a date, begins with one before its labels, or ends a source."""
    before, fields = _fields_of(line)
    if not fields:
        bare = _bare(line)
        return bare if _is_date(bare) else ""
    if _is_date(before):
        return before
    sources = [field.value for field in fields if _KEY_OF[field.label] == "source"]
    return _without_date(sources[0])[1] if sources else ""


def _bare(line: str) -> str:
    return line.strip("（）() ")


def _without_event(line: str) -> str:
    """The date of a line that says when a text was adopted or delivered, or the line itself.

    （2020年2月26日市委常委会会议通过） and ——2020年3月5日在第十三届人民代表大会第三次会议上.
    """
    event = _EVENT.fullmatch(_bare(line).lstrip("—-– ")) if len(line) <= _LONGEST_NUMBER else None
    return event[1] if event else _bare(line)


def _signed(lines: list[str]) -> tuple[str, str] | None:
    """Who signed and when, as written: organs right above the only date, if there is one."""
    split = [(i, *_without_organ(line)) for i, line in enumerate(lines)]
    dated = [(i, organ, day) for i, organ, day in split if day]
    if len({parse_date(day, year=2000) for _, _, day in dated}) != 1:
        return None
    i, organ, day = dated[0]
    return organ or _organs_above(lines[:i]), day


def _signed_above_annex(title: str, parts: _Parts) -> tuple[str, str] | None:
    """The signature of a document whose annexes follow: the only date below an organ's name."""
    if not _ENDS_TITLE.search(title):
        return None
    lines = parts.body + parts.signature
    signed = [
        (organ or _organs_above(lines[max(0, i - 4) : i]), day)
        for i, line in enumerate(lines)
        for organ, day in [_without_organ(line)]
        if day
    ]
    signed = [(organ, day) for organ, day in signed if organ]
    return signed[0] if len({parse_date(day, year=2000) for _, day in signed}) == 1 else None


def _organs_above(lines: list[str]) -> str:
    """The organs that the lines end with, one a line or one set on two; or ""."""
    organs: list[str] = []
    above = list(lines)
    while above and _is_organ(above[-1]):
        organs.insert(0, above.pop())
    # A long name is set on two lines, and only the first begins with a place.
    if organs and above and not place_of(organs[0]) and place_of(above[-1]):
        whole = above[-1] + organs[0]
        organs[0] = whole if _is_organ(whole) else organs[0]
    return "、".join(organs)


def _without_organ(line: str) -> tuple[str, str]:
    """示例市人民政府 2020年2月26日 as its two parts; both "" where the line is not that."""
    if _is_date(line):
        return "", line
    organ, day = _without_date(line)
    return (organ, day) if day and _is_organ(organ) else ("", "")


def _year_for(number: str, name: str, year: int | None) -> tuple[int | None, str]:
    if year is not None:
        return year, "year given"
    named = year_in_name(name)
    if named is not None:
        return named, "year inferred from the file name"
    numbered = re.search(r"〔(\d{4})〕", number)
    if numbered:
        return int(numbered[1]), "year inferred from the document number"
    return None, ""


def _organ_of_masthead(header: list[str]) -> str:
    """示例市人民政府文件 in red above the number names who issues, not what."""
    heads = [line.removesuffix("文件") for line in header[:3] if line.endswith("文件")]
    return heads[0] if heads and _is_organ(heads[0]) else ""


def _organ_above(header: list[str], title: str) -> str:
    """The organ of the masthead, or the one that the title begins with (…关于…的通知)."""
    about = _ABOUT.search(title) or _ENDS_ORDER.search(title)
    organ = title[: about.start()].strip() if about else ""
    return _organ_of_masthead(header) or (organ if _is_organ(organ) else "")


def _best_organ(labelled: str, signed_by: str, above: str) -> str:
    """The labelled issuer, unless it is a short form (政府办) of what stands elsewhere."""
    return labelled if _is_organ(labelled) else signed_by or above or labelled


def _place_of_title(title: str) -> str:
    before_colon = _PLACE_BEFORE_COLON.match(title)
    if before_colon:
        return before_colon[1]
    is_document = _ENDS_TITLE.search(title) and title.startswith(tuple(_PROVINCES))
    return place_of(title) if is_document else ""
