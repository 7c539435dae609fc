"""How often each test is wrong where nothing was done: `make check-statistics`.

Every comparable unit of the real panels as if it had been labelled, and simulated worlds; the tables of
docs/statistics.md are written again, and a test that leaves its limits makes it fail. Same numbers for any
number of processes; the seed was fixed beforehand.
"""

import datetime
import math
import os
import re
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

for threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ[threads] = "1"

import decision_tables  # noqa: E402
import numpy as np  # noqa: E402
import worlds  # noqa: E402
from worlds import Cell, Said  # noqa: E402

from impactkit.effects import placebo  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "statistics.md"
SEED, CHUNK = 20190214, 50
LOW, HIGH = 3.0, 7.0
# At least 4,000 p-values a cell; of the programme, one a world, where the treated are large, as real ones.
UNITS, LEAST, TREATED = 300, 4000, (1, 2, 7, 27)
DRAWS = 2_000
# Ordinary, too wide and said so, not printed (`placebo.side`).
SIDES = ("", "largest", "smallest")
PANELS = (
    ("count_jobs_private", "grand-chambery", placebo.NEAREST),
    ("rate_unemployment", "montreuillois", None),
)


def simulated(job: tuple[int, int, bool, int]) -> tuple[list[Said], list[worlds.Together]]:
    treated, units, large, chunk = job
    chance = np.random.default_rng([SEED, treated, units, int(large), chunk])
    alone, whole = [], []
    for _ in range(CHUNK):
        design = worlds.world(units, chance)
        at = worlds.drawn(design, treated, chance, large=large)
        said = worlds.tried(design, at)
        alone += said
        if treated > 1 and large:
            whole.append(worlds.together(design, at, said, draws=DRAWS))
        placebo.enumerated.cache_clear()
    return alone, whole


def real(job: tuple[str, str, int | None, int, int]) -> list[Said]:
    """Every `parts`-th comparable unit of a real panel as if it were the treated one, the others refitted
    without it.
    """
    outcome, place, among, part, parts = job
    design = _design(outcome, place)
    found = []
    for at in range(part, len(design.units), parts):
        found += worlds.tried(design, np.array([at]), among=among)
        placebo.enumerated.cache_clear()
    return found


def _design(outcome: str, place: str):
    import impactkit as ik
    from impactkit.effects.comparison import case_of

    return case_of(ik.load(ROOT / "data" / "french-impact").territory(place), outcome).design


class Limits:
    """What was measured beside what is allowed; remembers whether everything held."""

    def __init__(self) -> None:
        self.held = True

    def told(self, cell: Cell, low: float = LOW, high: float = HIGH, spare: float = 0.0) -> str:
        good = low - spare * cell.error <= cell.percent <= high + spare * cell.error
        self.held &= good
        mark = "" if good else " ✗"
        return f"{cell.percent:.1f} ± {cell.error:.1f}{mark}".replace(".", ",")


def shown(cell: Cell) -> str:
    return f"{cell.percent:.1f} ± {cell.error:.1f}".replace(".", ",")


def row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


def power_of(said: list[Said]) -> Cell:
    """How often an effect as small as the printed one would have been seen, upwards and downwards."""
    seen = [abs(one.gap + sign * one.least) > one.half for one in said for sign in (1, -1)]
    return Cell(len(seen), sum(seen))


def _both(ways: list[tuple[bool, bool]]) -> Cell:
    return Cell(2 * len(ways), sum(sum(pair) for pair in ways))


def terciles(said: list[Said]) -> list[list[Said]]:
    order = sorted(said, key=lambda one: one.size)
    cuts = [round(len(order) * part / 3) for part in range(4)]
    return [order[start:end] for start, end in zip(cuts[:-1], cuts[1:], strict=True)]


METHODS: tuple[tuple[str, Callable[[Said], float], bool], ...] = (
    ("B : rang parmi les cent plus proches en taille", lambda one: one.b, True),
    ("S : écart divisé par l’usuel à sa taille", lambda one: one.s, True),
    ("*refusé* : double différence, rang parmi toutes", lambda one: one.plain, False),
    ("*refusé* : rapport des erreurs après et avant", lambda one: one.rmspe, False),
    ("*refusé* : écart divisé par son propre passé", lambda one: one.own, False),
    ("*refusé* : erreur type groupée par unité", lambda one: 1.0 if one.clustered else 0.0, False),
)


