"""Shopware 6 by its Admin API (developer.shopware.com): `connector.py` says what stands where."""
