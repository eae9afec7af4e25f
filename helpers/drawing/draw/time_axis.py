"""Pieces of the charts over time: stacked panels, gaps, phases, dated marks, names that give way.

All lengths in this file are points, all places on the time axis matplotlib's day numbers.
"""

from collections.abc import Iterable, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import date2num
from matplotlib.text import Annotation, Text
from matplotlib.ticker import FixedLocator, NullLocator
from matplotlib.transforms import ScaledTranslation

from helpers.drawing import style
from helpers.drawing.draw.checks import require_rows
from helpers.drawing.draw.pieces import line_height

DAY = pd.Timedelta(days=1)
LOW_CONFIDENCE = (0, (3, 2.5))
# Written here, because strftime would take them from the language of the machine.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAY_STEPS = (1, 2, 7, 14)
_MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600)
_MOST_TICKS = 11
_LEAST_MONTHS = 3
# Between the right end of the axes and a name there.
_TO_NAME = 14.0
_PHASE_LINES = 3


def say_date(date: pd.Timestamp) -> str:
    """Return the day in words, the same on every machine.

    >>> say_date(pd.Timestamp("2020-02-24"))
    '24 Feb 2020'
    """
    if in_chinese():
        return f"{date.year}年{date.month}月{date.day}日"
    return f"{date.day} {_MONTHS[date.month - 1]} {date.year}"


def in_chinese() -> bool:
    """Return whether dates and names are said in Chinese, by the setting in force."""
    return style.in_force().language == "zh"


def name_in_language(row) -> str:
    """Return the row's name_zh in Chinese furniture, where it has one; else its name_en."""
    chinese = getattr(row, "name_zh", "") if in_chinese() else ""
    return str(chinese if pd.notna(chinese) and chinese else row.name_en)


def say_days(start: pd.Timestamp, end: pd.Timestamp) -> str:
    """Return the two days in words; a missing day is an open end.

    >>> say_days(pd.Timestamp("2020-02-24"), pd.Timestamp("2020-03-23"))
    '24 Feb to 23 Mar 2020'
    >>> say_days(pd.NaT, pd.Timestamp("2020-03-23"))
    'to 23 Mar 2020'
    """
    if pd.isna(start) or pd.isna(end):
        return _say_open_days(start, end)
    if start.year != end.year:
        first, last = say_date(start), say_date(end)
    elif in_chinese():
        first, last = say_date(start), f"{end.month}月{end.day}日"
    else:
        first, last = f"{start.day} {_MONTHS[start.month - 1]}", say_date(end)
    return style.say("{low} to {high}", low=first, high=last)


def _say_open_days(start: pd.Timestamp, end: pd.Timestamp) -> str:
    if pd.notna(start):
        return style.say("from {day}", day=say_date(start))
    return style.say("to {day}", day=say_date(end)) if pd.notna(end) else style.say("no date")


def checked_rows(
    table: pd.DataFrame,
    name: str,
    columns: Iterable[str],
    *,
    days: Iterable[str] = (),
    open_days: Iterable[str] = (),
    numbers: Iterable[str] = (),
    counts: Iterable[str] = (),
    texts: Iterable[str] = (),
) -> pd.DataFrame:
    """Return the rows, numbered from 0; a ValueError says what cannot be drawn.

    `columns` must be there, each once. `days` holds dates, `open_days` may lack some; `numbers`
    holds finite numbers and gaps, `counts` numbers of at least 0 and no gaps, `texts` text.
    """
    columns = list(columns)
    require_rows(table, name, columns)
    twice = [column for column in columns if list(table.columns).count(column) > 1]
    if twice:
        raise ValueError(f"the {name} table has the column {twice[0]!r} twice; keep one of them")
    require_days(table, name, days)
    require_days(table, name, open_days, open_ended=True)
    for column in numbers:
        _require_numbers(table, name, column, gaps=True)
    for column in counts:
        _require_numbers(table, name, column, gaps=False)
    for column in texts:
        wrong = [cell for cell in table[column] if not isinstance(cell, str)]
        if wrong:
            raise ValueError(
                f"column {column!r} of the {name} table holds {wrong[0]!r}, which is no text; "
                "name it, or leave that row out"
            )
    return table.reset_index(drop=True)


