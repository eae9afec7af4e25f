"""Keyness: which words are typical of which side, and how sure that is."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke

from helpers.drawing import style
from helpers.drawing.draw.checks import at_least_one, require_numbers, require_rows
from helpers.drawing.draw.pieces import (
    legend_below,
    line_with_uprights,
    name_rows,
    print_right,
    row_names,
    rows_for,
    say_number,
)

# Square points per unit of G²; in a corpus G² runs into thousands, and above the limit a dot would
# hide its interval and its neighbours.
_AREA_PER_G2 = 7
_LARGEST_G2 = 16
# Air between a dot and the ring around it, both sides together, in points.
_RING = 5
# An interval below this share of the axis lies within the largest dots; a dot with a DP below the
# other is dark enough to be written on with the ground's colour.
_HIDDEN, _DARK_DP = 0.028, 0.6
# Below this share its ends lie under the ring around the largest dots.
_UNDER_RING = 0.042


def plot_keyness(
    keyness: pd.DataFrame,
    *,
    glossary: pd.DataFrame | None = None,
    top: int = 10,
    target: str | None = None,
    reference: str | None = None,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Axes with one lollipop per word: how many times doubled, how sure, on which counts.

    `keyness` has one row per feature: n_target, n_reference, log_likelihood (signed), log_ratio
    with log_ratio_low and log_ratio_high, q_value. On each side the `top` words with the most
    evidence are drawn, by size of log ratio: above 0 typical of `target`, below of
    `reference`. The dot's area is the evidence (G²), filled when q < .05, the line with its two
    uprights the interval; words without a q_value, too rare to be tested, are grey; the numbers
    are the counts, target : reference. The legend says how many words were tested, and drawn of
    these.

    Where the table has a column dp (Gries's dispersion over the parts of the side the word is
    typical of, 0 to 1; missing where there is none), it is the dot's shade: dark is spread
    evenly, light is all in one place, a white dot has no DP. Then q < .05 is a ring around the
    dot, and DP stands before the counts.

    >>> from matplotlib.figure import Figure
    >>> style.set_theme()
    >>> keyness = pd.DataFrame({"feature": ["措施"], "n_target": [4], "n_reference": [0],
    ...     "log_likelihood": [3.5], "q_value": [0.4], "log_ratio": [2.4],
    ...     "log_ratio_low": [-1.8], "log_ratio_high": [6.5]})
    >>> plot_keyness(keyness, ax=Figure().subplots()).texts[0].get_text()
    '4 : 0'
    """
    target = style.say("target") if target is None else target
    reference = style.say("reference") if reference is None else reference
    columns = ["feature", "n_target", "n_reference", "log_likelihood", "q_value",
               "log_ratio", "log_ratio_low", "log_ratio_high"]  # fmt: skip
    require_rows(keyness, "keyness", columns)
    require_numbers(keyness, "keyness", ["log_likelihood", "log_ratio"], key="feature")
    shaded = "dp" in keyness.columns
    if shaded:
        _require_dispersion(keyness)
    shown = _strongest_each_side(keyness, at_least_one(top, "top"))
    names = row_names(shown["feature"], glossary)
    # The legend of the shaded dots has three lines more.
    ax = style.axes_for(ax, rows=rows_for(names) + 2 + 3 * shaded, title=title)
    ax.axvline(0, color=style.QUIET, linewidth=1)
    (_shaded_dots if shaded else _evidence_dots)(ax, shown)
    _draw_intervals(ax, shown)
    name_rows(ax, names)
    for tick, untested in zip(ax.get_yticklabels(), shown["q_value"].isna(), strict=True):
        tick.set_color(style.QUIET if untested else style.INK)
    notes = [
        f"{say_number(row.n_target)} : {say_number(row.n_reference)}" for row in shown.itertuples()
    ]
    heading = style.say("n in {target} : n in {reference}", target=target, reference=reference)
    if shaded:
        notes = [f"{_dp_note(dp)}   {note}" for note, dp in zip(notes, shown["dp"], strict=True)]
        heading = f"DP   {heading}"
    print_right(ax, notes, heading=heading)
    ax.set_xlabel(
        style.drawable(
            style.say(
                "log ratio:  ← more in {reference}  ·  more in {target} →  (+1 = twice)",
                reference=reference,
                target=target,
            )
        )
    )
    _keyness_legend(ax, keyness, shown)
    default = style.say(
        "{n} of {total} words: {target} against {reference}",
        n=len(shown), total=len(keyness), target=target, reference=reference,
    )  # fmt: skip
    style.set_title(ax, title or default, pad=22)
    return ax


