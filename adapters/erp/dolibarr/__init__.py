"""Dolibarr 16 to 23, with its modules Third parties, Products, Stocks, Sales orders and API.

What its interface cannot do: make many records at once, cancel an order, call us when something changes, or say what was
deleted (a full scan finds it). A third party has one address: it is given when the third party is made, and is people's
from then on.
"""
