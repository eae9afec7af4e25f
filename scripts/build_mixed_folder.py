"""Make data/constructed/mixed: python -m scripts.build_mixed_folder

A small folder such as a researcher collects: fifteen files in seven formats and five encodings,
with the damage that real ones carry. Every sentence in it was written for this project; the
city, the notices and the numbers are invented. Notebook 01 reads it, and tests compare what is
committed with what this script makes.
"""

import io
import json
import re
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import docx
import opencc
import openpyxl
from pypinyin import Style, pinyin

from helpers.paths import DATA

FOLDER = DATA / "constructed" / "mixed"

_TIME = re.compile(rb">\d{4}-\d\d-\d\dT[\d:.]+Z?<")

NOTICE = """示例市疫情防控指挥部关于做好返程人员管理的通知
各区、各部门：
为统筹推进疫情防控和经济社会发展，现就做好返程人员管理通知如下。
一要坚持外防输入、内防扩散，落实早发现、早报告、早隔离、早治疗。返程人员应主动报告健康状况，社区要做好健康监测和服务保障。
二要坚持分区分级、精准施策，有序推动复工复产。企业复工不得设置不合理条件，要帮助企业解决用工、资金和原材料供应等困难。
三要压实属地责任、部门责任和单位责任，形成联防联控、群防群控的工作格局。
示例市疫情防控指挥部
2020年2月10日
"""

SPEECH = """强化责任担当，统筹做好各项工作
会议指出，当前疫情防控形势积极向好的态势正在拓展，但防控工作仍处于关键阶段。
会议强调，要继续抓紧抓实抓细疫情防控各项工作，坚决克服麻痹思想、厌战情绪和松劲心态。要做好重点人群、重点场所的管理，落实隔离措施，切实保护医务人员。
会议要求，要分类推动企业复工复产，打通产业链、供应链的堵点，努力完成全年经济社会发展目标任务。
"""

PLAN = """示例市促进企业复工复产若干措施
第一条 对受疫情影响较大的中小企业，减免三个月房屋租金，延期缴纳税款。
第二条 鼓励金融机构增加信贷投放，降低企业融资成本，不得盲目抽贷、断贷。
第三条 支持企业组织员工有序返岗，对集中返岗的交通费用给予补贴。
第四条 企业应当履行疫情防控主体责任，做好体温检测、场所消毒和防护物资储备。
"""

BULLETIN = """示例省卫生健康委通报疫情防控工作情况
昨日全省新增确诊病例三例，均为境外输入病例，已在定点医院隔离治疗。全省继续加强口岸检疫和社区防控，严防境外疫情输入。
下一步，要在常态化疫情防控中全面推进复工复产、复商复市，努力恢复正常生产生活秩序。
"""

PAGE = """<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="gb2312">
<title>示例市：有序恢复学校教学秩序_示例市人民政府门户网站</title>
<meta name="ArticleTitle" content="示例市：有序恢复学校教学秩序">
<meta name="PubDate" content="2020-04-17 09:30">
<meta name="ContentSource" content="示例市教育局">
<script>var counter = "统计代码 123";</script></head>
<body><nav><ul><li><a href="/">首页</a></li><li><a href="/zw">政务公开</a></li></ul></nav>
<div class="position">当前位置：首页 &gt; 新闻中心 &gt; 政务要闻</div>
<article><h1>示例市：有序恢复学校教学秩序</h1>
<p>示例市教育局介绍，全市学校将分期分批开学，毕业年级先行返校。各学校要制定开学工作方案，落实师生健康监测、校园消毒和错峰就餐等措施。</p>
<p>会议要求，要统筹做好校园疫情防控和教育教学工作，有序恢复正常教学秩序，确保师生生命安全和身体健康。各区要组织专家对学校的防控准备逐一核验。</p>
</article>
<footer>主办单位：示例市人民政府 版权所有 2020 <a href="#">网站地图</a></footer></body></html>
"""

POSTS = [
    (
        "2020-02-03",
        "示例市延迟企业复工时间",
        "全市企业复工时间不早于二月十日，疫情防控必需的企业除外。市民应减少外出，做好居家隔离。",
    ),
    (
        "2020-03-02",
        "示例市企业复工率超过八成",
        "全市规模以上工业企业复工率超过八成，物流和用工正在恢复。防控不放松，复工复产不停步。",
    ),
    (
        "2020-05-06",
        "示例市恢复开放公园景区",
        "公园景区实行预约限流，游客须测量体温、佩戴口罩。文化旅游市场有序恢复。",
    ),
]

SPUN = """示例市会议要求加鼎力度抓好防控
会议指出，要对峙公民至上、生命至上，继续抓好外防投入、内防分散，有序鞭策复工复产。
会议夸大，要统筹推动疫情防控和经济社会生长，尽力完成全年目的使命。
"""


