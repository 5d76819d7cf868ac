import json
import socket
import sys
import urllib.error
import urllib.request

import pytest

from hub.app.health import Health, Part, answer, beat
from hub.errors import Misconfigured

DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def test_one_bad_part_makes_all_bad_and_is_named():
    status, body = answer(lambda: [Part("scheduler", True, "came round"), Part("runlog", False, "stands still")])
    assert status == 503
    assert json.loads(body)["parts"]["runlog"] == {"good": False, "message": "stands still"}
    assert answer(lambda: [Part("scheduler", True, "came round")])[0] == 200
    assert answer(list)[0] == 503


def test_a_loop_that_does_not_come_round_is_bad():
    assert beat("scheduler", 100.0, 110.0).good
    assert not beat("scheduler", 100.0, 130.0).good


def test_it_listens_only_while_it_is_started_and_only_for_health():
    health = Health("127.0.0.1:0", lambda: [Part("scheduler", True, "came round")])
    health.start()
    base = f"http://127.0.0.1:{health.port}"
    with DIRECT.open(f"{base}/health", timeout=5) as answered:
        assert (answered.status, json.load(answered)["good"]) == (200, True)
    with pytest.raises(urllib.error.HTTPError, match="404"):
        DIRECT.open(f"{base}/", timeout=5)
    with pytest.raises(Misconfigured, match=r"hub\.health: nothing can listen"):
        Health(f"127.0.0.1:{health.port}", list)
    health.stop()
    with pytest.raises(OSError):
        DIRECT.open(f"{base}/health", timeout=5)


def test_on_windows_no_other_process_gets_the_same_port(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "platform", "win32")
    health = Health("127.0.0.1:0", list)
    assert not health._server.socket.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR)
    health.stop()
