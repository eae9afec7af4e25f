"""A value for each day, in weeks and weekdays, one block per year."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import PatchCollection
from matplotlib.colors import BoundaryNorm, LinearSegmentedColormap, ListedColormap, to_rgb
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from helpers.drawing import style
from helpers.drawing.draw.checks import require_numbers, require_rows
from helpers.drawing.draw.time_axis import month_of, require_days, say_days, year_of

_WEEKDAYS = {
    0: style.saying("Mon"),
    2: style.saying("Wed"),
    4: style.saying("Fri"),
    6: style.saying("Sun"),
}
_MOST_YEARS = 12
_MOST_STEPS = 6
# Rows from the first of one year's Mondays to the next year's: seven days, months, air.
_BLOCK = 9.2
_LARGEST_CELL = 19.0
# How much of the colour the lowest step has; how far beyond it the highest may go, and the
# distance in grey from the ground at which that is not needed.
_FAINTEST, _BEYOND, _STRONG = 0.12, 0.75, 0.72
_UNITS = {
    "share": style.saying("share of documents that mention {group}"),
    "rate": style.saying("{group}: mentions per 1,000 Han characters"),
    "n": style.saying("{group}: mentions per day"),
    "n_with": style.saying("documents per day that mention {group}"),
    "n_documents": style.saying("documents per day"),
}


def plot_calendar(
    shares: pd.DataFrame,
    *,
    value: str = "share",
    group: str | None = None,
    units: str | None = None,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Axes with a cell per day, the darker the higher: weeks as columns, Monday above Sunday.

    `shares` comes from timeline.share_by_period with freq="day": start, end, group, n_documents
    and `value`, which is share, rate, n, n_with or n_documents, or any column that `units` names;
    `group` chooses one where the table holds several. One block per year, heavy lines between
    months. A day without documents is hatched, because nothing was looked at: it is not a day of
    0. So is a day between the first and the last that has no row. Colours go in at most six
    steps, which the bar below names.

    >>> from matplotlib.figure import Figure
    >>> style.set_theme()
    >>> days = pd.to_datetime(["2020-02-24", "2020-02-26"])
    >>> shares = pd.DataFrame({"start": days, "end": days, "group": "prevention",
    ...     "n_documents": [9, 0], "share": [0.5, None]})
    >>> ax = plot_calendar(shares, ax=Figure().subplots())
    >>> [name.get_text() for name in ax.get_yticklabels()]
    ['Mon', 'Wed', 'Fri', 'Sun']
    """
    shown, group = _checked_days(shares, value, group)
    if units is not None and not isinstance(units, str):
        raise ValueError(f"units is {units!r}; it must be text that says what the values are")
    style.require_axes(ax, title)
    cells = _place_days(shown, value)
    ax = _new_axes(cells) if ax is None else ax
    norm, colours = _steps(cells["value"].dropna(), value, group)
    _draw_cells(ax, cells, norm, colours)
    _draw_months(ax, cells)
    _name_weekdays(ax, cells)
    _draw_bar(ax, norm, colours, value, _name_of(value, group, units), cells["value"].isna().any())
    first, last = cells["day"].iloc[0], cells["day"].iloc[-1]
    named = _name_of(value, group, units)
    default = style.say(
        "{what}, {days}", what=named[0].upper() + named[1:], days=say_days(first, last)
    )
    style.set_title(ax, title or default, pad=8)
    return ax


# ---------------------------------------------------------------- what the table must hold