def _require_numbers(table: pd.DataFrame, name: str, column: str, *, gaps: bool) -> None:
    cells = table[column]
    if not pd.api.types.is_numeric_dtype(cells) or pd.api.types.is_bool_dtype(cells):
        raise ValueError(
            f"column {column!r} of the {name} table holds no numbers (its type is {cells.dtype}); "
            f"make them with pd.to_numeric({column!r} column)"
        )
    numbers = cells.to_numpy(dtype=float, na_value=np.nan)
    wrong = np.isinf(numbers) if gaps else ~((numbers >= 0) & np.isfinite(numbers))
    if wrong.any():
        kind = "finite number" if gaps else "number of at least 0"
        raise ValueError(
            f"column {column!r} of the {name} table holds {numbers[wrong][0]} in row "
            f"{int(wrong.argmax())}, which is no {kind}; see how it was computed"
        )


def require_days(
    table: pd.DataFrame, name: str, columns: Iterable[str], *, open_ended: bool = False
) -> None:
    """Raise a ValueError where a column holds no dates, or lacks one and may not."""
    for column in columns:
        found = table[column]
        if not pd.api.types.is_datetime64_any_dtype(found) and not found.isna().all():
            raise ValueError(
                f"column {column!r} of the {name} table holds no dates (its type is "
                f"{found.dtype}); make them with pd.to_datetime({column!r} column)"
            )
        if isinstance(found.dtype, pd.DatetimeTZDtype):
            raise ValueError(
                f"column {column!r} of the {name} table has the time zone {found.dt.tz}; a day "
                f"needs none: {column!r} column.dt.tz_localize(None)"
            )
        if not open_ended and found.isna().any():
            raise ValueError(
                f"column {column!r} of the {name} table has no date in {int(found.isna().sum())} "
                f"of {len(table)} rows; give each its day, or leave those rows out"
            )


def stack_panels(heights: Sequence[float]) -> list[Axes]:
    """Return new panels, one above the other on one time axis, so many lines of text high."""
    inches = line_height() / 72 * (sum(heights) + 2 * len(heights) + 4)
    figure, axes = plt.subplots(
        len(heights), 1, sharex=True, squeeze=False, height_ratios=heights,
        figsize=(plt.rcParams["figure.figsize"][0], inches),
    )  # fmt: skip
    for ax in axes[:, 0]:
        ax.grid(False)
        ax.grid(True, axis="y")
    figure.align_ylabels()
    return list(axes[:, 0])


def lay_out(ax: Axes) -> None:
    """Lay the whole figure out, so that widths are known; costly, so done as seldom as can be."""
    ax.get_figure(root=True).draw_without_rendering()


def grow(ax: Axes, points: float) -> None:
    """Make the figure taller by so many points, for text that came outside its panels."""
    figure = ax.get_figure(root=True)
    figure.set_figheight(figure.get_figheight() + points / 72)


def name_above(ax: Axes, name: str) -> None:
    """Name a low panel's value axis in a line above it, where a turned name would not fit."""
    lift = ScaledTranslation(0, 3 / 72, ax.get_figure(root=True).dpi_scale_trans)
    ax.set_ylabel(
        style.drawable(name), rotation=0, ha="left", va="bottom", fontsize="small", parse_math=False
    )
    ax.yaxis.set_label_coords(0, 1, transform=ax.transAxes + lift)


# ---------------------------------------------------------------- the axis


def set_time_axis(ax: Axes, first: pd.Timestamp, last: pd.Timestamp) -> None:
    """Let the axis run from the first to the end of the last day, with round dates named."""
    ax.set_xlim(date2num(first), date2num(last + DAY))
    ticks = date_ticks(first, last)
    ax.xaxis.set_major_locator(FixedLocator([date2num(day) for day, _ in ticks]))
    ax.xaxis.set_minor_locator(NullLocator())
    # Clear of the 0 of the other axis, which stands beside the first date.
    ax.tick_params(axis="x", pad=0.45 * plt.rcParams["font.size"])
    ax.set_xticks([date2num(day) for day, _ in ticks], [name for _, name in ticks])


