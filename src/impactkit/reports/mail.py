"""Reports by e-mail: each territory's PDF to its recipients, never the same edition twice to one address."""

import contextlib
import datetime as dt
import hashlib
import json
import os
import smtplib
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from pathlib import Path
from urllib.parse import unquote, urlsplit

from impactkit.data import csv_text
from impactkit.data.evaluation import Evaluation, load
from impactkit.errors import RefusedData
from impactkit.reports.files import add_line, alone, now
from impactkit.reports.publish import ready
from impactkit.reports.record import RunRecord, signed
from impactkit.wording.catalogue import error, say
from impactkit.wording.numbers import date

RECIPIENTS, SENT = "recipients.csv", "sent.jsonl"
# Where mail goes out (smtp://name:password@host:587, under STARTTLS, or smtps://…), who writes, and who
# vouches for the host.
SERVER, SENDER, AUTHORITY = "IMPACTKIT_SMTP", "IMPACTKIT_MAIL_FROM", "IMPACTKIT_SMTP_CA"
SENDING, DONE, REFUSED = "sending", "accepted", "refused"
SECONDS = 60


@dataclass(frozen=True)
class Letter:
    """One report to one address, and what became of it: would, accepted, already, unsure (it was cut: it
    may have arrived), or refused with the server's words.
    """

    territory: str
    address: str
    edition: int
    state: str
    words: str = ""


def send(
    folder: str | Path,
    *,
    reports: str | Path = "reports",
    only: Sequence[str] | None = None,
    draft_to: str = "",
    really: bool = False,
    again: bool = False,
) -> tuple[Letter, ...]:
    """Send the validated reports of an evaluation to the recipients of its recipients.csv (territory,
    address), or drafts too, all to one address (`draft_to`). Without `really` nothing leaves: the letters
    are those that would. `again`: also those of which nobody knows whether they arrived.

    Raises what `publish.ready` does, RefusedData for addresses that are none, or a server that cannot be
    used.
    """
    ev = load(folder)
    if not (root := Path(reports).resolve() / ev.name).is_dir():
        raise error(RefusedData, "nothing-built", where=str(root))
    addresses = {} if draft_to else _recipients(ev)
    if draft_to:
        _checked([(draft_to, "--draft-to")])
    wanted = only or (None if draft_to else sorted(addresses))
    with alone(root):
        going = ready(ev, root, wanted, drafts=bool(draft_to))
        told = {DONE: "already", SENDING: "" if again else "unsure"}
        known, found, todo = _journal(root / SENT), [], []
        for code, record in going.items():
            for to in [draft_to] if draft_to else addresses.get(code, ()):
                last = known.get(_key(record, to, draft_to), "")
                state = told.get(last) or ("" if really else "would")
                if state:
                    found.append(Letter(code, to, record.edition, state))
                else:
                    todo.append((root / code, record, to))
        if todo:
            found += _sent(ev, todo, draft_to)
    return tuple(found)


def _sent(ev: Evaluation, todo: Sequence[tuple[Path, RunRecord, str]], draft_to: str) -> Iterator[Letter]:
    sender = os.environ.get(SENDER, "")
    _checked([(sender, SENDER)])
    with _server() as server:
        for report, record, to in todo:
            key, journal = _key(record, to, draft_to), report.with_name(SENT)
            about = {"territory": report.name, "address": to, "edition": record.edition}
            # Written before: a send that is cut is not tried again without being asked.
            add_line(journal, {"key": key, **about, "state": SENDING, "time": now()})
            state, words = DONE, ""
            try:
                message = _message(ev, report, record, draft=bool(draft_to))
                message["From"], message["To"] = sender, to
                # The same letter has the same name: a server that gets it twice can tell.
                message["Message-ID"] = f"<{key}@{parseaddr(sender)[1].rpartition('@')[2]}>"
                server.send_message(message)
            except smtplib.SMTPRecipientsRefused as cause:
                state, words = REFUSED, _said(*next(iter(cause.recipients.values())))
            except smtplib.SMTPResponseException as cause:
                state, words = REFUSED, _said(cause.smtp_code, cause.smtp_error)
            add_line(journal, {"key": key, **about, "state": state, "words": words, "time": now()})
            yield Letter(**about, state=state, words=words)


