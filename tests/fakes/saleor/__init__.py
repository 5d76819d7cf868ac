"""A Saleor shop, as of version 3.14 and later, from these sources:

- reference: "API reference", by its types, inputs and mutations (saleor/saleor-docs, docs/api-reference)
- usage: "API usage", by its pages: pagination, usage limits, authentication
- developer: "Developer docs", by their pages: error handling, payload signature, asynchronous events
- source: files of saleor/saleor, for what the pages do not say: which errors, which codes, what moves a change mark

Requests are validated against the part of the vendor's schema that is written down in `schema`, as the shop does.
"""

from tests.fakes.saleor.shop import Saleor

__all__ = ["Saleor"]
