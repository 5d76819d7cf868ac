"""`hub systems connect`: a login in a browser, come back to this machine, kept sealed and renewed from then on."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlsplit
from urllib.request import HTTPRedirectHandler, build_opener, urlopen

import pytest

from tests.acceptance.authority import CONFIGURATION, SECRET, Authority
from tests.acceptance.hubs import LIMIT, Home, Running
from tests.servers.process import free_ports

BROWSER = "from urllib.request import urlopen; import sys; urlopen(sys.argv[1], timeout=60).read()"


@pytest.fixture
def authority() -> Iterator[Authority]:
    there = Authority()
    yield there
    there.close()


@pytest.fixture
def home(tmp_path, authority: Authority) -> Home:
    home = Home(tmp_path, {"CLIENT_SECRET": SECRET, "HUB_TOKEN_KEY": "A" * 43 + "="})
    return configured(home, authority)


def configured(home: Home, authority: Authority, auth: str = "") -> Home:
    more = CONFIGURATION.format(url=authority.url, auth=auth)
    return home.configure(hub='token_key = "env:HUB_TOKEN_KEY"', more=more)


def address(running: Running) -> str:
    """Wait for the address to log in at."""
    found: list[str] = []

    def is_shown() -> bool:
        found[:] = re.findall(r"^(http\S+/authorize\S+)$", running.said(), re.MULTILINE)
        return bool(found)

    running.wait_for("the address to log in at", is_shown)
    return found[0]


def connected(home: Home, *arguments: str, browser: Callable[[str], object] | None = None) -> Running:
    """Log in; returns the command, which has ended."""
    with home.up("--no-browser", "--port", "0", *arguments, command="systems connect shop") as running:
        shown = address(running)
        (browser or page)(shown)
        running.process.popen.wait(LIMIT)
        return running


def page(shown: str) -> str:
    with urlopen(shown, timeout=LIMIT) as answer:
        return answer.read().decode()


def test_a_login_in_a_browser_connects_a_system(home: Home, authority: Authority):
    assert "nobody has logged in yet" in home.run("systems").out
    before = home.json("check", "shop", code=1)
    assert before[-1]["message"] == "nobody has logged in yet"
    assert before[-1]["mend"] == "hub systems connect shop"
    assert not authority.forms

    authority.refresh_lasts = 90 * 86_400
    pages: list[str] = []
    running = connected(home, browser=lambda shown: pages.append(page(shown)))
    said = running.said()
    assert running.process.popen.poll() == 0, said
    assert "You may close this window" in pages[0]
    assert re.search(r"shop is connected\.\n  access token  good until \d{4}-.*, then renewed by itself\n", said)
    assert re.search(r"  login         good until \d{4}-\d\d-\d\d .*\nNext: hub check shop\n$", said)
    everything = said + pages[0] + "".join(path.read_text("latin-1") for path in home.folder.glob("hub.db*"))
    for secret in ("access-1", "refresh-1", SECRET, authority.forms[0]["code"], authority.forms[0]["code_verifier"]):
        assert secret not in everything

    found = home.json("check", "shop")
    assert found[-2]["message"].startswith("the login ends at 20")
    assert home.json("systems", "show", "shop")["login"]["needed"] is False
    assert "login good until 20" in home.run("systems", "show", "shop").out
    assert home.json("systems", "try", "shop", "products")[0]["fields"] == {"sku": "LAMP-1", "name": "Lamp"}


def test_the_browser_of_the_machine_is_opened(home: Home, authority: Authority):
    home.environment = {**home.environment, "BROWSER": f"{sys.executable} -c '{BROWSER}' %s"}
    port = str(free_ports(1)[0])
    assert home.json("systems", "connect", "shop", "--port", port)["renewable"] is True
    assert authority.forms[0]["redirect_uri"] == f"http://127.0.0.1:{port}/callback"


def test_s23_after_a_login_each_refresh_token_is_used_once_by_processes_at_the_same_time(
    home: Home, authority: Authority
):
    assert connected(home).process.popen.poll() == 0
    for _ in range(3):
        authority.ended = True
        with ThreadPoolExecutor(2) as pool:
            codes = list(pool.map(lambda _: home.run("systems", "try", "shop", "products").code, range(2)))
        assert codes == [0, 0]
    assert (authority.number, authority.reused) == (4, 0)


def test_s23_another_login_takes_the_place_of_one_that_has_ended(home: Home, authority: Authority):
    connected(home)
    authority.ended, authority._refresh = True, "withdrawn there"
    (found,) = [each for each in home.json("check", "shop", code=1) if not each["good"]]
    assert "the login has ended; log in anew: hub systems connect shop" in found["message"]
    connected(home)
    assert home.run("systems", "try", "shop", "products").code == 0


def test_a_login_that_is_refused_is_said(home: Home, authority: Authority):
    authority.deny = "access_denied"
    running = connected(home)
    assert running.process.popen.poll() == 1
    assert "access_denied (The owner said no): the login was refused" in running.said()
    assert not authority.forms


def test_a_call_that_answers_another_login_ends_nothing(home: Home, authority: Authority):
    def browse(shown: str) -> None:
        back = parse_qs(urlsplit(shown).query)["redirect_uri"][0]
        for forged in (f"{back}?code=forged&state=guessed", f"{back}?code=forged", f"{back}?error=access_denied"):
            with pytest.raises(HTTPError, match="400"):
                urlopen(forged, timeout=LIMIT)
        with pytest.raises(HTTPError, match="404"):
            urlopen(back.replace("/callback", "/favicon.ico"), timeout=LIMIT)
        page(shown)

    running = connected(home, browser=browse)
    assert running.process.popen.poll() == 0, running.said()
    assert len(authority.forms) == 1


def test_a_redirect_address_that_is_not_registered_is_said_when_nobody_comes_back(home: Home, authority: Authority):
    authority.registered = "https://hub.example/oauth"

    def browse(shown: str) -> None:
        with pytest.raises(HTTPError, match="400"):
            urlopen(shown, timeout=LIMIT)

    running = connected(home, "--wait", "2", browser=browse)
    assert running.process.popen.poll() == 1
    assert re.search(
        r"nobody has logged in to shop within 2 s\..* register http://127\.0\.0\.1:\d+/callback", running.said()
    )


class NoRedirect(HTTPRedirectHandler):
    """A browser that cannot reach where it is sent."""

    def redirect_request(self, *_: object) -> None:
        return None


def where_it_ends(shown: str) -> str:
    with pytest.raises(HTTPError, match="302") as caught:
        build_opener(NoRedirect).open(shown, timeout=LIMIT)
    return str(caught.value.headers["location"])


@pytest.mark.parametrize("registered", ["http://127.0.0.1:8092/callback", "https://hub.example/oauth"])
def test_without_a_browser_the_address_is_pasted(home: Home, authority: Authority, registered: str):
    authority.registered = registered
    configured(home, authority, f'redirect_url = "{registered}"')
    argv = [sys.executable, "-m", "hub.cli", "--config", str(home.file), "systems", "connect", "shop", "--paste"]
    with subprocess.Popen(
        argv, text=True, env=home._environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as command:
        assert command.stderr
        shown = next(line.strip() for line in command.stderr if "/authorize?" in line)
        out, err = command.communicate(where_it_ends(shown) + "\n", timeout=LIMIT)
    assert (command.returncode, out.startswith("shop is connected.")) == (0, True), err
    assert home.run("systems", "try", "shop", "products").code == 0


def test_an_address_of_another_login_is_not_taken(home: Home, authority: Authority):
    done = home.run("systems", "connect", "shop", "--paste", given="http://127.0.0.1:8092/callback?code=x&state=y\n")
    assert done.code == 1
    assert "does not answer the login that was asked for" in done.err
    assert not authority.forms


def test_without_a_key_nobody_is_sent_to_log_in(home: Home, authority: Authority):
    home.environment = {"CLIENT_SECRET": SECRET}
    done = home.run("systems", "connect", "shop", "--no-browser")
    assert (done.code, "HUB_TOKEN_KEY is not set" in done.err) == (2, True)
    home.file.write_text(home.file.read_text().replace('token_key = "env:HUB_TOKEN_KEY"', ""))
    done = home.run("systems", "connect", "shop", "--no-browser")
    assert done.code == 2
    assert done.err.endswith("and there the output of: hub systems key\n")
    configured(home, authority)
    home.environment = {"CLIENT_SECRET": SECRET, "HUB_TOKEN_KEY": home.ok("systems", "key").strip()}
    assert connected(home).process.popen.poll() == 0


def test_a_port_that_is_taken_is_said(home: Home, authority: Authority):
    port = urlsplit(authority.url).port
    done = home.run("systems", "connect", "shop", "--no-browser", "--port", str(port))
    assert (done.code, f"nothing can listen at 127.0.0.1:{port}" in done.err) == (2, True)


def test_a_code_whose_answer_is_lost_is_not_shown_again(home: Home, authority: Authority):
    authority.hang_up_on_codes = True
    running = connected(home)
    assert running.process.popen.poll() == 3
    assert "once more: hub systems connect shop" in running.said()
    assert len(authority.forms) == 1


def test_a_login_without_refresh_token_is_said_to_end(home: Home, authority: Authority):
    authority.without_refresh = True
    assert "No refresh token came with it" in connected(home).said()
    authority.ended = True
    (found,) = [each for each in home.json("check", "shop", code=1) if not each["good"]]
    assert found["message"].endswith("no refresh token came with it; hub systems connect shop")


def test_a_system_that_nobody_logs_in_to_is_said(home: Home):
    done = home.run("systems", "connect", "depot")
    assert (done.code, "nobody logs in to depot" in done.err) == (2, True)
