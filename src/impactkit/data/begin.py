"""`new_workbook`: a folder to begin with, and the workbook that a collective fills."""

import datetime as dt
import json
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from impactkit.data.check import check
from impactkit.data.evaluation import settings_of
from impactkit.data.first_rows import NONE, Rows, first_rows, readable
from impactkit.data.folders import demo_folder, shipped
from impactkit.data.journal import reading
from impactkit.data.perimeters import VINTAGES
from impactkit.data.tables import PLACES, as_csv, columns, read_folder, table_names
from impactkit.data.workbook_write import write_workbook
from impactkit.errors import RefusedData
from impactkit.wording.language import FRENCH, Language, language_of

WORKBOOK = "classeur.xlsx"
# The evaluation's own narratives, and those they start from.
NOTEBOOKS = {"report.ipynb": "territory_report.ipynb", "programme.ipynb": "programme_report.ipynb"}
# Evaluations that ship with the kit, to learn from.
EXAMPLES = {"demo": demo_folder}


def new_workbook(
    folder: str | Path,
    *,
    light: bool = False,
    territory: str = "",
    named: Iterable[str] = (),
    title: str = "",
    programme: str = "",
    waves: Iterable[str] = (),
    perimeter: str = NONE,
    outcome: str = "",
    example: str = "",
) -> Path:
    """Write the workbook of an evaluation's folder, and the folder itself when there is none; its path.

    `light`: the four sheets of a collective. `territory`: that territory's rows alone, in `<code>.xlsx`.
    What is already known is in the workbook.

    Of a new folder (settings, tables with their headers, notebooks of its own; its reports can be built at
    once): `named`, its territories, each `Name` or `Name=CODE,CODE`; `perimeter`, what their codes are
    (commune, epci, ept, departement, region; unit: the evaluation's own units, for any country; none);
    `waves`, the day or month of each; `outcome`, the indicator that an effect is looked for in. Or
    `example`, an evaluation that ships (`demo`), copied as it is. Raises RefusedData rather than write over
    what is there, change a folder already begun or make one that `check` refuses, UnknownName for another
    territory, perimeter or example.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as home:
    ...     print(ik.new_workbook(f"{home}/mon-programme", named=["Val fleuri"]).name)
    classeur.xlsx
    """
    home, named, waves = Path(folder), tuple(named), tuple(waves)
    described = any((*named, title, programme, *waves, outcome)) or perimeter != NONE
    fresh = _is_new(FRENCH, home, str(folder), described=described, example=example)
    path = home / (f"{territory}.xlsx" if territory else WORKBOOK)
    if path.exists():
        raise FRENCH.error(RefusedData, "workbook-there", where=str(path))
    if example:
        _copy(FRENCH, home, EXAMPLES[example]())
    elif fresh:
        rows = first_rows(FRENCH, named or (FRENCH.say("new.territory"),), perimeter)
        readable(FRENCH, title, programme, *waves, outcome)
        places = [row["territory"] for row in rows["territories"]]
        if territory and territory not in places:
            raise FRENCH.unknown("noun.territory", territory, places, where=str(folder))
        name = home.resolve().name.replace("-", " ").replace("_", " ").capitalize()
        _begin(
            FRENCH, home, rows, _settings(FRENCH, title or name, programme or title or name, waves, outcome)
        )
    settings = settings_of(FRENCH, home, str(folder))
    language = language_of(settings)
    with reading(language, home):
        tables = read_folder(language, home)
    if territory:
        codes = set(tables["territories"]["territory"])
        if territory not in codes:
            raise language.unknown("noun.territory", territory, codes, where=home.name)
        tables = {name: _own(frame, territory) for name, frame in tables.items()}
    write_workbook(language, tables, path, light=light, title=settings["title"])
    return path


def _is_new(language: Language, home: Path, where: str, *, described: bool, example: str) -> bool:
    """Whether a folder has no evaluation yet. Raises RefusedData where none may be begun, UnknownName."""
    if example and example not in EXAMPLES:
        raise language.unknown("noun.example", example, EXAMPLES)
    begun = (home / "evaluation.toml").is_file()
    if begun and (described or example):
        raise language.error(RefusedData, "folder-begun", where=where)
    if not begun and home.exists() and any(home.iterdir()):
        raise language.error(RefusedData, "folder-not-empty", where=where)
    if described and example:
        raise language.error(RefusedData, "example-whole", where=where)
    return not begun


def _own(frame: pd.DataFrame, territory: str) -> pd.DataFrame:
    """Rows about one territory; the panel of figures, which is nobody's, is not sent around."""
    mine = [name for name in PLACES if name in frame]
    return frame[(frame[mine] == territory).any(axis=1)]


@contextmanager
def _aside(language: Language, home: Path) -> Iterator[Path]:
    """A folder to write in, that becomes `home` when all is written: whole or not at all."""
    aside = home.with_name(f".{home.name}.new")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    try:
        yield aside
        # Addresses of people do not go where the tables go.
        (aside / ".gitignore").write_text(language.say("new.gitignore"), "utf-8")
        settings_of(language, aside, home.name)
        aside.replace(home)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _copy(language: Language, home: Path, example: Path) -> None:
    not_data = shutil.ignore_patterns("__pycache__")
    with _aside(language, home) as aside:
        shutil.copytree(example, aside, ignore=not_data, dirs_exist_ok=True)


def _begin(language: Language, home: Path, tables: Rows, settings: str) -> None:
    with _aside(language, home) as aside:
        (aside / "evaluation.toml").write_text(settings, "utf-8")
        for name in table_names():
            if name != "leftovers":
                rows = pd.DataFrame(tables.get(name, []), columns=list(columns(name)))
                (aside / f"{name}.csv").write_text(as_csv(rows), "utf-8")
        for name, model in NOTEBOOKS.items():
            first = tables["territories"][0]["territory"]
            (aside / name).write_text(_notebook(model, home.resolve().name, first), "utf-8")
        if problems := check(aside):
            raise language.error(RefusedData, "new-refused", where=home.name, problems=str(problems))


def _settings(language: Language, title: str, programme: str, waves: tuple[str, ...], outcome: str) -> str:
    """evaluation.toml; a text between quotes is written alike in JSON and in TOML."""
    told = {"title": title, "programme": programme, "outcome": outcome}
    quoted: dict[str, Any] = {name: json.dumps(text, ensure_ascii=False) for name, text in told.items()}
    lines = [language.say("new.toml", vintage=VINTAGES[-1], **quoted)]
    for number, date in enumerate(waves or (f"{dt.date.today():%Y-%m}",), start=1):
        lines.append(language.say("new.toml.wave", number=number, date=json.dumps(date)))
    lines.append(language.say("new.toml.effects" if outcome else "new.toml.effects.none", **quoted))
    return "\n\n".join(lines) + "\n"


def _notebook(model: str, folder: str, territory: str) -> str:
    """A notebook that ships, its parameters those of the new evaluation."""
    notebook = json.loads((shipped("notebooks") / model).read_text("utf-8"))
    given = {"folder": folder, "territory": territory}
    for cell in notebook["cells"]:
        if "parameters" in cell["metadata"].get("tags", ()):
            cell["source"] = list(_assigned("".join(cell["source"]), given))
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"


def _assigned(source: str, given: dict[str, str]) -> Iterator[str]:
    for line in source.splitlines(keepends=True):
        name, equals, _ = line.partition(" = ")
        end = "\n" if line.endswith("\n") else ""
        yield f"{name}{equals}{json.dumps(given[name], ensure_ascii=False)}{end}" if name in given else line
