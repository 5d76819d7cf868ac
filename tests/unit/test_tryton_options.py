"""What the table of a Tryton system may say."""

import pytest
from pydantic import ValidationError

from adapters.erp.tryton import TrytonOptions

URL = "https://erp.example/company"


def test_a_key_is_enough() -> None:
    """Everything else has a default."""
    options = TrytonOptions.model_validate({"url": URL, "key": "env:ERP_KEY"})
    assert (options.company, options.price_list, options.confirm) == (1, "standard", "processing")


def test_a_user_without_a_password_is_refused() -> None:
    """The mend is in the message."""
    with pytest.raises(ValidationError, match="give both or neither"):
        TrytonOptions.model_validate({"url": URL, "key": "env:ERP_KEY", "user": "hub"})
