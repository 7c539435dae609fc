"""Cells that no spreadsheet holds or no page shows: too long, or with a character that nothing displays."""

from collections.abc import Iterator

import pandas as pd

from impactkit.data.check_schema import Fault
from impactkit.data.csv_text import INVISIBLE, MOST_CHARACTERS
from impactkit.wording.catalogue import say


def text_faults(table: str, frame: pd.DataFrame) -> Iterator[Fault]:
    """The cells of a table (text, as read) that cannot be kept as they are."""
    for name in frame.columns:
        cells = list(frame[name])
        if not INVISIBLE.search("\n".join(cells)) and max(map(len, cells), default=0) <= MOST_CHARACTERS:
            continue
        for row, cell in enumerate(cells):
            value = INVISIBLE.sub("�", cell)[:20]
            if len(cell) > MOST_CHARACTERS:
                yield Fault(
                    table, row, str(name), value, say("csv.long-cell", most=MOST_CHARACTERS), _mend()
                )
            if invisible := INVISIBLE.search(cell):
                code = f"U+{ord(invisible[0]):04X}"
                yield Fault(table, row, str(name), value, say("csv.invisible", code=code), _mend())


def _mend() -> str:
    return say("new.text.next")
