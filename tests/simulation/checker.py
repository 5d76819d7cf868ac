"""What must be true when all has come right, judged by what was done to the hub and what was seen happen.

Every rule is a function that yields the ways in which it is broken, in words. None of them asks the hub: they read
what the observer noted, the tables, the folders and the queues as they are.
"""

from typing import TYPE_CHECKING

from tests.simulation import rules_records, rules_results, rules_runs

if TYPE_CHECKING:
    from tests.simulation.hub import SimHub


def check(hub: "SimHub", *, idle: bool) -> list[str]:
    """Return every broken rule; empty: all is as it must be. `idle`: the hub came to rest."""
    seen = hub.database.seen()
    return [
        *hub.observer.faults_found,
        *([] if idle else rules_runs.nothing_stuck(hub)),
        *rules_runs.steps_allowed(seen, hub),
        *rules_runs.one_at_a_time(seen),
        *rules_runs.occurrences_answered(seen, hub),
        *rules_runs.triggers_answered(seen, hub),
        *rules_records.rows_took_effect_once(hub),
        *rules_records.bad_rows_wait(hub),
        *rules_records.files_put_away(hub),
        *rules_results.results_stored_once(seen, hub),
        *rules_results.letters_kept(hub),
    ]
