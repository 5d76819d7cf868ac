"""Hubwerk: an integration hub. ARCHITECTURE.md gives the reading order."""
