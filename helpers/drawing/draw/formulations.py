"""Set phrases in time: one replaced by another, spans of use, a text dated by its wording."""

import re
from collections.abc import Sequence
from datetime import date

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import date2num
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator, PercentFormatter

from helpers.drawing import style
from helpers.drawing.draw.pieces import legend_below, line_height, row_names, say_number
from helpers.drawing.draw.time_axis import (
    DAY,
    checked_rows,
    draw_line,
    dress,
    lay_out,
    name_above,
    name_of_period,
    require_marks,
    say_date,
    say_days,
    set_time_axis,
    stack_panels,
    stand_above,
)

# The old form is light, the new one dark, so that the change reads without colour.
_OLD, _BOTH, _NEW = "decoy", "other", "coupling"
_OTHER = "#9a9a9a"
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
# The families of data/lexicon/formulations.csv, as a reader sees them.
_FAMILIES = {
    "disease name": style.saying("disease name"),
    "strategy": style.saying("strategy"),
    "zero": style.saying("zero and exit"),
    "response level": style.saying("response level"),
    "routine control": style.saying("routine control"),
    "coordination": style.saying("coordination"),
    "economy": style.saying("economy"),
    "edition": style.saying("edition"),
    "quarantine": style.saying("quarantine"),
    "vaccines": style.saying("vaccines"),
    "mobilisation": style.saying("mobilisation"),
    "agenda": style.saying("agenda"),
}
# How the column basis marks what nobody has looked up yet (data/lexicon/README.md).
_FROM_MEMORY = "from memory"
# What the window of a dating shows beside the dates that bind, in days.
_LEAST_MARGIN = 45
_ONE_SIDED_MARGIN = 180


def plot_replacement(
    replacement: pd.DataFrame,
    *,
    names: tuple[str, str] | None = None,
    turning_points: pd.DataFrame | None = None,
    glossary: pd.DataFrame | None = None,
    title: str | None = None,
) -> Axes:
    """Axes with the share of the new form among documents with either; below, their number.

    `replacement` comes from formulations.track_replacement: start, end, n_old, n_new, n_both
    (documents with the old form, with the new, with both), share_new, low, high. A period
    without either form is a gap. Below, each bar is split into documents with the old form
    alone, with both, with the new alone. `names` are the old and the new form, `turning_points`
    numbered lines with a key below. The panels need a figure of their own, so there is no
    `ax`; the top panel is returned.

    >>> style.set_theme()
    >>> weeks = pd.to_datetime(["2020-03-16", "2020-03-23"])
    >>> replacement = pd.DataFrame({"start": weeks, "end": weeks + pd.Timedelta(days=6),
    ...     "n_old": [9, 4], "n_new": [0, 5], "n_both": [0, 1], "share_new": [0.0, 0.5],
    ...     "low": [0.0, 0.3], "high": [0.3, 0.9]})
    >>> ax = plot_replacement(replacement, names=("内防扩散", "内防反弹"))
    >>> [text.get_text() for text in ax.figure.axes[1].get_legend().get_texts()]
    ['内防扩散 alone', 'both', '内防反弹 alone']
    >>> plt.close(ax.figure)
    """
    rows = _checked_replacement(replacement)
    require_marks(None, turning_points)
    old, new = _names_of_pair(names, glossary)
    panels = stack_panels([11.0, 6.5])
    share, counts = panels
    set_time_axis(counts, rows["start"].min(), rows["end"].max())
    share.axhline(0.5, color=style.QUIET, linewidth=1, linestyle=(0, (4, 3)), zorder=1)
    draw_line(share, rows, ("share_new", "low", "high"), colour=style.colour_of(_NEW))
    share.set_ylim(-0.03, 1.03)
    share.yaxis.set_major_formatter(PercentFormatter(1.0))
    share.set_ylabel(style.say("share with the new form"))
    period = name_of_period(rows)
    either = style.say("documents with either form, per {period}", period=period)
    _stack_documents(counts, rows, either)
    handles = [Patch(color=style.colour_of(category)) for category in (_OLD, _BOTH, _NEW)]
    below = 2.9
    alone = [style.say("{form} alone", form=form) for form in (old, new)]
    parts = [alone[0], style.say("both"), alone[1]]
    legend_below(counts, handles, parts, ncols=1, below=below)
    for text in counts.get_legend().get_texts():
        text.set_parse_math(False)
    dress(
        panels, [], turning_points=turning_points, below=below + 3.9,
        title=title
        or style.say("{new} in place of {old}, by {period}", new=new, old=old, period=period),
    )  # fmt: skip
    return share


