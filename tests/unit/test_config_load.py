from datetime import timedelta
from pathlib import Path

import pytest

from hub.config import Faults, Settings, load, load_file, starter
from hub.errors import Misconfigured
from tests.unit.config_examples import CONNECTORS, DEPOT, SHOP, faults_of, only_fault


def test_a_whole_file_becomes_typed_settings():
    settings = load(
        '[hub]\ncompany = "Kowalski"\ntimezone = "Europe/Warsaw"\nlease = "1m"\nholidays = "PL"\n'
        + SHOP
        + DEPOT
        + '[jobs."shop-pl.catalogue"]\nsync = ["products", "stock"]\ncron = "15 2 * * *"\nfull_every = "7d"\n',
        CONNECTORS,
    )
    assert settings.hub.lease == timedelta(minutes=1)
    assert settings.systems["shop-pl"].options.model_dump()["url"] == "https://sklep.kowalski.example"
    assert settings.jobs["shop-pl.catalogue"].sync == ("products", "stock")
    assert settings.jobs["shop-pl.catalogue"].full_every == timedelta(days=7)


def test_an_empty_text_is_the_embedded_default():
    assert load("", CONNECTORS) == Settings()


def test_the_starter_file_is_valid_and_does_something():
    assert "depot.stock" in load(starter(), CONNECTORS).all_jobs()


@pytest.mark.parametrize(
    ("line", "place", "message"),
    [
        ("retention_days = 45", "hub.retention_days", "45 is more than 30 (5 to 30 days are kept)"),
        ("retention_days = 4", "hub.retention_days", "4 is less than 5 (5 to 30 days are kept)"),
        (
            "retention_days = true",
            "hub.retention_days",
            "true is not a whole number; write it without quotes, as in 10",
        ),
        ('workers = "8"', "hub.workers", '"8" is not a whole number; write it without quotes, as in 10'),
        ("workers = 1.5", "hub.workers", "1.5 is not a whole number; write it without quotes, as in 10"),
        ("retention_dais = 9", "hub.retention_dais", 'there is no such setting; did you mean "retention_days"?'),
        ("company = 5", "hub.company", "5 is not text; write it in quotes"),
        ('company = "a\\u0000b"', "hub.company", r"the text contains the character \u0000, which cannot be stored"),
        ("workers = 0x8000000000000000", "hub.workers", "the number is too large"),
        (
            'timezone = "Europe/Warsow"',
            "hub.timezone",
            '"Europe/Warsow" is not a time zone; did you mean "Europe/Warsaw"?',
        ),
        (
            'timezone = "europe/warsaw"',
            "hub.timezone",
            '"europe/warsaw" is not a time zone; did you mean "Europe/Warsaw"?',
        ),
        ('timezone = "GMT+1"', "hub.timezone", '"GMT+1" is not a time zone; write it like "Europe/Warsaw"'),
        (
            'holidays = "pl"',
            "hub.holidays",
            '"pl" is not a country whose holidays are known; did you mean "PL"?',
        ),
        ('language = "polish"', "hub.language", '"polish" is not a language; write it like "en" or "pl"'),
        ('lease = "2s"', "hub.lease", "2s is less than 3s"),
        ('slice = "16m"', "hub.slice", "16m is more than 15m (brokers give up on a message after 30m)"),
        ("slice = 3", "hub.slice", '3 has no unit; write "3s" for seconds or "3m" for minutes'),
        ('health = "8090"', "hub.health", '"8090" is not a host and port; write it like "127.0.0.1:8090"'),
        (
            'health = "[::1]:70000"',
            "hub.health",
            '"[::1]:70000" is not a host and port; write it like "127.0.0.1:8090"',
        ),
        ('database = "mysql://db/hub"', "hub.database", '"mysql" is not one of postgresql, postgresql+psycopg, sqlite'),
        (
            'database = "postgres://db/hub"',
            "hub.database",
            '"postgres" is not one of postgresql, postgresql+psycopg, sqlite; did you mean "postgresql"?',
        ),
        ('broker = "rabbit"', "hub.broker", '"rabbit" is not an address; it looks like amqps://host/hub'),
        (
            'broker_management = "rabbit.example:15672"',
            "hub.broker_management",
            '"rabbit.example:15672" has no scheme; did you mean "https://rabbit.example:15672"?',
        ),
    ],
)
def test_a_fault_in_the_hub_table(line, place, message):
    assert only_fault(f"[hub]\n{line}\n") == (2, place, message)


