"""Waiting for a fact: no test waits for a second to pass, nor says how long anything takes."""

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path

# Seconds that only what is stuck takes, whatever else the machine does.
STUCK = 300


def wait_for(fact, what):
    """What `fact` gives, once it is true; fails with `what` where it never is."""
    ends = time.monotonic() + STUCK
    while not (value := fact()):
        assert time.monotonic() < ends, f"in vain: {what}"
        time.sleep(0.01)
    return value


def ended(process):
    """What a process printed (output, errors), once it has ended; where it never does, fails with the stack
    of each of its threads (it must have PYTHONFAULTHANDLER).
    """
    try:
        return process.communicate(timeout=STUCK)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGABRT)
        _, words = process.communicate()
        raise AssertionError(f"it does not end:\n{words}") from None


def living(mark):
    """The processes whose environment holds the word `mark`, by number, with what they run."""
    alive = {}
    for folder in Path("/proc").glob("[0-9]*"):
        # One may end while it is looked at, and another is somebody else's.
        with contextlib.suppress(OSError):
            if mark.encode() in (folder / "environ").read_bytes() and int(folder.name) != os.getpid():
                alive[int(folder.name)] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    return alive
