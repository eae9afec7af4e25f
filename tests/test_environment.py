"""pyproject.toml, requirements.lock and environment.yml ask for the same packages."""

import re
import tomllib
from itertools import product

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from scripts import commands, environment
from scripts.environment import PROJECT

PIP_ONLY = {"opencc", "ahocorasick-rs", "zhplot"}  # conda-forge does not have them
CONDA_OWN = {"python", "pip"}
PYTHONS = ("3.11.0", "3.11.7", "3.12.1", "3.13.0", "3.14.0")
SYSTEMS = [
    {"sys_platform": platform, "os_name": os_name, "platform_machine": machine}
    for platform, os_name, machine in [
        ("linux", "posix", "x86_64"), ("linux", "posix", "aarch64"),
        ("darwin", "posix", "x86_64"), ("darwin", "posix", "arm64"), ("win32", "nt", "AMD64"),
    ]
]  # fmt: skip

Bounds = dict[str, SpecifierSet]


def read(name: str) -> str:
    return (PROJECT / name).read_text(encoding="utf-8")


def bounds_of(lines: list[str]) -> Bounds:
    """Package -> bounds."""
    requirements = [Requirement(line) for line in lines]
    names = [canonicalize_name(requirement.name) for requirement in requirements]
    assert len(set(names)) == len(names), f"a package stands twice among {names}"
    return {
        name: requirement.specifier for name, requirement in zip(names, requirements, strict=True)
    }


@pytest.fixture(scope="module")
def project() -> dict:
    return tomllib.loads(read("pyproject.toml"))


@pytest.fixture(scope="module")
def declared(project: dict) -> Bounds:
    """What the suite and its tests cannot do without."""
    readers = project["project"]["optional-dependencies"]["readers"]
    return bounds_of(
        project["project"]["dependencies"] + readers + project["dependency-groups"]["dev"]
    )


@pytest.fixture(scope="module")
def sought(project: dict) -> list[Requirement]:
    """What makes it faster or larger, and is installed wherever it exists."""
    extras = project["project"]["optional-dependencies"]
    return [Requirement(line) for line in extras["fast"] + extras["cluster"]]


@pytest.fixture(scope="module")
def conda() -> dict:
    return yaml.safe_load(read("environment.yml"))


@pytest.fixture(scope="module")
def conda_lines(conda: dict) -> list[str]:
    return [line for line in conda["dependencies"] if isinstance(line, str)]


@pytest.fixture(scope="module")
def pip_lines(conda: dict) -> list[str]:
    (under_pip,) = (block["pip"] for block in conda["dependencies"] if isinstance(block, dict))
    return under_pip


@pytest.fixture(scope="module")
def locked() -> list[Requirement]:
    lines = [re.split(r"\s+#", line)[0].strip() for line in read("requirements.lock").splitlines()]
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def test_environment_yml_has_the_names_and_bounds_of_pyproject(
    declared: Bounds, sought: list[Requirement], conda_lines: list[str], pip_lines: list[str]
) -> None:
    asked = bounds_of(conda_lines + pip_lines)
    extras = {requirement.name: requirement.specifier for requirement in sought}
    assert {name: asked[name] for name in asked if name not in CONDA_OWN} == declared | extras


def test_exactly_what_conda_forge_lacks_stands_under_pip(pip_lines: list[str]) -> None:
    assert set(bounds_of(pip_lines)) == PIP_ONLY


def test_conda_environment_has_the_projects_python_name_and_channel(
    project: dict, conda: dict, conda_lines: list[str]
) -> None:
    python = bounds_of(conda_lines)["python"]
    assert python == SpecifierSet(project["project"]["requires-python"])
    assert conda["name"] == project["project"]["name"]
    assert conda["channels"] == ["conda-forge"]


