"""Do the tests see a small fault in what decides? 300 faults, one at a time: `make mutants`.

Each is put in a copy of the repository, whose tests of that module run until the first that fails. Which
faults there are: `faults.py`; which modules and tests, and the seed: `mutants.toml`. What becomes of each is
kept in build/mutants.csv: a run that was stopped goes on; `--again` tries again what survived. Survivors
are judged, once, in `mutants_judged.csv`: `equivalent` (nothing that anybody could see changes) or `unseen`.

    python bench/mutants.py [--again] [--kind NAME] [--jobs N] [--list]
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import math
import tempfile
import time
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from faults import Fault, faults_of
from trials import HUNG, ROOT, SURVIVED, Copy, Stage, prepare, source

TABLE = ROOT / "bench" / "mutants.toml"
JUDGED = ROOT / "bench" / "mutants_judged.csv"
RESULTS = ROOT / "build" / "mutants.csv"
KEY = ("module", "function", "kind", "before", "after", "nth")
COLUMNS = (*KEY, "digest", "outcome", "seconds")
MOST_JOBS = 2
# The least share that must die.
LEAST = 0.85
HEAD = ("", "tirés", "essayés", "tués", "dont bloqués", "survivants", "dont sans effet", "% tués")
Key = tuple[str, ...]
EQUIVALENT, NOT_JUDGED = "equivalent", "(not judged)"


@dataclass(frozen=True)
class Kind:
    """What some modules decide, the tests that guard them, and the faults drawn."""

    name: str
    title: str
    modules: tuple[str, ...]
    stages: tuple[Stage, ...]
    drawn: tuple[Fault, ...]


@dataclass(frozen=True)
class Fates:
    """What became of the faults tried, and what was judged of some that survived."""

    outcomes: dict[Key, str]
    reasons: dict[Key, str]

    def line(self, name: str, drawn: Sequence[Fault]) -> str:
        """Drawn, tried, dead, of which hung, survivors, of which none at all; the share that died."""
        tried = self.tried(drawn)
        left = self.left(drawn)
        dead = len(tried) - len(left)
        share = self.share(drawn)
        error = math.sqrt(share * (1 - share) / max(len(tried), 1))
        judged = sum(self.judged(fault).startswith(EQUIVALENT) for fault in left)
        counts = (len(drawn), len(tried), dead, tried.count(HUNG), len(left), judged)
        return row(name, *map(str, counts), f"{100 * share:.1f} ± {100 * error:.1f}")

    def judged(self, fault: Fault) -> str:
        """What was said of it, with the reason."""
        return self.reasons.get(fault.key, NOT_JUDGED)

    def tried(self, drawn: Sequence[Fault]) -> list[str]:
        """The outcomes of those that were tried."""
        return [self.outcomes[fault.key] for fault in drawn if fault.key in self.outcomes]

    def share(self, drawn: Sequence[Fault]) -> float:
        """The share that died of those that were tried."""
        tried = self.tried(drawn)
        return (len(tried) - len(self.left(drawn))) / max(len(tried), 1)

    def left(self, drawn: Sequence[Fault]) -> list[Fault]:
        """Those that no test saw."""
        return [fault for fault in drawn if self.outcomes.get(fault.key) == SURVIVED]


def kinds() -> list[Kind]:
    """The table, and the faults that its seed draws."""
    table = tomllib.loads(TABLE.read_text("utf-8"))
    return [_kind(entry, table["seed"], table["drawn_of_each"]) for entry in table["kind"]]


def _kind(entry: dict, seed: int, count: int) -> Kind:
    modules = tuple(entry["modules"])
    every = []
    for module in modules:
        every += faults_of(source(ROOT, module), module)
    every.sort(key=lambda fault: fault.rank(seed))
    stages = [("all", tuple(entry["whole"])), ("quick", tuple(entry["quick"]))]
    tested = tuple(stage for stage in stages if stage[1])
    return Kind(entry["name"], entry["title"], modules, tested, tuple(every[:count]))


def fates(table: Sequence[Kind]) -> Fates:
    """What was written of the faults drawn, each in its module as it is now."""
    digests = {fault.key: _digest(fault) for kind in table for fault in kind.drawn}
    outcomes = {}
    for line in _lines(RESULTS, COLUMNS):
        key = _key(line)
        if digests.get(key) == line["digest"]:
            outcomes[key] = line["outcome"]
    reasons = {_key(line): f"{line['verdict']}: {line['reason']}" for line in _lines(JUDGED)}
    return Fates(outcomes, reasons)


def _lines(path: Path, columns: Sequence[str] | None = None) -> Iterator[dict[str, str]]:
    if not path.is_file():
        return
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, columns)


def _key(line: dict[str, str]) -> Key:
    return tuple(line[name] for name in KEY)


def _digest(fault: Fault) -> str:
    content = source(ROOT, fault.module).read_bytes()
    return hashlib.sha256(content).hexdigest()[:16]


def work(wanted: Sequence[tuple[Kind, Fault]]) -> None:
    """Try some faults in a copy of one's own."""
    limits = {}
    with tempfile.TemporaryDirectory(prefix="mutants-") as home:
        copy = Copy(Path(home))
        for kind, fault in wanted:
            if kind.name not in limits:
                limits[kind.name] = copy.limits(kind.stages)
            start = time.monotonic()
            outcome = copy.fate(fault, kind.stages, limits[kind.name])
            _keep(fault, outcome, time.monotonic() - start)


