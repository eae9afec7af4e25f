"""The house stands as described: floors, rooms, tables, documents."""

import importlib
import os
import re
import subprocess
import sys

import pytest
import yaml

import helpers
from helpers import paths, tables


def test_floors_import_only_the_floors_before_them():
    """The contracts of pyproject.toml, checked by import-linter."""
    checked = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"],
        cwd=paths.PROJECT,
        env=os.environ | {"PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "2 kept, 0 broken" in checked.stdout


@pytest.mark.parametrize("room", helpers.__all__)
def test_every_room_opens_by_its_name_alone(room):
    assert getattr(helpers, room).__doc__


def test_a_room_that_is_not_there_names_those_that_are():
    with pytest.raises(AttributeError, match="no room 'kitchen'; the rooms are audit, bulk, check"):
        helpers.kitchen  # noqa: B018


def test_a_room_is_imported_only_when_it_is_named():
    code = "import sys, helpers; assert not any(m in sys.modules for m in ('pandas', 'jieba'))"
    subprocess.run([sys.executable, "-c", code], cwd=paths.PROJECT, check=True)


@pytest.mark.parametrize("maker", tables.ROOM_THAT_MAKES.values())
def test_the_room_an_error_names_as_cure_is_there(maker):
    room, function = maker.split(".")
    assert callable(getattr(getattr(helpers, room), function))


def test_every_column_is_in_the_data_dictionary():
    dictionary = (paths.DATA / "README.md").read_text(encoding="utf-8")
    dictionary += (paths.LEXICON / "README.md").read_text(encoding="utf-8")
    words = set(re.findall(r"\w+", dictionary))
    columns = {column for listed in tables.COLUMNS.values() for column in listed}
    assert sorted(columns - words) == []


DOCUMENTS = (
    "README.md", "README.zh-CN.md", "GLOSSARY.md", "CONTRIBUTING.md", "MEASURED.md",
    "docs/scale.md", "docs/teaching.md", "data/README.md", "data/lexicon/README.md",
    "data/series/README.md",
)  # fmt: skip


@pytest.fixture(scope="module")
def said_in_documents():
    return "\n".join((paths.PROJECT / name).read_text(encoding="utf-8") for name in DOCUMENTS)


def test_every_script_and_file_the_documents_name_exists(said_in_documents):
    scripts = set(re.findall(r"scripts\.([a-z_]+)", said_in_documents))
    folders = "data|docs|helpers|scripts|tests|notebooks"
    files = set(re.findall(rf"\b((?:{folders})/[a-zA-Z0-9_/-]+\.[a-z]+)", said_in_documents))
    assert len(scripts) > 10
    assert len(files) > 15
    named = {f"scripts/{name}.py" for name in scripts} | files
    assert sorted(name for name in named if not (paths.PROJECT / name).exists()) == []


def test_every_function_the_documents_name_exists(said_in_documents):
    named = set(re.findall(r"\b([a-z]+)\.([a-z]+(?:_[a-z]+)+)\b", said_in_documents))
    in_rooms = sorted((room, name) for room, name in named if room in helpers.__all__)
    assert len(in_rooms) > 15
    columns = {column for listed in tables.COLUMNS.values() for column in listed}
    missing = [
        (room, name)
        for room, name in in_rooms
        if not hasattr(getattr(helpers, room), name) and name not in columns
    ]
    assert missing == []


def test_the_glossary_gives_each_term_and_each_chinese_name_once():
    lines = (paths.PROJECT / "GLOSSARY.md").read_text(encoding="utf-8").splitlines()
    rows = [line.split("|")[1:3] for line in lines if line.startswith("| ")][1:]
    assert len(rows) > 100
    for names in zip(*rows, strict=True):
        twice = {name.strip() for name in names if names.count(name) > 1}
        assert twice == set()


def test_the_citation_file_has_what_readers_of_it_need():
    citation = yaml.safe_load((paths.PROJECT / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors", "version", "license"} <= set(citation)
    project = (paths.PROJECT / "pyproject.toml").read_text(encoding="utf-8")
    assert f'version = "{citation["version"]}"' in project
    changelog = (paths.PROJECT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## {citation['version']} " in changelog


def test_links_in_the_readme_lead_somewhere():
    readme = (paths.PROJECT / "README.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#]+)\)", readme)
    assert len(links) > 6
    assert [link for link in links if not (paths.PROJECT / link).exists()] == []


def test_rooms_are_where_the_map_says():
    for room, floor in helpers._FLOOR_OF_ROOM.items():
        name = ".".join(part for part in ("helpers", floor, room) if part)
        assert importlib.import_module(name).__name__ == name
