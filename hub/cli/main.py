"""The root of the command line: global options, errors in one line, exit codes."""

import errno
import os
import sys
import tempfile
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, Any

import typer

from hub.cli.commands import Commands
from hub.errors import HubError, Misconfigured, TryLater

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""What a disk says that takes no more."""
OURS = ("hub", "adapters", "scheduler")
"""What is never missing because somebody left it out."""
GOOD, NOT_WELL, WRONG, AWAY, INTERRUPTED = 0, 1, 2, 3, 130
EXIT_CODES = """\b
Exit codes:
  0    good
  1    something did not go well
  2    the configuration or the command is wrong
  3    the database, the broker or a system cannot be reached
  130  interrupted
Every command: hub COMMAND --help. All of them: docs/commands.md"""


@dataclass(frozen=True, slots=True)
class Start:
    """What was said before the command."""

    config: Path
    debug: bool


def _show_version(wanted: bool) -> None:
    if not wanted:
        return
    try:
        typer.echo(f"hub {version('hubwerk')}")
    except PackageNotFoundError:
        typer.echo("hub, run from its source without being installed")
    raise typer.Exit


app = typer.Typer(cls=Commands, rich_markup_mode=None, epilog=EXIT_CODES, no_args_is_help=True)


@app.callback()
def root(
    ctx: typer.Context,
    config: Annotated[
        Path, typer.Option("--config", "-c", envvar="HUB_CONFIG", metavar="PATH", help="The configuration file.")
    ] = Path("hub.toml"),
    debug: Annotated[bool, typer.Option("--debug", help="Show the whole story of an unexpected error.")] = False,
    version: Annotated[  # noqa: ARG001  # asked for by its callback
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Keep several systems in step: what is due is synchronised, nothing is lost and nothing doubled."""
    ctx.obj = Start(config, debug)


def main() -> None:
    """Run one command and exit with its code."""
    # Where one was closed (`>&-`), Python has none.
    sys.stdin = sys.stdin or Path(os.devnull).open()  # noqa: SIM115
    sys.stdout, sys.stderr = (each or Path(os.devnull).open("w") for each in (sys.stdout, sys.stderr))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A terminal that cannot show a letter shows a question mark instead of ending the program.
            stream.reconfigure(errors="replace")  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    code = run(sys.argv[1:])
    try:
        sys.stdout.flush()
    except OSError as fault:
        if not isinstance(fault, BrokenPipeError) and code == GOOD:  # whoever read us has seen enough
            code = _tell_full(fault)
        # Python would complain when it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)


def call(arguments: list[str]) -> Any:
    """Call a command; returns an exit code, or anything else where it went well."""
    return typer.main.get_command(app).main(arguments, prog_name="hub", standalone_mode=False)


def run(arguments: list[str], call: Callable[[list[str]], Any] = call) -> int:
    """Call a command and say what went wrong; returns the exit code."""
    try:
        done = call(arguments)
    except typer.TyperException as fault:
        usage: Any = fault
        if "--json" in arguments:
            _tell(Misconfigured(usage.format_message()), as_json=True)
        else:
            usage.show()
        return WRONG
    except (typer.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except BrokenPipeError:
        return NOT_WELL
    except HubError as fault:
        _tell(fault, as_json="--json" in arguments)
        return code_of(fault)
    except Exception as fault:  # noqa: BLE001  # the last resort: a message instead of a traceback
        if isinstance(fault, OSError) and fault.errno in FULL:
            return _tell_full(fault)
        if isinstance(fault, UnicodeEncodeError) and fault.object in arguments:
            sys.stderr.write(f"hub: {fault.object!a} is not UTF-8\n")
            return WRONG
        if isinstance(fault, ModuleNotFoundError) and (package := (fault.name or "").split(".")[0]) not in OURS:
            mend = "pip install 'hubwerk[all]'"
            _tell(Misconfigured(f"a Python package is missing: {package}; mend: {mend}"), as_json="--json" in arguments)
            return WRONG
        _tell_unexpected(fault, debug="--debug" in arguments)
        return NOT_WELL
    return done if isinstance(done, int) else GOOD


def code_of(fault: HubError) -> int:
    """Return the exit code of a command that ended by a fault."""
    if isinstance(fault, Misconfigured):
        return WRONG
    return AWAY if isinstance(fault, TryLater) else NOT_WELL


def _tell(fault: HubError, *, as_json: bool) -> None:
    from hub.cli import show  # noqa: PLC0415  # only where something went wrong

    show.fault(fault, as_json=as_json)


def _tell_full(fault: OSError) -> int:
    sys.stderr.write(f"hub: {fault.filename or 'the answer'} cannot be written: {(fault.strerror or '').lower()}\n")
    return NOT_WELL


def _tell_unexpected(fault: Exception, *, debug: bool) -> None:
    from hub.log import without_password  # noqa: PLC0415  # only where something went wrong

    story = without_password("".join(traceback.format_exception(fault)))
    summary = without_password(f"{type(fault).__name__}: {fault}")
    if debug:
        sys.stderr.write(story)
        return
    place = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{os.getpid()}"
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", prefix=f"hub-error-{place}-", suffix=".txt", delete=False
    ) as file:
        file.write(story)
    sys.stderr.write(f"This should not happen: {summary}\nThe whole story is in {file.name}; --debug shows it.\n")
