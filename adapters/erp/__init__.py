"""ERP systems, a package a product. They read products, prices, stock and parties, and take orders in."""
