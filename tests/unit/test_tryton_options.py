"""What the table of a Tryton system may say."""

import pytest
from pydantic import ValidationError

from adapters.erp.tryton import TrytonOptions

URL = "https://erp.example/company"


def test_a_key_and_a_login_are_enough() -> None:
    """Everything else has a default."""
    login = {"user": "hub", "password": "env:ERP_PASSWORD"}
    options = TrytonOptions.model_validate({"url": URL, "key": "env:ERP_KEY", **login})
    assert (options.company, options.price_list, options.confirm) == (1, "standard", "processing")


def test_without_a_login_sales_stay_drafts() -> None:
    """The mend is in the message."""
    settings = {"url": URL, "key": "env:ERP_KEY", "user": "hub"}
    with pytest.raises(ValidationError, match=r'user and password.*confirm = "draft"'):
        TrytonOptions.model_validate(settings)
    assert TrytonOptions.model_validate({**settings, "confirm": "draft"}).confirm == "draft"
