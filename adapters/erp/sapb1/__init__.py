"""SAP Business One 10.0, by the OData version 4 of its Service Layer (`/b1s/v2`), on HANA or SQL Server.

What its interface cannot do: call us when something changes, say what was deleted (a full scan finds it), or tell of
movements of stock by a change mark: stock is read whole each time. Special prices and discounts of single customers are
not read, nor units, as these are free words; tax codes of countries without VAT groups are not known.
"""
