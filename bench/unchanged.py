"""Whether reports are still those of an earlier commit: `python bench/unchanged.py [COMMIT]`.

Both evaluations are built twice with one SOURCE_DATE_EPOCH, by that commit and by this checkout: without
official files and, where IMPACTKIT_SOURCES says where they are, with them. HTML, CSV and texts of PDFs are
compared; what differs is listed, and the status is 1.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Before a language became a value, and results typed.
BEFORE = "1f36705"
DAY = "1796083200"
EVALUATIONS = ("data/demo", "data/french-impact")
SOURCES = ("IMPACTKIT_SOURCES", "IMPACTKIT_PUBLISHED")
ASIDE = (".signatures", ".inputs", "editions")


def build(checkout: Path, to: Path, environment: dict[str, str]) -> None:
    """The reports of both evaluations by the code of a checkout."""
    for evaluation in EVALUATIONS:
        command = [sys.executable, "-P", "-m", "impactkit", "run", evaluation, "--to", str(to)]
        environment |= {"PYTHONPATH": str(checkout / "src"), "SOURCE_DATE_EPOCH": DAY}
        subprocess.run(command, cwd=checkout, env=environment, check=True, stdout=subprocess.DEVNULL)


def files(folder: Path) -> set[Path]:
    """What a reader is given: pages, documents and tables, by their place in the folder."""
    every = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {
        path
        for path in every
        if path.suffix in (".html", ".csv", ".pdf") and not set(ASIDE) & set(path.parts)
    }


def content(path: Path) -> bytes:
    """The bytes of a file; of a PDF, its text."""
    if path.suffix != ".pdf":
        return path.read_bytes()
    return subprocess.run(["pdftotext", "-layout", str(path), "-"], check=True, capture_output=True).stdout


def differences(before: Path, now: Path) -> Iterator[str]:
    """The files that are in one of two folders alone, or do not say the same."""
    for path in sorted(files(before) ^ files(now)):
        yield f"{path}: in one of them alone"
    for path in sorted(files(before) & files(now)):
        if content(before / path) != content(now / path):
            yield str(path)


def main(commit: str) -> int:
    """Print what differs; 1 where anything does."""
    plain = {name: value for name, value in os.environ.items() if name not in SOURCES}
    kinds = {"without official files": plain}
    if SOURCES[0] in os.environ:
        kinds["with them"] = dict(os.environ)
    found = 0
    with tempfile.TemporaryDirectory() as name:
        aside = Path(name)
        subprocess.run(
            ["git", "worktree", "add", "-q", "--detach", str(aside / "code"), commit], cwd=ROOT, check=True
        )
        try:
            for kind, environment in kinds.items():
                folders = {"before": aside / f"before, {kind}", "now": aside / f"now, {kind}"}
                build(aside / "code", folders["before"], environment)
                build(ROOT, folders["now"], environment)
                count = len(files(folders["now"]))
                wrong = list(differences(folders["before"], folders["now"]))
                print(f"{kind}: {count} files, {len(wrong)} that differ from {commit}", *wrong, sep="\n  ")
                found += len(wrong)
        finally:
            subprocess.run(
                ["git", "worktree", "remove", "--force", str(aside / "code")], cwd=ROOT, check=True
            )
    return int(found > 0)


if __name__ == "__main__":
    sys.exit(main(*(sys.argv[1:] or [BEFORE])))
