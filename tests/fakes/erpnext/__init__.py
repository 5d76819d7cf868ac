"""An ERPNext site on the Frappe framework, as of versions 14 to 16, from these sources:

- docs: "REST API", "Listing documents", "Filters, Fields & Pagination", "Webhooks" (docs.frappe.io/framework)
- frappe: github.com/frappe/frappe, by file: frappe/api/v1.py, client.py, exceptions.py, model/naming.py, model/document.py
- erpnext: github.com/frappe/erpnext, by file
"""

from tests.fakes.erpnext.site import ErpNext

__all__ = ["ErpNext"]
