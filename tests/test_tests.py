"""The tests themselves: none says how long anything takes, so that none depends on a quiet machine."""

import ast
import re

import pytest

CLOCKS = {"time", "monotonic", "perf_counter", "process_time", "thread_time"}
CLOCKS |= {f"{name}_ns" for name in CLOCKS}
# Where one waits for a fact, with a bound that only what is stuck meets.
WAITS = "waiting.py"


def reads_a_clock(tree, measured=frozenset()):
    """Whether an expression holds the time of a clock, or a name of `measured`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.value.id == "time" and node.attr in CLOCKS:
                return True
        if name_of(node) in measured:
            return True
    return False


def measured_names(tree):
    """The names that hold a time, or what is reckoned with one."""
    names, before = set(), None
    while names != before:
        before = set(names)
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign | ast.NamedExpr):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                if node.value and reads_a_clock(node.value, before):
                    parts = (part for target in targets for part in getattr(target, "elts", [target]))
                    names |= {name_of(part) for part in parts} - {None}
    return names


def name_of(node):
    """What a value is kept under: a name, or an attribute's."""
    return getattr(node, "attr", None) or getattr(node, "id", None)


def timed(text):
    """The lines of a program that compare what a clock gave."""
    tree = ast.parse(text)
    names, comparisons = (
        measured_names(tree),
        (node for node in ast.walk(tree) if isinstance(node, ast.Compare)),
    )
    return [node.lineno for node in comparisons if reads_a_clock(node, names)]


def test_no_test_compares_a_duration(repo):
    files = [file for file in (repo / "tests").rglob("*.py") if file.name != WAITS]
    assert len(files) > 90
    assert not {
        str(file.relative_to(repo)): lines for file in files if (lines := timed(file.read_text("utf-8")))
    }
    # They are read through the module, which is what is looked for.
    direct = re.compile("^ *from time import", re.MULTILINE)
    assert not [file.name for file in files if direct.search(file.read_text("utf-8"))]


@pytest.mark.parametrize(
    "text",
    [
        "import time\nstart = time.monotonic()\nassert time.monotonic() - start < 2",
        "import time\na = time.process_time()\nb = time.process_time() - a\nc: float = 2 * b\nassert 3 > c",
        "import time\nwhile (left := ends - time.time_ns()) > 0:\n    pass",
    ],
)
def test_what_compares_one_is_seen(text):
    assert timed(text)
    assert not timed(text.replace(" < 2", "").replace("3 > ", "").replace(" > 0", ""))
