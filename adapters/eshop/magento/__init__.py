"""Magento Open Source and Adobe Commerce 2.4, by their REST API.

What it does not do: configurable products are made where variants have none yet, and are the shop's own from then on.
Configurable, grouped and bundle products are not read themselves: what is bought of them is a simple
product, or one line of an order. Special and tier prices, attributes and credit memos are the shop's own. The hub's
reference has no place in the shop, and needs none: a product is known by its SKU, which is unique, and saving it again
changes it. Webhooks exist in Adobe Commerce alone, and are not used.
"""
