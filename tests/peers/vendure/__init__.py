"""Vendure, a shop with a GraphQL interface."""
