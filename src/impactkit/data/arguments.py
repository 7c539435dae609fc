"""What a public function is given, held against what it says that it takes; nothing is imported for it."""

import inspect
import types
import typing
from collections.abc import Callable, Iterable
from typing import Any

from impactkit.errors import ImpactkitError
from impactkit.wording.catalogue import has
from impactkit.wording.language import FRENCH, Language

# What can be told by the name of its class; anything else is not looked at.
TOLD_APART = {
    "Evaluation",
    "Territory",
    "Effect",
    "Panel",
    "DataFrame",
    "Shown",
    "str",
    "Path",
    "NoneType",
}
# By parameter, the names of the classes that it takes.
Kinds = dict[str, set[str]]


def kinds(function: Callable[..., Any]) -> Kinds:
    """The names of the classes that each parameter takes, for those that can be told apart."""
    taken: Kinds = {}
    for parameter in inspect.signature(function).parameters.values():
        classes = _classes(parameter.annotation)
        if classes and classes <= TOLD_APART:
            taken[parameter.name] = classes
    return taken


def compare(function: Callable[..., Any], taken: Kinds, *values: Any, **named: Any) -> None:
    """Nothing when every argument is of its kind. Raises ImpactkitError naming what is expected, and how to
    get it, in the language of the first argument that has one.
    """
    signature = inspect.signature(function)
    try:
        bound = signature.bind(*values, **named)
    except TypeError:
        # One argument too many, or too few: Python says which.
        return
    for name, value in bound.arguments.items():
        if name not in taken:
            continue
        parameter = signature.parameters[name]
        several = parameter.kind is inspect.Parameter.VAR_POSITIONAL
        for argument in value if several else (value,):
            if not _is_a(argument, taken[name]):
                raise _wrong(_spoken(values), function.__name__, name, taken[name], argument)


def _spoken(values: Iterable[Any]) -> Language:
    languages = (getattr(value, "language", None) for value in values)
    return next((language for language in languages if isinstance(language, Language)), FRENCH)


def _is_a(argument: Any, classes: set[str]) -> bool:
    ancestors = type(argument).__mro__
    return any(ancestor.__name__ in classes for ancestor in ancestors)


def _classes(annotation: Any) -> set[str]:
    """The names of the classes of an annotation, written as text or not."""
    if isinstance(annotation, str):
        parts = annotation.replace("'", "").split("|")
        names = [part.strip() for part in parts]
    elif isinstance(annotation, types.UnionType):
        names = [_name(part) for part in typing.get_args(annotation)]
    else:
        names = [_name(annotation)]
    return {"NoneType" if name == "None" else name for name in names}


def _name(annotation: Any) -> str:
    return getattr(annotation, "__name__", "")


def _wrong(language: Language, function: str, name: str, classes: set[str], argument: Any) -> ImpactkitError:
    received = type(argument).__name__
    key = f"kind.{received}"
    if has(key):
        received = language.say(key)
    expected, ways = [], []
    for kind in sorted(classes - {"NoneType"}):
        expected.append(language.say(f"kind.{kind}"))
        if has(f"kind.{kind}.next"):
            ways.append(language.say(f"kind.{kind}.next"))
    either = language.say("kind.or")
    what = language.say(
        "error.wrong-kind",
        function=function,
        name=name,
        expected=either.join(expected),
        received=received,
    )
    next_step = either.join(ways) or language.say("error.wrong-kind.next")
    return ImpactkitError(what, next=next_step)
