"""The optional packages that read foreign formats: imported when needed, named when missing."""

from importlib import import_module
from types import ModuleType

# What is imported -> what is installed.
_INSTALLED_AS = {
    "docx": "python-docx",
    "openpyxl": "openpyxl",
    "pypdf": "pypdf",
    "trafilatura": "trafilatura",
    "lxml.html": "lxml",
    "mistune": "mistune",
}
READERS = tuple(dict.fromkeys(_INSTALLED_AS.values()))


def require_package(name: str) -> ModuleType:
    """The module; without it a ValueError gives the line that installs all readers."""
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name.split(".")[0]:
            raise
        raise ValueError(
            f"needs the package {_INSTALLED_AS[name]} to be read; install the readers with "
            f"`python -m pip install {' '.join(READERS)}`, or use run.py, which has them all"
        ) from None
