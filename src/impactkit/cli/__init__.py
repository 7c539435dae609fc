"""The command line's door; what it opens on is imported once Ctrl-C is heard."""

import os
import signal
from typing import Any, NoReturn

from impactkit.wording.language import FRENCH

INTERRUPTED = 130


def main() -> NoReturn:
    """The entry point: what goes wrong is said in words, with the exit code of its kind."""
    # Where it is ignored (`nohup`), it stays so.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, end_at_once)
    from impactkit.cli.commands import obey

    obey(FRENCH)


def end_at_once(*_: Any) -> NoReturn:
    """What Ctrl-C does while nothing is at stake. An exception in the midst of an import would be printed,
    or swallowed and the command go on.
    """
    os._exit(INTERRUPTED)
