"""Brings systems and canonical records together: pull, merge, plan. Handed its connectors by `hub.app`.

`merge.py` decides, purely; `pull.py` stores page by page. Must not import the worker, the scheduler, the log consumer
or adapters.
"""

from hub.sync.ahead import read_ahead
from hub.sync.approved import as_planned
from hub.sync.exchange import exchanger
from hub.sync.plan import Plan, plan
from hub.sync.pull import puller
from hub.sync.subscribing import Wanted, keeper
from hub.sync.system import System

__all__ = ["Plan", "System", "Wanted", "as_planned", "exchanger", "keeper", "plan", "puller", "read_ahead"]
