"""SAP Business One's Service Layer, OData version 4 (`/b1s/v2`), as of version 10.0, from these sources:

- guide: SAP, "Working with SAP Business One Service Layer" (user manual, version 10.0)
- blog: SAP Community, "SAP Business One Service Layer: Entity CRUD - Update"
- sdk: SAP Business One SDK Help 10.0, by object
- KBA: SAP Knowledge Base Articles, by number
- metadata: github.com/SAP-archive/SAP-Business-One-Service-Layer-SDK, metadata.xml
- seen: what others have seen of running systems and written down: operator-ita/b1sl-python, docs/18-sap-version-quirks.md;
  SAP-docs/btp-integration-suite, issue 115
"""

from tests.fakes.sapb1.company import SapB1

__all__ = ["SapB1"]
