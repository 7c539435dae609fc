"""Machine twins of what is read: the figures of a report as a table beside it."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd

from impactkit.data.territories import Territory
from impactkit.evidence import effect_rows, value
from impactkit.evidence.claim import claims
from impactkit.indicators.rows import COLUMNS, KEY


def write_twins(place: Territory, *, rows: pd.DataFrame) -> None:
    """Write `indicators.csv`, `effects.csv` where something is estimated, `values.csv` where a project is
    valued, and `claims.csv` (each figure with the sentence that it earned) into the folder named by
    IMPACTKIT_TWINS (a run sets it); without it, write nothing.

    `rows` are indicator rows of the territory. Raises ValueError when a key stands twice.
    """
    folder = os.environ.get("IMPACTKIT_TWINS")
    if not folder:
        return
    twice = rows[rows.duplicated(KEY)]
    if len(twice):
        raise ValueError(f"the same figure stands twice for {place.code}: {twice[KEY].to_dict('records')}")
    rows[list(COLUMNS)].to_csv(Path(folder) / "indicators.csv", index=False, lineterminator="\n")
    effects = effect_rows.rows(place)
    if len(effects):
        effects.to_csv(Path(folder) / "effects.csv", index=False, lineterminator="\n")
    worth = value.rows(place)
    if len(worth):
        worth.to_csv(Path(folder) / "values.csv", index=False, lineterminator="\n")
    claims(place).to_csv(Path(folder) / "claims.csv", index=False, lineterminator="\n")
