"""The log consumer: stores results, and what nobody could understand, in batches; prunes what is old.

Must not import the worker, the scheduler, the sync engine or adapters.
"""

from hub.runlog.prune import pruner
from hub.runlog.runlog import RunLog
from hub.runlog.store import store_batch

__all__ = ["RunLog", "pruner", "store_batch"]
