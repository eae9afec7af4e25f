"""Readers of foreign formats, on files made here; every sentence in them is our own."""

import csv
import io
import json
import re
import sys
import zipfile
import zlib

import docx
import openpyxl
import pytest

from helpers import load, paths
from helpers.reading.load import formats
from helpers.reading.load.formats import containers, packages, tables
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


def replaced(content: bytes, **members: str | bytes) -> bytes:
    """The same zip with other contents, by the last part of the members' names."""
    saved = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(saved, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            part = name.rsplit("/", 1)[-1].removesuffix(".xml")
            new.writestr(name, members.get(part, old.read(name)))
    return saved.getvalue()


def lying(content: bytes, part: str, *, held: bytes, declared: int, is_sum_right: bool) -> bytes:
    """The same zip, where a member declares less than it holds."""
    saved = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(replaced(content, **{part: held}))) as old,
        zipfile.ZipFile(saved, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, old.read(name))
        member = next(one for one in new.infolist() if one.filename.endswith(f"{part}.xml"))
        member.file_size = declared
        member.CRC = zlib.crc32(held if is_sum_right else held[:declared])
    return saved.getvalue()


WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def word(body: str, *, before: str = "") -> bytes:
    xml = f'{before}<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
    return replaced(write_docx(f"通知\n{TEXT}"), document=xml)


