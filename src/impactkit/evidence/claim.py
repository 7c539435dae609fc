"""Claims: every figure that a report may print, with what it is, how sure, from where, and the sentence that
it has earned.
"""

import dataclasses
import functools
import re
from typing import Any

import pandas as pd

from impactkit.data.catalogue import catalogue, measures
from impactkit.data.evaluation import Evaluation
from impactkit.data.outcome_names import named
from impactkit.data.tables import labels
from impactkit.data.territories import Territory
from impactkit.effects.results import VERDICTS
from impactkit.evidence import effect_rows, value
from impactkit.evidence.estimated import Estimated, estimated
from impactkit.evidence.level import rule
from impactkit.evidence.picked import MEDIAN, as_text, measured
from impactkit.indicators import indicators
from impactkit.indicators.comparable import ENOUGH
from impactkit.wording.catalogue import has
from impactkit.wording.currency import EURO
from impactkit.wording.language import Language

COLUMNS = ["claim", "territory", "logic", "level", "sentence", "rule", "indicator", "group", "period"]
COLUMNS += ["value", "low", "high", "n", "unit", "source", "as_of", "data_vintage", "geography_vintage"]
COLUMNS += ["assumptions", "checks", "dimension", "sdg", "iris", "maryland", "data_quality"]
# What Works Centre for Local Economic Growth, Maryland Scientific Methods Scale: 1, before and after alone;
# 2, beside others; 3, before and after beside others chosen for it.
MARYLAND = {"before-after": "1", "compared": "2", "estimated": "3"}
# 3: published by an official source; 2: declared, with its source; 1: declared without, or a hypothesis.
OFFICIAL = ("observed", "before-after", "compared", "estimated")
SEPARATOR = " ; "
INVARIABLE = ("fois", "mois", "sans", "dans")
DATE = re.compile(r"\d{4}(-\d{2}){0,2}")


def claims(place: Territory | Evaluation) -> pd.DataFrame:
    """One row by figure of a territory, or of a programme itself (its indicators alone), known or not:
    columns claim (its name), territory, logic (inputs, activities, outputs, outcomes, impacts, or context),
    level (declared, observed, before-after, compared, estimated, method), sentence, rule (the key of that
    sentence), the figure and its source with both vintages, assumptions and checks, dimension (of the five
    of impact), sdg, iris, maryland (1 to 3, of the method) and data_quality (1 to 3).

    Sources: the logic model of the European Commission's GECES (2014); Impact Management Platform, five
    dimensions of impact.

    >>> place = ik.load().territory("val-d-aubrelle")
    >>> sorted(set(ik.claims(place)["level"]))
    ['before-after', 'compared', 'declared', 'estimated', 'method', 'observed']
    """
    if isinstance(place, Territory):
        return _claims(place).copy()
    rows = indicators(place)
    return _told([_of_row(place.language, row) for row in rows[rows["territory"] == ""].to_dict("records")])


@functools.lru_cache(maxsize=64)
def _claims(place: Territory) -> pd.DataFrame:
    found = [
        _of_row(place.language, row) for row in indicators(place.evaluation, of=place).to_dict("records")
    ]
    for outcome, rows in effect_rows.rows(place).groupby("outcome", sort=False):
        told = estimated(place, str(outcome))
        assert told is not None
        counted: dict[str, int] = {}
        for row in rows.to_dict("records"):
            counted[row["quantity"]] = counted.get(row["quantity"], 0) + 1
            found.append(_of_effect(row, told, counted[row["quantity"]]))
    found += [_of_value(place.language, row) for row in value.rows(place).to_dict("records")]
    return _told(found)


def _told(found: list[dict[str, Any]]) -> pd.DataFrame:
    for row in found:
        level, known = row["level"], 2 if row["source"] else 1
        row["maryland"] = MARYLAND.get(level, "")
        row["data_quality"] = 3 if level in OFFICIAL else 1 if row["rule"] == "claim.value" else known
    return pd.DataFrame(found, columns=COLUMNS)


