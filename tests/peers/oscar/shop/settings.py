"""Django's settings; the environment's OSCAR_DATA is the folder of the database and the media."""

import os

from oscar.defaults import *  # noqa: F403  # the way oscar's settings are taken over

DATA = os.environ["OSCAR_DATA"]
SECRET_KEY = "tests-only"
DEBUG = False
ALLOWED_HOSTS = ["*"]
USE_TZ, TIME_ZONE, LANGUAGE_CODE, SITE_ID = True, "UTC", "en-us", 1
ROOT_URLCONF = "shop.urls"
STATIC_URL, STATIC_ROOT = "/static/", f"{DATA}/static"
MEDIA_URL, MEDIA_ROOT = "/media/", f"{DATA}/media"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "loggers": {"django.request": {"handlers": ["console"], "level": "ERROR"}},
}
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": f"{DATA}/oscar.sqlite3",
        "ATOMIC_REQUESTS": True,
        # Two requests that read first and write later would otherwise not wait for each other, but fail.
        "OPTIONS": {"timeout": 20, "transaction_mode": "IMMEDIATE", "init_command": "PRAGMA journal_mode=WAL"},
    }
}

DJANGO = ("admin", "auth", "contenttypes", "sessions", "messages", "staticfiles", "sites", "flatpages")
SHOP = ("analytics", "checkout", "address", "shipping", "catalogue", "communication", "partner", "basket", "payment")
SHOP += ("offer", "order", "customer", "search", "voucher", "wishlists", "dashboard")
DASHBOARD = ("reports", "users", "orders", "catalogue", "offers", "partners", "pages", "ranges", "reviews", "vouchers")
DASHBOARD += ("communications", "shipping")
INSTALLED_APPS = [
    *(f"django.contrib.{app}" for app in DJANGO),
    "oscar.config.Shop",
    *(f"oscar.apps.{app}.apps.{app.capitalize()}Config" for app in SHOP),
    "oscar.apps.catalogue.reviews.apps.CatalogueReviewsConfig",
    *(f"oscar.apps.dashboard.{app}.apps.{app.capitalize()}DashboardConfig" for app in DASHBOARD),
    *("widget_tweaks", "haystack", "treebeard", "sorl.thumbnail", "django_tables2", "rest_framework", "oscarapi"),
]
MIDDLEWARE = [
    "django.middleware.common.CommonMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "oscar.apps.basket.middleware.BasketMiddleware",
    "django.contrib.flatpages.middleware.FlatpageFallbackMiddleware",
    "shop.reading.ReadingTakesNoLock",
]
CONTEXTS = [
    *(f"django.template.context_processors.{name}" for name in ("debug", "request")),
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
    "oscar.apps.search.context_processors.search_form",
    "oscar.apps.checkout.context_processors.checkout",
    "oscar.apps.communication.notifications.context_processors.notifications",
    "oscar.core.context_processors.metadata",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": CONTEXTS},
    }
]
AUTHENTICATION_BACKENDS = (
    "oscar.apps.customer.auth_backends.EmailBackend",
    "django.contrib.auth.backends.ModelBackend",
)
# Basic authentication hashes at every call; a strong hash takes half a second each.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
HAYSTACK_CONNECTIONS = {"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}}
REST_FRAMEWORK = {"DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.BasicAuthentication"]}
OSCARAPI_BLOCK_ADMIN_API_ACCESS = False
OSCAR_DEFAULT_CURRENCY = "EUR"
OSCAR_ALLOW_ANON_CHECKOUT = True
OSCAR_INITIAL_ORDER_STATUS = OSCAR_INITIAL_LINE_STATUS = "Pending"
OSCAR_ORDER_STATUS_PIPELINE = {
    "Pending": ("Being processed", "Cancelled"),
    "Being processed": ("Processed", "Cancelled"),
    "Cancelled": (),
}
