"""A system with a REST or GraphQL interface that is described in hub.toml alone: docs/rest.md.

`options.py` is what may be said of it, `expressions.py` and `functions.py` what JMESPath makes of its documents and of
our records; `ways.py` how its lists are walked, `records.py` and `writing.py` what is asked of it and told to it.
"""