def run(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


def sheet(*cells: tuple[str, str], dimension: str = "A1", before: str = "") -> bytes:
    rows = "".join(
        f'<row r="{name.lstrip("ABCDEFX")}"><c r="{name}" t="inlineStr"><is><t>{text}</t></is></c></row>'
        for name, text in cells
    )
    xml = f'{before}<worksheet xmlns="{SHEET}"><dimension ref="{dimension}"/><sheetData>{rows}</sheetData></worksheet>'
    return replaced(workbook(一=[["text"]]), sheet1=xml)


# --- the constructed folder ---------------------------------------------------------------


def test_the_mixed_folder_is_read_whole_but_for_the_scan():
    audit = load.audit_files(FOLDER)
    assert len(audit) == 15
    problems = audit[audit["problem"] != ""]
    assert problems["path"].str.endswith("scan.pdf").tolist() == [True]
    assert "no text layer on any page (pages: 1; a scan?)" in problems["problem"].iloc[0]
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
    assert (row["title"], str(row["date"].date()), row["date_basis"]) == (
        "有序恢复教学",
        "2020-04-17",
        "html meta",
    )
    assert all(f"第{n}段" in row["raw_text"] for n in "一二三四")
    for foreign in ("脚本", "导航栏目", "备案号", "p{"):
        assert foreign not in row["raw_text"]


def test_a_page_without_an_article_gives_its_visible_text_and_says_so(write, monkeypatch):
    monkeypatch.setattr("trafilatura.extract", lambda *_, **__: None)
    path = write(
        "short.html",
        "<body><nav>导航</nav><table><tr><td>疫情</td></tr></table><footer>页脚</footer></body>",
    )
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


NAVIGATION = (
    '<div class="top"><ul><li><a href="/">首页</a></li><li><a href="/a">政务公开</a></li>'
    '<li><a href="/b">办事服务</a></li></ul></div>'
    '<div>当前位置：<a href="/">首页</a> &gt; <a href="/z">政策文件</a> &gt; 正文</div>'
)
AROUND = (
    "<div><h3>相关链接</h3><ul>"
    + "".join(f'<li><a href="/{n}">示例市第{n}号通告的标题</a></li>' for n in range(6))
    + "</ul></div>"
    "<div><p>主办单位：示例市人民政府　备案号：示ICP备0号</p></div><div id='cookie'>本网站使用Cookie</div>"
)


@pytest.mark.parametrize(
    "article",
    [
        '<div class="article"><p>{0}</p></div>',  # a short notice, where trafilatura finds no article
        '<div class="view">' + "<div><span>{0}</span></div>" * 5 + "</div>",
        "<div id='zoom'>" + "　　{0}<br/>" * 5 + "</div>",
        "<ol>" + "<li>{0}</li>" * 3 + "</ol>",
        "<font size=3>　　{0}</font><br>" * 5,
        "<table><tr><td>" + "<p>{0}</p>" * 5 + "</td></tr></table>",
    ],
)
def test_what_stands_around_an_article_is_left_out_in_every_shape_of_page(article):
    sentence = "各区要落实属地责任，加强社区防控和健康监测，有序推动企业复工复产。"
    page = f"<html><head><meta charset='utf-8'></head><body>{NAVIGATION}{article.format(sentence)}{AROUND}</body></html>"
    text = formats.read(".html", page.encode()).drafts[0].raw_text
    assert sentence in text
    for foreign in (
        "首页",
        "当前位置",
        "政策文件",
        "相关链接",
        "号通告的标题",
        "主办单位",
        "Cookie",
    ):
        assert foreign not in text


def test_a_list_of_attachments_stays_and_a_page_of_links_only_is_still_read():
    links = "".join(f"<a href='/{n}'>附件{n}：示例市名单</a> " for n in range(4))
    page = f"<body><p>{TEXT}</p><div>{links}</div></body>"
    assert "附件3：示例市名单" in formats.read(".html", page.encode()).drafts[0].raw_text
    page = "<body><ul>" + f"<li><a href='/'>{TEXT}</a></li>" * 5 + "</ul></body>"
    assert TEXT in formats.read(".html", page.encode()).drafts[0].raw_text


def test_cells_of_a_table_are_parted_where_no_article_is_found(monkeypatch):
    monkeypatch.setattr("trafilatura.extract", lambda *_, **__: None)
    page = "<body><table><tr><td>文号</td><td>示政发</td></tr></table></body>"
    assert formats.read(".html", page.encode()).drafts[0].raw_text == "文号 示政发"


# --- markdown, docx, pdf ------------------------------------------------------------------


def test_markdown_loses_its_marks_and_keeps_its_words(write):
    text = (
        "---\ntitle: 通知\ndate: 2020-02-26\nlink: !!python/object:os.system\n---\n"
        "# 标题\n\n**疫情防控** [链接](http://x.cn)，`代码`<!-- 注 -->\n\n- 一要\n- 二要\n\n> 引文\n\n| 甲 | 乙 |\n|---|---|\n| 丙 | 丁 |\n"
    )
    row = load.read_documents(write("a.md", text)).iloc[0]
    assert row["raw_text"] == "标题\n疫情防控 链接，代码\n一要\n二要\n引文\n甲\t乙\n丙\t丁"
    assert (row["title"], row["date_basis"]) == ("通知", "front matter")


def test_markup_in_markdown_is_not_text_and_its_first_heading_is_the_title():
    text = "前言<br>甲&amp;乙 <b>丙</b>\n\n## 通知\n\n<div class='x'><p>块</p><script>脚本</script></div>\n\n    缩进\n\n文字<!-- 不完"
    draft = formats.read(".md", text.encode()).drafts[0]
    assert draft.raw_text == "前言\n甲&乙 丙\n通知\n块\n缩进\n文字<!-- 不完"
    assert draft.said == {"title": "通知"}


def test_a_word_document_gives_what_stands_in_tags_controls_and_tracked_changes():
    body = (
        f'<w:p><w:pPr><w:tabs><w:tab w:val="left" w:pos="9"/></w:tabs></w:pPr>{run("自")}<w:smartTag>{run("2020年2月26日")}</w:smartTag>{run("起")}'
        f"<w:ins>{run('施行')}</w:ins><w:del><w:r><w:delText>废止</w:delText></w:r></w:del><w:moveFrom>{run('移走')}</w:moveFrom>"
        f"<w:r><w:tab/><w:t>甲</w:t><w:br/><w:t>乙</w:t><w:br w:type='page'/><w:noBreakHyphen/></w:r></w:p>"
        f"<w:sdt><w:sdtContent><w:p>{run('控件')}</w:p></w:sdtContent></w:sdt>"
        f"<w:p><w:r><w:ruby><w:rt>{run('yìng')}</w:rt><w:rubyBase>{run('媵')}</w:rubyBase></w:ruby></w:r></w:p>"
        f"<w:p>{run('外')}<w:r><w:pict><w:txbxContent><w:p>{run('文本框')}</w:p></w:txbxContent></w:pict></w:r></w:p>"
        f"<w:tbl><w:tr><w:tc><w:p>{run('左')}</w:p><w:tbl><w:tr><w:tc><w:p>{run('套')}</w:p></w:tc></w:tr></w:tbl></w:tc><w:tc><w:p>{run('右')}</w:p></w:tc></w:tr></w:tbl>"
    )
    text = formats.read(".docx", word(body)).drafts[0].raw_text
    assert text == "自2020年2月26日起施行\t甲\n乙-\n控件\n媵\n外\n文本框\n左\n套\t右"


def test_what_word_shows_and_the_text_lacks_is_noted():
    body = (
        f'<w:p><w:pPr><w:numPr/></w:pPr>{run(TEXT)}<w:r><w:footnoteReference w:id="1"/></w:r></w:p>'
    )
    note = formats.read(".docx", word(body)).note
    assert (
        note
        == "1 footnotes and endnotes are not read; 1 list numbers set by Word are not part of the text"
    )


def test_the_title_that_a_program_sets_by_itself_is_no_title():
    document = docx.Document()
    document.add_paragraph(TEXT)
    document.core_properties.title = "Word Document"
    saved = io.BytesIO()
    document.save(saved)
    assert formats.read(".docx", saved.getvalue()).drafts[0].said == {}


def test_a_cell_that_claims_a_hundred_million_columns_is_one_cell():
    body = f'<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="1000000000"/></w:tcPr><w:p>{run(TEXT)}</w:p></w:tc></w:tr></w:tbl>'
    assert formats.read(".docx", word(body)).drafts[0].raw_text == TEXT


def test_a_pdf_partly_without_text_names_the_pages():
    import pypdf

    writer = pypdf.PdfWriter()
    for lines in ([TEXT], [], [TEXT]):
        writer.append(io.BytesIO(write_pdf(lines)))
    saved = io.BytesIO()
    writer.write(saved)
    reading = formats.read(".pdf", b"written before it\n" + saved.getvalue())
    assert reading.note == "no text on pages 2 of 3"
    assert reading.drafts[0].raw_text == f"{TEXT}\n{TEXT}"


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
    with pytest.raises(
        ValueError, match="a.pdf has no text layer on any page .pages: 1; .*text recognition"
    ):
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
        政策=[
            ["标题", "发布时间", "正文"],
            ["甲", "2020-02-26", "=1+1防控"],
            ["乙", None, "第一行_x000D_\n第二行"],
        ],
        说明=[["列", "意思"], ["正文", "text"]],
        更多=[["全文"], [TEXT]],
    )
    documents = load.read_documents(write("a.xlsx", content))
    assert documents["raw_text"].tolist() == ["=1+1防控", "第一行\r\n第二行", TEXT]
    assert documents["source"].tolist() == [
        "a.xlsx sheet 政策 row 1",
        "a.xlsx sheet 政策 row 2",
        "a.xlsx sheet 更多 row 1",
    ]
    assert documents["doc_id"].is_unique
    assert (
        "sheets without texts: '说明'" in load.audit_files(write("a.xlsx", content))["note"].iloc[0]
    )


