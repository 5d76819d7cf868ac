"""From one database to another: what an embedded hub knows must not be left behind when it grows."""

from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from hub.app.hub import Hub
from hub.config import resolve
from hub.counting import ago, counted
from hub.errors import Misconfigured
from hub.store import Store, copying, file_address, processes, records, revisions, runs
from hub.store.alone import LOCK_NAME, Taken, alone
from hub.store.migrate import migrate, require_current, version


def take_over(hub: Hub, source: str, told: Callable[[str], None]) -> Mapping[str, int]:
    """Put all that another database holds into the hub's, which must be empty; returns how many rows, by table.

    `source`: the file of an embedded hub, or an address. The other one stays as it is, but for its schema, if it is a
    file. Raises Misconfigured where it is not there, or somebody works with it.
    """
    with ExitStack() as stack:
        if hub.embedded:
            _refuse_itself(hub, source)
            stack.enter_context(_alone(hub.folder / "hub.db"))
        other = stack.enter_context(closing(_opened(source, stack)))
        migrate(hub.store)
        with other.read() as there, hub.store.write() as here:
            copied = copying.copy(there, here, told)
            runs.recall_all(here)  # what it was published to is another broker
    return copied


def _opened(source: str, stack: ExitStack) -> Store:
    address = resolve(source)
    if "://" in address:
        store = Store(address)
        require_current(store)
        _refuse_at_work(store)
        return store
    file = Path(address)
    if not file.is_file():
        raise Misconfigured(f"there is no file {file}; name an embedded hub's file, or an address (postgresql://...)")
    stack.enter_context(_alone(file))
    store = Store(file_address(file))
    if version(store) is None:
        raise Misconfigured(f"{file} is no database of the hub")
    migrate(store)
    return store


def _refuse_itself(hub: Hub, source: str) -> None:
    if Path(resolve(source)).absolute() == hub.folder / "hub.db":
        raise Misconfigured(f"{hub.file.name} names no other database yet; write its address as database under [hub]")


@contextmanager
def _alone(file: Path) -> Generator[None]:
    try:
        with alone(file.absolute().parent / LOCK_NAME):
            yield
    except Taken:
        raise Misconfigured(f"the hub of {file} is up; stop it first, so that nothing is left behind") from None


def _refuse_at_work(store: Store) -> None:
    with store.read() as tx:
        for each in processes.find(tx):
            if tx.now - each.seen_at <= processes.GONE:
                raise Misconfigured(
                    f"{each.name} works with that database (seen {ago(tx.now - each.seen_at)}); stop all processes "
                    "first, so that nothing is left behind"
                )


def refuse_left_behind(hub: Hub) -> None:
    """Raise Misconfigured where a hub would begin anew beside the file in which it knows everything.

    All would be new to it: what it has made would be looked for and matched again, what it was told be forgotten.
    """
    left = hub.folder / "hub.db"
    if hub.embedded or not left.is_file():
        return
    with hub.store.read() as tx:
        if revisions.in_force(tx) is not None:
            return
    with closing(Store(file_address(left))) as store:
        if version(store) is None:
            return
        with store.read() as tx:
            known = sum(records.counts(tx).values())
    if known:
        raise Misconfigured(
            f"the database is empty, and {left.name} beside {hub.file.name} knows {counted(known, 'record')}: "
            f"hub migrate --from {left.name} takes over all of it. To begin anew, move {left.name} away"
        )
