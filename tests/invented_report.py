"""An invented executed notebook, with text that would like to be markup."""

import nbformat.v4 as v4

from impactkit.reports.page import MIME

HOSTILE = (
    "<script>alert(1)</script> & \"quoted\" 'apart'",
    '#image("/etc/passwd") $x^2$ @ref *b* _i_ `c` = [a](b)',
    "{{ meta }} {% raw %} { } ${x} #let a = sys.inputs \\ // /*",
    "Communauté de communes des Très-Longues-Vallées-d’Entre-Loire-et-Garonne-sur-Mer-et-Montagne",
    "Île d’Œuf, forêt naïve, 12\u202f345 personnes, −3,5\u202f% → « ainsi »\u202f: ½ ≥ ¼ ; Łódź",
)
FLIPPED = "territoire \u202eésrever\u202c de l’essai\x07"
UNFLIPPED = "territoire ésrever de l’essai"
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="90" viewBox="0 0 300 90">'
    '<path d="M10 80 L150 40 L290 15" stroke="#0b4f9c" stroke-width="3" fill="none"/></svg>'
)
ALT = "Courbe de la population de 2016 à 2023 : elle monte de <100> à 103."


def run(text, **marks):
    return {"t": text, **marks}


def title(name="Val d’Essai", overline="Essai · première vague · exemple fictif"):
    return {"kind": "title", "overline": overline, "title": name, "subtitle": ["Drôme", "deux rubriques"]}


def paragraph(*runs, role="text"):
    return {"kind": "paragraph", "role": role, "runs": list(runs)}


def findings(*pairs):
    items = [{"level": level, "label": label, "runs": [run(text)]} for level, label, text in pairs]
    return {"kind": "findings", "items": items}


def table(rows, caption="Projets connus"):
    columns = [
        {"label": "Projet", "align": "left", "width": 3.0},
        {"label": "Emplois", "align": "right", "width": 1.0},
    ]
    cells = [[[run(first, declared=True)], [run(second)]] for first, second in rows]
    return {
        "kind": "table",
        "caption": caption,
        "columns": columns,
        "rows": cells,
        "notes": [[run("Source : "), run("Gazette d’essai", declared=True)]],
    }


def chart():
    return {"kind": "chart", "svg": SVG, "alt": ALT, "caption": [run("Base 100 en 2016.")], "width": 0.8}


def notice(text):
    return {"kind": "notice", "tone": "info", "runs": [run(text)]}


def tree(*blocks, version=1):
    """An output as the kit shows it."""
    return v4.new_output(
        "display_data", {MIME: {"version": version, "blocks": list(blocks)}, "text/plain": "x"}
    )


def code(*outputs, tags=()):
    return v4.new_code_cell("ik.show()", outputs=list(outputs), metadata={"tags": list(tags)})


def prose(source, *tags):
    return v4.new_markdown_cell(source, metadata={"tags": list(tags)})


def notebook(*cells, lead=True):
    """A notebook of these cells; `lead` puts the head of a report after them."""
    last = [prose("## L'essentiel", "lead"), code(tree(title()), tags=["lead"])] if lead else []
    return v4.new_notebook(cells=[*cells, *last])


def whole():
    """Every kind of block, a silent section, and hostile text in each place that holds text."""
    rows = [(text, f"{i}") for i, text in enumerate((*HOSTILE, FLIPPED), start=1)]
    many = [(f"Projet n° {i} : {HOSTILE[i % 5]}", f"{i}") for i in range(40)]
    return notebook(
        prose("# Pour qui ouvre le carnet", "intro"),
        code(v4.new_output("stream", name="stdout", text="réglages"), tags=["parameters"]),
        code(),
        prose("## Les projets\n\nUne phrase **forte** et\nson *appui*."),
        code(tree(paragraph(run("Dit ", strong=True), run(HOSTILE[0], declared=True)), table(rows))),
        prose("## Une section muette\n\nElle annonçait quelque chose."),
        code(),
        prose("## Les projets"),
        code(tree(chart(), notice(HOSTILE[2])), tree(table(many, caption=HOSTILE[1]))),
        prose("## L'essentiel", "lead"),
        code(
            tree(
                title("Val d’Essai"),
                findings(
                    ("declared", "déclaré", HOSTILE[4]),
                    ("method", "méthode", FLIPPED),
                ),
            ),
            tree(paragraph(run(HOSTILE[3]), role="note")),
            tags=["lead"],
        ),
        lead=False,
    )


def sentences():
    """What both faces of `whole` must say."""
    return (
        *HOSTILE,
        UNFLIPPED,
        "Val d’Essai",
        "Essai · première vague · exemple fictif",
        "Une phrase forte et son appui.",
        "Les projets",
        "L’essentiel",
        "déclaré",
        "méthode",
        "Base 100 en 2016.",
        "Source : Gazette d’essai",
        "Projet n° 39 : " + HOSTILE[4],
        "Exemple fictif",
    )
