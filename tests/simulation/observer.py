"""What is seen from outside while a simulation runs: at the broker, in the schedulers' passes, in what broke."""

from dataclasses import dataclass, field

from hub.broker import Outgoing
from hub.messages import RunDue, decode
from tests.simulation.database import Database
from tests.simulation.process import Pass


@dataclass(slots=True)
class Observer:
    """Collects what the checker needs and the database does not show."""

    database: Database
    faults_found: list[str] = field(default_factory=list[str])
    """Broken promises that can only be seen when it happens."""
    passes: list[Pass] = field(default_factory=list[Pass])
    published: dict[tuple[int, int], int] = field(default_factory=dict[tuple[int, int], int])
    """(run, generation) -> when a process first learned that the broker has its message."""

    def confirmed(self, message: Outgoing) -> None:
        """Note that a process has learned that the broker has a message."""
        if message.exchange == "hub.jobs":
            due = decode(message.body, RunDue)
            self.published.setdefault((due.run, due.generation), self.database.next())

    def acknowledged(self, due: RunDue, who: str, *, carried: bool) -> None:
        """Judge an acknowledgement: by then the run must have been claimed or answered, and settled if it was ours."""
        found = self.database.ask("SELECT state, generation, worker FROM run WHERE id = :id", id=due.run)
        if not found or found[0].generation != due.generation:
            return
        row = found[0]
        if row.state == "waiting":
            self.faults_found.append(
                f"the acknowledgement comes last: {who} acknowledged run {due.run} (generation {due.generation}), which "
                "nobody has claimed"
            )
        elif row.state == "running" and row.worker == who and carried:
            self.faults_found.append(
                f"the acknowledgement comes last: {who} acknowledged run {due.run} (generation {due.generation}) before "
                "it was settled"
            )

    def broke(self, who: str, what: str, fault: Exception) -> None:
        """Note that a loop ended by a fault of ours."""
        first = (str(fault).splitlines() or [""])[0]
        self.faults_found.append(f"nothing breaks: {who} broke in its loop {what!r}: {type(fault).__name__}: {first}")
