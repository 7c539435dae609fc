"""A small evaluation with its own units and one series of theirs, for the edges of effects."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import impactkit as ik
from impactkit.data.tables import columns

SETTINGS = """
title = "Pactes de rivières (exemple fictif)"
programme = "Pactes"
fictional = true

[effects]
outcomes = ["{outcome}"]

[[wave]]
id = "1"
name = "premiers pactes"
labelled = "2016-05"

[[source]]
kind = "table"
file = "serie.csv"
indicator = "{outcome}"
family = "unit"
columns = {{ unit = "canton", period = "an", value = "valeur" }}
unit = "{unit}"
source = "Registre (exemple fictif)"
"""
ABOUT = {"as_of": "2023-06", "source": "Gazette (exemple fictif)"}
Value = Callable[[int, int], float | None]


def place(
    home: Path,
    value: Value,
    *,
    units: int = 40,
    years: range = range(2010, 2024),
    outcome: str = "count_boats",
) -> ik.Territory:
    """The territory of the middle unit, in an evaluation whose units have this value a year; the next unit
    is a territory too.
    """
    home.mkdir(parents=True)
    unit = "part" if outcome.startswith("rate_") else "bateaux"
    (home / "evaluation.toml").write_text(SETTINGS.format(outcome=outcome, unit=unit), "utf-8")
    codes = [f"C{number:03d}" for number in range(units)]
    names = [
        {"unit": code, "name": f"Canton {code}", "size": 900 + 37 * at} for at, code in enumerate(codes)
    ]
    _write(home, "units", names)
    usual = {"wave": "1", "perimeter_kind": "unit", "confidence": "high"}
    places = {"gue": codes[units // 2], "bac": codes[min(units // 2 + 1, units - 1)]}
    _write(home, "territories", [{"territory": name, "name": name.title(), **usual} for name in places])
    about = {"family": "unit", "role": "perimeter"}
    _write(home, "perimeters", [{"territory": name, "code": code, **about} for name, code in places.items()])
    with (home / "serie.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("canton", "an", "valeur"))
        for at, code in enumerate(codes):
            for year in years:
                known = value(at, year)
                writer.writerow((code, year, "" if known is None else known))
    return ik.load(home).territory("gue")


def _write(home: Path, table: str, rows: list[dict[str, object]]) -> None:
    about = {name: text for name, text in ABOUT.items() if name in columns(table)}
    with (home / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns(table), restval="")
        writer.writeheader()
        writer.writerows(about | row for row in rows)
