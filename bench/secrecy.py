"""Whether an attacker finds what [secrecy] withholds, in every file of a published run: `make
check-statistics`.

Invented evaluations are built by the product; the attacker (`attacker.py`) is given what may be opened by
anybody. Without secondary protection he finds nearly all that can be found: he is a real one.
"""

import shutil
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from impactkit.wording.language import FRENCH

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "bench")]

from attacker import KEY, Cell, World, attacked, counted, digests, latest, published, read, rows_of  # noqa: E402
from invented import INNERS, OUTER, PLACES, world  # noqa: E402
from small_evaluation import written  # noqa: E402

import impactkit as ik  # noqa: E402
from impactkit.indicators import withheld  # noqa: E402

COUNT, LEAST = 100, 0.9
EVERYBODY = World(PLACES, OUTER, INNERS)
PRIMARY = ("few", "dominance", "households")
# Every so many evaluations had an edition before anybody asked for secrecy.
EARLIER = 4


@dataclass
class Attack:
    """What was withheld in an evaluation, what came back of it, and what would without secondary protection:
    of the cells that others determine, how many.
    """

    seed: int
    withheld: int = 0
    found: dict[Cell, str] = field(default_factory=dict)
    determined: int = 0
    found_without: int = 0


def tried(seed: int, aside: Path) -> Attack:
    """An evaluation, built and attacked."""
    folder = invented(seed, aside)
    settings = folder / "evaluation.toml"
    text = settings.read_text("utf-8")
    bare = text[: text.index("[secrecy]")] + text[text.index("[[wave]]") :]
    told = shutil.copytree(folder, aside / "told" / folder.name)
    (told / "evaluation.toml").write_text(bare, "utf-8")
    if seed % EARLIER == 0:
        settings.write_text(bare, "utf-8")
        built(folder, aside)
        settings.write_text(text, "utf-8")
    target = built(folder, aside)
    truth = latest(ik.indicators(ik.load(told)))
    return _attack(seed, ik.load(folder), folder, published(target), truth)


def invented(seed: int, aside: Path) -> Path:
    """The folder of the evaluation of a seed."""
    folder = aside / f"world-{seed}"
    world(folder, seed, written)
    return folder


def built(folder: Path, aside: Path) -> Path:
    """The folder of its reports: that of one territory, and of the programme."""
    done = ik.run(folder, only=[OUTER, "programme"], jobs=1, to=aside / "reports")
    assert not done.failed, [one.sentence for one in done.failed]
    return done.folder


def _cells(rows: pd.DataFrame) -> set[Cell]:
    return set(map(tuple, rows[KEY].to_numpy()))


def _attack(
    seed: int, ev: ik.Evaluation, folder: Path, texts: dict[str, str], truth: pd.DataFrame
) -> Attack:
    rows, raw = rows_of(texts), truth.set_index(KEY)["value"].dropna().to_dict()
    own = latest(ik.indicators(ev))
    secret = _cells(own[own["flag"] == "missing:withheld"])
    found = attacked(rows, raw, EVERYBODY)
    printed = {round(value, 6) for value in rows["value"].dropna()}
    for cell in secret:
        # A number that another figure may print says nothing of this one.
        if cell in raw and round(raw[cell], 6) not in printed and (where := read(texts, raw[cell])):
            found.setdefault(cell, f"stands in {where[0]}")
    for code in (OUTER, "programme"):
        for cell, count in counted(texts, code).items():
            if cell in secret and raw.get(cell) == count:
                found.setdefault(cell, "its lines are counted")
    for table in digests(texts, folder, PLACES):
        found.setdefault(("", table, ""), "its digest is published")
    shown = {
        cell
        for cell in secret
        if cell not in set(map(tuple, rows.loc[rows["value"].isna(), KEY].to_numpy()))
    }
    found |= {cell: "it is printed" for cell in shown if cell in raw}
    determined, without = _without(ev, truth, raw)
    return Attack(seed, len(secret), found, len(determined), len(determined & set(without)))


def _without(
    ev: ik.Evaluation, truth: pd.DataFrame, raw: dict[Cell, float]
) -> tuple[set[Cell], dict[Cell, str]]:
    """The small cells that others determine, by the product's relations; those that the attacker finds."""
    log = withheld(ev)
    small = _cells(log[log["reason"].isin(PRIMARY)])
    rows = truth.copy()
    gone = pd.Series([tuple(key) in small for key in rows[KEY].to_numpy()], index=rows.index)
    rows.loc[gone, ["value", "low", "high", "n"]] = float("nan")
    rows.loc[gone, "flag"] = "missing:withheld"
    return _determined(ev, truth, small), attacked(rows, raw, EVERYBODY)


def _determined(ev: ik.Evaluation, truth: pd.DataFrame, small: set[Cell]) -> set[Cell]:
    """Of the small cells, those whose value an auditor finds who holds the product's own relations."""
    from attacker import exact

    from impactkit.indicators.draws import adds
    from impactkit.indicators.relations import closed, sums_of
    from impactkit.indicators.secrecy import cell_ids
    from impactkit.indicators.suppression import audit

    known = truth[
        truth["value"].notna() & truth["indicator"].map(adds) & truth["indicator"].isin(_named(ev))
    ]
    known = known.assign(cell=cell_ids(known), published=True)
    rests, relations = closed(known[["cell", "value", "n"]], sums_of(ev, known))
    cells = pd.concat([known[["cell", "value", "n", "published"]], rests], ignore_index=True)
    names = {cell: tuple(key) for cell, *key in known[["cell", *KEY]].to_numpy()}
    hidden = [cell for cell, key in names.items() if key in small]
    seen = (
        audit(FRENCH, cells, relations, hidden) if hidden else pd.DataFrame(columns=["cell", "low", "high"])
    )
    value = dict(zip(known["cell"], known["value"], strict=True))
    return {
        names[cell]
        for cell, low, high in seen.itertuples(index=False)
        if cell in names and exact(low, high, value[cell], names[cell][1])
    }


def _named(ev: ik.Evaluation) -> set[str]:
    return {name for names in ev.secrecy.values() for name in names}


def main(count: int) -> None:
    """Attack as many evaluations; ends with an error where a figure comes back, or where too few would."""
    attacks = []
    for seed in range(count):
        with tempfile.TemporaryDirectory() as aside:
            attacks.append(tried(seed, Path(aside)))
        for cell, how in attacks[-1].found.items():
            print(f"évaluation {seed} : {cell} revient ({how})", flush=True)
    hidden, found = sum(one.withheld for one in attacks), sum(len(one.found) for one in attacks)
    determined = sum(one.determined for one in attacks)
    without = sum(one.found_without for one in attacks)
    print(f"{count} évaluations, {hidden} cases masquées : {found} retrouvées.")
    print(f"Sans masques secondaires : {without} des {determined} que d'autres déterminent.")
    if found or without < LEAST * determined:
        sys.exit(1)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT)
