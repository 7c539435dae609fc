"""The rows of a whole evaluation, protected before any territory is taken: [secrecy] in evaluation.toml."""

from typing import Any

import pandas as pd

from impactkit.data.catalogue import measures
from impactkit.data.evaluation import Evaluation
from impactkit.data.territories import overlaps
from impactkit.indicators.rows import KEY, WITHHELD


def protected(ev: Evaluation, rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows as they may be published, and the log of what was withheld and why (for the evaluator alone).

    [secrecy] names the indicators that each rule protects; their `n` is the number of contributors. What
    adds up, by group or from a territory inside another, is found in the rows themselves.
    """
    # A solver comes with it: only where something is to be protected.
    from impactkit.indicators.secrecy import RULES, withheld_rows
    from impactkit.indicators.suppression import SECONDARY

    if not (rules := {name: RULES[rule] for rule, names in ev.secrecy.items() for name in names}):
        return rows, pd.DataFrame()
    shown, log = withheld_rows(rows, rules, _parts(rows, set(rules)), _nested(ev))
    # Of a table of which a figure is withheld, what no rule protects might give it back: it goes too.
    told = measures()["table"]
    hidden = set(zip(log["territory"], log["indicator"].map(told), strict=True))
    # The programme's own sums, less what other territories print, would give it back.
    hidden |= {("", table) for _, table in hidden}
    tables = zip(shown["territory"], shown["indicator"].map(told), strict=True)
    other = ~shown["indicator"].isin(list(rules)) & shown["value"].notna()
    other &= pd.Series([one in hidden for one in tables], index=shown.index)
    shown.loc[other, ["value", "low", "high", "n"]] = float("nan")
    shown.loc[other, "flag"] = WITHHELD
    more = shown.loc[other, KEY].assign(reason=SECONDARY, rule="", source="")
    return shown, pd.concat([log, more], ignore_index=True)


def hidden_tables(rows: pd.DataFrame) -> frozenset[str]:
    """The tables whose figures may not be shown line by line, from a territory's protected rows."""
    withheld = rows.loc[rows["flag"] == WITHHELD, "indicator"].unique()
    told = measures()["table"]
    return frozenset(told[name] for name in withheld if name in told.index and told[name])


def _parts(rows: pd.DataFrame, names: set[str]) -> pd.DataFrame:
    """Groups of one kind that add up to the whole, wherever they do."""
    found: list[dict[str, Any]] = []
    told = rows[rows["indicator"].isin(names) & rows["value"].notna()]
    for keys, some in told.groupby(["territory", "indicator", "period"]):
        values = some.set_index("group")["value"]
        kinds = values.index.str.partition("=").get_level_values(0)
        for kind in sorted(set(kinds) - {""}):
            mine = values[(kinds == kind) & ~values.index.str.contains("|", regex=False)]
            if "" in values.index and len(mine) > 1 and abs(mine.sum() - values[""]) < 1e-6:
                where = dict(zip(("territory", "indicator", "period"), keys, strict=True))
                found += [where | {"total": "", "part": group} for group in mine.index]
    return pd.DataFrame(found, columns=["territory", "indicator", "period", "total", "part"])


def _nested(ev: Evaluation) -> pd.DataFrame:
    """Territories that lie inside others: what is left of the outer is found by subtraction."""
    pairs = [(one.code, other.code, how) for one in ev.territories for other, how in overlaps(one)]
    found = pd.DataFrame(pairs, columns=["inner", "outer", "how"])
    return found.loc[found["how"] == "within", ["inner", "outer"]]
