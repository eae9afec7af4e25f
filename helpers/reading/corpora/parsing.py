"""Files of the public corpora -> tables, each with the traps of its source.

What a source does not give is marked, and what is left out is counted: documents get two columns
more than load.read_documents makes.

    cut       True where the source does not hold the whole text: a post that ends at 展开全文, an
              item of a broadcast without its words
    n_rows    rows of the source that are this document: 2 where it stands there twice
"""

import io
import json
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from numbers import Integral
from typing import Any

import pandas as pd

from helpers.reading.clean import script_of
from helpers.reading.corpora.cards import CorpusError
from helpers.tables import COLUMNS

POST_COUNTS = {"forward": "n_forwards", "comment": "n_comments", "like": "n_likes"}
_POST_COLUMNS = ("pub_time", "weibo_content", *POST_COUNTS, "weibo_url", "weibo_topic")
# 5月31日 23:54, with 已编辑 behind it or a second time where the post was edited.
_DAY_OF_POST = re.compile(r"\s*(\d{1,2})月(\d{1,2})日")
_CUT_MARK = re.compile(r"[\s\u200b]*(?:\.\.\.|…)?展开全文\s*\Z")

_ITEM = re.compile(r"^### +(.*)$|^## +\d+[.．、] *(.*)$", re.MULTILINE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_ITEM_LINK = re.compile(r"^\[查看原文\]\((\S+?)\)\s*$|^> *原文[：:] *(\S+)\s*$", re.MULTILINE)
# The file's last lines, below the last item.
_PAGE_END = re.compile(r"\n---\s*\n+更新时间[^\n]*\s*\Z")
_LEAD = re.compile(r"^央视网消息\s*（新闻联播）[：:]\s*", re.MULTILINE)
_ESCAPED = re.compile(r"\\([\\*_.~`#\[\]()+-])")
_NOT_FOUND = {"TITLE NOTFOUND", "CONTENT NOTFOUND"}

_ADOPTED = re.compile(
    r"^[（(—－-]*\s*(\d{4})年(\d{1,2})月(\d{1,2})日[^\n]{0,40}(?:通过|会议上)", re.MULTILINE
)
_LONGEST_HEADER = 400
_YEAR = re.compile(r"[0-9]{4}")
_YEAR_IN_TITLE = re.compile(r"(?<!\d)((?:19|20)\d{2})年")
# What the library's template says of copyright stands below the text, not in it.
_LIBRARY_NOTICE = re.compile(
    r"\n\s*本作品(?:来自|是)\s*中华人民共和国(?:(?!\n\s*本作品).)*\Z", re.DOTALL
)

_DAY_COLUMN = re.compile(r"\d{2}[A-Z][a-z]{2}\d{4}")
# place: what the columns province and city hold in its rows.
_PLACES_OF_CASES = {
    "Guangzhou": ("广东省", "广州市"),
    "Guangdong": ("广东省", ""),
    "China": ("", ""),
}

Row = dict[str, Any]


def parse_posts(texts: Mapping[str, str], *, year: int) -> pd.DataFrame:
    """documents: one row per post of the csv files given as name -> text, in their order.

    The columns of tables.COLUMNS["documents"], then cut, n_rows, n_forwards, n_comments, n_likes.
    Posts carry no year, so it is given. doc_id is the file's name without its ending and the row,
    from 0: "sina_cctv_list_1#0". The files overlap: of rows with one address the first is kept,
    the files in the order of their names as strings (1, 10, 11, 2 …), as in data/labels, whose
    ids stay valid so; n_rows counts the others. From a post that ends at ...展开全文 this mark is
    taken away, and cut is True. title is the topic without its # marks.

    >>> csv = "pub_time,weibo_content,forward,comment,like,weibo_url,weibo_topic\\n"
    >>> csv += "2月26日 09:00,有序复工复产 ...展开全文,3.0,0.0,1.0,https://example.org/a,#复工#\\n"
    >>> parse_posts({"list_1.csv": csv}, year=2020).loc[0, ["doc_id", "raw_text"]].tolist()
    ['list_1#0', '有序复工复产']
    """
    if not isinstance(year, Integral) or isinstance(year, bool) or not 1 <= year <= 9999:
        raise CorpusError(f"year is {year!r}; give the year of the posts as a number, such as 2020")
    texts = _as_texts(texts)
    posts = pd.concat([_read_posts(*item) for item in texts.items()], ignore_index=True)
    _require_addresses(posts)
    by_name = posts.sort_values("file", kind="stable")
    kept = by_name.drop_duplicates("weibo_url").sort_index()
    n_rows = posts["weibo_url"].value_counts()
    rows = [
        {
            "doc_id": f"{post.file.removesuffix('.csv')}#{post.row}",
            "date": _day_of_post(post.pub_time, year, f"row {post.row} of {post.file}"),
            "date_basis": "column, year given",
            "issuer": "央视新闻",
            "place": "China",
            "title": post.weibo_topic.replace("#", "").strip(),
            "source": post.weibo_url.partition("?")[0],
            "raw_text": _CUT_MARK.sub("", post.weibo_content),
            "cut": bool(_CUT_MARK.search(post.weibo_content)),
            "n_rows": int(n_rows[post.weibo_url]),
        }
        for post in kept.itertuples(index=False)
    ]
    counts = {
        new: pd.array([_as_count(kept, old, row) for row in kept.index], dtype="int64")
        for old, new in POST_COUNTS.items()
    }
    return _as_documents(rows).assign(**counts)


def parse_broadcast(text: str, day: str | date) -> pd.DataFrame:
    """documents: one row per item of one evening's transcript, with cut and n_rows (always 1).

    Reads both layouts in use: `### headline` below a summary, and `## 3. headline` below a list
    of notes. The summary, which would count every headline twice, the notes, the comments around
    a text, its link and the lead 央视网消息（新闻联播）： are left out, bold marks taken off.
    raw_text is the headline, an empty line and the words. doc_id is the day and the place of the
    item, from 1: "20220401#3". An item whose page gave no words stays, as its headline, with cut
    True; where that is missing too it reads TITLE NOTFOUND, and title is empty.

    >>> page = "## 新闻摘要\\n1.要闻；\\n### 要闻\\n**央视网消息**（新闻联播）：防控有力。"
    >>> parse_broadcast(page, "20220401").loc[0, ["doc_id", "raw_text"]].tolist()
    ['20220401#1', '要闻\\n\\n防控有力。']
    """
    return _as_documents(_items_of(_as_text(text, "the broadcast"), day))


def parse_broadcasts(texts: Mapping[str, str]) -> pd.DataFrame:
    """documents: the items of all files given as name -> text; a name is its day, 20220401.md."""
    named = _as_texts(texts).items()
    evenings = [_items_of(text, file.removesuffix(".md")) for file, text in named]
    return _as_documents([row for evening in evenings for row in evening])


def parse_reports(text: str, file: str) -> pd.DataFrame:
    """documents: one row per line of a jsonl file with title, url, content and year.

    doc_id is the file's name without its ending and the row, from 0. The date is, with
    date_basis: the day of adoption or delivery, where the text states it below its title
    ("header"); 1 January of the year of the row or title ("year only"); or missing ("no year").
    The library's notice on copyright below the text is left out. Zero-width characters and line
    breaks inside words are left to clean.clean_documents.

    >>> line = '{"title": "2021年政府工作报告", "url": "", "content": "各位代表：", "year": 2021}'
    >>> parse_reports(line, "reports.jsonl").loc[0, ["date", "date_basis"]].tolist()
    [Timestamp('2021-01-01 00:00:00'), 'year only']
    """
    rows = []
    file = _as_text(file, "the name of the file")
    for number, line in enumerate(filter(str.strip, _as_text(text, file).split("\n"))):
        where = f"row {number} of {file}"
        report = _read_report(line, where)
        raw_text = _LIBRARY_NOTICE.sub("", report["content"])
        day, basis = _day_of_report(report, raw_text, where)
        is_resolution = report["title"].endswith("决议")
        rows.append(
            {
                "doc_id": f"{file.removesuffix('.jsonl')}#{number}",
                "date": day,
                "date_basis": basis,
                "issuer": "全国人民代表大会" if is_resolution else "国务院",
                "place": "China",
                "title": report["title"],
                "source": report["url"],
                "raw_text": raw_text,
                "cut": False,
                "n_rows": 1,
            }
        )
    return _as_documents(rows)


def parse_stringency(text: str, file: str) -> pd.DataFrame:
    """series "stringency" (0 to 100): one row per place in China and day, and the place's code.

    The source is wide, one column per day (01Jan2020). Provinces go by their English names; the
    nation's line is the strictest of all places and is called so. A day that the source leaves
    empty keeps its row, with the value missing.
    """
    wide = _read_csv(text, file, ["CountryCode", "RegionCode", "RegionName", "Jurisdiction"])
    days = [column for column in wide.columns if _DAY_COLUMN.fullmatch(column)]
    china = wide[wide["CountryCode"] == "CHN"]
    is_nation = china["Jurisdiction"] == "NAT_TOTAL"
    if not days or not is_nation.any():
        raise CorpusError(f"{file} has no columns of days, or no line of China; fetch it again")
    places = pd.DataFrame(
        {
            "series": "stringency",
            "place": china["RegionName"].mask(is_nation, "China, strictest place"),
            "code": china["RegionCode"].mask(is_nation, "CHN"),
        }
    )
    long = places.join(china[days]).melt(
        ["series", "place", "code"], var_name="date", value_name="value"
    )
    long["date"] = _as_days(long["date"], "%d%b%Y", file)
    long["value"] = _as_values(long["value"], file)
    outside = long[~long["value"].between(0, 100) & long["value"].notna()]
    if len(outside):
        raise CorpusError(
            f"{file} has the stringency {outside['value'].iloc[0]:g}; it lies between 0 and 100"
        )
    _require_each_day_once(long, file)
    long = long.sort_values(["place", "date"], ignore_index=True)
    return long[[*COLUMNS["series"], "code"]]


def parse_cases(text: str, file: str) -> pd.DataFrame:
    """series "confirmed", cumulative: one row per day for Guangzhou, Guangdong and China.

    In the source a province's line has no city, and a country's no province. Days that it leaves
    out stay out; numbers that it corrects downward stay as they are.
    """
    columns = ["date", "countryCode", "province", "city", "confirmed"]
    cases = _read_csv(text, file, columns)
    cases = cases[cases["countryCode"] == "CN"]
    rows = []
    for place, (province, city) in _PLACES_OF_CASES.items():
        here = cases[(cases["province"] == province) & (cases["city"] == city)]
        if here.empty:
            raise CorpusError(f"{file} has no line of {place}; fetch it again")
        days = _as_days(here["date"], "%Y-%m-%d", file)
        values = _as_values(here["confirmed"], file)
        rows.append(
            pd.DataFrame({"series": "confirmed", "place": place, "date": days, "value": values})
        )
    series = pd.concat(rows, ignore_index=True)
    if series["value"].isna().any():
        raise CorpusError(f"{file} has a day without a number of cases; fetch it again")
    _require_each_day_once(series, file)
    return series.sort_values(["place", "date"], ignore_index=True)[COLUMNS["series"]]


# --- posts --------------------------------------------------------------------------------


def _read_posts(file: str, text: str) -> pd.DataFrame:
    posts = _read_csv(text, file, _POST_COLUMNS)[list(_POST_COLUMNS)]
    return posts.assign(file=file, row=range(len(posts)))


def _require_addresses(posts: pd.DataFrame) -> None:
    nameless = posts[posts["weibo_url"].str.strip() == ""]
    if len(nameless):
        row = nameless.iloc[0]
        raise CorpusError(
            f"row {row['row']} of {row['file']} has no weibo_url, by which a post is known that "
            "stands there twice; fetch the file again"
        )


def _day_of_post(written: str, year: int, where: str) -> date:
    """The day; of two times, where a post was edited, the first one written."""
    found = _DAY_OF_POST.match(written)
    day = _valid_day(year, int(found[1]), int(found[2])) if found else None
    if day is None:
        raise CorpusError(
            f"{where} has the date {written!r}, which is no day of {year}; a date should read as "
            "5月31日 23:54"
        )
    return day


def _as_count(posts: pd.DataFrame, column: str, row: int) -> int:
    """685.0 is 685; what is no whole number is named with its row."""
    written = posts.at[row, column]
    if not re.fullmatch(r"[0-9]{1,15}(?:\.0*)?", written):
        raise CorpusError(
            f"row {posts.at[row, 'row']} of {posts.at[row, 'file']} has {written!r} in {column}, "
            "which is no count; fetch the file again"
        )
    return int(written.partition(".")[0])


# --- broadcasts ---------------------------------------------------------------------------


def _items_of(text: str, day: str | date) -> list[Row]:
    when = _as_day(day)
    page = _PAGE_END.sub("\n", text.replace("\r\n", "\n"))
    heads = list(_ITEM.finditer(page))
    if not heads:
        raise CorpusError(
            f"the broadcast of {when:%Y-%m-%d} has no item: neither a line '### headline' nor "
            "'## 1. headline'; fetch the file again"
        )
    ends = [head.start() for head in heads[1:]] + [len(page)]
    return [
        _row_of_item(head, page[head.end() : end], number, when)
        for number, (head, end) in enumerate(zip(heads, ends, strict=True), start=1)
    ]


def _row_of_item(head: re.Match[str], block: str, number: int, when: date) -> Row:
    headline = _without_marks(head[1] or head[2] or "")
    link = _ITEM_LINK.search(block)
    words = _words_of_item(block)
    return {
        "doc_id": f"{when:%Y%m%d}#{number}",
        "date": when,
        "date_basis": "file name",
        "issuer": "中央广播电视总台",
        "place": "China",
        "title": "" if headline in _NOT_FOUND else headline,
        "source": (link[1] or link[2]) if link else "",
        "raw_text": f"{headline}\n\n{words}" if words else headline,
        "cut": not words,
        "n_rows": 1,
    }


def _as_day(day: str | date) -> date:
    if isinstance(day, date) and pd.notna(day):
        return day.date() if isinstance(day, datetime) else day
    written = re.fullmatch(r"([0-9]{4})([0-9]{2})([0-9]{2})", str(day))
    found = _valid_day(*map(int, written.groups())) if written else None
    if found is None:
        raise CorpusError(f"{day!r} is no day of a broadcast; write it as 20220401")
    return found


def _words_of_item(block: str) -> str:
    words = _without_marks(_ITEM_LINK.sub("", _COMMENT.sub("", block)))
    return "" if words in _NOT_FOUND else _LEAD.sub("", words)


def _without_marks(text: str) -> str:
    """The words of markdown: bold marks taken off, escaped characters as themselves."""
    return _ESCAPED.sub(r"\1", text).replace("**", "").strip()


# --- work reports -------------------------------------------------------------------------


def _read_report(line: str, where: str) -> Row:
    try:
        report = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        raise CorpusError(f"{where} is no JSON ({error}); fetch the file again") from None
    missing = [
        key for key in ("title", "url", "content")
        if not isinstance(report, dict) or not isinstance(report.get(key), str)
    ]  # fmt: skip
    if missing:
        raise CorpusError(f"{where} has no text in {', '.join(missing)}; fetch the file again")
    return report


def _day_of_report(report: Row, raw_text: str, where: str) -> tuple[date | None, str]:
    stated = _ADOPTED.search(raw_text[:_LONGEST_HEADER])
    day = _valid_day(*map(int, stated.groups())) if stated else None
    if day:
        return day, "header"
    in_title = _YEAR_IN_TITLE.search(report["title"])
    year = report.get("year")
    if year in (None, ""):
        year = in_title[1] if in_title else None
    if year is None:
        return None, "no year"
    first = _valid_day(int(year), 1, 1) if _YEAR.fullmatch(str(year)) else None
    if first is None:
        raise CorpusError(f"{where} has the year {year!r}, which is none; fetch the file again")
    return first, "year only"


# --- all ----------------------------------------------------------------------------------


def _valid_day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _as_text(text: object, what: str) -> str:
    if not isinstance(text, str):
        raise CorpusError(f"{what} must be text, not {type(text).__name__}; decode it as UTF-8")
    return text


def _as_texts(texts: object) -> Mapping[str, str]:
    """The files as name -> text, at least one."""
    if not isinstance(texts, Mapping) or not texts:
        raise CorpusError("give the files as name -> text, such as {'list_1.csv': '…'}")
    for file, text in texts.items():
        _as_text(text, _as_text(file, "the name of a file"))
    return texts


def _as_days(written: pd.Series, shape: str, file: str) -> pd.Series:
    days = pd.to_datetime(written, format=shape, errors="coerce")
    if days.isna().any():
        raise CorpusError(
            f"{file} has the day {written[days.isna()].iloc[0]!r}, which is none; fetch it again"
        )
    return days


def _as_values(written: pd.Series, file: str) -> pd.Series:
    """Numbers, missing where the source left the cell empty."""
    values = pd.to_numeric(written.replace("", None), errors="coerce")
    wrong = (values.isna() | values.isin([float("inf"), float("-inf")])) & (written != "")
    if wrong.any():
        raise CorpusError(f"{file} has the value {written[wrong].iloc[0]!r}, which is no number")
    return values


def _require_each_day_once(series: pd.DataFrame, file: str) -> None:
    twice = series[series.duplicated(["place", "date"])]
    if len(twice):
        row = twice.iloc[0]
        raise CorpusError(
            f"{file} has {row['date']:%Y-%m-%d} twice for {row['place']}; fetch it again"
        )


def _read_csv(text: str, file: str, columns: Iterable[str]) -> pd.DataFrame:
    """Cells as text, as they stand; CorpusError names the columns that are missing."""
    try:
        table = pd.read_csv(io.StringIO(_as_text(text, file)), dtype=str, keep_default_na=False)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeEncodeError) as error:
        raise CorpusError(f"{file} cannot be read as csv ({error}); fetch it again") from None
    missing = [column for column in columns if column not in table.columns]
    if missing:
        raise CorpusError(f"{file} has no column {', '.join(missing)}; fetch it again")
    return table


def _as_documents(rows: list[Row]) -> pd.DataFrame:
    """The columns of load.read_documents, with text empty, then cut and n_rows."""
    columns = COLUMNS["documents"]
    written = {name: [row.get(name, "") for row in rows] for name in columns}
    documents = pd.DataFrame(written, dtype=str)
    documents["date"] = pd.to_datetime(pd.Series([row["date"] for row in rows], dtype=object))
    documents["script"] = documents["raw_text"].map(script_of).astype(str)
    documents["n_han"] = 0
    return documents.assign(
        cut=pd.Series([row["cut"] for row in rows], dtype=bool),
        n_rows=pd.Series([row["n_rows"] for row in rows], dtype="int64"),
    )
