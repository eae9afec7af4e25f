"""The collocation network: nothing covers anything, every number is the table's."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.text import Text
from test_draw import outside, overlapping

from helpers import style
from helpers.drawing.draw.network import plot_network


@pytest.fixture(autouse=True)
def themed(theme):
    """Every picture here is drawn in the suite's theme."""


EDGES = pd.DataFrame(
    {
        "node": ["疫情防控", "疫情防控", "疫情防控", "复工复产", "复工复产"],
        "collocate": ["统筹", "坚决", "复工复产", "统筹", "企业"],
        "n": [4, 3, 5, 6, 3],
        "log_dice": [12.9, 12.1, 13.5, 12.2, 13.0],
        "log_likelihood": [9.0, 20.0, 5.0, 7.0, 1.0],
    }
)
GLOSSARY = pd.DataFrame(
    {
        "term": ["疫情防控", "复工复产", "统筹", "坚决"],
        "gloss_en": [
            "epidemic prevention and control (the master term)",
            "resume work and production",
            "coordinate as a whole",
            "resolutely",
        ],
    }
)
CATEGORY_OF = {"疫情防控": "prevention", "复工复产": "reopening", "坚决": "governance"}
HAN = "防控疫情复工产企业发展经济社会统筹推进落实坚决措施健康隔离检测医疗物资保障民生就业稳定"


def many_edges(n_terms: int, n_collocates: int, *, n_shared: int, long: bool = False):
    """Terms with the same `n_shared` collocates, the others dealt out one to each in turn."""
    names = [HAN[i % len(HAN)] + HAN[(7 * i + 3) % len(HAN)] + str(i) for i in range(n_collocates)]
    if long:
        names = [name + "高效有序统筹推进疫情防控和经济社会发展" for name in names]
    rows = []
    for term in range(n_terms):
        own = [w for i, w in enumerate(names) if i < n_shared or i % n_terms == term]
        rows += [
            (f"检索词{term}", word, 3 + (i * 7) % 90, 13 - i / 9) for i, word in enumerate(own)
        ]
    return pd.DataFrame(rows, columns=["node", "collocate", "n", "log_dice"])


def glossary_of(edges, gloss="epidemic prevention and treatment (a bracket)"):
    words = pd.unique(pd.concat([edges["node"], edges["collocate"]]))
    return pd.DataFrame({"term": words, "gloss_en": gloss})


def written(ax):
    return [text.get_text() for text in ax.texts]


def boxes(ax):
    return [patch for patch in ax.patches if isinstance(patch, Rectangle)]


def lines(ax):
    return [patch for patch in ax.patches if isinstance(patch, PathPatch)]


def circles(ax):
    """The circle of each collocate, by its place."""
    return [line for line in ax.lines if line.get_marker() == "o"]


def covered(ax):
    """Texts that touch a box, a circle or a line they should not touch."""
    ax.figure.draw_without_rendering()
    found = []
    for text in ax.texts:
        box = Text.get_window_extent(text)
        for rectangle in boxes(ax):
            frame = rectangle.get_window_extent()
            inside = frame.padded(1).contains(box.x0, box.y0) and frame.padded(1).contains(
                box.x1, box.y1
            )
            if frame.overlaps(box) and not inside:
                found.append(text.get_text())
        for circle in circles(ax):
            frame = circle.get_window_extent()
            if frame.padded(-1.5).overlaps(box) and len(text.get_text()) > 1:
                found.append(text.get_text())
        for line in lines(ax):
            path = line.get_path().transformed(line.get_transform())
            inner = box.padded(-1)
            if path.interpolated(1).intersects_bbox(inner, filled=False):
                found.append(text.get_text())
    return found


STRESS = {
    "small": (EDGES, GLOSSARY, 8),
    "one term": (many_edges(1, 6, n_shared=0), None, 6),
    "one pair": (EDGES.head(1), GLOSSARY, 8),
    "six terms": (many_edges(6, 40, n_shared=6), None, 40),
    "six terms, long glosses": (many_edges(6, 40, n_shared=6), "long", 40),
    "all shared": (many_edges(4, 10, n_shared=10), "long", 10),
    "none shared": (many_edges(3, 12, n_shared=0), "long", 10),
    "long words": (many_edges(2, 8, n_shared=2, long=True), "long", 8),
    "large numbers": (EDGES.assign(n=[123_456, 3, 70_000, 5, 99_999]), None, 8),
}


