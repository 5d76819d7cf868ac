"""A visitor of a Vendure shop, who puts things into the basket, gives an address and pays."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Protocol

from tests.peers.asking import ask

LOGIN = "mutation($user:String!,$password:String!){login(username:$user,password:$password){__typename}}"
FIND = "query($skus:[String!]){productVariants(options:{take:1000,filter:{sku:{in:$skus}}}){items{id sku}}}"
ERROR = "__typename ...on ErrorResult{errorCode message}"
ADD = """mutation($lines:[AddItemInput!]!){addItemsToOrder(inputs:$lines){
    ...on UpdateMultipleOrderItemsResult{errorResults{...on ErrorResult{errorCode message}}}}}"""
COUPON = f"mutation($code:String!){{applyCouponCode(couponCode:$code){{{ERROR}}}}}"
INTRODUCE = f"""mutation($customer:CreateCustomerInput!,$address:CreateAddressInput!){{
    setCustomerForOrder(input:$customer){{{ERROR}}}
    setOrderShippingAddress(input:$address){{{ERROR}}} setOrderBillingAddress(input:$address){{{ERROR}}}}}"""
METHODS = "{eligibleShippingMethods{id code}}"
PAY = f"""mutation($shipping:[ID!]!,$payment:PaymentInput!){{
    setOrderShippingMethod(shippingMethodId:$shipping){{{ERROR}}} transitionOrderToState(state:"ArrangingPayment"){{{ERROR}}}
    addPaymentToOrder(input:$payment){{__typename ...on Order{{code}} ...on ErrorResult{{errorCode message}}}}}}"""

ADDRESS = {
    "streetLine1": "Cesta 1",
    "city": "Ljubljana",
    "postalCode": "1000",
    "countryCode": "SI",
    "phoneNumber": "+386 40 123 456",
}


class Facts(Protocol):
    """What is known of a running shop: a `Peer`, or a mapping."""

    def __getitem__(self, fact: str, /) -> Any:
        """Return `shop_api`, `admin_api`, `user` or `password`."""
        ...


def place_order(
    shop: Facts,
    lines: Mapping[str, int],
    email: str,
    *,
    name: str = "Bo Kos",
    address: Mapping[str, str] = ADDRESS,
    payment: str = "dummy",
    coupon: str = "",
) -> str:
    """Place an order of SKUs and quantities as a guest and pay it; returns its code. The shop must have what is bought."""
    url, token = shop["shop_api"], dict[str, str]()
    variants = find_variants(shop, lines)
    wanted = [{"productVariantId": variants[sku], "quantity": quantity} for sku, quantity in lines.items()]
    refused = run(url, token, ADD, lines=wanted)["addItemsToOrder"]["errorResults"]
    assert not refused, refused
    if coupon:
        run(url, token, COUPON, code=coupon)
    first, _, last = name.partition(" ")
    customer = {"firstName": first, "lastName": last, "emailAddress": email}
    run(url, token, INTRODUCE, customer=customer, address={"fullName": name, **address})
    method = run(url, token, METHODS)["eligibleShippingMethods"][0]["id"]
    paid = run(url, token, PAY, shipping=[method], payment={"method": payment, "metadata": {}})
    return paid["addPaymentToOrder"]["code"]


def find_variants(shop: Facts, skus: Mapping[str, Any]) -> dict[str, str]:
    """Return the shop's identities of some SKUs."""
    token = log_in(shop["admin_api"], shop["user"], shop["password"])
    found = run(shop["admin_api"], {"Authorization": token}, FIND, skus=list(skus))
    return {each["sku"]: each["id"] for each in found["productVariants"]["items"]}


@cache
def log_in(url: str, user: str, password: str) -> str:
    """Return what the header Authorization says for the Admin API; the session outlives a restart of the shop."""
    _, headers = ask(url, {"query": LOGIN, "variables": {"user": user, "password": password}})
    return f"Bearer {headers['vendure-auth-token']}"


def run(url: str, token: dict[str, str], query: str, **variables: object) -> Any:
    """Return the data of an answer, and remember in `token` whose session it was. Fails if anything was refused."""
    answer, headers = ask(url, {"query": query, "variables": variables}, headers=token)
    assert "errors" not in answer, f"{query}: {answer['errors']}"
    refused: list[Any] = [each for each in answer["data"].values() if isinstance(each, dict) and "errorCode" in each]
    assert not refused, f"{query}: {refused}"
    if "vendure-auth-token" in headers:
        token["Authorization"] = f"Bearer {headers['vendure-auth-token']}"
    return answer["data"]
