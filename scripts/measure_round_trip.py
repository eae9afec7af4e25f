"""How exactly does cleaning undo what clone sites do?  python -m scripts.measure_round_trip FOLDER

FOLDER holds copies of the public corpora (work_reports/, xinwen_lianbo/). Clean simplified
texts are spun the way clones do it: OpenCC to a traditional standard, then the reading of the
original character behind all or some of the characters that changed, in three surface
variants. Each spun text is cleaned and compared with the text it came from.
"""

import json
import random
import re
import sys
from collections import Counter
from difflib import SequenceMatcher
from pathlib import Path

import opencc
from pypinyin import Style, pinyin
from tqdm.auto import tqdm

from helpers import clean

SEED = 20200226
STANDARDS = ("s2t", "s2tw", "s2hk")
VARIANTS = {
    "A plain": "({})",
    "B blank before the closing bracket": "({} )",
    "C doubled punctuation": "({})",
    "D full-width brackets": "（{}）",
}
SHARES = (1.0, 0.6)
_HAN = re.compile("[\u4e00-\u9fff]")
_RESIDUE = re.compile(
    "[\u200b-\u200f\ufeff\xa0\t\r０-９Ａ-Ｚａ-ｚ．]|[\u4e00-\u9fff],|,[\u4e00-\u9fff]"
)


def read_clean_texts(folder: Path) -> list[str]:
    """Paragraphs of the corpora that are simplified and free of residue, by rules of their own."""
    reports = (folder / "work_reports" / "government_work_reports.jsonl").read_text("utf-8")
    texts = [json.loads(line)["content"] for line in reports.splitlines()]
    texts += [
        path.read_text("utf-8") for path in sorted((folder / "xinwen_lianbo").glob("2022*.md"))
    ]
    to_simplified = opencc.OpenCC("t2s")
    # 著, 么, 拚 and the like stand in simplified text, though t2s or tw2s may change them.
    kept = []
    for text in texts:
        lines = [line for line in text.splitlines() if "<" not in line]
        plain = re.sub("[著么拚瞭乾於]", "", "\n".join(lines))
        if to_simplified.convert(plain) == plain:
            kept.append("\n".join(line for line in lines if not _RESIDUE.search(line)))
    return kept


def spin(text: str, readings: list[str], standard: str, variant: str, share: float) -> str:
    """The text as a clone site would serve it; one converted character from each of the text."""
    converted = opencc.OpenCC(standard).convert(text)
    if len(converted) != len(text):
        raise ValueError(f"{standard} changed the length of a text; it cannot be aligned")
    # As on the pages seen: a character either always carries its reading or never does.
    chooser = random.Random(SEED)
    chosen = {c for c in sorted(set(converted)) if chooser.random() < share}
    spun = []
    for before, after, reading in zip(text, converted, readings, strict=True):
        if variant.startswith("C") and after in "、，。；：" and spun:
            spun.append(",")
        spun.append(after)
        if before != after and after in chosen and reading:
            spun.append(VARIANTS[variant].format(reading))
    return "".join(spun)


def list_readings(text: str) -> list[str]:
    """The reading of each character in its line, "" for what is not Chinese."""
    return [reading for line in text.splitlines(keepends=True) for reading in _readings(line)]


def _readings(line: str) -> list[str]:
    groups = pinyin(line, style=Style.TONE, errors=lambda run: [[""] for _ in run])
    readings = [group[0] for group in groups]
    if len(readings) != len(line):
        raise ValueError("readings and characters differ in number")
    return readings


def compare(original: str, repaired: str) -> tuple[int, Counter[tuple[str, str]]]:
    """Number of characters lost, changed or left over, and each difference with its count."""
    n_wrong, differences = 0, Counter()
    pairs = zip(original.split("\n"), repaired.split("\n"), strict=False)
    if original.count("\n") != repaired.count("\n"):
        pairs = iter([(original, repaired)])
    for gold, got in pairs:
        if gold == got:
            continue
        for tag, a, b, c, d in SequenceMatcher(None, gold, got, autojunk=False).get_opcodes():
            if tag != "equal":
                n_wrong += max(b - a, d - c)
                shown = (gold[max(a - 4, 0) : b + 4], got[max(c - 4, 0) : d + 4])
                differences[shown] += 1
    return n_wrong, differences


def main(folder: Path) -> None:
    """Print the accuracy of each way to spin, and every class of difference, as markdown."""
    texts = read_clean_texts(folder)
    readings = [list_readings(text) for text in tqdm(texts, desc="reading aloud", delay=3)]
    n_characters = sum(map(len, texts))
    print(f"{len(texts):,} texts, {n_characters:,} characters, each spun in every way below.\n")
    print("| standard | variant | characters annotated | characters | wrong | accuracy |")
    print("|---|---|---|---|---|---|")
    all_differences: Counter[tuple[str, str]] = Counter()
    n_all = n_all_wrong = 0
    ways = [(s, v, share) for s in STANDARDS for v in VARIANTS for share in SHARES]
    for standard, variant, share in tqdm(ways, desc="spinning and repairing", delay=3):
        n_wrong = 0
        for text, aloud in zip(texts, readings, strict=True):
            spun = spin(text, aloud, standard, variant, share)
            wrong, differences = compare(text, clean.clean_text(spun))
            n_wrong += wrong
            all_differences.update(differences)
        n_all += n_characters
        n_all_wrong += n_wrong
        figures = f"{n_characters:,} | {n_wrong:,} | {1 - n_wrong / n_characters:.5%}"
        print(f"| {standard} | {variant} | {share:.0%} | {figures} |", flush=True)
    share = 1 - n_all_wrong / n_all
    print(f"\nAll: {n_all:,} characters, {n_all_wrong:,} wrong: accuracy {share:.5%}.\n")
    print("| original | after repair | times |\n|---|---|---|")
    for (gold, got), n in all_differences.most_common():
        print(f"| {gold!r} | {got!r} | {n} |")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    main(Path(sys.argv[1]))