def build(folder: Path) -> dict[str, bytes]:
    """Write the fifteen files into `folder`; return their names and bytes."""
    made = {
        "notice-2020-02-10.txt": NOTICE.encode("utf-8"),
        "reprint-2020-02-11.txt": _reprint().encode("utf-8-sig"),
        "clone_of_speech.txt": spin(SPEECH).encode("utf-8"),
        "bulletin_gbk_2020-04-02.txt": BULLETIN.encode("gb18030"),
        "bulletin_big5.txt": opencc.OpenCC("s2twp").convert(BULLETIN).encode("big5hkscs"),
        "notice_utf16.txt": _with_debris(NOTICE).encode("utf-16"),
        "misread.txt": PLAN.encode("utf-8").decode("latin-1").encode("utf-8"),
        "lost.txt": BULLETIN.replace("隔离治疗", "锟斤拷锟斤拷").encode("utf-8"),
        "school.html": PAGE.encode("gb18030"),
        "measures.docx": write_docx(PLAN),
        "speech-2020-03-05.pdf": write_pdf(_set_in_lines(SPEECH)),
        "scan.pdf": write_pdf([]),
        "posts.xlsx": write_xlsx(),
        "posts.jsonl": _jsonl().encode("utf-8"),
        "spun.md": f"---\ndate: 2020-03-20\nsource: constructed\n---\n\n# {SPUN}".encode(),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in made.items():
        (folder / name).write_bytes(content)
    return made


def spin(text: str) -> str:
    """The text as a clone site serves it: traditional, pinyin, a comma before each mark."""
    converted = opencc.OpenCC("s2t").convert(text)
    readings = [group[0] for line in text.splitlines(keepends=True)
                for group in pinyin(line, style=Style.TONE, errors=list)]  # fmt: skip
    spun = []
    for before, after, reading in zip(text, converted, readings, strict=True):
        spun.append("," if after in "，、" else "")
        spun.append(f"{after}({reading})" if before != after else after)
    return "".join(spun)


def write_docx(text: str) -> bytes:
    """A Word document: the first line as its title, a paragraph a line, and a small table."""
    document = docx.Document()
    title, *paragraphs = text.splitlines()
    document.add_heading(title, level=1)
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    table = document.add_table(rows=2, cols=2)
    for cell, content in zip(
        [cell for row in table.rows for cell in row.cells],
        ["措施", "期限", "减免房屋租金", "三个月"],
        strict=True,
    ):
        cell.text = content
    document.core_properties.title = title
    return _saved(document)


def write_xlsx() -> bytes:
    """A workbook with one sheet: 日期, 标题, 正文."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = "示例"
    sheet.append(["日期", "标题", "正文"])
    for row in POSTS:
        sheet.append(row)
    return _saved(workbook)


def write_pdf(lines: list[str]) -> bytes:
    """A pdf page with one line of text below the other; without lines, a page without text.

    The font is named, not embedded (STSong-Light, one of Adobe's Chinese fonts), with the
    character codes of UCS-2: a reader finds the text, which is all this file is for.
    """
    shown = b"BT /F1 14 Tf 60 780 Td 20 TL " + b" ".join(
        b"<" + line.encode("utf-16-be").hex().upper().encode() + b"> Tj T*" for line in lines
    ) + b" ET"  # fmt: skip
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(shown), shown) if lines
        else b"<< /Length 0 >>\nstream\n\nendstream",
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light-UniGB-UCS2-H "
        b"/Encoding /UniGB-UCS2-H /DescendantFonts [6 0 R] >>",
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light "
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> "
        b"/FontDescriptor 7 0 R /DW 1000 >>",
        b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 4 "
        b"/FontBBox [-25 -254 1000 880] /ItalicAngle 0 /Ascent 880 /Descent -120 "
        b"/CapHeight 880 /StemV 93 >>",
    ]  # fmt: skip
    pdf, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(pdf))
        pdf += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return pdf + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\n"
        b"startxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table, len(objects) + 1, len(pdf))
    )


def _saved(document: object) -> bytes:
    """The bytes of a docx or xlsx, with fixed times inside, so that each build is the same."""
    written, fixed = io.BytesIO(), io.BytesIO()
    document.save(written)  # type: ignore[attr-defined]
    with ZipFile(written) as old, ZipFile(fixed, "w") as new:
        for name in old.namelist():
            content = _TIME.sub(rb">2020-02-26T00:00:00Z<", old.read(name))
            new.writestr(ZipInfo(name, (2020, 2, 26, 0, 0, 0)), content, ZIP_DEFLATED)
    return fixed.getvalue()


def _reprint() -> str:
    """The notice on another site: a frame around it, half-width marks, two words changed."""
    body = NOTICE.replace("各区、各部门：\n", "").replace("三要压实", "三要层层压实")
    return f"来源：示例新闻网\n{body}责任编辑：某某\n"


def _with_debris(text: str) -> str:
    """Markup, zero-width and no-break characters, full-width figures, a torn word."""
    text = text.replace("2020", "２０２０").replace("返程人员应", "返程\u200b人员应")
    text = text.replace("三要压实", "<p>三要&nbsp;压实").replace(
        "群防群控的工作格局", "群防群控的工作格\n局"
    )
    return text.replace("服务保障", "服\ufeff务保障").replace("工作格", "⼯作格")


def _set_in_lines(text: str) -> list[str]:
    """The paragraphs in lines of 22 characters, as a page is set."""
    return [
        paragraph[start : start + 22]
        for paragraph in text.splitlines()
        for start in range(0, len(paragraph), 22)
    ]


def _jsonl() -> str:
    rows = [{"日期": day[5:].replace("-", "月") + "日", "标题": title, "正文": text}
            for day, title, text in POSTS[:2]]  # fmt: skip
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


if __name__ == "__main__":
    print(f"{len(build(FOLDER))} files in {FOLDER.relative_to(DATA.parent).as_posix()}")
