"""The pages that nobody writes: at each build, from the schemas, the catalogues, the commands, the door."""

from __future__ import annotations

import csv
import html
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import typer

import impactkit as ik
from impactkit.cli.commands import app
from impactkit.display.charts import OF_OUTCOME, OF_PROGRAMME, OF_TERRITORY
from impactkit.display.shown import Chart

DATA = Path(__file__).resolve().parents[1] / "data"
SHOWN = "val-d-aubrelle"
# Every public name has its place; one that has none stops the build.
NAMES = {
    "Lire et vérifier": ["load", "Evaluation", "Territory", "check", "Problems"],
    "Remplir": ["new_workbook", "import_workbook", "knowledge"],
    "Mesurer": ["indicators", "panel", "Panel", "trajectory", "explore", "comparable", "suggest_transfers"],
    "Estimer et douter": ["effect", "Effect", "detectable", "doubts", "programme_effect"],
    "Les méthodes publiées, sur n’importe quel panel": ["synthetic", "group_time", "honest"],
    "Donner une valeur": ["value"],
    "Dire et montrer": ["say", "essentials", "table", "chart", "map", "show"],
    "Rendre compte": ["run", "claims", "explain", "write_twins"],
    "Ce qui peut aller mal": [
        *("ImpactkitError", "UnknownName", "RefusedData", "NotEnoughData", "SourceFailed", "ReportFailed")
    ],
}
# What a reader calls on these objects.
MEMBERS = {
    "Evaluation": "territory, territories, table, tables, wave",
    "Territory": "table",
    "Panel": "from_frame, frame, gaps, unusual, revisions, wide",
    "Effect": "table",
}
# What each estimator gives, beyond what every Effect has.
RESULTS = ("TerritoryEffect", "ProgrammeEffect", "SyntheticEffect", "GroupTimeEffect")
THEMES = {
    "context": "Contexte",
    "inclusion": "Inclusion par l’emploi",
    "mobility": "Mobilité",
    "ageing": "Vieillissement",
    "circular": "Économie circulaire",
    "food": "Alimentation",
}
DIRECTIONS = {
    "higher": "une hausse est souhaitée",
    "lower": "une baisse est souhaitée",
    "context": "un contexte, sans sens souhaité",
    "contested": "le sens souhaité se discute",
}
LOGIC = {
    "inputs": "Moyens",
    "activities": "Activités",
    "outputs": "Réalisations",
    "outcomes": "Résultats",
    "impacts": "Impacts",
    "context": "Contexte",
}
DATED = r"^\d{4}(-\d{2}(-\d{2})?)?$"
TYPES = {"string": "texte", "number": "nombre", "integer": "entier", "boolean": "oui ou non (true, false)"}
# What each chart answers: the question that a reader would ask.
ASKED = {
    "trajectory": "Comment le territoire évolue-t-il parmi ceux qui lui ressemblent ?",
    "gap": "L’écart qui suit le label sort-il de ce que l’on voit ailleurs, là où rien n’a été fait ?",
    "choices": "Le résultat tient-il à un choix de méthode ?",
    "dispersion": "Une telle évolution est-elle ordinaire pour un territoire de cette taille ?",
    "composition": "Qui est dans le collectif ?",
    "roadmap": "Où en est la feuille de route ?",
    "stages": "Jusqu’où les projets sont-ils allés ?",
    "jobs": "Combien d’emplois déclarés, et pour quelle ambition ?",
    "funding": "D’où vient l’argent, et est-il versé ?",
    "spine": "Où se situe chaque chiffre officiel ?",
    "theory": "Des moyens aux changements, où s’arrêtent les preuves ?",
    "tornado": "De quelles hypothèses dépend une valeur en euros ?",
    "themes": "Quels thèmes les territoires citent-ils ?",
    "first_project": "Combien de temps jusqu’au premier projet lancé ?",
    "transfers": "Qui apprend de qui ?",
    "map": "Où sont les territoires ?",
    "waves": "Les écarts diffèrent-ils d’une vague à l’autre ?",
}

# How each page begins.
BEGIN = {
    "noms": """# Les noms publics

Tout s’appelle `ik.…` après `import impactkit as ik`. Chaque exemple est exécuté par les tests, presque tous
sur l’évaluation inventée (`ik.load()`), depuis la racine du dépôt.
""",
    "commandes": """# La ligne de commande

Une commande ne fait que passer ce qui est tapé à une fonction ; `impactkit COMMANDE --help` redit cette
page. Codes de sortie : 0, tout va bien ; 1, un rapport ou une source a échoué ; 2, ce qui est demandé est
refusé ; 130, interrompu.
""",
    "tables": """# Dictionnaire des données

Une évaluation est un dossier de tables CSV. Seule celle des territoires est obligatoire. Une cellule vide
est une inconnue, jamais un zéro. Cette page vient de `data/schemas`, une Table Schema par table, que
`impactkit check` et le classeur lisent aussi.
""",
    "indicateurs": """# Catalogue des indicateurs

Deux sortes. Les indicateurs **officiels** décrivent le territoire : la source, la formule, le piège. Ceux
que l’on tire des **tables** du programme décrivent ce qui est déclaré. Pour tous :
 `ik.indicators(ev, measure="…")`.

## Les indicateurs officiels

« Non vérifié » : la source a été lue, sa définition n’a pas pu être confrontée à celle du producteur.
""",
    "galerie": f"""# Galerie

Tous les dessins du kit, faits à l’instant où cette page est construite : les mêmes que dans un rapport. Les
territoires sont ceux de l’évaluation **inventée** (exemple fictif), sauf pour la carte. Un dessin porte ses
données (`.data`), sa légende (`.caption`) et ce qu’il dit à qui ne le voit pas (`.alt`) ; ce que l’on sait
trop peu ne se dessine pas.

```python
import impactkit as ik

ev = ik.load()                          # l’évaluation inventée
place = ev.territory("{SHOWN}")
real = ik.load("data/french-impact")    # la vraie
```
""",
}


