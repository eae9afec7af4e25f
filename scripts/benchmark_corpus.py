"""A corpus for measuring speed: constructed documents, the same ones each time.

Nobody wrote these documents and they say nothing. Sentences are those of the sample report (one
in seven), or patterns filled with terms of the lexicon, words of the glossary, invented names,
days and numbers; frequent words come often, as in real text. Three documents in ten are as a
clone site serves them: in traditional characters, with the reading behind each character that
changed, and with ASCII commas. A document depends on its number alone, so a small corpus is
the beginning of a larger one.
"""

import csv
import random
import re
from collections.abc import Iterator
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

import opencc
from pypinyin import Style, pinyin

from helpers import clean, paths

SEED = 20200226
MEAN_LENGTH = 2000
# Of ten documents, by their number: an even mixture however many there are.
_CLONED = (0, 3, 7)
_REPORT_SHARE = 1 / 7
# How much longer spinning makes a text: cloned documents are as long as the others.
_SWELLING = 2.6

PATTERNS = """
{day}，{place}召开会议，研究{term}和{term}，部署下一阶段{word}。
{place}{office}要求，各{word}单位要{word}{term}，做到{term}、{term}。
截至{day}，{place}累计{word}{number}例，其中{word}{number}例，占{share}%。
{name}在{place}调研时提到，{term}是{word}的重点，也是{term}的基础。
要把{term}作为{word}的{word}，同{term}一起{word}、一起{word}。
{place}{office}公布第{number}号文件，对{term}、{term}、{term}作出{word}。
对{place}等{number}个重点地区，实行{term}；对其他地区，有序开展{term}。
一是{word}{term}，二是{word}{term}，三是{word}{term}。
{place}{number}家{word}企业已经{term}，比{day}增加{number}家，复工率{share}%。
会议认为，{term}取得{word}，但{word}仍有{word}，{term}不能放松。
{name}、{name}、{name}等参加{word}，{place}有关负责人汇报了{term}情况。
从{day}起，{place}调整{term}措施，{word}时间为{number}天，由{office}负责{word}。
坚持{term}和{term}相结合，{word}好{word}与{word}的关系。
据{place}{office}介绍，{number}名{word}人员到达{place}，参与{term}。
“{term}”和“{term}”写入{place}{number}条措施，资金{number}万元。
同时，{word}{word}，{word}{word}，确保{term}落到{word}。
"""

_OFFICES = "指挥部 卫生健康委 发展改革委 教育局 交通运输局 商务局 民政局 疾控中心 办公室".split()
_PLACES = "省 市 县 区 镇 乡 街道 社区 村 新区 自治州 开发区".split()
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_SYLLABLES = (
    "安北昌成池川春大德定东峰丰福冈高谷光广桂海河和恒红湖华怀黄惠吉江金津京景开康昆兰乐丽连林"
    "临灵龙隆路洛茂梅门明南宁平浦七启青清庆泉仁荣瑞三山上绍石双水顺松泰唐天铜桐通万威文梧五武"
    "西溪仙咸祥新信兴秀盐阳宜义益银永玉元远云长肇镇志中舟竹遵"
)
_SLOT = re.compile(r"\{(\w+)\}")


class Choice(NamedTuple):
    """Things to choose from, and the sums of their weights up to each."""

    things: list[str]
    sums: list[float]


def write_corpus(folder: Path, n: int) -> int:
    """Write n documents into the folder, 1,000 to a folder of its own; return their characters.

    Raises ValueError for less than one document, and for a folder that is there already.
    """
    if isinstance(n, bool) or not isinstance(n, int) or n < 1:
        raise ValueError(f"the number of documents is {n!r}; give a whole number from 1 on")
    if folder.exists():
        raise ValueError(f"{folder.name} is there already; name a folder that is not")
    n_characters = 0
    for number in range(n):
        part = folder / f"{number // 1000:03}"
        if number % 1000 == 0:
            part.mkdir(parents=True)
        text = make_document(number)
        n_characters += len(text)
        (part / f"{number:06}.txt").write_text(text, encoding="utf-8", newline="\n")
    return n_characters


