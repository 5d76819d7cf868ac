"""Which accident is tested on which connector: made from the test files, for docs/connectors.md.

`python -m tests.contract.matrix docs` writes it between the markers there.
"""

import re
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType

from tests.contract.connector_suite import ConnectorContract

BEGIN, END = "<!-- matrix: python -m tests.contract.matrix docs -->", "<!-- /matrix -->"
ROWS: Mapping[str, str] = {
    "s03": "what is there already is found by its natural key",
    "s06": "a create whose answer was lost is found, not made twice",
    "s08": "webhooks that were switched off are switched on again; forged calls are refused",
    "s09": "what the system makes of our write does not come back as a change",
    "s10": "a late status does not set an order back",
    "s11": "times are in UTC, and asked for in UTC",
    "s12": "change marks that lie: full scan; no change without a change",
    "s13": "what comes at the last mark is not lost",
    "s14": "the mark is of the data, not of a clock",
    "s15": "what was deleted, or lies in the trash, is gone",
    "s16": "a partial reading is never taken for complete",
    "s17": "a long reading goes on where it was broken off",
    "s18": "one bad record does not stop the others",
    "s20": "an order's line stands without its product",
    "s22": "429 with and without Retry-After; all who ask a host wait together",
    "s23": "a token that is renewed is stored before it is used",
    "s24": "leading zeros stay",
    "s25": "rows that move while they are read are not passed over",
    "s27": "an order's totals are those of the system",
    "no_more_calls": "no more calls a second than are allowed",
    "no_secret": "no secret is logged or shown",
}
"""Part of the names of tests -> what they prove. Rows S1, S2, S4, S5, S7, S19, S21 and S26 are the hub's own."""
HERE = Path(__file__).parent


def contracts() -> Iterator[tuple[str, type[ConnectorContract], ModuleType]]:
    """Yield each connector's name, its test class and its test file."""
    for path in sorted(HERE.glob("test_connector_*.py")):
        module = import_module(f"tests.contract.{path.stem}")
        for name, found in vars(module).items():
            is_class = isinstance(found, type) and name.startswith("Test") and found.__module__ == module.__name__
            if is_class and issubclass(found, ConnectorContract):
                yield name.removeprefix("Test"), found, module


def tests_of(contract: type[ConnectorContract], module: ModuleType) -> Iterator[str]:
    """Yield the names of a connector's tests: of its contract, and of the files named for it."""
    yield from (name for name in dir(contract) if callable(getattr(contract, name)))
    stem = module.__name__.rpartition("test_connector_")[2]
    for path in [HERE / f"test_connector_{stem}.py", *(HERE.parent / "unit").glob(f"test_{stem}*.py")]:
        yield from re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)


def cell(row: str, contract: type[ConnectorContract], module: ModuleType) -> str:
    """Return `tested`, the reason why it cannot happen, or nothing."""
    if any(name.startswith(f"test_{row}") for name in tests_of(contract, module)):
        return "tested"
    return contract.excused.get(row, "")


def table() -> str:
    """Return the matrix as Markdown: connectors by their names, reasons below."""
    found = list(contracts())
    reasons: list[str] = []

    def shown(text: str) -> str:
        if text in ("tested", ""):
            return {"tested": "yes", "": "-"}[text]
        if text not in reasons:
            reasons.append(text)
        return f"({reasons.index(text) + 1})"

    lines = [f"| | | {' | '.join(name for name, _, _ in found)} |", f"|---|---|{'---|' * len(found)}"]
    for row, title in ROWS.items():
        number = row.upper().lstrip("S").lstrip("0") if row[1:].isdigit() else ""
        cells = " | ".join(shown(cell(row, contract, module)) for _, contract, module in found)
        lines.append(f"| {f'S{number}' if number else ''} | {title} | {cells} |")
    notes = [f"{number}. {reason[:1].upper()}{reason[1:]}." for number, reason in enumerate(reasons, 1)]
    return "\n".join([*lines, "", *notes]).rstrip()


def written(text: str) -> str:
    """Return the page with the matrix between its markers."""
    before, rest = text.split(BEGIN)
    return f"{before}{BEGIN}\n{table()}\n{END}{rest.split(END)[1]}"


if __name__ == "__main__":
    page = Path(sys.argv[1]) / "connectors.md"
    page.write_text(written(page.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