def plot_spans(
    spans: pd.DataFrame,
    *,
    formulations: pd.DataFrame | None = None,
    glossary: pd.DataFrame | None = None,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Axes with one row per form, under its family: first to last sighting, the peak month.

    `spans` comes from formulations.measure_spans: form, family, n_documents, first, last, peak
    (a month). The number to the right is the documents that hold the form; a form without a
    sighting says so. With `formulations` (form, not_before) a tick stands on the day from which
    the form is known to be in use. Families keep the order of the table, forms that of their
    first sighting.

    >>> from matplotlib.figure import Figure
    >>> style.set_theme()
    >>> spans = pd.DataFrame({"form": ["内防扩散"], "family": ["strategy"], "n_documents": [12],
    ...     "first": [pd.Timestamp("2020-02-24")], "last": [pd.Timestamp("2020-03-20")],
    ...     "peak": ["2020-03"]})
    >>> ax = plot_spans(spans, ax=Figure().subplots())
    >>> [tick.get_text() for tick in ax.get_yticklabels()]
    ['strategy', '内防扩散']
    """
    shown = _checked_spans(spans)
    known = _first_days(formulations)
    rows = _rows_by_family(shown, glossary)
    places, height = _places_of([name for name, _ in rows])
    ax = style.new_axes(rows=height) if ax is None else ax
    set_time_axis(ax, shown["first"].min(), shown["last"].max())
    _name_places(ax, places, height, [name for name, _ in rows])
    for place, tick, (_, row) in zip(places, ax.get_yticklabels(), rows, strict=True):
        if row is None:
            tick.set_color(style.QUIET)
            ax.axhline(place, color=style.GRID, linewidth=0.8, zorder=1)
        else:
            _draw_span(ax, place, row, known.get(row.form, pd.NaT))
    _note_right(ax, places, [_documents_of(row) for _, row in rows], heading=style.say("documents"))
    _spans_legend(ax, with_known=formulations is not None)
    style.set_title(
        ax,
        title or style.say("First to last sighting of {n} set phrases", n=len(shown)),
        pad=8 + line_height(),
    )
    return ax


def plot_dating(
    evidence: pd.DataFrame,
    dates: pd.DataFrame,
    *,
    truth: pd.Timestamp | str | None = None,
    glossary: pd.DataFrame | None = None,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Axes with one bar per set phrase of one document, and the days that all of them allow.

    `evidence` comes from formulations.list_evidence (doc_id, form, not_before, not_after, scope,
    confidence), `dates` from formulations.date_by_wording; keep one doc_id. A bar reaches from
    the first to the last day of a phrase, an arrow where that side is open; it is dashed where
    the confidence is low (for the end, where `end_confidence` is) or the `basis` of that day says
    "from memory". A form whose last day rests on the absence of others (`without`) names them.
    Dark bars bind: they give the interval, which is shaded, its first or last day. `truth` is
    marked when given. Where the evidence contradicts itself there is no interval, and the line
    below says why.

    >>> from matplotlib.figure import Figure
    >>> style.set_theme()
    >>> days = pd.to_datetime(["2020-02-24", "2020-03-23"])
    >>> evidence = pd.DataFrame({"doc_id": "seed", "form": ["二级响应", "内防扩散"],
    ...     "not_before": [days[0], pd.NaT], "not_after": [pd.NaT, days[1]],
    ...     "scope": ["Guangdong", "nation"], "confidence": "high"})
    >>> dates = pd.DataFrame({"doc_id": ["seed"], "not_before": days[:1], "not_after": days[1:],
    ...     "n_days": [29], "n_evidence": [2], "problem": [""]})
    >>> ax = plot_dating(evidence, dates, ax=Figure().subplots())
    >>> ax.texts[-1].get_text()
    '24 Feb to 23 Mar 2020, 29 days'
    """
    lines, answer = _checked_dating(evidence, dates)
    true_day = _true_day(truth)
    names = _names_of_evidence(lines, glossary)
    notes = [_days_and_scope(line) for line in lines.itertuples()]
    places, height = _places_of(
        [max(pair, key=_n_lines) for pair in zip(names, notes, strict=True)]
    )
    ax = style.new_axes(rows=height + 1) if ax is None else ax
    first, last = _window(lines, answer, true_day)
    set_time_axis(ax, first, last)
    _name_places(ax, places, height, names)
    binding = _binding_days(lines, answer)
    for place, line in zip(places, lines.itertuples(), strict=True):
        _draw_evidence(ax, place, line, binding)
    above = [*_shade_interval(ax, answer), *_mark_truth(ax, true_day)]
    _note_right(ax, places, notes)
    _say_problem(ax, answer)
    _dating_legend(ax, answer)
    lay_out(ax)
    lift = stand_above(ax, above)
    style.set_title(
        ax,
        title or style.say("{name}: dated by {n} set phrases", name=answer.doc_id, n=len(lines)),
        pad=lift + 6,
    )
    return ax


# ---------------------------------------------------------------- what the tables must hold


def _checked_replacement(replacement: pd.DataFrame) -> pd.DataFrame:
    name = "replacement"
    columns = ["start", "end", "n_old", "n_new", "n_both", "share_new", "low", "high"]
    replacement = checked_rows(
        replacement, name, columns, days=["start", "end"], numbers=["share_new", "low", "high"],
        counts=["n_old", "n_new", "n_both"],
    )  # fmt: skip
    twice = replacement.loc[replacement["start"].duplicated(), "start"]
    if len(twice):
        raise ValueError(
            f"the replacement table has the period of {say_date(twice.iloc[0])} twice; keep one "
            "pair of forms and one frequency at a time"
        )
    if replacement["share_new"].isna().all():
        raise ValueError(
            "the replacement table has no document with either form, there is nothing to draw; "
            "see the sightings"
        )
    wrong = replacement.loc[replacement["n_both"] > replacement[["n_old", "n_new"]].min(axis=1)]
    if len(wrong):
        raise ValueError(
            f"the replacement table has more documents with both forms than with one in the "
            f"period of {say_date(wrong['start'].iloc[0])}; n_old and n_new count n_both too"
        )
    return replacement.sort_values("start", kind="stable")


def _checked_spans(spans: pd.DataFrame) -> pd.DataFrame:
    spans = checked_rows(
        spans, "spans", ["form", "family", "n_documents", "first", "last", "peak"],
        open_days=["first", "last"], counts=["n_documents"], texts=["form", "family"],
    )  # fmt: skip
    twice = spans.loc[spans["form"].duplicated(), "form"]
    if len(twice):
        raise ValueError(
            f"the spans table has {twice.iloc[0]!r} twice; keep one row per form, one corpus at a "
            "time"
        )
    if spans["first"].isna().all():
        raise ValueError(
            f"none of the {len(spans)} forms of the spans table was sighted, there is nothing to "
            "draw; see the sightings"
        )
    sighted = spans[spans["first"].notna()]
    for row in sighted.itertuples():
        if pd.isna(row.last) or row.last < row.first:
            raise ValueError(
                f"{row.form!r} of the spans table has a first day and no last one after it; make "
                "the table with formulations.measure_spans"
            )
        if pd.notna(row.peak) and not _MONTH.fullmatch(str(row.peak)):
            raise ValueError(
                f"{row.form!r} of the spans table has the peak {row.peak!r}; a peak is a month, "
                "such as '2020-03'"
            )
    return spans


def _first_days(formulations: pd.DataFrame | None) -> dict[str, pd.Timestamp]:
    if formulations is None:
        return {}
    formulations = checked_rows(
        formulations, "formulations", ["form", "not_before"], open_days=["not_before"],
        texts=["form"],
    )  # fmt: skip
    return dict(zip(formulations["form"], formulations["not_before"], strict=True))


def _checked_dating(evidence: pd.DataFrame, dates: pd.DataFrame) -> tuple[pd.DataFrame, tuple]:
    """The evidence in order of its first day, with end_confidence, and the one row of dates."""
    columns = ["doc_id", "form", "not_before", "not_after", "scope", "confidence"]
    sides = ["not_before", "not_after"]
    evidence = checked_rows(
        evidence, "evidence", columns, open_days=sides, texts=["form", "scope", "confidence"]
    )
    dates = checked_rows(
        dates,
        "dates",
        ["doc_id", *sides, "n_days", "problem"],
        open_days=sides,
        numbers=["n_days"],
        texts=["problem"],
    )
    known = ("end_confidence", "without", "basis")
    optional = [column for column in known if column in evidence.columns]
    evidence = checked_rows(
        evidence.fillna(dict.fromkeys(optional, "")), "evidence", optional, texts=optional
    )
    documents = list(dict.fromkeys(map(str, [*evidence["doc_id"], *dates["doc_id"]])))
    if len(documents) > 1 or len(dates) > 1:
        raise ValueError(
            f"the evidence and dates tables hold {len(documents)} documents; draw one at a time: "
            f"keep the rows of one doc_id, such as {documents[0]!r}, in both"
        )
    if evidence[["not_before", "not_after"]].isna().all(axis=None):
        raise ValueError(
            f"none of the {len(evidence)} lines of evidence has a day, there is nothing to draw; "
            "see not_before and not_after in the formulations table"
        )
    ordered = evidence.sort_values(
        ["not_before", "not_after"], na_position="first", kind="stable", ignore_index=True
    )
    if "end_confidence" not in ordered.columns:
        ordered = ordered.assign(end_confidence=ordered["confidence"])
    return ordered, next(dates.itertuples())


def _true_day(truth: pd.Timestamp | str | None) -> pd.Timestamp | None:
    if truth is None:
        return None
    is_day = isinstance(truth, (str, date)) and pd.notna(truth)
    day = pd.to_datetime(truth, errors="coerce") if is_day else pd.NaT
    if pd.isna(day) or day.tz is not None:
        raise ValueError(f"truth is {truth!r}, which is no day; write it as '2020-02-26'")
    return day.normalize()


# ---------------------------------------------------------------- rows of names


def _names_of_evidence(lines: pd.DataFrame, glossary: pd.DataFrame | None) -> list[str]:
    """The form, under it its gloss, and under that the forms it must be without, glossed too.

    Side by side they would leave the bars too little room.
    """
    room, size = 0.34 * 72 * plt.rcParams["figure.figsize"][0], plt.rcParams["font.size"]
    labels = style.gloss_labels(lines["form"], glossary, two_lines=True)
    without = lines["without"] if "without" in lines.columns else pd.Series("", lines.index)
    names = []
    for label, absent in zip(labels, without, strict=True):
        conditions = style.gloss_labels(_least_forms(absent), glossary) if absent else []
        for number, condition in enumerate(conditions):
            first = number == 0
            label += "\n" + (
                style.say("without {form}", form=condition)
                if first
                else style.say("and without {form}", form=condition)
            )
        names.append(style.wrap_text(style.drawable(label), room, size=size))
    return names


def _least_forms(absent: str) -> list[str]:
    """The forms of a cell, without those that hold another: where that is absent, they are too.

    >>> _least_forms("外防输入、内防反弹/内防反弹")
    ['内防反弹']
    """
    forms = absent.split("/")
    return [form for form in forms if not any(other in form for other in forms if other != form)]


def _n_lines(text: str) -> int:
    return text.count("\n") + 1


def _places_of(names: Sequence[str]) -> tuple[list[float], float]:
    """The middle of each row and the height of all, in rows; a name of many lines takes more."""
    heights = [max(1.0, 0.25 + 0.66 * _n_lines(name)) for name in names]
    edges = np.cumsum([0.0, *heights])
    return [float(middle) for middle in (edges[:-1] + edges[1:]) / 2], float(edges[-1])


def _name_places(ax: Axes, places: Sequence[float], height: float, names: Sequence[str]) -> None:
    ax.set_yticks(places, names, parse_math=False)
    ax.set_ylim(height, 0)
    ax.tick_params(axis="y", length=0)


def _note_right(
    ax: Axes, places: Sequence[float], notes: Sequence[str], *, heading: str = ""
) -> None:
    for place, note in zip(places, notes, strict=True):
        ax.annotate(
            note, (1, place), xycoords=ax.get_yaxis_transform(), xytext=(8, 0), va="center",
            textcoords="offset points", annotation_clip=False, parse_math=False,
        )  # fmt: skip
    if heading:
        ax.annotate(
            heading, (1, 1), xycoords="axes fraction", xytext=(8, 4), color=style.QUIET,
            textcoords="offset points", va="bottom", fontsize="small", annotation_clip=False,
        )  # fmt: skip


# ---------------------------------------------------------------- replacement


def _names_of_pair(names: tuple[str, str] | None, glossary: pd.DataFrame | None) -> tuple[str, str]:
    if names is None:
        return style.say("old form"), style.say("new form")
    listed = isinstance(names, Sequence) and not isinstance(names, str)
    if not listed or len(names) != 2 or not all(isinstance(name, str) for name in names):
        raise ValueError(f"names must be the old and the new form, two names; got {names!r}")
    old, new = map(style.drawable, style.gloss_labels(names, glossary))
    return old, new


def _stack_documents(ax: Axes, rows: pd.DataFrame, name: str) -> None:
    """One bar per period: documents with the old form alone, with both, with the new alone."""
    left = date2num(rows["start"])
    width = date2num(rows["end"] + DAY) - left
    bottom = np.zeros(len(rows))
    parts = (
        (rows["n_old"] - rows["n_both"], _OLD), (rows["n_both"], _BOTH),
        (rows["n_new"] - rows["n_both"], _NEW),
    )  # fmt: skip
    for part, category in parts:
        n = part.fillna(0).to_numpy(dtype=float)
        ax.bar(
            left, n, bottom=bottom, width=width, align="edge", color=style.colour_of(category),
            edgecolor=style.GROUND,
            linewidth=0.5 if len(rows) <= 80 else 0, zorder=2,
        )  # fmt: skip
        bottom += n
    ax.set_ylim(0, 1.08 * max(bottom.max(), 1))
    ax.yaxis.set_major_locator(MaxNLocator(3, integer=True))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:,.0f}"))
    name_above(ax, name)


