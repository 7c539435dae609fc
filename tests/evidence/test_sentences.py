"""The words follow from the figures: which sentence for which case."""

import pandas as pd
import pytest

import impactkit as ik
from impactkit.evidence import compared, declared, essentials, head
from impactkit.evidence.finding import Finding


def _said(sentence):
    return "".join(run.text for run in sentence)


def _levels(place):
    return [finding.level for finding in essentials.findings(place)]


@pytest.mark.parametrize(
    ("value", "where"), [(0.0024, "below"), (0.0026, "inside"), (0.0514, "inside"), (0.0516, "above")]
)
def test_the_rank_is_read_on_the_figures_as_printed(value, where):
    # The page prints +0,2 % to +5,1 %: what prints the same as a limit is inside.
    half = pd.Series({"low": 0.0031, "high": 0.0513})
    assert compared.position(value, half) == where


def test_a_declared_figure_says_who_when_and_that_nobody_checked(french_impact):
    words = _said(declared.jobs(french_impact.territory("valence-romans")))
    assert "2 emplois" in words and "Localtis" in words and "2020" in words
    assert "il n’a pas été vérifié" in words and "une dizaine" in words
    assert "plus récente" in words and "%" not in words


def test_levels_by_territory(french_impact):
    assert _levels(french_impact.territory("valence-romans"))[-3:] == ["observed", "compared", "method"]
    assert _levels(french_impact.territory("lyon-metropole"))[-3:] == ["observed", "before-after", "method"]
    assert _levels(french_impact.territory("mayotte"))[-2:] == ["observed", "method"]
    assert "observed" not in _levels(french_impact.territory("genevois-innovales"))


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("mayotte", ("recensement de 2017", "Aucune évolution", "ne couvrent pas")),
        ("genevois-innovales", ("Aucun périmètre n’est établi", "aucun chiffre officiel")),
        ("territoire-olympique-2024", ("Aucun périmètre n’est établi", "aucun chiffre officiel")),
    ],
)
def test_what_cannot_be_measured_is_said_plainly(french_impact, code, words):
    said = str(ik.essentials(french_impact.territory(code)))
    assert all(one in said for one in words), said


def test_a_transfer_is_told_on_both_sides(french_impact):
    given = _said(declared.transfers(french_impact.territory("nantes-metropole")))
    received = _said(declared.transfers(french_impact.territory("strasbourg-eurometropole")))
    assert "apportée à Strasbourg" in given and "reçue de Nantes" in received
    assert "tiers-lieux" in given and "tiers-lieux" in received


def test_other_programmes_are_said_not_to_be_separable(french_impact):
    words = _said(declared.programmes(french_impact.territory("valence-romans")))
    assert "start-up de territoire" in words.lower() and "ne peut pas être isolé" in words
    everywhere = _said(declared.programmes(french_impact.territory("mayotte")))
    assert everywhere.startswith("Présents dans tout le programme")


def test_the_head_names_the_ground(french_impact):
    first, second = head.subtitle(french_impact.territory("valence-romans"))
    assert first == "Drôme · communauté d’agglomération, 54 communes · 226\u202f240 habitants (2023)"
    assert second.startswith("label du 25 février 2019 · ") and second.endswith("sur 13")
    assert head.kind(french_impact.territory("occitanie-est")) == "5 départements"
    assert head.subtitle(french_impact.territory("grand-chambery"))[1].startswith(
        "label du 20 décembre 2019"
    )
    assert head.subtitle(french_impact.territory("grand-poitiers"))[1].startswith("label de décembre 2019")


def test_every_territory_s_essentials_differ(french_impact):
    said = {place.code: str(ik.essentials(place)) for place in french_impact.territories}
    assert len(said) == 27
    for code, words in said.items():
        assert 2 <= words.count("[") <= 5, code
    # Two territories without a perimeter say the same of themselves, but for whom to ask.
    assert len(set(said.values())) == 27


def test_a_level_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="level"):
        Finding("proved", ())
