"""Small invented evaluations with [secrecy]: territories inside another, figures of few contributors."""

from pathlib import Path
from typing import Any

import numpy as np

Row = dict[str, Any]
# An intercommunality of Drôme and two of its communes; a fourth territory lies elsewhere.
OUTER, INNERS, AWAY = "a", ("b", "c"), "d"
GROUND = (("a", "epci", "200068781"), ("b", "commune", "26362"), ("c", "commune", "26281"))
PLACES = (OUTER, *INNERS, AWAY)
NAMES = (
    "amount_funding amount_secured amount_engineering_animation count_jobs count_jobs_insertion "
    "amount_cost_per_job amount_project_cost count_beneficiaries count_partnerships count_companies "
    "amount_cash count_hours amount_hours_valued count_projects count_obstacles count_transfers "
    "count_project_outcomes amount_charges count_milestones count_members_named ratio_complementary"
).split()
STAGES, THEMES = ("idea", "incubated", "launched"), ("food", "mobility", "ageing", "")
PURPOSES, SHARES = ("engineering", "animation", "investment", "operation"), ("base", "complementary", "")
STATUSES, DATES = ("sought", "committed", "paid"), ("2022-06-30", "2023-12-31", "2024-06-30")
TYPES = ("mentoring", "financial_sponsorship", "purchasing")
ABOUT = {"source": "Gazette d’essai"}


def settings(chance: np.random.Generator) -> str:
    """What an evaluation asks to be withheld: some of its indicators, businesses for each."""
    some = chance.choice(NAMES, int(chance.integers(1, 6)), replace=False)
    names = ", ".join(f'"{name}"' for name in some)
    return f'[rates]\nhour = 30.0\nsource = "Gazette"\n\n[secrecy]\nbusinesses = [{names}]\n'


def tables(chance: np.random.Generator) -> dict[str, list[Row]]:
    """Territories and what each declares; what the inner ones do, the outer one declares too, with more."""
    found: dict[str, list[Row]] = {}
    for place in (*INNERS, AWAY):
        _add(found, _facts(place, chance))
    for name, rows in list(found.items()):
        found[name] = [*rows, *(_outer(row) for row in rows if row["territory"] in INNERS)]
    _add(found, _facts(OUTER, chance))
    places = [
        {"territory": code, "name": f"Val-{code}", "wave": "1", "perimeter_kind": kind, "confidence": "high"}
        for code, kind in zip(PLACES, ("epci", "commune", "commune", "none"), strict=True)
    ]
    ground = [
        {"territory": code, "family": family, "code": unit, "role": "perimeter"}
        for code, family, unit in GROUND
    ]
    found["transfers"] = _transfers(chance)
    return {"territories": places, "perimeters": ground, **found}


def _add(found: dict[str, list[Row]], more: dict[str, list[Row]]) -> None:
    for name, rows in more.items():
        found.setdefault(name, []).extend(rows)


def _outer(row: Row) -> Row:
    """The same fact, told by the territory around."""
    codes = {name: f"{OUTER}-{row[name]}" for name in ("project", "obstacle", "milestone") if name in row}
    return row | {"territory": OUTER} | codes


def _facts(place: str, chance: np.random.Generator) -> dict[str, list[Row]]:
    projects = [_project(place, at, chance) for at in range(int(chance.integers(1, 5)))]
    employing = [one for one in projects if chance.random() < 0.8]
    return {
        "projects": projects,
        "jobs": [_job(place, one["project"], chance) for one in employing],
        "funding": [_line(place, at, chance) for at in range(int(chance.integers(1, 7)))],
        "partnerships": [_partner(place, at, chance) for at in range(int(chance.integers(0, 6)))],
        "obstacles": [_obstacle(place, at, chance) for at in range(int(chance.integers(0, 5)))],
        "project_outcomes": [_result(place, one["project"], chance) for one in employing],
        "milestones": [_milestone(place, at, chance) for at in range(int(chance.integers(0, 6)))],
        "members": [_member(place, at, chance) for at in range(int(chance.integers(0, 7)))],
    }


