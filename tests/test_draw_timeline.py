"""Charts over time: gaps stay gaps, nothing covers anything, every number is the table's."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from matplotlib.text import Text
from test_draw import legend_names, outside, overlapping, row_names, written

from helpers import draw, style, timeline
from helpers.drawing.draw import time_axis

DAY = pd.Timedelta(days=1)
LONG_FORM = "在常态化疫情防控条件下全面推进复工复产达产和经济社会发展各项工作并确保人民群众安全健康"


@pytest.fixture(autouse=True)
def themed(theme):
    """Every picture here is drawn in the suite's theme."""


def shares_of(groups, *, n=22, first="2019-12-30", days=7, gaps=()):
    """Made-up shares by period with Wilson-like bands; `gaps` are the periods without documents."""
    generator = np.random.default_rng(2020)
    start = pd.date_range(first, periods=n, freq=f"{days}D")
    n_documents = generator.integers(20, 200, n)
    n_documents[list(gaps)] = 0
    tables_of_groups = []
    for group in groups:
        share = np.where(n_documents > 0, generator.uniform(0, 0.8, n), np.nan)
        tables_of_groups.append(
            pd.DataFrame(
                {"period": start.strftime("%Y-%m-%d"), "start": start,
                 "end": start + pd.Timedelta(days=days - 1), "group": group,
                 "n_documents": n_documents, "n_with": 5, "share": share, "low": share * 0.8,
                 "high": share * 1.2, "n": 9, "n_han": 9000, "rate": share * 4,
                 "rate_low": share * 3, "rate_high": share * 5}
            )
        )  # fmt: skip
    return pd.concat(tables_of_groups, ignore_index=True)


PHASES = pd.DataFrame(
    [
        ("P0", None, "2019-12-26", "vocabulary older than COVID"),
        ("P1", "2019-12-27", "2020-01-19", "first response"),
        ("P2", "2020-01-20", "2020-02-20", "emergency"),
        ("P3", "2020-02-21", "2020-03-17", "control and resumption in parallel"),
        ("P4", "2020-03-18", "2020-04-28", "import and rebound"),
        ("P5", "2020-04-29", None, "routine control"),
    ],
    columns=["code", "start", "end", "name_en"],
)
PHASES = PHASES.assign(
    start=pd.to_datetime(PHASES["start"]), end=pd.to_datetime(PHASES["end"]), name_zh="", source=""
)
POINTS = pd.DataFrame(
    {
        "date": pd.to_datetime(["2020-01-23", "2020-02-10", "2020-03-23", "2022-12-07"]),
        "scope": ["Guangdong", "Guangzhou", "nation", "nation"],
        "name_en": ["Level I", "resumption", "外防输入、内防反弹 named", "New Ten"],
        "name_zh": "",
        "source": "",
        "confidence": ["high", "low", "medium", "high"],
    }
)
DAYS = pd.date_range("2020-01-01", "2020-12-31")
SERIES = pd.concat(
    [
        pd.DataFrame({"series": name, "place": place, "date": DAYS, "value": value})
        for name, place, value in (
            ("stringency", "Guangdong", 71.3),
            ("stringency", "China, strictest place", 71.9),
            ("new cases", "Guangdong", 1200.0),
        )
    ],
    ignore_index=True,
)
GROUPS = ["prevention", "reopening", "prevention and reopening"]
SHARES = shares_of(GROUPS, gaps=(4, 6))
CHANGES = pd.DataFrame(
    {
        "period": ["2020-02-24", "2020-04-13"],
        "start": pd.to_datetime(["2020-02-24", "2020-04-13"]),
        "early": pd.to_datetime(["2020-02-17", None]),
        "late": pd.to_datetime(["2020-03-02", None]),
        "support": [0.92, 0.4],
        "share_before": [0.1, 0.5],
        "share_after": [0.5, 0.3],
        "n_resamples": 500,
    }
)
LAGS = pd.DataFrame(
    {
        "on": np.repeat(["levels", "changes"], 13),
        "lag": np.tile(np.arange(-6, 7), 2),
        "n": np.tile(22 - np.abs(np.arange(-6, 7)), 2),
        "n_effective": np.repeat([5.0, 16.0], 13),
        "correlation": np.linspace(-0.8, 0.8, 26),
        "low": np.linspace(-0.95, 0.5, 26),
        "high": np.linspace(-0.5, 0.95, 26),
    }
)
WEEKS = pd.date_range("2020-03-02", periods=6, freq="7D")
REPLACEMENT = pd.DataFrame(
    {
        "start": WEEKS,
        "end": WEEKS + pd.Timedelta(days=6),
        "n_old": [9, 8, 0, 4, 1, 0],
        "n_new": [0, 1, 0, 5, 9, 7],
        "n_both": [0, 1, 0, 2, 0, 0],
        "share_new": [0, 1 / 8, np.nan, 5 / 7, 0.9, 1],
        "low": [0, 0.1, np.nan, 0.4, 0.6, 0.7],
        "high": [0.2, 0.5, np.nan, 0.9, 1, 1],
    }
)
SPANS = pd.DataFrame(
    {
        "form": ["内防反弹", "内防扩散", "动态清零", "14+7"],
        "family": ["strategy", "strategy", "zero", "zero"],
        "n_documents": [1480, 12, 1, 0],
        "n": [2000, 20, 1, 0],
        "n_free": [200, 20, 1, 0],
        "first": pd.to_datetime(["2020-03-24", "2020-02-24", "2022-05-01", None]),
        "last": pd.to_datetime(["2022-12-01", "2020-03-20", "2022-05-01", None]),
        "peak": ["2022-04", "2020-03", "2022-05", np.nan],
        "peak_share": [0.2, 0.5, 1, np.nan],
    }
)
EVIDENCE = pd.DataFrame(
    {
        "doc_id": "seed",
        "form": ["新冠肺炎", "二级响应", "内防扩散", "六稳"],
        "n": [3, 1, 1, 1],
        "not_before": pd.to_datetime(["2020-02-08", "2020-02-24", None, "2018-07-31"]),
        "not_after": pd.to_datetime([None, "2020-05-09", "2020-03-23", "2020-04-17"]),
        "scope": ["nation", "Guangdong", "nation", "nation"],
        "basis": "notice",
        "confidence": ["high", "high", "high", "high"],
        "end_confidence": ["", "high", "medium", "low"],
        "without": ["", "", "外防输入、内防反弹/内防反弹", "六保"],
    }
)
DATES = pd.DataFrame(
    {
        "doc_id": ["seed"],
        "not_before": pd.to_datetime(["2020-02-24"]),
        "not_after": pd.to_datetime(["2020-03-23"]),
        "n_days": pd.array([29], dtype="Int64"),
        "n_evidence": [4],
        "problem": [""],
    }
)
CONTRADICTED = DATES.assign(
    not_before=pd.NaT, not_after=pd.NaT, n_days=pd.array([pd.NA], dtype="Int64"),
    problem="二级响应 (from 2020-02-24) against 六稳 (until 2019-12-31), two lines that cannot both "
    "hold for one and the same document",
)  # fmt: skip
GLOSSARY = pd.DataFrame(
    {
        "term": ["内防扩散", "内防反弹", "六稳", "疫情防控", LONG_FORM],
        "gloss_en": ["prevent spread at home", "prevent rebound at home", "six stabilities",
                     "epidemic prevention and control", "advance all work under routine control"],
    }
)  # fmt: skip


