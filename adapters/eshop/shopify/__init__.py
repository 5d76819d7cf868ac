"""Shopify, by its GraphQL Admin API.

What it does not do: it makes products of one variant each, but changes those that have several; collections,
price lists of markets, refunds and returns are the shop's own; a product's tax is the shop's setting.
"""
