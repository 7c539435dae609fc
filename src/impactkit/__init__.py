"""impactkit: territorial impact measurement. The door: every public name, looked up when first asked."""

import functools
import importlib
import sys
import types
from collections.abc import Callable
from typing import Any

__version__ = "0.1.0"

_WHERE = {
    "Evaluation": "data.evaluation",
    "Territory": "data.territories",
    "Problems": "errors",
    "ImpactkitError": "errors",
    "UnknownName": "errors",
    "RefusedData": "errors",
    "NotEnoughData": "errors",
    "ReportFailed": "errors",
    "SourceFailed": "errors",
    "load": "data.evaluation",
    "check": "data.check",
    "new_workbook": "data.begin",
    "import_workbook": "data.take_in",
    "Panel": "data.panel",
    "panel": "data.panel",
    "knowledge": "indicators.knowledge",
    "indicators": "indicators",
    "comparable": "indicators.comparable",
    "suggest_transfers": "indicators.transfers",
    "trajectory": "indicators.trajectory",
    "effect": "effects.territory",
    "detectable": "effects.detectability",
    "doubts": "effects.checks",
    "programme_effect": "effects.programme",
    "group_time": "effects.difference",
    "honest": "effects.honest",
    "synthetic": "effects.synthetic",
    "Effect": "effects.results",
    "say": "display.prose",
    "essentials": "display.prose",
    "table": "display.tables",
    "chart": "display.charts",
    "map": "display.maps",
    "show": "display.shown",
    "value": "valuation.social_return",
    "claims": "evidence.claim",
    "explain": "reports.explain",
    "write_twins": "reports.twins",
    "run": "reports.run",
    "explore": "display.explorer",
}
__all__ = sorted(_WHERE)


class _Door(types.ModuleType):
    """A room may bear the name of a function (`indicators`): the room must not hide the function."""

    def __setattr__(self, name: str, value: Any) -> None:
        if not (name in _WHERE and isinstance(value, types.ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Door


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'impactkit' has no attribute {name!r}")
    module = importlib.import_module(f"impactkit.{_WHERE[name]}")
    public = getattr(module, name)
    if not isinstance(public, type):
        public = _checked(public)
    globals()[name] = public
    return public


def _checked(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same function; what it does not take is refused in a sentence."""

    from impactkit.data import arguments

    classes = arguments.kinds(function)

    @functools.wraps(function)
    def called(*values: Any, **named: Any) -> Any:
        arguments.compare(function, classes, *values, **named)
        return function(*values, **named)

    return called


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
