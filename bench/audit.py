"""The versions of the locks beside the faults that are publicly known of them, by pip-audit: `make audit`.

It asks a service of advisories (OSV, or the one of `--osv-url`) and needs the network. Ends with 0 when no
fault is known, 1 when one is, 2 when nothing could be checked: no answer is never taken for a good one. What
follows on the command line goes to pip-audit (`--ignore-vuln ID`).
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from licences import DEVELOPMENT, RUN_TIME, locked
from packaging.utils import canonicalize_name

CLEAN, FAULTY, UNCHECKED = 0, 1, 2
# A version whose faults have been public for years: a service that knows of none knows nothing.
KNOWN = "jinja2==2.4.1"
LONGEST = 900
WIDTH = 200


class Unanswered(Exception):
    """The service did not answer, or not what it should; its words."""


@dataclass(frozen=True)
class Fault:
    """A fault of a library: its advisory, and the versions that mend it."""

    library: str
    version: str
    advisory: str
    mended: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """One line, nothing in it that a terminal would obey."""
        mended = ", ".join(self.mended) or "aucune version corrigée"
        line = f"{self.library} {self.version} : {self.advisory} ; corrigé par : {mended}"
        return "".join(filter(str.isprintable, line))[:WIDTH]


def asked(requirements: Path, *options: str) -> list[dict[str, Any]]:
    """What pip-audit says of each library of a file. Raises Unanswered when it says nothing."""
    with tempfile.TemporaryDirectory() as cache:
        command = [sys.executable, "-m", "pip_audit", "-r", str(requirements), "--disable-pip"]
        command += ["--vulnerability-service", "osv", "--format", "json", "--progress-spinner", "off"]
        command += ["--cache-dir", cache, *options]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST)
        except subprocess.TimeoutExpired as cause:
            raise Unanswered(f"rien en {LONGEST} secondes") from cause
    try:
        libraries: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError, TypeError) as cause:
        last = done.stderr.strip().splitlines()[-1:] or ["aucune réponse"]
        raise Unanswered("".join(filter(str.isprintable, last[0]))[:WIDTH]) from cause
    return libraries


def faults(libraries: Sequence[dict[str, Any]]) -> list[Fault]:
    """The faults of libraries, by their names."""
    every = [
        Fault(library["name"], library["version"], advisory["id"], tuple(advisory["fix_versions"]))
        for library in libraries
        for advisory in library.get("vulns", ())
    ]
    return sorted(every, key=lambda fault: (fault.library, fault.advisory))


def checked(options: Sequence[str]) -> tuple[list[Fault], int]:
    """The faults known of the locks, and how many libraries were checked. Raises Unanswered when some were
    not, or when the service does not know what everybody knows.
    """
    with tempfile.TemporaryDirectory() as folder:
        known = Path(folder) / "known.txt"
        known.write_text(f"{KNOWN}\n", "utf-8")
        if not faults(asked(known, "--no-deps", *options)):
            raise Unanswered(f"le service ne sait rien de {KNOWN}, dont les failles sont connues")
    libraries = asked(DEVELOPMENT, "--require-hashes", *options)
    seen = {canonicalize_name(library["name"]) for library in libraries if "vulns" in library}
    if missing := sorted(locked(DEVELOPMENT) - seen):
        raise Unanswered(f"sans réponse pour {', '.join(missing)}")
    return faults(libraries), len(seen)


def main(options: Sequence[str]) -> int:
    try:
        known, count = checked(options)
    except Unanswered as cause:
        print(f"Rien n'a été vérifié : {cause}.", file=sys.stderr)
        print("Il faut le réseau : recommencer, ou lire les avis ailleurs.", file=sys.stderr)
        return UNCHECKED
    report = locked(RUN_TIME)
    for fault in known:
        where = "un rapport en dépend" if canonicalize_name(fault.library) in report else "tests et outils"
        print(f"{fault.sentence} ({where})")
    if known:
        print('À faire : make lock LOCK_FLAGS="--upgrade-package NOM", puis make test.', file=sys.stderr)
        return FAULTY
    print(f"{count} bibliothèques : aucune faille connue du service à cet instant.")
    return CLEAN


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
