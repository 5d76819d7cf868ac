"""Follows the circuit breakers of the systems that a worker serves, and probes those that are open."""

from collections.abc import Collection

from hub import log
from hub.app.configuration import Configuration
from hub.errors import HubError
from hub.store import Store, breakers
from hub.worker import Pipeline

logger = log.get("breaker")


class Breakers:
    """What one worker process knows of the breakers, and does about them."""

    def __init__(self, store: Store, configuration: Configuration, pipeline: Pipeline, kinds: Collection[str]) -> None:
        """`pipeline` is told which systems have failed lately; those of these kinds are probed."""
        self._store = store
        self._configuration = configuration
        self._pipeline = pipeline
        self._kinds = frozenset(kinds)
        self._revision: int | None = None

    def look(self) -> frozenset[str]:
        """Return the systems to be left alone. Raises DatabaseAway."""
        with self._store.read() as tx:
            known = breakers.find(tx)
        self._pipeline.resting = {name: each for name, each in known.items() if each.failures}
        return frozenset(name for name, each in known.items() if each.opened_at is not None)

    def probe(self) -> None:
        """Ask the systems whose rest is over. Takes as long as they are silent: nothing else may wait for it.

        Only those that this process serves: another may have neither their keys, their folders nor their network, and
        its question would use up the turn of one that has. Raises DatabaseAway.
        """
        served = self._configuration.queues(self._kinds).keys()
        self._ask_soon_if_mended(served)
        with self._store.read() as tx:
            rested = {name for name, each in breakers.find(tx).items() if breakers.ready(tx, each)}
        for name in rested & served:
            self._probe(name)

    def _ask_soon_if_mended(self, served: Collection[str]) -> None:
        """With a new revision, or in a process that begins, there may be another key."""
        if self._revision != self._configuration.number:
            with self._store.write() as tx:
                breakers.end_rests(tx, served)
            self._revision = self._configuration.number

    def _probe(self, system: str) -> None:
        with self._store.write() as tx:
            if not breakers.may_probe(tx, system):
                return
        answers = self._answers(system)
        logger.info("breaker_probed", system=system, answers=answers)
        if answers:
            with self._store.write() as tx:
                breakers.reached(tx, system)

    def _answers(self, system: str) -> bool:
        try:
            return not any(finding.away for finding in self._configuration.connector(system).check())
        except HubError:
            return False
