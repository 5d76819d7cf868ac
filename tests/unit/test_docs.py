"""The documentation leads where it says: its links, its examples of hub.toml, its commands, the files it names."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hub.app.registry import OPTIONS
from hub.cli.commands import COMMANDS, load
from hub.config import load as load_settings

ROOT = Path(__file__).parents[2]
FOLDERS = ("docs", "compose", "examples", "tests")
PAGES = [*ROOT.glob("*.md"), *(page for folder in FOLDERS for page in (ROOT / folder).rglob("*.md"))]
TEXTS = {page: page.read_text(encoding="utf-8") for page in PAGES}
EXAMPLES = [
    pytest.param(text, id=f"{page.name}-{number}")
    for page in PAGES
    for number, text in enumerate(re.findall(r"^```(?:toml)?\n(.*?)^```", TEXTS[page], re.MULTILINE | re.DOTALL))
    if 'kind = "' in text
]


def anchor(heading: str) -> str:
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def test_every_link_leads_somewhere_and_every_page_is_linked():
    linked = {ROOT / "README.md", ROOT / "CHANGELOG.md"}
    for page, text in TEXTS.items():
        for address in re.findall(r"\]\((?!http)([^)\s]+)\)", text):
            path, _, part = address.partition("#")
            there = (page.parent / path).resolve() if path else page
            assert there.exists(), f"{page.name}: {address}"
            linked.add(there)
            if part:
                assert part in map(anchor, re.findall(r"^#+ (.*)$", TEXTS[there], re.MULTILINE)), (
                    f"{page.name}: {address}"
                )
    assert not set(PAGES) - linked


@pytest.mark.parametrize("text", EXAMPLES)
def test_an_example_can_be_applied(text: str):
    assert load_settings(text, OPTIONS).systems


def commands() -> Iterator[list[str]]:
    """Each command that a page shows, without `hub`."""
    for page in PAGES:
        for found in re.findall(r"`hub ([a-z][^`\n]*)`|^hub ([a-z][^\n#&]*)", TEXTS[page], re.MULTILINE):
            yield "".join(found).replace("[", " ").replace("]", " ").split()


@pytest.mark.parametrize("words", list(commands()), ids=" ".join)
def test_a_command_that_is_shown_is_one(words: list[str]):
    command: Any = load(words[0]) if words[0] in COMMANDS else None
    if inner := getattr(command, "commands", None):
        command = inner[words[1] if len(words) > 1 and words[1] in inner else command.default]
    options = {name for parameter in command.params for name in parameter.opts}
    assert {word for word in words if word.startswith("-")} <= options


def test_the_reading_order_names_files_that_are_there():
    folder = ROOT
    for name in re.findall(r"`([\w./*-]+(?:\.py|/))`", TEXTS[ROOT / "ARCHITECTURE.md"].partition("## Imports")[0]):
        there = [*ROOT.glob(name), *folder.glob(name), *(folder.parent.glob(name) if name.endswith("/") else ())]
        assert there, name
        folder = ROOT / Path(name).parent if "/" in name.rstrip("/") else folder


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_row_of_a_table_has_as_many_cells_as_its_head(page: Path):
    for table in re.findall(r"(?:^\|.*\n)+", TEXTS[page], re.MULTILINE):
        counts = {len(re.findall(r"(?<!\\)\|", row)): row for row in table.splitlines()}
        assert len(counts) == 1, counts
    assert "\\`" not in TEXTS[page]  # which ends the code all the same
