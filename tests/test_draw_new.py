"""Scatter, coupling, calendar, corpus x-ray, shaded keyness: what is drawn is what the table says."""

import io
import itertools

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex, to_rgb
from matplotlib.patches import Rectangle
from matplotlib.text import Annotation, Text
from test_draw import GLOSSARY, KEYNESS, legend_names, outside, overlapping, row_names, written

from helpers import compare, draw, style
from helpers.drawing.draw import scatter

pytestmark = pytest.mark.usefixtures("theme")

LONG_TERM = "在常态化疫情防控条件下全面推进复工复产达产和经济社会发展各项工作并确保人民群众安全"
HOSTILE = [LONG_TERM, "$x_{1}$", "a $ b", "<b>粗体</b>", "سلام عليكم", "😀🦠", "a\nb", "%s {0} \\n"]
# Which rare characters a font holds differs from machine to machine; a warning is right then.
RARE = pytest.mark.filterwarnings("ignore:.*no glyph")


def rates_of(x, y, *, n=None, key="feature", names=None):
    """Rates of groups D2 and D3 in the long form that compare.contrast_rates has."""
    names = [f"词{i}" for i in range(len(x))] if names is None else list(names)
    n = [9] * len(x) if n is None else n
    sides = [
        pd.DataFrame({key: names, "group": group, "n": n, "rate": rate})
        for group, rate in (("D2", x), ("D3", y))
    ]
    return pd.concat(sides, ignore_index=True)


RATES = rates_of(
    [40.0, 0.0, 3.0, 0.5, 8.0], [10.0, 6.0, 3.0, 0.0, 8.5], n=[50, 6, 3, 1, 20],
    names=["疫情防控", "复工复产", "落实", "隔离", "工作"],
)  # fmt: skip
CATEGORY_OF = {"疫情防控": "prevention", "复工复产": "reopening", "隔离": "prevention"}

LABELS = pd.DataFrame(
    {
        "doc_id": "seed",
        "sentence_id": [1, 2, 3, 4],
        "part": ["title", "lead", "lead", "directive 1"],
        "start": [0, 20, 60, 100],
        "end": [20, 60, 100, 130],
        "label": ["coupling", "coupling", "prevention", "unlabelled"],
        "coupling_kind": ["formula", "co-mention", "", ""],
    }
)
HITS = pd.DataFrame(
    [
        # A formula that holds both languages, each with a shorter term inside.
        ("疫情防控和复工复产", "coupling", 2, 11, True),
        ("疫情防控", "prevention", 2, 6, False),
        ("防控", "prevention", 4, 6, False),
        ("复工复产", "reopening", 7, 11, False),
        # Both, free, without a formula.
        ("隔离", "prevention", 25, 27, True),
        ("口罩", "prevention", 40, 42, True),
        ("复工", "reopening", 46, 48, True),
        # An institution's name that holds a prevention term, and a free one with one inside.
        ("防控领导小组", "governance", 62, 68, True),
        ("防控", "prevention", 62, 64, False),
        ("疫情防控", "prevention", 80, 84, True),
        ("疫情", "prevention", 80, 82, False),
    ],
    columns=["term", "category", "start", "end", "free"],
).assign(doc_id="seed")

DAYS = pd.date_range("2020-01-01", "2020-03-15")
SHARES = pd.DataFrame(
    {
        "period": DAYS.strftime("%Y-%m-%d"),
        "start": DAYS,
        "end": DAYS,
        "group": "prevention",
        "n_documents": [0 if i in (9, 10) else 20 + i % 7 for i in range(len(DAYS))],
        "share": [np.nan if i in (9, 10) else (i % 10) / 10 for i in range(len(DAYS))],
    }
)

UNITS = pd.DataFrame(
    {
        "doc_id": ["a", "a", "b", "c"],
        "start": [0, 50, 0, 0],
        "end": [50, 100, 200, 10],
        "year": ["2020", "2020", "2020", "2021"],
    }
)
CORPUS_HITS = pd.DataFrame(
    [
        ("a", "prevention", 24, 26, True),
        ("a", "reopening", 74, 76, True),
        ("b", "prevention", 98, 102, False),
        ("b", "coupling", 0, 10, True),
    ],
    columns=["doc_id", "category", "start", "end", "free"],
)
WITH_DP = KEYNESS.assign(dp=[0.2, 0.55, 0.1, 0.97, np.nan])

PLOTS = {
    "scatter": (draw.plot_scatter, RATES, {"x": "D2", "y": "D3", "category_of": CATEGORY_OF}),
    "coupling": (
        lambda hits, **options: draw.plot_coupling(hits, LABELS, **options), HITS, {}
    ),
    "calendar": (draw.plot_calendar, SHARES, {}),
    "corpus x-ray": (
        lambda hits, **options: draw.plot_corpus_xray(hits, UNITS, **options), CORPUS_HITS, {}
    ),
    "keyness with dp": (draw.plot_keyness, WITH_DP, {"glossary": GLOSSARY}),
}  # fmt: skip


def drawn(ax, **options):
    """The figure as PNG."""
    page = io.BytesIO()
    ax.figure.savefig(page, format="png", **options)
    return page.getvalue()


def share_covered(figure):
    """Shared area of all pairs of texts, as a share of the area of all texts."""
    boxes = [Text.get_window_extent(text) for text in figure.findobj(Text) if text.get_text()]
    boxes = [box for box in boxes if box.width and box.height]
    shared = sum(
        max(min(a.x1, b.x1) - max(a.x0, b.x0), 0) * max(min(a.y1, b.y1) - max(a.y0, b.y0), 0)
        for a, b in itertools.combinations(boxes, 2)
    )
    return shared / sum(box.width * box.height for box in boxes)


# --- what every chart keeps -------------------------------------------------------------------


