"""Readers of foreign formats, on files made here; every sentence in them is our own."""

import io
import json
import sys
import zipfile

import docx
import openpyxl
import pytest

from helpers import load, paths
from helpers.reading.load import formats
from helpers.reading.load.formats import office, packages
from scripts.build_mixed_folder import write_docx, write_pdf

TEXT = "示例市部署疫情防控和复工复产。"
FOLDER = paths.DATA / "constructed" / "mixed"


@pytest.fixture
def write(tmp_path):
    def write_file(name: str, content: str | bytes) -> str:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return str(path)

    return write_file


def workbook(**sheets: list[list]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"):
            cell.data_type = "s"  # typed as text, as '=1+1 is in a spreadsheet
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def zipped(**members: bytes) -> bytes:
    saved = io.BytesIO()
    with zipfile.ZipFile(saved, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return saved.getvalue()


# --- the constructed folder ---------------------------------------------------------------


def test_the_mixed_folder_is_read_whole_but_for_the_scan():
    audit = load.audit_files(FOLDER)
    assert len(audit) == 15
    problems = audit[audit["problem"] != ""]
    assert problems["path"].str.endswith("scan.pdf").tolist() == [True]
    assert "no text layer on its 1 pages" in problems["problem"].iloc[0]
    documents = load.read_documents(FOLDER, skip_bad=True, year=2020)
    assert len(documents) == 17
    by_id = documents.set_index("doc_id")
    assert by_id.loc["school", "date"].isoformat() == "2020-04-17T00:00:00"
    assert by_id.loc["school", "date_basis"] == "html meta"
    assert by_id.loc["notice_utf16", "date_basis"] == "signature"
    assert by_id.loc["posts.jsonl-1", "date_basis"] == "column, year given"
    assert by_id.loc["misread", "raw_text"].startswith("示例市促进企业复工复产若干措施")
    assert audit.set_index("path")["note"].str.contains("characters are lost").sum() == 1


def test_the_committed_folder_is_what_the_script_makes(tmp_path):
    from scripts.build_mixed_folder import build

    build(tmp_path)
    made = load.read_documents(tmp_path, skip_bad=True)
    committed = load.read_documents(FOLDER, skip_bad=True)
    assert made.equals(committed)


# --- html ---------------------------------------------------------------------------------

PAGE = """<html><head><title>有序恢复教学_示例市政府</title><meta name="PubDate" content="2020-04-17">
<script>var 变量 = "脚本";</script><style>p{{}}</style></head><body>
<nav><a href="/">首页</a> <a href="/a">导航栏目</a></nav>
<div class="article"><h1>有序恢复教学</h1>{paragraphs}</div>
<div class="related">相关链接 <a href="/x">另一条新闻的标题</a></div>
<footer>主办单位：示例市政府 备案号</footer></body></html>"""
PARAGRAPHS = "".join(
    f"<p>第{n}段：学校要落实防控措施，做好健康监测和校园消毒，分期分批有序恢复教学秩序，保障师生健康。</p>"
    for n in "一二三四"
)


def test_a_page_gives_its_article_title_and_date_and_not_what_is_around_it(write):
    path = write("page.html", PAGE.format(paragraphs=PARAGRAPHS))
    documents = load.read_documents(path)
    row = documents.iloc[0]
    assert (row["title"], str(row["date"].date()), row["date_basis"]) == ("有序恢复教学", "2020-04-17", "html meta")
    assert all(f"第{n}段" in row["raw_text"] for n in "一二三四")
    for foreign in ("脚本", "导航栏目", "备案号", "p{"):
        assert foreign not in row["raw_text"]


def test_a_page_without_an_article_gives_its_visible_text_and_says_so(write, monkeypatch):
    monkeypatch.setattr("trafilatura.extract", lambda *_, **__: None)
    path = write("short.html", "<body><nav>导航</nav><table><tr><td>疫情</td></tr></table><footer>页脚</footer></body>")
    assert load.read_documents(path)["raw_text"].iloc[0] == "疫情"
    assert "no article found" in load.audit_files(path)["note"].iloc[0]


@pytest.mark.parametrize("declared", ["gb2312", "utf-8", ""])
def test_the_charset_of_a_page_is_a_hint_only(write, declared):
    meta = f'<meta charset="{declared}">' if declared else ""
    page = f"<html><head>{meta}</head><body><p>{TEXT}</p></body></html>".encode("gb18030")
    assert load.read_documents(write("a.htm", page))["raw_text"].iloc[0] == TEXT


def test_the_file_name_wins_over_the_date_of_the_page(write):
    page = PAGE.format(paragraphs=PARAGRAPHS)
    documents = load.read_documents(write("2020-03-01.html", page))
    assert documents["date_basis"].iloc[0] == "file name"


# --- markdown, docx, pdf ------------------------------------------------------------------


def test_markdown_loses_its_marks_and_keeps_its_words(write):
    text = (
        "---\ntitle: 通知\ndate: 2020-02-26\nlink: !!python/object:os.system\n---\n"
        "# 标题\n\n**疫情防控** [链接](http://x.cn)，`代码`<!-- 注 -->\n\n- 一要\n- 二要\n\n> 引文\n\n| 甲 | 乙 |\n|---|---|\n| 丙 | 丁 |\n"
    )
    row = load.read_documents(write("a.md", text)).iloc[0]
    assert row["raw_text"] == "标题\n疫情防控 链接，代码\n一要\n二要\n引文\n甲\t乙\n丙\t丁"
    assert (row["title"], row["date_basis"]) == ("通知", "front matter")


def test_a_word_document_gives_paragraphs_and_tables_in_order(write):
    row = load.read_documents(write("a.docx", write_docx(f"通知\n{TEXT}"))).iloc[0]
    assert row["raw_text"] == f"通知\n{TEXT}\n措施\t期限\n减免房屋租金\t三个月"
    assert row["title"] == "通知"


def test_the_day_a_word_file_was_made_is_not_the_date_of_the_document(write):
    assert load.read_documents(write("a.docx", write_docx(f"通知\n{TEXT}")))["date"].isna().all()


def test_a_pdf_gives_its_text_layer(write):
    row = load.read_documents(write("a.pdf", write_pdf(["通知", TEXT]))).iloc[0]
    assert row["raw_text"] == f"通知\n{TEXT}"


def test_a_pdf_without_text_says_what_to_do(write):
    with pytest.raises(ValueError, match="a.pdf has no text layer on its 1 pages .*text recognition"):
        load.read_documents(write("a.pdf", write_pdf([])))


def test_an_encrypted_pdf_is_named(write):
    import pypdf

    writer = pypdf.PdfWriter(clone_from=io.BytesIO(write_pdf([TEXT])))
    writer.encrypt("secret", algorithm="RC4-128")
    saved = io.BytesIO()
    writer.write(saved)
    with pytest.raises(ValueError, match="a.pdf is encrypted; save it again without a password"):
        load.read_documents(write("a.pdf", saved.getvalue()))


# --- tables -------------------------------------------------------------------------------


def test_a_workbook_gives_a_document_per_row_of_each_sheet_with_texts(write):
    content = workbook(
        政策=[["标题", "发布时间", "正文"], ["甲", "2020-02-26", "=1+1防控"], ["乙", None, "第一行_x000D_\n第二行"]],
        说明=[["列", "意思"], ["正文", "text"]],
        更多=[["全文"], [TEXT]],
    )
    documents = load.read_documents(write("a.xlsx", content))
    assert documents["raw_text"].tolist() == ["=1+1防控", "第一行\r\n第二行", TEXT]
    assert documents["source"].tolist() == ["a.xlsx sheet 政策 row 1", "a.xlsx sheet 政策 row 2", "a.xlsx sheet 更多 row 1"]
    assert documents["doc_id"].is_unique
    assert "sheets without texts: '说明'" in load.audit_files(write("a.xlsx", content))["note"].iloc[0]


def test_tables_of_every_format_give_the_same_documents(write):
    rows = [{"标题": "甲", "日期": "2020-02-26", "内容": TEXT}, {"标题": "乙", "日期": "", "内容": TEXT + TEXT}]
    header = list(rows[0])
    delimited = {
        f"a.{suffix}": "\n".join(mark.join(line) for line in [header, *(row.values() for row in rows)])
        for suffix, mark in (("csv", ","), ("tsv", "\t"))
    }
    files = delimited | {
        "semicolon.csv": delimited["a.csv"].replace(",", ";"),
        "a.json": json.dumps(rows, ensure_ascii=False),
        "b.json": json.dumps({"n": 2, "items": rows}, ensure_ascii=False),
        "a.jsonl": "\n".join(json.dumps(row) for row in rows),
        "a.xlsx": workbook(一=[header, *(list(row.values()) for row in rows)]),
    }
    for name, content in files.items():
        documents = load.read_documents(write(name, content))
        assert documents["raw_text"].tolist() == [TEXT, TEXT + TEXT], name
        assert documents["title"].tolist() == ["甲", "乙"]
        assert documents["date"].isna().tolist() == [False, True]


def test_the_text_column_can_be_named(write):
    path = write("a.csv", f"条款,备注\n{TEXT},防控\n")
    assert load.read_documents(path, text_column="条款")["raw_text"].tolist() == [TEXT]
    with pytest.raises(ValueError, match="has no column '条文': its columns are '条款', '备注'"):
        load.read_documents(path, text_column="条文")
    with pytest.raises(ValueError, match="name it in text_column"):
        load.read_documents(path)


def test_a_text_column_of_numbers_is_named_once(write):
    path = write("a.csv", "text,n\n1,2\n3,4\n5,6\n")
    with pytest.raises(ValueError, match="no Chinese character in its text column 'text' .*'1'"):
        load.read_documents(path)


def test_a_broken_line_of_jsonl_costs_the_others_nothing(write):
    path = write("a.jsonl", '{"text": "疫情防控"}\n{"text": \n[1]\n\n{"text": "复工复产", "id": 12345678901234567890}')
    with pytest.raises(ValueError, match=r"line 2 is not well-formed json .*line 3 is no object"):
        load.read_documents(path)
    assert load.read_documents(path, skip_bad=True)["doc_id"].tolist() == ["a-1", "12345678901234567890"]


def test_a_metadata_table_may_be_a_workbook(write, tmp_path):
    write("a.txt", TEXT)
    table = write("meta.xlsx", workbook(表=[["file", "date", "文号"], ["a.txt", "2020年2月26日", ""]]))
    documents = load.read_documents(tmp_path / "a.txt", metadata=table)
    assert (str(documents["date"].iloc[0].date()), documents["date_basis"].iloc[0]) == ("2020-02-26", "metadata table")


# --- hostile and broken -------------------------------------------------------------------


def bomb(name: str) -> bytes:
    """300 MB of spaces, packed into some 300 kB."""
    return zipped(**{"[Content_Types].xml": b"<x/>", name: b" " * 300_000_000})


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "哈哈哈哈哈哈哈哈哈哈">'
    + "".join(f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)
BROKEN = {
    "bomb.docx": (bomb("word/document.xml"), "would unpack from"),
    "bomb.xlsx": (bomb("xl/workbook.xml"), "would unpack from"),
    "cut.docx": (write_docx(f"通知\n{TEXT}")[:-200], "is a damaged docx file"),
    "empty.docx": (zipped(**{"a.xml": b"<x/>"}), "is no readable Word document"),
    "climb.docx": (zipped(**{"../../etc/passwd": b"x"}), "is no readable Word document"),
    "page.docx": (b"<html><body>" + TEXT.encode() + b"</body></html>", "is no docx file"),
    "old.docx": (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "is an old or an encrypted office file"),
    "old.doc": (b"\xd0\xcf\x11\xe0", "is of an old or foreign format; save it as .docx"),
    "laughs.docx": (zipped(**{"[Content_Types].xml": (LAUGHS + "<x>&i;</x>").encode()}), "is no readable Word document"),
    "laughs.xlsx": (zipped(**{"[Content_Types].xml": (LAUGHS + "<x>&i;</x>").encode()}), "is no readable workbook"),
    "broken.xlsx": (zipped(**{"a.xml": b"<x/>"}), "is no readable workbook"),
    "blank.xlsx": (workbook(空=[]), "has a header but no rows"),
    "text.pdf": (TEXT.encode(), "does not begin like a pdf"),
    "broken.pdf": (b"%PDF-1.4\n" + b"garbage " * 50, "is no readable pdf"),
    "deep.json": (b"[" * 100_000 + b"]" * 100_000, "is nested too deep"),
    "bad.json": (b'{"text": ', "is not well-formed json"),
    "number.json": (b"12", "holds no list of objects"),
    "bad.jsonl": (b"[1]\n2", "line 1 is no object"),
    "image.png": (b"\x89PNG", "is of a format not read here"),
    "noname": (TEXT.encode(), "is of a format not read here"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_hostile_or_broken_file_is_named_with_its_cure(write, name):
    content, message = BROKEN[name]
    path = write(name, content)
    with pytest.raises(load.UnreadableFileError, match=f"{name} {message}".replace("(", r"\(")):
        load.read_documents(path)
    assert load.audit_files(path)["problem"].iloc[0].startswith(message)


def test_a_page_with_an_entity_bomb_stays_small(write):
    page = LAUGHS + f"<html><body><p>{TEXT}&i;</p><script>alert('脚本')</script></body></html>"
    text = load.read_documents(write("laughs.xhtml", page))["raw_text"].iloc[0]
    assert TEXT in text and "脚本" not in text and len(text) < 1000


def test_a_page_of_a_hundred_thousand_nested_tags_is_read(write):
    page = "<div>" * 100_000 + TEXT + "</div>" * 100_000
    audit = load.audit_files(write("deep.html", page))
    # The parser gives up on such depth; the file is named, and nothing falls over.
    assert audit["n_documents"].iloc[0] == 1 or audit["problem"].iloc[0]


def test_the_limit_of_what_is_unpacked_counts_declared_bytes(monkeypatch):
    monkeypatch.setattr(office, "MOST_UNPACKED", 10)
    with pytest.raises(ValueError, match="would unpack"):
        formats.read(".docx", write_docx(f"通知\n{TEXT}"))


@pytest.mark.parametrize(
    ("suffix", "content", "module", "package"),
    [
        (".docx", write_docx(f"通知\n{TEXT}"), "docx", "python-docx"),
        (".pdf", write_pdf([TEXT]), "pypdf", "pypdf"),
        (".xlsx", workbook(一=[["text"], [TEXT]]), "openpyxl", "openpyxl"),
        (".html", TEXT.encode(), "trafilatura", "trafilatura"),
        (".md", TEXT.encode(), "mistune", "mistune"),
    ],
)
def test_a_missing_reader_gives_the_line_that_installs_it(monkeypatch, suffix, content, module, package):
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.setattr(packages, "import_module", missing(module))
    with pytest.raises(ValueError, match=f"needs the package {package} .*pip install python-docx openpyxl"):
        formats.read(suffix, content)


def missing(module: str):
    from importlib import import_module

    def import_or_fail(name):
        if name == module:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return import_module(name)

    return import_or_fail


def test_docx_is_what_python_docx_reads():
    assert docx.Document(io.BytesIO(write_docx(f"通知\n{TEXT}"))).paragraphs[0].text == "通知"
