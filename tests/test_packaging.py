"""The package as it is installed: one list of dependencies, one lock, a wheel that needs no repository."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import impactkit

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
LOCK = (ROOT / "requirements.lock").read_text("utf-8")
# Cut in two, or this file would be the one that names them.
INDEX_HOSTS = re.compile(
    "|".join(
        a + b
        for a, b in [
            ("py", r"pi\.org"),
            ("python", "hosted"),
            ("npm", r"js\.org"),
            ("debian", r"\.org"),
            ("anaconda", r"\.org"),
        ]
    )
)


def names(requirements: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(line).name) for line in requirements}


def locked() -> dict[tuple[str, str], list[str]]:
    """The lines that follow each (package, version) of requirements.lock."""
    blocks: dict[tuple[str, str], list[str]] = {}
    for line in LOCK.splitlines():
        if found := re.match(r"([A-Za-z0-9._-]+)==([^ ;\\]+)", line):
            lines = blocks.setdefault((canonicalize_name(found[1]), found[2]), [])
        else:
            lines.append(line.strip())
    return blocks


def test_environment_lists_what_pyproject_asks():
    listed = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))["dependencies"]
    *libraries, itself = listed[-1]["pip"]
    assert listed[:-1] == ["python=3.11", "pip"]
    assert sorted(libraries) == sorted(PROJECT["dependencies"] + EXTRAS["lab"])
    assert itself == "-e .[dev,docs]"


def test_the_extras_are_these():
    assert sorted(EXTRAS) == ["cluster", "dev", "docs", "lab", "verify"]


@pytest.mark.parametrize("line", PROJECT["dependencies"] + EXTRAS["lab"] + EXTRAS["dev"] + EXTRAS["docs"])
def test_lock_holds_the_dependency_in_its_range(line):
    asked = Requirement(line)
    versions = [version for name, version in locked() if name == canonicalize_name(asked.name)]
    assert versions and all(version in asked.specifier for version in versions), f"{versions}: make lock"


def test_lock_has_hashes_and_no_address():
    bare = [
        package
        for package, lines in locked().items()
        if not any(line.startswith("--hash=sha256:") for line in lines)
    ]
    assert not bare
    assert not re.search(r"://|--index|--extra-index|--find-links", LOCK)


def test_build_backend_stands_in_the_lock():
    # The second step of an installation is made without build isolation: it finds these two or fails.
    assert {"hatchling", "editables"} <= {name for name, _ in locked()}


def test_no_tracked_file_names_a_package_index(processes):
    listed = processes.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True)
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    assert not [
        path
        for path in paths
        if path.is_file() and INDEX_HOSTS.search(path.read_bytes().decode("utf-8", "ignore"))
    ]


def imported(path: Path) -> Iterator[str]:
    """The top-level modules that a file imports, inside functions too."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name.split(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def test_every_library_imported_is_declared():
    declared = names([*PROJECT["dependencies"], *EXTRAS["cluster"], *EXTRAS["lab"]])
    owners = packages_distributions()
    ours = set(sys.stdlib_module_names) | {"impactkit"}
    undeclared = {
        f"{path.relative_to(ROOT)}: {module}"
        for path in (ROOT / "src").rglob("*.py")
        for module in set(imported(path)) - ours
        if not declared & {canonicalize_name(owner) for owner in owners.get(module, [module])}
    }
    assert not undeclared


def files(folder: Path) -> set[Path]:
    return {
        path.relative_to(folder)
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory, processes) -> Path:
    """A wheel built from this repository and unpacked: the folder that site-packages would be."""
    folder = tmp_path_factory.mktemp("wheel")
    built = processes.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert built.returncode == 0, built.stderr
    (archive,) = folder.glob("*.whl")
    zipfile.ZipFile(archive).extractall(folder / "unpacked")
    return folder / "unpacked"


def test_wheel_holds_every_file_of_the_package(wheel):
    packed = {path for path in files(wheel / "impactkit") if path.parts[0] != "_shipped"}
    assert packed == files(ROOT / "src" / "impactkit")


def test_wheel_carries_reference_schemas_and_notebook(wheel, processes):
    shipped = wheel / "impactkit" / "_shipped"
    names = "reference_folder(), schemas_folder(), demo_folder()"
    asked = f"from impactkit.data.folders import *; print({names}, sep='\\n')"
    found = processes.run(
        [sys.executable, "-c", asked],
        cwd=wheel,
        env={"PYTHONPATH": str(wheel)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert found == [str(shipped / name) for name in ("reference", "schemas", "demo")]
    assert files(shipped / "reference") == files(ROOT / "data" / "reference")
    assert files(shipped / "schemas") == files(ROOT / "data" / "schemas")
    assert files(shipped / "demo") == files(ROOT / "data" / "demo")
    assert files(shipped / "notebooks") == {Path("territory_report.ipynb"), Path("programme_report.ipynb")}


def test_wheel_declares_the_command_the_two_exporters_and_the_engine(wheel):
    (declared,) = wheel.glob("impactkit-*.dist-info/entry_points.txt")
    assert declared.read_text("utf-8").splitlines() == [
        "[console_scripts]",
        "impactkit = impactkit.cli:main",
        "",
        "[nbconvert.exporters]",
        "impactkit-html = impactkit.reports.exporters:ImpactHtmlExporter",
        "impactkit-pdf = impactkit.reports.exporters:ImpactPdfExporter",
        "",
        "[papermill.engine]",
        "fork = impactkit.reports.engine:ForkEngine",
    ]


def test_version_is_said_once():
    assert impactkit.__version__ == PROJECT["version"]
