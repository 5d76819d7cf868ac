"""The real systems: each comes up filled, keeps what it was told through a kill, and leaves nothing behind."""

import base64
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.peers import Peer
from tests.peers.asking import ask
from tests.servers.process import is_alive

ROOT = Path(__file__).parents[2]


def vendure_api(peer: Peer, query: str, **variables: object) -> Any:
    """Ask Vendure's interface for administrators; return the first result."""
    headers = {peer["api_key_header"]: peer["api_key"]}
    answer, _ = ask(peer["admin_api"], {"query": query, "variables": variables}, headers=headers)
    assert "errors" not in answer, answer
    return next(iter(answer["data"].values()))


def basic(user: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def tryton_add(peer: Peer, name: str) -> None:
    ask(f"{peer['rest']}/party.party", {"name": name}, headers={"Authorization": peer["authorization"]})


def tryton_names(peer: Peer) -> list[str]:
    parties, _ = ask(f"{peer['rest']}/party.party?f=name&s=100", headers={"Authorization": peer["authorization"]})
    return [party["name"] for party in parties]


def vendure_add(peer: Peer, name: str) -> None:
    query = """mutation($name:String!,$mail:String!){
        createCustomer(input:{firstName:$name,lastName:"Kos",emailAddress:$mail}){__typename}}"""
    vendure_api(peer, query, name=name, mail=f"{name}@example.com")


def vendure_names(peer: Peer) -> list[str]:
    return [customer["firstName"] for customer in vendure_api(peer, "{customers{items{firstName}}}")["items"]]


def medusa_add(peer: Peer, name: str) -> None:
    body = {"first_name": name, "email": f"{name}@example.com"}
    ask(f"{peer.url}/admin/customers", body, headers={"Authorization": peer["authorization"]})


def medusa_names(peer: Peer) -> list[str]:
    answer, _ = ask(f"{peer.url}/admin/customers", headers={"Authorization": peer["authorization"]})
    return [customer["first_name"] for customer in answer["customers"]]


def oscar_add(peer: Peer, name: str) -> None:
    headers = basic(peer["user"], peer["password"])
    ask(f"{peer.url}/admin/products/1/", {"title": name}, method="PATCH", headers=headers)


def oscar_names(peer: Peer) -> list[str]:
    products, _ = ask(f"{peer.url}/products/", headers=basic(peer["user"], peer["password"]))
    return [product["title"] for product in products]


@pytest.mark.parametrize(
    ("system", "add", "names", "filled_with"),
    [
        ("tryton", tryton_add, tryton_names, "Customer 1"),
        ("vendure", vendure_add, vendure_names, "Ana"),
        ("medusa", medusa_add, medusa_names, "Ana"),
        ("oscar", oscar_add, oscar_names, "Widget 2"),
    ],
)
def test_a_killed_system_keeps_port_and_data(
    new_peer: Callable[[str], Peer],
    system: str,
    add: Callable[[Peer, str], None],
    names: Callable[[Peer], list[str]],
    filled_with: str,
):
    peer, name = new_peer(system), f"new-{secrets.token_hex(4)}"
    assert filled_with in names(peer)
    add(peer, name)
    pids, port = peer.pids(), peer.port
    peer.kill()
    assert pids
    assert not any(map(is_alive, pids))
    assert not peer.is_running()
    peer.restart()
    assert peer.port == port
    assert {filled_with, name} <= set(names(peer))


def test_two_copies_of_a_system_have_data_of_their_own(new_peer: Callable[[str], Peer], oscar: Peer):
    other = new_peer("oscar")
    oscar_add(other, "Only here")
    assert other.port != oscar.port
    assert "Only here" in oscar_names(other)
    assert "Only here" not in oscar_names(oscar)


def test_a_closed_system_leaves_no_process_and_no_folder(new_peer: Callable[[str], Peer]):
    peer = new_peer("oscar")
    pids = peer.pids()
    peer.close()
    assert pids
    assert not any(map(is_alive, pids))
    assert not peer.place.data.exists()


def test_a_system_started_by_hand_stays_until_it_is_told_to_end():
    instance = f"test-{secrets.token_hex(4)}"
    try:
        first, second = (json.loads(command("up", "oscar", "--instance", instance)) for _ in range(2))
        assert first == second
        answer, _ = ask(f"{first['url']}/products/", headers=basic(first["user"], first["password"]))
        assert len(answer) == 5
        assert f"{instance}: {first['url']}" in command("list")
    finally:
        command("down", "oscar", "--instance", instance)
    assert not is_alive(first["pid"])
    assert instance not in command("list")


def command(*arguments: str) -> str:
    """Run the command by which people start systems; return what it prints."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.peers", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
