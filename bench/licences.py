"""The licences of what the two locks install, as the libraries themselves declare them.

`make licences` lists them, and fails where a report would need a GPL, LGPL or AGPL library that offers no
other licence to choose, or one that declares no licence at all. It writes those of the first lock into
requirements.licences.csv, for the bill of materials of a wheel: where that is built, nothing is installed.
"""

import csv
import io
import re
import sys
from collections import defaultdict
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
RUN_TIME, DEVELOPMENT = ROOT / "requirements.lock", ROOT / "requirements-dev.lock"
WRITTEN = ROOT / "requirements.licences.csv"
PINNED = re.compile(r"^(\S+==[^\\\n]+)", flags=re.MULTILINE)
COPYLEFT = re.compile(r"GPL|\bGNU\b|General Public License")
SPDX = {"Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0"}
UNDECLARED = "non déclarée"
INNERMOST = re.compile(r"\(([^()]*)\)")


def locked(lock: Path) -> set[str]:
    """The names that `lock` installs on this machine."""
    names = set()
    for pin in PINNED.findall(lock.read_text("utf-8")):
        requirement = Requirement(pin)
        marker = requirement.marker
        if marker is None or marker.evaluate():
            names.add(canonicalize_name(requirement.name))
    return names


def licence(description: metadata.PackageMetadata) -> str:
    """What a library declares: an SPDX expression where it writes one, else its classifiers.

    Several classifiers are as many licences to choose from.
    """
    for field in ("License-Expression", "License"):
        written = description.get(field) or ""
        try:
            return canonicalize_license_expression(written)
        except InvalidLicenseExpression:
            continue
    first_line = written.partition("\n")[0]
    return classified(description) or first_line or UNDECLARED


def classified(description: metadata.PackageMetadata) -> str:
    """The licences of a library's classifiers, or nothing."""
    choices = []
    for classifier in description.get_all("Classifier", []):
        kind, _, name = classifier.rpartition(" :: ")
        if kind.startswith("License") and name != "OSI Approved":
            choices.append(SPDX.get(name, name))
    return " OR ".join(choices)


def is_copyleft(expression: str) -> bool:
    """Whether every licence to choose from is a GPL, an LGPL or an AGPL."""
    while inner := INNERMOST.search(expression):
        reduced = "GPL" if is_copyleft(inner[1]) else "chosen"
        expression = expression.replace(inner[0], reduced)
    choices = expression.split(" OR ")
    return all(COPYLEFT.search(choice) for choice in choices)


def refused(expression: str) -> bool:
    """Whether a report may not depend on it; what is not declared is not trusted."""
    return expression == UNDECLARED or is_copyleft(expression)


def licences(names: Iterable[str]) -> dict[str, str]:
    """The licence of each library, by its name; all must be installed."""
    declared = {}
    for name in sorted(names):
        description = metadata.metadata(name)
        declared[name] = licence(description)
    return declared


def listing(declared: dict[str, str]) -> str:
    """One line a licence, and who is under it."""
    names = defaultdict(list)
    for name, expression in declared.items():
        names[expression].append(name)
    lines = []
    for expression in sorted(names):
        libraries = ", ".join(names[expression])
        lines.append(f"  {expression} : {libraries}")
    return "\n".join(lines)


def pinned(lock: Path) -> set[str]:
    """The names that `lock` installs on one machine or another."""
    return {canonicalize_name(Requirement(pin).name) for pin in PINNED.findall(lock.read_text("utf-8"))}


def table(lock: Path) -> str:
    """The licences of a lock as a CSV table; a library that another machine alone installs has none."""
    installed = licences(pinned(lock) & {canonicalize_name(one.name) for one in metadata.distributions()})
    rows = [("library", "licence"), *installed.items()]
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(rows)
    return written.getvalue()


def main() -> int:
    run_time = licences(locked(RUN_TIME))
    WRITTEN.write_text(table(RUN_TIME), "utf-8")
    development = locked(DEVELOPMENT) - set(run_time)
    print(f"Pour un rapport ({len(run_time)}) :")
    print(listing(run_time))
    print(f"\nPour les tests, JupyterLab et la documentation ({len(development)}) :")
    print(listing(licences(development)))
    unfit = [name for name, expression in run_time.items() if refused(expression)]
    for name in unfit:
        print(f"{name} : {run_time[name]}, sans autre licence au choix.", file=sys.stderr)
    return 1 if unfit else 0


if __name__ == "__main__":
    sys.exit(main())