def test_lock_pins_one_version_of_each_package_inside_its_bounds(
    declared: Bounds, sought: list[Requirement], locked: list[Requirement]
) -> None:
    for python, system in product(PYTHONS, SYSTEMS):
        machine = {**system, "python_full_version": python, "implementation_name": "cpython"}
        chosen = [pin for pin in locked if pin.marker is None or pin.marker.evaluate(machine)]
        versions = {canonicalize_name(pin.name): str(pin.specifier) for pin in chosen}
        assert len(versions) == len(chosen), f"a package stands twice for {machine}"
        for name, bounds in declared.items():
            pinned = versions.get(name, "==0").removeprefix("==")
            assert bounds.contains(pinned), f"{name} {pinned} is outside {bounds} on {machine}"
        for extra in sought:
            asked = extra.marker is None or extra.marker.evaluate(machine)
            assert (extra.name in versions) == asked, f"{extra.name} on {machine}"


def test_lock_holds_exact_versions_from_no_named_place(locked: list[Requirement]) -> None:
    assert all(re.fullmatch(r"==[\w.]+", str(pin.specifier)) for pin in locked)
    assert not re.search(r"^\s*-|\s@\s|[\\/]", read("requirements.lock"), re.M)
    assert "python3 run.py lock" in read("requirements.lock").splitlines()[1]


def test_run_py_reads_the_same_bounds_as_packaging(declared: Bounds, project: dict) -> None:
    found = environment.read_requirements(PROJECT, packages="everything")
    assert {canonicalize_name(name): SpecifierSet(found[name]) for name in found} == declared
    runtime = environment.read_requirements(PROJECT, packages="runtime")
    readers = project["project"]["optional-dependencies"]["readers"]
    assert list(runtime) == list(bounds_of(project["project"]["dependencies"] + readers))


def test_run_py_understands_every_bound(declared: Bounds, locked: list[Requirement]) -> None:
    for name, bounds in declared.items():
        assert {bound.operator for bound in bounds} <= {">=", "==", "<"}, name
    for pin in locked:
        version = str(pin.specifier).removeprefix("==")
        bounds = declared.get(canonicalize_name(pin.name), SpecifierSet())
        assert environment.satisfies(version, str(bounds)) == bounds.contains(version)


def test_supported_pythons_are_the_same_everywhere(project: dict) -> None:
    asked = SpecifierSet(project["project"]["requires-python"])
    supported = [f"3.{minor}" for minor in range(30) if asked.contains(f"3.{minor}")]
    lowest, beyond = environment.SUPPORTED
    assert [f"3.{minor}" for minor in range(lowest[1], beyond[1])] == supported
    workflow = yaml.safe_load(read(".github/workflows/ci.yml"))
    assert workflow["jobs"]["suite"]["strategy"]["matrix"]["python"] == supported
    assert f"Python {', '.join(supported[:-1])} or {supported[-1]}" in read("run.py")
    assert f"if not {lowest} <= sys.version_info[:2] < {beyond}:" in read("run.py")


def test_public_workflow_gives_the_readmes_two_commands_on_three_systems() -> None:
    suite = yaml.safe_load(read(".github/workflows/ci.yml"))["jobs"]["suite"]
    given = {step["run"].replace("python ", "python3 ") for step in suite["steps"] if "run" in step}
    assert given == {"python3 run.py", "python3 run.py test"}
    assert {system.split("-")[0] for system in suite["strategy"]["matrix"]["os"]} == {
        "ubuntu", "macos", "windows",
    }  # fmt: skip
    assert given <= {line.split("#")[0].strip() for line in read("README.md").splitlines()}
    assert "not run yet" in read(".github/workflows/ci.yml").splitlines()[0]


def test_makefile_and_ci_call_run_py_only() -> None:
    called = re.findall(r"^\t\$\(PYTHON\) run\.py ?([\w-]*)$", read("Makefile"), flags=re.M)
    assert sorted(word or "notebooks" for word in called) == sorted(commands.COMMANDS)
    assert read(".ci/run").rstrip().endswith("python3 run.py test </dev/null")
    assert "set -euo pipefail" in read(".ci/run")
