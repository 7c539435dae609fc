"""Writes the invented evaluation of this folder: `python data/demo/make.py [FOLDER]`.

Everything is invented: names, figures, sources, and the two programme effects hidden in `outcomes.csv`. One
seed gives the same bytes. `truth.json` keeps what was put in, counted here from the lists that this script
holds, never by the kit: the tests compare the kit with it. Nothing of the kit is imported.
"""

import csv
import datetime as dt
import io
import json
import math
import random
import re
import statistics
import sys
import zipfile
from collections import Counter, defaultdict
from pathlib import Path

SEED = 20190315
HERE = Path(__file__).resolve().parent
SCHEMAS = HERE.parent / "schemas"
SOURCE = "Registre d’exemple (exemple fictif), juin 2024"
NEWS = "2024-06-30"
YEARS = range(2014, 2025)
SETTINGS = """# Exemple fictif : rien ici n’existe. Écrit par make.py.
title = "Territoires d’exemple (exemple fictif)"
programme = "Exemple"
language = "fr"
fictional = true
vintage = 2026

[label]
challenges = 3
diversity = [["local_authority"], ["social_enterprise", "association", "cooperative", "network"]]
members = 8

[words]
"un au moins de chaque groupe que le label demande" = "une collectivité et un acteur de l'économie sociale et solidaire au moins"

[target]
projects = 10
months = [12, 18]
written = "une dizaine de projets dans les 12 à 18 mois"
source = "Registre d’exemple (exemple fictif), juin 2024"

[rates]
hour = 30.0
source = "taux d’exemple, 30 euros l’heure"

# Le plan d’analyse : le premier résultat est le principal ; l’année du label n’est ni avant ni après.
[effects]
outcomes = ["count_jobs_private", "rate_unemployment"]
before = ["2014", "2018"]
after = ["2020", "2024"]
looks = ["2020", "2021", "2022", "2023", "2024"]  # une édition par an, prévue d’avance : elles partagent une marge d’erreur
buffer = false          # true : les unités du département du territoire ne servent pas de comparaison
registered = "2019-02-01"
fingerprint = "cfd8b3e5e49c"

[[wave]]
id = "1"
name = "première vague"
labelled = "2019-03-15"

[[wave]]
id = "2"
name = "deuxième vague"
labelled = "2020-01-20"
"""
LABEL = {"1": dt.date(2019, 3, 15), "2": dt.date(2020, 1, 20)}
START = {"1": dt.date(2019, 6, 3), "2": dt.date(2020, 4, 14)}