@pytest.mark.parametrize("name", PLOTS)
@pytest.mark.parametrize("size", style.SIZES)
def test_texts_neither_overlap_nor_leave_the_page(name, size):
    style.set_theme(size=size)
    plot, table, options = PLOTS[name]
    ax = plot(
        table, title="统筹推进 both at once, a finding long enough for two lines " * 2, **options
    )
    style.caption(ax, "Source: Guangzhou Standing Committee, 26 February 2020; n = 1,080. " * 2)
    assert overlapping(ax.figure) == []
    assert outside(ax.figure) == []


@pytest.mark.parametrize("name", PLOTS)
def test_draws_into_the_given_axes_and_leaves_the_table_alone(name):
    plot, table, options = PLOTS[name]
    before = table.copy(deep=True)
    figure, (left, right) = plt.subplots(1, 2, figsize=(18, 7))
    ax = plot(table, ax=right, title="a finding", **options)
    assert ax is right
    assert not left.has_data()
    assert plt.get_fignums() == [figure.number]
    assert ax.get_title(loc="left") == "a finding"
    assert overlapping(figure) == []
    pd.testing.assert_frame_equal(table, before)


@pytest.mark.parametrize("name", PLOTS)
def test_the_same_table_gives_the_same_bytes(name):
    plot, table, options = PLOTS[name]
    assert drawn(plot(table, **options)) == drawn(plot(table, **options))


@pytest.mark.parametrize("name", PLOTS)
def test_an_empty_table_and_another_thing_are_errors(name):
    plot, table, options = PLOTS[name]
    with pytest.raises(ValueError, match="table is empty, there is nothing to draw; look at"):
        plot(table.head(0), **options)
    with pytest.raises(ValueError, match="must be a pandas table, not list"):
        plot([1, 2], **options)
    assert plt.get_fignums() == []


@pytest.mark.parametrize(
    ("name", "column"),
    [
        (name, column)
        for name, (_, table, _) in PLOTS.items()
        for column in table.columns
        if column not in ("doc_id", "period", "dp") or (name, column) == ("corpus x-ray", "doc_id")
    ],
)
def test_a_missing_column_is_named_with_its_maker(name, column):
    plot, table, options = PLOTS[name]
    with pytest.raises(ValueError, match=f"has no column '{column}'; (make it with|it comes from)"):
        plot(table.drop(columns=column), **options)


@pytest.mark.parametrize("name", ["coupling", "corpus x-ray"])
def test_in_the_dark_pale_marks_are_seen(name):
    style.set_theme(mode="dark")
    plot, table, options = PLOTS[name]
    ax = plot(table, **options)
    rows = {style.BAND, style.GROUND}
    marks = [to_hex(patch.get_facecolor()) for patch in ax.patches]
    marks += [to_hex(colour) for lines in ax.collections for colour in lines.get_colors()]
    marks += [to_hex(handle.get_color()) for handle in ax.get_legend().legend_handles
              if hasattr(handle, "get_color")]  # fmt: skip
    assert len(marks) > 3
    for colour in set(marks) - rows:
        assert style.contrast(colour, style.GROUND) >= 2.99, colour
    style.set_theme()


def test_in_the_dark_the_hatch_of_a_day_without_documents_is_seen():
    style.set_theme(mode="dark")
    hatched = draw.plot_calendar(SHARES).collections[1]
    assert style.contrast(to_hex(hatched.get_edgecolor()[0]), style.GROUND) >= 3
    style.set_theme()


# --- scatter ----------------------------------------------------------------------------------


def dots_of(ax):
    """x, y, area and colour of every dot, in the order of their places."""
    return sorted(
        (round(float(x), 6), round(float(y), 6), round(float(area), 2), to_hex(colour))
        for dots in ax.collections
        for (x, y), area, colour in zip(
            dots.get_offsets(),
            np.resize(dots.get_sizes(), len(dots.get_offsets())),
            np.resize(dots.get_facecolors(), (len(dots.get_offsets()), 4)),
            strict=True,
        )
    )


def names_of(ax):
    return {text.get_text().split("\n")[0]: text for text in ax.texts}


def test_scatter_has_a_dot_per_term_at_its_two_rates():
    ax = draw.plot_scatter(RATES, x="D2", y="D3", category_of=CATEGORY_OF)
    blue, orange, grey = (style.PALETTE[name] for name in ("prevention", "reopening", "other"))
    # Areas are n of both groups, 420 points the largest, never less than 14.
    assert dots_of(ax) == [
        (0, 6, 420 * 6 / 50, orange), (0.5, 0, 14, blue), (3, 3, 420 * 3 / 50, grey),
        (8, 8.5, 420 * 20 / 50, grey), (40, 10, 420, blue),
    ]  # fmt: skip
    assert set(names_of(ax)) == {"疫情防控", "复工复产", "落实", "隔离", "工作"}


def test_scatter_shows_zero_on_a_band_of_its_own():
    ax = draw.plot_scatter(RATES, x="D2", y="D3")
    ax.figure.draw_without_rendering()
    assert ax.get_xscale() == ax.get_yscale() == "symlog"
    assert "0" in [label.get_text() for label in ax.get_xticklabels()]
    assert ax.get_xlim() == ax.get_ylim()
    assert ax.get_xlim()[0] < 0
    assert "0: none in one group" in legend_names(ax)
    # The band ends before the smallest rate, so that only 0 stands on it.
    bands = [patch.get_extents() for patch in ax.patches]
    smallest = ax.transData.transform((0.5, 0.5))
    assert max(min(box.x1, box.y1) for box in bands) < smallest[0]


def test_scatter_without_zeros_has_no_band_and_linear_is_linear():
    above = RATES.assign(rate=RATES["rate"] + 1)
    ax = draw.plot_scatter(above, x="D2", y="D3")
    assert ax.get_xscale() == "log"
    assert "0: none in one group" not in legend_names(ax)
    linear = draw.plot_scatter(RATES, x="D2", y="D3", scale="linear")
    assert linear.get_xscale() == "linear"
    (line,) = linear.lines
    assert list(line.get_xdata()) == list(line.get_ydata())


