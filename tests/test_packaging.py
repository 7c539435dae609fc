"""The package as it is installed: one list of dependencies, two locks, a wheel that needs no repository."""

from __future__ import annotations

import ast
import csv
import json
import re
import shutil
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from email import message_from_string
from email.message import Message
from importlib import metadata
from pathlib import Path

import licences
import mistune
import pytest
import trove_classifiers
import yaml
from bs4 import BeautifulSoup
from built_package import build, hatchling
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import impactkit

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
RUN_TIME, DEVELOPMENT = LOCKS = ("requirements.lock", "requirements-dev.lock")
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


def locked(lock: str) -> dict[tuple[str, str], list[str]]:
    """The lines of each pinned (name, `==version` and its marker) of a lock, its hashes among them."""
    blocks: dict[tuple[str, str], list[str]] = {}
    lines: list[str] = []
    for line in (ROOT / lock).read_text("utf-8").splitlines():
        if pinned := re.match(r"([A-Za-z0-9._-]+)(==[^\\]+)", line):
            lines = blocks.setdefault((canonicalize_name(pinned[1]), pinned[2].strip()), [])
        lines.append(line.strip())
    return blocks


def closure(requirements: list[str]) -> set[str]:
    """The names that `requirements` install on this machine, from what each installed library declares."""
    waiting = [Requirement(line) for line in requirements]
    names: set[tuple[str, str]] = set()
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        for extra in {"", *requirement.extras} - {extra for seen, extra in names if seen == name}:
            names.add((name, extra))
            asked = [Requirement(line) for line in metadata.requires(name) or ()]
            waiting += [line for line in asked if not line.marker or line.marker.evaluate({"extra": extra})]
    return {name for name, _ in names}


def test_environment_lists_what_pyproject_asks():
    listed = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))["dependencies"]
    *libraries, itself = listed[-1]["pip"]
    assert listed[:-1] == ["python=3.11", "pip"]
    assert sorted(libraries) == sorted(PROJECT["dependencies"] + EXTRAS["lab"])
    assert itself == "-e .[build,dev,docs]"


def test_the_extras_are_these():
    assert sorted(EXTRAS) == ["build", "cluster", "dev", "docs", "lab", "signing", "verify"]


@pytest.mark.parametrize("lock", LOCKS)
@pytest.mark.parametrize("line", PROJECT["dependencies"] + EXTRAS["build"])
def test_both_locks_hold_what_a_report_needs(lock, line):
    assert_in_range(line, lock)


@pytest.mark.parametrize(
    "line", EXTRAS["lab"] + EXTRAS["dev"] + EXTRAS["docs"] + EXTRAS["cluster"] + EXTRAS["signing"]
)
def test_the_second_lock_holds_the_dependency_in_its_range(line):
    assert_in_range(line, DEVELOPMENT)


def assert_in_range(line: str, lock: str) -> None:
    asked = Requirement(line)
    pinned = [pin for name, pin in locked(lock) if name == canonicalize_name(asked.name)]
    versions = [pin.removeprefix("==").split()[0] for pin in pinned]
    assert versions and all(version in asked.specifier for version in versions), f"{versions}: make lock"


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_hashes_and_no_address(lock):
    bare = [
        package
        for package, lines in locked(lock).items()
        if not any(line.startswith("--hash=sha256:") for line in lines)
    ]
    assert locked(lock) and not bare
    assert not re.search(r"://|--index|--extra-index|--find-links", (ROOT / lock).read_text("utf-8"))


def test_the_second_lock_holds_the_versions_of_the_first_and_their_hashes():
    # Its markers may be wider: what a report needs on one system alone, a test may need on each.
    def hashes(lock: str) -> dict[tuple[str, str], set[str]]:
        return {
            (name, pin.split()[0]): {line.rstrip(" \\") for line in lines if line.startswith("--hash")}
            for (name, pin), lines in locked(lock).items()
        }

    first, second = hashes(RUN_TIME), hashes(DEVELOPMENT)
    assert {package: second.get(package) for package in first} == first


