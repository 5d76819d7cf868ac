"""Ecwid by Lightspeed, REST API v3, as its reference at docs.ecwid.com says (pages are named beside each rule).

`shop.py` is the fake, `lists.py` how it shows lists, `catalogue.py` products, variations and categories, `orders.py`
orders and customers.
"""

from tests.fakes.ecwid.shop import Ecwid

__all__ = ["Ecwid"]
