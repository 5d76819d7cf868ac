"""A WooCommerce shop on WordPress, as of versions 5.8 to 11, from these sources:

- docs: "WooCommerce REST API Documentation", v3, by its chapters (github.com/woocommerce/woocommerce-rest-api-docs)
- code: the controllers of the REST API, which the docs name as their last word (github.com/woocommerce/woocommerce)
- WordPress: "Code Reference" (developer.wordpress.org), of what WooCommerce is built on
- issues: github.com/woocommerce/woocommerce, by number
"""

from tests.fakes.woocommerce.shop import WooCommerce

__all__ = ["WooCommerce"]
