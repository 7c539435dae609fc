"""What evaluation.toml says of a notebook and of indicators, held against the notebook and the tables."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from impactkit.data.notebook_parameters import checked, territory_notebook, whole_notebook
from impactkit.errors import ImpactkitError, Problem

FILE = "evaluation.toml"


def examined(folder: Path, settings: Mapping[str, Any], territories: int) -> Iterator[Problem]:
    """What a run would refuse of [report]: a notebook that is nowhere or declares no parameters, a parameter
    that it does not declare, or of another kind.
    """
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
