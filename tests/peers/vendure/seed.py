"""Fills a new Vendure through its own interface.

A channel in euros for Slovenia with 20 % tax, five products with stock, a customer, a way to pay and to ship, and a key.
"""

from typing import Any

from tests.peers.asking import ask
from tests.peers.system import Place

LOGIN = 'mutation{login(username:"superadmin",password:"superadmin"){__typename}}'
ZONE = 'mutation{createZone(input:{name:"EU"}){id}}'
COUNTRY = (
    """mutation{createCountry(input:{code:"SI",enabled:true,translations:[{languageCode:en,name:"Slovenia"}]}){id}}"""
)
MEMBERS = "mutation($zone:ID!,$countries:[ID!]!){addMembersToZone(zoneId:$zone,memberIds:$countries){id}}"
TAX_CATEGORY = 'mutation{createTaxCategory(input:{name:"standard",isDefault:true}){id}}'
TAX_RATE = """mutation($zone:ID!,$category:ID!){
    createTaxRate(input:{name:"VAT",enabled:true,value:20,categoryId:$category,zoneId:$zone}){id}}"""
CHANNEL = """mutation($zone:ID!){updateChannel(input:{id:1,defaultTaxZoneId:$zone,defaultShippingZoneId:$zone,
    pricesIncludeTax:false,defaultCurrencyCode:EUR,availableCurrencyCodes:[EUR]}){__typename}}"""
PRODUCT = """mutation($name:String!,$slug:String!){createProduct(input:{
    translations:[{languageCode:en,name:$name,slug:$slug,description:""}]}){id}}"""
VARIANT = """mutation($product:ID!,$sku:String!,$name:String!,$price:Money!){createProductVariants(input:[{
    productId:$product,sku:$sku,price:$price,stockOnHand:100,translations:[{languageCode:en,name:$name}]}]){id}}"""
CUSTOMER = """mutation{createCustomer(input:{firstName:"Ana",lastName:"Novak",emailAddress:"ana@example.com"}){
    __typename}}"""
PAYMENT = """mutation{createPaymentMethod(input:{code:"dummy",enabled:true,
    handler:{code:"dummy-payment-handler",arguments:[{name:"automaticSettle",value:"true"}]},
    translations:[{languageCode:en,name:"On account",description:""}]}){id}}"""
SHIPPING = """mutation{createShippingMethod(input:{code:"flat",fulfillmentHandler:"manual-fulfillment",
    checker:{code:"default-shipping-eligibility-checker",arguments:[{name:"orderMinimum",value:"0"}]},
    calculator:{code:"default-shipping-calculator",arguments:[
        {name:"rate",value:"500"},{name:"includesTax",value:"exclude"},{name:"taxRate",value:"20"}]},
    translations:[{languageCode:en,name:"Parcel",description:""}]}){id}}"""
ROLES = "{roles{items{id code}}}"
KEY = """mutation($roles:[ID!]!){createApiKey(input:{roleIds:$roles,
    translations:[{languageCode:en,name:"hub"}]}){apiKey}}"""


def fill(place: Place) -> None:
    """Fill the shop and leave the key beside its database."""
    address = f"{place.root}/admin-api"
    _, headers = ask(address, {"query": LOGIN})
    token = {"Authorization": f"Bearer {headers['vendure-auth-token']}"}

    def run(query: str, **variables: object) -> Any:
        answer, _ = ask(address, {"query": query, "variables": variables}, headers=token)
        assert "errors" not in answer, f"{query}: {answer['errors']}"
        (result,) = answer["data"].values()
        return result

    zone = run(ZONE)["id"]
    run(MEMBERS, zone=zone, countries=[run(COUNTRY)["id"]])
    run(TAX_RATE, zone=zone, category=run(TAX_CATEGORY)["id"])
    run(CHANNEL, zone=zone)
    for number in range(1, 6):
        name = f"Widget {number}"
        product = run(PRODUCT, name=name, slug=f"widget-{number}")["id"]
        run(VARIANT, product=product, sku=f"W{number:03}", name=name, price=1000 * number)
    run(CUSTOMER)
    run(PAYMENT)
    run(SHIPPING)
    role = next(role["id"] for role in run(ROLES)["items"] if role["code"] == "__super_admin_role__")
    (place.data / "api-key").write_text(run(KEY, roles=[role])["apiKey"], encoding="utf-8")