# Code, name, wave, status, size of its unit in private jobs, region, founded, PTCE.
PLACES = (
    ("val-d-aubrelle", "Val-d’Aubrelle", "1", "labelled", 24_000, "R1", "2014", "true"),
    ("pays-de-sornevaux", "Pays de Sornevaux", "1", "labelled", 11_000, "R2", "2017-04", "false"),
    ("merinval", "Mérinval", "1", "labelled", 31_000, "R3", "2018", "false"),
    ("trois-brumes", "Les Trois-Brumes", "1", "labelled", 16_000, "R4", "2012-09-01", "true"),
    ("combeligne", "Combeligne", "1", "labelled", 52_000, "R5", "2018-10", ""),
    ("havre-dore", "Havre-Doré", "1", "labelled", 38_000, "R6", "", "false"),
    ("plateau-d-orvene", "Plateau d’Orvène", "2", "labelled", 19_000, "R1", "2016", "false"),
    ("rives-de-lussane", "Rives de Lussane", "2", "labelled", 27_000, "R2", "2019-06", "false"),
    ("coeur-de-fauvelle", "Cœur de Fauvelle", "2", "labelled", 44_000, "R7", "2015-02", "true"),
    ("monts-de-quercelle", "Monts de Quercelle", "2", "labelled", 14_000, "R8", "", ""),
    ("baie-d-ysorne", "Baie d’Ysorne", "1", "candidate", 22_000, "R3", "2018-01", "false"),
    ("plaine-de-garvane", "Plaine de Garvane", "2", "candidate", 33_000, "R5", "", ""),
)
# One effect that a sound method must find, one that it cannot: log points from the first full year on.
EFFECTS = {"val-d-aubrelle": (2020, 0.14), "merinval": (2020, 0.004)}
# Of these nothing is told about a heading: the lists stay open.
OPEN = {
    ("monts-de-quercelle", "funding"): "les financements complémentaires",
    ("monts-de-quercelle", "obstacles"): "les freins rencontrés",
    ("havre-dore", "roadmap"): "la feuille de route",
    ("rives-de-lussane", "partnerships"): "les partenariats avec des entreprises",
    ("combeligne", "transfers"): "les transferts au-delà de ceux qui sont cités",
    ("plaine-de-garvane", "challenges"): "les trois défis de la candidature",
    ("plaine-de-garvane", "collective"): "les membres du collectif",
}
SILENT = {
    ("monts-de-quercelle", "obstacles"),
    ("havre-dore", "roadmap"),
    ("rives-de-lussane", "partnerships"),
    ("plaine-de-garvane", "challenges"),
    ("plaine-de-garvane", "collective"),
}
TYPES = {
    "local_authority": "Communauté",
    "social_enterprise": "Chantier d’insertion",
    "association": "Association",
    "cooperative": "Coopérative",
    "network": "Réseau solidaire",
    "finance": "Caisse mutuelle",
    "company": "Manufacture",
    "research": "Laboratoire",
    "public_body": "Agence publique",
    "citizen": "Collectif d’habitants",
}
WORDS = (
    "des Tilleuls",
    "du Grand Large",
    "des Passerelles",
    "de la Halle",
    "du Vieux Lavoir",
    "des Sources",
    "du Pont Neuf",
    "des Ateliers",
    "de la Canopée",
    "du Verger",
    "des Quatre Saisons",
    "du Moulin",
    "de la Gare",
    "des Trois Chênes",
    "du Phare",
    "de la Clairière",
)
THEMES = {"inclusion": 6, "food": 5, "circular": 4, "mobility": 3, "ageing": 2, "other": 1}
KINDS = {
    "inclusion": "social",
    "food": "environmental",
    "circular": "environmental",
    "mobility": "citizen",
    "ageing": "social",
    "other": "",
}
CHALLENGES = {
    "inclusion": ("Ouvrir l’emploi à ceux qui en sont loin", "Un premier contrat pour chaque jeune"),
    "food": ("Manger local toute l’année", "Des cantines approvisionnées ici"),
    "circular": ("Jeter moitié moins", "Réparer plutôt que remplacer"),
    "mobility": ("Se déplacer sans voiture", "Rejoindre les villages autrement"),
    "ageing": ("Vieillir chez soi", "Rompre l’isolement des anciens"),
    "other": ("Un lieu commun dans chaque bourg", "Faire vivre le numérique pour tous"),
}
PROJECTS = {
    "inclusion": ("Atelier-école", "Conciergerie solidaire", "Régie de services", "Parcours tremplin"),
    "food": ("Légumerie", "Halle paysanne", "Conserverie", "Jardin nourricier"),
    "circular": ("Recyclerie", "Consigne", "Matériauthèque", "Atelier de réparation"),
    "mobility": ("Navette à la demande", "Garage solidaire", "Vélos partagés"),
    "ageing": ("Habitat partagé", "Veilleurs de quartier", "Bus santé"),
    "other": ("Tiers-lieu", "Fabrique numérique"),
}
COMPANIES = (
    "Scieries Bleues",
    "Verrerie Rouge",
    "Transports Vermeil",
    "Conserves Lantier-Doux",
    "Atelier Cinabre",
    "Textiles Ocrelin",
    "Eaux de Malvève",
    "Banque Sarcelle",
)
RULES = {
    "code des transports d’exemple": "navette refusée hors ligne régulière",
    "règle d’exemple sur les déchets": "réemploi traité comme un déchet",
    "règle d’exemple sur les marchés publics": "lots trop grands pour les producteurs",
    "code du travail d’exemple": "cumul d’un contrat court et d’une formation",
    "règle d’exemple sur l’hygiène": "cuisine partagée sans agrément",
}
STEMS = (
    "Aubrelle",
    "Sornevaux",
    "Garvane",
    "Lussane",
    "Quercelle",
    "Fauvelle",
    "Orvène",
    "Ysorne",
    "Mérinval",
    "Talvigne",
    "Brissombe",
    "Corlandre",
    "Evrezelle",
    "Malvève",
    "Pontarce",
    "Rouvaline",
    "Serquelle",
    "Tressombe",
    "Valcendre",
    "Zélinge",
)
LINKS = ("-sous-", "-en-", "-lès-")

Rows = dict[str, list[dict[str, object]]]