def everything(docs: Path) -> None:
    """Write docs/_generated. A file that has not changed is left, so that Sphinx does not read it again."""
    home = docs / "_generated"
    pages = {"noms": names(), "commandes": commands(), "tables": tables(), "indicateurs": indicators()}
    drawings = dict(gallery())
    pages["galerie"] = gallery_page(drawings)
    for name, text in pages.items():
        _write(home / f"{name}.md", text)
    for name, (_, chart) in drawings.items():
        _write(home / "images" / f"{name}.svg", chart.svg)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.is_file() or path.read_text("utf-8") != text:
        path.write_text(text, "utf-8")


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    heads = list(heads)
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines) + "\n"


def _cell(text: str) -> str:
    """A cell of a Markdown table: outside code, stars and angles are quoted; a bar is, everywhere."""
    parts = re.split(r"(`[^`]*`)", text.replace("|", "\\|").replace("\n", " "))
    return "".join(p if p.startswith("`") else p.replace("*", "\\*").replace("<", "&lt;") for p in parts)


def names() -> str:
    """The public names: what each gives in French, then its docstring."""
    placed = [name for part in NAMES.values() for name in part]
    if sorted(placed) != sorted(ik.__all__):
        raise ValueError(f"docs/generate.py places other names: {set(placed) ^ set(ik.__all__)}")
    text = [BEGIN["noms"]]
    for title, part in NAMES.items():
        text.append(f"## {title}\n")
        for name in part:
            kind, members = _kind(name), MEMBERS.get(name, "")
            text.append(f"```{{eval-rst}}\n.. auto{kind}:: impactkit.{name}")
            text += [f"   :members: {members}"] if members else []
            text.append("```\n")
            if name == "Effect":
                text += [_result(kind) for kind in RESULTS]
    return "\n".join(text)


def _result(kind: str) -> str:
    return f"```{{eval-rst}}\n.. autoclass:: impactkit.effects.results.{kind}\n```\n"


def _kind(name: str) -> str:
    found = getattr(ik, name)
    if not isinstance(found, type):
        return "function"
    return "exception" if issubclass(found, Exception) else "class"


def commands() -> str:
    """The command line, as `--help` tells it."""
    group = typer.main.get_command(app)
    text = [BEGIN["commandes"]]
    shown = sorted(group.commands.values(), key=lambda one: one.hidden)
    for one in shown:
        typed = " ".join(
            _metavar(p) if p.required else f"[{_metavar(p)}]"
            for p in one.params
            if p.param_type_name == "argument"
        )
        more = "[options]" if any(p.param_type_name == "option" for p in one.params) else ""
        text += [
            f"## `impactkit {one.name}`\n",
            f"{one.help}\n",
            f"```text\nimpactkit {one.name} {typed} {more}".rstrip() + "\n```\n",
        ]
        rows = [(_option(p), p.help or "", _default(p)) for p in one.params]
        if rows:
            text.append(_table(("Ce que l’on donne", "Ce que c’est", "Sans cela"), rows))
    return "\n".join(text)


def _metavar(param) -> str:
    return param.metavar or param.name.upper()


def _option(param) -> str:
    if param.param_type_name == "argument":
        return f"`{_metavar(param)}`"
    return f"`{param.opts[0]}`" if param.is_flag else f"`{param.opts[0]} {_metavar(param)}`"


def _default(param) -> str:
    if param.required:
        return "refusé"
    plain = isinstance(param.default, str | int | Path) and param.default not in (False, "")
    return f"`{param.default}`" if plain else ""


def tables() -> str:
    """The dictionary of data, from data/schemas."""
    package = json.loads((DATA / "schemas" / "datapackage.json").read_text("utf-8"))
    text = [BEGIN["tables"]]
    for resource in package["resources"]:
        schema = json.loads((DATA / "schemas" / resource["schema"]).read_text("utf-8"))
        text += [f"## {schema['title']} : `{resource['path']}`\n", _about(schema)]
        text.append(_table(("Colonne", "Ce que c’est", "Forme", "Exemple"), map(_field, schema["fields"])))
    return "\n".join(text)


