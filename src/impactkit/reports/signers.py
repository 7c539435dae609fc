"""Who signed a report: the keys of the lines of its journal, and the names that an evaluation gives them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from impactkit.data.public_keys import fingerprint
from impactkit.reports.ledger import PUBLISHED, Ledger, Line
from impactkit.reports.record import RunRecord, Signature
from impactkit.wording.catalogue import say

# The name of each public key.
Names = Mapping[str, str]


@dataclass(frozen=True)
class Proof:
    """What keys say of a report, in sentences: who signed, what does not agree, what could not be
    compared.
    """

    signers: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    uncompared: tuple[str, ...] = ()


@dataclass(frozen=True)
class Witnesses:
    """A report, its journal, the line that tells of it, its files, and the keys that an evaluation declares
    (none: any key will do).
    """

    record: RunRecord
    ledger: Ledger
    line: Line | None
    files: Mapping[str, str]
    names: Names = field(default_factory=dict)

    @property
    def signatures(self) -> list[Signature]:
        """The signatures of what the report says today."""
        return [one for one in self.record.signatures if one.content == self.record.content]

    @property
    def publication(self) -> Line | None:
        """The line of its publication: where it is published, the signatures themselves have no line."""
        return self.line if self.line is not None and self.line.event == PUBLISHED else None

    def keys_of(self, signature: Signature) -> list[str]:
        """The keys that a signature was made with, its own signer's first."""
        keys = {line.key for line in self.ledger.lines if line.key and line.attests(signature)}
        return sorted(keys, key=lambda key: (self.names.get(key) != signature.by, key))

    def proves(self, signature: Signature) -> bool:
        """Whether a signature was made with a key: where keys are declared, with that of its signer."""
        keys = self.keys_of(signature)
        return any(self.names[key] == signature.by for key in keys if key in self.names) or (
            bool(keys) and not self.names
        )

    @property
    def wants_a_key(self) -> bool:
        """Whether a signature without a key counts for nothing: keys are declared, or a signature of this
        journal was made with one.
        """
        return bool(self.names) or self.ledger.wants_a_key

    @property
    def held_files(self) -> list[Mapping[str, str]]:
        """The hashes of files that a key has signed: where keys are declared, one of those."""
        lines = [line for line in self.ledger.lines if line.key and line.files]
        return [line.files for line in lines if line.key in self.names or not self.names]


def proof(seen: Witnesses) -> Proof:
    """What the keys of a journal say of a report."""
    if not seen.signatures:
        return Proof()
    if seen.ledger.unchecked:
        wrong = (say("key.unchecked"),) if seen.names else ()
        return Proof(wrong=wrong, uncompared=(say("key.unchecked"),))
    published = seen.publication
    if published is not None:
        return _of_publication(seen, published)
    signers = tuple(_signer(seen, signature) for signature in seen.signatures)
    wrong = tuple(_unproved(seen))
    if seen.files in seen.held_files or not seen.held_files and not seen.names:
        return Proof(signers, wrong)
    return _of_other_files(seen, signers, wrong)


def _of_other_files(seen: Witnesses, signers: tuple[str, ...], wrong: tuple[str, ...]) -> Proof:
    """Built again since, without a key: refused where keys are declared, else said."""
    if seen.names:
        return Proof(signers, (*wrong, say("key.other-files")))
    return Proof(signers, wrong, (say("key.files-without"),))


def _unproved(seen: Witnesses) -> Iterator[str]:
    """Why the state of a report stands on no key, where one is wanted."""
    state = [signature for signature in seen.signatures if signature.state == seen.record.state]
    if not seen.wants_a_key or any(map(seen.proves, state)):
        return
    for signature in state:
        others = [seen.names.get(key, "") for key in seen.keys_of(signature)]
        if not others:
            yield say("key.none", by=signature.by)
        elif any(others):
            yield say("key.of-other", by=signature.by, name=next(filter(None, others)))
        else:
            yield say("key.undeclared", by=signature.by)


def _signer(seen: Witnesses, signature: Signature) -> str:
    """Who made a signature, as far as a key tells."""
    keys = seen.keys_of(signature)
    if not keys:
        return say("key.signed-without", by=signature.by)
    name = seen.names.get(keys[0], "")
    known = say("key.declared", name=name) if name else say("key.nameless")
    return say("key.signed-with", by=signature.by, fingerprint=fingerprint(keys[0]), known=known)


def _of_publication(seen: Witnesses, line: Line) -> Proof:
    if not line.key:
        wrong = (say("key.published-undeclared"),) if seen.names else ()
        return Proof((say("key.published-without"),), wrong)
    name = seen.names.get(line.key, "")
    known = say("key.declared", name=name) if name else say("key.nameless")
    wrong = (say("key.published-undeclared"),) if seen.names and not name else ()
    return Proof((say("key.published-with", fingerprint=fingerprint(line.key), known=known),), wrong)
