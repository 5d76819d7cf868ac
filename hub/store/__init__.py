"""The truth: schedules, runs, leases, records, results in SQL. The only room with SQLAlchemy.

`schema.py` says what is kept, `database.py` how a transaction is had, then one module a subject; every function takes
a transaction and many rows at a time. Imports nothing of the hub but what lies below it.
"""

from hub.store.database import DatabaseAway, Store, Tx, file_address

__all__ = ["DatabaseAway", "Store", "Tx", "file_address"]
