"""What is asked of the Admin API and told to it. Where Vendure has our fields under other names, ours are asked for."""

_MONEY = (
    "channel:activeChannel{tax_included:pricesIncludeTax} money:globalSettings{serverConfig{moneyStrategyPrecision}}"
)
_ADDRESS = """name:fullName company street:streetLine1 street_more:streetLine2 city postcode:postalCode region:province
  phone:phoneNumber"""
_CUSTOMER = f"""id firstName lastName email:emailAddress phone:phoneNumber updatedAt
  addresses{{id {_ADDRESS} country{{code}} defaultBillingAddress defaultShippingAddress}}"""
_VARIANT = """id sku name enabled updatedAt tax:taxRateApplied{value} options{name group{name}} assets{id tags{value}}
  article:product{id description enabled facetValues{id name facet{code}}}"""
_ORDER = f"""id number:code state orderPlacedAt updatedAt currency:currencyCode customer{{{_CUSTOMER}}}
  billing_address:billingAddress{{{_ADDRESS} country:countryCode}}
  shipping_address:shippingAddress{{{_ADDRESS} country:countryCode}}
  lines{{id quantity taxRate full:unitPrice fullWithTax:unitPriceWithTax
    sum:proratedLinePrice sumWithTax:proratedLinePriceWithTax productVariant{{sku name}}}}
  surcharges{{name:description sum:price sumWithTax:priceWithTax taxRate}}
  shippingLines{{sum:discountedPrice sumWithTax:discountedPriceWithTax method:shippingMethod{{code name}}}}
  payments{{method amount state reference:transactionId refunds{{total state}}}}
  fulfillments{{id state method trackingCode lines{{orderLineId quantity}}}}
  history(options:{{filter:{{type:{{eq:"ORDER_NOTE"}}}}}}){{items{{data}}}} sum:total sumWithTax:totalWithTax
  taxSummary{{taxRate}}"""


def _list(name: str, options: str, items: str, more: str = "") -> str:
    return f"query($options:{options}ListOptions){{list:{name}(options:$options){{totalItems items{{{items}}}}}{more}}}"


VARIANTS = _list("productVariants", "ProductVariant", _VARIANT)
ARTICLES = _list("products", "Product", f"id updatedAt variants{{{_VARIANT}}}")
PRICES = _list(
    "productVariants",
    "ProductVariant",
    "id sku updatedAt tax:taxRateApplied{value} prices{currency:currencyCode price}",
    _MONEY,
)
STOCK = _list("productVariants", "ProductVariant", "id sku levels:stockLevels{stockOnHand stockAllocated}")
CUSTOMERS = _list("customers", "Customer", _CUSTOMER)
ORDERS = _list("orders", "Order", _ORDER, _MONEY)
LOGIN = "mutation($user:String!,$password:String!){login(username:$user,password:$password){...on ErrorResult{errorCode message}}}"
LOOK = """{orders(options:{take:1}){totalItems} productVariants(options:{take:1}){totalItems}
  customers(options:{take:1}){totalItems} me{channels{permissions}}}"""
SEARCH = """query($skus:[String!],$slugs:[ProductFilterParameter!]){
  bySku:productVariants(options:{take:1000,filter:{sku:{in:$skus}}}){items{id sku}}
  bySlug:products(options:{take:1000,filter:{_or:$slugs}}){items{id slug variants{id}}}}"""
TERMS = """query($facet:String!){facets(options:{filter:{code:{eq:$facet}}}){items{id values{id name}}}
  taxRates(options:{take:1000}){items{value enabled zone{id} category{id}}} activeChannel{zone:defaultTaxZone{id}}}"""
CREATE_FACET = "mutation($input:CreateFacetInput!){made:createFacet(input:$input){id}}"
CREATE_VALUES = "mutation($input:[CreateFacetValueInput!]!){made:createFacetValues(input:$input){id name}}"
CREATE_VARIANTS = f"mutation($v:[CreateProductVariantInput!]!){{done:createProductVariants(input:$v){{{_VARIANT}}}}}"
UPDATE_VARIANTS = "mutation($v:[UpdateProductVariantInput!]!){done:updateProductVariants(input:$v){id}}"
UPDATE_PRODUCTS = f"""mutation($a:[UpdateProductInput!]!,$v:[UpdateProductVariantInput!]!){{
  updateProducts(input:$a){{id}} done:updateProductVariants(input:$v){{{_VARIANT}}}}}"""
ASSETS = """query($tags:[String!]!){
  assets(options:{take:1000,tags:$tags,tagsOperator:OR}){items{id tags{value}}}}"""
ARTICLE_ASSETS = """query($ids:[String!]!){
  products(options:{take:1000,filter:{id:{in:$ids}}}){items{id assets{id tags{value}}}}}"""
CREATE_ASSET = """mutation($input:CreateAssetInput!){made:createAssets(input:[$input]){
  ...on Asset{id} ...on MimeTypeError{errorCode message}}}"""
DELETE = """mutation($a:[ID!]!,$v:[ID!]!){articles:deleteProducts(ids:$a){result message}
  variants:deleteProductVariants(ids:$v){result message}}"""
NOTE = "mutation($input:AddNoteToOrderInput!){addNoteToOrder(input:$input){id}}"
FULFIL = """mutation($input:FulfillOrderInput!){done:addFulfillmentToOrder(input:$input){
  ...on Fulfillment{id state} ...on ErrorResult{errorCode message}}}"""
MOVE = """mutation($id:ID!,$state:String!){transitionFulfillmentToState(id:$id,state:$state){
  ...on ErrorResult{errorCode message} ...on FulfillmentStateTransitionError{transitionError}}}"""
CANCEL = """mutation($id:ID!){cancelOrder(input:{orderId:$id,cancelShipping:true}){...on ErrorResult{errorCode message}
  ...on OrderStateTransitionError{transitionError}}}"""


def create_articles(count: int) -> str:
    """Return a mutation that creates so many; Vendure has none that takes a list."""
    inputs = ",".join(f"$a{n}:CreateProductInput!" for n in range(count))
    return f"mutation({inputs}){{{' '.join(f'a{n}:createProduct(input:$a{n}){{id}}' for n in range(count))}}}"
