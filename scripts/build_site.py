"""The whole suite as pages that open from disk and ask no network for anything.

    python -m scripts.build_site [FOLDER]        (run.py site; by default the folder site/)

Every Markdown file and every notebook of the project becomes a page at its own place, so that
links hold: README.md is index.html, notebooks/03….ipynb is notebooks/03….html, figures/README.md
is the gallery. Notebooks are shown as committed, with their outputs; where a notebook has a
Chinese form, it stands beside it. Added are a glossary of all words with a search box, links
from lesson to lesson, and what a phone and a screen reader need. A folder is written whole or
not at all; one that holds anything else than an earlier site is refused.
"""

import argparse
import csv
import hashlib
import posixpath
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import unquote, urlsplit

import mistune
import nbformat
from lxml import html as lxml_html
from nbconvert import HTMLExporter
from nbformat import NotebookNode
from tqdm.auto import tqdm
from traitlets.config import Config

from scripts.environment import PROJECT
from scripts.translate_notebooks import TRANSLATIONS, in_chinese, read_sections

PARTS = PROJECT / "scripts" / "site"
SITE = PROJECT / "site"
MARK = "made-by-build-site.txt"
LEXICON = PROJECT / "data" / "lexicon"
WORDS_PAGE = "words.html"
DOCUMENTS = ("*.md", "docs/**/*.md", "figures/*.md", "data/**/*.md", "tests/gold/*.md")
NOT_PAGES = ("data/constructed/", "data/raw/", "data/teaching/zh/", "CLAUDE.md")
FOLDS = {
    "en": {"SOLUTION": "Solution", "EXPLANATION": "Explanation", "CHECK": "Check"},
    "zh": {"SOLUTION": "参考答案", "EXPLANATION": "说明", "CHECK": "核对"},
}
FRAME = {
    "en": {
        "skip": "Skip to the text",
        "site": "Site",
        "start": "Start",
        "start_page": "index.html",
        "lessons": "Lessons",
        "lessons_page": "notebooks/00_start_here.html",
        "figures": "Figures",
        "words": 'Words <span lang="zh-CN">词表</span>',
        "glossary": "Glossary",
        "terms": "Code under MIT; prose, lexicon and figures under CC BY 4.0. "
        "The sample report belongs to others.",
    },
    "zh": {
        "skip": "跳到正文",
        "site": "网站",
        "start": "首页",
        "start_page": "index.zh-CN.html",
        "lessons": "课程",
        "lessons_page": "zh/00_start_here.html",
        "figures": "图（英文）",
        "words": "词表",
        "glossary": "术语",
        "terms": "代码采用MIT许可证；文字、词表和图采用CC BY 4.0。样本报告的权利属于他人。",
    },
}
STILL_ENGLISH_PICTURES = (
    "*本页的图和表取自英文版的运行结果；在 JupyterLab 中运行中文笔记本，图中文字即为中文。*"
)


class SiteError(ValueError):
    """What kept the site from being built, and the cure."""


@dataclass(frozen=True)
class Page:
    """One page: where it stands in the site, what it is called, what it holds."""

    path: str
    title: str
    body: str
    language: str = "en"
    before: str = ""
    after: str = ""