def make(folder: Path) -> None:
    """Write every file of the evaluation into `folder`."""
    chance = random.Random(SEED)
    rows: Rows = defaultdict(list)
    truth: dict[str, object] = {}
    _places(rows)
    _members(rows, truth, chance)
    _challenges(rows, truth, chance)
    _projects(rows, truth, chance)
    _money(rows, truth, chance)
    _partnerships(rows, truth, chance)
    _transfers(rows, truth, chance)
    _obstacles(rows, truth, chance)
    _roadmaps(rows, truth, chance)
    _words(rows, chance)
    _contribution(rows)
    _value(rows)
    _panel(rows, truth, chance)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "evaluation.toml").write_text(SETTINGS, "utf-8")
    for table, lines in rows.items():
        _write(folder / f"{table}.csv", table, lines)
    text = json.dumps(truth, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / "truth.json").write_text(text + "\n", "utf-8")
    _workbooks(folder / "workbooks", rows["projects"])


def _write(path: Path, table: str, lines: list[dict[str, object]]) -> None:
    schema = json.loads((SCHEMAS / f"{table}.schema.json").read_text("utf-8"))
    columns = [field["name"] for field in schema["fields"]]
    usual = {name: text for name, text in (("as_of", NEWS), ("source", SOURCE)) if name in columns}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(usual | line for line in lines)


def _labelled() -> list[tuple]:
    return [place for place in PLACES if place[3] == "labelled"]


def _slug(text: str) -> str:
    plain = text.lower().translate(str.maketrans("éèêëàâîïôöùûçœ’", "eeeeaaiioouuco-"))
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def _later(chance: random.Random, date: dt.date, low: int, high: int) -> dt.date:
    return date + dt.timedelta(chance.randint(low, high))


def _places(rows: Rows) -> None:
    rows["events"] += [
        {"kind": "call", "date": "2018-07-02", "title": "Appel à candidatures"},
        {"wave": "1", "kind": "candidacy", "date": "2018-11", "title": "Dépôt des candidatures"},
        {"wave": "2", "kind": "candidacy", "date": "2019-09", "title": "Dépôt des candidatures"},
        {
            "kind": "other_programme",
            "title": "plan d’exemple pour l’emploi des jeunes",
            "elsewhere": "everywhere",
        },
    ]
    for wave, day in LABEL.items():
        rows["events"].append({"wave": wave, "kind": "label", "date": str(day), "title": "Label attribué"})
        title = "Début du travail avec les collectifs"
        rows["events"].append({"wave": wave, "kind": "start", "date": str(START[wave]), "title": title})
    levels = ("informal", "steering", "project", "legal")
    for i, (code, name, wave, status, _, _, founded, ptce) in enumerate(PLACES):
        about = {"territory": code, "name": name, "wave": wave, "status": status, "founded": founded}
        rows["territories"].append(
            about | {"ptce": ptce, "perimeter_kind": "unit", "confidence": "high", "note": "Exemple fictif."}
        )
        rows["perimeters"].append(
            {"territory": code, "family": "unit", "code": f"U{i + 1:03}", "role": "perimeter"}
        )
        if status == "labelled":
            for step, day in enumerate((LABEL[wave], LABEL[wave] + dt.timedelta(500))):
                level = levels[min(i % 3 + step, 3)]
                about = {"territory": code, "kind": "governance", "date": str(day), "maturity": level}
                rows["events"].append(about | {"title": "Organisation du collectif"})
        if i % 4 == 1:
            title = "zone franche d’exemple"
            rows["events"].append({"territory": code, "kind": "other_programme", "title": title})
    for (code, heading), what in OPEN.items():
        about = {"territory": code, "heading": heading, "what": what[0].upper() + what[1:]}
        rows["unknowns"].append(about | {"reason": "not-communicated", "ask": "le chef de file", "rank": 1})


def _members(rows: Rows, truth: dict, chance: random.Random) -> None:
    found = {}
    for code, _, wave, *_ in PLACES:
        if (code, "collective") in SILENT:
            continue
        kinds = ["local_authority", "association", *chance.choices(list(TYPES), k=chance.randint(5, 14))]
        words = chance.sample(WORDS, len(kinds))
        here = []
        for i, (kind, word) in enumerate(zip(kinds, words, strict=True)):
            since = dt.date(2018, 9, 1) if i < 3 else _later(chance, LABEL[wave], -150, 600)
            leaves = i > 4 and chance.random() < 0.15
            until = str(_later(chance, since, 300, 900)) if leaves else ""
            about = {"territory": code, "name": f"{TYPES[kind]} {word}", "type": kind, "since": str(since)}
            rows["members"].append(about | {"role": "member" if i else "lead", "until": until})
            if not until or until > NEWS:
                here.append(kind)
        if chance.random() < 0.4:
            rows["members"].append({"territory": code, "role": "whole", "count": len(kinds) + 6})
        counts = Counter(here)
        shares = [count / len(here) for count in counts.values()]
        found[code] = {
            "count_members_named": len(here),
            "types": dict(counts),
            "index_shannon": round(-sum(share * math.log(share) for share in shares), 9),
            "index_blau": round(1 - sum(share**2 for share in shares), 9),
        }
    truth["members"] = found


