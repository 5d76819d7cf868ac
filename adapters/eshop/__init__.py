"""Connectors for shops."""