def main(arguments: Sequence[str] | None = None) -> int:
    """Return 0 when the site was built, otherwise 1."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, default=SITE, help="default: site/")
    folder = parser.parse_args(arguments).folder.resolve()
    try:
        n_pages = build_site(folder)
    except (SiteError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    print(f"{n_pages} pages, {size / 1e6:.1f} MB: open {folder / 'index.html'}")
    return 0


def build_site(folder: Path, *, project: Path = PROJECT) -> int:
    """Write the site to `folder`, which is made or replaced; return the number of pages."""
    _check_folder(folder, project)
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Beside its place, so that the last step is a change of names.
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".site-") as scratch:
        unfinished = Path(scratch, "site")
        unfinished.mkdir()
        pages = list(_make_pages(project, unfinished))
        _write_pages(pages, unfinished)
        _copy_linked_files(pages, unfinished, project)
        for part in ("style.css", "search.js"):
            shutil.copyfile(PARTS / part, unfinished / part)
        (unfinished / MARK).write_text("python3 run.py site\n", encoding="utf-8", newline="\n")
        if folder.exists():
            folder.rename(Path(scratch, "former"))
        unfinished.rename(folder)
    return len(pages)


def _check_folder(folder: Path, project: Path) -> None:
    if folder == project or folder in project.parents or (project / "notebooks") in folder.parents:
        raise SiteError(f"{folder} holds the project itself; name a folder of its own")
    if folder.is_file():
        raise SiteError(f"{folder} is a file; name a folder")
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).is_file():
        raise SiteError(
            f"{folder} holds other things than a site made here, and would be replaced; name "
            "an empty folder or one that does not exist yet"
        )


# --- pages --------------------------------------------------------------------------------


def _make_pages(project: Path, folder: Path) -> Iterable[Page]:
    for path in sorted({file for pattern in DOCUMENTS for file in project.glob(pattern)}):
        name = path.relative_to(project).as_posix()
        if not name.startswith(NOT_PAGES):
            yield _document_page(name, path.read_text(encoding="utf-8"))
    yield _words_page()
    paths = sorted((project / "notebooks").glob("*.ipynb"))
    if not paths:
        raise SiteError(f"there is no notebook in {project / 'notebooks'}")
    for language, read in _languages().items():
        names = [_notebook_page_name(path, language) for path in paths]
        steps = zip([None, *names], paths, [*names[1:], None], strict=False)
        for before, path, after in tqdm(list(steps), desc=f"notebooks {language}", leave=False):
            notebook = read(path)
            yield _notebook_page(notebook, path, language, folder, before or "", after or "")


def _languages() -> dict[str, Callable[[Path], NotebookNode]]:
    """Return a reader of notebooks per language: as committed, and with Chinese text."""
    return {"en": lambda path: nbformat.read(path, as_version=4), "zh": _read_chinese}


def _read_chinese(path: Path) -> NotebookNode:
    """Return the committed notebook with Chinese text around its outputs, which stay English."""
    try:
        sections = read_sections(TRANSLATIONS / f"{path.stem}.md")
        notebook = in_chinese(nbformat.read(path, as_version=4), sections)
    except ValueError as error:
        raise SiteError(f"{path.name}: {error}") from error
    notebook.cells[0].source += f"\n\n{STILL_ENGLISH_PICTURES}"
    return notebook


def _notebook_page_name(path: Path, language: str) -> str:
    return f"notebooks/{path.stem}.html" if language == "en" else f"{language}/{path.stem}.html"


def _document_page(name: str, text: str) -> Page:
    render = mistune.create_markdown(escape=False, plugins=["table", "strikethrough", "url"])
    body = render(text)
    title = re.search(r"^# (.+)$", text, flags=re.MULTILINE)
    # A page of definitions is looked up, not read through.
    if name == "GLOSSARY.md":
        body = body.replace("</h1>", "</h1>" + _search_box("Search these terms"), 1)
    language = "zh" if name.endswith(".zh-CN.md") else "en"
    return Page(_page_name(name), title[1].strip() if title else name, body, language)


def _page_name(name: str) -> str:
    """Return where the page of a Markdown file or a notebook stands.

    >>> [_page_name(name) for name in ("README.md", "docs/teaching.md", "notebooks/00_a.ipynb")]
    ['index.html', 'docs/teaching.html', 'notebooks/00_a.html']
    """
    folder, _, file = name.rpartition("/")
    stem = re.sub(r"\.(md|ipynb)$", "", file)
    stem = re.sub(r"^README", "index", stem)
    return posixpath.join(folder, f"{stem}.html")


def _words_page() -> Page:
    """Return the page of all words that have a gloss: the lexicon's terms, then other words."""
    rows = [
        (row["term"], row["pinyin"], row["gloss_en"], row["category"])
        for row in _read_csv(LEXICON / "lexicon.csv")
    ]
    known = {term for term, *_ in rows}
    rows += [
        (row["term"], row["pinyin"], row["gloss_en"], "")
        for row in _read_csv(LEXICON / "glossary.csv")
        if row["term"] not in known
    ]
    cells = "".join(
        f'<tr><td lang="zh">{escape(term)}</td><td>{escape(pinyin)}</td>'
        f"<td>{escape(gloss)}</td><td>{escape(category)}</td></tr>\n"
        for term, pinyin, gloss, category in rows
    )
    head = "".join(f"<th>{name}</th>" for name in ("word", "pinyin", "English", "category"))
    body = (
        f"<h1>Words 词表</h1><p>{len(rows):,} words of the lexicon and the glossary, with their "
        "reading and what they mean in these texts. A category stands where a word counts as "
        "language of a subject.</p>"
        + _search_box("Search words, pinyin or English")
        + f"<table><thead><tr>{head}</tr></thead><tbody>{cells}</tbody></table>"
    )
    return Page(WORDS_PAGE, "Words 词表", body)


