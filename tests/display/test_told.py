"""Tables and sentences of what is declared, on small invented evaluations."""

import pytest
from small_evaluation import written

import impactkit as ik
from impactkit.display.shown import Shown

MILESTONES = [
    {
        "milestone": "m1",
        "territory": "a",
        "version": 1,
        "title": "Ouvrir la halle",
        "due": "2020",
        "status": "planned",
    },
    {
        "milestone": "m1",
        "territory": "a",
        "version": 2,
        "title": "Ouvrir la halle",
        "due": "2020-06",
        "done": "2020-09-01",
        "status": "done",
    },
    {
        "milestone": "m2",
        "territory": "a",
        "version": 2,
        "title": "Former dix guides",
        "due": "2021-03",
        "status": "planned",
    },
]


def _lines(thing: Shown) -> list[str]:
    return str(thing).replace("\u202f", " ").splitlines()


def test_the_current_roadmap_is_shown_in_words(small):
    place = small({"milestones": MILESTONES}).territory("a")
    shown = _lines(ik.table(place, about="roadmap"))
    assert shown[1:4] == [
        "Jalon | Prévu pour | Fait le | État",
        "Ouvrir la halle | juin 2020 | 1er septembre 2020 | fait",
        "Former dix guides | mars 2021 | non dit | prévu",
    ]
    assert shown[-1] == "Source : Gazette d’essai."
    said = "".join(_lines(ik.say(place, about="roadmap")))
    assert "2 jalons (faits : 1)" in said


def test_a_column_that_nobody_filled_is_not_shown(small):
    funding = [{"territory": "a", "payer": "Région", "status": "sought"}]
    place = small({"funding": funding}).territory("a")
    assert _lines(ik.table(place, about="funding"))[1:3] == ["Financeur | État", "Région | recherché"]


def test_two_sources_stand_beside_their_rows(small):
    lessons = [
        {"territory": "a", "kind": "lesson", "lesson": "Aller voir", "source": "Entretien, mai 2021"},
        {"territory": "a", "kind": "reply", "lesson": "C’est fait", "source": "Courrier, juin 2021"},
    ]
    shown = _lines(ik.table(small({"lessons": lessons}).territory("a"), about="lessons"))
    assert shown[1].endswith("Source") and shown[2].endswith("Entretien, mai 2021")


def test_only_words_given_with_consent_are_quoted(small):
    interviews = [
        {"territory": "a", "role": "élue", "consent": "true", "quotation": "On s’est parlé."},
        {"territory": "a", "role": "agent", "consent": "false", "quotation": ""},
    ]
    shown = str(ik.table(small({"interviews": interviews}).territory("a"), about="interviews"))
    assert "On s’est parlé." in shown and "agent" not in shown


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], ""),
        ([{"searched": "false"}], "n’ont pas été recherchées"),
        ([{"searched": "true"}], "aucune n’est signalée"),
        ([{"searched": "true", "what": "Loyers en hausse", "direction": "negative"}], ""),
    ],
)
def test_unlooked_for_consequences(small, rows, said):
    place = small({"unintended_effects": [{"territory": "a", **row} for row in rows]}).territory("a")
    words = str(ik.say(place, about="lessons"))
    assert said in words if said else words == ""


def test_what_the_label_asks_has_three_states(small):
    ev = small(
        {
            "challenges": [
                {"challenge": f"c{i}", "territory": code, "title": f"Défi {i}"}
                for i, code in enumerate("aaab")
            ],
            "unknowns": [
                {"territory": "c", "heading": "challenges", "what": "x", "reason": "not-found", "ask": "y"}
            ],
        },
        more="[label]\nchallenges = 3\n",
    )

    def state(code):
        lines = _lines(ik.table(ev.territory(code), about="criteria"))
        return next(line for line in lines if line.startswith("Les défis")).split(" | ")[1]

    assert [state(code) for code in "abc"] == ["rempli", "non rempli", "inconnu"]


def test_the_board_and_what_to_send(small):
    ev = small({"challenges": [{"challenge": "c1", "territory": "a", "title": "Défi"}]})
    board = _lines(ik.table(ev, about="board"))
    assert len(board) == 2 + 4 + 2
    assert board[2].split(" | ")[4] == "oui" and board[3].split(" | ")[4] == "non"
    asks = next(line for line in _lines(ik.table(ev, about="asks")) if line.startswith("Défis"))
    assert asks.startswith("Défis | 3 | 0")
    assert "feuille « Défis » : Territoire, Défi, Nature, Thèmes" in asks
    known = ik.knowledge(ev).set_index(["territory", "heading"])
    assert (
        known.loc[("b", "challenges"), "send"] == "Territoire : Val-b ; Défi : … ; Nature : … ; Thèmes : …"
    )
    assert known.loc[("a", "challenges"), "send"] == ""


def test_a_candidate_has_no_label(small):
    usual = {"wave": "1", "perimeter_kind": "none", "confidence": "low"}
    places = [
        {"territory": "a", "name": "Val-a", "status": "labelled", **usual},
        {"territory": "b", "name": "Val-b", "status": "candidate", **usual},
    ]
    ev = small({"territories": places})
    assert ev.territory("b").labelled == "" and ev.territory("a").labelled == "2019-03-01"
    assert "candidat, sans label" in str(ik.say(ev.territory("b")))
    assert "ait reçu le label" in str(ik.say(ev.territory("b"), about="label"))


@pytest.mark.parametrize(
    ("names", "shown"), [("none", ""), ("initials", "J. P. D."), ("public", "Jeanne-Paule Dumont")]
)
def test_a_name_is_told_as_the_evaluation_asks_and_only_when_public(tmp_path, names, shown):
    about = {"territory": "a", "date": "2021-05", "role": "élue", "consent": "true", "theme": "x"}
    rows = [
        about | {"quotation": "C’est né ici", "name": "Jeanne-Paule Dumont", "public": "true"},
        about | {"quotation": "Je ne signe pas", "name": "Anne Onyme", "public": "false"},
    ]
    ev = written(tmp_path / "ev", {"interviews": rows}, more=f'[report]\nnames = "{names}"\n')
    text = str(ik.table(ev.territory("a"), about="interviews"))
    assert "Onyme" not in text and "A. O." not in text and "C’est né ici" in text
    assert (shown in text) if shown else "Dumont" not in text
