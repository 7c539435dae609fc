"""Numbers that a caller chooses, held to what they may be."""

from typing import Any

import numpy as np

from impactkit.errors import RefusedData
from impactkit.wording.language import Language


def whole_number(language: Language, value: Any, name: str, least: int = 0) -> int:
    """An argument that counts something. Raises RefusedData for what is no whole number, or too small."""
    integral = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not integral or value < least:
        raise language.error(RefusedData, "whole-number", name=name, value=value, least=least)
    return int(value)


def proportion(language: Language, value: Any, name: str) -> float:
    """An argument between zero and one, neither of them. Raises RefusedData for anything else."""
    is_number = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
    if not is_number or not 0 < value < 1:
        raise language.error(RefusedData, "proportion", name=name, value=value)
    return float(value)
