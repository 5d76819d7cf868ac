"""Which of an ERP's warehouses are meant, and what the hub calls them."""

from adapters.erp.models import Model, Models
from adapters.fields import told
from hub.errors import Refused


def warehouses(erp: Models, model: Model) -> dict[int, str]:
    """Return number -> our name, of those in the options, in their order, or of all. Refused, if one is not there.

    `model` tells their `code`.
    """
    storage, there = erp.options.storage, {told(model.table, row)["code"]: row["id"] for row in erp.search(model)}
    if missing := {*storage} - {*there}:
        raise Refused(f"there is no warehouse {', '.join(sorted(missing))}; mend storage in [systems.{erp.name}]")
    named = storage or {code: code for code in there}
    return {there[code]: name for code, name in named.items()}
