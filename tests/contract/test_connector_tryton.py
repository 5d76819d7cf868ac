"""Tryton's connector with a real Tryton: what only it promises."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from adapters.erp import sales
from adapters.erp.models import Model, having
from adapters.erp.tryton.client import Tryton as Client
from adapters.erp.tryton.connector import TrytonConnector
from adapters.erp.tryton.options import TrytonOptions
from adapters.fields import Field
from hub.canonical import ENTITIES
from hub.clock import SystemClock
from hub.connector import Document, Exchange, Write, Written
from hub.errors import Unanswered
from tests.contract.connector_suite import Sample, fields_of, only
from tests.contract.fronted_suite import FrontedContract
from tests.fakes.fake import Fake
from tests.fronts.tryton import Tryton, order
from tests.peers.faults import Faults

if TYPE_CHECKING:
    from tests.peers import Peer
from tests.peers.faults import Link


@pytest.fixture
def options(tryton: "Peer", monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What hub.toml says of the ERP."""
    monkeypatch.setenv("ERP_KEY", tryton["rest_key"])
    monkeypatch.setenv("ERP_PASSWORD", tryton["password"])
    login = {"user": tryton["user"], "password": "env:ERP_PASSWORD"}
    return {"url": tryton.url, "key": "env:ERP_KEY", **login}


def connector(options: Mapping[str, Any], **more: Any) -> TrytonConnector:
    """Return the ERP's connector."""
    return TrytonConnector("erp", TrytonOptions.model_validate({**options, **more}), SystemClock())


def client(options: Mapping[str, Any]) -> Client:
    """Return a way to act in Tryton as one of its users."""
    return Client("erp", TrytonOptions.model_validate(options), SystemClock())


def party(token: str) -> dict[str, Any]:
    """Return a party that is not there yet."""
    place = {
        "name": "Ana Kos",
        "street": "Main 1",
        "city": "Kranj",
        "postcode": "4000",
        "country": "SI",
        "use": "billing",
    }
    return {
        "name": f"Ana {token}",
        "email": f"{token.lower()}@example.com",
        "phone": "+38640123456",
        "addresses": [place],
    }


