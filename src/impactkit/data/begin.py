"""`new_workbook`: a folder to begin with, and the workbook that a collective fills."""

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from impactkit.data.evaluation import settings_of
from impactkit.data.names import slug
from impactkit.data.population import VINTAGES
from impactkit.data.tables import columns, read_text, schemas
from impactkit.data.workbook_write import write_workbook
from impactkit.errors import RefusedData, UnknownName
from impactkit.wording.catalogue import error, say

WORKBOOK = "classeur.xlsx"


def new_workbook(
    folder: str | Path, *, light: bool = False, territory: str = "", named: Iterable[str] = ()
) -> Path:
    """Write the workbook of an evaluation's folder, and the folder itself when there is none; its path.

    `light`: the four sheets of a collective. `territory`: that territory's rows alone, in `<code>.xlsx`.
    `named`: names of the territories of a new folder. What is already known is in the workbook. Raises
    RefusedData rather than write over a workbook that is there, UnknownName for another territory.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as home:
    ...     print(ik.new_workbook(f"{home}/mon-programme", named=["Val fleuri"]).name)
    classeur.xlsx
    """
    home = Path(folder)
    fresh = not (home / "evaluation.toml").is_file()
    if fresh and home.exists() and any(home.iterdir()):
        raise error(RefusedData, "folder-not-empty", where=str(folder))
    path = home / (f"{territory}.xlsx" if territory else WORKBOOK)
    if path.exists():
        raise error(RefusedData, "workbook-there", where=str(path))
    if fresh:
        _begin(home, list(named) or [say("new.territory")])
    settings_of(home, str(folder))
    tables = {name: read_text(home / f"{name}.csv").fillna("") for name in schemas() if _there(home, name)}
    if territory:
        codes = set(tables["territories"]["territory"])
        if territory not in codes:
            raise UnknownName.among(say("noun.territory"), territory, codes, where=home.name)
        tables = {name: _own(frame, territory) for name, frame in tables.items()}
    write_workbook(tables, path, light=light)
    return path


def _own(frame: pd.DataFrame, territory: str) -> pd.DataFrame:
    """Rows about one territory; the panel of figures, which is nobody's, is not sent around."""
    mine = [name for name in ("territory", "giver", "receiver") if name in frame]
    return frame[(frame[mine] == territory).any(axis=1)]


def _there(folder: Path, table: str) -> bool:
    return (folder / f"{table}.csv").is_file()


def _begin(folder: Path, named: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    title = folder.resolve().name.replace("-", " ").replace("_", " ").capitalize()
    text = say("new.toml", title=title, vintage=VINTAGES[-1], month=f"{dt.date.today():%Y-%m}")
    (folder / "evaluation.toml").write_text(text.replace("’", "'") + "\n", "utf-8")
    lines = [",".join(columns("territories"))]
    for name in named:
        cells = {"territory": slug(name), "name": name, "wave": "1", "perimeter_kind": "none"}
        cells["confidence"] = "low"
        lines.append(",".join(_quoted(cells.get(one, "")) for one in columns("territories")))
    (folder / "territories.csv").write_text("\n".join(lines) + "\n", "utf-8")


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(one in text for one in ',"\n') else text
