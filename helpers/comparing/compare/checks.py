"""What the options of a comparison must be: numbers, seeds and names of columns."""

from collections.abc import Sequence

from helpers.counting.lexicon.checks import is_number, is_whole

_MOST = 10_000_000


def require_whole(value: object, name: str, least: int, cure: str) -> None:
    """Raise a ValueError for what is no whole number from `least` to ten million."""
    if not is_whole(value, least) or value > _MOST:
        raise ValueError(
            f"{name} is {value!r}; {cure} (a whole number from {least:,} to {_MOST:,})"
        )


def require_number(value: object, name: str, cure: str) -> None:
    """Raise a ValueError for what is no finite number: text, None, nan, True."""
    if not is_number(value):
        raise ValueError(f"{name} is {value!r}; {cure}")


def require_seed(seed: object) -> None:
    """Raise a ValueError for a seed that is no whole number, or gives other draws each time."""
    if not is_whole(seed):
        raise ValueError(
            f"seed is {seed!r}; write a whole number of at least 0, such as 2020, so that the "
            "same numbers can be drawn again"
        )


def require_group_column(by: object, taken: Sequence[str]) -> None:
    """Raise a ValueError where `by` is no name of a column, or one that the answer has itself."""
    if not isinstance(by, str):
        raise ValueError(f"by must be the name of one column, such as 'part'; it is {by!r}")
    if by == "label" or by in taken:
        raise ValueError(
            f"by is {by!r}, a column that the answer has itself; rename the column of the groups"
        )
