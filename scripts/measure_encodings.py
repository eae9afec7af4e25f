"""How often is a text read right?  python -m scripts.measure_encodings FOLDER [--n 2000]

FOLDER holds copies of the public corpora. Stretches of their text, as they are and converted
to three traditional standards, are saved in every encoding, and misread and saved again in
every way that `load.decode` may turn back; what it makes of the bytes is compared with the
text. Three lengths: long (200 to 5,000 characters), short (5 to 30) and tiny (1 to 4).
"""

import argparse
import csv
import json
import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import opencc
from tqdm.auto import tqdm

from helpers import load

SEED = 20200226
LENGTHS = {"long": (200, 5000), "short": (5, 30), "tiny": (1, 4)}
STANDARDS = ("", "", "", "s2t", "s2hk", "s2tw")
SAVED = (
    "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32",
    "gb2312", "gbk", "gb18030", "cp950", "big5hkscs",
)  # fmt: skip
# True encoding, the wrong one it was read in.
MISREAD = (
    ("utf-8", "latin-1"), ("utf-8", "cp1252"), ("gb18030", "latin-1"), ("gb18030", "cp1252"),
    ("cp950", "latin-1"), ("cp950", "gb18030"), ("gb2312", "big5hkscs"),
    ("utf-8", "gb18030"), ("utf-8", "gbk of browsers"), ("utf-8", "gbk of Windows"),
)  # fmt: skip
OUTCOMES = ("right", "right but for lost characters, marked", "in part, the rest reported",
            "left as found, reported", "left as found, silent", "wrong", "refused")  # fmt: skip
_HAN = re.compile("[\u4e00-\u9fff]")
_BETWEEN = re.compile('[\n\r\t",<>]')


class Sample(NamedTuple):
    """A text, how long it is, and whether it was made traditional."""

    text: str
    length: str
    standard: str


