"""`schedule`: the file that a scheduler needs to build reports; any other calls the command line."""

import shlex
import sys
from pathlib import Path

from impactkit.data.folders import find
from impactkit.errors import UnknownName
from impactkit.reports.html import TEMPLATE
from impactkit.wording.catalogue import say

# By name: systemd's OnCalendar, and the five fields of cron.
WHEN = {"daily": "17 5 * * *", "weekly": "17 5 * * 1", "monthly": "17 5 1 * *"}


def schedule(kind: str, folder: str | Path, *, to: str | Path, when: str = "monthly") -> dict[str, str]:
    """Files by name that build the reports of an evaluation `when` (daily, weekly, monthly): a unit and its
    timer for `systemd`, a line for `cron`. Raises UnknownName.
    """
    if when not in WHEN:
        raise UnknownName.among(say("noun.when"), when, WHEN)
    place, out = find(folder).resolve(), Path(to).resolve()
    command = [sys.executable, "-m", "impactkit", "run", str(place), "--to", str(out)]
    name = f"impactkit-{place.name}"
    if kind == "cron":
        # Under flock, a run that lasts is not started again; cron reads % as the end of the line.
        line = shlex.join(["flock", "-n", str(out / f".{name}.lock"), *command]).replace("%", r"\%")
        start = shlex.join(["mkdir", "-p", str(out)]).replace("%", r"\%")
        return {f"{name}.cron": f"{WHEN[when]} {start} && {line}\n"}
    if kind != "systemd":
        raise UnknownName.among(say("noun.scheduler"), kind, ("systemd", "cron"))
    what = say("schedule.what", evaluation=place.name)
    told = {"what": what, "when": when, "command": " ".join(map(_quoted, command))}
    units = {kind: (TEMPLATE / f"systemd.{kind}").read_text("utf-8") for kind in ("service", "timer")}
    return {f"{name}.{kind}": text.format(**told) for kind, text in units.items()}


def _quoted(word: str) -> str:
    """A word as systemd reads it back: % and $ would be replaced, spaces would cut it."""
    plain = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{plain}"'
