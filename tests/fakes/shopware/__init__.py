"""A fake of Shopware 6 (6.5 to 6.7), written from its documentation and its source, never from the connector.

Documentation: developer.shopware.com, "Admin API", "Search Criteria", "Request Headers", "Bulk Payloads", "Associations".
Source (shopware/shopware, src/Core): RequestCriteriaBuilder, QueryStringParser, EntitySearcher, EntityAggregator,
SyncService, WriteCommandExtractor, PriceFieldSerializer, StateMachineRegistry, MediaUploadController, AuthController,
AmountCalculator, StockStorage and the definitions of the entities.

`shop.py` has the routes and what users of the shop do, `criteria.py` how lists are asked for, `entities.py` what a record
shows, `writing.py` what the Sync API does, `orders.py` orders and their states.
"""
