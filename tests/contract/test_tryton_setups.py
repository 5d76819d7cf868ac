"""A real Tryton whose users work otherwise than those of the other tests: in their language, with fewer rights."""

import secrets
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import pytest

from adapters.erp.tryton.connector import TrytonConnector
from adapters.erp.tryton.options import TrytonOptions
from hub.clock import SystemClock
from hub.connector import Change, Write
from hub.errors import Refused
from tests.fronts.tryton import order
from tests.peers import Peer
from tests.peers.tryton_office import Article, Office

PERMISSIONS = ("perm_read", "perm_write", "perm_create", "perm_delete")
Options = dict[str, Any]


@pytest.fixture
def options(tryton: Peer, monkeypatch: pytest.MonkeyPatch) -> Options:
    """What hub.toml says of the ERP."""
    monkeypatch.setenv("ERP_KEY", tryton["rest_key"])
    return {"url": tryton.url, "key": "env:ERP_KEY"}


def connector(options: Options, **more: Any) -> TrytonConnector:
    return TrytonConnector("erp", TrytonOptions.model_validate({**options, **more}), SystemClock())


@pytest.fixture
def erp(options: Options) -> TrytonConnector:
    return connector(options)


@pytest.fixture
def office(tryton: Peer) -> Office:
    return Office(tryton)


def told(erp: TrytonConnector, stream: str, id_: object) -> Mapping[str, Any]:
    (document,) = erp.fetch(stream, [str(id_)])
    change = erp.translate(stream, document)
    assert isinstance(change, Change)
    return change.fields


@pytest.fixture
def product(office: Office) -> tuple[int, int]:
    """A product that is not there yet: its number, and that of its template."""
    sku = f"S-{secrets.token_hex(4)}"
    office.make_products([Article(sku, f"Lamp {sku}", "10")])
    (row,) = office.rows("product.product", [["code", "=", sku]], "template")
    return row["id"], row["template"]


def test_s15_what_is_no_longer_in_use_is_sold_no_more(erp: TrytonConnector, office: Office, product: tuple[int, int]):
    """Who takes a product out of use does it at its template; the variant goes on saying that it is in use."""
    id_, template = product
    mark = list(erp.read("products", None, full=False))[-1].checkpoint
    assert told(erp, "products", id_)["active"]
    office.call("model.product.template.write", [template], {"active": False})
    (shown,) = [
        each for page in erp.read("products", mark, full=False) for each in page.documents if each.id == str(id_)
    ]
    change = erp.translate("products", shown)
    assert isinstance(change, Change)
    assert change.fields["active"] is False


def test_names_are_read_in_the_language_that_they_are_written_in(
    options: Options, office: Office, product: tuple[int, int]
):
    """Tryton keeps what is changed in another language than the database's apart; the name there stays as it was."""
    id_, template = product
    german = connector(options, language="de")
    old = told(german, "products", id_)["name"]
    office.call("model.product.template.write", [template], {"name": "Stehlampe"}, language="de")
    assert told(german, "products", id_)["name"] == "Stehlampe"
    assert told(connector(options), "products", id_)["name"] == old


@pytest.fixture
def clerk(office: Office) -> Iterator[int]:
    """The hub acts for a user who is no administrator, and may not see how parties can be reached."""
    groups = [each["id"] for each in office.rows("res.group", [["name", "=", "Sales"]], "name")]
    login = f"clerk-{secrets.token_hex(4)}"
    new = {"name": login, "login": login, "companies": [["add", [1]]], "company": 1, "groups": [["add", groups]]}
    (user,) = office.call("model.res.user.create", [new])
    none = dict.fromkeys(PERMISSIONS, False)
    barred = office.call("model.ir.model.access.create", [{"model": "party.contact_mechanism", **none}])
    (key,) = office.rows("res.user.application", [["state", "=", "validated"]], "user")
    office.call("model.res.user.application.write", [key["id"]], {"user": user})
    yield user
    office.call("model.res.user.application.write", [key["id"]], {"user": key["user"]})
    office.call("model.ir.model.access.delete", barred)


@pytest.mark.usefixtures("clerk")
def test_what_the_key_may_not_read_is_not_taken_for_empty(erp: TrytonConnector):
    """Tryton leaves such fields out of its answers, without a word: everybody's e-mail address would be deleted."""
    (finding,) = erp.check()
    assert not finding.good
    assert "contact_mechanisms of party.party" in finding.message
    with pytest.raises(Refused, match="contact_mechanisms"):
        list(erp.read("parties", None, full=True))


def test_s26_a_new_address_takes_the_place_of_the_first_alone(erp: TrytonConnector, office: Office):
    """The others are of people whom the ERP knows there."""
    name = secrets.token_hex(4)
    record = {"name": name, "email": f"{name}@example.com", "phone": "+38640123456"}
    (made,) = erp.write("parties", [Write("k", record, record, reference=f"hub-{name}")])
    person, moved = f"sales-{name}@example.com", f"new-{name}@example.com"
    other = {"party": int(made.id or ""), "type": "email", "value": person}
    office.call("model.party.contact_mechanism.create", [other])
    (done,) = erp.write("parties", [Write("k", {"email": moved}, {**record, "email": moved}, id=made.id)])
    assert done.outcome == "done"
    assert (told(erp, "parties", made.id)["email"], told(erp, "parties", made.id)["phone"]) == (moved, "+38640123456")
    rows = office.rows("party.contact_mechanism", [["party", "=", int(made.id or "")]], "value")
    assert {each["value"] for each in rows} == {moved, person, "+38640123456"}


def test_s15_a_sale_whose_description_is_changed_is_not_gone(options: Options, office: Office):
    """The hub's reference stands there, where everybody can write; without it the order would be followed no more."""
    (made,) = connector(options, confirm="draft").write("orders", [order(secrets.token_hex(4))])
    office.call("model.sale.sale.write", [int(made.id or "")], {"description": "Urgent"})
    assert told(connector(options), "orders", made.id)["status"] == "pending"


@pytest.fixture
def sister(office: Office) -> Iterator[int]:
    """A second company, which the hub's user may look at, too."""
    party = office.one("party.party", [["name", "=", "Customer 1"]])
    currency = office.one("currency.currency", [["code", "=", "EUR"]])
    (company,) = office.call("model.company.company.create", [{"party": party, "currency": currency}])
    user = office.one("res.user", [["login", "=", office.tryton["user"]]])
    office.call("model.res.user.write", [user], {"companies": [["add", [company]]], "company_filter": "all"})
    yield company
    office.call("model.res.user.write", [user], {"company_filter": "one"})


def test_s05_what_another_company_promises_is_not_ours(
    erp: TrytonConnector, office: Office, product: tuple[int, int], sister: int
):
    """Tryton's companies share their warehouses."""
    id_, _ = product
    places = {code: office.one("stock.location", [["code", "=", code]]) for code in ("WH", "STO", "CUS")}
    move = {"product": id_, "unit": office.one("product.uom", [["name", "=", "Unit"]]), "quantity": 5.0}
    move |= {"from_location": places["STO"], "to_location": places["CUS"], "company": sister}
    move |= {"unit_price": Decimal(1), "currency": office.one("currency.currency", [["code", "=", "EUR"]])}
    office.call("model.stock.move.create", [move], company=sister)
    assert told(erp, "stock", f"{id_}|{places['WH']}")["reserved"] == "0"
