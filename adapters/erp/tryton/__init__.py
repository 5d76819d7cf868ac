"""Tryton 8: products, list prices, stock and parties come from it, orders become its sales."""
