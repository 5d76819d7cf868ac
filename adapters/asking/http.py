"""HTTP for connectors: one client a system, with a pool, a budget of requests, short retries and redacted logs.

What is repeated here is only what may be: requests that change nothing, or that have surely not been carried out.
"""

import base64
import logging
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx2
import orjson
import tenacity

from adapters.asking import bodies, budgets
from adapters.asking.answers import (
    Answer,
    KeyRefused,
    NotJson,
    Rejected,
    exact,
    first_words,
    parsed,
    retry_after,
    words,
)
from adapters.asking.auth.keys import HeaderKey, QueryKey
from adapters.asking.reaching import in_plain_words, open_client
from hub import log
from hub.clock import Clock
from hub.errors import Misconfigured, Refused, TryLater, Unanswered

__all__ = ["Answer", "Api", "KeyRefused", "Params", "Rejected", "exact"]

Params = Mapping[str, Any] | Sequence[tuple[str, Any]]

ATTEMPTS = 4
LONGEST_WAIT = 60.0
"""Seconds: a system that asks for more is left alone, and the run is tried later."""
REDIRECTS = 5
FORM = "application/x-www-form-urlencoded"

logger = log.get("http")
for _name in ("httpx2", "httpcore2"):
    # Their own lines show addresses with the query, and headers.
    logging.getLogger(_name).setLevel(logging.WARNING)

_SECRET_NAME = re.compile(rf"{log.SECRET_KEYS.pattern}|auth|cookie|key|sign", re.IGNORECASE)
_BACKOFF = tenacity.wait_exponential_jitter(multiplier=0.3, max=8, jitter=0.3)
_NOT_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError)
_BUSY = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.LOCKED, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})
"""The system says that it did not carry the request out."""


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    url: httpx2.URL
    content: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    repeatable: bool = True
    redirects: int = 0


class _NoKey(Exception):
    """What the system knows us by cannot be had now: whoever asked for it has asked as often as is worth it."""

    def __init__(self, fault: TryLater) -> None:
        self.fault = fault


