"""Pictures on loopback, and what is not one; counts what is asked for."""

import struct
import threading
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def png(colour: int) -> bytes:
    """Return a picture of one dot."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head, dot = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0), bytes([0]) + colour.to_bytes(3, "big")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(dot)) + chunk(b"IEND", b"")


class Pictures:
    """Path -> what lies there."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.asked: Counter[str] = Counter()
        self.there: dict[str, bytes] = {}
        self.moved: dict[str, str] = {}

    def put(self, name: str, content: bytes) -> str:
        """Put something there; returns its address."""
        self.there[f"/{name}"] = content
        return f"{self.url}/{name}"


@contextmanager
def serving() -> Iterator[Pictures]:
    """Serve pictures for as long as it takes."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            pictures.asked[self.path] += 1
            content = pictures.there.get(self.path)
            if self.path in pictures.moved:
                self.send_response(302)
                self.send_header("location", pictures.moved[self.path])
            else:
                self.send_response(404 if content is None else 200)
            self.send_header("content-length", str(len(content or b"")))
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    pictures = Pictures(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield pictures
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
