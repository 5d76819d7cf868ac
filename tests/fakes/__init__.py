"""Fake systems for what cannot be run: real HTTP on loopback, records in memory, and misbehaviour on order.

A fake is written from its vendor's pages, which it names beside each rule, and never from the connector that it tests:
where the two were written from one idea, they would agree on a mistake. It is not kind: it does to records what the
vendor's does (trims, rounds, reorders, trashes ...), and refuses what the vendor's refuses.

`server.py` has the HTTP side, `faults.py` what may be wrong with it, `records.py` tables with change marks, `fake.py`
what `tests.contract.misbehaving_suite` asks of a fake. How to write one: docs/connectors.md.
"""
