"""Sentences on official figures other than the population: private jobs and unemployment. What they
are, how they moved among comparable territories, and nothing of why.
"""

from impactkit.data import series
from impactkit.data.territories import Territory
from impactkit.evidence.compared import direction, position
from impactkit.evidence.declared import cited
from impactkit.evidence.finding import Sentence, joined
from impactkit.evidence.picked import MEDIAN, as_text, measured, picked, signed
from impactkit.indicators.comparable import family_of, last_before
from impactkit.indicators.figures import ALL_UNITS, ORDINARY, RANGE, change_of
from impactkit.indicators.rows import Row
from impactkit.wording.language import Language

JOBS, UNEMPLOYMENT = "count_jobs_private", "rate_unemployment"
# Under this share of its jobs, a zone says little about the territory.
LITTLE = 0.1


def latest(place: Territory, indicator: str) -> Sentence:
    """The latest yearly value, its source and perimeter; for a rate by zone, which zone and how much of it
    lies in the territory. Empty without a value.
    """
    language = place.language
    figures = picked(place)
    if (found := _yearly(place, indicator)) is None:
        return ()
    told = {"year": found["period"][:4], "value": as_text(language, found["value"], found["unit"])}
    if indicator != UNEMPLOYMENT or place.units:
        vintage = found["geography_vintage"]
        return language.runs(f"official.{indicator}", source=cited(found["source"]), vintage=vintage, **told)
    shares = figures.many("share_zone", "zone=")
    if shares.empty:
        return language.runs("official.zones", **told)
    share = shares.iloc[0]
    name = series.of_territory(place, indicator)["zone_name"].iloc[0]
    zone = language.runs("official.zone", zone=name, share=as_text(language, share["value"], "part"), **told)
    return joined(zone, language.runs("official.zone.little") if share["value"] < LITTLE else ())


def change(place: Territory, indicator: str, *, short: bool = False) -> Sentence:
    """How the figure moved since the last year before the label, without any reading of it; empty when no
    change can be told. `short` leaves the warning to whoever prints it elsewhere.
    """
    language = place.language
    if (moved := picked(place).of(change_of(indicator))) is None:
        return ()
    first, last = moved["period"].split("/")
    told = {"first": first, "last": last, "change": measured(language, abs(moved["value"]), moved["unit"])}
    said = language.runs(f"official.{indicator}.{direction(moved['value'], _points(moved)[1])}", **told)
    return said if short else joined(said, language.runs("official.alone"))


def among(place: Territory, indicator: str) -> Sentence:
    """Where the change stands among comparable units: in, above or below the middle half; under eight, their
    range; none.
    """
    language = place.language
    figures = picked(place)
    moved, count = figures.of(change_of(indicator)), figures.of("count_comparable", group=f"on={indicator}")
    if moved is None or count is None:
        return ()
    n, family = round(count["value"]), family_of(place, indicator)
    noun = language.say(f"noun.{family}", n=n)
    half = figures.of(change_of(indicator), group=MEDIAN)
    points, scale = _points(moved)
    if half is not None:
        told = _span(language, half) | {"count": language.number(n), "family": noun}
        return language.runs(f"official.among{points}.{position(moved['value'], half, scale)}", **told)
    if (spread := figures.of(change_of(indicator), group=RANGE)) is None:
        return language.runs("official.among.none", none=language.say(f"family.none.{family}"))
    return language.runs(
        f"official.among{points}.few", n=n, count=language.number(n), family=noun, **_span(language, spread)
    )


def ordinary(place: Territory, indicator: str) -> Sentence:
    """Whether the change is within what units of that size usually show; outside, how many of them moved as
    far, and how many territories and figures are looked at so. Empty under twenty units.
    """
    language = place.language
    figures = picked(place)
    moved, limits = figures.of(change_of(indicator)), figures.of(change_of(indicator), group=ORDINARY)
    if moved is None or limits is None:
        return ()
    points, scale = _points(moved)
    way = "inside" if position(moved["value"], limits, scale) == "inside" else "outside"
    family = language.say(f"noun.{family_of(place, indicator)}", n=2)
    told = _span(language, limits) | {"count": language.number(limits["n"]), "family": family}
    among = ".all" if limits["flag"] == ALL_UNITS else ""
    said = language.runs(f"official.ordinary{points}{among}.{way}", **told)
    return said if way == "inside" else joined(said, _unusual(place, indicator))


def _unusual(place: Territory, indicator: str) -> Sentence:
    """How rare a change outside the limits is, and among how many that are looked at."""
    language = place.language
    figures, group = picked(place), f"on={indicator}"
    as_far = figures.of("count_as_far", group=group)
    assert as_far is not None
    count = {"count": language.number(as_far["n"])}
    if far := round(as_far["value"]):
        rare = language.runs("official.as-far", n=far, far=language.number(far), **count)
    else:
        rare = language.runs("official.as-far.none", **count)
    looks = figures.count("count_looks", group=group)
    tried = len(figures.many("count_looks", "on="))
    every = language.say("official.figures", n=tried, count=language.number(tried))
    return joined(
        rare, language.runs("official.unusual", n=looks, looks=language.number(looks), figures=every)
    )


def paragraph(place: Territory, indicator: str, *, short: bool = False) -> Sentence:
    """All that is said of one indicator; empty without a value. Of a zone that says little of the territory,
    its value alone.
    """
    shares = picked(place).many("share_zone", "zone=")
    if indicator == UNEMPLOYMENT and len(shares) and shares["value"].iloc[0] < LITTLE:
        return latest(place, indicator)
    moved = change(place, indicator, short=short)
    return joined(latest(place, indicator), moved, among(place, indicator), ordinary(place, indicator))


def rule(place: Territory) -> Sentence:
    """How the units compared by their jobs, and the employment zones, were chosen; empty without them."""
    found: list[Sentence] = []
    for indicator in (JOBS, UNEMPLOYMENT):
        if picked(place).of("count_comparable", group=f"on={indicator}") is not None:
            family = family_of(place, indicator)
            key = "official.rule.zone" if family == "zone" else f"official.rule.{indicator}"
            families = place.language.say(f"noun.{family}", n=2)
            found.append(place.language.runs(key, families=families, year=last_before(place, indicator)[:4]))
    return joined(*found)


def _yearly(place: Territory, indicator: str) -> Row | None:
    rows = picked(place).many(indicator, "")
    mine = rows[(rows["group"] == "") & rows["value"].notna() & (rows["period"].str.len() == 4)]
    return max(reversed(mine.to_dict("records")), key=lambda row: row["period"], default=None)


def _span(language: Language, row: Row) -> dict[str, str]:
    return {name: as_text(language, row[name], row["unit"], sign=signed(row)) for name in ("low", "high")}


def _points(moved: Row) -> tuple[str, float]:
    """What a key of the catalogue adds for points, and from a value to what is printed."""
    return (".points", 1) if moved["unit"] == "points" else ("", 100)
