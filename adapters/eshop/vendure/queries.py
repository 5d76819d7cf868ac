"""What is asked of the Admin API besides its lists, and told to it."""

from adapters.asking.forms import Form
from adapters.asking.graphql import ON_ERROR, selection
from adapters.eshop.vendure.translate import VARIANT

_VARIANT = selection(VARIANT)
LOGIN = f"mutation($user:String!,$password:String!){{login(username:$user,password:$password){{{ON_ERROR}}}}}"
LOOK = """{orders(options:{take:1}){totalItems} productVariants(options:{take:1}){totalItems}
  customers(options:{take:1}){totalItems} me{channels{permissions}}}"""
PLACE = """query($filter:StockLocationFilterParameter){
  stockLocations(options:{take:1,sort:{createdAt:ASC},filter:$filter}){items{id name}}}"""
SEARCH = """query($skus:[String!],$slugs:[ProductFilterParameter!]){
  bySku:productVariants(options:{take:1000,filter:{sku:{in:$skus}}}){items{id sku}}
  bySlug:products(options:{take:1000,filter:{_or:$slugs}}){items{id slug variants{id}}}}"""
TERMS = """query($facet:String!){facets(options:{filter:{code:{contains:$facet}}}){items{id code values{id name}}}
  taxRates(options:{take:1000}){items{value enabled zone{id} category{id}}} activeChannel{zone:defaultTaxZone{id}}}"""
CREATE_FACET = "mutation($input:CreateFacetInput!){made:createFacet(input:$input){id code}}"
CREATE_VALUES = "mutation($input:[CreateFacetValueInput!]!){made:createFacetValues(input:$input){id name}}"
CREATE_ARTICLE = Form("createProduct", "input:CreateProductInput!", "id")
"""Vendure has none that takes a list."""
CREATE_VARIANTS = f"mutation($v:[CreateProductVariantInput!]!){{done:createProductVariants(input:$v){{{_VARIANT}}}}}"
UPDATE_VARIANTS = "mutation($v:[UpdateProductVariantInput!]!){done:updateProductVariants(input:$v){id}}"
UPDATE_PRODUCTS = f"""mutation($a:[UpdateProductInput!]!,$v:[UpdateProductVariantInput!]!){{
  updateProducts(input:$a){{id}} done:updateProductVariants(input:$v){{{_VARIANT}}}}}"""
ASSETS = """query($tags:[String!]!){
  assets(options:{take:1000,tags:$tags,tagsOperator:OR}){items{id tags{value}}}}"""
CREATE_ASSET = """mutation($input:CreateAssetInput!){made:createAssets(input:[$input]){
  ...on Asset{id} ...on MimeTypeError{errorCode message}}}"""
DELETE = """mutation($a:[ID!]!,$v:[ID!]!){articles:deleteProducts(ids:$a){result message}
  variants:deleteProductVariants(ids:$v){result message}}"""
NOTE, FORGET = Form("addNoteToOrder", "input:AddNoteToOrderInput!", "id"), Form("deleteOrderNote", "id:ID!", "result")
FULFIL = f"""mutation($input:FulfillOrderInput!){{done:addFulfillmentToOrder(input:$input){{
  ...on Fulfillment{{id state}} {ON_ERROR}}}}}"""
MOVE = f"""mutation($id:ID!,$state:String!){{transitionFulfillmentToState(id:$id,state:$state){{
  {ON_ERROR} ...on FulfillmentStateTransitionError{{transitionError}}}}}}"""
STATE = "query($id:ID!){order(id:$id){state}}"
ADVANCE = f"""mutation($id:ID!,$state:String!){{transitionOrderToState(id:$id,state:$state){{
  {ON_ERROR} ...on OrderStateTransitionError{{transitionError}}}}}}"""
CANCEL = f"""mutation($id:ID!){{cancelOrder(input:{{orderId:$id,cancelShipping:true}}){{
  {ON_ERROR} ...on OrderStateTransitionError{{transitionError}}}}}}"""
