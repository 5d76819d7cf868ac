"""What is asked of the Admin API and told to it (reference: "GraphQL Admin API", version 2026-10)."""

from collections.abc import Mapping

import orjson

from adapters.asking.edges import PAGE
from adapters.asking.forms import Form

NAMESPACE, REFERENCE, INVOICE = "hub", "reference", "invoice"
"""The metafields with the hub's reference of a product, and with the invoice of an order."""
ID = "id"
"""The type of metafields by which a record can be looked up: unique (page "Working with custom IDs")."""
_IDENTIFIED = f'namespace:"{NAMESPACE}",key:"{REFERENCE}"'
MARK = {"namespace": NAMESPACE, "key": REFERENCE}
_MONEY = "{shopMoney{amount}}"
_TAXES = f"taxLines{{ratePercentage priceSet{_MONEY}}}"
_ADDRESS = (
    "name company street:address1 street_more:address2 city postcode:zip region:province country:countryCodeV2 phone"
)

PRODUCT = "id updatedAt title descriptionHtml vendor productType tags status"
IMAGE = "id ...on MediaImage{image{url}}"
VARIANT = "id sku title barcode selectedOptions{name value} inventoryItem{measurement{weight{unit value}}}"
PRICE = "id sku price"
STOCK = 'id sku price inventoryItem{id tracked inventoryLevel(locationId:$location){quantities(names:["available"]){quantity}}}'
CUSTOMER = f"""id updatedAt firstName lastName email:defaultEmailAddress{{emailAddress}}
  phone:defaultPhoneNumber{{phoneNumber}} defaultAddress{{id}} addresses:addressesV2(first:20){{nodes{{id {_ADDRESS}}}}}"""
LINE = f"""id sku title variantTitle quantity currentQuantity price:originalUnitPriceSet{_MONEY}
  discountAllocations{{allocatedAmountSet{_MONEY}}} {_TAXES}"""
ORDER = f"""id updatedAt number:name processedAt cancelledAt closedAt currencyCode taxesIncluded email phone note
  displayFinancialStatus displayFulfillmentStatus gross:currentTotalPriceSet{_MONEY} tax:currentTotalTaxSet{_MONEY}
  customer{{{CUSTOMER}}} billingAddress{{{_ADDRESS}}} shippingAddress{{{_ADDRESS}}}
  shippingLines(first:10){{nodes{{id title code price:discountedPriceSet{_MONEY} left:currentDiscountedPriceSet{_MONEY} {_TAXES}}}}}
  additionalFees{{title:name price{_MONEY} {_TAXES}}} duties:currentTotalDutiesSet{_MONEY}
  fulfillments(first:50){{id status trackingInfo{{number company url}}}}
  transactions(first:20){{kind status gateway paymentId processedAt}}
  invoice:metafield(namespace:"{NAMESPACE}",key:"{INVOICE}"){{value}}"""

REFUNDS = f"""query($id:ID!){{order(id:$id){{fulfillments(first:50){{createdAt}} refunds(first:10){{createdAt
  refundLineItems(first:30){{nodes{{quantity restockType lineItem{{id}}}}}}
  refundShippingLines(first:5){{nodes{{subtotalAmountSet{_MONEY} shippingLine{{id}}}}}}}}}}}}"""
"""So much as a query may cost; of what does not fit, it counts as if it had been taken off before it was sent."""

TERMS = "{shop{currencyCode taxesIncluded}}"
LOCATIONS = "{locations(first:250){nodes{id name}}}"
LOOK = """{shop{name currencyCode taxesIncluded} products(first:1){nodes{id}} orders(first:1){nodes{id}}
  customers(first:1){nodes{id}}}"""
DEFINITION = f"{{metafieldDefinition(identifier:{{ownerType:PRODUCT,{_IDENTIFIED}}}){{type{{name}}}}}}"
DEFINE = f"""mutation{{done:metafieldDefinitionCreate(definition:{{
  ownerType:PRODUCT,{_IDENTIFIED},name:"Hub: reference",type:"{ID}"}}){{createdDefinition{{type{{name}}}} userErrors{{field message code}}}}}}"""
