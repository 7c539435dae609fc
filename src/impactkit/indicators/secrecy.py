"""Statistical secrecy: which figures may not be printed, over the whole evaluation at once.

Primary rules say which cells tell too much about somebody; `suppression` says which others would give them
back. A protected row keeps its place and its source, never its numbers.

Verified in Insee's Manuel de protection des tableaux (chapter Règles): at least 3 units for businesses; no
contributor above 85 % of a cell; at least 11 units for tax data on persons, and the same 85 %.
Verified in Insee's documentation of the gridded Filosofi data (2019): at least 11 tax households. Not
verified: that the 11 holds for every other product drawn from Filosofi.
Protection of a cell above 85 %: up to where its largest contributor would no longer exceed that share
(Handbook on Statistical Disclosure Control, 4.2, the (1,k) rule).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from impactkit.errors import RefusedData
from impactkit.indicators.relations import Relation, Sum, closed
from impactkit.indicators.rows import KEY, WITHHELD
from impactkit.indicators.suppression import SMALLEST, suppress
from impactkit.wording.language import Language

LOG = ["territory", "indicator", "group", "period", "reason", "rule", "source"]
# Only what adds up can be found by subtraction.
_ADDS = ("count_", "amount_")


@dataclass(frozen=True)
class Rule:
    """When a figure tells too much: under `fewest` units (under `households` households where that counts),
    or one contributor above `most_share` of it. `verified` tells whether the source was read.
    """

    name: str
    fewest: int
    most_share: float
    households: int
    source: str
    url: str
    verified: bool


_MANUAL = "https://inseefrlab.github.io/manuel-protection-tableaux/chapters/annexes/regles.html"
_SOURCE = "Insee, Manuel de protection des tableaux, Règles"
RULES = {
    "businesses": Rule("businesses", 3, 0.85, 0, _SOURCE, _MANUAL, True),
    "tax-persons": Rule("tax-persons", 3, 0.85, 11, _SOURCE, _MANUAL, True),
    "filosofi": Rule("filosofi", 3, 0.85, 11, "Insee, Filosofi", "https://www.insee.fr/fr/metadonnees/source/"
                     "operation/s2105/confidentialite", False),
}  # fmt: skip


def primary(cells: pd.DataFrame, rule: Rule) -> pd.Series:
    """Why each cell tells too much: "", "few", "dominance" or "households", in the order of the cells.

    cells: columns cell, value, n (contributors, NaN unknown), largest (the largest one's value, NaN
    unknown). What is unknown withholds nothing; a cell without contributor is an empty one, and may be told.
    """
    n, value = cells["n"].astype(float), cells["value"].astype(float).abs()
    largest = cells["largest"].astype(float).abs() if "largest" in cells else pd.Series(np.nan, cells.index)
    found = pd.Series("", index=cells.index, name="reason")
    found[(n > 0) & (largest > rule.most_share * value)] = "dominance"
    found[(n > 0) & (n < rule.households)] = "households"
    found[(n > 0) & (n < rule.fewest)] = "few"
    return found


def levels(cells: pd.DataFrame, reasons: pd.Series, rule: Rule, protection: float = 0.10) -> pd.DataFrame:
    """The cells with `lower` and `upper`: how far from its value each secret one must stay possible.

    `protection` of the value, at least one unit. A count of units must besides stay possible over as many
    values as the rule's threshold, and any secret cell up to where its largest contributor would dominate no
    more.
    """
    value = cells["value"].astype(float)
    floor = cells["floor"].astype(float) if "floor" in cells else pd.Series(0.0, cells.index)
    lower = np.maximum(protection * value.abs(), SMALLEST)
    upper, below = lower.copy(), np.minimum(lower, (value - floor).abs())
    least = reasons.map({"few": rule.fewest, "households": rule.households}).astype(float)
    counted = least.notna() & (value == cells["n"])
    upper = upper.mask(counted, np.maximum(upper, least - below))
    if "largest" in cells:
        room = cells["largest"].astype(float) / rule.most_share - value
        upper = upper.mask(reasons.ne(""), np.fmax(upper, room))
    return cells.assign(lower=lower, upper=upper)


def cell_ids(rows: pd.DataFrame) -> pd.Series:
    """The name of each row's cell: territory, indicator, group, period."""
    return rows[KEY].astype(str).agg("|".join, axis=1) if len(rows) else pd.Series("", index=rows.index)


