"""Forms with files, as they are sent."""

from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import HTTP

from tests.fakes.server import Asked


def parts_of(asked: Asked) -> list[tuple[str, bytes]]:
    """Return the name and the content of each part of a form (`multipart/form-data`, RFC 7578), in their order."""
    head = b"content-type: " + asked.headers["content-type"].encode() + b"\r\n\r\n"
    told = BytesParser(EmailMessage, policy=HTTP).parsebytes(head + asked.body)
    parts: list[tuple[str, bytes]] = []
    for each in told.iter_parts():
        name, content = each.get_param("name", header="content-disposition"), each.get_payload(decode=True)
        assert isinstance(name, str)
        assert isinstance(content, bytes)
        parts.append((name, content))
    return parts
