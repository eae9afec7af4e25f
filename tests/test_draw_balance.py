import pandas as pd
import pytest
from matplotlib.figure import Figure

from helpers import draw, paths, style, tables


@pytest.fixture(autouse=True)
def theme():
    style.set_theme()


@pytest.fixture
def ax():
    return Figure(figsize=(8, 6)).subplots()


REPORT = pd.DataFrame(
    [
        *(("labels", f"{label} (clause)", share, None, None, 14, 6, "")
          for label, share in zip(tables.LABELS, (0.4, 0.2, 0.2, 0.1, 0.1), strict=True)),
        ("share", "sentences resampled", 0.7, 0.29, 1.0, 14, 6, ""),
        ("share", "documents resampled", None, None, None, 14, 0, "no unit is labelled 'reopening', so"),
        ("term", "without 六稳", 0.74, None, None, None, None, "1 free"),
    ],
    columns=["section", "name", "value", "low", "high", "n_target", "n_reference", "note"],
)  # fmt: skip


def notes(ax) -> list[str]:
    return [text.get_text() for text in ax.texts]


def test_the_balance_prints_every_number_and_says_what_was_refused(ax):
    glossary = pd.DataFrame({"term": ["六稳"], "gloss_en": ["six stabilities"]})
    draw.plot_balance(REPORT, sections=["labels", "share", "term"], glossary=glossary, ax=ax)
    assert "0.70  (0.29 to 1.00)  14 : 6" in notes(ax)
    assert "refused: no unit is labelled 'reopening'" in notes(ax)
    assert {"40%", "20%"} <= set(notes(ax))
    names = [tick.get_text().replace("\n", " ") for tick in ax.get_yticklabels()]
    assert names[-2:] == ["… without one term", "六稳 six stabilities"]


def test_the_line_of_balance_crosses_shares_only(ax):
    draw.plot_balance(REPORT, sections=["labels", "share", "term"], ax=ax)
    # heading, bar, heading, two shares, heading, one term
    dashed = [line for line in ax.lines if list(line.get_xdata()) == [0.5, 0.5]]
    assert [list(line.get_ydata()) for line in dashed] == [[2.55, 4.45], [5.55, 6.45]]


def test_the_rows_of_the_report_are_named_without_jargon(ax):
    report = REPORT.replace({"name": {"sentences resampled": "clauses, sentences resampled"}})
    draw.plot_balance(report, sections=["share"], ax=ax)
    names = [tick.get_text().replace("\n", " ") for tick in ax.get_yticklabels()]
    assert names[1:] == ["clauses labelled, sentences drawn again", "documents resampled"]


def test_the_bars_of_labels_fill_the_whole(ax):
    draw.plot_balance(REPORT, sections=["labels"], ax=ax)
    assert sum(patch.get_width() for patch in ax.patches) == pytest.approx(1.0)


def test_a_section_that_is_not_there_is_named(ax):
    with pytest.raises(ValueError, match="no section 'group'; it has labels, share, term"):
        draw.plot_balance(REPORT, sections=["group"], ax=ax)


def test_the_placebo_panel_shows_the_medians(ax):
    placebo = pd.DataFrame(
        {"largest": [9.0, 8, 10], "largest_guarded": [5.0, 6, 7], "largest_shuffled": [5.0, 4, 4],
         "share_own": 0.4}
    )  # fmt: skip
    draw.plot_placebo(placebo, ax=ax)
    assert notes(ax) == [
        "3.84: the 5 % limit for one word", "median 9.0", "median 6.0", "median 4.0",
    ]  # fmt: skip
    # Blue and orange mean prevention and reopening everywhere else.
    assert len({patch.get_facecolor() for patch in ax.patches}) == 1


def test_the_evaluation_shows_one_mark_per_way_and_label(ax):
    scores = pd.DataFrame(
        [(way, label, 30, f1) for way, f1 in (("lexicon", 0.8), ("substrings", 0.6))
         for label in (*tables.LABELS, "mean")],
        columns=["way", "label", "n", "f1"],
    )  # fmt: skip
    draw.plot_evaluation(scores, ax=ax)
    assert notes(ax)[0] == ".80  .60   n = 30"
    assert not ax.collections
    with_intervals = scores.assign(f1_low=scores["f1"] - 0.1, f1_high=scores["f1"] + 0.1)
    draw.plot_evaluation(with_intervals, ax=ax)
    lines = [tuple(line[:, 0].round(1)) for line in ax.collections[0].get_segments()]
    assert lines == [(0.7, 0.9)] * 6
    with pytest.raises(ValueError, match="a label twice for one way"):
        draw.plot_evaluation(pd.concat([scores, scores]), ax=ax)


def test_the_simulation_charts_draw_the_stored_tables():
    folder = paths.DATA / "simulation"
    coverage = pd.read_csv(folder / "coverage.csv", encoding="utf-8")
    power = pd.read_csv(folder / "power.csv", encoding="utf-8")
    false = pd.read_csv(folder / "false_positives.csv", encoding="utf-8")
    ax = draw.plot_coverage(coverage, rho=0.3, ax=Figure().subplots())
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [
        "sentences drawn again", "documents drawn again", "t interval of documents",
    ]  # fmt: skip
    with pytest.raises(ValueError, match="no rho 0.5; it has 0.0, 0.1, 0.3"):
        draw.plot_coverage(coverage, rho=0.5, ax=Figure().subplots())
    ax = draw.plot_power(power, ax=Figure().subplots())
    assert "no difference" in notes(ax)
    # The colours of the categories mean those, and a difference is none of them.
    assert {text.get_color() for text in ax.texts} == {style.INK, style.PLAIN}
    ends = power.sort_values("n_documents").groupby("difference")["power"].last()
    assert [text.xy[1] for text in ax.texts] == ends.tolist()
    heights = sorted(text.xyann[1] for text in ax.texts)
    assert min(b - a for a, b in zip(heights, heights[1:], strict=False)) > 0.06
    ax = draw.plot_false_positives(false, ax=Figure().subplots())
    assert len(ax.patches) == len(false)
    rows = [tick.get_text().replace("\n", " ").split(", ", 1) for tick in ax.get_yticklabels()]
    names = {words: [row for first, row in rows if first == words] for words, _ in rows}
    assert names["independent words"] == names["words in bursts"]
    assert names["words in bursts"][-1] == "documents shuffled; groups by an outside rule"