def plot_whole(shares, **options):
    return draw.plot_shares_over_time(
        shares, groups=GROUPS, phases=PHASES, turning_points=POINTS, series=SERIES, **options
    )


def plot_changes(shares, **options):
    return draw.plot_change_points(shares, CHANGES, group="reopening", **options)


def plot_dates(evidence, **options):
    return draw.plot_dating(evidence, DATES, truth="2020-02-26", glossary=GLOSSARY, **options)


PLOTS = {
    "shares over time": (plot_whole, SHARES),
    "change points": (plot_changes, SHARES),
    "lags": (draw.plot_lags, LAGS),
    "replacement": (
        lambda replacement, **options: draw.plot_replacement(
            replacement, names=("内防扩散", "内防反弹"), glossary=GLOSSARY, turning_points=POINTS,
            **options,
        ),
        REPLACEMENT,
    ),
    "spans": (
        lambda spans, **options: draw.plot_spans(spans, glossary=GLOSSARY, **options), SPANS,
    ),
    "dating": (plot_dates, EVIDENCE),
}  # fmt: skip
TAKES_AXES = ("change points", "lags", "spans", "dating")


def labels_of(figure):
    return [text.get_text() for ax in figure.axes for text in ax.texts]


def lines_of_colour(ax, colour):
    return [line for line in ax.lines if to_hex(line.get_color()) == colour]


# --- what every chart keeps -------------------------------------------------------------------


@pytest.mark.parametrize("size", style.SIZES)
@pytest.mark.parametrize("name", PLOTS)
def test_texts_neither_overlap_nor_leave_the_page(name, size):
    style.set_theme(size=size)
    plot, table = PLOTS[name]
    ax = plot(
        table,
        title="统筹推进 both at once, a finding of such a length that it may take a second line or not",
    )
    style.caption(ax, "Made up for the tests; bands are 95 % intervals; n stands below. " * 3)
    assert overlapping(ax.figure) == []
    assert outside(ax.figure) == []


@pytest.mark.parametrize("name", PLOTS)
def test_leaves_the_table_alone_and_has_a_title_of_its_own(name):
    plot, table = PLOTS[name]
    before = table.copy(deep=True)
    ax = plot(table)
    assert ax.get_title(loc="left")
    pd.testing.assert_frame_equal(table, before)


@pytest.mark.parametrize("name", TAKES_AXES)
def test_draws_into_the_given_axes(name):
    plot, table = PLOTS[name]
    ax = Figure(figsize=(9, 6)).subplots()
    assert plot(table, ax=ax, title="a finding") is ax
    assert plt.get_fignums() == []
    assert ax.get_title(loc="left") == "a finding"


@pytest.mark.parametrize("name", PLOTS)
def test_an_empty_table_is_an_error(name):
    plot, table = PLOTS[name]
    with pytest.raises(ValueError, match="table is empty, there is nothing to draw; look at"):
        plot(table.head(0))
    assert plt.get_fignums() == []


REQUIRED = {
    "shares over time": ["period", "start", "end", "group", "n_documents", "share", "low", "high"],
    "change points": ["start", "end", "group", "share", "low", "high"],
    "lags": ["on", "lag", "n", "n_effective", "correlation", "low", "high"],
    "replacement": ["start", "end", "n_old", "n_new", "n_both", "share_new", "low", "high"],
    "spans": ["form", "family", "n_documents", "first", "last", "peak"],
    "dating": ["doc_id", "form", "not_before", "not_after", "scope", "confidence"],
}


@pytest.mark.parametrize(
    ("name", "column"), [(name, column) for name, listed in REQUIRED.items() for column in listed]
)
def test_a_missing_column_is_named_with_its_maker(name, column):
    plot, table = PLOTS[name]
    with pytest.raises(ValueError, match=f"has no column '{column}'; (make it with|it comes from)"):
        plot(table.drop(columns=column))
    assert plt.get_fignums() == []


