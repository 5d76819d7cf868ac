"""What RabbitMQ's management pages know and AMQP does not tell: alarms, and who may publish what."""

import base64
import json
import re
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from hub import log
from hub.broker.address import Address
from hub.broker.topology import TRIGGERS
from hub.connector import Finding

SUBJECT = "broker"
LIMIT = 10.0
"""Seconds to wait for an answer."""
NOT_ALLOWED = (401, 403)
EVERYTHING = (".*", "^.*$", "^.*", ".*$")


class Pages:
    """The management pages' JSON, read only."""

    def __init__(self, url: str, address: Address) -> None:
        """Log on as the address's user unless `url` (http or https) names another."""
        parts = urlsplit(url)
        user = unquote(parts.username) if parts.username else address.user
        password = unquote(parts.password) if parts.password else address.password
        self._base = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path.rstrip('/')}"
        self._authorization = base64.b64encode(f"{user}:{password}".encode()).decode()

    def get(self, path: str) -> Any:
        """Return a page; raises OSError (urllib's errors are) or ValueError."""
        if not self._base.startswith(("http://", "https://")):
            raise ValueError("the address of the management pages must begin with http:// or https://")
        request = urllib.request.Request(self._base + path)  # noqa: S310  # the scheme was looked at
        # Not with its other headers, which would go along wherever the pages lead.
        request.add_unredirected_header("Authorization", f"Basic {self._authorization}")
        with urllib.request.urlopen(request, timeout=LIMIT) as answer:  # noqa: S310  # likewise
            return json.load(answer)


def inspect(url: str, address: Address) -> list[Finding]:
    """Return alarms and missing topic permissions; raises nothing."""
    pages, vhost = Pages(url, address), quote(address.virtual_host, safe="")
    try:
        return [
            *alarms(pages.get("/api/nodes")),
            *open_triggers(
                address.user,
                pages.get(f"/api/vhosts/{vhost}/permissions"),
                pages.get(f"/api/vhosts/{vhost}/topic-permissions"),
                address.virtual_host,
            ),
        ]
    except urllib.error.HTTPError as refusal:
        if refusal.code in NOT_ALLOWED:
            message = "alarms and permissions were not looked at: the management pages ask for an administrator"
            return [Finding(SUBJECT, good=True, message=message)]
        return [Finding(SUBJECT, good=False, message=f"the management pages answered {refusal.code}")]
    except (OSError, ValueError) as error:
        text = log.without_password(str(error))
        return [Finding(SUBJECT, good=False, message=f"the management pages cannot be read: {text}")]


def alarms(nodes: list[dict[str, Any]]) -> list[Finding]:
    """Return the alarms under which the broker takes no messages."""
    mends = {
        "mem_alarm": ("memory", "give it more memory, or find the queue that grows"),
        "disk_free_alarm": ("disk", "free disk space on that machine"),
    }
    return [
        Finding(SUBJECT, good=False, message=f"{what} alarm on {node['name']}: it takes no messages", mend=mend)
        for node in nodes
        for field, (what, mend) in mends.items()
        if node.get(field)
    ]


def open_triggers(
    own: str, permissions: list[dict[str, Any]], topics: list[dict[str, Any]], virtual_host: str
) -> list[Finding]:
    """Return the other users who could trigger any job, since no topic permission limits them."""
    limited = {each["user"] for each in topics if each["exchange"] == TRIGGERS and each["write"] not in EVERYTHING}
    return [
        Finding(
            SUBJECT,
            good=False,
            message=f"no topic permission limits user {user}: it could trigger any job",
            mend=f"rabbitmqctl set_topic_permissions -p {virtual_host} {user} {TRIGGERS} '^{user}\\.' ''",
        )
        for user in sorted({each["user"] for each in permissions if may_write(each["write"], TRIGGERS)} - limited)
        if user != own
    ]


def may_write(pattern: str, name: str) -> bool:
    """Tell whether a permission's pattern covers a name; RabbitMQ looks for it anywhere in the name."""
    if not pattern:
        return False
    try:
        return re.search(pattern, name) is not None
    except re.error:
        return True
