"""Two rates of each term or document against each other; names that give way to each other.

All lengths in this file are points, from the lower left corner of the axes.
"""

from collections.abc import Sequence
from math import cos, pi, sin

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator
from numpy.typing import NDArray

from helpers.drawing import style
from helpers.drawing.draw.checks import (
    Categories,
    at_least_one,
    categories_for,
    require_numbers,
    require_rows,
)
from helpers.drawing.draw.pieces import line_height, say_number
from helpers.drawing.draw.time_axis import lay_out

SCALES = ("log", "linear")
# Told apart by shape where there is no colour.
_MARKERS = {
    "prevention": "o", "reopening": "s", "coupling": "D", "governance": "^",
    "place_institution": "v", "unlabelled": "P", "decoy": "X", "other": "o", "several": "o",
}  # fmt: skip
# Two rates that agree to so many digits are one place: the last bits come from the order of sums.
_DIGITS = ".9g"
# Areas of dots, in square points beside type of 11 points.
_LARGEST, _SMALLEST, _TYPE = 420.0, 14.0, 11.0
_CAPTION_LINES = 3
_MOST_POWERS = 7
_DISTANCES = (1.5, 5.0, 10.0, 17.0, 26.0, 36.0, 48.0)
# Right, left, above, below, then between: the order in which a name looks for room.
_ANGLES = tuple(k * pi / 8 for k in (0, 8, 4, 12, 2, 14, 6, 10, 1, 15, 7, 9, 3, 13, 5, 11))
_LEADER_FROM = 2.0
_GAP = 2.0
# Two names side by side, nearer than a letter is wide, would be read as one line.
_GAP_BESIDE = 12.0
# How many dots are looked at for each name to be written.
_TRIES = 4

Points = NDArray[np.float64]


