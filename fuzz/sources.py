"""Each reader of official files and of tables of one's own; figures are invented, layouts are real ones."""

from __future__ import annotations

import gzip
import io
import json
import os
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

import edits
import openpyxl
from hypothesis import strategies as st
from judge import finite, must, plain, readable, twice

from impactkit.data import neighbours
from impactkit.data.sources import contours, dares, insee, looks, melodi, own, urssaf
from impactkit.data.sources.source_settings import source_faults
from impactkit.data.unpacking import layers, unpacked
from impactkit.wording.language import FRENCH

AGES = {"dataset": "DS_RP_POPULATION_PRINC", "indicator": "share_aged_65", "within": ["91"]}
AGES |= {"where": {"Sexe": "Total", "Âge": "65 ans ou plus"}, "over": {"Sexe": "Total", "Âge": "Total"}}
CODED = {"dataset": "DS_X", "indicator": "count_aged_75", "where": {"AGE": "Y_GE75"}}
OWN = {"kind": "table", "family": "commune", "indicator": "count_shops", "source": "Gazette", "ground": 2026}
OWN |= {"columns": {"unit": "code", "period": "an", "value": "n"}, "file": "x.csv"}
Reader = Callable[[Path, Mapping[str, Any]], Any]


@dataclass(frozen=True)
class Sample:
    """A small file of a source: its name, its text, the reader, what evaluation.toml says."""

    file: str
    text: str
    read: Reader
    settings: Mapping[str, Any]
    separator: str = ","


SAMPLES = {
    "jobs": Sample(
        "jobs.csv",
        "ze2020,year,jobs_salaried_total\n0051,2019,1200\n0052,2019,\n",
        partial(insee.jobs, FRENCH),
        {},
    ),
    "poverty": Sample(
        "filosofi_epci_2016.csv",
        "CODGEO;LIBGEO;TP6016;NBPERSMENFISC16\n200068781;X;12,3;45000\n200056232;Y;;1200\n",
        partial(insee.poverty, FRENCH),
        {},
        ";",
    ),
    "urssaf-epci": Sample(
        "u.csv",
        "code,year,jobs_private\n200068781,2020,150\nZZZZZZZZZ,2020,3\n",
        partial(urssaf.by_epci, FRENCH),
        {},
    ),
    "urssaf-mean": Sample(
        "u.csv",
        "annee;code_epci;epci;effectifs_salaries_moyens\n2020;200068781;X;1 234,5\n2021;200068781;X;nd\n",
        partial(urssaf.by_epci, FRENCH),
        {},
        ";",
    ),
    "urssaf-commune": Sample(
        "u.csv",
        "code,year,jobs_private\n75101,2020,15\n75056,2020,3\n26362,2020,30\n",
        partial(urssaf.by_commune, FRENCH),
        {},
    ),
    "urssaf-departement": Sample(
        "u.csv",
        "code,year,jobs_private\n26,2020,15\n976,2020,0\n",
        partial(urssaf.by_departement, FRENCH),
        {},
    ),
    "dares": Sample(
        "dares.csv",
        "Date;Code commune;Catégorie;Sexe;Tranche d'âge;Nombre de demandeurs d'emploi\n"
        "2023-T4;91001;ABC;Total;Total;15\n2023-T4;91001;ABC;Femmes;Total;5\n2024-T4;91001;ABC;Total;Total;nd\n",
        partial(dares.jobseekers, FRENCH),
        {},
        ";",
    ),
    "melodi-labelled": Sample(
        "DS.csv",
        '"Géographie";"Niveau Géo";"Sexe";"Âge";"Statut de confidentialité";Période;Valeur\n'
        '"Massy";"Commune";"Total";"65 ans ou plus";"Diffusable";2022;1200,5\n'
        '"Massy";"Commune";"Total";"Total";"Diffusable";2022;4802\n'
        '"Linas";"Commune";"Total";"65 ans ou plus";"Confidentiel (secret statistique)";2022;\n'
        '"Linas";"Commune";"Total";"Total";"Diffusable";2022;900\n',
        partial(melodi.read, FRENCH),
        AGES,
        ";",
    ),
    "melodi-coded": Sample(
        "DS.csv",
        "GEO;GEO_OBJECT;AGE;TIME_PERIOD;OBS_VALUE;CONF_STATUS\n26362;COM;Y_GE75;2022;7,5;F\n26362;COM;_T;2022;70;F\n"
        "26004;COM;Y_GE75;2022;;C\n",
        partial(melodi.read, FRENCH),
        CODED,
        ";",
    ),
}
TABLE = "code;an;n\n26362;2020;1 234,5\n26362;2021;12,5\n26004;2020;7\n75101;2021;3\n75102;2021;4\n"
ANSWER = {
    "observations": [
        {
            "dimensions": {"GEO": geo, "AGE": age, "TIME_PERIOD": "2022"},
            "attributes": {"CONF_STATUS": secret},
            "measures": {"OBS_VALUE_NIVEAU": {"value": value}},
        }
        for geo, age, value, secret in (
            ("2026-EPCI-200068781", "Y_GE75", 10.0, "F"),
            ("2026-EPCI-200068781", "_T", 100.0, "F"),
            ("2026-FRANCE-F", "_T", 9.0, "F"),
            ("2026-COM-26362", "Y_GE75", None, "C"),
        )
    ]
}


