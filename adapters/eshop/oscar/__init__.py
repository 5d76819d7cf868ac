"""django-oscar with django-oscar-api: a shop without change marks, pages or bulk writes. Everything is read and compared.

What it cannot take: an order's status, tracking and invoice (its API only shows orders), attributes.
"""
