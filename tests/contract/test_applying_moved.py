"""A system that leads elsewhere than before: the numbers by which the hub knows its records are others' there."""

import pytest

from hub.app.applying import apply, preview, revert
from hub.errors import Misconfigured
from hub.store import Store, bindings
from hub.store.bindings import Binding

SHOP = """
[systems.shop]
kind = "eshop"
connector = "woocommerce"
url = "https://www.shop.example/"
key = "env:KEY"
secret = "env:SECRET"
"""
MEDUSA = """
[systems.shop]
kind = "eshop"
connector = "medusa"
url = "https://www.shop.example"
key = "env:KEY"
"""
COPY = SHOP.replace("www.shop.example", "test.shop.example")
ODOO = """
[systems.erp]
kind = "erp"
connector = "odoo"
url = "https://erp.example"
database = "company"
key = "env:KEY"
price_list = "retail"
"""


def read(store: Store, system: str) -> None:
    """Let the hub know three records of a system."""
    with store.write() as tx:
        bound = [Binding(external_id=str(n), key=f"shop|{n}", seen={}) for n in range(3)]
        bindings.put(tx, system, "orders", bound, 1)


@pytest.fixture
def shop(store: Store) -> Store:
    """A hub that has read three orders of a shop."""
    apply(store, SHOP, by="anna")
    read(store, "shop")
    return store


def test_a_test_shop_in_the_place_of_the_real_one_is_refused_before_anything_runs(shop: Store):
    """Products of the copy were written to by the numbers of others, and its changes taken for the shop's."""
    said = r'\[systems.shop\] had url = "https://www.shop.example/", and has "https://test.shop.example/".*3 records'
    with pytest.raises(Misconfigured, match=said):
        apply(shop, COPY, by="anna")
    with pytest.raises(Misconfigured, match=r"--same.*another name than shop"):
        preview(shop, COPY)


def test_a_shop_that_has_moved_is_the_same_once_somebody_says_so(shop: Store):
    assert preview(shop, COPY, same=True)
    assert apply(shop, COPY, by="anna", same=True).number == 2
    assert apply(shop, COPY + 'payment = { cod = "cash" }\n', by="anna").number == 3
    with pytest.raises(Misconfigured, match="--same"):
        revert(shop, 1, by="anna")
    assert revert(shop, 1, by="anna", same=True).number == 4


def test_another_sort_of_shop_of_the_same_name_is_refused(shop: Store):
    with pytest.raises(Misconfigured, match='had connector = "woocommerce", and has "medusa"'):
        apply(shop, MEDUSA, by="anna")


def test_also_where_the_first_was_taken_out_long_ago(shop: Store):
    apply(shop, "", by="anna")
    with pytest.raises(Misconfigured, match="another name than shop"):
        apply(shop, MEDUSA, by="anna")
    assert apply(shop, SHOP, by="anna").number == 3


def test_another_database_at_the_same_address_is_refused(store: Store):
    apply(store, ODOO, by="anna")
    read(store, "erp")
    with pytest.raises(Misconfigured, match='had database = "company", and has "company-test"'):
        apply(store, ODOO.replace('"company"', '"company-test"'), by="anna")


@pytest.mark.parametrize(
    "url", ["http://www.shop.example", "https://WWW.shop.example:443/", "https://www.shop.example/"]
)
def test_the_same_address_in_other_words_is_no_move(shop: Store, url: str):
    text = SHOP.replace("https://www.shop.example/", url)
    apply(shop, f"{text}timeout = '40s'\n", by="anna")


def test_a_system_that_nothing_is_known_of_may_lead_elsewhere(store: Store):
    apply(store, SHOP, by="anna")
    assert apply(store, COPY, by="anna").number == 2
