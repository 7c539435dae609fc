"""The same targets led by what each input reaches in the kit: atheris, where somebody has installed it.

It is no dependency of the kit. libFuzzer makes bytes, hypothesis makes an input of them, and what is a crash
is the same (judge.py). The process ends with libFuzzer: each crash is told when it is found.
"""

from __future__ import annotations

import importlib
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

# Between two lines, so many seconds.
EVERY = 5.0


def run(
    name: str, *, seconds: float, first: int, root: Path, kept: Path | None, tell: Callable[[Any], None]
) -> None:
    """One target for so many seconds."""
    import atheris

    with atheris.instrument_imports(include=["impactkit"]):
        rounds = importlib.import_module("rounds")
    import hypothesis

    tempfile.tempdir = str(root / "trial")
    target, guard = rounds.TARGETS[name], rounds.Guard()
    rounds.warm(target, guard, root)
    found = rounds.Found(kept / "crashes" if kept else None)
    tell({"ready": True, "crashes": {}})
    last, count = time.monotonic(), 0

    @hypothesis.settings(database=None, deadline=None, suppress_health_check=list(hypothesis.HealthCheck))
    @hypothesis.given(target.inputs)
    def trial(value: Any) -> None:
        nonlocal last, count
        count += 1
        try:
            rounds.try_one(target, value, guard, root)
        except Exception as cause:
            crash = rounds.name_of(cause)
            if crash not in found.known:
                found.add(crash, value, cause)
        now = time.monotonic()
        if found.new or now - last > EVERY:
            tell({"seconds": now - last, "examples": count, "round": first + 1, **found.settle()})
            last, count = now, 0

    words = [
        f"-max_total_time={max(int(seconds), 1)}",
        f"-seed={first + 1}",
        "-rss_limit_mb=0",
        "-timeout=120",
    ]
    if kept:
        corpus = kept / "corpus"
        corpus.mkdir(parents=True, exist_ok=True)
        words.append(str(corpus))
    atheris.Setup([sys.argv[0], *words], trial.hypothesis.fuzz_one_input)
    atheris.Fuzz()
