"""The dice for accidents: one stream of numbers for each kind, so that leaving one out changes the others little."""

import random
from collections import Counter

from tests.exchanging.plan import RATES, Plan


class Crash(BaseException):
    """The process is gone, as by SIGKILL: nothing of it may have any effect from here on."""


class Faults:
    """Decides what goes wrong, and when."""

    def __init__(self, plan: Plan) -> None:
        self._rates = plan.rates
        self._dice = {kind: random.Random(f"{kind} {plan.seed}") for kind in RATES}
        self.on = True
        """Off: from now on everything goes well."""
        self.counts: Counter[str] = Counter()

    def happens(self, kind: str) -> bool:
        """Cast the die for one kind of accident."""
        cast = self._dice[kind].random()
        if not self.on or cast >= self._rates.get(kind, 0.0):
            return False
        self.counts[kind] += 1
        return True

    def of(self, kind: str) -> random.Random:
        """Return the dice of one kind, for how long or how much."""
        return self._dice[kind]
