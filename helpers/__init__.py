"""The map of the house: five floors, and a door to every room.

    reading     load  clean  check  group      files -> documents, repaired, checked, grouped
                segment                        documents -> sentences -> tokens
                corpora                        named public corpora, fetched and checked
    counting    measures  lexicon  count       tokens -> counts, lexicon hits
                context  profile  audit        the company, the force, the tools' share in them
                bulk                           the same tables, of a corpus larger than memory
    comparing   compare                        counts, hits -> statements with intervals
                timeline  formulations         dated tables -> change, first and last sightings
                simulate                       known truth in, coverage and power out
    drawing     style  draw  clouds  figures   finished tables -> pictures
    teaching    explore                        tables -> linked views: choose, click, read
                classroom                      exercises checked, kindly, in two languages

`from helpers import load, count, draw` reaches a room; it is imported when it is first
named (SPEC 1), so reading one text never pays for the fonts of the drawing floor.
A floor imports only the floors before it; `pyproject.toml` holds that contract.
"""

from importlib import import_module
from types import ModuleType

_FLOOR_OF_ROOM = {
    "paths": "",
    "tables": "",
    "load": "reading",
    "clean": "reading",
    "check": "reading",
    "group": "reading",
    "segment": "reading",
    "corpora": "reading",
    "measures": "counting",
    "lexicon": "counting",
    "count": "counting",
    "context": "counting",
    "profile": "counting",
    "audit": "counting",
    "bulk": "counting",
    "compare": "comparing",
    "timeline": "comparing",
    "formulations": "comparing",
    "simulate": "comparing",
    "style": "drawing",
    "draw": "drawing",
    "clouds": "drawing",
    "figures": "drawing",
    "classroom": "teaching",
    "explore": "teaching",
}

__all__ = sorted(_FLOOR_OF_ROOM)


def __getattr__(name: str) -> ModuleType:
    """Return the room called `name`, importing it on first use."""
    if name not in _FLOOR_OF_ROOM:
        raise AttributeError(f"helpers has no room {name!r}; the rooms are {', '.join(__all__)}")
    floor = _FLOOR_OF_ROOM[name]
    return import_module(".".join(part for part in (__name__, floor, name) if part))


def __dir__() -> list[str]:
    """Return the rooms, for tab completion."""
    return __all__
