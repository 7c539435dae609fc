"""No page of either evaluation holds two sentences that cannot both stand; on planted ones the reader fails."""

import pytest
from pages.disagreements import KINDS, disagreements

# What pages still say, by kind, without the official files and with them. A kind that no page shows any more
# fails here: it is then taken off.
STILL = {
    "plain": {},
    "official": {},
}

MUNICIPAL = (
    "<p>De 2016 à 2023, la population a augmenté de 2,8 %. Sur la même période, la moitié au moins des 53 "
)
MUNICIPAL += "intercommunalités comparables ont connu une évolution comprise entre +0,2 % et +5,1 %.</p>"
# A page on which everything agrees: what is planted replaces words of it.
PAGE = f"""
<div class="ik-subtitle"><p>Drôme</p><p>label du 25 février 2019 · 4 rubriques documentées sur 13</p></div>
<main>
<h2>L’essentiel</h2>
<ul class="ik-findings"><li><span class="ik-level">comparé</span><p>De 2018 à 2024, l’emploi salarié privé a
augmenté de 7,2 %. La moitié au moins des 41 intercommunalités comparables ont connu entre +4,3 % et
+9,7 %.</p></li></ul>
<figure data-number="1"><img alt="Courbe : emploi salarié privé, de 2018 à 2024. La médiane des 41
intercommunalités comparables évolue de +7,5 %."><figcaption>Figure 1 Emploi salarié privé, base 100 en 2018.
En gris, intercommunalités comparables : 41 ; bande : la moitié centrale.</figcaption></figure>
<h2>Ce qui a été fait</h2>
<p>23 défis sont cités. Le premier projet lancé depuis le label l’a été 115 jours après lui.</p>
<h2>Le territoire parmi ses comparables</h2>
<p>Fin 2024, le territoire compte 79 667 emplois salariés privés. De 2018 à 2024, l’emploi salarié privé a augmenté
de 7,2 %. La moitié au moins des 41 intercommunalités comparables ont connu entre +4,3 % et +9,7 %. À cette taille,
95 % des évolutions ordinaires vont de −5,6 % à +17,3 % (860 intercommunalités hors du programme) : celle-ci n’a
rien d’inhabituel.</p>
<p>Dans la zone d’emploi de Valence, le chômage touchait 7,3 % des actifs en 2022. De 2018 à 2022, ce taux a baissé
de 1,9 point. Dans la moitié au moins des 54 zones d’emploi comparables, l’évolution va de −2,0 à −1,4 point.</p>
{MUNICIPAL}
<h2>Ce que l’on peut dire, et ne pas dire</h2>
<p>Avec ces données, seul un écart d’au moins 6 870 emplois environ (9,2 %) pourrait être distingué.</p>
<p>L’écart avec les territoires de comparaison est de +1,4 % (intervalle : −4,9 % à +8,1 %), en moyenne de 2020 à
2024. 62 des 100 unités non labellisées les plus proches en taille (de 19 745 à 151 612 emplois) présentent un écart
au moins aussi grand : cet écart ne peut pas être distingué de l’ordinaire. Attention, comparaison faible :
territoires en moyenne 2,3 fois plus petits. 20 territoires sont testés sur cet indicateur.</p>
<p>Aucun écart ne peut être mesuré pour ce territoire sur le taux de chômage. Le territoire ne porte que 47,6 % des
emplois de sa zone.</p>
<figure data-number="3"><img alt="Courbes d’écart, de 2014 à 2024, parmi 100 courbes grises ; 95 % d’entre elles
finissent entre −7,7 % et +7,3 %."><figcaption>Figure 3 Écart sur l’emploi salarié privé.</figcaption></figure>
<div class="ik-annexes"><h2>Annexes</h2><section><h3>La comparaison, ses choix et ses doutes</h3>
<div class="ik-table"><table><caption>Chiffres de contexte</caption>
<thead><tr><th>Chiffre</th><th>Territoire</th><th>Évolution</th></tr></thead><tbody>
<tr><th>Emploi salarié privé</th><td>79 667 (2024)</td><td>+7,2 % depuis 2018</td></tr>
<tr><th>Chômage (zone d’emploi)</th><td>7,3 % (2022)</td><td>−1,9 pt depuis 2018</td></tr></tbody></table></div>
<div class="ik-table"><table><caption>Avant le label : le territoire, sa comparaison pondérée</caption>
<thead><tr><th>Avant le label</th><th>Territoire</th><th>Sa comparaison</th><th>Toutes</th></tr></thead><tbody>
<tr><th>L’emploi salarié privé, 2018 (moyenne géométrique)</th><td>74 331</td><td>33 010</td><td>3 966</td></tr>
</tbody></table></div>
<img alt="La chaîne des moyens aux changements. Moyens : déclaré ; Résultats : comparé.">
<div class="ik-table"><table><caption>Ce qui est documenté</caption>
<thead><tr><th>Rubrique</th><th>État</th><th>Sources</th></tr></thead><tbody>
<tr><th>Projets et emplois</th><td>documentée</td><td>Gazette, 3 octobre 2019, gazette.fr</td></tr></tbody></table>
</div></section><section><h3>Les données des figures</h3>
<div class="ik-table" id="donnees-1"><table><caption>Figure 1. Emploi salarié privé, base 100 en 2018</caption>
<thead><tr><th>Année</th><th>Territoire</th><th>Bas de la moitié centrale</th><th>Médiane</th><th>Haut</th></tr></thead>
<tbody><tr><th>2018</th><td>100,0</td><td>100,0</td><td>100,0</td><td>100,0</td></tr>
<tr><th>2024</th><td>107,2</td><td>104,3</td><td>107,5</td><td>109,7</td></tr></tbody></table>
<p>De 2018 à 2024, le territoire : +7,2 % ; 41 comparables.</p></div>
<div class="ik-table" id="donnees-3"><table><caption>Figure 3. L’écart année par année, sur l’emploi salarié privé, et
les placebos (95 % d’entre eux)</caption>
<thead><tr><th>Période</th><th>Territoire</th><th>Placebos, bas</th><th>Placebos, haut</th></tr></thead>
<tbody><tr><th>2024</th><td>−0,1 %</td><td>−7,7 %</td><td>+7,3 %</td></tr></tbody></table>
<p>En moyenne après le label : +1,4 %. Sur 100 placebos, à la dernière période : de −7,7 % à +7,3 %.</p></div>
</section></div></main>
"""
PROGRAMME = (
    """
<div class="ik-subtitle"><p>27 territoires labellisés</p></div>
<main><h2>L’essentiel</h2>
<p>23 défis sont cités, dans 9 territoires. Les thèmes les plus présents touchent chacun 3 territoires.</p>
<h2>Ce que l’on peut dire, et ne pas dire</h2>
<p>Des 27 territoires labellisés, 3 ont un écart mesuré, et les 2 qui partagent leurs unités entrent dans la
moyenne.</p>
<p>En moyenne sur 2 territoires, l’écart sur l’emploi salarié privé est de +1,2 % (intervalle : −0,5 % à +2,9 %). On
attendrait celui d’un territoire de plus entre −6,1 % et +8,9 %.</p>
<h2>Ce que nous ne savons pas</h2>
<table><caption>Ce qui manque</caption><thead><tr><th>Rubrique</th><th>Inconnue</th></tr></thead><tbody>
<tr><th>Défis</th><td>1</td></tr></tbody></table>
<div class="ik-annexes"><h2>Annexes</h2><h3>Ce qui est documenté</h3>
<table><caption>Ce qui est documenté</caption><thead><tr><th>Territoire</th><th>A</th><th>B</th></tr></thead><tbody>
"""
    + "<tr><th>Val</th><td>oui</td><td>non</td></tr>" * 10
    + """</tbody></table>
<table><caption>Les thèmes</caption><thead><tr><th>Thème</th><th>Territoires</th></tr></thead><tbody>
<tr><th>mobilité douce</th><td>3</td></tr></tbody></table>
<h3>Les données des figures</h3>
<table><caption>Figure 3. L’écart de chaque territoire, sur l’emploi salarié privé</caption>
<thead><tr><th>Territoire</th><th>Vague</th><th>Écart</th><th>Bas</th><th>Haut</th></tr></thead><tbody>
<tr><th>a</th><td>1</td><td>−4,6 %</td><td>−9,0 %</td><td>+1,0 %</td></tr>
<tr><th>b</th><td>1</td><td>+3,0 %</td><td>−2,0 %</td><td>+9,0 %</td></tr>
<tr><th>c</th><td>1</td><td>+4,7 %</td><td>−1,0 %</td><td>+9,0 %</td></tr>
<tr><th>moyenne du programme</th><td></td><td>+1,2 %</td><td>−0,5 %</td><td>+2,9 %</td></tr></tbody></table>
</div></main>
"""
)
EFFECT = "<p>Effet estimé de la labellisation sur l’emploi salarié privé : +15,5 % (intervalle à 95 % : +14,1 % à "
EFFECT += "+17,0 %), en moyenne de 2020 à 2024.</p>"
GAP = "L’écart avec les territoires de comparaison est de +1,4 % (intervalle : −4,9 % à +8,1 %)"
VALUE = "<p>Pour un euro engagé, de 0,71 à 1,28 euros de valeur pour la société (valeur centrale : 1,10) ; 58,0 % des "
VALUE += "tirages sont positifs.</p>"
END = "</section></div></main>"

