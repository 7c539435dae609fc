"""So many requests a minute and no more, whatever the number of processes and however they end."""

import contextlib
import json
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from impactkit.data.sources.cache import locked, write_whole


@dataclass(frozen=True)
class Limiter:
    """At most `requests` in any window of `seconds`, for all who name the same `file` (and the same limit).

    The times of the last requests lie in the file, by the wall clock, so that they outlive a process that is
    killed; a request whose answer never came counts from when it left. A file that does not read as such
    counts as a window just filled; a time to come (the clock went back) counts as now.
    """

    file: Path
    requests: int = 30
    seconds: float = 60.0
    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep

    def wait(self) -> float:
        """Wait for a place in the window and take it; returns its time (seconds since 1970)."""
        while True:
            with self._alone():
                now = self.now()
                times = self._times(now)
                pause = times[-self.requests] + self.seconds - now if len(times) >= self.requests else 0.0
                if pause <= 0:
                    times.append(now)
                # What was mended (a broken file, times to come) is mended once: `now` moves on.
                self._write(times)
            if pause <= 0:
                return now
            # Not under the lock: an answer to another request must be told meanwhile.
            self.sleep(pause)

    def answered(self, place: float) -> None:
        """Say that the request which took `place` was answered just now: it reached the server at the latest
        now, and its window is counted from there.
        """
        with self._alone():
            now = self.now()
            times = self._times(now)
            if place in times:
                times.remove(place)
            self._write([*times, now])

    def _alone(self) -> contextlib.AbstractContextManager[None]:
        return locked(self.file.with_name(f".{self.file.name}.lock"))

    def _times(self, now: float) -> list[float]:
        try:
            held = json.loads(self.file.read_text("utf-8"))
            times = [float(one) for one in (held if isinstance(held, list) else [math.nan])]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, TypeError, OverflowError, RecursionError):
            times = [math.nan]
        whole = all(math.isfinite(one) for one in times)
        return sorted(min(one, now) for one in times) if whole else [now] * self.requests

    def _write(self, times: list[float]) -> None:
        write_whole(self.file, json.dumps(sorted(times)[-self.requests :]))
