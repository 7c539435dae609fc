"""What every command shares: the application, the words of its options, what it says."""

from pathlib import Path
from typing import Annotated, Any

import typer

from impactkit.cli.french import Group
from impactkit.wording.catalogue import say

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
Reports = Annotated[Path, typer.Option("--reports", metavar="DOSSIER", help=say("cli.reports"))]


def codes_of(only: list[str] | None) -> list[str] | None:
    # Commas, or the option several times: both are typed.
    return [code.strip() for code in ",".join(only).split(",") if code.strip()] if only else None


def tell(outcomes: Any) -> None:
    """What failed, and what is to be known of what was built, on the error output."""
    for words in dict.fromkeys(words for one in outcomes for words in (one.sentence, *one.notes) if words):
        typer.echo(words, err=True)


def short(path: Path) -> str:
    """A path as it is read from here."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
