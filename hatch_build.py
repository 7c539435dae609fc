"""What a package says and carries beyond its code: an installed kit has no repository to read these from.

IMPACTKIT_REPOSITORY=https://host/owner/name, set when a package is built, names the public repository: its
addresses are written, and the README's links lead there. Without it the README has no link to a file.

A wheel carries its bill of materials (CycloneDX 1.6, in `*.dist-info/sboms/`, as PEP 770 says): what
requirements.lock installs, with its hashes and licences. The same lock gives the same bytes.
"""

from __future__ import annotations

import csv
import json
import os
import re
import tempfile
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface
from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression
from packaging.utils import canonicalize_name

SHIPPED = {
    "data/reference": "impactkit/_shipped/reference",
    "data/demo": "impactkit/_shipped/demo",
    "data/schemas": "impactkit/_shipped/schemas",
    "notebooks/territory_report.ipynb": "impactkit/_shipped/notebooks/territory_report.ipynb",
    "notebooks/programme_report.ipynb": "impactkit/_shipped/notebooks/programme_report.ipynb",
}
REPOSITORY = "IMPACTKIT_REPOSITORY"
ADDRESS = re.compile(r"https://[^/\s]+(/[^/\s]+)+")
CODE_BLOCK = re.compile(r"(^```.*?^```$)", flags=re.DOTALL | re.MULTILINE)
# `[words](target)` and `![words](target)`, the target neither an address nor a heading of the page.
FILE_LINK = re.compile(r"(!?)\[([^\]]+)\]\((?![a-z]+:|#)([^)\s]+)\)")
LOCK, LICENCES = "requirements.lock", "requirements.licences.csv"
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^ \\\n]+)(?: ; ([^\\\n]+?))?(?: \\)?$", flags=re.MULTILINE)
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
# Who asks for a library: on the line of `via`, or on the next ones.
ASKED_BY = re.compile(
    r"^    #   (?:via )?([A-Za-z0-9._-]+)|^    # via ([A-Za-z0-9._-]+)", flags=re.MULTILINE
)


class ShippedFiles(BuildHookInterface):
    """The files of SHIPPED, in a wheel, and its bill of materials.

    An editable install reads them in place; a static `force-include` would copy them beside the package too.
    """

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "standard":
            build_data["force_include"].update(SHIPPED)
            self._aside = tempfile.TemporaryDirectory()
            path = Path(self._aside.name) / f"{self.metadata.core.name}.cdx.json"
            path.write_text(bill_of_materials(Path(self.root), self.metadata.core), "utf-8")
            build_data["sbom_files"].append(str(path))

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        if version == "standard":
            self._aside.cleanup()


class PublicPage(MetadataHookInterface):
    """The README and the addresses, as they are read away from the repository."""

    def update(self, metadata: dict[str, Any]) -> None:
        repository = os.environ.get(REPOSITORY, "")
        if repository and not ADDRESS.fullmatch(repository):
            raise ValueError(
                f"{REPOSITORY}={repository}: expected https://host/owner/name, without a last /"
            )
        text = (Path(self.root) / "README.md").read_text("utf-8")
        metadata["readme"] = {"content-type": "text/markdown", "text": page(text, repository)}
        metadata["urls"] = addresses(repository) if repository else {}


def addresses(repository: str) -> dict[str, str]:
    return {
        "Source": repository,
        "Issues": f"{repository}/issues",
        "Changelog": f"{repository}/blob/main/CHANGELOG.md",
    }


def page(text: str, repository: str) -> str:
    """A Markdown page whose links to files lead to `repository`, or are words alone when there is none."""

    def link(match: re.Match[str]) -> str:
        image, words, target = match.groups()
        if not repository:
            return words
        kind = "raw" if image else "blob"
        return f"{image}[{words}]({repository}/{kind}/main/{target})"

    # The parts between code blocks have even places.
    parts = CODE_BLOCK.split(text)
    parts[::2] = [FILE_LINK.sub(link, part) for part in parts[::2]]
    return "".join(parts)


def bill_of_materials(root: Path, kit: Any) -> str:
    """CycloneDX (JSON) of what requirements.lock installs; `kit`: the core metadata of the package."""
    itself = component("application", kit.name, kit.version, kit.license_expression)
    libraries, askers = [], {}
    for library, names in locked(root):
        libraries.append(library)
        for name in names:
            askers.setdefault(name, set()).add(library["bom-ref"])
    told = [itself, *libraries]
    bill: dict[str, Any] = {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1}
    bill["metadata"] = {**moment(), "lifecycles": [{"phase": "build"}], "component": itself}
    bill["components"] = libraries
    bill["dependencies"] = [
        {"ref": one["bom-ref"], "dependsOn": sorted(askers.get(one["name"], ()))} for one in told
    ]
    number = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(bill, sort_keys=True))
    return json.dumps({**bill, "serialNumber": f"urn:uuid:{number}"}, indent=1, sort_keys=True) + "\n"


def moment() -> dict[str, str]:
    """When SOURCE_DATE_EPOCH says it was built; else nothing, so that two builds are the same bytes."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not epoch:
        return {}
    built = datetime.fromtimestamp(int(epoch), UTC)
    return {"timestamp": built.strftime("%Y-%m-%dT%H:%M:%SZ")}


def locked(root: Path) -> Iterator[tuple[dict[str, Any], list[str]]]:
    """Each library of the lock, and the names of those that ask for it."""
    with (root / LICENCES).open(encoding="utf-8", newline="") as file:
        licences = {row["library"]: row["licence"] for row in csv.DictReader(file)}
    parts = PINNED.split((root / LOCK).read_text("utf-8"))
    # What stands before the first; then, for each, what PINNED caught, and what follows.
    for name, version, marker, rest in zip(*(iter(parts[1:]),) * 4, strict=True):
        library = component(
            "library", canonicalize_name(name), version, licences.get(canonicalize_name(name))
        )
        library["hashes"] = [{"alg": "SHA-256", "content": digest} for digest in HASH.findall(rest)]
        if marker:
            library["properties"] = [{"name": "impactkit:marker", "value": marker}]
        yield library, [canonicalize_name(first or second) for first, second in ASKED_BY.findall(rest)]


def component(kind: str, name: str, version: str, licence: str | None) -> dict[str, Any]:
    """A component, its licence where it is known: an SPDX expression, else the words of its authors."""
    address = f"pkg:pypi/{name}@{version}"
    described: dict[str, Any] = {"type": kind, "bom-ref": address, "purl": address}
    described |= {"name": name, "version": version}
    if licence:
        try:
            written = {"expression": canonicalize_license_expression(licence)}
        except InvalidLicenseExpression:
            written = {"license": {"name": licence}}
        described["licenses"] = [written]
    return described
