"""An attacker: from every file of a published run, what was withheld comes back, or does not.

He knows how the kit counts, as its documentation says it, and nothing of how it protects: the relations
below are his own. He solves them (linear programs, quotients), reads every file for the numbers themselves,
counts the lines of tables, and tries digests.
"""

import hashlib
import io
import re
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import linprog

Cell = tuple[str, str, str]
# Places of unknowns, each with its weight.
Terms = list[tuple[int, float]]
KEY = ["territory", "indicator", "group"]
# Kinds of groups that leave nothing out, and kinds that may.
WHOLE = {
    "count_projects": ("stage", "theme"),
    "amount_secured": ("purpose", "payer_type"),
    "count_partnerships": ("type",),
    "count_obstacles": ("outcome",),
    "count_project_outcomes": ("dimension",),
    "amount_charges": ("dimension",),
    "count_transfers": ("status",),
}
PART = {"count_partnerships": ("network",), "amount_funding": ("share",), "count_members_named": ("type",)}
# Numbers of lines: a group that stands has one at least.
LINES = frozenset(
    "count_projects count_partnerships count_obstacles count_project_outcomes count_transfers "
    "count_members_named count_milestones count_companies".split()
)
# What adds up, from one territory to another.
ADDED = LINES | set(
    "amount_funding amount_secured amount_engineering_animation amount_project_cost amount_project_revenue "
    "amount_cash amount_charges amount_hours_valued count_jobs count_jobs_insertion count_jobs_fte "
    "count_beneficiaries count_hours count_milestones_done".split()
)
# total = weights x parts; a limit: at least its part.
EQUAL = (
    (("amount_hours_valued", ""), ((30.0, "count_hours", ""),)),
    (
        ("amount_engineering_animation", ""),
        ((1.0, "amount_secured", "purpose=engineering"), (1.0, "amount_secured", "purpose=animation")),
    ),
)
LIMITS = (
    (("count_jobs", ""), ("count_jobs_insertion", "")),
    (("count_jobs", ""), ("count_jobs_fte", "")),
    (("amount_secured", ""), ("amount_funding", "status=committed")),
    (("amount_secured", ""), ("amount_funding", "status=paid")),
    (("count_partnerships", ""), ("count_companies", "")),
    (("count_milestones", ""), ("count_milestones_done", "")),
    (("count_milestones_done", ""), ("count_milestones_on_time", "")),
)
# What is told beside a share: what it is taken over, what it is the share of.
SHARES = {
    ("share_jobs_insertion", ""): (("count_jobs", ""), ("count_jobs_insertion", "")),
    ("share_milestones_done", ""): (("count_milestones", ""), ("count_milestones_done", "")),
    ("share_projects_passed", "idea>incubated"): (("count_projects", ""), ("", "")),
    ("share_transfers_adopted", ""): (("count_transfers", ""), ("count_transfers", "status=adopted")),
}
# numerator / denominator = quotient.
QUOTIENTS = (
    (("amount_project_cost", ""), ("count_jobs", ""), ("amount_cost_per_job", "")),
    (("count_jobs_insertion", ""), ("count_jobs", ""), ("share_jobs_insertion", "")),
    (("count_milestones_done", ""), ("count_milestones", ""), ("share_milestones_done", "")),
    *(
        (
            ("amount_funding", f"share=complementary|status={status}"),
            ("amount_funding", f"share=base|status={status}"),
            ("ratio_complementary", f"status={status}"),
        )
        for status in ("sought", "committed", "paid")
    ),
)
# The caption of a table, and the count of its lines.
CAPTIONS = {
    "Projets connus": "count_projects",
    "Partenariats": "count_partnerships",
    "Freins": "count_obstacles",
    "Résultats déclarés": "count_project_outcomes",
    "Feuille de route": "count_milestones",
}
LEAST_READ = 1_000
# The points of a drawing are no figures.
DRAWN = re.compile(r'\b(?:d|points|transform)=\\?"[^"]*"')
CLOSE = 1e-6