def read_corpora(folder: Path) -> list[str]:
    """The texts of the three corpora: reports, broadcasts, posts."""
    reports = (folder / "work_reports" / "government_work_reports.jsonl").read_text("utf-8")
    texts = [json.loads(line)["content"] for line in reports.splitlines()]
    texts += [path.read_text("utf-8") for path in sorted((folder / "xinwen_lianbo").glob("*.md"))]
    for path in sorted((folder / "cctv_weibo_2020").glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as rows:
            texts += [row["weibo_content"] for row in csv.DictReader(rows)]
    return texts


def make_samples(texts: list[str], n: int) -> Iterator[Sample]:
    """Half of n long and half short, and a quarter of n tiny ones on top."""
    chooser = random.Random(SEED)
    # Reports, broadcasts and posts are drawn by their characters, so that all are there.
    whole = "\n".join(chooser.sample(texts, len(texts)))
    converters = {name: opencc.OpenCC(name) for name in set(STANDARDS) if name}
    for length, how_many in (("long", n // 2), ("short", n - n // 2), ("tiny", n // 4)):
        made = 0
        while made < how_many:
            start = chooser.randrange(len(whole))
            text = whole[start : start + chooser.randint(*LENGTHS[length])]
            if length == "tiny":
                text = "".join(_HAN.findall(text))
            if not _HAN.search(text) or "\ufffd" in text:
                continue
            standard = STANDARDS[made % len(STANDARDS)]
            made += 1
            yield Sample(converters[standard].convert(text) if standard else text, length, standard)


def fit(sample: Sample, encoding: str) -> str:
    """The text without what the encoding lacks, such as emoji; "" where that is much of it."""
    if (encoding in ("cp950", "big5hkscs") and not sample.standard) or (
        encoding == "gb2312" and sample.standard
    ):
        return ""
    # Python alone writes ① of Big5 in two bytes that are a kana to everybody else.
    text = re.sub("[①-⑩⑴-⑽]", "", sample.text) if encoding == "cp950" else sample.text
    fitted = text.encode(encoding, "ignore").decode(encoding)
    return fitted if len(fitted) >= 0.95 * len(sample.text) and _HAN.search(fitted) else ""


def misread(content: bytes, wrong: str) -> str:
    """What a program shows that takes the bytes for `wrong`."""
    if wrong == "cp1252":
        shown = (bytes((byte,)).decode("cp1252", "ignore") or chr(byte) for byte in content)
        return "".join(shown)
    if not wrong.startswith("gbk of"):
        return content.decode(wrong, errors="replace")
    # Both read the byte 0x80 as the euro sign; Windows writes a question mark for an error.
    shown, rest = [], content
    while rest:
        try:
            shown.append(rest.decode("gb18030"))
            rest = b""
        except UnicodeDecodeError as error:
            shown.append(rest[: error.start].decode("gb18030"))
            lost = "?" if wrong.endswith("Windows") else "\ufffd"
            shown.append("€" if rest[error.start] == 0x80 else lost)
            rest = rest[error.start + 1 :]
    return "".join(shown)


def list_routes() -> dict[str, tuple[str, str]]:
    """Name of a route -> true encoding, and the one it was read in ("" if that was right)."""
    routes = {encoding: (encoding, "") for encoding in SAVED}
    return routes | {f"{truth}, misread as {wrong}": (truth, wrong) for truth, wrong in MISREAD}


def judge(text: str, content: bytes, wrong: str) -> tuple[str, str]:
    """The encoding decided on and the outcome."""
    try:
        decoded = load.decode(content)
    except ValueError:
        return "refused", "refused"
    if decoded.text == text:
        return decoded.encoding, "right"
    if not wrong:
        return decoded.encoding, "wrong"
    found = content.decode("utf-8")
    if decoded.text == found:
        how = "reported" if decoded.note else "silent"
        return decoded.encoding, f"left as found, {how}"
    outcome = "right but for lost characters, marked"
    if not is_same_but_lost(text, decoded.text):
        outcome = "in part, the rest reported" if is_part(text, found, decoded) else "wrong"
    return decoded.encoding, outcome


def is_same_but_lost(text: str, got: str) -> bool:
    """Whether the two differ only where U+FFFD stands for a character."""
    # At the end of a file the decoder takes a digit or two with the byte it cannot read.
    if got.endswith("\ufffd") and 0 < len(text) - len(got) <= 2:
        text = text[: len(got)]
    pairs = zip(text, got, strict=False)
    return len(text) == len(got) and all(b in (a, "\ufffd") for a, b in pairs)


def is_part(text: str, found: str, decoded: load.Decoding) -> bool:
    """Whether each stretch is either right but for what is lost, or as it was found."""
    stretches = [_BETWEEN.split(whole) for whole in (text, found, decoded.text)]
    if len({len(stretch) for stretch in stretches}) > 1 or not decoded.note:
        return False
    return all(
        is_same_but_lost(meant, got) or got == was
        for meant, was, got in zip(*stretches, strict=True)
    )


def print_table(head: list[str], rows: list[list[object]]) -> None:
    """A markdown table."""
    print(f"\n| {' | '.join(head)} |\n|{'---|' * len(head)}")
    for row in rows:
        print(f"| {' | '.join(map(str, row))} |")


def main(folder: Path, n: int) -> None:
    """Print the confusion table and the outcomes by length, as markdown."""
    routes = list_routes()
    decisions: Counter[tuple[str, str]] = Counter()
    outcomes: Counter[tuple[str, str, str]] = Counter()
    samples = list(make_samples(read_corpora(folder), n))
    for sample in tqdm(samples, desc="saving and reading", delay=3):
        for route, (truth, wrong) in routes.items():
            text = fit(sample, truth)
            if not text:
                continue
            content = text.encode(truth)
            content = misread(content, wrong).encode("utf-8") if wrong else content
            decision, outcome = judge(text, content, wrong)
            if sample.length != "tiny":
                decisions[route, decision] += 1
            outcomes[route, sample.length, outcome] += 1
    print(f"{len(samples):,} texts, {outcomes.total():,} files.")
    columns = sorted({decision for _, decision in decisions})
    print("\nTaken for (long and short texts):")
    print_table(
        ["saved as", *columns],
        [[route, *(decisions[route, column] or "" for column in columns)] for route in routes],
    )
    for length, (least, most) in LENGTHS.items():
        print(f"\nOutcome, {length} texts ({least} to {most:,} characters):")
        rows = []
        for route in routes:
            counted = [outcomes[route, length, outcome] for outcome in OUTCOMES]
            share = f"{counted[0] / max(sum(counted), 1):.1%}"
            rows.append([route, sum(counted), share, *(count or "" for count in counted[1:])])
        print_table(["saved as", "files", *OUTCOMES], rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--n", type=int, default=2000)
    arguments = parser.parse_args()
    main(arguments.folder, arguments.n)