def _outline(code: str, x: float, kind: str = "Polygon") -> dict[str, Any]:
    ring = [[x, 45.0], [x + 0.1, 45.0], [x + 0.1, 45.1], [x, 45.0]]
    coordinates: list[Any] = [ring] if kind == "Polygon" else [[ring]]
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "properties": {"code": code, "nom": "X"}, "geometry": geometry}


OUTLINES = {
    "type": "FeatureCollection",
    "features": [_outline("200068781", 5.0), _outline("200056232", 5.1, "MultiPolygon")],
}


def _book(sheet: str, rows: list[list[Any]]) -> bytes:
    """A workbook as INSEE publishes it: five lines of titles, then the codes of the columns."""
    book = openpyxl.Workbook()
    book.active.title = sheet
    for line in ([["Titre"], ["Source"], [], [], ["Zone", "Libellé"]], rows):
        for row in line:
            book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


BOOKS = {
    "unemployment": _book(
        "txcho_ze",
        [["ZE2020", "LIBZE2020", "2013-T4", "2014-T1"], ["0051", "A", 8.1, 8.2], ["0101", "B", None, 21.5]],
    ),
    "zones": _book(
        "Composition_communale",
        [
            ["CODGEO", "LIBGEO", "ZE2020", "LIBZE2020"],
            ["26362", "Valence", "0051", "A"],
            ["26004", "B", "0051", "A"],
        ],
    ),
}


