"""The product's settings with one thing more: a Django admin over tickets, as anybody would begin one."""

from qinqin.settings import *  # noqa: F403

ROOT_URLCONF = "tests.benchmarks.pages.admin_site"
WSGI_APPLICATION = None
