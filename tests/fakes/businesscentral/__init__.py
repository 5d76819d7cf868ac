"""Business Central's API v2.0, as of 2024 and later, from these sources (learn.microsoft.com, Business Central):

- resources: API v2.0, "item", "customer", "salesOrder", "salesOrderLine", "salesShipment", "salesInvoice" resource types
- filters: "Using filter expressions in OData URIs"; "Known limitations with Business Central OData"
- errors: "Troubleshooting OData/API calls", the table of error codes
- paging: "Server-driven paging in OData web services"; how links look was seen by others (apis of github.com/amp-labs/connectors)
- tips: "Tips for working with the APIs"; "Update customers" for If-Match
- limits: "Operational limits for Business Central Online"
- login: "Using service-to-service authentication"; "Web services authentication"
- code: github.com/microsoft/ALAppExtensions, Apps/W1/APIV2/app/src/pages, and microsoft/BCApps, for what the pages leave open

Where they leave it open, it does what is worst for others: marks that do not move, answers that say less.
"""

from tests.fakes.businesscentral.environment import BUYER, BusinessCentral

__all__ = ["BUYER", "BusinessCentral"]
