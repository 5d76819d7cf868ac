"""Variants to Magento: simple products below a configurable one, which is made where it is missing."""

from collections.abc import Iterator
from typing import Any

import pytest

from hub.connector import Exchange, Write, Written
from tests.contract.connector_suite import fields_of
from tests.fakes.magento import Magento
from tests.fakes.magento.families import attribute
from tests.fakes.magento.keys import TOKEN, error
from tests.fakes.server import Answer, Asked, Reply


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Iterator[Magento]:
    monkeypatch.setenv("MAGENTO_TOKEN", TOKEN)
    fake = Magento()
    yield fake
    fake.close()


def variant(sku: str, colour: str | None, of: str | None = "C-1", id_: str | None = None, **more: Any) -> Write:
    told = {"variant_of": of, "options": {"Color": colour} if colour else None, **more}
    record = {"sku": sku, "name": f"Lamp ({colour})", **told}
    return Write(sku, told if id_ else record, record, id=id_, reference=f"hub-{sku}")


def put(connector: Exchange, *writes: Write) -> dict[str, Written]:
    return {each.key: each for each in connector.write("products", writes)}


def values(shop: Magento, sku: str) -> dict[str, Any]:
    record = shop.product(sku)
    assert record
    return record.values


def below(shop: Magento, sku: str) -> list[str]:
    return [shop.products.records[each].values["sku"] for each in values(shop, sku)["children"]]


def test_variants_of_an_article_stand_below_one_product(shop: Magento):
    connector = shop.connect(families=True)
    told = put(connector, variant("A-R", "Red", category="Lamps"), variant("A-G", "Green", category="Lamps"))
    assert [each.outcome for each in told.values()] == ["done", "done"]
    parent = values(shop, "C-1")
    assert (parent["type_id"], parent["name"], parent["visibility"]) == ("configurable", "Lamp", 4)
    assert parent["in_stock"], "or nobody could buy what stands below it"
    assert parent["category_ids"] == values(shop, "A-R")["category_ids"] != []
    assert below(shop, "C-1") == ["A-R", "A-G"]
    assert values(shop, "A-G")["visibility"] == 1
    assert [each["label"] for each in shop.attributes[0]["options"]] == [" ", "Red", "Blue", "Green"]
    for sku, colour in (("A-R", "Red"), ("A-G", "Green")):
        fields = fields_of(connector, "products", sku)
        assert (fields["variant_of"], fields["options"]) == ("C-1", {"Color": colour})


def test_what_is_told_again_changes_nothing(shop: Magento):
    connector = shop.connect(families=True)
    put(connector, variant("A-R", "Red"))
    values(shop, "C-1")["name"] = "Lamp of the shop's own"
    assert put(connector, variant("A-R", "Red", id_="A-R"))["A-R"].instead == {}
    assert below(shop, "C-1") == ["A-R"]
    assert values(shop, "C-1")["name"] == "Lamp of the shop's own"
    assert len(shop.server.seen(r"POST .*/child\b")) == 1


def test_a_variant_that_stands_there_already_is_well_placed(shop: Magento):
    """Between the look and the request somebody else, or an earlier attempt, has put it there."""
    connector = shop.connect(families=True)
    put(connector, variant("A-R", "Red"))

    def twice(asked: Asked, answer: Answer) -> Reply:
        answer(asked)
        return answer(asked)

    shop.server.misbehave(twice, to=r"POST .*/child\b")
    told = put(connector, variant("A-B", "Blue"))["A-B"]
    assert (told.outcome, told.instead) == ("done", {})
    assert (below(shop, "C-1"), values(shop, "A-B")["visibility"]) == (["A-R", "A-B"], 1)


def test_a_variant_that_somebody_took_away_is_not_gone(shop: Magento):
    connector = shop.connect(families=True)
    put(connector, variant("A-R", "Red"))
    fields_of(connector, "products", "A-R")
    values(shop, "C-1")["children"] = []
    told = put(connector, variant("A-R", None, of=None, id_="A-R"))["A-R"]
    assert (told.outcome, told.instead) == ("done", {})


