"""Outlines of EPCI and départements: a GeoJSON file that a person drops, read as it is.

The official address (« Contours administratifs », Etalab, on data.gouv.fr) could not be tried: nothing is
downloaded, and the file is looked for by its name alone, in the folder named by IMPACTKIT_SOURCES. Degrees
of longitude and latitude (WGS 84).
"""

import os
from pathlib import Path
from typing import Any

from impactkit.data.unpacking import json_of
from impactkit.errors import NotEnoughData, RefusedData
from impactkit.wording.language import Language

FOLDER = "IMPACTKIT_SOURCES"
PAGE = "https://www.data.gouv.fr"
FAMILIES = ("epci", "departement")

# The property that holds a unit's code changes with the edition of the file.
_CODES = ("EPCI", "code", "code_insee", "siren")
LEAST_CORNERS = 4
_DEPTH = {"Polygon": 1, "MultiPolygon": 2}

Ring = list[tuple[float, float]]


def found(language: Language, family: str) -> Path | None:
    """The file of a family's outlines, the first by name; None when there is none or no folder is named.

    Raises UnknownName for a family that is not `epci` or `departement`.
    """
    if family not in FAMILIES:
        raise language.unknown("noun.outlines", family, FAMILIES)
    folder = os.environ.get(FOLDER)
    files = sorted(Path(folder).rglob(f"*{family}*.geojson")) if folder else []
    return files[0] if files else None


def outlines(language: Language, family: str) -> dict[str, list[Ring]]:
    """Rings (longitude, latitude) of every unit of a family (`epci`, `departement`), by code; holes too.

    The official address of these files could not be tried. Raises UnknownName for another family,
    NotEnoughData with what to drop and where when no file is there, RefusedData for one that is no GeoJSON
    of outlines with codes.
    """
    if (path := found(language, family)) is None:
        folder = os.environ.get(FOLDER) or language.say("map.folder", variable=FOLDER)
        raise language.error(
            NotEnoughData, "no-outlines", file=f"*{family}*.geojson", page=PAGE, folder=folder
        )
    try:
        features = json_of(language, path)["features"]
        return {_code(feature["properties"]): _rings(feature["geometry"]) for feature in features}
    except (ValueError, TypeError, LookupError, AttributeError, OverflowError) as cause:
        raise language.error(RefusedData, "outlines", where=path.name, codes=", ".join(_CODES)) from cause


def _code(properties: dict[str, Any]) -> str:
    return str([properties[name] for name in _CODES if name in properties][0])


def _rings(geometry: dict[str, Any]) -> list[Ring]:
    held = geometry["coordinates"]
    if _DEPTH[geometry["type"]] == 2:
        held = [ring for polygon in held for ring in polygon]
    # A unit without a ring cannot be drawn, nor can a ring that holds no ground (RFC 7946, 3.1.6).
    if not held or min(map(len, held)) < LEAST_CORNERS:
        raise ValueError("no ring")
    return [[_corner(*corner[:2]) for corner in ring] for ring in held]


def _corner(x: Any, y: Any) -> tuple[float, float]:
    """Degrees of longitude and latitude. Raises ValueError for what is nowhere on the globe."""
    longitude, latitude = float(x), float(y)
    # A comparison that NaN does not pass.
    if not (abs(longitude) <= 180 and abs(latitude) <= 90):
        raise ValueError("a corner off the globe")
    return longitude, latitude
