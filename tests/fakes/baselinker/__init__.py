"""A fake BaseLinker, written from the vendor's pages at api.baselinker.com, each named by its method.

What it does as PHP does: a map that is empty is sent as `[]`, and keys of maps are text whatever they were.
"""