def _project(place: str, at: int, chance: np.random.Generator) -> Row:
    cost = int(chance.integers(20_011, 400_000))
    return {
        "territory": place,
        "project": f"{place}{at}",
        "name": f"Projet {place.upper()}{at}",
        "stage": str(chance.choice(STAGES)),
        "theme": str(chance.choice(THEMES)),
        "beneficiaries": int(chance.integers(101, 900)),
        "yearly_cost": cost,
        "yearly_revenue": int(cost * chance.random()),
        "as_of": DATES[2],
    }


def _job(place: str, project: str, chance: np.random.Generator) -> Row:
    count = int(chance.integers(1, 40))
    insertion = str(bool(chance.random() < 0.5)).lower()
    about = {"territory": place, "project": project, "as_of": str(chance.choice(DATES))}
    return about | {"actual": count, "fte": round(0.8 * count, 1), "target": "20", "insertion": insertion}


def _line(place: str, at: int, chance: np.random.Generator) -> Row:
    return {
        "territory": place,
        "payer": f"Payeur {at} de {place.upper()}",
        "payer_type": str(chance.choice(("state", "region", "company"))),
        "purpose": str(chance.choice(PURPOSES)),
        "share": str(chance.choice(SHARES)),
        "status": str(chance.choice(STATUSES)),
        "amount": int(chance.integers(10_007, 300_000)),
        "as_of": str(chance.choice(DATES)),
    }


def _partner(place: str, at: int, chance: np.random.Generator) -> Row:
    return {
        "territory": place,
        "company": f"Entreprise {at // 2} de {place.upper()}",
        "type": TYPES[at % 3],
        "network": str(chance.choice(("Club", "Réseau", ""))),
        "cash": int(chance.integers(1_003, 60_000)),
        "hours": int(chance.integers(1_001, 4_000)),
        "as_of": DATES[2],
    }


def _obstacle(place: str, at: int, chance: np.random.Generator) -> Row:
    about = {
        "territory": place,
        "obstacle": f"{place}-frein-{at}",
        "rule": "code d’essai",
        "what": f"gêne {at}",
    }
    outcome = str(chance.choice(("open", "lifted", "refused")))
    return about | {"raised": "2020-02-01", "resolved": "", "outcome": outcome, "as_of": DATES[2]}


def _result(place: str, project: str, chance: np.random.Generator) -> Row:
    kind = str(chance.choice(("insertion", "economic")))
    about = {"territory": place, "project": project, "dimension": kind, "what": f"Résultat de {project}"}
    return about | {"charge": int(chance.integers(1_009, 9_000)), "as_of": DATES[2]}


def _milestone(place: str, at: int, chance: np.random.Generator) -> Row:
    done = bool(chance.random() < 0.5)
    about = {"territory": place, "milestone": f"{place}-jalon-{at}", "version": 1, "title": f"Étape {at}"}
    dates = {"due": "2022-06", "done": "2022-05-02" if done else ""}
    return about | dates | {"status": "done" if done else "planned", "as_of": DATES[2]}


def _member(place: str, at: int, chance: np.random.Generator) -> Row:
    kind = str(chance.choice(("association", "company", "")))
    return {
        "territory": place,
        "name": f"Membre {at} de {place}",
        "type": kind,
        "role": "member",
        "as_of": DATES[2],
    }


def _transfers(chance: np.random.Generator) -> list[Row]:
    pairs = [(one, other) for one in PLACES for other in PLACES if one != other]
    return [
        {
            "giver": pairs[at][0],
            "receiver": pairs[at][1],
            "topic": f"Sujet {at}",
            "status": str(chance.choice(("offered", "under_way", "adopted"))),
            "as_of": DATES[2],
        }
        for at in chance.permutation(len(pairs))[: int(chance.integers(1, 8))]
    ]


def world(folder: Path, seed: int, written: Any) -> Any:
    """The evaluation of a seed, written and read; `written` writes one (tests/small_evaluation.py)."""
    chance = np.random.default_rng([20, seed])
    found, asked = tables(chance), settings(chance)
    for rows in found.values():
        for row in rows:
            row.update(ABOUT)
    return written(folder, found, asked)
