"""Microsoft Dynamics 365 Business Central as an ERP, by its API v2.0."""
