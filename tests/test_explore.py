"""The explorer: every view a plain function, the widgets only wired, and nothing breaks."""

import asyncio
import json
import re

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from matplotlib.axes import Axes

from helpers import clean, explore, lexicon, paths, style, timeline
from helpers.reading.corpora import Features
from helpers.teaching.explore import panels
from helpers.teaching.explore.corpus import FIELD_NAMES

S = explore.Selection
SCRIPT = paths.PROJECT / "helpers" / "teaching" / "explore" / "pictures.js"

LEXICON = pd.DataFrame(
    [
        ("防控", "", "prevention", "prevention and control"),
        ("疫情防控", "", "prevention", "epidemic control"),
        ("复工复产", "复产复工", "reopening", "resume work and production"),
        ("落实", "", "governance", "put into effect"),
    ],
    columns=["term", "variants", "category", "gloss_en"],
).assign(subcategory="", id=["P1", "P2", "R1", "G1"])

RAW = {
    "march": "<b>复工</b>\n推動復工復產，落實防控。",
    "january": "加強疫情防控。做好防控工作。",
    "february": "疫情防控和復(fù)工復(fù)產。“防控”不放鬆。",
    "undated": "落实 <script>alert(1)</script> 复产复工。",
}
DATES = {"january": "2020-01-28", "february": "2020-02-26", "march": "2020-03-05"}


def documents_of(raw: dict[str, str]) -> pd.DataFrame:
    table = pd.DataFrame({"doc_id": list(raw), "raw_text": list(raw.values()), "title": ""})
    table["date"] = pd.to_datetime([DATES.get(doc_id) for doc_id in raw])
    return clean.clean_documents(table)


@pytest.fixture(scope="module")
def corpus() -> explore.Corpus:
    documents = documents_of(RAW)
    return explore.prepare(documents, lexicon=LEXICON, glossary=LEXICON, name="four", freq="month")


@pytest.fixture(scope="module")
def numbers(corpus: explore.Corpus) -> explore.Corpus:
    """The same corpus as numbers, without its sentences."""
    documents = corpus.documents[["doc_id", "date", "n_han"]]
    empty = pd.DataFrame()
    features = Features(documents, corpus.mentions, empty, empty, {"name": "cctv_weibo_2020"})
    return explore.prepare_features(features, lexicon=LEXICON, glossary=LEXICON, freq="month")


@pytest.fixture
def explorer(corpus: explore.Corpus, theme) -> explore.Explorer:
    return explore.open_explorer(corpus)


@pytest.fixture(autouse=True)
def _english_again_and_no_figure_left():
    yield
    style.set_theme()
    plt.close("all")


# --- what is chosen ---------------------------------------------------------------------------


@pytest.mark.parametrize("field", FIELD_NAMES)
@pytest.mark.parametrize("value", [None, 3, ["防控"], float("nan"), b"x"])
def test_a_choice_is_text(field, value):
    with pytest.raises(ValueError, match=f"{field} is .* must be text"):
        S(**{field: value})


def test_a_choice_is_kept_as_plain_text_and_half_a_character_is_none():
    class Odd(str):
        def __eq__(self, other: object) -> bool:
            raise RuntimeError("compared")

        __hash__ = str.__hash__

    assert type(S(term=Odd("防控")).term) is str
    with pytest.raises(ValueError, match="period holds half a character"):
        S(period="2020\ud800")


def test_a_pasted_page_is_searched_at_once_and_found_nowhere(corpus, theme):
    with pytest.raises(explore.NothingToShow, match="stands nowhere"):
        explore.find_mentions(corpus, S(term="疫" * 200_000))


def test_a_choice_nobody_knows_names_the_four():
    with pytest.raises(ValueError, match="'word' cannot be chosen; choose term, category, doc_id"):
        S().but(word="防控")


@pytest.mark.parametrize(
    ("selection", "message"),
    [
        (S(category="politics"), "no category “politics” here.*prevention, reopening"),
        (S(doc_id="april"), "no document “april” here.*january, february"),
        (S(period="2021-01"), "no period “2021-01” here.*2020-01, 2020-02, 2020-03"),
        (S(doc_id="march", period="2020-01"), "march is not of the period 2020-01"),
        (S(doc_id="undated", period="2020-01"), "undated is not of the period"),
    ],
)
def test_what_cannot_be_chosen_is_said_with_what_can(corpus, theme, selection, message):
    with pytest.raises(explore.NothingToShow, match=message):
        explore.choose_documents(corpus, selection)


