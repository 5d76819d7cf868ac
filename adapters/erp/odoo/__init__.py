"""Odoo 14 to 19, with its apps Sales, Inventory and Invoicing.

What its interface cannot do: say what was deleted (a full scan finds it), and call us when something changes: that is for
automation rules that people write. Images it has only as data, not at an address. Lines of a sale must have a product, up to
version 18; so one stands in for shipping, discounts and what Odoo does not have (`charge_product`).
"""