OWNERS = "query($ids:[ID!]!){nodes(ids:$ids){...on ProductVariant{owner:product{id}}}}"
SKUS = f"query($query:String,$after:String){{list:productVariants(first:100,query:$query,after:$after){{nodes{{id sku}} {PAGE}}}}}"

BY_REFERENCE = Form("productByIdentifier", "identifier:ProductIdentifierInput!", "variants(first:100){nodes{id sku}}")

CHANGE = """mutation($product:ProductUpdateInput!,$article:Boolean!,$files:[FileSetInput!],$pictures:Boolean!,
  $id:ID!,$variants:[ProductVariantsBulkInput!]!,$variant:Boolean!){
  productUpdate(product:$product)@include(if:$article){userErrors{field message}}
  productSet(identifier:{id:$id},input:{files:$files},synchronous:true)@include(if:$pictures){
    userErrors{field message code}}
  productVariantsBulkUpdate(productId:$id,variants:$variants)@include(if:$variant){userErrors{field message code}}}"""
COUNT = "query($limit:Int){count:productsCount(limit:$limit){count}}"
RUN = """mutation($query:String!){done:bulkOperationRunQuery(query:$query,groupObjects:true){
  bulkOperation{id} userErrors{field message code}}}"""
OPERATION = "query($id:ID!){node(id:$id){...on BulkOperation{status errorCode objectCount url}}}"
MEDIA = """query($id:ID!){node(id:$id){...on ProductVariant{product{media(first:250){nodes{
  id status mediaErrors{message} ...on MediaImage{image{url}}}}}}}}"""
CHANNELS = "{publications(first:100){nodes{id name}}}"
PUBLISH = (
    "mutation($id:ID!,$input:[PublicationInput!]!){publishablePublish(id:$id,input:$input){userErrors{field message}}}"
)
STAGE = """mutation($input:[StagedUploadInput!]!){done:stagedUploadsCreate(input:$input){
  stagedTargets{url resourceUrl parameters{name value}} userErrors{field message}}}"""
PRICES = """mutation($id:ID!,$variants:[ProductVariantsBulkInput!]!){
  productVariantsBulkUpdate(productId:$id,variants:$variants){userErrors{field message code}}}"""
REMOVE = "mutation($id:ID!){productDelete(input:{id:$id},synchronous:true){userErrors{field message}}}"
REMOVE_VARIANT = """mutation($id:ID!,$variants:[ID!]!){
  productVariantsBulkDelete(productId:$id,variantsIds:$variants){userErrors{field message code}}}"""
SET_STOCK = """mutation($input:InventorySetQuantitiesInput!,$key:String!){
  inventorySetQuantities(input:$input)@idempotent(key:$key){userErrors{field message code}}}"""
TRACK = "mutation($id:ID!){inventoryItemUpdate(id:$id,input:{tracked:true}){userErrors{field message}}}"
ACTIVATE = """mutation($id:ID!,$location:ID!,$key:String!){
  inventoryActivate(inventoryItemId:$id,locationId:$location)@idempotent(key:$key){userErrors{field message}}}"""

OPEN = """query($id:ID!){order(id:$id){fulfillmentOrders(first:50){nodes{
  id status assignedLocation{location{id}} supportedActions{action}}}}}"""
FULFIL = "mutation($input:FulfillmentInput!){fulfillmentCreate(fulfillment:$input){userErrors{field message}}}"
TRACKING = """mutation($id:ID!,$info:FulfillmentTrackingInput!,$notify:Boolean){
  fulfillmentTrackingInfoUpdate(fulfillmentId:$id,trackingInfoInput:$info,notifyCustomer:$notify){
  userErrors{field message}}}"""
CLOSE = "mutation($id:ID!){orderClose(input:{id:$id}){userErrors{field message}}}"
CANCEL = """mutation($id:ID!,$notify:Boolean,$refund:OrderCancelRefundMethodInput!){orderCancel(
  orderId:$id,reason:OTHER,restock:true,notifyCustomer:$notify,refundMethod:$refund){
  orderCancelUserErrors{field message code}}}"""
