"""Who signed a report: the keys of the lines of its journal, and the names that an evaluation gives them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from impactkit.data.public_keys import fingerprint
from impactkit.reports.ledger import PUBLISHED, Ledger, Line
from impactkit.reports.record import RunRecord, Signature
from impactkit.wording.language import Language

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
        content = self.record.content
        return [signature for signature in self.record.signatures if signature.content == content]

    @property
    def publication(self) -> Line | None:
        """The line of its publication: where it is published, the signatures themselves have no line."""
        line = self.line
        if line is None or line.event != PUBLISHED:
            return None
        return line

    def keys_of(self, signature: Signature) -> list[str]:
        """The keys that a signature was made with, its own signer's first."""
        lines = self.ledger.lines
        keys = {line.key for line in lines if line.key and line.attests(signature)}

        def rank(key: str) -> tuple[bool, str]:
            return self.names.get(key) != signature.by, key

        return sorted(keys, key=rank)

    def proves(self, signature: Signature) -> bool:
        """Whether a signature was made with a key: where keys are declared, with that of its signer."""
        keys = self.keys_of(signature)
        if not self.names:
            return bool(keys)
        names = map(self.names.get, keys)
        return signature.by in names

    @property
    def wants_a_key(self) -> bool:
        """Whether a signature without a key counts for nothing: keys are declared, or a signature of this
        journal was made with one.
        """
        return bool(self.names) or self.ledger.wants_a_key

    @property
    def held_files(self) -> list[Mapping[str, str]]:
        """The hashes of files that a key has signed: where keys are declared, one of those."""
        return [
            line.files for line in self.ledger.lines if line.key and line.files and self.admits(line.key)
        ]

    def admits(self, key: str) -> bool:
        """Whether a key is declared, or none is."""
        return not self.names or key in self.names


def proof(language: Language, seen: Witnesses) -> Proof:
    """What the keys of a journal say of a report."""
    if not seen.signatures:
        return Proof()
    if seen.ledger.unchecked:
        unchecked = (language.say("key.unchecked"),)
        return Proof(wrong=unchecked if seen.names else (), uncompared=unchecked)
    published = seen.publication
    if published is not None:
        return _of_publication(language, seen, published)
    signers = tuple(_signer(language, seen, signature) for signature in seen.signatures)
    wrong = tuple(_unproved(language, seen))
    held = seen.held_files
    if seen.files in held:
        return Proof(signers, wrong)
    # Built again since, without a key: refused where keys are declared, else said.
    if seen.names:
        return Proof(signers, (*wrong, language.say("key.other-files")))
    if held:
        return Proof(signers, wrong, (language.say("key.files-without"),))
    return Proof(signers, wrong)


def _unproved(language: Language, seen: Witnesses) -> Iterator[str]:
    """Why the state of a report stands on no key, where one is wanted."""
    state = seen.record.state
    signatures = [signature for signature in seen.signatures if signature.state == state]
    if not seen.wants_a_key or any(map(seen.proves, signatures)):
        return
    for signature in signatures:
        keys = seen.keys_of(signature)
        names = [seen.names[key] for key in keys if key in seen.names]
        if not keys:
            yield language.say("key.none", by=signature.by)
        elif names:
            yield language.say("key.of-other", by=signature.by, name=names[0])
        else:
            yield language.say("key.undeclared", by=signature.by)


def _signer(language: Language, seen: Witnesses, signature: Signature) -> str:
    """Who made a signature, as far as a key tells."""
    keys = seen.keys_of(signature)
    if not keys:
        return language.say("key.signed-without", by=signature.by)
    key = keys[0]
    return language.say(
        "key.signed-with",
        by=signature.by,
        fingerprint=fingerprint(key),
        known=_holder(language, seen, key),
    )


def _holder(language: Language, seen: Witnesses, key: str) -> str:
    name = seen.names.get(key)
    if name is None:
        return language.say("key.nameless")
    return language.say("key.declared", name=name)


def _of_publication(language: Language, seen: Witnesses, line: Line) -> Proof:
    wrong: tuple[str, ...] = ()
    if seen.names and line.key not in seen.names:
        wrong = (language.say("key.published-undeclared"),)
    if not line.key:
        return Proof((language.say("key.published-without"),), wrong)
    words = language.say(
        "key.published-with",
        fingerprint=fingerprint(line.key),
        known=_holder(language, seen, line.key),
    )
    return Proof((words,), wrong)
