"""Fills a new Tryton database, from within: `seed.py DATABASE REST_KEY`, in Tryton's own Python.

A company in euros with its books and 20 % tax, five products with stock, three customers, two employees,
a confirmed sale, a till, reminders, and a key for the REST interface.
"""

import sys
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace

from proteus import Model
from proteus import config as proteus
from trytond.modules.account.tests.tools import create_chart, create_fiscalyear, create_tax, get_accounts
from trytond.modules.account_invoice.tests.tools import create_payment_term, set_fiscalyear_invoice_sequences
from trytond.modules.company.tests.tools import create_company, get_company
from trytond.modules.currency.tests.tools import get_currency

new = Model.get


def main(database, key):
    session = proteus.set_trytond(f"sqlite:///{database}")
    books = make_company(session)
    products = make_products(books)
    customers = make_customers(books)
    make_employees(books.company)
    make_stock(products)
    make_sale(customers[0], books.term, products[:2])
    make_till(books)
    make_key(books.company, key)


def make_company(session):
    create_company(currency=get_currency("EUR"))
    company = get_company()
    session._context = new("res.user").get_preferences(True, {})
    session._context["company"] = company.id
    create_chart(company)
    set_fiscalyear_invoice_sequences(create_fiscalyear(company)).click("create_period")
    tax = create_tax(Decimal("0.20"))
    tax.save()
    term = create_payment_term()
    term.save()
    return SimpleNamespace(company=company, accounts=get_accounts(company), tax=tax, term=term)


def make_products(books):
    goods = new("product.category")(name="Goods", accounting=True)
    goods.account_revenue, goods.account_expense = books.accounts["revenue"], books.accounts["expense"]
    goods.customer_taxes.append(books.tax)
    goods.save()
    unit = found("product.uom", name="Unit")
    templates = []
    for number in range(1, 6):
        template = new("product.template")(name=f"Widget {number}", code=f"W{number:03}", type="goods", salable=True)
        template.default_uom, template.account_category = unit, goods
        template.list_price, template.gross_price = Decimal(f"{10 * number}.0000"), Decimal(f"{12 * number}.0000")
        template.save()
        templates.append(template)
    return [template.products[0] for template in templates]


def make_customers(books):
    procedure = new("account.dunning.procedure")(name="Reminders")
    for sequence, days in ((1, 5), (2, 20)):
        level = procedure.levels.new()
        level.sequence, level.overdue = sequence, timedelta(days)
    procedure.save()
    slovenia = new("country.country")(name="Slovenia", code="SI", code3="SVN", code_numeric="705")
    slovenia.save()
    customers = []
    for number in range(1, 4):
        customer = new("party.party")(name=f"Customer {number}")
        customer.dunning_procedure, customer.customer_payment_term = procedure, books.term
        address = customer.addresses[0] if customer.addresses else customer.addresses.new()
        address.street, address.postal_code, address.city = f"Street {number}", f"{1000 + number}", "Ljubljana"
        address.country = slovenia
        mail = customer.contact_mechanisms.new()
        mail.type, mail.value = "email", f"c{number}@example.com"
        customer.save()
        customers.append(customer)
    return customers


def make_employees(company):
    for name in ("Ana Novak", "Bor Kos"):
        person = new("party.party")(name=name)
        person.save()
        new("company.employee")(party=person, company=company, start_date=date(2026, 1, 1)).save()


def make_stock(products):
    inventory = new("stock.inventory")(location=found("stock.location", code="STO"))
    for product in products:
        line = inventory.lines.new()
        line.product, line.quantity = product, 100
    inventory.click("confirm")


def make_sale(customer, term, products):
    sale = new("sale.sale")(party=customer)
    sale.payment_term, sale.invoice_method = term, "order"
    for product in products:
        line = sale.lines.new()
        line.product, line.quantity = product, 2
    sale.click("quote")
    sale.click("confirm")


def make_till(books):
    numbers = new("ir.sequence.strict")(name="POS", company=books.company)
    numbers.sequence_type = found("ir.sequence.type", name="POS")
    numbers.save()
    till = new("sale.point")(name="Till 1", sequence=numbers)
    till.journal = found("account.journal", type="revenue")
    till.storage_location, till.customer_location = (
        found("stock.location", code="STO"),
        found("stock.location", code="CUS"),
    )
    till.save()
    new("sale.point.payment.method")(name="Cash", account=books.accounts["cash"], cash=True).save()


def make_key(company, key):
    admin = found("res.user", login="admin")
    application = new("res.user.application")(application="rest", key=key)
    application.user = admin
    application.save()
    admin.companies.append(company)
    admin.company = company
    admin.save()


def found(model, **wanted):
    return new(model).find([(name, "=", value) for name, value in wanted.items()], limit=1)[0]


if __name__ == "__main__":
    main(*sys.argv[1:])
