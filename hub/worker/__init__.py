"""Carries out runs: decode, claim, execute, settle. Handed its handlers; knows no system and no record.

`pipeline.py` reads as a run's life; `worker.py` is the shell of threads around it. Must not import the scheduler, the
sync engine, the log consumer or adapters.
"""

from hub.worker.pipeline import Held, Pipeline
from hub.worker.worker import Worker

__all__ = ["Held", "Pipeline", "Worker"]