def test_a_variant_that_the_shop_leaves_where_it_is_is_named(shop: Magento):
    connector = shop.connect(families=True)
    put(connector, variant("A-R", "Red"))
    refusal = error(404, "The option that was requested doesn't exist. Verify the entity and try again.")
    shop.server.misbehave(lambda _asked, _answer: refusal, to="DELETE .*/children/")
    told = put(connector, variant("A-R", None, of=None, id_="A-R"))["A-R"]
    assert (told.outcome, told.cause) == ("done", "no-family")
    assert "A-R stands below C-1 still" in told.message


def test_a_variant_moves_to_another_article_or_to_none(shop: Magento):
    connector = shop.connect(families=True)
    put(connector, variant("A-R", "Red"), variant("A-B", "Blue"))
    put(connector, variant("A-R", "Red", of="C-2", id_="A-R"))
    assert (below(shop, "C-1"), below(shop, "C-2")) == (["A-B"], ["A-R"])
    put(connector, variant("A-R", None, of=None, id_="A-R"))
    assert below(shop, "C-2") == []
    assert values(shop, "A-R")["visibility"] == 4
    assert fields_of(connector, "products", "A-R")["variant_of"] is None


@pytest.mark.parametrize(
    ("write", "said"),
    [
        (Write("X", {}, {"sku": "X", "variant_of": "C-1", "options": {"Size": "L"}}), "no attribute Size"),
        (Write("X", {}, {"sku": "X", "variant_of": "C-1", "options": {"Weight": "L"}}), "no attribute Weight"),
        (Write("X", {}, {"sku": "X", "variant_of": "C-1", "options": None}), "nothing tells it from"),
        (Write("X", {}, {"sku": "X", "variant_of": "L-1", "options": {"Color": "Red"}}), "L-1 is a simple product"),
        (Write("X", {}, {"sku": "X", "variant_of": "C-1", "options": {"Finish": "Matt"}}), "by the same options"),
    ],
)
def test_s18_a_variant_that_fits_no_family_stands_alone_and_that_is_said(shop: Magento, write: Write, said: str):
    connector = shop.connect(families=True)
    shop.attributes.append(attribute(94, "weight_class", "Weight", "L", scope="store"))
    shop.attributes.append(attribute(95, "finish", "Finish", "Matt"))
    assert shop.add("products") == "L-1"
    put(connector, variant("A-R", "Red"))
    told = put(connector, Write("X", write.record, write.record, reference="hub-X"))["X"]
    assert (told.outcome, told.cause, told.instead) == ("done", "no-family", {"variant_of": None, "options": None})
    assert said in told.message
    assert values(shop, "X")["visibility"] == 4


def test_a_variant_that_does_not_fit_another_family_stays_in_its_own(shop: Magento):
    connector = shop.connect(families=True)
    shop.attributes.append(attribute(95, "finish", "Finish", "Matt"))
    put(connector, variant("A-R", "Red"), variant("A-B", "Blue"))
    for options, of in (({"Size": "L"}, "C-2"), ({"Finish": "Matt"}, "C-1")):
        told = {"variant_of": of, "options": options}
        refused = put(connector, Write("k", told, {"sku": "A-R", **told}, id="A-R"))["k"]
        assert refused.instead == {"variant_of": None, "options": None}
        assert below(shop, "C-1") == ["A-R", "A-B"]
        assert values(shop, "A-R")["visibility"] == 1


def test_without_the_option_families_are_the_shops_own(shop: Magento):
    connector = shop.connect()
    assert not {"variant_of", "options"} & connector.streams["products"].writes
    put(connector, Write("A", {"name": "Lamp"}, variant("A", "Red").record, reference="hub-A"))
    assert shop.product("C-1") is None
