"""`make fuzz`: each target until its ten minutes are done, one after the other; a stopped run goes on.

    python fuzz/run.py [target ...] --seconds 600

What was done stands in build/fuzz: seconds and examples by target (state.json), the examples that
hypothesis keeps, and each crash with its smallest input. `--same` writes nothing there and begins at the
first seed: the same examples on every machine, as many of them as the seconds allow.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
KEPT = ROOT / "build" / "fuzz"
STATE = KEPT / "state.json"
# Without a word for so long, a child is in a library that hears no signal.
SILENCE = 120.0
# Children that died one after the other without a round between: the fault is not an input's.
MOST_DEATHS = 5
SAME, GUIDED = "--same", "--guided"
NEW = {"seconds": 0.0, "examples": 0, "round": 0, "crashes": {}}


def paths() -> list[str]:
    """Where the modules of the targets and what they share with the tests lie."""
    return [str(HERE), str(ROOT / "tests"), str(ROOT / "tests" / "workbooks"), str(ROOT / "src")]


def child(name: str, seconds: float, first: int, known: dict[str, str], *, kept: bool, guided: bool) -> None:
    """One target in this process; a line for each round on the standard output."""
    sys.path[:0] = paths()
    sys.dont_write_bytecode = True
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    with tempfile.TemporaryDirectory(prefix="fuzz-") as aside:
        root = Path(aside)
        place = KEPT / name if kept else None
        if place:
            place.mkdir(parents=True, exist_ok=True)
        if guided:
            import guided as by_coverage

            by_coverage.run(name, seconds=seconds, first=first, root=root, kept=place, tell=_tell)
        import rounds

        # What a reader puts aside for itself lies in the folder of the trial, too.
        tempfile.tempdir = str(root / "trial")
        for told in rounds.run(name, seconds=seconds, first=first, root=root, kept=place, known=known):
            _tell(told)


def _tell(told: dict[str, Any]) -> None:
    """What the runner is told, on a line."""
    print(json.dumps(told), flush=True)


def lines_of(command: Sequence[str]) -> Iterator[dict[str, Any] | str]:
    """What a child tells, round by round; and in words how it ended when it did not end well."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout and process.stderr
    heard = [time.monotonic()]
    watch = threading.Thread(target=_watch, args=(process, heard), daemon=True)
    watch.start()
    errors: list[str] = []
    drain = threading.Thread(target=lambda: errors.append(process.stderr.read()), daemon=True)
    drain.start()
    try:
        for line in process.stdout:
            heard[0] = time.monotonic()
            if line.startswith("{"):
                yield json.loads(line)
    finally:
        if process.poll() is None and sys.exc_info()[0] is GeneratorExit:
            process.kill()
        process.wait()
        drain.join()
    if process.returncode:
        words = errors[-1].strip().splitlines()[-1:] or [""]
        yield f"ended with {process.returncode}: {words[0][:200]}"


def _watch(process: subprocess.Popen[str], heard: list[float]) -> None:
    while process.poll() is None:
        if time.monotonic() - heard[0] > SILENCE:
            process.kill()
            return
        time.sleep(1)


def one(name: str, seconds: float, state: dict[str, Any], options: Sequence[str]) -> None:
    """One target until it has had its seconds; `state` follows, and is kept after each round."""
    guided, kept = GUIDED in options, SAME not in options
    told = state.setdefault(f"{name} {GUIDED}" if guided else name, json.loads(json.dumps(NEW)))
    deaths = 0
    while told["seconds"] < seconds:
        left = seconds - told["seconds"]
        words = [name, "--seconds", str(left), "--child", str(told["round"]), json.dumps(told["crashes"])]
        ready = False
        for line in lines_of([sys.executable, str(HERE / "run.py"), *words, *options]):
            if isinstance(line, str):
                deaths += 1
                if not ready or deaths > MOST_DEATHS:
                    sys.exit(line)
                # What it tried stands in a file of its own; the next round has other inputs.
                told["crashes"][line] = _left_by(name, told["round"])
                told["round"] += 1
                told["seconds"] += 1
            elif "ready" in line:
                ready, told["crashes"] = True, line["crashes"]
            else:
                deaths = 0
                told["seconds"] += line["seconds"]
                told["examples"] += line["examples"]
                told["round"] = line["round"]
                told["crashes"] |= line["crashes"]
                print(*line["traces"], sep="\n\n", end="", file=sys.stderr)
            if kept:
                STATE.parent.mkdir(parents=True, exist_ok=True)
                STATE.write_text(json.dumps(state, indent=1, ensure_ascii=False), "utf-8")
        if guided:
            # Its last seconds are told by nobody.
            return


def _left_by(name: str, number: int) -> str:
    """The name under which the last input of a process that died is kept, in words."""
    stem, current = f"died-in-{number}", KEPT / name / "current.txt"
    if current.is_file():
        (KEPT / name / "crashes").mkdir(exist_ok=True)
        (KEPT / name / "crashes" / f"{stem}.txt").write_bytes(current.read_bytes())
    return stem


def table(state: dict[str, Any], names: Sequence[str]) -> str:
    """Seconds, examples and crashes by target."""
    rows = [f"{'target':<28}{'seconds':>9}{'examples':>10}{'crashes':>9}"]
    for name in names:
        told = state.get(name, NEW)
        rows.append(f"{name:<28}{told['seconds']:>9.0f}{told['examples']:>10}{len(told['crashes']):>9}")
        rows += [f"    {stem}: {crash}" for crash, stem in told["crashes"].items()]
    return "\n".join(rows)


def main() -> int:
    """The targets named, or all; 1 when one of them has a crash."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("targets", nargs="*")
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument(SAME, action="store_true", help="the same examples everywhere; nothing is kept")
    parser.add_argument(GUIDED, action="store_true", help="led by coverage (atheris, if it is installed)")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child:
        first, known = int(asked.child[0]), json.loads(asked.child[1])
        how = {"kept": not asked.same, "guided": asked.guided}
        child(asked.targets[0], asked.seconds, first, known, **how)
        return 0
    names = asked.targets or NAMES
    if unknown := set(names) - set(NAMES):
        parser.error(f"no such target: {', '.join(sorted(unknown))}; there are: {', '.join(NAMES)}")
    options = [option for option, given in ((SAME, asked.same), (GUIDED, asked.guided)) if given]
    state = json.loads(STATE.read_text("utf-8")) if not asked.same and STATE.is_file() else {}
    for name in names:
        print(f"{name}…", file=sys.stderr, flush=True)
        one(name, asked.seconds, state, options)
    keys = [f"{name} {GUIDED}" if asked.guided else name for name in names]
    print(table(state, keys))
    return int(any(state[key]["crashes"] for key in keys))


# In the order in which they are tried; targets.py says what each is.
NAMES = (
    *("workbook-xlsx", "workbook-ods", "workbook-xls", "workbook-csv"),
    *("tables", "lists", "cells", "settings", "notebooks"),
    *("sources-tables", "sources-own", "sources-json"),
    *("sources-workbooks", "sources-archives", "sources-packed"),
    *("records", "journals", "moves", "pages-html", "pages-pdf", "pages-columns"),
)

if __name__ == "__main__":
    sys.exit(main())
