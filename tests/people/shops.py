"""What people do in the shops: customers order, the staff edits products and customers, cancels and gives money back."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any, ClassVar

from tests.peers import Peer, medusa_shop, oscar_shop, vendure_shop
from tests.people.chance import Chance

ERROR = "...on ErrorResult{errorCode message}"
FOUND = "{productVariants(options:{take:1000}){items{id sku product{id}}}}"
ORDERS = (
    "{orders(options:{take:1000,filter:{orderPlacedAt:{isNull:false}}}){items{id lines{id quantity} payments{id}}}}"
)
CUSTOMERS = "{customers(options:{take:1000}){items{id addresses{id}}}}"
TELL = "mutation($a:[UpdateProductInput!]!){updateProducts(input:$a){id}}"
TELL_VARIANT = "mutation($v:[UpdateProductVariantInput!]!){updateProductVariants(input:$v){id}}"
DELETE = "mutation($id:ID!){deleteProduct(id:$id){result message}}"
CANCEL = f"mutation($input:CancelOrderInput!){{cancelOrder(input:$input){{__typename {ERROR}}}}}"
REFUND = f"mutation($input:RefundOrderInput!){{refundOrder(input:$input){{__typename {ERROR}}}}}"
PERSON = f"mutation($input:UpdateCustomerInput!){{updateCustomer(input:$input){{__typename {ERROR}}}}}"
PLACE = "mutation($input:UpdateAddressInput!){updateCustomerAddress(input:$input){id}}"
PROMOTION = f"""mutation{{createPromotion(input:{{enabled:true,couponCode:"OFF",conditions:[],
  actions:[{{code:"order_percentage_discount",arguments:[{{name:"discount",value:"15"}}]}}],
  translations:[{{languageCode:en,name:"OFF"}}]}}){{__typename {ERROR}}}}}"""


class Shop:
    """A shop, with all who work or buy there."""

    own: ClassVar[Mapping[str, int]] = {}
    """What can be done in this shop alone, and how often."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer

    def prepare(self) -> None:
        """Make what customers need."""

    def products(self) -> Mapping[str, Any]:
        """Return SKU -> what the staff acts on."""
        raise NotImplementedError

    def change(self, of: Any, **values: str) -> None:
        """Change the `name`, `description`, `price` or `sku` of a product."""
        raise NotImplementedError

    def remove(self, of: Any) -> None:
        """Delete a product."""
        raise NotImplementedError

    def place(self, lines: Mapping[str, int], chance: Chance) -> None:
        """Place an order."""
        raise NotImplementedError

    def order(self, chance: Chance) -> None:
        """Have a customer order some of what the shop has."""
        skus = [sku for sku in self.products() if sku[:1] in "PR"]
        self.place({sku: chance.randint(1, 4) for sku in chance.some(skus)}, chance)

    def edit(self, chance: Chance) -> None:
        """Change a text that the shop may not own."""
        self.change(self._one(chance), **{chance.choice(("name", "description")): chance.text()})

    def reprice(self, chance: Chance) -> None:
        """Change a price that is the ERP's."""
        self.change(self._one(chance), price=f"{chance.randint(1, 500)}.{chance.randint(0, 99):02}")

    def renumber(self, chance: Chance) -> None:
        """Change a SKU: to one that nothing has, or had."""
        self.change(self._one(chance), sku=f"R{chance.randrange(10**6)}")

    def delete(self, chance: Chance) -> None:
        """Delete a product that the hub had brought."""
        self.remove(self._one(chance))

    def _one(self, chance: Chance) -> Any:
        there = self.products()
        return there[chance.choice([sku for sku in there if sku[:1] in "PR"])]

    ACTS: ClassVar[Mapping[str, int]] = {"order": 12, "edit": 4, "reprice": 3, "renumber": 1, "delete": 1}

    @cached_property
    def acts(self) -> Mapping[Callable[[Chance], object], int]:
        """Return what can be done, and how often it is."""
        return {getattr(self, name): often for name, often in {**self.ACTS, **self.own}.items()}


class Vendure(Shop):
    """A shop whose customers pay at once."""

    own: ClassVar = {"cancel": 2, "refund": 1, "edit_customer": 2}

    def ask(self, query: str, **variables: object) -> Any:
        """Ask, or do, what the staff may."""
        token = vendure_shop.log_in(self.peer["admin_api"], self.peer["user"], self.peer["password"])
        return vendure_shop.run(self.peer["admin_api"], {"Authorization": token}, query, **variables)

    def prepare(self) -> None:
        self.ask(PROMOTION)

    def products(self) -> Mapping[str, Any]:
        return {each["sku"]: each for each in self.ask(FOUND)["productVariants"]["items"]}

    def change(self, of: Any, **values: str) -> None:
        if "sku" in values:
            self.ask(TELL_VARIANT, v=[{"id": of["id"], "sku": values["sku"]}])
        elif "price" in values:
            self.ask(TELL_VARIANT, v=[{"id": of["id"], "price": int(Decimal(values["price"]) * 100)}])
        else:
            self.ask(TELL, a=[{"id": of["product"]["id"], "translations": [{"languageCode": "en", **values}]}])

    def remove(self, of: Any) -> None:
        self.ask(DELETE, id=of["product"]["id"])

    def place(self, lines: Mapping[str, int], chance: Chance) -> None:
        coupon = "OFF" if chance.random() < 0.3 else ""
        vendure_shop.place_order(self.peer, lines, chance.email(), coupon=coupon)

    def _order(self, chance: Chance) -> Any:
        return chance.choice(self.ask(ORDERS)["orders"]["items"])

    def cancel(self, chance: Chance) -> None:
        """Cancel an order, or a piece of one."""
        order = self._order(chance)
        told: dict[str, Any] = {"orderId": order["id"], "cancelShipping": True}
        if chance.random() < 0.4:
            told["lines"] = [{"orderLineId": order["lines"][0]["id"], "quantity": 1}]
            told["cancelShipping"] = False
        self.ask(CANCEL, input=told)

    def refund(self, chance: Chance) -> None:
        """Give some money back."""
        order = self._order(chance)
        told = {"lines": [], "shipping": 0, "adjustment": 100, "paymentId": order["payments"][0]["id"]}
        self.ask(REFUND, input=told)

    def edit_customer(self, chance: Chance) -> None:
        """Change a customer's name, phone or address."""
        customer = chance.choice(self.ask(CUSTOMERS)["customers"]["items"])
        if customer["addresses"] and chance.random() < 0.5:
            self.ask(PLACE, input={"id": customer["addresses"][0]["id"], "city": chance.text()[:200]})
        else:
            told = chance.choice(
                ({"lastName": chance.text()[:200]}, {"phoneNumber": f"+3864098765{chance.randrange(10)}"})
            )
            self.ask(PERSON, input={"id": customer["id"], **told})