@dataclass(frozen=True)
class World:
    """What everybody knows of the territories: which count for the programme, which lie inside another."""

    codes: tuple[str, ...]
    outer: str
    inners: tuple[str, ...]


def published(target: Path) -> dict[str, str]:
    """Every file of a run that anybody may open, as text; attachments of the PDF among them."""
    found = {}
    for path in sorted(target.rglob("*")):
        name = path.relative_to(target).as_posix()
        # What stays with the evaluator has a dot, or is told of the runs alone.
        if not path.is_file() or any(
            part.startswith(".") and part != ".page.json" for part in name.split("/")
        ):
            continue
        if path.suffix == ".pdf":
            found |= {f"{name}/{inside}": text for inside, text in _of_pdf(path)}
        else:
            found[name] = DRAWN.sub("", path.read_text("utf-8", errors="replace"))
    return found


def _of_pdf(path: Path) -> Iterator[tuple[str, str]]:
    import pikepdf

    told = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, text=True, check=True)
    yield "text", told.stdout
    with pikepdf.open(path) as opened:
        for name, one in opened.attachments.items():
            yield name, one.get_file().read_bytes().decode("utf-8", errors="replace")


def rows_of(texts: Mapping[str, str]) -> pd.DataFrame:
    """The figures of every `indicators.csv`, and editions; of a cell told twice, what has a value."""
    kept = {"group": "str", "flag": "str", "territory": "str", "period": "str"}
    parts = [
        pd.read_csv(io.StringIO(text), dtype=kept, keep_default_na=False, na_values={"value": "", "n": ""})
        for name, text in texts.items()
        if name.endswith("indicators.csv") and "value" in text.partition("\n")[0]
    ]
    return latest(pd.concat(parts, ignore_index=True))


def latest(rows: pd.DataFrame) -> pd.DataFrame:
    """One row by territory, indicator and group: one with a value before one without, then the latest."""
    known = rows.assign(_known=rows["value"].notna()).sort_values(["_known", "period"], kind="stable")
    return known.drop_duplicates(KEY, keep="last").drop(columns="_known").reset_index(drop=True)


class System:
    """The figures as unknowns between limits, and what is known to hold among them.

    This attacker also knows where nothing stands beside the parts of a total (`truth` tells): that all the
    money is committed, that a territory does no more than those inside it.
    """

    def __init__(self, rows: pd.DataFrame, truth: Mapping[Cell, float], world: World) -> None:
        self.names: list[Cell] = [tuple(key) for key in rows[KEY].itertuples(index=False)]
        at = {cell: place for place, cell in enumerate(self.names)}
        value = rows["value"].to_numpy(dtype=float)
        self.secret = (rows["flag"] == "missing:withheld").to_numpy()
        known = self.secret | ~np.isnan(value)
        low = np.where(self.secret, [float(cell[1] in LINES) for cell in self.names], np.nan_to_num(value))
        high = np.where(self.secret, np.inf, np.nan_to_num(value))
        self.limits = np.column_stack([low, high])
        relations = zip(_inside(self.names, at), _between(self.names, at, world), strict=True)
        equal, under = (
            [one for one in inside + beyond if all(known[place] for place, _ in one)]
            for inside, beyond in relations
        )
        real = [truth.get(cell, np.nan) for cell in self.names]
        sharp = [abs(sum(weight * real[place] for place, weight in one)) < CLOSE for one in under]
        equal += [one for one, is_sharp in zip(under, sharp, strict=True) if is_sharp]
        self.equal, self.under = _matrix(equal, len(at)), _matrix(under, len(at))
        # An attacker whose relations cannot all hold has one that is wrong.
        assert self._least(np.zeros(len(at))) is not None

    def _least(self, goal: np.ndarray) -> float | None:
        """The least that the goal may be; None where nothing may."""
        nil = np.zeros(len(self.under)), np.zeros(len(self.equal))
        told = linprog(goal, self.under, nil[0], self.equal, nil[1], self.limits, method="highs")
        if told.status == 2:
            return None
        return float(told.fun) if told.status == 0 else -np.inf

    def bounds(self) -> Iterator[tuple[Cell, float, float]]:
        """Between which values each withheld figure lies."""
        for place in np.flatnonzero(self.secret):
            goal = np.zeros(len(self.names))
            goal[place] = 1.0
            low, high = self._least(goal), self._least(-goal)
            assert low is not None and high is not None
            yield self.names[place], low, -high


