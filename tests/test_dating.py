"""Dating by wording: the evidence, the interval, the evaluation."""

import numpy as np
import pandas as pd
import pytest

from helpers import formulations, paths, tables
from scripts import evaluate_dating

DAY = pd.Timestamp


@pytest.fixture(scope="module")
def forms() -> pd.DataFrame:
    return formulations.read_formulations()


@pytest.fixture(scope="module")
def scores() -> pd.DataFrame:
    return pd.read_csv(paths.DATA / "labels" / "dating_scores.csv", encoding="utf-8")


def make_sentences(*texts: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "doc_id": [f"d{number}" for number in range(len(texts))],
            "sentence_id": 1,
            "start": 0,
            "sentence": texts,
        }
    )


def make_evidence(rows: list[tuple[str, str | None, str | None]], **columns) -> pd.DataFrame:
    """(form, not_before, not_after) per line, all of one document."""
    form, begin, end = zip(*rows, strict=True)
    evidence = pd.DataFrame(
        {
            "doc_id": "d", "form": form, "n": 1,
            "not_before": pd.to_datetime(pd.Series(begin, dtype=object)),
            "not_after": pd.to_datetime(pd.Series(end, dtype=object)),
            "scope": "nation", "basis": "a source", "confidence": "high",
            "end_confidence": "high", "without": "",
        }
    )  # fmt: skip
    return evidence.assign(**columns)


# ---------------------------------------------------------------- the sample report


def test_the_sample_is_dated_to_a_month_that_holds_its_day(documents, sentences, forms):
    evidence = formulations.list_evidence(sentences, forms, place="Guangzhou")
    dates = formulations.date_by_wording(evidence)
    row = dates.iloc[0]
    assert (row["not_before"], row["not_after"]) == (DAY("2020-02-24"), DAY("2020-03-23"))
    assert row["n_days"] == 29 and row["problem"] == ""
    assert (row["first_form"], row["last_form"]) == ("二级响应", "外防输入、内防扩散")
    assert row["not_before"] <= documents["date"].iloc[0] <= row["not_after"]


def test_the_evidence_of_the_sample_line_by_line(sentences, forms):
    evidence = formulations.list_evidence(sentences, forms, place="Guangzhou").set_index("form")
    assert list(evidence.reset_index().columns)[:2] == ["form", "doc_id"]
    lines = {
        "新冠肺炎": (DAY("2020-02-07"), DAY("2022-12-26"), ""),
        "二级响应": (DAY("2020-02-24"), DAY("2020-05-09"), "三级响应"),
        "外防输入、内防扩散": (DAY("2020-01-20"), DAY("2020-03-23"), "外防输入、内防反弹/内防反弹"),
        "六稳": (DAY("2018-07-31"), DAY("2020-04-17"), "六保"),
    }
    for form, expected in lines.items():
        row = evidence.loc[form]
        assert expected[:2] == (row["not_before"], row["not_after"])
        if expected[2]:
            assert row["without"] == expected[2]
    assert evidence.loc["六稳", "end_confidence"] == "low"
    # Level I stands there too, but beside Level II: it looks back, so it ends nothing.
    assert pd.isna(evidence.loc["一级响应", "not_after"])
    assert evidence.loc["内防扩散", "not_after"] == DAY("2020-03-23")
    assert evidence.loc["新冠肺炎", "n"] == 2


def test_without_its_place_the_provincial_lines_are_left_out(sentences, forms):
    evidence = formulations.list_evidence(sentences, forms)
    assert set(evidence["scope"]) == {"nation"}
    row = formulations.date_by_wording(evidence).iloc[0]
    assert (row["not_before"], row["not_after"]) == (DAY("2020-02-21"), DAY("2020-03-23"))


# ---------------------------------------------------------------- evidence


@pytest.mark.parametrize(
    ("place", "n"),
    [("", 0), ("Guangdong", 1), ("广东省", 1), ("Guangzhou", 1), ("广州市", 1), ("Shenzhen", 1),
     ("佛山", 1), ("Wuhan", 0), ("北京", 0)],
)  # fmt: skip
def test_evidence_of_a_province_holds_in_its_cities_only(forms, place, n):
    evidence = formulations.list_evidence(make_sentences("落实二级响应。"), forms, place=place)
    assert len(evidence) == n


def test_evidence_of_a_city_does_not_hold_for_its_province(forms):
    city = forms.assign(scope=forms["scope"].replace("Guangdong", "Guangzhou"))
    given = make_sentences("落实二级响应。")
    n_of = {
        place: len(formulations.list_evidence(given, city, place=place))
        for place in ("Guangzhou", "Guangdong", "Shenzhen")
    }
    assert n_of == {"Guangzhou": 1, "Guangdong": 0, "Shenzhen": 0}


