"""Saleor 3.14 and later, by its GraphQL API.

What it does not do: it makes products of one variant each, but changes those that have several; images, attributes,
collections, tax classes and promotions are the shop's own; what is given back after something was sent is only seen in the payment's state.
"""
