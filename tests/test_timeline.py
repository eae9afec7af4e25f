"""Change over time: phases, shares by period, change points, lags, key words between phases."""

import numpy as np
import pandas as pd
import pytest
import ruptures
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from helpers import lexicon, measures, timeline
from helpers.comparing.timeline import changes, lags
from helpers.comparing.timeline.shares import wilson_interval
from helpers.tables import COLUMNS


def make_documents(days, **columns):
    days = pd.to_datetime(pd.Series(list(days), dtype=object), format="mixed")
    documents = pd.DataFrame(
        {"doc_id": [f"d{number}" for number in range(len(days))], "date": days, "n_han": 100}
    )
    return documents.assign(**columns)


def make_mentions(*rows):
    mentions = pd.DataFrame(rows, columns=["doc_id", "term", "category", "n", "n_free"])
    mentions.insert(3, "subcategory", mentions["category"] + "_part")
    return mentions


PREVENTION = ("疫情防控", "prevention")
REOPENING = ("复工复产", "reopening")


# --- phases -------------------------------------------------------------------------------


def test_phases_follow_each_other_without_a_day_between_or_twice():
    phases = timeline.read_phases()
    assert phases.columns.tolist() == COLUMNS["phases"]
    assert phases["code"].tolist() == [f"P{number}" for number in range(10)]
    next_day = phases["end"].iloc[:-1] + pd.Timedelta(days=1)
    assert next_day.tolist() == phases["start"].iloc[1:].tolist()
    assert phases["start"].isna().sum() == phases["end"].isna().sum() == 1


@pytest.mark.parametrize(
    ("day", "code"),
    [
        ("2008-05-12", "P0"), ("2019-12-26", "P0"), ("2019-12-27", "P1"), ("2020-01-19", "P1"),
        ("2020-01-20", "P2"), ("2020-02-20", "P2"), ("2020-02-21", "P3"), ("2020-02-26", "P3"),
        ("2020-03-17 23:59", "P3"), ("2020-03-18", "P4"), ("2020-04-29", "P5"),
        ("2021-07-20", "P6"), ("2022-03-17", "P7"), ("2022-11-10", "P8"), ("2023-01-08", "P9"),
    ],
)  # fmt: skip
def test_days_at_the_borders_fall_in_the_phase_of_the_table(day, code):
    assert timeline.label_phases(make_documents([day]))["phase"].tolist() == [code]


def test_turning_points_hold_the_dates_that_date_the_sample():
    points = timeline.read_turning_points()
    assert points.columns[: len(COLUMNS["turning points"])].tolist() == COLUMNS["turning points"]
    assert points["date"].is_monotonic_increasing and points["code"].is_unique
    on = points.set_index(["date", "scope"])["name_en"]
    assert on[pd.Timestamp("2020-02-24"), "Guangdong"].startswith("Level I to Level II")
    assert "import and rebound" in on[pd.Timestamp("2020-03-23"), "nation"]
    assert "six guarantees" in on[pd.Timestamp("2020-04-17"), "nation"]
    vague = points[points["date"] != points["until"]]
    assert vague["confidence"].tolist() == ["low"]


def test_what_is_only_remembered_says_so():
    points = timeline.read_turning_points().set_index("name_en")
    from_memory = points.index[points["source"].str.contains("from memory, to be checked")]
    assert len(from_memory) == 6
    assert "outbound routes reopened" in from_memory


def test_an_unknown_scope_is_named_with_those_there_are():
    with pytest.raises(ValueError, match="scope 'Shenzhen'; the scopes are Wuhan, nation"):
        timeline.read_turning_points("Shenzhen")


def test_labelling_leaves_the_documents_as_they_were():
    documents = make_documents(["2020-02-26"])
    before = documents.copy()
    timeline.label_phases(documents)
    pd.testing.assert_frame_equal(documents, before)


def test_undated_documents_are_counted_and_kept_on_request():
    documents = make_documents(["2020-02-26", None, None])
    with pytest.raises(ValueError, match="2 of 3 documents have no date .*'d1'.*notna"):
        timeline.label_phases(documents)
    assert timeline.label_phases(documents, undated="keep")["phase"].tolist() == ["P3", "", ""]


def test_dates_outside_phases_of_one_s_own_are_refused_with_their_number():
    own = timeline.read_phases().query("code in ['P2', 'P3']")
    documents = make_documents(["2020-01-01", "2020-02-26", "2020-12-31"])
    with pytest.raises(
        ValueError, match="2 of 3 documents lie in no phase .*2020-01-01 to 2020-12"
    ):
        timeline.label_phases(documents, phases=own)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"start": pd.Timestamp("2020-02-20")}, "P3 starts before P2 has ended"),
        ({"end": pd.Timestamp("2020-01-01")}, "P3 ends before it starts"),
        ({"code": "P2"}, "each code only once"),
    ],
)
def test_phases_that_cannot_be_are_refused(change, message):
    phases = timeline.read_phases()
    phases.loc[3, list(change)] = list(change.values())
    with pytest.raises(ValueError, match=message):
        timeline.label_phases(make_documents(["2020-02-26"]), phases=phases)


@pytest.mark.parametrize(
    ("dates", "message"),
    [
        (["2020-02-26"], "not days; convert it"),
        (pd.to_datetime(["2020-02-26"]).tz_localize("Asia/Shanghai"), "time zone Asia/Shanghai"),
    ],
)
def test_dates_that_are_no_plain_days_are_refused(dates, message):
    documents = pd.DataFrame({"doc_id": ["d"], "date": dates})
    with pytest.raises(ValueError, match=message):
        timeline.label_phases(documents)


