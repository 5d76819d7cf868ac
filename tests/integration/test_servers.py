"""The private servers: they start, answer, survive a kill with what they had stored, and leave nothing behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pika
import psycopg
from pika.exceptions import ChannelClosedByBroker

from tests.servers.postgres import PostgresServer
from tests.servers.process import is_alive, wait_until
from tests.servers.rabbitmq import Rabbit, RabbitServer

ROOT = Path(__file__).parents[2]

# Starts a PostgreSQL, says where, and waits for an end that lets it clean up nothing.
START_AND_WAIT = """
import sys
from tests.servers.postgres import PostgresServer
server = PostgresServer()
server.start()
print(*server.pids(), server._folder, flush=True)
sys.stdin.read()
"""


def dsn(url: str) -> str:
    return url.replace("+psycopg", "", 1)


def test_a_new_database_is_empty_and_apart(postgres: PostgresServer):
    first, second = postgres.new_database(), postgres.new_database()
    with psycopg.connect(dsn(first)) as connection:
        connection.execute("CREATE TABLE run (id int)")
    with psycopg.connect(dsn(second)) as connection:
        assert connection.execute("SELECT to_regclass('run')").fetchone() == (None,)
    for url in (first, second):
        postgres.drop_database(url)


def test_a_database_is_dropped_under_those_connected(postgres: PostgresServer):
    url = postgres.new_database()
    with psycopg.connect(dsn(url), autocommit=True):
        postgres.drop_database(url)
        with psycopg.connect(dsn(postgres.url)) as other:
            names = other.execute("SELECT datname FROM pg_database").fetchall()
    assert (url.rpartition("/")[2],) not in names


def test_a_killed_postgresql_keeps_what_was_committed(killable_postgres: PostgresServer, postgres_url: str):
    server, port = killable_postgres, killable_postgres.port
    with psycopg.connect(dsn(postgres_url)) as connection:
        connection.execute("CREATE TABLE run AS SELECT generate_series(1, 1000) AS id")
        connection.commit()
        pids = server.pids()
        server.kill()
        assert len(pids) > 2, "the backends belong to it"
        assert not any(map(is_alive, pids))
    server.start()
    assert server.port == port
    with psycopg.connect(dsn(postgres_url)) as connection:
        assert connection.execute("SELECT count(*) FROM run").fetchone() == (1000,)


def test_a_restarted_postgresql_keeps_its_address(killable_postgres: PostgresServer, postgres_url: str):
    before = killable_postgres.pids()
    killable_postgres.restart()
    assert not any(map(is_alive, before))
    with psycopg.connect(dsn(postgres_url)) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_closed_postgresql_leaves_no_process_and_no_folder():
    with PostgresServer(durable=True) as server:
        pids, folder = server.pids(), server._folder
        with psycopg.connect(dsn(server.url)) as connection:
            assert connection.execute("SHOW fsync").fetchone() == ("on",)
    assert pids
    assert not any(map(is_alive, pids))
    assert folder
    assert not folder.exists()


def test_a_server_ends_with_the_tests_that_started_it():
    tests = subprocess.Popen(
        [sys.executable, "-c", START_AND_WAIT],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    with tests:
        assert tests.stdout
        *pids, folder = tests.stdout.readline().split()
        assert pids
        tests.send_signal(signal.SIGKILL)
    wait_until("the guard to end it", lambda: not any(is_alive(int(pid)) for pid in pids))
    wait_until("the guard to clean up", lambda: not Path(folder).exists())


def test_a_new_virtual_host_is_empty_and_apart(rabbitmq: Rabbit, amqp_url: str):
    other = rabbitmq.new_vhost()
    with pika.BlockingConnection(pika.URLParameters(amqp_url)) as connection:
        connection.channel().queue_declare("hub.test", durable=True)
    assert [queue["name"] for queue in rabbitmq.api("GET", f"/api/queues/{amqp_url.rpartition('/')[2]}")] == [
        "hub.test"
    ]
    assert rabbitmq.api("GET", f"/api/queues/{other.rpartition('/')[2]}") == []
    rabbitmq.drop_vhost(other)


def test_a_user_may_only_what_was_allowed(rabbitmq: Rabbit, amqp_url: str):
    url = rabbitmq.new_user(amqp_url, configure="^$", write="^hub\\.triggers$", read="^$")
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        channel = connection.channel()
        refusal = None
        try:
            channel.queue_declare("mine")
        except ChannelClosedByBroker as closed:
            refusal = closed.reply_code
    assert refusal == 403


def test_a_killed_rabbitmq_keeps_what_it_confirmed(killable_rabbitmq: RabbitServer, amqp_url: str):
    server, port = killable_rabbitmq, killable_rabbitmq.port
    with pika.BlockingConnection(pika.URLParameters(amqp_url)) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        channel.queue_declare("hub.test", durable=True, arguments={"x-queue-type": "quorum"})
        channel.basic_publish("", "hub.test", b"kept", pika.BasicProperties(delivery_mode=2), mandatory=True)
    server.wait_until_kept(amqp_url, "hub.test")
    pids = server.pids()
    server.kill()
    assert len(pids) > 2, "the virtual machine and the port mapper belong to it"
    assert not any(map(is_alive, pids))
    server.start()
    assert server.port == port
    with pika.BlockingConnection(pika.URLParameters(amqp_url)) as connection:
        _, _, body = next(connection.channel().consume("hub.test", inactivity_timeout=60))
    assert body == b"kept"


def test_a_stopped_rabbitmq_leaves_no_process(killable_rabbitmq: RabbitServer):
    pids = killable_rabbitmq.pids()
    killable_rabbitmq.stop()
    assert pids
    assert not any(map(is_alive, pids))
    assert not killable_rabbitmq.is_running()