def test_the_first_lock_installs_what_a_report_needs_and_nothing_else():
    # The second step of an installation is made without build isolation: it finds the build's two, or fails.
    needed = closure(PROJECT["dependencies"] + EXTRAS["build"])
    assert licences.locked(ROOT / RUN_TIME) == needed
    assert licences.locked(ROOT / DEVELOPMENT) > needed


def test_the_build_backend_is_that_of_the_extra():
    built_with = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["build-system"]["requires"]
    assert set(built_with) < set(EXTRAS["build"])


def test_what_is_installed_holds_together(processes):
    checked = processes.python("-m", "pip", "check")
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize(
    "expression, copyleft",
    [
        ("MIT", False),
        ("MPL-2.0 AND MIT", False),
        ("GPL-3.0-or-later", True),
        ("LGPL-2.1-only AND MIT", True),
        ("AGPL-3.0-only OR GPL-2.0-only", True),
        ("MIT OR GPL-2.0-only", False),
        ("(MIT OR GPL-2.0-only) AND BSD-3-Clause", False),
        ("(MIT OR GPL-2.0-only) AND LGPL-2.1-only", True),
        ("Artistic License OR GNU General Public License (GPL)", False),
        ("GNU Lesser General Public License v3 (LGPLv3)", True),
    ],
)
def test_copyleft_is_what_leaves_no_other_choice(expression, copyleft):
    assert licences.is_copyleft(expression) == copyleft


def declaring(*headers: tuple[str, str]) -> Message:
    described = Message()
    for name, value in headers:
        described[name] = value
    return described


@pytest.mark.parametrize(
    "headers, licence",
    [
        ([("License-Expression", "MIT"), ("License", "GPL")], "MIT"),
        ([("License", "MPL-2.0 AND MIT")], "MPL-2.0 AND MIT"),
        (
            [("License", "A long text\nof many lines"), ("Classifier", "License :: X :: MIT License")],
            "MIT License",
        ),
        ([("Classifier", "License :: A"), ("Classifier", "License :: B")], "A OR B"),
        ([("License", "Three clauses\nand their text")], "Three clauses"),
        ([("Classifier", "License :: OSI Approved")], licences.UNDECLARED),
    ],
)
def test_a_licence_is_read_as_its_library_declares_it(headers, licence):
    assert licences.licence(declaring(*headers)) == licence


def test_a_report_depends_on_no_copyleft_and_says_its_weak_ones():
    declared = licences.licences(licences.locked(ROOT / RUN_TIME))
    assert not [name for name, expression in declared.items() if licences.refused(expression)]
    assert licences.refused(licences.UNDECLARED)
    weak = {name for name, expression in declared.items() if "MPL-2.0" in expression}
    assert weak == {"certifi", "pathspec", "tqdm"}
    assert "MPL-2.0 : certifi, pathspec\n" in licences.listing(declared)


def test_the_licences_that_are_written_are_those_of_the_lock():
    with licences.WRITTEN.open(encoding="utf-8", newline="") as file:
        written = {row["library"]: row["licence"] for row in csv.DictReader(file)}
    here = licences.licences(licences.locked(licences.RUN_TIME))
    assert {name: written.get(name) for name in here} == here, "make licences"
    assert written.keys() <= licences.pinned(licences.RUN_TIME), "make licences"


@pytest.fixture(scope="module")
def tracked(processes) -> list[str]:
    """The files of a fresh clone."""
    listed = processes.run(["git", "ls-files", "-z"], cwd=ROOT, check=True)
    return [name for name in listed.stdout.split("\0") if name]


def test_a_fresh_clone_holds_the_folders_that_one_looks_for(tracked):
    top = {name.split("/")[0] for name in tracked}
    assert top > {"notebooks", "src", "data", "reports", "tests", "environment.yml"}
    assert [name for name in tracked if name.startswith("reports/")] == ["reports/README.md"]
    assert {name.split("/")[1] for name in tracked if name.startswith("src/")} == {"impactkit"}


def test_clean_throws_reports_away_and_keeps_the_page_that_says_so(tmp_path, processes):
    shutil.copy(ROOT / "Makefile", tmp_path)
    built = tmp_path / "reports" / "essai" / "vallee"
    built.mkdir(parents=True)
    shutil.copy(ROOT / "reports" / "README.md", tmp_path / "reports")
    (built / "report.html").touch()
    for name in ("src", "tests", "notebooks", "docs/locale"):
        (tmp_path / name).mkdir(parents=True)
    processes.run(["make", "clean"], cwd=tmp_path, check=True)
    assert [path.name for path in (tmp_path / "reports").iterdir()] == ["README.md"]


