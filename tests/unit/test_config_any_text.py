"""Whatever a user writes, the answer is settings or faults: never another exception, never a secret."""

from hypothesis import example, given
from hypothesis import strategies as st

from hub.config import Faults, Settings, load
from tests.unit.config_examples import CONNECTORS, DEPOT, SHOP

WHOLE = (
    '[hub]\ncompany = "K"\ntimezone = "Europe/Warsaw"\nretention_days = 10\nlease = "30s"\nholidays = "PL"\n'
    'database = "env:HUB_DATABASE"\nhealth = "127.0.0.1:8090"\n'
    + SHOP
    + DEPOT
    + '[jobs."shop-pl.orders"]\nsync = ["orders", "parties"]\nevery = "5m"\nbetween = "06:00-22:00"\ndays = "mon-sat"\n'
    '[jobs."depot.night"]\nsync = ["stock"]\ncron = "15 2 * * *"\nholidays = "skip"\n[jobs."hub.prune"]\nevery = "1d"\n'
)
KEYS = [
    "company",
    "timezone",
    "retention_days",
    "database",
    "broker",
    "health",
    "lease",
    "slice",
    "workers",
    "holidays",
    "kind",
    "connector",
    "source",
    "url",
    "key",
    "secret",
    "formats",
    "every",
    "cron",
    "days",
    "between",
    "jitter",
    "sync",
    "attempts",
    "retry_first",
    "name",
    "system",
    "options",
    "streams",
]
VALUES = (
    '""',
    '"0s"',
    '"5m"',
    '"* * * * *"',
    '"0 0 31 2 *"',
    '"0 0 * * 1#9"',
    '"0 0 L * *"',
    '"1-"',
    '"mon-"',
    '"-"',
    '"24:00-06:00"',
    '"env:"',
    '"file:x"',
    '"http://["',
    '"https://x:99999999"',
    '"amqp://u:p@h"',
    '"{message}"',
    '"¹²"',
    '"\\u0000"',
    "0",
    "-1",
    "1e400",
    "nan",
    "inf",
    "0x" + "f" * 5000,
    "1979-05-27",
    "07:32:00",
    "true",
    "[]",
    "[[]]",
    "[1, 'a']",
    "{}",
    "{ a = {} }",
    "[{}]",
)
PIECES = st.sampled_from(
    [
        *(f"{key} = {value}\n" for key in KEYS for value in VALUES),
        "[hub]\n",
        "[systems.a]\nkind = 'warehouse'\nconnector = 'files'\n",
        "[systems.b]\nkind = 'eshop'\nconnector = 'woocommerce'\n",
        "[[systems]]\n",
        "[systems]\n",
        "[systems.a.formats.x]\n",
        "[jobs]\n",
        "[jobs.'a.x']\n",
        "[jobs.'b.orders']\n",
        "[jobs.'hub.prune']\n",
        "[jobs.'.']\n",
        "[[jobs.a]]\n",
        "[",
        "'''",
        '"""',
        "= {",
    ]
)


def answer(text: str) -> Settings | Faults:
    try:
        return load(text, CONNECTORS)
    except Faults as faults:
        judge(text, faults)
        return faults


def judge(text: str, found: Faults) -> None:
    assert found.faults
    for fault in found.faults:
        assert fault.line is None or 1 <= fault.line <= text.count("\n") + 1
    assert len(str(found).splitlines()) == len(found.faults) + 1


def test_the_text_that_the_others_are_made_from_is_good():
    assert isinstance(answer(WHOLE), Settings)


@given(st.text())
@example("\ufeff")
@example("a = " + "[" * 10_000)
@example("a = " + "{a=" * 10_000)
def test_any_text_gives_settings_or_faults(text: str):
    assert isinstance(answer(text), Settings | Faults)


@given(st.lists(PIECES, max_size=12))
def test_any_toml_gives_settings_or_faults(pieces: list[str]):
    assert isinstance(answer("".join(pieces)), Settings | Faults)


@given(st.integers(0, len(WHOLE)), st.integers(0, 40), st.text(max_size=5))
def test_a_file_with_a_slip_of_the_hand_gives_settings_or_faults(start: int, length: int, instead: str):
    assert isinstance(answer(WHOLE[:start] + instead + WHOLE[start + length :]), Settings | Faults)


@given(st.sampled_from(KEYS), st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1))
def test_a_secret_in_the_wrong_form_is_never_shown(key: str, tail: str):
    secret = f"s3cret{tail}"
    shop = SHOP.replace('"env:SHOP_PL_KEY"', f'"{secret}"').replace('"file:/run', f'"file:{secret}')
    text = f'[hub]\ndatabase = "postgresql://hub:{secret}@db/hub"\nbroker = "amqp://u:{secret}/x#y@h"\n{shop}'
    text += f'pasword = "{secret}"\n[hubb]\n{key} = "{secret}"\n'
    found = answer(text)
    assert isinstance(found, Faults)
    assert "s3cret" not in str(found) + repr(found) + repr(found.faults)