def level_of(row: dict[str, Any]) -> str:
    """The level of evidence of an indicator row: what the tables of the evaluation hold is declared, what an
    official source publishes is observed, a change is before-after; compared, the middle half of enough
    comparable units. What others did alone, or too few of them, compares nothing.
    """
    group = row["group"]
    if group == MEDIAN and row["n"] >= ENOUGH:
        return "compared"
    if group.startswith(("comparable=", "expected=", "area=")):
        return "observed"
    if row["indicator"].endswith("_change"):
        return "before-after"
    published = row["data_vintage"] or row["geography_vintage"]
    return "observed" if published or _about(row["indicator"])["logic"] == "context" else "declared"


def _of_row(language: Language, row: dict[str, Any]) -> dict[str, Any]:
    about, level = _about(row["indicator"]), level_of(row)
    missing = row["flag"].removeprefix("missing:") if pd.isna(row["value"]) else ""
    key = rule(level, missing=missing, withheld=missing == "withheld")
    # What an official source publishes in euros is in euros.
    spoken = language if about["table"] else dataclasses.replace(language, currency=EURO)
    label = spoken.reworded(about["label_fr"])
    return {
        **{name: row[name] for name in COLUMNS if name in row},
        **{name: about[name] for name in ("logic", "dimension", "sdg", "iris")},
        "claim": name_of(row["indicator"], row["group"], row["period"]),
        "level": level,
        "rule": key,
        "sentence": _sentence(language, key, row, label, about["table"], missing),
    }


def name_of(indicator: str, group: str = "", period: str = "") -> str:
    """The name of a claim, as it is typed: `count_jobs@2020`, `count_projects[stage=idea]@2020`."""
    return indicator + (f"[{group}]" if group else "") + (f"@{period}" if period else "")


def _sentence(
    language: Language, key: str, row: dict[str, Any], label: str, table: str, missing: str
) -> str:
    group = _group(language, row["group"], table)
    what = label + (f" ({group})" if group else "")
    if key in ("claim.withheld", "claim.missing"):
        reason = language.say(f"reason.{missing}") if has(f"reason.{missing}") else missing
        return language.say(key, what=what, reason=reason)
    dated = bool(DATE.fullmatch(row["as_of"]))
    period = row["period"].replace("/", "-") or language.say("claim.undated")
    told = {
        "what": what,
        "value": _figure(language, row["value"], row["unit"], sign=row["indicator"].endswith("_change")),
        "source": row["source"].split(",")[0] or language.say("claim.no-source"),
        "when": language.when(row["as_of"]) if dated else period,
        "period": period,
    }
    if pd.notna(row["low"]) and pd.notna(row["high"]):
        span = {name: _figure(language, row[name], row["unit"]) for name in ("low", "high")}
        return language.say(f"{key}.span" if has(f"{key}.span") else key, **told, **span)
    return language.say(key, **told)


def _figure(language: Language, value: float, unit: str, *, sign: bool = False) -> str:
    text = measured(language, value, unit, sign=sign)
    if unit in ("part", "points"):
        return text
    # Units are written in the plural; below two French is singular.
    words = [word if word in INVARIABLE else word.removesuffix("s") for word in unit.split()]
    return f"{text} " + (" ".join(words) if abs(value) < 2 else unit)


def _group(language: Language, group: str, table: str) -> str:
    """Which part of a figure: in the words of the tables where they have some."""
    parts, stages = [], labels(language, "projects", "stage")
    for part in filter(None, group.split("|")):
        name, _, value = part.partition("=")
        if has(f"claim.group.{part}"):
            parts.append(language.say(f"claim.group.{part}"))
        elif ">" in part:
            parts.append(" → ".join(stages.get(one, one) for one in part.split(">")))
        elif name == "on":
            parts.append(language.say("claim.group.on", what=named(language, value)))
        else:
            parts.append(labels(language, table, name).get(value, value))
    return ", ".join(parts)


def _about(indicator: str) -> dict[str, str]:
    """Label, place in the logic model, dimension, SDG and IRIS+ of an indicator."""
    about = {"label_fr": indicator, **dict.fromkeys(("logic", "dimension", "sdg", "iris", "table"), "")}
    return about | _abouts().get(indicator, {})


