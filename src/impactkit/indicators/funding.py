"""Money: sought, committed, paid; whose, for what, and how much it drew beside it."""

from collections.abc import Iterator

import pandas as pd

from impactkit.data.evaluation import Evaluation
from impactkit.indicators.measures import measure
from impactkit.indicators.missing import complete, why
from impactkit.indicators.rows import Row, frame, programme, row, told, told_or
from impactkit.wording.language import Language

LINE = ["territory", "payer", "project", "purpose", "share"]
STATUSES = ("sought", "committed", "paid")
COACHING = ["engineering", "animation"]


@measure("funding")
def rows(ev: Evaluation) -> pd.DataFrame:
    """Funding by territory, in euros: amount_funding by status, amount_secured (each line at the larger of
    committed and paid) in all, by purpose, by payer_type; amount_engineering_animation; ratio_complementary
    (complementary euros per euro of base, by status); index_concentration (Herfindahl of payers, 1/payers
    to 1); count_funding_without_amount.

    A line is a payer, project, purpose and share; its latest date is read, lines of one date are added.
    Traps: committed and paid are one money seen twice, never added; a subsidy told again every year under
    one name counts for its last year. The programme's ratio is
    over the territories whose own is known.
    """
    language = ev.language
    found: list[Row] = []
    for place in ev.territories:
        lines, flag = place.table("funding"), why(ev, place.code, "funding")
        if lines.empty:
            found += [row(place.code, "amount_funding", None, language.in_currency("euros"), flag=flag)]
            continue
        known = last_told(lines)
        found += [*_amounts(language, place.code, lines, known, flag), *_ratios(ev, place.code, known)]
        found += _secured(language, place.code, known, flag)
    return frame([*found, *_programme(ev, frame(found))])


def last_told(lines: pd.DataFrame) -> pd.DataFrame:
    """Lines of the latest date of each (line, status)."""
    last = lines.groupby([*LINE, "status"], dropna=False)["as_of"].transform("max")
    return lines[lines["as_of"] == last]


def secured(lines: pd.DataFrame) -> pd.DataFrame:
    """One row per line with money committed or paid: the larger of the two, as `amount`."""
    sums = lines[lines["status"] != "sought"].dropna(subset=["amount"])
    by_status = sums.groupby([*LINE, "status"], dropna=False, as_index=False).agg(
        # The type of a payer may be written on one of its lines only.
        {"amount": "sum", "payer_type": "max", "as_of": "max", "source": " ; ".join}
    )
    return by_status.sort_values("amount", kind="stable").groupby(LINE, dropna=False).tail(1)


def _amounts(
    language: Language, code: str, lines: pd.DataFrame, known: pd.DataFrame, missing: str
) -> Iterator[Row]:
    for status in STATUSES:
        some = known[known["status"] == status]
        figures, group = some.dropna(subset=["amount"]), f"status={status}"
        flag = "missing:without-amount" if len(some) else missing
        amount = figures["amount"].sum()
        yield told_or(
            flag, code, "amount_funding", amount, language.in_currency("euros"), figures, group=group
        )
        for share, part in figures[figures["share"] != ""].groupby("share"):
            inside = f"share={share}|{group}"
            yield told(
                code,
                "amount_funding",
                part["amount"].sum(),
                language.in_currency("euros"),
                part,
                group=inside,
            )
    silent = lines[lines["amount"].isna()]
    yield told(code, "count_funding_without_amount", len(silent), "lignes", lines)


def _ratios(ev: Evaluation, code: str, known: pd.DataFrame) -> Iterator[Row]:
    for status in STATUSES:
        some = known[(known["status"] == status) & (known["share"] != "")]
        value, flag = _ratio(ev, code, some)
        about = {"group": f"status={status}", "flag": flag, "n": len(some)}
        yield told(
            code, "ratio_complementary", value, ev.language.in_currency("euros par euro"), some, **about
        )


def _programme(ev: Evaluation, found: pd.DataFrame) -> Iterator[Row]:
    """The ratio over the territories whose own is known."""
    ratios = found[(found["indicator"] == "ratio_complementary") & found["value"].notna()]
    lines = last_told(programme(ev, "funding"))
    for status in STATUSES:
        inside = set(ratios[ratios["group"] == f"status={status}"]["territory"]) & set(lines["territory"])
        some = lines[lines["territory"].isin(inside) & (lines["status"] == status)]
        sums = some.groupby("share")["amount"].sum()
        if len(inside):
            ratio = float(sums.get("complementary", 0.0) / sums["base"])
            about = {"group": f"status={status}", "n": len(inside)}
            yield told(
                "", "ratio_complementary", ratio, ev.language.in_currency("euros par euro"), some, **about
            )


def _ratio(ev: Evaluation, code: str, lines: pd.DataFrame) -> tuple[float | None, str]:
    base, more = (lines[lines["share"] == share]["amount"] for share in ("base", "complementary"))
    if base.isna().any() or more.isna().any():
        return None, "missing:without-amount"
    if not base.sum() > 0:
        return None, "missing:no-base"
    # No line is a zero only when nothing more is to be learnt.
    if more.empty and not complete(ev, code, "funding"):
        return None, why(ev, code, "funding")
    return float(more.sum() / base.sum()), ""


def _secured(language: Language, code: str, known: pd.DataFrame, flag: str) -> Iterator[Row]:
    held = secured(known)
    if not (total := float(held["amount"].sum())) > 0:
        for indicator, unit in (
            ("amount_secured", language.in_currency("euros")),
            ("index_concentration", "indice"),
        ):
            yield row(code, indicator, None, language.in_currency(unit), flag=flag)
        return
    yield told(code, "amount_secured", total, language.in_currency("euros"), held)
    for column in ("purpose", "payer_type"):
        for name, some in held.groupby(held[column].replace("", "unknown")):
            yield told(
                code,
                "amount_secured",
                some["amount"].sum(),
                language.in_currency("euros"),
                some,
                group=f"{column}={name}",
            )
    coaching = held[held["purpose"].isin(COACHING)]
    amount = coaching["amount"].sum()
    yield told_or(
        flag, code, "amount_engineering_animation", amount, language.in_currency("euros"), coaching
    )
    shares = held.groupby("payer")["amount"].sum() / total
    yield told(code, "index_concentration", float((shares**2).sum()), "indice", held, n=len(shares))