class Api:
    """One system's HTTP interface: a pool, a budget of requests a second, short retries, time-outs, redacted logs.

    Threads may share it. It keeps no cookies.
    """

    def __init__(
        self,
        name: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | httpx2.Auth | None = None,
        requests_per_second: float | None = None,
        timeout: timedelta = timedelta(seconds=30),
        refuses: Callable[[int, Any], bool] = lambda _status, _body: False,
        secrets: Iterable[str] = (),
        clock: Clock,
        sleep: Callable[[float], None] = budgets.sleep,
    ) -> None:
        """`name`: the system's; `timeout`: how long it may be silent; `auth`: user and password, or of `adapters.asking.auth`.

        `refuses`: which answers of 500 and more, by status and body, mean that it understood, and said no; `secrets`: what
        must not be shown beside what `auth` and the names of headers tell.
        """
        self.name = name
        self._refuses = refuses
        self._clock = clock
        self._sleep = sleep
        self._url = httpx2.URL(url)
        self._base = str(self._url.copy_with(username=None, password=None, query=None, fragment=None))
        auth = auth or _user_in(self._url)
        self._headers = {"accept": "application/json", "user-agent": "hubwerk"} | _checked(name, headers or {})
        self._passwords = (*_passwords(auth), *secrets)
        self._seconds = timeout.total_seconds()
        self._client = open_client(
            self._url,
            auth=auth,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            timeout=httpx2.Timeout(self._seconds, connect=min(10.0, self._seconds)),
            event_hooks={"request": [self._wait_for_turn]},
        )
        self._budget = budgets.budget_of(self._url.netloc.decode("ascii"))
        self._leave = self._budget.join(requests_per_second)
        self._retrying = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(ATTEMPTS),
            wait=_pause,
            retry=tenacity.retry_if_exception(_is_worth_another),
            sleep=self._sleep,
            reraise=True,
        )

    def get(self, path: str, params: Params | None = None, *, headers: Mapping[str, str] | None = None) -> Answer:
        """Ask for something. Raises TryLater, Rejected or KeyRefused."""
        return self._carry_out(self._request("GET", path, params, headers))

    def look_up(self, path: str) -> Any:
        """Return what lies there, or None if there is no such thing. Raises TryLater, Rejected or KeyRefused."""
        try:
            return self.get(path).body
        except Rejected as fault:
            if not fault.is_gone:
                raise
            return None

    def send(
        self,
        method: str,
        path: str,
        body: object | None = None,
        params: Params | None = None,
        *,
        repeatable: bool = False,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send something, as JSON; bytes as they are. Raises Unanswered, TryLater, Rejected or KeyRefused.

        `repeatable`: carrying it out twice is as good as once, so that it is sent again when no answer came.
        """
        content = {} if body is None else {"content-type": "application/json"}
        request = self._request(method.upper(), path, params, content | dict(headers or {}))
        sent = body if body is None or isinstance(body, bytes) else orjson.dumps(body)
        return self._carry_out(_Request(request.method, request.url, sent, request.headers, repeatable))

    def send_form(self, path: str, fields: Mapping[str, str], *, repeatable: bool = True) -> Answer:
        """Send a form, as authorisation servers want it. Raises as `send`."""
        content = {"content-type": FORM}
        request = self._request("POST", path, None, content)
        form = urlencode(fields).encode()
        return self._carry_out(_Request(request.method, request.url, form, request.headers, repeatable))

    def send_files(
        self,
        path: str,
        fields: Mapping[str, str],
        files: Mapping[str, tuple[str, bytes, str]],
        params: Params | None = None,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send a form with files, which may not be sent again: name -> file name, content, type. Raises as `send`."""
        form = httpx2.Request("POST", self._base, data=dict(fields), files=dict(files))
        content = {"content-type": form.headers["content-type"]}
        request = self._request("POST", path, params, content | dict(headers or {}))
        return self._carry_out(_Request("POST", request.url, form.read(), request.headers, repeatable=False))

    def hold(self, after: float) -> None:
        """Keep everybody off the host for so many seconds, as it asked; a longer time is the relay's to wait."""
        if 0 < after <= LONGEST_WAIT:
            self._budget.hold(self._clock.monotonic() + after)

    def close(self) -> None:
        """Give the connections back, and the part in the host's budget."""
        self._leave()
        self._client.close()

    def _request(self, method: str, path: str, params: Params | None, headers: Mapping[str, str] | None) -> _Request:
        given = dict(params) if isinstance(params, Mapping) else list(params or ())
        if given and path and "?" not in path and "#" not in path:
            url = self._address(f"{path}?{httpx2.QueryParams(given)}")  # parsed once
        else:
            url = self._address(path).copy_merge_params(given) if given else self._address(path)
        return _Request(method, url, headers=self._headers | _checked(self.name, headers or {}))

    def _address(self, path: str) -> httpx2.URL:
        """Join a path to our address; of a whole address only path and query count, its host must be ours."""
        if "://" not in path.partition("?")[0]:
            return self._understood(f"{self._base.rstrip('/')}/{path.removeprefix('/')}" if path else self._base)
        url = self._understood(path)
        if url.host != self._url.host:
            raise Refused(f"{self.name} refers to another host, {url.host}; the key is not sent there")
        return url.copy_with(scheme=self._url.scheme, port=self._url.port, username=None, password=None)

    def _understood(self, address: str) -> httpx2.URL:
        try:
            return httpx2.URL(address)
        except httpx2.InvalidURL as fault:
            raise Refused(f"{self.name}: what was to be asked for is no address: {fault}") from None

    def _carry_out(self, request: _Request) -> Answer:
        """Repeat for a short while what may be repeated."""
        try:
            return self._retrying(self._once, request)
        except _NoKey as no_key:
            raise no_key.fault from no_key.fault.__cause__

    def _once(self, request: _Request) -> Answer:
        response, content = self._exchange(request)
        if response.has_redirect_location:
            return self._once(self._redirected(request, response))
        if response.is_success:
            return self._answer(request, response, content)
        raise self._refusal(request, response, content)

    def _exchange(self, request: _Request) -> tuple[httpx2.Response, bytes]:
        response: httpx2.Response | None = None
        began = self._clock.monotonic()
        try:
            with self._client.stream(
                request.method, request.url, content=request.content, headers=request.headers
            ) as response:
                return response, bodies.whole(response, self._clock)
        except bodies.TooMuch as fault:
            raise (Refused if request.repeatable else Unanswered)(f"{self.name} {fault}") from None
        except TryLater as fault:
            raise _NoKey(fault) from fault
        except httpx2.LocalProtocolError:
            raise Refused(f"{self.name}: the request cannot be sent as HTTP; does a key end in a line break?") from None
        except _NOT_SENT as fault:
            why = in_plain_words(fault) or self._clean(str(fault), request)
            raise TryLater(f"{self.name} cannot be reached: {why}") from fault
        except httpx2.RequestError as fault:
            raise self._no_answer(request, fault) from fault
        finally:
            logger.debug(
                "request",
                system=self.name,
                method=request.method,
                path=request.url.path,
                query=_shown_query(request.url),
                status=response.status_code if response else "failed",
                ms=round((self._clock.monotonic() - began) * 1000),
            )

    def _no_answer(self, request: _Request, fault: httpx2.RequestError) -> TryLater:
        silent = isinstance(fault, httpx2.TimeoutException)
        why = f"silent for {self._seconds:g} s" if silent else self._clean(str(fault), request) or type(fault).__name__
        return self._unclear(request, f"{self.name} did not answer: {why}")

    def _unclear(self, request: _Request, message: str, after: float | None = None) -> TryLater:
        """Return the error for a request that may or may not have been carried out."""
        return (TryLater if request.repeatable else Unanswered)(message, after=after)

    def _answer(self, request: _Request, response: httpx2.Response, content: bytes) -> Answer:
        try:
            body = parsed(content, response.headers.get("content-type", ""))
        except NotJson as fault:
            text = self._clean(str(fault), response.request)
            raise self._unclear(request, f'{self.name} answered something else than data: "{text}"') from None
        return Answer(response.status_code, dict(response.headers), body)

    def _refusal(self, request: _Request, response: httpx2.Response, content: bytes) -> TryLater | Refused:
        status = response.status_code
        body = _body_of_refusal(response, content)
        said = self._clean(words(body), response.request)
        message = f"{self.name} answered {status}" + (f": {said}" if said else "")
        if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            return KeyRefused(f"{message}; {_mend(status)} [systems.{self.name}]", status=status)
        after = retry_after(response.headers.get("retry-after"), self._clock.now())
        if status in _BUSY:
            self.hold(after or 0.0)
            return TryLater(message, after=after)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR and not self._refuses(status, body):
            return self._unclear(request, message, after)
        return Rejected(said or f"{self.name} answered {status}", status=status, body=body)

    def _redirected(self, request: _Request, response: httpx2.Response) -> _Request:
        """Follow a redirect within the system; a write is never sent again elsewhere."""
        try:
            url = request.url.join(response.headers["location"])
        except httpx2.InvalidURL as fault:
            raise Refused(f"{self.name} answered {response.status_code}, and leads to no address: {fault}") from None
        same = (url.scheme, url.netloc) == (request.url.scheme, request.url.netloc)
        if request.method != "GET" or not same or request.redirects >= REDIRECTS:
            shown = url.copy_with(username=None, password=None, query=None, fragment=None)
            raise Refused(
                f"{self.name} answered {response.status_code}: what was asked for is at {shown}; "
                f"mend url in [systems.{self.name}]"
            )
        return _Request("GET", url, headers=request.headers, redirects=request.redirects + 1)

    def _clean(self, text: str, request: _Request | httpx2.Request) -> str:
        """Return a text without the secrets that we sent, should the other side repeat them."""
        told = (*request.headers.items(), *request.url.params.multi_items(), *_form_of(request))
        sent = (value.split()[-1] for name, value in told if value.strip() and _SECRET_NAME.search(name))
        for secret in (*self._passwords, *sent):
            text = text.replace(secret, "***")
        return log.without_password(first_words(text))

    def _wait_for_turn(self, _: httpx2.Request) -> None:
        """Wait for a place in the host's budget: before each request that leaves, the one with a renewed token as well."""
        seconds = self._budget.turn(self._clock.monotonic())
        if seconds > 0:
            self._sleep(seconds)


def _pause(state: tenacity.RetryCallState) -> float:
    fault = state.outcome.exception() if state.outcome else None
    asked = fault.after if isinstance(fault, TryLater) else None
    return _BACKOFF(state) if asked is None else asked


def _is_worth_another(fault: BaseException) -> bool:
    return isinstance(fault, TryLater) and not isinstance(fault, Unanswered) and (fault.after or 0) <= LONGEST_WAIT


def _body_of_refusal(response: httpx2.Response, content: bytes) -> Any:
    try:
        return parsed(content, response.headers.get("content-type", ""))
    except NotJson as fault:
        return str(fault)


def _mend(status: int) -> str:
    return "check the key in" if status == HTTPStatus.UNAUTHORIZED else "give more rights there to the key in"


def _checked(name: str, headers: Mapping[str, str]) -> dict[str, str]:
    """Return headers with their names in lower case; refuse, without showing it, what cannot stand in one."""
    for header, value in headers.items():
        if not (value.isascii() and value.isprintable()):
            raise Misconfigured(f"{name}: the value for the header {header} holds characters that cannot be sent")
    return {header.lower(): value for header, value in headers.items()}


def _user_in(url: httpx2.URL) -> tuple[str, str] | None:
    return (url.username, url.password) if url.username or url.password else None


def _passwords(auth: tuple[str, str] | httpx2.Auth | None) -> tuple[str, ...]:
    """Return what must not be shown: a key may also be sent as the user, without a password."""
    if isinstance(auth, HeaderKey | QueryKey):
        return (auth.key,)
    if not isinstance(auth, tuple) or not any(auth):
        return ()
    return auth[1] or auth[0], base64.b64encode(":".join(auth).encode()).decode()


def _form_of(request: _Request | httpx2.Request) -> list[tuple[str, str]]:
    """Return the fields of a form that was sent: an authorisation server may repeat a token that has ended."""
    if request.headers.get("content-type") != FORM:
        return []
    return parse_qsl((request.content or b"").decode("ascii", "replace"))


def _shown_query(url: httpx2.URL) -> str:
    return "&".join(
        f"{name}={'***' if _SECRET_NAME.search(name) else value}" for name, value in url.params.multi_items()
    )