def test_scatter_axes_are_named_by_group_and_unit():
    rates = RATES.replace({"group": {"D2": "prevention", "D3": "reopening"}})
    ax = draw.plot_scatter(rates, x="prevention", y="reopening", units="per 1,000 Han")
    assert ax.get_xlabel() == "prevention 疫情防控, per 1,000 Han"
    assert ax.get_ylabel() == "reopening 复工复产, per 1,000 Han"
    assert ax.get_title(loc="left") == "5 terms: prevention against reopening"


def test_scatter_takes_documents_too():
    ax = draw.plot_scatter(
        RATES.rename(columns={"feature": "doc_id"}), x="D2", y="D3", key="doc_id"
    )
    assert ax.get_title(loc="left") == "5 documents: D2 against D3"
    same = rates_of([1.0, 1.0], [2.0, 2.0], key="doc_id")
    ax = draw.plot_scatter(same, x="D2", y="D3", key="doc_id")
    assert ax.get_xlabel().endswith("(documents under another dot: 1)")


def test_scatter_names_the_frequent_and_the_far_and_counts_them():
    n = [100, *range(2, 41)]
    x = [10.0, *np.linspace(1, 40, 38), 0.5]
    y = [10.0, *np.linspace(1, 40, 38), 45.0]
    ax = draw.plot_scatter(rates_of(x, y, n=n), x="D2", y="D3", top=2)
    assert set(names_of(ax)) == {"词0", "词39"}
    assert ax.get_xlabel().endswith("(dots named: 2 of 40)")


def test_terms_at_one_place_share_a_dot_and_are_counted():
    rates = rates_of([0.0, 0.0, 0.0, 5.0], [1.0, 1.0, 1.0, 5.0], names="甲乙丙丁")
    ax = draw.plot_scatter(
        rates, x="D2", y="D3", category_of={"甲": "prevention", "乙": "reopening"}
    )
    assert [dot[:2] for dot in dots_of(ax)] == [(0, 1), (5, 5)]
    # Hollow where the categories differ: grey is the colour of words outside the lexicon.
    assert [dot[3] for dot in dots_of(ax)] == ["#ffffff", style.PALETTE["other"]]
    assert names_of(ax)["丁"].get_text() == "丁"
    assert any("+ 2 at the same place" in text for text in written(ax))
    assert "(terms under another dot: 2)" in ax.get_xlabel()
    assert "several categories" in legend_names(ax)


def test_rates_that_differ_in_their_last_bits_are_one_place():
    rates = rates_of([0.1 + 0.2, 0.3, 0.3001], [1.0, 1.0, 1.0])
    ax = draw.plot_scatter(rates, x="D2", y="D3")
    assert len(dots_of(ax)) == 2
    assert "(terms under another dot: 1" in ax.get_xlabel()


def test_scatter_tells_categories_apart_without_colour():
    ax = draw.plot_scatter(RATES, x="D2", y="D3", category_of=CATEGORY_OF)
    shapes = {
        to_hex(dots.get_facecolors()[0]): dots.get_paths()[0].vertices.round(3).tobytes()
        for dots in ax.collections
    }
    blue, orange = style.PALETTE["prevention"], style.PALETTE["reopening"]
    assert shapes[blue] != shapes[orange]


def crowd(n, seed=2020):
    generator = np.random.default_rng(seed)
    x = np.exp(generator.normal(0, 1.6, n)).round(3)
    y = (x * np.exp(generator.normal(0, 1.0, n))).round(3)
    x[::9], y[4::11] = 0, 0
    return rates_of(x, y, n=generator.geometric(0.02, n))


def test_names_of_500_terms_cover_neither_each_other_nor_a_dot():
    ax = draw.plot_scatter(crowd(500), x="D2", y="D3", top=40)
    style.caption(ax, "A caption that comes later must not push a dot under a name. " * 3)
    assert overlapping(ax.figure) == []
    assert outside(ax.figure) == []
    assert share_covered(ax.figure) < 0.01
    assert len(ax.texts) > 20
    ax.figure.draw_without_rendering()
    centres = np.vstack([ax.transData.transform(dots.get_offsets()) for dots in ax.collections])
    for text in ax.texts:
        box = Text.get_window_extent(text)
        inside = (centres > [box.x0, box.y0]) & (centres < [box.x1, box.y1])
        assert not inside.all(axis=1).any(), text.get_text()


def test_a_name_stands_at_its_own_dot_or_has_a_line_to_it():
    ax = draw.plot_scatter(crowd(200), x="D2", y="D3", top=20)
    ax.figure.draw_without_rendering()
    for text in ax.texts:
        assert isinstance(text, Annotation)
        box, dot = Text.get_window_extent(text), ax.transData.transform(text.xy)
        gap = np.hypot(*(dot - np.clip(dot, [box.x0, box.y0], [box.x1, box.y1])))
        # 10 points of radius and 4 of air at most, half of it within the letters' own box.
        assert text.arrow_patch is not None or gap < 14 * ax.figure.dpi / 72, text.get_text()
        side = np.sign(box.x0 + box.width / 2 - dot[0])
        beside = box.x0 >= dot[0] or box.x1 <= dot[0]
        wanted = {1: "left", -1: "right"}[side] if beside else "center"
        assert text._multialignment == wanted, text.get_text()


def test_each_name_can_be_told_to_be_its_dot_s():
    ax = draw.plot_scatter(crowd(200), x="D2", y="D3", top=20)
    ax.figure.draw_without_rendering()
    point = ax.figure.dpi / 72
    centres = np.vstack([ax.transData.transform(dots.get_offsets()) for dots in ax.collections])
    areas = np.concatenate([dots.get_sizes() for dots in ax.collections])
    lines = []
    for text in ax.texts:
        box, own = Text.get_window_extent(text), ax.transData.transform(text.xy)
        low, high = [box.x0, box.y0], [box.x1, box.y1]
        if text.arrow_patch is None:
            gaps = np.hypot(*(centres - np.clip(centres, low, high)).T) - areas**0.5 / 2 * point
            assert np.hypot(*(centres[gaps.argmin()] - own)) < 1, text.get_text()
        else:
            lines.append(np.array([own, np.clip(own, low, high)]))
        for other in map(Text.get_window_extent, set(ax.texts) - {text}):
            in_one_row = box.y0 < other.y1 - 4 * point and other.y0 < box.y1 - 4 * point
            apart = max(other.x0 - box.x1, box.x0 - other.x1)
            assert not in_one_row or apart > 9 * point, text.get_text()
    assert len(lines) > 3
    assert not any(scatter._meet(*pair) for pair in itertools.combinations(lines, 2))