def test_views_want_a_corpus_and_a_selection(corpus):
    with pytest.raises(ValueError, match="DataFrame, not the tables of a corpus.*explore.prepare"):
        explore.rank_terms(corpus.documents, S())
    with pytest.raises(ValueError, match=r"selection is dict; write explore.Selection"):
        explore.rank_terms(corpus, {"term": "防控"})


@pytest.mark.parametrize("without", [None, 3, "pinyin"])
def test_repairs_left_out_are_a_list(without):
    with pytest.raises(ValueError, match="without is a list of the repairs left out"):
        explore.prepare(pd.DataFrame(), lexicon=pd.DataFrame(), without=without)


def test_what_prepare_cannot_use_is_named():
    documents = documents_of(RAW)
    for change, options, message in [
        (lambda t: t.drop(columns="text"), {}, "no column 'text'"),
        (lambda t: pd.concat([t, t]), {}, "january|march"),
        (lambda t: t.assign(date="2020"), {}, "'date' of the documents table holds"),
        (lambda t: t, {"freq": "phase"}, "freq is 'phase'; it is one of day, week, month, year"),
    ]:
        with pytest.raises(ValueError, match=message):
            explore.prepare(change(documents), lexicon=LEXICON, glossary=LEXICON, **options)
    with pytest.raises(ValueError, match="corpora.read_features, not DataFrame.*explore.prepare"):
        explore.prepare_features(documents, lexicon=LEXICON)
    for glossary, message in [
        ("防控", "glossary must be a pandas table, not str"),
        (pd.DataFrame({"term": ["防控"]}), "the glossary table has no column 'gloss_en'"),
        (
            pd.DataFrame({"term": [["防控"]], "gloss_en": "x"}),
            "glossary table have no text in term",
        ),
        (pd.DataFrame({"term": "防控", "gloss_en": [["x"]]}), "table have no text in gloss_en"),
    ]:
        with pytest.raises(ValueError, match=message):
            explore.prepare(documents, lexicon=LEXICON, glossary=glossary)


@pytest.mark.parametrize("glosses", [[], [7], [None]])
def test_a_glossary_that_says_little_breaks_no_picture(glosses):
    glossary = pd.DataFrame({"term": ["防控"] * len(glosses), "gloss_en": glosses})
    corpus = explore.prepare(documents_of(RAW), lexicon=LEXICON, glossary=glossary, freq="month")
    for plot in (explore.plot_ranking, explore.plot_places):
        assert isinstance(plot(corpus, S()), Axes)
    plt.close("all")


def test_documents_stand_in_order_of_time_the_undated_last(corpus):
    assert corpus.documents["doc_id"].tolist() == ["january", "february", "march", "undated"]
    assert corpus.documents["period"].tolist() == ["2020-01", "2020-02", "2020-03", ""]


# --- the views --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (S(), {"防控": 5, "疫情防控": 2, "复工复产": 3, "落实": 2}),
        (S(term="落实"), {"防控": 5, "疫情防控": 2, "复工复产": 3, "落实": 2}),
        (S(category="prevention"), {"防控": 5, "疫情防控": 2}),
        (S(period="2020-02"), {"防控": 2, "疫情防控": 1, "复工复产": 1}),
        (S(doc_id="undated"), {"复工复产": 1, "落实": 1}),
    ],
)
def test_ranked_terms_follow_category_document_and_period(corpus, selection, expected):
    ranked = explore.rank_terms(corpus, selection)
    assert dict(zip(ranked["feature"], ranked["n"], strict=True)) == expected
    assert ranked["n"].is_monotonic_decreasing


def test_rates_are_of_the_chosen_documents(corpus):
    ranked = explore.rank_terms(corpus, S(doc_id="january", category="prevention"))
    n_han = corpus.documents.set_index("doc_id").loc["january", "n_han"]
    assert ranked["per_thousand_han"].tolist() == [2 / n_han * 1000, 1 / n_han * 1000]