@pytest.mark.parametrize(
    ("name", "column"),
    [("shares over time", "start"), ("replacement", "end"), ("spans", "first"),
     ("dating", "not_before")],
)  # fmt: skip
def test_dates_that_came_as_text_are_refused_with_the_cure(name, column):
    plot, table = PLOTS[name]
    with pytest.raises(
        ValueError, match=f"column '{column}' of the .* holds no dates.*to_datetime"
    ):
        plot(table.assign(**{column: table[column].astype(str)}))


# --- shares over time -------------------------------------------------------------------------


def test_no_line_crosses_a_period_without_documents():
    ax = draw.plot_shares_over_time(SHARES, groups=["prevention"])
    drawn = lines_of_colour(ax, style.PALETTE["prevention"])
    assert [len(line.get_xdata()) for line in drawn] == [4, 1, 15]
    rows = SHARES[SHARES["group"] == "prevention"].dropna(subset=["share"])
    heights = np.concatenate([line.get_ydata() for line in drawn])
    assert heights == pytest.approx(rows["share"].to_numpy())
    middle = date2num(rows["start"].iloc[0]) + 3.5
    assert drawn[0].get_xdata()[0] == pytest.approx(middle)


def test_a_period_left_out_of_the_table_is_a_gap_too():
    rows = SHARES[SHARES["start"] != pd.Timestamp("2020-04-06")]
    ax = draw.plot_shares_over_time(rows, groups=["prevention"])
    drawn = lines_of_colour(ax, style.PALETTE["prevention"])
    assert [len(line.get_xdata()) for line in drawn] == [4, 1, 7, 7]


def test_a_period_that_stands_alone_keeps_its_interval():
    ax = draw.plot_shares_over_time(SHARES, groups=["prevention"])
    alone = SHARES[SHARES["group"] == "prevention"].iloc[5]
    stems = [segment for lines in ax.collections if hasattr(lines, "get_segments")
             for segment in lines.get_segments()]  # fmt: skip
    assert stems[0][:, 1] == pytest.approx([alone["low"], alone["high"]])


def test_the_panels_share_one_time_axis_and_each_has_its_own_scale():
    figure = plot_whole(SHARES).figure
    assert [ax.get_ylabel() for ax in figure.axes] == [
        "share of documents", "stringency index (0 to 100)", "new confirmed cases per day",
        "documents per week",
    ]  # fmt: skip
    assert len({ax.get_xlim() for ax in figure.axes}) == 1
    assert figure.axes[1].get_ylim() == (0, 105)
    places = [ax.get_position().bounds for ax in figure.axes]
    assert len({round(x, 6) for x, *_ in places}) == 1, "a second axes on the same panel"
    assert sorted((y for _, y, *_ in places), reverse=True) == [y for _, y, *_ in places]


def test_the_volume_is_counted_once_whatever_the_groups():
    bars = plot_whole(SHARES).figure.axes[-1].patches
    heights = [
        bar.get_height() for bar in bars if hasattr(bar, "get_width") and bar.get_width() == 7
    ]
    expected = SHARES[SHARES["group"] == "prevention"]["n_documents"]
    assert heights == expected.tolist()


def test_categories_keep_their_colour_and_names_stand_at_the_line_end():
    ax = draw.plot_shares_over_time(SHARES, groups=GROUPS[:2])
    found = {text.get_text(): to_hex(text.get_color()) for text in ax.texts}
    assert found == {
        "prevention\n疫情防控": style.PALETTE["prevention"],
        "reopening\n复工复产": style.PALETTE["reopening"],
    }


def test_a_term_carries_its_gloss_and_its_category():
    shares = shares_of(["疫情防控", "新词"])
    ax = draw.plot_shares_over_time(
        shares,
        groups=["疫情防控", "新词"],
        glossary=GLOSSARY,
        category_of={"疫情防控": "prevention"},
    )
    assert written(ax) == ["疫情防控\nepidemic prevention and\ncontrol", "新词\n(no gloss)"]
    assert to_hex(ax.texts[0].get_color()) == style.PALETTE["prevention"]
    assert to_hex(ax.texts[1].get_color()) not in (
        style.PALETTE[label] for label in ("prevention", "reopening", "coupling", "governance")
    )


def test_the_rate_is_drawn_in_its_own_columns():
    ax = draw.plot_shares_over_time(SHARES, groups=["reopening"], value="rate")
    first = SHARES[SHARES["group"] == "reopening"].iloc[0]
    assert lines_of_colour(ax, style.PALETTE["reopening"])[0].get_ydata()[0] == first["rate"]
    assert ax.get_ylabel() == "mentions per 1,000 Han characters"


def test_phases_are_named_above_or_in_the_key():
    texts = labels_of(plot_whole(SHARES).figure)
    assert "P4 import and rebound" in texts
    assert any(text.replace("\n", " ") == "P3 control and resumption in parallel" for text in texts)
    assert not any("vocabulary older" in text for text in texts), "P0 ends before the first week"
    years = shares_of(["prevention"], n=48, days=30, first="2019-06-01")
    texts = labels_of(
        draw.plot_shares_over_time(years, groups=["prevention"], phases=PHASES).figure
    )
    assert {"P1", "P2", "P3", "P4"} <= set(texts)
    assert "control and resumption in parallel" in texts, "no room above: it stands in the key"


