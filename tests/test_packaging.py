"""The package as it is installed: one list of dependencies, one lock, and a wheel that needs no repository."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
# Spelled in two halves, or this file would be the one that names them.
INDEX_HOSTS = re.compile("|".join(["py" + r"pi\.org", "python" + "hosted", "registry" + r"\.npmjs", "deb" + r"\.debian\.org",
                                   "security" + r"\.debian", "conda" + r"\.anaconda"]))


def locked() -> dict[str, list[str]]:
    """Each package of requirements.lock with the lines that follow its name."""
    blocks: dict[str, list[str]] = {}
    for line in (ROOT / "requirements.lock").read_text("utf-8").splitlines():
        if found := re.match(r"([A-Za-z0-9._-]+)==", line):
            lines = blocks.setdefault(canonicalize_name(found[1]), [])
        elif line.strip():
            lines.append(line.strip())
    return blocks


def test_environment_lists_what_pyproject_asks():
    listed = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))["dependencies"]
    *libraries, itself = listed[-1]["pip"]
    assert listed[:-1] == ["python=3.11", "pip"]
    assert sorted(libraries) == sorted(PROJECT["dependencies"] + EXTRAS["lab"])
    assert itself == "-e .[dev]"


def test_the_extras_are_these():
    assert sorted(EXTRAS) == ["cluster", "dev", "lab", "maps", "verify"]


def test_lock_holds_every_dependency_in_its_range_with_hashes():
    text = (ROOT / "requirements.lock").read_text("utf-8")
    packages = locked()
    for asked in map(Requirement, PROJECT["dependencies"] + EXTRAS["lab"] + EXTRAS["dev"]):
        name = canonicalize_name(asked.name)
        versions = re.findall(rf"^{re.escape(name)}==([^ ;\\]+)", text, re.MULTILINE)
        assert versions, f"{name} is not in requirements.lock: make lock"
        assert all(version in asked.specifier for version in versions), f"{asked} is locked at {versions}: make lock"
    bare = [name for name, lines in packages.items() if not any(line.startswith("--hash=sha256:") for line in lines)]
    assert not bare
    assert "://" not in text and "--index" not in text and "--find-links" not in text


def test_build_backend_stands_in_the_lock():
    # The second step of an installation is made without build isolation: it finds these two or fails.
    assert {"hatchling", "editables"} <= locked().keys()


def test_no_tracked_file_names_a_package_index():
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    naming = []
    for name in filter(None, names.split("\0")):
        path = ROOT / name
        if path.is_file() and INDEX_HOSTS.search(path.read_bytes().decode("utf-8", "ignore")):
            naming.append(name)
    assert not naming


def test_every_library_imported_is_declared():
    lines = [*PROJECT["dependencies"], *EXTRAS["maps"], *EXTRAS["cluster"]]
    declared = {canonicalize_name(Requirement(line).name) for line in lines}
    owners = packages_distributions()
    missing = set()
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            modules = ([name.name for name in node.names] if isinstance(node, ast.Import)
                       else [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else [])
            for top in {module.split(".")[0] for module in modules} - set(sys.stdlib_module_names) - {"impactkit"}:
                packages = {canonicalize_name(owner) for owner in owners.get(top, [top])}
                if not packages & declared:
                    missing.add(f"{path.relative_to(ROOT)}: {top}")
    assert not missing


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from this repository and unpacked: the folder that site-packages would be."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)],
                   cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    zipfile.ZipFile(built).extractall(folder / "unpacked")
    return folder / "unpacked"


def test_wheel_holds_every_file_of_the_package(wheel):
    package = ROOT / "src" / "impactkit"
    here = {path.relative_to(package) for path in package.rglob("*") if path.is_file() and path.suffix != ".pyc"}
    there = {path.relative_to(wheel / "impactkit") for path in (wheel / "impactkit").rglob("*") if path.is_file()}
    assert {path for path in there if path.parts[0] != "_shipped"} == here


def test_wheel_carries_reference_schemas_and_notebook(wheel):
    asked = "from impactkit.data.folders import shipped; print(*map(shipped, ['reference', 'schemas', 'notebooks']))"
    found = subprocess.run([sys.executable, "-c", asked], cwd=wheel, env={"PYTHONPATH": str(wheel)},
                           capture_output=True, text=True, check=True).stdout.split()
    shipped = wheel / "impactkit" / "_shipped"
    assert found == [str(shipped / name) for name in ("reference", "schemas", "notebooks")]
    assert (shipped / "notebooks" / "territory_report.ipynb").is_file()
    for name in ("reference", "schemas"):
        here = ROOT / "data" / name
        files = sorted(path.name for path in here.iterdir() if path.is_file())
        assert sorted(path.name for path in (shipped / name).iterdir()) == files


def test_wheel_declares_the_command_and_the_two_exporters(wheel):
    (declared,) = wheel.glob("impactkit-*.dist-info/entry_points.txt")
    assert declared.read_text("utf-8").split("\n\n")[0].splitlines() == ["[console_scripts]", "impactkit = impactkit.cli:main"]
    assert "impactkit-html = impactkit.reports.html:ImpactHtmlExporter" in declared.read_text("utf-8")
    assert "impactkit-pdf = impactkit.reports.pdf:ImpactPdfExporter" in declared.read_text("utf-8")


def test_version_is_said_once():
    import impactkit

    assert impactkit.__version__ == PROJECT["version"]
