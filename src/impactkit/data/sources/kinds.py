"""The sources that the kit can read: who publishes, where, under which names (kinds.toml), read by what."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from pkgutil import resolve_name
from types import MappingProxyType
from typing import Any

from impactkit.data.sources.figures import Figures, declared
from impactkit.wording.language import Language

Read = Callable[[Language, Path, Mapping[str, Any]], tuple[Figures, ...]]


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


def _kind(about: Mapping[str, Any]) -> Kind:
    read = {part: resolve_name(f"{__package__}.{name}") for part, name in about.get("read", {}).items()}
    return Kind(**{**about, "read": read})


KINDS: Mapping[str, Kind] = MappingProxyType({name: _kind(one) for name, one in declared("kinds").items()})
COMMON = ("kind", "id", "address")