def test_each_document_can_have_its_own_place(forms):
    given = make_sentences("落实二级响应。", "落实二级响应。", "落实二级响应。")
    evidence = formulations.list_evidence(given, forms, place={"d1": "广州", "d2": "武汉"})
    assert evidence["doc_id"].tolist() == ["d1"]


@pytest.mark.parametrize(
    ("text", "end"),
    [("全面做好六稳工作", "2020-04-17"), ("做好六稳工作、落实六保任务", None)],
)
def test_absence_counts_only_where_the_other_form_is_absent(forms, text, end):
    evidence = formulations.list_evidence(make_sentences(text), forms).set_index("form")
    found = evidence.loc["六稳", "not_after"]
    assert pd.isna(found) if end is None else found == DAY(end)


def test_a_name_hidden_in_another_gives_no_evidence(forms):
    """The leading group kept the old name of the disease for some days after it was replaced."""
    text = "中央应对新型冠状病毒感染肺炎疫情工作领导小组召开会议。"
    evidence = formulations.list_evidence(make_sentences(text), forms)
    assert evidence["form"].tolist() == ["中央应对新型冠状病毒感染肺炎疫情工作领导小组"]


def test_undated_forms_give_no_evidence(forms):
    assert formulations.list_evidence(make_sentences("病例清零。"), forms).empty


def test_no_evidence_makes_an_empty_table_of_dates(forms):
    evidence = formulations.list_evidence(make_sentences("无。"), forms)
    assert list(evidence.columns) == tables.COLUMNS["evidence"]
    dates = formulations.date_by_wording(evidence)
    assert dates.empty and list(dates.columns) == tables.COLUMNS["dates"]


# ---------------------------------------------------------------- the interval


@pytest.mark.parametrize("seed", range(20))
def test_the_interval_holds_just_the_days_that_every_line_allows(seed):
    generator = np.random.default_rng(seed)
    days = pd.date_range("2020-01-01", periods=40)
    rows = []
    for number in range(generator.integers(1, 5)):
        begin, end = sorted(generator.choice(40, 2, replace=False))
        rows.append((f"f{number}", str(days[begin].date()), str(days[end].date())))
    evidence = make_evidence(rows)
    allowed = [
        day for day in days
        if all(DAY(begin) <= day <= DAY(end) for _, begin, end in rows)
    ]  # fmt: skip
    row = formulations.date_by_wording(evidence).iloc[0]
    if allowed:
        assert (row["not_before"], row["not_after"]) == (allowed[0], allowed[-1])
        assert row["n_days"] == len(allowed) and row["problem"] == ""
    else:
        assert pd.isna(row["not_before"]) and pd.isna(row["n_days"]) and row["problem"] != ""
    shuffled = formulations.date_by_wording(evidence.sample(frac=1, random_state=seed)).iloc[0]
    assert shuffled["n_days"] is row["n_days"] or shuffled["n_days"] == row["n_days"]


def test_contradictory_evidence_names_its_two_lines():
    evidence = make_evidence([("内防扩散", None, "2020-03-23"), ("六保", "2020-04-17", None)])
    row = formulations.date_by_wording(evidence).iloc[0]
    assert row["problem"] == "六保 (from 2020-04-17) against 内防扩散 (until 2020-03-23)"
    assert pd.isna(row["not_before"]) and pd.isna(row["not_after"]) and row["n_evidence"] == 2


def test_one_day_is_an_interval_of_one_day():
    evidence = make_evidence([("a", "2020-03-23", None), ("b", None, "2020-03-23")])
    row = formulations.date_by_wording(evidence).iloc[0]
    assert row["n_days"] == 1 and row["problem"] == ""


@pytest.mark.parametrize(("begin", "end"), [("2020-03-23", None), (None, "2020-03-23")])
def test_an_open_side_stays_open(begin, end):
    row = formulations.date_by_wording(make_evidence([("a", begin, end)])).iloc[0]
    assert pd.isna(row["n_days"]) and row["problem"] == ""
    assert pd.isna(row["not_before"]) == (begin is None)
    assert pd.isna(row["not_after"]) == (end is None)


def test_less_sure_days_can_be_left_out():
    evidence = make_evidence(
        [("a", "2020-02-01", "2020-05-01"), ("b", "2020-03-01", "2020-04-01")],
        confidence=["high", "low"], end_confidence=["medium", "low"],
    )  # fmt: skip
    found = {
        least: formulations.date_by_wording(evidence, least=least).iloc[0]
        for least in ("low", "medium", "high")
    }
    assert [found[least]["n_evidence"] for least in found] == [2, 1, 1]
    assert found["low"]["not_before"] == DAY("2020-03-01")
    assert found["medium"]["not_after"] == DAY("2020-05-01")
    assert pd.isna(found["high"]["not_after"])
    with pytest.raises(ValueError, match="one of low, medium, high"):
        formulations.date_by_wording(evidence, least="sure")


