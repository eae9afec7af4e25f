"""The evaluation set: which sentences of public corpora two coders label, without their text.

    python -m scripts.draw_evaluation FOLDER OUTPUT

FOLDER holds copies of the corpora. OUTPUT gets one csv with the text beside each place, for a
coder to read; it must lie outside the project, which carries places and labels only
(data/labels/evaluation.csv). The draw is stratified by period and by the label of the draft
lexicon (frozen in the file itself as `stratum`, so that a later lexicon is tested on the same
sentences), plus sentences with an ambiguous term or a decoy.
"""

import re
import sys
from pathlib import Path

import pandas as pd

from helpers import clean, compare, lexicon, paths, segment

PERIODS = {"2020": "cctv_weibo_2020", "2022": "xinwen_lianbo"}
PER_LABEL = 30
PER_HARD = 20
N_HAN = (8, 120)
SEED = 2020


def read_posts(folder: Path) -> pd.DataFrame:
    """One row per different CCTV News post: doc_id ("file#row"), raw_text."""
    posts = pd.concat(
        pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig").assign(
            doc_id=lambda table, name=path.stem: [f"{name}#{row}" for row in range(len(table))]
        )
        for path in sorted((folder / "cctv_weibo_2020").glob("*.csv"))
    )
    return posts.drop_duplicates("weibo_content")[["doc_id", "weibo_content"]].rename(
        columns={"weibo_content": "raw_text"}
    )


def read_broadcasts(folder: Path) -> pd.DataFrame:
    """One row per broadcast item: doc_id ("day#item"), raw_text without the page's markup."""
    rows = []
    for path in sorted((folder / "xinwen_lianbo").glob("*.md")):
        items = re.split(r"^### ", path.read_text("utf-8"), flags=re.M)[1:]
        for number, item in enumerate(items, start=1):
            plain = re.sub(r"<!--.*?-->|\*\*央视网消息\*\*（新闻联播）：", "", item)
            rows.append((f"{path.stem}#{number}", plain))
    return pd.DataFrame(rows, columns=["doc_id", "raw_text"])


READERS = {"cctv_weibo_2020": read_posts, "xinwen_lianbo": read_broadcasts}


def read_sentences(folder: Path, corpus: str) -> pd.DataFrame:
    """Sentences of one corpus, cleaned, with start and end in the cleaned text."""
    documents = READERS[corpus](folder).assign(title="")
    return segment.split_sentences(clean.clean_documents(documents))


def draw(sentences: pd.DataFrame, terms: pd.DataFrame) -> pd.DataFrame:
    """The drawn sentences of one corpus with stratum, and how many each stratum holds."""
    n_han = sentences["sentence"].str.count(r"[\u4e00-\u9fff]")
    usable = sentences[n_han.between(*N_HAN)].drop_duplicates("sentence")
    hits = lexicon.find_terms(usable, terms)
    labels = compare.label_units(usable, hits)
    drawn = labels.groupby("label", group_keys=False).sample(PER_LABEL, random_state=SEED)
    drawn = drawn.assign(
        stratum=drawn["label"], n_stratum=drawn["label"].map(labels["label"].value_counts())
    )
    unclear = terms.loc[(terms["ambiguous"] == 1) | (terms["category"] == "decoy"), "term"]
    keys = ["doc_id", "sentence_id"]
    hard = labels.merge(hits.loc[hits["term"].isin(unclear), keys].drop_duplicates())
    hard = hard.merge(drawn[keys], how="left", indicator=True).query("_merge == 'left_only'")
    hard = hard.drop(columns="_merge").assign(stratum="hard", n_stratum=len(hard))
    return pd.concat([drawn, hard.sample(PER_HARD, random_state=SEED)])


def main(folder: Path, output: Path) -> None:
    """Write the places with their sentences to a folder outside the project."""
    if output.resolve().is_relative_to(paths.PROJECT):
        raise SystemExit(f"{output} lies in the project, which carries no text of others")
    terms = lexicon.read_lexicon()
    drawn = [
        draw(read_sentences(folder, corpus), terms).assign(period=period, corpus=corpus)
        for period, corpus in PERIODS.items()
    ]
    table = pd.concat(drawn).sample(frac=1, random_state=SEED).reset_index(drop=True)
    table.insert(0, "unit_id", [f"E{number:03}" for number in range(1, len(table) + 1)])
    columns = ["unit_id", "period", "corpus", "doc_id", "start", "end", "stratum", "n_stratum"]
    table[[*columns, "sentence"]].to_csv(output, index=False, encoding="utf-8")
    print(table.groupby(["period", "stratum"])["n_stratum"].agg(["size", "first"]))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
