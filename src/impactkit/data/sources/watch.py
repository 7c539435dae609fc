"""A conversation with a server, cut when its time is over: each byte may come in time, and all never."""

import contextlib
import socket
import threading
from collections.abc import Mapping
from typing import Any

# What httpcore says when it has a connection, protected or not.
OPENED = ("connection.connect_tcp.complete", "connection.start_tls.complete")


class Watch:
    """Cuts the connection of a request some seconds after `begin`; `cut`: whether it did."""

    def __init__(self) -> None:
        self.cut = False
        self._socket: socket.socket | None = None
        self._timer: threading.Timer | None = None

    def trace(self, event: str, about: Mapping[str, Any]) -> None:
        """What httpcore calls at each step of a request (its extension `trace`)."""
        if event in OPENED:
            self._socket = about["return_value"].get_extra_info("socket")

    def begin(self, seconds: float) -> None:
        """Count from now, in place of what was counted before."""
        self.end()
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True
        self._timer.start()

    def end(self) -> None:
        """Count no more."""
        if self._timer:
            self._timer.cancel()

    def _cut(self) -> None:
        self.cut = True
        if self._socket:
            # The other side may have left at this very moment.
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