def test_of_a_term_all_mentions_of_a_category_the_free_ones(corpus):
    assert len(explore.find_mentions(corpus, S(term="防控"))) == 5
    free = explore.find_mentions(corpus, S(category="prevention"))
    assert len(free) == 5 and free["free"].all()
    assert free["doc_id"].tolist() == ["january"] * 2 + ["february"] * 2 + ["march"]


def test_any_characters_can_be_searched_and_marks_inside_are_passed_over(corpus):
    found = explore.find_mentions(corpus, S(term="防控不放松"))
    assert found["surface"].tolist() == ["防控”不放松"]
    assert found["category"].tolist() == ["other"]


@pytest.mark.parametrize(
    ("term", "message"),
    [
        ("火星", "“火星” stands nowhere.*Check its characters"),
        ("放鬆", "simplified characters: choose “放松”"),
        ("“”", "stands nowhere"),
        ("(", "stands nowhere"),
        ("x" * 5000, "stands nowhere"),
        ("<script>", "stands nowhere"),
    ],
)
def test_a_term_that_is_not_there_says_what_to_do(corpus, theme, term, message):
    for view in (explore.find_mentions, explore.read_lines, explore.place_mentions,
                 explore.follow_trend):  # fmt: skip
        with pytest.raises(explore.NothingToShow, match=message):
            view(corpus, S(term=term))


def test_lines_of_nothing_chosen_say_so(corpus, theme):
    with pytest.raises(explore.NothingToShow, match="Nothing is chosen yet. Click a term"):
        explore.read_lines(corpus, S())


def test_lines_stand_in_the_order_of_time(corpus):
    lines = explore.read_lines(corpus, S(term="防控"), most=4)
    assert lines["doc_id"].tolist() == ["january", "january", "february", "february"]
    assert lines["date"].is_monotonic_increasing


@pytest.mark.parametrize("term", ["防控", "疫情防控", "复工复产", "和复"])
def test_each_sentence_leads_back_to_the_characters_of_the_file(corpus, term):
    lines = explore.read_lines(corpus, S(term=term))
    text_of = corpus.documents.set_index("doc_id")
    for row in range(len(lines)):
        line = explore.read_sentence(corpus, lines, row).iloc[0]
        document = text_of.loc[line["doc_id"]]
        assert document["text"][line["start"] : line["end"]] == line["node"]
        raw = document["raw_text"]
        assert raw[line["raw_start"] : line["raw_end"]] == line["raw_node"]
        assert line["raw_left"] + line["raw_node"] + line["raw_right"] in raw.replace("\n", " ")
        sentences = corpus.sentences.set_index(["doc_id", "sentence_id"])["sentence"]
        whole = line["left"] + line["node"] + line["right"]
        assert whole == sentences[(line["doc_id"], line["sentence_id"])]


def test_a_line_that_is_not_there(corpus):
    lines = explore.read_lines(corpus, S(term="防控"))
    for row in (-1, len(lines)):
        with pytest.raises(ValueError, match=f"no line {row}; the table has 5, counted from 0"):
            explore.read_sentence(corpus, lines, row)
    for row in (None, "0", 0.0, True):
        with pytest.raises(ValueError, match="row is of type .*; it is a whole number"):
            explore.read_sentence(corpus, lines, row)


def test_the_sentence_of_a_title_left_whole_by_a_repair_left_out():
    documents = documents_of({"january": "強(qiáng)化防控。"})
    kept = clean.clean_documents(
        documents[["doc_id", "date", "raw_text", "title"]], without=["pinyin"]
    )
    corpus = explore.prepare(kept, lexicon=LEXICON, glossary=LEXICON, without=["pinyin"])
    lines = explore.read_lines(corpus, S(term="防控"))
    assert "qiáng" in explore.read_sentence(corpus, lines, 0)["left"].iloc[0]