def test_turning_points_are_numbered_dashed_where_unsure_and_counted_where_outside():
    figure = plot_whole(SHARES).figure
    texts = labels_of(figure)
    assert {"1", "2", "3"} <= set(texts)
    assert "4" not in texts
    assert "23 Jan 2020, Guangdong: Level I" in texts
    assert any("10 Feb 2020, Guangzhou: resumption (day uncertain)" in text for text in texts)
    assert "not drawn, outside these dates: 1 more" in texts
    for ax in figure.axes:
        marks = {
            float(line.get_xdata()[0]): line.get_linestyle()
            for line in ax.lines
            if len(line.get_xdata()) == 2 and line.get_xdata()[0] == line.get_xdata()[1]
        }
        assert marks == {
            float(date2num(day)): style_of
            for day, style_of in zip(POINTS["date"][:3], ("-", "--", "-"), strict=True)
        }


def test_numbers_stand_over_their_lines_and_rise_only_where_they_would_touch():
    crowded = POINTS.assign(date=pd.to_datetime(["2020-01-23", "2020-01-24", "2020-03-23", None]))
    ax = draw.plot_shares_over_time(
        SHARES, groups=["prevention"], turning_points=crowded.dropna(subset=["date"])
    )
    ax.figure.draw_without_rendering()
    numbers = {t.get_text(): Text.get_window_extent(t) for t in ax.texts if t.get_text() in "123"}
    top = ax.get_window_extent().y1
    for number, day in zip("123", crowded["date"], strict=False):
        place = ax.transData.transform((date2num(day), 0))[0]
        assert abs((numbers[number].x0 + numbers[number].x1) / 2 - place) < 1
    assert numbers["1"].y0 == numbers["3"].y0 < top + 12
    assert numbers["1"].y1 < numbers["2"].y0 + 2 < numbers["1"].y1 + 12


def test_phases_of_different_length_are_steps_not_slopes():
    phases = PHASES.iloc[1:5]
    shares = pd.DataFrame(
        {"period": phases["code"], "start": phases["start"], "end": phases["end"],
         "group": "reopening", "n_documents": 50, "share": [0.1, 0.2, 0.5, 0.4], "low": 0.05,
         "high": 0.6}
    ).assign(end=lambda t: t["end"].where(t["period"] != "P4", pd.Timestamp("2020-12-31")))  # fmt: skip
    ax = draw.plot_shares_over_time(shares, groups=["reopening"])
    steps = lines_of_colour(ax, style.PALETTE["reopening"])
    assert [tuple(line.get_ydata()) for line in steps] == [(v, v) for v in shares["share"]]
    assert steps[0].get_xdata()[1] == date2num(shares["end"].iloc[0] + DAY)


def test_a_series_holds_its_value_and_stops_where_it_stops():
    series = SERIES[(SERIES["series"] == "new cases") & (SERIES["date"] != "2020-03-01")]
    panel = draw.plot_shares_over_time(SHARES, groups=["prevention"], series=series).figure.axes[1]
    steps = [line for line in panel.lines if line.get_drawstyle() == "steps-post"]
    assert [float(line.get_xdata()[-1]) for line in steps] == [
        date2num(pd.Timestamp("2020-03-01")), date2num(pd.Timestamp("2020-06-01")),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("shares", "options", "message"),
    [
        (SHARES, {"groups": ["economy"]}, "no group 'economy'; it has prevention, reopening"),
        (SHARES, {"groups": "prevention"}, "groups must be a list"),
        (SHARES, {"groups": []}, "groups must be a list"),
        (SHARES, {"groups": GROUPS, "value": "n"}, "value is 'n'; it must be one of share, rate"),
        (pd.concat([SHARES, SHARES]), {"groups": GROUPS}, "has the period '2019-12-30' twice"),
        (SHARES.assign(share=np.nan), {"groups": GROUPS}, "'prevention' has no share in any of its"),
        (SHARES.assign(end=pd.NaT), {"groups": GROUPS}, "'end' .* no date in 66 of 66 rows"),
        (shares_of("abcdefghi"), {"groups": list("abcdefghi")}, "9 groups .* at most 8"),
        (SHARES, {"groups": GROUPS, "series": SERIES.assign(date=SERIES["date"] + 730 * DAY)},
         "'stringency' .31 Dec 2021 to 31 Dec 2022. has no value between 30 Dec 2019 and 31 May 2020"),
        (SHARES, {"groups": GROUPS, "series": pd.concat([SERIES, SERIES])}, "1 Jan 2020 twice for"),
        (SHARES, {"groups": GROUPS, "turning_points": POINTS.assign(date=pd.NaT)}, "no date in 4 of 4"),
        (SHARES, {"groups": GROUPS, "phases": PHASES.drop(columns="code")}, "no column 'code'"),
    ],
)  # fmt: skip
def test_shares_over_time_refuses(shares, options, message):
    with pytest.raises(ValueError, match=message):
        draw.plot_shares_over_time(shares, **options)
    assert plt.get_fignums() == []


