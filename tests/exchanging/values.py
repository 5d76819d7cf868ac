"""What people enter: values unlike any before."""

import random
from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class Values:
    """New values, one after the other."""

    dice: random.Random
    number: int = 0

    def next(self) -> int:
        """Return a number that was not there before."""
        self.number += 1
        return self.number

    def of(self, name: str) -> Any:
        """Return a new value of a field."""
        number = self.next()
        match name:
            case "name":
                return self.dice.choice((f"{number} Lampa", f"{number} Lampa stojąca z abażurem ", f"{number}  x"))
            case "description":
                return f"{number} Opis produktu, po którym nic już nie dziwi"
            case "tags":
                return self.dice.choice(([f"t{number}", "b", "a"], [f"s{number}"]))
            case "weight" | "amount":
                return f"{number}.{self.dice.choice(('10', '25', '125'))}"
            case "email":
                return f"p{number}@example.com"
            case "phone":
                return f"+4860000{number:04}"
            case _:
                return str(number)
