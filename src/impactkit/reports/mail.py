"""Reports by e-mail: each territory's PDF to its recipients, never the same edition twice to one address."""

import contextlib
import datetime as dt
import hashlib
import json
import os
import smtplib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from pathlib import Path

from impactkit.data.evaluation import Evaluation, load
from impactkit.errors import ImpactkitError, RefusedData
from impactkit.reports.files import add_line, alone, now
from impactkit.reports.post import Post, opened, post
from impactkit.reports.publish import ready
from impactkit.reports.recipients import Recipient, broken, of_cell, recipients, refuse_all_wrong
from impactkit.reports.record import RunRecord, signed
from impactkit.wording.language import Language
from impactkit.wording.plain_lines import on_a_line

SENT = "sent.jsonl"
# Who writes.
SENDER = "IMPACTKIT_MAIL_FROM"
SENDING, DONE, REFUSED, UNSURE = "sending", "accepted", "refused", "unsure"
Todo = tuple[Path, RunRecord, Recipient]


@dataclass(frozen=True)
class Letter:
    """One report to one address, and what became of it: would, accepted, already, unsure (it was cut: it
    may have arrived), or refused, with the words of the server, or of the kit before anything is sent.
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
    language = ev.language
    if not (root := Path(reports).resolve() / ev.name).is_dir():
        raise language.error(RefusedData, "nothing-built", where=str(root))
    people = {} if draft_to else recipients(ev)
    drafted = [_only(language, "--draft-to", draft_to)] if draft_to else []
    wanted = only or (None if draft_to else sorted(people))
    letters: list[Letter] = []
    todo: list[Todo] = []
    with alone(language, root):
        going = ready(ev, root, wanted, drafts=bool(draft_to))
        known = _journal(root / SENT)
        for code, record in going.items():
            for person in drafted or people.get(code, []):
                last = known.get(_key(record, person, draft_to), "")
                state, words = _before(ev, code, person, last, really=really, again=again)
                if state:
                    letters.append(Letter(code, person.address, record.edition, state, words))
                else:
                    todo.append((root / code, record, person))
        if todo:
            letters += _sent(ev, todo, draft_to)
    return tuple(letters)


def _before(
    ev: Evaluation, code: str, person: Recipient, last: str, *, really: bool, again: bool
) -> tuple[str, str]:
    """What is known of a letter before anything leaves, and why; "" for one to send now."""
    if person.wrong:
        return REFUSED, f"{person.where} : {person.wrong}" if person.where else person.wrong
    if broken(_name(ev, code)):
        return REFUSED, ev.language.say("mail.broken-name")
    if last == DONE:
        return "already", ""
    if last == SENDING and not again:
        return UNSURE, ""
    return "" if really else "would", ""


def _only(language: Language, where: str, text: str) -> Recipient:
    """The one address of a text. Raises RefusedData for none, or several."""
    people = list(of_cell(language, "", text, where))
    refuse_all_wrong(language, people)
    if len(people) != 1 or people[0].wrong:
        raise language.error(RefusedData, "address", where=where)
    return people[0]


def _sent(ev: Evaluation, todo: Sequence[Todo], draft_to: str) -> Iterator[Letter]:
    """Send the letters one after the other; a server that leaves is called again for the next."""
    language = ev.language
    sender, place = _only(language, SENDER, os.environ.get(SENDER, "")), post(language)
    line = _Line(language, place, opened(language, place))
    for report, record, person in todo:
        letter = Letter(report.name, person.address, record.edition, SENDING)
        if not line.is_open():
            yield replace(letter, state=REFUSED, words=line.why)
            continue
        key = _key(record, person, draft_to)
        try:
            # What cannot leave is known before the journal says that it leaves.
            message = _message(ev, report, record, sender, person, key=key, draft=bool(draft_to))
            content = _content(language, message, line.server, sender, person)
        except ValueError as cause:
            yield replace(letter, state=REFUSED, words=on_a_line(str(cause)))
            continue
        state, words = _one(
            language, line.server, report.with_name(SENT), letter, key, sender, person, content
        )
        if state == UNSURE:
            line.lost = True
        yield replace(letter, state=state, words=on_a_line(place.masked(words)))
    line.close()


@dataclass
class _Line:
    """The connection to a server that may leave in the middle, and why it cannot be called again."""

    language: Language
    place: Post
    server: smtplib.SMTP
    lost: bool = False
    why: str = ""

    def is_open(self) -> bool:
        """Whether letters may go, once the server was called again if it had left."""
        if self.lost and not self.why:
            self.server.close()
            try:
                self.server, self.lost = opened(self.language, self.place), False
            except ImpactkitError as cause:
                self.why = cause.what
        return not self.lost

    def close(self) -> None:
        """Take leave; the letters are gone already, whether the server hears it or not."""
        with contextlib.suppress(smtplib.SMTPException, OSError):
            self.server.quit()


def _one(
    language: Language,
    server: smtplib.SMTP,
    journal: Path,
    letter: Letter,
    key: str,
    sender: Recipient,
    person: Recipient,
    content: bytes,
) -> tuple[str, str]:
    """Send one letter and say it in the journal, before and after: what became of it, in whose words."""
    about = {"territory": letter.territory, "address": letter.address, "edition": letter.edition}
    # Written before: a send that is cut is not tried again without being asked.
    add_line(language, journal, {"key": key, **about, "state": SENDING, "time": now()})
    state, words = DONE, ""
    is_wide = not (sender.address + person.address).isascii()
    options = ["SMTPUTF8", "BODY=8BITMIME"] if is_wide else []
    try:
        server.sendmail(sender.address, [person.address], content, options)
    except smtplib.SMTPRecipientsRefused as cause:
        state, words = REFUSED, _said(*next(iter(cause.recipients.values())))
    except smtplib.SMTPResponseException as cause:
        state, words = REFUSED, _said(cause.smtp_code, cause.smtp_error)
    except (smtplib.SMTPException, OSError) as cause:
        # Nobody knows: the journal keeps « sending » as its last word.
        return UNSURE, str(cause)
    add_line(language, journal, {"key": key, **about, "state": state, "words": words, "time": now()})
    return state, words


def _content(
    language: Language, message: EmailMessage, server: smtplib.SMTP, sender: Recipient, person: Recipient
) -> bytes:
    """The letter as it travels. Raises ValueError, in words, for one that this server does not take."""
    if (sender.address + person.address).isascii():
        return message.as_bytes(policy=SMTP)
    if not server.has_extn("smtputf8"):
        raise ValueError(language.say("mail.no-utf8"))
    return message.as_bytes(policy=SMTPUTF8)


def _said(code: int, said: bytes | str) -> str:
    return f"{code} {said.decode('utf-8', 'replace') if isinstance(said, bytes) else said}"


def _name(ev: Evaluation, code: str) -> str:
    return ev.name_of(code) if code != "programme" else ev.language.say("contents.programme")


def _message(
    ev: Evaluation,
    report: Path,
    record: RunRecord,
    sender: Recipient,
    person: Recipient,
    *,
    key: str,
    draft: bool,
) -> EmailMessage:
    language = ev.language
    code, edition = report.name, record.edition
    told = {"territory": _name(ev, code), "edition": edition, "evaluation": ev.title}
    message = EmailMessage()
    message["Subject"] = on_a_line(language.say("mail.subject.draft" if draft else "mail.subject", **told))
    message["Date"] = format_datetime(dt.datetime.now(dt.UTC))
    message["From"], message["To"] = sender.header, person.header
    # The same letter has the same name: a server that gets it twice can tell.
    message["Message-ID"] = f"<{key}@{sender.address.rpartition('@')[2]}>"
    text = language.say(
        "mail.body", state=signed(language, record.last), date=language.date(record.first_built), **told
    )
    message.set_content(f"{language.say('page.fictional')}\n\n{text}" if ev.fictional else text)
    pdf, file = (report / "report.pdf").read_bytes(), f"{code}-edition-{edition}.pdf"
    message.add_attachment(pdf, maintype="application", subtype="pdf", filename=file)
    return message


def _key(record: RunRecord, person: Recipient, draft_to: str) -> str:
    edition = [record.edition, record.content]
    told = [record.evaluation, record.territory, *edition, person.key, "draft" * bool(draft_to)]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:40]


def _journal(path: Path) -> dict[str, str]:
    """What became of each letter, the last word of it; a line cut or foreign tells nothing."""
    states: dict[str, str] = {}
    for line in path.read_bytes().splitlines() if path.is_file() else ():
        try:
            event = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if not isinstance(event, dict):
            continue
        key, state = event.get("key"), event.get("state")
        if isinstance(key, str) and isinstance(state, str):
            states[key] = state
    return states