@pytest.mark.parametrize(
    ("selection", "by", "group"),
    [
        (S(term="防控"), "term", "防控"),
        (S(category="reopening"), "category", "reopening"),
        (S(category="prevention", doc_id="march"), "category", "prevention"),
    ],
)
def test_the_trend_is_that_of_timeline_for_the_whole_corpus(corpus, selection, by, group):
    trend = explore.follow_trend(corpus, selection)
    dated = corpus.documents.loc[corpus.documents["date"].notna()]
    mentions = corpus.mentions.loc[corpus.mentions["doc_id"].isin(dated["doc_id"])]
    expected = timeline.share_by_period(
        mentions, dated, freq="month", by=by, groups=[group], n_resamples=100
    )
    pd.testing.assert_frame_equal(trend, expected[list(trend.columns)], check_dtype=False)


def test_a_mention_inside_a_decoy_makes_no_document_one_of_its_category(theme):
    decoy = pd.DataFrame([{"term": "防控办", "variants": "", "category": "decoy", "id": "D1",
                           "gloss_en": "control office", "subcategory": ""}])  # fmt: skip
    raw = {"january": "防控办开会。", "february": "防控有力。"}
    terms = pd.concat([LEXICON, decoy], ignore_index=True)
    corpus = explore.prepare(documents_of(raw), lexicon=terms, glossary=terms, freq="month")
    assert explore.follow_trend(corpus, S(category="prevention"))["n_with"].tolist() == [0, 1]
    assert explore.follow_trend(corpus, S(term="防控"))["n_with"].tolist() == [1, 1]


def test_a_place_is_the_middle_of_the_mention_in_its_document(theme):
    documents = documents_of({"january": "防控好了。再说落实。"})
    corpus = explore.prepare(documents, lexicon=LEXICON, glossary=LEXICON)
    places = explore.place_mentions(corpus, S(term="防控"))
    assert places["place"].tolist() == [0.1]
    assert explore.place_mentions(corpus, S(category="governance"))["place"].tolist() == [0.8]


def test_a_month_without_a_document_is_a_gap(theme):
    corpus = explore.prepare(documents_of({k: RAW[k] for k in ("january", "march")}),
                             lexicon=LEXICON, glossary=LEXICON, freq="month")  # fmt: skip
    trend = explore.follow_trend(corpus, S(term="防控"))
    assert trend["n_documents"].tolist() == [1, 0, 1]
    assert trend["share"].isna().tolist() == [False, True, False]
    assert "share" not in panels.trend(corpus, S(term="防控"))["columns"][1]["marks"][0]


def test_one_period_has_no_trend_and_no_date_no_period(theme):
    for raw in ({"january": RAW["january"]}, {"undated": RAW["undated"]}):
        corpus = explore.prepare(documents_of(raw), lexicon=LEXICON, glossary=LEXICON)
        with pytest.raises(explore.NothingToShow, match="no trend. Open several dated documents"):
            explore.follow_trend(corpus, S())


def test_the_rows_of_the_x_ray_are_terms_documents_or_periods(corpus, monkeypatch):
    of_terms = explore.place_mentions(corpus, S(doc_id="february"))
    assert set(of_terms["row"]) == {"防控", "疫情防控", "复工复产"}
    of_documents = explore.place_mentions(corpus, S(term="防控"))
    assert set(of_documents["row"]) == {"january", "february", "march"}
    monkeypatch.setattr("helpers.teaching.explore.views.MOST_ROWS", 2)
    of_periods = explore.place_mentions(corpus, S(term="复工复产"))
    assert set(of_periods["row"]) == {"2020-02", "2020-03"}, "the undated document has no row"
    assert of_periods["place"].between(0, 1).all()


def test_a_corpus_of_numbers_ranks_and_follows_and_says_how_to_fetch_the_rest(
    numbers, corpus, theme
):
    pd.testing.assert_frame_equal(explore.rank_terms(numbers, S()), explore.rank_terms(corpus, S()))
    trend = explore.follow_trend(numbers, S(term="防控"))
    pd.testing.assert_frame_equal(trend, explore.follow_trend(corpus, S(term="防控")))
    for view in (explore.find_mentions, explore.read_lines, explore.place_mentions):
        with pytest.raises(explore.NothingToShow, match=r"corpora\.fetch\(\"cctv_weibo_2020\"\)"):
            view(numbers, S(term="防控"))
    with pytest.raises(explore.NothingToShow, match="came as numbers"):
        explore.follow_trend(numbers, S(term="火星"))