def test_lines_meet_where_they_cross_and_only_there():
    line = np.array([[0.0, 0.0], [4.0, 4.0]])
    assert scatter._meet(line, np.array([[0.0, 4.0], [4.0, 0.0]]))
    assert not scatter._meet(line, np.array([[3.0, 0.0], [2.5, 1.0]]))
    assert not scatter._meet(line, line + 1)


def test_names_in_one_row_keep_apart():
    centres = np.array([[40.0, 20.0], [110.0, 20.0]])
    boxes = np.full((2, 2), [30.0, 10.0])
    frame = np.array([116.0, 60.0])
    first, second = scatter.place_names(centres, np.full(2, 3.0), [0, 1], boxes, frame, top=2)
    assert first.tolist() == [44.5, 15.0]
    # To the left of its dot the second would stand one point from the first.
    assert second[0] - (first[0] + 30) > 12 or abs(second[1] - first[1]) > 10


def test_a_name_as_near_to_another_dot_has_a_line():
    centres = np.array([[50.0, 20.0], [50.0, 24.0]])
    [corner] = scatter.place_names(
        centres, np.full(2, 1.5), [0], np.array([[30.0, 10.0]]), np.array([200.0, 150.0]), top=1
    )
    gaps = np.hypot(*(centres - np.clip(centres, corner, corner + [30, 10])).T) - 1.5
    assert gaps[0] > 2 or gaps[1] - gaps[0] > 2


def test_placing_passes_over_a_name_without_room():
    centres = np.array([[50.0, 10.0], [52.0, 10.0]])
    boxes = np.array([[40.0, 12.0], [40.0, 12.0]])
    frame = np.array([100.0, 20.0])
    first, second = scatter.place_names(centres, np.full(2, 3.0), [0, 1], boxes, frame, top=2)
    assert [corner is None for corner in (first, second)].count(True) >= 1
    wide = np.array([[200.0, 12.0], [40.0, 12.0]])
    first, second = scatter.place_names(
        np.array([[50.0, 10.0], [90.0, 30.0]]), np.full(2, 3.0), [0, 1], wide,
        np.array([150.0, 60.0]), top=1,
    )  # fmt: skip
    assert first is None
    assert second is not None


@RARE
@pytest.mark.parametrize("glossed", [False, True])
def test_scatter_of_hostile_names(glossed):
    names = [*HOSTILE, "工作"]
    n = len(names)
    rates = rates_of(np.arange(1.0, n + 1), np.arange(n, 0.0, -1), names=names)
    glossary = pd.DataFrame({"term": names, "gloss_en": "$" + "very long gloss " * 6})
    ax = draw.plot_scatter(rates, x="D2", y="D3", glossary=glossary if glossed else None)
    drawn(ax)
    assert overlapping(ax.figure) == []
    assert outside(ax.figure) == []
    assert any(text.startswith("$x_{1}$") for text in written(ax))


def test_scatter_writes_what_no_font_holds_as_its_code():
    with pytest.warns(style.MissingGlyphWarning, match=r"U\+3FFFD"):
        ax = draw.plot_scatter(rates_of([1.0], [2.0], names=["\U0003fffd"]), x="D2", y="D3")
    assert written(ax) == ["[U+3FFFD]"]


@pytest.mark.parametrize(
    ("x", "y", "n"),
    [
        ([3.0], [3.0], [1]),
        ([2.0] * 6, [2.0] * 6, [1] * 6),
        ([0.0, 0.0], [0.0, 0.0], [0, 0]),
        ([0.0, 1e-7], [1e5, 0.0], [1, 10**9]),
    ],
)
def test_scatter_of_one_term_equal_terms_and_zeros(x, y, n):
    ax = draw.plot_scatter(rates_of(x, y, n=n), x="D2", y="D3")
    assert overlapping(ax.figure) == []
    assert outside(ax.figure) == []
    assert len(dots_of(ax)) == len(set(zip(x, y, strict=True)))


@pytest.mark.parametrize(
    ("rates", "options", "message"),
    [
        (RATES, {"y": "D9"}, "no group 'D9'; it has D2, D3"),
        (RATES, {"y": "D2"}, "x and y are both 'D2'"),
        (RATES, {"scale": "sqrt"}, "scale is 'sqrt'; it must be one of log, linear"),
        (RATES, {"top": 0}, "top is 0; it must be 1 or more"),
        (RATES, {"top": None}, "top is None; it must be 1 or more"),
        (RATES, {"x": ["D2"]}, r"x is \['D2'\]; name one group"),
        (RATES, {"key": ["feature"]}, r"\['feature'\] cannot name a column"),
        (RATES, {"ax": "here"}, "ax is 'here'; it must be the Axes"),
        (RATES.drop(index=0), {}, "'疫情防控' has a row in one of the groups 'D2' and 'D3' only"),
        (pd.concat([RATES, RATES.head(1)]), {}, "more than one row for '疫情防控' in one group"),
        (RATES.assign(feature=""), {}, "column 'feature' .* is empty in 10 rows"),
        (RATES.assign(rate=np.nan), {}, "column 'rate' .* no finite number for '疫情防控'"),
        (RATES.assign(rate="many"), {}, "column 'rate' .* holds no numbers"),
        (RATES.assign(rate=-1.0), {}, "column 'rate' .* is below 0 for '疫情防控'"),
        (RATES, {"category_of": {"工作": "labour"}}, "category 'labour' cannot be drawn"),
    ],
)
def test_scatter_refuses(rates, options, message):
    with pytest.raises(ValueError, match=message):
        draw.plot_scatter(rates, **{"x": "D2", "y": "D3", **options})


# --- coupling ---------------------------------------------------------------------------------


