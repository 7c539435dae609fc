"""The command line: words only. Each command hands what was typed to a function that does the work."""

import signal
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from impactkit.cli import INTERRUPTED, end_at_once
from impactkit.cli import app as shared
from impactkit.cli.app import (
    FAILED,
    Folder,
    Format,
    Only,
    To,
    app,
    argument,
    command,
    echo,
    option,
    say,
    short,
)
from impactkit.cli.french import french, misuse
from impactkit.errors import ImpactkitError
from impactkit.wording.language import FRENCH, Language
from impactkit.wording.plain_lines import plain_json


def _version(asked: bool) -> None:
    if asked:
        import impactkit

        echo(impactkit.__version__)
        raise typer.Exit


Version = Annotated[bool, option("version", "--version", callback=_version, is_eager=True)]


@app.callback()
def _root(version: Version = False) -> None:
    pass


@command("new")
def new_(
    folder: Folder,
    light: Annotated[bool, option("new.light", "--light")] = False,
    territory: Annotated[
        str, option("new.territory", metavar="TERRITOIRE", autocompletion=shared.codes)
    ] = "",
    named: Annotated[list[str] | None, option("new.named", metavar="NOM[=CODE,CODE]")] = None,
    title: Annotated[str, option("new.title", metavar="TEXTE")] = "",
    programme: Annotated[str, option("new.programme", metavar="TEXTE")] = "",
    wave: Annotated[list[str] | None, option("new.wave", metavar="AAAA-MM")] = None,
    perimeter: Annotated[str, option("new.perimeter", metavar="none|unit|epci|commune")] = "",
    outcome: Annotated[str, option("new.outcome", metavar="INDICATEUR")] = "",
    example: Annotated[str, option("new.example", metavar="demo")] = "",
) -> None:
    from impactkit.data.begin import new_workbook

    about = {"title": title, "programme": programme, "perimeter": perimeter, "outcome": outcome}
    many = {"named": named or [], "waves": wave or []}
    begun = (folder / "evaluation.toml").is_file()
    described = example or any((about | many).values())
    if sys.stdin.isatty() and not begun and not described:
        # One question a line; nothing typed keeps what the kit would write.
        for name in about:
            about[name] = typer.prompt(say(f"new.ask.{name}"), "", show_default=False)
        for name in many:
            typed = typer.prompt(say(f"new.ask.{name}"), "", show_default=False)
            many[name] = [word.strip() for word in typed.split(";") if word.strip()]
    given = {name: value for name, value in (about | many).items() if value}
    path = new_workbook(folder, light=light, territory=territory, example=example, **given)
    echo(say("new.done", path=short(path), folder=short(folder)))


@command("import")
def import_(
    workbook: Annotated[Path, argument("import.workbook", "CLASSEUR")],
    folder: Folder,
    source: Annotated[str, option("import.source", metavar="TEXTE")] = "",
    as_of: Annotated[str, option("import.as-of", "--as-of", metavar="DATE")] = "",
    hidden: Annotated[str, option("import.hidden", metavar="ask|keep|drop", shown=True)] = "ask",
    dry_run: Annotated[bool, option("import.dry", "--dry-run")] = False,
    format_: Format = "text",
) -> None:
    from impactkit.data.take_in import import_workbook

    as_json = shared.is_json(FRENCH, format_)
    done = import_workbook(
        workbook,
        folder,
        source=source,
        as_of=as_of,
        hidden=hidden,
        dry_run=dry_run,
    )
    if as_json:
        shared.tell_json(done.problems)
    else:
        echo(str(done))
    if done.problems:
        raise typer.Exit(shared.REFUSED)


@command("check")
def check_(
    folder: Folder,
    territory: Annotated[
        str | None, option("check.territory", metavar="TERRITOIRE", autocompletion=shared.codes)
    ] = None,
    format_: Format = "text",
) -> None:
    from impactkit.data.check import check

    as_json = shared.is_json(FRENCH, format_)
    problems = check(folder, territory=territory)
    if as_json:
        shared.tell_json(problems)
    elif problems:
        echo(str(problems))
        echo(say("check.count", n=len(problems), count=len(problems)))
    else:
        echo(say("check.none"))
    if not as_json:
        for note in problems.notes:
            echo(note)
    if problems:
        raise typer.Exit(shared.REFUSED)


@command("list")
def list_(folder: Folder) -> None:
    from impactkit.data.evaluation import load
    from impactkit.evidence.head import kind

    places = load(folder).territories
    width = max(len(place.code) for place in places)
    for place in places:
        echo(f"{place.code:<{width}}  {place.name} ({place.wave.name}, {kind(place)})")