def test_no_tracked_file_names_a_package_index(tracked):
    paths = [ROOT / name for name in tracked]
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
    declared = names([*PROJECT["dependencies"], *EXTRAS["cluster"], *EXTRAS["lab"], *EXTRAS["signing"]])
    owners = metadata.packages_distributions()
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
    zipfile.ZipFile(build(processes, "wheel", folder)).extractall(folder / "unpacked")
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


@pytest.fixture(scope="module")
def materials(wheel) -> str:
    """The bill of materials of the wheel."""
    (path,) = wheel.glob("impactkit-*.dist-info/sboms/*")
    assert path.name == "impactkit.cdx.json"
    return path.read_text("utf-8")


def test_the_bill_of_materials_is_as_cyclonedx_writes_them(materials):
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(materials) is None
    broken = materials.replace('"specVersion": "1.6"', '"specVersion": "1.6", "hachures": 1')
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(broken) is not None


def test_the_bill_of_materials_is_what_the_lock_installs(materials):
    bill = json.loads(materials)
    assert (bill["metadata"]["component"]["name"], bill["metadata"]["component"]["version"]) == (
        "impactkit",
        PROJECT["version"],
    )
    listed = {
        (library["name"], library["version"]): {one["content"] for one in library["hashes"]}
        for library in bill["components"]
    }
    assert listed == {
        (name, pin.removeprefix("==").split()[0]): {
            found for line in lines for found in re.findall("sha256:([0-9a-f]{64})", line)
        }
        for (name, pin), lines in locked(RUN_TIME).items()
    }
    markers = {
        one["name"]: one["properties"][0]["value"] for one in bill["components"] if "properties" in one
    }
    assert markers["appnope"] == "sys_platform == 'darwin'"
    assert all(one["purl"] == f"pkg:pypi/{one['name']}@{one['version']}" for one in bill["components"])


def test_the_bill_of_materials_says_licences_and_who_needs_what(materials):
    bill = json.loads(materials)
    libraries = {one["bom-ref"]: one for one in bill["components"]}
    by_name = {one["name"]: one for one in bill["components"]}
    assert by_name["typer"]["licenses"] == [{"expression": "MIT"}]
    assert by_name["comm"]["licenses"] == [{"license": {"name": "BSD License"}}]
    unknown = {one["name"] for one in bill["components"] if "licenses" not in one}
    assert not unknown & licences.locked(licences.RUN_TIME)
    needs = {
        one["ref"]: {libraries[ref]["name"] for ref in one["dependsOn"]} for one in bill["dependencies"]
    }
    assert needs[f"pkg:pypi/impactkit@{PROJECT['version']}"] == names(
        PROJECT["dependencies"] + EXTRAS["build"]
    )
    assert "nbformat" in needs[by_name["nbconvert"]["purl"]]


def test_the_bill_of_materials_is_dated_as_it_is_asked(tmp_path, monkeypatch, processes, materials):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    once, again = (build(processes, "wheel", tmp_path / name).read_bytes() for name in ("once", "again"))
    assert once == again
    (archive,) = (tmp_path / "once").iterdir()
    with zipfile.ZipFile(archive) as opened:
        (name,) = [name for name in opened.namelist() if "/sboms/" in name]
        dated = json.loads(opened.read(name))
    assert dated["metadata"]["timestamp"] == "2023-11-14T22:13:20Z"
    assert "timestamp" not in json.loads(materials)["metadata"]
    assert dated["serialNumber"] != json.loads(materials)["serialNumber"]


def test_version_is_said_once():
    assert impactkit.__version__ == PROJECT["version"]


@pytest.fixture(scope="module")
def metadata_of(tmp_path_factory, processes):
    """What a wheel says of itself, built with IMPACTKIT_REPOSITORY set to an address, or not set."""

    def built_with(repository: str) -> Message:
        archive = build(processes, "wheel", tmp_path_factory.mktemp("named"), repository=repository)
        with zipfile.ZipFile(archive) as opened:
            (name,) = [name for name in opened.namelist() if name.endswith(".dist-info/METADATA")]
            return message_from_string(opened.read(name).decode("utf-8"))

    return built_with


