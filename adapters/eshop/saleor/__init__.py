"""Saleor 3.14 and later, by its GraphQL API.

What it does not do: it makes products of one variant each, but changes those that have several; images, attributes,
collections, tax classes and promotions are the shop's own; of refunds and returns only the payment's state is seen.
"""
