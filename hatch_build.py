"""What a wheel carries besides the package: an installed kit has no repository to read these from.

An editable install reads them in place; a static `force-include` would copy them beside the package too.
"""

from __future__ import annotations

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SHIPPED = {
    "data/reference": "impactkit/_shipped/reference",
    "data/demo": "impactkit/_shipped/demo",
    "data/schemas": "impactkit/_shipped/schemas",
    "notebooks/territory_report.ipynb": "impactkit/_shipped/notebooks/territory_report.ipynb",
    "notebooks/programme_report.ipynb": "impactkit/_shipped/notebooks/programme_report.ipynb",
}


class ShippedFiles(BuildHookInterface):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "standard":
            build_data["force_include"].update(SHIPPED)
