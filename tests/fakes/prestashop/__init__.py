"""A PrestaShop shop, as of versions 1.7 to 9, from these sources:

- docs: "PrestaShop Developer Documentation", chapter Webservice (devdocs.prestashop-project.org)
- code: `classes/webservice/` and the classes of the resources, `$webserviceParameters` and `$definition`
  (github.com/PrestaShop/PrestaShop), of what the documentation does not say
"""

from tests.fakes.prestashop.shop import PrestaShop

__all__ = ["PrestaShop"]
