"""A bar for what may take long."""

from collections.abc import Iterable
from typing import Any


def progress_bar(items: Iterable[Any] | None = None, **options: Any) -> Any:
    """A bar of tqdm over the items; it shows after three seconds, and then vanishes.

    `options` are those of tqdm: total, desc, unit …
    """
    # Loaded with the first bar: it brings asyncio and ssl, a tenth of a second in each process.
    from tqdm.auto import tqdm

    return tqdm(items, delay=3, leave=False, **options)
