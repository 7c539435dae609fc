"""Public keys (Ed25519), and the names that an evaluation gives to them: `[signing] keys`."""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

# The base64 line that `openssl pkey -pubout` writes: this, then the 32 bytes of the key (RFC 8410).
HEAD = bytes.fromhex("302a300506032b6570032100")
LENGTH = len(HEAD) + 32
# Points of small order, as y (the sign of x apart): anybody can sign for them.
SMALL_ORDER = (
    "00" * 32,
    "01" + "00" * 31,
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "ec" + "ff" * 30 + "7f",
    "ed" + "ff" * 30 + "7f",
    "ee" + "ff" * 30 + "7f",
)
# How much of a fingerprint is printed: 128 bits, by four.
PRINTED, GROUP = 32, 4


def raw_key(text: str) -> bytes | None:
    """The 32 bytes of a public key; None for a text that is none."""
    try:
        der = base64.b64decode(text, validate=True)
    except ValueError:
        return None
    canonical = base64.b64encode(der).decode() == text
    if not canonical or len(der) != LENGTH or not der.startswith(HEAD):
        return None
    raw = der.removeprefix(HEAD)
    height = bytes((*raw[:-1], raw[-1] & 0x7F))
    return None if height.hex() in SMALL_ORDER else raw


def is_public_key(value: Any) -> bool:
    """Whether a value is a public key."""
    return isinstance(value, str) and raw_key(value) is not None


def public_text(raw: bytes) -> str:
    """A public key as it is written."""
    return base64.b64encode(HEAD + raw).decode()


def fingerprint(key: str) -> str:
    """The start of the SHA-256 of a public key, as `sha256sum` gives it of its DER form."""
    digits = hashlib.sha256(base64.b64decode(key)).hexdigest()[:PRINTED]
    groups = [digits[at : at + GROUP] for at in range(0, PRINTED, GROUP)]
    return " ".join(groups)


def names_of_keys(signing: Mapping[str, Any]) -> dict[str, str]:
    """The name of each public key that an evaluation's `[signing]` declares."""
    keys: Mapping[str, str] = signing.get("keys", {})
    return {key: " ".join(name.split()) for name, key in keys.items()}