def blocks_of(ax, row):
    """Left, right, lane, look of every block in the row; the grey ground and bridges left out."""
    colours = {style.PALETTE[name]: name for name in ("prevention", "reopening")}
    found = []
    for patch in ax.patches:
        middle = patch.get_y() + patch.get_height() / 2
        lane = round(middle - row, 2)
        if not isinstance(patch, Rectangle) or abs(lane) > 0.5 or abs(lane) < 0.1:
            continue
        face, edge = to_hex(patch.get_facecolor()), to_hex(patch.get_edgecolor())
        look = "coupled" if face == "#ffffff" else "free" if face in colours else "inside"
        colour = colours.get(edge if look == "coupled" else face, "tint")
        found.append((patch.get_x(), patch.get_x() + patch.get_width(), lane, colour, look))
    return found


def test_coupled_mentions_are_hollow_and_hang_on_the_formula():
    ax = draw.plot_coupling(HITS, LABELS)
    # 防控 stands inside 疫情防控: it is part of that block and drawn once.
    assert blocks_of(ax, 0) == [
        (2, 6, -0.26, "prevention", "coupled"), (7, 11, 0.26, "reopening", "coupled"),
    ]  # fmt: skip
    dark = style.PALETTE["coupling"]
    (bridge,) = [p for p in ax.patches if to_hex(p.get_facecolor()) == dark]
    assert (bridge.get_x(), bridge.get_width()) == (2, 9)
    piers = [list(line.get_xdata()) for line in ax.lines if to_hex(line.get_color()) == dark]
    assert piers == [[4, 4], [9, 9]]


def test_free_mentions_are_filled_and_names_of_others_are_pale():
    ax = draw.plot_coupling(HITS, LABELS)
    assert blocks_of(ax, 1) == [
        (5, 7, -0.26, "prevention", "free"), (20, 22, -0.26, "prevention", "free"),
        (26, 28, 0.26, "reopening", "free"),
    ]  # fmt: skip
    assert blocks_of(ax, 2) == [
        (2, 4, -0.26, "tint", "inside"), (20, 24, -0.26, "prevention", "free"),
    ]  # fmt: skip


def test_a_co_mention_joins_the_two_nearest():
    ax = draw.plot_coupling(HITS, LABELS)
    (dashed,) = [line for line in ax.lines if to_hex(line.get_color()) == style.INK]
    assert list(dashed.get_xdata()) == [21, 27]
    assert list(dashed.get_ydata()) == [1 - 0.26, 1 + 0.26]


def test_coupling_counts_free_and_coupled_of_each_language():
    ax = draw.plot_coupling(HITS, LABELS)
    assert written(ax)[:4] == ["0+1 : 0+1", "2+0 : 1+0", "1+0 : 0+0", "–"]
    assert row_names(ax) == ["title   1", "lead   2", "3", "directive 1   4"]
    assert ax.get_title(loc="left") == "Of 4 sentences, 1 couple by a formula, 1 without one"


def test_coupling_reads_in_grey():
    """Free, coupled and inside differ in their lightness, whatever the colour."""
    ax = draw.plot_coupling(HITS, LABELS)

    def grey(colour):
        return float(np.dot(to_rgb(colour), [0.2126, 0.7152, 0.0722]))

    free = grey(style.PALETTE["reopening"])
    inside = min(
        grey(p.get_facecolor()[:3]) for p in ax.patches if round(p.get_height(), 3) == 0.104
    )
    assert inside - free > 0.1
    assert grey(style.BAND) - inside > 0.1


def test_coupling_takes_the_rows_of_the_sample(hits, sentences):
    labels = compare.label_units(sentences, hits)
    ax = draw.plot_coupling(hits, labels)
    assert len(row_names(ax)) == len(sentences)
    n_formulas = int((hits["free"] & (hits["category"] == "coupling")).sum())
    dark = [p for p in ax.patches if to_hex(p.get_facecolor()) == style.PALETTE["coupling"]]
    assert len(dark) == n_formulas > 0
    assert overlapping(ax.figure) == []
    assert outside(ax.figure) == []


def test_coupling_of_a_selection_says_what_is_left_out():
    ax = draw.plot_coupling(HITS, LABELS.iloc[[1]])
    assert ax.get_xlabel().endswith("(2 mentions outside these sentences not drawn)")
    assert row_names(ax) == ["lead   2"]


def test_a_mention_that_runs_over_its_row_is_cut_there_and_counted():
    longer = HITS.assign(end=HITS["end"].where(HITS["term"] != "复工", 66))
    ax = draw.plot_coupling(longer, LABELS)
    assert blocks_of(ax, 1)[-1] == (26, 40, 0.26, "reopening", "free")
    assert ax.get_xlabel().endswith("(1 mentions cut at the end of their sentence)")


def test_coupling_takes_a_term_without_a_category():
    ax = draw.plot_coupling(
        pd.concat([HITS, HITS.tail(1).assign(category="", start=120, end=124)]), LABELS
    )
    assert blocks_of(ax, 3) == []


def test_coupling_takes_clauses_and_tables_without_parts():
    clauses = LABELS.rename(columns={"sentence_id": "clause_id"}).drop(columns="part")
    ax = draw.plot_coupling(HITS, clauses)
    assert row_names(ax) == ["1", "2", "3", "4"]
    assert ax.get_xlabel() == "characters from the start of the clause"


@RARE
@pytest.mark.parametrize("part", HOSTILE)
def test_coupling_of_hostile_parts(part):
    ax = draw.plot_coupling(HITS, LABELS.assign(part=part))
    drawn(ax)
    assert overlapping(ax.figure) == []
    assert outside(ax.figure) == []


