"""Any SQL database as a system: what stands in it is described in hub.toml, nothing is programmed. See docs/sql.md.

The one adapter that imports SQLAlchemy.
"""