def _challenges(rows: Rows, truth: dict, chance: random.Random) -> None:
    themes: Counter = Counter()
    for code, _, _, status, *_ in PLACES:
        if (code, "challenges") in SILENT:
            continue
        own: list[str] = []
        while len(own) < 3:
            theme = chance.choices(list(THEMES), list(THEMES.values()))[0]
            if theme not in own:
                own.append(theme)
        for i, theme in enumerate(own):
            second = chance.choice(sorted(set(THEMES) - set(own))) if chance.random() < 0.2 else ""
            both = "|".join(one for one in THEMES if one in (theme, second))
            title = chance.choice(CHALLENGES[theme])
            about = {"challenge": f"{code}-defi-{i + 1}", "territory": code, "title": title}
            rows["challenges"].append(about | {"kind": KINDS[theme], "themes": both})
            if status == "labelled":
                themes.update(both.split("|"))
    truth["challenges_by_theme"] = dict(themes)


def _projects(rows: Rows, truth: dict, chance: random.Random) -> None:
    found, used = {}, set()
    for code, _, wave, *_ in _labelled():
        label, facts = LABEL[wave], Counter()
        first, jobs, cost, cost_jobs = [], 0, 0.0, 0
        members = [row["name"] for row in rows["members"] if row["territory"] == code and row.get("name")]
        stays = [
            row["name"]
            for row in rows["members"]
            if row["territory"] == code and row.get("name") and not row["until"]
        ]
        for challenge in [row for row in rows["challenges"] if row["territory"] == code]:
            theme = str(challenge["themes"]).split("|")[0]
            for title in chance.sample(PROJECTS[theme], 2):
                if (code, title) in used:
                    continue
                used.add((code, title))
                project = f"{_slug(title)}-{code}"
                stage = chance.choices(
                    ("idea", "incubated", "launched", "scaled", "stopped"), (2, 3, 6, 2, 1)
                )[0]
                imagined = _later(chance, label, -200, 200)
                incubated = _later(chance, imagined, 60, 250)
                started = _later(chance, max(incubated, label), 30, 420)
                scaled = _later(chance, started, 250, 500)
                reached = {"idea": 0, "incubated": 1, "launched": 2, "scaled": 3, "stopped": 2}[stage]
                dates = dict(
                    zip(
                        ("imagined", "incubated", "started", "scaled"),
                        (imagined, incubated, started, scaled),
                        strict=True,
                    )
                )
                row = {"project": project, "territory": code, "name": title, "theme": theme, "stage": stage}
                row |= {key: str(day) for i, (key, day) in enumerate(dates.items()) if i <= reached}
                row |= {"challenge": challenge["challenge"], "owner": chance.choice(stays)}
                row["partners"] = "|".join(
                    sorted(set(chance.sample(stays, min(3, len(stays)))) - {row["owner"]})
                )
                if stage == "stopped":
                    row["stopped"] = str(_later(chance, started, 200, 500))
                if reached >= 2:
                    first.append((started - label).days)
                    spent = chance.randrange(40, 400) * 1000
                    row |= {"beneficiaries": chance.randrange(20, 600), "yearly_cost": spent}
                    row |= {
                        "yearly_revenue": int(spent * chance.uniform(0.2, 0.9)),
                        "support_hours": chance.randrange(5, 80),
                    }
                    row["supports"] = "|".join(
                        sorted(chance.sample(("business_model", "funding_search", "legal"), 2))
                    )
                    if stage != "stopped":
                        now = chance.randrange(1, 14)
                        jobs, cost, cost_jobs = jobs + now, cost + spent, cost_jobs + now
                        _jobs(rows, chance, code, project, now)
                        _outcomes(rows, chance, code, project)
                facts[stage] += 1
                rows["projects"].append(row)
        assert members, code
        found[code] = {
            "count_projects": sum(facts.values()),
            "stages": dict(facts),
            "days_to_first_project": min(first) if first else None,
            "count_jobs": jobs,
            "amount_cost_per_job": round(cost / cost_jobs, 6) if cost_jobs else None,
        }
    truth["projects"] = found


