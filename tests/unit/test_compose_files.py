import base64
import hashlib
import importlib.util
import json
import os
import re
from pathlib import Path
from types import ModuleType

import pytest
import yaml

from adapters.warehouse import FilesOptions
from hub.app.registry import OPTIONS
from hub.broker.topology import DEAD, EXCHANGES, INVALID, RESULTS, RUNLOG, TRIGGERS, topology
from hub.config import load_file
from hub.config.durations import read_duration

COMPOSE = Path(__file__).parents[2] / "compose"
TEMPLATE = json.loads((COMPOSE / "rabbitmq" / "definitions.json").read_text(encoding="utf-8"))
PROJECT = yaml.safe_load((COMPOSE / "compose.yaml").read_text(encoding="utf-8"))
HUB_SERVICES = {name: each for name, each in PROJECT["services"].items() if each["image"].startswith("hubwerk")}
EXTERNAL = ("depot", "shop-pl")
DEFAULT_EXCHANGE = "amq.default"


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_secrets", COMPOSE / "make_secrets.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def rights(user):
    (found,) = [each for each in TEMPLATE["permissions"] if each["user"] == user]
    return found


def allows(pattern, name):
    return re.search(pattern, name) is not None  # as RabbitMQ looks for it


def names():
    needed = topology([("warehouse", "depot"), ("eshop", "shop-pl")])
    return [each.name for each in (*needed.exchanges, *needed.queues)]


@pytest.mark.parametrize("right", ["configure", "write", "read"])
def test_the_hub_may_use_all_of_its_topology(right):
    assert all(allows(rights("hub")[right], name) for name in names())


@pytest.mark.parametrize("right", ["configure", "write", "read"])
def test_the_hub_may_use_nothing_else(right):
    others = ["amq.topic", "hubris", "other", "xhub.jobs", "other-hub.jobs", "amq.default.x", ""]
    assert not any(allows(rights("hub")[right], name) for name in others)


def test_only_the_hub_may_send_to_a_queue_by_its_name():
    writers = [each["user"] for each in TEMPLATE["permissions"] if allows(each["write"], DEFAULT_EXCHANGE)]
    assert writers == ["hub"]
    assert not allows(rights("hub")["configure"], DEFAULT_EXCHANGE)


@pytest.mark.parametrize("user", EXTERNAL)
def test_an_external_system_may_only_publish_triggers(user):
    every = [*names(), DEFAULT_EXCHANGE, "amq.topic", "hub.triggers.x", "xhub.triggers"]
    assert [name for name in every if allows(rights(user)["write"], name)] == [TRIGGERS]
    assert not any(allows(rights(user)[right], name) for right in ("configure", "read") for name in every)


@pytest.mark.parametrize("user", EXTERNAL)
def test_an_external_system_may_trigger_its_own_jobs_only(user):
    (topic,) = [each for each in TEMPLATE["topic_permissions"] if each["user"] == user]
    keys = ["depot.stock", "shop-pl.orders", "shop-plus.orders", "x.depot.stock", "xshop-pl.orders", "depotx.a", "#"]
    assert topic["exchange"] == TRIGGERS
    assert [key for key in keys if allows(topic["write"], key)] == [key for key in keys if key.startswith(f"{user}.")]


def test_operators_may_look_and_touch_nothing():
    (operator,) = [each for each in TEMPLATE["users"] if each["name"] == "operator"]
    assert operator["tags"] == ["monitoring"]
    assert not any(
        allows(rights("operator")[right], name) for right in ("configure", "write", "read") for name in names()
    )


def test_nobody_else_has_a_tag_and_everybody_has_one_set_of_rights():
    assert [each["name"] for each in TEMPLATE["users"] if each["tags"]] == ["operator"]
    assert [each["user"] for each in TEMPLATE["permissions"]] == [each["name"] for each in TEMPLATE["users"]]


def test_the_exchange_that_topic_permissions_name_is_there_before_the_hub_and_as_the_hub_declares_it():
    made = [(each["name"], each["type"], each["durable"], each["auto_delete"]) for each in TEMPLATE["exchanges"]]
    assert made == [(each.name, each.type, True, False) for each in EXCHANGES if each.name == TRIGGERS]
    assert {DEAD, INVALID, RUNLOG, RESULTS} <= set(names())


def test_the_repository_holds_no_secret():
    assert "password" not in (COMPOSE / "rabbitmq" / "definitions.json").read_text(encoding="utf-8")
    ignored = (COMPOSE / ".gitignore").read_text(encoding="utf-8").split()
    assert {"/secrets/", "/.env"} <= set(ignored)
    assert all(each["file"].startswith("./secrets/") for each in PROJECT["secrets"].values())


def test_a_password_is_hashed_as_in_rabbitmqs_own_example(maker):
    # RabbitMQ's page "Credentials and Passwords", "Computing Password Hash"
    assert (
        maker.password_hash("test12", bytes.fromhex("908DC60A")) == "kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR"
    )


def test_made_definitions_let_in_who_has_the_made_password(maker, tmp_path):
    maker.make_secrets(tmp_path / "secrets", TEMPLATE)
    made = json.loads((tmp_path / "secrets" / "rabbitmq_definitions.json").read_text(encoding="utf-8"))
    for user in made["users"]:
        password = (tmp_path / "secrets" / f"rabbitmq_{user['name']}.txt").read_bytes().strip()
        stored = base64.b64decode(user["password_hash"])
        assert stored[4:] == hashlib.sha256(stored[:4] + password).digest()
        assert password.decode() not in json.dumps(made)
    assert {**made, "users": 0} == {**TEMPLATE, "users": 0}


