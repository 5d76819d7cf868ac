"""What a user may write of an ERP that exchanges files, and what he is told when it is wrong."""

import pytest

from adapters.erp.files.options import ErpFilesOptions
from hub.config import Faults, load

HEAD = '[systems.erp]\nkind = "erp"\nconnector = "files"\nsource = "x"\n'
PRODUCTS = '[systems.erp.formats.products]\nfiles = "T*.csv"\ncolumns = { sku = "Kod" }\n'
STATES = '[systems.erp.formats.orders]\nfiles = "S*.csv"\ncolumns = { id = "Nr", tracking.number = "List" }\n'
ORDERS = '[systems.erp.orders]\ntype = "xml"\ntemplate = "<a>{number}</a>"\n'
CONNECTORS = {("erp", "files"): ErpFilesOptions}


def test_a_format_is_of_what_it_is_called_and_has_its_own_schedule():
    settings = load(HEAD + PRODUCTS + 'every = "15m"\n' + STATES + ORDERS, CONNECTORS)
    options = settings.systems["erp"].options
    assert isinstance(options, ErpFilesOptions)
    assert options.formats["orders"].entity == "orders"
    assert sorted(options.streams()) == ["orders", "products"]
    assert settings.all_jobs()["erp.products"].sync == ("products",)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "nothing comes and nothing goes"),
        (PRODUCTS + 'policy = "review"\n', "merged field by field"),
        (PRODUCTS.replace("sku", "skku"), 'did you mean "sku"'),
        (STATES.replace("id = ", "invoice = "), "id is missing"),
        (STATES.replace("tracking.number", "tracking"), 'did you mean "tracking.number"'),
        (STATES.replace("tracking.number", "tracking.nr"), '"tracking.nr" is not a field'),
        (STATES.replace("formats.orders]", 'formats.states]\nentity = "orders"'), "is called orders"),
        (PRODUCTS + 'entity = "invoices"\n', "nothing that can be imported"),
        (ORDERS.replace("</a>", ""), "not well-formed XML"),
        (ORDERS.replace("{number}", "{numb(er}"), 'orders.template  "numb(er" is not complete'),
        (ORDERS.replace("{number}", "{nmber(number)}"), "no function"),
        (ORDERS.replace("{number}", "{number"), "brace without its other"),
        (ORDERS.replace("<a>", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>"), "not well-formed XML"),
        (ORDERS + 'columns = { A = "number" }\n', "belongs to CSV"),
        (ORDERS.replace("xml", "csv"), "name the columns"),
        (ORDERS.replace("xml", "json"), "table (or list) of expressions"),
        (ORDERS + 'folder = "../erp"\n', "leads out of the source"),
        (ORDERS + 'ending = "xml/"\n', "no ending"),
        (ORDERS + 'encoding = "cp9999"\n', "not an encoding"),
        (ORDERS + 'name = "a b"\n', "cannot be understood"),
        ("requests_per_second = 2\n" + ORDERS, "leave it out"),
        ('url = "https://erp.example"\n' + ORDERS, "has no address"),
    ],
)
def test_a_mistake_is_told_with_its_mend(text: str, told: str):
    with pytest.raises(Faults) as caught:
        load(HEAD + text, CONNECTORS)
    assert told in str(caught.value)
