"""What a public function is given, held against what it says that it takes; nothing is imported for it."""

import inspect
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any

from impactkit.errors import ImpactkitError
from impactkit.wording.catalogue import error, has, say

# What can be told by the name of its class; anything else is not looked at.
TOLD_APART = {"Evaluation", "Territory", "Effect", "Panel", "DataFrame", "Shown", "str", "Path", "NoneType"}


def kinds(function: Callable[..., Any]) -> dict[str, frozenset[str]]:
    """The names of the classes that each parameter takes, for those that can be told apart."""
    parameters = inspect.signature(function).parameters.values()
    every = {parameter.name: _classes(parameter.annotation) for parameter in parameters}
    return {name: classes for name, classes in every.items() if classes and classes <= TOLD_APART}


def held(
    function: Callable[..., Any], classes: Mapping[str, frozenset[str]], *values: Any, **named: Any
) -> None:
    """Nothing when every argument is of its kind. Raises ImpactkitError naming what is expected, and how to
    get it.
    """
    try:
        bound = inspect.signature(function).bind(*values, **named)
    except TypeError:
        # One argument too many, or too few: Python says which.
        return
    for name, value in bound.arguments.items():
        several = inspect.signature(function).parameters[name].kind is inspect.Parameter.VAR_POSITIONAL
        for argument in value if several else (value,):
            if name in classes and not classes[name] & {kind.__name__ for kind in type(argument).__mro__}:
                raise _wrong(function.__name__, name, classes[name], argument)


def _classes(annotation: Any) -> frozenset[str]:
    """The names of the classes of an annotation, written as text or not."""
    if isinstance(annotation, str):
        names = [part.strip().strip("'\"") for part in annotation.split("|")]
    elif isinstance(annotation, types.UnionType):
        names = [getattr(part, "__name__", "") for part in typing.get_args(annotation)]
    else:
        names = [getattr(annotation, "__name__", "")]
    return frozenset("NoneType" if name == "None" else name for name in names)


def _wrong(function: str, name: str, classes: frozenset[str], argument: Any) -> ImpactkitError:
    expected = [kind for kind in sorted(classes) if kind != "NoneType"]
    received = type(argument).__name__
    words = say(f"kind.{received}") if has(f"kind.{received}") else received
    holes = {"function": function, "name": name, "received": words}
    wrong = error(ImpactkitError, "wrong-kind", expected=say("kind.or").join(map(_named, expected)), **holes)
    ways = [say(f"kind.{kind}.next") for kind in expected if has(f"kind.{kind}.next")]
    return ImpactkitError(wrong.what, where=wrong.where, next=say("kind.or").join(ways) or wrong.next)


def _named(kind: str) -> str:
    return say(f"kind.{kind}")
