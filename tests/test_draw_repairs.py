"""The grid of repairs: what was put right, what is lost, and whether both can be read."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from matplotlib.text import Text
from test_draw import outside, overlapping

from helpers import clean, draw, style

SPOILED = "強(qiáng)化擔(dān)當(dāng),發(fā)展"
LOST = "疫情防控锟斤拷"


@pytest.fixture(autouse=True)
def themed(theme):
    yield
    plt.close("all")


def report_of(*texts: str) -> pd.DataFrame:
    names = [f"d{number}" for number in range(len(texts))]
    return clean.repair_report(pd.DataFrame({"doc_id": names, "raw_text": list(texts)}))


def graded(*per_thousand: float) -> pd.DataFrame:
    """A report whose files, of 100,000 characters, have so many insertions per 1,000."""
    empty = report_of(*("疫" * len(per_thousand)))
    counts = [round(100 * rate) for rate in per_thousand]
    return empty.assign(n_raw=100_000, pinyin_removed=counts)


def faces(ax) -> dict[tuple[float, int], tuple[float, ...]]:
    return {
        (round(box.get_x() + 0.48, 2), round(box.get_y() + 0.46)): box.get_facecolor()[:3]
        for box in ax.patches
    }


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_every_number_can_be_read_in_its_cell(mode):
    style.set_theme(mode=mode)
    ax = draw.plot_repairs(graded(0.1, 0.3, 1, 3, 10, 30, 100, 300).assign(damaged=[1] + [0] * 7))
    cells = faces(ax)
    assert len(ax.texts) == 9
    for note in ax.texts:
        column, row = note.get_position()
        face = cells[round(column, 2), round(row)]
        assert style.contrast(note.get_color(), face) >= 4.5, (mode, note.get_text())


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_more_repairs_stand_out_more_from_the_ground(mode):
    style.set_theme(mode=mode)
    cells = faces(draw.plot_repairs(graded(1, 10, 100)))
    few, some, many = (style.contrast(cells[0, row], style.GROUND) for row in range(3))
    assert 1 < few < some < many


def test_lost_characters_stand_apart_and_are_no_repair():
    ax = draw.plot_repairs(report_of(SPOILED, LOST))
    *repaired, lost = ax.get_xticks()
    assert lost - repaired[-1] > 1
    assert faces(ax)[round(lost, 2), 1] == to_rgb(style.INK)
    assert "cannot be repaired" in ax.get_xlabel()
    assert ax.get_title(loc="left") == "1 of 2 documents needed repair"


@pytest.mark.parametrize(
    ("texts", "said", "unsaid"),
    [
        ([SPOILED], "found in no document: html residue", "set apart"),
        (["防\u200b" * (n % 40 + 1) + "控" for n in range(31)], "most repairs, of 31", "set apart"),
    ],
)
def test_what_is_not_drawn_is_said_below(texts, said, unsaid):
    below = draw.plot_repairs(report_of(*texts)).get_xlabel().replace("\n", " ")
    assert said in below and unsaid not in below


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("size", style.SIZES)
def test_nothing_overlaps_and_nothing_is_cut(size, language):
    style.set_theme(size=size, language=language)
    figure = draw.plot_repairs(report_of(SPOILED, LOST, "２０２０年", "防\u200b控")).figure
    assert overlapping(figure) == []
    assert outside(figure) == []
    texts = [text.get_text() for text in figure.findobj(Text)]
    assert not any("{" in text for text in texts)
