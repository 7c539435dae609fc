"""The command line: words only. Each command hands what was typed to a function that does the work."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from impactkit.cli.french import Command, Group, french, misuse
from impactkit.errors import ImpactkitError, UnknownName
from impactkit.wording.catalogue import machine, say

FAILED, REFUSED, INTERRUPTED = 1, 2, 130
app = typer.Typer(
    name="impactkit",
    help=say("cli.help"),
    cls=Group,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)

Folder = Annotated[Path, typer.Argument(metavar="DOSSIER", help=say("cli.folder"), show_default=False)]
To = Annotated[Path, typer.Option("--to", metavar="DOSSIER", help=say("cli.to"))]


def _version(asked: bool) -> None:
    if asked:
        import impactkit

        typer.echo(impactkit.__version__)
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help=say("cli.version"))
    ] = False,
) -> None:
    pass


@app.command("run", cls=Command, help=say("cli.run"))
def run_(
    folder: Folder,
    only: Annotated[
        list[str] | None, typer.Option(metavar="A,B", help=say("cli.only"), show_default=False)
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, metavar="N", help=say("cli.limit"), show_default=False)
    ] = None,
    jobs: Annotated[int, typer.Option(min=1, metavar="N", help=say("cli.jobs"))] = 2,
    to: To = Path("reports"),
    as_json: Annotated[bool, typer.Option("--json", help=say("cli.json"))] = False,
) -> None:
    from impactkit.reports.run import run

    # Commas, or the option several times: both are typed.
    codes = [code.strip() for code in ",".join(only).split(",") if code.strip()] if only else None
    progress = None if as_json else sys.stderr
    summary = run(folder, only=codes, limit=limit, jobs=jobs, to=to, progress=progress)
    _tell(summary.outcomes)
    if as_json:
        found = [{"built": one.built, **asdict(one)} for one in summary.outcomes]
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        typer.echo(
            say("run.done", n=len(summary.built), count=len(summary.built), all=len(summary.outcomes))
        )
        typer.echo(say("run.contents", path=_short(summary.folder / "index.html")))
    if summary.failed:
        raise typer.Exit(FAILED)


@app.command(cls=Command, help=say("cli.report"))
def report(
    folder: Folder,
    territory: Annotated[
        str, typer.Argument(metavar="TERRITOIRE", help=say("cli.territory"), show_default=False)
    ],
    to: To = Path("reports"),
    open_: Annotated[bool, typer.Option("--open", help=say("cli.open"))] = False,
) -> None:
    from impactkit.reports.run import run

    summary = run(folder, only=[territory], jobs=1, to=to)
    _tell(summary.outcomes)
    if summary.failed:
        raise typer.Exit(FAILED)
    page = summary.folder / territory / "report.html"
    typer.echo(_short(page))
    if open_:
        typer.launch(page.as_uri())


@app.command("list", cls=Command, help=say("cli.list"))
def list_(folder: Folder) -> None:
    from impactkit.data.evaluation import load
    from impactkit.evidence.head import kind

    places = load(folder).territories
    width = max(len(place.code) for place in places)
    for place in places:
        typer.echo(f"{place.code:<{width}}  {place.name} ({place.wave.name}, {kind(place)})")


@app.command("check", cls=Command, help=say("cli.check"))
def check_(
    folder: Folder,
    territory: Annotated[
        str | None, typer.Option(metavar="TERRITOIRE", help=say("cli.check.territory"), show_default=False)
    ] = None,
    format_: Annotated[str, typer.Option("--format", metavar="text|json", help=say("cli.format"))] = "text",
) -> None:
    from impactkit.data.check import check

    if format_ not in ("text", "json"):
        raise UnknownName.among(say("noun.format"), format_, ("text", "json"))
    problems = check(folder, territory=territory)
    if format_ == "json":
        typer.echo(json.dumps([asdict(one) for one in problems], ensure_ascii=False, indent=2))
    elif problems:
        typer.echo(str(problems))
        typer.echo(say("check.count", n=len(problems), count=len(problems)))
    else:
        typer.echo(say("check.none"))
    if problems:
        raise typer.Exit(REFUSED)


@app.command("new", cls=Command, help=say("cli.new"))
def new_(
    folder: Folder,
    light: Annotated[bool, typer.Option("--light", help=say("cli.new.light"))] = False,
    territory: Annotated[
        str, typer.Option(metavar="TERRITOIRE", help=say("cli.new.territory"), show_default=False)
    ] = "",
    named: Annotated[
        list[str] | None, typer.Option(metavar="NOM", help=say("cli.new.named"), show_default=False)
    ] = None,
) -> None:
    from impactkit.data.begin import new_workbook

    path = new_workbook(folder, light=light, territory=territory, named=named or ())
    typer.echo(say("new.done", path=_short(path), folder=_short(folder)))


@app.command("import", cls=Command, help=say("cli.import"))
def import_(
    workbook: Annotated[
        Path, typer.Argument(metavar="CLASSEUR", help=say("cli.import.workbook"), show_default=False)
    ],
    folder: Folder,
    source: Annotated[
        str, typer.Option(metavar="TEXTE", help=say("cli.import.source"), show_default=False)
    ] = "",
    as_of: Annotated[
        str, typer.Option("--as-of", metavar="DATE", help=say("cli.import.as-of"), show_default=False)
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help=say("cli.import.dry"))] = False,
    format_: Annotated[str, typer.Option("--format", metavar="text|json", help=say("cli.format"))] = "text",
) -> None:
    from impactkit.data.take_in import import_workbook

    if format_ not in ("text", "json"):
        raise UnknownName.among(say("noun.format"), format_, ("text", "json"))
    done = import_workbook(workbook, folder, source=source, as_of=as_of, dry_run=dry_run)
    if format_ == "json":
        typer.echo(json.dumps([asdict(one) for one in done.problems], ensure_ascii=False, indent=2))
    else:
        typer.echo(str(done))
    if done.problems:
        raise typer.Exit(REFUSED)


@app.command(cls=Command, help=say("cli.doctor"))
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


@app.command("fetch", cls=Command, help=say("cli.fetch"))
def fetch_(
    folder: Folder,
    source: Annotated[
        str | None, typer.Option(metavar="SOURCE", help=say("cli.source"), show_default=False)
    ] = None,
) -> None:
    from impactkit.cli.progress import bars
    from impactkit.data.evaluation import settings_of
    from impactkit.data.folders import find
    from impactkit.data.sources.fetch import fetch

    place = find(folder).resolve()
    sources = settings_of(place, str(folder))["source"]
    if not sources:
        typer.echo(say("fetch.none"))
        return
    with bars() as progress:
        found = fetch(tuple(sources), place, only=source, progress=progress)
    for one in found:
        typer.echo(one.words, err=one.state == "failed")
    if any(one.state == "failed" for one in found):
        raise typer.Exit(FAILED)


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


def _tell(outcomes: Any) -> None:
    """What failed, and what is to be known of what was built, on the error output."""
    for one in outcomes:
        for words in (one.sentence, *one.notes):
            if words:
                typer.echo(words, err=True)


def _short(path: Path) -> str:
    """A path as it is read from here."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def main() -> NoReturn:
    """The entry point: what goes wrong is said in words, with the exit code of its kind."""
    try:
        code = app(standalone_mode=False)
    except ImpactkitError as error:
        typer.echo(f"{type(error).__name__} : {error}", err=True)
        sys.exit(REFUSED)
    except OSError as error:
        typer.echo(machine(error), err=True)
        sys.exit(REFUSED)
    except (KeyboardInterrupt, typer.Abort):
        typer.echo(say("cli.interrupted"), err=True)
        sys.exit(INTERRUPTED)
    except Exception as error:
        if not hasattr(error, "exit_code") or not hasattr(error, "show"):
            raise
        # Without a word, the help is the answer.
        typer.echo(
            french(error.format_message()) if type(error).__name__ == "NoArgsIsHelpError" else misuse(error),
            err=True,
        )
        sys.exit(REFUSED)
    sys.exit(code if isinstance(code, int) else 0)
