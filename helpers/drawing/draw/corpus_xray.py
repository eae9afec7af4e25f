"""Where in its documents a corpus speaks of what: one row per document, one tick per mention."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, PercentFormatter

from helpers.drawing import style
from helpers.drawing.draw.checks import require_known, require_numbers, require_rows, require_spans
from helpers.drawing.draw.pieces import legend_below, print_right, say_number, shorten

# Coupling stands between the two languages, as it does in plot_coupling.
_ORDER = tuple(dict.fromkeys(["prevention", "coupling", "reopening", *style.LABEL_NAMES]))
_MOST_ROWS = 150
_MOST_CATEGORIES = 3
# More rows than this are set closer, in small type.
_FEW_ROWS = 30
_CLOSE = 0.62
# Share of the row that its ticks may fill.
_FILLED = 0.86


def plot_corpus_xray(
    hits: pd.DataFrame,
    units: pd.DataFrame,
    *,
    by: str = "doc_id",
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Axes with one row per document and one tick per mention, from its beginning to its end.

    `units` are the sentences of all documents (doc_id, start, end; segment.split_sentences): they
    say how long each document is, and give a silent document its empty row, in their order.
    `by` names the column of `units` that makes the rows, such as a year or a period; documents of
    one row lie on each other, each stretched to the same length, and are counted in its name.
    `hits` are the mentions (doc_id, category, start, end, free), of the terms or the up to three
    categories a reader wants to see: each category has a lane of its own in the row, in the order
    of the legend, so that it reads without colour. A free mention is a tall dark tick, one inside a
    longer term short and light. To the right the mentions of each category.

    A position of 50 % is the middle of a document, whatever its length; how much of the row is
    dark depends on the length too, so compare rates elsewhere.

    >>> from matplotlib.figure import Figure
    >>> style.set_theme()
    >>> units = pd.DataFrame({"doc_id": ["a", "b"], "start": [0, 0], "end": [9, 40]})
    >>> hits = pd.DataFrame({"doc_id": ["b"], "category": ["prevention"], "start": [19],
    ...     "end": [21], "free": [True]})
    >>> ax = plot_corpus_xray(hits, units, ax=Figure().subplots())
    >>> [text.get_text() for text in ax.texts]
    ['0', '1', 'n']
    """
    rows = _rows(units, by)
    mentions = _placed(_checked_hits(hits), rows)
    categories = [name for name in _ORDER if name in set(mentions["category"])]
    names = list(dict.fromkeys(rows["name"]))
    close = len(names) > _FEW_ROWS
    height = len(names) * (_CLOSE if close else 1) + 3
    ax = style.axes_for(ax, rows=height, title=title)
    for row in range(0, len(names), 2):
        ax.axhspan(row - 0.5, row + 0.5, color=style.BAND, linewidth=0, zorder=0)
    most = mentions["name"].value_counts().max()
    for lane, category in enumerate(categories):
        chosen = mentions.loc[mentions["category"] == category]
        _tick(ax, chosen, names, (lane, len(categories)), width=_width(most))
    _name_rows(ax, rows, names, close=close)
    _set_positions(ax)
    notes = [_note(mentions.loc[mentions["name"] == name], categories) for name in names]
    heading = " : ".join(style.LABEL_CODES[name] for name in categories)
    print_right(ax, notes, heading=heading if len(categories) > 1 else "n")
    for note in ax.texts[: len(notes)] if close else ():
        note.set_fontsize("small")
    _legend(ax, mentions, categories)
    style.set_title(ax, title or _default_title(by, len(names)), pad=22)
    return ax


# ---------------------------------------------------------------- what the tables must hold


def _rows(units: pd.DataFrame, by: str) -> pd.DataFrame:
    """One row per document: doc_id, name of its row, first and last character."""
    require_rows(units, "units", ["doc_id", "start", "end", by])
    require_numbers(units, "units", ["start", "end"], key="doc_id")
    require_spans(units, "units", key="doc_id")
    if units[by].isna().any() or (units[by].astype(str).str.strip() == "").any():
        raise ValueError(f"column {by!r} of the units table is empty in some rows; fill it")
    whole = units.assign(name=units[by].astype(str)).groupby("doc_id", sort=False)
    rows = whole.agg(
        name=("name", "first"), n_names=("name", "nunique"), first=("start", "min"),
        last=("end", "max"),
    ).reset_index()  # fmt: skip
    torn = rows.loc[rows["n_names"] > 1, "doc_id"]
    if len(torn):
        raise ValueError(
            f"the document {torn.iloc[0]!r} has more than one {by!r}; a row is made of whole "
            "documents"
        )
    n = rows["name"].nunique()
    if n > _MOST_ROWS:
        raise ValueError(
            f"{n} rows in one x-ray cannot be read; draw at most {_MOST_ROWS}: choose documents, "
            "or put them in one row per period with by="
        )
    return rows