@functools.lru_cache(maxsize=1)
def _abouts() -> dict[str, dict[str, str]]:
    """What is known of each indicator: those of the catalogue are context."""
    known = catalogue().set_index("id")[["label_fr", "sdg", "iris"]]
    return {
        **known.assign(logic="context", dimension="how_much").to_dict("index"),
        **measures().to_dict("index"),
    }


def _of_effect(row: dict[str, Any], told: Estimated, at: int) -> dict[str, Any]:
    """A row of effects.csv as a claim: the gap may earn one, the rest says what the method is."""
    language = told.effect.language
    outcome, quantity = row["outcome"], row["quantity"]
    gap = quantity == "gap"
    key = told.rule if gap else rule("method")
    first, last = told.effect.periods
    holes = {"what": named(language, outcome), "quantity": "" if gap else _quantity(language, quantity)}
    holes |= {"first": first[:4], "last": last[:4]}
    for name, sign in (("value", gap), ("low", True), ("high", True)):
        known = pd.notna(row[name])
        holes[name] = (
            _figure(language, row[name], row["unit"], sign=sign) if known else language.say("cell.unknown")
        )
    verdicts = (f"{one.name}={VERDICTS[one.passed]}" for one in told.checks)
    return {
        **_taken(row),
        **{column: _about(outcome)[column] for column in ("sdg", "iris")},
        "claim": f"effect[{outcome}]" if gap else f"{quantity}[{outcome}]" + (f"#{at}" if at > 1 else ""),
        "logic": "impacts" if gap and told.state == "effect" else "context",
        "level": "estimated" if gap else "method",
        "rule": key,
        "sentence": language.say(key + (".span" if not gap and pd.notna(row["low"]) else ""), **holes),
        "indicator": outcome,
        "group": quantity,
        "period": "/".join(filter(None, (first, last))),
        "assumptions": SEPARATOR.join(told.effect.assumptions) if gap else "",
        "checks": SEPARATOR.join(verdicts) if gap else "",
        "dimension": "contribution",
    }


def _of_value(language: Language, row: dict[str, Any]) -> dict[str, Any]:
    """A row of values.csv as a claim: what declared hypotheses amount to, no ratio without its range."""
    quantity, _, item = row["quantity"].partition(": ")
    holes = {"what": language.say(f"claim.value.{quantity}", item=item), "project": row["outcome"]}
    # What a euro gives has its unit in its name.
    figure = as_text if row["unit"] == language.in_currency(value.PER_EURO) else _figure
    year = row["unit"] == "année"
    holes["value"] = str(int(row["value"])) if year else figure(language, row["value"], row["unit"])
    ranged = pd.notna(row["low"])
    if ranged:
        holes |= {name: figure(language, row[name], row["unit"]) for name in ("low", "high")}
    return _taken(row) | {
        "claim": f"value[{row['outcome']}: {row['quantity']}]",
        "logic": "outcomes",
        "level": "declared",
        "rule": "claim.value",
        "sentence": language.say("claim.value.span" if ranged else "claim.value", **holes),
        "indicator": "value",
        "group": row["quantity"],
        "assumptions": language.say("claim.value.assumptions"),
        "dimension": "how_much",
    }


def _taken(row: dict[str, Any]) -> dict[str, Any]:
    """What a claim takes as it is from a row of effects.csv or values.csv; the rest is empty."""
    held = ("territory", "value", "low", "high", "n", "unit", "source")
    return dict.fromkeys(COLUMNS, "") | {column: row[column] for column in held}


def _quantity(language: Language, name: str) -> str:
    """A figure of effects.csv in words."""
    kind, *parts = name.split("_", 2)
    if kind == "check":
        words = {"name": language.say(f"effect.check.name.{name.removeprefix('check_')}")}
    elif kind == "path":
        words = {"period": parts[0]}
    elif kind == "choice":
        words = {
            "choice": language.say(f"choice.{parts[0]}"),
            "option": language.say(f"choice.{parts[0]}.{parts[1]}"),
        }
    elif kind == "balance":
        words = {
            "quantity": language.say(f"claim.balance.{parts[0]}"),
            "of": language.say(f"balance.{parts[1]}").lower(),
        }
    else:
        return language.say(f"claim.quantity.{name}")
    return language.say(f"claim.quantity.{kind}", **words)