def test_made_addresses_carry_the_made_passwords(maker, tmp_path):
    maker.make_secrets(tmp_path, TEMPLATE)
    texts = {file.stem: file.read_text(encoding="utf-8").strip() for file in tmp_path.glob("*.txt")}
    assert f":{texts['rabbitmq_hub']}@rabbitmq:" in texts["hub_broker"]
    assert f":{texts['postgres_hub']}@postgres:" in texts["hub_database"]
    assert texts["postgres_password"] not in texts["hub_database"]


def test_a_second_call_keeps_the_passwords_and_takes_up_a_new_user(maker, tmp_path):
    maker.make_secrets(tmp_path, TEMPLATE)
    before = {file.name: file.read_bytes() for file in tmp_path.glob("*.txt")}
    more = {**TEMPLATE, "users": [*TEMPLATE["users"], {"name": "till", "tags": []}]}
    maker.make_secrets(tmp_path, more)
    after = {file.name: file.read_bytes() for file in tmp_path.glob("*.txt")}
    assert after.pop("rabbitmq_till.txt")
    assert after == before
    assert [file for file in tmp_path.iterdir() if file.suffix == ".new"] == []


@pytest.mark.parametrize("name", sorted(PROJECT["secrets"]))
def test_each_secret_of_the_project_is_made(maker, tmp_path, name):
    maker.make_secrets(tmp_path / "secrets", TEMPLATE)
    assert (tmp_path / PROJECT["secrets"][name]["file"]).is_file()


def test_secrets_are_kept_from_others_of_the_machine(maker, tmp_path):
    maker.make_secrets(tmp_path / "secrets", TEMPLATE)
    if os.name == "posix":
        assert (tmp_path / "secrets").stat().st_mode & 0o077 == 0
    # The containers' users, whoever they are, read the files themselves.
    assert all(os.access(file, os.R_OK) for file in (tmp_path / "secrets").iterdir())


def test_every_process_of_the_hub_has_the_secrets_that_its_file_names():
    hub = load_file(COMPOSE / "hub.toml", OPTIONS).hub
    wanted = {str(hub.database), str(hub.broker)}
    for service in HUB_SERVICES.values():
        assert {f"file:/run/secrets/{name}" for name in service["secrets"]} == wanted


def test_the_health_check_asks_where_the_hub_answers():
    listening = load_file(COMPOSE / "hub.toml", OPTIONS).hub.health
    host, _, port = str(listening).partition(":")
    for name, service in HUB_SERVICES.items():
        if name != "setup":
            assert f"'{host}', {port}" in service["healthcheck"]["test"][-1]


def test_a_process_has_more_time_to_stop_than_it_takes_to_drain():
    drain = load_file(COMPOSE / "hub.toml", OPTIONS).hub.drain
    assert all(read_duration(service["stop_grace_period"]) > drain for service in HUB_SERVICES.values())


def test_the_warehouses_folder_is_where_the_file_says():
    (system,) = load_file(COMPOSE / "hub.toml", OPTIONS).systems.values()
    mounted = [each["target"] for each in HUB_SERVICES["warehouse"]["volumes"] if isinstance(each, dict)]
    assert isinstance(system.options, FilesOptions)
    assert mounted == [system.options.source]


def test_webhook_calls_are_taken_where_the_file_says_without_waiting_for_the_broker():
    listening = load_file(COMPOSE / "hub.toml", OPTIONS).hub.web
    host, _, port = str(listening).partition(":")
    web = HUB_SERVICES["web"]
    assert (web["command"], host) == (["hub", "web"], "0.0.0.0")
    assert [each.rpartition(":")[2] for each in web["ports"]] == [port]
    assert set(web["depends_on"]) == {"postgres", "setup"}


def test_ports_are_open_to_this_machine_only():
    published = [port for service in PROJECT["services"].values() for port in service.get("ports", ())]
    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)


@pytest.mark.parametrize("name", sorted(PROJECT["services"]))
def test_each_service_is_confined_and_comes_back(name):
    service = PROJECT["services"][name]
    assert service["restart"] == ("no" if name == "setup" else "unless-stopped")
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["user"]
    assert service["mem_limit"]
    assert service["logging"]["options"]["max-size"]
    assert ("disable" in service["healthcheck"]) == (name == "setup")


def test_two_schedulers_and_two_log_consumers_run():
    assert {name: HUB_SERVICES[name]["deploy"]["replicas"] for name in ("scheduler", "runlog")} == {
        "scheduler": 2,
        "runlog": 2,
    }
    # Their names in RabbitMQ's pages are told apart by the host's: a fixed one would make them the same.
    assert not any("hostname" in HUB_SERVICES[name] for name in ("scheduler", "runlog", "warehouse"))


def test_the_image_is_built_from_any_index_and_holds_every_package():
    text = (COMPOSE / "Dockerfile").read_text(encoding="utf-8")
    assert "://" not in text
    assert "syntax=" not in text
    assert set(re.findall(r"^COPY (\w+) \1$", text, re.MULTILINE)) == {"hub", "adapters", "scheduler"}
    let_in = {
        line.removeprefix("!")
        for line in (COMPOSE / "Dockerfile.dockerignore").read_text(encoding="utf-8").split()
        if "!" in line
    }
    assert let_in == set(re.findall(r"[\w.]+", " ".join(re.findall(r"^COPY (?!--)(.+) \S+$", text, re.MULTILINE))))