MANY_POINTS = pd.concat([POINTS.iloc[:3]] * 10, ignore_index=True).assign(
    date=pd.date_range("2020-01-03", periods=30, freq="5D")
)
HOSTILE = {
    "one period": (shares_of(GROUPS, n=1), {}),
    "one day": (shares_of(GROUPS, n=1, days=1, first="2020-02-26"), {}),
    "150 periods": (shares_of(GROUPS, n=150, gaps=range(40, 60)), {}),
    "150 days": (shares_of(GROUPS, n=150, days=1), {"turning_points": MANY_POINTS}),
    "every second period a gap": (shares_of(GROUPS, gaps=range(0, 22, 2)), {}),
    "no intervals": (SHARES.assign(low=np.nan, high=np.nan), {}),
    "all zero": (SHARES.assign(share=0.0, low=0.0, high=0.0), {}),
    "30 turning points": (SHARES, {"turning_points": MANY_POINTS}),
    "30 turning points of one day": (
        SHARES, {"turning_points": MANY_POINTS.assign(date=pd.Timestamp("2020-02-24"))},
    ),
    "equal ends": (SHARES.assign(share=SHARES["n_documents"].gt(0) * 0.4), {}),
    "decades": (shares_of(GROUPS, n=60, days=365, first="1954-01-01"), {}),
    "strange names": (
        shares_of(["$a$ <b>", LONG_FORM, "x" * 40]),
        {"groups": ["$a$ <b>", LONG_FORM, "x" * 40], "glossary": GLOSSARY},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_shares_are_drawn_without_a_collision(name):
    style.set_theme(size="page")  # the narrowest of the three
    shares, options = HOSTILE[name]
    options = {"groups": GROUPS, "phases": PHASES, "turning_points": POINTS, **options}
    ax = draw.plot_shares_over_time(shares, **options)
    style.caption(ax, "A line of source.")
    assert overlapping(ax.figure) == []
    assert outside(ax.figure) == []


def test_eight_groups_that_end_together_keep_their_names_apart():
    groups = ["prevention", "reopening", "coupling", "governance", "a", "b", "c", "d"]
    shares = shares_of(groups).assign(share=0.4)
    ax = draw.plot_shares_over_time(shares, groups=groups)
    assert overlapping(ax.figure) == []
    assert len(written(ax)) == 8


def test_names_stay_in_the_order_of_the_lines():
    shares = shares_of(["a", "b", "c"]).assign(
        share=lambda t: t["group"].map({"a": 0.10, "b": 0.12, "c": 0.11})
    )
    ax = draw.plot_shares_over_time(shares, groups=["a", "b", "c"])
    ax.figure.draw_without_rendering()
    heights = {text.get_text(): text.get_window_extent().y0 for text in ax.texts}
    assert sorted(heights, key=heights.get) == ["a", "c", "b"]


# --- ticks ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "last", "names"),
    [
        ("2020-02-26", "2020-02-26", ["26 Feb\n2020"]),
        ("2020-02-24", "2020-03-01", ["24 Feb\n2020", "25 Feb", "26 Feb", "27 Feb", "28 Feb",
                                      "29 Feb", "1 Mar"]),
        ("2019-11-15", "2020-03-01", ["Dec\n2019", "Jan\n2020", "Feb", "Mar"]),
        ("2019-12-27", "2023-03-31", ["Jan\n2020", "Jul", "Jan\n2021", "Jul", "Jan\n2022", "Jul",
                                      "Jan\n2023"]),
        ("2012-01-01", "2023-03-31", ["2012", "2014", "2016", "2018", "2020", "2022"]),
        ("1954-01-01", "2023-03-31", ["1960", "1970", "1980", "1990", "2000", "2010", "2020"]),
    ],
)  # fmt: skip
def test_dates_are_named_by_what_fits(first, last, names):
    ticks = time_axis.date_ticks(pd.Timestamp(first), pd.Timestamp(last))
    assert [name for _, name in ticks] == names
    assert all(pd.Timestamp(first) <= day <= pd.Timestamp(last) for day, _ in ticks)


@pytest.mark.parametrize(
    ("wanted", "heights"),
    [([5.0] * 4, [1.0] * 4), ([0.0, 0.1, 9.9, 10.0], [2.0] * 4), ([9.0, 1.0], [3.0, 1.0])],
)
def test_boxes_are_apart_and_inside(wanted, heights):
    centres = time_axis.apart(wanted, heights, 0, 10)
    boxes = sorted((c - h / 2, c + h / 2) for c, h in zip(centres, heights, strict=True))
    assert boxes[0][0] >= 0
    assert boxes[-1][1] <= 10
    assert all(b[0] >= a[1] - 1e-9 for a, b in zip(boxes, boxes[1:], strict=False))


# --- change points and lags -------------------------------------------------------------------


def test_a_change_point_has_its_line_its_box_and_its_support():
    ax = plot_changes(SHARES)
    assert "24 Feb 2020\nin 92% of resamples" in written(ax)
    assert "13 Apr 2020\nin 40% of resamples" in written(ax)
    boxes = [patch for patch in ax.patches if to_hex(patch.get_facecolor()) == style.SHADE]
    assert len(boxes) == 1, "the second change has no interval"
    assert boxes[0].get_x() == date2num(pd.Timestamp("2020-02-17"))
    assert boxes[0].get_x() + boxes[0].get_width() == date2num(pd.Timestamp("2020-03-09"))
    levels = CHANGES.iloc[0][["share_before", "share_after"]].tolist()
    heights = [boxes[0].get_y(), boxes[0].get_y() + boxes[0].get_height()]
    assert heights == pytest.approx(sorted(levels)), "boxes of two changes do not cover each other"
    lines = [line for line in ax.lines if to_hex(line.get_color()) == style.INK]
    assert [float(line.get_xdata()[0]) for line in lines] == date2num(CHANGES["start"]).tolist()


def test_no_change_is_said():
    ax = draw.plot_change_points(SHARES, CHANGES.head(0), group="reopening")
    assert ax.get_xlabel() == "no change of level found"
    assert "no change point" in ax.get_title(loc="left")


def test_change_points_of_another_frequency_are_refused():
    moved = CHANGES.assign(start=CHANGES["start"] + DAY)
    with pytest.raises(ValueError, match="25 Feb 2020 is no period of the shares"):
        draw.plot_change_points(SHARES, moved, group="reopening")
    with pytest.raises(ValueError, match="no column 'support'"):
        draw.plot_change_points(SHARES, CHANGES.drop(columns="support"), group="reopening")


def test_change_points_of_the_room_are_drawn():
    weeks = pd.date_range("2020-01-06", periods=10, freq="7D")
    n_with = np.array([5, 6, 4, 5, 50, 52, 49, 51, 50, 48])
    shares = pd.DataFrame(
        {"period": weeks.strftime("%Y-%m-%d"), "start": weeks, "end": weeks + 6 * DAY,
         "group": "a", "n_documents": 100, "n_with": n_with, "share": n_with / 100,
         "low": 0.01, "high": 0.7}
    )  # fmt: skip
    changes = timeline.find_change_points(shares, group="a", n_resamples=100)
    ax = draw.plot_change_points(shares, changes, group="a")
    assert written(ax)[-1].startswith("3 Feb 2020\nin ")


def test_lags_show_both_kinds_with_what_their_n_is_worth():
    ax = draw.plot_lags(LAGS)
    assert legend_names(ax) == ["levels: n 16 to 22, effective 5.0",
                                "changes: n 16 to 22, effective 16.0"]  # fmt: skip
    assert [len(line.get_xdata()) for line in ax.lines if line.get_marker() in "so"][:2] == [13, 13]
    assert ax.get_ylim() == (-1.05, 1.05)
    bare = draw.plot_lags(LAGS.assign(low=np.nan, high=np.nan, n_effective=np.nan))
    assert legend_names(bare)[0] == "levels: n 16 to 22, effective unknown"


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({}, "lag in periods; above 0: the first series later than the second"),
        ({"period": "week", "names": ("words", "measures")},
         "lag in weeks; above 0: words later than measures"),
    ],
)  # fmt: skip
def test_the_axis_of_lags_says_what_a_lag_is_and_who_comes_later(options, name):
    assert draw.plot_lags(LAGS, **options).get_xlabel() == name


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"period": "weeks"}, "period is 'weeks'; it must be one of day, week, month, period"),
        ({"period": 7}, "period is 7"),
        ({"names": "ab"}, "names must be those of the two series"),
        ({"names": ("words", None)}, "names must be those of the two series"),
    ],
)
def test_an_odd_name_of_a_lag_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        draw.plot_lags(LAGS, **options)


