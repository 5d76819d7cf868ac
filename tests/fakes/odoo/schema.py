"""Which fields the models have, of those that matter here; the names and types are those of the addons."""

from dataclasses import dataclass

MODELS = {
    "res.company": "name:char currency_id:many2one=res.currency",
    "res.currency": "name:char",
    "res.country": "name:char code:char",
    "res.country.state": "name:char code:char",
    "res.partner": (
        "name:char ref:char vat:char email:char email_normalized:char phone:char mobile:char lang:selection "
        "is_company:boolean customer_rank:integer supplier_rank:integer parent_id:many2one=res.partner "
        "child_ids:one2many=res.partner,parent_id type:selection function:char street:char street2:char city:char "
        "zip:char state_id:many2one=res.country.state country_id:many2one=res.country company_name:char active:boolean "
        "property_payment_term_id:many2one=account.payment.term"
    ),
    "account.payment.term": "name:char company_id:many2one=res.company",
    "account.tax": (
        "name:char amount:float amount_type:selection type_tax_use:selection price_include:boolean sequence:integer "
        "children_tax_ids:many2many=account.tax include_base_amount:boolean "
        "company_id:many2one=res.company active:boolean"
    ),
    "product.pricelist": "name:char currency_id:many2one=res.currency company_id:many2one=res.company active:boolean",
    "uom.uom": "name:char",
    "product.category": "name:char complete_name:char",
    "product.attribute": "name:char",
    "product.template.attribute.value": "name:char attribute_id:many2one=product.attribute",
    "product.template": (
        "name:char description_sale:text list_price:float sale_ok:boolean type:selection uom_id:many2one=uom.uom "
        "currency_id:many2one=res.currency company_id:many2one=res.company weight_uom_name:char "
        "categ_id:many2one=product.category taxes_id:many2many=account.tax product_variant_count:integer "
        "active:boolean"
    ),
    "product.product": (
        "default_code:char barcode:char weight:float lst_price:float product_tmpl_id:many2one=product.template "
        "product_template_attribute_value_ids:many2many=product.template.attribute.value active:boolean "
        "qty_available:float free_qty:float outgoing_qty:float"
    ),
    "stock.location": "name:char usage:selection",
    "stock.warehouse": (
        "name:char code:char company_id:many2one=res.company view_location_id:many2one=stock.location "
        "pick_type_id:many2one=stock.picking.type out_type_id:many2one=stock.picking.type"
    ),
    "stock.picking.type": "name:char reservation_method:selection",
    "stock.quant": (
        "product_id:many2one=product.product location_id:many2one=stock.location quantity:float reserved_quantity:float"
    ),
    "stock.move": (
        "product_id:many2one=product.product product_qty:float location_id:many2one=stock.location "
        "location_dest_id:many2one=stock.location move_line_ids:one2many=stock.move.line,move_id state:selection "
        "sale_line_id:many2one=sale.order.line"
    ),
    "stock.move.line": "move_id:many2one=stock.move",
    "delivery.carrier": "name:char",
    "stock.picking": (
        "name:char state:selection sale_id:many2one=sale.order carrier_id:many2one=delivery.carrier "
        "carrier_tracking_ref:char location_id:many2one=stock.location location_dest_id:many2one=stock.location"
    ),
    "account.move": "name:char state:selection move_type:selection payment_state:selection",
    "account.move.line": "move_id:many2one=account.move",
    "sale.order": (
        "name:char state:selection company_id:many2one=res.company warehouse_id:many2one=stock.warehouse "
        "partner_id:many2one=res.partner partner_invoice_id:many2one=res.partner partner_shipping_id:many2one=res.partner "
        "payment_term_id:many2one=account.payment.term pricelist_id:many2one=product.pricelist client_order_ref:char "
        "origin:char date_order:datetime note:html order_line:one2many=sale.order.line,order_id amount_total:monetary "
        "invoice_status:selection picking_ids:one2many=stock.picking,sale_id invoice_ids:many2many=account.move"
    ),
    "sale.order.line": (
        "order_id:many2one=sale.order product_id:many2one=product.product name:text product_uom_qty:float "
        "price_unit:float price_subtotal:monetary discount:float tax_id:many2many=account.tax "
        "invoice_lines:many2many=account.move.line qty_delivered:float move_ids:one2many=stock.move,sale_line_id"
    ),
}
LOGGED = "create_date:datetime write_date:datetime"
INHERITS = {"product.product": ("product_tmpl_id", "product.template")}
"""orm: Inheritance, Delegation: the fields of the other model are read and written as if they were one's own."""


@dataclass(frozen=True, slots=True)
class Column:
    """One field."""

    type: str
    relation: str = ""
    inverse: str = ""


def columns(model: str, version: int) -> dict[str, Column]:
    """Return a model's own fields in a version."""
    found: dict[str, Column] = {}
    for each in f"{MODELS[model]} {LOGGED}".split():
        name, _, kind = each.partition(":")
        type_, _, relation = kind.partition("=")
        target, _, inverse = relation.partition(",")
        found[name] = Column(type_, target, inverse)
    if version >= 19 and model == "sale.order.line":
        found["tax_ids"] = found.pop("tax_id")
    if version >= 17 and model == "res.company":
        found["parent_ids"] = Column("many2many", "res.company")
    if version >= 17 and model == "sale.order":
        found["locked"] = Column("boolean")
    if version >= 19 and model == "res.partner":
        del found["mobile"]
    if version >= 18 and model == "product.template":
        found["is_storable"] = Column("boolean")
    return found
