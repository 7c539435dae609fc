"""The key that signs the lines of a journal (Ed25519): a file that the environment names, never said, never
written, never read where a notebook runs.
"""

import base64
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from impactkit.data.public_keys import public_text, raw_key
from impactkit.errors import RefusedData
from impactkit.wording.language import Language

VARIABLE = "IMPACTKIT_SIGNING_KEY"
# What a notebook has no business with.
SECRETS = (VARIABLE, "IMPACTKIT_SMTP")
MOST_BYTES = 10_000
# Anyone but its owner.
OTHERS = stat.S_IRWXG | stat.S_IRWXO
# What is signed is a line of a journal, and can serve as nothing else.
PURPOSE = "impactkit journal"


def unsecret(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment for a process where a notebook runs: without keys nor passwords."""
    return {name: value for name, value in environment.items() if name not in SECRETS}


@dataclass(frozen=True)
class OwnKey:
    """A private key; it shows its public half alone."""

    public: str
    _private: Any = field(repr=False)

    def signature(self, text: str) -> str:
        """The signature of a text, in base64."""
        signed: bytes = self._private.sign(_message(text))
        return base64.b64encode(signed).decode()


def own_key(language: Language) -> OwnKey | None:
    """The key that the environment names; None where it names none. Raises RefusedData, without repeating
    what it says, for what is no key, a file that others may read, or where `cryptography` is not installed.
    """
    path = os.environ.get(VARIABLE, "").strip()
    if not path:
        return None
    try:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key
    except ImportError as cause:
        raise language.error(RefusedData, "signing-library", where=VARIABLE) from cause
    content, refused = _content(path)
    private: Any = None
    if not refused:
        try:
            private = load_pem_private_key(content, password=None)
        except Exception:  # Whatever the library says of a key, it is not repeated.
            refused = "signing-kind"
    # Outside of the handler: a cause would show what it holds.
    if not isinstance(private, Ed25519PrivateKey):
        raise language.error(RefusedData, refused or "signing-kind", where=VARIABLE)
    return OwnKey(public_text(private.public_key().public_bytes_raw()), private)


def _content(path: str) -> tuple[bytes, str]:
    """What the file of a key holds, or why it is not read."""
    try:
        # A pipe is not waited for: it is no file.
        number = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(number, "rb") as file:
            mode = os.fstat(number).st_mode
            if not stat.S_ISREG(mode):
                return b"", "signing-unreadable"
            if mode & OTHERS:
                return b"", "signing-open"
            return file.read(MOST_BYTES), ""
    except OSError:
        return b"", "signing-unreadable"


def is_signature(public: str, text: str, signature: str) -> bool | None:
    """Whether a signature of a text is that of a public key; None where `cryptography` is not installed."""
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        return None
    raw = raw_key(public)
    if raw is None:
        return False
    try:
        key = Ed25519PublicKey.from_public_bytes(raw)
        key.verify(base64.b64decode(signature, validate=True), _message(text))
    except (ValueError, InvalidSignature):
        return False
    return True


def _message(text: str) -> bytes:
    return f"{PURPOSE}\0{text}".encode()