@pytest.mark.parametrize(
    ("text", "line", "place", "message"),
    [
        ("\n[system.x]\n", 2, "system", 'there is no such table; did you mean "systems"?'),
        ("hub = 5", 1, "hub", "is not a table; write [hub] above its settings"),
        ("[[systems]]", 1, "systems", "is not a table; write [systems.shop]"),
        ("[systems]\nshop = 1", 2, "systems.shop", "is not a table; write [systems.shop] above its settings"),
        ("jobs = []", 1, "jobs", 'is not a table; write [jobs."shop.orders"]'),
        (
            DEPOT.replace('"warehouse"', '"warehose"'),
            3,
            "systems.depot.kind",
            '"warehose" is not a kind; did you mean "warehouse"?',
        ),
        (
            DEPOT.replace('"files"', '"file"'),
            4,
            "systems.depot.connector",
            '"file" is not a connector; did you mean "files"?',
        ),
        (
            DEPOT.replace('"warehouse"', '"erp"'),
            4,
            "systems.depot.connector",
            "there is no connector for an ERP in this version",
        ),
        (
            DEPOT.replace('"files"', '"woocommerce"'),
            4,
            "systems.depot.connector",
            '"woocommerce" is not a connector of a warehouse; it goes with kind = "eshop"',
        ),
        (
            DEPOT.replace('connector = "files"\n', ""),
            2,
            "systems.depot.connector",
            "is missing; one of files",
        ),
        (DEPOT.replace('source = "sftp://hub@depot.example/out"\n', ""), 2, "systems.depot.source", "is missing"),
        (DEPOT.replace('entity = "stock"\n', ""), 7, "systems.depot.formats.stock.entity", "is missing"),
        (
            DEPOT.replace("source", "breaker_failurs = 3\nsource"),
            5,
            "systems.depot.breaker_failurs",
            'there is no such setting; did you mean "breaker_failures"?',
        ),
        (DEPOT.replace("source", "attempts = 0\nsource"), 5, "systems.depot.attempts", "0 is less than 1"),
        (
            DEPOT.replace("files =", "fils ="),
            7,
            "systems.depot.formats.stock.files",
            "is missing",
        ),
        (
            DEPOT.replace('"Magazyn"', "7"),
            12,
            "systems.depot.formats.stock.columns.location",
            "7 is not text; write it in quotes",
        ),
        (
            DEPOT.replace('["sku", "location"]', '[\n  "sku",\n  5 ]'),
            13,
            "systems.depot.formats.stock.key[2]",
            "5 is not text; write it in quotes",
        ),
        (
            DEPOT.replace('"15m"', '"15 min"'),
            10,
            "systems.depot.formats.stock.every",
            '"15 min" is not a duration; write it like "90s", "15m", "1h30m" or "7d"',
        ),
        (
            DEPOT.replace("every", 'header = "non"\nevery'),
            10,
            "systems.depot.formats.stock.header",
            '"non" is not a whole number; write it without quotes, as in 10; and "non" is not none; did you mean "none"?',
        ),
        (
            DEPOT.replace("every", "header = 0\nevery"),
            10,
            "systems.depot.formats.stock.header",
            "0 is less than 1; and 0 is not none",
        ),
        (
            DEPOT.replace("formats.stock", "formats.Stock"),
            7,
            "systems.depot.formats.Stock",
            '"Stock" cannot be a name: a name has small letters, digits and hyphens, and begins with a letter',
        ),
        (
            DEPOT.replace("every", 'holidays = "skip"\nevery'),
            10,
            "systems.depot.formats.stock.holidays",
            'needs to know whose holidays; write holidays = "PL" (or another country) under [hub]',
        ),
        (
            SHOP.replace("https://", ""),
            5,
            "systems.shop-pl.url",
            '"sklep.kowalski.example" has no scheme; did you mean "https://sklep.kowalski.example"?',
        ),
        (
            SHOP.replace("shop-pl]", "hub]"),
            2,
            "systems.hub",
            '"hub" means the hub itself; give the system another name',
        ),
        (
            SHOP.replace("shop-pl]", f"s{60 * 'x'}]"),
            2,
            f"systems.s{60 * 'x'}",
            "a name has at most 60 characters",
        ),
    ],
)
def test_a_fault_in_a_system(text, line, place, message):
    assert (line, place, message) in [(fault.line, fault.place, fault.message) for fault in faults_of(text)]