def test_no_view_changes_its_tables(corpus, theme):
    before = [t.copy() for t in corpus if isinstance(t, pd.DataFrame)]
    for selection in (S(term="防控"), S(category="reopening"), S(term="不放松")):
        for view in (explore.rank_terms, explore.find_mentions, explore.read_lines,
                     explore.place_mentions, explore.follow_trend):  # fmt: skip
            view(corpus, selection)
    after = [t for t in corpus if isinstance(t, pd.DataFrame)]
    for one, other in zip(before, after, strict=True):
        pd.testing.assert_frame_equal(one, other)


# --- still pictures -----------------------------------------------------------------------------


@pytest.mark.parametrize("plot", ["plot_ranking", "plot_cloud", "plot_trend", "plot_places"])
@pytest.mark.parametrize("selection", [S(), S(category="reopening"), S(term="防控")])
def test_each_view_has_its_picture(corpus, theme, plot, selection):
    assert isinstance(getattr(explore, plot)(corpus, selection), Axes)


def test_the_x_ray_of_one_document_is_drawn_by_terms(corpus, theme):
    ax = explore.plot_places(corpus, S(doc_id="february"))
    assert len(ax.get_yticklabels()) == 3


def test_the_twin_needs_no_kernel_and_escapes_what_it_shows(corpus, theme):
    page = explore.show_twin(corpus, S(doc_id="undated"))
    assert page.count("<img ") == len(re.findall(r'<img alt="[^"]{10,}"', page)) == 2
    assert "<script" not in page and "http" not in page
    assert explore.show_twin(corpus, S(doc_id="undated")) == page, "the same every time"


def test_lines_are_shown_above_the_glosses_of_their_words(corpus):
    shown = explore.show_lines(corpus, S(doc_id="march")).text
    line, glosses = shown.split("\n")[:2]
    assert "复工复产" in line or "落实" in line
    assert "resume work and production" in glosses
    # jieba's own dictionary cuts where the lexicon does not say what a word is.
    assert "推动 (no gloss)" in shown
    whole = explore.prepare(documents_of(RAW), lexicon=LEXICON.assign(word=1), glossary=LEXICON)
    assert "epidemic control" in explore.show_lines(whole, S(term="做好")).text


def test_the_twin_of_nothing_gives_the_reason(corpus, numbers, theme):
    assert "Nothing is chosen yet" in explore.show_twin(corpus, S())
    assert "corpora.fetch(&quot;cctv_weibo_2020&quot;)" in explore.show_twin(
        numbers, S(term="防控")
    )


# --- widgets ------------------------------------------------------------------------------------


def click(explorer: explore.Explorer, **message: object) -> None:
    explorer._on_click(explorer.pictures, message, [])


def test_all_views_follow_a_choice(explorer):
    explorer.choose(term="疫情防控")
    assert explorer.controls["term"].value == "疫情防控"
    assert explorer.pictures.chosen["term"] == "疫情防控"
    assert explorer.ranking.df.iloc[explorer.ranking.selected_rows[0], 0] == "疫情防控"
    assert explorer.lines.df.iloc[:, 3].tolist() == ["疫情防控", "疫情防控"]
    assert "2 mentions in 2 of 4 documents" in explorer.status.value
    assert ">疫情防控</mark>" in explorer.sentence.value
    assert [row["value"] for row in explorer.pictures.panels["places"]["rows"]][:2] == [
        "january", "february",
    ]  # fmt: skip


def test_a_click_a_row_a_control_and_the_button_all_choose(explorer):
    click(explorer, turn=7, field="term", value="落实")
    assert (explorer.selection, explorer.pictures.answered) == (S(term="落实"), 7)
    explorer.controls["period"].value = "2020-03"
    assert explorer.selection == S(term="落实", period="2020-03")
    explorer.ranking.selected_rows = [0]
    assert explorer.selection.term == explorer.ranking.df.iloc[0, 0]
    explorer._on_clear(None)
    assert explorer.selection == S()
    assert explorer.controls["period"].value == ""


@pytest.mark.parametrize("row", [400, -1, None, "0", 1.5])
def test_a_row_that_the_ranking_does_not_have_chooses_nothing(explorer, row):
    explorer._on_ranked({"new": [row]})
    assert explorer.selection == S()


