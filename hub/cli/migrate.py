"""`hub migrate`."""

from typing import Annotated

import typer

from hub.app import Hub
from hub.app.moving import take_over
from hub.cli import show, words
from hub.cli.call import Json, opened
from hub.cli.commands import single
from hub.counting import counted
from hub.store.migrate import migrate as bring_up_to_date

app = single()
Source = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="DATABASE",
        help="Take over all that another database holds: hub.db of an embedded hub, or an address; env:NAME is read.",
        show_default=False,
    ),
]


@app.command()
def migrate(ctx: typer.Context, source: Source = None, as_json: Json = False) -> None:
    """Bring the database to this version's schema. An embedded database is brought up to date by every command."""
    with opened(ctx, migrated=False) as hub:
        if source is not None:
            _take_over(hub, source, as_json=as_json)
            return
        before, after = bring_up_to_date(hub.store)
    if as_json:
        show.json({"before": before, "after": after})
    elif before == after:
        show.say(f"The database has schema {after} already.")
    else:
        show.say(f"The database had schema {before or 'none'}, it has {after} now.")


def _take_over(hub: Hub, source: str, *, as_json: bool) -> None:
    with show.aside().status("Taking over") as status:
        copied = take_over(hub, source, lambda table: status.update(f"Taking over: {table}"))
    if as_json:
        show.json({"copied": copied, "total": sum(copied.values())})
        return
    show.say(
        f"{counted(sum(copied.values()), 'row')} taken over; the other database is not used any more. Next: hub apply"
    )
    show.pairs((name, words.number(count)) for name, count in copied.items() if count)
