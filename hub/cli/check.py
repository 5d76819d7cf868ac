"""`hub check`."""

from collections.abc import Sequence
from typing import Annotated

import typer

from hub.app.check import check as look
from hub.cli import show
from hub.cli.call import Json, opened
from hub.cli.commands import single
from hub.cli.main import NOT_WELL
from hub.connector import Finding

app = single()


@app.command()
def check(
    ctx: typer.Context,
    system: Annotated[str | None, typer.Argument(help="Only this system.", show_default=False)] = None,
    as_json: Json = False,
) -> None:
    """Look at database, broker, processes, jobs, secrets, disk and every system; say how to mend what is not right."""
    with opened(ctx, migrated=False) as hub:
        findings = look(hub, system)
    if as_json:
        show.json(findings)
    else:
        _show(findings)
    if not all(finding.good for finding in findings):
        raise typer.Exit(NOT_WELL)


def _show(findings: Sequence[Finding]) -> None:
    before = None
    rows: list[tuple[str, str, str]] = []
    for finding in findings:
        subject = finding.subject if finding.subject != before else ""
        rows.append((subject, finding.message, "good" if finding.good else "bad"))
        if finding.mend and not finding.good:
            rows.append(("", f"   mend:  {finding.mend}", ""))
        before = finding.subject
    show.table(("", "", ""), rows)