def _search_box(label: str) -> str:
    return (
        f'<p class="search"><label for="search">{label}</label> '
        '<input id="search" type="search" autocomplete="off"> '
        '<span id="n-found" role="status"></span></p>'
    )


def _notebook_page(
    notebook: NotebookNode, path: Path, language: str, folder: Path, before: str, after: str
) -> Page:
    name = _notebook_page_name(path, language)
    body, resources = _exporter(language).from_notebook_node(notebook)
    for file, content in resources.get("outputs", {}).items():
        # One picture may stand in several pages; its content is its name.
        picture = f"pictures/{_digest(content)}{Path(file).suffix}"
        (folder / "pictures").mkdir(exist_ok=True)
        (folder / picture).write_bytes(content)
        body = body.replace(f'"{file}"', f'"../{picture}"')
    title = re.search(r"^# (.+)$", notebook.cells[0].source, flags=re.MULTILINE)
    return Page(name, title[1].strip() if title else path.stem, body, language, before, after)


def _exporter(language: str) -> HTMLExporter:
    settings = Config(
        HTMLExporter={"exclude_input_prompt": True, "exclude_output_prompt": True},
        ExtractOutputPreprocessor={"enabled": True},
    )
    template = (PARTS / "notebook.html.j2").read_text(encoding="utf-8")
    for place, label in FOLDS[language].items():
        template = template.replace(place, label)
    return HTMLExporter(config=settings, raw_template=template)


# --- writing ------------------------------------------------------------------------------


def _write_pages(pages: Sequence[Page], folder: Path) -> None:
    frame = Template((PARTS / "page.html").read_text(encoding="utf-8"))
    places = {page.path for page in pages}
    for page in pages:
        file = folder / page.path
        file.parent.mkdir(parents=True, exist_ok=True)
        up = "../" * page.path.count("/")
        text = frame.substitute(
            language="zh-CN" if page.language == "zh" else "en",
            title=escape(page.title),
            up=up,
            here=_other_language(page, places, up),
            body=_finish(page, places),
            steps=_steps(page, pages, up),
            **FRAME[page.language],
        )
        file.write_text(text, encoding="utf-8", newline="\n")


def _finish(page: Page, places: set[str]) -> str:
    """Return the body with its links, tables and pictures as a page on disk needs them."""
    root = lxml_html.fragment_fromstring(page.body, create_parent="main")
    root.set("id", "content")
    for unwanted in root.xpath(".//script | .//link | .//a[@class='anchor-link']"):
        unwanted.drop_tree()
    for node in root.xpath(".//*[@href or @src]"):
        attribute = "href" if node.get("href") is not None else "src"
        node.set(attribute, _relink(node.get(attribute), page.path, places))
    _name_headings(root)
    for number, table in enumerate(root.xpath(".//table"), start=1):
        _make_table_readable(table, number, page.language)
    for block in root.xpath(".//pre"):
        # What scrolls must be reachable by keys.
        block.set("tabindex", "0")
    for picture in root.xpath(".//img"):
        picture.set("loading", "lazy")
        if picture.get("alt") in (None, "", "No description has been provided for this image"):
            picture.set("alt", "Figure; its title and the text below it say what it shows")
    for picture in root.xpath(".//img[not(ancestor::a)]"):
        _link_to_itself(picture)
    return lxml_html.tostring(root, encoding="unicode")


def _name_headings(root: lxml_html.HtmlElement) -> None:
    """Give headings the names that links within a Markdown file use, as code hosts do."""
    taken = set(root.xpath(".//@id"))
    for heading in root.xpath(".//h2[not(@id)] | .//h3[not(@id)] | .//h4[not(@id)]"):
        name = re.sub(r"[^\w\- ]", "", heading.text_content().strip().lower()).replace(" ", "-")
        if name and name not in taken:
            heading.set("id", name)
            taken.add(name)


def _link_to_itself(picture: lxml_html.HtmlElement) -> None:
    """Let a picture open alone: on a phone its words are too small to read in the page."""
    if picture.get("src", "").startswith("data:"):
        return
    around = lxml_html.Element("a", {"href": picture.get("src")})
    around.tail, picture.tail = picture.tail, None
    picture.getparent().replace(picture, around)
    around.append(picture)