PUBLIC = "https://forge.example/impactkit/impactkit"
README = (ROOT / "README.md").read_text("utf-8")
FILES_LINKED = set(re.findall(r"\]\(([^):]+)\)", README))
IMAGE = re.search(r"!\[(.+)\]\((.+)\)", README)


def page_of(described: Message) -> BeautifulSoup:
    """The README as an index shows it."""
    text = described.get_payload()
    return BeautifulSoup(mistune.html(text), "html.parser")


def test_away_from_the_repository_every_link_leads_to_it(metadata_of):
    described = metadata_of(PUBLIC)
    page = page_of(described)
    assert {link["href"] for link in page.find_all("a")} == {
        f"{PUBLIC}/blob/main/{target}" for target in FILES_LINKED - {IMAGE[2]}
    }
    (image,) = page.find_all("img")
    assert image["src"] == f"{PUBLIC}/raw/main/{IMAGE[2]}" and image["alt"] == IMAGE[1]
    assert set(described.get_all("Project-URL")) == {
        f"Changelog, {PUBLIC}/blob/main/CHANGELOG.md",
        f"Issues, {PUBLIC}/issues",
        f"Source, {PUBLIC}",
    }


def test_without_a_public_repository_no_link_is_dead(metadata_of):
    described = metadata_of("")
    page = page_of(described)
    assert not page.find_all("a") and not page.find_all("img") and not described.get_all("Project-URL")
    assert IMAGE[1] in page.get_text() and "licence MIT" in page.get_text()
    # The commands and tables are those of the repository's page.
    assert [block.get_text() for block in page.find_all("pre")] == [
        block.get_text() for block in BeautifulSoup(mistune.html(README), "html.parser").find_all("pre")
    ]


@pytest.mark.parametrize("address", ["forge.example/a/b", "https://forge.example", f"{PUBLIC}/"])
def test_an_address_that_is_none_is_refused(tmp_path, address, processes):
    done = hatchling(processes, "wheel", tmp_path, ROOT, address)
    assert done.returncode != 0 and "IMPACTKIT_REPOSITORY" in done.stderr and not list(tmp_path.iterdir())


def test_a_wheel_names_and_carries_its_licences(wheel, metadata_of):
    described = metadata_of("")
    assert described["License-Expression"] == "MIT AND OFL-1.1 AND etalab-2.0"
    (carried,) = wheel.glob("impactkit-*.dist-info/licenses")
    assert files(carried) == {Path(name) for name in PROJECT["license-files"]}
    for name in files(carried):
        assert (carried / name).read_bytes() == (ROOT / name).read_bytes()
    assert (wheel / "impactkit" / "py.typed").is_file()


def test_the_classifiers_exist():
    assert PROJECT["keywords"] and set(PROJECT["classifiers"]) <= trove_classifiers.classifiers


@pytest.fixture(scope="module")
def source_archive(tmp_path_factory, processes) -> Path:
    """The source archive of this repository, unpacked."""
    folder = tmp_path_factory.mktemp("source")
    shutil.unpack_archive(build(processes, "sdist", folder), folder)
    (unpacked,) = [path for path in folder.iterdir() if path.is_dir()]
    return unpacked


def test_a_source_archive_carries_what_a_wheel_is_built_from_and_no_test(source_archive):
    assert {path.name for path in source_archive.iterdir() if not path.name.startswith(".")} == {
        *("README.md", "LICENSE", "LICENCE-DATA.md", "PKG-INFO", "pyproject.toml", "hatch_build.py"),
        *("requirements.lock", "requirements.licences.csv", "src", "data", "notebooks"),
    }
    assert not list(source_archive.rglob("test_*"))


def test_a_wheel_is_the_same_from_the_source_archive(source_archive, tmp_path, processes):
    from_repository = build(processes, "wheel", tmp_path / "repository")
    from_archive = build(processes, "wheel", tmp_path / "archive", source_archive)
    assert from_archive.read_bytes() == from_repository.read_bytes()