def plot_scatter(
    rates: pd.DataFrame,
    *,
    x: str,
    y: str,
    key: str = "feature",
    units: str | None = None,
    glossary: pd.DataFrame | None = None,
    category_of: Categories | None = None,
    scale: str = "log",
    top: int = 24,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Axes with one dot per term: right by its rate in group `x`, up by its rate in group `y`.

    `rates` has one row per term (or document: `key` names the column) and group: group, n, rate,
    as compare.contrast_rates leaves it; `units` says what the rates are ("per 1,000 words"). On
    the dashed diagonal the two rates are equal. Both axes have one scale, by powers of ten
    ("log"), where a rate of 0 stands on a grey band of its own, or "linear". A dot's area is its
    n in both groups; terms with the same two rates share a dot, a hollow one where their
    categories differ, and the line below the axis counts those hidden so.

    At most `top` dots are named: in turn the most frequent and those farthest from the diagonal,
    each where its name covers no dot and no other name, with a thin line to its dot where it
    stands away from it; one without such room is passed over for the next. The line below counts
    the names too. Descriptive: whether a difference is more than chance, compare.keyness says.

    >>> from matplotlib.figure import Figure
    >>> style.set_theme()
    >>> rates = pd.DataFrame({"feature": ["防控", "复工"] * 2, "group": ["D2"] * 2 + ["D3"] * 2,
    ...     "n": [8, 0, 1, 6], "rate": [40.0, 0.0, 10.0, 60.0]})
    >>> ax = plot_scatter(rates, x="D2", y="D3", ax=Figure().subplots())
    >>> [name.get_text() for name in ax.texts]
    ['防控', '复工']
    """
    terms = _one_row_each(rates, key, x, y, category_of)
    if scale not in SCALES:
        raise ValueError(f"scale is {scale!r}; it must be one of {', '.join(SCALES)}")
    at_least_one(top, "top")
    style.require_axes(ax, title)
    own = ax is None
    if own:
        width = plt.rcParams["figure.figsize"][0]
        ax = plt.subplots(figsize=(width, width))[1]
    ax.set_box_aspect(1)
    ax.set_anchor("NW")
    places = _places(terms)
    _set_scales(ax, terms, scale)
    _draw_places(ax, places, coloured=category_of is not None)
    _name_axes(ax, x, y, style.say("per 1,000 words") if units is None else units)
    _legend_right(ax, terms, places, coloured=category_of is not None)
    default = style.say(
        "{what}: {x} against {y}", what=_how_many(key, len(terms)), x=_plain(x), y=_plain(y)
    )
    style.set_title(ax, title or default)
    if own:
        _fit_height(ax)
    n_named = _write_names(ax, places, glossary, top)
    _say_what_is_named(ax, places, n_named, key)
    return ax


# ---------------------------------------------------------------- what the table must hold


def _one_row_each(
    rates: pd.DataFrame, key: str, x: str, y: str, category_of: Categories | None
) -> pd.DataFrame:
    """One row per term: key, x, y, n, category, largest n first."""
    require_rows(rates, "two rates", [key, "group", "n", "rate"])
    for name, group in (("x", x), ("y", y)):
        if not pd.api.types.is_hashable(group):
            raise ValueError(f"{name} is {group!r}; name one group of the column 'group'")
    if x == y:
        raise ValueError(f"x and y are both {x!r}; name two groups of the column 'group'")
    for group in (x, y):
        if group not in set(rates["group"]):
            raise ValueError(
                f"the two rates table has no group {group!r}; it has "
                f"{', '.join(map(str, rates['group'].unique()))}"
            )
    rows = rates.loc[rates["group"].isin([x, y])]
    _require_cells(rows, key)
    wide = rows.pivot(index=key, columns="group", values=["n", "rate"])
    lacking = wide.index[wide["rate"].isna().any(axis=1)]
    if len(lacking):
        raise ValueError(
            f"{lacking[0]!r} has a row in one of the groups {x!r} and {y!r} only; give it n = 0 "
            "and rate = 0 in the other (compare.contrast_rates does)"
        )
    terms = pd.DataFrame({
        "key": wide.index, "x": wide["rate"][x].to_numpy(float),
        "y": wide["rate"][y].to_numpy(float), "n": wide["n"].sum(axis=1).to_numpy(float),
        "category": categories_for(wide.index, category_of),
    })  # fmt: skip
    return terms.sort_values(["n", "key"], ascending=[False, True], ignore_index=True)


def _require_cells(rows: pd.DataFrame, key: str) -> None:
    nameless = rows[key].isna() | (rows[key].astype(str).str.strip() == "")
    if nameless.any():
        raise ValueError(
            f"column {key!r} of the two rates table is empty in {int(nameless.sum())} rows; "
            "give each its name, or leave those rows out"
        )
    twice = rows.loc[rows.duplicated([key, "group"]), key]
    if len(twice):
        raise ValueError(
            f"the two rates table has more than one row for {twice.iloc[0]!r} in one group; "
            "add them up before drawing"
        )
    require_numbers(rows, "two rates", ["n", "rate"], key=key)
    for column in ("n", "rate"):
        below = rows.loc[rows[column] < 0, key]
        if len(below):
            raise ValueError(
                f"column {column!r} of the two rates table is below 0 for {below.iloc[0]!r}; "
                "rates are 0 or more (a log ratio belongs to plot_keyness)"
            )


def _places(terms: pd.DataFrame) -> pd.DataFrame:
    """One row per dot: terms with the same two rates would hide each other."""
    at = [terms[side].map(lambda rate: float(format(rate, _DIGITS))) for side in ("x", "y")]
    by_place = terms.groupby(at, sort=False)
    places = by_place.agg(
        key=("key", "first"), n=("n", "max"), category=("category", "first"),
        n_terms=("key", "size"), n_categories=("category", "nunique"),
    ).reset_index()  # fmt: skip
    places.loc[places["n_categories"] > 1, "category"] = "several"
    return places


# ---------------------------------------------------------------- dots and scales


def _set_scales(ax: Axes, terms: pd.DataFrame, scale: str) -> None:
    rates = terms[["x", "y"]].to_numpy()
    highest = rates.max() or 1.0
    if scale == "linear" or not rates.any():
        limits = (-0.05 * highest, 1.12 * highest)
    else:
        limits = _set_log(ax, rates)
    ax.set(xlim=limits, ylim=limits)
    ax.grid(True, axis="both")
    low = limits[0] if scale == "linear" else max(limits[0], 0)
    ax.plot([max(low, 0), limits[1]], [max(low, 0), limits[1]], color=style.QUIET, linewidth=1,
            linestyle=(0, (5, 3)), zorder=1, scalex=False, scaley=False)  # fmt: skip


def _set_log(ax: Axes, rates: Points) -> tuple[float, float]:
    """Set both axes to powers of ten, 0 on a band of its own; return the limits."""
    lowest, highest = rates[rates > 0].min(), rates.max()
    if rates.min() > 0:
        limits = (lowest / 1.6, highest * 2)
        options = {"value": "log"}
    else:
        limits = (-0.35 * lowest, highest * 2)
        # Below the smallest rate there is nothing but 0: that stretch is kept short.
        options = {"value": "symlog", "linthresh": lowest, "linscale": 0.45}
        for span in (ax.axvspan, ax.axhspan):
            span(limits[0], 0.35 * lowest, color=style.BAND, linewidth=0, zorder=0)
    for axis, set_scale in ((ax.xaxis, ax.set_xscale), (ax.yaxis, ax.set_yscale)):
        set_scale(**options)
        axis.set_major_locator(FixedLocator(_round_rates(lowest, highest, rates.min() == 0)))
        axis.set_minor_locator(NullLocator())
        axis.set_major_formatter(FuncFormatter(lambda rate, _: f"{rate:,.10g}"))
    return limits


def _round_rates(lowest: float, highest: float, with_zero: bool) -> list[float]:
    """The rates to mark: 0 and powers of ten, or 1, 2 and 5 of each where these are few."""
    powers = range(int(np.floor(np.log10(lowest))), int(np.ceil(np.log10(2 * highest))) + 1)
    steps = (1,) if len(powers) > 4 else (1, 2, 5)
    every = -(-len(powers) // _MOST_POWERS)
    found = [step * 10.0**power for power in powers[::-every] for step in steps]
    shown = [rate for rate in sorted(found) if 0.999 * lowest <= rate <= 2 * highest]
    return [0.0, *shown] if with_zero else shown


def _areas(n: Sequence[float], largest: float) -> Points:
    to_type = (plt.rcParams["font.size"] / _TYPE) ** 2
    return to_type * np.maximum(_LARGEST * np.asarray(n, float) / max(largest, 1), _SMALLEST)


def _draw_places(ax: Axes, places: pd.DataFrame, *, coloured: bool) -> None:
    areas = _areas(places["n"], places["n"].max())
    for category in dict.fromkeys(places["category"]):
        chosen = (places["category"] == category).to_numpy()
        ax.scatter(
            places["x"][chosen], places["y"][chosen], s=areas[chosen], marker=_MARKERS[category],
            zorder=3, clip_on=False, **dict(zip(("facecolor", "edgecolor", "linewidth"),
                                                _look_of(category if coloured else ""),
                                                strict=True)),
        )  # fmt: skip


def _look_of(category: str) -> tuple[str, str, float]:
    """Face, edge and its width: filled, but hollow where several categories share the dot."""
    if category == "several":
        return style.GROUND, style.INK, 1.2
    return style.colour_of(category) if category else style.PLAIN, style.GROUND, 0.7


def _name_axes(ax: Axes, x: str, y: str, units: str) -> None:
    for set_label, group in ((ax.set_xlabel, x), (ax.set_ylabel, y)):
        set_label(
            style.drawable(style.say("{name}, {units}", name=_name(group), units=units)),
            parse_math=False,
        )


def _name(group: str) -> str:
    return style.label_name(group) if group in style.LABEL_NAMES else str(group)


def _plain(group: str) -> str:
    chinese = style.in_force().language == "zh"
    known = group in style.LABEL_NAMES
    return style.label_name(group, language="zh" if chinese else "en") if known else str(group)


def _how_many(key: str, n: int) -> str:
    said = style.saying("{n} documents") if key == "doc_id" else style.saying("{n} terms")
    return style.say(said, n=say_number(n))


def _legend_right(ax: Axes, terms: pd.DataFrame, places: pd.DataFrame, *, coloured: bool) -> None:
    handles: list = [Line2D([], [], color=style.QUIET, linewidth=1, linestyle=(0, (5, 3)))]
    names = [style.say("equal rates")]
    if ax.get_xscale() == "symlog":
        handles.append(Patch(color=style.BAND))
        names.append(style.say("0: none in one group"))
    for category in style.LABEL_NAMES if coloured else ():
        n = int((terms["category"] == category).sum())
        if n:
            handles.append(_dot(90, category))
            name = style.label_name(category, two_lines=True)
            names.append(style.say("{name} ({n})", name=name, n=say_number(n)))
    if coloured and (places["n_categories"] > 1).any():
        handles.append(_dot(90, "several"))
        names.append(style.say("several categories"))
    largest = places["n"].max()
    for n in _round_numbers(largest):
        handles.append(_dot(_areas([n], largest)[0], "unlabelled", "o"))
        names.append(f"n = {say_number(n)}")
    ax.legend(
        handles, [style.drawable(name) for name in names], loc="upper left",
        bbox_to_anchor=(1.03, 1), borderaxespad=0, labelspacing=0.9, handletextpad=0.8,
    )  # fmt: skip


def _dot(area: float, category: str, marker: str = "") -> Line2D:
    face, edge, wide = _look_of(category)
    return Line2D([], [], marker=marker or _MARKERS[category], linestyle="none",
                  markerfacecolor=face, markeredgecolor=edge, markeredgewidth=wide,
                  markersize=area**0.5)  # fmt: skip


def _round_numbers(largest: float) -> list[int]:
    """Two or three round n, the largest near the table's largest."""
    if largest < 4:
        return sorted({1, max(int(largest), 1)})
    top = 10 ** int(np.log10(largest))
    first = max(step * top for step in (1, 2, 5) if step * top <= largest)
    return sorted({max(first // 20, 1), max(first // 4, 1), first})


def _fit_height(ax: Axes) -> None:
    """Make the figure as high as its chart needs, with room for a caption.

    The axes stay as wide as they are: width, not height, sets their size, so that a caption that
    comes later moves no dot away from its name.
    """
    lay_out(ax)
    figure = ax.get_figure(root=True)
    spare = _CAPTION_LINES * line_height() / 72
    figure.set_figheight(ax.get_tightbbox().height / figure.dpi + spare + 0.25)
    lay_out(ax)


# ---------------------------------------------------------------- names


def _write_names(ax: Axes, places: pd.DataFrame, glossary: pd.DataFrame | None, top: int) -> int:
    """Name the chosen dots where there is room; return how many are named."""
    lay_out(ax)
    per_point = 72 / ax.get_figure(root=True).dpi
    frame = ax.get_window_extent()
    centres = (ax.transData.transform(places[["x", "y"]]) - frame.p0) * per_point
    radii = _areas(places["n"], places["n"].max()) ** 0.5 / 2
    order = _order(places, centres)[: _TRIES * top]
    names = _names_of(places.iloc[order], glossary)
    size = FontProperties(size="small").get_size_in_points()
    boxes = np.array([_size_of(name, size) for name in names])
    corners = place_names(
        centres, radii, order, boxes, np.array([frame.width, frame.height]) * per_point, top=top
    )
    for number, name, box, corner in zip(order, names, boxes, corners, strict=True):
        if corner is not None:
            _write(ax, places.iloc[number], name, corner - centres[number], box, radii[number])
    return sum(corner is not None for corner in corners)


def _order(places: pd.DataFrame, centres: Points) -> list[int]:
    """The dots in the order they are named: in turn the most frequent and the farthest off."""
    by_n = np.argsort(-places["n"].to_numpy(), kind="stable")
    distance = np.abs(centres[:, 0] - centres[:, 1])
    by_distance = np.argsort(-distance.round(3), kind="stable")
    in_turn = [int(row) for pair in zip(by_n, by_distance, strict=True) for row in pair]
    return list(dict.fromkeys(in_turn))


def _names_of(places: pd.DataFrame, glossary: pd.DataFrame | None) -> list[str]:
    room, size = 0.2 * 72 * plt.rcParams["figure.figsize"][0], plt.rcParams["font.size"]
    labels = style.gloss_labels(places["key"], glossary, two_lines=True)
    more = [
        "\n" + style.say("+ {n} at the same place", n=n - 1) if n > 1 else ""
        for n in places["n_terms"]
    ]
    return [
        style.wrap_text(style.drawable(label + note), room, size=0.833 * size)
        for label, note in zip(labels, more, strict=True)
    ]


def _size_of(name: str, size: float) -> tuple[float, float]:
    """Width and height of a name of one or more lines."""
    lines = name.split("\n")
    widest = max(style.text_width(line, size=size) for line in lines)
    # The font's lines are high: Chinese needs room above and below.
    return widest + 1, 1.45 * size * len(lines)


def _write(
    ax: Axes, place: pd.Series, name: str, corner: Points, box: Points, radius: float
) -> None:
    """Write the name with its lower left corner so many points from the dot's centre."""
    end = np.clip(0, corner, corner + box)
    leader = {
        "arrowstyle": "-", "color": style.PALETTE["unlabelled"], "linewidth": 0.7,
        "shrinkA": 0, "shrinkB": 0, "zorder": 2.5, "relpos": tuple((end - corner) / box),
    }  # fmt: skip
    ax.annotate(
        name, (place["x"], place["y"]), xytext=tuple(corner + box / 2),
        textcoords="offset points", ha="center", va="center", fontsize="small",
        multialignment=_towards(corner, box), linespacing=1.05, annotation_clip=False,
        parse_math=False, zorder=5, color=style.INK,
        arrowprops=leader if np.hypot(*end) > radius + _LEADER_FROM else None,
    )  # fmt: skip


def _towards(corner: Points, box: Points) -> str:
    """How the lines of a name are set: its short ones too begin beside the dot."""
    if corner[0] >= 0:
        return "left"
    return "right" if corner[0] + box[0] <= 0 else "center"


def _say_what_is_named(ax: Axes, places: pd.DataFrame, n_named: int, key: str) -> None:
    hidden = int((places["n_terms"] - 1).sum())
    under = (
        style.say("documents under another dot: {n}", n=say_number(hidden))
        if key == "doc_id"
        else style.say("terms under another dot: {n}", n=say_number(hidden))
    )
    notes = [under] * (hidden > 0)
    named = style.say("dots named: {n} of {total}", n=n_named, total=say_number(len(places)))
    notes += [named] * (n_named < len(places))
    if notes:
        said = notes[0] if len(notes) == 1 else style.say("{a}; {b}", a=notes[0], b=notes[1])
        below = style.say("({note})", note=said)
        ax.set_xlabel(f"{ax.get_xlabel()}\n{below}", parse_math=False)


def place_names(
    centres: Points,
    radii: Points,
    chosen: Sequence[int],
    boxes: Points,
    frame: Points,
    *,
    top: int,
) -> list[Points | None]:
    """Lower left corner of each chosen dot's name, or None where it is not written.

    `centres` and `radii` are all dots, `boxes` width and height of the chosen names, `frame`
    width and height of the axes; all in points. Names are placed in their order until `top` are,
    each at the nearest place where it covers no dot, no name, no line to a name and not the
    diagonal, crosses no line with its own and, without one, stands nearest to its own dot. The
    same input gives the same places.

    >>> place_names(np.array([[40.0, 20.0]]), np.array([3.0]), [0], np.array([[30.0, 10.0]]),
    ...     np.array([100.0, 40.0]), top=1)[0].tolist()
    [44.5, 15.0]
    """
    taken: list[Points] = []  # left, bottom, right, top of each name
    lines: list[Points] = []  # points along each line to a name
    corners: list[Points | None] = []
    for number, box in zip(chosen, boxes, strict=True):
        candidates = _candidates(centres[number], radii[number], box) if len(taken) < top else ()
        corner = next(
            (
                corner
                for corner in candidates
                if _is_free(corner, box, centres, radii, number, taken, lines, frame)
            ),
            None,
        )
        corners.append(corner)
        if corner is not None:
            taken.append(np.concatenate([corner, corner + box]))
            lines.append(_line_to(centres[number], corner, box))
    return corners


def _candidates(centre: Points, radius: float, box: Points):
    for distance in _DISTANCES:
        for angle in _ANGLES:
            towards = np.array([cos(angle), sin(angle)])
            # At a slant the box touches with its corner, else with the middle of a side.
            lean = np.clip(1.6 * towards, -1, 1)
            yield centre + towards * (radius + distance) + lean * box / 2 - box / 2


def _line_to(centre: Points, corner: Points, box: Points) -> Points:
    end = np.clip(centre, corner, corner + box)
    return centre + np.linspace(0, 1, 16)[:, None] * (end - centre)


def _is_free(
    corner: Points,
    box: Points,
    centres: Points,
    radii: Points,
    number: int,
    taken: Sequence[Points],
    lines: Sequence[Points],
    frame: Points,
) -> bool:
    low, high = corner - _GAP / 2, corner + box + _GAP / 2
    if (low < 0).any() or (high > frame).any():
        return False
    if low[0] < high[1] and low[1] < high[0]:  # the diagonal would run through the letters
        return False
    line = _line_to(centres[number], corner, box)
    if not _keeps_off_dots(low, high, line, centres, radii, number):
        return False
    beside = np.array([_GAP_BESIDE, 0])
    return not any(
        _overlap(low - beside, high + beside, name) or _crosses(line, name) for name in taken
    ) and not any(
        _crosses(other, np.concatenate([low, high])) or _meet(line, other) for other in lines
    )


def _keeps_off_dots(
    low: Points, high: Points, line: Points, centres: Points, radii: Points, number: int
) -> bool:
    """Whether name and line cover no dot, and the name cannot be taken for another dot's."""
    gaps = np.hypot(*(centres - np.clip(centres, low, high)).T) - radii
    if (gaps < 0).any():
        return False
    others = np.arange(len(centres)) != number
    from_line = np.hypot(*(line[:, None] - centres[others]).T).min(axis=1, initial=np.inf)
    # Behind the dot itself a line is not seen, so dots that touch do not forbid each other.
    if (from_line < np.minimum(radii[others], 4) + 1).any():
        return False
    # Without a line, a name belongs to the dot that it stands nearest to.
    has_line = gaps[number] + _GAP / 2 > _LEADER_FROM
    return has_line or bool((gaps[others] >= gaps[number] + _GAP).all())


def _overlap(low: Points, high: Points, box: Points) -> bool:
    return bool((low < box[2:]).all() and (high > box[:2]).all())


def _crosses(line: Points, box: Points) -> bool:
    return bool(((line > box[:2]) & (line < box[2:])).all(axis=1).any())


def _meet(line: Points, other: Points) -> bool:
    """Whether two straight lines cross: each has its ends on the two sides of the other."""
    (a, b), (c, d) = line[[0, -1]], other[[0, -1]]
    return _turn(a, b, c) * _turn(a, b, d) < 0 and _turn(c, d, a) * _turn(c, d, b) < 0


def _turn(begin: Points, end: Points, point: Points) -> float:
    """Positive where the point lies to the left of the way from begin to end."""
    (x, y), (to_x, to_y) = end - begin, point - begin
    return float(x * to_y - y * to_x)
