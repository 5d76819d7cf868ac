"""The command line: measures the works that are named, all of them otherwise."""

import argparse
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from hub import log
from tests.benchmarks import becoming_due, executing, fetching, importing, publishing
from tests.benchmarks.figures import Figure, machine, table, write
from tests.benchmarks.ground import Ground

WORKS: dict[str, Callable[[Ground], list[Figure]]] = {
    "publish": publishing.measure,
    "execute": executing.measure,
    "due": becoming_due.measure,
    "import": importing.measure,
    "fetch": fetching.measure,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description="Measure, beside the peers.")
    parser.add_argument("works", nargs="*", metavar="NAME", help=f"one of {', '.join(WORKS)}; all, if none is named")
    parser.add_argument("--quick", action="store_true", help="a tenth of the work: shows that it runs, says little")
    parser.add_argument("-o", "--output", type=Path, default=Path("bench.json"), help="where the figures go")
    told = parser.parse_args()
    unknown = [name for name in told.works if name not in WORKS]
    if unknown:
        parser.error(f"there is no benchmark {', '.join(unknown)}; there are {', '.join(WORKS)}")
    log.configure(level="warning")
    console = Console()
    with Ground(quick=told.quick) as ground:
        facts = machine(ground)
        console.print(", ".join(f"{name} {value}" for name, value in facts.items()), highlight=False)
        figures: list[Figure] = []
        for name in told.works or WORKS:
            with console.status(f"measuring {name}"):
                figures += WORKS[name](ground)
        console.print(table(figures))
        for each in figures:
            console.print(f"  {each.work}: {each.against}", highlight=False)
    write(told.output, figures, facts)
    console.print(f"written to {told.output}", highlight=False)


if __name__ == "__main__":
    main()
