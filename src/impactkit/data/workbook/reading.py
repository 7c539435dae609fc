"""What a cell gives a table, or why it gives nothing."""

from dataclasses import dataclass
from typing import Any

from impactkit.wording.language import Language


@dataclass(frozen=True)
class Reading:
    """What a cell says: `text` for the table and `how` it was changed ("" when it was not); else what is
    `wrong` with it and the `next` step; `missing` when it says that the value is not known.
    """

    text: str = ""
    how: str = ""
    wrong: str = ""
    next: str = ""
    missing: bool = False


def refused(language: Language, key: str, **holes: Any) -> Reading:
    """A cell that says nothing the table can hold: what is wrong, and what to do."""
    wrong, next_step = language.advice(key, **holes)
    return Reading(wrong=wrong, next=next_step)
