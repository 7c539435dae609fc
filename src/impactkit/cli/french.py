"""The command line's own words: typer speaks English, the kit does not."""

import signal
from typing import Any

from typer.core import TyperCommand, TyperGroup

from impactkit.cli import end_at_once
from impactkit.wording.language import FRENCH, Language

# What typer says of itself, and the catalogue's words for it.
TYPER = {
    "Usage:": "usage",
    "Options:": "options",
    "Arguments:": "arguments",
    "Commands:": "commands",
    "[OPTIONS]": "placeholder",
    "COMMAND [ARGS]...": "command",
    "[required]": "required",
    "[default: ": "default",
    "Show this message and exit.": "show",
    "Install completion for the current shell.": "install",
    "Show completion for the current shell, to copy it or customize the installation.": "completion",
}
# While they build, they hold Ctrl-C back; before and after, nothing is at stake.
BUILDERS = ("run", "report")


class Command(TyperCommand):
    """A command whose help is French throughout, and ends with an example."""

    def invoke(self, ctx: Any) -> Any:
        """Do it; Ctrl-C is from here on an exception, so that what was begun is put away."""
        if self.name not in BUILDERS and signal.getsignal(signal.SIGINT) is end_at_once:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        return super().invoke(ctx)

    def get_help(self, ctx: Any) -> str:
        """The help, typer's own words translated, and the example of `cli.example.<name>`."""
        example = f"{FRENCH.say('cli.example')}\n  {FRENCH.say(f'cli.example.{self.name}')}"
        return f"{french(FRENCH, super().get_help(ctx))}\n\n{example}"


class Group(TyperGroup):
    """The commands; one that does not exist is refused like any other name."""

    def get_help(self, ctx: Any) -> str:
        """The help, typer's own words translated; the commands that it does not list, by their names."""
        for param in self.get_params(ctx):
            # Before it is cut into lines.
            param.help = french(FRENCH, getattr(param, "help", "") or "")
        others = ", ".join(sorted(name for name, one in self.commands.items() if one.hidden))
        return f"{french(FRENCH, super().get_help(ctx))}\n\n{FRENCH.say('cli.further', names=others)}"

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command named first. Raises UnknownName with the nearest one."""
        if args and not args[0].startswith("-") and args[0] not in self.commands:
            raise FRENCH.unknown("noun.command", args[0], self.commands)
        return super().resolve_command(ctx, args)


def french(language: Language, text: str) -> str:
    """A help text, typer's own words translated."""
    for words, key in TYPER.items():
        text = text.replace(words, language.say(f"cli.typer.{key}"))
    return text.replace("; x>=1]", "]").replace("  [x>=1]", "")


def misuse(language: Language, error: Any) -> str:
    """What typer refuses, in the catalogue's words: the parts of its exceptions, never their English."""
    command = error.ctx.command_path if error.ctx else "impactkit"
    hint = language.say("cli.wrong.next", command=command)
    if name := getattr(error, "option_name", ""):
        params = error.ctx.command.get_params(error.ctx) if error.ctx else []
        known = [opt for param in params for opt in param.opts if opt[0] == "-"]
        if known and name not in known:
            return str(language.unknown("noun.option", name, known))
        return f"{language.say('cli.wrong', name=name)}\n  {hint}"
    if (param := getattr(error, "param", None)) is None:
        return f"{language.say('cli.wrong.words')}\n  {hint}"
    name = param.opts[0] if param.opts[0].startswith("-") else param.metavar or param.name
    key = "cli.missing" if type(error).__name__ == "MissingParameter" else "cli.wrong"
    return f"{language.say(key, name=name)}\n  {hint}"