def real_table(pool: ProcessPoolExecutor, limits: Limits) -> list[str]:
    parts = 8
    lines: list[str] = []
    for outcome, place, among in PANELS:
        jobs = [(outcome, place, among, part, parts) for part in range(parts)]
        said = [one for found in pool.map(real, jobs) for one in found]
        thirds = terciles(said)
        jobs_panel = outcome == "count_jobs_private"
        name = "Emploi privé par EPCI" if jobs_panel else "Chômage par zone d’emploi"
        lines += [
            f"**{name}** ({len(said)} unités comparables, chacune à son tour comme si elle avait été "
            "labellisée ; faux positifs à 5 %, en %, ± erreur type)",
            "",
            row("méthode", "toutes", "petites", "moyennes", "grandes"),
            row("---", "---:", "---:", "---:", "---:"),
        ]
        for label, of, printed in METHODS:
            if not jobs_panel and label.startswith("B"):
                label = "B : rang parmi toutes les zones"
            if not jobs_panel and label.startswith("S"):
                continue
            groups = (said, *thirds)
            if label.startswith("B"):
                groups = tuple([one for one in group if one.side != "smallest"] for group in groups)
            cells = [worlds.rejected([of(one) for one in group]) for group in groups]
            if not printed:
                lines.append(row(label, *map(shown, cells)))
                continue
            # By tercile of zones there are 57: within what so few can tell.
            spare = 0.0 if jobs_panel else 1.0
            lines.append(
                row(label, limits.told(cells[0]), *(limits.told(one, spare=spare) for one in cells[1:]))
            )
        powers = [power_of(group) for group in (said, *thirds)]
        thirds_told = [limits.told(one, 77, 83) if jobs_panel else shown(one) for one in powers[1:]]
        told = [limits.told(powers[0], 77, 83), *thirds_told]
        lines += [row("puissance au seuil « inhabituel » imprimé", *told), ""]
    return lines


def simulated_table(pool: ProcessPoolExecutor, limits: Limits) -> list[str]:
    lines = [
        row(
            "traités",
            "taille",
            "valeurs p",
            "B, sans réserve",
            "B, « prudent »",
            "B, refusé",
            "S",
            "programme",
        ),
        row("---:", "---", "---:", "---:", "---:", "---:", "---:", "---:"),
    ]
    wrong = [
        row("traités", "taille", "rang de tous", "rapport des erreurs", "propre passé", "erreur groupée"),
        row("---:", "---", "---:", "---:", "---:", "---:"),
    ]
    family = [
        row(
            *("traités", "taille", "méta-analyse, zéro dehors", "au moins un « effet » dit"),
            *("puissance, « inhabituel »", "puissance, « effet »"),
        ),
        row("---:", "---", "---:", "---:", "---:", "---:"),
    ]
    for large in (False, True):
        for treated in TREATED:
            count = LEAST if large else LEAST / treated
            jobs = [(treated, UNITS, large, chunk) for chunk in range(math.ceil(count / CHUNK))]
            found = list(pool.map(simulated, jobs))
            said = [one for alone, _ in found for one in alone]
            whole = [one for _, many in found for one in many]
            name = "grandes" if large else "toutes"
            s = worlds.rejected([one.s for one in said])
            sides = {name: [one.b for one in said if one.side == name] for name in SIDES}
            plain, prudent, small = (worlds.rejected(sides[name]) for name in SIDES)
            program = worlds.rejected([one.p for one in whole])
            lines.append(
                row(
                    str(treated),
                    name,
                    f"{len(said)}",
                    limits.told(plain),
                    limits.told(prudent, 0.0) if prudent.count else "",
                    shown(small) if small.count else "",
                    limits.told(s),
                    limits.told(program) if whole else "",
                )
            )
            bad = [worlds.rejected([of(one) for one in said]) for _, of, printed in METHODS if not printed]
            wrong.append(row(str(treated), name, *map(shown, bad)))
            if whole:
                outside = Cell(len(whole), sum(one.outside for one in whole))
                effect = Cell(len(whole), sum(one.effect for one in whole))
                powers = (_both([one.unusual for one in whole]), _both([one.counted for one in whole]))
                told = (limits.told(power, *decision_tables.POWER) for power in powers)
                family.append(row(str(treated), name, shown(outside), limits.told(effect, 0.0), *told))
            print(lines[-1], flush=True)
    return [*lines, "", "Ce qui est refusé, dans les mêmes mondes :", "", *wrong, "", *family, ""]


def written(name: str, lines: list[str]) -> None:
    """The block of the page between its two marks, written again."""
    text = PAGE.read_text(encoding="utf-8")
    today = datetime.date.today().strftime("%d/%m/%Y")
    told = [f"<!-- {name} -->", f"Mesuré le {today}, graine {SEED}.", "", *lines, f"<!-- /{name} -->"]
    block = "\n".join(told)
    found, count = re.subn(rf"<!-- {name} -->.*?<!-- /{name} -->", lambda _: block, text, flags=re.DOTALL)
    if count != 1:
        raise SystemExit(f"{PAGE.name}: no block named {name}")
    PAGE.write_text(found, encoding="utf-8")


def main() -> int:
    limits = Limits()
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        if os.environ.get("IMPACTKIT_SOURCES"):
            lines = real_table(pool, limits)
            print("\n".join(lines), flush=True)
            written("real", lines)
            lines = decision_tables.lines(limits.told)
            print("\n".join(lines), flush=True)
            written("decisions", lines)
        else:
            print("IMPACTKIT_SOURCES is not set: the real panels are not measured.")
        written("simulated", simulated_table(pool, limits))
    print("every test within its limits" if limits.held else "A TEST LEAVES ITS LIMITS (✗)")
    return 0 if limits.held else 1


if __name__ == "__main__":
    sys.exit(main())
