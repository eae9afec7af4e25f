"""Web pages: the article and what its meta tags say, not the page around it."""

import logging
import re
import warnings
from types import ModuleType
from typing import Any

from helpers.reading.load.drafts import Draft, Reading
from helpers.reading.load.encodings import decode
from helpers.reading.load.formats.containers import short
from helpers.reading.load.formats.packages import require_package

_CHARSET = re.compile(
    rb"(?:<meta[^>]{0,200}?charset|^\s*<\?xml[^>]{0,100}?encoding)\s*=\s*[\"']?\s*([\w-]{2,20})",
    re.I,
)
# An xml declaration, and entities declared in front of the page (billion laughs).
_BEFORE_PAGE = re.compile(
    r"^\s*(?:<\?xml[^>]*\?>)?\s*(?:<!DOCTYPE[^>\[]*\[.*?\]\s*>)?", re.S | re.I
)
# Names of meta tags, in lower case; the first are those of the standard that Chinese
# government sites follow.
_META_NAMES = {
    "title": ("articletitle", "og:title", "twitter:title", "dc.title"),
    "date": ("pubdate", "publishdate", "article:published_time", "og:published_time",
             "datepublished", "dc.date", "weibo:article:create_at", "og:release_date"),
    "issuer": ("contentsource", "publisher", "dc.publisher"),
    "source": ("og:url", "url", "canonical"),
    "document_number": ("filenum", "documentnumber"),
}  # fmt: skip
_SKIPPED = frozenset(
    "script style noscript template nav header footer aside form iframe svg select".split()
)
# An article shorter than this share of the page's running text was not found but cut.
_LEAST_ARTICLE = 0.3
# What is mostly links is no text, but a list of attachments (附件) belongs to its notice.
_MOST_LINKED = 0.6
_FRAMES = ("div", "ul", "ol", "dl", "p", "section", "table", "td")
_LONGEST_FRAME = 200
_FRAME_BEGINS = re.compile(
    "[【\\[]?(?:当前位置|您的位置|您当前的位置|您现在的位置|所在位置|主办单位|版权所有|网站标识码|网站地图)"
)
_FRAME_NAME = re.compile(r"\b(?:nav|navbar|menu|breadcrumbs?|crumbs?|footer|cookies?)\b", re.I)
_SITE_BEHIND_TITLE = re.compile(r"[_|｜]|\s[-–—]\s|--")


def read_html(content: bytes) -> Reading:
    """One document: the article's text, a line per paragraph; title and date from meta tags.

    trafilatura finds the article. Where it finds none, the whole visible text is taken
    without navigation, header and footer, and the note says so.
    """
    declared = _CHARSET.search(content[:4096])
    decoded = decode(content, declared=declared[1].decode("ascii") if declared else "")
    html = require_package("lxml.html")
    page = _BEFORE_PAGE.sub("", decoded.text).replace("\0", "")
    tree = _parse(html, page)
    said = _said_in(tree)
    note = decoded.note
    _drop_frames(tree)
    if not _visible_text(tree):  # a page of nothing but links
        tree = _parse(html, page)
    visible = _visible_text(tree)
    article = _article_of(tree)
    if len(article) < _LEAST_ARTICLE * min(len(visible), 1000):
        article = visible
        note = "; ".join(filter(None, (note, "no article found: the page's whole text is taken")))
    reason = f"{decoded.reason}; article by trafilatura"
    return Reading(
        [Draft(article, said, "html meta" if said else "")], decoded.encoding, reason, note
    )


def _parse(html: ModuleType, page: str) -> Any:
    parser = html.HTMLParser()
    try:
        tree = html.document_fromstring(page, parser=parser)
    except (ValueError, html.etree.LxmlError) as error:
        raise ValueError(f"is no readable html ({short(error)}); save its text as txt") from None
    # The parser drops what is beyond its limits, and says so only in its log.
    cut = [entry.message for entry in parser.error_log if entry.level_name == "FATAL"]
    if cut:
        raise ValueError(
            f"is cut short by the html parser ({cut[0].strip()}); save its text as txt"
        )
    return tree


def _drop_frames(tree: Any) -> None:
    """Take out what stands around an article: lists of links, the path to it, the site's foot.

    trafilatura leaves these in where an article is short or stands in unusual markup.
    """
    body = tree.find("body")
    if body is None:
        return
    sizes = _sizes_below(body)
    dropped: set[Any] = set()
    for element in body.iter(_FRAMES):
        if element.getparent() in dropped or _is_frame(element, *sizes[element]):
            dropped.add(element)
    for element in dropped:
        if element.getparent() not in dropped:
            element.drop_tree()