def _relink(link: str, page: str, places: set[str]) -> str:
    """Return a link of the project as a link of the site."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc or not parts.path:
        return link
    target = _resolve(page, unquote(parts.path))
    if re.search(r"\.(md|ipynb)$", target):
        target = _page_name(target)
    elif target.rstrip("/") and f"{target.rstrip('/')}/index.html" in places:
        target = f"{target.rstrip('/')}/index.html"
    twin = re.sub(r"^notebooks/", "zh/", target)
    if (page.startswith("zh/") or page.endswith(".zh-CN.html")) and twin in places:
        target = twin
    found = posixpath.relpath(target, posixpath.dirname(page) or ".")
    return found + (f"#{parts.fragment}" if parts.fragment else "")


def _resolve(page: str, link: str) -> str:
    # A Chinese notebook stands one folder from where its links were written, at equal depth.
    folder = re.sub(r"^zh(?=/|$)", "notebooks", posixpath.dirname(page))
    return posixpath.normpath(posixpath.join(folder, link))


def _make_table_readable(table: lxml_html.HtmlElement, number: int, language: str) -> None:
    for cell in table.xpath(".//thead//th"):
        cell.set("scope", "col")
    for cell in table.xpath(".//tbody//th"):
        cell.set("scope", "row")
    for cell in table.xpath(".//th[not(normalize-space())]"):
        cell.tag = "td"
        cell.attrib.pop("scope", None)
    for cell in table.xpath(".//td"):
        if _is_short_chinese(cell.text_content().strip()):
            cell.set("class", "short")
    table.attrib.pop("border", None)
    name = {"en": f"Table {number}", "zh": f"表 {number}"}[language]
    around = lxml_html.Element("div", {"class": "wide", "tabindex": "0", "role": "region"})
    around.set("aria-label", name)
    table.getparent().replace(table, around)
    around.append(table)
    around.tail, table.tail = table.tail, None


def _is_short_chinese(text: str) -> bool:
    """Return True for a set phrase, which a narrow column would cut in two."""
    return len(text) <= 8 and re.search(r"[\u4e00-\u9fff]", text) is not None


def _other_language(page: Page, places: set[str], up: str) -> str:
    stem = posixpath.basename(page.path)
    twins = {"en": f"zh/{stem}", "zh": f"notebooks/{stem}"}
    if not page.path.startswith(("notebooks/", "zh/")):
        twins = {"en": "index.zh-CN.html", "zh": "index.html"}
    twin = twins[page.language]
    if twin not in places:
        return ""
    label = {"en": '<span lang="zh-CN">中文</span>', "zh": '<span lang="en">English</span>'}
    return f'<a href="{up}{twin}">{label[page.language]}</a>'


def _steps(page: Page, pages: Sequence[Page], up: str) -> str:
    titles = {other.path: other.title for other in pages}
    words = {"en": ("Previous", "Next"), "zh": ("上一课", "下一课")}[page.language]
    links = [
        f'<a href="{up}{place}">{word}: {escape(titles[place])}</a>'
        for word, place in zip(words, (page.before, page.after), strict=True)
        if place
    ]
    label = {"en": "Lessons", "zh": "课程"}[page.language]
    return f'<nav class="steps" aria-label="{label}">{"".join(links)}</nav>' if links else ""


def _copy_linked_files(pages: Sequence[Page], folder: Path, project: Path) -> None:
    """Copy every file of the project that a page shows or links to."""
    places = {page.path for page in pages}
    for page in pages:
        root = lxml_html.fromstring((folder / page.path).read_text(encoding="utf-8"))
        for link in root.xpath("//main//@href | //main//@src"):
            parts = urlsplit(link)
            if parts.scheme or parts.netloc or not parts.path:
                continue
            target = posixpath.normpath(
                posixpath.join(posixpath.dirname(page.path), unquote(parts.path))
            )
            _copy(target, folder, project, page.path, places)


def _copy(target: str, folder: Path, project: Path, page: str, places: set[str]) -> None:
    source = project / target
    if target in places or (folder / target).exists():
        return
    if target.startswith("..") or not source.exists():
        raise SiteError(f"{page} links to {target}, which is not there: mend the link")
    if source.is_dir():
        (folder / target).mkdir(parents=True, exist_ok=True)
        _write_listing(source, folder / target)
        return
    (folder / target).parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, folder / target)


def _write_listing(source: Path, target: Path) -> None:
    """Say what a linked folder of the project holds; a folder itself opens in no browser alike."""
    names = sorted(path.name for path in source.iterdir() if not path.name.startswith("."))
    lines = "\n".join(names) + "\n"
    (target / "contents.txt").write_text(lines, encoding="utf-8", newline="\n")


def _read_csv(path: Path) -> list[Mapping[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


if __name__ == "__main__":
    sys.exit(main())