def _jobs(rows: Rows, chance: random.Random, code: str, project: str, now: int) -> None:
    words = chance.choice(("une dizaine", "une quinzaine", "autant que possible", "12", "25", "40"))
    insertion = "true" if chance.random() < 0.5 else "false"
    about = {"territory": code, "project": project, "target": words, "insertion": insertion}
    before = max(now - chance.randrange(0, 4), 0)
    rows["jobs"].append(about | {"actual": before, "as_of": "2022-12-31"})
    rows["jobs"].append(about | {"actual": now, "fte": round(now * 0.8, 1), "as_of": NEWS})


def _outcomes(rows: Rows, chance: random.Random, code: str, project: str) -> None:
    told = {
        "pedagogical": "Ateliers ouverts aux écoles",
        "environmental": "Tonnes remises en usage",
        "insertion": "Sorties vers un emploi durable",
        "social_link": "Rencontres entre habitants",
        "economic": "Chiffre d’affaires des fournisseurs locaux",
    }
    for dimension in chance.sample(sorted(told), 2):
        charge = chance.randrange(1, 20) * 1000 if chance.random() < 0.7 else ""
        about = {"territory": code, "project": project, "dimension": dimension, "what": told[dimension]}
        rows["project_outcomes"].append(about | {"charge": charge})


def _money(rows: Rows, truth: dict, chance: random.Random) -> None:
    found = {}
    for i, (code, name, *_) in enumerate(_labelled()):
        base, more = defaultdict(int), defaultdict(int)
        lines = [
            ("État d’exemple", "state", "engineering", "base", 80_000 + 10_000 * i),
            ("Région d’exemple", "region", "animation", "base", 40_000),
        ]
        # One territory drew nothing more, and says so; of another nothing more is known.
        if code not in ("pays-de-sornevaux", "monts-de-quercelle"):
            lines += [
                (
                    f"Fonds Alizarine de {name}",
                    "impact_fund",
                    "investment",
                    "complementary",
                    150_000 + 25_000 * i,
                ),
                ("Fondation Céladon", "foundation", "investment", "complementary", 60_000),
            ]
        for payer, kind, purpose, share, amount in lines:
            about = {
                "territory": code,
                "payer": payer,
                "payer_type": kind,
                "purpose": purpose,
                "share": share,
            }
            paid = int(amount * chance.choice((0.5, 0.8, 1.0)))
            for status, value, day in (("committed", amount, "2020-12-31"), ("paid", paid, NEWS)):
                rows["funding"].append(about | {"status": status, "amount": value, "as_of": day})
                (base if share == "base" else more)[status] += value
        rows["funding"].append(
            {
                "territory": code,
                "payer": "Banque Sarcelle",
                "payer_type": "bank",
                "purpose": "investment",
                "share": "complementary",
                "status": "sought",
            }
        )
        known = code != "monts-de-quercelle"
        found[code] = {
            status: round(more[status] / base[status], 9) if known else None
            for status in ("committed", "paid")
        }
    truth["ratio_complementary"] = found


def _partnerships(rows: Rows, truth: dict, chance: random.Random) -> None:
    types = ("mentoring", "financial_sponsorship", "skills_sponsorship", "operational", "purchasing")
    found = {}
    for code, _, wave, *_ in _labelled():
        if (code, "partnerships") in SILENT:
            continue
        counts, cash, hours = Counter(), 0, 0
        for company in chance.sample(COMPANIES, chance.randint(2, 5)):
            kind = chance.choice(types)
            about = {"territory": code, "company": company, "type": kind}
            about["started"] = f"{_later(chance, LABEL[wave], 60, 900):%Y-%m}"
            if kind in ("financial_sponsorship", "purchasing"):
                about["cash"] = chance.randrange(2, 60) * 1000
                cash += about["cash"]
            else:
                about["hours"] = chance.randrange(10, 200)
                hours += about["hours"]
            if chance.random() < 0.5:
                about["network"] = "Club d’exemple des entreprises"
            rows["partnerships"].append(about)
            counts[kind] += 1
        found[code] = {"types": dict(counts), "amount_cash": cash, "count_hours": hours}
    truth["partnerships"] = found


def _transfers(rows: Rows, truth: dict, chance: random.Random) -> None:
    given: Counter = Counter()
    codes = [place[0] for place in _labelled() if place[0] not in ("havre-dore",)]
    pairs = [(giver, receiver) for giver in codes for receiver in codes if giver != receiver]
    for giver, receiver in chance.sample(pairs, 12):
        theme = chance.choice(list(THEMES)[:5])
        about = {"giver": giver, "receiver": receiver, "theme": theme, "topic": PROJECTS[theme][0]}
        about["status"] = chance.choice(("offered", "under_way", "adopted"))
        rows["transfers"].append(about | {"started": str(chance.randrange(2020, 2024))})
        given[giver] += 1
    truth["transfers_given"] = dict(given)


