"""Systems that were configured once."""

from hub.app.renamed import tables_of
from hub.broker.topology import MAINTENANCE, Queue, topology
from hub.config import Settings
from hub.store import Tx, revisions


def former_queues(tx: Tx, settings: Settings) -> list[Queue]:
    """Return the queues of systems that earlier revisions had, and the settings have no more, or as another kind."""
    before = [tables_of(each) for each in revisions.history(tx)]
    once = topology((table["kind"], name) for tables in before for name, table in tables.items())
    now = topology([*((each.kind, each.name) for each in settings.systems.values()), MAINTENANCE])
    return [queue for queue in once.queues if now.queue(queue.name) is None]
