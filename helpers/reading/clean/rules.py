"""What OpenCC's rules can change, known without asking it.

OpenCC replaces, step by step, what its dictionaries name. A text that holds nothing of what
their rules change comes back as it was, so it need not be sent there; most texts are simplified
already. Nearly every rule that matters holds a character that changes alone: those stand in
data/script/changed_alone.csv, and the phrases of the other rules, for `tw2s`, below. That is true
of the dictionaries whose hash stands there, and where others are installed nothing is taken for
known: OpenCC is asked, which takes half a second in each process.

The words that are kept stand below as well, for `tw2s` knows them in traditional script only, and
OpenCC's dictionary for the way there takes 40 MB in each process.

Facts of the dictionaries of OpenCC 1.4.2 (Apache License 2.0), and for the words kept also of
jieba 0.42.1 (MIT License), found by `python -m scripts.list_rules`; a test finds them again.
"""

import csv
import hashlib
import re
from functools import cache
from pathlib import Path

from helpers.paths import DATA

CHANGED_ALONE = DATA / "script" / "changed_alone.csv"
# Ideographs that another code point has too; OpenCC begins with making them the usual ones.
NORMALIZED = "\uf900-\ufaff\U0002f800-\U0002fa1f"
# Phrases that change and hold no character that changes alone, by a character of theirs.
PHRASES = {
    "沈": (
        "墨沈沈 意志消沈 折戟沈沙 折戟沈河 昏沈 暗沈沈 沈下 沈冤 沈厚 沈吟 "
        "沈寂 沈思 沈浮 沈浸 沈湎 沈溺 沈甸甸 沈痛 沈痼 沈睡 沈砂池 沈筒 "
        "沈船 沈落 沈迷 沈醉 沈重 沈降 沈陷 沈香 沈默 浮沈 深沈 破釜沈舟 "
        "耳沈 黑沈沈"
    ),
    "梁": (
        "上梁 下梁 主梁 圈梁 屋梁 山梁 平梁 扛大梁 挑大梁 提梁 木梁 架梁 "
        "架海金梁 柱梁 梁上 梁子 梁架 梁柱 椽梁 正梁 河梁 津梁 濠梁 玳梁 "
        "玳瑁梁 石梁 空梁落燕泥 箱梁 背梁骨 脊梁 跳梁 雕梁 鼻梁"
    ),
    "藉": (
        "凌藉 滑藉 狐藉虎威 素藉 茵藉 藉代 藉以 藉助 藉卉 藉口 藉喻 藉寇兵 "
        "藉手 藉故 藉方 藉槁 藉此 藉甚 藉由 藉着 藉端"
    ),
    "覆": ("函覆 反覆 回覆 批覆 拜覆 明覆 申覆 示覆 答覆 覆信 覆呈 覆命 覆墓 覆按 覆文 覆校 重覆"),
    "坏": "一坏 土坏 坏土 坏子 坏布 打坏 拉坏 捏坏 毛坏 陶坏",
    "秘": "允秘 李秘 秘丕笈 秘彭祖 胤秘 袁秘 辛秘",
    "瞭": "明瞭 瞭如 瞭然 瞭若指掌 瞭解",
    "甦": "甦生 甦醒",
    "哩": "海哩 英哩",
    "衹": "衹得",
    "𰻞": "𰻞",
}
# Words in which simplified text has a character that tw2s changes elsewhere, by that character.
KEPT = {
    "么": "么",
    "乾": (
        "乾佑县 乾元 乾卦 乾县 乾嘉 乾图 乾坤 乾宅 乾安县 乾安镇 乾州 "
        "乾断 乾旦 乾曜 乾清宫 乾盛世 乾纲 乾象 乾造 乾道 乾闼婆 乾陵 "
        "乾隆 大目乾连冥间救母变文 尼乾子 尼乾陀 康乾 张法乾 旋乾转坤 "
        "朝乾夕惕 李乾德 竺乾 萧乾 郭子乾 颠乾倒坤"
    ),
    "吒": "哪吒 木吒 金吒",
    "徵": "变徵 徵声 徵弦 徵羽摩柯 徵调 徵音 流徵 角徵 魏徵",
    "著": "合著 名著 巨著 昭著 显著 著书 著于 著作 著名 著式 著录 著志 著於 著白 著称 著者 著述",
    "薹": "芸薹 蒜薹",
    "袷": "袷袢",
    "麽": "幺麽 笃麽 麽些族",
}


def known_changes(config: Path) -> str | None:
    """The characters that change when they stand alone; None for dictionaries that are not known.

    `config` is the configuration's file, whose dictionaries lie beside it.
    """
    row = _changed_alone().get(config.stem)
    try:
        return row["characters"] if row and hash_rules(config) == row["sha256"] else None
    except OSError:  # another version, which has other files
        return None


@cache
def _changed_alone() -> dict[str, dict[str, str]]:
    with CHANGED_ALONE.open(encoding="utf-8", newline="") as file:
        return {row["config"]: row for row in csv.DictReader(file)}


def hash_rules(config: Path) -> str:
    """SHA-256 of the configuration file and its dictionaries, in hex digits."""
    written = config.read_bytes().replace(b"\r\n", b"\n")
    digest = hashlib.sha256(written)
    for name in list_dictionaries(written.decode("utf-8")):
        digest.update(config.with_name(name).read_bytes())
    return digest.hexdigest()


def list_dictionaries(config: str) -> list[str]:
    """The files that a configuration names, given as text, each once."""
    return list(dict.fromkeys(re.findall(r'"file": *"([^"/\\]+)"', config)))