class Medusa(Shop):
    """A shop whose staff takes the money."""

    own: ClassVar = {"capture": 3, "cancel": 2, "refund": 1, "edit_customer": 2, "register": 1}

    def ask(self, path: str, body: object = None, *, method: str | None = None) -> Any:
        """Ask, or do, what the staff may."""
        return medusa_shop.admin(self.peer, path, body, method=method)

    def prepare(self) -> None:
        how = {"value": 15, "type": "percentage", "target_type": "order", "currency_code": "eur"}
        self.ask("promotions", {"code": "OFF", "type": "standard", "status": "active", "application_method": how})

    def products(self) -> Mapping[str, Any]:
        rows = self.ask("product-variants?limit=1000&fields=id,sku,product_id")["variants"]
        return {each["sku"]: each for each in rows}

    def change(self, of: Any, **values: str) -> None:
        article = f"products/{of['product_id']}"
        if "sku" in values:
            self.ask(f"{article}/variants/{of['id']}", values)
        elif "price" in values:
            price = {"amount": float(values["price"]), "currency_code": "eur"}
            self.ask(f"{article}/variants/{of['id']}", {"prices": [price]})
        else:
            self.ask(article, {{"name": "title"}.get(name, name): values[name] for name in values})

    def remove(self, of: Any) -> None:
        self.ask(f"products/{of['product_id']}", method="DELETE")

    def place(self, lines: Mapping[str, int], chance: Chance) -> None:
        codes: Sequence[str] = ["OFF"] if chance.random() < 0.3 else []
        medusa_shop.place_order(self.peer, list(lines.items()), chance.email(), promotions=codes)

    def _order(self, chance: Chance) -> Any:
        return chance.choice(self.ask("orders?limit=1000&fields=id,total,*payment_collections.payments")["orders"])

    def capture(self, chance: Chance) -> None:
        """Take the money for an order."""
        medusa_shop.capture(self.peer, self._order(chance)["id"])

    def cancel(self, chance: Chance) -> None:
        """Cancel an order."""
        self.ask(f"orders/{self._order(chance)['id']}/cancel", {})

    def refund(self, chance: Chance) -> None:
        """Give money back: a part of it, or all."""
        order = self._order(chance)
        payment = order["payment_collections"][0]["payments"][0]
        amount = payment["amount"] if chance.random() < 0.3 else 1
        self.ask(f"payments/{payment['id']}/refund", {"amount": amount})

    def edit_customer(self, chance: Chance) -> None:
        """Change a customer's name or phone."""
        customer = chance.choice(self.ask("customers?limit=1000&fields=id")["customers"])
        told = chance.choice(({"last_name": chance.text()[:200]}, {"phone": f"+3864011111{chance.randrange(10)}"}))
        self.ask(f"customers/{customer['id']}", told)

    def register(self, chance: Chance) -> None:
        """Open an account."""
        medusa_shop.register(self.peer, chance.email().lower(), first_name="Ana", last_name="Kos")


class Oscar(Shop):
    """A shop whose interface changes nothing about orders."""

    def ask(self, path: str, body: object = None, *, method: str | None = None) -> Any:
        """Ask, or do, what the staff may."""
        return oscar_shop.staff(self.peer, path, body, method=method)

    def products(self) -> Mapping[str, Any]:
        return oscar_shop.find_products(self.peer)

    def change(self, of: Any, **values: str) -> None:
        if "price" in values:
            (record,) = self.ask(f"products/{of}")["stockrecords"]
            self.ask(f"stockrecords/{record['url'].split('/')[-2]}", values, method="PATCH")
        else:
            named = {"name": "title", "sku": "upc"}
            self.ask(f"products/{of}", {named.get(name, name): values[name] for name in values}, method="PATCH")

    def remove(self, of: Any) -> None:
        self.ask(f"products/{of}", method="DELETE")

    def place(self, lines: Mapping[str, int], chance: Chance) -> None:
        oscar_shop.place_order(self.peer, lines, chance.email())


SHOPS: Mapping[str, type[Shop]] = {"vendure": Vendure, "medusa": Medusa, "oscar": Oscar}
