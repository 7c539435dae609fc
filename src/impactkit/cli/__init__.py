"""The command line: words only. Each command hands what was typed to a function that does the work."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from impactkit.cli.app import FAILED, INTERRUPTED, REFUSED, Folder, To, app, codes_of, short, tell
from impactkit.cli.french import Command, french, misuse
from impactkit.errors import ImpactkitError, UnknownName
from impactkit.wording.catalogue import machine, say


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
    force: Annotated[bool, typer.Option("--force", help=say("cli.force"))] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=say("cli.dry"))] = False,
    as_json: Annotated[bool, typer.Option("--json", help=say("cli.json"))] = False,
    engine: Annotated[str, typer.Option(metavar="fork|plain", help=say("cli.engine"))] = "fork",
    dask: Annotated[str, typer.Option(metavar="ADRESSE", help=say("cli.dask"), show_default=False)] = "",
) -> None:
    from impactkit.reports.run import run

    codes = codes_of(only)
    # A bar for who looks, silence for who does not: a cron line writes to its owner when there is a word.
    progress = sys.stderr if sys.stderr.isatty() and not as_json else None
    summary = run(
        folder,
        only=codes,
        limit=limit,
        jobs=jobs,
        to=to,
        force=force,
        dry_run=dry_run,
        engine=engine,
        dask=dask,
        progress=progress,
        log=(lambda event: typer.echo(json.dumps(event, ensure_ascii=False))) if as_json else None,
    )
    tell(summary.outcomes)
    if dry_run:
        would = {code: words for code, words in summary.why.items() if words}
        typer.echo(say("run.would", n=len(would), count=len(would)))
        for code, words in would.items():
            typer.echo(say("run.would.line", territory=code, why=", ".join(words)))
    elif not as_json:
        if summary.outcomes:
            counts = {"count": len(summary.built), "all": len(summary.outcomes)}
            typer.echo(say("run.done", n=len(summary.built), **counts))
        if summary.kept:
            typer.echo(say("run.kept", n=len(summary.kept), count=len(summary.kept)))
        typer.echo(say("run.contents", path=short(summary.folder / "index.html")))
        if summary.built:
            typer.echo(say("run.changes", path=short(summary.folder / "changes.html")))
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
    tell(summary.outcomes)
    if summary.failed:
        raise typer.Exit(FAILED)
    page = summary.folder / territory / "report.html"
    typer.echo(short(page))
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
    typer.echo(say("new.done", path=short(path), folder=short(folder)))


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


# The others add themselves.
from impactkit.cli import readers  # noqa: E402, F401


def main() -> NoReturn:
    """The entry point: what goes wrong is said in words, with the exit code of its kind."""
    try:
        code = app(standalone_mode=False)
    except ImpactkitError as wrong:
        typer.echo(f"{type(wrong).__name__} : {wrong}", err=True)
        sys.exit(REFUSED)
    except OSError as refused:
        typer.echo(machine(refused), err=True)
        sys.exit(REFUSED)
    except (KeyboardInterrupt, typer.Abort):
        typer.echo(say("cli.interrupted"), err=True)
        sys.exit(INTERRUPTED)
    except Exception as wrong:
        if not hasattr(wrong, "exit_code") or not hasattr(wrong, "show"):
            raise
        # Without a word, the help is the answer.
        typer.echo(
            french(wrong.format_message()) if type(wrong).__name__ == "NoArgsIsHelpError" else misuse(wrong),
            err=True,
        )
        sys.exit(REFUSED)
    sys.exit(code if isinstance(code, int) else 0)
