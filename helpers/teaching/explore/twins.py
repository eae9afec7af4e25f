"""The views as still pictures and pages: they show without a kernel, and can be saved."""

import base64
import html
import io

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes

from helpers.counting import context
from helpers.drawing import clouds, draw, style
from helpers.teaching.explore.corpus import Corpus, NothingToShow, Selection
from helpers.teaching.explore.views import (
    choose_documents,
    find_mentions,
    follow_trend,
    gloss_lines,
    list_rows,
    place_mentions,
    rank_terms,
    read_lines,
)

_FEW_LINES = 10
_TWIN_DPI = 90


def plot_ranking(
    corpus: Corpus, selection: Selection, *, top: int = 15, title: str | None = None
) -> Axes:
    """Axes with the ranked terms of the selection as bars: views.rank_terms, drawn."""
    ranked = rank_terms(corpus, selection)
    return draw.plot_ranked_terms(
        ranked, glossary=corpus.glossary, top=top, category_of=_categories(ranked), title=title
    )


def plot_cloud(
    corpus: Corpus, selection: Selection, *, max_words: int = 40, title: str | None = None
) -> Axes:
    """Axes with the terms of the selection as a cloud; look at it beside plot_ranking."""
    ranked = rank_terms(corpus, selection)
    return clouds.plot_word_cloud(
        ranked, max_words=max_words, category_of=_categories(ranked), title=title
    )


def plot_trend(corpus: Corpus, selection: Selection, *, title: str | None = None) -> Axes:
    """Axes with the share of the documents by period: views.follow_trend, drawn."""
    trend = follow_trend(corpus, selection)
    terms = corpus.lexicon.drop_duplicates("term").set_index("term")["category"]
    return draw.plot_shares_over_time(
        trend, groups=list(dict.fromkeys(trend["group"])), category_of=terms,
        glossary=corpus.glossary, title=title,
    )  # fmt: skip


def plot_places(corpus: Corpus, selection: Selection, *, title: str | None = None) -> Axes:
    """Axes with the x-ray of the selection: where in the documents its mentions stand."""
    places = place_mentions(corpus, selection)
    documents = choose_documents(corpus, selection)
    sentences = corpus.sentences.loc[corpus.sentences["doc_id"].isin(documents["doc_id"])]
    if len(documents) > 1:
        units = sentences.merge(documents[["doc_id", "period"]], on="doc_id")
        by = "doc_id" if set(places["row"]) <= set(documents["doc_id"]) else "period"
        # A document without a date has no row among periods; the trend leaves it out too.
        return draw.plot_corpus_xray(places, units.loc[units[by] != ""], by=by, title=title)
    parts = sentences.groupby("part", sort=False).agg(start=("start", "min"), end=("end", "max"))
    return draw.plot_xray(
        places, parts.reset_index(), terms=list_rows(corpus, selection, places),
        glossary=corpus.glossary, title=title,
    )  # fmt: skip


def show_lines(corpus: Corpus, selection: Selection, *, most: int = _FEW_LINES) -> context.KwicView:
    """The first lines of the selection, their words glossed: a page, and text in a terminal."""
    return context.show_kwic(gloss_lines(corpus, read_lines(corpus, selection, most=most)))


def show_twin(corpus: Corpus, selection: Selection) -> str:
    """Everything the explorer shows of a selection, as HTML that needs no kernel.

    The bars, the trend (the x-ray, where there is none) and the first lines; where a view has
    nothing to show, its reason. All text is escaped, every picture has its words (alt).
    """
    ranked = style.say("The most frequent terms of the selection, as bars with their numbers")
    places = style.say("Where in the documents the mentions stand")
    trend = style.say("The share of documents by period, with its interval")
    pieces = [_picture(plot_ranking, ranked, corpus, selection)]
    if len(corpus.periods) > 1:
        pieces.append(_picture(plot_trend, trend, corpus, selection))
    else:
        pieces.append(_picture(plot_places, places, corpus, selection))
    pieces.append(_lines(corpus, selection))
    summary = html.escape(style.say("The same without a kernel: still pictures and lines"))
    return (
        f'<details open class="explore-twin"><summary>{summary}</summary>{"".join(pieces)}'
        "</details>"
    )


def _lines(corpus: Corpus, selection: Selection) -> str:
    try:
        page = show_lines(corpus, selection)._repr_html_()
        n = len(find_mentions(corpus, selection))
    except NothingToShow as error:
        return _note(error)
    shown = style.say("{shown} of {total} lines", shown=min(_FEW_LINES, n), total=f"{n:,}")
    return f"<p>{html.escape(shown)}</p>{page}"


def _picture(plot, alt: str, corpus: Corpus, selection: Selection) -> str:
    try:
        figure = plot(corpus, selection).get_figure(root=True)
    except NothingToShow as error:
        return _note(error)
    content = io.BytesIO()
    # Without the version of matplotlib: the same picture has the same bytes.
    figure.savefig(content, format="png", dpi=_TWIN_DPI, metadata={"Software": None})
    plt.close(figure)
    picture = base64.b64encode(content.getvalue()).decode("ascii")
    return (
        f'<img alt="{html.escape(alt)}" style="max-width:100%;height:auto" '
        f'src="data:image/png;base64,{picture}">'
    )


def _note(error: NothingToShow) -> str:
    return f"<p>{html.escape(str(error))}</p>"


def _categories(ranked: pd.DataFrame) -> pd.Series:
    return ranked.set_index("feature")["category"]
