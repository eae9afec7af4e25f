"""Change over time: shares with phases, outside series and volume; change points; lags."""

from collections.abc import Iterable, Sequence
from itertools import cycle

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import date2num
from matplotlib.patches import Rectangle
from matplotlib.text import Annotation
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, PercentFormatter

from helpers import tables
from helpers.drawing import style
from helpers.drawing.draw.checks import Categories, categories_for
from helpers.drawing.draw.pieces import legend_below
from helpers.drawing.draw.time_axis import (
    DAY,
    checked_rows,
    draw_line,
    dress,
    lay_out,
    middles,
    name_above,
    name_ends,
    name_of_period,
    pieces,
    require_marks,
    say_date,
    set_time_axis,
    spread_names,
    stack_panels,
    stand_above,
)

VALUES = {
    "share": ("share", "low", "high"),
    "rate": ("rate", "rate_low", "rate_high"),
}
_VALUE_NAMES = {
    "share": style.saying("share of documents"),
    "rate": style.saying("mentions per 1,000 Han characters"),
}
_SERIES_NAMES = {
    "stringency": style.saying("stringency index (0 to 100)"),
    "confirmed": style.saying("confirmed cases, cumulative"),
    "new cases": style.saying("new confirmed cases per day"),
}
_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
_MOST_PLACES = 3
_MAIN_LINES = 14.0
_SERIES_LINES = 4.5
_VOLUME_LINES = 3.5


def plot_shares_over_time(
    shares: pd.DataFrame,
    *,
    groups: Sequence[str],
    value: str = "share",
    phases: pd.DataFrame | None = None,
    turning_points: pd.DataFrame | None = None,
    series: pd.DataFrame | None = None,
    volume: bool = True,
    category_of: Categories | None = None,
    glossary: pd.DataFrame | None = None,
    title: str | None = None,
) -> Axes:
    """Axes with one line and its interval band per group; below, on the same dates, the rest.

    `shares` comes from timeline.share_by_period, `value` is "share" (of documents) or "rate"
    (mentions per 1,000 Han). A period without documents is a gap: no line crosses it, and a
    period that stands alone is a mark with its interval. Periods of very different length
    (phases) are level steps. `phases` are light bands with their names above, `turning_points`
    numbered lines with a key below (dashed: low confidence). `series` (series, place, date,
    value) is one stepped panel per series, with a scale of its own: never a second scale on
    the same panel. `volume` adds the documents per period as grey bars. A group that is no
    category gets its colour through `category_of`, as terms do elsewhere.

    The panels need a figure of their own, so there is no `ax`; the top panel is returned, and
    its `figure` is the whole.

    >>> style.set_theme()
    >>> weeks = pd.to_datetime(["2020-02-24", "2020-03-02"])
    >>> shares = pd.DataFrame({"period": ["2020-02-24", "2020-03-02"], "start": weeks,
    ...     "end": weeks + pd.Timedelta(days=6), "group": "prevention", "n_documents": 9,
    ...     "share": [0.5, 0.4], "low": [0.2, 0.1], "high": [0.8, 0.7]})
    >>> ax = plot_shares_over_time(shares, groups=["prevention"])
    >>> [panel.get_ylabel() for panel in ax.figure.axes]
    ['share of documents', 'documents per week']
    >>> plt.close(ax.figure)
    """
    shown = _checked_shares(shares, groups, value)
    require_marks(phases, turning_points)
    first, last = shown["start"].min(), shown["end"].max()
    outside = None if series is None else _checked_series(series, first, last)
    names = _names_of_groups(groups, glossary)
    looks = _looks_of_groups(groups, category_of)

    wanted = 1.4 * sum(name.count("\n") + 1 for name in names)
    n_series = 0 if outside is None else outside["series"].nunique()
    below = [_SERIES_LINES] * n_series + ([_VOLUME_LINES] if volume else [])
    heights = [max(_MAIN_LINES, wanted), *below]
    panels = stack_panels(heights)
    set_time_axis(panels[-1], first, last)
    named = _draw_groups(panels[0], shown, groups, value, names, looks)
    if outside is not None:
        for panel, (name, rows) in zip(
            panels[1:], outside.groupby("series", sort=False), strict=False
        ):
            named += _draw_series(panel, str(name), rows, last)
    if volume:
        _draw_volume(panels[-1], shown)
    dress(
        panels, named, phases=phases, turning_points=turning_points,
        title=title or _default_title(shown, groups, value),
    )  # fmt: skip
    return panels[0]


