"""Social return and net present value of a project, against what would be done without it.

Benefits of year t: quantity x price x (1 - deadweight)(1 - attribution)(1 - displacement)(1 - leakage)
x (1 - drop-off)^(t - first year), brought to the base year. Sources: A Guide to Social Return on Investment
(2012); Guide de l'évaluation socioéconomique des investissements publics, complément I (2021).
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from impactkit.data.check_value import ADJUSTMENTS
from impactkit.data.territories import Territory
from impactkit.effects.results import Detectability, Effect, TerritoryEffect
from impactkit.errors import NotEnoughData, Rich, Several
from impactkit.valuation.parameters import Cost, Project, Range, projects_of
from impactkit.valuation.uncertainty import Draws, break_even, drawn, tornado
from impactkit.wording.language import Language

SHARES = ADJUSTMENTS[:-1]


@dataclass(frozen=True, eq=False)
class Value(Rich):
    """What a project is worth, in euros discounted to its base year, always with its range. No amount is
    deflated: each stays in the prices that its source tells (`euros`: benefits of which these are said to be
    of another year, and that year).

    `median`, `ratio_median`: in the middle of the draws, in which every range is drawn; `npv_range`,
    `ratio_range`: the middle 90 % of them; `positive`: the share of draws with a positive net present value.
    At the central value of every hypothesis, which is not the middle of the draws: `benefits` and `costs`,
    net of those of the reference option; `npv` their difference, `ratio` their quotient (None without
    costs); `above`: the share of draws below it (None where nothing is drawn); `payback`: the year from
    which benefits exceed costs, None if never; `break_even`: the deadweight of all benefits at which the net
    present value is zero, None where none is; `.table`: benefit or cost, year, gross, net, discounted;
    `.by_dimension`: benefits against charges; `.swing`: npv at each end of each range, the widest first.
    `refused`: what was deliberately not put in euros.
    """

    language: Language
    name: str
    base: int
    benefits: float
    costs: float
    npv: float
    ratio: float | None
    npv_range: tuple[float, float]
    ratio_range: tuple[float, float] | None
    median: float
    ratio_median: float | None
    positive: float
    above: float | None
    payback: int | None
    break_even: float | None
    refused: tuple[str, ...] = ()
    contested: tuple[str, ...] = ()
    euros: tuple[tuple[str, str], ...] = ()
    _table: pd.DataFrame = field(repr=False, default_factory=pd.DataFrame)
    _swing: pd.DataFrame = field(repr=False, default_factory=pd.DataFrame)
    _draws: Draws | None = field(repr=False, default=None)

    def __repr__(self) -> str:
        low, high = self.npv_range
        npv = f"{self.median:.0f} [{low:.0f}, {high:.0f}]"
        return f"Value({self.name}: npv {npv} euros, discounted to {self.base})"

    def _told(self) -> tuple[tuple[str, str], ...]:
        language = self.language
        ratio = _between(language, self.ratio_median, self.ratio_range, 2)
        npv = _between(language, self.median, self.npv_range, -2)
        told = {"ratio": ratio, "npv": npv}
        told |= {"positive": language.percent(self.positive, 0), "left_out": "\n".join(self.refused)}
        return language.cells(project=self.name, **told)

    @property
    def table(self) -> pd.DataFrame:
        """Line by line and year by year, as a copy."""
        return self._table.copy()

    @property
    def swing(self) -> pd.DataFrame:
        """What, low, high, and the net present value at each, as a copy."""
        return self._swing.copy()

    @property
    def by_dimension(self) -> pd.DataFrame:
        """Discounted benefits and charges by dimension."""
        told = self._table.assign(
            dimension=self._table["dimension"].replace("", self.language.say("value.all"))
        )
        found = told.pivot_table("discounted", "dimension", "role", aggfunc="sum", fill_value=0.0)
        return found.reset_index()


def value(place: Territory, *, draws: int = 10_000, seed: int = 0) -> tuple[Value, ...]:
    """What each project that `valuations.csv` values is worth, with its range; empty where none is valued.

    `draws` triangular draws of every range, seeded: the same every time. Raises NotEnoughData for an
    adjustment that is missing (deadweight, attribution, displacement, leakage, drop-off), naming it.

    >>> place = ik.load().territory("val-d-aubrelle")
    >>> (one,) = ik.value(place)
    >>> one.name, round(one.ratio, 2), [round(end, 2) for end in one.ratio_range]
    ('Atelier de réparation', 1.1, [0.71, 1.28])
    """
    return Several(valued(place.language, one, draws=draws, seed=seed) for one in projects_of(place))


def valued(language: Language, project: Project, *, draws: int = 10_000, seed: int = 0) -> Value:
    """What one project is worth (see `Value`)."""
    benefits, costs = (float(one) for one in _sums(project, _own))
    spread = drawn(project, _sums, draws=draws, seed=seed)
    about = {"contested": tuple(one.name for one in project.benefits if one.contested)}
    about |= {"refused": project.refused, "break_even": break_even(project, _sums)}
    dated = (one for one in project.benefits if one.euros not in ("", str(project.base)))
    about["euros"] = tuple((one.name, one.euros) for one in dated)
    told = (project.name, project.base, benefits, costs, spread, _lines(project))
    return _value(language, *told, **about, _swing=tornado(project, _sums))


def _value(
    language: Language,
    name: str,
    base: int,
    benefits: float,
    costs: float,
    spread: Draws,
    table: pd.DataFrame,
    **rest: Any,
) -> Value:
    npv, ratio = benefits - costs, benefits / costs if costs > 0 else None
    return Value(
        language,
        *(name, base, benefits, costs, npv, ratio, spread.npv, spread.ratio),
        *(spread.median, spread.ratio_median, spread.positive, spread.above(npv), _payback(table)),
        _table=table,
        _draws=spread,
        **rest,
    )


def _between(language: Language, value: float | None, ends: tuple[float, float] | None, digits: int) -> str:
    if value is None or ends is None:
        return ""
    low, middle, high = (
        language.number(round(one, digits), max(digits, 0)) for one in (ends[0], value, ends[1])
    )
    return language.say("shown.between", value=middle, low=low, high=high)


def together(language: Language, values: Iterable[Value], name: str) -> Value:
    """Several projects as one: benefits added to benefits, costs to costs, draw by draw; ratios are never
    averaged. Raises ValueError for base years that differ, draws that were not made together, or none.
    """
    told = tuple(values)
    if not told or len({one.base for one in told}) != 1:
        raise ValueError("one base year is needed, and one project at least")
    spreads = [one._draws for one in told]
    if any(one is None or one.seed != spreads[0].seed for one in spreads):  # type: ignore[union-attr]
        raise ValueError("the draws of these values were not made together")
    benefits, costs = (math.fsum(getattr(one, key) for one in told) for key in ("benefits", "costs"))
    spread = Draws.together([one for one in spreads if one is not None])
    return _value(
        language,
        *(name, told[0].base, benefits, costs, spread),
        pd.concat([one._table for one in told], ignore_index=True),
        break_even=None,
        refused=tuple(one for value in told for one in value.refused),
        contested=tuple(one for value in told for one in value.contested),
        euros=tuple(one for value in told for one in value.euros),
        _swing=pd.DataFrame(columns=["what", "low", "high", "at_low", "at_high"]),
    )


def deadweight_from(found: Effect, seen: Detectability, *, ambition: float) -> Range:
    """Deadweight of a declared ambition (people, jobs) from the estimated counterfactual: the share of it
    that the estimate does not show, with the ends of its interval.

    Raises NotEnoughData with both numbers unless the ambition exceeds the gap that would look unusual: one
    that cannot be told from the ordinary says nothing of deadweight.
    """
    language = found.language
    people = None
    if isinstance(found, TerritoryEffect):
        people = found.people
    if not (seen.people and seen.unusual) or found.low is None or found.high is None or people is None:
        raise language.error(NotEnoughData, "value-counterfactual", why=seen.refused or found.refused)
    if ambition <= seen.people:
        told = {"ambition": language.number(ambition), "least": language.number(round(seen.people))}
        raise language.error(NotEnoughData, "value-deadweight", **told)
    # People for one point of effect, near the estimate.
    base = people / found.estimate if found.estimate else seen.people / seen.unusual
    ends = (found.low, found.estimate or 0.0, found.high)
    low, middle, high = sorted(min(max(1 - base * end / ambition, 0.0), 1.0) for end in ends)
    return Range.of(middle, low, high, language.say("value.deadweight"))


def cost_per_net_job(value: Value, jobs: float, *, deadweight: float, displacement: float) -> float:
    """Discounted costs over the jobs that would not have come anyway nor been moved from elsewhere. Raises
    ValueError for shares outside 0 to 1 or when no job is left.
    """
    if not (0 <= deadweight <= 1 and 0 <= displacement <= 1):
        raise ValueError("deadweight and displacement are shares between 0 and 1")
    if (net := jobs * (1 - deadweight) * (1 - displacement)) <= 0:
        raise ValueError("no net job is left")
    return value.costs / net


def _sums(project: Project, of: Callable[[Range], Any]) -> tuple[Any, Any]:
    """Discounted benefits and costs, each range told by `of`: numbers, or arrays of draws."""
    rate = of(project.rate)

    def brought(year: int) -> Any:
        return (1 + rate) ** (project.base - year)

    def spent(costs: Iterable[Cost]) -> Any:
        return sum((of(one.amount) * brought(one.year) for one in costs), 0.0)

    years = [(one, at) for one in project.benefits for at in range(one.years)]
    benefits = sum((_net(one, at, of) * brought(one.start + at) for one, at in years), 0.0)
    costs = spent(project.costs) - spent(project.reference_costs)
    return benefits - spent(project.reference_benefits), costs


def _gross(one: Any, at: int, of: Callable[[Range], Any]) -> Any:
    return of(one.quantity) * of(one.price) * (one.path[at] if one.path else 1.0)


def _net(one: Any, at: int, of: Callable[[Range], Any]) -> Any:
    net = _gross(one, at, of)
    for name in SHARES:
        net = net * (1 - of(one.adjustments[name]))
    return net * (1 - of(one.adjustments["drop_off"])) ** at


def _lines(project: Project) -> pd.DataFrame:
    """Every benefit and cost, year by year, before and after adjustment and discount."""
    rows = []
    for one in project.benefits:
        for at in range(one.years):
            amounts = (told(one, at, _own) for told in (_gross, _net))
            rows.append(("benefit", one.name, one.dimension, one.start + at, *amounts))
    reference = [(one, "benefit", -1) for one in project.reference_benefits]
    saved = [(one, "cost", -1) for one in project.reference_costs]
    for cost, role, sign in (*reference, *((one, one.kind, 1) for one in project.costs), *saved):
        rows.append((role, cost.name, cost.dimension, cost.year, *[sign * cost.amount.value] * 2))
    rate = 1 + project.rate.value
    told = [(*one, one[-1] * rate ** (project.base - one[3])) for one in rows]
    return pd.DataFrame(told, columns=["role", "name", "dimension", "year", "gross", "net", "discounted"])


def _own(one: Range) -> float:
    return one.value


def _payback(table: pd.DataFrame) -> int | None:
    signed = table["discounted"].where(table["role"] == "benefit", -table["discounted"])
    running = signed.groupby(table["year"]).sum().sort_index().cumsum()
    # From then on, not for a while.
    short = running.index[running < 0]
    after = running.index[running.index > short.max()] if len(short) else running.index
    return int(after.min()) if len(after) else None
