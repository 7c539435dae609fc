"""Units that people write beside a figure: « 12 k€ », « 1 200 ETP », « (en milliers d'euros) »."""

import functools
import re
from dataclasses import dataclass

from impactkit.data.workbook.words import plain
from impactkit.wording.currency import currency_of

SCALES = {"centaine": 100.0, "k": 1e3, "millier": 1e3, "mille": 1e3, "m": 1e6, "mio": 1e6, "million": 1e6}
SCALES |= {"md": 1e9, "mrd": 1e9, "milliard": 1e9}
KINDS = {"etp": "fte", "eqtp": "fte", "etpt": "fte", "emploi": "job", "poste": "job", "salarie": "job"}
KINDS |= {"h": "hour", "hr": "hour", "heure": "hour", "j": "day", "jour": "day", "journee": "day"}
KINDS |= {"personne": "person", "beneficiaire": "person", "habitant": "person", "usager": "person"}
KINDS |= {"membre": "member", "structure": "member", "organisation": "member", "an": "year", "annee": "year"}
KINDS |= {"%": "share", "pourcentage": "share", "mois": "month"}
# What a figure is told per: « 100 €/mois », « annuel ».
PERIODS = {"an": "year", "annee": "year", "mois": "month", "j": "day", "jour": "day", "h": "hour"}
PERIODS |= {"heure": "hour", "semaine": "week", "trimestre": "quarter"}
ADJECTIVES = {"annuel": "year", "annuelle": "year", "mensuel": "month", "mensuelle": "month"}
EMPTY = {"d", "de", "des", "en", "ht", "ttc", "x", "le", "la", "les", "nombre"}
# A scale in one letter (« 1,2 M ») is one of money: « 12 m » counts no millions of hours.
ANY_MONEY, LETTERS = "¤", {"k", "m", "md", "mrd", "mio"}
FULL_TIME = re.compile(r"equivalents?[ -]temps[ -]pleins?")


@dataclass(frozen=True)
class Unit:
    """What is counted (an ISO currency, `¤` for money without a name, `fte`, `job`, `hour`, `person`,
    `member`, `share`; "" when only the scale is written), by how many, and per what (`year`, `month`…; ""
    when it is not written).
    """

    kind: str = ""
    scale: float = 1.0
    per: str = ""


@functools.lru_cache(maxsize=1024)
def unit_of(words: str) -> Unit | None:
    """The unit that words write; None when a word is no unit.

    >>> unit_of("en milliers d’euros")
    Unit(kind='EUR', scale=1000.0, per='')
    """
    kind, scale, per = "", 1.0, ""
    spoken = FULL_TIME.sub(" etp ", plain(words))
    tokens = re.findall(r"[^\W\d_]+|\d[\d ]*|/|%|[^\w\s]", spoken.replace("'", " "))
    after = short = False
    for token in tokens:
        if token in ("/", "par"):
            after = True
        elif after or token in ADJECTIVES:
            period = PERIODS.get(_single(token)) if after else ADJECTIVES[token]
            if period is None or per not in ("", period):
                return None
            per, after = period, False
        elif token in EMPTY or token in ".,;:":
            continue
        elif (power := _power(token)) is not None:
            scale *= power
            short = short or token in LETTERS
        else:
            thousands, counted = _counted(token)
            if not counted or kind not in ("", counted):
                return None
            kind, scale = counted, scale * thousands
    kind = ANY_MONEY if short and not kind else kind
    return None if after or (kind, scale, per) == ("", 1.0, "") else Unit(kind, scale, per)


def _single(token: str) -> str:
    """A word without its plural."""
    return token.removesuffix("s") if token.removesuffix("s") in {*SCALES, *KINDS, *PERIODS} else token


def _power(token: str) -> float | None:
    if token[0].isdigit():
        digits = token.replace(" ", "")
        return float(digits) if re.fullmatch(r"10+", digits) else None
    return SCALES.get(_single(token))


def _counted(token: str) -> tuple[float, str]:
    """The scale and the kind of a word: of « keur », a thousand and the euro; "" for none."""
    if kind := KINDS.get(_single(token)) or currency_of(token):
        return 1.0, kind
    for prefix in ("md", "k", "m"):
        ending = token.removeprefix(prefix)
        if ending != token and (kind := "EUR" if ending == "e" else currency_of(ending)):
            return SCALES[prefix], kind
    return 1.0, ""