def date_ticks(first: pd.Timestamp, last: pd.Timestamp) -> list[tuple[pd.Timestamp, str]]:
    """The days to mark and their names; the year stands below the first and each January.

    >>> [name for _, name in date_ticks(pd.Timestamp("2019-12-30"), pd.Timestamp("2020-03-29"))]
    ['Jan\\n2020', 'Feb', 'Mar']
    """
    first, last = first.normalize(), last.normalize()
    months = pd.date_range(first, last, freq="MS")
    if len(months) < _LEAST_MONTHS:
        return _name_days(_every_day(first, last))
    step = next((n for n in _MONTH_STEPS if _n_ticks(months, n) <= _MOST_TICKS), _MONTH_STEPS[-1])
    kept = [day for day in months if (12 * day.year + day.month - 1) % step == 0]
    if step >= 12:
        return [(day, year_of(day.year)) for day in kept]
    years = _first_of_year(kept)
    return [
        (day, month_of(day) + (f"\n{year_of(day.year)}" if day in years else "")) for day in kept
    ]


def year_of(year: int) -> str:
    """Return the year as it is written under a date."""
    return f"{year}年" if in_chinese() else str(year)


def month_of(day: pd.Timestamp) -> str:
    """Return the month of the day, short."""
    return f"{day.month}月" if in_chinese() else _MONTHS[day.month - 1]


def _day_of_month(day: pd.Timestamp) -> str:
    return f"{month_of(day)}{day.day}日" if in_chinese() else f"{day.day} {month_of(day)}"


def _n_ticks(months: pd.DatetimeIndex, step: int) -> int:
    return int(((12 * months.year + months.month - 1) % step == 0).sum())


def _every_day(first: pd.Timestamp, last: pd.Timestamp) -> list[pd.Timestamp]:
    days = pd.date_range(first, last, freq="D")
    step = next((n for n in _DAY_STEPS if len(days) / n <= 8), _DAY_STEPS[-1])
    return list(days[::step])


def _name_days(days: Sequence[pd.Timestamp]) -> list[tuple[pd.Timestamp, str]]:
    years = _first_of_year(days)
    return [
        (day, _day_of_month(day) + (f"\n{year_of(day.year)}" if day in years else ""))
        for day in days
    ]


def _first_of_year(days: Sequence[pd.Timestamp]) -> set[pd.Timestamp]:
    first: dict[int, pd.Timestamp] = {}
    for day in days:
        first.setdefault(day.year, day)
    return set(first.values())


# ---------------------------------------------------------------- lines with gaps


def pieces(rows: pd.DataFrame, column: str) -> list[pd.DataFrame]:
    """The runs of periods that follow each other and have a value; between them is a gap."""
    there = rows.loc[rows[column].notna()].sort_values("start")
    after_gap = (there["start"] - there["end"].shift()) > DAY
    return [piece for _, piece in there.groupby(after_gap.cumsum())]


def middles(rows: pd.DataFrame) -> np.ndarray:
    """Return the middle of each period on the axis."""
    return (date2num(rows["start"]) + date2num(rows["end"] + DAY)) / 2


def are_uneven(rows: pd.DataFrame) -> bool:
    """Return whether the periods differ so much in length (phases) that lines would mislead."""
    days = (rows["end"] - rows["start"]).dt.days + 1
    return bool(days.max() > 1.5 * days.min())


def name_of_period(rows: pd.DataFrame) -> str:
    """Return what one row spans, in words: day, week, month, year, or period.

    >>> week = {"start": [pd.Timestamp("2020-02-24")], "end": [pd.Timestamp("2020-03-01")]}
    >>> name_of_period(pd.DataFrame(week))
    'week'
    """
    days = (rows["end"] - rows["start"]).dt.days + 1
    for name, shortest, longest in (
        (style.saying("day"), 1, 1), (style.saying("week"), 7, 7), (style.saying("month"), 28, 31),
        (style.saying("year"), 365, 366),
    ):  # fmt: skip
        if days.between(shortest, longest).all():
            return style.say(name)
    return style.say("period")


