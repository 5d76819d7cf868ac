"""A Shopify shop, as of API version 2026-10, from these sources:

- reference: "GraphQL Admin API reference", by its types and fields (shopify.dev/docs/api/admin-graphql)
- usage: "API usage", by its pages: limits, search syntax, pagination, response codes, idempotent requests
- changelog: "Developer changelog", by its titles
- apps: "Build apps", by its pages: client credentials grant, custom IDs, webhooks

Requests are validated against the part of the vendor's schema that is written down in `schema`, as the shop does.
"""

from tests.fakes.shopify.shop import Shopify

__all__ = ["Shopify"]