@pytest.mark.parametrize("size", style.SIZES)
@pytest.mark.parametrize("name", STRESS)
def test_no_label_touches_another_a_box_a_circle_or_a_line(name, size):
    style.set_theme(size=size)
    edges, glossary, top = STRESS[name]
    glossary = glossary_of(edges) if isinstance(glossary, str) else glossary
    ax = plot_network(edges, glossary=glossary, top=top, category_of=CATEGORY_OF)
    assert overlapping(ax.figure) == []
    assert outside(ax.figure) == []
    assert covered(ax) == []


def test_every_pair_is_a_line_and_every_word_is_named():
    ax = plot_network(EDGES, glossary=GLOSSARY)
    assert len(lines(ax)) == 5
    assert len(boxes(ax)) == 2
    # 复工复产 is a search term and a collocate.
    assert sorted(w for w in written(ax) if w in set(EDGES["node"]) | set(EDGES["collocate"])) == (
        sorted(["疫情防控", "复工复产", "复工复产", "统筹", "坚决", "企业"])
    )
    assert "(no gloss)" in written(ax)
    assert "epidemic prevention and\ncontrol" in written(ax)


def test_numbers_are_the_tables_and_stand_at_their_word():
    ax = plot_network(EDGES)
    place = {t.get_text(): t.xy for t in ax.texts if t.get_text() in set(EDGES["collocate"])}
    numbers = [(t.get_text(), t.xy) for t in ax.texts if t.get_text().isdigit()]
    assert sorted(n for n, _ in numbers) == ["3", "3", "4", "5", "6"]
    # The two lines of 统筹 end above and below it, the upper term's above.
    x, y = place["统筹"]
    assert [n for n, xy in numbers if xy[0] == x and xy[1] < y] == ["4"]
    assert [n for n, xy in numbers if xy[0] == x and xy[1] > y] == ["6"]
    assert [n for n, xy in numbers if xy == place["企业"]] == ["3"]


def test_lines_are_as_wide_as_their_number():
    ax = plot_network(EDGES.assign(n=[10, 20, 30, 40, 60]))
    widths = sorted(line.get_linewidth() for line in lines(ax))
    assert widths == pytest.approx([1, 2, 3, 4, 6])


def test_shared_collocates_stand_right_and_single_ones_left_of_the_boxes():
    ax = plot_network(EDGES)
    x = {text.get_text(): text.xy[0] for text in ax.texts}
    left, right = boxes(ax)[0].get_x(), boxes(ax)[0].get_x() + boxes(ax)[0].get_width()
    assert x["统筹"] > right
    assert x["坚决"] < left and x["企业"] < left
    alone = plot_network(EDGES.head(3))
    x = {text.get_text(): text.xy[0] for text in alone.texts}
    assert min(x["统筹"], x["坚决"]) > boxes(alone)[0].get_x() + boxes(alone)[0].get_width()


def test_lines_run_from_the_box_of_their_term_to_the_height_of_their_number():
    ax = plot_network(EDGES)
    frames = {t.get_text(): box for t, box in zip(
        [t for t in ax.texts if t.get_text() in ("疫情防控", "复工复产") and t.get_color() == "white"],
        boxes(ax), strict=True)}  # fmt: skip
    numbers = {(t.xy[1], t.get_text()) for t in ax.texts if t.get_text().isdigit()}
    found = []
    for line in lines(ax):
        (x, y), *_, (_, end) = line.get_path().vertices
        (term,) = [
            term
            for term, box in frames.items()
            if box.get_y() <= y <= box.get_y() + box.get_height()
            and (x == box.get_x() or x == box.get_x() + box.get_width())
        ]
        (number,) = [text for height, text in numbers if height == end]
        found.append((term, int(number)))
    assert sorted(found) == sorted(zip(EDGES["node"], EDGES["n"], strict=True))


@pytest.mark.parametrize(
    ("weight", "kept"), [("log_dice", "复工复产"), ("log_likelihood", "坚决"), ("n", "复工复产")]
)
def test_the_weight_chooses_the_collocates_and_is_named(weight, kept):
    ax = plot_network(EDGES.head(3), weight=weight, top=1)
    assert kept in written(ax)
    assert len(lines(ax)) == 1
    assert "Left out: 2 weaker pairs." in ax.get_xlabel().replace("\n", " ")
    assert {"log_dice": "logDice", "log_likelihood": "G²", "n": "n"}[weight] in ax.get_xlabel()


