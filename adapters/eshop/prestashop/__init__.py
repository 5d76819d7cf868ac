"""PrestaShop 1.7, 8 and 9, by its webservice: answers in JSON, what it is told in XML.

What it does not do: it makes no products with combinations and no combinations, but prices, stock, EAN and weight of those
that are there; the rest of a combination is its product's. It fills galleries that are empty, and changes others only where it is told
that they are its own: an image carries nothing by which it could be known again. Features, tags, specific prices and suppliers are the
shop's own. One currency (the default), one language (the default), one shop of a multistore: that at `url`. A reference is
not unique there, and no field is free for the hub's own: a product whose answer was lost is found by its reference, and two
products of one reference wait for a decision. Orders and customers are made in the shop alone; it has no webhooks.
"""