JOB = SHOP + '[jobs."shop-pl.orders"]\n'
"""A job's heading on line 8."""


@pytest.mark.parametrize(
    ("text", "line", "place", "message"),
    [
        (
            JOB.replace("pl.orders", "pl.ordres"),
            8,
            'jobs."shop-pl.ordres"',
            'nothing called "ordres" can be synchronised with an e-shop; did you mean "orders"?',
        ),
        (
            JOB + 'sync = ["orders",\n "partys"]',
            10,
            'jobs."shop-pl.orders".sync[2]',
            'nothing called "partys" can be synchronised with an e-shop; did you mean "parties"?',
        ),
        (JOB + "sync = []", 9, 'jobs."shop-pl.orders".sync', "must not be empty"),
        (JOB + 'sync = ["orders", "orders"]', 9, 'jobs."shop-pl.orders".sync', "something is named twice"),
        (
            JOB.replace("shop-pl.orders", "shp-pl.orders"),
            8,
            'jobs."shp-pl.orders"',
            'there is no system "shp-pl"; did you mean "shop-pl"?',
        ),
        (
            JOB.replace('"shop-pl.orders"', "shop-pl.orders"),
            8,
            "jobs.shop-pl.orders",
            'a job\'s name needs quotes: [jobs."shop-pl.orders"]',
        ),
        (
            JOB.replace('"shop-pl.orders"', "orders"),
            8,
            "jobs.orders",
            'a job is named for its system and what it does, as in [jobs."SYSTEM.orders"]',
        ),
        (
            JOB.replace("pl.orders", "pl.new.orders"),
            8,
            'jobs."shop-pl.new.orders"',
            '"new.orders" cannot be a name: a name has small letters, digits and hyphens, and begins with a letter',
        ),
        (
            JOB + 'every = "5m"\ncron = "0 3 * * *"',
            10,
            'jobs."shop-pl.orders".cron',
            "a schedule has every or cron, not both; leave one of them out",
        ),
        (JOB + 'evry = "5m"', 9, 'jobs."shop-pl.orders".evry', 'there is no such setting; did you mean "every"?'),
        (
            JOB + 'name = "x"',
            9,
            'jobs."shop-pl.orders".name',
            "there is no such setting; it is part of the job's name",
        ),
        (
            JOB + 'cron = "61 * * * *"',
            9,
            'jobs."shop-pl.orders".cron',
            '"61 * * * *" cannot be read: minute is out of range or unclear',
        ),
        (
            JOB + 'cron = "* * * *"',
            9,
            'jobs."shop-pl.orders".cron',
            '"* * * *" is not five fields: minute hour day month weekday, e.g. "15 2 * * *"',
        ),
        (JOB + 'cron = "@daily"', 9, 'jobs."shop-pl.orders".cron', '"@daily" is written "0 0 * * *" here'),
        (
            JOB + 'cron = "0 3 * * *"\nbetween = "06:00-22:00"',
            10,
            'jobs."shop-pl.orders".between',
            '"06:00-22:00" leaves out every time at which cron = "0 3 * * *" is due',
        ),
        (JOB + 'days = "mon-fry"', 9, 'jobs."shop-pl.orders".days', '"fry" is not a weekday; did you mean "fri"?'),
        (
            JOB + 'between = "06:00"',
            9,
            'jobs."shop-pl.orders".between',
            '"06:00" is not a window; write it like "06:00-22:00"',
        ),
        (
            JOB + 'between = "6-22"',
            9,
            'jobs."shop-pl.orders".between',
            '"6" is not a time of day; write it like "06:00"',
        ),
        (
            JOB + 'between = "06:00-06:00"',
            9,
            'jobs."shop-pl.orders".between',
            '"06:00-06:00" begins and ends at the same time; leave it out if the whole day is meant',
        ),
        (
            JOB + 'overlap = "buffer_one"',
            9,
            'jobs."shop-pl.orders".overlap',
            '"buffer_one" is not one of skip, buffer-one, allow; did you mean "buffer-one"?',
        ),
        (
            JOB + 'every = "1m"\njitter = "1m"',
            10,
            'jobs."shop-pl.orders".jitter',
            "1m is not shorter than every = 1m",
        ),
        (
            JOB + 'retry_first = "1h"',
            9,
            'jobs."shop-pl.orders".retry_first',
            "1h is longer than retry_longest = 30m",
        ),
        (
            JOB + 'enabled = "no"',
            9,
            'jobs."shop-pl.orders".enabled',
            '"no" is not true or false; write one of them, without quotes',
        ),
        (
            JOB + 'holidays = "skip"',
            9,
            'jobs."shop-pl.orders".holidays',
            'needs to know whose holidays; write holidays = "PL" (or another country) under [hub]',
        ),
        (JOB + 'every = "0s"', 9, 'jobs."shop-pl.orders".every', "0s is less than 1s"),
        (
            '[jobs."hub.prun"]',
            1,
            'jobs."hub.prun"',
            'the hub has no job of this name; did you mean "hub.prune"?',
        ),
        (
            '[jobs."hub.prune"]\ntriggers = true',
            2,
            'jobs."hub.prune".triggers',
            "cannot be set for a job of the hub's own; only every, cron, days, between can",
        ),
        (
            '[jobs."hub.prune"]\nevry = "1d"',
            2,
            'jobs."hub.prune".evry',
            'there is no such setting; did you mean "every"?',
        ),
    ],
)
def test_a_fault_in_a_job(text, line, place, message):
    assert only_fault(text) == (line, place, message)