def relations_of(
    rows: pd.DataFrame, parts: pd.DataFrame | None = None, nested: pd.DataFrame | None = None
) -> tuple[pd.DataFrame, list[Relation]]:
    """The cells of all rows, and what adds up among them: cells (cell, value, n, published), relations.

    parts: columns indicator, total, part, and optionally territory and period where they add up in some
    places alone: groups that add up to a group ("" is the whole). nested: columns
    inner, outer, and optionally complement: a territory inside another; those that share an outer and a
    named complement are apart, and make up the outer with it. What no row tells of the outer is still a
    cell, never published: who reads both reports finds it. Only counts and amounts add up. A sum with a
    figure missing is left out.
    """
    told = rows[rows["value"].notna() & rows["indicator"].str.startswith(_ADDS)]
    value = dict(zip(cell_ids(told), told[["value", "n"]].to_numpy(dtype=float), strict=True))
    relations, rests = [], {}
    for keys, some in _parted(parts):
        indicator, total, *where = keys
        known = told[told["indicator"] == indicator]
        for place, period in [where] if where else _places(known, "territory", "period"):
            names = [f"{place}|{indicator}|{group}|{period}" for group in (total, *some["part"])]
            relations += [Relation(names[0], tuple(names[1:]))] if set(names) <= value.keys() else []
    for outer, inners, rest in _nests(nested):
        for keys in _places(told[told["territory"] == outer], *KEY[1:]):
            whole, *some = ("|".join((place, *keys)) for place in (outer, *inners))
            left = "|".join((rest, *keys))
            if not set(some) <= value.keys():
                continue
            if left not in value:
                rests[left] = np.round(value[whole] - np.sum([value[name] for name in some], axis=0), 9)
            relations.append(Relation(whole, (*some, left)))
    cells = pd.DataFrame.from_dict(value | rests, orient="index", columns=["value", "n"])
    cells.insert(0, "cell", cells.index)
    cells["published"] = ~cells["cell"].isin(list(rests))
    return cells.reset_index(drop=True), relations


def _parted(parts: pd.DataFrame | None) -> list[tuple[tuple[str, ...], pd.DataFrame]]:
    if parts is None:
        return []
    names = [name for name in ("indicator", "total", "territory", "period") if name in parts]
    return [(tuple(map(str, keys)), some) for keys, some in parts.groupby(names)]


def _places(rows: pd.DataFrame, *columns: str) -> list[tuple[str, ...]]:
    return list(rows[list(columns)].drop_duplicates().itertuples(index=False, name=None))


def _nests(nested: pd.DataFrame | None) -> Iterable[tuple[str, list[str], str]]:
    """Each outer territory with those inside it, and the name of what is left."""
    found: dict[tuple[str, str], list[str]] = {}
    for one in nested.to_dict("records") if nested is not None else ():
        rest = one.get("complement") or f"{one['outer']} - {one['inner']}"
        found.setdefault((one["outer"], rest), []).append(one["inner"])
    return [(outer, inners, rest) for (outer, rest), inners in found.items()]


