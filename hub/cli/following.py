"""What `hub up` shows while it works: a line for each run that has ended, and what waits once all is quiet."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hub.app import Process
from hub.cli import show, words
from hub.cli.quarantine import show_groups
from hub.counting import counted
from hub.store import Tx, interventions, jobs, letters, outbox, overview, results
from hub.store import quarantine as quarantined
from hub.sync.pull import READ_TO_END

OVERLAP = timedelta(seconds=60)
"""How late a result may come to the run log and still be seen."""
MOST_LINES = 25
"""Lines written at one look; of more only the number is told."""
MOST_CAUSES = 10
REMEMBERED = 100_000
QUIET = ("handed-on",)


@dataclass(slots=True)
class Following:
    """What was seen and told so far."""

    process: Process
    as_json: bool
    since: datetime
    after: int
    """The last run that was there before."""
    zone: ZoneInfo
    stored: datetime
    """What ended before is in the run log; it need not be looked for again."""
    news: bool = False
    """Whether the latest look has found something new."""
    told: deque[tuple[int, int]] = field(default_factory=lambda: deque[tuple[int, int]](maxlen=REMEMBERED))
    named: set[str] = field(default_factory=set[str])
    """Jobs of which a line was written."""
    summary: tuple[object, ...] | None = None
    status: str = ""

    @classmethod
    def of(cls, process: Process, *, as_json: bool) -> "Following":
        """Begin now."""
        with process.hub.store.read() as tx:
            zone = ZoneInfo(process.configuration.settings.hub.timezone)
            return cls(process, as_json, tx.now, overview.latest_run(tx), zone, tx.now)

    def look(self) -> bool:
        """Tell what is new; returns whether nothing is due or under way and all results are stored."""
        with self.process.hub.store.read() as tx:
            # In this order: what ends meanwhile is seen at the next look.
            active = overview.under_way(tx)
            unsent, unstored = outbox.count(tx), results.unstored(tx, self.stored)
            if not unstored:
                self.stored = max(self.since, tx.now - OVERLAP)
            fresh = self._fresh(tx)
            running = overview.running(tx, 3) if active else []
        self._tell(fresh)
        self.news = bool(fresh)
        self.status = "   ".join(f"{run.job}  {words.outcomes(run.counts)}" for run in running)
        if not active and unsent:
            self.process.post_left()
        return not (active or unsent or unstored)

    def summarise(self) -> None:
        """Write what waits for somebody, if that is another than was written last."""
        with self.process.hub.store.read() as tx:
            groups = quarantined.groups(tx)
            dead, kept = len(overview.dead_numbers(tx)), letters.count(tx)
            following = [job for job in jobs.find(tx) if job.next_due and job.enabled and not job.paused_at]
            now = tx.now
        summary = (tuple((each.cause, each.source, each.count) for each in groups), dead, kept)
        if summary == self.summary:
            return
        self.summary = summary
        if self.as_json:
            show.json_line({"event": "waiting", "quarantine": groups, "dead": dead, "messages": kept})
            return
        show.say()
        if groups or not (dead or kept):
            show_groups(groups, MOST_CAUSES)
        if groups:
            show.say("See them: hub quarantine")
        if dead or kept:
            show.say(f"{counted(dead, 'run')} and {counted(kept, 'message')} given up: hub dead")
        soonest = min(following, key=lambda job: job.next_due or now, default=None)
        if soonest:
            show.say(f"Next: {soonest.name} at {words.local(soonest.next_due, self.zone, now)}")

    def gone_wrong(self) -> list[interventions.Shown]:
        """Return the runs that were made or carried out since, and did not go well."""
        with self.process.hub.store.read() as tx:
            return overview.gone_wrong(tx, self.since, self.after)

    def _fresh(self, tx: Tx) -> list[tuple[Mapping[str, Any], interventions.Shown | None]]:
        recent = overview.results_since(tx, max(self.since, tx.now - OVERLAP))
        known = set(self.told)
        new = [each for each in recent if (each["run"], each["generation"]) not in known]
        self.told.extend((each["run"], each["generation"]) for each in new)
        told = [each for each in new if each["outcome"] not in QUIET]
        numbers: set[int] = {each["run"] for each in told}
        runs = {run.id: run for run in interventions.find(tx, numbers=numbers, most=len(told))}
        whole: list[Mapping[str, Any]] = [{**each, "deliveries": self._deliveries(tx, each)} for each in told]
        return [(each, runs.get(each["run"])) for each in whole]

    def _deliveries(self, tx: Tx, result: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        return [result] if result["generation"] == 1 else results.history(tx, result["run"])

    def _tell(self, fresh: list[tuple[Mapping[str, Any], interventions.Shown | None]]) -> None:
        if self.as_json:
            for result, run in fresh:
                show.json_line({"event": "result", **result, "counts_of_run": run.counts if run else {}})
            return
        lines = [line for result, run in fresh if (line := self._line(result, run))]
        for line in lines[:MOST_LINES]:
            show.say(line)
        if len(lines) > MOST_LINES:
            show.say(f"... and {len(lines) - MOST_LINES:,} more: hub runs")

    def _line(self, result: Mapping[str, Any], run: interventions.Shown | None) -> str | None:
        counts = (run.counts if run else None) or result.get("counts") or {}
        job, outcome, sources = result["job"], result["outcome"], _sources(result["deliveries"])
        if counts.keys() <= {"identical"} and not sources and outcome == "done" and job in self.named:
            return None  # nothing to do, once more: the run log has it
        self.named.add(job)
        took = words.seconds(sum((_took(each) for each in result["deliveries"]), timedelta()))
        name = f"  {job:<{self._width()}}"
        if outcome != "done" or not counts:
            return f"{name}   {self._failed(result)}"
        rows = counted(sum(counts.values()), "row")
        return f"{name}   {sources:<24} {rows:>14}   {words.outcomes(counts):<36} {took:>7}"

    def _width(self) -> int:
        return max((len(name) for name in self.process.configuration.jobs()), default=0)

    def _failed(self, result: Mapping[str, Any]) -> str:
        message = result.get("message") or result["outcome"]
        match result["outcome"]:
            case "done":
                return message
            case "later" | "lost":
                again = datetime.fromisoformat(result["next_at"])
                return f"failed: {message}; again at {words.local(again, self.zone)}"
            case "dead":
                return f"given up: {message}   See: hub dead show {result['run']}"
            case other:
                return f"{other}: {message}"


def _took(result: Mapping[str, Any]) -> timedelta:
    if not result.get("started_at"):
        return timedelta()
    return datetime.fromisoformat(result["ended_at"]) - datetime.fromisoformat(result["started_at"])


def _sources(deliveries: list[Mapping[str, Any]]) -> str:
    texts = [line["text"] for each in deliveries for line in each.get("lines", ())]
    names = [text.removesuffix(READ_TO_END) for text in texts if text.endswith(READ_TO_END)]
    if len(names) > 1:
        return f"{names[0]} and {len(names) - 1} more"
    return names[0] if names else ""
