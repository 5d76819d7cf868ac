"""What the table of a Tryton system may say."""

import pytest
from pydantic import ValidationError

from adapters.erp.tryton.connector import TrytonConnector
from adapters.erp.tryton.options import TrytonOptions
from hub.clock import SystemClock
from hub.connector import Write
from hub.errors import Refused

URL = "https://erp.example/company"


def test_a_key_is_enough() -> None:
    """Everything else has a default; for reading, no login is needed."""
    options = TrytonOptions.model_validate({"url": URL, "key": "env:ERP_KEY"})
    assert (options.company, options.price_list, options.confirm) == (1, "standard", "processing")


def test_a_user_without_a_password_is_refused() -> None:
    """The mend is in the message."""
    with pytest.raises(ValidationError, match="give both or neither"):
        TrytonOptions.model_validate({"url": URL, "key": "env:ERP_KEY", "user": "hub"})


def test_sales_are_not_begun_that_cannot_be_confirmed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a login, nothing is sent; the mend is in the message."""
    monkeypatch.setenv("ERP_KEY", "key")
    options = TrytonOptions.model_validate({"url": URL, "key": "env:ERP_KEY"})
    connector = TrytonConnector("erp", options, SystemClock())
    with pytest.raises(Refused, match=r"user and password in \[systems\.erp\].*draft"):
        connector.write("orders", [Write("k", {}, {}, reference="o-1")])