def test_a_row_of_the_lines_shows_its_sentence_and_the_file(explorer):
    explorer.choose(term="复工复产")
    explorer.lines.selected_rows = [1]
    explorer.lines.selected_rows = [0]
    assert "疫情防控和<mark" in explorer.sentence.value
    assert '<p lang="en">' in explorer.sentence.value
    assert "> resume work and production </mark>" in explorer.sentence.value
    assert "復(fù)工復(fù)產</mark>。" in explorer.sentence.value
    assert "february, 2020-02-26, sentence 1; the file&#x27;s characters" in explorer.sentence.value
    explorer.corpus = explorer.corpus._replace(lexicon=LEXICON.assign(word="ja"))
    explorer.lines.selected_rows = [1]
    # Without glosses the sentence is there, and why they are not.
    assert "<mark" in explorer.sentence.value and "ja" in explorer.sentence.value
    explorer.lines.selected_rows = [400]  # of a table that is no longer there
    assert "no line 400" in explorer.sentence.value


@pytest.mark.parametrize(
    "message",
    [None, "term", {}, {"field": "term"}, {"field": "term", "value": 3, "turn": 1},
     {"field": "term", "value": "\ud800", "turn": 1},
     {"field": "__class__", "value": "x", "turn": 1}, {"field": ["term"], "value": "x"}],
)  # fmt: skip
def test_a_message_that_is_none_of_ours_changes_nothing(explorer, message):
    explorer._on_click(explorer.pictures, message, [])
    assert explorer.selection == S()


def test_what_cannot_be_chosen_is_said_and_the_choice_stays(explorer):
    explorer.choose(term="防控")
    explorer.controls["doc_id"].value = "nobody <b>"
    assert explorer.selection == S(term="防控")
    assert "no document “nobody &lt;b&gt;” here" in explorer.status.value
    with pytest.raises(explore.NothingToShow, match="no category"):
        explorer.choose(category="politics")
    with pytest.raises(ValueError, match="'color' cannot be chosen"):
        explorer.choose(color="red")
    assert explorer.selection == S(term="防控")


def test_a_term_that_is_not_there_leaves_reasons_in_the_panels(explorer):
    explorer.choose(term="火星")
    reasons = [explorer.pictures.panels[name].get("reason", "") for name in ("trend", "places")]
    assert all("“火星” stands nowhere" in reason for reason in reasons)
    assert "rows" in explorer.pictures.panels["bars"], "the terms that are there stay in sight"
    assert explorer.lines.df.empty and explorer.sentence.value == ""
    explorer.choose(term="防控")
    assert len(explorer.lines.df) == 5


def test_an_overtaken_event_says_no_more(explorer):
    explorer.selection = S(term="落实")
    slow = explorer._steps(explorer._next_turn(), answer=1)
    next(slow)
    explorer.choose(term="防控")
    assert list(slow) == []
    assert explorer.pictures.chosen["term"] == "防控"
    assert explorer.pictures.answered == 0, "an overtaken event is not answered"


def test_of_clicks_in_a_running_kernel_the_last_wins(explorer, monkeypatch):
    asked = []
    bars = panels.PANELS["bars"]
    monkeypatch.setitem(
        panels.PANELS, "bars", lambda c, s: (asked.append(s.category), bars(c, s))[1]
    )

    async def three_clicks() -> None:
        for turn, category in enumerate(["prevention", "reopening", "governance"], start=1):
            click(explorer, turn=turn, field="category", value=category)
            await asyncio.sleep(0)
        await explorer._task

    asyncio.run(three_clicks())
    assert explorer.selection.category == explorer.pictures.chosen["category"] == "governance"
    assert explorer.pictures.answered == 3
    assert asked[-1] == "governance"


def test_a_choice_that_is_refused_does_not_undo_the_one_before(explorer):
    async def two_clicks() -> None:
        click(explorer, turn=1, field="category", value="reopening")
        await asyncio.sleep(0)
        click(explorer, turn=2, field="doc_id", value="nowhere")
        await explorer._task

    asyncio.run(two_clicks())
    assert explorer.pictures.chosen["category"] == "reopening"
    assert "nowhere" in explorer.status.value, "and the reader is still told"
    explorer.choose(category="")
    assert "nowhere" not in explorer.status.value


