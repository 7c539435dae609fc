"""The `parameters` cell of a notebook: what it declares, and what may be given to it.

Read by `ast`, one literal assignment a line: an unknown parameter is refused here, where papermill would
only warn and run the default under the asked name.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from impactkit.errors import RefusedData, UnknownName
from impactkit.wording.catalogue import error, say


def declared(notebook: Path) -> dict[str, Any]:
    """Names and default values of the `parameters` cell. Raises RefusedData for a cell that holds anything
    else.
    """
    import nbformat

    cells = [
        cell
        for cell in nbformat.read(notebook, as_version=4).cells
        if "parameters" in cell.metadata.get("tags", ())
    ]
    if len(cells) != 1:
        raise error(RefusedData, "parameters-cell", where=notebook.name)
    found: dict[str, Any] = {}
    for line in ast.parse(cells[0].source).body:
        name, value = _assignment(line, notebook.name)
        found[name] = value
    return found


def checked(notebook: Path, given: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters to inject: known, of the kind of their default. All problems are said at once."""
    known = declared(notebook)
    where = notebook.name
    wrong = []
    for name, value in given.items():
        if name not in known:
            unknown = UnknownName.among(say("noun.parameter"), name, known)
            wrong.append(f"{unknown.what} {unknown.next}")
        elif not _same_kind(value, known[name]):
            kind = type(known[name]).__name__
            wrong.append(say("error.parameter-kind", name=name, kind=kind, found=type(value).__name__))
    if wrong:
        raise error(RefusedData, "parameters", where=where, problems=" ".join(wrong))
    return dict(given)


def _assignment(line: ast.stmt, where: str) -> tuple[str, Any]:
    target: ast.expr | None = None
    if isinstance(line, ast.Assign) and len(line.targets) == 1:
        target = line.targets[0]
    elif isinstance(line, ast.AnnAssign):
        target = line.target
    value = getattr(line, "value", None)
    if not isinstance(target, ast.Name) or value is None:
        raise error(RefusedData, "parameter-line", where=where, line=line.lineno)
    try:
        return target.id, ast.literal_eval(value)
    except ValueError as cause:
        raise error(RefusedData, "parameter-line", where=where, line=line.lineno) from cause


def _same_kind(value: Any, default: Any) -> bool:
    if default is None:
        return True
    if isinstance(default, float) and isinstance(value, int) and not isinstance(value, bool):
        return True
    return type(value) is type(default)