def test_missing_columns_are_named_with_their_room():
    with pytest.raises(ValueError, match="'end_confidence'; make it with formulations.list_evid"):
        formulations.date_by_wording(
            make_evidence([("a", None, "2020-01-01")]).drop(columns="end_confidence")
        )


# ---------------------------------------------------------------- the evaluation


def test_the_scores_add_up(scores):
    summary = scores[scores["section"] == "summary"]
    assert len(summary) == 12 and set(summary["half"]) == set(evaluate_dating.HALVES)
    kinds = ["n_closed", "n_from_only", "n_until_only", "n_contradictory"]
    assert (summary[kinds].sum(axis=1) == summary["n_evidence"]).all()
    assert np.allclose(
        summary["share_inside"], summary["n_inside"] / summary["n_evidence"], atol=1e-4
    )
    assert (summary["n_closed_inside"] <= summary["n_closed"]).all()
    assert (summary["share_by_chance"] < summary["share_inside"]).all()
    assert (summary["n_narrow_inside"] <= summary["n_narrow"]).all()


def test_contradictions_and_misses_are_counted_as_misses():
    documents = pd.DataFrame({"doc_id": ["in", "out", "contradictory"], "date": DAY("2020-03-01")})
    evidence = pd.concat(
        [
            make_evidence([("a", "2020-02-01", "2020-03-02")], doc_id="in"),
            make_evidence([("a", "2020-03-02", None)], doc_id="out"),
            make_evidence(
                [("a", "2020-03-02", None), ("b", None, "2020-02-01")], doc_id="contradictory"
            ),
        ]
    )
    row = evaluate_dating.score_dates(documents, evidence, "low")
    assert (row["n_evidence"], row["n_inside"], row["n_contradictory"]) == (3, 1, 1)
    assert (row["n_closed"], row["n_from_only"], row["n_narrow"], row["n_narrow_inside"]) == (
        1,
        1,
        1,
        1,
    )
    assert row["share_by_chance"] == pytest.approx(1 / 3)  # all three documents are of one day
    forms = evaluate_dating.score_forms(documents, evidence).set_index("form")
    assert forms.loc["a", ["n_documents", "n_before", "n_after"]].tolist() == [3, 2, 0]
    assert forms.loc["b", ["n_before", "n_after"]].tolist() == [0, 1]


def test_the_scores_are_those_of_the_corpus(corpora, scores):
    """Posts only: the broadcasts take four times as long."""
    name = "cctv_weibo_2020"
    documents, evidence = evaluate_dating.read_evidence(corpora, name)
    for which, days in documents.groupby("half"):
        row = evaluate_dating.score_dates(days, evidence, "low")
        told = scores.set_index(["corpus", "half", "least"]).loc[(name, which, "low")]
        for column in ("n_documents", "n_evidence", "n_closed", "n_inside", "n_contradictory"):
            assert row[column] == told[column]
        assert row["median_days"] == told["median_days"]


# ---------------------------------------------------------------- hostile tables

LINES = make_evidence([("甲", "2020-01-01", "2020-05-01"), ("乙", "2020-02-01", None)])
SENTENCE = make_sentences("内防扩散。")


def in_zone(table, column):
    return table.assign(**{column: table[column].dt.tz_localize("UTC")})


@pytest.mark.parametrize(
    "disguise",
    [
        lambda table: table.set_axis([0] * len(table)),
        lambda table: table.rename_axis("doc_id"),
        lambda table: table.set_index("doc_id", drop=False),
        lambda table: table.assign(n_own=9, own=1, unless_this="x"),
        lambda table: table.astype({"form": "category", "confidence": "category"}),
        lambda table: table.astype({"not_before": "datetime64[s]", "not_after": "datetime64[ns]"}),
    ],
)
def test_labels_types_and_other_columns_change_nothing(forms, disguise):
    found = formulations.date_by_wording(disguise(LINES))
    pd.testing.assert_frame_equal(found, formulations.date_by_wording(LINES), check_dtype=False)
    found = formulations.list_evidence(SENTENCE, disguise(forms.assign(doc_id="another", n=99)))
    plain = formulations.list_evidence(SENTENCE, forms)
    pd.testing.assert_frame_equal(found.astype(object), plain.astype(object), check_dtype=False)


def test_hours_are_no_part_of_a_day():
    hours = LINES.assign(not_before=LINES["not_before"] + pd.Timedelta(hours=13))
    pd.testing.assert_frame_equal(
        formulations.date_by_wording(hours), formulations.date_by_wording(LINES)
    )


