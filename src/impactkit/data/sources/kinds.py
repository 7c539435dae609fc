"""The sources that the kit can read: who publishes, where, under which name, and how it is read.

No official address could be tried where this was written: layouts are those of files that were dropped,
and each kind says so (`tried`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from impactkit.data.sources import dares, insee, melodi, own, urssaf
from impactkit.data.sources.figures import Figures

Read = Callable[[Path, Mapping[str, Any]], tuple[Figures, ...]]


@dataclass(frozen=True)
class Kind:
    """One kind of source. `parts`: a file by part, its name as a pattern; `keys`: what evaluation.toml may
    set; `needed`: what it must. `address` is "" when the publisher refuses automatic downloads; `missing`:
    départements that it does not cover.
    """

    name: str
    title: str
    page: str
    parts: Mapping[str, str]
    read: Mapping[str, Read]
    address: Mapping[str, str] = field(default_factory=dict)
    looks: str = "csv"
    keys: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    tried: bool = False


_EXPORT = "https://open.urssaf.fr/api/explore/v2.1/catalog/datasets/{}/exports/csv?delimiter=%3B"
_EPCI = "nombre-etab-effectifs-salaries-et-masse-salariale-secteur-prive-epci"

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            Kind(
                "insee-zones",
                "Insee, composition communale des zones d’emploi 2020",
                "https://www.insee.fr/fr/information/4652957",
                {"communes": "ZE2020_au_*.xlsx"},
                {},
                looks="xlsx",
            ),
            Kind(
                "insee-unemployment",
                "Insee, taux de chômage localisés par zone d’emploi",
                "https://www.insee.fr/fr/statistiques/1893230",
                {"zones": "chomage-zone-*.xlsx"},
                {"zones": insee.unemployment},
                looks="xlsx",
                indicators=("rate_unemployment",),
                missing=insee.ABROAD,
            ),
            Kind(
                "insee-jobs-zones",
                "Insee, emploi salarié par zone d’emploi",
                "https://www.insee.fr",
                {"zones": "emploi_salarie_ze2020_*.csv"},
                {"zones": insee.jobs},
                indicators=("count_jobs_salaried",),
            ),
            Kind(
                "urssaf-jobs",
                "Urssaf, effectifs salariés du secteur privé au 31 décembre",
                "https://open.urssaf.fr",
                {
                    "epci": "urssaf_emploi_prive_epci_*.csv",
                    "communes": "urssaf_emploi_prive_communes_*.csv.gz",
                    "departements": "urssaf_emploi_prive_departement_*.csv",
                },
                {
                    "epci": urssaf.by_epci,
                    "communes": urssaf.by_commune,
                    "departements": urssaf.by_departement,
                },
                address=MappingProxyType({"epci": _EXPORT.format(_EPCI)}),
                indicators=("count_jobs_private",),
                missing=(urssaf.MAYOTTE,),
            ),
            Kind(
                "filosofi-epci",
                "Insee, Filosofi, taux de pauvreté par EPCI",
                "https://www.insee.fr/fr/metadonnees/source/serie/s1172",
                {"epci": "filosofi_epci_*.csv"},
                {"epci": insee.poverty},
                indicators=("rate_poverty",),
                missing=insee.WITHOUT_POVERTY,
            ),
            Kind(
                "melodi",
                "Insee, Melodi",
                "https://catalogue-donnees.insee.fr",
                {"data": "{dataset}*"},
                {"data": melodi.read},
                address=MappingProxyType({"data": "https://api.insee.fr/melodi/data/{dataset}"}),
                looks="json",
                keys=("dataset", "indicator", "where", "over", "geography", "within", "unit", "step"),
                needed=("dataset", "indicator"),
            ),
            Kind(
                "dares-jobseekers",
                "DARES et France Travail, demandeurs d’emploi par commune",
                "https://www.data.gouv.fr/fr/datasets/66df098924d76afbdd70938a/",
                {"communes": "*dares_defm_communales*.csv"},
                {"communes": dares.jobseekers},
                address=MappingProxyType(
                    {
                        "communes": "https://data.dares.travail-emploi.gouv.fr/api/explore/v2.1/catalog/"
                        "datasets/dares_defm_communales-brutes/exports/csv?use_labels=true"
                    }
                ),
                indicators=("count_jobseekers",),
            ),
            Kind(
                "contours",
                "Etalab, contours administratifs",
                "https://www.data.gouv.fr/fr/datasets/contours-administratifs/",
                {"epci": "*epci*.geojson", "departements": "*departement*.geojson"},
                {},
                address=MappingProxyType(
                    {
                        "epci": "https://etalab-datasets.geo.data.gouv.fr/contours-administratifs/latest/"
                        "geojson/epci-1000m.geojson",
                        "departements": "https://etalab-datasets.geo.data.gouv.fr/contours-administratifs/"
                        "latest/geojson/departements-1000m.geojson",
                    }
                ),
                looks="geojson",
            ),
            Kind(
                "table",
                "",
                "",
                {"data": "{file}"},
                {"data": own.read},
                keys=(
                    "file",
                    "indicator",
                    "family",
                    "columns",
                    "unit",
                    "source",
                    "vintage",
                    "step",
                    "absent",
                    "rolling",
                    "breaks",
                    "figure",
                ),
                needed=("file", "indicator", "family", "source"),
                tried=True,
            ),
        )
    }
)
COMMON = ("kind", "id", "address")
