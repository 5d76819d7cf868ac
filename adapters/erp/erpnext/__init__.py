"""ERPNext 14 and later, on the Frappe framework: products, prices, stock and customers come from it, orders become its sales.

What it does not do: suppliers are not read, and of several prices of one item in one list only the one that holds today.
Frappe lets names be changed: a renamed record is another to the hub. What was deleted is found by full scans and webhooks;
its list of deleted documents is for administrators alone, and read if `deletions` is set. Taxes of an order are amounts, as its channel has them;
a customer's note stands with the order's first line, as the order itself has no field for it.
"""
