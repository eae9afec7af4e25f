"""Numbers about public corpora that the notebooks show: counts of words, never sentences.

    python -m scripts.build_corpus_tables FOLDER

FOLDER holds copies of the corpora. Writes data/corpora/work_reports/segmenters.csv and
data/corpora/cctv_weibo_2020/collocations.csv, network.csv, and a manifest beside each that
says from which files (sha256), with which lexicon and dictionary, and of how many documents.
"""

import hashlib
import json
import sys
from pathlib import Path

import pandas as pd

from helpers import audit, clean, context, lexicon, paths, segment
from scripts.measure_tampering import read_corpora

TERMS = (
    "社会", "经济社会发展", "疫情防控", "新冠肺炎", "复工复产", "六稳", "六保", "常态化",
    "市场主体", "小微企业", "人民群众", "高质量发展", "落实", "改革", "就业", "隔离",
)  # fmt: skip
NODES = ("疫情防控", "复工复产", "隔离")
FILES = {"work_reports": "*.jsonl", "cctv_weibo_2020": "*.csv"}
ADDRESS = {
    "work_reports": "aldohemsn/chinese-political-corpora@99bc4b01",
    "cctv_weibo_2020": "MineSelf2016/SummerResearch@a0220293",
}


def make_sentences(texts: list[str]) -> pd.DataFrame:
    """Sentences of the texts, cleaned."""
    documents = pd.DataFrame({"doc_id": [f"{i:05}" for i in range(len(texts))], "raw_text": texts})
    documents["title"] = ""
    return segment.split_sentences(clean.clean_documents(documents))


def read_reports(folder: Path) -> list[str]:
    """The government work reports, without the congress's resolutions on them."""
    table = pd.read_json(folder / "work_reports" / "government_work_reports.jsonl", lines=True)
    return table.loc[~table["title"].str.contains("决议"), "content"].tolist()


def write(name: str, tables: dict[str, pd.DataFrame], facts: dict[str, object]) -> None:
    """The tables as csv and their manifest, in the corpus's folder."""
    folder = paths.DATA / "corpora" / name
    folder.mkdir(parents=True, exist_ok=True)
    for file, table in tables.items():
        table.to_csv(folder / f"{file}.csv", index=False, lineterminator="\n", float_format="%.4f")
    manifest = json.dumps(facts, ensure_ascii=False, indent=2) + "\n"
    (folder / "manifest.json").write_text(manifest, encoding="utf-8", newline="\n")


def describe(folder: Path, name: str, sentences: pd.DataFrame, segmenter: str) -> dict[str, object]:
    """What the numbers were made from."""
    lexicon_file = (paths.LEXICON / "lexicon.csv").read_bytes()
    return {
        "source": ADDRESS[name],
        "files": {
            path.name: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted((folder / name).glob(FILES[name]))
        },
        "documents": int(sentences["doc_id"].nunique()),
        "sentences": len(sentences),
        "characters": int(sentences["sentence"].str.len().sum()),
        "lexicon": hashlib.sha256(lexicon_file).hexdigest()[:12],
        "segmenter": segmenter,
    }


def main(folder: Path) -> None:
    """Build all tables."""
    terms = lexicon.read_lexicon()
    ours = segment.make_segmenter(terms)
    reports = make_sentences(read_reports(folder))
    compared = audit.compare_segmenters(reports, TERMS, lexicon=terms)
    write("work_reports", {"segmenters": compared},
          describe(folder, "work_reports", reports, ours.name))  # fmt: skip
    posts = make_sentences(list(dict.fromkeys(read_corpora(folder)["CCTV News posts"])))
    tokens = segment.tokenize(posts, segmenter=ours)
    function_words = lexicon.read_function_words()["word"]
    company = pd.concat(
        context.collocations(tokens, node, within="sentence", n_units=len(posts))
        .query("n >= 20")
        .assign(node=node)
        for node in NODES
    )
    company = company[~company["collocate"].isin(set(function_words))]
    edges = context.collocation_network(
        tokens, NODES, within="sentence", n_units=len(posts), top=8, at_least=20,
        leave_out=function_words,
    )  # fmt: skip
    company.insert(0, "node", company.pop("node"))
    write("cctv_weibo_2020", {"collocations": company, "network": edges},
          describe(folder, "cctv_weibo_2020", posts, ours.name))  # fmt: skip


if __name__ == "__main__":
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        sys.exit("name one folder that holds copies of the corpora")
    main(Path(sys.argv[1]))
