import tomllib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hub.config.lines import line_numbers, line_of

DOCUMENT = '''\
# a comment with [brackets] and = signs
title = """first
second [not.a.table]
x = 1"""                    # line 4
list = [ # why
  "a", # ]
  [1,
   2],
  { b = 1, "c.d" = [true,
    false] },
]

[systems]
dotted.key."with dot" = 1
[systems.shop]
"quoted \\u0041" = 'lit#eral'
when = 1979-05-27 07:32:00  # a space within
[jobs."shop-pl.orders"]
every = "5m"
[systems.depot.formats.'stock']
path = \'\'\'C:\\\'\'\'
[jobs]
other = """""two quotes"""""
[[items]]
a = 1
[[items]]
b = 2
[items.inner]
c = {}
[[items.list]]
[[items.list]]
d = []
'''


def test_every_key_is_found_where_it_stands():
    tomllib.loads(DOCUMENT)
    lines = line_numbers(DOCUMENT)
    expected = {
        ("title",): 2,
        ("list",): 5,
        ("list", 0): 6,
        ("list", 1, 1): 8,
        ("list", 2, "b"): 9,
        ("list", 2, "c.d", 1): 10,
        ("systems",): 13,
        ("systems", "dotted", "key", "with dot"): 14,
        ("systems", "shop"): 15,
        ("systems", "shop", "quoted A"): 16,
        ("systems", "shop", "when"): 17,
        ("jobs", "shop-pl.orders"): 18,
        ("jobs", "shop-pl.orders", "every"): 19,
        ("systems", "depot"): 20,
        ("systems", "depot", "formats", "stock", "path"): 21,
        ("jobs",): 22,
        ("jobs", "other"): 23,
        ("items", 0, "a"): 25,
        ("items", 1): 26,
        ("items", 1, "inner", "c"): 29,
        ("items", 1, "list", 0): 30,
        ("items", 1, "list", 1, "d"): 32,
    }
    assert {path: lines.get(path) for path in expected} == expected


def test_a_missing_key_points_at_its_table():
    lines = line_numbers("\n[a]\nb = { c = 1 }\n")
    assert line_of(lines, ("a", "b", "d")) == 3
    assert line_of(lines, ("a", "x", "y")) == 2
    assert line_of(lines, ("z",)) is None


def test_windows_line_ends_count_once():
    assert line_numbers('a = """x\r\ny"""\r\n\r\nb = 1\r\n') == {("a",): 1, ("b",): 4}


VALUES = st.sampled_from(
    [
        "1",
        "-0.5e3",
        "true",
        "2026-11-21",
        "2026-11-21 10:00:00",
        '"a # ] } = \\" b"',
        "'c:\\'",
        '"""\nline # [x]\n\\"""more"" """',
        "'''a\n[b]\n''c'''",
        "[]",
        "{}",
        "[1, 2,]",
        "[ # ]\n  [1],\n\n  'x', { y = 1, z.w = [\n2] } # }\n]",
        '{ a = "}", b.c = { d = [ {}, { e = 1 } ] } }',
    ]
)
BETWEEN = st.sampled_from(["", "\n", "# [c] = 'x'\n", "   \n\t# d\n\n"])
SPACE = st.sampled_from(["", " ", "\t "])
QUOTED = st.sampled_from(["{}", '"{}"', "'{}'", '"{}.x"', '"\\u0061{}"'])


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, list[tuple[str, int]]]:
    """Return a TOML text and the line of each of its keys, each key being the only one with its number."""
    text = draw(BETWEEN)
    placed: list[tuple[str, int]] = []
    for number in range(draw(st.integers(0, 12))):
        key = draw(QUOTED).format(f"k{number}")
        placed.append((f"k{number}", text.count("\n") + 1))
        form = draw(st.sampled_from(["pair", "dotted", "table", "deep table", "list"]))
        space = draw(SPACE)
        if form == "pair":
            text += f"{space}{key}{space}={space}{draw(VALUES)}{space}"
        elif form == "dotted":
            text += f"{space}{key}{space}.{space}b.'c d' = {draw(VALUES)}"
        elif form == "table":
            text += f"{space}[{space}{key}{space}]"
        elif form == "deep table":
            text += f"[top.{key}{space}.{space}below]"
        else:
            text += f"[[{key}]]\n[[{space}{key}{space}]]"
        text += " # end\n" + draw(BETWEEN)
    return text, placed


@given(documents())
def test_lines_agree_with_the_text_that_was_made(made: tuple[str, list[tuple[str, int]]]):
    text, placed = made
    data = tomllib.loads(text)
    lines = line_numbers(text)
    assert set(lines) == set(paths(data))
    for name, line in placed:
        own = [path for path in lines if isinstance(path[-1], str) and path[-1].strip("a").removesuffix(".x") == name]
        assert [lines[path] for path in own] == [line]


def paths(data: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    steps: Any = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [found for step, inner in steps for found in ((*path, step), *paths(inner, (*path, step)))]
