"""`schedule`: the file that a scheduler needs to build reports; any other calls the command line."""

import os
import re
import shlex
import sys
import unicodedata
from pathlib import Path

from impactkit.data.folders import BASE, find
from impactkit.data.sources.found import CACHE, DROPPED, dropped_folder
from impactkit.errors import RefusedData
from impactkit.reports.html import TEMPLATE
from impactkit.wording.language import Language
from impactkit.wording.plain_lines import on_a_line

# By name: systemd's OnCalendar, and the five fields of cron.
WHEN = {"daily": "17 5 * * *", "weekly": "17 5 * * 1", "monthly": "17 5 1 * *"}

# Letters that no line of a scheduler's file holds, and what a unit may be called.
UNWRITTEN = ("Cc", "Zl", "Zp", "Cs")
UNIT = re.compile(r"[^A-Za-z0-9:_.-]")

# What a run reads of its environment: folders alone. What mail is sent with holds passwords, and a run sends
# none.
DEPENDS = (DROPPED, CACHE, BASE)


def schedule(
    language: Language, kind: str, folder: str | Path, *, to: str | Path, when: str = "monthly"
) -> dict[str, str]:
    """Files by name that build the reports of an evaluation `when` (daily, weekly, monthly): a unit and its
    timer for `systemd`, a line for `cron`. The folders that the environment names (official files, cache,
    base) are written there, as whole paths. Raises UnknownName, or RefusedData when they are none.
    """
    if when not in WHEN:
        raise language.unknown("noun.when", when, WHEN)
    place, out = find(folder).resolve(), Path(to).resolve()
    # -P: no module is taken from the folder where the scheduler starts.
    command = [sys.executable, "-P", "-m", "impactkit", "run", str(place), "--to", str(out)]
    settings = _variables(language)
    for word in (*command, *settings):
        _check_name(language, word)
    name = f"impactkit-{UNIT.sub('-', place.name)}"
    if kind == "cron":
        # Under flock, a run that lasts is not started again; cron reads % as the end of the line.
        if settings:
            command = ["env", *settings, *command]
        line = shlex.join(["flock", "-n", str(out / f".{name}.lock"), *command]).replace("%", r"\%")
        start = shlex.join(["mkdir", "-p", str(out)]).replace("%", r"\%")
        return {f"{name}.cron": f"{WHEN[when]} {start} && {line}\n"}
    if kind != "systemd":
        raise language.unknown("noun.scheduler", kind, ("systemd", "cron"))
    # A backslash at the end of a line would take the next one with it.
    described = on_a_line(place.name).replace("%", "%%").replace("\\", "/")
    what = language.say("schedule.what", evaluation=described)
    lines = [f"Environment={_quoted(setting)}\n" for setting in settings]
    # In a command, and there alone, $ would be replaced.
    words = [_quoted(word).replace("$", "$$") for word in command]
    told = {
        "what": what,
        "when": when,
        "variables": "".join(lines),
        "command": " ".join(words),
    }
    units = {kind: (TEMPLATE / f"systemd.{kind}").read_text("utf-8") for kind in ("service", "timer")}
    return {f"{name}.{kind}": text.format(**told) for kind, text in units.items()}


def _check_name(language: Language, word: str) -> None:
    """Raises RefusedData for a name that would write a line of its own in a file of a scheduler."""
    if any(unicodedata.category(letter) in UNWRITTEN for letter in word):
        raise language.error(RefusedData, "schedule-name", name=on_a_line(word))


def _variables(language: Language) -> list[str]:
    """The folders that the environment names, whole (NAME=folder): a scheduler starts elsewhere."""
    dropped_folder(language)
    variables = []
    for name in DEPENDS:
        folder = os.environ.get(name)
        if folder:
            variables.append(f"{name}={Path(folder).resolve()}")
    return variables


def _quoted(word: str) -> str:
    """A word as systemd reads it back: % would be replaced, spaces would cut it."""
    plain = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{plain}"'
