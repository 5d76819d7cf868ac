"""Shopware 6, spoken to by its Admin API (developer.shopware.com).

`shop.py` speaks to it, `lists.py` reads, `translate.py` says what records mean, `told.py` what the shop is told,
`writing.py` tells it, `connector.py` puts them together.
"""
