"""The part of the schema that is spoken here (reference, version 2026-10), with its types and what must not be null."""

from graphql import build_schema

CONNECTED = ("Product", "ProductVariant", "Customer", "Order", "LineItem", "ShippingLine", "MailingAddress", "Location",
             "FulfillmentOrder", "WebhookSubscription", "Media", "Publication",
             "RefundLineItem", "RefundShippingLine")  # fmt: skip
PAYLOADS = {
    "ProductSet": "product: Product",
    "ProductUpdate": "product: Product",
    "PublishablePublish": "publishable: Product",
    "BulkOperationRunQuery": "bulkOperation: BulkOperation",
    "StagedUploadsCreate": "stagedTargets: [StagedMediaUploadTarget!]",
    "ProductVariantsBulkUpdate": "product: Product",
    "ProductVariantsBulkDelete": "product: Product",
    "ProductDelete": "deletedProductId: ID",
    "InventorySetQuantities": "inventoryAdjustmentGroup: Job",
    "InventoryItemUpdate": "inventoryItem: InventoryItem",
    "InventoryActivate": "inventoryLevel: InventoryLevel",
    "MetafieldDefinitionCreate": "createdDefinition: MetafieldDefinition",
    "MetafieldsSet": "metafields: [Metafield!]",
    "MetafieldsDelete": "deletedMetafields: [Job]",
    "FulfillmentCreate": "fulfillment: Fulfillment",
    "FulfillmentTrackingInfoUpdate": "fulfillment: Fulfillment",
    "OrderClose": "order: Order",
    "WebhookSubscriptionCreate": "webhookSubscription: WebhookSubscription",
}
_LIST = "first: Int, after: String, last: Int, before: String, reverse: Boolean = false, query: String"
_PART = "first: Int, after: String, last: Int, before: String, reverse: Boolean = false"
_TYPES = f"""
scalar DateTime scalar Decimal scalar Money scalar URL scalar HTML
directive @idempotent(key: String!) on FIELD
interface Node {{ id: ID! }}
type PageInfo {{ hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }}
type UserError {{ field: [String!] message: String! code: String }}
type Job {{ id: ID! done: Boolean! }}
type MoneyV2 {{ amount: Decimal! currencyCode: String! }}
type MoneyBag {{ shopMoney: MoneyV2! presentmentMoney: MoneyV2! }}
type Shop {{ name: String! currencyCode: String! taxesIncluded: Boolean! }}
type Location {{ id: ID! name: String! }}
type AppCatalog {{ id: ID! title: String! }}
type Publication implements Node {{ id: ID! name: String! catalog: AppCatalog }}
type Metafield {{ id: ID! value: String! }}
type MetafieldDefinitionType {{ name: String! }}
type MetafieldDefinition {{ id: ID! type: MetafieldDefinitionType! }}
enum MetafieldOwnerType {{ PRODUCT PRODUCTVARIANT ORDER CUSTOMER }}
enum ProductStatus {{ ACTIVE ARCHIVED DRAFT UNLISTED }}
enum ProductSortKeys {{ CREATED_AT ID INVENTORY_TOTAL PRODUCT_TYPE PUBLISHED_AT RELEVANCE TITLE UPDATED_AT VENDOR }}
enum CustomerSortKeys {{ CREATED_AT ID LOCATION NAME RELEVANCE UPDATED_AT }}
enum OrderSortKeys {{ CREATED_AT CURRENT_TOTAL_PRICE CUSTOMER_NAME DESTINATION FINANCIAL_STATUS FULFILLMENT_STATUS ID
  ORDER_NUMBER PO_NUMBER PROCESSED_AT RELEVANCE TOTAL_ITEMS_QUANTITY TOTAL_PRICE UPDATED_AT }}
enum MediaStatus {{ FAILED PROCESSING READY UPLOADED }}
enum MediaContentType {{ EXTERNAL_VIDEO IMAGE MODEL_3D VIDEO }}
enum FileContentType {{ EXTERNAL_VIDEO FILE IMAGE MODEL_3D VIDEO }}
enum FileCreateInputDuplicateResolutionMode {{ APPEND_UUID RAISE_ERROR REPLACE }}
enum BulkOperationStatus {{ CANCELED CANCELING COMPLETED CREATED EXPIRED FAILED RUNNING }}
enum BulkOperationErrorCode {{ ACCESS_DENIED INTERNAL_SERVER_ERROR TIMEOUT }}
enum StagedUploadHttpMethodType {{ POST PUT }}
enum StagedUploadTargetGenerateUploadResource {{ BULK_MUTATION_VARIABLES FILE IMAGE PRODUCT_IMAGE VIDEO }}
enum WeightUnit {{ GRAMS KILOGRAMS OUNCES POUNDS }}
enum RefundLineItemRestockType {{ CANCEL LEGACY_RESTOCK NO_RESTOCK RETURN }}
enum OrderCancelReason {{ CUSTOMER DECLINED FRAUD INVENTORY OTHER STAFF }}
enum WebhookSubscriptionFormat {{ JSON XML }}
enum WebhookSubscriptionTopic {{ PRODUCTS_CREATE PRODUCTS_UPDATE PRODUCTS_DELETE CUSTOMERS_CREATE CUSTOMERS_UPDATE
  CUSTOMERS_DELETE ORDERS_CREATE ORDERS_UPDATED ORDERS_DELETE ORDERS_CANCELLED INVENTORY_LEVELS_UPDATE }}

type Weight {{ unit: WeightUnit! value: Float! }}
type InventoryItemMeasurement {{ id: ID! weight: Weight }}
type InventoryQuantity {{ name: String! quantity: Int! }}
type InventoryLevel {{ id: ID! quantities(names: [String!]!): [InventoryQuantity!]! }}
type InventoryItem implements Node {{ id: ID! sku: String tracked: Boolean! measurement: InventoryItemMeasurement!
  inventoryLevel(locationId: ID!): InventoryLevel }}
scalar UnsignedInt64
type Count {{ count: Int! }}
type BulkOperation implements Node {{ id: ID! status: BulkOperationStatus! errorCode: BulkOperationErrorCode url: URL
  partialDataUrl: URL objectCount: UnsignedInt64! }}
type Image {{ url: URL! }}
type MediaError {{ code: String! message: String! details: String }}
interface Media {{ id: ID! status: MediaStatus! mediaContentType: MediaContentType! mediaErrors: [MediaError!]! }}
type MediaImage implements Node & Media {{ id: ID! status: MediaStatus! mediaContentType: MediaContentType!
  mediaErrors: [MediaError!]! image: Image }}
type StagedUploadParameter {{ name: String! value: String! }}
type StagedMediaUploadTarget {{ url: URL resourceUrl: URL parameters: [StagedUploadParameter!]! }}
type SelectedOption {{ name: String! value: String! }}
type ProductVariant implements Node {{ id: ID! sku: String title: String! barcode: String price: Money! product: Product!
  selectedOptions: [SelectedOption!]! inventoryItem: InventoryItem! }}
type Product implements Node {{ id: ID! updatedAt: DateTime! title: String! descriptionHtml: HTML! vendor: String!
  productType: String! tags: [String!]! status: ProductStatus! media({_PART}): MediaConnection!
  variants({_PART}): ProductVariantConnection! }}

type MailingAddress implements Node {{ id: ID! name: String company: String address1: String address2: String city: String
  zip: String province: String countryCodeV2: String phone: String }}
type CustomerEmailAddress {{ emailAddress: String! }}
type CustomerPhoneNumber {{ phoneNumber: String! }}
type Customer implements Node {{ id: ID! updatedAt: DateTime! firstName: String lastName: String
  defaultEmailAddress: CustomerEmailAddress defaultPhoneNumber: CustomerPhoneNumber defaultAddress: MailingAddress
  addressesV2({_PART}): MailingAddressConnection! }}
type TaxLine {{ title: String! rate: Float ratePercentage: Float priceSet: MoneyBag! }}
type DiscountAllocation {{ allocatedAmountSet: MoneyBag! }}
type LineItem implements Node {{ id: ID! sku: String title: String! variantTitle: String quantity: Int!
  currentQuantity: Int! originalUnitPriceSet: MoneyBag! discountAllocations: [DiscountAllocation!]!
  taxLines(first: Int): [TaxLine!]! }}
type ShippingLine {{ id: ID title: String! code: String discountedPriceSet: MoneyBag! currentDiscountedPriceSet: MoneyBag!
  taxLines: [TaxLine!]! }}
type AdditionalFee implements Node {{ id: ID! name: String! price: MoneyBag! taxLines: [TaxLine!]! }}
type FulfillmentTrackingInfo {{ number: String company: String url: URL }}
type Fulfillment implements Node {{ id: ID! createdAt: DateTime! status: String! trackingInfo(first: Int): [FulfillmentTrackingInfo!]! }}
type RefundLineItem {{ id: ID quantity: Int! restockType: RefundLineItemRestockType! lineItem: LineItem! }}
type RefundShippingLine implements Node {{ id: ID! subtotalAmountSet: MoneyBag! shippingLine: ShippingLine! }}
type Refund implements Node {{ id: ID! createdAt: DateTime refundLineItems({_PART}): RefundLineItemConnection!
  refundShippingLines({_PART}): RefundShippingLineConnection! }}
type OrderTransaction implements Node {{ id: ID! kind: String! status: String! gateway: String paymentId: String
  processedAt: DateTime }}
type FulfillmentOrderAssignedLocation {{ location: Location }}
type FulfillmentOrderSupportedAction {{ action: String! }}
type FulfillmentOrder implements Node {{ id: ID! status: String! assignedLocation: FulfillmentOrderAssignedLocation!
  supportedActions: [FulfillmentOrderSupportedAction!]! }}
type Order implements Node {{ id: ID! updatedAt: DateTime! name: String! processedAt: DateTime! cancelledAt: DateTime
  closedAt: DateTime currencyCode: String! taxesIncluded: Boolean! email: String phone: String note: String
  displayFinancialStatus: String displayFulfillmentStatus: String! currentTotalPriceSet: MoneyBag!
  currentTotalTaxSet: MoneyBag! currentTotalDutiesSet: MoneyBag currentTotalAdditionalFeesSet: MoneyBag
  additionalFees: [AdditionalFee!]! customer: Customer billingAddress: MailingAddress shippingAddress: MailingAddress
  lineItems({_PART}): LineItemConnection! shippingLines({_PART}, includeRemovals: Boolean = false): ShippingLineConnection!
  fulfillments(first: Int): [Fulfillment!]! refunds(first: Int): [Refund!]! transactions(first: Int): [OrderTransaction!]!
  fulfillmentOrders({_PART}): FulfillmentOrderConnection! metafield(namespace: String, key: String!): Metafield }}
type WebhookSubscription implements Node {{ id: ID! topic: WebhookSubscriptionTopic! uri: String! }}

input UniqueMetafieldValueInput {{ namespace: String key: String! value: String! }}
input ProductIdentifierInput {{ id: ID handle: String customId: UniqueMetafieldValueInput }}
input ProductSetIdentifiers {{ id: ID handle: String customId: UniqueMetafieldValueInput }}
input MetafieldDefinitionIdentifierInput {{ ownerType: MetafieldOwnerType! namespace: String key: String! }}
input MetafieldDefinitionInput {{ ownerType: MetafieldOwnerType! namespace: String key: String! name: String! type: String }}
input WeightInput {{ unit: WeightUnit! value: Float! }}
input InventoryItemMeasurementInput {{ weight: WeightInput }}
input InventoryItemInput {{ sku: String tracked: Boolean measurement: InventoryItemMeasurementInput }}
input VariantOptionValueInput {{ optionName: String name: String }}
input OptionValueSetInput {{ name: String }}
input OptionSetInput {{ name: String values: [OptionValueSetInput!] }}
input ProductVariantSetInput {{ id: ID optionValues: [VariantOptionValueInput!]! sku: String barcode: String price: Money
  inventoryItem: InventoryItemInput }}
input MetafieldInput {{ namespace: String key: String type: String value: String }}
input FileSetInput {{ id: ID originalSource: String contentType: FileContentType filename: String alt: String
  duplicateResolutionMode: FileCreateInputDuplicateResolutionMode }}
input PublicationInput {{ publicationId: ID publishDate: DateTime }}
input StagedUploadInput {{ filename: String! mimeType: String! resource: StagedUploadTargetGenerateUploadResource!
  httpMethod: StagedUploadHttpMethodType = PUT fileSize: String }}
input ProductSetInput {{ files: [FileSetInput!] metafields: [MetafieldInput!] title: String descriptionHtml: String vendor: String productType: String tags: [String!]
  status: ProductStatus productOptions: [OptionSetInput!] variants: [ProductVariantSetInput!] }}
input ProductUpdateInput {{ id: ID title: String descriptionHtml: String vendor: String productType: String
  tags: [String!] status: ProductStatus }}
input ProductVariantsBulkInput {{ id: ID barcode: String price: Money inventoryItem: InventoryItemInput }}
input ProductDeleteInput {{ id: ID! }}
input InventoryQuantityInput {{ inventoryItemId: ID! locationId: ID! quantity: Int! changeFromQuantity: Int }}
input InventorySetQuantitiesInput {{ name: String! reason: String! referenceDocumentUri: String
  quantities: [InventoryQuantityInput!]! }}
input MetafieldsSetInput {{ ownerId: ID! namespace: String key: String! type: String value: String! }}
input MetafieldIdentifierInput {{ ownerId: ID! namespace: String! key: String! }}
input FulfillmentOrderLineItemInput {{ id: ID! quantity: Int! }}
input FulfillmentOrderLineItemsInput {{ fulfillmentOrderId: ID!
  fulfillmentOrderLineItems: [FulfillmentOrderLineItemInput!] }}
input FulfillmentTrackingInput {{ company: String number: String numbers: [String!] url: URL urls: [URL!] }}
input FulfillmentInput {{ lineItemsByFulfillmentOrder: [FulfillmentOrderLineItemsInput!]! notifyCustomer: Boolean = false
  trackingInfo: FulfillmentTrackingInput }}
input OrderCloseInput {{ id: ID! }}
input OrderCancelRefundMethodInput {{ originalPaymentMethodsRefund: Boolean }}
input WebhookSubscriptionInput {{ uri: String format: WebhookSubscriptionFormat }}

type OrderCancelPayload {{ job: Job orderCancelUserErrors: [UserError!]! }}
type Query {{
  shop: Shop!
  node(id: ID!): Node
  nodes(ids: [ID!]!): [Node]!
  locations({_LIST}): LocationConnection!
  productsCount(query: String, limit: Int = 10000): Count
  publications({_PART}): PublicationConnection!
  products({_LIST}, sortKey: ProductSortKeys = ID): ProductConnection!
  productVariants({_LIST}): ProductVariantConnection!
  customers({_LIST}, sortKey: CustomerSortKeys = ID): CustomerConnection!
  orders({_LIST}, sortKey: OrderSortKeys = PROCESSED_AT): OrderConnection!
  order(id: ID!): Order
  productByIdentifier(identifier: ProductIdentifierInput!): Product
  metafieldDefinition(identifier: MetafieldDefinitionIdentifierInput): MetafieldDefinition
  webhookSubscriptions({_LIST}): WebhookSubscriptionConnection!
}}
type Mutation {{
  productSet(identifier: ProductSetIdentifiers, input: ProductSetInput!, synchronous: Boolean = true): ProductSetPayload
  publishablePublish(id: ID!, input: [PublicationInput!]!): PublishablePublishPayload
  bulkOperationRunQuery(query: String!, groupObjects: Boolean! = false): BulkOperationRunQueryPayload
  stagedUploadsCreate(input: [StagedUploadInput!]!): StagedUploadsCreatePayload
  productUpdate(product: ProductUpdateInput): ProductUpdatePayload
  productVariantsBulkUpdate(productId: ID!, variants: [ProductVariantsBulkInput!]!): ProductVariantsBulkUpdatePayload
  productVariantsBulkDelete(productId: ID!, variantsIds: [ID!]!): ProductVariantsBulkDeletePayload
  productDelete(input: ProductDeleteInput!, synchronous: Boolean = true): ProductDeletePayload
  inventorySetQuantities(input: InventorySetQuantitiesInput!): InventorySetQuantitiesPayload
  inventoryItemUpdate(id: ID!, input: InventoryItemInput!): InventoryItemUpdatePayload
  inventoryActivate(inventoryItemId: ID!, locationId: ID!, available: Int, onHand: Int): InventoryActivatePayload
  metafieldDefinitionCreate(definition: MetafieldDefinitionInput!): MetafieldDefinitionCreatePayload
  metafieldsSet(metafields: [MetafieldsSetInput!]!): MetafieldsSetPayload
  metafieldsDelete(metafields: [MetafieldIdentifierInput!]!): MetafieldsDeletePayload
  fulfillmentCreate(fulfillment: FulfillmentInput!, message: String): FulfillmentCreatePayload
  fulfillmentTrackingInfoUpdate(fulfillmentId: ID!, trackingInfoInput: FulfillmentTrackingInput!, notifyCustomer: Boolean
  ): FulfillmentTrackingInfoUpdatePayload
  orderClose(input: OrderCloseInput!): OrderClosePayload
  orderCancel(orderId: ID!, reason: OrderCancelReason!, restock: Boolean!, refundMethod: OrderCancelRefundMethodInput!,
    notifyCustomer: Boolean = false, staffNote: String): OrderCancelPayload
  webhookSubscriptionCreate(topic: WebhookSubscriptionTopic!, webhookSubscription: WebhookSubscriptionInput!
  ): WebhookSubscriptionCreatePayload
}}
"""
_MADE = [f"type {name}Connection {{ nodes: [{name}!]! pageInfo: PageInfo! }}" for name in CONNECTED]
_MADE += [f"type {name}Payload {{ {fields} userErrors: [UserError!]! }}" for name, fields in PAYLOADS.items()]
SCHEMA = build_schema("\n".join([_TYPES, *_MADE]))
