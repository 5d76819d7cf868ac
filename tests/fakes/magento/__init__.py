"""A Magento Open Source shop, as of version 2.4, from these sources:

- pages: "Adobe Commerce Web APIs", REST (developer.adobe.com/commerce/webapi/rest), by their titles
- code: the services of Magento 2 and of its Inventory (github.com/magento/magento2, github.com/magento/inventory)
- issues: github.com/magento/magento2, by number
"""

from tests.fakes.magento.shop import Magento

__all__ = ["Magento"]