def _require_dispersion(keyness: pd.DataFrame) -> None:
    if not pd.api.types.is_numeric_dtype(keyness["dp"]):
        raise ValueError("column 'dp' of the keyness table holds no numbers")
    wrong = keyness.loc[keyness["dp"].notna() & ~keyness["dp"].between(0, 1)]
    if len(wrong):
        raise ValueError(
            f"column 'dp' of the keyness table is {wrong['dp'].iloc[0]:g} for "
            f"{wrong['feature'].iloc[0]!r}; DP lies between 0 (even) and 1 (count."
            "measure_dispersion)"
        )


def _strongest_each_side(keyness: pd.DataFrame, top: int) -> pd.DataFrame:
    by_evidence = keyness.assign(evidence=keyness["log_likelihood"].abs()).sort_values(
        ["evidence", "feature"], ascending=[False, True]
    )
    above = by_evidence.loc[by_evidence["log_ratio"] > 0].head(top)
    below = by_evidence.loc[by_evidence["log_ratio"] <= 0].head(top)
    return pd.concat([above, below]).sort_values(
        ["log_ratio", "feature"], ascending=[False, True], ignore_index=True
    )


# ---------------------------------------------------------------- dots and intervals


def _areas_of(evidence: pd.Series) -> pd.Series:
    """Areas in square points, G² of 1 or less and of _LARGEST_G2 or more drawn as these."""
    return _AREA_PER_G2 * evidence.clip(lower=1, upper=_LARGEST_G2)


def _evidence_dots(ax: Axes, shown: pd.DataFrame) -> None:
    firm = shown["q_value"] < 0.05
    ax.scatter(
        shown["log_ratio"], range(len(shown)), s=_areas_of(shown["evidence"]),
        facecolor=[style.INK if sure else style.GROUND for sure in firm],
        edgecolor=_edges(shown), linewidth=1.2, zorder=3, clip_on=False,
    )  # fmt: skip


def _shaded_dots(ax: Axes, shown: pd.DataFrame) -> None:
    areas = _areas_of(shown["evidence"])
    firm = (shown["q_value"] < 0.05).to_numpy()
    rows = np.arange(len(shown))
    ax.scatter(
        shown["log_ratio"], rows, s=areas, facecolor=[_shade_of(dp) for dp in shown["dp"]],
        edgecolor=_edges(shown), linewidth=1.2, zorder=3, clip_on=False,
    )  # fmt: skip
    # A ring with air between, so that it is seen around a dark dot as around a light one.
    ax.scatter(
        shown["log_ratio"][firm], rows[firm], s=(areas[firm] ** 0.5 + _RING) ** 2,
        facecolor="none", edgecolor=style.INK, linewidth=1, zorder=2.4, clip_on=False,
    )  # fmt: skip


def _edges(shown: pd.DataFrame) -> list[str]:
    return [style.FAINT if pd.isna(q) else style.INK for q in shown["q_value"]]


def _shade_of(dp: float) -> str | tuple[float, ...]:
    """Dark for a word spread evenly, light for one all in one place, white where DP is missing."""
    return style.GROUND if pd.isna(dp) else style.mix(style.GROUND, style.INK, 1 - 0.86 * dp)


def _dp_note(dp: float) -> str:
    return "–" if pd.isna(dp) else f"{dp:.2f}"


def _draw_intervals(ax: Axes, shown: pd.DataFrame) -> None:
    """A line with two uprights behind every dot; on it where dot or ring would hide its ends."""
    rows, width = np.arange(len(shown)), shown["log_ratio_high"] - shown["log_ratio_low"]
    _draw_interval(ax, shown, rows, style.QUIET, zorder=2.5)
    whole = max(shown["log_ratio_high"].max(), 0) - min(shown["log_ratio_low"].min(), 0)
    large = (shown["evidence"] >= _LARGEST_G2).to_numpy()
    hidden = large & (width < _HIDDEN * whole).to_numpy()
    under_ring = large & ~hidden & (width < _UNDER_RING * whole).to_numpy()
    if "dp" in shown.columns:
        for row in rows[under_ring & (shown["q_value"] < 0.05).to_numpy()]:
            _draw_interval(ax, shown.iloc[[row]], [row], style.INK, zorder=4, cased=True)
    for row in rows[hidden]:
        dark = shown["q_value"].iloc[row] < 0.05
        if "dp" in shown.columns:
            dark = shown["dp"].iloc[row] < _DARK_DP
        colour = style.GROUND if dark else style.INK
        _draw_interval(ax, shown.iloc[[row]], [row], colour, zorder=4)