def _obstacles(rows: Rows, truth: dict, chance: random.Random) -> None:
    waits, outcomes = [], Counter()
    for code, _, wave, *_ in _labelled():
        if (code, "obstacles") in SILENT:
            continue
        for i, (rule, what) in enumerate(chance.sample(sorted(RULES.items()), 2)):
            raised = _later(chance, LABEL[wave], 60, 700)
            outcome = chance.choices(("open", "under_review", "lifted", "refused"), (2, 1, 4, 2))[0]
            about = {"obstacle": f"{code}-frein-{i + 1}", "territory": code, "rule": rule, "what": what}
            about |= {"beneficiary": "project", "raised": str(raised), "outcome": outcome}
            outcomes[outcome] += 1
            if outcome in ("lifted", "refused"):
                resolved = _later(chance, raised, 40, 900)
                about["resolved"] = str(resolved)
                waits.append(((resolved - raised).days, True))
            else:
                waits.append(((dt.date.fromisoformat(NEWS) - raised).days, False))
            rows["obstacles"].append(about)
    truth["obstacles"] = {"outcomes": dict(outcomes), "days_to_resolution": _half_left(waits)}


def _half_left(waits: list[tuple[int, bool]]) -> int | None:
    """First day on which at most half still wait: the product of what is left at each end (Kaplan-Meier)."""
    left = 1.0
    for day in sorted({day for day, ended in waits if ended}):
        risk = sum(one >= day for one, _ in waits)
        left *= 1 - sum(one == day and ended for one, ended in waits) / risk
        if left <= 0.5 + 1e-9:
            return day
    return None


def _roadmaps(rows: Rows, truth: dict, chance: random.Random) -> None:
    steps = (
        "Recruter un animateur",
        "Ouvrir le lieu commun",
        "Former les bénévoles",
        "Signer la charte",
        "Lancer l’appel à projets",
    )
    found = {}
    for code, _, wave, *_ in _labelled():
        if (code, "roadmap") in SILENT:
            continue
        adopted = [_later(chance, START[wave], 30, 120), _later(chance, START[wave], 420, 540)]
        done_count = 0
        for i, step in enumerate(steps):
            due = _later(chance, adopted[0], 120, 700)
            for version, day in enumerate(adopted, start=1):
                moved = due + dt.timedelta(180 if version == 2 and i % 2 else 0)
                about = {"milestone": f"{code}-{_slug(step)}", "territory": code, "version": version}
                about |= {"adopted": str(day), "title": step, "due": f"{moved:%Y-%m}", "status": "planned"}
                if version == 2 and chance.random() < 0.7:
                    done = min(_later(chance, moved, -60, 120), dt.date.fromisoformat(NEWS))
                    about |= {"status": "done", "done": str(done)}
                    done_count += 1
                rows["milestones"].append(about | {"as_of": str(day) if version == 1 else NEWS})
        found[code] = {"count_milestones": len(steps), "count_milestones_done": done_count}
    truth["roadmap"] = found


def _words(rows: Rows, chance: random.Random) -> None:
    for i, (code, *_) in enumerate(_labelled()):
        rows["lessons"].append(
            {
                "territory": code,
                "kind": "lesson",
                "by": "l’animatrice du collectif",
                "lesson": "Réunir les financeurs avant le premier projet fait gagner du temps",
            }
        )
        if i % 2:
            rows["lessons"].append(
                {
                    "territory": code,
                    "kind": "reply",
                    "by": "le collectif",
                    "lesson": "Les chiffres de projets arrêtés demandent à être expliqués",
                }
            )
        searched = "true" if i % 3 else "false"
        about = {"territory": code, "searched": searched}
        if i % 3 == 1:
            about |= {
                "what": "Des loyers en hausse autour du lieu commun",
                "direction": "negative",
                "who": "les voisins",
            }
        rows["unintended_effects"].append(about)
        rows["evaluation_questions"].append(
            {
                "question": f"{code}-q1",
                "territory": code,
                "criterion": "effectiveness",
                "asked_by": "le collectif",
                "text": "Le collectif a-t-il fait naître des projets qui n’auraient pas existé sans lui ?",
                "link": "activities_outputs",
                "indicators": "count_projects",
            }
        )
        consent = i % 4 != 3
        rows["interviews"].append(
            {
                "territory": code,
                "date": f"2024-0{1 + i % 6}",
                "role": chance.choice(("élue", "porteuse de projet", "agent")),
                "consent": "true" if consent else "false",
                "theme": "la coopération",
                "quotation": "Avant, chacun cherchait son local ; maintenant on cherche ensemble."
                if consent
                else "",
            }
        )


