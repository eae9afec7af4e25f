"""pypinyin's table of readings, without the rest of that package."""

import importlib.util
import warnings
from collections.abc import Mapping
from functools import cache
from pathlib import Path


@cache
def read_pinyin() -> Mapping[int, str]:
    """Every reading of a character by its code point, with tone marks and commas between.

    Of the one file of pypinyin that holds them: the package would read its book of words too,
    which takes longer than the rest of a start. Raises ImportError where pypinyin has no such
    file.

    >>> read_pinyin()[ord("防")]
    'fáng'
    """
    package = importlib.util.find_spec("pypinyin")
    if package is None or not package.submodule_search_locations:
        raise ImportError("pypinyin is not installed; install what pyproject.toml names")
    file = Path(package.submodule_search_locations[0]) / "pinyin_dict.py"
    spec = importlib.util.spec_from_file_location("readings_of_pypinyin", file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} is no file of Python; install pypinyin again")
    module = importlib.util.module_from_spec(spec)
    try:
        with warnings.catch_warnings():
            # pypinyin opens its file in a way that newer Pythons warn about.
            warnings.simplefilter("ignore", DeprecationWarning)
            spec.loader.exec_module(module)
        return module.pinyin_dict
    except (OSError, AttributeError) as error:
        raise ImportError(
            f"pypinyin has no table of readings in {file} ({error}); install a version of it "
            "that pyproject.toml names"
        ) from None
