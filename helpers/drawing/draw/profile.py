"""How strictly each part of a text speaks: forbidden, ordered, encouraged, left open."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes

from helpers.drawing import style
from helpers.drawing.draw.checks import require_numbers, require_rows
from helpers.drawing.draw.pieces import name_rows, say_number

_CATEGORY = "prevention"
_LIGHTEST = 0.3


def plot_obligations(
    counts: pd.DataFrame,
    *,
    examples: Mapping[str, str] | None = None,
    glossary: pd.DataFrame | None = None,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Axes with one row per part, one column per kind, a bar and its n in each cell.

    `counts` has one row per part and kind: part, kind, n, per_thousand_han. Kinds stand from
    the strictest (left, dark) to the freest (right, light), in the order of `examples`, a
    dict from each kind to an expression of it (prohibition: 严禁), which `glossary` (term,
    gloss_en) glosses; without it in the order of the column's categories, or of the table. To
    the right stand the part's n of all kinds
    and its rate. All bars have one scale; a cell without any stays empty.

    >>> from matplotlib.figure import Figure
    >>> style.set_theme()
    >>> counts = pd.DataFrame({"part": ["lead"], "kind": ["duty"], "n": [2],
    ...     "per_thousand_han": [8.0]})
    >>> ax = plot_obligations(counts, examples={"duty": "必须"}, ax=Figure().subplots())
    >>> [text.get_text() for text in ax.texts if text.get_text().isdigit()]
    ['2', '2']
    """
    _require_counts(counts)
    kinds = _kinds_in_order(counts, examples)
    parts = list(dict.fromkeys(counts["part"]))
    names = _part_names(parts)
    ax = style.axes_for(ax, rows=1.15 * len(parts) + 1, title=title)
    name_rows(ax, names)
    _frame(ax, kinds)
    totals = counts.groupby("part", sort=False)[["n", "per_thousand_han"]].sum().loc[parts]
    _print_totals(ax, totals)
    room = _room_per_column(ax, kinds)
    scale = _longest_bar(counts["n"], room) / max(counts["n"].max(), 1)
    for row, part in enumerate(parts):
        _draw_part(ax, row, counts.loc[counts["part"] == part], kinds, scale)
    ax.set_xlabel(
        style.say("bar and number: n  ·  from the strictest kind (left) to the freest (right)")
    )
    levels = _name_columns(ax, kinds, _glossed(examples or {}, glossary), room)
    n = say_number(counts["n"].sum())
    default = style.say("{n} expressions of obligation and how strict they are", n=n)
    style.set_title(ax, title or default, pad=16 + levels * 1.3 * _small())
    return ax


# ---------------------------------------------------------------- what is drawn


def _require_counts(counts: pd.DataFrame) -> None:
    require_rows(counts, "obligation counts", ["part", "kind", "n", "per_thousand_han"])
    require_numbers(counts, "obligation counts", ["n", "per_thousand_han"], key="part")
    repeated = counts.loc[counts.duplicated(["part", "kind"])]
    if len(repeated):
        raise ValueError(
            f"the obligation counts table has more than one row for {repeated['kind'].iloc[0]!r} "
            f"in {repeated['part'].iloc[0]!r}; keep the rows of one document"
        )


def _kinds_in_order(counts: pd.DataFrame, examples: Mapping[str, str] | None) -> list[str]:
    if examples is None:
        known = counts["kind"]
        return list(known.cat.categories if hasattr(known, "cat") else dict.fromkeys(known))
    strange = counts.loc[~counts["kind"].isin(list(examples)), "kind"]
    if len(strange):
        raise ValueError(
            f"examples has no kind {strange.iloc[0]!r}, which the obligation counts table holds; "
            "give every kind one expression, the strictest kind first"
        )
    return list(examples)


def _glossed(examples: Mapping[str, str], glossary: pd.DataFrame | None) -> dict[str, str]:
    labels = style.gloss_labels(examples.values(), glossary, two_lines=True)
    return dict(zip(examples, labels, strict=True))


# ---------------------------------------------------------------- drawing it


def _part_names(parts: Sequence[str]) -> list[str]:
    room, size = 0.25 * 72 * plt.rcParams["figure.figsize"][0], plt.rcParams["font.size"]
    return [
        style.wrap_text(style.drawable(style.name_value(str(part))), room, size=size)
        for part in parts
    ]


