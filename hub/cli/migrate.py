"""`hub migrate`."""

import typer

from hub.cli import show
from hub.cli.call import Json, opened
from hub.cli.commands import single
from hub.store.migrate import migrate as bring_up_to_date

app = single()


@app.command()
def migrate(ctx: typer.Context, as_json: Json = False) -> None:
    """Bring the database to this version's schema. An embedded database is brought up to date by every command."""
    with opened(ctx, migrated=False) as hub:
        before, after = bring_up_to_date(hub.store)
    if as_json:
        show.json({"before": before, "after": after})
    elif before == after:
        show.say(f"The database has schema {after} already.")
    else:
        show.say(f"The database had schema {before or 'none'}, it has {after} now.")
