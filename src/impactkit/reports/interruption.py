"""Ctrl-C while reports are built: what it would leave half done is done first."""

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from typing import Any

# So many are held back; who insists is heard at once.
PATIENCE = 2


@contextlib.contextmanager
def held_back() -> Iterator[Callable[[], None]]:
    """Within, SIGINT raises nothing where it comes: an exception in the midst of a lock, of a start or of a
    clean-up leaves what nobody ends.

    Gives what raises KeyboardInterrupt if it has come, to be called where that is safe; at the end it is
    handed to who heard it before: this may itself be within another. Where signals are not heard (another
    thread) or not heeded (ignored), nothing is changed.
    """
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield lambda: None
        return
    came: list[int] = []

    def hold(number: int, frame: Any) -> None:
        came.append(number)
        if len(came) > PATIENCE:
            before(number, frame)

    def heed() -> None:
        if came:
            raise KeyboardInterrupt

    signal.signal(signal.SIGINT, hold)
    try:
        yield heed
    finally:
        signal.signal(signal.SIGINT, before)
    if came:
        before(signal.SIGINT, None)
