"""Benchmarks beside the peers, on private servers: `python -m tests.benchmarks [NAME...] [--quick] [-o bench.json]`.

Reading order: `__main__.py`, `figures.py` (what is told, and that the sides take turns), `ground.py` (the servers), then
a module for each work: publishing, executing, becoming_due, importing. docs/performance.md explains the method.
"""
