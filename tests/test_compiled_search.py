"""Forms found by machine code are those that the library finds, in the same order."""

import random

import numpy as np
import pandas as pd
import pytest

from helpers import lexicon
from helpers.counting.lexicon import compiled, matching, tree
from helpers.reading.machine_code import CannotCompileError
from helpers.reading.segment.segmenter import numba_problem

needs_fast = pytest.mark.skipif(bool(numba_problem()), reason="the extra fast is not installed")


def surfaces_of(terms: dict[str, str]) -> pd.DataFrame:
    """Forms with the term of each, as lexicon.list_surfaces makes them."""
    return pd.DataFrame({"surface": list(terms), "term": list(terms.values()), "category": "",
                         "subcategory": ""})  # fmt: skip


def assert_same(matcher: matching.Matcher, text: str) -> None:
    by_library = matcher._find_by_library(text)
    by_code = matcher.find(text)
    for name, expected, found in zip(matching.Mentions._fields, by_library, by_code, strict=True):
        assert found.dtype == expected.dtype
        assert found.tolist() == expected.tolist(), (name, text)


def compiled_matcher(surfaces: pd.DataFrame) -> matching.Matcher:
    matcher = matching.Matcher(surfaces)
    matcher.expect_much()
    assert isinstance(matcher._search, compiled.CompiledSearch)
    return matcher


@needs_fast
@pytest.mark.parametrize("alphabet", ["ab", "abc", "疫情防控“”（)x", "a\U00020000\ufffd-b", "的"])
def test_random_forms_are_found_as_the_library_finds_them(alphabet: str) -> None:
    chance = random.Random(alphabet)
    for _ in range(60):
        written = ("".join(chance.choices(alphabet, k=chance.randint(1, 6))) for _ in range(12))
        bare = {lexicon.TRANSPARENT.sub("", form): form for form in written}
        forms = [form for name, form in bare.items() if name]
        if forms:
            surfaces = surfaces_of({form: f"term {chance.randint(0, 5)}" for form in forms})
            matcher = compiled_matcher(surfaces)
            for _ in range(10):
                text = chance.choices(f"{alphabet}“ x\ud800\x01。", k=chance.randint(0, 60))
                assert_same(matcher, "".join(text))


@needs_fast
def test_the_suite_s_own_terms_are_found_as_the_library_finds_them(seed_raw, lexicon_table) -> None:
    matcher = compiled_matcher(lexicon.list_surfaces(lexicon_table))
    forms = "".join(lexicon.list_surfaces(lexicon_table)["surface"])
    for text in ("", "疫", seed_raw, forms, forms[::-1], seed_raw.replace("，", "“")):
        assert_same(matcher, text)


@needs_fast
def test_more_mentions_than_there_was_room_for() -> None:
    matcher = compiled_matcher(surfaces_of({"a" * n: f"term {n}" for n in range(1, 9)}))
    assert len(matcher.find("a" * 1000).start) == sum(1000 - n for n in range(8))
    assert_same(matcher, "a" * 1000)


@needs_fast
def test_a_variant_inside_its_own_term_is_no_mention() -> None:
    matcher = compiled_matcher(surfaces_of({"复工复产": "复工复产", "复工": "复工复产"}))
    found = matcher.find("复工“复产”，复工。")
    assert list(zip(found.start.tolist(), found.end.tolist(), strict=True)) == [(0, 5), (7, 9)]
    assert found.free.tolist() == [True, True]


@needs_fast
def test_threads_share_a_search(seed_raw, lexicon_table) -> None:
    from concurrent.futures import ThreadPoolExecutor

    matcher = compiled_matcher(lexicon.list_surfaces(lexicon_table))
    expected = [column.tolist() for column in matcher.find(seed_raw)]
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(matcher.find, [seed_raw] * 40):
            assert [column.tolist() for column in found] == expected


def test_very_long_forms_are_left_to_the_library() -> None:
    matcher = matching.Matcher(surfaces_of({"a" * (matching._LONGEST_FORM + 1): "long"}))
    matcher.expect_much()
    assert matcher._search is None
    assert len(matcher.find("a" * 300).start) == 100


def test_without_a_compiler_the_library_goes_on(monkeypatch, seed_raw, lexicon_table) -> None:
    def refuse(*given: object) -> None:
        raise CannotCompileError("no compiler here")

    monkeypatch.setattr(matching, "CompiledSearch", refuse)
    matcher = matching.Matcher(lexicon.list_surfaces(lexicon_table))
    before = matcher.find(seed_raw)
    matcher.expect_much()
    assert matcher._search is None
    assert all(map(np.array_equal, matcher.find(seed_raw), before))
    assert len(before.start) > 50


def test_the_code_s_python_finds_what_the_code_finds() -> None:
    """The function that is compiled is plain Python, and can be read by running it."""
    forms, terms = ["疫情防控", "疫情", "防控"], np.array([0, 1, 2])
    made = compiled._empty_tree(5, 6, terms)
    for sign, character in enumerate("疫情防控", start=1):
        made.signs[ord(character)] = sign
    with np.errstate(over="ignore"):
        made.roots[[1, 3]] = [1, 5]
        tree.add_steps(np.array([1 * 5 + 2, 2 * 5 + 3, 3 * 5 + 4, 5 * 5 + 4]),
                       np.array([2, 3, 4, 6], np.int32), made)  # fmt: skip
        made.forms[[4, 2, 6]] = [1, 2, 3]
        found, n_found = np.zeros((9, 5), np.int64), np.zeros(1, np.int64)
        characters = np.array(list(map(ord, "疫情防控好防控")), np.uint32)
        tree.find_forms(
            characters, made, np.zeros(3, np.int64), np.zeros((4, 2), np.int64), found, n_found
        )
    spans = [(forms[form], start, free) for form, start, _, _, free in found[: n_found[0]].tolist()]
    assert spans == [("疫情防控", 0, 1), ("疫情", 0, 0), ("防控", 2, 0), ("防控", 5, 1)]