# Of each row of what pages said and also said: the page, what is replaced, by what, and the kind.
PLANTED = [
    (PAGE, "62 des 100 unités non labellisées les plus proches en taille", "100 unités de taille proche", "two-counts"),
    (PAGE, "; 41 comparables.", "; 0 comparable.", "two-counts"),
    (PAGE, "Attention, comparaison", "Attention, 0 unité de taille proche seulement ; comparaison", "two-counts"),
    (PAGE, "20 territoires sont testés", "Le territoire n’est comparé à aucun autre", "two-counts"),
    (PAGE, "<p>23 défis sont cités.", "<p>23 défis sont cités. 6 défis étaient cités.", "two-counts"),
    (PAGE, "41", "6", "compared-with-few"),
    (PAGE, '<span class="ik-level">comparé</span><p>De 2018 à 2024, l’emploi', '<span class="ik-level">comparé</span>'
     "<p>Aucune intercommunalité n’est comparable. L’emploi", "compared-with-few"),
    (PAGE, " sur le taux de chômage. Le territoire ne", ". Le territoire ne", "no-gap-beside-a-gap"),
    (PAGE, "mesuré pour ce territoire sur le taux de chômage", "mesuré sur l’emploi salarié privé", "no-gap-beside-a-gap"),
    (PAGE, "33 010", "45 913", "contradicted-size"),
    (PAGE, "2,3 fois plus petits", "1,6 fois plus petits", "contradicted-size"),
    (PAGE, "2,3 fois plus petits", "2,3 fois plus grands", "contradicted-size"),
    (PAGE, "dernière période : de −7,7 % à +7,3 %", "dernière période : de −5,8 % à +6,2 %", "two-bands"),
    (PAGE, "finissent entre −7,7 % et +7,3 %", "finissent entre −5,8 % et +6,2 %", "two-bands"),
    (PAGE, "95 % d’entre elles\nfinissent", "neuf sur dix de celles-ci\nfinissent", "two-bands"),
    (PAGE, END, "<p>Valence : emploi salarié privé ; 95 % des évolutions ordinaires vont de −2,0 % à +9,0 %.</p>" + END,
     "two-bands"),
    (PAGE, "celle-ci n’a\nrien d’inhabituel", "celle-ci est inhabituelle. 7 des 57 zones ont baissé au moins autant",
     "unusual-but-common"),
    (PAGE, "celle-ci n’a\nrien d’inhabituel", "84 % des 106 communes de sa taille sont dans ces limites",
     "unusual-but-common"),
    (PAGE, "En gris, intercommunalités comparables : 41",
     "Les 860 intercommunalités hors du programme de taille proche", "everyone-is-near"),
    (PAGE, "7,3 % (2022)", "7,4 % (T3 2023)", "dates-in-a-row"),
    (PAGE, "79 667 (2024)", "79 667 (2023)", "dates-in-a-row"),
    (PAGE, "<td>7,3 % (2022)</td><td>−1,9 pt depuis 2018</td>", "<td>7,3 % (2022)</td><td>−1,9 pt de 2018 à 2023</td>",
     "dates-in-a-row"),
    (PAGE, "l’a été 115 jours après lui", "l’a été 219 jours après lui", None),
    (PAGE.replace("3 octobre 2019", "octobre 2019"), "115 jours après lui", "219 jours après lui", "days-from-a-month"),
    (PAGE, END, VALUE.replace("58,0", "42,0") + END, "centre-outside"),
    (PAGE, END, VALUE.replace("1,10", "1,30") + END, "centre-outside"),
    (PAGE, "107,5</td><td>109,7", "111,5</td><td>109,7", "centre-outside"),
    (PAGE, "+1,4 % (intervalle : −4,9 %", "−5,4 % (intervalle : −4,9 %", "centre-outside"),
    (PAGE, END, VALUE.replace("positifs", "positifs, aux prix de 2025") + END, "deflated"),
    (PAGE, "<td>100,0</td><td>100,0</td><td>100,0</td><td>100,0</td>", "<td>74 331</td>", "not-an-index"),
    (PAGE, "label du 25 février 2019", "candidat, sans label", "labelled-candidate"),
    (PAGE, GAP, GAP.replace("−4,9 %", "+0,2 %"), "unexplained-ordinary"),
    (PAGE, END, EFFECT + "<p>Les autres programmes présents n’ont pas pu être isolés.</p>" + END, "unearned-effect"),
    (PAGE, "(9,2 %) pourrait être distingué.</p>", "(18,2 %) pourrait être distingué.</p>" + EFFECT, "unearned-effect"),
    (PAGE, "(9,2 %) pourrait être distingué.</p>", "(9,2 %) a quatre chances sur cinq de paraître inhabituel ; il en "
     "faudrait 17,3 % pour parler d’effet.</p>" + EFFECT, "unearned-effect"),
    (PROGRAMME, "dans 9 territoires", "dans 7 territoires", "unreconciled"),
    (PROGRAMME, "sont cités, dans", "sont cités (9 sources), dans", None),
    (PROGRAMME, "touchent chacun 3 territoires", "touchent chacun 42,9 % de ces territoires", "percent-of-few"),
    (PROGRAMME, "<th>Territoires</th></tr></thead><tbody>\n<tr><th>mobilité douce</th><td>3",
     "<th>Part des territoires</th></tr></thead><tbody>\n<tr><th>mobilité douce</th><td>42,9 %", "percent-of-few"),
    (PROGRAMME, "3 ont un écart mesuré, et les 2", "tous", "unreconciled"),
    (PROGRAMME, "entre −6,1 % et +8,9 %", "entre −0,5 % et +2,9 %", "narrow-prediction"),
    (PROGRAMME, "entre −6,1 % et +8,9 %", "entre −3,1 % et +2,9 %", "narrow-prediction"),
]  # fmt: skip


