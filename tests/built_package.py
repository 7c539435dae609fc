"""The package built from the repository, or from a source archive: its wheel, its source archive."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def hatchling(
    target: str, folder: Path, source: Path = ROOT, repository: str = ""
) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "IMPACTKIT_REPOSITORY": repository}
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(folder)]
    return subprocess.run(command, cwd=source, env=environment, capture_output=True, text=True)


def build(target: str, folder: Path, source: Path = ROOT, repository: str = "") -> Path:
    """The wheel or the source archive (`wheel`, `sdist`) that is built from `source`."""
    built = hatchling(target, folder, source, repository)
    assert built.returncode == 0, built.stderr
    (archive,) = folder.glob("impactkit-*")
    return archive
