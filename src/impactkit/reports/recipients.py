"""Who gets which report: the addresses of recipients.csv, each once, and why one cannot be written to."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import HeaderParseError, NonASCIILocalPartDefect
from email.headerregistry import Address, AddressHeader
from email.policy import default

from impactkit.data import csv_text
from impactkit.data.evaluation import Evaluation
from impactkit.errors import RefusedData
from impactkit.wording.language import Language

RECIPIENTS = "recipients.csv"
# Lengths of RFC 5321 (4.5.3.1), in bytes.
MOST_LOCAL, MOST_ADDRESS = 64, 254
ATOM = re.compile(r"[^\s()<>\[\]:;@\\,\"]+")
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
# Letters that no line of a message may hold: controls, line and paragraph separators, lone halves.
UNSENDABLE = ("Cc", "Zl", "Zp", "Cs", "Co", "Cn")
# A defect for old servers only: whether this one takes such letters is asked when there is one to send.
ACCENTED = NonASCIILocalPartDefect
# Marks that only tell the direction of a text.
INVISIBLE = "Cf"


@dataclass(frozen=True)
class Recipient:
    """One address of a territory, where it stands, and why nothing can be sent to it ("" when it can)."""

    territory: str
    address: str
    name: str = ""
    where: str = ""
    wrong: str = ""

    @property
    def key(self) -> str:
        """What two ways to write one address have in common."""
        return self.address.casefold()

    @property
    def header(self) -> str:
        """The address with the name beside it, as a message says it."""
        local, _, host = self.address.rpartition("@")
        # Told in two parts: whole, an address with an accent would be refused here.
        return str(Address(self.name, local, host)) if self.name else self.address


def recipients(ev: Evaluation) -> dict[str, list[Recipient]]:
    """Addresses by territory, each once, as the evaluation's recipients.csv gives them; those that cannot be
    written to say why.

    Raises RefusedData where the file is not there, a line a territory of it is wrong, or no address is one.
    """
    language = ev.language
    path = ev.folder / RECIPIENTS
    if not path.is_file():
        raise language.error(RefusedData, "no-recipients", where=str(path))
    table = csv_text.strict(language, path, most=csv_text.OWN)
    if not {"territory", "address"} <= set(table.header):
        raise language.error(RefusedData, "no-recipients", where=str(path))
    place, column = table.header.index("territory"), table.header.index("address")
    rows = [(line, row) for line, row in enumerate(table.rows, start=2) if any(map(str.strip, row))]
    known = [*(place.code for place in ev.territories), "programme"]
    if strangers := [(line, row[place]) for line, row in rows if row[place].strip() not in known]:
        cells = ", ".join(f"{RECIPIENTS}, A{line} ({code})" for line, code in strangers)
        raise language.error(RefusedData, "unknown-recipients", where=ev.name, cells=cells)
    people: dict[str, dict[str, Recipient]] = {}
    for line, row in rows:
        code = row[place].strip()
        of_place = people.setdefault(code, {})
        for person in of_cell(language, code, row[column], f"{RECIPIENTS}, B{line}"):
            of_place.setdefault(person.key, person)
    refuse_all_wrong(language, [person for of_place in people.values() for person in of_place.values()])
    return {code: list(of_place.values()) for code, of_place in people.items()}


def refuse_all_wrong(language: Language, people: list[Recipient]) -> None:
    """Raises RefusedData, naming their cells, when there is no address that can be written to."""
    if people and all(person.wrong for person in people):
        raise language.error(RefusedData, "address", where=", ".join(person.where for person in people))


def of_cell(language: Language, territory: str, cell: str, where: str) -> Iterator[Recipient]:
    """The addresses of one cell: several may stand there, with commas or semicolons between them."""
    text = cell.strip()
    if any(unicodedata.category(letter) in UNSENDABLE for letter in text):
        yield Recipient(territory, printable(text), where=where, wrong=language.say("mail.letters"))
        return
    # What a copy and a paste leave, which nobody sees.
    text = "".join(letter for letter in text if unicodedata.category(letter) != INVISIBLE)
    try:
        header = default.header_factory("To", _with_commas(text))
    except (ValueError, IndexError, HeaderParseError):
        header = None
    defects = [defect for defect in getattr(header, "defects", ()) if not isinstance(defect, ACCENTED)]
    if not isinstance(header, AddressHeader) or defects or not header.addresses:
        yield Recipient(territory, text, where=where, wrong=language.say("mail.no-address"))
        return
    for parsed in header.addresses:
        yield _recipient(language, territory, parsed, where)


def _with_commas(text: str) -> str:
    """The addresses with commas between them; the dot that may end the name of a host is not written."""
    commas = re.sub(r"[;,\s]*;[;,\s]*", ", ", text)
    return re.sub(r"\.(?=\s*(>|,|$))", "", commas.strip(", "))


def _recipient(language: Language, territory: str, parsed: Address, where: str) -> Recipient:
    """One address in its one form: composed letters, its host as the network writes it."""
    local = unicodedata.normalize("NFC", parsed.username)
    domain = unicodedata.normalize("NFC", parsed.domain).rstrip(".").lower()
    try:
        host = domain.encode("idna").decode("ascii")
    except UnicodeError:
        host = ""
    labels = host.split(".")
    address = f"{local}@{host or domain}"
    is_sound = ATOM.fullmatch(local) and ".." not in f".{local}." and len(labels) > 1
    is_short = len(local.encode()) <= MOST_LOCAL and len(address.encode()) <= MOST_ADDRESS
    if not (is_sound and is_short and all(map(LABEL.fullmatch, labels))):
        return Recipient(territory, f"{local}@{domain}", where=where, wrong=language.say("mail.no-address"))
    return Recipient(territory, address, parsed.display_name, where)


def printable(text: str) -> str:
    """A text on one line, what a terminal or a header would obey shown as a sign."""
    letters = ["\ufffd" if unicodedata.category(letter) in UNSENDABLE else letter for letter in text]
    return "".join(letters)


def broken(name: str) -> bool:
    """Whether a name holds what no line of a message may hold."""
    return len(name.splitlines()) > 1 or any(unicodedata.category(letter) in ("Zl", "Zp") for letter in name)
