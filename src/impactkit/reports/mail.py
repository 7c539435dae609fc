"""Reports by e-mail: each territory's PDF to its recipients, never the same edition twice to one address."""

import csv
import datetime as dt
import hashlib
import json
import os
import smtplib
import ssl
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from pathlib import Path
from urllib.parse import unquote, urlsplit

from impactkit.data.evaluation import Evaluation, load
from impactkit.errors import RefusedData
from impactkit.reports.lock import alone
from impactkit.reports.publish import Ready, ready
from impactkit.reports.record import RunRecord
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
    ev, root = load(folder), Path(reports).resolve()
    if not (root / ev.name).is_dir():
        raise error(RefusedData, "nothing-built", where=str(root / ev.name))
    addresses = {} if draft_to else _recipients(ev)
    if draft_to:
        _checked([(draft_to, "--draft-to")])
    wanted = only or (None if draft_to else sorted(addresses))
    with alone(root / ev.name):
        going = ready(ev, root, wanted, drafts=bool(draft_to))
        journal = root / ev.name / SENT
        known = _journal(journal)
        every = [
            (one, to) for one in going for to in ([draft_to] if draft_to else addresses.get(one.code, ()))
        ]
        found, todo = [], []
        for one, to in every:
            state = known.get(_key(one.record, to, draft_to), "")
            if state == DONE or state == SENDING and not again:
                told = "already" if state == DONE else "unsure"
                found.append(Letter(one.code, to, one.record.edition, told))
            elif really:
                todo.append((one, to))
            else:
                found.append(Letter(one.code, to, one.record.edition, "would"))
        if todo:
            found += _sent(ev, todo, journal, draft_to)
    return tuple(found)


def _sent(
    ev: Evaluation, todo: Sequence[tuple[Ready, str]], journal: Path, draft_to: str
) -> Iterator[Letter]:
    sender = os.environ.get(SENDER, "")
    _checked([(sender, SENDER)])
    with _server() as server:
        for one, to in todo:
            key, about = (
                _key(one.record, to, draft_to),
                {"territory": one.code, "edition": one.record.edition},
            )
            # Written before: a send that is cut is not tried again without being asked.
            _note(journal, {"key": key, "state": SENDING, "address": to, **about})
            state, words = DONE, ""
            try:
                server.send_message(_message(ev, one, to, sender, key, bool(draft_to)))
            except smtplib.SMTPRecipientsRefused as cause:
                code, said = next(iter(cause.recipients.values()))
                state, words = REFUSED, f"{code} {said.decode('utf-8', 'replace')}"
            except smtplib.SMTPResponseException as cause:
                said = cause.smtp_error
                text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
                state, words = REFUSED, f"{cause.smtp_code} {text}"
            _note(journal, {"key": key, "state": state, "address": to, "words": words, **about})
            yield Letter(one.code, to, one.record.edition, state, words)


def _message(ev: Evaluation, one: Ready, to: str, sender: str, key: str, draft: bool) -> EmailMessage:
    name = ev.name_of(one.code) if one.code != "programme" else say("contents.programme")
    told = {"territory": name, "edition": one.record.edition, "evaluation": ev.title}
    signed = one.record.last
    state = (
        say("state.valid" if signed.state == "validé" else "state.read", by=signed.by, on=date(signed.on))
        if signed
        else say("state.draft")
    )
    message = EmailMessage()
    message["From"], message["To"] = sender, to
    message["Subject"] = say("mail.subject.draft" if draft else "mail.subject", **told)
    message["Date"] = format_datetime(dt.datetime.now(dt.UTC))
    # The same letter has the same name: a server that gets it twice can tell.
    message["Message-ID"] = f"<{key}@{parseaddr(sender)[1].rpartition('@')[2]}>"
    text = say("mail.body", state=state, date=date(one.record.first_built), **told)
    message.set_content(f"{say('page.fictional')}\n\n{text}" if ev.fictional else text)
    pdf = (one.folder / "report.pdf").read_bytes()
    file = f"{one.code}-edition-{one.record.edition}.pdf"
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
    found: dict[str, list[str]] = {}
    with path.open(encoding="utf-8-sig", newline="") as lines:
        table = csv.DictReader(lines)
        if not {"territory", "address"} <= set(table.fieldnames or ()):
            raise error(RefusedData, "no-recipients", where=str(path))
        rows = [
            (n, row["territory"].strip(), row["address"].strip()) for n, row in enumerate(table, start=2)
        ]
    _checked([(address, f"{RECIPIENTS}, B{n}") for n, _, address in rows])
    known = {place.code for place in ev.territories} | {"programme"}
    strangers = [f"{RECIPIENTS}, A{n} ({code})" for n, code, _ in rows if code not in known]
    if strangers:
        raise error(RefusedData, "unknown-recipients", where=ev.name, cells=", ".join(strangers))
    for _, code, address in rows:
        found.setdefault(code, []).append(address)
    return found


def _checked(addresses: Sequence[tuple[str, str]]) -> None:
    wrong = [
        where
        for address, where in addresses
        if "@" not in parseaddr(address)[1] or any(ord(letter) < 32 for letter in address)
    ]
    if wrong:
        raise error(RefusedData, "address", where=", ".join(wrong))


def _key(record: RunRecord, address: str, draft_to: str) -> str:
    told = [
        record.evaluation,
        record.territory,
        record.content,
        address.lower(),
        "draft" if draft_to else "",
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:40]


def _journal(path: Path) -> dict[str, str]:
    """What became of each letter, the last word of it; a line that was cut is the last, and told nothing."""
    found: dict[str, str] = {}
    if path.is_file():
        for line in path.read_text("utf-8").splitlines():
            try:
                told = json.loads(line)
            except ValueError:
                continue
            found[told["key"]] = told["state"]
    return found


def _note(path: Path, told: Mapping[str, object]) -> None:
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps({**told, "time": now}, ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())
