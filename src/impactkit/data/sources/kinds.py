"""The sources that the kit can read: who publishes, where, under which names (kinds.toml), read by what."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from impactkit.data.sources import dares, insee, melodi, own, urssaf
from impactkit.data.sources.figures import Figures, declared

Read = Callable[[Path, Mapping[str, Any]], tuple[Figures, ...]]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of source. `parts`: a file by part, its name as a pattern; `keys`: what evaluation.toml may
    set; `needed`: what it must. `address` is empty when the publisher refuses automatic downloads;
    `missing`: départements that it does not cover; `read`: what reads a part.
    """

    parts: Mapping[str, str]
    read: Mapping[str, Read]
    title: str = ""
    page: str = ""
    address: Mapping[str, str] = field(default_factory=dict)
    looks: str = "csv"
    keys: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


_URSSAF = {"epci": urssaf.by_epci, "communes": urssaf.by_commune, "departements": urssaf.by_departement}
_READ: Mapping[str, Mapping[str, Read]] = {
    "insee-unemployment": {"zones": insee.unemployment},
    "insee-jobs-zones": {"zones": insee.jobs},
    "urssaf-jobs": _URSSAF,
    "filosofi-epci": {"epci": insee.poverty},
    "melodi": {"data": melodi.read},
    "dares-jobseekers": {"communes": dares.jobseekers},
    "table": {"data": own.read},
}
KINDS: Mapping[str, Kind] = MappingProxyType(
    {name: Kind(read=_READ.get(name, {}), **about) for name, about in declared("kinds").items()}
)
COMMON = ("kind", "id", "address")
