"""The commands of who reads, signs, publishes and checks what was built."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from impactkit.cli.app import FAILED, Folder, Reports, To, app, codes_of, short
from impactkit.cli.french import Command
from impactkit.errors import RefusedData
from impactkit.wording.catalogue import error, say


@app.command("sign", cls=Command, help=say("cli.sign"))
def sign_(
    report: Annotated[
        Path, typer.Argument(metavar="RAPPORT", help=say("cli.sign.report"), show_default=False)
    ],
    by: Annotated[str, typer.Option(metavar="NOM", help=say("cli.sign.by"), show_default=False)],
    as_: Annotated[
        str, typer.Option("--as", metavar="relu|valide", help=say("cli.sign.as"), show_default=False)
    ],
) -> None:
    from impactkit.reports.signing import sign

    record = sign(report, by=by, as_=as_)
    typer.echo(say("sign.done", report=short(report), edition=record.edition, state=record.state))


@app.command("publish", cls=Command, help=say("cli.publish"))
def publish_(
    folder: Folder,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="DOSSIER", help=say("cli.publish.to"), show_default=False)
    ] = None,
    mail: Annotated[bool, typer.Option("--mail", help=say("cli.publish.mail"))] = False,
    draft_to: Annotated[
        str, typer.Option(metavar="ADRESSE", help=say("cli.publish.draft"), show_default=False)
    ] = "",
    really: Annotated[bool, typer.Option("--send", help=say("cli.publish.send"))] = False,
    again: Annotated[bool, typer.Option("--again", help=say("cli.publish.again"))] = False,
    only: Annotated[
        list[str] | None, typer.Option(metavar="A,B", help=say("cli.only"), show_default=False)
    ] = None,
    reports: Reports = Path("reports"),
) -> None:
    from impactkit.reports.mail import send
    from impactkit.reports.publish import publish

    codes = codes_of(only)
    if to is None and not mail and not draft_to:
        raise error(RefusedData, "publish-nowhere")
    if to is not None:
        gone = publish(folder, to=to, reports=reports, only=codes)
        typer.echo(say("publish.done", n=len(gone), count=len(gone), path=short(to.resolve() / folder.name)))
    if mail or draft_to:
        letters = send(folder, reports=reports, only=codes, draft_to=draft_to, really=really, again=again)
        for one in letters:
            typer.echo(say(f"mail.{one.state}", **asdict(one)), err=one.state in ("refused", "unsure"))
        if any(one.state == "would" for one in letters):
            typer.echo(say("mail.dry"))
        if any(one.state in ("refused", "unsure") for one in letters):
            raise typer.Exit(FAILED)


@app.command("verify", cls=Command, help=say("cli.verify"), hidden=True)
def verify_(
    report: Annotated[
        Path, typer.Argument(metavar="RAPPORT", help=say("cli.sign.report"), show_default=False)
    ],
) -> None:
    from impactkit.reports.verify import verify

    record, found = verify(report)
    for words in found:
        typer.echo(words, err=True)
    if found:
        raise typer.Exit(FAILED)
    told = {"report": short(report), "edition": record.edition, "state": record.state}
    typer.echo(say("verify.well", count=len(record.outputs), **told))


@app.command("schedule", cls=Command, help=say("cli.schedule"), hidden=True)
def schedule_(
    kind: Annotated[str, typer.Argument(metavar="systemd|cron", help=say("cli.schedule.kind"))],
    folder: Folder,
    to: To = Path("reports"),
    when: Annotated[
        str, typer.Option(metavar="daily|weekly|monthly", help=say("cli.schedule.when"))
    ] = "monthly",
    into: Annotated[
        Path | None, typer.Option(metavar="DOSSIER", help=say("cli.schedule.into"), show_default=False)
    ] = None,
) -> None:
    from impactkit.reports.schedule import schedule

    for name, text in schedule(kind, folder, to=to, when=when).items():
        if into is not None:
            (into / name).write_text(text, "utf-8")
            typer.echo(short(into / name))
        else:
            typer.echo(text if kind == "cron" else f"# {name}\n{text}", nl=kind != "cron")


@app.command("explain", cls=Command, help=say("cli.explain"), hidden=True)
def explain_(
    report: Annotated[
        Path, typer.Argument(metavar="RAPPORT", help=say("cli.explain.report"), show_default=False)
    ],
    claim: Annotated[
        str, typer.Argument(metavar="CONSTAT", help=say("cli.explain.claim"), show_default=False)
    ],
    evaluation: Annotated[
        Path | None, typer.Option(metavar="DOSSIER", help=say("cli.explain.evaluation"), show_default=False)
    ] = None,
) -> None:
    from impactkit.reports.explain import explain

    typer.echo(str(explain(report, claim, evaluation=evaluation)))


@app.command(cls=Command, help=say("cli.doctor"), hidden=True)
def doctor() -> None:
    from impactkit.reports.doctor import examined

    signs = examined()
    marks = {True: say("doctor.well"), False: say("doctor.ill"), None: say("doctor.info")}
    for sign in signs:
        typer.echo(f"[{marks[sign.well]}] {sign.what}")
        if sign.well is False:
            typer.echo(f"    {sign.remedy}")
    if any(sign.well is False for sign in signs):
        raise typer.Exit(FAILED)
