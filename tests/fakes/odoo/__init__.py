"""Odoo, as of versions 14 to 19, from these sources:

- rpc: Odoo documentation 14.0 to 18.0, "External API"; 19.0, "External RPC API"
- json2: Odoo documentation 19.0, "External JSON-2 API"; odoo/odoo, addons/rpc/controllers/json2.py
- orm: Odoo documentation, "ORM API", by its chapters (Search domains, Fields, Record rules); odoo/odoo, odoo/models.py
- service: odoo/odoo, odoo/service/model.py
- addons: odoo/odoo, addons product, stock, sale, sale_stock, account and delivery
"""

from tests.fakes.odoo.erp import Odoo, Odoo19

__all__ = ["Odoo", "Odoo19"]
