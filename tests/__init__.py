"""Tests; the top level is a package so that `python -m tests.simulation` and `tests.servers` can be imported."""
