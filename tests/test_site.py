"""The static site: its links hold, its headings are in order, nothing of it comes from a network."""

import posixpath
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import nbformat
import pytest
from lxml import html

from scripts import build_site
from scripts.build_site import Page, SiteError
from scripts.environment import PROJECT


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site") / "pages"
    build_site.build_site(folder)
    return folder


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, html.HtmlElement]:
    return {
        file.relative_to(site).as_posix(): html.fromstring(file.read_text(encoding="utf-8"))
        for file in site.rglob("*.html")
    }


def test_every_notebook_and_every_document_has_a_page(pages: dict) -> None:
    notebooks = {f"notebooks/{path.stem}.html" for path in (PROJECT / "notebooks").glob("*.ipynb")}
    documents = {"index.html", "GLOSSARY.html", "MEASURED.html", "data/index.html", "words.html"}
    assert notebooks | documents | {"figures/index.html"} <= pages.keys()
    assert not [name for name in pages if name.startswith("data/teaching/zh/")]


def test_every_link_and_picture_leads_to_a_file_of_the_site(site: Path, pages: dict) -> None:
    for name, page in pages.items():
        for link in page.xpath("//@href | //@src"):
            parts = urlsplit(link)
            if parts.scheme in ("http", "https", "mailto", "data") or not parts.path:
                continue
            target = posixpath.join(posixpath.dirname(name), unquote(parts.path))
            assert (site / posixpath.normpath(target)).exists(), f"{name} -> {link}"


def test_every_link_to_a_place_in_a_page_finds_it(pages: dict) -> None:
    for name, page in pages.items():
        for link in page.xpath("//@href"):
            parts = urlsplit(link)
            if parts.scheme or not parts.fragment:
                continue
            target = posixpath.normpath(posixpath.join(posixpath.dirname(name), parts.path))
            there = pages[target if parts.path else name]
            assert unquote(parts.fragment) in there.xpath("//@id"), f"{name} -> {link}"
    assert len(pages["docs/teaching.html"].xpath("//main//a[starts-with(@href, '#')]")) > 5


def test_a_reader_of_chinese_stays_among_chinese_pages(pages: dict) -> None:
    for name in ("zh/03_term_frequencies.html", "index.zh-CN.html"):
        links = {link.text_content(): link.get("href") for link in pages[name].xpath("//nav[1]/a")}
        assert links["首页"].endswith("index.zh-CN.html"), name
        assert links["课程"].endswith("zh/00_start_here.html"), name
        assert links["English"].endswith(".html"), name
    lessons = pages["index.zh-CN.html"].xpath("//main//td/a/@href")
    assert lessons and all(link.startswith("zh/") for link in lessons)


def test_a_picture_opens_alone(pages: dict) -> None:
    picture = pages["notebooks/03_term_frequencies.html"].xpath("//main//img")[0]
    assert picture.getparent().tag == "a"
    assert picture.getparent().get("href") == picture.get("src")


def test_nothing_that_loads_by_itself_comes_from_a_network(site: Path, pages: dict) -> None:
    for name, page in pages.items():
        loading = page.xpath("//script/@src | //link/@href | //img/@src | //iframe/@src")
        assert [link for link in loading if urlsplit(link).scheme not in ("", "data")] == [], name
        assert not page.xpath("//main//script"), name
    style = (site / "style.css").read_text(encoding="utf-8")
    assert not re.search(r"@import|url\(", style)


def test_headings_are_in_order_and_pictures_have_words(pages: dict) -> None:
    for name, page in pages.items():
        levels = [int(heading.tag[1]) for heading in page.iter("h1", "h2", "h3", "h4", "h5", "h6")]
        assert levels.count(1) == 1 and levels[0] == 1, name
        steps = [after - before for before, after in zip(levels, levels[1:], strict=False)]
        assert max(steps, default=0) <= 1, f"{name}: a level of heading is left out"
        assert all(picture.get("alt", "").strip() for picture in page.iter("img")), name