# ---------------------------------------------------------------- spans


def _rows_by_family(shown: pd.DataFrame, glossary: pd.DataFrame | None) -> list[tuple]:
    """(name, row of the table) from top to bottom; a family's heading has None for a row."""
    rows: list[tuple] = []
    for family, forms in shown.groupby("family", sort=False):
        ordered = forms.sort_values("first", kind="stable")
        names = row_names(ordered["form"], glossary)
        rows.append((_name_of_family(str(family)), None))
        rows += zip(names, ordered.itertuples(), strict=True)
    return rows


def _name_of_family(family: str) -> str:
    if not family:
        return style.say("no family")
    return style.drawable(style.say(_FAMILIES[family]) if family in _FAMILIES else family)


def _draw_span(ax: Axes, place: float, row, known: pd.Timestamp) -> None:
    low, high = ax.get_xlim()
    if pd.notna(known) and low <= date2num(known) < high:
        ax.plot(date2num(known), place, "|", color=style.INK, markersize=16, markeredgewidth=2,
                zorder=3)  # fmt: skip
    if pd.isna(row.first):
        return
    start, end = date2num(row.first), date2num(row.last + DAY)
    ax.barh(place, end - start, left=start, height=0.4, color=_OTHER, edgecolor=_OTHER,
            linewidth=1.2, zorder=2)  # fmt: skip
    if pd.notna(row.peak):
        # A month is a span; its middle, where the form was in use.
        middle = date2num(pd.Timestamp(str(row.peak)).replace(day=1)) + 14.5
        ax.plot(min(max(middle, start), end), place, "o", color=style.INK, markersize=7, zorder=4)