@pytest.mark.parametrize(
    ("hits", "labels", "message"),
    [
        (HITS, pd.concat([LABELS] * 16), "64 rows of the coupling units table .* at most 60"),
        (HITS, LABELS.head(0), "coupling units table is empty"),
        (HITS, LABELS.drop(columns="coupling_kind"), "no column 'coupling_kind'; it comes from"),
        (HITS, LABELS.assign(coupling_kind="both"), "coupling_kind 'both' cannot be drawn"),
        (HITS, LABELS.assign(coupling_kind=np.nan), "keep_default_na=False"),
        (HITS, LABELS.assign(doc_id=list("abab")), "holds 2 documents"),
        (HITS.assign(free="True"), LABELS, "'free' .* True or False"),
        (
            HITS.assign(start=HITS["start"] + 900, end=HITS["end"] + 900),
            LABELS,
            "none of the hits lies in a row",
        ),
        (HITS.assign(doc_id="other"), LABELS, "hits are of document 'other' and .* of 'seed'"),
        (HITS.assign(category="labour"), LABELS, "category 'labour' cannot be drawn"),
        (HITS.assign(category=np.nan), LABELS, "category nan cannot be drawn"),
        (HITS.iloc[1:], LABELS, "sentence_id 1 has the coupling_kind 'formula', which .* free"),
        (HITS.drop(index=6), LABELS, "sentence_id 2 has the coupling_kind 'co-mention'"),
        (HITS, LABELS.assign(coupling_kind=""), "sentence_id 1 has the coupling_kind ''"),
        (HITS.assign(end=HITS["start"]), LABELS, "from 2 to 2, which holds no character"),
        (HITS, LABELS.assign(end=LABELS["start"] - 1), "1 from 0 to -1, which holds no character"),
        (HITS, LABELS.assign(end=LABELS["end"] + 1), "sentence_id 2 begins before the one above"),
        (HITS, LABELS.assign(sentence_id=[1, 2, 2, 4]), "has sentence_id 2 twice"),
        (
            HITS,
            LABELS.assign(part=["title", None, "lead", "a"]),
            "'part' .* empty for sentence_id 2",
        ),
        (HITS.assign(start=np.nan), LABELS, "'start' .* no finite number"),
    ],
)
def test_coupling_refuses(hits, labels, message):
    with pytest.raises(ValueError, match=message):
        draw.plot_coupling(hits, labels)


# --- calendar ---------------------------------------------------------------------------------


def cells_of(ax):
    """The filled cells as {(column, row): value} and the hatched ones as a set."""
    filled, hatched = ax.collections

    def corners(cells):
        return [tuple(path.vertices[0]) for path in cells.get_paths()]

    return dict(zip(corners(filled), filled.get_array(), strict=True)), set(corners(hatched))


def test_calendar_has_a_cell_per_day_with_its_value():
    ax = draw.plot_calendar(SHARES)
    filled, hatched = cells_of(ax)
    assert len(filled) + len(hatched) == len(DAYS)
    # 1 January 2020 was a Wednesday, 6 January the first Monday.
    assert filled[0, 2] == 0.0
    assert filled[1, 0] == 0.5
    assert filled[1, 1] == 0.6


def test_a_day_without_documents_is_hatched_and_a_day_of_zero_is_not():
    # rate and n of a day without documents may stand as 0 in a table.
    ax = draw.plot_calendar(SHARES.fillna({"share": 0.0}))
    filled, hatched = cells_of(ax)
    assert hatched == {(1, 4), (1, 5)}  # 10 and 11 January
    assert ax.collections[1].get_hatch()
    assert (0, 2) in filled
    (note,) = ax.figure.axes[1].get_legend().get_texts()
    assert note.get_text() == "no document"


def test_a_missing_row_is_a_day_without_documents():
    _, hatched = cells_of(draw.plot_calendar(SHARES.drop(index=20)))
    assert hatched == {(1, 4), (1, 5), (3, 1)}
    full = SHARES[SHARES["n_documents"] > 0].tail(30)
    ax = draw.plot_calendar(full)
    assert cells_of(ax)[1] == set()
    assert ax.figure.axes[1].get_legend() is None


def test_calendar_colours_darken_step_by_step_and_zero_is_not_white():
    for group in ("prevention", "reopening", "coupling", "governance", "隔离"):
        ax = draw.plot_calendar(SHARES.assign(group=group))
        colours = ax.collections[0].cmap(np.arange(ax.collections[0].cmap.N))[:, :3]
        grey = colours @ [0.2126, 0.7152, 0.0722]
        assert 3 <= len(grey) <= 6
        assert np.diff(grey).max() < -0.04, group
        assert grey[0] < 0.95
        plt.close(ax.figure)


def test_in_the_dark_high_values_are_light():
    style.set_theme(mode="dark")
    ax = draw.plot_calendar(SHARES)
    colours = ax.collections[0].cmap(np.arange(ax.collections[0].cmap.N))[:, :3]
    assert np.diff(colours @ [0.2126, 0.7152, 0.0722]).min() > 0.02
    style.set_theme()


def test_the_bar_names_value_and_unit():
    ax = draw.plot_calendar(SHARES)
    (bar,) = ax.figure.axes[1:]
    ax.figure.draw_without_rendering()
    assert bar.get_xlabel() == "share of documents that mention prevention"
    assert [label.get_text() for label in bar.get_xticklabels()][::6] == ["0%", "90%"]
    days = draw.plot_calendar(SHARES, value="n_documents")
    assert days.figure.axes[1].get_xlabel() == "documents per day"
    assert days.get_title(loc="left") == "Documents per day, 1 Jan to 15 Mar 2020"
    own = draw.plot_calendar(SHARES, units="posts by {group}, $")
    assert own.figure.axes[1].get_xlabel() == "posts by prevention, $"


def test_every_year_has_a_block_in_one_column_grid():
    days = pd.date_range("2019-11-20", "2021-02-03")
    shares = pd.DataFrame(
        {"start": days, "end": days, "group": "隔离", "n_documents": 5, "share": 0.25}
    )
    ax = draw.plot_calendar(shares)
    filled, _ = cells_of(ax)
    assert len(filled) == len(days)
    assert [text for text in written(ax) if text.isdigit()] == ["2019", "2020", "2021"]
    assert len(row_names(ax)) == 12
    # 1 January 2020, 31 December 2020 (a Thursday), 1 January 2021 (a Friday).
    assert {(0, 9.2 + 2), (52, 9.2 + 3), (0, 18.4 + 4)} <= set(filled)
    assert overlapping(ax.figure) == []
    assert outside(ax.figure) == []