def make_document(number: int) -> str:
    """The document of this number: a title, then paragraphs of some sentences each.

    >>> make_document(1) == make_document(1)
    True
    """
    chooser = random.Random(f"{SEED} {number}")
    is_cloned = number % 10 in _CLONED
    length = MEAN_LENGTH * (0.5 + chooser.random()) / (_SWELLING if is_cloned else 1)
    sentences = _make_sentences(chooser)
    lines = [_fill("{place}{office}关于{term}的{word}", chooser)]
    n_characters = 0
    while n_characters < length:
        paragraph = "".join(next(sentences) for _ in range(1 + int(6 * chooser.random())))
        lines.append(paragraph)
        n_characters += len(paragraph)
    text = "\n".join(lines) + "\n"
    return spin(text) if is_cloned else text


def spin(text: str) -> str:
    """The text as clone sites serve it.

    >>> spin("发热，隔离。")
    '發(fā)熱(rè),隔離(lí)。'
    """
    converted = _to_traditional().convert(text).replace("，", ",")
    if len(converted) != len(text):
        raise ValueError("the conversion changed the length of a text; it cannot be aligned")
    return "".join(
        after if before == after or before == "，" else f"{after}({_reading(before)})"
        for before, after in zip(text, converted, strict=True)
    )


def _make_sentences(chooser: random.Random) -> Iterator[str]:
    report, patterns = _report(), PATTERNS.split()
    while True:
        if chooser.random() < _REPORT_SHARE:
            yield report[int(len(report) * chooser.random())]
        else:
            yield _fill(patterns[int(len(patterns) * chooser.random())], chooser)


def _fill(pattern: str, chooser: random.Random) -> str:
    return _SLOT.sub(lambda slot: _FILLERS[slot[1]](chooser), pattern)


def _take(choice: Choice, chooser: random.Random) -> str:
    return chooser.choices(choice.things, cum_weights=choice.sums)[0]


def _place(chooser: random.Random) -> str:
    """An invented place; the more documents, the more places."""
    syllables = "".join(_any(_SYLLABLES, chooser) for _ in range(2))
    return syllables + _any(_PLACES, chooser)


def _name(chooser: random.Random) -> str:
    given = "".join(_any(_SYLLABLES, chooser) for _ in range(1 + int(2 * chooser.random())))
    return _any(_SURNAMES, chooser) + given


def _day(chooser: random.Random) -> str:
    return f"{1 + int(12 * chooser.random())}月{1 + int(28 * chooser.random())}日"


def _number(chooser: random.Random) -> str:
    """A number with any number of digits up to five, as likely."""
    return str(int(10 ** (5 * chooser.random())))


def _share(chooser: random.Random) -> str:
    return f"{100 * chooser.random():.1f}"


def _any(things: str | list[str], chooser: random.Random) -> str:
    return things[int(len(things) * chooser.random())]


_FILLERS = {
    "term": lambda chooser: _take(_terms(), chooser),
    "word": lambda chooser: _take(_words(), chooser),
    "office": lambda chooser: _any(_OFFICES, chooser),
    "place": _place,
    "name": _name,
    "day": _day,
    "number": _number,
    "share": _share,
}


@cache
def _terms() -> Choice:
    """The terms of the lexicon, in its order, which begins with the commonest."""
    return _falling([row["term"] for row in _rows("lexicon.csv")])


@cache
def _words() -> Choice:
    """The words of the glossary, in its order, which is that of their frequency.

    Names (their glosses begin with a capital) and offices stay out: what is said here at random
    is said of nobody.
    """
    return _falling(
        [row["term"] for row in _rows("glossary.csv")
         if len(row["term"]) > 1 and row["gloss_en"].islower() and "书记" not in row["term"]]
    )  # fmt: skip


def _falling(things: list[str]) -> Choice:
    """Weights that fall as Zipf-Mandelbrot's: 1 / (rank + 10)."""
    return Choice(things, list(accumulate(1 / (rank + 10) for rank in range(len(things)))))


def _rows(name: str) -> list[dict[str, str]]:
    with (paths.LEXICON / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def _report() -> list[str]:
    """The sentences of the sample report, repaired."""
    text = clean.clean_text(paths.SEED.read_text(encoding="utf-8"))
    return [f"{sentence}。" for sentence in re.split("[。\n]", text) if sentence]


@cache
def _to_traditional() -> opencc.OpenCC:
    return opencc.OpenCC("s2t")


@cache
def _reading(character: str) -> str:
    return pinyin(character, style=Style.TONE)[0][0]