def _checked_hits(hits: pd.DataFrame) -> pd.DataFrame:
    require_rows(hits, "hits", ["doc_id", "category", "start", "end", "free"])
    require_numbers(hits, "hits", ["start", "end"], key="doc_id")
    require_spans(hits, "hits", key="doc_id")
    require_known(hits["category"], tuple(style.LABEL_NAMES), "category")
    if hits["free"].dtype != bool:
        raise ValueError("column 'free' of the hits table must be True or False (dtype bool)")
    n = hits["category"].nunique()
    if n > _MOST_CATEGORIES:
        raise ValueError(
            f"{n} categories in one x-ray cannot be told apart; keep at most {_MOST_CATEGORIES}: "
            "hits[hits['category'].isin(['prevention', 'reopening'])]"
        )
    # A column of the reader's own, such as `name`, must not meet those of the rows.
    return hits[["doc_id", "category", "start", "end", "free"]]


def _placed(hits: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """The hits with the name of their row and their place in the document, from 0 to 1."""
    strange = hits.loc[~hits["doc_id"].isin(rows["doc_id"]), "doc_id"]
    if len(strange):
        raise ValueError(
            f"the hits name the document {strange.iloc[0]!r}, which the units table lacks; make "
            "both from the same documents"
        )
    placed = hits.merge(rows, on="doc_id", how="left")
    outside = placed.loc[(placed["start"] < placed["first"]) | (placed["end"] > placed["last"])]
    if len(outside):
        raise ValueError(
            f"a mention at {outside['start'].iloc[0]} lies outside the document "
            f"{outside['doc_id'].iloc[0]!r}; hits and units must come from the same documents"
        )
    middle = (placed["start"] + placed["end"]) / 2
    return placed.assign(place=(middle - placed["first"]) / (placed["last"] - placed["first"]))


# ---------------------------------------------------------------- pieces


def _width(most: int) -> float:
    """How wide a tick is, in points, where the fullest row has `most` of them."""
    return 1.8 if most <= 60 else 1.2 if most <= 200 else 0.7


def _tick(
    ax: Axes,
    mentions: pd.DataFrame,
    names: Sequence[str],
    lane: tuple[int, int],
    *,
    width: float,
) -> None:
    """One tick per mention; `lane` is its number in the row and how many the row has."""
    row_of = {name: row for row, name in enumerate(names)}
    height = _FILLED / lane[1]
    middle = mentions["name"].map(row_of) - _FILLED / 2 + (lane[0] + 0.5) * height
    colour = style.colour_of(mentions["category"].iloc[0])
    looks = {
        False: (0.24, style.pale(colour, 0.55), 0.8 * width, 2),
        True: (0.46, colour, width, 3),
    }
    for free, (half, shade, thick, above) in looks.items():
        chosen = mentions["free"] == free
        ax.vlines(
            mentions.loc[chosen, "place"], middle[chosen] - half * height,
            middle[chosen] + half * height, color=shade, linewidth=thick, zorder=above,
        )  # fmt: skip


def _name_rows(ax: Axes, rows: pd.DataFrame, names: Sequence[str], *, close: bool) -> None:
    n_documents = rows["name"].value_counts()
    size = plt.rcParams["font.size"] * (0.833 if close else 1)
    room = 0.3 * 72 * plt.rcParams["figure.figsize"][0]
    several = n_documents.max() > 1
    shown = [
        shorten(style.drawable(" ".join(name.split())), room, size)
        + (f"  ({say_number(n_documents[name])})" if several else "")
        for name in names
    ]
    ax.set_yticks(range(len(names)), shown, fontsize=size, parse_math=False)
    ax.set_ylim(len(names) - 0.4, -0.6)
    ax.tick_params(axis="y", length=0)


def _set_positions(ax: Axes) -> None:
    ax.set_xlim(0, 1)
    ax.xaxis.set_major_locator(FixedLocator([0, 0.25, 0.5, 0.75, 1]))
    ax.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    ax.set_xlabel(style.say("position in the document: 0 % its first character, 100 % its last"))


def _note(mentions: pd.DataFrame, categories: Sequence[str]) -> str:
    return " : ".join(say_number((mentions["category"] == name).sum()) for name in categories)


def _legend(ax: Axes, mentions: pd.DataFrame, categories: Sequence[str]) -> None:
    def tick(colour: str | tuple[float, ...], size: float) -> Line2D:
        return Line2D([], [], marker="|", linestyle="none", color=colour, markersize=size,
                      markeredgewidth=2)  # fmt: skip

    above, below = style.saying("above: {what}"), style.saying("below: {what}")
    lanes = {2: (above, below), 3: (above, style.saying("middle: {what}"), below)}
    handles = [tick(style.colour_of(category), 13) for category in categories]
    names = [style.label_name(category) for category in categories]
    if len(names) > 1:
        lanes_of = zip(lanes[len(names)], names, strict=True)
        names = [style.say(lane, what=name) for lane, name in lanes_of]
        # The letters head the counts to the right, so the legend says what each stands for.
        codes = [style.LABEL_CODES[category] for category in categories]
        names = [f"{code}  {name}" for code, name in zip(codes, names, strict=True)]
    if not mentions["free"].all():
        handles.append(tick(style.pale(style.INK, 0.55), 7))
        names.append(
            style.say(
                "light: inside a longer term"
                if style.in_force().mode == "light"
                else "dim: inside a longer term"
            )
        )
    legend_below(ax, handles, names, ncols=2)


def _default_title(by: str, n: int) -> str:
    if by == "doc_id":
        return style.say("Where {n} documents speak of it", n=n)
    return style.say("Where {n} rows ({column}) speak of it", n=n, column=by)
