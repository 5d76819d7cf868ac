"""The address of a database, as SQLAlchemy writes it, without a password in plain text."""

from typing import Annotated
from urllib.parse import unquote

import sqlalchemy as sa
from pydantic import AfterValidator
from sqlalchemy.exc import ArgumentError

from adapters.sql.drivers import DRIVERS
from hub.config.addresses import Address, carries_password
from hub.config.faults import guess_or_list, refuse, show
from hub.config.secrets import is_reference

EXAMPLE = "mssql+pymssql://hub@erp.example/CDN_FIRMA"


def _check(value: str) -> str:
    if is_reference(value):
        return value
    if "://" not in value:
        refuse(f"{show(value)} is not a database's address; it looks like {EXAMPLE}")
    if carries_password(unquote(value)):
        refuse("the address contains a password; name it apart, as in password = env:NAME")
    try:
        url = sa.make_url(value)
    except (ArgumentError, ValueError):
        refuse(f"this is not a database's address; it looks like {EXAMPLE}")
    if url.drivername not in DRIVERS:
        refuse(f"{show(url.drivername)} is not known here{guess_or_list(url.drivername, (*DRIVERS,))}")
    return value


SqlAddress = Annotated[Address, AfterValidator(_check)]
"""The address of a database without a password, or a Reference to one that may have it."""
