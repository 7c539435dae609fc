"""The `parameters` cell of a notebook: what it declares, and what may be given to it.

Read by `ast`, one literal assignment a line: an unknown parameter is refused here, where papermill would
only warn and run the default territory under the asked name. Names are injected as code, so none is taken
that the cell does not declare.
"""

import ast
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from impactkit.data.folders import find, shipped
from impactkit.data.number_text import is_bounded
from impactkit.errors import ImpactkitError, RefusedData
from impactkit.wording.language import Language

NOTEBOOK, WHOLE = "territory_report.ipynb", "programme_report.ipynb"
KINDS = {"str": str, "int": int, "float": float, "bool": bool, "list": list, "tuple": tuple, "dict": dict}


@dataclass(frozen=True)
class Parameter:
    """One declared parameter: its default, unless it must be given, and its kind (None: any)."""

    name: str
    default: Any = None
    required: bool = False
    kind: type | None = None


def territory_notebook(folder: Path, report: Mapping[str, Any]) -> Path:
    """The notebook of a territory's report: the one that [report] names, in the evaluation's folder or near,
    else that of the kit. Raises UnknownName for one that is nowhere.
    """
    return _notebook(folder, report.get("notebook"), NOTEBOOK)


def whole_notebook(folder: Path, report: Mapping[str, Any], territories: int) -> Path | None:
    """The notebook of the programme's report; an evaluation with a notebook of its own names this one too,
    or has none. One territory is no programme.
    """
    named = report.get("programme")
    if territories < 2 or report.get("notebook") and not named:
        return None
    return _notebook(folder, named, WHOLE)


def _notebook(folder: Path, named: str | None, usual: str) -> Path:
    if not named:
        return shipped("notebooks") / usual
    return folder / named if (folder / named).is_file() else find(named).resolve()


def declared(language: Language, notebook: Path) -> dict[str, Parameter]:
    """Parameters by name. Raises RefusedData for what is no notebook, or a cell that holds anything else."""
    try:
        # Read as JSON: nbformat takes a second to import, and validates when the notebook is run.
        whole = json.loads(notebook.read_text("utf-8"))["cells"]
        cells = [
            "".join(cell["source"]) for cell in whole if "parameters" in cell["metadata"].get("tags", ())
        ]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as cause:
        raise language.error(
            RefusedData, "notebook", where=notebook.name, cause=type(cause).__name__
        ) from cause
    if len(cells) != 1:
        raise language.error(RefusedData, "parameters-cell", where=notebook.name)
    found: dict[str, Parameter] = {}
    at = None
    try:
        for line in ast.parse(cells[0]).body:
            at = line.lineno
            found |= {one.name: one for one in _declared(line)}
    # Python's own reader says so of a line without a bottom.
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError) as cause:
        at = getattr(cause, "lineno", at)
        raise language.error(RefusedData, "parameter-line", where=notebook.name, line=at) from cause
    return found


def checked(language: Language, notebook: Path, given: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters to inject: declared, of their kind, none missing. All that is wrong is said at once."""
    known, where = declared(language, notebook), notebook.name
    wrong: list[ImpactkitError] = []
    for name, value in given.items():
        kind = known[name].kind if name in known else None
        if name not in known:
            wrong.append(language.unknown("noun.parameter", name, known, where=where))
        elif kind is not None and not _fits(value, kind):
            kinds = {"expected": kind.__name__, "found": type(value).__name__}
            wrong.append(language.error(RefusedData, "parameter-type", where=where, name=name, **kinds))
    for name in [one.name for one in known.values() if one.required and one.name not in given]:
        wrong.append(language.error(RefusedData, "parameter-missing", where=where, name=name))
    if len(wrong) == 1:
        raise wrong[0]
    if wrong:
        every = " ".join(f"{one.what} {one.next}" for one in wrong)
        raise RefusedData(every, where=where, next=language.say("error.parameters.next"))
    return dict(given)


def _declared(line: ast.stmt) -> Iterator[Parameter]:
    """What a line declares. Raises ValueError (or TypeError) where it is no literal given to a name."""
    if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name):
        kind = KINDS.get(ast.unparse(line.annotation).split("[")[0])
        value = None if line.value is None else _literal(line.value)
        yield Parameter(line.target.id, value, required=line.value is None, kind=kind or _kind(value))
        return
    if not isinstance(line, ast.Assign):
        raise ValueError(ast.unparse(line))
    value = _literal(line.value)
    for target in line.targets:
        pairs = [(target, value)]
        if isinstance(target, ast.Tuple) and isinstance(value, tuple) and len(target.elts) == len(value):
            pairs = list(zip(target.elts, value, strict=True))
        for name, one in pairs:
            if not isinstance(name, ast.Name):
                raise ValueError(ast.unparse(name))
            yield Parameter(name.id, one, kind=_kind(one))


def _literal(written: ast.expr) -> Any:
    """The value that an expression writes. Raises ValueError or TypeError where it is no literal."""
    value = ast.literal_eval(written)
    if not is_bounded(value):
        raise ValueError("a number too long to be written")
    return value


def _kind(value: Any) -> type | None:
    return None if value is None else type(value)


def _fits(value: Any, kind: type) -> bool:
    if type(value) is kind:
        return True
    # evaluation.toml has neither tuples nor a way to tell 1 from 1.0.
    return (kind is float and type(value) is int) or (kind is tuple and type(value) is list)
