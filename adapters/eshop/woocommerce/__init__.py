"""WooCommerce 5.8 and later, by its REST API v3.

What it does not do: it makes no products with variations and no variations, but prices, stock, texts and images of those
that are there; a variation's name, category, tags and tax class are its article's. It knows one currency and prices for
everybody; sale prices, attributes and kits are the shop's own. Customers and orders are made in the shop alone, refunds
too, which only show in the state of the payment. Records cannot be searched by meta data: a product whose answer was
lost is found by its SKU, which the shop keeps unique, so that it is not found if somebody changes that in between.
"""
