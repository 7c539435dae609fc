"""One function a layout: a file in, tidy figures out. Layouts are those of real files; a change stops with
the name of what is missing.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pandas as pd

from impactkit.data import csv_text
from impactkit.data.csv_text import CsvText
from impactkit.data.number_text import LARGEST, numbers_of
from impactkit.data.sources.book_bounds import check_book, reader_of_values
from impactkit.data.sources.figures import SHAPE
from impactkit.data.tables import frame_of
from impactkit.data.unpacking import DAMAGED
from impactkit.errors import RefusedData
from impactkit.wording.language import Language

# What a cell says when it says nothing, in the files of INSEE, DARES, Urssaf and DREES.
BLANK = ("", "nd", "n.d.", "ns", "s", "so", "c", "nc", "n/a", "n/a-résultatnondisponible")
QUARTER = re.compile(r"(\d{4})-T([1-4])")


def table(language: Language, path: Path, needed: Iterable[str]) -> pd.DataFrame:
    """A CSV as text, whatever its separator (comma or semicolon), with or without BOM, compressed or not.

    Raises RefusedData when it is no table, when a row is not as long as the header, or when one of the
    columns `needed` is not there.
    """
    return has(
        language,
        text_frame(csv_text.strict(language, path, unreadable="source-no-table")),
        needed,
        path.name,
    )


def text_frame(table: CsvText) -> pd.DataFrame:
    """The rows of a CSV as text, without empty lines; names of columns without spaces around."""
    frame = frame_of(table)
    frame.columns = frame.columns.str.strip()
    silent = [not any(map(str.strip, row)) for row in table.rows]
    return frame.drop(index=frame.index[silent]).reset_index(drop=True) if any(silent) else frame


def has(language: Language, frame: pd.DataFrame, needed: Iterable[str], where: str) -> pd.DataFrame:
    """The frame itself. Raises RefusedData with the columns that are not there and those that are."""
    if absent := [name for name in needed if name not in frame.columns]:
        found = ", ".join(map(str, frame.columns[:12]))
        raise language.error(
            RefusedData, "source-columns", where=where, absent=", ".join(absent), found=found
        )
    return frame


def sheet(language: Language, path: Path, name: str, needed: Iterable[str]) -> pd.DataFrame:
    """One sheet of an INSEE workbook: five lines of titles, then the codes of the columns.

    Raises RefusedData when the file is no workbook, would become far larger than those that are published,
    or the sheet or a column is not there.
    """
    from python_calamine import CalamineError

    try:
        check_book(language, path)
        with reader_of_values(language):
            found = pd.read_excel(path, sheet_name=name, header=5, engine="calamine", dtype="object")
    except (CalamineError, *DAMAGED) as cause:
        raise language.error(
            RefusedData, "source-no-sheet", where=path.name, sheet=name, cause=cause
        ) from cause
    return has(language, found, needed, f"{path.name}, {name}")


def rows_of_book(language: Language, path: Path) -> Iterator[Sequence[str]]:
    """The rows of every sheet of a published workbook, as text. Raises RefusedData like `sheet`."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        check_book(language, path)
        with reader_of_values(language):
            book = CalamineWorkbook.from_path(path)
            for name in book.sheet_names:
                for cells in book.get_sheet_by_name(name).to_python():
                    yield [str(cell) for cell in cells]
    except (CalamineError, *DAMAGED) as cause:
        raise language.error(RefusedData, "source-no-table", where=path.name, cause=cause) from cause


def numbers(language: Language, texts: pd.Series, where: str) -> pd.Series:
    """French or English decimals as numbers; a blank or a secret is NaN. Raises RefusedData on words."""
    found = pd.to_numeric(texts, errors="coerce").astype("float64")
    found = found.where(found.abs() < LARGEST)
    silent = found.isna()
    if silent.any():
        plain = texts[silent].astype("object").fillna("").astype("str")
        plain = plain.str.replace(r"[\s\u00a0\u202f]", "", regex=True)
        rest = plain[~plain.str.lower().isin(BLANK)].str.replace(",", ".")
        rest = numbers_of(rest).set_axis(rest.index)
        if rest.isna().any():
            row = rest.index[rest.isna()][0]
            raise language.error(
                RefusedData, "source-number", where=where, found=texts[row], row=int(row) + 2
            )
        found.loc[rest.index] = rest
    return found


def tidy(
    language: Language,
    frame: pd.DataFrame,
    *,
    unit: str,
    period: str,
    value: str,
    where: str,
    width: int | None = None,
) -> pd.DataFrame:
    """Columns of a long file under their one name; what is blank is `missing:not-published`.

    Raises RefusedData when a unit has two values for one period, or a code not the `width` asked.
    """
    units = (
        frame[unit].astype("str").str.strip()
        if width is None
        else whole_code(language, frame[unit], width, where)
    )
    found = pd.DataFrame({"unit": units, "period": frame[period].astype("str").str.strip()})
    return checked(language, found.assign(value=numbers(language, frame[value], where), flag=""), where)


def checked(language: Language, found: pd.DataFrame, where: str) -> pd.DataFrame:
    """Missing values flagged, one row by unit and period. Raises RefusedData on two."""
    twice = found.duplicated(["unit", "period"])
    if twice.any():
        one = found[twice].iloc[0]
        raise language.error(
            RefusedData, "source-twice", where=where, unit=one["unit"], period=one["period"]
        )
    silent = found["value"].isna() & (found["flag"] == "")
    found["flag"] = found["flag"].mask(silent, "missing:not-published")
    return found[list(SHAPE)].reset_index(drop=True)


def wide(language: Language, frame: pd.DataFrame, *, unit: str, where: str) -> pd.DataFrame:
    """A file with one column a quarter (2003-T1 ...) as one row by unit and quarter (2003-Q1 ...)."""
    quarters = {column: QUARTER.fullmatch(str(column)) for column in frame.columns}
    periods = {column: f"{match[1]}-Q{match[2]}" for column, match in quarters.items() if match}
    if not periods:
        raise language.error(RefusedData, "source-no-period", where=where)
    long = frame.melt(id_vars=[unit], value_vars=list(periods), var_name="period")
    long["period"] = long["period"].map(periods)
    return tidy(language, long, unit=unit, period="period", value="value", where=where)


def whole_code(language: Language, codes: pd.Series, width: int, where: str) -> pd.Series:
    """Codes as text of one width. Raises RefusedData when leading zeros were lost (51 for 0051)."""
    texts = codes.astype("str").str.strip()
    if len(short := texts[texts.str.len() != width]):
        raise language.error(RefusedData, "source-code", where=where, found=short.iloc[0], width=width)
    return texts