def test_a_fault_in_one_table_does_not_hide_those_of_others():
    found = faults_of(
        "[hub]\nretention_days = 45\ntimezone = 5\n"
        + SHOP.replace("https://", "")
        + DEPOT.replace('"stock"', '"stok"')
        + '[jobs."shop-pl.ordres"]\nevery = "5"\n[jobs."nobody.x"]\nsync = ["x"]\n'
    )
    assert [fault.line for fault in found] == [2, 3, 8, 18, 24, 25]


def test_a_job_of_a_system_with_faults_is_not_blamed_for_them():
    assert only_fault(JOB.replace("https://", ""))[1] == "systems.shop-pl.url"


def test_syntax_errors_are_all_told_and_the_rest_is_still_judged():
    found = faults_of(
        "[hub]\ncompany = Kowalski\nretention_days = 45\n[systems.depot\nkind = 'nonsense'\n"
        '[jobs."depot.stock"]\nevery = "5"\npath = "C:\\Users"\n'
    )
    assert [(fault.line, fault.place) for fault in found] == [
        (2, "column 11"),
        (3, "hub.retention_days"),
        (4, "column 15"),
        (8, "column 13"),
    ]


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ("a = [1,\n2\nb = 3", 3, "not closed"),
        ("a = [\nb = 3", 2, "closing bracket"),
        ('a = "x\nb = 1', 1, "missing quote"),
        ('a = """x\nb', 2, "missing quotes"),
        ("[hub]\n[hub]", 2, "second time"),
        ("[hub]\nworkers = 1\nworkers = 2", 3, "second time"),
        ("[hub]\nworkers", 2, "must be ="),
        ("= 1", 1, "a line must be"),
        ("a = 1 2", 1, "more on this line"),
        ("[a]\nb = 2,5", 2, "a decimal sign is a point here"),
        ("a = [1,2] ,3", 1, "more on this line"),
        ("a = \u201etext\u201d", 1, "quotation marks for print"),
        ("a = " + "9" * 5000, 1, "too many digits"),
        ("a = " + "[" * 50_000, None, "nested too deeply"),
        ("a" + ".a" * 100 + " = 1", 1, "more than 20 deep"),
        ('a = "\ud800"', None, "not Unicode"),
    ],
)
def test_text_that_is_not_toml(text, line, part):
    assert any(fault.line == line and part in fault.message for fault in faults_of(text))