def kinds_of(html, page="programme"):
    return {found.kind for found in disagreements(html, page)}


@pytest.mark.parametrize("html", [PAGE, PROGRAMME, PAGE.replace("comparé</span>", "avant-après</span>")])
def test_an_innocent_page_passes(html):
    assert not disagreements(html)


@pytest.mark.parametrize(("html", "was", "becomes", "kind"), PLANTED)
def test_a_planted_line_is_found(html, was, becomes, kind):
    assert was in html
    found = kinds_of(html.replace(was, becomes))
    assert kind in found if kind else not found


def test_each_kind_has_a_planted_line():
    assert {kind for *_, kind in PLANTED} - {None} == set(KINDS)


def test_what_is_found_says_the_page_the_section_and_both_sentences():
    (found,) = disagreements(PAGE.replace("7,3 % (2022)", "7,4 % (T3 2023)"), "valence-romans")
    assert (found.page, found.section) == ("valence-romans", "La comparaison, ses choix et ses doutes")
    assert found.first == "Chiffres de contexte" and "T3 2023" in found.second and "2022" in found.second


def read(folders):
    """Every disagreement of the reports in these folders."""
    return [
        found
        for folder in folders
        for found in disagreements((folder / "report.html").read_text("utf-8"), folder.name)
    ]


def kinds(which):
    """Every kind, those that pages still show marked as such."""
    still = STILL[which]
    return [
        pytest.param(kind, marks=pytest.mark.xfail(strict=True, reason=still[kind]))
        if kind in still
        else kind
        for kind in KINDS
    ]


def test_a_page_does_not_disagree_with_itself(report):
    found = [str(one) for one in read([report]) if one.kind not in STILL["plain"]]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("kind", kinds("plain"))
def test_no_page_disagrees_with_itself(kind, every_report):
    found = [str(one) for one in read(every_report) if one.kind == kind]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("kind", kinds("official"))
def test_with_official_files_too(kind, built_official):
    folders = sorted(page.parent for page in built_official.glob("*/report.html"))
    found = [str(one) for one in read(folders) if one.kind == kind]
    assert folders and not found, "\n".join(found)
