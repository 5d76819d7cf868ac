"""By hand: `python -m tests.peers up tryton` starts a system that stays until `down tryton`; see `--help`."""

import argparse
import json
import sys
from concurrent.futures import ThreadPoolExecutor

from tests.peers import SYSTEMS, keeper
from tests.peers.peer import make_ready
from tests.servers.process import ServerFailed


def main() -> None:
    """Do what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.peers", description="Real systems to try the hub with.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="what can be started, and what runs")
    installing = commands.add_parser("install", help="install and fill what is not there yet")
    installing.add_argument("names", nargs="*", default=[], metavar="NAME")
    for command, help_ in (("up", "start one and print what a client has to know"), ("down", "end it, with its data")):
        one = commands.add_parser(command, help=help_)
        one.add_argument("name", choices=SYSTEMS)
        one.add_argument("--instance", default="main", help="for several of a kind")
    keeping = commands.add_parser("keep")
    keeping.add_argument("name", choices=SYSTEMS)
    keeping.add_argument("--instance", required=True)
    given = parser.parse_args()
    try:
        COMMANDS[given.command](given)
    except ServerFailed as failure:
        sys.exit(str(failure))


def show(_: argparse.Namespace) -> None:
    """Print the systems and who of them runs."""
    for name, system in SYSTEMS.items():
        print(f"{name:10}{system.title}")
        for kept in keeper.running(name):
            print(f"{'':10}  {kept['instance']}: {kept['url']}")


def install(given: argparse.Namespace) -> None:
    """Install and fill the systems named, or all: each in a thread of its own."""
    unknown = ", ".join(name for name in given.names if name not in SYSTEMS)
    if unknown:
        raise ServerFailed(f"no such system: {unknown}; there are {', '.join(SYSTEMS)}")
    with ThreadPoolExecutor() as threads:
        list(threads.map(make_ready, [SYSTEMS[name] for name in given.names or SYSTEMS]))


def up(given: argparse.Namespace) -> None:
    """Start a system, unless it runs, and print its facts."""
    make_ready(SYSTEMS[given.name])
    print(json.dumps(keeper.up(given.name, given.instance)))


def down(given: argparse.Namespace) -> None:
    """End a system."""
    if not keeper.down(given.name, given.instance):
        print(f"{given.name} ({given.instance}) was not running", file=sys.stderr)


def keep(given: argparse.Namespace) -> None:
    """Be the process that a system lives with."""
    keeper.keep(given.name, given.instance)


COMMANDS = {"list": show, "install": install, "up": up, "down": down, "keep": keep}


if __name__ == "__main__":
    main()
