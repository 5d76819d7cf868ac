"""The doctypes that the fake has: their fields, which must be filled, which refer to others (erpnext: the doctypes' JSON)."""

from collections.abc import Mapping

STANDARD = {"name", "owner", "creation", "modified", "modified_by", "docstatus", "idx"}
CHILD = {"parent", "parenttype", "parentfield"}

FIELDS: Mapping[str, set[str]] = {
    name: set(fields.split())
    for name, fields in {
        "Company": "company_name default_currency round_off_account cost_center",
        "Country": "country_name code",
        "Territory": "territory_name is_group",
        "Customer Group": "customer_group_name is_group",
        "Account": "account_name company",
        "Warehouse": "warehouse_name company is_group disabled",
        "Item Group": "item_group_name parent_item_group is_group",
        "Item": "item_code item_name description stock_uom item_group brand variant_of has_variants disabled is_sales_item "
        "is_stock_item end_of_life weight_per_unit weight_uom image barcodes attributes taxes",
        "Item Barcode": "barcode barcode_type uom",
        "Item Variant Attribute": "attribute attribute_value",
        "Item Tax": "item_tax_template tax_category",
        "Item Tax Template": "title company taxes",
        "Item Tax Template Detail": "tax_type tax_rate",
        "Item Price": "item_code price_list price_list_rate currency selling buying customer batch_no uom valid_from "
        "valid_upto",
        "Price List": "price_list_name currency enabled buying selling",
        "Bin": "item_code warehouse actual_qty reserved_qty reserved_qty_for_production reserved_qty_for_sub_contract "
        "ordered_qty projected_qty stock_uom",
        "Customer": "customer_name customer_type customer_group territory tax_id email_id mobile_no language "
        "default_price_list default_currency disabled is_frozen customer_details customer_primary_contact",
        "Contact": "first_name email_id mobile_no email_ids phone_nos links is_primary_contact",
        "Contact Email": "email_id is_primary",
        "Contact Phone": "phone is_primary_mobile_no is_primary_phone",
        "Address": "address_title address_type address_line1 address_line2 city state pincode country phone disabled "
        "is_primary_address links",
        "Dynamic Link": "link_doctype link_name link_title",
        "Sales Order": "customer company po_no order_type transaction_date delivery_date currency selling_price_list "
        "ignore_pricing_rule "
        "disable_rounded_total set_warehouse customer_address shipping_address_name apply_discount_on discount_amount "
        "status per_delivered per_billed advance_payment_status net_total grand_total total_taxes_and_charges items taxes",
        "Sales Order Item": "item_code item_name description qty rate amount uom conversion_factor delivery_date warehouse "
        "discount_percentage additional_notes item_tax_template delivered_qty returned_qty",
        "Sales Taxes and Charges": "charge_type account_head description rate tax_amount",
        "Sales Taxes and Charges Template": "title company disabled is_default taxes",
        "Delivery Note": "customer company lr_no transporter_name is_return items",
        "Delivery Note Item": "item_code against_sales_order",
        "Sales Invoice": "customer company is_return items",
        "Sales Invoice Item": "item_code sales_order",
        "Shipment": "carrier awb_number tracking_url shipment_delivery_note",
        "Shipment Delivery Note": "delivery_note",
        "Webhook": "webhook_doctype webhook_docevent enabled request_url request_method request_structure webhook_json "
        "webhook_headers enable_security webhook_secret timeout condition",
        "Deleted Document": "deleted_name deleted_doctype data restored new_name",
        "Webhook Header": "key value",
    }.items()
}
TABLES: Mapping[str, Mapping[str, str]] = {
    "Item": {"barcodes": "Item Barcode", "attributes": "Item Variant Attribute", "taxes": "Item Tax"},
    "Item Tax Template": {"taxes": "Item Tax Template Detail"},
    "Contact": {"email_ids": "Contact Email", "phone_nos": "Contact Phone", "links": "Dynamic Link"},
    "Address": {"links": "Dynamic Link"},
    "Sales Order": {"items": "Sales Order Item", "taxes": "Sales Taxes and Charges"},
    "Sales Taxes and Charges Template": {"taxes": "Sales Taxes and Charges"},
    "Delivery Note": {"items": "Delivery Note Item"},
    "Sales Invoice": {"items": "Sales Invoice Item"},
    "Shipment": {"shipment_delivery_note": "Shipment Delivery Note"},
    "Webhook": {"webhook_headers": "Webhook Header"},
}
"""Doctype -> its fields that hold rows of child tables."""
CHILDREN = {child for tables in TABLES.values() for child in tables.values()}
MANDATORY: Mapping[str, tuple[str, ...]] = {
    "Customer": ("customer_name", "customer_type"),
    "Address": ("address_type", "address_line1", "city", "country"),
    "Sales Order": ("customer", "company", "transaction_date", "currency", "items"),
    "Sales Order Item": ("item_code", "qty", "uom", "conversion_factor"),
    "Sales Taxes and Charges": ("charge_type", "account_head", "description"),
    "Webhook": ("webhook_doctype", "request_url", "request_method"),
}
LINKS: Mapping[str, Mapping[str, str]] = {
    "Customer": {"customer_group": "Customer Group", "territory": "Territory"},
    "Address": {"country": "Country"},
    "Sales Order": {"customer": "Customer", "company": "Company", "set_warehouse": "Warehouse",
                    "selling_price_list": "Price List",
                    "customer_address": "Address", "shipping_address_name": "Address"},
    "Sales Order Item": {"item_code": "Item", "warehouse": "Warehouse"},
    "Sales Taxes and Charges": {"account_head": "Account"},
    "Webhook": {"webhook_doctype": "DocType"},
}  # fmt: skip
SUBMITTABLE = {"Sales Order", "Delivery Note", "Sales Invoice", "Shipment"}
