"""What evaluation.toml says of a notebook and of indicators, held against the notebook and the tables."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from impactkit.data.check_schema import nearest
from impactkit.data.notebook_parameters import checked, territory_notebook, whole_notebook
from impactkit.data.outcome_names import declared_outcomes
from impactkit.errors import ImpactkitError, Problem
from impactkit.wording.language import Language

FILE = "evaluation.toml"
Settings = Mapping[str, Any]
Tables = Mapping[str, pd.DataFrame]


def examined(
    language: Language, folder: Path, settings: Settings, tables: Tables
) -> Iterator[Problem | str]:
    """What a run would refuse of [report]: a notebook that is nowhere or declares no parameters, a parameter
    that it does not declare, or of another kind. In sentences: indicators of the plan that nothing gives
    yet.
    """
    report = settings.get("report", {})
    parameters = report.get("parameters", {})
    try:
        notebook = territory_notebook(folder, report)
        checked(language, notebook, {**parameters, "folder": folder.name, "territory": ""})
    except ImpactkitError as wrong:
        section = "[report.parameters]" if parameters else "[report]"
        yield _problem(wrong, section)
    try:
        territories = len(tables.get("territories", ()))
        whole = whole_notebook(folder, report, territories)
        if whole is not None:
            checked(language, whole, {"folder": folder.name})
    except ImpactkitError as wrong:
        yield _problem(wrong, "[report]")
    yield from _indicators(language, settings, tables)


def _indicators(language: Language, settings: Settings, tables: Tables) -> Iterator[str]:
    """The indicators that evaluation.toml names and that nothing gives, in sentences."""
    names = declared_outcomes(settings["source"])
    outcomes = tables.get("outcomes", pd.DataFrame())
    if "indicator" in outcomes:
        names.update(outcomes["indicator"])
    effects = settings.get("effects", {})
    lists = {"[effects] outcomes": effects.get("outcomes", ())}
    for section, listed in lists.items():
        for name in listed:
            if name not in names:
                offered = nearest(language, name, names)
                yield language.say("check.no-indicator", section=section, name=name, next=offered)


def _problem(wrong: ImpactkitError, section: str) -> Problem:
    return Problem(FILE, "", section, wrong.where, wrong.what, wrong.next)