@command("run")
def run_(
    folder: Folder,
    only: Only = None,
    limit: Annotated[int | None, option("limit", metavar="N", min=1)] = None,
    jobs: Annotated[int, option("jobs", metavar="N", min=1, shown=True)] = 2,
    to: To = Path("reports"),
    force: Annotated[bool, option("force", "--force")] = False,
    dry_run: Annotated[bool, option("dry", "--dry-run")] = False,
    as_json: Annotated[bool, option("json", "--json")] = False,
    engine: Annotated[str, option("engine", metavar="fork|plain", shown=True)] = "fork",
    dask: Annotated[str, option("dask", metavar="ADRESSE")] = "",
) -> None:
    from impactkit.reports.run import run

    about = {"only": shared.codes_of(only), "limit": limit, "jobs": jobs, "to": to, "force": force}
    about |= {"dry_run": dry_run, "engine": engine, "dask": dask}
    # A bar for who looks, silence for who does not: a cron line writes to its owner when there is a word.
    progress = sys.stderr if sys.stderr.isatty() and not as_json else None
    log = (lambda event: echo(plain_json(event))) if as_json else None
    summary = run(folder, progress=progress, log=log, **about)
    shared.tell(summary.outcomes)
    for words in summary.noted.notes:
        echo(words, err=True)
    if dry_run:
        stopped = {outcome.territory for outcome in summary.failed}
        would = {}
        for code, words in summary.why.items():
            if words and code not in stopped:
                would[code] = words
        echo(say("run.would", n=len(would), count=len(would)))
        for code, words in would.items():
            echo(say("run.would.line", territory=code, why=", ".join(words)))
    elif not as_json:
        if summary.outcomes:
            counts = {"count": len(summary.built), "all": len(summary.outcomes)}
            echo(say("run.done", n=len(summary.built), **counts))
        if summary.kept:
            echo(say("run.kept", n=len(summary.kept), count=len(summary.kept)))
        echo(say("run.contents", path=short(summary.folder / "index.html")))
        if summary.built:
            echo(say("run.changes", path=short(summary.folder / "changes.html")))
    if summary.failed:
        raise typer.Exit(FAILED)


@command("report")
def report(
    folder: Folder,
    territory: Annotated[str, argument("territory", "TERRITOIRE", autocompletion=shared.codes)],
    to: To = Path("reports"),
    open_: Annotated[bool, option("open", "--open")] = False,
) -> None:
    from impactkit.reports.run import run

    summary = run(folder, only=[territory], jobs=1, to=to)
    shared.tell(summary.outcomes)
    if summary.failed:
        raise typer.Exit(FAILED)
    page = summary.folder / territory / "report.html"
    echo(short(page))
    if open_:
        typer.launch(page.as_uri())


@command("fetch")
def fetch_(
    folder: Folder,
    source: Annotated[str | None, option("source", metavar="SOURCE", autocompletion=shared.sources)] = None,
) -> None:
    from impactkit.cli.progress import bars
    from impactkit.data.evaluation import settings_of
    from impactkit.data.folders import find
    from impactkit.data.sources.fetch import fetch

    place = find(folder).resolve()
    if not (sources := settings_of(FRENCH, place, str(folder))["source"]):
        echo(say("fetch.none"))
        return
    with bars() as progress:
        found = fetch(FRENCH, tuple(sources), place, only=source, progress=progress)
    for one in found:
        echo(one.words, err=one.state == "failed")
    if any(one.state == "failed" for one in found):
        raise typer.Exit(FAILED)


# The others add themselves.
from impactkit.cli import readers  # noqa: E402, F401


def obey(language: Language) -> NoReturn:
    """Do what was typed: what goes wrong is said in words, with the exit code of its kind."""
    try:
        code = app(prog_name="impactkit", standalone_mode=False)
    except ImpactkitError as wrong:
        echo(f"{type(wrong).__name__} : {wrong}", err=True)
        sys.exit(shared.REFUSED)
    except OSError as refused:
        echo(language.machine(refused), err=True)
        sys.exit(shared.REFUSED)
    except (KeyboardInterrupt, typer.Abort):
        # Nothing is left to interrupt: again, it only ends sooner.
        signal.signal(signal.SIGINT, end_at_once)
        echo(language.say("cli.interrupted"), err=True)
        sys.exit(INTERRUPTED)
    except Exception as wrong:
        if not hasattr(wrong, "exit_code") or not hasattr(wrong, "show"):
            raise
        # Without a word, the help is the answer.
        alone = type(wrong).__name__ == "NoArgsIsHelpError"
        echo(french(language, wrong.format_message()) if alone else misuse(language, wrong), err=True)
        sys.exit(shared.REFUSED)
    sys.exit(code if isinstance(code, int) else 0)