def withheld_rows(
    language: Language,
    rows: pd.DataFrame,
    rules: Mapping[str, Rule],
    parts: pd.DataFrame | None = None,
    nested: pd.DataFrame | None = None,
    *,
    sums: Iterable[Sum] = (),
    more: Mapping[str, str] | None = None,
    largest: pd.Series | None = None,
    protection: float = 0.10,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows of a whole evaluation, protected, and the log of what was withheld: LOG, no value.

    rules: the rule of each indicator that has one; nothing else is withheld, but `more` (the reason by cell)
    and what protects it. parts, nested: as in `relations_of`; sums: any others (`relations`). largest: the
    largest contributor's value, by the rows' index. A withheld row has no value, bounds nor n, and
    `missing:withheld`, whatever the reason: told apart, reasons would say which cells are small. The log
    tells them apart: it is the evaluator's, not the reader's. Raises RefusedData when two rows are one cell,
    and as `suppress`.
    """
    ids = cell_ids(rows)
    if ids.duplicated().any():
        raise language.error(RefusedData, "secrecy-twice", cell=ids[ids.duplicated()].iloc[0])
    cells, relations = relations_of(rows, parts, nested)
    alone = rows[rows["value"].notna() & ~ids.isin(cells["cell"])]
    cells = pd.concat([cells, alone[["value", "n"]].assign(cell=ids[alone.index], published=True)])
    rests, exact = closed(cells, sums)
    cells = pd.concat([cells, rests], ignore_index=True)
    cells["largest"] = cells["cell"].map(dict(zip(ids, largest, strict=True)) if largest is not None else {})
    cells["floor"] = _floors(cells)
    # Of as many figures, the programme's go first: a territory has one report, and its own.
    cells["worth"] = cells["value"].abs().mask(cells["cell"].str.startswith("|"), 0.0)
    reasons = _reasons(cells, rules) | dict(more or {})
    table = _leveled(cells, reasons, rules, protection)
    found = suppress(language, table, [*relations, *exact], reasons, protection).withheld
    shown = hidden_where(rows, ids.isin(list(found)))
    return shown, logged(rows, reasons_of(ids, found), rules)


def reasons_of(ids: pd.Series, found: Mapping[str, str]) -> pd.Series:
    """Why each row is withheld, by the name of its cell; "" where it is shown."""
    return pd.Series([found.get(cell, "") for cell in ids], index=ids.index, dtype="str")


def hidden_where(rows: pd.DataFrame, secret: pd.Series) -> pd.DataFrame:
    """The rows, without numbers where they are secret."""
    shown = rows.copy()
    shown.loc[secret, ["value", "low", "high", "n"]] = np.nan
    shown.loc[secret, "flag"] = WITHHELD
    return shown


def logged(rows: pd.DataFrame, reasons: pd.Series, rules: Mapping[str, Rule]) -> pd.DataFrame:
    """What was withheld and why, without any value; `reasons`: by row, "" where it is shown."""
    log = rows.loc[reasons != "", KEY].assign(reason=reasons[reasons != ""])
    log["rule"] = [rules[name].name if name in rules else "" for name in log["indicator"]]
    log["source"] = [rules[name].source if name in rules else "" for name in log["indicator"]]
    return log[LOG].reset_index(drop=True)


def _indicator_of(cells: pd.DataFrame) -> pd.Series:
    return cells["cell"].str.split("|").str[1]


def _floors(cells: pd.DataFrame) -> pd.Series:
    """What every reader knows a cell not to be under: one for a number of lines, which stands where there is
    one at least; nothing known where an indicator is somewhere negative.
    """
    counts = cells["published"] & (cells["value"] == cells["n"]) & (cells["value"] >= 1)
    floors = counts.astype(float)
    negative = cells["value"].lt(0).groupby(_indicator_of(cells)).transform("any")
    return floors.mask(negative, -np.inf)


def _reasons(cells: pd.DataFrame, rules: Mapping[str, Rule]) -> dict[str, str]:
    """Why each cell of an indicator that has a rule tells too much."""
    found: dict[str, str] = {}
    for name, some in cells.groupby(_indicator_of(cells), sort=False):
        if name in rules:
            found |= dict(zip(some["cell"], primary(some, rules[name]), strict=True))
    return {cell: reason for cell, reason in found.items() if reason}


def _leveled(
    cells: pd.DataFrame, reasons: Mapping[str, str], rules: Mapping[str, Rule], protection: float
) -> pd.DataFrame:
    """The cells with how far each secret one must stay possible, by the rule of its indicator."""
    why = reasons_of(cells["cell"], reasons)
    usual = next(iter(rules.values()), RULES["businesses"])
    parts = [
        levels(some, why[some.index], rules.get(str(name), usual), protection)
        for name, some in cells.groupby(_indicator_of(cells), sort=False)
    ]
    return pd.concat(parts) if parts else cells.assign(lower=np.nan, upper=np.nan)


def told(language: Language, rule: Rule) -> str:
    """The sentence in place of a withheld figure: one for all reasons, so that it gives none away."""
    who = "households" if rule.households else "businesses"
    return language.say("secrecy.withheld", who=language.say(f"secrecy.{who}"), rule=rule.source)
