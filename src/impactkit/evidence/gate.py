"""The word gate: what evaluators and tables write claims no more than the figures have earned.

A phrase of the catalogue can only come from a claim that earned it (`level.rule`). This is the second net,
for what people write themselves: cells of prose, files of prose, free text of tables. Four over-claims stop
the build; six are said again in words that hold. A quotation (between guillemets) is its author's.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from impactkit.data.territories import Territory
from impactkit.wording.catalogue import say
from impactkit.wording.numbers import number

if TYPE_CHECKING:
    import pandas as pd

SP = r"[\s\u00a0\u202f]"
FIGURE = rf"[+\u2212-]?\d+(?:{SP}\d{{3}})*(?:[,.]\d+)?"
# Words that hold « effet » or « impact » and claim nothing.
INNOCENT = re.compile(
    "|".join(
        (
            r"french[ -]impact|\w+ à impact|impact social",
            r"(?:mesure|étude|évaluation|rapport|indicateur)s? d['’]impact\w*|mesure d['’]« impact social »",
            r"(?:gaz )?à effet de serre|effet de serre|effet de levier|sans effet",
            r"\ben effet\b|à cet effet|à effet du|effectifs?|prises? d['’]effet|prend(?:ra)? effet",
            r"(?:n['’]est pas|ne dit rien d|ne prouve pas d)['’]?(?: ?un |l['’])?(?:effet|impact)s?",
            r"aucun (?:effet|impact) ne (?:peut|pourrait)[^.]*",
            r"(?:effet|impact)s? (?:attendu|espéré|visé|recherché)s?",
            r"(?:effet|impact)s? (?:non |in)(?:voulu|attendu|désiré|recherché)s?",
        )
    ),
    re.IGNORECASE,
)
# A name: « la plateforme Impact 2024 ».
PROPER = re.compile(r"(?<=\w )Impacts?\b")
CAUSAL = re.compile(
    r"\b(?:effets?|impacts?)\b|\bgrâce (?:à|au)|\b(?:a|ont) permis d|\brésult(?:e|ent|ait|ant) d[eu'’]",
    re.IGNORECASE,
)
EFFECT = re.compile(r"\b(?:effets?|impacts?)\b", re.IGNORECASE)
OUTPUT = re.compile(
    rf"{FIGURE}{SP}+(?:projets?|ateliers?|réunions?|rencontres?|partenariats?|partenaires|membres|formations?"
    r"|participants?|bénéficiaires|événements?|conventions?|adhérents)",
    re.IGNORECASE,
)
RATIO = re.compile(
    rf"\bSROI\b[^.;]*\d|retour social[^.;]*\d|(?:1|un|chaque){SP}*(?:€|euros?)[^.;]*"
    rf"(?:rapporte|rend|génère|produit|crée)[^.;]*{FIGURE}{SP}*(?:€|euros?)"
    rf"|\bratio\b[^.;]*{FIGURE}{SP}*(?:€|euros?)?",
    re.IGNORECASE,
)
RANGE = re.compile(
    rf"\b(?:entre|de){SP}+{FIGURE}[^.;]*\b(?:et|à){SP}+{FIGURE}|fourchette|intervalle", re.IGNORECASE
)
PEOPLE = re.compile(
    r"\bpopulation\b|nouveaux habitants|\bhabitants? (?:de plus|supplémentaires)", re.IGNORECASE
)
GROWTH = re.compile(r"\b(?:augment|progress|hauss|croî|croi|baiss|attir|gagn|arriv)\w*", re.IGNORECASE)
SHARE = re.compile(rf"({FIGURE}){SP}*%{SP}+(?:des|de|sur){SP}+(?:les{SP}+)?(\d{{1,2}})\b", re.IGNORECASE)
NO_EFFECT = re.compile(
    r"(n['’](?:a|ont|a eu|ont eu)) (?:aucun|pas d['’]) ?(?:effet|impact)\b|\baucun (?:effet|impact)\b",
    re.IGNORECASE,
)
CREATED = re.compile(r"\b(a|ont|avons) créé\b|\b(crée|créent)\b", re.IGNORECASE)
YEAR = re.compile(r"\b(?:19|20)\d{2}\b")
SINCE = re.compile(r"\b(?:depuis|dès|à partir de|jusqu['’])", re.IGNORECASE)
PRESENT = {
    "compte": "comptait",
    "comptent": "comptaient",
    "emploie": "employait",
    "emploient": "employaient",
    "réunit": "réunissait",
    "réunissent": "réunissaient",
    "accueille": "accueillait",
    "accueillent": "accueillaient",
    "accompagne": "accompagnait",
    "dispose": "disposait",
}
# With what is counted: « ce qu’il réunit » is no figure.
NOW = re.compile(rf"\b({'|'.join(PRESENT)})(?=(?:{SP}+[^\s\d]+){{0,3}}{SP}+\d)", re.IGNORECASE)
SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?](?=\d)[^.!?\n]*)*[.!?]*")
# A fact two years old is told in the past; of fewer than twenty, people are counted.
OLD, SMALL = 2, 20


@dataclass(frozen=True)
class Ground:
    """What is known where a sentence is written: whether an effect is earned, the gaps that are not (in
    percent, as text), declared targets, other programmes present, the year.
    """

    earned: bool = False
    gaps: frozenset[str] = frozenset()
    targets: frozenset[str] = frozenset()
    programmes: tuple[str, ...] = ()
    year: int = 0


@dataclass(frozen=True)
class Gated:
    """A text as it may be printed, what was said again (before, after), and what stops the build."""

    text: str
    reworded: tuple[tuple[str, str], ...] = ()
    stopped: tuple[str, ...] = field(default=())


def gate(text: str, ground: Ground | None = None) -> Gated:
    """What a text may say on its ground. Sentences are read one by one; what stands between guillemets is
    another's word, and kept.
    """
    ground = ground or Ground()
    stopped: list[str] = []
    reworded: list[tuple[str, str]] = []

    def each(found: re.Match[str]) -> str:
        before = found[0]
        bare = _bare(before)
        reason = next((key for key, holds in STOPS.items() if holds(bare, ground)), "")
        if reason:
            stopped.append(say(f"gate.{reason}", sentence=before.strip()))
            return before
        after = before
        for said in REWORDINGS:
            after = said(after, ground)
        if after != before:
            reworded.append((before.strip(), after.strip()))
        return after

    return Gated(SENTENCE.sub(each, text), tuple(reworded), tuple(stopped))


def ground_of(place: Territory, claims: pd.DataFrame, *, year: int) -> Ground:
    """The ground of a territory, from its claims (see `claim.claims`) and its tables."""
    gaps = claims[claims["level"] == "estimated"]
    weak = gaps[~gaps["rule"].isin(["claim.estimated", "claim.exaggerated"])]
    told = {number(abs(value) * 100, 1) for value in weak["value"].dropna()}
    events = place.table("events")
    jobs = place.table("jobs")
    return Ground(
        earned=len(weak) < len(gaps),
        gaps=frozenset(told),
        targets=frozenset(str(one).casefold() for one in jobs["target"] if str(one)),
        programmes=tuple(events.loc[events["kind"] == "other_programme", "title"].unique()),
        year=year,
    )


def _bare(sentence: str) -> str:
    """A sentence without quotations and without words that only look like a claim."""
    return INNOCENT.sub(" ", PROPER.sub(" ", re.sub("«[^»]*»", " ", sentence)))


def _output(bare: str, ground: Ground) -> bool:
    return bool(EFFECT.search(bare) and OUTPUT.search(bare))


def _undetectable(bare: str, ground: Ground) -> bool:
    told = {one.lstrip("+\u2212-").replace(".", ",") for one in re.findall(FIGURE, bare)}
    return not ground.earned and bool(EFFECT.search(bare)) and not told.isdisjoint(ground.gaps)


def _ratio(bare: str, ground: Ground) -> bool:
    return bool(RATIO.search(bare)) and not RANGE.search(bare)


def _population(bare: str, ground: Ground) -> bool:
    return bool(PEOPLE.search(bare) and CAUSAL.search(bare) and (GROWTH.search(bare) or EFFECT.search(bare)))


STOPS: dict[str, Callable[[str, Ground], bool]] = {
    "ratio": _ratio,
    "population": _population,
    "undetectable": _undetectable,
    "output": _output,
}


def _nothing(sentence: str, ground: Ground) -> str:
    """« aucun effet » takes the absence of proof for a proof of absence."""
    if not NO_EFFECT.search(_bare(sentence)):
        return sentence

    def said(found: re.Match[str]) -> str:
        whole = say("gate.say.nothing")
        return f"{found[1]} {whole}" if found[1] else whole[0].upper() + whole[1:]

    return NO_EFFECT.sub(said, sentence)


def _few(sentence: str, ground: Ground) -> str:
    def said(found: re.Match[str]) -> str:
        share, count = float(re.sub(SP, "", found[1]).replace(",", ".")), int(found[2])
        return found[0] if count >= SMALL else f"{round(share * count / 100)} des {count}"

    return SHARE.sub(said, sentence)


def _hoped(sentence: str, ground: Ground) -> str:
    if not any(target in sentence.casefold() for target in ground.targets):
        return sentence
    plural = {"ont": "espèrent créer", "créent": "espèrent créer", "avons": "espérons créer"}
    return CREATED.sub(lambda found: plural.get((found[1] or found[2]).lower(), "espère créer"), sentence)


def _past(sentence: str, ground: Ground) -> str:
    years = [int(one) for one in YEAR.findall(_bare(sentence))]
    if not years or max(years) >= ground.year - OLD or SINCE.search(sentence):
        return sentence
    return NOW.sub(lambda found: PRESENT[found[1].lower()], sentence)


def _caused(sentence: str, ground: Ground) -> str:
    """Words that make of an evolution an effect; and an effect that forgets the other programmes."""
    bare = _bare(sentence)
    if not CAUSAL.search(bare) or NO_EFFECT.search(bare) or say("gate.say.nothing") in sentence:
        return sentence
    if ground.earned:
        named = any(one.casefold() in sentence.casefold() for one in ground.programmes)
        ends = say("gate.say.programmes")
        return sentence if named or not ground.programmes else f"{sentence.rstrip()} {ends}"
    for pattern, words in PLAINER:
        sentence = pattern.sub(words, sentence)
    return f"{sentence.rstrip()} {say('gate.say.evolution')}"


def _swap(pattern: str, words: str) -> tuple[re.Pattern[str], Callable[[re.Match[str]], str]]:
    def said(found: re.Match[str]) -> str:
        told = found.expand(words)
        return told[0].upper() + told[1:] if found[0][0].isupper() else told

    return re.compile(pattern, re.IGNORECASE), said


PLAINER = (
    _swap(r"\bgrâce au\b", "en même temps que le"),
    _swap(r"\bgrâce aux\b", "en même temps que les"),
    _swap(r"\bgrâce à (la|l['’])", r"en même temps que \1"),
    _swap(r"\bgrâce à\b", "en même temps que"),
    _swap(r"\ba permis (d['’]|de )", "a visé à "),
    _swap(r"\bont permis (d['’]|de )", "ont visé à "),
    _swap(
        r"\bl['’](?:effet|impact) (?:du|de la|des) (?:label|labellisation|programme|collectif|projets)\b",
        "l’évolution constatée depuis le label",
    ),
    _swap(r"\b(?:l['’]|un |son |cet )(?:effet|impact)\b", "l’évolution constatée"),
    _swap(r"\b(?:les|des|ses|ces) (?:effets|impacts)\b", "les évolutions constatées"),
    _swap(r"\b(?:effet|impact) (?:estimé |mesuré )?(?=:|de\b|sur\b)", "évolution constatée "),
)
REWORDINGS = (_few, _hoped, _past, _nothing, _caused)