def test_tables_of_every_format_give_the_same_documents(write):
    rows = [
        {"标题": "甲", "日期": "2020-02-26", "内容": TEXT},
        {"标题": "乙", "日期": "", "内容": TEXT + TEXT},
    ]
    header = list(rows[0])
    delimited = {
        f"a.{suffix}": "\n".join(
            mark.join(line) for line in [header, *(row.values() for row in rows)]
        )
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
    path = write(
        "a.jsonl",
        '{"text": "疫情防控"}\n{"text": \n[1]\n\n{"text": "复工复产", "id": 12345678901234567890}',
    )
    with pytest.raises(ValueError, match=r"line 2 is not well-formed json .*line 3 is no object"):
        load.read_documents(path)
    assert load.read_documents(path, skip_bad=True)["doc_id"].tolist() == [
        "a-1",
        "12345678901234567890",
    ]


def test_a_metadata_table_may_be_a_workbook(write, tmp_path):
    write("a.txt", TEXT)
    table = write(
        "meta.xlsx", workbook(表=[["file", "date", "文号"], ["a.txt", "2020年2月26日", ""]])
    )
    documents = load.read_documents(tmp_path / "a.txt", metadata=table)
    assert (str(documents["date"].iloc[0].date()), documents["date_basis"].iloc[0]) == (
        "2020-02-26",
        "metadata table",
    )


def test_a_row_too_long_costs_the_other_rows_nothing(write):
    rows = [f"{TEXT},甲", f"{TEXT},甲,乙", f"{TEXT},甲,,", TEXT]
    path = write("a.csv", "text,title\n" + "\n".join(rows))
    with pytest.raises(
        ValueError, match="row 2 has 3 cells and the header 2; put quotes around its commas"
    ):
        load.read_documents(path)
    documents = load.read_documents(path, skip_bad=True)
    assert documents["doc_id"].tolist() == ["a-1", "a-3", "a-4"]
    assert documents["title"].tolist() == ["甲", "甲", ""]


@pytest.mark.parametrize(
    ("content", "texts"),
    [
        ("sep=;\ntext;title\n防控;甲\n", ["防控"]),
        ("text,title\r防控,甲\r复工,乙\r", ["防控", "复工"]),
        ("text;title\r防控,一,二;甲\r复工;乙,丙\r", ["防控,一,二", "复工"]),
        ('text\ttitle\r"防,控\r一"\t甲\r复工,\t乙', ["防,控\r一", "复工,"]),
        ("sep=;\rtext;title\r防控,一;甲\r", ["防控,一"]),
        ("\r\rtext;title\r防控,一;甲\r", ["防控,一"]),
        ("\n\r\ntext;title\r\n防控,一;甲\r\n", ["防控,一"]),
        ('text,title\n"防""控"",\r\n二",甲\n\n复工,乙', ['防"控",\r\n二', "复工"]),
        ("正 文,Title\n防控,甲\n", ["防控"]),
        ("text\n" + "防控" * 100_000, ["防控" * 100_000]),  # beyond the csv module's own limit
    ],
)
def test_csv_as_it_comes(content, texts):
    assert [draft.raw_text for draft in formats.read(".csv", content.encode()).drafts] == texts


def test_reading_a_long_cell_leaves_the_limit_of_the_csv_module_alone():
    before = csv.field_size_limit()
    formats.read(".csv", ("text\n" + "防控" * before).encode())
    assert csv.field_size_limit() == before


@pytest.mark.parametrize("name", ["正文", "内容"])
def test_a_text_column_that_stands_twice_is_named(name):
    with pytest.raises(ValueError, match=f"2 columns that may hold the text .'正文', '{name}"):
        formats.read(".csv", f"正文,{name}\n甲,乙\n".encode())


@pytest.mark.parametrize(("suffix", "content"), [
    (".json", b'[{"text": "\\u9632\\ud800 \\ud83d\\ude00"}]'),
    (".xlsx", workbook(一=[["text"], ["防_xD800_ _xD83D__xDE00_"]])),
])  # fmt: skip
def test_half_a_character_is_replaced_and_noted(suffix, content):
    reading = formats.read(suffix, content)
    assert reading.drafts[0].raw_text == "防\ufffd \U0001f600"
    assert reading.note.startswith("1 characters are lost")


def test_a_list_of_paragraphs_in_json_is_a_line_each():
    assert (
        formats.read(".json", '[{"text": ["防控", "复工"]}]'.encode()).drafts[0].raw_text
        == "防控\n复工"
    )


def test_the_size_a_sheet_declares_is_not_filled_up():
    content = sheet(("A1", "text"), ("A2", TEXT), ("A1048576", TEXT), dimension="A1:XFD1048576")
    assert [draft.raw_text for draft in formats.read(".xlsx", content).drafts] == [TEXT, TEXT]


def test_a_cell_far_out_is_refused(monkeypatch):
    monkeypatch.setattr(tables, "MOST_CELLS", 100_000)
    with pytest.raises(ValueError, match="is wider or longer than 100,000 cells in its sheet '一'"):
        formats.read(".xlsx", sheet(("A1", "text"), ("A2000000000", TEXT)))


# --- hostile and broken -------------------------------------------------------------------


def bomb(name: str) -> bytes:
    """300 MB of spaces, packed into some 300 kB."""
    return zipped(**{"[Content_Types].xml": b"<x/>", name: b" " * 300_000_000})


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "哈哈哈哈哈哈哈哈哈哈">'
    + "".join(
        f'<!ENTITY {new} "{f"&{old};" * 10}">'
        for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)
BROKEN = {
    "bomb.docx": (bomb("word/document.xml"), "would unpack from"),
    "bomb.xlsx": (bomb("xl/workbook.xml"), "would unpack from"),
    "cut.docx": (write_docx(f"通知\n{TEXT}")[:-200], "is a damaged docx file"),
    "empty.docx": (zipped(**{"a.xml": b"<x/>"}), "is no readable Word document"),
    "climb.docx": (zipped(**{"../../etc/passwd": b"x"}), "is no readable Word document"),
    "page.docx": (b"<html><body>" + TEXT.encode() + b"</body></html>", "is no docx file"),
    "report.docx": (
        b"<!DOCTYPE html><p>" + TEXT.encode(),
        "is no docx file, whatever its name says, but begins like .html; give it the suffix .html",
    ),
    "rich.docx": (
        b"{\\rtf1 }",
        "is no docx file, whatever its name says, but begins like .rtf; open it and save it as .docx",
    ),
    "book.docx": (
        workbook(一=[["text"], [TEXT]]),
        "is no docx file, whatever its name says, but begins like .xlsx; give it the suffix .xlsx",
    ),
    "letter.xlsx": (
        write_docx(f"通知\n{TEXT}"),
        "is no xlsx file, whatever its name says, but begins like .docx",
    ),
    "letter.txt": (
        write_docx(f"通知\n{TEXT}"),
        "is no txt file, whatever its name says, but begins like .docx",
    ),
    "scan.html": (
        write_pdf([TEXT]),
        "is no html file, whatever its name says, but begins like .pdf",
    ),
    "pack.csv": (
        zipped(**{"a.csv": b"text"}),
        "is no csv file, whatever its name says, but begins like .zip; open it and save it as .csv",
    ),
    "nobody.docx": (
        replaced(write_docx(f"通知\n{TEXT}"), document=f'<w:document xmlns:w="{WORD}"/>'),
        "is no readable Word document",
    ),
    "deep.docx": (word("<w:p>" * 1000 + "</w:p>" * 1000), "is no readable Word document"),
    "lying.docx": (
        lying(
            write_docx(f"通知\n{TEXT}"),
            "document",
            held=b" " * 9_000_000,
            declared=500,
            is_sum_right=False,
        ),
        "is a damaged docx file",
    ),
    "hiding.docx": (
        lying(
            write_docx(f"通知\n{TEXT}"),
            "document",
            held=b"x" + b" " * 500,
            declared=500,
            is_sum_right=True,
        ),
        "is a damaged docx file (its part 'word/document.xml' holds more than it declares)",
    ),
    "comment.html": ("<!-- 防控 -->".encode(), "is no readable html"),
    "attribute.html": (
        b"<p title='" + b"x" * 12_000_000 + b"'>" + TEXT.encode(),
        "is cut short by the html parser",
    ),
    "deep.html": (b"<div>" * 500_000 + TEXT.encode(), "is cut short by the html parser"),
    "last.csv": (
        f'text\n{TEXT}\n"'.encode(),
        "is not a well-formed csv (a quote in row 2 is never closed)",
    ),
    "open.csv": (
        f'text\n"{TEXT}\n{TEXT}\n'.encode(),
        "is not a well-formed csv (a quote in row 1 is never closed)",
    ),
    "loop.pdf": (
        write_pdf([TEXT]).replace(b"/Kids [3 0 R]", b"/Kids [2 0 R]"),
        "is no readable pdf",
    ),
    "pageless.pdf": (
        write_pdf([TEXT]).replace(b"/Kids [3 0 R] /Count 1", b"/Kids [     ] /Count 0"),
        "has no pages",
    ),
    "old.docx": (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "is an old or an encrypted office file"),
    "old.doc": (b"\xd0\xcf\x11\xe0", "is of an old or foreign format; save it as .docx"),
    "laughs.docx": (
        zipped(**{"[Content_Types].xml": (LAUGHS + "<x>&i;</x>").encode()}),
        "is no readable Word document",
    ),
    "laughs.xlsx": (
        zipped(**{"[Content_Types].xml": (LAUGHS + "<x>&i;</x>").encode()}),
        "is no readable workbook",
    ),
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
    with pytest.raises(load.UnreadableFileError, match=re.escape(f"{name} {message}")):
        load.read_documents(path)
    assert load.audit_files(path)["problem"].iloc[0].startswith(message)


def test_a_page_with_an_entity_bomb_stays_small(write):
    page = LAUGHS + f"<html><body><p>{TEXT}&i;</p><script>alert('脚本')</script></body></html>"
    text = load.read_documents(write("laughs.xhtml", page))["raw_text"].iloc[0]
    assert TEXT in text and "脚本" not in text and len(text) < 1000


@pytest.mark.parametrize(
    "before",
    [LAUGHS, LAUGHS.replace("<!ENTITY i", '<!ENTITY i SYSTEM "file:///etc/hostname"><!ENTITY j')],
)
@pytest.mark.parametrize("suffix", [".docx", ".xlsx", ".xhtml"])
def test_entities_are_refused_or_left_out(before, suffix):
    content = {
        ".docx": word(f"<w:p>{run(TEXT + '&i;')}</w:p>", before=before),
        ".xlsx": sheet(("A1", "text"), ("A2", TEXT + "&i;"), before=before),
        ".xhtml": f"{before}<html><body><p>{TEXT}&i;</p></body></html>".encode(),
    }[suffix]
    try:
        text = formats.read(suffix, content).drafts[0].raw_text
    except ValueError as error:
        assert "is no readable" in str(error)
    else:
        assert text in (TEXT, TEXT + "&i;")


def test_comments_that_never_end_take_no_time():
    text = formats.read(".md", (TEXT + "\n<!--" * 400_000).encode()).drafts[0].raw_text
    assert text.strip() == TEXT


def test_the_limit_of_what_is_unpacked_counts_declared_bytes(monkeypatch):
    monkeypatch.setattr(containers, "MOST_UNPACKED", 10)
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
def test_a_missing_reader_gives_the_line_that_installs_it(
    monkeypatch, suffix, content, module, package
):
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.setattr(packages, "import_module", missing(module))
    with pytest.raises(
        ValueError, match=f"needs the package {package} .*pip install python-docx openpyxl"
    ):
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
