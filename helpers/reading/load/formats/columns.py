"""The names under which tables and front matters give a text and what is known of it."""

import re
from collections.abc import Iterable

TEXT_COLUMN_NAMES = (
    "text", "raw_text", "content", "body", "article", "full_text", "fulltext", "weibo_content",
    "正文", "内容", "全文", "文本", "正文内容", "文章内容", "政策内容", "微博内容",
)  # fmt: skip
DOCUMENT_COLUMN_NAMES = {
    "doc_id": ("doc_id", "id", "编号"),
    "date": (
        "date", "pub_time", "pubtime", "pubdate", "pub_date", "publish_date", "published",
        "publish_time", "time", "日期", "发布日期", "发布时间", "成文日期", "时间",
    ),
    "issuer": ("issuer", "发文机关", "发布机构", "发文单位", "单位", "机构"),
    "place": ("place", "地点", "地区", "城市", "省份"),
    "title": ("title", "headline", "标题", "题目", "名称"),
    "source": ("source", "url", "link", "来源", "链接", "网址", "weibo_url"),
    "document_number": ("document_number", "文号", "发文字号", "发文号"),
}  # fmt: skip

_BLANK = re.compile(r"\s+")


def plain_name(name: str) -> str:
    """A column's name without blanks and capitals, and without the number of a repeated one."""
    return _BLANK.sub("", re.sub(r" \(\d+\)\Z", "", name)).lower()


def unique_names(names: Iterable[str]) -> list[str]:
    """The names of a header, those without one by number, repeated ones as 正文 (2)."""
    seen: dict[str, int] = {}
    unique = []
    for number, name in enumerate(names, start=1):
        name = name or f"column {number}"
        seen[name] = seen.get(name, 0) + 1
        unique.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return unique


def document_fields(columns: Iterable[str]) -> dict[str, list[str]]:
    """Which of the columns may give which field of a document, the surest name first."""
    spelled: dict[str, str] = {}
    for column in columns:
        spelled.setdefault(plain_name(column), column)
    return {
        field: [spelled[name] for name in names if name in spelled]
        for field, names in DOCUMENT_COLUMN_NAMES.items()
    }


def read_fields(record: dict[str, str], fields: dict[str, list[str]]) -> dict[str, str]:
    """What a record says of its document: per field the first column with a word in it."""
    said = {
        field: next((record[name].strip() for name in names if record.get(name, "").strip()), "")
        for field, names in fields.items()
    }
    return {field: value for field, value in said.items() if value}
