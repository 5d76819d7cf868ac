"""The simulator of the sync engine: an ERP and shops that lie as real ones do, a hub between them, one thread, one seed.

The hub's store, engine and paging are the real ones; README.md tells what is checked.
"""
