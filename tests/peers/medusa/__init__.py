"""Medusa, a shop with a REST interface on PostgreSQL."""