def _documents_of(row) -> str:
    if row is None:
        return ""
    return say_number(row.n_documents) if pd.notna(row.first) else style.say("not sighted")


def _spans_legend(ax: Axes, *, with_known: bool) -> None:
    handles = [
        Patch(color=_OTHER), Line2D([], [], marker="o", linestyle="none", color=style.INK),
        Line2D([], [], marker="|", linestyle="none", color=style.INK, markersize=13,
               markeredgewidth=2),
    ]  # fmt: skip
    names = [
        style.say("first to last sighting"),
        style.say("month with most documents"),
        style.say("in public use from"),
    ]
    kept = 3 if with_known else 2
    legend_below(ax, handles[:kept], names[:kept], ncols=3, below=2.9)


# ---------------------------------------------------------------- dating


def _binding_days(lines: pd.DataFrame, answer: tuple) -> tuple[pd.Timestamp, pd.Timestamp]:
    """The ends of the interval; where there is none, the two days that contradict each other."""
    if answer.problem:
        return lines["not_before"].max(), lines["not_after"].min()
    return answer.not_before, answer.not_after


def _mark_truth(ax: Axes, true_day: pd.Timestamp | None) -> list[tuple[float, str]]:
    """Mark the true date; return what to write above it."""
    if true_day is None:
        return []
    noon = date2num(true_day) + 0.5
    ax.axvline(noon, color=style.PALETTE["reopening"], linewidth=2, zorder=5)
    return [(noon, style.say("true date {day}", day=say_date(true_day)))]