def test_faults_print_as_a_table():
    with pytest.raises(Misconfigured) as raised:
        load('[hub]\nretention_days = 45\nholidays = "pl"\n\n\n\n\n\n\nlanguage = 5', CONNECTORS, source="my.toml")
    assert str(raised.value) == (
        "my.toml has 3 faults:\n"
        "  line 2   hub.retention_days  45 is more than 30 (5 to 30 days are kept)\n"
        '  line 3   hub.holidays        "pl" is not a country whose holidays are known; did you mean "PL"?\n'
        "  line 10  hub.language        5 is not text; write it in quotes"
    )


def test_a_message_never_breaks_the_table():
    with pytest.raises(Faults) as raised:
        load('[hub]\ntimezone = "a\\n\\u202eb"\n"x\\ny" = 1', CONNECTORS)
    assert len(str(raised.value).splitlines()) == 2


def test_a_missing_file_is_the_embedded_default(tmp_path):
    assert load_file(tmp_path / "hub.toml", CONNECTORS) == Settings()


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_a_file_may_have_windows_line_ends_and_a_byte_order_mark(tmp_path, bom):
    file = tmp_path / "hub.toml"
    file.write_bytes(bom + b'[hub]\r\ncompany = "\xc5\x81\xc3\xb3d\xc5\xba"\r\n')
    assert load_file(file, CONNECTORS).hub.company == "Łódź"
    file.write_bytes(bom + b"[hub]\r\n\r\nretention_days = 1\r\n")
    with pytest.raises(Faults) as raised:
        load_file(file, CONNECTORS)
    assert raised.value.faults[0].line == 3


@pytest.mark.parametrize(
    ("content", "line", "part"),
    [
        (b'[hub]\ncompany = "\xb3"', 2, "another encoding"),
        ("[hub]".encode("utf-16"), 1, "UTF-16"),
        ("# Łódź\n[hub]\n".encode("utf-16-le"), 1, "UTF-16"),
        ("[hub]\nretention_days = 10\n".encode("utf-16-le"), 1, "not UTF-8 but UTF-16; save the file as UTF-8"),
        ("[hub]\nretention_days = 10\n".encode("utf-16-be"), 1, "UTF-16"),
        (b"#" * 5_000_001, None, "too much"),
    ],
)
def test_a_file_that_is_no_text_is_refused(tmp_path, content, line, part):
    (tmp_path / "hub.toml").write_bytes(content)
    with pytest.raises(Faults) as raised:
        load_file(tmp_path / "hub.toml", CONNECTORS)
    (fault,) = raised.value.faults
    assert fault.line == line
    assert part in fault.message


def test_a_file_that_may_not_be_read_is_told(tmp_path, monkeypatch):
    # Root may read everything, and Windows has rules of its own: the refusal is played.
    def refuse(*_arguments, **_options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(Faults, match="the file cannot be read: permission denied"):
        load_file(tmp_path / "hub.toml", CONNECTORS)


def test_a_file_that_lost_its_content_takes_no_system_away(tmp_path):
    path = tmp_path / "hub.toml"
    path.write_bytes(b"\xef\xbb\xbf \n")
    with pytest.raises(Faults, match="the file is empty; write"):
        load_file(path, CONNECTORS)


def test_a_folder_is_not_a_file(tmp_path):
    with pytest.raises(Faults, match="folder"):
        load_file(tmp_path, CONNECTORS)
