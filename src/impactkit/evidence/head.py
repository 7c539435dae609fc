"""Who the report is about: name, kind of perimeter, size, date of the label, how much is documented."""

import functools

from impactkit.data import geography
from impactkit.data.evaluation import Evaluation
from impactkit.data.territories import Territory
from impactkit.evidence.face import face_name
from impactkit.evidence.picked import as_text, picked

SEPARATOR = " · "


def overline(place: Territory) -> str:
    """Programme, wave and kind of page."""
    about = {"programme": place.evaluation.programme, "wave": place.wave.name, "face": face_name(place)}
    text = place.language.say("head.overline", **about)
    return text + (SEPARATOR + place.language.say("fictional") if place.evaluation.fictional else "")


def subtitle(place: Territory) -> tuple[str, ...]:
    """Two lines: the ground (départements, kind, communes, population), then the label and what is
    documented.
    """
    language = place.language
    figures = picked(place)
    known = figures.count("count_headings_documented")
    headings = round(figures.of("count_headings_documented")["n"])  # type: ignore[index]
    key = "head.label.day" if place.labelled.count("-") == 2 else "head.label.month"
    second = [
        language.say(key, date=language.date(place.labelled))
        if place.labelled
        else language.say("head.candidate"),
        language.say(
            "head.documented", n=known, count=language.number(known), all=language.number(headings)
        ),
    ]
    return SEPARATOR.join(_ground(place)), SEPARATOR.join(second)


def kind(place: Territory) -> str:
    """The kind of perimeter in words: « communauté d’agglomération », « 5 départements », « région »."""
    language = place.language
    if not place.perimeter:
        return _units(place) if place.units else language.say("kind.none")
    if len(place.perimeter) > 1:
        return language.say(
            f"family.{place.family}", n=len(place.perimeter), count=language.number(len(place.perimeter))
        )
    if place.family != "epci":
        return language.say(f"kind.{place.family}")
    return language.say(f"kind.{_type(place)}")


def _units(place: Territory) -> str:
    names = _unit_names(place.evaluation)
    known = [names.get(code, code) for code in place.units]
    return place.language.say("kind.units", n=len(known), names=", ".join(known))


@functools.lru_cache(maxsize=8)
def _unit_names(ev: Evaluation) -> dict[str, str]:
    units = ev.table("units")
    return dict(zip(map(str, units["unit"]), map(str, units["name"]), strict=True))


def _type(place: Territory) -> str:
    return _types(place.family, place.evaluation.vintage)[place.perimeter[0].code]


@functools.lru_cache(maxsize=8)
def _types(family: str, vintage: int) -> dict[str, str]:
    units = geography.units(family, vintage=vintage)
    return dict(zip(map(str, units["code"]), map(str, units["type"]), strict=True))


def _ground(place: Territory) -> list[str]:
    language = place.language
    if not place.perimeter:
        return [kind(place)]
    figures, size = picked(place), kind(place)
    names = geography.departements_of(place.communes, vintage=place.evaluation.vintage)
    # A whole region or département is its own place; the Métropole de Lyon lies in no département.
    alone, whole = len(place.perimeter) == 1, place.family in ("region", "departement")
    where = "" if alone and (whole or _type(place) == "MET69") else ", ".join(names)
    communes, people = figures.count("count_communes"), figures.of("count_population")
    if communes > 1:
        size += ", " + language.say("head.communes", n=communes, count=language.number(communes))
    found = [where, size]
    if people is not None:
        count = as_text(language, people["value"], "habitants")
        found.append(language.say("head.population", count=count, year=people["period"]))
    return [text for text in found if text]
