"""Numbers about a corpus that notebooks 02 and 06 show: counts of words, never sentences.

A part of scripts/build_corpora.py: segmenters.csv for the work reports; collocations.csv and
network.csv for the CCTV News posts.
"""

import pandas as pd

from helpers import audit, context, lexicon, segment

TERMS = (
    "社会", "经济社会发展", "疫情防控", "新冠肺炎", "复工复产", "六稳", "六保", "常态化",
    "市场主体", "小微企业", "人民群众", "高质量发展", "落实", "改革", "就业", "隔离",
)  # fmt: skip
NODES = ("疫情防控", "复工复产", "隔离")


def make_tables(
    name: str, sentences: pd.DataFrame, documents: pd.DataFrame, terms: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    """The tables of the corpus `name` by their names; none for a corpus without."""
    if name == "work_reports":
        # Without the congress's resolutions on the reports.
        reports = documents.loc[~documents["title"].str.contains("决议"), "doc_id"]
        spoken = sentences[sentences["doc_id"].isin(reports)]
        return {"segmenters": audit.compare_segmenters(spoken, TERMS, lexicon=terms)}
    return find_company(sentences, terms) if name == "cctv_weibo_2020" else {}


def find_company(sentences: pd.DataFrame, terms: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """collocations and network of NODES, words that share a sentence with them 20 times."""
    tokens = segment.tokenize(sentences, segmenter=segment.make_segmenter(terms))
    function_words = lexicon.read_function_words()["word"]
    company = pd.concat(
        context.collocations(tokens, node, within="sentence", n_units=len(sentences))
        .query("n >= 20")
        .assign(node=node)
        for node in NODES
    )
    company = company[~company["collocate"].isin(set(function_words))]
    company.insert(0, "node", company.pop("node"))
    edges = context.collocation_network(
        tokens, NODES, within="sentence", n_units=len(sentences), top=8, at_least=20,
        leave_out=function_words,
    )  # fmt: skip
    return {"collocations": company, "network": edges}
