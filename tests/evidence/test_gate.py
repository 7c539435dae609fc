"""The word gate: ten planted over-claims, twenty innocent sentences, every sentence of the catalogue."""

import pytest
from babel.messages.pofile import read_po

from impactkit.evidence.gate import Ground, gate
from impactkit.wording.language import FRENCH

GROUND = Ground(
    gaps=frozenset({"1,4"}),
    targets=frozenset({"une dizaine"}),
    programmes=("Territoires d’industrie",),
    year=2026,
)
EARNED = Ground(earned=True, programmes=("Territoires d’industrie",), year=2026)

STOPPED = {
    "ratio without range": "Chaque euro investi rapporte 3,40 € à la société.",
    "output called impact": "Notre impact : 12 projets lancés et 40 partenaires réunis.",
    "undetectable effect stated": "L’effet du label sur l’emploi est de +1,4 %.",
    "population as outcome": "La population a augmenté de 2 % grâce au collectif.",
}
REWORDED = {
    "before/after called effect": (
        "L’effet du label : les emplois ont augmenté de 7,2 %.",
        "L’évolution constatée depuis le label : les emplois ont augmenté de 7,2 %. "
        "Cette évolution ne dit rien, à elle seule, du rôle du label.",
    ),
    "66.7 % of 3": (
        "66,7 % des 3 projets ont abouti.",
        "2 des 3 projets ont abouti.",
    ),
    "ambition told as result": (
        "Le projet a créé une dizaine d’emplois.",
        "Le projet espère créer une dizaine d’emplois.",
    ),
    "old fact in the present tense": (
        "En janvier 2020, le collectif compte 12 membres.",
        "En janvier 2020, le collectif comptait 12 membres.",
    ),
    "aucun effet": (
        "Le label n’a aucun effet sur le chômage.",
        "Le label n’a pas d’écart que ces données permettent de distinguer sur le chômage.",
    ),
}
INNOCENT = (
    "Le label Territoire French Impact a été remis à l’Élysée.",
    "Un fonds à impact a rejoint le tour de table.",
    "La mesure d’impact territorial est promise pour mars 2020.",
    "En effet, la halle a ouvert en septembre 2025.",
    "Un règlement a été pris à cet effet.",
    "Les effectifs de l’école ont baissé.",
    "La prise d’effet de la convention est fixée au 1er janvier.",
    "Les émissions de gaz à effet de serre sont comptées par la région.",
    "Ce n’est pas un effet : c’est une évolution.",
    "Aucun effet ne peut être estimé avec ces données.",
    "Selon une porteuse, « c’est grâce au collectif que nous avons ouvert ».",
    "Entre 2018 et 2024, l’emploi privé a augmenté de 7,2 %.",
    "La population municipale est un contexte.",
    "Chaque euro engagé rend entre 0,80 et 1,60 euro de valeur, selon les hypothèses déclarées.",
    "Douze projets ont été lancés depuis 2019, selon le collectif.",
    "66,7 % des 300 répondants vivent dans la commune centre.",
    "En janvier 2020, le collectif comptait 12 membres.",
    "Depuis 2019, le collectif réunit vingt structures.",
    "L’objectif déclaré est d’une dizaine d’emplois.",
    "Les effets inattendus n’ont pas été recherchés.",
    "Les financements complémentaires font un effet de levier de 1,5.",
    "La plateforme Impact 2024 et le pôle de coopération économique, né en 2015, y prennent part.",
    "Des fonds d’investissement à impact ont été approchés.",
    "Une revue parle en 2019 d’un territoire ; aucune source ne dit quelles communes il réunit.",
    "Le comité s’est réuni trois fois en 2026 pour une étude d’impact.",
)


@pytest.mark.parametrize("name", STOPPED)
def test_four_over_claims_stop_the_build(name):
    found = gate(FRENCH, STOPPED[name], GROUND)
    assert len(found.stopped) == 1 and STOPPED[name] in found.stopped[0]
    assert found.text == STOPPED[name] and not found.reworded


@pytest.mark.parametrize("name", REWORDED)
def test_five_over_claims_are_said_again(name):
    before, after = REWORDED[name]
    found = gate(FRENCH, before, GROUND)
    assert (found.text, found.stopped) == (after, ()) and found.reworded == ((before, after),)
    # Once said again, nothing is left to say.
    assert gate(FRENCH, after, GROUND).text == after


def test_an_effect_never_forgets_the_other_programmes():
    alone = "L’effet estimé du label sur l’emploi est de +4,1 %."
    found = gate(FRENCH, alone, EARNED)
    assert (
        found.text
        == alone + " D’autres programmes sont inscrits ici\u202f; ils le sont aussi chez les comparables."
    )
    named = "L’effet estimé, Territoires d’industrie compris, est de +4,1 %."
    assert gate(FRENCH, named, EARNED).text == named and not found.stopped


@pytest.mark.parametrize("sentence", INNOCENT)
def test_innocent_sentences_pass(sentence):
    for ground in (GROUND, Ground(year=2026)):
        found = gate(FRENCH, sentence, ground)
        assert (found.text, found.stopped, found.reworded) == (sentence, (), ())


def test_only_the_guilty_sentence_of_a_paragraph_is_touched():
    text = "Le collectif est né en 2017. Grâce aux ateliers, 3,5 emplois ont été tenus. La halle a ouvert."
    found = gate(FRENCH, text, GROUND)
    assert found.text.startswith("Le collectif est né en 2017. En même temps que les ateliers, 3,5 emplois")
    assert found.text.endswith("La halle a ouvert.") and len(found.reworded) == 1


def _key(message):
    return message[0] if isinstance(message, tuple) else message


def test_the_whole_catalogue_passes(repo):
    path = repo / "src/impactkit/wording/locale/fr/LC_MESSAGES/impactkit.po"
    with path.open("rb") as file:
        messages = [message for message in read_po(file) if message.id]
    texts = {
        text: message.id
        for message in messages
        for text in ([message.string] if isinstance(message.string, str) else message.string)
    }
    # Sentences that only a claim that has earned them may take, and what the gate itself says.
    spared = ("gap.effect", "gap.selected", "gap.exaggerat", "together.effect", "claim.effect", "gate.")
    spared += ("claim.quantity.selected",)
    guilty = {
        str(key): found
        for text, key in texts.items()
        if not _key(key).startswith(spared)
        for found in [gate(FRENCH, text, Ground(year=2026))]
        if found.stopped or found.reworded
    }
    assert len(texts) > 700 and not guilty
