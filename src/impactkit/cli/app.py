"""What every command shares: the application, the words of its options, what a shell completes."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from impactkit.cli.french import Command, Group
from impactkit.data import csv_text
from impactkit.data.folders import find
from impactkit.errors import ImpactkitError
from impactkit.wording.language import FRENCH, Language
from impactkit.wording.plain_lines import on_a_line, plain_json, plain_lines

FAILED, REFUSED = 1, 2
say = FRENCH.say
# What is typed, asked and told before an evaluation is read.
say = FRENCH.say
app = typer.Typer(
    name="impactkit",
    help=say("cli.help"),
    cls=Group,
    no_args_is_help=True,
    rich_markup_mode=None,
    # A fault of ours shows where it is, never the values there: some are passwords.
    pretty_exceptions_show_locals=False,
)


def command(name: str, *, hidden: bool = False) -> Callable[..., Any]:
    """A command whose help and example are the catalogue's: `cli.<name>`, `cli.example.<name>`."""
    return app.command(name, cls=Command, help=say(f"cli.{name}"), hidden=hidden)


def argument(key: str, metavar: str, **more: Any) -> Any:
    """A word that a command needs, explained by `cli.<key>`."""
    return typer.Argument(metavar=metavar, help=say(f"cli.{key}"), show_default=False, **more)


def option(key: str, *names: str, shown: bool = False, **more: Any) -> Any:
    """An option explained by `cli.<key>`; `shown`: its default is worth saying."""
    return typer.Option(*names, help=say(f"cli.{key}"), show_default=shown, **more)


def _codes(ctx: typer.Context, incomplete: str) -> Iterator[tuple[str, str]]:
    """Codes of the folder's territories and their names; after a comma, those of one more."""
    before, comma, begun = incomplete.rpartition(",")
    file = _typed(ctx) / "territories.csv"
    if not file.is_file():
        # A pipe would be waited for, and the shell with it.
        return
    table = csv_text.strict(FRENCH, file, separator=",", most=csv_text.OWN)
    for row in table.records():
        code = row["territory"]
        if code.startswith(begun):
            yield before + comma + code, on_a_line(row["name"])


def _sources(ctx: typer.Context, incomplete: str) -> Iterator[str]:
    from impactkit.data.settings import toml_of

    settings = toml_of(FRENCH, _typed(ctx) / "evaluation.toml")
    names = (str(source.get("id", source["kind"])) for source in settings.get("source", ()))
    return (name for name in names if name.startswith(incomplete))


def _typed(ctx: typer.Context) -> Path:
    # Behind an option that waits for its value, words are not yet told apart.
    return find(ctx.params.get("folder") or ctx.args[0])


def _quietly(complete: Callable[..., Iterable[Any]]) -> Callable[..., list[Any]]:
    """Nothing to offer where there is no evaluation: who is typing is not told of it."""

    def offered(ctx: typer.Context, incomplete: str) -> list[Any]:
        try:
            return list(complete(ctx, incomplete))
        except (OSError, LookupError, ValueError, ImpactkitError):
            return []

    return offered


codes, sources = _quietly(_codes), _quietly(_sources)
Folder = Annotated[Path, argument("folder", "DOSSIER")]
Only = Annotated[list[str] | None, option("only", metavar="A,B", autocompletion=codes)]
To = Annotated[Path, option("to", "--to", metavar="DOSSIER", shown=True)]
Reports = Annotated[Path, option("reports", "--reports", metavar="DOSSIER", shown=True)]
Format = Annotated[str, option("format", "--format", metavar="text|json", shown=True)]


def codes_of(only: list[str] | None) -> list[str] | None:
    # Commas, or the option several times: both are typed.
    return [code.strip() for code in ",".join(only).split(",") if code.strip()] if only else None


def is_json(language: Language, format_: str) -> bool:
    """Whether `--format` asks for JSON. Raises UnknownName for what it does not know."""
    if format_ not in ("text", "json"):
        raise language.unknown("noun.format", format_, ("text", "json"))
    return format_ == "json"


def echo(text: str, *, err: bool = False, nl: bool = True) -> None:
    """Words on the terminal, the one way: nothing that a name holds is obeyed there."""
    typer.echo(plain_lines(text), err=err, nl=nl)


def tell_json(problems: Iterable[Any]) -> None:
    echo(plain_json([asdict(one) for one in problems], indent=2))


def tell(outcomes: Any) -> None:
    """What failed, and what is to be known of what was built, on the error output."""
    for words in dict.fromkeys(
        words for one in outcomes for words in (one.sentence(FRENCH), *one.notes) if words
    ):
        echo(words, err=True)


def short(path: Path) -> str:
    """A path as it is read from here."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
