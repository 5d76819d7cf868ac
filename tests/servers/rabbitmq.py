"""A private RabbitMQ that tests may stop and kill, and the one that the environment names instead."""

import base64
import json
import os
import secrets
import shutil
import signal
import socket
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from tests.servers import process as processes
from tests.servers.process import HOST, Process, ServerFailed
from tests.servers.server import Server

URL_NAME = "HUB_TEST_RABBITMQ_URL"
MANAGEMENT_NAME = "HUB_TEST_RABBITMQ_MANAGEMENT"

DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # no proxy on the way to this machine


class Rabbit:
    """A broker that is running: its addresses, and what its management pages can do."""

    def __init__(self, url: str, management: str) -> None:
        self.url = url
        """AMQP, with user, password and virtual host."""
        self.management = management
        """HTTP, without a path."""

    @property
    def user(self) -> str:
        """An administrator."""
        return unquote(urlsplit(self.url).username or "guest")

    @property
    def password(self) -> str:
        """The administrator's password."""
        return unquote(urlsplit(self.url).password or "guest")

    def is_running(self) -> bool:
        """Tell whether the server is there; one that is not ours always is."""
        return True

    def new_vhost(self) -> str:
        """Make a virtual host and return its AMQP address."""
        name = f"test-{secrets.token_hex(6)}"
        self.api("PUT", f"/api/vhosts/{name}")
        self.allow(self.user, name)
        return self.url_of(name)

    def url_of(self, vhost: str) -> str:
        """Return the AMQP address of a virtual host."""
        return urlsplit(self.url)._replace(path="/" + quote(vhost, safe="")).geturl()

    def drop_vhost(self, url: str) -> None:
        """Remove a virtual host with all that is in it, also from under those who are connected."""
        self.api("DELETE", f"/api/vhosts/{urlsplit(url).path[1:]}")

    def new_user(self, vhost_url: str, **rights: str) -> str:
        """Make a user without tags, who may what `allow` says; return their AMQP address for the virtual host."""
        user, password = f"user-{secrets.token_hex(6)}", secrets.token_hex(8)
        self.api("PUT", f"/api/users/{user}", {"password": password, "tags": ""})
        parts = urlsplit(vhost_url)
        self.allow(user, unquote(parts.path[1:]), **rights)
        return parts._replace(netloc=f"{user}:{password}@{parts.hostname}:{parts.port}").geturl()

    def allow(self, user: str, vhost: str, configure: str = ".*", write: str = ".*", read: str = ".*") -> None:
        """Give a user rights in a virtual host, as regular expressions on names."""
        rights = {"configure": configure, "write": write, "read": read}
        self.api("PUT", f"/api/permissions/{quote(vhost, safe='')}/{user}", rights)

    def api(self, method: str, path: str, body: object = None) -> Any:
        """Ask the management pages; return the answer's JSON, or None. Raises urllib's HTTPError with the reason."""
        request = urllib.request.Request(
            self.management + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "Authorization": self._authorization()},
        )
        try:
            with DIRECT.open(request, timeout=20) as answer:
                text = answer.read()
        except urllib.error.HTTPError as refusal:
            refusal.add_note(refusal.read().decode(errors="replace"))
            raise
        return json.loads(text) if text else None

    def _authorization(self) -> str:
        return "Basic " + base64.b64encode(f"{self.user}:{self.password}".encode()).decode()