def _contribution(rows: Rows) -> None:
    """A whole analysis for one territory, a beginning for another, nothing for the rest."""
    registry = {"as_of": NEWS, "source": "Registre d’exemple (exemple fictif), juin 2024"}
    survey = {"as_of": "2024-05", "source": "Enquête d’exemple (exemple fictif), mai 2024"}
    full, begun = ({"territory": code, "question": f"{code}-q1"} for code in ("merinval", "trois-brumes"))
    plan = "Le plan d’exemple pour l’emploi des jeunes a payé une partie des postes"
    rows["contributions"] += [
        full
        | registry
        | {"role": "support", "evidence": "document"}
        | {"text": "Les comptes rendus datent le premier local commun avant le premier projet"},
        full
        | survey
        | {"role": "support", "evidence": "interview"}
        | {"text": "Trois porteuses de projet sur quatre disent avoir trouvé leur associée au collectif"},
        full
        | survey
        | {"role": "rival", "evidence": "survey", "text": plan}
        | {"weighed": "Deux des cinq projets n’en ont rien reçu et ont commencé quand même"},
        full
        | registry
        | {"role": "missing", "text": "Ce que sont devenus les projets refusés par le collectif"},
        full
        | registry
        | {"role": "appraisal", "appraisal": "probable", "by": "l’évaluatrice d’exemple"}
        | {"text": "Deux sources différentes concordent, et l’autre explication ne suffit pas"},
        begun
        | registry
        | {"role": "support", "evidence": "interview"}
        | {"text": "L’animatrice dit que deux projets sont nés d’une même réunion"},
        begun
        | registry
        | {"role": "rival", "text": "Une foncière privée a ouvert des locaux la même année"},
        begun
        | registry
        | {"role": "appraisal", "appraisal": "plausible", "by": "l’évaluatrice d’exemple"}
        | {"text": "Un seul témoignage, et une autre explication à examiner"},
    ]


def _value(rows: Rows) -> None:
    """One project put in euros: three benefits, what it costs, five adjustments, a reference option."""
    survey = {"as_of": "2024-05", "source": "Enquête d’exemple (exemple fictif), mai 2024"}
    place = {"territory": "val-d-aubrelle", "project": "atelier-de-reparation-val-d-aubrelle"}
    books = place | {"as_of": NEWS, "source": "Comptes d’exemple (exemple fictif), juin 2024"}
    asked = place | survey
    years = {"start": 2025, "years": 3}
    kept, work = "Tonnes de CO2e évitées", "Postes d’insertion tenus un an"
    rows["valuations"] += [
        asked
        | years
        | {"item": kept, "role": "benefit", "dimension": "environmental", "unit": "tonnes de CO2e"}
        | {"value": 60, "low": 40, "high": 75, "reference": "carbon"},
        asked
        | years
        | {"item": work, "role": "benefit", "dimension": "insertion", "unit": "postes"}
        | {"value": 3, "low": 2, "high": 4, "price": 14000, "price_low": 9000, "price_high": 16000},
        books | years | {"item": "Loyer et animation", "role": "cost", "value": 12000},
        books
        | years
        | {"item": "Temps de bénévoles", "role": "in_kind", "value": 6500, "low": 5000, "high": 8000},
        books
        | years
        | {
            "item": "Encadrement porté par l’atelier",
            "role": "charge",
            "value": 6000,
            "dimension": "insertion",
        },
        books
        | years
        | {"item": "Collecte actuelle, qui cesserait", "role": "reference_cost", "value": 4000},
        *(
            asked | {"item": "", "role": name, "value": middle, "low": low, "high": high}
            for name, low, middle, high in (
                ("deadweight", 0.2, 0.3, 0.45),
                ("attribution", 0.1, 0.2, 0.3),
                ("displacement", 0.05, 0.1, 0.2),
                ("leakage", 0, 0.05, 0.1),
                ("drop_off", 0.1, 0.2, 0.35),
            )
        ),
        asked | {"item": "Les liens noués entre habitants", "role": "not_monetised"},
    ]


