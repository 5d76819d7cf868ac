"""Systems that earlier revisions had, by their queues at the broker."""

from hub.app import apply
from hub.app.former import former_queues
from hub.app.registry import OPTIONS
from hub.config import load
from hub.store import Store

SHOP = 'kind = "eshop"\nconnector = "medusa"\nurl = "https://shop.example"\nkey = "env:KEY"\n'
FIRST = f"[systems.shop]\n{SHOP}[systems.spare]\n{SHOP}"
SECOND = f"[systems.shop]\n{SHOP}"


def test_the_queues_of_systems_that_are_gone(store: Store):
    for text in (FIRST, SECOND):
        apply(store, text, by="anna")
    with store.read() as tx:
        assert [queue.name for queue in former_queues(tx, load(SECOND, OPTIONS))] == ["hub.eshop.spare"]
        assert former_queues(tx, load(FIRST, OPTIONS)) == []
