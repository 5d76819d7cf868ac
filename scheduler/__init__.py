"""When jobs are due, and bringing what is due to the broker.

`schedule` and `policy` are pure: time is passed in, nothing is read or written. `tick`, `relay` and `rescue` are one pass
each; `scheduler` is the loop around them. No package beside this one on its layer (hub.worker, hub.sync, hub.runlog,
adapters) may be imported here.
"""

from scheduler.leader import Leader
from scheduler.scheduler import Scheduler, Steps

__all__ = ["Leader", "Scheduler", "Steps"]