def test_an_error_in_a_late_view_is_told_to_the_reader(explorer, monkeypatch):
    def broken(corpus, selection):
        raise ValueError("the table <of> views is broken")

    monkeypatch.setitem(panels.PANELS, "cloud", broken)

    async def one_click() -> None:
        click(explorer, turn=1, field="category", value="reopening")
        await explorer._task

    asyncio.run(one_click())
    assert "the table &lt;of&gt; views is broken" in explorer.status.value


def test_what_was_seen_is_remembered_but_not_for_ever(explorer, monkeypatch):
    monkeypatch.setattr("helpers.teaching.explore.live._CACHED", 5)
    for term in ["防控", "落实", "复工复产"] * 3:
        explorer.choose(term=term)
        assert len(explorer._known) <= 40
    explorer._known.clear()
    explorer.choose(term="防控")
    n = len(explorer._known)
    explorer.choose(term="防控")
    assert len(explorer._known) == n <= 5


@pytest.mark.parametrize("selection", [S(), S(term="防控"), S(term="火星"), S(category="decoy")])
def test_the_panels_are_plain_data(corpus, numbers, theme, selection):
    for tables in (corpus, numbers):
        drawn = {
            name: panels.or_reason(panel, tables, selection)
            for name, panel in panels.PANELS.items()
        }
        assert json.loads(json.dumps(drawn, allow_nan=False)) == drawn


@pytest.mark.parametrize("given", [pd.DataFrame(), None, "posts", {"name": "x"}])
def test_what_is_no_corpus_is_not_opened(given):
    with pytest.raises(ValueError, match="not the tables of a corpus; make them with explore.prep"):
        explore.open_explorer(given)


def test_displayed_are_the_widget_and_its_twin(explorer, monkeypatch):
    shown = []
    monkeypatch.setattr("helpers.teaching.explore.live.display", shown.append)
    explorer._ipython_display_()
    assert shown[0] is explorer.page
    assert shown[1].data.startswith('<details open class="explore-twin">')
    shown.clear()
    explore.open_explorer(explorer.corpus, twin=False)._ipython_display_()
    assert len(shown) == 1


def test_in_chinese_everything_we_say_is_chinese(corpus, theme):
    style.set_theme(language="zh", labels="zh")
    explorer = explore.open_explorer(corpus, S(term="火星"))
    said = [explorer.status.value, explorer.lines_note.value, *explorer.pictures.words.values()]
    said += [control.description for control in explorer.controls.values()]
    said += [panel.get("reason", panel.get("note")) for panel in explorer.pictures.panels.values()]
    said += list(explorer.ranking.df.columns) + list(explorer.lines.df.columns)
    for text in said:
        words = re.sub(r"<[^>]*>", "", text)
        assert not re.search("[A-Za-z]{2,}", words), text


# --- the page's script ----------------------------------------------------------------------------


def test_the_script_writes_no_markup_and_asks_no_server():
    script = SCRIPT.read_text(encoding="utf-8")
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|Function\(", script
    )
    assert not re.search(r"\bimport\b|fetch\(|XMLHttpRequest|WebSocket", script)
    assert re.findall(r"https?://[^\"]+", script) == ["http://www.w3.org/2000/svg"]


def test_the_script_has_a_drawer_and_words_for_each_panel(explorer):
    script = SCRIPT.read_text(encoding="utf-8")
    drawers = re.search(r"const DRAWERS = \{(.*)\}", script)[1]
    assert re.findall(r"(\w+):", drawers) == list(panels.PANELS)
    assert set(panels.PANELS) < set(explorer.pictures.words)
    sheet = SCRIPT.with_name("pictures.css").read_text(encoding="utf-8")
    for category in {*lexicon.read_lexicon()["category"]}:
        assert f"--explore-{category}:" in sheet


def test_a_widget_that_is_clicked_sends_what_the_kernel_reads():
    script = SCRIPT.read_text(encoding="utf-8")
    sent = re.search(r"model\.send\(\{ (.*?) \}\)", script)[1]
    assert sent.startswith("turn, field, value:")
    fields = set(re.findall(r'choose\("(\w+)"', script)) | {"doc_id"}
    assert fields <= set(FIELD_NAMES)
