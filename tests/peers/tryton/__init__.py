"""Tryton, an ERP: parties, products, sales, invoices, stock, a till."""
