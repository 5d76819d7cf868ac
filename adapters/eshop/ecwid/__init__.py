"""Ecwid by Lightspeed, by its REST API v3."""
