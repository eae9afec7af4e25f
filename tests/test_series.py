"""data/series: the extracts say what their sources say, and are rebuilt byte for byte."""

import hashlib
import json

import numpy as np
import pandas as pd
import pytest

from helpers import corpora as corpora_room
from helpers import paths, timeline
from scripts import build_series


def make_series(values, *, place="Guangzhou", name="confirmed", first="2020-02-01"):
    return pd.DataFrame(
        {
            "series": name,
            "place": place,
            "date": pd.date_range(first, periods=len(values)),
            "value": np.asarray(values, dtype=float),
        }
    )


@pytest.mark.parametrize(
    ("name", "place", "day", "value"),
    [
        ("stringency", "Guangdong", "2020-02-26", 71.3),
        ("stringency", "China, strictest place", "2022-12-31", 49.54),
        ("confirmed", "Guangzhou", "2020-02-01", 175),
        ("confirmed", "Guangzhou", "2020-02-26", 346),
        ("confirmed", "Guangzhou", "2020-12-08", 885),
        ("confirmed", "Guangdong", "2020-12-08", 2007),
        ("confirmed", "China", "2020-02-11", 44730),
    ],
)
def test_values_known_from_the_sources(name, place, day, value):
    series = timeline.read_series(name).set_index(["place", "date"])["value"]
    assert series[(place, pd.Timestamp(day))] == value


def test_monthly_means_of_guangdong_s_stringency_are_those_of_the_survey():
    series = timeline.read_series("stringency").query("place == 'Guangdong'")
    means = series.groupby(series["date"].dt.strftime("%Y-%m"))["value"].mean().round(1)
    known = [21.5, 71.3, 75.3, 77.9, 65.8, 58.3, 56.1, 58.4, 57.8, 47.2, 49.7, 50.0]
    assert means["2020-01":"2020-12"].tolist() == known
    assert means["2022-09":"2023-02"].tolist() == [68.3, 69.9, 76.6, 56.1, 40.1, 38.9]


def test_every_day_stands_once_and_the_ends_are_those_the_readme_names():
    ends = {}
    for name in ("stringency", "confirmed"):
        for place, rows in timeline.read_series(name).groupby("place"):
            days = rows["date"]
            assert (days.diff().dropna() == pd.Timedelta(days=1)).all(), place
            ends[place, name] = (f"{days.min():%Y-%m-%d}", f"{days.max():%Y-%m-%d}")
    assert ends == {
        ("Guangdong", "stringency"): ("2020-01-01", "2023-02-28"),
        ("China, strictest place", "stringency"): ("2020-01-01", "2022-12-31"),
        ("Guangzhou", "confirmed"): ("2020-01-21", "2020-12-08"),
        ("Guangdong", "confirmed"): ("2020-01-19", "2020-12-08"),
        ("China", "confirmed"): ("2020-01-01", "2020-12-08"),
    }


def test_the_manifest_describes_the_files_that_are_there():
    manifest = json.loads((paths.SERIES / "manifest.json").read_text(encoding="utf-8"))
    for file, facts in manifest.items():
        content = (paths.SERIES / file).read_bytes()
        assert hashlib.sha256(content).hexdigest() == facts["sha256"]
        assert content.count(b"\n") - 1 == facts["rows"]
        assert facts["commit"] in facts["address"]


def test_the_series_are_rebuilt_byte_for_byte(corpora, tmp_path):
    build_series.main(corpora, tmp_path)
    for path in sorted(tmp_path.iterdir()):
        assert path.read_bytes() == (paths.SERIES / path.name).read_bytes(), path.name
    assert len(list(tmp_path.iterdir())) == 3


def test_a_changed_source_is_refused(tmp_path):
    path = tmp_path / "oxcgrt" / "OxCGRT_timeseries_StringencyIndex_v1.csv"
    path.parent.mkdir()
    path.write_text("CountryCode\n", encoding="utf-8")
    with pytest.raises(corpora_room.CorpusError, match="StringencyIndex"):
        build_series.main(tmp_path, tmp_path / "out")


def test_an_unknown_series_and_a_lost_file_are_named(monkeypatch, tmp_path):
    with pytest.raises(ValueError, match="no series 'cases'; the series are stringency, confirmed"):
        timeline.read_series("cases")
    monkeypatch.setattr("helpers.comparing.timeline.series.SERIES", tmp_path)
    with pytest.raises(
        ValueError, match=r"stringency\.csv does not exist; .* scripts.build_series"
    ):
        timeline.read_series("stringency")


def test_new_cases_add_up_and_keep_corrections():
    series = timeline.read_series("confirmed")
    cases = timeline.new_cases(series)
    for place, rows in cases.groupby("place"):
        total = series.loc[series["place"] == place, "value"]
        assert rows["value"].sum() == total.iloc[-1] - total.iloc[0]
        assert rows["value"].isna().sum() == 1
    corrected = cases[cases["correction"]]
    assert corrected[["place", "value"]].values.tolist() == [["China", -3.0], ["China", -1.0]]
    assert corrected["date"].dt.strftime("%Y-%m-%d").tolist() == ["2020-01-03", "2020-06-03"]


def test_new_cases_do_not_run_from_one_place_into_the_next():
    both = pd.concat([make_series([100, 110]), make_series([5, 6], place="Wuhan")])
    assert timeline.new_cases(both)["value"].tolist()[1::2] == [10, 1]


