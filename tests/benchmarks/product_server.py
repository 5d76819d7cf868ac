"""A shop's list of products over HTTP, in a process of its own: JSON pages, all of it made beforehand.

`python -m tests.benchmarks.product_server COUNT PORT` serves `/products?offset=N&limit=M` until it is ended.
"""

import asyncio
import random
import sys
from typing import Any

import orjson
from stdnum import ean

HOST = "127.0.0.1"
CATEGORIES = (
    ("Lamps", "Desk"),
    ("Lamps", "Floor"),
    ("Chairs",),
    ("Tables", "Dining"),
    ("Tables", "Coffee"),
    ("Shelves",),
)
BRANDS = ("Kowalski", "Nordlys", "Fabrika", "Oberlicht")
UNITS = ("C62", "KGM", "MTR")
ATTRIBUTES = ("Colour", "Material", "Room", "Finish")
WORDS = ("warm", "oak", "solid", "linen", "shade", "brass", "matte", "round", "small", "tall", "light", "for the hall")


def product(number: int, seeded: random.Random) -> dict[str, Any]:
    """Return one product as shops show theirs, with lists in it; the same for every seed."""
    title, digits = f"{' '.join(seeded.choices(WORDS, k=4)).capitalize()} {number}", f"590{number:09}"
    path, file = seeded.choice(CATEGORIES), title.replace(" ", "-").lower()
    images = [f"https://shop.example/media/{number:06}/{file}-{place}.jpg" for place in range(seeded.randint(1, 4))]
    attributes = [(name, seeded.choice(WORDS)) for name in ATTRIBUTES[: seeded.randint(1, 4)]]
    return {
        "id": number + 1,
        "sku": f"ART-{number:06}",
        "gtin": digits + ean.calc_check_digit(digits),
        "name": title,
        "description": " ".join(seeded.choices(WORDS, k=30)).capitalize() + ".",
        "unit": seeded.choice(UNITS),
        "brand": seeded.choice(BRANDS),
        "tax_rate": seeded.choice((5, 8, 23)),
        "weight": seeded.randrange(50, 40_000) / 1000,
        "active": seeded.random() < 0.95,
        "updated_at": f"2026-{seeded.randrange(1, 12):02}-{seeded.randrange(1, 29):02}T10:{seeded.randrange(60):02}:00Z",
        "categories": [{"id": 10 + level, "name": name} for level, name in enumerate(path)],
        "images": [{"id": 4 * number + place, "src": src, "alt": title} for place, src in enumerate(images)],
        "attributes": [{"id": place, "name": name, "value": value} for place, (name, value) in enumerate(attributes)],
    }


def products(count: int) -> list[dict[str, Any]]:
    """Return all products."""
    seeded = random.Random(7)
    return [product(number, seeded) for number in range(count)]


class Answering(asyncio.Protocol):
    """One connection that is kept alive; requests have no body."""

    def __init__(self, rows: list[bytes]) -> None:
        self._rows = rows
        self._waiting = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what is written to."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer each request that is complete."""
        *requests, self._waiting = (self._waiting + data).split(b"\r\n\r\n")
        for request in requests:
            query = request.split(b" ", 2)[1].partition(b"?")[2].decode()
            asked = dict(pair.split("=") for pair in query.split("&"))
            self._answer(int(asked["offset"]), int(asked["limit"]))

    def _answer(self, offset: int, limit: int) -> None:
        assert self._transport is not None
        rows = b",".join(self._rows[offset : offset + limit])
        body = b'{"count":%d,"products":[%b]}' % (len(self._rows), rows)
        head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body)
        self._transport.write(head + body)


async def serve(count: int, port: int) -> None:
    """Serve until this process is ended."""
    rows = [orjson.dumps(each) for each in products(count)]
    server = await asyncio.get_running_loop().create_server(lambda: Answering(rows), HOST, port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2])))