def test_a_place_can_be_written_in_traditional_characters(forms):
    sentences = make_sentences("落实二级响应要求。")
    assert len(formulations.list_evidence(sentences, forms, place="廣東")) == len(
        formulations.list_evidence(sentences, forms, place="广东")
    )


@pytest.mark.parametrize(
    ("place", "message"),
    [
        (None, "place is NoneType"), (3, "place is int"), (["广州"], "place is list"),
        (pd.DataFrame({"place": ["广州"]}), "place is DataFrame"),
        (pd.Series(["广州", "武汉"], index=["d0", "d0"]), "place is Series"),
        (pd.Series(["广州"]), "names none of the documents"), ({"d0": 3}, "place holds 3"),
    ],
)  # fmt: skip
def test_what_names_no_place_is_refused(forms, place, message):
    with pytest.raises(ValueError, match=message):
        formulations.list_evidence(SENTENCE, forms, place=place)


@pytest.mark.parametrize("missing", [None, np.nan, ""])
def test_a_place_that_is_not_known_is_none(forms, missing):
    found = formulations.list_evidence(SENTENCE, forms, place={"d0": missing})
    pd.testing.assert_frame_equal(found, formulations.list_evidence(SENTENCE, forms))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda forms: forms.astype({"not_before": str}), "'not_before' .* not days"),
        (lambda forms: in_zone(forms, "not_after"), "'not_after' .* time zone"),
        (lambda forms: forms.assign(confidence=None), "has the confidence None"),
        (lambda forms: forms.assign(end_confidence="sure"), "has the end_confidence 'sure'"),
        (lambda forms: forms.assign(scope="Mars"), "has the scope 'Mars'"),
        (lambda forms: forms.assign(unless=np.nan), "no text in unless"),
        (lambda forms: forms.assign(variants=None), "no well-formed text in 'variants'"),
        (lambda forms: pd.concat([forms, forms]), "twice"),
        (lambda forms: 3, "pandas table"),
    ],
)
def test_hostile_forms_are_refused(forms, change, message):
    with pytest.raises(ValueError, match=message):
        formulations.list_evidence(SENTENCE, change(forms))


@pytest.mark.parametrize(
    ("evidence", "message"),
    [
        (None, "pandas table"),
        (LINES.astype({"not_before": str}), "'not_before' .* not days"),
        (LINES.assign(not_after=LINES["not_after"].dt.date), "'not_after' .* not days"),
        (in_zone(LINES, "not_before"), "time zone"),
        (LINES.assign(doc_id=["d", None]), "no value in 'doc_id'"),
        (LINES.assign(doc_id=[["d"], ["d"]]), "no value in 'doc_id'"),
        (LINES.assign(form=None), "no value in 'form'"),
        (LINES.assign(confidence="sure"), "'甲' of the evidence table has the confidence 'sure'"),
        (LINES.assign(end_confidence=""), "has the end_confidence ''"),
        (pd.concat([LINES, LINES]), "twice"),
    ],
)
def test_hostile_evidence_is_refused(evidence, message):
    with pytest.raises(ValueError, match=message):
        formulations.date_by_wording(evidence)


@pytest.mark.parametrize("seed", range(20))
def test_open_sides_and_unsure_days_leave_just_the_days_of_the_others(seed):
    generator = np.random.default_rng(seed)
    days = pd.date_range("2020-01-01", periods=40)
    rows = []
    for number in range(generator.integers(1, 7)):
        begin, end = sorted(generator.integers(0, 40, 2))
        sides = [
            str(days[day].date()) if generator.random() < 0.7 else None for day in (begin, end)
        ]
        rows.append((f"f{number}", *sides))
    evidence = make_evidence(rows).assign(
        confidence=generator.choice(["low", "medium", "high"], len(rows)),
        end_confidence=generator.choice(["low", "medium", "high"], len(rows)),
    )
    sure = {"medium", "high"}
    begins = [line.not_before for line in evidence.itertuples() if line.confidence in sure]
    ends = [line.not_after for line in evidence.itertuples() if line.end_confidence in sure]
    begins, ends = ([day for day in side if pd.notna(day)] for side in (begins, ends))
    dates = formulations.date_by_wording(evidence, least="medium")
    if not begins and not ends:
        assert dates.empty
        return
    allowed = [
        day for day in days
        if all(day >= begin for begin in begins) and all(day <= end for end in ends)
    ]  # fmt: skip
    row = dates.iloc[0]
    assert (row["problem"] == "") == bool(allowed)
    if allowed:
        assert pd.isna(row["not_before"]) if not begins else row["not_before"] == allowed[0]
        assert pd.isna(row["not_after"]) if not ends else row["not_after"] == allowed[-1]
