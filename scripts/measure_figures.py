"""How long does a figure take, and how large is it?  python -m scripts.measure_figures

The main charts from the sample report and the committed tables, at page size: computing time
(not what else the machine does meanwhile) for drawing, tables in and Axes out, for the layout
that all files share, and for each file, medians of `--runs` rounds; and the size of the files.
Writes no figure.
"""

import argparse
import statistics
from collections.abc import Callable, Mapping
from time import process_time

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes

from helpers import (
    clean,
    clouds,
    compare,
    context,
    count,
    draw,
    lexicon,
    load,
    paths,
    segment,
    style,
)
from helpers.drawing.figures import pictures

Chart = Callable[[], Axes]
STEPS = ("drawing", "layout", *pictures.KINDS)
SHOWN = ("疫情防控", "经济社会发展", "复工复产", "人民战争", "六稳")


def main() -> None:
    """Print one row per chart, in milliseconds and kB, and the sums."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=5, help="rounds per chart (5)")
    runs = parser.parse_args().runs
    plt.switch_backend("Agg")
    style.set_theme(size="page")
    table = measure(charts_of_the_sample(), runs)
    print(table.to_string(float_format="{:.0f}".format))
    steps = table[[f"{step} ms" for step in STEPS]].sum(axis=1)
    print(f"seconds per figure: {steps.mean() / 1000:.2f}")


def charts_of_the_sample() -> dict[str, Chart]:
    """The charts by name; each draws itself anew when it is called."""
    terms = lexicon.read_lexicon()
    glossary, category_of = lexicon.read_glossary(terms), terms.set_index("term")["category"]
    sentences = segment.split_sentences(clean.clean_documents(load.read_documents(paths.SEED)))
    clauses = segment.split_clauses(sentences)
    tokens = segment.tokenize(sentences, segmenter=segment.make_segmenter(terms))
    function_words = lexicon.read_function_words()["word"]
    counts = count.drop_features(count.count_features(tokens), function_words)
    hits = lexicon.mark_direction(lexicon.find_terms(sentences, terms), sentences, terms)
    labels, by_sentence = (compare.label_units(units, hits) for units in (clauses, sentences))
    edges = context.collocation_network(
        segment.place_tokens(tokens, clauses), list(SHOWN[:2]), within="clause",
        n_units=len(clauses), leave_out=function_words,
    )  # fmt: skip
    posts = pd.read_csv(paths.CORPORA / "cctv_weibo_2020" / "network.csv", encoding="utf-8")
    say = {"glossary": glossary, "title": "A title as long as titles are"}
    return {
        "ranked terms": lambda: draw.plot_ranked_terms(counts, top=15, **say),
        "cloud with bars": lambda: clouds.plot_cloud_with_bars(
            counts, max_words=30, category_of=category_of, **say
        )[0],
        "cloud of 100 words": lambda: clouds.plot_word_cloud(
            counts, max_words=100, title="100 words"
        ),
        "x-ray": lambda: draw.plot_xray(hits, segment.list_parts(sentences), terms=SHOWN, **say),
        "clause strip": lambda: draw.plot_clause_strip(labels, title=say["title"]),
        "coupling": lambda: draw.plot_coupling(hits, by_sentence, title=say["title"]),
        "label shares": lambda: draw.plot_label_shares(
            compare.count_labels(labels), units="clauses", title=say["title"]
        ),
        "network": lambda: draw.plot_network(edges, category_of=category_of, **say),
        "network of posts": lambda: draw.plot_network(posts, category_of=category_of, top=6, **say),
    }


def measure(charts: Mapping[str, Chart], runs: int) -> pd.DataFrame:
    """One row per chart: milliseconds per step and kB per file."""
    rows = {}
    for name, chart in charts.items():
        # The first round loads fonts and words; it is not counted.
        rounds = [measure_once(chart) for _ in range(runs + 1)][1:]
        rows[name] = {key: statistics.median(once[key] for once in rounds) for key in rounds[0]}
    return pd.DataFrame.from_dict(rows, orient="index")


def measure_once(chart: Chart) -> dict[str, float]:
    """Return the milliseconds of each step and the kB of each file of one chart."""
    clock = [process_time()]
    sizes = {}
    figure = chart().figure
    clock.append(process_time())
    with pictures.layout_frozen(figure) as frame:
        clock.append(process_time())
        for kind in pictures.KINDS:
            content = pictures.draw_as(kind, figure, "measured", frame=frame, title="t", alt="a")
            clock.append(process_time())
            sizes[f"{kind} kB"] = len(content) / 1000
    plt.close(figure)
    spans = (1000 * (end - start) for start, end in zip(clock, clock[1:], strict=False))
    return {f"{step} ms": span for step, span in zip(STEPS, spans, strict=True)} | sizes


if __name__ == "__main__":
    main()