def test_solutions_are_folded(pages: dict) -> None:
    path = sorted((PROJECT / "notebooks").glob("03*.ipynb"))[0]
    cells = nbformat.read(path, as_version=4).cells
    n_solutions = sum("solution" in cell.metadata.get("tags", []) for cell in cells)
    folded = pages[f"notebooks/{path.stem}.html"].xpath("//details[@class='solution']")
    assert len(folded) == n_solutions > 0
    summaries = [fold.findtext("summary") for fold in folded]
    assert summaries == ["Solution", "Explanation"] * 3
    # What the check says of the solution is none of a reader's business before that.
    checks = pages[f"notebooks/{path.stem}.html"].xpath("//details[@class='check']")
    assert ["Right" in fold.text_content() for fold in checks] == [True] * 3


def test_text_of_a_notebook_is_shown_not_run(tmp_path: Path) -> None:
    notebook = nbformat.v4.new_notebook()
    hostile = "<script>alert(1)</script>"
    notebook.cells = [
        nbformat.v4.new_markdown_cell(f"# A title {hostile}"),
        nbformat.v4.new_code_cell(
            "1", outputs=[nbformat.v4.new_output("stream", name="stdout", text=hostile)]
        ),
    ]
    page = build_site._notebook_page(notebook, Path("99_x.ipynb"), "en", tmp_path, "", "")
    finished = html.fromstring(build_site._finish(page, {page.path}))
    assert not finished.xpath("//script")
    assert hostile in finished.text_content()


@pytest.mark.parametrize(
    ("link", "page", "there"),
    [
        ("../data/README.md", "notebooks/00_a.html", "../data/index.html"),
        ("01_b.ipynb", "notebooks/00_a.html", "01_b.html"),
        ("../data/README.md#words", "zh/00_a.html", "../data/index.html#words"),
        ("01_b.ipynb", "zh/00_a.html", "01_b.html"),
        ("02_c.ipynb", "zh/00_a.html", "../notebooks/02_c.html"),
        ("notebooks/01_b.ipynb", "index.zh-CN.html", "zh/01_b.html"),
        ("notebooks/01_b.ipynb", "index.html", "notebooks/01_b.html"),
        ("figures/", "index.html", "figures/index.html"),
        ("LICENSE", "index.html", "LICENSE"),
        ("https://example.org/a.md", "index.html", "https://example.org/a.md"),
        ("#here", "index.html", "#here"),
    ],
)
def test_links_of_the_project_become_links_of_the_site(link: str, page: str, there: str) -> None:
    places = {"figures/index.html", "data/index.html", "notebooks/01_b.html", "zh/01_b.html"}
    assert build_site._relink(link, page, places) == there


def test_a_folder_with_other_things_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_bytes(b"years of work")
    with pytest.raises(SiteError, match="holds other things"):
        build_site.build_site(tmp_path)
    assert (tmp_path / "thesis.docx").read_bytes() == b"years of work"
    for folder in (PROJECT, PROJECT.parent, PROJECT / "notebooks" / "site"):
        with pytest.raises(SiteError, match="holds the project"):
            build_site.build_site(folder)
    file = tmp_path / "thesis.docx"
    with pytest.raises(SiteError, match="is a file"):
        build_site.build_site(file)
    assert build_site.main([str(tmp_path)]) == 1


def test_a_link_that_leads_nowhere_is_named(tmp_path: Path) -> None:
    page = Page("a.html", "A", '<h1>A</h1><a href="lost.md">x</a>')
    build_site._write_pages([page], tmp_path)
    with pytest.raises(SiteError, match=r"a\.html links to lost\.html"):
        build_site._copy_linked_files([page], tmp_path, tmp_path)


def test_an_earlier_site_is_replaced_whole(site: Path, tmp_path: Path, monkeypatch) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / build_site.MARK).write_text("", encoding="utf-8")
    (folder / "old.html").write_text("", encoding="utf-8")
    monkeypatch.setattr(build_site, "_make_pages", lambda project, scratch: iter(
        [Page("index.html", "A", "<h1>A</h1>")]
    ))  # fmt: skip
    assert build_site.build_site(folder) == 1
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        ["index.html", build_site.MARK, "search.js", "style.css"]
    )
    assert not list(tmp_path.glob(".site-*"))