def _matrix(terms: list[Terms], width: int) -> np.ndarray:
    found = np.zeros((len(terms), width))
    for row, one in enumerate(terms):
        for place, weight in one:
            found[row, place] += weight
    return found


def _inside(names: list[Cell], at: Mapping[Cell, int]) -> tuple[list[Terms], list[Terms]]:
    """What is nothing, and what is no more than nothing: places and weights."""
    equal, under = [], []
    codes = dict.fromkeys(cell[0] for cell in names)
    children: dict[tuple[str, str, str, str], list[Cell]] = defaultdict(list)
    for territory, indicator, group in names:
        marks = group.split("|") if group else []
        for mark in marks:
            parent = "|".join(other for other in marks if other != mark)
            children[territory, indicator, parent, mark.partition("=")[0]].append(
                (territory, indicator, group)
            )
    for (territory, indicator, parent, kind), parts in children.items():
        total = (territory, indicator, parent)
        if total in at:
            terms = _terms(at, total, parts)
            if kind in WHOLE.get(indicator, ()):
                equal.append(terms)
            elif kind in PART.get(indicator, ()):
                under.append(terms)
    for territory in codes:
        for (indicator, group), parts in EQUAL:
            equal += _told(at, (territory, indicator, group), [(w, (territory, *one)) for w, *one in parts])
        for (indicator, group), part in LIMITS:
            under += _told(at, (territory, indicator, group), [(1.0, (territory, *part))])
        parts = [
            (1.0, (territory, "amount_funding", f"status={status}")) for status in ("committed", "paid")
        ]
        both = _told(at, (territory, "amount_secured", ""), parts)
        under += [[(place, -weight) for place, weight in terms] for terms in both if len(terms) == 3]
    return equal, under


def _between(names: list[Cell], at: Mapping[Cell, int], world: World) -> tuple[list[Terms], list[Terms]]:
    """From one territory to another: the programme is the sum of all, and one lies inside another."""
    equal, under = [], []
    for territory, indicator, group in names:
        total = (territory, indicator, group)
        if not territory and indicator == "count_transfers":
            for role in ("role=given", "role=received"):
                name = "|".join(filter(None, (role, group)))
                equal.append(_terms(at, total, _there(at, world.codes, indicator, name)))
        elif not territory and indicator in ADDED:
            parts = _there(at, world.codes, indicator, group)
            equal += [_terms(at, total, parts)] if parts else []
        elif territory == world.outer and indicator in ADDED - {"count_transfers"}:
            parts = _there(at, world.inners, indicator, group)
            under += [_terms(at, total, parts)] if parts else []
    return equal, under


def _there(at: Mapping[Cell, int], codes: Iterable[str], indicator: str, group: str) -> list[Cell]:
    return [cell for code in codes if (cell := (code, indicator, group)) in at]


def _terms(at: Mapping[Cell, int], total: Cell, parts: list[Cell]) -> Terms:
    """The parts less their total."""
    return [(at[total], -1.0), *((at[part], 1.0) for part in parts)]


def _told(at: Mapping[Cell, int], total: Cell, parts: list[tuple[float, Cell]]) -> list[Terms]:
    known = [(weight, part) for weight, part in parts if part in at]
    if total not in at or not known:
        return []
    return [[(at[total], -1.0), *((at[part], weight) for weight, part in known)]]


