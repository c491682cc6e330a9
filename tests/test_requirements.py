"""The locked requirements: complete, checked by hash, and within the bounds of pyproject.toml."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parent.parent
LISTS = sorted((ROOT / "requirements").glob("*.txt"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
BOUNDS = {
    "runtime": PROJECT["dependencies"],
    "test": [*PROJECT["dependencies"], *EXTRAS["test"]],
    "dev": [*PROJECT["dependencies"], *EXTRAS["test"], *EXTRAS["dev"]],
    "build": ["setuptools>=80,<85"],
}


def pins(path):
    """Read a list as name -> (version, hashes)."""
    found = {}
    for line in path.read_text("utf-8").replace("\\\n", " ").splitlines():
        requirement, *hashes = line.split(" --hash=")
        parsed = Requirement(requirement.strip())
        (exactly,) = parsed.specifier
        assert exactly.operator == "=="
        assert canonicalize_name(parsed.name) not in found
        found[canonicalize_name(parsed.name)] = (Version(exactly.version), hashes)
    return found


def test_there_is_a_list_for_each_purpose():
    """Running, testing, working and building each have their list."""
    assert {path.stem for path in LISTS} == set(BOUNDS)


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.stem)
def test_every_package_is_pinned_with_hashes(path):
    """Each file that pip fetches can be checked."""
    for version, hashes in pins(path).values():
        assert version
        assert hashes
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", found.strip()) for found in hashes)


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.stem)
def test_no_list_says_where_its_packages_come_from(path):
    """The index is the machine's affair; the lists hold no address and no option."""
    for line in path.read_text("utf-8").splitlines():
        assert "://" not in line
        assert re.match(r"[a-z0-9]|    --hash=", line, re.IGNORECASE)


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.stem)
def test_the_pins_keep_the_bounds(path):
    """What pyproject.toml asks for is in the list, in a version that it allows."""
    pinned = pins(path)
    for bound in map(Requirement, BOUNDS[path.stem]):
        if bound.name != PROJECT["name"]:
            version, _ = pinned[canonicalize_name(bound.name)]
            assert bound.specifier.contains(version), f"{bound} but {version}"


def test_what_is_tested_is_what_runs():
    """A package has the same version in every list."""
    versions = {}
    for path in LISTS:
        for name, (version, _) in pins(path).items():
            assert versions.setdefault(name, version) == version


def test_the_build_tool_has_the_same_bounds_everywhere():
    """pyproject.toml and the list for building agree."""
    build = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["build-system"]["requires"]
    wanted = (ROOT / "requirements" / "build.in").read_text("utf-8").split()
    assert build == wanted == BOUNDS["build"]