@pytest.mark.parametrize(
    ("lags", "message"),
    [
        (LAGS.assign(on="ranks"), "holds 'ranks'; it may be 'levels' or 'changes'"),
        (pd.concat([LAGS, LAGS]), "has a lag twice"),
    ],
)
def test_lags_refuse(lags, message):
    with pytest.raises(ValueError, match=message):
        draw.plot_lags(lags)


# --- formulations -----------------------------------------------------------------------------


def test_replacement_splits_the_documents_and_leaves_the_gap():
    ax = PLOTS["replacement"][0](REPLACEMENT)
    counts = ax.figure.axes[1]
    bars = [bar.get_height() for container in counts.containers for bar in container]
    assert bars == [9, 7, 0, 2, 1, 0, 0, 1, 0, 2, 0, 0, 0, 0, 0, 3, 9, 7]
    lines = [line for line in ax.lines if line.get_marker() == "o"]
    assert [len(line.get_xdata()) for line in lines] == [2, 3]
    assert legend_names(counts) == [
        "内防扩散 prevent spread at home alone", "both", "内防反弹 prevent rebound at home alone",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("replacement", "options", "message"),
    [
        (REPLACEMENT.assign(share_new=np.nan), {}, "no document with either form"),
        (pd.concat([REPLACEMENT, REPLACEMENT]), {}, "the period of 2 Mar 2020 twice"),
        (REPLACEMENT.assign(n_both=5), {}, "n_old and n_new count n_both too"),
        (REPLACEMENT, {"names": "内防反弹"}, "the old and the new form, two names"),
    ],
)
def test_replacement_refuses(replacement, options, message):
    with pytest.raises(ValueError, match=message):
        draw.plot_replacement(replacement, **options)
    assert plt.get_fignums() == []


def test_spans_stand_under_their_family_in_order_of_first_sighting():
    known = pd.DataFrame({"form": ["内防反弹"], "not_before": pd.to_datetime(["2020-03-23"])})
    ax = draw.plot_spans(SPANS, formulations=known)
    assert row_names(ax) == [
        "strategy",
        "内防扩散",
        "内防反弹",
        "zero and exit",
        "动态清零",
        "14+7",
    ]
    assert written(ax) == ["", "12", "1,480", "", "1", "not sighted", "documents"]
    assert [bar.get_x() for bar in ax.patches] == date2num(
        pd.to_datetime(["2020-02-24", "2020-03-24", "2022-05-01"])
    ).tolist()
    assert ax.patches[2].get_width() == 1, "one day is one day, not nothing"
    peaks = [float(line.get_xdata()[0]) for line in ax.lines if line.get_marker() == "o"]
    assert peaks[0] == date2num(pd.Timestamp("2020-03-15")) + 0.5
    assert peaks[2] == date2num(pd.Timestamp("2022-05-02")), "inside its bar"
    ticks = [float(line.get_xdata()[0]) for line in ax.lines if line.get_marker() == "|"]
    assert ticks == [date2num(pd.Timestamp("2020-03-23"))]


@pytest.mark.parametrize(
    ("spans", "message"),
    [
        (SPANS.assign(first=pd.NaT), "none of the 4 forms of the spans table was sighted"),
        (pd.concat([SPANS, SPANS]), "has '内防反弹' twice"),
    ],
)
def test_spans_refuse(spans, message):
    with pytest.raises(ValueError, match=message):
        draw.plot_spans(spans)


