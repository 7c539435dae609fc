"""What a crash is: anything but a value, or an error of the kit that says what is wrong.

Beside an exception that is none of the kit's: more than ten seconds of processor, or one gigabyte of
addresses beyond those that the process had (RLIMIT_AS); a file written, moved or erased outside the
folder of the trial; a process or a connection begun; the text of a trace in what a person reads; a figure
that is not finite and says nothing; and what is not the same when it is read again.
"""

from __future__ import annotations

import contextlib
import gc
import math
import os
import resource
import shutil
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from impactkit.data import evaluation
from impactkit.errors import ImpactkitError

SECONDS, BYTES = 10.0, 1_000_000_000
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
# Events of the interpreter, and which of their arguments are paths that change.
CHANGES = {
    "os.rename": (0, 1),
    "os.remove": (0,),
    "os.rmdir": (0,),
    "os.mkdir": (0,),
    "os.link": (1,),
    "os.symlink": (1,),
    "os.truncate": (0,),
    "os.chmod": (0,),
}
# Where the folder descriptor of an event stands, for the paths that are told from one.
FOLDERS = {"os.remove": 1, "os.rmdir": 1, "os.mkdir": 2, "os.link": 3, "os.symlink": 2}
BEGUN = ("subprocess.Popen", "os.fork", "os.forkpty", "os.system", "os.exec", "os.posix_spawn")
REACHED = ("socket.connect", "socket.getaddrinfo")
TRACES = ("Traceback (most recent call last)", '.py", line ')


class Crash(Exception):
    """What no input may do."""


class TooSlow(BaseException):
    """The time is up: no handler of the kit takes it for an error of its own."""


class Outside(BaseException):
    """Something was about to be written, begun or reached outside; it was stopped."""


class Guard:
    """Sees every file that is written and every process begun while a trial runs."""

    def __init__(self) -> None:
        self.inside = ""
        self.seen = ""
        sys.addaudithook(self._event)

    def _event(self, name: str, arguments: tuple[Any, ...]) -> None:
        if not self.inside:
            return
        if name == "open":
            path, mode, flags = arguments
            if flags & WRITES or any(letter in (mode or "") for letter in "wax+"):
                self._write(path, None, follow=True)
        elif name in CHANGES:
            folder = arguments[FOLDERS[name]] if name in FOLDERS else -1
            for position in CHANGES[name]:
                self._write(arguments[position], folder, follow=False)
        elif name in BEGUN or name in REACHED:
            self._stop(f"{name} {arguments!r}"[:200])

    def _write(self, path: Any, folder: int | None, *, follow: bool) -> None:
        if isinstance(path, int) or os.fspath(path) in ("/dev/null", b"/dev/null"):
            return
        text = os.fsdecode(path)
        if folder is not None and folder >= 0:
            text = os.path.join(os.readlink(f"/proc/self/fd/{folder}"), text)
        parent, last = os.path.split(os.path.abspath(text))
        real = os.path.realpath(text) if follow else os.path.join(os.path.realpath(parent), last)
        if real != self.inside and not real.startswith(self.inside + os.sep):
            self._stop(f"written outside: {text}")

    def _stop(self, words: str) -> None:
        self.seen = self.seen or words
        raise Outside(words)


@contextlib.contextmanager
def guarded(guard: Guard, folder: Path) -> Iterator[None]:
    """A trial in `folder`: what it may not do raises Crash."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    addresses = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
    signal.signal(signal.SIGPROF, _out_of_time)
    guard.inside, guard.seen = os.path.realpath(folder), ""
    resource.setrlimit(resource.RLIMIT_AS, (addresses + BYTES, before[1]))
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    except (TooSlow, Outside, MemoryError) as cause:
        raise Crash(f"{type(cause).__name__}: {cause}") from cause
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        resource.setrlimit(resource.RLIMIT_AS, before)
        guard.inside = ""
    if guard.seen:
        raise Crash(guard.seen)


def _out_of_time(*_: Any) -> None:
    raise TooSlow(f"more than {SECONDS:.0f} s")


@contextlib.contextmanager
def fresh(root: Path) -> Iterator[Path]:
    """An empty folder for one trial, and the kit as it is when it starts."""
    folder = root / "trial"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    evaluation._read.cache_clear()
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
    if gc.get_count()[2] > 100:
        gc.collect()


def outcome(act: Callable[..., Any], *given: Any, **named: Any) -> tuple[str, Any]:
    """What an act gives: ("value", it), or ("refused", the words of the kit)."""
    try:
        return "value", act(*given, **named)
    except ImpactkitError as cause:
        return "refused", sentence(cause)


def sentence(cause: ImpactkitError) -> str:
    """The words of an error of the kit; Crash when there are none, or they are those of a trace."""
    if not cause.what.strip():
        raise Crash(f"{type(cause).__name__} says nothing") from cause
    return readable(f"{type(cause).__name__}: {cause}")


def readable(words: str) -> str:
    """The words themselves, unless a trace stands in them."""
    for trace in TRACES:
        if trace in words:
            raise Crash(f"a trace in what a person reads: {words[:500]}")
    return words


def twice(act: Callable[..., Any], *given: Any, **named: Any) -> tuple[str, Any]:
    """What an act gives, the same when it is done again."""
    first = outcome(act, *given, **named)
    evaluation._read.cache_clear()
    again = outcome(act, *given, **named)
    must(plain(first) == plain(again), "read again, it differs", plain(first), plain(again))
    return first


def must(holds: bool, words: str, *shown: Any) -> None:
    """Crash, with what is shown, when something does not hold."""
    if not holds:
        raise Crash(" | ".join([words, *(repr(thing)[:400] for thing in shown)]))


def finite(value: float, reason: str, *shown: Any) -> None:
    """A figure is finite and holds its units; a missing one has its reason."""
    must(not math.isinf(value) and (math.isnan(value) or abs(value) < 1e15), "no figure", value, *shown)
    must(not math.isnan(value) or bool(reason), "missing without a reason", *shown)


def plain(value: Any) -> Any:
    """A value as text and tuples, so that two of them may be compared; a missing number is itself."""
    if isinstance(value, pd.DataFrame):
        return "frame", tuple(map(str, value.columns)), plain(value.to_dict("list"))
    if is_dataclass(value) and not isinstance(value, type):
        return type(value).__name__, tuple(
            (one.name, plain(getattr(value, one.name))) for one in fields(value)
        )
    if isinstance(value, Mapping):
        return "mapping", tuple((plain(key), plain(part)) for key, part in value.items())
    if isinstance(value, frozenset | set):
        return "set", tuple(sorted(map(repr, map(plain, value))))
    if isinstance(value, list | tuple):
        return tuple(map(plain, value))
    return value if isinstance(value, str | bytes | int | None) else repr(value)
