"""Which further cells to withhold so that none returns by subtraction, and the attacker who tries.

The method is Fischetti & Salazar-González's (JASA 95, 2000, doi 10.1080/01621459.2000.10474282; Management
Science 47, 2001, doi 10.1287/mnsc.47.7.1008.9805), "optimal" in tau-argus: one 0-1 variable per cell; the
attacker's linear programs become, by their duals, inequalities, added until no attack gets through. Loss is
counted in cells, then in value. Who is alone in a cell knows it, and must not find by it another secret cell
of the same sum (the "singletons" of the Handbook on Statistical Disclosure Control, 4.2.3).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array, hstack, kron, vstack
from scipy.sparse import identity as eye
from scipy.sparse.csgraph import connected_components

from impactkit.errors import NotEnoughData, RefusedData
from impactkit.indicators.relations import SECONDARY, Relation
from impactkit.wording.language import Language

SMALLEST = 1.0
# Linked cells up to which the best answer is sought; beyond, a safe one. Limits are counts, not seconds: the
# answer is that of every machine.
MOST_EXACT, MOST_ROUNDS, MOST_NODES, MOST_COLUMNS = 300, 150, 5_000, 20_000
# No deviation has to be wider than so many times the protection asked for: programs stay bounded.
_WIDE, _CLOSE, _BEYOND = 1e4, 1e-6, 1e3


@dataclass(frozen=True)
class Suppression:
    """The cells withheld with their reasons (`secondary` where they only protect another), what that costs
    (their number and, below one, the share of value), and whether nothing cheaper would do (`exact`).
    """

    withheld: Mapping[str, str]
    cost: float
    exact: bool


@dataclass(frozen=True)
class _Block:
    """Cells linked by relations: `matrix` (relations, cells), +1 a total, -1 its parts; how far `down` and
    `up` the attacker may believe a cell to be; `fixed` 1 withheld, 0 published, NaN to choose; `aims` (cell,
    side, how far it must stay possible, the cell that this attacker knows or -1).
    """

    matrix: csr_array
    down: np.ndarray
    up: np.ndarray
    fixed: np.ndarray
    cost: np.ndarray
    aims: tuple[tuple[int, float, float, int], ...]


def suppress(
    language: Language,
    cells: pd.DataFrame,
    relations: Iterable[Relation],
    primary: Mapping[str, str],
    protection: float = 0.10,
    *,
    known_nonnegative: bool = True,
    most_exact: int = MOST_EXACT,
) -> Suppression:
    """The least to withhold so that nobody who knows what is published bounds a primary cell too closely.

    cells: columns cell, value, and optionally n (a published zero without contributor is known: it cannot
    protect), `published` (False: never printed, though its value is known here; it costs nothing), `floor`
    (what nobody believes it to be under; else zero), `worth` (which of as many cells go last; else the
    largest), `lower` and `upper` (how far from its value a primary
    cell must stay possible; else `protection` of it and at least one unit, never below its floor). primary:
    the reason by cell; "" is none. Raises RefusedData (a value missing, under its floor or twice; a sum that
    is none), UnknownName (a cell), NotEnoughData (nothing protects).
    """
    table = _checked(language, cells, known_nonnegative)
    reasons = {str(cell): reason for cell, reason in primary.items() if reason}
    links = _links(language, table, relations)
    _known(language, reasons, table)
    table["empty"] = (table["value"] == 0) & ~(table["n"] > 0) & table["published"]
    table["secret"] = table.index.isin(list(reasons)) & ~table["empty"]
    room = np.maximum(protection * table["value"].abs(), SMALLEST)
    table["lower"], table["upper"] = table["lower"].fillna(room), table["upper"].fillna(room)
    held, cost, exact = table["secret"].to_numpy(copy=True), 0.0, True
    groups = connected_components(abs(links).T @ abs(links), directed=False)[1]
    for group in np.unique(groups[held]):
        mine = np.flatnonzero(groups == group)
        rows = np.flatnonzero(abs(links[:, mine]).sum(axis=1))
        block = _possible(language, _block(table.iloc[mine], links[rows][:, mine]))
        if not block.aims:
            continue
        found, best = _best(language, block) if len(mine) <= most_exact else (_safe(language, block), False)
        held[mine] |= found
        cost, exact = cost + float(block.cost @ found), exact and best
    names = table.index[held & table["published"]]
    return Suppression({cell: reasons.get(cell, SECONDARY) for cell in names}, cost, exact)


def audit(
    language: Language,
    cells: pd.DataFrame,
    relations: Iterable[Relation],
    withheld: Iterable[str],
    known_nonnegative: bool = True,
) -> pd.DataFrame:
    """What an attacker finds by linear programming: cell, low, high for each cell not published.

    He knows every published cell, every relation and, unless told otherwise, that nothing is negative. A
    bound that he cannot find is infinite. Raises as `suppress`.
    """
    table = _checked(language, cells, known_nonnegative)
    hidden = sorted(set(withheld) | set(table.index[~table["published"]]))
    _known(language, hidden, table)
    at = table.index.get_indexer(hidden)
    matrix, value = _links(language, table, relations)[:, at], table["value"].to_numpy()
    far = _BEYOND * (1 + abs(value).sum())
    directions = np.tile([1.0, -1.0], len(at))
    goal = np.repeat(np.eye(len(at)), 2, axis=0) * directions[:, None]
    floor = np.tile(np.maximum(table["floor"].to_numpy()[at], -far), (len(goal), 1))
    found = _solve(language, goal, matrix, matrix @ value[at], floor, np.full(goal.shape, far))[0]
    low, high = (abs(goal) * found).sum(axis=1).reshape(-1, 2).T
    low = np.where(low < -far / 100, -np.inf, low)
    high = np.where(high > far / 100, np.inf, high)
    return pd.DataFrame({"cell": hidden, "low": low, "high": high})


def _checked(language: Language, cells: pd.DataFrame, known_nonnegative: bool) -> pd.DataFrame:
    """The cells by id, in the order of their ids: the answer does not depend on theirs."""
    table = cells.assign(cell=cells["cell"].astype(str)).set_index("cell").sort_index()
    usual = {"n": np.nan, "published": True, "lower": np.nan, "upper": np.nan, "floor": 0.0}
    usual["worth"] = table["value"].abs()
    for name, default in usual.items():
        table[name] = table[name] if name in table.columns else default
    if not known_nonnegative:
        table["floor"] = -np.inf
    wrong = table["value"].isna() | (table["value"] < table["floor"]) | table.index.duplicated()
    if wrong.any():
        raise language.error(RefusedData, "secrecy-value", cell=table.index[wrong.to_numpy()][0])
    return table.astype({"value": float, "n": float, "published": bool, "floor": float})


def _known(language: Language, names: Iterable[str], table: pd.DataFrame) -> None:
    for name in sorted(set(names) - set(table.index)):
        raise language.unknown("noun.cell", name, table.index)


def _links(language: Language, table: pd.DataFrame, relations: Iterable[Relation]) -> csr_array:
    """Relations as a matrix (relations, cells); each said once, whatever their order."""
    said = sorted({((one.total, 1.0), *sorted(_weighed(one))) for one in relations})
    names = [name for one in said for name, _ in one]
    _known(language, names, table)
    rows = np.repeat(np.arange(len(said)), [len(one) for one in said])
    weights = [weight for one in said for _, weight in one]
    links = csr_array((weights, (rows, table.index.get_indexer(names))), shape=(len(said), len(table)))
    for one, gap in zip(said, abs(links @ table["value"].to_numpy()), strict=True):
        # Each printed number may be rounded by half a unit.
        total = one[0][0]
        if gap > len(one) / 2 + 1e-9 * abs(table.at[total, "value"]):
            raise language.error(RefusedData, "secrecy-sum", cell=total)
    return links


def _weighed(one: Relation) -> list[tuple[str, float]]:
    weights = one.weights or (1.0,) * len(one.parts)
    return [(part, -weight) for part, weight in zip(one.parts, weights, strict=True)]


def _block(table: pd.DataFrame, matrix: csr_array) -> _Block:
    names = ("value", "published", "empty", "secret", "lower", "upper", "n", "worth")
    value, published, empty, secret, lower, upper, n, worth = (table[name].to_numpy() for name in names)
    down = np.where(empty, 0.0, value - table["floor"].to_numpy())
    hidden = np.flatnonzero(secret).tolist()
    aims = []
    for k in hidden:
        aims.append((k, 1.0, upper[k], -1))
    for k in hidden:
        aims.append((k, -1.0, min(lower[k], down[k]), -1))
    parts = (matrix < 0).astype(float)
    beside = (parts.T @ parts).toarray() > 0
    for s in (k for k in hidden if n[k] == 1):
        aims += [(k, 1.0, min(upper[k], SMALLEST), s) for k in hidden if k != s and beside[s, k]]
    fixed = np.where(empty, 0.0, np.where(secret | ~published, 1.0, np.nan))
    cost = np.where(published, 1 + worth / (1 + worth.sum()), 0.0)
    up = np.where(empty, 0.0, np.inf)
    return _Block(matrix, down, up, fixed, cost, tuple(aim for aim in aims if aim[2] > 0))


def _solve(
    language: Language,
    goal: np.ndarray,
    matrix: csr_array,
    target: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Linear programs on one matrix, many as one: goal, low, high (programs, columns); the answers, and the
    multipliers (programs, rows). Raises NotEnoughData where there is no answer.
    """
    step = max(1, MOST_COLUMNS // max(goal.shape[1], 1))
    answers, duals = [np.zeros((0, goal.shape[1]))], [np.zeros((0, len(target)))]
    for some in (slice(i, i + step) for i in range(0, len(goal), step)):
        each, right = kron(eye(len(goal[some])), matrix, format="csr"), np.tile(target, len(goal[some]))
        bounds = np.column_stack([low[some].ravel(), high[some].ravel()])
        found = linprog(goal[some].ravel(), A_eq=each, b_eq=right, bounds=bounds, method="highs")
        if found.status != 0:
            raise language.error(NotEnoughData, "secrecy-impossible")
        answers.append(found.x.reshape(goal[some].shape))
        duals.append(found.eqlin.marginals.reshape(len(goal[some]), -1))
    return np.vstack(answers), np.vstack(duals)


def _possible(language: Language, block: _Block) -> _Block:
    """The aims as far as any pattern could serve them: of two groups that stand, a reader knows that they
    make two at least. Raises NotEnoughData where a cell would stay known whatever is withheld.
    """
    if not block.aims:
        return block
    reach = _attacks(language, block, block.fixed != 0)[0]
    moves: dict[int, float] = {}
    for (k, _, _, told), share in zip(block.aims, reach, strict=True):
        if told < 0:
            moves[k] = max(moves.get(k, 0.0), share)
    if min(moves.values(), default=1.0) < _CLOSE:
        raise language.error(NotEnoughData, "secrecy-impossible")
    aims = [
        (k, side, need * min(1.0, share), told)
        for (k, side, need, told), share in zip(block.aims, reach, strict=True)
        if share > _CLOSE
    ]
    return replace(block, aims=tuple(aims))


def _attacks(language: Language, block: _Block, held: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How far each aim is served, from 0 to 1, when `held` is withheld (aims), and coefficients whose sum
    over the cells withheld is at least one in every safe pattern (aims, cells).
    """
    at = np.flatnonzero(held)
    rows = np.flatnonzero(abs(block.matrix[:, at]).sum(axis=1))
    k, side, need, told = (np.array(one) for one in zip(*block.aims, strict=True))
    each, knows = np.arange(len(k)), told >= 0
    # Each aim is scaled to one, and pushed no further than that.
    down, up = (np.minimum(way / need[:, None], _WIDE) for way in (block.down, block.up))
    down[each[knows], told[knows]] = up[each[knows], told[knows]] = 0.0
    goal = np.zeros(down.shape)
    goal[each, k] = -side
    low = np.where(goal > 0, np.minimum(down, 1), down)
    high = np.where(goal < 0, np.minimum(up, 1), up)
    target, small = np.zeros(len(rows)), block.matrix[rows][:, at]
    found, dual = _solve(language, goal[:, at], small, target, -low[:, at], high[:, at])
    reach = -(goal[:, at] * found).sum(axis=1)
    # Any multipliers bound what any pattern lets through; rounding keeps zeros true zeros.
    price = goal - np.round(dual, 9) @ block.matrix[rows]
    cuts = np.minimum(down * np.maximum(price, 0) + up * np.maximum(-price, 0), 1)
    return reach, cuts


def _best(language: Language, block: _Block) -> tuple[np.ndarray, bool]:
    """The cheapest safe pattern, and True; a safe one, and False, where the search was stopped."""
    # A cell withheld alone in a relation comes back by subtraction: no best pattern chooses one.
    matters = np.isnan(block.fixed)
    matters[[aim[0] for aim in block.aims]] = True
    at, k = np.nonzero(block.matrix.toarray() * matters)
    alone = (block.matrix.toarray()[at] != 0).astype(float)
    alone[np.arange(len(k)), k] = -1
    cuts, floors = [csr_array(alone)], [np.zeros(len(k))]
    limits = Bounds(np.nan_to_num(block.fixed, nan=0.0), np.nan_to_num(block.fixed, nan=1.0))
    options = {"mip_rel_gap": 0.0, "node_limit": MOST_NODES}
    for _ in range(MOST_ROUNDS):
        known = LinearConstraint(vstack(cuts, format="csr"), np.concatenate(floors))
        answer = milp(block.cost, integrality=1, bounds=limits, constraints=known, options=options)
        if answer.status != 0:
            break
        held = answer.x > 0.5
        reach, found = _attacks(language, block, held)
        through = reach < 1 - _CLOSE
        if not through.any():
            return held, True
        cuts.append(csr_array(found[through]))
        floors.append(np.full(int(through.sum()), 1 - _CLOSE))
    return _safe(language, block), False


def _safe(language: Language, block: _Block) -> np.ndarray:
    """A safe pattern, not always the cheapest: aim by aim, the cheapest deviation that keeps it possible;
    then whatever proves needless is given back. Raises NotEnoughData.
    """
    held, count = block.fixed == 1, len(block.fixed)
    both = hstack([block.matrix, -block.matrix], format="csr")
    for k, side, need, told in sorted(block.aims, key=lambda aim: (-aim[2], *aim[:2], aim[3])):
        low, high = np.zeros((2, count)), np.minimum(np.stack([block.up, block.down]) / need, _WIDE)
        high[:, told if told >= 0 else k] = 0.0
        way = 0 if side > 0 else 1
        low[way, k] = high[way, k] = 1.0
        high[1 - way, k] = 0.0
        price = np.tile(np.where(held, 0.0, block.cost), (1, 2))
        found = _solve(
            language, price, both, np.zeros(both.shape[0]), low.reshape(1, -1), high.reshape(1, -1)
        )[0]
        held |= found.reshape(2, count).sum(axis=0) > _CLOSE
    for at in sorted(map(int, np.flatnonzero(held & np.isnan(block.fixed))), key=lambda k: -block.cost[k]):
        held[at] = False
        held[at] = (_attacks(language, block, held)[0] < 1 - _CLOSE).any()
    return np.asarray(held)
