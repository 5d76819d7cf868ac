"""What came into the warehouse of a compose project, and whether all of it, and nothing else, is there at the end."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tests.acceptance.compose_project import Project
from tests.acceptance.compose_triggers import JOB

BAD_ROW = 997
"""Each so-manieth row cannot be read."""


@dataclass(frozen=True)
class File:
    """One delivery of the warehouse."""

    number: int
    rows: int

    def records(self) -> dict[str, str]:
        """Return what must come of it: key to stock on hand."""
        return {self._key(row): str(row % 1000) for row in range(1, self.rows + 1) if row % BAD_ROW}

    def bad(self) -> int:
        """Return how many rows must end in quarantine."""
        return self.rows // BAD_ROW

    def put_into(self, folder: Path) -> None:
        """Write it as a careful program does: complete, or not to be seen."""
        lines = ["SKU;Location;On hand"]
        for row in range(1, self.rows + 1):
            sku = self._key(row).partition("|")[0]
            lines.append(f"{sku};MAG1;{row % 1000 if row % BAD_ROW else 'a lot'}")
        part = folder / f"stock_{self.number}.csv.part"
        part.write_text("\n".join(lines) + "\n", encoding="utf-8")
        part.rename(part.with_suffix(""))

    def stored(self, project: Project) -> int:
        """Return how many of its rows are records. Raises Failed."""
        return project.number(f"SELECT count(*) FROM record WHERE key LIKE '{self.number:02}-%'")

    def _key(self, row: int) -> str:
        return f"{self.number:02}-{row:06}|MAG1"


def messages(project: Project) -> dict[str, int]:
    """Return how many messages each queue holds."""
    listed = project.compose(
        "exec",
        "-T",
        "rabbitmq",
        "rabbitmqctl",
        "-q",
        "list_queues",
        "-p",
        "hub",
        "name",
        "messages",
        "--formatter=json",
    )
    return {queue["name"]: queue["messages"] for queue in json.loads(listed)}


def compare(project: Project, files: Sequence[File], triggers: int, interval: int) -> Iterator[str]:
    """Yield what is not as it must be, in words; `interval`: seconds between two occurrences of the job."""
    yield from compare_records(project, files)
    yield from compare_runs(project, triggers, interval)
    yield from compare_results(project, sum(len(file.records()) for file in files), sum(file.bad() for file in files))
    yield from compare_letters(project)
    lying = Counter(path.parent.name for path in project.warehouse.rglob("*") if path.is_file())
    if lying != {"done": len(files)}:
        yield f"the files lie in {dict(lying)}, all {len(files)} should be in done"


def compare_records(project: Project, files: Sequence[File]) -> Iterator[str]:
    """Yield how the records differ from the rows of the files."""
    rows = project.query("SELECT key, fields->>'on_hand' AS on_hand, version FROM record")
    found = {row["key"]: row["on_hand"] for row in rows}
    wanted = {key: stock for file in files for key, stock in file.records().items()}
    if found != wanted:
        lost, more = wanted.keys() - found.keys(), found.keys() - wanted.keys()
        yield f"{len(lost)} records are missing, {len(more)} are too many, of {len(wanted)}"
    if again := sum(row["version"] != 1 for row in rows):
        yield f"{again} records were written more than once"
    bad, kept = (
        sum(file.bad() for file in files),
        project.number("SELECT count(*) FROM quarantine WHERE state = 'open'"),
    )
    if bad != kept:
        yield f"{kept} rows are in quarantine, {bad} should be"


def compare_runs(project: Project, triggers: int, interval: int) -> Iterator[str]:
    """Yield which runs, occurrences and triggers are not accounted for."""
    unexpected = "state NOT IN ('done', 'skipped')"
    for row in project.query(f"SELECT id, cause, state, message FROM run WHERE {unexpected}"):
        yield f"run {row['id']} ({row['cause']}) is {row['state']}: {row['message']}"
    columns = "sum(stands_for) AS occurrences, min(scheduled_at) AS first, max(scheduled_at) AS last"
    # Those before the schedule was changed for the last time.
    of_job = f"job = '{JOB}' AND cause = 'schedule' AND extract(epoch FROM scheduled_at)::int % {interval} = 0"
    for row in project.query(f"SELECT {columns} FROM run WHERE {of_job}"):
        first, last = (datetime.fromisoformat(row[name]) for name in ("first", "last"))
        wanted = (last - first).total_seconds() / interval + 1
        if row["occurrences"] != wanted:
            yield f"{row['occurrences']} occurrences from {first} to {last} are accounted for, {wanted:.0f} should be"
    answered = project.number(f"SELECT coalesce(sum(stands_for), 0) FROM run WHERE job = '{JOB}' AND cause = 'trigger'")
    if answered < triggers:
        yield f"{answered} triggers led to runs, {triggers} were confirmed"


def compare_results(project: Project, good: int, bad: int) -> Iterator[str]:
    """Yield what the runs' own counts and the run log do not agree on."""
    for name, wanted in (("new", good), ("quarantined", bad), ("update", 0)):
        counted = project.number(f"SELECT coalesce(sum((counts->>'{name}')::int), 0) FROM run")
        if counted != wanted:
            yield f"the runs counted {counted} rows as {name}, {wanted} should be"
        element = "jsonb_array_elements(records::jsonb) AS each"
        logged = project.number(f"SELECT count(*) FROM result_records, {element} WHERE each->>'outcome' = '{name}'")
        if logged != wanted:
            yield f"the run log has {logged} rows as {name}, {wanted} should be"
    there = "SELECT 1 FROM result WHERE result.run = run.id AND result.generation = run.generation"
    without = project.number(f"SELECT count(*) FROM run WHERE ended_at IS NOT NULL AND NOT EXISTS ({there})")
    if without:
        yield f"{without} runs ended without a result in the run log"


def compare_letters(project: Project) -> Iterator[str]:
    """Yield what was given up by the broker, and whether the one bad trigger is kept."""
    letters = {
        row["queue"]: row["number"]
        for row in project.query("SELECT queue, count(*) AS number FROM letter GROUP BY queue")
    }
    if letters != {"hub.invalid": 1}:
        yield f"letters kept: {letters}; it should be the one malformed trigger"