def _checked_days(shares: pd.DataFrame, value: str, group: str | None) -> tuple[pd.DataFrame, str]:
    """The rows of one group, one a day in order of time, and the group's name."""
    name = "shares by period"
    require_rows(shares, name, ["start", "end", "group", "n_documents", value])
    require_days(shares, name, ["start", "end"])
    _require_documents(shares)
    if shares["group"].isna().any():
        raise ValueError(
            f"column 'group' of the {name} table is empty in {int(shares['group'].isna().sum())} "
            "rows; name the group, or leave those rows out"
        )
    groups = list(shares["group"].unique())
    if value == "n_documents" and group is None:
        shares, groups = shares.drop_duplicates("start"), groups[:1]
    if group is None and len(groups) > 1:
        raise ValueError(
            f"the {name} table holds {len(groups)} groups; choose one with group=, such as "
            f"{groups[0]!r}"
        )
    group = groups[0] if group is None else group
    if group not in groups:
        raise ValueError(
            f"the {name} table has no group {group!r}; it has {', '.join(map(str, groups))}"
        )
    shown = shares.loc[(shares["group"] == group) | (value == "n_documents")]
    shown = shown.drop_duplicates("start") if value == "n_documents" else shown
    _require_days_alone(shown)
    _require_values(shown, value)
    return shown.sort_values("start", kind="stable"), str(group)


def _require_documents(shares: pd.DataFrame) -> None:
    """Raise a ValueError where a day's number of documents is none, or not the same twice."""
    days = shares.assign(day=shares["start"].dt.strftime("%Y-%m-%d"))
    require_numbers(days, "shares by period", ["n_documents"], key="day")
    below = days.loc[days["n_documents"] < 0, "day"]
    if len(below):
        raise ValueError(f"column 'n_documents' is below 0 on {below.iloc[0]}; it counts documents")
    of_day = days.groupby("day")["n_documents"].nunique()
    torn = of_day.index[of_day > 1]
    if len(torn):
        raise ValueError(
            f"{torn[0]} has more than one n_documents in the shares by period table; keep one "
            "corpus"
        )


def _require_days_alone(shown: pd.DataFrame) -> None:
    long = shown.loc[shown["end"].dt.normalize() != shown["start"].dt.normalize()]
    if len(long):
        raise ValueError(
            f"the row of {say_days(long['start'].iloc[0], long['end'].iloc[0])} is longer than a "
            "day; a calendar needs timeline.share_by_period(..., freq='day')"
        )
    twice = shown.loc[shown["start"].dt.normalize().duplicated(), "start"]
    if len(twice):
        raise ValueError(
            f"the shares by period table has {twice.iloc[0].date()} twice; keep one corpus"
        )
    years = shown["start"].dt.year.max() - shown["start"].dt.year.min() + 1
    if years > _MOST_YEARS:
        raise ValueError(
            f"{years} years in one calendar cannot be read; draw at most {_MOST_YEARS} at a time"
        )


def _require_values(shown: pd.DataFrame, value: str) -> None:
    there = shown.loc[shown["n_documents"] > 0]
    if there.empty:
        raise ValueError("no day has a document, there is nothing to draw; look at n_documents")
    require_numbers(there.assign(day=there["start"].dt.date.astype(str)), "shares by period",
                    [value], key="day")  # fmt: skip
    below = there.loc[there[value] < 0, "start"]
    if len(below):
        raise ValueError(
            f"column {value!r} is below 0 on {below.iloc[0].date()}; a calendar's colours begin "
            "at 0"
        )
    above = there.loc[there[value] > 1, "start"]
    if value == "share" and len(above):
        raise ValueError(
            f"column 'share' is above 1 on {above.iloc[0].date()}; a share lies between 0 and 1 "
            "(percentages: divide by 100)"
        )


# ---------------------------------------------------------------- places