def plot_change_points(
    shares: pd.DataFrame,
    change_points: pd.DataFrame,
    *,
    group: str,
    category_of: Categories | None = None,
    glossary: pd.DataFrame | None = None,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Axes with the group's share, and a line with its band where the share changes level.

    `change_points` comes from timeline.find_change_points for the same group: the line stands
    at the first day of the new level, the box around it reaches from `early` to `late`
    (95 percent) and from the share before to the share after, so that the boxes of two changes
    stay apart; the number above is the share of resamples that find the change there. Grey
    steps are the share before and after. A table without rows draws the line alone: no change
    was found.

    >>> from matplotlib.figure import Figure
    >>> style.set_theme()
    >>> weeks = pd.date_range("2020-01-06", periods=4, freq="7D")
    >>> shares = pd.DataFrame({"period": weeks.strftime("%Y-%m-%d"), "start": weeks,
    ...     "end": weeks + pd.Timedelta(days=6), "group": "reopening", "n_documents": 9,
    ...     "share": [0.1, 0.1, 0.6, 0.6], "low": 0.0, "high": 0.9})
    >>> change = pd.DataFrame({"period": ["2020-01-20"], "start": weeks[[2]],
    ...     "early": weeks[[2]], "late": weeks[[3]], "support": [0.9],
    ...     "share_before": [0.1], "share_after": [0.6], "n_resamples": [500]})
    >>> ax = plot_change_points(shares, change, group="reopening", ax=Figure().subplots())
    >>> ax.texts[-1].get_text()
    '20 Jan 2020\\nin 90% of resamples'
    """
    shown = _checked_shares(shares, [group], "share")
    changes = _checked_changes(change_points, shown)
    ax = plt.subplots()[1] if ax is None else ax
    ax.grid(False)
    ax.grid(True, axis="y")
    first, last = shown["start"].min(), shown["end"].max()
    set_time_axis(ax, first, last)
    names, looks = _names_of_groups([group], glossary), _looks_of_groups([group], category_of)
    named = _draw_groups(ax, shown, [group], "share", names, looks)
    for change in changes.itertuples():
        if pd.notna(change.early) and pd.notna(change.late):
            ax.add_patch(_box_of_change(change))
        ax.axvline(date2num(change.start), color=style.INK, linewidth=1.4, zorder=3)
    _draw_change_levels(ax, changes, first, last)
    ax.set_xlabel(
        style.say(
            "line: first day of the new level; box: its 95 % interval; grey steps: share between"
        )
        if len(changes) else style.say("no change of level found")
    )  # fmt: skip
    lay_out(ax)
    height = stand_above(
        ax,
        [(date2num(change.start),
          say_date(change.start) + "\n"
          + style.say("in {share} of resamples", share=f"{change.support:.0%}"))
         for change in changes.itertuples()],
        lines=2,
    )  # fmt: skip
    style.set_title(ax, title or _changes_title(group, len(changes)), pad=height + 6)
    spread_names(named)
    return ax


def plot_lags(
    lags: pd.DataFrame,
    *,
    period: str = "period",
    names: tuple[str, str] | None = None,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Axes with the correlation at each lag and its interval, of levels and of changes.

    `lags` comes from timeline.compare_lagged: on ("levels" or "changes"), lag in periods, n,
    n_effective (periods, once their likeness to their neighbours is taken off), correlation,
    low, high. Filled dots are changes, the harder test; two series that both rise or fall
    correlate in their levels whatever they are. A lag without an interval has a bare dot.
    `period` is what one lag is ("day", "week", "month" or "period"), `names` are the first and
    the second series given to compare_lagged.

    >>> from matplotlib.figure import Figure
    >>> style.set_theme()
    >>> lags = pd.DataFrame({"on": "levels", "lag": [0, 1], "n": [20, 19], "n_effective": 6.0,
    ...     "correlation": [0.5, 0.4], "low": [-0.5, -0.6], "high": [0.9, 0.9]})
    >>> ax = plot_lags(lags, ax=Figure().subplots())
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['levels: n 19 to 20, effective 6.0']
    """
    columns = ["on", "lag", "n", "n_effective", "correlation", "low", "high"]
    lags = checked_rows(
        lags, "lags", columns, numbers=["correlation", "low", "high", "n_effective", "lag"],
        counts=["n"], texts=["on"],
    )  # fmt: skip
    if lags["lag"].isna().any():
        raise ValueError("column 'lag' of the lags table has gaps; give each row its lag")
    strange = [name for name in lags["on"].unique() if name not in ("levels", "changes")]
    if strange:
        raise ValueError(f"column 'on' of the lags table holds {strange[0]!r}; it may be "
                         "'levels' or 'changes'")  # fmt: skip
    if lags.duplicated(["on", "lag"]).any():
        raise ValueError("the lags table has a lag twice; keep one pair of series at a time")
    ax = plt.subplots()[1] if ax is None else ax
    ax.grid(False)
    ax.grid(True, axis="y")
    ax.axhline(0, color=style.QUIET, linewidth=1, zorder=1)
    shown = [name for name in ("levels", "changes") if (lags["on"] == name).any()]
    step = 0.12 if len(shown) == 2 else 0.0
    handles = [
        _draw_lags(ax, lags.loc[lags["on"] == name], name, sign * step)
        for name, sign in zip(shown, (-1, 1), strict=False)
    ]
    ax.set_ylim(-1.05, 1.05)
    every = np.arange(lags["lag"].min(), lags["lag"].max() + 1)
    ax.xaxis.set_major_locator(FixedLocator(every[:: max(1, len(every) // 14)].tolist()))
    ax.set_xlim(every[0] - 0.6, every[-1] + 0.6)
    ax.set_xlabel(_lag_axis_name(period, names))
    ax.set_ylabel(style.say("correlation, 95 % interval"))
    legend_below(ax, handles, [_lags_name(lags.loc[lags["on"] == name]) for name in shown],
                 ncols=1)  # fmt: skip
    default = style.say("Correlation of two series at {n} lags", n=lags["lag"].nunique())
    style.set_title(ax, title or default)
    return ax


# ---------------------------------------------------------------- what the tables must hold


def _checked_shares(shares: pd.DataFrame, groups: Sequence[str], value: str) -> pd.DataFrame:
    """The rows of the groups in order of time, or a ValueError that says what is wrong."""
    if not isinstance(value, str) or value not in VALUES:
        raise ValueError(f"value is {value!r}; it must be one of {', '.join(VALUES)}")
    listed = isinstance(groups, Iterable) and not isinstance(groups, str)
    names = list(groups) if listed else []
    known = bool(names) and all(isinstance(group, str) for group in names)
    if not known or len(set(names)) < len(names):
        raise ValueError(f"groups must be a list that names each group once; got {groups!r}")
    if len(groups) > len(_MARKERS):
        raise ValueError(
            f"{len(groups)} groups in one chart cannot be told apart; draw at most {len(_MARKERS)}"
        )
    name = "shares by period"
    columns = ["period", "start", "end", "group", "n_documents", *VALUES[value]]
    shares = checked_rows(
        shares, name, columns, days=["start", "end"], numbers=VALUES[value],
        counts=["n_documents"], texts=["group"],
    )  # fmt: skip
    missing = [group for group in groups if group not in set(shares["group"])]
    if missing:
        raise ValueError(
            f"the {name} table has no group {missing[0]!r}; it has "
            f"{', '.join(map(str, shares['group'].unique()))}"
        )
    shown = shares.loc[shares["group"].isin(groups)].sort_values("start", kind="stable")
    twice = shown.loc[shown.duplicated(["group", "start"])]
    if len(twice):
        raise ValueError(
            f"the {name} table has the period {twice['period'].iloc[0]!r} twice for "
            f"{twice['group'].iloc[0]!r}; keep one frequency and one corpus at a time"
        )
    empty = [g for g in groups if shown.loc[shown["group"] == g, value].isna().all()]
    if empty:
        raise ValueError(
            f"group {empty[0]!r} has no {value} in any of its periods, there is nothing to draw; "
            "look at n_documents of the table"
        )
    return shown


def _checked_series(series: pd.DataFrame, first: pd.Timestamp, last: pd.Timestamp) -> pd.DataFrame:
    """The rows of the outside series within the days drawn, in order of time."""
    columns = ["series", "place", "date", "value"]
    series = checked_rows(
        series, "series", columns, days=["date"], numbers=["value"], texts=["series", "place"]
    )
    twice = series.loc[series.duplicated(["series", "place", "date"])]
    if len(twice):
        raise ValueError(
            f"the series table has {say_date(twice['date'].iloc[0])} twice for "
            f"{twice['series'].iloc[0]!r} in {twice['place'].iloc[0]!r}; keep one value a day"
        )
    inside = series.loc[series["date"].between(first, last + DAY, inclusive="left")]
    for name in series["series"].unique():
        rows = series.loc[series["series"] == name]
        if inside.loc[inside["series"] == name, "value"].isna().all():
            raise ValueError(
                f"the series {name!r} ({say_date(rows['date'].min())} to "
                f"{say_date(rows['date'].max())}) has no value between {say_date(first)} and "
                f"{say_date(last)}, the days of the shares; leave it out, or give its other years"
            )
        if rows["place"].nunique() > _MOST_PLACES:
            raise ValueError(
                f"the series {name!r} holds {rows['place'].nunique()} places; keep at most "
                f"{_MOST_PLACES}: series[series['place'].isin([...])]"
            )
    return inside.sort_values("date", kind="stable")


def _checked_changes(change_points: pd.DataFrame, shown: pd.DataFrame) -> pd.DataFrame:
    """The change points, each with the last day of its latest period in `late`."""
    columns = ["start", "early", "late", "support", "share_before", "share_after"]
    tables.require_columns(change_points, "change points", columns)
    if change_points.empty:  # no change was found: a result, not a mistake
        return change_points
    change_points = checked_rows(
        change_points, "change points", columns, days=["start"], open_days=["early", "late"],
        counts=["support", "share_before", "share_after"],
    )  # fmt: skip
    outside = change_points.loc[
        ~change_points[["start", "early", "late"]].isin([*shown["start"], pd.NaT]).all(axis=1)
    ]
    if len(outside):
        raise ValueError(
            f"the change point of {say_date(outside['start'].iloc[0])} is no period of the shares "
            "by period table; both must come from the same group and frequency"
        )
    return change_points.assign(
        late=pd.to_datetime([_last_day(day, shown) for day in change_points["late"]])
    ).sort_values("start", kind="stable")


def _last_day(start: pd.Timestamp, shown: pd.DataFrame) -> pd.Timestamp:
    """The last day of the period that begins at `start`; missing where that is."""
    ends = dict(zip(shown["start"], shown["end"], strict=True))
    return ends.get(start, pd.NaT)


# ---------------------------------------------------------------- pieces


def _default_title(shown: pd.DataFrame, groups: Sequence[str], value: str) -> str:
    return style.say(
        "By {period}, {value}: {groups}",
        period=name_of_period(shown),
        value=style.say(_VALUE_NAMES[value]),
        groups=style.list_names([_in_a_title(group) for group in groups]),
    )


def _in_a_title(group: str) -> str:
    """A category by its Chinese name in Chinese furniture; anything else as it is."""
    in_chinese = style.in_force().language == "zh" and group in style.LABEL_NAMES
    return style.label_name(group) if in_chinese else str(group)


def _changes_title(group: str, n: int) -> str:
    found = {0: style.say("no change point"), 1: style.say("1 change point")}
    return style.say(
        "Share of documents: {group}, {found}",
        group=_in_a_title(group),
        found=found.get(n) or style.say("{n} change points", n=n),
    )


def _names_of_groups(groups: Sequence[str], glossary: pd.DataFrame | None) -> list[str]:
    """One name per group, in two languages where it is a category or a term."""
    room = 0.24 * 72 * plt.rcParams["figure.figsize"][0]
    size = plt.rcParams["font.size"]
    names = []
    for group in groups:
        if group in style.LABEL_NAMES:
            name = style.label_name(group, two_lines=True)
        elif any("\u3400" <= character <= "\u9fff" for character in str(group)):
            name = style.gloss_labels([group], glossary, two_lines=True)[0]
        else:
            name = str(group)
        names.append(style.wrap_text(style.drawable(name), room, size=size))
    return names


def _looks_of_groups(
    groups: Sequence[str], category_of: Categories | None
) -> list[tuple[str, str]]:
    """One colour and one marker per group; groups of one category differ by their marker."""
    # For groups outside the categories, whose colours mean those and nothing else.
    neutral = cycle((style.INK, style.PALETTE["other"], style.PLAIN))
    markers = iter(_MARKERS)
    categories = [
        group if group in style.PALETTE else category
        for group, category in zip(groups, categories_for(groups, category_of), strict=True)
    ]
    return [
        (next(neutral) if category == "other" else style.colour_of(category), next(markers))
        for category in categories
    ]


def _draw_groups(
    ax: Axes,
    shown: pd.DataFrame,
    groups: Sequence[str],
    value: str,
    names: Sequence[str],
    looks: Sequence[tuple[str, str]],
) -> list[Annotation]:
    """Draw the lines; return the names at their right ends."""
    ends = []
    for group, name, (colour, marker) in zip(groups, names, looks, strict=True):
        rows = shown.loc[shown["group"] == group]
        draw_line(ax, rows, VALUES[value], colour=colour, marker=marker)
        final = rows.loc[rows[value].notna()].iloc[[-1]]
        ends.append((middles(final)[0], float(final[value].iloc[0]), name, colour))
    reach = np.nanmax(shown[[value, VALUES[value][2]]].to_numpy(dtype=float), initial=0)
    ax.set_ylim(0, min(1.05 * reach, 1.0) if value == "share" and reach else 1.05 * reach or 1)
    if value == "share":
        ax.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=None))
    ax.set_ylabel(style.say(_VALUE_NAMES[value]))
    return name_ends(ax, ends)


def _draw_series(ax: Axes, name: str, rows: pd.DataFrame, last: pd.Timestamp) -> list[Annotation]:
    ends = []
    looks = ((style.INK, "-"), (style.PALETTE["other"], "-"), (style.PLAIN, (0, (4, 1.5))))
    for (place, days), (colour, line) in zip(
        rows.groupby("place", sort=False), looks, strict=False
    ):
        known = days.loc[days["value"].notna()]
        for run in pieces(known.assign(start=known["date"], end=known["date"]), "value"):
            # A value holds for its whole day, so the step ends a day after the last.
            x = [*date2num(run["date"]), date2num(run["date"].iloc[-1] + DAY)]
            y = [*run["value"], run["value"].iloc[-1]]
            ax.step(x, y, where="post", color=colour, linestyle=line, linewidth=1.5, zorder=3)
        if len(known):
            final = known.iloc[-1]
            end, called = date2num(min(final["date"], last) + DAY), style.name_value(str(place))
            ends.append((end, final["value"], called, colour))
    _scale_series(ax, name, rows["value"])
    name_above(ax, style.say(_SERIES_NAMES[name]) if name in _SERIES_NAMES else name)
    room = 0.24 * 72 * plt.rcParams["figure.figsize"][0]
    size = 0.833 * plt.rcParams["font.size"]
    wrapped = [
        (x, y, style.wrap_text(style.drawable(called), room, size=size), colour)
        for x, y, called, colour in ends
    ]
    return name_ends(ax, wrapped, size="small")


def _scale_series(ax: Axes, name: str, values: pd.Series) -> None:
    if name == "stringency":
        ax.set_ylim(0, 105)
        ax.yaxis.set_major_locator(FixedLocator([0, 50, 100]))
        return
    low, high = min(values.min(), 0), max(values.max(), 0)
    ax.set_ylim(1.08 * low, 1.08 * high or 1)
    ax.yaxis.set_major_locator(MaxNLocator(3))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:,.10g}"))


def _draw_volume(ax: Axes, shown: pd.DataFrame) -> None:
    """One grey bar per period, as wide as the period; its n is the same for all groups."""
    periods = shown.drop_duplicates("start")
    left = date2num(periods["start"])
    width = date2num(periods["end"] + DAY) - left
    ax.bar(
        left, periods["n_documents"], width=width, align="edge", color=style.PALETTE["decoy"],
        edgecolor=style.GROUND, linewidth=0.5 if len(periods) <= 80 else 0, zorder=2,
    )  # fmt: skip
    ax.set_ylim(0, 1.08 * max(periods["n_documents"].max(), 1))
    ax.yaxis.set_major_locator(MaxNLocator(3, integer=True))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:,.0f}"))
    name_above(ax, style.say("documents per {period}", period=name_of_period(periods)))


def _draw_change_levels(
    ax: Axes, changes: pd.DataFrame, first: pd.Timestamp, last: pd.Timestamp
) -> None:
    """A grey step over each segment: the share before the first change and after each."""
    if changes.empty:
        return
    edges = date2num([first, *changes["start"], last + DAY])
    levels = [changes["share_before"].iloc[0], *changes["share_after"]]
    ax.hlines(
        levels, edges[:-1], edges[1:], color=style.PALETTE["unlabelled"], linewidth=3, zorder=2.5
    )


def _box_of_change(change) -> Rectangle:
    left, right = date2num(change.early), date2num(change.late + DAY)
    low, high = sorted((change.share_before, change.share_after))
    return Rectangle(
        (left, low), right - left, high - low, facecolor=style.SHADE, edgecolor=style.QUIET,
        linewidth=0.8, zorder=0.5,
    )  # fmt: skip


_LAG_UNITS = {
    "day": style.saying("lag in days"),
    "week": style.saying("lag in weeks"),
    "month": style.saying("lag in months"),
    "period": style.saying("lag in periods"),
}


def _lag_axis_name(period: str, names: tuple[str, str] | None) -> str:
    if not isinstance(period, str) or period not in _LAG_UNITS:
        raise ValueError(f"period is {period!r}; it must be one of {', '.join(_LAG_UNITS)}")
    first, second = style.say("the first series"), style.say("the second")
    if names is not None:
        listed = isinstance(names, Sequence) and not isinstance(names, str)
        if not listed or len(names) != 2 or not all(isinstance(name, str) for name in names):
            raise ValueError(f"names must be those of the two series, two texts; got {names!r}")
        first, second = map(style.drawable, names)
    return style.say(
        "{lag}; above 0: {first} later than {second}",
        lag=style.say(_LAG_UNITS[period]), first=first, second=second,
    )  # fmt: skip


_LAG_NAMES = {"levels": style.saying("levels"), "changes": style.saying("changes")}


def _draw_lags(ax: Axes, rows: pd.DataFrame, name: str, shift: float):
    looks = {"levels": ("s", style.GROUND, "#6f6f6f"), "changes": ("o", style.INK, style.INK)}
    marker, face, colour = looks[name]
    ax.vlines(rows["lag"] + shift, rows["low"], rows["high"], color=colour, linewidth=1.6, zorder=2)
    return ax.plot(
        rows["lag"] + shift, rows["correlation"], marker, color=colour, markerfacecolor=face,
        markersize=7, markeredgewidth=1.5, zorder=3,
    )[0]  # fmt: skip


def _lags_name(rows: pd.DataFrame) -> str:
    return style.say(
        "{series}: n {n}, effective {n_effective}",
        series=style.say(_LAG_NAMES[rows["on"].iloc[0]]),
        n=_range_of(rows["n"]),
        n_effective=_range_of(rows["n_effective"], decimals=1),
    )


def _range_of(values: pd.Series, *, decimals: int = 0) -> str:
    if values.isna().all():
        return style.say("unknown")
    low, high = f"{values.min():,.{decimals}f}", f"{values.max():,.{decimals}f}"
    return low if low == high else style.say("{low} to {high}", low=low, high=high)
