"""What people enter, drawn from a seed."""

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

TEXTS = (
    "Lamp",
    "Lampa stojąca żółć",
    "Lamp 💡\N{WOMAN}\u200d\N{GIRL}",
    'O\'Brien \\ "quoted" `tick`',
    "e\u0301 is not é",
    "a\u00a0b\u200bc",
    '<b>Lamp</b> & "co" <script>alert(1)</script>',
    "&amp; &lt;b&gt;",
    "<p>5 &gt; 3 & 2 < 4</p>",
    "%s {0} ${x} #{y} {{z}}",
    "  blanks around  ",
    "",
    "   ",
    "two  blanks",
    "tab\tand\nnew line",
    "line\r\nline\r\n\r\nline",
    "\n\nlines around\n\n",
    "\u202e\u0645\u0635\u0628\u0627\u062d\u202c RTL",
    "z\u0336a\u0335l\u0334g\u0337o",
    "null",
    "0",
    "'; DROP TABLE x; --",
    "bell \x07 rings",
    "n" * 250,
    "ż" * 300,
    "long " * 300,
    "💡" * 2000,
)
AMOUNTS = ("0", "0.0001", "0.004", "0.01", "0.99", "1", "12.345", "99.9999", "21474836.48", "12345678901.1234")
COUNTS = (0, 0, 1, 2, 3, 10, 50, 100, 1000, 1_000_000)
GTINS = ("5901234123457", "4006381333931", "96385074", "0012345678905")
CATEGORIES = ("Lamps", "Lamps / Desk", "Home & Garden / Lights", "Łazienka / Świeże")


class Chance(random.Random):
    """Draws what people enter; likelier what is usual."""

    def text(self) -> str:
        """Return a name or a description."""
        return self.choice(TEXTS) if self.random() < 0.6 else f"Lamp {self.randrange(1000)}"

    def amount(self) -> str:
        """Return a price."""
        return self.choice(AMOUNTS) if self.random() < 0.4 else f"{self.randint(1, 300)}.{self.randint(0, 99):02}"

    def count(self) -> int:
        """Return how much lies there."""
        return self.choice(COUNTS)

    def email(self) -> str:
        """Return a customer's address: there are few, and they buy everywhere."""
        email = f"c{self.randrange(4)}@people.example"
        return email.upper() if self.random() < 0.1 else email

    def some(self, of: Sequence[T], most: int = 3) -> list[T]:
        """Return one or several."""
        return self.sample(of, min(len(of), self.randint(1, most)))
