"""The house: rooms in one order, few names, short modules, and a map that equals the tree."""

import ast
import functools
import re

import house_size
import pytest

import impactkit as ik

ROOMS = (
    "errors",
    "wording",
    "data",
    "indicators",
    "effects",
    "valuation",
    "evidence",
    "display",
    "reports",
    "cli",
)
# Library -> the modules that may import it (a prefix stands for a room).
OWNERS = {
    "frictionless": ("data.check",),
    "openpyxl": ("data.workbook",),
    "python_calamine": ("data.workbook", "data.sources", "reports.explain"),
    "defusedxml": ("data.workbook",),
    "cryptography": ("reports.keys",),
    "httpx": ("data.sources",),
    "statsmodels": ("indicators", "effects", "valuation"),
    "diff_diff": ("effects",),
    "scipy": ("data.neighbours", "effects", "indicators.suppression"),
    "matplotlib": ("display",),
    "typst": ("reports.pdf",),
    "papermill": ("reports",),
    "nbclient": ("reports",),
    "nbconvert": ("reports",),
    "nbformat": ("reports",),
    "dask": ("reports.run",),
    "babel": ("wording",),
    "typer": ("cli",),
    "ipywidgets": ("display.explorer",),
}
# Named where a report is checked for what this machine has.
DOCTOR = "reports.doctor"
MOST_NAMES, MOST_LINES, WIDEST = 45, 350, 110
# What rounding hides.
HAIR = 0.005


def _modules(repo):
    root = repo / "src" / "impactkit"
    for file in sorted(root.rglob("*.py")):
        yield ".".join(file.relative_to(root).with_suffix("").parts).removesuffix(".__init__"), file


@functools.cache
def _imports(file):
    return list(_imported(ast.parse(file.read_text("utf-8"))))


def _imported(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_a_room_uses_only_rooms_on_its_left(repo):
    for module, file in _modules(repo):
        room = module.split(".")[0]
        if module in ("__init__", "__main__"):
            continue
        assert room in ROOMS, f"{file.name} is in no room"
        for name in _imports(file):
            if name.startswith("impactkit."):
                other = name.split(".")[1]
                if other in ROOMS:
                    assert ROOMS.index(other) <= ROOMS.index(room), f"{module} may not use {name}"


def test_each_library_has_its_owner(repo):
    for module, file in _modules(repo):
        for name in {name.split(".")[0] for name in _imports(file)}:
            owners = OWNERS.get(name)
            if owners and module != DOCTOR:
                assert module.startswith(owners), f"{module} may not import {name}"


def test_modules_are_short_and_lines_narrow(repo):
    for module, file in _modules(repo):
        lines = file.read_text("utf-8").splitlines()
        assert len(lines) < MOST_LINES, f"{module} has {len(lines)} lines"
        wide = [i for i, line in enumerate(lines, start=1) if len(line) > WIDEST]
        assert not wide, f"{module}: lines {wide} are too wide"


@pytest.mark.parametrize("room", house_size.rooms())
def test_a_room_grows_neither_denser_nor_vaguer(room):
    """tests/house_size.csv: the ratios only go down, and more nodes have a reason beside them."""
    size, (nodes, density, vagueness) = house_size.rooms()[room], house_size.recorded()[room]
    assert size.density <= density + HAIR
    assert size.vagueness <= vagueness + HAIR
    assert size.nodes <= nodes


def test_what_is_counted_is_the_syntax_and_the_names(tmp_path):
    module = tmp_path / "light.py"
    module.write_text(
        '"""Words.\n\nMore."""\n\n# A reason.\ndef rows(given):\n    found = given\n    return found\n'
    )
    size = house_size.size_of(module)
    # Module, its docstring (2), function, arguments (2), assignment (5), return (3).
    assert (size.nodes, size.lines, size.names, size.vague) == (14, 3, 4, 3)


def test_nothing_is_swallowed(repo):
    for module, file in _modules(repo):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ExceptHandler):
                silent = all(isinstance(line, ast.Pass) for line in node.body)
                assert node.type is not None and not silent, f"{module}, line {node.lineno}"


def test_the_door_is_small_and_every_name_opens():
    assert len(ik.__all__) <= MOST_NAMES
    for name in ik.__all__:
        assert getattr(ik, name).__doc__, name
    with pytest.raises(AttributeError):
        ik.no_such_name  # noqa: B018


def test_the_map_equals_the_tree(repo):
    text = (repo / "ARCHITECTURE.md").read_text("utf-8")
    block = re.search(r"```tree\n(.*?)```", text, flags=re.DOTALL).group(1)
    drawn = {line.split()[0] for line in block.splitlines() if line.strip()}
    real = {
        f"src/impactkit/{module.replace('.', '/')}.py"
        for module, file in _modules(repo)
        if file.name != "__init__.py"
    }
    assert {path for path in drawn if path.startswith("src/")} == real
    for path in drawn:
        assert (repo / path).exists(), f"{path} is on the map only"
    named = set(re.findall(r"`ik\.([a-zA-Z_]+)", text))
    assert named == set(ik.__all__)


def test_importing_the_kit_loads_no_heavy_library(repo, processes):
    import sys

    heavy = ("pandas", "matplotlib", "papermill", "typst", "frictionless", "statsmodels", "IPython")
    code = f"import sys, impactkit; print([m for m in {heavy!r} if m in sys.modules])"
    out = processes.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def _notebooks(repo, pattern="*.ipynb"):
    import json

    for path in sorted((repo / "notebooks").glob(pattern)):
        yield path.name, json.loads(path.read_text("utf-8"))["cells"]


def test_notebooks_are_short_and_carry_no_output(repo):
    for name, cells in _notebooks(repo):
        assert len(cells) <= 25, name
        for cell in cells:
            lines = "".join(cell["source"]).splitlines()
            if cell["cell_type"] == "markdown":
                assert sum(line.startswith("#") for line in lines) <= 1, (name, lines)
            else:
                assert len(lines) <= 8, (name, lines)
                assert not cell["outputs"] and cell["execution_count"] is None, (name, lines)


def test_report_notebooks_tell_and_do_nothing_else(repo):
    banned = (ast.FunctionDef, ast.Try, ast.For, ast.While, ast.ClassDef, ast.Lambda, ast.comprehension)
    for name, cells in _notebooks(repo, "*_report.ipynb"):
        assert sum("parameters" in cell["metadata"].get("tags", []) for cell in cells) == 1, name
        for cell in cells:
            if cell["cell_type"] == "code":
                source = "".join(cell["source"])
                assert not any(isinstance(node, banned) for node in ast.walk(ast.parse(source))), source