@pytest.mark.parametrize(
    ("series", "message"),
    [
        (
            make_series([1, 2, 3]).drop(index=1),
            "Guangzhou has a day missing or double before 2020-02-03",
        ),
        (make_series([1, 2], name="stringency"), "'stringency' is not cumulative"),
        (
            make_series([1, 2]).drop(columns="place"),
            "no column 'place'; make it with timeline.read_series",
        ),
    ],
)
def test_new_cases_refuse_what_gives_no_daily_number(series, message):
    with pytest.raises(ValueError, match=message):
        timeline.new_cases(series)


def make_periods(*weeks):
    start = pd.to_datetime(list(weeks))
    return pd.DataFrame(
        {"period": list(weeks), "start": start, "end": start + pd.Timedelta(days=6)}
    )


def test_means_are_those_of_the_days_of_each_period():
    series = make_series(np.arange(10.0), first="2020-02-26")
    periods = make_periods("2020-02-24", "2020-03-02", "2020-03-09")
    found = timeline.average_by_period(series, periods)
    assert found["n_days"].tolist() == [5, 5, 0]
    assert found["value"].tolist()[:2] == [2.0, 7.0]
    assert np.isnan(found["value"].iloc[2])


def test_a_day_without_a_value_counts_for_nothing():
    series = make_series([1, np.nan, 5], first="2020-02-24")
    found = timeline.average_by_period(series, make_periods("2020-02-24"))
    assert found[["value", "n_days"]].values.tolist() == [[3.0, 2]]


def test_series_that_cannot_be_averaged_are_refused():
    two = pd.concat([make_series([1, 2]), make_series([3, 4], place="China")])
    with pytest.raises(ValueError, match="holds 2 values of 'place'"):
        timeline.average_by_period(two, make_periods("2020-02-24"))
    with pytest.raises(ValueError, match="have no day in common"):
        timeline.average_by_period(make_series([1, 2]), make_periods("2021-02-22"))


STRINGENCY = timeline.read_series("stringency").query("place == 'Guangdong'")
JANUARY = make_periods("2020-01-06", "2020-01-13", "2020-01-20")
CASES = make_series([1.0, 2.0, 4.0])


def in_zone(table, column):
    return table.assign(**{column: table[column].dt.tz_localize("UTC")})


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: timeline.read_series(["confirmed"]), "there is no series"),
        (lambda: timeline.new_cases(CASES.iloc[:0]), "has no rows"),
        (lambda: timeline.new_cases(CASES.assign(series=None)), "no value in 'series'"),
        (lambda: timeline.new_cases(CASES.assign(series=3)), "is not cumulative"),
        (lambda: timeline.new_cases(CASES.assign(place=None)), "no value in 'place'"),
        (lambda: timeline.new_cases(CASES.assign(value="1")), "no finite number in 'value'"),
        (lambda: timeline.new_cases(CASES.assign(value=np.inf)), "no finite number in 'value'"),
        (lambda: timeline.new_cases(CASES.astype({"date": str})), "'date' .* not days"),
        (lambda: timeline.new_cases(CASES.assign(date=pd.NaT)), "no day in 'date'"),
        (lambda: timeline.new_cases(in_zone(CASES, "date")), "time zone"),
        (
            lambda: timeline.new_cases(
                CASES.assign(series=["confirmed", "confirmed", "confirmed deaths"])
            ),
            "holds 2 values of 'series'",
        ),
        (lambda: timeline.average_by_period(STRINGENCY, None), "pandas table"),
        (
            lambda: timeline.average_by_period(pd.concat([STRINGENCY, STRINGENCY]), JANUARY),
            "twice, so it would count twice",
        ),
        (
            lambda: timeline.average_by_period(STRINGENCY.assign(value="x"), JANUARY),
            "no finite number in 'value'",
        ),
        (
            lambda: timeline.average_by_period(STRINGENCY.astype({"date": str}), JANUARY),
            "'date' .* not days",
        ),
        (lambda: timeline.average_by_period(in_zone(STRINGENCY, "date"), JANUARY), "time zone"),
        (
            lambda: timeline.average_by_period(STRINGENCY, JANUARY.assign(end=pd.NaT)),
            "no day in 'end'",
        ),
        (
            lambda: timeline.average_by_period(STRINGENCY, JANUARY.astype({"start": str})),
            "'start' .* not days",
        ),
        (
            lambda: timeline.average_by_period(
                STRINGENCY, JANUARY.assign(end=JANUARY["start"] - pd.Timedelta(days=4))
            ),
            "'2020-01-06' of the shares by period table ends before it starts",
        ),
        (
            lambda: timeline.average_by_period(
                STRINGENCY,
                pd.concat([JANUARY, JANUARY.assign(end=JANUARY["end"] + pd.Timedelta(days=1))]),
            ),
            "'2020-01-06' twice",
        ),
    ],
)
def test_hostile_series_are_refused_with_the_cure(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("seed", range(5))
def test_labels_and_order_change_no_mean_and_a_loop_finds_the_same(seed):
    generator = np.random.default_rng(seed)
    value = np.where(generator.random(60) < 0.3, np.nan, generator.normal(size=60))
    series = make_series(value, first="2020-01-01")
    means = timeline.average_by_period(series, JANUARY)
    for row in means.itertuples():
        inside = series[series["date"].between(row.start, row.end)]["value"]
        assert row.n_days == inside.notna().sum()
        assert row.value == pytest.approx(inside.mean(), nan_ok=True)
    mixed = (
        series.sample(frac=1, random_state=seed).astype({"place": "category"}).set_axis([0] * 60)
    )
    pd.testing.assert_frame_equal(
        timeline.average_by_period(mixed, JANUARY.iloc[::-1].set_axis([0] * 3)), means,
        check_dtype=False,
    )  # fmt: skip
