"""What a seed stands for: which systems, how each of them lies, which accidents and how often. The rest is drawn."""

import random
from dataclasses import dataclass, field, replace
from typing import Any

RATES: dict[str, float] = {
    # at a point between two effects of a run
    "crash": 0.006,
    "interleave": 0.05,
    "moment": 0.02,
    "stall": 0.004,
    # the database
    "not-committed": 0.004,
    "answer-lost": 0.004,
    # the slice is over after a page
    "slice": 0.04,
    # a request to a system
    "away": 0.01,
    "write-away": 0.02,
    "write-unanswered": 0.04,
    "write-late": 0.08,
    "write-unknown": 0.02,
    "half-written": 0.4,
    "write-refused": 0.02,
    "any-order": 0.3,
    # a page of a system
    "page-breaks": 0.02,
    "page-ends": 0.02,
    "page-omits": 0.02,
    # what users do
    "visible-late": 0.15,
    "webhook": 0.3,
    "webhook-twice": 0.3,
    "same-record": 0.6,
    "rename": 0.05,
    "delete": 0.06,
}
"""Kinds of accidents, and how likely each is where it may happen."""

ONLY_FULL = frozenset(["page-omits", "write-refused", "stall", "delete"])
"""After these a full scan may be needed to come right."""

MARKS = ("revision", "seconds", "lies", "none")
"""By what a system says what has changed: a number, a time in whole seconds, one that moves when it should not and does
not move when it should, or not at all."""


@dataclass(frozen=True, slots=True)
class Traits:
    """How a system is."""

    name: str
    kind: str
    mark: str = "revision"
    keyset: bool = True
    """Whether it can be paged by identity; otherwise by offset."""
    says_total: bool = True
    page: int = 50
    bulk: int = 50
    late: float = 60.0
    shows: bool = True
    """Whether the answer to a write shows the record."""
    unique: bool = False
    """Whether it refuses two records of one natural key."""
    keeps_reference: bool = True
    """Whether it has a place for the hub's reference."""
    drafts: bool = False
    """Whether a new order is a draft until a second request confirms it."""
    quiet: bool = False
    """Whether nothing that a draft shows tells it from a whole order."""
    embeds: bool = False
    """Whether the buyers come with the orders."""
    guests: bool = False
    """Whether somebody may order without an account."""
    changes: tuple[str, ...] = ()
    """What it does to what is entered: upper, cut, round, sort."""
    ahead: bool = False
    """Whether the hub reads its next page while one is stored."""
    makes: bool = True
    """Whether the hub may make products in it; otherwise only those are kept up to date that it has by its own."""
    breaks: bool = False
    """Whether it breaks, while accidents happen, on each fifth of its records when that is asked for."""
    undoes: bool = False
    """Whether some program in it always sets products' names back."""
    any_list: bool = False
    """Whether nobody has said from which list a shop's prices are: of a product on several it gets none."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A seed, and what of it is made use of; shrinking leaves things out."""

    seed: int
    systems: tuple[Traits, ...]
    entities: frozenset[str]
    """What is exchanged."""
    steps: int
    """Steps with accidents; afterwards everything is well, and has to come right."""
    owner: str | None = None
    """The shop that owns the products' descriptions, if one does."""
    twins: bool = False
    """Whether the ERP has two parties of one e-mail address from the beginning, so that nobody can say who is meant."""
    stocked: bool = False
    """Whether the systems have been at work for some time before there is a hub."""
    parted: bool = False
    """Whether goods and deals are read by jobs of their own, which may run at once."""
    twice: bool = False
    """Whether two jobs carry the same streams: they may run at once, and both go on."""
    reset: bool = False
    """Whether shops are set otherwise now and then, also while their runs go on."""
    returns: bool = False
    """Whether much is deleted, and the ERP gets products again under numbers that it had before."""
    restored: bool = False
    """Whether the hub's database is restored, as it was some steps before."""
    prompt: bool = False
    """Whether nothing happens that only a full scan can find: then all must agree before there is one."""
    rates: dict[str, float] = field(default_factory=dict[str, float])

    def without(self, kind: str) -> "Plan":
        """Return the plan without one kind of accident."""
        return self.evolve(rates={name: rate for name, rate in self.rates.items() if name != kind})

    def evolve(self, **changes: Any) -> "Plan":
        """Return the plan with something changed."""
        return replace(self, **changes)

    def told(self) -> str:
        """Return the plan in words."""
        kinds = ", ".join(sorted(self.rates)) or "none"
        systems = "; ".join(_told(each) for each in self.systems)
        owner = f"; {self.owner} owns descriptions" if self.owner else ""
        owner += "; twins" * self.twins + "; stocked" * self.stocked + "; parted" * self.parted
        owner += (
            "; restored" * self.restored
            + "; twice" * self.twice
            + "; reset" * self.reset
            + "; returns" * self.returns
            + "; prompt" * self.prompt
        )
        return f"{self.steps} steps of {', '.join(sorted(self.entities))}{owner}; {systems}; accidents: {kinds}"


