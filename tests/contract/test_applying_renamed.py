"""A system that is called otherwise is a new one to the hub: everything would be brought again (nothing doubled)."""

import pytest

from hub.app.applying import apply, preview, revert
from hub.errors import Misconfigured
from hub.store import Store, bindings, checkpoints, revisions
from hub.store.bindings import Binding

SHOP = """
[systems.shop]
kind = "eshop"
connector = "vendure"
url = "http://127.0.0.1:1/admin-api"
user = "hub"
password = "env:PASSWORD"
"""
STORE = SHOP.replace("systems.shop", "systems.store")
ANOTHER = """
[systems.store]
kind = "eshop"
connector = "medusa"
url = "http://127.0.0.1:1"
key = "env:KEY"
"""


@pytest.fixture
def shop(store: Store) -> Store:
    """A hub that has read three orders of a shop."""
    apply(store, SHOP, by="anna")
    with store.write() as tx:
        checkpoints.move(tx, "shop", "orders", {"at": 3}, checkpoints.NOWHERE)
        bindings.put(tx, "shop", "orders", [Binding(external_id=str(n), key=f"shop|{n}", seen={}) for n in range(3)], 1)
    return store


def in_force(store: Store) -> int:
    with store.read() as tx:
        return revisions.number_in_force(tx)


def test_a_renamed_system_is_refused_before_anything_runs(shop: Store):
    said = r"\[systems.shop\] is gone, of which the hub knows 3 records.*at the same address.*call it shop as before"
    with pytest.raises(Misconfigured, match=said):
        apply(shop, STORE, by="anna")
    with pytest.raises(Misconfigured, match=said):
        preview(shop, STORE)
    assert in_force(shop) == 1


def test_also_in_two_steps(shop: Store):
    apply(shop, "", by="anna")
    with pytest.raises(Misconfigured, match="--as-new"):
        apply(shop, STORE, by="anna")
    assert apply(shop, SHOP, by="anna").number == 3


def test_who_says_that_it_is_another_one_is_believed_from_then_on(shop: Store):
    assert preview(shop, STORE, as_new=True)
    assert apply(shop, STORE, by="anna", as_new=True).number == 2
    assert apply(shop, STORE + 'payment = { cod = "cash" }\n', by="anna").number == 3


def test_nor_is_it_renamed_by_going_back(shop: Store):
    apply(shop, STORE, by="anna", as_new=True)
    with shop.write() as tx:
        checkpoints.move(tx, "store", "orders", {"at": 3}, checkpoints.NOWHERE)
        bindings.put(tx, "store", "orders", [Binding(external_id="1", key="store|1", seen={})], 1)
    assert revert(shop, 1, by="anna").number == 3, "what it is called there is known already"


def test_what_goes_back_to_a_system_that_nothing_is_known_of_may_be_another_one_too(shop: Store):
    with shop.write() as tx:
        revisions.add(tx, STORE, "anna", None, 1)
        revisions.add(tx, SHOP, "anna", None, 2)
    with pytest.raises(Misconfigured, match="--as-new"):
        revert(shop, 2, by="anna")
    assert revert(shop, 2, by="anna", as_new=True).number == 4


@pytest.mark.parametrize("text", ["", SHOP + STORE, ANOTHER])
def test_what_is_taken_out_added_or_of_another_sort_is_no_renaming(shop: Store, text: str):
    assert apply(shop, text, by="anna").number == 2


def test_a_system_that_nothing_is_known_of_may_be_called_otherwise(store: Store):
    apply(store, SHOP, by="anna")
    assert apply(store, STORE, by="anna").number == 2
