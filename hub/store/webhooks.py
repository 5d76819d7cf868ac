"""Which webhook calls were taken: a call that comes again is taken once."""

from hub.store.batch import insert_into
from hub.store.database import Tx
from hub.store.schema import webhook


def take(tx: Tx, system: str, event: str) -> bool:
    """Note an event of a system; returns whether it is new."""
    values = {"system": system, "event": event, "came_at": tx.now}
    made = insert_into(tx.dialect, webhook).values(values).on_conflict_do_nothing().returning(webhook.c.event)
    return tx.execute(made).first() is not None
