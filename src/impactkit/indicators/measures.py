"""The measures, in the order of a report: a function that gives rows says which one they are of."""

from collections.abc import Callable
from typing import TypeVar

import pandas as pd

ORDER = (
    *("knowledge", "label", "collective", "ecosystem", "challenges", "roadmap", "projects", "jobs"),
    *("outcomes", "funding", "partnerships", "transfers", "obstacles", "context", "themes"),
)
Measured = TypeVar("Measured", bound=Callable[..., pd.DataFrame])
_REGISTERED: dict[str, list[Callable[..., pd.DataFrame]]] = {name: [] for name in ORDER}


def measure(name: str) -> Callable[[Measured], Measured]:
    """Gives the rows of a function to a measure. Raises KeyError for another name than those of `ORDER`."""
    functions = _REGISTERED[name]

    def registered(function: Measured) -> Measured:
        functions.append(function)
        return function

    return registered


def rows_of(name: str) -> Callable[..., pd.DataFrame]:
    """What every function of a measure gives, one after the other."""
    functions = _REGISTERED[name]
    if len(functions) == 1:
        return functions[0]

    def every(*values: object, **options: object) -> pd.DataFrame:
        return pd.concat([function(*values, **options) for function in functions], ignore_index=True)

    return every