def _window(
    lines: pd.DataFrame, answer: tuple, truth: pd.Timestamp | None
) -> tuple[pd.Timestamp, pd.Timestamp]:
    """The days to draw: those that bind, those of the answer, the truth, and a margin."""
    wanted = [
        day
        for day in (lines["not_before"].max(), lines["not_after"].min(), answer.not_before,
                    answer.not_after, truth)
        if pd.notna(day)
    ]  # fmt: skip
    first, last = min(wanted), max(wanted)
    one_sided = pd.isna(answer.not_before) or pd.isna(answer.not_after)
    least = _ONE_SIDED_MARGIN if one_sided else _LEAST_MARGIN
    margin = pd.Timedelta(days=max(int(0.6 * (last - first).days), least))
    return first - margin, last + margin


def _days_and_scope(line) -> str:
    where = "" if line.scope == "nation" else f"\n{style.name_value(str(line.scope))}"
    return style.drawable(say_days(line.not_before, line.not_after) + where)


def _shade_interval(ax: Axes, answer: tuple) -> list[tuple[float, str]]:
    """Shade the days that all evidence allows; return what to write above them."""
    if answer.problem or (pd.isna(answer.not_before) and pd.isna(answer.not_after)):
        return []
    low, high = ax.get_xlim()
    left = low if pd.isna(answer.not_before) else date2num(answer.not_before)
    right = high if pd.isna(answer.not_after) else date2num(answer.not_after + DAY)
    ax.axvspan(left, right, color=style.SHADE, linewidth=0, zorder=0)
    days = "" if pd.isna(answer.n_days) else style.say(", {n} days", n=say_number(answer.n_days))
    return [((left + right) / 2, say_days(answer.not_before, answer.not_after) + days)]


