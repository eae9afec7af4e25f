import numpy as np
import pytest

from helpers.counting import measures
from scripts.check_measures import READINGS, as_arguments, read_checks

CHECKS = read_checks()

# Formulas without a published number: tested by hand, or against scipy, in the other files.
WITHOUT = {"smallest_expected", "smallest_possible_p", "odds_ratio_interval"}
NO_FORMULAS = {"ALTERNATIVES", "DeltaP", "Interval", "Lambda", "LogOdds", "Numbers"}


@pytest.mark.parametrize(
    "check", CHECKS, ids=[f"{check.measure} {check.read} {check.inputs}"[:80] for check in CHECKS]
)
def test_published_number(check):
    expected = np.atleast_1d(check.expected)
    assert check.ours() == pytest.approx(expected, abs=check.tolerance, rel=0), check.source
    assert check.difference() <= check.tolerance
    assert check.source


def test_every_formula_has_a_published_number_or_is_named_without():
    published = {check.measure for check in CHECKS}
    assert published.isdisjoint(WITHOUT)
    assert published | WITHOUT == set(measures.__all__) - NO_FORMULAS


def test_no_number_is_there_twice():
    told = [str(check[:5]) for check in CHECKS]
    assert [row for row in told if told.count(row) > 1] == []


def test_forms_of_inputs():
    check = CHECKS[0]._replace(form="cells", inputs=[1, 2, 3, 4])
    assert as_arguments(check) == [1, 2, 4, 6]
    assert as_arguments(check._replace(form="marginals", inputs=[1, 3, 4, 10])) == [1, 3, 3, 7]
    assert as_arguments(check._replace(form="plain", inputs=[[1], 2])) == [[1], 2]
    with pytest.raises(ValueError, match="published_numbers.csv has the form 'cells' with"):
        as_arguments(check._replace(inputs=[1, 2]))
    assert READINGS["-log10"](0.01) == 2
