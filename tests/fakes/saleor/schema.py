"""The part of the schema that is spoken here (reference), with its types and what must not be null."""

from graphql import build_schema

CONNECTED = ("Product", "ProductVariant", "Category", "ProductType", "Warehouse", "User", "Order", "TaxConfiguration")
PAYLOADS = {
    "ProductUpdate": ("ProductError", "product: Product"),
    "ProductDelete": ("ProductError", "product: Product"),
    "ProductVariantUpdate": ("ProductError", "productVariant: ProductVariant"),
    "ProductVariantDelete": ("ProductError", "productVariant: ProductVariant"),
    "ProductChannelListingUpdate": ("ProductChannelListingError", "product: Product"),
    "ProductVariantChannelListingUpdate": ("ProductChannelListingError", "variant: ProductVariant"),
    "ProductVariantStocksUpdate": ("BulkStockError", "productVariant: ProductVariant"),
    "CategoryCreate": ("ProductError", "category: Category"),
    "OrderConfirm": ("OrderError", "order: Order"),
    "OrderCancel": ("OrderError", "order: Order"),
    "OrderFulfill": ("OrderError", "fulfillments: [Fulfillment!] order: Order"),
    "FulfillmentUpdateTracking": ("OrderError", "fulfillment: Fulfillment order: Order"),
    "UpdateMetadata": ("MetadataError", "item: Order"),
    "DeleteMetadata": ("MetadataError", "item: Order"),
    "WebhookCreate": ("WebhookError", "webhook: Webhook"),
    "WebhookUpdate": ("WebhookError", "webhook: Webhook"),
}
ERRORS = (
    "ProductError",
    "ProductChannelListingError",
    "BulkStockError",
    "OrderError",
    "MetadataError",
    "WebhookError",
)
_PAGED = "before: String, after: String, first: Int, last: Int"
_META = "metadata: [MetadataItem!]! metafield(key: String!): String"
_TYPES = f"""
scalar DateTime scalar PositiveDecimal scalar WeightScalar scalar JSONString scalar JSON
interface Node {{ id: ID! }}
type PageInfo {{ hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }}
type MetadataItem {{ key: String! value: String! }}
type Money {{ currency: String! amount: Float! }}
type TaxedMoney {{ currency: String! gross: Money! net: Money! tax: Money! }}
type Weight {{ unit: WeightUnitsEnum! value: Float! }}
type CountryDisplay {{ code: String! country: String! }}
enum WeightUnitsEnum {{ G LB OZ KG TONNE }}
enum OrderDirection {{ ASC DESC }}
enum ErrorPolicyEnum {{ IGNORE_FAILED REJECT_EVERYTHING REJECT_FAILED_ROWS }}
enum VariantAttributeScope {{ ALL VARIANT_SELECTION NOT_VARIANT_SELECTION }}
enum PermissionEnum {{ MANAGE_PRODUCTS MANAGE_ORDERS MANAGE_USERS MANAGE_APPS MANAGE_SHIPPING MANAGE_CHANNELS
  MANAGE_DISCOUNTS HANDLE_PAYMENTS MANAGE_CHECKOUTS }}
enum OrderStatus {{ DRAFT UNCONFIRMED UNFULFILLED PARTIALLY_FULFILLED PARTIALLY_RETURNED RETURNED FULFILLED CANCELED
  EXPIRED }}
enum FulfillmentStatus {{ FULFILLED REFUNDED RETURNED REPLACED REFUNDED_AND_RETURNED CANCELED WAITING_FOR_APPROVAL }}
enum PaymentChargeStatusEnum {{ NOT_CHARGED PENDING PARTIALLY_CHARGED FULLY_CHARGED PARTIALLY_REFUNDED FULLY_REFUNDED
  REFUSED CANCELLED }}
enum OrderChargeStatusEnum {{ NONE PARTIAL FULL OVERCHARGED }}
enum OrderAuthorizeStatusEnum {{ NONE PARTIAL FULL }}
enum WebhookEventTypeAsyncEnum {{ ANY_EVENTS PRODUCT_CREATED PRODUCT_UPDATED PRODUCT_DELETED PRODUCT_VARIANT_CREATED
  PRODUCT_VARIANT_UPDATED PRODUCT_VARIANT_DELETED PRODUCT_VARIANT_STOCK_UPDATED CUSTOMER_CREATED CUSTOMER_UPDATED
  ORDER_CREATED ORDER_CONFIRMED ORDER_UPDATED ORDER_CANCELLED ORDER_FULFILLED ORDER_PAID
  ORDER_FULLY_PAID ORDER_METADATA_UPDATED }}

type Permission {{ code: PermissionEnum! name: String! }}
type WebhookEventAsync {{ name: String! eventType: WebhookEventTypeAsyncEnum! }}
type Webhook implements Node {{ id: ID! name: String targetUrl: String! isActive: Boolean! subscriptionQuery: String
  asyncEvents: [WebhookEventAsync!]! }}
type App implements Node {{ id: ID! name: String isActive: Boolean permissions: [Permission!] webhooks: [Webhook!] }}
type Channel implements Node {{ id: ID! slug: String! name: String! currencyCode: String! isActive: Boolean! }}
type TaxConfiguration implements Node {{ id: ID! channel: Channel! pricesEnteredWithTax: Boolean!
  displayGrossPrices: Boolean! chargeTaxes: Boolean! }}
type Warehouse implements Node {{ id: ID! slug: String! name: String! }}
type ProductType implements Node {{ id: ID! slug: String! name: String! hasVariants: Boolean! }}
type Attribute implements Node {{ id: ID! slug: String name: String }}
type AttributeValue implements Node {{ id: ID! slug: String name: String }}
type SelectedAttribute {{ attribute: Attribute! values: [AttributeValue!]! }}
type Category implements Node {{ id: ID! name: String! slug: String! level: Int! parent: Category
  ancestors({_PAGED}): CategoryCountableConnection }}
type ProductChannelListing implements Node {{ id: ID! channel: Channel! isPublished: Boolean!
  visibleInListings: Boolean! isAvailableForPurchase: Boolean }}
type ProductVariantChannelListing implements Node {{ id: ID! channel: Channel! price: Money costPrice: Money }}
type Stock implements Node {{ id: ID! warehouse: Warehouse! quantity: Int! quantityAllocated: Int! }}
type Product implements Node {{ id: ID! name: String! slug: String! description: JSONString category: Category
  productType: ProductType! weight: Weight externalReference: String created: DateTime! updatedAt: DateTime!
  channelListings: [ProductChannelListing!] variants: [ProductVariant!] {_META} }}
type ProductVariant implements Node {{ id: ID! name: String! sku: String product: Product! trackInventory: Boolean!
  weight: Weight externalReference: String created: DateTime! updatedAt: DateTime!
  attributes(variantSelection: VariantAttributeScope): [SelectedAttribute!]!
  channelListings: [ProductVariantChannelListing!] stocks(countryCode: String): [Stock!] {_META} }}
type Address implements Node {{ id: ID! firstName: String! lastName: String! companyName: String! streetAddress1: String!
  streetAddress2: String! city: String! cityArea: String! postalCode: String! country: CountryDisplay!
  countryArea: String! phone: String isDefaultShippingAddress: Boolean isDefaultBillingAddress: Boolean }}
type User implements Node {{ id: ID! email: String! firstName: String! lastName: String! isActive: Boolean!
  addresses: [Address!]! externalReference: String updatedAt: DateTime! {_META} }}
type Allocation implements Node {{ id: ID! quantity: Int! warehouse: Warehouse! }}
type OrderLine implements Node {{ id: ID! productName: String! variantName: String! productSku: String
  productVariantId: String quantity: Int! quantityFulfilled: Int! quantityToFulfill: Int! taxRate: Float!
  unitPrice: TaxedMoney! undiscountedUnitPrice: TaxedMoney! totalPrice: TaxedMoney! variant: ProductVariant
  allocations: [Allocation!] }}
type FulfillmentLine implements Node {{ id: ID! quantity: Int! orderLine: OrderLine }}
type Fulfillment implements Node {{ id: ID! status: FulfillmentStatus! trackingNumber: String! created: DateTime!
  lines: [FulfillmentLine!] shippingRefundedAmount: Money totalRefundedAmount: Money }}
type Payment implements Node {{ id: ID! gateway: String! isActive: Boolean! created: DateTime!
  chargeStatus: PaymentChargeStatusEnum! pspReference: String }}
type TransactionItem implements Node {{ id: ID! name: String! pspReference: String! createdAt: DateTime!
  chargedAmount: Money! authorizedAmount: Money! refundedAmount: Money! }}
type GiftCard implements Node {{ id: ID! }}
type Order implements Node {{ giftCards: [GiftCard!]! id: ID! number: String! created: DateTime! updatedAt: DateTime! status: OrderStatus!
  user: User userEmail: String billingAddress: Address shippingAddress: Address shippingMethodName: String
  collectionPointName: String channel: Channel! fulfillments: [Fulfillment!]! lines: [OrderLine!]! isPaid: Boolean!
  paymentStatus: PaymentChargeStatusEnum! chargeStatus: OrderChargeStatusEnum!
  authorizeStatus: OrderAuthorizeStatusEnum! payments: [Payment!]! transactions: [TransactionItem!]!
  total: TaxedMoney! shippingPrice: TaxedMoney! shippingTaxRate: Float! customerNote: String! displayGrossPrices: Boolean!
  externalReference: String {_META} }}

type ProductBulkCreateError {{ path: String message: String code: String! }}
type ProductBulkResult {{ product: Product errors: [ProductBulkCreateError!] }}
type ProductBulkCreate {{ count: Int! results: [ProductBulkResult!]! errors: [ProductBulkCreateError!]! }}

input DateTimeRangeInput {{ gte: DateTime lte: DateTime }}
input ProductFilterInput {{ ids: [ID!] search: String updatedAt: DateTimeRangeInput }}
input ProductVariantFilterInput {{ search: String sku: [String!] isPreorder: Boolean updatedAt: DateTimeRangeInput }}
input CustomerFilterInput {{ search: String ids: [ID!] updatedAt: DateTimeRangeInput }}
input OrderFilterInput {{ search: String customer: String ids: [ID!] numbers: [String!] channels: [ID!]
  updatedAt: DateTimeRangeInput }}
enum ProductOrderField {{ NAME RANK PRICE TYPE PUBLISHED PUBLISHED_AT LAST_MODIFIED LAST_MODIFIED_AT COLLECTION RATING
  CREATED_AT }}
enum ProductVariantSortField {{ LAST_MODIFIED_AT }}
enum UserSortField {{ FIRST_NAME LAST_NAME EMAIL ORDER_COUNT CREATED_AT LAST_MODIFIED_AT }}
enum OrderSortField {{ NUMBER RANK CREATION_DATE CREATED_AT LAST_MODIFIED_AT CUSTOMER PAYMENT FULFILLMENT_STATUS }}
input ProductOrder {{ direction: OrderDirection! channel: String attributeId: ID field: ProductOrderField }}
input ProductVariantSortingInput {{ direction: OrderDirection! field: ProductVariantSortField! }}
input UserSortingInput {{ direction: OrderDirection! field: UserSortField! }}
input OrderSortingInput {{ direction: OrderDirection! field: OrderSortField! }}

input MetadataInput {{ key: String! value: String! }}
input StockInput {{ warehouse: ID! quantity: Int! }}
input AttributeValueInput {{ id: ID plainText: String }}
input BulkAttributeValueInput {{ id: ID plainText: String }}
input ProductChannelListingCreateInput {{ channelId: ID! isPublished: Boolean publishedAt: DateTime
  visibleInListings: Boolean isAvailableForPurchase: Boolean availableForPurchaseAt: DateTime }}
input ProductVariantChannelListingAddInput {{ channelId: ID! price: PositiveDecimal! costPrice: PositiveDecimal }}
input ProductVariantBulkCreateInput {{ attributes: [BulkAttributeValueInput!]! sku: String name: String
  trackInventory: Boolean weight: WeightScalar externalReference: String stocks: [StockInput!]
  channelListings: [ProductVariantChannelListingAddInput!] }}
input ProductBulkCreateInput {{ attributes: [AttributeValueInput!] category: ID description: JSONString name: String
  slug: String taxClass: ID weight: WeightScalar metadata: [MetadataInput!] externalReference: String productType: ID!
  channelListings: [ProductChannelListingCreateInput!] variants: [ProductVariantBulkCreateInput!] }}
input ProductInput {{ attributes: [AttributeValueInput!] category: ID description: JSONString name: String slug: String
  taxClass: ID weight: WeightScalar metadata: [MetadataInput!] externalReference: String }}
input ProductVariantInput {{ attributes: [AttributeValueInput!] sku: String name: String trackInventory: Boolean
  weight: WeightScalar externalReference: String }}
input ProductChannelListingAddInput {{ channelId: ID! isPublished: Boolean publishedAt: DateTime
  visibleInListings: Boolean isAvailableForPurchase: Boolean availableForPurchaseAt: DateTime addVariants: [ID!]
  removeVariants: [ID!] }}
input ProductChannelListingUpdateInput {{ updateChannels: [ProductChannelListingAddInput!] removeChannels: [ID!] }}
input CategoryInput {{ name: String slug: String description: JSONString }}
input OrderFulfillStockInput {{ quantity: Int! warehouse: ID! }}
input OrderFulfillLineInput {{ orderLineId: ID stocks: [OrderFulfillStockInput!]! }}
input OrderFulfillInput {{ lines: [OrderFulfillLineInput!]! notifyCustomer: Boolean
  allowStockToBeExceeded: Boolean = false trackingNumber: String }}
input FulfillmentUpdateTrackingInput {{ trackingNumber: String notifyCustomer: Boolean = false }}
input WebhookCreateInput {{ name: String targetUrl: String asyncEvents: [WebhookEventTypeAsyncEnum!] app: ID
  isActive: Boolean secretKey: String query: String customHeaders: JSONString }}
input WebhookUpdateInput {{ name: String targetUrl: String asyncEvents: [WebhookEventTypeAsyncEnum!] app: ID
  isActive: Boolean secretKey: String query: String customHeaders: JSONString }}

type Query {{
  app(id: ID): App
  channel(id: ID, slug: String): Channel
  channels: [Channel!]
  taxConfigurations({_PAGED}): TaxConfigurationCountableConnection
  warehouses({_PAGED}): WarehouseCountableConnection
  productTypes({_PAGED}): ProductTypeCountableConnection
  categories({_PAGED}, level: Int): CategoryCountableConnection
  products({_PAGED}, filter: ProductFilterInput, sortBy: ProductOrder, channel: String): ProductCountableConnection
  productVariant(id: ID, externalReference: String, sku: String, channel: String): ProductVariant
  productVariants({_PAGED}, ids: [ID!], filter: ProductVariantFilterInput, sortBy: ProductVariantSortingInput,
    channel: String): ProductVariantCountableConnection
  customers({_PAGED}, filter: CustomerFilterInput, sortBy: UserSortingInput): UserCountableConnection
  orders({_PAGED}, filter: OrderFilterInput, sortBy: OrderSortingInput, channel: String): OrderCountableConnection
}}
type Mutation {{
  productBulkCreate(products: [ProductBulkCreateInput!]!, errorPolicy: ErrorPolicyEnum = REJECT_EVERYTHING
  ): ProductBulkCreate
  productUpdate(id: ID, externalReference: String, input: ProductInput!): ProductUpdate
  productDelete(id: ID, externalReference: String): ProductDelete
  productVariantUpdate(id: ID, externalReference: String, sku: String, input: ProductVariantInput!): ProductVariantUpdate
  productVariantDelete(id: ID, externalReference: String, sku: String): ProductVariantDelete
  productChannelListingUpdate(id: ID!, input: ProductChannelListingUpdateInput!): ProductChannelListingUpdate
  productVariantChannelListingUpdate(id: ID, sku: String, input: [ProductVariantChannelListingAddInput!]!
  ): ProductVariantChannelListingUpdate
  productVariantStocksUpdate(variantId: ID, sku: String, stocks: [StockInput!]!): ProductVariantStocksUpdate
  categoryCreate(input: CategoryInput!, parent: ID): CategoryCreate
  orderConfirm(id: ID!): OrderConfirm
  orderCancel(id: ID!): OrderCancel
  orderFulfill(order: ID, input: OrderFulfillInput!): OrderFulfill
  orderFulfillmentUpdateTracking(id: ID!, input: FulfillmentUpdateTrackingInput!): FulfillmentUpdateTracking
  updateMetadata(id: ID!, input: [MetadataInput!]!): UpdateMetadata
  deleteMetadata(id: ID!, keys: [String!]!): DeleteMetadata
  webhookCreate(input: WebhookCreateInput!): WebhookCreate
  webhookUpdate(id: ID!, input: WebhookUpdateInput!): WebhookUpdate
}}
"""
_MADE = [
    *(f"type {name}CountableEdge {{ node: {name}! cursor: String! }}" for name in CONNECTED),
    *(
        f"type {name}CountableConnection {{ pageInfo: PageInfo! edges: [{name}CountableEdge!]! totalCount: Int }}"
        for name in CONNECTED
    ),
    *(f"type {name} {{ field: String message: String code: String! }}" for name in ERRORS),
    *(f"type {name} {{ {fields} errors: [{errors}!]! }}" for name, (errors, fields) in PAYLOADS.items()),
]
SCHEMA = build_schema("\n".join([_TYPES, *_MADE]))