def _place_days(shown: pd.DataFrame, value: str) -> pd.DataFrame:
    """One row per day from the first to the last: day, value (missing: hatched), column, row."""
    first, last = shown["start"].min().normalize(), shown["start"].max().normalize()
    days = pd.date_range(first, last, freq="D")
    there = shown["n_documents"] > 0
    values = pd.Series(
        shown.loc[there, value].to_numpy(float), index=shown.loc[there, "start"].dt.normalize()
    )
    cells = pd.DataFrame({"day": days, "value": values.reindex(days).to_numpy()})
    new_year = pd.to_datetime(cells["day"].dt.strftime("%Y-01-01"))
    cells["weekday"] = cells["day"].dt.day_of_week
    cells["column"] = (cells["day"].dt.day_of_year - 1 + new_year.dt.day_of_week) // 7
    cells["block"] = cells["day"].dt.year - first.year
    cells["row"] = cells["block"] * _BLOCK + cells["weekday"]
    if cells["block"].max() == 0:
        cells["column"] -= cells["column"].min()
    return cells


def _new_axes(cells: pd.DataFrame) -> Axes:
    """Fresh Axes whose cells are square, or wider than high where the days are few."""
    width = plt.rcParams["figure.figsize"][0]
    cell = min(0.86 * 72 * width / (cells["column"].max() + 1), _LARGEST_CELL)
    cell = max(cell, 0.62 * plt.rcParams["font.size"])
    rows = (cells["block"].max() + 1) * _BLOCK
    return plt.subplots(figsize=(width, (rows * cell + 11 * plt.rcParams["font.size"]) / 72))[1]


# ---------------------------------------------------------------- colours


def _steps(values: pd.Series, value: str, group: str) -> tuple[BoundaryNorm, ListedColormap]:
    """The steps of the value, from 0, and a colour for each, the darker the higher."""
    locator = MaxNLocator(_MOST_STEPS, integer=bool((values % 1 == 0).all()), min_n_ticks=2)
    edges = locator.tick_values(0, values.max() or 1.0)
    edges = edges[: int(np.searchsorted(edges, values.max() or 1.0)) + 1]
    colour = style.PALETTE.get(group, style.PLAIN) if value != "n_documents" else style.PLAIN
    n = len(edges) - 1
    return BoundaryNorm(edges, n), ListedColormap(_even_steps(colour, n))


def _even_steps(colour: str, n: int) -> NDArray[np.float64]:
    """`n` shades from near the ground to the colour and beyond, equally far apart in grey."""
    ground, ink = np.array(to_rgb(style.GROUND)), np.array(to_rgb(style.INK))
    pure = np.array(to_rgb(colour))
    ends = [ground + _FAINTEST * (pure - ground), pure, pure + _BEYOND * (ink - pure)]
    shades = LinearSegmentedColormap.from_list("days", ends, N=257)(np.linspace(0, 1, 257))
    apart = np.abs(_grey(shades[:, :3]) - _grey(ground))
    # A colour that is strong enough by itself ends the scale: it is the one readers know.
    last = min(apart[-1], max(apart[128], _STRONG))
    wanted = np.linspace(apart[0], last, n)
    return shades[[int(np.abs(apart - level).argmin()) for level in wanted]]