def _draw_interval(
    ax: Axes,
    shown: pd.DataFrame,
    rows: Sequence[int],
    colour: str,
    *,
    zorder: float,
    cased: bool = False,
) -> None:
    low, high = shown["log_ratio_low"], shown["log_ratio_high"]
    # A casing in the ground's colour keeps a dark line apart from a dark dot and its ring.
    casing = [withStroke(linewidth=4, foreground=style.GROUND)] if cased else None
    line_with_uprights(
        ax, rows, low, high, colour, 1.3, height=7, zorder=zorder, path_effects=casing
    )


# ---------------------------------------------------------------- legend


def _keyness_legend(ax: Axes, keyness: pd.DataFrame, shown: pd.DataFrame) -> None:
    """What size and ring say of the evidence; beside it, where there is DP, what the shade says."""
    evidence = _evidence_legend(keyness, shown)
    if "dp" not in shown.columns:
        legend_below(ax, *evidence, ncols=2)
        return
    shades = [(style.say("DP 0: spread evenly"), _shade_of(0.0)),
              (style.say("DP 1: all in one place"), _shade_of(1.0)),
              (style.say("no DP"), style.GROUND)]  # fmt: skip
    dots = [_keyness_dot(6, face) for _, face in shades]
    _legend_in_parts(
        ax,
        {
            style.say("evidence: size and ring"): evidence,
            style.say("dispersion: shade"): (dots, [name for name, _ in shades]),
        },
    )


def _evidence_legend(keyness: pd.DataFrame, shown: pd.DataFrame) -> tuple[list[Line2D], list[str]]:
    sizes = {1: style.say("G² = 1 or less"), 3.84: "G² = 3.84"}
    # The largest dots are named where any word has so much evidence.
    if (keyness["log_likelihood"].abs() >= _LARGEST_G2).any():
        sizes[_LARGEST_G2] = style.say("G² = {most} or more", most=_LARGEST_G2)
    dots = [_keyness_dot(g2, style.GROUND) for g2 in sizes]
    grey = _keyness_dot(3.84, style.GROUND, style.FAINT)
    ringed = "dp" in shown.columns
    ring = Line2D([], [], marker="o", linestyle="none", markerfacecolor="none",
                  markeredgecolor=style.INK, markeredgewidth=1,
                  markersize=(_AREA_PER_G2 * 3.84) ** 0.5 + _RING)  # fmt: skip
    return (
        [*dots, grey, ring if ringed else _keyness_dot(3.84, style.INK)],
        [*sizes.values(), style.say("grey: too rare to be tested"), _tested_note(keyness, shown)],
    )


def _tested_note(keyness: pd.DataFrame, shown: pd.DataFrame) -> str:
    """How many of the words tested are beyond chance, and how many of them are drawn."""
    n = {"n": (keyness["q_value"] < 0.05).sum(), "total": keyness["q_value"].notna().sum(),
         "drawn": shown["q_value"].notna().sum()}  # fmt: skip
    tested = style.saying("q < .05 ({n} of {total} words tested)")
    if n["drawn"] < n["total"]:
        tested = style.saying("q < .05 ({n} of {total} words tested;\n{drawn} of these drawn)")
    name = style.say(tested, **n)
    return style.say("ring: {name}", name=name) if "dp" in shown.columns else name


def _keyness_dot(g2: float, face: str | tuple[float, ...], edge: str = "") -> Line2D:
    return Line2D([], [], marker="o", linestyle="none", markerfacecolor=face,
                  markeredgecolor=edge or style.INK, markeredgewidth=1.2,
                  markersize=(_AREA_PER_G2 * g2) ** 0.5)  # fmt: skip


def _legend_in_parts(ax: Axes, parts: Mapping[str, tuple[list[Line2D], list[str]]]) -> None:
    """A legend with a column for each part, its heading above."""
    height, nothing = max(len(names) for _, names in parts.values()), Line2D([], [], linestyle="")
    handles, written = [], []
    for heading, (dots, names) in parts.items():
        left = height - len(names)
        handles += [nothing, *dots, *[nothing] * left]
        written += [heading, *names, *[""] * left]
    legend_below(ax, handles, written, ncols=len(parts))
    for text in ax.get_legend().get_texts()[:: height + 1]:
        text.set_color(style.QUIET)
