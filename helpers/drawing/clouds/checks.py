"""What the clouds refuse before anything is drawn: odd numbers, shapes and tables."""

from collections.abc import Iterable
from numbers import Integral

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from helpers import tables
from helpers.drawing import style
from helpers.drawing.clouds.layout import SMALLEST_LETTER
from helpers.drawing.draw.checks import require_numbers

CONTRAST_COLUMNS = [
    "feature", "group", "n", "rate", "deviation", "group_of_largest", "largest", "smallest_rate",
]  # fmt: skip
# A hundred inches a side: no page is larger, and matplotlib cannot paint much more.
LARGEST_SIDE = 10_000
# Numbers of one table may differ by this share of the word's largest rate: one that was written
# to a file with seven digits still agrees with itself.
_ROUNDING = 1e-6
_CURE = "make it anew with compare.contrast_rates(counts), and change no number in it"


def whole(value: object, name: str, *, least: int, most: int | None = None) -> int:
    """Return the value as an int; a ValueError that names it where it is no whole number.

    >>> whole(np.int64(7), "seed", least=0)
    7
    """
    usable = isinstance(value, Integral) and not isinstance(value, bool) and value >= least
    if not usable or (most is not None and value > most):
        shown = (
            repr(value) if isinstance(value, (str, Integral, float, type(None))) else _kind(value)
        )
        raise ValueError(
            f"{name} is {shown}; give a whole number of {least} or more"
            + ("" if most is None else f", up to {most}")
        )
    return int(value)


def _kind(value: object) -> str:
    return f"of type {type(value).__name__}"


def require_options(
    *,
    max_words: object,
    seed: object,
    width: object = None,
    height: object = None,
    title: object = None,
    ax: Axes | None = None,
    glossary: pd.DataFrame | None = None,
) -> None:
    """Raise a ValueError for an option that is none; a width and height of None mean any."""
    whole(max_words, "max_words", least=1)
    whole(seed, "seed", least=0)
    for name, side in (("width", width), ("height", height)):
        if side is not None:
            whole(side, name, least=SMALLEST_LETTER, most=LARGEST_SIDE)
    style.require_axes(ax, title)
    # Before a figure is open: this one refuses what is no glossary.
    style.gloss_labels([], glossary)


def require_features(table: pd.DataFrame, name: str) -> None:
    """Raise a ValueError where a feature is no text, or a text without a letter."""
    tables.require_text(table, name, "feature")
    features = table["feature"].tolist()
    if not all(map(str.strip, features)):
        blank = next(feature for feature in features if not feature.strip())
        raise ValueError(
            f"the {name} table has the feature {blank!r}, which cannot be seen in a "
            "cloud; drop that row"
        )


def require_real(table: pd.DataFrame, name: str, columns: Iterable[str]) -> None:
    """Raise a ValueError where a column holds anything but real numbers up to 2**53."""
    for column in columns:
        cells = table[column]
        if pd.api.types.is_complex_dtype(cells) or pd.api.types.is_bool_dtype(cells):
            raise ValueError(
                f"column {column!r} of the {name} table holds {cells.dtype}, which cannot be drawn "
                "as an area; give the counts themselves"
            )
        require_numbers(table, name, [column], key="feature")
        huge = table.loc[cells.abs() > 2**53, "feature"]
        if len(huge):
            raise ValueError(
                f"column {column!r} of the {name} table has a number above 2**53 for "
                f"{huge.iloc[0]!r}; no text is so long: see how it was counted"
            )


def checked_contrast(contrast: pd.DataFrame) -> pd.DataFrame:
    """Return the columns a cloud needs, rows numbered from 0, of a table that holds together.

    Each feature has one row per group, a rate where it has a count, and extremes that follow
    from its rates. Raises a ValueError that names the first feature of which this is not so.
    """
    tables.require_columns(contrast, "contrast", CONTRAST_COLUMNS)
    if contrast.empty:
        raise ValueError("the contrast table is empty; make it with compare.contrast_rates(counts)")
    require_features(contrast, "contrast")
    numbers = ["n", "rate", "deviation", "largest", "smallest_rate"]
    require_real(contrast, "contrast", numbers)
    # Plain cells and rows: a row's label or an unused category must not take part in a grouping.
    plain = {name: contrast[name].astype(object) for name in ("feature", "group")}
    contrast = contrast[CONTRAST_COLUMNS].assign(**plain).reset_index(drop=True)
    _require_groups(contrast)
    _require_every_group(contrast)
    _require_counts_and_rates(contrast)
    _require_extremes(contrast)
    return contrast


