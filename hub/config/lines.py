"""On which line each key of a TOML text stands.

tomllib says what a text means but not where, and tomlkit keeps no positions. This reads the text once more, only as
far as is needed to know where keys and values begin. It expects a text that tomllib has accepted.
"""

import re
import tomllib
from dataclasses import dataclass, field

from hub.config.faults import Path

_SPACE = re.compile(r"[ \t]*")
_BLANK = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_KEY = re.compile(r"""[A-Za-z0-9_-]+|"(?:\\.|[^"\\\n])*"|'[^'\n]*'""")
_TEXT = re.compile(
    r'''"""(?:\\.|[^\\])*?"{3,5}|"(?:\\.|[^"\\\n])*"|''' + r"""'''.*?'{3,5}|'[^'\n]*'""",
    re.DOTALL,
)
_OTHER = re.compile(r"[^,\]}\n#]+")


def line_numbers(text: str) -> dict[Path, int]:
    """Return the line, from 1, of each table, key and list element. A table that has a heading stands there."""
    return _Reading(text.replace("\r\n", "\n")).lines


def line_of(lines: dict[Path, int], path: Path) -> int | None:
    """Return the line of a path, or of the nearest table around it that stands in the text."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path)


@dataclass
class _Reading:
    text: str
    at: int = 0
    lines: dict[Path, int] = field(default_factory=dict[Path, int])
    table: Path = ()
    counts: dict[Path, int] = field(default_factory=dict[Path, int])
    """How many elements each list of tables has by now."""
    counted_to: int = 0
    line: int = 1

    def __post_init__(self) -> None:
        self.skip(_BLANK)
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                self.heading()
            else:
                self.pair(self.table)
            self.skip(_BLANK)

    def skip(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self.text, self.at)
        if found is None:
            raise ValueError(f"not TOML at character {self.at}")
        self.at = found.end()
        return found[0]

    def here(self) -> int:
        # Places are asked for in the order of the text, so each line end is counted once.
        self.line += self.text.count("\n", self.counted_to, self.at)
        self.counted_to = self.at
        return self.line

    def heading(self) -> None:
        line = self.here()
        is_list = self.text.startswith("[[", self.at)
        self.at += 2 if is_list else 1
        *above, last = self.dotted_key()
        self.at += 2 if is_list else 1
        path: Path = ()
        for key in above:
            path = self.inside((*path, key))
            self.lines.setdefault(path, line)
        path = (*path, last)
        if is_list:
            self.lines.setdefault(path, line)
            self.counts[path] = self.counts.get(path, 0) + 1
        self.table = self.inside(path)
        self.lines[self.table] = line

    def inside(self, path: Path) -> Path:
        return (*path, self.counts[path] - 1) if path in self.counts else path

    def dotted_key(self) -> list[str]:
        keys: list[str] = []
        while True:
            self.skip(_SPACE)
            keys.append(_plain(self.skip(_KEY)))
            self.skip(_SPACE)
            if not self.text.startswith(".", self.at):
                return keys
            self.at += 1

    def pair(self, table: Path) -> None:
        line = self.here()
        path = table
        for key in self.dotted_key():
            path = (*path, key)
            self.lines.setdefault(path, line)
        self.at += 1  # the equals sign
        self.skip(_BLANK)
        self.value(path)

    def value(self, path: Path) -> None:
        first = self.text[self.at]
        if first == "[":
            self.list_of_values(path)
        elif first == "{":
            self.inline_table(path)
        else:
            self.skip(_TEXT if first in "\"'" else _OTHER)

    def list_of_values(self, path: Path) -> None:
        position = 0
        while not self.closes("]"):
            element = (*path, position)
            self.lines[element] = self.here()
            self.value(element)
            position += 1

    def inline_table(self, path: Path) -> None:
        while not self.closes("}"):
            self.pair(path)

    def closes(self, bracket: str) -> bool:
        """Step over an opening bracket or a comma, and over the closing bracket if it comes next."""
        if self.text[self.at] != bracket:
            self.skip(_BLANK)
            self.at += self.text[self.at] in "[{,"
            self.skip(_BLANK)
        closed = self.text[self.at] == bracket
        self.at += closed
        return closed


def _plain(key: str) -> str:
    if key.startswith('"'):
        # TOML's own rules for escapes, applied by the one who knows them.
        return next(iter(tomllib.loads(f"{key}=0")))
    return key[1:-1] if key.startswith("'") else key