def _about(schema: dict) -> str:
    told = f"{schema['description']} Feuille du classeur : « {schema['sheet']} »."
    key = schema.get("primaryKey")
    if key:
        told += " Clé : " + ", ".join(f"`{one}`" for one in ([key] if isinstance(key, str) else key)) + "."
    return told + (" Dans le classeur allégé (`--light`)." if schema.get("light") else "") + "\n"


def _field(field: dict) -> tuple[str, str, str, str]:
    rule, labels = field.get("constraints", {}), field.get("labels", {})
    shape = TYPES[field["type"]]
    if labels:
        shape = ("plusieurs, séparés par `|`, parmi : " if field.get("many") else "l’un de : ") + ", ".join(
            f"`{code}` ({words})" for code, words in labels.items()
        )
    elif rule.get("pattern", "") == DATED:
        shape = "date : `AAAA`, `AAAA-MM` ou `AAAA-MM-JJ`"
    elif "pattern" in rule:
        shape = f"{shape}, de la forme `{rule['pattern']}`"
    bounds = [f"au moins {rule['minimum']}"] if "minimum" in rule else []
    bounds += [f"au plus {rule['maximum']}"] if "maximum" in rule else []
    asked = [words for name, words in (("required", "obligatoire"), ("unique", "unique")) if rule.get(name)]
    example = f"`{field['example']}`" if "example" in field else ""
    said = f"{field['title']}. {field['description']}"
    return f"`{field['name']}`", said, " ; ".join([shape, *bounds, *asked]), example


def indicators() -> str:
    """The catalogue of official indicators, and what the tables of a programme are turned into."""
    catalogue = list(_csv("indicators"))
    text = [BEGIN["indicateurs"]]
    for theme, title in THEMES.items():
        text.append(f"### {title}\n")
        for one in catalogue:
            if one["theme"].split()[0] == theme:
                text.append(_entry(one))
    text += ["## Les indicateurs tirés des tables\n", "Rangés par maillon de la chaîne des changements.\n"]
    for logic, title in LOGIC.items():
        held = [one for one in _csv("measures") if one["logic"] == logic]
        if held:
            text.append(f"### {title}, d’après les tables\n")
            rows = ((f"`{one['id']}`", one["label_fr"], f"`{one['table']}`") for one in held)
            text.append(_table(("Indicateur", "Ce que c’est", "Table"), rows))
    return "\n".join(text)


def _csv(name: str) -> Iterator[dict[str, str]]:
    with (DATA / "reference" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _entry(one: dict[str, str]) -> str:
    target = " ".join(filter(None, [one["target"], one["target_source"] and f"({one['target_source']})"]))
    told = [
        (one["formula"], "Formule"),
        (one["unit"], "Unité"),
        (DIRECTIONS[one["direction"]], "Sens"),
        (one["source"], "Source"),
        (one["frequency"], "Fréquence"),
        (one["breaks"], "Ruptures"),
        (one["coverage"], "Couverture"),
        (target, "Cible publique"),
        (one["trap"], "Piège"),
    ]
    lines = [f"- {head} : {_cell(words)}" for words, head in told if words]
    doubt = "" if one["status"] == "verified" else " *(non vérifié)*"
    return f"`{one['id']}` : **{one['label_fr']}**{doubt}\n\n" + "\n".join(lines) + "\n"


def gallery() -> Iterator[tuple[str, tuple[str, Chart]]]:
    """Every chart that the kit draws: its name, the call, the drawing."""
    ev = ik.load()
    place = ev.territory(SHOWN)
    for kind in (*OF_OUTCOME, *OF_TERRITORY):
        yield kind, (f'ik.chart(place, kind="{kind}")', ik.chart(place, kind=kind))
    for kind in OF_PROGRAMME:
        yield f"programme-{kind}", (f'ik.chart(ev, kind="{kind}")', ik.chart(ev, kind=kind))
    # The invented territories stand nowhere: the map is that of the real programme.
    yield "map", ("ik.map(real)", ik.map(ik.load(DATA / "french-impact")))


def gallery_page(drawings: dict[str, tuple[str, Chart]]) -> str:
    """Each drawing with its question, its call, and what it says to who cannot see it."""
    text = [BEGIN["galerie"]]
    for name, (call, chart) in drawings.items():
        kind = name.removeprefix("programme-")
        if name == "trajectory":
            text.append("## Un territoire\n")
        if name == f"programme-{next(iter(OF_PROGRAMME))}":
            text.append("## Un programme entier\n")
        if not chart.svg:
            raise ValueError(f"docs/generate.py: nothing to draw for {call}")
        text += [f"### {ASKED[kind]}\n", f"```python\n{call}\n```\n"]
        told = [f":alt: {html.unescape(chart.alt)}", f":width: {int(100 * chart.width)}%"]
        text.append("\n".join([f"```{{image}} images/{name}.svg", *told, "```\n"]))
        text.append("".join(run.text for run in chart.caption) + "\n")
    return "\n".join(text)