def draw_line(
    ax: Axes, rows: pd.DataFrame, columns: tuple[str, str, str], *, colour: str, marker: str = "o"
) -> None:
    """Draw value, low and high of each run of periods: a line and its band, gaps left open."""
    value, low, high = columns
    if are_uneven(rows):
        _draw_levels(ax, rows.loc[rows[value].notna()], columns, colour)
        return
    every = max(1, len(rows) // 15)
    size = 5 if len(rows) <= 60 else 4
    for piece in pieces(rows, value):
        x = middles(piece)
        ax.fill_between(x, piece[low], piece[high], color=colour, alpha=0.16, linewidth=0, zorder=2)
        ax.plot(
            x, piece[value], color=colour, linewidth=1.8, marker=marker, markersize=size,
            markevery=every, zorder=4, clip_on=False,
        )  # fmt: skip
        if len(piece) == 1:
            ax.vlines(x, piece[low], piece[high], color=colour, linewidth=1.2, alpha=0.6, zorder=3)


def _draw_levels(ax: Axes, rows: pd.DataFrame, columns: tuple[str, str, str], colour: str) -> None:
    value, low, high = columns
    left, right = date2num(rows["start"]), date2num(rows["end"] + DAY)
    for x0, x1, level, bottom, top in zip(
        left, right, rows[value], rows[low], rows[high], strict=True
    ):
        ax.fill_between([x0, x1], bottom, top, color=colour, alpha=0.16, linewidth=0, zorder=2)
        ax.plot([x0, x1], [level, level], color=colour, linewidth=2.2, zorder=4)


# ---------------------------------------------------------------- above the panels


def stand_above(
    ax: Axes, names: Sequence[tuple[float, str]], *, base: float = 4, lines: int = 1
) -> float:
    """Write each name above its place, lifted where it would touch another; return the height.

    All names have the same number of `lines`. The figure must have been laid out (lay_out).
    """
    ordered = sorted(names, key=lambda pair: pair[0])
    texts = [_name_at(ax, x, name, base) for x, name in ordered]
    inner = ax.get_window_extent()
    per_point = ax.get_figure(root=True).dpi / 72
    step, ends = lines * line_height(), []
    for text, (x, _) in zip(texts, ordered, strict=True):
        # Its width is known, its place only when it is drawn: that is worked out from x here.
        box, centre = Text.get_window_extent(text), ax.transData.transform((x, 0))[0]
        start, end = centre - box.width / 2, centre + box.width / 2
        shift = max(inner.x0 - start, 0) - max(end - inner.x1, 0)
        start, end = start + shift, end + shift
        level = next((i for i, last in enumerate(ends) if start > last), len(ends))
        ends[level : level + 1] = [end + 0.35 * box.height / lines]
        text.set_position((shift / per_point, level * step))
        text.arrow_patch.set_visible(level > 0)
        # A name lifted over its neighbour draws its line behind the neighbour's letters.
        text.set_zorder(5 - 0.1 * level)
    return base + len(ends) * step


def _name_at(ax: Axes, x: float, name: str, base: float) -> Annotation:
    lift = ScaledTranslation(0, base / 72, ax.get_figure(root=True).dpi_scale_trans)
    return ax.annotate(
        name, (x, 1), xycoords=ax.get_xaxis_transform() + lift, xytext=(0, 0), ha="center",
        textcoords="offset points", va="bottom", fontsize="small", color=style.QUIET,
        annotation_clip=False, parse_math=False,
        arrowprops={"arrowstyle": "-", "color": style.FAINT, "linewidth": 0.8, "shrinkB": 0,
                    "shrinkA": 0},
        bbox={"facecolor": style.GROUND, "edgecolor": "none", "pad": 0.4},
    )  # fmt: skip


def shade_phases(panels: Sequence[Axes], phases: pd.DataFrame, *, base: float) -> tuple:
    """Shade every second phase in all panels and name them above the first.

    Returns the height of the names and the phases whose name found no room there.
    """
    ax = panels[0]
    first, last = ax.get_xlim()
    visible = _visible_phases(phases, first, last)
    for number, phase in enumerate(visible.itertuples()):
        if number % 2 == 0:
            for panel in panels:
                panel.axvspan(phase.left, phase.right, color=style.BAND, linewidth=0, zorder=0)
    per_day = ax.get_window_extent().width * 72 / ax.get_figure(root=True).dpi / (last - first)
    size = 0.833 * plt.rcParams["font.size"]
    rooms = (visible["right"] - visible["left"]) * per_day - 4
    full = [
        _fitted(f"{phase.code} {name_in_language(phase)}", room, size)
        for phase, room in zip(visible.itertuples(), rooms, strict=True)
    ]
    narrow = [
        style.text_width(code, size=size) > room
        for code, room in zip(visible["code"], rooms, strict=True)
    ]
    unnamed = visible.loc[[any(narrow) or not name for name in full]]
    centres = (visible["left"] + visible["right"]) / 2
    if any(narrow):
        return stand_above(ax, list(zip(centres, visible["code"], strict=True)), base=base), unnamed
    names = [name or code for name, code in zip(full, visible["code"], strict=True)]
    for centre, name in zip(centres, names, strict=True):
        ax.annotate(
            name, (centre, 1), xycoords=ax.get_xaxis_transform(), xytext=(0, base), ha="center",
            textcoords="offset points", va="bottom", fontsize="small", color=style.QUIET,
            annotation_clip=False, linespacing=1.1, parse_math=False,
        )  # fmt: skip
    lines = max((name.count("\n") + 1 for name in names), default=0)
    return base + lines * line_height(), unnamed


def _visible_phases(phases: pd.DataFrame, first: float, last: float) -> pd.DataFrame:
    """The phases that reach into the axis, with left and right on it; a missing day is open."""
    left = [first if pd.isna(day) else date2num(day) for day in phases["start"]]
    right = [last if pd.isna(day) else date2num(day + DAY) for day in phases["end"]]
    placed = phases.assign(
        left=np.maximum(left, first), right=np.minimum(right, last),
        code=[style.drawable(str(code)) for code in phases["code"]],
    )  # fmt: skip
    return placed.loc[placed["left"] < placed["right"]].sort_values("left")


def _fitted(name: str, room: float, size: float) -> str:
    """The name, broken to its room; empty where it does not fit into a few lines."""
    lines = style.wrap_text(style.drawable(name), room, size=size)
    widest = max(style.text_width(line, size=size) for line in lines.split("\n"))
    return lines if widest <= room and lines.count("\n") < _PHASE_LINES else ""


def mark_turning_points(panels: Sequence[Axes], points: pd.DataFrame) -> tuple:
    """Draw a numbered line through all panels per turning point on the axis.

    Returns the height of the numbers and one entry per number, for print_key. A line
    is dashed where the confidence is low; what lies outside the axis is counted in the last entry.
    """
    ax = panels[0]
    first, last = ax.get_xlim()
    points = points.reset_index(drop=True)
    days = pd.Series(date2num(points["date"]))
    shown = points.loc[days.between(first, last, inclusive="left")].sort_values(
        "date", kind="stable"
    )
    places = [date2num(day) for day in shown["date"]]
    for place, confidence in zip(places, shown["confidence"], strict=True):
        for panel in panels:
            panel.axvline(
                place, color="#8c8c8c", linewidth=0.9, zorder=1.5,
                linestyle=LOW_CONFIDENCE if confidence == "low" else "-",
            )  # fmt: skip
    height = stand_above(ax, [(x, str(i)) for i, x in enumerate(places, start=1)])
    lines = [
        (
            str(number),
            style.say(
                "{day}, {place}: {what}",
                day=say_date(point.date),
                place=style.name_value(str(point.scope)),
                what=name_in_language(point),
            )
            + (style.say(" (day uncertain)") if point.confidence == "low" else ""),
        )
        for number, point in enumerate(shown.itertuples(), start=1)
    ]
    if len(shown) < len(points):
        n = len(points) - len(shown)
        lines.append(("–", style.say("not drawn, outside these dates: {n} more", n=n)))
    return height, lines


# ---------------------------------------------------------------- beside and below the panels


def name_ends(
    ax: Axes, ends: Sequence[tuple[float, float, str, str]], *, size: str = "medium"
) -> list[Annotation]:
    """Name lines at the right of the axes: x and y of each last point, its name, its colour."""
    step = ScaledTranslation(_TO_NAME / 72, 0, ax.get_figure(root=True).dpi_scale_trans)
    return [
        ax.annotate(
            name, (x, y), xytext=(1, 0.5), textcoords=ax.transAxes + step, va="center",
            color=colour, fontsize=size, annotation_clip=False, linespacing=1.1, parse_math=False,
            arrowprops={"arrowstyle": "-", "color": colour, "linewidth": 1.0, "linestyle": ":",
                        "shrinkA": 2, "shrinkB": 4, "relpos": (0, 0.5)},
        )
        for x, y, name, colour in ends
    ]  # fmt: skip


def spread_names(names: Sequence[Annotation]) -> None:
    """Move the names of name_ends up and down until none touches another; call it last."""
    panels = list(dict.fromkeys(name.axes for name in names))
    if panels:
        lay_out(panels[0])
    for ax in panels:
        here, box = [name for name in names if name.axes is ax], ax.get_window_extent()
        wanted = [ax.transData.transform((0, name.xy[1]))[1] for name in here]
        # Some room to spare: a caption that comes later makes the panel a little lower.
        heights = [1.12 * Text.get_window_extent(name).height for name in here]
        for name, centre in zip(here, apart(wanted, heights, box.y0, box.y1), strict=True):
            name.set_position((1, (centre - box.y0) / box.height))


def apart(
    wanted: Sequence[float], heights: Sequence[float], bottom: float, top: float
) -> list[float]:
    """Return the centres nearest to the wanted ones at which boxes of these heights fit.

    They stay in their order, and between bottom and top while there is room.

    >>> apart([1.0, 1.0, 9.0], [2.0, 2.0, 2.0], 0, 10)
    [1.0, 3.0, 9.0]
    """
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    centres, edge = list(wanted), bottom
    for i in order:
        centres[i] = max(wanted[i], edge + heights[i] / 2)
        edge = centres[i] + heights[i] / 2
    edge = top
    for i in reversed(order):
        centres[i] = min(centres[i], edge - heights[i] / 2)
        edge = centres[i] - heights[i] / 2
    return centres


def print_key(panels: Sequence[Axes], entries: Sequence[tuple[str, str]], *, below: float) -> None:
    """Print the entries (mark, text) under the lowest panel, in two columns where they are many.

    `below` is where they begin, in points under the panel. The figure grows by their height; it
    must have been laid out (lay_out).
    """
    if not entries:
        return
    ax = panels[-1]
    figure = ax.get_figure(root=True)
    inner, points = ax.get_window_extent(), 72 / figure.dpi
    left = min(panel.get_tightbbox().x0 for panel in panels)
    columns, size = (2 if len(entries) > 3 else 1), 0.833 * plt.rcParams["font.size"]
    indent = max(style.text_width(mark, size=size) for mark, _ in entries) + 0.6 * size
    # Up to the page's edge: the names beside the panels may be shorter than the page allows.
    step = ((figure.bbox.x1 - left) * points - 10) / columns
    room = step - indent - size
    wrapped = [style.wrap_text(style.drawable(text), room, size=size) for _, text in entries]
    rows = -(-len(wrapped) // columns)
    step_down, most = 1.45 * size, 0
    for column in range(columns):
        x, line = (left - inner.x0) * points + column * step, 0
        for i in range(column * rows, min((column + 1) * rows, len(wrapped))):
            # Line by line: in one block, a line with Chinese would be higher than its mark's.
            for number, text in enumerate(wrapped[i].split("\n")):
                down = below + (line + 1) * step_down
                if number == 0:
                    _print_line(ax, entries[i][0], x, down, size)
                _print_line(ax, text, x + indent, down, size)
                line += 1
        most = max(most, line)
    grow(ax, step_down * most)


def _print_line(ax: Axes, text: str, right: float, down: float, size: float) -> None:
    """Print one line of text, so many points right of and below the lower left corner."""
    ax.annotate(
        text, (0, 0), xycoords="axes fraction", xytext=(right, -down), va="baseline",
        textcoords="offset points", fontsize=size, color=style.QUIET, annotation_clip=False,
        parse_math=False,
    )  # fmt: skip


def require_marks(phases: pd.DataFrame | None, turning_points: pd.DataFrame | None) -> None:
    """Raise a ValueError where the phases or the turning points cannot be drawn."""
    if phases is not None:
        columns = ["code", "start", "end", "name_en"]
        checked_rows(
            phases, "phases", columns, open_days=["start", "end"], texts=["code", "name_en"]
        )
    if turning_points is not None:
        columns = ["date", "scope", "name_en", "confidence"]
        checked_rows(turning_points, "turning points", columns, days=["date"], texts=columns[1:])


def dress(
    panels: Sequence[Axes],
    names: Sequence[Annotation],
    *,
    title: str,
    phases: pd.DataFrame | None = None,
    turning_points: pd.DataFrame | None = None,
    below: float = 2.9,
) -> None:
    """Add phases, turning points, key, title; then let the names give way to each other.

    The key begins `below` lines of small text under the lowest panel.
    """
    ax, height, key = panels[0], 4.0, []
    lay_out(ax)
    if turning_points is not None:
        height, lines = mark_turning_points(panels, turning_points)
        key += lines
    if phases is not None:
        height, unnamed = shade_phases(panels, phases, base=height)
        key = [(phase.code, name_in_language(phase)) for phase in unnamed.itertuples()] + key
    grow(ax, height)
    print_key(panels, key, below=below * line_height())
    style.set_title(ax, title, pad=height + 8)
    spread_names(names)
