"""The tables of docs/statistics.md on what is printed of a gap (see `decisions.py`), and what must hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import decisions
import numpy as np
from decisions import Panel, Tried, thirds, tried
from worlds import Cell

ROOT = Path(__file__).resolve().parents[1]
SEED = 20190214
# In percent: power, its band for a pool of under a hundred units, one look ever, coverage.
POWER, FEW_POWER, EVER, COVERED = (77.0, 83.0), (73.0, 87.0), (3.0, 7.0), (93.0, 97.0)
# A third with fewer units than this tells nothing alone.
ENOUGH, MANY = 200, 100
PANELS = (
    ("Emploi privé par EPCI", "count_jobs_private", "valence-romans", "epci"),
    ("Chômage par zone d’emploi", "rate_unemployment", "montreuillois", "zone"),
    ("Emploi privé par département", "count_jobs_private", "le-mans-sarthe", "departement"),
)
Told = Callable[..., str]


def lines(told: Told) -> list[str]:
    """Every table, each cell held by `told` within its limits (see `calibration.Limits.told`)."""
    found: list[str] = []
    for name, outcome, place, kind in PANELS:
        panel, sizes = _panel(name, outcome, place, kind)
        found += [*_thresholds(panel, told), *_families(panel, told)]
        if len(panel.design.units) >= MANY:
            found += _others(panel, sizes, told)
    return found


def _panel(name: str, outcome: str, place: str, kind: str) -> tuple[Panel, np.ndarray]:
    import impactkit as ik
    from impactkit.effects.comparison import case_of
    from impactkit.effects.family import tested

    ev = ik.load(ROOT / "data" / "french-impact")
    places = tested(ev, outcome, kind)
    design = case_of(ev.territory(place), outcome).design
    sizes = np.array([case_of(member, outcome).size for member in places])
    return Panel(name, design, kind, len(places)), sizes


def _row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


def _looks(panel: Panel) -> tuple[int, ...]:
    """The end of each year after the label, and the last period."""
    design = panel.design
    years = [at for at in design.after if design.periods[at][-3:] == "-Q4" or "-Q" not in design.periods[at]]
    return (*(at for at in years if at != design.after[-1]), design.after[-1])


def _thresholds(panel: Panel, told: Told) -> list[str]:
    """Power of both thresholds, coverage, and how often a unit is ever called over yearly editions."""
    alone, yearly = tried(panel), tried(panel, _looks(panel))
    head = f"**{panel.name}** ({len(alone)} unités qui ont un test ; familles de {panel.tests} tests ; en %)"
    small = len(alone) < MANY
    editions, repeated = len(_looks(panel)), thirds(yearly)
    rows = [
        ("puissance au seuil « inhabituel »", _powers(alone, panel, told, of_effect=False)),
        ("puissance au seuil « effet », tests comptés", _powers(alone, panel, told, of_effect=True)),
        ("couverture de l’intervalle", _rates(alone, decisions.covered, told, COVERED, small=small)),
        (
            f"sorti une fois de l’ordinaire en {editions} éditions prévues",
            _rates(yearly, lambda units: decisions.ever(units, panel), told, EVER, small=small),
        ),
        (
            "*refusé* : 5 % à chaque édition",
            [_shown(decisions.ever_unplanned(group, panel)) for group in repeated],
        ),
        ("puissance à la dernière édition", _powers(yearly, panel, told, of_effect=False)),
    ]
    table = [_row(label, *cells) for label, cells in rows]
    return [
        head,
        "",
        _row("", "toutes", "petites", "moyennes", "grandes"),
        _row("---", *["---:"] * 4),
        *table,
        "",
    ]


def _powers(units: list[Tried], panel: Panel, told: Told, *, of_effect: bool) -> list[str]:
    cells = [decisions.power(group, of_effect=of_effect) for group in thirds(units)]
    if len(units) < MANY:
        return [told(cells[0], *FEW_POWER), *map(_shown, cells[1:])]
    # Two standard errors of 80: the units of a third are fixed.
    few = len(units) < 3 * ENOUGH
    bands = [told(cell, 80, 80, spare=2.0) if few else told(cell, *POWER) for cell in cells[1:]]
    return [told(cells[0], *POWER), *bands]


def _rates(
    units: list[Tried],
    rate: Callable[[list[Tried]], Cell],
    told: Told,
    band: tuple[float, float],
    *,
    small: bool,
) -> list[str]:
    cells = [rate(group) for group in thirds(units)]
    whole = _shown(cells[0]) if small else told(cells[0], *band)
    few = len(units) < 3 * ENOUGH
    return [whole, *(_shown(cell) if few else told(cell, *band) for cell in cells[1:])]


def _families(panel: Panel, told: Told) -> list[str]:
    """Families with one call at least where nothing was done, and the units that are called."""
    rate, error, who = decisions.family_rate(panel)
    most = 5 + 2 * error
    names = ", ".join(f"{unit} ({count})" for unit, count in sorted(who.items())) or "aucune"
    windows = len(panel.windows())
    share = told(Rate(rate, error), 0.0, most)
    limit = f"{most:.1f}".replace(".", ",")
    return [
        "Familles avec un « effet » au moins, rien n’ayant été fait, en moyenne sur "
        f"{windows} fenêtres : {share} % (au plus {limit}). "
        f"Unités en cause, et en combien de fenêtres : {names}.",
        "",
    ]


def _others(panel: Panel, sizes: np.ndarray, told: Told) -> list[str]:
    """The interval for one more territory, and that of a gap that was retained."""
    cells = decisions.one_more(panel, sizes, SEED)
    few = len(panel.design.units) < 3 * ENOUGH
    thirds_told = [_shown(cell) if few else told(cell, *COVERED, spare=1.0) for cell in cells[1:]]
    found = [
        "Intervalle d’un territoire de plus, imprimé à sa taille, tient son écart : "
        + " ; ".join([told(cells[0], *COVERED), *thirds_told])
        + " (toutes, petites, moyennes, grandes).",
        "",
        _row(
            "effets véritables, en parts du seuil",
            *(f"{truth:g}".replace(".", ",") for truth in decisions.TRUTHS),
        ),
        _row("---", *["---:"] * len(decisions.TRUTHS)),
    ]
    misses = [decisions.false_coverage(panel, truth, SEED) for truth in decisions.TRUTHS]
    held = [told(Rate(rate, error), 0.0, 5 + 2 * error) for rate, error in misses]
    return [*found, _row("intervalles d’effets retenus qui manquent leur effet", *held), ""]


@dataclass(frozen=True)
class Rate:
    """A rate and its standard error, in percent."""

    percent: float
    error: float


def _shown(cell: Cell) -> str:
    return f"{cell.percent:.1f} ± {cell.error:.1f}".replace(".", ",")