NOTE = f"""mutation($id:ID!,$value:String!){{metafieldsSet(metafields:[{{
  ownerId:$id,namespace:"{NAMESPACE}",key:"{INVOICE}",type:"single_line_text_field",value:$value}}]){{
  userErrors{{field message code}}}}}}"""
FORGET = f"""mutation($id:ID!){{metafieldsDelete(metafields:[{{
  ownerId:$id,namespace:"{NAMESPACE}",key:"{INVOICE}"}}]){{userErrors{{field message}}}}}}"""

HOOKS = f"query($after:String){{list:webhookSubscriptions(first:100,after:$after){{nodes{{id topic uri}} {PAGE}}}}}"
SUBSCRIBE = """mutation($topic:WebhookSubscriptionTopic!,$uri:String!){webhookSubscriptionCreate(
  topic:$topic,webhookSubscription:{uri:$uri,format:JSON}){userErrors{field message}}}"""


def listing(name: str, sort: str, fields: str, declared: str = "") -> str:
    """Return a query for a page of a list; `sort`: the type of its sort keys."""
    variables = f"$first:Int!,$after:String,$query:String,$sort:{sort}!{declared}"
    arguments = "first:$first,after:$after,query:$query,sortKey:$sort"
    return f"query({variables}){{list:{name}({arguments}){{nodes{{{fields}}} {PAGE}}}}}"


def last(name: str) -> str:
    """Return a query for the record of a list that was changed last."""
    return f"{{last:{name}(first:1,sortKey:UPDATED_AT,reverse:true){{nodes{{updatedAt}}}}}}"


def create(fields: str) -> str:
    """Return what makes a product, or sets the one with the reference to it, and shows these fields of it."""
    return f"""mutation($reference:String!,$input:ProductSetInput!){{done:productSet(
      identifier:{{customId:{{{_IDENTIFIED},value:$reference}}}},input:$input,synchronous:true){{
      product{{{fields}}} userErrors{{field message code}}}}}}"""


def in_bulk(name: str, fields: str, parts: Mapping[str, str], given: Mapping[str, object]) -> str:
    """Return a query for a whole list, to be carried out by a bulk operation: it takes no variables, and wants edges.

    `parts`: the fields of lists within a record, by their names.
    """
    lists = " ".join(f"{part}{{nodes{{{part_fields}}}}}" for part, part_fields in parts.items())
    text = f"{{{name}{{nodes{{{fields} {lists}}}}}}}"
    for variable, value in given.items():
        text = text.replace(f"${variable}", orjson.dumps(value).decode())
    return _by_edges(text)


def _by_edges(text: str) -> str:
    """Return a query in which `nodes{...}` is `edges{node{...}}`."""
    before, found, rest = text.partition("nodes{")
    if not found:
        return text
    depth = 1
    for place, letter in enumerate(rest):
        depth += {"{": 1, "}": -1}.get(letter, 0)
        if depth == 0:
            return f"{before}edges{{node{{{_by_edges(rest[:place])}}}}}{_by_edges(rest[place + 1 :])}"
    raise ValueError(text)


def some(kind: str, fields: str, declared: str = "") -> str:
    """Return a query for records of a type by their identity."""
    return f"query($ids:[ID!]!{declared}){{nodes(ids:$ids){{...on {kind}{{{fields}}}}}}}"


def part(name: str, fields: str, size: int) -> str:
    """Return what is asked for of a list within a record."""
    return f"{name}(first:{size}){{nodes{{{fields}}} {PAGE}}}"


def rest(kind: str, name: str, fields: str, declared: str = "") -> str:
    """Return a query for more of a list within a record."""
    asked = f"{name}(first:50,after:$after){{nodes{{{fields}}} {PAGE}}}"
    return f"query($id:ID!,$after:String{declared}){{node(id:$id){{...on {kind}{{list:{asked}}}}}}}"
