"""The commands of who reads, signs, publishes and checks what was built."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from impactkit.cli.app import (
    FAILED,
    Folder,
    Only,
    Reports,
    To,
    argument,
    codes_of,
    command,
    echo,
    option,
    say,
    short,
)
from impactkit.errors import RefusedData
from impactkit.wording.language import FRENCH


@command("sign")
def sign_(
    report: Annotated[Path, argument("sign.report", "RAPPORT")],
    by: Annotated[str, option("sign.by", metavar="NOM")],
    as_: Annotated[str, option("sign.as", "--as", metavar="relu|valide")],
) -> None:
    from impactkit.data.public_keys import fingerprint
    from impactkit.reports.keys import own_key
    from impactkit.reports.signing import sign

    record = sign(FRENCH, report, by=by, as_=as_)
    echo(say("sign.done", report=short(report), edition=record.edition, state=record.state))
    key = own_key(FRENCH)
    if key is not None:
        echo(say("sign.key", fingerprint=fingerprint(key.public), public=key.public))


@command("publish")
def publish_(
    folder: Folder,
    to: Annotated[Path | None, option("publish.to", "--to", metavar="DOSSIER")] = None,
    mail: Annotated[bool, option("publish.mail", "--mail")] = False,
    draft_to: Annotated[str, option("publish.draft", metavar="ADRESSE")] = "",
    really: Annotated[bool, option("publish.send", "--send")] = False,
    again: Annotated[bool, option("publish.again", "--again")] = False,
    only: Only = None,
    reports: Reports = Path("reports"),
) -> None:
    from impactkit.reports.mail import send
    from impactkit.reports.publish import left_out, publish

    codes = codes_of(only)
    if to is None and not mail and not draft_to:
        raise FRENCH.error(RefusedData, "publish-nowhere")
    if to is not None:
        gone = publish(folder, to=to, reports=reports, only=codes)
        for words in left_out(FRENCH, reports.resolve() / folder.resolve().name):
            echo(words, err=True)
        echo(say("publish.done", n=len(gone), count=len(gone), path=short(to.resolve() / folder.name)))
    if mail or draft_to:
        letters = send(folder, reports=reports, only=codes, draft_to=draft_to, really=really, again=again)
        for one in letters:
            echo(say(f"mail.{one.state}", **asdict(one)), err=one.state in ("refused", "unsure"))
        if any(one.state == "would" for one in letters):
            echo(say("mail.dry"))
        if any(one.state in ("refused", "unsure") for one in letters):
            raise typer.Exit(FAILED)


@command("verify", hidden=True)
def verify_(
    report: Annotated[Path, argument("sign.report", "RAPPORT")],
    evaluation: Annotated[Path | None, option("verify.evaluation", metavar="DOSSIER")] = None,
) -> None:
    from impactkit.reports.verify import examined

    seen = examined(FRENCH, report, evaluation=evaluation)
    for words in seen.wrong:
        echo(words, err=True)
    for words in seen.uncompared:
        echo(words, err=bool(seen.wrong))
    for words in seen.signers:
        echo(words, err=bool(seen.wrong))
    if seen.wrong:
        raise typer.Exit(FAILED)
    record, count = seen.record, len(seen.uncompared)
    holes = {"report": short(report), "edition": record.edition, "state": record.state}
    if count:
        echo(say("verify.well.uncompared", n=count, count=count, **holes))
    else:
        echo(say("verify.well", count=len(record.outputs), **holes))


@command("withdraw", hidden=True)
def withdraw_(
    folder: Folder,
    table: Annotated[str, argument("withdraw.table", "TABLE")],
    key: Annotated[str, argument("withdraw.key", "CLÉ")],
    by: Annotated[str, option("withdraw.by", metavar="NOM")] = "",
    why: Annotated[str, option("withdraw.why", metavar="TEXTE")] = "",
    column: Annotated[str, option("withdraw.column", metavar="COLONNE")] = "",
) -> None:
    from impactkit.data.tables import schemas
    from impactkit.data.withdrawal import withdraw

    withdrawn = withdraw(FRENCH, folder, table, key, by=by, why=why, column=column)
    title = schemas(FRENCH)[table]["title"]
    sentence = say("withdraw.done", table=title, fact=withdrawn.key)
    echo(sentence)


@command("retract", hidden=True)
def retract_(
    folder: Folder,
    by: Annotated[str, option("retract.by", metavar="NOM")] = "",
    why: Annotated[str, option("retract.why", metavar="TEXTE")] = "",
    report: Annotated[str, option("retract.report", metavar="TERRITOIRE")] = "",
    edition: Annotated[int, option("retract.edition", metavar="N")] = 0,
    quotation: Annotated[str, option("retract.quotation", metavar="TEXTE")] = "",
    to: Annotated[Path | None, option("retract.to", "--to", metavar="DOSSIER")] = None,
    reports: Reports = Path("reports"),
) -> None:
    from impactkit.reports.retract import retract

    wanted = {"report": report, "edition": edition, "quotation": quotation}
    gone = retract(folder, by=by, why=why, to=to, reports=reports, **wanted)
    for line in dict.fromkeys((edition.territory, edition.number) for edition in gone):
        echo(say("retract.line", territory=line[0], edition=line[1]))
    if to is None:
        echo(say("retract.here"))


@command("schedule", hidden=True)
def schedule_(
    kind: Annotated[str, argument("schedule.kind", "systemd|cron")],
    folder: Folder,
    to: To = Path("reports"),
    when: Annotated[str, option("schedule.when", metavar="daily|weekly|monthly", shown=True)] = "monthly",
    into: Annotated[Path | None, option("schedule.into", metavar="DOSSIER")] = None,
) -> None:
    from impactkit.reports.schedule import schedule

    written = schedule(FRENCH, kind, folder, to=to, when=when)
    if into is not None:
        into.mkdir(parents=True, exist_ok=True)
    for name, text in written.items():
        if into is not None:
            (into / name).write_text(text, "utf-8")
            echo(short(into / name))
        else:
            echo(text if kind == "cron" else f"# {name}\n{text}", nl=kind != "cron")
    if kind == "systemd":
        # Not among the lines of the files, which may be kept as they are printed.
        echo(say("schedule.linger"), err=True)


@command("explain", hidden=True)
def explain_(
    report: Annotated[Path, argument("explain.report", "RAPPORT")],
    claim: Annotated[str, argument("explain.claim", "CONSTAT")],
    evaluation: Annotated[Path | None, option("explain.evaluation", metavar="DOSSIER")] = None,
) -> None:
    from impactkit.reports.explain import explain

    echo(str(explain(report, claim, evaluation=evaluation)))


@command("doctor", hidden=True)
def doctor() -> None:
    from impactkit.reports.doctor import examined

    signs = examined(FRENCH)
    marks = {
        True: say("doctor.well"),
        False: say("doctor.ill"),
        None: say("doctor.info"),
    }
    for sign in signs:
        echo(f"[{marks[sign.well]}] {sign.what}")
        if sign.well is False:
            echo(f"    {sign.remedy}")
    if any(sign.well is False for sign in signs):
        raise typer.Exit(FAILED)