def _draw_part(
    ax: Axes, row: int, of_part: pd.DataFrame, kinds: Sequence[str], scale: float
) -> None:
    for cell in of_part.loc[of_part["n"] > 0].itertuples():
        column = kinds.index(cell.kind)
        length = scale * cell.n
        ax.barh(
            row, length, left=column, height=0.62, color=_shade(column, len(kinds)),
            edgecolor=style.colour_of(_CATEGORY), linewidth=0.8, zorder=2,
        )  # fmt: skip
        ax.annotate(
            say_number(cell.n), (column + length, row), xytext=(4, 0), va="center",
            textcoords="offset points", annotation_clip=False,
        )  # fmt: skip


def _shade(place: int, n_kinds: int) -> tuple[float, ...]:
    """From the full colour (strictest) to a light tint of it (freest)."""
    return style.pale(style.colour_of(_CATEGORY), 1 - (1 - _LIGHTEST) * place / max(n_kinds - 1, 1))


def _frame(ax: Axes, kinds: Sequence[str]) -> None:
    ax.set_xlim(-0.02, len(kinds))
    ax.set_xticks([])
    ax.grid(False)
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)
    for column in range(len(kinds)):
        ax.axvline(column, color=style.FAINT, linewidth=0.8, zorder=1)


def _print_totals(ax: Axes, totals: pd.DataFrame) -> None:
    """Write two columns to the right of the axes: n of all kinds, and n per 1,000 characters."""
    rates = [f"{rate:.1f}" for rate in totals["per_thousand_han"]]
    columns = {
        style.say("all"): [say_number(n) for n in totals["n"]],
        style.say("per 1,000\ncharacters"): rates,
    }
    right, where = 0.0, {"textcoords": "offset points", "ha": "right", "annotation_clip": False}
    for heading, notes in columns.items():
        widths = [style.text_width(note, size=plt.rcParams["font.size"]) for note in notes]
        widest_line = max(heading.split("\n"), key=len)
        right += max(*widths, style.text_width(widest_line, size=_small())) + 8
        for row, note in enumerate(notes):
            ax.annotate(
                note, (1, row), xycoords=ax.get_yaxis_transform(), xytext=(right, 0), va="center",
                **where,
            )  # fmt: skip
        ax.annotate(
            heading, (1, 1), xycoords="axes fraction", xytext=(right, 6), fontsize="small",
            color=style.QUIET, linespacing=1.2, **where,
        )  # fmt: skip


def _room_per_column(ax: Axes, kinds: Sequence[str]) -> float:
    """The width of a column, in points; known only once the layout is."""
    figure = ax.get_figure(root=True)
    figure.draw_without_rendering()
    return ax.get_window_extent().width * 72 / figure.dpi / len(kinds)


def _longest_bar(numbers: pd.Series, room: float) -> float:
    """The share of a column the longest bar may take, with its number behind it."""
    size = plt.rcParams["font.size"]
    widest = max(style.text_width(say_number(n), size=size) for n in numbers)
    return max(0.05, min(0.66, 1 - (widest + 9) / room))


def _name_columns(ax: Axes, kinds: Sequence[str], examples: Mapping[str, str], room: float) -> int:
    """Write each kind, and below it its example, above its column; return the lines used."""
    names = [
        "\n".join(
            filter(None, map(style.drawable, (style.name_value(kind), examples.get(kind, ""))))
        )
        for kind in kinds
    ]
    room -= 5
    names = [style.wrap_text(name, room, size=_small()) for name in names]
    widths = [max(style.text_width(line, size=_small()) for line in n.split("\n")) for n in names]
    lines = max(name.count("\n") + 1 for name in names)
    # Names too wide for their columns stand on two floors, in turns.
    floors = 2 if max(widths) > room else 1
    for column, name in enumerate(names):
        lift = (column % floors) * lines * 1.3 * _small()
        # The last one may not reach into the numbers to the right.
        last = column == len(kinds) - 1 and widths[column] > room
        ax.annotate(
            name, (column + last, 1), xycoords=ax.get_xaxis_transform(), xytext=(1, 6 + lift),
            textcoords="offset points", ha="right" if last else "left", va="bottom",
            fontsize="small", linespacing=1.2, color=style.INK, annotation_clip=False,
        )  # fmt: skip
    return lines * floors


def _small() -> float:
    return 0.833 * plt.rcParams["font.size"]
