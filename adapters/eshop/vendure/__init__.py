"""Vendure 3, a shop with a GraphQL interface.

What it does not do: images and variants are read, not written (a new product stands alone); returns and refunds are only
seen in the order's payment; promotions and collections are the shop's own.
"""
