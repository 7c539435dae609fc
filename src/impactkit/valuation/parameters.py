"""What a value is made of: ranges, adjustments, benefits, costs; read from tables, never guessed."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from impactkit.data.catalogue import reference_values
from impactkit.data.check_value import ADJUSTMENTS
from impactkit.data.territories import Territory
from impactkit.errors import NotEnoughData
from impactkit.wording.language import FRENCH, Language

# Each is mandatory: a share between 0 and 1, zero when it is said to be none.
COSTS = ("cost", "in_kind", "charge")


@dataclass(frozen=True)
class Range:
    """A quantity, its low and its high (equal to it where it is known), what it is, in words."""

    value: float
    low: float
    high: float
    label: str = ""

    @classmethod
    def of(
        cls, value: float | None, low: float | None = None, high: float | None = None, label: str = ""
    ) -> Range:
        """Without a value the middle of the range. Raises ValueError without any, or out of order."""
        if value is None and (low is None or high is None):
            raise ValueError(f"{label or 'a range'}: a value, or a low and a high, are needed")
        middle = value if value is not None else (float(low or 0) + float(high or 0)) / 2
        found = cls(middle, middle if low is None else low, middle if high is None else high, label)
        if not found.low <= found.value <= found.high:
            raise ValueError(f"{label or 'a range'}: low, value and high must be in order")
        return found


@dataclass(frozen=True)
class Benefit:
    """What changes every year, and for how long: `quantity` a year from `start` during `years`, each worth
    `price` times `path` (one per year). `adjustments`: by name, all five of `ADJUSTMENTS`; the drop-off from
    the second year on. `euros`: the year of whose euros a reference price is, "" where nobody says it.
    """

    name: str
    dimension: str
    start: int
    years: int
    quantity: Range
    price: Range
    adjustments: Mapping[str, Range]
    path: tuple[float, ...] = ()
    contested: bool = False
    euros: str = ""
    language: Language = FRENCH

    def __post_init__(self) -> None:
        language = self.language
        if missing := [name for name in ADJUSTMENTS if name not in self.adjustments]:
            names = ", ".join(language.say(f"value.{name}") for name in missing)
            raise language.error(NotEnoughData, "value-missing", item=self.name, names=names)
        for name in ADJUSTMENTS:
            one = self.adjustments[name]
            if not 0 <= one.low <= one.high <= 1:
                raise language.error(
                    NotEnoughData, "value-share", item=self.name, name=language.say(f"value.{name}")
                )


@dataclass(frozen=True)
class Cost:
    """What is spent in a year: money, in kind, or a charge that a project bears."""

    name: str
    kind: str
    year: int
    amount: Range
    dimension: str = ""


@dataclass(frozen=True)
class Project:
    """One project, its reference option (what would be done without it), the year to which amounts are
    discounted, the discount rate; `refused`: what is deliberately not put in euros.
    """

    code: str
    name: str
    benefits: tuple[Benefit, ...]
    costs: tuple[Cost, ...]
    base: int
    rate: Range
    reference_benefits: tuple[Cost, ...] = ()
    reference_costs: tuple[Cost, ...] = ()
    refused: tuple[str, ...] = ()


def reference_path(
    language: Language, code: str, start: int, years: int
) -> tuple[tuple[float, ...], Range, bool]:
    """The latest version of a reference value for each year, its range (a factor of it, or euros when it is
    told for no year), and whether it is contested. Raises NotEnoughData naming the years that it does not
    have.
    """
    known = _latest(code)
    if known.empty:
        every = ", ".join(sorted(set(reference_values()["id"])))
        raise language.error(NotEnoughData, "value-reference", code=code, known=every)
    contested = bool((known["contested"] == "true").any())
    if len(known) == 1:
        one = known.iloc[0]
        return (1.0,) * years, _range(one, str(one["label_fr"])), contested
    by_year = known.set_index("year")["value"]
    wanted = [str(start + at) for at in range(years)]
    if missing := [year for year in wanted if year not in by_year.index]:
        raise language.error(NotEnoughData, "value-years", code=code, years=", ".join(missing))
    return tuple(float(by_year[year]) for year in wanted), Range.of(1.0), contested


def reference_euros(code: str) -> str:
    """The year of whose euros the latest version of a reference value is; "" where nobody says it."""
    years = set(_latest(code)["euros"])
    known = sorted(years - {""})
    return ", ".join(known)


def discount_rate(language: Language) -> Range:
    """The public discount rate in force: 1.2 % + beta x 2 %, beta 1 (France Stratégie, 2021)."""
    return Range.of(float(_latest("discount").iloc[0]["value"]), label=language.say("value.rate"))


def _latest(code: str) -> pd.DataFrame:
    known = reference_values()[reference_values()["id"] == code]
    return known[known["version"] == known["version"].max()]


def projects_of(place: Territory) -> tuple[Project, ...]:
    """The projects of a territory that `valuations.csv` values, each from its rows. Raises NotEnoughData for
    an adjustment that is missing, naming it, or a reference value that is not known.
    """
    rows = place.table("valuations")
    names = place.table("projects").drop_duplicates("project").set_index("project")["name"]
    return tuple(
        _project(place.language, str(code), str(names.get(code, code)), some)
        for code, some in rows.groupby("project", sort=True)
        if (some["role"] != "not_monetised").any()
    )


def _project(language: Language, code: str, name: str, rows: pd.DataFrame) -> Project:
    def of(*roles: str) -> list[dict[Hashable, Any]]:
        return rows[rows["role"].isin(roles)].to_dict("records")

    def costs(*roles: str) -> tuple[Cost, ...]:
        return tuple(cost for one in of(*roles) for cost in _costs(one))

    # One row told for the whole project is one quantity: drawn once.
    shares = {(one["role"], one["item"]): _range(one, _named(language, one)) for one in of(*ADJUSTMENTS)}
    benefits, spent = tuple(_benefit(language, one, shares) for one in of("benefit")), costs(*COSTS)
    base = min([one.start for one in benefits] + [one.year for one in spent])
    rates = [_range(one, language.say("value.rate")) for one in of("rate")] or [discount_rate(language)]
    reference = costs("reference_benefit"), costs("reference_cost")
    refused = tuple(str(one["item"]) for one in of("not_monetised"))
    return Project(code, name, benefits, spent, base, rates[0], *reference, refused)


def _named(language: Language, one: Mapping[Hashable, Any]) -> str:
    return language.say(f"value.{one['role']}") + (f" ({one['item']})" if one["item"] else "")


def _benefit(
    language: Language, one: Mapping[Hashable, Any], shares: Mapping[tuple[Any, Any], Range]
) -> Benefit:
    name, start, years = str(one["item"]), _whole(one, "start"), _whole(one, "years")
    if one["reference"]:
        path, price, contested = reference_path(language, str(one["reference"]), start, years)
    else:
        asked = {"value": one["price"], "low": one["price_low"], "high": one["price_high"]}
        path, price, contested = (), _range(asked, language.say("value.price", item=name)), False
    known = {kind: shares.get((kind, name), shares.get((kind, ""))) for kind in ADJUSTMENTS}
    adjustments = {kind: share for kind, share in known.items() if share is not None}
    quantity = _range(one, language.say("value.quantity", item=name))
    euros = reference_euros(str(one["reference"])) if one["reference"] else ""
    stated = (name, str(one["dimension"]), start, years, quantity, price, adjustments, path)
    return Benefit(*stated, contested=contested, euros=euros, language=language)


def _whole(one: Mapping[Hashable, Any], column: str) -> int:
    """A whole number; one where the cell is empty."""
    return 1 if _absent(one[column]) else int(float(str(one[column])))


def _costs(one: Mapping[Hashable, Any]) -> list[Cost]:
    """One row is a yearly amount: as many costs as years."""
    years, start = _whole(one, "years"), _whole(one, "start")
    amount = _range(one, str(one["item"]))
    name, kind, dimension = str(one["item"]), str(one["role"]), str(one["dimension"])
    return [Cost(name, kind, start + at, amount, dimension) for at in range(years)]


def _range(one: Mapping[Hashable, Any], label: str) -> Range:
    told = [None if _absent(one[name]) else float(str(one[name])) for name in ("value", "low", "high")]
    return Range.of(*told, label=label)


def _absent(value: object) -> bool:
    return value is None or value == "" or bool(pd.isna(value))
