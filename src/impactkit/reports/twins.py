"""Machine twins of what is read: the figures of a report as tables beside it."""

import os
from pathlib import Path

import pandas as pd

from impactkit.data.csv_writing import text_of_frame
from impactkit.data.evaluation import Evaluation
from impactkit.data.territories import Territory
from impactkit.evidence import comparable_rows, effect_rows, together, value
from impactkit.evidence.claim import claims
from impactkit.indicators.rows import COLUMNS, KEY


def write_twins(place: Territory | Evaluation, *, rows: pd.DataFrame) -> None:
    """Write `indicators.csv`, `effects.csv` where something is estimated, `comparables.csv` where something
    is compared (who is, who is not and why, the weights), `values.csv` where a project is valued, and
    `claims.csv` (each figure with the sentence that it earned) into the folder named by
    IMPACTKIT_TWINS (a run sets it); without it, write nothing.

    `rows` are indicator rows of the territory, or of a whole evaluation. Raises ValueError when a key stands
    twice.

    >>> place = ik.load().territory("val-d-aubrelle")
    >>> ik.write_twins(place, rows=ik.indicators(ik.load(), of=place))  # outside a run: nothing is written
    """
    if not (folder := os.environ.get("IMPACTKIT_TWINS")):
        return
    if len(twice := rows[rows.duplicated(KEY)]):
        raise ValueError(f"the same figure stands twice: {twice[KEY].to_dict('records')}")
    figures = text_of_frame(rows[list(COLUMNS)])
    (Path(folder) / "indicators.csv").write_text(figures, "utf-8", newline="")
    effects = together.rows(place) if isinstance(place, Evaluation) else effect_rows.rows(place)
    worth = pd.DataFrame() if isinstance(place, Evaluation) else value.rows(place)
    beside = pd.DataFrame() if isinstance(place, Evaluation) else comparable_rows.rows(place)
    told = {"effects": effects, "comparables": beside, "values": worth, "claims": claims(place)}
    for name, table in told.items():
        if len(table) or name == "claims":
            (Path(folder) / f"{name}.csv").write_text(text_of_frame(table), "utf-8", newline="")
