"""The processes that tests start: all through one hand, which ends what a test has left."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

# The programs of the environment of the tests, whatever PATH says.
BIN = Path(sys.executable).parent
LONGEST = 900


class Processes:
    """Starts commands as a person types them; `started`: those that were not waited for."""

    def __init__(self) -> None:
        self.started: list[subprocess.Popen[Any]] = []

    def run(self, command: Sequence[str | Path], **options: Any) -> subprocess.CompletedProcess[str]:
        """A command to its end, with what it wrote as text."""
        usual = {"capture_output": True, "text": True, "timeout": LONGEST}
        return subprocess.run(list(map(str, command)), **usual | options)

    def python(self, *words: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
        """The interpreter of the tests, to its end."""
        return self.run([sys.executable, *words], **options)

    def impactkit(self, *words: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
        """A command of the kit, to its end."""
        return self.python("-m", "impactkit", *words, **options)

    def tool(self, name: str, *words: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
        """A program of the environment of the tests, to its end."""
        return self.run([BIN / name, *words], **options)

    def start(self, command: Sequence[str | Path], **options: Any) -> subprocess.Popen[Any]:
        """A command that goes on beside the test."""
        child = subprocess.Popen(list(map(str, command)), **options)
        self.started.append(child)
        return child

    def end(self) -> None:
        """Kill what still runs."""
        for child in self.started:
            if child.poll() is None:
                child.kill()
                child.wait()


def words_of(pdf: Path) -> str:
    """The text of a PDF in reading order, pages ended by form feeds."""
    command = ["pdftotext", "-raw", str(pdf), "-"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