def _sizes_below(body: Any) -> dict[Any, tuple[int, int, int]]:
    """Per element: its characters, those of its links, and its links; in one pass, upwards."""
    sizes: dict[Any, tuple[int, int, int]] = {}
    for element in reversed(list(body.iter())):
        is_tag = isinstance(element.tag, str) and element.tag not in _SKIPPED
        below = [(*sizes[child], _length(child.tail)) for child in element] if is_tag else []
        n = sum(size + tail for size, _, _, tail in below)
        n += _length(element.text) if is_tag else 0
        linked, n_links = sum(one[1] for one in below), sum(one[2] for one in below)
        sizes[element] = (n, n, 1) if element.tag == "a" else (n, linked, n_links)
    return sizes


def _length(text: str | None) -> int:
    return len("".join((text or "").split()))


def _is_frame(element: Any, n_characters: int, n_linked: int, n_links: int) -> bool:
    if n_characters <= _LONGEST_FRAME:
        named = f"{element.get('class', '')} {element.get('id', '')}"
        begins = "".join(element.text_content().split())
        if _FRAME_NAME.search(named) or _FRAME_BEGINS.match(begins):
            return True
    is_linked = n_links > 2 and n_linked > _MOST_LINKED * n_characters
    return is_linked and "附件" not in element.text_content()


def _article_of(page: Any) -> str:
    trafilatura = require_package("trafilatura")
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        text = trafilatura.extract(
            page, include_comments=False, include_tables=True, include_links=False,
            favor_precision=False, deduplicate=False, with_metadata=False,
        )  # fmt: skip
    return "\n".join(map(_without_pipes, (text or "").split("\n")))


def _without_pipes(line: str) -> str:
    """A row of a table, which trafilatura writes | a | b |, with its cells parted by tabs."""
    if not (line.startswith("|") and line.endswith("|") and len(line) > 1):
        return line
    return "\t".join(cell.strip() for cell in line[1:-1].split("|"))


def _said_in(tree: object) -> dict[str, str]:
    metas = {}
    for meta in tree.iter("meta"):  # type: ignore[attr-defined]
        name = (meta.get("name") or meta.get("property") or meta.get("itemprop") or "").lower()
        metas.setdefault(name.strip(), " ".join((meta.get("content") or "").split()))
    said = {
        column: next(metas[name] for name in names if metas.get(name))
        for column, names in _META_NAMES.items()
        if any(metas.get(name) for name in names)
    }
    if "title" not in said:
        title = _heading_of(tree)
        if title:
            said["title"] = title
    return said


def _heading_of(tree: object) -> str:
    """The one h1 of the page, or its title without the site's name behind it."""
    headings = [" ".join(h1.text_content().split()) for h1 in tree.iter("h1")]  # type: ignore[attr-defined]
    headings = [heading for heading in headings if heading]
    if len(headings) == 1:
        return headings[0]
    title = tree.find(".//title")  # type: ignore[attr-defined]
    written = " ".join((title.text or "").split()) if title is not None else ""
    return _SITE_BEHIND_TITLE.split(written)[0].strip()


def visible_lines(fragment: str) -> list[str]:
    """The text of a piece of html, a line per block; [] if there is none in it."""
    html = require_package("lxml.html")
    try:
        return _visible_text(html.document_fromstring(f"<body>{fragment}")).split("\n")
    except (ValueError, html.etree.LxmlError) as error:
        raise ValueError(f"holds unreadable html ({short(error)}); take it out") from None


def _visible_text(tree: Any) -> str:
    """The text of the body without scripts, navigation, header and footer, a line per block."""
    body = tree.find("body")
    lines: list[str] = []
    if body is not None:
        _collect(body, lines)
    joined = re.sub(r"[ \t\r\f\v]+", " ", "".join(lines))
    return "\n".join(line.strip() for line in joined.split("\n") if line.strip())


_BLOCKS = frozenset(
    "p div br li ul ol dl dt dd pre tr table caption h1 h2 h3 h4 h5 h6 "
    "section article blockquote main center hr".split()
)


def _collect(body: object, pieces: list[str]) -> None:
    """Append the text below `body` in its order; a walk without recursion, pages may be deep."""
    pending: list[tuple[object, bool]] = [(body, False)]
    while pending:
        element, is_end = pending.pop()
        tag = element.tag if isinstance(element.tag, str) else ""  # type: ignore[attr-defined]
        if is_end:
            pieces.append(("\n" if tag in _BLOCKS else "") + (element.tail or ""))  # type: ignore[attr-defined]
            continue
        if not tag or tag in _SKIPPED:
            pieces.append(element.tail or "")  # type: ignore[attr-defined]
            continue
        before = "\n" if tag in _BLOCKS else " " if tag in ("td", "th") else ""
        pieces.append(before + (element.text or ""))  # type: ignore[attr-defined]
        pending.append((element, True))
        pending += [(child, False) for child in reversed(list(element))]  # type: ignore[call-overload]