def _zip(text: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("DS_X_2022_data.csv", text)
        archive.writestr("DS_X_2022_metadata.csv", "COD_VAR;LIB_VAR\n")
    return file.getvalue()


PACKED = _zip(SAMPLES["melodi-coded"].text)


def _figures(found: tuple[str, Any]) -> None:
    """Figures are finite, or missing with a reason; one by unit and period."""
    if found[0] == "refused":
        return
    for figures in found[1]:
        frame = figures.frame
        for row in frame.to_dict("records"):
            finite(row["value"], row["flag"], figures.indicator, row)
            must(isinstance(row["unit"], str) and isinstance(row["period"], str), "no text", row)
        must(not frame.duplicated(["unit", "period"]).any(), "two figures for one place", plain(frame))
        readable(f"{figures!r}")


def tables(value: Any, folder: Path) -> None:
    name, edit, packed = value
    sample = SAMPLES[name]
    content = edits.of_table(sample.text, edit, sample.separator)
    path = folder / (f"{sample.file}.gz" if packed else sample.file)
    path.write_bytes(gzip.compress(content) if packed else content)
    _figures(twice(sample.read, path, sample.settings))


def of_own(value: Any, folder: Path) -> None:
    """A table of one's own, whose settings are changed as far as evaluation.toml lets them."""
    changes, edit = value
    settings = edits.of_tree(OWN, changes)
    said = (
        {key: part for key, part in settings.items() if key != "ground"}
        if isinstance(settings, dict)
        else {}
    )
    keys = ("kind", "id", "address", "file", "indicator", "family", "columns", "unit", "source", "vintage")
    keys += ("step", "absent", "rolling", "breaks", "figure", "decimal", "thousands")
    if [*source_faults(FRENCH, said, keys, ("file", "indicator", "family", "source"), "[[source]]")]:
        settings = OWN
    path = folder / "x.csv"
    path.write_bytes(edits.of_table(TABLE, edit, ";"))
    placed = own.placed(settings, {"unit": ["26362"], "territory": ["26362", "26004"]}, 2026)
    examined = twice(partial(own.examined, FRENCH), path, placed)
    read = twice(partial(own.read, FRENCH), path, placed)
    _figures(read)
    if examined[0] == "value":
        problems = examined[1].problems
        readable("\n".join(map(str, problems)))
        must(bool(problems) == (read[0] == "refused"), "examined one way, read another", read, problems)


def answers(value: Any, folder: Path) -> None:
    """JSON: answers of Melodi, and outlines."""
    name, changes, raw, flips = value
    tree = edits.of_tree(ANSWER if name == "melodi" else OUTLINES, changes)
    content = edits.of_text(json.dumps(tree), raw).encode("utf-8", "surrogatepass")
    path = folder / ("DS.json" if name == "melodi" else "epci.geojson")
    path.write_bytes(edits.of_bytes(content, flips))
    must(looks.unlike(path, "json") in ("", "empty", "html", "not-it", "broken"), "another look")
    if name == "melodi":
        _figures(twice(partial(melodi.read, FRENCH), path, CODED))
        return
    with mock.patch.dict(os.environ, {contours.FOLDER: str(folder)}):
        found = twice(partial(contours.outlines, FRENCH), "epci")
        neighbours._neighbours.cache_clear()
        around = twice(partial(neighbours.neighbours, FRENCH), "epci")
    if found[0] == "value":
        for code, rings in found[1].items():
            for x, y in (corner for ring in rings for corner in ring):
                finite(x, "", code), finite(y, "", code)
        must(around[0] == "value", "outlines are read, neighbours are not", around)


def books(value: Any, folder: Path) -> None:
    name, edit = value
    path = folder / f"{name}-2023.xlsx"
    path.write_bytes(edits.of_archive(BOOKS[name], edit))
    must(looks.unlike(path, "xlsx") in ("", "empty", "html", "not-it", "broken"), "another look")
    if name == "zones":
        twice(partial(insee.zones, FRENCH), path)
    else:
        _figures(twice(partial(insee.unemployment, FRENCH), path, {}))


def archives(value: Any, folder: Path) -> None:
    path = folder / "DS.zip"
    path.write_bytes(edits.of_archive(PACKED, value))
    must(looks.unlike(path, "zip") in ("", "empty", "html", "not-it", "broken"), "another look")
    _figures(twice(partial(melodi.read, FRENCH), path, CODED))


def packed(value: Any, folder: Path) -> None:
    """Bytes that a server packed, cut into blocks: as they were, or refused; never beyond the limit."""
    header, content, flips, size = value
    layer = {"gzip": gzip.compress, "deflate": zlib.compress, "x-gzip": gzip.compress}
    data = content * 1000
    names = [name.strip() for name in header.split(",")]
    for name in names:
        data = layer.get(name, bytes)(data)
    data = edits.of_bytes(data, flips)
    blocks = [data[start : start + size] for start in range(0, len(data), size)]
    try:
        codings = layers(header)
        got = b"".join(unpacked(blocks, codings, 20_000))
    except (LookupError, ValueError, zlib.error):
        return
    must(not codings or len(got) <= 20_000, "beyond the limit", len(got))
    if not flips and codings:
        must(got == content * 1000, "unpacked otherwise", got[:50])
    path = folder / "table.csv.gz"
    path.write_bytes(data)
    must(looks.unlike(path, "gz") in ("", "empty", "html", "not-it", "broken"), "another look")
    twice(_bytes_of, path)


def _bytes_of(path: Path) -> Any:
    from impactkit.data import csv_text

    return csv_text.parsed(FRENCH, path)


INPUTS = {
    "tables": st.tuples(st.sampled_from(sorted(SAMPLES)), edits.tables, st.booleans()),
    "own": st.tuples(st.lists(edits.tree_edits, max_size=2), edits.tables),
    "answers": st.tuples(
        st.sampled_from(["melodi", "outlines"]),
        st.lists(edits.tree_edits, max_size=4),
        st.lists(edits.raw_edits, max_size=1),
        st.lists(edits.byte_edits, max_size=1),
    ),
    "books": st.tuples(st.sampled_from(sorted(BOOKS)), edits.archives),
    "archives": edits.archives,
    "packed": st.tuples(
        st.sampled_from(
            ["gzip", "deflate", "gzip, gzip", "gzip, deflate", "identity", "br", "", "gzip,,", "x-gzip"]
        ),
        st.binary(max_size=24),
        st.lists(edits.byte_edits, max_size=2),
        st.integers(1, 200),
    ),
}
