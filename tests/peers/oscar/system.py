"""django-oscar 4.2 with its REST interface on SQLite: how it is filled and served."""

from pathlib import Path
from typing import Any

from tests.peers.install import run
from tests.peers.system import Place, System
from tests.servers.process import HOST

HERE = Path(__file__).parent


def environment(place: Place) -> dict[str, str]:
    """Return what the settings in `shop` are read with."""
    return {
        "PYTHONPATH": str(HERE),
        "DJANGO_SETTINGS_MODULE": "shop.settings",
        "OSCAR_DATA": str(place.data),
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def prepare(place: Place) -> None:
    """Make the database, and fill it from within: the interface makes neither users nor countries."""
    python = place.app / "bin" / "python"
    run([python, "-m", "django", "migrate", "-v", "0"], env=environment(place))
    run([python, HERE / "seed.py"], env=environment(place))


def command(place: Place) -> list[str | Path]:
    """Return the web server's command: one process, four threads."""
    return [place.app / "bin" / "gunicorn", "--threads", "4", "-b", f"{HOST}:{place.port}", "shop.wsgi"]


def facts(place: Place) -> dict[str, Any]:
    """Return what a client of the shop has to know."""
    return {"url": f"{place.root}/api", "user": "hub", "password": "hubpw"}


OSCAR = System(
    name="oscar",
    title="django-oscar 4.2, a shop that tells nothing about changes",
    folder=HERE,
    prepare=prepare,
    command=command,
    environment=environment,
    ready="/api/products/",
    facts=facts,
)
