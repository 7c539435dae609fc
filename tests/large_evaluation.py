"""Invented evaluations far larger than any programme: many territories, or one with many projects."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from impactkit.data.tables import columns

SETTINGS = """
title = "Pactes des cantons (exemple fictif)"
programme = "Pactes"
fictional = true
{more}
[[wave]]
id = "1"
name = "premiers pactes"
labelled = "2019-03"
"""
ABOUT = {"as_of": "2023-06-30", "source": "Registre (exemple fictif)"}
STAGES = ("idea", "incubated", "launched")
THEMES = ("food", "circular", "inclusion")
Row = Mapping[str, Any]


def many_territories(folder: Path, count: int, *, more: str = "") -> Path:
    """So many territories, each of one unit of the evaluation's own, with two projects, their facts and a
    figure for each of five years.
    """
    numbers = range(count)
    tables = {
        "territories": map(_territory, numbers),
        "units": ({"unit": f"C{n}", "name": f"Canton {n}", "size": 900 + n} for n in numbers),
        "perimeters": (
            {"territory": f"t{n}", "family": "unit", "code": f"C{n}", "role": "perimeter"} for n in numbers
        ),
        "members": (_member(n % count, n // count) for n in range(3 * count)),
        "outcomes": (_figure(n % count, n // count) for n in range(5 * count)),
        "contributions": (_evidence(n) for n in numbers),
    }
    return _written(folder, tables | _facts(count, 2 * count), more)


def many_projects(folder: Path, count: int, *, more: str = "") -> Path:
    """Two territories, the first with so many projects, a job's line for each, and for one in four what it
    received and what came of it.
    """
    tables = {
        "territories": map(_territory, range(2)),
        "members": (_member(0, n) for n in range(count // 100)),
    }
    return _written(folder, tables | _facts(1, count), more)


def _facts(places: int, count: int) -> dict[str, Iterable[Row]]:
    some = range(0, count, 4)
    return {
        "projects": (_project(n, n % places) for n in range(count)),
        "jobs": (_of(n, n % places, actual=n % 9, target="une dizaine") for n in range(count)),
        "funding": (_paid(n, n % places) for n in some),
        "project_outcomes": (_outcome(n, n % places) for n in some),
    }


def _territory(n: int) -> Row:
    usual = {"wave": "1", "perimeter_kind": "unit", "confidence": "high"}
    return {"territory": f"t{n}", "name": f"Pays de Trélaze-{n}", **usual}


def _member(place: int, n: int) -> Row:
    role = "lead" if n == 0 else "member"
    return {"territory": f"t{place}", "name": f"Coopérative {n}", "type": "social_enterprise", "role": role}


def _evidence(n: int) -> Row:
    return {"territory": f"t{n}", "role": "support", "text": f"Note de visite {n}", "evidence": "document"}


def _of(n: int, place: int, **more: Any) -> Row:
    return {"territory": f"t{place}", "project": f"p{n}", **more}


def _project(n: int, place: int) -> Row:
    dates = {"imagined": "2019-04-01", "incubated": "2020-02-01", "started": "2021-03-01"}
    about = {"name": f"Atelier {n}", "stage": STAGES[n % 3], "theme": THEMES[n % 3]}
    linked = {"partners": f"Coopérative {n % 3}|Mairie {n % 11}", "beneficiaries": n % 60}
    return _of(n, place, **about, **linked, **dict(list(dates.items())[: n % 3 + 1]))


def _paid(n: int, place: int) -> Row:
    return _of(n, place, payer="Région", payer_type="region", status="paid", amount=1000 + n)


def _outcome(n: int, place: int) -> Row:
    return _of(n, place, dimension="insertion", what="Personnes formées", value=n % 30, unit="personnes")


def _figure(unit: int, year: int) -> Row:
    return {"unit": f"C{unit}", "period": 2016 + year, "indicator": "count_boats", "value": 40 + unit % 9}


def _written(folder: Path, tables: Mapping[str, Iterable[Row]], more: str) -> Path:
    folder.mkdir(parents=True)
    (folder / "evaluation.toml").write_text(SETTINGS.format(more=more), "utf-8")
    for name, rows in tables.items():
        _write(folder / f"{name}.csv", name, rows)
    return folder


def _write(file: Path, name: str, rows: Iterable[Row]) -> None:
    about = {column: value for column, value in ABOUT.items() if column in columns(name)}
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, columns(name), restval="")
        writer.writeheader()
        writer.writerows(_complete(about, rows))


def _complete(about: Row, rows: Iterable[Row]) -> Iterator[Row]:
    for row in rows:
        yield {**about, **row}
