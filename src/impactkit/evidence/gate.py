"""The word gate: what evaluators and tables write claims no more than the figures have earned.

A phrase of the catalogue can only come from a claim that earned it (`level.rule`). This is the second net,
for what people write themselves: cells of prose, files of prose, free text of tables. Four over-claims stop
the build; six are said again in words that hold. A quotation (between guillemets) is its author's.
"""

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from impactkit.data.territories import Territory
from impactkit.wording.language import Language

SP = r"[\s\u00a0\u202f]"
FIGURE = rf"[+\u2212-]?\d+(?:{SP}\d{{3}})*(?:[,.]\d+)?"
RULES = tomllib.loads(Path(__file__).with_name("gate.toml").read_text("utf-8"))
SAID = {
    name: re.compile("|".join(some).replace("<FIGURE>", FIGURE).replace("<SP>", SP), re.IGNORECASE)
    for name, some in RULES["patterns"].items()
}
# A name: « la plateforme Impact 2024 ».
PROPER = re.compile(r"(?<=\w[ -])Impacts?\b")
YEAR = re.compile(r"\b(?:19|20)\d{2}\b")
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


def gate(language: Language, text: str, ground: Ground | None = None) -> Gated:
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
            stopped.append(language.say(f"gate.{reason}", sentence=before.strip()))
            return before
        after = before
        for said in REWORDINGS:
            after = said(language, after, ground)
        if after != before:
            reworded.append((before.strip(), after.strip()))
        return after

    return Gated(SENTENCE.sub(each, text), tuple(reworded), tuple(stopped))


def ground_of(place: Territory, claims: pd.DataFrame, *, year: int) -> Ground:
    """The ground of a territory, from its claims (see `claim.claims`) and its tables."""
    gaps = claims[claims["level"] == "estimated"]
    weak = gaps[~gaps["rule"].isin(["claim.effect"])]
    told = {place.language.number(abs(value) * 100, 1) for value in weak["value"].dropna()}
    events, jobs = place.table("events"), place.table("jobs")
    targets = frozenset(str(one).casefold() for one in jobs["target"] if str(one))
    programmes = tuple(events.loc[events["kind"] == "other_programme", "title"].unique())
    return Ground(len(weak) < len(gaps), frozenset(told), targets, programmes, year)


def _bare(sentence: str) -> str:
    """A sentence without quotations and without words that only look like a claim."""
    return SAID["innocent"].sub(" ", PROPER.sub(" ", re.sub("«[^»]*»", " ", sentence)))


def _undetectable(bare: str, ground: Ground) -> bool:
    told = {one.lstrip("+\u2212-").replace(".", ",") for one in re.findall(FIGURE, bare)}
    return not ground.earned and _says(bare, "effect") and not told.isdisjoint(ground.gaps)


def _says(bare: str, *names: str) -> bool:
    """Whether a sentence holds words of every kind."""
    return all(SAID[name].search(bare) for name in names)


STOPS: dict[str, Callable[[str, Ground], bool]] = {
    "ratio": lambda bare, _: _says(bare, "ratio") and not _says(bare, "range"),
    "population": lambda bare, _: (
        _says(bare, "people", "causal") and (_says(bare, "growth") or _says(bare, "effect"))
    ),
    "undetectable": _undetectable,
    "output": lambda bare, _: _says(bare, "effect", "output"),
}


def _nothing(language: Language, sentence: str, ground: Ground) -> str:
    """« aucun effet » takes the absence of proof for a proof of absence."""
    if not SAID["no_effect"].search(_bare(sentence)):
        return sentence

    def said(found: re.Match[str]) -> str:
        whole = language.say("gate.say.nothing")
        return f"{found[1]} {whole}" if found[1] else whole[0].upper() + whole[1:]

    return SAID["no_effect"].sub(said, sentence)


def _few(language: Language, sentence: str, ground: Ground) -> str:
    def said(found: re.Match[str]) -> str:
        share, count = float(re.sub(SP, "", found[1]).replace(",", ".")), int(found[2])
        return found[0] if count >= SMALL else f"{round(share * count / 100)} des {count}"

    return SAID["share"].sub(said, sentence)


def _hoped(language: Language, sentence: str, ground: Ground) -> str:
    if not any(target in sentence.casefold() for target in ground.targets):
        return sentence
    plural = RULES["hoped"]
    return SAID["created"].sub(lambda one: plural.get((one[1] or one[2]).lower(), "espère créer"), sentence)


def _past(language: Language, sentence: str, ground: Ground) -> str:
    years = [int(one) for one in YEAR.findall(_bare(sentence))]
    if not years or max(years) >= ground.year - OLD or SAID["since"].search(sentence):
        return sentence
    return SAID["now"].sub(lambda found: RULES["past"][found[1].lower()], sentence)


def _caused(language: Language, sentence: str, ground: Ground) -> str:
    """Words that make of an evolution an effect; and an effect that forgets the other programmes."""
    bare = _bare(sentence)
    causal = _says(bare, "causal") and not _says(bare, "no_effect")
    if not causal or language.say("gate.say.nothing") in sentence:
        return sentence
    if ground.earned:
        named = any(one.casefold() in sentence.casefold() for one in ground.programmes)
        ends = language.say("gate.say.programmes")
        return sentence if named or not ground.programmes else f"{sentence.rstrip()} {ends}"
    for pattern, words in PLAINER:
        sentence = pattern.sub(words, sentence)
    return f"{sentence.rstrip()} {language.say('gate.say.evolution')}"


def _swap(pattern: str, words: str) -> tuple[re.Pattern[str], Callable[[re.Match[str]], str]]:
    def said(found: re.Match[str]) -> str:
        told = found.expand(words)
        return told[0].upper() + told[1:] if found[0][0].isupper() else told

    return re.compile(pattern, re.IGNORECASE), said


PLAINER = [_swap(pattern, words) for pattern, words in RULES["plainer"].items()]
REWORDINGS = (_few, _hoped, _past, _nothing, _caused)
