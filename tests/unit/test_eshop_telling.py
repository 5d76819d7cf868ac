"""Products are told by requests that are data, of whatever sort."""

from collections.abc import Iterator, Sequence
from typing import Any

from adapters.eshop.telling import products
from adapters.rows import Row
from adapters.writing.writes import Unfit
from hub.connector import Document, Write

WRITES = [Write(sku, {"images": ["a", "b"]}, {"sku": sku}, id_) for sku, id_ in (("NEW", None), ("OLD", "1"))]


class Shop:
    """Notes what it is asked to do."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def carry_out(self, *forms: Any) -> list[Any]:
        self.done += forms
        return [["2"] for _ in forms]


def made(_: object, ids: Sequence[str]) -> Iterator[Document]:
    return (Document(id_, {"number": "NEW"}) for id_ in ids)


def change(_given: object, write: Write, row: Row) -> Iterator[str]:
    yield f"change {write.key} {row['id']}"


def test_products_are_made_and_changed_and_those_that_went_without_a_picture_say_so():
    shop = Shop()
    write = products(
        lambda _, ids: {id_: {"id": id_} for id_ in ids},
        lambda _shop, _writes: {"b": Unfit("no-picture", "b is gone")},
        lambda _given, writes: f"create {[each.key for each in writes]}",
        change,
        change,
        made,
        lambda missing: missing,
        "number",
    )
    new, old = write(shop, WRITES)
    assert shop.done == ["create ['NEW']", "change OLD 1"]
    assert (new.id, new.document, old.id) == ("2", Document("2", {"number": "NEW"}), "1")
    assert [(each.outcome, each.cause, each.instead) for each in (new, old)] == [
        ("done", "no-picture", {"images": ["a"]})
    ] * 2