def _told(traits: Traits) -> str:
    plain = Traits(traits.name, traits.kind)
    odd = [
        f"{name}={getattr(traits, name)}"
        for name in Traits.__dataclass_fields__
        if getattr(traits, name) != getattr(plain, name)
    ]
    return f"{traits.name} ({', '.join(odd)})"


MAKES_NOTHING = 0.15
"""So often does a shop get no products that it does not have."""
ANY_LIST = 0.2
"""So often has nobody said from which list a shop's prices are."""
PARTED = 0.5
"""So often, where there are both, do goods and deals have jobs of their own."""
TWICE, RESET, RETURNS, BREAKS = 0.2, 0.25, 0.25, 0.15
"""So often do two jobs carry the same streams, are shops set otherwise, do products come back, do single records break."""
RESTORED = 0.15
"""So often is the hub's database restored from a backup; what has happened in between, only full scans may find."""
MUCH, OFTEN = 0.5, 0.2
"""How likely a deletion is where products come back; and that others take steps between two of a run's, where two jobs
carry the same streams."""
GOODS = frozenset(["products", "prices", "stock"])
DEALS = frozenset(["parties", "orders"])


def plan_of(seed: int) -> Plan:
    """Return what a seed stands for; each leaves some accidents out, and has others more often."""
    dice = random.Random(f"plan {seed}")
    rates = {name: rate * dice.choice((0.5, 1, 1, 2.5)) for name, rate in RATES.items() if dice.random() < 0.6}
    entities = dice.choice((GOODS, DEALS, DEALS, GOODS | DEALS))
    shops = ["shop", "kiosk"][: dice.choice((1, 1, 2))]
    systems = (_traits("erp", "erp", dice), *(_traits(name, "eshop", dice) for name in shops))
    owner = dice.choice((None, None, None, "shop")) if "products" in entities else None
    # An ERP that wants e-mail addresses unique has one of them only, and then there is nothing to guess.
    twins = "parties" in entities and dice.random() < 0.15 and not systems[0].unique
    prompt = dice.random() < 0.4
    if prompt:
        # What only follows, in a system that cannot say what has changed, is only looked at by full scans.
        systems = tuple(replace(e, mark="seconds") if e.mark in ("lies", "none") else e for e in systems)
        rates = {name: rate for name, rate in rates.items() if name not in ONLY_FULL}
    if not all(each.keeps_reference for each in systems):
        rates.pop("rename", None)  # what is renamed before it was found can be found by nothing then
    steps, stocked = dice.choice((30, 60, 90)), dice.random() < 0.4
    systems = (replace(systems[0], quiet=systems[0].drafts and dice.random() < 0.5), *systems[1:])
    # By dice of its own: what other seeds stand for stays as it was.
    if "products" in entities and random.Random(f"makes {seed}").random() < MAKES_NOTHING:
        systems = (systems[0], replace(systems[1], makes=False), *systems[2:])
    if "prices" in entities and random.Random(f"lists {seed}").random() < ANY_LIST:
        systems = (systems[0], replace(systems[1], any_list=True), *systems[2:])
    parted = entities == GOODS | DEALS and random.Random(f"parted {seed}").random() < PARTED
    also = random.Random(f"also {seed}")
    twice, reset = also.random() < TWICE, also.random() < RESET and "products" in entities
    returns = also.random() < RETURNS and "products" in entities and not prompt
    rates |= {"delete": MUCH} if returns else {}
    rates |= {"interleave": OFTEN} if twice else {}
    systems = tuple(replace(each, breaks=also.random() < BREAKS and not prompt) for each in systems)
    restored = not prompt and random.Random(f"restored {seed}").random() < RESTORED
    return Plan(
        seed, systems, entities, steps, owner, twins, stocked, parted, twice, reset, returns, restored, prompt, rates
    )


def _traits(name: str, kind: str, dice: random.Random) -> Traits:
    erp = kind == "erp"
    embeds = not erp and dice.random() < 0.5
    return Traits(
        name,
        kind,
        mark=dice.choice(MARKS),
        keyset=dice.random() < 0.5,
        says_total=dice.random() < 0.5,
        page=dice.choice((2, 3, 5, 50)),
        bulk=dice.choice((1, 3, 50)),
        late=60.0,
        shows=dice.random() < 0.5,
        unique=dice.random() < 0.3,
        keeps_reference=dice.random() < 0.8,
        drafts=erp and dice.random() < 0.4,
        embeds=embeds,
        guests=embeds and dice.random() < 0.3,
        changes=tuple(each for each in ("upper", "cut", "round", "sort") if dice.random() < 0.25),
        ahead=dice.random() < 0.5,
        undoes=not erp and dice.random() < 0.07,
    )
