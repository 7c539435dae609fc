"""The three tiers of the tests; which of them a test is in, what it asks for decides, never a mark by hand.

`quick` starts no process, opens no browser, builds no report and reads no official file; `test` has every
real component once and small; `all` is everything.
"""

from __future__ import annotations

import csv
import importlib
import multiprocessing.process
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
QUICK, TEST, ALL = "quick", "test", "all"
TIERS = (QUICK, TEST, ALL)
# Fixtures that give a real component, once and small.
REAL = frozenset({"processes", "built", "chromium", "explored", "lab"})
# Fixtures that give what takes minutes, or files that the repository does not carry.
WHOLE = frozenset(
    {
        "attacked",
        "built_demo",
        "built_official",
        "built_site",
        "cluster",
        "every_report",
        "hard_reports",
        "install",
        "laden",
        "many_worlds",
        "official",
        "published",
        "repository_copy",
        "sources",
    }
)
# How many examples hypothesis tries of a property that says no number.
MOST_EXAMPLES = 100
# What is asked for, set by conftest.py before any test is read.
tier = ALL
# A community of communes, a department without figures and a region.
SAMPLE = ("valence-romans", "mayotte", "occitanie-est")
PROGRAMME = "programme"
# So many cases of one test are quick.
QUICK_CASES = 3
# What starts a process, as the interpreter itself tells of it.
STARTS = frozenset(
    {"os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.system", "subprocess.Popen"}
)


def codes_of(evaluation: str) -> tuple[str, ...]:
    """The codes of the territories of an evaluation of this repository."""
    with (ROOT / "data" / evaluation / "territories.csv").open(encoding="utf-8", newline="") as file:
        return tuple(row["territory"] for row in csv.DictReader(file))


def examples(most: int) -> int:
    """How many cases are tried where `make test-all` tries `most`."""
    if tier == QUICK:
        return min(most, max(3, most // 25))
    return most if tier == ALL else min(most, max(5, most // 12))


def parameters(tier: str) -> dict[str, tuple[str, ...]]:
    """The values of the parameters that the tests share, by the name of the fixture."""
    if tier != ALL:
        return {
            "territory_code": SAMPLE,
            "report_name": tuple(f"french-impact/{code}" for code in SAMPLE),
            "page_name": ("french-impact/index.html", f"french-impact/{SAMPLE[0]}/report.html"),
            "numbered_notebook": ("00_commencer_ici.ipynb",),
        }
    territories = codes_of("french-impact")
    reports = [f"french-impact/{code}" for code in (*territories, PROGRAMME)]
    reports += [f"demo/{code}" for code in (*codes_of("demo"), PROGRAMME)]
    pages = [f"{name}/report.html" for name in reports]
    notebooks = sorted(path.name for path in (ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
    return {
        "territory_code": territories,
        "report_name": tuple(reports),
        "page_name": (*pages, "french-impact/index.html", "demo/index.html"),
        "numbered_notebook": tuple(notebooks),
    }


def tier_of(fixtures: Iterable[str], positions: Iterable[int]) -> str:
    """The tier of a test, by its fixtures and the positions of its parameters.

    Of the cases of one test that asks for a real component, the first is in `test`; of another, the first
    three are in `quick` and the rest in `test`.
    """
    names, further = set(fixtures), max(positions, default=0)
    if names & WHOLE:
        return ALL
    if names & REAL:
        return ALL if further else TEST
    return TEST if further >= QUICK_CASES else QUICK


class Guard:
    """Fails a quick test that starts a process."""

    def __init__(self) -> None:
        self.test = ""
        self.started: list[str] = []

    def watch(self) -> None:
        """From now on, for as long as the interpreter runs."""
        # The first to draw lists the fonts of the machine, in a process of its own.
        importlib.import_module("matplotlib.font_manager")
        sys.addaudithook(self._event)
        start = multiprocessing.process.BaseProcess.start

        def watched(process: multiprocessing.process.BaseProcess) -> None:
            self._event("multiprocessing.Process", ())
            start(process)

        multiprocessing.process.BaseProcess.start = watched

    def _event(self, name: str, arguments: tuple[object, ...]) -> None:
        if self.test and (name in STARTS or name == "multiprocessing.Process"):
            self.started.append(name)
            raise AssertionError(f"{name}: a quick test starts no process; ask for the fixture `processes`")


# Which groups are begun first: none of two workers ends long after the other.
COSTS = {
    "lab": 9,
    "built_official": 8,
    "every_report": 7,
    "report_name": 7,
    "page_name": 7,
    "built_demo": 6,
    "official": 5,
    "built": 4,
}


def cost_of(fixtures: Iterable[str]) -> int:
    """How early a test is begun, by the dearest of its fixtures."""
    names = set(fixtures)
    return max((cost for name, cost in COSTS.items() if name in names), default=int("processes" in names))


def group_of(item: pytest.Item) -> str:
    """The tests that one worker runs in a row: those of a file, for what they share is made once.

    Tests that start processes and share nothing of their file's own are each alone.
    """
    path = item.nodeid.partition("::")[0]
    shared = {
        definition.scope
        for definitions in item._fixtureinfo.name2fixturedefs.values()
        for definition in definitions
        if definition.scope in ("module", "class") or definition.baseid == path
    } - {"function"}
    alone = "processes" in item.fixturenames and not shared
    return item.nodeid if alone else path
