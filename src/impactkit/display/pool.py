"""Who remains to be compared with, region by region, and why the others left."""

from impactkit.data.territories import Territory
from impactkit.display.shown import Table, text
from impactkit.evidence.picked import picked
from impactkit.indicators.comparable import POPULATION, comparable, family_of
from impactkit.indicators.figures import change_of
from impactkit.wording.catalogue import say
from impactkit.wording.numbers import number

JOBS = "count_jobs_private"
PROGRAMME = ("labelled", "nested", "overlapping", "candidate")


def pool(place: Territory) -> Table:
    """By region: units comparable with the territory (by private jobs where they were imported, else by
    population), units outside the programme, units that it touches, units of which the size is not known.
    Without a perimeter there is no table.
    """
    widths = {"region": 3.0, "comparable": 1.3, "outside": 1.5, "programme": 1.5, "unknown": 1.3}
    columns = tuple(
        (say(f"pool.{name}"), "left" if name == "region" else "right", width)
        for name, width in widths.items()
    )
    on = JOBS if picked(place).of(change_of(JOBS)) is not None else POPULATION
    if not place.perimeter and not (place.units and on == JOBS):
        return Table("", columns, ())
    units = comparable(place, on=on)
    rows = []
    for region, held in [*units.groupby("region"), (say("pool.all"), units)]:
        reasons = held["reason"]
        counts = (
            int(held["comparable"].sum()),
            int(reasons.isin(["", "smaller", "larger"]).sum()),
            int(reasons.isin(PROGRAMME).sum()),
            int((reasons == "no-value").sum()),
        )
        rows.append((text(str(region) or say("pool.nowhere")), *(text(number(count)) for count in counts)))
    family = say(f"noun.{family_of(place, on)}", n=2)
    return Table(say("pool.caption", families=family[0].upper() + family[1:]), columns, tuple(rows))