class RabbitServer(Rabbit, Server):
    """A node in a temporary folder, with a port mapper, a cookie and a name of its own.

    `memory` is the mark above which it blocks publishers.
    """

    def __init__(self, *, memory: str = "512MiB") -> None:
        super().__init__(url="", management="")  # chosen at the first start
        self._memory = memory
        self._secret = secrets.token_hex(8)
        self._folder: Path | None = None
        self._ports: tuple[int, int, int, int] = (0, 0, 0, 0)
        self._mapper: Process | None = None
        self._node: Process | None = None

    @property
    def port(self) -> int:
        """The AMQP port."""
        return self._ports[0]

    def start(self) -> None:
        """Start it; the second time with the same data at the same ports. Raises ServerFailed."""
        if self._folder is not None:
            self._launch(self._folder)
            return
        processes.at_free_ports(4, self._launch_at)

    def stop(self) -> None:
        """Shut it down in good order; the data is kept."""
        if self._node:
            beam = next((pid for pid in self.pids() if name_of(pid) == "beam.smp"), None)
            processes.end(self._node, signal.SIGTERM, to=beam)
            self._node = None
        self._end()

    def kill(self) -> None:
        """Kill the node and its port mapper at one stroke, once its queues can survive it; the data stays as it lies."""
        for queue in self.api("GET", "/api/queues?columns=name,vhost,type"):
            if queue.get("type") == "quorum":
                self.wait_until_kept(self.url_of(queue["vhost"]), queue["name"])
        self._end()

    def _end(self) -> None:
        for process in (self._node, self._mapper):
            if process:
                processes.end_at_once(process)
        self._node = self._mapper = None

    def wait_until_kept(self, vhost_url: str, queue: str) -> None:
        """Wait until a kill cannot break a new quorum queue.

        RabbitMQ writes the names of its Raft logs to disk up to a second after the declaration (seen with 3.10);
        killed before that, the queue is listed ever after, but answers nobody.
        """
        name = f"{unquote(urlsplit(vhost_url).path[1:])}_{queue}".encode()
        files = "data/*/quorum/*/names.dets"

        def on_disk() -> bool:
            return any(name in path.read_bytes() for path in self._folder.glob(files)) if self._folder else False

        processes.wait_until(f"the name of {queue} to be on disk", on_disk, process=self._node)

    def close(self) -> None:
        """Kill it and remove its data."""
        self._end()
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def is_running(self) -> bool:
        """Tell whether the server is there."""
        return processes.is_running(self._node)

    def pids(self) -> list[int]:
        """Return the ids of all its processes; none if it is stopped."""
        roots = [process.popen.pid for process in (self._node, self._mapper) if process]
        return [pid for root in roots for pid in (root, *processes.descendants(root)) if processes.is_alive(pid)]

    def _launch_at(self, amqp: int, management: int, distribution: int, mapper: int) -> None:
        self._ports = (amqp, management, distribution, mapper)
        self.url = f"amqp://hub:{self._secret}@{HOST}:{amqp}/%2F"
        self.management = f"http://{HOST}:{management}"
        self._folder = processes.open_folder("rabbitmq", None)
        try:
            self._launch(self._folder)
        except ServerFailed:
            self.close()
            raise

    def _launch(self, folder: Path) -> None:
        write_settings(folder, self._settings())
        environment = self._environment(folder)
        mapper = [program("epmd"), "-address", HOST, "-port", str(self._ports[3])]
        try:
            self._mapper = processes.start(mapper, log=folder / "epmd.log", env=environment)
            processes.wait_until("the port mapper", lambda: connects(self._ports[3]), process=self._mapper)
            self._node = processes.start([program("rabbitmq-server")], log=folder / "server.log", env=environment)
            processes.wait_until("RabbitMQ to answer", self._answers, process=self._node, seconds=120)
        except ServerFailed:
            self._end()
            raise

    def _settings(self) -> dict[str, str]:
        return {
            "listeners.tcp.1": f"{HOST}:{self._ports[0]}",
            "management.tcp.ip": HOST,
            "management.tcp.port": str(self._ports[1]),
            "default_user": "hub",
            "default_pass": self._secret,
            "vm_memory_high_watermark.absolute": self._memory,
            "disk_free_limit.absolute": "50MB",
            "raft.wal_max_size_bytes": "64000000",
            "collect_statistics_interval": "1000",  # ms: what the pages show is never older
        }

    def _environment(self, folder: Path) -> dict[str, str]:
        return {
            "HOME": str(folder),  # where Erlang looks for its cookie
            "ERL_EPMD_PORT": str(self._ports[3]),
            "ERL_EPMD_ADDRESS": HOST,
            "RABBITMQ_NODENAME": f"hub-test-{self._ports[0]}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": HOST,
            "RABBITMQ_NODE_PORT": str(self._ports[0]),
            "RABBITMQ_DIST_PORT": str(self._ports[2]),
            "RABBITMQ_MNESIA_BASE": str(folder / "data"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
            "RABBITMQ_CONF_ENV_FILE": str(folder / "empty"),  # not the machine's
            # no busy waiting: the cores are shared with what is tested
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1} +sbwt none +sbwtdcpu none",
        }

    def _answers(self) -> bool:
        if not connects(self.port):
            return False
        try:
            return bool(self.api("GET", "/api/overview"))
        except urllib.error.HTTPError:
            return False


def running_rabbit() -> Rabbit | None:
    """Return the broker that the environment names, if it does: the tests then use it and never stop it."""
    url, management = os.environ.get(URL_NAME), os.environ.get(MANAGEMENT_NAME)
    if bool(url) != bool(management):
        raise ServerFailed(
            f"set both {URL_NAME} (amqp://user:password@host:port/) and {MANAGEMENT_NAME} (http://host:port)"
        )
    return Rabbit(url, management.rstrip("/")) if url and management else None


def write_settings(folder: Path, settings: dict[str, str]) -> None:
    """Write the node's files; the cookie is made once."""
    lines = [f"{name} = {text}\n" for name, text in settings.items()]
    (folder / "rabbitmq.conf").write_text("".join(lines), encoding="utf-8")
    (folder / "plugins").write_text("[rabbitmq_management].\n", encoding="utf-8")
    (folder / "empty").touch()
    cookie = folder / ".erlang.cookie"
    if not cookie.exists():
        cookie.write_text(secrets.token_hex(16), encoding="utf-8")
        cookie.chmod(0o400)


def connects(port: int) -> bool:
    """Tell whether somebody listens at the port; raises OSError if not."""
    with socket.create_connection((HOST, port), timeout=2):
        return True


def name_of(pid: int) -> str:
    """Return the name of a process's program."""
    return (Path("/proc") / str(pid) / "comm").read_text(encoding="utf-8").strip()


def program(name: str) -> str:
    """Return the path of a program of RabbitMQ or Erlang; not Debian's wrapper, which wants to be another user."""
    own = Path("/usr/lib/rabbitmq/bin") / name
    found = str(own) if own.exists() else shutil.which(name)
    if not found:
        raise ServerFailed("RabbitMQ is not installed: run `python3 tests/install.py`")
    return found
