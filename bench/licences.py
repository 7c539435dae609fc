"""The licences of what the two locks install, as the libraries themselves declare them.

`make licences` lists them, and fails where a report would need a GPL, LGPL or AGPL library that offers no
other licence to choose, or one that declares no licence at all.
"""

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
COPYLEFT = re.compile(r"GPL|\bGNU\b|General Public License")
SPDX = {"Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0"}
UNDECLARED = "non déclarée"
INNERMOST = re.compile(r"\(([^()]*)\)")


def locked(lock: Path) -> set[str]:
    """The names that `lock` installs on this machine."""
    pins = re.findall(r"^(\S+==[^\\\n]+)", lock.read_text("utf-8"), flags=re.MULTILINE)
    wanted = [Requirement(pin) for pin in pins]
    return {canonicalize_name(pin.name) for pin in wanted if pin.marker is None or pin.marker.evaluate()}


def licence(description: metadata.PackageMetadata) -> str:
    """What a library declares: an SPDX expression where it writes one, else its classifiers.

    Several classifiers are as many licences to choose from.
    """
    for field in ("License-Expression", "License"):
        try:
            return canonicalize_license_expression(description.get(field) or "")
        except InvalidLicenseExpression:
            continue
    classified = [
        classifier.rpartition(" :: ")[2]
        for classifier in description.get_all("Classifier", [])
        if classifier.startswith("License :: ")
    ]
    choices = [SPDX.get(name, name) for name in classified if name != "OSI Approved"]
    line = (description.get("License") or "").partition("\n")[0]
    return " OR ".join(choices) or line or UNDECLARED


def is_copyleft(expression: str) -> bool:
    """Whether every licence to choose from is a GPL, an LGPL or an AGPL."""
    while inner := INNERMOST.search(expression):
        reduced = "GPL" if is_copyleft(inner[1]) else "chosen"
        expression = expression[: inner.start()] + reduced + expression[inner.end() :]
    return all(COPYLEFT.search(choice) for choice in expression.split(" OR "))


def refused(expression: str) -> bool:
    """Whether a report may not depend on it; what is not declared is not trusted."""
    return expression == UNDECLARED or is_copyleft(expression)


def licences(names: Iterable[str]) -> dict[str, str]:
    """The licence of each library, by its name; all must be installed."""
    return {name: licence(metadata.metadata(name)) for name in sorted(names)}


def listing(declared: dict[str, str]) -> str:
    """One line a licence, and who is under it."""
    names = defaultdict(list)
    for name, expression in declared.items():
        names[expression].append(name)
    return "\n".join(f"  {expression} : {', '.join(names[expression])}" for expression in sorted(names))


def main() -> int:
    run_time = licences(locked(RUN_TIME))
    development = licences(locked(DEVELOPMENT) - set(run_time))
    print(f"Pour un rapport ({len(run_time)}) :\n{listing(run_time)}")
    print(f"\nPour les tests, JupyterLab et la documentation ({len(development)}) :\n{listing(development)}")
    unfit = [name for name, expression in run_time.items() if refused(expression)]
    for name in unfit:
        print(f"{name} : {run_time[name]}, sans autre licence au choix.", file=sys.stderr)
    return 1 if unfit else 0


if __name__ == "__main__":
    sys.exit(main())