class TestTryton(FrontedContract):
    """What every connector promises."""

    fronts = Tryton
    kind = "erp"
    made = ("parties", "orders")
    streams = ("products", "prices", "stock", "parties", "orders")
    samples: ClassVar = {
        "parties": Sample(
            party,
            {"name": "Eva Kos", "phone": "+38640654321", "addresses": [{"street": "Side 2", "city": "Bled"}]},
            refused={"addresses": [{"city": "Bonn", "country": "DE"}]},
        ),
        # Its content is the channel's: of a sale, only what became of it is read.
        "orders": Sample(
            lambda token: dict(order(token).record),
            {"note": "Please ring twice"},
            refused={"currency": "USD"},
            links=order("").links,
            unread=frozenset(sales.FIELDS.split()),
        ),
    }

    untidy: ClassVar = {"parties": {"addresses": [{"street": "Main 1", "city": "Kranj"}]}}
    excused: ClassVar = {
        "s08": "it calls nobody",
        "s10": "its orders are the channel's: what became of them is read, no more",
        "s23": "its keys are made by people, and not renewed by use",
    }

    @pytest.fixture(autouse=True)
    def _small_pages(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr("adapters.erp.models.PAGE", self.page)

    def test_s03_what_is_there_already_is_found_by_its_natural_key(self, fake: Fake, connector: Exchange):
        """An order has none there: it is known by the hub's reference."""
        id_ = fake.add("parties")
        record = fields_of(connector, "parties", id_)
        assert connector.find("parties", [Write("k", {}, record, reference="hub-unknown")]) == {"k": [id_]}

    def test_s24_leading_zeros_stay_in_what_is_written(self, connector: Exchange):
        token = f"000{secrets.randbelow(10**9)}"
        record = {**party(token), "name": token}
        place = {**record["addresses"][0], "postcode": "00950"}
        record = ENTITIES["parties"].valid({**record, "addresses": [place]})
        done = only(connector.write("parties", [Write("k", record, record, reference=f"hub-{token}")]))
        told = fields_of(connector, "parties", done.id)
        assert (told["name"], told["addresses"][0]["postcode"]) == (token, "00950")


def sale_of(options: Mapping[str, Any], written: Written) -> dict[str, Any]:
    """Return the sale that was written, as Tryton has it."""
    assert written.outcome == "done", written
    sale = Model("sale.sale", {name: Field(name) for name in ("state", "total_amount", "lines")})
    [row] = having(client(options), sale, "id", [written.id])
    return {"state": row["state"], "total": row["total_amount"]["decimal"], "lines": len(row["lines"])}


def total_of(options: Mapping[str, Any], written: Written) -> tuple[str, str]:
    """Return a sale's state and sum."""
    row = sale_of(options, written)
    return row["state"], row["total"]


def test_a_draft_that_was_rounded_gets_no_second_line_of_it(options: dict[str, Any]) -> None:
    """As long as it is a draft, its order may still change by a cent."""
    erp, number = connector(options, confirm="draft"), secrets.token_hex(4)
    [draft] = erp.write("orders", [order(number, totals={"gross": "73.75"})])
    before = sale_of(options, draft)
    [again] = erp.write("orders", [replace(order(number, totals={"gross": "73.74"}), id=draft.id)])
    assert (again.outcome, before["total"]) == ("done", "73.75")
    assert sale_of(options, draft) == {**before, "total": "73.74"}


def test_s27_a_sale_comes_to_the_orders_total(options: dict[str, Any]) -> None:
    """Here Tryton's own sum is a cent or more off."""
    [written] = connector(options).write("orders", [order(secrets.token_hex(4), totals={"gross": "73.75"})])
    assert total_of(options, written) == ("processing", "73.75")


def test_s06_a_half_done_sale_is_finished_and_not_made_twice(options: dict[str, Any]) -> None:
    """A run that broke off left a draft; whoever comes next finds it by its reference and takes it on from there."""
    wanted = order(secrets.token_hex(4))
    [draft] = connector(options, confirm="draft").write("orders", [wanted])
    assert total_of(options, draft) == ("draft", "73.73")
    erp = connector(options)
    assert erp.find("orders", [wanted]) == {wanted.key: [draft.id]}
    [finished] = erp.write("orders", [replace(wanted, id=draft.id)])
    assert (finished.id, total_of(options, finished)) == (draft.id, ("processing", "73.73"))
    assert erp.find("orders", [wanted]) == {wanted.key: [draft.id]}


@pytest.mark.parametrize("lost", [b"sale.sale/create", b"sale.sale.quote", b"sale.sale.confirm"])
def test_s06_a_lost_answer_makes_no_second_sale(
    tryton: "Peer", options: dict[str, Any], new_link: Callable[[int], "Link"], lost: bytes
) -> None:
    """Tryton does what it is asked, the answer is lost: the sale is found by the hub's reference, and finished."""
    link, wanted = new_link(tryton.port), order(secrets.token_hex(4))
    link.set(Faults(lose_answers=1, to=lost))
    with pytest.raises(Unanswered):
        list(connector(options | {"url": link.through(tryton.url)}).write("orders", [wanted]))
    erp = connector(options)
    [id_] = erp.find("orders", [wanted])[wanted.key]
    [finished] = erp.write("orders", [replace(wanted, id=id_)])
    assert (finished.id, total_of(options, finished)) == (id_, ("processing", "73.73"))
    assert sale_of(options, finished)["lines"] == len(wanted.record["lines"]) + 1
    assert erp.find("orders", [wanted]) == {wanted.key: [id_]}


def test_s18_one_order_that_cannot_be_written_stops_no_other(options: dict[str, Any]) -> None:
    """Each is refused with what has to be mended, and stays refused until it is."""
    names = {name: secrets.token_hex(4) for name in ("good", "sum", "tax", "quantity")}
    half = [{"id": "1", "sku": "W001", "quantity": "1.5", "unit_price": "1", "tax_rate": "20"}]
    writes = [
        order(names["good"]),
        order(names["sum"], totals={"gross": "99.00"}),
        order(names["tax"], shipping=[{"amount": "1", "tax_rate": "7"}]),
        order(names["quantity"], lines=half),
    ]
    erp = connector(options)
    for _ in range(2):
        found = erp.find("orders", writes)
        again = [replace(each, id=next(iter(found[each.key]), None)) for each in writes]
        causes = {written.key.removeprefix("shop-a|"): written.cause for written in erp.write("orders", again)}
        assert [causes[name] for name in names.values()] == ["", "total-differs", "tax-unknown", "refused"]


def test_s26_other_goods_at_the_same_total_are_not_passed_over(options: dict[str, Any]) -> None:
    """The shop's staff takes another article at the same price; until the sale has it, the order waits."""
    erp, first = connector(options), order(secrets.token_hex(4))
    [sale] = erp.write("orders", [first])
    widget, gone = first.record["lines"]
    changed = {"lines": [{**widget, "sku": "W002"}, gone]}
    links = {**first.links, "products": {"W001": "1", "W002": "2"}}
    other = replace(first, id=sale.id, fields=changed, record={**first.record, **changed}, links=links)
    [refused] = erp.write("orders", [replace(other, agreed={"lines": first.record["lines"]})])
    assert (refused.cause, refused.id) == ("lines-differ", sale.id)
    assert "3 of W002" in refused.message
    back = {"lines": first.record["lines"]}
    [mended] = erp.write("orders", [replace(first, id=sale.id, fields=back, agreed=changed)])
    assert mended.outcome == "done"


def test_a_cancelled_order_is_cancelled_as_long_as_it_can_be(options: dict[str, Any]) -> None:
    """What is under way already is for people to stop."""
    erp = connector(options, confirm="quotation")
    number = secrets.token_hex(4)
    [quoted] = erp.write("orders", [order(number)])
    [cancelled] = erp.write("orders", [replace(order(number, status="cancelled"), id=quoted.id)])
    assert (cancelled.id, total_of(options, cancelled)[0]) == (quoted.id, "cancelled")
    under_way = secrets.token_hex(4)
    erp = connector(options)
    [made] = erp.write("orders", [order(under_way)])
    [refused] = erp.write("orders", [replace(order(under_way, status="cancelled"), id=made.id)])
    assert (refused.outcome, refused.id) == ("refused", made.id)
    assert "cancel" in refused.message


def test_s12_a_changed_relative_shows_its_record(options: dict[str, Any]) -> None:
    """Tryton leaves a record's own mark as it is when its template, address or shipment changes."""
    erp, user = connector(options), client(options)
    marks = {stream: list(erp.read(stream, None, full=False))[-1].checkpoint for stream in erp.streams}
    name = f"Widget {secrets.token_hex(4)}"
    user.change("product.template", 3, {"name": name})
    user.change("party.address", 4, {"city": name})
    shown = {
        stream: {page.documents[at].id: page.documents[at].raw}
        for stream in ("products", "parties")
        for page in erp.read(stream, marks[stream], full=False)
        for at in range(len(page.documents))
        if name in str(page.documents[at].raw)
    }
    assert {stream: [*found] for stream, found in shown.items()} == {"products": ["3"], "parties": ["4"]}


def reserved(document: Document) -> int:
    """Return what a stock document says is promised."""
    return int(document.raw["also"]["reserved"])


def test_s05_what_a_sale_promises_is_reserved(options: dict[str, Any]) -> None:
    """The stock's delta shows it, although the product itself has not changed."""
    erp = connector(options)
    mark = list(erp.read("stock", None, full=False))[-1].checkpoint
    [before] = erp.fetch("stock", ["1|5"])
    list(erp.write("orders", [order(secrets.token_hex(4))]))
    pages = list(erp.read("stock", mark, full=False))
    [after] = {reserved(document) for page in pages for document in page.documents if document.id == "1|5"}
    assert after == reserved(before) + 3


def test_s16_only_the_last_page_of_a_full_scan_is_complete(
    options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And all pages together show everything once."""
    monkeypatch.setattr("adapters.erp.models.PAGE", 2)
    pages = list(connector(options).read("products", None, full=True))
    assert [page.complete for page in pages] == [False] * (len(pages) - 1) + [True]
    ids = [int(document.id) for page in pages for document in page.documents]
    assert ids[:5] == [1, 2, 3, 4, 5]
    assert ids == sorted({*ids})
    assert len(pages) > len(ids) // 2


def test_a_key_that_is_not_accepted_is_said(options: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Once, with the place of the mend; and so is a location that Tryton does not have."""
    [finding] = connector(options, storage={"WH": "main", "MAG9": "shop"}).check()
    assert not finding.good
    assert "MAG9" in finding.message
    assert connector(options).check()[0].good
    monkeypatch.setenv("ERP_KEY", "wrong")
    [finding] = connector(options).check()
    assert not finding.good
    assert "[systems.erp]" in finding.message
