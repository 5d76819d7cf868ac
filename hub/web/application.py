"""The addresses that the hub answers at: POST /SYSTEM is a webhook call. An ASGI application, to be mounted anywhere."""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from hub import log
from hub.connector import Call
from hub.store import DatabaseAway, Store
from hub.web.webhooks import Desk, answer

logger = log.get("web")

LARGEST = 2_000_000
"""Bytes of a body: the largest documents that shops send are some hundred kilobytes."""
PATIENCE = 30.0
"""Seconds for a body to come whole."""
CLOSE = {"Connection": "close"}
"""A proxy that kept a connection open would find it closed by us some day, just when it sends the next call on it."""
AGAIN = {"Retry-After": "30", **CLOSE}


def application(store: Store, desk: Desk) -> Starlette:
    """Return the application. It keeps nothing itself."""

    async def called(request: Request) -> Response:
        call = Call({name.lower(): value for name, value in request.headers.items()}, await _body(request))
        try:
            told = await run_in_threadpool(answer, store, desk, request.path_params["system"], call)
        except DatabaseAway as away:
            logger.warning("webhook_put_off", message=str(away), next="the system calls again, or its job finds it")
            return _said(HTTPStatus.SERVICE_UNAVAILABLE, "not now", AGAIN)
        except Exception:
            # The server would tell it past the hub's log.
            logger.exception("webhook_broke", system=request.path_params["system"])
            return _said(HTTPStatus.INTERNAL_SERVER_ERROR, "it broke")
        return _said(told.status, told.message)

    taken = Starlette(routes=[Route("/{system}", called, methods=["POST"])])
    taken.router.redirect_slashes = False  # to an address made of the caller's Host
    return taken


async def _body(request: Request) -> bytes:
    """Return the body as it came; HTTPException, if it is too large or too slow."""
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(PATIENCE):
            async for part in request.stream():
                size += len(part)
                if size > LARGEST:
                    raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"more than {LARGEST:,} bytes\n")
                parts.append(part)
    except TimeoutError:
        raise HTTPException(HTTPStatus.REQUEST_TIMEOUT, "too slow\n", CLOSE) from None
    except ClientDisconnect:
        return b""
    return b"".join(parts)


def _said(status: HTTPStatus, message: str, headers: Mapping[str, str] = CLOSE) -> Response:
    return PlainTextResponse(f"{message}\n", status, headers)
