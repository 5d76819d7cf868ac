"""What the table of a Tryton system says."""

from typing import Literal, Self

from pydantic import model_validator

from adapters.erp.options import ErpOptions
from hub.config import Secret, refuse


class TrytonOptions(ErpOptions):
    """The keys of [systems.NAME] with `connector = "tryton"`; `url` ends with the database: https://erp.example/company."""

    key: Secret
    """Of a user application `rest` of the user in whose name the hub acts."""
    user: str | None = None
    password: Secret | None = None
    """Of that user, needed for sales that are to be more than drafts: they are confirmed over JSON-RPC, many at once."""
    language: str | None = None
    """Of names and texts, by Tryton's code: de, pt_BR; none: the database's own, which its users may not write in."""
    confirm: Literal["draft", "quotation", "confirmed", "processing"] = "processing"
    """How far a new sale is taken."""

    @model_validator(mode="after")
    def _user_has_password(self) -> Self:
        if (self.user is None) != (self.password is None):
            refuse("user and password belong together; give both or neither")
        return self