def test_calendar_of_one_day_and_of_zeros():
    for shares in (SHARES.head(1), SHARES.assign(share=0.0)):
        ax = draw.plot_calendar(shares)
        drawn(ax)
        assert overlapping(ax.figure) == []
        assert outside(ax.figure) == []


def test_counts_have_whole_steps():
    ax = draw.plot_calendar(SHARES.assign(n_with=SHARES["n_documents"] % 3), value="n_with")
    edges = ax.collections[0].norm.boundaries
    assert all(float(edge).is_integer() for edge in edges)
    assert edges[-1] >= 2


@pytest.mark.parametrize(
    ("shares", "options", "message"),
    [
        (pd.concat([SHARES, SHARES.assign(group="reopening")]), {}, "holds 2 groups; choose one"),
        (SHARES, {"group": "reopening"}, "no group 'reopening'; it has prevention"),
        (SHARES.assign(end=DAYS + pd.Timedelta(days=6)), {}, "longer than a day; .*freq='day'"),
        (pd.concat([SHARES, SHARES.tail(1)]), {}, "has 2020-03-15 twice"),
        (SHARES.assign(start="2020"), {}, "column 'start' .* holds no dates"),
        (SHARES.assign(n_documents=0), {}, "no day has a document"),
        (SHARES.assign(share=np.nan), {}, "no finite number for '2020-01-01'"),
        (SHARES.assign(share=-0.1), {}, "below 0 on 2020-01-01"),
        (SHARES, {"value": "rate"}, "has no column 'rate'"),
        (SHARES, {"value": ["share"]}, r"\['share'\] cannot name a column"),
        (SHARES, {"units": 5}, "units is 5; it must be text"),
        (SHARES, {"title": " "}, "title is ' '"),
        (SHARES.assign(share=SHARES["share"] + 0.2), {}, "'share' is above 1 on 2020-01-20"),
        (SHARES.assign(n_documents=np.nan), {}, "'n_documents' .* no finite number for '2020-01-01'"),
        (SHARES.assign(n_documents=-1), {}, "'n_documents' is below 0 on 2020-01-01"),
        (SHARES.assign(group=["a", None] * 37 + ["a"]), {}, "'group' .* is empty in 37 rows"),
        (pd.concat([SHARES, SHARES.assign(group="b", n_documents=3)]), {"value": "n_documents"},
         "2020-01-01 has more than one n_documents"),
    ],
)  # fmt: skip
def test_calendar_refuses(shares, options, message):
    with pytest.raises(ValueError, match=message):
        draw.plot_calendar(shares, **options)


def test_calendar_refuses_what_cannot_be_read():
    days = pd.date_range("2000-01-01", "2013-01-01", freq="YS")
    shares = pd.DataFrame(
        {"start": days, "end": days, "group": "g", "n_documents": 1, "share": 0.1}
    )
    with pytest.raises(ValueError, match="14 years in one calendar .* at most 12"):
        draw.plot_calendar(shares)


# --- corpus x-ray -----------------------------------------------------------------------------


def ticks_of(ax):
    """(x, middle, height, colour) of every tick."""
    return sorted(
        (round(line[0, 0], 4), round(line[:, 1].mean(), 3), round(np.ptp(line[:, 1]), 3),
         to_hex(lines.get_colors()[0]))
        for lines in ax.collections
        for line in lines.get_segments()
    )  # fmt: skip


def test_xray_ticks_stand_at_their_relative_position():
    ax = draw.plot_corpus_xray(CORPUS_HITS, UNITS)
    ticks = ticks_of(ax)
    assert [tick[0] for tick in ticks] == [0.025, 0.25, 0.5, 0.75]
    assert row_names(ax) == ["a", "b", "c"]
    assert written(ax) == ["1 : 0 : 1", "1 : 1 : 0", "0 : 0 : 0", "P : C : R"]


def test_xray_positions_count_from_the_first_character_of_the_document():
    later = ["start", "end"]
    moved = UNITS.assign(**{name: UNITS[name] + 1000 for name in later})
    hits = CORPUS_HITS.assign(**{name: CORPUS_HITS[name] + 1000 for name in later})
    ticks = ticks_of(draw.plot_corpus_xray(hits, moved))
    assert [tick[0] for tick in ticks] == [0.025, 0.25, 0.5, 0.75]


def test_xray_lanes_keep_languages_apart_and_free_ticks_are_taller():
    ticks = {tick[0]: tick for tick in ticks_of(draw.plot_corpus_xray(CORPUS_HITS, UNITS))}
    lane = 0.86 / 3
    assert ticks[0.25][1] == pytest.approx(0 - lane, abs=0.001)  # prevention above
    assert ticks[0.75][1] == pytest.approx(0 + lane, abs=0.001)  # reopening below
    assert ticks[0.025][1] == pytest.approx(1)  # coupling between
    assert ticks[0.5][2] < 0.6 * ticks[0.25][2]
    assert ticks[0.5][3] != ticks[0.25][3] == style.PALETTE["prevention"]


def test_columns_of_the_readers_own_do_not_clash():
    own = dict.fromkeys(["name", "first", "last", "n_names", "place"], "mine")
    ax = draw.plot_corpus_xray(CORPUS_HITS.assign(**own), UNITS.assign(**own))
    assert row_names(ax) == ["a", "b", "c"]


def test_xray_legend_says_which_lane():
    ax = draw.plot_corpus_xray(CORPUS_HITS, UNITS)
    assert legend_names(ax) == [
        "P  above: prevention 疫情防控", "C  middle: coupling 统筹兼顾",
        "R  below: reopening 复工复产", "light: inside a longer term",
    ]  # fmt: skip
    one = draw.plot_corpus_xray(CORPUS_HITS.head(1), UNITS)
    assert legend_names(one) == ["prevention 疫情防控"]
    assert written(one) == ["1", "0", "0", "n"]


