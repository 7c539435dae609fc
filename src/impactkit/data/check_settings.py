"""What evaluation.toml says of a notebook and of indicators, held against the notebook and the tables."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from impactkit.data.check_schema import nearest
from impactkit.data.notebook_parameters import checked, territory_notebook, whole_notebook
from impactkit.data.outcome_names import declared_outcomes
from impactkit.errors import ImpactkitError, Problem
from impactkit.wording.catalogue import say

FILE = "evaluation.toml"


def examined(
    folder: Path, settings: Mapping[str, Any], tables: Mapping[str, pd.DataFrame]
) -> Iterator[Problem | str]:
    """What a run would refuse of [report]: a notebook that is nowhere or declares no parameters, a parameter
    that it does not declare, or of another kind. In sentences: indicators of the plan, or kept secret, that
    nothing gives yet.
    """
    yield from _report(folder, settings, len(tables.get("territories", ())))
    outcomes = tables.get("outcomes", pd.DataFrame())
    names = declared_outcomes(settings["source"])
    names |= set(outcomes["indicator"]) if "indicator" in outcomes else set()
    lists = {"[effects] outcomes": settings.get("effects", {}).get("outcomes", ())}
    lists |= {f"[secrecy] {rule}": listed for rule, listed in settings.get("secrecy", {}).items()}
    for section, listed in lists.items():
        for name in listed:
            if name not in names:
                yield say("check.no-indicator", section=section, name=name, next=nearest(name, names))


def _report(folder: Path, settings: Mapping[str, Any], territories: int) -> Iterator[Problem]:
    report = settings.get("report", {})
    given = {**report.get("parameters", {}), "folder": folder.name, "territory": ""}
    try:
        checked(territory_notebook(folder, report), given)
    except ImpactkitError as wrong:
        yield _problem(wrong, "[report.parameters]" if report.get("parameters") else "[report]")
    try:
        if notebook := whole_notebook(folder, report, territories):
            checked(notebook, {"folder": folder.name})
    except ImpactkitError as wrong:
        yield _problem(wrong, "[report]")


def _problem(wrong: ImpactkitError, section: str) -> Problem:
    return Problem(FILE, "", section, wrong.where, wrong.what, wrong.next)