def many_spans(n):
    names = [f"{LONG_FORM[: 4 + i % 36]}{i}" for i in range(n)]
    first = pd.date_range("2020-01-01", periods=n, freq="11D")
    return pd.DataFrame(
        {"form": names, "family": [f"family {i // 9}" for i in range(n)], "n_documents": 10**6,
         "first": first, "last": first + 90 * DAY, "peak": first.strftime("%Y-%m")}
    )  # fmt: skip


def test_long_forms_and_many_rows_do_not_touch():
    style.set_theme(size="page")
    ax = draw.plot_spans(many_spans(70), glossary=GLOSSARY)
    assert overlapping(ax.figure) == []
    assert outside(ax.figure) == []
    evidence = EVIDENCE.assign(form=[LONG_FORM, "$a$", "<b>", "六稳"])
    ax = plot_dates(evidence)
    assert overlapping(ax.figure) == []
    assert outside(ax.figure) == []


def test_dating_shows_the_interval_the_truth_and_each_line_of_evidence():
    ax = plot_dates(EVIDENCE)
    assert row_names(ax) == [
        "内防扩散\nprevent spread at home\nwithout 内防反弹 prevent rebound at home",
        "六稳\nsix stabilities\nwithout 六保 (no gloss)",
        "新冠肺炎\n(no gloss)", "二级响应\n(no gloss)",
    ]  # fmt: skip
    assert written(ax)[:4] == [
        "to 23 Mar 2020", "31 Jul 2018 to 17 Apr 2020", "from 8 Feb 2020",
        "24 Feb to 9 May 2020\nGuangdong",
    ]  # fmt: skip
    assert set(written(ax)[4:]) == {"24 Feb to 23 Mar 2020, 29 days", "true date 26 Feb 2020"}
    shaded = ax.patches[0]
    assert shaded.get_x() == date2num(pd.Timestamp("2020-02-24"))
    assert shaded.get_width() == 29, "both days belong to the interval"
    truth = lines_of_colour(ax, style.PALETTE["reopening"])
    assert [float(line.get_xdata()[0]) for line in truth] == [
        date2num(pd.Timestamp("2020-02-26")) + 0.5
    ]


def test_dark_bars_bind_arrows_are_open_and_dashes_are_unsure():
    ax = plot_dates(EVIDENCE)
    bars = [line for line in ax.lines if len(line.get_xdata()) == 2 and line.get_linewidth() == 4]
    binding = {to_hex(bar.get_color()) for bar in bars[:2] + bars[6:]}
    assert binding == {style.INK}, "内防扩散 gives the last day, 二级响应 the first"
    assert to_hex(bars[2].get_color()) != style.INK
    # 六稳: its end is of low confidence, its beginning high.
    assert [bar.get_linestyle() for bar in bars[2:4]] == ["-", "--"]
    arrows = [line.get_marker() for line in ax.lines if line.get_marker() in ("<", ">")]
    assert arrows == ["<", ">"]


@pytest.mark.parametrize(
    ("basis", "dashed"),
    [
        ("notice of 24 February", [False, False]),
        ("notice; day from memory, to be checked; end: notice of 9 May", [True, False]),
        ("notice; end: from memory, to be checked", [False, True]),
        ("from memory, to be checked; end: from memory", [True, True]),
    ],
)
def test_a_day_that_rests_on_memory_is_dashed(basis, dashed):
    evidence = EVIDENCE.iloc[[1]].assign(basis=basis)
    ax = plot_dates(evidence)
    bars = [line for line in ax.lines if len(line.get_xdata()) == 2 and line.get_linewidth() == 4]
    assert [bar.get_linestyle() == "--" for bar in bars] == dashed


def test_every_condition_is_named_but_those_another_includes():
    without = "新十条/乙类乙管/外防输入、内防反弹/内防反弹"
    ax = plot_dates(EVIDENCE.assign(without=["", "", without, ""]))
    (name,) = [name for name in row_names(ax) if name.startswith("内防扩散")]
    assert name.replace("\n", " ").partition(" without ")[2] == (
        "新十条 (no gloss) and without 乙类乙管 (no gloss) and without 内防反弹 prevent rebound at home"
    )


def test_contradictory_evidence_is_drawn_without_an_interval_and_says_why():
    ax = draw.plot_dating(EVIDENCE, CONTRADICTED)
    assert ax.get_xlabel().replace("\n", " ").startswith("no interval: 二级响应 (from 2020-02-24)")
    assert len(ax.patches) == 0
    assert legend_names(ax)[0] == "contradict each other"
    assert overlapping(ax.figure) == []
    assert outside(ax.figure) == []


def test_an_open_interval_reaches_the_edge():
    open_end = DATES.assign(not_after=pd.NaT, n_days=pd.array([pd.NA], dtype="Int64"))
    ax = draw.plot_dating(
        EVIDENCE.iloc[[0]], open_end.assign(not_before=EVIDENCE["not_before"][:1])
    )
    assert "from 8 Feb 2020" in written(ax)[1:]
    assert ax.patches[0].get_x() + ax.patches[0].get_width() == ax.get_xlim()[1]


