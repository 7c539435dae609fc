"""What runs did: a JSON line per event to whoever listens, a line per run in their folder."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from impactkit.reports.failure import Outcome
from impactkit.reports.files import add_line, now
from impactkit.reports.record import versions

FILE = "history.jsonl"
Log = Callable[[Mapping[str, Any]], None]


class History:
    """Tells `log` of each event of a run, and writes the run's own line when it ends."""

    def __init__(self, target: Path, log: Log | None) -> None:
        self._path, self._log = target / FILE, log
        self._start, self._at, self._asked = time.monotonic(), now(), 0

    def started(self, evaluation: str, why: Mapping[str, Sequence[str]]) -> None:
        """The run begins: what it builds, and why."""
        self._asked = len(why)
        reports = {code: list(words) for code, words in why.items()}
        self._tell("started", evaluation=evaluation, reports=reports)

    def report(self, outcome: Outcome) -> None:
        """A report was built, or was not."""
        self._tell("report", built=outcome.built, **asdict(outcome))

    def ended(self, built: Sequence[str], failed: Sequence[str]) -> None:
        """The run ends, however it does: its line is added to the history."""
        seconds = round(time.monotonic() - self._start, 1)
        told = {"asked": self._asked, "built": list(built), "failed": list(failed), "seconds": seconds}
        self._tell("ended", **told)
        add_line(self._path, {"started": self._at, **told, "impactkit": versions()["impactkit"]})

    def _tell(self, event: str, **told: Any) -> None:
        if self._log:
            self._log({"event": event, "time": now(), **told})
