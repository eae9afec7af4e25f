"""How often is a clean text suspected, and a spun one found?

    python -m scripts.measure_tampering FOLDER

FOLDER holds copies of the public corpora. False alarms are counted on the documents as they
are. For the hit rate their words are swapped here, as spinners do: by the swaps the table was
made from, and by swaps it does not know.
"""

import random
import re
import sys
from pathlib import Path

import pandas as pd
from tqdm.auto import tqdm

from helpers import check, clean

SEED = 20200226
# Swaps of the same kind that no row of the table was made from.
UNKNOWN_SWAPS = {
    "改革": "变革", "责任": "义务", "形势": "情势", "群众": "大众", "担当": "承当", "质量": "品质",
    "环境": "情况", "创新": "立异", "支持": "撑持", "精准": "精确", "问题": "题目", "企业": "商家",
}  # fmt: skip


def read_corpora(folder: Path) -> dict[str, list[str]]:
    """Corpus -> texts of its documents: reports, broadcast items, posts without repeats."""
    reports = pd.read_json(folder / "work_reports" / "government_work_reports.jsonl", lines=True)
    broadcasts = [
        item
        for path in sorted((folder / "xinwen_lianbo").glob("*.md"))
        for item in re.split(r"^### ", path.read_text("utf-8"), flags=re.M)[1:]
    ]
    posts = pd.concat(
        pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
        for path in sorted((folder / "cctv_weibo_2020").glob("*.csv"))
    )
    return {
        "government work reports": [clean.clean_text(text) for text in reports["content"]],
        "Xinwen Lianbo items": broadcasts,
        "CCTV News posts": posts["weibo_content"].drop_duplicates().tolist(),
    }


def swaps_of(near_misses: pd.DataFrame) -> dict[str, str]:
    """Word -> what spinners write, from the table's own column `swap`."""
    pairs = (swap.split("→") for swap in near_misses["swap"])
    return {word: swapped for word, swapped in pairs}


def spin(text: str, swaps: dict[str, str], share: float, chooser: random.Random) -> str:
    """The text with this share of its swappable words swapped."""
    words = re.compile("|".join(sorted(swaps, key=len, reverse=True)))
    return words.sub(lambda match: swaps[match[0]] if chooser.random() < share else match[0], text)


def as_documents(texts: list[str]) -> pd.DataFrame:
    """A documents table of texts alone."""
    return pd.DataFrame({"doc_id": [str(number) for number in range(len(texts))], "text": texts})


def main(folder: Path) -> None:
    """Print false alarms and hit rates as markdown."""
    near_misses = check.read_near_misses()
    corpora = read_corpora(folder)
    print("| corpus | documents | characters | near misses | with one | suspected |")
    print("|---|---|---|---|---|---|")
    for name, texts in corpora.items():
        scores = check.score_suspicion(as_documents(texts), near_misses)
        n_one = int((scores["n_distinct"] == 1).sum())
        n_suspected = int(scores["verdict"].str.startswith("suspected").sum())
        n_characters, n_found = sum(map(len, texts)), int(scores["n_near_misses"].sum())
        print(
            f"| {name} | {len(texts):,} | {n_characters:,} | {n_found} | {n_one} | {n_suspected} |"
        )
    known = swaps_of(near_misses)
    print("\n| corpus | swaps | share swapped | documents changed | with one or more | suspected |")
    print("|---|---|---|---|---|---|")
    kinds = {"of the table": known, "unknown to it": UNKNOWN_SWAPS}
    cases = [(kind, swaps, share) for kind, swaps in kinds.items() for share in (0.3, 1.0)]
    for name, texts in tqdm(corpora.items(), desc="spinning", delay=3):
        for kind, swaps, share in cases:
            chooser = random.Random(SEED)
            pairs = [(text, spin(text, swaps, share, chooser)) for text in texts]
            spun = [after for before, after in pairs if after != before]
            scores = check.score_suspicion(as_documents(spun), near_misses)
            found = (scores["n_distinct"] > 0).mean()
            suspected = scores["verdict"].str.startswith("suspected").mean()
            print(
                f"| {name} | {kind} | {share:.0%} | {len(spun):,} | {found:.1%} | {suspected:.1%} |"
            )


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    main(Path(sys.argv[1]))