def _panel(rows: Rows, truth: dict, chance: random.Random) -> None:
    regions = {f"R{i}": chance.gauss(0.004, 0.0015) for i in range(1, 9)}
    common = dict.fromkeys(YEARS, 0.008) | {2020: -0.012, 2021: 0.022}
    units = [(f"U{i + 1:03}", place[1], place[5], place[4], place[0]) for i, place in enumerate(PLACES)]
    names = [f"{a}{link}{b}" for a in STEMS for link in LINKS for b in STEMS if a != b]
    for i, name in enumerate(chance.sample(names, 348)):
        size = int(min(max(math.exp(chance.gauss(math.log(24_000), 0.85)), 2_500), 380_000))
        units.append((f"U{i + 13:03}", name, chance.choice(sorted(regions)), size, ""))
    for code, name, region, size, place in units:
        rows["units"].append({"unit": code, "name": name, "region": region, "size": size})
        since, effect = EFFECTS.get(place, (9999, 0.0))
        # Small places move more than large ones.
        spread = math.sqrt(0.0012**2 + (0.4 / math.sqrt(size)) ** 2)
        level, jobless = math.log(size), chance.gauss(8.5, 1.4)
        for year in YEARS:
            level += common[year] + regions[region] + chance.gauss(0, spread)
            jobless += (0.9 if year == 2020 else -0.25) + chance.gauss(0, 0.25)
            value: object = round(math.exp(level + (effect if year >= since else 0)))
            rate: object = round(max(jobless, 2.5) / 100, 3)
            hidden = not place and size < 6_000 and chance.random() < 0.12
            late = region == "R8" and year == 2024 and not place
            for indicator, figure, flag in (
                ("count_jobs_private", "" if hidden else value, "missing:withheld" if hidden else ""),
                ("rate_unemployment", "" if late else rate, "missing:not-published" if late else ""),
            ):
                rows["outcomes"].append(
                    {
                        "unit": code,
                        "period": year,
                        "indicator": indicator,
                        "value": figure,
                        "flag": flag,
                        "source": "Statistique d’exemple (exemple fictif)",
                    }
                )
    truth["effects"] = {
        place[0]: {
            "unit": f"U{i + 1:03}",
            "indicator": "count_jobs_private",
            "from": EFFECTS.get(place[0], (None, 0.0))[0],
            "log_effect": EFFECTS.get(place[0], (None, 0.0))[1],
        }
        for i, place in enumerate(PLACES)
    }
    truth["median_size"] = statistics.median(row["size"] for row in rows["units"])


def _workbooks(folder: Path, projects: list[dict[str, object]]) -> None:
    """Two workbooks as collectives send them: sound at heart, written by busy people."""
    folder.mkdir(exist_ok=True)
    own = [row for row in projects if row["territory"] == "val-d-aubrelle" and row["stage"] == "launched"]
    _book(
        folder / "classeur-aubrelle.xlsx",
        {
            "Membres du collectif": [
                ["Collectif du Val-d’Aubrelle — liste au 30 juin 2024 (exemple fictif)"],
                [],
                ["Nom de la structure ", "Territoire", "type", "Rôle", "Membre depuis", "Remarque"],
                ["Épicerie des Bruyères", "Val-d’Aubrelle", "association", "membre", "3 mars 2023", "n.d."],
                ["Ferme du Haut-Pré ", "VAL-D’AUBRELLE", "coopérative", "membre", "09/2023", None],
                [],
                ["Total", 2],
            ],
            "Emplois": [
                ["Projet", "Territoire", "Emplois", "ETP", "À la date du"],
                [own[0]["name"], "Val-d’Aubrelle", 6, "4,5", "30/06/2024"],
            ],
        },
    )
    _book(
        folder / "classeur-brumes.xlsx",
        {
            "Partenariats": [
                ["Territoire", "Entreprise", "Type", "Euros", "Heures", "Depuis", "Téléphone"],
                [
                    "Les Trois-Brumes",
                    "Papeterie Indigo",
                    "mécénat de compétence",
                    None,
                    "12,5",
                    "janvier 2024",
                    "sur demande",
                ],
                [None, "Moulins Grège", "mécénat financier", "3 000 €", None, "2024", None],
            ],
        },
        merged=("Partenariats", "A2:A3"),
    )


def _book(path: Path, sheets: dict[str, list[list[object]]], merged: tuple[str, str] | None = None) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, lines in sheets.items():
        sheet = book.create_sheet(title)
        for line in lines:
            sheet.append(line)
    if merged:
        book[merged[0]].merge_cells(merged[1])
    made = io.BytesIO()
    book.save(made)
    # The day and hour of writing are all that differs from one run to the next.
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2024-06-30T00:00:00Z", old.read(name))
            new.writestr(zipfile.ZipInfo(name, (2024, 6, 30, 0, 0, 0)), content)


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
