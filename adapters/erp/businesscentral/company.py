"""How Business Central is spoken to (learn.microsoft.com, "Tips for working with the APIs")."""

import re
from functools import cached_property

from adapters.asking.auth.oauth2 import by_secret
from adapters.asking.checks import named
from adapters.asking.connecting import connected
from adapters.asking.odata import Service
from adapters.erp.businesscentral.options import BusinessCentralOptions
from hub.clock import Clock
from hub.config import resolve
from hub.tokens import Vault

SCOPE = "https://api.businesscentral.dynamics.com/.default"


class Company(Service):
    """One company of an environment. Raises what `Service` raises."""

    noise = re.compile(r"\s*CorrelationId:\s*\S+")

    def __init__(self, name: str, options: BusinessCentralOptions, clock: Clock, vault: Vault) -> None:
        self.options, self.clock = options, clock
        user, key, login = resolve(options.user), options.key, options.login and resolve(options.login).rstrip("/")
        token = by_secret(name, f"{login}/oauth2/v2.0/token", user, key, vault, clock, SCOPE) if login else None
        auth = token or (user, resolve(key))
        headers = {"accept-language": "en-US"}  # of messages
        super().__init__(name, connected(name, options, clock, headers=headers, auth=auth, below="/api/v2.0"))

    def at(self, path: str) -> str:
        """Return where an entity set of the company lies."""
        return path if path == "companies" else f"companies({self._id})/{path}"

    @cached_property
    def _id(self) -> str:
        there = self.names("companies", "name", "id")
        return named("company", self.options.company, there, f"as company in [systems.{self.name}]")
