"""What a package says and carries beyond its code: an installed kit has no repository to read these from.

IMPACTKIT_REPOSITORY=https://host/owner/name, set when a package is built, names the public repository: its
addresses are written, and the README's links lead there. Without it the README has no link to a file.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

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


class ShippedFiles(BuildHookInterface):
    """The files of SHIPPED, in a wheel.

    An editable install reads them in place; a static `force-include` would copy them beside the package too.
    """

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "standard":
            build_data["force_include"].update(SHIPPED)


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