@pytest.mark.parametrize(
    ("evidence", "dates", "options", "message"),
    [
        (pd.concat([EVIDENCE, EVIDENCE.assign(doc_id="other")]), DATES, {}, "hold 2 documents"),
        (EVIDENCE, DATES.assign(doc_id="other"), {}, "hold 2 documents; draw one at a time"),
        (EVIDENCE.assign(not_before=pd.NaT, not_after=pd.NaT), DATES, {}, "none of the 4 lines"),
        (EVIDENCE, DATES, {"truth": "spring"}, "truth is 'spring', which is no day"),
        (EVIDENCE, DATES.head(0), {}, "the dates table is empty"),
    ],
)
def test_dating_refuses(evidence, dates, options, message):
    with pytest.raises(ValueError, match=message):
        draw.plot_dating(evidence, dates, **options)
    assert plt.get_fignums() == []


# ---------------------------------------------------------------- hostile tables

# What is drawn of each table: its call, and a column of days, of numbers, of counts and of text.
DRAWN = {
    "shares": (lambda t: draw.plot_shares_over_time(t, groups=GROUPS), SHARES,
               ("start", "share", "n_documents", "group")),
    "change points": (lambda t: draw.plot_change_points(SHARES, t, group="reopening"), CHANGES,
                      ("start", None, "support", None)),
    "lags": (draw.plot_lags, LAGS, (None, "correlation", "n", "on")),
    "replacement": (draw.plot_replacement, REPLACEMENT, ("end", "low", "n_old", None)),
    "spans": (draw.plot_spans, SPANS, ("first", None, "n_documents", "family")),
    "evidence": (lambda t: draw.plot_dating(t, DATES), EVIDENCE,
                 ("not_before", None, None, "form")),
    "dates": (lambda t: draw.plot_dating(EVIDENCE, t), DATES,
              ("not_after", "n_days", None, "problem")),
    "phases": (lambda t: draw.plot_shares_over_time(SHARES, groups=GROUPS, phases=t), PHASES,
               ("start", None, None, "name_en")),
    "turning points": (
        lambda t: draw.plot_shares_over_time(SHARES, groups=GROUPS, turning_points=t), POINTS,
        ("date", None, None, "scope"),
    ),
    "series": (lambda t: draw.plot_shares_over_time(SHARES, groups=GROUPS, series=t), SERIES,
               ("date", "value", None, "place")),
}  # fmt: skip
KINDS = ("days", "numbers", "counts", "texts")
# What a cell of each kind may not be, and what is said of it.
NO_CELLS = {
    "days": [("x", "holds no dates"), (3, "holds no dates")],
    "numbers": [("x", "holds no numbers"), (np.inf, "no finite number"), (True, "no numbers")],
    "counts": [("x", "no numbers"), (np.nan, "number of at least 0"), (-1.0, "at least 0"),
               (np.inf, "at least 0"), (None, "no numbers")],
    "texts": [(None, "no text"), (3, "no text"), ([1], "no text")],
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "kind"),
    [(name, kind) for name in DRAWN for kind, column in zip(KINDS, DRAWN[name][2], strict=True)
     if column],
)  # fmt: skip
def test_cells_of_the_wrong_kind_are_named(name, kind):
    plot, table, columns = DRAWN[name]
    column = columns[KINDS.index(kind)]
    for cell, message in NO_CELLS[kind]:
        cells = [cell] * len(table) if isinstance(cell, list) else cell
        with pytest.raises(ValueError, match=f"'{column}' of the .* table .*{message}"):
            plot(table.assign(**{column: cells}))
    if kind == "days":
        zoned = table.assign(**{column: table[column].dt.tz_localize("UTC")})
        with pytest.raises(ValueError, match=f"'{column}' of the .* table has the time zone"):
            plot(zoned)
    with pytest.raises(ValueError, match=f"column '{column}' twice"):
        plot(pd.concat([table, table[[column]]], axis=1))
    assert plt.get_fignums() == []


@pytest.mark.parametrize("name", DRAWN)
def test_the_labels_of_the_rows_change_nothing(name):
    plot, table, _ = DRAWN[name]
    plain = labels_of(plot(table).figure)
    for other in (table.set_axis([0] * len(table)), table.rename_axis(table.columns[0])):
        assert labels_of(plot(other).figure) == plain


@pytest.mark.parametrize(
    ("plot", "message"),
    [
        (lambda: draw.plot_shares_over_time(SHARES, groups=None), "groups must be a list"),
        (lambda: draw.plot_shares_over_time(SHARES, groups=[["a"]]), "groups must be a list"),
        (lambda: draw.plot_shares_over_time(SHARES, groups=GROUPS, value=[]), "value is"),
        (lambda: draw.plot_change_points(SHARES, CHANGES, group=None), "groups must be a list"),
        (lambda: draw.plot_replacement(REPLACEMENT, names=3), "names must be the old and the new"),
        (lambda: draw.plot_replacement(REPLACEMENT, names=(None, "新")), "names must be"),
        (lambda: draw.plot_spans(SPANS.assign(last=pd.NaT)), "first day and no last one"),
        (
            lambda: draw.plot_spans(SPANS.assign(peak="spring")),
            "the peak 'spring'; a peak is a month",
        ),
        (lambda: draw.plot_spans(SPANS, formulations=3), "pandas table"),
        (lambda: draw.plot_dating(EVIDENCE.assign(without=3), DATES), "'without' .* no text"),
        (lambda: draw.plot_dating(EVIDENCE, DATES, truth=3), "truth is 3"),
        (lambda: draw.plot_dating(EVIDENCE, DATES, truth=["2020-01-01"]), "truth is"),
        (lambda: draw.plot_dating(EVIDENCE, DATES, truth=DAYS.tz_localize("UTC")[0]), "truth is"),
    ],
)
def test_hostile_options_are_refused(plot, message):
    with pytest.raises(ValueError, match=message):
        plot()