def _require_groups(contrast: pd.DataFrame) -> None:
    named = contrast["group"].map(lambda group: pd.api.types.is_scalar(group) and pd.notna(group))
    if not named.all():
        row = contrast.loc[~named.astype(bool)].iloc[0]
        raise ValueError(
            f"the contrast table has {row['group']!r} as a group of {row['feature']!r}, which "
            "is no name; drop or name those rows before compare.contrast_rates(counts)"
        )


def _require_every_group(contrast: pd.DataFrame) -> None:
    n_groups = contrast["group"].nunique()
    rows = contrast.groupby("feature", sort=False)["group"].agg(["size", "nunique"])
    wrong = rows.loc[(rows["size"] != n_groups) | (rows["nunique"] != n_groups)]
    if n_groups < 2 or len(wrong):
        first = contrast["feature"].iloc[0] if wrong.empty else wrong.index[0]
        raise ValueError(
            f"the contrast table has {rows.loc[first, 'size']} rows for {first!r} and {n_groups} "
            "groups; it needs two or more groups, and one row per feature and group, as "
            "compare.contrast_rates makes it"
        )


def _require_counts_and_rates(contrast: pd.DataFrame) -> None:
    n, rate = contrast["n"].to_numpy(float), contrast["rate"].to_numpy(float)
    for wrong, must in (
        ((n < 0) | (n % 1 != 0), "a count is a whole number of 0 or more"),
        (rate < 0, "a rate is 0 or more"),
        ((rate > 0) != (n > 0), "a word has a rate where it has a count, and only there"),
    ):
        if wrong.any():
            row = contrast.iloc[int(wrong.argmax())]
            raise ValueError(
                f"the contrast table has n = {row['n']:g} and rate = {row['rate']:g} for "
                f"{row['feature']!r} in the group {row['group']!r}; {must}: {_CURE}"
            )


def _require_extremes(contrast: pd.DataFrame) -> None:
    """Raise a ValueError where a number does not follow from the rates of its feature."""
    by_feature = contrast.groupby("feature", sort=False)
    rates = by_feature["rate"]
    margin = _ROUNDING * rates.transform("max") + np.finfo(float).tiny
    for column, expected, what in (
        ("deviation", contrast["rate"] - rates.transform("mean"), "the rate above the average"),
        ("largest", by_feature["deviation"].transform("max"), "the largest deviation"),
        ("smallest_rate", rates.transform("min"), "the smallest rate"),
    ):
        off = (contrast[column] - expected).abs() > margin
        if off.any():
            _refuse(contrast, off, column, f"{what} is {expected[off].iloc[0]:g}")
    _require_group_of_largest(contrast, margin)


def _require_group_of_largest(contrast: pd.DataFrame, margin: pd.Series) -> None:
    named, largest = contrast["group_of_largest"], contrast["largest"]
    strange = (largest > 0) & ~named.isin(contrast["group"].unique())
    if strange.any():
        _refuse(contrast, strange, "group_of_largest", "that is none of its groups")
    differs = named.astype(object).where(named.notna(), None)
    first = differs.groupby(contrast["feature"], sort=False).transform("first")
    several = (largest > 0) & (differs != first)
    if several.any():
        _refuse(contrast, several, "group_of_largest", "another row of it names another group")
    there = (largest > 0) & (contrast["group"] == named)
    wrong = there & ((contrast["deviation"] - largest).abs() > margin)
    if wrong.any():
        _refuse(contrast, wrong, "group_of_largest", "another group has the largest deviation")


def _refuse(contrast: pd.DataFrame, rows: pd.Series, column: str, fault: str) -> None:
    row = contrast.loc[rows].iloc[0]
    cell = row[column]
    shown = f"{cell:g}" if isinstance(cell, float) else repr(cell)
    raise ValueError(
        f"the contrast table disagrees with itself: {column} of {row['feature']!r} is {shown}, "
        f"but {fault}; {_CURE}"
    )