def _said(code: int, said: bytes | str) -> str:
    return f"{code} {said.decode('utf-8', 'replace') if isinstance(said, bytes) else said}"


def _message(ev: Evaluation, report: Path, record: RunRecord, *, draft: bool) -> EmailMessage:
    code, edition = report.name, record.edition
    name = ev.name_of(code) if code != "programme" else say("contents.programme")
    told = {"territory": name, "edition": edition, "evaluation": ev.title}
    message = EmailMessage()
    message["Subject"] = say("mail.subject.draft" if draft else "mail.subject", **told)
    message["Date"] = format_datetime(dt.datetime.now(dt.UTC))
    text = say("mail.body", state=signed(record.last), date=date(record.first_built), **told)
    message.set_content(f"{say('page.fictional')}\n\n{text}" if ev.fictional else text)
    pdf, file = (report / "report.pdf").read_bytes(), f"{code}-edition-{edition}.pdf"
    message.add_attachment(pdf, maintype="application", subtype="pdf", filename=file)
    return message


def _server() -> smtplib.SMTP:
    """The server that the environment names, always under TLS. Raises RefusedData when it cannot be used."""
    given = os.environ.get(SERVER, "")
    parts = urlsplit(given)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise error(RefusedData, "smtp-unset", where=SERVER)
    trust = ssl.create_default_context(cafile=os.environ.get(AUTHORITY) or None)
    try:
        if parts.scheme == "smtps":
            port = parts.port or 465
            server: smtplib.SMTP = smtplib.SMTP_SSL(parts.hostname, port, timeout=SECONDS, context=trust)
        else:
            server = smtplib.SMTP(parts.hostname, parts.port or 587, timeout=SECONDS)
            server.starttls(context=trust)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
    except (OSError, smtplib.SMTPException) as cause:
        raise error(RefusedData, "smtp", where=parts.hostname, cause=str(cause)) from cause
    return server


def _recipients(ev: Evaluation) -> dict[str, list[str]]:
    """Addresses by territory, as the evaluation's recipients.csv gives them."""
    path = ev.folder / RECIPIENTS
    if not path.is_file():
        raise error(RefusedData, "no-recipients", where=str(path))
    table = csv_text.strict(path)
    if not {"territory", "address"} <= set(table.header):
        raise error(RefusedData, "no-recipients", where=str(path))
    columns = table.header.index("territory"), table.header.index("address")
    lines = [(n, row) for n, row in enumerate(table.rows, start=2) if any(map(str.strip, row))]
    rows = [(n, *(row[column].strip() for column in columns)) for n, row in lines]
    _checked([(address, f"{RECIPIENTS}, B{n}") for n, _, address in rows])
    known = [*(place.code for place in ev.territories), "programme"]
    if strangers := [f"{RECIPIENTS}, A{n} ({code})" for n, code, _ in rows if code not in known]:
        raise error(RefusedData, "unknown-recipients", where=ev.name, cells=", ".join(strangers))
    return {code: [address for _, of, address in rows if of == code] for _, code, _ in rows}


def _checked(addresses: Sequence[tuple[str, str]]) -> None:
    def wrong(address: str) -> bool:
        return "@" not in parseaddr(address)[1] or any(ord(letter) < 32 for letter in address)

    if found := ", ".join(where for address, where in addresses if wrong(address)):
        raise error(RefusedData, "address", where=found)


def _key(record: RunRecord, address: str, draft_to: str) -> str:
    told = [record.evaluation, record.territory, record.content, address.lower(), "draft" * bool(draft_to)]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:40]


def _journal(path: Path) -> dict[str, str]:
    """What became of each letter, the last word of it; a line that was cut is the last, and told nothing."""
    found: dict[str, str] = {}
    for line in path.read_text("utf-8").splitlines() if path.is_file() else ():
        with contextlib.suppress(ValueError):
            told = json.loads(line)
            found[told["key"]] = told["state"]
    return found
