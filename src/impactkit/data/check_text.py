"""Cells that no spreadsheet holds or no page shows: too long, or with a character that nothing displays."""

from collections.abc import Iterator

import pandas as pd

from impactkit.data.check_schema import Fault
from impactkit.data.csv_text import INVISIBLE, MOST_CHARACTERS, cell_faults
from impactkit.wording.language import Language


def text_faults(language: Language, table: str, frame: pd.DataFrame) -> Iterator[Fault]:
    """The cells of a table (text, as read) that cannot be kept as they are."""
    mended = language.say("new.text.next")
    for name in frame.columns:
        cells = frame[name].tolist()
        longest = max(map(len, cells), default=0)
        if longest <= MOST_CHARACTERS and not INVISIBLE.search("\n".join(cells)):
            continue
        for row, cell in enumerate(cells):
            for value, wrong in cell_faults(language, cell):
                yield Fault(table, row, str(name), value, wrong, mended)
