"""Web pages: the article and what its meta tags say, not the page around it."""

import logging
import re
import warnings

from helpers.reading.load.drafts import Draft, Reading
from helpers.reading.load.encodings import decode
from helpers.reading.load.formats.packages import require_package

_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{2,20})", re.I)
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
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
_NOT_THE_TEXT = "script|style|noscript|template|nav|header|footer|aside|form|iframe|svg|select"
# An article shorter than this share of the page's running text was not found but cut.
_LEAST_ARTICLE = 0.3
_SITE_BEHIND_TITLE = re.compile(r"[_|｜]|\s[-–—]\s|--")


def read_html(content: bytes) -> Reading:
    """One document: the article's text, a line per paragraph; title and date from meta tags.

    trafilatura finds the article. Where it finds none, the whole visible text is taken
    without navigation, header and footer, and the note says so.
    """
    declared = _CHARSET.search(content[:4096])
    decoded = decode(content, declared=declared[1].decode("ascii") if declared else "")
    html = require_package("lxml.html")
    page = _XML_DECLARATION.sub("", decoded.text)
    try:
        tree = html.document_fromstring(page.replace("\0", ""))
    except (ValueError, SyntaxError) as error:  # lxml's errors are kinds of SyntaxError
        raise ValueError(f"is no readable html ({' '.join(str(error).split())[:80]})") from None
    said = _said_in(tree)
    article, visible = _article_of(page), _visible_text(html, tree)
    note = decoded.note
    if len(article) < _LEAST_ARTICLE * min(len(visible), 1000):
        article = visible
        note = "; ".join(filter(None, (note, "no article found: the page's whole text is taken")))
    reason = f"{decoded.reason}; article by trafilatura"
    return Reading(
        [Draft(article, said, "html meta" if said else "")], decoded.encoding, reason, note
    )


def _article_of(page: str) -> str:
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


def _visible_text(html: object, tree: object) -> str:
    """The text of the body without scripts, navigation, header and footer, a line per block."""
    body = tree.find("body")  # type: ignore[attr-defined]
    lines: list[str] = []
    if body is not None:
        _collect(body, lines)
    joined = re.sub(r"[ \t\r\f\v]+", " ", "".join(lines))
    return "\n".join(line.strip() for line in joined.split("\n") if line.strip())


_SKIPPED = frozenset(_NOT_THE_TEXT.split("|"))
_BLOCKS = frozenset(
    "p div br li ul ol tr table h1 h2 h3 h4 h5 h6 section article blockquote main center hr".split()
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
        pieces.append(("\n" if tag in _BLOCKS else "") + (element.text or ""))  # type: ignore[attr-defined]
        pending.append((element, True))
        pending += [(child, False) for child in reversed(list(element))]  # type: ignore[call-overload]
