"""Fills a new shop: a user with all rights, a country, five products with stock. In the shop's own Python."""

from decimal import Decimal

import django
from django.contrib.auth import get_user_model
from oscar.core.loading import get_model


def main():
    get_user_model().objects.create_superuser("hub", "hub@example.com", "hubpw")
    get_model("address", "Country").objects.create(
        iso_3166_1_a2="SI",
        iso_3166_1_a3="SVN",
        iso_3166_1_numeric="705",
        printable_name="Slovenia",
        name="Slovenia",
        is_shipping_country=True,
    )
    goods = get_model("catalogue", "ProductClass").objects.create(name="Goods", track_stock=True)
    everything = get_model("catalogue", "Category").add_root(name="All")
    partner = get_model("partner", "Partner").objects.create(name="Main")
    for number in range(1, 6):
        make_product(number, goods, everything, partner)


def make_product(number, goods, category, partner):
    sku = f"W{number:03}"
    product = get_model("catalogue", "Product").objects.create(product_class=goods, title=f"Widget {number}", upc=sku)
    get_model("catalogue", "ProductCategory").objects.create(product=product, category=category)
    get_model("partner", "StockRecord").objects.create(
        product=product,
        partner=partner,
        partner_sku=sku,
        price_currency="EUR",
        price=Decimal(10 * number),
        num_in_stock=100,
    )


if __name__ == "__main__":
    django.setup()
    main()
