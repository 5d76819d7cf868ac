"""Vendure 3, a shop with a GraphQL interface.

What it does not do: it makes no articles with several variants, but changes those that are there; returns and refunds are
only seen in the order's payment; promotions and collections are the shop's own.
"""
