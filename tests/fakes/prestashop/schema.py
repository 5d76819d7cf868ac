"""The fields of the resources, with their rules (code: `$definition` and `$webserviceParameters` of each class)."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation


def _float(value: str) -> bool:
    try:
        return Decimal(value or 0).is_finite()
    except InvalidOperation:
        return False


VALID: Mapping[str, Callable[[str], bool]] = {
    "catalog": lambda value: not re.search(r"[<>;=#{}]", value),  # Validate::isCatalogName
    "reference": lambda value: not re.search(r"[<>;={}]", value),  # Validate::isReference
    "html": lambda value: not re.search(r"<\s*script|javascript:|\son\w+\s*=", value, re.IGNORECASE),  # isCleanHtml
    "ean13": lambda value: re.fullmatch(r"\d{0,13}", value) is not None,
    "price": lambda value: re.fullmatch(r"\d{1,10}(\.\d{1,9})?", value) is not None,  # Validate::isPrice
    "impact": lambda value: re.fullmatch(r"-?\d{1,10}(\.\d{1,9})?", value) is not None,  # isNegativePrice
    "float": _float,
    "int": lambda value: re.fullmatch(r"-?\d+", value or "0") is not None,
    "bool": lambda value: value in ("", "0", "1"),
    "link": lambda value: re.fullmatch(r"[\w-]*", value) is not None,  # Validate::isLinkRewrite
    "tracking": lambda value: re.fullmatch(r"[~:#,%&_=()\[\].? +\-@/a-zA-Z0-9]{0,64}", value) is not None,
}
DECIMALS = frozenset(["price", "impact", "float"])
"""Kept with six decimals."""
RESOURCES: Mapping[str, Mapping[str, str]] = {
    "products": {
        "id_category_default": "int", "new": "", "id_default_image": "getter", "id_default_combination": "getter",
        "id_tax_rules_group": "int", "position_in_category": "getter position", "manufacturer_name": "getter locked",
        "quantity": "getter locked", "type": "getter", "reference": "reference", "ean13": "ean13", "state": "int",
        "price": "required price", "weight": "float", "active": "bool", "minimal_quantity": "int",
        "available_for_order": "bool", "show_price": "bool", "visibility": "", "condition": "", "product_type": "",
        "unit_price_ratio": "float", "date_add": "", "date_upd": "",
        "name": "i18n required catalog", "description": "i18n html", "link_rewrite": "i18n link",
    },
    "combinations": {
        "id_product": "required int", "reference": "reference", "ean13": "ean13", "price": "impact", "weight": "float",
        "minimal_quantity": "required int",
    },
    "product_options": {"name": "i18n required"},
    "product_option_values": {"id_attribute_group": "required int", "name": "i18n required"},
    "categories": {
        "id_parent": "int", "active": "required bool", "level_depth": "getter locked",
        "name": "i18n required catalog", "link_rewrite": "i18n required link",
    },
    "stock_availables": {
        "id_product": "required int", "id_product_attribute": "required int", "id_shop": "int",
        "quantity": "required int", "depends_on_stock": "required bool", "out_of_stock": "required int",
    },
    "customers": {
        "email": "required", "firstname": "required", "lastname": "required", "company": "", "deleted": "bool",
        "is_guest": "bool", "date_add": "", "date_upd": "",
    },
    "addresses": {
        "id_customer": "int", "id_country": "required int", "id_state": "int", "alias": "required", "company": "",
        "firstname": "required", "lastname": "required", "vat_number": "", "address1": "required", "address2": "",
        "postcode": "", "city": "required", "phone": "", "phone_mobile": "", "deleted": "", "date_upd": "",
    },
    "countries": {"iso_code": "required"},
    "states": {"name": "required"},
    "currencies": {"iso_code": "required"},
    "carriers": {"name": "required"},
    "taxes": {"rate": "required float"},
    "configurations": {"name": "required", "value": ""},
    "orders": {
        "id_address_delivery": "required int", "id_address_invoice": "required int", "id_currency": "required int",
        "id_customer": "required int", "id_carrier": "required int", "current_state": "getter", "module": "required",
        "payment": "required", "reference": "", "round_type": "int", "carrier_tax_rate": "float",
        **dict.fromkeys((f"total_{what}_tax_{how}" for what in ("paid", "shipping", "wrapping", "discounts")
                         for how in ("incl", "excl")), "price"),
        "shipping_number": "getter", "date_add": "", "date_upd": "",
    },
    "order_details": {
        "id_order": "required int", "product_id": "int", "product_attribute_id": "int", "product_name": "required",
        "product_quantity": "required int", "product_quantity_refunded": "int", "product_quantity_return": "int",
        "product_reference": "", "total_price_tax_incl": "price", "total_price_tax_excl": "price",
    },
    "order_carriers": {"id_order": "required int", "id_carrier": "required int", "weight": "float", "tracking_number": "tracking"},
    "order_payments": {"order_reference": "", "amount": "required impact", "payment_method": "", "transaction_id": "", "date_add": ""},
    "order_states": {"shipped": "bool", "delivery": "bool", "paid": "bool", "name": "i18n required", "template": "i18n"},
    "order_histories": {"id_order": "int", "id_order_state": "required int", "id_employee": "int"},
}  # fmt: skip
NODES = {"categories": "category", "order_histories": "order_history"}
FORBIDDEN = {"stock_availables": ("POST", "DELETE")}
"""code: `WebserviceRequest::getResources`, `forbidden_method`."""


def flags(resource: str, field: str) -> list[str]:
    """Return what is said of a field."""
    return RESOURCES[resource][field].split()
