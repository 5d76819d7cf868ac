"""Medusa 2, a shop with a REST interface.

What it does not do: it makes no products with several variants, but prices, stock and texts of those that are there; it
knows only prices for everybody; tags, attributes, weights, kits, returns and promotions are the shop's own.
"""
