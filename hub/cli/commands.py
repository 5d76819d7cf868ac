"""Which commands there are; what carries them out is imported only when one is called."""

import re
from importlib import import_module
from typing import Any, cast

import typer
from typer.core import TyperCommand, TyperGroup

COMMANDS = {
    "init": "Write a hub.toml to start from.",
    "up": "Run everything in this process.",
    "scheduler": "Make and hand out the runs that are due.",
    "adapter": "Carry out the runs of one kind of system.",
    "runlog": "Store results, and prune them.",
    "web": "Take webhook calls.",
    "apply": "Make hub.toml the configuration in force.",
    "config": "Look at applied configurations; revert, export, check.",
    "check": "Look whether all is in order, and how to mend what is not.",
    "jobs": "List, run, pause, resume and backfill jobs.",
    "runs": "List, show, cancel and hurry runs.",
    "plan": "Show what a sync would do, and do nothing.",
    "apply-plan": "Do what a plan showed, if it is still what would be done.",
    "systems": "Look at the systems: what goes which way, what waits.",
    "records": "Look at the hub's records.",
    "quarantine": "Look at what could not be taken; retry, accept, discard it.",
    "dead": "Look at what was given up; replay or discard it.",
    "trigger": "Ask for a run of a job, as another system would.",
    "prune": "Delete results older than the retention period now.",
    "migrate": "Bring the database to this version's schema.",
}
"""In the order in which one comes to need them. The module of each is called like it, with _ for -."""

_NUMBER = re.compile("m?[0-9]+")
"""Of a run, a revision, an entry, a message."""


class Commands(TyperGroup):
    """The commands of `hub`: known by name at once, imported when called."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = {name: TyperCommand(name, help=text) for name, text in COMMANDS.items()}

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Return what was called, loaded."""
        name, command, rest = cast("tuple[str | None, Any, list[str]]", super().resolve_command(ctx, args))
        return name, command and load(name or ""), rest


def load(name: str) -> Any:
    """Import a command."""
    module = import_module(f"hub.cli.{name.replace('-', '_')}")
    command: Any = typer.main.get_command(module.app)
    command.name = name
    return command


class Listing(TyperGroup):
    """A group whose listing is meant where none of its commands is named: `hub jobs --json`."""

    default = "list"
    takes_words = False
    """Whether a word that is no command belongs to the listing: `hub records stock`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Name the listing where nothing is named."""
        first = args[0] if args else ""
        if self._means_one(args):
            return super().parse_args(ctx, ["show", *args])
        option = first.startswith("-") and first != "--help"
        if not first or option or (self.takes_words and first not in (*self.commands, "--help")):
            args = [self.default, *args]
        return super().parse_args(ctx, args)

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Return what was called; a word that is no command is told with those that are."""
        try:
            return cast("tuple[str | None, Any, list[str]]", super().resolve_command(ctx, args))
        except typer.TyperException as fault:
            if "Did you mean" not in fault.message:
                fault.message += f" There are {', '.join(self.commands)}."
            raise

    def _means_one(self, args: list[str]) -> bool:
        """Tell whether one entry is meant: `hub runs 12`, `hub records order 1001`."""
        if not args or "show" not in self.commands or args[0] in self.commands:
            return False
        named = self.takes_words and len(args) > 1 and not any(each.startswith("-") for each in args[:2])
        return named or _NUMBER.fullmatch(args[0]) is not None


def group(text: str, kind: type[TyperGroup] = Listing) -> typer.Typer:
    """Return a group of commands, with the help that it shows."""
    return typer.Typer(cls=kind, help=text, rich_markup_mode=None, add_completion=False, no_args_is_help=False)


def single() -> typer.Typer:
    """Return the place of a command that stands alone."""
    return typer.Typer(rich_markup_mode=None, add_completion=False)
