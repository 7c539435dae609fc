"""The ecosystem: who cooperates with whom, year after year, and whether it lasts."""

import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from impactkit.data.evaluation import Evaluation
from impactkit.data.territories import Territory
from impactkit.indicators.collective import newest_last
from impactkit.indicators.measures import measure
from impactkit.indicators.missing import why
from impactkit.indicators.rows import Row, frame, latest, row, told

Pair = tuple[str, str]

UNITS = {"ratio_network_density": "part", "count_ties": "liens"}
UNITS |= {"share_ties_repeated": "part", "share_members_kept": "part"}
BEGUN = ("imagined", "incubated", "started", "scaled")


@dataclass(frozen=True)
class Life:
    """First and last year in which a member or a project is there; `last` None while nothing ended it."""

    first: int
    last: int | None

    def at(self, year: int) -> bool:
        return self.first <= year and (self.last is None or year <= self.last)


@dataclass(frozen=True)
class Network:
    """Members and projects of a territory with their years, and who works on which project."""

    members: dict[str, tuple[Life, ...]]
    projects: dict[str, tuple[Life, frozenset[str]]]
    years: tuple[int, ...]
    partners_told: bool

    def present(self, year: int) -> frozenset[str]:
        """Members there in a year."""
        lives = self.members.items()
        return frozenset(name for name, stays in lives if any(life.at(year) for life in stays))

    def shared(self, year: int) -> frozenset[tuple[Pair, str]]:
        """Pairs of members present who are on one same project alive, with that project."""
        here = self.present(year)
        return frozenset(
            (pair, code)
            for code, (life, team) in self.projects.items()
            if life.at(year)
            for pair in itertools.combinations(sorted(team & here), 2)
        )


@measure("ecosystem")
def rows(ev: Evaluation) -> pd.DataFrame:
    """By territory and year (`period`), until the latest news of the members: ratio_network_density (ties /
    possible pairs; `n` members), count_ties (`n` members), share_ties_repeated (pairs with two projects or
    more so far / pairs so far; `n` pairs), share_members_kept (of the first year's; `n` those members).

    A tie is two named members on one same project alive that year (owner or partners). Traps: the members
    named, and the partners told, are a floor; a pair that works together without a project is no tie; many
    years with no departure may be a lack of news. Without any partner told in the territory, ties are
    missing, never zero.
    """
    return frame(one for place in ev.territories for one in _of(place))


def ties(place: Territory, year: int) -> frozenset[Pair]:
    """Pairs of members (each in alphabetical order) on one same project alive that year."""
    return frozenset(pair for pair, _ in network(place).shared(year))


def network(place: Territory) -> Network:
    """The members and projects of a territory, by whole years: one day of a year counts for the year.

    A member without an entry date is there from the first source that names it; a project begins at its
    first date, else with the source that names it. A project said to be stopped without a date ends with
    that source.
    """
    members, projects = place.table("members"), place.table("projects")
    named = members[(members["role"] != "whole") & (members["name"] != "")]
    lives = {str(name): tuple(_lives(told_of)) for name, told_of in named.groupby("name")}
    first = min((life.first for stays in lives.values() for life in stays), default=0)
    last = int((latest(named["as_of"]) or "0")[:4])
    teams = {
        str(fact["project"]): (_life(fact), _team(fact) & frozenset(lives))
        for fact in projects.to_dict("records")
    }
    years = tuple(range(first, max(first, last) + 1)) if lives else ()
    return Network(lives, teams, years, bool((projects["partners"] != "").any()))


def _lives(told_of: pd.DataFrame) -> Iterator[Life]:
    """Stays of one member, by entry date; the latest news of each tells its end. A row without an entry
    date is news of the last stay.
    """
    told_of = newest_last(told_of)
    ends = dict(told_of[told_of["since"] != ""][["since", "until"]].itertuples(index=False))
    undated = [until for until in told_of[told_of["since"] == ""]["until"] if until]
    if not ends:
        seen = min(told_of["as_of"])
        ends[min([seen, *undated])] = undated[-1] if undated else ""
    elif undated and not ends[max(ends)]:
        ends[max(ends)] = undated[-1]
    for since, until in ends.items():
        first = int(since[:4])
        # An end before the beginning is a slip that the check says: it ends nothing here.
        yield Life(first, int(until[:4]) if until and int(until[:4]) >= first else None)


def _life(project: Row) -> Life:
    begun = [project[name] for name in BEGUN if project[name]]
    first = int(min(begun or [project["as_of"]])[:4])
    stopped = project["stopped"] or (project["as_of"] if project["stage"] == "stopped" else "")
    return Life(first, int(stopped[:4]) if stopped else None)


def _team(project: Row) -> frozenset[str]:
    return frozenset([project["owner"], *project["partners"].split("|")])


def _of(place: Territory) -> Iterator[Row]:
    if not (seen := network(place)).years:
        flag = why(place.evaluation, place.code, "collective")
        for name, unit in UNITS.items():
            yield row(place.code, name, None, unit, flag=flag)
        return
    members, projects = place.table("members"), place.table("projects")
    members = members[members["role"] != "whole"]
    facts = pd.concat([members, projects[projects["partners"] != ""]])[["as_of", "source"]]
    missing = "" if seen.partners_told else why(place.evaluation, place.code, "projects")
    so_far: set[tuple[Pair, str]] = set()
    founders = seen.present(seen.years[0])
    for year in seen.years:
        here, together = seen.present(year), seen.shared(year)
        so_far |= together
        for name, (value, n) in _ties(len(here), together, so_far).items():
            flag = missing or ("missing:not-applicable" if value is None else "")
            about = {"n": len(here) if missing else n, "flag": flag, "period": str(year)}
            yield told(place.code, name, None if missing else value, UNITS[name], facts, **about)
        # The first year keeps all its members by definition.
        later = year > seen.years[0]
        kept = len(founders & here) / len(founders) if later else None
        about = {"n": len(founders), "period": str(year), "flag": "" if later else "missing:one-period"}
        yield told(place.code, "share_members_kept", kept, "part", members, **about)


def _ties(
    members: int, together: frozenset[tuple[Pair, str]], so_far: set[tuple[Pair, str]]
) -> dict[str, tuple[float | None, int]]:
    """Value (None where it says nothing) and n of each indicator of a year's ties."""
    count = len({pair for pair, _ in together})
    possible = members * (members - 1) // 2
    shared = Counter(pair for pair, _ in so_far)
    again = sum(projects > 1 for projects in shared.values())
    return {
        "ratio_network_density": (count / possible if possible else None, members),
        "count_ties": (count, members),
        "share_ties_repeated": (again / len(shared) if shared else None, len(shared)),
    }
