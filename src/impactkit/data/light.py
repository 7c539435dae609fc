"""Libraries imported as if a package that takes long, and serves nothing here, were not installed."""

import importlib
import sys


def jsonschema() -> None:
    """Of addresses in any script, whose grammars are compiled at each import, we check none: frictionless
    and nbformat then find a jsonschema that does not know them.
    """
    _without("rfc3987_syntax", "jsonschema")


def debugger() -> None:
    """A kernel that nobody debugs."""
    _without("debugpy", "ipykernel.debugger")


def _without(package: str, library: str) -> None:
    absent = sys.modules.setdefault(package, None) is None  # type: ignore[arg-type]
    try:
        importlib.import_module(library)
    finally:
        if absent:
            del sys.modules[package]
