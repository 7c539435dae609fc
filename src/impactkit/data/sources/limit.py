"""Never more than so many requests in so many seconds, whoever asks: several runs share one file."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO


@dataclass(frozen=True)
class Limiter:
    """At most `requests` in any `seconds`, over every process that uses the same `file`.

    The moments of the last requests are kept in the file, under a lock (where the system has one: POSIX), so
    that a run that is killed and started again does not pass the limit. INSEE Melodi allows 30 a minute.
    """

    file: Path
    requests: int = 30
    seconds: float = 60.0
    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep

    def wait(self) -> None:
        """Return when a request may leave, and count it."""
        while (pause := self._asked()) > 0:
            self.sleep(pause)

    def _asked(self) -> float:
        """Seconds to wait; 0 when the request was counted."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with self.file.open("a+", encoding="utf-8", errors="replace") as file:
            _lock(file)
            now = self.now()
            file.seek(0)
            # A clock that went back would block for ever: moments to come count as now.
            times = sorted(min(moment, now) for moment in _moments(file.read()))
            recent = [moment for moment in times if now - moment < self.seconds]
            if len(recent) >= self.requests:
                return max(recent[-self.requests] + self.seconds - now, 0.001)
            file.seek(0)
            file.truncate()
            json.dump([*recent, now], file)
            file.flush()
        return 0.0


def _moments(text: str) -> list[float]:
    try:
        found = json.loads(text or "[]")
    except ValueError:
        # Half a file: a run was killed while it wrote.
        return []
    return [float(one) for one in found if isinstance(one, (int, float))] if isinstance(found, list) else []


def _lock(file: IO[str]) -> None:
    try:
        import fcntl
    except ImportError:
        # Without POSIX locks, two runs at once may count apart.
        return
    fcntl.flock(file, fcntl.LOCK_EX)