def test_documents_of_one_period_lie_in_one_row():
    ax = draw.plot_corpus_xray(CORPUS_HITS, UNITS, by="year")
    assert row_names(ax) == ["2020  (2)", "2021  (1)"]
    assert written(ax)[:2] == ["2 : 1 : 1", "0 : 0 : 0"]
    assert {tick[0] for tick in ticks_of(ax)} == {0.025, 0.25, 0.5, 0.75}


def test_many_documents_stand_close_and_stay_legible():
    units = pd.DataFrame({"doc_id": [f"文件{i:03}" for i in range(120)], "start": 0, "end": 1000})
    hits = pd.DataFrame(
        {"doc_id": np.repeat(units["doc_id"], 5), "category": "prevention",
         "start": np.tile(np.arange(5) * 200, 120), "end": np.tile(np.arange(5) * 200 + 4, 120),
         "free": True}
    )  # fmt: skip
    ax = draw.plot_corpus_xray(hits, units)
    assert overlapping(ax.figure) == []
    assert outside(ax.figure) == []
    assert ax.figure.get_figheight() < 0.21 * 120
    assert len(ticks_of(ax)) == 600


@RARE
@pytest.mark.parametrize("name", HOSTILE)
def test_xray_of_hostile_names(name):
    units = UNITS.assign(doc_id=UNITS["doc_id"] + name)
    ax = draw.plot_corpus_xray(CORPUS_HITS.assign(doc_id=CORPUS_HITS["doc_id"] + name), units)
    drawn(ax)
    assert overlapping(ax.figure) == []
    assert outside(ax.figure) == []


@pytest.mark.parametrize(
    ("hits", "units", "options", "message"),
    [
        (CORPUS_HITS, UNITS.head(0), {}, "units table is empty"),
        (CORPUS_HITS, UNITS, {"by": "month"}, "units table has no column 'month'"),
        (CORPUS_HITS, UNITS.assign(year=["2020", "2021", "2", "3"]), {"by": "year"},
         "'a' has more than one 'year'"),
        (CORPUS_HITS, UNITS.assign(year=""), {"by": "year"}, "'year' .* is empty"),
        (CORPUS_HITS, UNITS.iloc[:2], {}, "name the document 'b', which the units table lacks"),
        (CORPUS_HITS.assign(end=900), UNITS, {}, "at 24 lies outside the document 'a'"),
        (CORPUS_HITS.assign(category=["prevention", "reopening", "coupling", "governance"]), UNITS,
         {}, "4 categories .* at most 3"),
        (CORPUS_HITS.assign(category="labour"), UNITS, {}, "category 'labour' cannot be drawn"),
        (CORPUS_HITS.assign(free=1), UNITS, {}, "'free' .* True or False"),
        (CORPUS_HITS.assign(end=20), UNITS, {}, "'a' from 24 to 20, which holds no character"),
        (CORPUS_HITS, UNITS.assign(end=[50, 100, 200, 0]), {}, "'c' from 0 to 0, which holds no"),
        (CORPUS_HITS, UNITS, {"by": ["year"]}, r"\['year'\] cannot name a column"),
        (CORPUS_HITS, pd.DataFrame({"doc_id": range(151), "start": 0, "end": 9}), {},
         "151 rows in one x-ray .* at most 150"),
    ],
)  # fmt: skip
def test_xray_refuses(hits, units, options, message):
    with pytest.raises(ValueError, match=message):
        draw.plot_corpus_xray(hits, units, **options)


# --- keyness with its dispersion --------------------------------------------------------------


def test_dispersion_is_the_shade_of_the_dots():
    ax = draw.plot_keyness(WITH_DP)
    assert row_names(ax) == ["防控", "措施", "工作", "双区", "目标"]
    dots, _, _ = ax.collections
    grey = [float(np.mean(face[:3])) for face in dots.get_facecolors()]
    # DP 0.55, 0.2, 0.1, missing, 0.97: the more even, the darker; missing is white.
    assert grey[2] < grey[1] < grey[0] < grey[4] < grey[3] == 1.0
    assert written(ax)[:5] == ["0.55   12 : 0", "0.20   4 : 0", "0.10   7 : 5", "–   0 : 1",
                               "0.97   0 : 3"]  # fmt: skip
    assert written(ax)[5].startswith("DP   n in target")


def test_with_dispersion_size_stays_the_evidence_and_a_ring_says_sure():
    plain, shaded = draw.plot_keyness(KEYNESS), draw.plot_keyness(WITH_DP)
    assert list(plain.collections[0].get_sizes()) == list(shaded.collections[0].get_sizes())
    ring = shaded.collections[1]
    assert ring.get_offsets().tolist() == [[3.9, 0]]
    assert ring.get_sizes()[0] > shaded.collections[0].get_sizes()[0]
    # Less than a row and a half of the closest rows: rings of neighbours leave each other air.
    assert ring.get_sizes()[0] ** 0.5 < 1.95 * style.SIZES["page"]["font.size"]
    assert "ring: q < .05 (1 of 4 words tested)" in legend_names(shaded)
    names = legend_names(shaded)
    # Two parts, each under its heading.
    assert names[0] == "evidence: size and ring"
    assert names[len(names) // 2 :] == [
        "dispersion: shade", "DP 0: spread evenly", "DP 1: all in one place", "no DP", "", "",
    ]  # fmt: skip


def test_without_dispersion_keyness_is_as_it_was():
    ax = draw.plot_keyness(KEYNESS)
    assert len(ax.collections) == 2
    assert legend_names(ax)[-1] == "q < .05 (1 of 4 words tested)"


@pytest.mark.parametrize(
    ("dp", "message"),
    [
        ([0.2, 1.2, 0.1, 0.9, 0.4], "'dp' of the keyness table is 1.2 for '防控'"),
        (["a"] * 5, "'dp' of the keyness table holds no numbers"),
    ],
)
def test_keyness_refuses_a_dispersion_that_is_none(dp, message):
    with pytest.raises(ValueError, match=message):
        draw.plot_keyness(KEYNESS.assign(dp=dp))