def _draw_evidence(ax: Axes, place: float, line, binding: tuple) -> None:
    """One bar, each half in the dash of its own confidence, with an arrow at an open side."""
    low, high = ax.get_xlim()
    binds = line.not_before == binding[0] or line.not_after == binding[1]
    colour = style.INK if binds else _OTHER
    left = low if pd.isna(line.not_before) else max(date2num(line.not_before), low)
    right = high if pd.isna(line.not_after) else min(date2num(line.not_after + DAY), high)
    middle = (left + right) / 2
    first_recalled, last_recalled = _recalled(line)
    unsure = [
        confidence == "low" or recalled
        for day, confidence, recalled in (
            (line.not_before, line.confidence, first_recalled),
            (line.not_after, line.end_confidence, last_recalled),
        )
        if pd.notna(day)
    ]
    halves = ((left, middle, unsure[:1]), (middle, right, unsure[-1:]))
    for x0, x1, dashed in halves:
        ax.plot(
            [x0, x1], [place, place], color=colour, linewidth=4, solid_capstyle="butt",
            dash_capstyle="butt", zorder=3,
            linestyle=(0, (1.2, 0.8)) if any(dashed) else "-",
        )  # fmt: skip
    for day, x, marker in ((line.not_before, left, "<"), (line.not_after, right, ">")):
        if pd.isna(day):
            ax.plot(x, place, marker, color=colour, markersize=9, clip_on=False, zorder=4)
        elif low < x < high:
            ax.plot(x, place, "|", color=colour, markersize=14, markeredgewidth=2, zorder=4)


def _recalled(line) -> tuple[bool, bool]:
    """Whether the first and the last day rest on memory, as their basis says."""
    first, _, last = getattr(line, "basis", "").partition("end:")
    return _FROM_MEMORY in first, _FROM_MEMORY in last


def _say_problem(ax: Axes, answer: tuple) -> None:
    if not answer.problem:
        return
    width = 0.55 * 72 * ax.get_figure(root=True).get_figwidth()
    size = plt.rcParams["font.size"]
    why = style.drawable(style.say("no interval: {why}", why=answer.problem))
    ax.set_xlabel(style.wrap_text(why, width, size=size), loc="left", parse_math=False)


def _dating_legend(ax: Axes, answer: tuple) -> None:
    lines = ax.get_xlabel().count("\n") + 1 if ax.get_xlabel() else 0
    handles = [
        Line2D([], [], color=style.INK, linewidth=4), Line2D([], [], color=_OTHER, linewidth=4),
        Line2D([], [], color=_OTHER, linewidth=4, linestyle=(0, (1.2, 0.8))),
        Line2D([], [], color=_OTHER, marker=">", linestyle="none", markersize=9),
    ]  # fmt: skip
    gives = style.say("contradict each other" if answer.problem else "gives a day of the interval")
    unsure = style.say("low confidence, or partly from memory")
    names = [gives, style.say("agrees"), unsure, style.say("no day known")]
    legend_below(ax, handles, names, ncols=2, below=2.9 + 1.15 * lines)