def test_the_strongest_stands_on_top():
    ax = plot_network(EDGES.head(3))
    y = {text.get_text(): text.xy[1] for text in ax.texts}
    assert y["复工复产"] < y["统筹"] < y["坚决"]


def test_terms_that_share_everything_are_spread_and_it_is_said():
    ax = plot_network(many_edges(3, 6, n_shared=6))
    assert "All collocates are shared." in ax.get_xlabel()
    middles = [box.get_y() + box.get_height() / 2 for box in boxes(ax)]
    assert middles == pytest.approx([ax.get_ylim()[0] * share for share in (1 / 6, 1 / 2, 5 / 6)])


def test_the_picture_says_that_distances_mean_nothing():
    assert "Distances mean nothing" in plot_network(EDGES).get_xlabel().replace("\n", " ")


def test_categories_colour_boxes_and_circles_with_their_letter():
    ax = plot_network(EDGES, category_of=CATEGORY_OF)
    assert [to_hex(box.get_facecolor()) for box in boxes(ax)] == [
        style.PALETTE["prevention"],
        style.PALETTE["reopening"],
    ]
    assert sorted(w for w in written(ax) if w in "PRCGLD") == ["G", "P", "R", "R"]
    edges = sorted(to_hex(circle.get_markeredgecolor()) for circle in circles(ax))
    assert edges == sorted(style.PALETTE[c] for c in ("reopening", "governance", "other", "other"))
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    assert "P  prevention 疫情防控 (1)" in names


def test_a_collocate_that_is_searched_for_itself_is_filled():
    ax = plot_network(EDGES)
    filled = [c for c in circles(ax) if to_hex(c.get_markerfacecolor()) != "#ffffff"]
    assert len(filled) == 1
    assert "filled circle is itself a search term" in ax.get_xlabel().replace("\n", " ")
    assert "filled" not in plot_network(EDGES.drop(index=2)).get_xlabel()


def test_the_same_table_gives_the_same_picture_whatever_the_order_of_a_terms_rows():
    def picture(edges):
        ax = plot_network(edges, glossary=GLOSSARY, category_of=CATEGORY_OF)
        return [
            *[(t.get_text(), *t.xy) for t in ax.texts if hasattr(t, "xy")],
            *[tuple(line.get_path().vertices.ravel()) for line in lines(ax)],
        ]

    assert picture(EDGES) == picture(EDGES) == picture(EDGES.iloc[[2, 1, 0, 4, 3]])


def test_it_draws_into_given_axes_and_leaves_the_table_alone():
    before = EDGES.copy(deep=True)
    figure, (left, right) = plt.subplots(1, 2, figsize=(18, 6))
    ax = plot_network(EDGES, glossary=GLOSSARY, title="a finding", ax=right)
    assert ax is right
    assert plt.get_fignums() == [figure.number]
    assert ax.get_title(loc="left") == "a finding"
    pd.testing.assert_frame_equal(EDGES, before)
    left.set_axis_off()
    assert overlapping(figure) == []


def test_the_default_title_counts():
    assert plot_network(EDGES).get_title(loc="left") == (
        "The company of 疫情防控, 复工复产: 4 words, 1 of them shared"
    )


@pytest.mark.parametrize(
    ("edges", "options", "message"),
    [
        (EDGES.drop(columns="node"), {}, "edges table has no column 'node'; it comes from"),
        (EDGES.drop(columns="n"), {}, "edges table has no column 'n'"),
        (EDGES, {"weight": "mi"}, "edges table has no column 'mi'"),
        (EDGES.head(0), {}, "edges table is empty, there is nothing to draw"),
        ([1], {}, "must be a pandas table, not list"),
        (EDGES.assign(log_dice=[1, np.nan, 2, 3, 4]), {}, "no finite number for '坚决'"),
        (EDGES.assign(n="3"), {}, "column 'n' of the edges table holds no numbers"),
        (EDGES.assign(n=[4, 3, 0, 6, 3]), {}, "'疫情防控' and '复工复产' never occur together"),
        (pd.concat([EDGES, EDGES.head(1)]), {}, "more than one row for '疫情防控' with '统筹'"),
        (EDGES, {"top": 0}, "top is 0; it must be 1 or more"),
        (EDGES, {"category_of": {"统筹": "labour"}}, "category 'labour' cannot be drawn here"),
    ],
)
def test_it_refuses(edges, options, message):
    with pytest.raises(ValueError, match=message):
        plot_network(edges, **options)
    assert plt.get_fignums() == []