def test_a_broken_phases_file_names_its_line(monkeypatch, tmp_path):
    path = tmp_path / "phases.csv"
    head = "kind,code,start,end,scope,name_en,name_zh,source,confidence\n"
    monkeypatch.setattr("helpers.comparing.timeline.phases._FILE", path)
    path.write_text(head + "phase,P1,2020-02-30,,nation,a,b,c,high\n", encoding="utf-8")
    with pytest.raises(ValueError, match="line 2 has the start '2020-02-30'"):
        timeline.read_phases()
    path.write_text(head + "phase,P1,,,nation,a,b,,high\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"line 2 \(P1\): .*source is filled"):
        timeline.read_phases()
    path.unlink()
    with pytest.raises(ValueError, match="does not exist"):
        timeline.read_phases()


# --- shares by period -----------------------------------------------------------------------


def shares_of(mentions, documents, **options):
    return timeline.share_by_period(mentions, documents, n_resamples=100, **options)


def test_a_week_without_documents_stays_as_a_gap():
    documents = make_documents(["2020-02-24", "2020-03-01", "2020-03-09"])
    shares = shares_of(make_mentions(("d0", *PREVENTION, 3, 2)), documents, groups=["prevention"])
    assert shares.columns.tolist() == COLUMNS["shares by period"]
    assert shares["period"].tolist() == ["2020-02-24", "2020-03-02", "2020-03-09"]
    assert shares["n_documents"].tolist() == [2, 0, 1]
    assert shares["share"].tolist()[::2] == [0.5, 0.0]
    assert shares.loc[1, ["share", "low", "high", "rate", "rate_low", "rate_high"]].isna().all()
    assert shares["end"].dt.strftime("%Y-%m-%d").tolist()[0] == "2020-03-01"


def test_by_category_free_mentions_count_and_by_term_all_of_them():
    documents = make_documents(["2020-02-24", "2020-02-25"])
    mentions = make_mentions(("d0", *PREVENTION, 3, 0), ("d1", *PREVENTION, 2, 1))
    by_category = shares_of(mentions, documents, groups=["prevention"])
    assert by_category[["n_with", "n", "rate"]].values.tolist() == [[1, 1, 5.0]]
    by_part = shares_of(mentions, documents, by="subcategory")
    assert by_part[["group", "n_with", "n"]].values.tolist() == [["prevention_part", 1, 1]]
    by_term = shares_of(mentions, documents, by="term")
    assert by_term[["group", "n_with", "n", "rate"]].values.tolist() == [["疫情防控", 2, 5, 25.0]]


def test_documents_with_both_subjects_are_a_group_of_their_own():
    documents = make_documents(["2020-02-24"] * 4)
    mentions = make_mentions(
        ("d0", *PREVENTION, 1, 1), ("d0", *REOPENING, 2, 2), ("d1", *PREVENTION, 4, 4),
        ("d2", *REOPENING, 8, 8), ("d3", *PREVENTION, 1, 1), ("d3", *REOPENING, 1, 0),
    )  # fmt: skip
    shares = shares_of(mentions, documents).set_index("group")
    assert shares["n_with"].to_dict() == {"prevention": 3, "reopening": 2, timeline.BOTH: 1}
    assert shares.loc[timeline.BOTH, "n"] == 3


def test_a_category_that_is_asked_for_and_never_mentioned_has_share_0():
    shares = shares_of(
        make_mentions(("d0", *PREVENTION, 1, 1)), make_documents(["2020-02-24"] * 2),
        groups=["reopening", timeline.BOTH],
    )  # fmt: skip
    assert shares["share"].tolist() == [0, 0]
    assert shares["rate_high"].isna().all()


def test_hits_are_counted_like_their_mentions(hits, documents):
    dated = documents.assign(date=pd.Timestamp("2020-02-26"))
    for by in ("category", "term"):
        pd.testing.assert_frame_equal(
            shares_of(hits, dated, by=by),
            shares_of(lexicon.count_mentions(hits), dated, by=by),
        )
    found = shares_of(hits, dated, by="term", groups=["疫情防控"], freq="phase")
    assert found[["period", "n", "n_han"]].values.tolist() == [["P3", 9, 1080]]


def test_one_document_has_no_bootstrap_interval():
    shares = shares_of(make_mentions(("d0", *PREVENTION, 1, 1)), make_documents(["2020-02-24"]))
    assert shares["rate_low"].isna().all()
    assert shares.loc[shares["group"] == "prevention", "rate"].tolist() == [10]


@pytest.mark.parametrize(
    ("freq", "periods"),
    [
        ("day", ["2020-01-31", "2020-02-01"]),
        ("week", ["2020-01-27"]),
        ("month", ["2020-01", "2020-02"]),
        ("year", ["2020"]),
        ("phase", ["P2"]),
    ],
)
def test_periods_are_named_by_their_frequency(freq, periods):
    documents = make_documents(["2020-01-31 23:00", "2020-02-01"])
    shares = shares_of(make_mentions(("d0", *PREVENTION, 1, 1)), documents, freq=freq)
    assert shares["period"].unique().tolist() == periods
    assert shares.groupby("group")["n_documents"].sum().unique().tolist() == [2]


def test_open_phases_end_with_the_documents_and_empty_ones_between_stay():
    documents = make_documents(["2019-06-01", "2020-01-25", "2023-05-01"])
    shares = shares_of(make_mentions(("d0", *PREVENTION, 1, 1)), documents, freq="phase",
                       groups=["prevention"]).set_index("period")  # fmt: skip
    assert shares.index.tolist() == [f"P{number}" for number in range(10)]
    assert shares.loc["P0", "start"] == pd.Timestamp("2019-06-01")
    assert shares.loc["P9", "end"] == pd.Timestamp("2023-05-01")
    assert shares.loc["P5", "n_documents"] == 0


def test_the_order_of_the_rows_changes_nothing():
    days = pd.date_range("2020-02-24", periods=40)
    documents = make_documents(days)
    mentions = make_mentions(*[(f"d{n}", *PREVENTION, n % 4 + 1, n % 4) for n in range(40)])
    again = shares_of(mentions.sample(frac=1, random_state=1), documents)
    pd.testing.assert_frame_equal(shares_of(mentions, documents), again)
    shuffled = shares_of(mentions, documents.sample(frac=1, random_state=1))
    exact = ["period", "group", "n_documents", "n_with", "share", "low", "high", "n", "rate"]
    pd.testing.assert_frame_equal(shares_of(mentions, documents)[exact], shuffled[exact])


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_share_s_interval_is_scipy_s_wilson_interval(counts):
    n_with, n = counts
    low, high = wilson_interval(np.array([n_with]), np.array([n]))
    oracle = stats.binomtest(n_with, n).proportion_ci(method="wilson")
    assert low[0] == pytest.approx(oracle.low, abs=1e-9)
    assert high[0] == pytest.approx(oracle.high, abs=1e-9)


def test_the_rate_s_interval_holds_the_truth_in_about_95_of_100_periods():
    generator = np.random.default_rng(7)
    days = np.repeat(pd.date_range("2020-01-06", periods=200, freq="7D"), 40)
    documents = make_documents(days)
    # A document is about the subject (rate 8) or not (rate 1): words come in bursts.
    n = generator.poisson(np.where(generator.random(len(days)) < 0.3, 8, 1))
    rows = [(f"d{i}", *PREVENTION, k, k) for i, k in enumerate(n) if k]
    shares = timeline.share_by_period(
        make_mentions(*rows), documents, groups=["prevention"], n_resamples=500
    )
    truth = 1000 * 3.1 / 100
    held = ((shares["rate_low"] <= truth) & (truth <= shares["rate_high"])).mean()
    assert 0.89 <= held <= 0.98


def test_the_posts_of_2020_give_the_known_monthly_counts(corpora):
    from helpers import clean, segment
    from helpers import corpora as corpora_room

    posts = corpora_room.fetch("cctv_weibo_2020", mirror=corpora)
    holds = posts[posts["raw_text"].str.contains("疫情防控")]
    documents = clean.clean_documents(holds)
    rest = posts.loc[~posts["doc_id"].isin(holds["doc_id"])].assign(n_han=0)
    hits = lexicon.find_terms(segment.split_sentences(documents), lexicon.read_lexicon())
    shares = timeline.share_by_period(
        hits, pd.concat([documents, rest]), freq="month", by="term", groups=["疫情防控"],
        n_resamples=100,
    )  # fmt: skip
    assert shares["n_documents"].tolist() == [1640, 1793, 1870, 1386, 1262]
    assert shares["n_with"].tolist() == [96, 298, 175, 128, 67]


ONE = make_mentions(("d0", *PREVENTION, 1, 1))
TWO_WEEKS = make_documents(["2020-02-24", "2020-03-02"])


@pytest.mark.parametrize(
    ("mentions", "documents", "options", "message"),
    [
        (ONE, TWO_WEEKS, {"freq": "hour"}, "freq is 'hour'; it is one of day, week"),
        (ONE, TWO_WEEKS, {"by": "sentence"}, "by is 'sentence'; it is one of category"),
        (ONE, TWO_WEEKS, {"groups": "prevention"}, "give a list of groups"),
        (ONE, TWO_WEEKS, {"groups": ["防疫"]}, "no category '防疫' is mentioned .*there are prevention"),
        (ONE, TWO_WEEKS, {"groups": ["防疫"], "by": "term"}, "no term '防疫' .*there are 疫情防控"),
        (ONE, TWO_WEEKS.assign(date=[pd.NaT, pd.NaT]), {}, "2 of 2 documents have no date"),
        (ONE, TWO_WEEKS.iloc[:0], {}, "documents table has no rows"),
        (ONE, TWO_WEEKS.drop(columns="n_han"), {}, "no column 'n_han'"),
        (ONE, TWO_WEEKS.assign(n_han=[1, np.nan]), {}, "1 documents have no n_han .*'d1'"),
        (ONE, TWO_WEEKS.assign(n_han=[1, -1]), {}, "1 documents have no n_han"),
        (ONE, pd.concat([TWO_WEEKS, TWO_WEEKS]), {}, "'d0' is in the documents table more than once"),
        (ONE.assign(doc_id="x"), TWO_WEEKS, {}, "1 documents with mentions are not in .*'x'"),
        (ONE.iloc[:0], TWO_WEEKS, {}, "mentions table has no rows"),
        (pd.concat([ONE, ONE]), TWO_WEEKS, {}, "'疫情防控' of document 'd0' twice"),
        (ONE.assign(n=-1), TWO_WEEKS, {}, "n -1 and n_free 1"),
        (ONE.assign(n_free=2), TWO_WEEKS, {}, "n_free between 0 and n"),
        (ONE.assign(category=[None]), TWO_WEEKS, {}, "1 rows of the mentions table have no category"),
        (ONE.drop(columns="n_free"), TWO_WEEKS, {}, "no column 'n_free'; make it with lexicon.count_mentions"),
    ],
)  # fmt: skip
def test_tables_that_give_no_share_are_refused_with_the_cure(mentions, documents, options, message):
    with pytest.raises(ValueError, match=message):
        shares_of(mentions, documents, **options)


@pytest.mark.parametrize(
    ("days", "freq", "message"),
    [
        (["2019-01-01", "2020-01-01"], "month", "dated by their year only .*use freq='year'"),
        (["2019-01-01", "2020-01-01"], "phase", "dated by their year only"),
        (["2020-02-01", "2020-03-01"], "week", "only the month seems known .*use freq='month'"),
        (["2020-02-01", "2020-03-01"], "phase", "only the month seems known"),
        (["2020-02-02", "2020-02-28"], "day", "93% of its periods .*use freq='month'"),
        (["2020-01-05", "2020-01-20", "2020-01-21"], "day", "use freq='week'"),
        (["2019-01-05", "2020-03-04"], "week", "use freq='year'"),
    ],
)
def test_a_frequency_finer_than_the_dates_is_refused(days, freq, message):
    with pytest.raises(ValueError, match=message):
        shares_of(ONE, make_documents(days), freq=freq)


def test_the_frequency_that_is_named_as_cure_is_accepted():
    for days, freq in [
        (["2019-01-01", "2020-01-01"], "year"),
        (["2020-02-01", "2020-03-01"], "month"),
        (["2020-02-02", "2020-02-28"], "month"),
        (["2020-01-05", "2020-01-20", "2020-01-21"], "week"),
        (["2019-01-05", "2020-03-04"], "year"),
    ]:
        assert len(shares_of(ONE, make_documents(days), freq=freq))


def test_a_note_that_only_the_year_is_known_is_heeded():
    documents = make_documents(["2020-03-05", "2021-01-01"], date_basis=["column", "year only"])
    with pytest.raises(ValueError, match="1 of 2 documents are dated by their year only"):
        shares_of(ONE, documents, freq="month")


# --- change points ----------------------------------------------------------------------------


def make_shares(n_with, n_documents=100, group="prevention"):
    weeks = pd.date_range("2020-01-06", periods=len(n_with), freq="7D")
    n_documents = np.broadcast_to(n_documents, len(n_with))
    n_with = np.asarray(n_with)
    return pd.DataFrame(
        {
            "period": weeks.strftime("%Y-%m-%d"), "start": weeks,
            "end": weeks + pd.Timedelta(days=6), "group": group, "n_documents": n_documents,
            "n_with": n_with, "share": n_with / np.where(n_documents > 0, n_documents, np.nan),
        }
    )  # fmt: skip


def cost_of(counts):
    """-2 log likelihood of one share for all rows, written out."""
    k, m = counts.sum(axis=0)
    return -2 * sum(n * np.log(n / m) for n in (k, m - k) if n > 0)


def least_sum(counts, penalty):
    """The least sum of any cut into stretches of 2 or more: every last stretch is tried."""
    best = [0.0]
    for end in range(1, len(counts) + 1):
        sums = [best[start] + cost_of(counts[start:end]) + penalty for start in range(end - 1)]
        best.append(min(sums, default=np.inf))
    return best[-1]


def sum_of(counts, found, penalty):
    ends = [0, *found, len(counts)]
    return sum(cost_of(counts[a:b]) + penalty for a, b in zip(ends, ends[1:], strict=False))


def draw_series(generator, n_levels=4):
    sizes = generator.integers(1, 60, generator.integers(8, 30))
    levels = np.arange(len(sizes)) * n_levels // len(sizes)
    shares = generator.random(n_levels)[levels]
    return np.column_stack([generator.binomial(sizes, shares), sizes]).astype(float)


def test_the_segmentation_found_is_the_best_of_all():
    generator = np.random.default_rng(3)
    for _ in range(100):
        counts, penalty = draw_series(generator), generator.choice([0.5, 2, 6, 12])
        found = changes.search(counts, penalty)
        assert sum_of(counts, found, penalty) == pytest.approx(least_sum(counts, penalty), abs=1e-6)
        assert min(np.diff([0, *found, len(counts)])) >= 2


def test_pelt_s_own_pruning_misses_the_best_at_times():
    """Why the cost carries a constant: without it some of these series are cut worse."""

    class Plain(changes.BinomialCost):
        def fit(self, signal):
            super().fit(signal)
            self.costs = (np.array(self.costs) + self.whole).tolist()
            return self

    generator = np.random.default_rng(1)
    worse = 0
    for _ in range(300):
        counts = draw_series(generator, n_levels=8)
        pelt = ruptures.Pelt(custom_cost=Plain(), min_size=2, jump=1).fit(counts)
        plain = sum_of(counts, pelt.predict(pen=0.5)[:-1], 0.5)
        ours = sum_of(counts, changes.search(counts, 0.5), 0.5)
        assert ours <= plain + 1e-6
        worse += plain > ours + 1e-6
    assert worse > 0


def test_one_clear_change_is_found_where_it_is():
    found = timeline.find_change_points(
        make_shares([10, 12, 9, 11, 10, 40, 42, 38, 41, 40]), group="prevention"
    )
    assert found.columns[: len(COLUMNS["change points"])].tolist() == COLUMNS["change points"]
    row = found.iloc[0]
    assert len(found) == 1 and row["period"] == "2020-02-10"
    assert row["early"] == row["late"] == row["start"] == pd.Timestamp("2020-02-10")
    assert row["share_before"] == pytest.approx(0.104) and row["share_after"] == pytest.approx(
        0.402
    )
    assert row["support"] > 0.99


def test_periods_without_documents_are_passed_over():
    with_gap = make_shares([10, 12, 0, 11, 10, 40, 42, 38, 41], [100] * 2 + [0] + [100] * 6)
    found = timeline.find_change_points(with_gap, group="prevention")
    assert found["period"].tolist() == ["2020-02-10"]
    assert found["n_periods"].tolist() == [8]


def test_the_same_seed_gives_the_same_table_and_no_change_an_empty_one():
    shares = make_shares([10, 14, 9, 16, 10, 22, 25, 18, 27, 20])
    options = {"group": "prevention", "penalty": 5, "n_resamples": 100}
    first = timeline.find_change_points(shares, **options)
    assert len(first) > 0 and (first["early"] <= first["start"]).all()
    assert (first["start"] <= first["late"]).all() and first["support"].between(0, 1).all()
    pd.testing.assert_frame_equal(first, timeline.find_change_points(shares, **options))
    none = timeline.find_change_points(shares, group="prevention", penalty=1e6)
    assert none.empty and none.columns.tolist() == first.columns.tolist()


@pytest.mark.parametrize("dispersion", [1, 4])
def test_series_without_a_change_seldom_show_one_and_a_real_one_is_found(dispersion):
    generator = np.random.default_rng(11)
    n = np.full(22, 400.0)
    alarms, hits, estimates = 0, 0, []
    for _ in range(100):
        flat = changes.draw_counts(np.full(22, 0.2), n, dispersion, generator)
        found, estimate, _ = changes.fit_changes(np.column_stack([flat, n]).astype(float))
        alarms += bool(found)
        estimates.append(estimate)
        step = np.where(np.arange(22) < 12, 0.2, 0.4)
        drawn = changes.draw_counts(step, n, dispersion, generator)
        found, _, _ = changes.fit_changes(np.column_stack([drawn, n]).astype(float))
        hits += any(abs(place - 12) <= 1 for place in found)
    assert alarms <= 10
    assert hits >= 95
    assert 0.8 * dispersion <= np.median(estimates) <= 1.5 * dispersion


def test_ignoring_dispersion_would_find_changes_that_are_not_there():
    generator = np.random.default_rng(11)
    n = np.full(22, 400.0)
    plain = 0
    for _ in range(100):
        flat = changes.draw_counts(np.full(22, 0.2), n, 4, generator)
        plain += bool(changes.search(np.column_stack([flat, n]).astype(float), 3 * np.log(22)))
    assert plain > 50


def test_drawn_counts_have_the_mean_and_the_dispersion_asked_for():
    drawn = changes.draw_counts(
        np.full(20_000, 0.3), np.full(20_000, 50.0), 3, np.random.default_rng(1)
    )
    assert drawn.mean() == pytest.approx(15, rel=0.02)
    assert drawn.var() == pytest.approx(3 * 50 * 0.3 * 0.7, rel=0.05)


def test_the_interval_of_a_change_holds_its_true_period_most_of_the_time():
    generator = np.random.default_rng(5)
    n = np.full(22, 150.0)
    held = found_one = 0
    for _ in range(40):
        drawn = changes.draw_counts(np.where(np.arange(22) < 11, 0.2, 0.32), n, 1, generator)
        table = timeline.find_change_points(
            make_shares(drawn, 150), group="prevention", n_resamples=100
        )
        if len(table) == 1:
            found_one += 1
            true = pd.Timestamp("2020-01-06") + pd.Timedelta(weeks=11)
            held += table["early"].iloc[0] <= true <= table["late"].iloc[0]
    assert found_one >= 30 and held / found_one >= 0.85


@pytest.mark.parametrize(
    ("shares", "options", "message"),
    [
        (make_shares([1] * 9), {"group": "coupling"}, "no group 'coupling' .*there are prevention"),
        (make_shares([1] * 7), {}, "7 periods of 'prevention' have documents; .*at least 8"),
        (make_shares([1] * 9, [0] * 9), {}, "0 periods"),
        (make_shares([101] * 9), {}, "n_with 101 of 100 documents"),
        (make_shares([1] * 9), {"penalty": 0}, "penalty is 0"),
        (make_shares([1] * 9), {"n_resamples": 10}, "at least 100 resamples"),
        (
            pd.concat([make_shares([1] * 9)] * 2),
            {},
            "2020-01-06 of 'prevention' is in the shares table twice",
        ),
        (
            make_shares([1] * 9).drop(columns="n_with"),
            {},
            "no column 'n_with'; make it with timeline.share_by",
        ),
    ],
)
def test_series_in_which_no_change_can_be_found_are_refused(shares, options, message):
    with pytest.raises(ValueError, match=message):
        timeline.find_change_points(shares, **{"group": "prevention"} | options)


# --- lags -------------------------------------------------------------------------------------


def make_value(values):
    weeks = pd.date_range("2020-01-06", periods=len(values), freq="7D")
    return pd.DataFrame({"period": weeks.strftime("%Y-%m-%d"), "start": weeks, "value": values})


def draw_walk(generator, n, phi=1.0):
    values = np.zeros(n + 50)
    noise = generator.normal(size=n + 50)
    for step in range(1, n + 50):
        values[step] = phi * values[step - 1] + noise[step]
    return values[50:]


def test_a_series_that_follows_by_two_periods_peaks_at_lag_two():
    leader = np.random.default_rng(1).normal(size=40)
    follower = np.concatenate([[0.3, -0.2], leader[:-2]])
    found = timeline.compare_lagged(make_value(follower), make_value(leader), max_lag=4)
    assert found.columns.tolist() == COLUMNS["lags"]
    for kind, rows in found.groupby("on"):
        assert rows.loc[rows["correlation"].idxmax(), "lag"] == 2, kind
        assert rows["lag"].tolist() == list(range(-4, 5))
    levels = found[found["on"] == "levels"].set_index("lag")
    assert levels["n"].to_dict() == {lag: 40 - abs(lag) for lag in range(-4, 5)}


def test_the_correlation_is_scipy_s_spearman_also_with_gaps():
    generator = np.random.default_rng(2)
    one, other = generator.normal(size=30), generator.integers(0, 5, 30).astype(float)
    one[7] = np.nan
    there = ~np.isnan(one)
    n, _, correlation, _, _ = lags.correlate_at(one, other, 0)
    assert n == 29
    assert correlation == pytest.approx(stats.spearmanr(one[there], other[there]).statistic)
    shifted = lags.correlate_at(one[8:], other[8:], 3)[2]
    assert shifted == pytest.approx(stats.spearmanr(one[11:], other[8:-3]).statistic)


def test_effective_n_is_that_of_the_formula_and_at_most_n():
    rank = np.array([1.0, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    assert lags.autocorrelation(rank, 1) == pytest.approx(written_out(rank, 1))
    r1, r2 = written_out(rank, 1), written_out(rank, 2)
    by_hand = 1 / (1 / 10 + 2 / 10 * (0.9 * r1**2 + 0.8 * r2**2))
    assert lags.effective_n(rank, rank) == pytest.approx(by_hand)
    alternating = np.array([1.0, -1] * 10)
    assert lags.effective_n(alternating, np.arange(20.0)) == 20


def written_out(values, lag):
    """The autocorrelation written out: mean product of the pairs over the population variance."""
    mean = sum(values) / len(values)
    pairs = [(a - mean) * (b - mean) for a, b in zip(values, values[lag:], strict=False)]
    return (sum(pairs) / len(pairs)) / (sum((v - mean) ** 2 for v in values) / len(values))


def test_effective_n_of_two_ar1_series_is_near_its_known_limit():
    generator = np.random.default_rng(3)
    found = [
        lags.effective_n(draw_walk(generator, 500, 0.7), draw_walk(generator, 500, 0.7))
        for _ in range(40)
    ]
    # Bartlett (1935): n (1 - ab) / (1 + ab) for AR(1) coefficients a and b.
    assert np.median(found) == pytest.approx(500 * (1 - 0.49) / (1 + 0.49), rel=0.15)


def test_the_interval_is_fisher_s():
    low, high = lags.fisher_interval(0.5, 23)
    reach = 1.959964 * np.sqrt(1.06 / 20)
    assert (low, high) == pytest.approx(
        (np.tanh(np.arctanh(0.5) - reach), np.tanh(np.arctanh(0.5) + reach)), abs=1e-6
    )
    assert lags.fisher_interval(0.99, 3) == (-1.0, 1.0)


@pytest.mark.parametrize("phi", [0.8, 1.0])
def test_effective_n_keeps_false_alarms_near_5_percent_where_plain_n_does_not(phi):
    generator = np.random.default_rng(4)
    plain = effective = changed = 0
    for _ in range(300):
        one, other = draw_walk(generator, 40, phi), draw_walk(generator, 40, phi)
        n, _, correlation, low, high = lags.correlate_at(one, other, 0)
        effective += low > 0 or high < 0
        low, high = lags.fisher_interval(correlation, n)
        plain += low > 0 or high < 0
        *_, low, high = lags.correlate_at(np.diff(one), np.diff(other), 0)
        changed += low > 0 or high < 0
    assert plain >= 60
    assert effective <= 30
    assert changed <= 30


def test_series_with_a_trend_of_their_own_correlate_in_levels_and_not_in_changes():
    generator = np.random.default_rng(6)
    up = np.linspace(0, 4, 40) + generator.normal(size=40) / 2
    down = np.linspace(4, 0, 40) + generator.normal(size=40) / 2
    found = timeline.compare_lagged(make_value(up), make_value(down), max_lag=0)
    assert found["correlation"].tolist()[0] < -0.8 and abs(found["correlation"].tolist()[1]) < 0.3
    text = timeline.describe_lags(found)
    assert "Two series that each rise or fall correlate whatever they are" in text
    assert "no lag shows a cause" in text


def test_a_series_that_does_not_vary_has_no_correlation_and_the_text_says_so():
    found = timeline.compare_lagged(make_value(np.ones(12)), make_value(np.arange(12.0)), max_lag=1)
    assert found["correlation"].isna().all()
    assert "Levels: one of the series does not vary." in timeline.describe_lags(found)


def test_shares_and_an_outside_series_meet_by_period():
    shares = make_shares(np.arange(12))
    series = pd.DataFrame(
        {
            "series": "stringency", "place": "Guangdong",
            "date": pd.date_range("2020-01-06", periods=84), "value": np.arange(84.0),
        }
    )  # fmt: skip
    outside = timeline.average_by_period(series, shares)
    found = timeline.compare_lagged(shares, outside, max_lag=2, on=["levels"])
    assert found["n"].tolist() == [10, 11, 12, 11, 10]
    assert found["correlation"].tolist() == pytest.approx([1] * 5)


PHASES = make_value(np.arange(12.0)).assign(
    start=pd.date_range("2020-01-06", periods=11, freq="7D").append(
        pd.DatetimeIndex(["2021-01-01"])
    )
)


@pytest.mark.parametrize(
    ("first", "second", "options", "message"),
    [
        (
            make_value(np.arange(8.0)),
            make_value(np.arange(8.0)),
            {},
            "max_lag is 6 and there are 8 periods",
        ),
        (
            make_value(np.arange(20.0)),
            make_value(np.arange(20.0)),
            {"max_lag": -1},
            "max_lag is -1",
        ),
        (
            make_value(np.arange(20.0)),
            make_value(np.arange(20.0)),
            {"on": "levels"},
            "give a list of levels, changes",
        ),
        (
            make_value(np.arange(20.0)),
            make_value(np.arange(20.0)),
            {"on": ["rates"]},
            "give a list",
        ),
        (
            make_value(np.arange(20.0)),
            make_value(np.arange(20.0)).assign(period="x"),
            {},
            "more than once",
        ),
        (
            make_value(np.arange(3.0)),
            make_value(np.arange(3.0)).assign(period=list("abc")),
            {},
            "no period in common",
        ),
        (
            pd.concat([make_shares([1] * 9), make_shares([1] * 9, group="b")]),
            make_value(np.arange(9.0)),
            {},
            "choose one group",
        ),
        (PHASES, PHASES, {"max_lag": 1}, "not equally spaced"),
        (
            make_value(np.arange(9.0)).drop(columns="value"),
            make_value(np.arange(9.0)),
            {},
            "no column 'share'",
        ),
        (
            make_value(np.full(9, np.nan)),
            make_value(np.arange(9.0)),
            {},
            "first series has no value",
        ),
    ],
)
def test_series_that_cannot_be_compared_are_refused(first, second, options, message):
    with pytest.raises(ValueError, match=message):
        timeline.compare_lagged(first, second, **options)


# --- key words between phases ----------------------------------------------------------------


def make_weeks(**counts_of_week):
    """Weeks written w20200224=(n of 隔离, n of 复工, other words)."""
    rows = []
    for name, counts in counts_of_week.items():
        week = f"{name[1:5]}-{name[5:7]}-{name[7:]}"
        for feature, n in zip(["隔离", "复工", timeline.OTHER_WORDS], counts, strict=True):
            rows.append((week, feature, n, n))
    return pd.DataFrame(rows, columns=["week", "feature", "n", "document_frequency"])


WEEKS = make_weeks(
    w20200210=(50, 2, 948), w20200217=(40, 5, 955), w20200224=(20, 20, 960), w20200309=(10, 30, 960)
)


def test_key_words_are_those_of_the_summed_sides_without_the_other_words():
    found = timeline.keyness_between(WEEKS, before="P2", after="P3").set_index("feature")
    assert found.columns[: len(COLUMNS["keyness"]) - 1].tolist() == COLUMNS["keyness"][1:]
    assert sorted(found.index) == ["复工", "隔离"]
    assert found.loc["隔离", ["n_target", "n_reference"]].tolist() == [30, 90]
    assert found.loc["复工", "log_ratio"] == pytest.approx(measures.log_ratio(50, 7, 2000, 2000))
    assert found.loc["复工", "log_likelihood"] == pytest.approx(
        measures.log_likelihood(50, 7, 2000, 2000)
    )
    assert found.loc["隔离", "dp_after"] == pytest.approx(measures.dp([20, 10], [1000, 1000]))
    assert found.loc["隔离", ["range_before", "range_after", "n_weeks_before"]].tolist() == [
        2,
        2,
        2,
    ]
    assert found["q_value"].max() == pytest.approx(found["p_value"].max())


def test_a_week_that_straddles_goes_to_the_side_with_most_of_its_days():
    # P2 ends on Thursday, 20 February: of the week of 17 February four days lie in it.
    found = timeline.keyness_between(WEEKS, before="P2", after="P3")
    assert found["n_weeks_before"].unique().tolist() == [2]
    days = {"before": ("2020-02-10", "2020-02-19"), "after": ("2020-02-20", "2020-03-15")}
    moved = timeline.keyness_between(WEEKS, **days)
    assert moved[["n_weeks_before", "n_weeks_after"]].drop_duplicates().values.tolist() == [[1, 3]]
    assert moved["dp_before"].isna().all()


def test_other_words_keep_their_share_out_of_the_tests():
    alike = make_weeks(w20200210=(50, 50, 100), w20200309=(50, 50, 9900))
    found = timeline.keyness_between(alike, before="P2", after="P3")
    assert (found["log_ratio"] < -5).all()
    assert found["q_value"].tolist() == pytest.approx(found["p_value"].tolist())


@pytest.mark.parametrize(
    ("weeks", "sides", "message"),
    [
        (WEEKS, {"before": "P2", "after": "P2"}, "overlap; a week can stand on one side only"),
        (
            WEEKS,
            {"before": "P2", "after": "P7"},
            "no week has 4 days or more .*after.*run from 2020-02-10",
        ),
        (WEEKS, {"before": "P12", "after": "P3"}, "before is 'P12'; it is a phase"),
        (WEEKS, {"before": ("2020-03-01", "2020-02-01"), "after": "P3"}, "a pair of days is"),
        (WEEKS, {"before": ("2020-03-01",), "after": "P3"}, "a pair of days is"),
        (
            WEEKS[WEEKS["feature"] != timeline.OTHER_WORDS],
            {"before": "P2", "after": "P3"},
            "4 weeks .*have no row",
        ),
        (
            WEEKS.assign(week="2020-02-25"),
            {"before": "P2", "after": "P3"},
            "'2020-02-25' is no Monday",
        ),
        (WEEKS.assign(week="Feb"), {"before": "P2", "after": "P3"}, "'Feb' is no Monday"),
        (WEEKS.assign(n=-1), {"before": "P2", "after": "P3"}, "'隔离' has n -1 in 2020-02-10"),
        (pd.concat([WEEKS, WEEKS]), {"before": "P2", "after": "P3"}, "has '隔离' twice"),
        (WEEKS.iloc[:0], {"before": "P2", "after": "P3"}, "no rows"),
        (
            make_weeks(w20200210=(0, 0, 0), w20200309=(1, 1, 1)),
            {"before": "P2", "after": "P3"},
            "is empty",
        ),
    ],
)
def test_weeks_that_cannot_be_compared_are_refused(weeks, sides, message):
    with pytest.raises(ValueError, match=message):
        timeline.keyness_between(weeks, **sides)


# --- hostile tables ---------------------------------------------------------------------------

LEVELS = pd.DataFrame(
    {
        "on": np.repeat(["levels", "changes"], 3), "lag": [-1, 0, 1] * 2, "n": 20,
        "n_effective": 9.0, "correlation": [0.1, 0.6, 0.2, 0.3, 0.1, 0.0], "low": -0.2, "high": 0.8,
    }
)  # fmt: skip
CHANGING = make_shares([5] * 10 + [60] * 10)
CODED = timeline.read_phases()
PAIRED = {"before": "P2", "after": "P3"}
# Each call as (function, table, options), the table shown in every disguise below.
CALLS = {
    "shares": (
        lambda table: timeline.share_by_period(ONE, table), make_documents(["2020-02-24"] * 4),
    ),
    "mentions": (lambda table: timeline.share_by_period(table, TWO_WEEKS), ONE),
    "changes": (
        lambda table: timeline.find_change_points(table, group="prevention", n_resamples=100),
        CHANGING,
    ),
    "lags": (lambda table: timeline.compare_lagged(table, CHANGING), CHANGING),
    "words": (timeline.describe_lags, LEVELS),
    "phases": (
        lambda table: timeline.label_phases(table)["phase"].tolist(),
        make_documents(["2020-02-24", "2020-03-24"]),
    ),
    "weeks": (lambda table: timeline.keyness_between(table, **PAIRED), WEEKS),
}  # fmt: skip
DISGUISES = {
    "shuffled labels": lambda table: table.set_axis(range(len(table))[::-1]),
    "equal labels": lambda table: table.set_axis([0] * len(table)),
    "text labels": lambda table: table.set_axis([f"row {n}" for n in range(len(table))]),
    "labels called like a column": lambda table: table.rename_axis(table.columns[0]),
    "a column as labels": lambda table: table.set_index(table.columns[0], drop=False),
    "more columns": lambda table: table.assign(side="x", place=None, start_other=1, share_other=2),
    "objects": lambda table: table.astype(
        {c: object for c in table.select_dtypes(["number", "str"]).columns}
    ),
    "nullable": lambda table: table.astype(
        {c: "Int64" for c in table.select_dtypes("int64").columns}
    ),
    "seconds": lambda table: table.astype(
        {c: "datetime64[s]" for c in table.select_dtypes("datetime").columns}
    ),
}


@pytest.mark.parametrize("disguise", DISGUISES)
@pytest.mark.parametrize("name", CALLS)
def test_labels_types_and_other_columns_change_nothing(name, disguise):
    call, table = CALLS[name]
    found, plain = call(DISGUISES[disguise](table)), call(table)
    if isinstance(plain, pd.DataFrame):
        pd.testing.assert_frame_equal(found, plain, check_dtype=False)
    else:
        assert found == plain


@pytest.mark.parametrize("column", ["doc_id", "term", "category", "subcategory"])
def test_categories_of_pandas_count_like_text(column):
    mentions = make_mentions(("d0", *PREVENTION, 1, 1), ("d1", *REOPENING, 2, 2))
    coded = mentions.astype({column: "category"})
    coded[column] = coded[column].cat.add_categories(["nobody"])
    pd.testing.assert_frame_equal(shares_of(coded, TWO_WEEKS), shares_of(mentions, TWO_WEEKS))


@pytest.mark.parametrize("wrong", [None, 3, "x", [], {}, pd.Series([1.0])])
@pytest.mark.parametrize("name", CALLS)
def test_what_is_no_table_is_refused(name, wrong):
    with pytest.raises(ValueError, match="pandas table"):
        CALLS[name][0](wrong)


@pytest.mark.parametrize("name", CALLS)
def test_a_column_that_stands_twice_is_named(name):
    call, table = CALLS[name]
    column = {"words": "lag", "weeks": "n", "mentions": "n"}.get(name)
    column = column or ("start" if "start" in table.columns else "date")
    with pytest.raises(ValueError, match=f"column '{column}' twice"):
        call(pd.concat([table, table[[column]]], axis=1))


def in_zone(table, column):
    return table.assign(**{column: table[column].dt.tz_localize("Asia/Shanghai")})


def first_missing(table, column):
    return table.assign(**{column: table[column].astype(object).mask(table.index == 0)})


NUMBERLESS = [
    ("text", "1"), ("missing", np.nan), ("none", None), ("endless", np.inf), ("true", True),
    ("half", 1.5), ("negative", -1), ("endlessly long", 2**70), ("complex", 1j), ("list", [[1]]),
]  # fmt: skip


@pytest.mark.parametrize("cell", [cell for _, cell in NUMBERLESS], ids=[n for n, _ in NUMBERLESS])
@pytest.mark.parametrize(
    ("name", "column"),
    [("shares", "n_han"), ("mentions", "n"), ("changes", "n_with"), ("changes", "n_documents"),
     ("weeks", "n")],
)  # fmt: skip
def test_what_is_no_count_is_refused(name, column, cell):
    call, table = CALLS[name]
    cell = cell * len(table) if isinstance(cell, list) else cell
    with pytest.raises(ValueError, match=f"{column}|n_free"):
        call(table.assign(**{column: cell}))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        # options
        (lambda: shares_of(ONE, TWO_WEEKS, by=["category"]), "it is one of category"),
        (lambda: shares_of(ONE, TWO_WEEKS, freq=["week"]), "it is one of day"),
        (lambda: shares_of(ONE, TWO_WEEKS, groups=3), "give a list of groups"),
        (lambda: shares_of(ONE, TWO_WEEKS, groups=[["prevention"]]), "give a list of groups"),
        (lambda: timeline.share_by_period(ONE, TWO_WEEKS[:1], n_resamples=0), "at least 100 resamples"),
        (lambda: timeline.share_by_period(ONE, TWO_WEEKS, n_resamples=None), "at least 100 resamples"),
        (lambda: shares_of(ONE, TWO_WEEKS, seed=None), "seed is None"),
        (lambda: timeline.find_change_points(CHANGING, group=["prevention"]), "there is no group"),
        (lambda: timeline.find_change_points(CHANGING, group="prevention", penalty="x"), "penalty"),
        (
            lambda: timeline.find_change_points(CHANGING, group="prevention", penalty=np.inf),
            "penalty is inf; it is a number above 0",
        ),
        (
            lambda: timeline.find_change_points(CHANGING, group="prevention", n_resamples=100.5),
            "n_resamples is 100.5",
        ),
        (lambda: timeline.find_change_points(CHANGING, group="prevention", seed="a"), "seed is 'a'"),
        (lambda: timeline.compare_lagged(CHANGING, CHANGING, max_lag="x"), "max_lag is 'x'"),
        (lambda: timeline.compare_lagged(CHANGING, CHANGING, max_lag=1.5), "max_lag is 1.5"),
        (lambda: timeline.compare_lagged(CHANGING, CHANGING, max_lag=99), "there are 20 periods"),
        (lambda: timeline.compare_lagged(CHANGING, CHANGING, on=None), "on is None; give a list"),
        (lambda: timeline.read_turning_points(["nation"]), "no turning point has the scope"),
        # ids and groups
        (lambda: shares_of(ONE.assign(term=None), TWO_WEEKS), "no well-formed text in 'term'"),
        (lambda: shares_of(ONE.assign(category="sport"), TWO_WEEKS), "have no category"),
        (lambda: shares_of(ONE.assign(doc_id=None), TWO_WEEKS), "no value in 'doc_id'"),
        (lambda: shares_of(ONE, first_missing(TWO_WEEKS, "doc_id")), "no value in 'doc_id'"),
        (lambda: CALLS["changes"][0](first_missing(CHANGING, "group")), "no value in 'group'"),
        (lambda: CALLS["lags"][0](first_missing(CHANGING, "period")), "no value in 'period'"),
        (lambda: CALLS["weeks"][0](first_missing(WEEKS, "feature")), "no value in 'feature'"),
        (lambda: CALLS["weeks"][0](WEEKS.assign(feature=3)), "no text in feature"),
        (lambda: CALLS["words"][0](LEVELS.assign(on=None)), "'on' of the lags table holds"),
        (lambda: CALLS["words"][0](LEVELS.assign(on="rates")), "holds 'rates'"),
        (lambda: CALLS["words"][0](LEVELS.assign(correlation="x")), "no finite number"),
        # days
        (lambda: CALLS["changes"][0](CHANGING.assign(start=pd.NaT)), "no day in 'start'"),
        (lambda: CALLS["changes"][0](in_zone(CHANGING, "start")), "'start' .* time zone"),
        (lambda: CALLS["changes"][0](CHANGING.astype({"start": str})), "'start' .* not days"),
        (
            lambda: CALLS["changes"][0](CHANGING.assign(start=CHANGING["start"].iloc[0])),
            "is in the shares table twice",
        ),
        (lambda: CALLS["lags"][0](CHANGING.astype({"start": str})), "'start' .* not days"),
        (lambda: CALLS["lags"][0](CHANGING.assign(start=pd.NaT)), "no day in 'start'"),
        (
            lambda: CALLS["lags"][0](CHANGING.assign(start=CHANGING["start"] + pd.Timedelta("1D"))),
            "'2020-01-06' starts on 2020-01-07 in the first series and on 2020-01-06",
        ),
        (
            lambda: CALLS["lags"][0](CHANGING.assign(start=CHANGING["start"].iloc[0])),
            "more than once",
        ),
        (lambda: CALLS["lags"][0](CHANGING.assign(share="x")), "no finite number in 'share'"),
        (lambda: CALLS["lags"][0](CHANGING.assign(share=np.inf)), "no finite number in 'share'"),
        (lambda: CALLS["weeks"][0](WEEKS.assign(week=20200210)), "20200210 is no Monday"),
        (
            lambda: CALLS["weeks"][0](in_zone(WEEKS.assign(week=pd.to_datetime(WEEKS["week"])), "week")),
            "is no Monday",
        ),
        (
            lambda: timeline.keyness_between(
                WEEKS, before=(pd.Timestamp("2020-02-01", tz="UTC"), "2020-02-20"), after="P3"
            ),
            "a pair of days is",
        ),
        (lambda: timeline.keyness_between(WEEKS, before=(1, 2), after="P3"), "a pair of days is"),
        (
            lambda: timeline.label_phases(TWO_WEEKS, phases=CODED.astype({"start": str})),
            "'start' of the phases table holds str, not days",
        ),
        (lambda: timeline.label_phases(TWO_WEEKS, phases=in_zone(CODED, "end")), "time zone"),
        (lambda: timeline.label_phases(TWO_WEEKS, phases=CODED.assign(code="")), "has no code"),
        (
            lambda: timeline.label_phases(TWO_WEEKS, phases=first_missing(CODED, "code")),
            "no value in 'code'",
        ),
    ],
)  # fmt: skip
def test_hostile_calls_are_refused_with_the_cure(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_days_can_be_written_in_several_ways():
    plain = timeline.keyness_between(WEEKS, **PAIRED)
    sides = {
        "before": ["2020-01-20", pd.Timestamp("2020-02-20 18:00")],
        "after": (pd.Timestamp("2020-02-21").date(), "2020-03-17T23:59"),
    }
    pd.testing.assert_frame_equal(timeline.keyness_between(WEEKS, **sides), plain)


@pytest.mark.parametrize("seed", range(12))
def test_shares_are_those_of_a_plain_recount(seed):
    generator = np.random.default_rng(seed)
    n = int(generator.integers(5, 50))
    days = pd.Timestamp("2020-01-01") + pd.to_timedelta(generator.integers(0, 90, n), unit="D")
    documents = make_documents(days, n_han=generator.integers(1, 500, n))
    rows = [
        (f"d{number}", f"t{kind}", category, total, int(generator.integers(0, total + 1)))
        for number in range(n)
        for kind, category in enumerate(["prevention", "reopening", "governance", "prevention"])
        if generator.random() < 0.4
        for total in [int(generator.integers(1, 5))]
    ]
    mentions = make_mentions(*rows, ("d0", "t9", "decoy", 1, 1))
    for by in ("category", "subcategory", "term"):
        counted = "n" if by == "term" else "n_free"
        freq = ["week", "month", "phase"][seed % 3]
        found = timeline.share_by_period(mentions, documents, by=by, freq=freq, n_resamples=100)
        for row in found.itertuples():
            here = documents[documents["date"].between(row.start, row.end)]
            said = mentions[mentions["doc_id"].isin(here["doc_id"])]
            groups = ["prevention", "reopening"] if row.group == timeline.BOTH else [row.group]
            of_group = [said[said[by] == g].groupby("doc_id")[counted].sum() for g in groups]
            holds = pd.concat([n[n > 0] for n in of_group], axis=1).dropna()
            assert (row.n_documents, row.n_with) == (len(here), len(holds))
            assert (row.n, row.n_han) == (holds.to_numpy().sum(), here["n_han"].sum())
