"""`hub init`."""

from pathlib import Path
from typing import Annotated

import typer

from hub.cli import show
from hub.cli.call import Json, start_of
from hub.cli.commands import single
from hub.config import starter
from hub.errors import Misconfigured

app = single()
INCOMING = "in"
"""The folder that the starter file names."""


@app.command()
def init(
    ctx: typer.Context,
    folder: Annotated[Path | None, typer.Argument(help="Where; left out: here.", show_default=False)] = None,
    as_json: Json = False,
) -> None:
    """Write a hub.toml to start from."""
    config = start_of(ctx).config
    file = (folder / config.name if folder else config).absolute()
    for needed in (file.parent, file.parent / INCOMING):
        if needed.exists() and not needed.is_dir():
            raise Misconfigured(f"{needed} is there already, and no folder")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8", newline="\n") as written:
            written.write(starter())
        (file.parent / INCOMING).mkdir(exist_ok=True)
    except FileExistsError:
        raise Misconfigured(f"{file} is there already, and stays as it is") from None
    except OSError as error:
        raise Misconfigured(f"{file} cannot be written: {(error.strerror or str(error)).lower()}") from None
    if as_json:
        show.json({"file": str(file)})
        return
    show.say(f"{file} is written.")
    show.say("Next: open it and say what your files are like, put one into the folder in/, then: hub up")
