"""Dated set phrases (tifa): first and last sighting, replacement, and dating by wording.

A formulation is a fixed phrase of official language, such as 外防输入、内防反弹. The table
data/lexicon/formulations.csv says from which day it was in public use and after which day it was
replaced, with the source of each day and how sure it is.
"""

from helpers.comparing.formulations.dating import date_by_wording, list_evidence
from helpers.comparing.formulations.reading import (
    find_sightings,
    list_spellings,
    read_formulations,
)
from helpers.comparing.formulations.tracking import (
    find_crossing,
    heat_tier,
    list_nested,
    measure_spans,
    track_replacement,
)

__all__ = [
    "date_by_wording", "find_crossing", "find_sightings", "heat_tier", "list_evidence",
    "list_nested", "list_spellings", "measure_spans", "read_formulations", "track_replacement",
]  # fmt: skip
