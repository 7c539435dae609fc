"""The package built from the repository, or from a source archive: its wheel, its source archive."""

import os
from pathlib import Path
from subprocess import CompletedProcess

from processes import Processes

ROOT = Path(__file__).resolve().parents[1]


def hatchling(
    processes: Processes, target: str, folder: Path, source: Path = ROOT, repository: str = ""
) -> CompletedProcess[str]:
    environment = {**os.environ, "IMPACTKIT_REPOSITORY": repository}
    words = ("-m", "hatchling", "build", "-t", target, "-d", folder)
    return processes.python(*words, cwd=source, env=environment)


def build(
    processes: Processes, target: str, folder: Path, source: Path = ROOT, repository: str = ""
) -> Path:
    """The wheel or the source archive (`wheel`, `sdist`) that is built from `source`."""
    built = hatchling(processes, target, folder, source, repository)
    assert built.returncode == 0, built.stderr
    (archive,) = folder.glob("impactkit-*")
    return archive
