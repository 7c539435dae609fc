"""One at a time: who writes in a folder of reports, since when; the lock goes with its process."""

import contextlib
import datetime as dt
import fcntl
import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path

from impactkit.errors import RefusedData
from impactkit.reports.files import now
from impactkit.wording.catalogue import error, say
from impactkit.wording.numbers import date

FILE = ".lock"


@contextlib.contextmanager
def alone(target: Path) -> Iterator[None]:
    """Be the only one to write in `target`. Raises RefusedData naming who is."""
    # Never emptied before it is held: it names who holds it.
    with (target / FILE).open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as cause:
            lock.seek(0)
            raise error(RefusedData, "busy", where=target.name, holder=_holder(lock.read())) from cause
        lock.truncate(0)
        json.dump({"process": os.getpid(), "machine": socket.gethostname(), "since": now()}, lock)
        lock.flush()
        yield


def _holder(text: str) -> str:
    try:
        told = json.loads(text)
        since = dt.datetime.fromisoformat(told["since"])
    except (ValueError, KeyError, TypeError):
        return say("busy.unknown")
    day, hour = date(since.date().isoformat()), since.strftime("%H:%M")
    minutes = int((dt.datetime.now(dt.UTC) - since).total_seconds() // 60)
    return say("busy.holder", **{**told, "since": f"{day}, {hour}", "minutes": minutes})