def _grey(colours: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rec. 709 luminance, to the power at which equal steps look equal."""
    return (colours**2.2 @ np.array([0.2126, 0.7152, 0.0722])) ** (1 / 2.2)


def _draw_cells(ax: Axes, cells: pd.DataFrame, norm: BoundaryNorm, colours: ListedColormap) -> None:
    there = cells["value"].notna()
    filled = PatchCollection(
        _squares(cells.loc[there]), cmap=colours, norm=norm, edgecolor=style.GROUND, linewidth=0.8,
        zorder=2,
    )  # fmt: skip
    filled.set_array(cells.loc[there, "value"].to_numpy())
    ax.add_collection(filled)
    ax.add_collection(
        PatchCollection(
            _squares(cells.loc[~there]), facecolor=style.GROUND, edgecolor=style.QUIET,
            linewidth=0.4, hatch="/////", zorder=1,
        )
    )  # fmt: skip
    ax.set_xlim(-0.1, cells["column"].max() + 1.1)
    ax.set_ylim(cells["block"].max() * _BLOCK + 7.1, -1.2)


def _squares(cells: pd.DataFrame) -> list[Rectangle]:
    return [Rectangle((cell.column, cell.row), 1, 1) for cell in cells.itertuples()]


# ---------------------------------------------------------------- lines and names


def _draw_months(ax: Axes, cells: pd.DataFrame) -> None:
    """A stepped line between two months, the month's name above where it has room."""
    begins = cells.loc[(cells["day"].dt.day == 1) | ~cells["block"].duplicated()]
    for cell in begins.itertuples():
        top = cell.block * _BLOCK
        if cell.day.day == 1 and cell.Index > 0 and cell.day.month > 1:
            x = [cell.column, cell.column, cell.column + 1, cell.column + 1]
            y = [top + 7, top + cell.weekday, top + cell.weekday, top]
            # The ground beside it, so that the line is seen between dark cells too.
            for colour, width in ((style.GROUND, 2.8), (style.INK, 1.2)):
                ax.plot(x, y, color=colour, linewidth=width, zorder=3, solid_capstyle="butt",
                        solid_joinstyle="miter")  # fmt: skip
        month = cells.loc[cells["day"].dt.to_period("M") == cell.day.to_period("M"), "column"]
        # Three letters need about two columns; a month of a few days goes without its name.
        start = cell.column + (1 if cell.weekday and cell.day.day == 1 and cell.Index > 0 else 0)
        if month.max() - start >= 2:
            ax.text(start + 0.1, top - 0.35, month_of(cell.day), va="baseline",
                    color=style.QUIET, fontsize="small")  # fmt: skip


def _name_weekdays(ax: Axes, cells: pd.DataFrame) -> None:
    first = cells["day"].iloc[0].year
    places, names = [], []
    for block in range(cells["block"].max() + 1):
        places += [block * _BLOCK + weekday + 0.5 for weekday in _WEEKDAYS]
        names += [style.say(name) for name in _WEEKDAYS.values()]
        ax.annotate(
            year_of(first + block), (0, block * _BLOCK - 0.35), xycoords=ax.get_yaxis_transform(),
            xytext=(-4, 0), textcoords="offset points", ha="right", va="baseline",
            annotation_clip=False,
        )  # fmt: skip
    ax.set_yticks(places, names, fontsize="small")
    ax.set_xticks([])
    ax.tick_params(length=0)
    ax.grid(False)
    ax.spines[:].set_visible(False)


def _name_of(value: str, group: str, units: str | None) -> str:
    known = group
    if group in style.LABEL_NAMES:
        chinese = style.in_force().language == "zh"
        known = style.label_name(group, language="zh" if chinese else "en")
    if units is None and value in _UNITS:
        return style.drawable(style.say(_UNITS[value], group=known))
    return style.drawable((units or value).replace("{group}", known))


def _draw_bar(
    ax: Axes,
    norm: BoundaryNorm,
    colours: ListedColormap,
    value: str,
    name: str,
    hatched: bool,
) -> None:
    bar = ax.get_figure().colorbar(
        ScalarMappable(norm, colours), ax=ax, orientation="horizontal", shrink=0.55, aspect=34,
        anchor=(0, 1), pad=0.03, spacing="proportional",
    )  # fmt: skip
    bar.set_label(name, loc="left", parse_math=False)
    bar.outline.set_visible(False)
    as_percent = FuncFormatter(lambda x, _: f"{100 * x:.10g}%")
    bar.ax.xaxis.set_major_formatter(
        as_percent if value == "share" else FuncFormatter(lambda x, _: f"{x:,.10g}")
    )
    bar.ax.tick_params(length=0)
    bar.ax.grid(False)
    if hatched:
        patch = Patch(facecolor=style.GROUND, edgecolor=style.QUIET, hatch="/////", linewidth=0.4)
        bar.ax.legend(
            [patch], [style.say("no document")], loc="center left", bbox_to_anchor=(1.04, 0.5),
            borderaxespad=0,
        )  # fmt: skip
