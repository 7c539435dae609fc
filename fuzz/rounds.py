"""Rounds of examples of one target: each has its own seed, so that a run goes on where it was stopped."""

from __future__ import annotations

import hashlib
import importlib
import pickle
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase
from hypothesis.database import DirectoryBasedExampleDatabase
from judge import Crash, Guard, fresh, guarded
from targets import TARGETS, Target

EXAMPLES = 100
PHASES = (Phase.reuse, Phase.generate, Phase.shrink)
# Seconds between two signs of life, and those that a crash may take to shrink once the time is up.
EVERY, GRACE = 5, 30
# How much of a crash is printed.
LONGEST = 4_000
# Crashes that are kept as they came: to try them again and again takes long.
HEAVY = ("TooSlow", "MemoryError")


class Enough(BaseException):
    """The time is up, whatever is being made smaller."""


@dataclass
class Found:
    """Crashes by what they are: the smallest example of each, and its trace."""

    folder: Path | None
    known: dict[str, str] = field(default_factory=dict)
    new: dict[str, tuple[Any, str]] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)

    def add(self, name: str, value: Any, cause: BaseException) -> None:
        """One crash more; of the same, the one that says it in the fewest letters."""
        trace = "".join(traceback.format_exception(cause))
        before = self.new.get(name)
        if before is None or len(repr(value)) < len(repr(before[0])):
            self.new[name] = (value, trace)

    def settle(self) -> dict[str, Any]:
        """The crashes of a round, with their traces: written down, and known from then on."""
        settled, traces = {}, []
        for name, (value, trace) in self.new.items():
            stem = hashlib.sha256(name.encode()).hexdigest()[:12]
            self.known[name] = settled[name] = stem
            words = f"{name}\n\n{value!r}\n\n{trace}"
            traces.append(words[-LONGEST:])
            if self.folder:
                self.folder.mkdir(parents=True, exist_ok=True)
                (self.folder / f"{stem}.pickle").write_bytes(pickle.dumps(value))
                (self.folder / f"{stem}.txt").write_text(words, "utf-8", "replace")
        self.new = {}
        return {"crashes": settled, "traces": traces}


def name_of(cause: BaseException) -> str:
    """What a crash is: its kind, and the last line of the kit that it passed."""
    frames = traceback.extract_tb(cause.__traceback__)
    inner = cause.__cause__ if isinstance(cause, Crash) and cause.__cause__ else cause
    frames = [*frames, *traceback.extract_tb(inner.__traceback__)] if inner is not cause else frames
    kit = [frame for frame in frames if "/src/impactkit/" in frame.filename] or frames[-1:]
    last = kit[-1]
    words = str(cause).partition(" | ")[0][:60] if isinstance(cause, Crash) else ""
    return f"{type(inner).__name__} {Path(last.filename).name}:{last.name} {words}".strip()


def try_one(target: Target, value: Any, guard: Guard, root: Path) -> None:
    """One example, in a folder of its own. Raises what it should not."""
    with fresh(root) as folder, guarded(guard, folder):
        target.check(value, folder)


def again(name: str, guard: Guard, root: Path, folder: Path, known: dict[str, str]) -> Iterator[str]:
    """Which of the crashes of an earlier run still are ones."""
    for crash, stem in known.items():
        file = folder / f"{stem}.pickle"
        if not file.is_file():
            # Of a process that died only the words of its input are left: somebody looks, and forgets it.
            yield crash
            continue
        try:
            try_one(TARGETS[name], pickle.loads(file.read_bytes()), guard, root)
        except Exception:
            yield crash


def run(
    name: str, *, seconds: float, first: int, root: Path, kept: Path | None, known: dict[str, str]
) -> Iterator[dict[str, Any]]:
    """Rounds until the time is up: how long each took, how many examples, which crashes are new."""
    target, guard = TARGETS[name], Guard()
    warm(target, guard, root)
    found = Found(kept / "crashes" if kept else None)
    if kept:
        still = set(again(name, guard, root, kept / "crashes", known))
        found.known = {crash: stem for crash, stem in known.items() if crash in still}
    yield {"ready": True, "crashes": found.known}
    begun = time.monotonic()
    number = first
    while (start := time.monotonic()) - begun < seconds:
        count = _round(target, number, found, guard, root, kept, begun + seconds)
        number += 1
        taken = time.monotonic() - start
        yield {"seconds": taken, "examples": count, "round": number, **found.settle()}


def warm(target: Target, guard: Guard, root: Path) -> None:
    """One example outside the limits: what is imported and prepared once is no cost of an input."""
    # It looks for its folder of settings when it is first asked.
    importlib.import_module("matplotlib.font_manager")
    value: list[Any] = []

    @hypothesis.settings(max_examples=1, database=None, phases=[Phase.generate], deadline=None)
    @hypothesis.seed(0)
    @hypothesis.given(target.inputs)
    def first(drawn: Any) -> None:
        value.append(drawn)

    first()
    with fresh(root) as folder:
        try:
            target.check(value[0], folder)
        except Exception:
            return


def _round(
    target: Target, number: int, found: Found, guard: Guard, root: Path, kept: Path | None, end: float
) -> int:
    """So many examples from one seed, or as many as there is time for."""
    count, last = 0, time.monotonic()
    database = DirectoryBasedExampleDatabase(kept / "examples") if kept else None
    current = kept / "current.txt" if kept else None

    @hypothesis.settings(
        max_examples=EXAMPLES,
        database=database,
        phases=PHASES,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    @hypothesis.seed(number)
    @hypothesis.given(target.inputs)
    def trial(value: Any) -> None:
        nonlocal count, last
        now = time.monotonic()
        if now - last > EVERY:
            # The runner waits for a word.
            print(flush=True)
            last = now
        if now > end + GRACE or (now > end and not found.new):
            raise Enough
        if current:
            current.write_text(repr(value), "utf-8", "replace")
        count += 1
        try:
            try_one(target, value, guard, root)
        except Exception as cause:
            name = name_of(cause)
            if name in found.known or (name in found.seen and any(kind in name for kind in HEAVY)):
                return
            found.add(name, value, cause)
            found.seen.add(name)
            if any(kind in name for kind in HEAVY):
                return
            raise

    try:
        trial()
    except Enough:
        return count
    except BaseException as cause:
        if isinstance(cause, KeyboardInterrupt) or not found.new:
            raise
    return count
