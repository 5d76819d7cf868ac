"""A connector by declaration, to a system that lies in memory."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from adapters.asking.checks import Amiss
from adapters.declared import Declared, Kind, Source
from adapters.reading.walks import by_mark, by_offset, from_time_on
from adapters.rows import Row
from adapters.writing.writes import Gone, Unfit, all_or_none, by_sort, known, product_of, singly
from hub.config.exchange import ExchangeOptions
from hub.connector import Change, Document, Finding, Page, Stream, Unreadable, Write, Written
from hub.errors import Refused, TryLater

OPTIONS = ExchangeOptions.model_validate({"url": "https://shop.example"})


@dataclass
class Memory:
    """What the system has, and what it was asked to write."""

    rows: list[Row]
    begins: str = "2026-01-01T00:00:00Z"
    asked: list[list[str]] = field(default_factory=list)


def listed(memory: Memory, offset: int, size: int) -> tuple[list[Row], int]:
    return memory.rows[offset : offset + size], len(memory.rows)


def later(memory: Memory, mark: str | None, offset: int, size: int) -> list[Row]:
    found = sorted((row for row in memory.rows if row["at"] >= (mark or "")), key=lambda row: (row["at"], row["id"]))
    return found[offset : offset + size]


def some(memory: Memory, ids: Sequence[str]) -> list[Row]:
    return [row for row in memory.rows if row["id"] in [id_.partition("|")[0] for id_ in ids]]


def documents(_: Memory, rows: Sequence[Row]) -> list[Document]:
    return [Document(row["id"], {name: row[name] for name in row if name != "at"}) for row in rows]


def buyers(_: Memory, rows: Sequence[Row]) -> list[Document]:
    return [Document(row["party"], {}) for row in rows]


def fields(raw: Mapping[str, Any], _: ExchangeOptions) -> dict[str, Any]:
    return {name: raw[name] for name in raw if name != "id"}


def take(memory: Memory, writes: Sequence[Write]) -> list[Written]:
    """Take all or none: what is called `bad` is refused, `gone` is not there, and `away` cannot be asked."""
    memory.asked.append([each.key for each in writes])
    for each in writes:
        if each.key == "bad":
            raise Unfit("no-good", "it is bad")
        if each.key == "gone":
            raise Gone
        if each.key == "away":
            raise TryLater
    return [Written(each.key, "done", each.key) for each in writes]


CHANGED = by_mark(later, 3, "at", timedelta(0), lambda memory: memory.rows[-1:])
SOURCE = Source(by_offset(listed, 3), some)
KINDS: Mapping[str, Kind[Memory, ExchangeOptions]] = {
    "products": Kind(Stream("products"), SOURCE, documents, fields, {"changed": CHANGED}, write=all_or_none(take)),
    "stock": Kind(Stream("stock", delta=False), SOURCE, documents, fields),
    "orders": Kind(
        Stream("orders"),
        SOURCE,
        documents,
        fields,
        {"changed": CHANGED, "open": from_time_on(lambda memory: memory.begins, CHANGED)},
        buyers,
        singly(lambda memory, write: take(memory, [write])[0]),
    ),
}


class Shop(Declared[Memory, ExchangeOptions]):
    def check(self) -> list[Finding]:
        return []


def shop(count: int = 8) -> Shop:
    rows: list[Row] = [
        {"id": f"{n}", "sku": f"S{n}", "party": f"p{n % 2}", "at": f"2026-01-0{n + 1}T00:00:00Z"} for n in range(count)
    ]
    return Shop("shop", OPTIONS, Memory(rows), KINDS)


def ids(pages: Sequence[Page], entity: str) -> list[str]:
    return [each.id for page in pages if page.entity == entity for each in page.documents]


def test_a_full_scan_shows_everything_once_and_says_so():
    pages = list(shop().read("products", None, full=True))
    assert ids(pages, "products") == [str(number) for number in range(8)]
    assert [page.complete for page in pages] == [False] * (len(pages) - 1) + [True]


def test_a_stream_without_marks_is_always_scanned():
    assert [*shop().read("stock", None, full=False)][-1].complete


def test_a_reading_of_changes_is_never_complete():
    pages = list(shop().read("products", None, full=False))
    assert ids(pages, "products") == [str(number) for number in range(8)]
    assert not any(page.complete for page in pages)


@pytest.mark.parametrize("full", [True, False])
def test_s17_a_reading_goes_on_from_the_checkpoint_of_any_page(full: bool):
    whole = list(shop().read("orders", None, full=full))
    for number, page in enumerate(whole):
        rest = list(shop().read("orders", page.checkpoint, full=full))
        assert {*ids(whole[: number + 1], "orders"), *ids(rest, "orders")} == {*ids(whole, "orders")}


def test_who_placed_orders_comes_in_front_of_them_with_the_checkpoint_before():
    pages = list(shop().read("orders", None, full=True))
    assert [page.entity for page in pages[:4]] == ["parties", "orders"] * 2
    assert (pages[0].checkpoint, pages[2].checkpoint) == ({}, pages[1].checkpoint)
    assert ids(pages[:1], "parties") == ["p0", "p1"]


def test_a_way_that_is_made_anew_leaves_no_checkpoint_at_its_end():
    connector = shop()
    *_, last = connector.read("orders", None, full=False)
    assert [*last.checkpoint] == ["changed"]
    again = ids(list(connector.read("orders", last.checkpoint, full=False)), "orders")
    assert {*again} == {str(number) for number in range(8)}
    connector.system.begins = "2026-01-08T00:00:00Z"
    assert ids(list(connector.read("orders", last.checkpoint, full=False)), "orders") == ["7", "7"]


def test_checkpoints_of_the_two_sorts_do_not_mix():
    connector = shop()
    *_, last = connector.read("products", None, full=False)
    assert len(ids(list(connector.read("products", last.checkpoint, full=True)), "products")) == 8


def test_only_what_was_asked_for_is_fetched():
    assert [each.id for each in shop().fetch("products", ["3", "9", "5|EUR"])] == ["3"]


def test_an_order_is_of_the_systems_channel_and_stock_is_one_number():
    order = shop().translate("orders", Document("1", {"number": "7"}))
    assert isinstance(order, Change)
    assert (order.key, order.fields["channel"]) == ("", "shop")
    stock = shop().translate("stock", Document("1", {"sku": "S1", "available": "2"}))
    assert isinstance(stock, Change)
    assert stock.key == "S1"


def test_s18_a_product_without_a_sku_waits():
    unreadable = shop().translate("products", Document("1", {"sku": ""}))
    assert isinstance(unreadable, Unreadable)
    assert (unreadable.cause, unreadable.place.source) == ("missing-key", "shop products 1")


@pytest.mark.parametrize("stream", ["products", "orders"])
def test_s18_what_is_refused_or_gone_does_not_stop_the_others(stream: str):
    writes = [Write(key, {}, {}) for key in ("a", "bad", "b", "gone", "c")]
    told = {each.key: (each.outcome, each.cause) for each in shop().write(stream, writes)}
    assert {key: told[key] for key in ("a", "b", "c", "bad")} == dict.fromkeys("abc", ("done", "")) | {
        "bad": ("refused", "no-good")
    }
    assert told["gone"][0] == "gone"


@pytest.mark.parametrize("stream", ["products", "orders"])
def test_s06_what_was_done_stays_known_when_the_system_goes_away(stream: str):
    known: list[str] = []

    def carry_out() -> None:
        for each in shop().write(stream, [Write(key, {}, {}) for key in ("a", "b", "bad", "away")]):
            known.append(each.key)  # noqa: PERF401  # what came before the error counts

    with pytest.raises(TryLater):
        carry_out()
    assert {"a", "b"} <= {*known} <= {"a", "b", "bad"}


def test_many_are_written_by_one_request():
    connector = shop()
    list(connector.write("products", [Write(key, {}, {}) for key in "abc"]))
    assert connector.system.asked == [["a", "b", "c"]]


def test_what_cannot_be_written_or_found_is_not():
    assert [*shop().write("stock", [Write("S1", {}, {})])] == []
    assert shop().find("stock", [Write("S1", {}, {})]) == {"S1": ()}


def test_a_price_belongs_to_the_product_of_its_id_or_its_sku():
    links = {"products": {"S1": "7"}}
    assert product_of(Write("k", {}, {"sku": "S1"}, links=links)) == "7"
    assert product_of(Write("k", {}, {"sku": "S1"}, id="8|EUR", links=links)) == "8"
    with pytest.raises(Gone):
        product_of(Write("k", {}, {"sku": "S2"}, links=links))


def test_a_look_says_what_is_there_or_what_to_mend():
    def look(memory: Memory) -> str:
        if not memory.rows:
            raise Refused("it has nothing")
        if len(memory.rows) == 1:
            raise Amiss("it has one", "add another")
        return f"it has {len(memory.rows)}"

    def found(count: int) -> Finding:
        (finding,) = Declared("shop", OPTIONS, Memory([{}] * count), KINDS, look).check()
        return finding

    assert found(2) == Finding("shop", good=True, message="it has 2")
    assert found(1) == Finding("shop", good=False, message="it has one", mend="add another")
    assert found(0) == Finding("shop", good=False, message="it has nothing", mend="see [systems.shop]")


def test_what_is_new_there_and_to_go_is_written_apart():
    done: list[str] = []

    def sort(name: str) -> Callable[[Memory, Sequence[Write]], list[Written]]:
        def write(memory: Memory, writes: Sequence[Write]) -> list[Written]:
            result = take(memory, writes)
            done.append(f"{name} {' '.join(each.key for each in writes)}")
            return result

        return write

    writes = [Write("a", {}, {}), Write("b", {}, {}, id="1"), Write("c", {}, {}, id="2", remove=True)]
    writes += [Write("bad", {}, {}), Write("d", {}, {})]
    outcomes = {each.key: each.outcome for each in by_sort(sort("new"), sort("old"), sort("end"))(Memory([]), writes)}
    assert outcomes == {"a": "done", "b": "done", "c": "done", "d": "done", "bad": "refused"}
    assert done == ["new a", "new d", "old b", "end c"]


def test_what_is_not_there_is_gone():
    assert known({"1": "row"}, "1") == "row"
    for id_ in ("2", None):
        with pytest.raises(Gone):
            known({"1": "row"}, id_)