def _keep(fault: Fault, outcome: str, seconds: float) -> None:
    line = (*fault.key, _digest(fault), outcome, f"{seconds:.1f}")
    with RESULTS.open("a", encoding="utf-8", newline="") as file:
        csv.writer(file).writerow(line)
    print(f"{outcome:9}{seconds:6.1f} s  {fault}", flush=True)


def row(*cells: str) -> str:
    """A line of a table."""
    return "| " + " | ".join(cells) + " |"


def summary(table: Sequence[Kind]) -> float:
    """By kind and by module; then who survived, and what was judged of it. The share that died."""
    known = fates(table)
    print()
    print(row(*HEAD))
    print(row("---", *["---:"] * (len(HEAD) - 1)))
    total: list[Fault] = []
    for kind in table:
        total += kind.drawn
        print(known.line(f"**{kind.title}**", kind.drawn))
        for module in kind.modules:
            drawn = [fault for fault in kind.drawn if fault.module == module]
            if drawn:
                print(known.line(f"`{module}.py`", drawn))
    print(known.line("**ensemble**", total))
    print()
    for fault in known.left(total):
        print(f"- {fault}\n    {known.judged(fault)}")
    return known.share(total)


def main() -> None:
    """Try what was not tried yet, then say what is known of all."""
    reader = argparse.ArgumentParser()
    reader.add_argument("--again", action="store_true")
    reader.add_argument("--list", action="store_true")
    reader.add_argument("--kind")
    reader.add_argument("--jobs", type=int, default=1, choices=range(1, MOST_JOBS + 1))
    wish = reader.parse_args()
    table = [kind for kind in kinds() if wish.kind in (None, kind.name)]
    known = fates(table)
    done = set(known.outcomes)
    if wish.again:
        left = {key for key, outcome in known.outcomes.items() if outcome == SURVIVED}
        done -= left - known.reasons.keys()
    wanted = [(kind, fault) for kind in table for fault in kind.drawn if fault.key not in done]
    if wanted and not wish.list:
        _share_out(wanted, wish.jobs)
    if summary(table) < LEAST and not (wish.kind or wish.list):
        raise SystemExit(f"fewer than {LEAST:.0%} of the faults died")


def _share_out(wanted: Sequence[tuple[Kind, Fault]], jobs: int) -> None:
    prepare()
    RESULTS.parent.mkdir(exist_ok=True)
    start = get_context("fork").Process
    workers = [start(target=work, args=(wanted[at::jobs],)) for at in range(jobs)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if any(worker.exitcode for worker in workers):
        raise SystemExit("not all the faults were tried")


if __name__ == "__main__":
    main()
