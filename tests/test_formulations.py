"""Set phrases: the table, sightings, spans, replacement, crossing, nesting."""

import re

import numpy as np
import pandas as pd
import pytest
from pypinyin.pinyin_dict import pinyin_dict
from scipy.stats import binomtest

from helpers import clean, formulations, lexicon, paths, tables


@pytest.fixture(scope="module")
def forms() -> pd.DataFrame:
    return formulations.read_formulations()


def make_sentences(*texts: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "doc_id": [f"d{number}" for number in range(len(texts))],
            "sentence_id": 1,
            "start": 0,
            "sentence": texts,
        }
    )


def make_forms(rows: dict[str, str], family: str = "f") -> pd.DataFrame:
    """A table of forms; a value "name" is the family of that form, "" the common one."""
    return pd.DataFrame(
        {
            "id": [f"F{number}" for number in range(len(rows))],
            "form": list(rows),
            "variants": "",
            "family": [name or family for name in rows.values()],
            "hides": 0,
        }
    )


def make_corpus(rows: list[tuple[str, str]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(day, forms joined by /) per document -> documents, sightings."""
    documents = pd.DataFrame(
        {
            "doc_id": [f"d{number}" for number in range(len(rows))],
            "date": pd.to_datetime([day for day, _ in rows]),
        }
    )
    seen = [
        (f"d{number}", form)
        for number, (_, held) in enumerate(rows)
        for form in filter(None, held.split("/"))
    ]
    sightings = pd.DataFrame(seen, columns=["doc_id", "form"]).assign(
        id="F", family="f", n=1, n_free=1, inside="", n_inside="", n_own=1
    )
    return documents, sightings


# ---------------------------------------------------------------- the table


def test_the_table_is_filled_and_each_row_has_a_day_or_says_why_not(forms):
    assert 60 <= len(forms) <= 110 and forms["id"].is_unique and forms["form"].is_unique
    assert list(forms.columns) == tables.COLUMNS["formulations"]
    for column in ("family", "gloss_en", "basis", "pinyin"):
        assert (forms[column] != "").all()
    undated = forms[["not_before", "not_after"]].isna().all(axis=1)
    assert forms.loc[undated, "note"].str.contains("no dates").all()
    assert not forms.loc[~undated, "note"].str.contains("no dates").any()
    # A day from memory is never called sure without saying whose memory.
    assert not (forms["basis"].str.strip() == "from memory, to be checked")[
        forms["confidence"] == "high"
    ].any()


def test_pinyin_is_a_reading_of_each_character(forms):
    numbers = {
        "14+7": "十四加七",
        "7+3": "七加三",
        "5+3": "五加三",
        "复工复产20条": "复工复产二十条",
    }
    wrong = []
    for row in forms.itertuples():
        characters = re.findall("[\u4e00-\u9fff]", numbers.get(row.form, row.form))
        syllables = row.pinyin.split()
        wrong += [row.form] * (len(characters) != len(syllables))
        wrong += [
            (row.form, syllable)
            for character, syllable in zip(characters, syllables, strict=False)
            if syllable not in pinyin_dict[ord(character)].split(",")
        ]
    assert wrong == []


def test_the_known_turns_stand_in_the_table(forms):
    table = forms.set_index("form")
    day = pd.Timestamp
    assert table.loc["外防输入、内防扩散", "not_after"] == day("2020-03-23")
    assert table.loc["外防输入、内防反弹", "not_before"] == day("2020-03-23")
    assert table.loc["新冠肺炎", ["not_before", "not_after"]].tolist() == [
        day("2020-02-07"), day("2022-12-26"),
    ]  # fmt: skip
    assert table.loc["二级响应", ["not_before", "not_after", "scope"]].tolist() == [
        day("2020-02-24"), day("2020-05-09"), "Guangdong",
    ]  # fmt: skip
    assert table.loc["六稳", ["not_after", "end_confidence", "unless"]].tolist() == [
        day("2020-04-17"), "low", "六保",
    ]  # fmt: skip


def test_a_table_of_ones_own_needs_two_columns(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("form,gloss_en\n动态清零,dynamic zero\n", encoding="utf-8")
    own = formulations.read_formulations(path)
    row = own.iloc[0]
    assert (row["id"], row["scope"], row["confidence"], row["end_confidence"]) == (
        "F001", "nation", "low", "",
    )  # fmt: skip
    assert pd.isna(row["not_before"]) and pd.isna(row["not_after"])


@pytest.mark.parametrize(
    ("header", "rows", "message"),
    [
        ("form", ["清零"], "no column 'gloss_en'"),
        ("form,gloss_en", ["清零,"], r"own.csv line 2 \(form '清零'\) has no gloss_en"),
        ("form,gloss_en", [",zero"], "has no form"),
        ("form,gloss_en,id", ["清零,zero,F1", "六保,six,F1"], "line 3.*id of an earlier row"),
        (
            "form,gloss_en,scope",
            ["清零,zero,Mars"],
            "unknown scope; write one of nation, Guangdong",
        ),
        ("form,gloss_en,confidence", ["清零,zero,sure"], "unknown confidence"),
        ("form,gloss_en,not_before", ["清零,zero,2020-02-30"], "not_before that is no day"),
        ("form,gloss_en,not_before", ["清零,zero,2020-2-3"], "not_before that is no day"),
        ("form,gloss_en,not_after", ["清零,zero,spring"], "not_after that is no day"),
        (
            "form,gloss_en,not_before,not_after",
            ["清零,zero,2020-03-02,2020-03-01"],
            "not_before after its not_after",
        ),
        ("form,gloss_en,end_confidence", ["清零,zero,low"], "end_confidence but no not_after"),
        (
            "form,gloss_en,not_after,end_confidence",
            ["清零,zero,2020-03-01,sure"],
            "unknown end_confidence",
        ),
        ("form,gloss_en,not_after,unless", ["清零,zero,2020-03-01,六保"], "not in the table"),
        ("form,gloss_en,hides", ["清零,zero,yes"], "unknown hides; write one of 0, 1"),
        ("form,gloss_en,unless", ["清零,zero,六保", "六保,six,"], "no not_after for it to limit"),
        ("form,gloss_en,variants", ["清零,zero,", "六保,six,清零"], "'清零' has too"),
        # The same spelling once the mark between the halves is free.
        ("form,gloss_en", ["外防输入、内防扩散,a", "外防输入内防扩散,b"], "has too"),
        ("form,gloss_en", ["動態清零,zero"], "traditional characters.*write '动态清零'"),
        ("form,gloss_en", ["“”,nothing"], "made of marks only"),
    ],
)
def test_a_wrong_table_is_refused_with_line_and_cure(tmp_path, header, rows, message):
    path = tmp_path / "own.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    with pytest.raises(lexicon.LexiconError, match=message):
        formulations.read_formulations(path)


def test_a_table_that_is_not_there_is_named():
    with pytest.raises(ValueError, match="nowhere.csv does not exist"):
        formulations.read_formulations("nowhere.csv")


# ---------------------------------------------------------------- sightings


@pytest.mark.parametrize(
    "written",
    [
        "外防输入、内防扩散",
        "外防输入，内防扩散",
        "外防输入内防扩散",
        "“外防输入”“内防扩散”",
        "“外防输入、内防扩散”",
    ],
)
def test_the_mark_between_the_halves_is_free(forms, written):
    found = formulations.find_sightings(make_sentences(f"落实{written}要求"), forms)
    assert found.set_index("form").loc["外防输入、内防扩散", ["n", "n_free", "n_own"]].tolist() == [
        1,
        1,
        1,
    ]
    assert found.set_index("form").loc["内防扩散", ["n", "n_free", "n_own", "inside"]].tolist() == [
        1, 0, 1, "外防输入、内防扩散",
    ]  # fmt: skip


def test_a_name_inside_one_that_hides_it_is_not_meant(forms):
    texts = (
        "防控新型冠状病毒感染的肺炎。",
        "统筹推进新冠肺炎疫情防控和经济社会发展。",
        "新型冠状病毒感染。",
    )
    found = formulations.find_sightings(make_sentences(*texts), forms)
    own = {(row.doc_id, row.form): row.n_own for row in found.itertuples()}
    assert own["d0", "新型冠状病毒感染的肺炎"] == 1 and own["d0", "新型冠状病毒感染"] == 0
    assert own["d1", "新冠肺炎"] == 1 and own["d2", "新型冠状病毒感染"] == 1


def test_a_name_of_a_body_keeps_the_old_name_without_dating_it(forms):
    text = "湖北省新型冠状病毒感染的肺炎疫情防控指挥部通告。"
    found = formulations.find_sightings(make_sentences(text), forms).set_index("form")
    assert found.loc["新型冠状病毒感染的肺炎", "n_own"] == 0


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("实行7+3管理", 1),
        ("实行“7+3”", 1),
        ("17+3", 0),
        ("7+35", 0),
        ("7+3.5", 0),
        ("1+7+3", 0),
        ("7+3，7+3", 2),
    ],
)
def test_a_form_of_digits_is_not_seen_inside_a_number(forms, text, n):
    found = formulations.find_sightings(make_sentences(text), forms)
    assert found.loc[found["form"] == "7+3", "n"].sum() == n


def test_all_mentions_agree_with_counting_strings(sentences, forms):
    """On the sample: a form without variants stands there as often as its characters do."""
    found = formulations.find_sightings(sentences, forms).set_index("form")["n"]
    plain = re.sub(r"[“”()]", "", "\n".join(sentences["sentence"]))
    simple = forms[(forms["variants"] == "") & ~forms["form"].str.contains("[、+]", regex=True)]
    assert {form: found.get(form, 0) for form in simple["form"]} == {
        form: plain.count(form) for form in simple["form"]
    }
    assert found["外防输入、内防扩散"] == 1 and found["新冠肺炎"] == 2 and len(found) == 15


def test_sightings_keep_the_order_of_the_documents_and_leave_arguments_alone(forms):
    given = make_sentences("六稳六保。", "无。", "六稳，动态清零。")
    before = given.copy(), forms.copy()
    found = formulations.find_sightings(given, forms)
    assert found["doc_id"].tolist() == ["d0", "d0", "d2", "d2", "d2"]
    assert found["form"].tolist() == ["六稳", "六保", "清零", "动态清零", "六稳"]
    pd.testing.assert_frame_equal(given, before[0])
    pd.testing.assert_frame_equal(forms, before[1])


def test_no_sighting_is_an_empty_table_with_its_columns(forms):
    found = formulations.find_sightings(make_sentences("无。"), forms)
    assert found.empty and list(found.columns) == tables.COLUMNS["sightings"]


def test_overlapping_spellings_of_one_form_are_one_mention(forms):
    found = formulations.find_sightings(make_sentences("落实防控二十条优化措施。"), forms)
    row = found.set_index("form").loc["二十条优化措施"]
    assert row[["n", "n_free", "n_own", "inside"]].tolist() == [1, 1, 1, ""]


# ---------------------------------------------------------------- nesting


def test_nested_and_free_mentions_add_up(forms):
    text = (
        "外防输入、内防扩散；内防扩散；统筹推进新冠肺炎疫情防控和经济社会发展；新冠肺炎；新冠肺炎。"
    )
    found = formulations.find_sightings(make_sentences(text, text, "内防扩散、外防输出"), forms)
    nested = formulations.list_nested(found)
    held = nested.groupby("form")["n"].sum()
    n, n_free = (found.groupby("form")[column].sum() for column in ("n", "n_free"))
    assert held.to_dict() == (n - n_free)[n > n_free].to_dict()
    rows = nested.set_index(["form", "holder"])
    assert rows.loc[("新冠肺炎", "统筹推进新冠肺炎疫情防控和经济社会发展"), "n"] == 2
    assert not rows.loc[("新冠肺炎", "统筹推进新冠肺炎疫情防控和经济社会发展"), "same_family"]
    assert rows.loc[("内防扩散", "内防扩散、外防输出"), ["n", "n_all", "same_family"]].tolist() == [
        1,
        5,
        True,
    ]
    assert formulations.list_nested(found.iloc[:0]).empty


# ---------------------------------------------------------------- spans


def test_spans_say_first_last_and_the_month_with_the_largest_share():
    documents, sightings = make_corpus(
        [("2020-02-03", ""), ("2020-02-04", "甲"), ("2020-03-01", "甲"), ("2020-03-02", "甲"),
         ("2020-03-03", "乙"), ("2020-04-05", "乙")]
    )  # fmt: skip
    spans = formulations.measure_spans(sightings, documents).set_index("form")
    assert spans.loc["甲", ["n_documents", "first", "last", "peak"]].tolist() == [
        3, pd.Timestamp("2020-02-04"), pd.Timestamp("2020-03-02"), "2020-03",
    ]  # fmt: skip
    assert spans.loc["甲", "peak_share"] == pytest.approx(2 / 3)
    # One of one document in April beats one of three in March.
    assert spans.loc["乙", ["peak", "peak_share"]].tolist() == ["2020-04", 1.0]
    assert spans.loc["乙", "per_thousand_documents"] == pytest.approx(2 / 6 * 1000)


def test_spans_can_name_the_forms_that_were_not_sighted():
    documents, sightings = make_corpus([("2020-02-03", "甲")])
    sightings.loc[0, "n_own"] = 0
    assert formulations.measure_spans(sightings, documents).empty
    spans = formulations.measure_spans(
        sightings, documents, formulations=make_forms({"甲": "", "乙": ""})
    )
    assert spans["n_documents"].tolist() == [0, 0] and spans["first"].isna().all()


@pytest.mark.parametrize(
    ("n", "thresholds", "tier"),
    [(2000, (2000,), 1), (1999, (2000,), None), (0, [9, 7, 5, 3, 1], 6), (5, [9, 7, 5, 3, 1], 3)],
)
def test_heat_tiers_are_told_only_where_their_limits_are_given(n, thresholds, tier):
    assert formulations.heat_tier(n, thresholds) == tier


@pytest.mark.parametrize(
    ("n", "thresholds"), [(1, []), (1, [1, 2]), (1, [6, 5, 4, 3, 2, 1]), (-1, [5]), (1, [5, 5])]
)
def test_wrong_thresholds_are_refused(n, thresholds):
    with pytest.raises(ValueError, match="thresholds must be|cannot be negative"):
        formulations.heat_tier(n, thresholds)


# ---------------------------------------------------------------- replacement


def random_corpus(seed: int, n: int = 120) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Documents over 12 weeks: the new form rises from none to nearly all, some hold both."""
    generator = np.random.default_rng(seed)
    days = pd.Timestamp("2020-03-02") + pd.to_timedelta(generator.integers(0, 84, n), unit="D")
    rows = []
    for day in sorted(days):
        chance = min(max(((day - pd.Timestamp("2020-03-02")).days - 20) / 45, 0), 0.95)
        held = "新" if generator.random() < chance else "旧"
        held = "旧/新" if generator.random() < 0.1 else held
        rows.append((f"{day:%Y-%m-%d}", held if generator.random() < 0.7 else ""))
    return make_corpus(rows)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_replacement_counts_documents_as_a_loop_does(seed):
    documents, sightings = random_corpus(seed)
    weeks = formulations.track_replacement(sightings, documents, old="旧", new="新")
    held = sightings.groupby("doc_id")["form"].agg(set)
    for week in weeks.itertuples():
        here = documents.loc[documents["date"].between(week.start, week.end), "doc_id"]
        sets = [held.get(doc_id, set()) for doc_id in here]
        old, new = (sum(form in seen for seen in sets) for form in ("旧", "新"))
        both = sum({"旧", "新"} <= seen for seen in sets)
        assert (week.n_documents, week.n_old, week.n_new, week.n_both) == (
            len(here),
            old,
            new,
            both,
        )
        assert week.n_either == old + new - both
        if week.n_either == 0:
            assert np.isnan([week.share_new, week.low, week.high]).all()
            continue
        wilson = binomtest(new, week.n_either).proportion_ci(method="wilson")
        assert week.share_new == pytest.approx(new / week.n_either)
        assert (week.low, week.high) == pytest.approx((wilson.low, wilson.high))


def test_several_forms_can_stand_for_one_side():
    documents, sightings = make_corpus([("2020-03-16", "甲/乙"), ("2020-03-17", "丙")])
    weeks = formulations.track_replacement(sightings, documents, old=["甲", "乙"], new="丙")
    assert weeks.loc[0, ["n_old", "n_new", "n_both"]].tolist() == [1, 1, 0]


def test_weeks_without_either_form_are_gaps():
    documents, sightings = make_corpus(
        [("2020-03-02", "旧"), ("2020-03-09", ""), ("2020-03-16", "新")]
    )
    weeks = formulations.track_replacement(sightings, documents, old="旧", new="新")
    assert weeks["share_new"].isna().tolist() == [False, True, False]


def crossing_by_hand(documents: pd.DataFrame, sightings: pd.DataFrame) -> str:
    weeks = formulations.track_replacement(sightings, documents, old="旧", new="新")
    for place in range(len(weeks)):
        rest = weeks.iloc[place:]
        if rest["n_new"].iloc[0] > rest["n_old"].iloc[0] and (rest["n_new"] >= rest["n_old"]).all():
            return weeks["period"].iloc[place]
    return ""


@pytest.mark.parametrize("seed", range(8))
def test_the_crossing_is_the_first_week_from_which_the_new_form_leads_for_good(seed):
    documents, sightings = random_corpus(seed)
    found = formulations.find_crossing(
        sightings, documents, old="旧", new="新", n_resamples=200
    ).iloc[0]
    assert found["period"] == crossing_by_hand(documents, sightings) != ""
    assert found["early"] <= found["start"] <= found["late"] and found["support"] > 0.9
    again = formulations.find_crossing(
        sightings.sample(frac=1, random_state=1), documents, old="旧", new="新", n_resamples=200
    ).iloc[0]
    assert again["period"] == found["period"]


def test_a_new_form_that_falls_back_has_no_crossing():
    documents, sightings = make_corpus(
        [("2020-03-02", "旧"), ("2020-03-09", "新"), ("2020-03-16", "旧"), ("2020-03-17", "旧")]
    )
    found = formulations.find_crossing(sightings, documents, old="旧", new="新").iloc[0]
    assert found["period"] == "" and pd.isna(found["start"]) and found["support"] < 0.5


# ---------------------------------------------------------------- bad input


def refuse(message: str, documents: pd.DataFrame, sightings: pd.DataFrame, **options) -> None:
    options = {"old": "旧", "new": "新"} | options
    for function in (formulations.track_replacement, formulations.find_crossing):
        with pytest.raises(ValueError, match=message):
            function(sightings, documents, **options)


def test_bad_tables_are_refused_with_the_cure():
    documents, sightings = make_corpus([("2020-03-02", "旧"), ("2020-03-09", "新")])
    undated = documents.assign(date=[pd.NaT, documents["date"].iloc[1]])
    refuse("1 of 2 documents have no date", undated, sightings)
    refuse("no rows", documents.iloc[:0], sightings)
    refuse("more than once", pd.concat([documents, documents]), sightings)
    refuse("not in the documents table", documents.iloc[:1], sightings)
    refuse("twice", documents, pd.concat([sightings, sightings]))
    refuse("has no column 'n_own'", documents, sightings.drop(columns="n_own"))
    refuse("holds .*, not days", documents.assign(date="2020-03-02"), sightings)
    refuse("no document holds a form of new='丙'", documents, sightings, new="丙")
    refuse("named as old and as new", documents, sightings, new="旧")
    refuse("freq is 'hour'", documents, sightings, freq="hour")


def test_too_few_resamples_are_refused():
    documents, sightings = make_corpus([("2020-03-02", "旧"), ("2020-03-09", "新")])
    with pytest.raises(ValueError, match="at least 100"):
        formulations.find_crossing(sightings, documents, old="旧", new="新", n_resamples=5)


def test_table_and_readme_are_in_simplified_utf8(forms):
    raw = (paths.LEXICON / "formulations.csv").read_bytes()
    assert not raw.startswith(b"\xef\xbb\xbf") and b"\r" not in raw
    written = "".join(forms["form"] + forms["variants"])
    assert clean.convert_script(written) == written


# ---------------------------------------------------------------- hostile tables

DOCUMENTS, SIGHTINGS = make_corpus(
    [("2020-03-02", "旧"), ("2020-03-09", "旧/新"), ("2020-03-10", "新"), ("2020-03-17", "新")]
)
PAIR = {"old": "旧", "new": "新"}
FORMS = make_forms({"内防扩散": "", "外防输入、内防扩散": "", "7+3": ""})
NESTING = make_sentences("外防输入、内防扩散，内防扩散。", "实行7+3，不是17+3。")
CALLS = {
    "spans": lambda sightings, documents: formulations.measure_spans(sightings, documents),
    "replacement": lambda sightings, documents: formulations.track_replacement(
        sightings, documents, **PAIR
    ),
    "crossing": lambda sightings, documents: formulations.find_crossing(
        sightings, documents, **PAIR, n_resamples=100
    ),
    "nesting": lambda sightings, documents: formulations.list_nested(sightings),
}
DISGUISES = {
    "equal labels": lambda table: table.set_axis([0] * len(table)),
    "shuffled labels": lambda table: table.set_axis(range(len(table))[::-1]),
    "labels called like a column": lambda table: table.rename_axis("doc_id"),
    "a column as labels": lambda table: table.set_index("doc_id", drop=False),
    "more columns": lambda table: table.assign(
        **{c: "x" for c in ("old", "new", "own", "place", "free") if c not in table.columns}
    ),
    "categories": lambda table: table.astype({c: "category" for c in table.select_dtypes("str")}),
    "nullable": lambda table: table.astype({c: "Int64" for c in table.select_dtypes("int64")}),
}


@pytest.mark.parametrize("disguise", DISGUISES)
@pytest.mark.parametrize("name", CALLS)
def test_labels_types_and_other_columns_change_nothing(name, disguise):
    wear = DISGUISES[disguise]
    found = CALLS[name](wear(SIGHTINGS), wear(DOCUMENTS))
    plain = CALLS[name](SIGHTINGS, DOCUMENTS)
    pd.testing.assert_frame_equal(found.astype(object), plain.astype(object), check_dtype=False)


@pytest.mark.parametrize("disguise", DISGUISES)
def test_sightings_are_the_same_whatever_the_tables_are_made_of(disguise):
    wear = DISGUISES[disguise]
    forms = FORMS if "column" in disguise else wear(FORMS)
    found = formulations.find_sightings(wear(NESTING), forms)
    plain = formulations.find_sightings(NESTING, FORMS)
    pd.testing.assert_frame_equal(found.astype(object), plain.astype(object), check_dtype=False)


def test_a_date_in_the_sightings_does_not_stand_for_that_of_the_documents():
    dated = SIGHTINGS.assign(date=pd.Timestamp("2019-01-01"))
    for name, call in CALLS.items():
        pd.testing.assert_frame_equal(
            call(dated, DOCUMENTS), CALLS[name](SIGHTINGS, DOCUMENTS), check_dtype=False
        )


@pytest.mark.parametrize("wrong", [None, 3, "x", []])
@pytest.mark.parametrize("name", CALLS)
def test_what_is_no_table_is_refused(name, wrong):
    with pytest.raises(ValueError, match="pandas table"):
        CALLS[name](wrong, DOCUMENTS)
    if name != "nesting":
        with pytest.raises(ValueError, match="pandas table"):
            CALLS[name](SIGHTINGS, wrong)


@pytest.mark.parametrize("cell", [None, "1", -1, 1.5, np.nan, np.inf, True, 2**70])
@pytest.mark.parametrize("column", ["n", "n_free", "n_own"])
@pytest.mark.parametrize("name", ["spans", "replacement", "crossing"])
def test_what_is_no_count_is_refused(name, column, cell):
    with pytest.raises(ValueError, match=f"no whole number of at least 0 in '{column}'"):
        CALLS[name](SIGHTINGS.assign(**{column: cell}), DOCUMENTS)


def sight(**columns):
    return SIGHTINGS.assign(**columns)


def held(inside, n_inside):
    return formulations.list_nested(sight(inside=inside, n_inside=n_inside))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: formulations.measure_spans(sight(form=None), DOCUMENTS), "no value in 'form'"),
        (lambda: formulations.measure_spans(sight(family=None), DOCUMENTS), "in 'family'"),
        (
            lambda: formulations.measure_spans(SIGHTINGS, DOCUMENTS.assign(doc_id=None)),
            "no value in 'doc_id'",
        ),
        (
            lambda: formulations.measure_spans(
                SIGHTINGS, pd.concat([DOCUMENTS, DOCUMENTS[["date"]]], axis=1)
            ),
            "column 'date' twice",
        ),
        (
            lambda: formulations.measure_spans(SIGHTINGS, DOCUMENTS, formulations=FORMS),
            "the form '旧' was sighted and is not in the formulations table",
        ),
        (
            lambda: formulations.measure_spans(
                SIGHTINGS, DOCUMENTS, formulations=make_forms({"旧": "", "新": ""}).iloc[[0, 0, 1]]
            ),
            "form '旧' twice",
        ),
        (
            lambda: formulations.find_crossing(SIGHTINGS, DOCUMENTS, old=None, new="新"),
            "old is None",
        ),
        (lambda: formulations.find_crossing(SIGHTINGS, DOCUMENTS, old="旧", new=[3]), "new is"),
        (lambda: formulations.track_replacement(SIGHTINGS, DOCUMENTS, old=[], new="新"), "old is"),
        (
            lambda: formulations.track_replacement(SIGHTINGS, DOCUMENTS, **PAIR, freq=["week"]),
            "freq is",
        ),
        (
            lambda: formulations.find_crossing(SIGHTINGS, DOCUMENTS, **PAIR, n_resamples="many"),
            "at least 100",
        ),
        (lambda: formulations.find_crossing(SIGHTINGS, DOCUMENTS, **PAIR, seed=None), "seed is"),
        (lambda: held(None, "1"), "no text in inside"),
        (lambda: held("新", 1), "no text in n_inside"),
        (lambda: held("新", "-1"), "with the numbers '-1'"),
        (lambda: held("新", "many"), "with the numbers 'many'"),
        (lambda: held("新", "1/2"), "with the numbers '1/2'"),
        (lambda: held("新", ""), "with the numbers ''"),
        (lambda: formulations.heat_tier(None), "n_articles_per_year is None"),
        (lambda: formulations.heat_tier(np.nan), "n_articles_per_year is nan"),
        (lambda: formulations.heat_tier(4, None), "thresholds must be"),
        (lambda: formulations.heat_tier(4, "54321"), "thresholds must be"),
        (lambda: formulations.heat_tier(4, [np.nan]), "thresholds must be"),
        (lambda: formulations.heat_tier(4, [2000, -5]), "thresholds must be"),
        (lambda: formulations.list_spellings(None), "form is None"),
        (lambda: formulations.list_spellings("六稳", np.nan), "variants is nan"),
        (lambda: formulations.read_formulations(3), "must be text or a Path"),
        (lambda: formulations.read_formulations("x" * 5000), "cannot be opened"),
    ],
)
def test_hostile_calls_are_refused_with_the_cure(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"form": ["内防扩散", None, "7+3"]}, "no value in 'form'"),
        ({"form": [1, 2, 3]}, "no text in form"),
        ({"form": ["旧/新", "a", "b"]}, "'旧/新' .* slash"),
        ({"form": "旧"}, "form '旧' twice"),
        ({"variants": np.nan}, "no well-formed text in 'variants'"),
        ({"family": None}, "no value in 'family'"),
        ({"id": None}, "no value in 'id'"),
        ({"id": "F"}, "id 'F' twice"),
        ({"id": ["F1", 2, "F3"]}, "mixes text and numbers"),
        ({"hides": 2}, "neither 1 nor 0"),
        ({"hides": "1"}, "neither 1 nor 0"),
    ],
)
def test_forms_that_cannot_be_told_apart_are_refused(columns, message):
    with pytest.raises(ValueError, match=message):
        formulations.find_sightings(NESTING, FORMS.assign(**columns))


def test_positions_may_be_floats():
    found = formulations.find_sightings(NESTING.assign(start=5.0), FORMS)
    pd.testing.assert_frame_equal(found, formulations.find_sightings(NESTING, FORMS))


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ("清\u200b零", "invisible"), ("\u202e清零\u202c", "invisible"), ("清\0零", "invisible"),
        ("\"清\n零\"", "invisible"), ("清/零", "slash"), ("動態清零", "traditional"),
        ("=1+1", None), ("清零😀", None), ("صفر", None), ("清" * 9999, None), (".*(", None),
    ],
)  # fmt: skip
def test_hostile_cells_of_a_csv_are_read_as_text_or_refused(tmp_path, form, message):
    path = tmp_path / "o \n🙂'.csv"
    path.write_text(f"form,gloss_en\n{form},zero\n", encoding="utf-8")
    if message:
        with pytest.raises(lexicon.LexiconError, match=message):
            formulations.read_formulations(path)
    else:
        assert formulations.read_formulations(path)["form"].tolist() == [form]
