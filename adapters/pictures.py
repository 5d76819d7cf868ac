"""Pictures of products, fetched from where our record says they are: only what is one, not too large, and in time."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TypeVar
from urllib.parse import unquote

import httpx2

from adapters.asking import elsewhere
from adapters.writing.writes import Unfit
from hub.clock import Clock
from hub.connector import Write, Written
from hub.errors import TryLater

Had = TypeVar("Had")
NO_PICTURE = "no-picture"
"""The cause of what is refused or left out."""
LARGEST = 20 * 1024 * 1024
"""Bytes."""
LONGEST = 30.0
"""Seconds, for the whole picture once it begins to come."""
LONGEST_UPLOAD = 600.0
BEGINNINGS = {b"\xff\xd8\xff": "jpeg", b"\x89PNG\r\n\x1a\n": "png", b"GIF8": "gif", b"RIFF": "webp"}
"""First bytes -> type; what a server says of the type is often wrong."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What lies at an address."""

    name: str
    """The file's, with an ending that fits its type."""
    type: str
    """As in `image/png`."""
    content: bytes

    @property
    def part(self) -> tuple[str, bytes, str]:
        """Return it as a part of a form."""
        return self.name, self.content, self.type


def fetch(address: str, clock: Clock) -> Picture:
    """Return the picture at an address; raises Unfit, with what is wrong with it."""
    try:
        content = _content(address, clock)
    except (httpx2.HTTPError, httpx2.InvalidURL) as fault:
        raise unfit(address, f"cannot be fetched: {str(fault) or type(fault).__name__}") from fault
    kind = next((name for beginning, name in BEGINNINGS.items() if content.startswith(beginning)), None)
    if kind is None or (kind == "webp" and content[8:12] != b"WEBP"):
        raise unfit(address, f"is none of {', '.join(BEGINNINGS.values())}")
    stem = PurePosixPath(unquote(httpx2.URL(address).path)).stem
    return Picture(f"{stem or 'picture'}.{kind}", f"image/{kind}", content)


def tried(addresses: Iterable[str], get: Callable[[str], Had]) -> tuple[dict[str, Had], dict[str, Unfit]]:
    """Return what `get` gives for each address, and of the others, why they cannot be had."""
    had, faults = dict[str, Had](), dict[str, Unfit]()
    for each in addresses:
        try:
            had[each] = get(each)
        except Unfit as fault:
            faults[each] = fault
    return had, faults


def left_out(written: Written, write: Write, faults: Mapping[str, Unfit]) -> Written:
    """Return what became of a product that went without some of its pictures; `faults`: address -> why."""
    images = write.fields.get("images") or ()
    missing = [str(faults[each]) for each in images if each in faults]
    if not missing or written.outcome != "done":
        return written
    had = [each for each in images if each not in faults]
    return replace(written, cause=NO_PICTURE, message="; ".join(missing), instead={"images": had})


def _content(address: str, clock: Clock) -> bytes:
    url = httpx2.URL(address)
    if url.scheme not in ("http", "https"):
        raise unfit(address, "is not at an http or https address")
    headers = {"accept": "image/*", "user-agent": "hubwerk"}
    with (
        elsewhere.client(url, clock, follow_redirects=True, within=elsewhere.PATIENCE + LONGEST) as client,
        client.stream("GET", url, headers=headers) as answer,
    ):
        if not answer.is_success:
            raise unfit(address, f"cannot be fetched: its server answered {answer.status_code}")
        return b"".join(_within(answer, address, clock.monotonic() + LONGEST, clock))


def hand_over(picture: Picture, address: str, form: Mapping[str, str], clock: Clock) -> None:
    """Bring a picture to where a system has made room for it, without its key: as `file`, the last of a form.

    Raises TryLater, if it cannot be reached, and Unfit, if it does not take the picture.
    """
    url, files = httpx2.URL(address), {"file": picture.part}
    try:
        with elsewhere.client(url, clock, follow_redirects=False, within=LONGEST_UPLOAD) as client:
            answer = client.post(url, data=dict(form), files=files)
    except httpx2.HTTPError as fault:
        raise TryLater(
            f"{picture.name} cannot be brought to {url.host}: {str(fault) or type(fault).__name__}"
        ) from fault
    if answer.is_client_error:
        raise Unfit(NO_PICTURE, f"{url.host} does not take {picture.name}: it answered {answer.status_code}")
    if not answer.is_success:
        raise TryLater(f"{url.host} answered {answer.status_code} to {picture.name}")


def _within(answer: httpx2.Response, address: str, ends: float, clock: Clock) -> Iterator[bytes]:
    size = 0
    for part in answer.iter_bytes():
        size += len(part)
        if size > LARGEST:
            raise unfit(address, f"is larger than {LARGEST // 1024 // 1024} MB")
        if clock.monotonic() > ends:
            raise unfit(address, f"did not come within {LONGEST:g} s")
        yield part


def unfit(address: str, why: str) -> Unfit:
    """Return what is said of the picture at an address."""
    shown = address.partition("?")[0]
    return Unfit(NO_PICTURE, f"the picture {shown} {why}; mend it, or take it off the product")