def exact(low: float, high: float, truth: float, indicator: str) -> bool:
    """Whether bounds tell a figure: the one whole number, or an amount to a tenth."""
    if not low - CLOSE <= truth <= high + CLOSE:
        return False
    if indicator.startswith("count_") and float(truth).is_integer():
        return bool(np.floor(high + CLOSE) - np.ceil(low - CLOSE) < 0.5) if np.isfinite(high) else False
    return bool(high - low < 0.1 * abs(truth))


def quotients(rows: pd.DataFrame) -> dict[Cell, float]:
    """What quotients and the numbers beside shares give of what is withheld."""
    value, n = (rows.set_index(KEY)[name].dropna().to_dict() for name in ("value", "n"))
    found: dict[Cell, float] = {}
    for code in rows["territory"].unique():
        for up, down, quotient in QUOTIENTS:
            top, under, share = ((code, *one) for one in (up, down, quotient))
            if under in value and share in value:
                found.setdefault(top, value[under] * value[share])
            if top in value and share in value and value[share]:
                found.setdefault(under, value[top] / value[share])
            if top in value and under in value and value[under]:
                found.setdefault(share, value[top] / value[under])
        for share, (over, part) in SHARES.items():
            if (code, *share) in n:
                found.setdefault((code, *over), n[code, *share])
                if (code, *share) in value:
                    found.setdefault((code, *part), value[code, *share] * n[code, *share])
    return found


def read(texts: Mapping[str, str], value: float) -> list[str]:
    """The files where a number stands as such."""
    if value < LEAST_READ:
        return []
    spaced = f"{value:,.0f}".replace(",", r"[\s\u00a0\u202f]?")
    form = re.compile(rf"(?<![\w.,]){spaced}(?:[.,]0+)?(?!\w)")
    return [name for name, text in texts.items() if form.search(text)]


def counted(texts: Mapping[str, str], code: str) -> dict[Cell, float]:
    """The lines of the tables of a report, where one declares what is counted."""
    from bs4 import BeautifulSoup

    page = texts.get(f"{code}/report.html", "")
    found: dict[Cell, float] = {}
    for table in BeautifulSoup(page, "html.parser").find_all("table"):
        caption = table.find("caption")
        words = caption.get_text(" ", strip=True) if caption else ""
        for start, indicator in CAPTIONS.items():
            if start in words:
                found[code, indicator, ""] = float(len(table.select("tbody tr")))
    return found


def digests(texts: Mapping[str, str], folder: Path, codes: Iterable[str]) -> list[str]:
    """The tables whose digest, of the whole of it or of the rows of one, is published as it is: whoever has
    it may try what the rows were until it comes out.
    """
    told = set(re.findall(r"[0-9a-f]{64}", "\n".join(texts.values())))
    found = []
    for table in sorted(folder.glob("*.csv")):
        content = table.read_bytes()
        head, *lines = content.decode("utf-8").splitlines(keepends=True)
        tries = [content]
        for code in codes:
            own = [line for line in lines if code in line.rstrip().split(",")]
            tries += ["".join((head, *own)).encode(), "".join(own).encode(), repr(own).encode()]
        if told & {hashlib.sha256(one).hexdigest() for one in tries}:
            found.append(table.name)
    return found


def attacked(rows: pd.DataFrame, truth: Mapping[Cell, float], world: World) -> dict[Cell, str]:
    """The withheld figures that their relations to others give back, and how."""
    found = {}
    for cell, low, high in System(rows, truth, world).bounds():
        if cell in truth and exact(low, high, truth[cell], cell[1]):
            found[cell] = f"between {low:g} and {high:g}"
    secret = set(map(tuple, rows.loc[rows["flag"] == "missing:withheld", KEY].to_numpy()))
    for cell, guess in quotients(rows).items():
        if cell in secret and cell in truth and abs(guess - truth[cell]) <= 0.005 * abs(truth[cell]):
            found.setdefault(cell, f"a quotient tells {guess:g}")
    return found
